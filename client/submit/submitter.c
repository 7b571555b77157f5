#include "client/submit/submitter.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/seal/sealing.h"
#include "client/submit/precheck.h"
#include "client/submit/scope.h"
#include "client/submit/submit_again.h"
#include "client/submit/submit_complete.h"
#include "client/submit/submit_meant.h"
#include "client/submit/submit_receipts.h"
#include "proto/base/scan.h"

struct submitter {
    struct submit_options options;
    struct trust trust;
    struct identity id;
    struct log_client *client;
    struct in_force *in_force;
    struct sealing *sealing;
    struct precheck *precheck;
    struct scope_look *scope; /* NULL: nothing is said of scope */
    bool scope_said;          /* of the records to come it was said when they were looked at */
    uint64_t line;            /* of the record in the input; 0: it is the only one */
    struct submit_report report;
    struct submit_receipts receipts;
    struct span file; /* of the ruleset that is to be pinned */
    struct buf text;  /* the record that is being sent: its two lines, */
    struct buf note;  /* and signed */
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
    enum outcome outcome = receipt_folder_open(&s->receipts.folder, &s->trust, o->receipts);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    s->client = log_client_new(&s->trust);
    if (s->client == NULL)
        return OUTCOME_UNDECIDED;
    if (o->check)
        log_client_want_quorum(s->client);
    s->in_force = in_force_open(&in_force, &s->trust, s->client, &outcome);
    if (outcome == OUTCOME_PROVEN)
        s->sealing = sealing_open(&o->sealing, s->client, s->in_force, &outcome);
    if (outcome == OUTCOME_PROVEN)
        s->precheck = precheck_new(s->client, s->in_force, &s->trust, &s->id, &o->precheck);
    if (outcome == OUTCOME_PROVEN && s->precheck == NULL)
        outcome = OUTCOME_UNDECIDED;
    if (outcome == OUTCOME_PROVEN)
        s->scope = scope_new(s->client);
    s->receipts.trust = &s->trust;
    s->receipts.client = s->client;
    s->receipts.sealing = s->sealing;
    s->receipts.report = &s->report;
    s->receipts.no_wait = o->no_wait;
    return outcome;
}

static void close_parts(struct submitter *s)
{
    submit_report_close(&s->report);
    scope_free(s->scope);
    precheck_free(s->precheck);
    sealing_close(s->sealing);
    in_force_close(s->in_force);
    log_client_free(s->client);
    receipt_folder_close(&s->receipts.folder);
    identity_wipe(&s->id);
    trust_close(&s->trust);
    buf_free(&s->text);
    buf_free(&s->note);
    free(s);
}

struct submitter *submitter_open(const struct submit_options *options, enum outcome *outcome)
{
    struct submitter *s = kept(calloc(1, sizeof *s));
    if (s == NULL) {
        *outcome = OUTCOME_UNDECIDED;
        return NULL;
    }
    s->options = *options;
    s->report.json = options->json;
    s->report.lines = options->lines;
    *outcome = trust_open(&s->trust, &options->trust, true);
    if (*outcome == OUTCOME_PROVEN)
        *outcome = identity_read(&s->id, &options->key);
    if (*outcome == OUTCOME_PROVEN) {
        trust_read_as(&s->trust, s->id.key);
        s->options.trust.reader = s->id.key; /* of the replays, too */
        *outcome = open_parts(s);
    }
    if (*outcome == OUTCOME_PROVEN)
        return s;
    close_parts(s);
    return NULL;
}

void submitter_close(struct submitter *s)
{
    submit_receipts_free(&s->receipts);
    trust_say_limits(&s->trust);
    close_parts(s);
}

void submitter_attach(struct submitter *s, struct span file)
{
    s->file = file;
}

const char *submitter_error(const struct submitter *s)
{
    return s->report.error;
}

const struct vkey *submitter_key(const struct submitter *s)
{
    return &s->id.key->vkey;
}

const struct enrolment *submitter_enrolment(struct submitter *s, struct complaint *complaint)
{
    return identity_find(&s->id, s->client, complaint) == 0 ? identity_enrolment(&s->id) : NULL;
}

const struct ruleset *submitter_ruleset(struct submitter *s, struct complaint *complaint)
{
    return precheck_ruleset(s->precheck, complaint);
}

const struct registry *submitter_registry(struct submitter *s, struct complaint *complaint)
{
    return in_force_look(s->in_force, complaint) == STANDS_PROVEN
               ? in_force_registry(s->in_force, complaint)
               : NULL;
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
    (void)complaint_say(&complaint);
    return OUTCOME_USAGE;
}

enum outcome submitter_reject(struct submitter *s, uint64_t line, const char *why)
{
    return submit_report_error(&s->report, line, "form", why);
}

enum outcome submitter_refuse(struct submitter *s, uint64_t line, const struct complaint *why)
{
    return submit_report_complaint(&s->report, line, why);
}

void submitter_warn(struct submitter *s, uint64_t line, const char *text)
{
    submit_report_warn(&s->report, line, text);
}

size_t submitter_warned(const struct submitter *s)
{
    return s->report.warned;
}

void submitter_accept(struct submitter *s, uint64_t line, const json_t *record)
{
    (void)submit_report_good(&s->report, line, kind_of(record));
}

enum outcome submitter_settle(struct submitter *s)
{
    return submit_receipts_settle(&s->receipts);
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
        return submit_receipts_take(&s->receipts, &sent);
    }
    *stop = answer.status < 400 || answer.status == 429 || answer.status >= 500;
    log_client_complaint(s->client, &answer, &complaint);
    return submit_report_complaint(&s->report, line, &complaint);
}

/* ---- making the record --------------------------------------------------------------------- */

enum prepared {
    PREPARE_GOOD,
    PREPARE_MALFORMED, /* there is nothing that could be signed */
    PREPARE_REFUSED,   /* by what the log asks of well-formed records */
};

static void id_of(char id[static 40], const json_t *record)
{
    const char *value = json_string_value(json_object_get(record, "id"));
    snprintf(id, 40, "%s", value == NULL ? "" : value);
}

/* What a judge will call outside, or ask about, is no reason not to record it: it is said. */
static void say_doubts(struct submitter *s, const struct record *record)
{
    struct complaint complaint;
    struct buf said = { 0 };
    if (s->scope == NULL || s->scope_said)
        return;
    struct scope_ground g = { .registry = submitter_registry(s, &complaint),
                              .ruleset = precheck_ruleset(s->precheck, &complaint),
                              .signer = identity_enrolment(&s->id) };
    size_t n = precheck_times(s->precheck, record, &said);
    if (g.registry != NULL && g.ruleset != NULL && g.signer != NULL)
        n += scope_judge(s->scope, &g, record, &said);
    if (n > 0)
        submit_report_warn(&s->report, s->line, kept_text(&said));
    buf_free(&said);
}

/* Seals what is in the clear, then asks all that the log will ask. The text to sign is left in
 * s->text; *complaint is filled where it is not good. */
static enum prepared prepare(struct submitter *s, enum kind kind, json_t *record, const char *id,
                             struct complaint *complaint)
{
    struct record parsed;
    struct refusal why;
    if (sealing_apply(s->sealing, kind, record, id, complaint) != 0)
        return PREPARE_MALFORMED;
    if (lost_any()) { /* something of the record may be missing */
        complain_memory(complaint);
        return PREPARE_MALFORMED;
    }
    char *line = json_dumps(record, JSON_COMPACT);
    buf_clear(&s->text);
    record_text(&s->text, kind, line == NULL ? "" : line);
    bool there = line != NULL && !s->text.failed;
    free(line);
    if (!there) {
        complain_memory(complaint);
        return PREPARE_MALFORMED;
    }
    if (record_parse_text(&parsed, buf_span(&s->text), &why) != 0) {
        complain_form(complaint, &why, kind, record);
        return PREPARE_MALFORMED;
    }
    int failed = precheck_record(s->precheck, &parsed, s->file, complaint);
    if (failed == 0)
        say_doubts(s, &parsed);
    if (failed == 0 && s->options.check) /* whether it may be signed is not known before */
        failed = precheck_witnessed(s->precheck, kind_name(kind), complaint);
    record_free(&parsed);
    return failed == 0 ? PREPARE_GOOD : PREPARE_REFUSED;
}

/* Whether the log would take the record; `silent`: without a word about its scope. */
static int check_record(struct submitter *s, const json_t *record, bool silent,
                        struct complaint *complaint)
{
    char id[40];
    enum kind kind = submit_kind(record, complaint);
    if (kind == KIND_NONE)
        return -1;
    json_t *copy = json_deep_copy(record);
    json_object_del(copy, "kind");
    copy = submit_complete(copy, &s->id);
    if (copy == NULL)
        return complain_memory(complaint);
    id_of(id, copy);
    s->scope_said = silent;
    enum prepared prepared = prepare(s, kind, copy, id, complaint);
    s->scope_said = true; /* not again when it is sent */
    json_decref(copy);
    return prepared == PREPARE_GOOD ? 0 : -1;
}

int submitter_check(struct submitter *s, const json_t *record, struct complaint *complaint)
{
    return check_record(s, record, false, complaint);
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
                  record_signed_by(&e.record, &same->s->id.key->vkey);
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
    log_client_identify(s->client, s->id.key, &s->id.under);
    if (put_file(s, &complaint) != 0)
        return submit_report_complaint(&s->report, line, &complaint);
    if (sealing_put(s->sealing, &complaint) != 0) {
        *stop = strcmp(complaint.code, "private") == 0;
        return submit_report_complaint(&s->report, line, &complaint);
    }
    buf_clear(&s->note);
    note_sign(&s->note, buf_span(&s->text), s->id.key);
    if (s->note.failed) {
        complain_memory(&complaint);
        return submit_report_complaint(&s->report, line, &complaint);
    }
    return exchange(s, line, id, stop);
}

/* Whether the signer's enrolment is known, and what the log has in force. */
static int know_the_log(struct submitter *s, struct complaint *complaint)
{
    if (identity_find(&s->id, s->client, complaint) != 0)
        return -1;
    return in_force_look(s->in_force, complaint) == STANDS_UNPROVEN ? -1 : 0;
}

/* A record that was completed, of that kind. was_given: it had its id and time before. */
static enum outcome send_complete(struct submitter *s, uint64_t line, enum kind kind,
                                  json_t *record, bool was_given, bool *stop)
{
    char id[40];
    struct complaint complaint;
    id_of(id, record);
    enum prepared prepared = prepare(s, kind, record, id, &complaint);
    bool again = prepared == PREPARE_REFUSED && was_given && !s->options.check;
    if (prepared != PREPARE_GOOD && !(again && stands_already(s, id)))
        return outcome_worse(submit_report_complaint(&s->report, line, &complaint),
                             in_force_outcome(s->in_force));
    if (s->options.check) {
        sealing_warn_unkept(s->sealing, kind);
        return submit_report_good(&s->report, line, kind);
    }
    if (prepared == PREPARE_GOOD && sealing_needs_private(s->sealing)) {
        *stop = true;
        sealing_refuse_unkept(&complaint);
        submit_report_complaint(&s->report, line, &complaint);
        return OUTCOME_USAGE;
    }
    return sign_and_send(s, line, id, stop);
}

static enum outcome send_record(struct submitter *s, uint64_t line, json_t **record, bool *stop)
{
    struct complaint complaint;
    enum kind kind = submit_kind(*record, &complaint);
    if (kind == KIND_NONE)
        return submit_report_complaint(&s->report, line, &complaint);
    json_object_del(*record, "kind");
    bool was_given =
        json_object_get(*record, "id") != NULL && json_object_get(*record, "at") != NULL;
    if (know_the_log(s, &complaint) != 0) {
        *stop = true;
        return outcome_worse(submit_report_complaint(&s->report, line, &complaint),
                             in_force_outcome(s->in_force));
    }
    *record = submit_complete(*record, &s->id);
    if (*record != NULL)
        return send_complete(s, line, kind, *record, was_given, stop);
    complain_memory(&complaint);
    return submit_report_complaint(&s->report, line, &complaint);
}

enum outcome submitter_send(struct submitter *s, uint64_t line, json_t *record, bool *stop)
{
    *stop = false;
    s->report.error[0] = 0;
    s->line = line;
    enum outcome outcome = send_record(s, line, &record, stop);
    json_decref(record);
    return outcome;
}

/* ---- many at once ---------------------------------------------------------------------------- */

void submitter_name_line(struct submitter *s, json_t *line, uint64_t occurrence)
{
    char id[ID_TEXT + 1];
    if (json_object_get(line, "id") != NULL)
        return;
    submit_line_id(id, &s->id, trust_log(&s->trust)->name, line, occurrence);
    json_put(line, "id", json_text(id));
}

enum looked submitter_look(struct submitter *s, uint64_t number, const json_t *line,
                           uint64_t *entry, struct complaint *complaint, bool *stop)
{
    s->line = number;
    *stop = know_the_log(s, complaint) != 0 ||
            submit_again_find(s->client, &s->id.key->vkey, line, entry, complaint) != 0;
    if (*stop)
        return LOOKED_REFUSED;
    if (*entry != NO_ENTRY)
        return submit_again_same(s->client, line, *entry, complaint) ? LOOKED_THERE
                                                                     : LOOKED_REFUSED;
    int failed = submitter_check(s, line, complaint);
    *stop = failed != 0 && log_client_gave_up(s->client);
    return failed == 0 ? LOOKED_GOOD : LOOKED_REFUSED;
}

enum outcome submitter_take_again(struct submitter *s, uint64_t line, json_t *record,
                                  uint64_t entry)
{
    struct complaint complaint;
    struct shown e;
    struct sent sent = { .line = line, .status = 200 };
    id_of(sent.id, record);
    (void)!check_record(s, record, true, &complaint); /* only so that its openings are known */
    json_decref(record);
    if (submitter_entry(s, entry, &e, &complaint) != 0)
        return submit_report_complaint(&s->report, line, &complaint);
    buf_add_span(&sent.note, e.record.note);
    kept_text(&sent.note);
    enum outcome outcome = submit_receipts_take(&s->receipts, &sent);
    buf_free(&sent.note);
    shown_free(&e);
    return outcome;
}
