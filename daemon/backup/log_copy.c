#include "daemon/backup/log_copy.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/backup/blob_copy.h"
#include "daemon/backup/named_blobs.h"
#include "daemon/backup/progress.h"
#include "daemon/backup/row_copy.h"
#include "daemon/backup/uncopied.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* A blob that is erased while it is copied belongs to a later commit: then the store is copied
 * again. Erasures are rare. */
#define TRIES 5

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *walk)
{
    (void)st;
    (void)type;
    (void)walk;
    return remove(path);
}

int folder_remove(const char *path)
{
    return nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* ---- small files ------------------------------------------------------------------------------ */

/* A link in a backup may lead to a secret, which would lie in the copy under another name. */
static int copy_small(const char *from, const struct datadir *to, const char *name, size_t max)
{
    char source[PATH_MAX], target[PATH_MAX];
    struct buf bytes = { 0 };
    snprintf(source, sizeof source, "%s/%s", from, name);
    datadir_file(to, target, name);
    enum file read = file_read_no_link(&bytes, source, max);
    int failed =
        read == FILE_OK ? file_replace(target, buf_span(&bytes), 0600) : read != FILE_MISSING;
    buf_free(&bytes);
    return failed ? say_uncopied(source) : 0;
}

/* ---- the store -------------------------------------------------------------------------------- */

static struct store *open_store(const char *folder, enum store_mode mode)
{
    char path[PATH_MAX];
    struct config config;
    struct store *store;
    config_default(&config);
    if (snprintf(path, sizeof path, "%s/%s", folder, store_folder()) >= (int)sizeof path)
        return NULL;
    return store_open(&store, path, mode, (uint64_t)config.map_size, 4) == 0 ? store : NULL;
}

/* Bytes that a copy will have, about. */
static uint64_t bytes_of(enum log_copy_from what, struct store *store, const char *from)
{
    char path[PATH_MAX];
    struct store_stats stats;
    snprintf(path, sizeof path, "%.3900s/%s", from, store_folder());
    return what == COPY_OF_BACKUP                   ? store_copied(path)
           : store_stats(store, &stats) == STORE_OK ? stats.used_bytes - stats.free_bytes
                                                    : 0;
}

static int copy_store(enum log_copy_from what, const char *from, const struct datadir *to)
{
    char target[PATH_MAX];
    struct store *store = open_store(from, what == COPY_OF_LOG ? STORE_INSPECT : STORE_LOOK);
    if (store == NULL)
        return EXIT_DAMAGE;
    datadir_file(to, target, to->store);
    store_remove_copy(target);
    progress_begin(PROGRESS_STORE, bytes_of(what, store, from), target);
    enum store_result r =
        what == COPY_OF_LOG ? store_copy(store, target) : store_rebuild(store, target);
    progress_end();
    store_close(store);
    if (r == STORE_OK)
        return 0;
    terminal_print(stderr,
                   TR("bitacorad: the store could not be copied to %s\n",
                      "bitacorad: no se pudo copiar el almacén a %s\n"),
                   target);
    return EXIT_DAMAGE;
}

/* Where a store in a log's folder stands, and what was ordered erased in it. */
static enum store_result read_store(struct store *store, const char *folder, struct log_copied *out,
                                    struct registry **registry, struct log_own_keys *keys,
                                    const char **cause)
{
    struct store_txn *t;
    struct note note;
    struct refusal why;
    struct tip *tip = calloc(1, sizeof *tip); /* 70 kB */
    enum store_result r = tip == NULL ? STORE_MEMORY : store_begin(&t, store, STORE_READ);
    if (r == STORE_OK) {
        r = own_keys_read(keys, t, folder, cause);
        if (r == STORE_OK)
            r = tip_load(tip, registry, t, keys, cause);
        store_end(t);
    }
    if (r == STORE_OK) {
        out->size = tip->edge.frontier.size;
        edge_root(&tip->edge, &out->root);
        out->checkpoint_length = tip->checkpoint_length;
        memcpy(out->checkpoint, tip->checkpoint, tip->checkpoint_length);
        if (note_parse(&note, span_of(out->checkpoint, out->checkpoint_length), &why) == 0)
            out->vkey = *own_keys_signer(keys, &note); /* tip_load() has found it */
    }
    free(tip);
    return r;
}

static int say_damaged(const char *from, const char *cause)
{
    terminal_print(stderr,
                   TR("bitacorad: the store in %s is damaged: %s; run bitacorad fsck\n",
                      "bitacorad: el almacén en %s está dañado: %s; use bitacorad fsck\n"),
                   from, cause);
    return EXIT_DAMAGE;
}

/* ---- blobs ----------------------------------------------------------------------------------- */

struct lacking {
    const struct datadir *to;
    uint64_t size; /* of the copied store */
};

static int find_lacking(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    const struct lacking *l = ctx;
    char hex[2 * HASH_BYTES + 1], path[PATH_MAX];
    if (entry < l->size)
        return 0;
    hex_format(hex, blob, HASH_BYTES);
    snprintf(path, sizeof path, "%.3900s/blobs/kept/%s", l->to->path, hex);
    return access(path, F_OK) != 0;
}

/* Whether a blob that the copied entries may name was erased before it could be copied: since then
 * the log orders its erasure, and the copy does not have it. */
static bool is_overtaken(const char *from, const struct datadir *to, uint64_t size)
{
    static struct log_own_keys keys;
    static struct log_copied now;
    struct lacking l = { .to = to, .size = size };
    struct registry *registry;
    const char *cause;
    struct store *store = open_store(from, STORE_INSPECT);
    bool lacking = false;
    if (store != NULL && read_store(store, from, &now, &registry, &keys, &cause) == STORE_OK) {
        lacking = registry_each_erased(registry, find_lacking, &l) != 0;
        registry_free(registry);
    }
    store_close(store);
    return lacking;
}

static void say_unnamed(const struct blob_copy *b)
{
    if (b->unnamed > 0)
        terminal_print(stderr,
                       TR("bitacorad: %llu blobs in %s, which no entry names, were left out\n",
                          "bitacorad: se dejaron fuera %llu blobs de %s que ningún asiento "
                          "nombra\n"),
                       (unsigned long long)b->unnamed, b->from);
}

static int copy_blobs(enum log_copy_from what, const char *from, const struct datadir *to,
                      const struct registry *registry, const struct buf *named,
                      struct log_copied *out, bool *again)
{
    struct blob_copy b = { .from = from, .to = to->path, .registry = registry, .named = named };
    int code = blob_copy_all(&b);
    say_unnamed(&b);
    *again = what == COPY_OF_LOG && (b.lost > 0 || is_overtaken(from, to, out->size));
    out->blobs = b.files;
    out->bytes = b.bytes;
    return code;
}

/* ---- all of it -------------------------------------------------------------------------------- */

/* What stands beside a store that was copied. */
static int copy_beside(enum log_copy_from what, const char *from, const struct datadir *to,
                       struct log_copied *out, bool *again)
{
    static struct log_own_keys keys;
    struct registry *registry = NULL;
    struct buf named = { 0 };
    const char *cause = "it cannot be read";
    struct store *store = open_store(to->path, STORE_LOOK);
    if (store == NULL)
        return EXIT_DAMAGE;
    enum store_result r = read_store(store, to->path, out, &registry, &keys, &cause);
    if (r == STORE_OK && what == COPY_OF_BACKUP)
        r = named_blobs_read(&named, store, out->size);
    int code = r != STORE_OK ? say_damaged(from, cause)
                             : copy_blobs(what, from, to, registry,
                                          what == COPY_OF_BACKUP ? &named : NULL, out, again);
    registry_free(registry);
    buf_free(&named);
    if (code == 0)
        code = row_copy_all(from, to, store, keys.key[0].name);
    store_close(store);
    return code;
}

int log_copy_make(enum log_copy_from what, const char *from, const struct datadir *to,
                  struct log_copied *out)
{
    char store[PATH_MAX];
    bool again = true;
    *out = (struct log_copied){ .size = 0 };
    datadir_file(to, store, to->store);
    /* What witnesses had made of a log is no newer than its store, and says nothing of the day that
     * a backup is restored. */
    int code = what == COPY_OF_LOG ? copy_small(from, to, "witnessed", CHECKPOINT_MAX) : 0;
    for (int i = 0; code == 0 && again && i < TRIES; i++) {
        code = copy_store(what, from, to);
        if (code == 0)
            code = copy_small(from, to, "log.keys", CHECKPOINT_MAX); /* listed before it signs */
        if (code == 0)
            code = copy_small(from, to, "log.handovers", HANDOVERS_FILE_MAX); /* and before that */
        if (code == 0)
            code = copy_beside(what, from, to, out, &again);
    }
    out->bytes += store_copied(store);
    return code; /* a blob that is still missing is found by fsck */
}
