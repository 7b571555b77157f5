/* Requests and responses, nothing else, as fast as two threads sign them. */
#include <pthread.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "proto/base/base64.h"
#include "proto/record/record.h"
#include "tests/must.h"
#include "tests/simulator/sim.h"

#define CHUNK_MAX 8192

/* One record of a chunk. It refers to entries of earlier chunks only, so that all of a chunk can be signed
 * at once. */
struct job {
    int64_t accepted;
    enum kind kind;
    const struct desk *by;
    struct desk *holder; /* of a request */
    struct buf line, note;
};

/* A request that waits for its answer. */
struct asked {
    uint64_t entry;
    int64_t accepted;
    struct desk *holder;
    char leaf[45];
};

struct plain {
    struct sim *s;
    struct job *job;
    size_t jobs;
    struct asked *asked; /* those of the chunk before that were not answered */
    size_t waiting;
    struct asked *next;
    size_t nexts;
    pthread_barrier_t barrier;
    bool over;
};

static void begin_line(struct job *j, struct chance *c)
{
    uint64_t a = chance_next(c), b = chance_next(c);
    int64_t at = j->accepted - chance_between(c, 60, 3000);
    buf_clear(&j->line);
    buf_addf(&j->line,
             "{\"id\":\"%08x-%04x-7%03x-%04x-%012llx\",\"at\":\"%s\",\"under\":{\"entry\":%llu,"
             "\"hash\":\"%s\"},",
             (unsigned)((uint64_t)at >> 16), (unsigned)(at & 0xffff), (unsigned)(a & 0xfff),
             (unsigned)(0x8000 | (a >> 12 & 0x3fff)), (unsigned long long)(b & 0xffffffffffff),
             AT(at), (unsigned long long)j->by->entry, j->by->leaf);
}

/* Subjects fill a record up where the case number, a text of 256 bytes, is not enough. */
static void pad(struct job *j, struct sim *s, size_t size)
{
    char number[TEXT_MAX + 1], commit[45], sealed[45];
    size_t now = j->line.n + 300; /* the entry's header and the signature line */
    size_t want = size > now + 60 ? size - now - 40 : 20, n = want > TEXT_MAX ? TEXT_MAX : want;
    for (size_t i = 0; i < n; i++)
        number[i] = "FED/CDMX/0123456789"[i < 9 ? i : 9 + chance_below(&s->chance, 10)];
    number[n] = 0;
    buf_addf(&j->line, ",\"case\":{\"scheme\":\"FGR_CI\",\"number\":\"%s\"}", number);
    for (unsigned i = 0; i < ITEMS_MAX && j->line.n + 550 < size; i++) {
        const struct desk *to = s->oversight[0];
        chance_hash(&s->chance, commit);
        chance_hash(&s->chance, sealed);
        buf_addf(&j->line,
                 "%s{\"type\":\"phone\",\"commit\":\"%s\",\"sealed\":\"%s\",\"to\":{\"entry\":%llu,"
                 "\"hash\":\"%s\"}}",
                 i == 0 ? ",\"subjects\":[" : ",", commit, sealed, (unsigned long long)to->entry,
                 to->leaf);
        if (j->line.n + 550 >= size || i + 1 == ITEMS_MAX)
            buf_adds(&j->line, "]");
    }
}

/* Something that needs no judge, of whoever may ask for it; told to the person after the year is over. */
static void make_request(struct plain *p, struct job *j)
{
    static const char *const what[][3] = { { "vehicle", "vehicle_registry", "LSNIIMSP-24" },
                                           { "property", "property_registry", "LSNIIMSP-30" },
                                           { "bank", "bank_accounts", "LIC-142" },
                                           { "commercial", "commercial_db", "LSNIIMSP-39" },
                                           { "transport", "transport_records", "LSNIIMSP-24" },
                                           { "preservation", "call_records", "CNPP-303-PRES" } };
    struct sim *s = p->s;
    uint64_t w = chance_below(&s->chance, 6);
    static const char *const sector[] = { "public",   "public",    "bank",
                                          "commerce", "transport", "telecom" };
    j->kind = KIND_REQUEST;
    j->by = desk_of(s, ROLE_REQUESTER, "prosecution", NULL, NULL);
    j->holder = desk_of(s, ROLE_HOLDER, sector[w], NULL, NULL);
    begin_line(j, &s->chance);
    unsigned long long persons = 1 + chance_below(&s->chance, 3);
    buf_addf(&j->line,
             "\"authority\":\"%s\",\"function\":\"prosecution\",\"level\":\"%s\",\"holder\":\"%s\","
             "\"source\":\"%s\",\"categories\":[\"%s\"],\"basis\":\"%s\",\"purpose\":{\"code\":"
             "\"criminal_investigation\"},\"persons\":%llu,\"term\":\"%s\",\"notify\":{\"after\":"
             "\"%s\"}",
             j->by->body->code, j->by->body->level, j->holder->body->code, what[w][1], what[w][0],
             what[w][2], persons, AT(j->accepted + 20 * DAY), AT(s->end + 400 * DAY));
    pad(j, s, s->options.size);
    buf_adds(&j->line, "}");
}

static void make_response(struct plain *p, struct job *j, const struct asked *q)
{
    struct chance *c = &p->s->chance;
    j->kind = KIND_RESPONSE;
    j->by = q->holder;
    begin_line(j, c);
    const char *outcome = chance_in(c, 70) ? "full" : "none_held";
    char digest[45];
    chance_hash(c, digest);
    unsigned long long records = 1 + chance_below(c, 400);
    int64_t middle = q->accepted + (j->accepted - q->accepted) / 4;
    buf_addf(&j->line,
             "\"request\":{\"entry\":%llu,\"hash\":\"%s\"},\"holder\":\"%s\",\"outcome\":\"%s\","
             "\"received_at\":\"%s\",\"answered_at\":\"%s\",\"records\":%llu,\"digest\":\"%s\"}",
             (unsigned long long)q->entry, q->leaf, q->holder->body->code, outcome, AT(middle),
             AT(j->accepted - 1), records, digest);
}

static void sign_part(struct plain *p, size_t from, size_t step)
{
    for (size_t i = from; i < p->jobs; i += step) {
        struct job *j = &p->job[i];
        buf_clear(&j->note);
        record_sign(&j->note, j->kind, buf_str(&j->line), &j->by->key);
        if (j->note.failed || j->line.failed)
            die_of_memory();
    }
}

static void *second_thread(void *ctx)
{
    struct plain *p = ctx;
    for (;;) {
        pthread_barrier_wait(&p->barrier);
        if (p->over)
            return NULL;
        sign_part(p, 1, 2);
        pthread_barrier_wait(&p->barrier);
    }
}

static void append(struct plain *p)
{
    struct writer *w = &p->s->writer;
    p->nexts = 0;
    for (size_t i = 0; i < p->jobs; i++) {
        struct job *j = &p->job[i];
        uint64_t entry = writer_size(w);
        writer_add(w, j->accepted, buf_span(&j->note));
        if (j->kind != KIND_REQUEST)
            continue;
        struct asked *q = &p->next[p->nexts++];
        *q = (struct asked){ .entry = entry, .accepted = j->accepted, .holder = j->holder };
        base64_encode(q->leaf, w->last.b, HASH_BYTES);
    }
    struct asked *was = p->asked;
    p->asked = p->next;
    p->waiting = p->nexts;
    p->next = was;
}

/* Half of a chunk answers the requests of the one before, the rest asks. */
static void run_chunk(struct plain *p, size_t n)
{
    struct sim *s = p->s;
    uint64_t left = s->options.entries - writer_size(&s->writer);
    int64_t t = s->writer.accepted < s->opened ? s->opened : s->writer.accepted;
    int64_t mean = s->end > t ? (s->end - t) / (int64_t)left : SECOND;
    size_t answered = 0;
    p->jobs = n;
    for (size_t i = 0; i < n; i++) {
        struct job *j = &p->job[i];
        t += chance_gap(&s->chance, mean);
        j->accepted = t;
        if (answered < p->waiting && chance_in(&s->chance, 55))
            make_response(p, j, &p->asked[answered++]);
        else
            make_request(p, j);
    }
    pthread_barrier_wait(&p->barrier);
    sign_part(p, 0, 2);
    pthread_barrier_wait(&p->barrier);
    append(p);
}

void run_plain(struct sim *s)
{
    uint64_t n = s->options.entries / 1460; /* six hours of a year */
    size_t chunk = n < 1 ? 1 : n > CHUNK_MAX ? CHUNK_MAX : (size_t)n;
    struct plain p = { .s = s };
    pthread_t thread;
    while (queue_first(s) != NULL && writer_size(&s->writer) < s->options.entries)
        queue_run(s);
    p.job = must(calloc(chunk, sizeof *p.job));
    p.asked = must(calloc(chunk, sizeof *p.asked));
    p.next = must(calloc(chunk, sizeof *p.next));
    if (pthread_barrier_init(&p.barrier, NULL, 2) != 0 ||
        pthread_create(&thread, NULL, second_thread, &p) != 0)
        die_of_memory();
    while (writer_size(&s->writer) < s->options.entries) {
        uint64_t left = s->options.entries - writer_size(&s->writer);
        run_chunk(&p, left < chunk ? (size_t)left : chunk);
    }
    p.over = true;
    pthread_barrier_wait(&p.barrier);
    pthread_join(thread, NULL);
    pthread_barrier_destroy(&p.barrier);
    for (size_t i = 0; i < chunk; i++) {
        buf_free(&p.job[i].line);
        buf_free(&p.job[i].note);
    }
    free(p.job);
    free(p.asked);
    free(p.next);
}
