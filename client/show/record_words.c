#include "client/show/record_words.h"

#include <inttypes.h>

#include "client/base/json_put.h"
#include "client/show/label.h"
#include "client/show/locale.h"
#include "proto/base/when.h"
#include "proto/record/member.h"

static void add_member(struct sheet *s, const struct member *m, const struct value *v);

static void add_time_to(struct buf *out, const struct value *v,
                        void (*in_words)(struct buf *out, int64_t ms))
{
    int64_t ms;
    const char *text = value_text(v);
    if (text != NULL && when_parse(&ms, span_str(text)) == 0)
        in_words(out, ms);
}

/* No `until` is included in what it ends. */
static void add_time(struct sheet *s, const struct member *m, const struct value *v)
{
    struct buf text = { 0 };
    add_time_to(&text, v,
                strcmp(m->name, "until") == 0 ? locale_until
                : strcmp(m->name, "at") == 0  ? locale_time /* of no weight */
                                              : locale_time_exact);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_window(struct sheet *s, const struct value *v)
{
    struct buf text = { 0 };
    buf_adds(&text, TR("from ", "desde el "));
    add_time_to(&text, value_member(v, "from"), locale_time_exact);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
    buf_adds(&text, TR("until ", "hasta el "));
    add_time_to(&text, value_member(v, "until"), locale_until);
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

static void add_entry(struct sheet *s, const struct value *v)
{
    struct buf text = { 0 };
    const char *hash = value_text(value_member(v, "hash"));
    buf_adds(&text, TR("entry ", "asiento "));
    locale_number(&text, (uint64_t)value_integer(value_member(v, "entry")));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
    if (hash != NULL)
        sheet_add(s, SHEET_CODE, VERDICT_GOOD, hash);
}

static void add_number(struct sheet *s, const struct value *v)
{
    struct buf text = { 0 };
    locale_number(&text, (uint64_t)value_integer(v));
    sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
}

/* A subject or a note: that there is one, of what type, and who could open it. */
static void add_sealed(struct sheet *s, const struct member *m, const struct value *v)
{
    const struct value *to = value_member(value_member(v, "to"), "entry");
    bool note = m->shape == note_shape;
    sheet_addf(s, SHEET_VALUE, VERDICT_GOOD,
               note ? TR("%s, sealed to the oversight key of entry %" PRId64,
                         "%s, sellada a la clave de supervisión del asiento %" PRId64)
                    : TR("%s, sealed to the oversight key of entry %" PRId64,
                         "%s, sellado a la clave de supervisión del asiento %" PRId64),
               note ? TR("a note", "una nota")
                    : label(VOCABULARY_SUBJECT_TYPE, value_text_of(v, "type")),
               value_integer(to));
    sheet_add(s, SHEET_CODE, VERDICT_GOOD, value_text_of(v, "commit"));
}

static void add_case(struct sheet *s, const struct value *v)
{
    sheet_addf(s, SHEET_VALUE, VERDICT_GOOD, "%s: %s",
               label(VOCABULARY_CASE_SCHEME, value_text_of(v, "scheme")),
               value_text_of(v, "number"));
}

static void add_warrant(struct sheet *s, const struct value *v)
{
    const char *court = value_text(value_member(v, "court"));
    sheet_add(s, SHEET_VALUE, VERDICT_GOOD, value_text_of(v, "ref"));
    if (court != NULL)
        sheet_addf(s, SHEET_VALUE, VERDICT_GOOD, TR("court: %s", "juzgado: %s"), court);
    if (value_member(v, "entry") != NULL)
        add_entry(s, v);
}

static void add_object(struct sheet *s, const struct member *m, const struct value *v)
{
    if (m->shape == note_shape || m->shape == subject_shape) {
        add_sealed(s, m, v);
    } else if (m->shape == case_shape) {
        add_case(s, v);
    } else if (m->shape == warrant_ref_shape) {
        add_warrant(s, v);
    } else {
        for (const struct member *inner = m->shape; inner->name != NULL; inner++)
            if (value_member(v, inner->name) != NULL)
                add_member(s, inner, value_member(v, inner->name));
    }
}

static void add_one(struct sheet *s, const struct member *m, const struct value *v)
{
    const char *text = value_is(v, VALUE_STRING) ? value_text(v) : "";
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
        add_time(s, m, v);
        return;
    case TYPE_INTEGER:
    case TYPE_COUNT:
    case TYPE_SKEW:
        add_number(s, v);
        return;
    case TYPE_BOOL:
        sheet_add(s, SHEET_VALUE, VERDICT_GOOD, value_true(v) ? TR("yes", "sí") : "no");
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

/* The tables of an index, each with the entries that it covers. */
static void add_tables(struct sheet *s, const struct value *tables)
{
    uint64_t from = 0;
    value_foreach (tables, table) {
        struct buf text = { 0 };
        uint64_t n = (uint64_t)value_integer(value_member(table, "entries"));
        buf_adds(&text, TR("entries ", "asientos "));
        locale_number(&text, from);
        buf_adds(&text, TR(" to ", " a "));
        locale_number(&text, from + n - 1);
        buf_adds(&text, TR(", rows: ", ", filas: "));
        locale_number(&text, (uint64_t)value_integer(value_member(table, "rows")));
        sheet_take(s, SHEET_VALUE, VERDICT_GOOD, &text);
        sheet_add(s, SHEET_CODE, VERDICT_GOOD, value_text_of(table, "root"));
        from += n;
    }
}

static void add_member(struct sheet *s, const struct member *m, const struct value *v)
{
    if (m->shape == table_shape) {
        add_tables(s, v);
        return;
    }
    if (!(m->flags & ARRAY)) {
        add_one(s, m, v);
        return;
    }
    value_foreach (v, item)
        add_one(s, m, item);
}

void record_words(struct sheet *s, enum kind k, const struct value *object)
{
    for (const struct member *m = kind_table[k].members; m->name != NULL; m++) {
        const struct value *v = value_member(object, m->name);
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

json_t *record_words_json(enum kind k, const struct value *object)
{
    struct sheet s = { 0 };
    json_t *list = json_list(), *values = NULL;
    record_words(&s, k, object);
    for (size_t i = 0; i < s.entries; i++) {
        if (s.entry[i].line == SHEET_TERM) {
            json_t *pair = json_made(json_pack("{s:s,s:[]}", "term", s.entry[i].text, "values"));
            values = json_object_get(pair, "values");
            json_push(list, pair);
        } else if (values != NULL && s.entry[i].line != SHEET_HINT) {
            json_push(values, json_text(s.entry[i].text));
        }
    }
    sheet_free(&s);
    return list;
}
