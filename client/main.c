/* bitacora: a table of subcommands. */
#include <curl/curl.h>
#include <errno.h>
#include <event2/event.h>
#include <sodium.h>
#include <stdio.h>

#include "client/audit/audit_state.h"
#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "client/base/written_time.h"
#include "client/help/help_options.h"
#include "client/report/parameters.h"
#include "client/seal/private.h"
#include "proto/process/process.h"
#include "proto/sys/version.h"
#include "proto/tlog/signing.h"

static const struct command *const commands[] = {
    &command_keygen,  &command_key,     &command_enroll,
    &command_revoke,  &command_submit,  &command_import,
    &command_verify,  &command_receipt, &command_verify_evidence,
    &command_answer,  &command_replay,  &command_audit,
    &command_warrant, &command_report,  &command_notify,
    &command_signers, &command_mirror,  &command_witness,
    &command_new,     &command_open,    &command_disclose,
    &command_pin,     &command_schema,  &command_ruleset,
    &command_page,    &command_access,  &command_confront,
    &command_show,    &command_export,  &command_present,
    &command_gate,
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const struct command_list all = { commands, COMMANDS };

/* What programs read says the same wherever, and for whomever, the command runs. */
static bool is_for_programs(const struct args *a)
{
    return a->json || a->csv || a->sarif || a->follow;
}

static enum outcome run_command(const struct command *c, int argc, char **argv)
{
    struct args a;
    enum outcome outcome = OUTCOME_USAGE;
    bool parsed = args_parse(&a, argc, argv, c->form);
    if (parsed && is_for_programs(&a))
        zone_for_programs();
    if (!parsed)
        say(TR("bitacora %s --help explains what it takes",
               "bitacora %s --help explica lo que lleva"),
            c->name);
    else if (a.zone == NULL || written_zone_choose(a.zone))
        outcome = a.help && a.json ? help_print_json(all, c)
                  : a.help         ? help_print_command(c, &a)
                                   : c->run(&a);
    if (a.policy_by_environment && outcome != OUTCOME_PROVEN && !a.help)
        say(TR("the policy is %s, by BITACORA_POLICY", "la política es %s, por BITACORA_POLICY"),
            a.policy);
    args_close(&a);
    return outcome;
}

static bool is_help(const char *arg)
{
    return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0 || strcmp(arg, "help") == 0;
}

/* Before the command line is parsed, which may fail. */
static bool json_asked(int argc, char **argv)
{
    for (int i = 1; i < argc; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}

/* --help and --json, in any order, and nothing else. */
static bool help_json_asked(int argc, char **argv)
{
    return argc == 3 && ((is_help(argv[1]) && strcmp(argv[2], "--json") == 0) ||
                         (is_help(argv[2]) && strcmp(argv[1], "--json") == 0));
}

/* --lang and --help before a command: takes them off. Returns false after having said what is
 * wrong. */
static bool take_first(int *argc, char ***argv, bool *helping)
{
    static const char lang[] = "--lang";
    for (; *argc > 1; --*argc, ++*argv) {
        const char *arg = (*argv)[1], *language = NULL;
        if (strcmp(arg, lang) == 0 && *argc > 2) {
            language = (*argv)[2];
            --*argc, ++*argv;
        } else if (strncmp(arg, lang, strlen(lang)) == 0) {
            language = arg[strlen(lang)] == '=' ? arg + strlen(lang) + 1 : "";
        } else if (is_help(arg)) {
            *helping = true;
        } else {
            return true;
        }
        if (language != NULL && !language_choose(language)) {
            say("--lang en|es");
            return false;
        }
    }
    return true;
}

static enum outcome no_such(const char *name)
{
    struct nearest meant = { .said = name };
    say(TR("no such command: %s", "no existe esa orden: %s"), name);
    for (size_t i = 0; i < COMMANDS; i++)
        nearest_offer(&meant, commands[i]->name);
    say_meant("", &meant);
    return say_usage(TR("bitacora --help lists all commands", "bitacora --help enumera todas"));
}

static enum outcome run_named(int argc, char **argv, bool helping)
{
    for (size_t i = 0; i < COMMANDS; i++) {
        if (strcmp(argv[1], commands[i]->name) != 0)
            continue;
        if (helping)
            return help_print_command(
                commands[i], &(struct args){ .operand = argv + 2, .operands = (size_t)argc - 2 });
        return run_command(commands[i], argc - 1, argv + 1);
    }
    return no_such(argv[1]);
}

/* With --json standard output is never empty where a command could not give its result. */
static enum outcome concluded(enum outcome outcome)
{
    if (outcome == OUTCOME_USAGE || outcome == OUTCOME_UNDECIDED || outcome == OUTCOME_BAD)
        trouble_print(outcome == OUTCOME_BAD, outcome == OUTCOME_USAGE ? "usage"
                                              : outcome == OUTCOME_BAD ? "bad"
                                                                       : "undecided");
    return outcome;
}

/* A result that could not be written was not given. */
static enum outcome written(enum outcome outcome)
{
    bool flushed = fflush(stdout) == 0;
    const char *cause = flushed ? "" : errno_words(errno);
    if (flushed && !ferror(stdout) && terminal_is_whole())
        return outcome;
    return outcome_worse(outcome, say_undecided(TR("standard output could not be written%s%s",
                                                   "no se pudo escribir la salida estándar%s%s"),
                                                flushed ? "" : ": ", cause));
}

#define QUOTED(x) #x
#define NUMBER(x) QUOTED(x)

/* Before all else: it says which libraries those are that may be at fault. */
static enum outcome print_version(bool json)
{
    const struct version_part libraries[] = {
        { "libevent", event_get_version() },
        { "libcurl", curl_version_info(CURLVERSION_NOW)->version },
        { NULL, NULL },
    };
    static const struct version_part formats[] = {
        { "audit state", AUDIT_STATE_FORMAT },
        { "private part", PRIVATE_FORMAT },
        { "report", NUMBER(REPORT_FORMAT) },
        { NULL, NULL },
    };
    version_print("bitacora", libraries, formats, json);
    return OUTCOME_PROVEN;
}

int main(int argc, char **argv)
{
    bool json;
    bool helping = false;
    process_hold_streams(true);
    process_dump_no_core();
    language_init();
    if (version_asked(argc, argv, &json))
        return (int)written(print_version(json));
    if (sodium_init() < 0)
        return say_undecided(TR("libsodium could not be started", "no se pudo iniciar libsodium"));
    const char *differs = signing_begin();
    if (differs != NULL)
        return say_usage(
            TR("this libsodium (%s) does not judge signatures as docs/FORMATS.md, section 2, "
               "says (%s): use another one",
               "esta libsodium (%s) no juzga las firmas como dice docs/FORMATS.md, "
               "sección 2 (%s): use otra"),
            sodium_version_string(), differs);
    if (json_asked(argc, argv))
        trouble_keep();
    if (help_json_asked(argc, argv))
        return (int)written(help_print_json(all, NULL));
    if (!take_first(&argc, &argv, &helping))
        return (int)written(concluded(OUTCOME_USAGE));
    enum outcome outcome =
        argc < 2 ? help_print(helping ? stdout : stderr, all) : run_named(argc, argv, helping);
    return written(concluded(lost_outcome(fetch_outcome(outcome))));
}
