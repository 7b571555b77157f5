/* Whether the newest index of a log lists an entry, as its holder asks: each of the four answers,
 * and where each begins. */
#include "client/index/index_check.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "client/base/lost.h"
#include "proto/index/entry_keys.h"
#include "proto/record/entry.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct logfiles *files;
static struct accepted now;
static struct index_check check;
static struct finding found;
static struct buf evidence;
static uint64_t left_out; /* the entry whose rows some table lacks */

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    trust = (struct trust){ .policy = x.policy, .max_age = -1 };
    return 0;
}

static void close_log(void)
{
    accepted_free(&now);
    now = (struct accepted){ .note = { 0 } };
    logfiles_free(files);
    files = NULL;
}

static int stop(void **state)
{
    (void)state;
    close_log();
    buf_free(&evidence);
    evidence = (struct buf){ 0 };
    indexed_free(&x);
    log_folder_remove(&folder);
    return 0;
}

static void write_tables(void)
{
    for (size_t i = 0; i < x.files; i++)
        log_folder_table(&folder, &x.file[i].root, &x.file[i].f, buf_span(&x.file[i].bytes));
}

/* Opens what is in the folder; index: the entry that is said to be the newest; NO_ENTRY: none
 * is. */
static void open_log(uint64_t index)
{
    struct findings told = { 0 };
    log_folder_write(&folder, &x.l, x.l.n);
    write_tables();
    if (index != NO_ENTRY)
        log_folder_newest(&folder, text_of("%llu\n", (unsigned long long)index));
    files = logfiles_of_dir(folder.dir);
    assert_int_equal(accepted_fetch(&now, &trust, files, &told), VERDICT_GOOD);
    check = (struct index_check){ .trust = &trust, .files = files, .now = &now };
    findings_free(&told);
}

static enum index_checked ask(uint64_t entry)
{
    return index_check_entry(&check, entry, &x.l.leaf[entry], &found, &evidence);
}

/* Fails unless it could not be looked at for that reason. */
static void unchecked(uint64_t entry, enum reason why)
{
    assert_int_equal(ask(entry), INDEX_UNCHECKED);
    assert_int_equal(found.why.reason, why);
    assert_int_equal(evidence.n, 0);
}

/* Fails unless the log is convicted of leaving the entry out. */
static void convicted(uint64_t entry, uint64_t index)
{
    struct evidence_report report;
    assert_int_equal(ask(entry), INDEX_LACKS);
    assert_int_equal(found.verdict, VERDICT_BAD);
    assert_int_equal(found.why.reason, REASON_INDEX_LEFT_OUT);
    assert_true(found.entry == index && found.related == entry);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&evidence), NULL), 0);
    assert_string_equal(report.claim, "index");
}

/* The rows of an honest table, but for those of one entry; returns how many there are. */
static size_t rows_but_for(uint64_t entry, uint64_t from, uint64_t to, struct index_row **out)
{
    size_t kept = 0, n = honest_rows(&x, from, to, out);
    for (size_t i = 0; i < n; i++)
        if (index_row_entry(&(*out)[i]) != entry)
            (*out)[kept++] = (*out)[i];
    return kept;
}

/* An index of two tables; of the second one all rows of left_out are gone, or all rows at all. */
static uint64_t add_lying_index(bool empty)
{
    struct cover cover = { .tables = 2, .end = x.l.n };
    struct index_row *rows;
    left_out = x.l.n - 1;
    put_honest_table(&x, &cover.table[0], 0, 9);
    size_t n = rows_but_for(left_out, 9, x.l.n, &rows);
    put_table(&x, &cover.table[1], 9, x.l.n, rows, empty ? 0 : n, 0);
    free(rows);
    return add_index(&x, &cover);
}

static uint64_t add_index_up_to(uint64_t end)
{
    const uint64_t ends[] = { 9, end };
    return add_honest_index(&x, ends, COUNT(ends), NULL);
}

/* ---- what an honest log says ----------------------------------------------------------------- */

static void each_entry_that_is_covered_has_its_rows(void **state)
{
    (void)state;
    uint64_t end = x.l.n - 1, index = add_index_up_to(end);
    log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    open_log(index);
    for (uint64_t i = 0; i < end; i++)
        assert_int_equal(ask(i), INDEX_HAS);
    for (uint64_t i = end; i < x.l.n; i++)
        assert_int_equal(ask(i), INDEX_NOT_YET);
    assert_int_equal(evidence.n, 0);
}

static void a_log_without_an_index_lists_nothing_yet(void **state)
{
    (void)state;
    open_log(NO_ENTRY);
    assert_int_equal(ask(3), INDEX_NOT_YET);
    assert_int_equal(found.why.reason, REASON_NONE);
    log_folder_newest(&folder, "3\n"); /* it is asked for once */
    assert_int_equal(ask(3), INDEX_NOT_YET);
}

/* A log's web server says why it has no such file; a folder does not. */
static bool page_of_404;
enum fetch __real_logfiles_index_newest(struct logfiles *l, uint64_t *entry, struct refusal *why);
enum fetch __wrap_logfiles_index_newest(struct logfiles *l, uint64_t *entry, struct refusal *why);

enum fetch __wrap_logfiles_index_newest(struct logfiles *l, uint64_t *entry, struct refusal *why)
{
    if (!page_of_404)
        return __real_logfiles_index_newest(l, entry, why);
    refuse(why, REASON_MISSING, INDEX_NEWEST);
    return FETCH_MISSING;
}

static void a_server_without_an_index_lists_nothing_yet(void **state)
{
    (void)state;
    open_log(NO_ENTRY);
    page_of_404 = true;
    assert_int_equal(ask(3), INDEX_NOT_YET);
    page_of_404 = false;
}

static void many_rows_are_found_by_their_directory(void **state)
{
    (void)state;
    while (x.l.n < 200)
        add_request(&x, x.other, "99/2025");
    uint64_t index = add_index_up_to(x.l.n);
    open_log(index);
    for (uint64_t i = 0; i < index; i += 13)
        assert_int_equal(ask(i), INDEX_HAS);
}

/* ---- what cannot be looked at ---------------------------------------------------------------- */

static void what_names_no_index_is_no_answer(void **state)
{
    static const char *const texts[] = { "", "\n", "9", "x\n", "09\n", "9\n\n", "-1\n" };
    (void)state;
    uint64_t index = add_index_up_to(x.l.n);
    open_log(index);
    for (size_t i = 0; i < COUNT(texts); i++) {
        check.asked = false;
        log_folder_newest(&folder, texts[i]);
        unchecked(3, REASON_UNREADABLE);
    }
    check.asked = false;
    log_folder_newest(&folder, "7\n"); /* a request */
    unchecked(3, REASON_ANSWER_INDEX);
    check.asked = false;
    log_folder_newest(&folder, text_of("%zu\n", x.l.n)); /* no entry of that checkpoint */
    unchecked(3, REASON_ANSWER_INDEX);
    check.asked = false;
    log_folder_newest(&folder, text_of("%llu\n", (unsigned long long)index)); /* its last one */
    assert_int_equal(ask(3), INDEX_HAS);
}

static void files_that_are_not_there_or_not_the_tables_prove_nothing(void **state)
{
    char path[INDEX_PATH_MAX];
    (void)state;
    open_log(add_index_up_to(x.l.n));
    index_table_path(path, &x.file[0].root, &x.file[0].f);
    x.file[0].bytes.p[0] ^= 1;
    log_folder_put(&folder, path, buf_span(&x.file[0].bytes));
    assert_int_equal(ask(3), INDEX_UNCHECKED);
    assert_int_not_equal(found.why.reason, REASON_NONE);
    assert_int_equal(evidence.n, 0);
    log_folder_put(&folder, path, span_of(x.file[0].bytes.p, x.file[0].bytes.n - 1));
    unchecked(3, REASON_UNREADABLE);
    log_folder_drop(&folder, path);
    unchecked(3, REASON_MISSING);
    assert_string_equal(found.why.subject, path);
    assert_int_equal(ask(9), INDEX_HAS); /* in the other table */
}

static void another_entry_than_the_logs_is_not_looked_up(void **state)
{
    (void)state;
    open_log(add_index_up_to(x.l.n));
    assert_int_equal(index_check_entry(&check, 3, &x.l.leaf[4], &found, &evidence),
                     INDEX_UNCHECKED);
    log_folder_drop(&folder, text_of("tile/entries/000.p/%zu", x.l.n));
    unchecked(3, REASON_MISSING);
}

/* ---- what convicts --------------------------------------------------------------------------- */

static void an_entry_that_is_left_out_convicts(void **state)
{
    (void)state;
    uint64_t index = add_lying_index(false);
    open_log(index);
    assert_int_equal(ask(left_out - 1), INDEX_HAS);
    assert_int_equal(ask(3), INDEX_HAS);
    convicted(left_out, index);
    size_t n = evidence.n;
    assert_int_equal(ask(left_out), INDEX_LACKS);
    assert_int_equal(evidence.n, n); /* the first is enough */
}

static void a_table_without_rows_convicts(void **state)
{
    (void)state;
    uint64_t index = add_lying_index(true);
    open_log(index);
    convicted(left_out, index);
}

static void a_table_out_of_order_convicts_itself(void **state)
{
    struct cover cover = { .tables = 1, .end = x.l.n };
    struct index_row *rows;
    (void)state;
    size_t n = honest_rows(&x, 0, x.l.n, &rows);
    for (size_t i = 0; i < n / 2; i++) { /* backwards */
        struct index_row row = rows[i];
        rows[i] = rows[n - 1 - i];
        rows[n - 1 - i] = row;
    }
    put_table(&x, &cover.table[0], 0, x.l.n, rows, n, 0);
    free(rows);
    uint64_t index = add_index(&x, &cover);
    open_log(index);
    convicted(7, index);
}

/* An entry has several rows: one that is missing is enough, wherever it stands. */
static void one_row_that_is_left_out_convicts(void **state)
{
    struct entry_keys keys = { .n = 0 };
    (void)state;
    for (size_t key = 0; key == 0 || key < keys.n; key++) {
        struct cover cover = { .tables = 1, .end = x.l.n };
        struct index_row *rows, row;
        struct span bytes = buf_span(&x.l.entry[x.warrant[0]]);
        entry_keys_free(&keys);
        keys = (struct entry_keys){ .n = 0 };
        assert_int_equal(entry_keys_read(&keys, x.warrant[0], bytes, NULL, NULL), NAMED_FOUND);
        assert_true(keys.n > 1);
        index_row_set(&row, &keys.key[key], x.warrant[0]);
        size_t kept = 0, n = honest_rows(&x, 0, cover.end, &rows);
        for (size_t i = 0; i < n; i++)
            if (index_row_compare(&rows[i], &row) != 0)
                rows[kept++] = rows[i];
        assert_int_equal(kept, n - 1);
        put_table(&x, &cover.table[0], 0, cover.end, rows, kept, 0);
        free(rows);
        uint64_t index = add_index(&x, &cover);
        open_log(index);
        convicted(x.warrant[0], index);
        close_log();
    }
    entry_keys_free(&keys);
}

/* ---- a log of two bundles -------------------------------------------------------------------- */

/* Entries up to 256, and then a correction of an early request; an index of all. Returns the
 * correction. */
static uint64_t add_late_correction(uint64_t *index)
{
    while (x.l.n < 256)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t late = add_correction(&x, x.l.request);
    *index = add_index_up_to(x.l.n);
    return late;
}

/* What an entry names decides about its keys: they are not known where that cannot be read. */
static void keys_that_are_not_known_are_not_looked_up(void **state)
{
    uint64_t index;
    (void)state;
    uint64_t late = add_late_correction(&index);
    open_log(index);
    assert_int_equal(ask(late), INDEX_HAS);
    close_log();
    open_log(index);
    log_folder_drop(&folder, "tile/entries/000");
    unchecked(late, REASON_MISSING);
    close_log();
    open_log(index);
    log_folder_drop(&folder, "tile/0/000"); /* what proves the entry, which is there */
    unchecked(3, REASON_MISSING);
}

/* Evidence has the chain of the index in it, from genesis on. */
static void without_evidence_it_is_undecided(void **state)
{
    struct cover cover = { .tables = 2, .end = 258 };
    struct index_row *rows;
    (void)state;
    while (x.l.n < 257)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    uint64_t late = log_add(&x.l, BY(REQUESTER, KIND_REQUEST));
    put_honest_table(&x, &cover.table[0], 0, 9);
    size_t n = rows_but_for(late, 9, x.l.n, &rows);
    put_table(&x, &cover.table[1], 9, x.l.n, rows, n, 0);
    free(rows);
    uint64_t index = add_index(&x, &cover);
    open_log(index);
    convicted(late, index);
    close_log();
    buf_clear(&evidence);
    open_log(index);
    log_folder_drop(&folder, "tile/entries/000");
    assert_int_equal(ask(late), INDEX_LACKS);
    assert_int_equal(found.verdict, VERDICT_UNDECIDED);
    assert_int_equal(evidence.n, 0);
}

/* ---- entries that the tree does not hold ----------------------------------------------------- */

/* In the place of the index stands another one, which the log's tree does not have. */
static void an_index_that_is_not_in_the_tree_covers_nothing(void **state)
{
    struct log_folder sub;
    struct log fork;
    (void)state;
    const uint64_t ends[] = { 7 }; /* of the false one */
    uint64_t index = add_index_up_to(x.l.n);
    log_copy(&fork, &x.l, index);
    struct log honest = x.l;
    x.l = fork;
    assert_int_equal(add_honest_index(&x, ends, 1, NULL), index);
    fork = x.l;
    x.l = honest;
    open_log(index);
    snprintf(sub.dir, sizeof sub.dir, "%.48s/false", folder.dir);
    assert_int_equal(mkdir(sub.dir, 0755), 0);
    log_folder_write(&sub, &fork, fork.n);
    assert_int_equal(rename(text_of("%s/tile/entries/000.p/%zu", sub.dir, x.l.n),
                            text_of("%s/tile/entries/000.p/%zu", folder.dir, x.l.n)),
                     0);
    assert_int_equal(ask(3), INDEX_UNCHECKED);
    assert_int_equal(evidence.n, 0);
    log_free(&fork);
}

/* Where it fails anything may stand in *out: here a good index. */
static struct span left_there;
int __real_entry_parse(struct entry *out, struct span bytes, struct refusal *why);
int __wrap_entry_parse(struct entry *out, struct span bytes, struct refusal *why);

int __wrap_entry_parse(struct entry *out, struct span bytes, struct refusal *why)
{
    int result = __real_entry_parse(out, bytes, why);
    if (result != 0)
        out->note = left_there;
    return result;
}

/* What is named has no form, or is an index of a version that nobody knows. */
static void what_is_no_index_covers_nothing(void **state)
{
    (void)state;
    uint64_t index = add_index_up_to(x.l.n);
    uint64_t unformed = log_add_bytes(&x.l, span_str("nonsense"));
    add_unkeyed(&x, false);
    add_unkeyed(&x, true);
    uint64_t newer =
        log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                         .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":3,"
                                    "\"root\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}]"));
    struct entry e;
    assert_int_equal(__real_entry_parse(&e, buf_span(&x.l.entry[index]), &check.why), 0);
    left_there = e.note;
    open_log(index);
    for (uint64_t i = unformed; i <= newer; i++) {
        check.asked = false;
        log_folder_newest(&folder, text_of("%llu\n", (unsigned long long)i));
        assert_int_equal(ask(3), INDEX_UNCHECKED);
        assert_int_not_equal(found.why.reason, REASON_NONE);
        assert_int_equal(check.cover.entry, NO_ENTRY);
    }
    left_there = span_of(NULL, 0);
}

/* ---- receipts -------------------------------------------------------------------------------- */

static struct receipt_check receipt_of(uint64_t entry)
{
    return (struct receipt_check){ .path = "receipt",
                                   .report = { .index = entry, .leaf = x.l.leaf[entry] } };
}

static void what_is_left_out_is_a_finding_of_the_receipt(void **state)
{
    (void)state;
    open_log(add_lying_index(false));
    struct receipt_check listed = receipt_of(3), lacking = receipt_of(left_out),
                         newer = receipt_of(x.l.n - 1);
    assert_int_equal(index_check_receipt(&check, &listed, &evidence), INDEX_HAS);
    assert_int_equal(index_check_receipt(&check, &newer, &evidence), INDEX_NOT_YET);
    assert_int_equal(listed.findings.total + newer.findings.total, 0);
    assert_int_equal(index_check_receipt(&check, &lacking, &evidence), INDEX_LACKS);
    assert_int_equal(lacking.findings.total, 1);
    assert_true(lacking.findings.bad);
    receipt_check_free(&lacking);
}

static void it_is_said_in_json_where_anything_is_known(void **state)
{
    (void)state;
    json_t *has = index_checked_json(INDEX_HAS), *lacks = index_checked_json(INDEX_LACKS),
           *yet = index_checked_json(INDEX_NOT_YET), *not = index_checked_json(INDEX_UNCHECKED);
    assert_true(json_is_true(has) && json_is_false(lacks) && json_is_null(yet) &&
                json_is_null(not ));
    json_decref(has);
    json_decref(lacks);
    json_decref(yet);
    json_decref(not );
    assert_false(lost_any());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_entry_that_is_covered_has_its_rows),
        TEST(a_log_without_an_index_lists_nothing_yet),
        TEST(a_server_without_an_index_lists_nothing_yet),
        TEST(many_rows_are_found_by_their_directory),
        TEST(what_names_no_index_is_no_answer),
        TEST(files_that_are_not_there_or_not_the_tables_prove_nothing),
        TEST(another_entry_than_the_logs_is_not_looked_up),
        TEST(an_entry_that_is_left_out_convicts),
        TEST(a_table_without_rows_convicts),
        TEST(a_table_out_of_order_convicts_itself),
        TEST(one_row_that_is_left_out_convicts),
        TEST(keys_that_are_not_known_are_not_looked_up),
        TEST(without_evidence_it_is_undecided),
        TEST(an_index_that_is_not_in_the_tree_covers_nothing),
        TEST(what_is_no_index_covers_nothing),
        TEST(what_is_left_out_is_a_finding_of_the_receipt),
        TEST(it_is_said_in_json_where_anything_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
