#include "daemon/state/own_keys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "daemon/host/log.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "proto/sys/files.h"

#define KEYS_FILE_MAX (LOG_KEYS_MAX * (VKEY_TEXT_MAX + 1))
#define HANDOVER_LINE_MAX ((HANDOVER_MAX + 2) / 3 * 4 + 1)

static enum store_result bad(const char **cause, const char *phrase)
{
    *cause = phrase;
    return STORE_DAMAGED;
}

static void add_key(struct log_own_keys *k, const struct vkey *key)
{
    k->key[k->all.n] = *key;
    k->vouch[k->all.n] = (struct key_vouched){ .vouched = false };
    k->all.key[k->all.n] = &k->key[k->all.n];
    k->all.n++;
}

void own_keys_single(struct log_own_keys *out, const struct vkey *key)
{
    out->all.n = 0;
    add_key(out, key);
}

/* The key that entry 0 names. */
static enum store_result read_first(struct log_own_keys *k, struct store_txn *t, const char **cause)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct record record;
    struct refusal why = { .reason = REASON_NONE };
    struct vkey key;
    const char *phrase;
    enum store_result r = store_entry(t, 0, &bytes, NULL);
    if (r == STORE_OK && (entry_parse(&e, buf_span(&bytes), &why) != 0 ||
                          record_parse(&record, e.note, &why) != 0)) {
        r = why.reason == REASON_MEMORY ? STORE_MEMORY : bad(cause, "entry 0 cannot be read");
    } else if (r == STORE_OK) {
        if (record.kind != KIND_GENESIS ||
            vkey_parse(&key, span_str(record_string(&record, "vkey")), &phrase) != 0)
            r = bad(cause, "entry 0 is not this log's genesis");
        else
            add_key(k, &key);
        record_free(&record);
    }
    buf_free(&bytes);
    return r == STORE_ABSENT ? bad(cause, "entry 0 is missing") : r;
}

static enum store_result read_key_line(struct log_own_keys *k, struct span line, const char **cause)
{
    struct vkey key;
    const char *phrase;
    if (k->all.n == LOG_KEYS_MAX || vkey_parse(&key, line, &phrase) != 0 || key.type != KEY_NOTE ||
        strcmp(key.name, k->key[0].name) != 0)
        return bad(cause, "log.keys is damaged");
    if (own_keys_find(k, &key) == NULL)
        add_key(k, &key);
    return STORE_OK;
}

/* ---- hand-overs ------------------------------------------------------------------------------ */

static size_t rank_of_key(const struct log_own_keys *k, const struct vkey *key)
{
    size_t i = 0;
    while (i < k->all.n && !vkey_eq(&k->key[i], key))
        i++;
    return i;
}

/* Of a key that is not listed, by one that is none of the log's, or by one that is listed later: it
 * says nothing. A key that vouches is vouched for itself, so nothing goes round. */
static void take_handover(struct log_own_keys *k, const struct key_handover *h,
                          const struct note *note)
{
    size_t to = rank_of_key(k, &h->to);
    if (to == 0 || to == k->all.n)
        return;
    for (size_t by = 0; by < to; by++)
        if ((by == 0 || k->vouch[by].vouched) && handover_fits(&k->key[by], &h->to) &&
            note_signed_by(note, &k->key[by]))
            k->vouch[to] = (struct key_vouched){ true, by, h->size, h->root };
}

static enum store_result read_handover(struct log_own_keys *k, struct span line, const char **cause)
{
    uint8_t bytes[HANDOVER_MAX];
    size_t n;
    struct key_handover h;
    struct note note;
    if (base64_decode(bytes, sizeof bytes, &n, line) != 0 ||
        handover_parse(&h, &note, span_of(bytes, n)) != 0)
        return bad(cause, "log.handovers is damaged");
    take_handover(k, &h, &note);
    return STORE_OK;
}

/* ---- files ----------------------------------------------------------------------------------- */

static enum file read_listing(struct buf *text, const char *dir, const char *name, size_t max)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", dir, name);
    enum file read = file_read_at_once(text, path, max);
    return read == FILE_MISSING ? FILE_OK : read;
}

static enum store_result read_keys(struct log_own_keys *out, const char *dir, const char **cause)
{
    struct buf text = { 0 };
    enum store_result r = STORE_OK;
    if (read_listing(&text, dir, "log.keys", KEYS_FILE_MAX) != FILE_OK)
        r = bad(cause, "log.keys cannot be read");
    struct scan s = scan_of(buf_span(&text));
    while (r == STORE_OK && !scan_done(&s)) {
        struct span line = scan_line(&s);
        r = s.bad ? bad(cause, "log.keys is damaged") : read_key_line(out, line, cause);
    }
    buf_free(&text);
    return r;
}

static enum store_result read_handovers(struct log_own_keys *out, const char *dir,
                                        const char **cause)
{
    struct buf text = { 0 };
    enum store_result r = STORE_OK;
    if (read_listing(&text, dir, "log.handovers", HANDOVERS_FILE_MAX) != FILE_OK)
        r = bad(cause, "log.handovers cannot be read");
    struct scan s = scan_of(buf_span(&text));
    while (r == STORE_OK && !scan_done(&s)) {
        struct span line = scan_line(&s);
        r = s.bad ? bad(cause, "log.handovers is damaged") : read_handover(out, line, cause);
    }
    buf_free(&text);
    return r;
}

enum store_result own_keys_read(struct log_own_keys *out, struct store_txn *t, const char *dir,
                                const char **cause)
{
    *cause = "it cannot be read";
    out->all.n = 0;
    enum store_result r = read_first(out, t, cause);
    if (r == STORE_OK)
        r = read_keys(out, dir, cause);
    return r == STORE_OK ? read_handovers(out, dir, cause) : r;
}

int own_keys_load(struct log_own_keys *out, struct store *store, const char *dir)
{
    struct store_txn *txn;
    const char *cause = "it cannot be read";
    enum store_result r = store_begin(&txn, store, STORE_READ);
    if (r == STORE_OK) {
        r = own_keys_read(out, txn, dir, &cause);
        store_end(txn);
    }
    if (r == STORE_OK)
        return 0;
    log_line(LOG_ERROR, "the log in %s is damaged: %s; run bitacorad fsck", dir, cause);
    return -1;
}

/* Behind those that are there, unless it is among them. */
static int list_handover(struct span handover, const char *dir)
{
    char path[PATH_MAX], line[HANDOVER_LINE_MAX + 1];
    struct buf text = { 0 };
    if (handover.n > HANDOVER_MAX)
        return errno = EFBIG, -1;
    base64_encode(line, handover.p, handover.n);
    if (read_listing(&text, dir, "log.handovers", HANDOVERS_FILE_MAX - HANDOVER_LINE_MAX) !=
        FILE_OK) {
        buf_free(&text);
        return -1;
    }
    bool there =
        strstr(buf_str(&text), line) != NULL; /* all are notes: none is a part of another */
    buf_adds(&text, line);
    buf_adds(&text, "\n");
    snprintf(path, sizeof path, "%s/log.handovers", dir);
    errno = ENOMEM;
    int failed = !there && (text.failed || file_replace(path, buf_span(&text), 0600) != 0);
    buf_free(&text);
    return failed ? -1 : 0;
}

int own_keys_list(const struct log_own_keys *k, const struct vkey *key, struct span handover,
                  const char *dir)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    if (list_handover(handover, dir) != 0)
        return -1;
    if (own_keys_find(k, key) != NULL)
        return 0;
    for (size_t i = 1; i < k->all.n; i++) {
        vkey_format(&text, k->all.key[i]);
        buf_adds(&text, "\n");
    }
    vkey_format(&text, key);
    buf_adds(&text, "\n");
    snprintf(path, sizeof path, "%s/log.keys", dir);
    errno = ENOMEM;
    int failed = text.failed || file_replace(path, buf_span(&text), 0600) != 0;
    buf_free(&text);
    return failed ? -1 : 0;
}

/* ---- which of them --------------------------------------------------------------------------- */

const struct vkey *own_keys_newest(const struct log_own_keys *k)
{
    for (size_t i = k->all.n; i > 1; i--)
        if (k->vouch[i - 1].vouched)
            return &k->key[i - 1];
    return k->all.key[k->all.n - 1];
}

/* Whether it took over from the other one, by one hand-over or several. *last becomes the one by
 * which the other one handed over. */
static bool follows(const struct log_own_keys *k, size_t key, size_t other,
                    struct key_vouched *last)
{
    while (k->vouch[key].vouched) {
        *last = k->vouch[key];
        key = k->vouch[key].by;
        if (key == other)
            return true;
    }
    return false;
}

enum own_key_standing own_keys_standing(const struct log_own_keys *k, const struct vkey *signing,
                                        const struct vkey *key, struct key_vouched *signed_last)
{
    size_t now = rank_of_key(k, signing), which = rank_of_key(k, key);
    struct key_vouched unused;
    if (which == now || follows(k, which, now, &unused) || (which == 0 && !k->vouch[now].vouched))
        return OWN_KEY_SIGNS;
    return follows(k, now, which, signed_last) ? OWN_KEY_FORMER : OWN_KEY_ALIEN;
}

const struct vkey *own_keys_find(const struct log_own_keys *k, const struct vkey *key)
{
    for (size_t i = 0; i < k->all.n; i++)
        if (vkey_eq(&k->key[i], key))
            return &k->key[i];
    return NULL;
}

const struct vkey *own_keys_signer(const struct log_own_keys *k, const struct note *note)
{
    for (size_t i = k->all.n; i > 0; i--)
        if (note_signed_by(note, &k->key[i - 1]))
            return &k->key[i - 1];
    return NULL;
}
