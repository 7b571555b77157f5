#include "daemon/append/note_judge.h"

#include "daemon/append/record_blobs.h"
#include "proto/record/clear_text.h"

/* Is the text of the entry at index this one? */
static enum store_result has_text(struct store_txn *t, uint64_t index, struct span text, bool *same)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct note note;
    struct refusal why;
    enum store_result r = store_entry(t, index, &bytes, NULL);
    if (r == STORE_OK &&
        (entry_parse(&e, buf_span(&bytes), &why) != 0 || note_parse(&note, e.note, &why) != 0))
        r = STORE_DAMAGED;
    if (r == STORE_OK)
        *same = span_eq(note.text, text);
    buf_free(&bytes);
    return r == STORE_ABSENT ? STORE_DAMAGED : r;
}

enum store_result note_judge_seen(struct store_txn *t, struct submitted *n, uint64_t *used)
{
    bool same = false;
    *used = NO_ENTRY;
    enum store_result r = store_id(t, n->record.id, n->signer, used);
    if (r == STORE_ABSENT)
        return STORE_OK;
    if (r == STORE_OK)
        r = has_text(t, *used, n->record.text, &same);
    if (r == STORE_OK && same) {
        n->outcome = OUTCOME_SEEN;
        n->index = *used;
        record_free(&n->record);
    }
    return r;
}

/* Texts must be written as FORMATS says, and must not name a person in the clear. A request may
 * repeat the reference of its warrant. */
static int judge_names(const struct record *record, const struct reference_source *where,
                       struct refusal *why)
{
    struct entry_ref ref;
    struct referenced warrant = { .ref_length = 0 };
    char known[TEXT_MAX + 1];
    const struct value *named = value_member(record->object, "warrant");
    if (record->kind == KIND_REQUEST && named != NULL && entry_ref_parse(&ref, named) == 0 &&
        referenced_read(&warrant, where, ref.entry) != STORE_OK)
        return refuse(why, REASON_MEMORY, "");
    memcpy(known, warrant.ref, warrant.ref_length);
    known[warrant.ref_length] = 0;
    return names_check(record->kind, record->object, PERSONS_CERTAIN,
                       warrant.ref_length > 0 ? known : NULL, why);
}

/* A registrar who is the last without an end cannot be revoked. */
static int judge_enrolments(const struct note_judge *j, const struct submitted *n, int64_t accepted,
                            struct refusal *why)
{
    const struct signer_registry *signers = &j->service->signers;
    const struct record *record = &n->record;
    uint64_t related;
    if (judge_enrolment(signers_registry(signers), record, n->signer, accepted,
                        &j->service->own_keys.key[0], true, &related, why) != 0)
        return -1;
    return record->kind == KIND_REVOKE ? signers_judge_revoke(signers, record, accepted, why) : 0;
}

static int judge_refs(const struct record *record, struct reference_source *where, uint64_t size,
                      struct refusal *why)
{
    struct finding f;
    if (judge_references(record, size, referenced_lookup, where, &f) == 0)
        return 0;
    *why = f.why;
    if (why->reason == REASON_UNKNOWN_BASIS) /* an entry of ours could not be read */
        refuse(why, REASON_MEMORY, "");
    return -1;
}

/* An `index` goes on from the last one: FORMATS, 24.4. */
static int judge_index(const struct record *record, const struct note_position *at,
                       struct refusal *why)
{
    struct cover cover;
    if (record->kind != KIND_INDEX)
        return 0;
    if (!cover_of(&cover, at->size, record))
        return refuse(why, REASON_VERSION, "index");
    return cover_follows(at->cover, &cover, why);
}

int note_judge_rest(struct note_judge *j, const struct submitted *n, const struct note_position *at,
                    uint64_t used, struct refusal *why)
{
    const struct record *record = &n->record;
    struct reference_source where = { .memory = &j->memory, .txn = at->txn };
    uint64_t frozen = registry_frozen(signers_registry(&j->service->signers));
    if (frozen != NO_ENTRY)
        return refuse_number(why, REASON_LOG_FROZEN, frozen);
    if (judge_enrolments(j, n, at->accepted, why) != 0 ||
        judge_refs(record, &where, at->size, why) != 0 || judge_index(record, at, why) != 0 ||
        judge_names(record, &where, why) != 0 || record_blobs_judge(j->service, record, why) != 0 ||
        rulebook_judge(&j->rulebook, j->service, record, at->accepted, why) != 0)
        return -1;
    if (used != NO_ENTRY)
        return refuse_number(why, REASON_ID_USED, used);
    return judge_skew(record, at->accepted, at->skew, why);
}

void note_judge_free(struct note_judge *j)
{
    rulebook_free(&j->rulebook);
}
