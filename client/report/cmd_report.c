/* bitacora report: what a log says of the requests of a period, in numbers, to be published; and
 * whether a file that was published is that. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/replay/replay_options.h"
#include "client/report/compare.h"
#include "client/report/states.h"
#include "client/report/words.h"
#include "proto/sys/files.h"

static const char *language_name(enum language l)
{
    return l == LANGUAGE_ES ? "es" : "en";
}

static const struct form_option report_options[] = {
    FORM_OWN("out", "FILE", "ARCHIVO",
             "the report's file; it may not be there yet; absent: it is printed",
             "el archivo del informe; no debe existir aún; si falta: se imprime"),
    FORM_OWN("from", "MONTH", "MES", "the first month, such as 2026-01 (UTC)",
             "el primer mes, como 2026-01 (UTC)"),
    FORM_OWN("to", "MONTH", "MES", "the last month, which is in the report, such as 2026-12",
             "el último mes, que está en el informe, como 2026-12"),
    FORM_OWN("check", NULL, NULL,
             "is FILE, a report, what the log gives? It says its own period and form",
             "¿es ARCHIVO, un informe, lo que da la bitácora? Él dice su periodo y su forma"),
    FORM_OWN("html", NULL, NULL,
             "the report as a page, for reading and printing; so it is without --csv and --json",
             "el informe como página, para leer e imprimir; así es sin --csv ni --json"),
    FORM_OWN("csv", NULL, NULL, "the report as a table for spreadsheets, full breakdown included",
             "el informe como tabla para hojas de cálculo, con el desglose completo"),
    FORM_OWN("json", NULL, NULL,
             "the report as JSON, full breakdown included; with --check, its result",
             "el informe como JSON, con el desglose completo; con --check, su resultado"),
    FORM_END,
};

/* ---- options --------------------------------------------------------------------------------- */

static bool period_fits(const struct args *a, struct parameters *p)
{
    if (a->from == NULL || a->to == NULL) {
        say_usage(TR("--from and --to are needed: months, such as 2026-01",
                     "hacen falta --from y --to: meses, como 2026-01"));
        return false;
    }
    bool from_fits = month_parse(&p->from, a->from);
    if (!from_fits || !month_parse(&p->to, a->to)) {
        say_usage(
            TR("%s: --from and --to take months, such as 2026-01: a report is of whole months "
               "(UTC), and both are in it",
               "%s: --from y --to llevan meses, como 2026-01: un informe es de meses enteros "
               "(UTC), y ambos están en él"),
            from_fits ? a->to : a->from);
        return false;
    }
    if (p->from > p->to || p->to - p->from >= REPORT_MONTHS_MAX || p->to >= 9999 * 12 + 11) {
        say_usage(TR("--to is a month not before --from, and at most %d months in all",
                     "--to es un mes no anterior a --from, y son a lo más %d meses"),
                  REPORT_MONTHS_MAX);
        return false;
    }
    return true;
}

static enum outcome refuse_existing(const char *path)
{
    return say_usage(TR("%s is there already, and is not written over: choose another name",
                        "%s ya existe, y no se sobrescribe: elija otro nombre"),
                     path);
}

/* Before the log is replayed, which may take long. */
static bool out_fits(const struct args *a)
{
    struct stat s;
    if (a->out == NULL || lstat(a->out, &s) != 0)
        return true;
    refuse_existing(a->out);
    return false;
}

static bool options_fit(const struct args *a, struct parameters *p)
{
    *p = (struct parameters){ .language = language_get(),
                              .format = REPORT_FORMAT,
                              .form = a->json  ? REPORT_JSON
                                      : a->csv ? REPORT_CSV
                                               : REPORT_HTML };
    p->by = parameters_by(a->by == NULL ? "authority" : a->by);
    if (a->json + a->csv + a->html > 1) {
        say_usage(TR("one of --json, --csv and --html", "una de --json, --csv y --html"));
        return false;
    }
    if (p->by == NULL) {
        struct nearest meant = { .said = a->by };
        for (size_t i = 0; parameters_by_at(i) != NULL; i++)
            nearest_offer(&meant, parameters_by_at(i));
        say_meant("--by ", &meant);
        say_usage(TR("--by takes authority, holder, category, basis or state",
                     "--by lleva authority, holder, category, basis o state"));
        return false;
    }
    if (a->out == NULL && !a->html && p->form == REPORT_HTML && isatty(STDOUT_FILENO)) {
        say_usage(
            TR("a report is a page for a browser: --out FILE, or a pipe; --csv and --json for "
               "a terminal",
               "un informe es una página para el navegador: --out ARCHIVO, o una tubería; "
               "--csv y --json para un terminal"));
        return false;
    }
    return period_fits(a, p) && out_fits(a);
}

static bool check_options_fit(const struct args *a)
{
    if (a->from == NULL && a->to == NULL && a->by == NULL && a->out == NULL && !a->csv && !a->html)
        return true;
    say_usage(TR("with --check the report itself says its period and form",
                 "con --check el propio informe dice su periodo y su forma"));
    return false;
}

/* ---- make ------------------------------------------------------------------------------------ */

/* In the report's language, whoever asks. */
static void write_in_language(struct buf *out, const struct report *r)
{
    enum language own = language_get();
    language_choose(language_name(r->p->language));
    if (r->p->form == REPORT_JSON)
        report_json(out, r);
    else if (r->p->form == REPORT_CSV)
        report_csv(out, r);
    else
        report_page(out, r);
    if (out->failed)
        lost(ENOMEM);
    language_choose(language_name(own));
}

/* Whether every word of the log is proven: nothing is counted before that. Says why not. */
static bool is_proven(struct replaying *r, struct audit *a, enum outcome *outcome)
{
    *outcome = replaying_conclude(r);
    bool proven = *outcome == OUTCOME_PROVEN && replaying_proven(r) && r->verdict == VERDICT_GOOD &&
                  r->accepted.cp.quorum;
    bool complete = proven && audit_end(a);
    if (!proven) {
        findings_print(&r->findings, stderr);
        say(TR("no report: it is not proven what the log says",
               "no hay informe: no está probado qué dice la bitácora"));
    }
    if (!complete)
        *outcome = outcome_worse(*outcome, OUTCOME_UNDECIDED);
    return complete;
}

/* Totals are never hidden: of a short period they are small numbers themselves. */
static void warn_of_totals(const struct report_line *total)
{
    struct buf names = { 0 };
    size_t n = 0;
    for (int m = 0; m < MEASURES; m++) {
        if (total->n[m] == 0 || total->n[m] >= REPORT_LEAST)
            continue;
        buf_addf(&names, "%s%s", n++ == 0 ? "" : ", ", measure_code((enum measure)m));
    }
    if (n > 0)
        say(TR("WARNING: totals are always shown, and these are from 1 to 4: %s. Publish a longer "
               "period",
               "AVISO: los totales se muestran siempre, y estos son de 1 a 4: %s. Publique un "
               "periodo más largo"),
            kept_text(&names));
    buf_free(&names);
}

/* Of an audit that was ended. Returns OUTCOME_PROVEN; or OUTCOME_UNDECIDED: there is no report. */
static enum outcome make_report(struct buf *out, const struct parameters *p, const struct audit *a,
                                const struct observed *o, bool to_publish)
{
    enum outcome outcome = OUTCOME_PROVEN;
    struct report *report = report_new(p, a, o);
    report_say_states(a);
    if (report == NULL)
        return OUTCOME_UNDECIDED;
    if (report_can_be_made(report))
        write_in_language(out, report);
    else
        outcome =
            say_undecided(TR("this report was made by a version whose sums could overflow, and "
                             "they did: ask for a new one",
                             "este informe lo hizo una versión cuyas sumas podían desbordarse, y "
                             "así fue: pida uno nuevo"));
    if (to_publish)
        warn_of_totals(&report->lines[0]);
    report_free(report);
    return lost_any() ? OUTCOME_UNDECIDED : outcome;
}

static enum outcome hand_over(const struct args *args, const struct buf *out)
{
    if (args->out == NULL) {
        fwrite(out->p, 1, out->n, stdout); /* main() looks whether it could be written */
        return OUTCOME_PROVEN;
    }
    if (file_create(args->out, buf_span(out), 0644) != 0)
        return errno == EEXIST ? refuse_existing(args->out)
                               : say_undecided(TR("the report could not be written to %s: %s",
                                                  "no se pudo escribir el informe en %s: %s"),
                                               args->out, errno_words(errno));
    return OUTCOME_PROVEN;
}

static enum outcome report_period(struct replaying *r, struct audit *a, struct parameters *p,
                                  const struct args *args)
{
    struct buf out = { 0 };
    struct observed *o = observed_new();
    a->told = observed_take;
    a->told_ctx = o;
    enum outcome outcome = replaying_run(r, audit_look, a);
    if (outcome == OUTCOME_PROVEN && is_proven(r, a, &outcome)) {
        p->size = r->accepted.cp.checkpoint.size;
        p->root = r->accepted.cp.checkpoint.root;
        buf_add_span(&p->note, buf_span(&r->accepted.note));
        if (p->note.failed)
            lost(ENOMEM); /* a report without its checkpoint is none */
        outcome = make_report(&out, p, a, o, true);
        if (outcome == OUTCOME_PROVEN)
            outcome = hand_over(args, &out);
    }
    observed_free(o);
    buf_free(&out);
    return outcome;
}

/* ---- check ----------------------------------------------------------------------------------- */

struct report_check {
    struct parameters p;
    struct buf file;
    struct accepted old; /* the checkpoint in the file */
    enum comparison comparison;
    uint64_t line;
};

static enum outcome read_report(struct report_check *c, const char *path)
{
    enum file result = file_read(&c->file, path, REPORT_MAX);
    if (result == FILE_TOO_LARGE)
        return say_undecided("%s: %s", path, file_cause(result));
    if (result != FILE_OK)
        return say_usage("%s: %s", path, file_cause(result));
    struct buf text = { 0 };
    report_text(&text, buf_span(&c->file));
    enum parameters_read read = parameters_read(&c->p, kept_span(&text));
    buf_free(&text);
    switch (read) {
    case PARAMETERS_OTHER:
        return say_undecided(TR("%s was made by another version of this program",
                                "%s lo hizo otra versión de este programa"),
                             path);
    case PARAMETERS_NONE:
        return report_refuse(path, buf_span(&c->file));
    case PARAMETERS_DAMAGED:
        return say_undecided(
            TR("%s begins as a report, but what it says that it was made from is damaged: nothing "
               "was compared. Ask for the file as it was published",
               "%s comienza como un informe, pero está dañado lo que dice de qué se hizo: no se "
               "comparó nada. Pida el archivo como se publicó"),
            path);
    default:
        return OUTCOME_PROVEN;
    }
}

/* A report of another log says nothing of this one. Of what is wrong with its checkpoint otherwise
 * prove_past() tells. */
static bool is_of_log(const struct report_check *c, const struct trust *trust)
{
    struct signed_checkpoint cp;
    struct refusal why;
    if (policy_open(&cp, trust->policy, buf_span(&c->p.note), &why) == 0)
        return true;
    const char *name = (const char *)cp.checkpoint.origin.p, *own = trust_log(trust)->name;
    int n = (int)cp.checkpoint.origin.n;
    if (why.reason == REASON_CHECKPOINT_ORIGIN)
        say(TR("this report is of log %.*s; your policy names %s: get the policy of %.*s",
               "este informe es de la bitácora %.*s; su política nombra %s: consiga la política de "
               "%.*s"),
            n, name, own, n, name);
    else if (why.reason == REASON_CHECKPOINT_KEY)
        say(TR("this report is of a log that is called %.*s, too, with another key than your "
               "policy "
               "has: get the policy of that log",
               "este informe es de una bitácora que también se llama %.*s, con otra clave que la "
               "de "
               "su política: consiga la política de esa bitácora"),
            n, name);
    else
        return true;
    return false;
}

/* What the file says of the log's past has to be what the log says now. Whether enough witnesses
 * cosigned that past, and how long ago, is not asked: the log's checkpoint of now has its quorum,
 * and extends it. */
static void prove_past(struct report_check *c, struct replaying *r)
{
    struct refusal why;
    buf_add_span(&c->old.note, kept_span(&c->p.note));
    if (kept_span(&c->old.note).n == 0 && lost_any())
        return; /* what there was no memory for is no bad checkpoint */
    if (policy_open(&c->old.cp, r->trust.policy, buf_span(&c->old.note), &why) != 0) {
        bool undecided = why.reason == REASON_MEMORY || why.reason == REASON_CHECKPOINT_TYPE;
        findings_tell(&r->findings, undecided ? VERDICT_UNDECIDED : VERDICT_BAD, &why);
        return;
    }
    c->p.size = c->old.cp.checkpoint.size;
    c->p.root = c->old.cp.checkpoint.root;
}

static enum outcome compare_reports(struct report_check *c, struct audit *a,
                                    const struct observed *o)
{
    struct buf made = { 0 };
    enum outcome outcome = make_report(&made, &c->p, a, o, false);
    if (outcome != OUTCOME_PROVEN) {
        buf_free(&made);
        return outcome;
    }
    c->comparison = report_compare(&c->line, buf_span(&made), buf_span(&c->file));
    buf_free(&made);
    return c->comparison == COMPARISON_SAME        ? OUTCOME_PROVEN
           : c->comparison == COMPARISON_LINE_ENDS ? OUTCOME_UNDECIDED
                                                   : OUTCOME_BAD;
}

static void tell_check(const struct report_check *c, const struct replaying *r, bool json,
                       enum outcome outcome)
{
    if (json) {
        json_t *v = replaying_json(r);
        json_put(v, "ok", json_boolean(outcome == OUTCOME_PROVEN));
        json_put(v, "report_size", json_integer((json_int_t)c->p.size));
        json_put(v, "same", json_boolean(c->comparison == COMPARISON_SAME));
        json_put(v, "line_ends", json_boolean(c->comparison == COMPARISON_LINE_ENDS));
        json_put(v, "line", c->line == 0 ? json_null() : json_integer((json_int_t)c->line));
        say_json(v);
    } else if (outcome == OUTCOME_PROVEN) {
        printf(TR("good: the log, of %" PRIu64 " entries now, is proven, and its first %" PRIu64
                  " entries give this report, byte for byte\n",
                  "bueno: la bitácora, hoy de %" PRIu64 " asientos, está probada, y sus primeros "
                  "%" PRIu64 " dan este informe, byte por byte\n"),
               r->accepted.cp.checkpoint.size, c->p.size);
    }
}

static enum outcome check_report(struct report_check *c, struct replaying *r, struct audit *a,
                                 bool json)
{
    struct observed *o = observed_new();
    a->told = observed_take;
    a->told_ctx = o;
    prove_past(c, r);
    a->stop = c->p.size;
    enum outcome outcome = replaying_run(r, audit_look, a);
    if (outcome == OUTCOME_PROVEN) {
        if (r->replayed && c->p.size > 0)
            prove_follows(&r->trust, &c->old, &r->accepted, r->files, &r->findings, &r->evidence);
        if (is_proven(r, a, &outcome))
            outcome = compare_reports(c, a, o);
        tell_check(c, r, json, outcome);
    }
    observed_free(o);
    return outcome;
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum outcome cmd_check(const struct args *args)
{
    struct report_check c = { .comparison = COMPARISON_OTHER };
    struct audit_options options = { .ruleset = args->ruleset };
    if (!args_operands(args, 1, 1, TR("one FILE", "un ARCHIVO")) || !check_options_fit(args))
        return OUTCOME_USAGE;
    enum outcome outcome = read_report(&c, args->operand[0]);
    struct replaying *r = outcome == OUTCOME_PROVEN ? replaying_open_args(args, &outcome) : NULL;
    if (r != NULL && !is_of_log(&c, &r->trust)) {
        outcome = replaying_close(r, OUTCOME_UNDECIDED);
    } else if (r != NULL) {
        struct audit *a = audit_open(r, &options);
        outcome = a == NULL ? OUTCOME_USAGE : check_report(&c, r, a, args->json);
        audit_close(a);
        outcome = replaying_close(r, outcome);
    }
    buf_free(&c.file);
    buf_free(&c.p.note);
    accepted_free(&c.old);
    return outcome;
}

static enum outcome main_report(const struct args *args)
{
    struct parameters p;
    enum outcome outcome;
    struct audit_options options = { .ruleset = args->ruleset };
    if (args->check)
        return cmd_check(args);
    if (!args_operands(
            args, 0, 0,
            TR("options only (a FILE with --check)", "solo opciones (un ARCHIVO con --check)")) ||
        !options_fit(args, &p))
        return OUTCOME_USAGE;
    struct replaying *r = replaying_open_args(args, &outcome);
    if (r == NULL)
        return outcome;
    struct audit *a = audit_open(r, &options);
    outcome = a == NULL ? OUTCOME_USAGE : report_period(r, a, &p, args);
    audit_close(a);
    buf_free(&p.note);
    return replaying_close(r, outcome);
}

const struct command command_report = {
    .name = "report",
    .run = main_report,
    .form = FORM_FETCHING "[ log= | dir= ] key passphrase-file- ruleset "
                          "( from= to= by [ html= | csv= | json= ] out | check= FILE )",
    .own = report_options,
    .summary = { "a transparency report of whole months, small numbers hidden but in the totals; "
                 "--check: "
                 "is FILE what the log gives?",
                 "un informe de transparencia de meses enteros, sin números pequeños salvo en los "
                 "totales; "
                 "--check: ¿es ARCHIVO lo que da la bitácora?" },
};
