#include <errno.h>
#include <inttypes.h>

#include "daemon/access/access_state.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/record/entry.h"
#include "proto/sys/clock.h"
#include "proto/sys/language.h"

#define AGAIN_MS 5000 /* after an interval could not be sealed */
#define OWN_PAGE 64

/* ---- is it in the log? ----------------------------------------------------------------------- */

static bool says_same(const struct access_claim *a, const struct access_claim *b)
{
    return a->version == b->version && a->from == b->from && a->until == b->until &&
           a->count == b->count && hash_eq(&a->root, &b->root);
}

/* Whether the entry is one of kind `access` that says the same. */
static enum store_result is_entry_of(bool *same, struct store_txn *t, uint64_t index,
                                     const struct access_claim *claim)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct record record;
    struct refusal why;
    struct access_claim got;
    *same = false;
    enum store_result r = store_entry(t, index, &bytes, NULL);
    if (r == STORE_OK && entry_parse(&e, buf_span(&bytes), &why) == 0 &&
        record_parse(&record, e.note, &why) == 0) {
        access_claim_of(&got, &record);
        *same = record.kind == KIND_ACCESS && says_same(&got, claim);
        record_free(&record);
    } else if (r == STORE_OK) {
        r = why.reason == REASON_MEMORY ? STORE_MEMORY : STORE_DAMAGED;
    }
    buf_free(&bytes);
    return r;
}

/* Looks at all entries of the log's own from there on. *found becomes NO_ENTRY if it is none. */
static enum store_result find_entry(uint64_t *found, struct access *a, struct store_txn *t)
{
    uint64_t entry[OWN_PAGE], from = a->interval.size;
    struct access_claim claim;
    size_t n = OWN_PAGE;
    enum store_result r = STORE_OK;
    row_interval_claim(&a->interval, &claim);
    *found = NO_ENTRY;
    while (r == STORE_OK && n == OWN_PAGE && *found == NO_ENTRY) {
        r = store_list(t, LIST_SIGNER, span_str(a->service->vkey.name), from, entry, OWN_PAGE, &n);
        for (size_t i = 0; r == STORE_OK && i < n && *found == NO_ENTRY; i++) {
            bool same;
            r = is_entry_of(&same, t, entry[i], &claim);
            if (same)
                *found = entry[i];
            from = entry[i] + 1;
        }
    }
    return r;
}

static enum store_result look_in_log(uint64_t *found, struct access *a)
{
    struct store_txn *t;
    enum store_result r = store_begin(&t, a->service->store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = find_entry(found, a, t);
    store_end(t);
    return r;
}

/* ---- sealing --------------------------------------------------------------------------------- */

static void seal_later(struct access *a, const char *why)
{
    if (!a->told)
        log_line(LOG_WARNING, "who read the log is not in an access entry yet (%s): %s", why,
                 a->closed ? a->closed_name : a->folder.path);
    a->told = true;
    metric_add(METRIC_ACCESS_FAILURES, 1);
    a->seal_at = clock_steady() + AGAIN_MS;
    a->doubt = true;
}

/* The entry is on the disk: its rows get its name. If that fails, the log is asked again. */
static void name_rows(struct access *a, uint64_t entry)
{
    if (row_file_seal(&a->folder, a->closed_name, entry) != 0) {
        seal_later(a, strerror(errno));
        return;
    }
    a->closed = a->doubt = a->told = false;
}

static void seal_in_doubt(struct access *a)
{
    uint64_t entry;
    if (look_in_log(&entry, a) != STORE_OK)
        seal_later(a, "the store cannot be read");
    else if (entry != NO_ENTRY)
        name_rows(a, entry);
    else
        a->doubt = false;
}

/* On the sequencer's thread. */
static void take_sealed(struct own_record *own)
{
    struct access *a = (struct access *)(void *)((char *)own - offsetof(struct access, own));
    pthread_mutex_lock(&a->lock);
    a->answered = true;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
}

static void push_record(struct access *a)
{
    struct access_claim claim;
    row_interval_claim(&a->interval, &claim);
    own_record_begin(&a->own, KIND_ACCESS, take_sealed);
    access_claim_json(&a->own.members, &claim);
    a->sealing = true;
    sequencer_push_own(a->service->sequencer, &a->own);
}

/* What was said to have failed may have reached the disk. */
static void read_answer(struct access *a)
{
    const struct submitted *note = &a->own.note;
    a->sealing = false;
    pthread_mutex_lock(&a->lock);
    a->answered = false;
    pthread_mutex_unlock(&a->lock);
    if (note->outcome == OUTCOME_APPENDED) {
        metric_add(METRIC_ACCESS_ENTRIES, 1);
        name_rows(a, note->index);
    } else if (note->why.reason == REASON_LOG_FROZEN) {
        log_line(LOG_WARNING, "the log has ended: who reads it is still written down, in %s",
                 a->folder.path);
        a->ended = true;
    } else {
        struct buf sentence = { 0 };
        refusal_sentence(&sentence, &note->why, LANGUAGE_EN);
        seal_later(a, buf_str(&sentence));
        buf_free(&sentence);
    }
    own_record_free(&a->own);
}

static bool has_closed(struct access *a)
{
    if (a->closed)
        return true;
    int got = row_file_closed(&a->folder, a->closed_name, &a->interval);
    if (got < 0)
        seal_later(a,
                   errno == EBADMSG ? "its rows are damaged: run bitacorad fsck" : strerror(errno));
    a->closed = got > 0;
    return a->closed;
}

void access_seal(struct access *a)
{
    pthread_mutex_lock(&a->lock);
    bool answered = a->answered, stopping = a->stopping;
    pthread_mutex_unlock(&a->lock);
    if (a->sealing && !answered)
        return;
    if (a->sealing)
        read_answer(a);
    while (!a->ended && !stopping && !a->sealing && clock_steady() >= a->seal_at && has_closed(a)) {
        if (a->doubt)
            seal_in_doubt(a);
        if (a->closed && !a->doubt)
            push_record(a);
    }
}
