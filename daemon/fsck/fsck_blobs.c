#include "daemon/fsck/fsck_blobs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/host/datadir.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

/* Names have 64 characters. */
#define HEX_BYTES (2 * HASH_BYTES)
#define PATH_CAP (PATH_MAX + 128)

/* What is kept, as a table of 32 bits of a keyed hash, one in four places free, and one bit each
 * for "named". Only the number of those that no entry names comes from it: that it be wrong by one
 * takes a chance of about one in a thousand for each million blobs. That a named one is there is
 * seen from the file itself. */
struct fsck_blobs {
    struct fsck_report *report;
    const struct registry *registry;
    char path[PATH_MAX];
    uint64_t slots; /* 0: there is nothing */
    uint64_t left;  /* so many files more may be taken in */
    uint32_t *slot; /* 0 is free */
    uint8_t *named;
    uint8_t secret[crypto_shorthash_KEYBYTES];
};

static void file_of(const struct fsck_blobs *b, char out[PATH_CAP], const char *folder,
                    const char *name)
{
    snprintf(out, PATH_CAP, "%s/%.8s/%.64s", b->path, folder, name);
}

/* ---- the table ------------------------------------------------------------------------------- */

static uint64_t first_place(const struct fsck_blobs *b, const uint8_t sha256[static HASH_BYTES],
                            uint32_t *mark)
{
    uint64_t h;
    crypto_shorthash((uint8_t *)&h, sha256, HASH_BYTES, b->secret);
    *mark = (uint32_t)(h >> 32) | 1; /* never 0 */
    return h % b->slots;
}

/* A file that came after they were counted, of a daemon that runs, is not taken in: an entry that
 * names it comes later, too. */
static void insert(struct fsck_blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    uint32_t mark;
    if (b->left == 0)
        return;
    b->left--;
    uint64_t at = first_place(b, sha256, &mark);
    while (b->slot[at] != 0)
        at = at + 1 == b->slots ? 0 : at + 1;
    b->slot[at] = mark;
}

static void set_named(struct fsck_blobs *b, const uint8_t sha256[static HASH_BYTES])
{
    uint32_t mark;
    if (b->slots == 0)
        return;
    for (uint64_t at = first_place(b, sha256, &mark); b->slot[at] != 0;
         at = at + 1 == b->slots ? 0 : at + 1)
        if (b->slot[at] == mark)
            b->named[at / 8] |= (uint8_t)(1u << at % 8);
}

static bool make_table(struct fsck_blobs *b, uint64_t files)
{
    if (files == 0)
        return true;
    uint64_t slots = files + files / 3 + 2;
    b->slot = calloc(slots, sizeof *b->slot);
    b->named = calloc(slots / 8 + 1, 1);
    b->slots = slots;
    b->left = files;
    return b->slot != NULL && b->named != NULL;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void check_blob_file(struct fsck_blobs *b, const char *folder, const char *name,
                            const uint8_t sha256[static HASH_BYTES])
{
    char path[PATH_CAP];
    struct buf bytes = { 0 };
    struct hash hash;
    file_of(b, path, folder, name);
    uint64_t erased = registry_erased(b->registry, sha256);
    if (erased != NO_ENTRY) { /* whole or in part: a crash in the middle leaves such */
        fsck_found(b->report, "blob", erased,
                   "it orders blob %s erased, which is still in %s: the daemon erases it when it "
                   "starts",
                   name, folder);
        b->report->unerased_blobs++;
        return;
    }
    if (file_read_at_once(&bytes, path, RULESET_MAX) != FILE_OK) {
        fsck_found(b->report, "blob", NO_ENTRY, "blob %s/%s cannot be read: %s", folder, name,
                   strerror(errno));
    } else {
        hash_bytes(&hash, buf_span(&bytes));
        if (memcmp(hash.b, sha256, HASH_BYTES) != 0)
            fsck_found(b->report, "blob", NO_ENTRY, "blob %s/%s has another SHA-256 than its name",
                       folder, name);
    }
    buf_free(&bytes);
}

/* Counts the files of a folder; checks them, too, if there is a table for those that are kept. */
static uint64_t walk_folder(struct fsck_blobs *b, const char *folder, bool check, bool kept)
{
    char path[PATH_CAP];
    uint8_t sha256[HASH_BYTES];
    uint64_t n = 0;
    file_of(b, path, folder, "");
    DIR *dir = opendir(path);
    if (dir == NULL && errno != ENOENT)
        fsck_found(b->report, "blob", NO_ENTRY, "blobs/%s cannot be listed: %s", folder,
                   strerror(errno));
    for (const struct dirent *e; dir != NULL && (errno = 0, e = readdir(dir)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        n++;
        if (!check)
            continue;
        if (hex_parse(sha256, HASH_BYTES, span_str(e->d_name)) != 0) {
            fsck_found(b->report, "blob", NO_ENTRY, "blobs/%s holds a file that is no blob: %s",
                       folder, e->d_name);
            continue;
        }
        check_blob_file(b, folder, e->d_name, sha256);
        if (kept)
            insert(b, sha256);
    }
    if (dir != NULL && errno != 0)
        fsck_found(b->report, "blob", NO_ENTRY, "blobs/%s cannot be listed: %s", folder,
                   strerror(errno));
    if (dir != NULL)
        closedir(dir);
    return n;
}

struct fsck_blobs *fsck_blobs_open(struct fsck_report *r, const char *path,
                                   const struct registry *registry)
{
    struct fsck_blobs *b = calloc(1, sizeof *b);
    if (b != NULL) {
        b->report = r;
        b->registry = registry;
        snprintf(b->path, sizeof b->path, "%s", path);
        randombytes_buf(b->secret, sizeof b->secret);
    }
    if (b == NULL || !make_table(b, walk_folder(b, "kept", false, true))) {
        fsck_found(r, "memory", NO_ENTRY, "out of memory");
        if (b != NULL)
            b->slots = 0;
        fsck_blobs_end(b);
        return NULL;
    }
    walk_folder(b, "kept", true, true);
    walk_folder(b, "new", true, false);
    return b;
}

/* ---- entries --------------------------------------------------------------------------------- */

struct named_blobs {
    struct fsck_blobs *blobs;
    uint64_t entry;
};

static int check_named(void *ctx, const char *member, const uint8_t sha256[static HASH_BYTES])
{
    const struct named_blobs *n = ctx;
    struct fsck_blobs *b = n->blobs;
    char name[HEX_BYTES + 1], path[PATH_CAP];
    if (registry_erased(b->registry, sha256) != NO_ENTRY)
        return 0;
    hex_format(name, sha256, HASH_BYTES);
    file_of(b, path, "kept", name);
    if (access(path, F_OK) != 0)
        fsck_found(b->report, "blob", n->entry, "blob %s, which '%s' names, is not kept", name,
                   member);
    else
        set_named(b, sha256);
    return 0;
}

void fsck_blobs_named(struct fsck_blobs *b, uint64_t entry, const struct record *record)
{
    struct named_blobs n = { .blobs = b, .entry = entry };
    if (b != NULL)
        kind_visit_blobs(record->kind, record->object, check_named, &n);
}

void fsck_blobs_end(struct fsck_blobs *b)
{
    if (b == NULL)
        return;
    for (uint64_t at = 0; at < b->slots; at++)
        b->report->unnamed_blobs += b->slot[at] != 0 && !(b->named[at / 8] >> at % 8 & 1);
    free(b->slot);
    free(b->named);
    free(b);
}
