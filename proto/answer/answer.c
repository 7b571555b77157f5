#include <stdlib.h>

#include "proto/answer/answer_inner.h"
#include "proto/record/entry.h"
#include "proto/tlog/shared_proof.h"
#include "proto/verify/carried_entries.h"
#include "proto/verify/clocks.h"

/* ---- the checkpoint and the entries ---------------------------------------------------------- */

static bool open_checkpoint(struct part_judging *j)
{
    struct refusal why;
    if (policy_open(&j->part->cp, j->policy, j->part->checkpoint, &why) == 0)
        return true;
    j->part->cp = (struct signed_checkpoint){ .log = 0 };
    return part_tell(j, verdict_of_file(why.reason), NO_ENTRY, NO_ENTRY, &why);
}

static bool is_asked(struct part_judging *j, const struct answer_question *asked)
{
    const struct answer_question *q = &j->part->question;
    struct refusal why;
    if (asked == NULL || (asked->type == q->type && span_eq(asked->value, q->value)))
        return true;
    refuse_span(&why, REASON_ANSWER_OTHER, q->value);
    return part_tell(j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
}

static bool prove_entries(struct part_judging *j)
{
    struct answer_part *p = j->part;
    const struct checkpoint *cp = &p->cp.checkpoint;
    struct hash root;
    if (p->entries == 0)
        return part_tell_missing(j, 0);
    struct placed_leaf *placed = calloc(p->entries, sizeof *placed);
    if (placed == NULL)
        return part_tell_memory(j);
    for (size_t i = 0; i < p->entries; i++) {
        hash_leaf(&p->entry[i].leaf, p->entry[i].bytes);
        placed[i] = (struct placed_leaf){ p->entry[i].index, p->entry[i].leaf };
    }
    bool good = shared_proof_root(&root, cp->size, placed, p->entries, j->parsed.proof,
                                  j->parsed.hashes) == 0 &&
                hash_eq(&root, &cp->root);
    free(placed);
    return good || part_tell_number(j, VERDICT_BAD, REASON_ANSWER_PROOF, NO_ENTRY, cp->size);
}

/* Of an entry that has not the key as far as can be seen, only that is said that it may have it. */
static enum named_entry_result named(void *ctx, uint64_t index, enum kind target,
                                     struct named_entry *out)
{
    struct part_judging *j = ctx;
    const struct answer_entry *e = answer_part_entry(j->part, index);
    (void)target;
    if (e == NULL) {
        j->lacks = index;
        return NAMED_UNKNOWN;
    }
    const struct key_state *s = &j->state[e - j->part->entry];
    if (s->has == HAS_UNKNOWN)
        j->lacks = s->lacks;
    bool passes_on = s->has == HAS_KEY && j->part->question.type == INDEX_KEY_WARRANT;
    *out = (struct named_entry){ .leaf = e->leaf,
                                 .kind = s->kind,
                                 .warrant = &j->part->question.key,
                                 .warrants = passes_on,
                                 .about = s->about,
                                 .partial = s->has == HAS_UNKNOWN };
    return NAMED_FOUND;
}

/* Entries come in ascending order, and an entry names lower ones only: their states are set. */
static void take_keys(struct part_judging *j, struct key_state *s, const struct judged *e)
{
    const struct answer_question *q = &j->part->question;
    *s = (struct key_state){ .kind = e->record == NULL ? KIND_NONE : e->record->kind };
    j->lacks = NO_ENTRY;
    enum named_entry_result result = entry_keys_of(&j->keys, e->index, e->record, named, j);
    if (result == NAMED_MEMORY) {
        j->memory = true;
        return;
    }
    s->about = j->keys.about;
    if (entry_keys_have(&j->keys, &q->key))
        s->has = HAS_KEY;
    else if (result == NAMED_UNKNOWN && q->type == INDEX_KEY_WARRANT)
        s->has = HAS_UNKNOWN;
    s->lacks = j->lacks;
}

static void take_judged(void *ctx, const struct judged *e, const struct enrolment *signer)
{
    struct part_judging *j = ctx;
    struct answer_entry *a = &j->part->entry[j->judged];
    a->unkeyed = e->record == NULL;
    a->kind = e->record == NULL ? KIND_NONE : e->record->kind;
    a->accepted = e->has_header ? e->accepted : 0;
    a->role = signer == NULL ? ROLE_NONE : signer->role;
    if (signer != NULL)
        memcpy(a->authority, signer->authority, sizeof a->authority);
    take_keys(j, &j->state[j->judged], e);
    a->has_key = j->state[j->judged].has == HAS_KEY;
    j->judged++;
    if (e->record == NULL || a->kind == KIND_GENESIS || j->missing != NO_ENTRY)
        return;
    uint64_t under = e->record->under.entry;
    if (under < e->index && answer_part_entry(j->part, under) == NULL)
        j->missing = under;
}

static bool part_goes_on(void *ctx)
{
    const struct watch *watch = ((const struct part_judging *)ctx)->watch;
    return watch->go_on == NULL || watch->go_on(watch->ctx);
}

static bool judge_entries(struct part_judging *j)
{
    struct answer_part *p = j->part;
    struct watch watch = { .found = part_found, .go_on = part_goes_on, .ctx = j };
    struct log_keys keys = policy_log_keys(j->policy, p->cp.log);
    struct carried_setup setup = { .size = p->cp.checkpoint.size,
                                   .log = &keys,
                                   .pin = j->pin,
                                   .watch = &watch,
                                   .judged = take_judged,
                                   .ctx = j };
    struct entry_at_hand *list = calloc(p->entries, sizeof *list);
    size_t good = SIZE_MAX;
    j->state = calloc(p->entries, sizeof *j->state);
    if (list != NULL && j->state != NULL) {
        for (size_t i = 0; i < p->entries; i++)
            list[i] = (struct entry_at_hand){ .index = p->entry[i].index,
                                              .bytes = p->entry[i].bytes,
                                              .leaf = p->entry[i].leaf };
        good = carried_judge_proven(list, p->entries, &setup, &j->skew);
    }
    free(list);
    if (good == SIZE_MAX || j->memory)
        return part_tell_memory(j);
    if (good != p->entries && p->verdict == VERDICT_GOOD)
        /* Cannot happen, as whatever was not verified was told of; but never a good answer. */
        return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_PROOF, NO_ENTRY,
                                p->cp.checkpoint.size);
    return true;
}

/* What every part must carry, and the `under` of each entry. */
static bool all_carried(struct part_judging *j)
{
    struct answer_part *p = j->part;
    const uint64_t needed[] = { 0, p->index, p->to - 1, p->audit };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i] != NO_ENTRY && answer_part_entry(p, needed[i]) == NULL)
            return part_tell_missing(j, needed[i]);
    p->genesis = answer_part_entry(p, 0)->leaf;
    p->date = answer_part_entry(p, p->to - 1)->accepted;
    p->indexed = answer_part_entry(p, p->index)->accepted;
    return j->missing == NO_ENTRY || part_tell_missing(j, j->missing);
}

/* ---- the auditor's word ---------------------------------------------------------------------- */

/* The index that the anchor names; NO_ENTRY if it names none. *unread: it, or its record, is of a
 * version that we do not know, so that it may be an anchor. */
static uint64_t index_of_anchor(struct part_judging *j, const struct answer_entry *anchor,
                                bool *unread)
{
    struct refusal why;
    struct entry e;
    struct record r;
    struct entry_ref ref = { .entry = NO_ENTRY };
    if (entry_parse(&e, anchor->bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0) {
        j->memory = j->memory || why.reason == REASON_MEMORY;
        *unread = why.reason == REASON_VERSION;
        return NO_ENTRY;
    }
    if (r.kind != KIND_ANCHOR || entry_ref_parse(&ref, value_member(r.object, "index")) != 0)
        ref.entry = NO_ENTRY;
    record_free(&r);
    return ref.entry;
}

static bool check_audit(struct part_judging *j)
{
    struct answer_part *p = j->part;
    bool unread = false;
    if (p->audit == NO_ENTRY)
        return true;
    const struct answer_entry *anchor = answer_part_entry(p, p->audit);
    uint64_t index = index_of_anchor(j, anchor, &unread);
    if (j->memory)
        return part_tell_memory(j);
    if (unread)
        return part_tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_VERSION, p->audit, p->audit);
    if (anchor->role != ROLE_AUDITOR || index == NO_ENTRY || answer_part_entry(p, index) == NULL)
        return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_AUDIT, p->audit, p->audit);
    switch (part_take_cover(j, &p->audited, index)) {
    case COVER_MEMORY:
        return part_tell_memory(j);
    case COVER_UNREAD:
        return part_tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_VERSION, p->audit, index);
    case COVER_NONE:
        return part_tell_number(j, VERDICT_BAD, REASON_ANSWER_AUDIT, p->audit, p->audit);
    default:
        return true; /* of another version it says nothing of our tables */
    }
}

/* ---- a part ---------------------------------------------------------------------------------- */

static bool judge_proven(struct part_judging *j)
{
    return judge_entries(j) && all_carried(j) && part_read_cover(j) && part_check_range(j) &&
           part_check_tables(j) && part_check_tail(j) && check_audit(j);
}

static void judge_part(struct part_judging *j, const struct answer_question *asked)
{
    struct answer_part *p = j->part;
    struct refusal why;
    if (!open_checkpoint(j) || !is_asked(j, asked))
        return;
    if (prove_entries(j) && judge_proven(j) && p->verdict == VERDICT_GOOD)
        clocks_check(j->policy, &p->cp, CLOCKS_BELOW, p->entry[p->entries - 1].accepted, j->skew,
                     part_found, j);
    if (!p->cp.quorum) {
        policy_refuse_quorum(j->policy, &p->cp, &why);
        part_tell(j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
    }
}

/* The entries go over from the parsed part. */
static void take_parsed(struct answer_part *out, struct parsed_part *parsed)
{
    out->question = parsed->question;
    out->from = parsed->from;
    out->to = parsed->to;
    out->end = parsed->end;
    out->index = parsed->index;
    out->audit = parsed->audit;
    out->checkpoint = parsed->checkpoint;
    out->entry = parsed->entry;
    out->entries = parsed->entries;
    parsed->entry = NULL;
    parsed->entries = 0;
}

enum verdict answer_judge(struct answer_part *out, size_t *used, const struct policy *policy,
                          struct span text, const struct answer_question *asked,
                          const struct hash *pin, const struct watch *watch)
{
    struct part_judging j = {
        .policy = policy, .pin = pin, .watch = watch, .part = out, .missing = NO_ENTRY
    };
    struct refusal why;
    *out = (struct answer_part){ .index = NO_ENTRY, .audit = NO_ENTRY };
    out->cover.entry = out->audited.entry = NO_ENTRY;
    if (answer_parse(&j.parsed, used, text, &why) != 0) {
        part_tell(&j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
    } else {
        take_parsed(out, &j.parsed);
        judge_part(&j, asked);
    }
    entry_keys_free(&j.keys);
    free(j.state);
    parsed_part_free(&j.parsed);
    return out->verdict;
}

void answer_part_free(struct answer_part *p)
{
    free(p->entry);
    buf_free(&p->evidence);
    p->entry = NULL;
    p->entries = 0;
}
