/* Many records at once: all are looked at before the first is signed; what an earlier run sent is
 * found in the log, and not sent again. */
#ifndef CLIENT_SUBMIT_SUBMIT_WHOLE_H
#define CLIENT_SUBMIT_SUBMIT_WHOLE_H

#include "client/submit/submitter.h"

#define WHOLE_BYTES_MAX ((size_t)256 * 1024 * 1024)
#define WHOLE_MISTAKES_SAID 200
#define WHOLE_SAME_SAID 3 /* of one that comes again, record after record */

struct whole_options {
    const char *path; /* of the records, JSON Lines; "-": standard input */
    bool resume;      /* an earlier run sent some of them */
    bool check;       /* sign and send nothing */
    bool careful;     /* whoever is at the terminal is asked about what was warned of */
    bool fills;       /* a request that names no warrant gets one (--warrant) */
    bool json;
    enum kind only; /* the one kind that may be there; KIND_NONE: any */
    /* What else is asked of a line before it may be signed; NULL: nothing. Returns 0, or -1 with
     * *why. */
    int (*look)(void *ctx, const json_t *line, struct complaint *why);
    /* Asked once, after all were found good, before the first is signed; NULL: nobody is. Anything
     * but OUTCOME_PROVEN ends it there. */
    enum outcome (*agree)(void *ctx);
    void *ctx;
};

/* Reads all lines, looks at each, says all mistakes; then signs and sends them, in their order. A
 * line without an `id` gets one that is always the same for this signer and log (submit_line_id()).
 * Lines that are in the log already are refused together, unless resume: then their receipts are
 * fetched. SIGINT and SIGTERM end it after the record under way; whatever ends it early, it says
 * from which line to go on. A line that says what an earlier one says, and one that gets a warrant
 * where others name one themselves, are warned of. Returns OUTCOME_PROVEN; OUTCOME_BAD,
 * _UNDECIDED as submitter_send(); OUTCOME_USAGE where lines are in the log already, somebody did
 * not agree, or the input cannot be read. */
enum outcome submit_whole(struct submitter *s, const struct whole_options *options);

#endif
