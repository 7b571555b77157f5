/* A server that answers what it is told: connection N gets the bytes of the Nth file, the last
 * one for ever after; the requests are kept as OUT/N. For clients that must not believe
 * servers. With a port in GETS_TO, what is got comes from the honest server there, and neither
 * counts nor is kept. A file named "-" is never an answer: the connection stays open. What is
 * got and has DENY in its first line is answered by the files, too. The honest answer to the
 * first request with HOLD in its first line is held back, once it is there whole: OUT/held says
 * so, and it goes on when OUT/go exists. With milliseconds in AWAY all of it, whatever the method,
 * comes from the honest server, but for the first request of each request line: it is kept and
 * carried out, its answer is lost, and for that time nobody listens, as when a daemon is killed and
 * comes back. usage: [GETS_TO=PORT] answer OUT FILE...   prints its port, and serves until it is
 * killed */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/base/path.h"
#include "proto/sys/files.h"

/* One request: its headers, and as much body as they say. */
static void read_request(int fd, struct buf *request)
{
    size_t want = SIZE_MAX;
    while (request->n < want) {
        uint8_t *to = buf_reserve(request, 65536);
        ssize_t n = to == NULL ? -1 : read(fd, to, 65536);
        if (n <= 0)
            return;
        request->n += (size_t)n;
        const char *text = buf_str(request), *end = strstr(text, "\r\n\r\n");
        const char *length = strcasestr(text, "content-length:");
        if (end != NULL && want == SIZE_MAX)
            want = (size_t)(end - text) + 4 + (length == NULL ? 0 : strtoul(length + 15, NULL, 10));
    }
}

static void keep(const char *dir, unsigned number, const struct buf *request)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%u", dir, number);
    if (file_create(path, buf_span(request), 0644) != 0)
        exit(2);
}

static void send_all(int fd, struct span bytes)
{
    while (bytes.n > 0) {
        ssize_t n = write(fd, bytes.p, bytes.n);
        if (n <= 0)
            return;
        bytes = span_of(bytes.p + n, bytes.n - (size_t)n);
    }
}

/* Until somebody makes DIR/go; once. */
static void hold(const char *dir)
{
    static bool done;
    struct timespec pause = { .tv_nsec = 10000000 };
    char *held = path_join(dir, "held"), *go = path_join(dir, "go");
    if (!done && file_create(held, span_str(""), 0644) != 0)
        exit(2);
    while (!done && access(go, F_OK) != 0)
        nanosleep(&pause, NULL);
    done = true;
    free(held);
    free(go);
}

/* What the honest server answers; where it is gone, an error that is no reason to wait. */
static void ask_honest(const struct buf *request, const char *port, struct buf *answer)
{
    struct sockaddr_in to = { .sin_family = AF_INET,
                              .sin_port = htons((uint16_t)strtoul(port, NULL, 10)),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    static const char close_after[] = "\r\nConnection: close";
    uint8_t bytes[65536];
    int server = socket(AF_INET, SOCK_STREAM, 0);
    const uint8_t *line_end = memchr(request->p, '\r', request->n);
    if (server < 0 || line_end == NULL)
        exit(2);
    if (connect(server, (struct sockaddr *)&to, sizeof to) != 0) {
        /* Not 502: clients would wait for it to come back. */
        buf_adds(answer, "HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n");
        close(server);
        return;
    }
    size_t first = (size_t)(line_end - request->p);
    send_all(server, span_of(request->p, first));
    send_all(server, span_str(close_after));
    send_all(server, span_of(line_end, request->n - first));
    for (ssize_t n; (n = read(server, bytes, sizeof bytes)) > 0;)
        buf_add(answer, bytes, (size_t)n);
    close(server);
}

/* Asks the honest server, and passes on all that it says; holds it back before, with a dir. */
static void relay(int fd, const struct buf *request, const char *port, const char *dir)
{
    struct buf answer = { 0 };
    ask_honest(request, port, &answer);
    if (dir != NULL)
        hold(dir);
    send_all(fd, buf_span(&answer));
    buf_free(&answer);
}

static bool first_line_has(const struct buf *request, const char *text)
{
    const uint8_t *end = memchr(request->p, '\r', request->n);
    return end != NULL &&
           memmem(request->p, (size_t)(end - request->p), text, strlen(text)) != NULL;
}

/* A socket that listens at the address, or at any port if that is 0: then it is set. */
static int listen_at(struct sockaddr_in *address)
{
    socklen_t length = sizeof *address;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    int yes = 1; /* whoever comes after us on this port need not wait */
    if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes) != 0 ||
        bind(fd, (struct sockaddr *)address, length) != 0 || listen(fd, 64) != 0 ||
        getsockname(fd, (struct sockaddr *)address, &length) != 0)
        return -1;
    return fd;
}

static bool is_new(const struct buf *request)
{
    static struct buf lines;
    const uint8_t *end = memchr(request->p, '\r', request->n);
    size_t n = end == NULL ? request->n : (size_t)(end - request->p) + 1;
    bool known = lines.n > 0 && memmem(lines.p, lines.n, request->p, n) != NULL;
    if (!known)
        buf_add(&lines, request->p, n);
    return !known;
}

/* Serves with an absence at each new request line. Returns only if that fails. */
static int be_absent(int listener, struct sockaddr_in *address, const char *dir, const char *honest,
                     long ms)
{
    const struct timespec pause = { .tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000 };
    for (unsigned number = 0; listener >= 0;) {
        struct buf request = { 0 }, lost = { 0 };
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            break;
        read_request(fd, &request);
        if (is_new(&request)) {
            keep(dir, number++, &request);
            ask_honest(&request, honest, &lost);
            close(listener);
            close(fd);
            nanosleep(&pause, NULL);
            listener = listen_at(address);
        } else {
            relay(fd, &request, honest, NULL);
            shutdown(fd, SHUT_WR);
            close(fd);
        }
        buf_free(&request);
        buf_free(&lost);
    }
    return 2;
}

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    const char *honest = getenv("GETS_TO"), *deny = getenv("DENY"), *held = getenv("HOLD");
    const char *away = getenv("AWAY");
    int listener = listen_at(&address);
    if (argc < 3 || listener < 0)
        return 2;
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    if (honest != NULL && away != NULL)
        return be_absent(listener, &address, argv[1], honest, strtol(away, NULL, 10));
    for (unsigned number = 0;;) {
        struct buf request = { 0 }, answer = { 0 };
        int fd = accept(listener, NULL, NULL);
        const char *file = argv[2 + (number < (unsigned)argc - 3 ? number : (unsigned)argc - 3)];
        if (strcmp(file, "-") == 0)
            continue;
        if (fd < 0 || file_read(&answer, file, 1 << 28) != FILE_OK)
            return 2;
        read_request(fd, &request);
        if (honest != NULL && span_starts(buf_span(&request), "GET ") &&
            (deny == NULL || !first_line_has(&request, deny))) {
            relay(fd, &request, honest,
                  held != NULL && first_line_has(&request, held) ? argv[1] : NULL);
        } else {
            keep(argv[1], number++, &request);
            send_all(fd, buf_span(&answer));
        }
        shutdown(fd, SHUT_WR);
        close(fd);
        buf_free(&request);
        buf_free(&answer);
    }
}
