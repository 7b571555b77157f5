#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/backup/cmd_backup.h"
#include "daemon/backup/log_copy.h"
#include "daemon/backup/manifest.h"
#include "daemon/backup/newest.h"
#include "daemon/fsck/cmd_fsck.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/mark/marking.h"
#include "daemon/store/store.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* ---- from a backup ---------------------------------------------------------------------------- */

static int read_manifest(struct log_copied *out, const char *from)
{
    switch (manifest_read(from, MANIFEST_BACKUP, out)) {
    case MANIFEST_OK:
        return 0;
    case MANIFEST_MISSING:
        terminal_print(stderr,
                       TR("bitacorad: %s is no backup, or one that was not finished\n",
                          "bitacorad: %s no es un respaldo, o no se terminó\n"),
                       from);
        return EXIT_USAGE;
    case MANIFEST_WRONG:
        break;
    }
    terminal_print(stderr, TR("bitacorad: %s/%s is damaged\n", "bitacorad: %s/%s está dañado\n"),
                   from, MANIFEST_BACKUP);
    return EXIT_DAMAGE;
}

/* What a killed restore has left, of another backup perhaps. */
static int remove_left_over(const struct datadir *d)
{
    const char *const names[] = { d->store,   "blobs",         "access",
                                  "log.keys", "log.handovers", MANIFEST_RESTORED };
    char path[PATH_MAX];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        datadir_file(d, path, names[i]);
        if (folder_remove(path) == 0 || errno == ENOENT)
            continue;
        terminal_print(
            stderr,
            TR("bitacorad: cannot remove %s: %s\n", "bitacorad: no se pudo quitar %s: %s\n"), path,
            errno_words(errno));
        return EXIT_DAMAGE;
    }
    return 0;
}

static int make_restored(struct datadir *d, const char *dir)
{
    int code = datadir_restore(d, dir, store_folder());
    if (code != 0)
        return code;
    code = remove_left_over(d);
    if (code == 0 && (datadir_make_store(d) != 0 || datadir_make_blobs(d) != 0))
        code = EXIT_DAMAGE;
    if (code != 0)
        datadir_close(d);
    return code;
}

static bool is_what_it_says(const struct log_copied *a, const struct log_copied *b)
{
    return vkey_eq(&a->vkey, &b->vkey) && a->size == b->size && hash_eq(&a->root, &b->root);
}

static int fill_folder(const struct datadir *d, const char *from, const struct log_copied *expected)
{
    struct log_copied copied;
    int code = log_copy_make(COPY_OF_BACKUP, from, d, &copied);
    if (code != 0)
        return code;
    if (!is_what_it_says(&copied, expected)) {
        terminal_print(stderr,
                       TR("bitacorad: %s does not hold what it says: its store was changed\n",
                          "bitacorad: %s no contiene lo que dice: se cambió su almacén\n"),
                       from);
        return EXIT_DAMAGE;
    }
    fprintf(stderr, TR("verifying %" PRIu64 " %s\n", "se verifica: %" PRIu64 " %s\n"), copied.size,
            ENTRIES(copied.size));
    code = fsck_quietly(d);
    return code != 0 ? code : manifest_write(d->path, MANIFEST_RESTORED, &copied);
}

/* Only people know which keys a log has had: their policies name them. */
static void say_keys(const struct datadir *d)
{
    char path[PATH_MAX];
    struct buf keys = { 0 };
    datadir_file(d, path, "log.keys");
    if (file_read_at_once(&keys, path, CHECKPOINT_MAX) == FILE_OK)
        terminal_print(stderr,
                       TR("It names keys that took over from the log's first one. If a policy does "
                          "not name each of them, somebody has changed the backup:\n%s",
                          "Nombra claves que sucedieron a la primera de la bitácora. Si alguna "
                          "política no las nombra todas, alguien cambió el respaldo:\n%s"),
                       buf_str(&keys));
    buf_free(&keys);
}

static int restore(const char *from, const char *dir)
{
    struct datadir d;
    struct log_copied expected;
    int code = read_manifest(&expected, from);
    if (code == 0)
        code = make_restored(&d, dir);
    if (code != 0)
        return code;
    code = fill_folder(&d, from, &expected);
    if (code == 0)
        say_keys(&d);
    if (code == 0 && datadir_restored(&d) != 0)
        code = EXIT_DAMAGE;
    datadir_close(&d);
    if (code == 0)
        terminal_print(stdout, TR("restored %s: %llu %s of %s\n", "restaurada %s: %llu %s de %s\n"),
                       dir, (unsigned long long)expected.size, ENTRIES(expected.size),
                       expected.vkey.name);
    return code;
}

/* ---- may it go on? ---------------------------------------------------------------------------- */

static bool is_asked(const struct cmd_args *args)
{
    return args->newest != NULL || args->mirror != NULL || args->policy != NULL;
}

static void say_next(void)
{
    fputs(
        TR("It has no key and no mark yet. Where a signer has the key (setting signer) it can be "
           "run: the signer knows what it signed last. Otherwise put the log's private key "
           "(log.key) into it, then show that nothing newer was signed: bitacorad restore --dir "
           "DIR with --newest CHECKPOINT (the newest that anybody has), --mirror DIR|URL, or "
           "--policy POLICY (its witnesses are asked). If something newer was signed, it must not "
           "go on: open a successor (bitacorad init --predecessor CHECKPOINT).\n",
           "Aún no tiene clave ni marca. Si un firmante tiene la clave (ajuste signer), puede "
           "iniciarse: el firmante sabe qué firmó por último. Si no, ponga en ella la clave "
           "privada de la bitácora (log.key), y muestre que no se firmó nada más nuevo: bitacorad "
           "restore --dir CARPETA con "
           "--newest CHECKPOINT (el más nuevo que alguien tenga), --mirror CARPETA|URL, o "
           "--policy POLÍTICA (se pregunta a sus testigos). Si se firmó algo más nuevo, no debe "
           "seguir: abra una sucesora (bitacorad init --predecessor CHECKPOINT).\n"),
        stderr);
}

/* All that is given must say so. */
static int judge_newest(const struct newest_of *n, const struct cmd_args *args,
                        const struct config *config)
{
    int code = 0;
    if (args->newest != NULL)
        code = newest_by_checkpoint(n, args->newest);
    if (code == 0 && args->mirror != NULL)
        code = newest_by_mirror(n, args->mirror);
    if (code == 0 && args->policy != NULL)
        code = newest_by_witnesses(n, args->policy, config->witness_timeout);
    return code;
}

static enum store_result load(struct tip *tip, struct log_own_keys *keys, struct store *store,
                              const struct datadir *d)
{
    struct store_txn *t;
    struct registry *registry;
    const char *cause;
    enum store_result r = store_begin(&t, store, STORE_READ);
    if (r != STORE_OK)
        return r;
    r = own_keys_read(keys, t, d->path, &cause);
    if (r == STORE_OK)
        r = tip_load(tip, &registry, t, keys, &cause);
    if (r == STORE_OK)
        registry_free(registry);
    store_end(t);
    return r;
}

/* Witnesses have seen what is here: sealed blobs may be served at once. */
static int forget_restored(const struct datadir *d)
{
    char path[PATH_MAX];
    datadir_file(d, path, MANIFEST_RESTORED);
    return (unlink(path) == 0 || errno == ENOENT) && directory_sync(d->path) == 0 ? 0 : EXIT_DAMAGE;
}

/* Writes the mark: from then on the log runs. */
static int let_go_on(const struct newest_of *n, const struct datadir *d, bool witnessed,
                     const struct config *config)
{
    struct mark_check m = { .datadir = d,
                            .setting = config->mark,
                            .origin = n->keys->key[0].name,
                            .store = n->store,
                            .newest = { .size = n->tip->edge.frontier.size } };
    edge_root(&n->tip->edge, &m.newest.root);
    int code = marking_renew(&m);
    if (code == 0 && witnessed)
        code = forget_restored(d);
    if (code != 0)
        return code;
    terminal_print(stdout,
                   TR("%s may go on from entry %llu: nothing newer was shown\n",
                      "%s puede seguir desde el asiento %llu: no se mostró nada más nuevo\n"),
                   d->path, (unsigned long long)m.newest.size);
    return 0;
}

static int judge_folder(const struct datadir *d, const struct cmd_args *args,
                        const struct config *config)
{
    static struct log_own_keys keys;
    static struct tip tip;
    char path[PATH_MAX];
    struct store *store;
    datadir_file(d, path, d->store);
    if (store_open(&store, path, STORE_INSPECT, (uint64_t)config->map_size, 4) != 0)
        return EXIT_DAMAGE;
    const struct newest_of n = {
        .store = store, .keys = &keys, .tip = &tip, .cacert = config->cacert
    };
    int code = EXIT_DAMAGE;
    if (load(&tip, &keys, store, d) == STORE_OK)
        code = judge_newest(&n, args, config);
    if (code == 0)
        code = let_go_on(&n, d, args->policy != NULL, config);
    store_close(store);
    return code;
}

static int go_on(const struct cmd_args *args)
{
    static struct config config;
    struct datadir d;
    config_default(&config);
    if (args->config != NULL && config_read(&config, args->config, objections_printed) != 0)
        return EXIT_USAGE;
    int code = datadir_open(&d, args->dir, store_folder());
    if (code != 0)
        return code;
    code = datadir_refuse_backup(&d);
    if (code == 0)
        code = judge_folder(&d, args, &config);
    datadir_close(&d);
    return code;
}

static int restore_all(const struct cmd_args *args)
{
    int code = args->from == NULL ? 0 : restore(args->from, args->dir);
    if (code == 0 && is_asked(args))
        return go_on(args);
    if (code == 0)
        say_next();
    return code;
}

static int main_restore(const struct cmd_args *args)
{
    if (args->from == NULL && !is_asked(args))
        return cmd_usage(&command_restore, "%s",
                         TR("--from PATH is needed, or --newest, --mirror or --policy",
                            "hace falta --from RUTA, o bien --newest, --mirror o --policy"));
    return backup_in_child(restore_all, args);
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder: new, or one that was restored",
             "la carpeta de la bitácora: nueva, o una que se restauró"),
    FORM_OWN("policy", "POLICY", "POLÍTICA", "its witnesses are asked what they have seen",
             "se pregunta a sus testigos qué han visto"),
    FORM_OWN("config", "FILE", "ARCHIVO",
             "the settings that it will be run with: where the mark is",
             "los ajustes con los que operará: dónde está la marca"),
    FORM_END,
};

const struct subcommand command_restore = {
    .name = "restore",
    .run = main_restore,
    .form = "dir! from newest mirror policy config",
    .own = own,
    .summary = { "makes a log's folder from a backup; lets it go on where nothing newer was signed",
                 "crea la carpeta de una bitácora desde un respaldo; la deja seguir si no se firmó "
                 "nada más nuevo" },
};
