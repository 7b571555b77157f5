#include "daemon/state/shown_policy.h"

#include "proto/base/scan.h"

static const char label[] =
    "# The operator's own policy. It proves nothing about the operator: take yours from "
    "elsewhere.\n"
    "# La política propia de quien opera. No prueba nada sobre quien opera: tome la suya de otra "
    "parte.\n";

static bool is_blank(uint8_t c)
{
    return c == ' ' || c == '\t';
}

/* The next word of a line; without bytes where there is none. */
static struct span next_word(struct span *line)
{
    while (line->n > 0 && is_blank(*line->p))
        *line = span_of(line->p + 1, line->n - 1);
    size_t n = 0;
    while (n < line->n && !is_blank(line->p[n]))
        n++;
    struct span word = span_of(line->p, n);
    *line = span_of(line->p + n, line->n - n);
    return word;
}

static void add_line(struct buf *out, struct span line)
{
    struct span word = next_word(&line);
    size_t most = span_is(word, "witness") ? 3 : SIZE_MAX;
    if (word.n == 0 || *word.p == '#')
        return;
    for (size_t i = 0; word.n > 0 && i < most; i++, word = next_word(&line)) {
        buf_adds(out, i == 0 ? "" : " ");
        buf_add(out, word.p, word.n);
    }
    buf_adds(out, "\n");
}

void shown_policy_set(struct shown_policy *p, struct span file, const struct vkey *alone)
{
    struct buf text = { 0 };
    struct scan s = scan_of(file);
    buf_adds(&text, label);
    while (!scan_done(&s))
        add_line(&text, scan_line(&s));
    if (file.n == 0) {
        buf_adds(&text, "log ");
        vkey_format(&text, alone);
        buf_adds(&text, "\nquorum none\n");
    }
    if (!text.failed) {
        pthread_mutex_lock(&p->lock);
        struct buf former = p->text;
        p->text = text;
        text = former;
        pthread_mutex_unlock(&p->lock);
    }
    buf_free(&text);
}

void shown_policy_get(struct shown_policy *p, struct buf *out)
{
    pthread_mutex_lock(&p->lock);
    buf_add(out, p->text.p, p->text.n);
    pthread_mutex_unlock(&p->lock);
}

void shown_policy_free(struct shown_policy *p)
{
    buf_free(&p->text);
}
