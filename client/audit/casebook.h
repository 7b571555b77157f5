/* The facts of each request and each warrant in a log so far, on which rules and reports rest. It
 * takes in every entry of the log in order, and facts only of those that count (docs/RULES.md, 1).
 * It grows on the disk, not in memory. A fact for which there is no room is recorded as lost
 * (client/base/lost.h); from then on the casebook takes in nothing more. One thread. */
#ifndef CLIENT_AUDIT_CASEBOOK_H
#define CLIENT_AUDIT_CASEBOOK_H

#include "client/audit/event.h"
#include "client/base/key_index.h"

/* The number of a string that was seen, such as a code or an authority. Equal strings have equal
 * numbers. 0: no string. */
typedef uint32_t word;

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
    struct shelf sparse;   /* uint64_t, ascending: the entry of each row; not saved */
    struct key_index words, refs, sectors, blobs;
    struct key_index named_refs, skeletons; /* the first warrant of each reference; not saved */
    int64_t last;                           /* acceptance of the last entry that could be read */
    bool disordered; /* an acceptance was earlier than one before it: an integrity finding */
    bool partial;    /* it has only some entries of the log; set before the first, not saved */
};

/* One for each entry of the log (of a partial casebook, of each that it took in), counting or
 * not. */
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

/* Makes an empty one, to be closed in any case. */
void casebook_open(struct casebook *cb);
void casebook_close(struct casebook *cb);

/* The row of an entry; NULL if there is none. Until the next entry is taken in. */
const struct row *casebook_row(const struct casebook *cb, uint64_t entry);

/* Takes in the next entry of the log, which does not count. */
void casebook_skip(struct casebook *cb, const struct judged *e);

/* Takes in the next entry of the log, which counts. Returns false if there was no room for all of
 * it: then the casebook must not be asked about it. */
MUST_USE bool casebook_take(struct casebook *cb, const struct event *event);

/* The number of a string, which gets one if it has none. 0 for NULL, or if there is no room. */
word casebook_word(struct casebook *cb, const char *text);

/* The string of a number; "" for 0. Valid until the next string gets a number. */
const char *casebook_text(const struct casebook *cb, word w);

/* The words of a list, from its first on, and whether w is among its n words. */
const word *casebook_words(const struct casebook *cb, uint32_t list);
bool casebook_has(const struct casebook *cb, uint32_t list, uint32_t n, word w);

/* The request or warrant in that entry, or NULL: it is none, or does not count. Valid until the
 * next entry is taken in. */
struct request *casebook_request(const struct casebook *cb, uint64_t entry);
struct warrant *casebook_warrant(const struct casebook *cb, uint64_t entry);

/* The warrant of a request that is RESOLVED, else NULL. */
struct warrant *casebook_warrant_of(const struct casebook *cb, const struct request *r);

/* A warrant whose reference looks the same as ref and is another text, or NULL: of these
 * references the one that came last, and its first warrant. */
const struct warrant *casebook_lookalike(const struct casebook *cb, const char *ref);

/* By when the person is to be told (R18); only of a request with a delivery. */
int64_t request_notice_due(const struct request *r);

#endif
