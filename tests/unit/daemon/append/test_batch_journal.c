/* batch_journal.h: a batch is read as it was written, or not at all. */
#include "daemon/append/batch_journal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/append/batch_redo.h"
#include "tests/unit/fixture.h"

struct desk {
    char path[64];
    struct batch_journal journal;
    struct log log;
    struct edge edge; /* of the first `size` entries */
    size_t size;
};

static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    strcpy(d->path, "/tmp/bitacora-journal.XXXXXX");
    int fd = mkstemp(d->path);
    assert_true(fd >= 0);
    close(fd);
    log_fill(&d->log, 20);
    d->size = 12;
    for (size_t i = 0; i < d->size; i++)
        assert_int_equal(edge_append(&d->edge, &d->log.leaf[i], NULL, NULL), 0);
    assert_int_equal(batch_journal_open(&d->journal, d->path), 0);
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    batch_journal_close(&d->journal);
    unlink(d->path);
    log_free(&d->log);
    free(d);
    return 0;
}

static void write_batch(struct desk *d, size_t entries)
{
    batch_journal_begin(&d->journal, &d->edge);
    for (size_t i = 0; i < entries; i++)
        batch_journal_add(&d->journal, buf_span(&d->log.entry[d->size + i]));
    assert_int_equal(batch_journal_write(&d->journal), 0);
}

static void expect_batch(struct desk *d, size_t entries)
{
    struct buf bytes = { 0 };
    struct journaled j;
    struct span entry;
    struct edge edge = d->edge;
    struct hash root, expected;
    uint64_t size;
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), 1);
    assert_true(journaled_follows(&j, &d->edge));
    assert_int_equal(journaled_root(j, &edge, &root, &size), 0);
    assert_int_equal(size, d->size + entries);
    log_root(&d->log, size, &expected);
    assert_true(hash_eq(&root, &expected));
    for (size_t i = 0; i < entries; i++) {
        assert_true(journaled_next(&j, &entry));
        assert_true(span_eq(entry, buf_span(&d->log.entry[d->size + i])));
    }
    assert_false(journaled_next(&j, &entry));
    assert_int_equal(j.entries.n, 0);
    buf_free(&bytes);
}

static void a_batch_is_read_as_it_was_written(void **state)
{
    struct desk *d = *state;
    struct buf bytes = { 0 };
    struct journaled j;
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), 0); /* empty */
    write_batch(d, 8);
    expect_batch(d, 8);
    write_batch(d, 2); /* over a longer one */
    expect_batch(d, 2);
    batch_journal_close(&d->journal); /* by the next process */
    assert_int_equal(batch_journal_open(&d->journal, d->path), 0);
    expect_batch(d, 2);
    buf_free(&bytes);
}

static void it_follows_one_log_only(void **state)
{
    struct desk *d = *state;
    struct buf bytes = { 0 };
    struct journaled j;
    struct edge other = d->edge;
    write_batch(d, 3);
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), 1);
    assert_int_equal(edge_append(&other, &d->log.leaf[d->size], NULL, NULL), 0);
    assert_false(journaled_follows(&j, &other));
    j.root.b[0] ^= 1; /* the same size, another history */
    assert_false(journaled_follows(&j, &d->edge));
    buf_free(&bytes);
}

/* A kill in the middle of writing leaves any part of it, over any other bytes. */
static void what_was_not_written_whole_is_no_batch(void **state)
{
    struct desk *d = *state;
    struct buf bytes = { 0 };
    struct journaled j;
    write_batch(d, 3);
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), 1);
    for (size_t n = 0; n < bytes.n; n++)
        assert_int_equal(journaled_parse(&j, span_of(bytes.p, n)), -1);
    for (size_t i = 0; i < 8 * bytes.n; i += every()) {
        bytes.p[i / 8] ^= (uint8_t)(1u << (i % 8));
        struct journaled changed;
        if (journaled_parse(&changed, buf_span(&bytes)) == 0) /* its base: it follows no log */
            assert_false(journaled_follows(&changed, &d->edge));
        bytes.p[i / 8] ^= (uint8_t)(1u << (i % 8));
    }
    assert_int_equal(journaled_parse(&j, buf_span(&bytes)), 0);
    buf_adds(&bytes, "the rest of an earlier one");
    assert_int_equal(journaled_parse(&j, buf_span(&bytes)), 0);
    buf_free(&bytes);
}

/* The descriptor leads to a device: one that is full, and one that takes all and cannot be
 * synced. */
static void a_disk_that_fails_is_said(void **state)
{
    struct desk *d = *state;
    struct buf bytes = { 0 };
    struct journaled j;
    struct batch_journal none;
    static const struct {
        const char *device;
        int flags, cause;
    } fails[] = { { "/dev/full", O_RDWR, ENOSPC }, { "/dev/null", O_WRONLY, EINVAL } };
    for (size_t i = 0; i < COUNT(fails); i++) {
        int fd = open(fails[i].device, fails[i].flags);
        assert_int_equal(dup2(fd, d->journal.fd), d->journal.fd);
        close(fd);
        batch_journal_begin(&d->journal, &d->edge);
        batch_journal_add(&d->journal, buf_span(&d->log.entry[d->size]));
        assert_int_equal(batch_journal_write(&d->journal), -1);
        assert_int_equal(errno, fails[i].cause);
    }
    batch_journal_close(&d->journal);
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), -1); /* which is closed */
    assert_int_equal(batch_journal_open(&none, "/dev/null/batch"), -1);
    assert_int_equal(errno, ENOTDIR);
    assert_int_equal(batch_journal_open(&d->journal, d->path), 0);
    write_batch(d, 2);
    expect_batch(d, 2);
    buf_free(&bytes);
}

static void the_root_of_what_does_not_divide_is_none(void **state)
{
    struct desk *d = *state;
    struct buf bytes = { 0 };
    struct journaled j;
    struct edge edge = d->edge;
    struct hash root;
    uint64_t size;
    write_batch(d, 3);
    assert_int_equal(batch_journal_read(&j, &bytes, &d->journal), 1);
    j.entries.n--;
    assert_int_equal(journaled_root(j, &edge, &root, &size), -1);
    buf_free(&bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_batch_is_read_as_it_was_written, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(it_follows_one_log_only, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(a_disk_that_fails_is_said, desk_open, desk_close),
        cmocka_unit_test_setup_teardown(the_root_of_what_does_not_divide_is_none, desk_open,
                                        desk_close),
        cmocka_unit_test_setup_teardown(what_was_not_written_whole_is_no_batch, desk_open,
                                        desk_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
