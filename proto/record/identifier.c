#include "proto/record/identifier.h"

#include "proto/base/scan.h"
#include "proto/record/identifier_types.h"
#include "proto/text/spelling.h"

static bool only_zeros(const char *text)
{
    return text[strspn(text, "0")] == 0;
}

/* Luhn's check digit, over the digits before it. */
static bool luhn_good(const char *text, size_t n)
{
    int sum = 0;
    for (size_t i = 0; i < n; i++) {
        int twice = (text[i] - '0') << ((n - 1 - i) & 1);
        sum += twice > 9 ? twice - 9 : twice;
    }
    return sum % 10 == 0;
}

static const char *imei(char *text, const char **doubt)
{
    (void)doubt;
    identifier_strip(text, " -/");
    size_t n = identifier_digits(text);
    if (n < 14 || n > 16)
        return "an IMEI has 14, 15 or 16 digits";
    /* Networks transmit a spare 0 in the place of the check digit. */
    if (n == 15 && text[14] != '0' && !luhn_good(text, n))
        return CAUSE_CHECK_DIGIT;
    text[14] = 0;
    return NULL;
}

static const char *imsi(char *text, const char **doubt)
{
    (void)doubt;
    identifier_strip(text, " -");
    size_t n = identifier_digits(text);
    return n == 14 || n == 15 ? NULL : "an IMSI has 14 or 15 digits";
}

static const char *email(char *text, const char **doubt)
{
    (void)doubt;
    for (char *c = text; *c != 0; c++)
        if (*c >= 'A' && *c <= 'Z')
            *c = (char)(*c - 'A' + 'a');
    const char *at = strchr(text, '@');
    if (at == NULL || at == text || at[1] == 0 || strchr(at + 1, '@') != NULL ||
        strchr(text, ' ') != NULL)
        return "an e-mail address has one @, something on both sides and no spaces";
    return strlen(text) > 254 ? "an e-mail address has at most 254 bytes" : NULL;
}

/* Domains of other letters have a form in ASCII; a mailbox of other letters is of type `other`. */
// NOLINTNEXTLINE(readability-non-const-parameter): others in the table write the text
static const char *email_ascii(char *text, const char **doubt)
{
    (void)doubt;
    for (const char *c = text; *c != 0; c++)
        if ((uint8_t)*c >= 0x80)
            return "an e-mail address is ASCII: the domain in its form xn--…";
    return NULL;
}

/* Between dots: letters, digits, and hyphens inside. */
static bool is_domain(const char *text)
{
    for (char before = '.';; before = *text++) {
        bool edge = before == '.' || before == '-';
        if (*text == 0 || *text == '.' ? edge
                                       : !((*text >= 'a' && *text <= 'z') || is_digit(*text) ||
                                           (*text == '-' && before != '.')))
            return false;
        if (*text == 0)
            return true;
    }
}

/* "<a@b>", "mailto:a@b", "a@b." and "\"a\"@b" are all a@b: only that is taken. */
static const char *email_form(char *text, const char **doubt)
{
    static const char box[] = "abcdefghijklmnopqrstuvwxyz0123456789.!#$%&'*+/=?^_`{|}~-";
    const char *at = strchr(text, '@');
    (void)doubt;
    return strspn(text, box) == (size_t)(at - text) && is_domain(at + 1)
               ? NULL
               : "an e-mail address alone: no quotes, brackets or mailto:, no point at its end";
}

static const char *some_number(char *text, const char **doubt)
{
    (void)doubt;
    return only_zeros(text) ? CAUSE_NAMES_NOBODY : NULL;
}

/* Any type without a form of its own, but notes. */
static const char *spelt(char *text, const char **doubt)
{
    struct refusal why;
    (void)doubt;
    return spelling_check(span_str(text), "", &why) == 0
               ? NULL
               : "a space at an end or other than U+0020, an invisible character, or not in form "
                 "NFC";
}

/* What all versions asked, and what is asked since, before it and after it. */
static const struct type_rules {
    const char *type;
    normalise_fn *before, *normalise, *after;
} types[] = {
    { "curp", mx_curp_letters, mx_curp, mx_curp_person },
    { "rfc", NULL, mx_rfc, mx_rfc_person },
    { "phone", phone_trunk, phone_number, phone_plan },
    { "imei", NULL, imei, some_number },
    { "imsi", NULL, imsi, some_number },
    { "email", email_ascii, email, email_form },
    { "account", NULL, mx_account, some_number },
    { "plate", NULL, mx_plate, mx_plate_signs },
    { "note", NULL, NULL, NULL },
    { NULL, NULL, NULL, spelt },
};

static const struct type_rules *rules_of(const char *type)
{
    const struct type_rules *r = types;
    while (r->type != NULL && strcmp(type, r->type) != 0)
        r++;
    return r;
}

static const char *apply(normalise_fn *f, char *text, const char **doubt)
{
    return f == NULL ? NULL : f(text, doubt);
}

int identifier_normalise_as(enum identifier_rules since, char out[static VALUE_MAX + 1],
                            const char *type, struct span value, const char **doubt,
                            struct refusal *why)
{
    const char *cause = NULL, *doubted = NULL;
    const struct type_rules *r = rules_of(type);
    if (value.n == 0)
        cause = "nothing is there";
    else if (value.n > VALUE_MAX)
        cause = "longer than 448 bytes";
    else if (!text_is_plain(value))
        cause = "not UTF-8, or a control character is in it";
    if (cause == NULL) {
        memcpy(out, value.p, value.n);
        out[value.n] = 0;
        if (since == IDENTIFIER_NOW)
            cause = apply(r->before, out, &doubted);
        if (cause == NULL)
            cause = apply(r->normalise, out, &doubted);
        if (cause == NULL && since == IDENTIFIER_NOW)
            cause = apply(r->after, out, &doubted);
    }
    if (doubt != NULL)
        *doubt = doubted;
    if (cause == NULL)
        return 0;
    memset(out, 0, VALUE_MAX + 1);
    return refuse(why, REASON_IDENTIFIER, cause);
}

int identifier_normalise(char out[static VALUE_MAX + 1], const char *type, struct span value,
                         const char **doubt, struct refusal *why)
{
    return identifier_normalise_as(IDENTIFIER_NOW, out, type, value, doubt, why);
}

/* An address as it was written before its form was asked, without what is no part of it. */
static void undress(char *text)
{
    identifier_strip(text, "<>\"");
    if (strncmp(text, "mailto:", 7) == 0)
        memmove(text, text + 7, strlen(text + 7) + 1);
    for (size_t n = strlen(text); n > 0 && strchr(".,;", text[n - 1]) != NULL; n--)
        text[n - 1] = 0;
}

/* By the rules of then, which said less and so refused less. */
static bool comparable(char out[static VALUE_MAX + 1], enum identifier_rules since,
                       const char *type, const char *value)
{
    struct refusal why;
    if (identifier_normalise_as(since, out, type, span_str(value), NULL, &why) != 0)
        return false;
    if (since != IDENTIFIER_NOW && strcmp(type, "phone") == 0)
        phone_undial(out);
    if (since != IDENTIFIER_NOW && strcmp(type, "email") == 0)
        undress(out);
    return true;
}

bool identifier_same(const char *type, const char *a, const char *b)
{
    char x[VALUE_MAX + 1], y[VALUE_MAX + 1];
    bool same = strcmp(a, b) == 0;
    for (int since = IDENTIFIER_NOW; !same && since <= IDENTIFIER_2026_11; since++)
        same = comparable(x, (enum identifier_rules)since, type, a) &&
               comparable(y, (enum identifier_rules)since, type, b) && strcmp(x, y) == 0;
    memset(x, 0, sizeof x);
    memset(y, 0, sizeof y);
    return same;
}
