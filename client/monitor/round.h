/* One look of a monitor at its log: what is new is proven, replayed and judged from the state on,
 * told, and then remembered. One thread. */
#ifndef CLIENT_MONITOR_ROUND_H
#define CLIENT_MONITOR_ROUND_H

#include "client/monitor/telling.h"
#include "client/replay/replaying.h"

/* Texts are borrowed. */
struct look_options {
    struct replay_options replay; /* with a state */
    const char *ruleset;          /* file of one that the log pins; or NULL */
    bool entries;                 /* tell of each entry, too */
    bool (*go_on)(void *ctx);     /* asked often; false: the round is given up */
    void *ctx;
};

/* A tree of the log. */
struct stand {
    bool known;
    uint64_t size;
    struct hash root;
};

enum round_end {
    ROUND_SAME,      /* the log stands where it stood */
    ROUND_MOVED,     /* it has grown, and all that is new was told; or it was the first round */
    ROUND_HELD,      /* it has grown and only grown; nothing was told, as it was held back */
    ROUND_UNDECIDED, /* it could not be had, read, proven or judged */
    ROUND_SHORTER,   /* the same: it shows a smaller tree than before */
    ROUND_BAD,       /* what was answered is wrong; that may be whoever answers in its place */
    ROUND_CONVICTED, /* by what it signed */
    ROUND_UNTOLD,    /* what is new could not be written where it is told, or remembered */
    ROUND_STOPPED,
    ROUND_USAGE, /* policy, state or other files of the monitor cannot be used; it was said why */
};

struct look {
    enum round_end end;
    struct stand had, shown; /* what the state knew, and what the log shows */
    json_t *findings; /* of type `integrity`, new and not told yet; or NULL. The round's own */
    char key[128];    /* codes and number of all findings: the same as long as nothing changes */
    char *evidence;   /* where evidence was written, or NULL; the round's own */
    json_t *seen;     /* ROUND_SHORTER: both signed checkpoints, `had` and `shown`; else NULL */
};

/* Makes a round; *stand is what the last one found, and is moved on. `hold`: nothing new is to be
 * told. known_key: the last conviction's key, for which no evidence is written again; or "". *out
 * needs round_free() in any case. */
void round_run(struct look *out, const struct look_options *o, struct stand *stand,
               struct teller *t, bool hold, const char *known_key);
void round_free(struct look *r);

/* How grave a finding of type `integrity` is. */
enum syslog_severity round_gravity(const json_t *finding);

#endif
