/* bitacora mirror: a verified copy of the log as static files, which any web server can serve
 * and `replay --dir` can read. */
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/mirror/mirror.h"
#include "client/remote/trust_options.h"
#include "proto/base/scan.h"

static sigset_t endings(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

/* From now on they only end a pause: one that comes while there is none stays pending for the next.
 * So no follower is ended while it changes its copy. */
static void hold_signals(void)
{
    sigset_t set = endings();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

/* Says what became of the only round, or of the first. */
static enum outcome report_first(struct mirror *m, enum outcome outcome, bool json)
{
    const struct checkpoint *cp = &m->now.cp.checkpoint;
    findings_print(&m->findings, stderr);
    if (json)
        say_json(json_pack("{s:b,s:I,s:I,s:o}", "ok", outcome == OUTCOME_PROVEN, "size",
                           (json_int_t)(m->kept ? cp->size : 0), "before",
                           (json_int_t)(m->has_old ? m->old.cp.checkpoint.size : 0), "findings",
                           findings_json(&m->findings)));
    else if (m->kept)
        terminal_print(stdout,
                       cp->size == 1
                           ? TR("%s: %" PRIu64 " entry, verified and kept in %s\n",
                                "%s: %" PRIu64 " asiento, verificado y guardado en %s\n")
                           : TR("%s: %" PRIu64 " entries, verified and kept in %s\n",
                                "%s: %" PRIu64 " asientos, verificados y guardados en %s\n"),
                       trust_log(&m->trust)->name, cp->size, m->folder.dir);
    trust_say_limits(&m->trust);
    return outcome_worse(outcome, trust_write_evidence(&m->trust, &m->evidence));
}

/* False if it is to end. */
static bool pause_for(unsigned seconds)
{
    sigset_t set = endings();
    struct timespec t = { .tv_sec = seconds };
    return sigtimedwait(&set, NULL, &t) < 0;
}

/* What a round came to. */
struct round {
    enum outcome outcome;
    const char *code; /* of its first finding; "" without any */
};

static struct round round_of(const struct mirror *m, enum outcome outcome)
{
    const struct findings *f = &m->findings;
    return (struct round){ .outcome = outcome,
                           .code = f->kept == 0 ? "" : reason_code(f->list[0].why.reason) };
}

/* Says what became of a round: each time the copy has grown, and when it stops or begins to be
 * kept up, or is not for another reason than before. */
static void report_round(const struct mirror *m, struct round now, struct round before, bool json)
{
    bool proven = now.outcome == OUTCOME_PROVEN;
    bool grown = m->kept && m->now.cp.checkpoint.size > m->old.cp.checkpoint.size;
    bool same = now.outcome == before.outcome && (proven || strcmp(now.code, before.code) == 0);
    if (!grown && same)
        return;
    if (!proven)
        findings_print(&m->findings, stderr);
    if (!m->kept && mirror_may_mend(m, now.outcome))
        say(TR("the copy stays what it was; the log is asked again",
               "la copia queda como estaba; se vuelve a preguntar a la bitácora"));
    if (json)
        say_json(json_pack("{s:b,s:I,s:I,s:o}", "ok", proven, "size",
                           (json_int_t)(m->kept ? m->now.cp.checkpoint.size : 0), "before",
                           (json_int_t)m->old.cp.checkpoint.size, "findings",
                           findings_json(&m->findings)));
    else if (m->kept)
        printf(TR("%" PRIu64 " entries, verified and kept\n",
                  "%" PRIu64 " asientos, verificados y guardados\n"),
               m->now.cp.checkpoint.size);
    fflush(stdout);
}

/* Keeps the copy current until it is ended, or the log is convicted. A log that cannot be reached,
 * answers badly, or has no quorum yet, is asked again; the folder stays what it was. */
static enum outcome follow(struct mirror *m, enum outcome outcome, unsigned seconds, bool json)
{
    struct round now = round_of(m, outcome);
    bool go_on = mirror_may_mend(m, outcome);
    buf_clear(&m->evidence); /* it is written */
    hold_signals();
    mirror_next(m, m->kept);
    while (go_on && !lost_any() && pause_for(seconds)) {
        struct round before = now;
        now = round_of(m, mirror_update(m));
        report_round(m, now, before, json);
        go_on = mirror_may_mend(m, now.outcome);
        mirror_next(m, m->kept);
    }
    return outcome_worse(now.outcome, trust_write_evidence(&m->trust, &m->evidence));
}

static bool read_every(const struct args *a, unsigned *seconds)
{
    uint64_t n = 60;
    if (a->every != NULL && (decimal_parse(&n, span_str(a->every)) != 0 || n < 1 || n > 86400)) {
        say("--every SECONDS (1 - 86400)");
        return false;
    }
    *seconds = (unsigned)n;
    return true;
}

static enum outcome main_mirror(const struct args *a)
{
    struct mirror m;
    unsigned seconds;
    /* A follower's next round asks again; and a wait would keep it from its end. */
    struct mirror_options options = { .no_patience = a->follow,
                                      .will_write = a->follow ? hold_signals : NULL };
    if (!args_operands(a, 1, 1, TR("one folder", "una carpeta")) || !read_every(a, &seconds))
        return OUTCOME_USAGE;
    options.dir = a->operand[0];
    enum outcome outcome = trust_options_read(&options.trust, a);
    options.trust.key = (struct keyfile){ a->key, a->passphrase_file };
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    outcome = mirror_open(&m, &options);
    if (outcome == OUTCOME_PROVEN) {
        outcome = report_first(&m, mirror_update(&m), a->json);
        if (a->follow)
            outcome = follow(&m, outcome, seconds, a->json);
    }
    mirror_close(&m);
    return outcome;
}

const struct command command_mirror = {
    .name = "mirror",
    .run = main_mirror,
    .form = FORM_FETCHING "log key passphrase-file- [ follow= every ] DIR",
    .summary = { "keep a verified copy as static files",
                 "guarda una copia verificada en archivos" },
};
