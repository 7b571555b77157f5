/* What a later judge needs to go on: judge_export() and judge_import(). */
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/judge/judge_inner.h"

static json_t *json_base64(const void *p, size_t n)
{
    struct buf b = { 0 };
    buf_add_base64(&b, p, n);
    json_t *v = b.failed ? NULL : json_stringn((const char *)b.p, b.n);
    buf_free(&b);
    return v;
}

/* One use as 16 + 4 + 8 + 8 + 32 bytes, big-endian. */
#define USE_BYTES 68

static void put_be(uint8_t *out, uint64_t v, int n)
{
    for (int i = 0; i < n; i++)
        out[i] = (uint8_t)(v >> (8 * (n - 1 - i)));
}

static uint64_t get_be(const uint8_t *p, int n)
{
    uint64_t v = 0;
    for (int i = 0; i < n; i++)
        v = v << 8 | p[i];
    return v;
}

static void export_use(void *ctx, const struct used_id *u)
{
    struct buf *packed = ctx;
    uint8_t bytes[USE_BYTES];
    memcpy(bytes, u->id, UUID_BYTES);
    put_be(bytes + 16, u->signer, 4);
    put_be(bytes + 20, (uint64_t)u->accepted, 8);
    put_be(bytes + 28, u->entry, 8);
    memcpy(bytes + 36, u->text.b, HASH_BYTES);
    buf_add(packed, bytes, sizeof bytes);
}

static json_t *export_kept(const struct kept *k)
{
    return json_pack("{s:I,s:o,s:o}", "index", (json_int_t)k->index, "leaf",
                     json_base64(k->leaf.b, HASH_BYTES), "entry", json_base64(k->bytes, k->n));
}

static json_t *export_registry(const struct judge *j)
{
    json_t *list = json_array();
    bool all = list != NULL;
    for (size_t i = 0; all && i < j->kept_count; i++)
        all = json_array_append_new(list, export_kept(&j->kept[i])) == 0;
    if (all)
        return list;
    json_decref(list);
    return NULL;
}

/* Adds what there may be: the genesis, the last index. */
static bool export_optional(const struct judge *j, json_t *state)
{
    return (!j->has_genesis ||
            json_object_set_new(state, "genesis", json_base64(j->genesis.b, HASH_BYTES)) == 0) &&
           (j->cover_entry.bytes == NULL ||
            json_object_set_new(state, "cover", export_kept(&j->cover_entry)) == 0);
}

json_t *judge_export(const struct judge *j)
{
    struct buf packed = { 0 };
    if (j->ids != NULL)
        ids_each(j->ids, export_use, &packed);
    json_t *state =
        json_pack("{s:I,s:o,s:b,s:I,s:I,s:I,s:b,s:o,s:o}", "next", (json_int_t)j->next, "last_leaf",
                  json_base64(j->last_leaf.b, HASH_BYTES), "has_time", j->has_time, "last_time",
                  (json_int_t)j->last_time, "time_entry", (json_int_t)j->time_entry, "signatures",
                  (json_int_t)j->signatures, "blind", j->blind, "registry", export_registry(j),
                  "ids", packed.failed ? NULL : json_base64(packed.p, packed.n));
    if (state != NULL && !export_optional(j, state)) {
        json_decref(state);
        state = NULL;
    }
    buf_free(&packed);
    return state;
}

/* Times of a log, and what may be added to them. */
static bool is_time(int64_t ms)
{
    return ms > -((int64_t)1 << 48) && ms < (int64_t)1 << 48;
}

/* A record that a registry may be made from again, standing where it can stand. */
static bool may_be_kept(const struct judge *j, uint64_t index, const struct record *r)
{
    struct refusal why;
    uint64_t least = j->kept_count == 0 ? 0 : j->kept[j->kept_count - 1].index + 1;
    if (index < least || index >= j->next || (index == 0) != (r->kind == KIND_GENESIS))
        return false;
    return r->kind == KIND_GENESIS ? registry_check_genesis(r, &j->setup.log, &why) == 0
                                   : registry_takes(r->kind);
}

static int import_record(struct judge *j, uint64_t index, const struct hash *leaf,
                         struct span bytes, const struct record *r)
{
    if (r->kind == KIND_GENESIS)
        judge_take_first_key(j, r);
    if (!may_be_kept(j, index, r))
        return -1;
    const struct value *skew = r->kind == KIND_GENESIS ? value_member(r->object, "skew") : NULL;
    j->has_skew = j->has_skew || r->kind == KIND_GENESIS;
    if (skew != NULL)
        j->skew = value_integer(skew) * 1000;
    if (registry_apply_again(j->registry, index, leaf, r) != 0)
        return -2;
    judge_keep(j, index, leaf, bytes);
    return 0;
}

static int import_cover(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes,
                        const struct record *r)
{
    const struct cover none = { .entry = NO_ENTRY };
    struct cover cover;
    struct refusal why;
    if (!cover_of(&cover, index, r) || index >= j->next || cover.end > index ||
        cover_follows(&none, &cover, &why) != 0)
        return -1;
    judge_take_cover(j, &cover, leaf, bytes);
    return 0;
}

/* Parses an entry that was kept, and gives it to `take`. */
static int import_entry(struct judge *j, const json_t *v,
                        int (*take)(struct judge *j, uint64_t index, const struct hash *leaf,
                                    struct span bytes, const struct record *r))
{
    json_int_t index;
    const char *leaf_text, *text;
    struct hash leaf, own;
    struct entry e;
    struct record r;
    struct refusal why;
    uint8_t bytes[ENTRY_MAX];
    size_t n;
    if (json_unpack((json_t *)(uintptr_t)v, "{s:I,s:s,s:s}", "index", &index, "leaf", &leaf_text,
                    "entry", &text) != 0 ||
        index < 0 || base64_decode_exact(leaf.b, HASH_BYTES, span_str(leaf_text)) != 0 ||
        base64_decode(bytes, sizeof bytes, &n, span_str(text)) != 0)
        return -1;
    hash_leaf(&own, span_of(bytes, n));
    if (!hash_eq(&own, &leaf))
        return -1;
    if (entry_parse(&e, span_of(bytes, n), &why) != 0 || record_parse(&r, e.note, &why) != 0)
        return why.reason == REASON_MEMORY ? -2 : -1;
    int failed = take(j, (uint64_t)index, &leaf, span_of(bytes, n), &r);
    record_free(&r);
    return failed;
}

static int import_ids(struct judge *j, const char *text)
{
    size_t length = strlen(text), n = 0;
    uint8_t *packed = malloc(length + 1);
    int failed = 0;
    if (packed == NULL || (j->ids = ids_new(2 * j->skew)) == NULL)
        failed = -2;
    else if (base64_decode(packed, length, &n, span_of(text, length)) != 0 || n % USE_BYTES != 0)
        failed = -1;
    for (size_t at = 0; !failed && at < n; at += USE_BYTES) {
        struct used_id u = { .signer = (uint32_t)get_be(packed + at + 16, 4),
                             .accepted = (int64_t)get_be(packed + at + 20, 8),
                             .entry = get_be(packed + at + 28, 8) };
        memcpy(u.id, packed + at, UUID_BYTES);
        memcpy(u.text.b, packed + at + 36, HASH_BYTES);
        if ((u.signer >= registry_count(j->registry) && u.signer != LOG_SIGNER) ||
            u.entry >= j->next || !is_time(u.accepted))
            failed = -1;
        else if (ids_add(j->ids, &u) != 0)
            failed = -2;
    }
    free(packed);
    return failed;
}

int judge_import(struct judge *j, const json_t *state)
{
    json_int_t next, last_time, time_entry, signatures;
    const char *last_leaf, *ids;
    int has_time, blind, failed;
    json_t *registry;
    if (json_unpack((json_t *)(uintptr_t)state, "{s:I,s:s,s:b,s:I,s:I,s:I,s:b,s:o,s:s}", "next",
                    &next, "last_leaf", &last_leaf, "has_time", &has_time, "last_time", &last_time,
                    "time_entry", &time_entry, "signatures", &signatures, "blind", &blind,
                    "registry", &registry, "ids", &ids) != 0 ||
        base64_decode_exact(j->last_leaf.b, HASH_BYTES, span_str(last_leaf)) != 0 ||
        !json_is_array(registry) || next < 0 || !is_time(last_time) || time_entry < 0 ||
        (has_time && time_entry >= next) || signatures < 0)
        return -1;
    j->next = (uint64_t)next;
    j->has_time = has_time;
    j->last_time = last_time;
    j->time_entry = (uint64_t)time_entry;
    j->signatures = (uint64_t)signatures;
    j->blind = blind;
    const char *genesis = json_string_value(json_object_get(state, "genesis"));
    j->has_genesis = genesis != NULL;
    if (genesis != NULL && base64_decode_exact(j->genesis.b, HASH_BYTES, span_str(genesis)) != 0)
        return -1;
    for (size_t i = 0; i < json_array_size(registry); i++)
        if ((failed = import_entry(j, json_array_get(registry, i), import_record)) != 0)
            return failed;
    const json_t *cover = json_object_get(state, "cover");
    if (cover != NULL && (failed = import_entry(j, cover, import_cover)) != 0)
        return failed;
    uint64_t frozen = registry_frozen(j->registry);
    j->told_frozen = frozen != NO_ENTRY && j->next > frozen + 1; /* with the state's findings */
    return import_ids(j, ids);
}
