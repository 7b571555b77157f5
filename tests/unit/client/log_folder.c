#include "tests/unit/client/log_folder.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void log_folder_make(struct log_folder *f)
{
    snprintf(f->dir, sizeof f->dir, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(f->dir));
}

static int remove_one(const char *path, const struct stat *s, int kind, struct FTW *at)
{
    (void)s;
    (void)kind;
    (void)at;
    return remove(path);
}

void log_folder_remove(struct log_folder *f)
{
    assert_int_equal(nftw(f->dir, remove_one, 8, FTW_DEPTH | FTW_PHYS), 0);
}

const char *log_folder_path(struct log_folder *f, const char *name)
{
    assert_in_range(snprintf(f->path, sizeof f->path, "%s/%s", f->dir, name), 1,
                    sizeof f->path - 1);
    return f->path;
}

static void make_parents(struct log_folder *f)
{
    for (char *at = f->path + strlen(f->dir) + 1; (at = strchr(at, '/')) != NULL; *at++ = '/') {
        *at = 0;
        mkdir(f->path, 0755);
    }
}

void log_folder_put(struct log_folder *f, const char *name, struct span bytes)
{
    const char *path = log_folder_path(f, name);
    make_parents(f);
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, out), bytes.n);
    assert_int_equal(fclose(out), 0);
}

void log_folder_drop(struct log_folder *f, const char *name)
{
    assert_int_equal(remove(log_folder_path(f, name)), 0);
}

void log_folder_write(struct log_folder *f, const struct log *l, size_t size)
{
    struct files files;
    struct buf checkpoint = { 0 };
    files_make(&files, l, size);
    for (size_t i = 0; i < files.n; i++) {
        char path[TILE_PATH_MAX];
        tile_path(path, &files.file[i].tile);
        log_folder_put(f, path, buf_span(&files.file[i].bytes));
    }
    files_free(&files);
    log_checkpoint(&checkpoint, l, size);
    log_folder_put(f, "checkpoint", buf_span(&checkpoint));
    buf_free(&checkpoint);
}

void log_folder_table(struct log_folder *f, const struct hash *root,
                      const struct index_table_file *file, struct span bytes)
{
    char path[INDEX_PATH_MAX];
    index_table_path(path, root, file);
    log_folder_put(f, path, bytes);
}

void log_folder_newest(struct log_folder *f, const char *text)
{
    log_folder_put(f, INDEX_NEWEST, span_str(text));
}

void log_folder_policy(struct log_folder *f, const struct log *l, const struct skey *witness,
                       const char *quorum)
{
    struct buf w = { 0 };
    vkey_format(&w, &witness->vkey);
    log_folder_put(f, "policy",
                   span_str(text_of("log %s\nwitness w %s\nquorum %s\n", vkey_text(l, THE_LOG),
                                    buf_str(&w), quorum)));
    buf_free(&w);
}
