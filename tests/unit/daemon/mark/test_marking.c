/* marking.h: whether a log may go on, by its mark and its store. */
#include "daemon/mark/marking.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"
#include "tests/unit/fixture.h"

#define HELD 20 /* entries in the store */

struct desk {
    struct world *w;
    char root[32]; /* a folder; the log's is ROOT/log */
    struct datadir datadir;
    char mark[64]; /* where it is looked for */
    struct mark_check check;
};

static struct marked at(const struct desk *d, uint64_t size)
{
    struct marked m = { .size = size };
    log_root(&d->w->log, size, &m.root);
    return m;
}

static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    d->w = world_new(HELD);
    strcpy(d->root, "/tmp/bitacora-mark.XXXXXX");
    assert_non_null(mkdtemp(d->root));
    snprintf(d->datadir.path, sizeof d->datadir.path, "%s/log", d->root);
    assert_int_equal(mkdir(d->datadir.path, 0700), 0);
    snprintf(d->mark, sizeof d->mark, "%s/log.mark", d->root);
    d->check = (struct mark_check){ .datadir = &d->datadir,
                                    .origin = ORIGIN,
                                    .store = d->w->service.store,
                                    .newest = at(d, HELD) };
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    struct desk *d = *state;
    unlink(d->mark);
    assert_int_equal(rmdir(d->datadir.path), 0);
    assert_int_equal(rmdir(d->root), 0);
    world_free(d->w);
    free(d);
    return 0;
}

static void make(const struct desk *d, struct marked says)
{
    assert_int_equal(log_mark_make(d->mark, ORIGIN, &says), LOG_MARK_OK);
}

/* What the mark says: its size. */
static uint64_t says(const struct desk *d)
{
    struct log_mark *m;
    struct marked now;
    assert_int_equal(log_mark_open(&m, d->mark, ORIGIN, &now), LOG_MARK_OK);
    log_mark_close(m);
    return now.size;
}

static int begin(const struct desk *d)
{
    struct log_mark *m = (struct log_mark *)(uintptr_t)1;
    int code = marking_begin(&m, &d->check);
    assert_int_equal(m != NULL, code == 0);
    log_mark_close(m);
    return code;
}

/* ---- where it is ----------------------------------------------------------------------------- */

static void expect_place(const char *dir, const char *setting, const char *place)
{
    struct datadir d = { .lock = -1 };
    char out[PATH_MAX];
    snprintf(d.path, sizeof d.path, "%s", dir);
    assert_int_equal(marking_place(out, &d, setting), place == NULL ? EXIT_USAGE : 0);
    if (place != NULL)
        assert_string_equal(out, place);
}

static void it_is_beside_the_folder(void **state)
{
    struct desk *d = *state;
    char here[PATH_MAX];
    expect_place(d->datadir.path, "", d->mark);
    expect_place(d->datadir.path, NULL, d->mark);
    expect_place(text_of("%s///", d->datadir.path), "", d->mark);
    expect_place("data", "", "data.mark"); /* not below this folder's name */
    expect_place("./data/", "", "./data.mark");
    assert_non_null(realpath(".", here));
    expect_place(".", "", text_of("%s.mark", here));
    expect_place(text_of("%s/.", d->datadir.path), "", d->mark);
    expect_place(text_of("%s/log/..", d->root), "", text_of("%s.mark", d->root));
    expect_place(text_of("%s/none/..", d->root), "", NULL);
}

static void it_is_where_the_setting_says_but_not_inside(void **state)
{
    struct desk *d = *state;
    char longest[PATH_MAX + 1];
    const char *link = text_of("%s/link", d->root);
    expect_place(d->datadir.path, text_of("%s/other", d->root), text_of("%s/other", d->root));
    const char *other = text_of("%s/log-2", d->root); /* its name begins like the log's */
    assert_int_equal(mkdir(other, 0700), 0);
    expect_place(d->datadir.path, text_of("%s/mark", other), text_of("%s/mark", other));
    assert_int_equal(rmdir(other), 0);
    expect_place(d->datadir.path, "mark", "mark");
    expect_place(d->datadir.path, text_of("%s/mark", d->datadir.path), NULL);
    assert_int_equal(symlink(d->datadir.path, link), 0);
    expect_place(d->datadir.path, text_of("%s/mark", link), NULL);
    assert_int_equal(unlink(link), 0);
    expect_place("/", "/mark", NULL);
    memset(longest, 'a', PATH_MAX);
    longest[PATH_MAX] = 0;
    expect_place(d->datadir.path, longest, NULL);
    longest[PATH_MAX - 1] = 0;
    expect_place(d->datadir.path, longest, longest);
}

/* ---- may the log go on? ---------------------------------------------------------------------- */

static void a_store_that_holds_what_was_signed_goes_on(void **state)
{
    struct desk *d = *state;
    for (uint64_t size = 1; size <= HELD; size++) {
        make(d, at(d, size));
        assert_int_equal(marking_look(&d->check), 0);
        assert_int_equal(says(d), size); /* who looks writes nothing */
        assert_int_equal(begin(d), 0);
        assert_int_equal(says(d), HELD); /* it is brought up to the store */
    }
}

static void expect_refused(struct desk *d, struct marked m, int code)
{
    make(d, m);
    assert_int_equal(marking_look(&d->check), code);
    assert_int_equal(begin(d), code);
    assert_int_equal(says(d), m.size);
}

static void an_old_copy_does_not(void **state)
{
    struct desk *d = *state;
    struct marked m = at(d, HELD);
    m.size++;
    expect_refused(d, m, EXIT_USAGE);
}

static void another_history_does_not(void **state)
{
    struct desk *d = *state;
    for (uint64_t size = 1; size <= HELD; size++) {
        struct marked m = at(d, size);
        m.root.b[HASH_BYTES - 1] ^= 1;
        expect_refused(d, m, EXIT_USAGE);
    }
}

static void nor_one_whose_mark_is_not_there_or_none(void **state)
{
    struct desk *d = *state;
    struct marked m = at(d, HELD);
    assert_int_equal(marking_look(&d->check), EXIT_USAGE);
    assert_int_equal(begin(d), EXIT_USAGE);
    assert_int_not_equal(access(d->mark, F_OK), 0); /* and none is made */
    assert_int_equal(log_mark_make(d->mark, "log.example.mx/other", &m), LOG_MARK_OK);
    assert_int_equal(begin(d), EXIT_USAGE);
    assert_int_equal(truncate(d->mark, 0), 0);
    assert_int_equal(begin(d), EXIT_USAGE);
}

static void a_mark_that_cannot_be_opened_is_damage(void **state)
{
    struct desk *d = *state;
    char name[NAME_MAX + 2]; /* longer than a name can be */
    memset(name, 'a', sizeof name);
    name[NAME_MAX + 1] = 0;
    d->check.setting = text_of("%s/%s", d->root, name);
    assert_int_equal(marking_look(&d->check), EXIT_DAMAGE);
    assert_int_equal(begin(d), EXIT_DAMAGE);
}

/* Whatever is there or not, a new one says what the store holds. */
static void afresh_nothing_is_asked(void **state)
{
    struct desk *d = *state;
    struct marked ahead = at(d, HELD);
    d->check.afresh = true;
    assert_int_equal(marking_look(&d->check), 0);
    assert_int_not_equal(access(d->mark, F_OK), 0);
    assert_int_equal(begin(d), 0);
    assert_int_equal(says(d), HELD);
    ahead.size += 100;
    make(d, ahead);
    assert_int_equal(begin(d), 0);
    assert_int_equal(says(d), HELD);
    d->check.setting = text_of("%s/mark", d->datadir.path); /* but for where it is */
    assert_int_equal(marking_look(&d->check), EXIT_USAGE);
    assert_int_equal(begin(d), EXIT_USAGE);
}

static void one_is_made_for_a_new_log(void **state)
{
    struct desk *d = *state;
    struct marked m = at(d, 1);
    assert_int_equal(marking_make(&d->datadir, "", ORIGIN, &m), 0);
    assert_int_equal(says(d), 1);
    assert_int_equal(marking_make(&d->datadir, text_of("%s/none/mark", d->root), ORIGIN, &m),
                     EXIT_USAGE);
    assert_int_equal(marking_make(&d->datadir, text_of("%s/mark", d->datadir.path), ORIGIN, &m),
                     EXIT_USAGE);
}

static void a_store_that_cannot_be_read_is_damage(void **state)
{
    static const enum store_result results[] = { STORE_MEMORY, STORE_IO, STORE_DAMAGED };
    struct desk *d = *state;
    unsigned swept = 0;
    for (size_t k = 0; k < COUNT(results); k++)
        for (unsigned nth = 1;; nth++) {
            make(d, at(d, HELD - 1));
            store_fake_fail(d->check.store, nth, results[k], false);
            int code = begin(d);
            if (!store_fake_failed(d->check.store)) {
                assert_int_equal(code, 0);
                break;
            }
            assert_int_equal(code, EXIT_DAMAGE);
            assert_int_equal(says(d), HELD - 1);
            swept++;
        }
    store_fake_fail(d->check.store, 0, STORE_OK, false);
    assert_true(swept >= 2 * COUNT(results));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
    const struct CMUnitTest tests[] = {
        TEST(it_is_beside_the_folder),
        TEST(it_is_where_the_setting_says_but_not_inside),
        TEST(a_store_that_holds_what_was_signed_goes_on),
        TEST(an_old_copy_does_not),
        TEST(another_history_does_not),
        TEST(nor_one_whose_mark_is_not_there_or_none),
        TEST(a_mark_that_cannot_be_opened_is_damage),
        TEST(afresh_nothing_is_asked),
        TEST(one_is_made_for_a_new_log),
        TEST(a_store_that_cannot_be_read_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
