#include "client/entries/entry_refs.h"

#include <string.h>

#include "proto/base/base64.h"

static bool is_left_out(const char *name)
{
    return name != NULL && (strcmp(name, "under") == 0 || strcmp(name, "to") == 0);
}

/* Strict JSON is at most some levels deep. */
static void look_for_refs(const struct value *v, const char *member, entry_ref_fn *told, void *ctx)
{
    const struct value *entry = value_member(v, "entry");
    if (value_is(entry, VALUE_INTEGER))
        told(ctx, member, (uint64_t)value_integer(entry));
    value_foreach (v, inner)
        if (!is_left_out(inner->name))
            look_for_refs(inner, member, told, ctx);
}

void entry_refs(const struct value *object, entry_ref_fn *told, void *ctx)
{
    value_foreach (object, member)
        if (!is_left_out(member->name))
            look_for_refs(member, member->name, told, ctx);
}

void entry_blobs(const struct value *object, entry_blob_fn *told, void *ctx)
{
    uint8_t blob[HASH_BYTES];
    const struct value *sealed = value_member(object, "sealed");
    if (value_is(sealed, VALUE_STRING) &&
        base64_decode_exact(blob, HASH_BYTES, value_span(sealed)) == 0)
        told(ctx, blob);
    value_foreach (object, inner)
        entry_blobs(inner, told, ctx);
}
