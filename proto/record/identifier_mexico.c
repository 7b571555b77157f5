/* What Mexican identifiers are: CURP, RFC, CLABE, number plates. */
#include "proto/base/scan.h"
#include "proto/record/identifier_types.h"

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
    static const int days[] = { 0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    int year = (text[0] - '0') * 10 + text[1] - '0', month = (text[2] - '0') * 10 + text[3] - '0',
        day = (text[4] - '0') * 10 + text[5] - '0';
    bool leap = year % 4 == 0 && (year != 0 || century != 1900);
    return month <= 12 && day >= 1 && day <= days[month] + (month == 2 && leap ? 1 : 0);
}

static const char enye_in_curp[] = "a CURP has X in place of Ñ";

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

const char *mx_curp_letters(char *text, const char **doubt)
{
    (void)doubt;
    return strstr(text, "Ñ") != NULL || strstr(text, "ñ") != NULL ? enye_in_curp : NULL;
}

/* The 17th character is a digit of who was born before 2000. The tax authority's own for
 * foreigners name nobody. */
const char *mx_curp_person(char *text, const char **doubt)
{
    (void)doubt;
    if (!is_day(text + 4, is_digit(text[16]) ? 1900 : 2000))
        return "the date in the CURP does not exist";
    if (!is_entity(text + 11))
        return "characters 12 and 13 of the CURP are no federal entity, nor NE";
    return strncmp(text, "XEXX010101", 10) == 0 ? CAUSE_NAMES_NOBODY : NULL;
}

const char *mx_curp(char *text, const char **doubt)
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
    return (10 - sum % 10) % 10 == text[17] - '0' ? NULL : CAUSE_CHECK_DIGIT;
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

const char *mx_rfc(char *text, const char **doubt)
{
    int value[13], sum = 0;
    upper_case(text);
    if (rfc_values(value, text) != 0)
        return "an RFC is 3 or 4 letters, 6 digits and 3 characters";
    for (int i = 0; i < 12; i++)
        sum += value[i] * (13 - i);
    /* Registered ones have it wrong, too: only a doubt. */
    if ((11 - sum % 11) % 11 != value[12])
        *doubt = CAUSE_CHECK_DIGIT;
    return NULL;
}

const char *mx_rfc_person(char *text, const char **doubt)
{
    const char *date = text + strcspn(text, "0123456789");
    (void)doubt;
    if (strcmp(text, "XAXX010101000") == 0 || strcmp(text, "XEXX010101000") == 0)
        return CAUSE_NAMES_NOBODY;
    return is_day(date, 0) ? NULL : "the date in the RFC does not exist";
}

/* Hyphens and spaces are a matter of whoever writes. */
const char *mx_plate_signs(char *text, const char **doubt)
{
    (void)doubt;
    identifier_strip(text, " -");
    for (const char *c = text; *c != 0; c++)
        if (!is_digit(*c) && !is_upper(*c))
            return "a plate has letters A to Z and digits only";
    return text[0] != 0 ? NULL : "a plate has letters A to Z and digits only";
}

const char *mx_plate(char *text, const char **doubt)
{
    (void)doubt;
    upper_case(text);
    return NULL;
}

const char *mx_account(char *text, const char **doubt)
{
    static const int weight[] = { 3, 7, 1 };
    int sum = 0;
    (void)doubt;
    identifier_strip(text, " -");
    if (identifier_digits(text) != 18)
        return "an account is a CLABE of 18 digits; other accounts are of type other";
    for (int i = 0; i < 17; i++)
        sum += (text[i] - '0') * weight[i % 3];
    return (10 - sum % 10) % 10 == text[17] - '0' ? NULL : CAUSE_CHECK_DIGIT;
}
