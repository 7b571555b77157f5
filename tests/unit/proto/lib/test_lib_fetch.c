/* bitacora.h: what a fetch callback gives and does not give, and entries as a replay shows them. */
#include "tests/unit/proto/lib/lib_served.h"

/* A log of more than one bundle. */
static struct log large;
static struct files files; /* of its first 300 entries, or of 512 */
static bitacora_checkpoint *older, *newer;

/* What is done about one path; of others the file is given. */
static struct {
    const char *path;
    enum { GIVE, CLAIM_MORE, ADD_NOTHING, FULL_SINK, FAIL_AT_CAP, SHORT, MISS } how;
    unsigned asked, given; /* for that path, in all */
    int added;             /* what the sink said */
} odd;

static bitacora_checkpoint *opened(size_t size)
{
    struct buf note = { 0 };
    bitacora_checkpoint *c;
    log_checkpoint(&note, &large, size);
    assert_int_equal(bitacora_checkpoint_open(ctx, alone, note.p, note.n, &c), BITACORA_PROVEN);
    buf_free(&note);
    return c;
}

static int start(void **state)
{
    (void)state;
    lib_start();
    log_fill(&large, 512);
    older = opened(257);
    newer = opened(300);
    odd.asked = odd.given = 0;
    odd.path = "";
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_checkpoint_free(older);
    bitacora_checkpoint_free(newer);
    files_free(&files);
    log_free(&large);
    lib_stop();
    return 0;
}

static bitacora_fetched give_oddly(bitacora_sink *sink, struct span bytes)
{
    static const uint8_t zeros[16384];
    struct span cap;
    odd.asked++;
    switch (odd.how) {
    case CLAIM_MORE: /* no byte behind the first one that is too many is read */
        cap = fenced(span_of(zeros, bytes.n + 1));
        odd.added = bitacora_sink_add(sink, cap.p, cap.n + 5000);
        return BITACORA_FETCHED;
    case ADD_NOTHING:
        assert_true(bitacora_sink_add(NULL, bytes.p, bytes.n) != 0);
        assert_true(bitacora_sink_add(sink, NULL, 1) != 0);
        assert_int_equal(bitacora_sink_add(sink, NULL, 0), 0);
        assert_int_equal(bitacora_sink_add(sink, bytes.p, 0), 0);
        return give(sink, bytes);
    case FULL_SINK:
        odd.added = bitacora_sink_add(sink, zeros, bytes.n + 1);
        return BITACORA_FAILED;
    case FAIL_AT_CAP:
        odd.added = bitacora_sink_add(sink, bytes.p, bytes.n);
        return BITACORA_FAILED;
    case SHORT:
        return give(sink, span_of(bytes.p, bytes.n - 1));
    case MISS:
        return BITACORA_MISSING;
    default:
        return give(sink, bytes);
    }
}

static bitacora_fetched fetch_oddly(void *arg, const char *path, bitacora_sink *sink)
{
    struct tile t;
    (void)arg;
    assert_int_equal(tile_path_parse(&t, span_str(path)), 0);
    struct file *f = files_find(&files, t.level, t.n);
    odd.given++;
    if (t.level > 0) /* of any width */
        return give(sink, span_of(f->bytes.p, t.width * sizeof(struct hash)));
    if (f == NULL || f->tile.width != t.width)
        return BITACORA_MISSING;
    return strcmp(path, odd.path) == 0 ? give_oddly(sink, buf_span(&f->bytes))
                                       : give(sink, buf_span(&f->bytes));
}

static bitacora_result extends(int how)
{
    odd.how = how;
    odd.asked = odd.given = 0;
    return bitacora_checkpoint_extends_by_tiles(ctx, older, newer, fetch_oddly, NULL, NULL, NULL);
}

static void a_sink_takes_what_a_good_file_may_have(void **state)
{
    (void)state;
    files_make(&files, &large, 300);
    odd.path = "tile/0/001.p/44";
    assert_int_equal(extends(GIVE), BITACORA_PROVEN);
    assert_true(odd.asked > 0);
    assert_int_equal(extends(ADD_NOTHING), BITACORA_PROVEN);
    assert_int_equal(extends(CLAIM_MORE), BITACORA_BAD);
    assert_int_not_equal(odd.added, 0);
    only("tile", BITACORA_BAD);
    /* Whatever the callback makes of a sink that takes no more, the file is there. */
    assert_int_equal(extends(FULL_SINK), BITACORA_BAD);
    assert_int_not_equal(odd.added, 0);
    only("tile", BITACORA_BAD);
    assert_int_equal(extends(FAIL_AT_CAP), BITACORA_UNDECIDED);
    assert_int_equal(odd.added, 0);
    only("unreadable", BITACORA_UNDECIDED);
}

static void only_of_a_partial_tile_the_full_one_is_asked_for(void **state)
{
    (void)state;
    files_make(&files, &large, 300);
    odd.path = "tile/0/000";
    bitacora_checkpoint_free(older);
    older = opened(255);
    assert_int_equal(extends(MISS), BITACORA_UNDECIDED);
    only("missing", BITACORA_UNDECIDED);
    assert_true(has_found("missing", "tile/0/000"));
    assert_int_equal(odd.asked, 1);
}

/* A full tile of another length says nothing of its part. */
static void a_part_is_taken_of_whole_tiles_alone(void **state)
{
    (void)state;
    files_make(&files, &large, 512);
    odd.path = "tile/0/001";
    assert_int_equal(extends(GIVE), BITACORA_PROVEN);
    assert_int_equal(extends(SHORT), BITACORA_UNDECIDED);
    only("missing", BITACORA_UNDECIDED);
    assert_true(has_found("missing", "tile/0/001.p/44"));
    assert_int_equal(extends(MISS), BITACORA_UNDECIDED);
    assert_true(has_found("missing", "tile/0/001.p/44"));
}

/* ---- cancelling ------------------------------------------------------------------------------ */

struct say {
    unsigned at, asked; /* says yes once, when it is asked so often */
};

static int say_once(void *arg)
{
    struct say *s = arg;
    return ++s->asked == s->at;
}

/* Nothing is fetched, found or asked after that. */
static void what_is_cancelled_finds_nothing(void **state)
{
    unsigned stopped = 0;
    (void)state;
    files_make(&files, &large, 300);
    for (struct say s = { .at = 1 }; s.at < 100; s.at++) {
        s.asked = 0;
        bitacora_set_cancel(ctx, say_once, &s);
        bitacora_result result = extends(GIVE);
        bitacora_set_cancel(ctx, NULL, NULL);
        if (s.asked < s.at)
            break;
        stopped++;
        assert_int_equal(result, BITACORA_CANCELLED);
        assert_int_equal(s.asked, s.at);
        assert_int_equal(odd.given, s.at - 1);
        none();
    }
    assert_true(stopped > 0);
}

static void a_replay_that_is_cancelled_asks_no_more(void **state)
{
    unsigned stopped = 0;
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    for (struct say s = { .at = 1 }; s.at < 1000; s.at++) {
        s.asked = 0;
        bitacora_set_cancel(ctx, say_once, &s);
        bitacora_result result = run(r, NULL);
        bitacora_set_cancel(ctx, NULL, NULL);
        if (s.asked < s.at) {
            assert_int_equal(result, BITACORA_PROVEN);
            break;
        }
        stopped++;
        assert_int_equal(result, BITACORA_CANCELLED);
        assert_int_equal(s.asked, s.at);
        assert_false(bitacora_replay_proven(r));
    }
    assert_true(stopped > 2);
    bitacora_replay_free(r);
    stop_serving();
}

/* ---- entries --------------------------------------------------------------------------------- */

static void look_at_the_last(void *arg, const bitacora_entry *e)
{
    unsigned *seen = arg;
    if (bitacora_entry_index(e) != l.n - 1)
        return;
    ++*seen;
    assert_true(bitacora_entry_accepted(e) == INT64_MIN);
    assert_false(bitacora_entry_counts(e));
    assert_null(bitacora_entry_kind(e));
    assert_null(bitacora_entry_signer(e));
    assert_null(bitacora_entry_members(e));
}

static void what_is_no_entry_has_no_words(void **state)
{
    unsigned seen = 0;
    (void)state;
    log_add_bytes(&l, span_str("hello"));
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_on_entry(r, look_at_the_last, &seen);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    assert_int_equal(seen, 1);
    bitacora_replay_free(r);
    stop_serving();
}

static void look_at_a_hash(void *arg, const bitacora_entry *e)
{
    unsigned *seen = arg;
    ++*seen;
    assert_memory_equal(bitacora_entry_leaf(e), l.leaf[bitacora_entry_index(e)].b, HASH_BYTES);
    assert_true(bitacora_entry_accepted(e) > 0);
    assert_null(bitacora_entry_kind(e));
    assert_null(bitacora_entry_signer(e));
    assert_null(bitacora_entry_members(e));
}

static void of_a_structure_there_are_no_records(void **state)
{
    unsigned seen = 0;
    (void)state;
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    bitacora_replay_structure(r, true);
    bitacora_replay_on_entry(r, look_at_a_hash, &seen);
    assert_int_equal(run(r, NULL), BITACORA_PROVEN);
    assert_int_equal(seen, l.n);
    bitacora_replay_free(r);
    stop_serving();
}

static void what_does_not_count_and_what_it_is_related_to(void **state)
{
    static const char id[] = "11111111-1111-4111-8111-111111111111";
    (void)state;
    uint64_t first = log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
    uint64_t again = log_add(&l, BY(JUDGE, KIND_ERASURE, .id = id));
    serve(l.n, log_seconds());
    bitacora_replay *r = replay_new(policy);
    assert_int_equal(run(r, NULL), BITACORA_BAD);
    assert_int_equal(bitacora_findings(ctx), 1);
    const bitacora_finding *f = bitacora_finding_at(ctx, 0);
    assert_true(bitacora_finding_entry(f) == again && bitacora_finding_related(f) == first);
    bitacora_replay_free(r);
    stop_serving();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_sink_takes_what_a_good_file_may_have),
        TEST(only_of_a_partial_tile_the_full_one_is_asked_for),
        TEST(a_part_is_taken_of_whole_tiles_alone),
        TEST(what_is_cancelled_finds_nothing),
        TEST(a_replay_that_is_cancelled_asks_no_more),
        TEST(what_is_no_entry_has_no_words),
        TEST(of_a_structure_there_are_no_records),
        TEST(what_does_not_count_and_what_it_is_related_to),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
