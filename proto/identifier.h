/* What identifies a person, in the one form in which it is committed: docs/FORMATS.md, "Subjects". Two
 * spellings of one identifier must give one value, and what cannot be an identifier is refused
 * before anything is sealed. */
#ifndef PROTO_IDENTIFIER_H
#define PROTO_IDENTIFIER_H

#include "proto/limits.h"
#include "proto/reason.h"

/* Normalises a value of a subject type into out, with a zero byte: curp, rfc, plate in upper case; phone as
 * '+' and digits; imei as its first 14 digits; imsi and account as digits; email in lower case; any
 * other type as given. Checks what can be checked: CURP's form and check digit, E.164, the check
 * digits of IMEI and CLABE, lengths; of every value 1 to VALUE_MAX bytes and text_is_plain(). What is
 * normalised stays as it is when it is normalised again. Returns 0, or -1 with REASON_IDENTIFIER, out
 * empty, and a cause that holds nothing of the value. *doubt (may be NULL) is NULL, or a short cause
 * why it may be mistyped though it is accepted (an RFC's check digit); see cause_words(). */
__attribute__((warn_unused_result)) int identifier_normalise(char out[static VALUE_MAX + 1],
                                                             const char *type, struct span value,
                                                             const char **doubt,
                                                             struct refusal *why);

#endif
