/* The subcommands of bitacorad, one file each: what each takes, and how it ends. Main thread. */
#ifndef DAEMON_HOST_CMD_H
#define DAEMON_HOST_CMD_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "proto/base/must_use.h"
#include "proto/sys/form.h"

enum exit_code {
    EXIT_FINE = 0,
    EXIT_DAMAGE = 1, /* the store is damaged, or the machine let the daemon down */
    EXIT_USAGE = 2,  /* usage or configuration, a locked directory included */
};

/* The options of a command line; NULL or false if they are not there. The texts are argv's. If a
 * text option is there twice, its last value counts. */
struct cmd_args {
    const char *dir;         /* --dir DIR */
    const char *origin;      /* --origin ORIGIN */
    const char *skew;        /* --skew SECONDS */
    const char *listen;      /* --listen HOST:PORT */
    const char *policy;      /* --policy FILE */
    const char *config;      /* --config FILE */
    const char *key;         /* --key FILE */
    const char *signer;      /* --signer PATH */
    const char *socket;      /* --socket PATH */
    const char *state;       /* --state DIR */
    const char *uid;         /* --uid NUMBER */
    const char *adopt;       /* --adopt CHECKPOINT */
    const char *hand_over;   /* --hand-over VKEY */
    const char *handed_over; /* --handed-over FILE */
    const char *pkcs11;      /* --pkcs11 MODULE */
    const char *token;       /* --token LABEL */
    const char *key_label;   /* --key-label LABEL */
    const char *pin_file;    /* --pin-file FILE */
    const char *token_dir;   /* --token-dir DIR */
    const char *passphrase_file;
    const char *user;      /* --user NAME */
    const char *to;        /* --to PATH */
    const char *after;     /* --after PATH */
    const char *from;      /* --from PATH */
    const char *newest;    /* --newest CHECKPOINT */
    const char *mirror;    /* --mirror DIR|URL */
    const char *successor; /* --successor VKEY */
    const char *predecessor;
    const char *predecessor_key;
    const char **registrar; /* every --registrar VKEY, and what follows it without an option */
    size_t registrars;
    bool check;
    bool freeze; /* --freeze */
    bool json;
    bool now;
    bool no_mark;    /* --no-mark */
    bool no_sandbox; /* --no-sandbox */
    bool encrypt;
    bool plaintext;
    bool help;
};

struct subcommand {
    const char *name;
    int (*run)(const struct cmd_args *args); /* returns the program's exit code */
    const char *form;                        /* what it takes: proto/sys/form.h */
    const struct form_option *own; /* options that mean something of their own to it; or NULL */
    const char *summary[2];        /* what it is for, by enum language */
    void (*print_more)(FILE *to);  /* what --help prints at its end; or NULL */
};

extern const struct subcommand command_init;    /* daemon/cmd_init.c */
extern const struct subcommand command_run;     /* daemon/cmd_run.c */
extern const struct subcommand command_index;   /* daemon/cmd_index.c */
extern const struct subcommand command_signer;  /* daemon/signer/cmd_signer.c */
extern const struct subcommand command_backup;  /* daemon/backup/cmd_backup.c */
extern const struct subcommand command_restore; /* daemon/backup/cmd_restore.c */
extern const struct subcommand command_freeze;  /* daemon/cmd_freeze.c */
extern const struct subcommand command_rotate;  /* daemon/cmd_rotate.c */
extern const struct subcommand command_fsck;    /* daemon/fsck/cmd_fsck.c */

/* The program: its name, the options that every command takes, and all options. */
extern const struct form_program bitacorad;

/* Parses argv[1…] by the command's form and runs it; for --help or -h prints its help instead.
 * Returns the program's exit code: EXIT_USAGE after having said what is wrong with an option; for
 * help EXIT_FINE, or EXIT_USAGE if there was anything else beside it: nothing was done of that, so
 * help goes to standard error then. --lang must have been taken out before. */
MUST_USE int cmd_run(const struct subcommand *c, int argc, char **argv);

/* Says on standard error what is wrong with what a command was given, and how it is called. The
 * format's arguments may be of anybody. Returns EXIT_USAGE. */
int cmd_usage(const struct subcommand *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Prints how the command is called and what it is for. */
void cmd_print_summary(FILE *to, const struct subcommand *c);

/* What the command takes, as form_json() says it. */
json_t *cmd_json(const struct subcommand *c);

/* The exit code of a command that ends with `code`: not EXIT_FINE if standard output could not be
 * written, which is said on standard error. */
int cmd_written(int code);

#endif
