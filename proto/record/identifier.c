#include "proto/record/identifier.h"

#include "proto/base/scan.h"
#include "proto/text/spelling.h"

/* Each of these normalises text in place and returns NULL, or the cause why it cannot be one. */
typedef const char *normalise_fn(char *text, const char **doubt);

static const char check_digit_wrong[] = "the check digit is wrong";

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Drops every character that is one of those. */
static void strip(char *text, const char *those)
{
    char *to = text;
    for (; *text != 0; text++)
        if (strchr(those, *text) == NULL)
            *to++ = *text;
    *to = 0;
}

/* The number of digits, or 0 where anything else is there. */
static size_t digits_only(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return text[n] == 0 ? n : 0;
}

static bool only_zeros(const char *text)
{
    return text[strspn(text, "0")] == 0;
}

/* ASCII letters and ñ (C3 B1, in upper case C3 91): those that Mexican identifiers have. */
static void upper_case(char *text)
{
    for (; *text != 0; text++) {
        if (*text >= 'a' && *text <= 'z')
            *text = (char)(*text - 'a' + 'A');
        else if ((uint8_t)text[0] == 0xC3 && (uint8_t)text[1] == 0xB1)
            *++text = (char)0x91;
    }
}

/* Its place in 0-9, A-N, one more, O-Z: the alphabet of both check digits, where the one more is
 * Ñ for a CURP and & for an RFC. */
static int place_of(char c)
{
    return is_digit(c) ? c - '0' : c - 'A' + 10 + (c > 'N');
}

/* ---- the types ----------------------------------------------------------------------------- */

static bool fits(char c, char of)
{
    switch (of) {
    case 'A':
        return is_upper(c);
    case 'V': /* a vowel, or what stands for none */
        return strchr("AEIOUX", c) != NULL;
    case 'C':
        return is_upper(c) && strchr("AEIOU", c) == NULL;
    case 'S':
        return c == 'H' || c == 'M' || c == 'X';
    case 'X':
        return is_digit(c) || is_upper(c);
    default:
        return is_digit(c);
    }
}

/* Whether YYMMDD is a day. century: 1900 or 2000; 0: either. */
static bool is_day(const char *text, int century)
{
    static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = (text[0] - '0') * 10 + text[1] - '0', month = (text[2] - '0') * 10 + text[3] - '0',
        day = (text[4] - '0') * 10 + text[5] - '0';
    bool leap = year % 4 == 0 && (year != 0 || century != 1900);
    return month >= 1 && month <= 12 && day >= 1 &&
           day <= days[month - 1] + (month == 2 && leap ? 1 : 0);
}

static const char enye_in_curp[] = "a CURP has X in place of Ñ";
static const char names_nobody[] = "this stands for whoever has none, so it names nobody";

/* The 32 federal entities, and NE for who was born abroad. */
static bool is_entity(const char *text)
{
    static const char entities[] =
        "AS BC BS CC CH CL CM CS DF DG GR GT HG JC MC MN MS NE NL NT OC PL "
        "QR QT SL SP SR TC TL TS VZ YN ZS";
    for (const char *e = entities; e < entities + sizeof entities - 1; e += 3)
        if (e[0] == text[0] && e[1] == text[1])
            return true;
    return false;
}

static const char *curp_letters(char *text, const char **doubt)
{
    (void)doubt;
    return strstr(text, "Ñ") != NULL || strstr(text, "ñ") != NULL ? enye_in_curp : NULL;
}

/* The 17th character is a digit of who was born before 2000. The tax authority's own for
 * foreigners name nobody. */
static const char *curp_person(char *text, const char **doubt)
{
    (void)doubt;
    if (!is_day(text + 4, is_digit(text[16]) ? 1900 : 2000))
        return "the date in the CURP does not exist";
    if (!is_entity(text + 11))
        return "characters 12 and 13 of the CURP are no federal entity, nor NE";
    return strncmp(text, "XEXX010101", 10) == 0 ? names_nobody : NULL;
}

static const char *curp(char *text, const char **doubt)
{
    static const char form[] = "AVAA999999SAACCCX9";
    int sum = 0;
    (void)doubt;
    upper_case(text);
    if (strlen(text) != strlen(form))
        return "a CURP has 18 characters";
    for (int i = 0; i < 18; i++) {
        if (!fits(text[i], form[i]))
            return "not the form of a CURP, such as GOMC850315HDFRRR07";
        sum += i < 17 ? place_of(text[i]) * (18 - i) : 0;
    }
    return (10 - sum % 10) % 10 == text[17] - '0' ? NULL : check_digit_wrong;
}

/* The values that an RFC's check digit counts with, of 3 or 4 letters (Ñ is two bytes), 6 digits
 * and 3 more; a company's, which has 3 letters, begins with a space. Returns 0, or -1: not its
 * form. */
static int rfc_values(int value[static 13], const char *text)
{
    const char *tail = text + strcspn(text, "0123456789");
    struct span head = span_of(text, (size_t)(tail - text));
    int letter[4];
    size_t letters = 0;
    while (head.n > 0) {
        int32_t c = utf8_next(&head);
        if (letters == 4 || (c != 0xD1 && c != '&' && !(c >= 'A' && c <= 'Z')))
            return -1;
        letter[letters++] = c == 0xD1 ? 38 : c == '&' ? 24 : place_of((char)c);
    }
    if (letters < 3 || strlen(tail) != 9)
        return -1;
    value[0] = 37; /* the space */
    memcpy(value + 4 - letters, letter, letters * sizeof *letter);
    for (int i = 0; i < 9; i++) {
        if (!fits(tail[i], i < 6 ? '9' : 'X'))
            return -1;
        value[4 + i] = place_of(tail[i]);
    }
    return tail[8] == 'A' || is_digit(tail[8]) ? 0 : -1;
}

static const char *rfc(char *text, const char **doubt)
{
    int value[13], sum = 0;
    upper_case(text);
    if (rfc_values(value, text) != 0)
        return "an RFC is 3 or 4 letters, 6 digits and 3 characters";
    for (int i = 0; i < 12; i++)
        sum += value[i] * (13 - i);
    /* Registered ones have it wrong, too: only a doubt. */
    if ((11 - sum % 11) % 11 != value[12])
        *doubt = check_digit_wrong;
    return NULL;
}

static const char *rfc_person(char *text, const char **doubt)
{
    const char *date = text + strcspn(text, "0123456789");
    (void)doubt;
    if (strcmp(text, "XAXX010101000") == 0 || strcmp(text, "XEXX010101000") == 0)
        return names_nobody;
    return is_day(date, 0) ? NULL : "the date in the RFC does not exist";
}

/* Hyphens and spaces are a matter of whoever writes. */
static const char *plate_signs(char *text, const char **doubt)
{
    (void)doubt;
    strip(text, " -");
    for (const char *c = text; *c != 0; c++)
        if (!is_digit(*c) && !is_upper(*c))
            return "a plate has letters A to Z and digits only";
    return text[0] != 0 ? NULL : "a plate has letters A to Z and digits only";
}

static const char *plate(char *text, const char **doubt)
{
    (void)doubt;
    upper_case(text);
    return NULL;
}

static const char *phone(char *text, const char **doubt)
{
    (void)doubt;
    strip(text, " -.()");
    size_t n = text[0] == '+' ? digits_only(text + 1) : 0;
    if (n < 7 || n > 15 || text[1] == '0')
        return "a phone number is +, country code and number: 7 to 15 digits";
    return NULL;
}

/* Country codes, with a 0 behind the last. */
static bool is_in(const int *list, int code)
{
    while (*list != 0 && *list != code)
        list++;
    return *list != 0;
}

/* Where the 0 in front of a number is part of it: Italy, San Marino, the Vatican, Côte d'Ivoire,
 * Benin, Congo. */
static const int keeps_zero[] = { 39, 378, 379, 225, 229, 242, 0 };

/* "+44 (0)20": the trunk prefix, which is not dialled from abroad. Elsewhere a 0 in brackets
 * would be taken for a digit. */
static const char *phone_trunk(char *text, const char **doubt)
{
    const char *zero = strchr(text, '(');
    int code = 0, digits = 0;
    (void)doubt;
    while (zero != NULL && zero[1 + strspn(zero + 1, " ")] != '0')
        zero = strchr(zero + 1, '(');
    size_t n = zero == NULL ? 0 : strcspn(zero, ")");
    if (n == 0 || zero[n] == 0 || strspn(zero + 1, " 0") != n - 1)
        return NULL;
    for (const char *c = text; c < zero; c++)
        if (is_digit(*c) && digits++ < 3)
            code = 10 * code + *c - '0';
    if (digits == 0 || digits > 3 || memchr(zero, '0', n) != memrchr(zero, '0', n))
        return "(0) stands directly behind the country code only";
    if (is_in(keeps_zero, code))
        return "in this country the 0 is part of the number: write it without brackets";
    memmove(text + (zero - text), zero + n + 1, strlen(zero + n + 1) + 1);
    return NULL;
}

/* Countries that have 0, or 06, as trunk prefix, and no number that begins with a 0. */
static const int has_trunk_zero[] = { 20,  27,  31,  32,  33,  36,  40,  41,  43,  44,  46,  49,
                                      51,  54,  55,  57,  58,  60,  61,  62,  63,  64,  66,  81,
                                      82,  84,  86,  90,  91,  92,  93,  94,  95,  98,  212, 213,
                                      233, 234, 243, 249, 251, 254, 255, 256, 260, 261, 263, 264,
                                      353, 355, 358, 359, 374, 380, 381, 382, 385, 386, 387, 389,
                                      421, 591, 593, 595, 598, 855, 856, 880, 886, 961, 962, 963,
                                      964, 966, 967, 970, 971, 972, 977, 994, 995, 996, 0 };

/* Where such a 0 stands behind "+" and one of these codes; 0: nowhere. */
static size_t trunk_zero_at(const char *text)
{
    for (size_t digits = 2; digits <= 3; digits++) {
        int code = 0;
        for (size_t i = 1; i <= digits; i++)
            code = 10 * code + text[i] - '0';
        if (is_in(has_trunk_zero, code))
            return text[digits + 1] == '0' ? digits + 1 : 0;
    }
    return 0;
}

/* Behind +1, +7 and +52 there are ten digits. Since 2019 that is so in Mexico; the 1 before
 * mobiles went away. */
static const char *phone_plan(char *text, const char **doubt)
{
    bool mexico = text[1] == '5' && text[2] == '2';
    size_t n = strlen(text + 1);
    (void)doubt;
    if (mexico && n == 13 && text[3] == '1')
        memmove(text + 3, text + 4, n--);
    if (mexico && n != 12)
        return "behind +52 a number has ten digits, without 01, 044 or 045";
    if ((text[1] == '1' || text[1] == '7') && n != 11)
        return "behind +1 and +7 a number has ten digits, without a trunk prefix";
    return trunk_zero_at(text) > 0 ? "behind this country code no number begins with 0" : NULL;
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
    strip(text, " -/");
    size_t n = digits_only(text);
    if (n < 14 || n > 16)
        return "an IMEI has 14, 15 or 16 digits";
    /* Networks transmit a spare 0 in the place of the check digit. */
    if (n == 15 && text[14] != '0' && !luhn_good(text, n))
        return check_digit_wrong;
    text[14] = 0;
    return NULL;
}

static const char *imsi(char *text, const char **doubt)
{
    (void)doubt;
    strip(text, " -");
    size_t n = digits_only(text);
    return n == 14 || n == 15 ? NULL : "an IMSI has 14 or 15 digits";
}

static const char *account(char *text, const char **doubt)
{
    static const int weight[] = { 3, 7, 1 };
    int sum = 0;
    (void)doubt;
    strip(text, " -");
    if (digits_only(text) != 18)
        return "an account is a CLABE of 18 digits; other accounts are of type other";
    for (int i = 0; i < 17; i++)
        sum += (text[i] - '0') * weight[i % 3];
    return (10 - sum % 10) % 10 == text[17] - '0' ? NULL : check_digit_wrong;
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
    return only_zeros(text) ? names_nobody : NULL;
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
static const struct rules {
    const char *type;
    normalise_fn *before, *normalise, *after;
} types[] = {
    { "curp", curp_letters, curp, curp_person },
    { "rfc", NULL, rfc, rfc_person },
    { "phone", phone_trunk, phone, phone_plan },
    { "imei", NULL, imei, some_number },
    { "imsi", NULL, imsi, some_number },
    { "email", email_ascii, email, email_form },
    { "account", NULL, account, some_number },
    { "plate", NULL, plate, plate_signs },
    { "note", NULL, NULL, NULL },
    { NULL, NULL, NULL, spelt },
};

static const struct rules *rules_of(const char *type)
{
    const struct rules *r = types;
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
    const struct rules *r = rules_of(type);
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

/* A number as it was written before the plan was asked, without what is not dialled from abroad. */
static void undial(char *text)
{
    static const char *const gone[] = { "044", "045", "01", "02", "1" };
    size_t n = strlen(text) - 3, at = 3, drop = 0;
    bool mexico = text[1] == '5' && text[2] == '2';
    for (size_t i = 0; mexico && drop == 0 && i < sizeof gone / sizeof *gone; i++)
        if (strncmp(text + 3, gone[i], strlen(gone[i])) == 0 && n == 10 + strlen(gone[i]))
            drop = strlen(gone[i]);
    if (trunk_zero_at(text) > 0) {
        at = trunk_zero_at(text);
        drop = 1;
    } else if (n == 10 && (strncmp(text, "+11", 3) == 0 || strncmp(text, "+78", 3) == 0)) {
        at = 2;
        drop = 1;
    }
    memmove(text + at, text + at + drop, strlen(text + at + drop) + 1);
}

/* An address as it was written before its form was asked, without what is no part of it. */
static void undress(char *text)
{
    strip(text, "<>\"");
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
        undial(out);
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
