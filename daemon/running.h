/* A log that is opened to be written, without its HTTP: its parts, in the order in which they are
 * made. For the commands that append. Main thread. */
#ifndef DAEMON_RUNNING_H
#define DAEMON_RUNNING_H

#include "daemon/access/row_file.h"
#include "daemon/append/batch_journal.h"
#include "daemon/append/sequencer.h"
#include "daemon/host/datadir.h"
#include "daemon/index/table_files.h"
#include "daemon/state/service.h"
#include "daemon/witnesses/own_policy.h"
#include "proto/accel/accelerator.h"

/* About 80 kB. All zero, but for service.config, passphrase_file, no_mark and accelerator, which the
 * caller has filled in. */
struct running {
    const char *passphrase_file; /* of log.key; NULL: see proto/sys/passphrase.h */
    const char *policy;          /* file; NULL: the log signs alone */
    bool no_mark;                /* what the mark says is not asked (marking.h) */
    bool freezing;               /* the log is opened to be ended */
    struct datadir datadir;
    struct service service;
    struct tip tip;
    struct log_signer *signer;
    struct batch_journal journal; /* where service.journal leads to */
    struct own_policy own; /* the policy in force: its text; its policy until the feed has it */
    struct feed *feed;     /* made once there are witnesses; service.feed while there are */
    void (*changed)(void *ctx); /* the feed's */
    void *ctx;
    struct index_folder tables;
    struct access_folder rows;
    struct accelerator accelerator; /* starting_accelerator() */
};

/* Reads where the log in s->store stands; s->vkey is its key, s->own_keys is set. Returns 0, and a
 * registry for the caller to free; or an exit code: the log says why. */
MUST_USE int running_read_log(struct service *s, const char *dir, struct tip *tip,
                              struct registry **registry);

/* Locks the directory, reads key and policy, opens the store, reads where the log stands, holds it
 * against the mark, and opens the blobs. Returns 0, or an exit code after having said why: then there is nothing to close. */
MUST_USE int running_open(struct running *r, const char *dir, const char *policy);
/* How much may wait for an entry that names it, as the settings have it. */
struct pending_limits running_pending_limits(const struct config *config);

/* After all threads have ended. */
void running_close(struct running *r);

/* Starts the witness threads, if there are witnesses; changed as in feed_new(). They are asked
 * before anything is signed: the sequencer waits for their first answers. Returns 0 or an exit
 * code. */
MUST_USE int running_start_feed(struct running *r, void (*changed)(void *ctx), void *ctx);

/* Ends the witness threads; frees the feed when nobody asks it any more. Harmless without one. */
void running_stop_feed(struct running *r);
void running_free_feed(struct running *r);

/* Reads the policy's file again, and puts it into force if it changed. Returns 0; or -1, with the
 * policy as it was: the log says why. It may wait some seconds. Any thread but the event loop, one at
 * a time, between running_start_feed() and running_stop_feed(). */
MUST_USE int running_reload_policy(struct running *r);

/* Makes the indexer, unless index_every is 0, and starts the sequencer. The indexer's thread is not
 * started. Returns 0 or an exit code. */
MUST_USE int running_start_sequencer(struct running *r,
                                     const struct sequencer_callbacks *callbacks);

/* Ends and frees both, as far as they are there. */
void running_stop_sequencer(struct running *r);

#endif
