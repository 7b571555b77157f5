#include "daemon/access/access.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "daemon/access/access_state.h"
#include "daemon/host/log.h"
#include "daemon/host/metrics.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

#define LOOK_MS 200    /* how often it looks whether an interval has ended */
#define REOPEN_MS 1000 /* after rows could not be written */

/* ---- intervals ------------------------------------------------------------------------------- */

/* The end of the interval that lasts, if it has come: the last whole multiple that has passed. A
 * log that everybody reads again ends it at once. */
static int64_t end_of(const struct access *a, int64_t now)
{
    const struct row_interval *i = &a->journal.interval;
    int64_t length = a->service->config.access_interval * 1000;
    int64_t until = a->enrolled ? now - now % length : now;
    if (!a->enrolled && until <= i->last)
        until = i->last + 1;
    return until > i->from && until > i->last ? until : 0;
}

static int begin(struct access *a, int64_t from)
{
    uint64_t size;
    struct hash root;
    newest_get(&a->service->newest, &size, &root, NULL);
    return row_journal_begin(&a->journal, &a->folder, from, size);
}

static void fail(struct access *a, const char *what)
{
    log_line(LOG_ERROR, "%s/open %s: %s; until it can be, nothing is read", a->folder.path, what,
             strerror(errno));
    metric_add(METRIC_ACCESS_FAILURES, 1);
    metric_set(METRIC_ACCESS_WRITING, 0);
    row_journal_close(&a->journal);
    a->broken = true;
    a->reopen_at = clock_steady() + REOPEN_MS;
}

static void end_interval(struct access *a, int64_t now)
{
    int64_t until = a->broken || a->journal.fd < 0 ? 0 : end_of(a, now);
    if (until == 0)
        return;
    if (row_journal_end(&a->journal, until) != 0) {
        fail(a, "cannot be ended");
        return;
    }
    a->next_from = until;
    if (a->enrolled && begin(a, until) != 0)
        fail(a, "cannot be made");
}

/* Opens what is there, or begins where rows are written. Returns 0, or -1 with errno. */
static int open_journal(struct access *a, bool again)
{
    uint64_t lost = 0;
    int got = row_journal_open(&a->journal, &a->folder, again, &lost);
    if (lost > 0)
        log_line(LOG_WARNING, "%s/open: %llu lines were cut off or damaged, and are gone",
                 a->folder.path, (unsigned long long)lost);
    if (got != 0 || !a->enrolled)
        return got < 0 ? -1 : 0;
    return begin(a, a->next_from > 0 ? a->next_from : clock_wall());
}

static void mend(struct access *a)
{
    if (!a->broken || clock_steady() < a->reopen_at)
        return;
    if (open_journal(a, true) != 0) {
        a->reopen_at = clock_steady() + REOPEN_MS;
        return;
    }
    log_line(LOG_INFO, "who reads is written down again");
    a->broken = false;
    metric_set(METRIC_ACCESS_WRITING, 1);
}

/* ---- rows ------------------------------------------------------------------------------------ */

/* Rows never take the room that records need. */
static bool leaves_room(const struct access *a, size_t length)
{
    const struct service *s = a->service;
    uint64_t room = store_room(s->store);
    uint64_t least = (uint64_t)s->config.min_free;
    return room >= least && room - least >= (uint64_t)s->config.blob_reserve + length;
}

static enum access_recorded write_rows(struct access *a, struct access_note *first, int64_t now)
{
    int64_t rows = 0;
    if (a->broken || a->journal.fd < 0)
        return ACCESS_FAILED;
    if (!leaves_room(a, ACCESS_LINE_MAX)) {
        metric_set(METRIC_ACCESS_WRITING, 0);
        return ACCESS_FULL;
    }
    for (struct access_note *n = first; n != NULL; n = n->next, rows++)
        row_journal_add(&a->journal, &n->row, now);
    if (row_journal_commit(&a->journal) == 0) {
        metric_add(METRIC_ACCESS_ROWS, rows);
        metric_set(METRIC_ACCESS_WRITING, 1);
        return ACCESS_RECORDED;
    }
    enum access_recorded result = errno == ENOSPC || errno == EDQUOT ? ACCESS_FULL : ACCESS_FAILED;
    fail(a, "cannot be written");
    return result;
}

/* ---- the thread ------------------------------------------------------------------------------ */

/* Waits for rows, an answer of the sequencer or the end, and not for long. */
static struct access_note *take_notes(struct access *a, bool *stopping)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += LOOK_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000;
    until.tv_nsec %= 1000000000;
    pthread_mutex_lock(&a->lock);
    while (a->first == NULL && !a->stopping && !a->answered)
        if (pthread_cond_timedwait(&a->wake, &a->lock, &until) != 0)
            break;
    struct access_note *first = a->first;
    a->first = a->last = NULL;
    *stopping = a->stopping;
    pthread_mutex_unlock(&a->lock);
    return first;
}

/* Once it is to stop: waits for the sequencer, which runs on until then. */
static void await_answer(struct access *a)
{
    pthread_mutex_lock(&a->lock);
    while (access_awaits(a) && !a->answered)
        pthread_cond_wait(&a->wake, &a->lock);
    pthread_mutex_unlock(&a->lock);
    access_seal(a);
}

static void *write_all(void *ctx)
{
    struct access *a = ctx;
    bool stopping = false;
    while (!stopping) {
        struct access_note *first = take_notes(a, &stopping);
        int64_t now = clock_wall();
        mend(a);
        end_interval(a, now);
        if (first != NULL)
            a->finish(first, write_rows(a, first, now));
        access_seal(a);
    }
    await_answer(a);
    return NULL;
}

/* ---- what others call ------------------------------------------------------------------------ */

static int set_up_wake(struct access *a)
{
    pthread_condattr_t attr;
    if (pthread_mutex_init(&a->lock, NULL) != 0)
        return -1;
    int failed = pthread_condattr_init(&attr);
    if (failed == 0) {
        pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
        failed = pthread_cond_init(&a->wake, &attr);
        pthread_condattr_destroy(&attr);
    }
    if (failed != 0)
        pthread_mutex_destroy(&a->lock);
    return failed == 0 ? 0 : -1;
}

static bool is_open(const char *name, size_t length)
{
    return span_is(span_of(name, length), "open");
}

/* A killed daemon may have left the beginning of a file. */
static int open_folder(struct access *a, const char *dir)
{
    if (access_folder_at(&a->folder, dir) != 0)
        return errno = ENAMETOOLONG, -1;
    if (a->enrolled && access_folder_make(&a->folder, dir) != 0)
        return -1;
    int got = row_file_closed(&a->folder, a->closed_name, &a->interval);
    if (got < 0 && errno != EBADMSG)
        return -1;
    a->closed = got > 0;
    if (row_file_last_until(&a->folder, &a->next_from) != 0)
        return -1;
    file_remove_left_over(a->folder.path, is_open);
    return open_journal(a, false);
}

int access_open(struct access **out, struct service *service, const char *dir)
{
    struct access *a = calloc(1, sizeof *a);
    *out = NULL;
    if (a == NULL || set_up_wake(a) != 0) {
        free(a);
        log_line(LOG_ERROR, "out of memory");
        return -1;
    }
    a->service = service;
    a->journal.fd = -1;
    a->enrolled = service->config.readers == READERS_ENROLLED;
    a->doubt = true;
    bool opened = open_folder(a, dir) == 0;
    if (!opened)
        log_line(LOG_ERROR, "%s: who reads cannot be written down: %s", a->folder.path,
                 strerror(errno));
    if (opened && (a->enrolled || a->closed || a->journal.fd >= 0)) {
        metric_set(METRIC_ACCESS_WRITING, a->enrolled);
        *out = a;
        return 0;
    }
    access_free(a);
    return opened ? 0 : -1;
}

int access_start(struct access *a, access_finish_fn *finish)
{
    a->finish = finish;
    a->started = thread_start(&a->thread, write_all, a) == 0;
    return a->started ? 0 : -1;
}

void access_stop(struct access *a)
{
    if (a == NULL || !a->started)
        return;
    pthread_mutex_lock(&a->lock);
    a->stopping = true;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
    pthread_join(a->thread, NULL);
    a->started = false;
}

void access_free(struct access *a)
{
    if (a == NULL)
        return;
    row_journal_close(&a->journal);
    pthread_cond_destroy(&a->wake);
    pthread_mutex_destroy(&a->lock);
    free(a);
}

void access_row_of(struct access_row *out, const struct visitor *visitor,
                   const struct bearer *bearer)
{
    *out = (struct access_row){ .under = visitor->under, .token = visitor->token };
    memcpy(out->reader, visitor->name, sizeof out->reader);
    memcpy(out->method, bearer->method, sizeof out->method);
    memcpy(out->path, bearer->target, sizeof out->path);
}

void access_record(struct access *a, struct access_note *note)
{
    note->next = NULL;
    pthread_mutex_lock(&a->lock);
    *(a->first == NULL ? &a->first : &a->last->next) = note;
    a->last = note;
    pthread_cond_signal(&a->wake);
    pthread_mutex_unlock(&a->lock);
}
