/* Identifiers of people, in the one form in which they are committed: docs/FORMATS.md, "Subjects".
 * Two spellings of one identifier give one value. What cannot be an identifier of its type is
 * refused before anything is sealed. Any thread. */
#ifndef PROTO_RECORD_IDENTIFIER_H
#define PROTO_RECORD_IDENTIFIER_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

/* The rules by which a value is normalised. */
enum identifier_rules {
    IDENTIFIER_NOW,
    IDENTIFIER_2026_11, /* of the version of November 2026, which refused and unified less */
};

/* Normalises a value of a subject type and checks it.
 *
 *   curp, rfc       upper case; form and date; of a CURP also check digit and entity
 *   plate           upper case, without hyphens and spaces
 *   phone           '+' and digits; no trunk prefix "(0)", no 1 behind +52; E.164, known plans
 *   imei            its first 14 digits; check digit
 *   imsi, account   digits; length; of an account (CLABE) the check digit
 *   email           lower case; form
 *   note            as given
 *   any other type  as given; spelling_check()
 *
 * Every value has 1 to VALUE_MAX bytes, is text_is_plain(), and is not one that stands for nobody
 * in particular. A normalised value stays as it is when it is normalised again.
 *
 * out gets the value with a zero byte behind it. *doubt (may be NULL) becomes NULL, or a cause why
 * an accepted value may be mistyped (the check digit of an RFC); see cause_words(). Returns 0, or
 * -1 with out empty and REASON_IDENTIFIER; its cause holds nothing of the value. */
MUST_USE int identifier_normalise(char out[static VALUE_MAX + 1], const char *type,
                                  struct span value, const char **doubt, struct refusal *why);

/* The same by other rules. Older ones serve to compare with what was committed then; nothing new is
 * sealed by them. */
MUST_USE int identifier_normalise_as(enum identifier_rules since, char out[static VALUE_MAX + 1],
                                     const char *type, struct span value, const char **doubt,
                                     struct refusal *why);

/* Whether two values of a type are one identifier, by the rules of now or by older ones. Neither
 * needs to be normalised. */
bool identifier_same(const char *type, const char *a, const char *b);

#endif
