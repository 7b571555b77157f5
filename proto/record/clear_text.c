#include "proto/record/clear_text.h"

#include <stdio.h>

#include "proto/record/identifier.h"
#include "proto/text/spelling.h"

/* ---- persons --------------------------------------------------------------------------------- */

static bool is_digit(uint8_t c)
{
    return c >= '0' && c <= '9';
}

static bool is_word(uint8_t c)
{
    return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Part of an RFC: Ñ is C3 91, ñ C3 B1. */
static bool is_rfc_word(uint8_t c)
{
    return is_word(c) || c == '&' || c == 0xC3 || c == 0x91 || c == 0xB1;
}

/* Of an address; whatever is not ASCII may be part of one. */
static bool is_mail_word(uint8_t c)
{
    return is_word(c) || c >= 0x80 || memchr("._%+-", c, 5) != NULL;
}

/* How long the run at the start is, of characters that are so. */
static size_t run_of(struct span s, bool (*is)(uint8_t c))
{
    size_t n = 0;
    while (n < s.n && is(s.p[n]))
        n++;
    return n;
}

static bool is_identifier(const char *type, struct span value)
{
    char normal[VALUE_MAX + 1];
    struct refusal why;
    bool good = identifier_normalise(normal, type, value, NULL, &why) == 0;
    return good;
}

/* Whether a token of its own, one of n characters at least, is an identifier of that type. */
static bool has_token(struct span text, bool (*is)(uint8_t c), const char *type, size_t least)
{
    while (text.n > 0) {
        size_t n = run_of(text, is);
        if (n >= least && is_identifier(type, span_of(text.p, n)))
            return true;
        n += n < text.n; /* what divides it from the next one */
        text = span_of(text.p + n, text.n - n);
    }
    return false;
}

/* Digits from p on, with single spaces or hyphens between them: how many bytes, and the digits
 * alone. */
static size_t digits_at(struct span s, char digits[static 32], size_t *n)
{
    size_t used = 0;
    *n = 0;
    for (size_t i = 0; i < s.n; i++) {
        if (is_digit(s.p[i])) {
            if (*n < 31)
                digits[(*n)++] = (char)s.p[i];
            used = i + 1;
        } else if ((s.p[i] != ' ' && s.p[i] != '-') || i != used) {
            break;
        }
    }
    digits[*n] = 0;
    return used;
}

/* A number of so many digits whose check digit is good. */
static bool has_number(struct span text, const char *type, size_t count)
{
    char digits[32];
    bool apart = true;
    for (size_t i = 0, n; i < text.n; i++) {
        size_t used = apart ? digits_at(span_of(text.p + i, text.n - i), digits, &n) : 0;
        bool ends = used > 0 && (i + used == text.n || !is_word(text.p[i + used]));
        if (ends && n == count && is_identifier(type, span_of(digits, n)))
            return true;
        i += used > 0 ? used - 1 : 0;
        apart = !is_word(text.p[i]);
    }
    return false;
}

/* '+' and 8 to 15 digits, as people divide them. */
static bool has_phone(struct span text)
{
    for (size_t i = 0; i < text.n; i++) {
        size_t digits = 0, k = i + 1;
        if (text.p[i] != '+' || (i > 0 && is_word(text.p[i - 1])))
            continue;
        for (; k < text.n && (is_digit(text.p[k]) || memchr(" -.()", text.p[k], 5) != NULL); k++)
            digits += is_digit(text.p[k]);
        if (digits >= 8 && digits <= 15 && (k == text.n || !is_word(text.p[k])))
            return true;
    }
    return false;
}

static bool has_email(struct span text)
{
    for (size_t i = 1; i + 1 < text.n; i++) {
        if (text.p[i] != '@' || !is_mail_word(text.p[i - 1]))
            continue;
        struct span domain = span_of(text.p + i + 1, text.n - i - 1);
        domain.n = run_of(domain, is_mail_word);
        const uint8_t *dot = domain.n > 2 ? memchr(domain.p + 1, '.', domain.n - 2) : NULL;
        if (dot != NULL)
            return true;
    }
    return false;
}

/* Whether words at the start, with one sign between each two, are an identifier of that type if
 * they are put together. */
static bool is_divided(struct span text, const char *type)
{
    char whole[20];
    size_t n = 0;
    while (text.n > 0) {
        size_t run = run_of(text, is_rfc_word);
        if (run == 0 || n + run > sizeof whole)
            return false;
        memcpy(whole + n, text.p, run);
        n += run;
        if (is_identifier(type, span_of(whole, n)))
            return true;
        text = span_of(text.p + run, text.n - run);
        if (text.n == 0 || memchr(" -._/", text.p[0], 5) == NULL)
            return false;
        text = span_of(text.p + 1, text.n - 1);
    }
    return false;
}

static bool has_divided(struct span text, const char *type)
{
    bool apart = true;
    for (size_t i = 0; i < text.n; i++) {
        if (apart && is_divided(span_of(text.p + i, text.n - i), type))
            return true;
        apart = !is_rfc_word(text.p[i]);
    }
    return false;
}

static const char *likely_person(struct span text)
{
    return has_divided(text, "curp")         ? "CURP"
           : has_divided(text, "rfc")        ? "RFC"
           : has_number(text, "account", 18) ? "CLABE"
           : has_number(text, "imei", 15)    ? "IMEI"
           : has_phone(text)                 ? "phone"
           : has_email(text)                 ? "e-mail"
                                             : NULL;
}

const char *name_of_person(struct span text, enum persons shapes)
{
    if (has_token(text, is_word, "curp", 18))
        return "CURP";
    return shapes == PERSONS_LIKELY ? likely_person(text) : NULL;
}

/* ---- a record -------------------------------------------------------------------------------- */

struct asked {
    enum persons shapes;
    const char *known_ref;
    struct refusal *why;
};

static int refuse_person(struct refusal *why, const char *member, const char *by, bool certain)
{
    char subject[96];
    snprintf(subject, sizeof subject, "%.48s (%s)", member, by);
    return refuse(why, certain ? REASON_PERSON_PLAIN : REASON_PERSON_LIKE, subject);
}

/* A text_visit_fn. Nothing of what a person is named by goes into the refusal. */
static int ask(void *ctx, const char *member, bool text, struct span characters)
{
    const struct asked *a = ctx;
    if (a->known_ref != NULL && strcmp(member, "warrant.ref") == 0 &&
        span_is(characters, a->known_ref))
        return 0;
    const char *certain = name_of_person(characters, PERSONS_CERTAIN);
    if (certain != NULL)
        return refuse_person(a->why, member, certain, true);
    if (text && spelling_check(characters, member, a->why) != 0)
        return -1;
    const char *likely =
        a->shapes == PERSONS_LIKELY ? name_of_person(characters, PERSONS_LIKELY) : NULL;
    return likely == NULL ? 0 : refuse_person(a->why, member, likely, false);
}

int names_check(enum kind k, const struct value *object, enum persons shapes, const char *known_ref,
                struct refusal *why)
{
    struct asked a = { .shapes = shapes, .known_ref = known_ref, .why = why };
    return k == KIND_REVOKE ? 0 : kind_visit_texts(k, object, ask, &a);
}
