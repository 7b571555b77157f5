#include "daemon/host/cmd.h"

#include <errno.h>

#include "proto/sys/language.h"

static void print_synopsis(FILE *to, const struct subcommand *c)
{
    fprintf(to, TR("usage: bitacorad %s %s\n", "uso: bitacorad %s %s\n"), c->name,
            c->synopsis[language_get()]);
}

int cmd_usage(const struct subcommand *c, const char *cause)
{
    fprintf(stderr, "bitacorad %s: %s\n", c->name, cause);
    print_synopsis(stderr, c);
    return EXIT_USAGE;
}

int cmd_help(const struct subcommand *c, bool alone)
{
    FILE *to = alone ? stdout : stderr;
    print_synopsis(to, c);
    fprintf(to, "\n%s", c->options[language_get()]);
    if (c->print_more != NULL)
        c->print_more(to);
    return alone ? EXIT_FINE : EXIT_USAGE;
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
