/* values.h: what of a message is used is taken, and what cannot be used stays. */
#include "client/import/values.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/fixture.h"

static const struct import_place here = { "file", "type", "id" };

static json_t *parsed(const char *text)
{
    json_t *v = json_loads(text, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
    assert_non_null(v);
    return v;
}

static void expect_json(json_t *made, const char *text)
{
    json_t *meant = parsed(text);
    assert_true(json_equal(made, meant));
    json_decref(meant);
    json_decref(made);
}

/* ---- authorities and references -------------------------------------------------------------- */

static void expect_authority(const char *message, const char *authority, const char *left)
{
    json_t *v = parsed(message);
    char *made = take_authority(v);
    if (authority == NULL)
        assert_null(made);
    else
        assert_string_equal(made, authority);
    free(made);
    expect_json(v, left);
}

static void an_authority_is_country_and_name(void **state)
{
    (void)state;
    expect_authority("{\"ns:CountryCode\":\"XX\",\"UniqueIdentifier\":\"Actor01\",\"more\":1}",
                     "xx.actor01", "{\"more\":1}");
}

static void what_can_be_no_authority_stays(void **state)
{
    static const char *const bad[] = {
        "{\"CountryCode\":\"XX\"}",
        "{\"CountryCode\":\"\",\"UniqueIdentifier\":\"a\"}",
        "{\"CountryCode\":\".x\",\"UniqueIdentifier\":\"a\"}",
        "{\"CountryCode\":\"XX\",\"UniqueIdentifier\":\"\"}",
        "{\"CountryCode\":\"XX\",\"UniqueIdentifier\":\"a b\"}",
        "{\"CountryCode\":\"XX\",\"UniqueIdentifier\":\"á\"}",
        "{\"CountryCode\":\"XX\",\"UniqueIdentifier\":7}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_authority(bad[i], NULL, bad[i]);
}

static void an_authority_has_the_length_of_a_code(void **state)
{
    char name[CODE_MAX + 1];
    (void)state;
    memset(name, 'a', CODE_MAX);
    name[CODE_MAX - 3] = 0; /* with "xx." it is as long as a code may be */
    const char *fits = text_of("{\"CountryCode\":\"xx\",\"UniqueIdentifier\":\"%s\"}", name);
    expect_authority(fits, text_of("xx.%s", name), "{}");
    name[CODE_MAX - 3] = 'a';
    name[CODE_MAX - 2] = 0;
    const char *longer = text_of("{\"CountryCode\":\"xx\",\"UniqueIdentifier\":\"%s\"}", name);
    expect_authority(longer, NULL, longer);
}

static void a_reference_is_a_text_of_records(void **state)
{
    json_t *v = parsed("{\"good\":\"W 1/2\",\"empty\":\"\",\"hidden\":\"a\\u202Eb\",\"n\":1}");
    (void)state;
    expect_json(take_reference(v, "good"), "\"W 1/2\"");
    assert_null(take_reference(v, "empty"));
    assert_null(take_reference(v, "hidden"));
    assert_null(take_reference(v, "n"));
    assert_null(take_reference(v, "absent"));
    expect_json(v, "{\"empty\":\"\",\"hidden\":\"a\\u202Eb\",\"n\":1}");
}

/* ---- times ----------------------------------------------------------------------------------- */

static void expect_time(const char *text, const char *when)
{
    char out[WHEN_TEXT + 1] = "";
    json_t *v = json_pack("{s:s}", "t", text);
    assert_non_null(v);
    bool taken = take_time(out, &here, v, "t");
    assert_int_equal(taken, when != NULL);
    if (when != NULL)
        assert_string_equal(out, when);
    assert_int_equal(json_object_size(v), 0); /* what is none is named, and taken, too */
    json_decref(v);
}

static void times_are_those_of_utc(void **state)
{
    (void)state;
    expect_time("2026-02-28T23:30:00Z", "2026-02-28T23:30:00.000Z");
    expect_time("2026-02-28T23:30:00-01:30", "2026-03-01T01:00:00.000Z");
    expect_time("2026-03-01T00:30:00+01:00", "2026-02-28T23:30:00.000Z");
    expect_time("2026-03-01T00:30:00.5Z", "2026-03-01T00:30:00.500Z");
    expect_time("2026-03-01T00:30:00.1239999+00:00", "2026-03-01T00:30:00.123Z");
    expect_time("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000Z");
}

static void what_is_no_time_is_none(void **state)
{
    static const char *const bad[] = {
        "",
        "2026-02-28",
        "2026-02-29T00:00:00Z",
        "2026-02-28T24:00:00Z",
        "2026-02-28T00:00:00",
        "2026-02-28T00:00:00.Z",
        "2026-02-28T00:00:00z",
        "2026-02-28T00:00:00+24:00",
        "2026-02-28T00:00:00+01:60",
        "2026-02-28T00:00:00+0100",
        "2026-02-28T00:00:00Zx",
        "0001-01-01T00:00:00+00:01",
        "9999-12-31T23:59:59-00:01",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++)
        expect_time(bad[i], NULL);
}

static void a_time_that_is_not_there_is_none(void **state)
{
    char out[WHEN_TEXT + 1];
    json_t *v = parsed("{\"t\":7}");
    (void)state;
    assert_false(take_time(out, &here, v, "absent"));
    assert_false(take_time(out, &here, v, "t"));
    expect_json(v, "{\"t\":7}");
}

static void a_window_ends_after_it_begins(void **state)
{
    const char *none = "{\"StartTime\":\"2026-01-01T00:00:00Z\",\"EndTime\":"
                       "\"2026-01-01T01:00:00+01:00\"}";
    json_t *v = parsed("{\"StartTime\":\"2026-01-01T00:00:00Z\",\"EndTime\":"
                       "\"2026-01-01T00:00:00.001Z\",\"x\":1}");
    (void)state;
    expect_json(take_window(&here, v), "{\"from\":\"2026-01-01T00:00:00.000Z\",\"until\":"
                                       "\"2026-01-01T00:00:00.001Z\"}");
    expect_json(v, "{\"x\":1}");
    v = parsed(none);
    assert_null(take_window(&here, v));
    expect_json(v, none);
    v = parsed("{\"StartTime\":\"2026-01-01T00:00:00Z\"}");
    assert_null(take_window(&here, v));
    expect_json(v, "{\"StartTime\":\"2026-01-01T00:00:00Z\"}");
}

/* ---- codes ----------------------------------------------------------------------------------- */

static void expect_dictionary(const char *entry, const char *value)
{
    json_t *v = parsed(entry);
    const char *got = dictionary_value(v, "TaskStatus");
    if (value == NULL)
        assert_null(got);
    else
        assert_string_equal(got, value);
    json_decref(v);
}

static void a_dictionary_is_the_one_that_was_asked_for(void **state)
{
    (void)state;
    expect_dictionary("{\"Owner\":\"ETSI\",\"Name\":\"TaskStatus\",\"Value\":\"Active\"}",
                      "Active");
    expect_dictionary("{\"Owner\":\"MX\",\"Name\":\"TaskStatus\",\"Value\":\"Active\"}", NULL);
    expect_dictionary("{\"Owner\":\"ETSI\",\"Name\":\"Other\",\"Value\":\"Active\"}", NULL);
    expect_dictionary("{\"Owner\":\"ETSI\",\"Name\":\"TaskStatus\",\"Value\":\"Active\",\"x\":1}",
                      NULL);
}

/* ---- subjects -------------------------------------------------------------------------------- */

/* One target, of that format: the subject that it becomes, or NULL; what is left is named. */
static void expect_subject(const char *owner, const char *format, const char *value,
                           const char *type, const char *becomes)
{
    json_t *subjects = json_array();
    json_t *target = json_pack("{s:{s:s,s:s},s:s}", "FormatType", "FormatOwner", owner,
                               "FormatName", format, "Value", value);
    assert_int_equal(take_targets(&here, "path", target, subjects), 1);
    json_t *meant =
        type == NULL ? json_array() : json_pack("[{s:s,s:s}]", "type", type, "value", becomes);
    assert_true(json_equal(subjects, meant));
    json_decref(meant);
    json_decref(subjects);
}

static void formats_become_types(void **state)
{
    (void)state;
    expect_subject("ETSI", "InternationalE164", "525512345678", "phone", "+525512345678");
    expect_subject("ETSI", "InternationalE164", "+525512345678", "phone", "+525512345678");
    expect_subject("ETSI", "TELURI", "tel:+525512345678", "phone", "+525512345678");
    expect_subject("ETSI", "GPSIMSISDN", "MSISDN-525512345678", "phone", "+525512345678");
    expect_subject("ETSI", "SUPIIMSI", "imsi-334020123456789", "imsi", "334020123456789");
    expect_subject("ETSI", "IMSI", "334020123456789", "imsi", "334020123456789");
    expect_subject("ETSI", "IMEICheckDigit", "490154203237518", "imei", "490154203237518");
    expect_subject("ETSI", "EmailAddress", "ana@example.mx", "email", "ana@example.mx");
}

/* Another owner's format, and a value that its type cannot have: sealed all the same. */
static void what_fits_no_type_is_other(void **state)
{
    (void)state;
    expect_subject("MX", "EmailAddress", "ana@example.mx", "other", "ana@example.mx");
    expect_subject("ETSI", "IPv4Address", "192.0.2.1", "other", "192.0.2.1");
    expect_subject("ETSI", "IMEICheckDigit", "490154203237517", "other", "490154203237517");
}

static void a_target_without_a_value_counts_and_is_no_subject(void **state)
{
    json_t *subjects = json_array();
    (void)state;
    expect_subject("ETSI", "EmailAddress", "", NULL, NULL);
    assert_int_equal(take_targets(&here, "path", parsed("[{},{\"Value\":7}]"), subjects), 2);
    assert_int_equal(take_targets(&here, "path", NULL, subjects), 0);
    assert_int_equal(json_array_size(subjects), 0);
    json_decref(subjects);
}

static void several_targets_are_several_subjects(void **state)
{
    json_t *subjects = json_array(),
           *targets =
               parsed("[{\"FormatType\":{\"FormatOwner\":\"ETSI\",\"FormatName\":\"IMSI\"},"
                      "\"Value\":\"334020123456789\"},"
                      "{\"FormatType\":{\"FormatOwner\":\"ETSI\",\"FormatName\":\"EmailAddress\"},"
                      "\"Value\":\"ana@example.mx\"}]");
    (void)state;
    assert_int_equal(take_targets(&here, "path", targets, subjects), 2);
    expect_json(subjects, "[{\"type\":\"imsi\",\"value\":\"334020123456789\"},"
                          "{\"type\":\"email\",\"value\":\"ana@example.mx\"}]");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_authority_is_country_and_name),
        cmocka_unit_test(what_can_be_no_authority_stays),
        cmocka_unit_test(an_authority_has_the_length_of_a_code),
        cmocka_unit_test(a_reference_is_a_text_of_records),
        cmocka_unit_test(times_are_those_of_utc),
        cmocka_unit_test(what_is_no_time_is_none),
        cmocka_unit_test(a_time_that_is_not_there_is_none),
        cmocka_unit_test(a_window_ends_after_it_begins),
        cmocka_unit_test(a_dictionary_is_the_one_that_was_asked_for),
        cmocka_unit_test(formats_become_types),
        cmocka_unit_test(what_fits_no_type_is_other),
        cmocka_unit_test(a_target_without_a_value_counts_and_is_no_subject),
        cmocka_unit_test(several_targets_are_several_subjects),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
