#include "tests/unit/fixture.h"

#include <stdlib.h>

/* Logs that most tests start from, and their files. */
static struct log forty, three_hundred;
static struct files files40, files300;
static struct hash root40, root300;

static int make_logs(void **state)
{
    (void)state;
    log_fill(&forty, 40);
    log_fill(&three_hundred, 300);
    files_make(&files40, &forty, 40);
    files_make(&files300, &three_hundred, 300);
    log_root(&forty, 40, &root40);
    log_root(&three_hundred, 300, &root300);
    return 0;
}

static int free_logs(void **state)
{
    (void)state;
    files_free(&files40);
    files_free(&files300);
    log_free(&forty);
    log_free(&three_hundred);
    return 0;
}

static const char *path_of(const struct file *file)
{
    char path[TILE_PATH_MAX];
    tile_path(path, &file->tile);
    return text_of("%s", path);
}

static void honest_logs_are_proven(void **state)
{
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    (void)state;
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), 40);
    run_free(r);
    r = run_replay(&three_hundred, &files300, 300, &root300, false);
    expect_none(&r->found);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(judge_signatures(r->judge), 300);
    run_free(r);
}

static void honest_logs_of_every_small_size_are_proven(void **state)
{
    (void)state;
    for (size_t size = 1; size <= 40; size++) {
        struct files f;
        struct hash root;
        files_make(&f, &forty, size);
        log_root(&forty, size, &root);
        struct run *r = run_replay(&forty, &f, size, &root, true);
        expect_none(&r->found);
        assert_int_equal(r->end, REPLAY_PROVEN);
        run_free(r);
        files_free(&f);
    }
}

static void listeners_hear_of_every_entry_and_bundle(void **state)
{
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    (void)state;
    for (size_t i = 0; i < 300; i++)
        assert_true(hash_eq(&r->known[i].leaf, &three_hundred.leaf[i]));
    run_free(r);
}

static bool count_bundles(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *bundles = ctx;
    assert_true(done <= size && size == 300);
    ++*bundles;
    return true;
}

static bool stop_at_once(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *bundles = ctx;
    assert_true(done < size);
    ++*bundles;
    return false;
}

static bool stop_at_second(void *ctx, uint64_t done, uint64_t size)
{
    unsigned *calls = ctx;
    return done < size && ++*calls < 2;
}

static void progress_is_told_after_each_bundle(void **state)
{
    struct found found = { .n = 0 };
    struct edge *edge = calloc(1, sizeof *edge);
    struct source source = files_source(&files300);
    struct judge_setup judge = { .log = three_hundred.who[THE_LOG].key.vkey,
                                 .structure = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    unsigned bundles = 0;
    struct replay_setup setup = { .source = &source,
                                  .size = 300,
                                  .root = root300,
                                  .judge = judge_new(&judge),
                                  .found = found_add,
                                  .found_ctx = &found,
                                  .progress = count_bundles,
                                  .progress_ctx = &bundles };
    (void)state;
    assert_true(edge != NULL && setup.judge != NULL);
    assert_int_equal(replay_run(&setup, edge), REPLAY_PROVEN);
    assert_int_equal(bundles, 2);
    judge_free(setup.judge);
    setup.judge = judge_new(&judge);
    setup.progress = stop_at_once;
    memset(edge, 0, sizeof *edge);
    files_find(&files300, 1, 0)->gone = true; /* of what was not read no tile is asked for */
    assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
    assert_int_equal(bundles, 3);
    expect_none(&found);
    files_find(&files300, 1, 0)->gone = false;
    judge_free(setup.judge);
    free(edge);
}

/* ---- flipped bits -------------------------------------------------------------------------- */

/* What a flip in a file must lead to: a bad finding that names the file; for a bundle, the entry.
 */
static void flip_is_found(const struct log *l, struct files *f, size_t size,
                          const struct hash *root, struct file *file, size_t bit, bool structure)
{
    file->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    struct run *r = run_replay(l, f, size, root, structure);
    bool named = false;
    for (size_t i = 0; i < r->found.n; i++) {
        const struct finding *b = &r->found.f[i];
        bool bundle = file->tile.level == TILE_ENTRIES;
        named =
            named || (b->verdict == VERDICT_BAD && strcmp(b->why.subject, path_of(file)) == 0 &&
                      (bundle ? b->entry / TILE_WIDTH == file->tile.n &&
                                    (b->why.reason == REASON_LEAF || b->why.reason == REASON_BUNDLE)
                              : b->why.reason == REASON_TILE));
        if (b->verdict == VERDICT_BAD && b->why.reason != REASON_LEAF &&
            b->why.reason != REASON_BUNDLE && b->why.reason != REASON_TILE)
            fail_msg("%s, bit %zu: %s accuses somebody else", path_of(file), bit,
                     reason_name(b->why.reason));
    }
    if (!named)
        fail_msg("%s, bit %zu: not found", path_of(file), bit);
    run_free(r);
    file->bytes.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

static void every_flipped_bit_of_forty_entries_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++)
        for (size_t bit = 0; bit < 8 * files40.file[i].bytes.n; bit += every())
            flip_is_found(&forty, &files40, 40, &root40, &files40.file[i], bit, true);
}

/* With every record judged, too: nothing else may come of it. A prime step meets all bits. */
static void flipped_bits_are_found_where_records_are_judged(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++)
        for (size_t bit = i; bit < 8 * files40.file[i].bytes.n; bit += 331 * every())
            flip_is_found(&forty, &files40, 40, &root40, &files40.file[i], bit, false);
}

static void flipped_bits_of_full_tiles_and_bundles_are_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++)
        for (size_t bit = i; bit < 8 * files300.file[i].bytes.n; bit += 331 * every())
            flip_is_found(&three_hundred, &files300, 300, &root300, &files300.file[i], bit, true);
}

/* ---- files that are cut, long or missing --------------------------------------------------- */

static void every_shorter_or_longer_file_is_found(void **state)
{
    (void)state;
    for (size_t i = 0; i < files40.n; i++) {
        struct file *file = &files40.file[i];
        size_t whole = file->bytes.n;
        buf_add_u8(&file->bytes, 0); /* the room for one more */
        for (size_t n = 0; n <= whole + 1; n += n + every() < whole ? every() : 1) {
            file->bytes.n = n;
            struct run *r = run_replay(&forty, &files40, 40, &root40, true);
            if (n == whole)
                expect_none(&r->found);
            else if (!found_bad(&r->found))
                fail_msg("%s of %zu bytes", path_of(file), n);
            run_free(r);
        }
        file->bytes.n = whole;
    }
}

static void a_missing_file_is_undecided_and_named(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++) {
        files300.file[i].gone = true;
        struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
        assert_int_equal(r->end, REPLAY_INCOMPLETE);
        expect_only(&r->found, REASON_MISSING, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(r->found.f[0].why.subject, path_of(&files300.file[i]));
        run_free(r);
        files300.file[i].gone = false;
    }
}

/* Without a bundle the tile still says what the leaves are, so that what follows can be judged. */
static void entries_behind_a_missing_bundle_are_judged(void **state)
{
    struct run *r;
    (void)state;
    files_find(&files300, TILE_ENTRIES, 0)->gone = true;
    files_find(&files300, TILE_ENTRIES, 1)->bytes.p[100] ^= 1;
    r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_true(found_at(&r->found, REASON_LEAF, 256));
    assert_int_equal(found_count(&r->found, REASON_MISSING), 1);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    run_free(r);
    files_find(&files300, TILE_ENTRIES, 0)->gone = false;
    files_find(&files300, TILE_ENTRIES, 1)->bytes.p[100] ^= 1;
}

/* What a bundle that is cut off proves is said once, and nothing is made up for the rest. */
static void a_bundle_cut_off_without_its_tile_is_found_once(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0), *tile = files_find(&files40, 0, 0);
    size_t whole = bundle->bytes.n;
    (void)state;
    tile->gone = true;
    bundle->bytes.n = 20 + forty.entry[0].n + forty.entry[1].n;
    struct run *r = run_replay(&forty, &files40, 40, &root40, true);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    assert_true(found_at(&r->found, REASON_BUNDLE, 2));
    run_free(r);
    tile->gone = false;
    bundle->bytes.n = whole;
}

/* A tile is not accused for what a cut bundle and a missing tile above leave open. */
static void a_cut_bundle_and_a_missing_tile_above_accuse_no_other_tile(void **state)
{
    struct file *bundle = files_find(&files300, TILE_ENTRIES, 0),
                *above = files_find(&files300, 1, 0);
    size_t whole = bundle->bytes.n;
    (void)state;
    above->gone = true;
    bundle->bytes.n = whole - 10;
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    assert_int_equal(r->found.n, 2);
    assert_true(found_at(&r->found, REASON_BUNDLE, 255));
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    run_free(r);
    above->gone = false;
    bundle->bytes.n = whole;
}

/* Neither leads to the root: nobody can say which of them was altered. */
static void a_bundle_and_its_tile_may_both_be_wrong(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0), *tile = files_find(&files40, 0, 0);
    (void)state;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    tile->bytes.p[5] ^= 1;
    struct run *r = run_replay(&forty, &files40, 40, &root40, true);
    assert_int_equal(r->end, REPLAY_CONTRADICTS);
    assert_true(found_at(&r->found, REASON_ROOT, NO_ENTRY));
    run_free(r);
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    tile->bytes.p[5] ^= 1;
}

/* The tile above would decide between them, and is not there. */
static void where_the_tile_above_is_missing_nothing_is_proven(void **state)
{
    struct file *bundle = files_find(&files300, TILE_ENTRIES, 0),
                *above = files_find(&files300, 1, 0);
    (void)state;
    above->gone = true;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
    struct run *r = run_replay(&three_hundred, &files300, 300, &root300, true);
    assert_int_not_equal(r->end, REPLAY_PROVEN);
    assert_true(found_at(&r->found, REASON_MISSING, NO_ENTRY));
    /* The tile is no more believed than the bundle: no entry is called altered. */
    assert_true(found_at(&r->found, REASON_TILE, NO_ENTRY));
    assert_int_equal(found_count(&r->found, REASON_LEAF), 0);
    run_free(r);
    above->gone = false;
    bundle->bytes.p[bundle->bytes.n - 1] ^= 1;
}

static enum fetch fail_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                            struct refusal *why)
{
    struct files *f = ctx;
    struct source files = files_source(f);
    if (files_find(f, t->level, t->n)->gone) {
        refuse(why, REASON_UNREADABLE, "the network");
        return FETCH_FAILED;
    }
    return files.tile(files.ctx, t, max, out, why);
}

static void what_could_not_be_fetched_is_undecided(void **state)
{
    (void)state;
    for (size_t i = 0; i < files300.n; i++) {
        struct found found = { .n = 0 };
        struct edge *edge = calloc(1, sizeof *edge);
        struct source source = { .tile = fail_tile, .ctx = &files300 };
        struct judge_setup judge = { .log = three_hundred.who[THE_LOG].key.vkey,
                                     .structure = true,
                                     .found = found_add,
                                     .found_ctx = &found };
        struct replay_setup setup = { .source = &source,
                                      .size = 300,
                                      .root = root300,
                                      .judge = judge_new(&judge),
                                      .found = found_add,
                                      .found_ctx = &found };
        assert_true(edge != NULL && setup.judge != NULL);
        files300.file[i].gone = true;
        assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
        expect_only(&found, REASON_UNREADABLE, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(found.f[0].why.subject, "the network");
        files300.file[i].gone = false;
        judge_free(setup.judge);
        free(edge);
    }
}

/* A bundle that breaks off, or of which nothing could be kept: none of it counts. */
static enum fetch fetch_half(void *ctx, const struct tile *t, size_t max, struct buf *out,
                             struct refusal *why)
{
    const enum fetch *got = ctx;
    struct source files = files_source(&files40);
    assert_int_equal(files.tile(files.ctx, t, max, out, why), FETCH_OK);
    if (t->level != TILE_ENTRIES)
        return FETCH_OK;
    out->n /= 2;
    out->failed = *got == FETCH_OK;
    refuse(why, REASON_UNREADABLE, "the network");
    return *got;
}

static void half_a_bundle_is_none(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        enum fetch got = how == 0 ? FETCH_FAILED : FETCH_OK;
        struct found found = { .n = 0 };
        struct edge *edge = calloc(1, sizeof *edge);
        struct source source = { .tile = fetch_half, .ctx = &got };
        struct judge_setup judge = { .log = forty.who[THE_LOG].key.vkey,
                                     .found = found_add,
                                     .found_ctx = &found };
        struct replay_setup setup = { .source = &source,
                                      .size = 40,
                                      .root = root40,
                                      .judge = judge_new(&judge),
                                      .found = found_add,
                                      .found_ctx = &found };
        assert_true(edge != NULL && setup.judge != NULL);
        assert_int_equal(replay_run(&setup, edge), REPLAY_INCOMPLETE);
        expect_only(&found, REASON_UNREADABLE, VERDICT_UNDECIDED, NO_ENTRY);
        assert_string_equal(found.f[0].why.subject,
                            how == 0 ? "the network" : "tile/entries/000.p/40");
        assert_int_equal(judge_signatures(setup.judge), 0);
        judge_free(setup.judge);
        free(edge);
    }
}

/* Where the last bundle is a full one the root decides, whatever the tiles above say. */
static void two_tiles_that_agree_do_not_outvote_the_root(void **state)
{
    struct files f;
    struct hash root, *hashes;
    (void)state;
    files_make(&f, &three_hundred, 256);
    log_root(&three_hundred, 256, &root);
    files_find(&f, 0, 0)->bytes.p[5] ^= 1;
    hashes = (struct hash *)(void *)files_find(&f, 0, 0)->bytes.p;
    tile_root((struct hash *)(void *)files_find(&f, 1, 0)->bytes.p, hashes, 256);
    struct run *r = run_replay(&three_hundred, &f, 256, &root, true);
    assert_int_equal(r->end, REPLAY_PROVEN);
    assert_int_equal(r->found.n, 2);
    assert_int_equal(found_count(&r->found, REASON_TILE), 2);
    run_free(r);
    files_free(&f);
}

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

/* ---- entries moved about in the bundle alone ----------------------------------------------- */

/* Puts these entries (by index) into the bundle of forty. */
static struct run *replay_bundle_of(const size_t *index, size_t n)
{
    struct buf *b = &files_find(&files40, TILE_ENTRIES, 0)->bytes, whole = *b;
    *b = (struct buf){ 0 };
    for (size_t i = 0; i < n; i++) {
        buf_add_u16(b, (uint16_t)forty.entry[index[i]].n);
        buf_add_span(b, buf_span(&forty.entry[index[i]]));
    }
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    buf_free(b);
    *b = whole;
    return r;
}

static void entries_dropped_from_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t drop = 0; drop < 40; drop++) {
        size_t index[39];
        for (size_t i = 0; i < 39; i++)
            index[i] = i < drop ? i : i + 1;
        struct run *r = replay_bundle_of(index, 39);
        assert_true(found_at(&r->found, drop < 39 ? REASON_LEAF : REASON_BUNDLE, drop));
        assert_true(found_at(&r->found, REASON_BUNDLE, 39));
        assert_int_equal(found_count(&r->found, REASON_BUNDLE), 1);
        run_free(r);
    }
}

static void entries_doubled_in_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t twice = 0; twice < 39; twice++) {
        size_t index[41];
        for (size_t i = 0; i < 41; i++)
            index[i] = i <= twice ? i : i - 1;
        struct run *r = replay_bundle_of(index, 40); /* the last one falls off */
        assert_true(found_at(&r->found, REASON_LEAF, twice + 1));
        run_free(r);
        r = replay_bundle_of(index, 41); /* one too many */
        assert_true(twice == 38 || found_at(&r->found, REASON_LEAF, twice + 1));
        assert_true(found_at(&r->found, REASON_BUNDLE, 39));
        run_free(r);
    }
}

static void entries_swapped_in_the_bundle_are_found(void **state)
{
    (void)state;
    for (size_t a = 0; a < 39; a++) {
        size_t index[40];
        for (size_t i = 0; i < 40; i++)
            index[i] = i == a ? a + 1 : i == a + 1 ? a : i;
        struct run *r = replay_bundle_of(index, 40);
        assert_int_equal(found_count(&r->found, REASON_LEAF), 2);
        assert_true(found_at(&r->found, REASON_LEAF, a) && found_at(&r->found, REASON_LEAF, a + 1));
        run_free(r);
    }
}

static void an_entry_replaced_in_the_bundle_is_found(void **state)
{
    size_t index[40];
    (void)state;
    for (size_t i = 0; i < 40; i++)
        index[i] = i == 20 ? 25 : i; /* validly signed, elsewhere */
    struct run *r = replay_bundle_of(index, 40);
    assert_true(found_at(&r->found, REASON_LEAF, 20));
    assert_int_equal(found_count(&r->found, REASON_LEAF), 1);
    run_free(r);
}

/* An altered entry is the courier's fault, not its signer's: what rests on it is undecided. */
static void what_rests_on_an_altered_entry_is_undecided(void **state)
{
    struct file *bundle = files_find(&files40, TILE_ENTRIES, 0);
    size_t at = 0;
    (void)state;
    for (size_t i = 0; i < 2; i++)
        at += 2 + forty.entry[i].n;
    bundle->bytes.p[at + 300] ^= 1; /* entry 2 enrols the requester */
    struct run *r = run_replay(&forty, &files40, 40, &root40, false);
    assert_true(found_at(&r->found, REASON_LEAF, 2));
    for (size_t i = 0; i < r->found.n; i++)
        assert_true(r->found.f[i].entry == 2 || r->found.f[i].verdict == VERDICT_UNDECIDED);
    assert_true(found_at(&r->found, REASON_KEY_UNKNOWN, 7));
    run_free(r);
    bundle->bytes.p[at + 300] ^= 1;
}

/* The same for genesis, which says what skew is and who enrols. */
static void an_altered_genesis_accuses_nobody_else(void **state)
{
    struct log l;
    struct files f;
    struct hash root;
    (void)state;
    log_start(&l, ",\"skew\":86400");
    log_add(&l, BY(JUDGE, KIND_ERASURE, .at = l.now - 80000000));
    files_make(&f, &l, l.n);
    log_root(&l, l.n, &root);
    struct run *r = run_replay(&l, &f, l.n, &root, false);
    expect_none(&r->found);
    run_free(r);
    f.file[0].bytes.p[200] ^= 1;
    r = run_replay(&l, &f, l.n, &root, false);
    assert_true(found_at(&r->found, REASON_LEAF, 0));
    for (size_t i = 0; i < r->found.n; i++)
        assert_true(r->found.f[i].entry == 0 || r->found.f[i].verdict == VERDICT_UNDECIDED);
    run_free(r);
    files_free(&f);
    log_free(&l);
}

/* ---- incremental --------------------------------------------------------------------------- */

static void same_findings(const struct found *a, size_t from, const struct found *b)
{
    assert_int_equal(a->n - from, b->n);
    for (size_t i = 0; i < b->n; i++) {
        const struct finding *x = &a->f[from + i], *y = &b->f[i];
        if (x->verdict != y->verdict || x->why.reason != y->why.reason || x->entry != y->entry ||
            x->related != y->related || strcmp(x->why.subject, y->why.subject) != 0)
            fail_msg("%s at %llu (related %llu) or %s at %llu (related %llu)",
                     reason_name(x->why.reason), (unsigned long long)x->entry,
                     (unsigned long long)x->related, reason_name(y->why.reason),
                     (unsigned long long)y->entry, (unsigned long long)y->related);
    }
}

/* A replay up to each size and from there on must find what one replay of all finds. */
static void every_split_agrees(const struct log *l, size_t step)
{
    struct files all;
    struct hash root;
    files_make(&all, l, l->n);
    log_root(l, l->n, &root);
    struct run *whole = run_replay(l, &all, l->n, &root, false);
    for (size_t size = 1; size < l->n; size += step) {
        struct files before;
        files_make(&before, l, size);
        log_root(l, size, &root);
        struct run *first = run_replay(l, &before, size, &root, false);
        struct run *second = run_on(first, l, &all, l->n);
        same_findings(&whole->found, first->found.n, &second->found);
        assert_int_equal(second->end, whole->end);
        assert_memory_equal(&second->edge.frontier, &whole->edge.frontier,
                            sizeof second->edge.frontier.size);
        assert_int_equal(judge_signatures(second->judge), judge_signatures(whole->judge));
        assert_int_equal(judge_last_time(second->judge), judge_last_time(whole->judge));
        struct hash genesis;
        assert_true(judge_genesis(second->judge, &genesis) && hash_eq(&genesis, &l->leaf[0]));
        run_free(first);
        run_free(second);
        files_free(&before);
    }
    run_free(whole);
    files_free(&all);
}

static void honest_logs_replay_alike_in_two_parts(void **state)
{
    (void)state;
    every_split_agrees(&forty, 1);
    every_split_agrees(&three_hundred, 23);
}

/* A log with a bit of everything wrong, whose findings look far back. */
static void make_bad_log(struct log *l)
{
    struct buf note = { 0 };
    log_start(l, "");
    log_note(&note, l, &BY(JUDGE, KIND_ERASURE));
    log_add_note(l, buf_span(&note));
    log_add(l, BY(REQUESTER, KIND_PRODUCT, .id = "11111111-1111-4111-8111-111111111111"));
    log_add_note(l, buf_span(&note)); /* replayed */
    log_add(l, BY(REQUESTER, KIND_PRODUCT, .id = "11111111-1111-4111-8111-111111111111"));
    log_add(l, BY(REGISTRAR, KIND_REVOKE));
    log_add(l, BY(AUDITOR, KIND_ANCHOR)); /* revoked */
    log_add_bytes(l, span_str("not an entry"));
    l->now -= 3600000;
    log_add(l, BY(JUDGE, KIND_ERASURE)); /* time goes back */
    log_add_bytes(l, span_str("bitacora/v2 entry\nwhatever"));
    log_add(l, BY(STRANGER, KIND_REQUEST, .under = log_ref(l, 2)));
    log_enroll(l, STRANGER, "requester", ",\"until\":\"2026-11-21T16:00:00.000Z\"");
    log_add(l, BY(STRANGER, KIND_PRODUCT)); /* expired */
    log_enroll(l, STRANGER, "judge", "");   /* again */
    log_add(l, BY(REGISTRAR, KIND_REVOKE)); /* again */
    l->now += 3 * 3600000;
    log_add_note(l, buf_span(&note)); /* long ago: skew, but no longer remembered */
    buf_free(&note);
}

static void bad_logs_replay_alike_in_two_parts(void **state)
{
    struct log l;
    (void)state;
    make_bad_log(&l);
    every_split_agrees(&l, 1);
    log_free(&l);
}

static void a_log_with_another_skew_replays_alike_in_two_parts(void **state)
{
    struct log l;
    (void)state;
    log_start(&l, ",\"skew\":7200");
    for (int i = 0; i < 6; i++) {
        l.now += 3000000;
        log_add(&l, BY(JUDGE, KIND_ERASURE, .id = "22222222-2222-4222-8222-222222222222",
                       .at = l.now - 6000000));
    }
    every_split_agrees(&l, 1);
    log_free(&l);
}

/* A clock that goes back meets ids that were forgotten, whether in memory or by an export. */
static void forgotten_ids_stay_forgotten(void **state)
{
    static const char id[] = "44444444-4444-4444-8444-444444444444";
    struct log l;
    (void)state;
    log_start(&l, "");
    log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
    l.now += 1201000; /* 2 skew, and more */
    log_add(&l, BY(JUDGE, KIND_ERASURE));
    l.now -= 1200000;
    log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
    every_split_agrees(&l, 1);
    log_free(&l);
}

/* The second part reads files that also hold what the first part read: that must not have changed
 * since. */
static void old_entries_altered_since_are_found(void **state)
{
    (void)state;
    for (int level = TILE_ENTRIES; level <= 0; level++) {
        struct files before;
        struct hash root;
        struct file *file = files_find(&files40, level, 0);
        files_make(&before, &forty, 25);
        log_root(&forty, 25, &root);
        struct run *first = run_replay(&forty, &before, 25, &root, true);
        for (size_t at = 10; at < file->bytes.n; at += file->bytes.n / 50) {
            file->bytes.p[at] ^= 1;
            struct run *second = run_on(first, &forty, &files40, 40);
            if (!found_bad(&second->found))
                fail_msg("%s, byte %zu", path_of(file), at);
            run_free(second);
            file->bytes.p[at] ^= 1;
        }
        run_free(first);
        files_free(&before);
    }
}

static void a_bundle_cut_off_before_the_new_entries_is_found(void **state)
{
    struct files before;
    struct hash root;
    struct buf *bundle = &files_find(&files40, TILE_ENTRIES, 0)->bytes;
    size_t whole = bundle->n;
    (void)state;
    files_make(&before, &forty, 25);
    log_root(&forty, 25, &root);
    struct run *first = run_replay(&forty, &before, 25, &root, true);
    for (bundle->n = 0; bundle->n < whole; bundle->n += 97) {
        struct run *second = run_on(first, &forty, &files40, 40);
        if (!found_bad(&second->found))
            fail_msg("%zu bytes", bundle->n);
        run_free(second);
    }
    bundle->n = 100; /* and without a tile: said once for each entry that was there, not twice */
    files_find(&files40, 0, 0)->gone = true;
    struct run *second = run_on(first, &forty, &files40, 40);
    assert_int_equal(found_count(&second->found, REASON_BUNDLE), 1);
    run_free(second);
    files_find(&files40, 0, 0)->gone = false;
    bundle->n = whole;
    run_free(first);
    files_free(&before);
}

/* Behind a state: cut just where the new entries begin; and whole, without a tile to hold the old
 * ones against. */
static void new_entries_without_a_tile_are_found_or_judged(void **state)
{
    struct files before;
    struct hash root;
    struct buf *bundle = &files_find(&files40, TILE_ENTRIES, 0)->bytes;
    size_t whole = bundle->n, old = 0;
    (void)state;
    files_make(&before, &forty, 25);
    log_root(&forty, 25, &root);
    struct run *first = run_replay(&forty, &before, 25, &root, false);
    for (size_t i = 0; i < 25; i++)
        old += 2 + forty.entry[i].n;
    files_find(&files40, 0, 0)->gone = true;
    bundle->n = old;
    struct run *second = run_on(first, &forty, &files40, 40);
    assert_int_equal(second->found.n, 2);
    assert_true(found_at(&second->found, REASON_MISSING, NO_ENTRY));
    assert_true(found_at(&second->found, REASON_BUNDLE, 25));
    run_free(second);
    bundle->n = whole;
    second = run_on(first, &forty, &files40, 40);
    expect_only(&second->found, REASON_MISSING, VERDICT_UNDECIDED, NO_ENTRY);
    run_free(second);
    files_find(&files40, 0, 0)->gone = false;
    run_free(first);
    files_free(&before);
}

/* A log that has entries twice, at one place of two bundles: what was read of the first bundle is
 * not taken for what the second one lacks. */
static void an_entry_of_before_does_not_stand_in_for_one_that_is_cut_off(void **state)
{
    struct log twice;
    struct files f;
    struct hash root;
    (void)state;
    log_copy(&twice, &three_hundred, TILE_WIDTH);
    for (size_t i = 0; i < 4; i++)
        log_add_bytes(&twice, buf_span(&three_hundred.entry[i]));
    files_make(&f, &twice, twice.n);
    log_root(&twice, twice.n, &root);
    files_find(&f, TILE_ENTRIES, 1)->bytes.n = 4 + twice.entry[0].n + twice.entry[1].n;
    struct run *r = run_replay(&twice, &f, twice.n, &root, true);
    assert_true(found_at(&r->found, REASON_BUNDLE, TILE_WIDTH + 2));
    assert_int_equal(r->end, REPLAY_INCOMPLETE);
    run_free(r);
    files_free(&f);
    log_free(&twice);
}

/* A history that was rewritten below the size of the first part. */
static void a_rewritten_history_contradicts_the_kept_edge(void **state)
{
    struct log other;
    struct files before, after;
    struct hash root;
    (void)state;
    log_fill(&other, 20);
    log_add(&other, BY(JUDGE, KIND_ERASURE, .id = "33333333-3333-4333-8333-333333333333"));
    while (other.n < 40)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    files_make(&before, &forty, 25);
    files_make(&after, &other, 40);
    log_root(&forty, 25, &root);
    struct run *first = run_replay(&forty, &before, 25, &root, false);
    struct run *second = run_on(first, &other, &after, 40);
    assert_int_not_equal(second->end, REPLAY_PROVEN);
    assert_true(found_at(&second->found, REASON_ROOT, NO_ENTRY));
    run_free(first);
    run_free(second);
    files_free(&before);
    files_free(&after);
    log_free(&other);
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
        cmocka_unit_test(honest_logs_are_proven),
        cmocka_unit_test(honest_logs_of_every_small_size_are_proven),
        cmocka_unit_test(listeners_hear_of_every_entry_and_bundle),
        cmocka_unit_test(progress_is_told_after_each_bundle),
        cmocka_unit_test(every_flipped_bit_of_forty_entries_is_found),
        cmocka_unit_test(flipped_bits_are_found_where_records_are_judged),
        cmocka_unit_test(flipped_bits_of_full_tiles_and_bundles_are_found),
        cmocka_unit_test(every_shorter_or_longer_file_is_found),
        cmocka_unit_test(a_missing_file_is_undecided_and_named),
        cmocka_unit_test(entries_behind_a_missing_bundle_are_judged),
        cmocka_unit_test(a_bundle_cut_off_without_its_tile_is_found_once),
        cmocka_unit_test(a_cut_bundle_and_a_missing_tile_above_accuse_no_other_tile),
        cmocka_unit_test(what_could_not_be_fetched_is_undecided),
        cmocka_unit_test(half_a_bundle_is_none),
        cmocka_unit_test(two_tiles_that_agree_do_not_outvote_the_root),
        cmocka_unit_test(what_was_seen_of_a_bundle_is_not_believed_of_the_next),
        cmocka_unit_test(reading_ahead_begins_and_ends_with_the_log),
        cmocka_unit_test(large_bundles_do_not_wait_for_each_other),
        cmocka_unit_test(another_root_is_a_contradiction),
        cmocka_unit_test(entries_dropped_from_the_bundle_are_found),
        cmocka_unit_test(entries_doubled_in_the_bundle_are_found),
        cmocka_unit_test(entries_swapped_in_the_bundle_are_found),
        cmocka_unit_test(an_entry_replaced_in_the_bundle_is_found),
        cmocka_unit_test(what_rests_on_an_altered_entry_is_undecided),
        cmocka_unit_test(an_altered_genesis_accuses_nobody_else),
        cmocka_unit_test(honest_logs_replay_alike_in_two_parts),
        cmocka_unit_test(bad_logs_replay_alike_in_two_parts),
        cmocka_unit_test(a_log_with_another_skew_replays_alike_in_two_parts),
        cmocka_unit_test(forgotten_ids_stay_forgotten),
        cmocka_unit_test(old_entries_altered_since_are_found),
        cmocka_unit_test(a_bundle_cut_off_before_the_new_entries_is_found),
        cmocka_unit_test(new_entries_without_a_tile_are_found_or_judged),
        cmocka_unit_test(an_entry_of_before_does_not_stand_in_for_one_that_is_cut_off),
        cmocka_unit_test(a_full_tile_of_level_1_is_compared),
        cmocka_unit_test(a_rewritten_history_contradicts_the_kept_edge),
        cmocka_unit_test(a_bundle_and_its_tile_may_both_be_wrong),
        cmocka_unit_test(where_the_tile_above_is_missing_nothing_is_proven),
    };
    return cmocka_run_group_tests_name("replay", tests, make_logs, free_logs);
}
