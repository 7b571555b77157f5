/* bitacora schema: JSON Schemas of records, for those who write them in another language. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/kinds/kind_help.h"
#include "client/kinds/ruleset_file.h"
#include "proto/record/schema.h"

static enum outcome print_schema(enum kind k, const struct ruleset *r)
{
    struct buf text = { 0 };
    json_t *schema = json_made(schema_new(k, r, language_get()));
    if (schema != NULL)
        schema_print(&text, schema);
    const char *printed = kept_text(&text);
    if (!lost_any())
        fputs(printed, stdout);
    buf_free(&text);
    json_decref(schema);
    return OUTCOME_PROVEN;
}

static enum outcome main_schema(const struct args *a)
{
    enum kind k = KIND_NONE;
    struct buf file = { 0 };
    if (!args_operands(a, 0, 1, TR("at most one kind", "un tipo como máximo")))
        return OUTCOME_USAGE;
    if (a->operands == 1) {
        k = kind_of_name(span_str(a->operand[0]));
        if (k == KIND_NONE)
            return kind_say_none(a->operand[0]);
    }
    struct ruleset *r = ruleset_file_read(&file, a->ruleset);
    enum outcome outcome = r == NULL ? OUTCOME_USAGE : print_schema(k, r);
    ruleset_free(r);
    buf_free(&file);
    return outcome;
}

const struct command command_schema = {
    .name = "schema",
    .run = main_schema,
    .form = "[ KIND ] ruleset",
    .summary = { "JSON Schemas of records, with the codes of a ruleset",
                 "JSON Schemas de los registros, con los códigos de un conjunto de reglas" },
};
