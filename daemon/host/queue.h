/* Work that goes from thread to thread, first in, first out. Works are linked through themselves,
 * so a push allocates nothing and never fails. A queue has no limit of its own: the limits are
 * checked when a request is admitted, so that nothing is refused half-way. */
#ifndef DAEMON_HOST_QUEUE_H
#define DAEMON_HOST_QUEUE_H

#include <stdbool.h>
#include <stddef.h>

/* Embedded in what is queued. In one queue at a time. */
struct work {
    struct work *next;
    void (*run)(struct work *w);
};

struct queue;

/* wake: an eventfd that is written to when the queue stops being empty, or -1; it stays the
 * caller's. NULL when out of memory or threads. queue_free(): when no thread uses it any more; what
 * is still queued is not run. NULL is harmless. */
struct queue *queue_new(int wake);
void queue_free(struct queue *q);

/* Any thread. */
void queue_push(struct queue *q, struct work *w);

/* Pushes works that are linked by next, first to last, at once: whoever waits is woken once. Any
 * thread. */
void queue_push_all(struct queue *q, struct work *first, struct work *last, size_t count);

/* Waits until at least `count` are queued, or it is closed. By one thread, which is the only one
 * that takes. */
void queue_gather(struct queue *q, size_t count);

/* The same for so many milliseconds at most. Returns false if that time has passed with fewer. */
bool queue_gather_within(struct queue *q, size_t count, int ms);

/* How many are queued. Any thread. */
size_t queue_length(struct queue *q);

/* All that is queued, linked by next, oldest first; or NULL. Any thread. */
struct work *queue_take_all(struct queue *q);

/* The oldest piece of work; waits for one. NULL once the queue is closed and empty. Any thread. */
struct work *queue_wait(struct queue *q);

/* Takes up to cap of the oldest that have the same `run`, into out, as far as they lie at the head
 * of the queue; waits for none. Returns how many. Any thread. */
size_t queue_take_like(struct queue *q, void (*run)(struct work *w), struct work *out[],
                       size_t cap);

/* Wakes all who wait; what is queued is still handed out. Any thread. */
void queue_close(struct queue *q);

#endif
