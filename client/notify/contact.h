/* Where a person complains or asks about a letter: address, telephone and more of the body that
 * writes it, from a file. */
#ifndef CLIENT_NOTIFY_CONTACT_H
#define CLIENT_NOTIFY_CONTACT_H

#include "client/show/sheet.h"

enum contact_line {
    CONTACT_OFFICE,
    CONTACT_ADDRESS,
    CONTACT_TELEPHONE,
    CONTACT_EMAIL,
    CONTACT_WEB,
    CONTACT_HOURS,
    CONTACT_LINES
};

/* Bytes of a line of the file; longer ones are refused. */
#define CONTACT_LINE_MAX 300

struct contact {
    char line[CONTACT_LINES][CONTACT_LINE_MAX + 1]; /* "" where the file does not have it */
};

/* Reads a file of lines "KEY: TEXT": office, address, telephone, email, web, hours, each at most
 * once; address and telephone must be there. Empty lines and such as begin with # do not count.
 * Returns OUTCOME_PROVEN, or OUTCOME_USAGE after having said which line is wrong and why. */
enum outcome contact_read(struct contact *out, const char *path);

/* Adds terms for what the contact has; of NULL, address and telephone with lines to fill in. */
void contact_terms(struct sheet *s, const struct contact *c);

#endif
