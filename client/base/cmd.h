/* The subcommands of bitacora, each described in its own cmd_*.c. Main thread. */
#ifndef CLIENT_BASE_CMD_H
#define CLIENT_BASE_CMD_H

#include "client/base/args.h"
#include "proto/sys/form.h"

struct command {
    const char *name;
    enum outcome (*run)(const struct args *a); /* returns the exit code */
    const char *form;                          /* what it takes */
    const struct form_option *own; /* options that mean something of their own to it; or NULL */
    const char *summary[2];        /* what it is for, by enum language */
    void (*print_more)(FILE *to, const struct args *a); /* what --help prints at its end; or NULL */
};

/* The options of all commands that verify by a policy. */
#define FORM_VERIFYING "policy! genesis- evidence- max-age- tolerate- "

/* Of those that ask a log over the network, and of those of them that verify. The synopsis leaves
 * TLS out. */
#define FORM_TLS "cacert- cert- cert-key- "
#define FORM_FETCHING FORM_VERIFYING FORM_TLS

/* Of those that show people times, or read such as they write. main() has taken it before the
 * command runs. */
#define FORM_ZONE "zone- "

extern const struct command command_keygen;
extern const struct command command_key;
extern const struct command command_enroll;
extern const struct command command_revoke;
extern const struct command command_submit;
extern const struct command command_import;
extern const struct command command_verify;
extern const struct command command_answer;
extern const struct command command_confront;
extern const struct command command_receipt;
extern const struct command command_verify_evidence;
extern const struct command command_replay;
extern const struct command command_audit;
extern const struct command command_warrant;
extern const struct command command_report;
extern const struct command command_notify;
extern const struct command command_signers;
extern const struct command command_mirror;
extern const struct command command_witness;
extern const struct command command_new;
extern const struct command command_open;
extern const struct command command_disclose;
extern const struct command command_pin;
extern const struct command command_schema;
extern const struct command command_ruleset;
extern const struct command command_access;
extern const struct command command_show;
extern const struct command command_export;
extern const struct command command_page;
extern const struct command command_present;
extern const struct command command_gate;

#endif
