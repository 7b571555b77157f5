/* Memory for secrets: it is not written to swap, is in no core file, lies between pages that nobody
 * may touch, and is wiped when it is freed. Any thread. */
#ifndef PROTO_SYS_SECRET_H
#define PROTO_SYS_SECRET_H

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

/* size bytes, all zero, for secret_free(); NULL when out of memory. Hides the memory of the process
 * first (process_hide_memory()). Where the system does not let it be locked, the memory can still
 * be used, and secret_all_locked() is false from then on. */
void *secret_new(size_t size);

/* Wipes and frees. NULL is harmless. */
void secret_free(void *p);

/* False once some memory of secret_new() could not be locked: RLIMIT_MEMLOCK is too low. */
bool secret_all_locked(void);

/* Makes *b an empty buffer in such memory. It never grows: at most `cap` bytes may be added to it,
 * or reserved. Free it with secret_buf_free() alone. Returns 0, or -1 when out of memory. */
MUST_USE int secret_buf_new(struct buf *b, size_t cap);

/* Wipes and frees what secret_buf_new() made; harmless for a buffer that is all zero. */
void secret_buf_free(struct buf *b);

/* Wipes and frees an ordinary buffer that held a secret; harmless for one that is all zero. What it
 * left behind where it grew is not wiped. */
void buf_wipe(struct buf *b);

#endif
