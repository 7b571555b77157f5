/* The public keys of this log: the one that entry 0 names, and those that took over from it
 * (bitacorad rotate), which DIR/log.keys lists, a vkey a line, oldest first. Any of them may have
 * signed a checkpoint or what the log says itself. Constant once they are read. */
#ifndef DAEMON_STATE_OWN_KEYS_H
#define DAEMON_STATE_OWN_KEYS_H

#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/tlog/key.h"
#include "proto/tlog/note.h"

struct log_own_keys {
    struct vkey key[LOG_KEYS_MAX]; /* the first is that of entry 0 */
    struct log_keys all;           /* of all; points into key */
};

/* Reads them: entry 0 from the store, the others from the log's folder. Returns STORE_OK; or why
 * not, with *cause a static phrase. The thread of t. *out must stay where it is. */
MUST_USE enum store_result own_keys_read(struct log_own_keys *out, struct store_txn *t,
                                         const char *dir, const char **cause);

/* The same in a transaction of its own. Returns 0, or -1: the log says that the folder is
 * damaged. */
MUST_USE int own_keys_load(struct log_own_keys *out, struct store *store, const char *dir);

/* Lists a key in the log's folder as the newest one, behind those of k; if it is among them
 * already, it stays where it is. Whoever does that has made sure that it is a key of this log.
 * Returns 0, or -1 with errno. */
MUST_USE int own_keys_list(const struct log_own_keys *k, const struct vkey *key, const char *dir);

/* The one that signs now, as far as the folder says. */
const struct vkey *own_keys_newest(const struct log_own_keys *k);

/* The one that is this key, or NULL. */
const struct vkey *own_keys_find(const struct log_own_keys *k, const struct vkey *key);

/* The one that signed a note, the newest first, or NULL. */
const struct vkey *own_keys_signer(const struct log_own_keys *k, const struct note *note);

/* Makes them a single key's, as those of a log whose key was never rotated. */
void own_keys_single(struct log_own_keys *out, const struct vkey *key);

#endif
