/* What a data holder's gate asks of a request before data go out. One function decides, for
 * `bitacora gate` and for libbitacora: bytes in, answer out. Whether the entry is proven, and
 * whether whoever asks signed it (presentation.h), the caller asks besides. Any thread. */
#ifndef PROTO_GATE_GATE_ASK_H
#define PROTO_GATE_GATE_ASK_H

#include "proto/judge/integrity.h"
#include "proto/record/ruleset.h"

/* What the holder has decided for all requests. */
struct gate_rules {
    const char *holder;                    /* its own code */
    const char (*authority)[CODE_MAX + 1]; /* whose requests are let in; none: everybody's */
    size_t authorities;
    int64_t request_age;  /* milliseconds since the log accepted it, at most; 0: no matter */
    int64_t known_age;    /* and since what is known of the log was proven; 0: no matter */
    bool require_warrant; /* whatever the ruleset asks for: none without one that the log holds */
};

/* A request that the log holds. */
struct gate_request {
    const struct value *object; /* of its record, which passed kind_check() as a request */
    uint64_t entry;
    int64_t accepted;
};

/* What a request says of a warrant, against the warrants before it (docs/RULES.md, 1). */
enum gate_cited {
    CITED_NOTHING, /* it names none */
    CITED_UNKNOWN, /* the log holds none of that reference, court and entry */
    CITED_SEVERAL, /* the log holds several: then it counts as none */
    CITED_ONE,
};

/* What the last ratification said. */
enum gate_ratified {
    RATIFICATION_NONE, /* there is none */
    RATIFICATION_TOTAL,
    RATIFICATION_PARTIAL,
    RATIFICATION_REFUSED,
};

/* What the log says of a request beside its entry: what later entries did to it, to its key and to
 * its warrant. gate_book.h finds it. */
struct gate_standing {
    int64_t known;         /* when the newest checkpoint behind this was proven, milliseconds */
    uint64_t revoked;      /* the entry that revoked the request's key, or NO_ENTRY */
    int64_t key_until;     /* the end of the key's enrolment; INT64_MAX: none */
    uint64_t ratification; /* the last one, or NO_ENTRY */
    enum gate_ratified ratified;
    const struct value *ratified_categories; /* of a partial one; NULL where it names none */
    enum gate_cited cited;
    const struct value *warrant; /* the object of its record; NULL unless CITED_ONE */
    uint64_t warrant_entry;      /* NO_ENTRY unless CITED_ONE */
    int64_t warrant_until;       /* the end of its window, as extended */
    uint64_t closed;             /* the entry that closed it, or NO_ENTRY */
};

/* Whether a request may be answered at `now`, milliseconds by the gate's clock. `standing` NULL:
 * nothing is known but the entry; then it is asked only for authority, holder, term and age, it is
 * undecided under require_warrant, and `ruleset` is not used. Else `ruleset` is that in force when
 * the log accepted the request; NULL: it is not at hand, and nothing goes out.
 *
 * `found` hears of all that speaks against it. Returns VERDICT_GOOD: let in. VERDICT_BAD: refused.
 * VERDICT_UNDECIDED, where nothing is bad: it cannot be known now (REASON_GATE_MIRROR,
 * REASON_GATE_RULESET, REASON_GATE_REQUIRED), so nothing goes out, and the same request may be good
 * later. */
enum verdict gate_ask(const struct gate_rules *rules, const struct gate_request *request,
                      const struct gate_standing *standing, const struct ruleset *ruleset,
                      int64_t now, finding_fn *found, void *ctx);

/* Whether a warrant covers a request: authority, holder, categories, persons, the time that the data
 * are about (a part of it, where both say something) and the time of its use. `until` is the end of
 * its window; `extended` says whether it is known that no later entry moves it: if not, past it is
 * undecided. Tells `found` about `about`, the entry that findings name. Returns the worst
 * verdict. ruleset may be NULL: then no alias is known. */
struct gate_cover {
    const struct value *request, *warrant; /* objects of records that passed kind_check() */
    const struct ruleset *ruleset;
    int64_t now, until;
    bool extended;
    uint64_t about;
};
enum verdict gate_ask_cover(const struct gate_cover *c, finding_fn *found, void *ctx);

/* The time that data may be about: `until` is not included. */
struct gate_period {
    int64_t from, until; /* milliseconds; INT64_MIN, INT64_MAX: no limit */
};

/* What the request's `data_window` and its warrant's leave: a member that is missing limits nothing.
 * warrant may be NULL. Empty (from >= until) only where gate_ask_cover() refuses. */
struct gate_period gate_period(const struct value *request, const struct value *warrant);

/* Whether data of a category that the request asks for may go out: all of them, or, after a partial
 * ratification, those that it names. For a request that gate_ask() lets in. */
bool gate_gives(const struct gate_standing *standing, const struct ruleset *ruleset,
                const char *category);

#endif
