/* What this implementation says of notes and keys, for comparison with others. Lines in, a line out for each:
 *   "note VKEY BASE64"        five words: what note_parse says of those bytes; what note_verify, or for a
 *                             key of witnesses note_verify_cosignature, says of that key; what
 *                             checkpoint_parse says of the text; what policy_open says under a policy
 *                             that names that key's log; the text in base64
 *   "log VKEY WITNESS BASE64" a checkpoint under a policy of that log, quorum that witness: "quorum",
 *                             "open", or why it cannot be opened
 *   "key PRIVATE"             the vkey of a private key
 *   "sign PRIVATE BASE64"     the note of that text, in base64
 * "good" or a reason in each place; "-" where nothing can be said. */
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/tlog/policy.h"

#define LINE_WORDS 4

static struct span word[LINE_WORDS];
static struct buf out;

static size_t split(struct span text)
{
    const uint8_t *p = text.p, *end = text.p + text.n;
    size_t n = 0;
    for (; n < LINE_WORDS && p <= end; n++) {
        const uint8_t *space = memchr(p, ' ', (size_t)(end - p));
        const uint8_t *stop = space == NULL || n == LINE_WORDS - 1 ? end : space;
        word[n] = span_of(p, (size_t)(stop - p));
        p = stop + 1;
    }
    return n;
}

/* The bytes of a word; whoever asks frees them. */
static struct span decoded(struct span text)
{
    size_t n = 0;
    uint8_t *p = malloc(text.n + 1);
    if (p == NULL || base64_decode(p, text.n, &n, text) != 0)
        exit(2);
    return span_of(p, n);
}

static const char *said(int result, const struct refusal *why)
{
    return result == 0 ? "good" : reason_name(why->reason);
}

static const char *verified(const struct note *n, const struct vkey *key)
{
    static const char *const words[] = { "good", "unsigned", "bad", "memory" };
    uint64_t seconds;
    return words[key->type == KEY_NOTE ? note_verify(n, key)
                                       : note_verify_cosignature(n, key, &seconds)];
}

/* ⟨result⟩ of policy_open under a policy of these lines. */
static const char *opened(struct span vkey, struct span witness, struct span note, bool *quorum)
{
    struct buf text = { 0 };
    struct refusal why = { .reason = REASON_NONE };
    struct signed_checkpoint cp = { .quorum = false };
    buf_adds(&text, "log ");
    buf_add_span(&text, vkey);
    if (witness.n > 0) {
        buf_adds(&text, "\nwitness w ");
        buf_add_span(&text, witness);
    }
    buf_adds(&text, witness.n > 0 ? "\nquorum w\n" : "\nquorum none\n");
    struct policy *policy = policy_parse(buf_span(&text), &why);
    const char *result = policy == NULL ? "-" : said(policy_open(&cp, policy, note, &why), &why);
    *quorum = cp.quorum;
    policy_free(policy);
    buf_free(&text);
    return result;
}

static void note(struct span vkey, struct span bytes)
{
    struct note n;
    struct vkey key;
    struct checkpoint cp;
    struct refusal why = { .reason = REASON_NONE };
    const char *cause;
    bool quorum, known = vkey_parse(&key, vkey, &cause) == 0;
    if (note_parse(&n, bytes, &why) != 0) {
        buf_addf(&out, "%s - - - -", reason_name(why.reason));
        return;
    }
    buf_addf(&out, "good %s ", known ? verified(&n, &key) : "-");
    buf_adds(&out, said(checkpoint_parse(&cp, n.text, &why), &why));
    buf_addf(&out, " %s ", known ? opened(vkey, span_of(NULL, 0), bytes, &quorum) : "-");
    buf_add_base64(&out, n.text.p, n.text.n);
}

static void private_key(struct span text, const struct span *signing)
{
    struct skey key;
    const char *cause;
    struct buf signed_note = { 0 };
    if (skey_parse(&key, text, &cause) != 0) {
        buf_adds(&out, cause);
    } else if (signing == NULL) {
        vkey_format(&out, &key.vkey);
    } else {
        note_sign(&signed_note, *signing, &key);
        buf_add_base64(&out, signed_note.p, signed_note.n);
    }
    buf_free(&signed_note);
}

static void answer(struct span line)
{
    size_t n = split(line);
    struct span bytes = { 0 };
    if (n > 2 && !(n == 3 && span_is(word[0], "key")))
        bytes = decoded(word[n - 1]);
    buf_clear(&out);
    if (n == 3 && span_is(word[0], "note"))
        note(word[1], bytes);
    else if (n == 4 && span_is(word[0], "log")) {
        bool quorum;
        const char *result = opened(word[1], word[2], bytes, &quorum);
        buf_adds(&out, quorum ? "quorum" : strcmp(result, "good") == 0 ? "open" : result);
    } else if (n == 2 && span_is(word[0], "key"))
        private_key(word[1], NULL);
    else if (n == 3 && span_is(word[0], "sign"))
        private_key(word[1], &bytes);
    else
        exit(2);
    puts(buf_str(&out));
    fflush(stdout);
    free((void *)(uintptr_t)bytes.p);
}

int main(void)
{
    char *line = NULL;
    size_t cap = 0;
    ssize_t n;
    if (sodium_init() < 0)
        return 2;
    while ((n = getline(&line, &cap, stdin)) > 0)
        answer(span_of(line, (size_t)n - (line[n - 1] == '\n')));
    free(line);
    buf_free(&out);
    return 0;
}
