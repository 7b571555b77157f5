/* Who acts: a private key, and what it is enrolled for in a log. */
#ifndef CLIENT_REMOTE_IDENTITY_H
#define CLIENT_REMOTE_IDENTITY_H

#include "client/base/keyfile.h"
#include "client/remote/log_client.h"
#include "proto/base/must_use.h"
#include "proto/judge/integrity.h"

struct identity {
    struct skey *key; /* in memory for secrets */
    bool enrolled;    /* what follows is known */
    struct entry_ref under;
    struct registry *registry; /* of that enrolment alone: complete is false */
    uint32_t number;
    bool good; /* the receipt of that enrolment had its quorum */
};

/* Reads a signer's private key, as keyfile_read_signer() does. */
enum outcome identity_read(struct identity *out, const struct keyfile *file);
/* Wipes the key and frees the registry: what identity_enrolment() gave is void. */
void identity_wipe(struct identity *id);

/* Finds the entry that enrols the key, by the service's hints, each proven. Returns 0, or -1 with
 * *complaint. */
MUST_USE int identity_find(struct identity *id, struct log_client *s, struct complaint *complaint);

/* What it is enrolled for, once that is known. */
static inline const struct enrolment *identity_enrolment(const struct identity *id)
{
    return registry_get(id->registry, id->number);
}

/* Appends the query for what concerns a key: its enrolment and revocation. */
void identity_query(struct buf *out, const struct vkey *key);

#endif
