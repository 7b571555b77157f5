/* The rows of one `access` entry, asked of the log and held against the entry. */
#ifndef CLIENT_ACCESS_READ_ROWS_H
#define CLIENT_ACCESS_READ_ROWS_H

#include "client/base/spool.h"
#include "client/remote/log_client.h"
#include "proto/judge/access_row.h"

/* Asks for the rows of that entry, which says *claim. VERDICT_GOOD: *rows has them all, of struct
 * access_row; the caller frees it with spool_free(). VERDICT_BAD: what the log shows is not what it
 * signed; VERDICT_UNDECIDED: they could not be had, or the entry is of another version: then *why
 * says so, and *rows is NULL. */
enum verdict rows_read(struct log_client *client, uint64_t entry, const struct access_claim *claim,
                       struct spool **rows, struct refusal *why);

#endif
