#include "proto/kind.h"

#include <stdio.h>

#include "proto/base64.h"
#include "proto/key.h"
#include "proto/scan.h"
#include "proto/when.h"

enum type {
    TYPE_CODE, /* codes, authorities, holders: [A-Za-z0-9][A-Za-z0-9._-]{0,63} */
    TYPE_TEXT, /* 1 to 256 bytes of UTF-8 after unescaping */
    TYPE_TIME,
    TYPE_UUID,
    TYPE_INTEGER,
    TYPE_SKEW, /* 1 to 86,400 */
    TYPE_BOOL,
    TYPE_HASH,    /* base64 of 32 bytes */
    TYPE_BLOB,    /* the same, and names a blob that must be there */
    TYPE_PROOF,   /* base64 of 64 bytes */
    TYPE_TOKEN,   /* base64 of at most 16,384 characters */
    TYPE_ORIGIN,  /* a signer's or log's name */
    TYPE_COUNTRY, /* [A-Z]{2} */
    TYPE_ROLE,    /* these three belong to the format, not to a ruleset */
    TYPE_REASON,
    TYPE_RESULT,
    TYPE_WINDOW, /* {from, until}, from < until */
    TYPE_REF,    /* {entry, hash} */
    TYPE_OBJECT, /* of the members in `shape` */
};

enum { OPTIONAL = 1, ARRAY = 2 };

struct member {
    const char *name;
    enum type type;
    unsigned flags;
    const struct member *shape; /* TYPE_OBJECT */
    enum kind target;           /* TYPE_REF */
};

// clang-format off
#define END { NULL, 0, 0, NULL, 0 }
#define REF(name, flags, target) { name, TYPE_REF, flags, NULL, target }
#define OBJECT(name, flags, shape) { name, TYPE_OBJECT, flags, shape, 0 }
#define PLAIN(name, type, flags) { name, type, flags, NULL, 0 }
#define CODES(name, flags) PLAIN(name, TYPE_CODE, (flags) | ARRAY)

static const struct member note_shape[] = { PLAIN("commit", TYPE_HASH, 0),
                                            PLAIN("sealed", TYPE_BLOB, 0),
                                            REF("to", 0, KIND_ENROLL), END };
static const struct member subject_shape[] = { PLAIN("type", TYPE_CODE, 0),
                                               PLAIN("commit", TYPE_HASH, 0),
                                               PLAIN("sealed", TYPE_BLOB, 0),
                                               REF("to", 0, KIND_ENROLL), END };
static const struct member case_shape[] = { PLAIN("scheme", TYPE_CODE, 0),
                                            PLAIN("number", TYPE_TEXT, 0), END };
static const struct member purpose_shape[] = { PLAIN("code", TYPE_CODE, 0),
                                               OBJECT("note", OPTIONAL, note_shape), END };
static const struct member notify_shape[] = { PLAIN("after", TYPE_TIME, 0), END };
static const struct member recipient_shape[] = { PLAIN("country", TYPE_COUNTRY, 0),
                                                 PLAIN("authority", TYPE_CODE, 0), END };
static const struct member checkpoint_shape[] = { PLAIN("size", TYPE_INTEGER, 0),
                                                  PLAIN("root", TYPE_HASH, 0), END };
/* entry and hash are the parts of one reference: both or neither (see check_object). */
static const struct member warrant_ref_shape[] = {
    PLAIN("ref", TYPE_TEXT, 0), PLAIN("court", TYPE_CODE, OPTIONAL),
    PLAIN("entry", TYPE_INTEGER, OPTIONAL), PLAIN("hash", TYPE_HASH, OPTIONAL), END
};

static const struct member genesis[] = { PLAIN("at", TYPE_TIME, 0), PLAIN("origin", TYPE_ORIGIN, 0),
                                         PLAIN("vkey", TYPE_TEXT, 0),
                                         PLAIN("registrars", TYPE_TEXT, ARRAY),
                                         PLAIN("skew", TYPE_SKEW, OPTIONAL), END };
static const struct member enroll[] = {
    PLAIN("vkey", TYPE_TEXT, 0), PLAIN("role", TYPE_ROLE, 0), PLAIN("authority", TYPE_CODE, 0),
    PLAIN("level", TYPE_CODE, 0), PLAIN("name", TYPE_TEXT, 0),
    PLAIN("function", TYPE_CODE, OPTIONAL), PLAIN("jurisdiction", TYPE_TEXT, OPTIONAL),
    PLAIN("from", TYPE_TIME, OPTIONAL), PLAIN("until", TYPE_TIME, OPTIONAL),
    PLAIN("proof", TYPE_PROOF, OPTIONAL), END
};
static const struct member revoke[] = { PLAIN("vkey", TYPE_TEXT, 0), PLAIN("reason", TYPE_REASON, 0),
                                        PLAIN("since", TYPE_TIME, OPTIONAL), END };
static const struct member ruleset[] = { PLAIN("name", TYPE_TEXT, 0), PLAIN("version", TYPE_TEXT, 0),
                                         PLAIN("from", TYPE_TIME, 0), PLAIN("sha256", TYPE_BLOB, 0),
                                         END };
static const struct member warrant[] = {
    PLAIN("ref", TYPE_TEXT, 0), PLAIN("matter", TYPE_CODE, 0), CODES("used_by", 0),
    OBJECT("case", OPTIONAL, case_shape), CODES("categories", 0),
    OBJECT("subjects", OPTIONAL | ARRAY, subject_shape), CODES("holders", OPTIONAL),
    PLAIN("window", TYPE_WINDOW, 0), PLAIN("data_window", TYPE_WINDOW, OPTIONAL),
    PLAIN("document", TYPE_HASH, OPTIONAL), END
};
static const struct member extension[] = { REF("warrant", 0, KIND_WARRANT),
                                           PLAIN("until", TYPE_TIME, 0), END };
static const struct member ratification[] = { REF("request", 0, KIND_REQUEST),
                                              PLAIN("result", TYPE_RESULT, 0),
                                              CODES("categories", OPTIONAL), END };
static const struct member deferral[] = { REF("request", 0, KIND_REQUEST),
                                          PLAIN("until", TYPE_TIME, 0),
                                          PLAIN("reason", TYPE_CODE, 0), END };
static const struct member erasure[] = { PLAIN("blob", TYPE_HASH, 0), PLAIN("order", TYPE_HASH, 0),
                                         END };
static const struct member anchor[] = { OBJECT("checkpoint", 0, checkpoint_shape),
                                        PLAIN("token", TYPE_TOKEN, OPTIONAL), END };
static const struct member request[] = {
    PLAIN("authority", TYPE_CODE, 0), PLAIN("function", TYPE_CODE, 0), PLAIN("level", TYPE_CODE, 0),
    PLAIN("holder", TYPE_CODE, 0), PLAIN("source", TYPE_CODE, 0), CODES("categories", 0),
    PLAIN("basis", TYPE_CODE, 0), OBJECT("warrant", OPTIONAL, warrant_ref_shape),
    PLAIN("ground", TYPE_CODE, OPTIONAL), OBJECT("case", OPTIONAL, case_shape),
    OBJECT("purpose", 0, purpose_shape), OBJECT("subjects", OPTIONAL | ARRAY, subject_shape),
    PLAIN("persons", TYPE_INTEGER, 0), PLAIN("data_window", TYPE_WINDOW, OPTIONAL),
    PLAIN("term", TYPE_TIME, OPTIONAL), PLAIN("automated", TYPE_BOOL, OPTIONAL),
    OBJECT("notify", OPTIONAL, notify_shape), END
};
static const struct member judicial_notice[] = { REF("request", 0, KIND_REQUEST),
                                                 PLAIN("fulfilled_at", TYPE_TIME, 0),
                                                 PLAIN("notified_at", TYPE_TIME, 0), END };
static const struct member transfer[] = { REF("requests", ARRAY, KIND_REQUEST),
                                          OBJECT("recipient", 0, recipient_shape),
                                          PLAIN("instrument", TYPE_TEXT, OPTIONAL), END };
static const struct member product[] = { REF("requests", ARRAY, KIND_REQUEST),
                                         PLAIN("class", TYPE_CODE, 0),
                                         PLAIN("digest", TYPE_HASH, OPTIONAL), END };
static const struct member closing[] = { REF("warrant", 0, KIND_WARRANT),
                                         PLAIN("executed", TYPE_WINDOW, 0), END };
static const struct member destruction[] = { REF("requests", OPTIONAL | ARRAY, KIND_REQUEST),
                                             PLAIN("blobs", TYPE_HASH, OPTIONAL | ARRAY),
                                             PLAIN("order", TYPE_HASH, OPTIONAL), END };
static const struct member notice[] = { REF("request", 0, KIND_REQUEST),
                                        PLAIN("delivered_at", TYPE_TIME, 0),
                                        PLAIN("means", TYPE_CODE, 0), END };
static const struct member correction[] = { REF("about", 0, KIND_ANY), PLAIN("cause", TYPE_CODE, 0),
                                            OBJECT("note", OPTIONAL, note_shape), END };
static const struct member response[] = {
    REF("request", OPTIONAL, KIND_REQUEST), PLAIN("holder", TYPE_CODE, 0),
    PLAIN("outcome", TYPE_CODE, 0), PLAIN("received_at", TYPE_TIME, 0),
    PLAIN("answered_at", TYPE_TIME, OPTIONAL), PLAIN("records", TYPE_INTEGER, OPTIONAL),
    PLAIN("digest", TYPE_HASH, OPTIONAL), END
};

/* What all kinds but genesis have. */
static const struct member common[] = { PLAIN("id", TYPE_UUID, 0), PLAIN("at", TYPE_TIME, 0),
                                        REF("under", 0, KIND_ANY), END };

// clang-format on

#define BY(role) (1u << ROLE_##role)

static const struct {
    const char *name;
    const struct member *members;
    unsigned signers;
} kinds[KIND_COUNT] = {
    [KIND_GENESIS] = { "genesis", genesis, BY(LOG) },
    [KIND_ENROLL] = { "enroll", enroll, BY(REGISTRAR) },
    [KIND_REVOKE] = { "revoke", revoke, BY(REGISTRAR) },
    [KIND_RULESET] = { "ruleset", ruleset, BY(REGISTRAR) },
    [KIND_WARRANT] = { "warrant", warrant, BY(JUDGE) },
    [KIND_EXTENSION] = { "extension", extension, BY(JUDGE) },
    [KIND_RATIFICATION] = { "ratification", ratification, BY(JUDGE) },
    [KIND_DEFERRAL] = { "deferral", deferral, BY(JUDGE) },
    [KIND_ERASURE] = { "erasure", erasure, BY(JUDGE) },
    [KIND_ANCHOR] = { "anchor", anchor, BY(JUDGE) | BY(OVERSIGHT) | BY(AUDITOR) },
    [KIND_REQUEST] = { "request", request, BY(REQUESTER) },
    [KIND_JUDICIAL_NOTICE] = { "judicial_notice", judicial_notice, BY(REQUESTER) },
    [KIND_TRANSFER] = { "transfer", transfer, BY(REQUESTER) },
    [KIND_PRODUCT] = { "product", product, BY(REQUESTER) },
    [KIND_CLOSING] = { "closing", closing, BY(REQUESTER) },
    [KIND_DESTRUCTION] = { "destruction", destruction, BY(REQUESTER) | BY(HOLDER) },
    [KIND_NOTICE] = { "notice", notice, BY(REQUESTER) | BY(OVERSIGHT) },
    [KIND_CORRECTION] = { "correction", correction, BY(REQUESTER) | BY(HOLDER) | BY(OVERSIGHT) },
    [KIND_RESPONSE] = { "response", response, BY(HOLDER) },
    [KIND_ERROR_REPORT] = { "error_report", correction, BY(OVERSIGHT) },
};

/* Ends with NULL. */
static const char *const roles[ROLE_COUNT + 1] = {
    [ROLE_REGISTRAR] = "registrar", [ROLE_JUDGE] = "judge",         [ROLE_REQUESTER] = "requester",
    [ROLE_HOLDER] = "holder",       [ROLE_OVERSIGHT] = "oversight", [ROLE_AUDITOR] = "auditor",
};
static const char *const revoke_reasons[] = { "key_compromise", "left_office", "superseded",
                                              "other", NULL };
static const char *const results[] = { "total", "partial", "refused", NULL };

enum kind kind_of_name(struct span name)
{
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        if (span_is(name, kinds[k].name))
            return (enum kind)k;
    return KIND_NONE;
}

const char *kind_name(enum kind k)
{
    return k >= KIND_GENESIS && k < KIND_COUNT ? kinds[k].name : "-";
}

enum role role_of_name(const char *name)
{
    for (int r = ROLE_REGISTRAR; r < ROLE_COUNT; r++)
        if (strcmp(name, roles[r]) == 0)
            return (enum role)r;
    return ROLE_NONE;
}

const char *role_name(enum role r)
{
    return r == ROLE_LOG ? "log" : roles[r] != NULL ? roles[r] : "-";
}

bool role_may_sign(enum role r, enum kind k)
{
    return (kinds[k].signers >> r & 1) != 0;
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

static bool one_of(const char *const *list, struct span s)
{
    for (; *list != NULL; list++)
        if (span_is(s, *list))
            return true;
    return false;
}

static bool code_allowed(struct span s)
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
    char digits[2 * UUID_BYTES];
    size_t n = 0;
    if (text.n != 36)
        return -1;
    for (size_t i = 0; i < text.n; i++) {
        bool dash = i == 8 || i == 13 || i == 18 || i == 23;
        if (dash != (text.p[i] == '-'))
            return -1;
        if (!dash)
            digits[n++] = (char)text.p[i];
    }
    return hex_parse(out, UUID_BYTES, span_of(digits, n));
}

static bool base64_of(struct span s, size_t bytes)
{
    uint8_t raw[SIGNATURE_BYTES];
    return base64_decode_exact(raw, bytes, s) == 0;
}

static bool token_allowed(struct span s)
{
    uint8_t raw[TOKEN_BASE64_MAX];
    size_t n;
    return s.n > 0 && s.n <= TOKEN_BASE64_MAX && base64_decode(raw, sizeof raw, &n, s) == 0;
}

static bool string_allowed(enum type type, struct span s)
{
    int64_t ms;
    uint8_t uuid[UUID_BYTES];
    switch (type) {
    case TYPE_CODE:
        return code_allowed(s);
    case TYPE_TEXT:
        return s.n >= 1 && s.n <= TEXT_MAX;
    case TYPE_TIME:
        return when_parse(&ms, s) == 0;
    case TYPE_UUID:
        return uuid_parse(uuid, s) == 0;
    case TYPE_HASH:
    case TYPE_BLOB:
        return base64_of(s, HASH_BYTES);
    case TYPE_PROOF:
        return base64_of(s, SIGNATURE_BYTES);
    case TYPE_TOKEN:
        return token_allowed(s);
    case TYPE_ORIGIN:
        return signer_name_allowed(s);
    case TYPE_COUNTRY:
        return s.n == 2 && s.p[0] >= 'A' && s.p[0] <= 'Z' && s.p[1] >= 'A' && s.p[1] <= 'Z';
    case TYPE_ROLE:
        return one_of(roles + ROLE_REGISTRAR, s);
    case TYPE_REASON:
        return one_of(revoke_reasons, s);
    case TYPE_RESULT:
        return one_of(results, s);
    default:
        return false;
    }
}

int entry_ref_parse(struct entry_ref *out, const json_t *v)
{
    const json_t *entry = json_object_get(v, "entry"), *hash = json_object_get(v, "hash");
    if (!json_is_integer(entry) || !json_is_string(hash))
        return -1;
    out->entry = (uint64_t)json_integer_value(entry);
    return base64_decode_exact(out->hash, HASH_BYTES,
                               span_of(json_string_value(hash), json_string_length(hash)));
}

static bool window_allowed(const json_t *v)
{
    const json_t *from = json_object_get(v, "from"), *until = json_object_get(v, "until");
    int64_t a, b;
    return json_object_size(v) == 2 && json_is_string(from) && json_is_string(until) &&
           when_parse(&a, span_of(json_string_value(from), json_string_length(from))) == 0 &&
           when_parse(&b, span_of(json_string_value(until), json_string_length(until))) == 0 &&
           a < b;
}

/* A path such as "purpose.note.commit", for refusals. */
struct path {
    char text[90];
};

static struct path path_add(const struct path *before, const char *name)
{
    struct path p;
    if (before == NULL)
        snprintf(p.text, sizeof p.text, "%s", name);
    else
        snprintf(p.text, sizeof p.text, "%.60s.%.28s", before->text, name);
    return p;
}

static int check_object(const struct member *own, const struct member *more, const json_t *object,
                        const struct path *path, struct refusal *why);

static int check_value(const struct member *m, const json_t *v, const struct path *path,
                       struct refusal *why)
{
    struct entry_ref ref;
    json_int_t n;
    bool good = false;
    switch (m->type) {
    case TYPE_OBJECT:
        if (json_is_object(v))
            return check_object(m->shape, NULL, v, path, why);
        break;
    case TYPE_WINDOW:
        good = json_is_object(v) && window_allowed(v);
        break;
    case TYPE_REF:
        good = json_is_object(v) && json_object_size(v) == 2 && entry_ref_parse(&ref, v) == 0;
        break;
    case TYPE_BOOL:
        good = json_is_boolean(v);
        break;
    case TYPE_INTEGER:
    case TYPE_SKEW:
        n = json_integer_value(v);
        good = json_is_integer(v) && (m->type == TYPE_INTEGER || (n >= 1 && n <= SKEW_MAX_S));
        break;
    default:
        good = json_is_string(v) &&
               string_allowed(m->type, span_of(json_string_value(v), json_string_length(v)));
    }
    return good ? 0 : refuse(why, REASON_MEMBER_WRONG, path->text);
}

static int check_member(const struct member *m, const json_t *v, const struct path *path,
                        struct refusal *why)
{
    if (!(m->flags & ARRAY))
        return check_value(m, v, path, why);
    size_t n = json_array_size(v);
    if (!json_is_array(v) || n < 1 || n > ITEMS_MAX)
        return refuse(why, REASON_MEMBER_WRONG, path->text);
    for (size_t i = 0; i < n; i++)
        if (check_value(m, json_array_get(v, i), path, why) != 0)
            return -1;
    return 0;
}

static bool has_member(const struct member *list, const char *name)
{
    for (; list != NULL && list->name != NULL; list++)
        if (strcmp(list->name, name) == 0)
            return true;
    return false;
}

static int check_members(const struct member *list, const json_t *object, const struct path *path,
                         struct refusal *why)
{
    for (; list != NULL && list->name != NULL; list++) {
        const json_t *v = json_object_get(object, list->name);
        struct path here = path_add(path, list->name);
        if (v == NULL && !(list->flags & OPTIONAL))
            return refuse(why, REASON_MEMBER_MISSING, here.text);
        if (v != NULL && check_member(list, v, &here, why) != 0)
            return -1;
    }
    return 0;
}

static int check_object(const struct member *own, const struct member *more, const json_t *object,
                        const struct path *path, struct refusal *why)
{
    const char *name;
    json_t *v;
    json_object_foreach ((json_t *)(uintptr_t)object, name, v) {
        if (!has_member(own, name) && !has_member(more, name)) {
            struct path here = path_add(path, name);
            return refuse(why, REASON_MEMBER_UNKNOWN, here.text);
        }
    }
    if (own == warrant_ref_shape &&
        (json_object_get(object, "entry") == NULL) != (json_object_get(object, "hash") == NULL)) {
        struct path here = path_add(path, json_object_get(object, "entry") ? "hash" : "entry");
        return refuse(why, REASON_MEMBER_MISSING, here.text);
    }
    return check_members(more, object, path, why) != 0 ? -1 : check_members(own, object, path, why);
}

int kind_check(enum kind k, const json_t *object, struct refusal *why)
{
    return check_object(kinds[k].members, k == KIND_GENESIS ? NULL : common, object, NULL, why);
}

bool kind_has_member(enum kind k, const char *name)
{
    return has_member(kinds[k].members, name) || (k != KIND_GENESIS && has_member(common, name));
}

/* One walk over a checked object finds what points out of the record. */
struct visit {
    ref_visit_fn *ref;
    blob_visit_fn *blob;
    void *ctx;
};

static int visit_members(const struct member *list, const json_t *object, const struct path *path,
                         const struct visit *visit);

static int visit_value(const struct member *m, const json_t *v, const struct path *path,
                       const struct visit *visit)
{
    struct entry_ref ref;
    uint8_t hash[HASH_BYTES];
    if (m->type == TYPE_OBJECT) {
        if (m->shape == warrant_ref_shape && visit->ref != NULL && entry_ref_parse(&ref, v) == 0)
            return visit->ref(visit->ctx, path->text, &ref, KIND_WARRANT);
        return visit_members(m->shape, v, path, visit);
    }
    if (m->type == TYPE_REF && visit->ref != NULL && entry_ref_parse(&ref, v) == 0)
        return visit->ref(visit->ctx, path->text, &ref, m->target);
    if (m->type == TYPE_BLOB && visit->blob != NULL &&
        base64_decode_exact(hash, HASH_BYTES,
                            span_of(json_string_value(v), json_string_length(v))) == 0)
        return visit->blob(visit->ctx, path->text, hash);
    return 0;
}

static int visit_members(const struct member *list, const json_t *object, const struct path *path,
                         const struct visit *visit)
{
    for (; list->name != NULL; list++) {
        const json_t *v = json_object_get(object, list->name);
        if (v == NULL)
            continue;
        struct path here = path_add(path, list->name);
        size_t n = list->flags & ARRAY ? json_array_size(v) : 1;
        for (size_t i = 0; i < n; i++) {
            int stop =
                visit_value(list, list->flags & ARRAY ? json_array_get(v, i) : v, &here, visit);
            if (stop != 0)
                return stop;
        }
    }
    return 0;
}

int kind_visit_refs(enum kind k, const json_t *object, ref_visit_fn *visit, void *ctx)
{
    struct visit v = { .ref = visit, .ctx = ctx };
    return visit_members(kinds[k].members, object, NULL, &v);
}

int kind_visit_blobs(enum kind k, const json_t *object, blob_visit_fn *visit, void *ctx)
{
    struct visit v = { .blob = visit, .ctx = ctx };
    return visit_members(kinds[k].members, object, NULL, &v);
}

static int visit_sealed(const json_t *v, const struct path *path, sealed_visit_fn *visit, void *ctx)
{
    const json_t *type = json_object_get(v, "type"), *child;
    const char *commit = json_string_value(json_object_get(v, "commit"));
    const char *blob = json_string_value(json_object_get(v, "sealed"));
    struct sealed s = { .type = type == NULL ? "note" : json_string_value(type) };
    const char *name;
    int stop = 0;
    /* The kinds are closed: no other object has these members. */
    if (path != NULL && s.type != NULL && commit != NULL && blob != NULL &&
        base64_decode_exact(s.commit, HASH_BYTES, span_str(commit)) == 0 &&
        base64_decode_exact(s.sealed, HASH_BYTES, span_str(blob)) == 0 &&
        entry_ref_parse(&s.to, json_object_get(v, "to")) == 0)
        return visit(ctx, path->text, &s);
    for (size_t i = 0; stop == 0 && i < json_array_size(v); i++)
        stop = visit_sealed(json_array_get(v, i), path, visit, ctx);
    json_object_foreach ((json_t *)(uintptr_t)v, name, child) {
        struct path here = path_add(path, name);
        if (stop == 0 && (json_is_object(child) || json_is_array(child)))
            stop = visit_sealed(child, &here, visit, ctx);
    }
    return stop;
}

int kind_visit_sealed(const json_t *object, sealed_visit_fn *visit, void *ctx)
{
    return visit_sealed(object, NULL, visit, ctx);
}
