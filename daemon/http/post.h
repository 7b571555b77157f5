/* A POST of notes on its way, for http_submit.c, which makes it, and replies.c, which
 * answers it. */
#ifndef DAEMON_HTTP_POST_H
#define DAEMON_HTTP_POST_H

#include "daemon/append/submission.h"
#include "daemon/http/exchange.h"

struct post {
    struct exchange exchange;     /* first: its travel to the event loop */
    struct submission submission; /* its travel through the sequencer */
    atomic_size_t unverified;     /* notes that workers have yet to look at */
    unsigned retry_after;         /* seconds, if all was refused as it is too much; else 0 */
    struct post *with;            /* the next that the same worker answers */
    uint8_t *body;                /* that the notes point into */
    size_t body_length;
    struct submitted note[]; /* submission.note */
};

/* The post of a submission. */
static inline struct post *post_of(struct submission *s)
{
    return (struct post *)(void *)((char *)s - offsetof(struct post, submission));
}

#endif
