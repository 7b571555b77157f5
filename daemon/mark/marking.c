#include "daemon/mark/marking.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "daemon/state/past_root.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* ---- where it is ----------------------------------------------------------------------------- */

static int refuse_place(const char *path, const char *why)
{
    terminal_print(stderr, TR("bitacorad: the mark %s: %s\n", "bitacorad: la marca %s: %s\n"), path,
                   why);
    return EXIT_USAGE;
}

/* DIR without slashes at its end. A path that ends in "." or ".." has no name of its own to put
 * ".mark" behind: it is resolved first. */
static int beside(char out[PATH_MAX], const char *dir)
{
    char real[PATH_MAX];
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    const char *last = dir + n;
    while (last > dir && last[-1] != '/')
        last--;
    size_t length = (size_t)(dir + n - last);
    bool unnamed =
        length == 0 || (length <= 2 && strncmp(last, "..", length) == 0) || n >= PATH_MAX - 8;
    if (unnamed) {
        if (realpath(dir, real) == NULL)
            return refuse_place(dir, errno_words(errno));
        dir = real;
        n = strlen(real);
    }
    if (n >= PATH_MAX - 8)
        return refuse_place(dir, errno_words(ENAMETOOLONG));
    snprintf(out, PATH_MAX, "%.*s.mark", (int)n, dir);
    return 0;
}

/* Whether a file would lie in the directory or below it. */
static bool is_inside(const char *file, const char *dir)
{
    char folder[PATH_MAX], real_folder[PATH_MAX], real_dir[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", file);
    char *slash = strrchr(folder, '/');
    if (slash == NULL)
        snprintf(folder, sizeof folder, ".");
    else if (slash == folder)
        slash[1] = 0;
    else
        *slash = 0;
    if (realpath(folder, real_folder) == NULL || realpath(dir, real_dir) == NULL)
        return false; /* what cannot be found cannot be opened either */
    size_t n = strlen(real_dir);
    return strncmp(real_folder, real_dir, n) == 0 &&
           (real_folder[n] == 0 || real_folder[n] == '/' || n == 1);
}

int marking_place(char out[PATH_MAX], const struct datadir *d, const char *setting)
{
    if (setting == NULL || *setting == 0)
        return beside(out, d->path);
    if (strlen(setting) >= PATH_MAX)
        return refuse_place(setting, errno_words(ENAMETOOLONG));
    snprintf(out, PATH_MAX, "%s", setting);
    if (!is_inside(out, d->path))
        return 0;
    return refuse_place(out, TR("it must be outside the log's folder: a copy would carry it",
                                "debe estar fuera de la carpeta de la bitácora: una copia la "
                                "llevaría consigo"));
}

/* ---- what is said ---------------------------------------------------------------------------- */

static int say_missing(const char *path, const struct datadir *d)
{
    terminal_print(
        stderr,
        TR("bitacorad: there is no mark %s.\n"
           "The mark says how far this log has signed, and a copy of its folder does not carry it. "
           "Without it %s may be an old copy, and whoever runs one signs a second history.\n"
           "- Was the log moved? Move its mark with it, or name its place: setting mark.\n"
           "- Is this a copy, and does the log go on elsewhere? Do not run it.\n"
           "- Is it restored from a backup? bitacorad restore --dir DIR --newest CHECKPOINT.\n"
           "- Is it certain that nothing newer was signed (a first upgrade)? bitacorad run "
           "--no-mark writes a new mark.\n",
           "bitacorad: no existe la marca %s.\n"
           "La marca dice hasta dónde ha firmado esta bitácora, y una copia de su carpeta no la "
           "lleva. Sin ella %s puede ser una copia vieja, y quien opera una firma una segunda "
           "historia.\n"
           "- ¿Se movió la bitácora? Mueva también su marca, o diga dónde está: ajuste mark.\n"
           "- ¿Es una copia, y la bitácora sigue en otra parte? No la opere.\n"
           "- ¿Se restauró de un respaldo? bitacorad restore --dir CARPETA --newest CHECKPOINT.\n"
           "- ¿Es seguro que no se firmó nada más nuevo (una primera actualización)? bitacorad run "
           "--no-mark escribe una marca nueva.\n"),
        path, d->path);
    return EXIT_USAGE;
}

static void say_what_to_do(void)
{
    terminal_print(
        stderr,
        TR("Whoever runs it signs a second history under the same key, which anybody can prove. "
           "Put "
           "the newest folder back. If it is lost, open a successor: bitacorad init "
           "--predecessor CHECKPOINT.\n",
           "Quien la opera firma una segunda historia con la misma clave, y cualquiera puede "
           "probarlo. Devuelva la carpeta más nueva. Si se perdió, abra una sucesora: bitacorad "
           "init --predecessor CHECKPOINT.\n"));
}

static int say_ahead(const char *path, const struct mark_check *m, const struct marked *says)
{
    terminal_print(
        stderr,
        TR("bitacorad: %s is an old copy: it holds %llu entries, and the mark %s says that this "
           "log has signed %llu.\n",
           "bitacorad: %s es una copia vieja: tiene %llu asientos, y la marca %s dice que esta "
           "bitácora ha firmado %llu.\n"),
        m->datadir->path, (unsigned long long)m->newest.size, path, (unsigned long long)says->size);
    say_what_to_do();
    return EXIT_USAGE;
}

static int say_other(const char *path, const struct mark_check *m, const struct marked *says)
{
    terminal_print(
        stderr,
        TR("bitacorad: %s is another history: its first %llu entries are not those that this log "
           "has signed, as the mark %s says.\n",
           "bitacorad: %s es otra historia: sus primeros %llu asientos no son los que esta "
           "bitácora "
           "ha firmado, según la marca %s.\n"),
        m->datadir->path, (unsigned long long)says->size, path);
    say_what_to_do();
    return EXIT_USAGE;
}

static int say_result(const char *path, const struct datadir *d, enum log_mark_result result)
{
    switch (result) {
    case LOG_MARK_OK:
        break;
    case LOG_MARK_MISSING:
        return say_missing(path, d);
    case LOG_MARK_DAMAGED:
        return refuse_place(path,
                            TR("it is damaged, or no mark. Put the right one back; only if it is "
                               "certain that nothing newer was signed: bitacorad run --no-mark",
                               "está dañada, o no es una marca. Devuelva la correcta; solo si es "
                               "seguro que no se firmó nada más nuevo: bitacorad run --no-mark"));
    case LOG_MARK_OTHER_LOG:
        return refuse_place(path, TR("it is the mark of another log (setting mark)",
                                     "es la marca de otra bitácora (ajuste mark)"));
    case LOG_MARK_IN_USE:
        return refuse_place(path, TR("another bitacorad uses it: it runs a copy of this log",
                                     "otro bitacorad la usa: opera una copia de esta bitácora"));
    case LOG_MARK_FAILED:
        refuse_place(path, errno_words(errno));
        return EXIT_DAMAGE;
    }
    return 0;
}

/* ---- is the store the one that was marked? ---------------------------------------------------- */

int marking_say_unknown(const char *dir, uint64_t restored, const char *who, uint64_t size)
{
    terminal_print(
        stderr,
        TR("bitacorad: the backup that %s was made of had %llu entries, and %s says that this log "
           "has "
           "signed %llu. Somebody has added to the backup, or that is an older mark: bitacorad "
           "restore --dir DIR with --newest, --mirror or --policy shows which\n",
           "bitacorad: el respaldo del que se hizo %s tenía %llu asientos, y %s dice que esta "
           "bitácora ha firmado %llu. Alguien añadió al respaldo, o esa es una marca anterior: "
           "bitacorad restore --dir CARPETA con --newest, --mirror o --policy lo aclara\n"),
        dir, (unsigned long long)restored, who, (unsigned long long)size);
    return EXIT_USAGE;
}

static int compare(const char *path, const struct mark_check *m, const struct marked *says)
{
    struct store_txn *txn;
    struct hash root;
    if (says->size > m->newest.size)
        return say_ahead(path, m, says);
    if (says->size < m->restored)
        return marking_say_unknown(m->datadir->path, m->restored, path, says->size);
    enum store_result r = store_begin(&txn, m->store, STORE_READ);
    if (r == STORE_OK) {
        r = past_root(&root, txn, says->size);
        store_end(txn);
    }
    if (r != STORE_OK) {
        log_line(LOG_ERROR, "the store cannot be read: run bitacorad fsck");
        return EXIT_DAMAGE;
    }
    return hash_eq(&root, &says->root) ? 0 : say_other(path, m, says);
}

static int make_at(const char *path, const char *origin, const struct marked *says)
{
    switch (log_mark_make(path, origin, says)) {
    case LOG_MARK_OK:
        return 0;
    case LOG_MARK_IN_USE:
        return say_result(path, NULL, LOG_MARK_IN_USE);
    default:
        terminal_print(stderr,
                       TR("bitacorad: the mark %s cannot be written: %s. Its place is the setting "
                          "mark\n",
                          "bitacorad: no se pudo escribir la marca %s: %s. Su lugar es el ajuste "
                          "mark\n"),
                       path, errno_words(errno));
        return EXIT_USAGE;
    }
}

int marking_make(const struct datadir *d, const char *setting, const char *origin,
                 const struct marked *says)
{
    char path[PATH_MAX];
    int code = marking_place(path, d, setting);
    return code == 0 ? make_at(path, origin, says) : code;
}

int marking_renew(const struct mark_check *m)
{
    char path[PATH_MAX];
    struct marked says;
    struct log_mark *mark;
    int code = marking_place(path, m->datadir, m->setting);
    if (code != 0)
        return code;
    enum log_mark_result found = log_mark_open(&mark, path, m->origin, &says);
    if (found == LOG_MARK_OK)
        code = compare(path, m, &says);
    else if (found != LOG_MARK_MISSING && found != LOG_MARK_DAMAGED)
        code = say_result(path, m->datadir, found);
    log_mark_close(mark);
    return code == 0 ? make_at(path, m->origin, &m->newest) : code;
}

int marking_begin(struct log_mark **out, const struct mark_check *m)
{
    char path[PATH_MAX];
    struct marked says;
    int code = marking_place(path, m->datadir, m->setting);
    *out = NULL;
    if (code == 0 && m->afresh)
        code = make_at(path, m->origin, &m->newest);
    if (code != 0)
        return code;
    code = say_result(path, m->datadir, log_mark_open(out, path, m->origin, &says));
    if (code == 0)
        code = compare(path, m, &says);
    if (code == 0 && log_mark_write(*out, &m->newest) != 0)
        code = say_result(path, m->datadir, LOG_MARK_FAILED);
    if (code == 0 && m->afresh)
        log_line(LOG_WARNING,
                 "--no-mark: what was signed before is not known here. %s was written anew: size "
                 "%llu",
                 path, (unsigned long long)m->newest.size);
    if (code != 0) {
        log_mark_close(*out);
        *out = NULL;
    }
    return code;
}

static int remove_mark(const char *path)
{
    if (unlink(path) != 0 || parent_sync(path) != 0)
        return refuse_place(path, errno_words(errno));
    log_line(LOG_INFO, "the signer's state is the mark from now on: %s was removed", path);
    return 0;
}

int marking_retire(const struct mark_check *m, uint64_t signed_size)
{
    char path[PATH_MAX];
    struct marked says;
    struct log_mark *mark = NULL;
    int code = marking_place(path, m->datadir, m->setting);
    if (code != 0)
        return code;
    enum log_mark_result found = log_mark_open(&mark, path, m->origin, &says);
    if (found == LOG_MARK_OK) {
        code = m->afresh ? 0 : compare(path, m, &says);
        if (code == 0 && signed_size >= says.size)
            code = remove_mark(path);
    } else if (found == LOG_MARK_IN_USE || found == LOG_MARK_FAILED) {
        code = say_result(path, m->datadir, found);
    }
    log_mark_close(mark);
    return code;
}

int marking_look(const struct mark_check *m)
{
    char path[PATH_MAX];
    struct marked says;
    struct log_mark *mark = NULL;
    int code = marking_place(path, m->datadir, m->setting);
    if (code != 0 || m->afresh)
        return code;
    code = say_result(path, m->datadir, log_mark_open(&mark, path, m->origin, &says));
    if (code == 0)
        code = compare(path, m, &says);
    log_mark_close(mark);
    return code;
}
