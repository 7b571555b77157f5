/* Appends the `response` that a request's first ticket rests on. A thread signs it, sends it to the
 * log, and sends it again while the log is busy; that it stands in the log is for the mirror to
 * show. */
#ifndef CLIENT_GATE_GATE_APPENDER_H
#define CLIENT_GATE_GATE_APPENDER_H

#include "client/remote/trust.h"
#include "proto/gate/gate_response.h"

struct gate_appender;

/* All is borrowed, and must outlive it. */
struct gate_appender_options {
    const struct trust *trust; /* whose url is known */
    const struct skey *key;    /* the holder's */
    void (*moved)(void *ctx);  /* called by the thread when a response has come to an end */
    void *ctx;
};

/* Main thread. NULL after having said why, or having recorded want of memory as lost. */
struct gate_appender *gate_appender_open(const struct gate_appender_options *options);
/* Starts the thread. Returns 0, or -1 after having said why. */
MUST_USE int gate_appender_start(struct gate_appender *a);
void gate_appender_close(struct gate_appender *a);

enum gate_appended {
    APPENDED_NOT, /* nobody has asked for it, or there is no room to ask */
    APPENDING,
    APPENDED,        /* the log has it, or another response of the same id */
    APPENDED_FAILED, /* *detail says why; that is forgotten with this answer */
};

struct gate_appended_job {
    struct entry_ref under, request;
    char holder[CODE_MAX + 1];
    int64_t received; /* milliseconds */
};

#define GATE_DETAIL 128
#define GATE_JOBS 64 /* at work at the same time */

/* How the response to a request stands; where nobody has asked for it, asks. One thread. */
enum gate_appended gate_appender_ask(struct gate_appender *a, const struct gate_appended_job *job,
                                     char detail[static GATE_DETAIL]);

/* The mirror shows it: forgets it. */
void gate_appender_forget(struct gate_appender *a, uint64_t request);

#endif
