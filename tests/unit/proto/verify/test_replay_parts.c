/* Replays that go on from what was kept of an earlier one. */
#include "tests/unit/proto/verify/replay_logs.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_logs_replay_alike_in_two_parts),
        cmocka_unit_test(bad_logs_replay_alike_in_two_parts),
        cmocka_unit_test(a_log_with_another_skew_replays_alike_in_two_parts),
        cmocka_unit_test(forgotten_ids_stay_forgotten),
        cmocka_unit_test(old_entries_altered_since_are_found),
        cmocka_unit_test(a_bundle_cut_off_before_the_new_entries_is_found),
        cmocka_unit_test(new_entries_without_a_tile_are_found_or_judged),
        cmocka_unit_test(an_entry_of_before_does_not_stand_in_for_one_that_is_cut_off),
        cmocka_unit_test(a_rewritten_history_contradicts_the_kept_edge),
    };
    return cmocka_run_group_tests_name("replay_parts", tests, make_logs, free_logs);
}
