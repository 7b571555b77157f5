/* Replays that look ahead, and those whose log has a full tile of level 1. */
#include "tests/unit/proto/verify/replay_logs.h"

#include <stdlib.h>

/* ---- what was looked at ahead -------------------------------------------------------------- */

/* Looks into the second bundle alone. */
struct ahead_once {
    struct log l;
    unsigned begun;
};

static bool key_of_auditor(void *ctx, struct span name, uint32_t id,
                           uint8_t key[static PUBLIC_KEY_BYTES])
{
    const struct ahead_once *a = ctx;
    const struct vkey *k = &a->l.who[AUDITOR].key.vkey;
    if (k->id != id || !span_is(name, k->name))
        return false;
    memcpy(key, k->key, PUBLIC_KEY_BYTES);
    return true;
}

static void begin_once(void *ctx, unsigned slot, struct stretch *s)
{
    struct ahead_once *a = ctx;
    assert_int_equal(slot, 0);
    for (unsigned part = 0; a->begun == 1 && part < STRETCH_PARTS; part++)
        stretch_look(s, part, key_of_auditor, a);
    a->begun++;
}

static void begin_nothing(void *ctx, unsigned slot, struct stretch *s)
{
    (void)ctx;
    (void)slot;
    (void)s;
}

static void end_once(void *ctx, unsigned slot)
{
    (void)ctx;
    (void)slot;
}

/* What log_start() made. */
static enum lookup look_up_first(void *ctx, uint64_t index, struct known_entry *out)
{
    const struct ahead_once *a = ctx;
    assert_in_range(index, 0, 8);
    out->leaf = a->l.leaf[index];
    out->kind = index == a->l.warrant   ? KIND_WARRANT
                : index == a->l.request ? KIND_REQUEST
                                        : KIND_ENROLL;
    return LOOKUP_FOUND;
}

/* An entry with a bad signature in the third bundle, at the same place as one of the second, whose
 * signature was verified ahead: of that nothing is left. */
static void what_was_seen_of_a_bundle_is_not_believed_of_the_next(void **state)
{
    static struct ahead_once a;
    static struct found found;
    static struct edge edge;
    struct buf note = { 0 };
    struct files f;
    struct replay_ahead ahead = { .depth = 1, .begin = begin_once, .end = end_once, .ctx = &a };
    struct judge_setup judge = {
        .lookup = look_up_first, .lookup_ctx = &a, .found = found_add, .found_ctx = &found
    };
    struct source source = files_source(&f);
    struct replay_setup setup = {
        .source = &source, .found = found_add, .found_ctx = &found, .ahead = &ahead
    };
    (void)state;
    log_start(&a.l, "");
    while (a.l.n < 768) {
        bool bad = a.l.n == 600;
        buf_clear(&note);
        log_note(&note, &a.l, &BY(AUDITOR, KIND_ANCHOR));
        note.p[note.n - 40] ^= bad; /* of the signature's base64 */
        log_add_note(&a.l, buf_span(&note));
    }
    files_make(&f, &a.l, a.l.n);
    assert_int_equal(files_find(&f, TILE_ENTRIES, 1)->bytes.n,
                     files_find(&f, TILE_ENTRIES, 2)->bytes.n);
    judge.log = a.l.who[THE_LOG].key.vkey;
    setup.judge = judge_new(&judge);
    setup.size = a.l.n;
    log_root(&a.l, a.l.n, &setup.root);
    assert_int_equal(replay_run(&setup, &edge), REPLAY_PROVEN);
    assert_int_equal(a.begun, 3);
    expect_only(&found, REASON_SIGNATURE, VERDICT_BAD, 600);
    judge_free(setup.judge);
    /* Stopped while there is one that was read ahead. */
    unsigned calls = 0;
    ahead.depth = 2;
    ahead.begin = begin_nothing;
    setup.progress = stop_at_second;
    setup.progress_ctx = &calls;
    setup.judge = judge_new(&judge);
    memset(&edge, 0, sizeof edge);
    assert_int_equal(replay_run(&setup, &edge), REPLAY_INCOMPLETE);
    assert_int_equal(calls, 2);
    judge_free(setup.judge);
    buf_free(&note);
    files_free(&f);
    log_free(&a.l);
}

/* Who is told what begins and ends, and sees what is asked for. */
struct counted {
    unsigned begun, ended, most; /* at once */
};

static void begin_counted(void *ctx, unsigned slot, struct stretch *s)
{
    struct counted *c = ctx;
    (void)slot;
    (void)s;
    c->begun++;
    if (c->begun - c->ended > c->most)
        c->most = c->begun - c->ended;
}

static void end_counted(void *ctx, unsigned slot)
{
    struct counted *c = ctx;
    (void)slot;
    c->ended++;
}

/* A log whose entries are all alike but for their headers, served as it is asked for. */
struct large_entries {
    struct log l;
    uint64_t size;
};

static enum fetch fetch_entries(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                struct refusal *why)
{
    const struct large_entries *g = ctx;
    (void)max;
    (void)why;
    assert_int_equal(t->width, tile_width(g->size, t->level, t->n));
    assert_in_range(t->width, 1, TILE_WIDTH); /* nothing behind the last one is asked for */
    for (unsigned i = 0; i < t->width; i++) {
        const uint64_t at = t->n * TILE_WIDTH + i;
        struct hash above;
        if (t->level == TILE_ENTRIES) {
            buf_add_u16(out, (uint16_t)g->l.entry[at].n);
            buf_add_span(out, buf_span(&g->l.entry[at]));
        } else if (t->level == 0) {
            buf_add(out, &g->l.leaf[at], sizeof g->l.leaf[at]);
        } else {
            plain_root(&above, &g->l.leaf[at * TILE_WIDTH], TILE_WIDTH);
            buf_add(out, &above, sizeof above);
        }
    }
    return FETCH_OK;
}

/* Goes on with an edge up to that size, reading ahead. */
static enum replay_end read_ahead(struct large_entries *g, struct edge *edge, struct judge *judge,
                                  struct counted *c,
                                  bool (*progress)(void *ctx, uint64_t done, uint64_t size))
{
    static struct found found;
    unsigned calls = 0;
    struct replay_ahead ahead = {
        .depth = 4, .begin = begin_counted, .end = end_counted, .ctx = c
    };
    const struct source source = { .tile = fetch_entries, .ctx = g };
    struct replay_setup setup = { .source = &source,
                                  .size = g->size,
                                  .judge = judge,
                                  .found = found_add,
                                  .found_ctx = &found,
                                  .ahead = &ahead,
                                  .progress = progress,
                                  .progress_ctx = &calls };
    found.n = 0;
    *c = (struct counted){ .begun = 0 };
    log_root(&g->l, g->size, &setup.root);
    enum replay_end end = replay_run(&setup, edge);
    expect_none(&found);
    return end;
}

/* What begins ends, and nothing is read twice, left out, or asked for behind the last entry: from
 * the start, behind entries of before, and stopped. */
static void reading_ahead_begins_and_ends_with_the_log(void **state)
{
    static struct large_entries g;
    static struct edge edge;
    struct found found = { .n = 0 };
    struct judge_setup setup = { .structure = true, .found = found_add, .found_ctx = &found };
    struct counted c;
    (void)state;
    log_keys(&g.l);
    while (g.l.n < 768)
        log_add_note(&g.l, span_str(""));
    setup.log = g.l.who[THE_LOG].key.vkey;
    struct judge *judge = judge_new(&setup);
    g.size = 25;
    assert_int_equal(read_ahead(&g, &edge, judge, &c, NULL), REPLAY_PROVEN);
    assert_true(c.begun == 1 && c.ended == 1);
    g.size = 768;
    assert_int_equal(read_ahead(&g, &edge, judge, &c, NULL), REPLAY_PROVEN);
    assert_true(c.begun == 3 && c.ended == 3 && c.most == 3);
    judge_free(judge);
    judge = judge_new(&setup);
    edge = (struct edge){ .frontier = { .size = 0 } };
    assert_int_equal(read_ahead(&g, &edge, judge, &c, stop_at_second), REPLAY_INCOMPLETE);
    assert_true(c.begun == 3 && c.ended == 3);
    judge_free(judge);
    expect_none(&found);
    log_free(&g.l);
}

/* Of large entries no more than one bundle waits: they would take much memory. */
static void large_bundles_do_not_wait_for_each_other(void **state)
{
    static struct large_entries g;
    static struct edge edge;
    static uint8_t note[17000];
    struct found found = { .n = 0 };
    struct judge_setup setup = { .structure = true, .found = found_add, .found_ctx = &found };
    struct counted c;
    (void)state;
    memset(note, 'x', sizeof note);
    log_keys(&g.l);
    while (g.l.n < 768)
        log_add_note(&g.l, span_of(note, sizeof note));
    g.size = 768;
    setup.log = g.l.who[THE_LOG].key.vkey;
    struct judge *judge = judge_new(&setup);
    assert_int_equal(read_ahead(&g, &edge, judge, &c, NULL), REPLAY_PROVEN);
    assert_true(c.begun == 3 && c.ended == 3 && c.most == 1);
    judge_free(judge);
    expect_none(&found);
    log_free(&g.l);
}

/* Both say the same, but the operator signed something else. */
static void another_root_is_a_contradiction(void **state)
{
    struct hash other = root40;
    (void)state;
    other.b[5] ^= 1;
    struct run *r = run_replay(&forty, &files40, 40, &other, true);
    expect_only(&r->found, REASON_ROOT, VERDICT_BAD, NO_ENTRY);
    assert_int_equal(r->end, REPLAY_CONTRADICTS);
    run_free(r);
}

/* ---- a full tile of level 1 ---------------------------------------------------------------- */

#define LARGE 65540

/* A log of entries without records, whose files are made as they are asked for. */
struct large {
    struct log l;
    struct hash *level1, root;
    bool altered; /* one bit of tile/1/000 */
    bool gone;    /* all of it */
    bool below;   /* one bit of each tile of level 0 */
};

static enum fetch fetch_large(void *ctx, const struct tile *t, size_t max, struct buf *out,
                              struct refusal *why)
{
    struct large *g = ctx;
    (void)max;
    if (t->level == 1 && g->gone) {
        refuse(why, REASON_MISSING, "tile/1/000");
        return FETCH_MISSING;
    }
    assert_int_equal(t->width, tile_width(LARGE, t->level, t->n));
    for (unsigned i = 0; t->level == TILE_ENTRIES && i < t->width; i++) {
        const struct buf *e = &g->l.entry[t->n * TILE_WIDTH + i];
        buf_add_u16(out, (uint16_t)e->n);
        buf_add_span(out, buf_span(e));
    }
    struct hash top;
    plain_root(&top, g->level1, TILE_WIDTH);
    const struct hash *from = t->level == 0   ? &g->l.leaf[t->n * TILE_WIDTH]
                              : t->level == 1 ? g->level1
                                              : &top;
    if (t->level >= 0)
        buf_add(out, from, t->width * sizeof *from);
    if (t->level == 1 && g->altered)
        out->p[5000] ^= 1;
    if (t->level == 0 && g->below)
        out->p[0] ^= 1;
    return FETCH_OK;
}

static struct found *replay_large(struct large *g)
{
    static struct found found;
    static struct edge edge;
    struct source source = { .tile = fetch_large, .ctx = g };
    struct judge_setup judge = { .log = g->l.who[THE_LOG].key.vkey,
                                 .structure = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    struct replay_setup setup = { .source = &source,
                                  .size = LARGE,
                                  .root = g->root,
                                  .judge = judge_new(&judge),
                                  .found = found_add,
                                  .found_ctx = &found };
    found.n = 0;
    edge = (struct edge){ .frontier = { .size = 0 } };
    assert_non_null(setup.judge);
    assert_int_equal(replay_run(&setup, &edge), g->gone ? REPLAY_INCOMPLETE : REPLAY_PROVEN);
    judge_free(setup.judge);
    return &found;
}

static void a_full_tile_of_level_1_is_compared(void **state)
{
    struct large g = { .altered = false };
    (void)state;
    log_keys(&g.l);
    while (g.l.n < LARGE)
        log_add_note(&g.l, span_str(""));
    g.level1 = calloc(TILE_WIDTH, sizeof *g.level1);
    assert_non_null(g.level1);
    for (size_t i = 0; i < TILE_WIDTH; i++)
        plain_root(&g.level1[i], &g.l.leaf[i * TILE_WIDTH], TILE_WIDTH);
    log_root(&g.l, LARGE, &g.root);
    g.gone = true;
    expect_only(replay_large(&g), REASON_MISSING, VERDICT_UNDECIDED, NO_ENTRY);
    g.gone = false;
    expect_none(replay_large(&g));
    g.altered = true;
    struct found *found = replay_large(&g);
    expect_only(found, REASON_TILE, VERDICT_BAD, NO_ENTRY);
    assert_string_equal(found->f[0].why.subject, "tile/1/000");
    g.altered = false;
    g.below = true; /* as many as there are, each is told */
    found = replay_large(&g);
    assert_int_equal(found->n, tile_count(LARGE, 0));
    assert_int_equal(found_count(found, REASON_TILE), found->n);
    free(g.level1);
    log_free(&g.l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_seen_of_a_bundle_is_not_believed_of_the_next),
        cmocka_unit_test(reading_ahead_begins_and_ends_with_the_log),
        cmocka_unit_test(large_bundles_do_not_wait_for_each_other),
        cmocka_unit_test(another_root_is_a_contradiction),
        cmocka_unit_test(a_full_tile_of_level_1_is_compared),
    };
    return cmocka_run_group_tests_name("replay_ahead", tests, make_logs, free_logs);
}
