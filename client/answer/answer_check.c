#include "client/answer/answer_check.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/sys/files.h"

#define READ_AHEAD (8 * 1024 * 1024) /* of a file, behind the longest part */

void answer_check_open(struct answer_check *c, const struct trust *trust)
{
    *c = (struct answer_check){ .trust = trust, .verdict = VERDICT_UNDECIDED };
    answer_facts_open(&c->facts);
}

void answer_check_close(struct answer_check *c)
{
    answer_facts_close(&c->facts);
    findings_free(&c->findings);
    buf_free(&c->evidence);
    buf_free(&c->note);
}

/* ---- parts ----------------------------------------------------------------------------------- */

/* The checkpoint, for whoever holds it against others; and its age, which a file cannot show. */
static void take_checkpoint(struct answer_check *c, const struct answer_part *p)
{
    struct refusal why;
    if (c->note.n > 0 || p->cp.checkpoint.size == 0)
        return;
    buf_add_span(&c->note, p->checkpoint);
    if (c->note.failed || policy_open(&c->cp, c->trust->policy, buf_span(&c->note), &why) != 0) {
        lost(ENOMEM); /* it was opened before */
        return;
    }
    if (c->cp.quorum && !trust_fresh(c->trust, &c->cp, &why))
        findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
}

/* used: the part's length; 0: it has not its form, and says nothing. */
static void take_part(struct answer_check *c, const struct answer_part *p, size_t used)
{
    struct refusal why;
    take_checkpoint(c, p);
    if (used > 0 && answer_file_add(&c->file, p, &why) != 0)
        findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
    if (c->evidence.n == 0)
        buf_add_span(&c->evidence, buf_span(&p->evidence));
    if (findings_verdict(&c->findings) != VERDICT_GOOD)
        return;
    if (p->verdict != VERDICT_GOOD) { /* cannot be: whatever is wrong was told */
        refuse(&why, REASON_UNREADABLE, "answer");
        findings_tell(&c->findings, p->verdict, &why);
    } else {
        answer_facts_take(&c->facts, p, c->trust->policy);
    }
}

size_t answer_check_part(struct answer_check *c, struct span text,
                         const struct answer_question *asked)
{
    struct answer_part part;
    size_t used = 0;
    const struct watch watch = { .found = findings_add, .ctx = &c->findings };
    answer_judge(&part, &used, c->trust->policy, text, asked, trust_pin(c->trust), &watch);
    take_part(c, &part, used);
    answer_part_free(&part);
    return used;
}

enum verdict answer_check_end(struct answer_check *c)
{
    struct refusal why;
    /* Where something could not be had, that is why parts are missing. */
    if (findings_verdict(&c->findings) != VERDICT_UNDECIDED && answer_file_end(&c->file, &why) != 0)
        findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
    if (c->evidence.failed)
        lost(ENOMEM);
    c->verdict = findings_verdict(&c->findings);
    if (c->verdict == VERDICT_GOOD && lost_any())
        c->verdict = VERDICT_UNDECIDED;
    return c->verdict;
}

/* ---- files ----------------------------------------------------------------------------------- */

bool answer_file_begins(const char *path)
{
    uint8_t head[64];
    struct stat s;
    enum file why;
    if (stat(path, &s) != 0 || !S_ISREG(s.st_mode))
        return false;
    int fd = file_open(path, &why);
    if (fd < 0)
        return false;
    ssize_t n = read(fd, head, sizeof head);
    close(fd);
    return n > 0 && answer_is(span_of(head, (size_t)n));
}

void answer_check_text(struct answer_check *c, struct span text)
{
    size_t used = text.n > 0;
    while (text.n > 0 && used > 0 && !lost_any()) {
        used = answer_check_part(c, text, NULL);
        text = span_of(text.p + used, text.n - used);
    }
}

/* A file of parts, as far as it was read. */
struct part_file {
    int fd;
    struct buf held;
    size_t at;  /* where the next part begins in it */
    bool whole; /* nothing more is in the file */
};

/* The most bytes that are to be read: of a regular file no more than it still has. */
static size_t most_to_read(const struct part_file *f, size_t want)
{
    struct stat s;
    off_t at = lseek(f->fd, 0, SEEK_CUR);
    if (at < 0 || fstat(f->fd, &s) != 0 || !S_ISREG(s.st_mode) || s.st_size < at)
        return want;
    uint64_t left = (uint64_t)(s.st_size - at) + 1; /* one more, so that its end is seen */
    return left < want ? (size_t)left : want;
}

/* Reads until so many bytes are held, or the file ends. Returns false if it could not be read. */
static bool read_up_to(struct part_file *f, size_t most)
{
    size_t want = f->held.n + most_to_read(f, most - f->held.n);
    while (!f->whole && f->held.n < want) {
        uint8_t *to = buf_reserve(&f->held, want - f->held.n);
        if (to == NULL) {
            errno = ENOMEM;
            return false;
        }
        ssize_t n = read(f->fd, to, want - f->held.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        f->whole = n == 0;
        f->held.n += (size_t)n;
    }
    return true;
}

/* Sees to it that all of the next part is held. What is held is moved only once a good deal of it
 * was judged: a file of many small parts would otherwise take for ever. */
static bool hold_part(struct part_file *f)
{
    size_t left = f->held.n - f->at;
    if (f->whole || left >= ANSWER_PART_MAX)
        return true;
    if (left > 0)
        memmove(f->held.p, f->held.p + f->at, left);
    f->held.n = left;
    f->at = 0;
    return read_up_to(f, ANSWER_PART_MAX + READ_AHEAD);
}

static void check_parts(struct answer_check *c, int fd, const char *path)
{
    struct part_file f = { .fd = fd };
    struct refusal why;
    size_t used = 1;
    while (used > 0 && !lost_any()) {
        if (!hold_part(&f)) {
            refuse(&why, REASON_UNREADABLE, path);
            findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
            break;
        }
        if (f.at == f.held.n)
            break;
        used = answer_check_part(c, span_of(f.held.p + f.at, f.held.n - f.at), NULL);
        f.at += used;
    }
    buf_free(&f.held);
}

void answer_check_file(struct answer_check *c, const char *path)
{
    enum file cause;
    struct refusal why;
    int fd = file_open(path, &cause);
    if (fd < 0) {
        refuse(&why, cause == FILE_MISSING ? REASON_MISSING : REASON_UNREADABLE, path);
        findings_tell(&c->findings, VERDICT_UNDECIDED, &why);
        return;
    }
    check_parts(c, fd, path);
    close(fd);
}
