/* Judging answers: each of the steps 1 to 4 of docs/FORMATS.md, 25, has a part here that only this
 * step refuses. */
#include "tests/unit/proto/answer/answer_case.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#include "proto/verify/evidence.h"

/* ---- step 1 ---------------------------------------------------------------------------------- */

static void refuses_what_has_not_its_form(void **state)
{
    (void)state;
    with_index();
    static const struct {
        const char *from, *to;
    } wrong[] = {
        { "bitacora/v1 answer\n", "bitacora/v1 answers\n" },
        { "warrant 37", "warrants 37" },
        { "warrant 37/2026\n", "ruleset \n" },
        { "warrant 37/2026\n", "holder a b\n" },
        { "range 0 ", "range 00 " },
        { "range 0 ", "range  0 " },
        { "range 0 ", "range +0 " },
        { "range 0 ", "range 999 " },
        { "\nindex ", "\nindex 0" },
        { "audit none", "audit None" },
        { "audit none", "audit 01" },
        { "\ncheckpoint ", "\ncheckpoint 0" },
        { "entries ", "entries 0" },
        { "entries ", "entries 1" },
        { "entries ", "entries 9999" },
        { "proof ", "proof 1" },
        { "proof ", "proof 0" },
        { "tables 3", "tables 2" },
        { "tables 3", "tables 4" },
        { "tables 3", "tables 33" },
        { "table 0 ", "table 1 " },
        { "table 1 ", "table 0 " },
        { "table 0 ", "table 00 " },
        { "table 0 ", "table 32 " },
        { "sha256 ", "sha256  " },
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        ask(&warrant);
        replace(&file, wrong[i].from, wrong[i].to);
        assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
        expect_only(&found, REASON_ANSWER_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    }
    ask(&warrant);
    replace(&file, "bitacora/v1 answer\n", "bitacora/v2 answer\n");
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_VERSION, VERDICT_UNDECIDED, NO_ENTRY);
    /* Entries in another order, or twice. */
    struct part_draft d;
    ask(&warrant);
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    d.entry[d.entries] = d.entry[d.entries - 1];
    d.entries++;
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_FORM, VERDICT_UNDECIDED, NO_ENTRY);
    buf_free(&honest);
}

static void ends_where_it_says(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    size_t whole = file.n;
    for (size_t n = 0; n < whole; n++) {
        assert_int_not_equal(judge_file(&x, span_of(file.p, n), &found, NULL), VERDICT_GOOD);
        assert_false(found_bad(&found));
    }
    buf_adds(&file, "\n");
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    assert_true(answer_is(buf_span(&file)));
    assert_true(answer_is(span_str("bitacora/v7 answer\n")));
    assert_false(answer_is(span_str("bitacora/v1 entry\n")));
    assert_false(answer_is(span_of(NULL, 0)));
}

/* No file that differs in one bit is good, and none convicts anybody: what is altered has not its
 * form. */
static void no_bit_may_change(void **state)
{
    (void)state;
    struct answer_question q = question_of(INDEX_KEY_HOLDER, "nobody");
    with_index();
    ask(&q);
    assert_int_equal(judge(NULL), VERDICT_GOOD);
    for (size_t bit = 0; bit < file.n * 8; bit++) {
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        if (judge(NULL) != VERDICT_UNDECIDED)
            fail_msg("bit %zu", bit);
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

/* The same where the hash is right again: then a hash or a signature of the log's fails, or what is
 * said is another thing. It is never the same answer, found good. Of all bits each seventh, so that
 * it does not take a minute. */
static void no_bit_may_change_under_a_new_sum(void **state)
{
    (void)state;
    struct answer_question q = question_of(INDEX_KEY_HOLDER, "nobody");
    with_index();
    ask(&q);
    struct buf honest = file;
    file = (struct buf){ 0 };
    size_t good = 0;
    for (size_t bit = 0; bit < honest.n * 8; bit += 7) {
        struct answer_part p;
        buf_clear(&file);
        buf_add_span(&file, buf_span(&honest));
        file.p[bit / 8] ^= (uint8_t)(1 << bit % 8);
        sum_again(&file);
        if (file.n == honest.n && memcmp(file.p, honest.p, file.n) == 0)
            continue; /* it was in the sum */
        if (judge(&p) == VERDICT_GOOD) {
            /* It answers another question, rightly: nobody has that holder either. */
            assert_false(span_eq(p.question.value, q.value));
            good++;
        }
        assert_int_equal(p.evidence.n, 0);
        answer_part_free(&p);
    }
    assert_true(good > 0 && good < 8 * strlen("nobody"));
    buf_free(&honest);
}

/* ---- steps 2 and 3 --------------------------------------------------------------------------- */

static void opens_the_checkpoint(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct policy *mine = x.policy;
    struct log stranger;
    log_keys(&stranger);
    stranger.who[THE_LOG] = stranger.who[STRANGER];
    x.policy = log_policy(&stranger);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CHECKPOINT_ORIGIN, VERDICT_UNDECIDED, NO_ENTRY);
    policy_free(x.policy);
    x.policy = mine;
    /* Of the log, with another root. */
    struct checkpoint cp;
    struct refusal why;
    struct answer_part p;
    assert_int_equal(judge(&p), VERDICT_GOOD);
    cp = p.cp.checkpoint;
    answer_part_free(&p);
    (void)why;
    struct buf root = { 0 };
    buf_add_base64(&root, cp.root.b, HASH_BYTES);
    replace(&file, buf_str(&root), "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_CHECKPOINT, VERDICT_BAD, NO_ENTRY);
    buf_free(&root);
}

static void another_question_is_another_answer(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct answer_question other = question_of(INDEX_KEY_WARRANT, "37/2o26");
    struct watch watch = { .found = found_add, .ctx = &found };
    struct answer_part p;
    size_t used;
    found.n = 0;
    assert_int_equal(answer_judge(&p, &used, x.policy, buf_span(&file), &other, NULL, &watch),
                     VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_OTHER, VERDICT_BAD, NO_ENTRY);
    answer_part_free(&p);
    assert_int_equal(
        answer_judge(&p, &used, x.policy, buf_span(&file), &warrant, &x.l.leaf[1], &watch),
        VERDICT_BAD); /* another genesis is pinned */
    answer_part_free(&p);
    assert_int_equal(
        answer_judge(&p, &used, x.policy, buf_span(&file), &warrant, &x.l.leaf[0], &watch),
        VERDICT_GOOD);
    answer_part_free(&p);
}

static void proves_its_entries(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    replace(&file, "\"persons\":1", "\"persons\":2");
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_PROOF, VERDICT_BAD, NO_ENTRY);
}

static void carries_what_entries_rest_on(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct buf honest = file;
    file = (struct buf){ 0 };
    const uint64_t needed[] = { 0, newest, newest - 1, x.l.who[JUDGE].entry };
    for (size_t i = 0; i < COUNT(needed); i++) {
        struct part_draft d;
        draft_read(&d, buf_span(&honest));
        draft_drop(&d, needed[i]);
        buf_clear(&file);
        draft_write(&file, &x, &d);
        assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
        assert_true(found_at(&found, REASON_ANSWER_MISSING, needed[i]));
        assert_false(found_bad(&found));
    }
    buf_free(&honest);
}

/* An entry that is bad by itself makes the answer bad, whatever the index says. */
static void judges_its_entries(void **state)
{
    (void)state;
    uint64_t bad = log_add(&x.l, BY(REQUESTER, KIND_WARRANT)); /* its role may not */
    with_index();
    struct answer_question q = question_of(INDEX_KEY_SIGNER, x.l.who[REQUESTER].key.vkey.name);
    ask(&q);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ROLE, VERDICT_BAD, bad);
}

/* ---- step 4 ---------------------------------------------------------------------------------- */

static void rests_on_an_index(void **state)
{
    (void)state;
    with_index();
    uint64_t later = log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                                      .members = "\"version\":2,\"tables\":[{\"entries\":1,"
                                                 "\"rows\":0,\"root\":"
                                                 "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
                                                 "\"}]"));
    ask(&warrant);
    struct part_draft d, other;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    /* Written with the tables of the right one. */
    buf_add_span(&file, buf_span(&honest));
    replace(&file, text_of("\nindex %llu\n", (unsigned long long)newest),
            text_of("\nindex %llu\n", (unsigned long long)x.warrant[0]));
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_INDEX, VERDICT_BAD, x.warrant[0]);
    other = d;
    draft_add(&other, later);
    buf_clear(&file);
    draft_write(&file, &x, &other);
    replace(&file, text_of("\nindex %llu\n", (unsigned long long)newest),
            text_of("\nindex %llu\n", (unsigned long long)later));
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_VERSION, VERDICT_UNDECIDED, later);
    /* An end below the cover's, and one beyond the checkpoint. */
    const uint64_t ends[] = { newest - 1, x.l.n + 1 };
    for (size_t i = 0; i < COUNT(ends); i++) {
        other = d;
        other.end = ends[i];
        if (other.to > other.end)
            other.to = other.end;
        draft_add(&other, other.to - 1);
        buf_clear(&file);
        draft_write(&file, &x, &other);
        assert_int_equal(judge(NULL), VERDICT_BAD);
        expect_only(&found, REASON_ANSWER_RANGE, VERDICT_BAD, NO_ENTRY);
    }
    buf_free(&honest);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(refuses_what_has_not_its_form),
        CASE(ends_where_it_says),
        CASE(no_bit_may_change),
        CASE(no_bit_may_change_under_a_new_sum),
        CASE(opens_the_checkpoint),
        CASE(another_question_is_another_answer),
        CASE(proves_its_entries),
        CASE(carries_what_entries_rest_on),
        CASE(judges_its_entries),
        CASE(rests_on_an_index),
    };
    return cmocka_run_group_tests_name("answer_form", tests, NULL, NULL);
}
