/* One entry of a log as JSON, the same in every command that prints entries: `show`, `export`,
 * `audit --follow --entries` (docs/INTERFACES.md, 10.1). */
#ifndef CLIENT_SHOW_ENTRY_JSON_H
#define CLIENT_SHOW_ENTRY_JSON_H

#include <jansson.h>

#include "proto/judge/judge.h"
#include "proto/verify/finding_list.h"

/* The worst verdict of the findings about that entry; VERDICT_GOOD without any. Where findings are
 * not listed (list->total > list->kept), those of the entry may be among them: then
 * VERDICT_UNDECIDED for an entry that has none in the list. Any thread that owns the list. */
enum verdict entry_verdict(const struct findings *list, uint64_t entry);

/* A new object, the caller's, of an entry that was judged just now:
 *
 *   entry     integer
 *   hash      its leaf hash, base64
 *   kind      "request" and the like; "-" where it has no kind
 *   accepted  time at which the log accepted it; null where its header could not be read
 *   at        time that the signer wrote; null where there is no record
 *   signer    name on the signature line; null where there is no record
 *   role      of the signer as enrolled, "log" of the log itself; "" where the entry does not count
 *   authority as enrolled, such as "mx.fgr"; "" where there is none
 *   level     as enrolled; "" where there is none
 *   enrolled  entry that enrolled the signer, integer; null where the entry does not count
 *   record    the object as it was signed; null where there is no record
 *   ok        bool: verdict is "good" and the entry counts (FORMATS 9.2)
 *   verdict   "good", "bad" or "undecided", as given. An entry that does not count is never "good":
 *             given VERDICT_GOOD it says "undecided"
 *
 * registry is the judge's, of the moment at which it judged the entry; both need to be valid during
 * the call only. It is not said here whether the entry is the log's: the caller knows when the
 * replay is proven. What memory is lacking for is recorded as lost (client/base/lost.h). */
json_t *entry_json(const struct judged *e, const struct registry *registry, enum verdict verdict);

/* The same verdict and `ok` again, of an object that entry_json() made: for a caller who learns more
 * of the entry later. */
void entry_json_judge(json_t *entry, enum verdict verdict);

#endif
