#include "tests/bench/plain.h"

#include <arpa/inet.h>
#include <errno.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "client/base/say.h"
#include "tests/bench/bench.h"
#include "tests/must.h"

struct pages {
    const struct page **by_path; /* sorted */
    size_t n;
};

static int by_path(const void *a, const void *b)
{
    return strcmp((*(const struct page *const *)a)->path, (*(const struct page *const *)b)->path);
}

static void answer(struct evhttp_request *request, void *ctx)
{
    const struct pages *pages = ctx;
    const struct page want = { .path = (char *)(uintptr_t)evhttp_request_get_uri(request) };
    const struct page *key = &want, *const *found = bsearch(&key, pages->by_path, pages->n,
                                                            sizeof key, by_path);
    if (found == NULL) {
        evhttp_send_error(request, HTTP_NOTFOUND, NULL);
        return;
    }
    const struct page *page = *found;
    evhttp_add_header(evhttp_request_get_output_headers(request), "Content-Type", page->type);
    evbuffer_add_reference(evhttp_request_get_output_buffer(request), page->body.p, page->body.n,
                           NULL, NULL);
    evhttp_send_reply(request, HTTP_OK, "OK", NULL);
}

_Noreturn static void serve(int fd, const struct page *page, size_t pages)
{
    struct event_base *base = must(event_base_new());
    struct evhttp *http = must(evhttp_new(base));
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    struct pages sorted = { .by_path = must(calloc(pages, sizeof page)), .n = pages };
    for (size_t i = 0; i < pages; i++)
        sorted.by_path[i] = &page[i];
    qsort(sorted.by_path, pages, sizeof page, by_path);
    evhttp_set_gencb(http, answer, &sorted);
    if (evhttp_accept_socket(http, fd) != 0)
        die("the plain loop cannot listen");
    event_base_dispatch(base);
    _exit(0);
}

void plain_start(struct plain *p, const struct page *page, size_t pages)
{
    struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t n = sizeof a;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) != 0 || listen(fd, 128) != 0 ||
        getsockname(fd, (struct sockaddr *)&a, &n) != 0)
        die("the plain loop: %s", strerror(errno));
    p->port = ntohs(a.sin_port);
    p->pid = fork();
    if (p->pid < 0)
        die("fork: %s", strerror(errno));
    if (p->pid == 0)
        serve(fd, page, pages);
    close(fd);
}

void plain_stop(struct plain *p)
{
    kill(p->pid, SIGTERM);
    waitpid(p->pid, NULL, 0);
}
