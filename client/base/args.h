/* The options of all subcommands: one name means the same everywhere. */
#ifndef CLIENT_BASE_ARGS_H
#define CLIENT_BASE_ARGS_H

#include <stdio.h>

#include "client/base/say.h"

#define ARGS_SET_MAX 64

struct args {
    const char *policy;          /* --policy FILE */
    const char *log;             /* --log URL */
    const char *dir;             /* --dir MIRROR */
    const char *state;           /* --state FILE; of a witness DIR */
    const char *listen;          /* --listen HOST:PORT */
    const char *genesis;         /* --genesis HASH */
    const char *evidence;        /* --evidence FILE */
    const char *max_age;         /* --max-age SECONDS */
    const char *tolerate;        /* --tolerate F */
    const char *cacert;          /* --cacert FILE */
    const char *cert;            /* --cert FILE */
    const char *cert_key;        /* --cert-key FILE */
    const char *tls_cert;        /* --tls-cert FILE, of a server */
    const char *tls_key;         /* --tls-key FILE */
    const char *tls_client_ca;   /* --tls-client-ca FILE */
    const char *key;             /* --key FILE */
    const char *passphrase_file; /* --passphrase-file FILE */
    const char *memory;          /* --memory KIB */
    const char *passes;          /* --passes N */
    const char *out;             /* --out FILE */
    const char *receipts;        /* --receipts DIR */
    const char *vkey;            /* --vkey VKEY */
    const char *role;
    const char *authority;
    const char *level;
    const char *function;
    const char *jurisdiction;
    const char *zone;    /* --zone ZONE */
    const char *display; /* --display TEXT */
    const char *from;
    const char *until;
    const char *proof;
    const char *reason;
    const char *since;
    const char *at;                /* --at ENTRY */
    const char *entry;             /* --entry ENTRY */
    const char *private_part;      /* --private FILE */
    const char *warrant;           /* --warrant FILE, the private part of one */
    const char *opening;           /* --opening FILE */
    const char *reader;            /* --reader FILE: whose tokens to show, where not the --key's */
    const char *subject;           /* --subject N, as `open` counts them */
    const char *to;                /* --to ENTRY, of an oversight key */
    const char *every;             /* --every SECONDS */
    const char *post;              /* --post URL */
    const char *post_token;        /* --post-token FILE */
    const char *post_cacert;       /* --post-cacert FILE */
    const char *syslog;            /* --syslog PATH */
    const char *silent_after;      /* --silent-after SECONDS */
    const char *stale_after;       /* --stale-after SECONDS */
    const char *trusted_proxy;     /* --trusted-proxy ADDRESS[,ADDRESS] */
    const char *outbox_max;        /* --outbox-max MIB */
    const char *by;                /* --by DIMENSION, of a report */
    const char *ruleset;           /* --ruleset FILE */
    const char *map;               /* --map MAP */
    const char *suggest;           /* --suggest FILE */
    const char *fail_on;           /* --fail-on SEVERITY */
    const char *court;             /* --court CODE */
    const char *contact;           /* --contact FILE */
    const char *means;             /* --means CODE */
    const char *delivered;         /* --delivered TIME */
    const char *type;              /* --type CODE */
    const char *value;             /* --value VALUE */
    const char *signer;            /* --signer NAME */
    const char *holder;            /* --holder CODE */
    const char *kind;              /* --kind KIND[,KIND] */
    const char *rule;              /* --rule RULE[,RULE] */
    const char *between;           /* --between A, with an operand B */
    const char *set[ARGS_SET_MAX]; /* --set NAME=VALUE, in order */
    size_t sets;
    const char *user;        /* --user NAME */
    const char *accelerator; /* --accelerator PATH */
    bool no_sandbox;         /* --no-sandbox */
    bool require_warrant;    /* --require-warrant */
    bool plaintext;
    bool json;
    bool html;
    bool csv;
    bool bom;
    bool not_evaluable;
    bool structure;
    bool check;
    bool yes;
    bool no_wait;
    bool allow_plain;
    bool without_private;
    bool whole;
    bool resume;
    bool follow;
    bool entries;
    bool keep_going;
    bool print;
    bool newest;
    bool witness;
    bool begin;
    bool all;
    bool tail;
    bool quick;
    bool sarif;
    bool encrypt;
    bool help;
    bool policy_by_environment; /* `policy` is what BITACORA_POLICY says */
    bool help_too;  /* beside options with which this would be done, were it not for --help */
    char **operand; /* what is not an option */
    size_t operands;
    /* Texts that are not argv's: of `set`, and one that names a person. */
    char *owned[ARGS_SET_MAX + 1];
    size_t owns;
};

/* Parses argv[1…] of a subcommand by its form (proto/sys/form.h). Where the form needs --policy and
 * it is not there, the environment's BITACORA_POLICY stands for it, unless that is empty. --json, --lang and --help are
 * always accepted; where the form has MEMBERS, any other --NAME VALUE goes into `set` as
 * NAME=VALUE. Returns false after having said what is wrong; want of memory is recorded as lost
 * (client/base/lost.h) instead. */
bool args_parse(struct args *out, int argc, char **argv, const char *form);

/* Wipes what may name a person. Whatever args_parse() returned. */
void args_close(struct args *a);

/* Says what an operand count should be if it is not within least..most; returns whether it is. */
bool args_operands(const struct args *a, size_t least, size_t most, const char *what);

#endif
