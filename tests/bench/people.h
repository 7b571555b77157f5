/* Several hundred officials, and the requests that they sign. */
#ifndef BENCH_PEOPLE_H
#define BENCH_PEOPLE_H

#include "proto/base/buf.h"
#include "proto/tlog/key.h"

/* An entry, as records refer to it. */
struct place {
    uint64_t entry;
    char leaf[45]; /* base64 of its leaf hash */
};

/* A warrant, as requests cite it. */
struct cited {
    char ref[32];
    struct place place;
};

struct person {
    struct skey key;
    struct place enrolled;
};

struct people {
    struct person *person;
    size_t persons;
    struct place *warrant; /* that requests name */
    size_t warrants;
};

/* Makes keys, with places that no log has: raw verification asks for none. */
void people_make(struct people *p, size_t persons, size_t warrants);
void people_free(struct people *p);

/* Sets line to the JSON of a request of that person's under that warrant (NULL: one of p's, at random): made
 * now, with an id that sorts after those of earlier milliseconds (UUID version 7); the entry of it has about
 * 700 bytes. */
void request_line(struct buf *line, const struct people *p, size_t person,
                  const struct cited *warrant);

/* Appends "id":…,"at":…,"under":{…} for a record made now. */
void begin_line(struct buf *line, const struct place *under);

#endif
