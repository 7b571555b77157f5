#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/store/store_lmdb.h"
#include "proto/sys/files.h"

#define GROWN_MAX ((rlim_t)64 << 20)

/* The engine follows a damaged page that leads to itself without end. A copy is no longer than the
 * file, which may grow until it is begun. */
static int copy_bounded(struct store *s, int fd)
{
    struct stat st;
    struct rlimit before, most;
    int from;
    if (mdb_env_get_fd(s->env, &from) != 0 || fstat(from, &st) != 0 ||
        getrlimit(RLIMIT_FSIZE, &before) != 0)
        return EIO;
    most = before;
    if (most.rlim_cur > 2 * (rlim_t)st.st_size + GROWN_MAX)
        most.rlim_cur = 2 * (rlim_t)st.st_size + GROWN_MAX;
    void (*was)(int) = signal(SIGXFSZ, SIG_IGN); /* the write fails instead */
    int rc =
        setrlimit(RLIMIT_FSIZE, &most) != 0 ? errno : mdb_env_copyfd2(s->env, fd, MDB_CP_COMPACT);
    if (setrlimit(RLIMIT_FSIZE, &before) != 0 && rc == 0)
        rc = errno;
    signal(SIGXFSZ, was);
    return rc;
}

/* Its pages in order, without those that are free: what was deleted is not copied. */
static int copy_pages(struct store *s, const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0)
        return errno;
    int rc = copy_bounded(s, fd);
    if (rc == 0 && fsync(fd) != 0)
        rc = errno;
    if (close(fd) != 0 && rc == 0)
        rc = errno;
    return rc;
}

enum store_result store_copy(struct store *s, const char *dir)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/" STORE_DATA_FILE, dir) >= (int)sizeof path)
        return STORE_IO;
    pthread_rwlock_rdlock(&s->open);
    int rc = s->env == NULL ? MDB_PANIC : copy_pages(s, path);
    pthread_rwlock_unlock(&s->open);
    if (rc == 0 && directory_sync(dir) != 0)
        rc = errno;
    return lmdb_result(rc, "copy");
}

void store_remove_copy(const char *dir)
{
    static const char *const names[] = { STORE_DATA_FILE, STORE_LOCK_FILE };
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (snprintf(path, sizeof path, "%s/%s", dir, names[i]) < (int)sizeof path)
            unlink(path);
}

uint64_t store_copied(const char *dir)
{
    char path[PATH_MAX];
    struct stat st;
    if (snprintf(path, sizeof path, "%s/" STORE_DATA_FILE, dir) >= (int)sizeof path ||
        stat(path, &st) != 0)
        return 0;
    return (uint64_t)st.st_size;
}
