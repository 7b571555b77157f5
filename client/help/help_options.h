/* What --help prints: of the program, of one command, and of both as JSON. Main thread. */
#ifndef CLIENT_HELP_HELP_OPTIONS_H
#define CLIENT_HELP_HELP_OPTIONS_H

#include "client/base/cmd.h"

/* All commands, with `n` of them. */
struct command_list {
    const struct command *const *command;
    size_t n;
};

/* Lists all commands. Returns OUTCOME_PROVEN; OUTCOME_USAGE where `to` is standard error. */
enum outcome help_print(FILE *to, struct command_list list);

/* Explains one command and its options. To standard error, and OUTCOME_USAGE, where it stands among
 * options with which something would have been done: nothing of that was done. */
enum outcome help_print_command(const struct command *c, const struct args *a);

/* Prints how the command is called. */
void help_print_synopsis(FILE *to, const struct command *c);

/* The same as one JSON object on standard output, in both languages (docs/INTERFACES.md, section
 * 32): of all commands, or, where `only` is not NULL, of that one. */
enum outcome help_print_json(struct command_list list, const struct command *only);

#endif
