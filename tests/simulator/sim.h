/* What the simulator knows: the people of a country, what they will do and when, and the log so far.
 * Out of memory and files that cannot be written end the program. */
#ifndef SIMULATOR_SIM_H
#define SIMULATOR_SIM_H

#include "proto/base/when.h"
#include "proto/record/kind.h"
#include "tests/simulator/chance.h"
#include "tests/simulator/writer.h"

#define SECOND INT64_C(1000)
#define MINUTE (60 * SECOND)
#define HOUR (60 * MINUTE)
#define DAY (24 * HOUR)

#define SKEW (600 * SECOND)
#define SLOTS 16 /* entries that a story remembers */
#define LAWS 5   /* the built-in one, a change, two that only unfavourable logs pin, a change */
#define OVERSIGHT_MAX 3

/* A time as text, to be used within the same expression. */
struct moment {
    char text[WHEN_TEXT + 1];
};
struct moment moment_of(int64_t ms);
#define AT(ms) (moment_of(ms).text)

/* Somebody's place in a body; who holds it changes, with the key. */
struct desk {
    enum role role;
    char name[80]; /* without the number of the key */
    const struct body *body;
    const char *function; /* as enrolled; NULL: not stated */
    struct skey key;      /* the one that is enrolled */
    unsigned keys;        /* how many were made */
    uint64_t entry;       /* of its enrolment */
    char leaf[45];
    struct desk *next; /* of all */
};

/* An authority, a court, a holder. */
struct body {
    enum role role;
    char code[32];
    const char *level;
    const char *function; /* of a holder the sector */
    char place[8];        /* ISO 3166-2, "" for the federation */
    struct desk **desk;
    unsigned desks;
    unsigned warrants; /* of a court: how many it gave a number to */
    bool apart;        /* desk_of() does not choose it */
    bool plain_refs;   /* of a court: its numbers are other courts' numbers, too */
};

/* What rulesets say, of that which they differ in. */
struct law {
    int64_t from;          /* in force for what is accepted from then on */
    int64_t hours, notify; /* in ms */
    bool subscriber_contested, federal_24, new_codes, prevention;
    bool nameless; /* its name does not begin with a country */
};

struct options {
    const char *dir;
    uint64_t entries;
    uint64_t seed;
    unsigned violations;
    bool unfavourable, plain;
    unsigned months;
    size_t size;
    unsigned witnesses;
    uint64_t snapshots;
};

/* What is found when an act has been accepted: of the entry in a slot, once Now is after `deadline`. */
struct planted {
    uint8_t rule;
    int8_t slot;
    int64_t deadline; /* INT64_MIN: at once */
    int64_t lifted;   /* and only until Now is that; INT64_MAX: for good */
};

struct candidate {
    uint8_t rule;
    uint64_t entry;
    int64_t deadline, lifted;
};

struct sim {
    struct options options;
    struct chance chance;
    struct writer writer;
    struct skey log;
    struct desk *registrar[3]; /* two of genesis, one that they enrolled */
    struct desk *oversight[OVERSIGHT_MAX], *auditor;
    struct body **body;
    size_t bodies;
    struct desk *desks; /* all */
    struct law law[LAWS];
    int64_t start, opened, end; /* first entry, first story, when the log should end */
    struct act **queue;         /* a heap: what is accepted next comes first */
    size_t queued, queue_cap;
    uint64_t order;      /* of acts that were ever queued */
    uint64_t before_end; /* of those queued, how many are accepted before `end` */
    uint64_t stories, acts_of_stories;
    struct candidate *found;
    size_t founds, found_cap;
    struct { /* an entry of late, for corrections */
        uint64_t entry;
        char leaf[45];
    } late;
};

/* A case: acts that know one another's entries by slots. */
struct story {
    struct sim *sim;
    unsigned acts; /* still to come, and one for whoever is planning */
    struct {
        uint64_t entry; /* NO_ENTRY: not there yet */
        char leaf[45];
    } slot[SLOTS];
};

/* One record, some day. */
struct act {
    int64_t accepted, at;
    uint64_t order;
    enum kind kind;
    int8_t slot; /* takes its entry; -1: none */
    struct desk *by;
    struct story *story;
    struct desk *enrols; /* of an enrolment: whose place gets `key`, owned */
    struct skey *key;
    unsigned planted;
    struct planted plant[4];
    char *members; /* '@' + slot letter: a ref; '#': its two members; '@' + digit: of oversight */
};

/* ---- stories ---- */

struct story *story_new(struct sim *s);
/* The planner is done with it: it goes with its last act. */
void story_planned(struct story *y);

/* Plans a record to be accepted then, its members as text that begins without a comma. slot is a letter
 * from 'A' on, or 0. Until the next call of story functions. */
struct act *act(struct story *y, int64_t accepted, struct desk *by, enum kind kind, char slot,
                const char *format, ...) __attribute__((format(printf, 6, 7)));

/* That act makes a finding of the entry in that slot. deadline: only if Now comes to be after it; INT64_MIN
 * without one. */
void plant(struct act *a, const char *rule, char slot, int64_t deadline);
#define PLANT(a, rule, slot) plant(a, rule, slot, INT64_MIN)

/* The act that is next, or NULL; it stays in the queue. */
const struct act *queue_first(const struct sim *s);
/* Writes the next act's entry. */
void queue_run(struct sim *s);
void queue_free(struct sim *s);

/* Findings whose deadline is past, one JSON line each, into DIR/planted.jsonl. */
void write_planted(struct sim *s);
/* How many of them a rule has. */
size_t planted_of(const struct sim *s, unsigned rule);
#define RULES 23
extern const char *const rule_names[RULES];

/* ---- people ---- */

/* Makes everybody, writes genesis, plans the enrolments and the rulesets. Sets s->opened. */
void world_new(struct sim *s);
void world_free(struct sim *s);

/* A desk of some body with that role, and with that function, level and place where these are not NULL. */
struct desk *desk_of(struct sim *s, enum role role, const char *function, const char *level,
                     const char *place);
/* Another desk of the same body, or the same one. */
struct desk *colleague(struct sim *s, const struct desk *d);
/* A new place in a body: nobody else will be given work on it. */
struct desk *desk_new(struct sim *s, const struct body *b);
/* A new body with one desk, to be enrolled by the caller. */
struct body *body_new(struct sim *s, enum role role, const char *code, const char *level,
                      const char *function, const char *place, unsigned desks);

/* Plans that a new key gets a desk's place; members: more of them, with a comma in front. */
struct act *enrol(struct story *y, int64_t accepted, struct desk *by, struct desk *d, char slot,
                  const char *members);
/* Plans that the key goes which the desk has now. */
struct act *revoke(struct story *y, int64_t accepted, struct desk *by, const struct vkey *key,
                   const char *reason, int64_t since);
struct desk *any_registrar(struct sim *s);

/* The ruleset in force for what is accepted then. */
const struct law *law_at(const struct sim *s, int64_t accepted);

void *grown(void *array, size_t n, size_t *cap, size_t each);

/* ---- what happens ---- */

/* Begins something honest then. */
void honest_story(struct sim *s, int64_t t);
/* Plans every violation, K of each rule. */
void plan_violations(struct sim *s);
/* Plans what must not matter, and what must matter exactly so. */
void plan_unfavourable(struct sim *s);
/* Writes requests and responses up to the end. */
void run_plain(struct sim *s);

#endif
