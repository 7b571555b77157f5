/* An answer got anew: from a log's service, which may send anything, and made from its files. */
#include "client/answer/answer_get.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct log_client *service;
static struct answer_check check;
static struct answer_wanted wanted;
static FILE *out;
static uint64_t newest; /* the index entry that the service answers from */

/* How the service answers. */
static struct {
    size_t per_part;    /* entries in one part, about */
    const char *other;  /* another question */
    const char *behind; /* what stands behind each part */
    bool no_tail, old_index, nothing, twice;
    uint64_t moves;  /* the index that it answers from behind the first part */
    unsigned status; /* of the part that is number `fails` */
    size_t fails, parts;
    uint64_t size;  /* of another checkpoint */
    uint64_t lacks; /* an index that it does not have */
    uint64_t seals; /* asked for that index, what is written down may not grow any more */
} how;

/* ---- a log ------------------------------------------------------------------------------------- */

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader);

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader)
{
    (void)reader;
    return logfiles_of_dir(of);
}

static uint64_t number_in(const char *path, const char *name, uint64_t otherwise)
{
    const char *at = strstr(path, name);
    return at == NULL ? otherwise : strtoull(at + strlen(name), NULL, 10);
}

static unsigned answer(const char *path, struct buf *body)
{
    struct answer_source source = source_of(&x);
    struct answer_question q =
        question_of(INDEX_KEY_WARRANT, how.other != NULL ? how.other : REFERENCE);
    uint64_t to, end, index = number_in(path, "&index=", newest);
    struct answer_ask ask = { .question = q,
                              .from = number_in(path, "&from=", 0),
                              .tail = !how.no_tail && strstr(path, "&tail=1") != NULL,
                              .index = how.old_index ? newest : index,
                              .size = number_in(path, "&size=", 0),
                              .entries_max = how.per_part };
    assert_non_null(strstr(path, "v1/answer?warrant=37%2F2026"));
    if (index == how.seals)
        assert_int_equal(fcntl(wanted.out, F_ADD_SEALS, F_SEAL_GROW), 0);
    if (how.size != 0)
        ask.size = how.size;
    if (how.parts++ == how.fails && how.status != 0)
        return how.status;
    if (index == how.lacks)
        return 500;
    x.tiles.size = ask.size;
    if (how.moves != 0)
        newest = how.moves;
    if (how.nothing)
        buf_adds(body, "nonsense");
    else
        assert_int_equal(answer_make(body, &ask, &source, &to, &end), ANSWER_MADE);
    if (how.twice) {
        struct buf note = { 0 };
        log_checkpoint(&note, &x.l, ask.size);
        ask.from = to;
        ask.checkpoint = buf_span(&note);
        assert_int_equal(answer_make(body, &ask, &source, &to, &end), ANSWER_MADE);
        buf_free(&note);
    }
    buf_adds(body, how.behind == NULL ? "" : how.behind);
    return 200;
}

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    trust = (struct trust){ .policy = x.policy, .max_age = -1, .url = folder.dir };
    service = log_fake_client(&x.l, x.l.n);
    log_fake_get(service, answer);
    log_fake_serve(service);
    memset(&how, 0, sizeof how);
    how.lacks = how.seals = NO_ENTRY;
    wanted = (struct answer_wanted){ .out = -1 };
    assert_true(answer_wanted_ask(&wanted, INDEX_KEY_WARRANT, REFERENCE));
    answer_check_open(&check, &trust);
    const uint64_t ends[] = { 7, 15, x.l.n };
    newest = add_honest_index(&x, ends, COUNT(ends), NULL);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    if (out != NULL)
        fclose(out);
    out = NULL;
    answer_check_close(&check);
    log_client_free(service);
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* The log's files, as they are now; hint: what names the newest index; NULL: nothing does. */
static void write_log(const char *hint)
{
    log_folder_write(&folder, &x.l, x.l.n);
    for (size_t i = 0; i < x.files; i++)
        log_folder_table(&folder, &x.file[i].root, &x.file[i].f, buf_span(&x.file[i].bytes));
    if (hint != NULL)
        log_folder_newest(&folder, hint);
}

static enum answer_got get(void)
{
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    how.parts = 0;
    return answer_get(&check, &wanted);
}

static void good(uint64_t index)
{
    assert_int_equal(get(), ANSWER_GOT);
    assert_int_equal(check.verdict, VERDICT_GOOD);
    assert_int_equal(check.findings.total, 0);
    assert_int_equal(check.facts.index, index);
    assert_non_null(answer_facts_line(&check.facts, x.warrant[0]));
}

/* Fails unless it is refused for that reason alone. */
static void refused(enum verdict verdict, enum reason reason)
{
    get();
    assert_int_equal(check.verdict, verdict);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, reason);
}

static void write_down(void)
{
    out = fopen(log_folder_path(&folder, "out"), "w+b");
    assert_non_null(out);
    wanted.out = fileno(out);
}

/* What was written is a good answer, which rests on that index. */
static void written(uint64_t index)
{
    struct answer_check again;
    answer_check_open(&again, &trust);
    answer_check_file(&again, log_folder_path(&folder, "out"));
    assert_int_equal(answer_check_end(&again), VERDICT_GOOD);
    assert_int_equal(again.facts.index, index);
    assert_int_equal(again.facts.lines.n, check.facts.lines.n);
    answer_check_close(&again);
}

/* ---- from the service -------------------------------------------------------------------------- */

static void a_service_answers_in_parts(void **state)
{
    (void)state;
    write_log(NULL);
    for (how.per_part = 0; how.per_part < 4; how.per_part++) {
        good(newest);
        assert_true((how.parts == 1) == (how.per_part == 0));
        assert_int_equal(check.facts.parts, how.parts);
    }
    how.per_part = 2;
    write_down();
    good(newest);
    written(newest);
}

static void what_is_no_part_is_refused(void **state)
{
    (void)state;
    write_log(NULL);
    how.behind = "more";
    refused(VERDICT_UNDECIDED, REASON_ANSWER_FORM);
    how.behind = NULL;
    how.nothing = true;
    refused(VERDICT_UNDECIDED, REASON_ANSWER_FORM);
    how.nothing = false;
    how.other = "99/2025";
    refused(VERDICT_BAD, REASON_ANSWER_OTHER);
    how.per_part = 1;
    get();
    assert_int_equal(check.verdict, VERDICT_BAD);
    assert_int_equal(how.parts, 1); /* nobody asks for the others */
}

static void an_answer_under_another_checkpoint_is_none(void **state)
{
    (void)state;
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    write_log(NULL);
    how.size = x.l.n - 1;
    get();
    assert_int_not_equal(check.verdict, VERDICT_GOOD);
    how.size = 0;
    good(newest);
}

static void a_service_that_fails_leaves_it_open(void **state)
{
    (void)state;
    write_log(NULL);
    how.per_part = 2;
    how.status = 500;
    refused(VERDICT_UNDECIDED, REASON_UNREADABLE);
    assert_int_equal(how.parts, 1); /* nobody asks again */
    wanted.tail = true;
    refused(VERDICT_UNDECIDED, REASON_UNREADABLE);
    wanted.tail = false;
    how.fails = 1;
    refused(VERDICT_UNDECIDED, REASON_UNREADABLE);
    assert_int_equal(how.parts, 2);
    how.status = 404; /* of a later part */
    refused(VERDICT_UNDECIDED, REASON_UNREADABLE);
    how.fails = 0;
    log_fake_complain(service, "not_found");
    log_fake_serve(service);
    assert_int_equal(get(), ANSWER_UNSERVED);
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_NO_INDEX);
    assert_string_equal(check.findings.list[0].why.subject, folder.dir); /* the log's URL */
}

static void where_there_is_no_service_its_files_answer(void **state)
{
    (void)state;
    write_log(text_of("%llu\n", (unsigned long long)newest));
    how.status = 404;
    good(newest);
    assert_int_equal(how.parts, 1);
}

static void a_tail_must_come_up_to_the_checkpoint(void **state)
{
    (void)state;
    uint64_t late = add_request(&x, x.warrant[0], REFERENCE);
    write_log(NULL);
    good(newest);
    assert_null(answer_facts_line(&check.facts, late));
    wanted.tail = true;
    good(newest);
    assert_non_null(answer_facts_line(&check.facts, late));
    how.no_tail = true;
    refused(VERDICT_UNDECIDED, REASON_ANSWER_RANGE);
}

/* The tail shows a newer index than the one that was answered from. */
static void a_newer_index_takes_the_place_of_an_old_one(void **state)
{
    (void)state;
    uint64_t old = newest, ends[] = { 7, 15, x.l.n };
    uint64_t newer = add_honest_index(&x, ends, COUNT(ends), NULL);
    add_request(&x, x.warrant[0], REFERENCE);
    write_log(NULL);
    wanted.tail = true;
    how.per_part = 2;
    write_down();
    good(newer);
    written(newer);
    how.lacks = newer;
    good(old); /* which is good all the same */
    how.lacks = NO_ENTRY;
    wanted.tail = false;
    good(old);
}

/* What is sent at once is one part. */
static void two_parts_at_once_are_refused(void **state)
{
    (void)state;
    write_log(NULL);
    how.per_part = 2;
    how.twice = true;
    refused(VERDICT_UNDECIDED, REASON_ANSWER_FORM);
    assert_int_equal(how.parts, 1);
}

/* All parts rest on the index of the first, though there is a newer one meanwhile. */
static void an_index_that_comes_meanwhile_is_left(void **state)
{
    (void)state;
    uint64_t first = newest, ends[] = { 7, 15, x.l.n };
    uint64_t next = add_honest_index(&x, ends, COUNT(ends), NULL);
    write_log(NULL);
    how.per_part = 2;
    how.moves = next;
    good(first);
    assert_true(how.parts > 1);
}

static void a_page_of_somebody_else_is_no_answer(void **state)
{
    (void)state;
    write_log(NULL);
    log_fake_spoil_bodies(service);
    log_fake_serve(service);
    refused(VERDICT_UNDECIDED, REASON_UNREADABLE);
}

static size_t open_files(void)
{
    size_t n = 0;
    for (int fd = 0; fd < 256; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

/* The entries that were carried, and no file, are kept by what takes the place of the old one. */
static void what_takes_the_place_is_as_it_was_asked_for(void **state)
{
    (void)state;
    uint64_t ends[] = { 7, 15, x.l.n };
    uint64_t newer = add_honest_index(&x, ends, COUNT(ends), NULL);
    add_request(&x, x.warrant[0], REFERENCE);
    write_log(NULL);
    wanted.tail = true;
    good(newer);
    assert_int_equal(check.facts.carried.n, 0);
    write_down();
    size_t before = open_files();
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    check.facts.carry = true;
    assert_int_equal(answer_get(&check, &wanted), ANSWER_GOT);
    assert_int_equal(check.verdict, VERDICT_GOOD);
    assert_int_equal(check.facts.index, newer);
    assert_true(check.facts.carried.n > 0);
    written(newer);
    assert_int_equal(open_files(), before);
}

static void what_cannot_be_written_is_lost(void **state)
{
    (void)state;
    write_log(NULL);
    out = fopen("/dev/full", "wb");
    wanted.out = fileno(out);
    get();
    assert_true(lost_any());
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    lost_forget();
    fclose(out);
    out = NULL;
    /* What takes the place of the old one must be written over it. */
    int ends[2];
    const uint64_t tables[] = { 7, 15, x.l.n };
    uint64_t newer = add_honest_index(&x, tables, COUNT(tables), NULL);
    add_request(&x, x.warrant[0], REFERENCE);
    write_log(NULL);
    wanted.tail = true;
    how.seals = newer;
    wanted.out = memfd_create("out", MFD_ALLOW_SEALING);
    get();
    assert_true(lost_any());
    lost_forget();
    close(wanted.out);
    how.seals = NO_ENTRY;
    assert_int_equal(pipe(ends), 0);
    wanted.out = ends[1];
    get();
    assert_true(lost_any());
    lost_forget();
    close(ends[0]);
    close(ends[1]);
}

/* ---- from files -------------------------------------------------------------------------------- */

static void files_answer_as_the_service_does(void **state)
{
    (void)state;
    wanted.dir = folder.dir;
    write_log(text_of("%llu\n", (unsigned long long)newest));
    write_down();
    good(newest);
    written(newest);
    assert_int_equal(how.parts, 0);
    log_folder_newest(&folder, "7\n"); /* a request: it is looked for from the end */
    good(newest);
    log_folder_newest(&folder, "9999\n");
    good(newest);
    log_folder_drop(&folder, INDEX_NEWEST);
    good(newest);
    wanted.tail = true;
    uint64_t late = add_request(&x, x.warrant[0], REFERENCE);
    write_log(NULL);
    good(newest);
    assert_non_null(answer_facts_line(&check.facts, late));
}

static void of_several_the_last_index_is_found(void **state)
{
    (void)state;
    wanted.dir = folder.dir;
    while (x.l.n < 300)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    write_log(NULL);
    good(newest); /* in the bundle before the last one */
    const uint64_t ends[] = { 7, 15, 280 };
    uint64_t last = add_honest_index(&x, ends, COUNT(ends), NULL);
    log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    write_log(NULL);
    good(last);
}

static void files_that_are_not_there_leave_it_open(void **state)
{
    char path[INDEX_PATH_MAX];
    (void)state;
    wanted.dir = folder.dir;
    refused(VERDICT_UNDECIDED, REASON_MISSING); /* no checkpoint */
    log_folder_write(&folder, &x.l, x.l.n);
    refused(VERDICT_UNDECIDED, REASON_MISSING); /* no tables */
    write_log(NULL);
    for (size_t i = 0; i < x.files; i++) {
        index_table_path(path, &x.file[i].root, &x.file[i].f);
        log_folder_drop(&folder, path);
    }
    log_folder_put(&folder, path, span_str("nonsense"));
    get();
    assert_int_not_equal(check.verdict, VERDICT_GOOD);
    write_log(NULL);
    log_folder_put(&folder, text_of("tile/entries/000.p/%zu", x.l.n), span_str("nonsense"));
    refused(VERDICT_UNDECIDED, REASON_BUNDLE);
    log_folder_drop(&folder, text_of("tile/entries/000.p/%zu", x.l.n));
    refused(VERDICT_UNDECIDED, REASON_MISSING);
}

static void a_log_without_an_index_gives_no_answer(void **state)
{
    struct log without;
    (void)state;
    log_copy(&without, &x.l, newest);
    log_folder_write(&folder, &without, without.n);
    wanted.dir = folder.dir;
    assert_int_equal(get(), ANSWER_UNSERVED);
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.list[0].why.reason, REASON_ANSWER_NO_INDEX);
    log_free(&without);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_service_answers_in_parts),
        TEST(what_is_no_part_is_refused),
        TEST(an_answer_under_another_checkpoint_is_none),
        TEST(a_service_that_fails_leaves_it_open),
        TEST(where_there_is_no_service_its_files_answer),
        TEST(a_tail_must_come_up_to_the_checkpoint),
        TEST(a_newer_index_takes_the_place_of_an_old_one),
        TEST(two_parts_at_once_are_refused),
        TEST(an_index_that_comes_meanwhile_is_left),
        TEST(a_page_of_somebody_else_is_no_answer),
        TEST(what_takes_the_place_is_as_it_was_asked_for),
        TEST(what_cannot_be_written_is_lost),
        TEST(files_answer_as_the_service_does),
        TEST(of_several_the_last_index_is_found),
        TEST(files_that_are_not_there_leave_it_open),
        TEST(a_log_without_an_index_gives_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
