/* What the rules have answered so far: counted, and listed but for passes. */
#ifndef CLIENT_AUDIT_ANSWERS_H
#define CLIENT_AUDIT_ANSWERS_H

#include "client/audit/casebook.h"
#include "client/audit/rule.h"
#include "proto/when.h"

#define RELATED_MAX 3

struct rule_answer {
    uint64_t entry;
    uint64_t request;              /* that it is about, for reports; or NO_ENTRY */
    uint64_t related[RELATED_MAX]; /* NO_ENTRY behind the last */
    int64_t time;                  /* what %s of the cause's sentence stands for: this, */
    word code;                     /* or, if not 0, this */
    uint8_t rule;                  /* enum rule */
    uint8_t result;
    uint8_t cause;
};

struct answers {
    struct shelf list; /* struct rule_answer */
    bool passes;       /* list these, too */
    uint64_t count[RULE_COUNT][RESULTS];
};

void answers_open(struct answers *a, bool passes);
void answers_close(struct answers *a);

/* A pass of a rule about an entry, to be worsened. */
struct rule_answer answer_pass(enum rule rule, uint64_t entry, uint64_t request);

/* Makes it that result for that cause, if it is a graver one than before. */
void answer_worsen(struct rule_answer *a, enum result result, enum cause cause, word code,
                   int64_t time);

/* Adds an entry that it rests on, if there is one (NO_ENTRY) and room. */
void answer_relate(struct rule_answer *a, uint64_t entry);

void answers_give(struct answers *as, const struct rule_answer *a);

/* Orders the list by entry, rule and first related entry. */
void answers_sort(struct answers *as);

/* Writes the time of an answer that has one; a deadline past the year 9999 as its end. */
void answer_time(char out[static WHEN_TEXT + 1], const struct rule_answer *a);

/* Appends the sentence of an answer, in the reader's language. */
void answer_sentence(struct buf *out, const struct rule_answer *a, const struct casebook *cb);

#endif
