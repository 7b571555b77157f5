/* The id of a new record. */
#ifndef PROTO_RECORD_FRESH_ID_H
#define PROTO_RECORD_FRESH_ID_H

#include <stdint.h>

#define ID_TEXT 36 /* characters */

/* Writes a UUID of version 7 (RFC 9562) for that time, in milliseconds, and a zero byte: ids in the
 * order of time keep the log's index compact. */
void fresh_id(char out[ID_TEXT + 1], int64_t at);

#endif
