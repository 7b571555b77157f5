#include "proto/judge/registry.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"

struct erasure {
    uint8_t blob[HASH_BYTES];
    uint64_t entry;
};

/* Open-addressed tables of numbers + 1 (0 is free), at most half full: enrolments by name and
 * id, and by public key; erasures by blob. Nothing is ever taken out: a key is enrolled once
 * ever, and what is erased stays erased. */
struct registry {
    struct enrolment *list;
    size_t count, cap;
    uint32_t *by_name, *by_key;
    size_t slots;
    struct pinned_ruleset *ruleset; /* in order of their entries */
    size_t rulesets;
    struct erasure *erasure;
    size_t erasures;
    uint32_t *by_blob;
    size_t blob_slots;
    bool has_log;
    struct enrolment log;        /* its own key */
    const struct log_keys *more; /* may be NULL */
    uint64_t frozen;
    int (*parse)(struct vkey *, struct span, const char **); /* for what is applied */
    uint8_t secret[crypto_shorthash_KEYBYTES]; /* names are chosen by others: keyed hashing */
};

#define FIRST_SLOTS 16 /* a receipt has three enrolments, and is judged by a registry of its own */

struct registry *registry_new(void)
{
    struct registry *r = calloc(1, sizeof *r);
    if (r == NULL)
        return NULL;
    r->parse = vkey_parse;
    r->frozen = NO_ENTRY;
    r->slots = FIRST_SLOTS;
    r->cap = FIRST_SLOTS / 2;
    r->by_name = calloc(r->slots, sizeof *r->by_name);
    r->by_key = calloc(r->slots, sizeof *r->by_key);
    r->list = calloc(r->cap, sizeof *r->list);
    randombytes_buf(r->secret, sizeof r->secret);
    if (r->by_name != NULL && r->by_key != NULL && r->list != NULL)
        return r;
    registry_free(r);
    return NULL;
}

void registry_free(struct registry *r)
{
    if (r == NULL)
        return;
    free(r->by_name);
    free(r->by_key);
    free(r->list);
    free(r->ruleset);
    free(r->erasure);
    free(r->by_blob);
    free(r);
}

bool registry_takes(enum kind k)
{
    return k == KIND_GENESIS || k == KIND_ENROLL || k == KIND_REVOKE || k == KIND_RULESET ||
           k == KIND_ERASURE || k == KIND_FREEZE;
}

size_t registry_count(const struct registry *r)
{
    return r->count;
}

const struct enrolment *registry_get(const struct registry *r, uint32_t number)
{
    return number == LOG_SIGNER ? &r->log : &r->list[number];
}

const struct enrolment *registry_log(const struct registry *r)
{
    return r->has_log ? &r->log : NULL;
}

void registry_know_log(struct registry *r, const struct log_keys *keys)
{
    r->more = keys;
}

const struct vkey *registry_log_signer(const struct registry *r, const struct record *record,
                                       bool *any)
{
    size_t n = !r->has_log ? 0 : r->more == NULL ? 1 : 1 + r->more->n;
    for (size_t i = 0; i < n; i++) {
        const struct vkey *key = i == 0 ? &r->log.key : r->more->key[i - 1];
        if (key->id != record->key_id || !span_is(record->signer, key->name))
            continue;
        *any = true;
        if (record_signed_by(record, key))
            return key;
    }
    return NULL;
}

uint64_t registry_frozen(const struct registry *r)
{
    return r->frozen;
}

static size_t hash_of(const struct registry *r, struct span s)
{
    uint64_t h;
    crypto_shorthash((uint8_t *)&h, s.p, s.n, r->secret);
    return (size_t)h;
}

static size_t hash_of_name(const struct registry *r, struct span name, uint32_t key_id)
{
    return hash_of(r, name) ^ (size_t)key_id * 0x9E3779B9u;
}

const struct enrolment *registry_find(const struct registry *r, struct span name, uint32_t key_id,
                                      uint32_t *number)
{
    const struct enrolment *best = NULL;
    uint32_t from = *number;
    for (size_t at = hash_of_name(r, name, key_id);; at++) {
        uint32_t slot = r->by_name[at & (r->slots - 1)];
        if (slot == 0)
            return best;
        const struct enrolment *e = &r->list[slot - 1];
        if (slot - 1 >= from && (best == NULL || e < best) && e->key.id == key_id &&
            span_is(name, e->key.name)) {
            best = e;
            *number = slot - 1;
        }
    }
}

const struct enrolment *registry_find_key(const struct registry *r,
                                          const uint8_t key[static PUBLIC_KEY_BYTES],
                                          uint32_t *number)
{
    for (size_t at = hash_of(r, span_of(key, PUBLIC_KEY_BYTES));; at++) {
        uint32_t slot = r->by_key[at & (r->slots - 1)];
        if (slot == 0)
            return NULL;
        const struct enrolment *e = &r->list[slot - 1];
        if (memcmp(e->key.key, key, PUBLIC_KEY_BYTES) == 0) {
            if (number != NULL)
                *number = slot - 1;
            return e;
        }
    }
}

static void put_slot(uint32_t *table, size_t slots, size_t at, uint32_t number)
{
    while (table[at & (slots - 1)] != 0)
        at++;
    table[at & (slots - 1)] = number + 1;
}

static void put(struct registry *r, uint32_t number)
{
    const struct enrolment *e = &r->list[number];
    put_slot(r->by_name, r->slots, hash_of_name(r, span_str(e->key.name), e->key.id), number);
    put_slot(r->by_key, r->slots, hash_of(r, span_of(e->key.key, PUBLIC_KEY_BYTES)), number);
}

/* Makes room for n more. */
static int grow(struct registry *r, size_t n)
{
    size_t slots = r->slots;
    if (r->count + n <= r->cap)
        return 0;
    while (slots / 2 < r->count + n)
        slots *= 2;
    uint32_t *by_name = calloc(slots, sizeof *by_name), *by_key = calloc(slots, sizeof *by_key);
    struct enrolment *list =
        by_name == NULL || by_key == NULL ? NULL : realloc(r->list, slots / 2 * sizeof *list);
    if (list == NULL) {
        free(by_name);
        free(by_key);
        return -1;
    }
    free(r->by_name);
    free(r->by_key);
    r->list = list;
    r->by_name = by_name;
    r->by_key = by_key;
    r->slots = slots;
    r->cap = slots / 2;
    for (uint32_t i = 0; i < r->count; i++)
        put(r, i);
    return 0;
}

static void add(struct registry *r, const struct enrolment *e)
{
    r->list[r->count] = *e;
    put(r, (uint32_t)r->count++);
}

/* ---- rulesets, erasures ---------------------------------------------------------------------- */

const struct pinned_ruleset *registry_ruleset(const struct registry *r, int64_t accepted,
                                              uint64_t before)
{
    const struct pinned_ruleset *best = NULL;
    for (size_t i = 0; i < r->rulesets && r->ruleset[i].entry < before; i++)
        if (r->ruleset[i].from <= accepted && (best == NULL || r->ruleset[i].from >= best->from))
            best = &r->ruleset[i];
    return best;
}

size_t registry_rulesets(const struct registry *r)
{
    return r->rulesets;
}

const struct pinned_ruleset *registry_get_ruleset(const struct registry *r, size_t i)
{
    return &r->ruleset[i];
}

static int apply_ruleset(struct registry *r, uint64_t index, const struct record *record)
{
    struct pinned_ruleset *more = realloc(r->ruleset, (r->rulesets + 1) * sizeof *more);
    if (more == NULL)
        return -1;
    r->ruleset = more;
    struct pinned_ruleset *pinned = &more[r->rulesets];
    pinned->entry = index;
    if (record_time(record, "from", &pinned->from) &&
        base64_decode_exact(pinned->sha256, HASH_BYTES,
                            span_str(record_string(record, "sha256"))) == 0)
        r->rulesets++;
    return 0;
}

/* The slot of a blob in by_blob: its own, or the free one that it would take. */
static size_t blob_slot(const struct registry *r, const uint8_t blob[static HASH_BYTES])
{
    size_t at = hash_of(r, span_of(blob, HASH_BYTES));
    for (;; at++) {
        uint32_t slot = r->by_blob[at & (r->blob_slots - 1)];
        if (slot == 0 || memcmp(r->erasure[slot - 1].blob, blob, HASH_BYTES) == 0)
            return at & (r->blob_slots - 1);
    }
}

uint64_t registry_erased(const struct registry *r, const uint8_t blob[static HASH_BYTES])
{
    uint32_t slot = r->erasures == 0 ? 0 : r->by_blob[blob_slot(r, blob)];
    return slot == 0 ? NO_ENTRY : r->erasure[slot - 1].entry;
}

int registry_each_erased(const struct registry *r,
                         int (*visit)(void *ctx, const uint8_t blob[static HASH_BYTES],
                                      uint64_t entry),
                         void *ctx)
{
    int stop = 0;
    for (size_t i = 0; i < r->erasures && stop == 0; i++)
        stop = visit(ctx, r->erasure[i].blob, r->erasure[i].entry);
    return stop;
}

/* Makes room for one more erasure. */
static int grow_erasures(struct registry *r)
{
    if (2 * (r->erasures + 1) <= r->blob_slots)
        return 0;
    size_t slots = r->blob_slots == 0 ? FIRST_SLOTS : 2 * r->blob_slots;
    uint32_t *by_blob = calloc(slots, sizeof *by_blob);
    struct erasure *more = by_blob == NULL ? NULL : realloc(r->erasure, slots / 2 * sizeof *more);
    if (more == NULL) {
        free(by_blob);
        return -1;
    }
    free(r->by_blob);
    r->erasure = more;
    r->by_blob = by_blob;
    r->blob_slots = slots;
    for (uint32_t i = 0; i < r->erasures; i++)
        by_blob[blob_slot(r, more[i].blob)] = i + 1;
    return 0;
}

static int apply_erasure(struct registry *r, uint64_t index, const struct record *record)
{
    struct erasure e = { .entry = index };
    if (base64_decode_exact(e.blob, HASH_BYTES, span_str(record_string(record, "blob"))) != 0 ||
        registry_erased(r, e.blob) != NO_ENTRY)
        return 0;
    if (grow_erasures(r) != 0)
        return -1;
    size_t slot = blob_slot(r, e.blob);
    r->erasure[r->erasures++] = e;
    r->by_blob[slot] = (uint32_t)r->erasures;
    return 0;
}

/* ---- enrolments ------------------------------------------------------------------------------ */

int vkey_of_log(struct vkey *out, const struct value *named, const char *origin)
{
    const char *name = value_text(value_member(named, "origin")), *cause;
    if (vkey_parse(out, value_span(value_member(named, "vkey")), &cause) != 0)
        return -1;
    return out->type == KEY_NOTE && strcmp(out->name, name) == 0 && strcmp(name, origin) != 0 ? 0
                                                                                              : -1;
}

static int refuse_genesis(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_GENESIS, cause);
}

/* The old log's key over which log goes on from where. */
static bool succession_proven(const struct value *before, const struct vkey *old,
                              const char *origin, const char *vkey)
{
    const struct value *proof = value_member(before, "proof");
    uint8_t signature[SIGNATURE_BYTES];
    struct buf text = { 0 };
    if (proof == NULL)
        return true;
    buf_addf(&text, "bitacora/v1 succession\n%s\n%lld\n%s\n%s\n%s\n", old->name,
             (long long)value_integer(value_member(before, "size")),
             value_text(value_member(before, "root")), origin, vkey);
    bool good = !text.failed &&
                base64_decode_exact(signature, sizeof signature, value_span(proof)) == 0 &&
                vkey_verify(old, buf_span(&text), signature);
    buf_free(&text);
    return good;
}

static int check_predecessor(const struct record *genesis, const char *origin, const char *vkey,
                             struct refusal *why)
{
    const struct value *before = value_member(genesis->object, "predecessor");
    struct vkey old;
    if (before == NULL)
        return 0;
    if (vkey_of_log(&old, before, origin) != 0)
        return refuse_genesis(why, "the predecessor's key or origin");
    return succession_proven(before, &old, origin, vkey)
               ? 0
               : refuse_genesis(why, "the predecessor's proof");
}

int registry_check_genesis(const struct record *genesis, const struct vkey *log,
                           struct refusal *why)
{
    const struct value *registrars = value_member(genesis->object, "registrars");
    const char *origin = record_string(genesis, "origin"), *vkey = record_string(genesis, "vkey");
    struct vkey key[2];
    const char *cause;
    if (strcmp(origin, log->name) != 0)
        return refuse_genesis(why, "origin");
    if (vkey_parse(&key[0], span_str(vkey), &cause) != 0 || !vkey_eq(&key[0], log))
        return refuse_genesis(why, "vkey");
    value_foreach (registrars, registrar) {
        if (vkey_parse(&key[0], value_span(registrar), &cause) != 0)
            return refuse_genesis(why, cause);
        if (key[0].type != KEY_NOTE || !signer_name_allowed(span_str(key[0].name)))
            return refuse_genesis(why, "a registrar's key or name");
        if (memcmp(key[0].key, log->key, PUBLIC_KEY_BYTES) == 0)
            return refuse_genesis(why, "the log's key as registrar");
        for (const struct value *before = value_first(registrars); before != registrar;
             before = value_next(registrars, before)) {
            if (vkey_parse_again(&key[1], value_span(before), &cause) == 0 &&
                memcmp(key[0].key, key[1].key, PUBLIC_KEY_BYTES) == 0)
                return refuse_genesis(why, "a registrar twice");
        }
    }
    return check_predecessor(genesis, origin, vkey, why);
}

static void copy_code(char out[CODE_MAX + 1], const struct record *r, const char *member)
{
    snprintf(out, CODE_MAX + 1, "%s", record_string(r, member));
}

static void apply_genesis(struct registry *r, const struct hash *leaf, const struct record *record)
{
    const char *why;
    r->log = (struct enrolment){ .role = ROLE_LOG,
                                 .leaf = *leaf,
                                 .from = INT64_MIN,
                                 .until = INT64_MAX,
                                 .revoked = NO_ENTRY,
                                 .since = INT64_MAX };
    r->has_log = r->parse(&r->log.key, span_str(record_string(record, "vkey")), &why) == 0;
    const struct value *registrars = value_member(record->object, "registrars");
    value_foreach (registrars, registrar) {
        const char *cause;
        struct enrolment e = { .role = ROLE_REGISTRAR,
                               .entry = 0,
                               .leaf = *leaf,
                               .from = INT64_MIN,
                               .until = INT64_MAX,
                               .revoked = NO_ENTRY,
                               .since = INT64_MAX };
        if (r->parse(&e.key, value_span(registrar), &cause) == 0)
            add(r, &e);
    }
}

static void apply_enroll(struct registry *r, uint64_t index, const struct hash *leaf,
                         const struct record *record)
{
    const char *cause;
    struct enrolment e = { .role = role_of_name(record_string(record, "role")),
                           .entry = index,
                           .leaf = *leaf,
                           .from = INT64_MIN,
                           .until = INT64_MAX,
                           .revoked = NO_ENTRY,
                           .since = INT64_MAX };
    if (r->parse(&e.key, span_str(record_string(record, "vkey")), &cause) != 0)
        return;
    copy_code(e.authority, record, "authority");
    copy_code(e.level, record, "level");
    if (record_string(record, "function") != NULL)
        copy_code(e.function, record, "function");
    record_time(record, "from", &e.from);
    record_time(record, "until", &e.until);
    add(r, &e);
}

static void apply_revoke(struct registry *r, uint64_t index, const struct record *record)
{
    struct vkey key;
    const char *cause;
    uint32_t number;
    if (r->parse(&key, span_str(record_string(record, "vkey")), &cause) == 0 &&
        registry_find_key(r, key.key, &number) != NULL && r->list[number].revoked == NO_ENTRY) {
        struct enrolment *e = &r->list[number];
        e->revoked = index;
        copy_code(e->reason, record, "reason");
        record_time(record, "since", &e->since);
    }
}

int registry_apply(struct registry *r, uint64_t index, const struct hash *leaf,
                   const struct record *record)
{
    if (record->kind == KIND_RULESET)
        return apply_ruleset(r, index, record);
    if (record->kind == KIND_ERASURE)
        return apply_erasure(r, index, record);
    if (record->kind == KIND_FREEZE && r->frozen == NO_ENTRY)
        r->frozen = index;
    size_t room = record->kind == KIND_GENESIS ? ITEMS_MAX : record->kind == KIND_ENROLL ? 1 : 0;
    if (grow(r, room) != 0)
        return -1;
    if (record->kind == KIND_GENESIS)
        apply_genesis(r, leaf, record);
    else if (record->kind == KIND_ENROLL)
        apply_enroll(r, index, leaf, record);
    else if (record->kind == KIND_REVOKE)
        apply_revoke(r, index, record);
    return 0;
}

int registry_apply_again(struct registry *r, uint64_t index, const struct hash *leaf,
                         const struct record *record)
{
    r->parse = vkey_parse_again;
    int failed = registry_apply(r, index, leaf, record);
    r->parse = vkey_parse;
    return failed;
}
