/* What test_answer.c does not ask of judging an answer: who may stop it, and what counts where
 * several things are wrong. */
#include "tests/unit/proto/answer/answer_fixture.h"

static struct indexed x;
static struct found found;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest;

static int start(void **state)
{
    (void)state;
    indexed_start(&x);
    warrant = question_of(INDEX_KEY_WARRANT, REFERENCE);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    indexed_free(&x);
    buf_free(&file);
    return 0;
}

static void with_index(void)
{
    const uint64_t ends[] = { x.l.n };
    newest = add_honest_index(&x, ends, 1, NULL);
}

static void ask(bool tail)
{
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = tail;
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

struct patience {
    unsigned asked, most;
};

static bool is_patient(void *ctx)
{
    struct patience *p = ctx;
    return p->asked++ < p->most;
}

static void hear(void *ctx, const struct finding *f)
{
    (void)ctx;
    found_add(&found, f);
}

static enum verdict judge_with(struct patience *p)
{
    struct watch watch = { .found = hear, .go_on = is_patient, .ctx = p };
    struct answer_part part;
    size_t used;
    found.n = 0;
    enum verdict verdict =
        answer_judge(&part, &used, x.policy, buf_span(&file), &warrant, NULL, &watch);
    assert_int_equal(part.evidence.n, 0);
    answer_part_free(&part);
    return verdict;
}

/* Wherever it is stopped nothing is decided, for or against. */
static void whoever_asks_may_stop_it(void **state)
{
    (void)state;
    with_index();
    ask(false);
    struct patience p = { .most = 1000 };
    assert_int_equal(judge_with(&p), VERDICT_GOOD);
    unsigned needed = p.asked;
    assert_in_range(needed, 10, 100);
    for (unsigned most = 0; most < needed; most++) {
        p = (struct patience){ .most = most };
        assert_int_equal(judge_with(&p), VERDICT_UNDECIDED);
        assert_int_equal(p.asked, most + 1);
    }
}

/* Of several entries that it names the one that is missing is said. */
static void the_entry_that_is_missing_is_named(void **state)
{
    (void)state;
    uint64_t unknown = add_request(&x, x.other, "99/2025");
    uint64_t known = add_request(&x, x.l.warrant, "1/2026");
    with_index();
    log_add(&x.l, BY(REQUESTER, KIND_TRANSFER,
                     .members = text_of("\"requests\":[%s,%s],\"recipient\":{\"country\":\"US\","
                                        "\"authority\":\"us.x\"}",
                                        log_ref(&x.l, unknown), log_ref(&x.l, known))));
    ask(true);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_GOOD);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, x.other);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, x.other);
}

/* Only the key of a warrant is passed on. */
static void no_other_key_is_passed_on(void **state)
{
    struct answer_part p;
    struct answer_question holder = question_of(INDEX_KEY_HOLDER, "mx.holder");
    (void)state;
    with_index();
    uint64_t request = add_request(&x, x.warrant[0], REFERENCE);
    uint64_t correction = add_correction(&x, request);
    struct answer_ask a = ask_of(&x, newest, &holder);
    a.tail = true;
    make_answer(&file, &x, &a);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, &p), VERDICT_GOOD);
    assert_true(answer_part_entry(&p, request)->asked);
    assert_false(answer_part_entry(&p, correction)->asked);
    answer_part_free(&p);
}

/* A leaf with a row less than its place in the table says is none of it: the table is named by its
 * number, before any row is read. */
static void a_leaf_has_as_many_rows_as_its_place_says(void **state)
{
    (void)state;
    const uint64_t ends[] = { 7, x.l.n };
    newest = add_honest_index(&x, ends, 2, NULL);
    ask(false);
    uint8_t *line = memmem(file.p, file.n, "\ntable 1 ", 9);
    assert_non_null(line);
    line = memchr(line + 1, '\n', (size_t)(file.p + file.n - line - 1));
    uint8_t *end = memchr(line + 1, '\n', (size_t)(file.p + file.n - line - 1));
    assert_true(end - line > 2 * ROW_BYTES / 3 * 4);
    memmove(end - ROW_BYTES / 3 * 4, end, (size_t)(file.p + file.n - end));
    file.n -= ROW_BYTES / 3 * 4;
    sum_again(&file);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_TABLE, VERDICT_BAD, NO_ENTRY);
    assert_string_equal(found.f[0].why.subject, "1");
}

/* A row of an entry whose key rests on what is not carried. */
static void what_a_row_rests_on_is_carried(void **state)
{
    struct part_draft d;
    (void)state;
    uint64_t request = add_request(&x, x.warrant[0], REFERENCE);
    uint64_t correction = add_correction(&x, request);
    with_index();
    struct answer_ask a = ask_of(&x, newest, &warrant);
    struct buf honest = { 0 };
    a.from = correction;
    make_answer(&honest, &x, &a);
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, request);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, request);
}

/* What is bad stays bad, whatever is wanting besides. */
static void bad_is_worse_than_undecided(void **state)
{
    static const uint8_t seed[32] = { 77 };
    struct skey witness;
    struct buf key = { 0 };
    struct refusal why;
    (void)state;
    with_index();
    ask(false);
    replace(&file, "\"persons\":1", "\"persons\":2");
    skey_from_seed(&witness, span_str("witness.example"), KEY_COSIGNATURE, seed);
    vkey_format(&key, &witness.vkey);
    policy_free(x.policy);
    x.policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                             vkey_text(&x.l, THE_LOG), buf_str(&key))),
                            &why);
    assert_non_null(x.policy);
    struct patience p = { .most = 1000 };
    assert_int_equal(judge_with(&p), VERDICT_BAD);
    assert_int_equal(found.n, 2);
    assert_int_equal(found_count(&found, REASON_ANSWER_PROOF), 1);
    assert_int_equal(found_count(&found, REASON_QUORUM), 1);
    buf_free(&key);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(whoever_asks_may_stop_it),
        TEST(the_entry_that_is_missing_is_named),
        TEST(no_other_key_is_passed_on),
        TEST(what_a_row_rests_on_is_carried),
        TEST(a_leaf_has_as_many_rows_as_its_place_says),
        TEST(bad_is_worse_than_undecided),
    };
    return cmocka_run_group_tests_name("answer_judge", tests, NULL, NULL);
}
