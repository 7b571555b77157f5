/* bitacora mirror: a verified copy of the log as static files, which any web server can serve
 * and `replay --dir` can read. What is new is proven, staged beside the copy, and moved in when
 * all of it is there; the checkpoint comes last. So the folder is a complete log at any moment,
 * and whoever has just read an older checkpoint of it still finds all of that one's files. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/files.h"
#include "client/mirror/intake.h"
#include "client/remote/prove.h"
#include "client/remote/trust_options.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/tlog/merge.h"
#include "proto/verify/replay.h"

#define STAGING ".incoming"

struct mirror {
    const struct args *args;
    const char *dir;
    struct trust trust;
    struct logfiles *here, *there;
    struct intake *intake;
    struct findings findings;
    struct accepted old, now;
    bool has_old;
    struct edge edge; /* of what was verified */
    struct judge *judge;
    bool verified; /* edge and judge are those of `old`: go on from there */
    struct buf evidence;
    uint64_t swept; /* below the full tiles of that size no partial ones are left */
    int lock;       /* on the folder: one run at a time */
    bool staged;    /* something waits to be moved in */
    bool failed;    /* a file could not be written: errno was said */
};

static void stage(void *ctx, const char *name, struct span bytes)
{
    struct mirror *m = ctx;
    char *staging = path_join(m->dir, STAGING), *path = path_join(staging, name);
    if (file_make_parents(path) != 0 || file_replace(path, bytes, 0644) != 0) {
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
        m->failed = true;
    }
    m->staged = true;
    free(path);
    free(staging);
}

/* ---- signals that end a follower ------------------------------------------------------------- */

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

/* ---- moving in ----------------------------------------------------------------------------- */

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
    (void)st;
    (void)type;
    (void)ftw;
    return remove(path);
}

/* Never through a link: the folder may come from somebody else. */
static void remove_tree(const char *path)
{
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

/* Renames every staged file to its place. Returns 0, or -1 with errno. */
static int move_in(const char *from, const char *to)
{
    struct stat s;
    if (lstat(from, &s) != 0)
        return -1;
    if (!S_ISDIR(s.st_mode))
        return rename(from, to);
    DIR *d = opendir(from);
    int failed =
        d == NULL || (mkdir(to, 0777) != 0 && errno != EEXIST) || lstat(to, &s) != 0 ? -1 : 0;
    if (!failed && !S_ISDIR(s.st_mode)) { /* a link would lead out of the folder */
        errno = ENOTDIR;
        failed = -1;
    }
    for (struct dirent *e; !failed && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *a = path_join(from, e->d_name), *b = path_join(to, e->d_name);
        failed = move_in(a, b);
        free(a);
        free(b);
    }
    if (d != NULL)
        closedir(d);
    return failed ? -1 : directory_sync(to);
}

/* A partial tile is kept while its full one is not there: whoever has read the checkpoint that it
 * belongs to asks for it. It goes when the log has grown once more, as not every reader takes the
 * full one in its place. */
static void drop_partial(const struct mirror *m, int level)
{
    int above = (level == TILE_ENTRIES ? 0 : level) + 1;
    if (above >= TILE_LEVELS)
        return;
    for (uint64_t n = m->swept >> (8 * above); n < m->old.cp.checkpoint.size >> (8 * above); n++) {
        struct tile t = { .level = level, .n = n, .width = 1 };
        char name[TILE_PATH_MAX];
        tile_path(name, &t);
        *strrchr(name, '/') = 0; /* NNN.p */
        char *path = path_join(m->dir, name);
        remove_tree(path);
        free(path);
    }
}

static void drop_partials(struct mirror *m)
{
    uint64_t old = m->has_old ? m->old.cp.checkpoint.size : 0;
    if (old == 0 || old == m->now.cp.checkpoint.size)
        return;
    for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++)
        drop_partial(m, level);
    m->swept = old;
}

/* Of one size no cosignature that the copy has is given up for an older one, or for none. */
static void merge_with_old(struct mirror *m)
{
    struct buf merged = { 0 };
    struct refusal why;
    if (!m->has_old || m->old.cp.checkpoint.size != m->now.cp.checkpoint.size)
        return;
    checkpoint_merge(&merged, m->trust.policy, buf_span(&m->old.note), buf_span(&m->now.note));
    if (merged.failed)
        die_of_memory();
    buf_free(&m->now.note);
    m->now.note = merged;
    if (policy_open(&m->now.cp, m->trust.policy, buf_span(&m->now.note), &why) != 0)
        die_of_memory(); /* it opened a moment ago */
}

static enum outcome keep(struct mirror *m)
{
    char *staging = path_join(m->dir, STAGING), *path = path_join(m->dir, "checkpoint");
    enum outcome outcome = OUTCOME_PROVEN;
    if (m->args->follow)
        hold_signals();
    merge_with_old(m);
    if (m->failed) {
        outcome = OUTCOME_UNDECIDED; /* stage() has said why */
    } else if ((m->staged && move_in(staging, m->dir) != 0) ||
               file_replace(path, buf_span(&m->now.note), 0644) != 0) {
        outcome = say_undecided(
            TR("the copy could not be written: %s", "no se pudo escribir la copia: %s"),
            errno_words(errno));
    } else {
        drop_partials(m);
    }
    free(path);
    free(staging);
    return outcome;
}

/* ---- verifying ----------------------------------------------------------------------------- */

static bool progress(void *ctx, uint64_t done, uint64_t size)
{
    const struct mirror *m = ctx;
    say_progress(done, size);
    return m->findings.total == 0; /* nothing of it will be kept */
}

/* The file of a ruleset that the log pins: audits of the copy need it, as a blob under the path
 * that a log serves it under. Its hash says whether it is the one; a copy without it is a copy
 * all the same. */
static bool has_ruleset(struct logfiles *l, const struct hash *sha256, struct buf *file)
{
    struct refusal why;
    struct hash sum;
    buf_clear(file);
    if (logfiles_blob(l, sha256->b, RULESET_MAX, file, &why) != FETCH_OK)
        return false;
    if (file->failed)
        die_of_memory();
    hash_bytes(&sum, buf_span(file));
    return hash_eq(&sum, sha256);
}

static void stage_ruleset(struct mirror *m, const char *sha256_text)
{
    struct buf file = { 0 };
    struct hash sha256;
    char name[BLOB_PATH_MAX];
    if (base64_decode_exact(sha256.b, HASH_BYTES, span_str(sha256_text)) != 0 ||
        has_ruleset(m->here, &sha256, &file)) {
        buf_free(&file);
        return;
    }
    logfiles_blob_path(name, sha256.b);
    if (has_ruleset(m->there, &sha256, &file))
        stage(m, name, buf_span(&file));
    else
        say(TR("the ruleset that the log pins is not to be had, and not in the copy: %s",
               "el conjunto de reglas que la bitácora fija no está disponible, ni en la copia: %s"),
            name);
    buf_free(&file);
}

/* A judged_fn. Records are not judged here; whether this one counts is for an audit to say. */
static void look(void *ctx, const struct judged *e)
{
    struct entry entry;
    struct record r;
    struct refusal why;
    if (entry_parse(&entry, e->bytes, &why) != 0 ||
        !span_starts(entry.note, "bitacora/v1 ruleset\n") ||
        record_parse(&r, entry.note, &why) != 0)
        return;
    stage_ruleset(ctx, record_string(&r, "sha256"));
    record_free(&r);
}

static enum lookup look_up_nothing(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    (void)index;
    (void)out;
    return LOOKUP_UNKNOWN;
}

/* Chain and tree; whose signatures the records carry is for a replay to say. With `anew` nothing
 * of the copy is read. */
static enum replay_end verify(struct mirror *m, bool anew)
{
    const struct checkpoint *cp = &m->now.cp.checkpoint;
    struct judge_setup setup = { .log = *trust_log(&m->trust),
                                 .keys = trust_log_keys(&m->trust),
                                 .has_pin = m->trust.has_pin,
                                 .pin = m->trust.pin,
                                 .structure = true,
                                 .lookup = look_up_nothing,
                                 .found = findings_add,
                                 .found_ctx = &m->findings,
                                 .judged = look,
                                 .judged_ctx = m };
    if (!m->verified) {
        judge_free(m->judge);
        m->judge = must(judge_new(&setup));
        memset(&m->edge, 0, sizeof m->edge);
    }
    intake_begin(m->intake, cp->size, &cp->root, anew);
    struct replay_setup replay = { .source = intake_source(m->intake),
                                   .size = cp->size,
                                   .root = cp->root,
                                   .judge = m->judge,
                                   .found = findings_add,
                                   .found_ctx = &m->findings,
                                   .progress = progress,
                                   .progress_ctx = m };
    enum replay_end end = replay_run(&replay, &m->edge);
    m->verified = end == REPLAY_PROVEN && findings_verdict(&m->findings) == VERDICT_GOOD;
    return end;
}

static enum outcome conclude(struct mirror *m, enum outcome outcome)
{
    const struct checkpoint *cp = &m->now.cp.checkpoint;
    findings_print(&m->findings, stderr);
    if (m->args->json)
        say_json(json_pack("{s:b,s:I,s:I,s:o}", "ok", outcome == OUTCOME_PROVEN, "size",
                           (json_int_t)(outcome == OUTCOME_PROVEN ? cp->size : 0), "before",
                           (json_int_t)(m->has_old ? m->old.cp.checkpoint.size : 0), "findings",
                           findings_json(&m->findings)));
    else if (outcome == OUTCOME_PROVEN)
        utter(stdout,
              TR("%s: %" PRIu64 " entries, verified and kept in %s\n",
                 "%s: %" PRIu64 " asientos, verificados y guardados en %s\n"),
              trust_log(&m->trust)->name, cp->size, m->dir);
    trust_say_limits(&m->trust);
    return outcome_worse(outcome, trust_write_evidence(&m->trust, &m->evidence));
}

/* One run at a time; returns OUTCOME_PROVEN with the lock held. */
static enum outcome lock_dir(struct mirror *m)
{
    m->lock = open(m->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (m->lock >= 0 && flock(m->lock, LOCK_EX | LOCK_NB) == 0)
        return OUTCOME_PROVEN;
    if (m->lock < 0)
        return say_usage(TR("%s cannot be used as a folder: %s", "%s no sirve como carpeta: %s"),
                         m->dir, errno_words(errno));
    return say_undecided(TR("%s is in use by another run, or cannot be locked: %s",
                            "otra ejecución usa %s, o no se puede bloquear: %s"),
                         m->dir, errno_words(errno));
}

/* The checkpoint of the copy, if there is one. */
static enum outcome open_old(struct mirror *m)
{
    struct refusal why;
    struct findings told = { 0 };
    enum fetch got = logfiles_checkpoint(m->here, &m->old.note, &why);
    if (got == FETCH_MISSING)
        return OUTCOME_PROVEN;
    m->has_old = got == FETCH_OK && accepted_open(&m->old, &m->trust, &told) == VERDICT_GOOD;
    findings_print(&told, stderr);
    findings_free(&told);
    if (!m->has_old)
        return say_usage(TR("the checkpoint in %s is not one of this log: use another folder",
                            "el checkpoint en %s no es de esta bitácora: use otra carpeta"),
                         m->dir);
    return OUTCOME_PROVEN;
}

/* What is new, proven and moved in. */
static enum outcome update(struct mirror *m)
{
    if (accepted_fetch(&m->now, &m->trust, m->there, &m->findings) != VERDICT_GOOD ||
        prove_follows(&m->trust, m->has_old ? &m->old : &m->now, &m->now, m->there, &m->findings,
                      &m->evidence) != VERDICT_GOOD)
        return m->findings.bad ? OUTCOME_BAD : OUTCOME_UNDECIDED;
    /* Short of its quorum or too old: nothing of it is kept. (So what is found below is of the
     * files alone, and a second try may forget it.) */
    if (findings_verdict(&m->findings) != VERDICT_GOOD)
        return outcome_of_verdict(findings_verdict(&m->findings));
    bool went_on = m->verified;
    enum replay_end end = verify(m, false);
    if (findings_verdict(&m->findings) != VERDICT_GOOD &&
        (intake_used_here(m->intake) || went_on)) {
        /* The copy may be what was altered, and the log not: all of it from there, once. */
        say(TR("the copy in %s does not fit: fetching all of it again",
               "la copia en %s no encaja: se trae toda de nuevo"),
            m->dir);
        findings_free(&m->findings);
        end = verify(m, true);
    }
    enum outcome outcome = outcome_of_verdict(findings_verdict(&m->findings));
    if (outcome == OUTCOME_PROVEN && intake_doubts(m->intake))
        return say_undecided(TR("files of the log changed while they were read",
                                "archivos de la bitácora cambiaron mientras se leían"));
    if (outcome == OUTCOME_PROVEN)
        return end == REPLAY_PROVEN ? keep(m) : OUTCOME_UNDECIDED;
    if (end == REPLAY_PROVEN)
        prove_findings(&m->evidence, &m->trust, m->there, &m->now, &m->findings);
    return outcome;
}

/* Nothing that was not proven is left lying about, nor what a run that was cut off left. */
static enum outcome bring_up_to_date(struct mirror *m)
{
    char *staging = path_join(m->dir, STAGING);
    remove_tree(staging);
    enum outcome outcome = update(m);
    remove_tree(staging);
    free(staging);
    return outcome;
}

static enum outcome run(struct mirror *m)
{
    enum outcome outcome = open_old(m);
    return outcome == OUTCOME_PROVEN ? conclude(m, bring_up_to_date(m)) : outcome;
}

/* ---- following ------------------------------------------------------------------------------- */

/* False if it is to end. */
static bool pause_for(unsigned seconds)
{
    sigset_t set = endings();
    struct timespec t = { .tv_sec = seconds };
    return sigtimedwait(&set, NULL, &t) < 0;
}

/* What was new is old now. */
static void turn_over(struct mirror *m, bool kept)
{
    findings_free(&m->findings);
    m->findings = (struct findings){ .list = NULL };
    m->staged = m->failed = false;
    logfiles_again(m->there);
    if (kept) {
        accepted_free(&m->old);
        m->old = m->now;
        m->now = (struct accepted){ .note = { 0 } };
        m->has_old = true;
    } else {
        accepted_free(&m->now);
        m->now = (struct accepted){ .note = { 0 } };
        m->verified = false;
    }
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

/* Whether the log itself is convicted, by what it signed: no later answer can mend that. */
static bool is_convicted(const struct mirror *m)
{
    for (size_t i = 0; i < m->findings.kept; i++)
        if (m->findings.list[i].why.reason == REASON_FORK ||
            m->findings.list[i].why.reason == REASON_ROLLED_BACK)
            return true;
    return m->evidence.n > 0;
}

/* Whether there is something to wait for. What was merely answered badly may come well the next
 * time. */
static bool may_mend(const struct mirror *m, enum outcome outcome)
{
    return outcome != OUTCOME_USAGE && !(outcome == OUTCOME_BAD && is_convicted(m));
}

/* Says what became of a round: each time the copy has grown, and when it stops or begins to be
 * kept up, or is not for another reason than before. */
static void report_round(const struct mirror *m, struct round now, struct round before)
{
    bool proven = now.outcome == OUTCOME_PROVEN;
    bool grown = proven && m->now.cp.checkpoint.size > m->old.cp.checkpoint.size;
    bool same = now.outcome == before.outcome && (proven || strcmp(now.code, before.code) == 0);
    if (!grown && same)
        return;
    if (!proven)
        findings_print(&m->findings, stderr);
    if (!proven && may_mend(m, now.outcome))
        say(TR("the copy stays what it was; the log is asked again",
               "la copia queda como estaba; se vuelve a preguntar a la bitácora"));
    if (m->args->json)
        say_json(json_pack("{s:b,s:I,s:I,s:o}", "ok", proven, "size",
                           (json_int_t)(proven ? m->now.cp.checkpoint.size : 0), "before",
                           (json_int_t)m->old.cp.checkpoint.size, "findings",
                           findings_json(&m->findings)));
    else if (proven)
        printf(TR("%" PRIu64 " entries, verified and kept\n",
                  "%" PRIu64 " asientos, verificados y guardados\n"),
               m->now.cp.checkpoint.size);
    fflush(stdout);
}

/* Keeps the copy current until it is ended, or the log is convicted. A log that cannot be reached,
 * answers badly, or has no quorum yet, is asked again; the folder stays what it was. */
static enum outcome follow(struct mirror *m, enum outcome outcome, unsigned seconds)
{
    struct round now = round_of(m, outcome);
    bool go_on = may_mend(m, outcome);
    buf_clear(&m->evidence); /* it is written */
    hold_signals();
    turn_over(m, outcome == OUTCOME_PROVEN);
    while (go_on && pause_for(seconds)) {
        struct round before = now;
        now = round_of(m, bring_up_to_date(m));
        report_round(m, now, before);
        go_on = may_mend(m, now.outcome);
        turn_over(m, now.outcome == OUTCOME_PROVEN);
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

/* The folder by a name beside which another can stand; to be freed. */
static char *own_name(const char *dir)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    bool dots = dir[n - 1] == '.' && (n == 1 || dir[n - 2] == '/' ||
                                      (dir[n - 2] == '.' && (n == 2 || dir[n - 3] == '/')));
    char *real = dots ? realpath(dir, NULL) : NULL;
    return real != NULL ? real : must(strdup(dir));
}

enum outcome cmd_mirror(const struct args *a)
{
    enum outcome outcome;
    unsigned seconds;
    char *beside = NULL;
    if (!args_operands(a, 1, 1, TR("one folder", "una carpeta")) || !read_every(a, &seconds))
        return OUTCOME_USAGE;
    struct mirror *m = must(calloc(1, sizeof *m));
    m->args = a;
    m->dir = a->operand[0];
    m->lock = -1;
    outcome = trust_open_args(&m->trust, a, true);
    if (outcome == OUTCOME_PROVEN && m->trust.url == NULL)
        outcome = say_usage(TR("where is the log? The policy names no URL: use --log",
                               "¿dónde está la bitácora? La política no da URL: use --log"));
    if (outcome == OUTCOME_PROVEN && mkdir(m->dir, 0777) != 0 && errno != EEXIST)
        outcome = say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), m->dir,
                            errno_words(errno));
    if (outcome == OUTCOME_PROVEN)
        outcome = lock_dir(m);
    if (outcome == OUTCOME_PROVEN) {
        m->here = logfiles_of_dir(m->dir);
        m->there = logfiles_of_url(m->trust.url);
        if (a->follow) /* its next round asks again; and a wait here would keep it from its end */
            logfiles_patience(m->there, PATIENCE_NONE);
        m->intake = intake_new(m->here, m->there, stage, m);
        m->trust.beside = beside = own_name(m->dir);
        outcome = run(m);
        if (a->follow)
            outcome = follow(m, outcome, seconds);
    }
    if (m->lock >= 0)
        close(m->lock);
    findings_free(&m->findings);
    accepted_free(&m->old);
    accepted_free(&m->now);
    judge_free(m->judge);
    intake_free(m->intake);
    logfiles_free(m->here);
    logfiles_free(m->there);
    buf_free(&m->evidence);
    trust_close(&m->trust);
    free(beside);
    free(m);
    return outcome;
}
