/* An answer of a log, got anew: under its newest checkpoint with a quorum, from its service, or made
 * here from its static files where there is no service. What comes is judged, never believed. One
 * thread. */
#ifndef CLIENT_ANSWER_ANSWER_GET_H
#define CLIENT_ANSWER_ANSWER_GET_H

#include "client/answer/answer_check.h"

struct answer_wanted {
    struct answer_question question;
    const char *value; /* the question's, with a zero behind it */
    const char *dir;   /* folder of a mirror; NULL: the log at trust->url, which must be known */
    bool tail;         /* entries that no index covers, up to the checkpoint */
    int out;           /* descriptor of an empty file that the parts are written to; -1: to none */
};

/* Reads what is asked: answer_question_of(), and says why it is none. */
MUST_USE bool answer_wanted_ask(struct answer_wanted *out, enum index_key_type type,
                                const char *value);

enum answer_got {
    ANSWER_GOT,      /* something came, or could not be had: answer_check_end() was called */
    ANSWER_UNSERVED, /* the log has no index, as far as it can be found: findings say so, too */
};

/* Gets and judges all parts. *c was opened for a trust of one log. With a tail that shows a newer
 * `index` entry than the answer rests on, gets it once more, resting on that one; says so. */
enum answer_got answer_get(struct answer_check *c, const struct answer_wanted *wanted);

#endif
