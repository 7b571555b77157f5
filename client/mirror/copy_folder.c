#include "client/mirror/copy_folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/path.h"
#include "proto/sys/files.h"
#include "proto/tlog/tile.h"

#define STAGING ".incoming"

/* ---- opening --------------------------------------------------------------------------------- */

static enum outcome lock_folder(struct copy_folder *c)
{
    c->lock = open(c->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (c->lock >= 0 && flock(c->lock, LOCK_EX | LOCK_NB) == 0)
        return OUTCOME_PROVEN;
    if (c->lock < 0)
        return say_usage(TR("%s cannot be used as a folder: %s", "%s no sirve como carpeta: %s"),
                         c->dir, errno_words(errno));
    return say_undecided(TR("%s is in use by another run, or cannot be locked: %s",
                            "otra ejecución usa %s, o no se puede bloquear: %s"),
                         c->dir, errno_words(errno));
}

enum outcome copy_folder_open(struct copy_folder *c, const char *dir)
{
    *c = (struct copy_folder){ .dir = dir, .lock = -1 };
    if (mkdir(dir, 0777) != 0 && errno != EEXIST)
        return say_usage(TR("%s could not be made: %s", "no se pudo crear %s: %s"), dir,
                         errno_words(errno));
    return lock_folder(c);
}

void copy_folder_close(struct copy_folder *c)
{
    if (c->lock >= 0)
        close(c->lock);
    c->lock = -1;
}

char *copy_folder_name(const char *dir)
{
    size_t n = strlen(dir);
    while (n > 1 && dir[n - 1] == '/')
        n--;
    bool dots = dir[n - 1] == '.' && (n == 1 || dir[n - 2] == '/' ||
                                      (dir[n - 2] == '.' && (n == 2 || dir[n - 3] == '/')));
    char *real = dots ? realpath(dir, NULL) : NULL;
    return real != NULL ? real : kept(strdup(dir));
}

/* ---- staging --------------------------------------------------------------------------------- */

void copy_folder_stage(struct copy_folder *c, const char *name, struct span bytes)
{
    char *staging = path_join(c->dir, STAGING);
    char *path = staging == NULL ? NULL : path_join(staging, name);
    c->staged = true;
    if (path == NULL) {
        c->failed = true; /* which is recorded as lost */
    } else if (file_make_parents(path) != 0 || file_replace(path, bytes, 0644) != 0) {
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
        c->failed = true;
    }
    free(path);
    free(staging);
}

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

void copy_folder_unstage(struct copy_folder *c)
{
    char *staging = path_join(c->dir, STAGING);
    if (staging != NULL)
        remove_tree(staging);
    free(staging);
    c->staged = c->failed = false;
}

/* ---- moving in ------------------------------------------------------------------------------- */

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
    for (struct dirent *e; !failed && (errno = 0, e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0)
            continue;
        char *a = path_join(from, e->d_name), *b = path_join(to, e->d_name);
        failed = a == NULL || b == NULL ? -1 : move_in(a, b);
        free(a);
        free(b);
    }
    failed = failed || errno != 0; /* reading the folder may fail, too */
    int kept = errno;
    if (d != NULL)
        closedir(d);
    errno = kept;
    return failed ? -1 : directory_sync(to);
}

enum outcome copy_folder_keep(struct copy_folder *c, struct span checkpoint)
{
    char *staging = path_join(c->dir, STAGING), *path = path_join(c->dir, "checkpoint");
    enum outcome outcome = OUTCOME_PROVEN;
    if (c->failed || staging == NULL || path == NULL)
        outcome = OUTCOME_UNDECIDED; /* why was said, or is recorded as lost */
    else if ((c->staged && move_in(staging, c->dir) != 0) ||
             file_replace(path, checkpoint, 0644) != 0)
        outcome = say_undecided(
            TR("the copy could not be written: %s", "no se pudo escribir la copia: %s"),
            errno_words(errno));
    free(path);
    free(staging);
    return outcome;
}

enum outcome copy_folder_put(struct copy_folder *c, const char *name, struct span bytes)
{
    char *path = path_join(c->dir, name);
    enum outcome outcome = OUTCOME_UNDECIDED;
    if (path != NULL && file_make_parents(path) == 0 && file_replace(path, bytes, 0644) == 0)
        outcome = OUTCOME_PROVEN;
    else if (path != NULL)
        say(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
            errno_words(errno));
    free(path);
    return outcome;
}

void copy_folder_sweep(struct copy_folder *c, const char *name,
                       bool (*is_needed)(const void *ctx, const char *name), const void *ctx)
{
    char *folder = path_join(c->dir, name);
    struct stat s;
    /* A link would lead out of the folder. */
    DIR *d =
        folder == NULL || lstat(folder, &s) != 0 || !S_ISDIR(s.st_mode) ? NULL : opendir(folder);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;) {
        char *path = e->d_name[0] == '.' ? NULL : path_join(folder, e->d_name);
        if (path != NULL && lstat(path, &s) == 0 && S_ISDIR(s.st_mode) &&
            !is_needed(ctx, e->d_name))
            remove_tree(path);
        free(path);
    }
    if (d != NULL)
        closedir(d);
    free(folder);
}

static void drop_partials_of_level(const struct copy_folder *c, int level, uint64_t old)
{
    int above = (level == TILE_ENTRIES ? 0 : level) + 1;
    if (above >= TILE_LEVELS)
        return;
    for (uint64_t n = c->swept >> (8 * above); n < old >> (8 * above); n++) {
        struct tile t = { .level = level, .n = n, .width = 1 };
        char name[TILE_PATH_MAX];
        tile_path(name, &t);
        *strrchr(name, '/') = 0; /* NNN.p */
        char *path = path_join(c->dir, name);
        if (path != NULL)
            remove_tree(path);
        free(path);
    }
}

void copy_folder_drop_partials(struct copy_folder *c, uint64_t old)
{
    for (int level = TILE_ENTRIES; level < TILE_LEVELS; level++)
        drop_partials_of_level(c, level, old);
    c->swept = old;
}
