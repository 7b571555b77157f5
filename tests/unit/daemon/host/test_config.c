/* config.h: what a line of settings may be, and what is said of one that is wrong. */
#include "daemon/host/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "tests/unit/fixture.h"

static struct config config;
static char path[] = "/tmp/bitacora-config-XXXXXX";
static struct buf objected; /* each sentence, with a newline */

static void collect(const char *sentence)
{
    buf_addf(&objected, "%s\n", sentence);
}

static int make_file(void **state)
{
    (void)state;
    int fd = mkstemp(path);
    return fd < 0 ? -1 : close(fd);
}

static int remove_file(void **state)
{
    (void)state;
    buf_free(&objected);
    return unlink(path);
}

static int read_bytes(const char *text, size_t n)
{
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    assert_int_equal(fwrite(text, 1, n, f), n);
    assert_int_equal(fclose(f), 0);
    buf_clear(&objected);
    config_default(&config);
    return config_read(&config, path, collect);
}

static void takes(const char *text)
{
    if (read_bytes(text, strlen(text)) != 0)
        fail_msg("refused: %s", buf_str(&objected));
    assert_int_equal(objected.n, 0);
}

/* The file is refused, and all that is said is `why` of that line. */
static void refuses(const char *text, unsigned line, const char *why)
{
    char expected[512];
    assert_int_equal(read_bytes(text, strlen(text)), -1);
    snprintf(expected, sizeof expected, "%s:%u: %s\n", path, line, why);
    assert_string_equal(buf_str(&objected), expected);
}

static void numbers(void **state)
{
    (void)state;
    takes("");
    assert_int_equal(config.reads, 1024);
    takes("reads = 1");
    assert_int_equal(config.reads, 1);
    takes("\treads=1048576 # all\r\n\n#\n # reads = 2\n");
    assert_int_equal(config.reads, 1048576);
    takes("reads = 7#seven\nmin_free = 9223372036854775807\n");
    assert_int_equal(config.reads, 7);
    assert_int_equal(config.min_free, INT64_MAX);
    static const char *const wrong[] = {
        "reads = 0",
        "reads = 1048577",
        "reads = ",
        "reads = -1",
        "reads = 01",
        "reads = 1 2",
        "reads = 1k",
        "reads = 0x10",
        "reads == 1",
        "reads = +1",
        "reads = 9223372036854775808",
    };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char why[128];
        int n = (int)strlen(wrong[i]);
        while (wrong[i][n - 1] == ' ')
            n--;
        snprintf(why, sizeof why, "%.*s: reads is a whole number from 1 to 1048576", n, wrong[i]);
        refuses(wrong[i], 1, why);
    }
    refuses("min_free = 18446744073709551615", 1,
            "min_free = 18446744073709551615: min_free is a whole number from 0 to "
            "9223372036854775807");
}

static void texts(void **state)
{
    (void)state;
    static const char is[] = "listen is HOST:PORT, at most 255 bytes, without control characters";
    char line[300], why[600];
    takes("");
    assert_string_equal(config.listen, "127.0.0.1:8420");
    takes("listen = [::1]:0 # here");
    assert_string_equal(config.listen, "[::1]:0");
    takes("listen = a#b = c#");
    assert_string_equal(config.listen, "a#b = c#");
    snprintf(line, sizeof line, "listen = %0255d", 1);
    takes(line);
    assert_int_equal(strlen(config.listen), 255);
    snprintf(line, sizeof line, "listen = %0256d", 1);
    snprintf(why, sizeof why, "%.255s: %s", line, is);
    refuses(line, 1, why);
    snprintf(why, sizeof why, "listen =: %s", is);
    refuses("listen =", 1, why);
    snprintf(why, sizeof why, "listen = #a: %s", is);
    refuses("listen = #a", 1, why);
    snprintf(why, sizeof why, "listen = a?b: %s", is);
    refuses("listen = a\x1b"
            "b",
            1, why);
    assert_int_equal(read_bytes("listen = a\0b", 12), -1);
    assert_non_null(strstr(buf_str(&objected), is));
}

static void addresses(void **state)
{
    (void)state;
    static const char is[] =
        "trusted_proxies is at most 64 addresses and networks in numbers, such "
        "as 127.0.0.1, 10.0.0.0/8, 2001:db8::/32, or unix; ";
    char why[600];
    takes("");
    assert_string_equal(config.trusted_proxies, "");
    takes("trusted_proxies = 127.0.0.1, 10.0.0.0/8 # ours");
    assert_string_equal(config.trusted_proxies, "127.0.0.1, 10.0.0.0/8");
    takes("trusted_proxies =");
    snprintf(why, sizeof why, "trusted_proxies = ::1 proxy: %s'proxy' is none, or one too many",
             is);
    refuses("trusted_proxies = ::1 proxy", 1, why);
    snprintf(why, sizeof why,
             "trusted_proxies = 10.0.0.1/8: %s'10.0.0.1/8' is none, or one too many", is);
    refuses("trusted_proxies = 10.0.0.1/8", 1, why);
}

static void choices(void **state)
{
    (void)state;
    takes("");
    assert_int_equal(config.log_level, LOG_INFO);
    takes("log_level = error#");
    assert_int_equal(config.log_level, LOG_ERROR);
    takes("log_level = warning");
    assert_int_equal(config.log_level, LOG_WARNING);
    static const char *const wrong[] = { "", "warn", "info|warning", "|", "ERROR", "errors", "2" };
    for (size_t i = 0; i < COUNT(wrong); i++) {
        char line[64], why[128];
        snprintf(line, sizeof line, "log_level =%s%s", *wrong[i] == 0 ? "" : " ", wrong[i]);
        snprintf(why, sizeof why, "%s: log_level is one of info|warning|error", line);
        refuses(line, 1, why);
    }
}

static void one_line_each(void **state)
{
    (void)state;
    refuses("reads = 1\n\n#\nreads = 1\n", 4,
            "reads = 1: reads is set in line 1 already: a setting stands in one line");
    refuses("listen = a:1\nlisten = b:2\n", 2,
            "listen = b:2: listen is set in line 1 already: a setting stands in one line");
    assert_string_equal(config.listen, "a:1");
    refuses("reeds = 1", 1, "reeds = 1: there is no such setting: did you mean reads?");
    refuses("wombat = 1", 1,
            "wombat = 1: there is no such setting: bitacorad run --help lists them");
    refuses("= 1", 1, "= 1: there is no such setting: bitacorad run --help lists them");
    refuses("reads 1", 1, "reads 1: a line is NAME = VALUE, or begins with #");
    refuses("reads : 1", 1, "reads : 1: a line is NAME = VALUE, or begins with #");
}

static void all_mistakes_are_told(void **state)
{
    (void)state;
    char expected[1024];
    assert_int_equal(read_bytes("reads = 0\nreads = 1\nx\n", 22), -1);
    snprintf(expected, sizeof expected,
             "%s:1: reads = 0: reads is a whole number from 1 to 1048576\n"
             "%s:2: reads = 1: reads is set in line 1 already: a setting stands in one line\n"
             "%s:3: x: a line is NAME = VALUE, or begins with #\n",
             path, path, path);
    assert_string_equal(buf_str(&objected), expected);
}

static void but_not_for_ever(void **state)
{
    (void)state;
    struct buf text = { 0 };
    for (int i = 0; i < 60; i++)
        buf_adds(&text, "x\n");
    assert_int_equal(read_bytes(buf_str(&text), text.n), -1);
    size_t lines = 0;
    for (size_t i = 0; i < objected.n; i++)
        lines += objected.p[i] == '\n';
    assert_int_equal(lines, 51);
    assert_non_null(strstr(buf_str(&objected), ": 10 more lines are wrong"));
    buf_free(&text);
}

static void a_file_has_a_cap(void **state)
{
    (void)state;
    struct buf text = { 0 };
    while (text.n < 65536)
        buf_adds(&text, "#\n");
    assert_int_equal(read_bytes(buf_str(&text), text.n), 0);
    buf_adds(&text, "#");
    assert_int_equal(read_bytes(buf_str(&text), text.n), -1);
    assert_non_null(strstr(buf_str(&objected), "has more than 65536 bytes"));
    buf_free(&text);
    buf_clear(&objected);
    assert_int_equal(config_read(&config, "/nonexistent/config", collect), -1);
    assert_string_equal(buf_str(&objected),
                        "cannot read /nonexistent/config: No such file or directory\n");
}

static void what_can_be_taken_is(void **state)
{
    (void)state;
    static struct config now, next;
    takes("reads = 5\nlog_level = error\ntiles = 200\nlisten = a:1\nworkers = 3\n");
    next = config;
    config_default(&now);
    log_from(LOG_ERROR);
    config_take(&now, &next);
    log_from(LOG_INFO);
    assert_int_equal(now.reads, 5);
    assert_int_equal(now.log_level, LOG_ERROR);
    assert_int_equal(now.tiles, 4096); /* these need a restart */
    assert_int_equal(now.workers, 0);
    assert_string_equal(now.listen, "127.0.0.1:8420");
    assert_int_equal(now.deadline, 30); /* and this did not change */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers),
        cmocka_unit_test(texts),
        cmocka_unit_test(addresses),
        cmocka_unit_test(choices),
        cmocka_unit_test(one_line_each),
        cmocka_unit_test(all_mistakes_are_told),
        cmocka_unit_test(but_not_for_ever),
        cmocka_unit_test(a_file_has_a_cap),
        cmocka_unit_test(what_can_be_taken_is),
    };
    return cmocka_run_group_tests(tests, make_file, remove_file);
}
