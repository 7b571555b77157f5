/* The types of identifiers, for identifier.c alone: how each is normalised and checked.
 *
 * A normalise_fn changes a zero-terminated text of at most VALUE_MAX bytes in place; it never makes
 * it longer. It returns NULL, or the cause why the text cannot be such an identifier: a constant
 * for cause_words(). It may set *doubt to another such cause. Any thread.
 *
 * A type has up to three of them. The middle one is that of the version of November 2026. One
 * before it and one after it ask what was added later, so that older values can still be compared
 * by the rules of their time. */
#ifndef PROTO_RECORD_IDENTIFIER_TYPES_H
#define PROTO_RECORD_IDENTIFIER_TYPES_H

#include "proto/base/span.h"

typedef const char *normalise_fn(char *text, const char **doubt);

/* identifier_mexico.c */
normalise_fn mx_curp_letters, mx_curp, mx_curp_person;
normalise_fn mx_rfc, mx_rfc_person;
normalise_fn mx_plate, mx_plate_signs;
normalise_fn mx_account;

/* identifier_phone.c */
normalise_fn phone_trunk, phone_number, phone_plan;

/* Takes away the trunk prefix of a number that was normalised before phone_plan() was added. */
void phone_undial(char *text);

/* Causes that several types give. */
#define CAUSE_CHECK_DIGIT "the check digit is wrong"
#define CAUSE_NAMES_NOBODY "this stands for whoever has none, so it names nobody"

static inline bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool is_upper(char c)
{
    return c >= 'A' && c <= 'Z';
}

/* Drops every character that is one of those. */
static inline void identifier_strip(char *text, const char *those)
{
    char *to = text;
    for (; *text != 0; text++)
        if (strchr(those, *text) == NULL)
            *to++ = *text;
    *to = 0;
}

/* How many digits text has, or 0 if anything else stands in it. */
static inline size_t identifier_digits(const char *text)
{
    size_t n = 0;
    while (is_digit(text[n]))
        n++;
    return text[n] == 0 ? n : 0;
}

#endif
