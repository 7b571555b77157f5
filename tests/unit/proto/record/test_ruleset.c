#include "tests/unit/fixture.h"

#include <stdlib.h>

#include "proto/record/member.h"
#include "proto/record/ruleset.h"

/* The built-in file, to be spoilt in one place. */
static json_t *builtin(void)
{
    struct span file = ruleset_builtin();
    json_t *v = json_loadb((const char *)file.p, file.n, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(v);
    return v;
}

static struct ruleset *parse(json_t *file, struct refusal *why)
{
    char *text = json_dumps(file, 0);
    assert_non_null(text);
    struct ruleset *r = ruleset_parse(span_str(text), why);
    free(text);
    return r;
}

static void expect(const char *what, struct ruleset *r, const struct refusal *why,
                   const char *subject)
{
    if (subject == NULL && r == NULL)
        fail_msg("%s: %s (%s)", what, reason_name(why->reason), why->subject);
    if (subject != NULL &&
        (r != NULL || why->reason != REASON_RULESET_FORM || strcmp(why->subject, subject) != 0))
        fail_msg("%s: %s (%s) instead of (%s)", what, r == NULL ? reason_name(why->reason) : "good",
                 r == NULL ? why->subject : "", subject);
    ruleset_free(r);
}

/* What stands at a path such as "codes/level/0". */
static json_t *at(json_t *v, const char *path, size_t n)
{
    while (n > 0) {
        const char *slash = memchr(path, '/', n);
        size_t step = slash == NULL ? n : (size_t)(slash - path);
        v = json_is_array(v) ? json_array_get(v, (size_t)atoi(path))
                             : json_object_getn(v, path, step);
        assert_non_null(v);
        n -= slash == NULL ? n : step + 1;
        path += slash == NULL ? 0 : step + 1;
    }
    return v;
}

/* Puts a value (NULL: nothing) at a path of the built-in file, and expects it to be refused for
 * subject (NULL: to be good). */
static void edit(const char *path, const char *value, const char *subject)
{
    struct refusal why = { .reason = REASON_NONE };
    json_t *file = builtin(), *v = NULL;
    const char *slash = strrchr(path, '/'), *last = slash == NULL ? path : slash + 1;
    json_t *parent = at(file, path, slash == NULL ? 0 : (size_t)(slash - path));
    if (value != NULL) {
        v = json_loads(value, JSON_DECODE_ANY, NULL);
        assert_non_null(v);
    }
    assert_int_equal(v == NULL               ? json_object_del(parent, last)
                     : json_is_array(parent) ? json_array_append_new(parent, v)
                                             : json_object_set_new(parent, last, v),
                     0);
    struct ruleset *r = parse(file, &why);
    expect(text_of("%s = %s", path, value == NULL ? "nothing" : value), r, &why, subject);
    json_decref(file);
}

/* A string of n bytes, with its quotes. */
static const char *long_text(size_t n)
{
    static char text[300];
    memset(text, 'x', sizeof text);
    text[0] = text[n + 1] = '"';
    text[n + 2] = 0;
    return text;
}

static void the_built_in_one_is_good(void **state)
{
    struct refusal why;
    struct hash sha256;
    (void)state;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    assert_non_null(r);
    json_t *file = builtin();
    assert_string_equal(ruleset_name(r), "mx");
    assert_string_equal(ruleset_version(r), json_string_value(json_object_get(file, "version")));
    assert_string_equal(json_string_value(json_object_get(file, "from")),
                        "2025-07-17T00:00:00.000Z");
    assert_true(ruleset_from(r) == INT64_C(1752710400000));
    json_decref(file);
    hash_bytes(&sha256, ruleset_builtin());
    assert_true(hash_eq(&sha256, ruleset_sha256(r)));
    ruleset_free(r);
    ruleset_free(NULL);
}

static void what_is_not_json_is_refused(void **state)
{
    static const char *const bad[] = {
        "",
        "{",
        "{} {}",
        "{\"name\":\"a\",\"name\":\"b\"}",
        "{\"name\":\"\\u0000\"}",
        "{\"name\":\"\xff\"}",
        "{'name':1}",
    };
    struct refusal why;
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_null(ruleset_parse(span_str(bad[i]), &why));
        assert_int_equal(why.reason, REASON_RULESET_FORM);
        assert_true(why.subject[0] != 0 && strcmp(why.subject, "name") != 0);
    }
    expect("a list", ruleset_parse(span_str("[]"), &why), &why, "name");
}

static void the_file_has_at_most_1_mib(void **state)
{
    struct refusal why;
    struct buf file = { 0 };
    (void)state;
    buf_add_span(&file, ruleset_builtin());
    while (file.n < RULESET_MAX)
        buf_add_u8(&file, ' ');
    expect("1 MiB", ruleset_parse(buf_span(&file), &why), &why, NULL);
    buf_add_u8(&file, ' ');
    expect("1 MiB and a byte", ruleset_parse(buf_span(&file), &why), &why, "more than 1 MiB");
    buf_free(&file);
}

static void every_member_must_be_there(void **state)
{
    static const char *const members[] = { "name",  "version", "from",
                                           "codes", "aliases", "categories",
                                           "basis", "hours",   "notify_days" };
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++)
        edit(members[i], NULL, members[i]);
    edit("colour", "1", "an object");
}

static void name_version_from_and_numbers(void **state)
{
    static const char *const texts[] = { "name", "version" }, *const numbers[] = { "hours",
                                                                                   "notify_days" };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        edit(texts[i], "1", texts[i]);
        edit(texts[i], "\"\"", texts[i]);
        edit(texts[i], long_text(257), texts[i]);
        edit(texts[i], long_text(256), NULL);
        edit(texts[i], "\"M\\u00e9xico\"", NULL);
        edit(texts[i], "\"a\\u001bb\"", texts[i]); /* no record could say it */
        edit(texts[i], "\"a\\u202eb\"", texts[i]);
    }
    for (size_t i = 0; i < COUNT(numbers); i++) {
        edit(numbers[i], "\"96\"", numbers[i]);
        edit(numbers[i], "96.0", numbers[i]);
        edit(numbers[i], "0", numbers[i]);
        edit(numbers[i], "-1", numbers[i]);
        edit(numbers[i], "1", NULL);
        edit(numbers[i], "1000000", NULL);
        edit(numbers[i], "1000001", numbers[i]); /* deadlines are reckoned in milliseconds */
    }
    edit("from", "1", "from");
    edit("from", "\"2026-02-29T00:00:00.000Z\"", "from");
    edit("from", "\"2028-02-29T00:00:00.000Z\"", NULL);
}

static const char *const lists[] = {
    "level",   "function",      "sector", "matter",      "basis",
    "ground",  "purpose",       "source", "case_scheme", "subject_type",
    "outcome", "product_class", "means",  "cause",       "deferral_reason",
};

static void every_vocabulary_has_codes_none_twice(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++) {
        const char *list = text_of("codes/%s", lists[i]), *item = text_of("codes/%s/+", lists[i]);
        edit(list, NULL, lists[i]);
        edit(list, "[]", lists[i]);
        edit(list, "{\"x\":1}", lists[i]);
        edit(list, "\"x\"", lists[i]);
        edit(item, "1", lists[i]);
        edit(item, "\"a code\"", lists[i]);
        edit(item, "\"\"", lists[i]);
        edit(item, "\"fresh\"", NULL);
        json_t *file = builtin();
        char *first = json_dumps(at(file, text_of("codes/%s/0", lists[i]), strlen(lists[i]) + 8),
                                 JSON_ENCODE_ANY);
        edit(item, first, lists[i]);
        free(first);
        json_decref(file);
    }
    edit("codes/category", "[\"x\"]", "codes"); /* that is what `categories` is for */
    edit("codes/colour", "[\"x\"]", "codes");
    edit("codes", "[]", "level");
}

static void categories_say_what_the_law_says_of_a_judge(void **state)
{
    static const char *const judge[] = { "before",     "before_or_emergency", "contested",
                                         "unresolved", "not_needed",          "none_stated" };
    (void)state;
    for (size_t i = 0; i < COUNT(judge); i++)
        edit("categories/x", text_of("{\"judge\":\"%s\",\"basis\":[]}", judge[i]), NULL);
    edit("categories/x", "{\"judge\":\"before\",\"level\":\"state\",\"basis\":[\"OTHER\"]}", NULL);
    edit("categories", "{}", "categories");
    edit("categories", "[{\"judge\":\"before\",\"basis\":[]}]", "categories");
    edit("categories/a code", "{\"judge\":\"before\",\"basis\":[]}", "categories");
    edit("categories/x", "[]", "categories");
    edit("categories/x", "{\"basis\":[]}", "categories");
    edit("categories/x", "{\"judge\":\"after\",\"basis\":[]}", "categories");
    edit("categories/x", "{\"judge\":1,\"basis\":[]}", "categories");
    edit("categories/x", "{\"judge\":\"before\"}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"level\":\"state\"}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"basis\":{}}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"basis\":[\"NONE\"]}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"basis\":[1]}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"basis\":[\"LFTR-190\"]}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"level\":\"local\",\"basis\":[]}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"level\":1,\"basis\":[]}", "categories");
    edit("categories/x", "{\"judge\":\"before\",\"basis\":[],\"more\":1}", "categories");
}

static void the_legal_bases_say_who_is_empowered(void **state)
{
    (void)state;
    edit("basis", "{}", NULL);
    edit("basis", "[]", "basis");
    edit("basis/OTHER", "{\"functions\":[],\"levels\":[]}", NULL);
    edit("basis/OTHER", "{\"functions\":[\"police\"],\"levels\":[\"municipal\"]}", NULL);
    edit("basis/NONE", "{\"functions\":[],\"levels\":[]}", "basis");
    edit("basis/LFTR-190", "{\"functions\":[],\"levels\":[]}", "basis");
    edit("basis/OTHER", "[]", "functions");
    edit("basis/OTHER", "{\"levels\":[]}", "functions");
    edit("basis/OTHER", "{\"functions\":[]}", "levels");
    edit("basis/OTHER", "{\"functions\":[],\"levels\":[],\"more\":1}", "basis");
    edit("basis/OTHER", "{\"functions\":\"police\",\"levels\":[]}", "functions");
    edit("basis/OTHER", "{\"functions\":[\"telecom\"],\"levels\":[]}", "functions");
    edit("basis/OTHER", "{\"functions\":[],\"levels\":[\"local\"]}", "levels");
    edit("basis/OTHER", "{\"functions\":[],\"levels\":{}}", "levels");
}

static void an_alias_stands_for_a_listed_code(void **state)
{
    (void)state;
    edit("aliases", "{}", NULL);
    edit("aliases", "[]", "aliases");
    edit("aliases/x", "\"CNPP-291\"", NULL);
    edit("aliases/x", "1", "aliases");
    edit("aliases/x", "\"nothing\"", "aliases");
    edit("aliases/x", "\"LFTR-190\"", "aliases"); /* itself an alias */
    edit("aliases/x", "\"x\"", "aliases");
    edit("aliases/a code", "\"CNPP-291\"", "aliases");
    edit("aliases/CNPP-303", "\"CNPP-291\"", "aliases"); /* a code of that vocabulary */
    edit("aliases/CNPP-291", "\"CNPP-291\"", "aliases");
    edit("aliases/telecom", "\"police\"", "aliases"); /* of function_or_sector */
    edit("aliases/CURP", "\"curp\"", "aliases");      /* of a type of identifier */
    edit("aliases/CNPP-291", "\"bank\"", NULL);       /* of another one: both are told apart */
}

/* ---- asking it ------------------------------------------------------------------------------- */

/* One file for what follows: aliases of codes of several vocabularies, too. */
static struct ruleset *aliased(void)
{
    struct refusal why;
    json_t *file = builtin();
    assert_int_equal(json_object_set_new(at(file, "aliases", 7), "prensa", json_string("other")),
                     0);
    assert_int_equal(
        json_object_set_new(at(file, "aliases", 7), "cdr", json_string("traffic_retained")), 0);
    struct ruleset *r = parse(file, &why);
    assert_non_null(r);
    json_decref(file);
    return r;
}

static void codes_stand_for_themselves_aliases_for_codes(void **state)
{
    struct ruleset *r = aliased();
    (void)state;
    assert_string_equal(ruleset_code(r, VOCABULARY_BASIS, "LMTR-183"), "LMTR-183");
    assert_string_equal(ruleset_code(r, VOCABULARY_BASIS, "LFTR-190"), "LMTR-183");
    assert_string_equal(ruleset_code(r, VOCABULARY_CATEGORY, "cdr"), "traffic_retained");
    assert_string_equal(ruleset_code(r, VOCABULARY_MATTER, "prensa"), "other");
    assert_string_equal(ruleset_code(r, VOCABULARY_FUNCTION_OR_SECTOR, "prensa"), "other");
    assert_null(ruleset_code(r, VOCABULARY_SUBJECT_TYPE, "prensa")); /* never of these */
    assert_null(ruleset_code(r, VOCABULARY_LEVEL, "prensa"));        /* which has no `other` */
    assert_null(ruleset_code(r, VOCABULARY_CATEGORY, "LFTR-190"));
    assert_null(ruleset_code(r, VOCABULARY_BASIS, "lmtr-183"));
    assert_null(ruleset_code(r, VOCABULARY_BASIS, ""));
    assert_null(ruleset_code(r, VOCABULARY_NONE, "x"));
    ruleset_free(r);
}

static void list(void *ctx, const char *code)
{
    buf_addf(ctx, "%s ", code);
}

static void codes_come_as_they_are_listed_then_aliases(void **state)
{
    struct ruleset *r = aliased();
    struct buf b = { 0 };
    (void)state;
    ruleset_each_code(r, VOCABULARY_SECTOR, list, &b);
    assert_string_equal(buf_str(&b), "telecom bank health transport commerce public ");
    buf_clear(&b);
    ruleset_each_code(r, VOCABULARY_FUNCTION_OR_SECTOR, list, &b);
    assert_string_equal(buf_str(&b),
                        "prosecution police intelligence fiscal_financial search_commission "
                        "military court oversight other telecom bank health transport commerce "
                        "public prensa ");
    buf_clear(&b);
    ruleset_each_code(r, VOCABULARY_CATEGORY, list, &b);
    assert_true(span_starts(buf_span(&b), "comms_content_live comms_content_stored "));
    assert_true(b.n > 5 && strcmp(buf_str(&b) + b.n - 5, " cdr ") == 0);
    buf_free(&b);
    ruleset_free(r);
}

/* Where each vocabulary is used: the member with a known code of it (%s), and what the path is. */
static const struct {
    enum kind kind;
    const char *good, *bad, *object, *path;
} uses[] = {
    { KIND_ENROLL, "state", "local", "{\"level\":\"%s\"}", "level" },
    { KIND_ENROLL, "court", "court_", "{\"function\":\"%s\"}", "function" },
    { KIND_ENROLL, "bank", "FUB", "{\"function\":\"%s\"}", "function" },
    { KIND_WARRANT, "criminal", "police", "{\"matter\":\"%s\"}", "matter" },
    { KIND_WARRANT, "video", "vhs", "{\"categories\":[\"bank\",\"%s\"]}", "categories" },
    { KIND_WARRANT, "plate", "dish", "{\"subjects\":[{\"type\":\"imei\"},{\"type\":\"%s\"}]}",
      "subjects.type" },
    { KIND_WARRANT, "FUB", "fub", "{\"case\":{\"scheme\":\"%s\"}}", "case.scheme" },
    { KIND_RATIFICATION, "bank", "telecom", "{\"categories\":[\"%s\"]}", "categories" },
    { KIND_DEFERRAL, "risk_to_life", "risk", "{\"reason\":\"%s\"}", "reason" },
    { KIND_REQUEST, "police", "telecom", "{\"function\":\"%s\"}", "function" },
    { KIND_REQUEST, "foreign", "alien", "{\"level\":\"%s\"}", "level" },
    { KIND_REQUEST, "device", "devices", "{\"source\":\"%s\"}", "source" },
    { KIND_REQUEST, "fiscal", "health_records", "{\"categories\":[\"%s\"]}", "categories" },
    { KIND_REQUEST, "LFTR-189", "LFTR-191", "{\"basis\":\"%s\"}", "basis" },
    { KIND_REQUEST, "extortion", "emergency", "{\"ground\":\"%s\"}", "ground" },
    { KIND_REQUEST, "OFICIO", "oficio", "{\"case\":{\"scheme\":\"%s\"}}", "case.scheme" },
    { KIND_REQUEST, "emergency", "extortion", "{\"purpose\":{\"code\":\"%s\"}}", "purpose.code" },
    { KIND_REQUEST, "person", "persons", "{\"subjects\":[{\"type\":\"%s\"}]}", "subjects.type" },
    { KIND_PRODUCT, "alert", "alarm", "{\"class\":\"%s\"}", "class" },
    { KIND_NOTICE, "post", "pigeon", "{\"means\":\"%s\"}", "means" },
    { KIND_CORRECTION, "clerical", "error", "{\"cause\":\"%s\"}", "cause" },
    { KIND_ERROR_REPORT, "technical", "none", "{\"cause\":\"%s\"}", "cause" },
    { KIND_RESPONSE, "none_held", "none", "{\"outcome\":\"%s\"}", "outcome" },
};

static void codes_of_every_vocabulary_are_checked(void **state)
{
    bool seen[VOCABULARY_COUNT] = { [VOCABULARY_NONE] = true, [VOCABULARY_SECTOR] = true };
    struct refusal why;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    (void)state;
    for (size_t i = 0; i < COUNT(uses); i++) {
        char text[200];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(text, sizeof text, uses[i].object, uses[i].good);
        json_t *v = json_loads(text, 0, NULL);
        if (ruleset_check(r, uses[i].kind, value_of(v), &why) != 0)
            fail_msg("%s: %s", text, why.subject);
        json_decref(v);
        snprintf(text, sizeof text, uses[i].object, uses[i].bad);
#pragma GCC diagnostic pop
        v = json_loads(text, 0, NULL);
        if (ruleset_check(r, uses[i].kind, value_of(v), &why) == 0)
            fail_msg("%s is good", text);
        assert_int_equal(why.reason, REASON_CODE_UNKNOWN);
        /* What was put where a type of identifier belongs may be the identifier. */
        if (strcmp(uses[i].path, "subjects.type") == 0)
            assert_string_equal(why.subject, uses[i].path);
        else
            assert_string_equal(why.subject, text_of("%s: %s", uses[i].path, uses[i].bad));
        json_decref(v);
    }
    for (size_t i = 0; i < COUNT(uses); i++) /* that the table above has them all */
        for (int v = 1; v < VOCABULARY_COUNT; v++)
            if (ruleset_code(r, v, uses[i].good) != NULL && ruleset_code(r, v, uses[i].bad) == NULL)
                seen[v] = true;
    for (int v = 0; v < VOCABULARY_COUNT; v++)
        assert_true(seen[v]);
    ruleset_free(r);
}

static void authorities_and_holders_are_nobody_s_vocabulary(void **state)
{
    struct refusal why;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    json_t *v = json_loads("{\"authority\":\"x.y\",\"holder\":\"z\",\"warrant\":{\"ref\":\"r\","
                           "\"court\":\"c\",\"entry\":1,\"hash\":\"h\"}}",
                           0, NULL);
    (void)state;
    assert_int_equal(ruleset_check(r, KIND_REQUEST, value_of(v), &why), 0);
    assert_int_equal(ruleset_check(r, KIND_DESTRUCTION, value_of(v), &why), 0);
    json_decref(v);
    ruleset_free(r);
}

static void a_record_names_its_file(void **state)
{
    static const char *const members[] = { "name", "version", "sha256" };
    struct refusal why;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    struct buf hash = { 0 };
    (void)state;
    buf_add_base64(&hash, ruleset_sha256(r)->b, HASH_BYTES);
    json_t *v = json_pack("{s:s,s:s,s:s,s:s}", "name", "mx", "version", ruleset_version(r), "from",
                          "2030-01-01T00:00:00.000Z", "sha256", buf_str(&hash));
    assert_int_equal(ruleset_is(r, value_of(v), &why), 0); /* in force when the record says */
    for (size_t i = 0; i < COUNT(members); i++) {
        json_t *other = json_copy(v);
        json_object_set_new(
            other, members[i],
            json_string(i < 2 ? "mx2" : "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="));
        assert_int_equal(ruleset_is(r, value_of(other), &why), -1);
        assert_int_equal(why.reason, REASON_BLOB_RULESET);
        json_object_del(other, members[i]);
        assert_int_equal(ruleset_is(r, value_of(other), &why), -1);
        json_decref(other);
    }
    json_decref(v);
    buf_free(&hash);
    ruleset_free(r);
}

static struct ruleset *with(const char *path, const char *value)
{
    struct refusal why;
    json_t *file = builtin(), *v = json_loads(value, JSON_DECODE_ANY, NULL);
    const char *slash = strrchr(path, '/');
    json_object_set_new(at(file, path, slash == NULL ? 0 : (size_t)(slash - path)),
                        slash == NULL ? path : slash + 1, v);
    struct ruleset *r = parse(file, &why);
    if (r == NULL)
        fail_msg("%s", why.subject);
    json_decref(file);
    return r;
}

static void who_is_empowered_is_what_the_file_says(void **state)
{
    static const struct {
        const char *basis;
        enum empowered
            want[4]; /* prosecution federal, police federal, prosecution state, both no */
    } cases[] = {
        { "{\"functions\":[\"police\",\"prosecution\"],\"levels\":[\"state\",\"federal\"]}",
          { EMPOWERED, EMPOWERED, EMPOWERED, EMPOWERED_NOT } },
        { "{\"functions\":[\"prosecution\"],\"levels\":[\"federal\"]}",
          { EMPOWERED, EMPOWERED_NOT, EMPOWERED_NOT, EMPOWERED_NOT } },
        { "{\"functions\":[],\"levels\":[\"federal\"]}",
          { EMPOWERED_UNKNOWN, EMPOWERED_UNKNOWN, EMPOWERED_NOT, EMPOWERED_NOT } },
        { "{\"functions\":[\"prosecution\"],\"levels\":[]}",
          { EMPOWERED_UNKNOWN, EMPOWERED_NOT, EMPOWERED_UNKNOWN, EMPOWERED_NOT } },
        { "{\"functions\":[],\"levels\":[]}",
          { EMPOWERED_UNKNOWN, EMPOWERED_UNKNOWN, EMPOWERED_UNKNOWN, EMPOWERED_UNKNOWN } },
    };
    static const char *const who[4][2] = { { "prosecution", "federal" },
                                           { "police", "federal" },
                                           { "prosecution", "state" },
                                           { "intelligence", "municipal" } };
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct ruleset *r = with("basis/LMTR-182", cases[i].basis);
        for (size_t w = 0; w < COUNT(who); w++) {
            assert_int_equal(ruleset_empowers(r, "LMTR-182", who[w][0], who[w][1]),
                             cases[i].want[w]);
            assert_int_equal(ruleset_empowers(r, "LFTR-189", who[w][0], who[w][1]),
                             cases[i].want[w]); /* its alias */
            assert_int_equal(ruleset_empowers(r, "nothing", who[w][0], who[w][1]),
                             EMPOWERED_UNKNOWN);
        }
        ruleset_free(r);
    }
}

static void a_country_is_two_letters_and_no_more(void **state)
{
    static const char *const names[][2] = {
        { "mx", "MX" },   { "az-1", "AZ" }, { "ZA law", "ZA" }, { "za.x", "ZA" }, { "aZ/", "AZ" },
        { "Az:x", "AZ" }, { "mx[", "MX" },  { "m", NULL },      { "m1", NULL },   { "1m", NULL },
        { "mxa", NULL },  { "mxZ", NULL },  { "mx0", NULL },    { "mx9", NULL },  { "@x", NULL },
        { "[x", NULL },   { "`x", NULL },   { "{x", NULL },     { "x@", NULL },   { "x[", NULL },
        { "x`", NULL },   { "x{", NULL },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(names); i++) {
        char country[3];
        struct ruleset *r = with("name", text_of("\"%s\"", names[i][0]));
        if (ruleset_country(r, country) != (names[i][1] != NULL))
            fail_msg("%s", names[i][0]);
        if (names[i][1] != NULL)
            assert_string_equal(country, names[i][1]);
        ruleset_free(r);
    }
}

static void a_category_says_whether_a_judge_is_asked(void **state)
{
    struct refusal why;
    (void)state;
    struct ruleset *r = ruleset_parse(ruleset_builtin(), &why);
    assert_int_equal(ruleset_judge(r, "comms_content_live"), JUDGE_BEFORE);
    assert_string_equal(ruleset_judge_level(r, "comms_content_live"), "federal");
    assert_int_equal(ruleset_judge(r, "nothing"), JUDGE_UNKNOWN);
    assert_null(ruleset_judge_level(r, "nothing"));
    ruleset_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_built_in_one_is_good),
        cmocka_unit_test(what_is_not_json_is_refused),
        cmocka_unit_test(the_file_has_at_most_1_mib),
        cmocka_unit_test(every_member_must_be_there),
        cmocka_unit_test(name_version_from_and_numbers),
        cmocka_unit_test(every_vocabulary_has_codes_none_twice),
        cmocka_unit_test(categories_say_what_the_law_says_of_a_judge),
        cmocka_unit_test(the_legal_bases_say_who_is_empowered),
        cmocka_unit_test(an_alias_stands_for_a_listed_code),
        cmocka_unit_test(codes_stand_for_themselves_aliases_for_codes),
        cmocka_unit_test(codes_come_as_they_are_listed_then_aliases),
        cmocka_unit_test(codes_of_every_vocabulary_are_checked),
        cmocka_unit_test(authorities_and_holders_are_nobody_s_vocabulary),
        cmocka_unit_test(a_record_names_its_file),
        cmocka_unit_test(who_is_empowered_is_what_the_file_says),
        cmocka_unit_test(a_country_is_two_letters_and_no_more),
        cmocka_unit_test(a_category_says_whether_a_judge_is_asked),
    };
    return cmocka_run_group_tests_name("ruleset", tests, NULL, NULL);
}
