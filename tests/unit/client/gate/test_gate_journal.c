/* gate_journal.h: a presentation is his who showed it first, also after a restart; a row is there
 * whole or not at all. The disk fails where the test says so. */
#include "client/gate/gate_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

#define NOW INT64_C(1796000000000) /* 2026-11-30T00:53:20Z */
#define MINUTE INT64_C(60000)

static char folder[] = "/tmp/bitacora-unit.XXXXXX", dir[64], file[96], day_after[96];
static const struct hash text = { { 1 } }, other_text = { { 2 } };
static const struct hash ana = { { 3 } }, eva = { { 4 } };
static int sync_fails; /* an errno value */

int __real_fdatasync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_fdatasync(int fd)
{
    if (sync_fails == 0)
        return __real_fdatasync(fd);
    errno = sync_fails;
    return -1;
}

static int begin_test(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(dir, sizeof dir, "%s/journal", folder);
    snprintf(file, sizeof file, "%s/2026-11-30.jsonl", dir);
    snprintf(day_after, sizeof day_after, "%s/2026-12-01.jsonl", dir);
    sync_fails = 0;
    return 0;
}

static int end_test(void **state)
{
    (void)state;
    unlink(file);
    unlink(day_after);
    rmdir(dir);
    return rmdir(folder);
}

static struct gate_journal *open_at(int64_t now)
{
    enum outcome outcome;
    struct gate_journal *j = gate_journal_open(dir, now, &outcome);
    assert_int_equal(outcome, OUTCOME_PROVEN);
    assert_non_null(j);
    return j;
}

static off_t size_of_file(void)
{
    struct stat st;
    assert_int_equal(stat(file, &st), 0);
    return st.st_size;
}

static void append(const char *bytes)
{
    int fd = open(file, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
    close(fd);
}

static void add_row(struct gate_journal *j, const char *code)
{
    const struct gate_row row = { .at = NOW,
                                  .what = "data",
                                  .status = code[0] == 0 ? 204 : 403,
                                  .code = code,
                                  .entry = 7,
                                  .response = NO_ENTRY,
                                  .bearer = ana };
    gate_journal_add(j, &row);
}

static void it_is_his_who_showed_it_first(void **state)
{
    (void)state;
    struct gate_journal *j = open_at(NOW);
    assert_int_equal(gate_journal_claim(j, &text, &ana, 7, NOW), CLAIM_FIRST);
    assert_int_equal(gate_journal_claim(j, &text, &ana, 7, NOW + 1), CLAIM_SAME);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW + 1), CLAIM_OTHER);
    assert_int_equal(gate_journal_claim(j, &other_text, &eva, 7, NOW + 1), CLAIM_FIRST);
    assert_true(gate_journal_waits(j));
    assert_int_equal(gate_journal_sync(j, NOW), 0);
    assert_false(gate_journal_waits(j));
    gate_journal_close(j);
    j = open_at(NOW + MINUTE);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW + MINUTE), CLAIM_OTHER);
    assert_int_equal(gate_journal_claim(j, &text, &ana, 7, NOW + MINUTE), CLAIM_SAME);
    gate_journal_close(j);
}

/* For as long as the presentation is good, and no longer. */
static void it_is_forgotten_when_it_is_good_no_more(void **state)
{
    (void)state;
    struct gate_journal *j = open_at(NOW);
    gate_journal_claim(j, &text, &ana, 7, NOW);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW + 6 * MINUTE), CLAIM_OTHER);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW + 6 * MINUTE + 1), CLAIM_FIRST);
    gate_journal_close(j);
}

/* The row stands in the file of the day before. */
static void yesterdays_rows_count(void **state)
{
    (void)state;
    int64_t midnight = NOW - NOW % (1440 * MINUTE) + 1440 * MINUTE;
    struct gate_journal *j = open_at(midnight - 1);
    gate_journal_claim(j, &text, &ana, 7, midnight - 1);
    assert_int_equal(gate_journal_sync(j, midnight - 1), 0);
    add_row(j, "");
    assert_int_equal(gate_journal_sync(j, midnight), 0);
    assert_int_equal(access(day_after, F_OK), 0);
    gate_journal_close(j);
    j = open_at(midnight + MINUTE);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, midnight + MINUTE), CLAIM_OTHER);
    gate_journal_close(j);
}

static void a_row_that_was_cut_off_is_removed(void **state)
{
    (void)state;
    struct gate_journal *j = open_at(NOW);
    gate_journal_claim(j, &text, &ana, 7, NOW);
    add_row(j, "");
    assert_int_equal(gate_journal_sync(j, NOW), 0);
    gate_journal_close(j);
    off_t whole = size_of_file();
    append("not JSON at all\n{\"at\":\"2026-11-29T");
    j = open_at(NOW);
    assert_int_equal(size_of_file(), whole + 16);
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW), CLAIM_OTHER);
    gate_journal_close(j);
}

/* A row that did not find room leaves nothing, and what it claimed is free again. */
static void a_full_disk_leaves_no_part_of_a_row(void **state)
{
    (void)state;
    struct rlimit before, small;
    struct gate_journal *j = open_at(NOW);
    add_row(j, "warrant");
    assert_int_equal(gate_journal_sync(j, NOW), 0);
    off_t whole = size_of_file();
    signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before);
    small = before;
    small.rlim_cur = (rlim_t)whole + 20;
    setrlimit(RLIMIT_FSIZE, &small);
    assert_int_equal(gate_journal_claim(j, &text, &ana, 7, NOW), CLAIM_FIRST);
    assert_int_equal(gate_journal_sync(j, NOW), -1);
    assert_int_equal(errno, EFBIG);
    setrlimit(RLIMIT_FSIZE, &before);
    assert_int_equal(size_of_file(), whole);
    assert_false(gate_journal_broken(j));
    assert_int_equal(gate_journal_claim(j, &text, &eva, 7, NOW), CLAIM_FIRST);
    assert_int_equal(gate_journal_sync(j, NOW), 0);
    assert_true(size_of_file() > whole);
    gate_journal_close(j);
}

/* Nobody knows what the disk holds: nothing more is written. */
static void a_failed_sync_ends_it(void **state)
{
    (void)state;
    struct gate_journal *j = open_at(NOW);
    sync_fails = EIO;
    add_row(j, "");
    assert_int_equal(gate_journal_sync(j, NOW), -1);
    assert_true(gate_journal_broken(j));
    sync_fails = 0;
    add_row(j, "");
    assert_int_equal(gate_journal_sync(j, NOW), -1);
    gate_journal_close(j);
}

static void one_gate_at_a_time(void **state)
{
    (void)state;
    enum outcome outcome;
    struct gate_journal *j = open_at(NOW);
    assert_null(gate_journal_open(dir, NOW, &outcome));
    assert_int_equal(outcome, OUTCOME_USAGE);
    gate_journal_close(j);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
    const struct CMUnitTest tests[] = {
        TEST(it_is_his_who_showed_it_first),
        TEST(it_is_forgotten_when_it_is_good_no_more),
        TEST(yesterdays_rows_count),
        TEST(a_row_that_was_cut_off_is_removed),
        TEST(a_full_disk_leaves_no_part_of_a_row),
        TEST(a_failed_sync_ends_it),
        TEST(one_gate_at_a_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
