/* bitacora.h: answers. */
#include "tests/unit/proto/lib/lib_fixture.h"

#include "tests/unit/proto/answer/answer_fixture.h"

static struct indexed x;
static struct buf file;
static uint64_t newest, older, anchor;
static bitacora_policy *its_log, *its_witness;

static int start(void **state)
{
    (void)state;
    lib_start();
    indexed_start(&x);
    const uint64_t ends[] = { x.l.n };
    older = add_honest_index(&x, ends, 1, NULL);
    anchor = add_anchor(&x, older, AUDITOR);
    const uint64_t all[] = { ends[0], x.l.n };
    newest = add_honest_index(&x, all, 2, NULL);
    struct buf key = { 0 };
    vkey_format(&key, &witness.vkey);
    its_log = policy_of(text_of("log %s\nquorum none\n", vkey_text(&x.l, THE_LOG)));
    its_witness = policy_of(
        text_of("log %s\nwitness w %s\nquorum w\n", vkey_text(&x.l, THE_LOG), buf_str(&key)));
    buf_free(&key);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    bitacora_policy_free(its_log);
    bitacora_policy_free(its_witness);
    indexed_free(&x);
    buf_free(&file);
    lib_stop();
    return 0;
}

static void ask(size_t entries_max)
{
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct answer_ask a = ask_of(&x, newest, &q);
    a.entries_max = entries_max;
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

static bitacora_result verify(const bitacora_policy *by, bitacora_answer **out)
{
    return bitacora_answer_verify(ctx, by, file.p, file.n, out, NULL, NULL);
}

static void expect_says(const bitacora_answer *a)
{
    assert_string_equal(bitacora_answer_type(a), "warrant");
    assert_string_equal(bitacora_answer_value(a), REFERENCE);
    assert_int_equal(bitacora_answer_complete_to(a), newest - 1);
    assert_int_equal(bitacora_answer_covered_to(a), newest);
    assert_int_equal(bitacora_answer_index(a), newest);
    assert_int_equal(bitacora_answer_audit(a), anchor);
    assert_int_equal(bitacora_answer_audited_to(a), older);
    assert_string_equal(bitacora_answer_auditor(a), x.l.who[AUDITOR].key.vkey.name);
    assert_true(bitacora_answer_date(a) == x.l.now - 2000);
    assert_memory_equal(bitacora_answer_genesis(a), x.l.leaf[0].b, HASH_BYTES);
    assert_int_equal(bitacora_checkpoint_size(bitacora_answer_checkpoint(a)), x.l.n);
    assert_int_equal(bitacora_answer_count(a), 12);
    assert_int_equal(bitacora_answer_unkeyed(a), 0);
    const bitacora_answered *e = bitacora_answer_at(a, 0);
    assert_int_equal(bitacora_answered_index(e), x.warrant[0]);
    assert_memory_equal(bitacora_answered_leaf(e), x.l.leaf[x.warrant[0]].b, HASH_BYTES);
    assert_string_equal(bitacora_answered_kind(e), "warrant");
    assert_string_equal(bitacora_answered_signer(e), x.l.who[JUDGE].key.vkey.name);
    assert_string_equal(bitacora_answered_role(e), "judge");
    assert_string_equal(bitacora_answered_authority(e), "mx.judge");
    assert_non_null(strstr(bitacora_answered_members(e), "\"ref\":\"" REFERENCE "\""));
    assert_int_equal(bitacora_answered_members(e)[0], '{');
    for (size_t i = 1; i < 12; i++)
        assert_true(bitacora_answered_index(bitacora_answer_at(a, i - 1)) <
                    bitacora_answered_index(bitacora_answer_at(a, i)));
    assert_null(bitacora_answer_at(a, 12));
    assert_true(bitacora_answered_accepted(bitacora_answer_at(a, 11)) <
                bitacora_answer_date(a) + 1);
}

static void says_what_it_proves(void **state)
{
    (void)state;
    for (size_t most = 0; most < 7; most += 3) { /* in one part, and in several */
        bitacora_answer *a;
        ask(most);
        assert_int_equal(verify(its_log, &a), BITACORA_PROVEN);
        none();
        assert_int_equal(bitacora_answer_result(a), BITACORA_PROVEN);
        expect_says(a);
        bitacora_answer_free(a);
    }
}

static void a_missing_quorum_is_undecided(void **state)
{
    (void)state;
    bitacora_answer *a;
    ask(3);
    assert_int_equal(verify(its_witness, &a), BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 0)), "quorum");
    assert_int_equal(bitacora_answer_result(a), BITACORA_UNDECIDED);
    assert_int_equal(bitacora_checkpoint_quorum(bitacora_answer_checkpoint(a)), 0);
    expect_says(a);
    bitacora_answer_free(a);
}

/* Entries of a later version have no keys: they are in every answer, and leave it open. */
static void what_nobody_could_read_is_counted(void **state)
{
    (void)state;
    uint64_t later = add_unkeyed(&x, true), ends[] = { older, newest, x.l.n };
    newest = add_honest_index(&x, ends, 3, NULL);
    for (size_t most = 0; most < 7; most += 3) {
        bitacora_answer *a;
        ask(most);
        assert_int_equal(verify(its_log, &a), BITACORA_UNDECIDED);
        assert_non_null(a);
        assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 0)), "version");
        assert_int_equal(bitacora_finding_entry(bitacora_finding_at(ctx, 0)), later);
        assert_int_equal(bitacora_answer_unkeyed(a), 1);
        assert_int_equal(bitacora_answer_count(a), 12);
        assert_int_equal(bitacora_answer_complete_to(a), newest - 1);
        bitacora_answer_free(a);
    }
}

static void expect_refused(bitacora_result result, const char *code)
{
    bitacora_answer *a;
    assert_int_equal(verify(its_log, &a), result);
    assert_null(a);
    assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 0)), code);
}

static void what_is_wrong_gives_no_answer(void **state)
{
    (void)state;
    bitacora_answer *a;
    ask(3);
    assert_int_equal(verify(other_log, &a), BITACORA_UNDECIDED);
    assert_null(a);
    file.n--;
    expect_refused(BITACORA_UNDECIDED, "answer");
    ask(3);
    buf_adds(&file, "x");
    expect_refused(BITACORA_UNDECIDED, "answer");
    buf_clear(&file);
    expect_refused(BITACORA_UNDECIDED, "answer");
    ask(0);
    struct buf half = { 0 };
    ask(3);
    const uint8_t *second = memmem(file.p + 1, file.n - 1, ANSWER_FORMAT, strlen(ANSWER_FORMAT));
    assert_non_null(second);
    buf_add(&half, file.p, (size_t)(second - file.p));
    struct buf whole = file;
    file = half;
    expect_refused(BITACORA_UNDECIDED, "answer");
    buf_free(&half);
    file = whole;
    ask(0);
    replace(&file, "\"persons\":1", "\"persons\":2");
    expect_refused(BITACORA_BAD, "answer");
    assert_int_equal(bitacora_set_limit(ctx, BITACORA_LIMIT_ANSWER, file.n - 1), BITACORA_PROVEN);
    expect_refused(BITACORA_UNDECIDED, "answer");
}

static void an_index_that_lies_gives_evidence(void **state)
{
    (void)state;
    struct index_row *rows;
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct cover cover = { .tables = 3, .end = x.l.n };
    put_honest_table(&x, &cover.table[0], 0, older);
    put_honest_table(&x, &cover.table[1], older, newest);
    struct index_row lie;
    index_row_set(&lie, &q.key, newest); /* the index entry itself has no key */
    put_table(&x, &cover.table[2], newest, x.l.n, &lie, 1, 0);
    free(rows);
    assert_true(n > 0);
    newest = add_index(&x, &cover);
    ask(0);
    bitacora_answer *a;
    char *text;
    size_t length;
    assert_int_equal(bitacora_answer_verify(ctx, its_log, file.p, file.n, &a, &text, &length),
                     BITACORA_BAD);
    assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 0)), "index");
    assert_null(a);
    assert_non_null(text);
    bitacora_evidence *e;
    assert_int_equal(bitacora_evidence_verify(ctx, its_log, text, length, &e), BITACORA_PROVEN);
    assert_string_equal(bitacora_evidence_claim(e), "index");
    assert_int_equal(bitacora_finding_entry(bitacora_evidence_finding(e)), newest);
    bitacora_evidence_free(e);
    bitacora_free(text);
}

/* ---- of other sizes -------------------------------------------------------------------------- */

/* One that rests on an index, under the log's first `size` entries. */
static bitacora_answer *answer_of(enum index_key_type type, const char *value, uint64_t index,
                                  uint64_t size, bool tail)
{
    bitacora_answer *a;
    struct answer_question q = question_of(type, value);
    struct answer_ask asked = ask_of(&x, index, &q);
    asked.size = size;
    asked.tail = tail;
    buf_clear(&file);
    make_answer(&file, &x, &asked);
    assert_int_equal(verify(its_log, &a), BITACORA_PROVEN);
    return a;
}

static void without_an_auditor_none_is_named(void **state)
{
    (void)state;
    bitacora_answer *a = answer_of(INDEX_KEY_WARRANT, REFERENCE, older, older + 1, false);
    assert_true(bitacora_answer_audit(a) == BITACORA_NO_ENTRY);
    assert_null(bitacora_answer_auditor(a));
    assert_int_equal(bitacora_answer_audited_to(a), 0);
    bitacora_answer_free(a);
}

/* More of them than there is room for at first, the last one in the tail. */
static void sixty_entries_are_all_there(void **state)
{
    uint64_t last = 0;
    (void)state;
    for (int i = 0; i < 60; i++)
        last = add_request(&x, x.warrant[0], REFERENCE);
    bitacora_answer *a = answer_of(INDEX_KEY_WARRANT, REFERENCE, newest, x.l.n, true);
    assert_int_equal(bitacora_answer_count(a), 72);
    const bitacora_answered *e = bitacora_answer_at(a, 71);
    assert_int_equal(bitacora_answered_index(e), last);
    assert_true(bitacora_answered_accepted(e) == bitacora_answer_date(a));
    assert_true(bitacora_answered_accepted(e) > 0);
    assert_string_equal(bitacora_checkpoint_origin(bitacora_answer_checkpoint(a)), ORIGIN);
    bitacora_answer_free(a);
}

static void who_has_no_authority_is_of_none(void **state)
{
    (void)state;
    const char *registrar = x.l.who[REGISTRAR].key.vkey.name;
    bitacora_answer *a = answer_of(INDEX_KEY_SIGNER, registrar, newest, x.l.n, false);
    assert_int_equal(bitacora_answer_count(a), 5);
    const bitacora_answered *e = bitacora_answer_at(a, 0);
    assert_string_equal(bitacora_answered_role(e), "registrar");
    assert_string_equal(bitacora_answered_signer(e), registrar);
    assert_null(bitacora_answered_authority(e));
    bitacora_answer_free(a);
}

/* ---- witnesses, versions, what is worst ------------------------------------------------------ */

/* The answer under a checkpoint that the witness cosigned then. */
static void cosign(uint64_t seconds)
{
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct answer_ask asked = ask_of(&x, newest, &q);
    struct answer_source source = source_of(&x);
    struct buf part = { 0 }, note = { 0 };
    uint64_t to, end;
    cosigned_checkpoint(&note, &x.l, x.l.n, seconds);
    assert_int_equal(answer_make(&part, &asked, &source, &to, &end), ANSWER_MADE);
    buf_clear(&file);
    assert_int_equal(answer_put_checkpoint(&file, buf_span(&part), buf_span(&note)), 0);
    buf_free(&part);
    buf_free(&note);
}

static void a_clock_that_disagrees_leaves_it_undecided(void **state)
{
    bitacora_answer *a;
    (void)state;
    cosign((uint64_t)(x.l.now / 1000));
    assert_int_equal(verify(its_witness, &a), BITACORA_PROVEN);
    assert_true(bitacora_checkpoint_time(bitacora_answer_checkpoint(a)) == x.l.now);
    bitacora_answer_free(a);
    cosign(1000);
    assert_int_equal(verify(its_witness, &a), BITACORA_UNDECIDED);
    only("clock", BITACORA_UNDECIDED);
    assert_non_null(a);
    assert_int_equal(bitacora_answer_result(a), BITACORA_UNDECIDED);
    bitacora_answer_free(a);
}

/* The quorum, which is found last, makes nothing undecided that is bad. */
static void what_is_bad_stays_bad(void **state)
{
    bitacora_answer *a;
    (void)state;
    ask(0);
    replace(&file, "\"persons\":1", "\"persons\":2");
    assert_int_equal(verify(its_witness, &a), BITACORA_BAD);
    assert_null(a);
    assert_int_equal(bitacora_findings(ctx), 2);
    assert_string_equal(bitacora_finding_code(bitacora_finding_at(ctx, 1)), "quorum");
}

static void a_later_version_gives_no_answer(void **state)
{
    bitacora_answer *a;
    (void)state;
    ask(0);
    file.p[strlen("bitacora/v")] = '2';
    assert_int_equal(verify(its_log, &a), BITACORA_UNDECIDED);
    only("version", BITACORA_UNDECIDED);
    assert_null(a);
}

static void what_cannot_be_read_is_told_once(void **state)
{
    static const char *const texts[] = { "", "x", "bitacora/v1 answer\n" };
    bitacora_answer *a;
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        assert_int_equal(
            bitacora_answer_verify(ctx, its_log, texts[i], strlen(texts[i]), &a, NULL, NULL),
            BITACORA_UNDECIDED);
        only("answer", BITACORA_UNDECIDED);
        assert_string_equal(bitacora_finding_name(bitacora_finding_at(ctx, 0)), "ANSWER_FORM");
        assert_null(a);
    }
}

/* ---- evidence, and who stops it -------------------------------------------------------------- */

static int say_once(void *left)
{
    return --*(int *)left == 0;
}

static void only_a_lie_gives_evidence(void **state)
{
    bitacora_answer *a;
    char *text = (char *)ctx;
    size_t n = 1;
    (void)state;
    ask(0);
    assert_int_equal(bitacora_answer_verify(ctx, its_log, file.p, file.n, &a, &text, &n),
                     BITACORA_PROVEN);
    assert_true(text == NULL && n == 0);
    bitacora_answer_free(a);
    replace(&file, "\"persons\":1", "\"persons\":2");
    text = (char *)ctx;
    n = 1;
    assert_int_equal(bitacora_answer_verify(ctx, its_log, file.p, file.n, &a, &text, &n),
                     BITACORA_BAD);
    assert_true(text == NULL && n == 0);
}

static int by_bytes(const void *a, const void *b)
{
    return index_row_compare(a, b);
}

/* One table that says of two entries, far from each other, that they have the key. */
static void lie_twice(void)
{
    struct index_row *rows, *all;
    struct answer_question q = question_of(INDEX_KEY_WARRANT, REFERENCE);
    struct cover cover = { .tables = 1, .end = x.l.n };
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    all = calloc(n + 2, sizeof *all);
    assert_non_null(all);
    memcpy(all, rows, n * sizeof *all);
    index_row_set(&all[n], &q.key, 0);
    index_row_set(&all[n + 1], &q.key, newest);
    qsort(all, n + 2, sizeof *all, by_bytes);
    put_table(&x, &cover.table[0], 0, x.l.n, all, n + 2, 0);
    free(rows);
    free(all);
    newest = add_index(&x, &cover);
}

/* In several parts of which two show it: the evidence is that of the first. */
static void a_lie_in_several_parts_gives_one_evidence(void **state)
{
    bitacora_answer *a;
    bitacora_evidence *e;
    char *text;
    size_t n;
    (void)state;
    lie_twice();
    ask(3);
    assert_int_equal(bitacora_answer_verify(ctx, its_log, file.p, file.n, &a, &text, &n),
                     BITACORA_BAD);
    size_t lies = 0;
    for (size_t i = 0; i < bitacora_findings(ctx); i++)
        lies += strcmp(bitacora_finding_code(bitacora_finding_at(ctx, i)), "index") == 0;
    assert_int_equal(lies, 2);
    assert_int_equal(bitacora_evidence_verify(ctx, its_log, text, n, &e), BITACORA_PROVEN);
    bitacora_evidence_free(e);
    bitacora_free(text);
}

/* At whatever place, also behind a part that has shown it. */
static void what_is_cancelled_gives_nothing(void **state)
{
    (void)state;
    lie_twice();
    for (size_t most = 0; most < 4; most += 3) {
        ask(most);
        for (int at = 1;; at++) {
            int left = at;
            bitacora_answer *a;
            char *text = (char *)ctx;
            size_t n = 1;
            bitacora_set_cancel(ctx, say_once, &left);
            bitacora_result result =
                bitacora_answer_verify(ctx, its_log, file.p, file.n, &a, &text, &n);
            bitacora_set_cancel(ctx, NULL, NULL);
            assert_null(a);
            if (left > 0) {
                assert_int_equal(result, BITACORA_BAD);
                bitacora_free(text);
                break;
            }
            assert_int_equal(result, BITACORA_CANCELLED);
            assert_int_equal(left, 0); /* it was not asked again */
            assert_true(text == NULL && n == 0);
            if (at == 1)
                none();
        }
    }
}

/* A part behind a good one that cannot be read is told of as that, and as nothing else. */
static void a_part_that_cannot_be_read_is_told_once(void **state)
{
    bitacora_answer *a;
    (void)state;
    ask(3);
    file.p[file.n - 5] ^= 1;
    assert_int_equal(verify(its_log, &a), BITACORA_UNDECIDED);
    only("answer", BITACORA_UNDECIDED);
    assert_string_equal(bitacora_finding_name(bitacora_finding_at(ctx, 0)), "ANSWER_FORM");
    assert_null(a);
}

/* Two parts; the second begins with an unkeyed entry. Whatever each carries
 * of the other's range besides, it is counted once. */
static void an_unkeyed_entry_is_counted_once(void **state)
{
    (void)state;
    uint64_t early = add_unkeyed(&x, true);
    add_request(&x, x.warrant[0], REFERENCE);
    uint64_t later = add_unkeyed(&x, true);
    add_request(&x, x.warrant[0], REFERENCE);
    const uint64_t ends[] = { older, newest, x.l.n };
    newest = add_honest_index(&x, ends, 3, NULL);
    ask(14);
    const uint8_t *second = memmem(file.p + 1, file.n - 1, ANSWER_FORMAT, strlen(ANSWER_FORMAT));
    assert_non_null(second);
    for (int more = 0; more < 3; more++) {
        bitacora_answer *a;
        struct part_draft d[2];
        struct buf parts = { 0 };
        draft_read(&d[0], span_of(file.p, (size_t)(second - file.p)));
        draft_read(&d[1], span_of(second, file.n - (size_t)(second - file.p)));
        assert_true(d[0].to == later && d[1].from == later);
        if (more > 0)
            draft_add(&d[more - 1], more == 1 ? later : early);
        draft_write(&parts, &x, &d[0]);
        draft_write(&parts, &x, &d[1]);
        assert_int_equal(bitacora_answer_verify(ctx, its_log, parts.p, parts.n, &a, NULL, NULL),
                         BITACORA_UNDECIDED);
        assert_non_null(a);
        assert_int_equal(bitacora_answer_unkeyed(a), 2);
        assert_int_equal(bitacora_answer_count(a), 14);
        bitacora_answer_free(a);
        buf_free(&parts);
    }
}

static int stops(void *arg)
{
    (void)arg;
    return 1;
}

static void misuse_and_cancelling(void **state)
{
    (void)state;
    bitacora_answer *a = NULL;
    ask(0);
    assert_int_equal(bitacora_answer_verify(NULL, its_log, file.p, file.n, &a, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_answer_verify(ctx, NULL, file.p, file.n, &a, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_answer_verify(ctx, its_log, NULL, 1, &a, NULL, NULL),
                     BITACORA_MISUSE);
    assert_int_equal(bitacora_answer_verify(ctx, its_log, file.p, file.n, NULL, NULL, NULL),
                     BITACORA_MISUSE);
    bitacora_set_cancel(ctx, stops, NULL);
    assert_int_equal(verify(its_log, &a), BITACORA_CANCELLED);
    assert_null(a);
    bitacora_set_cancel(ctx, NULL, NULL);
    bitacora_answer_free(NULL);
    assert_int_equal(bitacora_answer_result(NULL), BITACORA_MISUSE);
    assert_null(bitacora_answer_type(NULL));
    assert_null(bitacora_answer_value(NULL));
    assert_int_equal(bitacora_answer_complete_to(NULL), BITACORA_NO_ENTRY);
    assert_int_equal(bitacora_answer_date(NULL), 0);
    assert_int_equal(bitacora_answer_index(NULL), BITACORA_NO_ENTRY);
    assert_int_equal(bitacora_answer_covered_to(NULL), 0);
    assert_int_equal(bitacora_answer_audit(NULL), BITACORA_NO_ENTRY);
    assert_null(bitacora_answer_auditor(NULL));
    assert_int_equal(bitacora_answer_audited_to(NULL), 0);
    assert_null(bitacora_answer_genesis(NULL));
    assert_null(bitacora_answer_checkpoint(NULL));
    assert_int_equal(bitacora_answer_count(NULL), 0);
    assert_null(bitacora_answer_at(NULL, 0));
    assert_int_equal(bitacora_answer_unkeyed(NULL), 0);
    assert_int_equal(bitacora_answered_index(NULL), BITACORA_NO_ENTRY);
    assert_null(bitacora_answered_leaf(NULL));
    assert_int_equal(bitacora_answered_accepted(NULL), 0);
    assert_null(bitacora_answered_kind(NULL));
    assert_null(bitacora_answered_members(NULL));
    assert_null(bitacora_answered_signer(NULL));
    assert_null(bitacora_answered_role(NULL));
    assert_null(bitacora_answered_authority(NULL));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(says_what_it_proves),
        TEST(a_missing_quorum_is_undecided),
        TEST(what_nobody_could_read_is_counted),
        TEST(what_is_wrong_gives_no_answer),
        TEST(an_index_that_lies_gives_evidence),
        TEST(without_an_auditor_none_is_named),
        TEST(sixty_entries_are_all_there),
        TEST(who_has_no_authority_is_of_none),
        TEST(a_clock_that_disagrees_leaves_it_undecided),
        TEST(what_is_bad_stays_bad),
        TEST(a_later_version_gives_no_answer),
        TEST(what_cannot_be_read_is_told_once),
        TEST(only_a_lie_gives_evidence),
        TEST(a_lie_in_several_parts_gives_one_evidence),
        TEST(what_is_cancelled_gives_nothing),
        TEST(a_part_that_cannot_be_read_is_told_once),
        TEST(an_unkeyed_entry_is_counted_once),
        TEST(misuse_and_cancelling),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
