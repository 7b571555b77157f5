#include "proto/verify/disclosure.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/verify/contradiction.h"

void disclosure_format(struct buf *out, const struct disclosure *d)
{
    uint8_t packed[OPENING_BYTES];
    char commit[48], opening[OPENING_BYTES / 3 * 4 + 8];
    base64_encode(commit, d->commit, HASH_BYTES);
    opening_pack(packed, &d->opening);
    base64_encode(opening, packed, OPENING_BYTES);
    json_t *v =
        json_pack("{s:s,s:s,s:s,s:s,s:s%}", "format", OPENING_FORMAT, "member", d->member, "commit",
                  commit, "opening", opening, "receipt", (const char *)d->receipt.p, d->receipt.n);
    json_t *to = d->to.n == 0 ? NULL : json_stringn((const char *)d->to.p, d->to.n);
    bool whole = d->to.n == 0 || json_object_set_new(v, "to", to) == 0;
    char *text = whole ? json_dumps(v, JSON_INDENT(1) | JSON_ENSURE_ASCII) : NULL;
    if (text == NULL)
        out->failed = true;
    else
        buf_addf(out, "%s\n", text);
    free(text);
    json_decref(v);
}

static int bad_form(struct refusal *why, const char *what)
{
    return refuse(why, REASON_OPENING_FORM, what);
}

static int parse_members(struct disclosure *out, struct refusal *why)
{
    const char *format, *commit, *opening, *receipt, *to = NULL;
    size_t commit_n, opening_n, receipt_n, to_n = 0;
    uint8_t packed[OPENING_BYTES];
    if (json_unpack(out->owned, "{s:s,s:s,s:s%,s:s%,s:s%,s?s% !}", "format", &format, "member",
                    &out->member, "commit", &commit, &commit_n, "opening", &opening, &opening_n,
                    "receipt", &receipt, &receipt_n, "to", &to, &to_n) != 0 ||
        strcmp(format, OPENING_FORMAT) != 0 || (to != NULL && to_n == 0))
        return bad_form(why, "members");
    out->receipt = span_of(receipt, receipt_n);
    out->to = span_of(to, to_n);
    if (base64_decode_exact(out->commit, HASH_BYTES, span_of(commit, commit_n)) != 0)
        return bad_form(why, "base64 of the commit");
    if (base64_decode_exact(packed, OPENING_BYTES, span_of(opening, opening_n)) != 0)
        return bad_form(why, "base64 of the opening");
    return opening_unpack(&out->opening, packed, why);
}

int disclosure_parse(struct disclosure *out, struct span text, struct refusal *why)
{
    json_error_t error;
    *out = (struct disclosure){ .owned = NULL };
    if (text.n > DISCLOSURE_MAX)
        return bad_form(why, "too large");
    out->owned = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
    if (out->owned == NULL)
        return json_error_code(&error) == json_error_out_of_memory ? refuse(why, REASON_MEMORY, "")
                                                                   : bad_form(why, "JSON");
    if (parse_members(out, why) == 0)
        return 0;
    disclosure_free(out);
    return -1;
}

void disclosure_free(struct disclosure *d)
{
    json_decref(d->owned);
    opening_wipe(&d->opening);
    *d = (struct disclosure){ .owned = NULL };
}

/* ---- judging ------------------------------------------------------------------------------- */

struct judging {
    const struct disclosure *d;
    struct disclosure_report *report;
    const struct watch *watch;
};

static void worsen(struct judging *j, enum verdict v)
{
    if (j->report->verdict != VERDICT_BAD && v != VERDICT_GOOD)
        j->report->verdict = v;
}

static void tell_opened(struct judging *j, enum verdict v, const struct refusal *why,
                        uint64_t related)
{
    struct finding f = {
        .verdict = v, .why = *why, .entry = j->report->receipt.index, .related = related
    };
    worsen(j, v);
    j->watch->found(j->watch->ctx, &f);
}

static void tell_other(struct judging *j, const char *cause, uint64_t related)
{
    struct refusal why;
    refuse(&why, REASON_OPENING_OTHER, cause);
    tell_opened(j, VERDICT_BAD, &why, related);
}

static void tell_sealed(struct judging *j, enum verdict v)
{
    struct refusal why;
    refuse(&why, REASON_SEALED_OTHER, j->d->member);
    tell_opened(j, v, &why, j->report->to.index);
}

/* The record in a receipt that was judged. `r` is to be freed after it. Returns 0, or -1: then the
 * receipt was not good, or memory has run out, which is told. */
static int open_record(struct judging *j, struct record *out, struct receipt *r, struct span text)
{
    struct refusal why;
    struct entry e;
    if (receipt_parse(r, text, &why) == 0) {
        if (entry_parse(&e, r->entry[0].bytes, &why) == 0 && record_parse(out, e.note, &why) == 0)
            return 0;
        receipt_free(r);
    }
    if (j->report->verdict == VERDICT_GOOD)
        tell_opened(j, VERDICT_UNDECIDED, &why, NO_ENTRY);
    return -1;
}

/* ---- the two receipts against each other ----------------------------------------------------- */

static void tell_contradiction(void *ctx, const struct contradiction *c)
{
    struct judging *j = ctx;
    struct finding f = {
        .verdict = c->verdict, .why = c->why, .entry = c->entry, .related = NO_ENTRY
    };
    worsen(j, c->verdict);
    j->watch->found(j->watch->ctx, &f);
}

static int compare_parsed(struct judging *j, const struct policy *policy, const struct receipt *a,
                          const struct receipt *b)
{
    const struct receipt_report *of_a = &j->report->receipt, *of_b = &j->report->to;
    const struct shown_tree said[2] = {
        { &of_a->cp, a->checkpoint, a->entry, a->entries, of_a->skew, KIND_NONE },
        { &of_b->cp, b->checkpoint, b->entry, b->entries, of_b->skew, KIND_NONE },
    };
    return contradictions_find(policy, said, 2, tell_contradiction, j);
}

/* An enrolment of another log says nothing of this one; of one log, two histories prove nothing
 * good. Returns whether they may be taken together. */
static bool compare_receipts(struct judging *j, const struct policy *policy)
{
    struct receipt a, b;
    struct refusal why;
    if (!span_eq(j->report->receipt.cp.checkpoint.origin, j->report->to.cp.checkpoint.origin)) {
        tell_other(j, "the second receipt is of another log", j->report->to.index);
        return false;
    }
    refuse(&why, REASON_MEMORY, "");
    int compared = -1;
    if (receipt_parse(&a, j->d->receipt, &why) == 0) {
        if (receipt_parse(&b, j->d->to, &why) == 0) {
            compared = compare_parsed(j, policy, &a, &b);
            receipt_free(&b);
        }
        receipt_free(&a);
    }
    if (compared != 0)
        tell_opened(j, VERDICT_UNDECIDED, &why, NO_ENTRY);
    return compared == 0 && j->report->verdict != VERDICT_BAD;
}

/* ---- what is sealed -------------------------------------------------------------------------- */

/* Whom the second receipt enrols for oversight, and the hash of the blob that the opening makes
 * for that key. Returns 0, or -1. */
static int expected_blob(struct judging *j, struct hash *sealed)
{
    uint8_t blob[SEALED_BYTES];
    struct receipt r;
    struct record record;
    struct vkey vkey;
    const char *cause;
    if (open_record(j, &record, &r, j->d->to) != 0)
        return -1;
    const char *role = record_string(&record, "role"), *key = record_string(&record, "vkey");
    int result = -1;
    if (record.kind != KIND_ENROLL || role_of_name(role) != ROLE_OVERSIGHT) {
        tell_other(j, "the key that it is sealed to is not enrolled for oversight",
                   j->report->to.index);
    } else if (vkey_parse(&vkey, span_str(key), &cause) != 0 ||
               opening_seal(blob, &j->d->opening, vkey.key) != 0) {
        tell_sealed(j, VERDICT_UNDECIDED); /* cannot happen: no such key is enrolled */
    } else {
        hash_bytes(sealed, span_of(blob, sizeof blob));
        result = 0;
    }
    record_free(&record);
    receipt_free(&r);
    return result;
}

/* What the record says under that member and commit. All of it counts: one commit twice, once with
 * another type or blob, is not taken for good by its better half. */
struct search {
    const struct disclosure *d;
    const struct receipt_report *to; /* NULL: the blob is not judged */
    struct hash sealed;
    size_t found, addressed;
    bool other_type, other_blob;
};

static int match(void *ctx, const char *member, const struct sealed *s)
{
    struct search *w = ctx;
    if (strcmp(member, w->d->member) != 0 || memcmp(s->commit, w->d->commit, HASH_BYTES) != 0)
        return 0;
    w->found++;
    if (strcmp(s->type, w->d->opening.type) != 0)
        w->other_type = true;
    if (w->to == NULL || s->to.entry != w->to->index ||
        memcmp(s->to.hash, w->to->leaf.b, HASH_BYTES) != 0)
        return 0;
    w->addressed++;
    if (memcmp(s->sealed, w->sealed.b, HASH_BYTES) != 0)
        w->other_blob = true;
    return 0;
}

static void judge_search(struct judging *j, const struct search *w)
{
    if (w->found == 0) {
        tell_other(j, "no such commit in this member", NO_ENTRY);
        return;
    }
    if (w->other_type)
        tell_other(j, "another type stands in the entry", NO_ENTRY);
    if (w->to == NULL)
        return;
    if (w->addressed == 0) {
        tell_other(j, "it is sealed to another entry than the second receipt's",
                   j->report->to.index);
        return;
    }
    j->report->sealed_judged = true;
    if (w->other_blob)
        tell_sealed(j, VERDICT_BAD);
}

static void judge_record(struct judging *j, const struct policy *policy, const struct hash *pin,
                         const struct record *record)
{
    struct search w = { .d = j->d };
    uint8_t commit[HASH_BYTES];
    opening_commit(commit, &j->d->opening);
    if (memcmp(commit, j->d->commit, HASH_BYTES) != 0) {
        tell_other(j, "the opening gives another commit", NO_ENTRY);
        return;
    }
    if (j->d->to.n > 0) {
        enum verdict v = receipt_judge_watched(&j->report->to, policy, j->d->to, pin, j->watch);
        worsen(j, v);
        if (v != VERDICT_BAD && j->report->to.size > 0 && compare_receipts(j, policy) &&
            expected_blob(j, &w.sealed) == 0)
            w.to = &j->report->to;
    }
    kind_visit_sealed(record->object, match, &w);
    judge_search(j, &w);
}

enum verdict disclosure_judge(struct disclosure_report *report, const struct disclosure *d,
                              const struct policy *policy, const struct hash *pin,
                              finding_fn *found, void *ctx)
{
    struct watch watch = { .found = found, .ctx = ctx };
    return disclosure_judge_watched(report, d, policy, pin, &watch);
}

enum verdict disclosure_judge_watched(struct disclosure_report *report, const struct disclosure *d,
                                      const struct policy *policy, const struct hash *pin,
                                      const struct watch *watch)
{
    struct judging j = { .d = d, .report = report, .watch = watch };
    struct receipt r;
    struct record record;
    *report = (struct disclosure_report){ .to = { .index = NO_ENTRY },
                                          .member = d->member,
                                          .type = d->opening.type,
                                          .value = d->opening.value };
    report->verdict = receipt_judge_watched(&report->receipt, policy, d->receipt, pin, watch);
    if (report->verdict != VERDICT_BAD && report->receipt.size > 0 &&
        open_record(&j, &record, &r, d->receipt) == 0) {
        judge_record(&j, policy, pin, &record);
        record_free(&record);
        receipt_free(&r);
    }
    return report->verdict;
}
