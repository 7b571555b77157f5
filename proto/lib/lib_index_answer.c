#include <stdio.h>
#include <stdlib.h>

#include "proto/answer/answer.h"
#include "proto/lib/lib_objects.h"

struct bitacora_answered {
    uint64_t index;
    struct hash leaf;
    int64_t accepted;
    enum kind kind;
    enum role role;
    char authority[CODE_MAX + 1];
    char signer[SIGNER_NAME_MAX + 1];
    char *members;
};

struct bitacora_answer {
    char *text; /* owned: the checkpoint points into it */
    size_t n;
    bitacora_result result;
    const char *type;
    char *value;
    uint64_t end, index, covered;
    uint64_t audit, audited;
    char auditor[SIGNER_NAME_MAX + 1];
    int64_t date;
    struct hash genesis;
    bitacora_checkpoint checkpoint;
    bitacora_answered *entry;
    size_t entries, room, unkeyed;
};

/* ---- what is taken out of a part ------------------------------------------------------------- */

static void copy_signer(char out[static SIGNER_NAME_MAX + 1], const struct record *r)
{
    snprintf(out, SIGNER_NAME_MAX + 1, "%.*s", (int)r->signer.n, (const char *)r->signer.p);
}

/* An entry that was judged: what fails now fails for want of memory. */
static bool parse_judged(struct record *out, const struct answer_entry *e)
{
    struct entry header;
    struct refusal why;
    return entry_parse(&header, e->bytes, &why) == 0 && record_parse(out, header.note, &why) == 0;
}

static bool add_answered(bitacora_answer *a, const struct answer_entry *e)
{
    struct record r;
    if (a->entries == a->room) {
        size_t room = a->room == 0 ? 16 : a->room * 2;
        bitacora_answered *more = realloc(a->entry, room * sizeof *more);
        if (more == NULL)
            return false;
        a->entry = more;
        a->room = room;
    }
    bitacora_answered *out = &a->entry[a->entries];
    *out = (bitacora_answered){ .index = e->index,
                                .leaf = e->leaf,
                                .accepted = e->accepted,
                                .kind = e->kind,
                                .role = e->role };
    memcpy(out->authority, e->authority, sizeof out->authority);
    if (!parse_judged(&r, e))
        return false;
    copy_signer(out->signer, &r);
    out->members = copy_members(&r);
    record_free(&r);
    a->entries += out->members != NULL;
    return out->members != NULL;
}

/* From 0 on, the tables of the cover that are those of the audited one. */
static uint64_t audited_to(const struct answer_part *p)
{
    uint64_t to = 0;
    for (size_t i = 0; i < p->cover.tables; i++) {
        if (cover_same_table(&p->audited, &p->cover.table[i]) == NULL)
            break;
        to = p->cover.table[i].to;
    }
    return to;
}

static bool take_auditor(bitacora_answer *a, const struct answer_part *p)
{
    struct record r;
    for (size_t i = 0; i < p->entries; i++)
        if (p->entry[i].index == p->audit) {
            if (!parse_judged(&r, &p->entry[i]))
                return false;
            copy_signer(a->auditor, &r);
            record_free(&r);
        }
    a->audit = p->audit;
    a->audited = p->audit == NO_ENTRY ? 0 : audited_to(p);
    return true;
}

/* What all parts say alike is taken of the last. */
static bool take_part(bitacora_answer *a, const struct answer_part *p)
{
    for (size_t i = 0; i < p->entries; i++) {
        const struct answer_entry *e = &p->entry[i];
        bool inside = e->index >= p->from && e->index < p->to;
        if (e->asked && !add_answered(a, e))
            return false;
        a->unkeyed += inside && e->unkeyed;
    }
    if (p->to != p->end)
        return true;
    a->type = index_key_word(p->question.type);
    a->value = copy_bytes(p->question.value.p, p->question.value.n);
    a->end = p->end;
    a->index = p->index;
    a->covered = p->cover.end;
    a->date = p->date;
    a->genesis = p->genesis;
    a->checkpoint.bytes = p->checkpoint;
    a->checkpoint.cp = p->cp;
    checkpoint_describe(&a->checkpoint);
    return take_auditor(a, p) && a->value != NULL;
}

/* ---- a file ---------------------------------------------------------------------------------- */

/* A judgement on its way. */
struct answer_case {
    bitacora_context *ctx;
    bitacora_answer *answer;
    struct answer_file file;
    enum verdict verdict;
    bool against; /* something speaks against what the file says */
    struct buf *evidence;
};

static void hear(void *arg, const struct finding *f)
{
    struct answer_case *c = arg;
    bool later = f->why.reason == REASON_VERSION && f->entry != NO_ENTRY;
    if (f->why.reason != REASON_QUORUM && f->why.reason != REASON_CLOCKS && !later)
        c->against = true;
    if (c->verdict != VERDICT_BAD)
        c->verdict = f->verdict;
    context_found(c->ctx, f);
}

static bool goes_on(void *arg)
{
    struct answer_case *c = arg;
    return !context_cancelled(c->ctx);
}

/* What the file is as a whole, so far. */
static void hear_parts(struct answer_case *c, int result, const struct refusal *why)
{
    struct finding f = {
        .verdict = verdict_of_file(why->reason), .why = *why, .entry = NO_ENTRY, .related = NO_ENTRY
    };
    if (result != 0)
        hear(c, &f);
}

/* Judges the part that `text` begins with. Returns its length; 0 if no more can be said. */
static size_t judge_next(struct answer_case *c, struct span text, bool *memory)
{
    const bitacora_policy *policy = c->answer->checkpoint.policy;
    struct watch watch = { .found = hear, .go_on = goes_on, .ctx = c };
    struct answer_part part;
    struct refusal why = { .reason = REASON_NONE };
    size_t used;
    answer_judge(&part, &used, policy->policy, text, NULL, pin_of(policy), &watch);
    if (c->evidence != NULL && c->evidence->n == 0)
        buf_add_span(c->evidence, buf_span(&part.evidence));
    if (used > 0)
        hear_parts(c, answer_file_add(&c->file, &part, &why), &why);
    if (used > 0 && !c->against && !take_part(c->answer, &part)) {
        *memory = true;
        used = 0;
    }
    answer_part_free(&part);
    return c->ctx->cancelled ? 0 : used;
}

static bitacora_result judge_whole(struct answer_case *c)
{
    struct span text = span_of(c->answer->text, c->answer->n);
    struct refusal why = { .reason = REASON_NONE };
    bool memory = false;
    size_t at = 0, used = 1;
    while (used > 0 && (at < text.n || c->file.parts == 0)) {
        used = judge_next(c, span_of(text.p + at, text.n - at), &memory);
        at += used;
    }
    if (used > 0)
        hear_parts(c, answer_file_end(&c->file, &why), &why);
    if (c->ctx->cancelled)
        return BITACORA_CANCELLED;
    if (memory || context_no_memory(c->ctx) || (c->evidence != NULL && c->evidence->failed))
        return BITACORA_MEMORY;
    return result_of_verdict(c->verdict);
}

static bitacora_result verify_answer(bitacora_context *ctx, const bitacora_policy *policy,
                                     struct span text, bitacora_answer **out, struct buf *evidence)
{
    struct answer_case c = { .ctx = ctx, .evidence = evidence };
    bitacora_answer *a = calloc(1, sizeof *a);
    if (a == NULL || (a->text = copy_bytes(text.p, text.n)) == NULL) {
        free(a);
        return BITACORA_MEMORY;
    }
    a->n = text.n;
    a->checkpoint.policy = policy;
    a->audit = NO_ENTRY;
    c.answer = a;
    a->result = judge_whole(&c);
    bitacora_result result = a->result;
    if (result >= 0 && !c.against)
        *out = a;
    else
        bitacora_answer_free(a);
    return result;
}

bitacora_result bitacora_answer_verify(bitacora_context *ctx, const bitacora_policy *policy,
                                       const void *bytes, size_t n, bitacora_answer **out,
                                       char **evidence, size_t *evidence_n)
{
    struct buf found = { 0 };
    struct refusal why;
    if (evidence != NULL)
        *evidence = NULL;
    if (evidence_n != NULL)
        *evidence_n = 0;
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    if (n > ctx->limit[BITACORA_LIMIT_ANSWER]) {
        refuse(&why, REASON_ANSWER_FORM, "too large");
        return context_refuse(ctx, BITACORA_UNDECIDED, &why);
    }
    bitacora_result result =
        verify_answer(ctx, policy, span_of(bytes, n), out, evidence == NULL ? NULL : &found);
    if (result >= 0 && found.n > 0 && give_bytes(&found, evidence, evidence_n) != BITACORA_PROVEN)
        result = BITACORA_MEMORY;
    buf_free(&found);
    return result;
}

void bitacora_answer_free(bitacora_answer *a)
{
    if (a == NULL)
        return;
    for (size_t i = 0; i < a->entries; i++)
        free(a->entry[i].members);
    free(a->entry);
    free(a->value);
    free(a->text);
    free(a);
}

/* ---- what it says ---------------------------------------------------------------------------- */

bitacora_result bitacora_answer_result(const bitacora_answer *a)
{
    return a == NULL ? BITACORA_MISUSE : a->result;
}

const char *bitacora_answer_type(const bitacora_answer *a)
{
    return a == NULL ? NULL : a->type;
}

const char *bitacora_answer_value(const bitacora_answer *a)
{
    return a == NULL ? NULL : a->value;
}

uint64_t bitacora_answer_complete_to(const bitacora_answer *a)
{
    return a == NULL ? BITACORA_NO_ENTRY : a->end - 1;
}

int64_t bitacora_answer_date(const bitacora_answer *a)
{
    return a == NULL ? 0 : a->date;
}

uint64_t bitacora_answer_index(const bitacora_answer *a)
{
    return a == NULL ? BITACORA_NO_ENTRY : a->index;
}

uint64_t bitacora_answer_covered_to(const bitacora_answer *a)
{
    return a == NULL ? 0 : a->covered;
}

uint64_t bitacora_answer_audit(const bitacora_answer *a)
{
    return a == NULL ? BITACORA_NO_ENTRY : a->audit;
}

const char *bitacora_answer_auditor(const bitacora_answer *a)
{
    return a == NULL || a->audit == NO_ENTRY ? NULL : a->auditor;
}

uint64_t bitacora_answer_audited_to(const bitacora_answer *a)
{
    return a == NULL ? 0 : a->audited;
}

const uint8_t *bitacora_answer_genesis(const bitacora_answer *a)
{
    return a == NULL ? NULL : a->genesis.b;
}

const bitacora_checkpoint *bitacora_answer_checkpoint(const bitacora_answer *a)
{
    return a == NULL ? NULL : &a->checkpoint;
}

size_t bitacora_answer_count(const bitacora_answer *a)
{
    return a == NULL ? 0 : a->entries;
}

const bitacora_answered *bitacora_answer_at(const bitacora_answer *a, size_t at)
{
    return a == NULL || at >= a->entries ? NULL : &a->entry[at];
}

size_t bitacora_answer_unkeyed(const bitacora_answer *a)
{
    return a == NULL ? 0 : a->unkeyed;
}

uint64_t bitacora_answered_index(const bitacora_answered *e)
{
    return e == NULL ? BITACORA_NO_ENTRY : e->index;
}

const uint8_t *bitacora_answered_leaf(const bitacora_answered *e)
{
    return e == NULL ? NULL : e->leaf.b;
}

int64_t bitacora_answered_accepted(const bitacora_answered *e)
{
    return e == NULL ? 0 : e->accepted;
}

const char *bitacora_answered_kind(const bitacora_answered *e)
{
    return e == NULL ? NULL : kind_name(e->kind);
}

const char *bitacora_answered_members(const bitacora_answered *e)
{
    return e == NULL ? NULL : e->members;
}

const char *bitacora_answered_signer(const bitacora_answered *e)
{
    return e == NULL ? NULL : e->signer;
}

const char *bitacora_answered_role(const bitacora_answered *e)
{
    return e == NULL ? NULL : role_name(e->role);
}

const char *bitacora_answered_authority(const bitacora_answered *e)
{
    return e == NULL || e->authority[0] == 0 ? NULL : e->authority;
}
