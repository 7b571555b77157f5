/* What `--version` says: the program, its libraries as they run, the formats that it writes. Main
 * thread. */
#ifndef PROTO_SYS_VERSION_H
#define PROTO_SYS_VERSION_H

#include <stdbool.h>

struct version_part {
    const char *name; /* NULL ends a list */
    const char *version;
};

/* Whether the arguments behind argv[0] ask for the version: --version, and nothing else but --json,
 * which sets *json. */
bool version_asked(int argc, char **argv, bool *json);

/* Prints to standard output: the program and its version; proto's libraries and `libraries`;
 * proto's formats and `formats`. As JSON it is one object on one line. */
void version_print(const char *program, const struct version_part *libraries,
                   const struct version_part *formats, bool json);

#endif
