#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/fsck/cmd_fsck.h"
#include "daemon/fsck/fsck.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/host/datadir.h"
#include "daemon/host/said.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static void print_report_json(const struct fsck_report *r)
{
    struct buf root = { 0 };
    buf_add_base64(&root, r->root.b, HASH_BYTES);
    json_t *o =
        json_pack("{s:b,s:I,s:s,s:I,s:I,s:O}", "ok", r->findings == 0, "size", (json_int_t)r->size,
                  "root", buf_str(&root), "unnamed_blobs", (json_int_t)r->unnamed_blobs,
                  "absent_tables", (json_int_t)r->absent_tables, "findings", r->list);
    said_result();
    json_dumpf(o, stdout, JSON_COMPACT);
    putchar('\n');
    json_decref(o);
    buf_free(&root);
}

static void print_report_end(const struct fsck_report *r)
{
    if (r->list != NULL)
        print_report_json(r);
    else if (r->findings == 0)
        printf(r->size == 1
                   ? TR("the store is sound: %" PRIu64 " entry, every index agrees with it\n",
                        "el almacén está íntegro: %" PRIu64
                        " asiento, y cada índice concuerda con él\n")
                   : TR("the store is sound: %" PRIu64 " entries, every index agrees with them\n",
                        "el almacén está íntegro: %" PRIu64
                        " asientos, y cada índice concuerda con ellos\n"),
               r->size);
    else if (r->findings == r->unerased_blobs)
        printf(TR("the store is sound, but %" PRIu64 " blobs that are ordered erased are still "
                  "there: start the daemon, which erases them\n",
                  "el almacén está íntegro, pero %" PRIu64 " blobs cuyo borrado se ordenó siguen "
                  "ahí: inicie el daemon, que los borra\n"),
               r->findings);
    else
        printf(TR("the store is damaged: %" PRIu64
                  " findings; restore it from a copy, and keep this one as evidence\n",
                  "el almacén está dañado: %" PRIu64
                  " hallazgos; restáurelo de una copia y guarde este como evidencia\n"),
               r->findings);
    if (r->list == NULL && r->unnamed_blobs > 0)
        printf(TR("%" PRIu64 " blobs are kept that no entry names: a crash may leave such\n",
                  "%" PRIu64 " blobs se conservan sin que un asiento los nombre: una caída puede "
                  "dejarlos\n"),
               r->unnamed_blobs);
    if (r->list == NULL && r->absent_tables > 0)
        printf(TR("%" PRIu64 " tables of the index have no file: the daemon makes them again\n",
                  "%" PRIu64 " tablas del índice no tienen archivo: el daemon las rehace\n"),
               r->absent_tables);
}

/* In the child: nothing but a crash keeps it from saying what it found. */
static int walk_store(const struct datadir *d, bool json, bool quiet)
{
    struct fsck_report report = { .list = json ? json_array() : NULL };
    struct config config;
    struct store *store;
    char dir[PATH_MAX], blobs[PATH_MAX];
    config_default(&config);
    datadir_file(d, dir, d->store);
    datadir_file(d, blobs, "blobs");
    if (store_open(&store, dir, STORE_INSPECT, (uint64_t)config.map_size, 4) != 0) {
        fsck_found(&report, "store", NO_ENTRY, "%s cannot be opened", dir);
    } else {
        const struct fsck_folders folders = { .log = d->path, .blobs = blobs };
        fsck_walk(&report, store, &folders);
        store_close(store);
    }
    if (!quiet || report.findings > 0)
        print_report_end(&report);
    json_decref(report.list);
    return report.findings == 0 ? EXIT_FINE : EXIT_DAMAGE;
}

/* LMDB has no checksums on its pages: a damaged one may lead the walk anywhere, so it is walked by
 * a child process, whose crash is a finding like others. */
static int walk_in_child(const struct datadir *d, bool json, bool quiet)
{
    struct fsck_report crash = { .findings = 0 };
    int status;
    pid_t child = fork();
    if (child < 0) {
        terminal_print(
            stderr,
            TR("bitacorad: cannot fork: %s\n", "bitacorad: no se pudo crear un proceso: %s\n"),
            errno_words(errno));
        return EXIT_DAMAGE;
    }
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (quiet)
            dup2(STDERR_FILENO, STDOUT_FILENO);
        setvbuf(stdout, NULL, _IOLBF, 0);
        _exit(cmd_written(walk_store(d, json, quiet)));
    }
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return EXIT_DAMAGE;
    if (WIFEXITED(status))
        return WEXITSTATUS(status);
    crash.list = json ? json_array() : NULL;
    fsck_found(&crash, "store", NO_ENTRY,
               "reading the store ended with signal %d: its pages are "
               "damaged",
               WTERMSIG(status));
    print_report_end(&crash);
    json_decref(crash.list);
    return EXIT_DAMAGE;
}

int fsck_quietly(const struct datadir *d)
{
    fflush(stdout);
    return walk_in_child(d, false, true);
}

static int main_fsck(const struct cmd_args *args)
{
    struct datadir d;
    int code = datadir_open(&d, args->dir, store_folder());
    if (code != 0)
        return code;
    code = walk_in_child(&d, args->json, false);
    datadir_close(&d);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder; no daemon may be running on it",
             "la carpeta de la bitácora, sin un daemon que la use"),
    FORM_END,
};

const struct subcommand command_fsck = {
    .name = "fsck",
    .run = main_fsck,
    .form = "dir! json",
    .own = own,
    .summary = { "checks the store: every entry, every index, every blob",
                 "comprueba el almacén: cada asiento, cada índice, cada blob" },
};
