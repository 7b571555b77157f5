#include "client/spreadsheet/csv_codes.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
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

/* ---- citations: "Art. 142 LIC" --------------------------------------------------------------- */

#define CITED_MAX 8

/* What a legal basis cites: its words without those that say nothing, such as "art." and "of". */
struct citation {
    char word[CITED_MAX][NEAREST_MAX + 1];
    size_t words; /* more than CITED_MAX: no citation */
};

static const char between[] = " ,.;:()/-_'\n";

/* The next word of *p into out; false behind the last. Longer words are cut. */
static bool next_word(const char **p, char out[static NEAREST_MAX + 1])
{
    *p += strspn(*p, between);
    size_t n = strcspn(*p, between);
    snprintf(out, NEAREST_MAX + 1, "%.*s", (int)n, *p);
    *p += n;
    return n > 0;
}

static bool says_nothing(const char *word)
{
    static const char *const whole[] = { "de", "del", "la", "el", "of", "the", "inciso" };
    if (strncasecmp(word, "art", 3) == 0 || strncasecmp(word, "frac", 4) == 0)
        return true;
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (strcasecmp(word, whole[i]) == 0)
            return true;
    return false;
}

static void cite(struct citation *c, const char *text)
{
    char word[NEAREST_MAX + 1];
    c->words = 0;
    while (c->words <= CITED_MAX && next_word(&text, word))
        if (!says_nothing(word) && c->words++ < CITED_MAX)
            memcpy(c->word[c->words - 1], word, sizeof word);
}

static bool cites(const struct citation *c, const char *word)
{
    for (size_t i = 0; i < c->words; i++)
        if (strcasecmp(c->word[i], word) == 0)
            return true;
    return false;
}

/* The same words in any order. */
static bool same_citation(const struct citation *a, const char *text)
{
    struct citation b;
    cite(&b, text);
    if (a->words != b.words || a->words == 0 || a->words > CITED_MAX)
        return false;
    for (size_t i = 0; i < a->words; i++)
        if (!cites(a, b.word[i]) || !cites(&b, a->word[i]))
            return false;
    return true;
}

static bool is_law(const char *word)
{
    const char *abbreviation, *name;
    for (size_t i = 0; label_law(i, &abbreviation, &name); i++)
        if (strcasecmp(word, abbreviation) == 0)
            return true;
    return false;
}

/* Whether a word is this law, or a mistyped one that is no other law. */
static bool means_law(const char *word, const char *law)
{
    struct nearest n = { .said = word };
    if (strcasecmp(word, law) == 0)
        return true;
    if (strlen(word) < 4 || is_law(word) || isdigit((unsigned char)word[0]))
        return false;
    nearest_offer(&n, law);
    return n.best != NULL;
}

static bool cites_number(const struct citation *c, unsigned long number)
{
    for (size_t i = 0; i < c->words; i++)
        if (isdigit((unsigned char)c->word[i][0]) && strtoul(c->word[i], NULL, 10) == number)
            return true;
    return false;
}

/* Whether a code may be offered for a citation: the same law and article. Another article is
 * another power. Codes without a number, such as OTHER, may always be. */
static bool may_be_cited(const struct citation *c, const char *code)
{
    char law[NEAREST_MAX + 1], word[NEAREST_MAX + 1];
    bool named = code[strcspn(code, "0123456789")] == 0;
    if (named || c->words > CITED_MAX || !next_word(&code, law))
        return named;
    for (size_t i = 0; i < c->words; i++)
        named = named || means_law(c->word[i], law);
    while (named && next_word(&code, word))
        named = !isdigit((unsigned char)word[0]) || cites_number(c, strtoul(word, NULL, 10));
    return named;
}

/* ---- finding one ----------------------------------------------------------------------------- */

struct code_search {
    const struct cell_target *t;
    const char *text;
    bool is_basis;
    struct citation cited;     /* of a legal basis */
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

/* What people call a role, where its words here are others. */
static const char *role_called(const struct cell_target *t, const char *text)
{
    static const char *const called[][2] = {
        { "solicitante", "requester" },
        { "juez", "judge" },
        { "jueza", "judge" },
        { "poseedor", "holder" },
        { "poseedora", "holder" },
        { "registrador", "registrar" },
        { "registradora", "registrar" },
        { "supervisión", "oversight" },
        { "supervisor", "oversight" },
        { "supervisora", "oversight" },
        { "auditora", "auditor" },
    };
    for (size_t i = 0;
         t->part == TARGET_WHOLE && t->m->type == TYPE_ROLE && i < sizeof called / sizeof *called;
         i++)
        if (codes_same(text, called[i][0]))
            return called[i][1];
    return NULL;
}

/* Whether a text is what stands between parentheses in the words of a code: "fiscalía". */
static bool is_aside(const char *text, const char *words)
{
    char aside[NEAREST_MAX + 1];
    const char *open = words == NULL ? NULL : strchr(words, '(');
    if (open == NULL)
        return false;
    snprintf(aside, sizeof aside, "%.*s", (int)strcspn(open + 1, ")"), open + 1);
    return codes_same(text, aside);
}

static void try_otherwise(void *ctx, const char *code)
{
    struct code_search *s = ctx;
    const char *en = codes_words(s->t, code, LANGUAGE_EN),
               *es = codes_words(s->t, code, LANGUAGE_ES);
    bool same = s->is_basis ? same_citation(&s->cited, code) ||
                                  (en != NULL && same_citation(&s->cited, en)) ||
                                  (es != NULL && same_citation(&s->cited, es))
                            : is_aside(s->text, en) || is_aside(s->text, es);
    if (!same)
        return;
    s->alike = code;
    s->alikes++;
}

static void offer_code(void *ctx, const char *code)
{
    struct code_search *s = ctx;
    const char *en = codes_words(s->t, code, LANGUAGE_EN),
               *es = codes_words(s->t, code, LANGUAGE_ES);
    if (s->is_basis && !may_be_cited(&s->cited, code))
        return;
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
    const char *role = mapped == NULL ? role_called(t, text) : NULL;
    struct code_search s = { .t = t, .text = mapped != NULL ? mapped : role != NULL ? role : text };
    *meant = NULL;
    if (!codes_listed(t)) {
        snprintf(out, CODE_MAX + 1, "%s", s.text);
        return type_allows(TYPE_CODE, span_str(s.text));
    }
    s.is_basis = vocabulary_of(t) == VOCABULARY_BASIS;
    if (s.is_basis)
        cite(&s.cited, s.text);
    codes_each(t, r, try_exact, &s);
    if (s.exact == NULL)
        codes_each(t, r, try_alike, &s);
    if (s.exact == NULL && s.alikes == 0)
        codes_each(t, r, try_otherwise, &s);
    const char *code = s.exact != NULL ? s.exact : s.alikes == 1 ? s.alike : NULL;
    if (code == NULL)
        codes_each(t, r, offer_code, &s);
    *meant = s.meant != NULL ? s.meant : s.related;
    if (code != NULL)
        snprintf(out, CODE_MAX + 1, "%s", code);
    return code != NULL;
}
