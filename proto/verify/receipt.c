#include "proto/verify/receipt.h"

#include <stdio.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/tlog/tree.h"
#include "proto/verify/carried_entries.h"
#include "proto/verify/clocks.h"

void receipt_format(struct buf *out, const struct proven_entry *entry, size_t entries,
                    struct span checkpoint)
{
    struct buf extra = { 0 };
    size_t room = 0;
    for (size_t i = 0; i < entries; i++)
        room += 2 + entry[i].bytes.n + 1 + entry[i].path_length * HASH_BYTES;
    buf_reserve(&extra, room);
    buf_reserve(out, base64_length(room) + (entry[0].path_length + 2) * 48 + checkpoint.n + 64);
    for (size_t i = 0; i < entries; i++) {
        buf_add_u16(&extra, (uint16_t)entry[i].bytes.n);
        buf_add_span(&extra, entry[i].bytes);
        if (i == 0)
            continue; /* its path stands in the lines below */
        buf_add_u8(&extra, (uint8_t)entry[i].path_length);
        for (size_t k = 0; k < entry[i].path_length; k++)
            buf_add(&extra, entry[i].path[k].b, HASH_BYTES);
    }
    buf_adds(out, RECEIPT_FORMAT "\nextra ");
    buf_add_base64(out, extra.p, extra.n);
    buf_adds(out, "\nindex ");
    buf_add_decimal(out, entry[0].index);
    buf_adds(out, "\n");
    for (size_t k = 0; k < entry[0].path_length; k++) {
        buf_add_base64(out, entry[0].path[k].b, HASH_BYTES);
        buf_adds(out, "\n");
    }
    buf_adds(out, "\n");
    buf_add_span(out, checkpoint);
    if (extra.failed)
        out->failed = true;
    buf_free(&extra);
}

/* Parses the record of an entry. Returns 0 or -1. */
static int parse_record(struct record *out, const struct proven_entry *e, struct refusal *why)
{
    struct entry entry;
    return entry_parse(&entry, e->bytes, why) == 0 ? record_parse(out, entry.note, why) : -1;
}

/* Room for one more entry and its record. Returns 0 or -1. */
static int room_for_entry(struct receipt *out, size_t *cap)
{
    if (out->entries < *cap)
        return 0;
    size_t more = *cap == 0 ? 4 : *cap * 2;
    struct proven_entry *entry = realloc(out->entry, more * sizeof *entry);
    if (entry == NULL)
        return -1;
    out->entry = entry;
    struct record *record = realloc(out->record, more * sizeof *record);
    if (record == NULL)
        return -1;
    out->record = record;
    *cap = more;
    return 0;
}

/* Room for the hashes of all paths: there cannot be more than the bytes hold. */
static int allocate(struct receipt *out, size_t hashes)
{
    out->hashes = malloc((hashes + 1) * sizeof *out->hashes);
    return out->hashes == NULL ? -1 : 0;
}

static int parse_extra(struct receipt *out, size_t used, uint64_t index, struct refusal *why)
{
    struct scan s = scan_of(buf_span(&out->extra));
    size_t cap = 0;
    for (bool more = true; more;) {
        if (room_for_entry(out, &cap) != 0)
            return refuse(why, REASON_MEMORY, "");
        struct proven_entry *e = &out->entry[out->entries];
        *e = (struct proven_entry){ .index = index, .bytes = scan_bytes(&s, scan_u16(&s)) };
        if (out->entries == 0) {
            e->path = out->hashes;
            e->path_length = used;
        } else {
            e->path_length = scan_u8(&s);
            struct span path = scan_bytes(&s, e->path_length * HASH_BYTES);
            e->path = out->hashes + used;
            if (!s.bad)
                memcpy(out->hashes + used, path.p, path.n);
            used += e->path_length;
        }
        if (s.bad || e->path_length > PROOF_MAX)
            return refuse(why, REASON_RECEIPT_FORM, "extra");
        out->entries++;
        struct record *r = &out->record[out->records];
        if (parse_record(r, e, why) != 0)
            return -1;
        out->records++;
        more = r->kind != KIND_GENESIS;
        if (more && r->under.entry >= index)
            return refuse(why, REASON_REF_LATER, "under");
        index = r->under.entry;
    }
    for (size_t i = 0; i < out->records; i++)
        out->entry[i].record = &out->record[i];
    return scan_done(&s) ? 0 : refuse(why, REASON_RECEIPT_FORM, "extra");
}

/* What stands in the first lines, and the checkpoint; the entries are still packed in
 * out->extra. */
struct lines {
    uint64_t index;
    size_t path; /* hashes of the entry's own path */
};

static int parse_lines(struct receipt *out, struct span text, struct lines *lines,
                       struct refusal *why)
{
    struct scan s = scan_of(text);
    scan_line_after(&s, RECEIPT_FORMAT);
    struct span extra = scan_line_after(&s, "extra ");
    struct span digits = scan_line_after(&s, "index ");
    if (text.n > RECEIPT_MAX)
        return refuse(why, REASON_RECEIPT_FORM, "too large");
    if (s.bad || !span_starts(text, RECEIPT_FORMAT "\n") ||
        decimal_parse(&lines->index, digits) != 0)
        return refuse(why, REASON_RECEIPT_FORM, "first lines");
    uint8_t *bytes = buf_reserve(&out->extra, extra.n / 4 * 3 + 3);
    if (bytes == NULL || allocate(out, PROOF_MAX + extra.n / HASH_BYTES) != 0)
        return refuse(why, REASON_MEMORY, "");
    if (base64_decode(bytes, extra.n / 4 * 3 + 3, &out->extra.n, extra) != 0)
        return refuse(why, REASON_RECEIPT_FORM, "base64 of extra");
    size_t used = 0;
    for (struct span line; (line = scan_line(&s)).n > 0; used++)
        if (used == PROOF_MAX || base64_decode_exact(out->hashes[used].b, HASH_BYTES, line) != 0)
            return refuse(why, REASON_RECEIPT_FORM, "inclusion proof");
    if (s.bad)
        return refuse(why, REASON_RECEIPT_FORM, "no checkpoint");
    out->checkpoint = scan_rest(&s);
    lines->path = used;
    return 0;
}

int receipt_parse(struct receipt *out, struct span text, struct refusal *why)
{
    struct lines lines;
    *out = (struct receipt){ .entries = 0 };
    if (parse_lines(out, text, &lines, why) == 0 &&
        parse_extra(out, lines.path, lines.index, why) == 0)
        return 0;
    receipt_free(out);
    return -1;
}

void receipt_free(struct receipt *r)
{
    for (size_t i = 0; i < r->records; i++)
        record_free(&r->record[i]);
    free(r->record);
    free(r->entry);
    free(r->hashes);
    buf_free(&r->extra);
    *r = (struct receipt){ .entries = 0 };
}

void receipt_keep_proven(struct receipt *r, const struct checkpoint *tree)
{
    size_t kept = 0;
    for (size_t i = 0; i < r->entries; i++) {
        const struct proven_entry *e = &r->entry[i];
        struct hash leaf, root;
        hash_leaf(&leaf, e->bytes);
        if (tree_root_of_inclusion(&root, e->index, tree->size, &leaf, e->path, e->path_length) ==
                0 &&
            hash_eq(&root, &tree->root))
            r->entry[kept++] = *e;
    }
    r->entries = kept;
}

enum verdict verdict_of_file(enum reason reason)
{
    switch (reason) {
    case REASON_MEMORY:
    case REASON_VERSION:
    case REASON_RECEIPT_FORM:
    case REASON_EVIDENCE_FORM:
    case REASON_OPENING_FORM:
    case REASON_ANSWER_FORM:
    case REASON_ANSWER_MISSING:
    case REASON_ANSWER_VERSION:
    case REASON_ANSWER_PARTS:
    case REASON_CHECKPOINT_FORM:
    case REASON_CHECKPOINT_KEY:
    case REASON_CHECKPOINT_ORIGIN:
    case REASON_CHECKPOINT_TYPE:
        return VERDICT_UNDECIDED;
    default:
        return VERDICT_BAD;
    }
}

/* Findings on their way through, with the worst verdict of them. */
struct worst {
    enum verdict verdict;
    bool served;      /* by a log, just now */
    bool about_entry; /* something was found that speaks against the entry itself */
    const struct watch *watch;
};

static void note_worst(void *ctx, const struct finding *f)
{
    struct worst *w = ctx;
    bool about_tree = f->why.reason == REASON_QUORUM || f->why.reason == REASON_CLOCKS;
    if (w->verdict != VERDICT_BAD)
        w->verdict = f->verdict;
    if (f->entry != NO_ENTRY || f->verdict == VERDICT_BAD || !about_tree)
        w->about_entry = true;
    w->watch->found(w->watch->ctx, f);
}

static bool worst_goes_on(void *ctx)
{
    const struct watch *watch = ((const struct worst *)ctx)->watch;
    return watch->go_on == NULL || watch->go_on(watch->ctx);
}

static void tell_receipt(struct worst *w, enum verdict verdict, uint64_t entry,
                         const struct refusal *why)
{
    struct finding f = { .verdict = verdict, .why = *why, .entry = entry, .related = NO_ENTRY };
    note_worst(w, &f);
}

/* What could not be read at all, or not as what it was taken for. */
static void tell_unread(struct worst *w, const struct refusal *why)
{
    bool undecided = why->reason == REASON_MEMORY || why->reason == REASON_VERSION ||
                     why->reason == REASON_CHECKPOINT_TYPE ||
                     (!w->served && verdict_of_file(why->reason) == VERDICT_UNDECIDED);
    tell_receipt(w, undecided ? VERDICT_UNDECIDED : VERDICT_BAD, NO_ENTRY, why);
}

/* Of a receipt that was parsed whole. */
static void describe(struct receipt_report *report, const struct receipt *r)
{
    struct entry e;
    struct refusal why;
    const struct record *record = r->entry[0].record;
    report->index = r->entry[0].index;
    hash_leaf(&report->leaf, r->entry[0].bytes);
    hash_leaf(&report->genesis, r->entry[r->entries - 1].bytes);
    if (entry_parse(&e, r->entry[0].bytes, &why) == 0) /* as it was before */
        report->accepted = e.accepted;
    report->kind = record->kind;
    snprintf(report->signer, sizeof report->signer, "%.*s", (int)record->signer.n,
             (const char *)record->signer.p);
}

static void judge_entries(struct worst *w, struct receipt_report *report,
                          const struct policy *policy, const struct receipt *r,
                          const struct hash *pin)
{
    struct refusal why;
    const struct signed_checkpoint *cp = &report->cp;
    struct log_keys keys = policy_log_keys(policy, cp->log);
    struct watch watch = { .found = note_worst, .go_on = worst_goes_on, .ctx = w };
    size_t good = carried_judge(r->entry, r->entries, report->size, &report->root, &keys, pin,
                                &watch, &report->skew);
    if (good == SIZE_MAX) {
        refuse(&why, REASON_MEMORY, "");
        tell_receipt(w, VERDICT_UNDECIDED, NO_ENTRY, &why);
    } else if (good != r->entries && w->verdict == VERDICT_GOOD) {
        /* Cannot happen, as whatever was not verified was told of; but never a good receipt. */
        refuse_span(&why, REASON_SIGNATURE, span_str(report->signer));
        tell_receipt(w, VERDICT_BAD, report->index, &why);
    }
    if (w->verdict == VERDICT_GOOD)
        clocks_check(policy, cp, CLOCKS_BELOW, report->accepted, report->skew, note_worst, w);
    if (!cp->quorum) {
        policy_refuse_quorum(policy, cp, &why);
        tell_receipt(w, VERDICT_UNDECIDED, NO_ENTRY, &why);
    }
}

/* The checkpoint first: whose receipt it is decides what its entries' form says. */
static void judge_lines(struct worst *w, struct receipt_report *report, const struct policy *policy,
                        struct receipt *r, const struct lines *lines, const struct hash *pin)
{
    struct refusal of_entries, why;
    bool whole = parse_extra(r, lines->path, lines->index, &of_entries) == 0;
    if (whole)
        describe(report, r);
    if (policy_open(&report->cp, policy, r->checkpoint, &why) != 0) {
        tell_unread(w, &why);
        return;
    }
    if (!whole) {
        tell_unread(w, &of_entries);
        return;
    }
    report->size = report->cp.checkpoint.size;
    report->root = report->cp.checkpoint.root;
    report->quorum = report->cp.quorum;
    judge_entries(w, report, policy, r, pin);
}

static enum verdict judge(struct worst *w, struct receipt_report *report,
                          const struct policy *policy, struct span text, const struct hash *pin)
{
    struct receipt r = { .entries = 0 };
    struct lines lines;
    struct refusal why;
    *report = (struct receipt_report){ .index = NO_ENTRY, .kind = KIND_NONE };
    if (parse_lines(&r, text, &lines, &why) == 0)
        judge_lines(w, report, policy, &r, &lines, pin);
    else
        tell_unread(w, &why);
    receipt_free(&r);
    report->verdict = w->verdict;
    report->entry_stands = report->size > 0 && report->kind != KIND_NONE && !w->about_entry;
    return w->verdict;
}

enum verdict receipt_judge(struct receipt_report *report, const struct policy *policy,
                           struct span text, const struct hash *pin, finding_fn *found, void *ctx)
{
    struct watch watch = { .found = found, .ctx = ctx };
    return receipt_judge_watched(report, policy, text, pin, &watch);
}

enum verdict receipt_judge_watched(struct receipt_report *report, const struct policy *policy,
                                   struct span text, const struct hash *pin,
                                   const struct watch *watch)
{
    struct worst w = { .verdict = VERDICT_GOOD, .watch = watch };
    return judge(&w, report, policy, text, pin);
}

enum verdict receipt_judge_served(struct receipt_report *report, const struct policy *policy,
                                  struct span text, const struct hash *pin, finding_fn *found,
                                  void *ctx)
{
    struct watch watch = { .found = found, .ctx = ctx };
    struct worst w = { .verdict = VERDICT_GOOD, .served = true, .watch = &watch };
    return judge(&w, report, policy, text, pin);
}

enum kind receipt_kind(const struct receipt_report *r)
{
    return r->size > 0 && r->verdict != VERDICT_BAD ? r->kind : KIND_NONE;
}
