/* The batch that a signer's process is asked to sign: its entries, on the disk before the signer is
 * asked. The signer may have signed it and nobody heard; then no other batch can ever follow, and
 * this one must be finished as it was (batch_redo.h). In DIR/batch; docs/INTERFACES.md, section 30,
 * has the form. The next batch is written over it: by then it is in the store. */
#ifndef DAEMON_APPEND_BATCH_JOURNAL_H
#define DAEMON_APPEND_BATCH_JOURNAL_H

#include "proto/base/buf.h"
#include "proto/base/hash.h"
#include "proto/base/must_use.h"
#include "proto/tlog/edge.h"

/* ---- writing: the sequencer's thread --------------------------------------------------------- */

struct batch_journal {
    int fd; /* of DIR/batch */
    uint64_t size;
    struct hash root;   /* of the log before the batch */
    struct buf entries; /* as in a bundle */
};

/* Opens DIR/batch, made if it is not there. Returns 0, or -1 with errno. */
MUST_USE int batch_journal_open(struct batch_journal *j, const char *path);
/* Opens one that is there, to read it alone. Returns 0; or -1 with errno, and j->fd is -1. */
MUST_USE int batch_journal_look(struct batch_journal *j, const char *path);
void batch_journal_close(struct batch_journal *j);

/* Begins a batch behind a log that has this edge. */
void batch_journal_begin(struct batch_journal *j, const struct edge *edge);
/* Adds an entry. A failure shows in batch_journal_write(). */
void batch_journal_add(struct batch_journal *j, struct span entry);
/* Writes the batch and syncs it. Returns 0, or -1 with errno. */
MUST_USE int batch_journal_write(struct batch_journal *j);

/* ---- reading --------------------------------------------------------------------------------- */

/* A batch that was journaled. */
struct journaled {
    uint64_t size; /* of the log before it */
    struct hash root;
    struct span entries; /* as in a bundle: at least one; into the file's bytes */
};

/* Splits the bytes of the file, which must outlive it. Returns 0, or -1 if they are not a whole
 * batch: it was never written whole, so the signer was never asked. */
MUST_USE int journaled_parse(struct journaled *out, struct span bytes);

/* Reads the file into *bytes. Returns 1; 0 if there is no whole batch in it; -1 with errno. */
MUST_USE int batch_journal_read(struct journaled *out, struct buf *bytes,
                                const struct batch_journal *j);

/* Takes the next entry off j->entries. Returns false at their end. */
bool journaled_next(struct journaled *j, struct span *entry);

#endif
