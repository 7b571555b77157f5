/* A record signed, sent to a log over HTTP, and its receipt verified, as a platform does it without
 * the program `bitacora`:
 *
 *     cc -std=c11 submit.c $(pkg-config --cflags --libs libbitacora libcurl) -o submit
 *     ./submit POLICY KEY KIND MEMBERS RECEIPT
 *
 * POLICY   the trust policy; its log line names the log's URL
 * KEY      your private key, as `bitacora keygen` writes it
 * KIND     the kind of record: "response", "request", …
 * MEMBERS  a file with the record's members, one JSON object (docs/FORMATS.md, 5.3), without `id`,
 *          `at` and `under`, which are filled in
 * RECEIPT  where the receipt goes
 *
 * Exit status: 0 it is in the log, under a quorum of witnesses; 1 the log answered with something
 * that is proven wrong; 2 usage, or the record is not as it must be; 3 it is not known: send the
 * same bytes again. */
#define _POSIX_C_SOURCE 200809L
#include <bitacora.h>
#include <curl/curl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ANSWER_MAX (16 * 1024 * 1024)
#define TRIES 5

struct text {
    char *bytes;
    size_t n;
};

struct session {
    bitacora_context *ctx;
    bitacora_policy *policy;
    bitacora_key *key;
    CURL *curl;
    const char *url;
    struct text answer; /* of the last question */
    long status;        /* 0: none came */
};

/* ---- files ----------------------------------------------------------------------------------- */

/* Reads a file; a zero byte stands behind it. Returns 0, or -1 and says why. */
static int read_file(struct text *out, const char *path)
{
    FILE *f = fopen(path, "rb");
    out->bytes = malloc(ANSWER_MAX + 1);
    out->n = f == NULL || out->bytes == NULL ? 0 : fread(out->bytes, 1, ANSWER_MAX, f);
    int failed = f == NULL || out->bytes == NULL || ferror(f);
    if (failed)
        fprintf(stderr, "%s: cannot be read\n", path);
    else
        out->bytes[out->n] = 0;
    if (f != NULL)
        fclose(f);
    return failed ? -1 : 0;
}

static int write_file(const char *path, const struct text *text)
{
    FILE *f = fopen(path, "wb");
    int failed = f == NULL || fwrite(text->bytes, 1, text->n, f) != text->n;
    if (f != NULL)
        failed = fclose(f) != 0 || failed;
    if (failed)
        fprintf(stderr, "%s: cannot be written\n", path);
    return failed ? -1 : 0;
}

/* Why: a stable code for programs, and a sentence for people. */
static void print_findings(const bitacora_context *ctx)
{
    for (size_t i = 0; i < bitacora_findings(ctx); i++) {
        char sentence[1024];
        const bitacora_finding *f = bitacora_finding_at(ctx, i);
        bitacora_finding_sentence(f, getenv("BITACORA_LANG"), sentence, sizeof sentence);
        fprintf(stderr, "[%s] %s\n", bitacora_finding_code(f), sentence);
    }
}

/* ---- HTTP ------------------------------------------------------------------------------------ */

static size_t take_answer(char *bytes, size_t one, size_t n, void *session)
{
    struct text *a = &((struct session *)session)->answer;
    char *bigger = one * n > ANSWER_MAX - a->n ? NULL : realloc(a->bytes, a->n + one * n + 1);
    if (bigger == NULL)
        return 0; /* the exchange fails */
    a->bytes = bigger;
    memcpy(a->bytes + a->n, bytes, one * n);
    a->n += one * n;
    return one * n;
}

/* Asks once. body NULL: GET. Leaves status and answer in the session. */
static void ask(struct session *s, const char *path, const struct text *body)
{
    char url[4096];
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: text/plain");
    snprintf(url, sizeof url, "%s/%s", s->url, path);
    s->answer.n = 0;
    s->status = 0;
    curl_easy_reset(s->curl);
    curl_easy_setopt(s->curl, CURLOPT_URL, url);
    curl_easy_setopt(s->curl, CURLOPT_TIMEOUT, 60L);
    curl_easy_setopt(s->curl, CURLOPT_WRITEFUNCTION, take_answer);
    curl_easy_setopt(s->curl, CURLOPT_WRITEDATA, s);
    if (body != NULL) {
        curl_easy_setopt(s->curl, CURLOPT_HTTPHEADER, headers);
        curl_easy_setopt(s->curl, CURLOPT_POSTFIELDSIZE, (long)body->n);
        curl_easy_setopt(s->curl, CURLOPT_POSTFIELDS, body->bytes);
    }
    if (curl_easy_perform(s->curl) == CURLE_OK)
        curl_easy_getinfo(s->curl, CURLINFO_RESPONSE_CODE, &s->status);
    curl_slist_free_all(headers);
}

/* Asks until there is an answer that another try would not change. The same bytes may be sent as
 * often as one likes: a record is in the log once. */
static void ask_patiently(struct session *s, const char *path, const struct text *body)
{
    bool again = true;
    for (int tries = 0; again && tries < TRIES; tries++) {
        bitacora_problem *problem;
        if (tries > 0)
            nanosleep(&(struct timespec){ .tv_sec = tries }, NULL);
        ask(s, path, body);
        again = s->status != 200 && s->status != 201 &&
                bitacora_problem_read(s->ctx, (int)s->status, s->answer.bytes, s->answer.n,
                                      &problem) == BITACORA_PROVEN;
        if (again) {
            fprintf(stderr, "HTTP %ld [%s] %s\n", s->status, bitacora_problem_code(problem),
                    bitacora_problem_detail(problem));
            again = bitacora_problem_again(problem);
            bitacora_problem_free(problem);
        }
    }
}

/* ---- the signer's enrolment ------------------------------------------------------------------ */

/* Whether that entry enrols our key, shown by its receipt, not by the log's word. */
static bool is_our_enrolment(struct session *s, uint64_t entry, bitacora_ref *under)
{
    char path[64];
    bitacora_receipt *r = NULL;
    snprintf(path, sizeof path, "v1/receipts/%" PRIu64 "?wait=witnessed", entry);
    ask_patiently(s, path, NULL);
    if (s->status != 200 || bitacora_receipt_verify(s->ctx, s->policy, s->answer.bytes, s->answer.n,
                                                    &r) != BITACORA_PROVEN) {
        bitacora_receipt_free(r);
        return false;
    }
    const char *kind = bitacora_receipt_kind(r), *vkey = bitacora_receipt_string(r, "vkey");
    bool ours = strcmp(kind, "enroll") == 0 && vkey != NULL &&
                strcmp(vkey, bitacora_key_verifier(s->key)) == 0;
    under->entry = bitacora_receipt_index(r);
    memcpy(under->hash, bitacora_receipt_leaf(r), sizeof under->hash);
    bitacora_receipt_free(r);
    return ours;
}

/* Finds the entry that enrolled our key. A platform asks once, and keeps it with its key. */
static bool find_enrolment(struct session *s, bitacora_ref *under)
{
    char path[1024];
    bitacora_hints *hints;
    bool found = false;
    char *vkey = curl_easy_escape(s->curl, bitacora_key_verifier(s->key), 0);
    snprintf(path, sizeof path, "v1/find?vkey=%s", vkey);
    curl_free(vkey);
    ask_patiently(s, path, NULL);
    if (s->status != 200 ||
        bitacora_hints_read(s->ctx, s->answer.bytes, s->answer.n, &hints) != BITACORA_PROVEN)
        return false;
    for (size_t i = 0; i < bitacora_hints_count(hints) && !found; i++)
        found = is_our_enrolment(s, bitacora_hints_at(hints, i), under);
    bitacora_hints_free(hints);
    if (!found)
        fprintf(stderr, "no entry is shown to enrol %s\n", bitacora_key_verifier(s->key));
    return found;
}

/* ---- the record ------------------------------------------------------------------------------ */

/* Sends it, and asks once more where the witnesses had not cosigned yet. */
static bitacora_result submit(struct session *s, const struct text *note, const char *out)
{
    bitacora_receipt *r;
    ask_patiently(s, "v1/records", note);
    bitacora_result result = bitacora_submitted(s->ctx, s->policy, note->bytes, note->n,
                                                (int)s->status, s->answer.bytes, s->answer.n, &r);
    if (result == BITACORA_UNDECIDED && r != NULL) {
        char path[64];
        snprintf(path, sizeof path, "v1/receipts/%" PRIu64 "?wait=witnessed",
                 bitacora_receipt_index(r));
        bitacora_receipt_free(r);
        ask_patiently(s, path, NULL);
        result = bitacora_submitted(s->ctx, s->policy, note->bytes, note->n, (int)s->status,
                                    s->answer.bytes, s->answer.n, &r);
    }
    if (r != NULL) {
        printf("entry %" PRIu64 ": %s, %s\n", bitacora_receipt_index(r), bitacora_receipt_kind(r),
               bitacora_result_name(result));
        if (write_file(out, &s->answer) != 0)
            result = BITACORA_UNDECIDED;
    }
    bitacora_receipt_free(r);
    return result;
}

static bitacora_result run(struct session *s, char **word)
{
    struct text members = { 0 }, note = { 0 };
    bitacora_ref under;
    bitacora_result result = BITACORA_UNDECIDED;
    int64_t now = (int64_t)time(NULL) * 1000;
    if (read_file(&members, word[1]) != 0)
        result = BITACORA_USAGE;
    else if (find_enrolment(s, &under))
        result = bitacora_record_sign(s->ctx, s->key, word[0], members.bytes, &under, now,
                                      &note.bytes, &note.n);
    if (note.bytes != NULL)
        result = submit(s, &note, word[2]);
    free(members.bytes);
    bitacora_free(note.bytes);
    return result;
}

static bitacora_result open_session(struct session *s, const char *policy, const char *key)
{
    struct text text = { 0 };
    bitacora_result result = bitacora_context_new(&s->ctx);
    if (result == BITACORA_PROVEN && read_file(&text, policy) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = bitacora_policy_parse(s->ctx, text.bytes, text.n, &s->policy);
    free(text.bytes);
    text = (struct text){ 0 };
    if (result == BITACORA_PROVEN && read_file(&text, key) != 0)
        result = BITACORA_USAGE;
    if (result == BITACORA_PROVEN)
        result = bitacora_key_parse(s->ctx, text.bytes, text.n, &s->key);
    if (text.bytes != NULL)
        memset(text.bytes, 0, text.n); /* better: explicit_bzero(), where there is one */
    free(text.bytes);
    s->url = bitacora_policy_log_url(s->policy, 0);
    s->curl = curl_easy_init();
    if (result == BITACORA_PROVEN && (s->url == NULL || s->curl == NULL)) {
        fprintf(stderr, "the policy names no URL\n");
        result = BITACORA_USAGE;
    }
    return result;
}

int main(int argc, char **argv)
{
    struct session s = { .ctx = NULL };
    if (argc != 6) {
        fprintf(stderr, "usage: %s POLICY KEY KIND MEMBERS RECEIPT\n", argv[0]);
        return BITACORA_USAGE;
    }
    curl_global_init(CURL_GLOBAL_DEFAULT);
    bitacora_result result = open_session(&s, argv[1], argv[2]);
    if (result == BITACORA_PROVEN)
        result = run(&s, argv + 3);
    print_findings(s.ctx);
    free(s.answer.bytes);
    curl_easy_cleanup(s.curl);
    bitacora_key_free(s.key);
    bitacora_policy_free(s.policy);
    bitacora_context_free(s.ctx);
    curl_global_cleanup();
    return result < 0 ? BITACORA_UNDECIDED : (int)result;
}
