#include "client/submit/draft_print.h"

#include "proto/record/member.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static void print_value(FILE *to, const json_t *v)
{
    if (json_is_string(v)) {
        terminal_print(to, "%s", json_string_value(v));
    } else if (json_is_integer(v)) {
        fprintf(to, "%lld", (long long)json_integer_value(v));
    } else if (json_is_boolean(v)) {
        fputs(json_is_true(v) ? TR("yes", "sí") : "no", to);
    } else if (json_object_get(v, "from") != NULL && json_object_get(v, "until") != NULL) {
        terminal_print(to, "%s / %s", json_string_value(json_object_get(v, "from")),
                       json_string_value(json_object_get(v, "until")));
    } else if (json_object_get(v, "entry") != NULL && json_object_get(v, "ref") == NULL) {
        fprintf(to, TR("entry %lld", "asiento %lld"),
                (long long)json_integer_value(json_object_get(v, "entry")));
    } else if (json_object_get(v, "value") != NULL) {
        print_value(to, json_object_get(v, "type"));
        fputs(" ", to);
        print_value(to, json_object_get(v, "value"));
        fputs(TR(" (will be sealed)", " (irá sellado)"), to);
    }
}

static void print_members(FILE *to, const struct member *m, const json_t *object, int indent)
{
    for (; m->name != NULL; m++) {
        const json_t *v = json_object_get(object, m->name);
        if (v == NULL)
            continue;
        fprintf(to, "%*s%s: ", indent, "", m->name);
        if (m->type == TYPE_OBJECT && json_is_object(v) && json_object_get(v, "value") == NULL) {
            fprintf(to, "(%s)\n", m->meaning[language_get()]);
            print_members(to, m->shape, v, indent + 4);
            continue;
        }
        for (size_t i = 0; i < json_array_size(v); i++) {
            fputs(i == 0 ? "" : ", ", to);
            print_value(to, json_array_get(v, i));
        }
        print_value(to, v);
        fprintf(to, "  (%s)\n", m->meaning[language_get()]);
    }
}

void draft_print(FILE *to, enum kind kind, const json_t *record)
{
    print_members(to, kind_table[kind].members, record, 4);
}
