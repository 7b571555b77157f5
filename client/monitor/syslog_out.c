#include "client/monitor/syslog_out.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "proto/base/buf.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

#define FACILITY_LOG_AUDIT 13

static int open_socket(const char *path)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    const struct timeval patience = { .tv_sec = 5 };
    if (strlen(path) >= sizeof to.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(to.sun_path, path, strlen(path) + 1);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd >= 0 && setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience) == 0 &&
        connect(fd, (const struct sockaddr *)&to, sizeof to) == 0)
        return fd;
    int why = errno;
    if (fd >= 0)
        close(fd);
    errno = why;
    return -1;
}

static int open_place(struct syslog_out *s)
{
    struct stat st;
    bool there = stat(s->path, &st) == 0;
    s->stream = !there || !S_ISSOCK(st.st_mode);
    int fd = s->stream ? open(s->path, O_WRONLY | O_APPEND | O_CREAT | O_NONBLOCK | O_CLOEXEC, 0640)
                       : open_socket(s->path);
    s->fd = fd < 0 ? 0 : fd;
    return fd < 0 ? -1 : 0;
}

/* What is no printable ASCII in a machine's name has no place in a header. */
static void add_host(struct buf *out)
{
    char name[256] = "";
    if (gethostname(name, sizeof name - 1) != 0 || name[0] == 0)
        memcpy(name, "-", 2);
    for (char *c = name; *c != 0; c++)
        if (*c <= ' ' || *c > '~')
            *c = '_';
    buf_adds(out, name);
}

void syslog_out_send(struct syslog_out *s, struct span line, const char *type,
                     enum syslog_severity severity)
{
    struct buf message = { 0 };
    char now[WHEN_TEXT + 1];
    if (s->failed != 0 || (s->fd == 0 && open_place(s) != 0)) {
        s->failed = s->failed != 0 ? s->failed : errno;
        return;
    }
    when_format(now, clock_wall());
    buf_addf(&message, "<%d>1 %s ", FACILITY_LOG_AUDIT * 8 + (int)severity, now);
    add_host(&message);
    /* Its text is UTF-8, which the RFC wants marked by a BOM. */
    buf_addf(&message, " bitacora %ld %s - \xEF\xBB\xBF", (long)getpid(), type);
    buf_add(&message, line.p, line.n - (s->stream ? 0 : 1));
    errno = ENOMEM;
    bool sent =
        !message.failed && (s->stream ? file_write_all(s->fd, buf_span(&message)) == 0
                                      : send(s->fd, message.p, message.n, MSG_NOSIGNAL) >= 0);
    if (!sent)
        s->failed = errno;
    buf_free(&message);
}

int syslog_out_keep(struct syslog_out *s)
{
    int failed = s->failed;
    if (s->fd != 0 && s->stream && failed == 0 && fdatasync(s->fd) != 0 && errno != EINVAL)
        failed = errno;
    if (s->fd != 0)
        close(s->fd);
    s->fd = s->failed = 0;
    errno = failed;
    return failed == 0 ? 0 : -1;
}
