#include "client/report/parameters.h"

#include <jansson.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/show/locale.h"
#include "proto/base/base64.h"
#include "proto/base/limits.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"

#define MARK "bitacora/v"
#define WORD " report "
#define LINE_MAX_                                                                                  \
    ((size_t)CHECKPOINT_MAX * 2 + 4096) /* base64 of JSON that has base64 of the note in it */

static const char *const bys[] = { "authority", "holder", "category", "basis", "state" };
static const char *const forms[REPORT_FORMS] = { "html", "json", "csv" };
static const char *const before[REPORT_FORMS] = { "<!-- ", "{\n \"made_from\": \"",
                                                  "table,item,value" };
static const char *const behind[REPORT_FORMS] = { " -->\n", "\",\n", "" };

/* ---- months ---------------------------------------------------------------------------------- */

void month_text(char out[static 8], uint32_t month)
{
    snprintf(out, 8, "%04u-%02u", (month / 12) % 10000, month % 12 + 1);
}

int64_t month_start(uint32_t month)
{
    char text[WHEN_TEXT + 16];
    int64_t ms = 0;
    snprintf(text, sizeof text, "%04u-%02u-01T00:00:00.000Z", (month / 12) % 10000, month % 12 + 1);
    if (when_parse(&ms, span_str(text)) != 0)
        return INT64_MAX; /* beyond the year 9999 */
    return ms;
}

uint32_t month_of(int64_t ms)
{
    int year, month;
    locale_month_of(ms, &year, &month);
    return (uint32_t)(year * 12 + month - 1);
}

bool month_parse(uint32_t *out, const char *text)
{
    static const char rest[] = "-01T00:00:00.000Z";
    char whole[WHEN_TEXT + 1];
    int64_t ms;
    if (strlen(text) != 7)
        return false;
    memcpy(whole, text, 7);
    memcpy(whole + 7, rest, sizeof rest);
    if (when_parse(&ms, span_str(whole)) != 0)
        return false;
    *out = month_of(ms);
    return true;
}

/* ---- the line -------------------------------------------------------------------------------- */

const char *parameters_by_at(size_t i)
{
    return i < sizeof bys / sizeof *bys ? bys[i] : NULL;
}

const char *parameters_by(const char *text)
{
    for (size_t i = 0; i < sizeof bys / sizeof *bys; i++)
        if (strcmp(bys[i], text) == 0)
            return bys[i];
    return NULL;
}

const char *parameters_before(enum report_form f)
{
    return before[f];
}

const char *parameters_behind(enum report_form f)
{
    return behind[f];
}

void parameters_add(struct buf *out, const struct parameters *p)
{
    char from[8], to[8];
    struct buf note = { 0 };
    month_text(from, p->from);
    month_text(to, p->to);
    buf_add_base64(&note, p->note.p, p->note.n);
    json_t *v = json_made(json_pack("{s:s,s:s,s:s,s:s,s:s,s:s}", "from", from, "to", to, "by",
                                    p->by, "lang", p->language == LANGUAGE_ES ? "es" : "en", "form",
                                    forms[p->form], "checkpoint", kept_text(&note)));
    char *text = kept(json_dumps(v, JSON_COMPACT));
    buf_addf(out, MARK "%d" WORD, p->format);
    if (text != NULL)
        buf_add_base64(out, text, strlen(text));
    free(text);
    json_decref(v);
    buf_free(&note);
}

/* At most max bytes and at least one. */
static bool decode(struct buf *out, struct span base64, size_t max)
{
    size_t n = 0;
    uint8_t *to = kept(buf_reserve(out, base64.n / 4 * 3 + 3));
    if (to == NULL || base64.n > base64_length(max) || base64_decode(to, max, &n, base64) != 0 ||
        n == 0)
        return false;
    out->n += n;
    return true;
}

static bool take_members(struct parameters *out, const json_t *v)
{
    const char *from, *to, *by, *lang, *form, *note;
    if (json_unpack((json_t *)v, "{s:s,s:s,s:s,s:s,s:s,s:s!}", "from", &from, "to", &to, "by", &by,
                    "lang", &lang, "form", &form, "checkpoint", &note) != 0)
        return false;
    bool lang_ok = strcmp(lang, "es") == 0 || strcmp(lang, "en") == 0;
    out->language = strcmp(lang, "es") == 0 ? LANGUAGE_ES : LANGUAGE_EN;
    out->by = parameters_by(by);
    for (out->form = 0; out->form < REPORT_FORMS; out->form++)
        if (strcmp(forms[out->form], form) == 0)
            break;
    if (!lang_ok || out->by == NULL || out->form == REPORT_FORMS ||
        !month_parse(&out->from, from) || !month_parse(&out->to, to) || out->from > out->to ||
        out->to - out->from >= REPORT_MONTHS_MAX)
        return false;
    return decode(&out->note, span_str(note), CHECKPOINT_MAX);
}

static bool read_members(struct parameters *out, struct span base64)
{
    struct buf text = { 0 };
    json_error_t error;
    bool good = false;
    if (decode(&text, base64, LINE_MAX_ / 4 * 3)) {
        json_t *v = json_loadb((const char *)text.p, text.n, JSON_REJECT_DUPLICATES, &error);
        good = v != NULL && take_members(out, v);
        json_decref(v);
    }
    buf_free(&text);
    return good;
}

/* Where the line begins, if the file begins as one of the forms does; of CSV it is in the record
 * after the header. */
static bool find_line(struct span *s)
{
    for (int f = 0; f < REPORT_FORMS; f++) {
        if (!span_starts(*s, before[f]))
            continue;
        size_t n = strlen(before[f]);
        if (f == REPORT_CSV) {
            static const char item[] = "\nmeta,made_from,";
            size_t most = s->n < 4096 ? s->n : 4096;
            const uint8_t *at = memmem(s->p, most, item, strlen(item));
            if (at == NULL)
                return false;
            n = (size_t)(at - s->p) + strlen(item);
        }
        *s = span_of(s->p + n, s->n - n);
        return true;
    }
    return false;
}

enum parameters_read parameters_read(struct parameters *out, struct span file)
{
    struct span s = file, number;
    uint64_t version;
    size_t n = 0;
    *out = (struct parameters){ .by = NULL };
    if (!find_line(&s) || !span_starts(s, MARK))
        return PARAMETERS_NONE;
    s = span_of(s.p + strlen(MARK), s.n - strlen(MARK));
    while (n < s.n && n < 10 && s.p[n] >= '0' && s.p[n] <= '9')
        n++;
    number = span_of(s.p, n);
    s = span_of(s.p + n, s.n - n);
    if (decimal_parse(&version, number) != 0 || version == 0 || !span_starts(s, WORD))
        return PARAMETERS_NONE;
    if (version < REPORT_FORMAT_FIRST || version > REPORT_FORMAT)
        return PARAMETERS_OTHER;
    out->format = (int)version;
    s = span_of(s.p + strlen(WORD), s.n - strlen(WORD));
    for (n = 0; n < s.n && n <= LINE_MAX_; n++)
        if (strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", s.p[n]) ==
                NULL ||
            s.p[n] == 0)
            break;
    return read_members(out, span_of(s.p, n)) ? PARAMETERS_OK : PARAMETERS_DAMAGED;
}
