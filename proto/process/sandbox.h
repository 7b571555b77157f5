/* What the process may still do once it has opened what it needs: the kernel refuses the rest, also
 * to somebody who has taken the process over. Two parts: seccomp (which system calls) and Landlock
 * (which files). Both only ever take rights away, are inherited by each thread that starts later,
 * and cannot be left again. Main thread, before others start. */
#ifndef PROTO_PROCESS_SANDBOX_H
#define PROTO_PROCESS_SANDBOX_H

#include <stdbool.h>
#include <stddef.h>

#include "proto/base/must_use.h"

#define SANDBOX_PATHS 64
#define SANDBOX_PATH_MAX 4096 /* bytes, with the zero byte */

enum sandbox_use {
    SANDBOX_READ,   /* read a file, or all below a folder */
    SANDBOX_WRITE,  /* and write, make, rename and remove regular files and folders */
    SANDBOX_REMOVE, /* remove what is in a folder, and nothing else */
};

enum sandbox_network {
    SANDBOX_NO_NETWORK, /* accepts on sockets that are open already; makes and connects none */
    SANDBOX_LOCAL,      /* also makes and connects Unix sockets */
    SANDBOX_CONNECTS,   /* also connects to other machines, and resolves their names */
};

struct sandbox_rule {
    char path[SANDBOX_PATH_MAX];
    enum sandbox_use use;
};

/* All zero at first. About 270 kB. */
struct sandbox_plan {
    enum sandbox_network network;
    bool any_file; /* leave Landlock out: it is not known which files a foreign module needs */
    struct sandbox_rule rule[SANDBOX_PATHS];
    size_t rules;
    bool full; /* a rule found no room: sandbox_enter() fails */
};

/* Adds a file or folder, which must exist when the sandbox is entered. A link is followed then.
 * NULL and "" add nothing. */
void sandbox_add(struct sandbox_plan *p, enum sandbox_use use, const char *path);

/* Adds the folder in which a file is. */
void sandbox_add_folder_of(struct sandbox_plan *p, enum sandbox_use use, const char *file);

/* Adds, to be read, the folder in which a file is, and the folder of the file that it leads to if
 * it is a link. So the file may be replaced by another one, or the link turned to another file of
 * that folder (as certbot does), and the file be read again. NULL, "", and what is in no folder
 * that exists, add nothing. */
void sandbox_add_replaced(struct sandbox_plan *p, const char *file);

/* Adds a folder to be written, and the folders to which links in it lead: an operator may have put
 * a part of it on another disk. */
void sandbox_add_data(struct sandbox_plan *p, const char *dir);

/* Why a part of the sandbox is not active. */
enum sandbox_part {
    SANDBOX_ACTIVE,
    SANDBOX_UNWANTED,  /* the plan or the operator left it out */
    SANDBOX_MISSING,   /* this kernel does not have it, or a version that is too old */
    SANDBOX_SANITIZER, /* left out when this program was built: a sanitizer needs other calls */
};

struct sandbox_state {
    enum sandbox_part calls; /* seccomp */
    enum sandbox_part files; /* Landlock */
};

/* What sandbox_enter() would find on this machine. Changes nothing. */
struct sandbox_state sandbox_look(void);

/* Enters it. A part that the kernel does not have is left out, as *state says. What is refused
 * afterwards stands in docs/DESIGN.md, "What each process may do". Returns 0; or -1 with errno and
 * *what (static, or a path of the plan): then the process must end, as it may be in half of it. */
MUST_USE int sandbox_enter(const struct sandbox_plan *p, struct sandbox_state *state,
                           const char **what);

/* What is active, and why not the rest: "seccomp and Landlock", "none, as it was switched off".
 * `language` is 0 for English, 1 for Spanish. */
const char *sandbox_words(struct sandbox_state s, unsigned language);

#endif
