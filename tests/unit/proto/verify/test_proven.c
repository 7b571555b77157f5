/* proven.h: an entry that the log's files prove, and what is said where they cannot be read. */
#include "proto/verify/proven.h"

#include "tests/unit/fixture.h"

/* Files whose bundles do not fit into memory. */
static enum fetch without_memory(void *files, const struct tile *t, size_t max, struct buf *out,
                                 struct refusal *why)
{
    struct source whole = files_source(files);
    enum fetch got = whole.tile(whole.ctx, t, max, out, why);
    if (t->level == TILE_ENTRIES) {
        buf_free(out);
        out->failed = true;
    }
    return got;
}

/* Looks for entry 7 of nine. */
static enum verdict looked_up(bool memory, enum reason *reason)
{
    struct log l;
    struct files f = { .n = 0 };
    struct hash root;
    struct proven p;
    struct refusal why = { .reason = REASON_NONE };
    log_start(&l, "");
    files_make(&f, &l, l.n);
    log_root(&l, l.n, &root);
    struct source whole = files_source(&f), none = { .tile = without_memory, .ctx = &f };
    enum verdict v = proven_fetch(&p, memory ? &whole : &none, l.n, &root, 7, &why);
    if (v == VERDICT_GOOD)
        assert_true(span_eq(p.entry.bytes, buf_span(&l.entry[7])));
    *reason = why.reason;
    proven_free(&p);
    files_free(&f);
    log_free(&l);
    return v;
}

static void an_entry_is_proven(void **state)
{
    enum reason reason;
    (void)state;
    assert_int_equal(looked_up(true, &reason), VERDICT_GOOD);
}

/* A bundle of which nothing could be kept is no bundle that is cut off. */
static void without_memory_nothing_is_bad(void **state)
{
    enum reason reason;
    (void)state;
    assert_int_equal(looked_up(false, &reason), VERDICT_UNDECIDED);
    assert_int_equal(reason, REASON_MEMORY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_is_proven),
        cmocka_unit_test(without_memory_nothing_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
