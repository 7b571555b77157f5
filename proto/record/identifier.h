/* What identifies a person, in the one form in which it is committed: docs/FORMATS.md,
 * "Subjects". Two spellings of one identifier must give one value, and what cannot be an
 * identifier is refused before anything is sealed. */
#ifndef PROTO_RECORD_IDENTIFIER_H
#define PROTO_RECORD_IDENTIFIER_H

#include "proto/base/limits.h"
#include "proto/base/must_use.h"
#include "proto/base/reason.h"

/* Rules by which values were committed. */
enum identifier_rules {
    IDENTIFIER_NOW,
    IDENTIFIER_2026_11, /* of the version of November 2026: fewer spellings were one */
};

/* Normalises a value of a subject type into out, with a zero byte: curp, rfc in upper case;
 * plate in upper case, without hyphens and spaces; phone as '+' and digits, without a trunk
 * prefix "(0)" and the 1 that Mexico gave up; imei as its first 14 digits; imsi and account as
 * digits; email in lower case; any other type as given. Checks what can be checked: CURP's form,
 * check digit, date and entity, RFC's form and date, E.164 and what is known of plans, the check
 * digits of IMEI and CLABE, lengths, the form of an email, spelling_check() of types without a
 * form of their own, but of a note; of every value 1 to VALUE_MAX bytes and text_is_plain(); and
 * that it does not stand for nobody in particular. What is normalised stays as it is when it is
 * normalised again. Returns 0, or -1 with REASON_IDENTIFIER, out empty, and a cause that holds
 * nothing of the value. *doubt (may be NULL) is NULL, or a short cause why it may be mistyped
 * though it is accepted (an RFC's check digit); see cause_words(). */
MUST_USE int identifier_normalise(char out[static VALUE_MAX + 1], const char *type,
                                  struct span value, const char **doubt, struct refusal *why);

/* The same by older rules: for comparing with what was committed then, not for anything new. */
MUST_USE int identifier_normalise_as(enum identifier_rules since, char out[static VALUE_MAX + 1],
                                     const char *type, struct span value, const char **doubt,
                                     struct refusal *why);

/* Whether two values of a type, normalised or not, are one identifier by the rules of now or by
 * older ones. */
bool identifier_same(const char *type, const char *a, const char *b);

#endif
