#include "client/submission.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/fetch.h"
#include "client/files.h"
#include "client/findings.h"
#include "client/trust.h"
#include "proto/base64.h"
#include "proto/evidence.h"
#include "proto/receipt.h"
#include "proto/scan.h"
#include "proto/when.h"

#define RETRY_SECONDS 60
#define FIND_MAX (256 * 1024)
#define FIND_PAGES_MAX 64 /* and no daemon can keep us looking for ever */
#define FIND_TRIES_MAX 256

struct submission {
    const struct args *args;
    struct trust trust;
    struct skey key;
    struct fetcher *fetcher;
    bool has_under;
    struct entry_ref under;
    uint64_t last_size; /* of the last receipt's checkpoint; 0 before the first */
    struct hash last_root;
    struct buf last_checkpoint;
    struct buf note; /* the record that is being sent */
    struct buf answer;
};

/* ---- opening ------------------------------------------------------------------------------- */

static enum outcome read_key(struct submission *s)
{
    struct buf text = { 0 };
    const char *cause;
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&text, s->args->key, SKEY_TEXT_MAX + 1);
    if (read != FILE_OK)
        outcome =
            say_usage(TR("the key %s could not be read: %s", "no se pudo leer la clave %s: %s"),
                      s->args->key, file_cause(read));
    else if (skey_parse(&s->key, buf_span(&text), &cause) != 0)
        outcome = say_usage(TR("%s is not a private key: %s", "%s no es una clave privada: %s"),
                            s->args->key, cause_words(cause, say_lang()));
    else if (s->key.vkey.type != KEY_NOTE || !signer_name_allowed(span_str(s->key.vkey.name)))
        outcome = say_usage(TR("%s is not a signer's key", "%s no es la clave de un firmante"),
                            s->args->key);
    if (text.p != NULL)
        sodium_memzero(text.p, text.cap);
    buf_free(&text);
    return outcome;
}

/* Before anything is sent: a folder that files can be put into. */
static bool open_for_writing(const char *dir)
{
    struct stat s;
    if (stat(dir, &s) != 0)
        return false;
    errno = ENOTDIR;
    return S_ISDIR(s.st_mode) && access(dir, W_OK | X_OK) == 0;
}

static enum outcome make_receipts_dir(const struct args *a)
{
    if (a->receipts == NULL || mkdir(a->receipts, 0777) == 0 ||
        (errno == EEXIST && open_for_writing(a->receipts)))
        return OUTCOME_PROVEN;
    return say_usage(TR("%s cannot take receipts: %s", "%s no puede recibir recibos: %s"),
                     a->receipts, strerror(errno));
}

struct submission *submission_open(const struct args *a, enum outcome *outcome)
{
    struct submission *s = must(calloc(1, sizeof *s));
    s->args = a;
    *outcome = trust_open(&s->trust, a, true);
    if (*outcome != OUTCOME_PROVEN) {
        free(s);
        return NULL;
    }
    *outcome = read_key(s);
    if (*outcome == OUTCOME_PROVEN && s->trust.url == NULL)
        *outcome = say_usage(TR("where is the log? The policy names no URL: use --log",
                                "¿dónde está la bitácora? La política no da URL: use --log"));
    if (*outcome == OUTCOME_PROVEN)
        *outcome = make_receipts_dir(a);
    if (*outcome == OUTCOME_PROVEN) {
        s->fetcher = fetcher_new(s->trust.url);
        return s;
    }
    skey_wipe(&s->key);
    trust_close(&s->trust);
    free(s);
    return NULL;
}

void submission_close(struct submission *s)
{
    trust_say_limits(&s->trust);
    skey_wipe(&s->key);
    trust_close(&s->trust);
    fetcher_free(s->fetcher);
    buf_free(&s->last_checkpoint);
    buf_free(&s->note);
    buf_free(&s->answer);
    free(s);
}

/* ---- saying what became of a record -------------------------------------------------------- */

static enum outcome report_error(const struct submission *s, uint64_t line, const char *code,
                                 const char *detail)
{
    if (s->args->json)
        say_json(
            json_pack("{s:I,s:s,s:s}", "line", (json_int_t)line, "error", code, "detail", detail));
    say(TR("record %" PRIu64 ": [%s] %s", "registro %" PRIu64 ": [%s] %s"), line, code, detail);
    return OUTCOME_UNDECIDED;
}

static enum outcome report_refusal(const struct submission *s, uint64_t line,
                                   const struct refusal *why)
{
    struct buf b = { 0 };
    refusal_sentence(&b, why, say_lang());
    enum outcome outcome = report_error(s, line, reason_code(why->reason), buf_str(&b));
    buf_free(&b);
    return outcome;
}

enum outcome submission_reject(struct submission *s, uint64_t line, const char *why)
{
    return report_error(s, line, "form", why);
}

/* ---- sending ------------------------------------------------------------------------------- */

static bool worth_repeating(long status)
{
    return status == 0 || status == 429 || status == 503 || status == 504;
}

static void wait_seconds(long seconds)
{
    struct timespec t = { .tv_sec = seconds };
    while (nanosleep(&t, &t) != 0 && errno == EINTR)
        ;
}

/* One exchange, POST if note is not NULL, repeated with the same bytes until there is an answer, for
 * at most RETRY_SECONDS. The body is left in s->answer. */
static void request(struct submission *s, const char *path, const struct span *note, size_t max,
                    struct answer *answer)
{
    time_t start = time(NULL);
    bool said = false;
    for (;;) {
        buf_clear(&s->answer);
        if (note != NULL)
            fetch_post(s->fetcher, path, *note, max, &s->answer, answer);
        else
            fetch_get(s->fetcher, path, max, &s->answer, answer);
        long left = RETRY_SECONDS - (long)(time(NULL) - start);
        long pause = answer->retry_after > 0 ? answer->retry_after : 1;
        if (!worth_repeating(answer->status) || pause > left)
            return;
        if (!said) /* or it would seem to hang */
            say(TR("no answer from %s yet (%s): trying again for %d s",
                   "aún sin respuesta de %s (%s): se reintenta durante %d s"),
                s->trust.url, answer->status == 0 ? answer->error : "HTTP 429, 503, 504",
                RETRY_SECONDS);
        said = true;
        wait_seconds(pause);
    }
}

static enum outcome report_problem(struct submission *s, uint64_t line, const struct answer *answer)
{
    char status[32], code[64], text[600];
    if (answer->status == 0)
        return report_error(s, line, "unreachable", answer->error);
    snprintf(status, sizeof status, "HTTP %ld", answer->status);
    json_t *v = json_loadb((const char *)s->answer.p, s->answer.n, 0, NULL);
    const char *type = json_string_value(json_object_get(v, "type"));
    const char *detail = json_string_value(json_object_get(v, "detail"));
    const char *slash = type == NULL ? NULL : strrchr(type, '/');
    printable_copy(code, sizeof code, span_str(slash == NULL ? status : slash + 1));
    printable_copy(text, sizeof text, span_str(detail == NULL ? status : detail));
    enum outcome outcome = report_error(s, line, code, text);
    json_decref(v);
    return outcome;
}

static void ignore_finding(void *ctx, const struct finding *f)
{
    (void)ctx;
    (void)f;
}

enum standing_receipt {
    STANDING_NONE,  /* nothing is there */
    STANDING_SAME,  /* a receipt of this entry */
    STANDING_OTHER, /* a good one of this log and index, for another entry: a fork */
    STANDING_ALIEN, /* something else: of another log, or no receipt */
};

/* What stands where a receipt is to be written; its text goes into *text. */
static enum standing_receipt standing_receipt(const struct submission *s, const char *path,
                                              const struct receipt_report *now, struct buf *text)
{
    struct receipt_report before;
    enum file read = file_read(text, path, RECEIPT_MAX);
    if (read != FILE_OK)
        return read == FILE_MISSING ? STANDING_NONE : STANDING_ALIEN;
    if (receipt_judge(&before, s->trust.policy, buf_span(text), trust_pin(&s->trust),
                      ignore_finding, NULL) == VERDICT_BAD ||
        before.size == 0 || before.index != now->index)
        return STANDING_ALIEN;
    return hash_eq(&before.leaf, &now->leaf) ? STANDING_SAME : STANDING_OTHER;
}

/* Two receipts for one index that hold two entries convict the log. */
static void write_leaves(const struct submission *s, const struct buf *before)
{
    struct receipt a, b;
    struct refusal why;
    struct buf evidence = { 0 };
    if (receipt_parse(&a, buf_span(before), &why) != 0)
        return;
    if (receipt_parse(&b, buf_span(&s->answer), &why) == 0) {
        evidence_of_leaves(&evidence, a.checkpoint, &a.entry[0], b.checkpoint, &b.entry[0]);
        trust_write_evidence(&s->trust, &evidence);
        receipt_free(&b);
    }
    receipt_free(&a);
    buf_free(&evidence);
}

/* Keeps the receipt in s->answer, which is not bad. One of the same entry is replaced by it; one of
 * another entry under this index is evidence, and like all that is not ours is never given up. */
static enum outcome keep_receipt(struct submission *s, const struct receipt_report *r,
                                 struct findings *f)
{
    char name[64];
    struct buf before = { 0 };
    struct refusal why;
    if (s->args->receipts == NULL)
        return OUTCOME_PROVEN;
    snprintf(name, sizeof name, "%" PRIu64 ".tlog-proof", r->index);
    char *path = path_join(s->args->receipts, name);
    enum outcome outcome = OUTCOME_PROVEN;
    enum standing_receipt standing = standing_receipt(s, path, r, &before);
    if (standing == STANDING_ALIEN) {
        outcome = say_undecided(
            TR("%s is in the way and is no receipt of this log: use another folder. The entry IS "
               "in "
               "the log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
               "%s estorba y no es un recibo de esta bitácora: use otra carpeta. El asiento SÍ "
               "está: no lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
            path, s->trust.url, r->index);
    } else if (standing == STANDING_OTHER) {
        refuse(&why, REASON_FORK, path);
        findings_tell(f, VERDICT_BAD, &why);
        write_leaves(s, &before);
    } else if (file_replace(path, buf_span(&s->answer), 0644) != 0) {
        outcome =
            say_undecided(TR("the receipt could not be written to %s: %s. The entry IS in the "
                             "log: do not submit it again, fetch %s/v1/receipts/%" PRIu64,
                             "no se pudo escribir el recibo en %s: %s. El asiento SÍ está: no "
                             "lo envíe de nuevo, traiga %s/v1/receipts/%" PRIu64),
                          path, strerror(errno), s->trust.url, r->index);
    }
    buf_free(&before);
    free(path);
    return outcome;
}

/* The checkpoint of this receipt against that of the last one of this run: one size, two roots. */
static void compare_with_last(struct submission *s, const struct receipt_report *r,
                              struct findings *f)
{
    struct receipt parsed;
    struct refusal why;
    if (r->size == 0 || receipt_parse(&parsed, buf_span(&s->answer), &why) != 0)
        return;
    if (s->last_size == r->size && !hash_eq(&s->last_root, &r->root)) {
        struct buf evidence = { 0 };
        evidence_of_fork(&evidence, buf_span(&s->last_checkpoint), parsed.checkpoint, NULL, 0);
        trust_write_evidence(&s->trust, &evidence);
        buf_free(&evidence);
        refuse_number(&why, REASON_FORK, r->size);
        findings_tell(f, VERDICT_BAD, &why);
    }
    s->last_size = r->size;
    s->last_root = r->root;
    buf_clear(&s->last_checkpoint);
    buf_add_span(&s->last_checkpoint, parsed.checkpoint);
    receipt_free(&parsed);
}

/* The note in the receipt must be the one that was sent. */
static bool carries_note(const struct submission *s)
{
    struct receipt r;
    struct refusal why;
    struct entry e;
    if (receipt_parse(&r, buf_span(&s->answer), &why) != 0)
        return false;
    bool same = entry_parse(&e, r.entry[0].bytes, &why) == 0 && span_eq(e.note, buf_span(&s->note));
    receipt_free(&r);
    return same;
}

static void report_receipt(const struct submission *s, uint64_t line, const char *id, long status,
                           const struct receipt_report *r, const struct findings *f)
{
    enum verdict verdict = findings_verdict(f);
    findings_print(f, stderr);
    if (s->args->json) {
        say_json(json_pack("{s:I,s:o,s:o,s:s,s:s,s:s,s:s,s:I,s:o}", "line", (json_int_t)line,
                           "index", json_of_index(r->index), "hash", json_of_hash(&r->leaf), "id",
                           id, "kind", kind_name(r->kind), "status",
                           status == 201 ? "appended" : "seen", "verdict", verdict_name(verdict),
                           "size", (json_int_t)r->size, "findings", findings_json(f)));
        return;
    }
    if (r->index == NO_ENTRY)
        return;    /* the findings have said that this was no receipt */
    char hash[48]; /* with the index, what other records refer to it by */
    base64_encode(hash, r->leaf.b, HASH_BYTES);
    printf(TR("entry %" PRIu64 ": %s %s, receipt %s, hash %s\n",
              "asiento %" PRIu64 ": %s %s, recibo %s, hash %s\n"),
           r->index, kind_name(r->kind),
           status == 201 ? TR("appended", "asentado") : TR("was there already", "ya estaba"),
           verdict_word(verdict), hash);
    fflush(stdout);
}

static enum outcome take_receipt(struct submission *s, uint64_t line, const char *id, long status)
{
    struct findings f = { 0 };
    struct receipt_report r;
    struct refusal why;
    receipt_judge(&r, s->trust.policy, buf_span(&s->answer), trust_pin(&s->trust), findings_add,
                  &f);
    if (findings_verdict(&f) != VERDICT_BAD && !carries_note(s)) {
        refuse(&why, REASON_OTHER_RECORD, id);
        findings_tell(&f, VERDICT_BAD, &why);
    }
    enum outcome outcome = OUTCOME_PROVEN;
    if (findings_verdict(&f) != VERDICT_BAD) {
        if (r.cp.quorum && !trust_fresh(&s->trust, &r.cp, &why))
            findings_tell(&f, VERDICT_UNDECIDED, &why);
        compare_with_last(s, &r, &f);
        outcome = keep_receipt(s, &r, &f);
    }
    report_receipt(s, line, id, status, &r, &f);
    outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&f)));
    findings_free(&f);
    return outcome;
}

static enum outcome exchange(struct submission *s, uint64_t line, const char *id, bool *stop)
{
    struct answer answer;
    struct span note = buf_span(&s->note);
    request(s, "v1/records", &note, RECEIPT_MAX, &answer);
    if ((answer.status == 200 || answer.status == 201) && answer.acceptable)
        return take_receipt(s, line, id, answer.status);
    *stop = answer.status < 400 || answer.status == 429 || answer.status >= 500;
    return report_problem(s, line, &answer);
}

/* ---- `under` ------------------------------------------------------------------------------- */

static bool names_key(const struct record *r, const struct vkey *key)
{
    struct buf ours = { 0 };
    vkey_format(&ours, key);
    bool found = false;
    if (r->kind == KIND_ENROLL)
        found = strcmp(record_string(r, "vkey"), buf_str(&ours)) == 0;
    const json_t *registrars = json_object_get(r->object, "registrars");
    for (size_t i = 0; r->kind == KIND_GENESIS && i < json_array_size(registrars); i++)
        found =
            found || strcmp(json_string_value(json_array_get(registrars, i)), buf_str(&ours)) == 0;
    buf_free(&ours);
    return found;
}

/* Whether entry index enrols our key: shown by its receipt, not by the daemon's word. */
static bool take_under(struct submission *s, uint64_t index)
{
    char path[64];
    struct answer answer;
    struct findings f = { 0 };
    struct receipt_report report;
    struct receipt r;
    struct entry e;
    struct record record;
    struct refusal why;
    snprintf(path, sizeof path, "v1/receipts/%" PRIu64, index);
    request(s, path, NULL, RECEIPT_MAX, &answer);
    if (answer.status != 200 || !answer.acceptable)
        return false;
    receipt_judge(&report, s->trust.policy, buf_span(&s->answer), trust_pin(&s->trust),
                  findings_add, &f);
    bool usable = findings_verdict(&f) != VERDICT_BAD && report.index == index;
    if (findings_verdict(&f) == VERDICT_BAD)
        findings_print(&f, stderr);
    findings_free(&f);
    if (!usable || receipt_parse(&r, buf_span(&s->answer), &why) != 0)
        return false;
    if (entry_parse(&e, r.entry[0].bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0) {
        s->has_under = names_key(&record, &s->key.vkey);
        record_free(&record);
    }
    if (s->has_under) {
        struct hash leaf;
        hash_leaf(&leaf, r.entry[0].bytes);
        s->under.entry = index;
        memcpy(s->under.hash, leaf.b, HASH_BYTES);
    }
    receipt_free(&r);
    return s->has_under;
}

/* One page of the entries that the daemon says name us; NULL if it does not answer. */
static json_t *find_page(struct submission *s, uint64_t after, struct answer *answer)
{
    struct buf path = { 0 };
    buf_adds(&path, "v1/find?signer=");
    fetch_escape(&path, s->key.vkey.name);
    if (after != NO_ENTRY)
        buf_addf(&path, "&after=%" PRIu64, after);
    request(s, buf_str(&path), NULL, FIND_MAX, answer);
    buf_free(&path);
    return answer->status == 200 ? json_loadb((const char *)s->answer.p, s->answer.n, 0, NULL)
                                 : NULL;
}

/* Returns OUTCOME_PROVEN with s->under, or says why not. */
static enum outcome find_under(struct submission *s, uint64_t line)
{
    uint64_t after = NO_ENTRY;
    bool more = true;
    int tries = FIND_TRIES_MAX; /* an enrolment comes before what it signs */
    for (int pages = 0; more && !s->has_under && pages < FIND_PAGES_MAX; pages++) {
        struct answer answer;
        json_t *page = find_page(s, after, &answer);
        const json_t *entries = json_object_get(page, "entries");
        const json_t *next = json_object_get(page, "next");
        if (!json_is_array(entries)) {
            json_decref(page);
            return report_problem(s, line, &answer);
        }
        for (size_t i = 0; i < json_array_size(entries) && !s->has_under && tries > 0; i++, tries--)
            if (json_is_integer(json_array_get(entries, i)))
                take_under(s, (uint64_t)json_integer_value(json_array_get(entries, i)));
        more = json_is_integer(next) && json_integer_value(next) >= 0;
        if (more)
            after = (uint64_t)json_integer_value(next);
        json_decref(page);
    }
    if (s->has_under)
        return OUTCOME_PROVEN;
    struct refusal why;
    refuse(&why, REASON_KEY_UNKNOWN, s->key.vkey.name);
    return report_refusal(s, line, &why);
}

/* ---- making the record --------------------------------------------------------------------- */

static int64_t now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* RFC 9562, version 7: ids in the order of time keep the log's index compact. */
static void uuid_v7(char out[37])
{
    uint8_t b[UUID_BYTES];
    uint64_t ms = (uint64_t)now_ms();
    randombytes_buf(b, sizeof b);
    for (int i = 0; i < 6; i++)
        b[i] = (uint8_t)(ms >> (40 - 8 * i));
    b[6] = 0x70 | (b[6] & 0x0F);
    b[8] = 0x80 | (b[8] & 0x3F);
    char hex[2 * UUID_BYTES + 1];
    hex_format(hex, b, sizeof b);
    snprintf(out, 37, "%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8, hex + 12, hex + 16, hex + 20);
}

static json_t *json_under(const struct submission *s)
{
    char hash[48];
    base64_encode(hash, s->under.hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)s->under.entry, "hash", hash);
}

/* id, at and under first, then the rest as it was given. Takes the reference. s->under must be known
 * if the record has none of its own. */
static json_t *complete(struct submission *s, json_t *given)
{
    char id[37], at[WHEN_TEXT + 1];
    json_t *record = must(json_object());
    uuid_v7(id);
    when_format(at, now_ms());
    json_object_set_new(record, "id", json_string(id));
    json_object_set_new(record, "at", json_string(at));
    if (json_object_get(given, "under") == NULL)
        json_object_set_new(record, "under", json_under(s));
    if (json_object_update(record, given) != 0)
        die_of_memory();
    json_decref(given);
    return record;
}

/* Signs into s->note and judges the form as the daemon will. Takes the reference. */
static int sign(struct submission *s, enum kind kind, json_t *record, struct refusal *why)
{
    struct record parsed;
    char *line = must(json_dumps(record, JSON_COMPACT));
    json_decref(record);
    buf_clear(&s->note);
    record_sign(&s->note, kind, line, &s->key);
    free(line);
    if (s->note.failed)
        die_of_memory();
    if (record_parse(&parsed, buf_span(&s->note), why) != 0)
        return -1;
    record_free(&parsed);
    return 0;
}

enum outcome submission_send(struct submission *s, uint64_t line, json_t *record, bool *stop)
{
    struct refusal why;
    const char *name = json_string_value(json_object_get(record, "kind"));
    enum kind kind = name == NULL ? KIND_NONE : kind_of_name(span_str(name));
    *stop = false;
    if (kind == KIND_NONE || kind == KIND_GENESIS) {
        refuse(&why, name == NULL ? REASON_MEMBER_MISSING : REASON_KIND_UNKNOWN,
               name == NULL ? "kind" : name);
        json_decref(record);
        return report_refusal(s, line, &why);
    }
    json_object_del(record, "kind");
    if (json_object_get(record, "under") == NULL && !s->has_under) {
        enum outcome outcome = find_under(s, line);
        if (!s->has_under) {
            *stop = true;
            json_decref(record);
            return outcome;
        }
    }
    record = complete(s, record);
    char id[40];
    const char *given = json_string_value(json_object_get(record, "id"));
    snprintf(id, sizeof id, "%s", given == NULL ? "" : given);
    if (sign(s, kind, record, &why) != 0)
        return report_refusal(s, line, &why);
    return exchange(s, line, id, stop);
}
