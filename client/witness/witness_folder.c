#include "client/witness/witness_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "proto/base/hash.h"
#include "proto/sys/files.h"

#define FIRST_LINE "# logs with a state in this folder; written by bitacora witness\n"

char *witness_folder_path(const struct witness_folder *f, const char *name)
{
    return path_join(f->dir, name);
}

bool witness_folder_lacks(const char *path)
{
    struct stat st;
    return lstat(path, &st) != 0 && errno == ENOENT;
}

enum held witness_folder_holds(const char *path, struct span bytes)
{
    struct buf now = { 0 };
    if (bytes.n == 0)
        return witness_folder_lacks(path) ? HELD : HELD_NOT;
    enum file read = file_read(&now, path, bytes.n);
    int cause = errno;
    bool same = read == FILE_OK && span_eq(buf_span(&now), bytes);
    buf_free(&now);
    errno = cause;
    bool other = cause == EISDIR || cause == ELOOP; /* there, but no file of ours */
    return read == FILE_FAILED && !other ? HELD_UNREAD : same ? HELD : HELD_NOT;
}

/* ---- taking it ----------------------------------------------------------------------------- */

static enum outcome unusable(const char *dir, int cause)
{
    return say_usage(TR("the folder %s cannot be used: %s", "la carpeta %s no se puede usar: %s"),
                     dir, errno_words(cause));
}

/* A folder that was not synced into its parent would be a new, empty one after a loss of power. */
static enum outcome made(const char *dir)
{
    char *parent = path_join(dir, "..");
    int failed = directory_sync(parent);
    int cause = errno;
    free(parent);
    return failed ? unusable(dir, cause) : OUTCOME_PROVEN;
}

static enum outcome make_folder(const struct witness_folder *f, bool begin)
{
    struct stat st;
    if (stat(f->dir, &st) == 0)
        return S_ISDIR(st.st_mode) ? OUTCOME_PROVEN : unusable(f->dir, ENOTDIR);
    if (errno == ENOENT && begin) {
        char *inside = witness_folder_path(f, "logs");
        int failed = file_make_parents(inside);
        int cause = errno;
        free(inside);
        return failed ? unusable(f->dir, cause) : made(f->dir);
    }
    if (errno == ENOENT && mkdir(f->dir, 0777) == 0)
        return made(f->dir);
    if (errno == ENOENT)
        return say_usage(
            TR("the folder in which %s would be is not there: is something not mounted? A witness "
               "that forgot what it cosigned would cosign a second history. Only if this key never "
               "cosigned anything: --begin makes the folder",
               "no existe la carpeta que contendría %s: ¿falta montar algo? Un testigo que olvidó "
               "lo que cofirmó cofirmaría otra historia. Solo si esta clave no ha cofirmado nada: "
               "--begin crea la carpeta"),
            f->dir);
    return unusable(f->dir, errno);
}

/* Is it one of the files that a witness replaces? */
static bool is_replaced_here(const char *name, size_t n)
{
    return strspn(name, "0123456789abcdef") == (size_t)2 * HASH_BYTES ||
           (n == strlen("logs") && memcmp(name, "logs", n) == 0);
}

static bool is_left_over(const char *name)
{
    size_t length;
    return file_is_left_over(name, &length) && is_replaced_here(name, length);
}

/* Nothing is there but what a witness leaves that was killed before it had a list. Returns 1, 0,
 * or -1 with errno. */
static int is_empty(const char *dir)
{
    DIR *d = opendir(dir);
    struct dirent *e;
    if (d == NULL)
        return -1;
    do {
        errno = 0;
        e = readdir(d);
    } while (e != NULL && (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
                           strcmp(e->d_name, "lock") == 0 || is_left_over(e->d_name)));
    int result = e != NULL ? 0 : errno == 0 ? 1 : -1;
    int cause = errno;
    closedir(d);
    errno = cause;
    return result;
}

/* Is there a list, or may one begin? Asked before anything is written into a folder that may be
 * another's. */
static enum outcome may_begin(struct witness_folder *f, bool begin)
{
    char *list = witness_folder_path(f, "logs");
    f->begins = witness_folder_lacks(list);
    free(list);
    int empty = f->begins ? is_empty(f->dir) : 0;
    if (empty < 0)
        return unusable(f->dir, errno);
    if (!f->begins || begin || empty)
        return OUTCOME_PROVEN;
    return say_usage(
        TR("the folder %s has files, but not the file `logs` of a witness: the state is damaged, "
           "or "
           "this is another folder. If it is damaged, make a new key (bitacora keygen --witness) "
           "and "
           "an empty folder, and publish the new vkey. Only if every log that this key cosigned "
           "has "
           "its newest .checkpoint file there: --begin lists those and begins the others at size 0",
           "la carpeta %s tiene archivos, pero no el archivo `logs` de un testigo: el estado está "
           "dañado, o es otra carpeta. Si está dañado, cree una clave nueva (bitacora keygen "
           "--witness) y una carpeta vacía, y publique la nueva vkey. Solo si cada bitácora que "
           "esta "
           "clave cofirmó tiene ahí su archivo .checkpoint más reciente: --begin las anota y "
           "empieza las demás en el tamaño 0"),
        f->dir);
}

static enum outcome lock_folder(struct witness_folder *f)
{
    char *path = witness_folder_path(f, "lock");
    f->lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0644);
    int failed = f->lock < 0 ? -1 : flock(f->lock, LOCK_EX | LOCK_NB);
    int cause = errno;
    free(path);
    if (failed == 0) {
        file_remove_left_over(f->dir, is_replaced_here);
        return OUTCOME_PROVEN;
    }
    if (cause != EWOULDBLOCK)
        return unusable(f->dir, cause);
    return say_usage(TR("another witness uses the folder %s: one key, one folder, one witness",
                        "otro testigo usa la carpeta %s: una clave, una carpeta, un testigo"),
                     f->dir);
}

/* ---- the list ------------------------------------------------------------------------------ */

static bool has_form(struct span list)
{
    bool empty_line = false;
    for (size_t i = 1; i < list.n; i++)
        empty_line = empty_line || (list.p[i] == '\n' && list.p[i - 1] == '\n');
    return span_starts(list, FIRST_LINE) && list.p[list.n - 1] == '\n' && !empty_line &&
           memchr(list.p, 0, list.n) == NULL;
}

static enum outcome begin_list(struct witness_folder *f, const char *path)
{
    buf_adds(&f->list, FIRST_LINE);
    errno = ENOMEM;
    if (f->list.failed || file_replace(path, buf_span(&f->list), 0644) != 0)
        return say_usage(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                         errno_words(errno));
    say(TR("WARNING: there is no memory in %s: this witness begins with an empty memory. If its "
           "key "
           "cosigned anything before, end it now and find that folder (is it mounted?): else it "
           "cosigns a second history",
           "AVISO: no hay memoria en %s: este testigo empieza con la memoria vacía. Si su clave ya "
           "cofirmó algo, termínelo ahora y busque aquella carpeta (¿está montada?): si no, "
           "cofirma otra historia"),
        f->dir);
    return OUTCOME_PROVEN;
}

static enum outcome read_list(struct witness_folder *f)
{
    enum outcome outcome = OUTCOME_PROVEN;
    char *path = witness_folder_path(f, "logs");
    enum file read = file_read(&f->list, path, WITNESS_LIST_MAX);
    if (read == FILE_MISSING && f->begins && witness_folder_lacks(path))
        outcome = begin_list(f, path);
    else if (read != FILE_OK)
        outcome = say_usage(TR("%s could not be read: %s", "no se pudo leer %s: %s"), path,
                            file_cause(read));
    else if (!has_form(buf_span(&f->list)))
        outcome = say_usage(
            TR("%s is not the list of a witness: it is damaged. Make a new key (bitacora keygen "
               "--witness) and an empty folder, and publish the new vkey",
               "%s no es la lista de un testigo: está dañada. Cree una clave nueva (bitacora "
               "keygen "
               "--witness) y una carpeta vacía, y publique la nueva vkey"),
            path);
    free(path);
    return outcome;
}

bool witness_folder_next(const struct witness_folder *f, size_t *at, struct span *origin)
{
    if (*at == 0)
        *at = strlen(FIRST_LINE);
    if (*at >= f->list.n)
        return false;
    const uint8_t *p = f->list.p + *at;
    const uint8_t *end = memchr(p, '\n', f->list.n - *at);
    *origin = span_of(p, (size_t)(end - p));
    *at += origin->n + 1;
    return true;
}

bool witness_folder_lists(const struct witness_folder *f, struct span origin)
{
    struct span listed;
    for (size_t at = 0; witness_folder_next(f, &at, &listed);)
        if (span_eq(listed, origin))
            return true;
    return false;
}

int witness_folder_add(struct witness_folder *f, const char *origin)
{
    struct buf longer = { 0 };
    buf_add_span(&longer, buf_span(&f->list));
    buf_addf(&longer, "%s\n", origin);
    if (longer.failed) {
        buf_free(&longer);
        errno = ENOMEM;
        return -1;
    }
    char *path = witness_folder_path(f, "logs");
    int failed = file_replace(path, buf_span(&longer), 0644);
    int cause = errno;
    free(path);
    if (failed == -1) {
        buf_free(&longer);
    } else { /* memory is what the disk has; the folder's next sync is this one's, too */
        buf_free(&f->list);
        f->list = longer;
    }
    errno = cause;
    return failed ? -1 : 0;
}

enum held witness_folder_holds_list(const struct witness_folder *f)
{
    char *path = witness_folder_path(f, "logs");
    enum held held = witness_folder_holds(path, buf_span(&f->list));
    int cause = errno;
    free(path);
    errno = cause;
    return held;
}

/* ---- beginning and end --------------------------------------------------------------------- */

enum outcome witness_folder_open(struct witness_folder *out, const char *dir, bool begin)
{
    *out = (struct witness_folder){ .dir = kept(strdup(dir)), .lock = -1 };
    enum outcome outcome = out->dir == NULL ? OUTCOME_UNDECIDED : make_folder(out, begin);
    if (outcome == OUTCOME_PROVEN)
        outcome = may_begin(out, begin);
    if (outcome == OUTCOME_PROVEN)
        outcome = lock_folder(out);
    if (outcome == OUTCOME_PROVEN)
        outcome = read_list(out);
    return outcome;
}

void witness_folder_close(struct witness_folder *f)
{
    buf_free(&f->list);
    free(f->dir);
    if (f->lock >= 0)
        close(f->lock);
    *f = (struct witness_folder){ .lock = -1 };
}
