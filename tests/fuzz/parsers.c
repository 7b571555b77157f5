/* Fuzzers of what proto parses of bytes from outside. What is accepted must also survive being
 * used. */
#include "tests/fuzz/fuzz.h"

#include <sodium.h>
#include <stdlib.h>

#include "proto/answer/answer_parse.h"
#include "proto/index/index_table.h"
#include "proto/judge/presentation.h"
#include "proto/judge/token.h"
#include "proto/record/entry.h"
#include "proto/record/identifier.h"
#include "proto/record/record.h"
#include "proto/record/ruleset.h"
#include "proto/tlog/add_checkpoint.h"
#include "proto/tlog/sealed_key.h"
#include "proto/tlog/shared_proof.h"
#include "proto/tlog/tile.h"
#include "proto/verify/disclosure.h"
#include "proto/verify/evidence.h"
#include "tests/same_json.h"

static struct policy *policy;
static struct skey log_key;

/* What can be split is made again with the same bytes; and nobody but us can cosign for the log's key. */
void fuzz_add_checkpoint(struct span in)
{
    struct add_checkpoint r;
    struct refusal why;
    struct buf again = { 0 }, line = { 0 };
    struct skey witness;
    static const uint8_t seed[32];
    uint64_t size, seconds;
    if (add_checkpoint_parse(&r, in, &why) == 0) {
        add_checkpoint_format(&again, r.old_size, r.proof, r.n, r.checkpoint);
        if (!again.failed && !span_eq(buf_span(&again), in))
            abort();
    }
    if (add_checkpoint_size_parse(&size, in) == 0) {
        buf_clear(&again);
        add_checkpoint_size_format(&again, size);
        if (!again.failed && !span_eq(buf_span(&again), in))
            abort();
    }
    skey_from_seed(&witness, span_str("l"), KEY_COSIGNATURE, seed);
    if (add_checkpoint_cosignature(&line, &seconds, in, span_str("a\n1\nb\n"), &witness.vkey) ==
        NOTE_GOOD)
        abort();
    buf_free(&again);
    buf_free(&line);
}

static void ignore(void *ctx, const struct finding *f)
{
    struct buf b = { 0 };
    (void)ctx;
    refusal_sentence(&b, &f->why, LANGUAGE_ES);
    buf_free(&b);
}

void fuzz_begin(void)
{
    static const uint8_t seed[32];
    struct buf text = { 0 };
    struct refusal why;
    if (sodium_init() < 0)
        abort();
    skey_from_seed(&log_key, span_str("l"), KEY_NOTE, seed);
    buf_adds(&text, "log ");
    vkey_format(&text, &log_key.vkey);
    buf_adds(&text, "\nquorum none\n");
    policy = policy_parse(buf_span(&text), &why);
    buf_free(&text);
    if (policy == NULL)
        abort();
}

const struct skey *fuzz_log_key(void)
{
    return &log_key;
}

static int skip_ref(void *ctx, const char *member, const struct entry_ref *ref, enum kind target)
{
    (void)ctx;
    (void)ref;
    (void)target;
    return member[0] == 0;
}

void fuzz_json(struct span in)
{
    if (in.n > 0 && in.p[in.n - 1] == '\n') /* vectors are lines */
        in.n--;
    if (!agrees_with_jansson(in))
        abort();
}

/* The text is signed here, so that what lies behind the signature line is reached, too. */
void fuzz_record(struct span in)
{
    struct buf note = { 0 };
    struct record r;
    struct refusal why;
    if (record_parse(&r, in, &why) == 0)
        record_free(&r);
    note_sign(&note, in, &log_key);
    if (record_parse(&r, buf_span(&note), &why) == 0) {
        kind_visit_refs(r.kind, r.object, skip_ref, NULL);
        record_free(&r);
    }
    buf_free(&note);
}

void fuzz_entry(struct span in)
{
    struct entry e;
    struct refusal why;
    struct span list[TILE_WIDTH];
    if (entry_parse(&e, in, &why) == 0)
        fuzz_record(e.note);
    bundle_split(list, 1 + (unsigned)in.n % TILE_WIDTH, in);
}

/* A receipt whose checkpoint is signed here: its text follows behind the first empty line. */
static bool sign_receipt(struct buf *out, struct span in)
{
    const uint8_t *cut = in.n < 2 ? NULL : memmem(in.p, in.n, "\n\n", 2);
    if (cut == NULL)
        return false;
    size_t head = (size_t)(cut - in.p) + 2;
    buf_add(out, in.p, head);
    note_sign(out, span_of(in.p + head, in.n - head), &log_key);
    return true;
}

void fuzz_receipt(struct span in)
{
    struct receipt_report report;
    struct buf text = { 0 };
    receipt_judge(&report, policy, in, NULL, ignore, NULL);
    if (sign_receipt(&text, in))
        receipt_judge(&report, policy, buf_span(&text), NULL, ignore, NULL);
    buf_free(&text);
}

/* What can be unpacked is packed into the same bytes. */
void fuzz_opening(struct span in)
{
    struct opening o;
    struct refusal why;
    uint8_t packed[OPENING_BYTES] = { 0 }, again[OPENING_BYTES], blob[SEALED_BYTES];
    memcpy(packed, in.p, in.n < sizeof packed ? in.n : sizeof packed);
    if (opening_unpack(&o, packed, &why) != 0)
        return;
    opening_pack(again, &o);
    if (memcmp(packed, again, sizeof packed) != 0 ||
        opening_seal(blob, &o, log_key.vkey.key) != 0 ||
        opening_unseal(&o, blob, &log_key, &why) != 0)
        abort();
}

void fuzz_identifier(struct span in)
{
    static const char *const types[] = { "curp",  "rfc",     "phone", "imei", "imsi",
                                         "email", "account", "plate", "other" };
    char once[VALUE_MAX + 1], twice[VALUE_MAX + 1];
    struct refusal why;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (identifier_normalise(once, types[i], in, NULL, &why) == 0 &&
            (identifier_normalise(twice, types[i], span_str(once), NULL, &why) != 0 ||
             strcmp(once, twice) != 0))
            abort();
}

void fuzz_disclosure(struct span in)
{
    struct disclosure d, again;
    struct disclosure_report report;
    struct buf receipt = { 0 }, to = { 0 }, text = { 0 };
    struct refusal why;
    if (disclosure_parse(&d, in, &why) != 0)
        return;
    disclosure_judge(&report, &d, policy, NULL, ignore, NULL);
    if (sign_receipt(&receipt, d.receipt))
        d.receipt = buf_span(&receipt);
    if (sign_receipt(&to, d.to))
        d.to = buf_span(&to);
    disclosure_judge(&report, &d, policy, NULL, ignore, NULL);
    disclosure_format(&text, &d);
    if (!text.failed && text.n <= DISCLOSURE_MAX) {
        if (disclosure_parse(&again, buf_span(&text), &why) != 0)
            abort();
        disclosure_free(&again);
    }
    buf_free(&receipt);
    buf_free(&to);
    buf_free(&text);
    disclosure_free(&d);
}

void fuzz_policy(struct span in)
{
    struct refusal why;
    struct signed_checkpoint cp;
    struct policy *p = policy_parse(in, &why);
    if (p != NULL) {
        policy_least_quorum(p);
        if (policy_open(&cp, p, in, &why) == 0)
            abort(); /* a policy is not a checkpoint */
    }
    policy_free(p);
    if (policy_open(&cp, policy, in, &why) == 0 && !cp.quorum)
        abort();
}

/* A part with the right hash behind it, whatever it had there. */
static void sum_part(struct buf *out, struct span in)
{
    struct hash sum;
    size_t start = out->n, line = 7 + 44 + 1;
    if (in.n > line && memcmp(in.p + in.n - line, "sha256 ", 7) == 0)
        in.n -= line;
    buf_add_span(out, in);
    hash_bytes(&sum, span_of(out->p + start, out->n - start));
    buf_adds(out, "sha256 ");
    buf_add_base64(out, sum.b, HASH_BYTES);
    buf_adds(out, "\n");
}

/* The same part under a checkpoint that is signed here, of the root that its proof leads to. */
static bool sign_part(struct buf *out, const struct parsed_part *p, struct span in)
{
    struct buf text = { 0 }, changed = { 0 };
    struct hash root;
    struct placed_leaf *leaf = calloc(p->entries + 1, sizeof *leaf);
    uint64_t size = p->entries == 0 ? 0 : p->entry[p->entries - 1].index + 1 + in.n % 3;
    for (size_t i = 0; leaf != NULL && i < p->entries; i++) {
        leaf[i].index = p->entry[i].index;
        hash_leaf(&leaf[i].leaf, p->entry[i].bytes);
    }
    bool proven =
        leaf != NULL && shared_proof_root(&root, size, leaf, p->entries, p->proof, p->hashes) == 0;
    free(leaf);
    if (proven) {
        size_t line = (size_t)(p->checkpoint.p - in.p) - 1; /* the end of the line before it */
        struct buf note = { 0 };
        checkpoint_format(&text, "l", size, &root);
        note_sign(&note, buf_span(&text), &log_key);
        while (line > 0 && in.p[line - 1] != '\n')
            line--;
        buf_add(&changed, in.p, line);
        buf_addf(&changed, "checkpoint %zu\n", note.n);
        buf_add_span(&changed, buf_span(&note));
        buf_add(&changed, p->checkpoint.p + p->checkpoint.n,
                (size_t)(in.p + in.n - p->checkpoint.p) - p->checkpoint.n);
        sum_part(out, buf_span(&changed));
        buf_free(&note);
    }
    buf_free(&text);
    buf_free(&changed);
    return proven;
}

/* Nobody signed anything for this log but its checkpoint: no part is good, and none convicts it. */
static void judge_part(struct span in)
{
    struct watch watch = { .found = ignore };
    struct answer_part part;
    size_t used;
    if (answer_judge(&part, &used, policy, in, NULL, NULL, &watch) == VERDICT_GOOD ||
        part.evidence.n > 0 || used > in.n)
        abort();
    answer_part_free(&part);
}

void fuzz_answer(struct span in)
{
    struct buf whole = { 0 }, ours = { 0 };
    struct parsed_part parsed;
    struct refusal why;
    size_t used;
    judge_part(in);
    sum_part(&whole, in);
    judge_part(buf_span(&whole));
    if (answer_parse(&parsed, &used, buf_span(&whole), &why) == 0 &&
        sign_part(&ours, &parsed, buf_span(&whole)))
        judge_part(buf_span(&ours));
    parsed_part_free(&parsed);
    buf_free(&whole);
    buf_free(&ours);
}

/* Only its form: the text says how much memory and time opening takes. The passphrase is the text
 * itself. */
void fuzz_sealed_key(struct span in)
{
    struct vkey public, again;
    struct buf text = { 0 };
    const char *cause;
    (void)passphrase_fault(in);
    if (sealed_key_vkey(&public, in, &cause) != 0)
        return;
    vkey_format(&text, &public);
    if (!sealed_key_recognise(in) ||
        (!text.failed && vkey_parse(&again, buf_span(&text), &cause) != 0))
        abort();
    buf_free(&text);
}

void fuzz_evidence(struct span in)
{
    struct evidence_report report;
    if (evidence_judge(&report, policy, in, NULL) == 0)
        abort(); /* nobody but us has this log's key, and it signed nothing */
}

void fuzz_paths(struct span in)
{
    struct tile t;
    char path[TILE_PATH_MAX], table[INDEX_PATH_MAX];
    struct hash root;
    struct index_table_file file;
    struct vkey vkey;
    struct skey skey;
    const char *cause;
    if (tile_path_parse(&t, in) == 0) {
        tile_path(path, &t);
        if (!span_is(in, path))
            abort();
        tile_width(in.n, t.level, t.n);
    }
    if (index_table_path_parse(&root, &file, in) == 0) {
        index_table_path(table, &root, &file);
        if (!span_is(in, table))
            abort();
    }
    if (vkey_parse(&vkey, in, &cause) == 0 && skey_parse(&skey, in, &cause) == 0)
        abort();
}

/* Of a token that is shown as it says. */
static enum reason judge_use(const struct registry *r, const struct token *t)
{
    const struct token_use use = {
        .origin = t->origin, .method = t->method, .path = span_str(t->path), .now = t->from
    };
    struct refusal why;
    uint32_t number;
    return token_judge(r, t, &use, &number, &why) == 0 ? REASON_NONE : why.reason;
}

/* Of a log, holder and entry that are other ones. */
static void read_presentation(struct span note)
{
    struct presentation p;
    struct refusal why;
    const struct presentation_expected expected = {
        .origin = "o", .holder = "h", .key = &log_key.vkey, .now = 1, .max_age = 1
    };
    if (presentation_parse(&p, note, &why) == 0 && presentation_judge(&p, &expected, &why) == 0)
        abort();
    presentation_wipe(&p);
}

/* Nobody is enrolled: whatever has the form is refused for its signer, at the latest. */
void fuzz_token(struct span in)
{
    struct buf note = { 0 };
    struct token t;
    struct refusal why;
    struct registry *registry = registry_new();
    note_sign(&note, in, &log_key);
    read_presentation(in);
    read_presentation(buf_span(&note));
    for (int i = 0; i < 2; i++)
        if (registry != NULL && token_parse(&t, i == 0 ? in : buf_span(&note), &why) == 0 &&
            (t.from >= t.until || t.until - t.from > TOKEN_MAX_MS ||
             !token_target_allowed(span_str(t.method), span_str(t.path)) ||
             judge_use(registry, &t) != REASON_TOKEN_SIGNER))
            abort();
    registry_free(registry);
    buf_free(&note);
}

void fuzz_ruleset(struct span in)
{
    struct refusal why;
    ruleset_free(ruleset_parse(in, &why));
}
