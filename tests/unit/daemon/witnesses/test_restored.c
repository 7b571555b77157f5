/* restored.h: what a log that was restored from a backup withholds, and until when. */
#include "daemon/witnesses/restored.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/witnesses/feed.h"
#include "tests/unit/fixture.h"

static char dir[] = "/tmp/bitacora-unit.XXXXXX", path[64];
static struct service s;
static uint64_t witnessed; /* what has its quorum */
static enum reason refuses;

enum reason __wrap_feed_refuses(struct service *service);
uint64_t __wrap_feed_witnessed(struct feed *f, struct buf *out);

enum reason __wrap_feed_refuses(struct service *service)
{
    assert_ptr_equal(service, &s);
    return refuses;
}

uint64_t __wrap_feed_witnessed(struct feed *f, struct buf *out)
{
    assert_non_null(f);
    assert_null(out);
    return witnessed;
}

static int start(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(dir));
    snprintf(path, sizeof path, "%s/restored", dir);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fclose(f), 0);
    s = (struct service){ .newest.size = 9 };
    s.feed = (struct feed *)&s; /* there is one; nobody looks into it */
    witnessed = 0;
    refuses = REASON_NONE;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
    snprintf(dir, sizeof dir, "/tmp/bitacora-unit.XXXXXX");
    return 0;
}

static void sealed_blobs_wait_for_the_quorum(void **state)
{
    (void)state;
    assert_int_equal(restored_begin(&s, dir, false), 0);
    assert_true(restored_withholds(&s));
    witnessed = 8; /* an older checkpoint has it */
    assert_true(restored_withholds(&s));
    witnessed = 9;
    assert_false(restored_withholds(&s));
    witnessed = 0; /* once is enough */
    assert_false(restored_withholds(&s));
    /* After a restart it is asked again. */
    s = (struct service){ .newest.size = 12, .feed = s.feed };
    witnessed = 9;
    assert_int_equal(restored_begin(&s, dir, false), 0);
    assert_true(restored_withholds(&s));
    witnessed = 20;
    assert_false(restored_withholds(&s));
    assert_int_equal(access(path, F_OK), 0);
}

static void before_the_feed_runs_they_wait_too(void **state)
{
    (void)state;
    struct feed *feed = s.feed;
    s.feed = NULL;
    witnessed = 9;
    assert_int_equal(restored_begin(&s, dir, false), 0);
    assert_true(restored_withholds(&s));
    s.feed = feed;
    assert_false(restored_withholds(&s));
}

static void a_log_that_is_rolled_back_or_doubted_gives_none(void **state)
{
    (void)state;
    static const enum reason reasons[] = { REASON_LOG_ROLLED_BACK, REASON_LOG_DOUBTED };
    witnessed = 9;
    for (size_t i = 0; i < COUNT(reasons); i++) {
        assert_int_equal(restored_begin(&s, dir, false), 0);
        refuses = reasons[i];
        assert_true(restored_withholds(&s));
        refuses = REASON_NONE;
        assert_false(restored_withholds(&s));
        refuses = reasons[i]; /* restored or not */
        assert_true(restored_withholds(&s));
        refuses = REASON_NONE;
    }
}

static void a_log_without_witnesses_asks_nobody(void **state)
{
    (void)state;
    s.feed = NULL;
    assert_int_equal(restored_begin(&s, dir, true), 0);
    assert_false(restored_withholds(&s));
    assert_int_equal(access(path, F_OK), -1); /* nor when it has some, later */
    assert_int_equal(restored_begin(&s, dir, false), 0);
    assert_false(restored_withholds(&s));
}

static void what_cannot_be_looked_at_is_told(void **state)
{
    (void)state;
    assert_int_equal(restored_begin(&s, path, false), -1); /* a file is no folder */
    assert_int_equal(errno, ENOTDIR);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(sealed_blobs_wait_for_the_quorum),
        TEST(before_the_feed_runs_they_wait_too),
        TEST(a_log_that_is_rolled_back_or_doubted_gives_none),
        TEST(a_log_without_witnesses_asks_nobody),
        TEST(what_cannot_be_looked_at_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
