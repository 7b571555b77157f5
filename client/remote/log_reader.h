/* Who reads a log that is not open to everybody: a key, whose tokens are shown for each request, and
 * the entry that enrols it. That entry is asked of the log itself: what concerns one public key
 * (find?vkey=) and hash tiles are open to everybody. Nothing is believed for it: a token under
 * another entry is refused. */
#ifndef CLIENT_REMOTE_LOG_READER_H
#define CLIENT_REMOTE_LOG_READER_H

#include "proto/base/must_use.h"
#include "proto/net/tls_files.h"
#include "proto/record/kind.h"
#include "proto/tlog/key.h"

struct log_reader {
    const struct skey *key; /* outlives it; NULL: nobody, no tokens are shown */
    char origin[SIGNER_NAME_MAX + 1];
    bool known; /* `under` is */
    struct entry_ref under;
    struct tls_client_files tls; /* of connections to the log, with or without a key */
};

/* For a signer's key and the log of that origin, `under` not known, without files of TLS. */
struct log_reader log_reader_of(const struct skey *key, const char *origin);

/* Paths below a log's URL, by who gives a token for them. */
enum path_class {
    PATH_OPEN,  /* nobody needs to: checkpoint, hash tiles, find?vkey=, and what operators ask */
    PATH_BLOB,  /* v1/blobs/ */
    PATH_ENTRY, /* all else */
    PATH_CLASSES
};
enum path_class path_class_of(const char *path);

/* Gets an open path, at most max bytes. Returns 0, or -1. */
typedef int log_reader_get_fn(void *ctx, const char *path, size_t max, struct buf *body);

/* Asks the log where the key is enrolled, unless it is known. Returns 0; or -1: the log did not say
 * (without memory, that is recorded as lost, client/base/lost.h). */
MUST_USE int log_reader_find(struct log_reader *r, log_reader_get_fn *get, void *ctx);

/* Appends a token in base64 for a method and a path below the log's URL, good for three minutes
 * from now on. `under` must be known. out->failed also where the path is no target of a token. */
void log_reader_token(struct buf *out, const struct log_reader *r, const char *method,
                      const char *path);

#endif
