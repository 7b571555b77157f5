#include "proto/index/entry_keys.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/record/entry.h"
#include "proto/tlog/key.h"

void entry_keys_free(struct entry_keys *k)
{
    free(k->key);
    free(k->warrant);
    *k = (struct entry_keys){ 0 };
}

/* ---- lists of keys --------------------------------------------------------------------------- */

static bool make_room(struct index_key **list, size_t *room, size_t n)
{
    if (n <= *room)
        return true;
    size_t more = n < 8 ? 8 : n * 2;
    struct index_key *grown = realloc(*list, more * sizeof *grown);
    if (grown == NULL)
        return false;
    *list = grown;
    *room = more;
    return true;
}

static bool add_key(struct entry_keys *k, const struct index_key *key)
{
    if (!make_room(&k->key, &k->room, k->n + 1))
        return false;
    k->key[k->n++] = *key;
    return true;
}

static bool add_warrants(struct entry_keys *k, const struct index_key *key, size_t n)
{
    if (!make_room(&k->warrant, &k->warrant_room, k->warrants + n))
        return false;
    if (n > 0)
        memcpy(k->warrant + k->warrants, key, n * sizeof *key);
    k->warrants += n;
    return true;
}

static int compare_keys(const void *a, const void *b)
{
    return index_key_compare(a, b);
}

/* Sorts the keys and leaves each once. Most entries have a handful. */
static size_t put_in_order(struct index_key *key, size_t n)
{
    size_t kept = 0;
    if (n > 16)
        qsort(key, n, sizeof *key, compare_keys);
    for (size_t i = 1; n <= 16 && i < n; i++) {
        struct index_key moved = key[i];
        size_t to = i;
        for (; to > 0 && index_key_compare(&key[to - 1], &moved) > 0; to--)
            key[to] = key[to - 1];
        key[to] = moved;
    }
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || index_key_compare(&key[kept - 1], &key[i]) != 0)
            key[kept++] = key[i];
    return kept;
}

bool entry_keys_have(const struct entry_keys *k, const struct index_key *key)
{
    return k->n > 0 && bsearch(key, k->key, k->n, sizeof *key, compare_keys) != NULL;
}

/* ---- an entry's own keys --------------------------------------------------------------------- */

/* The members that give keys. */
static const struct key_member {
    enum kind kind;
    enum index_key_type type;
    const char *member, *inner; /* inner: a member of that object; NULL: the member itself */
} key_members[] = {
    { KIND_GENESIS, INDEX_KEY_VKEY, "registrars", NULL },
    { KIND_ENROLL, INDEX_KEY_VKEY, "vkey", NULL },
    { KIND_ENROLL, INDEX_KEY_AUTHORITY, "authority", NULL },
    { KIND_REVOKE, INDEX_KEY_VKEY, "vkey", NULL },
    { KIND_WARRANT, INDEX_KEY_AUTHORITY, "used_by", NULL },
    { KIND_WARRANT, INDEX_KEY_HOLDER, "holders", NULL },
    { KIND_WARRANT, INDEX_KEY_SUBJECT, "subjects", "commit" },
    { KIND_WARRANT, INDEX_KEY_WARRANT, "ref", NULL },
    { KIND_REQUEST, INDEX_KEY_AUTHORITY, "authority", NULL },
    { KIND_REQUEST, INDEX_KEY_HOLDER, "holder", NULL },
    { KIND_REQUEST, INDEX_KEY_SUBJECT, "subjects", "commit" },
    { KIND_REQUEST, INDEX_KEY_WARRANT, "warrant", "ref" },
    { KIND_RESPONSE, INDEX_KEY_HOLDER, "holder", NULL },
    { KIND_TRANSFER, INDEX_KEY_AUTHORITY, "recipient", "authority" },
};

static bool add_vkey(struct entry_keys *k, struct span text)
{
    struct vkey vkey;
    struct index_key key;
    const char *cause;
    if (vkey_parse(&vkey, text, &cause) != 0 || vkey.type != KEY_NOTE)
        return true;
    index_key_of(&key, INDEX_KEY_VKEY, span_of(vkey.key, PUBLIC_KEY_BYTES));
    return add_key(k, &key);
}

static bool add_subject(struct entry_keys *k, struct span text)
{
    uint8_t commit[HASH_BYTES];
    struct index_key key;
    if (base64_decode_exact(commit, sizeof commit, text) != 0)
        return true;
    index_key_of(&key, INDEX_KEY_SUBJECT, span_of(commit, sizeof commit));
    return add_key(k, &key);
}

static bool add_value(struct entry_keys *k, enum index_key_type type, struct span text)
{
    struct index_key key;
    switch (type) {
    case INDEX_KEY_VKEY:
        return add_vkey(k, text);
    case INDEX_KEY_SUBJECT:
        return add_subject(k, text);
    case INDEX_KEY_WARRANT:
        return index_key_of_reference(&key, text) == 0 && add_warrants(k, &key, 1);
    default:
        index_key_of(&key, type, text);
        return add_key(k, &key);
    }
}

/* Adds what a value gives, or each item of an array. */
static bool add_member(struct entry_keys *k, const struct key_member *s, const struct value *v)
{
    if (value_is(v, VALUE_ARRAY)) {
        value_foreach (v, item)
            if (!add_member(k, s, item))
                return false;
        return true;
    }
    const struct value *found = s->inner == NULL ? v : value_member(v, s->inner);
    return !value_is(found, VALUE_STRING) || add_value(k, s->type, value_span(found));
}

static bool add_own(struct entry_keys *k, const struct record *r)
{
    const struct span nothing = span_of("", 0);
    bool good = true;
    if (kind_has_keys(r->kind))
        good = add_value(k, INDEX_KEY_SIGNER, r->signer);
    if (r->kind == KIND_RULESET)
        good = good && add_value(k, INDEX_KEY_RULESET, nothing);
    if (r->kind == KIND_ANCHOR && value_member(r->object, "index") != NULL)
        good = good && add_value(k, INDEX_KEY_AUDITED, nothing);
    for (size_t i = 0; good && i < sizeof key_members / sizeof *key_members; i++)
        if (key_members[i].kind == r->kind)
            good = add_member(k, &key_members[i], value_member(r->object, key_members[i].member));
    return good;
}

/* ---- what it has of the entries that it names ------------------------------------------------ */

struct naming {
    struct entry_keys *keys;
    uint64_t index;
    named_fn *named;
    void *ctx;
    bool unknown; /* something that it names is not at hand */
};

static bool add_named(struct naming *n, const struct value *v, enum kind target)
{
    struct entry_keys *k = n->keys;
    struct entry_ref ref;
    struct named_entry e = { .kind = KIND_NONE };
    if (value_is(v, VALUE_ARRAY)) {
        value_foreach (v, item)
            if (!add_named(n, item, target))
                return false;
        return true;
    }
    if (entry_ref_parse(&ref, v) != 0 || ref.entry >= n->index)
        return true;
    enum named_entry_result result = n->named(n->ctx, ref.entry, target, &e);
    if (result != NAMED_FOUND) {
        n->unknown = true;
        return result != NAMED_MEMORY;
    }
    if (memcmp(e.leaf.b, ref.hash, HASH_BYTES) != 0 || (target != KIND_ANY && e.kind != target))
        return true;
    if (target == KIND_ANY)
        k->about = e.about > ABOUT_DEPTH_MAX ? e.about : e.about + 1;
    if (k->about > ABOUT_DEPTH_MAX)
        return true; /* whatever that one has, it does not pass on */
    n->unknown = n->unknown || e.partial;
    return add_warrants(k, e.warrant, e.warrants);
}

enum named_entry_result entry_keys_of(struct entry_keys *out, uint64_t index,
                                      const struct record *record, named_fn *named, void *ctx)
{
    struct naming n = { .keys = out, .index = index, .named = named, .ctx = ctx };
    out->n = out->warrants = 0;
    out->about = 0;
    if (record == NULL)
        return add_key(out, &INDEX_UNKEYED) ? NAMED_FOUND : NAMED_MEMORY;
    const struct value *object = record->object;
    if (!add_own(out, record) || !add_named(&n, value_member(object, "warrant"), KIND_WARRANT) ||
        !add_named(&n, value_member(object, "request"), KIND_REQUEST) ||
        !add_named(&n, value_member(object, "requests"), KIND_REQUEST) ||
        !add_named(&n, value_member(object, "about"), KIND_ANY))
        return NAMED_MEMORY;
    out->warrants = put_in_order(out->warrant, out->warrants);
    for (size_t i = 0; i < out->warrants; i++)
        if (!add_key(out, &out->warrant[i]))
            return NAMED_MEMORY;
    out->n = put_in_order(out->key, out->n);
    return n.unknown ? NAMED_UNKNOWN : NAMED_FOUND;
}

/* ---- from bytes ------------------------------------------------------------------------------ */

/* Where an entry's names are looked up. Each entry that is read has one of its own. */
struct key_reading {
    entry_read_fn *read;
    void *ctx;
    unsigned abouts;        /* how many names by `about` led to the entry */
    struct entry_keys keys; /* of the entry that it named last */
};

static enum named_entry_result read_named(void *ctx, uint64_t index, enum kind target,
                                          struct named_entry *out);

/* Parses an entry. Returns 1; 0 if it is no v1 form; -1 when out of memory. */
static int parse_form(struct record *record, struct span bytes)
{
    struct entry e;
    struct refusal why;
    if (entry_parse(&e, bytes, &why) == 0 && record_parse(record, e.note, &why) == 0)
        return 1;
    return why.reason == REASON_MEMORY ? -1 : 0;
}

/* The keys of an entry that was read. Those that it names are read only if it is of the kind that
 * was asked for, and no deeper than a chain of `about` counts: so this ends after a few steps,
 * whatever the entries say. */
static enum named_entry_result keys_named(struct key_reading *r, uint64_t index, enum kind target,
                                          struct span bytes, struct named_entry *out)
{
    struct key_reading below = { .read = r->read,
                                 .ctx = r->ctx,
                                 .abouts = r->abouts + (target == KIND_ANY) };
    struct record record;
    enum named_entry_result result = NAMED_FOUND;
    int form = parse_form(&record, bytes);
    if (form <= 0)
        return form == 0 ? NAMED_FOUND : NAMED_MEMORY;
    out->kind = record.kind;
    if (below.abouts <= ABOUT_DEPTH_MAX && (target == KIND_ANY || target == record.kind)) {
        result = entry_keys_of(&r->keys, index, &record, read_named, &below);
        out->warrant = r->keys.warrant;
        out->warrants = r->keys.warrants;
        out->about = r->keys.about;
        out->partial = result == NAMED_UNKNOWN;
    }
    entry_keys_free(&below.keys);
    record_free(&record);
    return result == NAMED_MEMORY ? NAMED_MEMORY : NAMED_FOUND;
}

static enum named_entry_result read_named(void *ctx, uint64_t index, enum kind target,
                                          struct named_entry *out)
{
    struct key_reading *r = ctx;
    struct buf copy = { 0 }; /* what was read is gone with the next one that is */
    struct span bytes;
    enum named_entry_result result = r->read(r->ctx, index, &bytes, &out->leaf);
    if (result != NAMED_FOUND)
        return result;
    buf_add_span(&copy, bytes);
    result = copy.failed ? NAMED_MEMORY : keys_named(r, index, target, buf_span(&copy), out);
    buf_free(&copy);
    return result;
}

enum named_entry_result entry_keys_read(struct entry_keys *out, uint64_t index, struct span bytes,
                                        entry_read_fn *read, void *ctx)
{
    struct key_reading below = { .read = read, .ctx = ctx };
    struct record record;
    int form = parse_form(&record, bytes);
    if (form < 0)
        return NAMED_MEMORY;
    enum named_entry_result result =
        entry_keys_of(out, index, form ? &record : NULL, read_named, &below);
    if (form)
        record_free(&record);
    entry_keys_free(&below.keys);
    return result;
}
