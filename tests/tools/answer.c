/* A server that answers what it is told: connection N gets the bytes of the Nth file, the last one for
 * ever after; the requests are kept as OUT/N. For clients that must not believe servers.
 * usage: answer OUT FILE...   prints its port, and serves until it is killed */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/files.h"

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

int main(int argc, char **argv)
{
    struct sockaddr_in address = { .sin_family = AF_INET,
                                   .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (argc < 3 || listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 ||
        listen(listener, 64) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0)
        return 2;
    printf("%u\n", (unsigned)ntohs(address.sin_port));
    fflush(stdout);
    for (unsigned number = 0;; number++) {
        struct buf request = { 0 }, answer = { 0 };
        int fd = accept(listener, NULL, NULL);
        const char *file = argv[2 + (number < (unsigned)argc - 3 ? number : (unsigned)argc - 3)];
        if (fd < 0 || file_read(&answer, file, 1 << 28) != FILE_OK)
            return 2;
        read_request(fd, &request);
        keep(argv[1], number, &request);
        for (size_t at = 0; at < answer.n;) {
            ssize_t n = write(fd, answer.p + at, answer.n - at);
            if (n <= 0)
                break;
            at += (size_t)n;
        }
        shutdown(fd, SHUT_WR);
        close(fd);
        buf_free(&request);
        buf_free(&answer);
    }
}
