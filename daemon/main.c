#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/host/words.h"
#include "proto/tlog/signing.h"

// clang-format off
static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *synopsis[2]; /* by enum language */
    const char *options[2];
} commands[] = {
    { "init", cmd_init,
      { "--dir DIR --origin ORIGIN --registrar VKEY… [--skew SECONDS]",
        "--dir CARPETA --origin ORIGEN --registrar VKEY… [--skew SEGUNDOS]" },
      { "  --dir DIR         needed  the log's folder, which holds no log yet\n"
        "  --origin ORIGIN   needed  the log's name, such as log.example.mx/2026: for ever\n"
        "  --registrar VKEY  needed  who may enrol keys: a public key, as bitacora keygen prints it; or several\n"
        "  --skew SECONDS            how far a signer's clock may be off: 1 to 86400; if absent, 600\n",
        "  --dir CARPETA     necesaria  la carpeta de la bitácora, que aún no tiene ninguna\n"
        "  --origin ORIGEN   necesaria  el nombre de la bitácora, como log.example.mx/2026: para siempre\n"
        "  --registrar VKEY  necesaria  quién da de alta claves: una clave pública, como la imprime bitacora keygen; o varias\n"
        "  --skew SEGUNDOS              cuánto puede desviarse el reloj de quien firma: de 1 a 86400; si falta, 600\n" } },
    { "run", cmd_run,
      { "--dir DIR [--listen HOST:PORT] [--policy POLICY] [--config FILE]",
        "--dir CARPETA [--listen HOST:PUERTO] [--policy POLÍTICA] [--config ARCHIVO]" },
      { "  --dir DIR           needed  the log's folder, as init made it\n"
        "  --listen HOST:PORT          where to serve; port 0 is a free one\n"
        "  --policy POLICY             file: the log's witnesses, their URLs and the quorum\n"
        "  --config FILE               settings, a line each, NAME = VALUE; what is not there is:\n\n",
        "  --dir CARPETA         necesaria  la carpeta de la bitácora, como la hizo init\n"
        "  --listen HOST:PUERTO             dónde servir; el puerto 0 es uno libre\n"
        "  --policy POLÍTICA                archivo: los testigos de la bitácora, sus URL y el quórum\n"
        "  --config ARCHIVO                 ajustes, uno por línea, NOMBRE = VALOR; lo que no esté es:\n\n" } },
    { "fsck", cmd_fsck,
      { "--dir DIR [--json]", "--dir CARPETA [--json]" },
      { "  --dir DIR  needed  the log's folder; no daemon may be running on it\n"
        "  --json             the result as JSON, for programs\n",
        "  --dir CARPETA  necesaria  la carpeta de la bitácora, sin un daemon que la use\n"
        "  --json                    el resultado en JSON, para programas\n" } },
};
// clang-format on

#define COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *to)
{
    fputs(TR("usage:\n", "uso:\n"), to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  bitacorad %-5s %s\n", commands[i].name,
                commands[i].synopsis[words_language()]);
    fputs(TR("with each: --lang en|es, --help, which explains its options\n",
             "con cada una: --lang en|es, --help, que explica sus opciones\n"),
          to);
}

static void print_synopsis(FILE *to, size_t i)
{
    fprintf(to, TR("usage: bitacorad %s %s\n", "uso: bitacorad %s %s\n"), commands[i].name,
            commands[i].synopsis[words_language()]);
}

int cmd_usage(const char *command, const char *cause)
{
    fprintf(stderr, "bitacorad %s: %s\n", command, cause);
    for (size_t i = 0; i < COMMANDS; i++)
        if (strcmp(command, commands[i].name) == 0)
            print_synopsis(stderr, i);
    return EXIT_USAGE;
}

/* Beside other options it is a mistake: nothing was done of what was asked. */
static int help(size_t i, bool alone)
{
    FILE *to = alone ? stdout : stderr;
    print_synopsis(to, i);
    fprintf(to, "\n%s", commands[i].options[words_language()]);
    if (commands[i].run == cmd_run)
        config_print(to);
    return alone ? EXIT_FINE : EXIT_USAGE;
}

static bool is_help(const char *arg)
{
    return strcmp(arg, "--help") == 0 || strcmp(arg, "-h") == 0 || strcmp(arg, "help") == 0;
}

/* Takes --lang out, wherever it stands. Returns false if there is no such language. */
static bool take_language(int *argc, char **argv)
{
    int kept = 1;
    bool known = true;
    for (int i = 1; i < *argc; i++) {
        if (strcmp(argv[i], "--lang") == 0)
            known = words_set(i + 1 < *argc ? argv[++i] : "") && known;
        else if (strncmp(argv[i], "--lang=", strlen("--lang=")) == 0)
            known = words_set(argv[i] + strlen("--lang=")) && known;
        else
            argv[kept++] = argv[i];
    }
    *argc = kept;
    argv[kept] = NULL;
    return known;
}

static int run_command(size_t i, int argc, char **argv)
{
    for (int k = 1; k < argc; k++)
        if (strcmp(argv[k], "--help") == 0)
            return help(i, argc == 2);
    return commands[i].run(argc, argv);
}

/* The store must not get the number of a stream that was closed: what is printed would be
 * written into it. */
static void hold_streams(void)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", O_RDWR);
}

int cmd_written(int code)
{
    bool flushed = fflush(stdout) == 0;
    const char *cause = flushed ? "" : errno_words(errno);
    if (flushed && !ferror(stdout))
        return code;
    fprintf(stderr,
            TR("bitacorad: standard output could not be written%s%s\n",
               "bitacorad: no se pudo escribir la salida estándar%s%s\n"),
            flushed ? "" : ": ", cause);
    return code == EXIT_FINE ? EXIT_USAGE : code;
}

static int run(int argc, char **argv)
{
    if (!take_language(&argc, argv)) {
        fputs("bitacorad: --lang en|es\n", stderr);
        return EXIT_USAGE;
    }
    if (argc == 2 && is_help(argv[1])) {
        print_usage(stdout);
        return EXIT_FINE;
    }
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
        if (strcmp(argv[1], commands[i].name) == 0)
            return run_command(i, argc - 1, argv + 1);
    print_usage(stderr);
    return EXIT_USAGE;
}

int main(int argc, char **argv)
{
    struct rlimit none = { 0 };
    hold_streams();
    setrlimit(RLIMIT_CORE, &none); /* the log's key is in memory */
    words_init();
    return cmd_written(run(argc, argv));
}
