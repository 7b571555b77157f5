#include "tests/unit/fixture.h"
#include "tests/unit/proto/record/full_records.h"

#include "proto/base/base64.h"
#include "proto/record/kind.h"
#include "proto/record/member.h"

/* Those of the objects inside: the members of each, all needed but those named. */
static const struct {
    const char *path, *optional;
} inner[] = {
    { "case", " " },      { "purpose", " note " }, { "purpose.note", " " },
    { "subjects", " " },  { "notify", " " },       { "checkpoint", " " },
    { "recipient", " " }, { "note", " " },         { "warrant", " court " },
    { "window", " " },    { "data_window", " " },  { "executed", " " },
    { "under", " " },     { "subjects.to", " " },  { "purpose.note.to", " " },
    { "note.to", " " },   { "request", " " },      { "requests", " " },
    { "about", " " },     { "tables", " " },       { "predecessor", " proof " },
    { "successor", " " }, { "interval", " " },     { "index", " " },
};

static json_t *parse(const char *text)
{
    struct refusal why;
    struct value *strict = json_strict(span_str(text), &why);
    if (strict == NULL)
        fail_msg("%s: %s", text, reason_name(why.reason));
    value_free(strict);
    return json_loads(text, 0, NULL);
}

/* What a member may be stands behind it, in brackets. */
static void expect(enum kind k, const json_t *object, enum reason reason, const char *subject)
{
    struct refusal why = { .reason = REASON_NONE };
    int got = kind_check(k, value_of(object), &why);
    char *allowed = got == 0 || reason != REASON_MEMBER_WRONG ? NULL : strstr(why.subject, " (");
    if (allowed != NULL)
        *allowed = 0;
    if ((got == 0) != (reason == REASON_NONE) || why.reason != reason ||
        (subject != NULL && strcmp(why.subject, subject) != 0)) {
        char *text = json_dumps(object, 0);
        fail_msg("%s %s: %s (%s) instead of %s (%s)", kind_name(k), text, reason_name(why.reason),
                 why.subject, reason_name(reason), subject != NULL ? subject : "");
    }
}

static bool named_in(const char *list, const char *name)
{
    return strstr(list, text_of(" %s ", name)) != NULL;
}

static void every_kind_is_in_the_table(void **state)
{
    bool seen[KIND_COUNT] = { false };
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        assert_false(seen[kinds[i].kind]);
        seen[kinds[i].kind] = true;
        assert_int_equal(kind_of_name(span_str(kind_name(kinds[i].kind))), kinds[i].kind);
    }
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        assert_true(seen[k]);
    assert_int_equal(kind_of_name(span_str("")), KIND_NONE);
    assert_int_equal(kind_of_name(span_str("Genesis")), KIND_NONE);
    assert_int_equal(kind_of_name(span_str("genesi")), KIND_NONE);
    assert_int_equal(kind_of_name(span_str("request ")), KIND_NONE);
    assert_string_equal(kind_name(KIND_NONE), "-");
    assert_string_equal(kind_name(KIND_COUNT), "-");
    assert_string_equal(kind_name(KIND_ANY), "-");
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        assert_int_equal(kind_is_logs((enum kind)k), k == KIND_GENESIS || k == KIND_INDEX ||
                                                         k == KIND_ACCESS || k == KIND_FREEZE);
    assert_string_equal(shape_name(note_shape), "note");
    assert_string_equal(shape_name(subject_shape), "subject");
    assert_string_equal(shape_name(case_shape), "case");
    assert_string_equal(shape_name(table_shape), "table");
    assert_null(shape_name(warrant_ref_shape));
    assert_null(shape_name(NULL));
}

static void records_with_all_their_members_are_good(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = parse(kinds[i].object);
        expect(kinds[i].kind, v, REASON_NONE, NULL);
        json_decref(v);
    }
}

static void each_member_is_needed_or_optional(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = parse(kinds[i].object), *value;
        const char *name;
        json_object_foreach (v, name, value) {
            json_t *without = json_copy(v);
            json_object_del(without, name);
            if (named_in(kinds[i].optional, name))
                expect(kinds[i].kind, without, REASON_NONE, NULL);
            else
                expect(kinds[i].kind, without, REASON_MEMBER_MISSING, name);
            assert_true(kind_has_member(kinds[i].kind, name));
            json_decref(without);
        }
        json_decref(v);
    }
}

/* One member set to a value of the wrong type. */
static void wrong_type(size_t i, const char *name, const json_t *before, const char *wrong)
{
    json_t *v = parse(kinds[i].object), *x = json_loads(wrong, JSON_DECODE_ANY, NULL);
    struct refusal why;
    bool same = (json_is_integer(x) && json_is_integer(before)) ||
                (json_is_true(x) && json_is_boolean(before)) ||
                (json_is_string(x) && json_is_string(before) && json_string_length(x) > 0);
    json_object_set(v, name, x);
    if (!same && json_is_object(x) && json_is_object(before))
        assert_int_equal(kind_check(kinds[i].kind, value_of(v), &why), -1); /* missing or wrong */
    else if (!same)
        expect(kinds[i].kind, v, REASON_MEMBER_WRONG, name);
    json_decref(x);
    json_decref(v);
}

/* Nor an empty one, null, or one in an array. */
static void no_member_takes_a_value_of_another_type(void **state)
{
    static const char *const wrong[] = { "null",        "{}",   "[]",     "\"\"", "true", "1",
                                         "\"\\u00f1\"", "[[]]", "[null]", "[{}]", "[1]" };
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = parse(kinds[i].object), *value;
        const char *name;
        json_object_foreach (v, name, value)
            for (size_t w = 0; w < COUNT(wrong); w++)
                if (!json_is_array(value) || strcmp(wrong[w], "[{}]") != 0)
                    wrong_type(i, name, value, wrong[w]);
        json_decref(v);
    }
}

static void unknown_members_are_refused_at_every_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = parse(kinds[i].object);
        json_object_set_new(v, "note2", json_true());
        expect(kinds[i].kind, v, REASON_MEMBER_UNKNOWN, "note2");
        assert_false(kind_has_member(kinds[i].kind, "note2"));
        json_object_del(v, "note2");
        json_object_set_new(v, "Id", json_true());
        expect(kinds[i].kind, v, REASON_MEMBER_UNKNOWN, "Id");
        json_decref(v);
    }
    /* Genesis has neither id nor under. */
    json_t *v = parse(kinds[0].object);
    json_object_set_new(v, "under", json_null());
    expect(KIND_GENESIS, v, REASON_MEMBER_UNKNOWN, "under");
    json_decref(v);
}

/* The object at a dotted path, the first item of arrays; NULL if the kind has none. */
static json_t *object_at(json_t *v, const char *path)
{
    while (v != NULL && *path != 0) {
        const char *dot = strchr(path, '.');
        size_t n = dot != NULL ? (size_t)(dot - path) : strlen(path);
        v = json_object_get(v, text_of("%.*s", (int)n, path));
        if (json_is_array(v))
            v = json_array_get(v, 0);
        path += n + (dot != NULL);
    }
    return json_is_object(v) ? v : NULL;
}

static void inner_object(size_t i, size_t k, const char *without, bool allowed)
{
    json_t *v = parse(kinds[i].object);
    json_t *object = object_at(v, inner[k].path);
    struct refusal why;
    if (without != NULL)
        json_object_del(object, without);
    else
        json_object_set_new(object, "extra", json_integer(1));
    if ((kind_check(kinds[i].kind, value_of(v), &why) == 0) != allowed)
        fail_msg("%s: %s %s %s", kind_name(kinds[i].kind), inner[k].path,
                 without != NULL ? "without" : "with more", without != NULL ? without : "");
    json_decref(v);
}

static void inner_objects_have_their_members_and_no_others(void **state)
{
    size_t seen = 0;
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++)
        for (size_t k = 0; k < COUNT(inner); k++) {
            json_t *v = parse(kinds[i].object), *value;
            json_t *object = object_at(v, inner[k].path);
            const char *name;
            if (object != NULL) {
                seen++;
                inner_object(i, k, NULL, false);
                json_object_foreach (object, name, value)
                    inner_object(i, k, name, named_in(inner[k].optional, name));
            }
            json_decref(v);
        }
    assert_in_range(seen, COUNT(inner), 1000);
}

/* In a warrant reference, entry and hash come together or not at all. */
static void a_warrant_reference_may_be_bare(void **state)
{
    json_t *v = parse(kinds[10].object);
    json_t *warrant = json_object_get(v, "warrant");
    (void)state;
    assert_int_equal(kinds[10].kind, KIND_REQUEST);
    json_object_del(warrant, "entry");
    expect(KIND_REQUEST, v, REASON_MEMBER_MISSING, "warrant.entry");
    json_object_del(warrant, "hash");
    expect(KIND_REQUEST, v, REASON_NONE, NULL);
    json_object_set_new(warrant, "entry", json_integer(1));
    expect(KIND_REQUEST, v, REASON_MEMBER_MISSING, "warrant.hash");
    json_decref(v);
}

static void a_refusal_says_what_is_allowed(void **state)
{
    static const struct {
        enum kind kind;
        const char *path, *subject;
    } cases[] = {
        { KIND_REVOKE, "reason", "reason (key_compromise, left_office, superseded, other)" },
        { KIND_RATIFICATION, "result", "result (total, partial, refused)" },
        { KIND_ENROLL, "role", "role (registrar, judge, requester, holder, oversight, auditor)" },
        { KIND_ENROLL, "until", "until (YYYY-MM-DDTHH:MM:SS.mmmZ)" },
        { KIND_WARRANT, "data_window", "data_window (from < until, YYYY-MM-DDTHH:MM:SS.mmmZ)" },
        { KIND_REQUEST, "notify.after", "notify.after (YYYY-MM-DDTHH:MM:SS.mmmZ)" },
        { KIND_REQUEST, "persons", "persons" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++)
        for (size_t k = 0; k < COUNT(kinds); k++) {
            if (kinds[k].kind != cases[i].kind)
                continue;
            json_t *v = parse(kinds[k].object);
            bool deeper = strcmp(cases[i].path, "notify.after") == 0;
            struct refusal why;
            json_object_set_new(deeper ? json_object_get(v, "notify") : v,
                                deeper ? "after" : cases[i].path, json_string("robada"));
            assert_int_equal(kind_check(cases[i].kind, value_of(v), &why), -1);
            assert_int_equal(why.reason, REASON_MEMBER_WRONG);
            assert_string_equal(why.subject, cases[i].subject);
            json_decref(v);
        }
}

/* ---- the form of each type ----------------------------------------------------------------- */

/* A member set to a JSON value: is the record still good? */
static void value(enum kind k, const char *path, const char *json, bool good)
{
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (kinds[i].kind != k)
            continue;
        json_t *v = parse(kinds[i].object);
        const char *dot = strrchr(path, '.');
        json_t *object = dot == NULL ? v : object_at(v, text_of("%.*s", (int)(dot - path), path));
        json_t *x = json_loads(json, JSON_DECODE_ANY, NULL);
        struct refusal why;
        assert_true(object != NULL && x != NULL);
        json_object_set_new(object, dot == NULL ? path : dot + 1, x);
        if ((kind_check(k, value_of(v), &why) == 0) != good)
            fail_msg("%s %s = %s", kind_name(k), path, json);
        assert_true(good || why.reason == REASON_MEMBER_WRONG);
        json_decref(v);
    }
}

static const char *repeat(const char *what, size_t n)
{
    struct buf b = { 0 };
    for (size_t i = 0; i < n; i++)
        buf_adds(&b, what);
    const char *text = text_of("%s", buf_str(&b));
    buf_free(&b);
    return text;
}

static void codes_are_plain(void **state)
{
    static const char *const good[] = { "\"az\"", "\"AZ\"", "\"09\"", "\"a.b_c-D\"", "\"a.\"" };
    static const char *const bad[] = { "\"\"",    "\".a\"",  "\"_a\"",  "\"-a\"",
                                       "\"a b\"", "\"a/b\"", "\"a:b\"", "\"ñ\"",
                                       "\"añ\"",  "\" a\"",  "\"a \"" };
    static const char *const members[] = { "authority",     "function",     "level",
                                           "holder",        "source",       "basis",
                                           "ground",        "purpose.code", "case.scheme",
                                           "warrant.court", "subjects.type" };
    (void)state;
    for (size_t m = 0; m < COUNT(members); m++) {
        for (size_t i = 0; i < COUNT(good); i++)
            value(KIND_REQUEST, members[m], good[i], true);
        for (size_t i = 0; i < COUNT(bad); i++)
            value(KIND_REQUEST, members[m], bad[i], false);
        value(KIND_REQUEST, members[m], text_of("\"%s\"", repeat("a", 64)), true);
        value(KIND_REQUEST, members[m], text_of("\"%s\"", repeat("a", 65)), false);
    }
    value(KIND_REQUEST, "categories", "[\"a\",\"b c\"]", false);
    value(KIND_REQUEST, "categories", "[\"a\",1]", false);
}

static void texts_have_1_to_256_bytes(void **state)
{
    (void)state;
    value(KIND_WARRANT, "ref", text_of("\"%s\"", repeat("a", 256)), true);
    value(KIND_WARRANT, "ref", text_of("\"%s\"", repeat("a", 257)), false);
    value(KIND_WARRANT, "ref", text_of("\"%s\"", repeat("ñ", 128)), true);
    value(KIND_WARRANT, "ref", text_of("\"%sa\"", repeat("ñ", 128)), false);
    value(KIND_WARRANT, "ref", text_of("\"%s\"", repeat("\\u00f1", 128)), true); /* unescaped */
    value(KIND_WARRANT, "ref", "\"\"", false);
    value(KIND_TRANSFER, "instrument", text_of("\"%s\"", repeat("a", 257)), false);
}

static void integers_are_whole_numbers(void **state)
{
    (void)state;
    value(KIND_REQUEST, "persons", "0", true);
    value(KIND_REQUEST, "persons", "9007199254740991", true);
    value(KIND_REQUEST, "persons", "\"1\"", false);
    value(KIND_GENESIS, "skew", "1", true);
    value(KIND_GENESIS, "skew", "86400", true);
    value(KIND_GENESIS, "skew", "0", false);
    value(KIND_GENESIS, "skew", "86401", false);
}

static void arrays_have_1_to_256_items(void **state)
{
    (void)state;
    value(KIND_REQUEST, "categories", text_of("[%s\"a\"]", repeat("\"a\",", 255)), true);
    value(KIND_REQUEST, "categories", text_of("[%s\"a\"]", repeat("\"a\",", 256)), false);
    value(KIND_REQUEST, "categories", "[]", false);
    value(KIND_GENESIS, "registrars", "[]", false);
    value(KIND_DESTRUCTION, "blobs", "[]", false);
}

static void the_formats_own_lists_are_closed(void **state)
{
    static const char *const role_names[] = { "registrar", "judge",     "requester",
                                              "holder",    "oversight", "auditor" };
    (void)state;
    for (size_t i = 0; i < COUNT(role_names); i++) {
        value(KIND_ENROLL, "role", text_of("\"%s\"", role_names[i]), true);
        assert_string_equal(role_name(role_of_name(role_names[i])), role_names[i]);
    }
    value(KIND_ENROLL, "role", "\"log\"", false); /* nobody is enrolled for that */
    value(KIND_ENROLL, "role", "\"Judge\"", false);
    assert_int_equal(role_of_name("log"), ROLE_NONE);
    assert_int_equal(role_of_name(""), ROLE_NONE);
    assert_string_equal(role_name(ROLE_LOG), "log");
    assert_string_equal(role_name(ROLE_NONE), "-");
    value(KIND_REVOKE, "reason", "\"key_compromise\"", true);
    value(KIND_REVOKE, "reason", "\"left_office\"", true);
    value(KIND_REVOKE, "reason", "\"other\"", true);
    value(KIND_REVOKE, "reason", "\"fun\"", false);
    value(KIND_RATIFICATION, "result", "\"total\"", true);
    value(KIND_RATIFICATION, "result", "\"refused\"", true);
    value(KIND_RATIFICATION, "result", "\"none\"", false);
}

static void times_ids_and_countries_have_one_form(void **state)
{
    (void)state;
    value(KIND_REQUEST, "at", "\"2026-11-21T16:00:00Z\"", false);
    value(KIND_REQUEST, "at", "\"2026-02-30T16:00:00.000Z\"", false);
    value(KIND_REQUEST, "notify.after", "\"2026-11-21\"", false);
    value(KIND_REQUEST, "id", "\"01234567-89AB-cdef-0123-456789abcdef\"", false);
    value(KIND_REQUEST, "id", "\"0123456789abcdef0123456789abcdef\"", false);
    value(KIND_REQUEST, "id", "\"01234567-89ab-cdef-0123-456789abcde\"", false);
    value(KIND_REQUEST, "id", "\"01234567-89ab-cdef-0123-456789abcdef0\"", false);
    value(KIND_REQUEST, "id", "\"0123456-789ab-cdef-0123-456789abcdef\"", false);
    value(KIND_REQUEST, "id", "\"01234567-89ab-cdef-0123-456789abcdeg\"", false);
    value(KIND_REQUEST, "id", "\"00000000-0000-0000-0000-000000000000\"", true);
    value(KIND_REQUEST, "id", "\"01234567a89ab-cdef-0123-456789abcdef\"", false);
    value(KIND_REQUEST, "id", "\"01234567-89ab-cdef-0123 456789abcdef\"", false);
    value(KIND_REQUEST, "id", "\"0123456--89ab-cdef-0123-456789abcdef\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"MX\"", true);
    value(KIND_TRANSFER, "recipient.country", "\"AZ\"", true);
    value(KIND_TRANSFER, "recipient.country", "\"ZA\"", true);
    value(KIND_TRANSFER, "recipient.country", "\"@A\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"A@\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"[A\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"A[\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"us\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"USA\"", false);
    value(KIND_TRANSFER, "recipient.country", "\"U1\"", false);
    value(KIND_GENESIS, "origin", "\"Log.mx\"", false);
    value(KIND_GENESIS, "origin", "\"-log\"", false);
}

static void base64_members_have_their_lengths(void **state)
{
    static const char *const members[] = { "sealed", "commit" };
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        const char *path = text_of("subjects.%s", members[i]);
        value(KIND_REQUEST, path, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHg==\"", false);
        value(KIND_REQUEST, path, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8A\"", false);
        value(KIND_REQUEST, path, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8\"", false);
        value(KIND_REQUEST, path, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh9=\"", false);
        value(KIND_REQUEST, path, "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh\xC3\xB1=\"", false);
        value(KIND_REQUEST, path, "\"000102030405060708090a0b0c0d0e0f1011121314151617\"", false);
    }
    value(KIND_ENROLL, "proof", HASH, false);
    value(KIND_ERASURE, "blob", PROOF, false);
}

static void tokens_have_at_most_16384_characters(void **state)
{
    char at_most[16390], beyond[16394];
    (void)state;
    memset(at_most, 'A', sizeof at_most);
    memset(beyond, 'A', sizeof beyond);
    at_most[0] = at_most[16385] = beyond[0] = beyond[16389] = '"';
    at_most[16386] = beyond[16390] = 0;
    value(KIND_ANCHOR, "token", at_most, true);
    value(KIND_ANCHOR, "token", beyond, false);
    value(KIND_ANCHOR, "token", "\"\"", false);
    value(KIND_ANCHOR, "token", "\"AA\"", false);
    value(KIND_ANCHOR, "token", "\"AAA*\"", false);
}

static void windows_go_forward(void **state)
{
    (void)state;
    value(KIND_WARRANT, "window", "{\"from\":" LATER ",\"until\":" TIME "}", false);
    value(KIND_WARRANT, "window", "{\"from\":" TIME ",\"until\":" TIME "}", false);
    value(KIND_WARRANT, "window", "{\"from\":" TIME ",\"until\":\"2026-11-21T16:00:00.001Z\"}",
          true);
    value(KIND_WARRANT, "window", "{\"from\":" TIME ",\"until\":null}", false);
    value(KIND_WARRANT, "window", "{\"from\":\"x\",\"until\":" TIME "}", false);
}

static void references_are_an_index_and_a_hash(void **state)
{
    (void)state;
    value(KIND_EXTENSION, "warrant", "{\"entry\":9007199254740991,\"hash\":" HASH "}", true);
    value(KIND_EXTENSION, "warrant", "{\"entry\":\"1\",\"hash\":" HASH "}", false);
    value(KIND_EXTENSION, "warrant", "{\"entry\":1,\"hash\":1}", false);
    value(KIND_EXTENSION, "warrant", "{\"entry\":1,\"hash\":\"AAAA\"}", false);
    value(KIND_EXTENSION, "warrant", "{\"entry\":1,\"hash\":" HASH ",\"ref\":\"x\"}", false);
    value(KIND_REQUEST, "under", "{\"entry\":true,\"hash\":" HASH "}", false);
}

static void a_path_too_long_to_print_is_cut(void **state)
{
    json_t *v = parse(kinds[10].object);
    struct refusal why;
    (void)state;
    json_object_set_new(object_at(v, "purpose.note.to"), repeat("x", 200), json_true());
    assert_int_equal(kind_check(KIND_REQUEST, value_of(v), &why), -1);
    assert_in_range(strlen(why.subject), 1, sizeof why.subject - 1);
    json_object_set_new(v, repeat("y", 300), json_true());
    assert_int_equal(kind_check(KIND_REQUEST, value_of(v), &why), -1);
    assert_in_range(strlen(why.subject), 1, sizeof why.subject - 1);
    json_decref(v);
}

/* ---- roles, references, blobs -------------------------------------------------------------- */

/* The table of roles in docs/FORMATS.md, by role. */
static void roles_sign_what_the_table_says(void **state)
{
    static const char *const signs[ROLE_COUNT] = {
        [ROLE_NONE] = " ",
        [ROLE_LOG] = " genesis index access freeze ",
        [ROLE_REGISTRAR] = " enroll revoke ruleset ",
        [ROLE_JUDGE] = " warrant extension ratification deferral erasure anchor ",
        [ROLE_REQUESTER] =
            " request judicial_notice transfer product closing destruction notice correction ",
        [ROLE_HOLDER] = " response destruction correction ",
        [ROLE_OVERSIGHT] = " notice error_report correction anchor ",
        [ROLE_AUDITOR] = " anchor ",
    };
    (void)state;
    for (int r = ROLE_NONE; r < ROLE_COUNT; r++)
        for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
            if (role_may_sign((enum role)r, (enum kind)k) !=
                named_in(signs[r], kind_name((enum kind)k)))
                fail_msg("%s by %s", kind_name((enum kind)k), role_name((enum role)r));
}

struct visited {
    struct buf text;
    size_t stop_at;
    size_t n;
};

static int visit_ref(void *ctx, const char *member, const struct entry_ref *ref, enum kind target)
{
    struct visited *v = ctx;
    assert_int_equal(ref->entry, 1);
    assert_int_equal(ref->hash[31], 31);
    buf_addf(&v->text, "%s=%s ", member, target == KIND_ANY ? "any" : kind_name(target));
    return ++v->n == v->stop_at ? 3 : 0;
}

static int visit_blob(void *ctx, const char *member, const uint8_t *sha256)
{
    struct visited *v = ctx;
    assert_int_equal(sha256[31], 31);
    buf_addf(&v->text, "%s ", member);
    return ++v->n == v->stop_at ? 3 : 0;
}

/* What points out of each kind with all its members, for both visitors. */
static void references_and_blobs_are_all_visited(void **state)
{
    static const struct {
        enum kind kind;
        const char *refs, *blobs;
    } want[] = {
        { KIND_GENESIS, "", "" },
        { KIND_ENROLL, "", "" },
        { KIND_RULESET, "", "sha256 " },
        { KIND_WARRANT, "subjects.to=enroll ", "subjects.sealed " },
        { KIND_EXTENSION, "warrant=warrant ", "" },
        { KIND_RATIFICATION, "request=request ", "" },
        { KIND_DEFERRAL, "request=request ", "" },
        { KIND_ERASURE, "", "" },
        { KIND_ANCHOR, "index=index ", "" },
        { KIND_INDEX, "", "" },
        { KIND_ACCESS, "", "" },
        { KIND_FREEZE, "", "" },
        { KIND_REQUEST, "warrant=warrant purpose.note.to=enroll subjects.to=enroll ",
          "purpose.note.sealed subjects.sealed " },
        { KIND_JUDICIAL_NOTICE, "request=request ", "" },
        { KIND_TRANSFER, "requests=request ", "" },
        { KIND_PRODUCT, "requests=request ", "" },
        { KIND_CLOSING, "warrant=warrant ", "" },
        { KIND_DESTRUCTION, "requests=request ", "" },
        { KIND_NOTICE, "request=request ", "" },
        { KIND_CORRECTION, "about=any note.to=enroll ", "note.sealed " },
        { KIND_ERROR_REPORT, "about=any note.to=enroll ", "note.sealed " },
        { KIND_RESPONSE, "request=request ", "" },
    };
    (void)state;
    for (size_t w = 0; w < COUNT(want); w++)
        for (size_t i = 0; i < COUNT(kinds); i++) {
            if (kinds[i].kind != want[w].kind)
                continue;
            json_t *v = parse(kinds[i].object);
            struct visited seen = { .n = 0 };
            assert_int_equal(kind_visit_refs(want[w].kind, value_of(v), visit_ref, &seen), 0);
            assert_string_equal(buf_str(&seen.text), want[w].refs);
            buf_clear(&seen.text);
            assert_int_equal(kind_visit_blobs(want[w].kind, value_of(v), visit_blob, &seen), 0);
            assert_string_equal(buf_str(&seen.text), want[w].blobs);
            buf_free(&seen.text);
            json_decref(v);
        }
}

static int visit_sealed(void *ctx, const char *member, const struct sealed *s)
{
    struct visited *v = ctx;
    assert_int_equal(s->to.entry, 1);
    assert_true(s->commit[0] == 1 && s->sealed[0] == 2 && s->to.hash[0] == 0);
    buf_addf(&v->text, "%s=%s ", member, s->type);
    return ++v->n == v->stop_at ? 3 : 0;
}

/* Three that differ in what they commit to and seal. */
static void subjects_and_notes_are_all_visited(void **state)
{
#define SEALED_AS                                                                                  \
    "\"commit\":\"AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"sealed\":"                      \
    "\"AgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\",\"to\":" REF "}"
    json_t *v = parse(kinds[10].object);
    struct visited seen = { .n = 0 };
    (void)state;
    json_object_set_new(v, "subjects",
                        json_pack("[oo]", parse("{\"type\":\"curp\"," SEALED_AS),
                                  parse("{\"type\":\"phone\"," SEALED_AS)));
    json_object_set_new(json_object_get(v, "purpose"), "note", parse("{" SEALED_AS));
    struct refusal why;
    assert_int_equal(kind_check(KIND_REQUEST, value_of(v), &why), 0);
    assert_int_equal(kind_visit_sealed(value_of(v), visit_sealed, &seen), 0);
    assert_string_equal(buf_str(&seen.text), "purpose.note=note subjects=curp subjects=phone ");
    for (size_t stop = 1; stop <= 3; stop++) {
        seen.n = 0;
        seen.stop_at = stop;
        assert_int_equal(kind_visit_sealed(value_of(v), visit_sealed, &seen), 3);
        assert_int_equal(seen.n, stop);
    }
    buf_free(&seen.text);
    json_decref(v);
}

/* As many as kind_visit_blobs() finds, of every kind; but a ruleset's file is not sealed. */
static int count_sealed(void *ctx, const char *member, const struct sealed *s)
{
    size_t *n = ctx;
    assert_true(member[0] != 0 && s->type[0] != 0);
    ++*n;
    return 0;
}

static void what_is_sealed_is_visited_in_every_kind(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        json_t *v = parse(kinds[i].object);
        struct visited blobs = { .n = 0 };
        size_t n = 0;
        assert_int_equal(kind_visit_blobs(kinds[i].kind, value_of(v), visit_blob, &blobs), 0);
        assert_int_equal(kind_visit_sealed(value_of(v), count_sealed, &n), 0);
        if (n != (kinds[i].kind == KIND_RULESET ? 0 : blobs.n))
            fail_msg("%s: %zu", kind_name(kinds[i].kind), n);
        buf_free(&blobs.text);
        json_decref(v);
    }
}

static void a_visitor_can_stop(void **state)
{
    json_t *v = parse(kinds[10].object);
    (void)state;
    for (size_t stop = 1; stop <= 3; stop++) {
        struct visited seen = { .stop_at = stop };
        assert_int_equal(kind_visit_refs(KIND_REQUEST, value_of(v), visit_ref, &seen), 3);
        assert_int_equal(seen.n, stop);
        buf_free(&seen.text);
    }
    struct visited seen = { .stop_at = 1 };
    assert_int_equal(kind_visit_blobs(KIND_REQUEST, value_of(v), visit_blob, &seen), 3);
    assert_int_equal(seen.n, 1);
    buf_free(&seen.text);
    json_decref(v);
}

static size_t longest(const struct member *list, size_t before)
{
    size_t n = 0, most = before;
    for (; list != NULL && list[n].name != NULL; n++) {
        size_t below = longest(list[n].type == TYPE_OBJECT ? list[n].shape : NULL, 0);
        most = below > most ? below : most;
    }
    return n > most ? n : most;
}

/* The judge of forms has room for 24, and would refuse those beyond. */
static void no_object_has_more_members_than_there_is_room_for(void **state)
{
    size_t most = longest(common_members, 0);
    (void)state;
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        most = longest(kind_table[k].members, most);
    assert_in_range(most, 10, 24);
}

static void roles_put_and_read_what_the_table_says(void **state)
{
    static const struct {
        bool put, read, access;
    } may[ROLE_COUNT] = {
        [ROLE_REGISTRAR] = { true, false, false }, [ROLE_JUDGE] = { true, true, false },
        [ROLE_REQUESTER] = { true, false, false }, [ROLE_HOLDER] = { true, false, false },
        [ROLE_OVERSIGHT] = { true, true, true },   [ROLE_AUDITOR] = { false, true, true },
    };
    (void)state;
    for (int r = ROLE_NONE; r < ROLE_COUNT; r++) {
        assert_int_equal(role_may_put_blobs((enum role)r), may[r].put);
        assert_int_equal(role_may_read_blobs((enum role)r), may[r].read);
        assert_int_equal(role_may_read_access((enum role)r), may[r].access);
    }
}

static void what_has_no_text_allows_none(void **state)
{
    (void)state;
    assert_false(type_allows(TYPE_BOOL, span_str("a")));
    assert_false(type_allows(TYPE_OBJECT, span_str("a")));
    assert_int_equal(kind_of_name(fenced(span_str(""))), KIND_NONE);
    assert_int_equal(kind_of_name(fenced(span_str("genesi"))), KIND_NONE);
    assert_true(kind_has_member(KIND_GENESIS, "vkey"));
    assert_false(kind_has_member(KIND_GENESIS, "under"));
    assert_true(kind_has_member(KIND_ENROLL, "under"));
}

static void a_reference_says_both(void **state)
{
    static const char *const bad[] = { "{}",
                                       "{\"entry\":1}",
                                       "{\"hash\":" HASH "}",
                                       "{\"entry\":\"1\",\"hash\":" HASH "}",
                                       "{\"entry\":true,\"hash\":" HASH "}",
                                       "{\"entry\":1,\"hash\":1}",
                                       "{\"entry\":1,\"hash\":\"AA==\"}" };
    struct entry_ref ref;
    (void)state;
    json_t *v = parse("{\"entry\":1,\"hash\":" HASH "}");
    assert_int_equal(entry_ref_parse(&ref, value_of(v)), 0);
    json_decref(v);
    for (size_t i = 0; i < COUNT(bad); i++) {
        v = parse(bad[i]);
        if (entry_ref_parse(&ref, value_of(v)) == 0)
            fail_msg("%s", bad[i]);
        json_decref(v);
    }
}

static void a_name_of_a_member_is_cut_at_89(void **state)
{
    struct refusal why;
    (void)state;
    for (unsigned n = 88; n <= 91; n++) {
        json_t *v = parse(kinds[10].object);
        json_object_set_new(v, repeat("y", n), json_true());
        assert_int_equal(kind_check(KIND_REQUEST, value_of(v), &why), -1);
        assert_int_equal(strlen(why.subject), n < 89 ? n : 89);
        json_decref(v);
    }
}

static int visit_text(void *ctx, const char *member, bool is_text, struct span text)
{
    struct visited *v = ctx;
    buf_addf(&v->text, "%s%s=%.*s ", member, is_text ? "!" : "", (int)text.n, (const char *)text.p);
    return 0;
}

/* No times, hashes, tokens or numbers; of a key its name. */
static void texts_that_somebody_chose_are_visited_whole(void **state)
{
    struct visited seen = { .n = 0 };
    (void)state;
    json_t *v = parse("{\"vkey\":\"a.b+01020304+AAAA\",\"role\":\"holder\",\"authority\":\"x-y\","
                      "\"level\":\"federal\",\"from\":\"2026-01-01T00:00:00.000Z\","
                      "\"at\":\"2026-01-01T00:00:00.000Z\",\"possession\":\"AAAA\"}");
    assert_int_equal(kind_visit_texts(KIND_ENROLL, value_of(v), visit_text, &seen), 0);
    assert_string_equal(buf_str(&seen.text), "vkey=a.b authority=x-y level=federal ");
    json_decref(v);
    buf_clear(&seen.text);
    v = parse("{\"ref\":\"37/2026 + "
              "GOMC\",\"expires\":\"2026-01-01T00:00:00.000Z\"}");
    assert_int_equal(kind_visit_texts(KIND_WARRANT, value_of(v), visit_text, &seen), 0);
    assert_string_equal(buf_str(&seen.text), "ref!=37/2026 + GOMC ");
    json_decref(v);
    buf_free(&seen.text);
}

/* Nothing of the one that was checked before is taken for its own. */
static void a_window_without_a_time_is_none_behind_a_good_one(void **state)
{
    static const char *const windows[] = { "{\"from\":" TIME ",\"until\":" LATER "}",
                                           "{\"from\":\"x\",\"until\":" LATER "}",
                                           "{\"from\":" TIME ",\"until\":\"x\"}" };
    const struct value *of[COUNT(windows)];
    json_t *v[COUNT(windows)];
    struct refusal why;
    size_t warrant = 0;
    (void)state;
    while (kinds[warrant].kind != KIND_WARRANT)
        warrant++;
    for (size_t i = 0; i < COUNT(windows); i++) {
        v[i] = parse(kinds[warrant].object);
        json_object_set_new(v[i], "window", json_loads(windows[i], 0, NULL));
        of[i] = value_of(v[i]);
    }
    for (size_t i = 1; i < COUNT(windows); i++) {
        assert_int_equal(kind_check(KIND_WARRANT, of[0], &why), 0);
        assert_int_equal(kind_check(KIND_WARRANT, of[i], &why), -1);
    }
    for (size_t i = 0; i < COUNT(windows); i++)
        json_decref(v[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_kind_is_in_the_table),
        cmocka_unit_test(records_with_all_their_members_are_good),
        cmocka_unit_test(each_member_is_needed_or_optional),
        cmocka_unit_test(no_member_takes_a_value_of_another_type),
        cmocka_unit_test(unknown_members_are_refused_at_every_level),
        cmocka_unit_test(inner_objects_have_their_members_and_no_others),
        cmocka_unit_test(a_warrant_reference_may_be_bare),
        cmocka_unit_test(a_refusal_says_what_is_allowed),
        cmocka_unit_test(codes_are_plain),
        cmocka_unit_test(texts_have_1_to_256_bytes),
        cmocka_unit_test(integers_are_whole_numbers),
        cmocka_unit_test(arrays_have_1_to_256_items),
        cmocka_unit_test(the_formats_own_lists_are_closed),
        cmocka_unit_test(times_ids_and_countries_have_one_form),
        cmocka_unit_test(base64_members_have_their_lengths),
        cmocka_unit_test(tokens_have_at_most_16384_characters),
        cmocka_unit_test(windows_go_forward),
        cmocka_unit_test(references_are_an_index_and_a_hash),
        cmocka_unit_test(a_path_too_long_to_print_is_cut),
        cmocka_unit_test(roles_sign_what_the_table_says),
        cmocka_unit_test(references_and_blobs_are_all_visited),
        cmocka_unit_test(subjects_and_notes_are_all_visited),
        cmocka_unit_test(what_is_sealed_is_visited_in_every_kind),
        cmocka_unit_test(a_visitor_can_stop),
        cmocka_unit_test(no_object_has_more_members_than_there_is_room_for),
        cmocka_unit_test(roles_put_and_read_what_the_table_says),
        cmocka_unit_test(what_has_no_text_allows_none),
        cmocka_unit_test(a_reference_says_both),
        cmocka_unit_test(a_name_of_a_member_is_cut_at_89),
        cmocka_unit_test(texts_that_somebody_chose_are_visited_whole),
        cmocka_unit_test(a_window_without_a_time_is_none_behind_a_good_one),
    };
    return cmocka_run_group_tests_name("kind", tests, NULL, NULL);
}
