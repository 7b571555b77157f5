/* bitacora access: who read the log, for oversight and auditors. */
#include "client/access/access_view.h"
#include "client/base/cmd.h"
#include "client/base/options.h"
#include "client/base/written_time.h"
#include "client/replay/replay_options.h"
#include "proto/base/scan.h"

/* Returns NULL, or what is wrong. */
static const char *read_time(int64_t *out, const char *text)
{
    char written[WHEN_TEXT + 1];
    if (text == NULL)
        return NULL;
    const char *wrong = written_time_here(written, text);
    return wrong == NULL && when_parse(out, span_str(written)) != 0 ? written_time_form() : wrong;
}

static enum outcome main_access(const struct args *a)
{
    struct access_options options = {
        .one = a->entry != NULL, .until = INT64_MAX, .reader = a->reader, .json = a->json
    };
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")))
        return OUTCOME_USAGE;
    if (options.one && decimal_parse(&options.entry, span_str(a->entry)) != 0)
        return say_usage(
            TR("--entry takes the index of an entry", "--entry lleva el índice de un asiento"));
    const char *wrong = read_time(&options.from, a->from);
    if (wrong == NULL)
        wrong = read_time(&options.until, a->until);
    if (wrong != NULL)
        return say_usage("--from, --until: %s", wrong);
    enum outcome outcome = replay_options_read(&options.replay, a);
    return outcome == OUTCOME_PROVEN ? access_view(&options) : outcome;
}

static const struct form_option access_options[] = {
    FORM_OWN("key", "KEY", "CLAVE", "the private key of oversight or of an auditor",
             "la clave privada de supervisión o de un auditor"),
    FORM_OWN("reader", "NAME", "NOMBRE", "only what was read under this name",
             "solo lo leído con este nombre"),
    FORM_OWN("from", "TIME", "TIEMPO", "only what was read from then on, such as 2026-01-31",
             "solo lo leído desde entonces, como 2026-01-31"),
    FORM_OWN("until", "TIME", "TIEMPO", "only what was read before then",
             "solo lo leído antes de entonces"),
    FORM_END,
};

const struct command command_access = {
    .name = "access",
    .run = main_access,
    .form = FORM_VERIFYING FORM_ZONE
    "key! passphrase-file- [ log= | dir= ] [ entry= | state= ] from until "
    "reader json",
    .own = access_options,
    .summary = { "who read a log that enrolled keys alone may read: replays it, and shows the rows "
                 "that its access entries commit to",
                 "quién leyó una bitácora que solo leen claves dadas de alta: la verifica y "
                 "muestra "
                 "las filas a las que se comprometen sus asientos de accesos" },
};
