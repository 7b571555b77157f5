#include "proto/record/schema.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/member.h"
#include "proto/record/ruleset.h"

/* Patterns are for engines of all kinds (ECMA-262 with the u flag, Python, RE2): no look-ahead, no
 * \d, no escapes but \., and no `$` where anything could follow: in some a newline may stand behind
 * `$`. A fixed length or the characters in `not` say where a string ends. */
#define DATE_31 "(?:0[13578]|1[02])-(?:0[1-9]|[12][0-9]|3[01])"
#define DATE_30 "(?:0[469]|11)-(?:0[1-9]|[12][0-9]|30)"
#define DATE_28 "02-(?:0[1-9]|1[0-9]|2[0-8])"
#define YEAR "(?:[1-9][0-9]{3}|0[1-9][0-9]{2}|00[1-9][0-9]|000[1-9])"
#define FOURTH "(?:0[48]|[2468][048]|[13579][26])" /* of two digits, but not 00 */
#define LEAP_YEAR "(?:[0-9]{2}" FOURTH "|" FOURTH "00)"
#define DATE "(?:" YEAR "-(?:" DATE_31 "|" DATE_30 "|" DATE_28 ")|" LEAP_YEAR "-02-29)"
#define TIME "^" DATE "T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\\.[0-9]{3}Z"
#define UUID "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
#define DIGIT64 "[A-Za-z0-9+/]"
#define DIGIT16 "[AEIMQUYcgkosw048]" /* base64 digits whose last two bits are zero */
#define DIGIT4 "[AQgw]"              /* whose last four are */
#define TOKEN                                                                                      \
    "^(?:" DIGIT64 "{4})*(?:" DIGIT64 "{4}|" DIGIT64 "{2}" DIGIT16 "=|" DIGIT64 DIGIT4 "==)$"

/* Any character but those of text_is_plain(). The characters stand there themselves, as engines do
 * not agree on escapes; surrogates are in no range. */
#define NOT_PLAIN                                                                                  \
    "[^ -~\u00A0-\u061B\u061D-\u200D\u2010-\u2029\u202F-\u2065\u206A-\uD7FF\uE000-\uFDCF"          \
    "\uFDF0-\uFFFD\U00010000-\U0001FFFD\U00020000-\U0002FFFD\U00030000-\U0003FFFD"                 \
    "\U00040000-\U0004FFFD\U00050000-\U0005FFFD\U00060000-\U0006FFFD\U00070000-\U0007FFFD"         \
    "\U00080000-\U0008FFFD\U00090000-\U0009FFFD\U000A0000-\U000AFFFD\U000B0000-\U000BFFFD"         \
    "\U000C0000-\U000CFFFD\U000D0000-\U000DFFFD\U000E0000-\U000EFFFD\U000F0000-\U000FFFFD"         \
    "\U00100000-\U0010FFFD]"

/* Where the digits of a time are. */
static const int digit_at[] = { 0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 17, 18, 20, 21, 22 };

#define DIGITS (sizeof digit_at / sizeof *digit_at)

/* How types are called in $defs. */
static const char *const type_names[] = {
    [TYPE_CODE] = "code",     [TYPE_TEXT] = "text",     [TYPE_VKEY] = "vkey",
    [TYPE_TIME] = "time",     [TYPE_UUID] = "uuid",     [TYPE_INTEGER] = "integer",
    [TYPE_COUNT] = "count",   [TYPE_SKEW] = "skew",     [TYPE_BOOL] = "bool",
    [TYPE_HASH] = "hash",     [TYPE_BLOB] = "hash",     [TYPE_PROOF] = "sig",
    [TYPE_TOKEN] = "token",   [TYPE_NAME] = "name",     [TYPE_COUNTRY] = "country",
    [TYPE_ROLE] = "role",     [TYPE_REASON] = "reason", [TYPE_RESULT] = "result",
    [TYPE_WINDOW] = "window", [TYPE_REF] = "ref",
};

struct making {
    const struct ruleset *ruleset;
    enum language language;
    bool failed;
    json_t *defs; /* what was referred to */
};

static json_t *object_schema(struct making *m, const struct member *more, const struct member *own);

/* ---- making JSON ----------------------------------------------------------------------------- */

static void put(struct making *m, json_t *object, const char *name, json_t *value)
{
    if (json_object_set_new(object, name, value) != 0)
        m->failed = true;
}

static void add(struct making *m, json_t *array, json_t *value)
{
    if (json_array_append_new(array, value) != 0)
        m->failed = true;
}

static json_t *reference(const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/$defs/%s", name));
}

/* ---- types ----------------------------------------------------------------------------------- */

/* A string of exactly the characters that the pattern begins with. */
static json_t *fixed(const char *pattern, int length)
{
    return json_pack("{s:s,s:s,s:i}", "type", "string", "pattern", pattern, "maxLength", length);
}

/* A string without the characters of `forbidden`, which begins with, or is, what pattern says. */
static json_t *varying(const char *pattern, const char *forbidden, int most)
{
    return json_pack("{s:s,s:i,s:i,s:s*,s:{s:s}}", "type", "string", "minLength", 1, "maxLength",
                     most, "pattern", pattern, "not", "pattern", forbidden);
}

static json_t *text_schema(struct making *m)
{
    json_t *v = varying(NULL, NOT_PLAIN, TEXT_MAX);
    put(m, v, "$comment", json_string("at most 256 bytes of UTF-8: maxLength counts characters"));
    return v;
}

static json_t *integer_schema(json_int_t least, json_int_t most)
{
    return json_pack("{s:s,s:I,s:I}", "type", "integer", "minimum", least, "maximum", most);
}

static json_t *words_schema(struct making *m, enum type type)
{
    json_t *words = json_array();
    for (const char *const *word = type_words(type); *word != NULL; word++)
        add(m, words, json_string(*word));
    return json_pack("{s:o}", "enum", words);
}

/* Both times have what is said at the place of one digit. */
static json_t *digits_are(int at, const char *from, const char *until)
{
    return json_pack("{s:{s:{s:o},s:{s:o}}}", "properties", "from", "pattern",
                     json_sprintf("^.{%d}%s", at, from), "until", "pattern",
                     json_sprintf("^.{%d}%s", at, until));
}

/* from < until as far as their digits from number n on say: less here, or equal here and less in
 * those behind. JSON Schema cannot compare strings, but digits it can. */
static json_t *before_schema(struct making *m, size_t n)
{
    json_t *less = json_array(), *equal = json_array();
    char digit[2] = "", more[20];
    for (int d = 0; d <= 9; d++) {
        digit[0] = (char)('0' + d);
        snprintf(more, sizeof more, "[%d-9]", d + 1);
        if (d < 9)
            add(m, less, digits_are(digit_at[n], digit, more));
        add(m, equal, digits_are(digit_at[n], digit, digit));
    }
    json_t *behind =
        json_pack("{s:o,s:o}", "anyOf", equal, "$ref", json_sprintf("#/$defs/before.%zu", n + 1));
    if (n + 1 < DIGITS)
        add(m, less, behind);
    else
        json_decref(behind);
    return json_pack("{s:o}", "anyOf", less);
}

static json_t *window_schema(struct making *m)
{
    for (size_t n = 0; n < DIGITS; n++) {
        char name[16];
        snprintf(name, sizeof name, "before.%zu", n);
        put(m, m->defs, name, before_schema(m, n));
    }
    return json_pack("{s:s,s:{s:{s:s},s:{s:s}},s:[s,s],s:b,s:s}", "type", "object", "properties",
                     "from", "$ref", "#/$defs/time", "until", "$ref", "#/$defs/time", "required",
                     "from", "until", "additionalProperties", 0, "$ref", "#/$defs/before.0");
}

static json_t *ref_schema(void)
{
    return json_pack("{s:s,s:{s:{s:s},s:{s:s}},s:[s,s],s:b}", "type", "object", "properties",
                     "entry", "$ref", "#/$defs/integer", "hash", "$ref", "#/$defs/hash", "required",
                     "entry", "hash", "additionalProperties", 0);
}

static json_t *type_schema(struct making *m, enum type type)
{
    switch (type) {
    case TYPE_CODE:
        return varying("^[A-Za-z0-9]", "[^A-Za-z0-9._-]", CODE_MAX);
    case TYPE_TEXT:
    case TYPE_VKEY:
        return text_schema(m);
    case TYPE_TIME:
        return fixed(TIME, WHEN_TEXT);
    case TYPE_UUID:
        return fixed(UUID, 36);
    case TYPE_INTEGER:
        return integer_schema(0, INTEGER_MAX);
    case TYPE_COUNT:
        return integer_schema(1, INTEGER_MAX);
    case TYPE_SKEW:
        return integer_schema(1, SKEW_MAX_S);
    case TYPE_BOOL:
        return json_pack("{s:s}", "type", "boolean");
    case TYPE_HASH:
    case TYPE_BLOB:
        return fixed("^" DIGIT64 "{42}" DIGIT16 "=", 44);
    case TYPE_PROOF:
        return fixed("^" DIGIT64 "{85}" DIGIT4 "==", 88);
    case TYPE_TOKEN:
        return varying(TOKEN, "[^A-Za-z0-9+/=]", TOKEN_BASE64_MAX);
    case TYPE_NAME:
        return varying("^[a-z0-9]", "[^a-z0-9._/-]", SIGNER_NAME_MAX);
    case TYPE_COUNTRY:
        return fixed("^[A-Z]{2}", 2);
    case TYPE_ROLE:
    case TYPE_REASON:
    case TYPE_RESULT:
        return words_schema(m, type);
    case TYPE_WINDOW:
        return window_schema(m);
    default:
        return ref_schema();
    }
}

/* ---- $defs ----------------------------------------------------------------------------------- */

/* True if it is not there yet; then it is, as a place to be filled. */
static bool is_new(struct making *m, const char *name)
{
    if (json_object_get(m->defs, name) != NULL)
        return false;
    put(m, m->defs, name, json_object());
    return true;
}

static json_t *refer_to_type(struct making *m, enum type type)
{
    const char *name = type_names[type];
    if (is_new(m, name)) {
        put(m, m->defs, name, type_schema(m, type));
        if (type == TYPE_WINDOW)
            json_decref(refer_to_type(m, TYPE_TIME));
        if (type == TYPE_REF) {
            json_decref(refer_to_type(m, TYPE_INTEGER));
            json_decref(refer_to_type(m, TYPE_HASH));
        }
    }
    return reference(name);
}

struct codes {
    struct making *making;
    json_t *list;
};

static void add_code(void *ctx, const char *code)
{
    struct codes *c = ctx;
    add(c->making, c->list, json_string(code));
}

static json_t *refer_to_vocabulary(struct making *m, enum vocabulary v)
{
    char name[40];
    snprintf(name, sizeof name, "codes.%s", vocabulary_name(v));
    if (is_new(m, name)) {
        struct codes c = { .making = m, .list = json_array() };
        ruleset_each_code(m->ruleset, v, add_code, &c);
        put(m, m->defs, name, json_pack("{s:o}", "enum", c.list));
    }
    return reference(name);
}

static json_t *refer_to_shape(struct making *m, const struct member *shape, const char *name)
{
    if (is_new(m, name))
        put(m, m->defs, name, object_schema(m, NULL, shape));
    return reference(name);
}

/* ---- objects --------------------------------------------------------------------------------- */

static json_t *value_schema(struct making *m, const struct member *member)
{
    const char *shape = member->type == TYPE_OBJECT ? shape_name(member->shape) : NULL;
    if (shape != NULL)
        return refer_to_shape(m, member->shape, shape);
    if (member->type == TYPE_OBJECT)
        return object_schema(m, NULL, member->shape);
    if (member->vocabulary != VOCABULARY_NONE)
        return refer_to_vocabulary(m, member->vocabulary);
    return refer_to_type(m, member->type);
}

static json_t *member_schema(struct making *m, const struct member *member)
{
    const char *meaning = member->meaning[m->language];
    json_t *v = value_schema(m, member);
    if (member->flags & ARRAY)
        v = json_pack("{s:s,s:i,s:i,s:o}", "type", "array", "minItems", 1, "maxItems",
                      (int)items_max(member), "items", v);
    put(m, v, "description",
        member->type == TYPE_REF && member->target != KIND_ANY
            ? json_sprintf("%s (→ %s)", meaning, kind_name(member->target))
            : json_string(meaning));
    return v;
}

/* Each of the paired members asks for all of them. */
static void add_pairs(struct making *m, json_t *schema, const struct member *list)
{
    json_t *names = json_array(), *pairs = json_object();
    for (const struct member *i = list; i->name != NULL; i++)
        if (i->flags & PAIRED)
            add(m, names, json_string(i->name));
    for (const struct member *i = list; i->name != NULL; i++)
        if (i->flags & PAIRED)
            put(m, pairs, i->name, json_copy(names));
    if (json_array_size(names) > 0)
        put(m, schema, "dependentRequired", json_incref(pairs));
    json_decref(names);
    json_decref(pairs);
}

static void add_members(struct making *m, json_t *properties, json_t *required,
                        const struct member *list)
{
    for (; list != NULL && list->name != NULL; list++) {
        put(m, properties, list->name, member_schema(m, list));
        if (!(list->flags & OPTIONAL))
            add(m, required, json_string(list->name));
    }
}

static json_t *object_schema(struct making *m, const struct member *more, const struct member *own)
{
    json_t *properties = json_object(), *required = json_array();
    add_members(m, properties, required, more);
    add_members(m, properties, required, own);
    json_t *v = json_pack("{s:s,s:o,s:o,s:b}", "type", "object", "properties", properties,
                          "required", required, "additionalProperties", 0);
    add_pairs(m, v, own);
    return v;
}

static json_t *kind_schema(struct making *m, enum kind k)
{
    json_t *v =
        json_pack("{s:s,s:s}", "title", kind_name(k), "description", kind_meaning(k, m->language));
    json_t *object =
        object_schema(m, k == KIND_GENESIS ? NULL : common_members, kind_table[k].members);
    if (json_object_update(v, object) != 0)
        m->failed = true;
    json_decref(object);
    return v;
}

static json_t *all_kinds_schema(struct making *m)
{
    static const char *const description[] = {
        "the object of a record of any kind: better to take the one of its kind from $defs",
        "el objeto de un registro de cualquier tipo: mejor tomar de $defs el de su tipo",
    };
    json_t *any = json_array();
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++) {
        put(m, m->defs, kind_name(k), kind_schema(m, k));
        add(m, any, reference(kind_name(k)));
    }
    return json_pack("{s:s,s:s,s:o}", "title", "bitacora/v1", "description",
                     description[m->language], "anyOf", any);
}

json_t *schema_new(enum kind k, const struct ruleset *r, enum language language)
{
    struct making m = { .ruleset = r, .language = language, .defs = json_object() };
    json_t *id = k == KIND_NONE ? json_string("urn:bitacora:v1")
                                : json_sprintf("urn:bitacora:v1:%s", kind_name(k));
    json_t *v = json_pack("{s:s,s:o}", "$schema", "https://json-schema.org/draft/2020-12/schema",
                          "$id", id);
    json_t *rest = k == KIND_NONE ? all_kinds_schema(&m) : kind_schema(&m, k);
    if (json_object_update(v, rest) != 0)
        m.failed = true;
    json_decref(rest);
    put(&m, v, "$defs", m.defs);
    if (!m.failed)
        return v;
    json_decref(v);
    return NULL;
}

/* ---- printing -------------------------------------------------------------------------------- */

#define COLUMNS 100

/* JSON text, with \u escapes for all but ASCII, Latin, Greek, Cyrillic and arrows: nothing stays
 * that an editor may not show. */
static void print_text(struct buf *out, const char *text)
{
    struct span rest = span_str(text);
    while (rest.n > 0) {
        struct span here = rest;
        int32_t c = utf8_next(&rest);
        here.n -= rest.n;
        if ((c >= 0x20 && c < 0x7F) || (c > 0xA0 && c < 0x530) || (c >= 0x2190 && c < 0x2200) ||
            c == 0x27E8 || c == 0x27E9)
            buf_add_span(out, here);
        else if (c < 0x10000)
            buf_addf(out, "\\u%04x", (unsigned)c);
        else
            buf_addf(out, "\\u%04x\\u%04x", 0xD800 + (((unsigned)c - 0x10000) >> 10),
                     0xDC00 + ((unsigned)c & 0x3FF));
    }
}

static void print(struct buf *out, const json_t *v, size_t column, size_t indent);

static void print_children(struct buf *out, const json_t *v, size_t indent)
{
    const char *name, *comma = "";
    json_t *child;
    size_t i;
    json_array_foreach (v, i, child) {
        buf_addf(out, "%s\n%*s", comma, (int)indent, "");
        print(out, child, indent, indent);
        comma = ",";
    }
    json_object_foreach ((json_t *)(uintptr_t)v, name, child) {
        buf_addf(out, "%s\n%*s\"%s\": ", comma, (int)indent, "", name);
        print(out, child, indent + strlen(name) + 4, indent);
        comma = ",";
    }
}

/* On one line if it fits. */
static void print(struct buf *out, const json_t *v, size_t column, size_t indent)
{
    char *flat = json_dumps(v, JSON_ENCODE_ANY);
    bool nested = json_is_array(v) || json_is_object(v);
    if (flat == NULL) {
        out->failed = true;
    } else if (!nested || column + strlen(flat) < COLUMNS) {
        print_text(out, flat);
    } else {
        buf_adds(out, json_is_array(v) ? "[" : "{");
        print_children(out, v, indent + 2);
        buf_addf(out, "\n%*s%s", (int)indent, "", json_is_array(v) ? "]" : "}");
    }
    free(flat);
}

void schema_print(struct buf *out, const json_t *schema)
{
    print(out, schema, 0, 0);
    buf_adds(out, "\n");
}
