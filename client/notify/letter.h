/* The letter that tells a person of a request for their data: what the log says of it, how to
 * verify that, what can be done about it; as text and as a page, in the reader's language. */
#ifndef CLIENT_NOTIFY_LETTER_H
#define CLIENT_NOTIFY_LETTER_H

#include "client/notify/contact.h"
#include "client/notify/notices.h"
#include "client/show/sheet.h"

struct letter {
    const struct notices *notices;
    uint32_t request;    /* its number in the casebook */
    const char *type;    /* of the identifier that it is addressed to, */
    const char *value;   /* and the identifier, opened */
    const char *receipt; /* name of the file that goes with it */
    const struct enrolment *sender;
    const struct contact *contact; /* of the sender; NULL: lines to fill in by hand */
    const char *origin;            /* of the log */
    const struct checkpoint *checkpoint;
    int64_t moment; /* when it is written */
};

/* Appends what the log says of a request, as headings and terms: for letters, and for whoever asks.
 * Nothing in it says whom the request names. */
void letter_facts(struct sheet *s, const struct notices *n, uint32_t request);

/* Append the letter. It is secret: wipe the buffer. What there is no memory for is recorded as lost
 * (client/base/lost.h): such a letter must not be shown. */
void letter_text(struct buf *out, const struct letter *l);
void letter_page(struct buf *out, const struct letter *l);

#endif
