/* The options of all subcommands, as one table: what each takes, what it means, and where in
 * struct args it goes. */
#ifndef CLIENT_BASE_OPTIONS_H
#define CLIENT_BASE_OPTIONS_H

#include "client/base/args.h"
#include "proto/sys/form.h"

#define OPTIONS_MAX 120

/* form_option.kind; .place is the member's offset in struct args. */
enum option_kind {
    OPTION_TEXT,     /* const char *: the argument itself */
    OPTION_PERSON,   /* const char *: a copy, as it may name somebody */
    OPTION_FLAG,     /* bool */
    OPTION_SET,      /* one more of `set` */
    OPTION_LANGUAGE, /* for language_choose() */
};

/* The program: its name, the options that every command takes, and all options. */
extern const struct form_program bitacora;

/* Lists for struct command.own: --key is a registrar's, or that of oversight. */
extern const struct form_option registrar_key[];
extern const struct form_option oversight_key[];

#endif
