#include "client/receipt_check.h"

#include <stdlib.h>

#include "client/files.h"
#include "proto/disclosure.h"
#include "proto/evidence.h"
#include "proto/when.h"

/* Of findings, whether they leave the entry itself alone. */
static bool entry_stands(const struct findings *f)
{
    for (size_t i = 0; i < f->kept; i++) {
        enum reason reason = f->list[i].why.reason;
        if (f->list[i].entry != NO_ENTRY || f->list[i].verdict == VERDICT_BAD ||
            (reason != REASON_QUORUM && reason != REASON_CLOCKS &&
             reason != REASON_OLD_COSIGNATURE))
            return false;
    }
    return f->total == f->kept;
}

static enum receipt_form form_of(struct span text)
{
    static const char begin[] = "c2sp.org/tlog-proof@";
    struct disclosure d;
    struct refusal why;
    if (text.n >= sizeof begin - 1 && memcmp(text.p, begin, sizeof begin - 1) == 0)
        return FORM_RECEIPT;
    if (disclosure_parse(&d, text, &why) != 0)
        return FORM_OTHER;
    disclosure_free(&d);
    return FORM_OPENING;
}

void receipt_check(struct receipt_check *out, const struct trust *t, const char *path)
{
    struct refusal why;
    *out = (struct receipt_check){ .path = path, .report = { .index = NO_ENTRY } };
    enum file read = file_read(&out->text, path, RECEIPT_MAX);
    if (read != FILE_OK) {
        refuse(&why, read == FILE_MISSING ? REASON_MISSING : REASON_UNREADABLE, path);
        findings_tell(&out->findings, VERDICT_UNDECIDED, &why);
        return;
    }
    out->was_read = true;
    out->form = form_of(buf_span(&out->text));
    receipt_judge(&out->report, t->policy, buf_span(&out->text), trust_pin(t), findings_add,
                  &out->findings);
    if (out->report.size > 0 && out->report.quorum && !trust_fresh(t, &out->report.cp, &why))
        findings_tell(&out->findings, VERDICT_UNDECIDED, &why);
    out->entry_stands =
        out->report.size > 0 && out->report.kind != KIND_NONE && entry_stands(&out->findings);
}

void receipt_check_free(struct receipt_check *c)
{
    findings_free(&c->findings);
    buf_free(&c->text);
}

json_t *receipt_check_json(const struct receipt_check *c, enum verdict verdict)
{
    const struct receipt_report *r = &c->report;
    char file[600], when[WHEN_TEXT + 1] = "";
    printable_copy(file, sizeof file, span_str(c->path));
    if (r->kind != KIND_NONE)
        when_format(when, r->accepted);
    return must(json_pack("{s:s,s:s,s:o,s:o,s:s,s:s,s:I,s:s,s:b,s:o}", "file", file, "verdict",
                          verdict_name(verdict), "index", json_of_index(r->index), "hash",
                          r->index == NO_ENTRY ? json_null() : json_of_hash(&r->leaf), "kind",
                          kind_name(r->kind), "signer", r->signer[0] != 0 ? r->signer : "-", "size",
                          (json_int_t)r->size, "accepted", when, "quorum", r->quorum, "findings",
                          findings_json(&c->findings)));
}

/* ---- held against each other ----------------------------------------------------------------- */

struct comparison {
    struct findings *told;
    struct buf *evidence;
    void (*each)(void *ctx, size_t a, size_t b, const struct refusal *why);
    void *ctx;
};

static int by_size(const void *a, const void *b)
{
    const struct seen_receipt *x = a, *y = b;
    return x->log != y->log    ? (x->log < y->log ? -1 : 1)
           : x->size < y->size ? -1
                               : x->size > y->size;
}

static int by_index(const void *a, const void *b)
{
    const struct seen_receipt *x = a, *y = b;
    return x->log != y->log      ? (x->log < y->log ? -1 : 1)
           : x->index < y->index ? -1
                                 : x->index > y->index;
}

/* Evidence from two receipts that contradict each other: of one size, or of one index. */
static void evidence_of_pair(struct buf *evidence, const struct seen_receipt *x,
                             const struct seen_receipt *y)
{
    struct buf text[2] = { { 0 }, { 0 } };
    struct receipt a, b;
    struct refusal why;
    if (evidence->n == 0 && file_read(&text[0], x->path, RECEIPT_MAX) == FILE_OK &&
        file_read(&text[1], y->path, RECEIPT_MAX) == FILE_OK &&
        receipt_parse(&a, buf_span(&text[0]), &why) == 0) {
        if (receipt_parse(&b, buf_span(&text[1]), &why) == 0) {
            if (x->size == y->size && !hash_eq(&x->root, &y->root))
                evidence_of_fork(evidence, a.checkpoint, b.checkpoint, NULL, 0);
            else
                evidence_of_leaves(evidence, a.checkpoint, &a.entry[0], b.checkpoint, &b.entry[0]);
            receipt_free(&b);
        }
        receipt_free(&a);
    }
    buf_free(&text[0]);
    buf_free(&text[1]);
}

static void contradiction(const struct comparison *c, const struct seen_receipt *x,
                          const struct seen_receipt *y)
{
    char both[90];
    struct refusal why;
    snprintf(both, sizeof both, "%.40s, %.40s", x->path, y->path);
    refuse(&why, REASON_FORK, both);
    findings_tell(c->told, VERDICT_BAD, &why);
    evidence_of_pair(c->evidence, x, y);
    if (c->each != NULL)
        c->each(c->ctx, x->number, y->number, &why);
}

enum outcome
receipts_compare(struct seen_receipt *seen, size_t count, struct findings *told,
                 struct buf *evidence,
                 void (*each)(void *ctx, size_t a, size_t b, const struct refusal *why), void *ctx)
{
    struct comparison c = { told, evidence, each, ctx };
    uint64_t before = told->total;
    if (count < 2)
        return OUTCOME_PROVEN;
    qsort(seen, count, sizeof *seen, by_size);
    for (size_t i = 1; i < count; i++)
        if (by_size(&seen[i - 1], &seen[i]) == 0 && !hash_eq(&seen[i - 1].root, &seen[i].root))
            contradiction(&c, &seen[i - 1], &seen[i]);
    qsort(seen, count, sizeof *seen, by_index);
    for (size_t i = 1; i < count; i++)
        if (by_index(&seen[i - 1], &seen[i]) == 0 && !hash_eq(&seen[i - 1].leaf, &seen[i].leaf))
            contradiction(&c, &seen[i - 1], &seen[i]);
    return told->total == before ? OUTCOME_PROVEN : OUTCOME_BAD;
}
