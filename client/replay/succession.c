#include "client/replay/succession.h"

#include "client/base/json_put.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

void succession_take(struct succession *s, const struct judged *e)
{
    if (!e->counts || e->record == NULL)
        return;
    if (e->kind == KIND_GENESIS && s->predecessor == NULL) {
        s->predecessor = json_of_value(value_member(e->record->object, "predecessor"));
    } else if (e->kind == KIND_FREEZE && s->frozen == NULL) {
        const struct value *member = value_member(e->record->object, "successor");
        s->frozen = json_made(json_object());
        json_put(s->frozen, "entry", json_of_index(e->index));
        json_put(s->frozen, "successor", member == NULL ? json_null() : json_of_value(member));
    }
}

static const char *member_text(const json_t *o, const char *name)
{
    const char *text = json_string_value(json_object_get(o, name));
    return text == NULL ? "" : text;
}

static void print_predecessor(const json_t *p, FILE *to)
{
    terminal_print(to,
                   TR("it goes on from %s, from entry %lld: %s. Replay that log, too, and hold its "
                      "checkpoint of that size against root %s\n",
                      "continúa a %s, desde el asiento %lld: %s. Verifique también esa bitácora, y "
                      "compare su punto de control de ese tamaño con la raíz %s\n"),
                   member_text(p, "origin"),
                   (long long)json_integer_value(json_object_get(p, "size")),
                   json_object_get(p, "proof") != NULL
                       ? TR("that log's key has signed so", "así lo firmó la clave de aquella")
                       : TR("on the word of this log alone", "solo según esta bitácora"),
                   member_text(p, "root"));
}

static void print_frozen(const json_t *f, FILE *to)
{
    const json_t *next = json_object_get(f, "successor");
    long long entry = (long long)json_integer_value(json_object_get(f, "entry"));
    if (json_is_object(next))
        terminal_print(to,
                       TR("it ended with entry %lld; it goes on as %s (%s)\n",
                          "terminó con el asiento %lld; sigue como %s (%s)\n"),
                       entry, member_text(next, "origin"), member_text(next, "vkey"));
    else
        terminal_print(to,
                       TR("it ended with entry %lld, for good\n",
                          "terminó con el asiento %lld, para siempre\n"),
                       entry);
}

void succession_print(const struct succession *s, FILE *to)
{
    if (s->predecessor != NULL)
        print_predecessor(s->predecessor, to);
    if (s->frozen != NULL)
        print_frozen(s->frozen, to);
}

void succession_json(const struct succession *s, json_t *report)
{
    if (s->predecessor != NULL)
        json_put(report, "predecessor", json_incref(s->predecessor));
    if (s->frozen != NULL)
        json_put(report, "frozen", json_incref(s->frozen));
}

void succession_free(struct succession *s)
{
    json_decref(s->predecessor);
    json_decref(s->frozen);
    *s = (struct succession){ .predecessor = NULL };
}
