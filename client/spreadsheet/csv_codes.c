#include "client/spreadsheet/csv_codes.h"

#include <stdio.h>
#include <strings.h>

#include "client/base/lost.h"
#include "client/show/label.h"
#include "proto/text/unicode.h"

static enum vocabulary vocabulary_of(const struct cell_target *t)
{
    if (t->part == TARGET_PERSON_TYPE)
        return VOCABULARY_SUBJECT_TYPE;
    return t->part == TARGET_WHOLE && t->m->type == TYPE_CODE ? t->m->vocabulary : VOCABULARY_NONE;
}

static const char *const *words_of_type(const struct cell_target *t)
{
    return t->part == TARGET_WHOLE ? type_words(t->m->type) : NULL;
}

bool codes_listed(const struct cell_target *t)
{
    return vocabulary_of(t) != VOCABULARY_NONE || words_of_type(t) != NULL;
}

void codes_each(const struct cell_target *t, const struct ruleset *r,
                void (*visit)(void *ctx, const char *code), void *ctx)
{
    const char *const *word = words_of_type(t);
    if (vocabulary_of(t) != VOCABULARY_NONE)
        ruleset_each_code(r, vocabulary_of(t), visit, ctx);
    for (; word != NULL && *word != NULL; word++)
        visit(ctx, *word);
}

const char *codes_words(const struct cell_target *t, const char *code, enum language language)
{
    return words_of_type(t) != NULL ? label_word_in(t->m->type, code, language)
                                    : label_in(vocabulary_of(t), code, language);
}

bool codes_same(const char *a, const char *b)
{
    struct buf x = { 0 }, y = { 0 };
    unicode_skeleton(&x, span_str(a), LIKENESS_MEANS);
    unicode_skeleton(&y, span_str(b), LIKENESS_MEANS);
    bool same = x.n > 0 && span_eq(kept_span(&x), kept_span(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

/* ---- finding one ----------------------------------------------------------------------------- */

struct code_search {
    const struct cell_target *t;
    const char *text;
    const char *exact, *alike; /* codes of the ruleset, which outlives the search */
    size_t alikes;
    const char *meant; /* the code whose spelling is nearest */
    size_t distance;
    const char *related; /* the one that has most of the text's letters in words of its own */
    size_t letters;
};

/* Short words say little, numbers much. */
static bool says_something(const char *word)
{
    return strlen(word) >= 4 || (strlen(word) == 3 && word[strspn(word, "0123456789")] == 0);
}

/* The letters of those words of `text` that nearly stand in `words`. */
static size_t shared_letters(const char *text, const char *words)
{
    static const char between[] = " ,.;:()/-_'\n";
    char a[NEAREST_MAX + 1], b[NEAREST_MAX + 1];
    size_t shared = 0;
    for (const char *p = text; *p != 0; p += strcspn(p, between)) {
        p += strspn(p, between);
        snprintf(a, sizeof a, "%.*s", (int)strcspn(p, between), p);
        struct nearest n = { .said = a };
        for (const char *q = words; says_something(a) && *q != 0 && n.best == NULL;
             q += strcspn(q, between)) {
            q += strspn(q, between);
            snprintf(b, sizeof b, "%.*s", (int)strcspn(q, between), q);
            nearest_offer(&n, b);
        }
        shared += n.best == NULL ? 0 : strlen(a);
    }
    return shared;
}

static void offer_word(struct code_search *s, const char *word, const char *code)
{
    struct nearest n = { .said = s->text };
    size_t shared = shared_letters(s->text, word);
    nearest_offer(&n, word);
    if (shared > s->letters) {
        s->related = code;
        s->letters = shared;
    }
    if (n.best == NULL || (s->meant != NULL && n.distance >= s->distance))
        return;
    s->meant = code;
    s->distance = n.distance;
}

static void try_exact(void *ctx, const char *code)
{
    struct code_search *s = ctx;
    if (strcmp(code, s->text) == 0)
        s->exact = code;
}

static void try_alike(void *ctx, const char *code)
{
    struct code_search *s = ctx;
    const char *en = codes_words(s->t, code, LANGUAGE_EN),
               *es = codes_words(s->t, code, LANGUAGE_ES);
    if (codes_same(s->text, code) || (en != NULL && codes_same(s->text, en)) ||
        (es != NULL && codes_same(s->text, es))) {
        s->alike = code;
        s->alikes++;
    }
}

static void offer_code(void *ctx, const char *code)
{
    struct code_search *s = ctx;
    const char *en = codes_words(s->t, code, LANGUAGE_EN),
               *es = codes_words(s->t, code, LANGUAGE_ES);
    offer_word(s, code, code);
    if (en != NULL)
        offer_word(s, en, code);
    if (es != NULL)
        offer_word(s, es, code);
}

/* What the map says of a word: as it is written, else but for case and accents. */
static const char *said_by_map(const struct csv_map *m, const struct cell_target *t,
                               const char *text)
{
    for (int pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < m->rows; i++) {
            const struct map_row *row = &m->row[i];
            if (row->type == MAP_WORD && strcmp(row->target.path, t->path) == 0 &&
                (pass == 0 ? strcmp(row->said, text) == 0 : codes_same(row->said, text)))
                return row->code;
        }
    return NULL;
}

bool codes_find(char out[static CODE_MAX + 1], const struct csv_map *m, const struct ruleset *r,
                const struct cell_target *t, const char *text, const char **meant)
{
    const char *mapped = said_by_map(m, t, text);
    struct code_search s = { .t = t, .text = mapped != NULL ? mapped : text };
    *meant = NULL;
    if (!codes_listed(t)) {
        snprintf(out, CODE_MAX + 1, "%s", s.text);
        return type_allows(TYPE_CODE, span_str(s.text));
    }
    codes_each(t, r, try_exact, &s);
    if (s.exact == NULL)
        codes_each(t, r, try_alike, &s);
    const char *code = s.exact != NULL ? s.exact : s.alikes == 1 ? s.alike : NULL;
    if (code == NULL)
        codes_each(t, r, offer_code, &s);
    *meant = s.meant != NULL ? s.meant : s.related;
    if (code != NULL)
        snprintf(out, CODE_MAX + 1, "%s", code);
    return code != NULL;
}
