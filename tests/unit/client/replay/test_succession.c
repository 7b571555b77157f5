/* succession.h: what a log says of the log before it and of the one behind it. */
#include "client/replay/succession.h"

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

static struct log l;
static struct succession s;
static json_t *report;
static const char *next; /* of a log that goes on, or of the one before */

static int start(void **state)
{
    static const uint8_t seed[32] = { 9 };
    struct skey key;
    struct buf vkey = { 0 };
    (void)state;
    skey_from_seed(&key, span_str("next.example"), KEY_NOTE, seed);
    vkey_format(&vkey, &key.vkey);
    next = text_of("\"origin\":\"next.example\",\"vkey\":\"%s\"", buf_str(&vkey));
    buf_free(&vkey);
    report = json_object();
    return 0;
}

static int stop(void **state)
{
    (void)state;
    succession_free(&s);
    assert_null(s.predecessor);
    assert_null(s.frozen);
    json_decref(report);
    log_free(&l);
    assert_false(lost_any());
    return 0;
}

/* Tells it of an entry; counts: as the judge found. */
static void take(uint64_t index, bool counts)
{
    struct entry e;
    struct record record;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&record, e.note, &why), 0);
    struct judged judged = { .index = index,
                             .leaf = &l.leaf[index],
                             .bytes = buf_span(&l.entry[index]),
                             .kind = record.kind,
                             .record = &record,
                             .counts = counts };
    succession_take(&s, &judged);
    record_free(&record);
}

static const json_t *reported(const char *member)
{
    json_object_clear(report);
    succession_json(&s, report);
    return json_object_get(report, member);
}

static const char *word(const json_t *v, const char *member)
{
    return json_string_value(json_object_get(v, member));
}

static void a_log_goes_on_from_another(void **state)
{
    (void)state;
    log_start(&l, text_of(",\"predecessor\":{%s,\"size\":9,\"root\":"
                          "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}",
                          next));
    take(0, false);
    assert_null(reported("predecessor")); /* a genesis that does not count says nothing */
    for (uint64_t i = 0; i < l.n; i++)
        take(i, true);
    const json_t *p = reported("predecessor");
    assert_string_equal(word(p, "origin"), "next.example");
    assert_int_equal(json_integer_value(json_object_get(p, "size")), 9);
    assert_int_equal(json_object_size(report), 1);
    take(0, true); /* the first one stands */
    assert_ptr_equal(reported("predecessor"), p);
}

static void a_log_ends_and_another_goes_on(void **state)
{
    (void)state;
    log_start(&l, "");
    const char *members = text_of("\"successor\":{%s}", next);
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE, .members = members));
    uint64_t again = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    for (uint64_t i = 0; i < end; i++)
        take(i, true);
    assert_int_equal(json_object_size(report), 0);
    assert_null(reported("frozen"));
    take(end, false);
    assert_null(reported("frozen"));
    take(end, true);
    take(again, true); /* nothing may follow: the first one is what it said */
    const json_t *f = reported("frozen");
    assert_int_equal(json_integer_value(json_object_get(f, "entry")), end);
    assert_string_equal(word(json_object_get(f, "successor"), "origin"), "next.example");
    assert_int_equal(json_object_size(report), 1);
}

static void a_log_may_end_for_good(void **state)
{
    (void)state;
    struct buf note = { 0 };
    log_start(&l, "");
    const char *record = text_of("{\"id\":\"00000000-0000-7000-8000-000000000099\",\"at\":"
                                 "\"2026-11-21T15:00:00.000Z\",\"under\":%s}",
                                 log_ref(&l, 0));
    record_sign(&note, KIND_FREEZE, record, &l.who[THE_LOG].key);
    uint64_t end = log_add_note(&l, buf_span(&note));
    buf_free(&note);
    take(end, true);
    const json_t *f = reported("frozen");
    assert_int_equal(json_integer_value(json_object_get(f, "entry")), end);
    assert_true(json_is_null(json_object_get(f, "successor")));
}

/* What is printed of it; for the next call. */
static const char *printed(void)
{
    static char text[1024];
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    succession_print(&s, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void it_is_printed_for_people(void **state)
{
    (void)state;
    assert_string_equal(printed(), "");
    s.predecessor = json_pack("{s:s,s:i,s:s}", "origin", "old.example", "size", 9, "root", "R=");
    s.frozen = json_pack("{s:i,s:{s:s,s:s}}", "entry", 5, "successor", "origin", "next.example",
                         "vkey", "next.example+0+x");
    assert_non_null(strstr(printed(), "old.example"));
    assert_non_null(strstr(printed(), "R="));
    assert_non_null(strstr(printed(), "next.example (next.example+0+x)"));
    json_object_del(s.predecessor, "origin"); /* what is not there is left out */
    assert_null(strstr(printed(), "old.example"));
    assert_null(strstr(printed(), "null"));
}

static void what_cannot_be_read_says_nothing(void **state)
{
    (void)state;
    struct judged judged = { .kind = KIND_GENESIS, .counts = true };
    succession_take(&s, &judged);
    judged.kind = KIND_FREEZE;
    succession_take(&s, &judged);
    assert_null(reported("predecessor"));
    assert_null(reported("frozen"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_log_goes_on_from_another),       TEST(a_log_ends_and_another_goes_on),
        TEST(a_log_may_end_for_good),           TEST(it_is_printed_for_people),
        TEST(what_cannot_be_read_says_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
