#include "daemon/state/cover_find.h"

#include "proto/base/limits.h"
#include "proto/record/entry.h"

/* Sets *found to the first `index` entry from `from` on, or to NO_ENTRY. */
static enum store_result find_from(uint64_t *found, struct store_txn *t, uint64_t from)
{
    size_t n;
    enum store_result r = store_list(t, LIST_INDEX, span_of("", 0), from, found, 1, &n);
    if (r == STORE_OK && n == 0)
        *found = NO_ENTRY;
    return r;
}

/* A list is read from its beginning on, and may have millions of items: the last of those below
 * `size` is found by halving what lies behind the one found so far. */
enum store_result cover_find_entry(uint64_t *entry, struct store_txn *t, uint64_t size)
{
    uint64_t low = 0, high = size, found;
    *entry = NO_ENTRY;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        enum store_result r = find_from(&found, t, middle);
        if (r != STORE_OK)
            return r;
        if (found < size) { /* not NO_ENTRY either */
            *entry = found;
            low = found + 1;
        } else {
            high = middle;
        }
    }
    return STORE_OK;
}

enum store_result cover_find_at(struct cover *out, struct store_txn *t, uint64_t entry)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct record record;
    struct refusal why = { .reason = REASON_NONE };
    enum store_result r = store_entry(t, entry, &bytes, NULL);
    if (r == STORE_OK &&
        (entry_parse(&e, buf_span(&bytes), &why) != 0 || record_parse(&record, e.note, &why) != 0))
        r = why.reason == REASON_MEMORY ? STORE_MEMORY : STORE_DAMAGED;
    else if (r == STORE_OK) {
        if (record.kind != KIND_INDEX || !cover_of(out, entry, &record))
            r = STORE_ABSENT;
        record_free(&record);
    }
    buf_free(&bytes);
    return r;
}

enum store_result cover_find(struct cover *out, struct store_txn *t, uint64_t size)
{
    uint64_t entry;
    *out = (struct cover){ .entry = NO_ENTRY };
    enum store_result r = cover_find_entry(&entry, t, size);
    if (r != STORE_OK || entry == NO_ENTRY)
        return r;
    r = cover_find_at(out, t, entry);
    return r == STORE_ABSENT ? STORE_DAMAGED : r;
}
