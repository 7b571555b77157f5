/* What a log says of each request and each warrant so far: the facts that rules and reports rest
 * on. It takes in one entry after another, and only those that count (docs/RULES.md, 1). Grows
 * on the disk, not in memory. One thread. */
#ifndef CLIENT_AUDIT_CASEBOOK_H
#define CLIENT_AUDIT_CASEBOOK_H

#include <stdio.h>

#include "client/base/key_index.h"
#include "proto/base/must_use.h"
#include "proto/judge/judge.h"
#include "proto/record/ruleset.h"

/* A string that was seen, such as a code or an authority: equal strings have equal numbers. 0 is
 * none. */
typedef uint32_t word;

#define NO_TIME INT64_MIN

/* An entry that counts, with what is in force for it. */
struct event {
    const struct judged *e;
    const struct value *object;
    const struct enrolment *signer; /* NULL: genesis */
    const struct ruleset *ruleset;
};

struct window {
    int64_t from, until; /* NO_TIME: there is none */
};

struct warrant {
    uint64_t entry;
    int64_t accepted;
    uint32_t signer;
    word ref, court, level, matter;
    uint32_t categories, categories_n; /* words, at casebook_words() */
    uint32_t used_by, used_by_n;
    uint32_t holders, holders_n;   /* 0: it has no such member */
    uint32_t subjects, subjects_n; /* in cb->subjects; 0: it has no such member */
    struct window window, data_window;
    int64_t end; /* of the window, as extended so far */
    uint32_t extensions;
    uint64_t extension; /* the last one, or NO_ENTRY */
    bool live;          /* has a category that is live */
};

struct subject {
    word type;
    uint8_t commit[HASH_BYTES];
};

enum resolved {
    RESOLVED_UNNAMED, /* the request has no `warrant` */
    RESOLVED,
    RESOLVED_NONE,
    RESOLVED_SEVERAL,
};

enum ratified {
    RATIFIED_NOT, /* no ratification so far */
    RATIFIED_TOTAL,
    RATIFIED_PARTIAL, /* of all the request's categories */
    RATIFIED_PARTIAL_OUTSIDE,
    RATIFIED_PARTIAL_UNSAID, /* without `categories` */
    RATIFIED_REFUSED,
};

/* Entries that are not there are NO_ENTRY, times NO_TIME. */
struct request {
    uint64_t entry;
    int64_t accepted;
    uint32_t signer;
    word authority, level, function, state, holder, sector, basis, ground, purpose;
    word ref; /* of `warrant` */
    uint32_t categories, categories_n;
    uint32_t warrant; /* its number, if it is RESOLVED */
    uint8_t resolved; /* enum resolved */
    bool emergency;
    bool automated;
    bool retained; /* asks for a retained category */
    uint64_t persons;
    uint32_t identifiers; /* subjects */
    int64_t notify_after;
    int64_t answer_by; /* R17 */

    uint64_t answer; /* the answering response that was accepted earliest */
    int64_t answer_accepted;
    word outcome;      /* of the last answering response */
    uint64_t delivery; /* the first delivering response */
    int64_t delivery_accepted, fulfilled, notify_days;
    bool direct_access; /* an outcome was that */

    uint64_t notice; /* the first judicial notice */
    int64_t notice_accepted, notice_fulfilled, hours;
    int64_t notice_earliest;     /* acceptance of any judicial notice: times may go back */
    uint64_t first_ratification; /* the one that was accepted earliest */
    int64_t first_ratification_accepted;
    uint64_t ratification; /* the last one */
    uint8_t ratified;      /* enum ratified, by the last one */

    uint64_t deferral; /* the last one */
    int64_t deferred_until;
    uint64_t told; /* the notice to the person that was accepted earliest */
    int64_t told_accepted;
    uint32_t foreign_transfers;
};

struct casebook {
    struct shelf rows;     /* of each entry: struct row */
    struct shelf requests; /* struct request, by entry */
    struct shelf warrants; /* struct warrant, by entry */
    struct shelf subjects; /* struct subject, those of warrants */
    struct shelf lists;    /* word */
    struct shelf text;     /* the words' characters, each with a zero behind it */
    struct shelf named;    /* struct named: blobs */
    struct shelf signers;  /* struct signer_facts, by number */
    struct key_index words, refs, sectors, blobs;
    struct key_index named_refs, skeletons; /* the first warrant of each reference; not saved */
    int64_t last;                           /* acceptance of the last entry that could be read */
    bool disordered; /* an acceptance was earlier than one before it: an integrity finding */
};

/* One for each entry of the log, counting or not. */
struct row {
    int64_t accepted; /* NO_TIME: its header could not be read */
    uint32_t signer;  /* NO_SIGNER where it does not count, and of genesis */
    uint32_t number;  /* of its request or warrant */
    uint8_t kind;     /* enum kind, where it counts; else KIND_NONE */
    bool distrusted;  /* signed at or after the `since` of its signer's revocation */
};

/* A blob, and who names it. */
struct named {
    uint8_t blob[HASH_BYTES];
    bool by_warrant;
    uint32_t number; /* of the request or warrant */
};

/* As enrolled, the codes by the ruleset of the enrolment. */
struct signer_facts {
    word state; /* `jurisdiction` */
    word function, level;
};

void casebook_open(struct casebook *cb);
void casebook_close(struct casebook *cb);

/* Takes in the next entry of the log that does not count. */
void casebook_skip(struct casebook *cb, const struct judged *e);

/* Takes in the next one, which counts. */
void casebook_take(struct casebook *cb, const struct event *event);

/* The number of a word, which becomes one if it was none; 0 for NULL. */
word casebook_word(struct casebook *cb, const char *text);

/* Its text, which lives until the next word is taken in; "" for 0. */
const char *casebook_text(const struct casebook *cb, word w);

const word *casebook_words(const struct casebook *cb, uint32_t list);
bool casebook_has(const struct casebook *cb, uint32_t list, uint32_t n, word w);

/* The request or warrant of that entry, or NULL: it is none, or does not count. Until the next
 * is taken in. */
struct request *casebook_request(const struct casebook *cb, uint64_t entry);
struct warrant *casebook_warrant(const struct casebook *cb, uint64_t entry);

/* The entries that a list of references names, none twice, in its order. Returns how many. */
size_t references_entries(const struct value *list, uint64_t out[static ITEMS_MAX]);

/* The warrant of a request that is RESOLVED, else NULL. */
struct warrant *casebook_warrant_of(const struct casebook *cb, const struct request *r);

/* A warrant whose reference looks the same as ref and is another text, or NULL: of these
 * references the one that came last, and its first warrant. */
const struct warrant *casebook_lookalike(const struct casebook *cb, const char *ref);

/* By when the person is to be told (R18); only of a request with a delivery. */
int64_t request_notice_due(const struct request *r);

/* Whether a code stands for one that hands data over (full, partial, direct_access); and for one
 * that answers. */
bool outcome_delivers(const char *outcome);
bool outcome_answers(const char *outcome);

bool category_is_live(const char *category);
bool category_is_retained(const char *category);

/* What `member` of an event's object stands for in its ruleset: aliases resolved; NULL if it is
 * not there. */
const char *event_code(const struct event *event, enum vocabulary v, const char *code);

/* The entry that a reference member names; NO_ENTRY if it is not there. */
uint64_t reference_entry(const struct value *reference);

/* A time member, or NO_TIME. */
int64_t object_time(const struct value *object, const char *member);
struct window object_window(const struct value *object, const char *member);
const char *object_text(const struct value *object, const char *member);

/* That many calendar months later (earlier), UTC; a day that the month lacks becomes its last. */
int64_t months_later(int64_t ms, int months);

/* Saves all of it to a file that is being written, and back into an open casebook that is empty.
 * Return 0 or -1. */
MUST_USE int casebook_save(struct casebook *cb, FILE *to);
MUST_USE int casebook_load(struct casebook *cb, FILE *from);

#endif
