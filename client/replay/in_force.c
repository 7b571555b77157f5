#include "client/replay/in_force.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "client/replay/replaying.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"

#define TRIES 5 /* of a log that says each time that its witnesses have come, and they have not */
/* What was replayed so long ago is replayed again before anything rests on it. */
#define OLD_MS 60000

struct in_force {
    struct replay_options replays;
    bool keeps_default; /* the state is where nobody said: its folders are made */
    bool no_wait;
    const struct trust *trust;
    struct log_client *client;
    char *path;
    struct replaying *r; /* the last one, if it is proven */
    int64_t replayed;    /* when it began, by the monotonic clock */
    bool said_bad;
    bool unwitnessed; /* all that was lacking the last time is a quorum */
    bool waited;      /* in vain, for as long as one may */
    enum outcome outcome;
};

/* ---- where the state is ---------------------------------------------------------------------- */

/* The XDG Base Directory Specification: a relative path is to be ignored. NULL: there is none. */
static char *state_home(void)
{
    const char *xdg = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
    if (xdg != NULL && xdg[0] == '/')
        return kept(strdup(xdg));
    return home == NULL || home[0] != '/' ? NULL : path_join(home, ".local/state");
}

static char *path_by_key(const char *home, const struct vkey *key)
{
    struct buf vkey = { 0 };
    struct hash sum;
    char name[32 + 2 * HASH_BYTES], hex[2 * HASH_BYTES + 1];
    vkey_format(&vkey, key);
    bool failed = vkey.failed;
    kept_text(&vkey);
    hash_bytes(&sum, buf_span(&vkey));
    buf_free(&vkey);
    if (failed)
        return NULL;
    hex_format(hex, sum.b, HASH_BYTES);
    snprintf(name, sizeof name, "bitacora/%s.state", hex);
    return path_join(home, name);
}

/* Of a log with several keys there may be a state by any of them: it is not begun again because the
 * policy names another first. */
static char *default_path(const struct trust *trust)
{
    const struct log_keys *keys = trust_log_keys(trust);
    char *home = state_home();
    if (home == NULL)
        return NULL;
    char *path = path_by_key(home, keys->key[0]);
    for (size_t i = 1; path != NULL && i < keys->n && access(path, F_OK) != 0; i++) {
        char *other = path_by_key(home, keys->key[i]);
        bool there = other != NULL && access(other, F_OK) == 0;
        free(there ? path : other);
        path = there ? other : path;
    }
    free(home);
    return path;
}

/* Before anything is replayed: a file that can be written, in a folder for nobody else. */
static bool is_usable(const struct in_force *s)
{
    mode_t before = umask(077);
    int lock = s->keeps_default && file_make_parents(s->path) != 0 ? -1 : file_lock(s->path);
    umask(before);
    if (lock >= 0)
        close(lock);
    return lock >= 0;
}

struct in_force *in_force_open(const struct in_force_options *options, const struct trust *trust,
                               struct log_client *client, enum outcome *outcome)
{
    struct in_force *st = kept(calloc(1, sizeof *st));
    *outcome = OUTCOME_UNDECIDED;
    if (st == NULL)
        return NULL;
    st->trust = trust;
    st->client = client;
    st->no_wait = options->no_wait;
    st->keeps_default = options->state == NULL;
    st->path = st->keeps_default ? default_path(trust) : kept(strdup(options->state));
    st->replays = (struct replay_options){ .trust = *options->trust, .state = st->path };
    st->replays.trust.tolerate = -1; /* whoever opened `trust` was warned */
    if (!lost_any())
        *outcome = OUTCOME_PROVEN;
    if (st->path == NULL && *outcome == OUTCOME_PROVEN)
        *outcome = say_usage(
            TR("what was verified of the log is kept in a file: neither XDG_STATE_HOME nor HOME "
               "says where; use --state FILE",
               "lo verificado de la bitácora se guarda en un archivo: ni XDG_STATE_HOME ni HOME "
               "dicen dónde; use --state ARCHIVO"));
    else if (*outcome == OUTCOME_PROVEN && !is_usable(st))
        *outcome = say_usage(
            TR("what was verified of the log cannot be kept in %s: %s; choose another place with "
               "--state FILE",
               "lo verificado de la bitácora no se puede guardar en %s: %s; elija otro lugar con "
               "--state ARCHIVO"),
            st->path, errno_words(errno));
    if (*outcome == OUTCOME_PROVEN)
        return st;
    in_force_close(st);
    return NULL;
}

void in_force_close(struct in_force *s)
{
    if (s == NULL)
        return;
    replaying_close(s->r, OUTCOME_PROVEN);
    free(s->path);
    free(s);
}

/* ---- replaying ------------------------------------------------------------------------------- */

/* What is wrong with the log as a whole, not with an entry of it: two histories. */
static bool is_forked(const struct findings *f)
{
    for (size_t i = 0; i < f->kept; i++)
        if (f->list[i].verdict == VERDICT_BAD && f->list[i].entry == NO_ENTRY)
            return true;
    return false;
}

/* One replay. NULL: it could not even begin, which was said. */
static struct replaying *replay_once(struct in_force *s)
{
    enum outcome outcome;
    struct replaying *r = replaying_open(&s->replays, &outcome);
    if (r == NULL)
        return NULL;
    /* Who asks for a record to be signed waits until its log is back; once is enough. */
    r->patience = log_client_gave_up(s->client) ? PATIENCE_NONE : PATIENCE_ALWAYS;
    outcome = replaying_run(r, NULL, NULL);
    if (outcome == OUTCOME_PROVEN) {
        replaying_conclude(r);
        return r;
    }
    replaying_close(r, outcome);
    return NULL;
}

/* Whether all that is lacking is a checkpoint with its quorum. */
static bool is_unwitnessed(const struct replaying *r)
{
    const struct findings *f = &r->findings;
    for (size_t i = 0; i < f->kept; i++)
        if (f->list[i].why.reason != REASON_QUORUM &&
            (f->list[i].why.reason != REASON_MISSING || r->accepted.cp.checkpoint.size > 0))
            return false;
    return f->kept > 0;
}

/* Whether its witnesses have come by now, if they may be waited for. */
static bool have_witnesses_come(struct in_force *s, const struct replaying *r, bool wait)
{
    int64_t left = SERVICE_AWAIT_MS;
    struct answer answer;
    if (!wait || s->no_wait || s->waited || !is_unwitnessed(r))
        return false;
    log_client_await(s->client, 0, &left, &answer);
    s->waited = left <= 0;
    return answer.status == 200 && answer.acceptable;
}

/* Bad entries change nothing about what is in force; whoever writes into such a log should know of
 * them. */
static void say_bad(struct in_force *s, const struct replaying *r)
{
    if (!r->findings.bad || s->said_bad)
        return;
    s->said_bad = true;
    say(TR("WARNING: this log holds entries that are proven bad; they count for nothing here. See "
           "`bitacora replay`",
           "AVISO: esta bitácora contiene asientos que están probados como malos; aquí no cuentan. "
           "Vea `bitacora replay`"));
}

static int refuse_unproven(struct in_force *s, const struct replaying *r,
                           struct complaint *complaint)
{
    struct refusal why;
    const struct findings *f = &r->findings;
    s->unwitnessed = is_unwitnessed(r);
    if (!s->unwitnessed)
        findings_print(f, stderr);
    if (is_forked(f))
        s->outcome = OUTCOME_BAD;
    refuse(&why, s->unwitnessed ? REASON_RESTS_UNWITNESSED : REASON_LOG_UNPROVEN,
           s->unwitnessed ? TR("this", "esto")
           : f->kept > 0  ? reason_code(f->list[0].why.reason)
                          : "?");
    return complain(complaint, &why);
}

static bool is_good(const struct replaying *r)
{
    return replaying_proven(r) && !r->findings.undecided && r->accepted.cp.quorum &&
           !is_forked(&r->findings);
}

static int64_t monotonic_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Replays from the state to the newest checkpoint with its quorum; waits for one if told to.
 * Returns 0, or -1 with *complaint. */
static int replay(struct in_force *s, bool wait, struct complaint *complaint)
{
    struct refusal why;
    replaying_close(s->r, OUTCOME_PROVEN);
    s->r = NULL;
    for (int tries = 0;; tries++) {
        s->replayed = monotonic_ms();
        struct replaying *r = replay_once(s);
        if (r == NULL) {
            refuse(&why, REASON_LOG_UNPROVEN, s->path);
            return complain(complaint, &why);
        }
        if (is_good(r)) {
            say_bad(s, r);
            s->r = r;
            return 0;
        }
        bool again = tries < TRIES && have_witnesses_come(s, r, wait);
        int failed = again ? 0 : refuse_unproven(s, r, complaint);
        replaying_close(r, OUTCOME_PROVEN);
        if (failed)
            return -1;
    }
}

enum stands in_force_look(struct in_force *s, struct complaint *complaint)
{
    struct refusal why;
    if (s->r == NULL && s->unwitnessed) { /* so it was for an earlier record of this run */
        refuse(&why, REASON_RESTS_UNWITNESSED, TR("this", "esto"));
        complain(complaint, &why);
    } else if (s->r != NULL || replay(s, false, complaint) == 0) {
        return STANDS_PROVEN;
    }
    return s->unwitnessed ? STANDS_UNWITNESSED : STANDS_UNPROVEN;
}

const struct registry *in_force_registry(struct in_force *s, struct complaint *complaint)
{
    return s->r == NULL && replay(s, true, complaint) != 0 ? NULL : judge_registry(s->r->judge);
}

uint64_t in_force_size(const struct in_force *s)
{
    return s->r == NULL ? 0 : s->r->accepted.cp.checkpoint.size;
}

enum outcome in_force_outcome(const struct in_force *s)
{
    return s->outcome;
}

/* ---- what is newer --------------------------------------------------------------------------- */

enum show in_force_reach(struct in_force *s, uint64_t index, struct complaint *complaint)
{
    struct shown e;
    struct answer answer;
    struct refusal why;
    if (in_force_registry(s, complaint) == NULL)
        return SHOW_FAILED;
    if (index < in_force_size(s))
        return SHOW_PROVEN;
    enum show shown = log_client_good_entry(s->client, index, &e, &answer);
    if (shown == SHOW_PROVEN) {
        shown_free(&e);
        shown = replay(s, true, complaint) != 0 ? SHOW_FAILED
                : index < in_force_size(s)      ? SHOW_PROVEN
                                                : SHOW_UNWITNESSED;
    } else if (shown == SHOW_FAILED) {
        log_client_complaint(s->client, &answer, complaint);
    }
    if (shown != SHOW_PROVEN && shown != SHOW_FAILED) {
        refuse_number(&why,
                      shown == SHOW_UNWITNESSED ? REASON_RESTS_UNWITNESSED : REASON_LOG_UNPROVEN,
                      index);
        complain(complaint, &why);
    }
    return shown;
}

static bool take_last(void *ctx, uint64_t index)
{
    uint64_t *last = ctx;
    *last = *last == NO_ENTRY || index > *last ? index : *last;
    return true;
}

int in_force_follow(struct in_force *s, const char *query, struct complaint *complaint)
{
    struct buf newer = { 0 };
    struct answer answer;
    uint64_t last = NO_ENTRY;
    if (s->r != NULL && monotonic_ms() - s->replayed >= OLD_MS && replay(s, true, complaint) != 0)
        return -1;
    if (in_force_registry(s, complaint) == NULL)
        return -1;
    buf_addf(&newer, "%s&after=%" PRIu64, query, in_force_size(s) - 1);
    const char *path = kept_text(&newer);
    bool asked = !lost_any() && log_client_find(s->client, path, take_last, &last, &answer);
    buf_free(&newer);
    if (lost_any())
        return complain_memory(complaint);
    if (!asked) {
        log_client_complaint(s->client, &answer, complaint);
        return -1;
    }
    return last == NO_ENTRY || in_force_reach(s, last, complaint) == SHOW_PROVEN ? 0 : -1;
}
