#include "daemon/backup/log_copy.h"

#include <dirent.h>
#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/backup/blob_copy.h"
#include "daemon/backup/progress.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* A blob that is erased while it is copied belongs to a later commit: then the store is copied
 * again. Erasures are rare. */
#define TRIES 5

static int say_uncopied(const char *path)
{
    terminal_print(stderr,
                   TR("bitacorad: cannot copy %s: %s\n", "bitacorad: no se pudo copiar %s: %s\n"),
                   path, errno_words(errno));
    return EXIT_DAMAGE;
}

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

/* Copied before the store: so none of them is newer than it. */
static int copy_small(const char *from, const struct datadir *to)
{
    static const char *const names[] = { "witnessed", "log.keys" };
    char source[PATH_MAX], target[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct buf bytes = { 0 };
        snprintf(source, sizeof source, "%s/%s", from, names[i]);
        datadir_file(to, target, names[i]);
        enum file read = file_read_at_once(&bytes, source, CHECKPOINT_MAX);
        int failed =
            read == FILE_OK ? file_replace(target, buf_span(&bytes), 0600) : read != FILE_MISSING;
        buf_free(&bytes);
        if (failed)
            return say_uncopied(source);
    }
    return 0;
}

/* ---- the store -------------------------------------------------------------------------------- */

static struct store *open_store(const char *folder)
{
    char path[PATH_MAX];
    struct config config;
    struct store *store;
    config_default(&config);
    if (snprintf(path, sizeof path, "%s/%s", folder, store_folder()) >= (int)sizeof path)
        return NULL;
    return store_open(&store, path, STORE_INSPECT, (uint64_t)config.map_size, 4) == 0 ? store
                                                                                      : NULL;
}

static int copy_store(const char *from, const struct datadir *to)
{
    char target[PATH_MAX];
    struct store_stats stats;
    struct store *store = open_store(from);
    if (store == NULL)
        return EXIT_DAMAGE;
    datadir_file(to, target, to->store);
    store_remove_copy(target);
    uint64_t total =
        store_stats(store, &stats) == STORE_OK ? stats.used_bytes - stats.free_bytes : 0;
    progress_begin(PROGRESS_STORE, total, target);
    enum store_result r = store_copy(store, target);
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

/* Where the copy stands, and who was ordered erased in it. */
static enum store_result read_copy(struct store *store, const struct datadir *to,
                                   struct log_copied *out, struct registry **registry,
                                   struct log_own_keys *keys, const char **cause)
{
    struct store_txn *t;
    struct note note;
    struct refusal why;
    struct tip *tip = calloc(1, sizeof *tip); /* 70 kB */
    enum store_result r = tip == NULL ? STORE_MEMORY : store_begin(&t, store, STORE_READ);
    if (r == STORE_OK) {
        r = own_keys_read(keys, t, to->path, cause);
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

/* ---- rows of access --------------------------------------------------------------------------- */

/* The rows that the copied `access` entries commit to: files in DIR/access by the entry's index. */
static int copy_rows(const char *from, const struct datadir *to, uint64_t size)
{
    char source[PATH_MAX], folder[PATH_MAX], target[PATH_MAX];
    uint64_t entry;
    int code = 0;
    snprintf(source, sizeof source, "%s/access", from);
    datadir_file(to, folder, "access");
    DIR *d = opendir(source);
    if (d == NULL)
        return errno == ENOENT ? 0 : say_uncopied(source);
    if (mkdir(folder, 0700) != 0 && errno != EEXIST)
        code = say_uncopied(folder);
    for (struct dirent *e; code == 0 && (e = readdir(d)) != NULL;) {
        struct buf bytes = { 0 };
        if (decimal_parse(&entry, span_str(e->d_name)) != 0 || entry >= size)
            continue;
        snprintf(source, sizeof source, "%s/access/%.64s", from, e->d_name);
        snprintf(target, sizeof target, "%.4000s/%.64s", folder, e->d_name);
        if (file_read_at_once(&bytes, source, SIZE_MAX / 2) != FILE_OK ||
            file_replace(target, buf_span(&bytes), 0600) != 0)
            code = say_uncopied(source);
        buf_free(&bytes);
    }
    closedir(d);
    return code;
}

/* ---- all of it -------------------------------------------------------------------------------- */

static int copy_blobs(const char *from, const struct datadir *to, struct log_copied *out,
                      bool *again)
{
    static struct log_own_keys keys;
    struct registry *registry;
    const char *cause = "it cannot be read";
    struct store *store = open_store(to->path);
    if (store == NULL)
        return EXIT_DAMAGE;
    enum store_result r = read_copy(store, to, out, &registry, &keys, &cause);
    store_close(store);
    if (r != STORE_OK) {
        terminal_print(stderr,
                       TR("bitacorad: the store in %s is damaged: %s; run bitacorad fsck\n",
                          "bitacorad: el almacén en %s está dañado: %s; use bitacorad fsck\n"),
                       from, cause);
        return EXIT_DAMAGE;
    }
    struct blob_copy b = { .from = from, .to = to->path, .registry = registry };
    int code = blob_copy_all(&b);
    registry_free(registry);
    *again = b.lost > 0;
    out->blobs = b.files;
    out->bytes = b.bytes;
    return code;
}

int log_copy(const char *from, const struct datadir *to, struct log_copied *out)
{
    char store[PATH_MAX];
    bool again = true;
    *out = (struct log_copied){ .size = 0 };
    datadir_file(to, store, to->store);
    int code = copy_small(from, to);
    for (int i = 0; code == 0 && again && i < TRIES; i++) {
        code = copy_store(from, to);
        if (code == 0)
            code = copy_blobs(from, to, out, &again);
    }
    if (code == 0)
        code = copy_rows(from, to, out->size);
    out->bytes += store_copied(store);
    return code; /* a blob that is still missing is found by fsck */
}
