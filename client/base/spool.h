/* Many small things of one size, in an unlinked file: what grows with a log is not kept in memory. */
#ifndef CLIENT_BASE_SPOOL_H
#define CLIENT_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a file without a name, in TMPDIR or /tmp: gone with the process, however it ends. Returns -1 with errno. */
int spool_file(void);

struct spool;

/* For items of that many bytes. NULL with errno if there is no room for a temporary file. */
struct spool *spool_new(size_t bytes);
void spool_free(struct spool *s);

/* Adds the next item. A failure is remembered and makes every later spool_get() fail. */
void spool_add(struct spool *s, const void *item);

/* How many were added. */
uint64_t spool_count(const struct spool *s);

/* Copies the item out. Returns false if it is not there, or not to be had. */
bool spool_get(const struct spool *s, uint64_t i, void *item);

#endif
