/* bitacora export: entries of a log that was proven whole, as JSON Lines or CSV. */
#include <inttypes.h>

#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/entries/export.h"
#include "client/replay/replay_options.h"

/* What the lines are, where nobody who reads them alone could know it. */
static void say_whole(const struct export *x, enum outcome outcome)
{
    uint64_t size = x->r->accepted.cp.checkpoint.size;
    if (outcome == OUTCOME_PROVEN)
        say(TR("%" PRIu64 " of %" PRIu64 " %s, and there are no others of that kind up to "
               "entry %" PRIu64,
               "%" PRIu64 " de %" PRIu64 " %s, y no hay otros así hasta el asiento %" PRIu64),
            x->taken, size, ENTRIES(size), size - 1);
    else
        say(TR("%" PRIu64 " of %" PRIu64 " entries; not all is as it must be: see `ok` of each",
               "%" PRIu64 " de %" PRIu64 " asientos; no todo es como debe ser: véase `ok` de cada "
               "uno"),
            x->taken, size);
}

static enum outcome export_log(struct replaying *r, struct export *x)
{
    enum outcome outcome = export_open(x);
    if (outcome == OUTCOME_PROVEN)
        outcome = replaying_run(r, export_look, x);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = replaying_conclude(r);
    findings_print(&r->findings, stderr);
    if (!replaying_proven(r)) {
        say(TR("nothing is exported: it is not proven what the log says",
               "no se exporta nada: no está probado qué dice la bitácora"));
        return outcome_worse(outcome, OUTCOME_UNDECIDED);
    }
    if (lost_any())
        return lost_outcome(outcome);
    export_print(x);
    outcome = lost_outcome(outcome);
    if (lost_any())
        return outcome;
    say_whole(x, outcome);
    replaying_say_end(r, &x->filter->period);
    if (x->taken == 0) {
        replaying_say_meant(r, &x->names, "authority", x->filter->authority);
        replaying_say_meant(r, &x->names, "holder", x->filter->holder);
    }
    return outcome;
}

static enum outcome main_export(const struct args *a)
{
    enum outcome outcome;
    struct entry_filter filter;
    struct entry_filter_words words = { a->from, a->to, a->kind, a->authority, a->holder };
    struct export x = { .filter = &filter, .csv = a->csv, .bom = a->bom };
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")) ||
        !entry_filter_read(&filter, &words))
        return OUTCOME_USAGE;
    if (a->bom && !a->csv)
        return say_usage(TR("--bom is for --csv", "--bom es para --csv"));
    if (a->csv && a->json)
        return say_usage(TR("--csv or --json, not both", "--csv o --json, no ambos"));
    struct replaying *r = replaying_open_args(a, &outcome);
    if (r == NULL)
        return outcome;
    x.r = r;
    outcome = export_log(r, &x);
    export_close(&x);
    return replaying_close(r, outcome);
}

static const struct form_option export_options[] = {
    FORM_OWN("from", "TIME", "TIEMPO",
             "entries accepted from then on, such as 2026-01-31 or 2026-01",
             "asientos aceptados desde entonces, como 2026-01-31 o 2026-01"),
    FORM_OWN("to", "TIME", "TIEMPO",
             "entries accepted until then, the month, day or minute included",
             "asientos aceptados hasta entonces, incluido el mes, el día o el minuto"),
    FORM_OWN("authority", "ID", "ID",
             "entries that this authority signed or asks by, such as mx.fgr",
             "asientos que esta autoridad firmó o con los que pide, como mx.fgr"),
    FORM_OWN("holder", "ID", "ID", "entries that name this data holder, or that it signed",
             "asientos que nombran a este poseedor de datos, o que firmó"),
    FORM_END,
};

const struct command command_export = {
    .name = "export",
    .run = main_export,
    .form = FORM_FETCHING FORM_ZONE
    "[ log= | dir= ] key passphrase-file- from to kind authority holder csv bom",
    .own = export_options,
    .summary = { "entries of a log as JSON Lines or CSV, once the whole log is proven",
                 "los asientos de una bitácora en JSON Lines o CSV, una vez probada toda ella" },
};
