/* An answer for programs: docs/INTERFACES.md, 10.1. */
#ifndef CLIENT_ANSWER_ANSWER_JSON_H
#define CLIENT_ANSWER_ANSWER_JSON_H

#include "client/answer/answer_check.h"
#include "client/base/json_stream.h"

/* Writes the members of a check that has ended into the object that is open. If its verdict is not
 * good, those that scripts rely on are null, and there are no other facts. */
void answer_json(struct json_stream *out, const struct answer_check *c);

/* Its members `audited`, `index` and `unkeyed`; new values. */
json_t *answer_audited_json(const struct answer_facts *f);
json_t *answer_index_json(const struct answer_facts *f);
json_t *answer_unkeyed_json(const struct answer_facts *f);

#endif
