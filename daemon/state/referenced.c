#include "daemon/state/referenced.h"

#include "proto/base/scan.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"

/* A record that cannot be read has no reference by which it could be found. */
static enum store_result read_warrant(struct referenced *out, struct span note)
{
    struct record warrant;
    struct refusal why;
    if (record_parse(&warrant, note, &why) != 0)
        return why.reason == REASON_MEMORY ? STORE_MEMORY : STORE_OK;
    struct span ref = span_str(record_string(&warrant, "ref"));
    if (ref.n <= sizeof out->ref) {
        memcpy(out->ref, ref.p, ref.n);
        out->ref_length = ref.n;
    }
    record_free(&warrant);
    return STORE_OK;
}

/* The kind stands on the record's first line; that it was well-formed was seen to when it came. */
static enum store_result read_entry(struct referenced *out, struct store_txn *txn, uint64_t index)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct refusal why;
    struct span word = { 0 };
    out->ref_length = 0;
    enum store_result r = store_entry(txn, index, &bytes, &out->known.leaf);
    if (r == STORE_OK && entry_parse(&e, buf_span(&bytes), &why) != 0)
        r = STORE_DAMAGED;
    if (r == STORE_OK) {
        struct scan s = scan_of(e.note);
        out->known.kind =
            version_line(scan_line(&s), &word) == 1 ? kind_of_name(word) : KIND_UNDECIDED;
        if (out->known.kind == KIND_WARRANT)
            r = read_warrant(out, e.note);
    }
    buf_free(&bytes);
    return r == STORE_ABSENT ? STORE_DAMAGED : r;
}

enum store_result referenced_read(struct referenced *out, const struct reference_source *where,
                                  uint64_t index)
{
    struct referenced *kept =
        where->memory == NULL ? NULL : &where->memory->kept[index % REFERENCED_KEPT];
    if (kept != NULL && kept->index == index + 1) {
        *out = *kept;
        return STORE_OK;
    }
    enum store_result r = read_entry(out, where->txn, index);
    out->index = index + 1;
    if (r == STORE_OK && kept != NULL)
        *kept = *out;
    return r;
}

enum lookup referenced_lookup(void *source, uint64_t index, struct known_entry *out)
{
    struct referenced found;
    if (referenced_read(&found, source, index) != STORE_OK)
        return LOOKUP_FAILED;
    *out = found.known;
    return LOOKUP_FOUND;
}

void referenced_forget(struct referenced_memory *memory)
{
    memset(memory, 0, sizeof *memory);
}
