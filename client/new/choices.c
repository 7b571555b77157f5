#include "client/new/choices.h"

#include <string.h>

#include "client/base/lost.h"
#include "client/spreadsheet/csv_codes.h"
#include "proto/base/scan.h"
#include "proto/sys/language.h"

static struct cell_target target_of(const struct member *m)
{
    return (struct cell_target){ .m = m, .part = TARGET_WHOLE };
}

bool choices_are(const struct member *m)
{
    struct cell_target t = target_of(m);
    return codes_listed(&t);
}

const char *choice_words(const struct member *m, const char *code)
{
    struct cell_target t = target_of(m);
    return choices_are(m) ? codes_words(&t, code, language_get()) : NULL;
}

const char *choice_form(const struct member *m)
{
    bool people = m->type == TYPE_OBJECT && (m->flags & ARRAY);
    if (people)
        return TR(" TYPE=VALUE, such as curp=GOMC850315HDFRRR07, one at a time; or @FILE",
                  " TIPO=VALOR, como curp=GOMC850315HDFRRR07, uno cada vez; o @ARCHIVO");
    if (m->type == TYPE_REF)
        return TR(" the index of its entry", " el índice de su asiento");
    if (m->type == TYPE_WINDOW)
        return TR(" FROM/UNTIL, UNTIL not included, such as 2026-01-01/2026-07-01",
                  " DESDE/HASTA, HASTA no incluido, como 2026-01-01/2026-07-01");
    if (m->type == TYPE_TIME)
        return TR(" such as 2026-01-31 or 2026-01-31T10:00", " como 2026-01-31 o 2026-01-31T10:00");
    if (m->type == TYPE_BOOL)
        return TR(" yes or no", " sí o no");
    return "";
}

/* ---- the list -------------------------------------------------------------------------------- */

struct choice_list {
    FILE *to;
    struct cell_target t;
    size_t number;
    uint64_t wanted; /* the number that is looked for */
    const char *found;
};

static void print_choice(void *ctx, const char *code)
{
    struct choice_list *l = ctx;
    enum language own = language_get();
    const char *here = codes_words(&l->t, code, own),
               *there = codes_words(&l->t, code, own == LANGUAGE_ES ? LANGUAGE_EN : LANGUAGE_ES);
    fprintf(l->to, "   %3zu  %-22s %s%s%s\n", ++l->number, code, here == NULL ? "" : here,
            there == NULL ? "" : " / ", there == NULL ? "" : there);
}

void choices_print(FILE *to, const struct ruleset *r, const struct member *m)
{
    struct choice_list l = { .to = to, .t = target_of(m) };
    codes_each(&l.t, r, print_choice, &l);
}

static void count_choice(void *ctx, const char *code)
{
    struct choice_list *l = ctx;
    if (++l->number == l->wanted)
        l->found = code;
}

/* ---- an answer ------------------------------------------------------------------------------- */

static bool read_one(struct buf *out, const struct ruleset *r, const struct member *m,
                     const char *text, const char **meant)
{
    struct choice_list l = { .t = target_of(m) };
    static const struct csv_map none; /* of words of one's own */
    char code[CODE_MAX + 1];
    bool number = decimal_parse(&l.wanted, span_str(text)) == 0;
    if (number)
        codes_each(&l.t, r, count_choice, &l);
    bool found = number ? l.found != NULL : codes_find(code, &none, r, &l.t, text, meant);
    buf_adds(out, !found ? text : number ? l.found : code);
    return found;
}

static void read_item(struct buf *out, const struct ruleset *r, const struct member *m,
                      const char *item, size_t n, const char **meant)
{
    char text[200];
    while (n > 0 && *item == ' ') {
        item++;
        n--;
    }
    while (n > 0 && item[n - 1] == ' ')
        n--;
    snprintf(text, sizeof text, "%.*s", (int)(n < sizeof text ? n : sizeof text - 1), item);
    (void)read_one(out, r, m, text, meant);
}

/* The words of a code may have a comma in them: an answer that is one as a whole is that one. */
void choices_read(struct buf *out, const struct ruleset *r, const struct member *m,
                  const char *answer, const char **meant)
{
    struct buf whole = { 0 };
    *meant = NULL;
    if (read_one(&whole, r, m, answer, meant) || !(m->flags & ARRAY)) {
        buf_add_span(out, buf_span(&whole));
        buf_free(&whole);
        return;
    }
    buf_free(&whole);
    for (const char *p = answer;;) {
        size_t n = strcspn(p, ",");
        read_item(out, r, m, p, n, meant);
        if (p[n] == 0)
            return;
        buf_adds(out, ",");
        p += n + 1;
    }
}
