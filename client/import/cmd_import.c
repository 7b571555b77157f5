/* bitacora import: messages of the warrant interface ETSI TS 103 120 or the rows of a spreadsheet in,
 * records for submit out. */
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/import/ts103120.h"
#include "client/spreadsheet/csv_records.h"
#include "client/spreadsheet/csv_suggest.h"
#include "proto/sys/files.h"

#define MESSAGE_MAX (16 * 1024 * 1024)

/* --set NAME=VALUE…: a value is JSON if it parses, else a string. */
static json_t *settings(const struct args *a)
{
    json_t *set = json_made(json_object());
    for (size_t i = 0; i < a->sets; i++) {
        const char *equals = strchr(a->set[i], '=');
        char *name = kept(strndup(a->set[i], (size_t)(equals - a->set[i])));
        if (name == NULL)
            break;
        json_t *value = json_loads(equals + 1, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        if (value == NULL)
            value = json_text(equals + 1);
        json_put(set, name, value);
        free(name);
    }
    return set;
}

/* A member that no kind has would be dropped in silence. */
static bool settings_known(const json_t *set)
{
    const char *name;
    json_t *value;
    json_object_foreach ((json_t *)(uintptr_t)set, name, value) {
        if (!kind_has_member(KIND_WARRANT, name) && !kind_has_member(KIND_REQUEST, name)) {
            say(TR("--set %s: neither a warrant nor a request has that member",
                   "--set %s: ni un mandamiento ni una solicitud tienen ese miembro"),
                name);
            return false;
        }
    }
    return true;
}

static enum outcome read_message(struct ts103120 *t, const char *path)
{
    struct buf text = { 0 };
    json_error_t error;
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&text, path, MESSAGE_MAX);
    if (read != FILE_OK) {
        outcome = say_undecided(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                                file_cause(read));
    } else {
        json_t *v = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
        if (v == NULL)
            outcome = say_undecided(TR("%s is not JSON, from line %d, character %d on",
                                       "%s no es JSON, desde la línea %d, carácter %d"),
                                    path, error.line, error.column);
        else if (ts103120_read(t, path, v) != 0)
            outcome = OUTCOME_UNDECIDED;
        json_decref(v);
    }
    buf_free(&text);
    return outcome;
}

static enum outcome import_messages(const struct args *a)
{
    if (!args_operands(a, 2, SIZE_MAX, "ts103120 FILE…"))
        return OUTCOME_USAGE;
    json_t *set = settings(a);
    if (!settings_known(set)) {
        json_decref(set);
        return OUTCOME_USAGE;
    }
    enum outcome outcome = OUTCOME_PROVEN;
    struct ts103120 *t = ts103120_new();
    if (t == NULL) {
        json_decref(set);
        return OUTCOME_UNDECIDED;
    }
    for (size_t i = 1; i < a->operands; i++)
        outcome = outcome_worse(outcome, read_message(t, a->operand[i]));
    enum outcome mapped;
    json_t *records = ts103120_records(t, set, &mapped), *record;
    size_t i;
    json_array_foreach (records, i, record)
        say_json(json_incref(record));
    outcome = outcome_worse(outcome, mapped);
    json_decref(records);
    json_decref(set);
    ts103120_free(t);
    return outcome;
}

static enum outcome import_csv(const struct args *a)
{
    if (a->suggest != NULL && a->map == NULL && a->operands == 1)
        return csv_suggest(a->suggest, a->ruleset);
    if (a->map != NULL && a->suggest == NULL && a->operands == 2)
        return csv_records(a->map, a->operand[1], a->ruleset, a->json);
    return say_usage(
        TR("this takes csv --map MAP FILE, or csv --suggest FILE, which prints a first map",
           "esta orden lleva csv --map MAPA ARCHIVO, o csv --suggest ARCHIVO, que imprime "
           "un primer mapa"));
}

static enum outcome main_import(const struct args *a)
{
    static const char *const formats[] = { "csv", "ts103120" };
    struct nearest meant = { .said = a->operands == 0 ? "" : a->operand[0] };
    if (strcmp(meant.said, "csv") == 0)
        return import_csv(a);
    if (strcmp(meant.said, "ts103120") == 0)
        return import_messages(a);
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        nearest_offer(&meant, formats[i]);
    say(TR("the formats that can be imported are csv and ts103120",
           "los formatos que se pueden importar son csv y ts103120"));
    say_meant("", &meant);
    return OUTCOME_USAGE;
}

const struct command command_import = {
    .name = "import",
    .run = main_import,
    .form = "'csv map= FILE ruleset , 'csv suggest= ruleset , 'ts103120 FILE… set…",
    .summary = { "turn a spreadsheet, or ETSI TS 103 120 messages, into records for submit",
                 "convierte una hoja de cálculo, o mensajes ETSI TS 103 120, en registros para "
                 "submit" },
};
