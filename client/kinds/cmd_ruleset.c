/* bitacora ruleset: what a ruleset file is called and what SHA-256 a log pins it by; the file
 * itself. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/kinds/ruleset_file.h"
#include "proto/base/base64.h"
#include "proto/base/when.h"

static void describe_ruleset(const struct ruleset *r, bool json)
{
    char from[WHEN_TEXT + 1], sha256[48];
    when_format(from, ruleset_from(r));
    base64_encode(sha256, ruleset_sha256(r)->b, HASH_BYTES);
    if (json)
        say_json(json_pack("{s:s,s:s,s:s,s:s}", "name", ruleset_name(r), "version",
                           ruleset_version(r), "from", from, "sha256", sha256));
    else
        printf("name    %s\nversion %s\nfrom    %s\nsha256  %s\n", ruleset_name(r),
               ruleset_version(r), from, sha256);
}

static enum outcome main_ruleset(const struct args *a)
{
    struct buf file = { 0 };
    if (!args_operands(
            a, 0, 1,
            TR("at most one ruleset file", "un archivo de conjunto de reglas como máximo")))
        return OUTCOME_USAGE;
    if (a->newest && a->operands > 0)
        return say_usage(TR("a file, or --newest", "un archivo, o --newest"));
    struct ruleset *r = a->newest
                            ? ruleset_file_newest(&file)
                            : ruleset_file_read(&file, a->operands == 1 ? a->operand[0] : NULL);
    if (r != NULL && a->print)
        fwrite(file.p, 1, file.n, stdout);
    else if (r != NULL)
        describe_ruleset(r, a->json);
    enum outcome outcome = r == NULL ? OUTCOME_USAGE : OUTCOME_PROVEN;
    ruleset_free(r);
    buf_free(&file);
    return outcome;
}

const struct command command_ruleset = {
    .name = "ruleset",
    .run = main_ruleset,
    .form = "[ FILE | newest= ] print",
    .summary = { "check a ruleset file, or the built-in one: name, version, SHA-256; --print: the "
                 "file "
                 "itself",
                 "comprueba un archivo de conjunto de reglas, o el incluido: nombre, versión, "
                 "SHA-256; "
                 "--print: el "
                 "archivo mismo" },
};
