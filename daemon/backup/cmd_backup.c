#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/backup/backup_order.h"
#include "daemon/backup/cmd_backup.h"
#include "daemon/backup/log_copy.h"
#include "daemon/backup/manifest.h"
#include "daemon/fsck/cmd_fsck.h"
#include "daemon/host/cmd.h"
#include "daemon/host/said.h"
#include "daemon/store/store.h"
#include "proto/base/base64.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* A backup is written under another name, which it loses when it is whole. This file in it, which
 * is locked, says that somebody is at it, or was. */
#define UNFINISHED "unfinished"

struct backup {
    char given[PATH_MAX - 64]; /* TO as it was given, without slashes at its end */
    char to[PATH_MAX - 64];    /* from the root on, without slashes at its end */
    char beside[PATH_MAX];     /* TO.partial, by its name */
    const char *after;         /* the backup before, from the root on; or NULL */
    struct stat made;          /* that folder */
    struct datadir partial;    /* the same as ".": whoever may write beside it can put a link in its
                                 place; its lock is that of UNFINISHED */
    struct log_copied copied;
};

static int say_failed_at(const char *en, const char *es, const char *path)
{
    terminal_print(stderr, "bitacorad: %s %s: %s\n", TR(en, es), path, errno_words(errno));
    return EXIT_USAGE;
}

/* ---- where it goes --------------------------------------------------------------------------- */

/* `to` from the root on: the working directory will be another one. Returns 0, or -1 with errno. */
static int take_whole_path(struct backup *b, const char *to)
{
    char parent[PATH_MAX], real[PATH_MAX];
    size_t n = strlen(to), name;
    while (n > 1 && to[n - 1] == '/')
        n--;
    for (name = n; name > 0 && to[name - 1] != '/'; name--)
        ;
    errno = n == 0 || name == n ? ENOENT : ENAMETOOLONG;
    if (n == 0 || name == n || n >= sizeof b->to - 32)
        return -1;
    snprintf(parent, sizeof parent, "%.*s", name == 0 ? 1 : (int)name, name == 0 ? "." : to);
    if (realpath(parent, real) == NULL)
        return -1;
    errno = ENAMETOOLONG;
    int length = snprintf(b->to, sizeof b->to, "%s/%.*s", strcmp(real, "/") == 0 ? "" : real,
                          (int)(n - name), to + name);
    return length < 0 || (size_t)length >= sizeof b->to - 32 ? -1 : 0;
}

/* A log takes what lies in its folder for its own: one that has a `backup` is a backup, and does
 * not run. */
static int refuse_inside(const struct backup *b, const char *from)
{
    size_t n = strlen(from);
    if (strncmp(b->to, from, n) != 0 || (b->to[n] != '/' && n > 1))
        return 0;
    terminal_print(stderr,
                   TR("bitacorad: %s would lie in the log's folder: take a place outside of it\n",
                      "bitacorad: %s quedaría en la carpeta de la bitácora: elija un lugar fuera "
                      "de ella\n"),
                   b->to);
    return EXIT_USAGE;
}

/* `from`: the log's folder, from the root on. */
static int take_path(struct backup *b, const char *to, const char *from)
{
    struct stat st;
    if (take_whole_path(b, to) != 0)
        return say_failed_at("cannot make", "no se pudo crear", to);
    if (refuse_inside(b, from) != 0)
        return EXIT_USAGE;
    int n = (int)strlen(to);
    while (n > 1 && to[n - 1] == '/')
        n--;
    snprintf(b->given, sizeof b->given, "%.*s", n, to);
    snprintf(b->beside, sizeof b->beside, "%s.partial", b->to);
    snprintf(b->partial.path, sizeof b->partial.path, ".");
    b->partial.store = store_folder();
    if (lstat(b->to, &st) != 0)
        return errno == ENOENT ? 0 : say_failed_at("cannot look at", "no se pudo consultar", b->to);
    errno = EEXIST;
    return say_failed_at("cannot make", "no se pudo crear", to);
}

/* Enters TO.partial, which must be ours alone. Returns 0, or -1 with errno. */
static int enter(struct backup *b)
{
    int fd = open(b->beside, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int failed = fd < 0 || fstat(fd, &b->made) != 0 ? -1 : 0;
    if (!failed && (b->made.st_uid != geteuid() || (b->made.st_mode & 07777) != 0700)) {
        errno = EPERM;
        failed = -1;
    }
    failed = failed || fchdir(fd) != 0 ? -1 : 0;
    int kept = errno;
    if (fd >= 0)
        close(fd);
    errno = kept;
    return failed;
}

/* Whether a name is still that of the folder. */
static bool is_ours(const struct backup *b, const char *path)
{
    struct stat st;
    return lstat(path, &st) == 0 && st.st_dev == b->made.st_dev && st.st_ino == b->made.st_ino;
}

/* Opens and locks UNFINISHED. flags: O_CREAT to make it. Returns -1 with errno. */
static int lock_unfinished(const struct backup *b, int flags)
{
    char path[PATH_MAX];
    datadir_file(&b->partial, path, UNFINISHED);
    int fd = open(path, O_RDWR | O_NOFOLLOW | O_CLOEXEC | flags, 0600);
    if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) == 0)
        return fd;
    int kept = errno == EWOULDBLOCK ? EBUSY : errno;
    close(fd);
    errno = kept;
    return -1;
}

/* Removes what is in the folder, UNFINISHED last: whoever is killed meanwhile leaves what the next
 * one knows. Returns 0, or -1 with errno. */
static int remove_partial(const struct backup *b)
{
    char path[PATH_MAX];
    DIR *d = opendir(b->partial.path);
    int failed = d == NULL ? -1 : 0;
    for (struct dirent *e; !failed && (e = readdir(d)) != NULL;) {
        if (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0 ||
            strcmp(e->d_name, UNFINISHED) == 0)
            continue;
        snprintf(path, sizeof path, "%.3800s/%.255s", b->partial.path, e->d_name);
        failed = folder_remove(path);
    }
    if (d != NULL)
        closedir(d);
    datadir_file(&b->partial, path, UNFINISHED);
    return failed || unlink(path) != 0 || rmdir(b->beside) != 0 ? -1 : 0;
}

/* What a backup that was killed has left, and nothing else. */
static int remove_left_over(struct backup *b)
{
    if (rmdir(b->beside) == 0)
        return 0; /* killed before it wrote anything */
    int fd = enter(b) == 0 ? lock_unfinished(b, 0) : -1;
    if (fd < 0) {
        errno = errno == ENOENT ? EEXIST : errno;
        return say_failed_at("cannot make", "no se pudo crear", b->beside);
    }
    int failed = remove_partial(b);
    int kept = errno;
    close(fd);
    errno = kept;
    return failed ? say_failed_at("cannot remove", "no se pudo quitar", b->beside) : 0;
}

static int make_partial(struct backup *b)
{
    int code = 0;
    int failed = mkdir(b->beside, 0700);
    if (failed && errno == EEXIST) {
        code = remove_left_over(b);
        if (code != 0)
            return code;
        failed = mkdir(b->beside, 0700);
    }
    if (failed || enter(b) != 0)
        return say_failed_at("cannot make", "no se pudo crear", b->beside);
    b->partial.lock = lock_unfinished(b, O_CREAT | O_EXCL);
    if (b->partial.lock < 0)
        return say_failed_at("cannot make", "no se pudo crear", b->beside);
    return datadir_make_store(&b->partial) != 0 || datadir_make_blobs(&b->partial) != 0
               ? EXIT_DAMAGE
               : 0;
}

/* ---- the backup ------------------------------------------------------------------------------ */

static int give_name(const struct backup *b)
{
    int failed = directory_sync(b->partial.path) != 0 || rename(b->beside, b->to) != 0 ||
                 parent_sync(b->to) != 0;
    if (!failed && !is_ours(b, b->to)) {
        errno = ESTALE; /* somebody has put something else there */
        failed = 1;
    }
    if (!failed && unlink(UNFINISHED) == 0 && directory_sync(b->partial.path) == 0)
        return 0;
    say_failed_at("cannot write", "no se pudo escribir", b->to);
    return EXIT_DAMAGE;
}

static int verify(const struct backup *b)
{
    fprintf(stderr, TR("verifying %" PRIu64 " %s\n", "se verifica: %" PRIu64 " %s\n"),
            b->copied.size, ENTRIES(b->copied.size));
    int code = fsck_quietly(&b->partial);
    if (code == 0)
        return 0;
    terminal_print(stderr,
                   TR("bitacorad: the backup is not sound, so there is none: the log itself may be "
                      "damaged. Stop it and run bitacorad fsck\n",
                      "bitacorad: el respaldo no está íntegro y no se conserva: puede estar dañada "
                      "la bitácora misma. Deténgala y use bitacorad fsck\n"));
    return code;
}

static int judge_copy(const struct backup *b)
{
    int code = b->after == NULL ? 0 : backup_refuse_older(&b->partial, &b->copied, b->after);
    return code != 0 ? code : verify(b);
}

static void print_done(const struct backup *b, bool json)
{
    char root[64], path[PATH_MAX];
    const struct log_copied *c = &b->copied;
    printable_copy(path, sizeof path, span_str(b->given)); /* a name may be any bytes */
    base64_encode(root, c->root.b, HASH_BYTES);
    if (!json) {
        terminal_print(stdout,
                       TR("backup %s: %llu %s, %llu blobs, %llu bytes; root %s\n",
                          "respaldo %s: %llu %s, %llu blobs, %llu bytes; raíz %s\n"),
                       b->given, (unsigned long long)c->size, ENTRIES(c->size),
                       (unsigned long long)c->blobs, (unsigned long long)c->bytes, root);
        return;
    }
    json_t *o = json_pack("{s:s,s:s,s:I,s:s,s:I,s:I}", "path", path, "origin", c->vkey.name, "size",
                          (json_int_t)c->size, "root", root, "blobs", (json_int_t)c->blobs, "bytes",
                          (json_int_t)c->bytes);
    said_result();
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
}

/* A backup may be backed up once more: somebody else may have had it meanwhile. */
static enum log_copy_from what_is(const char *from)
{
    char path[PATH_MAX];
    struct stat st;
    snprintf(path, sizeof path, "%.3900s/%s", from, MANIFEST_BACKUP);
    return lstat(path, &st) == 0 ? COPY_OF_BACKUP : COPY_OF_LOG;
}

static int make_backup(const struct cmd_args *args)
{
    static struct backup b;
    struct stat st;
    static char from[PATH_MAX], after[PATH_MAX];
    char store[PATH_MAX];
    snprintf(store, sizeof store, "%.3900s/%s", args->dir, store_folder());
    if (stat(store, &st) != 0 || realpath(args->dir, from) == NULL)
        return say_failed_at("cannot open", "no se pudo abrir", store);
    if (args->after != NULL && (b.after = realpath(args->after, after)) == NULL)
        return say_failed_at("cannot open", "no se pudo abrir", args->after);
    int code = take_path(&b, args->to, from);
    if (code == 0)
        code = backup_refuse_rolled_back(from);
    if (code == 0)
        code = make_partial(&b);
    if (code != 0)
        return code;
    code = log_copy_make(what_is(from), from, &b.partial, &b.copied);
    if (code == 0)
        code = judge_copy(&b);
    if (code == 0)
        code = manifest_write(b.partial.path, MANIFEST_BACKUP, &b.copied);
    if (code == 0)
        code = give_name(&b);
    if (code == 0)
        print_done(&b, args->json);
    else if (!is_ours(&b, b.to)) /* once it has its name it is whole */
        remove_partial(&b);
    close(b.partial.lock);
    return code;
}

int backup_in_child(int (*run)(const struct cmd_args *args), const struct cmd_args *args)
{
    int status;
    fflush(stdout);
    pid_t child = fork();
    if (child < 0) {
        say_failed_at("cannot fork", "no se pudo crear un proceso", "");
        return EXIT_DAMAGE;
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* who ends this command ends its work */
        _exit(cmd_written(run(args)));
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_DAMAGE;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    terminal_print(stderr,
                   TR("bitacorad: it ended with signal %d: the store that was read may be damaged, "
                      "which bitacorad fsck tells\n",
                      "bitacorad: terminó con la señal %d: el almacén leído puede estar dañado, lo "
                      "que dice bitacorad fsck\n"),
                   WTERMSIG(status));
    return EXIT_DAMAGE;
}

static int main_backup(const struct cmd_args *args)
{
    return backup_in_child(make_backup, args);
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder; its daemon may be running",
             "la carpeta de la bitácora; su daemon puede estar en marcha"),
    FORM_END,
};

const struct subcommand command_backup = {
    .name = "backup",
    .run = main_backup,
    .form = "dir! to! after json",
    .own = own,
    .summary = { "copies a log, verified and with its blobs, while it runs; without its key",
                 "copia una bitácora, verificada y con sus blobs, mientras opera; sin su clave" },
};
