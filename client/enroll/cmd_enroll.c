/* bitacora enroll, bitacora revoke: a registrar's two records, one from options or many from a
 * file. */
#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/options.h"
#include "client/base/written_time.h"
#include "client/enroll/near_names.h"
#include "client/submit/submit_options.h"
#include "client/submit/submit_whole.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/tlog/key.h"

/* ---- one record ------------------------------------------------------------------------------ */

/* The log is opened, the name looked at, and the record sent. */
static enum outcome send_one(const struct args *a, json_t *record)
{
    enum outcome outcome;
    bool stop;
    struct submitter *s = submitter_open_args(a, &outcome);
    struct near_names *names = s == NULL ? NULL : near_names_new(s);
    if (names != NULL) {
        near_names_look(names, a->authority);
        near_names_call(names, a->authority, a->display);
        outcome = near_names_agree(names, a->yes || a->check, false);
    } else if (s != NULL) {
        outcome = OUTCOME_UNDECIDED;
    }
    if (outcome == OUTCOME_PROVEN) {
        outcome = submitter_send(s, 1, record, &stop);
        outcome = outcome_worse(outcome, submitter_settle(s));
    } else {
        json_decref(record);
    }
    near_names_free(names);
    if (s != NULL)
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
    const char *wrong = written_time_here(full, value);
    if (wrong != NULL) {
        say("--%s: %s", member, wrong);
        return false;
    }
    set(record, member, full);
    return true;
}

/* A key is enrolled only once ever: a mistyped time would spend it. Fills *why and returns -1. */
static int check_period(const json_t *record, struct complaint *why)
{
    const char *from = json_string_value(json_object_get(record, "from"));
    const char *until = json_string_value(json_object_get(record, "until"));
    char now[WHEN_TEXT + 1];
    when_format(now, clock_wall());
    bool ends_first = from != NULL && until != NULL && strcmp(from, until) >= 0;
    bool over = until != NULL && strcmp(until, now) <= 0;
    snprintf(why->code, sizeof why->code, "form");
    if (ends_first)
        snprintf(why->detail, sizeof why->detail, "%s",
                 TR("--until must be later than --from", "--until debe ser posterior a --from"));
    else if (over)
        snprintf(
            why->detail, sizeof why->detail,
            TR("--until %.30s is in the past: the key could never sign, nor be enrolled again",
               "--until %.30s ya pasó: la clave nunca podría firmar ni volver a darse de alta"),
            until);
    return ends_first || over ? -1 : 0;
}

static bool good_period(const json_t *record)
{
    struct complaint why;
    if (check_period(record, &why) == 0)
        return true;
    say("%s", why.detail);
    return false;
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
    say(TR("--vkey: %s: it is what keygen printed, NAME+ID+KEY; `bitacora signers --json` lists "
           "those that are enrolled",
           "--vkey: %s: es lo que imprimió keygen, NOMBRE+ID+CLAVE; `bitacora signers --json` "
           "enumera las que están dadas de alta"),
        cause_words(cause, language_get()));
    return false;
}

static void meant_role(struct nearest *meant)
{
    for (int r = ROLE_NONE + 1; r < ROLE_COUNT; r++)
        nearest_offer(meant, role_name((enum role)r));
}

static enum outcome say_no_role(const char *name)
{
    struct nearest meant = { .said = name };
    meant_role(&meant);
    say(TR("--role %s: no such role: --role registrar|judge|requester|holder|oversight|auditor",
           "--role %s: no existe ese papel: --role registrar|judge|requester|holder|oversight|"
           "auditor"),
        name);
    say_meant("--role ", &meant);
    return OUTCOME_USAGE;
}

/* ---- a list ---------------------------------------------------------------------------------- */

struct enrol_list {
    const struct args *args;
    struct near_names *names;
};

/* What the log would take, and nobody wants. */
static int look_at_enrolment(void *ctx, const json_t *line, struct complaint *why)
{
    struct enrol_list *l = ctx;
    const char *authority = json_string_value(json_object_get(line, "authority"));
    const char *role = json_string_value(json_object_get(line, "role"));
    struct nearest meant = { .said = role == NULL ? "" : role };
    if (role != NULL && role_of_name(role) == ROLE_NONE) {
        meant_role(&meant);
        snprintf(why->code, sizeof why->code, "form");
        snprintf(why->detail, sizeof why->detail,
                 TR("role %.40s: no such role%s%s%s", "papel %.40s: no existe%s%s%s"), role,
                 meant.best == NULL ? "" : TR("; did you mean ", "; ¿quiso decir "),
                 meant.best == NULL ? "" : meant.best, meant.best == NULL ? "" : "?");
        return -1;
    }
    near_names_look(l->names, authority);
    near_names_call(l->names, authority, json_string_value(json_object_get(line, "display")));
    return check_period(line, why);
}

static enum outcome agree_to_names(void *ctx)
{
    const struct enrol_list *l = ctx;
    return near_names_agree(l->names, l->args->yes || l->args->check, true);
}

static enum outcome send_list(const struct args *a, enum kind kind)
{
    struct enrol_list list = { .args = a };
    struct whole_options options = { .path = a->operand[0],
                                     .resume = a->resume,
                                     .check = a->check,
                                     .json = a->json,
                                     .only = kind,
                                     .ctx = &list };
    struct submit_options submit;
    enum outcome outcome = submit_options_read(&submit, a);
    submit.lines = true;
    struct submitter *s = outcome == OUTCOME_PROVEN ? submitter_open(&submit, &outcome) : NULL;
    if (s == NULL)
        return outcome;
    list.names = near_names_new(s);
    if (kind == KIND_ENROLL) {
        options.look = look_at_enrolment;
        options.agree = agree_to_names;
    }
    outcome = list.names == NULL ? OUTCOME_UNDECIDED : submit_whole(s, &options);
    near_names_free(list.names);
    submitter_close(s);
    return outcome;
}

/* A file of records, or options that make one; not both. Returns false after having said so. */
static bool is_list(const struct args *a, bool *list, const char *const (*needed)[2])
{
    *list = a->operands == 1;
    if (a->operands > 1 || (*list && a->vkey != NULL)) {
        say(TR("this takes options that describe one key, or one file of records",
               "esta orden lleva opciones que describen una clave, o un archivo de registros"));
        return false;
    }
    if (a->resume && !*list) {
        say(TR("--resume goes with a file of records", "--resume va con un archivo de registros"));
        return false;
    }
    for (; !*list && (*needed)[0] != NULL; needed++) {
        if ((*needed)[1] != NULL)
            continue;
        say(TR("--%s is needed", "hace falta --%s"), (*needed)[0]);
        return false;
    }
    return true;
}

/* ---- the commands ---------------------------------------------------------------------------- */

static enum outcome main_enroll(const struct args *a)
{
    const char *const needed[][2] = { { "vkey", a->vkey },
                                      { "role", a->role },
                                      { "authority", a->authority },
                                      { "level", a->level },
                                      { NULL, NULL } };
    struct vkey key;
    bool list;
    if (!is_list(a, &list, needed))
        return OUTCOME_USAGE;
    if (list)
        return send_list(a, KIND_ENROLL);
    if (!good_vkey(a->vkey, &key))
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
    set(record, "display", a->display);
    if (set_time(record, "from", a->from) && set_time(record, "until", a->until) &&
        good_period(record))
        return send_one(a, record);
    json_decref(record);
    return OUTCOME_USAGE;
}

static enum outcome main_revoke(const struct args *a)
{
    const char *const needed[][2] = { { "vkey", a->vkey },
                                      { "reason", a->reason },
                                      { NULL, NULL } };
    struct vkey key;
    bool list;
    if (!is_list(a, &list, needed))
        return OUTCOME_USAGE;
    if (list)
        return send_list(a, KIND_REVOKE);
    if (!good_vkey(a->vkey, &key))
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
    .form = FORM_FETCHING "key! passphrase-file- vkey= role= authority= level= function "
                          "jurisdiction display from until zone proof check yes "
                          "log receipts state no-wait allow-plain , " FORM_FETCHING
                          "key! passphrase-file- check yes resume log receipts state no-wait "
                          "allow-plain RECORDS",
    .own = registrar_key,
    .summary = { "enrol a key for a role, or a whole list of keys",
                 "da de alta una clave para un papel, o una lista entera de claves" },
};

const struct command command_revoke = {
    .name = "revoke",
    .run = main_revoke,
    .form = FORM_FETCHING "key! passphrase-file- vkey= reason= since zone check log receipts state "
                          "no-wait , " FORM_FETCHING
                          "key! passphrase-file- check resume log receipts state no-wait RECORDS",
    .own = registrar_key,
    .summary = { "revoke a key, or a whole list of keys",
                 "revoca una clave, o una lista entera de claves" },
};
