/* What is said of a record that is to be appended: a line of text or, for programs, of JSON. */
#ifndef CLIENT_SUBMIT_SUBMIT_REPORT_H
#define CLIENT_SUBMIT_SUBMIT_REPORT_H

#include "client/remote/findings.h"
#include "client/remote/log_client.h"
#include "proto/verify/receipt.h"

struct submit_report {
    bool json;
    bool lines;       /* texts say the line of what was appended */
    char error[64];   /* code of the last error that was reported; "" if none was */
    size_t warned;    /* how many warnings there were */
    json_t *warnings; /* of lines that are not reported yet; NULL: none */
};

void submit_report_close(struct submit_report *r);

/* Says what is no reason not to sign a record. With --json the record's line has it, too. */
void submit_report_warn(struct submit_report *r, uint64_t line, const char *text);

/* A record that is in the log. */
struct sent {
    uint64_t line;   /* its number in the input */
    char id[40];     /* its `id` */
    long status;     /* of the answer: 201, or 200 where it was there already */
    uint64_t index;  /* its entry; only of those that wait for witnesses */
    struct buf note; /* as it was signed */
};

/* A record that was refused, or could not be sent, and why. Both return OUTCOME_UNDECIDED; or
 * OUTCOME_USAGE where the log wants another client certificate. */
enum outcome submit_report_error(struct submit_report *r, uint64_t line, const char *code,
                                 const char *detail);
enum outcome submit_report_complaint(struct submit_report *r, uint64_t line,
                                     const struct complaint *complaint);

/* A record that may be signed; nothing was sent. Returns OUTCOME_PROVEN. */
enum outcome submit_report_good(const struct submit_report *r, uint64_t line, enum kind kind);

/* A record that is in the log, with what was found of its receipt. */
void submit_report_receipt(const struct submit_report *r, const struct sent *sent,
                           const struct receipt_report *receipt, const struct findings *f);

/* A record that is in the log, and that is all that is known. lacking: names of the witnesses; url:
 * of the log. Returns OUTCOME_UNDECIDED. */
enum outcome submit_report_unwitnessed(const struct submit_report *r, const struct sent *sent,
                                       const char *lacking, const char *url,
                                       const struct complaint *complaint);

#endif
