/* Whether the keys that a receipt rests on were revoked, as the log itself says when it is
 * asked. Each revocation that it names is proven by its receipt; one that it leaves out cannot
 * be seen here: that takes a replay. */
#ifndef CLIENT_REMOTE_REVOKED_H
#define CLIENT_REMOTE_REVOKED_H

#include <jansson.h>

#include "client/remote/log_client.h"
#include "proto/verify/receipt.h"

struct revocation {
    uint64_t signed_entry; /* the entry of the receipt that the key signed */
    int64_t signed_at;     /* its acceptance */
    uint64_t entry;        /* that revokes the key */
    int64_t accepted;
    char reason[32];
    bool has_since;
    int64_t since;
    char name[SIGNER_NAME_MAX + 1]; /* of the key */
};

/* What it comes to for the entry that the key signed. */
enum revoked {
    REVOKED_BEFORE,   /* that entry stands behind the revocation: it is bad */
    REVOKED_IN_DOUBT, /* compromised, perhaps before that was signed */
    REVOKED_LATER,    /* it stands */
};
enum revoked revoked_meaning(const struct revocation *r);

struct revocations {
    struct log_client *client;
    bool asked; /* the log has answered every question so far */
    /* an entry that it named for a key of the receipt, and did not show; NO_ENTRY: none */
    uint64_t unproven;
    uint64_t bad; /* the entry whose receipt, as it was answered, is proven bad; NO_ENTRY: none */
    struct revocation *list;
    size_t count;
    struct asked_key *known; /* that were asked about; its own, as is how many */
    size_t known_count, known_room;
};

/* Asks about every key of a receipt's chain, and puts what is proven into *r, and what is not,
 * instead of what was there. Once the log has not answered it is not asked again. */
void revocations_ask(struct revocations *r, const struct receipt *receipt);
void revocations_free(struct revocations *r);

/* An array for --json, or null if the log could not be asked; a new reference. */
json_t *revocations_json(const struct revocations *r);

#endif
