/* bitacora audit: the rules of docs/RULES.md, asked of the whole log, which is proven first. */
#include "client/audit/audit.h"
#include "client/audit/audit_report.h"
#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/monitor/monitor_options.h"
#include "client/replay/replay_options.h"

static bool options_fit(const struct args *a, enum severity *fail_on)
{
    if (a->fail_on != NULL && !severity_of_name(a->fail_on, fail_on)) {
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
    if (a->json && a->sarif) {
        say_usage(TR("--json or --sarif, not both", "--json o --sarif, no ambos"));
        return false;
    }
    return true;
}

static bool has_finding(const struct audit *a, enum severity from)
{
    for (int r = R01; r < RULE_COUNT; r++)
        if (rule_severity((enum rule)r) >= from && a->answers.count[r][RESULT_FINDING] > 0)
            return true;
    return false;
}

/* Integrity comes first: what the rules answer is worth nothing if the log is not proven. */
static enum outcome audit_log(struct replaying *r, struct audit *a, const struct args *args,
                              enum severity fail_on)
{
    enum outcome outcome = replaying_run(r, audit_look, a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = replaying_conclude(r);
    bool proven = replaying_proven(r), complete = proven && audit_end(a);
    if (!proven)
        say(TR("the rules were not asked: it is not proven what the log says",
               "no se aplicaron las reglas: no está probado qué dice la bitácora"));
    if (!complete)
        outcome = outcome_worse(outcome, OUTCOME_UNDECIDED);
    if (lost_any()) /* lost_outcome() says so; nothing of it is shown */
        return outcome;
    if (complete && args->fail_on != NULL && has_finding(a, fail_on))
        outcome = outcome_worse(outcome, OUTCOME_FOUND);
    if (args->sarif)
        audit_sarif(a, complete);
    else if (args->json)
        audit_json(a, complete);
    else
        audit_print(a, complete);
    return outcome;
}

/* Without an end: what is new, as it comes. */
static enum outcome follow_log(const struct args *args)
{
    struct monitor_options options;
    enum outcome outcome = monitor_options_read(&options, args);
    return outcome == OUTCOME_PROVEN ? monitor_run(&options) : outcome;
}

static enum outcome main_audit(const struct args *args)
{
    enum outcome outcome;
    enum severity fail_on = SEVERITY_CRITICAL;
    struct audit_options options = { .ruleset = args->ruleset, .passes = args->all };
    if (!args_operands(args, 0, 0, TR("options only", "solo opciones")) ||
        !options_fit(args, &fail_on))
        return OUTCOME_USAGE;
    if (args->follow)
        return follow_log(args);
    struct replaying *r = replaying_open_args(args, &outcome);
    if (r == NULL)
        return outcome;
    struct audit *a = audit_open(r, &options);
    outcome = a == NULL ? OUTCOME_USAGE : audit_log(r, a, args, fail_on);
    audit_close(a);
    return replaying_close(r, outcome);
}

const struct command command_audit = {
    .name = "audit",
    .run = main_audit,
    .form = FORM_FETCHING
    "[ log= | dir= ] key passphrase-file- state ruleset fail-on all [ json= | sarif= ] , "
    "follow= " FORM_FETCHING "[ log= | dir= ] key passphrase-file- state= ruleset every entries "
    "keep-going silent-after- post post-token- post-cacert- outbox-max- syslog json=",
    .summary = { "what is not in the log that the law asks for: replays it, and asks the rules R01 "
                 "to R22",
                 "qué no consta que la ley pida: verifica la bitácora y aplica las reglas R01 a "
                 "R22" },
};
