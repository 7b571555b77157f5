/* What a phone number is, and what in front of it is not dialled from abroad. */
#include "proto/record/identifier_types.h"

const char *phone_number(char *text, const char **doubt)
{
    (void)doubt;
    identifier_strip(text, " -.()");
    size_t n = text[0] == '+' ? identifier_digits(text + 1) : 0;
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
const char *phone_trunk(char *text, const char **doubt)
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
const char *phone_plan(char *text, const char **doubt)
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

void phone_undial(char *text)
{
    static const char *const gone[] = { "044", "045", "01", "02", "1" };
    size_t n = strlen(text) - 3, at = 3, drop = 0;
    bool mexico = text[1] == '5' && text[2] == '2';
    for (size_t i = 0; mexico && i < sizeof gone / sizeof *gone; i++)
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
