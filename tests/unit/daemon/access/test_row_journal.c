/* row_journal.h: rows that were committed are there, whatever happened behind them. */
#include "daemon/access/row_journal.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

#define FROM INT64_C(1764500000000)

struct desk {
    char root[32];
    struct access_folder folder;
    struct row_journal journal;
    struct buf bytes; /* of the file `open`, read last */
    uint64_t lost;
};

static const char *path_of(const struct desk *d, const char *name)
{
    return text_of("%s/%s", d->folder.path, name);
}

static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    strcpy(d->root, "/tmp/bitacora-rows.XXXXXX");
    assert_non_null(mkdtemp(d->root));
    assert_int_equal(access_folder_at(&d->folder, d->root), 0);
    assert_int_equal(access_folder_make(&d->folder, d->root), 0);
    assert_int_equal(row_journal_begin(&d->journal, &d->folder, FROM, 77), 0);
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    row_journal_close(&d->journal);
    DIR *dir = opendir(d->folder.path);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            unlink(path_of(d, e->d_name));
    closedir(dir);
    assert_int_equal(rmdir(d->folder.path), 0);
    assert_int_equal(rmdir(d->root), 0);
    buf_free(&d->bytes);
    free(d);
    return 0;
}

static void read_bytes(struct desk *d)
{
    struct stat s;
    FILE *f = fopen(path_of(d, "open"), "rb");
    assert_non_null(f);
    assert_int_equal(fstat(fileno(f), &s), 0);
    buf_clear(&d->bytes);
    uint8_t *p = buf_reserve(&d->bytes, (size_t)s.st_size + 1);
    d->bytes.n = fread(p, 1, (size_t)s.st_size + 1, f);
    assert_int_equal(d->bytes.n, s.st_size);
    fclose(f);
}

static void put(const struct desk *d, struct span bytes)
{
    FILE *f = fopen(path_of(d, "open"), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* Adds a row; its path says which. */
static void add(struct desk *d, unsigned which, int64_t now)
{
    struct access_row row = { .under = { .entry = 3 } };
    strcpy(row.reader, "vigila.example.mx");
    strcpy(row.method, "GET");
    snprintf(row.path, sizeof row.path, "/%u", which);
    row_journal_add(&d->journal, &row, now);
}

static void commit(struct desk *d, unsigned first, unsigned n)
{
    for (unsigned i = first; i < first + n; i++)
        add(d, i, FROM + 10 * (int64_t)i);
    assert_int_equal(row_journal_commit(&d->journal), 0);
}

/* As the next process finds it. */
static int open_again(struct desk *d, bool again)
{
    row_journal_close(&d->journal);
    d->lost = 0;
    return row_journal_open(&d->journal, &d->folder, again, &d->lost);
}

struct seen {
    unsigned n;
    int64_t last;
};

static int see(void *ctx, const struct access_row *row, struct span line)
{
    struct seen *s = ctx;
    (void)line;
    assert_string_equal(row->path, text_of("/%u", s->n));
    assert_true(row->at >= s->last);
    s->last = row->at;
    s->n++;
    return 0;
}

/* The file holds the first n rows, whole, and the journal knows them. */
static void expect_rows(struct desk *d, unsigned n)
{
    struct row_interval i;
    struct seen s = { .n = 0 };
    struct hash ours, theirs;
    assert_int_equal(row_file_read(path_of(d, "open"), &i, NULL, see, &s), 0);
    assert_int_equal(s.n, n);
    assert_int_equal(i.from, FROM);
    assert_int_equal(i.size, 77);
    assert_int_equal(d->journal.interval.from, FROM);
    assert_int_equal(d->journal.interval.size, 77);
    assert_int_equal(d->journal.interval.rows.size, n);
    assert_int_equal(d->journal.interval.last, i.last);
    frontier_root(&i.rows, &ours);
    frontier_root(&d->journal.interval.rows, &theirs);
    assert_true(hash_eq(&ours, &theirs));
}

static void rows_are_there_once_they_are_committed(void **state)
{
    struct desk *d = *state;
    expect_rows(d, 0);
    commit(d, 0, 3);
    expect_rows(d, 3);
    add(d, 3, FROM + 30);
    expect_rows(d, 3); /* not yet */
    assert_int_equal(row_journal_commit(&d->journal), 0);
    expect_rows(d, 4);
    assert_int_equal(open_again(d, false), 1);
    assert_int_equal(d->lost, 0);
    expect_rows(d, 4);
    commit(d, 4, 2); /* behind the others */
    expect_rows(d, 6);
}

static void time_does_not_go_back(void **state)
{
    struct desk *d = *state;
    add(d, 0, FROM - 5);
    add(d, 1, FROM + 50);
    add(d, 2, FROM + 20);
    assert_int_equal(row_journal_commit(&d->journal), 0);
    expect_rows(d, 3);
    assert_int_equal(d->journal.interval.last, FROM + 50);
    assert_int_equal(open_again(d, false), 1);
    add(d, 3, FROM);
    assert_int_equal(row_journal_commit(&d->journal), 0);
    expect_rows(d, 4);
}

/* The power goes while rows are written behind the fourth: any part of them is there. */
static void what_no_commit_completed_is_dropped(void **state)
{
    struct desk *d = *state;
    struct buf whole = { 0 };
    commit(d, 0, 4);
    size_t kept = (size_t)d->journal.end;
    commit(d, 4, 1);
    read_bytes(d);
    buf_add_span(&whole, buf_span(&d->bytes));
    for (size_t n = kept; n < whole.n; n += every()) {
        put(d, span_of(whole.p, n));
        assert_int_equal(open_again(d, false), 1);
        assert_int_equal(d->lost, n == kept ? 0 : 1);
        expect_rows(d, 4);
        commit(d, 4, 1); /* it goes on */
        expect_rows(d, 5);
        assert_int_equal(open_again(d, false), 1);
        assert_int_equal(d->lost, 0);
    }
    buf_free(&whole);
}

static void zeros_of_a_disk_are_no_rows(void **state)
{
    struct desk *d = *state;
    static const uint8_t zeros[600];
    commit(d, 0, 2);
    read_bytes(d);
    buf_add(&d->bytes, zeros, sizeof zeros);
    put(d, buf_span(&d->bytes));
    assert_int_equal(open_again(d, false), 1);
    assert_int_equal(d->lost, 1);
    expect_rows(d, 2);
}

/* The descriptor leads to a device: one that is full, and one that takes all and cannot be
 * synced. */
static void a_commit_that_failed_closes_it(void **state)
{
    static const struct {
        const char *device;
        int cause;
    } fails[] = { { "/dev/full", ENOSPC }, { "/dev/null", EINVAL } };
    struct desk *d = *state;
    commit(d, 0, 2);
    for (size_t i = 0; i < COUNT(fails); i++) {
        int fd = open(fails[i].device, O_WRONLY);
        assert_int_equal(dup2(fd, d->journal.fd), d->journal.fd);
        close(fd);
        add(d, 2, FROM + 20);
        assert_int_equal(row_journal_commit(&d->journal), -1);
        assert_int_equal(errno, fails[i].cause);
        assert_int_equal(d->journal.fd, -1);
        assert_int_equal(open_again(d, true), 1);
        expect_rows(d, 2); /* nothing was added */
    }
    d->journal.fresh.failed = true;
    assert_int_equal(row_journal_commit(&d->journal), -1);
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(d->journal.fd, -1);
}

/* Nobody knows which bytes are on the disk: another file takes its place, with the same rows. */
static void again_all_of_it_is_written_anew(void **state)
{
    struct desk *d = *state;
    struct stat before, after;
    commit(d, 0, 3);
    read_bytes(d);
    assert_int_equal(stat(path_of(d, "open"), &before), 0);
    assert_int_equal(open_again(d, false), 1);
    assert_int_equal(stat(path_of(d, "open"), &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    struct buf was = { 0 };
    buf_add_span(&was, buf_span(&d->bytes));
    assert_int_equal(open_again(d, true), 1);
    assert_int_equal(stat(path_of(d, "open"), &after), 0);
    assert_int_not_equal(before.st_ino, after.st_ino);
    read_bytes(d);
    assert_true(span_eq(buf_span(&was), buf_span(&d->bytes)));
    expect_rows(d, 3);
    buf_free(&was);
}

static void what_is_not_there_or_no_file_of_rows(void **state)
{
    struct desk *d = *state;
    put(d, span_str("?\n"));
    assert_int_equal(open_again(d, false), -1);
    assert_int_equal(errno, EBADMSG);
    assert_int_equal(d->journal.fd, -1);
    assert_int_equal(unlink(path_of(d, "open")), 0);
    assert_int_equal(open_again(d, false), 0);
    assert_int_equal(d->journal.fd, -1);
    row_journal_close(&d->journal); /* harmless */
    struct access_folder none;
    assert_int_equal(access_folder_at(&none, text_of("%s/none", d->root)), 0);
    assert_int_equal(row_journal_begin(&d->journal, &none, FROM, 77), -1);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(d->journal.fd, -1);
}

static void an_interval_ends_as_a_closed_file(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    char name[ROW_NAME_MAX];
    commit(d, 0, 3);
    assert_int_equal(row_journal_end(&d->journal, FROM + 1000), 0);
    assert_int_equal(d->journal.fd, -1);
    assert_int_equal(row_file_closed(&d->folder, name, &i), 1);
    assert_int_equal(i.until, FROM + 1000);
    assert_int_equal(i.rows.size, 3);
    assert_int_equal(open_again(d, false), 0);
    assert_int_equal(row_journal_begin(&d->journal, &d->folder, FROM + 1000, 80), 0);
    assert_int_equal(d->journal.interval.rows.size, 0);
    assert_int_equal(d->journal.interval.from, FROM + 1000);
    assert_int_equal(unlink(path_of(d, "open")), 0);
    assert_int_equal(row_journal_end(&d->journal, FROM + 2000), -1); /* it lasts */
    assert_true(d->journal.fd >= 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_there_once_they_are_committed), TEST(time_does_not_go_back),
        TEST(what_no_commit_completed_is_dropped),    TEST(zeros_of_a_disk_are_no_rows),
        TEST(a_commit_that_failed_closes_it),         TEST(again_all_of_it_is_written_anew),
        TEST(what_is_not_there_or_no_file_of_rows),   TEST(an_interval_ends_as_a_closed_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
