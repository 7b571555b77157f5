/* What a part of an answer is made of: no more than it needs, in parts as long as was asked, of
 * files that are whole. That it is right is asked in test_answer.c. */
#include "tests/unit/proto/answer/answer_fixture.h"

#include <stdlib.h>

#include "proto/answer/answer_parse.h"

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

static uint64_t add_transfer(uint64_t first, uint64_t second)
{
    return log_add(&x.l, BY(REQUESTER, KIND_TRANSFER,
                            .members = text_of("\"requests\":[%s,%s],\"recipient\":{\"country\":"
                                               "\"US\",\"authority\":\"us.x\"}",
                                               log_ref(&x.l, first), log_ref(&x.l, second))));
}

/* Entries that have a key of their own, of one that they name, of one of several, at the end of a
 * chain, or not, as the chain is too long. */
static void add_names(void)
{
    uint64_t other = add_request(&x, x.other, "99/2025");
    uint64_t request = add_request(&x, x.warrant[0], REFERENCE);
    uint64_t transfer = add_transfer(other, request);
    add_transfer(request, other);
    add_transfer(other, other);
    add_correction(&x, transfer);
    add_correction(&x, add_correction(&x, other));
    uint64_t last = request;
    for (int i = 0; i < 11; i++)
        last = add_correction(&x, last);
    add_correction(&x, x.warrant[0]);
    add_correction(&x, x.l.who[JUDGE].entry);
    log_add(&x.l, BY(JUDGE, KIND_EXTENSION,
                     .members = text_of("\"warrant\":%s,\"until\":\"2027-11-21T16:00:00.000Z\"",
                                        log_ref(&x.l, x.warrant[0]))));
}

static void with_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
}

static void make(const struct answer_ask *a)
{
    buf_clear(&file);
    make_answer(&file, &x, a);
}

/* ---- nothing that is not needed -------------------------------------------------------------- */

/* What is found of the file, in one number that differs where something else is found. */
static uint64_t findings(void)
{
    uint64_t sum = (uint64_t)judge_file(&x, buf_span(&file), &found, NULL) + 1;
    for (size_t i = 0; i < found.n; i++)
        sum = sum * 1000003 + (uint64_t)found.f[i].why.reason * 7919 + found.f[i].entry;
    return sum;
}

/* Without any one entry that is carried, or any one leaf, something is missing. Returns how much is
 * found of the whole. */
static size_t all_is_needed(const struct answer_ask *a)
{
    static struct part_draft d, less;
    make(a);
    struct buf whole = file;
    uint64_t before = findings();
    size_t flaws = found.n;
    file = (struct buf){ 0 };
    draft_read(&d, buf_span(&whole));
    for (size_t i = 0; i < d.entries; i++) {
        less = d;
        draft_drop(&less, d.entry[i]);
        buf_clear(&file);
        draft_write(&file, &x, &less);
        if (findings() == before)
            fail_msg("entry %llu is not needed", (unsigned long long)d.entry[i]);
    }
    for (size_t i = 0; i < d.tables; i++)
        for (size_t k = 0; k < d.table[i].leaves && d.table[i].leaves > 1; k++) {
            less = d;
            memmove(&less.table[i].leaf[k], &less.table[i].leaf[k + 1],
                    (d.table[i].leaves - k - 1) * sizeof less.table[i].leaf[0]);
            less.table[i].leaves--;
            buf_clear(&file);
            draft_write(&file, &x, &less);
            if (findings() == before)
                fail_msg("leaf %llu is not needed", (unsigned long long)d.table[i].leaf[k]);
        }
    buf_free(&whole);
    return flaws;
}

static void nothing_is_carried_that_is_not_needed(void **state)
{
    (void)state;
    add_names();
    with_index();
    add_names();
    struct answer_question holder = question_of(INDEX_KEY_HOLDER, "mx.holder");
    struct answer_ask a = ask_of(&x, newest, &warrant);
    assert_int_equal(all_is_needed(&a), 0);
    a.tail = true;
    a.from = 9;
    assert_int_equal(all_is_needed(&a), 0);
    a.from = newest; /* all of it in the tail */
    assert_int_equal(all_is_needed(&a), 0);
    a.question = holder;
    assert_int_equal(all_is_needed(&a), 0);
}

/* The same where something has no form that is known: all of these are carried, whatever is
 * asked. */
static void nothing_more_is_carried_with_what_has_no_form(void **state)
{
    (void)state;
    uint64_t first = add_unkeyed(&x, true);
    add_names();
    uint64_t second = add_unkeyed(&x, true);
    add_correction(&x, second);
    with_index();
    add_unkeyed(&x, true);
    add_correction(&x, first);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = true;
    assert_int_equal(all_is_needed(&a), 3);
}

/* An entry at depth 12 has no key, whatever it leads to, and that is seen by eight steps. What was
 * seen on the way is not what these entries have by themselves. */
static void a_chain_is_followed_as_far_as_it_counts(void **state)
{
    (void)state;
    uint64_t chain[12] = { add_request(&x, x.warrant[0], REFERENCE) };
    for (size_t i = 1; i < COUNT(chain); i++)
        chain[i] = add_correction(&x, chain[i - 1]);
    with_index();
    add_correction(&x, chain[11]);
    add_correction(&x, chain[5]);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.from = newest;
    a.tail = true;
    assert_int_equal(all_is_needed(&a), 0);
}

/* Only names by `about` count as steps. */
static void a_chain_of_eight_may_end_in_another_name(void **state)
{
    (void)state;
    uint64_t last =
        add_transfer(add_request(&x, x.other, "99/2025"), add_request(&x, x.warrant[0], REFERENCE));
    for (int i = 0; i < 7; i++)
        last = add_correction(&x, last);
    with_index();
    add_correction(&x, last);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.from = newest;
    a.tail = true;
    assert_int_equal(all_is_needed(&a), 0);
}

/* A response to what is no request: what that names is nothing to it. */
static void a_name_of_another_kind_leads_no_further(void **state)
{
    (void)state;
    x.l.request = add_correction(&x, add_request(&x, x.warrant[0], REFERENCE));
    with_index();
    log_add(&x.l, BY(HOLDER, KIND_RESPONSE));
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.from = newest;
    a.tail = true;
    assert_int_equal(all_is_needed(&a), 1);
}

/* The first one that has the key is named by another one's hash: the second one passes it on. */
static uint64_t add_misnamed(void)
{
    uint64_t first = add_request(&x, x.warrant[0], REFERENCE),
             second = add_request(&x, x.warrant[0], REFERENCE);
    return log_add(&x.l,
                   BY(REQUESTER, KIND_PRODUCT,
                      .members = text_of("\"requests\":[{\"entry\":%llu%s,%s],\"class\":"
                                         "\"other\"",
                                         (unsigned long long)first, strchr(log_ref(&x.l, 1), ','),
                                         log_ref(&x.l, second))));
}

static void a_key_may_come_of_the_second_name(void **state)
{
    struct answer_part p;
    (void)state;
    uint64_t product = add_misnamed();
    with_index();
    uint64_t correction = add_correction(&x, product);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.tail = true;
    a.from = newest;
    make(&a);
    judge_file(&x, buf_span(&file), &found, &p);
    assert_int_equal(found.n, 1);
    assert_int_equal(found.f[0].entry, product);
    assert_true(answer_part_entry(&p, correction)->asked);
    answer_part_free(&p);
}

/* ---- in parts -------------------------------------------------------------------------------- */

/* Makes one part; returns its T, and sets *bytes to how long all carried entries are together. */
static uint64_t one_part(const struct answer_ask *a, size_t *entries, size_t *bytes)
{
    struct answer_source source = source_of(&x);
    struct parsed_part p;
    struct refusal why;
    uint64_t to, end;
    size_t used;
    buf_clear(&file);
    assert_int_equal(answer_make(&file, a, &source, &to, &end), ANSWER_MADE);
    assert_int_equal(answer_parse(&p, &used, buf_span(&file), &why), 0);
    assert_int_equal(p.to, to);
    assert_int_equal(p.end, end);
    *entries = p.entries;
    *bytes = 0;
    for (size_t i = 0; i < p.entries; i++)
        *bytes += p.entry[i].bytes.n;
    parsed_part_free(&p);
    return to;
}

static void a_part_ends_where_it_is_full(void **state)
{
    (void)state;
    add_names();
    with_index();
    struct answer_ask a = ask_of(&x, newest, &warrant);
    size_t entries, bytes, ignored, more;
    uint64_t ends[4] = { 0 };
    for (size_t most = 1; most < COUNT(ends); most++) {
        a.entries_max = most;
        ends[most] = one_part(&a, &entries, &bytes);
        assert_true(ends[most] > ends[most - 1]);
        /* As many bytes as these are just enough. */
        a.entries_max = 0;
        a.bytes_max = bytes;
        assert_int_equal(one_part(&a, &ignored, &more), ends[most]);
        a.bytes_max = bytes + 1;
        assert_true(one_part(&a, &ignored, &more) > ends[most]);
        a.bytes_max = 0;
    }
    assert_int_equal(ends[1], x.warrant[0] + 1);
    /* A part that goes on begins where the last one ended, and has rows from there alone. */
    a.from = ends[2];
    a.entries_max = 1;
    assert_int_equal(one_part(&a, &entries, &bytes), ends[3]);
    assert_int_equal(all_is_needed(&a), 0);
}

static void a_tail_is_divided_too(void **state)
{
    (void)state;
    with_index();
    add_names();
    struct answer_ask a = ask_of(&x, newest, &warrant);
    size_t entries, bytes;
    a.tail = true;
    a.bytes_max = 1;
    for (a.from = newest; a.from < x.l.n; a.from++)
        assert_int_equal(one_part(&a, &entries, &bytes), a.from + 1);
    a.from = newest;
    a.bytes_max = 0;
    assert_int_equal(one_part(&a, &entries, &bytes), x.l.n);
}

/* ---- what it rests on ------------------------------------------------------------------------ */

static void an_answer_rests_on_an_index(void **state)
{
    struct answer_source source = source_of(&x);
    uint64_t to, end, none[4];
    (void)state;
    none[0] = add_unkeyed(&x, false);
    none[1] = x.warrant[0];
    none[2] = log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                               .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":0,"
                                          "\"root\":"
                                          "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}]"));
    none[3] = log_add_bytes(&x.l, span_str("none"));
    for (size_t i = 0; i < COUNT(none); i++) {
        struct answer_ask a = ask_of(&x, none[i], &warrant);
        assert_int_equal(answer_make(&file, &a, &source, &to, &end), ANSWER_NO_INDEX);
    }
    assert_int_equal(file.n, 0);
}

/* A chain of `under` that leads nowhere, or to itself, is not followed. */
static void an_under_that_is_not_below_is_not_followed(void **state)
{
    (void)state;
    const char *hash = strchr(log_ref(&x.l, 1), ',');
    for (uint64_t i = 0; i < 2; i++)
        log_add(&x.l,
                BY(HOLDER, KIND_RESPONSE,
                   .under = text_of("{\"entry\":%llu%s",
                                    (unsigned long long)(i == 0 ? x.l.n : x.l.n + 900), hash)));
    with_index();
    struct answer_question q = question_of(INDEX_KEY_HOLDER, "mx.holder");
    struct answer_ask a = ask_of(&x, newest, &q);
    size_t entries, bytes;
    assert_int_equal(one_part(&a, &entries, &bytes), newest);
}

/* ---- the auditor's word ---------------------------------------------------------------------- */

static uint64_t audit_said(const struct answer_ask *a)
{
    struct parsed_part p;
    struct refusal why;
    size_t entries, bytes, used;
    one_part(a, &entries, &bytes);
    assert_int_equal(answer_parse(&p, &used, buf_span(&file), &why), 0);
    uint64_t audit = p.audit;
    parsed_part_free(&p);
    return audit;
}

static uint64_t add_anchor_of(enum who who, const char *index, const char *under)
{
    const char *members = log_members(&x.l, KIND_ANCHOR);
    if (index != NULL)
        members = text_of("%s,\"index\":%s", members, index);
    return log_add(&x.l, BY(who, KIND_ANCHOR, .members = members, .under = under));
}

/* The newest one counts, of those that are an auditor's word for an index that is known. */
static void the_newest_word_of_an_auditor_is_named(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL), unkeyed = add_unkeyed(&x, false);
    add_anchor(&x, older, AUDITOR);
    uint64_t anchor = add_anchor(&x, older, AUDITOR);
    const char *good = log_ref(&x.l, older), *hash = strchr(log_ref(&x.l, 1), ',');
    add_anchor_of(AUDITOR, log_ref(&x.l, unkeyed), NULL);
    add_anchor_of(AUDITOR, log_ref(&x.l, x.warrant[0]), NULL);
    add_anchor_of(AUDITOR, log_ref(&x.l, anchor), NULL);
    add_anchor_of(AUDITOR, good, log_ref(&x.l, unkeyed));
    add_anchor_of(AUDITOR, good, log_ref(&x.l, x.warrant[0]));
    add_anchor_of(AUDITOR, good,
                  text_of("{\"entry\":%llu%s", (unsigned long long)x.l.n + 500, hash));
    uint64_t without = add_anchor_of(AUDITOR, NULL, NULL);
    add_anchor(&x, older, OVERSIGHT);
    uint64_t unkeyed_too = add_unkeyed(&x, false), ahead = x.l.n;
    add_anchor_of(AUDITOR, text_of("{\"entry\":%llu%s", (unsigned long long)ahead + 1, hash), NULL);
    /* The index lists some that are none. */
    struct cover cover = { .tables = 2, .end = x.l.n };
    struct index_row *rows;
    struct index_key key;
    put_honest_table(&x, &cover.table[0], 0, ends[0]);
    size_t n = honest_rows(&x, ends[0], x.l.n, &rows), kept = 0;
    index_key_of(&key, INDEX_KEY_AUDITED, span_of("", 0));
    struct index_row *all = calloc(n + 2, sizeof *all);
    assert_non_null(all);
    for (size_t i = 0; i < n; i++) {
        struct index_row more[2];
        index_row_set(&more[0], &key, without);
        index_row_set(&more[1], &key, unkeyed_too);
        for (size_t k = 0; k < 2; k++)
            if (i > 0 && index_row_compare(&rows[i - 1], &more[k]) < 0 &&
                index_row_compare(&more[k], &rows[i]) < 0)
                all[kept++] = more[k];
        all[kept++] = rows[i];
    }
    assert_int_equal(kept, n + 2);
    put_table(&x, &cover.table[1], ends[0], x.l.n, all, kept, 2);
    newest = add_index(&x, &cover);
    free(rows);
    free(all);
    assert_int_equal(newest, ahead + 1);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    assert_int_equal(audit_said(&a), anchor);
}

/* An anchor that the index does not list is not found by what it lists beside. */
static void an_anchor_is_found_by_its_own_row_alone(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL), anchor = add_anchor(&x, older, AUDITOR);
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_key key, lower;
    struct index_row row;
    index_key_of(&key, INDEX_KEY_AUDITED, span_of("", 0));
    lower = key;
    lower.b[INDEX_KEY_LENGTH - 1]--;
    index_row_set(&row, &lower, anchor);
    put_table(&x, &cover.table[0], 0, x.l.n, &row, 1, 0);
    newest = add_index(&x, &cover);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    assert_int_equal(audit_said(&a), NO_ENTRY);
    index_row_set(&row, &key, anchor);
    put_table(&x, &cover.table[0], 0, x.l.n, &row, 1, 0);
    cover.end = x.l.n - 1;
    newest = add_index(&x, &cover);
    a = ask_of(&x, newest, &warrant);
    assert_int_equal(audit_said(&a), anchor);
}

/* Not more than a few dozen are looked at, from the newest on. */
static void only_so_many_anchors_are_looked_at(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL), anchor = 0;
    for (size_t others = 63; others < 65; others++) {
        anchor = add_anchor(&x, older, AUDITOR);
        for (size_t i = 0; i < others; i++)
            add_anchor(&x, older, OVERSIGHT);
        const uint64_t all[] = { ends[0], x.l.n };
        newest = add_honest_index(&x, all, 2, NULL);
        struct answer_ask a = ask_of(&x, newest, &warrant);
        assert_int_equal(audit_said(&a), others < 64 ? anchor : NO_ENTRY);
    }
}

/* ---- the files of tables --------------------------------------------------------------------- */

/* A table of two pages and what leads to them, and a small one, with an auditor's word or without.
 * Rows of REFERENCE stand in one page, and there are none of entries without form. */
static void with_pages(bool audited)
{
    struct cover cover;
    for (int i = 0; i < 270; i++)
        add_request(&x, x.other, "99/2025");
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, &cover);
    add_request(&x, x.other, "99/2025");
    if (audited)
        add_anchor(&x, older, AUDITOR);
    put_honest_table(&x, &cover.table[1], ends[0], x.l.n);
    cover.tables = 2;
    cover.end = x.l.n;
    newest = add_index(&x, &cover);
    assert_int_equal(x.files, 4);
}

static void answers_of_whole_files_are_the_same(void **state)
{
    (void)state;
    with_pages(true);
    struct buf trusting = { 0 };
    const struct {
        enum index_key_type type;
        const char *value;
    } questions[] = {
        { INDEX_KEY_WARRANT, REFERENCE }, { INDEX_KEY_WARRANT, "99/2025" },
        { INDEX_KEY_WARRANT, "none" },    { INDEX_KEY_HOLDER, "mx.holder" },
        { INDEX_KEY_SIGNER, "a" },        { INDEX_KEY_SIGNER, "zz" },
        { INDEX_KEY_AUTHORITY, "x" },
    };
    for (size_t i = 0; i < COUNT(questions); i++)
        for (uint64_t from = 0; from < newest; from += newest / 2 - 1) {
            struct answer_question q = question_of(questions[i].type, questions[i].value);
            struct answer_ask a = ask_of(&x, newest, &q);
            a.from = from;
            make(&a);
            buf_clear(&trusting);
            buf_add_span(&trusting, buf_span(&file));
            assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL) == VERDICT_GOOD,
                             from == 0);
            a.own_tables = true;
            make(&a);
            assert_true(span_eq(buf_span(&file), buf_span(&trusting)));
        }
    buf_free(&trusting);
}

/* The answer that was asked for, or none: damage is not handed on. Whoever does not answer for the
 * files may hand it on, and a verifier sees it. */
static void damaged_files_make_no_answer(void **state)
{
    (void)state;
    with_pages(false);
    struct answer_source source = source_of(&x);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    struct buf whole = { 0 }, part = { 0 };
    uint64_t to, end;
    size_t unread = 0, handed_on = 0, made = 0;
    assert_int_equal(answer_make(&whole, &a, &source, &to, &end), ANSWER_MADE);
    for (size_t i = 0; i < x.files; i++)
        for (size_t at = 0; at<x.file[i].bytes.n; at += x.file[i].f.level> 0 ? 1 : 61 * every()) {
            uint8_t *byte = x.file[i].bytes.p + at;
            for (int own = 1; own >= 0; own--) {
                a.own_tables = own;
                buf_clear(&part);
                *byte ^= 0x80;
                enum answer_made how = answer_make(&part, &a, &source, &to, &end);
                *byte ^= 0x80;
                bool same = how == ANSWER_MADE && span_eq(buf_span(&part), buf_span(&whole));
                assert_true(how == ANSWER_MADE || how == ANSWER_UNREAD);
                if (own && how == ANSWER_MADE && !same)
                    fail_msg("file %zu, byte %zu", i, at);
                unread += own && how == ANSWER_UNREAD;
                made += own && same;
                handed_on += !own && how == ANSWER_MADE && !same && x.file[i].f.level == 0;
            }
        }
    assert_true(unread > 5 && made > 5 && handed_on > 2);
    buf_free(&whole);
    buf_free(&part);
}

/* A question whose rows stand in that page alone. */
static struct answer_question question_in(size_t page)
{
    const struct index_row *first = (const struct index_row *)x.file[1].bytes.p;
    for (int i = 0;; i++) {
        struct answer_question q =
            question_of(INDEX_KEY_WARRANT, i == 0 ? REFERENCE : text_of("%d/2026", i));
        struct index_row low, high;
        index_row_set(&low, &q.key, 0);
        index_row_set(&high, &q.key, newest);
        if (page == 0 ? index_row_compare(&high, first) < 0 : index_row_compare(first, &low) < 0)
            return q;
    }
}

/* A file that an answer does not need need not be there. */
static void no_more_files_are_read_than_are_needed(void **state)
{
    (void)state;
    with_pages(true);
    struct answer_source source = source_of(&x);
    for (size_t page = 0; page < 2; page++)
        for (int own = 0; own < 2; own++)
            for (size_t i = 0; i < x.files; i++) {
                struct hash root = x.file[i].root;
                struct answer_question q = question_in(page);
                struct answer_ask a = ask_of(&x, newest, &q);
                uint64_t to, end;
                size_t entries, bytes;
                a.own_tables = own;
                memset(&x.file[i].root, 0, sizeof x.file[i].root);
                buf_clear(&file);
                assert_int_equal(answer_make(&file, &a, &source, &to, &end),
                                 i == 1 - page ? ANSWER_MADE : ANSWER_UNREAD);
                a.from = newest - 3; /* where the second table begins */
                if (i < 3)
                    one_part(&a, &entries, &bytes);
                x.file[i].root = root;
            }
    struct answer_question q = question_in(1);
    struct answer_ask a = ask_of(&x, newest, &q);
    assert_int_equal(all_is_needed(&a), 0);
}

/* The key of the first row of the second page. */
static struct answer_question question_between(void)
{
    const struct index_row *first = (const struct index_row *)x.file[1].bytes.p;
    const struct answer_question all[] = {
        question_of(INDEX_KEY_SIGNER, x.l.who[REQUESTER].key.vkey.name),
        question_of(INDEX_KEY_AUTHORITY, "mx.requester"),
        question_of(INDEX_KEY_HOLDER, "mx.holder"),
        question_of(INDEX_KEY_WARRANT, "99/2025"),
    };
    for (size_t i = 0; i < COUNT(all); i++)
        if (index_row_has_key(first, &all[i].key))
            return all[i];
    fail_msg("nobody asks for that row");
    return all[0];
}

/* Asked from the first row of a page on: what is before it stands in another one. */
static void rows_may_begin_where_a_page_does(void **state)
{
    (void)state;
    with_pages(false);
    struct answer_source source = source_of(&x);
    struct answer_question q = question_between();
    struct answer_ask a = ask_of(&x, newest, &q);
    struct buf whole = { 0 };
    uint64_t to, end;
    assert_int_equal(x.file[2].f.level, 1);
    a.from = index_row_entry((const struct index_row *)x.file[1].bytes.p);
    a.own_tables = true;
    assert_int_equal(answer_make(&whole, &a, &source, &to, &end), ANSWER_MADE);
    bool failed = true;
    for (size_t n = 1; failed; n++) {
        x.reads_left = n;
        buf_clear(&file);
        enum answer_made made = answer_make(&file, &a, &source, &to, &end);
        failed = x.reads_left == 0;
        x.reads_left = 0;
        assert_int_equal(made, failed ? ANSWER_UNREAD : ANSWER_MADE);
    }
    buf_free(&whole);
}

/* What leads to the pages: of a log's own it is found wrong, of others' it leads astray. */
static void a_damaged_directory_makes_no_answer(void **state)
{
    (void)state;
    with_pages(false);
    struct answer_source source = source_of(&x);
    struct buf whole = { 0 };
    size_t unread = 0, astray = 0;
    uint64_t to, end;
    for (size_t page = 0; page < 3; page++) {
        struct answer_question q = page < 2 ? question_in(page) : question_between();
        struct answer_ask a = ask_of(&x, newest, &q);
        buf_clear(&whole);
        assert_int_equal(answer_make(&whole, &a, &source, &to, &end), ANSWER_MADE);
        for (size_t n = 0; n < 4; n++) { /* each of its rows lower, or higher, than all */
            uint8_t row[ROW_BYTES], *at = x.file[2].bytes.p + n / 2 * DIRECTORY_ITEM_BYTES;
            memcpy(row, at, ROW_BYTES);
            memset(at, n % 2 ? 0xFF : 0, ROW_BYTES);
            for (int own = 0; own < 2; own++) {
                a.own_tables = own;
                buf_clear(&file);
                enum answer_made made = answer_make(&file, &a, &source, &to, &end);
                bool as_it_was = span_eq(buf_span(&file), buf_span(&whole));
                assert_true(own ? made == ANSWER_UNREAD || as_it_was : made == ANSWER_MADE);
                unread += made == ANSWER_UNREAD;
                astray += !own && !as_it_was;
            }
            memcpy(at, row, ROW_BYTES);
        }
    }
    assert_true(unread >= 4);
    assert_int_equal(unread, astray);
    buf_free(&whole);
}

/* A key that is higher than all there are: no row stands where it would. */
static void nothing_stands_behind_the_last_row(void **state)
{
    (void)state;
    with_index();
    struct index_row *rows;
    size_t n = honest_rows(&x, 15, newest, &rows);
    struct answer_question q;
    struct index_row row;
    int i = 0;
    do {
        q = question_of(INDEX_KEY_HOLDER, text_of("x%d", i++));
        index_row_set(&row, &q.key, 0);
    } while (index_row_compare(&row, &rows[n - 1]) < 0);
    free(rows);
    struct answer_ask a = ask_of(&x, newest, &q);
    a.own_tables = true;
    make(&a);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_GOOD);
}

/* A part that ends where a table does has nothing of the next one. */
static void a_part_may_end_where_a_table_does(void **state)
{
    (void)state;
    const uint64_t ends[] = { x.warrant[0], x.warrant[0] + 1, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    struct answer_ask a = ask_of(&x, newest, &warrant);
    a.entries_max = 1;
    make(&a);
    assert_int_equal(judge_file(&x, buf_span(&file), &found, NULL), VERDICT_GOOD);
    expect_none(&found);
}

/* Wherever a read fails once, there is no answer. */
static void each_read_is_needed(void **state)
{
    (void)state;
    uint64_t unkeyed = add_unkeyed(&x, true);
    add_names();
    const uint64_t ends[] = { x.l.n };
    uint64_t older = add_honest_index(&x, ends, 1, NULL);
    add_anchor(&x, older, AUDITOR);
    add_anchor(&x, older, OVERSIGHT);
    add_unkeyed(&x, true);
    const uint64_t all[] = { ends[0], x.l.n };
    newest = add_honest_index(&x, all, 2, NULL);
    uint64_t late = add_correction(&x, add_request(&x, x.warrant[1], "37 / 2O26"));
    add_names();
    add_correction(&x, unkeyed);
    add_misnamed();
    struct answer_source source = source_of(&x);
    for (int own = 0; own < 4; own++) {
        struct answer_ask a = ask_of(&x, newest, &warrant);
        uint64_t to, end;
        bool failed = true;
        a.tail = own < 3;
        a.entries_max = own < 3 ? 0 : 1; /* full with the first one */
        a.own_tables = own == 1;
        a.from = own != 2 ? 0 : late; /* or what names an entry of which nothing was read before */
        for (size_t n = 1; failed; n++) {
            buf_clear(&file);
            x.reads_left = n;
            enum answer_made made = answer_make(&file, &a, &source, &to, &end);
            failed = x.reads_left == 0;
            x.reads_left = 0;
            assert_int_equal(made, failed ? ANSWER_UNREAD : ANSWER_MADE);
            assert_int_equal(file.n == 0, failed);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_carried_that_is_not_needed),
        TEST(nothing_more_is_carried_with_what_has_no_form),
        TEST(a_chain_is_followed_as_far_as_it_counts),
        TEST(a_chain_of_eight_may_end_in_another_name),
        TEST(a_name_of_another_kind_leads_no_further),
        TEST(a_key_may_come_of_the_second_name),
        TEST(a_part_ends_where_it_is_full),
        TEST(a_tail_is_divided_too),
        TEST(an_answer_rests_on_an_index),
        TEST(an_under_that_is_not_below_is_not_followed),
        TEST(the_newest_word_of_an_auditor_is_named),
        TEST(an_anchor_is_found_by_its_own_row_alone),
        TEST(only_so_many_anchors_are_looked_at),
        TEST(answers_of_whole_files_are_the_same),
        TEST(damaged_files_make_no_answer),
        TEST(no_more_files_are_read_than_are_needed),
        TEST(rows_may_begin_where_a_page_does),
        TEST(a_damaged_directory_makes_no_answer),
        TEST(nothing_stands_behind_the_last_row),
        TEST(a_part_may_end_where_a_table_does),
        TEST(each_read_is_needed),
    };
    return cmocka_run_group_tests_name("answer_make", tests, NULL, NULL);
}
