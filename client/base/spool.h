/* Many items of one size that are added once and never changed, in a file without a name: what
 * grows with a log is not kept in memory. (A shelf's items can be changed.) One thread. */
#ifndef CLIENT_BASE_SPOOL_H
#define CLIENT_BASE_SPOOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Opens a file without a name, in the folder TMPDIR or /tmp. It is gone with the process, however
 * that ends. Returns a descriptor to close, or -1 with errno. */
int spool_file(void);

struct spool;

/* Makes an empty spool for items of that many bytes. NULL with errno if there is no room for its
 * file. */
struct spool *spool_new(size_t bytes);
void spool_free(struct spool *s);

/* Adds the next item. A failure is remembered and makes every later spool_get() fail. */
void spool_add(struct spool *s, const void *item);

/* How many were added. */
uint64_t spool_count(const struct spool *s);

/* Copies an item to `item`. Returns false if there is none of that number, or it cannot be read. */
bool spool_get(const struct spool *s, uint64_t i, void *item);

#endif
