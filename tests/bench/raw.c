#include "tests/bench/raw.h"

#include <pthread.h>
#include <sodium.h>
#include <stdlib.h>
#include <time.h>

#include "client/base/say.h"
#include "proto/record/record.h"
#include "tests/bench/bench.h"
#include "tests/must.h"

#define TEXTS 2048 /* more than a core's caches hold, as in a log */
#define CORES_MAX 256

struct signed_text {
    struct buf text;
    uint8_t signature[SIGNATURE_BYTES];
    const uint8_t *key;
};

struct raw {
    struct signed_text text[TEXTS];
    unsigned cores;
    double until;
    double *per_s, *cpu_s; /* of each slice */
    size_t slices;
};

/* One core's part of a slice. */
struct part {
    struct raw *raw;
    unsigned number;
    uint64_t verified;
    double wall, cpu;
};

struct raw *raw_new(const struct people *p, unsigned cores)
{
    struct raw *r = must(calloc(1, sizeof *r));
    struct buf line = { 0 };
    r->cores = cores > CORES_MAX ? CORES_MAX : cores;
    for (size_t i = 0; i < TEXTS; i++) {
        const struct person *who = &p->person[i % p->persons];
        request_line(&line, p, i % p->persons, NULL);
        record_text(&r->text[i].text, KIND_REQUEST, buf_str(&line));
        skey_sign(r->text[i].signature, &who->key, buf_span(&r->text[i].text));
        r->text[i].key = who->key.vkey.key;
    }
    buf_free(&line);
    return r;
}

void raw_free(struct raw *r)
{
    for (size_t i = 0; i < TEXTS; i++)
        buf_free(&r->text[i].text);
    free(r->per_s);
    free(r->cpu_s);
    free(r);
}

static double thread_cpu(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *verify_part(void *ctx)
{
    struct part *p = ctx;
    double begin = now_s(), cpu = thread_cpu(), now = begin;
    for (size_t i = p->number * (TEXTS / p->raw->cores); now < p->raw->until; now = now_s()) {
        const struct signed_text *t = &p->raw->text[i++ % TEXTS];
        if (crypto_sign_verify_detached(t->signature, t->text.p, t->text.n, t->key) != 0)
            die("libsodium does not verify what it signed");
        p->verified++;
    }
    p->wall = now - begin;
    p->cpu = thread_cpu() - cpu;
    return NULL;
}

static void keep(struct raw *r, const struct raw_slice *s)
{
    r->per_s = must(realloc(r->per_s, (r->slices + 1) * sizeof *r->per_s));
    r->cpu_s = must(realloc(r->cpu_s, (r->slices + 1) * sizeof *r->cpu_s));
    r->per_s[r->slices] = s->per_s;
    r->cpu_s[r->slices++] = s->cpu_s;
}

struct raw_slice raw_run(struct raw *r, double seconds)
{
    struct part part[CORES_MAX];
    pthread_t thread[CORES_MAX];
    struct raw_slice s = { 0 };
    double verified = 0, cpu = 0;
    r->until = now_s() + seconds;
    for (unsigned i = 0; i < r->cores; i++) {
        part[i] = (struct part){ .raw = r, .number = i };
        if (pthread_create(&thread[i], NULL, verify_part, &part[i]) != 0)
            die_of_memory();
    }
    for (unsigned i = 0; i < r->cores; i++) {
        pthread_join(thread[i], NULL);
        s.per_s += (double)part[i].verified / part[i].wall / r->cores;
        verified += (double)part[i].verified;
        cpu += part[i].cpu;
    }
    s.cpu_s = cpu / verified;
    keep(r, &s);
    return s;
}

struct raw_slice raw_median(const struct raw *r)
{
    return (struct raw_slice){ .per_s = median(r->per_s, r->slices),
                               .cpu_s = median(r->cpu_s, r->slices) };
}
