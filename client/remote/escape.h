/* Percent-encoding. */
#ifndef CLIENT_REMOTE_ESCAPE_H
#define CLIENT_REMOTE_ESCAPE_H

#include "proto/base/buf.h"

/* Appends text, percent-encoded for a query. Without memory out->failed. */
void query_escape(struct buf *out, const char *text);

#endif
