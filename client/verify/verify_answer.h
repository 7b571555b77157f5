/* bitacora verify: answer files (docs/FORMATS.md, 25), beside receipts. */
#ifndef CLIENT_VERIFY_VERIFY_ANSWER_H
#define CLIENT_VERIFY_VERIFY_ANSWER_H

#include "client/answer/answer_check.h"
#include "client/base/json_stream.h"
#include "client/remote/prove.h"
#include "client/remote/receipt_check.h"

struct verified_answer {
    const char *path; /* the caller's */
    struct answer_check check;
};

/* The log as it is now; all NULL and false if it is not asked. */
struct log_now {
    struct logfiles *files; /* NULL: offline */
    const struct accepted *now;
    bool has_now, now_good; /* it is signed by the log; and has its quorum, and is fresh */
};

/* Judges an answer: the file at path, or `text` if that is not empty; then, with a log, that it
 * still extends the answer's checkpoint. Returns the outcome of its verdict. *out
 * needs verified_answers_free() in any case. */
enum outcome verify_answer(struct verified_answer *out, const struct trust *trust, const char *path,
                           struct span text, const struct log_now *log);

/* Prints its findings; unless that is for a program, before the line of `verify` and the answer in
 * words. */
void verified_answer_print(const struct verified_answer *v, bool json);

/* Holds answers that are good against receipts whose entries stand: an entry that has the key that
 * was asked for, and is not in the answer though it should be, convicts the log. Tells of it. */
void verified_answers_compare(const struct verified_answer *list, size_t n,
                              const struct receipt_check *receipt, size_t receipts,
                              struct findings *told);

/* Writes the list `answers` of `verify --json`. */
void verified_answers_json(struct json_stream *out, const struct verified_answer *list, size_t n);

/* Frees an array of n and what they hold. NULL is harmless. */
void verified_answers_free(struct verified_answer *list, size_t n);

#endif
