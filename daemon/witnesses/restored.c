#include "daemon/witnesses/restored.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/host/log.h"
#include "daemon/witnesses/feed.h"

int restored_begin(struct service *s, const char *dir, bool alone)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/restored", dir);
    if (access(path, F_OK) != 0)
        return errno == ENOENT ? 0 : -1;
    if (alone)
        return unlink(path);
    atomic_store(&s->withheld, s->newest.size);
    log_line(LOG_WARNING,
             "this log was restored from a backup: sealed blobs are withheld until witnesses have "
             "cosigned size %llu",
             (unsigned long long)s->newest.size);
    return 0;
}

bool restored_withholds(struct service *s)
{
    struct feed *feed = s->feed;
    uint64_t size = atomic_load(&s->withheld);
    if (feed_refuses(s) != REASON_NONE)
        return true;
    if (size == 0 || feed == NULL || feed_witnessed(feed, NULL) < size)
        return size != 0;
    atomic_store(&s->withheld, 0);
    return false;
}
