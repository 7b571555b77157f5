#include "tests/simulator/writer.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/path.h"
#include "client/base/say.h"
#include "proto/record/entry.h"
#include "proto/sys/files.h"
#include "proto/tlog/note.h"
#include "tests/must.h"

static _Noreturn void cannot_write(const char *path)
{
    exit(say_usage(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                   strerror(errno)));
}

void write_file(const char *dir, const char *name, struct span bytes, unsigned mode)
{
    char *path = path_join(dir, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0 && errno == ENOENT && file_make_parents(path) == 0)
        fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
    if (fd < 0)
        cannot_write(path);
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n < 0 && errno != EINTR)
            cannot_write(path);
        if (n > 0)
            bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
    }
    if (close(fd) != 0)
        cannot_write(path);
    free(path);
}

void writer_open(struct writer *w, const char *dir)
{
    struct stat s;
    *w = (struct writer){ .mirror = path_join(dir, "mirror"), .accepted = INT64_MIN };
    if (stat(w->mirror, &s) == 0) {
        errno = EEXIST;
        cannot_write(w->mirror);
    }
}

static int write_tile(void *ctx, const struct tile *t, const struct hash *hashes)
{
    const struct writer *w = ctx;
    char path[TILE_PATH_MAX];
    tile_path(path, t);
    write_file(w->mirror, path, span_of(hashes, t->width * sizeof *hashes), 0644);
    return 0;
}

static void write_bundle(struct writer *w, uint64_t n, unsigned width)
{
    char path[TILE_PATH_MAX];
    tile_path(path, &(struct tile){ .level = TILE_ENTRIES, .n = n, .width = width });
    if (w->bundle.failed)
        die_of_memory();
    write_file(w->mirror, path, buf_span(&w->bundle), 0644);
    if (width == TILE_WIDTH)
        buf_clear(&w->bundle);
}

static void write_partial(struct writer *w)
{
    uint64_t size = writer_size(w);
    for (int level = 0; level < TILE_LEVELS; level++) {
        struct tile t = { .level = level,
                          .n = (size >> (8 * level)) / TILE_WIDTH,
                          .width = edge_width(&w->edge, level) };
        if (t.width > 0)
            write_tile(w, &t, w->edge.tile[level]);
    }
    if (size % TILE_WIDTH != 0)
        write_bundle(w, size / TILE_WIDTH, (unsigned)(size % TILE_WIDTH));
}

static void write_checkpoint(struct writer *w, const char *name)
{
    struct buf text = { 0 }, note = { 0 };
    struct hash root;
    uint64_t seconds = (uint64_t)(w->accepted / 1000) + 1;
    edge_root(&w->edge, &root);
    buf_addf(&text, "%s\n", w->log->vkey.name);
    buf_add_decimal(&text, writer_size(w));
    buf_adds(&text, "\n");
    buf_add_base64(&text, root.b, sizeof root.b);
    buf_adds(&text, "\n");
    note_sign(&note, buf_span(&text), w->log);
    for (size_t i = 0; i < w->witnesses; i++)
        note_cosign(&note, buf_span(&text), &w->witness[i], seconds);
    if (text.failed || note.failed)
        die_of_memory();
    write_file(w->mirror, name, buf_span(&note), 0644);
    buf_free(&text);
    buf_free(&note);
}

static void write_snapshot(struct writer *w)
{
    char name[48];
    snprintf(name, sizeof name, "checkpoint-%llu", (unsigned long long)writer_size(w));
    write_partial(w);
    write_checkpoint(w, name);
}

void writer_add(struct writer *w, int64_t accepted, struct span note)
{
    struct entry e = {
        .index = writer_size(w), .accepted = accepted, .link = w->last, .note = note
    };
    buf_clear(&w->entry);
    entry_format(&w->entry, &e);
    if (w->entry.failed)
        die_of_memory();
    if (accepted < w->accepted || w->entry.n > ENTRY_MAX)
        abort(); /* the simulator's own mistake */
    hash_leaf(&w->last, buf_span(&w->entry));
    w->accepted = accepted;
    buf_add_u16(&w->bundle, (uint16_t)w->entry.n);
    buf_add_span(&w->bundle, buf_span(&w->entry));
    edge_append(&w->edge, &w->last, write_tile, w);
    if (writer_size(w) % TILE_WIDTH == 0)
        write_bundle(w, e.index / TILE_WIDTH, TILE_WIDTH);
    if (w->snapshots > 0 && writer_size(w) % w->snapshots == 0)
        write_snapshot(w);
}

static void write_policy(const char *dir, const struct writer *w)
{
    struct buf text = { 0 };
    buf_adds(&text, "log ");
    vkey_format(&text, &w->log->vkey);
    for (size_t i = 0; i < w->witnesses; i++) {
        buf_addf(&text, "\nwitness w%zu ", i + 1);
        vkey_format(&text, &w->witness[i].vkey);
    }
    if (w->witnesses > 0)
        buf_addf(&text, "\ngroup all %zu", w->witnesses);
    for (size_t i = 0; i < w->witnesses; i++)
        buf_addf(&text, " w%zu", i + 1);
    buf_adds(&text, w->witnesses > 0 ? "\nquorum all\n" : "\nquorum none\n");
    if (text.failed)
        die_of_memory();
    write_file(dir, "policy", buf_span(&text), 0644);
    buf_free(&text);
}

void writer_close(struct writer *w, const char *dir)
{
    write_partial(w);
    write_checkpoint(w, "checkpoint");
    write_policy(dir, w);
    buf_free(&w->bundle);
    buf_free(&w->entry);
    free(w->mirror);
}
