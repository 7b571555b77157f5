/* What the tests of judging share: a log, its index, an answer in a file, and what is found of it. */
#ifndef TESTS_UNIT_PROTO_ANSWER_ANSWER_CASE_H
#define TESTS_UNIT_PROTO_ANSWER_ANSWER_CASE_H

#include "tests/unit/proto/answer/answer_fixture.h"

extern struct indexed x;
extern struct found found;
extern struct buf file;
extern struct answer_question warrant;
extern uint64_t newest; /* the index entry that answers rest on */

int case_start(void **state);
int case_stop(void **state);
/* An index in three tables up to the log's end, and two entries behind it. */
void with_index(void);
/* Asks it of the newest index: the file holds the answer. */
void ask(const struct answer_question *q);
/* Judges the file; *p (may be NULL) becomes its last part, which the caller frees. */
enum verdict judge(struct answer_part *p);
/* Whether the entry has the key, by the log alone. */
bool has_key(uint64_t index, const struct answer_question *q);

#define CASE(name) cmocka_unit_test_setup_teardown(name, case_start, case_stop)

#endif
