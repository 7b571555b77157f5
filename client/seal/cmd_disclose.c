/* bitacora disclose: one subject of one entry, to be shown to somebody, and no other. */
#include <errno.h>
#include <inttypes.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/options.h"
#include "client/remote/receipt_check.h"
#include "client/remote/trust_options.h"
#include "client/seal/unsealing.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/verify/disclosure.h"

struct disclose {
    const struct args *args;
    struct trust trust;
    struct identity id, reader; /* with --key, --reader */
    struct log_client *client;  /* NULL if the log's URL is not known */
    struct private *private;    /* with --private */
    struct buf text;            /* of the receipt */
    uint64_t wanted, count;     /* which of the sealed things, from 1; 0: the only one */
    char choice[256];           /* what there is to choose from, as far as it fits */
    char member[96];
    struct sealed sealed; /* that one; its type is in the opening */
    struct opening opening;
    struct buf to; /* the receipt of the enrolment that it is sealed to */
    enum outcome outcome;
};

/* ---- the opening ----------------------------------------------------------------------------- */

static enum outcome open_with_key(struct disclose *d)
{
    struct complaint complaint;
    enum unsealed u = unseal_with_key(&d->opening, &d->sealed, &d->id, d->client, &complaint);
    if (u == UNSEALED_OPEN)
        return OUTCOME_PROVEN;
    if (u == UNSEALED_FAILED)
        return complaint_say(&complaint);
    say("%s", unsealed_words(u));
    return u == UNSEALED_OTHER ? OUTCOME_BAD : OUTCOME_UNDECIDED;
}

static enum outcome open_it(struct disclose *d)
{
    if (d->private == NULL)
        return open_with_key(d);
    if (unseal_with_private(&d->opening, &d->sealed, d->private) == 0)
        return OUTCOME_PROVEN;
    return say_undecided(TR("%s holds no opening of that", "%s no tiene la apertura de eso"),
                         d->args->private_part);
}

static int consider(void *ctx, const char *member, const struct sealed *sealed)
{
    struct disclose *d = ctx;
    size_t n = strlen(d->choice);
    d->count++;
    snprintf(d->choice + n, sizeof d->choice - n, "%s%" PRIu64 " %s", n == 0 ? "" : ", ", d->count,
             sealed->type);
    if (d->wanted != 0 && d->count != d->wanted)
        return 0;
    snprintf(d->member, sizeof d->member, "%s", member);
    d->sealed = *sealed;
    return d->wanted != 0;
}

/* Finds what is to be disclosed while the record is there, and opens it. */
static enum outcome choose_and_open(struct disclose *d, const struct record *record)
{
    bool found = kind_visit_sealed(record->object, consider, d) != 0;
    if (d->wanted == 0 && d->count == 1)
        found = true;
    if (!found && d->wanted == 0 && d->count > 1)
        return say_usage(TR("the entry seals %" PRIu64 " things: choose one with --subject N, in "
                            "the order in which the record has them: %s",
                            "el asiento sella %" PRIu64 " cosas: elija una con --subject N, en el "
                            "orden en que las tiene el registro: %s"),
                         d->count, d->choice);
    if (!found)
        return say_usage(TR("the entry does not seal that", "el asiento no sella eso"));
    return open_it(d);
}

/* ---- the file -------------------------------------------------------------------------------- */

/* The receipt of the enrolment lets others check the blob, too; without it only the commitment. */
static void fetch_enrolment(struct disclose *d)
{
    struct shown e;
    struct answer answer;
    if (d->client != NULL &&
        log_client_entry(d->client, d->sealed.to.entry, &e, &answer) == SHOW_PROVEN) {
        buf_add_span(&d->to, buf_span(log_client_body(d->client)));
        kept_span(&d->to);
        shown_free(&e);
        return;
    }
    say(TR("the enrolment of the key that it is sealed to could not be had: the file proves the "
           "commitment, and nothing about the blob",
           "no se obtuvo el alta de la clave a la que está sellado: el archivo prueba el "
           "compromiso, y nada sobre el blob"));
}

static enum outcome say_written(const struct disclose *d, const struct disclosure_report *report,
                                enum verdict verdict)
{
    say(TR("%s shows that entry %" PRIu64 " concerns %s %s; whoever has the policy can check "
           "it with `bitacora verify --opening`",
           "%s muestra que el asiento %" PRIu64 " se refiere a %s %s; quien tenga la política "
           "lo comprueba con `bitacora verify --opening`"),
        d->args->out, report->receipt.index, report->type, report->value);
    if (d->args->json)
        say_json(json_pack("{s:I,s:s,s:s,s:s}", "index", (json_int_t)report->receipt.index,
                           "member", report->member, "type", report->type, "value", report->value));
    if (verdict == VERDICT_GOOD)
        return OUTCOME_PROVEN;
    return say_undecided(
        TR("%s was written, but it decides nothing yet for whoever checks it: see above. Where a "
           "quorum is missing, ask for %s/v1/receipts/%" PRIu64
           "?wait=witnessed and disclose from that",
           "%s se escribió, pero a quien lo compruebe aún no le decide nada: vea arriba. Si falta "
           "un quórum, pida %s/v1/receipts/%" PRIu64 "?wait=witnessed y divulgue a partir de eso"),
        d->args->out, d->trust.url == NULL ? "" : d->trust.url, report->receipt.index);
}

/* The two receipts may convict the log. */
static void write_evidence(const struct disclose *d, const struct disclosure_report *report)
{
    struct findings told = { 0 }; /* by whoever judged the disclosure */
    struct buf evidence = { 0 };
    const struct seen_receipt seen[2] = {
        { d->args->operand[0], buf_span(&d->text), &report->receipt, 0, NULL },
        { "to", buf_span(&d->to), &report->to, 1, NULL },
    };
    if (report->receipt.size > 0 && report->to.size > 0)
        receipts_compare(&d->trust, seen, 2, &told, &evidence, NULL, NULL);
    trust_write_evidence(&d->trust, &evidence);
    findings_free(&told);
    buf_free(&evidence);
}

static enum outcome write_file(struct disclose *d)
{
    struct disclosure out = { .member = d->member,
                              .opening = d->opening,
                              .receipt = buf_span(&d->text),
                              .to = buf_span(&d->to) };
    struct disclosure_report report;
    struct findings f = { 0 };
    struct buf file = { 0 };
    enum outcome outcome;
    memcpy(out.commit, d->sealed.commit, HASH_BYTES);
    disclosure_format(&file, &out);
    kept_span(&file);
    enum verdict verdict =
        disclosure_judge(&report, &out, d->trust.policy, trust_pin(&d->trust), findings_add, &f);
    findings_print(&f, stderr);
    write_evidence(d, &report);
    if (verdict == VERDICT_BAD) /* what does not convince us would convince nobody */
        outcome = OUTCOME_BAD;
    else if (lost_any()) /* it would hold less than it could */
        outcome = OUTCOME_UNDECIDED;
    else if (file_create(d->args->out, buf_span(&file), 0600) != 0)
        outcome = say_usage(TR("%s could not be written: %s", "no se pudo escribir %s: %s"),
                            d->args->out, errno_words(errno));
    else
        outcome = say_written(d, &report, verdict);
    findings_free(&f);
    buf_free(&file);
    return outcome;
}

/* ---- all of it ------------------------------------------------------------------------------- */

static enum outcome disclose(struct disclose *d)
{
    struct receipt r;
    struct entry e;
    struct record record;
    struct refusal why;
    struct receipt_report report;
    struct findings f = { 0 };
    enum verdict verdict = receipt_judge(&report, d->trust.policy, buf_span(&d->text),
                                         trust_pin(&d->trust), findings_add, &f);
    findings_print(&f, stderr);
    findings_free(&f);
    if (verdict == VERDICT_BAD)
        return OUTCOME_BAD;
    if (report.size == 0) /* nothing of it is proven */
        return OUTCOME_UNDECIDED;
    if (receipt_parse(&r, buf_span(&d->text), &why) != 0) {
        lost_to_memory(&why); /* it was judged: nothing else can be */
        return OUTCOME_UNDECIDED;
    }
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (entry_parse(&e, r.entry[0].bytes, &why) == 0 && record_parse(&record, e.note, &why) == 0) {
        outcome = choose_and_open(d, &record);
        record_free(&record);
    } else {
        lost_to_memory(&why);
    }
    receipt_free(&r);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    fetch_enrolment(d);
    return write_file(d);
}

static enum outcome read_keys(struct disclose *d)
{
    const struct args *a = d->args;
    enum outcome outcome = identity_read(&d->id, &(struct keyfile){ a->key, a->passphrase_file });
    if (outcome == OUTCOME_PROVEN && a->reader != NULL)
        outcome = identity_read(&d->reader, &(struct keyfile){ a->reader, a->passphrase_file });
    if (outcome == OUTCOME_PROVEN)
        trust_read_as(&d->trust, a->reader == NULL ? d->id.key : d->reader.key);
    return outcome;
}

static enum outcome prepare_key(struct disclose *d)
{
    struct complaint complaint;
    struct identity *reader = d->args->reader == NULL ? &d->id : &d->reader;
    if (d->client == NULL)
        return say_usage(TR("where are the blobs? The policy names no URL: use --log",
                            "¿dónde están los blobs? La política no da URL: use --log"));
    if (identity_find(&d->id, d->client, &complaint) != 0 ||
        identity_find(reader, d->client, &complaint) != 0)
        return complaint_say(&complaint);
    log_client_identify(d->client, reader->key, &reader->under);
    return OUTCOME_PROVEN;
}

static enum outcome prepare(struct disclose *d)
{
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&d->text, d->args->operand[0], RECEIPT_MAX);
    if (read != FILE_OK)
        return say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                             d->args->operand[0], file_cause(read));
    if (d->args->subject != NULL &&
        (decimal_parse(&d->wanted, span_str(d->args->subject)) != 0 || d->wanted == 0))
        return say_usage("--subject N");
    if (d->args->key != NULL)
        outcome = read_keys(d);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    if (d->trust.url != NULL) {
        d->client = log_client_new(&d->trust);
        if (d->client == NULL)
            return OUTCOME_UNDECIDED;
        log_client_want_quorum(d->client);
    }
    if (d->args->private_part == NULL)
        return prepare_key(d);
    d->private = private_open(d->args->private_part, false, &outcome);
    return outcome;
}

static enum outcome main_disclose(const struct args *a)
{
    struct disclose d = { .args = a };
    if (!args_operands(a, 1, 1, TR("one receipt", "un recibo")))
        return OUTCOME_USAGE;
    if ((a->key == NULL) == (a->private_part == NULL))
        return say_usage(
            TR("--key or --private: one of them", "--key o --private: uno de los dos"));
    enum outcome outcome = trust_open_args(&d.trust, a, true);
    if (outcome == OUTCOME_PROVEN) {
        outcome = prepare(&d);
        if (outcome == OUTCOME_PROVEN)
            outcome = disclose(&d);
        trust_say_limits(&d.trust);
        trust_close(&d.trust);
    }
    identity_wipe(&d.id);
    identity_wipe(&d.reader);
    opening_wipe(&d.opening);
    private_close(d.private);
    log_client_free(d.client);
    buf_free(&d.text);
    buf_free(&d.to);
    return outcome;
}

const struct command command_disclose = {
    .name = "disclose",
    .run = main_disclose,
    .form = FORM_FETCHING "( key= reader | private= ) passphrase-file- subject out! log RECEIPT",
    .own = oversight_key,
    .summary = { "write the opening of one subject of one entry, to be shown to a judge or holder",
                 "escribe la apertura de un sujeto de un asiento, para mostrarla a un juez o "
                 "poseedor" },
};
