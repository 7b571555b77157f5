/* bitacora confront: shows a log a checkpoint that its own key has signed and that somebody has,
 * such as that of a receipt. A log that does not hold it was rolled back, or has forked: it signs
 * no more. */
#include <errno.h>
#include <inttypes.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/remote/log_client.h"
#include "client/remote/prove.h"
#include "client/remote/trust_options.h"
#include "proto/sys/files.h"
#include "proto/verify/receipt.h"

#define ANSWER_MAX 4096

struct confrontation {
    const struct args *args;
    struct trust trust;
    struct buf text;      /* of the file */
    struct span note;     /* the checkpoint in it */
    struct buf shown;     /* what is sent: the checkpoint and the log's own signatures */
    struct checkpoint cp; /* leads into text */
};

static enum outcome not_shown(const struct confrontation *c, const struct refusal *why)
{
    struct buf sentence = { 0 };
    refusal_sentence(&sentence, why, language_get());
    enum outcome outcome = say_undecided("%s: %s", c->args->operand[0], buf_str(&sentence));
    buf_free(&sentence);
    return outcome;
}

/* Nobody needs more than the log's own signature, and it weighs a few bytes. */
static enum outcome take_note(struct confrontation *c, struct span bytes)
{
    struct note n;
    struct refusal why;
    const struct log_keys *keys = trust_log_keys(&c->trust);
    c->note = bytes;
    if (note_parse(&n, bytes, &why) != 0 || checkpoint_parse(&c->cp, n.text, &why) != 0)
        return not_shown(c, &why);
    buf_add_span(&c->shown, n.text);
    buf_adds(&c->shown, "\n");
    size_t before = c->shown.n;
    for (size_t i = 0; i < keys->n && span_is(c->cp.origin, keys->key[0]->name); i++)
        note_copy_signature(&c->shown, &n, keys->key[i]);
    if (c->shown.failed) {
        lost(ENOMEM);
        return OUTCOME_UNDECIDED;
    }
    if (c->shown.n > before)
        return OUTCOME_PROVEN;
    refuse_span(&why, REASON_CHECKPOINT_KEY, c->cp.origin);
    return not_shown(c, &why);
}

/* A checkpoint, or the one of a receipt. */
static enum outcome take_file(struct confrontation *c)
{
    struct receipt receipt;
    struct refusal why;
    const char *path = c->args->operand[0];
    enum file read = file_read(&c->text, path, RECEIPT_MAX);
    if (read != FILE_OK)
        return say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                             file_cause(read));
    if (!span_starts(buf_span(&c->text), RECEIPT_FORMAT "\n"))
        return take_note(c, buf_span(&c->text));
    if (receipt_parse(&receipt, buf_span(&c->text), &why) != 0)
        return not_shown(c, &why);
    enum outcome outcome = take_note(c, receipt.checkpoint);
    receipt_free(&receipt);
    return outcome;
}

/* ---- what the log says of it ----------------------------------------------------------------- */

static void print_state(const struct confrontation *c, const char *state, const char *detail,
                        enum outcome outcome)
{
    json_t *ok =
        outcome == OUTCOME_UNDECIDED ? json_null() : json_boolean(outcome == OUTCOME_PROVEN);
    if (c->args->json)
        say_json(json_pack("{s:o,s:s,s:I,s:o,s:s*}", "ok", ok, "state", state, "size",
                           (json_int_t)c->cp.size, "root", json_of_hash(&c->cp.root), "detail",
                           detail));
    else
        json_decref(ok);
}

/* Whether the log's newest checkpoint, which must be good, extends the one that was shown. */
static enum verdict extends(const struct confrontation *c, struct logfiles *files,
                            struct findings *told, struct buf *evidence)
{
    struct accepted then = { .note = { 0 } }, now = { .note = { 0 } };
    struct findings of_then = { 0 }; /* its quorum is nobody's concern here */
    enum verdict verdict = VERDICT_UNDECIDED;
    buf_add_span(&then.note, c->note);
    if (accepted_open(&then, &c->trust, &of_then) == VERDICT_GOOD)
        verdict = accepted_fetch(&now, &c->trust, files, told);
    if (verdict == VERDICT_GOOD)
        verdict = prove_extends(&c->trust, &then, &now, files, told, evidence);
    findings_print(told, stderr);
    if (verdict == VERDICT_GOOD)
        verdict = findings_verdict(told);
    findings_free(&of_then);
    accepted_free(&then);
    accepted_free(&now);
    return verdict;
}

/* It says so: that is its word. Its tiles prove it, as for `verify --log`. */
static enum outcome prove_held(const struct confrontation *c)
{
    struct findings told = { 0 };
    struct buf evidence = { 0 };
    struct logfiles *files = logfiles_of_url(c->trust.url, &c->trust.reader);
    enum verdict verdict = files == NULL ? VERDICT_UNDECIDED : extends(c, files, &told, &evidence);
    enum outcome outcome = outcome_of_verdict(verdict);
    logfiles_free(files);
    findings_free(&told);
    print_state(c, "held", NULL, outcome);
    if (!c->args->json && outcome == OUTCOME_PROVEN)
        printf(TR("the log holds this checkpoint, size %" PRIu64 ": proven by its newest one\n",
                  "la bitácora contiene este punto de control, de tamaño %" PRIu64
                  ": lo prueba el más reciente\n"),
               c->cp.size);
    else if (!c->args->json)
        printf(TR("the log says that it holds this checkpoint, size %" PRIu64
                  "; that is its word, and is not proven\n",
                  "la bitácora dice que contiene este punto de control, de tamaño %" PRIu64
                  "; es su palabra, y no está probado\n"),
               c->cp.size);
    outcome = outcome_worse(outcome, trust_write_evidence(&c->trust, &evidence));
    buf_free(&evidence);
    return outcome;
}

/* That it does not hold it is its word, too, and nothing proves that: the outcome is undecided. */
static enum outcome judge_answer(const struct confrontation *c, const struct log_client *log,
                                 const struct answer *answer)
{
    struct complaint complaint;
    if (answer->status == 200 && answer->acceptable)
        return prove_held(c);
    log_client_complaint(log, answer, &complaint);
    if (strcmp(complaint.code, "rollback") == 0) {
        print_state(c, "rollback", complaint.detail, OUTCOME_UNDECIDED);
        say(TR("the log says that it does not hold this checkpoint of size %" PRIu64
               ", which its key has signed: %s",
               "la bitácora dice que no contiene este punto de control de tamaño %" PRIu64
               ", que firmó su clave: %s"),
            c->cp.size, complaint.detail);
        return OUTCOME_UNDECIDED;
    }
    print_state(c, "unknown", complaint.detail, OUTCOME_UNDECIDED);
    return say_undecided(TR("the log does not say whether it holds this checkpoint: [%s] %s",
                            "la bitácora no dice si contiene este punto de control: [%s] %s"),
                         complaint.code, complaint.detail);
}

static enum outcome confront(struct confrontation *c)
{
    struct answer answer;
    if (c->trust.url == NULL)
        return say_usage(TR("where is the log? The policy names no URL: use --log",
                            "¿dónde está la bitácora? La política no nombra URL: use --log"));
    enum outcome outcome = take_file(c);
    struct log_client *log = outcome == OUTCOME_PROVEN ? log_client_new(&c->trust) : NULL;
    if (log == NULL)
        return outcome == OUTCOME_PROVEN ? OUTCOME_UNDECIDED : outcome;
    log_client_post(log, "checkpoint", buf_span(&c->shown), ANSWER_MAX, &answer);
    outcome = judge_answer(c, log, &answer);
    log_client_free(log);
    return lost_outcome(outcome);
}

static enum outcome main_confront(const struct args *a)
{
    struct confrontation c = { .args = a };
    if (!args_operands(a, 1, 1, TR("one checkpoint or receipt", "un punto de control o un recibo")))
        return OUTCOME_USAGE;
    enum outcome outcome = trust_open_args(&c.trust, a, true);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = confront(&c);
    buf_free(&c.text);
    buf_free(&c.shown);
    trust_close(&c.trust);
    return outcome;
}

const struct command command_confront = {
    .name = "confront",
    .run = main_confront,
    .form = "policy! " FORM_TLS "log FILE",
    .summary = { "show a log a checkpoint that its key has signed, or that of a receipt: a log "
                 "that does not hold it signs nothing more",
                 "muestra a una bitácora un punto de control que firmó su clave, o el de un "
                 "recibo: si "
                 "no lo contiene, ya no firma nada" },
};
