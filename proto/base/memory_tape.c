#include "proto/base/memory_tape.h"

#include <stdlib.h>
#include <string.h>

#define PIECE ((size_t)16 * 1024)

struct memory_tape {
    struct memory_tapes *share;
    uint8_t **piece; /* of PIECE bytes each; NULL: given back */
    size_t pieces, cap;
    uint64_t length;
};

static int add_piece(struct memory_tape *m)
{
    if (m->share->used + PIECE > m->share->most)
        return -1;
    if (m->pieces == m->cap) {
        size_t cap = m->cap == 0 ? 16 : 2 * m->cap;
        uint8_t **more = realloc(m->piece, cap * sizeof *more);
        if (more == NULL)
            return -1;
        m->piece = more;
        m->cap = cap;
    }
    m->piece[m->pieces] = malloc(PIECE);
    if (m->piece[m->pieces] == NULL)
        return -1;
    m->pieces++;
    m->share->used += PIECE;
    return 0;
}

/* How many of n bytes at that place are in one piece. */
static size_t in_piece(uint64_t at, size_t n)
{
    size_t left = PIECE - (size_t)(at % PIECE);
    return n < left ? n : left;
}

static int append_bytes(void *ctx, const void *p, size_t n)
{
    struct memory_tape *m = ctx;
    const uint8_t *from = p;
    while (m->pieces * PIECE < m->length + n)
        if (add_piece(m) != 0)
            return -1;
    while (n > 0) {
        size_t part = in_piece(m->length, n);
        memcpy(m->piece[m->length / PIECE] + m->length % PIECE, from, part);
        m->length += part;
        from += part;
        n -= part;
    }
    return 0;
}

static int read_bytes(void *ctx, uint64_t at, void *p, size_t n)
{
    const struct memory_tape *m = ctx;
    uint8_t *to = p;
    while (n > 0) {
        size_t part = in_piece(at, n);
        const uint8_t *piece = m->piece[at / PIECE];
        if (piece == NULL)
            return -1;
        memcpy(to, piece + at % PIECE, part);
        at += part;
        to += part;
        n -= part;
    }
    return 0;
}

/* A piece that holds something else, too, stays until that is forgotten with it. */
static void give_back(void *ctx, uint64_t from, uint64_t to)
{
    struct memory_tape *m = ctx;
    for (uint64_t n = (from + PIECE - 1) / PIECE; n < to / PIECE; n++) {
        if (m->piece[n] == NULL)
            continue;
        free(m->piece[n]);
        m->piece[n] = NULL;
        m->share->used -= PIECE;
    }
}

int memory_tape_new(struct tape *out, struct memory_tapes *share)
{
    struct memory_tape *m = calloc(1, sizeof *m);
    *out = (struct tape){ .ctx = NULL };
    if (m == NULL)
        return -1;
    m->share = share;
    *out =
        (struct tape){ .append = append_bytes, .read = read_bytes, .forget = give_back, .ctx = m };
    return 0;
}

void memory_tape_free(struct tape *t)
{
    struct memory_tape *m = t->ctx;
    for (size_t i = 0; m != NULL && i < m->pieces; i++)
        if (m->piece[i] != NULL) {
            free(m->piece[i]);
            m->share->used -= PIECE;
        }
    if (m != NULL)
        free(m->piece);
    free(m);
    *t = (struct tape){ .ctx = NULL };
}
