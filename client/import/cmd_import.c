/* bitacora import: messages of the warrant interface ETSI TS 103 120 or the rows of a spreadsheet in,
 * records for submit out. */
#include <inttypes.h>
#include <stdlib.h>

#include "client/audit/rulesets.h"
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/import/ts103120.h"
#include "client/kinds/ruleset_file.h"
#include "client/replay/replay_options.h"
#include "client/spreadsheet/csv_records.h"
#include "client/spreadsheet/csv_suggest.h"
#include "proto/sys/clock.h"
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

/* ---- the rules that a spreadsheet is read by -------------------------------------------------- */

struct import_rules {
    struct csv_rules rules;
    struct ruleset *own;         /* of a file, or the one that comes with the program */
    struct replaying *replaying; /* of the log, with its rulesets; NULL: it was not asked */
    struct rulesets *of_log;
};

/* The ruleset that is in force now by a log that was replayed. */
static enum outcome find_in_force(struct import_rules *out)
{
    struct replaying *r = out->replaying;
    const struct pinned_ruleset *pinned =
        registry_ruleset(judge_registry(r->judge), clock_wall(), NO_ENTRY);
    out->of_log = rulesets_new(NULL, r->options.and_url ? NULL : r->options.dir, &r->trust);
    if (out->of_log == NULL)
        return OUTCOME_UNDECIDED;
    out->rules.r = rulesets_get(out->of_log, pinned == NULL ? NULL : pinned->sha256);
    if (out->rules.r == NULL && pinned != NULL)
        return say_undecided(TR("the file of the rules that entry %" PRIu64 " pins is not to be "
                                "had: give it with --ruleset",
                                "no se consigue el archivo de las reglas que fija el asiento "
                                "%" PRIu64 ": délo con --ruleset"),
                             pinned->entry);
    if (out->rules.r == NULL)
        return OUTCOME_UNDECIDED;
    if (pinned == NULL)
        say(TR("the log pins no rules: codes are those of %s %s, which come with this program",
               "la bitácora no fija reglas: los códigos son los de %s %s, que vienen con este "
               "programa"),
            ruleset_name(out->rules.r), ruleset_version(out->rules.r));
    else
        say(TR("codes are those of the rules that entry %" PRIu64 " of the log pins, %s %s",
               "los códigos son los de las reglas que fija el asiento %" PRIu64
               " de la bitácora, %s %s"),
            pinned->entry, ruleset_name(out->rules.r), ruleset_version(out->rules.r));
    return OUTCOME_PROVEN;
}

static enum outcome take_rules_of_log(struct import_rules *out, const struct args *a)
{
    enum outcome outcome;
    out->replaying = replaying_open_args(a, &outcome);
    if (out->replaying == NULL)
        return outcome;
    outcome = replaying_run(out->replaying, NULL, NULL);
    if (outcome == OUTCOME_PROVEN) {
        outcome = replaying_conclude(out->replaying);
        findings_print(&out->replaying->findings, stderr);
    }
    if (outcome == OUTCOME_PROVEN)
        return find_in_force(out);
    say(TR("which rules the log pins is not proven: nothing was imported. --ruleset FILE takes "
           "their file, and asks no log",
           "no está probado qué reglas fija la bitácora: no se importó nada. --ruleset ARCHIVO "
           "lleva su archivo, y no pregunta a ninguna"));
    return outcome;
}

/* Returns OUTCOME_PROVEN, or what to end with, after having said why. rules_close() in any case. */
static enum outcome rules_open(struct import_rules *out, const struct args *a)
{
    struct buf text = { 0 };
    *out = (struct import_rules){ .own = NULL };
    if (a->ruleset == NULL && a->policy != NULL)
        return take_rules_of_log(out, a);
    out->own = ruleset_file_read(&text, a->ruleset);
    out->rules = (struct csv_rules){ .r = out->own, .builtin = a->ruleset == NULL };
    buf_free(&text);
    return out->own == NULL ? OUTCOME_USAGE : OUTCOME_PROVEN;
}

static enum outcome rules_close(struct import_rules *i, enum outcome outcome)
{
    rulesets_free(i->of_log);
    ruleset_free(i->own);
    return replaying_close(i->replaying, outcome);
}

/* ---- the command ----------------------------------------------------------------------------- */

static enum outcome import_csv(const struct args *a)
{
    struct import_rules i;
    bool suggest = a->suggest != NULL && a->map == NULL && a->operands == 1;
    if (!suggest && (a->map == NULL || a->suggest != NULL || a->operands != 2))
        return say_usage(
            TR("this takes csv --map MAP FILE, or csv --suggest FILE, which prints a first map",
               "esta orden lleva csv --map MAPA ARCHIVO, o csv --suggest ARCHIVO, que imprime "
               "un primer mapa"));
    enum outcome outcome = rules_open(&i, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = suggest ? csv_suggest(a->suggest, &i.rules)
                          : csv_records(a->map, a->operand[1], &i.rules, a->json);
    return rules_close(&i, outcome);
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

/* What a log is asked for is which rules it pins. */
#define FORM_ASKING                                                                                \
    "log- dir- key- passphrase-file- genesis- evidence- max-age- tolerate- " FORM_TLS

static const struct form_option import_options[] = {
    FORM_OWN("policy", "POLICY", "POLÍTICA",
             "codes are those of the rules that this log pins: it is replayed",
             "los códigos son los de las reglas que fija esta bitácora: se verifica toda"),
    FORM_OWN("ruleset", "FILE", "ARCHIVO",
             "codes are those of this file, and no log is asked; with neither, those that come "
             "with this program",
             "los códigos son los de este archivo, y no se pregunta a ninguna bitácora; sin "
             "ninguno, los que vienen con este programa"),
    FORM_END,
};

const struct command command_import = {
    .name = "import",
    .run = main_import,
    .form = "'csv map= FILE [ ruleset= | policy= ] " FORM_ASKING ", "
            "'csv suggest= [ ruleset= | policy= ] " FORM_ASKING ", 'ts103120 FILE… set…",
    .own = import_options,
    .summary = { "turn a spreadsheet, or ETSI TS 103 120 messages, into records for submit",
                 "convierte una hoja de cálculo, o mensajes ETSI TS 103 120, en registros para "
                 "submit" },
};
