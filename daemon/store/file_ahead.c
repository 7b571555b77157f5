#include "daemon/store/file_ahead.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

static bool has_room(int fd)
{
    struct statvfs v;
    return fstatvfs(fd, &v) == 0 && (uint64_t)v.f_bavail * v.f_frsize >= AHEAD_ROOM;
}

void file_ahead_keep(struct file_ahead *a, int fd, uint64_t used, uint64_t most)
{
    struct stat st;
    if (a->off || used < AHEAD_FROM || a->size >= used + AHEAD_LEAST)
        return;
    if (fstat(fd, &st) != 0)
        return;
    a->size = (uint64_t)st.st_size;
    uint64_t wanted = used + AHEAD_STEP;
    if (a->size >= used + AHEAD_LEAST || wanted > most)
        return;
    if (!has_room(fd))
        a->off = true;
    else if (fallocate(fd, 0, st.st_size, (off_t)(wanted - a->size)) == 0)
        a->size = wanted;
    else
        a->off = errno != EINTR;
}
