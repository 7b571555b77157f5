#include "proto/judge/integrity.h"

#include <stdio.h>

#include "proto/base/base64.h"
#include "proto/base/when.h"

int judge_signer(const struct registry *r, const struct record *record, uint32_t *number,
                 struct refusal *why)
{
    const struct enrolment *e;
    bool any = false;
    /* A key of the log signs for the log, also where a registrar has enrolled it. */
    if (kind_is_logs(record->kind) && registry_log_signer(r, record, &any) != NULL) {
        *number = LOG_SIGNER;
        return 0;
    }
    /* That of `under` first: it is the right one unless the record is wrong. */
    for (uint32_t i = 0; (e = registry_find(r, record->signer, record->key_id, &i)) != NULL; i++) {
        any = true;
        if (e->entry == record->under.entry && record_signed_by(record, &e->key)) {
            *number = i;
            return 0;
        }
    }
    for (uint32_t i = 0; (e = registry_find(r, record->signer, record->key_id, &i)) != NULL; i++) {
        if (e->entry != record->under.entry && record_signed_by(record, &e->key)) {
            *number = i;
            return 0;
        }
    }
    return refuse_span(why, any ? REASON_SIGNATURE : REASON_KEY_UNKNOWN, record->signer);
}

static int judge_possession(const struct record *record, const struct vkey *key, const char *vkey,
                            const struct vkey *log, struct refusal *why)
{
    const char *proof = record_string(record, "proof");
    uint8_t signature[SIGNATURE_BYTES];
    char text[64 + KEY_NAME_MAX + VKEY_TEXT_MAX]; /* a good vkey is no longer than its parts */
    if (proof == NULL)
        return 0;
    int n = snprintf(text, sizeof text, "bitacora/v1 possession\n%s\n%s\n", log->name, vkey);
    bool good = n > 0 && (size_t)n < sizeof text &&
                base64_decode_exact(signature, sizeof signature, span_str(proof)) == 0 &&
                vkey_verify_again(key, span_of(text, (size_t)n), signature);
    return good ? 0 : refuse(why, REASON_POSSESSION, key->name);
}

static int judge_enroll(const struct registry *r, const struct record *record,
                        const struct vkey *log, uint64_t *related, struct refusal *why)
{
    const char *text = record_string(record, "vkey"), *cause;
    struct vkey key;
    if (vkey_parse(&key, span_str(text), &cause) != 0)
        return refuse(why, REASON_VKEY, cause);
    if (key.type != KEY_NOTE || !signer_name_allowed(span_str(key.name)))
        return refuse(why, REASON_VKEY, key.type != KEY_NOTE ? "type is not 0x01" : "bad name");
    if (memcmp(key.key, log->key, PUBLIC_KEY_BYTES) == 0)
        return refuse(why, REASON_VKEY_LOG, key.name);
    const struct enrolment *before = registry_find_key(r, key.key, NULL);
    if (before != NULL) {
        *related = before->entry;
        return refuse(why, REASON_VKEY_AGAIN, key.name);
    }
    if (strcmp(record_string(record, "name"), key.name) != 0)
        return refuse(why, REASON_NAME, key.name);
    return judge_possession(record, &key, text, log, why);
}

/* The last registrar in force cannot be revoked: the signer is one in force, and not this one.
 * The log's key is enrolled in no log, so that no entry that is not at hand can excuse its
 * revocation. */
static int judge_revoke(const struct registry *r, const struct record *record, uint32_t signer,
                        const struct vkey *log, bool complete, uint64_t *related,
                        struct refusal *why)
{
    const char *text = record_string(record, "vkey"), *cause;
    struct vkey key;
    uint32_t number;
    if (vkey_parse(&key, span_str(text), &cause) != 0)
        return refuse(why, REASON_VKEY, cause);
    const struct enrolment *e = registry_find_key(r, key.key, &number);
    if (e == NULL || !vkey_eq(&e->key, &key)) {
        if (e == NULL && !complete && memcmp(key.key, log->key, PUBLIC_KEY_BYTES) != 0)
            return 0;
        *related = e == NULL ? NO_ENTRY : e->entry;
        return refuse(why, REASON_REVOKE_UNKNOWN, key.name);
    }
    if (number == signer)
        return refuse(why, REASON_REVOKE_SELF, key.name);
    if (e->revoked != NO_ENTRY) {
        *related = e->revoked;
        return refuse(why, REASON_REVOKE_AGAIN, key.name);
    }
    return 0;
}

/* A log that goes on from this one is another one. */
static int judge_freeze(const struct record *record, const struct vkey *log, struct refusal *why)
{
    const struct value *next = value_member(record->object, "successor");
    struct vkey key;
    if (next == NULL || vkey_of_log(&key, next, log->name) == 0)
        return 0;
    return refuse_span(why, REASON_SUCCESSOR, value_span(value_member(next, "origin")));
}

/* A request's authority and level, a response's holder are its signer's. */
static int judge_stated(const struct record *record, const struct enrolment *e, struct refusal *why)
{
    if (record->kind == KIND_REQUEST &&
        strcmp(record_string(record, "authority"), e->authority) != 0)
        return refuse(why, REASON_AUTHORITY, e->key.name);
    if (record->kind == KIND_REQUEST && strcmp(record_string(record, "level"), e->level) != 0)
        return refuse(why, REASON_LEVEL, e->key.name);
    if (record->kind == KIND_RESPONSE && strcmp(record_string(record, "holder"), e->authority) != 0)
        return refuse(why, REASON_HOLDER, e->key.name);
    return 0;
}

int judge_enrolment(const struct registry *r, const struct record *record, uint32_t number,
                    int64_t accepted, const struct vkey *log, bool complete, uint64_t *related,
                    struct refusal *why)
{
    const struct enrolment *e = registry_get(r, number);
    *related = e->entry;
    if (record->under.entry != e->entry || memcmp(record->under.hash, e->leaf.b, HASH_BYTES) != 0)
        return refuse(why, REASON_UNDER, e->key.name);
    if (accepted < e->from)
        return refuse(why, REASON_NOT_YET, e->key.name);
    if (accepted >= e->until)
        return refuse(why, REASON_EXPIRED, e->key.name);
    if (e->revoked != NO_ENTRY) {
        *related = e->revoked;
        return refuse(why, REASON_REVOKED, e->key.name);
    }
    if (!role_may_sign(e->role, record->kind))
        return refuse(why, REASON_ROLE, e->key.name);
    if (judge_stated(record, e, why) != 0)
        return -1;
    if (record->kind == KIND_ENROLL)
        return judge_enroll(r, record, log, related, why);
    if (record->kind == KIND_REVOKE)
        return judge_revoke(r, record, number, log, complete, related, why);
    if (record->kind == KIND_FREEZE)
        return judge_freeze(record, log, why);
    return 0;
}

struct reference_visit {
    uint64_t index;
    lookup_fn *lookup;
    void *ctx;
    struct finding *out;
};

/* Ends the visit: nothing outranks it. */
static int bad_reference(struct finding *f, enum reason reason, const char *member,
                         uint64_t related)
{
    f->verdict = VERDICT_BAD;
    f->related = related;
    return refuse(&f->why, reason, member);
}

/* Goes on: one of the other references may be proven bad. */
static int undecided_reference(struct finding *f, uint64_t entry)
{
    f->verdict = VERDICT_UNDECIDED;
    f->related = entry;
    refuse_number(&f->why, REASON_UNKNOWN_BASIS, entry);
    return 0;
}

static int visit_reference(void *ctx, const char *member, const struct entry_ref *ref,
                           enum kind target)
{
    struct reference_visit *v = ctx;
    struct finding *f = v->out;
    struct known_entry known;
    if (ref->entry >= v->index)
        return bad_reference(f, REASON_REF_LATER, member, NO_ENTRY);
    switch (v->lookup(v->ctx, ref->entry, &known)) {
    case LOOKUP_UNKNOWN:
        return 0; /* only where entries are carried about: a replay has them all, or FAILED */
    case LOOKUP_FAILED:
        return undecided_reference(f, ref->entry);
    case LOOKUP_FOUND:
        break;
    }
    if (memcmp(known.leaf.b, ref->hash, HASH_BYTES) != 0)
        return bad_reference(f, REASON_REF_HASH, member, ref->entry);
    if (target == KIND_ANY || known.kind == target)
        return 0;
    return known.kind == KIND_UNDECIDED ? undecided_reference(f, ref->entry)
                                        : bad_reference(f, REASON_REF_KIND, member, ref->entry);
}

/* The tables of an index cover entries below it only. */
static int judge_cover(const struct record *record, uint64_t index, struct finding *f)
{
    const struct value *tables = value_member(record->object, "tables");
    uint64_t cover = 0; /* no more than 32 numbers below 2^53 */
    value_foreach (tables, table)
        cover += (uint64_t)value_integer(value_member(table, "entries"));
    return cover <= index ? 0 : bad_reference(f, REASON_REF_LATER, "tables", NO_ENTRY);
}

int judge_references(const struct record *record, uint64_t index, lookup_fn *lookup, void *ctx,
                     struct finding *out)
{
    struct reference_visit v = { .index = index, .lookup = lookup, .ctx = ctx, .out = out };
    *out = (struct finding){ .verdict = VERDICT_GOOD, .entry = index, .related = NO_ENTRY };
    if (record->kind != KIND_INDEX || judge_cover(record, index, out) == 0)
        kind_visit_refs(record->kind, record->object, visit_reference, &v);
    return out->verdict == VERDICT_GOOD ? 0 : -1;
}

int judge_skew(const struct record *record, int64_t accepted, int64_t skew, struct refusal *why)
{
    int64_t off = accepted > record->at ? accepted - record->at : record->at - accepted;
    if (off <= skew)
        return 0;
    char at[WHEN_TEXT + 1];
    when_format(at, record->at);
    return refuse(why, REASON_SKEW, at);
}
