/* bitacora replay: the whole log, against nothing but what the verifier holds. */
#include "client/cmd.h"
#include "client/replaying.h"

static void report_json(const struct replaying *r)
{
    json_t *v = replaying_json(r);
    json_object_set_new(v, "structure", json_boolean(r->args->structure));
    say_json(v);
}

static enum outcome conclude(struct replaying *r)
{
    enum outcome outcome = replaying_conclude(r);
    replaying_print(r, r->args->json ? stderr : stdout);
    if (r->args->json)
        report_json(r);
    return outcome;
}

enum outcome cmd_replay(const struct args *a)
{
    enum outcome outcome;
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")))
        return OUTCOME_USAGE;
    struct replaying *r = replaying_open(a, &outcome);
    if (r == NULL)
        return outcome;
    outcome = replaying_run(r, NULL, NULL);
    if (outcome == OUTCOME_PROVEN)
        outcome = conclude(r);
    return replaying_close(r, outcome);
}
