/* The answers to POST /v1/records: receipts, JSON lines, problems. */
#ifndef DAEMON_HTTP_REPLIES_H
#define DAEMON_HTTP_REPLIES_H

#include "daemon/append/submission.h"

/* The sequencer's `finish` (sequencer.h): takes over all submissions of a batch, which are those of
 * posts (post.h). Shares them out among the workers, who build the answers and send them to the
 * event loop. ctx is not used. The sequencer's thread. */
void replies_finish(void *ctx, struct submission *first);

#endif
