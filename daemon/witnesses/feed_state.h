/* The feed's state and its parts: feed.c (life and death, questions from outside), feed_panel.c (the
 * witnesses of one policy, and how another takes its place), feed_thread.c (one witness after its
 * thread), feed_target.c (which checkpoint is cosigned, and what is served), feed_doubt.c (witnesses
 * that speak against the log), feed_show.c. Nobody else looks inside.
 *
 * Two locks: `publishing` before `lock`, if both. `lock` is never held while anybody waits for the
 * disk or the network, as the event loop takes it, too. */
#ifndef DAEMON_WITNESSES_FEED_STATE_H
#define DAEMON_WITNESSES_FEED_STATE_H

#include <pthread.h>
#include <stdatomic.h>

#include "daemon/witnesses/feed.h"
#include "daemon/witnesses/rollback.h"
#include "daemon/witnesses/witness_client.h"

#define BEHIND_MAX 3 /* times that a witness may say that it is elsewhere, for one target */

struct feed_witness {
    /* Constant while threads run: */
    struct panel *panel;
    const struct policy_witness *who; /* the policy's */
    struct witness_link *link;        /* its thread's; NULL: it is never asked */
    pthread_t thread;
    bool running;
    struct ask_state asking; /* its thread's */
    /* Under the lock: */
    uint64_t under_way;    /* size that it is being asked about, or 0 */
    bool asked;            /* once, or it could not be */
    uint64_t size;         /* that it cosigned last, as far as known */
    struct buf line;       /* its cosignature of the target, if it has one */
    int64_t cosigned_at;   /* steady milliseconds; of that line */
    int64_t cosigned_wall; /* seconds since 1970 */
    int64_t asked_at;      /* steady milliseconds; 0: it was not */
    int64_t not_before;    /* steady milliseconds; after a failure */
    unsigned failures;     /* in a row */
    uint64_t failures_total;
    enum ask_result said; /* what the log was told last of it */
    char told[160];       /* and why, where it does not cosign */
    /* Why nothing is expected of it until it cosigns: */
    enum {
        ASIDE_NOT,
        ASIDE_CLAIMED, /* DIR/rolled_back is there, and shows nothing */
        ASIDE_SAID     /* its own word */
    } aside;
    unsigned claims; /* times that it was set aside */
};

/* The witnesses of one policy, each with its thread. A panel is in force while it is the feed's;
 * threads of another ask nobody, and what its witnesses answer changes nothing. */
struct panel {
    /* Constant while threads run: */
    struct feed *feed;
    struct policy *policy; /* owned */
    struct rollback rollback;
    atomic_bool ending; /* its threads end, and give up what they ask */
    size_t count;       /* constant; 0: the policy trusts the log alone */
    struct feed_witness witness[];
};

struct feed {
    /* Constant while threads run: */
    struct service *service;
    void (*changed)(void *ctx);
    void *ctx;
    pthread_mutex_t publishing; /* one thread at a time writes DIR/witnessed and DIR/set_aside */
    pthread_mutex_t lock;
    pthread_cond_t news; /* a newer checkpoint, a first answer, or the end; with lock */
    /* In force. It changes under both locks, so that either one keeps it. */
    struct panel *panel;
    atomic_bool stopping;
    atomic_bool doubted; /* too many witnesses are set aside: until enough of them cosign */
    /* Under the lock: */
    bool claimed;        /* DIR/rolled_back is there, and shows nothing */
    bool claim_answered; /* and enough witnesses have cosigned since */
    /* The checkpoint that is to be cosigned: */
    uint64_t target_size; /* 0: none yet */
    struct hash target_root;
    char target[OWN_CHECKPOINT_MAX];
    size_t target_length;
    int64_t target_since;  /* steady milliseconds */
    int64_t waiting_since; /* the same: something newer than what is witnessed waits; 0: nothing */
    bool reached;          /* it has its quorum */
    int64_t write_again;   /* steady milliseconds; 0, or what has its quorum could not be written */
    /* What DIR/witnessed said at the start; constant from then on: */
    uint64_t shown_size;
    struct hash shown_root;
    /* The newest that has its quorum: */
    uint64_t witnessed_size;
    struct buf witnessed;    /* empty: none */
    char dir[PATH_MAX - 64]; /* constant */
};

/* ---- feed_panel.c ---------------------------------------------------------------------------- */

/* Makes a panel that is not in force, and takes the policy over in any case. NULL: the log says
 * why. */
struct panel *panel_new(struct feed *f, struct policy *policy);

/* Starts its threads. Returns 0, or -1: out of threads; some may run then. */
MUST_USE int panel_start(struct panel *p);

/* Ends its threads and waits for them. */
void panel_stop(struct panel *p);

/* Stops and frees it. NULL is harmless. */
void panel_free(struct panel *p);

/* ---- feed_target.c --------------------------------------------------------------------------- */

/* Reads DIR/witnessed, before there are threads. Returns 0, or -1: the log says why. */
MUST_USE int target_recall(struct feed *f);

/* Takes up the newest checkpoint as the target if the last one has its quorum, or has had its time.
 * Under the lock. */
void target_move(struct feed *f);

/* Writes and serves the target, if it has its quorum, as the newest witnessed checkpoint. Where it
 * cannot be written, that is tried again after a while (target_unwritten()). Without the lock. */
void target_publish(struct feed *f);

/* Whether it is time to call target_publish() again; once, to one thread. Under the lock. */
bool target_unwritten(struct feed *f);

/* Whether what is served has the quorum of a panel that comes into force next. With `publishing`,
 * without the lock. */
bool target_serves_on(const struct feed *f, const struct panel *next);

/* Another panel is in force: what is served stays, or nothing is served until something has its
 * quorum. Under both locks. */
void target_take_over(struct feed *f, bool serves_on);

/* ---- feed_doubt.c ---------------------------------------------------------------------------- */

/* Takes up what was found out or said before a restart, before there are threads. */
void doubt_recall(struct feed *f);

/* The same for a panel that comes into force next, as far as it depends on the policy: who of its
 * witnesses is set aside, and whether one of them cosigned what DIR/rolled_back holds. Returns
 * whether that file is there and shows nothing. With `publishing`, without the lock. */
bool doubt_recall_again(struct feed *f, struct panel *next);

/* Another panel is in force, and its witnesses have their `aside`; claimed is what
 * doubt_recall_again() said. Judges whether anything may be signed. Under both locks. */
void doubt_take_over(struct feed *f, bool claimed);

/* A witness said that it is ahead of us (ASKED_AHEAD) or elsewhere (ASKED_OTHER) when it was asked
 * about target. Asks it to show that. Returns whether it did: then the log is rolled back for good.
 * w->asking.cause becomes what it said. On the witness's thread, without the lock. */
bool doubt_is_shown(struct feed *f, struct feed_witness *w, enum ask_result asked,
                    const struct target *target);

/* Sets a witness aside that said so and did not show it. Under the lock. */
void doubt_set_aside(struct feed *f, struct feed_witness *w, enum ask_result asked);

/* The witness has cosigned what is here. Returns whether it was set aside till now. Under the
 * lock. */
bool doubt_come_back(struct feed *f, struct feed_witness *w);

/* Writes who is set aside into DIR/set_aside. Without the lock. */
void doubt_save(struct feed *f);

/* ---- feed_thread.c --------------------------------------------------------------------------- */

/* A witness's thread: asks it whenever there is something to ask, until the end. ctx is its
 * struct feed_witness. */
void *feed_attend(void *ctx);

/* Waits until there is news, at most a little. Under the lock, which it lets go of meanwhile. */
void feed_doze(struct feed *f);

#endif
