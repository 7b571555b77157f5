/* bitacora report: what a log says of the requests of a period, in numbers, to be published; and whether a file that
 * was published is that. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>

#include "client/cmd.h"
#include "client/files.h"
#include "client/report/report.h"

static const char *language_name(enum language l)
{
    return l == LANGUAGE_ES ? "es" : "en";
}

/* ---- options --------------------------------------------------------------------------------- */

static bool period_fits(const struct args *a, struct parameters *p)
{
    if (a->from == NULL || a->to == NULL) {
        say_usage(TR("--from and --to are needed: months, such as 2026-01",
                     "hacen falta --from y --to: meses, como 2026-01"));
        return false;
    }
    if (!month_parse(&p->from, a->from) || !month_parse(&p->to, a->to)) {
        say_usage(TR("--from and --to take months, such as 2026-01, or their first day (UTC): "
                     "a report is of whole months",
                     "--from y --to llevan meses, como 2026-01, o su primer día (UTC): un informe "
                     "es de meses enteros"));
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

static bool options_fit(const struct args *a, struct parameters *p)
{
    *p = (struct parameters){ .language = say_lang(),
                              .form = a->json  ? REPORT_JSON
                                      : a->csv ? REPORT_CSV
                                               : REPORT_HTML };
    p->by = parameters_by(a->by == NULL ? "authority" : a->by);
    if (a->json + a->csv + a->html > 1) {
        say_usage(TR("one of --json, --csv and --html", "una de --json, --csv y --html"));
        return false;
    }
    if (p->by == NULL) {
        say_usage(TR("--by takes authority, holder, category, basis or state",
                     "--by lleva authority, holder, category, basis o state"));
        return false;
    }
    return period_fits(a, p);
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
    enum language own = say_lang();
    say_language(language_name(r->p->language));
    report_write(out, r);
    say_language(language_name(own));
}

/* Whether every word of the log is proven: nothing is counted before that. Says why not. */
static bool is_proven(struct replaying *r, const struct audit *a, enum outcome *outcome)
{
    *outcome = replaying_conclude(r);
    bool proven = *outcome == OUTCOME_PROVEN && replaying_proven(r) && r->verdict == VERDICT_GOOD &&
                  r->accepted.cp.quorum;
    bool complete = proven && audit_complete(a);
    if (!proven) {
        findings_print(&r->findings, stderr);
        say(TR("no report: it is not proven what the log says",
               "no hay informe: no está probado qué dice la bitácora"));
    }
    if (!complete)
        *outcome = outcome_worse(*outcome, OUTCOME_UNDECIDED);
    return complete;
}

static void make(struct buf *out, const struct parameters *p, struct audit *a,
                 const struct observed *o)
{
    audit_end(a);
    struct report *report = report_new(p, a, o);
    write_in_language(out, report);
    report_free(report);
}

static enum outcome give(const struct args *args, const struct buf *out)
{
    if (args->out == NULL) {
        fwrite(out->p, 1, out->n, stdout); /* main() looks whether it could be written */
        return OUTCOME_PROVEN;
    }
    if (file_create(args->out, buf_span(out), 0644) != 0)
        return say_undecided(TR("the report could not be written to %s: %s",
                                "no se pudo escribir el informe en %s: %s"),
                             args->out, strerror(errno));
    return OUTCOME_PROVEN;
}

static enum outcome run(struct replaying *r, struct audit *a, struct parameters *p)
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
        make(&out, p, a, o);
        outcome = give(r->args, &out);
    }
    observed_free(o);
    buf_free(&out);
    return outcome;
}

/* ---- check ----------------------------------------------------------------------------------- */

struct checking {
    struct parameters p;
    struct buf file;
    struct accepted old; /* the checkpoint in the file */
    bool same;
    uint64_t line;
};

static enum outcome read_report(struct checking *c, const char *path)
{
    enum file result = file_read(&c->file, path, REPORT_MAX);
    if (result != FILE_OK)
        return say_usage("%s: %s", path, file_cause(result));
    switch (parameters_read(&c->p, buf_span(&c->file))) {
    case PARAMETERS_OTHER:
        return say_undecided(TR("%s was made by another version of this program",
                                "%s lo hizo otra versión de este programa"),
                             path);
    case PARAMETERS_NONE:
        say(TR("%s is not a report as this program writes them",
               "%s no es un informe como los escribe este programa"),
            path);
        return OUTCOME_BAD;
    default:
        return OUTCOME_PROVEN;
    }
}

/* What the file says of the log's past has to be what the log says now. */
static void prove_past(struct checking *c, struct replaying *r)
{
    buf_add_span(&c->old.note, buf_span(&c->p.note));
    if (accepted_open(&c->old, &r->trust, &r->findings) != VERDICT_GOOD)
        return;
    c->p.size = c->old.cp.checkpoint.size;
    c->p.root = c->old.cp.checkpoint.root;
}

static void say_excerpt(const char *what, const struct buf *b, size_t line, size_t at)
{
    char text[96];
    size_t from = at - line > 24 ? at - 24 : line, n = 0;
    for (; from < b->n && b->p[from] != '\n' && n + 1 < sizeof text && n < 72; from++)
        text[n++] = b->p[from] >= 0x20 && b->p[from] < 0x7F ? (char)b->p[from] : '.';
    text[n] = 0;
    say("%s …%s…", what, text);
}

/* The first place where they are not the same. */
static void say_difference(struct checking *c, const struct buf *made)
{
    size_t at = 0, line = 0;
    c->line = 1;
    while (at < made->n && at < c->file.n && made->p[at] == c->file.p[at]) {
        if (made->p[at++] == '\n') {
            line = at;
            c->line++;
        }
    }
    say(TR("the file is not what the log gives: it differs first in line %" PRIu64,
           "el archivo no es lo que da la bitácora: difiere primero en la línea %" PRIu64),
        c->line);
    say_excerpt(TR("the log gives:", "la bitácora da:"), made, line, at);
    say_excerpt(TR("in the file:  ", "en el archivo: "), &c->file, line, at);
}

static enum outcome compare(struct checking *c, struct audit *a, const struct observed *o)
{
    struct buf made = { 0 };
    make(&made, &c->p, a, o);
    c->same = span_eq(buf_span(&made), buf_span(&c->file));
    if (!c->same)
        say_difference(c, &made);
    buf_free(&made);
    return c->same ? OUTCOME_PROVEN : OUTCOME_BAD;
}

static void tell_check(const struct checking *c, const struct replaying *r, enum outcome outcome)
{
    if (r->args->json) {
        json_t *v = replaying_json(r);
        json_object_set_new(v, "ok", json_boolean(outcome == OUTCOME_PROVEN));
        json_object_set_new(v, "report_size", json_integer((json_int_t)c->p.size));
        json_object_set_new(v, "same", json_boolean(c->same));
        json_object_set_new(v, "line",
                            c->line == 0 ? json_null() : json_integer((json_int_t)c->line));
        say_json(v);
    } else if (outcome == OUTCOME_PROVEN) {
        printf(TR("good: the log, of %" PRIu64 " entries now, is proven, and its first %" PRIu64
                  " entries give this report, byte for byte\n",
                  "bueno: la bitácora, hoy de %" PRIu64 " asientos, está probada, y sus primeros "
                  "%" PRIu64 " dan este informe, byte por byte\n"),
               r->accepted.cp.checkpoint.size, c->p.size);
    }
}

static enum outcome check(struct checking *c, struct replaying *r, struct audit *a)
{
    struct observed *o = observed_new();
    a->told = observed_take;
    a->told_ctx = o;
    prove_past(c, r);
    a->stop = c->p.size;
    enum outcome outcome = replaying_run(r, audit_look, a);
    if (outcome == OUTCOME_PROVEN) {
        if (r->replayed && c->p.size > 0)
            prove_extends(&r->trust, &c->old, &r->accepted, r->files, &r->findings, &r->evidence);
        if (is_proven(r, a, &outcome))
            outcome = compare(c, a, o);
        tell_check(c, r, outcome);
    }
    observed_free(o);
    return outcome;
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum outcome cmd_check(const struct args *args)
{
    struct checking c = { .same = false };
    if (!args_operands(args, 1, 1, TR("one FILE", "un ARCHIVO")) || !check_options_fit(args))
        return OUTCOME_USAGE;
    enum outcome outcome = read_report(&c, args->operand[0]);
    struct replaying *r = outcome == OUTCOME_PROVEN ? replaying_open(args, &outcome) : NULL;
    if (r != NULL) {
        struct audit *a = audit_open(r, false);
        outcome = a == NULL ? OUTCOME_USAGE : check(&c, r, a);
        audit_close(a);
        outcome = replaying_close(r, outcome);
    }
    buf_free(&c.file);
    buf_free(&c.p.note);
    accepted_free(&c.old);
    return outcome;
}

enum outcome cmd_report(const struct args *args)
{
    struct parameters p;
    enum outcome outcome;
    if (args->check)
        return cmd_check(args);
    if (!args_operands(
            args, 0, 0,
            TR("options only (a FILE with --check)", "solo opciones (un ARCHIVO con --check)")) ||
        !options_fit(args, &p))
        return OUTCOME_USAGE;
    struct replaying *r = replaying_open(args, &outcome);
    if (r == NULL)
        return outcome;
    struct audit *a = audit_open(r, false);
    outcome = a == NULL ? OUTCOME_USAGE : run(r, a, &p);
    audit_close(a);
    buf_free(&p.note);
    return replaying_close(r, outcome);
}
