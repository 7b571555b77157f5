/* bitacora notify: what people are to be told of requests for their data. */
#include <sodium.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/base/written_time.h"
#include "client/notify/notify.h"
#include "client/notify/notify_options.h"
#include "proto/base/scan.h"
#include "proto/record/identifier.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"

/* The first option that is there and does not belong, by name. */
static bool only(const struct args *a, bool due, bool sent, bool find)
{
    const struct {
        const char *name;
        bool there, fits;
    } options[] = {
        { "out", a->out != NULL, due },
        { "dir", a->dir != NULL, due || find },
        { "contact", a->contact != NULL, due },
        { "reader", a->reader != NULL, due || find },
        { "receipts", a->receipts != NULL, sent || find },
        { "means", a->means != NULL, sent },
        { "delivered", a->delivered != NULL, sent },
        { "no-wait", a->no_wait, sent },
        { "type", a->type != NULL, find },
        { "value", a->value != NULL, find },
    };
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        if (options[i].there && !options[i].fits) {
            say(TR("notify %s does not take --%s", "notify %s no lleva --%s"), a->operand[0],
                options[i].name);
            return false;
        }
    return true;
}

static bool needs(const char *option, const char *value)
{
    if (value == NULL)
        say(TR("--%s is needed", "hace falta --%s"), option);
    return value != NULL;
}

static enum outcome open_log(struct notifying *n, const struct args *a)
{
    struct notify_options options;
    *n = (struct notifying){ .r = NULL };
    enum outcome outcome = notify_options_read(&options, a);
    return outcome == OUTCOME_PROVEN ? notifying_open(n, &options) : outcome;
}

/* ---- due ------------------------------------------------------------------------------------- */

static enum outcome due(const struct args *a)
{
    struct notifying n;
    if (!args_operands(a, 1, 1, TR("options only", "solo opciones")) ||
        !only(a, true, false, false))
        return OUTCOME_USAGE;
    if (a->contact != NULL && a->out == NULL)
        return say_usage(TR("--contact goes into letters: say --out, too",
                            "--contact va en las cartas: diga también --out"));
    enum outcome outcome = open_log(&n, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = notifying_identify(&n);
    if (outcome == OUTCOME_PROVEN)
        outcome = notify_due(&n);
    return notifying_close(&n, outcome);
}

/* ---- sent ------------------------------------------------------------------------------------ */

static bool read_entries(const struct args *a, uint64_t *entry)
{
    for (size_t i = 1; i < a->operands; i++)
        if (decimal_parse(&entry[i - 1], span_str(a->operand[i])) != 0) {
            say(TR("%s is not the index of an entry", "%s no es el índice de un asiento"),
                a->operand[i]);
            return false;
        }
    return true;
}

static enum outcome sent(const struct args *a)
{
    struct notifying n;
    char delivered[WHEN_TEXT + 1];
    if (!args_operands(
            a, 2, SIZE_MAX,
            TR("the entries of one or more requests", "los asientos de una o más solicitudes")) ||
        !only(a, false, true, false) || !needs("means", a->means))
        return OUTCOME_USAGE;
    when_format(delivered, clock_wall());
    const char *wrong = a->delivered == NULL ? NULL : written_time_here(delivered, a->delivered);
    if (wrong != NULL)
        return say_usage("--delivered: %s", wrong);
    uint64_t *entry = kept(calloc(a->operands, sizeof *entry));
    if (entry == NULL)
        return OUTCOME_UNDECIDED;
    if (!read_entries(a, entry)) {
        free(entry);
        return OUTCOME_USAGE;
    }
    enum outcome outcome = open_log(&n, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = notify_sent(&n, entry, a->operands - 1, delivered);
    free(entry);
    return notifying_close(&n, outcome);
}

/* ---- find ------------------------------------------------------------------------------------ */

/* A line of standard input. */
static bool read_value(struct buf *out)
{
    enum file read = file_read(out, "-", 4 * VALUE_MAX);
    if (read != FILE_OK) {
        say(TR("standard input could not be read: %s", "no se pudo leer la entrada estándar: %s"),
            file_cause(read));
        return false;
    }
    if (out->n > 0 && out->p[out->n - 1] == '\n')
        out->n--;
    return true;
}

/* What it says is not repeated: it names somebody. What is refused today may have been sealed
 * under older rules. */
static bool normalise(char normal[static VALUE_MAX + 1], const char *type, struct span value)
{
    const char *doubt;
    struct refusal why, before;
    if (identifier_normalise(normal, type, value, &doubt, &why) != 0) {
        say_refusal("--value", &why);
        return identifier_normalise_as(IDENTIFIER_2026_11, normal, type, value, NULL, &before) == 0;
    }
    if (doubt != NULL)
        say("--value: %s", cause_words(doubt, language_get()));
    return true;
}

static bool take_value(char normal[static VALUE_MAX + 1], const struct args *a)
{
    struct buf line = { 0 };
    bool given = strcmp(a->value, "-") != 0;
    bool good = given || read_value(&line);
    good = good && normalise(normal, a->type, given ? span_str(a->value) : buf_span(&line));
    buf_wipe(&line);
    return good;
}

static enum outcome main_find(const struct args *a)
{
    struct notifying n;
    char value[VALUE_MAX + 1];
    if (!args_operands(a, 1, 1, TR("options only", "solo opciones")) ||
        !only(a, false, false, true) || !needs("type", a->type) || !needs("value", a->value) ||
        !take_value(value, a))
        return OUTCOME_USAGE;
    enum outcome outcome = open_log(&n, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = notifying_identify(&n);
    if (outcome == OUTCOME_PROVEN)
        outcome = notify_find(&n, value);
    sodium_memzero(value, sizeof value);
    return notifying_close(&n, outcome);
}

static enum outcome main_notify(const struct args *a)
{
    const char *what = a->operands > 0 ? a->operand[0] : "";
    if (strcmp(what, "due") == 0)
        return due(a);
    if (strcmp(what, "sent") == 0)
        return sent(a);
    if (strcmp(what, "find") == 0)
        return main_find(a);
    return say_usage(
        TR("this takes `due`, `sent` or `find`", "esta orden lleva `due`, `sent` o `find`"));
}

static const struct form_option notify_options[] = {
    FORM_OWN("key", "OVERSIGHT", "SUPERVISIÓN", "the private key of oversight",
             "la clave privada de supervisión"),
    FORM_OWN("dir", "MIRROR", "COPIA",
             "a mirror's folder, which spares reading all of the log over the network",
             "la carpeta de una copia, que ahorra leer toda la bitácora por la red"),
    FORM_OWN("out", "DIR", "CARPETA", "the folder for letters; made if it is not there",
             "la carpeta de las cartas; se crea si no existe"),
    FORM_END,
};

const struct command command_notify = {
    .name = "notify",
    .run = main_notify,
    .form = "'due " FORM_FETCHING FORM_ZONE
            "key! passphrase-file- reader ruleset log dir out contact , "
            "'sent policy! " FORM_TLS FORM_ZONE
            "key! passphrase-file- means= delivered ruleset log receipts no-wait "
            "ENTRY… , "
            "'find policy! " FORM_TLS FORM_ZONE
            "key! passphrase-file- reader type= value= ruleset log dir "
            "receipts",
    .own = notify_options,
    .summary = { "tell people of requests for their data: whom by when, with letters; that it was "
                 "done; "
                 "and "
                 "what may be told to a person who asks",
                 "avisar a las personas de las solicitudes de sus datos: a quién y hasta cuándo, "
                 "con "
                 "cartas; "
                 "que ya se avisó; y qué se puede decir a quien pregunta" },
};
