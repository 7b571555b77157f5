/* json_stream.h: one object, in pieces; nothing more of it once something was lost. */
#include "client/base/json_stream.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

/* Standard output is a file while a stream is written. */
static FILE *file;
static int console;

static void begin_to_watch(void)
{
    fflush(stdout);
    file = tmpfile();
    console = dup(STDOUT_FILENO);
    assert_non_null(file);
    assert_true(console >= 0);
    assert_true(dup2(fileno(file), STDOUT_FILENO) >= 0);
    lost_forget();
}

/* What was written since, for the next call. */
static const char *written(void)
{
    static char text[2000];
    fflush(stdout);
    assert_true(dup2(console, STDOUT_FILENO) >= 0);
    close(console);
    rewind(file);
    text[fread(text, 1, sizeof text - 1, file)] = 0;
    fclose(file);
    return text;
}

static void an_object_is_written_in_pieces(void **state)
{
    (void)state;
    begin_to_watch();
    struct json_stream *s = json_stream_begin();
    json_stream_members(s, json_pack("{s:b,s:n,s:I}", "ok", 1, "none", "n", (json_int_t)-7));
    json_stream_list(s, "list");
    json_stream_item(s, json_string("a\n\"é"));
    json_stream_item(s, json_pack("[i,{s:b}]", 1, "x", 0));
    json_stream_object(s);
    json_stream_members(s, json_pack("{s:f}", "half", 0.5));
    json_stream_object_end(s);
    json_stream_list_end(s);
    json_stream_members(s, json_pack("{s:s}", "last", ""));
    json_stream_end(s);
    const char *text = written();
    json_t *made = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
    json_t *meant = json_pack("{s:b,s:n,s:I,s:[s,[i,{s:b}],{s:f}],s:s}", "ok", 1, "none", "n",
                              (json_int_t)-7, "list", "a\n\"é", 1, "x", 0, "half", 0.5, "last", "");
    assert_non_null(made);
    assert_true(json_equal(made, meant));
    assert_ptr_equal(strchr(text, '\n'), text + strlen(text) - 1); /* one line */
    assert_false(lost_any());
    json_decref(made);
    json_decref(meant);
}

static void an_empty_object_is_one(void **state)
{
    (void)state;
    begin_to_watch();
    json_stream_end(json_stream_begin());
    assert_string_equal(written(), "{}\n");
}

/* Nobody takes for a result of which a part is missing what is no JSON. */
static void what_was_lost_ends_it(void **state)
{
    (void)state;
    begin_to_watch();
    struct json_stream *s = json_stream_begin();
    json_stream_members(s, json_pack("{s:i}", "before", 1));
    lost(0);
    json_stream_members(s, json_pack("{s:i}", "after", 2));
    json_stream_list(s, "list");
    json_stream_item(s, json_integer(3));
    json_stream_list_end(s);
    json_stream_end(s);
    const char *text = written();
    assert_non_null(strstr(text, "before"));
    assert_null(strstr(text, "after"));
    assert_null(strstr(text, "list"));
    assert_null(json_loads(text, 0, NULL));
    lost_forget();
}

/* The library refuses it: it is no text. What is missing then is lost, and not left out. */
static void what_cannot_be_written_is_lost(void **state)
{
    (void)state;
    begin_to_watch();
    struct json_stream *s = json_stream_begin();
    json_stream_list_end(s);
    json_stream_item(s, json_integer(1)); /* where a name has to be */
    assert_true(lost_any());
    json_stream_end(s);
    assert_null(strchr(written(), '1'));
    lost_forget();
}

static void none_writes_nothing(void **state)
{
    (void)state;
    begin_to_watch();
    json_stream_members(NULL, json_pack("{s:i}", "a", 1));
    json_stream_list(NULL, "b");
    json_stream_item(NULL, json_integer(1));
    json_stream_list_end(NULL);
    json_stream_end(NULL);
    assert_string_equal(written(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_object_is_written_in_pieces),
        cmocka_unit_test(an_empty_object_is_one),
        cmocka_unit_test(what_was_lost_ends_it),
        cmocka_unit_test(what_cannot_be_written_is_lost),
        cmocka_unit_test(none_writes_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
