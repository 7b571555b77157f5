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

/* What is known of an entry, whoever judged it. Texts are borrowed. */
struct entry_facts {
    uint64_t index;
    const struct hash *leaf; /* NULL: not known */
    enum kind kind;          /* where there is no record */
    bool has_header;
    int64_t accepted;            /* if it has_header */
    const struct record *record; /* NULL: none, or not known */
    bool counts;                 /* key, signature, enrolment and role are good; if so: */
    const char *role, *authority, *level;
    uint64_t enrolled;
};

/* A new object, the caller's:
 *
 *   entry     integer
 *   hash      its leaf hash, base64; null where it is not known
 *   kind      "request" and the like; "-" where it has no kind
 *   accepted  time at which the log accepted it; null where its header could not be read
 *   at        time that the signer wrote; null where there is no record
 *   signer    name on the signature line; null where there is no record
 *   role      of the signer as enrolled, "log" of the log itself; "" where the entry does not count
 *   authority as enrolled, such as "mx.fgr"; "" where there is none
 *   level     as enrolled; "" where there is none
 *   enrolled  entry that enrolled the signer, integer; null where the entry does not count
 *   record    the object as it was signed; null where there is no record
 *   ok        bool: verdict is "good"
 *   verdict   "good", "bad" or "undecided", as given. An entry that does not count is never "good":
 *             given VERDICT_GOOD it says "undecided"
 *
 * What memory is lacking for is recorded as lost (client/base/lost.h). */
json_t *entry_json_of(const struct entry_facts *f, enum verdict verdict);

/* The same of an entry that was judged just now. registry is the judge's, of the moment at which it
 * judged the entry; both need to be valid during the call only. It is not said here whether the
 * entry is the log's: the caller knows when the replay is proven. */
json_t *entry_json(const struct judged *e, const struct registry *registry, enum verdict verdict);

/* The same verdict and `ok` again, of an object that was made here: for a caller who learns more of
 * the entry later. */
void entry_json_judge(json_t *entry, enum verdict verdict);

#endif
