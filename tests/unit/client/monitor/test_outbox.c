/* outbox.h: what is posted is lost nowhere, whatever is left of the file. */
#include "client/monitor/outbox.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/base64.h"
#include "tests/unit/fixture.h"

static char folder[] = "/tmp/bitacora-unit.XXXXXX", path[64], box[72];
static const struct hash of_log = { { 1 } };

/* A state is told by its second line. */
static void write_state(uint8_t n)
{
    struct buf text = { 0 };
    struct hash sum = { { n } };
    buf_adds(&text, "bitacora/v1 state\n");
    buf_add_base64(&text, sum.b, HASH_BYTES);
    buf_adds(&text, "\n{}\n");
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, text.p, text.n), text.n);
    close(fd);
    buf_free(&text);
}

static int begin_test(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/state", folder);
    snprintf(box, sizeof box, "%s.outbox", path);
    write_state(1);
    return 0;
}

static int end_test(void **state)
{
    (void)state;
    unlink(box);
    unlink(path);
    return rmdir(folder);
}

static void open_box(struct outbox *o)
{
    assert_int_equal(outbox_open(o, path, &of_log), OUTCOME_PROVEN);
}

static void add(struct outbox *o, const char *object)
{
    struct buf line = { 0 };
    buf_addf(&line, "%s\n", object);
    outbox_add(o, buf_span(&line));
    buf_free(&line);
}

/* The first object is this one, and it is taken; NULL: there is none. */
static void takes(struct outbox *o, const char *object)
{
    struct buf line = { 0 };
    assert_int_equal(outbox_first(o, &line), object != NULL);
    if (object != NULL) {
        assert_int_equal(line.n, strlen(object) + 1);
        assert_memory_equal(line.p, object, line.n - 1);
        assert_int_equal(outbox_sent(o), 0);
    }
    buf_free(&line);
}

/* As if the process were killed: nothing that it has not written is written. */
static void abandon(struct outbox *o)
{
    o->saved = o->first;
    outbox_close(o);
}

static void append(const char *bytes)
{
    int fd = open(box, O_WRONLY | O_APPEND);
    assert_int_equal(write(fd, bytes, strlen(bytes)), strlen(bytes));
    close(fd);
}

static uint64_t size_of_box(void)
{
    struct stat s;
    assert_int_equal(stat(box, &s), 0);
    return (uint64_t)s.st_size;
}

static void objects_come_in_order_and_the_file_begins_anew(void **state)
{
    (void)state;
    struct outbox o;
    open_box(&o);
    uint64_t empty = size_of_box();
    takes(&o, NULL);
    assert_int_equal(outbox_begin(&o), 0);
    add(&o, "{\"a\":1}");
    add(&o, "{\"a\":2}");
    assert_int_equal(outbox_keep(&o), 0);
    write_state(2);
    outbox_settle(&o);
    add(&o, "{\"alarm\":3}");
    assert_int_equal(outbox_keep(&o), 0);
    assert_true(outbox_waiting(&o) > 0);
    takes(&o, "{\"a\":1}");
    takes(&o, "{\"a\":2}");
    outbox_close(&o);
    open_box(&o);
    takes(&o, "{\"alarm\":3}");
    takes(&o, NULL);
    assert_int_equal(outbox_waiting(&o), 0);
    assert_int_equal(size_of_box(), empty);
    outbox_close(&o);
}

static void a_round_whose_state_was_not_written_is_taken_off(void **state)
{
    (void)state;
    struct outbox o;
    open_box(&o);
    add(&o, "{\"alarm\":1}");
    assert_int_equal(outbox_keep(&o), 0);
    uint64_t before = size_of_box();
    for (int i = 0; i < 2; i++) {
        assert_int_equal(outbox_begin(&o), 0);
        add(&o, "{\"a\":1}");
        assert_int_equal(outbox_keep(&o), 0);
        assert_true(size_of_box() > before);
        if (i == 0) {
            outbox_settle(&o);
        } else {
            abandon(&o);
            open_box(&o);
        }
        assert_int_equal(size_of_box(), before);
    }
    takes(&o, "{\"alarm\":1}");
    takes(&o, NULL);
    outbox_close(&o);
}

static void what_a_kill_left_is_no_object(void **state)
{
    (void)state;
    static const char *const left[] = { "{\"torn\":",         "",           "\n\n",
                                        "#round of nobody\n", "{\"x\":1\n", "nonsense}\n" };
    for (size_t i = 0; i < COUNT(left); i++) {
        struct outbox o;
        open_box(&o);
        assert_int_equal(outbox_begin(&o), 0);
        add(&o, "{\"a\":1}");
        assert_int_equal(outbox_keep(&o), 0);
        write_state((uint8_t)(10 + i));
        abandon(&o); /* before it could settle */
        append(left[i]);
        open_box(&o);
        add(&o, "{\"a\":2}");
        assert_int_equal(outbox_keep(&o), 0);
        takes(&o, "{\"a\":1}");
        takes(&o, "{\"a\":2}");
        takes(&o, NULL);
        outbox_close(&o);
    }
}

static void a_place_that_is_none_means_the_begin(void **state)
{
    (void)state;
    static const char *const places[] = { "00000000000000000000", "99999999999999999999",
                                          "xxxxxxxxxxxxxxxxxxxx", "00000000000000000084" };
    struct outbox o;
    open_box(&o);
    add(&o, "{\"a\":1}");
    assert_int_equal(outbox_keep(&o), 0);
    outbox_close(&o);
    for (size_t i = 0; i < COUNT(places); i++) {
        int fd = open(box, O_WRONLY);
        assert_int_equal(pwrite(fd, places[i], 20, 64), 20);
        close(fd);
        open_box(&o);
        abandon(&o);
    }
    open_box(&o);
    takes(&o, "{\"a\":1}");
    outbox_close(&o);
}

static void what_is_no_outbox_of_this_log_is_left_alone(void **state)
{
    (void)state;
    static const struct hash other = { { 2 } };
    struct outbox o;
    open_box(&o);
    outbox_close(&o);
    assert_int_equal(outbox_open(&o, path, &other), OUTCOME_USAGE);
    assert_int_equal(truncate(box, 20), 0);
    assert_int_equal(outbox_open(&o, path, &of_log), OUTCOME_USAGE);
    assert_int_equal(size_of_box(), 20);
    unlink(box);
    assert_int_equal(symlink(path, box), 0);
    assert_int_equal(outbox_open(&o, path, &of_log), OUTCOME_USAGE);
}

static void many_objects_are_sent_once_each(void **state)
{
    (void)state;
    struct outbox o;
    char object[4096];
    open_box(&o);
    for (int i = 0; i < 3000; i++) { /* 12 MB: holes are punched */
        snprintf(object, sizeof object, "{\"n\":%d,\"%0*d\":0}", i, 4000, 0);
        add(&o, object);
    }
    assert_int_equal(outbox_keep(&o), 0);
    for (int i = 0; i < 3000; i++) {
        snprintf(object, sizeof object, "{\"n\":%d,\"%0*d\":0}", i, 4000, 0);
        takes(&o, object);
        if (i % 700 == 699) {
            outbox_close(&o);
            open_box(&o);
        }
    }
    takes(&o, NULL);
    outbox_close(&o);
}

static void a_kill_has_few_objects_sent_again(void **state)
{
    (void)state;
    struct outbox o;
    char object[1001];
    open_box(&o);
    snprintf(object, sizeof object, "{\"%0*d\":0}", 990, 0);
    for (int i = 0; i < 1000; i++)
        add(&o, object);
    assert_int_equal(outbox_keep(&o), 0);
    uint64_t all = outbox_waiting(&o);
    for (int i = 0; i < 700; i++)
        takes(&o, object);
    abandon(&o);
    open_box(&o);
    assert_in_range(outbox_waiting(&o), all * 3 / 10, all * 3 / 10 + 300 * 1024);
    for (int i = 0; i < 300; i++)
        takes(&o, object);
    while (outbox_waiting(&o) > 0)
        takes(&o, object);
    takes(&o, NULL);
    outbox_close(&o);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin_test, end_test)
    const struct CMUnitTest tests[] = {
        TEST(objects_come_in_order_and_the_file_begins_anew),
        TEST(a_round_whose_state_was_not_written_is_taken_off),
        TEST(what_a_kill_left_is_no_object),
        TEST(a_place_that_is_none_means_the_begin),
        TEST(what_is_no_outbox_of_this_log_is_left_alone),
        TEST(many_objects_are_sent_once_each),
        TEST(a_kill_has_few_objects_sent_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
