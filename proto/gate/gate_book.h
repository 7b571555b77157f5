/* What a log says of the requests to one data holder, beside their entries: which warrant each
 * cites, how its last ratification went, whether its warrant was extended or closed, and which
 * response its data rest on. The book takes in every entry of a log in order, once it was judged,
 * and facts only of those that count. It keeps some 200 bytes for each request to the holder, and
 * the record of each warrant. One thread; readers only while it takes nothing in. */
#ifndef PROTO_GATE_GATE_BOOK_H
#define PROTO_GATE_GATE_BOOK_H

#include "proto/gate/gate_ask.h"
#include "proto/judge/judge.h"

struct gate_book;

/* A book of the requests that name that holder. NULL when out of memory. gate_book_free(NULL) is
 * harmless. */
struct gate_book *gate_book_new(const char *holder);
void gate_book_free(struct gate_book *b);

/* Takes in the next entry. `r` is the judge's registry, with that entry taken in. Returns 0; or -1
 * when out of memory: then the book knows too little, now and later, and can only be freed. */
MUST_USE int gate_book_take(struct gate_book *b, const struct judged *e, const struct registry *r);

/* A request as the book has it. */
struct gate_booked {
    int64_t accepted;
    uint32_t signer;   /* its number in the registry */
    uint64_t response; /* the first `response` with outcome `direct_access` to it, or NO_ENTRY */
    uint32_t response_signer;
    struct gate_standing standing; /* but `known`, which is the caller's */
};

enum gate_found {
    GATE_FOUND,
    GATE_NOT_YET,  /* the book has not come to that entry: a newer book may find it */
    GATE_NO_ENTRY, /* it has, and that entry is no request to this holder that counts, or another */
};

/* What the book has of a request, found by index and leaf hash. *out points into the book and the
 * registry until the next entry is taken in. r is the registry of the last gate_book_take(). */
enum gate_found gate_book_find(const struct gate_book *b, const struct entry_ref *request,
                               const struct registry *r, struct gate_booked *out);

#endif
