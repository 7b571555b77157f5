/* One witness of the log, asked over HTTP (c2sp.org/tlog-witness). Calls wait for the network, so
 * each witness has a thread, which alone uses its link and its ask_state. */
#ifndef DAEMON_WITNESSES_WITNESS_CLIENT_H
#define DAEMON_WITNESSES_WITNESS_CLIENT_H

#include <stdatomic.h>

#include "daemon/store/store.h"
#include "proto/tlog/policy.h"

/* A checkpoint of ours that is to be cosigned. */
struct target {
    uint64_t size;
    struct hash root;
    struct span note; /* as we signed it; the caller's */
};

enum ask_result {
    ASKED_NOTHING,  /* not yet */
    ASKED_COSIGNED, /* line is its cosignature, which verifies */
    ASKED_AHEAD,    /* it says that it cosigned a larger checkpoint than any of ours (the caller's
                     * to find out) */
    ASKED_OTHER,    /* it says that our proof, which is right, does not fit to what it saw */
    ASKED_BEHIND,   /* it is at size, not where we thought: ask again from there */
    ASKED_REFUSED,  /* it does not know this log, or our key */
    ASKED_FAILED,   /* no answer, or nonsense */
};

/* What is known of a witness, and its last answer. All zero at the start; asking for it again
 * reuses the buffers. */
struct ask_state {
    uint64_t size;   /* of the checkpoint that it cosigned last, as far as known; 0: not known */
    struct buf line; /* its cosignature line */
    struct buf body; /* what it said, for the evidence */
    long status;     /* HTTP; 0: none */
    char cause[160]; /* of ASKED_FAILED, _REFUSED */
};

/* Whether the log can ask a witness at all: the policy has its URL, and its key is of a type that
 * this version knows. */
bool witness_is_asked(const struct policy_witness *who);

struct witness_link; /* a connection that is kept between requests */

/* A link to a witness for the log of that origin. `who` and the text cacert
 * (proto/net/tls_client.h) must outlive it. A request is given up after *timeout_s seconds, which
 * are read when it is made, and once *stop is true. NULL when out of memory. */
struct witness_link *witness_link_new(const struct policy_witness *who, const char *origin,
                                      const char *cacert, const _Atomic int64_t *timeout_s,
                                      const atomic_bool *stop);
/* NULL is harmless. */
void witness_link_free(struct witness_link *l);

/* Asks it to cosign a target, given that it cosigned size a->size before (0: nothing that we know
 * of; it then says where it is). Where that is larger than the target nothing is asked. */
enum ask_result witness_ask(struct witness_link *l, struct store *store,
                            const struct target *target, struct ask_state *a);

/* Asks it for the checkpoint of our log that it cosigned last, and puts the note into *note (at
 * most CHECKPOINT_MAX bytes). Returns whether it gave one; nothing about it is verified. */
bool witness_show(struct witness_link *l, struct buf *note);

/* Frees the buffers. */
void ask_state_free(struct ask_state *a);

#endif
