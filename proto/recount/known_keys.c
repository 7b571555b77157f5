#include "proto/recount/known_keys.h"

#include <stdlib.h>

#include "proto/record/entry.h"

enum named_state {
    STATE_LACKING, /* it could not be read */
    STATE_PARTIAL, /* something that it names could not */
    STATE_KNOWN,
};

/* On the tape as it is in memory: no other process reads it. */
struct known_item {
    struct hash leaf;
    uint64_t at; /* of its warrant keys, in bytes */
    uint32_t warrants;
    uint16_t kind;
    uint8_t about;
    uint8_t state; /* enum named_state */
};

void known_keys_free(struct known_keys *k)
{
    entry_keys_free(&k->keys);
    entry_keys_free(&k->named);
    buf_free(&k->bytes);
    free(k->key);
    k->key = NULL;
}

/* ---- entries that were kept ------------------------------------------------------------------ */

static int room_for_keys(struct known_keys *k, size_t n)
{
    if (n <= k->room)
        return 0;
    struct index_key *more = realloc(k->key, n * sizeof *more);
    if (more == NULL)
        return -1;
    k->key = more;
    k->room = n;
    return 0;
}

static enum named_entry_result find_kept(struct known_keys *k, uint64_t index,
                                         struct named_entry *out)
{
    struct known_item item;
    if (tape_read(k->items, (index - k->first) * sizeof item, &item, sizeof item) != 0)
        return NAMED_MEMORY;
    if (item.state == STATE_LACKING)
        return NAMED_UNKNOWN;
    if (room_for_keys(k, item.warrants) != 0 ||
        tape_read(k->warrants, item.at, k->key, item.warrants * sizeof *k->key) != 0)
        return NAMED_MEMORY;
    *out = (struct named_entry){ .leaf = item.leaf,
                                 .kind = (enum kind)item.kind,
                                 .warrant = k->key,
                                 .warrants = item.warrants,
                                 .about = item.about,
                                 .partial = item.state == STATE_PARTIAL };
    return NAMED_FOUND;
}

/* ---- entries that are read again ------------------------------------------------------------- */

/* The kind of an entry that entry_keys_read() could look into. */
static enum named_entry_result kind_of_bytes(enum kind *out, struct span bytes)
{
    struct refusal why = { .reason = REASON_NONE };
    struct entry e;
    struct record r;
    *out = KIND_NONE;
    if (entry_parse(&e, bytes, &why) == 0 && record_parse(&r, e.note, &why) == 0) {
        *out = r.kind;
        record_free(&r);
    }
    return why.reason == REASON_MEMORY ? NAMED_MEMORY : NAMED_FOUND;
}

static enum named_entry_result read_named(struct known_keys *k, uint64_t index, enum kind target,
                                          struct named_entry *out)
{
    struct span bytes;
    *out = (struct named_entry){ .kind = KIND_NONE };
    enum named_entry_result result = k->read(k->read_ctx, index, &bytes, &out->leaf);
    buf_clear(&k->bytes);
    if (result == NAMED_FOUND)
        buf_add_span(&k->bytes, bytes); /* as others are read meanwhile */
    if (k->bytes.failed)
        result = NAMED_MEMORY;
    if (result == NAMED_FOUND)
        result = kind_of_bytes(&out->kind, buf_span(&k->bytes));
    if (result == NAMED_FOUND && (target == KIND_ANY || target == out->kind)) {
        result = entry_keys_read(&k->named, index, buf_span(&k->bytes), k->read, k->read_ctx);
        out->warrant = k->named.warrant;
        out->warrants = k->named.warrants;
        out->about = k->named.about;
        out->partial = result == NAMED_UNKNOWN;
    }
    k->unread = k->unread || result == NAMED_UNKNOWN;
    return out->partial ? NAMED_FOUND : result;
}

static enum named_entry_result find_named(void *ctx, uint64_t index, enum kind target,
                                          struct named_entry *out)
{
    struct known_keys *k = ctx;
    return index >= k->first && index < k->next ? find_kept(k, index, out)
                                                : read_named(k, index, target, out);
}

/* ---- one entry ------------------------------------------------------------------------------- */

enum named_entry_result known_keys_of(struct known_keys *k, uint64_t index,
                                      const struct record *record)
{
    k->unread = false;
    return entry_keys_of(&k->keys, index, record, find_named, k);
}

static int keep_item(struct known_keys *k, struct known_item *item)
{
    size_t n = item->warrants;
    item->at = k->warrants->length;
    if (tape_append(k->items, item, sizeof *item) != 0 ||
        (n > 0 && tape_append(k->warrants, k->keys.warrant, n * sizeof *k->keys.warrant) != 0))
        return -1;
    k->next++;
    return 0;
}

int known_keys_keep(struct known_keys *k, const struct hash *leaf, enum kind kind, bool known)
{
    struct known_item item = { .leaf = *leaf,
                               .warrants = (uint32_t)k->keys.warrants,
                               .kind = (uint16_t)kind,
                               .about = (uint8_t)k->keys.about,
                               .state = known ? STATE_KNOWN : STATE_PARTIAL };
    return keep_item(k, &item);
}

int known_keys_lack(struct known_keys *k, const struct hash *leaf)
{
    struct known_item item = { .leaf = *leaf, .kind = KIND_UNDECIDED, .state = STATE_LACKING };
    return keep_item(k, &item);
}
