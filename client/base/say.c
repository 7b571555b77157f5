#include "client/base/say.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"

enum outcome outcome_worse(enum outcome a, enum outcome b)
{
    static const int rank[] = { [OUTCOME_PROVEN] = 0,
                                [OUTCOME_FOUND] = 1,
                                [OUTCOME_UNDECIDED] = 2,
                                [OUTCOME_BAD] = 3,
                                [OUTCOME_USAGE] = 4 };
    return rank[a] >= rank[b] ? a : b;
}

enum outcome outcome_of_verdict(enum verdict v)
{
    return v == VERDICT_GOOD ? OUTCOME_PROVEN : v == VERDICT_BAD ? OUTCOME_BAD : OUTCOME_UNDECIDED;
}

static void say_arguments(const char *format, va_list args)
{
    terminal_vprint(stderr, "bitacora: ", "\n", format, args);
}

void say(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
}

enum outcome say_usage(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
    return OUTCOME_USAGE;
}

enum outcome say_undecided(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    say_arguments(format, args);
    va_end(args);
    return OUTCOME_UNDECIDED;
}

void say_refusal(const char *prefix, const struct refusal *why)
{
    struct buf b = { 0 };
    refusal_sentence(&b, why, language_get());
    if (prefix != NULL)
        say("%s: %s", prefix, buf_str(&b));
    else
        say("%s", buf_str(&b));
    buf_free(&b);
}

const char *verdict_name(enum verdict v)
{
    return v == VERDICT_GOOD ? "good" : v == VERDICT_BAD ? "bad" : "undecided";
}

const char *verdict_word(enum verdict v)
{
    return v == VERDICT_GOOD  ? TR("good", "bien")
           : v == VERDICT_BAD ? TR("BAD", "MAL")
                              : TR("undecided", "sin decidir");
}

static bool time_to_draw(bool last)
{
    static struct timespec before;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    int64_t ms = (now.tv_sec - before.tv_sec) * 1000 + (now.tv_nsec - before.tv_nsec) / 1000000;
    if (ms < 100 && !last)
        return false;
    before = now;
    return true;
}

void say_progress(uint64_t done, uint64_t total)
{
    static const int cells = 40;
    if (!isatty(STDERR_FILENO) || total == 0 || !time_to_draw(done == total))
        return;
    int full = (int)((double)done / (double)total * cells);
    fprintf(stderr, "\r[%.*s%*s] %3d%% %llu/%llu%s", full,
            "########################################", cells - full, "",
            (int)((double)done / (double)total * 100), (unsigned long long)done,
            (unsigned long long)total, done == total ? "\n" : "");
}

/* What a terminal might take for a command can stand in strings alone, and there an escape is
 * the same. Jansson escapes what JSON forbids; these are the others. */
static void add_json(struct buf *out, const char *text)
{
    struct span s = span_str(text);
    while (s.n > 0) {
        struct span before = s;
        int32_t c = utf8_next(&s);
        struct span one = span_of(before.p, before.n - s.n);
        if (c < 0x7F || (c != 0x2028 && c != 0x2029 && text_is_plain(one)))
            buf_add_span(out, one);
        else if (c <= 0xFFFF)
            buf_addf(out, "\\u%04x", (unsigned)c);
        else
            buf_addf(out, "\\u%04x\\u%04x", 0xD800 + (unsigned)((c - 0x10000) >> 10),
                     0xDC00 + (unsigned)((c - 0x10000) & 0x3FF));
    }
}

/* An object from which something was lost is not shown: nobody could see that it is not whole. */
void say_json(json_t *v)
{
    char *text = kept(v == NULL ? NULL : json_dumps(v, JSON_COMPACT));
    struct buf out = { 0 };
    if (text != NULL)
        add_json(&out, text);
    buf_adds(&out, "\n");
    if (out.failed)
        lost(ENOMEM);
    if (!lost_any())
        fwrite(out.p, 1, out.n, stdout);
    fflush(stdout);
    buf_free(&out);
    free(text);
    json_decref(v);
}

json_t *json_of_hash(const struct hash *h)
{
    char text[48];
    base64_encode(text, h->b, HASH_BYTES);
    return json_text(text);
}

json_t *json_of_index(uint64_t index)
{
    return index == NO_ENTRY ? json_null() : json_made(json_integer((json_int_t)index));
}

static json_t *array_of(const struct value *v)
{
    json_t *out = json_list();
    value_foreach (v, element)
        json_push(out, json_of_value(element));
    return out;
}

static json_t *object_of(const struct value *v)
{
    json_t *out = json_made(json_object());
    value_foreach (v, member)
        json_put(out, member->name, json_of_value(member));
    return out;
}

json_t *json_of_value(const struct value *v)
{
    switch (v->type) {
    case VALUE_STRING:
        return json_made(json_stringn(v->is.text, v->count));
    case VALUE_INTEGER:
        return json_made(json_integer(v->is.integer));
    case VALUE_BOOLEAN:
        return json_boolean(v->is.integer != 0);
    case VALUE_NULL:
        return json_null();
    case VALUE_ARRAY:
        return array_of(v);
    case VALUE_OBJECT:
        return object_of(v);
    }
    return NULL;
}

_Noreturn void die_of_memory(void)
{
    fputs(TR("bitacora: out of memory\n", "bitacora: memoria agotada\n"), stderr);
    exit(OUTCOME_UNDECIDED);
}

void *must(void *p)
{
    if (p == NULL)
        die_of_memory();
    return p;
}
