/* answer_facts.h: what is taken down of an answer that is good, where entries name several others,
 * have no form, or are told of by several parts. */
#include "client/answer/answer_facts.h"

#include <stdlib.h>

#include "client/answer/answer_check.h"
#include "client/base/lost.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct indexed x;
static struct trust trust;
static struct answer_check check;
static struct buf file;
static uint64_t newest;

static int start(void **state)
{
    (void)state;
    indexed_start(&x);
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
    assert_false(lost_any());
    return 0;
}

static void with_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
}

static void good(void)
{
    bool carry = check.facts.carry;
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    check.facts.carry = carry;
    answer_check_text(&check, buf_span(&file));
    if (answer_check_end(&check))
        printf("%s %s %d\n", reason_name(check.findings.list[0].why.reason),
               check.findings.list[0].why.subject, (int)check.findings.list[0].entry);
    assert_int_equal(answer_check_end(&check), VERDICT_GOOD);
}

/* Makes an answer and takes it down. */
static void ask(enum index_key_type type, const char *value, size_t per_part, bool tail)
{
    struct answer_question q = question_of(type, value);
    struct answer_ask a = ask_of(&x, newest, &q);
    a.entries_max = per_part;
    a.tail = tail;
    buf_clear(&file);
    make_answer(&file, &x, &a);
    good();
}

/* ---- lines ----------------------------------------------------------------------------------- */

/* The first of what it names is not in the answer at all. */
static void an_entry_may_name_others_that_are_not_in_it(void **state)
{
    (void)state;
    uint64_t other = add_request(&x, x.other, "99/2025"),
             asked = add_request(&x, x.warrant[0], REFERENCE);
    uint64_t product =
        log_add(&x.l, BY(REQUESTER, KIND_PRODUCT,
                         .members = text_of("\"requests\":[%s,%s],\"class\":\"other\"",
                                            log_ref(&x.l, other), log_ref(&x.l, asked))));
    with_index();
    ask(INDEX_KEY_WARRANT, REFERENCE, 0, false);
    assert_null(answer_facts_line(&check.facts, other));
    assert_int_equal(answer_facts_line(&check.facts, product)->of, LINE_ASKED);
}

static uint64_t revoke(enum who who)
{
    return log_add(&x.l, BY(REGISTRAR, KIND_REVOKE,
                            .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\"",
                                               vkey_text(&x.l, who))));
}

static void a_revocation_counts_where_a_key_is_asked_for(void **state)
{
    (void)state;
    uint64_t revoked = revoke(HOLDER);
    with_index();
    ask(INDEX_KEY_VKEY, vkey_text(&x.l, HOLDER), 0, false);
    assert_int_equal(check.facts.revoked, revoked);
    assert_null(check.facts.alike.ref);
    ask(INDEX_KEY_SIGNER, x.l.who[REGISTRAR].key.vkey.name, 0, false);
    assert_non_null(answer_facts_line(&check.facts, revoked));
    assert_int_equal(check.facts.revoked, NO_ENTRY);
}

/* ---- what is behind the index ---------------------------------------------------------------- */

static void an_index_of_a_version_that_nobody_knows_is_not_newer(void **state)
{
    (void)state;
    with_index();
    log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                     .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":3,\"root\":"
                                "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}]"));
    ask(INDEX_KEY_WARRANT, REFERENCE, 0, true);
    assert_int_equal(check.facts.newer, NO_ENTRY);
}

static void all_that_is_carried_stays_in_order(void **state)
{
    (void)state;
    with_index();
    add_request(&x, x.warrant[0], REFERENCE);
    check.facts.carry = true;
    ask(INDEX_KEY_WARRANT, REFERENCE, 0, true);
    assert_int_equal(check.facts.parts, 1);
    uint64_t n = check.facts.carried.n; /* each once, as one part carries them */
    answer_facts_order_carried(&check.facts);
    assert_int_equal(check.facts.carried.n, n);
    check.facts.carry = false;
}

/* ---- auditors -------------------------------------------------------------------------------- */

/* The parts of the answer, each with a length. */
struct parts {
    size_t n, at[32], length[32];
    uint64_t from[32], to[32];
};

static void split(struct parts *out)
{
    struct found found = { 0 };
    out->n = 0;
    for (size_t at = 0; at < file.n; out->n++) {
        struct answer_part p;
        const struct watch watch = { .found = found_add, .ctx = &found };
        assert_in_range(out->n, 0, 31);
        out->at[out->n] = at;
        assert_int_equal(answer_judge(&p, &out->length[out->n], x.policy,
                                      span_of(file.p + at, file.n - at), NULL, NULL, &watch),
                         VERDICT_GOOD);
        out->from[out->n] = p.from;
        out->to[out->n] = p.to;
        at += out->length[out->n];
        answer_part_free(&p);
    }
}

/* The same answer, whose parts name an anchor, but for one that names another; NO_ENTRY: none. */
static void ask_with(const struct parts *parts, uint64_t all, size_t which, uint64_t anchor)
{
    struct buf whole = { 0 };
    for (size_t i = 0; i < parts->n; i++) {
        struct span part = span_of(file.p + parts->at[i], parts->length[i]);
        struct part_draft d;
        draft_read(&d, part);
        assert_int_equal(d.audit, NO_ENTRY);
        d.audit = i == which ? anchor : all;
        if (d.audit != NO_ENTRY) {
            draft_add(&d, d.audit);
            draft_add(&d, x.l.who[AUDITOR].entry);
        }
        draft_write(&whole, &x, &d);
    }
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    answer_check_text(&check, buf_span(&whole));
    if (answer_check_end(&check))
        printf("%s %s\n", reason_name(check.findings.list[0].why.reason),
               check.findings.list[0].why.subject);
    assert_int_equal(answer_check_end(&check), VERDICT_GOOD);
    buf_free(&whole);
}

/* Each part but the first in turn names no anchor, or another one: the tables that it rests on are
 * not audited, the others are. */
static void expect_spoken(const struct parts *parts, const uint64_t *ends, size_t tables,
                          uint64_t first, uint64_t second)
{
    size_t audited;
    ask_with(parts, first, parts->n, NO_ENTRY);
    assert_int_equal(answer_facts_tables(&check.facts, &audited), tables);
    assert_int_equal(audited, tables);
    assert_int_equal(answer_facts_audited_to(&check.facts), ends[tables - 1]);
    assert_int_equal(check.facts.auditor.anchor, first);
    for (size_t which = 1; which < parts->n; which++)
        for (int named = 0; named < 2; named++) {
            ask_with(parts, first, which, named == 0 ? NO_ENTRY : second);
            for (size_t i = 0; i < tables; i++) {
                uint64_t from = i == 0 ? 0 : ends[i - 1];
                bool rests = from < parts->to[which] && parts->from[which] < ends[i];
                assert_int_equal(check.facts.audited[i], !rests);
            }
        }
}

static void a_part_speaks_for_the_tables_that_it_rests_on(void **state)
{
    struct parts parts;
    const uint64_t ends[] = { 12, 18, 24, x.l.n };
    (void)state;
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    uint64_t first = add_anchor(&x, newest, AUDITOR),
             second = add_anchor(&x, newest, AUDITOR); /* which no table lists yet */
    ask(INDEX_KEY_WARRANT, REFERENCE, 2, false);
    split(&parts);
    assert_true(parts.n > 3);
    expect_spoken(&parts, ends, COUNT(ends), first, second);
}

/* A part ends where a table does, and the next one begins there. */
static void a_part_does_not_speak_for_the_table_next_to_it(void **state)
{
    struct parts parts;
    struct part_draft whole, part;
    struct buf all = { 0 };
    const uint64_t ends[] = { 12, 18, 24, x.l.n };
    (void)state;
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    uint64_t first = add_anchor(&x, newest, AUDITOR), second = add_anchor(&x, newest, AUDITOR);
    ask(INDEX_KEY_WARRANT, REFERENCE, 0, false);
    draft_read(&whole, buf_span(&file));
    assert_int_equal(whole.tables, COUNT(ends));
    for (size_t i = 0; i < COUNT(ends); i++) {
        part = whole;
        part.from = i == 0 ? 0 : ends[i - 1];
        part.to = ends[i];
        draft_add(&part, ends[i] - 1);
        part.table[0] = whole.table[i];
        part.tables = 1;
        draft_write(&all, &x, &part);
    }
    buf_free(&file); /* into which the drafts led */
    file = all;
    good();
    split(&parts);
    assert_int_equal(parts.n, COUNT(ends));
    expect_spoken(&parts, ends, COUNT(ends), first, second);
}

static void as_many_tables_as_there_can_be_are_audited(void **state)
{
    struct parts parts;
    uint64_t ends[TABLES_MAX];
    (void)state;
    while (x.l.n < TABLES_MAX + 13)
        add_request(&x, x.warrant[0], REFERENCE);
    for (size_t i = 0; i < TABLES_MAX; i++)
        ends[i] = i + 1 < TABLES_MAX ? i + 13 : x.l.n;
    newest = add_honest_index(&x, ends, TABLES_MAX, NULL);
    uint64_t anchor = add_anchor(&x, newest, AUDITOR);
    ask(INDEX_KEY_WARRANT, REFERENCE, 1, false);
    split(&parts);
    ask_with(&parts, anchor, parts.n, NO_ENTRY);
    assert_int_equal(answer_facts_audited_to(&check.facts), ends[TABLES_MAX - 1]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_entry_may_name_others_that_are_not_in_it),
        TEST(a_revocation_counts_where_a_key_is_asked_for),
        TEST(an_index_of_a_version_that_nobody_knows_is_not_newer),
        TEST(all_that_is_carried_stays_in_order),
        TEST(a_part_speaks_for_the_tables_that_it_rests_on),
        TEST(a_part_does_not_speak_for_the_table_next_to_it),
        TEST(as_many_tables_as_there_can_be_are_audited),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
