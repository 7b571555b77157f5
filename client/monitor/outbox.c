#include "client/monitor/outbox.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

/* The file: this line; the SHA-256 of the log's key in base64; the place of the first object that
 * was not taken, in 20 digits; then objects, and before those of each round a line that says from
 * which state it began. */
#define FORMAT "bitacora/v1 outbox\n"
#define LOG_AT (sizeof FORMAT - 1)
#define PLACE_AT (LOG_AT + 45)
#define HEADER (PLACE_AT + 21)
#define ROUND "#round "
#define STATE_NAMED (OUTBOX_NAME - 1)
#define WRITTEN_AT_ONCE 65536
#define SAVED_EVERY ((uint64_t)256 * 1024)
#define PUNCHED_EVERY ((uint64_t)4 << 20)

/* ---- the file -------------------------------------------------------------------------------- */

/* The second line of a state is the hash of what it says: it names the file's content. */
static void name_state(const struct outbox *o, char out[static STATE_NAMED + 1])
{
    char head[256];
    int fd = open(o->state, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    ssize_t n = fd < 0 ? 0 : pread(fd, head, sizeof head - 1, 0);
    if (fd >= 0)
        close(fd);
    head[n < 0 ? 0 : n] = 0;
    const char *second = strchr(head, '\n');
    memset(out, '-', STATE_NAMED);
    if (second != NULL && strcspn(second + 1, "\n") == STATE_NAMED)
        memcpy(out, second + 1, STATE_NAMED);
    out[STATE_NAMED] = 0;
}

static int write_at(struct outbox *o, struct span bytes, uint64_t at)
{
    return lseek(o->fd, (off_t)at, SEEK_SET) < 0 ? -1 : file_write_all(o->fd, bytes);
}

/* Says in the file from where on nothing was taken yet. A crash in between costs nothing but some
 * objects that are sent again. */
static int save_place(struct outbox *o, uint64_t first)
{
    char digits[32];
    snprintf(digits, sizeof digits, "%020" PRIu64, first);
    if (write_at(o, span_of(digits, 20), PLACE_AT) != 0 || fdatasync(o->fd) != 0)
        return -1;
    o->saved = first;
    return 0;
}

static int cut(struct outbox *o, uint64_t end)
{
    buf_clear(&o->added);
    if (ftruncate(o->fd, (off_t)end) != 0)
        return -1;
    o->end = end;
    return fdatasync(o->fd);
}

static int write_header(struct outbox *o, const struct hash *log)
{
    struct buf head = { 0 };
    buf_adds(&head, FORMAT);
    buf_add_base64(&head, log->b, HASH_BYTES);
    buf_addf(&head, "\n%020zu\n", HEADER);
    int failed = head.failed || write_at(o, buf_span(&head), 0) != 0 || fsync(o->fd) != 0 ||
                         parent_sync(o->path) != 0
                     ? -1
                     : 0;
    o->first = o->saved = o->end = HEADER;
    buf_free(&head);
    return failed;
}

/* ---- opening --------------------------------------------------------------------------------- */

static enum outcome say_unusable(const struct outbox *o, const char *why)
{
    return say_usage(
        TR("the outbox %s cannot be used: %s", "no se puede usar la bandeja de salida %s: %s"),
        o->path, why);
}

/* Reads the header. Returns NULL, or why not. */
static const char *read_header(struct outbox *o, const struct hash *log)
{
    char head[HEADER + 1] = "", name[64];
    base64_encode(name, log->b, HASH_BYTES);
    if (pread(o->fd, head, HEADER, 0) != (ssize_t)HEADER || memcmp(head, FORMAT, LOG_AT) != 0 ||
        head[HEADER - 1] != '\n')
        return TR("it is no outbox", "no es una bandeja de salida");
    if (memcmp(head + LOG_AT, name, STATE_NAMED) != 0)
        return TR("it is of another log", "es de otra bitácora");
    o->first = strtoull(head + PLACE_AT, NULL, 10);
    if (o->first < HEADER || o->first > o->end) /* no place in the file: all is sent again */
        o->first = HEADER;
    o->saved = o->first;
    return NULL;
}

/* The end of the last whole line, and the begin of the last round. */
static int scan(struct outbox *o, uint64_t *whole, uint64_t *round, char named[static STATE_NAMED])
{
    FILE *f = NULL;
    int own = fcntl(o->fd, F_DUPFD_CLOEXEC, 0);
    char *line = NULL;
    size_t room = 0;
    *whole = o->first;
    *round = 0;
    if (own < 0 || (f = fdopen(own, "r")) == NULL) {
        if (own >= 0)
            close(own);
        return -1;
    }
    int failed = fseeko(f, (off_t)o->first, SEEK_SET);
    for (ssize_t n; !failed && (n = getline(&line, &room, f)) > 0 && line[n - 1] == '\n';) {
        if ((size_t)n == strlen(ROUND) + STATE_NAMED + 1 && strncmp(line, ROUND, 7) == 0) {
            *round = *whole;
            memcpy(named, line + strlen(ROUND), STATE_NAMED);
        }
        *whole += (uint64_t)n;
    }
    failed = failed || ferror(f) ? -1 : 0;
    free(line);
    fclose(f);
    return failed;
}

/* A round whose state was never written is done again. */
static int take_off_unfinished(struct outbox *o)
{
    uint64_t whole, round;
    char named[STATE_NAMED + 1] = "", now[STATE_NAMED + 1];
    if (scan(o, &whole, &round, named) != 0)
        return -1;
    name_state(o, now);
    if (round != 0 && strcmp(named, now) == 0)
        whole = round;
    return whole == o->end ? 0 : cut(o, whole);
}

static enum outcome open_file(struct outbox *o, const struct hash *log)
{
    struct stat s;
    o->fd = open(o->path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
    if (o->fd < 0 || fstat(o->fd, &s) != 0)
        return say_unusable(o, errno_words(errno));
    if (!S_ISREG(s.st_mode))
        return say_unusable(o, TR("it is no regular file", "no es un archivo regular"));
    o->end = (uint64_t)s.st_size;
    const char *why = o->end == 0 ? NULL : read_header(o, log);
    if (why != NULL)
        return say_unusable(o, why);
    int failed = o->end == 0 ? write_header(o, log) : take_off_unfinished(o);
    return failed ? say_unusable(o, errno_words(errno)) : OUTCOME_PROVEN;
}

enum outcome outbox_open(struct outbox *o, const char *state, const struct hash *log)
{
    *o = (struct outbox){ .fd = -1, .state = state };
    if (asprintf(&o->path, "%s.outbox", state) < 0) {
        o->path = NULL;
        lost(ENOMEM);
        return OUTCOME_USAGE;
    }
    enum outcome outcome = open_file(o, log);
    if (outcome != OUTCOME_PROVEN)
        outbox_close(o);
    return outcome;
}

void outbox_close(struct outbox *o)
{
    if (o->fd >= 0) {
        if (o->saved != o->first)
            (void)!save_place(o, o->first);
        close(o->fd);
    }
    o->fd = -1;
    buf_free(&o->added);
    free(o->path);
    o->path = NULL;
}

/* ---- adding ---------------------------------------------------------------------------------- */

static void write_added(struct outbox *o)
{
    if (o->added.failed)
        errno = ENOMEM;
    if (o->added.failed || write_at(o, buf_span(&o->added), o->end) != 0)
        o->failed = true;
    else
        o->end += o->added.n;
    buf_clear(&o->added);
}

int outbox_begin(struct outbox *o)
{
    uint64_t start = o->end;
    name_state(o, o->base);
    buf_addf(&o->added, ROUND "%s\n", o->base);
    /* On the disk before any object: else what a loss of power leaves of them could not be told from
     * objects of a round that is done. */
    if (outbox_keep(o) != 0)
        return -1;
    o->round = start;
    return 0;
}

void outbox_add(struct outbox *o, struct span line)
{
    if (o->failed)
        return;
    buf_add_span(&o->added, line);
    if (o->added.failed || o->added.n >= WRITTEN_AT_ONCE)
        write_added(o);
}

int outbox_keep(struct outbox *o)
{
    uint64_t start = o->round != 0 ? o->round : o->end;
    if (!o->failed)
        write_added(o);
    if (!o->failed && fdatasync(o->fd) == 0)
        return 0;
    int why = errno;
    o->failed = false;
    o->round = 0;
    (void)!cut(o, start);
    errno = why;
    return -1;
}

void outbox_settle(struct outbox *o)
{
    char now[STATE_NAMED + 1];
    name_state(o, now);
    if (o->round != 0 && strcmp(o->base, now) == 0)
        (void)!cut(o, o->round);
    o->round = 0;
}

/* ---- posting --------------------------------------------------------------------------------- */

/* Reads the line at a place, up to its newline. Returns its length; 0 if none ends there; -1. */
static ssize_t read_object(struct outbox *o, uint64_t at, struct buf *line)
{
    buf_clear(line);
    while (line->n < OUTBOX_LINE_MAX) {
        uint8_t *room = buf_reserve(line, 8192);
        if (room == NULL) {
            errno = ENOMEM;
            return -1;
        }
        ssize_t n = pread(o->fd, room, 8192, (off_t)(at + line->n));
        if (n <= 0)
            return n;
        const uint8_t *newline = memchr(room, '\n', (size_t)n);
        line->n += newline == NULL ? (size_t)n : (size_t)(newline - room) + 1;
        if (newline != NULL)
            return (ssize_t)line->n;
    }
    return 0; /* damaged: what is there is left out */
}

int outbox_first(struct outbox *o, struct buf *line)
{
    while (o->first < o->end) {
        ssize_t n = read_object(o, o->first, line);
        if (n < 0)
            return -1;
        o->length = n > 0 ? (uint64_t)n : line->n > 0 ? line->n : o->end - o->first;
        if (n > 2 && line->p[0] == '{' && line->p[n - 2] == '}')
            return 1;
        if (outbox_sent(o) != 0) /* where a round begins */
            return -1;
    }
    return 0;
}

/* Nothing waits: the file begins anew. The place first, as objects that come next would else be
 * taken for some that were sent. */
static int begin_anew(struct outbox *o)
{
    o->first = HEADER;
    return save_place(o, HEADER) != 0 ? -1 : cut(o, HEADER);
}

int outbox_sent(struct outbox *o)
{
    uint64_t before = o->first;
    o->first += o->length;
    o->length = 0;
    if (o->first >= o->end)
        return begin_anew(o);
    if (o->first - o->saved >= SAVED_EVERY && save_place(o, o->first) != 0)
        return -1;
    /* The room of what was sent goes back to the disk, where the file system can do that. */
    if (before / PUNCHED_EVERY != o->first / PUNCHED_EVERY && o->saved == o->first)
        (void)!fallocate(o->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HEADER,
                         (off_t)(o->first - HEADER));
    return 0;
}

uint64_t outbox_waiting(const struct outbox *o)
{
    return o->end - o->first;
}
