#include "proto/process/supervisor.h"

#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "proto/base/scan.h"

#define MESSAGE_MAX 512

static struct {
    int fd; /* 0: nobody is told */
    struct sockaddr_un to;
    socklen_t length;
    int64_t watch_ms;
    int64_t told; /* when it was said last that it makes progress */
} supervisor;

/* Whether a variable holds a number. */
static bool number_in(const char *variable, uint64_t *n)
{
    const char *text = getenv(variable);
    return text != NULL && decimal_parse(n, span_str(text)) == 0;
}

/* For how long systemd waits for a sign of this process: microseconds; 0: it does not. */
static uint64_t watched_us(void)
{
    uint64_t us, whom;
    if (!number_in("WATCHDOG_USEC", &us))
        return 0;
    return getenv("WATCHDOG_PID") == NULL ||
                   (number_in("WATCHDOG_PID", &whom) && whom == (uint64_t)getpid())
               ? us
               : 0;
}

/* A name that begins with '@' is in the abstract name space, where that is a zero byte. */
static bool read_address(const char *name)
{
    size_t n = name == NULL ? 0 : strlen(name);
    if (n < 2 || n >= sizeof supervisor.to.sun_path || (name[0] != '/' && name[0] != '@'))
        return false;
    supervisor.to.sun_family = AF_UNIX;
    memcpy(supervisor.to.sun_path, name, n);
    if (name[0] == '@')
        supervisor.to.sun_path[0] = 0;
    supervisor.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
    return true;
}

void supervisor_begin(void)
{
    uint64_t us = watched_us();
    bool told = read_address(getenv("NOTIFY_SOCKET"));
    unsetenv("NOTIFY_SOCKET");
    unsetenv("WATCHDOG_USEC");
    unsetenv("WATCHDOG_PID");
    int fd = told ? socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
    if (fd < 0)
        return;
    supervisor.fd = fd;
    if (us > 1000)
        supervisor.watch_ms = us / 2000 > 0 ? (int64_t)(us / 2000) : 1;
}

/* It is not waited for, and nobody is told if it does not listen: the process goes on. */
static void send_state(const char *message)
{
    if (supervisor.fd > 0)
        (void)!sendto(supervisor.fd, message, strlen(message), MSG_NOSIGNAL,
                      (const struct sockaddr *)&supervisor.to, supervisor.length);
}

void supervisor_ready(const char *status)
{
    char message[MESSAGE_MAX];
    snprintf(message, sizeof message, "READY=1%s%s",
             status == NULL ? "" : "\nSTATUS=", status == NULL ? "" : status);
    send_state(message);
}

void supervisor_reloading(void)
{
    struct timespec now = { 0 };
    char message[MESSAGE_MAX];
    clock_gettime(CLOCK_MONOTONIC, &now);
    snprintf(message, sizeof message, "RELOADING=1\nMONOTONIC_USEC=%lld",
             (long long)now.tv_sec * 1000000 + now.tv_nsec / 1000);
    send_state(message);
}

void supervisor_stopping(void)
{
    send_state("STOPPING=1\nSTATUS=answers what is under way");
}

int64_t supervisor_watch_ms(void)
{
    return supervisor.watch_ms;
}

void supervisor_alive(int64_t now)
{
    if (supervisor.watch_ms == 0 ||
        (supervisor.told != 0 && now - supervisor.told < supervisor.watch_ms))
        return;
    supervisor.told = now;
    send_state("WATCHDOG=1");
}
