#include "proto/process/passed_socket.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/base/scan.h"

#define FIRST 3 /* SD_LISTEN_FDS_START */

/* The number that a variable holds; 0 without one. */
static uint64_t number_or_zero(const char *variable)
{
    const char *text = getenv(variable);
    uint64_t n;
    return text != NULL && decimal_parse(&n, span_str(text)) == 0 ? n : 0;
}

static int option_of(int fd, int option)
{
    int value = -1;
    socklen_t n = sizeof value;
    return getsockopt(fd, SOL_SOCKET, option, &value, &n) == 0 ? value : -1;
}

static bool is_listening_tcp(int fd)
{
    int domain = option_of(fd, SO_DOMAIN);
    return (domain == AF_INET || domain == AF_INET6) && option_of(fd, SO_TYPE) == SOCK_STREAM &&
           option_of(fd, SO_ACCEPTCONN) == 1;
}

/* As the event loop needs it, and closed to what the process might start. */
static bool suit_loop(int fd)
{
    int flags = fcntl(fd, F_GETFL);
    return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
           fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

static const char *fault_of(uint64_t count, unsigned language)
{
    static const char *const many[] = { "more than one socket was passed (LISTEN_FDS)",
                                        "se recibió más de un socket (LISTEN_FDS)" };
    static const char *const other[] = {
        "what was passed (LISTEN_FDS) is no TCP socket that is listened on",
        "lo que se recibió (LISTEN_FDS) no es un socket TCP en el que se escuche"
    };
    if (count > 1)
        return many[language != 0];
    return is_listening_tcp(FIRST) && suit_loop(FIRST) ? NULL : other[language != 0];
}

int passed_socket_take(int *fd, const char **cause, unsigned language)
{
    uint64_t count =
        number_or_zero("LISTEN_PID") == (uint64_t)getpid() ? number_or_zero("LISTEN_FDS") : 0;
    unsetenv("LISTEN_PID");
    unsetenv("LISTEN_FDS");
    unsetenv("LISTEN_FDNAMES");
    *fd = 0;
    if (count == 0)
        return 0;
    *cause = fault_of(count, language);
    if (*cause != NULL)
        return -1;
    *fd = FIRST;
    return 0;
}
