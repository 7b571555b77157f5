#include "daemon/state/own_keys.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>

#include "daemon/host/log.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "proto/sys/files.h"

#define KEYS_FILE_MAX (LOG_KEYS_MAX * (VKEY_TEXT_MAX + 1))

static enum store_result bad(const char **cause, const char *phrase)
{
    *cause = phrase;
    return STORE_DAMAGED;
}

static void add_key(struct log_own_keys *k, const struct vkey *key)
{
    k->key[k->all.n] = *key;
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

enum store_result own_keys_read(struct log_own_keys *out, struct store_txn *t, const char *dir,
                                const char **cause)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    *cause = "it cannot be read";
    out->all.n = 0;
    enum store_result r = read_first(out, t, cause);
    if (r != STORE_OK)
        return r;
    snprintf(path, sizeof path, "%s/log.keys", dir);
    enum file read = file_read_at_once(&text, path, KEYS_FILE_MAX);
    if (read != FILE_OK && read != FILE_MISSING)
        r = bad(cause, "log.keys cannot be read");
    struct scan s = scan_of(buf_span(&text));
    while (r == STORE_OK && !scan_done(&s)) {
        struct span line = scan_line(&s);
        r = s.bad ? bad(cause, "log.keys is damaged") : read_key_line(out, line, cause);
    }
    buf_free(&text);
    return r;
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

int own_keys_list(const struct log_own_keys *k, const struct vkey *key, const char *dir)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
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

const struct vkey *own_keys_newest(const struct log_own_keys *k)
{
    return k->all.key[k->all.n - 1];
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
