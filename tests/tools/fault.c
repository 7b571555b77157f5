/* Faults of the disk, on purpose: LD_PRELOAD=fault.so FAULTS=FILE program. FILE has a line for
 * each fault, "CALL WHAT ERRNO [SKIP]": the call (below) fails with that number where WHAT is a part
 * of the path that it is about, or its end if WHAT ends in '$'. The first SKIP such calls do not
 * fail. A number below 0 is a signal that ends the process instead: -9 is a kill before the call.
 * -19 stops it before the call, which is made once somebody has it go on (SIGCONT).
 * With 1000 the call does not fail: it waits until its line is gone.
 * The file is read at each call, so that faults come and go while a program runs; without it nothing
 * fails, nor does it behind the first 4,095 bytes. An fsync that fails is not made. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

#include "let_read.h"

#define WAITS 1000
#define LINES 64 /* of FILE whose calls are counted */
#define FILE_MAX 4096

static int fits(const char *path, const char *what)
{
    size_t n = strlen(what), length = strlen(path);
    if (n == 0 || what[n - 1] != '$')
        return strstr(path, what) != NULL;
    return length >= n - 1 && strncmp(path + length - (n - 1), what, n - 1) == 0;
}

/* FILE as a string. Nothing is allocated: libevent's handler of signals makes calls, too. */
static void read_faults(char text[FILE_MAX])
{
    static __thread int inside; /* reading FILE is no call of the program's */
    const char *faults = getenv("FAULTS");
    size_t length = 0;
    ssize_t n = 1;
    if (faults != NULL && !inside) {
        inside = 1;
        int fd = open(faults, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && n > 0 && length < FILE_MAX - 1) {
            n = read(fd, text + length, FILE_MAX - 1 - length);
            length += n > 0 ? (size_t)n : 0;
        }
        if (fd >= 0)
            close(fd);
        inside = 0;
    }
    text[length] = '\0';
}

/* The number of the fault for a call about a path, or 0. */
static int fault_of(const char *call, const char *path)
{
    static atomic_uint met[LINES]; /* how often a line was met */
    char text[FILE_MAX], name[16], what[256];
    int number, found = 0, line = 0;
    read_faults(text);
    for (char *at = text, *end; *at != '\0' && found == 0; line++) {
        unsigned skip = 0;
        end = at + strcspn(at, "\n");
        bool more = *end != '\0';
        *end = '\0';
        if (sscanf(at, "%15s %255s %d %u", name, what, &number, &skip) >= 3 &&
            strcmp(name, call) == 0 && fits(path, what) &&
            atomic_fetch_add(&met[line % LINES], 1) >= skip)
            found = number;
        at = end + more;
    }
    if (found < 0)
        kill(getpid(), -found);
    return found == -SIGSTOP ? 0 : found;
}

static int fails(const char *call, const char *path)
{
    int kept = errno, fault;
    while ((fault = fault_of(call, path)) == WAITS)
        usleep(20000);
    errno = fault != 0 ? fault : kept;
    return fault != 0;
}

static void path_at(int dir, const char *name, char out[PATH_MAX])
{
    char link[64];
    ssize_t n = -1;
    if (name == NULL || name[0] != '/') {
        snprintf(link, sizeof link, "/proc/self/fd/%d", dir);
        n = readlink(dir == AT_FDCWD ? "/proc/self/cwd" : link, out, PATH_MAX / 2);
    }
    n = n < 0 ? 0 : n;
    snprintf(out + n, PATH_MAX - (size_t)n, "%s%.1024s", name == NULL || n == 0 ? "" : "/",
             name == NULL ? "" : name);
}

static int fails_at(const char *call, int dir, const char *name)
{
    char path[PATH_MAX];
    int kept = errno;
    path_at(dir, name, path);
    errno = kept;
    return fails(call, path);
}

#define REAL(name) ((__typeof__(&name))(dlsym(RTLD_NEXT, #name)))

ssize_t pwrite(int fd, const void *bytes, size_t n, off_t at)
{
    return fails_at("pwrite", fd, NULL) ? -1 : REAL(pwrite)(fd, bytes, n, at);
}

ssize_t write(int fd, const void *bytes, size_t n)
{
    return fails_at("write", fd, NULL) ? -1 : REAL(write)(fd, bytes, n);
}

ssize_t send(int fd, const void *bytes, size_t n, int flags)
{
    return fails_at("send", fd, NULL) ? -1 : REAL(send)(fd, bytes, n, flags);
}

ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
    return fails_at("recv", fd, NULL) ? -1 : REAL(recv)(fd, bytes, n, flags);
}

int unshare(int flags) /* of a thread, which would have descriptors of its own */
{
    return fails("unshare", "thread") ? -1 : REAL(unshare)(flags);
}

int fsync(int fd)
{
    return fails_at("fsync", fd, NULL) ? -1 : REAL(fsync)(fd);
}

int fdatasync(int fd)
{
    return fails_at("fdatasync", fd, NULL) ? -1 : REAL(fdatasync)(fd);
}

int ftruncate(int fd, off_t length)
{
    return fails_at("ftruncate", fd, NULL) ? -1 : REAL(ftruncate)(fd, length);
}

int unlink(const char *path)
{
    return fails_at("unlink", AT_FDCWD, path) ? -1 : REAL(unlink)(path);
}

int remove(const char *path)
{
    return fails_at("remove", AT_FDCWD, path) ? -1 : REAL(remove)(path);
}

int rmdir(const char *path)
{
    return fails_at("rmdir", AT_FDCWD, path) ? -1 : REAL(rmdir)(path);
}

int rename(const char *from, const char *to)
{
    return fails_at("rename", AT_FDCWD, to) ? -1 : REAL(rename)(from, to);
}

int renameat(int from_dir, const char *from, int to_dir, const char *to)
{
    return fails_at("renameat", to_dir, to) ? -1 : REAL(renameat)(from_dir, from, to_dir, to);
}

int unlinkat(int dir, const char *name, int flags)
{
    return fails_at("unlinkat", dir, name) ? -1 : REAL(unlinkat)(dir, name, flags);
}
