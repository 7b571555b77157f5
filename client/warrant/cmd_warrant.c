/* bitacora warrant check: all that a log holds about a warrant, for a judge. The log is proven
 * first; with --quick the case alone, by the log's index. */
#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/replay/replay_options.h"
#include "client/warrant/quick_case.h"
#include "client/warrant/warrant_json.h"
#include "client/warrant/warrant_page.h"
#include "proto/base/scan.h"
#include "proto/record/member.h"

/* What no record can say is not looked for: the answer would be an absence that means nothing. */
static bool arguments_fit(const struct args *a)
{
    if (a->operands != 2 || strcmp(a->operand[0], "check") != 0) {
        say_usage(TR("this takes `check` and the warrant's reference",
                     "esta orden lleva `check` y la referencia del mandamiento"));
        return false;
    }
    struct span ref = span_str(a->operand[1]);
    if (!type_allows(TYPE_TEXT, ref) || !text_is_plain(ref)) {
        say_usage(
            TR("a reference has 1 to 256 bytes of UTF-8 and no control characters",
               "una referencia tiene de 1 a 256 bytes de UTF-8 y ningún carácter de control"));
        return false;
    }
    if (a->court != NULL && !type_allows(TYPE_CODE, span_str(a->court))) {
        say_usage(TR("--court takes the code of an authority, such as cjf.juzgado1",
                     "--court lleva el código de una autoridad, como cjf.juzgado1"));
        return false;
    }
    if (a->json && a->html) {
        say_usage(TR("either --json or --html", "o --json o --html"));
        return false;
    }
    if (a->tail && !a->quick) {
        say_usage(TR("--tail goes with --quick: without it every entry is read",
                     "--tail va con --quick: sin él se lee cada asiento"));
        return false;
    }
    if (a->quick && a->ruleset != NULL) {
        say_usage(TR("--quick asks no rule: --ruleset does not go with it",
                     "--quick no aplica reglas: --ruleset no va con él"));
        return false;
    }
    return true;
}

static void show(const struct warrant_case *c, bool complete, const struct args *args)
{
    if (args->json)
        warrant_json(c, complete);
    else if (args->html)
        warrant_html(c, complete);
    else
        warrant_print(c, complete);
}

/* Nothing of the case is shown unless all of the log is good. */
static enum outcome check_warrant(struct replaying *r, struct audit *a, struct warrant_case *c,
                                  const struct args *args)
{
    enum outcome outcome = replaying_run(r, audit_look, a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = replaying_conclude(r);
    bool complete = replaying_proven(r) && audit_end(a) && outcome == OUTCOME_PROVEN;
    if (complete)
        warrant_case_conclude(c);
    else
        outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
    if (!lost_any()) /* else lost_outcome() says so */
        show(c, complete, args);
    return outcome;
}

/* The same of what the answer holds. */
static enum outcome check_quickly(struct replaying *r, struct audit *a, struct warrant_case *c,
                                  const struct args *args)
{
    struct quick_case q = { .unserved = false };
    bool complete = quick_case_take(&q, r, c, args->tail) && audit_end(a);
    enum outcome outcome = replaying_conclude(r);
    complete = complete && outcome == OUTCOME_PROVEN;
    if (complete)
        warrant_case_conclude(c);
    else
        outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
    if (!lost_any())
        show(c, complete, args);
    if (q.unserved)
        say(TR("without --quick it reads all of the log, and needs no index",
               "sin --quick lee toda la bitácora, y no necesita índice"));
    quick_case_close(&q);
    return outcome;
}

static enum outcome main_warrant(const struct args *args)
{
    enum outcome outcome;
    struct warrant_case c;
    struct audit_options options = { .ruleset = args->ruleset,
                                     .passes = true,
                                     .partial = args->quick };
    if (!arguments_fit(args))
        return OUTCOME_USAGE;
    struct replaying *r = replaying_open_args(args, &outcome);
    if (r == NULL)
        return outcome;
    struct audit *a = audit_open(r, &options);
    if (a == NULL)
        return replaying_close(r, OUTCOME_USAGE);
    warrant_case_open(&c, a, args->operand[1], args->court);
    outcome = args->quick ? check_quickly(r, a, &c, args) : check_warrant(r, a, &c, args);
    warrant_case_close(&c);
    audit_close(a);
    return replaying_close(r, outcome);
}

const struct command command_warrant = {
    .name = "warrant",
    .run = main_warrant,
    .form = "'check REF " FORM_FETCHING FORM_ZONE
            "court [ log= | dir= ] key passphrase-file- ruleset quick tail "
            "[ json= | html= ]",
    .summary = { "all that the log holds about a warrant, for a judge: replays it, and asks what "
                 "is in "
                 "scope; that there is none is proven as well (exit 0); with --quick the case "
                 "alone, by the log's index",
                 "todo lo que la bitácora contiene sobre un mandamiento, para un juez: la verifica "
                 "toda y "
                 "dice qué está dentro de su alcance; que no lo hay también se prueba (exit "
                 "0); con --quick solo el caso, con el índice de la bitácora" },
};
