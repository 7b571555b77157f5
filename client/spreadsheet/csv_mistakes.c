#include "client/spreadsheet/csv_mistakes.h"

#include <inttypes.h>
#include <stdio.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/spreadsheet/csv_codes.h"

/* ---- one mistake ----------------------------------------------------------------------------- */

/* `row 14, column 5 (E) "Dato"`: the row as the spreadsheet counts it. */
static void add_place(struct buf *out, const struct csv_place *p)
{
    char letters[4];
    buf_addf(out, TR("row %" PRIu64, "fila %" PRIu64), p->row->row);
    if (p->column == SIZE_MAX)
        return;
    csv_letters(letters, p->column);
    buf_addf(out, TR(", column %zu (%s)", ", columna %zu (%s)"), p->column + 1, letters);
    if (p->title != NULL && p->title[0] != 0)
        buf_addf(out, TR(" \"%s\"", " «%s»"), p->title);
}

static void add_meant(struct buf *out, const struct csv_place *p, const struct csv_fault *f)
{
    const char *words = codes_words(p->target, f->meant, language_get());
    buf_addf(out, TR("; did you mean %s", "; ¿quiso decir %s"), f->meant);
    if (words != NULL && strcmp(words, f->meant) != 0)
        buf_addf(out, " (%s)", words);
    buf_adds(out, "?");
}

static void say_text(const struct csv_mistakes *s, const struct csv_place *p,
                     const struct csv_fault *f)
{
    struct buf out = { 0 };
    add_place(&out, p);
    buf_adds(&out, ": ");
    if (f->text[0] != 0)
        buf_addf(&out, TR("\"%s\": ", "«%s»: "), f->text);
    buf_adds(&out, f->what);
    if (f->meant[0] != 0)
        add_meant(&out, p, f);
    if (f->expected[0] != 0)
        buf_addf(&out, TR("; expected: %s", "; se espera: %s"), f->expected);
    say("%s:%" PRIu64 ": %s", s->path, p->row->line, kept_text(&out));
    buf_free(&out);
}

static void add_listed(void *ctx, const char *code)
{
    json_push(ctx, json_text(code));
}

static void put_text(json_t *o, const char *name, const char *text)
{
    if (text != NULL && text[0] != 0)
        json_put(o, name, json_text(text));
}

static void say_object(const struct csv_mistakes *s, const struct csv_place *p,
                       const struct csv_fault *f)
{
    json_t *o =
        json_made(json_pack("{s:s,s:o,s:I,s:I}", "error", "cell", "file", json_path(s->path),
                            "line", (json_int_t)p->row->line, "row", (json_int_t)p->row->row));
    if (p->column != SIZE_MAX)
        json_put(o, "column", json_made(json_integer((json_int_t)p->column + 1)));
    put_text(o, "title", p->title);
    put_text(o, "member", p->target == NULL ? NULL : p->target->path);
    put_text(o, "value", f->text);
    put_text(o, "detail", f->what);
    put_text(o, "expected", f->expected);
    put_text(o, "meant", f->meant);
    if (f->listed) {
        json_t *codes = json_list();
        codes_each(p->target, s->r, add_listed, codes);
        json_put(o, "allowed", codes);
    }
    say_json(o);
}

static void remember_list(struct csv_mistakes *s, const struct csv_place *p)
{
    for (size_t i = 0; i < s->lists; i++)
        if (strcmp(s->listed[i].target->path, p->target->path) == 0)
            return;
    if (s->lists < LISTED_MAX)
        s->listed[s->lists++] = *p;
}

/* Whether people were told this often enough: then its row is noted for the end. */
static bool is_same_again(struct csv_mistakes *s, const struct csv_place *p,
                          const struct csv_fault *f)
{
    size_t i = 0;
    if (s->json || f->text[0] == 0 || p->column == SIZE_MAX)
        return false;
    while (i < s->sames && (s->same[i].column != p->column || s->same[i].target != p->target ||
                            strcmp(s->same[i].text, f->text) != 0))
        i++;
    if (i == SAME_MAX)
        return false;
    struct csv_same *same = &s->same[i];
    if (i == s->sames) {
        *same = (struct csv_same){ .target = p->target, .column = p->column };
        memcpy(same->text, f->text, sizeof same->text);
        s->sames++;
    }
    if (same->count++ < SAME_SAID)
        return false;
    size_t after = same->count - SAME_SAID;
    if (after <= SAME_ROWS)
        same->row[after - 1] = p->row->row;
    return true;
}

void csv_mistake(struct csv_mistakes *s, const struct csv_place *place,
                 const struct csv_fault *fault)
{
    s->rows += s->count == 0 || place->row->line != s->last_line;
    s->last_line = place->row->line;
    if (fault->listed)
        remember_list(s, place);
    s->count++;
    if (is_same_again(s, place, fault))
        return;
    if (s->said == MISTAKES_MAX) {
        s->left_out++;
        return;
    }
    s->said++;
    if (s->json)
        say_object(s, place, fault);
    else
        say_text(s, place, fault);
}

void csv_mistake_said(struct csv_mistakes *s, const struct csv_place *place, const char *what,
                      const char *expected)
{
    struct csv_fault f = { .listed = false };
    snprintf(f.what, sizeof f.what, "%s", what);
    snprintf(f.expected, sizeof f.expected, "%s", expected);
    csv_mistake(s, place, &f);
}

/* ---- the end --------------------------------------------------------------------------------- */

struct listing {
    const struct cell_target *t;
};

static void print_code(void *ctx, const char *code)
{
    const struct listing *l = ctx;
    const char *words = codes_words(l->t, code, language_get());
    fprintf(stderr, "    %-24s %s\n", code, words == NULL ? "" : words);
}

static void say_same(const struct csv_mistakes *s, const struct csv_same *same)
{
    struct buf rows = { 0 };
    if (same->count <= SAME_SAID)
        return;
    size_t more = same->count - SAME_SAID;
    for (size_t i = 0; i < more && i < SAME_ROWS; i++)
        buf_addf(&rows, "%s%" PRIu64, i == 0 ? "" : ", ", same->row[i]);
    say(TR("%s: \"%s\" is wrong in %zu more rows of column %zu: %s%s",
           "%s: «%s» está mal en otras %zu filas de la columna %zu: %s%s"),
        s->path, same->text, more, same->column + 1, kept_text(&rows),
        more > SAME_ROWS ? ", …" : "");
    buf_free(&rows);
}

/* A word that these rules do not have may be one of the log's, and the other way round. */
static void say_builtin(const struct csv_mistakes *s)
{
    say(TR("codes were taken from rules that come with this program, %s %s; the log may pin "
           "others: --policy POLICY asks it, --ruleset FILE takes their file",
           "los códigos salen de reglas que vienen con este programa, %s %s; la bitácora puede "
           "fijar otras: --policy POLÍTICA le pregunta, --ruleset ARCHIVO lleva su archivo"),
        ruleset_name(s->r), ruleset_version(s->r));
}

void csv_mistakes_end(struct csv_mistakes *s)
{
    for (size_t i = 0; i < s->sames; i++)
        say_same(s, &s->same[i]);
    for (size_t i = 0; i < s->lists && !s->json; i++) {
        const struct csv_place *p = &s->listed[i];
        struct listing l = { p->target };
        say(TR("in column %zu \"%s\" (%s) may stand, by the ruleset %s %s:",
               "en la columna %zu «%s» (%s) puede estar, según las reglas %s %s:"),
            p->column + 1, p->title == NULL ? "" : p->title, p->target->path, ruleset_name(s->r),
            ruleset_version(s->r));
        codes_each(p->target, s->r, print_code, &l);
    }
    if (s->builtin)
        say_builtin(s);
    if (s->left_out > 0)
        say(TR("%s: and %zu more mistakes", "%s: y %zu errores más"), s->path, s->left_out);
    if (s->count > 0)
        say(TR("%s: mistakes: %zu, in rows: %zu; nothing was printed",
               "%s: errores: %zu, en filas: %zu; no se imprimió nada"),
            s->path, s->count, s->rows);
}
