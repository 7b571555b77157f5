#include <curl/curl.h>
#include <event2/event.h>
#include <sodium.h>
#include <string.h>

#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/host/said.h"
#include "daemon/store/store.h"
#include "proto/lib/bitacora.h"
#include "proto/process/process.h"
#include "proto/sys/form_json.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/sys/version.h"
#include "proto/text/nearest.h"
#include "proto/tlog/signing.h"

static const struct subcommand *const commands[] = {
    &command_init,   &command_run,     &command_index,  &command_fsck,  &command_signer,
    &command_backup, &command_restore, &command_freeze, &command_rotate
};

#define COMMANDS (sizeof commands / sizeof *commands)

static const char *const about[] = {
    "keep an audit log whose operator need not be trusted",
    "lleva una bitácora sin que haya que confiar en quien la opera"
};

/* enum exit_code */
static const struct form_term exits[] = {
    { "0", { "fine", "bien" } },
    { "1",
      { "the store is damaged or the machine failed",
        "el almacén está dañado o falló la máquina" } },
    { "2", { "usage or configuration", "uso o configuración" } },
    { NULL, { NULL, NULL } },
};

static const struct form_term environment[] = {
    { "LC_ALL, LC_MESSAGES, LANG",
      { "the language, where there is no --lang: Spanish if the first one that is set begins with "
        "es, else English",
        "el idioma, si no hay --lang: español si la primera que exista empieza con es; si no, "
        "inglés" } },
    { "CREDENTIALS_DIRECTORY",
      { "of systemd: where the credential bitacora-passphrase is",
        "de systemd: dónde está la credencial bitacora-passphrase" } },
    { "NOTIFY_SOCKET, WATCHDOG_USEC, LISTEN_FDS",
      { "of systemd: whom to tell, how often, and the socket that is passed",
        "de systemd: a quién avisar, cada cuánto, y el socket que se recibe" } },
    { "SSL_CERT_FILE",
      { "the authorities (PEM) of witnesses, where the setting cacert is empty",
        "las autoridades (PEM) de los testigos, si el ajuste cacert está vacío" } },
    { NULL, { NULL, NULL } },
};

static void print_usage(FILE *to)
{
    fprintf(to, "bitacorad: %s\n\n", about[language_get()]);
    for (size_t i = 0; i < COMMANDS; i++)
        cmd_print_summary(to, commands[i]);
    fputs(TR("\nbitacorad --version [--json]: the version, the libraries, the formats.\n"
             "With every command: --lang en|es, --help, which explains its options.\n\n",
             "\nbitacorad --version [--json]: la versión, las bibliotecas, los formatos.\n"
             "Con toda orden: --lang en|es, --help, que explica sus opciones.\n\n"),
          to);
    form_print_terms(to, TR("Exit:", "Salida:"), exits, language_get());
    fputc('\n', to);
    form_print_terms(to, TR("Environment:", "Entorno:"), environment, language_get());
}

/* The same as JSON, in both languages: docs/INTERFACES.md, section 32. Of one command, or of all
 * (NULL). */
static int print_json(const char *only)
{
    json_t *list = json_array();
    for (size_t i = 0; i < COMMANDS; i++)
        if (only == NULL || strcmp(only, commands[i]->name) == 0)
            json_array_append_new(list, cmd_json(commands[i]));
    json_t *o = json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o}", "program", "bitacorad", "version",
                          BITACORA_VERSION, "about", form_json_text(about), "commands", list,
                          "exit", form_json_terms(exits, "code"), "environment",
                          form_json_terms(environment, "name"), "settings", config_json());
    if (o == NULL) {
        fputs(TR("bitacorad: out of memory\n", "bitacorad: memoria agotada\n"), stderr);
        return EXIT_DAMAGE;
    }
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
    return EXIT_FINE;
}

static bool is_help(const char *arg)
{
    return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0 || strcmp(arg, "help") == 0;
}

/* bitacorad [COMMAND] --help --json, in any order. *only is the command, or NULL for all. */
static bool help_asked_as_json(int argc, char **argv, const char **only)
{
    bool help = false, json = false, known = argc == 3;
    *only = NULL;
    for (size_t i = 0; argc == 4 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0) {
            *only = argv[1];
            known = true;
        }
    for (int i = argc - 2; known && i < argc; i++) {
        help = help || is_help(argv[i]);
        json = json || strcmp(argv[i], "--json") == 0;
    }
    return help && json;
}

/* Takes --lang out, wherever it stands. Returns false if there is no such language. */
static bool take_language(int *argc, char **argv)
{
    int kept = 1;
    bool known = true;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--lang") == 0)
            known = language_choose(i + 1 < *argc ? argv[++i] : "") && known;
        else if (strncmp(argv[i], "--lang=", strlen("--lang=")) == 0)
            known = language_choose(argv[i] + strlen("--lang=")) && known;
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    argv[kept] = NULL;
    return known;
}

/* Before all else: it says which libraries those are that may be at fault. */
static int print_version(bool json)
{
    char lmdb[16];
    store_engine_version(lmdb);
    const struct version_part libraries[] = {
        { "LMDB", lmdb },
        { "libevent", event_get_version() },
        { "libcurl", curl_version_info(CURLVERSION_NOW)->version },
        { NULL, NULL },
    };
    const struct version_part formats[] = { { "store", store_format() }, { NULL, NULL } };
    version_print("bitacorad", libraries, formats, json);
    return EXIT_FINE;
}

static int no_such(const char *name)
{
    struct nearest meant = { .said = name };
    for (size_t i = 0; i < COMMANDS; i++)
        nearest_offer(&meant, commands[i]->name);
    terminal_print(stderr,
                   TR("bitacorad: no such command: %s\n", "bitacorad: no existe esa orden: %s\n"),
                   name);
    if (meant.best != NULL)
        terminal_print(stderr, TR("bitacorad: did you mean %s?\n", "bitacorad: ¿quiso decir %s?\n"),
                       meant.best);
    fputs(TR("bitacorad: bitacorad --help lists all commands\n",
             "bitacorad: bitacorad --help enumera todas\n"),
          stderr);
    return EXIT_USAGE;
}

static int run_program(int argc, char **argv)
{
    if (!take_language(&argc, argv)) {
        fputs("bitacorad: --lang en|es\n", stderr);
        return EXIT_USAGE;
    }
    if (argc == 2 && is_help(argv[1])) {
        print_usage(stdout);
        return EXIT_FINE;
    }
    const char *only;
    if (help_asked_as_json(argc, argv, &only))
        return print_json(only);
    bool json;
    if (version_asked(argc, argv, &json))
        return print_version(json);
    if (sodium_init() < 0) {
        fputs(TR("bitacorad: libsodium could not be started\n",
                 "bitacorad: no se pudo iniciar libsodium\n"),
              stderr);
        return EXIT_DAMAGE;
    }
    const char *differs = signing_begin();
    if (differs != NULL) {
        fprintf(stderr,
                TR("bitacorad: this libsodium (%s) does not judge signatures as docs/FORMATS.md, "
                   "section 2, "
                   "says (%s): use another one\n",
                   "bitacorad: esta libsodium (%s) no juzga las firmas como dice docs/FORMATS.md, "
                   "sección 2 (%s): use otra\n"),
                sodium_version_string(), differs);
        return EXIT_USAGE;
    }
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i]->name) == 0)
            return cmd_run(commands[i], argc - 1, argv + 1);
    if (argc > 1)
        return no_such(argv[1]);
    print_usage(stderr);
    return EXIT_USAGE;
}

/* Before the command line is parsed, which may fail. The signer's lines are JSON themselves. */
static bool json_asked(int argc, char **argv)
{
    bool asked = false;
    for (int i = 1; i < argc; i++)
        asked = asked || strcmp(argv[i], "--json") == 0;
    return asked && strcmp(argv[1], command_signer.name) != 0;
}

int main(int argc, char **argv)
{
    process_hold_streams(false);
    process_dump_no_core();
    language_init();
    if (json_asked(argc, argv))
        said_keep();
    return cmd_written(said_print(run_program(argc, argv)));
}
