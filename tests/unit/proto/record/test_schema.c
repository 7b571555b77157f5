/* The JSON Schemas accept and refuse what kind_check() and ruleset_check() do. A small validator of
 * our own reads them here; tests/interop/schema.py asks one of another make. */
#include "tests/unit/fixture.h"
#include "tests/unit/proto/record/full_records.h"
#include "tests/unit/proto/record/schema_reader.h"

#include <stdlib.h>

#include "proto/record/member.h"
#include "proto/record/ruleset.h"
#include "proto/record/schema.h"

static struct ruleset *ruleset;
static json_t *whole, *of_kind[KIND_COUNT]; /* the documents in English */

static json_t *document(enum kind k, enum language language)
{
    json_t *v = schema_new(k, ruleset, language);
    assert_non_null(v);
    return v;
}

static int start(void **state)
{
    struct refusal why;
    (void)state;
    schema_reader_start();
    ruleset = ruleset_parse(ruleset_builtin(), &why);
    assert_non_null(ruleset);
    whole = document(KIND_NONE, LANGUAGE_EN);
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        of_kind[k] = document((enum kind)k, LANGUAGE_EN);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        json_decref(of_kind[k]);
    json_decref(whole);
    ruleset_free(ruleset);
    return 0;
}

/* ---- what they accept ------------------------------------------------------------------------ */

static bool program_accepts(enum kind k, const json_t *object)
{
    const struct value *v = value_of(object);
    struct refusal why;
    return v != NULL && kind_check(k, v, &why) == 0 && ruleset_check(ruleset, k, v, &why) == 0;
}

/* Both say the same; returns it. */
static bool same_verdict(enum kind k, const json_t *object)
{
    bool accepted = program_accepts(k, object);
    if (schema_accepts(of_kind[k], of_kind[k], object) != accepted)
        fail_msg("%s: the schema %s %s", kind_name(k), accepted ? "refuses" : "accepts",
                 json_dumps(object, 0));
    return accepted;
}

static json_t *full_record(enum kind k)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (kinds[i].kind == k)
            return json_loads(kinds[i].object, 0, NULL);
    fail_msg("%s", kind_name(k));
    return NULL;
}

/* Each value in `at`, which is part of `object`: left out, and of other types. */
static void change_all(enum kind k, json_t *object, json_t *at)
{
    static const char *const odd[] = { "null", "true", "0", "\"\"", "\"x\"", "[]", "{}" };
    json_t *value, *copy = json_deep_copy(at);
    const char *name;
    json_object_foreach (copy, name, value) {
        json_object_del(at, name);
        same_verdict(k, object);
        for (size_t i = 0; i < COUNT(odd); i++) {
            json_object_set_new(at, name, json_loads(odd[i], JSON_DECODE_ANY, NULL));
            same_verdict(k, object);
            json_object_set_new(at, name,
                                json_pack("[o]", json_loads(odd[i], JSON_DECODE_ANY, NULL)));
            same_verdict(k, object);
        }
        json_object_set_new(at, name, json_deep_copy(value));
        json_t *inner = json_object_get(at, name);
        if (json_is_array(inner))
            inner = json_array_get(inner, 0);
        if (json_is_object(inner))
            change_all(k, object, inner);
    }
    json_object_set_new(at, "colour", json_true());
    assert_false(same_verdict(k, object));
    json_object_del(at, "colour");
    assert_true(same_verdict(k, object));
    json_decref(copy);
}

static void a_schema_judges_as_the_program_does(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = json_loads(kinds[i].object, 0, NULL);
        assert_true(same_verdict(kinds[i].kind, v));
        assert_true(schema_accepts(whole, whole, v));
        change_all(kinds[i].kind, v, v);
        json_decref(v);
    }
}

/* Members that come together or not at all. */
static void a_warrant_may_be_named_by_its_reference_alone(void **state)
{
    json_t *v = full_record(KIND_REQUEST), *named = json_object_get(v, "warrant");
    (void)state;
    json_object_del(named, "entry");
    assert_false(same_verdict(KIND_REQUEST, v));
    json_object_del(named, "hash");
    assert_true(same_verdict(KIND_REQUEST, v));
    json_object_del(named, "court");
    assert_true(same_verdict(KIND_REQUEST, v));
    json_decref(v);
    assert_null(json_object_get(of_kind[KIND_REVOKE], "dependentRequired"));
}

/* Where each type stands once. */
static const struct {
    enum kind kind;
    const char *member, *inner;
} places[] = {
    { KIND_RESPONSE, "holder", NULL },
    { KIND_ENROLL, "name", NULL },
    { KIND_ENROLL, "vkey", NULL },
    { KIND_ENROLL, "from", NULL },
    { KIND_ENROLL, "id", NULL },
    { KIND_REQUEST, "persons", NULL },
    { KIND_INDEX, "version", NULL },
    { KIND_GENESIS, "skew", NULL },
    { KIND_REQUEST, "automated", NULL },
    { KIND_RULESET, "sha256", NULL },
    { KIND_ERASURE, "blob", NULL },
    { KIND_ENROLL, "proof", NULL },
    { KIND_ANCHOR, "token", NULL },
    { KIND_GENESIS, "origin", NULL },
    { KIND_TRANSFER, "recipient", "country" },
    { KIND_ENROLL, "role", NULL },
    { KIND_REVOKE, "reason", NULL },
    { KIND_RATIFICATION, "result", NULL },
    { KIND_EXTENSION, "warrant", "entry" },
    { KIND_WARRANT, "matter", NULL },
    { KIND_ENROLL, "function", NULL },
    { KIND_CLOSING, "executed", "from" },
};

static const char *const values[] = {
    "1", "2", "86400", "86401", "9007199254740991", "9007199254740992", "false",
};

// clang-format off
static const char *const texts[] = {
    "A", "z9", "a.b-c_d", ".a", "a b", "a/b", "a\n", "\x01", "~", "\x7F", "\u00A0", "\u061C",
    "\u200F", "\u202E", "\u2069", "\uFDD0", "\uFFFF", "\U0001F512", "\U0001FFFE", "US", "USA", "us",
    "judge", "log", "superseded", "partial", "criminal", "prosecution", "telecom",
    "2026-02-28T23:59:59.999Z", "2024-02-29T00:00:00.000Z", "2026-02-29T00:00:00.000Z",
    "0000-01-01T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-04-31T00:00:00.000Z",
    "2026-01-01T24:00:00.000Z", "2026-01-01T00:60:00.000Z", "2026-01-01T00:00:00.000Z\n",
    "01234567-89ab-cdef-0123-456789abcdef", "01234567-89ab-cdef-0123-456789abcdeF",
    "01234567-89ab-cdef-0123-456789abcdef0", "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
    "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=", "AAAA", "AA==", "AB==", "AAA=", "AAAAA",
    "AAAA\n",
};
// clang-format on

/* Base64 of 64 bytes; and with a bit too many. */
static const char proofs[][89] = {
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA==",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB==",
};

/* The longest text of each type, and one that is longer. */
static const int lengths[] = { 63, 64, 65, 100, 101, 128, 129, 255, 256, 257, 16384, 16388 };

static json_t *odd_value(size_t n)
{
    if (n < COUNT(values))
        return json_loads(values[n], JSON_DECODE_ANY, NULL);
    n -= COUNT(values);
    return json_string(n < COUNT(texts) ? texts[n] : proofs[n - COUNT(texts)]);
}

static void each_type_takes_what_the_program_takes(void **state)
{
    size_t taken = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(places); i++) {
        json_t *v = full_record(places[i].kind), *at = v;
        const char *name = places[i].member;
        if (places[i].inner != NULL) {
            at = json_object_get(v, name);
            name = places[i].inner;
        }
        assert_non_null(json_object_get(at, name));
        for (size_t n = 0; n < COUNT(values) + COUNT(texts) + COUNT(proofs); n++) {
            json_object_set_new(at, name, odd_value(n));
            taken += same_verdict(places[i].kind, v);
        }
        for (size_t n = 0; n < COUNT(lengths); n++) {
            static char text[20000];
            memset(text, 'a', (size_t)lengths[n]);
            text[lengths[n]] = 0;
            json_object_set_new(at, name, json_string(text));
            taken += same_verdict(places[i].kind, v);
        }
        json_decref(v);
    }
    assert_in_range(taken, 100, 2000);
}

static void a_list_has_as_many_as_the_program_takes(void **state)
{
    static const struct {
        enum kind kind;
        const char *member;
        size_t most;
    } lists[] = {
        { KIND_WARRANT, "categories", 256 }, { KIND_WARRANT, "holders", 256 },
        { KIND_TRANSFER, "requests", 256 },  { KIND_GENESIS, "registrars", 256 },
        { KIND_INDEX, "tables", 32 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        json_t *v = full_record(lists[i].kind), *list = json_object_get(v, lists[i].member);
        while (json_array_size(list) < lists[i].most)
            json_array_append(list, json_array_get(list, 0));
        assert_true(same_verdict(lists[i].kind, v));
        json_array_append(list, json_array_get(list, 0));
        assert_false(same_verdict(lists[i].kind, v));
        json_decref(v);
    }
}

/* The one thing that JSON Schema cannot say. */
static void a_text_may_have_as_many_characters_as_the_program_takes_bytes(void **state)
{
    char text[2 * 257 + 1] = "";
    (void)state;
    for (size_t n = 0; n < 257; n++)
        strcat(text, "\u00F1");
    json_t *v = full_record(KIND_ENROLL);
    json_object_set_new(v, "name", json_string(text));
    assert_false(same_verdict(KIND_ENROLL, v));
    text[2 * 256] = 0;
    json_object_set_new(v, "name", json_string(text));
    assert_false(program_accepts(KIND_ENROLL, v));
    assert_true(schema_accepts(of_kind[KIND_ENROLL], of_kind[KIND_ENROLL], v));
    text[256] = 0;
    json_object_set_new(v, "name", json_string(text));
    assert_true(same_verdict(KIND_ENROLL, v));
    json_decref(v);
}

static bool window_accepted(json_t *v, const char *from, const char *until)
{
    json_object_set_new(v, "executed", json_pack("{s:s,s:s}", "from", from, "until", until));
    return same_verdict(KIND_CLOSING, v);
}

/* Two times that differ in one digit, whatever stands behind it; and the same twice. */
static void a_window_ends_after_it_begins(void **state)
{
    static const char *const pairs[][2] = {
        { "1026-11-21T16:00:00.999Z", "2026-11-21T16:00:00.000Z" },
        { "2026-11-21T16:00:00.999Z", "2126-11-21T16:00:00.000Z" },
        { "2026-12-31T16:00:00.000Z", "2036-01-01T00:00:00.000Z" },
        { "2026-12-31T16:00:00.000Z", "2027-01-01T00:00:00.000Z" },
        { "2026-09-30T16:00:00.000Z", "2026-10-01T00:00:00.000Z" },
        { "2026-08-30T16:00:00.000Z", "2026-09-01T00:00:00.000Z" },
        { "2026-11-19T16:00:00.000Z", "2026-11-20T00:00:00.000Z" },
        { "2026-11-18T16:00:00.000Z", "2026-11-19T00:00:00.000Z" },
        { "2026-11-21T09:59:00.000Z", "2026-11-21T10:00:00.000Z" },
        { "2026-11-21T18:59:00.000Z", "2026-11-21T19:00:00.000Z" },
        { "2026-11-21T18:49:59.000Z", "2026-11-21T18:50:00.000Z" },
        { "2026-11-21T18:48:59.000Z", "2026-11-21T18:49:00.000Z" },
        { "2026-11-21T18:48:29.999Z", "2026-11-21T18:48:30.000Z" },
        { "2026-11-21T18:48:28.999Z", "2026-11-21T18:48:29.000Z" },
        { "2026-11-21T18:48:28.899Z", "2026-11-21T18:48:28.900Z" },
        { "2026-11-21T18:48:28.889Z", "2026-11-21T18:48:28.890Z" },
        { "2026-11-21T18:48:28.888Z", "2026-11-21T18:48:28.889Z" },
    };
    json_t *v = full_record(KIND_CLOSING);
    (void)state;
    for (size_t i = 0; i < COUNT(pairs); i++) {
        assert_true(window_accepted(v, pairs[i][0], pairs[i][1]));
        assert_false(window_accepted(v, pairs[i][1], pairs[i][0]));
        assert_false(window_accepted(v, pairs[i][0], pairs[i][0]));
    }
    for (char digit = '0'; digit < '9'; digit++) {
        const char *from = text_of("%c999-11-21T16:00:00.000Z", digit),
                   *until = text_of("%c000-11-21T16:00:00.000Z", digit + 1),
                   *late = text_of("2026-11-21T16:00:00.00%cZ", digit),
                   *later = text_of("2026-11-21T16:00:00.00%cZ", digit + 1);
        assert_true(window_accepted(v, from, until));
        assert_false(window_accepted(v, until, from));
        assert_true(window_accepted(v, late, later));
        assert_false(window_accepted(v, later, late));
        assert_false(window_accepted(v, late, late));
    }
    json_decref(v);
}

static void a_code_is_one_of_the_ruleset(void **state)
{
    static const char list[] = "codes.product_class";
    struct refusal why;
    json_t *file = json_loadb((const char *)ruleset_builtin().p, ruleset_builtin().n, 0, NULL);
    (void)state;
    json_object_set_new(json_object_get(file, "codes"), "product_class", json_pack("[s]", "haiku"));
    json_object_set_new(json_object_get(file, "aliases"), "senryu", json_string("haiku"));
    char *text = json_dumps(file, 0);
    struct ruleset *other = ruleset_parse(span_str(text), &why);
    assert_non_null(other);
    json_t *v = schema_new(KIND_PRODUCT, other, LANGUAGE_EN),
           *want = json_pack("[s,s]", "haiku", "senryu");
    const json_t *codes = json_object_get(json_object_get(v, "$defs"), list);
    assert_true(json_equal(json_object_get(codes, "enum"), want));
    json_decref(want);
    json_decref(v);
    json_decref(file);
    ruleset_free(other);
    free(text);
}

/* ---- the documents --------------------------------------------------------------------------- */

/* Marks in `found` what a schema refers to, directly or not. */
static void find_referred(json_t *found, const json_t *root, const json_t *v)
{
    const char *name;
    json_t *x;
    size_t i;
    json_array_foreach (v, i, x)
        find_referred(found, root, x);
    json_object_foreach ((json_t *)(uintptr_t)v, name, x) {
        if (strcmp(name, "$defs") == 0)
            continue;
        find_referred(found, root, x);
        const char *to = strcmp(name, "$ref") == 0 ? json_string_value(x) + 8 : NULL;
        if (to != NULL && json_object_get(found, to) == NULL) {
            json_object_set_new(found, to, json_true());
            find_referred(found, root, schema_referred(root, x));
        }
    }
}

/* What stands in $defs is referred to; and that of a kind is what the whole document has. */
static void each_document_has_what_it_refers_to(void **state)
{
    (void)state;
    assert_string_equal(json_string_value(json_object_get(whole, "$id")), "urn:bitacora:v1");
    assert_int_equal(json_array_size(json_object_get(whole, "anyOf")), COUNT(kinds));
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++) {
        const char *name = kind_name((enum kind)k);
        json_t *own = json_copy(of_kind[k]), *found = json_object(), *defs, *x;
        json_t *all = json_object_get(whole, "$defs");
        assert_string_equal(json_string_value(json_object_get(own, "$id")),
                            text_of("urn:bitacora:v1:%s", name));
        assert_string_equal(json_string_value(json_object_get(own, "title")), name);
        find_referred(found, own, own);
        defs = json_object_get(own, "$defs");
        assert_int_equal(json_object_size(defs), json_object_size(found));
        json_object_foreach (defs, name, x)
            assert_true(json_equal(json_object_get(all, name), x));
        json_object_del(own, "$defs");
        json_object_del(own, "$id");
        json_object_del(own, "$schema");
        assert_true(json_equal(json_object_get(all, kind_name((enum kind)k)), own));
        json_decref(found);
        json_decref(own);
    }
}

/* An object that has a name stands once. */
static void named_objects_are_referred_to(void **state)
{
    static const char *const names[] = { "case", "note", "subject", "table" };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++)
        assert_non_null(json_object_get(json_object_get(whole, "$defs"), names[i]));
}

static const char *description(const json_t *schema, const char *member)
{
    return json_string_value(json_object_get(
        json_object_get(json_object_get(schema, "properties"), member), "description"));
}

static void members_say_what_they_mean(void **state)
{
    json_t *es = document(KIND_EXTENSION, LANGUAGE_ES);
    const json_t *en = of_kind[KIND_EXTENSION];
    (void)state;
    for (const struct member *m = kind_table[KIND_EXTENSION].members; m->name != NULL; m++) {
        bool refers = m->type == TYPE_REF && m->target != KIND_ANY;
        const char *behind = refers ? text_of(" (→ %s)", kind_name(m->target)) : "";
        assert_string_equal(description(en, m->name), text_of("%s%s", m->meaning[0], behind));
        assert_string_equal(description(es, m->name), text_of("%s%s", m->meaning[1], behind));
    }
    assert_non_null(strstr(description(en, "warrant"), "→ warrant"));
    assert_null(strstr(description(of_kind[KIND_CORRECTION], "about"), "→"));
    assert_null(strstr(description(of_kind[KIND_CORRECTION], "cause"), "→"));
    json_decref(es);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_schema_judges_as_the_program_does),
        cmocka_unit_test(a_warrant_may_be_named_by_its_reference_alone),
        cmocka_unit_test(each_type_takes_what_the_program_takes),
        cmocka_unit_test(a_list_has_as_many_as_the_program_takes),
        cmocka_unit_test(a_text_may_have_as_many_characters_as_the_program_takes_bytes),
        cmocka_unit_test(a_window_ends_after_it_begins),
        cmocka_unit_test(a_code_is_one_of_the_ruleset),
        cmocka_unit_test(each_document_has_what_it_refers_to),
        cmocka_unit_test(named_objects_are_referred_to),
        cmocka_unit_test(members_say_what_they_mean),
    };
    return cmocka_run_group_tests_name("schema", tests, start, stop);
}
