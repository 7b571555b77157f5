/* The system calls that are seen. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/faults.h"

static void *real_of(void **kept, const char *name)
{
    if (*kept == NULL) {
        faults_inside++;
        *kept = dlsym(RTLD_NEXT, name);
        faults_inside--;
    }
    return *kept;
}

#define REAL(name)                                                                                 \
    (__extension__({                                                                               \
        static void *kept;                                                                         \
        (__typeof__(&name))real_of(&kept, #name);                                                  \
    }))

/* A call that either fails with an errno value or is made. `failed`: what it returns then. */
#define CALL(type, failed, fd, path, flags, name, ...)                                             \
    struct fault f = fault_at(#name, fd, path, flags);                                             \
    if (f.action == ACTION_ERRNO) {                                                                \
        errno = f.number;                                                                          \
        return failed;                                                                             \
    }                                                                                              \
    type result = REAL(name)(__VA_ARGS__);                                                         \
    fault_done(&f);                                                                                \
    return result

/* Half of what was asked for, but something. */
static size_t part_of(const struct fault *f, size_t n)
{
    return n > 1 && (f->action == ACTION_SHORT || f->action == ACTION_HALF_KILL) ? n / 2 : n;
}

/* ---- bytes ----------------------------------------------------------------------------------- */

static bool is_socket(int fd)
{
    struct stat s;
    int kept = errno;
    faults_inside++;
    bool yes = fstat(fd, &s) == 0 && S_ISSOCK(s.st_mode);
    faults_inside--;
    errno = kept;
    return yes;
}

ssize_t read(int fd, void *to, size_t n)
{
    struct fault f = fault_at("read", fd, NULL, 0);
    n = part_of(&f, n);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    ssize_t got = REAL(read)(fd, to, n);
    journal_heard(fd, &(struct iovec){ to, n }, 1, got);
    fault_done(&f);
    return got;
}

ssize_t pread(int fd, void *to, size_t n, off_t at)
{
    struct fault f = fault_at("pread", fd, NULL, 0);
    n = part_of(&f, n);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    ssize_t got = REAL(pread)(fd, to, n, at);
    fault_done(&f);
    return got;
}

ssize_t readv(int fd, const struct iovec *part, int parts)
{
    struct fault f = fault_at("readv", fd, NULL, 0);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    ssize_t got = f.action == ACTION_SHORT ? REAL(read)(fd, part->iov_base, part->iov_len / 2)
                                           : REAL(readv)(fd, part, parts);
    journal_heard(fd, part, parts, got);
    fault_done(&f);
    return got;
}

/* Writes to a file go through here: at is -1 for where the file stands. */
static ssize_t write_file(int fd, const struct iovec *part, int parts, off_t at)
{
    off_t place = at;
    journal_lock();
    if (at < 0)
        place = lseek(fd, 0, fcntl(fd, F_GETFL) & O_APPEND ? SEEK_END : SEEK_CUR);
    uint64_t begun = journal_write(fd, part, parts, place);
    ssize_t n = parts > 1 && at < 0 ? REAL(writev)(fd, part, parts)
                : at < 0            ? REAL(write)(fd, part->iov_base, part->iov_len)
                : parts > 1         ? REAL(pwritev)(fd, part, parts, at)
                                    : REAL(pwrite)(fd, part->iov_base, part->iov_len, at);
    int kept = errno;
    size_t all = 0;
    for (int i = 0; i < parts; i++)
        all += part[i].iov_len;
    if (begun != 0 && (n < 0 || (size_t)n != all))
        journal_failed("write");
    else if (begun != 0 && fcntl(fd, F_GETFL) & O_DSYNC)
        journal_synced(fd, begun);
    errno = kept;
    journal_unlock();
    return n;
}

static ssize_t send_bytes(int fd, const struct iovec *part, int parts, int flags)
{
    struct msghdr m = { .msg_iov = (struct iovec *)(uintptr_t)part, .msg_iovlen = (size_t)parts };
    journal_lock();
    ssize_t n = REAL(sendmsg)(fd, &m, flags);
    int kept = errno;
    if (n > 0)
        journal_send(fd, part, parts, (size_t)n);
    errno = kept;
    journal_unlock();
    return n;
}

/* All that writes: to a file, or to a socket, with the fault. */
static ssize_t put(const struct fault *f, int fd, const struct iovec *part, int parts, off_t at)
{
    struct iovec half = { .iov_base = part->iov_base, .iov_len = part_of(f, part->iov_len) };
    if (f->action == ACTION_ERRNO) {
        errno = f->number;
        return -1;
    }
    if (f->action == ACTION_SHORT || f->action == ACTION_HALF_KILL) {
        part = &half;
        parts = 1;
    }
    bool socket = at < 0 && journal_on() && is_socket(fd);
    ssize_t n = socket                 ? send_bytes(fd, part, parts, 0)
                : journal_on()         ? write_file(fd, part, parts, at)
                : at >= 0 && parts > 1 ? REAL(pwritev)(fd, part, parts, at)
                : at >= 0              ? REAL(pwrite)(fd, part->iov_base, part->iov_len, at)
                : parts > 1            ? REAL(writev)(fd, part, parts)
                                       : REAL(write)(fd, part->iov_base, part->iov_len);
    fault_done(f);
    return n;
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    const struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = n };
    struct fault f = fault_at("write", fd, NULL, 0);
    return put(&f, fd, &part, 1, -1);
}

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    const struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = n };
    struct fault f = fault_at("pwrite", fd, NULL, 0);
    return put(&f, fd, &part, 1, at);
}

ssize_t writev(int fd, const struct iovec *part, int parts)
{
    struct fault f = fault_at("writev", fd, NULL, 0);
    return put(&f, fd, part, parts, -1);
}

ssize_t pwritev(int fd, const struct iovec *part, int parts, off_t at)
{
    struct fault f = fault_at("pwritev", fd, NULL, 0);
    return put(&f, fd, part, parts, at);
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    struct fault f = fault_at("send", fd, NULL, 0);
    const struct iovec part = { .iov_base = (void *)(uintptr_t)bytes, .iov_len = part_of(&f, n) };
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    ssize_t sent =
        journal_on() ? send_bytes(fd, &part, 1, flags) : REAL(send)(fd, bytes, part.iov_len, flags);
    fault_done(&f);
    return sent;
}

ssize_t recv(int fd, void *to, size_t n, int flags)
{
    struct fault f = fault_at("recv", fd, NULL, 0);
    n = part_of(&f, n);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    ssize_t got = REAL(recv)(fd, to, n, flags);
    fault_done(&f);
    return got;
}

/* ---- what is on the disk --------------------------------------------------------------------- */

/* A sync does not hold up changes meanwhile: it covers those that came before it. */
static int sync_file(const char *call, int fd, int (*sync)(int fd))
{
    struct fault f = fault_at(call, fd, NULL, 0);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    journal_lock();
    uint64_t begun = journal_sync_begin(fd);
    journal_unlock();
    int failed = sync(fd);
    int kept = errno;
    journal_lock();
    if (!failed)
        journal_sync_end(fd, begun);
    journal_unlock();
    errno = kept;
    fault_done(&f);
    return failed;
}

int fsync(int fd)
{
    return sync_file("fsync", fd, REAL(fsync));
}

int fdatasync(int fd)
{
    return sync_file("fdatasync", fd, REAL(fdatasync));
}

int msync(void *p, size_t n, int flags)
{
    CALL(int, -1, -1, NULL, 0, msync, p, n, flags);
}

int ftruncate(int fd, off_t size)
{
    struct fault f = fault_at("ftruncate", fd, NULL, 0);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    journal_lock();
    journal_truncate(fd, size);
    int failed = REAL(ftruncate)(fd, size);
    journal_unlock();
    fault_done(&f);
    return failed;
}

int fallocate(int fd, int mode, off_t at, off_t n)
{
    CALL(int, -1, fd, NULL, 0, fallocate, fd, mode, at, n);
}

int posix_fallocate(int fd, off_t at, off_t n)
{
    struct fault f = fault_at("posix_fallocate", fd, NULL, 0);
    int result = f.action == ACTION_ERRNO ? f.number : REAL(posix_fallocate)(fd, at, n);
    fault_done(&f);
    return result;
}

/* ---- names ----------------------------------------------------------------------------------- */

/* Opens, and writes down what that made or emptied. */
static int open_at(int dir, const char *path, int flags, mode_t mode)
{
    struct journal_place place = { .ino = 0 };
    if (!journal_on() || (flags & (O_CREAT | O_TRUNC)) == 0)
        return REAL(openat)(dir, path, flags, mode);
    journal_lock();
    journal_look(&place, dir, path);
    int fd = REAL(openat)(dir, path, flags, mode);
    int kept = errno;
    if (fd >= 0 && place.ino == 0)
        journal_made(EVENT_CREATE, place.path);
    else if (fd >= 0 && (flags & O_TRUNC) != 0)
        journal_truncate(fd, 0);
    journal_unlock();
    errno = kept;
    return fd;
}

static mode_t mode_of(int flags, va_list more)
{
    return (flags & (O_CREAT | O_TMPFILE)) != 0 ? (mode_t)va_arg(more, unsigned) : 0;
}

int open(const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    struct fault f = fault_at("open", -1, path, flags);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    int fd = open_at(AT_FDCWD, path, flags, mode);
    fault_done(&f);
    return fd;
}

int openat(int dir, const char *path, int flags, ...)
{
    va_list more;
    va_start(more, flags);
    mode_t mode = mode_of(flags, more);
    va_end(more);
    struct fault f = fault_at("openat", dir, path, flags);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    int fd = open_at(dir, path, flags, mode);
    fault_done(&f);
    return fd;
}

int mkostemp(char *path, int flags)
{
    struct fault f = fault_at("mkostemp", -1, path, flags | O_CREAT);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    journal_lock();
    int fd = REAL(mkostemp)(path, flags);
    int kept = errno;
    if (fd >= 0)
        journal_made(EVENT_CREATE, path);
    journal_unlock();
    errno = kept;
    fault_done(&f);
    return fd;
}

/* What is written by way of it is not seen: journal_sync_begin() then writes the whole file down. */
FILE *fdopen(int fd, const char *how)
{
    journal_lock();
    journal_stream(fd);
    journal_unlock();
    CALL(FILE *, NULL, fd, NULL, 0, fdopen, fd, how);
}

static int rename_at(const struct fault *f, int from_dir, const char *from, int to_dir,
                     const char *to)
{
    struct journal_place a, b;
    if (f->action == ACTION_ERRNO) {
        errno = f->number;
        return -1;
    }
    journal_lock();
    journal_look(&a, from_dir, from);
    journal_look(&b, to_dir, to);
    int failed = REAL(renameat)(from_dir, from, to_dir, to);
    int kept = errno;
    if (!failed)
        journal_rename(&a, &b);
    journal_unlock();
    errno = kept;
    fault_done(f);
    return failed;
}

int rename(const char *from, const char *to)
{
    struct fault f = fault_at("rename", -1, to, 0);
    return rename_at(&f, AT_FDCWD, from, AT_FDCWD, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    struct fault f = fault_at("renameat", to_dir, to, 0);
    return rename_at(&f, from_dir, from, to_dir, to);
}

int link(const char *from, const char *to)
{
    struct fault f = fault_at("link", -1, to, 0);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    journal_lock();
    int failed = REAL(link)(from, to);
    int kept = errno;
    if (!failed)
        journal_made(EVENT_LINK, to);
    journal_unlock();
    errno = kept;
    fault_done(&f);
    return failed;
}

static int unlink_at(const struct fault *f, int dir, const char *path, int flags)
{
    struct journal_place place;
    if (f->action == ACTION_ERRNO) {
        errno = f->number;
        return -1;
    }
    journal_lock();
    journal_look(&place, dir, path);
    int failed = REAL(unlinkat)(dir, path, flags);
    int kept = errno;
    if (!failed)
        journal_unlink(&place);
    journal_unlock();
    errno = kept;
    fault_done(f);
    return failed;
}

int unlink(const char *path)
{
    struct fault f = fault_at("unlink", -1, path, 0);
    return unlink_at(&f, AT_FDCWD, path, 0);
}

int unlinkat(int dir, const char *path, int flags)
{
    struct fault f = fault_at("unlinkat", dir, path, 0);
    return unlink_at(&f, dir, path, flags);
}

int rmdir(const char *path)
{
    struct fault f = fault_at("rmdir", -1, path, 0);
    return unlink_at(&f, AT_FDCWD, path, AT_REMOVEDIR);
}

int remove(const char *path)
{
    struct stat s;
    struct fault f = fault_at("remove", -1, path, 0);
    faults_inside++;
    bool folder = lstat(path, &s) == 0 && S_ISDIR(s.st_mode);
    faults_inside--;
    return unlink_at(&f, AT_FDCWD, path, folder ? AT_REMOVEDIR : 0);
}

int mkdir(const char *path, mode_t mode)
{
    struct fault f = fault_at("mkdir", -1, path, 0);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    journal_lock();
    int failed = REAL(mkdir)(path, mode);
    int kept = errno;
    if (!failed)
        journal_made(EVENT_MKDIR, path);
    journal_unlock();
    errno = kept;
    fault_done(&f);
    return failed;
}

void *mmap(void *p, size_t n, int protection, int flags, int fd, off_t at)
{
    struct fault f = fault_at("mmap", fd, NULL, flags);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return MAP_FAILED;
    }
    if (fd >= 0 && (flags & MAP_SHARED) != 0 && (protection & PROT_WRITE) != 0) {
        journal_lock();
        journal_mapped(fd);
        journal_unlock();
    }
    void *result = REAL(mmap)(p, n, protection, flags, fd, at);
    fault_done(&f);
    return result;
}
