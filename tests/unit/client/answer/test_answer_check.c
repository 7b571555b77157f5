/* An answer, part by part: what makes it undecided or bad; and what is taken down of one that is
 * good, held against the log that it was made of. */
#include "client/answer/answer_check.h"

#include "client/base/lost.h"
#include "proto/record/entry.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct answer_check check;
static struct buf file;
static struct answer_question warrant;
static uint64_t newest, anchor; /* entries */

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    warrant = question_of(INDEX_KEY_WARRANT, REFERENCE);
    trust = (struct trust){ .policy = x.policy, .max_age = -1 };
    answer_check_open(&check, &trust);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    answer_check_close(&check);
    buf_free(&file);
    file = (struct buf){ 0 };
    indexed_free(&x);
    log_folder_remove(&folder);
    return 0;
}

static void again(void)
{
    answer_check_close(&check);
    answer_check_open(&check, &trust);
}

/* An index in three tables up to the log's end, and an auditor's anchor that names it. */
static void with_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    anchor = add_anchor(&x, newest, AUDITOR);
}

/* per_part: entries of the question in one part, about; 0: as many as there are. */
static void make(const struct answer_question *q, size_t per_part, bool tail)
{
    struct answer_ask a = ask_of(&x, newest, q);
    a.entries_max = per_part;
    a.tail = tail;
    buf_clear(&file);
    make_answer(&file, &x, &a);
}

static enum verdict judge(void)
{
    again();
    answer_check_text(&check, buf_span(&file));
    return answer_check_end(&check);
}

/* Fails unless nothing is known but that. */
static void undecided(enum reason reason)
{
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, reason);
}

/* ---- whether it is good ----------------------------------------------------------------------- */

static void a_whole_answer_is_good_however_it_is_cut(void **state)
{
    (void)state;
    with_index();
    for (size_t most = 0; most < 4; most++) {
        make(&warrant, most, false);
        assert_int_equal(judge(), VERDICT_GOOD);
        assert_int_equal(check.findings.total, 0);
        assert_int_equal(check.evidence.n, 0);
        assert_int_equal(check.cp.checkpoint.size, x.l.n);
        assert_true(check.note.n > 0);
        assert_true((check.facts.parts == 1) == (most == 0));
    }
}

static void a_file_is_judged_as_its_text(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 2, false);
    log_folder_put(&folder, "answer", buf_span(&file));
    again();
    answer_check_file(&check, log_folder_path(&folder, "answer"));
    assert_int_equal(answer_check_end(&check), VERDICT_GOOD);
    size_t parts = check.facts.parts;
    assert_int_equal(judge(), VERDICT_GOOD);
    assert_int_equal(parts, check.facts.parts);
    log_folder_put(&folder, "answer", span_of(file.p, file.n - 1));
    again();
    answer_check_file(&check, log_folder_path(&folder, "answer"));
    assert_int_equal(answer_check_end(&check), VERDICT_UNDECIDED);
}

static void what_cannot_be_read_is_undecided(void **state)
{
    (void)state;
    answer_check_file(&check, log_folder_path(&folder, "nothing"));
    answer_check_end(&check);
    undecided(REASON_MISSING);
    again();
    answer_check_file(&check, folder.dir);
    answer_check_end(&check);
    undecided(REASON_UNREADABLE);
    again();
    answer_check_end(&check); /* nothing was looked at */
    undecided(REASON_ANSWER_PARTS);
    again();
    answer_check_text(&check, span_of("", 0));
    answer_check_end(&check);
    undecided(REASON_ANSWER_PARTS);
    log_folder_put(&folder, "empty", span_of("", 0));
    again();
    answer_check_file(&check, log_folder_path(&folder, "empty"));
    answer_check_end(&check);
    undecided(REASON_ANSWER_PARTS);
}

static void a_part_that_is_missing_is_undecided(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 2, false);
    again();
    size_t first = answer_check_part(&check, buf_span(&file), &warrant);
    assert_true(first > 0 && first < file.n);
    answer_check_end(&check);
    undecided(REASON_ANSWER_PARTS);
    again();
    answer_check_text(&check, span_of(file.p + first, file.n - first));
    answer_check_end(&check);
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_PARTS);
    assert_int_equal(check.facts.parts, 0); /* nothing is taken down behind a finding */
}

static void another_question_is_not_answered(void **state)
{
    struct answer_question other = question_of(INDEX_KEY_WARRANT, "99/2025");
    (void)state;
    with_index();
    make(&warrant, 0, false);
    again();
    answer_check_part(&check, buf_span(&file), &other);
    assert_int_equal(answer_check_end(&check), VERDICT_BAD);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_OTHER);
    assert_int_equal(check.facts.parts, 0);
}

static void another_genesis_than_the_pinned_one_is_bad(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 0, false);
    trust.has_pin = true;
    trust.pin = x.l.leaf[0];
    assert_int_equal(judge(), VERDICT_GOOD);
    trust.pin.b[31] ^= 1;
    assert_int_equal(judge(), VERDICT_BAD);
}

static void rows_that_are_wrong_are_shown_to_others(void **state)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows;
    (void)state;
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    for (size_t i = 0; i < n / 2; i++) {
        struct index_row row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    put_table(&x, &cover.table[0], 0, x.l.n, rows, n, 0);
    free(rows);
    newest = add_index(&x, &cover);
    make(&warrant, 0, false);
    assert_int_equal(judge(), VERDICT_BAD);
    assert_true(check.evidence.n > 0);
    size_t once = check.evidence.n;
    answer_check_part(&check, buf_span(&file), NULL);
    assert_int_equal(check.evidence.n, once);
}

static void what_begins_as_an_answer_is_known_by_its_file(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 0, false);
    log_folder_put(&folder, "answer", buf_span(&file));
    log_folder_put(&folder, "receipt", span_str("c2sp.org/tlog-proof@v1\n"));
    log_folder_put(&folder, "empty", span_of("", 0));
    assert_true(answer_file_begins(log_folder_path(&folder, "answer")));
    assert_false(answer_file_begins(log_folder_path(&folder, "receipt")));
    assert_false(answer_file_begins(log_folder_path(&folder, "empty")));
    assert_false(answer_file_begins(log_folder_path(&folder, "nothing")));
    assert_false(answer_file_begins(folder.dir));
}

/* ---- what is taken down ------------------------------------------------------------------------ */

static bool has_key(uint64_t index, const struct answer_question *q)
{
    struct index_row *rows, row;
    size_t n = honest_rows(&x, index, index + 1, &rows);
    bool has = false;
    index_row_set(&row, &q->key, index);
    for (size_t i = 0; i < n; i++)
        has = has || index_row_compare(&rows[i], &row) == 0;
    free(rows);
    return has;
}

static void same_as_in_the_log(const struct answer_line *line)
{
    const struct answer_facts *f = &check.facts;
    struct entry e;
    struct record r;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&x.l.entry[line->entry]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_memory_equal(&line->leaf, &x.l.leaf[line->entry], HASH_BYTES);
    assert_int_equal(line->kind, r.kind);
    assert_true(line->accepted == e.accepted && line->at == r.at);
    assert_true(span_is(r.signer, answer_facts_text(f, line->signer)));
    struct value *object = answer_line_object(f, line);
    assert_string_equal(value_text(value_member(object, "id")), record_string(&r, "id"));
    value_free(object);
    record_free(&r);
}

/* Exactly the entries below `to` that have the key have a line. */
static size_t expect_lines(const struct answer_question *q, uint64_t to)
{
    const struct answer_facts *f = &check.facts;
    size_t n = 0;
    assert_int_equal(check.verdict, VERDICT_GOOD);
    for (uint64_t i = 0; i <= x.l.n; i++) {
        const struct answer_line *line = answer_facts_line(f, i);
        bool asked = i < to && has_key(i, q);
        assert_int_equal(line != NULL, asked);
        n += asked;
        if (asked)
            same_as_in_the_log(line);
    }
    assert_int_equal(f->lines.n, n);
    assert_int_equal(f->lines_of[LINE_ASKED] + f->lines_of[LINE_ALIKE], n);
    return n;
}

static void every_entry_has_its_line(void **state)
{
    (void)state;
    with_index();
    const struct answer_question questions[] = {
        warrant,
        question_of(INDEX_KEY_HOLDER, "mx.holder"),
        question_of(INDEX_KEY_SIGNER, x.l.who[OVERSIGHT].key.vkey.name),
        question_of(INDEX_KEY_WARRANT, "there is none of that"),
    };
    for (size_t i = 0; i < COUNT(questions); i++)
        for (size_t most = 0; most < 3; most++) {
            make(&questions[i], most, false);
            judge();
            assert_true((expect_lines(&questions[i], newest) > 0) == (i < 3));
            assert_int_equal(check.facts.type, questions[i].type);
            assert_true(span_is(questions[i].value, check.facts.value));
        }
}

static void who_signed_is_said_as_enrolled(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 0, false);
    judge();
    const struct answer_line *line = answer_facts_line(&check.facts, x.warrant[0]);
    assert_int_equal(line->role, ROLE_JUDGE);
    assert_string_equal(answer_facts_text(&check.facts, line->authority), "mx.judge");
}

static void what_only_looks_alike_is_told_apart(void **state)
{
    (void)state;
    uint64_t alike = add_request(&x, x.warrant[1], "37 / 2O26"), about = add_correction(&x, alike);
    uint64_t asked = add_request(&x, x.warrant[0], REFERENCE), of_it = add_correction(&x, asked);
    with_index();
    make(&warrant, 0, false);
    judge();
    expect_lines(&warrant, newest);
    const struct answer_facts *f = &check.facts;
    assert_int_equal(answer_facts_line(f, x.warrant[0])->of, LINE_ASKED);
    assert_int_equal(answer_facts_line(f, asked)->of, LINE_ASKED);
    assert_int_equal(answer_facts_line(f, of_it)->of, LINE_ASKED);
    assert_int_equal(answer_facts_line(f, x.warrant[1])->of, LINE_ALIKE);
    assert_int_equal(answer_facts_line(f, alike)->of, LINE_ALIKE);
    assert_int_equal(answer_facts_line(f, about)->of, LINE_ALIKE);
    assert_int_equal(f->lines_of[LINE_ALIKE], 4);
    assert_int_equal(f->alike.n, 1);
    assert_string_equal(f->alike.list[0].ref, "37 / 2O26");
    assert_int_equal(f->alike.list[0].total[CITES_AS_WARRANT], 1);
    assert_int_equal(f->alike.list[0].total[CITES_IN_REQUEST], 2);
    struct answer_question holder = question_of(INDEX_KEY_HOLDER, "mx.holder");
    make(&holder, 0, false);
    judge();
    assert_int_equal(check.facts.lines_of[LINE_ALIKE], 0);
}

static int64_t accepted_of(uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&x.l.entry[index]), &why), 0);
    return e.accepted;
}

static void what_it_rests_on_is_said(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 2, false);
    judge();
    const struct answer_facts *f = &check.facts;
    assert_int_equal(f->index, newest);
    assert_int_equal(f->end, newest);
    assert_int_equal(f->indexed, accepted_of(newest));
    assert_int_equal(f->date, accepted_of(newest - 1));
    assert_memory_equal(&f->genesis, &x.l.leaf[0], HASH_BYTES);
    assert_int_equal(f->accepted.cp.checkpoint.size, x.l.n);
    assert_int_equal(f->newer, NO_ENTRY);
    assert_int_equal(f->revoked, NO_ENTRY);
}

static void a_key_that_is_asked_for_may_be_revoked(void **state)
{
    (void)state;
    uint64_t revoked =
        log_add(&x.l, BY(REGISTRAR, KIND_REVOKE,
                         .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\"",
                                            vkey_text(&x.l, HOLDER))));
    with_index();
    struct answer_question q = question_of(INDEX_KEY_VKEY, vkey_text(&x.l, HOLDER)),
                           other = question_of(INDEX_KEY_VKEY, vkey_text(&x.l, JUDGE)),
                           name = question_of(INDEX_KEY_SIGNER, "nobody.example/1");
    make(&q, 1, false);
    judge();
    assert_int_equal(check.facts.revoked, revoked);
    make(&other, 0, false);
    judge();
    assert_int_equal(check.verdict, VERDICT_GOOD);
    assert_int_equal(check.facts.revoked, NO_ENTRY);
    make(&name, 0, false);
    judge();
    assert_int_equal(check.facts.revoked, NO_ENTRY);
}

static void a_tail_may_show_a_newer_index(void **state)
{
    (void)state;
    with_index();
    uint64_t old = newest, late = add_request(&x, x.warrant[0], REFERENCE);
    make(&warrant, 0, true);
    judge();
    expect_lines(&warrant, x.l.n);
    assert_non_null(answer_facts_line(&check.facts, late));
    assert_int_equal(check.facts.newer, NO_ENTRY);
    assert_int_equal(check.facts.end, x.l.n);
    const uint64_t ends[] = { 7, 15, x.l.n };
    uint64_t newer = add_honest_index(&x, ends, COUNT(ends), NULL);
    add_request(&x, x.warrant[0], REFERENCE);
    newest = old;
    make(&warrant, 0, true);
    judge();
    expect_lines(&warrant, x.l.n);
    assert_int_equal(check.facts.newer, newer);
}

/* ---- auditors ---------------------------------------------------------------------------------- */

static void expect_audited(size_t tables, size_t of, uint64_t to)
{
    size_t audited;
    assert_int_equal(check.verdict, VERDICT_GOOD);
    assert_int_equal(answer_facts_tables(&check.facts, &audited), of);
    assert_int_equal(audited, tables);
    assert_int_equal(answer_facts_audited_to(&check.facts), to);
}

static void who_recomputed_the_index_is_said(void **state)
{
    (void)state;
    with_index();
    const uint64_t audited = newest, ends[] = { 7, 15, audited, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL); /* which lists the anchor */
    for (size_t most = 0; most < 4; most++) {
        make(&warrant, most, false);
        judge();
        expect_audited(3, 4, audited);
        const struct answer_auditor *a = &check.facts.auditor;
        assert_int_equal(a->anchor, anchor);
        assert_int_equal(a->accepted, accepted_of(anchor));
        assert_int_equal(a->index, audited);
        assert_string_equal(a->name, x.l.who[AUDITOR].key.vkey.name);
    }
}

static void of_a_newer_index_the_tables_that_are_the_same_are_audited(void **state)
{
    (void)state;
    with_index();
    add_request(&x, x.warrant[0], REFERENCE);
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    for (size_t most = 0; most < 4; most++) {
        make(&warrant, most, false);
        judge();
        expect_audited(2, 3, 15);
        assert_int_equal(check.facts.auditor.anchor, anchor);
        assert_int_not_equal(check.facts.auditor.index, newest);
    }
}

/* Parts of one file may name different anchors: each speaks for the tables that it rests on. */
static void a_part_without_the_anchor_is_not_audited(void **state)
{
    struct answer_part part;
    size_t first, used;
    (void)state;
    with_index();
    const uint64_t audited = newest, ends[] = { 7, 15, audited, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    make(&warrant, 4, false);
    again();
    first = answer_check_part(&check, buf_span(&file), NULL);
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    struct buf parts = { 0 };
    buf_add(&parts, file.p, first);
    struct watch watch = { .found = findings_add, .ctx = &check.findings };
    assert_int_equal(answer_judge(&part, &used, x.policy, buf_span(&parts), NULL, NULL, &watch),
                     VERDICT_GOOD);
    uint64_t to = part.to; /* what follows is of the later tables alone */
    answer_part_free(&part);
    assert_in_range(to, 8, audited - 1);
    for (size_t at = first; at < file.n;) {
        struct buf one = { 0 };
        assert_int_equal(answer_judge(&part, &used, x.policy, span_of(file.p + at, file.n - at),
                                      NULL, NULL, &watch),
                         VERDICT_GOOD);
        answer_part_free(&part);
        buf_add(&one, file.p + at, used);
        replace(&one, text_of("audit %llu\n", (unsigned long long)anchor), "audit none\n");
        buf_add_span(&parts, buf_span(&one));
        buf_free(&one);
        at += used;
    }
    answer_check_text(&check, buf_span(&parts));
    assert_int_equal(answer_check_end(&check), VERDICT_GOOD);
    assert_int_equal(answer_facts_tables(&check.facts, &used), COUNT(ends));
    assert_true(check.facts.audited[0]);
    for (size_t i = 1; i < COUNT(ends); i++)
        assert_int_equal(check.facts.audited[i], ends[i] <= to);
    assert_int_equal(answer_facts_audited_to(&check.facts), to < 15 ? 7 : 15);
    buf_free(&parts);
}

static void without_an_anchor_nobody_did(void **state)
{
    (void)state;
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR)); /* which names none */
    make(&warrant, 0, false);
    judge();
    expect_audited(0, 3, 0);
    assert_int_equal(check.facts.auditor.anchor, NO_ENTRY);
}

/* ---- what is carried --------------------------------------------------------------------------- */

static void all_that_parts_carry_is_kept_where_it_is_asked_for(void **state)
{
    (void)state;
    with_index();
    make(&warrant, 2, false);
    judge();
    answer_facts_order_carried(&check.facts);
    assert_int_equal(check.facts.carried.n, 0);
    again();
    check.facts.carry = true;
    answer_check_text(&check, buf_span(&file));
    assert_int_equal(answer_check_end(&check), VERDICT_GOOD);
    answer_facts_order_carried(&check.facts);
    assert_true(check.facts.carried.n > check.facts.lines.n);
    for (uint64_t i = 0; i < check.facts.carried.n; i++) {
        const struct answer_carried *c = shelf_at(&check.facts.carried, i), *before = c - 1;
        assert_true(i == 0 || before->index < c->index);
        assert_memory_equal(&c->leaf, &x.l.leaf[c->index], HASH_BYTES);
        assert_true(span_eq(span_of(answer_facts_text(&check.facts, c->at), c->n),
                            buf_span(&x.l.entry[c->index])));
    }
    assert_false(lost_any());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_whole_answer_is_good_however_it_is_cut),
        TEST(a_file_is_judged_as_its_text),
        TEST(what_cannot_be_read_is_undecided),
        TEST(a_part_that_is_missing_is_undecided),
        TEST(another_question_is_not_answered),
        TEST(another_genesis_than_the_pinned_one_is_bad),
        TEST(rows_that_are_wrong_are_shown_to_others),
        TEST(what_begins_as_an_answer_is_known_by_its_file),
        TEST(every_entry_has_its_line),
        TEST(who_signed_is_said_as_enrolled),
        TEST(what_only_looks_alike_is_told_apart),
        TEST(what_it_rests_on_is_said),
        TEST(a_key_that_is_asked_for_may_be_revoked),
        TEST(a_tail_may_show_a_newer_index),
        TEST(who_recomputed_the_index_is_said),
        TEST(of_a_newer_index_the_tables_that_are_the_same_are_audited),
        TEST(a_part_without_the_anchor_is_not_audited),
        TEST(without_an_anchor_nobody_did),
        TEST(all_that_parts_carry_is_kept_where_it_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
