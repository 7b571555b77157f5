#include "client/witness/witness.h"

#include <errno.h>
#include <sodium.h>
#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/tlog/add_checkpoint.h"
#include "proto/tlog/tree.h"
#include "proto/verify/evidence.h"

/* ---- beginning and end --------------------------------------------------------------------- */

static enum outcome read_key(struct skey **out, const struct keyfile *file)
{
    enum outcome outcome = keyfile_read(out, file);
    if (outcome == OUTCOME_PROVEN && (*out)->vkey.type != KEY_COSIGNATURE)
        outcome =
            say_usage(TR("%s is not a witness's key: make one with `bitacora keygen --witness`",
                         "%s no es la clave de un testigo: créela con `bitacora keygen "
                         "--witness`"),
                      file->path);
    return outcome;
}

static enum outcome read_policy(struct witness *w, struct trust *trust, struct witness_state *state,
                                struct witness_state *before)
{
    enum outcome outcome = trust_open(trust, &w->options.trust, false);
    if (outcome == OUTCOME_PROVEN && policy_logs(trust->policy) == 0)
        outcome = say_usage(TR("%s names no log", "%s no nombra ninguna bitácora"),
                            w->options.trust.policy);
    if (outcome == OUTCOME_PROVEN)
        outcome = witness_state_load(state, &w->folder, trust->policy, &w->key->vkey, before);
    if (outcome != OUTCOME_PROVEN)
        trust_close(trust);
    return outcome;
}

enum outcome witness_open(struct witness *w, const struct witness_options *options)
{
    *w = (struct witness){ .options = *options, .folder = { .lock = -1 } };
    enum outcome outcome = read_key(&w->key, &options->key);
    if (outcome == OUTCOME_PROVEN)
        outcome = witness_folder_open(&w->folder, options->state, options->begin);
    if (outcome == OUTCOME_PROVEN)
        outcome = read_policy(w, &w->trust, &w->state, NULL);
    if (outcome != OUTCOME_PROVEN)
        witness_close(w);
    return outcome;
}

void witness_close(struct witness *w)
{
    witness_state_free(&w->state);
    trust_close(&w->trust);
    private_key_free(w->key);
    witness_folder_close(&w->folder);
}

/* Is the disk what we stored? If not, what we know must not be given up for what it says, and
 * what we would store from now on is nothing to begin from. */
static enum held look_at_disk(struct witness *w)
{
    enum held held = witness_state_held(&w->state);
    if (held != HELD_NOT)
        return held;
    w->failing = true;
    w->broken = say_usage(
        TR("somebody else altered the state in %s: the policy is not read, nothing is cosigned any "
           "more, ending. Do not start it again before the newest files are back: from older ones, "
           "or none, it would cosign a second history. If they are lost, make a new key (bitacora "
           "keygen --witness) and an empty folder, and publish the new vkey",
           "alguien más alteró el estado en %s: no se lee la política, ya no se cofirma nada, "
           "termina. No lo arranque de nuevo sin haber devuelto los archivos más recientes: desde "
           "otros anteriores, o sin ellos, cofirmaría otra historia. Si se perdieron, cree una "
           "clave nueva (bitacora keygen --witness) y una carpeta vacía, y publique la nueva vkey"),
        w->folder.dir);
    return held;
}

void witness_reload(struct witness *w)
{
    struct trust trust;
    struct witness_state state;
    lost_forget(); /* what an earlier request lacked memory for says nothing of this */
    enum held held = w->broken == OUTCOME_PROVEN ? look_at_disk(w) : HELD_NOT;
    if (held == HELD_NOT)
        return;
    if (held == HELD_UNREAD || read_policy(w, &trust, &state, &w->state) != OUTCOME_PROVEN) {
        say(TR("the policy stays as it was", "la política queda como estaba"));
        return;
    }
    witness_state_free(&w->state);
    trust_close(&w->trust);
    w->state = state;
    w->trust = trust;
}

/* ---- add-checkpoint ------------------------------------------------------------------------ */

struct add_request {
    struct add_checkpoint add;
    struct note note;
    struct checkpoint cp;
    struct span body;
    struct witness_log *log;
    struct buf signed_note; /* the text and the log's lines, nobody else's */
};

void witness_refuse(struct witness_answer *a, int status, const char *words)
{
    a->status = status;
    a->type = "text/plain; charset=utf-8";
    buf_clear(&a->body);
    buf_adds(&a->body, words);
    buf_adds(&a->body, "\n");
}

void witness_refuse_for(struct witness_answer *a, int status, const struct refusal *why)
{
    struct buf words = { 0 };
    refusal_sentence(&words, why, language_get());
    witness_refuse(a, status, buf_str(&words));
    buf_free(&words);
}

static bool malformed(struct witness_answer *a, const struct refusal *why)
{
    witness_refuse_for(a, 400, why);
    return false;
}

static bool parse_add_request(struct add_request *r, struct witness_answer *a)
{
    struct refusal why;
    if (add_checkpoint_parse(&r->add, r->body, &why) != 0 ||
        note_parse(&r->note, r->add.checkpoint, &why) != 0 ||
        checkpoint_parse(&r->cp, r->note.text, &why) != 0)
        return malformed(a, &why);
    return true;
}

/* Is it a log that we know, and did it sign this? Lines of keys that we do not know do not
 * matter. */
static bool is_of_log(struct witness *w, struct add_request *r, struct witness_answer *a)
{
    r->log = witness_state_find(&w->state, r->cp.origin);
    if (r->log == NULL) {
        witness_refuse(
            a, 404,
            TR("this witness does not know that log", "este testigo no conoce esa bitácora"));
        return false;
    }
    buf_add_span(&r->signed_note, r->note.text);
    buf_adds(&r->signed_note, "\n");
    struct note_line own;
    enum note_verdict v = witness_log_signed(&own, &r->signed_note, w->trust.policy, r->log->origin,
                                             &r->note, &w->key->vkey);
    if (v == NOTE_GOOD)
        return true;
    witness_refuse(
        a, 403,
        v != NOTE_UNSIGNED
            ? TR("the signature of the log does not verify", "la firma de la bitácora no es válida")
            : TR("the log did not sign this", "la bitácora no firmó esto"));
    return false;
}

/* Said once about each checkpoint, as each is kept once. */
static void say_kept(const struct add_request *r, enum file_kept kept, enum witness_file kind,
                     const char *path)
{
    unsigned long long size = r->cp.size, last = r->log->size;
    if (kept == KEPT_FAILED)
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
    else if (kept == KEPT && kind == WITNESS_FORK)
        say(TR("FORK: %s signed two histories that contradict each other (sizes %llu and %llu). "
               "Publish %s: anyone can check it: bitacora verify-evidence --policy POLICY %s",
               "BIFURCACIÓN: %s firmó dos historias que se contradicen (tamaños %llu y %llu). "
               "Publique %s: cualquiera lo comprueba: bitacora verify-evidence --policy POLÍTICA "
               "%s"),
            r->log->origin, last, size, path, path);
    else if (kept == KEPT)
        say(TR("WARNING: %s signed size %llu, but the proof that came with it does not show that "
               "it "
               "extends size %llu: the proof is wrong, or the log forked. Kept in %s",
               "AVISO: %s firmó el tamaño %llu, pero la prueba que lo acompaña no muestra que "
               "extienda el tamaño %llu: la prueba está mal, o la bitácora se bifurcó. Guardado en "
               "%s"),
            r->log->origin, size, last, path);
    unsigned n = kind == WITNESS_FORK ? r->log->forks : r->log->doubts;
    if (kept == KEPT && n == (kind == WITNESS_FORK ? WITNESS_FORKS_MAX : WITNESS_DOUBTS_MAX))
        say(TR("%s: %u such files are there: no more are kept",
               "%s: hay %u archivos así: no se guardan más"),
            r->log->origin, n);
}

static void keep_file(struct witness *w, struct add_request *r, enum witness_file kind,
                      struct span bytes)
{
    char *path;
    enum file_kept kept = witness_state_keep(&w->state, r->log, kind, r->note.text, bytes, &path);
    if (kept != KEPT_FAILED || !w->failing) /* else every request would fill the log with it */
        say_kept(r, kept, kind, path);
    w->failing = w->failing || kept == KEPT_FAILED;
    free(path);
}

/* Keeps evidence of a fork, if the proof (a seeded one, or none for equal sizes) makes it one for
 * everybody. Returns whether it does. */
static bool keep_fork(struct witness *w, struct add_request *r, const struct hash *proof, size_t n)
{
    struct buf evidence = { 0 };
    struct evidence_report report;
    evidence_of_fork(&evidence, buf_span(&r->log->note), buf_span(&r->signed_note), proof, n);
    bool proves = !evidence.failed && !r->signed_note.failed &&
                  evidence_judge(&report, w->trust.policy, buf_span(&evidence), NULL) == 0;
    if (proves)
        keep_file(w, r, WITNESS_FORK, buf_span(&evidence));
    buf_free(&evidence);
    return proves;
}

/* The log was set back, or somebody shows an old checkpoint of it: everybody has those. So it is said
 * once, and over when the log goes on from where it was. */
static void note_smaller(struct add_request *r)
{
    if (r->log->smaller == 0)
        say(TR("%s shows size %llu, and had signed size %llu: it was set back, or somebody shows "
               "an "
               "older checkpoint. If it does not grow beyond %llu soon, show it what it signed: "
               "bitacora confront --policy POLICY FILE, with this witness's /%s/checkpoint",
               "%s muestra el tamaño %llu, y había firmado el tamaño %llu: retrocedió, o alguien "
               "muestra un punto de control anterior. Si no pasa pronto de %llu, muéstrele lo que "
               "firmó: bitacora confront --policy POLÍTICA ARCHIVO, con el /%s/checkpoint de este "
               "testigo"),
            r->log->origin, (unsigned long long)r->cp.size, (unsigned long long)r->log->size,
            (unsigned long long)r->log->size, r->log->name);
    r->log->smaller = r->cp.size + (r->cp.size == 0);
}

/* Does it begin where we are? Another root at our size convicts the log whatever was asked. */
static bool begins_here(struct witness *w, struct add_request *r, struct witness_answer *a)
{
    const struct witness_log *log = r->log;
    if (r->add.old_size > r->cp.size) {
        witness_refuse(a, 400,
                       TR("the old size is larger than the checkpoint's",
                          "el tamaño anterior es mayor que el del punto de control"));
        return false;
    }
    if (r->cp.size == log->size && log->size > 0 && !hash_eq(&r->cp.root, &log->root))
        keep_fork(w, r, NULL, 0);
    if (r->cp.size < log->size)
        note_smaller(r);
    if (r->add.old_size == log->size)
        return true;
    a->status = 409;
    a->type = "text/x.tlog.size";
    add_checkpoint_size_format(&a->body, log->size);
    return false;
}

/* Is it our tree, with something behind it or nothing? */
static bool extends(struct witness *w, struct add_request *r, struct witness_answer *a)
{
    static const struct frontier empty;
    const struct add_checkpoint *add = &r->add;
    const struct witness_log *log = r->log;
    struct hash no_root;
    frontier_root(&empty, &no_root);
    bool good;
    if (add->old_size == 0)
        good = add->n == 0 && (r->cp.size > 0 || hash_eq(&r->cp.root, &no_root));
    else
        good = tree_consistent(log->size, &log->root, r->cp.size, &r->cp.root, add->proof, add->n);
    if (good)
        return true;
    /* Equal sizes were looked at before; there is nothing to contradict in an empty tree. */
    if (add->old_size > 0 && r->cp.size > add->old_size && !keep_fork(w, r, add->proof, add->n))
        keep_file(w, r, WITNESS_DOUBT, r->body);
    witness_refuse(a, 422,
                   TR("that does not show that the checkpoint extends the last one",
                      "eso no muestra que el punto de control extienda el último"));
    return false;
}

static void not_stored(struct witness *w, const struct witness_log *log, enum stored stored,
                       struct witness_answer *a)
{
    int cause = errno;
    if (!w->failing)
        say(TR("%s: the checkpoint could not be stored, and is not cosigned: %s",
               "%s: el punto de control no se pudo guardar y no se cofirma: %s"),
            log->origin, errno_words(cause));
    w->failing = true;
    /* A folder that went away must not be begun anew by whoever restarts us. */
    if (stored == STORED_UNKNOWN && witness_folder_holds_list(&w->folder) == HELD_NOT)
        look_at_disk(w);
    if (stored == STORED_UNKNOWN && w->broken == OUTCOME_PROVEN)
        w->broken =
            say_undecided(TR("what the disk holds is not known: ending, to begin anew from it",
                             "no se sabe qué contiene el disco: termina, para empezar de nuevo "
                             "desde él"));
    witness_refuse(a, 503, TR("the checkpoint could not be stored", "no se pudo guardar"));
}

/* Not earlier than the last one. */
static uint64_t time_of(const struct witness_log *log)
{
    int64_t now = clock_wall() / 1000;
    uint64_t seconds = now < 1 ? 1 : (uint64_t)now;
    return seconds < log->seconds ? log->seconds : seconds;
}

static void give_cosignature(struct witness_answer *a, const struct buf *line)
{
    a->status = 200;
    a->type = "text/plain; charset=utf-8";
    buf_add_span(&a->body, buf_span(line));
}

/* The stored cosignature, while it is young, or the disk would be kept busy by whoever repeats
 * one public checkpoint. One that another key of the log signed is stored, as that key may soon
 * be the only one. Returns whether it was given. */
static bool repeat_cosignature(struct witness *w, struct add_request *r, struct witness_answer *a)
{
    struct note last;
    struct refusal why;
    struct buf line = { 0 };
    const struct witness_log *log = r->log;
    if (log->note.n == 0 || log->unsynced || time_of(log) - log->seconds >= WITNESS_REPEAT_S ||
        r->signed_note.failed || r->signed_note.n > log->note.n ||
        memcmp(r->signed_note.p, log->note.p, r->signed_note.n) != 0 ||
        note_parse(&last, buf_span(&log->note), &why) != 0)
        return false;
    note_copy_signature(&line, &last, &w->key->vkey);
    bool given = !line.failed && line.n > 0;
    if (given)
        give_cosignature(a, &line);
    buf_free(&line);
    return given;
}

static void store_and_give(struct witness *w, struct add_request *r, const struct buf *line,
                           uint64_t seconds, struct witness_answer *a)
{
    enum stored stored = witness_state_store(&w->state, r->log, &r->signed_note, &r->cp, seconds);
    if (stored != STORED) {
        not_stored(w, r->log, stored, a);
        return;
    }
    witness_state_settle(&w->state, r->log, r->note.text);
    r->log->smaller = 0;
    w->failing = false;
    give_cosignature(a, line);
}

static void cosign(struct witness *w, struct add_request *r, struct witness_answer *a)
{
    struct buf line = { 0 };
    uint64_t seconds = time_of(r->log);
    if (repeat_cosignature(w, r, a))
        return;
    note_cosign(&line, r->note.text, w->key, seconds);
    buf_add_span(&r->signed_note, buf_span(&line));
    if (line.failed || r->signed_note.failed)
        witness_refuse(a, 503, TR("out of memory", "memoria agotada"));
    else if (r->signed_note.n > CHECKPOINT_MAX)
        witness_refuse(
            a, 400, TR("the checkpoint is too large", "el punto de control es demasiado grande"));
    else
        store_and_give(w, r, &line, seconds, a);
    buf_free(&line);
}

void witness_add_checkpoint(struct witness *w, struct span body, struct witness_answer *a)
{
    struct add_request r = { .body = body };
    if (w->broken != OUTCOME_PROVEN)
        witness_refuse(a, 503, TR("this witness is ending", "este testigo está terminando"));
    else if (parse_add_request(&r, a) && is_of_log(w, &r, a) && begins_here(w, &r, a) &&
             extends(w, &r, a))
        cosign(w, &r, a);
    buf_free(&r.signed_note);
}
