#include "client/import/values.h"

#include <ctype.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/scan.h"
#include "proto/record/identifier.h"

char *take_authority(json_t *v)
{
    const char *country = peek_text(v, "CountryCode"), *unique = peek_text(v, "UniqueIdentifier");
    if (country == NULL || unique == NULL || !isalnum((unsigned char)*country) || *unique == 0 ||
        strlen(country) + 1 + strlen(unique) > CODE_MAX)
        return NULL;
    char *out = NULL;
    if (asprintf(&out, "%s.%s", country, unique) < 0)
        return kept(NULL);
    for (char *p = out; *p != 0; p++) {
        *p = (char)tolower((unsigned char)*p);
        if (!isalnum((unsigned char)*p) && strchr("._-", *p) == NULL) {
            free(out);
            return NULL;
        }
    }
    json_decref(take(v, "CountryCode"));
    json_decref(take(v, "UniqueIdentifier"));
    return out;
}

json_t *take_reference(json_t *object, const char *name)
{
    const char *text = peek_text(object, name);
    if (text == NULL || *text == 0 || strlen(text) > TEXT_MAX || !text_is_plain(span_str(text)))
        return NULL;
    return take(object, name);
}

/* ---- times ----------------------------------------------------------------------------------- */

/* Two digits up to max; -1 if they are not that. */
static int two_digits(const char *p, int max)
{
    if (!isdigit((unsigned char)p[0]) || !isdigit((unsigned char)p[1]))
        return -1;
    int n = (p[0] - '0') * 10 + p[1] - '0';
    return n <= max ? n : -1;
}

/* "Z", "+02:00": the offset in milliseconds. Returns 0 or -1. */
static int parse_offset(int64_t *ms, const char *p)
{
    *ms = 0;
    if (strcmp(p, "Z") == 0)
        return 0;
    if (strlen(p) != 6 || (*p != '+' && *p != '-') || p[3] != ':')
        return -1;
    int hours = two_digits(p + 1, 23), minutes = two_digits(p + 4, 59);
    if (hours < 0 || minutes < 0)
        return -1;
    *ms = (int64_t)(hours * 60 + minutes) * 60000 * (*p == '+' ? 1 : -1);
    return 0;
}

/* Digits behind a point: the first three of them into out. Returns how long it is, 0: no digit. */
static size_t parse_fraction(char out[static 3], const char *point)
{
    size_t n = 1;
    for (; isdigit((unsigned char)point[n]); n++)
        if (n <= 3)
            out[n - 1] = point[n];
    return n == 1 ? 0 : n;
}

static int time_of(char out[static WHEN_TEXT + 1], const char *text)
{
    char shape[WHEN_TEXT + 1] = "0000-00-00T00:00:00.000Z", first[] = "0001-01-01T00:00:00.000Z",
                           last[] = "9999-12-31T23:59:59.999Z";
    int64_t ms, offset, least, most;
    if (strlen(text) < 20)
        return -1;
    memcpy(shape, text, 19);
    size_t fraction = text[19] == '.' ? parse_fraction(shape + 20, text + 19) : 0;
    if (parse_offset(&offset, text + 19 + fraction) != 0 ||
        when_parse(&ms, span_of(shape, WHEN_TEXT)) != 0 ||
        when_parse(&least, span_of(first, WHEN_TEXT)) != 0 ||
        when_parse(&most, span_of(last, WHEN_TEXT)) != 0 || ms - offset < least ||
        ms - offset > most)
        return -1;
    when_format(out, ms - offset);
    return 0;
}

/* Whether a member is a time. One that cannot be is named and taken. */
static bool read_time(char out[static WHEN_TEXT + 1], const struct import_place *at, json_t *object,
                      const char *name)
{
    const char *text = peek_text(object, name);
    if (text == NULL)
        return false;
    if (time_of(out, text) == 0)
        return true;
    struct buf b = { 0 };
    buf_addf(&b, TR("%s %.64s: no time of RFC 3339", "%s %.64s: no es un tiempo de RFC 3339"), name,
             text);
    name_unmapped(at, kept_text(&b));
    buf_free(&b);
    json_decref(take(object, name));
    return false;
}

bool take_time(char out[static WHEN_TEXT + 1], const struct import_place *at, json_t *object,
               const char *name)
{
    if (!read_time(out, at, object, name))
        return false;
    json_decref(take(object, name));
    return true;
}

json_t *take_window(const struct import_place *at, json_t *object)
{
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    bool begins = read_time(from, at, object, "StartTime");
    bool ends = read_time(until, at, object, "EndTime");
    if (!begins || !ends || strcmp(from, until) >= 0)
        return NULL;
    json_decref(take(object, "StartTime"));
    json_decref(take(object, "EndTime"));
    return json_made(json_pack("{s:s,s:s}", "from", from, "until", until));
}

/* ---- codes ----------------------------------------------------------------------------------- */

const char *dictionary_value(const json_t *entry, const char *dictionary)
{
    const char *owner = peek_text(entry, "Owner"), *name = peek_text(entry, "Name");
    if (owner == NULL || name == NULL || strcmp(owner, "ETSI") != 0 ||
        strcmp(name, dictionary) != 0 || json_object_size(entry) != 3)
        return NULL;
    return peek_text(entry, "Value");
}

/* ---- subjects -------------------------------------------------------------------------------- */

/* The formats of TS 103 280 that are identifiers of a type of ours. */
static const struct format {
    const char *name;
    const char *type;
    const char *theirs; /* a prefix that their form has, or may have, and ours has not */
    const char *ours;   /* and the other way round */
} formats[] = {
    { "InternationalE164", "phone", "", "+" },
    { "GPSIMSISDN", "phone", "msisdn-", "+" },
    { "TELURI", "phone", "tel:+", "+" },
    { "IMSI", "imsi", "", "" },
    { "SUPIIMSI", "imsi", "imsi-", "" },
    { "IMEI", "imei", "", "" },
    { "IMEICheckDigit", "imei", "", "" },
    { "IMEISV", "imei", "", "" },
    { "PEIIMEI", "imei", "imei-", "" },
    { "PEIIMEICheckDigit", "imei", "imei-", "" },
    { "PEIIMEISV", "imei", "imeisv-", "" },
    { "EmailAddress", "email", "", "" },
    { "InternationalizedEmailAddress", "email", "", "" },
};

/* The format that a target names; NULL if it is none of them, or another owner's of the same
 * name. */
static const struct format *format_of(const json_t *type)
{
    const char *owner = peek_text(type, "FormatOwner"), *name = peek_text(type, "FormatName");
    if (owner == NULL || name == NULL || strcmp(owner, "ETSI") != 0)
        return NULL;
    for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
        if (strcmp(name, formats[i].name) == 0)
            return &formats[i];
    return NULL;
}

/* The subject, if the value can be an identifier of the format's type; else NULL, and *why. */
static json_t *subject_of(const struct format *f, const char *value, struct refusal *why)
{
    char normal[VALUE_MAX + 1];
    size_t n = strlen(f->theirs);
    struct buf b = { 0 };
    if (n > 0 && strncasecmp(value, f->theirs, n) == 0)
        value += n;
    buf_addf(&b, "%s%s", value[0] == '+' ? "" : f->ours, value);
    kept_text(&b);
    json_t *subject = NULL;
    if (!b.failed && identifier_normalise(normal, f->type, buf_span(&b), NULL, why) == 0)
        subject =
            json_made(json_pack("{s:s,s:s%}", "type", f->type, "value", (const char *)b.p, b.n));
    buf_free(&b);
    return subject;
}

static json_t *other_subject(const char *value)
{
    char normal[VALUE_MAX + 1];
    struct refusal why;
    if (identifier_normalise(normal, "other", span_str(value), NULL, &why) != 0)
        return NULL;
    return json_made(json_pack("{s:s,s:s}", "type", "other", "value", value));
}

/* Says that the subject's type is other, and of which format, and why. */
static void name_other(const struct import_place *at, const char *path, const json_t *type,
                       const char *cause)
{
    const char *owner = peek_text(type, "FormatOwner"), *name = peek_text(type, "FormatName");
    struct buf b = { 0 };
    buf_addf(&b,
             TR("%s.FormatType %s %s: the subject's type is `other`%s%s",
                "%s.FormatType %s %s: el tipo del sujeto es `other`%s%s"),
             path, owner == NULL ? "-" : owner, name == NULL ? "-" : name,
             cause == NULL ? "" : ": ", cause == NULL ? "" : cause);
    name_unmapped(at, kept_text(&b));
    buf_free(&b);
}

static json_t *take_target(const struct import_place *at, const char *path, json_t *target)
{
    json_t *type = take_object(target, "FormatType"), *subject = NULL;
    const char *value = peek_text(target, "Value"), *cause = NULL;
    const struct format *f = format_of(type);
    struct refusal why;
    if (value != NULL && f != NULL && (subject = subject_of(f, value, &why)) == NULL)
        cause = cause_words(why.subject, language_get());
    if (value != NULL && subject == NULL && (subject = other_subject(value)) != NULL)
        name_other(at, path, type, cause);
    if (subject != NULL) {
        json_decref(take(target, "Value"));
        json_decref(take(type, "FormatOwner"));
        json_decref(take(type, "FormatName"));
    } else {
        struct buf b = { 0 };
        buf_addf(&b,
                 TR("%s: a target without a value that can be sealed",
                    "%s: un objetivo sin un valor que se pueda sellar"),
                 path);
        name_unmapped(at, kept_text(&b));
        buf_free(&b);
    }
    struct buf inner = { 0 };
    buf_addf(&inner, "%s.FormatType", path);
    name_rest(at, kept_text(&inner), type);
    buf_free(&inner);
    name_rest(at, path, json_incref(target));
    return subject;
}

size_t take_targets(const struct import_place *at, const char *path, json_t *values,
                    json_t *subjects)
{
    size_t n = items(values);
    for (size_t i = 0; i < n; i++) {
        json_t *subject = take_target(at, path, item(values, i));
        if (subject != NULL)
            json_push(subjects, subject);
    }
    json_decref(values);
    return n;
}
