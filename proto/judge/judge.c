#include "proto/judge/judge.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/judge/judge_inner.h"

struct judge *judge_new(const struct judge_setup *setup)
{
    struct judge *j = calloc(1, sizeof *j);
    if (j == NULL)
        return NULL;
    j->setup = *setup;
    j->skew = SKEW_DEFAULT_S * INT64_C(1000);
    j->cover.entry = NO_ENTRY;
    j->registry = registry_new();
    if (j->registry != NULL) {
        registry_know_log(j->registry, setup->keys);
        return j;
    }
    free(j);
    return NULL;
}

void judge_free(struct judge *j)
{
    if (j == NULL)
        return;
    for (size_t i = 0; i < j->kept_count; i++)
        free(j->kept[i].bytes);
    free(j->kept);
    free(j->cover_entry.bytes);
    registry_free(j->registry);
    ids_free(j->ids);
    free(j);
}

bool judge_of_records(const struct judge *j)
{
    return !j->setup.structure;
}

uint64_t judge_signatures(const struct judge *j)
{
    return j->signatures;
}

bool judge_genesis(const struct judge *j, struct hash *out)
{
    if (j->has_genesis)
        *out = j->genesis;
    return j->has_genesis;
}

bool judge_pin_differs(const struct judge *j, const struct hash *pin)
{
    struct hash genesis;
    return pin != NULL && (!judge_genesis(j, &genesis) || !hash_eq(&genesis, pin));
}

int64_t judge_last_time(const struct judge *j)
{
    return j->has_time ? j->last_time : 0;
}

int64_t judge_skew_of_log(const struct judge *j)
{
    return j->skew;
}

const struct cover *judge_cover(const struct judge *j)
{
    return &j->cover;
}

const struct registry *judge_registry(const struct judge *j)
{
    return j->registry;
}

static void tell_finding(struct judge *j, enum verdict verdict, uint64_t entry, uint64_t related,
                         const struct refusal *why)
{
    struct finding f = { .verdict = verdict, .why = *why, .entry = entry, .related = related };
    j->setup.found(j->setup.found_ctx, &f);
}

/* Out of memory is never a verdict on the log. */
static void tell_memory(struct judge *j, uint64_t entry)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    tell_finding(j, VERDICT_UNDECIDED, entry, NO_ENTRY, &why);
}

/* Copies an entry. Out of memory is told. */
static bool keep_copy(struct judge *j, struct kept *out, uint64_t index, const struct hash *leaf,
                      struct span bytes)
{
    *out = (struct kept){ .index = index, .leaf = *leaf, .bytes = malloc(bytes.n), .n = bytes.n };
    if (out->bytes != NULL)
        memcpy(out->bytes, bytes.p, bytes.n);
    else
        tell_memory(j, index);
    return out->bytes != NULL;
}

void judge_keep(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes)
{
    if (!j->setup.keep)
        return;
    if (j->kept_count == j->kept_cap) {
        size_t cap = j->kept_cap == 0 ? 64 : j->kept_cap * 2;
        struct kept *more = realloc(j->kept, cap * sizeof *more);
        if (more == NULL) {
            tell_memory(j, index);
            return;
        }
        j->kept = more;
        j->kept_cap = cap;
    }
    if (keep_copy(j, &j->kept[j->kept_count], index, leaf, bytes))
        j->kept_count++;
}

void judge_take_cover(struct judge *j, const struct cover *cover, const struct hash *leaf,
                      struct span bytes)
{
    j->cover = *cover;
    free(j->cover_entry.bytes);
    j->cover_entry.bytes = NULL;
    if (j->setup.keep)
        keep_copy(j, &j->cover_entry, cover->entry, leaf, bytes);
}

static void judge_header(struct judge *j, uint64_t index, const struct entry *e)
{
    static const struct hash zeroes;
    struct refusal why;
    if (e->index != index) {
        refuse_number(&why, REASON_INDEX, e->index);
        tell_finding(j, VERDICT_BAD, index, NO_ENTRY, &why);
    }
    bool before = index > 0 && j->next == index; /* is the entry before at hand? */
    if ((index == 0 || before) && !hash_eq(&e->link, index == 0 ? &zeroes : &j->last_leaf)) {
        refuse(&why, REASON_LINK, "");
        tell_finding(j, VERDICT_BAD, index, index == 0 ? NO_ENTRY : index - 1, &why);
    }
    if (j->has_time && e->accepted < j->last_time) {
        char text[WHEN_TEXT + 1];
        when_format(text, e->accepted);
        refuse(&why, REASON_TIME, text);
        tell_finding(j, VERDICT_BAD, index, j->time_entry, &why);
    }
    j->has_time = true;
    j->last_time = e->accepted;
    j->time_entry = index;
}

static void remember(struct judge *j, uint64_t index, const struct hash *leaf)
{
    j->next = index + 1;
    j->last_leaf = *leaf;
    if (index == 0) {
        j->has_genesis = true;
        j->genesis = *leaf;
    }
}

void judge_take_first_key(struct judge *j, const struct record *genesis)
{
    const struct log_keys *keys = j->setup.keys;
    struct vkey named;
    const char *cause;
    if (keys == NULL || vkey_parse(&named, span_str(record_string(genesis, "vkey")), &cause) != 0)
        return;
    for (size_t i = 0; i < keys->n; i++)
        if (vkey_eq(keys->key[i], &named))
            j->setup.log = named;
}

/* Entry 0: the log's own record, which says who its registrars are. */
static enum kind genesis_entry(struct judge *j, struct judged *e, struct span bytes)
{
    const struct record *r = e->record;
    struct refusal why;
    if (r->kind != KIND_GENESIS) {
        refuse(&why, REASON_GENESIS, kind_name(r->kind));
        tell_finding(j, VERDICT_BAD, 0, NO_ENTRY, &why);
        return r->kind;
    }
    judge_take_first_key(j, r);
    if (!record_signed_by(r, &j->setup.log)) {
        refuse_span(&why, REASON_SIGNATURE, r->signer);
        tell_finding(j, VERDICT_BAD, 0, NO_ENTRY, &why);
        return r->kind;
    }
    j->signatures++;
    if (registry_check_genesis(r, &j->setup.log, &why) != 0) {
        tell_finding(j, VERDICT_BAD, 0, NO_ENTRY, &why);
        return r->kind;
    }
    const struct value *skew = value_member(r->object, "skew");
    if (skew != NULL)
        j->skew = value_integer(skew) * 1000;
    j->has_skew = true;
    if (judge_skew(r, e->accepted, j->skew, &why) != 0)
        tell_finding(j, VERDICT_BAD, 0, NO_ENTRY, &why);
    if (registry_apply(j->registry, 0, e->leaf, r) != 0) {
        tell_memory(j, 0);
        j->blind = true;
        return KIND_UNDECIDED;
    }
    e->counts = true;
    judge_keep(j, 0, e->leaf, bytes);
    return r->kind;
}

/* No enrolled key signed this. That is proven if `under` points nowhere, or at an entry that is at
 * hand and did not enrol such a key. */
static enum verdict unsigned_verdict(struct judge *j, uint64_t index, const struct record *r,
                                     uint64_t *related)
{
    struct known_entry known;
    if (r->under.entry >= index)
        return VERDICT_BAD;
    *related = r->under.entry;
    enum lookup found = j->setup.lookup(j->setup.lookup_ctx, r->under.entry, &known);
    return found == LOOKUP_FOUND && known.kind != KIND_UNDECIDED ? VERDICT_BAD : VERDICT_UNDECIDED;
}

/* Key, signature, enrolment and role; sets the signer's number if all are good. */
static enum verdict judge_authority(struct judge *j, uint64_t index, const struct record *r,
                                    int64_t accepted, uint32_t *number)
{
    struct refusal why;
    uint64_t related = NO_ENTRY;
    if (judge_signer(j->registry, r, number, &why) != 0) {
        enum verdict verdict = unsigned_verdict(j, index, r, &related);
        tell_finding(j, verdict, index, related, &why);
        return verdict;
    }
    j->signatures++;
    bool complete = !j->setup.partial && !j->blind;
    if (judge_enrolment(j->registry, r, *number, accepted, &j->setup.log, complete, &related,
                        &why) == 0)
        return VERDICT_GOOD;
    tell_finding(j, VERDICT_BAD, index, related, &why);
    return VERDICT_BAD;
}

static void judge_id(struct judge *j, uint64_t index, const struct record *r, int64_t accepted,
                     uint32_t number)
{
    struct used_id use = { .signer = number, .accepted = accepted, .entry = index };
    memcpy(use.id, r->id, UUID_BYTES);
    hash_bytes(&use.text, r->text);
    if (j->ids == NULL)
        j->ids = ids_new(2 * j->skew);
    if (j->ids == NULL) {
        tell_memory(j, index);
        return;
    }
    const struct used_id *before = ids_find(j->ids, r->id, number, accepted);
    if (before != NULL) {
        struct refusal why;
        refuse_number(&why, hash_eq(&before->text, &use.text) ? REASON_REPLAYED : REASON_ID_USED,
                      before->entry);
        tell_finding(j, VERDICT_BAD, index, before->entry, &why);
    }
    if (ids_add(j->ids, &use) != 0)
        tell_memory(j, index);
}

/* An `index` that is good so far, against the last one that took effect. */
static void judge_index(struct judge *j, const struct judged *e, struct span bytes)
{
    struct cover cover;
    struct refusal why;
    if (!cover_of(&cover, e->index, e->record))
        return; /* of another version: nothing is known of it */
    if (cover_follows(&j->cover, &cover, &why) == 0)
        judge_take_cover(j, &cover, e->leaf, bytes);
    else
        tell_finding(j, VERDICT_BAD, e->index, j->cover.entry, &why);
}

/* Returns the kind that later entries may rely on: an enrolment that could not be decided leaves
 * those who act under it undecided, too. */
static enum kind judge_record(struct judge *j, struct judged *e, struct span bytes)
{
    const struct record *r = e->record;
    uint64_t index = e->index;
    struct refusal why;
    struct finding f;
    uint32_t number;
    if (r->kind == KIND_GENESIS) {
        refuse(&why, REASON_GENESIS, "genesis");
        tell_finding(j, VERDICT_BAD, index, NO_ENTRY, &why);
        return r->kind;
    }
    bool registers = r->kind == KIND_ENROLL || r->kind == KIND_REVOKE;
    enum verdict authority = judge_authority(j, index, r, e->accepted, &number);
    int refs = judge_references(r, index, j->setup.lookup, j->setup.lookup_ctx, &f);
    if (refs != 0)
        j->setup.found(j->setup.found_ctx, &f);
    if (r->kind == KIND_INDEX && refs == 0 && authority == VERDICT_GOOD)
        judge_index(j, e, bytes);
    if (j->has_skew && judge_skew(r, e->accepted, j->skew, &why) != 0)
        tell_finding(j, VERDICT_BAD, index, 0, &why);
    if (authority == VERDICT_GOOD) {
        if (j->has_skew)
            judge_id(j, index, r, e->accepted, number);
        if (registry_apply(j->registry, index, e->leaf, r) != 0) {
            tell_memory(j, index); /* and those who act under it are not to be blamed */
            j->blind = true;
            return KIND_UNDECIDED;
        }
        e->counts = true;
        e->signer = number;
        if (registry_takes(r->kind))
            judge_keep(j, index, e->leaf, bytes);
    }
    return registers && authority == VERDICT_UNDECIDED ? KIND_UNDECIDED : r->kind;
}

static void check_pin(struct judge *j, const struct hash *leaf)
{
    if (!j->setup.has_pin || hash_eq(leaf, &j->setup.pin))
        return;
    struct buf found = { 0 };
    struct refusal why;
    buf_add_base64(&found, leaf->b, HASH_BYTES);
    refuse(&why, REASON_GENESIS_PIN, buf_str(&found));
    buf_free(&found);
    tell_finding(j, VERDICT_BAD, 0, NO_ENTRY, &why);
}

/* Nothing follows the entry by which a log ends: the size that the log signed convicts it,
 * whatever follows. */
static void check_frozen(struct judge *j, uint64_t index)
{
    uint64_t frozen = registry_frozen(j->registry);
    uint64_t size = j->setup.size > index ? j->setup.size : index + 1;
    struct refusal why;
    if (frozen == NO_ENTRY || size <= frozen + 1 || j->told_frozen)
        return;
    j->told_frozen = true;
    refuse_number(&why, REASON_FROZEN, size);
    tell_finding(j, VERDICT_BAD, frozen, NO_ENTRY, &why);
}

/* A refusal of form: bad, unless it is of a version that we do not know, or memory's. */
static enum kind tell_form(struct judge *j, uint64_t index, const struct refusal *why)
{
    bool undecided = why->reason == REASON_VERSION || why->reason == REASON_MEMORY;
    tell_finding(j, undecided ? VERDICT_UNDECIDED : VERDICT_BAD, index, NO_ENTRY, why);
    if (undecided)
        j->blind = true;
    return undecided ? KIND_UNDECIDED : KIND_NONE;
}

/* What the caller knows of an entry's note; each may be NULL. */
struct known_note {
    const struct checked_note *checked;
    const struct record *record;
};

/* Sets e->record; if it is r, the caller frees it. */
static enum kind judge_bytes(struct judge *j, struct judged *e, struct record *r,
                             const struct known_note *known)
{
    struct refusal why;
    struct entry header;
    if (entry_parse(&header, e->bytes, &why) != 0) {
        remember(j, e->index, e->leaf);
        return tell_form(j, e->index, &why);
    }
    e->has_header = true;
    e->accepted = header.accepted;
    judge_header(j, e->index, &header);
    remember(j, e->index, e->leaf);
    if (j->setup.structure)
        return KIND_UNDECIDED;
    if (known->record == NULL && record_parse_checked(r, header.note, known->checked, &why) != 0)
        return tell_form(j, e->index, &why);
    e->record = known->record == NULL ? r : known->record;
    return e->index == 0 ? genesis_entry(j, e, e->bytes) : judge_record(j, e, e->bytes);
}

static void tell_judged(struct judge *j, const struct judged *e)
{
    if (j->setup.judged != NULL)
        j->setup.judged(j->setup.judged_ctx, e);
}

static enum kind judge_known(struct judge *j, uint64_t index, const struct hash *leaf,
                             struct span bytes, const struct known_note *known)
{
    struct record r;
    struct judged e = { .index = index, .leaf = leaf, .bytes = bytes, .signer = NO_SIGNER };
    if (index == 0)
        check_pin(j, leaf);
    e.kind = judge_bytes(j, &e, &r, known);
    check_frozen(j, index);
    tell_judged(j, &e);
    if (e.record == &r)
        record_free(&r);
    return e.kind;
}

enum kind judge_entry(struct judge *j, uint64_t index, const struct hash *leaf, struct span bytes)
{
    return judge_known(j, index, leaf, bytes, &(struct known_note){ .record = NULL });
}

enum kind judge_entry_checked(struct judge *j, uint64_t index, const struct hash *leaf,
                              struct span bytes, const struct checked_note *checked)
{
    return judge_known(j, index, leaf, bytes, &(struct known_note){ .checked = checked });
}

enum kind judge_entry_parsed(struct judge *j, uint64_t index, const struct hash *leaf,
                             struct span bytes, const struct record *record)
{
    return judge_known(j, index, leaf, bytes, &(struct known_note){ .record = record });
}

void judge_unreadable(struct judge *j, uint64_t index, const struct hash *leaf)
{
    if (index == 0)
        check_pin(j, leaf);
    remember(j, index, leaf);
    check_frozen(j, index);
    j->blind = true;
    tell_judged(j, &(struct judged){
                       .index = index, .leaf = leaf, .kind = KIND_UNDECIDED, .signer = NO_SIGNER });
}
