#include "daemon/host/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/log_key.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static void complain(const char *what, const char *path)
{
    terminal_print(stderr, "bitacorad: %s %s: %s\n", what, path, errno_words(errno));
}

void datadir_file(const struct datadir *d, char out[PATH_MAX], const char *name)
{
    snprintf(out, PATH_MAX, "%s/%.24s", d->path, name);
}

/* Whoever can write there could list a key as the log's own, take a blob away, or have the log
 * taken for one that was rolled back. */
static void warn_of_writers(const char *path)
{
    struct stat s;
    if (stat(path, &s) != 0 || (s.st_mode & 022) == 0)
        return;
    terminal_print(stderr,
                   TR("bitacorad: WARNING: others can write in %s (mode %04o), where all is taken "
                      "for the log's own: chmod 700\n",
                      "bitacorad: AVISO: otros pueden escribir en %s (modo %04o), donde todo se "
                      "toma por propio de la bitácora: chmod 700\n"),
                   path, (unsigned)(s.st_mode & 07777));
}

static int lock(struct datadir *d, const char *path)
{
    char file[PATH_MAX];
    d->lock = -1;
    if (strlen(path) >= sizeof d->path) {
        terminal_print(stderr, TR("bitacorad: the path of the directory is too long\n",
                                  "bitacorad: la ruta de la carpeta es demasiado larga\n"));
        return EXIT_USAGE;
    }
    snprintf(d->path, sizeof d->path, "%s", path);
    datadir_file(d, file, "lock");
    d->lock = open(file, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (d->lock < 0) {
        complain(TR("cannot open", "no se pudo abrir"), file);
        return EXIT_USAGE;
    }
    if (flock(d->lock, LOCK_EX | LOCK_NB) == 0) {
        warn_of_writers(path);
        return 0;
    }
    if (errno == EWOULDBLOCK)
        terminal_print(stderr,
                       TR("bitacorad: %s is in use by another bitacorad: stop that one first\n",
                          "bitacorad: otro bitacorad usa %s: deténgalo primero\n"),
                       path);
    else
        complain(TR("cannot lock", "no se pudo bloquear"), file);
    datadir_close(d);
    return EXIT_USAGE;
}

void datadir_close(struct datadir *d)
{
    if (d->lock >= 0)
        close(d->lock);
    d->lock = -1;
}

static bool holds(const struct datadir *d, const char *name)
{
    char file[PATH_MAX];
    datadir_file(d, file, name);
    return access(file, F_OK) == 0;
}

/* Stands in a directory as long as a log is restored into it. */
#define RESTORING "restoring"

/* A file of another log would be taken for this one's. */
static int refuse_files_of_log(struct datadir *d)
{
    static const char *const names[] = { "access",   "backup",    "batch",       "blobs",
                                         "evidence", "index",     "log.keys",    "log.handovers",
                                         "restored", "set_aside", "rolled_back", "witnessed" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (!holds(d, names[i]))
            continue;
        terminal_print(stderr,
                       TR("bitacorad: %s holds %s of a log already: take another directory\n",
                          "bitacorad: %s ya tiene %s de una bitácora: use otra carpeta\n"),
                       d->path, names[i]);
        datadir_close(d);
        return EXIT_USAGE;
    }
    return 0;
}

int datadir_restore(struct datadir *d, const char *path, const char *store)
{
    char file[PATH_MAX];
    d->store = store;
    if (strlen(path) < sizeof d->path) {
        snprintf(d->path, sizeof d->path, "%s", path);
        if (holds(d, RESTORING))
            return lock(d, path);
    }
    int failed = datadir_create(d, path, store);
    if (!failed)
        failed = refuse_files_of_log(d);
    if (failed)
        return failed;
    datadir_file(d, file, RESTORING);
    if (file_create(file, span_of("", 0), 0600) == 0)
        return 0;
    complain(TR("cannot make", "no se pudo crear"), file);
    datadir_close(d);
    return EXIT_USAGE;
}

int datadir_restored(const struct datadir *d)
{
    char file[PATH_MAX];
    datadir_file(d, file, RESTORING);
    if (unlink(file) == 0 && directory_sync(d->path) == 0)
        return 0;
    complain(TR("cannot remove", "no se pudo quitar"), file);
    return -1;
}

/* Else a loss of power may take the folder away, with all that was synced in it. */
static int sync_name(const char *path)
{
    char name[PATH_MAX];
    size_t n = strlen(path);
    while (n > 1 && path[n - 1] == '/')
        n--;
    if (n >= sizeof name)
        return errno = ENAMETOOLONG, -1;
    snprintf(name, sizeof name, "%.*s", (int)n, path);
    return parent_sync(name);
}

int datadir_create(struct datadir *d, const char *path, const char *store)
{
    d->store = store;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        complain(TR("cannot make", "no se pudo crear"), path);
        return EXIT_USAGE;
    }
    if (sync_name(path) != 0) {
        complain(TR("cannot sync the name of", "no se pudo sincronizar el nombre de"), path);
        return EXIT_USAGE;
    }
    int failed = lock(d, path);
    if (failed)
        return failed;
    if (!holds(d, "log.key") && !holds(d, d->store))
        return 0;
    terminal_print(
        stderr,
        TR("bitacorad: %s holds a log already (or what an interrupted init left): take another "
           "directory\n",
           "bitacorad: %s ya tiene una bitácora (o lo que dejó un init interrumpido): use otra "
           "carpeta\n"),
        path);
    datadir_close(d);
    return EXIT_USAGE;
}

/* Says why there is no log to use at path. */
static bool holds_log(struct datadir *d, const char *path)
{
    char file[PATH_MAX];
    struct stat s;
    if (strlen(path) >= sizeof d->path) {
        terminal_print(stderr, TR("bitacorad: the path of the directory is too long\n",
                                  "bitacorad: la ruta de la carpeta es demasiado larga\n"));
        return false;
    }
    snprintf(d->path, sizeof d->path, "%s", path);
    datadir_file(d, file, d->store);
    if (stat(file, &s) == 0)
        return true;
    if (errno != ENOENT) {
        complain(TR("cannot look at", "no se pudo consultar"), file);
    } else if (stat(path, &s) != 0) {
        int cause = errno;
        complain(TR("cannot open", "no se pudo abrir"), path);
        if (cause == ENOENT)
            terminal_print(stderr, TR("bitacorad: make a log with bitacorad init\n",
                                      "bitacorad: cree una bitácora con bitacorad init\n"));
    } else {
        terminal_print(stderr,
                       TR("bitacorad: %s holds no log: make one with bitacorad init\n",
                          "bitacorad: en %s no hay bitácora: créela con bitacorad init\n"),
                       d->path);
    }
    return false;
}

/* The files that file_replace() writes in the directory. */
static bool is_replaced_here(const char *name, size_t n)
{
    static const char *const names[] = { "witnessed", "rolled_back", "set_aside" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strlen(names[i]) == n && memcmp(names[i], name, n) == 0)
            return true;
    return false;
}

int datadir_open(struct datadir *d, const char *path, const char *store)
{
    d->store = store;
    d->lock = -1;
    if (!holds_log(d, path))
        return EXIT_USAGE;
    int failed = lock(d, path);
    if (!failed)
        file_remove_left_over(path, is_replaced_here);
    if (!failed && holds(d, RESTORING)) {
        terminal_print(stderr,
                       TR("bitacorad: a restore into %s was not finished: begin it again\n",
                          "bitacorad: no se terminó de restaurar en %s: empiece de nuevo\n"),
                       path);
        datadir_close(d);
        failed = EXIT_USAGE;
    }
    return failed;
}

int datadir_refuse_backup(const struct datadir *d)
{
    if (!holds(d, "backup"))
        return 0;
    terminal_print(
        stderr,
        TR("bitacorad: %s is a backup: bitacorad restore --from %s --dir DIR makes a log "
           "of it\n",
           "bitacorad: %s es un respaldo: bitacorad restore --from %s --dir CARPETA hace "
           "de él una bitácora\n"),
        d->path, d->path);
    return EXIT_USAGE;
}

int datadir_look(struct datadir *d, const char *path, const char *store)
{
    char file[PATH_MAX];
    d->store = store;
    d->lock = -1;
    if (!holds_log(d, path))
        return EXIT_USAGE;
    datadir_file(d, file, "lock");
    d->lock = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (d->lock < 0 && errno == ENOENT) /* a copy in which no daemon ever ran */
        d->lock = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (d->lock >= 0 && flock(d->lock, LOCK_EX | LOCK_NB) != 0)
        datadir_close(d);
    return 0;
}

struct skey *datadir_read_key(const struct datadir *d, const char *passphrase_file)
{
    char file[PATH_MAX];
    struct stat s;
    datadir_file(d, file, "log.key");
    if (stat(file, &s) == 0 || errno != ENOENT)
        return log_key_read(file, passphrase_file);
    terminal_print(stderr,
                   TR("bitacorad: %s/log.key is missing, though %s/%s is there: put the log's "
                      "private key back; without it nothing can be appended to this log\n",
                      "bitacorad: falta %s/log.key, aunque existe %s/%s: devuelva la clave privada "
                      "de la bitácora; sin ella no se puede añadir nada\n"),
                   d->path, d->path, d->store);
    return NULL;
}

int datadir_write_key(const struct datadir *d, struct span text)
{
    char file[PATH_MAX];
    datadir_file(d, file, "log.key");
    int failed = file_create(file, text, 0600);
    if (failed)
        complain(TR("cannot write", "no se pudo escribir"), file);
    return failed;
}

int datadir_make_store(const struct datadir *d)
{
    char dir[PATH_MAX];
    datadir_file(d, dir, d->store);
    if (mkdir(dir, 0700) == 0 && directory_sync(d->path) == 0)
        return 0;
    complain(TR("cannot make", "no se pudo crear"), dir);
    return -1;
}

/* Directories of versions that had no blobs get them, too. */
int datadir_make_blobs(const struct datadir *d)
{
    static const char *const folders[] = { "blobs", "blobs/tmp", "blobs/new", "blobs/kept" };
    char dir[PATH_MAX];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        datadir_file(d, dir, folders[i]);
        if (mkdir(dir, 0700) == 0 || errno == EEXIST)
            continue;
        complain(TR("cannot make", "no se pudo crear"), dir);
        return -1;
    }
    datadir_file(d, dir, folders[0]);
    if (directory_sync(dir) == 0 && directory_sync(d->path) == 0)
        return 0;
    complain(TR("cannot sync", "no se pudo sincronizar"), dir);
    return -1;
}

int datadir_sync_store(const struct datadir *d)
{
    char dir[PATH_MAX];
    datadir_file(d, dir, d->store);
    if (directory_sync(dir) == 0)
        return 0;
    complain(TR("cannot sync", "no se pudo sincronizar"), dir);
    return -1;
}
