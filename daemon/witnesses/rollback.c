#include "daemon/witnesses/rollback.h"

#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/datadir.h"
#include "daemon/host/log.h"
#include "daemon/state/past_root.h"
#include "daemon/witnesses/witness_client.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

#define SHOWN_MAX (CHECKPOINT_MAX + 256)
#define ASIDE_MAX (64 * 1024)

void rollback_path(const struct rollback *r, char out[PATH_MAX], const char *name)
{
    snprintf(out, PATH_MAX, "%s/%s", r->dir, name);
}

/* ---- what the store holds -------------------------------------------------------------------- */

enum store_result rollback_newest(const struct rollback *r, uint64_t *size)
{
    struct store_txn *txn;
    enum store_result result = store_begin(&txn, r->service->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    result = tip_size(txn, size);
    store_end(txn);
    return result;
}

enum store_result rollback_root(const struct rollback *r, uint64_t size, struct hash *root)
{
    struct store_txn *txn;
    enum store_result result = store_begin(&txn, r->service->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    result = past_root(root, txn, size);
    store_end(txn);
    return result;
}

enum store_result rollback_holds(const struct rollback *r, const struct checkpoint *cp, bool *held)
{
    struct hash root;
    uint64_t newest;
    enum store_result result = rollback_newest(r, &newest);
    *held = false;
    if (result != STORE_OK || cp->size > newest)
        return result;
    result = rollback_root(r, cp->size, &root);
    *held = result == STORE_OK && hash_eq(&root, &cp->root);
    return result;
}

static bool is_lacking(const struct rollback *r, const struct checkpoint *cp)
{
    bool held;
    return cp->size > 0 && rollback_holds(r, cp, &held) == STORE_OK && !held;
}

bool rollback_counts(const struct rollback *r, const struct note *n)
{
    const struct service *s = r->service;
    const struct log_own_keys *k = &s->own_keys;
    for (size_t i = 0; i < k->all.n; i++) {
        struct key_vouched last;
        if (!note_signed_by(n, &k->key[i]))
            continue;
        enum own_key_standing standing = own_keys_standing(k, &s->vkey, &k->key[i], &last);
        bool held = false;
        if (standing == OWN_KEY_FORMER) {
            const struct checkpoint cp = { .size = last.size, .root = last.root };
            held = rollback_holds(r, &cp, &held) == STORE_OK && held;
        }
        if (standing == OWN_KEY_SIGNS || (standing == OWN_KEY_FORMER && !held))
            return true;
    }
    return false;
}

static bool is_cosigned(const struct rollback *r, const struct note *n)
{
    for (size_t i = 0; r->policy != NULL && i < policy_witnesses(r->policy); i++)
        if (note_signed_by(n, &policy_witness(r->policy, i)->key))
            return true;
    return false;
}

enum rollback_proof rollback_shown(const struct rollback *r, struct span note,
                                   struct checkpoint *cp)
{
    const struct log_own_keys *keys = &r->service->own_keys;
    struct note n;
    struct refusal why;
    if (note_parse(&n, note, &why) != 0 || checkpoint_parse(cp, n.text, &why) != 0 ||
        !span_is(cp->origin, keys->key[0].name))
        return PROOF_NONE;
    bool by_log = rollback_counts(r, &n);
    if ((!by_log && !is_cosigned(r, &n)) || !is_lacking(r, cp))
        return PROOF_NONE;
    return by_log ? PROOF_BY_LOG : PROOF_BY_WITNESS;
}

/* ---- DIR/rolled_back ------------------------------------------------------------------------- */

/* The first line is "SEEN SIZE ROOT": the size that was shown (earlier versions: 0 for another
 * history), and our newest checkpoint then. Earlier versions wrote nothing else. */
void rollback_write_shown(const struct rollback *r, struct span shown, const struct checkpoint *cp,
                          uint64_t newest, const struct hash *root)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    rollback_path(r, path, "rolled_back");
    buf_addf(&text, "%llu %llu ", (unsigned long long)cp->size, (unsigned long long)newest);
    buf_add_base64(&text, root->b, HASH_BYTES);
    buf_adds(&text, "\n");
    buf_add_span(&text, shown);
    if (text.failed || file_replace(path, buf_span(&text), 0600) != 0)
        log_line(LOG_ERROR, "%s could not be written: do not restart before this was looked into",
                 path);
    buf_free(&text);
}

/* A file of an earlier version: does the store hold what it says that it lacked? */
static bool is_made_good(const struct rollback *r, struct span line)
{
    struct hash then, now;
    char text[256], base64[64];
    unsigned long long seen, size;
    uint64_t newest;
    snprintf(text, sizeof text, "%.*s", (int)line.n, (const char *)line.p);
    if (sscanf(text, "%llu %llu %63s", &seen, &size, base64) != 3 ||
        base64_decode_exact(then.b, HASH_BYTES, span_str(base64)) != 0 ||
        rollback_newest(r, &newest) != STORE_OK || newest < size || newest < seen)
        return false;
    /* Another history than the one that it was then. */
    return seen != 0 || (rollback_root(r, size, &now) == STORE_OK && !hash_eq(&now, &then));
}

/* A note by somebody whom we believe, that the store holds now. */
static bool is_held(const struct rollback *r, struct span note)
{
    const struct log_own_keys *keys = &r->service->own_keys;
    struct note n;
    struct checkpoint cp;
    struct refusal why;
    struct hash root;
    return note_parse(&n, note, &why) == 0 && checkpoint_parse(&cp, n.text, &why) == 0 &&
           span_is(cp.origin, keys->key[0].name) &&
           (own_keys_signer(keys, &n) != NULL || is_cosigned(r, &n)) &&
           rollback_root(r, cp.size, &root) == STORE_OK && hash_eq(&root, &cp.root);
}

void rollback_remove_shown(const struct rollback *r)
{
    char path[PATH_MAX];
    rollback_path(r, path, "rolled_back");
    if (unlink(path) != 0 && errno != ENOENT)
        log_line(LOG_ERROR, "%s could not be removed: %s", path, strerror(errno));
}

static enum rollback_before judge_file(const struct rollback *r, struct span text)
{
    struct checkpoint cp;
    struct scan s = scan_of(text);
    struct span line = scan_line(&s), note = scan_rest(&s);
    if (s.bad || line.n >= 256)
        return BEFORE_CLAIMED;
    if (note.n == 0)
        return is_made_good(r, line) ? BEFORE_NONE : BEFORE_CLAIMED;
    return rollback_shown(r, note, &cp) != PROOF_NONE ? BEFORE_SHOWN
           : is_held(r, note)                         ? BEFORE_NONE
                                                      : BEFORE_CLAIMED;
}

static enum rollback_before look_at_file(const struct rollback *r)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    rollback_path(r, path, "rolled_back");
    enum file read = file_read_at_once(&text, path, SHOWN_MAX);
    if (read != FILE_OK) {
        buf_free(&text);
        return read == FILE_MISSING ? BEFORE_NONE : BEFORE_CLAIMED;
    }
    enum rollback_before before = judge_file(r, buf_span(&text));
    buf_free(&text);
    return before;
}

enum rollback_before rollback_read_shown(const struct rollback *r)
{
    enum rollback_before before = look_at_file(r);
    if (before == BEFORE_NONE)
        rollback_remove_shown(r);
    return before;
}

/* ---- a log that signs alone ------------------------------------------------------------------ */

/* DIR/witnessed: people have been shown that. */
static bool lacks_witnessed(const struct rollback *r)
{
    char path[PATH_MAX];
    struct buf note = { 0 };
    struct checkpoint cp;
    rollback_path(r, path, "witnessed");
    enum file read = file_read_at_once(&note, path, CHECKPOINT_MAX);
    bool lacks = read == FILE_OK ? rollback_shown(r, buf_span(&note), &cp) != PROOF_NONE
                                 : read != FILE_MISSING;
    buf_free(&note);
    return lacks;
}

int rollback_look_alone(const struct service *service, const char *dir)
{
    struct rollback r = { .service = service };
    snprintf(r.dir, sizeof r.dir, "%s", dir);
    const char *name = look_at_file(&r) != BEFORE_NONE ? "rolled_back"
                       : lacks_witnessed(&r)           ? "witnessed"
                                                       : NULL;
    if (name == NULL)
        return 0;
    log_line(LOG_ERROR,
             "%s/%s shows a checkpoint that is not a part of what is in the store, or what cannot "
             "be judged without witnesses: this log may have been rolled back, and does not run "
             "without them. Put back the newest copy, or name its witnesses (--policy)",
             dir, name);
    return -1;
}

int rollback_judge_alone(const struct service *service, const char *dir)
{
    struct rollback r = { .service = service };
    snprintf(r.dir, sizeof r.dir, "%s", dir);
    if (rollback_look_alone(service, dir) != 0)
        return -1;
    rollback_remove_shown(&r); /* if it is there, the store holds by now what it lacked */
    return 0;
}

/* ---- DIR/witnessed --------------------------------------------------------------------------- */

enum file rollback_witnessed(const struct rollback *r, struct buf *note, struct checkpoint *cp)
{
    char path[PATH_MAX];
    struct note n;
    struct refusal why;
    rollback_path(r, path, "witnessed");
    enum file read = file_read_at_once(note, path, CHECKPOINT_MAX);
    if (read == FILE_MISSING)
        return read;
    if (read != FILE_OK) {
        log_line(LOG_ERROR, "%s cannot be read: %s", path, strerror(errno));
        return read;
    }
    if (note_parse(&n, buf_span(note), &why) == 0 &&
        own_keys_signer(&r->service->own_keys, &n) != NULL &&
        checkpoint_parse(cp, n.text, &why) == 0)
        return FILE_OK;
    log_line(LOG_ERROR, "%s is not a checkpoint of this log: put it aside to go on", path);
    return FILE_FAILED;
}

/* ---- DIR/evidence ---------------------------------------------------------------------------- */

void rollback_evidence(const struct rollback *r, struct span text)
{
    char path[PATH_MAX], name[64];
    rollback_path(r, path, "evidence");
    mkdir(path, 0700);
    snprintf(name, sizeof name, "evidence/rollback-%lld", (long long)clock_wall());
    rollback_path(r, path, name);
    if (file_replace(path, text, 0600) != 0)
        log_line(LOG_ERROR, "the evidence could not be written to %s", path);
    else
        log_line(LOG_ERROR, "the evidence is in %s", path);
}

/* ---- DIR/set_aside --------------------------------------------------------------------------- */

void rollback_write_aside(const struct rollback *r, const bool *aside)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    for (size_t i = 0; i < policy_witnesses(r->policy); i++) {
        if (!aside[i])
            continue;
        vkey_format(&text, &policy_witness(r->policy, i)->key);
        buf_adds(&text, "\n");
    }
    rollback_path(r, path, "set_aside");
    bool none = text.n == 0 && !text.failed;
    int failed = none ? unlink(path) != 0 && errno != ENOENT
                      : text.failed || file_replace(path, buf_span(&text), 0600) != 0;
    if (failed)
        log_line(LOG_ERROR, "%s could not be written: a restart may not know of it", path);
    buf_free(&text);
}

/* A vkey whose witness is not in the policy any more says nothing. Returns 0, or -1: it is none. */
static int read_line(const struct rollback *r, struct span line, bool *aside)
{
    struct vkey key;
    const char *cause;
    if (vkey_parse(&key, line, &cause) != 0)
        return -1;
    for (size_t i = 0; i < policy_witnesses(r->policy); i++)
        aside[i] = aside[i] || vkey_eq(&policy_witness(r->policy, i)->key, &key);
    return 0;
}

void rollback_read_aside(const struct rollback *r, bool *aside)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    rollback_path(r, path, "set_aside");
    enum file read = file_read_at_once(&text, path, ASIDE_MAX);
    bool bad = read != FILE_OK && read != FILE_MISSING;
    struct scan s = scan_of(buf_span(&text));
    while (!bad && !scan_done(&s)) {
        struct span line = scan_line(&s);
        bad = s.bad || read_line(r, line, aside) != 0;
    }
    buf_free(&text);
    if (!bad)
        return;
    log_line(LOG_ERROR, "%s cannot be read: each witness counts as set aside until it cosigns",
             path);
    for (size_t i = 0; i < policy_witnesses(r->policy); i++)
        aside[i] = witness_is_asked(policy_witness(r->policy, i));
}
