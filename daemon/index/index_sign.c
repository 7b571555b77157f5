#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "daemon/index/indexer_state.h"
#include "daemon/state/cover_find.h"

/* On the sequencer's thread. */
static void take_answer(struct own_record *own)
{
    struct indexer *ix = (struct indexer *)(void *)((char *)own - offsetof(struct indexer, own));
    pthread_mutex_lock(&ix->lock);
    ix->answered = true;
    pthread_cond_signal(&ix->answer);
    pthread_mutex_unlock(&ix->lock);
}

static void make_cover(const struct indexer *ix, struct cover *out)
{
    *out = (struct cover){ .entry = NO_ENTRY, .end = index_end(ix), .tables = ix->slots };
    for (size_t i = 0; i < ix->slots; i++)
        out->table[i] = ix->slot[i].table;
}

static void adopt(struct indexer *ix, const struct cover *cover)
{
    leaving_add(&ix->leaving, &ix->cover, cover);
    ix->cover = *cover;
    metric_add(METRIC_INDEX_ENTRIES, 1);
    metric_set(METRIC_INDEX_COVERED, (int64_t)cover->end);
    metric_set(METRIC_INDEX_TABLES, (int64_t)cover->tables);
}

/* What was said to have failed may have reached the disk. */
static bool is_in_log(struct indexer *ix, struct cover *cover)
{
    struct store_txn *t;
    struct cover last = { .entry = NO_ENTRY };
    uint64_t size;
    enum store_result r = store_begin(&t, ix->service->store, STORE_READ);
    if (r != STORE_OK)
        return false;
    r = tip_size(t, &size);
    if (r == STORE_OK)
        r = cover_find(&last, t, size);
    store_end(t);
    if (r != STORE_OK || last.entry == NO_ENTRY || last.end != cover->end)
        return false;
    cover->entry = last.entry;
    return true;
}

bool index_sign(struct indexer *ix)
{
    struct cover cover;
    make_cover(ix, &cover);
    own_record_begin(&ix->own, KIND_INDEX, take_answer);
    cover_json(&ix->own.members, &cover);
    ix->answered = false;
    sequencer_push_own(ix->service->sequencer, &ix->own);
    pthread_mutex_lock(&ix->lock);
    while (!ix->answered)
        pthread_cond_wait(&ix->answer, &ix->lock);
    pthread_mutex_unlock(&ix->lock);
    cover.entry = ix->own.note.index;
    bool in_log = ix->own.note.outcome == OUTCOME_APPENDED || is_in_log(ix, &cover);
    if (in_log) {
        adopt(ix, &cover);
    } else if (ix->own.note.why.reason == REASON_LOG_FROZEN) {
        index_ends(ix);
    } else {
        struct buf sentence = { 0 };
        refusal_sentence(&sentence, &ix->own.note.why, LANGUAGE_EN);
        index_fail(ix, buf_str(&sentence));
        buf_free(&sentence);
    }
    own_record_free(&ix->own);
    return in_log;
}
