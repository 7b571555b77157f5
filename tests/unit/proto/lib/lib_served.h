/* The fixture's log as files that a replay fetches. */
#ifndef TESTS_UNIT_PROTO_LIB_LIB_SERVED_H
#define TESTS_UNIT_PROTO_LIB_LIB_SERVED_H

#include "tests/unit/proto/lib/lib_fixture.h"

/* A log's files, and what its callbacks were told. */
static struct served {
    struct files files;
    struct buf checkpoint; /* empty: there is none */
    bitacora_fetched tile; /* BITACORA_FETCHED: as the files are; else this of every tile */
    unsigned asked;
} served;

static inline void serve(size_t size, uint64_t cosigned_at)
{
    files_make(&served.files, &l, size);
    cosigned_checkpoint(&served.checkpoint, &l, size, cosigned_at);
}

static inline void stop_serving(void)
{
    files_free(&served.files);
    buf_free(&served.checkpoint);
    served = (struct served){ .asked = 0 };
}

static inline bitacora_fetched give(bitacora_sink *sink, struct span bytes)
{
    size_t half = bytes.n / 2; /* in pieces, as a socket gives them */
    if (bitacora_sink_add(sink, bytes.p, half) == 0)
        bitacora_sink_add(sink, bytes.p + half, bytes.n - half);
    return BITACORA_FETCHED;
}

static inline bitacora_fetched fetch(void *arg, const char *path, bitacora_sink *sink)
{
    struct served *s = arg;
    struct tile t;
    s->asked++;
    if (strcmp(path, "checkpoint") == 0)
        return s->checkpoint.n == 0 ? BITACORA_MISSING : give(sink, buf_span(&s->checkpoint));
    assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
    if (s->tile != BITACORA_FETCHED)
        return s->tile;
    struct file *f = files_find(&s->files, t.level, t.n);
    if (f == NULL || f->gone || f->tile.width != t.width)
        return BITACORA_MISSING;
    return give(sink, buf_span(&f->bytes));
}

static inline bitacora_replay *replay_new(const bitacora_policy *p)
{
    bitacora_replay *r;
    assert_int_equal(bitacora_replay_new(ctx, p, &r), BITACORA_PROVEN);
    assert_non_null(r);
    return r;
}

static inline bitacora_result run(bitacora_replay *r, const struct buf *state)
{
    return bitacora_replay_run(ctx, r, fetch, &served, state == NULL ? NULL : state->p,
                               state == NULL ? 0 : state->n);
}

static inline void keep(struct buf *out, const bitacora_replay *r)
{
    char *bytes;
    size_t n;
    assert_int_equal(bitacora_replay_state(ctx, r, &bytes, &n), BITACORA_PROVEN);
    buf_add(out, bytes, n);
    bitacora_free(bytes);
}

#endif
