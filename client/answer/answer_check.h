/* An answer, judged part by part: a file that somebody holds, or what a log has just given. One
 * thread.
 *
 *     answer_check_open -> answer_check_part … (or answer_check_file) -> answer_check_end ->
 *     (read the facts, if it is good) -> answer_check_close */
#ifndef CLIENT_ANSWER_ANSWER_CHECK_H
#define CLIENT_ANSWER_ANSWER_CHECK_H

#include "client/answer/answer_facts.h"
#include "client/remote/findings.h"

struct answer_check {
    const struct trust *trust;
    struct findings findings; /* the caller may add what it finds out itself, before the end */
    struct answer_facts facts;
    struct buf evidence; /* against the log, if there is any */
    enum verdict verdict;
    struct signed_checkpoint cp; /* of the first part whose checkpoint opened; size 0: of none */
    struct buf note;             /* the note of cp */
    /* The rest is its own. */
    struct answer_file file;
};

/* trust must outlive it. To be closed in any case. */
void answer_check_open(struct answer_check *c, const struct trust *trust);
void answer_check_close(struct answer_check *c);

/* Judges the part that text begins with. asked (may be NULL): what it must answer. Returns its
 * length; 0 if it is not known where it ends, which was told. */
size_t answer_check_part(struct answer_check *c, struct span text,
                         const struct answer_question *asked);

/* Reads a file and judges all of its parts; memory is bounded by a part's. What cannot be read is a
 * finding. answer_check_text() does the same of one in memory. */
void answer_check_file(struct answer_check *c, const char *path);
void answer_check_text(struct answer_check *c, struct span text);

/* Whether all parts are there; then the verdict of all that was found. Only if that is good may the
 * facts be shown, and nothing be lost (client/base/lost.h). */
enum verdict answer_check_end(struct answer_check *c);

/* Whether that is a regular file that begins as an answer does. */
bool answer_file_begins(const char *path);

#endif
