#include "proto/identifier.h"

#include "proto/scan.h"

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

/* Its place in 0-9, A-N, one more, O-Z: the alphabet of both check digits, where the one more is Ñ for
 * a CURP and & for an RFC. */
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

/* The values that an RFC's check digit counts with, of 3 or 4 letters (Ñ is two bytes), 6 digits and 3
 * more; a company's, which has 3 letters, begins with a space. Returns 0, or -1: not its form. */
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

static const struct {
    const char *type;
    normalise_fn *normalise;
} types[] = {
    { "curp", curp }, { "rfc", rfc },     { "phone", phone },     { "imei", imei },
    { "imsi", imsi }, { "email", email }, { "account", account }, { "plate", plate },
};

int identifier_normalise(char out[static VALUE_MAX + 1], const char *type, struct span value,
                         const char **doubt, struct refusal *why)
{
    const char *cause = NULL, *doubted = NULL;
    if (value.n == 0)
        cause = "nothing is there";
    else if (value.n > VALUE_MAX)
        cause = "longer than 448 bytes";
    else if (!text_is_plain(value))
        cause = "not UTF-8, or a control character is in it";
    if (cause == NULL) {
        memcpy(out, value.p, value.n);
        out[value.n] = 0;
        for (size_t i = 0; i < sizeof types / sizeof *types; i++)
            if (strcmp(type, types[i].type) == 0)
                cause = types[i].normalise(out, &doubted);
    }
    if (doubt != NULL)
        *doubt = doubted;
    if (cause == NULL)
        return 0;
    memset(out, 0, VALUE_MAX + 1);
    return refuse(why, REASON_IDENTIFIER, cause);
}
