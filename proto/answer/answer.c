#include "proto/answer/answer.h"

#include <stdlib.h>

#include "proto/answer/answer_evidence.h"
#include "proto/answer/answer_parse.h"
#include "proto/tlog/shared_proof.h"
#include "proto/verify/carried_entries.h"
#include "proto/verify/clocks.h"

/* Whether an entry has the key that is asked for. */
enum has_key {
    HAS_NOT,
    HAS_KEY,
    HAS_UNKNOWN, /* what that rests on is not carried */
};

/* What is known of an entry's keys: of warrant keys only whether the one that is asked for is among
 * them, as only that one can be passed on to an answer. */
struct key_state {
    enum has_key has;
    enum kind kind;
    unsigned about;
    uint64_t lacks; /* if HAS_UNKNOWN, an entry that is not carried */
};

struct judging {
    const struct policy *policy;
    const struct hash *pin;
    const struct watch *watch;
    struct answer_part *part;
    struct parsed_part parsed;
    struct key_state *state; /* beside part->entry */
    size_t judged;           /* how many of them are set */
    struct entry_keys keys;
    uint64_t lacks;   /* an entry that `named` was asked for and is not carried */
    uint64_t missing; /* the first `under` that is not carried; NO_ENTRY: none */
    int64_t skew;     /* milliseconds */
    bool memory;
};

static void note_finding(void *ctx, const struct finding *f)
{
    struct judging *j = ctx;
    if (f->why.reason == REASON_MEMORY)
        j->memory = true;
    if (j->part->verdict != VERDICT_BAD)
        j->part->verdict = f->verdict;
    j->watch->found(j->watch->ctx, f);
}

/* Each returns false, so that a step may end with it. */
static bool tell(struct judging *j, enum verdict verdict, uint64_t entry, uint64_t related,
                 const struct refusal *why)
{
    struct finding f = { .verdict = verdict, .why = *why, .entry = entry, .related = related };
    note_finding(j, &f);
    return false;
}

static bool tell_number(struct judging *j, enum verdict verdict, enum reason reason, uint64_t entry,
                        uint64_t subject)
{
    struct refusal why;
    refuse_number(&why, reason, subject);
    return tell(j, verdict, entry, NO_ENTRY, &why);
}

static bool tell_memory(struct judging *j)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    return tell(j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
}

static bool tell_missing(struct judging *j, uint64_t index)
{
    return tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_MISSING, index, index);
}

/* The place of the first carried entry whose index is not below this one. */
static size_t place_of(const struct answer_part *p, uint64_t index)
{
    size_t from = 0, to = p->entries;
    while (from < to) {
        size_t middle = from + (to - from) / 2;
        if (p->entry[middle].index < index)
            from = middle + 1;
        else
            to = middle;
    }
    return from;
}

static struct answer_entry *find(const struct answer_part *p, uint64_t index)
{
    size_t at = place_of(p, index);
    return at < p->entries && p->entry[at].index == index ? &p->entry[at] : NULL;
}

/* ---- the checkpoint and the entries ---------------------------------------------------------- */

static bool open_checkpoint(struct judging *j)
{
    struct refusal why;
    if (policy_open(&j->part->cp, j->policy, j->part->checkpoint, &why) == 0)
        return true;
    j->part->cp = (struct signed_checkpoint){ .log = 0 };
    return tell(j, verdict_of_file(why.reason), NO_ENTRY, NO_ENTRY, &why);
}

static bool is_asked(struct judging *j, const struct answer_question *asked)
{
    const struct answer_question *q = &j->part->question;
    struct refusal why;
    if (asked == NULL || (asked->type == q->type && span_eq(asked->value, q->value)))
        return true;
    refuse_span(&why, REASON_ANSWER_OTHER, q->value);
    return tell(j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
}

static bool prove_entries(struct judging *j)
{
    struct answer_part *p = j->part;
    const struct checkpoint *cp = &p->cp.checkpoint;
    struct hash root;
    if (p->entries == 0)
        return tell_missing(j, 0);
    struct placed_leaf *placed = calloc(p->entries, sizeof *placed);
    if (placed == NULL)
        return tell_memory(j);
    for (size_t i = 0; i < p->entries; i++) {
        hash_leaf(&p->entry[i].leaf, p->entry[i].bytes);
        placed[i] = (struct placed_leaf){ p->entry[i].index, p->entry[i].leaf };
    }
    bool good = shared_proof_root(&root, cp->size, placed, p->entries, j->parsed.proof,
                                  j->parsed.hashes) == 0 &&
                hash_eq(&root, &cp->root);
    free(placed);
    return good || tell_number(j, VERDICT_BAD, REASON_ANSWER_PROOF, NO_ENTRY, cp->size);
}

/* Of an entry that has not the key as far as can be seen, only that is said that it may have it. */
static enum named_entry_result named(void *ctx, uint64_t index, enum kind target,
                                     struct named_entry *out)
{
    struct judging *j = ctx;
    const struct answer_entry *e = find(j->part, index);
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
static void take_keys(struct judging *j, struct key_state *s, const struct judged *e)
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
    struct judging *j = ctx;
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
    if (under < e->index && find(j->part, under) == NULL)
        j->missing = under;
}

static bool judge_entries(struct judging *j)
{
    struct answer_part *p = j->part;
    struct watch watch = { .found = note_finding, .go_on = j->watch->go_on, .ctx = j };
    struct log_keys keys = policy_log_keys(j->policy, p->cp.log);
    struct carried_setup setup = { .size = p->cp.checkpoint.size,
                                   .log = &keys,
                                   .pin = j->pin,
                                   .watch = &watch,
                                   .judged = take_judged,
                                   .ctx = j };
    struct carried_entry *list = calloc(p->entries, sizeof *list);
    size_t good = SIZE_MAX;
    j->state = calloc(p->entries, sizeof *j->state);
    if (list != NULL && j->state != NULL) {
        for (size_t i = 0; i < p->entries; i++)
            list[i] =
                (struct carried_entry){ p->entry[i].index, p->entry[i].bytes, p->entry[i].leaf };
        good = carried_judge_proven(list, p->entries, &setup, &j->skew);
    }
    free(list);
    if (good == SIZE_MAX || j->memory)
        return tell_memory(j);
    if (good != p->entries && p->verdict == VERDICT_GOOD)
        /* Cannot happen, as whatever was not verified was told of; but never a good answer. */
        return tell_number(j, VERDICT_BAD, REASON_ANSWER_PROOF, NO_ENTRY, p->cp.checkpoint.size);
    return true;
}

/* What every part must carry, and the `under` of each entry. */
static bool all_carried(struct judging *j)
{
    struct answer_part *p = j->part;
    const uint64_t needed[] = { 0, p->index, p->to - 1, p->audit };
    for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
        if (needed[i] != NO_ENTRY && find(p, needed[i]) == NULL)
            return tell_missing(j, needed[i]);
    p->genesis = find(p, 0)->leaf;
    p->date = find(p, p->to - 1)->accepted;
    p->indexed = find(p, p->index)->accepted;
    return j->missing == NO_ENTRY || tell_missing(j, j->missing);
}

/* ---- the index ------------------------------------------------------------------------------- */

/* Reads the cover of a carried entry, which must be an `index`. Returns whether it is one of this
 * version; if not, tells of it. */
static bool read_cover(struct judging *j, struct cover *out, uint64_t index)
{
    struct refusal why;
    struct entry e;
    struct record r;
    if (entry_parse(&e, find(j->part, index)->bytes, &why) != 0 ||
        record_parse(&r, e.note, &why) != 0)
        return why.reason == REASON_MEMORY
                   ? tell_memory(j)
                   : tell_number(j, VERDICT_BAD, REASON_ANSWER_INDEX, index, index);
    bool is_index = r.kind == KIND_INDEX, known = is_index && cover_of(out, index, &r);
    record_free(&r);
    if (!is_index)
        return tell_number(j, VERDICT_BAD, REASON_ANSWER_INDEX, index, index);
    return known || tell_number(j, VERDICT_UNDECIDED, REASON_ANSWER_INDEX_VERSION, index, index);
}

static bool check_range(struct judging *j)
{
    const struct answer_part *p = j->part;
    if (p->end >= p->cover.end && p->end <= p->cp.checkpoint.size)
        return true;
    return tell_number(j, VERDICT_BAD, REASON_ANSWER_RANGE, NO_ENTRY, p->end);
}

/* A table of the cover, as far as a part shows it. */
struct shown_table {
    struct judging *j;
    uint64_t number;
    struct shown_rows rows;
    bool unkeyed; /* take_row() is called for unkeyed rows */
};

/* Tells that the index is wrong, with evidence. */
static bool tell_lie(struct shown_table *t, const struct refusal *why, const struct index_row *row)
{
    struct judging *j = t->j;
    struct index_lie lie = { .table = t->number,
                             .rows = &t->rows,
                             .row = row,
                             .left_out = why->reason == REASON_INDEX_LEFT_OUT };
    answer_evidence(j->part, &j->parsed, &lie, j->policy, j->pin);
    return tell(j, VERDICT_BAD, j->part->index, row == NULL ? NO_ENTRY : index_row_entry(row), why);
}

static bool tell_wrong_row(struct shown_table *t, enum reason reason, const struct index_key *key,
                           uint64_t entry)
{
    struct refusal why;
    struct index_row row;
    index_row_set(&row, key, entry);
    refuse_number(&why, reason, entry);
    return tell_lie(t, &why, &row);
}

/* Takes an entry that the index lists. Returns 1 if that is wrong, which it has told. */
static int take_row(void *ctx, uint64_t index)
{
    struct shown_table *t = ctx;
    struct answer_entry *e = find(t->j->part, index);
    if (e == NULL) {
        tell_missing(t->j, index);
        return 1;
    }
    const struct key_state *s = &t->j->state[e - t->j->part->entry];
    if (t->unkeyed) {
        if (!e->unkeyed)
            tell_wrong_row(t, REASON_INDEX_ROW, &INDEX_UNKEYED, index);
        return !e->unkeyed;
    }
    if (s->has == HAS_UNKNOWN)
        tell_missing(t->j, s->lacks);
    else if (s->has == HAS_NOT)
        tell_wrong_row(t, REASON_INDEX_ROW, &t->j->part->question.key, index);
    e->asked = s->has == HAS_KEY;
    return !e->asked;
}

/* All rows with a key, for the part's range. */
static bool take_rows(struct shown_table *t, const struct index_key *key, uint64_t from,
                      uint64_t to)
{
    struct refusal why;
    int result = shown_rows_all(&t->rows, key, from, to, take_row, t, &why);
    if (result < 0)
        tell(t->j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
    return result == 0;
}

/* Whether each leaf has as many rows as its place in the table says. */
static bool leaves_fit(const struct index_table *table, const struct parsed_table *parsed)
{
    for (size_t i = 0; i < parsed->leaves; i++)
        if (parsed->leaf[i].number >= index_table_leaves(table->rows) ||
            parsed->rows[i] != index_table_leaf_rows(table->rows, parsed->leaf[i].number))
            return false;
    return true;
}

/* Carried entries of the table's range that have the key, or no form, and of which the leaves show
 * that they have no row. */
static bool check_left_out(struct shown_table *t)
{
    const struct answer_part *p = t->j->part;
    const struct index_table *table = t->rows.table;
    for (size_t i = place_of(p, table->from); i < p->entries && p->entry[i].index < table->to;
         i++) {
        const struct answer_entry *e = &p->entry[i];
        const struct index_key *key = e->unkeyed ? &INDEX_UNKEYED : &p->question.key;
        struct index_row row;
        index_row_set(&row, key, e->index);
        if ((e->unkeyed && table->unkeyed == 0) ||
            ((e->unkeyed || e->has_key) && shown_rows_lack(&t->rows, &row)))
            return tell_wrong_row(t, REASON_INDEX_LEFT_OUT, key, e->index);
    }
    return true;
}

static bool check_shown(struct shown_table *t, const struct parsed_table *parsed, uint64_t from,
                        uint64_t to)
{
    struct judging *j = t->j;
    struct refusal why;
    if (!leaves_fit(t->rows.table, parsed))
        return tell_number(j, VERDICT_BAD, REASON_ANSWER_TABLE, NO_ENTRY, t->number);
    enum verdict proven = shown_rows_prove(&t->rows, &why);
    if (proven == VERDICT_UNDECIDED)
        return tell_memory(j);
    if (proven == VERDICT_BAD)
        return why.reason == REASON_INDEX_ROWS ? tell_lie(t, &why, NULL)
                                               : tell(j, VERDICT_BAD, NO_ENTRY, NO_ENTRY, &why);
    t->unkeyed = false;
    if (!take_rows(t, &j->part->question.key, from, to))
        return false;
    t->unkeyed = true;
    if (t->rows.table->unkeyed > 0 && !take_rows(t, &INDEX_UNKEYED, from, to))
        return false;
    return check_left_out(t);
}

/* The tables of the cover that have entries of the range, each with the leaves carried for it. */
static bool check_tables(struct judging *j)
{
    const struct answer_part *p = j->part;
    const struct parsed_table *parsed = j->parsed.table;
    const struct parsed_table *end = parsed + j->parsed.tables;
    for (size_t k = 0; k < p->cover.tables; k++) {
        const struct index_table *table = &p->cover.table[k];
        uint64_t from = table->from > p->from ? table->from : p->from;
        uint64_t to = table->to < p->to ? table->to : p->to;
        struct shown_table t = { .j = j, .number = k, .rows = { .table = table } };
        bool carried = parsed < end && parsed->number == k;
        if (carried != (from < to && table->rows > 0))
            return tell_number(j, VERDICT_BAD, REASON_ANSWER_ROWS, NO_ENTRY, k);
        if (!carried) {
            if (from < to && !check_left_out(&t))
                return false;
            continue;
        }
        t.rows.leaf = parsed->leaf;
        t.rows.leaves = parsed->leaves;
        t.rows.proof = parsed->proof;
        t.rows.hashes = parsed->hashes;
        if (!check_shown(&t, parsed++, from, to))
            return false;
    }
    return parsed == end ||
           tell_number(j, VERDICT_BAD, REASON_ANSWER_TABLE, NO_ENTRY, parsed->number);
}

/* From the cover's end on each entry is carried, and speaks for itself. */
static bool check_tail(struct judging *j)
{
    struct answer_part *p = j->part;
    uint64_t index = p->cover.end > p->from ? p->cover.end : p->from;
    for (size_t i = place_of(p, index); index < p->to; i++, index++) {
        if (i == p->entries || p->entry[i].index != index)
            return tell_number(j, VERDICT_BAD, REASON_ANSWER_RANGE, NO_ENTRY, index);
        if (j->state[i].has == HAS_UNKNOWN)
            return tell_missing(j, j->state[i].lacks);
        p->entry[i].asked = j->state[i].has == HAS_KEY;
    }
    return true;
}

/* ---- the auditor's word ---------------------------------------------------------------------- */

/* The index that the anchor names; NO_ENTRY if it names none. */
static uint64_t index_of_anchor(struct judging *j, const struct answer_entry *anchor)
{
    struct refusal why;
    struct entry e;
    struct record r;
    struct entry_ref ref = { .entry = NO_ENTRY };
    if (entry_parse(&e, anchor->bytes, &why) != 0 || record_parse(&r, e.note, &why) != 0) {
        j->memory = j->memory || why.reason == REASON_MEMORY;
        return NO_ENTRY;
    }
    if (r.kind != KIND_ANCHOR || entry_ref_parse(&ref, value_member(r.object, "index")) != 0)
        ref.entry = NO_ENTRY;
    record_free(&r);
    return ref.entry;
}

static bool check_audit(struct judging *j)
{
    struct answer_part *p = j->part;
    if (p->audit == NO_ENTRY)
        return true;
    const struct answer_entry *anchor = find(p, p->audit);
    uint64_t index = index_of_anchor(j, anchor);
    if (j->memory)
        return tell_memory(j);
    if (anchor->role != ROLE_AUDITOR || index == NO_ENTRY || find(p, index) == NULL)
        return tell_number(j, VERDICT_BAD, REASON_ANSWER_AUDIT, p->audit, p->audit);
    return read_cover(j, &p->audited, index);
}

/* ---- a part ---------------------------------------------------------------------------------- */

static bool judge_proven(struct judging *j)
{
    struct answer_part *p = j->part;
    return judge_entries(j) && all_carried(j) && read_cover(j, &p->cover, p->index) &&
           check_range(j) && check_tables(j) && check_tail(j) && check_audit(j);
}

static void judge_part(struct judging *j, const struct answer_question *asked)
{
    struct answer_part *p = j->part;
    struct refusal why;
    if (!open_checkpoint(j) || !is_asked(j, asked))
        return;
    if (prove_entries(j) && judge_proven(j) && p->verdict == VERDICT_GOOD)
        clocks_check(j->policy, &p->cp, CLOCKS_BELOW, p->entry[p->entries - 1].accepted, j->skew,
                     note_finding, j);
    if (!p->cp.quorum) {
        policy_refuse_quorum(j->policy, &p->cp, &why);
        tell(j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
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
    struct judging j = {
        .policy = policy, .pin = pin, .watch = watch, .part = out, .missing = NO_ENTRY
    };
    struct refusal why;
    *out = (struct answer_part){ .index = NO_ENTRY, .audit = NO_ENTRY };
    out->cover.entry = out->audited.entry = NO_ENTRY;
    if (answer_parse(&j.parsed, used, text, &why) != 0) {
        tell(&j, VERDICT_UNDECIDED, NO_ENTRY, NO_ENTRY, &why);
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
