#include "daemon/state/find_terms.h"

#include "proto/judge/registry.h"

/* The name of a vkey that was judged good. */
static struct span vkey_name(struct span vkey)
{
    size_t n = 0;
    while (n < vkey.n && vkey.p[n] != '+')
        n++;
    return span_of(vkey.p, n);
}

/* What the registry is made of; what says who may sign is also found under the names it
 * is about. */
static enum store_result registry_terms(const struct record *r, term_fn *visit, void *ctx)
{
    const struct value *registrars = value_member(r->object, "registrars");
    enum store_result result = visit(ctx, LIST_REGISTRY, span_of("", 0));
    value_foreach (registrars, registrar)
        if (result == STORE_OK)
            result = visit(ctx, LIST_SIGNER, vkey_name(value_span(registrar)));
    if (result == STORE_OK && (r->kind == KIND_ENROLL || r->kind == KIND_REVOKE))
        result = visit(ctx, LIST_SIGNER, vkey_name(value_span(value_member(r->object, "vkey"))));
    return result;
}

/* The entry that a record points at, by the reference that it has if it is a warrant. */
static enum store_result referenced_warrant(uint64_t index, const struct reference_source *where,
                                            term_fn *visit, void *ctx)
{
    struct referenced warrant;
    enum store_result result = referenced_read(&warrant, where, index);
    if (result == STORE_OK && warrant.ref_length > 0)
        result = visit(ctx, LIST_WARRANT, span_of(warrant.ref, warrant.ref_length));
    return result;
}

static enum store_result warrant_terms(const struct record *r, const struct reference_source *where,
                                       term_fn *visit, void *ctx)
{
    const struct value *warrant = value_member(r->object, "warrant");
    const char *named = r->kind == KIND_WARRANT ? record_string(r, "ref")
                                                : value_text(value_member(warrant, "ref"));
    struct entry_ref ref;
    enum store_result result = STORE_OK;
    if (named != NULL)
        result = visit(ctx, LIST_WARRANT, span_str(named));
    if (result == STORE_OK && warrant != NULL && entry_ref_parse(&ref, warrant) == 0)
        result = referenced_warrant(ref.entry, where, visit, ctx);
    return result;
}

enum store_result find_terms_visit(const struct record *r, const struct reference_source *where,
                                   term_fn *visit, void *ctx)
{
    enum store_result result = visit(ctx, LIST_SIGNER, r->signer);
    if (result == STORE_OK && registry_takes(r->kind))
        result = registry_terms(r, visit, ctx);
    if (result == STORE_OK && r->kind == KIND_INDEX)
        result = visit(ctx, LIST_INDEX, span_of("", 0));
    if (result == STORE_OK)
        result = warrant_terms(r, where, visit, ctx);
    return result;
}
