/* Answers: made of a log with an index, and judged. Each step of docs/FORMATS.md, 25, has a part
 * here that only this step refuses. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"

static struct indexed x;
static struct found found;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest; /* the index entry that answers rest on */

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

/* An index in three tables up to the log's end, and two entries behind it. */
static void with_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

static void ask(const struct answer_question *q)
{
    struct answer_ask a = ask_of(&x, newest, q);
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

static enum verdict judge(struct answer_part *p)
{
    return judge_file(&x, buf_span(&file), &found, p);
}

/* Whether the entry has the key, by the log alone. */
static bool has_key(uint64_t index, const struct answer_question *q)
{
    struct index_row *rows, row;
    size_t n = honest_rows(&x, index, index + 1, &rows);
    index_row_set(&row, &q->key, index);
    bool has = false;
    for (size_t i = 0; i < n; i++)
        has = has || index_row_compare(&rows[i], &row) == 0;
    free(rows);
    return has;
}

/* The file is good, and what it says are exactly the entries below `to` that have the key. */
static size_t expect_answered(const struct answer_question *q, uint64_t to)
{
    struct answer_part p;
    size_t n = 0, said = 0;
    assert_int_equal(judge(&p), VERDICT_GOOD);
    expect_none(&found);
    assert_int_equal(p.end, to);
    assert_int_equal(p.evidence.n, 0);
    for (uint64_t i = p.from; i < p.to; i++)
        n += has_key(i, q);
    for (size_t i = 0; i < p.entries; i++) {
        assert_true(!p.entry[i].asked || has_key(p.entry[i].index, q));
        said += p.entry[i].asked;
    }
    assert_int_equal(said, n);
    answer_part_free(&p);
    return n;
}

static void answers_every_question(void **state)
{
    (void)state;
    with_index();
    struct buf commit = { 0 };
    buf_add_base64(&commit, "0123456789abcdef0123456789abcdef", HASH_BYTES);
    const struct {
        enum index_key_type type;
        const char *value;
        size_t least;
    } questions[] = {
        { INDEX_KEY_WARRANT, REFERENCE, 12 },
        { INDEX_KEY_WARRANT, "37/2o26", 12 }, /* of one skeleton */
        { INDEX_KEY_WARRANT, "99/2025", 7 },
        { INDEX_KEY_SIGNER, x.l.who[HOLDER].key.vkey.name, 7 },
        { INDEX_KEY_VKEY, vkey_text(&x.l, HOLDER), 1 },
        { INDEX_KEY_HOLDER, "mx.holder", 7 },
        { INDEX_KEY_AUTHORITY, "mx.requester", 8 },
        { INDEX_KEY_WARRANT, "there is none of that", 0 },
        { INDEX_KEY_SIGNER, "a", 0 },
        { INDEX_KEY_VKEY, vkey_text(&x.l, STRANGER), 0 },
        { INDEX_KEY_HOLDER, "nobody", 0 },
        { INDEX_KEY_AUTHORITY, "nobody", 0 },
        { INDEX_KEY_SUBJECT, buf_str(&commit), 0 },
    };
    for (size_t i = 0; i < COUNT(questions); i++) {
        struct answer_question q = question_of(questions[i].type, questions[i].value);
        ask(&q);
        size_t n = expect_answered(&q, newest);
        if (questions[i].least == 0)
            assert_int_equal(n, 0);
        assert_true(n >= questions[i].least);
    }
    buf_free(&commit);
}

static void says_what_its_entries_are(void **state)
{
    (void)state;
    with_index();
    ask(&warrant);
    struct answer_part p;
    assert_int_equal(judge(&p), VERDICT_GOOD);
    const struct answer_entry *first = NULL;
    for (size_t i = 0; i < p.entries && first == NULL; i++)
        if (p.entry[i].asked)
            first = &p.entry[i];
    assert_non_null(first);
    assert_int_equal(first->index, x.warrant[0]);
    assert_int_equal(first->kind, KIND_WARRANT);
    assert_int_equal(first->role, ROLE_JUDGE);
    assert_string_equal(first->authority, "mx.judge");
    assert_memory_equal(&p.genesis, &x.l.leaf[0], HASH_BYTES);
    assert_memory_equal(&first->leaf, &x.l.leaf[first->index], HASH_BYTES);
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&x.l.entry[newest - 1]), &why), 0);
    assert_int_equal(p.date, e.accepted);
    assert_int_equal(p.index, newest);
    assert_int_equal(p.audit, NO_ENTRY);
    assert_int_equal(p.cover.tables, 3);
    answer_part_free(&p);
}

static void questions_have_a_form(void **state)
{
    (void)state;
    static const struct {
        enum index_key_type type;
        const char *value;
    } bad[] = {
        { INDEX_KEY_WARRANT, "" },     { INDEX_KEY_WARRANT, "a\nb" }, { INDEX_KEY_WARRANT, "\xff" },
        { INDEX_KEY_SIGNER, "A" },     { INDEX_KEY_SIGNER, "" },      { INDEX_KEY_VKEY, "a+b+c" },
        { INDEX_KEY_HOLDER, "" },      { INDEX_KEY_HOLDER, "a b" },   { INDEX_KEY_AUTHORITY, "-" },
        { INDEX_KEY_SUBJECT, "AAAA" }, { INDEX_KEY_RULESET, "" },     { INDEX_KEY_AUDITED, "" },
        { INDEX_KEY_TYPES, "a" },
    };
    struct answer_question q;
    struct refusal why;
    char longest[TEXT_MAX + 2];
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(answer_question_of(&q, bad[i].type, span_str(bad[i].value), &why), -1);
        assert_int_equal(why.reason, REASON_QUESTION);
    }
    memset(longest, 'a', sizeof longest);
    assert_int_equal(answer_question_of(&q, INDEX_KEY_WARRANT, span_of(longest, TEXT_MAX), &why),
                     0);
    assert_int_equal(
        answer_question_of(&q, INDEX_KEY_WARRANT, span_of(longest, TEXT_MAX + 1), &why), -1);
}

static void comes_in_parts(void **state)
{
    (void)state;
    with_index();
    size_t n = 0, parts = 0, all = 0;
    for (uint64_t i = 0; i < newest; i++)
        all += has_key(i, &warrant);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.entries_max = 2;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    assert_int_equal(judge(NULL), VERDICT_GOOD);
    expect_none(&found);
    struct watch watch = { .found = found_add, .ctx = &found };
    struct buf one = { 0 }, two = { 0 };
    for (size_t at = 0, used; at < file.n; at += used) {
        struct answer_part p;
        assert_int_equal(answer_judge(&p, &used, x.policy, span_of(file.p + at, file.n - at),
                                      &warrant, NULL, &watch),
                         VERDICT_GOOD);
        for (size_t i = 0; i < p.entries; i++)
            n += p.entry[i].asked;
        if (parts < 2)
            buf_add(parts == 0 ? &one : &two, file.p + at, used);
        answer_part_free(&p);
        parts++;
    }
    assert_int_equal(n, all);
    assert_true(parts >= 6);
    /* Cut off, in the wrong order, twice, without the first. */
    assert_int_equal(judge_file(&x, buf_span(&one), &found, NULL), VERDICT_UNDECIDED);
    expect_none(&found);
    assert_int_equal(judge_file(&x, buf_span(&two), &found, NULL), VERDICT_UNDECIDED);
    buf_add_span(&two, buf_span(&one));
    assert_int_equal(judge_file(&x, buf_span(&two), &found, NULL), VERDICT_UNDECIDED);
    struct span rest = span_of(file.p + one.n, file.n - one.n);
    assert_int_equal(judge_file(&x, rest, &found, NULL), VERDICT_UNDECIDED);
    /* All parts rest on one index entry and one checkpoint, and answer one question. */
    struct buf mixed = { 0 };
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    a = ask_of(&x, newest, &warrant);
    a.entries_max = 2;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    buf_add_span(&mixed, buf_span(&one));
    struct answer_part p;
    size_t used;
    assert_int_equal(answer_judge(&p, &used, x.policy, buf_span(&file), NULL, NULL, &watch),
                     VERDICT_GOOD);
    answer_part_free(&p);
    buf_add(&mixed, file.p + used, file.n - used);
    assert_int_equal(judge_file(&x, buf_span(&mixed), &found, NULL), VERDICT_UNDECIDED);
    expect_none(&found);
    buf_free(&mixed);
    buf_free(&one);
    buf_free(&two);
}

static void has_a_tail(void **state)
{
    (void)state;
    with_index();
    uint64_t late = add_request(&x, x.warrant[1], "37 / 2O26");
    uint64_t about = add_correction(&x, late);
    add_request(&x, x.other, "99/2025");
    struct answer_ask a = ask_of(&x, newest, &warrant);
    ask(&warrant);
    assert_int_equal(expect_answered(&warrant, newest), 12);
    a.tail = true;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    assert_int_equal(expect_answered(&warrant, x.l.n), 14);
    /* In parts: some of the cover, some of the tail. */
    for (size_t most = 1; most < 8; most++) {
        a.entries_max = most;
        a.bytes_max = most * 500;
        buf_clear(&file);
        make_answer(&file, &x, &a);
        assert_int_equal(judge(NULL), VERDICT_GOOD);
    }
    /* An entry of the tail is missing, or what one of them names. */
    struct part_draft d;
    a.entries_max = a.bytes_max = 0;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, late);
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_count(&found, REASON_ANSWER_RANGE) == 1);
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, x.other);
    buf_clear(&file);
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, x.other);
    buf_free(&honest);
    /* Another question needs no names. */
    struct answer_question q = question_of(INDEX_KEY_SIGNER, x.l.who[OVERSIGHT].key.vkey.name);
    a.question = q;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    assert_int_equal(expect_answered(&q, x.l.n), 4);
    assert_true(has_key(about, &q));
}

static void carries_what_has_no_form(void **state)
{
    (void)state;
    for (int i = 0; i < 60; i++)
        add_request(&x, x.other, "99/2025");
    uint64_t form = add_unkeyed(&x, false);
    add_request(&x, x.other, "99/2025");
    with_index();
    ask(&warrant);
    struct answer_part p;
    assert_int_equal(judge(&p), VERDICT_BAD); /* the log has it, and no answer hides it */
    expect_only(&found, REASON_KIND_UNKNOWN, VERDICT_BAD, form);
    bool carried = false;
    for (size_t i = 0; i < p.entries; i++)
        carried = carried || (p.entry[i].index == form && p.entry[i].unkeyed);
    assert_true(carried);
    answer_part_free(&p);
    /* Left out of the part, it is missing. */
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, form);
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, form);
    /* And where the leaf with its row is left out, that is not all. */
    d.table[d.tables - 1].leaf[0] = d.table[d.tables - 1].leaf[d.table[d.tables - 1].leaves - 1];
    d.table[d.tables - 1].leaves = 1;
    buf_clear(&file);
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_count(&found, REASON_ANSWER_ROWS) == 1);
    buf_free(&honest);
}

static void is_undecided_about_later_versions(void **state)
{
    (void)state;
    uint64_t later = add_unkeyed(&x, true);
    with_index();
    ask(&warrant);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_VERSION, VERDICT_UNDECIDED, later);
}

static void follows_chains_of_about(void **state)
{
    (void)state;
    uint64_t last = x.l.n - 1;
    for (int i = 0; i < 12; i++)
        last = add_correction(&x, last);
    with_index();
    ask(&warrant);
    assert_int_equal(expect_answered(&warrant, newest), 12 + 8);
    /* In a tail each is decided by itself, also those that are too deep. */
    for (int i = 0; i < 3; i++)
        last = add_correction(&x, last);
    add_correction(&x, x.l.n - 20);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = true;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    expect_answered(&warrant, x.l.n);
    for (uint64_t from = newest; from < x.l.n; from++) {
        a.from = from;
        buf_clear(&file);
        make_answer(&file, &x, &a);
        judge(NULL);
        expect_none(&found);
    }
}

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
    expect_only(&found, REASON_ANSWER_INDEX_VERSION, VERDICT_UNDECIDED, later);
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

/* ---- an index that lies ---------------------------------------------------------------------- */

/* The tables of one with rows that the test may change. */
static struct index_row *rows;
static size_t row_count;

static void lie_begin(void)
{
    row_count = honest_rows(&x, 0, x.l.n, &rows);
}

static void lie_end(uint64_t unkeyed)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, x.l.n, rows, row_count, unkeyed);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

static size_t row_of(const struct answer_question *q, uint64_t entry)
{
    struct index_row row;
    index_row_set(&row, &q->key, entry);
    for (size_t i = 0; i < row_count; i++)
        if (index_row_compare(&rows[i], &row) == 0)
            return i;
    fail_msg("no such row");
    return 0;
}

/* The file is bad for that reason, and evidence convicts the log of it. */
static void expect_convicted(enum reason reason)
{
    struct answer_part p;
    struct evidence_report report;
    assert_int_equal(judge(&p), VERDICT_BAD);
    expect_only(&found, reason, VERDICT_BAD, newest);
    assert_true(p.evidence.n > 0);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    assert_string_equal(report.claim, "index");
    assert_int_equal(report.finding.why.reason, reason);
    assert_int_equal(report.finding.entry, newest);
    answer_part_free(&p);
}

static void a_row_left_out_convicts(void **state)
{
    (void)state;
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    lie_begin();
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    lie_end(0);
    /* The other correction names it: so it is carried. */
    ask(&warrant);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

static void a_row_put_in_convicts(void **state)
{
    (void)state;
    lie_begin();
    size_t at = row_of(&warrant, x.warrant[0]);
    rows = realloc(rows, (row_count + 1) * sizeof *rows);
    assert_non_null(rows);
    memmove(&rows[at + 1], &rows[at], (row_count - at) * sizeof *rows);
    index_row_set(&rows[at], &warrant.key, x.l.request); /* under no warrant, and lower */
    row_count++;
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROW);
}

static void rows_out_of_order_convict(void **state)
{
    (void)state;
    lie_begin();
    size_t at = row_of(&warrant, x.warrant[0]);
    struct index_row first = rows[at];
    rows[at] = rows[at + 1];
    rows[at + 1] = first;
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

static void rows_beyond_the_table_convict(void **state)
{
    (void)state;
    lie_begin();
    index_row_set(&rows[row_of(&warrant, x.l.n - 1)], &warrant.key, x.l.n);
    lie_end(0);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

static void a_wrong_number_of_unkeyed_rows_convicts(void **state)
{
    (void)state;
    lie_begin();
    lie_end(1);
    ask(&warrant);
    expect_convicted(REASON_INDEX_ROWS);
}

/* What has no form is hidden: the table says that there is none. */
static void hiding_what_has_no_form_convicts(void **state)
{
    (void)state;
    uint64_t hidden = add_unkeyed(&x, false);
    add_correction(&x, hidden);
    add_correction(&x, x.l.n - 1);
    lie_begin();
    assert_true(index_row_has_key(&rows[0], &INDEX_UNKEYED));
    memmove(&rows[0], &rows[1], (row_count - 1) * sizeof *rows);
    row_count--;
    lie_end(0);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, hidden); /* somebody has it */
    draft_write(&file, &x, &d);
    buf_free(&honest);
    struct answer_part p;
    struct evidence_report report;
    assert_int_equal(judge(&p), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&p.evidence), NULL), 0);
    assert_int_equal(report.finding.related, hidden);
    answer_part_free(&p);
}

/* Of a later version, and so undecided: what is wrong besides is told of all the same. */
static void a_row_left_out_convicts_beside_a_later_version(void **state)
{
    (void)state;
    uint64_t later = add_unkeyed(&x, true);
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    lie_begin();
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    lie_end(1);
    ask(&warrant);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
    assert_true(found_at(&found, REASON_VERSION, later));
}

/* Of two that have no form one is hidden. */
static void hiding_one_of_two_without_form_convicts(void **state)
{
    (void)state;
    uint64_t hidden = add_unkeyed(&x, true);
    add_unkeyed(&x, true);
    lie_begin();
    memmove(&rows[0], &rows[1], (row_count - 1) * sizeof *rows);
    row_count--;
    lie_end(1);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, hidden);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_LEFT_OUT, newest));
}

/* A table without rows, of which this answer can tell nothing, is followed by one that lies. */
static void a_row_left_out_convicts_behind_an_empty_table(void **state)
{
    (void)state;
    uint64_t correction = add_correction(&x, x.warrant[1]);
    add_correction(&x, correction);
    row_count = honest_rows(&x, 1, x.l.n, &rows);
    size_t at = row_of(&warrant, correction);
    memmove(&rows[at], &rows[at + 1], (row_count - at - 1) * sizeof *rows);
    row_count--;
    struct cover cover = { .tables = 2, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, 1, NULL, 0, 0);
    put_table(&x, &cover.table[1], 1, x.l.n, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    ask(&warrant);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

/* A table without rows ends where the part begins: what it lacks is for another part to show. */
static void an_empty_table_before_the_part_is_not_asked(void **state)
{
    (void)state;
    uint64_t second = x.warrant[0] + 1;
    row_count = honest_rows(&x, second, x.l.n, &rows);
    struct cover cover = { .tables = 2, .end = x.l.n };
    put_table(&x, &cover.table[0], 0, second, NULL, 0, 0);
    put_table(&x, &cover.table[1], second, x.l.n, rows, row_count, 0);
    newest = add_index(&x, &cover);
    free(rows);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.from = second;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, x.warrant[0]);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    judge(NULL);
    expect_none(&found);
}

/* A table without rows, for entries that have keys. */
static void an_empty_table_convicts(void **state)
{
    (void)state;
    lie_begin();
    row_count = 0;
    lie_end(0);
    ask(&warrant);
    struct part_draft d;
    struct buf honest = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&honest));
    draft_add(&d, x.warrant[0]);
    draft_add(&d, x.l.who[JUDGE].entry);
    draft_write(&file, &x, &d);
    buf_free(&honest);
    expect_convicted(REASON_INDEX_LEFT_OUT);
}

/* Two covers that do not go together, in one answer. */
static void an_index_that_takes_back_is_refused(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    struct cover cover;
    uint64_t older = add_honest_index(&x, ends, 1, &cover);
    add_anchor(&x, older, AUDITOR);
    cover.table[0].rows--;
    put_honest_table(&x, &cover.table[1], ends[0], x.l.n);
    cover.tables = 2;
    cover.end = x.l.n;
    newest = add_index(&x, &cover);
    struct index_row *honest;
    size_t n = honest_rows(&x, 0, ends[0], &honest);
    (void)n;
    free(honest);
    struct answer_ask a = ask_of(&x, older, &warrant);
    buf_clear(&file);
    make_answer(&file, &x, &a);
    assert_int_equal(judge(NULL), VERDICT_GOOD);
    struct part_draft d;
    struct buf good = file;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&good));
    draft_add(&d, newest);
    draft_write(&file, &x, &d);
    buf_free(&good);
    assert_int_equal(judge(NULL), VERDICT_BAD);
    assert_true(found_at(&found, REASON_INDEX_CHANGED, newest));
}

/* ---- a source that fails --------------------------------------------------------------------- */

static void a_source_that_fails_makes_no_answer(void **state)
{
    (void)state;
    with_index();
    struct answer_ask a = ask_of(&x, newest, &warrant);
    struct answer_source source = source_of(&x);
    uint64_t to, end;
    a.tail = true;
    size_t n = 1;
    for (bool failed = true; failed; n++) {
        buf_clear(&file);
        x.reads_left = n;
        enum answer_made made = answer_make(&file, &a, &source, &to, &end);
        failed = x.reads_left == 0;
        x.reads_left = 0;
        assert_int_equal(made, failed ? ANSWER_UNREAD : ANSWER_MADE);
        if (failed)
            assert_int_equal(file.n, 0);
    }
    assert_true(n > 20);
    a.index = x.warrant[0];
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_NO_INDEX);
    a = ask_of(&x, newest, &warrant);
    a.from = newest;
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_RANGE);
    a.from = 0;
    a.index = a.size;
    assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_UNREAD);
}

/* A correction in the tail of a correction of a request: without the request nobody knows. */
static void an_entry_may_have_the_key_by_what_is_not_carried(void **state)
{
    (void)state;
    uint64_t request = add_request(&x, x.other, "99/2025");
    uint64_t about = add_correction(&x, request);
    with_index();
    uint64_t late = add_correction(&x, about);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = true;
    struct buf honest = { 0 };
    make_answer(&honest, &x, &a);
    assert_int_equal(judge_file(&x, buf_span(&honest), &found, NULL), VERDICT_GOOD);
    struct part_draft d;
    draft_read(&d, buf_span(&honest));
    draft_drop(&d, request);
    draft_add(&d, about);
    draft_add(&d, late);
    buf_clear(&file);
    draft_write(&file, &x, &d);
    assert_int_equal(judge(NULL), VERDICT_UNDECIDED);
    expect_only(&found, REASON_ANSWER_MISSING, VERDICT_UNDECIDED, request);
    buf_free(&honest);
}

static void a_question_is_of_a_type_and_a_value(void **state)
{
    struct answer_question holder = question_of(INDEX_KEY_HOLDER, "mx.holder"),
                           authority = question_of(INDEX_KEY_AUTHORITY, "mx.holder");
    struct watch watch = { .found = found_add, .ctx = &found };
    struct answer_part p;
    size_t used;
    (void)state;
    with_index();
    ask(&holder);
    found.n = 0;
    assert_int_equal(answer_judge(&p, &used, x.policy, buf_span(&file), &authority, NULL, &watch),
                     VERDICT_BAD);
    expect_only(&found, REASON_ANSWER_OTHER, VERDICT_BAD, NO_ENTRY);
    answer_part_free(&p);
}

static void an_answer_is_known_by_its_first_line(void **state)
{
    static const struct {
        const char *text;
        bool is;
    } cases[] = {
        { "bitacora/v1 answer\n", true },
        { "bitacora/v2 answer\nx", true },
        { "bitacora/v1 answer", false },
        { "bitacora/v1 answers\n", false },
        { "bitacora/v0 answer\n", false },
        { "bitacora/v1 receipt\n", false },
        { "", false },
        { "answer\n", false },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        if (answer_is(fenced(span_str(cases[i].text))) != cases[i].is)
            fail_msg("%s", cases[i].text);
    const char *late = text_of("bitacora/v%044d answer\n", 0); /* its line is not looked for */
    assert_int_equal(strlen(late), 62);
    assert_false(answer_is(span_str(late)));
    late = text_of("bitacora/v1%043d answer\n", 0);
    assert_true(answer_is(span_str(late)));
    late = text_of("bitacora/v1%045d answer\n", 0);
    assert_int_equal(strlen(late), 64);
    assert_true(answer_is(span_str(late)));
    late = text_of("bitacora/v1%046d answer\n", 0);
    assert_false(answer_is(span_str(late)));
}

/* The second part would fit, but is of another question. */
static void parts_are_of_one_value(void **state)
{
    struct answer_file f = { .parts = 0 };
    struct answer_part p = { .question = question_of(INDEX_KEY_HOLDER, "mx.holder"),
                             .to = 5,
                             .end = 9,
                             .checkpoint = span_str("x") };
    struct refusal why;
    (void)state;
    assert_int_equal(answer_file_end(&f, &why), -1);
    assert_int_equal(answer_file_add(&f, &p, &why), 0);
    assert_int_equal(answer_file_end(&f, &why), -1);
    p.from = 5;
    p.to = 9;
    struct answer_part other = p;
    other.question = question_of(INDEX_KEY_HOLDER, "mx.other");
    assert_int_equal(answer_file_add(&f, &other, &why), -1);
    other = p;
    other.question = question_of(INDEX_KEY_AUTHORITY, "mx.holder");
    assert_int_equal(answer_file_add(&f, &other, &why), -1);
    other = p;
    other.checkpoint = span_str("y");
    assert_int_equal(answer_file_add(&f, &other, &why), -1);
    other = p;
    other.end = 10;
    assert_int_equal(answer_file_add(&f, &other, &why), -1);
    other = p;
    other.from = 4;
    assert_int_equal(answer_file_add(&f, &other, &why), -1);
    assert_int_equal(answer_file_add(&f, &p, &why), 0);
    assert_int_equal(answer_file_end(&f, &why), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(answers_every_question),
        TEST(says_what_its_entries_are),
        TEST(questions_have_a_form),
        TEST(comes_in_parts),
        TEST(has_a_tail),
        TEST(carries_what_has_no_form),
        TEST(is_undecided_about_later_versions),
        TEST(follows_chains_of_about),
        TEST(refuses_what_has_not_its_form),
        TEST(ends_where_it_says),
        TEST(no_bit_may_change),
        TEST(no_bit_may_change_under_a_new_sum),
        TEST(opens_the_checkpoint),
        TEST(another_question_is_another_answer),
        TEST(proves_its_entries),
        TEST(carries_what_entries_rest_on),
        TEST(judges_its_entries),
        TEST(rests_on_an_index),
        TEST(shows_the_tables),
        TEST(shows_all_rows),
        TEST(proves_its_rows),
        TEST(carries_the_entries_of_its_rows),
        TEST(names_an_auditor),
        TEST(an_auditor_may_know_more),
        TEST(asks_for_quorum_and_clocks),
        TEST(a_part_without_a_checkpoint_proves_nothing),
        TEST(a_row_left_out_convicts),
        TEST(a_row_put_in_convicts),
        TEST(rows_out_of_order_convict),
        TEST(rows_beyond_the_table_convict),
        TEST(a_wrong_number_of_unkeyed_rows_convicts),
        TEST(an_empty_table_before_the_part_is_not_asked),
        TEST(a_row_left_out_convicts_beside_a_later_version),
        TEST(hiding_one_of_two_without_form_convicts),
        TEST(a_row_left_out_convicts_behind_an_empty_table),
        TEST(hiding_what_has_no_form_convicts),
        TEST(an_empty_table_convicts),
        TEST(an_index_that_takes_back_is_refused),
        TEST(a_source_that_fails_makes_no_answer),
        TEST(an_entry_may_have_the_key_by_what_is_not_carried),
        TEST(a_question_is_of_a_type_and_a_value),
        TEST(an_answer_is_known_by_its_first_line),
        TEST(parts_are_of_one_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
