#include "daemon/signer/signer_state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/signer/handover.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/tlog/checkpoint.h"
#include "proto/tlog/note.h"

#define STATE_MAX 1024 /* bytes of the file: a vkey, a number, a hash, a word */

static int complain(const char *what, const char *path)
{
    terminal_print(stderr, "bitacorad signer: %s %s: %s\n", what, path, errno_words(errno));
    return -1;
}

/* ---- the folder ------------------------------------------------------------------------------ */

/* Opens DIR/lock, which a folder has that a signer has used before: then *used becomes true. */
static int open_lock(const char *path, bool *used)
{
    const int flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC;
    int fd = open(path, flags | O_EXCL, 0600);
    *used = fd < 0 && errno == EEXIST;
    return *used ? open(path, flags, 0600) : fd;
}

/* Whether others can do as they like in a folder. Of one for all (/tmp) everybody has his own
 * part. */
static bool is_shared(const struct stat *s)
{
    return (s->st_mode & 022) != 0 && (s->st_mode & S_ISVTX) == 0;
}

/* Whoever can take the state away, or the folder with it, has another history signed. */
static int refuse_shared(const char *path, const struct stat *s)
{
    terminal_print(
        stderr,
        TR("bitacorad signer: others can write in %s (user %ld, mode %04o), and take what "
           "was signed last away: chown it to the signer's user, chmod go-w\n",
           "bitacorad signer: otros pueden escribir en %s (usuario %ld, modo %04o) y "
           "quitar lo que se firmó por última vez: chown al usuario del firmante, chmod "
           "go-w\n"),
        path, (long)s->st_uid, (unsigned)(s->st_mode & 07777));
    return -1;
}

/* DIR is this user's alone to write, and each folder above it is not for everybody. */
static int check_folder(const char *dir)
{
    char path[PATH_MAX];
    struct stat s;
    if (realpath(dir, path) == NULL || stat(path, &s) != 0)
        return complain(TR("cannot look at", "no se pudo examinar"), dir);
    if ((s.st_mode & 022) != 0 || (s.st_uid != geteuid() && geteuid() != 0))
        return refuse_shared(path, &s);
    for (char *slash = strrchr(path, '/'); slash != NULL; slash = strrchr(path, '/')) {
        slash[slash == path] = 0;
        if (stat(path, &s) == 0 && is_shared(&s))
            return refuse_shared(path, &s);
        if (slash == path)
            break;
    }
    return 0;
}

/* Makes the folder, so that it is still there after a loss of power. */
static int make_folder(const char *dir)
{
    char parent[PATH_MAX];
    int n = snprintf(parent, sizeof parent, "%s/..", dir);
    errno = ENAMETOOLONG;
    if (n < 0 || (size_t)n >= sizeof parent || (mkdir(dir, 0700) != 0 && errno != EEXIST) ||
        directory_sync(parent) != 0)
        return complain(TR("cannot make", "no se pudo crear"), dir);
    return 0;
}

/* Two signers with one memory would each sign what the other has not seen. */
static int take_lock(struct signer_state *s, const char *dir, bool *used)
{
    char path[PATH_MAX];
    if (make_folder(dir) != 0 || check_folder(dir) != 0)
        return -1;
    snprintf(path, sizeof path, "%.*s/lock", PATH_MAX - 8, dir);
    s->lock = open_lock(path, used);
    if (s->lock < 0)
        return complain(TR("cannot open", "no se pudo abrir"), path);
    if (flock(s->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno != EWOULDBLOCK)
        return complain(TR("cannot lock", "no se pudo bloquear"), path);
    terminal_print(stderr,
                   TR("bitacorad signer: %s is in use by another signer: stop that one first\n",
                      "bitacorad signer: otro firmante usa %s: deténgalo primero\n"),
                   dir);
    return -1;
}

/* `state` and `handover.ID` */
static bool is_ours(const char *name, size_t n)
{
    const size_t handover = strlen("handover.");
    return (n == strlen("state") && memcmp(name, "state", n) == 0) ||
           (n == handover + 8 && memcmp(name, "handover.", handover) == 0);
}

/* ---- beginning ------------------------------------------------------------------------------- */

/* A checkpoint of the log that its key has signed, as the operator gives it. */
static int adopt(struct signer_state *s, struct span note)
{
    struct note n;
    struct checkpoint cp;
    struct refusal why;
    if (note_parse(&n, note, &why) == 0 && note_verify(&n, &s->key) == NOTE_GOOD &&
        checkpoint_parse(&cp, n.text, &why) == 0 && span_is(cp.origin, s->key.name) &&
        cp.size > 0) {
        const struct last_signed last = { .size = cp.size, .root = cp.root };
        if (signer_state_store(s, &last) == STATE_STORED)
            return 0;
        return complain(TR("cannot write", "no se pudo escribir"), s->path);
    }
    terminal_print(stderr,
                   TR("bitacorad signer: --adopt: this is not a checkpoint that the key has "
                      "signed\n",
                      "bitacorad signer: --adopt: esto no es un punto de control que la clave "
                      "haya firmado\n"));
    return -1;
}

static int take_state(struct signer_state *s, struct span text)
{
    struct vkey key;
    if (last_signed_parse(&key, &s->last, text) == 0 && vkey_eq(&key, &s->key))
        return 0;
    terminal_print(
        stderr,
        TR("bitacorad signer: %s is not what this key has signed last: it is damaged, or "
           "another key's. Nothing is signed without it\n",
           "bitacorad signer: %s no dice qué firmó por última vez esta clave: está "
           "dañado, o es de otra clave. Sin él no se firma nada\n"),
        s->path);
    return -1;
}

/* Whoever has removed the state does not get a signature for it. */
static int begin(struct signer_state *s, bool used, bool *fresh)
{
    const struct last_signed nothing = { .size = 0 };
    *fresh = !used;
    if (used) {
        terminal_print(
            stderr,
            TR("bitacorad signer: %s is missing, though a signer was here before: find it. If it "
               "is lost, say --adopt with the newest checkpoint of the log that anybody has; if "
               "the key has signed nothing yet, remove the folder\n",
               "bitacorad signer: falta %s, aunque aquí ya hubo un firmante: búsquelo. Si se "
               "perdió, use --adopt con el punto de control más nuevo de la bitácora que alguien "
               "tenga; "
               "si la clave aún no firmó nada, borre la carpeta\n"),
            s->path);
        return -1;
    }
    if (signer_state_store(s, &nothing) == STATE_STORED)
        return 0;
    return complain(TR("cannot write", "no se pudo escribir"), s->path);
}

static int refuse_to_adopt(const struct signer_state *s)
{
    terminal_print(stderr,
                   TR("bitacorad signer: --adopt: %s is there already, and says what was signed "
                      "last\n",
                      "bitacorad signer: --adopt: %s ya existe, y dice qué se firmó por última "
                      "vez\n"),
                   s->path);
    return -1;
}

/* The file may not be on the disk yet: a kill behind its rename leaves it so. What it says would be
 * believed at once, as no store is needed for it, and be lost with the power. */
static int sync_state(const struct signer_state *s)
{
    return parent_sync(s->path) == 0
               ? 0
               : complain(TR("cannot sync", "no se pudo sincronizar"), s->path);
}

static int load_state(struct signer_state *s, struct span adopted, bool used, bool *fresh)
{
    struct buf text = { 0 };
    enum file read = file_read_at_once(&text, s->path, STATE_MAX);
    int failed;
    if (read == FILE_MISSING)
        failed = adopted.n > 0 ? adopt(s, adopted) : begin(s, used, fresh);
    else if (read != FILE_OK)
        failed = complain(TR("cannot read", "no se pudo leer"), s->path);
    else
        failed = take_state(s, buf_span(&text)) == 0 ? sync_state(s) : -1;
    /* A signer that was started before its lost folder was missed has made a state of size 0. */
    if (read == FILE_OK && failed == 0 && adopted.n > 0)
        failed = s->last.size == 0 ? adopt(s, adopted) : refuse_to_adopt(s);
    buf_free(&text);
    return failed;
}

int signer_state_open(struct signer_state *s, const char *dir, const struct vkey *key,
                      struct span adopted, bool *fresh)
{
    bool used;
    *s = (struct signer_state){ .key = *key, .lock = -1 };
    *fresh = false;
    if (take_lock(s, dir, &used) == 0) {
        snprintf(s->path, sizeof s->path, "%.*s/state", PATH_MAX - 8, dir);
        file_remove_left_over(dir, is_ours);
        if (load_state(s, adopted, used, fresh) == 0)
            return 0;
    }
    signer_state_close(s);
    return -1;
}

/* ---- what was signed ------------------------------------------------------------------------- */

/* Nothing was written for want of something that may come back. */
static bool is_want(int cause)
{
    return cause == ENOSPC || cause == EDQUOT || cause == ENOMEM || cause == EMFILE ||
           cause == ENFILE;
}

enum state_stored signer_state_store(struct signer_state *s, const struct last_signed *next)
{
    struct buf text = { 0 };
    last_signed_format(&text, &s->key, next);
    errno = ENOMEM;
    int failed = text.failed ? -1 : file_replace(s->path, buf_span(&text), 0600);
    bool want = failed == -1 && is_want(errno);
    buf_free(&text);
    if (failed == 0)
        s->last = *next;
    return failed == 0 ? STATE_STORED : want ? STATE_NO_ROOM : STATE_UNKNOWN;
}

/* ---- another key ----------------------------------------------------------------------------- */

/* Where the hand-over to a key is, beside the state. */
static void handover_path(char out[PATH_MAX], const char *dir, const struct vkey *to)
{
    snprintf(out, PATH_MAX, "%.*s/handover.%08x", PATH_MAX - 24, dir, (unsigned)to->id);
}

enum state_stored signer_state_hand_over(struct signer_state *s, const struct vkey *to,
                                         struct span note)
{
    char path[PATH_MAX], dir[PATH_MAX];
    const struct vkey former = s->key;
    snprintf(dir, sizeof dir, "%.*s", (int)(strlen(s->path) - strlen("/state")), s->path);
    handover_path(path, dir, to);
    if (file_replace(path, note, 0600) != 0)
        return STATE_NO_ROOM; /* the state is that of the former key, and is not looked at here */
    s->key = *to;
    enum state_stored stored = signer_state_store(s, &s->last);
    if (stored != STATE_STORED)
        s->key = former;
    return stored;
}

bool signer_state_handed_over(struct buf *note, const char *dir, const struct vkey *from,
                              const struct vkey *to)
{
    char path[PATH_MAX];
    struct buf text = { 0 };
    struct key_handover h;
    struct note n;
    struct vkey key;
    struct last_signed last;
    snprintf(path, sizeof path, "%.*s/state", PATH_MAX - 8, dir);
    bool handed = file_read_at_once(&text, path, STATE_MAX) == FILE_OK &&
                  last_signed_parse(&key, &last, buf_span(&text)) == 0 && vkey_eq(&key, to);
    buf_free(&text);
    handover_path(path, dir, to);
    handed = handed && file_read_at_once(note, path, HANDOVER_MAX) == FILE_OK &&
             handover_parse(&h, &n, buf_span(note)) == 0 && vkey_eq(&h.to, to) &&
             note_signed_by(&n, from) && directory_sync(dir) == 0;
    if (!handed)
        buf_free(note);
    return handed;
}

void signer_state_close(struct signer_state *s)
{
    if (s->lock >= 0)
        close(s->lock);
    s->lock = -1;
}
