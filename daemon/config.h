/* The settings of `run`: `name = value` lines of a --config file, '#' begins a comment. Read once,
 * by the main thread; constant afterwards. */
#ifndef DAEMON_CONFIG_H
#define DAEMON_CONFIG_H

#include <stdint.h>

#define LISTEN_MAX 256
#define STORE_BATCH_MAX 1024 /* records in one transaction: about 25 ms */

/* X(name, default, least, most, what). What is 0 by default is chosen when the daemon starts. */
#define SETTINGS(X)                                                                                \
    X(min_free, 64 * 1024 * 1024, 0, INT64_MAX,                                                    \
      "bytes that must stay free on the disk; below, appending is refused (507)")                  \
    X(map_size, INT64_C(1) << 40, 1 << 20, INT64_C(1) << 46, "bytes the store may ever grow to")   \
    X(queue, 8192, 1, 1 << 20, "notes that may await their answer; more are refused (503)")        \
    X(queue_bytes, 64 * 1024 * 1024, 1 << 20, INT64_MAX, "bytes of such notes")                    \
    X(receive_bytes, 256 * 1024 * 1024, 8 << 20, INT64_MAX,                                        \
      "bytes of requests that have not come whole; beyond, the slowest clients are dropped")       \
    X(reads, 1024, 1, 1 << 20, "GETs of the store that may await their answer")                    \
    X(reply_bytes, 256 * 1024 * 1024, 1 << 20, INT64_MAX,                                          \
      "bytes of answers that clients have not taken yet; beyond, reading is refused (503)")        \
    X(pending_blobs, 100000, 1, INT64_C(1) << 32,                                                  \
      "blobs that may wait for an entry that names them; more are refused (503)")                  \
    X(sweep, 60, 1, 3600,                                                                          \
      "seconds from one tidying up to the next: blobs that nobody named, erasures that failed")    \
    X(batch, STORE_BATCH_MAX, 1, STORE_BATCH_MAX, "records in one commit")                         \
    X(workers, 0, 0, 256, "threads that check signatures and build receipts; 0: one per core")     \
    X(readers, 2, 1, 256, "threads that read the store for GETs")                                  \
    X(waits, 8192, 1, 1 << 20, "GETs that may wait for witnesses")                                 \
    X(witness_timeout, 5, 1, 600, "seconds that a witness may take to answer")                     \
    X(refresh, 600, 1, 86400, "seconds after which witnesses cosign again, though nothing is new") \
    X(timeout, 30, 1, 3600, "seconds that a connection may stand still")                           \
    X(max_connections, 1024, 1, 1 << 20, "connections open at once")                               \
    X(deadline, 30, 1, 3600, "seconds after which an answer is given up (504)")

struct config {
    char listen[LISTEN_MAX]; /* HOST:PORT */
#define X(name, initial, least, most, what) int64_t name;
    SETTINGS(X)
#undef X
};

void config_default(struct config *c);

/* Returns 0, or -1: standard error says which line and why. */
__attribute__((warn_unused_result)) int config_read(struct config *c, const char *path);

#endif
