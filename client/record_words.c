#include "client/record_words.h"

#include <inttypes.h>

#include "client/label.h"
#include "client/locale.h"
#include "proto/member.h"
#include "proto/when.h"

static void add_member(struct sheet *s, const struct member *m, const json_t *v);

static const char *string_of(const json_t *object, const char *member)
{
    const char *text = json_string_value(json_object_get(object, member));
    return text == NULL ? "" : text;
}

static void add_time_to(struct buf *out, const json_t *v)
{
    int64_t ms;
    const char *text = json_string_value(v);
    if (text != NULL && when_parse(&ms, span_str(text)) == 0)
        locale_time(out, ms);
}

static void add_time(struct sheet *s, const json_t *v)
{
    struct buf text = { 0 };
    add_time_to(&text, v);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_window(struct sheet *s, const json_t *v)
{
    struct buf text = { 0 };
    buf_adds(&text, TR("from ", "desde el "));
    add_time_to(&text, json_object_get(v, "from"));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
    buf_adds(&text, TR("until ", "hasta el "));
    add_time_to(&text, json_object_get(v, "until"));
    buf_adds(&text, TR(", not included", ", sin incluirlo"));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_entry(struct sheet *s, const json_t *v)
{
    struct buf text = { 0 };
    const char *hash = json_string_value(json_object_get(v, "hash"));
    buf_adds(&text, TR("entry ", "asiento "));
    locale_number(&text, (uint64_t)json_integer_value(json_object_get(v, "entry")));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
    if (hash != NULL)
        sheet_add(s, SHEET_CODE, VERDICT_GOOD, hash);
}

static void add_number(struct sheet *s, const json_t *v)
{
    struct buf text = { 0 };
    locale_number(&text, (uint64_t)json_integer_value(v));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

/* A subject or a note: that there is one, of what type, and who could open it. */
static void add_sealed(struct sheet *s, const struct member *m, const json_t *v)
{
    const json_t *to = json_object_get(json_object_get(v, "to"), "entry");
    bool note = m->shape == note_shape;
    sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
               note ? TR("%s, sealed to the oversight key of entry %" JSON_INTEGER_FORMAT,
                         "%s, sellada a la clave de supervisión del asiento %" JSON_INTEGER_FORMAT)
                    : TR("%s, sealed to the oversight key of entry %" JSON_INTEGER_FORMAT,
                         "%s, sellado a la clave de supervisión del asiento %" JSON_INTEGER_FORMAT),
               note ? TR("a note", "una nota")
                    : label(VOCABULARY_SUBJECT_TYPE, string_of(v, "type")),
               json_integer_value(to));
    sheet_add(s, SHEET_CODE, VERDICT_GOOD, string_of(v, "commit"));
}

static void add_case(struct sheet *s, const json_t *v)
{
    sheet_addf(s, SHEET_VALUE, VERDICT_GOOD, "%s: %s",
               label(VOCABULARY_CASE_SCHEME, string_of(v, "scheme")), string_of(v, "number"));
}

static void add_warrant(struct sheet *s, const json_t *v)
{
    const char *court = json_string_value(json_object_get(v, "court"));
    sheet_add(s, SHEET_VALUE, VERDICT_GOOD, string_of(v, "ref"));
    if (court != NULL)
        sheet_addf(s, SHEET_VALUE, VERDICT_GOOD, TR("court: %s", "juzgado: %s"), court);
    if (json_object_get(v, "entry") != NULL)
        add_entry(s, v);
}

static void add_object(struct sheet *s, const struct member *m, const json_t *v)
{
    if (m->shape == note_shape || m->shape == subject_shape) {
        add_sealed(s, m, v);
    } else if (m->shape == case_shape) {
        add_case(s, v);
    } else if (m->shape == warrant_ref_shape) {
        add_warrant(s, v);
    } else {
        for (const struct member *inner = m->shape; inner->name != NULL; inner++)
            if (json_object_get(v, inner->name) != NULL)
                add_member(s, inner, json_object_get(v, inner->name));
    }
}

static void add_one(struct sheet *s, const struct member *m, const json_t *v)
{
    const char *text = json_is_string(v) ? json_string_value(v) : "";
    switch (m->type) {
    case TYPE_CODE:
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD, label(m->vocabulary, text));
        return;
    case TYPE_ROLE:
    case TYPE_REASON:
    case TYPE_RESULT:
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD, label_word(m->type, text));
        return;
    case TYPE_TIME:
        add_time(s, v);
        return;
    case TYPE_INTEGER:
    case TYPE_SKEW:
        add_number(s, v);
        return;
    case TYPE_BOOL:
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD, json_is_true(v) ? TR("yes", "sí") : "no");
        return;
    case TYPE_WINDOW:
        add_window(s, v);
        return;
    case TYPE_REF:
        add_entry(s, v);
        return;
    case TYPE_OBJECT:
        add_object(s, m, v);
        return;
    case TYPE_TEXT:
    case TYPE_NAME:
    case TYPE_COUNTRY:
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD, text);
        return;
    default: /* hashes, keys, signatures, tokens */
        sheet_add(s, SHEET_CODE, VERDICT_GOOD, text);
    }
}

static void add_member(struct sheet *s, const struct member *m, const json_t *v)
{
    size_t i;
    const json_t *item;
    if (!(m->flags & ARRAY)) {
        add_one(s, m, v);
        return;
    }
    json_array_foreach (v, i, item)
        add_one(s, m, item);
}

void record_words(struct sheet *s, enum kind k, const json_t *object)
{
    for (const struct member *m = kind_table[k].members; m->name != NULL; m++) {
        const json_t *v = json_object_get(object, m->name);
        if (v == NULL && !(k == KIND_REQUEST && m->shape == warrant_ref_shape))
            continue;
        if (k == KIND_GENESIS && strcmp(m->name, "at") == 0)
            continue;
        sheet_add(s, SHEET_TERM, VERDICT_GOOD, label_member(k, m->name));
        if (v == NULL)
            sheet_add(s, SHEET_VALUE, VERDICT_GOOD, TR("none is named", "no se nombra ninguno"));
        else
            add_member(s, m, v);
        if (v != NULL && m->shape == subject_shape)
            sheet_add(s, SHEET_HINT, VERDICT_GOOD,
                      TR("who is meant cannot be read here: only that oversight body, or whoever "
                         "is shown an opening, can tell",
                         "aquí no se puede leer de quién se trata: solo ese órgano de "
                         "supervisión, o a quien se muestre una apertura, puede saberlo"));
    }
}
