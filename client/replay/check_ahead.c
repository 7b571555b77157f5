#include "client/replay/check_ahead.h"

#include <pthread.h>
#include <sched.h>
#include <sodium.h>
#include <stdlib.h>

#define THREADS_MAX 64
#define FIRST_SLOTS 1024
#define PARTS_OPEN 8 /* that one thread has looked into while signatures of them wait */

/* An enrolled key, by a hash of its name and id: of two that share it only the first is tried
 * here. */
struct known_key {
    bool taken;
    uint64_t what;
    uint8_t key[PUBLIC_KEY_BYTES];
};

struct stretch_place {
    struct stretch *stretch;
    unsigned begun, ended; /* parts */
};

/* Of one thread: the signatures that wait to be eight, and the parts that are done with them. */
struct looked_into {
    struct note_gather notes;
    struct stretch_place *open[PARTS_OPEN];
    unsigned opens;
};

struct check_ahead {
    struct replay_ahead ahead;
    struct sig_verifier *verifier;
    pthread_mutex_t lock; /* of all that follows */
    pthread_cond_t work, ended;
    struct stretch_place *place; /* ahead.depth of them */
    unsigned first;              /* the place that is worked at; those behind it follow */
    unsigned parts_to_do;        /* in all places */
    bool stop;
    struct known_key *known; /* open-addressed, at most half full */
    size_t slots, count;
    uint8_t secret[crypto_shorthash_KEYBYTES]; /* ids are chosen by others: keyed hashing */
    /* Of the judge's thread alone. */
    uint32_t learned;
    struct looked_into own;
    unsigned threads;
    pthread_t thread[THREADS_MAX];
};

/* ---- keys ------------------------------------------------------------------------------------ */

static uint64_t what_of(const struct check_ahead *c, struct span name, uint32_t id)
{
    uint64_t what[2] = { 0, id }, h;
    crypto_shorthash((uint8_t *)&what[0], name.p, name.n, c->secret);
    crypto_shorthash((uint8_t *)&h, (const uint8_t *)what, sizeof what, c->secret);
    return h;
}

static struct known_key *slot_of(struct known_key *table, size_t slots, uint64_t what)
{
    for (uint64_t at = what;; at++) {
        struct known_key *k = &table[at & (slots - 1)];
        if (!k->taken || k->what == what)
            return k;
    }
}

/* Makes room for one more. */
static int grow_table(struct check_ahead *c)
{
    if (2 * (c->count + 1) <= c->slots)
        return 0;
    size_t slots = c->slots == 0 ? FIRST_SLOTS : 2 * c->slots;
    struct known_key *table = calloc(slots, sizeof *table);
    if (table == NULL)
        return -1;
    for (size_t i = 0; i < c->slots; i++)
        if (c->known[i].taken)
            *slot_of(table, slots, c->known[i].what) = c->known[i];
    free(c->known);
    c->known = table;
    c->slots = slots;
    return 0;
}

static void learn(struct check_ahead *c, const struct enrolment *e)
{
    if (grow_table(c) != 0)
        return; /* then the judge verifies what it signed */
    uint64_t what = what_of(c, span_str(e->key.name), e->key.id);
    struct known_key *k = slot_of(c->known, c->slots, what);
    if (k->taken)
        return;
    *k = (struct known_key){ .taken = true, .what = what };
    memcpy(k->key, e->key.key, PUBLIC_KEY_BYTES);
    c->count++;
}

void check_ahead_learn(struct check_ahead *c, const struct registry *r)
{
    if (c == NULL || c->learned == registry_count(r))
        return;
    pthread_mutex_lock(&c->lock);
    while (c->learned < registry_count(r))
        learn(c, registry_get(r, c->learned++));
    pthread_mutex_unlock(&c->lock);
}

static bool find_key(void *ctx, struct span name, uint32_t id, uint8_t key[static PUBLIC_KEY_BYTES])
{
    struct check_ahead *c = ctx;
    uint64_t what = what_of(c, name, id);
    bool found = false;
    pthread_mutex_lock(&c->lock);
    if (c->count > 0) {
        const struct known_key *k = slot_of(c->known, c->slots, what);
        found = k->taken;
        memcpy(key, k->key, PUBLIC_KEY_BYTES);
    }
    pthread_mutex_unlock(&c->lock);
    return found;
}

/* ---- threads --------------------------------------------------------------------------------- */

/* Ends the parts that a thread has looked into. The lock is held. */
static void end_parts(struct check_ahead *c, struct looked_into *g)
{
    for (unsigned i = 0; i < g->opens; i++)
        if (++g->open[i]->ended == STRETCH_PARTS)
            pthread_cond_signal(&c->ended);
    g->opens = 0;
}

/* Whoever has nothing to look into checks what waits. The lock is held, but not meanwhile. */
static void check_rest(struct check_ahead *c, struct looked_into *g)
{
    pthread_mutex_unlock(&c->lock);
    record_gather_end(&g->notes);
    pthread_mutex_lock(&c->lock);
    end_parts(c, g);
}

/* Looks into one part of the oldest stretch that has any left to begin. The lock is held, but not
 * meanwhile. */
static void look_into_part(struct check_ahead *c, struct looked_into *g)
{
    while (c->place[c->first].stretch == NULL || c->place[c->first].begun == STRETCH_PARTS)
        c->first = (c->first + 1) % c->ahead.depth;
    struct stretch_place *p = &c->place[c->first];
    unsigned part = p->begun++;
    if (p->begun == STRETCH_PARTS) /* a newer stretch may take the place before the next look */
        c->first = (c->first + 1) % c->ahead.depth;
    c->parts_to_do--;
    g->open[g->opens++] = p;
    pthread_mutex_unlock(&c->lock);
    stretch_gather(p->stretch, part, &g->notes);
    if (g->opens == PARTS_OPEN)
        record_gather_end(&g->notes);
    pthread_mutex_lock(&c->lock);
    if (g->notes.n == 0)
        end_parts(c, g);
}

static void prepare_to_look(struct check_ahead *c, struct looked_into *g)
{
    *g = (struct looked_into){ .notes = { .key = find_key, .ctx = c, .verifier = c->verifier } };
}

static void *look_ahead(void *ctx)
{
    struct check_ahead *c = ctx;
    struct looked_into g;
    prepare_to_look(c, &g);
    pthread_mutex_lock(&c->lock);
    while (!c->stop) {
        if (c->parts_to_do > 0)
            look_into_part(c, &g);
        else if (g.opens > 0)
            check_rest(c, &g);
        else
            pthread_cond_wait(&c->work, &c->lock);
    }
    pthread_mutex_unlock(&c->lock);
    return NULL;
}

static void begin_stretch(void *ctx, unsigned slot, struct stretch *s)
{
    struct check_ahead *c = ctx;
    pthread_mutex_lock(&c->lock);
    c->place[slot] = (struct stretch_place){ .stretch = s };
    if (c->parts_to_do == 0)
        c->first = slot;
    c->parts_to_do += STRETCH_PARTS;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
}

/* The judge's thread looks, too, rather than wait. */
static void end_stretch(void *ctx, unsigned slot)
{
    struct check_ahead *c = ctx;
    struct stretch_place *p = &c->place[slot];
    pthread_mutex_lock(&c->lock);
    while (p->ended < STRETCH_PARTS) {
        if (c->parts_to_do > 0)
            look_into_part(c, &c->own);
        else if (c->own.opens > 0)
            check_rest(c, &c->own);
        else
            pthread_cond_wait(&c->ended, &c->lock);
    }
    p->stretch = NULL;
    pthread_mutex_unlock(&c->lock);
}

/* ---- open, close ----------------------------------------------------------------------------- */

static unsigned threads_wanted(uint64_t entries, const struct sig_verifier *v)
{
    long least = sig_verifier_state(v) == SIG_BY_LANES ? 1 : 2;
    const char *text = getenv("BITACORA_THREADS");
    cpu_set_t cpus;
    long n = 0;
    if (text != NULL && *text != 0)
        n = strtol(text, NULL, 10);
    else if (entries > TILE_WIDTH && sched_getaffinity(0, sizeof cpus, &cpus) == 0)
        n = CPU_COUNT(&cpus);
    return n < least ? least == 1 : n > THREADS_MAX ? THREADS_MAX : (unsigned)n;
}

struct check_ahead *check_ahead_new(uint64_t entries, struct sig_verifier *v)
{
    unsigned wanted = threads_wanted(entries, v);
    struct check_ahead *c = wanted == 0 ? NULL : calloc(1, sizeof *c);
    if (c == NULL)
        return NULL;
    c->ahead = (struct replay_ahead){ .depth = 2 + (wanted + 1) / 2,
                                      .begin = begin_stretch,
                                      .end = end_stretch };
    c->ahead.ctx = c;
    c->verifier = v;
    prepare_to_look(c, &c->own);
    c->place = calloc(c->ahead.depth, sizeof *c->place);
    randombytes_buf(c->secret, sizeof c->secret);
    pthread_mutex_init(&c->lock, NULL);
    pthread_cond_init(&c->work, NULL);
    pthread_cond_init(&c->ended, NULL);
    while (c->place != NULL && c->threads + 1 < wanted && /* the judge's is one more */
           pthread_create(&c->thread[c->threads], NULL, look_ahead, c) == 0)
        c->threads++;
    if (c->place != NULL && (c->threads > 0 || sig_verifier_state(v) == SIG_BY_LANES))
        return c;
    check_ahead_free(c);
    return NULL;
}

void check_ahead_free(struct check_ahead *c)
{
    if (c == NULL)
        return;
    pthread_mutex_lock(&c->lock);
    c->stop = true;
    pthread_cond_broadcast(&c->work);
    pthread_mutex_unlock(&c->lock);
    while (c->threads > 0)
        pthread_join(c->thread[--c->threads], NULL);
    pthread_cond_destroy(&c->ended);
    pthread_cond_destroy(&c->work);
    pthread_mutex_destroy(&c->lock);
    free(c->place);
    free(c->known);
    free(c);
}

const struct replay_ahead *check_ahead_ahead(struct check_ahead *c)
{
    return c == NULL ? NULL : &c->ahead;
}
