/* leaving.h: which tables' files go, and when. */
#include "daemon/index/leaving.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

#define KEEP 100

struct shelf {
    char dir[32];
    struct index_folder files;
    struct leaving leaving;
};

static int shelf_open(void **state)
{
    struct shelf *s = calloc(1, sizeof *s);
    strcpy(s->dir, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(s->dir));
    assert_int_equal(table_files_open(&s->files, s->dir), 0);
    *state = s;
    return 0;
}

static bool nobody_needs(void *ctx, const struct hash *root)
{
    (void)ctx;
    (void)root;
    return false;
}

static int shelf_close(void **state)
{
    struct shelf *s = *state;
    leaving_free(&s->leaving);
    table_files_sweep(&s->files, nobody_needs, NULL);
    assert_int_equal(rmdir(s->files.path), 0);
    assert_int_equal(rmdir(s->dir), 0);
    free(s);
    return 0;
}

/* A cover of the tables whose letters these are, each with a file. */
static struct cover cover_with(struct shelf *s, uint64_t entry, const char *letters)
{
    struct cover c = { .entry = entry };
    char path[TABLE_PATH_MAX];
    for (; *letters != 0; letters++) {
        struct hash *root = &c.table[c.tables++].root;
        memset(root->b, *letters, sizeof root->b);
        table_file_path(&s->files, path, root);
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fclose(f);
    }
    return c;
}

static void expect_files(struct shelf *s, const char *letters)
{
    char path[TABLE_PATH_MAX], there[27] = "";
    for (char c = 'a'; c <= 'z'; c++) {
        struct hash root;
        memset(root.b, c, sizeof root.b);
        table_file_path(&s->files, path, &root);
        if (access(path, F_OK) == 0)
            there[strlen(there)] = c;
    }
    assert_string_equal(there, letters);
}

static void remove_at(struct shelf *s, uint64_t witnessed, int64_t now)
{
    leaving_remove(&s->leaving, &s->files, witnessed, now, KEEP, nobody_needs, NULL);
}

static void a_table_stays_while_a_witnessed_cover_has_it(void **state)
{
    struct shelf *s = *state;
    struct cover one = cover_with(s, 10, "ab"), two = cover_with(s, 20, "c");
    leaving_add(&s->leaving, &(struct cover){ .entry = NO_ENTRY }, &one);
    leaving_add(&s->leaving, &one, &two);
    remove_at(s, 11, 0);
    remove_at(s, 11, 1000);
    remove_at(s, 20, 2000);
    expect_files(s, "abc");
    remove_at(s, 21, 3000);
    remove_at(s, 21, 3000 + KEEP - 1);
    expect_files(s, "abc");
    remove_at(s, 21, 3000 + KEEP);
    expect_files(s, "c");
    assert_int_equal(s->leaving.n, 0);
}

/* What stands between the witnessed cover and the newest goes, however long they are silent. */
static void files_do_not_pile_up_without_witnesses(void **state)
{
    struct shelf *s = *state;
    struct cover before = { .entry = NO_ENTRY };
    for (unsigned i = 0; i < 20; i++) {
        const char letter[] = { (char)('a' + i), 0 };
        struct cover next = cover_with(s, 10 * i + 10, letter);
        leaving_add(&s->leaving, &before, &next);
        before = next;
        remove_at(s, 15, 1000 * i);
        remove_at(s, 15, 1000 * i + KEEP);
        assert_true(s->leaving.n <= 1);
    }
    expect_files(s, "at");
    remove_at(s, 205, 30000); /* they are back */
    remove_at(s, 205, 30000 + KEEP);
    expect_files(s, "t");
}

/* One that a checkpoint in between is about stays once that has its quorum. */
static void a_table_that_is_witnessed_late_stays(void **state)
{
    struct shelf *s = *state;
    struct cover one = cover_with(s, 10, "a"), two = cover_with(s, 20, "b"),
                 three = cover_with(s, 30, "c");
    leaving_add(&s->leaving, &(struct cover){ .entry = NO_ENTRY }, &one);
    leaving_add(&s->leaving, &one, &two);
    leaving_add(&s->leaving, &two, &three);
    remove_at(s, 12, 0);
    remove_at(s, 25, KEEP - 1);
    remove_at(s, 25, KEEP);
    remove_at(s, 25, 10 * KEEP);
    expect_files(s, "bc");
}

/* Of a table that was named before the daemon was started nobody knows since when. */
static void tables_of_an_earlier_run_stay_until_they_are_witnessed(void **state)
{
    struct shelf *s = *state;
    struct cover one = cover_with(s, 10, "a"), two = cover_with(s, 20, "ab"),
                 three = cover_with(s, 30, "c");
    leaving_add(&s->leaving, &one, &two);
    leaving_add(&s->leaving, &two, &three);
    remove_at(s, 5, 0);
    remove_at(s, 5, KEEP);
    expect_files(s, "ac");
    remove_at(s, 31, KEEP);
    remove_at(s, 31, 2 * KEEP);
    expect_files(s, "c");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_table_stays_while_a_witnessed_cover_has_it, shelf_open,
                                        shelf_close),
        cmocka_unit_test_setup_teardown(files_do_not_pile_up_without_witnesses, shelf_open,
                                        shelf_close),
        cmocka_unit_test_setup_teardown(a_table_that_is_witnessed_late_stays, shelf_open,
                                        shelf_close),
        cmocka_unit_test_setup_teardown(tables_of_an_earlier_run_stay_until_they_are_witnessed,
                                        shelf_open, shelf_close),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
