/* The subcommands of bitacorad, one file each. A command gets its own name as argv[0] and returns
 * the exit code of the program. Main thread. */
#ifndef DAEMON_HOST_CMD_H
#define DAEMON_HOST_CMD_H

enum exit_code {
    EXIT_FINE = 0,
    EXIT_DAMAGE = 1, /* the store is damaged, or the machine let the daemon down */
    EXIT_USAGE = 2,  /* usage or configuration, a locked directory included */
};

int cmd_init(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_fsck(int argc, char **argv);

/* The exit code of a command that ends with `code`: not EXIT_FINE if standard output could not be
 * written, which is said. */
int cmd_written(int code);

/* Says what is wrong with what a command was given, and how it is called. Returns EXIT_USAGE. */
int cmd_usage(const char *command, const char *cause);

#endif
