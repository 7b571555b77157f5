/* bitacora present: the note by which a requester shows a data holder that a request is his. */

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/keyfile.h"
#include "client/base/lost.h"
#include "client/remote/receipt_check.h"
#include "client/remote/trust_options.h"
#include "proto/judge/presentation.h"
#include "proto/record/member.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"
#include "proto/verify/disclosure.h"

struct presenting {
    const struct args *args;
    struct skey *key;
    bool has_opening;
    struct opening opening; /* with --opening; secret */
    struct receipt_check check;
    struct record record; /* of the request; points into the receipt */
    struct buf text;      /* the presentation; secret with an opening */
};

static enum outcome read_opening(struct presenting *p)
{
    const char *path = p->args->opening;
    struct buf text = { 0 };
    struct disclosure d;
    struct refusal why;
    if (path == NULL)
        return OUTCOME_PROVEN;
    enum file read = file_read(&text, path, DISCLOSURE_MAX);
    if (read != FILE_OK) {
        buf_free(&text);
        return say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                             file_cause(read));
    }
    int failed = disclosure_parse(&d, buf_span(&text), &why);
    if (failed == 0) {
        p->opening = d.opening;
        p->has_opening = true;
        disclosure_free(&d);
    } else if (!lost_to_memory(&why)) {
        say_refusal(path, &why);
    }
    buf_wipe(&text);
    return failed == 0 ? OUTCOME_PROVEN : OUTCOME_UNDECIDED;
}

static enum outcome judge_receipt(struct presenting *p, const struct trust *t)
{
    receipt_check(&p->check, t, p->args->operand[0]);
    findings_print(&p->check.findings, stderr);
    return outcome_of_verdict(findings_verdict(&p->check.findings));
}

/* What only the gate decides is said, and changes nothing here. */
static void warn_of_holder(const struct presenting *p)
{
    const char *holder = record_string(&p->record, "holder");
    if (strcmp(holder, p->args->holder) != 0)
        say(TR("the request asks %s: the gate of %s will refuse it",
               "la solicitud se dirige a %s: la puerta de %s la rechazará"),
            holder, p->args->holder);
}

/* The opening is checked before anybody sees it: shown to a holder in vain, it would give away a
 * person for nothing. */
static enum outcome sign(struct presenting *p)
{
    const struct receipt_report *r = &p->check.report;
    struct entry_ref request = { .entry = r->index };
    char origin[SIGNER_NAME_MAX + 1];
    struct presentation made;
    struct refusal why;
    struct span name = r->cp.checkpoint.origin;
    snprintf(origin, sizeof origin, "%.*s", (int)name.n, (const char *)name.p);
    memcpy(request.hash, r->leaf.b, HASH_BYTES);
    presentation_sign(&p->text, origin, p->args->holder, &request, clock_wall(),
                      p->has_opening ? &p->opening : NULL, p->key);
    kept_span(&p->text);
    if (lost_any())
        return OUTCOME_UNDECIDED;
    int failed = presentation_parse(&made, buf_span(&p->text), &why);
    if (failed == 0)
        failed = presentation_subject(&made, p->record.object, &why);
    presentation_wipe(&made);
    if (failed != 0 && !lost_to_memory(&why))
        say_refusal(p->args->opening, &why);
    return failed == 0 ? OUTCOME_PROVEN : lost_any() ? OUTCOME_UNDECIDED : OUTCOME_BAD;
}

static enum outcome present_record(struct presenting *p)
{
    if (p->record.kind != KIND_REQUEST)
        return say_usage(TR("%s is the receipt of a record of kind '%s': a request is presented",
                            "%s es el recibo de un registro de tipo '%s': se presenta una "
                            "solicitud"),
                         p->args->operand[0], kind_name(p->record.kind));
    if (!record_signed_by(&p->record, &p->key->vkey))
        return say_usage(TR("the request is signed by %s with another key than %s: only its own "
                            "key presents it",
                            "la solicitud la firmó %s con otra clave que %s: solo la suya la "
                            "presenta"),
                         p->check.report.signer, p->args->key);
    warn_of_holder(p);
    return sign(p);
}

static enum outcome present(struct presenting *p)
{
    struct receipt r;
    struct entry e;
    struct refusal why;
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (receipt_parse(&r, buf_span(&p->check.text), &why) != 0) {
        lost_to_memory(&why); /* it was judged good: nothing else can be */
        return outcome;
    }
    if (entry_parse(&e, r.entry[0].bytes, &why) == 0 &&
        record_parse(&p->record, e.note, &why) == 0) {
        outcome = present_record(p);
        record_free(&p->record);
    } else {
        lost_to_memory(&why);
    }
    receipt_free(&r);
    return outcome;
}

static void print_presentation(const struct presenting *p)
{
    if (p->args->json)
        say_json(json_pack("{s:I,s:s,s:b,s:s%}", "index", (json_int_t)p->check.report.index,
                           "holder", p->args->holder, "subject", p->has_opening, "presentation",
                           (const char *)p->text.p, p->text.n));
    else
        fwrite(p->text.p, 1, p->text.n, stdout);
}

static enum outcome present_under(struct presenting *p, const struct trust *t)
{
    const struct keyfile file = { p->args->key, p->args->passphrase_file };
    enum outcome outcome = read_opening(p);
    if (outcome == OUTCOME_PROVEN)
        outcome = judge_receipt(p, t);
    if (outcome == OUTCOME_PROVEN)
        outcome = keyfile_read_signer(&p->key, &file);
    if (outcome == OUTCOME_PROVEN)
        outcome = present(p);
    if (outcome == OUTCOME_PROVEN)
        print_presentation(p);
    return outcome;
}

static enum outcome main_present(const struct args *a)
{
    struct presenting p = { .args = a };
    struct trust trust;
    if (!args_operands(a, 1, 1, TR("one receipt", "un recibo")))
        return OUTCOME_USAGE;
    if (!code_allowed(span_str(a->holder)))
        return say_usage(TR("--holder %s: a holder's code is letters, digits, '.', '_' and '-', "
                            "as in mx.telco",
                            "--holder %s: el código de un poseedor son letras, dígitos, '.', '_' y "
                            "'-', como mx.telco"),
                         a->holder);
    enum outcome outcome = trust_open_args(&trust, a, false);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = present_under(&p, &trust);
    receipt_check_free(&p.check);
    private_key_free(p.key);
    opening_wipe(&p.opening);
    buf_wipe(&p.text);
    trust_say_limits(&trust);
    trust_close(&trust);
    return outcome;
}

static const struct form_option own[] = {
    FORM_OWN("key", "KEY", "CLAVE", "the private key that signed the request",
             "la clave privada que firmó la solicitud"),
    FORM_OWN("holder", "ID", "ID", "the data holder to whom it is presented, such as mx.telco",
             "el poseedor de datos a quien se presenta, como mx.telco"),
    FORM_OWN("opening", "FILE", "ARCHIVO",
             "the opening of the one person whose data are asked for, as disclose writes it",
             "la apertura de la única persona cuyos datos se piden, como la escribe disclose"),
    FORM_END,
};

const struct command command_present = {
    .name = "present",
    .run = main_present,
    .form = FORM_VERIFYING "key! passphrase-file- holder! opening RECEIPT",
    .own = own,
    .summary = { "sign, with a request's key, that this request is shown to its data holder now",
                 "firma, con la clave de una solicitud, que ahora se muestra a quien tiene los "
                 "datos" },
};
