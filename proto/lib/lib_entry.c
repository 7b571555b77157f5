/* An entry, as a replay shows it to its caller. */
#include "proto/lib/lib_objects.h"

uint64_t bitacora_entry_index(const bitacora_entry *e)
{
    return e == NULL ? BITACORA_NO_ENTRY : e->judged->index;
}

const uint8_t *bitacora_entry_leaf(const bitacora_entry *e)
{
    return e == NULL ? NULL : e->judged->leaf->b;
}

int64_t bitacora_entry_accepted(const bitacora_entry *e)
{
    return e == NULL || !e->judged->has_header ? INT64_MIN : e->judged->accepted;
}

const char *bitacora_entry_kind(const bitacora_entry *e)
{
    return e == NULL || e->judged->record == NULL ? NULL : kind_name(e->judged->record->kind);
}

const char *bitacora_entry_signer(const bitacora_entry *e)
{
    return e == NULL || e->judged->record == NULL ? NULL : e->signer;
}

const char *bitacora_entry_members(const bitacora_entry *e)
{
    if (e == NULL || e->judged->record == NULL)
        return NULL;
    return buf_str((struct buf *)(uintptr_t)&e->members);
}

bool bitacora_entry_counts(const bitacora_entry *e)
{
    return e != NULL && e->judged->counts;
}
