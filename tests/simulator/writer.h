/* Writes a log as a mirror folder while it grows: bundles and tiles as soon as they are full. */
#ifndef SIMULATOR_WRITER_H
#define SIMULATOR_WRITER_H

#include "proto/base/buf.h"
#include "proto/tlog/edge.h"
#include "proto/tlog/key.h"

struct writer {
    char *mirror;      /* the folder */
    struct edge edge;  /* of all entries so far */
    struct buf bundle; /* the last, partial one */
    struct buf entry;
    struct hash last; /* leaf hash of the last entry; zeroes before the first */
    int64_t accepted; /* of the last entry */
    /* May be set before the first entry: after each so many entries the log is also left as it is then, as the
     * checkpoint "checkpoint-SIZE" and its partial files. 0: never. */
    uint64_t snapshots;
    const struct skey *log, *witness; /* who sign checkpoints; must outlive the writer */
    size_t witnesses;
};

/* Begins a log at DIR/mirror, which must not be there. Ends the program if it cannot, as all here do. */
void writer_open(struct writer *w, const char *dir);

/* How many entries there are. */
static inline uint64_t writer_size(const struct writer *w)
{
    return w->edge.frontier.size;
}

/* Appends a record note, accepted at a time not before the last one's; w->last is its leaf hash then. */
void writer_add(struct writer *w, int64_t accepted, struct span note);

/* Writes what is partial, the checkpoint with the witnesses' cosignatures (a second after the last
 * acceptance), and DIR/policy, which wants all of them. Frees what w owns. */
void writer_close(struct writer *w, const char *dir);

/* Writes DIR/NAME with the folders it needs; mode as of open(2). */
void write_file(const char *dir, const char *name, struct span bytes, unsigned mode);

#endif
