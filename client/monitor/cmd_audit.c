/* bitacora audit: the rules of docs/RULES.md, asked of the whole log, which is proven first. */
#include "client/audit/audit.h"
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/findings/audit_report.h"
#include "client/findings/between.h"
#include "client/monitor/monitor_options.h"
#include "client/replay/replay_options.h"

/* A monitor tells all that is new. What is new since a point needs no state, and no state has it. */
static bool filters_fit(const struct args *a)
{
    bool filters = a->rule != NULL || a->authority != NULL || a->from != NULL || a->to != NULL ||
                   a->between != NULL || a->csv || a->not_evaluable;
    if (a->follow && filters) {
        say_usage(TR("audit --follow takes no --csv, --rule, --authority, --from, --to, --between "
                     "or --not-evaluable",
                     "audit --follow no lleva --csv, --rule, --authority, --from, --to, --between "
                     "ni --not-evaluable"));
        return false;
    }
    if (a->between != NULL && a->state != NULL) {
        say_usage(TR("--between or --state, not both", "--between o --state, no ambos"));
        return false;
    }
    return true;
}

static bool options_fit(const struct args *a, enum severity *fail_on)
{
    if (a->fail_on != NULL && !severity_of_name(a->fail_on, fail_on)) {
        struct nearest meant = { .said = a->fail_on };
        for (int s = 0; s < SEVERITIES; s++)
            nearest_offer(&meant, severity_name((enum severity)s));
        say_meant("--fail-on ", &meant);
        say_usage(TR("--fail-on takes policy, low, medium, high or critical",
                     "--fail-on lleva policy, low, medium, high o critical"));
        return false;
    }
    if (a->all && a->state != NULL) {
        say_usage(TR("--all or --state, which keeps no passes: not both",
                     "--all o --state, que no guarda lo que está en orden: no ambos"));
        return false;
    }
    bool follows = a->every != NULL || a->entries || a->keep_going || a->post != NULL ||
                   a->post_token != NULL || a->post_cacert != NULL || a->syslog != NULL ||
                   a->silent_after != NULL || a->outbox_max != NULL;
    if (follows && !a->follow) {
        say_usage(TR("--every, --entries, --keep-going, --silent-after, --post…, --outbox-max and "
                     "--syslog need --follow",
                     "--every, --entries, --keep-going, --silent-after, --post…, --outbox-max y "
                     "--syslog necesitan --follow"));
        return false;
    }
    if (a->json + a->sarif + a->csv > 1) {
        say_usage(TR("one of --json, --csv and --sarif", "uno de --json, --csv y --sarif"));
        return false;
    }
    if (a->bom && !a->csv) {
        say_usage(TR("--bom is for --csv", "--bom es para --csv"));
        return false;
    }
    return filters_fit(a);
}

static bool has_finding(const struct audit *a, const struct audit_wanted *w, enum severity from)
{
    uint64_t count[RULE_COUNT][RESULTS];
    wanted_count(w, a, count);
    for (int r = R01; r < RULE_COUNT; r++)
        if (rule_severity((enum rule)r) >= from && count[r][RESULT_FINDING] > 0)
            return true;
    return false;
}

static void report_audit(const struct audit *a, const struct audit_wanted *w,
                         const struct args *args, bool complete)
{
    if (args->sarif)
        audit_sarif(a, w, complete);
    else if (args->json)
        audit_json(a, w, complete);
    else if (args->csv)
        audit_csv(a, w, complete, args->bom);
    else
        audit_print(a, w, complete);
}

/* An audit that is under way, or two of which the later one is shown. */
struct asking {
    struct audit *a;
    struct between *between; /* NULL: everything is new */
};

static bool end_asking(struct asking *x, struct audit_wanted *w, enum outcome *outcome)
{
    if (x->between != NULL) {
        w->before = x->between->before;
        return between_end(x->between, outcome);
    }
    if (audit_end(x->a))
        return true;
    *outcome = outcome_worse(*outcome, OUTCOME_UNDECIDED);
    return false;
}

/* Integrity comes first: what the rules answer is worth nothing if the log is not proven. */
static enum outcome audit_log(struct replaying *r, struct asking *x, struct audit_wanted *w,
                              const struct args *args, enum severity fail_on)
{
    enum outcome outcome = x->between != NULL ? replaying_run(r, between_look, x->between)
                                              : replaying_run(r, audit_look, x->a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = replaying_conclude(r);
    bool proven = replaying_proven(r), complete = proven && end_asking(x, w, &outcome);
    if (!proven) {
        say(TR("the rules were not asked: it is not proven what the log says",
               "no se aplicaron las reglas: no está probado qué dice la bitácora"));
        outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
    }
    if (lost_any() || outcome == OUTCOME_USAGE) /* lost_outcome() says so; nothing of it is shown */
        return outcome;
    if (complete && args->fail_on != NULL && has_finding(x->a, w, fail_on))
        outcome = outcome_worse(outcome, OUTCOME_FOUND);
    report_audit(x->a, w, args, complete);
    if (complete)
        replaying_say_end(r, &w->period);
    if (complete && !has_finding(x->a, w, SEVERITY_POLICY))
        replaying_say_meant(r, w->names, "authority", w->authority);
    return outcome;
}

/* Without an end: what is new, as it comes. */
static enum outcome follow_log(const struct args *args)
{
    struct monitor_options options;
    enum outcome outcome = monitor_options_read(&options, args);
    return outcome == OUTCOME_PROVEN ? monitor_run(&options) : outcome;
}

/* For readers: how the institutions are called that findings are about. */
static void take_name(void *ctx, const struct event *event)
{
    if (event->e->kind == KIND_ENROLL)
        institutions_take(ctx, event->object);
}

/* What is asked, with which options, and by which severity the exit status is chosen. */
struct audit_call {
    const struct args *args;
    struct audit_options options;
    enum severity fail_on;
    struct institutions names;
};

static enum outcome audit_whole(struct replaying *r, struct audit_wanted *w, struct audit_call *c)
{
    enum outcome outcome = OUTCOME_USAGE;
    struct audit *a = audit_open(r, &c->options);
    if (a != NULL) {
        a->told = take_name;
        a->told_ctx = &c->names;
        outcome = audit_log(r, &(struct asking){ a, NULL }, w, c->args, c->fail_on);
    }
    audit_close(a);
    return outcome;
}

static enum outcome audit_between(struct replaying *r, struct between *between,
                                  struct audit_wanted *w, struct audit_call *c)
{
    enum outcome outcome = OUTCOME_USAGE;
    if (between_open(between, r, &c->options)) {
        between->now->told = take_name;
        between->now->told_ctx = &c->names;
        outcome = audit_log(r, &(struct asking){ between->now, between }, w, c->args, c->fail_on);
    }
    between_close(between);
    return outcome;
}

static enum outcome open_and_audit(struct replaying *r, struct between *between,
                                   const struct audit_wanted *wanted, const struct args *args,
                                   enum severity fail_on)
{
    struct audit_wanted w = *wanted;
    struct audit_call c = { .args = args,
                            .options = { .ruleset = args->ruleset, .passes = args->all },
                            .fail_on = fail_on };
    institutions_open(&c.names);
    w.names = &c.names;
    enum outcome outcome =
        between != NULL ? audit_between(r, between, &w, &c) : audit_whole(r, &w, &c);
    institutions_close(&c.names);
    return outcome;
}

static enum outcome main_audit(const struct args *args)
{
    enum outcome outcome;
    enum severity fail_on = SEVERITY_CRITICAL;
    struct audit_wanted wanted;
    struct wanted_words words = { args->rule, args->authority, args->from, args->to };
    struct between between;
    size_t operands = args->between != NULL;
    if (!args_operands(args, operands, operands,
                       operands > 0 ? TR("options, and the B of --between A B",
                                         "opciones, y la B de --between A B")
                                    : TR("options only", "solo opciones")) ||
        !options_fit(args, &fail_on) || !wanted_read(&wanted, &words) ||
        (operands > 0 && !between_read(&between, args->between, args->operand[0])))
        return OUTCOME_USAGE;
    wanted.not_evaluable = args->not_evaluable || args->all;
    if (args->follow)
        return follow_log(args);
    struct replaying *r = replaying_open_args(args, &outcome);
    if (r == NULL)
        return outcome;
    outcome = open_and_audit(r, operands > 0 ? &between : NULL, &wanted, args, fail_on);
    return replaying_close(r, outcome);
}

static const struct form_option audit_options[] = {
    FORM_OWN("authority", "ID", "ID", "what is about requests of this authority, such as mx.fgr",
             "lo que se refiere a solicitudes de esta autoridad, como mx.fgr"),
    FORM_OWN("from", "TIME", "TIEMPO",
             "what is about entries accepted from then on, such as 2026-01-31 or 2026-01",
             "lo que se refiere a asientos aceptados desde entonces, como 2026-01-31 o 2026-01"),
    FORM_OWN("to", "TIME", "TIEMPO",
             "what is about entries accepted until then, the month, day or minute included",
             "lo que se refiere a asientos aceptados hasta entonces, incluido el mes, el día o el "
             "minuto"),
    FORM_OWN("all", NULL, NULL, "passes, too, and what is not evaluable",
             "también lo que está en orden, y lo no evaluable"),
    FORM_END,
};

const struct command command_audit = {
    .name = "audit",
    .run = main_audit,
    .form = FORM_FETCHING FORM_ZONE
    "[ log= | dir= ] accelerator key passphrase-file- state ruleset fail-on all not-evaluable rule "
    "authority from to [ between= B ] [ json= | csv= | sarif= ] bom , "
    "follow= " FORM_FETCHING
    "[ log= | dir= ] accelerator key passphrase-file- state= ruleset every "
    "entries "
    "keep-going silent-after- post post-token- post-cacert- outbox-max- syslog json=",
    .own = audit_options,
    .summary = { "what is not in the log that the law asks for: replays it, and asks the rules R01 "
                 "to R22",
                 "qué no consta que la ley pida: verifica la bitácora y aplica las reglas R01 a "
                 "R22" },
};
