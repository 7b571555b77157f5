/* The findings of a verification, in their order. One thread. */
#ifndef PROTO_VERIFY_FINDING_LIST_H
#define PROTO_VERIFY_FINDING_LIST_H

#include <stddef.h>

#include "proto/judge/integrity.h"

/* More findings are counted, but not listed: memory must not grow with a log. */
#define FINDINGS_KEPT_MAX 10000

/* An empty list is all zeroes. A finding that is not listed, for want of room or memory, still
 * counts in total, bad and undecided. */
struct findings {
    struct finding *list; /* `kept` of them */
    size_t kept, cap;
    size_t max; /* listed at most; 0: FINDINGS_KEPT_MAX */
    uint64_t total;
    bool bad, undecided;
    bool memory; /* a finding is not listed because memory ran out */
};

/* Frees the list and makes it empty. */
void findings_free(struct findings *f);

/* Makes it empty, and keeps max and the memory. */
void findings_clear(struct findings *f);

/* A finding_fn; ctx is the struct findings. Where the list is full, a bad finding takes the
 * place of the last undecided one: what convicts is never hidden behind what does not. */
void findings_add(void *ctx, const struct finding *f);

/* A finding about a file or the log as a whole. */
void findings_tell(struct findings *f, enum verdict verdict, const struct refusal *why);

/* Takes out the findings whose reason is one of these. */
void findings_forget(struct findings *f, const enum reason *reason, size_t reasons);

/* The worst of all findings; VERDICT_GOOD without any. */
enum verdict findings_verdict(const struct findings *f);

/* Whether so many findings convict the log that a replay may stop. An operator can sign a tree of
 * any size, so reading must end somewhere. */
bool findings_enough(const struct findings *f);

#endif
