#include "proto/sys/ask.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include "proto/sys/files.h"
#include "proto/text/shown.h"

struct hidden_question {
    int tty, signals; /* signals: readable while one waits that would end or stop the process */
    struct termios before;
    sigset_t held, mask_before;
};

static const int ending[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGALRM, SIGTSTP };

/* Returns 0 or -1. */
static int open_question(struct hidden_question *q)
{
    *q = (struct hidden_question){ .signals = -1 };
    sigemptyset(&q->held);
    for (size_t i = 0; i < sizeof ending / sizeof *ending; i++)
        sigaddset(&q->held, ending[i]);
    q->tty = open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
    return q->tty < 0 ? -1 : 0;
}

static void close_question(struct hidden_question *q)
{
    if (q->tty >= 0)
        close(q->tty);
    if (q->signals >= 0)
        close(q->signals);
}

/* Holds the signals and stops showing what is typed. Returns 0 or -1. */
static int hide_typing(struct hidden_question *q)
{
    pthread_sigmask(SIG_BLOCK, &q->held, &q->mask_before);
    if (tcgetattr(q->tty, &q->before) == 0) {
        struct termios hidden = q->before;
        hidden.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
        hidden.c_lflag |= ICANON | ISIG;
        /* What was typed before the question is no answer to it. */
        if (tcsetattr(q->tty, TCSAFLUSH, &hidden) == 0)
            return 0;
    }
    pthread_sigmask(SIG_SETMASK, &q->mask_before, NULL);
    return -1;
}

/* The terminal first: a signal that was held ends or stops the process here. */
static void show_again(struct hidden_question *q)
{
    (void)!write(q->tty, "\n", 1);
    tcsetattr(q->tty, TCSAFLUSH, &q->before);
    pthread_sigmask(SIG_SETMASK, &q->mask_before, NULL);
}

/* Returns the length of the line with its newline, 0 at the end of input, -1 for failure, or -2
 * where a signal waits. */
static ssize_t read_line(const struct hidden_question *q, uint8_t *to, size_t cap)
{
    struct pollfd p[] = { { .fd = q->tty, .events = POLLIN },
                          { .fd = q->signals, .events = POLLIN } };
    for (;;) {
        if (poll(p, 2, -1) < 0 && errno != EINTR)
            return -1;
        if ((p[1].revents & POLLIN) != 0)
            return -2;
        if (p[0].revents == 0)
            continue;
        ssize_t n = read(q->tty, to, cap);
        if (n >= 0 || errno != EINTR)
            return n;
    }
}

static enum hidden_line ask_until_answered(struct hidden_question *q, struct buf *out,
                                           struct span prompt)
{
    ssize_t n;
    do {
        if (hide_typing(q) != 0)
            return ASKED_NOBODY;
        n = file_write_all(q->tty, prompt) == 0 ? read_line(q, out->p, out->cap) : -1;
        show_again(q);
    } while (n == -2);
    if (n <= 0)
        return ASKED_NOTHING;
    out->n = (size_t)n;
    if (out->p[n - 1] == '\n')
        out->n--;
    return ASKED;
}

enum hidden_line ask_hidden(struct buf *out, const char *prompt)
{
    struct hidden_question q;
    struct buf shown = { 0 };
    enum hidden_line asked = ASKED_NO_MEMORY;
    if (open_question(&q) != 0)
        return ASKED_NOBODY;
    shown_add(&shown, span_str(prompt), false);
    q.signals = signalfd(-1, &q.held, SFD_CLOEXEC | SFD_NONBLOCK);
    if (!shown.failed && q.signals >= 0)
        asked = ask_until_answered(&q, out, buf_span(&shown));
    buf_free(&shown);
    close_question(&q);
    return asked;
}
