/* bitacora enroll, bitacora revoke: a registrar's two records, from options. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/options.h"
#include "client/base/written_time.h"
#include "client/submit/submit_options.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/tlog/key.h"

static enum outcome send_one(const struct args *a, json_t *record)
{
    enum outcome outcome;
    bool stop;
    struct submitter *s = submitter_open_args(a, &outcome);
    if (s == NULL) {
        json_decref(record);
        return outcome;
    }
    outcome = submitter_send(s, 1, record, &stop);
    outcome = outcome_worse(outcome, submitter_settle(s));
    submitter_close(s);
    return outcome;
}

static void set(json_t *record, const char *member, const char *value)
{
    if (value != NULL)
        json_put(record, member, json_text(value));
}

/* A time as people write it. Returns false after having said that it is none. */
static bool set_time(json_t *record, const char *member, const char *value)
{
    char full[WHEN_TEXT + 1];
    if (value == NULL)
        return true;
    if (written_time_parse(full, value) != 0) {
        say("--%s: %s", member, written_time_form());
        return false;
    }
    set(record, member, full);
    return true;
}

/* A key is enrolled only once ever: a mistyped time would spend it. */
static bool good_period(const json_t *record)
{
    const char *from = json_string_value(json_object_get(record, "from"));
    const char *until = json_string_value(json_object_get(record, "until"));
    char now[WHEN_TEXT + 1];
    when_format(now, clock_wall());
    bool ends_first = from != NULL && until != NULL && strcmp(from, until) >= 0;
    bool over = until != NULL && strcmp(until, now) <= 0;
    if (ends_first)
        say(TR("--until must be later than --from", "--until debe ser posterior a --from"));
    else if (over)
        say(TR("--until %s is in the past: the key could never sign, nor be enrolled again",
               "--until %s ya pasó: la clave nunca podría firmar ni volver a darse de alta"),
            until);
    return !ends_first && !over;
}

/* The daemon would refuse a bad vkey, too; this says so before anything is signed. */
static bool good_vkey(const char *text, struct vkey *key)
{
    const char *cause;
    if (span_starts(span_str(text), "PRIVATE+KEY+")) {
        say(TR(
            "--vkey: this is a PRIVATE key, and by now it may be in the shell's history: make a "
            "new one with keygen, never use this one again, and give what keygen prints",
            "--vkey: esto es una clave PRIVADA, y puede haber quedado en el historial de la "
            "terminal: cree otra con keygen, no vuelva a usar esta, y dé lo que imprime keygen"));
        return false;
    }
    if (vkey_parse(key, span_str(text), &cause) == 0)
        return true;
    say("--vkey: %s", cause_words(cause, language_get()));
    return false;
}

static enum outcome say_no_role(const char *name)
{
    struct nearest meant = { .said = name };
    say(TR("--role %s: no such role: --role registrar|judge|requester|holder|oversight|auditor",
           "--role %s: no existe ese papel: --role registrar|judge|requester|holder|oversight|"
           "auditor"),
        name);
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
        nearest_offer(&meant, role_name((enum role)r));
    say_meant("--role ", &meant);
    return OUTCOME_USAGE;
}

static enum outcome main_enroll(const struct args *a)
{
    struct vkey key;
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")) || !good_vkey(a->vkey, &key))
        return OUTCOME_USAGE;
    if (role_of_name(a->role) == ROLE_NONE)
        return say_no_role(a->role);
    json_t *record = json_made(json_object());
    set(record, "kind", "enroll");
    set(record, "vkey", a->vkey);
    set(record, "role", a->role);
    set(record, "authority", a->authority);
    set(record, "level", a->level);
    set(record, "name", key.name);
    set(record, "function", a->function);
    set(record, "jurisdiction", a->jurisdiction);
    set(record, "proof", a->proof);
    if (set_time(record, "from", a->from) && set_time(record, "until", a->until) &&
        good_period(record))
        return send_one(a, record);
    json_decref(record);
    return OUTCOME_USAGE;
}

static enum outcome main_revoke(const struct args *a)
{
    struct vkey key;
    if (!args_operands(a, 0, 0, TR("options only", "solo opciones")) || !good_vkey(a->vkey, &key))
        return OUTCOME_USAGE;
    json_t *record = json_made(json_object());
    set(record, "kind", "revoke");
    set(record, "vkey", a->vkey);
    set(record, "reason", a->reason);
    if (set_time(record, "since", a->since))
        return send_one(a, record);
    json_decref(record);
    return OUTCOME_USAGE;
}

const struct command command_enroll = {
    .name = "enroll",
    .run = main_enroll,
    .form = FORM_FETCHING
    "key! passphrase-file- vkey! role! authority! level! function jurisdiction from until proof "
    "log receipts state no-wait allow-plain",
    .own = registrar_key,
    .summary = { "enrol a key for a role", "da de alta una clave para un papel" },
};

const struct command command_revoke = {
    .name = "revoke",
    .run = main_revoke,
    .form = FORM_FETCHING "key! passphrase-file- vkey! reason! since log receipts state no-wait",
    .own = registrar_key,
    .summary = { "revoke a key", "revoca una clave" },
};
