/* System calls that change nothing on the disk: counted, and made to fail. */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/faults.h"

#define REAL(name)                                                                                 \
    (__extension__({                                                                               \
        static __typeof__(&name) kept;                                                             \
        if (kept == NULL)                                                                          \
            kept = (__typeof__(&name))dlsym(RTLD_NEXT, #name);                                     \
        kept;                                                                                      \
    }))

/* X(type, value where it fails, name, fd or -1, path or NULL, parameters, arguments) */
// clang-format off
#define PLAIN(X)                                                                                   \
    X(int, -1, close, fd, NULL, (int fd), (fd))                                                    \
    X(int, -1, stat, -1, path, (const char *path, struct stat *s), (path, s))                      \
    X(int, -1, lstat, -1, path, (const char *path, struct stat *s), (path, s))                     \
    X(int, -1, fstat, fd, NULL, (int fd, struct stat *s), (fd, s))                                 \
    X(int, -1, fstatat, fd, path, (int fd, const char *path, struct stat *s, int flags),           \
      (fd, path, s, flags))                                                                        \
    X(int, -1, access, -1, path, (const char *path, int how), (path, how))                         \
    X(int, -1, faccessat, fd, path, (int fd, const char *path, int how, int flags),                \
      (fd, path, how, flags))                                                                      \
    X(int, -1, statvfs, -1, path, (const char *path, struct statvfs *s), (path, s))                \
    X(int, -1, fchown, fd, NULL, (int fd, uid_t user, gid_t group), (fd, user, group))             \
    X(pid_t, -1, fork, -1, NULL, (void), ())                                                       \
    X(int, -1, fchmod, fd, NULL, (int fd, mode_t mode), (fd, mode))                                \
    X(int, -1, utimensat, fd, path,                                                                \
      (int fd, const char *path, const struct timespec t[2], int flags), (fd, path, t, flags))       \
    X(int, -1, flock, fd, NULL, (int fd, int how), (fd, how))                                      \
    X(DIR *, NULL, opendir, -1, path, (const char *path), (path))                                  \
    X(DIR *, NULL, fdopendir, fd, NULL, (int fd), (fd))                                            \
    X(struct dirent *, NULL, readdir, -1, NULL, (DIR *dir), (dir))                                 \
    X(FILE *, NULL, fopen, -1, path, (const char *path, const char *how), (path, how))             \
    X(ssize_t, -1, sendmsg, fd, NULL, (int fd, const struct msghdr *m, int flags), (fd, m, flags)) \
    X(ssize_t, -1, recvmsg, fd, NULL, (int fd, struct msghdr *m, int flags), (fd, m, flags))       \
    X(ssize_t, -1, sendfile, fd, NULL, (int fd, int from, off_t *at, size_t n), (fd, from, at, n)) \
    X(int, -1, socket, -1, NULL, (int domain, int type, int protocol), (domain, type, protocol))   \
    X(int, -1, bind, fd, NULL, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))        \
    X(int, -1, listen, fd, NULL, (int fd, int backlog), (fd, backlog))                             \
    X(int, -1, connect, fd, NULL, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))     \
    X(int, -1, accept, fd, NULL, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))           \
    X(int, -1, accept4, fd, NULL, (int fd, struct sockaddr *a, socklen_t *n, int flags),           \
      (fd, a, n, flags))                                                                           \
    X(int, -1, socketpair, -1, NULL, (int domain, int type, int protocol, int pair[2]),            \
      (domain, type, protocol, pair))                                                              \
    X(int, -1, pipe2, -1, NULL, (int fds[2], int flags), (fds, flags))                             \
    X(int, -1, eventfd, -1, NULL, (unsigned value, int flags), (value, flags))                     \
    X(int, -1, epoll_create1, -1, NULL, (int flags), (flags))                                      \
    X(int, -1, epoll_ctl, fd, NULL, (int poll, int how, int fd, struct epoll_event *e),            \
      (poll, how, fd, e))                                                                          \
    X(int, -1, epoll_wait, fd, NULL, (int fd, struct epoll_event *e, int most, int ms),            \
      (fd, e, most, ms))                                                                           \
    X(int, -1, poll, -1, NULL, (struct pollfd *p, nfds_t n, int ms), (p, n, ms))                   \
    X(int, -1, ppoll, -1, NULL,                                                                    \
      (struct pollfd *p, nfds_t n, const struct timespec *t, const sigset_t *mask),                \
      (p, n, t, mask))                                                                             \
    X(int, -1, timerfd_create, -1, NULL, (int clock, int flags), (clock, flags))                   \
    X(int, -1, nanosleep, -1, NULL, (const struct timespec *t, struct timespec *left), (t, left))
// clang-format on

/* A close that fails has closed. */
static void at_close(const char *name, int fd)
{
    if (name[0] == 'c' && name[1] == 'l')
        REAL(close)(fd);
}

#define X(type, failed, name, about, path, parameters, arguments)                                  \
    type name parameters                                                                           \
    {                                                                                              \
        struct fault f = fault_at(#name, about, path, 0);                                          \
        if (f.action == ACTION_ERRNO) {                                                            \
            at_close(#name, about);                                                                \
            errno = f.number;                                                                      \
            return failed;                                                                         \
        }                                                                                          \
        type result = REAL(name) arguments;                                                        \
        fault_done(&f);                                                                            \
        return result;                                                                             \
    }
PLAIN(X)
#undef X

/* Only locks can fail in a way of their own. */
int fcntl(int fd, int what, ...)
{
    va_list more;
    va_start(more, what);
    void *argument = va_arg(more, void *);
    va_end(more);
    struct fault f = { .action = ACTION_NONE };
    if (what == F_SETLK || what == F_SETLKW || what == F_DUPFD_CLOEXEC)
        f = fault_at("fcntl", fd, NULL, what);
    if (f.action == ACTION_ERRNO) {
        errno = f.number;
        return -1;
    }
    int result = REAL(fcntl)(fd, what, argument);
    fault_done(&f);
    return result;
}

int pthread_create(pthread_t *thread, const pthread_attr_t *how, void *(*run)(void *), void *ctx)
{
    struct fault f = fault_at("pthread_create", -1, NULL, 0);
    int result = f.action == ACTION_ERRNO ? f.number : REAL(pthread_create)(thread, how, run, ctx);
    fault_done(&f);
    return result;
}
