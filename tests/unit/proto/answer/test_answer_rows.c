/* Judging answers: each of the steps 5 to 9 of docs/FORMATS.md, 25, has a part here that only this
 * step refuses. */
#include "tests/unit/proto/answer/answer_case.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#include "proto/verify/evidence.h"

/* ---- steps 5 and 6 --------------------------------------------------------------------------- */

static void shows_the_tables(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct part_draft d, other;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    for (size_t i = 0; i < d.tables; i++) {
        other = d;
        memmove(&other.table[i], &other.table[i + 1],
                (other.tables - i - 1) * sizeof other.table[0]);
        other.tables--;
        buf_clear(&file);
        draft_write(&file, &x, &other);
        assert_int_equal(judge(NULL), VERDICT_BAD);
        expect_only(&found, REASON_ANSWER_ROWS, VERDICT_BAD, NO_ENTRY);
    }
    /* One that the range does not reach is not carried. */
    other = d;
    other.to = 7;
    draft_add(&other, 6);
    buf_clear(&file);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_bad(&found));
    other.tables = 1;
    buf_clear(&file);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED); /* good, and cut off */
    expect_none(&found);
    buf_free(&honest);
}

/* Each leaf that is carried is needed: without it the rows are not all, or not shown to be. */
static void shows_all_rows(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        add_request(&x, i % 2 == 0 ? x.warrant[0] : x.other, i % 2 == 0 ? REFERENCE : "99/2025");
    with_index();
    ask(&warrant);
    struct part_draft d, other;
    struct buf honest = file;
    file = (struct buf){ 0 };
    size_t tried = 0;
    draft_read(&d, buf_span(&honest));
    for (size_t i = 0; i < d.tables; i++)
        for (size_t k = 0; k < d.table[i].leaves && d.table[i].leaves > 1; k++) {
            other = d;
            memmove(&other.table[i].leaf[k], &other.table[i].leaf[k + 1],
                    (other.table[i].leaves - k - 1) * sizeof other.table[i].leaf[0]);
            other.table[i].leaves--;
            buf_clear(&file);
            draft_write(&file, &x, &other);
            assert_int_equal(judge(NULL), VERDICT_BAD);
            expect_only(&found, REASON_ANSWER_ROWS, VERDICT_BAD, NO_ENTRY);
            tried++;
        }
    assert_true(tried >= 3);
    buf_free(&honest);
}

static void proves_its_rows(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    char *text = strstr(buf_str(&file), "\ntable 0 ");
    assert_non_null(text);
    text = strchr(strchr(text + 1, '\n') + 1, ' ') + 1;
    text[0] = text[0] == 'A' ? 'B' : 'A';
    sum_again(&file);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_TABLE, VERDICT_BAD, NO_ENTRY);
}

/* ---- steps 7 and 8 --------------------------------------------------------------------------- */

static void carries_the_entries_of_its_rows(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct buf honest = file;
    file = (struct buf){ 0 };
    struct part_draft d, other;
    draft_read(&d, buf_span(&honest));
    size_t tried = 0;
    for (uint64_t i = x.warrant[0]; i < newest - 1; i++) {
        if (!has_key(i, &warrant))
            continue;
        other = d;
        draft_drop(&other, i);
        buf_clear(&file);
        draft_write(&file, &x, &other);
        assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
        assert_true(found_count(&found, REASON_ANSWER_MISSING) == 1 && !found_bad(&found));
        tried++;
    }
    assert_int_equal(tried, 11);
    buf_free(&honest);
}

static void names_an_auditor(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL);
    uint64_t anchor = add_anchor(&x, older, AUDITOR);
    uint64_t by_oversight = add_anchor(&x, older, OVERSIGHT);
    const uint64_t all[] = { ends[0], x.l.n };
    newest = add_honest_index(&x, all, 2, NULL);
    ask(&warrant);
    struct answer_part p;
    assert_int_equal(judge(&p), VERDICT_GOOD);
    assert_int_equal(p.audit, anchor);
    assert_int_equal(p.audited.entry, older);
    assert_non_null(cover_same_table(&p.audited, &p.cover.table[0]));
    assert_null(cover_same_table(&p.audited, &p.cover.table[1]));
    answer_part_free(&p);
    struct part_draft d, other;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    other = d;
    other.audit = by_oversight;
    draft_add(&other, by_oversight);
    draft_add(&other, x.l.who[OVERSIGHT].entry);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_AUDIT, VERDICT_BAD, by_oversight);
    other = d;
    other.audit = x.warrant[0];
    buf_clear(&file);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_AUDIT, VERDICT_BAD, x.warrant[0]);
    other = d;
    draft_drop(&other, older);
    buf_clear(&file);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_AUDIT, VERDICT_BAD, anchor);
    other = d;
    draft_drop(&other, anchor);
    buf_clear(&file);
    draft_write(&file, &x, &other);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, anchor);
    buf_free(&honest);
}

/* An auditor's word for an index that we do not know is no word for our tables, and no fault. */
static void an_auditor_may_know_more(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL);
    uint64_t anchor = add_anchor(&x, older, AUDITOR);
    uint64_t later =
        log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                         .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":0,\"root\":"
                                    "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}]"));
    uint64_t newer = add_anchor(&x, later, AUDITOR);
    const uint64_t all[] = { ends[0], x.l.n };
    newest = add_honest_index(&x, all, 2, NULL);
    ask(&warrant);
    struct answer_part p;
    assert_int_equal(judge(&p), VERDICT_GOOD);
    assert_int_equal(p.audit, anchor); /* one that says something */
    answer_part_free(&p);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    d.audit = newer;
    draft_add(&d, newer);
    draft_add(&d, later);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    assert_int_equal(judge(&p), VERDICT_GOOD);
    assert_int_equal(p.audit, newer);
    assert_int_equal(p.audited.tables, 0);
    assert_int_equal(p.audited.entry, later);
    answer_part_free(&p);
}

/* ---- step 9 ---------------------------------------------------------------------------------- */

/* Cosigns the checkpoint of the answer at these seconds. */
static void cosign(uint64_t seconds)
{
    static const uint8_t seed[32] = { 77 };
    struct skey witness;
    struct buf key = { 0 }, cp = { 0 }, part = { 0 };
    struct note n;
    struct refusal why;
    skey_from_seed(&witness, span_str("witness.example"), KEY_COSIGNATURE, seed);
    vkey_format(&key, &witness.vkey);
    policy_free(x.policy);
    x.policy = policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum w\n",
                                             vkey_text(&x.l, THE_LOG), buf_str(&key))),
                            &why);
    log_checkpoint(&cp, &x.l, x.l.n);
    assert_int_equal(note_parse(&n, buf_span(&cp), &why), 0);
    struct buf text = { 0 };
    buf_add_span(&text, n.text);
    if (seconds > 0)
        note_cosign(&cp, buf_span(&text), &witness, seconds);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    assert_int_equal(answer_make(&part, &a, &source, &to, &end), ANSWER_MADE);
    buf_clear(&file);
    assert_int_equal(answer_put_checkpoint(&file, buf_span(&part), buf_span(&cp)), 0);
    assert_int_equal(answer_put_checkpoint(&file, buf_span(&file), buf_span(&cp)), -1);
    assert_int_equal(answer_put_checkpoint(&file, span_of(NULL, 0), buf_span(&cp)), -1);
    buf_adds(&part, "x");
    assert_int_equal(answer_put_checkpoint(&file, buf_span(&part), buf_span(&cp)), -1);
    buf_free(&text);
    buf_free(&key);
    buf_free(&cp);
    buf_free(&part);
}

static void asks_for_quorum_and_clocks(void **state)
{
    (void)state;
    with_index();
    uint64_t now = (uint64_t)(x.l.now / 1000);
    cosign(now);
    assert_int_equal(judge(NULL), VERDICT_GOOD);
    expect_none(&found);
    cosign(0);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_QUORUM, VERDICT_UNDECIDED, NO_ENTRY);
    cosign(now - 700);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CLOCKS, VERDICT_UNDECIDED, NO_ENTRY);
}

/* What a log's server answers to whoever has the checkpoint is no answer yet. */
static void a_part_without_a_checkpoint_proves_nothing(void **state)
{
    (void)state;
    with_index();
    struct answer_ask a = ask_of(&x, newest, &warrant);
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    buf_clear(&file);
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_MADE);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_CHECKPOINT_FORM, VERDICT_UNDECIDED, NO_ENTRY);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(shows_the_tables),
        CASE(shows_all_rows),
        CASE(proves_its_rows),
        CASE(carries_the_entries_of_its_rows),
        CASE(names_an_auditor),
        CASE(an_auditor_may_know_more),
        CASE(asks_for_quorum_and_clocks),
        CASE(a_part_without_a_checkpoint_proves_nothing),
    };
    return cmocka_run_group_tests_name("answer_rows", tests, NULL, NULL);
}
