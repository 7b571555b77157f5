#include "tests/bench/people.h"

#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "proto/base/base64.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "tests/must.h"

static void place_nowhere(struct place *p)
{
    uint8_t leaf[HASH_BYTES];
    randombytes_buf(leaf, sizeof leaf);
    base64_encode(p->leaf, leaf, sizeof leaf);
    p->entry = 1 + randombytes_uniform(1000);
}

void people_make(struct people *p, size_t persons, size_t warrants)
{
    *p = (struct people){ .persons = persons, .warrants = warrants };
    p->person = must(calloc(persons, sizeof *p->person));
    p->warrant = must(calloc(warrants, sizeof *p->warrant));
    for (size_t i = 0; i < persons; i++) {
        char name[64];
        snprintf(name, sizeof name, "fgr.mx/a%03zu", i);
        skey_generate(&p->person[i].key, span_str(name), KEY_NOTE);
        place_nowhere(&p->person[i].enrolled);
    }
    for (size_t i = 0; i < warrants; i++)
        place_nowhere(&p->warrant[i]);
}

void people_free(struct people *p)
{
    free(p->person);
    free(p->warrant);
}

void begin_line(struct buf *line, const struct place *under)
{
    uint64_t r[2];
    char at[WHEN_TEXT + 1];
    int64_t now = clock_wall();
    randombytes_buf(r, sizeof r);
    when_format(at, now);
    buf_addf(line,
             "{\"id\":\"%08x-%04x-7%03x-%04x-%012llx\",\"at\":\"%s\",\"under\":{\"entry\":%llu,"
             "\"hash\":\"%s\"}",
             (unsigned)(now >> 16), (unsigned)(now & 0xffff), (unsigned)(r[0] & 0xfff),
             (unsigned)(0x8000 | (r[0] >> 12 & 0x3fff)),
             (unsigned long long)(r[1] & 0xffffffffffff), at, (unsigned long long)under->entry,
             under->leaf);
}

void request_line(struct buf *line, const struct people *p, size_t person,
                  const struct cited *warrant)
{
    uint32_t r = randombytes_random();
    size_t w = r % p->warrants;
    struct cited any = { .place = p->warrant[w] };
    snprintf(any.ref, sizeof any.ref, "CJF-%zu", w);
    if (warrant == NULL)
        warrant = &any;
    buf_clear(line);
    begin_line(line, &p->person[person].enrolled);
    buf_addf(line,
             ",\"authority\":\"mx.fgr\",\"function\":\"prosecution\",\"level\":\"federal\","
             "\"holder\":\"mx.telco\",\"source\":\"subscriber_db\",\"categories\":[\"subscriber\"],"
             "\"basis\":\"CNPP-303\",\"warrant\":{\"ref\":\"%s\",\"entry\":%llu,"
             "\"hash\":\"%s\"},\"case\":{\"scheme\":\"FUB\",\"number\":\"%05u\"},"
             "\"purpose\":{\"code\":\"prosecution\"},\"persons\":%u}",
             warrant->ref, (unsigned long long)warrant->place.entry, warrant->place.leaf,
             r % 100000, 1 + r % 3);
}
