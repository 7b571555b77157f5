#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/faults/faults.h"

#define PARTS 70 /* of one event: LMDB writes 64 pages at once */

static int journal = -1;
static const char *root;
static size_t root_length;
static uint64_t events;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

/* What stands before each event in the file: crash.py reads it. */
struct head {
    uint64_t number; /* process << 32, and how many of its events there were */
    uint64_t what, ino, other, at, path, second, data; /* the last three: lengths */
};

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("JOURNAL");
    faults_inside++;
    if (file != NULL) {
        root = getenv("JOURNAL_ROOT");
        journal = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
        if (root == NULL || journal < 0)
            abort();
        root_length = strlen(root);
    }
    faults_inside--;
}

bool journal_on(void)
{
    return journal >= 0;
}

/* A signal's handler (libevent's writes to a socket) may interrupt whoever has the lock. */
static _Thread_local volatile unsigned depth;

void journal_lock(void)
{
    if (journal >= 0 && depth++ == 0)
        pthread_mutex_lock(&lock);
}

void journal_unlock(void)
{
    if (journal >= 0 && --depth == 0)
        pthread_mutex_unlock(&lock);
}

/* ---- writing down ---------------------------------------------------------------------------- */

struct event {
    struct head head;
    const char *path, *second; /* may be NULL */
    const struct iovec *data;
    int parts;
    size_t most; /* bytes of data that count */
};

/* One write, so that the events of several processes do not mix. */
static uint64_t put_down(struct event *e)
{
    struct iovec out[PARTS + 3];
    int n = 0;
    size_t left = e->most;
    e->head.number = (uint64_t)getpid() << 32 | ++events;
    e->head.path = e->path == NULL ? 0 : strlen(e->path);
    e->head.second = e->second == NULL ? 0 : strlen(e->second);
    out[n++] = (struct iovec){ &e->head, sizeof e->head };
    out[n++] = (struct iovec){ (void *)(uintptr_t)e->path, e->head.path };
    out[n++] = (struct iovec){ (void *)(uintptr_t)e->second, e->head.second };
    for (int i = 0; i < e->parts && left > 0; i++) {
        size_t length = e->data[i].iov_len < left ? e->data[i].iov_len : left;
        if (n == PARTS + 3)
            abort();
        out[n++] = (struct iovec){ e->data[i].iov_base, length };
        left -= length;
        e->head.data += length;
    }
    size_t all = sizeof e->head + e->head.path + e->head.second + e->head.data;
    if (syscall(SYS_writev, journal, out, n) != (long)all)
        abort();
    return e->head.number;
}

static bool is_below_root(const char *path)
{
    return strncmp(path, root, root_length) == 0 &&
           (path[root_length] == '/' || path[root_length] == 0);
}

/* The path of an open file, if it is below the root: also of one that has lost its name. */
static bool path_of(int fd, char path[PATH_MAX])
{
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t n = readlink(link, path, PATH_MAX - 1);
    if (n < 0)
        return false;
    path[n] = 0;
    return is_below_root(path);
}

/* The number of an open file below the root, or 0. */
static uint64_t ino_of(int fd)
{
    char path[PATH_MAX];
    struct stat s;
    faults_inside++;
    bool there =
        path_of(fd, path) && fstat(fd, &s) == 0 && (S_ISREG(s.st_mode) || S_ISDIR(s.st_mode));
    faults_inside--;
    return there ? s.st_ino : 0;
}

uint64_t journal_write(int fd, const struct iovec *part, int parts, off_t at)
{
    uint64_t ino = journal < 0 ? 0 : ino_of(fd);
    struct event e = { .head = { .what = EVENT_WRITE, .ino = ino, .at = (uint64_t)at },
                       .data = part,
                       .parts = parts,
                       .most = SIZE_MAX };
    return ino == 0 ? 0 : put_down(&e);
}

uint64_t journal_truncate(int fd, off_t size)
{
    uint64_t ino = journal < 0 ? 0 : ino_of(fd);
    struct event e = { .head = { .what = EVENT_TRUNCATE, .ino = ino, .at = (uint64_t)size } };
    return ino == 0 ? 0 : put_down(&e);
}

static uint64_t stream; /* the file that a stream writes to: one at a time */

void journal_stream(int fd)
{
    stream = journal < 0 ? 0 : ino_of(fd);
}

/* All bytes of a file, as if they were written now. */
static void write_down_whole(int fd)
{
    struct stat s;
    faults_inside++;
    void *bytes = fstat(fd, &s) == 0 && s.st_size > 0 ? malloc((size_t)s.st_size) : NULL;
    struct iovec part = { bytes, bytes == NULL ? 0 : (size_t)s.st_size };
    if (bytes != NULL && syscall(SYS_pread64, fd, bytes, part.iov_len, 0L) == (long)part.iov_len)
        journal_write(fd, &part, 1, 0);
    faults_inside--;
    free(bytes);
}

uint64_t journal_sync_begin(int fd)
{
    uint64_t ino = journal < 0 ? 0 : ino_of(fd);
    if (ino != 0 && ino == stream)
        write_down_whole(fd);
    char path[PATH_MAX];
    struct event e = { .head = { .what = EVENT_SYNC_BEGIN, .ino = ino }, .path = path };
    return ino == 0 || !path_of(fd, path) ? 0 : put_down(&e);
}

void journal_sync_end(int fd, uint64_t begun)
{
    uint64_t ino = journal < 0 || begun == 0 ? 0 : ino_of(fd);
    char path[PATH_MAX];
    struct event e = { .head = { .what = EVENT_SYNC_END, .ino = ino, .at = begun }, .path = path };
    if (ino != 0 && path_of(fd, path))
        put_down(&e);
}

void journal_synced(int fd, uint64_t write)
{
    char path[PATH_MAX];
    struct event e = { .head = { .what = EVENT_SYNCED, .ino = ino_of(fd), .at = write },
                       .path = path };
    if (path_of(fd, path))
        put_down(&e);
}

/* What goes to another process of this machine is told to nobody, and what it says is nobody's. */
static bool is_connection(int fd)
{
    struct sockaddr_storage own = { .ss_family = AF_UNSPEC };
    socklen_t n = sizeof own;
    return getsockname(fd, (struct sockaddr *)&own, &n) == 0 && own.ss_family != AF_UNIX;
}

void journal_send(int fd, const struct iovec *part, int parts, size_t sent)
{
    struct event e = { .head = { .what = EVENT_SEND, .ino = (uint64_t)fd },
                       .data = part,
                       .parts = parts,
                       .most = sent };
    if (is_connection(fd))
        put_down(&e);
}

void journal_heard(int fd, const struct iovec *part, int parts, ssize_t came)
{
    int kept = errno;
    struct event e = { .head = { .what = EVENT_HEARD, .ino = (uint64_t)fd },
                       .data = part,
                       .parts = parts,
                       .most = came < 0 ? 0 : (size_t)came };
    if (journal >= 0 && came > 0 && is_connection(fd)) {
        journal_lock();
        put_down(&e);
        journal_unlock();
    }
    errno = kept;
}

void journal_mapped(int fd)
{
    char path[PATH_MAX];
    uint64_t ino = journal < 0 ? 0 : ino_of(fd);
    struct event e = { .head = { .what = EVENT_MAPPED, .ino = ino }, .path = path };
    if (ino != 0 && path_of(fd, path))
        put_down(&e);
}

void journal_failed(const char *call)
{
    struct event e = { .head = { .what = EVENT_FAILED }, .path = call };
    put_down(&e);
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Makes a path absolute: what is below the root has no links in it. */
static void absolute(char out[1024], int dir, const char *name)
{
    char link[64], folder[PATH_MAX];
    ssize_t n = -1;
    if (name[0] != '/') {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        n = readlink(dir == AT_FDCWD ? "/proc/self/cwd" : link, folder, sizeof folder - 1);
    }
    folder[n < 0 ? 0 : n] = 0;
    while (name[0] == '.' && name[1] == '/')
        name += 2;
    if (snprintf(out, 1024, "%s%s%s", folder, n < 0 ? "" : "/", name) >= 1024)
        abort();
}

static uint64_t ino_at(const char *path)
{
    struct stat s;
    faults_inside++;
    uint64_t ino = lstat(path, &s) == 0 ? s.st_ino : 0;
    faults_inside--;
    return ino;
}

static uint64_t folder_of(const char *path)
{
    char folder[1024];
    snprintf(folder, sizeof folder, "%s", path);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        return 0;
    *slash = 0;
    return ino_at(folder);
}

void journal_look(struct journal_place *p, int dir, const char *name)
{
    *p = (struct journal_place){ .ino = 0 };
    if (journal < 0)
        return;
    absolute(p->path, dir, name);
    p->ino = ino_at(p->path);
    p->folder = folder_of(p->path);
}

uint64_t journal_made(enum journal_event what, const char *path)
{
    struct journal_place p;
    journal_look(&p, AT_FDCWD, path);
    struct event e = { .head = { .what = what, .ino = p.ino, .other = p.folder }, .path = p.path };
    return journal < 0 || !is_below_root(p.path) ? 0 : put_down(&e);
}

void journal_rename(const struct journal_place *from, const struct journal_place *to)
{
    struct event e = {
        .head = { .what = EVENT_RENAME, .ino = from->ino, .at = from->folder, .other = to->folder },
        .path = from->path,
        .second = to->path
    };
    if (journal >= 0 && (is_below_root(from->path) || is_below_root(to->path)))
        put_down(&e);
}

void journal_unlink(const struct journal_place *p)
{
    struct event e = { .head = { .what = EVENT_UNLINK, .ino = p->ino, .other = p->folder },
                       .path = p->path };
    if (journal >= 0 && is_below_root(p->path))
        put_down(&e);
}
