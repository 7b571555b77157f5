#include "client/gate/gate.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"

/* ---- beginning and end ----------------------------------------------------------------------- */

static enum outcome name_folders(struct gate *g)
{
    const char *dir = g->options.state;
    if (mkdir(dir, 0700) != 0 && errno != EEXIST)
        return say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), dir,
                         errno_words(errno));
    g->mirror_dir = path_join(dir, "mirror");
    g->journal_dir = path_join(dir, "journal");
    return lost_any() ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

static enum outcome open_mirror(struct gate *g)
{
    enum outcome outcome;
    const struct gate_mirror_options options = { .trust = g->options.trust,
                                                 .dir = g->mirror_dir,
                                                 .key = &g->key->vkey,
                                                 .every_ms = g->options.every_ms,
                                                 .moved = g->options.moved,
                                                 .ctx = g->options.ctx };
    g->mirror = gate_mirror_open(&options, &outcome);
    if (outcome == OUTCOME_PROVEN)
        g->origin = trust_log(gate_mirror_trust(g->mirror))->name;
    return outcome;
}

static enum outcome open_rest(struct gate *g)
{
    const struct gate_appender_options options = { .trust = gate_mirror_trust(g->mirror),
                                                   .key = g->key,
                                                   .moved = g->options.moved,
                                                   .ctx = g->options.ctx };
    g->files = gate_files_new(g->mirror_dir);
    g->appender = gate_appender_open(&options);
    return g->files == NULL || g->appender == NULL ? OUTCOME_UNDECIDED : OUTCOME_PROVEN;
}

/* The key reads the log, too, where that is not open to everybody. */
enum outcome gate_open(struct gate *g, const struct gate_options *options)
{
    *g = (struct gate){ .options = *options };
    enum outcome outcome = keyfile_read_signer(&g->key, &options->key);
    if (outcome == OUTCOME_PROVEN)
        outcome = name_folders(g);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    gate_ticket_key(g->ticket_key, g->key);
    g->options.trust.reader = g->key;
    g->journal = gate_journal_open(g->journal_dir, clock_wall(), &outcome);
    if (outcome == OUTCOME_PROVEN)
        outcome = open_mirror(g);
    return outcome == OUTCOME_PROVEN ? open_rest(g) : outcome;
}

int gate_start(struct gate *g)
{
    return gate_mirror_start(g->mirror) == 0 ? gate_appender_start(g->appender) : -1;
}

void gate_close(struct gate *g)
{
    gate_mirror_stop(g->mirror);
    gate_appender_close(g->appender);
    gate_mirror_close(g->mirror);
    gate_files_free(g->files);
    gate_journal_close(g->journal);
    private_key_free(g->key);
    sodium_memzero(g->ticket_key, sizeof g->ticket_key);
    free(g->mirror_dir);
    free(g->journal_dir);
}

enum outcome gate_broken(const struct gate *g)
{
    return gate_journal_broken(g->journal) ? OUTCOME_UNDECIDED : gate_mirror_broken(g->mirror);
}

/* ---- the journal ----------------------------------------------------------------------------- */

int gate_sync(struct gate *g, struct refusal *why)
{
    int failed = gate_journal_sync(g->journal, clock_wall());
    if (failed == 0) {
        g->failing = false;
        return 0;
    }
    const char *cause = errno_words(errno);
    if (!g->failing)
        say(TR("the journal in %s cannot be written: %s; nothing is let in",
               "el diario en %s no se puede escribir: %s; nada se deja pasar"),
            g->journal_dir, cause);
    if (gate_journal_broken(g->journal))
        say(TR("what the disk holds of it is not known: ending, to begin anew from it",
               "no se sabe qué contiene el disco: termina, para empezar de nuevo desde él"));
    g->failing = true;
    return refuse(why, REASON_GATE_JOURNAL, cause);
}

/* ---- for operators --------------------------------------------------------------------------- */

static bool is_fresh(const struct gate *g, const struct gate_view *v, int64_t now)
{
    return now - v->known <= g->options.stale_ms && v->known - now <= g->options.stale_ms;
}

const struct refusal *gate_readiness(struct gate *g, struct refusal *why)
{
    struct gate_view v;
    gate_mirror_look(g->mirror, &v);
    bool ready = false;
    if (v.book == NULL)
        refuse(why, REASON_GATE_STARTING, "");
    else if (v.own == NULL || v.own->role != ROLE_HOLDER || v.own->revoked != NO_ENTRY)
        refuse(why, REASON_GATE_KEY, "");
    else if (!is_fresh(g, &v, clock_wall()))
        refuse(why, REASON_GATE_MIRROR, "");
    else if (g->failing)
        refuse(why, REASON_GATE_JOURNAL, "");
    else
        ready = true;
    gate_mirror_leave(g->mirror);
    return ready ? NULL : why;
}

static const int counted[GATE_STATUSES - 1] = { 201, 204, 400, 401, 403, 503, 413 };

void gate_count(struct gate *g, bool data, int status)
{
    size_t i = 0;
    while (i < GATE_STATUSES - 1 && counted[i] != status)
        i++;
    g->answered[data ? 1 : 0][i]++;
}

static void add_metric(struct buf *out, const char *name, const char *type, const char *help)
{
    buf_addf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

static void add_answers(const struct gate *g, struct buf *out, size_t call, const char *name)
{
    for (size_t s = 0; s < GATE_STATUSES; s++) {
        char status[16] = "other";
        if (s < GATE_STATUSES - 1)
            snprintf(status, sizeof status, "%d", counted[s]);
        buf_addf(out, "bitacora_gate_answers_total{call=\"%s\",status=\"%s\"} %" PRIu64 "\n", name,
                 status, g->answered[call][s]);
    }
}

void gate_metrics(struct gate *g, struct buf *out)
{
    struct gate_view v;
    gate_mirror_look(g->mirror, &v);
    gate_mirror_leave(g->mirror);
    add_metric(out, "bitacora_gate_log_size", "gauge", "Entries of the log that are known.");
    buf_addf(out, "bitacora_gate_log_size %" PRIu64 "\n", v.size);
    add_metric(out, "bitacora_gate_judged_total", "counter", "Entries judged since the start.");
    buf_addf(out, "bitacora_gate_judged_total %" PRIu64 "\n", v.judged);
    add_metric(out, "bitacora_gate_known_timestamp_seconds", "gauge",
               "When what is known of the log was proven last.");
    buf_addf(out, "bitacora_gate_known_timestamp_seconds %" PRId64 "\n", v.known / 1000);
    add_metric(out, "bitacora_gate_answers_total", "counter", "Answers, by call and status.");
    add_answers(g, out, 0, "tickets");
    add_answers(g, out, 1, "data");
}
