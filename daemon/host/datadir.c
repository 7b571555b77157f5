#include "daemon/host/datadir.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/words.h"

static void complain(const char *what, const char *path)
{
    words_say("bitacorad: %s %s: %s\n", what, path, errno_words(errno));
}

void datadir_file(const struct datadir *d, char out[PATH_MAX], const char *name)
{
    snprintf(out, PATH_MAX, "%s/%.24s", d->path, name);
}

static int lock(struct datadir *d, const char *path)
{
    char file[PATH_MAX];
    d->lock = -1;
    if (strlen(path) >= sizeof d->path) {
        words_say(TR("bitacorad: the path of the directory is too long\n",
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
    if (flock(d->lock, LOCK_EX | LOCK_NB) == 0)
        return 0;
    if (errno == EWOULDBLOCK)
        words_say(TR("bitacorad: %s is in use by another bitacorad: stop that one first\n",
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

int datadir_create(struct datadir *d, const char *path, const char *store)
{
    d->store = store;
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        complain(TR("cannot make", "no se pudo crear"), path);
        return EXIT_USAGE;
    }
    int failed = lock(d, path);
    if (failed)
        return failed;
    if (!holds(d, "log.key") && !holds(d, d->store))
        return 0;
    words_say(
        TR("bitacorad: %s holds a log already (or what an interrupted init left): take another "
           "directory\n",
           "bitacorad: %s ya tiene una bitácora (o lo que dejó un init interrumpido): use otra "
           "carpeta\n"),
        path);
    datadir_close(d);
    return EXIT_USAGE;
}

/* A folder without log.key: is there no log, or a part of one? */
static void say_no_key(const struct datadir *d)
{
    if (holds(d, d->store))
        words_say(
            TR("bitacorad: %s/log.key is missing, though %s/%s is there: put the log's private "
               "key back; without it nothing can be appended to this log\n",
               "bitacorad: falta %s/log.key, aunque existe %s/%s: devuelva la clave privada de "
               "la bitácora; sin ella no se puede añadir nada\n"),
            d->path, d->path, d->store);
    else
        words_say(TR("bitacorad: %s holds no log: make one with bitacorad init\n",
                     "bitacorad: en %s no hay bitácora: créela con bitacorad init\n"),
                  d->path);
}

/* Says why there is no log to use at path. */
static bool holds_log(struct datadir *d, const char *path)
{
    char file[PATH_MAX];
    struct stat s;
    if (strlen(path) >= sizeof d->path) {
        words_say(TR("bitacorad: the path of the directory is too long\n",
                     "bitacorad: la ruta de la carpeta es demasiado larga\n"));
        return false;
    }
    snprintf(d->path, sizeof d->path, "%s", path);
    datadir_file(d, file, "log.key");
    if (stat(file, &s) == 0)
        return true;
    if (errno != ENOENT) {
        complain(TR("cannot look at", "no se pudo consultar"), file);
    } else if (stat(path, &s) != 0) {
        int cause = errno;
        complain(TR("cannot open", "no se pudo abrir"), path);
        if (cause == ENOENT)
            words_say(TR("bitacorad: make a log with bitacorad init\n",
                         "bitacorad: cree una bitácora con bitacorad init\n"));
    } else {
        say_no_key(d);
    }
    return false;
}

int datadir_open(struct datadir *d, const char *path, const char *store)
{
    d->store = store;
    d->lock = -1;
    return holds_log(d, path) ? lock(d, path) : EXIT_USAGE;
}

/* What the caller's shell opened and means to be read, such as <(…). */
static bool is_own_descriptor(const char *path)
{
    return strncmp(path, "/dev/fd/", 8) == 0 || strncmp(path, "/proc/self/fd/", 14) == 0 ||
           strcmp(path, "/dev/stdin") == 0;
}

/* Opens without waiting: a named pipe in a file's place could keep us waiting without end.
 * Returns the descriptor, or -1 with errno. */
static int open_to_read(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &st) == 0 && !S_ISFIFO(st.st_mode)))
        return fd;
    if (is_own_descriptor(path) && fcntl(fd, F_SETFL, 0) == 0)
        return fd;
    close(fd);
    errno = ENOTSUP;
    return -1;
}

int file_read(struct buf *out, const char *path, size_t max)
{
    int fd = open_to_read(path);
    size_t before = out->n;
    ssize_t n = -1;
    if (fd < 0)
        return -1;
    do {
        uint8_t *p = buf_reserve(out, 4096);
        if (p == NULL) {
            errno = ENOMEM;
            n = -1;
            break;
        }
        n = read(fd, p, 4096);
        if (n > 0)
            out->n += (size_t)n;
        if (out->n - before > max) {
            errno = EFBIG;
            n = -1;
        }
    } while (n > 0 || (n < 0 && errno == EINTR));
    int cause = errno;
    close(fd);
    errno = cause;
    return n == 0 ? 0 : -1;
}

/* A key that others can read signs for them. */
static int is_private(const char *file)
{
    struct stat st;
    if (stat(file, &st) != 0 || (st.st_mode & 077) == 0)
        return 0; /* that it cannot be read is said by whoever reads it */
    words_say(
        TR("bitacorad: %s has mode %04o: the log's key must be its owner's alone, at most 0600 "
           "(chmod 600)\n",
           "bitacorad: %s tiene el modo %04o: la clave de la bitácora debe ser solo de su dueño, "
           "a lo sumo 0600 (chmod 600)\n"),
        file, (unsigned)(st.st_mode & 07777));
    return -1;
}

int datadir_read_key(const struct datadir *d, struct skey *key)
{
    char file[PATH_MAX];
    struct buf text = { 0 };
    const char *cause;
    datadir_file(d, file, "log.key");
    if (is_private(file) != 0)
        return -1;
    int failed = file_read(&text, file, SKEY_TEXT_MAX + 1);
    if (failed) {
        complain(TR("cannot read", "no se pudo leer"), file);
    } else if ((failed = skey_parse(key, buf_span(&text), &cause)) != 0) {
        words_say(TR("bitacorad: %s is not a private key: %s\n",
                     "bitacorad: %s no es una clave privada: %s\n"),
                  file, cause_words(cause, words_language()));
    } else if (key->vkey.type != KEY_NOTE || !signer_name_allowed(span_str(key->vkey.name))) {
        words_say(TR("bitacorad: %s is not the key of a log\n",
                     "bitacorad: %s no es la clave de una bitácora\n"),
                  file);
        skey_wipe(key);
        failed = -1;
    }
    if (text.p != NULL)
        sodium_memzero(text.p, text.cap);
    buf_free(&text);
    return failed;
}

int datadir_read_vkey(const struct datadir *d, struct vkey *vkey)
{
    struct skey key;
    if (datadir_read_key(d, &key) != 0)
        return -1;
    *vkey = key.vkey;
    skey_wipe(&key);
    return 0;
}

static int write_all(int fd, struct span s)
{
    while (s.n > 0) {
        ssize_t n = write(fd, s.p, s.n);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        s = span_of(s.p + n, s.n - (size_t)n);
    }
    return fsync(fd);
}

static int sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = fsync(fd);
    close(fd);
    return failed;
}

int file_replace(const char *path, struct span bytes)
{
    char beside[PATH_MAX], dir[PATH_MAX];
    const char *slash = strrchr(path, '/');
    if (slash == NULL || snprintf(beside, sizeof beside, "%s.new", path) >= PATH_MAX)
        return -1;
    snprintf(dir, sizeof dir, "%.*s", (int)(slash - path), path);
    unlink(beside); /* what a kill left, or a link that somebody planted */
    int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int failed = fd < 0 ? -1 : write_all(fd, bytes);
    if (fd >= 0 && close(fd) != 0)
        failed = -1;
    if (failed == 0)
        failed = rename(beside, path);
    return failed == 0 ? sync_directory(dir) : -1;
}

int datadir_write_key(const struct datadir *d, const struct skey *key)
{
    char file[PATH_MAX];
    struct buf text = { 0 };
    datadir_file(d, file, "log.key");
    skey_format(&text, key);
    int fd = text.failed ? -1 : open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    int failed = fd < 0 ? -1 : write_all(fd, buf_span(&text));
    if (fd >= 0 && close(fd) != 0)
        failed = -1;
    if (failed == 0)
        failed = sync_directory(d->path);
    if (failed)
        complain(TR("cannot write", "no se pudo escribir"), file);
    if (text.p != NULL)
        sodium_memzero(text.p, text.cap);
    buf_free(&text);
    return failed;
}

int datadir_make_store(const struct datadir *d)
{
    char dir[PATH_MAX];
    datadir_file(d, dir, d->store);
    if (mkdir(dir, 0700) == 0 && sync_directory(d->path) == 0)
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
    if (sync_directory(dir) == 0 && sync_directory(d->path) == 0)
        return 0;
    complain(TR("cannot sync", "no se pudo sincronizar"), dir);
    return -1;
}

int datadir_sync_store(const struct datadir *d)
{
    char dir[PATH_MAX];
    datadir_file(d, dir, d->store);
    if (sync_directory(dir) == 0)
        return 0;
    complain(TR("cannot sync", "no se pudo sincronizar"), dir);
    return -1;
}
