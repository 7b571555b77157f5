/* row_file.h: the files of rows, as they were written, cut off, altered, or somebody else's. */
#include "daemon/access/row_file.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

#define FROM INT64_C(1764500000000)

struct desk {
    char root[32];
    struct access_folder folder;
    struct buf text;     /* of a file with ROWS rows */
    struct hash leaf[5]; /* of its rows */
    size_t end[6];       /* where each row begins; the last: where the text ends */
};

#define ROWS 5

static void add_row(struct desk *d, size_t i)
{
    struct access_row row = { .at = FROM + (int64_t)i * 10, .under = { .entry = 3 } };
    uint8_t salt[ACCESS_SALT_BYTES];
    strcpy(row.reader, "vigila.example.mx");
    strcpy(row.method, "GET");
    snprintf(row.path, sizeof row.path, "/v1/receipts/%zu", i);
    memset(salt, (int)i, sizeof salt);
    access_line_write(&d->text, &row, salt, &d->leaf[i]);
    d->end[i + 1] = d->text.n;
}

static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    const struct row_interval i = { .from = FROM, .size = 77 };
    strcpy(d->root, "/tmp/bitacora-rows.XXXXXX");
    assert_non_null(mkdtemp(d->root));
    assert_int_equal(access_folder_at(&d->folder, d->root), 0);
    assert_int_equal(access_folder_make(&d->folder, d->root), 0);
    row_file_header(&d->text, &i);
    d->end[0] = d->text.n;
    for (size_t n = 0; n < ROWS; n++)
        add_row(d, n);
    *state = d;
    return 0;
}

static const char *path_of(const struct desk *d, const char *name)
{
    return text_of("%s/%s", d->folder.path, name);
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    DIR *dir = opendir(d->folder.path);
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (e->d_name[0] != '.')
            unlink(path_of(d, e->d_name));
    closedir(dir);
    assert_int_equal(rmdir(d->folder.path), 0);
    assert_int_equal(rmdir(d->root), 0);
    buf_free(&d->text);
    free(d);
    return 0;
}

static void put(const struct desk *d, const char *name, struct span bytes)
{
    FILE *f = fopen(path_of(d, name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* ---- names ----------------------------------------------------------------------------------- */

static void names_say_what_they_hold(void **state)
{
    struct desk *d = *state;
    char name[ROW_NAME_MAX], path[ROW_PATH_MAX];
    row_file_of_entry(name, UINT64_MAX);
    assert_string_equal(name, "18446744073709551615");
    row_file_of_interval(name, FROM, FROM + 1);
    assert_string_equal(name, "closed-1764500000000-1764500000001");
    row_file_path(&d->folder, path, "open");
    assert_string_equal(path, text_of("%s/access/open", d->root));
}

static void a_folder_is_made_once_and_its_name_has_an_end(void **state)
{
    struct desk *d = *state;
    struct access_folder f;
    struct stat s;
    char dir[PATH_MAX + 1];
    assert_int_equal(stat(d->folder.path, &s), 0);
    assert_int_equal(s.st_mode & 0777, 0700);
    assert_int_equal(access_folder_make(&d->folder, d->root), 0); /* it is there */
    memset(dir, 'a', sizeof dir);
    dir[PATH_MAX - sizeof "/access"] = 0;
    assert_int_equal(access_folder_at(&f, dir), 0);
    dir[PATH_MAX - sizeof "/access"] = 'a';
    dir[PATH_MAX - sizeof "/access" + 1] = 0;
    assert_int_equal(access_folder_at(&f, dir), -1);
    assert_int_equal(access_folder_at(&f, text_of("%s/none", d->root)), 0);
    assert_int_equal(access_folder_make(&f, text_of("%s/none", d->root)), -1);
    assert_int_equal(errno, ENOENT);
}

/* ---- reading --------------------------------------------------------------------------------- */

struct seen {
    const struct desk *d;
    size_t n, stop; /* stop: the row at which it is enough */
};

static int see(void *ctx, const struct access_row *row, struct span line)
{
    struct seen *s = ctx;
    const struct desk *d = s->d;
    size_t begin = d->end[s->n], end = d->end[s->n + 1] - 1;
    assert_int_equal(row->at, FROM + (int64_t)s->n * 10);
    assert_string_equal(row->path, text_of("/v1/receipts/%zu", s->n));
    assert_true(span_eq(line, span_of(d->text.p + begin, end - begin)));
    return ++s->n == s->stop ? 1 : 0;
}

static int read_as(const struct desk *d, const char *name, struct row_interval *i, uint64_t *bad,
                   struct seen *s)
{
    *s = (struct seen){ .d = d, .stop = s->stop };
    return row_file_read(path_of(d, name), i, bad, see, s);
}

/* The rows of it, and what an entry says of them. */
static void expect_interval(const struct desk *d, const struct row_interval *i, size_t rows)
{
    struct access_claim claim;
    struct hash root;
    struct row_interval ended = *i;
    assert_int_equal(i->from, FROM);
    assert_int_equal(i->size, 77);
    assert_int_equal(i->last, rows == 0 ? FROM : FROM + (int64_t)(rows - 1) * 10);
    ended.until = FROM + 1000;
    row_interval_claim(&ended, &claim);
    plain_root(&root, d->leaf, rows);
    assert_int_equal(claim.version, ACCESS_VERSION);
    assert_int_equal(claim.from, FROM);
    assert_int_equal(claim.until, FROM + 1000);
    assert_int_equal(claim.count, rows);
    assert_true(hash_eq(&claim.root, &root));
}

static void a_file_is_read_as_it_was_written(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    struct seen s = { .stop = 0 };
    for (size_t rows = 0; rows <= ROWS; rows++) {
        put(d, "open", span_of(d->text.p, d->end[rows]));
        assert_int_equal(read_as(d, "open", &i, NULL, &s), 0);
        assert_int_equal(s.n, rows);
        expect_interval(d, &i, rows);
    }
    assert_int_equal(row_file_read(path_of(d, "open"), &i, NULL, NULL, NULL), 0);
    expect_interval(d, &i, ROWS);
    s.stop = 3; /* whoever has seen enough ends it */
    assert_int_equal(read_as(d, "open", &i, NULL, &s), -1);
    assert_int_equal(s.n, 3);
    assert_int_equal(read_as(d, "none", &i, NULL, &s), -1);
    assert_int_equal(errno, ENOENT);
}

/* Whatever of it is gone: the rows that are whole are read, and the one that is not is counted. */
static void a_file_that_is_cut_off_has_its_whole_rows(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    uint64_t bad;
    for (size_t n = d->end[0]; n <= d->text.n; n += every()) {
        size_t rows = 0;
        struct seen s = { .stop = 0 };
        while (rows < ROWS && d->end[rows + 1] <= n)
            rows++;
        bool whole = d->end[rows] == n;
        put(d, "open", span_of(d->text.p, n));
        assert_int_equal(read_as(d, "open", &i, &bad, &s), 0);
        assert_int_equal(bad, whole ? 0 : 1);
        expect_interval(d, &i, rows);
        errno = 0;
        assert_int_equal(read_as(d, "open", &i, NULL, &s), whole ? 0 : -1);
        assert_int_equal(errno, whole ? 0 : EBADMSG);
    }
}

static void without_its_first_line_it_is_none(void **state)
{
    static const char *const first[] = {
        "",
        "\n",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z 77",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z \n",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z -1\n",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z 077\n",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z_77\n",
        "bitacora/v1 access-rows 2025-11-31T10:53:20.000Z 77\n",
        "bitacora/v2 access-rows 2025-11-30T10:53:20.000Z 77\n",
        "bitacora/v1 access-rows 2025-11-30T10:53:20.000Z 77 \n",
    };
    struct desk *d = *state;
    struct row_interval i;
    uint64_t bad;
    for (size_t n = 0; n < COUNT(first); n++) {
        put(d, "open", span_str(first[n]));
        errno = 0;
        assert_int_equal(row_file_read(path_of(d, "open"), &i, &bad, NULL, NULL), -1);
        assert_int_equal(errno, EBADMSG);
    }
    put(d, "open", span_str("bitacora/v1 access-rows 2025-11-30T10:53:20.000Z 77\n"));
    assert_int_equal(row_file_read(path_of(d, "open"), &i, &bad, NULL, NULL), 0);
    assert_int_equal(i.from, FROM);
    assert_int_equal(i.size, 77);
}

/* Another byte of any row: it is no row, or another one, which gives another root. */
static void an_altered_row_is_not_the_same(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    struct hash root, now;
    uint64_t bad;
    plain_root(&root, d->leaf, ROWS);
    for (size_t at = d->end[1]; at < d->end[2]; at++) {
        d->text.p[at] ^= 1;
        put(d, "open", buf_span(&d->text));
        d->text.p[at] ^= 1;
        assert_int_equal(row_file_read(path_of(d, "open"), &i, &bad, NULL, NULL), 0);
        frontier_root(&i.rows, &now);
        assert_true(bad > 0 || !hash_eq(&root, &now));
        assert_false(hash_eq(&root, &now));
    }
}

/* ---- showing --------------------------------------------------------------------------------- */

static void expect_shown(const struct desk *d, uint64_t from, size_t most, size_t first,
                         size_t last)
{
    struct buf out = { 0 };
    assert_int_equal(row_file_show(&d->folder, 9, from, most, &out), 0);
    assert_true(
        span_eq(buf_span(&out), span_of(d->text.p + d->end[first], d->end[last] - d->end[first])));
    buf_free(&out);
}

static void whole_lines_are_shown_from_a_place_on(void **state)
{
    struct desk *d = *state;
    struct buf out = { 0 };
    size_t one = d->end[1] - d->end[0];
    put(d, "9", buf_span(&d->text));
    expect_shown(d, 0, 1 << 20, 0, ROWS);
    expect_shown(d, 0, one, 0, 1);
    expect_shown(d, 0, one + 1, 0, 1);
    expect_shown(d, 0, one - 1, 0, 0);
    expect_shown(d, one, 1 << 20, 1, ROWS);
    expect_shown(d, d->text.n - d->end[0], 1 << 20, ROWS, ROWS);
    expect_shown(d, UINT64_MAX, 1 << 20, ROWS, ROWS);
    expect_shown(d, INT64_MAX, 1 << 20, ROWS, ROWS);
    assert_int_equal(row_file_show(&d->folder, 10, 0, 100, &out), -1);
    assert_int_equal(errno, ENOENT);
    put(d, "10", span_str("no line"));
    assert_int_equal(row_file_show(&d->folder, 10, 0, 100, &out), -1);
    assert_int_equal(errno, EBADMSG);
    assert_int_equal(out.n, 0);
}

/* ---- closed files ---------------------------------------------------------------------------- */

static void close_at(struct desk *d, int64_t from, int64_t until)
{
    const struct row_interval i = { .from = from, .size = 77 };
    struct buf text = { 0 };
    char name[ROW_NAME_MAX];
    row_file_of_interval(name, from, until);
    row_file_header(&text, &i);
    put(d, name, buf_span(&text));
    buf_free(&text);
}

static void the_earliest_that_waits_is_found(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    char name[ROW_NAME_MAX];
    int64_t until;
    assert_int_equal(row_file_closed(&d->folder, name, &i), 0);
    assert_int_equal(row_file_last_until(&d->folder, &until), 0);
    assert_int_equal(until, 0);
    close_at(d, FROM + 100, FROM + 200);
    close_at(d, FROM, FROM + 100);
    close_at(d, FROM + 200, FROM + 300);
    put(d, "closed-1-2.new", span_str("")); /* not ours */
    put(d, "closed-01-9", span_str(""));
    put(d, "closed-1", span_str(""));
    put(d, "open", span_str(""));
    put(d, "7", span_str(""));
    assert_int_equal(row_file_closed(&d->folder, name, &i), 1);
    assert_string_equal(name, text_of("closed-%lld-%lld", (long long)FROM, (long long)FROM + 100));
    assert_int_equal(i.from, FROM);
    assert_int_equal(i.until, FROM + 100);
    assert_int_equal(row_file_last_until(&d->folder, &until), 0);
    assert_int_equal(until, FROM + 300);
    assert_int_equal(row_file_seal(&d->folder, name, 12), 0);
    assert_int_equal(access(path_of(d, "12"), R_OK), 0);
    assert_int_equal(row_file_closed(&d->folder, name, &i), 1);
    assert_int_equal(i.from, FROM + 100);
    assert_int_equal(row_file_seal(&d->folder, "closed-3-4", 13), -1);
    assert_int_equal(errno, ENOENT);
}

static void one_that_cannot_be_read_is_not_passed_over(void **state)
{
    struct desk *d = *state;
    struct row_interval i;
    char name[ROW_NAME_MAX];
    close_at(d, FROM + 100, FROM + 200);
    put(d, text_of("closed-%lld-%lld", (long long)FROM, (long long)FROM + 100), span_str("?\n"));
    assert_int_equal(row_file_closed(&d->folder, name, &i), -1);
    assert_int_equal(errno, EBADMSG);
}

static void no_folder_has_none(void **state)
{
    struct desk *d = *state;
    struct access_folder none, file;
    struct row_interval i;
    char name[ROW_NAME_MAX];
    int64_t until = 1;
    assert_int_equal(access_folder_at(&none, text_of("%s/none", d->root)), 0);
    assert_int_equal(row_file_closed(&none, name, &i), 0);
    assert_int_equal(row_file_last_until(&none, &until), 0);
    assert_int_equal(until, 0);
    snprintf(file.path, sizeof file.path, "/dev/null");
    assert_int_equal(row_file_closed(&file, name, &i), -1);
    assert_int_equal(row_file_last_until(&file, &until), -1);
    assert_int_equal(errno, ENOTDIR);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
    const struct CMUnitTest tests[] = {
        TEST(names_say_what_they_hold),
        TEST(a_folder_is_made_once_and_its_name_has_an_end),
        TEST(a_file_is_read_as_it_was_written),
        TEST(a_file_that_is_cut_off_has_its_whole_rows),
        TEST(without_its_first_line_it_is_none),
        TEST(an_altered_row_is_not_the_same),
        TEST(whole_lines_are_shown_from_a_place_on),
        TEST(the_earliest_that_waits_is_found),
        TEST(one_that_cannot_be_read_is_not_passed_over),
        TEST(no_folder_has_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
