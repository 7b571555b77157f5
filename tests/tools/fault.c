/* Faults of the disk, on purpose: LD_PRELOAD=fault.so FAULTS=FILE program. FILE has a line for
 * each fault, "CALL WHAT ERRNO": the call (below) fails with that number where WHAT is a part of
 * the path that it is about, or its end if WHAT ends in '$'. The file is read at each call, so
 * that faults come and go while a program runs; without it nothing fails. An fsync that fails is
 * not made. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static int fits(const char *path, const char *what)
{
    size_t n = strlen(what), length = strlen(path);
    if (n == 0 || what[n - 1] != '$')
        return strstr(path, what) != NULL;
    return length >= n - 1 && strncmp(path + length - (n - 1), what, n - 1) == 0;
}

/* The number of the fault for a call about a path, or 0. */
static int fault_of(const char *call, const char *path)
{
    static __thread int inside; /* reading FILE is no call of the program's */
    char name[16], what[256];
    int number, found = 0;
    const char *faults = getenv("FAULTS");
    FILE *f = faults == NULL || inside ? NULL : (inside = 1, fopen(faults, "re"));
    while (f != NULL && found == 0 && fscanf(f, "%15s %255s %d", name, what, &number) == 3)
        if (strcmp(name, call) == 0 && fits(path, what))
            found = number;
    if (f != NULL)
        fclose(f);
    inside = 0;
    return found;
}

static int fails(const char *call, const char *path)
{
    int kept = errno, fault = fault_of(call, path);
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

int fsync(int fd)
{
    return fails_at("fsync", fd, NULL) ? -1 : REAL(fsync)(fd);
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
