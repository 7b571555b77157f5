#include "client/answer/answer_files.h"

#include <inttypes.h>

#include "client/base/lost.h"
#include "proto/index/cover.h"
#include "proto/record/entry.h"

/* ---- entries --------------------------------------------------------------------------------- */

/* Reads the bundle that holds an entry, and splits it. Returns how many entries it has; 0 where it
 * could not be read, with f->why. */
static unsigned split_bundle(struct answer_files *f, uint64_t n, struct buf *bundle,
                             struct span entry[static TILE_WIDTH])
{
    const struct source *s = logfiles_source(f->files);
    struct tile t = { .level = TILE_ENTRIES, .n = n, .width = tile_width(f->size, 0, n) };
    char path[TILE_PATH_MAX];
    tile_path(path, &t);
    buf_clear(bundle);
    enum fetch got = s->tile(s->ctx, &t, tile_bytes_max(&t), bundle, &f->why);
    if (got == FETCH_MISSING)
        refuse(&f->why, REASON_MISSING, path);
    if (got == FETCH_OK && bundle->failed)
        refuse(&f->why, REASON_MEMORY, "");
    if (got != FETCH_OK || bundle->failed)
        return 0;
    unsigned split = bundle_split(entry, t.width, buf_span(bundle));
    if (split == t.width)
        return split;
    refuse(&f->why, REASON_BUNDLE, path);
    return 0;
}

static int entry_of_files(void *ctx, uint64_t index, struct buf *out)
{
    struct answer_files *f = ctx;
    struct buf bundle = { 0 };
    struct span entry[TILE_WIDTH];
    unsigned at = (unsigned)(index % TILE_WIDTH);
    bool read = index < f->size && split_bundle(f, index / TILE_WIDTH, &bundle, entry) > at;
    if (read)
        buf_add_span(out, entry[at]);
    buf_free(&bundle);
    return read ? 0 : -1;
}

/* ---- tables ---------------------------------------------------------------------------------- */

static const struct table_file *find_kept(const struct answer_files *f, const struct hash *root,
                                          const struct index_table_file *file)
{
    for (size_t i = 0; i < TABLE_FILES; i++) {
        const struct table_file *k = &f->kept[i];
        if (k->bytes.n > 0 && k->file.level == file->level && k->file.n == file->n &&
            hash_eq(&k->root, root))
            return k;
    }
    return NULL;
}

static int table_of_files(void *ctx, const struct hash *root, const struct index_table_file *file,
                          struct buf *out)
{
    struct answer_files *f = ctx;
    const struct table_file *there = find_kept(f, root, file);
    if (there != NULL) {
        buf_add_span(out, buf_span(&there->bytes));
        return 0;
    }
    struct table_file *k = &f->kept[f->oldest];
    f->oldest = (f->oldest + 1) % TABLE_FILES;
    buf_clear(&k->bytes);
    k->root = *root;
    k->file = *file;
    if (logfiles_index_file(f->files, root, file, &k->bytes, &f->why) != FETCH_OK ||
        k->bytes.failed) {
        buf_free(&k->bytes);
        return -1;
    }
    buf_add_span(out, buf_span(&k->bytes));
    return 0;
}

void answer_files_open(struct answer_files *f, struct logfiles *files, uint64_t size)
{
    *f = (struct answer_files){ .files = files, .size = size };
    logfiles_keep(files);
    f->from.source = logfiles_source(files);
    f->tiles = (struct tile_source){ .read = source_read_tile, .ctx = &f->from, .size = size };
    f->source = (struct answer_source){
        .entry = entry_of_files, .table = table_of_files, .tiles = &f->tiles, .ctx = f
    };
}

void answer_files_close(struct answer_files *f)
{
    for (size_t i = 0; i < TABLE_FILES; i++)
        buf_free(&f->kept[i].bytes);
}

/* ---- the newest index ------------------------------------------------------------------------ */

static bool is_index(struct span bytes, uint64_t index)
{
    struct refusal why = { .reason = REASON_NONE };
    struct entry e;
    struct record r;
    struct cover cover;
    if (entry_parse(&e, bytes, &why) != 0 || !span_starts(e.note, RECORD_FORMAT " index\n") ||
        record_parse(&r, e.note, &why) != 0) {
        lost_to_memory(&why);
        return false;
    }
    bool is = r.kind == KIND_INDEX && cover_of(&cover, index, &r);
    record_free(&r);
    return is;
}

static bool hint_holds(struct answer_files *f, uint64_t index)
{
    struct buf bytes = { 0 };
    bool holds = index < f->size && entry_of_files(f, index, &bytes) == 0 &&
                 is_index(buf_span(&bytes), index);
    buf_free(&bytes);
    return holds;
}

static enum newest_index search(struct answer_files *f, uint64_t *index)
{
    struct buf bundle = { 0 };
    struct span entry[TILE_WIDTH];
    enum newest_index found = NEWEST_NONE;
    uint64_t n = tile_count(f->size, 0);
    for (int left = BUNDLES_SEARCHED; n > 0 && left > 0 && found == NEWEST_NONE; left--) {
        unsigned width = split_bundle(f, --n, &bundle, entry);
        if (width == 0)
            found = NEWEST_UNREAD;
        while (width > 0 && found == NEWEST_NONE) {
            *index = n * TILE_WIDTH + --width;
            if (is_index(entry[width], *index))
                found = NEWEST_FOUND;
        }
    }
    buf_free(&bundle);
    return found;
}

enum newest_index answer_files_newest(struct answer_files *f, uint64_t *index)
{
    struct refusal why;
    if (logfiles_index_newest(f->files, index, &why) == FETCH_OK && hint_holds(f, *index))
        return NEWEST_FOUND;
    return search(f, index);
}
