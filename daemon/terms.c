#include "daemon/terms.h"

#include "proto/entry.h"
#include "proto/registry.h"

/* The name of a vkey that was judged good. */
static struct span vkey_name(const char *vkey)
{
    return span_of(vkey, strcspn(vkey, "+"));
}

/* What the registry is made of; what says who may sign is also found under the names it is about. */
static enum store_result registry_terms(const struct record *r, term_fn *visit, void *ctx)
{
    const json_t *registrars = json_object_get(r->object, "registrars");
    enum store_result result = visit(ctx, LIST_REGISTRY, span_of("", 0));
    for (size_t i = 0; result == STORE_OK && i < json_array_size(registrars); i++)
        result =
            visit(ctx, LIST_SIGNER, vkey_name(json_string_value(json_array_get(registrars, i))));
    if (result == STORE_OK && (r->kind == KIND_ENROLL || r->kind == KIND_REVOKE))
        result = visit(ctx, LIST_SIGNER, vkey_name(record_string(r, "vkey")));
    return result;
}

/* The entry that a record points at, by the reference that it has if it is a warrant. */
static enum store_result pointed_warrant(uint64_t index, struct store_txn *t, term_fn *visit,
                                         void *ctx)
{
    struct buf bytes = { 0 };
    struct entry entry;
    struct record warrant;
    struct refusal why;
    enum store_result result = store_entry(t, index, &bytes, NULL);
    if (result != STORE_OK) {
        buf_free(&bytes);
        return result == STORE_ABSENT ? STORE_DAMAGED : result;
    }
    if (entry_parse(&entry, buf_span(&bytes), &why) == 0 &&
        record_parse(&warrant, entry.note, &why) == 0) {
        if (warrant.kind == KIND_WARRANT)
            result = visit(ctx, LIST_WARRANT, span_str(record_string(&warrant, "ref")));
        record_free(&warrant);
    } else if (why.reason == REASON_MEMORY) {
        result = STORE_MEMORY;
    }
    buf_free(&bytes);
    return result;
}

static enum store_result warrant_terms(const struct record *r, struct store_txn *t, term_fn *visit,
                                       void *ctx)
{
    const json_t *warrant = json_object_get(r->object, "warrant");
    const char *named = r->kind == KIND_WARRANT
                            ? record_string(r, "ref")
                            : json_string_value(json_object_get(warrant, "ref"));
    struct entry_ref ref;
    enum store_result result = STORE_OK;
    if (named != NULL)
        result = visit(ctx, LIST_WARRANT, span_str(named));
    if (result == STORE_OK && warrant != NULL && entry_ref_parse(&ref, warrant) == 0)
        result = pointed_warrant(ref.entry, t, visit, ctx);
    return result;
}

enum store_result terms_visit(const struct record *r, struct store_txn *t, term_fn *visit,
                              void *ctx)
{
    enum store_result result = visit(ctx, LIST_SIGNER, r->signer);
    if (result == STORE_OK && registry_takes(r->kind))
        result = registry_terms(r, visit, ctx);
    if (result == STORE_OK)
        result = warrant_terms(r, t, visit, ctx);
    return result;
}
