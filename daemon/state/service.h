/* What the threads of a running daemon share. cmd_run.c makes it before the threads start and
 * unmakes it after they have ended; the pointers are constant in between, except where it says
 * otherwise, and so are settings, except those that SIGHUP takes anew (host/config.h). What they
 * lead to locks itself. */
#ifndef DAEMON_STATE_SERVICE_H
#define DAEMON_STATE_SERVICE_H

#include <limits.h>
#include <stdatomic.h>

#include "daemon/host/config.h"
#include "daemon/host/pool.h"
#include "daemon/state/cache.h"
#include "daemon/state/shown_policy.h"
#include "daemon/state/signers.h"
#include "daemon/state/snapshot.h"
#include "daemon/store/blobs.h"
#include "proto/base/must_use.h"

/* The newest signed checkpoint, for those who need not ask the store. */
struct newest {
    pthread_mutex_t lock; /* for all but edge; held for a few copies only */
    uint64_t size;
    struct hash root;
    char note[OWN_CHECKPOINT_MAX];
    size_t note_length;
    struct snapshot *snapshot; /* of it; NULL when there was no memory for one */
    struct growing_edge edge;  /* the sequencer's thread, in newest_set() */
};

struct service {
    struct config config;
    struct vkey vkey; /* the log's public key; the private one is the sequencer's signer's */
    struct log_own_keys own_keys; /* with those that it had before */
    struct store *store;
    char dir[PATH_MAX - 64]; /* the log's folder; constant */
    /* A checkpoint that the store does not hold was shown: nothing is signed by this process any
     * more. witnesses/rollback.h */
    atomic_bool rolled_back;
    atomic_bool former_shown; /* such a one under a key that signs no more: said once */
    /* Since the start nobody has borne out what the wall clock says: by a record, a reader's token
     * or a cosignature. Set before a log is served; never again once it is false. */
    atomic_bool clock_doubted;
    _Atomic uint64_t withheld; /* witnesses/restored.h: a size that lacks its quorum; 0: none */
    struct log_mark *mark;     /* log_mark.h: the sequencer's thread; NULL: somebody else marks */
    struct blobs *blobs;
    struct batch_journal *journal; /* append/batch_journal.h; NULL: the key is in this process */
    struct erasing *erasing;       /* erasing.h */
    struct signer_registry signers;
    /* Judges the signatures of requests and responses in batches; constant. NULL: libsodium does. */
    struct sig_verifier *verifier;
    const char *accelerator;         /* the name of its lanes; constant. NULL: it has none */
    uint64_t verified_from;          /* entries from here on may rest on its word; constant */
    atomic_bool verifier_doubt;      /* the operator was told that its lanes were lost */
    struct rate_table *signer_rates; /* host/rate.h, by number of enrolment: limit_signer */
    struct newest newest;
    struct shown_policy policy;        /* shown_policy.h */
    struct cache *tiles;               /* full ones, for receipts: receipt_maker.h */
    struct cache *links;               /* entries that others rest on: receipt_maker.h */
    const struct index_folder *tables; /* of the index: index/table_files.h */
    struct pool *workers;              /* verify notes and build receipts */
    struct pool *readers;              /* answer GETs from the store */
    struct pool *answerer;             /* one thread, for /v1/answer, which takes longer */
    struct pool *chores;               /* one thread, for what the daemon itself has to do */
    _Atomic uint64_t room;             /* bytes free on the disk, when last measured */
    struct queue *mailbox;             /* to the event loop; made and freed by the server */
    struct sequencer *sequencer;
    const struct access_folder *rows; /* of who reads: access/row_file.h */
    struct access *access;            /* access/access.h; NULL: nobody's reading is written down */
    struct indexer *indexer;          /* index/indexer.h; NULL: index_every is 0 */
    /* NULL while the log signs alone. It may change at any time, when another policy comes into
     * force; what it led to stays until all threads have ended. So whoever asks it twice reads it
     * once. */
    _Atomic(struct feed *) feed;
};

/* Measures service->room. It may wait for the disk. */
void service_measure(struct service *service);

/* Makes the newest checkpoint that of *tip. Main thread before the sequencer starts, then the
 * sequencer's. */
void newest_set(struct newest *n, const struct tip *tip);

/* Marks how far the log is signed (log_mark.h), if this process has a mark. Returns 0 once that is on
 * the disk, or -1. The sequencer's thread. */
MUST_USE int service_mark(struct service *s, const struct tip *tip);

/* The newest checkpoint's snapshot; the caller lets go of it with snapshot_release(). NULL when
 * there was no memory for one. Any thread. */
struct snapshot *newest_snapshot(struct newest *n);

/* Copies the newest checkpoint. note may be NULL; else it has room for OWN_CHECKPOINT_MAX bytes.
 * Returns the note's length. Any thread. */
size_t newest_get(struct newest *n, uint64_t *size, struct hash *root, char *note);

#endif
