/* Requests that wait for a checkpoint with its quorum of witnesses. */
#ifndef DAEMON_HTTP_HTTP_WAIT_H
#define DAEMON_HTTP_HTTP_WAIT_H

struct server;

/* Sends on the requests whose checkpoint has its quorum by now, and ends those that nobody waits
 * for any more. Event loop. */
void waits_look(struct server *s);

/* For the feed: some checkpoint has its quorum now. ctx is the server. Any thread. */
void waits_witnessed(void *ctx);

#endif
