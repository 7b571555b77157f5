#include "daemon/append/signer_limit.h"

#include <stdlib.h>

#include "daemon/host/metrics.h"
#include "daemon/host/rate.h"
#include "proto/sys/clock.h"

/* Whether the note is in the log, or uses an id of something that is: it appends nothing. Where
 * that cannot be read it counts. */
static bool appends_nothing(struct store_txn *txn, const struct submitted *n)
{
    uint64_t used;
    return store_id(txn, n->record.id, n->signer, &used) == STORE_OK;
}

static bool counts(struct store_txn *txn, const struct submitted *n)
{
    return n->outcome == OUTCOME_OPEN && (txn == NULL || !appends_nothing(txn, n));
}

/* Appends the signers of the notes that count, one for each note. Returns how many. */
static size_t list_signers(uint32_t *out, struct service *s, const struct submission *submission)
{
    struct store_txn *txn = NULL;
    size_t n = 0;
    if (store_begin(&txn, s->store, STORE_READ) != STORE_OK)
        txn = NULL;
    for (size_t i = 0; i < submission->count; i++)
        if (counts(txn, &submission->note[i]))
            out[n++] = submission->note[i].signer;
    store_end(txn);
    return n;
}

static int by_number(const void *a, const void *b)
{
    const uint32_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

/* One want for each signer. Returns how many; the keys are views into signer, which is sorted. */
static size_t make_wants(struct rate_want *want, const uint32_t *signer, size_t n)
{
    size_t wants = 0;
    for (size_t i = 0; i < n; i++) {
        if (i == 0 || signer[i] != signer[i - 1])
            want[wants++] =
                (struct rate_want){ .key = span_of((const uint8_t *)&signer[i], sizeof *signer) };
        want[wants - 1].tokens++;
    }
    return wants;
}

/* Returns how many. */
static size_t refuse_all(struct submission *submission)
{
    struct refusal why;
    size_t refused = 0;
    for (size_t i = 0; i < submission->count; i++) {
        struct submitted *n = &submission->note[i];
        if (n->outcome != OUTCOME_OPEN)
            continue;
        refuse_span(&why, REASON_LIMIT_SIGNER, n->record.signer);
        submitted_refuse(n, &why);
        refused++;
    }
    metric_add(METRIC_LIMIT_SIGNER, refused > 0);
    return refused;
}

/* Out of memory counts as a moment to wait. */
static int64_t wait_for(struct service *s, const struct rate *rate,
                        const struct submission *submission)
{
    uint32_t *signer = calloc(submission->count, sizeof *signer);
    struct rate_want *want = calloc(submission->count, sizeof *want);
    int64_t wait = 1;
    if (signer != NULL && want != NULL) {
        size_t n = list_signers(signer, s, submission);
        qsort(signer, n, sizeof *signer, by_number);
        wait = rate_take(s->signer_rates, rate, want, make_wants(want, signer, n), clock_steady());
    }
    free(signer);
    free(want);
    return wait;
}

int signer_limit(struct service *s, struct submission *submission, unsigned *seconds)
{
    const struct rate rate = rate_of(s->config.limit_signer, s->config.limit_signer_burst);
    int64_t wait = rate.per_minute == 0 ? 0 : wait_for(s, &rate, submission);
    if (wait == 0 || refuse_all(submission) == 0)
        return 0;
    *seconds = rate_seconds(wait);
    return -1;
}
