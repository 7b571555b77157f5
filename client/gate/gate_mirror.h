/* What a gate knows of its log. A thread keeps a verified mirror of it in a folder, judges every
 * entry that comes in, and takes it into the book (proto/gate/gate_book.h). The gate looks into the
 * book between two entries, so a decision waits for one signature at most.
 *
 * The thread holds its lock while it judges, but not while it reads files or asks the log. */
#ifndef CLIENT_GATE_GATE_MIRROR_H
#define CLIENT_GATE_GATE_MIRROR_H

#include "client/remote/trust.h"
#include "proto/gate/gate_book.h"

struct gate_mirror;

/* All texts are borrowed: they must outlive the mirror. */
struct gate_mirror_options {
    struct trust_options trust;
    const char *dir;          /* of the copy; made where it is missing */
    const struct vkey *key;   /* the holder's */
    unsigned every_ms;        /* between two looks at the log */
    void (*moved)(void *ctx); /* called by the thread after each look; must not wait */
    void *ctx;
};

/* Opens policy and folder. Main thread. Returns NULL after having said why, with *outcome set. */
struct gate_mirror *gate_mirror_open(const struct gate_mirror_options *options,
                                     enum outcome *outcome);
/* Starts the thread. Returns 0, or -1 after having said why. */
MUST_USE int gate_mirror_start(struct gate_mirror *m);
/* Has the thread end soon; exchanges with the log are given up, other threads' too. NULL is
 * harmless, as for the next. */
void gate_mirror_stop(struct gate_mirror *m);
/* Ends the thread, within two seconds, and frees all. */
void gate_mirror_close(struct gate_mirror *m);

/* What the policy says: for whoever else asks that log. Main thread. */
const struct trust *gate_mirror_trust(const struct gate_mirror *m);

/* Has the thread look at the log soon. Any thread. */
void gate_mirror_poke(struct gate_mirror *m);

/* With what outcome the gate must end; OUTCOME_PROVEN: it need not. Any thread. */
enum outcome gate_mirror_broken(const struct gate_mirror *m);

/* What is known now. All but the numbers is valid until gate_mirror_leave() only. */
struct gate_view {
    const struct gate_book *book; /* NULL: it was not read to its end for the first time */
    const struct registry *registry;
    char holder[CODE_MAX + 1];   /* the code of the key's enrolment; with a book */
    const struct enrolment *own; /* the enrolment of the gate's key, or NULL; with a book */
    uint32_t own_number;
    uint64_t size;   /* of the last tree that was proven */
    int64_t known;   /* since when that is known, milliseconds by the gate's clock; 0: not known */
    uint64_t look;   /* how many looks at the log have ended */
    uint64_t judged; /* entries, since the start */
};
/* Waits for the end of one entry at most. One thread besides the mirror's. */
void gate_mirror_look(struct gate_mirror *m, struct gate_view *out);
void gate_mirror_leave(struct gate_mirror *m);

#endif
