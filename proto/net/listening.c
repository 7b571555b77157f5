#include "proto/net/listening.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/listener.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "proto/base/scan.h"

/* What libevent hands to accept_failed() is evhttp's, and leads to no server. */
static struct listening *the_listening;

/* ---- addresses ------------------------------------------------------------------------------- */

static bool is_loopback4(const struct in_addr *a)
{
    return ntohl(a->s_addr) >> 24 == 127;
}

static bool is_loopback6(const struct in6_addr *a)
{
    struct in_addr mapped;
    if (!IN6_IS_ADDR_V4MAPPED(a))
        return IN6_IS_ADDR_LOOPBACK(a);
    mapped.s_addr = a->s6_addr32[3];
    return is_loopback4(&mapped);
}

bool loopback_address(const struct sockaddr *a)
{
    switch (a->sa_family) {
    case AF_INET:
        return is_loopback4(&((const struct sockaddr_in *)(const void *)a)->sin_addr);
    case AF_INET6:
        return is_loopback6(&((const struct sockaddr_in6 *)(const void *)a)->sin6_addr);
    default:
        return false;
    }
}

bool loopback_text(const char *address)
{
    struct in_addr four;
    struct in6_addr six;
    if (inet_pton(AF_INET, address, &four) == 1)
        return is_loopback4(&four);
    return inet_pton(AF_INET6, address, &six) == 1 && is_loopback6(&six);
}

/* ---- listening ------------------------------------------------------------------------------- */

void listening_limit(struct evhttp *http, size_t headers, size_t body, int seconds)
{
    evhttp_set_max_headers_size(http, (ev_ssize_t)headers);
    evhttp_set_max_body_size(http, (ev_ssize_t)body);
    evhttp_set_timeout(http, seconds);
    evhttp_set_default_content_type(http, NULL);
    evhttp_set_allowed_methods(http, EVHTTP_REQ_GET | EVHTTP_REQ_POST | EVHTTP_REQ_HEAD |
                                         EVHTTP_REQ_PUT | EVHTTP_REQ_DELETE | EVHTTP_REQ_OPTIONS |
                                         EVHTTP_REQ_TRACE | EVHTTP_REQ_CONNECT | EVHTTP_REQ_PATCH);
}

void listening_pause(struct listening *l)
{
    if (l->listener == NULL)
        return;
    evconnlistener_disable(l->listener);
    l->paused = true;
    l->pauses++;
}

void listening_resume(struct listening *l, bool crowded)
{
    l->paused = crowded;
    if (l->listener != NULL && !crowded)
        evconnlistener_enable(l->listener);
}

void listening_close(struct listening *l)
{
    if (l->listener != NULL)
        evhttp_del_accept_socket(l->http, l->bound);
    l->listener = NULL;
}

static void accept_failed(struct evconnlistener *listener, void *evhttp)
{
    (void)listener;
    (void)evhttp;
    listening_pause(the_listening);
}

/* Splits HOST:PORT, where HOST may be [an IPv6 address]. */
static struct addrinfo *resolve(const char *where)
{
    char host[NI_MAXHOST];
    struct addrinfo *found,
        hints = { .ai_flags = AI_PASSIVE | AI_NUMERICSERV, .ai_socktype = SOCK_STREAM };
    const char *colon = strrchr(where, ':');
    uint64_t port; /* getaddrinfo would take 65536 for 0 */
    if (colon == NULL || colon == where || (size_t)(colon - where) >= sizeof host ||
        decimal_parse(&port, span_str(colon + 1)) != 0 || port > 65535)
        return NULL;
    bool brackets = where[0] == '[' && colon[-1] == ']';
    int n = (int)(colon - where) - (brackets ? 2 : 0);
    snprintf(host, sizeof host, "%.*s", n, where + (brackets ? 1 : 0));
    return getaddrinfo(host, colon + 1, &hints, &found) == 0 ? found : NULL;
}

static bool all_loopback(const struct addrinfo *a)
{
    while (a != NULL && loopback_address(a->ai_addr))
        a = a->ai_next;
    return a == NULL;
}

/* LISTENING_OPEN with *address, which the caller frees; or why not. */
static enum listening_result find_address(struct addrinfo **address,
                                          const struct listening_options *options)
{
    *address = resolve(options->where);
    if (*address == NULL)
        return LISTENING_NO_ADDRESS;
    if (options->tls || options->plaintext || all_loopback(*address))
        return LISTENING_OPEN;
    freeaddrinfo(*address);
    return LISTENING_PLAINTEXT;
}

/* Writes where the socket is. Returns whether no packet to it leaves this machine. */
static bool write_url(struct listening *l, int fd, bool tls)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    char host[NI_MAXHOST], port[NI_MAXSERV];
    if (getsockname(fd, (struct sockaddr *)&address, &length) != 0 ||
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, port, sizeof port,
                    NI_NUMERICHOST | NI_NUMERICSERV) != 0)
        return false;
    bool six = address.ss_family == AF_INET6;
    snprintf(l->url, sizeof l->url, "%s://%s%.200s%s:%s", tls ? "https" : "http", six ? "[" : "",
             host, six ? "]" : "", port);
    return loopback_address((struct sockaddr *)&address);
}

/* Keeps errno. */
static int close_failed(int fd)
{
    int cause = errno;
    close(fd);
    errno = cause;
    return -1;
}

/* As libevent would. Returns a descriptor above 2 that has the address, or -1 with errno. */
static int new_socket(const struct addrinfo *address)
{
    const int on = 1;
    int fd = socket(address->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    if (setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0 &&
        setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
        bind(fd, address->ai_addr, address->ai_addrlen) == 0)
        return fd;
    return close_failed(fd);
}

enum listening_result listening_check(const struct listening_options *options)
{
    struct addrinfo *address;
    enum listening_result result = find_address(&address, options);
    if (result != LISTENING_OPEN)
        return result;
    int fd = new_socket(address), cause = errno;
    freeaddrinfo(address);
    if (fd >= 0)
        close(fd);
    errno = cause;
    return fd >= 0 || cause == EADDRINUSE ? LISTENING_OPEN : LISTENING_FAILED;
}

enum listening_result listening_bind(int *fd, const struct listening_options *options)
{
    struct addrinfo *address;
    enum listening_result found = find_address(&address, options);
    if (found != LISTENING_OPEN)
        return found;
    *fd = new_socket(address);
    if (*fd >= 0 && listen(*fd, options->backlog) != 0)
        *fd = close_failed(*fd);
    int cause = errno;
    freeaddrinfo(address);
    errno = cause;
    return *fd < 0 ? LISTENING_FAILED : LISTENING_OPEN;
}

/* Has http accept on a socket, which it takes over. Returns 0, or -1 with errno. */
static int accept_on(struct listening *l, struct event_base *base, int fd)
{
    l->listener =
        evconnlistener_new(base, NULL, NULL, LEV_OPT_CLOSE_ON_FREE | LEV_OPT_CLOSE_ON_EXEC, 0, fd);
    if (l->listener == NULL) {
        close(fd);
        errno = ENOMEM;
        return -1;
    }
    l->bound = evhttp_bind_listener(l->http, l->listener);
    if (l->bound != NULL)
        return 0;
    evconnlistener_free(l->listener);
    l->listener = NULL;
    errno = ENOMEM;
    return -1;
}

enum listening_result listening_open(struct listening *l, struct event_base *base,
                                     struct evhttp *http, const struct listening_options *options)
{
    int fd = options->passed;
    *l = (struct listening){ .http = http };
    if (fd == 0) {
        enum listening_result bound = listening_bind(&fd, options);
        if (bound != LISTENING_OPEN)
            return bound;
    }
    bool local = write_url(l, fd, options->tls);
    if (options->passed != 0 && !local && !options->tls && !options->plaintext) {
        close(fd);
        return LISTENING_PLAINTEXT;
    }
    if (accept_on(l, base, fd) != 0)
        return LISTENING_FAILED;
    the_listening = l;
    evconnlistener_set_error_cb(l->listener, accept_failed);
    return LISTENING_OPEN;
}

/* ---- a loop that is deaf --------------------------------------------------------------------- */

static bool deaf;

void loop_said(const char *message)
{
    if (strncmp(message, "Epoll ", strlen("Epoll ")) == 0) /* "Epoll ADD(1) on fd 8 failed. …" */
        deaf = true;
}

bool loop_is_deaf(void)
{
    return deaf;
}

struct span request_path(struct evhttp_request *request)
{
    const char *uri = evhttp_request_get_uri(request);
    if (uri != NULL && uri[0] == '/') /* libevent would read a host in "//host/path" */
        return span_of(uri, strcspn(uri, "?#"));
    const struct evhttp_uri *absolute = evhttp_request_get_evhttp_uri(request);
    const char *path = absolute == NULL ? NULL : evhttp_uri_get_path(absolute);
    return span_str(path == NULL || path[0] == 0 ? "/" : path);
}
