/* One object of a message as a record: a warrant or a request. Takes out of the object what it
 * could use; names the rest. */
#ifndef CLIENT_IMPORT_RECORDS_H
#define CLIENT_IMPORT_RECORDS_H

#include <jansson.h>

#include "client/import/message.h"

/* A new warrant, of an AuthorisationObject (sets o->ref), or of a DocumentObject that is a
 * warrant. */
json_t *warrant_of(struct object *o);

/* Whether a DocumentObject says that it is a warrant; it is taken as one by that alone. */
bool document_is_warrant(const struct object *o);

/* Gives a warrant the window of a DocumentObject, if it lacks one, and names the rest. Returns the
 * window that both have now, to be given up; NULL if the document has none, or another than the
 * warrant: that is named, too. */
json_t *complete_warrant(struct object *o, json_t *warrant);

/* A new request, of a task, with all its subjects. ref: of the authorisation that it belongs to,
 * or NULL; it is the number'th of its associated objects. */
json_t *request_of(struct object *o, const char *ref, size_t number);

#endif
