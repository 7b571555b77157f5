#include "proto/sys/form_json.h"

#include <string.h>

#include "proto/sys/form_word.h"

static json_t *span_json(struct span s)
{
    return json_stringn((const char *)s.p, s.n);
}

json_t *form_json_text(const char *const text[2])
{
    return json_pack("{s:s,s:s}", "en", text[LANGUAGE_EN], "es", text[LANGUAGE_ES]);
}

json_t *form_json_terms(const struct form_term *list, const char *name)
{
    json_t *out = json_array();
    for (; list->name != NULL; list++)
        json_array_append_new(out, json_pack("{s:s,s:o}", name, list->name, "meaning",
                                             form_json_text(list->meaning)));
    return out;
}

void form_print_terms(FILE *to, const char *heading, const struct form_term *list,
                      enum language language)
{
    char line[512];
    size_t width = 0;
    for (const struct form_term *t = list; t->name != NULL; t++)
        width = strlen(t->name) > width ? strlen(t->name) : width;
    fprintf(to, "%s\n", heading);
    for (const struct form_term *t = list; t->name != NULL; t++) {
        snprintf(line, sizeof line, "  %-*s  %s", (int)width, t->name, t->meaning[language]);
        form_print_narrow(to, line);
    }
}

/* A list of the words of "a|b|c". */
static json_t *words_json(const char *words)
{
    json_t *list = json_array();
    for (; *words != 0; words += *words == '|') {
        size_t n = strcspn(words, "|");
        json_array_append_new(list, json_stringn(words, n));
        words += n;
    }
    return list;
}

/* Whether a value of that (English) name is a "file", a "folder", or other "text". */
static const char *takes(struct span value)
{
    static const char *const files[] = { "FILE",    "POLICY", "KEY",    "REGISTRAR",  "OVERSIGHT",
                                         "OPENING", "PATH",   "MAP",    "CHECKPOINT", "RECEIPT",
                                         "RECORDS", "MODULE", "RULESET" };
    static const char *const folders[] = { "DIR", "MIRROR", "DIR|URL" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        if (span_is(value, files[i]))
            return "file";
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (span_is(value, folders[i]))
            return "folder";
    return "text";
}

/* What is known of the values of an option or operand: "takes", and "words" where it is one of a
 * few. */
static void put_values(json_t *o, const struct form_program *p, const char *name, struct span value)
{
    const char *words = p->words == NULL ? NULL : p->words(name);
    json_object_set_new(o, "takes", json_string(takes(value)));
    if (words != NULL)
        json_object_set_new(o, "words", words_json(words));
}

static json_t *option_json(const struct form_program *p, const struct form *f,
                           const struct form_option *o)
{
    json_t *j = json_pack("{s:s,s:o,s:b}", "name", o->name, "meaning", form_json_text(o->meaning),
                          "needed", form_need(f->text, o->name) == FORM_MUST);
    if (o->value[LANGUAGE_EN] != NULL) {
        json_object_set_new(j, "value", form_json_text(o->value));
        put_values(j, p, o->name, span_str(o->value[LANGUAGE_EN]));
    }
    return j;
}

static json_t *options_json(const struct form_program *p, const struct form *f)
{
    json_t *list = json_array();
    for (const struct form_option *each = p->option; each->name != NULL; each++) {
        const struct form_option *o = form_option_of(p, f, span_str(each->name));
        if (o != NULL)
            json_array_append_new(list, option_json(p, f, o));
    }
    return list;
}

static json_t *operand_json(const struct form_program *p, const struct form_word *w)
{
    char name[32];
    struct span es = form_operand(w->name, LANGUAGE_ES), en = form_operand(w->name, LANGUAGE_EN);
    json_t *j = json_pack("{s:s,s:{s:o,s:o},s:b}", "is", "operand", "shown", "en", span_json(en),
                          "es", span_json(es), "several", w->several);
    snprintf(name, sizeof name, "%.*s", (int)w->name.n, (const char *)w->name.p);
    json_object_set_new(j, "name", json_string(name));
    put_values(j, p, name, w->name);
    return j;
}

static json_t *word_json(const struct form_program *p, const struct form_word *w)
{
    if (w->capital)
        return operand_json(p, w);
    if (form_word_is_option(w))
        return json_pack("{s:s,s:o,s:b,s:b}", "is", "option", "name", span_json(w->name),
                         "brackets", w->mark == 0, "several", w->several);
    return json_pack("{s:s,s:o,s:b}", "is", w->mark == '\'' ? "word" : "mark", "text",
                     span_json(w->name), "several", w->several);
}

/* A list for each of the command's forms, of what its synopsis shows. */
static json_t *forms_json(const struct form_program *p, const struct form *f)
{
    struct form_word w;
    json_t *forms = json_array(), *form = json_array();
    for (const char *text = f->text; form_next_word(&w, &text);) {
        if (w.mark == ',') {
            json_array_append_new(forms, form);
            form = json_array();
        } else if (w.mark != '-') {
            json_array_append_new(form, word_json(p, &w));
        }
    }
    json_array_append_new(forms, form);
    return forms;
}

json_t *form_json(const struct form_program *p, const struct form *f, const char *const summary[2])
{
    return json_pack("{s:s,s:o,s:o,s:o}", "name", f->command, "summary", form_json_text(summary),
                     "forms", forms_json(p, f), "options", options_json(p, f));
}
