/* A log's service and what it has in force, as the client sees them, without HTTP: answers come
 * from a log of the fixture. Stands in for client/remote/log_client.c and client/replay/in_force.c
 * in every test that includes this header. */
#ifndef TESTS_UNIT_CLIENT_LOG_FAKE_H
#define TESTS_UNIT_CLIENT_LOG_FAKE_H

#include "client/remote/identity.h"
#include "client/remote/log_client.h"
#include "client/replay/in_force.h"
#include "tests/unit/fixture.h"

/* Over the first `size` entries of a log, which must outlive it. */
struct log_client *log_fake_client(const struct log *l, size_t size);
struct in_force *log_fake_in_force(const struct log *l, size_t size);

/* From now on nobody answers; or entries are proven without a quorum. */
void log_fake_set(struct log_client *c, bool unreachable, bool unwitnessed);

/* From now on each search lists that entry, too; and how many searches there were. What is sent for
 * an entry proves nothing. */
void log_fake_hint(struct log_client *c, uint64_t index);
size_t log_fake_searches(const struct log_client *c);
void log_fake_spoil(struct log_client *c, uint64_t index);

/* Answers log_client_get(): appends a body, and returns an HTTP status. */
typedef unsigned log_fake_get_fn(const char *path, struct buf *body);
void log_fake_get(struct log_client *c, log_fake_get_fn *get);
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
