/* A log's service, as the client sees it, without HTTP: answers come from a log of the fixture.
 * Stands in for client/remote/log_client.c in every test that includes this header. */
#ifndef TESTS_UNIT_CLIENT_LOG_FAKE_H
#define TESTS_UNIT_CLIENT_LOG_FAKE_H

#include "client/remote/identity.h"
#include "client/remote/log_client.h"
#include "tests/unit/fixture.h"

/* Over the first `size` entries of a log, which must outlive it. */
struct log_client *log_fake_client(const struct log *l, size_t size);

/* The registry of these entries; free it with registry_free(). */
struct registry *log_fake_registry(const struct log *l, size_t size);

/* From now on nobody answers; or entries are proven without a quorum. */
void log_fake_set(struct log_client *c, bool unreachable, bool unwitnessed);

/* From now on each search lists that entry, too; and how many searches there were. What is sent for
 * an entry proves nothing; or nothing is sent for it. */
void log_fake_hint(struct log_client *c, uint64_t index);
size_t log_fake_searches(const struct log_client *c);
void log_fake_spoil(struct log_client *c, uint64_t index);
void log_fake_silence(struct log_client *c, uint64_t index);

/* Answers log_client_get(): appends a body, and returns an HTTP status. */
typedef unsigned log_fake_get_fn(const char *path, struct buf *body);
void log_fake_get(struct log_client *c, log_fake_get_fn *get);
/* From now on its bodies are not of the log: not acceptable. */
void log_fake_spoil_bodies(struct log_client *c);
/* Answers log_client_await(): *out is all zero before. */
typedef void log_fake_await_fn(uint64_t index, int64_t *left, struct answer *out);
void log_fake_await(struct log_client *c, log_fake_await_fn *await);
/* Answers log_client_post(): *out is acceptable, its status 0 before. */
typedef void log_fake_post_fn(const char *path, struct span bytes, struct answer *out);
void log_fake_post(struct log_client *c, log_fake_post_fn *post);
/* Answers log_client_get_blob(): else by what was put. */
typedef enum blob log_fake_blob_fn(const uint8_t sha256[static HASH_BYTES], size_t max,
                                   struct answer *answer);
void log_fake_get_blob(struct log_client *c, log_fake_blob_fn *get);
/* How the queries begin that list the hints; else "vkey=". All others list nothing. */
void log_fake_listed(struct log_client *c, const char *query);
/* From now on log_client_gave_up() says so. */
void log_fake_give_up(struct log_client *c);
/* The entry that log_client_identify() was told since log_fake_serve(); NO_ENTRY: none. */
uint64_t log_fake_identified(void);
/* Whether any client was told since log_fake_serve() to expect the fixture's origin. */
bool log_fake_expects_origin(void);
/* The code of what is no success; else it is "unreachable". */
void log_fake_complain(struct log_client *c, const char *code);

/* From now on log_client_new() gives clients that answer as this one does now. */
void log_fake_serve(const struct log_client *c);

/* The blobs that were put, in their order; may be changed. */
size_t log_fake_blobs(const struct log_client *c);
struct buf *log_fake_blob(struct log_client *c, size_t i);

/* From now on says of a blob that it was erased. */
void log_fake_erase(struct log_client *c, size_t i);

/* Somebody of the fixture, as enrolled in the first `size` entries; wipe it with
 * log_fake_identity_free(). */
void log_fake_identity(struct identity *out, const struct log *l, size_t size, enum who who);
void log_fake_identity_free(struct identity *id);

#endif
