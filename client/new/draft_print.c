#include "client/new/draft_print.h"

#include "client/base/lost.h"
#include "client/new/choices.h"
#include "client/show/locale.h"
#include "proto/base/when.h"
#include "proto/record/member.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* A time in words, of the reader's zone and in UTC. */
static bool print_time(FILE *to, const char *text, const struct zone *z)
{
    int64_t ms;
    struct buf words = { 0 };
    if (when_parse(&ms, span_str(text)) != 0)
        return false;
    locale_time_in(&words, ms, z);
    fputs(kept_text(&words), to);
    buf_free(&words);
    return true;
}

static void print_window(FILE *to, const json_t *v, const struct zone *z)
{
    const char *from = json_string_value(json_object_get(v, "from")),
               *until = json_string_value(json_object_get(v, "until"));
    fputs(TR("from ", "desde "), to);
    if (!print_time(to, from, z))
        terminal_print(to, "%s", from);
    fputs(TR(" until, not included, ", " hasta, sin incluirlo, "), to);
    if (!print_time(to, until, z))
        terminal_print(to, "%s", until);
}

static void print_string(FILE *to, const struct member *m, const char *text, const struct zone *z)
{
    const char *words = choice_words(m, text);
    if (m->type == TYPE_TIME && print_time(to, text, z))
        return;
    terminal_print(to, "%s", text);
    if (words != NULL)
        fprintf(to, TR(" “%s”", " «%s»"), words);
}

static void print_value(FILE *to, const struct member *m, const json_t *v, const struct zone *z)
{
    if (json_is_string(v)) {
        print_string(to, m, json_string_value(v), z);
    } else if (json_is_integer(v)) {
        fprintf(to, "%lld", (long long)json_integer_value(v));
    } else if (json_is_boolean(v)) {
        fputs(json_is_true(v) ? TR("yes", "sí") : "no", to);
    } else if (json_is_string(json_object_get(v, "from")) &&
               json_is_string(json_object_get(v, "until"))) {
        print_window(to, v, z);
    } else if (json_object_get(v, "entry") != NULL && json_object_get(v, "ref") == NULL) {
        fprintf(to, TR("entry %lld", "asiento %lld"),
                (long long)json_integer_value(json_object_get(v, "entry")));
    } else if (json_object_get(v, "value") != NULL) {
        const char *type = json_string_value(json_object_get(v, "type")),
                   *value = json_string_value(json_object_get(v, "value"));
        if (type != NULL)
            terminal_print(to, "%s ", type);
        if (value != NULL)
            terminal_print(to, "%s", value);
        fputs(TR(" (will be sealed)", " (irá sellado)"), to);
    }
}

static void print_members(FILE *to, const struct member *m, const json_t *object, int indent,
                          const struct zone *z)
{
    for (; m->name != NULL; m++) {
        const json_t *v = json_object_get(object, m->name);
        if (v == NULL)
            continue;
        fprintf(to, "%*s%s: ", indent, "", m->name);
        if (m->type == TYPE_OBJECT && json_is_object(v) && json_object_get(v, "value") == NULL) {
            fprintf(to, "(%s)\n", m->meaning[language_get()]);
            print_members(to, m->shape, v, indent + 4, z);
            continue;
        }
        for (size_t i = 0; i < json_array_size(v); i++) {
            fputs(i == 0 ? "" : ", ", to);
            print_value(to, m, json_array_get(v, i), z);
        }
        print_value(to, m, v, z);
        fprintf(to, "  (%s)\n", m->meaning[language_get()]);
    }
}

void draft_print(FILE *to, enum kind kind, const json_t *record, const struct zone *z)
{
    print_members(to, kind_table[kind].members, record, 4, z);
}
