/* What a verification found, in the order it was found. */
#ifndef CLIENT_REMOTE_FINDINGS_H
#define CLIENT_REMOTE_FINDINGS_H

#include <stdio.h>

#include "client/base/say.h"
#include "proto/base/must_use.h"

#define FINDINGS_KEPT_MAX                                                                          \
    10000 /* more are counted, but not listed: memory must not grow with a log */

struct findings {
    struct finding *list;
    size_t kept, cap;
    uint64_t total;
    bool bad, undecided;
};

void findings_free(struct findings *f);

/* A finding_fn; ctx is the struct findings. Where the list is full, a bad finding takes the
 * place of the last undecided one: what convicts is never hidden behind what does not. */
void findings_add(void *ctx, const struct finding *f);

/* A finding about a file or the log as a whole. */
void findings_tell(struct findings *f, enum verdict verdict, const struct refusal *why);

/* Takes out the findings whose reason is one of these. */
void findings_forget(struct findings *f, const enum reason *reason, size_t reasons);

enum verdict findings_verdict(const struct findings *f);

/* One line a finding, for people. */
void findings_print(const struct findings *f, FILE *to);

/* [{"code", "entry", "detail", …}] */
json_t *findings_json(const struct findings *f);

/* For a state file, and back (0 or -1): the list, of findings_total in all, about entries below
 * that size. */
json_t *findings_export(const struct findings *f);
MUST_USE int findings_import(struct findings *f, const json_t *list, uint64_t total, uint64_t size);

#endif
