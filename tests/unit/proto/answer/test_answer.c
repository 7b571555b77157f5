/* Answers: made of a log with an index, and judged; and what comes of a source that fails. */
#include "tests/unit/proto/answer/answer_case.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#include "proto/verify/evidence.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        CASE(answers_every_question),
        CASE(says_what_its_entries_are),
        CASE(questions_have_a_form),
        CASE(comes_in_parts),
        CASE(has_a_tail),
        CASE(carries_what_has_no_form),
        CASE(is_undecided_about_later_versions),
        CASE(follows_chains_of_about),
        CASE(a_source_that_fails_makes_no_answer),
        CASE(an_entry_may_have_the_key_by_what_is_not_carried),
        CASE(a_question_is_of_a_type_and_a_value),
        CASE(an_answer_is_known_by_its_first_line),
        CASE(parts_are_of_one_value),
    };
    return cmocka_run_group_tests_name("answer", tests, NULL, NULL);
}
