#include "client/remote/log_reader.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/remote/escape.h"
#include "proto/judge/token.h"
#include "proto/sys/clock.h"
#include "proto/tlog/tile.h"
#include "proto/verify/log_answer.h"

#define BEFORE_MS 120000 /* clocks differ */
#define AFTER_MS 180000

struct log_reader log_reader_of(const struct skey *key, const char *origin)
{
    struct log_reader r = { .key = key };
    snprintf(r.origin, sizeof r.origin, "%s", origin);
    return r;
}

/* The bundles have a tile's path, too, with a word in place of the level. */
enum path_class path_class_of(const char *path)
{
    static const char *const open[] = { "checkpoint", "healthz",    "readyz",
                                        "metrics",    "v1/records", "" };
    struct span p = span_str(path);
    for (size_t i = 0; i < sizeof open / sizeof *open; i++)
        if (span_is(p, open[i]))
            return PATH_OPEN;
    if (span_starts(p, "v1/find?vkey="))
        return PATH_OPEN;
    if (span_starts(p, "tile/") && !span_starts(p, "tile/entries/"))
        return PATH_OPEN;
    return span_starts(p, "v1/blobs/") ? PATH_BLOB : PATH_ENTRY;
}

/* ---- where it is enrolled -------------------------------------------------------------------- */

static int ask_index(const struct log_reader *r, log_reader_get_fn *get, void *ctx, uint64_t *index,
                     uint64_t *size)
{
    struct buf vkey = { 0 }, path = { 0 }, body = { 0 };
    struct hints hints = { .entry = NULL };
    vkey_format(&vkey, &r->key->vkey);
    buf_adds(&path, "v1/find?vkey=");
    query_escape(&path, kept_text(&vkey));
    const char *text = kept_text(&path);
    int failed = path.failed || get(ctx, text, FIND_ANSWER_MAX, &body) != 0
                     ? -1
                     : hints_parse(&hints, buf_span(&body));
    if (failed == -2)
        lost(ENOMEM);
    if (failed == 0 && hints.n > 0 && hints.size != NO_ENTRY && hints.entry[0] < hints.size) {
        *index = hints.entry[0]; /* the enrolment stands before the revocation */
        *size = hints.size;
    } else {
        failed = -1;
    }
    free(hints.entry);
    buf_free(&vkey);
    buf_free(&path);
    buf_free(&body);
    return failed == 0 ? 0 : -1;
}

static int ask_leaf(log_reader_get_fn *get, void *ctx, uint64_t index, uint64_t size,
                    uint8_t leaf[static HASH_BYTES])
{
    const struct tile tile = { .n = index / TILE_WIDTH,
                               .width = tile_width(size, 0, index / TILE_WIDTH) };
    char path[TILE_PATH_MAX];
    struct buf body = { 0 };
    size_t at = (size_t)(index % TILE_WIDTH) * HASH_BYTES;
    tile_path(path, &tile);
    int failed = get(ctx, path, TILE_BYTES, &body);
    if (failed == 0 && body.n >= at + HASH_BYTES)
        memcpy(leaf, body.p + at, HASH_BYTES);
    else
        failed = -1;
    buf_free(&body);
    return failed;
}

int log_reader_find(struct log_reader *r, log_reader_get_fn *get, void *ctx)
{
    uint64_t size;
    if (r->known)
        return 0;
    if (ask_index(r, get, ctx, &r->under.entry, &size) != 0 ||
        ask_leaf(get, ctx, r->under.entry, size, r->under.hash) != 0)
        return -1;
    r->known = true;
    return 0;
}

/* ---- tokens ---------------------------------------------------------------------------------- */

void log_reader_token(struct buf *out, const struct log_reader *r, const char *method,
                      const char *path)
{
    struct buf target = { 0 }, note = { 0 };
    int64_t now = clock_wall();
    buf_addf(&target, "/%s", path);
    const struct token_claim claim = { .origin = r->origin,
                                       .under = r->under,
                                       .from = now - BEFORE_MS,
                                       .until = now + AFTER_MS,
                                       .method = method,
                                       .path = kept_text(&target) };
    if (!target.failed && token_target_allowed(span_str(method), buf_span(&target)))
        token_sign(&note, &claim, r->key);
    else
        note.failed = true;
    buf_add_base64(out, note.p, note.n);
    out->failed = out->failed || note.failed;
    buf_free(&target);
    buf_free(&note);
}
