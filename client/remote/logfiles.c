#include "client/remote/logfiles.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "client/base/say.h"
#include "client/remote/retry.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/tlog/kept_source.h"

struct logfiles {
    struct source files;     /* as they are read */
    struct source source;    /* the same, or through `kept` */
    struct kept_files *kept; /* NULL: none is kept */
    char *dir;               /* one of these two, or both */
    struct fetcher *fetcher;
    char *url;
    enum patience patience;
    bool answered; /* by that server, at all */
    bool gave_up;  /* on a file that had its time: the next are asked for once each */
};

static enum fetch read_dir(struct logfiles *l, const char *name, size_t max, struct buf *out,
                           struct refusal *why)
{
    char *path = path_join(l->dir, name);
    struct stat s;
    /* A pipe in somebody's folder is not waited for, not even a little. */
    bool special = stat(path, &s) == 0 && !S_ISREG(s.st_mode);
    enum file got = special ? FILE_SPECIAL : file_read(out, path, max);
    enum fetch result = got == FILE_OK || got == FILE_TOO_LARGE ? FETCH_OK
                        : got == FILE_MISSING                   ? FETCH_MISSING
                                                                : FETCH_FAILED;
    if (result == FETCH_FAILED) {
        char cause[90];
        snprintf(cause, sizeof cause, "%s: %s", name, file_cause(got));
        refuse(why, REASON_UNREADABLE, cause);
    }
    free(path);
    return result;
}

/* Waits before the file is asked for again. Returns false where it is not. */
static bool wait_to_repeat(struct logfiles *l, struct retry *retry, const struct answer *a,
                           const struct refusal *why)
{
    struct buf sentence = { 0 };
    bool there = l->answered || a->status == 429; /* a log that says so is there */
    bool patient = l->patience == PATIENCE_ALWAYS || (l->patience == PATIENCE_ANSWERED && there);
    bool hung = a->status == 0 && a->why == REASON_NET_TIME; /* nothing more is asked of it then */
    if (!patient || l->gave_up || !answer_may_come(a) || (hung && l->patience != PATIENCE_ALWAYS))
        return false;
    refusal_sentence(&sentence, why, language_get());
    bool again = retry_pause(retry, a, buf_str(&sentence));
    buf_free(&sentence);
    if (!again) {
        retry_say_over(retry);
        l->gave_up = true;
    } else if (l->patience == PATIENCE_ALWAYS) {
        fetch_no_hanging(l->fetcher); /* one that hung has time until ours is over */
    }
    return again;
}

static enum fetch read_url(struct logfiles *l, const char *name, size_t max, struct buf *out,
                           struct refusal *why)
{
    struct answer a;
    struct retry retry = retry_for(l->url, RETRY_SECONDS);
    size_t start = out->n;
    do {
        fetch_get(l->fetcher, name, max, out, &a);
        if (a.status != 200 || !a.acceptable)
            out->n = start; /* a page that says so */
        answer_refusal(&a, name, why);
    } while (wait_to_repeat(l, &retry, &a, why));
    l->answered = l->answered || a.status == 200;
    l->gave_up = l->gave_up && (a.status == 0 || answer_may_come(&a));
    if (a.status == 404 || a.status == 410)
        return FETCH_MISSING;
    return a.status == 200 && a.acceptable ? FETCH_OK : FETCH_FAILED;
}

/* A file that never changes. */
static enum fetch read_file(struct logfiles *l, const char *name, size_t max, struct buf *out,
                            struct refusal *why)
{
    enum fetch got = l->dir != NULL ? read_dir(l, name, max, out, why) : FETCH_MISSING;
    return got == FETCH_MISSING && l->url != NULL ? read_url(l, name, max, out, why) : got;
}

/* One that does: of the two the log's own is the newer one. */
static enum fetch read_newest(struct logfiles *l, const char *name, size_t max, struct buf *out,
                              struct refusal *why)
{
    return l->url != NULL ? read_url(l, name, max, out, why) : read_dir(l, name, max, out, why);
}

/* The full tile, or bundle, holds what a partial one held, and more behind it. A file of that name
 * that is no full one is none of the log's files: the partial one is missing then, as it was. */
static enum fetch read_from_full(struct logfiles *l, const struct tile *t, struct buf *out,
                                 struct refusal *why)
{
    const struct tile full = { .level = t->level, .n = t->n, .width = TILE_WIDTH };
    size_t start = out->n;
    char path[TILE_PATH_MAX];
    tile_path(path, &full);
    enum fetch got = read_file(l, path, tile_bytes_max(&full), out, why);
    if (got != FETCH_OK || out->failed)
        return got;
    size_t part = tile_part_of_full(span_of(out->p + start, out->n - start), t);
    out->n = start + part;
    return part == 0 ? FETCH_MISSING : FETCH_OK;
}

static enum fetch read_tile_file(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                 struct refusal *why)
{
    struct logfiles *l = ctx;
    char path[TILE_PATH_MAX];
    tile_path(path, t);
    enum fetch got = read_file(l, path, max, out, why);
    return got == FETCH_MISSING && t->width < TILE_WIDTH ? read_from_full(l, t, out, why) : got;
}

void logfiles_keep(struct logfiles *l)
{
    if (l->kept != NULL || (l->kept = calloc(1, sizeof *l->kept)) == NULL)
        return; /* without room they are read again */
    l->kept->below = &l->files;
    l->source = kept_source(l->kept);
}

static struct logfiles *logfiles_new(void)
{
    struct logfiles *l = kept(calloc(1, sizeof *l));
    if (l == NULL)
        return NULL;
    l->files = (struct source){ .tile = read_tile_file, .ctx = l };
    l->source = l->files;
    return l;
}

struct logfiles *logfiles_of_dir(const char *dir)
{
    struct logfiles *l = logfiles_new();
    if (l == NULL)
        return NULL;
    l->dir = kept(strdup(dir));
    if (l->dir != NULL)
        return l;
    logfiles_free(l);
    return NULL;
}

struct logfiles *logfiles_of_url(const char *url, const struct log_reader *reader)
{
    struct logfiles *l = logfiles_new();
    if (l == NULL)
        return NULL;
    l->fetcher = fetcher_new(url);
    l->url = kept(strdup(url));
    if (l->fetcher == NULL || l->url == NULL) {
        logfiles_free(l);
        return NULL;
    }
    fetch_no_hanging(l->fetcher);
    fetch_as(l->fetcher, reader);
    return l;
}

struct logfiles *logfiles_of_both(const char *dir, const char *url, const struct log_reader *reader)
{
    struct logfiles *l = logfiles_of_url(url, reader);
    if (l == NULL)
        return NULL;
    l->dir = kept(strdup(dir));
    if (l->dir != NULL)
        return l;
    logfiles_free(l);
    return NULL;
}

void logfiles_patience(struct logfiles *l, enum patience patience)
{
    l->patience = patience;
}

void logfiles_again(struct logfiles *l)
{
    if (l->fetcher != NULL)
        fetch_no_hanging(l->fetcher);
}

void logfiles_free(struct logfiles *l)
{
    if (l == NULL)
        return;
    if (l->kept != NULL)
        kept_files_free(l->kept);
    free(l->kept);
    free(l->dir);
    free(l->url);
    fetcher_free(l->fetcher);
    free(l);
}

const struct source *logfiles_source(struct logfiles *l)
{
    return &l->source;
}

enum fetch logfiles_checkpoint(struct logfiles *l, struct buf *out, struct refusal *why)
{
    enum fetch got = read_newest(l, "checkpoint", CHECKPOINT_MAX, out, why);
    if (got == FETCH_MISSING)
        refuse(why, REASON_MISSING, "checkpoint");
    return got;
}

void logfiles_blob_path(char out[static BLOB_PATH_MAX], const uint8_t sha256[static HASH_BYTES])
{
    size_t n = (size_t)sprintf(out, "v1/blobs/");
    sodium_bin2hex(out + n, 2 * HASH_BYTES + 1, sha256, HASH_BYTES);
}

enum fetch logfiles_blob(struct logfiles *l, const uint8_t sha256[static HASH_BYTES], size_t max,
                         struct buf *out, struct refusal *why)
{
    char name[BLOB_PATH_MAX];
    logfiles_blob_path(name, sha256);
    return read_file(l, name, max, out, why);
}

/* ---- the index ------------------------------------------------------------------------------- */

#define NEWEST_MAX 20 /* a decimal and its newline */

enum fetch logfiles_index_newest(struct logfiles *l, uint64_t *entry, struct refusal *why)
{
    struct buf text = { 0 };
    enum fetch got = read_newest(l, INDEX_NEWEST, NEWEST_MAX, &text, why);
    struct scan scan = scan_of(buf_span(&text));
    bool good = decimal_parse(entry, scan_line(&scan)) == 0 && scan_done(&scan) && !text.failed;
    if (got == FETCH_OK && !good) {
        refuse(why, text.failed ? REASON_MEMORY : REASON_UNREADABLE, INDEX_NEWEST);
        got = FETCH_FAILED;
    }
    buf_free(&text);
    return got;
}

enum fetch logfiles_index_file(struct logfiles *l, const struct hash *root,
                               const struct index_table_file *f, struct buf *out,
                               struct refusal *why)
{
    char path[INDEX_PATH_MAX];
    index_table_path(path, root, f);
    enum fetch got = read_file(l, path, PAGE_ROWS * ROW_BYTES, out, why);
    if (got == FETCH_MISSING)
        refuse(why, REASON_MISSING, path);
    return got;
}
