/* bitacora pin: a registrar puts a ruleset in force. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/options.h"
#include "client/base/written_time.h"
#include "client/submit/submit_options.h"
#include "proto/base/base64.h"
#include "proto/record/ruleset.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

static json_t *record_of(const struct ruleset *r, const char *from)
{
    char sha256[48];
    base64_encode(sha256, ruleset_sha256(r)->b, HASH_BYTES);
    return json_made(json_pack("{s:s,s:s,s:s,s:s,s:s}", "kind", kind_name(KIND_RULESET), "name",
                               ruleset_name(r), "version", ruleset_version(r), "from", from,
                               "sha256", sha256));
}

static enum outcome pin(const struct args *a, struct span file)
{
    struct refusal why;
    struct ruleset *ruleset = ruleset_parse(file, &why);
    enum outcome outcome;
    bool stop;
    char from[WHEN_TEXT + 1];
    when_format(from, clock_wall()); /* unless it says when */
    const char *wrong = a->from == NULL ? NULL : written_time_here(from, a->from);
    if (wrong != NULL) {
        ruleset_free(ruleset);
        return say_usage("--from: %s", wrong);
    }
    if (ruleset == NULL) {
        say_refusal(a->operand[0], &why);
        return OUTCOME_USAGE;
    }
    struct submitter *s = submitter_open_args(a, &outcome);
    if (s != NULL) {
        submitter_attach(s, file);
        outcome = submitter_send(s, 1, record_of(ruleset, from), &stop);
        outcome = outcome_worse(outcome, submitter_settle(s));
        submitter_close(s);
    }
    ruleset_free(ruleset);
    return outcome;
}

static enum outcome main_pin(const struct args *a)
{
    struct buf file = { 0 };
    if (!args_operands(a, 1, 1, TR("one ruleset file", "un archivo de conjunto de reglas")))
        return OUTCOME_USAGE;
    enum file read = file_read(&file, a->operand[0], RULESET_MAX);
    enum outcome outcome = read == FILE_OK
                               ? pin(a, buf_span(&file))
                               : say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"),
                                           a->operand[0], file_cause(read));
    buf_free(&file);
    return outcome;
}

const struct command command_pin = {
    .name = "pin",
    .run = main_pin,
    .form = FORM_FETCHING FORM_ZONE
    "key! passphrase-file- from log receipts state no-wait allow-plain RULESET",
    .own = registrar_key,
    .summary = { "put a ruleset in force: its file and the entry that pins it",
                 "pone en vigor un conjunto de reglas: su archivo y el asiento que lo fija" },
};
