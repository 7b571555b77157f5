/* The static files of a log, from a mirror folder or from its URL: two ways to the same bytes; or
 * from both. */
#ifndef CLIENT_REMOTE_LOGFILES_H
#define CLIENT_REMOTE_LOGFILES_H

#include "client/remote/fetch.h"
#include "proto/index/index_table.h"
#include "proto/tlog/source.h"

struct logfiles; /* one thread */

/* Both copy the text, and ask nothing yet. The reader is copied, but for his key. NULL, recorded as lost (client/base/lost.h), if there is
 * no memory. logfiles_free(NULL) is harmless. */

struct logfiles *logfiles_of_dir(const char *dir);
struct logfiles *logfiles_of_url(const char *url, const struct log_reader *reader);
/* What never changes (tiles, bundles, pages of the index, blobs) from the folder, and from the URL
 * where it is not there; what does (the checkpoint, which index is the newest) from the URL. */
struct logfiles *logfiles_of_both(const char *dir, const char *url,
                                  const struct log_reader *reader);
void logfiles_free(struct logfiles *l);

/* From now on keeps the last files that were read (up to 64 of at most 1 MiB), for many look-ups of
 * one tree: a tile of a given width never changes. */
void logfiles_keep(struct logfiles *l);

/* Whether a file is asked for again, for RETRY_SECONDS, of a server that is not there, or busy.
 * After one that had its time in vain the next are asked for once each, until the server
 * answers. */
enum patience {
    PATIENCE_ANSWERED, /* once it has given a file, or said 429; before, a wrong address is told at
                        * once */
    PATIENCE_ALWAYS,   /* it is known to be there, or a user waits for what is to be done with it */
    PATIENCE_NONE,     /* whoever asks comes again by itself */
};
void logfiles_patience(struct logfiles *l, enum patience patience);

/* After the log's server let a file hang it is not asked for others: begins anew. */
void logfiles_again(struct logfiles *l);

/* Tiles and bundles. A partial one that is not there is read from the full one: a log may drop it
 * then. */
const struct source *logfiles_source(struct logfiles *l);

/* Appends the checkpoint note. Like a fetch_tile_fn. */
enum fetch logfiles_checkpoint(struct logfiles *l, struct buf *out, struct refusal *why);

/* Where a log serves a blob, below its URL: "v1/blobs/" and hex. */
#define BLOB_PATH_MAX (16 + 2 * HASH_BYTES)
void logfiles_blob_path(char out[static BLOB_PATH_MAX], const uint8_t sha256[static HASH_BYTES]);

/* Appends the public blob of that SHA-256, of at most max bytes and one more; whether it has
 * that SHA-256 is not looked at. Like a fetch_tile_fn. */
enum fetch logfiles_blob(struct logfiles *l, const uint8_t sha256[static HASH_BYTES], size_t max,
                         struct buf *out, struct refusal *why);

/* ---- the index: docs/FORMATS.md, 24.3. Hints: what is found in them is proven elsewhere. ------ */

/* Sets *entry to the `index` entry that index/newest names. FETCH_FAILED with REASON_UNREADABLE if
 * that is no number. */
enum fetch logfiles_index_newest(struct logfiles *l, uint64_t *entry, struct refusal *why);

/* Appends a page or directory of the table with that root, at most a page's bytes and one more.
 * Like a fetch_tile_fn; FETCH_MISSING fills *why, too. */
enum fetch logfiles_index_file(struct logfiles *l, const struct hash *root,
                               const struct index_table_file *f, struct buf *out,
                               struct refusal *why);

#endif
