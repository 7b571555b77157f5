/* What tests of the command `verify` share: a log, receipts and answers of it, and what the log
 * serves now. Its files are in a folder, its service is that of log_fake.h. */
#ifndef TESTS_UNIT_CLIENT_VERIFY_FIXTURE_H
#define TESTS_UNIT_CLIENT_VERIFY_FIXTURE_H

#include <jansson.h>

#include "client/base/cmd.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

#define EARLY 9 /* size of the tree that receipts are from */
#define REQUEST 7

extern struct log_folder folder;
extern struct indexed x;
extern struct log_client *service;
extern struct args args; /* of the command: --json, --log */
extern char policy[96], evidence[96], url[96];
/* What the last run wrote: on standard output, the same as JSON (NULL: it is none), and on standard
 * error. */
extern const char *written;
extern json_t *said;
extern const char *told;

/* Before and after each test. */
int start(void **state);
int stop(void **state);

/* quorum: "none", "w", "v", or g of both. */
void write_policy(const char *quorum);

/* What the log serves now: so many entries; cosigned at those seconds, 0: not. */
void serve(const struct log *l, size_t size, uint64_t one, uint64_t two);
void newest_index(uint64_t entry);

/* Files of the folder; cosigned by w at that second, 0: not. An answer is in one part. */
void write_receipt(const char *name, const struct log *l, size_t size, uint64_t index,
                   uint64_t cosigned);
void write_cosigned_answer(const char *name, uint64_t index, enum index_key_type type,
                           const char *value, uint64_t cosigned);
void write_answer(const char *name, uint64_t index, enum index_key_type type, const char *value);

/* Another log of the same key: its first entries are the same. */
void another(struct log *out, size_t same, size_t size);
uint64_t now_seconds(void);

/* Runs the command, and reads what it writes. */
enum outcome run(void);
/* names: files of the folder; NULL: no second one. */
enum outcome verify(const char *one, const char *two);

const json_t *of_receipt(size_t i, const char *member);
/* Fails unless it is the only finding of that list. */
void only(const json_t *list, const char *code, const char *verdict, uint64_t entry);
void of_receipt_only(const char *code, const char *verdict, uint64_t entry);
/* Fails unless there is evidence of that claim; NULL: none at all. */
void convicts(const char *claim);

#endif
