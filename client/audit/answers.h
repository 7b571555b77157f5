/* What the rules have answered so far: counted, and listed but for passes. */
#ifndef CLIENT_AUDIT_ANSWERS_H
#define CLIENT_AUDIT_ANSWERS_H

#include <jansson.h>

#include "client/audit/casebook.h"
#include "client/audit/rule.h"
#include "client/show/institution.h"
#include "proto/base/when.h"

#define RELATED_MAX 3
#define CAUSES_MAX 4

/* Why, with what %s of its sentence stands for: code if it is not 0, else time if there is one. */
struct answer_cause {
    int64_t time;
    word code;
    uint8_t cause; /* enum cause */
};

struct rule_answer {
    uint64_t entry;
    uint64_t request;              /* that it is about, for reports; or NO_ENTRY */
    uint64_t related[RELATED_MAX]; /* NO_ENTRY behind the last */
    struct answer_cause cause[CAUSES_MAX];
    uint8_t causes; /* 0 of a pass */
    uint8_t rule;   /* enum rule */
    uint8_t result;
};

/* Whether answers about an entry are to be listed. */
typedef bool answer_wanted_fn(const void *ctx, uint64_t entry);

struct answers {
    struct shelf list;        /* struct rule_answer */
    bool passes;              /* list these, too */
    answer_wanted_fn *wanted; /* NULL: all are */
    const void *wanted_ctx;
    uint64_t count[RULE_COUNT][RESULTS];
};

void answers_open(struct answers *a, bool passes);
void answers_close(struct answers *a);

/* A pass of a rule about an entry, to be worsened. */
struct rule_answer answer_pass(enum rule rule, uint64_t entry, uint64_t request);

/* Makes it that result for that cause, if it is a graver one than before; one more cause, if it
 * is that result already. */
void answer_worsen(struct rule_answer *a, enum result result, enum cause cause, word code,
                   int64_t time);

/* Adds an entry that it rests on, if there is one (NO_ENTRY) and room. */
void answer_relate(struct rule_answer *a, uint64_t entry);

/* Counts it, and lists it if it is wanted. */
void answers_give(struct answers *as, const struct rule_answer *a);

/* Takes off the list, from that place on, what is no longer wanted. */
void answers_sift(struct answers *as, uint64_t from);

/* Orders the list by entry, rule and first related entry. */
void answers_sort(struct answers *as);

/* A time that can be written: a deadline past the year 9999 is its end. */
int64_t answer_time(int64_t ms);

/* The names of its causes, as a new JSON array. */
json_t *answer_causes(const struct rule_answer *a);

/* Appends why, in the reader's language: a sentence, or several with semicolons between them. */
void answer_sentence(struct buf *out, const struct rule_answer *a, const struct casebook *cb);
/* The same, with the names of institutions before their codes. */
void answer_sentence_named(struct buf *out, const struct rule_answer *a, const struct casebook *cb,
                           const struct institutions *names);

#endif
