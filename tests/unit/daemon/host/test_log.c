/* log.h: a line each, as text or as JSON that parses, whatever others wrote into it. */
#include "daemon/host/log.h"

#include <jansson.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/fixture.h"

/* What log_line() writes for a message that holds `text`. */
static void said(char *out, size_t cap, enum log_level level, const char *text)
{
    int ends[2], before = dup(STDERR_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(dup2(ends[1], STDERR_FILENO), STDERR_FILENO);
    log_line(level, "it is %s", text);
    assert_int_equal(dup2(before, STDERR_FILENO), STDERR_FILENO);
    close(before);
    close(ends[1]);
    ssize_t n = read(ends[0], out, cap - 1);
    assert_true(n >= 0);
    out[n] = 0;
    close(ends[0]);
}

static void as_text(void **state)
{
    char line[4096];
    (void)state;
    log_as(LOG_TEXT);
    said(line, sizeof line, LOG_WARNING, "so\n2026 error: \033[2J\"no\"");
    assert_non_null(strstr(line, "Z warning: it is so?2026 error: ?[2J\"no\"\n"));
    assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
}

static void as_json(void **state)
{
    static const struct {
        const char *text, *message;
    } cases[] = {
        { "so", "it is so" },
        { "a \"quoted\" \\ one", "it is a \"quoted\" \\ one" },
        { "\"},{\"level\":\"error", "it is \"},{\"level\":\"error" },
        { "two\nlines\r\t\x01", "it is two?lines???" },
        { "half \xc3", "it is half ?" },
        { "señal", "it is señal" },
    };
    char line[4096];
    (void)state;
    log_as(LOG_JSON);
    for (size_t i = 0; i < COUNT(cases); i++) {
        said(line, sizeof line, LOG_ERROR, cases[i].text);
        assert_ptr_equal(strchr(line, '\n'), line + strlen(line) - 1);
        json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
        assert_non_null(object);
        assert_int_equal(json_object_size(object), 3);
        assert_string_equal(json_string_value(json_object_get(object, "message")),
                            cases[i].message);
        assert_string_equal(json_string_value(json_object_get(object, "level")), "error");
        assert_int_equal(json_string_length(json_object_get(object, "time")), 24);
        json_decref(object);
    }
    log_as(LOG_TEXT);
}

/* The longest message, of characters that each take two bytes in JSON. */
static void long_ones(void **state)
{
    char text[3000], line[8192];
    (void)state;
    memset(text, '"', sizeof text - 1);
    text[sizeof text - 1] = 0;
    for (int json = 0; json < 2; json++) {
        log_as(json ? LOG_JSON : LOG_TEXT);
        said(line, sizeof line, LOG_INFO, text);
        assert_int_equal(line[strlen(line) - 1], '\n');
    }
    json_t *object = json_loads(line, 0, NULL);
    assert_int_equal(json_string_length(json_object_get(object, "message")), 1023);
    json_decref(object);
    log_as(LOG_TEXT);
}

static void levels(void **state)
{
    char line[4096];
    (void)state;
    log_from(LOG_WARNING);
    said(line, sizeof line, LOG_INFO, "so");
    assert_string_equal(line, "");
    said(line, sizeof line, LOG_WARNING, "so");
    assert_string_not_equal(line, "");
    log_from(LOG_INFO);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(as_text),
        cmocka_unit_test(as_json),
        cmocka_unit_test(long_ones),
        cmocka_unit_test(levels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
