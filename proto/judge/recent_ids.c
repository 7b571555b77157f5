#include "proto/judge/recent_ids.h"

#include <sodium.h>
#include <stdlib.h>

/* Two generations, each an open-addressed table: uses go into the young one; once it spans more
 * than a window, the old one is beyond reach and is dropped. */
struct id_table {
    struct used_id *use;
    bool *taken;
    size_t count, slots;
    int64_t since; /* acceptance of its first use */
};

struct ids {
    struct id_table young, old;
    int64_t window;
    int64_t latest; /* acceptance: what lies more than a window before it is forgotten */
    uint8_t secret[crypto_shorthash_KEYBYTES];
};

struct ids *ids_new(int64_t window)
{
    struct ids *s = calloc(1, sizeof *s);
    if (s != NULL) {
        s->window = window;
        s->latest = INT64_MIN / 2; /* a window before it does not overflow */
        randombytes_buf(s->secret, sizeof s->secret);
    }
    return s;
}

static void table_free(struct id_table *t)
{
    free(t->use);
    free(t->taken);
    *t = (struct id_table){ 0 };
}

void ids_free(struct ids *s)
{
    if (s == NULL)
        return;
    table_free(&s->young);
    table_free(&s->old);
    free(s);
}

static size_t hash_of(const struct ids *s, const uint8_t id[static UUID_BYTES], uint32_t signer)
{
    uint64_t h;
    crypto_shorthash((uint8_t *)&h, id, UUID_BYTES, s->secret);
    return (size_t)(h ^ (uint64_t)signer * UINT64_C(0x9E3779B97F4A7C15));
}

/* A rule that does not depend on when tables happen to be dropped: a set that was exported and
 * imported answers like one that was not. */
static bool remembered(const struct ids *s, const struct used_id *u)
{
    return u->accepted >= s->latest - s->window;
}

static bool within(const struct ids *s, int64_t a, int64_t b)
{
    return (a > b ? a - b : b - a) <= s->window;
}

static const struct used_id *table_find(const struct ids *s, const struct id_table *t,
                                        const uint8_t id[static UUID_BYTES], uint32_t signer,
                                        int64_t accepted)
{
    const struct used_id *latest = NULL;
    if (t->count == 0)
        return NULL;
    for (size_t at = hash_of(s, id, signer);; at++) {
        size_t slot = at & (t->slots - 1);
        const struct used_id *u = &t->use[slot];
        if (!t->taken[slot])
            return latest;
        if (u->signer == signer && memcmp(u->id, id, UUID_BYTES) == 0 && remembered(s, u) &&
            within(s, u->accepted, accepted) && (latest == NULL || u->entry > latest->entry))
            latest = u;
    }
}

const struct used_id *ids_find(const struct ids *s, const uint8_t id[static UUID_BYTES],
                               uint32_t signer, int64_t accepted)
{
    const struct used_id *u = table_find(s, &s->young, id, signer, accepted);
    return u != NULL ? u : table_find(s, &s->old, id, signer, accepted);
}

static void put(const struct ids *s, struct id_table *t, const struct used_id *u)
{
    size_t at = hash_of(s, u->id, u->signer);
    while (t->taken[at & (t->slots - 1)])
        at++;
    t->use[at & (t->slots - 1)] = *u;
    t->taken[at & (t->slots - 1)] = true;
    t->count++;
}

static int grow(const struct ids *s, struct id_table *t)
{
    if (t->slots > 0 && (t->count + 1) * 4 <= t->slots * 3)
        return 0;
    struct id_table bigger = { .slots = t->slots == 0 ? 16 : t->slots * 2, .since = t->since };
    bigger.use = malloc(bigger.slots * sizeof *bigger.use);
    bigger.taken = calloc(bigger.slots, sizeof *bigger.taken);
    if (bigger.use == NULL || bigger.taken == NULL) {
        table_free(&bigger);
        return -1;
    }
    for (size_t i = 0; i < t->slots; i++)
        if (t->taken[i])
            put(s, &bigger, &t->use[i]);
    table_free(t);
    *t = bigger;
    return 0;
}

int ids_add(struct ids *s, const struct used_id *u)
{
    if (s->young.count > 0 && u->accepted > s->young.since &&
        u->accepted - s->young.since > s->window) {
        table_free(&s->old);
        s->old = s->young;
        s->young = (struct id_table){ 0 };
    }
    if (grow(s, &s->young) != 0)
        return -1;
    if (s->young.count == 0)
        s->young.since = u->accepted;
    put(s, &s->young, u);
    if (u->accepted > s->latest)
        s->latest = u->accepted;
    return 0;
}

static void table_each(const struct ids *s, const struct id_table *t,
                       void (*visit)(void *, const struct used_id *), void *ctx)
{
    for (size_t i = 0; i < t->slots; i++)
        if (t->taken[i] && remembered(s, &t->use[i]))
            visit(ctx, &t->use[i]);
}

void ids_each(const struct ids *s, void (*visit)(void *ctx, const struct used_id *u), void *ctx)
{
    table_each(s, &s->old, visit, ctx);
    table_each(s, &s->young, visit, ctx);
}
