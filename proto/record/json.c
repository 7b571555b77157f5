#include "proto/record/json.h"

#include <setjmp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <yajl/yajl_parse.h>

#include "proto/base/limits.h"
#include "proto/base/scan.h"

/* The UTF-16 unit of an escape \uXXXX that begins here; -1 if none does. */
static int32_t escaped_unit(struct span at)
{
    uint8_t unit[2];
    if (at.n < 6 || at.p[0] != '\\' || at.p[1] != 'u' ||
        sodium_hex2bin(unit, sizeof unit, (const char *)at.p + 2, 4, NULL, NULL, NULL) != 0)
        return -1;
    return unit[0] << 8 | unit[1];
}

/* yajl takes half of a surrogate pair for a question mark. */
static int check_escapes(struct span line, struct refusal *why)
{
    const uint8_t *end = line.p + line.n, *at = line.p;
    while (at < end && (at = memchr(at, '\\', (size_t)(end - at))) != NULL) {
        int32_t unit = escaped_unit(span_of(at, (size_t)(end - at))), low = -1;
        at += unit < 0 ? 2 : 6;
        if (unit >= 0xD800 && unit < 0xDC00) {
            low = escaped_unit(span_of(at, (size_t)(end - at)));
            at += 6;
        }
        if (unit >= 0xD800 && unit <= 0xDFFF && (low < 0xDC00 || low > 0xDFFF))
            return refuse(why, REASON_JSON_FORM, "half of a surrogate pair");
    }
    return 0;
}

/* No control character anywhere, well-formed UTF-8 throughout (yajl looks at less). */
static int check_bytes(struct span line, struct refusal *why)
{
    for (size_t i = 0; i < line.n; i++)
        if (line.p[i] < 0x20)
            return refuse(why, REASON_JSON_CHARACTER, "the line");
    while (line.n > 0)
        if (utf8_next(&line) < 0)
            return refuse(why, REASON_JSON_FORM, "not UTF-8");
    return 0;
}

#define CHUNK 32

/* What a line holds at most, and whether its quotes come in pairs. In chunks as in ascii_run():
 * compilers make a few wide instructions of each. */
static uint32_t count_values(struct span line, bool *paired)
{
    uint32_t values = 1, quotes = 0;
    for (size_t at = 0; at < line.n; at += CHUNK) {
        uint8_t chunk[CHUNK] = { 0 }, opening = 0, quoting = 0;
        memcpy(chunk, line.p + at, line.n - at < CHUNK ? line.n - at : CHUNK);
        for (size_t i = 0; i < CHUNK; i++) {
            /* Each value but the first of an array or object stands behind a comma. */
            opening += (uint8_t)((chunk[i] == ',') | (chunk[i] == '{') | (chunk[i] == '['));
            quoting += (uint8_t)(chunk[i] == '"');
        }
        values += opening;
        quotes += quoting;
    }
    *paired = quotes % 2 == 0;
    return values;
}

/* ---- what yajl tells becomes a tree ---------------------------------------------------------- */

/* yajl goes on after a callback that returns 1, and stops at 0. So `return refuse(…) == 0` stops
 * it: refuse() returns -1. */

struct builder {
    struct value *values;
    uint32_t n, most;
    char *text, *text_end;    /* where the next goes, and the end of the room */
    uint8_t *more, *more_end; /* for yajl, see make_room() */
    const char *name;         /* of the member whose value comes next */
    uint32_t open[JSON_DEPTH_MAX];
    unsigned depth;
    yajl_handle parser;
    size_t length; /* of the line */
    bool plain;    /* the line has no character that could be forbidden, so no string has */
    struct refusal *why;
};

/* In quotes: a member may be called like a cause. */
static int refuse_quoted(struct refusal *why, enum reason reason, const char *member)
{
    char quoted[sizeof why->subject];
    snprintf(quoted, sizeof quoted, "'%.*s'", (int)sizeof quoted - 3, member);
    return refuse(why, reason, quoted);
}

/* By the name of the member that the value is, or stands in. */
static int refuse_value(const struct builder *b, enum reason reason)
{
    const char *name = b->name;
    for (unsigned i = b->depth; name == NULL && i > 0; i--)
        name = b->values[b->open[i - 1]].name;
    return refuse_quoted(b->why, reason, name == NULL ? "the object" : name);
}

/* The next value, in what is open; NULL where count_values() did not make room for it. */
static struct value *add(struct builder *b, enum value_type type)
{
    if (b->n == b->most) {
        refuse(b->why, REASON_JSON_FORM, "more values than commas");
        return NULL;
    }
    struct value *v = &b->values[b->n++];
    *v = (struct value){ .type = type, .name = b->name, .span = 1 };
    b->name = NULL;
    if (b->depth > 0)
        b->values[b->open[b->depth - 1]].count++;
    return v;
}

/* The same text with a zero behind it; NULL where it is longer than it was in the line. */
static const char *add_text(struct builder *b, const unsigned char *text, size_t n)
{
    if (n >= (size_t)(b->text_end - b->text)) {
        refuse(b->why, REASON_JSON_FORM, "texts longer than the line");
        return NULL;
    }
    char *copy = b->text;
    memcpy(copy, text, n);
    copy[n] = 0;
    b->text += n + 1;
    return copy;
}

static int on_null(void *ctx)
{
    return add(ctx, VALUE_NULL) != NULL;
}

static int on_boolean(void *ctx, int yes)
{
    struct value *v = add(ctx, VALUE_BOOLEAN);
    if (v != NULL)
        v->is.integer = yes != 0;
    return v != NULL;
}

static int on_number(void *ctx, const char *digits, size_t n)
{
    struct builder *b = ctx;
    uint64_t number;
    if (decimal_parse(&number, span_of(digits, n)) != 0 || number > INTEGER_MAX)
        return refuse_value(b, REASON_JSON_NUMBER) == 0;
    struct value *v = add(b, VALUE_INTEGER);
    if (v != NULL)
        v->is.integer = (int64_t)number;
    return v != NULL;
}

static int on_string(void *ctx, const unsigned char *text, size_t n)
{
    struct builder *b = ctx;
    if (!b->plain && !text_is_plain(span_of(text, n)))
        return refuse_value(b, REASON_JSON_CHARACTER) == 0;
    struct value *v = add(b, VALUE_STRING);
    if (v == NULL)
        return 0;
    v->is.text = add_text(b, text, n);
    v->count = (uint32_t)n;
    return v->is.text != NULL;
}

static int on_name(void *ctx, const unsigned char *name, size_t n)
{
    struct builder *b = ctx;
    if (!b->plain && !text_is_plain(span_of(name, n)))
        return refuse(b->why, REASON_JSON_CHARACTER, "a member's name") == 0;
    b->name = add_text(b, name, n);
    return b->name != NULL;
}

static int open_value(struct builder *b, enum value_type type)
{
    uint32_t at = b->n;
    if (b->depth == JSON_DEPTH_MAX)
        return refuse(b->why, REASON_JSON_DEPTH, "nesting") == 0;
    if (add(b, type) == NULL)
        return 0;
    b->open[b->depth++] = at;
    return 1;
}

static int on_object(void *ctx)
{
    return open_value(ctx, VALUE_OBJECT);
}

static int on_array(void *ctx)
{
    return open_value(ctx, VALUE_ARRAY);
}

static int on_array_end(void *ctx)
{
    struct builder *b = ctx;
    struct value *v = &b->values[b->open[--b->depth]];
    v->span = (uint32_t)(&b->values[b->n] - v);
    return 1;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A name that two members of an object have, or NULL; names: room for all of them. */
static const char *name_twice(const struct value *object, const char **names)
{
    size_t n = 0;
    value_foreach (object, member)
        names[n++] = member->name;
    qsort(names, n, sizeof *names, by_name);
    for (size_t i = 1; i < n; i++)
        if (strcmp(names[i - 1], names[i]) == 0)
            return names[i];
    return NULL;
}

/* Whether an earlier member of the object has the same name. */
static bool stands_before(const struct value *object, const struct value *member)
{
    for (const struct value *v = object + 1; v != member; v += v->span)
        if (v->name[0] == member->name[0] && strcmp(v->name, member->name) == 0)
            return true;
    return false;
}

#define FEW 24 /* records have no objects of more members; attackers have */

static int check_names(const struct value *object, struct refusal *why)
{
    const char *twice = NULL;
    if (object->count > FEW) {
        const char **names = malloc(object->count * sizeof *names);
        if (names == NULL)
            return refuse(why, REASON_MEMORY, "");
        twice = name_twice(object, names);
        free(names);
    } else
        value_foreach (object, member)
            if (stands_before(object, member))
                twice = member->name;
    return twice == NULL ? 0 : refuse_quoted(why, REASON_JSON_DUPLICATE, twice);
}

static int on_object_end(void *ctx)
{
    struct builder *b = ctx;
    const struct value *object = &b->values[b->open[b->depth - 1]];
    on_array_end(b);
    /* yajl does not complain of a string that begins behind the object and is not ended: so it is
     * asked here how far it has read. */
    if (b->depth == 0 && yajl_get_bytes_consumed(b->parser) != b->length)
        return refuse(b->why, REASON_JSON_FORM, "more behind the object") == 0;
    return check_names(object, b->why) == 0;
}

/* ---- yajl's memory --------------------------------------------------------------------------- */

/* What yajl keeps for itself while it parses. It does not look whether it got any: so it gets all
 * it can want beforehand, and where that should not be enough, parsing ends. */
struct memory {
    uint8_t *next, *end;
    uint8_t *more, *more_end; /* for unescaped texts, when that is used up */
    jmp_buf used_up;
    _Alignas(max_align_t) uint8_t fixed[3072]; /* all but long unescaped texts */
};

#define ALIGNED(n) (((n) + sizeof(max_align_t) - 1) / sizeof(max_align_t) * sizeof(max_align_t))

static void *memory_get(void *ctx, size_t n)
{
    struct memory *m = ctx;
    if (ALIGNED(n) > (size_t)(m->end - m->next)) {
        m->next = m->more;
        m->end = m->more = m->more_end;
    }
    if (ALIGNED(n) > (size_t)(m->end - m->next))
        longjmp(m->used_up, 1);
    void *p = m->next;
    m->next += ALIGNED(n);
    return p;
}

static void memory_free(void *ctx, void *p)
{
    (void)ctx;
    (void)p;
}

/* yajl only ever makes them larger; what it had ends where the next begins, or with the fixed
 * bytes. */
static void *memory_resize(void *ctx, void *p, size_t n)
{
    const struct memory *m = ctx;
    const uint8_t *old = p, *fixed_end = m->fixed + sizeof m->fixed;
    uint8_t *larger = memory_get(ctx, n);
    bool apart = old >= m->fixed && old < fixed_end && (larger < m->fixed || larger >= fixed_end);
    size_t had = old == NULL ? 0 : (size_t)((apart ? fixed_end : larger) - old);
    if (had > 0)
        memcpy(larger, old, had < n ? had : n);
    return larger;
}

/* ---- parse ----------------------------------------------------------------------------------- */

static const char unended[] = "the object does not end";

static int parse(struct builder *b, struct span line)
{
    static const yajl_callbacks tell = {
        .yajl_null = on_null,
        .yajl_boolean = on_boolean,
        .yajl_number = on_number,
        .yajl_string = on_string,
        .yajl_start_map = on_object,
        .yajl_map_key = on_name,
        .yajl_end_map = on_object_end,
        .yajl_start_array = on_array,
        .yajl_end_array = on_array_end,
    };
    struct memory memory;
    memory.next = memory.fixed;
    memory.end = memory.fixed + sizeof memory.fixed;
    memory.more = b->more;
    memory.more_end = b->more_end;
    if (setjmp(memory.used_up) != 0)
        return refuse(b->why, REASON_MEMORY, "");
    yajl_alloc_funcs functions = { memory_get, memory_resize, memory_free, &memory };
    b->parser = yajl_alloc(&tell, &functions, b);
    yajl_status status = yajl_parse(b->parser, line.p, line.n);
    if (status == yajl_status_error) {
        unsigned char *text = yajl_get_error(b->parser, 0, line.p, line.n);
        return refuse_span(b->why, REASON_JSON_FORM, span_of(text, strcspn((char *)text, "\n")));
    }
    if (status == yajl_status_ok && b->depth > 0)
        return refuse(b->why, REASON_JSON_FORM, unended);
    return status == yajl_status_ok ? 0 : -1;
}

/* Gets memory for the values, their texts (without its quotes and with a zero, none is longer than
 * in the line) and, where there are escapes, for what yajl unescapes into, or keeps of a string
 * that does not end: a text of n bytes passes through buffers, each twice the one before, of at
 * most 4 n in all; the rest is the first of them and what yajl says is wrong. */
static int make_room(struct builder *b, struct span line)
{
    size_t texts = b->most * sizeof *b->values, more = ALIGNED(texts + line.n);
    size_t all = more + (b->plain ? 0 : 4 * line.n + 8192);
    b->values = malloc(all);
    if (b->values == NULL)
        return refuse(b->why, REASON_MEMORY, "");
    b->text = (char *)b->values + texts;
    b->text_end = b->text + line.n;
    b->more = (uint8_t *)b->values + more;
    b->more_end = (uint8_t *)b->values + all;
    return 0;
}

struct value *json_strict(struct span line, struct refusal *why)
{
    struct builder b = { .why = why, .length = line.n };
    if (line.n < 2 || line.p[0] != '{' || line.p[line.n - 1] != '}') {
        refuse(why, REASON_JSON_FORM, "{…}");
        return NULL;
    }
    /* Printable ASCII and no escape: what strings say is what stands there. */
    bool ascii = ascii_run(line) == line.n, escapes = memchr(line.p, '\\', line.n) != NULL, paired;
    b.plain = ascii && !escapes;
    b.most = count_values(line, &paired);
    if (!escapes && !paired) {
        refuse(why, REASON_JSON_FORM, unended);
        return NULL;
    }
    if ((!ascii && check_bytes(line, why) != 0) || (escapes && check_escapes(line, why) != 0))
        return NULL;
    if (make_room(&b, line) != 0)
        return NULL;
    if (parse(&b, line) == 0)
        return b.values;
    free(b.values);
    return NULL;
}
