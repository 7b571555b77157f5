/* log_mark.h: what a mark says after writes, torn slots and other people's files. */
#include "daemon/state/log_mark.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

static char folder[32] = "/tmp/bitacora-unit.XXXXXX";
static char path[64];

static struct marked at(uint64_t size)
{
    struct marked m = { .size = size };
    memset(m.root.b, (int)size, HASH_BYTES);
    return m;
}

static void expect_says(const struct marked *says, uint64_t size)
{
    struct marked m = at(size);
    assert_int_equal(says->size, size);
    assert_true(hash_eq(&says->root, &m.root));
}

static enum log_mark_result look(const char *origin, struct marked *says)
{
    struct log_mark *m;
    enum log_mark_result r = log_mark_open(&m, path, origin, says);
    assert_int_equal(m != NULL, r == LOG_MARK_OK);
    log_mark_close(m);
    return r;
}

/* A mark that said size 1, then 2, … up to n. */
static void make_to(uint64_t n)
{
    struct log_mark *m;
    struct marked says = at(1);
    assert_int_equal(log_mark_make(path, ORIGIN, &says), LOG_MARK_OK);
    assert_int_equal(log_mark_open(&m, path, ORIGIN, &says), LOG_MARK_OK);
    for (uint64_t i = 2; i <= n; i++) {
        says = at(i);
        assert_int_equal(log_mark_write(m, &says), 0);
    }
    log_mark_close(m);
}

static void read_mark(struct buf *bytes)
{
    FILE *f = fopen(path, "rb");
    buf_clear(bytes);
    uint8_t *p = buf_reserve(bytes, 8193);
    assert_non_null(f);
    bytes->n = fread(p, 1, 8193, f);
    fclose(f);
    assert_int_equal(bytes->n, 8192);
}

static void write_mark(struct span bytes)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

static void says_what_was_written_last(void **state)
{
    struct marked says;
    struct stat s;
    (void)state;
    for (uint64_t n = 1; n < 6; n++) {
        make_to(n);
        assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
        expect_says(&says, n);
    }
    assert_int_equal(stat(path, &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
}

/* A new mark takes the place of one that said more. */
static void is_made_anew(void **state)
{
    struct marked says = at(3);
    (void)state;
    make_to(7);
    assert_int_equal(log_mark_make(path, ORIGIN, &says), LOG_MARK_OK);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
    expect_says(&says, 3);
}

/* Whatever becomes of the slot that was being written, the other one holds. */
static void a_torn_slot_leaves_the_other(void **state)
{
    struct buf whole = { 0 };
    struct marked says;
    struct log_mark *m;
    (void)state;
    for (uint64_t n = 4; n <= 5; n++) { /* either slot is the newer one */
        make_to(n);
        read_mark(&whole);
        size_t slot = n % 2 == 0 ? 4096 : 0;
        for (size_t i = 0; i < 200; i++) {
            if (whole.p[slot + i] == 0)
                break;
            whole.p[slot + i] ^= 1;
            write_mark(buf_span(&whole));
            whole.p[slot + i] ^= 1;
            assert_int_equal(log_mark_open(&m, path, ORIGIN, &says), LOG_MARK_OK);
            expect_says(&says, n - 1);
            says = at(n + 1);
            assert_int_equal(log_mark_write(m, &says), 0);
            log_mark_close(m);
            assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
            expect_says(&says, n + 1);
        }
        memset(whole.p + slot, 0, 4096);
        write_mark(buf_span(&whole));
        assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
        expect_says(&says, n - 1);
        memset(whole.p, 0, whole.n);
        write_mark(buf_span(&whole));
        assert_int_equal(look(ORIGIN, &says), LOG_MARK_DAMAGED);
    }
    buf_free(&whole);
}

static void others_are_not_taken(void **state)
{
    struct marked says;
    (void)state;
    make_to(2);
    assert_int_equal(look("log.example.mx/test2", &says), LOG_MARK_OTHER_LOG);
    assert_int_equal(look("log.example.mx", &says), LOG_MARK_OTHER_LOG);
    unlink(path);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_MISSING);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_DAMAGED);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(symlink("/dev/null", path), 0);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_DAMAGED);
    assert_int_equal(unlink(path), 0);
    write_mark(span_str("bitacora/v1 mark\n"));
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_DAMAGED);
}

static void one_process_at_a_time(void **state)
{
    struct log_mark *m;
    struct marked says = at(9);
    (void)state;
    make_to(2);
    assert_int_equal(log_mark_open(&m, path, ORIGIN, &says), LOG_MARK_OK);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_IN_USE);
    says = at(9);
    assert_int_equal(log_mark_make(path, ORIGIN, &says), LOG_MARK_IN_USE);
    log_mark_close(m);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
    expect_says(&says, 2);
}

static void a_failed_write_is_told(void **state)
{
    struct rlimit before, none;
    struct log_mark *m;
    struct marked says;
    (void)state;
    make_to(2);
    assert_int_equal(log_mark_open(&m, path, ORIGIN, &says), LOG_MARK_OK);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    none = (struct rlimit){ .rlim_cur = 0, .rlim_max = before.rlim_max };
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &none), 0);
    says = at(3);
    int failed = log_mark_write(m, &says);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(failed, -1);
    log_mark_close(m);
    assert_int_equal(look(ORIGIN, &says), LOG_MARK_OK);
    expect_says(&says, 2);
}

static int set_up(void **state)
{
    (void)state;
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/mark", folder);
    return 0;
}

static int tear_down(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_what_was_written_last),   cmocka_unit_test(is_made_anew),
        cmocka_unit_test(a_torn_slot_leaves_the_other), cmocka_unit_test(others_are_not_taken),
        cmocka_unit_test(one_process_at_a_time),        cmocka_unit_test(a_failed_write_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
