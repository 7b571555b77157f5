#include "client/submit/submitter.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>

#include "proto/sys/clock.h"
#include "client/seal/sealing.h"
#include "client/submit/precheck.h"
#include "client/submit/receipt_folder.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/fresh_id.h"

#define PENDING_MAX 1000

/* A record that is in the log. */
struct sent {
    uint64_t line;
    char id[40];
    long status;     /* 201, or 200 where it was there already */
    uint64_t index;  /* only of those that wait */
    struct buf note; /* as it was signed */
};

struct submitter {
    struct submit_options options;
    struct trust trust;
    struct identity id;
    struct log_client *client;
    struct in_force *in_force;
    struct sealing *sealing;
    struct precheck *precheck;
    struct receipt_folder receipts;
    struct sent pending[PENDING_MAX]; /* for witnesses */
    size_t pendings;
    struct refusal short_of; /* witnesses that the last of them lacked */
    struct span file;        /* of the ruleset that is to be pinned */
    struct buf text;         /* the record that is being sent: its two lines, */
    struct buf note;         /* and signed */
    char error[64];          /* with which the last one was refused */
};

/* ---- opening ------------------------------------------------------------------------------- */

static enum outcome open_parts(struct submitter *s)
{
    const struct submit_options *o = &s->options;
    struct in_force_options in_force = { .trust = &o->trust,
                                         .state = o->state,
                                         .no_wait = o->no_wait };
    if (s->trust.url == NULL)
        return say_usage(TR("where is the log? The policy names no URL: use --log",
                            "¿dónde está la bitácora? La política no da URL: use --log"));
    enum outcome outcome = receipt_folder_open(&s->receipts, &s->trust, o->receipts);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    s->client = log_client_new(&s->trust);
    if (o->check)
        log_client_want_quorum(s->client);
    s->in_force = in_force_open(&in_force, &s->trust, s->client, &outcome);
    if (outcome == OUTCOME_PROVEN)
        s->sealing = sealing_open(&o->sealing, s->client, s->in_force, &outcome);
    if (outcome == OUTCOME_PROVEN)
        s->precheck = precheck_new(s->client, s->in_force, &s->trust, &s->id, &o->precheck);
    return outcome;
}

static void close_parts(struct submitter *s)
{
    precheck_free(s->precheck);
    sealing_close(s->sealing);
    in_force_close(s->in_force);
    log_client_free(s->client);
    receipt_folder_close(&s->receipts);
    identity_wipe(&s->id);
    trust_close(&s->trust);
    buf_free(&s->text);
    buf_free(&s->note);
    free(s);
}

struct submitter *submitter_open(const struct submit_options *options, enum outcome *outcome)
{
    struct submitter *s = must(calloc(1, sizeof *s));
    s->options = *options;
    *outcome = trust_open(&s->trust, &options->trust, true);
    if (*outcome == OUTCOME_PROVEN)
        *outcome = identity_read(&s->id, options->key);
    if (*outcome == OUTCOME_PROVEN)
        *outcome = open_parts(s);
    if (*outcome == OUTCOME_PROVEN)
        return s;
    close_parts(s);
    return NULL;
}

void submitter_close(struct submitter *s)
{
    for (size_t i = 0; i < s->pendings; i++)
        buf_free(&s->pending[i].note);
    trust_say_limits(&s->trust);
    close_parts(s);
}

void submitter_attach(struct submitter *s, struct span file)
{
    s->file = file;
}

const char *submitter_error(const struct submitter *s)
{
    return s->error;
}

const struct vkey *submitter_key(const struct submitter *s)
{
    return &s->id.key.vkey;
}

const struct enrolment *submitter_enrolment(struct submitter *s, struct complaint *complaint)
{
    return identity_find(&s->id, s->client, complaint) == 0 ? identity_enrolment(&s->id) : NULL;
}

const struct ruleset *submitter_ruleset(struct submitter *s, struct complaint *complaint)
{
    return precheck_ruleset(s->precheck, complaint);
}

int submitter_entry(struct submitter *s, uint64_t index, struct shown *out,
                    struct complaint *complaint)
{
    struct answer answer;
    struct refusal why;
    switch (log_client_entry(s->client, index, out, &answer)) {
    case SHOW_PROVEN:
        return 0;
    case SHOW_FAILED:
        log_client_complaint(s->client, &answer, complaint);
        return -1;
    case SHOW_BAD:
        refuse_number(&why, REASON_RECEIPT_FORM, index);
        return complain(complaint, &why);
    default:
        refuse_number(&why, REASON_REF_LATER, index);
        return complain(complaint, &why);
    }
}

static enum kind kind_of(const json_t *record)
{
    const char *name = json_string_value(json_object_get(record, "kind"));
    return name == NULL ? KIND_NONE : kind_of_name(span_str(name));
}

int submitter_name_warrant(struct submitter *s, json_t *record, struct complaint *complaint)
{
    return sealing_name_warrant(s->sealing, kind_of(record), record, complaint);
}

enum outcome submitter_keep_openings(struct submitter *s, enum kind kind)
{
    struct complaint complaint;
    if (s->options.check || !sealing_needs_private(s->sealing)) {
        sealing_warn_unkept(s->sealing, kind);
        return OUTCOME_PROVEN;
    }
    sealing_refuse_unkept(&complaint);
    return say_usage("[%s] %s", complaint.code, complaint.detail);
}

/* ---- saying what became of a record -------------------------------------------------------- */

static enum outcome report_error(struct submitter *s, uint64_t line, const char *code,
                                 const char *detail)
{
    snprintf(s->error, sizeof s->error, "%s", code);
    if (s->options.json)
        say_json(
            json_pack("{s:I,s:s,s:s}", "line", (json_int_t)line, "error", code, "detail", detail));
    say(TR("record %" PRIu64 ": [%s] %s", "registro %" PRIu64 ": [%s] %s"), line, code, detail);
    return OUTCOME_UNDECIDED;
}

static enum outcome report_complaint(struct submitter *s, uint64_t line, const struct complaint *c)
{
    return report_error(s, line, c->code, c->detail);
}

static enum outcome report_refusal(struct submitter *s, uint64_t line, const struct refusal *why)
{
    struct complaint c;
    complain(&c, why);
    return report_complaint(s, line, &c);
}

enum outcome submitter_reject(struct submitter *s, uint64_t line, const char *why)
{
    return report_error(s, line, "form", why);
}

static enum outcome report_good(const struct submitter *s, uint64_t line, enum kind kind)
{
    if (s->options.json)
        say_json(
            json_pack("{s:I,s:b,s:s}", "line", (json_int_t)line, "ok", 1, "kind", kind_name(kind)));
    else
        printf(TR("record %" PRIu64 ": %s, may be signed\n",
                  "registro %" PRIu64 ": %s, puede firmarse\n"),
               line, kind_name(kind));
    return OUTCOME_PROVEN;
}

/* ---- the receipt --------------------------------------------------------------------------- */

/* The note in the receipt must be the one that was sent. */
static bool carries_note(struct span text, struct span note)
{
    struct receipt r;
    struct refusal why;
    struct entry e;
    if (receipt_parse(&r, text, &why) != 0)
        return false;
    bool same = entry_parse(&e, r.entry[0].bytes, &why) == 0 && span_eq(e.note, note);
    receipt_free(&r);
    return same;
}

static void report_receipt(const struct submitter *s, const struct sent *sent,
                           const struct receipt_report *r, const struct findings *f)
{
    enum verdict verdict = findings_verdict(f);
    findings_print(f, stderr);
    if (s->options.json) {
        say_json(json_pack(
            "{s:I,s:o,s:o,s:s,s:s,s:s,s:s,s:I,s:o}", "line", (json_int_t)sent->line, "index",
            json_of_index(r->index), "hash", json_of_hash(&r->leaf), "id", sent->id, "kind",
            kind_name(r->kind), "status", sent->status == 201 ? "appended" : "seen", "verdict",
            verdict_name(verdict), "size", (json_int_t)r->size, "findings", findings_json(f)));
        return;
    }
    if (r->index == NO_ENTRY)
        return;    /* the findings have said that this was no receipt */
    char hash[48]; /* with the index, what other records refer to it by */
    base64_encode(hash, r->leaf.b, HASH_BYTES);
    printf(TR("entry %" PRIu64 ": %s %s, receipt %s, hash %s\n",
              "asiento %" PRIu64 ": %s %s, recibo %s, hash %s\n"),
           r->index, kind_name(r->kind),
           sent->status == 201 ? TR("appended", "asentado") : TR("was there already", "ya estaba"),
           verdict_word(verdict), hash);
    fflush(stdout);
}

/* Judges a receipt and keeps it, unless it is bad. The verdict is that of *f. */
static enum outcome judge_receipt(struct submitter *s, const struct sent *sent,
                                  struct receipt_report *r, struct findings *f)
{
    struct refusal why;
    struct span text = buf_span(log_client_body(s->client));
    receipt_judge_served(r, s->trust.policy, text, trust_pin(&s->trust), findings_add, f);
    if (findings_verdict(f) != VERDICT_BAD && !carries_note(text, buf_span(&sent->note))) {
        refuse(&why, REASON_OTHER_RECORD, sent->id);
        findings_tell(f, VERDICT_BAD, &why);
    }
    if (findings_verdict(f) == VERDICT_BAD)
        return OUTCOME_PROVEN;
    if (r->cp.quorum && !trust_fresh(&s->trust, &r->cp, &why))
        findings_tell(f, VERDICT_UNDECIDED, &why);
    enum outcome outcome = receipt_folder_take(&s->receipts, text, r, f);
    return outcome_worse(outcome, sealing_stands(s->sealing, r->index, &r->leaf));
}

/* What is in the log but not witnessed yet is asked for again once the rest was sent. */
static bool is_to_wait_for(const struct submitter *s, const struct receipt_report *r,
                           const struct findings *f)
{
    return !s->options.no_wait && findings_verdict(f) == VERDICT_UNDECIDED && r->size > 0 &&
           !r->quorum;
}

static void remember_sent(struct submitter *s, const struct sent *sent, uint64_t index)
{
    struct sent *keep = &s->pending[s->pendings++];
    *keep = *sent;
    keep->index = index;
    keep->note = (struct buf){ 0 };
    buf_add_span(&keep->note, buf_span(&sent->note));
    if (keep->note.failed)
        die_of_memory();
}

static enum outcome take_receipt(struct submitter *s, const struct sent *sent, bool may_wait)
{
    struct findings f = { 0 };
    struct receipt_report r;
    enum outcome outcome = judge_receipt(s, sent, &r, &f);
    if (may_wait && is_to_wait_for(s, &r, &f)) {
        remember_sent(s, sent, r.index);
        policy_refuse_quorum(s->trust.policy, &r.cp, &s->short_of);
    } else {
        report_receipt(s, sent, &r, &f);
        outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&f)));
    }
    findings_free(&f);
    return outcome;
}

/* Of a record that is in the log, and that is all that is known. */
static enum outcome report_unwitnessed(const struct submitter *s, const struct sent *sent,
                                       const struct complaint *complaint)
{
    if (s->options.json)
        say_json(json_pack("{s:I,s:I,s:s,s:s,s:s}", "line", (json_int_t)sent->line, "index",
                           (json_int_t)sent->index, "id", sent->id, "error", "quorum", "detail",
                           complaint->detail));
    return say_undecided(
        TR("record %" PRIu64 ": entry %" PRIu64 " is in the log, but no quorum of "
           "witnesses has cosigned it yet (missing: %s): ask later for %s/v1/receipts/%" PRIu64
           "?wait=witnessed",
           "registro %" PRIu64 ": el asiento %" PRIu64 " está en la bitácora, pero "
           "aún no lo cofirma un quórum de testigos (faltan: %s): pida más tarde "
           "%s/v1/receipts/%" PRIu64 "?wait=witnessed"),
        sent->line, sent->index, s->short_of.subject, s->trust.url, sent->index);
}

/* Waits for the last of them: whatever it is witnessed with, the others are, too. Returns
 * whether it is. */
static bool await_last(struct submitter *s, int64_t *left, struct complaint *complaint)
{
    struct answer answer;
    uint64_t last = 0;
    for (size_t i = 0; i < s->pendings; i++)
        last = s->pending[i].index > last ? s->pending[i].index : last;
    log_client_await(s->client, last, left, &answer);
    if (answer.status == 200 && answer.acceptable)
        return true;
    log_client_complaint(s->client, &answer, complaint);
    return false;
}

/* Asks for the witnessed receipt of a record. Only what is waited in vain is taken from *left. */
static enum outcome take_witnessed(struct submitter *s, const struct sent *sent, int64_t *left,
                                   struct complaint *complaint)
{
    struct answer answer;
    int64_t before = *left;
    log_client_await(s->client, sent->index, left, &answer);
    if (answer.status != 200 || !answer.acceptable) {
        log_client_complaint(s->client, &answer, complaint);
        return report_unwitnessed(s, sent, complaint);
    }
    enum outcome outcome = take_receipt(s, sent, false);
    if (outcome == OUTCOME_PROVEN)
        *left = before;
    return outcome;
}

enum outcome submitter_settle(struct submitter *s)
{
    enum outcome outcome = OUTCOME_PROVEN;
    int64_t left = SERVICE_AWAIT_MS;
    struct complaint complaint;
    complain(&complaint, &s->short_of);
    bool witnessed = s->pendings > 0 && await_last(s, &left, &complaint);
    for (size_t i = 0; i < s->pendings; i++) {
        struct sent *sent = &s->pending[i];
        outcome = outcome_worse(outcome, witnessed && left > 0
                                             ? take_witnessed(s, sent, &left, &complaint)
                                             : report_unwitnessed(s, sent, &complaint));
        buf_free(&sent->note);
    }
    s->pendings = 0;
    return outcome;
}

static enum outcome exchange(struct submitter *s, uint64_t line, const char *id, bool *stop)
{
    struct answer answer;
    struct complaint complaint;
    struct sent sent = { .line = line, .note = s->note };
    snprintf(sent.id, sizeof sent.id, "%s", id);
    log_client_post(s->client, "v1/records", buf_span(&s->note), RECEIPT_MAX, &answer);
    if ((answer.status == 200 || answer.status == 201) && answer.acceptable) {
        sent.status = answer.status;
        enum outcome outcome = take_receipt(s, &sent, true);
        return s->pendings < PENDING_MAX ? outcome : outcome_worse(outcome, submitter_settle(s));
    }
    *stop = answer.status < 400 || answer.status == 429 || answer.status >= 500;
    log_client_complaint(s->client, &answer, &complaint);
    return report_complaint(s, line, &complaint);
}

/* ---- making the record --------------------------------------------------------------------- */

static json_t *json_under(const struct submitter *s)
{
    char hash[48];
    base64_encode(hash, s->id.under.hash, HASH_BYTES);
    return json_pack("{s:I,s:s}", "entry", (json_int_t)s->id.under.entry, "hash", hash);
}

/* id, at and under first, then the rest as it was given. Takes the reference. */
static json_t *complete(struct submitter *s, json_t *given)
{
    char id[ID_TEXT + 1], at[WHEN_TEXT + 1];
    json_t *record = must(json_object());
    fresh_id(id, clock_wall());
    when_format(at, clock_wall());
    json_object_set_new(record, "id", json_string(id));
    json_object_set_new(record, "at", json_string(at));
    json_object_set_new(record, "under", json_under(s));
    if (json_object_update(record, given) != 0)
        die_of_memory();
    json_decref(given);
    return record;
}

enum prepared {
    PREPARE_GOOD,
    PREPARE_MALFORMED, /* there is nothing that could be signed */
    PREPARE_REFUSED,   /* by what the log asks of well-formed records */
};

/* Seals what is in the clear, then asks all that the log will ask. The text to sign is left in
 * s->text; *complaint is filled where it is not good. */
static enum prepared prepare(struct submitter *s, enum kind kind, json_t *record, const char *id,
                             struct complaint *complaint)
{
    struct record parsed;
    struct refusal why;
    if (sealing_apply(s->sealing, kind, record, id, complaint) != 0)
        return PREPARE_MALFORMED;
    char *line = must(json_dumps(record, JSON_COMPACT));
    buf_clear(&s->text);
    record_text(&s->text, kind, line);
    free(line);
    if (s->text.failed)
        die_of_memory();
    if (record_parse_text(&parsed, buf_span(&s->text), &why) != 0) {
        complain(complaint, &why);
        return PREPARE_MALFORMED;
    }
    int failed = precheck_record(s->precheck, &parsed, s->file, complaint);
    if (failed == 0 && s->options.check) /* whether it may be signed is not known before */
        failed = precheck_witnessed(s->precheck, kind_name(kind), complaint);
    record_free(&parsed);
    return failed == 0 ? PREPARE_GOOD : PREPARE_REFUSED;
}

int submitter_check(struct submitter *s, const json_t *record, struct complaint *complaint)
{
    char id[40];
    enum kind kind = kind_of(record);
    json_t *copy = must(json_deep_copy(record));
    json_object_del(copy, "kind");
    copy = complete(s, copy);
    snprintf(id, sizeof id, "%s", json_string_value(json_object_get(copy, "id")));
    enum prepared prepared = prepare(s, kind, copy, id, complaint);
    json_decref(copy);
    return prepared == PREPARE_GOOD ? 0 : -1;
}

struct same {
    struct submitter *s;
    bool found;
};

/* Is this the very text that we would sign, by our key? */
static bool is_same(void *ctx, uint64_t index)
{
    struct same *same = ctx;
    struct shown e;
    struct answer answer;
    if (log_client_entry(same->s->client, index, &e, &answer) != SHOW_PROVEN)
        return true;
    same->found = span_eq(e.record.text, buf_span(&same->s->text)) &&
                  record_signed_by(&e.record, &same->s->id.key.vkey);
    shown_free(&e);
    return !same->found;
}

/* What stands in the log may always be sent again, whatever has changed since: then the log says
 * where. */
static bool stands_already(struct submitter *s, const char *id)
{
    struct same same = { .s = s };
    struct answer answer;
    char query[48];
    snprintf(query, sizeof query, "id=%s", id);
    log_client_find(s->client, query, is_same, &same, &answer);
    return same.found;
}

static int put_file(struct submitter *s, struct complaint *complaint)
{
    struct answer answer;
    if (s->file.n == 0 || log_client_put_blob(s->client, s->file, &answer))
        return 0;
    log_client_complaint(s->client, &answer, complaint);
    return -1;
}

/* Puts the blobs, signs, sends. */
static enum outcome sign_and_send(struct submitter *s, uint64_t line, const char *id, bool *stop)
{
    struct complaint complaint;
    log_client_identify(s->client, &s->id.key, &s->id.under);
    if (put_file(s, &complaint) != 0)
        return report_complaint(s, line, &complaint);
    if (sealing_put(s->sealing, &complaint) != 0) {
        *stop = strcmp(complaint.code, "private") == 0;
        return report_complaint(s, line, &complaint);
    }
    buf_clear(&s->note);
    note_sign(&s->note, buf_span(&s->text), &s->id.key);
    if (s->note.failed)
        die_of_memory();
    return exchange(s, line, id, stop);
}

enum outcome submitter_send(struct submitter *s, uint64_t line, json_t *record, bool *stop)
{
    struct refusal why;
    struct complaint complaint;
    const char *name = json_string_value(json_object_get(record, "kind"));
    enum kind kind = kind_of(record);
    *stop = false;
    s->error[0] = 0;
    if (kind == KIND_NONE || kind == KIND_GENESIS) {
        refuse(&why, name == NULL ? REASON_MEMBER_MISSING : REASON_KIND_UNKNOWN,
               name == NULL ? "kind" : name);
        json_decref(record);
        return report_refusal(s, line, &why);
    }
    json_object_del(record, "kind");
    bool was_given = json_object_get(record, "id") != NULL && json_object_get(record, "at") != NULL;
    if (identity_find(&s->id, s->client, &complaint) != 0) {
        *stop = true;
        json_decref(record);
        return report_complaint(s, line, &complaint);
    }
    if (in_force_look(s->in_force, &complaint) == STANDS_UNPROVEN) {
        *stop = true;
        json_decref(record);
        return outcome_worse(report_complaint(s, line, &complaint), in_force_outcome(s->in_force));
    }
    record = complete(s, record);
    char id[40];
    const char *value = json_string_value(json_object_get(record, "id"));
    snprintf(id, sizeof id, "%s", value == NULL ? "" : value);
    enum prepared prepared = prepare(s, kind, record, id, &complaint);
    json_decref(record);
    bool again = prepared == PREPARE_REFUSED && was_given && !s->options.check;
    if (prepared != PREPARE_GOOD && !(again && stands_already(s, id)))
        return outcome_worse(report_complaint(s, line, &complaint), in_force_outcome(s->in_force));
    if (s->options.check) {
        sealing_warn_unkept(s->sealing, kind);
        return report_good(s, line, kind);
    }
    if (prepared == PREPARE_GOOD && sealing_needs_private(s->sealing)) {
        *stop = true;
        sealing_refuse_unkept(&complaint);
        report_complaint(s, line, &complaint);
        return OUTCOME_USAGE;
    }
    return sign_and_send(s, line, id, stop);
}
