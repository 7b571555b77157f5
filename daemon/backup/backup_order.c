#include "daemon/backup/backup_order.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/backup/manifest.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/state/past_root.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

int backup_refuse_rolled_back(const char *dir)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%.3900s/rolled_back", dir);
    if (access(path, F_OK) != 0 && errno == ENOENT)
        return 0;
    terminal_print(
        stderr,
        TR("bitacorad: %s is there: this log was rolled back, and is not backed up. Keep "
           "the backups that were made before, and put the newest folder back\n",
           "bitacorad: existe %s: esta bitácora retrocedió, y no se respalda. Conserve "
           "los respaldos anteriores, y devuelva la carpeta más nueva\n"),
        path);
    return EXIT_DAMAGE;
}

/* STORE_ABSENT: the copy has fewer entries. */
static enum store_result root_in_copy(struct hash *out, const struct datadir *copy, uint64_t size)
{
    char path[PATH_MAX];
    struct config config;
    struct store *store;
    struct store_txn *t;
    config_default(&config);
    datadir_file(copy, path, copy->store);
    if (store_open(&store, path, STORE_LOOK, (uint64_t)config.map_size, 4) != 0)
        return STORE_IO;
    enum store_result r = store_begin(&t, store, STORE_READ);
    if (r == STORE_OK)
        r = past_root(out, t, size);
    store_end(t);
    store_close(store);
    return r;
}

static int say_not_after(const char *previous, const struct log_copied *before,
                         const struct log_copied *copied)
{
    terminal_print(
        stderr,
        TR("bitacorad: the log does not go on from the backup %s: that has %llu entries, "
           "and the log, with %llu, does not hold them all. It was set back, or is "
           "another one; there is no new backup. Keep those that there are\n",
           "bitacorad: la bitácora no continúa el respaldo %s: ese tiene %llu asientos, "
           "y la bitácora, con %llu, no los tiene todos. Retrocedió, o es otra; no hay "
           "respaldo nuevo. Conserve los que existen\n"),
        previous, (unsigned long long)before->size, (unsigned long long)copied->size);
    return EXIT_DAMAGE;
}

int backup_refuse_older(const struct datadir *copy, const struct log_copied *copied,
                        const char *previous)
{
    static struct log_copied before;
    struct hash root;
    if (manifest_read(previous, MANIFEST_BACKUP, &before) != MANIFEST_OK ||
        strcmp(before.vkey.name, copied->vkey.name) != 0) {
        terminal_print(stderr,
                       TR("bitacorad: --after: %s is not a backup of %s\n",
                          "bitacorad: --after: %s no es un respaldo de %s\n"),
                       previous, copied->vkey.name);
        return EXIT_USAGE;
    }
    enum store_result r = root_in_copy(&root, copy, before.size);
    if (r == STORE_ABSENT || (r == STORE_OK && !hash_eq(&root, &before.root)))
        return say_not_after(previous, &before, copied);
    return r == STORE_OK ? 0 : EXIT_DAMAGE;
}
