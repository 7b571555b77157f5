/* What the tests of receipts share: a log, a policy for it, and what is found. */
#ifndef TESTS_UNIT_PROTO_VERIFY_RECEIPT_CASE_H
#define TESTS_UNIT_PROTO_VERIFY_RECEIPT_CASE_H

#include "tests/unit/fixture.h"

/* A receipt with its `extra` taken apart and put together again. */
struct parts {
    struct chain c;
    struct buf cp;
};

extern struct log l;
extern struct policy *policy;
extern struct found found;

int case_start(void **state);
int case_stop(void **state);
/* Judges a receipt; found is of it alone. */
enum verdict judge_receipt(struct receipt_report *report, struct span text, const struct hash *pin);
/* The receipt of an entry against the log's whole size. */
void make_receipt(struct buf *out, uint64_t index);
/* Makes the receipt of an entry, and judges it. */
enum verdict judge_index(uint64_t index);
void parts_make(struct parts *p, uint64_t index);
enum verdict parts_judge(const struct parts *p);

#define CASE(name) cmocka_unit_test_setup_teardown(name, case_start, case_stop)

#endif
