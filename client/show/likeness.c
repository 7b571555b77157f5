#include "client/show/likeness.h"

#include <errno.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/scan.h"

struct buf likeness_of(const char *text, enum likeness likeness)
{
    struct buf skeleton = { 0 };
    unicode_skeleton(&skeleton, span_str(text), likeness);
    if (skeleton.failed)
        lost(ENOMEM);
    return skeleton;
}

bool looks_the_same(const char *a, const char *b)
{
    if (strcmp(a, b) == 0)
        return false;
    struct buf x = likeness_of(a, LIKENESS_LOOKS), y = likeness_of(b, LIKENESS_LOOKS);
    bool same = span_eq(buf_span(&x), buf_span(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

/* ---- what differs ---------------------------------------------------------------------------- */

/* Two texts, and how many changes it takes from each place on to make one of the other: the
 * usual table. */
struct text_comparison {
    uint32_t *a, *b; /* code points: asked, there */
    size_t an, bn;
    uint16_t *steps; /* (an + 1) rows of bn + 1 */
};

/* A place where they differ; 0: nothing there. */
struct difference {
    size_t at;
    uint32_t asked, there;
};

static uint16_t *steps_at(const struct text_comparison *c, size_t i, size_t k)
{
    return &c->steps[i * (c->bn + 1) + k];
}

static uint16_t least(uint16_t x, uint16_t y)
{
    return x < y ? x : y;
}

static void count_steps(struct text_comparison *c)
{
    for (size_t i = c->an + 1; i-- > 0;)
        for (size_t k = c->bn + 1; k-- > 0;) {
            uint16_t *steps = steps_at(c, i, k);
            if (i == c->an || k == c->bn)
                *steps = (uint16_t)(c->an - i + c->bn - k);
            else if (c->a[i] == c->b[k])
                *steps = *steps_at(c, i + 1, k + 1);
            else
                *steps =
                    (uint16_t)(1 + least(*steps_at(c, i + 1, k + 1),
                                         least(*steps_at(c, i + 1, k), *steps_at(c, i, k + 1))));
        }
}

/* Without memory it compares nothing with nothing. */
static void compare_texts(struct text_comparison *c, const char *asked, const char *text)
{
    struct span a = span_str(asked), b = span_str(text);
    *c = (struct text_comparison){ .a = kept(calloc(UNICODE_ROOM(a.n), sizeof *c->a)),
                                   .b = kept(calloc(UNICODE_ROOM(b.n), sizeof *c->b)) };
    if (c->a == NULL || c->b == NULL)
        return;
    size_t an = unicode_read(c->a, a), bn = unicode_read(c->b, b);
    c->steps = kept(calloc((an + 1) * (bn + 1), sizeof *c->steps));
    if (c->steps == NULL)
        return;
    c->an = an;
    c->bn = bn;
    count_steps(c);
}

static void comparison_free(struct text_comparison *c)
{
    free(c->a);
    free(c->b);
    free(c->steps);
}

/* The next difference from *i and *k on, which move behind it. */
static bool next_difference(const struct text_comparison *c, size_t *i, size_t *k,
                            struct difference *out)
{
    while (*i < c->an && *k < c->bn && c->a[*i] == c->b[*k]) {
        ++*i;
        ++*k;
    }
    if (*i == c->an && *k == c->bn)
        return false;
    uint16_t steps = *steps_at(c, *i, *k);
    bool both = *i < c->an && *k < c->bn && *steps_at(c, *i + 1, *k + 1) == steps - 1;
    bool more = !both && *k < c->bn && *steps_at(c, *i, *k + 1) == steps - 1;
    *out = (struct difference){ .at = *k + 1,
                                .asked = more ? 0 : c->a[*i],
                                .there = both || more ? c->b[*k] : 0 };
    *i += !more;
    *k += both || more;
    return true;
}

static json_t *point_json(uint32_t c)
{
    char text[16];
    snprintf(text, sizeof text, "U+%04X", (unsigned)c);
    return c == 0 ? json_null() : json_text(text);
}

json_t *likeness_json(const char *asked, const char *text)
{
    struct text_comparison c;
    struct difference d;
    json_t *list = json_list();
    compare_texts(&c, asked, text);
    for (size_t i = 0, k = 0; next_difference(&c, &i, &k, &d);)
        json_push(list, json_made(json_pack("{s:I,s:o,s:o}", "at", (json_int_t)d.at, "asked",
                                            point_json(d.asked), "there", point_json(d.there))));
    comparison_free(&c);
    return list;
}

void likeness_words(struct buf *out, const char *asked, const char *text)
{
    struct text_comparison c;
    struct difference d;
    compare_texts(&c, asked, text);
    for (size_t i = 0, k = 0, n = 0; next_difference(&c, &i, &k, &d); n++) {
        buf_adds(out, n == 0 ? "" : ", ");
        if (d.asked == 0)
            buf_addf(out, TR("U+%04X more (%zu)", "U+%04X de más (%zu)"), (unsigned)d.there, d.at);
        else if (d.there == 0)
            buf_addf(out, TR("U+%04X missing (%zu)", "falta U+%04X (%zu)"), (unsigned)d.asked,
                     d.at);
        else
            buf_addf(out, TR("U+%04X instead of U+%04X (%zu)", "U+%04X en vez de U+%04X (%zu)"),
                     (unsigned)d.there, (unsigned)d.asked, d.at);
    }
    comparison_free(&c);
}
