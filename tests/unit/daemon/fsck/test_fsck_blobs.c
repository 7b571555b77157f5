/* fsck_blobs.h: files that come while it looks, from a daemon that runs beside it. Linked with
 * --wrap=opendir: they come between the count and the look. */
#include "daemon/fsck/fsck_blobs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/scan.h"
#include "tests/unit/fixture.h"

static char folder[] = "/tmp/bitacora-unit.XXXXXX";
static unsigned made, opened, come; /* files; folders opened; files that come before the second */

static void path_of(char out[192], unsigned file)
{
    char text[16], name[2 * HASH_BYTES + 1];
    struct hash h;
    snprintf(text, sizeof text, "blob %u", file);
    hash_bytes(&h, span_str(text));
    hex_format(name, h.b, HASH_BYTES);
    snprintf(out, 192, "%s/kept/%s", folder, name);
}

static void make_file(void)
{
    char path[192];
    path_of(path, made);
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fprintf(f, "blob %u", made++);
    assert_int_equal(fclose(f), 0);
}

DIR *__real_opendir(const char *path);
DIR *__wrap_opendir(const char *path);
DIR *__wrap_opendir(const char *path)
{
    opened++;
    for (unsigned i = 0; opened == 2 && i < come; i++)
        make_file();
    return __real_opendir(path);
}

static int begin_test(void **state)
{
    char path[64];
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/kept", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    made = opened = 0;
    return 0;
}

static int end_test(void **state)
{
    char path[192];
    (void)state;
    for (unsigned i = 0; i < made; i++) {
        path_of(path, i);
        unlink(path);
    }
    snprintf(path, sizeof path, "%s/kept", folder);
    rmdir(path);
    return rmdir(folder);
}

/* Returns how many are said to be named by no entry. */
static uint64_t look(unsigned before, unsigned while_it_looks)
{
    struct fsck_report report = { .list = json_array() };
    struct registry *registry = registry_new();
    assert_non_null(registry);
    for (unsigned i = 0; i < before; i++)
        make_file();
    come = while_it_looks;
    struct fsck_blobs *b = fsck_blobs_open(&report, folder, registry);
    assert_non_null(b);
    fsck_blobs_end(b);
    assert_int_equal(report.findings, 0);
    assert_int_equal(made, before + while_it_looks);
    json_decref(report.list);
    registry_free(registry);
    return report.unnamed_blobs;
}

static void test_counts(void **state)
{
    (void)state;
    assert_int_equal(look(3, 0), 3);
}

static void test_first_file_comes(void **state)
{
    (void)state;
    assert_int_equal(look(0, 1), 0);
}

static void test_more_come_than_there_is_room_for(void **state)
{
    (void)state;
    assert_int_equal(look(1, 20), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_counts, begin_test, end_test),
        cmocka_unit_test_setup_teardown(test_first_file_comes, begin_test, end_test),
        cmocka_unit_test_setup_teardown(test_more_come_than_there_is_room_for, begin_test,
                                        end_test),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
