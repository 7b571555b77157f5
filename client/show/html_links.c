#include "client/show/html_links.h"

#include <inttypes.h>
#include <string.h>

#include "proto/base/scan.h"

#define RULE_NAME 3 /* "R08" */

struct linking {
    struct buf *out;
    const struct html_links *links;
    struct span left;
    char before; /* the character before `left`, 0 at the start */
};

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool joins_word(char c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static void pass(struct linking *l, size_t n)
{
    buf_add(l->out, l->left.p, n);
    if (n > 0)
        l->before = (char)l->left.p[n - 1];
    l->left = span_of(l->left.p + n, l->left.n - n);
}

/* To behind an end that is there, else to the end. */
static void pass_to(struct linking *l, const char *end)
{
    const uint8_t *at = memmem(l->left.p, l->left.n, end, strlen(end));
    pass(l, at == NULL ? l->left.n : (size_t)(at - l->left.p) + strlen(end));
}

/* A tag; of code and headings the whole element. An item that begins with a rule's name gets it as
 * its id. */
static void pass_tag(struct linking *l)
{
    static const char *const whole[][2] = {
        { "<code", "</code>" }, { "<h2", "</h2>" }, { "<h3", "</h3>" }, { "<a ", "</a>" }
    };
    char name[RULE_NAME + 1] = "";
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (span_starts(l->left, whole[i][0])) {
            pass_to(l, whole[i][1]);
            return;
        }
    if (span_starts(l->left, "<li>R") && l->left.n > 8 && l->left.p[7] == ':') {
        memcpy(name, l->left.p + 4, RULE_NAME);
        if (l->links->rule(l->links->ctx, name)) {
            buf_addf(l->out, "<li id=\"%s\">%s", name, name);
            l->left = span_of(l->left.p + 4 + RULE_NAME, l->left.n - 4 - RULE_NAME);
            l->before = ':';
            return;
        }
    }
    pass_to(l, ">");
}

static bool link_rule(struct linking *l)
{
    char name[RULE_NAME + 1] = "";
    const uint8_t *p = l->left.p;
    if (l->left.n < RULE_NAME || p[0] != 'R' || !is_digit((char)p[1]) || !is_digit((char)p[2]) ||
        (l->left.n > RULE_NAME && joins_word((char)p[RULE_NAME])))
        return false;
    memcpy(name, p, RULE_NAME);
    if (!l->links->rule(l->links->ctx, name))
        return false;
    buf_addf(l->out, "<a href=\"#%s\">", name);
    pass(l, RULE_NAME);
    buf_adds(l->out, "</a>");
    return true;
}

/* Returns false if no number stands there. */
static bool link_number(struct linking *l)
{
    uint64_t entry;
    size_t n = 0;
    while (n < l->left.n && is_digit((char)l->left.p[n]))
        n++;
    if (n == 0 || decimal_parse(&entry, span_of(l->left.p, n)) != 0)
        return false;
    bool there = l->links->entry(l->links->ctx, entry);
    if (there)
        buf_addf(l->out, "<a href=\"#e%" PRIu64 "\">", entry);
    pass(l, n);
    if (there)
        buf_adds(l->out, "</a>");
    return true;
}

/* What stands between the numbers of a list, if a number follows; else 0. */
static size_t between(struct span s)
{
    static const char *const words[] = { ", ", " and ", " y " };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        size_t n = strlen(words[i]);
        if (span_starts(s, words[i]) && s.n > n && is_digit((char)s.p[n]))
            return n;
    }
    return 0;
}

static bool link_entries(struct linking *l)
{
    static const char *const words[] = { "entry ", "entries ", "asiento ", "asientos " };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (!span_starts(l->left, words[i]))
            continue;
        pass(l, strlen(words[i]));
        while (link_number(l)) {
            size_t n = between(l->left);
            if (n == 0)
                break;
            pass(l, n);
        }
        return true;
    }
    return false;
}

void html_link(struct buf *out, struct span html, const struct html_links *links)
{
    struct linking l = { .out = out, .links = links, .left = html };
    while (l.left.n > 0) {
        if (l.left.p[0] == '<')
            pass_tag(&l);
        else if (joins_word(l.before) || (!link_rule(&l) && !link_entries(&l)))
            pass(&l, 1);
    }
}
