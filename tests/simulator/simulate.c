/* A country's year as a log, with the findings that an audit of it must come to.
 * usage: simulate --out DIR --entries N [--seed S] [--violations K] [--unfavourable] [--plain]
 *                 [--months M] [--size-of-entry BYTES] [--witnesses W] [--snapshots EVERY] */
#include <getopt.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/say.h"
#include "proto/base/scan.h"
#include "tests/simulator/sim.h"

#define WITNESSES_MAX 16

static const struct option known[] = { { "out", required_argument, NULL, 'o' },
                                       { "entries", required_argument, NULL, 'n' },
                                       { "seed", required_argument, NULL, 's' },
                                       { "violations", required_argument, NULL, 'v' },
                                       { "unfavourable", no_argument, NULL, 'u' },
                                       { "plain", no_argument, NULL, 'p' },
                                       { "months", required_argument, NULL, 'm' },
                                       { "size-of-entry", required_argument, NULL, 'b' },
                                       { "witnesses", required_argument, NULL, 'w' },
                                       { "snapshots", required_argument, NULL, 'c' },
                                       { NULL, 0, NULL, 0 } };

/* A number from `least` to `most`, or ends the program. */
static uint64_t number(const char *text, uint64_t least, uint64_t most)
{
    uint64_t n;
    if (decimal_parse(&n, span_str(text)) != 0 || n < least || n > most)
        exit(say_usage(
            TR("'%s' is not a number from %llu to %llu", "'%s' no es un número de %llu a %llu"),
            text, (unsigned long long)least, (unsigned long long)most));
    return n;
}

static void take(struct options *o, int c)
{
    switch (c) {
    case 'o':
        o->dir = optarg;
        break;
    case 'n':
        o->entries = number(optarg, 1, 1000000000);
        break;
    case 's':
        o->seed = number(optarg, 0, INT64_MAX);
        break;
    case 'v':
        o->violations = (unsigned)number(optarg, 0, 100000);
        break;
    case 'u':
        o->unfavourable = true;
        break;
    case 'p':
        o->plain = true;
        break;
    case 'm':
        o->months = (unsigned)number(optarg, 1, 120);
        break;
    case 'b':
        o->size = (size_t)number(optarg, 1, 40000);
        break;
    case 'c':
        o->snapshots = number(optarg, 1, 1000000000);
        break;
    case 'w':
        o->witnesses = (unsigned)number(optarg, 0, WITNESSES_MAX);
        break;
    default:
        exit(OUTCOME_USAGE);
    }
}

/* How long until the next case, so that the last entry comes at the end. */
static int64_t until_next(struct sim *s)
{
    uint64_t done = writer_size(&s->writer) + s->before_end;
    uint64_t left = s->options.entries > done ? s->options.entries - done : 0;
    uint64_t each = s->stories < 20 ? 5 : s->acts_of_stories / s->stories;
    int64_t time = s->end - s->writer.accepted;
    if (left == 0)
        return time > DAY ? time : DAY;
    if (time < HOUR)
        time = HOUR;
    return chance_gap(&s->chance, time * (int64_t)(each + 1) / (int64_t)left);
}

static void begin_story(struct sim *s, int64_t t)
{
    uint64_t before = s->before_end;
    honest_story(s, t);
    s->stories++;
    s->acts_of_stories += s->before_end - before;
}

static void run_year(struct sim *s)
{
    int64_t arrival = s->opened;
    plan_violations(s);
    if (s->options.unfavourable)
        plan_unfavourable(s);
    while (writer_size(&s->writer) < s->options.entries) {
        const struct act *first = queue_first(s);
        if (first == NULL || arrival <= first->accepted) {
            begin_story(s, arrival);
            arrival += until_next(s);
        } else {
            queue_run(s);
        }
    }
}

static void say_what_is_lacking(const struct sim *s)
{
    for (unsigned i = 0; i < RULES && !s->options.plain; i++)
        if (planted_of(s, i) < s->options.violations)
            say(TR("only %zu findings of %s came true: more entries or months",
                   "solo %zu hallazgos de %s se dieron: más asientos o meses"),
                planted_of(s, i), rule_names[i]);
}

static void make_witnesses(const struct sim *s, struct skey *witness)
{
    char name[40];
    struct hash seed;
    for (unsigned i = 0; i < s->options.witnesses; i++) {
        snprintf(name, sizeof name, "testigo-%u.example.mx/%llu", i + 1,
                 (unsigned long long)s->options.seed);
        hash_bytes(&seed, span_str(name));
        skey_from_seed(&witness[i], span_str(name), KEY_COSIGNATURE, seed.b);
    }
}

static void run(struct sim *s)
{
    struct skey witness[WITNESSES_MAX];
    make_witnesses(s, witness);
    writer_open(&s->writer, s->options.dir);
    s->writer.snapshots = s->options.snapshots;
    s->writer.log = &s->log;
    s->writer.witness = witness;
    s->writer.witnesses = s->options.witnesses;
    s->chance.state = s->options.seed * 2 + 1;
    world_new(s);
    if (s->options.plain)
        run_plain(s);
    else
        run_year(s);
    write_planted(s);
    say_what_is_lacking(s);
    writer_close(&s->writer, s->options.dir);
    queue_free(s);
    world_free(s);
}

int main(int argc, char **argv)
{
    struct sim s = { .options = { .violations = 3, .months = 12 } };
    language_init();
    if (sodium_init() < 0)
        return OUTCOME_UNDECIDED;
    for (int c; (c = getopt_long(argc, argv, "", known, NULL)) != -1;)
        take(&s.options, c);
    if (optind != argc || s.options.dir == NULL || s.options.entries == 0)
        return say_usage(TR("usage: simulate --out DIR --entries N [--seed S] [--violations K] "
                            "[--unfavourable] [--plain] [--months M] [--size-of-entry BYTES] "
                            "[--witnesses W] [--snapshots EVERY]",
                            "uso: simulate --out DIR --entries N [--seed S] [--violations K] "
                            "[--unfavourable] [--plain] [--months M] [--size-of-entry BYTES] "
                            "[--witnesses W] [--snapshots EVERY]"));
    run(&s);
    return OUTCOME_PROVEN;
}
