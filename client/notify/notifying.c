#include "client/notify/notifying.h"

#include <inttypes.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"

#define NEWER_MAX 100000 /* entries: some seconds */

/* ---- the log --------------------------------------------------------------------------------- */

/* Nothing is shown of a log that is not proven but what is wrong with it. */
static void report_unproven(const struct notifying *n)
{
    replaying_print(n->r, stderr);
    if (n->options.json)
        say_json(replaying_json(n->r));
    say(TR("nothing is shown of it: it is not proven what the log says",
           "no se muestra nada: no está probado qué dice la bitácora"));
}

/* A ruleset is lacking, which was said: the log is proven, what follows from it is not known. */
static enum outcome report_incomplete(const struct notifying *n)
{
    if (n->options.json)
        say_json(replaying_json(n->r));
    return OUTCOME_UNDECIDED;
}

/* A judged_fn. */
static void look_at_entry(void *ctx, const struct judged *e)
{
    struct notifying *n = ctx;
    if (e->index < n->r->accepted.cp.checkpoint.size)
        audit_look(n->audit, e);
    else
        notices_newer(&n->notices, e);
}

/* ---- what is newer --------------------------------------------------------------------------- */

/* That of the receipt in the service's body. */
static int take_checkpoint(struct notifying *n, struct accepted *out, struct refusal *why)
{
    struct receipt receipt;
    if (receipt_parse(&receipt, buf_span(log_client_body(n->service)), why) != 0)
        return -1;
    buf_add_span(&out->note, receipt.checkpoint);
    receipt_free(&receipt);
    if (out->note.failed) {
        refuse(why, REASON_MEMORY, "");
        return -1;
    }
    return policy_open(&out->cp, n->r->trust.policy, buf_span(&out->note), why);
}

/* The newest checkpoint that the log has signed goes with its receipts, whatever its quorum.
 * Tells what is wrong. */
static bool fetch_newest(struct notifying *n, struct accepted *out)
{
    struct shown genesis;
    struct answer answer;
    struct complaint complaint;
    struct refusal why;
    enum show shown = log_client_entry(n->service, 0, &genesis, &answer);
    if (shown == SHOW_PROVEN) {
        shown_free(&genesis);
        if (take_checkpoint(n, out, &why) == 0)
            return true;
    } else if (shown == SHOW_BAD) {
        refuse(&why, REASON_RECEIPT_FORM, "v1/receipts/0");
    } else {
        log_client_complaint(n->service, &answer, &complaint);
        say(TR("the newest checkpoint could not be had: [%s] %s",
               "no se pudo obtener el punto de control más reciente: [%s] %s"),
            complaint.code, complaint.detail);
        refuse(&why, REASON_UNREADABLE, "v1/receipts/0");
    }
    bool bad = (shown == SHOW_PROVEN || shown == SHOW_BAD) && why.reason != REASON_MEMORY;
    findings_tell(&n->r->findings, bad ? VERDICT_BAD : VERDICT_UNDECIDED, &why);
    return false;
}

static bool is_near(struct notifying *n, const struct signed_checkpoint *signed_now)
{
    struct refusal why;
    const struct checkpoint *newest = &signed_now->checkpoint;
    uint64_t size = n->r->accepted.cp.checkpoint.size;
    if (newest->size <= size || newest->size - size <= NEWER_MAX)
        return true;
    say(TR("%" PRIu64 " entries are newer than the checkpoint that was verified; whether they "
           "withhold anything is looked at for %d at most",
           "%" PRIu64 " asientos son posteriores al checkpoint verificado; si retienen algo se "
           "revisa en %d a lo sumo"),
        newest->size - size, NEWER_MAX);
    policy_refuse_quorum(n->r->trust.policy, signed_now, &why);
    findings_tell(&n->r->findings, VERDICT_UNDECIDED, &why);
    return false;
}

static void newer_seen(void *ctx, uint64_t index, enum kind kind, const struct hash *leaf)
{
    struct notifying *n = ctx;
    (void)index;
    scratch_add(n->r->scratch, kind, leaf);
}

/* Goes on where the replay ended; no --state will be written of it. */
static void replay_newer(struct notifying *n, struct logfiles *files, const struct checkpoint *cp)
{
    struct replaying *r = n->r;
    struct replay_setup setup = { .source = logfiles_source(files),
                                  .size = cp->size,
                                  .root = cp->root,
                                  .judge = r->judge,
                                  .seen = newer_seen,
                                  .seen_ctx = n,
                                  .found = findings_add,
                                  .found_ctx = &r->findings };
    replay_run(&setup, &r->edge);
}

/* Notices go to the log as it is now, not as its witnesses saw it last: what withholds may have
 * come since. */
static void look_at_newer(struct notifying *n)
{
    struct replaying *r = n->r;
    struct accepted newest = { 0 };
    struct logfiles *files = logfiles_of_url(r->trust.url, &r->trust.reader);
    const struct checkpoint *cp = &newest.cp.checkpoint;
    if (files == NULL)
        return;                                /* which is recorded as lost */
    logfiles_patience(files, PATIENCE_ALWAYS); /* it was replayed from there just now */
    if (fetch_newest(n, &newest) && is_near(n, &newest.cp) &&
        prove_follows(&r->trust, &r->accepted, &newest, files, &r->findings, &r->evidence) ==
            VERDICT_GOOD &&
        cp->size > r->accepted.cp.checkpoint.size)
        replay_newer(n, files, cp);
    accepted_free(&newest);
    logfiles_free(files);
}

/* ---- a mirror -------------------------------------------------------------------------------- */

/* The log must extend what the mirror's checkpoint says of it. That this one lacks a quorum, or is
 * old, is no matter: nothing rests on it. */
static void hold_mirror(struct notifying *n)
{
    struct replaying *r = n->r;
    struct accepted copy = { 0 };
    struct findings told = { 0 };
    struct logfiles *mirror = logfiles_of_dir(r->options.dir);
    struct logfiles *log = logfiles_of_url(r->trust.url, &r->trust.reader);
    if (mirror != NULL && log != NULL) {
        logfiles_patience(log, PATIENCE_ALWAYS);
        if (accepted_fetch(&copy, &r->trust, mirror, &told) == VERDICT_GOOD)
            prove_follows(&r->trust, &copy, &r->accepted, log, &r->findings, &r->evidence);
        else
            for (size_t i = 0; i < told.kept; i++)
                findings_add(&r->findings, &told.list[i]);
    } /* else it is recorded as lost */
    findings_free(&told);
    accepted_free(&copy);
    logfiles_free(mirror);
    logfiles_free(log);
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum outcome replay_log(struct notifying *n)
{
    enum outcome outcome = replaying_run(n->r, look_at_entry, n);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (n->r->options.dir != NULL && n->r->replayed)
        hold_mirror(n);
    if (replaying_proven(n->r) && findings_verdict(&n->r->findings) == VERDICT_GOOD)
        look_at_newer(n);
    outcome = replaying_conclude(n->r);
    if (outcome == OUTCOME_PROVEN && !replaying_proven(n->r))
        outcome = OUTCOME_UNDECIDED;
    if (outcome != OUTCOME_PROVEN)
        report_unproven(n);
    else if (!audit_complete(n->audit))
        outcome = report_incomplete(n);
    int64_t now = clock_wall();
    n->moment = n->audit->now > now ? n->audit->now : now;
    return outcome;
}

/* Before the log is read, as it may ask who reads. */
static enum outcome read_keys(struct notifying *n)
{
    struct notify_options *o = &n->options;
    enum outcome outcome = o->key.path == NULL ? OUTCOME_PROVEN : identity_read(&n->id, &o->key);
    if (outcome == OUTCOME_PROVEN && o->reader.path != NULL)
        outcome = identity_read(&n->reader, &o->reader);
    if (outcome == OUTCOME_PROVEN && o->key.path != NULL)
        o->replay.trust.reader = o->reader.path != NULL ? n->reader.key : n->id.key;
    return outcome;
}

enum outcome notifying_open(struct notifying *n, const struct notify_options *options)
{
    enum outcome outcome;
    struct audit_options audit = { .ruleset = options->ruleset };
    *n = (struct notifying){ .options = *options };
    outcome = read_keys(n);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    n->r = replaying_open(&n->options.replay, &outcome);
    if (n->r == NULL)
        return outcome;
    n->audit = audit_open(n->r, &audit);
    if (n->audit == NULL)
        return OUTCOME_USAGE;
    n->r->begin = n->r->fits = n->r->keep = NULL; /* they are the audit's, for a --state */
    notices_open(&n->notices, n->audit);
    n->service = log_client_new(&n->r->trust);
    return n->service == NULL ? OUTCOME_UNDECIDED : replay_log(n);
}

enum outcome notifying_close(struct notifying *n, enum outcome outcome)
{
    identity_wipe(&n->id);
    identity_wipe(&n->reader);
    receipt_folder_close(&n->receipts);
    log_client_free(n->service);
    notices_close(&n->notices);
    audit_close(n->audit);
    return replaying_close(n->r, outcome);
}

/* ---- who asks -------------------------------------------------------------------------------- */

static const struct enrolment *enrolled(const struct notifying *n, const struct vkey *key)
{
    const struct enrolment *e = registry_find_key(judge_registry(n->r->judge), key->key, NULL);
    return e != NULL && vkey_eq(&e->key, key) ? e : NULL;
}

/* That of the key is taken from the replay; the identity's own, by which what is sealed to it is
 * known, is the same: a key is enrolled once ever. */
enum outcome notifying_identify(struct notifying *n)
{
    struct complaint complaint;
    struct identity *reader = n->options.reader.path == NULL ? &n->id : &n->reader;
    n->own = enrolled(n, &n->id.key->vkey);
    if (n->own == NULL || n->own->role != ROLE_OVERSIGHT)
        return say_usage(TR("%s is not enrolled for oversight in this log",
                            "%s no tiene alta como supervisión (oversight) en esta bitácora"),
                         n->id.key->vkey.name);
    if (identity_find(&n->id, n->service, &complaint) != 0 ||
        identity_find(reader, n->service, &complaint) != 0)
        return complaint_say(&complaint);
    if (n->id.under.entry != n->own->entry ||
        memcmp(n->id.under.hash, n->own->leaf.b, HASH_BYTES) != 0)
        return say_undecided(TR("the service shows another enrolment of %s than the log that was "
                                "replayed",
                                "el servicio muestra otra alta de %s que la bitácora verificada"),
                             n->id.key->vkey.name);
    log_client_identify(n->service, reader->key, &reader->under);
    return OUTCOME_PROVEN;
}

const char *notifying_recipient(const struct notifying *n, const struct person *p)
{
    const struct registry *registry = judge_registry(n->r->judge);
    for (uint32_t i = 0; i < registry_count(registry); i++) {
        const struct enrolment *e = registry_get(registry, i);
        if (e->entry == p->to && hash_eq(&e->leaf, &p->leaf))
            return e->key.name;
    }
    return "-"; /* cannot happen: the reference was judged */
}

/* ---- what is sealed -------------------------------------------------------------------------- */

/* No answer at all, or to this key: then the next question would have none, either. */
static void no_answer(struct notifying *n, const struct complaint *complaint)
{
    n->silent = n->was_mute || strcmp(complaint->code, "unreachable") == 0 ||
                strcmp(complaint->code, "token") == 0;
    n->was_mute = true;
    if (!n->told)
        say(TR("a sealed identifier could not be had: [%s] %s%s",
               "no se pudo obtener un identificador sellado: [%s] %s%s"),
            complaint->code, complaint->detail,
            n->silent ? TR("; no more are asked for", "; no se piden más") : "");
    n->told = true;
}

enum unsealed notifying_unseal(struct notifying *n, const struct person *p, struct opening *out,
                               uint64_t *by)
{
    struct complaint complaint;
    struct sealed sealed = { .type = casebook_text(&n->audit->cb, p->type), .to.entry = p->to };
    memcpy(sealed.to.hash, p->leaf.b, HASH_BYTES);
    memcpy(sealed.commit, p->commit, HASH_BYTES);
    memcpy(sealed.sealed, p->sealed, HASH_BYTES);
    *by = registry_erased(judge_registry(n->r->judge), p->sealed);
    if (*by != NO_ENTRY) /* a newer order is no proven one */
        return *by < n->r->accepted.cp.checkpoint.size ? UNSEALED_ERASED : UNSEALED_GONE;
    if (p->to != n->own->entry || !hash_eq(&p->leaf, &n->own->leaf))
        return UNSEALED_FOREIGN;
    if (n->silent)
        return UNSEALED_FAILED;
    enum unsealed u = unseal_with_key(out, &sealed, &n->id, n->service, &complaint);
    if (u == UNSEALED_FAILED)
        no_answer(n, &complaint);
    else
        n->was_mute = false;
    return u == UNSEALED_ERASED ? UNSEALED_GONE : u; /* the service's word is no order */
}

void unsealed_count(struct unsealed_counts *c, enum unsealed u)
{
    c->open += u == UNSEALED_OPEN;
    c->erased += u == UNSEALED_ERASED;
    c->foreign += u == UNSEALED_FOREIGN;
    c->failed += u == UNSEALED_FAILED || u == UNSEALED_GONE;
    c->other += u == UNSEALED_OTHER;
}

enum outcome unsealed_outcome(const struct unsealed_counts *c)
{
    return c->other > 0 ? OUTCOME_BAD : c->failed > 0 ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

json_t *unsealed_json(const struct unsealed_counts *c)
{
    return json_made(json_pack("{s:I,s:I,s:I,s:I,s:I}", "opened", (json_int_t)c->open, "erased",
                               (json_int_t)c->erased, "foreign", (json_int_t)c->foreign, "unread",
                               (json_int_t)c->failed, "other", (json_int_t)c->other));
}

/* ---- receipts -------------------------------------------------------------------------------- */

void receipt_name(char out[static RECEIPT_NAME_MAX], uint64_t entry)
{
    snprintf(out, RECEIPT_NAME_MAX, "%" PRIu64 ".tlog-proof", entry);
}

/* That in the service's body, which was proven; of the very entry that was replayed. */
static enum outcome keep_receipt(struct notifying *n, const struct hash *leaf)
{
    struct findings f = { 0 };
    struct receipt_report report;
    struct refusal why;
    struct span text = buf_span(log_client_body(n->service));
    receipt_judge_served(&report, n->r->trust.policy, text, trust_pin(&n->r->trust), findings_add,
                         &f);
    if (!findings_lost(&f) && !hash_eq(&report.leaf, leaf)) {
        refuse(&why, REASON_FORK, "");
        findings_tell(&f, VERDICT_BAD, &why);
    }
    if (report.quorum && !trust_fresh(&n->r->trust, &report.cp, &why))
        findings_tell(&f, VERDICT_UNDECIDED, &why);
    enum outcome outcome = findings_verdict(&f) == VERDICT_BAD
                               ? OUTCOME_BAD
                               : receipt_folder_take(&n->receipts, text, &report, 0, &f);
    outcome = outcome_worse(outcome, outcome_of_verdict(findings_verdict(&f)));
    findings_print(&f, stderr);
    findings_free(&f);
    return outcome;
}

enum outcome notifying_receipt(struct notifying *n, const struct request *r,
                               const struct notice_facts *f)
{
    struct shown shown;
    struct answer answer;
    struct complaint complaint;
    switch (log_client_good_entry(n->service, r->entry, &shown, &answer)) {
    case SHOW_PROVEN:
        shown_free(&shown);
        return keep_receipt(n, &f->leaf);
    case SHOW_BAD:
        say(TR("the receipt of entry %" PRIu64 " proves nothing",
               "el recibo del asiento %" PRIu64 " no prueba nada"),
            r->entry);
        return OUTCOME_BAD;
    case SHOW_UNWITNESSED:
        return say_undecided(TR("the receipt of entry %" PRIu64 " has no quorum of witnesses",
                                "el recibo del asiento %" PRIu64 " no tiene quórum de testigos"),
                             r->entry);
    case SHOW_ABSENT: /* after it was replayed */
        return say_undecided(TR("the service has no receipt of entry %" PRIu64,
                                "el servicio no tiene recibo del asiento %" PRIu64),
                             r->entry);
    case SHOW_FAILED:
        break;
    }
    log_client_complaint(n->service, &answer, &complaint);
    return say_undecided(
        TR("receipt of entry %" PRIu64 ": [%s] %s", "recibo del asiento %" PRIu64 ": [%s] %s"),
        r->entry, complaint.code, complaint.detail);
}

json_t *json_of_time(int64_t ms)
{
    char text[WHEN_TEXT + 1];
    if (ms == NO_TIME)
        return NULL;
    when_format(text, answer_time(ms));
    return json_text(text);
}
