/* The blobs that the records of a replay name: are they there, or erased by an entry? A question of
 * availability, asked of the log's service; the log itself is not the worse for it. */
#ifndef CLIENT_REPLAY_BLOBCHECK_H
#define CLIENT_REPLAY_BLOBCHECK_H

#include "client/replay/replaying.h"

/* A name that is erased: of the blob, the entry that names it, and the one that orders it
 * erased. */
struct erased_name {
    uint64_t entry, by;
    uint8_t blob[HASH_BYTES];
};

struct blobcheck {
    uint64_t names; /* blobs that were named, each once, or seldom more often */
    uint64_t there; /* with the bytes that the name says */
    uint64_t erased;
    uint64_t gone;             /* findings */
    uint64_t unread;           /* could not be asked about */
    struct erased_name *first; /* of what is erased, the first FINDINGS_KEPT_MAX */
    size_t kept, room;

    struct blobcheck_work *work; /* its own */
};

/* Returns NULL after having said why, with *outcome set. */
struct blobcheck *blobcheck_new(enum outcome *outcome);
void blobcheck_free(struct blobcheck *b);

/* A judged_fn; ctx is the struct blobcheck. */
void blobcheck_look(void *ctx, const struct judged *e);

/* Asks r->trust.url, which must be known, as r->trust.reader, who must be somebody, for what is not erased; adds to the findings of r. */
void blobcheck_run(struct blobcheck *b, struct replaying *r);

#endif
