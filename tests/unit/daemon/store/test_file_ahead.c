#include "tests/unit/fixture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/store/file_ahead.h"

static char path[] = "/tmp/bitacora-unit-ahead.XXXXXX";
static int fd;

static int start(void **state)
{
    (void)state;
    strcpy(path, "/tmp/bitacora-unit-ahead.XXXXXX");
    fd = mkstemp(path);
    return fd < 0 ? -1 : 0;
}

static int stop(void **state)
{
    (void)state;
    close(fd);
    return unlink(path);
}

static uint64_t size(void)
{
    struct stat st;
    assert_int_equal(fstat(fd, &st), 0);
    return (uint64_t)st.st_size;
}

static void grow_to(uint64_t to)
{
    assert_int_equal(pwrite(fd, "x", 1, (off_t)to - 1), 1);
}

static void small_files_stay_as_they_are(void **state)
{
    struct file_ahead a = { 0 };
    (void)state;
    grow_to(AHEAD_FROM - 1);
    file_ahead_keep(&a, fd, AHEAD_FROM - 1, UINT64_MAX / 2);
    assert_int_equal(size(), AHEAD_FROM - 1);
}

static void others_grow_before_they_are_full(void **state)
{
    struct file_ahead a = { 0 };
    uint64_t used = AHEAD_FROM + 4096;
    char last;
    (void)state;
    grow_to(used);
    file_ahead_keep(&a, fd, used, UINT64_MAX / 2);
    assert_int_equal(size(), used + AHEAD_STEP);
    assert_int_equal(pread(fd, &last, 1, (off_t)used - 1), 1);
    assert_int_equal(last, 'x');
    assert_int_equal(pread(fd, &last, 1, (off_t)used), 1);
    assert_int_equal(last, 0);
    file_ahead_keep(&a, fd, used + AHEAD_STEP - AHEAD_LEAST, UINT64_MAX / 2);
    assert_int_equal(size(), used + AHEAD_STEP);
    file_ahead_keep(&a, fd, used + AHEAD_STEP - AHEAD_LEAST + 1, UINT64_MAX / 2);
    assert_int_equal(size(), used + 2 * AHEAD_STEP - AHEAD_LEAST + 1);
}

/* As after a restart: what was allocated then is there. */
static void what_is_allocated_is_seen(void **state)
{
    struct file_ahead a = { 0 };
    (void)state;
    grow_to(AHEAD_FROM + AHEAD_LEAST);
    file_ahead_keep(&a, fd, AHEAD_FROM, UINT64_MAX / 2);
    assert_int_equal(size(), AHEAD_FROM + AHEAD_LEAST);
}

static void the_map_is_never_outgrown(void **state)
{
    struct file_ahead a = { 0 };
    (void)state;
    grow_to(AHEAD_FROM);
    file_ahead_keep(&a, fd, AHEAD_FROM, AHEAD_FROM + AHEAD_STEP - 1);
    assert_int_equal(size(), AHEAD_FROM);
    file_ahead_keep(&a, fd, AHEAD_FROM, AHEAD_FROM + AHEAD_STEP);
    assert_int_equal(size(), AHEAD_FROM + AHEAD_STEP);
}

static void what_fails_is_not_tried_again(void **state)
{
    struct file_ahead a = { 0 };
    int read_only = open(path, O_RDONLY | O_CLOEXEC);
    (void)state;
    assert_true(read_only >= 0);
    grow_to(AHEAD_FROM);
    file_ahead_keep(&a, read_only, AHEAD_FROM, UINT64_MAX / 2);
    assert_true(a.off);
    file_ahead_keep(&a, fd, AHEAD_FROM, UINT64_MAX / 2);
    assert_int_equal(size(), AHEAD_FROM);
    close(read_only);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(small_files_stay_as_they_are, start, stop),
        cmocka_unit_test_setup_teardown(others_grow_before_they_are_full, start, stop),
        cmocka_unit_test_setup_teardown(what_is_allocated_is_seen, start, stop),
        cmocka_unit_test_setup_teardown(the_map_is_never_outgrown, start, stop),
        cmocka_unit_test_setup_teardown(what_fails_is_not_tried_again, start, stop),
    };
    return cmocka_run_group_tests_name("file_ahead", tests, NULL, NULL);
}
