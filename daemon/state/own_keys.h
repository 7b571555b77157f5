/* The public keys of this log: the one that entry 0 names, and those that took over from it
 * (bitacorad rotate), which DIR/log.keys lists, a vkey a line, oldest first. Any of them may have
 * signed a checkpoint or what the log says itself. For each a key before it has signed a hand-over
 * (handover.h); DIR/log.handovers has those, each as base64 in a line. A key for which no key before
 * it vouches so was listed by an earlier version, or by somebody who can write the folder or a
 * backup of it. Constant once they are read. */
#ifndef DAEMON_STATE_OWN_KEYS_H
#define DAEMON_STATE_OWN_KEYS_H

#include "daemon/signer/handover.h"
#include "daemon/store/store.h"
#include "proto/base/must_use.h"
#include "proto/tlog/key.h"
#include "proto/tlog/note.h"

/* Bytes of DIR/log.handovers at most. */
#define HANDOVERS_FILE_MAX (2 * LOG_KEYS_MAX * ((HANDOVER_MAX + 2) / 3 * 4 + 1))

/* That a key took over from another one of the log. */
struct key_vouched {
    bool vouched;
    size_t by;     /* which key says so: an earlier one */
    uint64_t size; /* what that one had signed last */
    struct hash root;
};

struct log_own_keys {
    struct vkey key[LOG_KEYS_MAX];          /* the first is that of entry 0 */
    struct key_vouched vouch[LOG_KEYS_MAX]; /* of each; of the first none */
    struct log_keys all;                    /* of all; points into key */
};

/* Reads them: entry 0 from the store, the others from the log's folder. Returns STORE_OK; or why
 * not, with *cause a static phrase. The thread of t. *out must stay where it is. */
MUST_USE enum store_result own_keys_read(struct log_own_keys *out, struct store_txn *t,
                                         const char *dir, const char **cause);

/* The same in a transaction of its own. Returns 0, or -1: the log says that the folder is
 * damaged. */
MUST_USE int own_keys_load(struct log_own_keys *out, struct store *store, const char *dir);

/* Lists a key in the log's folder as the newest one, behind those of k, and before that the note by
 * which a key of k hands over to it; if it is among them already, it stays where it is. Whoever does
 * that has judged the note. Returns 0, or -1 with errno. */
MUST_USE int own_keys_list(const struct log_own_keys *k, const struct vkey *key,
                           struct span handover, const char *dir);

/* The one that signs now, as far as the folder says: the newest for which another one vouches; where
 * there is none, the newest. */
const struct vkey *own_keys_newest(const struct log_own_keys *k);

/* What a key's word of this log counts for, where `signing` is the one that signs now. */
enum own_key_standing {
    OWN_KEY_SIGNS,  /* it is that one, or one that took over from it and may yet sign */
    OWN_KEY_FORMER, /* it handed over, and that led to the one that signs */
    OWN_KEY_ALIEN,  /* it is listed, and is neither */
};

/* Both keys must be of k. *signed_last becomes what a former key had signed last. Of a log that an
 * earlier version gave a key, without a hand-over, the first one still SIGNS. */
enum own_key_standing own_keys_standing(const struct log_own_keys *k, const struct vkey *signing,
                                        const struct vkey *key, struct key_vouched *signed_last);

/* The one that is this key, or NULL. */
const struct vkey *own_keys_find(const struct log_own_keys *k, const struct vkey *key);

/* The one that signed a note, the newest first, or NULL. */
const struct vkey *own_keys_signer(const struct log_own_keys *k, const struct note *note);

/* Makes them a single key's, as those of a log whose key was never rotated. */
void own_keys_single(struct log_own_keys *out, const struct vkey *key);

#endif
