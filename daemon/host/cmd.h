/* The subcommands of bitacorad, one file each: a description, and how it ends. Main thread. */
#ifndef DAEMON_HOST_CMD_H
#define DAEMON_HOST_CMD_H

#include <stdbool.h>
#include <stdio.h>

enum exit_code {
    EXIT_FINE = 0,
    EXIT_DAMAGE = 1, /* the store is damaged, or the machine let the daemon down */
    EXIT_USAGE = 2,  /* usage or configuration, a locked directory included */
};

struct subcommand {
    const char *name;
    int (*run)(int argc, char **argv); /* argv[0] is its name; returns the program's exit code */
    const char *synopsis[2];           /* its options in one line, by enum language */
    const char *options[2];            /* a line for each option, by enum language */
    void (*print_more)(FILE *to);      /* what --help prints after that; or NULL */
};

extern const struct subcommand command_init; /* daemon/cmd_init.c */
extern const struct subcommand command_run;  /* daemon/cmd_run.c */
extern const struct subcommand command_fsck; /* daemon/fsck/cmd_fsck.c */

/* Says on standard error what is wrong with what a command was given, and how it is called.
 * Returns EXIT_USAGE. */
int cmd_usage(const struct subcommand *c, const char *cause);

/* Prints what --help says. With other arguments beside it (not alone) that goes to standard error,
 * as nothing was done of what was asked. Returns EXIT_FINE or, not alone, EXIT_USAGE. */
int cmd_help(const struct subcommand *c, bool alone);

/* The exit code of a command that ends with `code`: not EXIT_FINE if standard output could not be
 * written, which is said on standard error. */
int cmd_written(int code);

#endif
