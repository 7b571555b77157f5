#include "proto/tlog/kept_source.h"

#include "tests/unit/fixture.h"

/* A source whose files say which they are, how often each was asked for. */
struct counted {
    size_t asked, length;
    enum fetch says;
};

static enum fetch read_counted(void *ctx, const struct tile *t, size_t max, struct buf *out,
                               struct refusal *why)
{
    struct counted *c = ctx;
    (void)max;
    (void)why;
    c->asked++;
    buf_addf(out, "%d %d %u:", t->level, (int)t->n, t->width);
    for (size_t i = 0; i < c->length; i++)
        buf_add(out, "x", 1);
    return c->says;
}

static struct counted counted;
static struct kept_files files;
static struct source below, source;

static int start(void **state)
{
    (void)state;
    counted = (struct counted){ .says = FETCH_OK };
    below = (struct source){ .tile = read_counted, .ctx = &counted };
    files = (struct kept_files){ .below = &below };
    source = kept_source(&files);
    return 0;
}

static int end(void **state)
{
    (void)state;
    kept_files_free(&files);
    return 0;
}

/* Reads behind something that stands there already. */
static enum fetch ask(int level, uint64_t n, unsigned width, const char *want)
{
    struct buf out = { 0 };
    struct refusal why;
    const struct tile t = { level, n, width };
    buf_adds(&out, "before ");
    enum fetch got = source.tile(source.ctx, &t, 100, &out, &why);
    if (want != NULL)
        assert_string_equal(buf_str(&out), text_of("before %s", want));
    buf_free(&out);
    return got;
}

static void a_file_is_read_once(void **state)
{
    (void)state;
    assert_int_equal(ask(0, 1, 256, "0 1 256:"), FETCH_OK);
    assert_int_equal(ask(0, 1, 256, "0 1 256:"), FETCH_OK);
    assert_int_equal(counted.asked, 1);
    assert_int_equal(ask(1, 1, 256, "1 1 256:"), FETCH_OK); /* each is another file */
    assert_int_equal(ask(0, 2, 256, "0 2 256:"), FETCH_OK);
    assert_int_equal(ask(0, 1, 255, "0 1 255:"), FETCH_OK);
    assert_int_equal(counted.asked, 4);
}

static void the_oldest_makes_room(void **state)
{
    (void)state;
    for (unsigned i = 0; i < KEPT_FILES; i++)
        ask(0, i, 256, NULL);
    ask(0, KEPT_FILES - 1, 256, text_of("0 %d 256:", KEPT_FILES - 1));
    ask(0, 0, 256, "0 0 256:");
    assert_int_equal(counted.asked, KEPT_FILES);
    ask(0, KEPT_FILES, 256, NULL); /* in the place of 0 */
    ask(0, KEPT_FILES, 256, text_of("0 %d 256:", KEPT_FILES));
    ask(0, 1, 256, "0 1 256:");
    assert_int_equal(counted.asked, KEPT_FILES + 1);
    ask(0, 0, 256, "0 0 256:");
    assert_int_equal(counted.asked, KEPT_FILES + 2);
}

static void a_large_file_is_not_kept(void **state)
{
    (void)state;
    counted.length = KEPT_BYTES - strlen("0 1 256:");
    ask(0, 1, 256, NULL);
    ask(0, 1, 256, NULL);
    assert_int_equal(counted.asked, 1);
    counted.length++;
    ask(0, 2, 256, NULL);
    ask(0, 2, 256, NULL);
    assert_int_equal(counted.asked, 3);
}

static void what_could_not_be_read_is_asked_again(void **state)
{
    static const enum fetch says[] = { FETCH_MISSING, FETCH_FAILED };
    (void)state;
    for (size_t i = 0; i < COUNT(says); i++) {
        counted.says = says[i];
        assert_int_equal(ask(0, 1, 256, NULL), says[i]);
        assert_int_equal(ask(0, 1, 256, NULL), says[i]);
        assert_int_equal(counted.asked, 2 * (i + 1));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_read_once),
        TEST(the_oldest_makes_room),
        TEST(a_large_file_is_not_kept),
        TEST(what_could_not_be_read_is_asked_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
