/* bitacora mirror: a verified copy of the log as static files, which any web server can serve and
 * `replay --dir` can read. What is new is staged beside the copy, proven, and only then moved in; the
 * checkpoint comes last, so that at any moment the folder is a complete log. */
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

#include "client/cmd.h"
#include "client/files.h"
#include "client/prove.h"
#include "proto/base64.h"
#include "proto/replay.h"
#include "proto/scan.h"

#define STAGING ".incoming"

struct mirror {
    const struct args *args;
    const char *dir;
    struct trust trust;
    struct logfiles *here, *there;
    struct source source; /* reads full files from here if they are, else from there, and stages */
    struct findings findings;
    struct accepted old, now;
    bool has_old;
    struct edge edge; /* of what was verified */
    struct judge *judge;
    bool verified; /* edge and judge are those of `old`: go on from there */
    struct buf evidence;
    int lock;           /* on the folder: one run at a time */
    bool staged;        /* something waits to be moved in */
    bool used_here;     /* files of the copy were read for this run … */
    bool distrust_here; /* … and did not fit: fetch them again */
    bool failed;        /* a file could not be written: errno was said */
};

static void stage(struct mirror *m, const char *name, struct span bytes)
{
    char *staging = path_join(m->dir, STAGING), *path = path_join(staging, name);
    if (file_make_parents(path) != 0 || file_replace(path, bytes, 0644) != 0) {
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path, strerror(errno));
        m->failed = true;
    }
    m->staged = true;
    free(path);
    free(staging);
}

/* A full tile never changes: what is here already is read here, and verified again. */
static enum fetch read_tile(void *ctx, const struct tile *t, size_t max, struct buf *out,
                            struct refusal *why)
{
    struct mirror *m = ctx;
    const struct source *here = logfiles_source(m->here), *there = logfiles_source(m->there);
    size_t start = out->n;
    char name[TILE_PATH_MAX];
    if (t->width == TILE_WIDTH && !m->distrust_here &&
        here->tile(here->ctx, t, max, out, why) == FETCH_OK) {
        m->used_here = true;
        return FETCH_OK;
    }
    enum fetch got = there->tile(there->ctx, t, max, out, why);
    tile_path(name, t);
    if (got == FETCH_OK && !out->failed)
        stage(m, name, span_of(out->p + start, out->n - start));
    return got;
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

/* Partial tiles that the new checkpoint no longer needs. */
static void drop_partial(const struct mirror *m, int level)
{
    uint64_t old = m->old.cp.checkpoint.size, now = m->now.cp.checkpoint.size;
    uint64_t n = tile_count(old, level);
    struct tile t = { .level = level,
                      .n = n - 1,
                      .width = n == 0 ? 0 : tile_width(old, level, n - 1) };
    char name[TILE_PATH_MAX];
    if (n == 0 || t.width == TILE_WIDTH || tile_width(now, level, t.n) == t.width)
        return;
    tile_path(name, &t);
    char *path = path_join(m->dir, name);
    unlink(path);
    *strrchr(path, '/') = 0; /* NNN.p, if it is empty now */
    rmdir(path);
    free(path);
}

static enum outcome keep(struct mirror *m)
{
    char *staging = path_join(m->dir, STAGING), *path = path_join(m->dir, "checkpoint");
    enum outcome outcome = OUTCOME_PROVEN;
    if (m->failed) {
        outcome = OUTCOME_UNDECIDED; /* stage() has said why */
    } else if ((m->staged && move_in(staging, m->dir) != 0) ||
               file_replace(path, buf_span(&m->now.note), 0644) != 0) {
        outcome = say_undecided(
            TR("the copy could not be written: %s", "no se pudo escribir la copia: %s"),
            strerror(errno));
    } else if (m->has_old) {
        for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++)
            drop_partial(m, level);
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

/* The file of a ruleset that the log pins: audits of the copy need it, as a blob under the path that a log serves it
 * under. Its hash says whether it is the one; a copy without it is a copy all the same. */
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

/* Chain and tree; whose signatures the records carry is for a replay to say. */
static enum replay_end verify(struct mirror *m)
{
    struct judge_setup setup = { .log = *trust_log(&m->trust),
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
    struct replay_setup replay = { .source = &m->source,
                                   .size = m->now.cp.checkpoint.size,
                                   .root = m->now.cp.checkpoint.root,
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
        printf(TR("%s: %" PRIu64 " entries, verified and kept in %s\n",
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
                         m->dir, strerror(errno));
    return say_undecided(TR("%s is in use by another run, or cannot be locked: %s",
                            "otra ejecución usa %s, o no se puede bloquear: %s"),
                         m->dir, strerror(errno));
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
        (m->has_old && prove_extends(&m->trust, &m->old, &m->now, m->there, &m->findings,
                                     &m->evidence) != VERDICT_GOOD))
        return m->findings.bad ? OUTCOME_BAD : OUTCOME_UNDECIDED;
    /* Short of its quorum or too old: nothing of it is kept. (So what is found below is of the files
     * alone, and a second try may forget it.) */
    if (findings_verdict(&m->findings) != VERDICT_GOOD)
        return outcome_of_verdict(findings_verdict(&m->findings));
    bool went_on = m->verified;
    enum replay_end end = verify(m);
    if (findings_verdict(&m->findings) != VERDICT_GOOD && (m->used_here || went_on)) {
        /* The copy may be what was altered, and the log not: all of it from there, once. */
        say(TR("the copy in %s does not fit: fetching all of it again",
               "la copia en %s no encaja: se trae toda de nuevo"),
            m->dir);
        findings_free(&m->findings);
        m->distrust_here = true;
        end = verify(m);
        m->distrust_here = false;
    }
    enum outcome outcome = outcome_of_verdict(findings_verdict(&m->findings));
    if (outcome == OUTCOME_PROVEN)
        outcome = end == REPLAY_PROVEN ? keep(m) : OUTCOME_UNDECIDED;
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

static sigset_t endings(void)
{
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    sigaddset(&set, SIGINT);
    return set;
}

/* From now on they only end a pause: one that comes while there is none stays pending for the next. */
static void hold_signals(void)
{
    sigset_t set = endings();
    sigprocmask(SIG_BLOCK, &set, NULL);
}

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
    m->staged = m->used_here = m->failed = false;
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

/* Says what became of a round: each time the copy has grown, and when it stops or begins to be kept up, or is not
 * for another reason than before. */
static void report_round(const struct mirror *m, struct round now, struct round before)
{
    bool proven = now.outcome == OUTCOME_PROVEN;
    bool grown = proven && m->now.cp.checkpoint.size > m->old.cp.checkpoint.size;
    bool same = now.outcome == before.outcome && (proven || strcmp(now.code, before.code) == 0);
    if (!grown && same)
        return;
    if (!proven)
        findings_print(&m->findings, stderr);
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

/* Keeps the copy current until it is ended, or the log is proven bad. A log that cannot be reached, or has no
 * quorum yet, is asked again; the folder stays what it was. */
static enum outcome follow(struct mirror *m, enum outcome outcome, unsigned seconds)
{
    struct round now = round_of(m, outcome);
    hold_signals();
    turn_over(m, outcome == OUTCOME_PROVEN);
    while (now.outcome != OUTCOME_BAD && now.outcome != OUTCOME_USAGE && pause_for(seconds)) {
        struct round before = now;
        now = round_of(m, bring_up_to_date(m));
        report_round(m, now, before);
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

enum outcome cmd_mirror(const struct args *a)
{
    enum outcome outcome;
    unsigned seconds;
    if (!args_operands(a, 1, 1, TR("one folder", "una carpeta")) || !read_every(a, &seconds))
        return OUTCOME_USAGE;
    struct mirror *m = must(calloc(1, sizeof *m));
    m->args = a;
    m->dir = a->operand[0];
    m->lock = -1;
    m->source = (struct source){ .tile = read_tile, .ctx = m };
    outcome = trust_open(&m->trust, a, true);
    if (outcome == OUTCOME_PROVEN && m->trust.url == NULL)
        outcome = say_usage(TR("where is the log? The policy names no URL: use --log",
                               "¿dónde está la bitácora? La política no da URL: use --log"));
    if (outcome == OUTCOME_PROVEN && mkdir(m->dir, 0777) != 0 && errno != EEXIST)
        outcome = say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), m->dir,
                            strerror(errno));
    if (outcome == OUTCOME_PROVEN)
        outcome = lock_dir(m);
    if (outcome == OUTCOME_PROVEN) {
        m->here = logfiles_of_dir(m->dir);
        m->there = logfiles_of_url(m->trust.url);
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
    logfiles_free(m->here);
    logfiles_free(m->there);
    buf_free(&m->evidence);
    trust_close(&m->trust);
    free(m);
    return outcome;
}
