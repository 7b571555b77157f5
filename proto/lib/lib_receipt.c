#include <stdio.h>
#include <stdlib.h>

#include "proto/lib/lib_objects.h"

static bool not_cancelled(void *ctx)
{
    return !context_cancelled(ctx);
}

struct watch watch_of(bitacora_context *ctx)
{
    return (struct watch){ .found = context_found, .go_on = not_cancelled, .ctx = ctx };
}

/* ---- who signed it --------------------------------------------------------------------------- */

static void copy_code(char out[static CODE_MAX + 1], const struct record *enrolment,
                      const char *member)
{
    const char *text = record_string(enrolment, member);
    snprintf(out, CODE_MAX + 1, "%s", text == NULL ? "" : text);
}

static bool is_key(bitacora_receipt *r, const struct vkey *key)
{
    if (!record_signed_by(&r->record, key))
        return false;
    r->key = *key;
    return true;
}

/* A key that an entry of the chain names, as a text. */
static bool is_named_key(bitacora_receipt *r, struct span text)
{
    struct vkey key;
    const char *cause;
    return vkey_parse_again(&key, text, &cause) == 0 && is_key(r, &key);
}

/* The log's own key, or one of the registrars that genesis names. */
static bool find_first_key(bitacora_receipt *r, const struct record *genesis)
{
    const struct policy *policy = r->checkpoint.policy->policy;
    struct log_keys keys = policy_log_keys(policy, r->report.cp.log);
    r->role = ROLE_LOG;
    for (size_t i = 0; i < keys.n; i++)
        if (is_key(r, keys.key[i]))
            return true;
    r->role = ROLE_REGISTRAR;
    value_foreach (value_member(genesis->object, "registrars"), registrar)
        if (is_named_key(r, value_span(registrar)))
            return true;
    return false;
}

/* By what enrolled the signer: the entry behind the receipt's own, or in genesis itself. */
static bool find_signer(bitacora_receipt *r)
{
    struct entry e;
    struct record by;
    struct refusal why;
    size_t at = r->parsed.entries > 1 ? 1 : 0;
    if (entry_parse(&e, r->parsed.entry[at].bytes, &why) != 0 ||
        record_parse(&by, e.note, &why) != 0)
        return false;
    bool found;
    if (by.kind == KIND_ENROLL) {
        const char *vkey = record_string(&by, "vkey");
        r->role = role_of_name(record_string(&by, "role"));
        copy_code(r->authority, &by, "authority");
        copy_code(r->level, &by, "level");
        copy_code(r->function, &by, "function");
        found = vkey != NULL && is_named_key(r, span_str(vkey));
    } else {
        found = find_first_key(r, &by);
    }
    record_free(&by);
    return found;
}

/* ---- what it carries ------------------------------------------------------------------------- */

char *copy_members(const struct record *record)
{
    const char *text = (const char *)record->text.p;
    const char *second = memchr(text, '\n', record->text.n);
    return copy_bytes(second + 1, record->text.n - 2 - (size_t)(second - text));
}

/* Fills in what the caller reads. All of it was judged before: what fails now fails for want of
 * memory. Returns false then. */
static bool fill_receipt(bitacora_receipt *r)
{
    struct entry e;
    struct refusal why;
    struct buf key = { 0 };
    if (receipt_parse(&r->parsed, span_of(r->text, r->n), &why) != 0 ||
        entry_parse(&e, r->parsed.entry[0].bytes, &why) != 0 ||
        record_parse(&r->record, e.note, &why) != 0 || !find_signer(r))
        return false;
    vkey_format(&key, &r->key);
    snprintf(r->key_text, sizeof r->key_text, "%s", buf_str(&key));
    bool failed = key.failed;
    buf_free(&key);
    r->members = copy_members(&r->record);
    r->checkpoint.bytes = r->parsed.checkpoint;
    r->checkpoint.cp = r->report.cp;
    checkpoint_describe(&r->checkpoint);
    return !failed && r->members != NULL;
}

/* What is said of this receipt alone, whatever the context holds of others. */
static bitacora_result judge_receipt(bitacora_context *ctx, bitacora_receipt *r, bool served)
{
    const bitacora_policy *policy = r->checkpoint.policy;
    struct watch watch = watch_of(ctx);
    struct span text = span_of(r->text, r->n);
    enum verdict verdict =
        served ? receipt_judge_served(&r->report, policy->policy, text, pin_of(policy),
                                      context_found, ctx)
               : receipt_judge_watched(&r->report, policy->policy, text, pin_of(policy), &watch);
    if (ctx->cancelled)
        return BITACORA_CANCELLED;
    return context_no_memory(ctx) ? BITACORA_MEMORY : result_of_verdict(verdict);
}

static bitacora_result take_text(bitacora_context *ctx, const bitacora_policy *policy,
                                 struct span text, bool served, bitacora_receipt **out)
{
    struct refusal why;
    *out = NULL;
    if (text.n > ctx->limit[BITACORA_LIMIT_RECEIPT]) {
        refuse(&why, REASON_RECEIPT_FORM, "too large");
        return context_refuse(ctx, BITACORA_UNDECIDED, &why);
    }
    bitacora_receipt *r = calloc(1, sizeof *r);
    if (r == NULL || (r->text = copy_bytes(text.p, text.n)) == NULL) {
        free(r);
        return BITACORA_MEMORY;
    }
    r->n = text.n;
    r->checkpoint.policy = policy;
    bitacora_result result = judge_receipt(ctx, r, served);
    bool stands = result >= 0 && r->report.entry_stands;
    if (stands && !fill_receipt(r))
        result = BITACORA_MEMORY;
    if (stands && result >= 0)
        *out = r;
    else
        bitacora_receipt_free(r);
    return result;
}

bitacora_result receipt_take(bitacora_context *ctx, const bitacora_policy *policy, struct span text,
                             bitacora_receipt **out)
{
    return take_text(ctx, policy, text, false, out);
}

bitacora_result receipt_take_served(bitacora_context *ctx, const bitacora_policy *policy,
                                    struct span text, bitacora_receipt **out)
{
    return take_text(ctx, policy, text, true, out);
}

bitacora_result bitacora_receipt_verify(bitacora_context *ctx, const bitacora_policy *policy,
                                        const void *bytes, size_t n, bitacora_receipt **out)
{
    if (out == NULL)
        return context_misuse(ctx, "out");
    *out = NULL;
    if (ctx == NULL || policy == NULL || (bytes == NULL && n > 0))
        return context_misuse(ctx, policy == NULL ? "policy" : "bytes");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    return receipt_take(ctx, policy, span_of(bytes, n), out);
}

void bitacora_receipt_free(bitacora_receipt *r)
{
    if (r == NULL)
        return;
    free(r->members);
    record_free(&r->record);
    receipt_free(&r->parsed);
    opening_wipe(&r->person);
    free(r->text);
    free(r);
}

bitacora_result bitacora_receipt_result(const bitacora_receipt *r)
{
    return r == NULL ? BITACORA_MISUSE : result_of_verdict(r->report.verdict);
}

uint64_t bitacora_receipt_index(const bitacora_receipt *r)
{
    return r == NULL ? BITACORA_NO_ENTRY : r->report.index;
}

const uint8_t *bitacora_receipt_leaf(const bitacora_receipt *r)
{
    return r == NULL ? NULL : r->report.leaf.b;
}

int64_t bitacora_receipt_accepted(const bitacora_receipt *r)
{
    return r == NULL ? 0 : r->report.accepted;
}

int64_t bitacora_receipt_signed_at(const bitacora_receipt *r)
{
    return r == NULL ? 0 : r->record.at;
}

const char *bitacora_receipt_kind(const bitacora_receipt *r)
{
    return r == NULL ? NULL : kind_name(r->record.kind);
}

const char *bitacora_receipt_members(const bitacora_receipt *r)
{
    return r == NULL ? NULL : r->members;
}

const char *bitacora_receipt_string(const bitacora_receipt *r, const char *member)
{
    return r == NULL || member == NULL ? NULL : record_string(&r->record, member);
}

const char *bitacora_receipt_signer(const bitacora_receipt *r)
{
    return r == NULL ? NULL : r->report.signer;
}

const char *bitacora_receipt_signer_key(const bitacora_receipt *r)
{
    return r == NULL ? NULL : r->key_text;
}

const char *bitacora_receipt_role(const bitacora_receipt *r)
{
    return r == NULL ? NULL : role_name(r->role);
}

static const char *or_null(const char *text)
{
    return text[0] == 0 ? NULL : text;
}

const char *bitacora_receipt_authority(const bitacora_receipt *r)
{
    return r == NULL ? NULL : or_null(r->authority);
}

const char *bitacora_receipt_level(const bitacora_receipt *r)
{
    return r == NULL ? NULL : or_null(r->level);
}

const char *bitacora_receipt_function(const bitacora_receipt *r)
{
    return r == NULL ? NULL : or_null(r->function);
}

const uint8_t *bitacora_receipt_genesis(const bitacora_receipt *r)
{
    return r == NULL ? NULL : r->report.genesis.b;
}

const bitacora_checkpoint *bitacora_receipt_checkpoint(const bitacora_receipt *r)
{
    return r == NULL ? NULL : &r->checkpoint;
}

/* ---- one receipt and another ----------------------------------------------------------------- */

struct compared_receipts {
    bitacora_context *ctx;
    struct buf *evidence;
};

static void tell_compared(void *ctx, const struct contradiction *c)
{
    const struct compared_receipts *t = ctx;
    struct finding f = {
        .verdict = c->verdict, .why = c->why, .entry = c->entry, .related = NO_ENTRY
    };
    if (c->kind == CONTRADICTION_REVOKED)
        f.related = c->in_a->index;
    context_found(t->ctx, &f);
    if (t->evidence->n == 0)
        contradiction_evidence(t->evidence, c);
}

static struct shown_tree receipt_shown(const bitacora_receipt *r)
{
    return (struct shown_tree){ .cp = &r->report.cp,
                                .note = r->parsed.checkpoint,
                                .entry = r->parsed.entry,
                                .entries = r->parsed.entries,
                                .skew = r->report.skew,
                                .kind = receipt_kind(&r->report) };
}

bool receipts_hold_together(bitacora_context *ctx, const bitacora_receipt *a,
                            const bitacora_receipt *b, struct buf *evidence)
{
    const struct shown_tree said[] = { receipt_shown(a), receipt_shown(b) };
    struct compared_receipts t = { ctx, evidence };
    return contradictions_find(a->checkpoint.policy->policy, said, 2, tell_compared, &t) == 0;
}

bitacora_result bitacora_receipt_compare(bitacora_context *ctx, const bitacora_receipt *a,
                                         const bitacora_receipt *b, char **evidence,
                                         size_t *evidence_n)
{
    struct buf found = { 0 };
    if (evidence != NULL)
        *evidence = NULL;
    if (evidence_n != NULL)
        *evidence_n = 0;
    if (ctx == NULL || a == NULL || b == NULL || (evidence == NULL) != (evidence_n == NULL))
        return context_misuse(ctx, a == NULL ? "a" : b == NULL ? "b" : "evidence");
    if (!same_policy(a->checkpoint.policy, b->checkpoint.policy))
        return context_misuse(ctx, "policy");
    if (!context_begin(ctx))
        return BITACORA_BUSY;
    bool done = receipts_hold_together(ctx, a, b, &found);
    bitacora_result result = done ? context_result(ctx) : BITACORA_MEMORY;
    bitacora_result given = BITACORA_PROVEN;
    if (result == BITACORA_BAD && (found.n > 0 || found.failed))
        given = give_bytes(&found, evidence, evidence_n);
    buf_free(&found);
    return given == BITACORA_PROVEN ? result : given;
}
