#include "client/witness/witness_state.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/tlog/tree.h"

#define NAME_DIGITS (2 * HASH_BYTES)
#define TEXT_DIGITS 16 /* of the hash of a checkpoint's text */

static const char *const ending[][2] = {
    [WITNESS_FORK] = { ".fork-", ".json" },
    [WITNESS_DOUBT] = { ".doubt-", ".txt" },
};

static unsigned *count_of(struct witness_log *log, enum witness_file kind)
{
    return kind == WITNESS_FORK ? &log->forks : &log->doubts;
}

static void hex_of(char *out, struct span bytes)
{
    struct hash h;
    hash_bytes(&h, bytes);
    hex_format(out, h.b, HASH_BYTES);
}

/* ---- its files ----------------------------------------------------------------------------- */

/* How many files of a kind there are about a log. */
static void count_files(const struct witness_state *s, struct witness_log *log)
{
    DIR *d = opendir(s->folder->dir);
    log->forks = log->doubts = 0;
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        for (int kind = WITNESS_FORK; kind <= WITNESS_DOUBT; kind++)
            if (strncmp(e->d_name, log->name, NAME_DIGITS) == 0 &&
                strncmp(e->d_name + NAME_DIGITS, ending[kind][0], strlen(ending[kind][0])) == 0)
                ++*count_of(log, (enum witness_file)kind);
    if (d != NULL)
        closedir(d);
}

static char *path_of(const struct witness_state *s, const struct witness_log *log,
                     const char *suffix)
{
    char name[NAME_DIGITS + 64];
    snprintf(name, sizeof name, "%s%s", log->name, suffix);
    return witness_folder_path(s->folder, name);
}

/* ---- loading ------------------------------------------------------------------------------- */

enum note_verdict witness_log_signed(struct note_line *own, struct buf *lines,
                                     const struct policy *policy, const char *origin,
                                     const struct note *n, const struct vkey *witness)
{
    struct log_keys logs = { .n = 0 };
    const struct vkey *key[LOG_KEYS_MAX + 1];
    struct note_line line[LOG_KEYS_MAX + 1];
    size_t bad;
    bool any = false;
    for (size_t i = 0; i < policy_logs(policy) && logs.n == 0; i++)
        if (strcmp(policy_log(policy, i)->key.name, origin) == 0)
            logs = policy_log_keys(policy, i);
    memcpy(key, logs.key, logs.n * sizeof *key);
    key[logs.n] = witness;
    if (note_verify_all(line, n, key, logs.n + 1, &bad) == NOTE_MEMORY)
        return NOTE_MEMORY;
    for (size_t i = 0; i < logs.n; i++) {
        any = any || line[i].good;
        if (lines != NULL && line[i].good)
            note_copy_signature(lines, n, key[i]);
    }
    *own = line[logs.n];
    return bad < logs.n ? NOTE_BAD : any ? NOTE_GOOD : NOTE_UNSIGNED;
}

/* Fills in what the stored note says. Returns 0, or -1: it is damaged, or not ours. */
static int take_note(struct witness_log *log, const struct policy *policy,
                     const struct vkey *witness)
{
    struct note n;
    struct checkpoint cp;
    struct refusal why;
    struct note_line own;
    if (note_parse(&n, buf_span(&log->note), &why) != 0 ||
        checkpoint_parse(&cp, n.text, &why) != 0 || !span_is(cp.origin, log->origin) ||
        witness_log_signed(&own, NULL, policy, log->origin, &n, witness) != NOTE_GOOD || !own.good)
        return -1;
    log->seconds = own.seconds;
    log->size = cp.size;
    log->root = cp.root;
    return 0;
}

static enum outcome lost(struct span origin, const char *path)
{
    return say_usage(
        TR("%s is not there, though checkpoints of %.*s were cosigned. The witness does not start: "
           "from size 0 it could cosign a second history. If the folder is not mounted, mount it. "
           "If the newest file was moved away, put it back; an older copy would not do. If it is "
           "lost, make a new key (bitacora keygen --witness) and an empty folder, and publish the "
           "new vkey",
           "%s no está, aunque se cofirmaron puntos de control de %.*s. El testigo no arranca: "
           "desde el "
           "tamaño 0 podría cofirmar otra historia. Si la carpeta no está montada, móntela. Si el "
           "archivo más reciente se movió, devuélvalo; una copia anterior no sirve. Si se perdió, "
           "cree una clave nueva (bitacora keygen --witness) y una carpeta vacía, y publique la "
           "nueva vkey"),
        path, (int)origin.n, (const char *)origin.p);
}

/* Is there a file for each log that is listed, in the policy or not? */
static enum outcome all_there(struct witness_folder *f)
{
    enum outcome outcome = OUTCOME_PROVEN;
    const struct witness_state s = { .folder = f };
    struct witness_log log;
    struct span origin;
    struct stat st;
    for (size_t at = 0; witness_folder_next(f, &at, &origin);) {
        hex_of(log.name, origin);
        char *path = path_of(&s, &log, ".checkpoint");
        if (stat(path, &st) != 0)
            outcome = lost(origin, path);
        free(path);
    }
    return outcome;
}

static enum outcome damaged(const struct witness_log *log, const char *path)
{
    say(TR("%s is not a checkpoint of %s that was cosigned with this key and signed by a log key "
           "of "
           "the policy. The witness does not start: from size 0 it could cosign a second history.",
           "%s no es un punto de control de %s cofirmado con esta clave y firmado por una clave de "
           "la "
           "política. El testigo no arranca: desde el tamaño 0 podría cofirmar otra historia."),
        path, log->origin);
    return say_usage(TR(
        "If the log has a new key, name the old one in the policy as well, until a checkpoint of "
        "the new one has been cosigned. If this is the folder of another witness key, use that "
        "key, or another folder. If the file is damaged, make a new key (bitacora keygen "
        "--witness) and an empty folder, and publish the new vkey: an older copy of the file "
        "would not do",
        "Si la bitácora tiene clave nueva, nombre también la anterior en la política hasta haber "
        "cofirmado un punto de control de la nueva. Si es la carpeta de otra clave de testigo, use "
        "aquella clave u otra carpeta. Si el archivo está dañado, cree una clave nueva (bitacora "
        "keygen --witness) y una carpeta vacía, y publique la nueva vkey: una copia anterior del "
        "archivo no sirve"));
}

static void say_where_it_stands(const struct witness_log *log)
{
    char when[WHEN_TEXT + 1] = "";
    if (log->note.n == 0) {
        say(TR("%s: nothing was cosigned yet: begins at size 0",
               "%s: aún no se ha cofirmado nada: empieza en el tamaño 0"),
            log->origin);
        return;
    }
    if (log->seconds < UINT64_C(253402300800)) /* the year 10000 */
        when_format(when, (int64_t)log->seconds * 1000);
    say(TR("%s: at size %llu, cosigned last at %s", "%s: en el tamaño %llu, cofirmado en %s"),
        log->origin, (unsigned long long)log->size, when);
    if (log->forks > 0)
        say(TR("%s forked: %u files of evidence are here (%s.fork-…)",
               "%s se bifurcó: aquí hay %u archivos de evidencia (%s.fork-…)"),
            log->origin, log->forks, log->name);
    if ((int64_t)log->seconds > clock_wall() / 1000)
        say(TR("WARNING: %s: that is in the future: is the clock right?",
               "AVISO: %s: eso está en el futuro: ¿es correcto el reloj?"),
            log->origin);
}

/* A state that was there before the list, or before it could be listed. */
static enum outcome list(struct witness_state *s, const struct witness_log *log)
{
    if (witness_folder_lists(s->folder, span_str(log->origin)) ||
        witness_folder_add(s->folder, log->origin) == 0)
        return OUTCOME_PROVEN;
    return say_usage(TR("the list of logs in %s could not be written: %s",
                        "no se pudo escribir la lista de bitácoras en %s: %s"),
                     s->folder->dir, errno_words(errno));
}

/* The note from memory, if the log was there before, else from its file, which may not be on the
 * disk yet: a kill, or a sync that failed, may have left it so. */
static enum file read_note(struct witness_log *log, const struct witness_state *s, const char *path,
                           struct witness_state *before)
{
    const struct witness_log *known =
        before == NULL ? NULL : witness_state_find(before, span_str(log->origin));
    if (known == NULL) {
        log->unsynced = directory_sync(s->folder->dir) != 0;
        return file_read(&log->note, path, CHECKPOINT_MAX);
    }
    buf_add_span(&log->note, buf_span(&known->note));
    log->unsynced = known->unsynced;
    if (log->note.failed) {
        errno = ENOMEM;
        return FILE_FAILED;
    }
    return known->note.n == 0 ? FILE_MISSING : FILE_OK;
}

static enum outcome load_log(struct witness_state *s, struct witness_log *log,
                             const struct policy *policy, const struct vkey *witness,
                             struct witness_state *before)
{
    static const struct frontier empty;
    enum outcome outcome = OUTCOME_PROVEN;
    hex_of(log->name, span_str(log->origin));
    frontier_root(&empty, &log->root);
    char *path = path_of(s, log, ".checkpoint");
    enum file read = read_note(log, s, path, before);
    if (read == FILE_FAILED || read == FILE_SPECIAL)
        outcome = say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                            file_cause(read));
    else if (read == FILE_MISSING && !witness_folder_lacks(path))
        outcome = lost(span_str(log->origin), path);
    else if (read != FILE_MISSING && take_note(log, policy, witness) != 0)
        outcome = damaged(log, path);
    else if (read != FILE_MISSING)
        outcome = list(s, log);
    count_files(s, log);
    if (outcome == OUTCOME_PROVEN)
        say_where_it_stands(log);
    free(path);
    return outcome;
}

enum outcome witness_state_load(struct witness_state *out, struct witness_folder *folder,
                                const struct policy *policy, const struct vkey *witness,
                                struct witness_state *before)
{
    *out = (struct witness_state){ .folder = folder };
    enum outcome outcome = all_there(folder);
    for (size_t i = 0; outcome == OUTCOME_PROVEN && i < policy_logs(policy); i++) {
        const char *origin = policy_log(policy, i)->key.name;
        if (witness_state_find(out, span_str(origin)) != NULL)
            continue; /* another key of the same log */
        struct witness_log *log = &out->log[out->logs++];
        log->origin = origin;
        outcome = load_log(out, log, policy, witness, before);
    }
    if (outcome != OUTCOME_PROVEN)
        witness_state_free(out);
    return outcome;
}

static enum held worse(enum held a, enum held b)
{
    return a == HELD_NOT || b == HELD ? a : b;
}

static void say_not_held(enum held held, const char *path)
{
    if (held == HELD_UNREAD)
        say(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path, errno_words(errno));
    if (held == HELD_NOT)
        say(TR("%s is missing, or is not what this witness keeps in it",
               "%s falta, o no es lo que este testigo guarda ahí"),
            path);
}

enum held witness_state_held(const struct witness_state *s)
{
    char *path = witness_folder_path(s->folder, "logs");
    enum held all = witness_folder_holds_list(s->folder);
    say_not_held(all, path);
    free(path);
    for (size_t i = 0; i < s->logs; i++) {
        const struct witness_log *log = &s->log[i];
        path = path_of(s, log, ".checkpoint");
        enum held held = witness_folder_holds(path, buf_span(&log->note));
        say_not_held(held, path);
        if (held == HELD_NOT)
            say(TR("%s: it was at size %llu", "%s: estaba en el tamaño %llu"), log->origin,
                (unsigned long long)log->size);
        all = worse(all, held);
        free(path);
    }
    return all;
}

void witness_state_free(struct witness_state *s)
{
    for (size_t i = 0; i < s->logs; i++)
        buf_free(&s->log[i].note);
    *s = (struct witness_state){ .logs = 0 };
}

struct witness_log *witness_state_find(struct witness_state *s, struct span origin)
{
    for (size_t i = 0; i < s->logs; i++)
        if (span_is(origin, s->log[i].origin))
            return &s->log[i];
    return NULL;
}

/* ---- keeping ------------------------------------------------------------------------------- */

/* Nothing but want of room is known to have left the disk as it was. */
static enum stored not_stored(int cause)
{
    return cause == ENOSPC || cause == EDQUOT || cause == EMFILE || cause == ENFILE
               ? STORED_NOT
               : STORED_UNKNOWN;
}

enum stored witness_state_store(const struct witness_state *s, struct witness_log *log,
                                struct buf *note, const struct checkpoint *cp, uint64_t seconds)
{
    char *path = path_of(s, log, ".checkpoint");
    int failed = file_replace(path, buf_span(note), 0644);
    int cause = errno;
    free(path);
    errno = cause;
    if (failed == -1)
        return not_stored(cause);
    /* Memory is what the disk has, synced or not: else the next look would find them to differ. */
    log->size = cp->size;
    log->root = cp->root;
    log->seconds = seconds;
    log->unsynced = failed != 0;
    buf_free(&log->note);
    log->note = *note;
    *note = (struct buf){ 0 };
    if (failed)
        return not_stored(cause);
    /* Only now: a kill between the two must not leave a log listed that has no file. */
    if (!witness_folder_lists(s->folder, span_str(log->origin)) &&
        witness_folder_add(s->folder, log->origin) != 0) {
        log->unsynced = true;
        return not_stored(errno);
    }
    return STORED;
}

static char *path_about(const struct witness_state *s, const struct witness_log *log,
                        enum witness_file kind, struct span text)
{
    char hash[2 * HASH_BYTES + 1], suffix[48];
    hex_of(hash, text);
    snprintf(suffix, sizeof suffix, "%s%.*s%s", ending[kind][0], TEXT_DIGITS, hash,
             ending[kind][1]);
    return path_of(s, log, suffix);
}

enum file_kept witness_state_keep(const struct witness_state *s, struct witness_log *log,
                                  enum witness_file kind, struct span text, struct span bytes,
                                  char **path)
{
    unsigned most = kind == WITNESS_FORK ? WITNESS_FORKS_MAX : WITNESS_DOUBTS_MAX;
    *path = path_about(s, log, kind, text);
    if (*count_of(log, kind) >= most || access(*path, F_OK) == 0)
        return KEPT_BEFORE;
    if (file_replace(*path, bytes, 0644) != 0)
        return KEPT_FAILED;
    ++*count_of(log, kind);
    return KEPT;
}

void witness_state_settle(const struct witness_state *s, struct witness_log *log, struct span text)
{
    if (log->doubts == 0)
        return;
    char *path = path_about(s, log, WITNESS_DOUBT, text);
    if (unlink(path) == 0)
        log->doubts--;
    free(path);
}
