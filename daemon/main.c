#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "daemon/cmd.h"
#include "daemon/words.h"

static const struct {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *summary;
} commands[] = {
    { "init", cmd_init, "--dir DIR --origin ORIGIN --registrar VKEY… [--skew SECONDS]" },
    { "run", cmd_run, "--dir DIR [--listen HOST:PORT] [--policy POLICY] [--config FILE]" },
    { "fsck", cmd_fsck, "--dir DIR [--json]" },
};

#define COMMANDS (sizeof commands / sizeof *commands)

static void print_usage(FILE *to)
{
    fputs(TR("usage:\n", "uso:\n"), to);
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(to, "  bitacorad %-5s %s\n", commands[i].name, commands[i].summary);
}

int main(int argc, char **argv)
{
    struct rlimit none = { 0 };
    setrlimit(RLIMIT_CORE, &none); /* the log's key is in memory */
    words_init();
    if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "help") == 0)) {
        print_usage(stdout);
        return EXIT_FINE;
    }
    if (sodium_init() < 0) {
        fputs(TR("bitacorad: libsodium could not be started\n",
                 "bitacorad: no se pudo iniciar libsodium\n"),
              stderr);
        return EXIT_DAMAGE;
    }
    for (size_t i = 0; argc > 1 && i < COMMANDS; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    print_usage(stderr);
    return EXIT_USAGE;
}
