#include "proto/record/ruleset.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/member.h"

struct ruleset {
    json_t *file;
    json_t *codes[VOCABULARY_COUNT]; /* code -> what it stands for, in the order of the file */
    int64_t from;
    struct hash sha256;
};

static const char *const vocabularies[VOCABULARY_COUNT] = {
    [VOCABULARY_LEVEL] = "level",
    [VOCABULARY_FUNCTION] = "function",
    [VOCABULARY_SECTOR] = "sector",
    [VOCABULARY_FUNCTION_OR_SECTOR] = "function_or_sector",
    [VOCABULARY_MATTER] = "matter",
    [VOCABULARY_CATEGORY] = "category",
    [VOCABULARY_BASIS] = "basis",
    [VOCABULARY_GROUND] = "ground",
    [VOCABULARY_PURPOSE] = "purpose",
    [VOCABULARY_SOURCE] = "source",
    [VOCABULARY_CASE_SCHEME] = "case_scheme",
    [VOCABULARY_SUBJECT_TYPE] = "subject_type",
    [VOCABULARY_OUTCOME] = "outcome",
    [VOCABULARY_PRODUCT_CLASS] = "product_class",
    [VOCABULARY_MEANS] = "means",
    [VOCABULARY_CAUSE] = "cause",
    [VOCABULARY_DEFERRAL_REASON] = "deferral_reason",
};

const char *vocabulary_name(enum vocabulary v)
{
    return vocabularies[v];
}

/* The others are lists in `codes`, under their names. */
static bool is_made_of_others(int v)
{
    return v == VOCABULARY_CATEGORY || v == VOCABULARY_FUNCTION_OR_SECTOR;
}

/* In the order of enum needs_judge. */
static const char *const judges[] = { NULL,         "before",     "before_or_emergency",
                                      "contested",  "unresolved", "not_needed",
                                      "none_stated" };

/* The files themselves, as the build finds them: C11 has no way to include bytes. */
#define EMBED(name, path)                                                                          \
    __asm__(".pushsection .rodata\n" #name ":\n.incbin \"" path "\"\n" #name                       \
            "_end:\n.byte 0\n.popsection\n");                                                      \
    extern const uint8_t name[] __attribute__((visibility("hidden")));                             \
    extern const uint8_t name##_end[] __attribute__((visibility("hidden")))

EMBED(ruleset_mx, "proto/rulesets/mx.json");
EMBED(ruleset_mx_newest, "proto/rulesets/mx-2026-12.json");

struct span ruleset_builtin(void)
{
    return span_of(ruleset_mx, (uintptr_t)ruleset_mx_end - (uintptr_t)ruleset_mx);
}

struct span ruleset_newest(void)
{
    return span_of(ruleset_mx_newest,
                   (uintptr_t)ruleset_mx_newest_end - (uintptr_t)ruleset_mx_newest);
}

void ruleset_free(struct ruleset *r)
{
    if (r == NULL)
        return;
    for (int v = 0; v < VOCABULARY_COUNT; v++)
        json_decref(r->codes[v]);
    json_decref(r->file);
    free(r);
}

/* ---- reading a file -------------------------------------------------------------------------- */

static int refuse_form(struct refusal *why, const char *what)
{
    return refuse(why, REASON_RULESET_FORM, what);
}

static bool is_code(const json_t *v)
{
    return json_is_string(v) &&
           type_allows(TYPE_CODE, span_of(json_string_value(v), json_string_length(v)));
}

/* What a record can say: a file of another name or version could never be pinned. */
static bool is_text(const json_t *v)
{
    struct span s = span_of(json_string_value(v), json_string_length(v));
    return json_is_string(v) && type_allows(TYPE_TEXT, s) && text_is_plain(s);
}

static bool is_number(const json_t *v)
{
    return json_is_integer(v) && json_integer_value(v) >= 1 &&
           json_integer_value(v) <= RULESET_NUMBER_MAX;
}

/* Exactly these members, NULL behind the last. */
static int has_exactly(const json_t *object, const char *const *names, const char *where,
                       struct refusal *why)
{
    size_t n = 0;
    for (; names[n] != NULL; n++)
        if (json_object_get(object, names[n]) == NULL)
            return refuse_form(why, names[n]);
    return json_is_object(object) && json_object_size(object) == n ? 0 : refuse_form(why, where);
}

/* Adds a list of codes to a vocabulary; none twice. */
static int add_codes(json_t *codes, const json_t *list, const char *where, struct refusal *why)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        const json_t *code = json_array_get(list, i);
        if (!is_code(code) || json_object_get(codes, json_string_value(code)) != NULL)
            return refuse_form(why, where);
        if (json_object_set_new(codes, json_string_value(code),
                                json_string(json_string_value(code))) != 0)
            return refuse(why, REASON_MEMORY, "");
    }
    return n > 0 ? 0 : refuse_form(why, where);
}

static int read_codes(struct ruleset *r, struct refusal *why)
{
    const json_t *all = json_object_get(r->file, "codes");
    size_t lists = 0;
    for (int v = 1; v < VOCABULARY_COUNT; v++) {
        r->codes[v] = json_object();
        if (r->codes[v] == NULL)
            return refuse(why, REASON_MEMORY, "");
        if (is_made_of_others(v))
            continue;
        lists++;
        if (add_codes(r->codes[v], json_object_get(all, vocabularies[v]), vocabularies[v], why) !=
            0)
            return -1;
    }
    if (json_object_size(all) != lists)
        return refuse_form(why, "codes");
    json_t *both = r->codes[VOCABULARY_FUNCTION_OR_SECTOR];
    return json_object_update(both, r->codes[VOCABULARY_FUNCTION]) == 0 &&
                   json_object_update_missing(both, r->codes[VOCABULARY_SECTOR]) == 0
               ? 0
               : refuse(why, REASON_MEMORY, "");
}

/* Every code of a list is one of the vocabulary; the list may be empty. */
static int known_codes(const struct ruleset *r, enum vocabulary v, const json_t *list,
                       const char *where, struct refusal *why)
{
    if (!json_is_array(list))
        return refuse_form(why, where);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *code = json_string_value(json_array_get(list, i));
        if (json_object_get(r->codes[v], code) == NULL)
            return refuse_form(why, where);
    }
    return 0;
}

static enum needs_judge judge_of_name(const json_t *v)
{
    const char *text = json_string_value(v);
    for (size_t i = 1; text != NULL && i < sizeof judges / sizeof *judges; i++)
        if (strcmp(text, judges[i]) == 0)
            return (enum needs_judge)i;
    return JUDGE_UNKNOWN;
}

/* {"judge", "level"?, "basis"} for each category: their names are the vocabulary. */
static int read_categories(struct ruleset *r, struct refusal *why)
{
    const char *name;
    json_t *all = json_object_get(r->file, "categories"), *category;
    json_object_foreach (all, name, category) {
        const json_t *level = json_object_get(category, "level");
        if (!type_allows(TYPE_CODE, span_str(name)) ||
            judge_of_name(json_object_get(category, "judge")) == JUDGE_UNKNOWN ||
            json_object_size(category) != (level == NULL ? 2u : 3u))
            return refuse_form(why, "categories");
        if (level != NULL && (!json_is_string(level) ||
                              ruleset_code(r, VOCABULARY_LEVEL, json_string_value(level)) == NULL))
            return refuse_form(why, "categories");
        if (known_codes(r, VOCABULARY_BASIS, json_object_get(category, "basis"), "categories",
                        why) != 0)
            return -1;
        if (json_object_set_new(r->codes[VOCABULARY_CATEGORY], name, json_string(name)) != 0)
            return refuse(why, REASON_MEMORY, "");
    }
    return json_object_size(all) > 0 ? 0 : refuse_form(why, "categories");
}

/* {"functions", "levels"} of those empowered, for each legal basis of which that is known. */
static int read_basis(struct ruleset *r, struct refusal *why)
{
    static const char *const members[] = { "functions", "levels", NULL };
    const char *code;
    json_t *all = json_object_get(r->file, "basis"), *basis;
    if (!json_is_object(all))
        return refuse_form(why, "basis");
    json_object_foreach (all, code, basis) {
        if (ruleset_code(r, VOCABULARY_BASIS, code) == NULL)
            return refuse_form(why, "basis");
        if (has_exactly(basis, members, "basis", why) != 0 ||
            known_codes(r, VOCABULARY_FUNCTION, json_object_get(basis, "functions"), "functions",
                        why) != 0 ||
            known_codes(r, VOCABULARY_LEVEL, json_object_get(basis, "levels"), "levels", why) != 0)
            return -1;
    }
    return 0;
}

/* An alias is of the vocabulary of the code that it stands for. */
static int read_aliases(struct ruleset *r, struct refusal *why)
{
    const char *alias;
    json_t *all = json_object_get(r->file, "aliases"), *code;
    if (!json_is_object(all))
        return refuse_form(why, "aliases");
    json_object_foreach (all, alias, code) {
        bool used = false;
        if (!type_allows(TYPE_CODE, span_str(alias)) ||
            json_object_get(all, json_string_value(code)) != NULL)
            return refuse_form(why, "aliases");
        for (int v = 1; v < VOCABULARY_COUNT; v++) {
            /* Never of a type of identifier: under two types it would have two commitments. */
            if (v == VOCABULARY_SUBJECT_TYPE ||
                json_object_get(r->codes[v], json_string_value(code)) == NULL)
                continue;
            if (json_object_get(r->codes[v], alias) != NULL)
                return refuse_form(why, "aliases");
            if (json_object_set_new(r->codes[v], alias, json_string(json_string_value(code))) != 0)
                return refuse(why, REASON_MEMORY, "");
            used = true;
        }
        if (!used)
            return refuse_form(why, "aliases");
    }
    return 0;
}

static int read_all(struct ruleset *r, struct refusal *why)
{
    static const char *const members[] = { "name",        "version",    "from",  "codes",
                                           "aliases",     "categories", "basis", "hours",
                                           "notify_days", NULL };
    const json_t *from = json_object_get(r->file, "from");
    if (has_exactly(r->file, members, "an object", why) != 0)
        return -1;
    if (!is_text(json_object_get(r->file, "name")))
        return refuse_form(why, "name");
    if (!is_text(json_object_get(r->file, "version")))
        return refuse_form(why, "version");
    if (when_parse(&r->from, span_of(json_string_value(from), json_string_length(from))) != 0)
        return refuse_form(why, "from");
    if (!is_number(json_object_get(r->file, "hours")))
        return refuse_form(why, "hours");
    if (!is_number(json_object_get(r->file, "notify_days")))
        return refuse_form(why, "notify_days");
    if (read_codes(r, why) != 0 || read_categories(r, why) != 0 || read_basis(r, why) != 0)
        return -1;
    return read_aliases(r, why);
}

/* In words of ours: the parser's are English. */
static void refuse_json(struct refusal *why, int line)
{
    char subject[48];
    snprintf(subject, sizeof subject, "line %d: not JSON", line);
    refuse_form(why, subject);
}

struct ruleset *ruleset_parse(struct span file, struct refusal *why)
{
    json_error_t error = { 0 };
    struct ruleset *r = calloc(1, sizeof *r);
    if (r == NULL) {
        refuse(why, REASON_MEMORY, "");
        return NULL;
    }
    hash_bytes(&r->sha256, file);
    if (file.n <= RULESET_MAX)
        r->file = json_loadb((const char *)file.p, file.n, JSON_REJECT_DUPLICATES, &error);
    if (file.n > RULESET_MAX)
        refuse_form(why, "more than 1 MiB");
    else if (r->file == NULL && json_error_code(&error) == json_error_out_of_memory)
        refuse(why, REASON_MEMORY, "");
    else if (r->file == NULL)
        refuse_json(why, error.line);
    else if (read_all(r, why) == 0)
        return r;
    ruleset_free(r);
    return NULL;
}

/* ---- asking it ------------------------------------------------------------------------------- */

static const char *text(const struct ruleset *r, const char *member)
{
    return json_string_value(json_object_get(r->file, member));
}

const char *ruleset_name(const struct ruleset *r)
{
    return text(r, "name");
}

const char *ruleset_version(const struct ruleset *r)
{
    return text(r, "version");
}

int64_t ruleset_from(const struct ruleset *r)
{
    return r->from;
}

const struct hash *ruleset_sha256(const struct ruleset *r)
{
    return &r->sha256;
}

const char *ruleset_code(const struct ruleset *r, enum vocabulary v, const char *code)
{
    return json_string_value(json_object_get(r->codes[v], code));
}

static const json_t *category_of(const struct ruleset *r, const char *category)
{
    const char *code = ruleset_code(r, VOCABULARY_CATEGORY, category);
    return json_object_get(json_object_get(r->file, "categories"), code);
}

enum needs_judge ruleset_judge(const struct ruleset *r, const char *category)
{
    return judge_of_name(json_object_get(category_of(r, category), "judge"));
}

const char *ruleset_judge_level(const struct ruleset *r, const char *category)
{
    return json_string_value(json_object_get(category_of(r, category), "level"));
}

static enum empowered is_listed(const struct ruleset *r, enum vocabulary v, const json_t *list,
                                const char *code)
{
    size_t n = json_array_size(list);
    for (size_t i = 0; i < n; i++) {
        const char *listed = json_string_value(json_array_get(list, i));
        if (strcmp(ruleset_code(r, v, listed), code) == 0)
            return EMPOWERED;
    }
    return n == 0 ? EMPOWERED_UNKNOWN : EMPOWERED_NOT;
}

enum empowered ruleset_empowers(const struct ruleset *r, const char *basis, const char *function,
                                const char *level)
{
    const json_t *who = json_object_get(json_object_get(r->file, "basis"),
                                        ruleset_code(r, VOCABULARY_BASIS, basis));
    enum empowered f =
        is_listed(r, VOCABULARY_FUNCTION, json_object_get(who, "functions"), function);
    enum empowered l = is_listed(r, VOCABULARY_LEVEL, json_object_get(who, "levels"), level);
    if (f == EMPOWERED_NOT || l == EMPOWERED_NOT)
        return EMPOWERED_NOT;
    return f == EMPOWERED ? l : f;
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool ruleset_country(const struct ruleset *r, char out[static 3])
{
    const char *name = ruleset_name(r);
    if (!is_letter(name[0]) || !is_letter(name[1]) || is_letter(name[2]) ||
        (name[2] >= '0' && name[2] <= '9'))
        return false;
    for (int i = 0; i < 2; i++)
        out[i] = (char)(name[i] & ~0x20);
    out[2] = 0;
    return true;
}

static int64_t number(const struct ruleset *r, const char *member)
{
    return json_integer_value(json_object_get(r->file, member));
}

int64_t ruleset_hours(const struct ruleset *r)
{
    return number(r, "hours") * INT64_C(3600000);
}

int64_t ruleset_notify_days(const struct ruleset *r)
{
    return number(r, "notify_days") * INT64_C(86400000);
}

void ruleset_each_code(const struct ruleset *r, enum vocabulary v,
                       void (*visit)(void *ctx, const char *code), void *ctx)
{
    const char *code;
    json_t *stands_for;
    json_object_foreach (r->codes[v], code, stands_for)
        visit(ctx, code);
}

struct code_check {
    const struct ruleset *ruleset;
    struct refusal *why;
};

static int check_code(void *ctx, const char *member, enum vocabulary v, const char *code)
{
    struct code_check *c = ctx;
    char subject[160];
    if (ruleset_code(c->ruleset, v, code) != NULL)
        return 0;
    /* Whoever mixes up type and value must not find the value in a log file. */
    snprintf(subject, sizeof subject, "%s%s%s", member, v == VOCABULARY_SUBJECT_TYPE ? "" : ": ",
             v == VOCABULARY_SUBJECT_TYPE ? "" : code);
    return refuse(c->why, REASON_CODE_UNKNOWN, subject);
}

int ruleset_check(const struct ruleset *r, enum kind k, const struct value *object,
                  struct refusal *why)
{
    struct code_check c = { .ruleset = r, .why = why };
    return kind_visit_codes(k, object, check_code, &c);
}

int ruleset_is(const struct ruleset *r, const struct value *record, struct refusal *why)
{
    uint8_t sha256[HASH_BYTES];
    const char *name = value_text(value_member(record, "name"));
    const char *version = value_text(value_member(record, "version"));
    const char *hash = value_text(value_member(record, "sha256"));
    bool same = name != NULL && version != NULL && hash != NULL &&
                strcmp(name, ruleset_name(r)) == 0 && strcmp(version, ruleset_version(r)) == 0 &&
                base64_decode_exact(sha256, HASH_BYTES, span_str(hash)) == 0 &&
                memcmp(sha256, r->sha256.b, HASH_BYTES) == 0;
    return same ? 0 : refuse(why, REASON_BLOB_RULESET, "sha256");
}
