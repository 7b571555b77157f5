#include "proto/record/kind.h"

#include <stdio.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/member.h"
#include "proto/tlog/key.h"

enum kind kind_of_name(struct span name)
{
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (name.n > 0 && name.p[0] == (uint8_t)kind_table[k].name[0] &&
            span_is(name, kind_table[k].name))
            return (enum kind)k;
    return KIND_NONE;
}

const char *kind_name(enum kind k)
{
    return k >= KIND_GENESIS && k < KIND_COUNT ? kind_table[k].name : "-";
}

const char *kind_meaning(enum kind k, enum language language)
{
    return kind_table[k].meaning[language];
}

enum role role_of_name(const char *name)
{
    const char *const *word = type_words(TYPE_ROLE);
    for (int r = ROLE_REGISTRAR; r < ROLE_COUNT; r++)
        if (strcmp(name, word[r - ROLE_REGISTRAR]) == 0)
            return (enum role)r;
    return ROLE_NONE;
}

const char *role_name(enum role r)
{
    return r == ROLE_LOG ? "log" : r == ROLE_NONE ? "-" : type_words(TYPE_ROLE)[r - ROLE_REGISTRAR];
}

bool role_may_sign(enum role r, enum kind k)
{
    return (kind_table[k].signers >> r & 1) != 0;
}

bool kind_is_logs(enum kind k)
{
    return kind_table[k].signers == 1u << ROLE_LOG;
}

bool role_may_put_blobs(enum role r)
{
    return r == ROLE_JUDGE || r == ROLE_REQUESTER || r == ROLE_HOLDER || r == ROLE_OVERSIGHT ||
           r == ROLE_REGISTRAR;
}

bool role_may_read_blobs(enum role r)
{
    return r == ROLE_OVERSIGHT || r == ROLE_JUDGE || r == ROLE_AUDITOR;
}

bool role_may_read_access(enum role r)
{
    return r == ROLE_OVERSIGHT || r == ROLE_AUDITOR;
}

static bool one_of(const char *const *list, struct span s)
{
    for (; *list != NULL; list++)
        if (span_is(s, *list))
            return true;
    return false;
}

bool code_allowed(struct span s)
{
    if (s.n == 0 || s.n > CODE_MAX)
        return false;
    for (size_t i = 0; i < s.n; i++) {
        uint8_t c = s.p[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!plain && (i == 0 || memchr("._-", c, 3) == NULL))
            return false;
    }
    return true;
}

int uuid_parse(uint8_t out[static UUID_BYTES], struct span text)
{
    static const uint8_t part[] = { 8, 4, 4, 4, 12 }; /* digits, with a dash between each two */
    size_t at = 0, n = 0;
    if (text.n != 36)
        return -1;
    for (size_t i = 0; i < sizeof part; i++) {
        if ((i > 0 && text.p[at++] != '-') ||
            hex_parse(out + n, part[i] / 2, span_of(text.p + at, part[i])) != 0)
            return -1;
        at += part[i];
        n += part[i] / 2;
    }
    return 0;
}

static bool token_allowed(struct span s)
{
    uint8_t raw[TOKEN_BASE64_MAX];
    size_t n;
    return s.n > 0 && s.n <= TOKEN_BASE64_MAX && base64_decode(raw, sizeof raw, &n, s) == 0;
}

bool type_allows(enum type type, struct span s)
{
    int64_t ms;
    uint8_t uuid[UUID_BYTES];
    switch (type) {
    case TYPE_CODE:
        return code_allowed(s);
    case TYPE_TEXT:
    case TYPE_VKEY:
        return s.n >= 1 && s.n <= TEXT_MAX;
    case TYPE_TIME:
        return when_parse(&ms, s) == 0;
    case TYPE_UUID:
        return uuid_parse(uuid, s) == 0;
    case TYPE_HASH:
    case TYPE_BLOB:
        return base64_is(s, HASH_BYTES);
    case TYPE_PROOF:
        return base64_is(s, SIGNATURE_BYTES);
    case TYPE_TOKEN:
        return token_allowed(s);
    case TYPE_NAME:
        return signer_name_allowed(s);
    case TYPE_COUNTRY:
        return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
    case TYPE_ROLE:
    case TYPE_REASON:
    case TYPE_RESULT:
        return one_of(type_words(type), s);
    default:
        return false;
    }
}

int entry_ref_parse(struct entry_ref *out, const struct value *v)
{
    const struct value *entry = value_member(v, "entry"), *hash = value_member(v, "hash");
    if (!value_is(entry, VALUE_INTEGER) || !value_is(hash, VALUE_STRING))
        return -1;
    out->entry = (uint64_t)value_integer(entry);
    return base64_decode_exact(out->hash, HASH_BYTES, value_span(hash));
}

static bool window_allowed(const struct value *v)
{
    const struct value *from = value_member(v, "from"), *until = value_member(v, "until");
    int64_t a, b;
    return value_size(v) == 2 && value_is(from, VALUE_STRING) && value_is(until, VALUE_STRING) &&
           when_parse(&a, value_span(from)) == 0 && when_parse(&b, value_span(until)) == 0 && a < b;
}

/* A member on the way down to a value; its text is only made where somebody asks. */
struct path {
    const struct path *before; /* NULL: a member of the record itself */
    const char *name;
};

#define PATH_TEXT 90

/* "purpose.note.commit": made in out, unless a name is all of it. */
static const char *path_text(char out[static PATH_TEXT], const struct path *path)
{
    char before[PATH_TEXT];
    if (path->before == NULL && strlen(path->name) < PATH_TEXT)
        return path->name;
    if (path->before == NULL)
        snprintf(out, PATH_TEXT, "%.89s", path->name);
    else
        snprintf(out, PATH_TEXT, "%.60s.%.28s", path_text(before, path->before), path->name);
    return out;
}

static int refuse_path(struct refusal *why, enum reason reason, const struct path *path)
{
    char text[PATH_TEXT];
    return refuse(why, reason, path_text(text, path));
}

/* Names the member, and what it may be, where that can be said in both languages: its words, or
 * the shape of a time. */
static int refuse_value(struct refusal *why, const struct member *m, const struct path *path)
{
    static const char shape[] = "YYYY-MM-DDTHH:MM:SS.mmmZ";
    char text[sizeof why->subject], name[PATH_TEXT];
    const char *const *word = type_words(m->type);
    size_t n = (size_t)snprintf(text, sizeof text, "%s", path_text(name, path));
    if (m->type == TYPE_TIME || m->type == TYPE_WINDOW)
        snprintf(text + n, sizeof text - n, " (%s%s)",
                 m->type == TYPE_WINDOW ? "from < until, " : "", shape);
    for (const char *before = " ("; word != NULL && *word != NULL && n < sizeof text; word++) {
        n += (size_t)snprintf(text + n, sizeof text - n, "%s%s%s", before, *word,
                              word[1] == NULL ? ")" : "");
        before = ", ";
    }
    return refuse(why, REASON_MEMBER_WRONG, text);
}

static int check_object(const struct member *own, const struct member *more,
                        const struct value *object, const struct path *path, struct refusal *why);

static int check_value(const struct member *m, const struct value *v, const struct path *path,
                       struct refusal *why)
{
    int64_t n;
    bool good = false;
    switch (m->type) {
    case TYPE_OBJECT:
        if (value_is(v, VALUE_OBJECT))
            return check_object(m->shape, NULL, v, path, why);
        break;
    case TYPE_WINDOW:
        good = value_is(v, VALUE_OBJECT) && window_allowed(v);
        break;
    case TYPE_REF:
        good = value_is(v, VALUE_OBJECT) && value_size(v) == 2 &&
               value_is(value_member(v, "entry"), VALUE_INTEGER) &&
               base64_is(value_span(value_member(v, "hash")), HASH_BYTES);
        break;
    case TYPE_BOOL:
        good = value_is(v, VALUE_BOOLEAN);
        break;
    case TYPE_INTEGER:
    case TYPE_COUNT:
    case TYPE_SKEW:
        n = value_integer(v);
        good = value_is(v, VALUE_INTEGER) && (m->type == TYPE_INTEGER || n >= 1) &&
               (m->type != TYPE_SKEW || n <= SKEW_MAX_S);
        break;
    default:
        good = value_is(v, VALUE_STRING) && type_allows(m->type, value_span(v));
    }
    return good ? 0 : refuse_value(why, m, path);
}

static int check_member(const struct member *m, const struct value *v, const struct path *path,
                        struct refusal *why)
{
    if (!(m->flags & ARRAY))
        return check_value(m, v, path, why);
    if (!value_is(v, VALUE_ARRAY) || v->count < 1 || v->count > items_max(m))
        return refuse_path(why, REASON_MEMBER_WRONG, path);
    value_foreach (v, item)
        if (check_value(m, item, path, why) != 0)
            return -1;
    return 0;
}

#define MEMBERS_MAX 24 /* of an object, in the table; more would be refused as unknown */

/* The place in the list, or -1. */
static int place_of(const struct member *list, const char *name)
{
    for (int i = 0; list != NULL && list[i].name != NULL; i++)
        if (list[i].name[0] == name[0] && strcmp(list[i].name, name) == 0)
            return i;
    return -1;
}

/* An object's values in the places of a list's members; NULL where it has none. */
struct values {
    const struct member *list; /* may be NULL */
    const struct value *at[MEMBERS_MAX];
};

static bool take_value(struct values *values, const struct value *v)
{
    int place = place_of(values->list, v->name);
    if (place < 0 || place >= MEMBERS_MAX)
        return false;
    values->at[place] = v;
    return true;
}

static int check_members(const struct values *values, const struct path *path, struct refusal *why)
{
    for (size_t i = 0; values->list != NULL && values->list[i].name != NULL; i++) {
        const struct member *m = &values->list[i];
        const struct value *v = i < MEMBERS_MAX ? values->at[i] : NULL;
        struct path here = { path, m->name };
        if (v == NULL && !(m->flags & OPTIONAL))
            return refuse_path(why, REASON_MEMBER_MISSING, &here);
        if (v != NULL && check_member(m, v, &here, why) != 0)
            return -1;
    }
    return 0;
}

/* Members that come together or not at all. */
static int check_pairs(const struct values *values, const struct path *path, struct refusal *why)
{
    const struct member *missing = NULL;
    bool any = false;
    for (size_t i = 0; i < MEMBERS_MAX && values->list[i].name != NULL; i++) {
        if (!(values->list[i].flags & PAIRED))
            continue;
        if (values->at[i] != NULL)
            any = true;
        else
            missing = &values->list[i];
    }
    if (!any || missing == NULL)
        return 0;
    struct path here = { path, missing->name };
    return refuse_path(why, REASON_MEMBER_MISSING, &here);
}

static int check_object(const struct member *own, const struct member *more,
                        const struct value *object, const struct path *path, struct refusal *why)
{
    struct values owned = { .list = own }, common = { .list = more };
    value_foreach (object, v) {
        if (!take_value(&owned, v) && !take_value(&common, v)) {
            struct path here = { path, v->name };
            return refuse_path(why, REASON_MEMBER_UNKNOWN, &here);
        }
    }
    if (check_pairs(&owned, path, why) != 0 || check_members(&common, path, why) != 0)
        return -1;
    return check_members(&owned, path, why);
}

int kind_check(enum kind k, const struct value *object, struct refusal *why)
{
    return check_object(kind_table[k].members, k == KIND_GENESIS ? NULL : common_members, object,
                        NULL, why);
}

bool kind_has_member(enum kind k, const char *name)
{
    return place_of(kind_table[k].members, name) >= 0 ||
           (k != KIND_GENESIS && place_of(common_members, name) >= 0);
}

/* One walk over a checked object finds what points out of the record. */
struct visit {
    ref_visit_fn *ref;
    blob_visit_fn *blob;
    code_visit_fn *code;
    text_visit_fn *text;
    void *ctx;
};

/* Types whose characters are chosen by whoever signs. */
static bool is_chosen(enum type t)
{
    return t == TYPE_TEXT || t == TYPE_CODE || t == TYPE_NAME || t == TYPE_VKEY;
}

static int visit_members(const struct member *list, const struct value *object,
                         const struct path *path, const struct visit *visit);

static int visit_value(const struct member *m, const struct value *v, const struct path *path,
                       const struct visit *visit)
{
    struct entry_ref ref;
    uint8_t hash[HASH_BYTES];
    char text[PATH_TEXT];
    if (m->type == TYPE_OBJECT) {
        if (m->shape == warrant_ref_shape && visit->ref != NULL && entry_ref_parse(&ref, v) == 0)
            return visit->ref(visit->ctx, path_text(text, path), &ref, KIND_WARRANT);
        return visit_members(m->shape, v, path, visit);
    }
    if (m->type == TYPE_REF && visit->ref != NULL && entry_ref_parse(&ref, v) == 0)
        return visit->ref(visit->ctx, path_text(text, path), &ref, m->target);
    if (m->type == TYPE_BLOB && visit->blob != NULL &&
        base64_decode_exact(hash, HASH_BYTES, value_span(v)) == 0)
        return visit->blob(visit->ctx, path_text(text, path), hash);
    if (m->vocabulary != VOCABULARY_NONE && visit->code != NULL)
        return visit->code(visit->ctx, path_text(text, path), m->vocabulary, value_text(v));
    if (is_chosen(m->type) && visit->text != NULL) {
        struct span s = value_span(v);
        const uint8_t *plus = m->type == TYPE_VKEY ? memchr(s.p, '+', s.n) : NULL;
        return visit->text(visit->ctx, path_text(text, path), m->type == TYPE_TEXT,
                           plus == NULL ? s : span_of(s.p, (size_t)(plus - s.p)));
    }
    return 0;
}

static int visit_items(const struct member *m, const struct value *array, const struct path *path,
                       const struct visit *visit)
{
    int stop = 0;
    value_foreach (array, item)
        if (stop == 0)
            stop = visit_value(m, item, path, visit);
    return stop;
}

/* Whether what is looked for can stand in a member. */
static bool may_hold(const struct member *m, const struct visit *visit)
{
    return m->type == TYPE_OBJECT || (m->type == TYPE_REF && visit->ref != NULL) ||
           (m->type == TYPE_BLOB && visit->blob != NULL) ||
           (m->vocabulary != VOCABULARY_NONE && visit->code != NULL) ||
           (is_chosen(m->type) && visit->text != NULL);
}

static int visit_members(const struct member *list, const struct value *object,
                         const struct path *path, const struct visit *visit)
{
    for (; list->name != NULL; list++) {
        const struct value *v = may_hold(list, visit) ? value_member(object, list->name) : NULL;
        if (v == NULL)
            continue;
        struct path here = { path, list->name };
        int stop = list->flags & ARRAY ? visit_items(list, v, &here, visit)
                                       : visit_value(list, v, &here, visit);
        if (stop != 0)
            return stop;
    }
    return 0;
}

int kind_visit_refs(enum kind k, const struct value *object, ref_visit_fn *visit, void *ctx)
{
    struct visit v = { .ref = visit, .ctx = ctx };
    return visit_members(kind_table[k].members, object, NULL, &v);
}

int kind_visit_blobs(enum kind k, const struct value *object, blob_visit_fn *visit, void *ctx)
{
    struct visit v = { .blob = visit, .ctx = ctx };
    return visit_members(kind_table[k].members, object, NULL, &v);
}

static int visit_sealed(const struct value *v, const struct path *path, sealed_visit_fn *visit,
                        void *ctx)
{
    const struct value *type = value_member(v, "type");
    const char *commit = value_text(value_member(v, "commit"));
    const char *blob = value_text(value_member(v, "sealed"));
    struct sealed s = { .type = type == NULL ? "note" : value_text(type) };
    char text[PATH_TEXT];
    int stop = 0;
    /* The kinds are closed: no other object has these members. */
    if (path != NULL && s.type != NULL && commit != NULL && blob != NULL &&
        base64_decode_exact(s.commit, HASH_BYTES, span_str(commit)) == 0 &&
        base64_decode_exact(s.sealed, HASH_BYTES, span_str(blob)) == 0 &&
        entry_ref_parse(&s.to, value_member(v, "to")) == 0)
        return visit(ctx, path_text(text, path), &s);
    value_foreach (v, child) {
        struct path here = { path, child->name };
        if (stop == 0 && (child->type == VALUE_OBJECT || child->type == VALUE_ARRAY))
            stop = visit_sealed(child, child->name == NULL ? path : &here, visit, ctx);
    }
    return stop;
}

int kind_visit_sealed(const struct value *object, sealed_visit_fn *visit, void *ctx)
{
    return visit_sealed(object, NULL, visit, ctx);
}

int kind_visit_codes(enum kind k, const struct value *object, code_visit_fn *visit, void *ctx)
{
    struct visit v = { .code = visit, .ctx = ctx };
    return visit_members(kind_table[k].members, object, NULL, &v);
}

int kind_visit_texts(enum kind k, const struct value *object, text_visit_fn *visit, void *ctx)
{
    struct visit v = { .text = visit, .ctx = ctx };
    return visit_members(kind_table[k].members, object, NULL, &v);
}
