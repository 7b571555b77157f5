/* What the tests of the judge share. Each case is a log that its operator built and signed
 * consistently, so that only one check of the judge stands between it and a clean replay. */
#ifndef TESTS_UNIT_PROTO_JUDGE_JUDGE_FIXTURE_H
#define TESTS_UNIT_PROTO_JUDGE_JUDGE_FIXTURE_H

#include "tests/unit/fixture.h"

#define ZEROES "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

/* An `index` entry of the log, with tables as tables_of() makes them. */
#define INDEX(digits) BY(THE_LOG, KIND_INDEX, .members = tables_of(digits))

/* The log of the test that runs: log_start() before, log_free() after it. */
extern struct log judged;

#define JUDGE_TEST(name) cmocka_unit_test_setup_teardown(name, judge_start, judge_stop)

int judge_start(void **state);
int judge_stop(void **state);
/* Replays the log; the only finding must be this, must be this and bad, and there must be none. */
void only(enum reason reason, enum verdict verdict, uint64_t entry);
void bad(enum reason reason, uint64_t entry);
void nothing(void);
/* An honest next entry, altered in its header. */
struct entry next_entry(struct buf *note);
/* A lookup_fn that knows of no entry. */
enum lookup unknown_entry(void *ctx, uint64_t index, struct known_entry *out);
/* Members of a request in that authority's name, of that level. */
const char *request_of(const char *authority, const char *level);
/* Members of an index: for each table two digits, how many entries it covers and how many rows it
 * has. All roots are of zeroes. */
const char *tables_of(const char *digits);
/* Revokes that key; returns the index of the entry. */
uint64_t revoke(enum who by, const char *vkey);
/* Begins the log anew, with that genesis, which `signer` signs. */
void start_with(const char *members, enum who signer);
/* Goes on after the first n entries, which were judged in an earlier run; of these `none` could not
 * be read. */
void go_on_behind(struct found *found, size_t n, uint64_t none);

#endif
