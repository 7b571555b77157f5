#include "proto/lib/lib_known.h"

#include <inttypes.h>
#include <stdio.h>

#include "proto/gate/gate_law.h"

/* ---- what is kept ---------------------------------------------------------------------------- */

static void forget(struct known_log *k)
{
    gate_book_free(k->book);
    k->book = NULL;
    k->registry = NULL;
    k->entries = k->size = 0;
}

void known_free(struct known_log *k)
{
    forget(k);
    for (size_t i = 0; i < 2; i++)
        ruleset_free(k->own[i]);
}

bitacora_result known_for(struct known_log *k, const char *holder)
{
    const struct span files[2] = { ruleset_builtin(), ruleset_newest() };
    struct refusal why; /* they are good: only memory can be short */
    forget(k);
    for (size_t i = 0; i < 2; i++)
        if (k->own[i] == NULL && (k->own[i] = ruleset_parse(files[i], &why)) == NULL)
            return BITACORA_MEMORY;
    memcpy(k->holder, holder, strlen(holder) + 1);
    return BITACORA_PROVEN;
}

void known_begin(struct known_log *k, bool from_state)
{
    k->registry = NULL; /* that of the last run is gone */
    if (k->holder[0] == 0 || from_state)
        return;
    forget(k);
    k->book = gate_book_new(k->holder);
}

int known_take(struct known_log *k, const struct judged *e, const struct judge *judge)
{
    if (k->holder[0] == 0)
        return 0;
    if (k->book == NULL && e->index > 0)
        return 0; /* it cannot be made without the entries before */
    if (k->book == NULL || gate_book_take(k->book, e, judge_registry(judge)) != 0) {
        forget(k);
        return -1;
    }
    if (e->index != k->entries)
        forget(k); /* the state is not of this replay's last run */
    else
        k->entries++;
    return 0;
}

/* Whether the run went on from the very tree that the book ends with. */
static bool continues(const struct known_log *k, const struct log_replay *run)
{
    const struct checkpoint *from = &run->state.accepted.cp.checkpoint;
    return !run->from_state || (from->size == k->size && hash_eq(&from->root, &k->root));
}

void known_end(struct known_log *k, const struct log_replay *proven)
{
    if (k->book == NULL || (proven == NULL && k->entries == k->size))
        return;
    if (proven == NULL || !continues(k, proven) ||
        k->entries != proven->accepted.cp.checkpoint.size) {
        forget(k);
        return;
    }
    k->size = k->entries;
    k->root = proven->accepted.cp.checkpoint.root;
    k->registry = judge_registry(proven->judge);
}

/* ---- what a gate asks of it ------------------------------------------------------------------ */

static bool is_pinned(const struct ruleset *r, const struct pinned_ruleset *p)
{
    return memcmp(ruleset_sha256(r)->b, p->sha256, HASH_BYTES) == 0;
}

/* The ruleset in force when the log accepted a request; NULL: it is not at hand. */
static const struct ruleset *ruleset_of(const struct known_log *k, const bitacora_gate *g,
                                        int64_t accepted, uint64_t entry)
{
    const struct pinned_ruleset *p = registry_ruleset(k->registry, accepted, entry);
    if (p == NULL)
        return k->own[0];
    for (size_t i = 0; i < 2; i++)
        if (is_pinned(k->own[i], p))
            return k->own[i];
    for (size_t i = 0; i < g->rulesets; i++)
        if (is_pinned(g->ruleset[i], p))
            return g->ruleset[i];
    return NULL;
}

static enum gate_found find(const struct known_log *k, const bitacora_receipt *request,
                            struct gate_booked *out)
{
    struct entry_ref ref = { .entry = request->report.index };
    memcpy(ref.hash, request->report.leaf.b, HASH_BYTES);
    return k->registry == NULL ? GATE_NOT_YET : gate_book_find(k->book, &ref, k->registry, out);
}

static void object_to_entry(bitacora_context *ctx, const bitacora_receipt *r, enum verdict verdict,
                            enum reason reason)
{
    char entry[24];
    struct finding f = { .verdict = verdict, .entry = r->report.index, .related = NO_ENTRY };
    snprintf(entry, sizeof entry, "%" PRIu64, r->report.index);
    refuse(&f.why, reason, entry);
    context_found(ctx, &f);
}

void known_ask(bitacora_context *ctx, const struct known_log *k, const bitacora_gate *g,
               const struct gate_rules *rules, bitacora_receipt *request, int64_t seen, int64_t now)
{
    const struct gate_request asked = { request->record.object, request->report.index,
                                        request->report.accepted };
    struct gate_booked booked;
    switch (find(k, request, &booked)) {
    case GATE_FOUND:
        booked.standing.known = seen;
        request->period = gate_period(request->record.object, booked.standing.warrant);
        gate_ask(rules, &asked, &booked.standing, ruleset_of(k, g, asked.accepted, asked.entry),
                 now, context_found, ctx);
        return;
    case GATE_NOT_YET:
        object_to_entry(ctx, request, VERDICT_UNDECIDED, REASON_GATE_NOT_YET);
        break;
    case GATE_NO_ENTRY:
        object_to_entry(ctx, request, VERDICT_BAD, REASON_GATE_NO_ENTRY);
        break;
    }
    gate_ask(rules, &asked, NULL, NULL, now, context_found, ctx);
}

bool known_gives(const struct known_log *k, const bitacora_gate *g, const bitacora_receipt *request,
                 const char *category)
{
    struct gate_booked booked;
    if (find(k, request, &booked) != GATE_FOUND)
        return false;
    const struct ruleset *r = ruleset_of(k, g, booked.accepted, request->report.index);
    value_foreach (value_member(request->record.object, "categories"), item)
        if (r != NULL && gate_same_code(r, VOCABULARY_CATEGORY, value_text(item), category))
            return gate_gives(&booked.standing, r, value_text(item));
    return false;
}
