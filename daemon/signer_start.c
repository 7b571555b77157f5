#include "daemon/signer_start.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/append/signer_client.h"
#include "daemon/append/signer_standing.h"
#include "daemon/host/cmd.h"
#include "daemon/host/log.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* ---- the key --------------------------------------------------------------------------------- */

/* Entry 0 as it is stored; *e and *record lead into *bytes. Returns 0, or -1: nothing to free but
 * *bytes. */
static int read_genesis(struct store *store, struct buf *bytes, struct entry *e,
                        struct record *record)
{
    struct store_txn *txn;
    struct refusal why;
    if (store_begin(&txn, store, STORE_READ) != STORE_OK)
        return -1;
    enum store_result r = store_entry(txn, 0, bytes, NULL);
    store_end(txn);
    if (r != STORE_OK || entry_parse(e, buf_span(bytes), &why) != 0 ||
        record_parse(record, e->note, &why) != 0)
        return -1;
    if (record->kind == KIND_GENESIS)
        return 0;
    record_free(record);
    return -1;
}

/* The key does not belong where a daemon that was taken over can read it. */
static void warn_of_key(const struct datadir *d)
{
    char file[PATH_MAX];
    datadir_file(d, file, "log.key");
    if (access(file, F_OK) == 0)
        log_line(LOG_WARNING,
                 "%s is there, though a signer has the key: move it where this user cannot read it",
                 file);
}

static int say_other_key(const char *path, const struct vkey *key, const struct datadir *d,
                         const struct log_own_keys *keys)
{
    if (strcmp(key->name, keys->key[0].name) != 0)
        terminal_print(stderr,
                       TR("bitacorad: the signer at %s has the key of %s, but %s holds %s\n",
                          "bitacorad: el firmante en %s tiene la clave de %s, pero %s contiene "
                          "%s\n"),
                       path, key->name, d->path, keys->key[0].name);
    else
        terminal_print(stderr,
                       TR("bitacorad: the signer at %s has a key that is not listed in %s. Was "
                          "the log's key handed over to it? bitacorad rotate --handed-over\n",
                          "bitacorad: el firmante en %s tiene una clave que no está en la lista "
                          "de %s. ¿Se le entregó la clave de la bitácora? bitacorad rotate "
                          "--handed-over\n"),
                       path, d->path);
    return EXIT_USAGE;
}

int signer_start(struct log_signer **out, const char *path, const struct datadir *d,
                 struct store *store)
{
    static struct log_own_keys keys; /* some kilobytes */
    if (own_keys_load(&keys, store, d->path) != 0)
        return EXIT_DAMAGE;
    warn_of_key(d);
    *out = signer_client_new(path, NULL);
    if (*out == NULL)
        *out = signer_client_new(path, own_keys_newest(&keys));
    if (*out == NULL)
        return EXIT_USAGE;
    if (own_keys_find(&keys, &(*out)->vkey) != NULL)
        return 0;
    int code = say_other_key(path, &(*out)->vkey, d, &keys);
    log_signer_free(*out);
    *out = NULL;
    return code;
}

static int complain_of(const char *what, const struct datadir *d)
{
    terminal_print(stderr, "bitacorad: %s %s/batch: %s\n", what, d->path, errno_words(errno));
    return EXIT_DAMAGE;
}

/* ---- how it stands --------------------------------------------------------------------------- */

static int say_lost(const struct datadir *d, const struct log_signer *s, uint64_t size)
{
    terminal_print(
        stderr,
        TR("bitacorad: %s does not hold what the log's signer has signed last (size %llu; here: "
           "%llu). This is an older copy of the log, or another history: nobody may be shown it as "
           "the log. Find the newest folder: if another bitacorad ran with this signer, it is that "
           "one's, so remove none. If it is lost, the log goes on as a successor only: bitacorad "
           "init --predecessor CHECKPOINT\n",
           "bitacorad: %s no contiene lo último que firmó el firmante de la bitácora (tamaño %llu; "
           "aquí: %llu). Es una copia anterior, u otra historia: no debe mostrarse como la "
           "bitácora. Busque la carpeta más nueva: si otro bitacorad usó este firmante, es la de "
           "ese, así que no borre ninguna. Si se perdió, la bitácora solo sigue como una sucesora: "
           "bitacorad init --predecessor CHECKPOINT\n"),
        d->path, (unsigned long long)s->last.size, (unsigned long long)size);
    return EXIT_USAGE;
}

static int say_empty(const struct datadir *d, uint64_t size)
{
    terminal_print(
        stderr,
        TR("bitacorad: the signer has signed nothing yet, but %s holds a log of %llu entries: find "
           "the signer's folder; if it never had one, start it with --adopt and the newest "
           "checkpoint of the log that anybody has\n",
           "bitacorad: el firmante aún no firmó nada, pero %s contiene una bitácora de %llu "
           "asientos: busque la carpeta del firmante; si nunca la tuvo, inícielo con --adopt y el "
           "punto de control más nuevo de la bitácora que alguien tenga\n"),
        d->path, (unsigned long long)size);
    return EXIT_USAGE;
}

/* Has the signer sign entry 0 as it stands in the store. Returns 0, or -1. */
static int have_genesis_signed(struct log_signer *s, struct store *store)
{
    struct buf bytes = { 0 }, note = { 0 };
    struct entry e;
    struct record record;
    int failed = read_genesis(store, &bytes, &e, &record);
    if (failed == 0) {
        const struct log_signer_text t = { .ask = ASK_GENESIS,
                                           .accepted = e.accepted,
                                           .text = record.text };
        failed = log_signer_sign(s, &t, &note) == LOG_SIGNER_OK && span_eq(buf_span(&note), e.note)
                     ? 0
                     : -1;
        record_free(&record);
    }
    buf_free(&bytes);
    buf_free(&note);
    return failed;
}

static int take_over(struct log_signer *s, const struct datadir *d, struct store *store,
                     const struct tip *tip)
{
    uint64_t size = tip->edge.frontier.size;
    if (size > 1 || have_genesis_signed(s, store) != 0)
        return say_empty(d, size);
    s->last.size = size;
    edge_root(&tip->edge, &s->last.root);
    log_line(LOG_INFO, "the signer has taken over the log, which has nothing but entry 0");
    return 0;
}

/* Whatever were signed next would be the log's last checkpoint. */
static int say_freezing(const struct datadir *d)
{
    terminal_print(
        stderr,
        TR("bitacorad: a freeze of the log in %s was signed, and is not in it: run "
           "bitacorad freeze again, which finishes it\n",
           "bitacorad: se firmó el final de la bitácora en %s y no está en ella: ejecute "
           "de nuevo bitacorad freeze, que lo termina\n"),
        d->path);
    return EXIT_USAGE;
}

/* Why the log is asked about. */
enum purpose {
    TO_RUN,
    TO_FREEZE,
    TO_LOOK, /* nothing is signed or written */
};

/* j->fd is -1 where there is no journal. */
static int judge_standing(const struct batch_journal *j, struct log_signer *s,
                          const struct datadir *d, struct store *store, const struct tip *tip,
                          enum purpose purpose)
{
    struct buf bytes = { 0 };
    struct journaled batch;
    int read = j->fd < 0 ? 0 : batch_journal_read(&batch, &bytes, j), code = EXIT_DAMAGE;
    if (read < 0)
        complain_of(TR("cannot read", "no se pudo leer"), d);
    else
        switch (signer_standing(log_signer_last(s), store, tip, read == 1 ? &batch : NULL)) {
        case STANDING_SAME:
        case STANDING_BEHIND:
            code = s->last.freeze == FREEZE_SIGNED && purpose != TO_FREEZE ? say_freezing(d) : 0;
            break;
        case STANDING_UNFINISHED:
            code = 0;
            break;
        case STANDING_EMPTY:
            code = purpose != TO_LOOK            ? take_over(s, d, store, tip)
                   : tip->edge.frontier.size > 1 ? say_empty(d, tip->edge.frontier.size)
                                                 : 0;
            break;
        case STANDING_LOST:
            code = say_lost(d, s, tip->edge.frontier.size);
            break;
        case STANDING_UNKNOWN:
            log_line(LOG_ERROR, "the store in %s cannot be read", d->path);
            break;
        }
    buf_free(&bytes);
    return code;
}

static int reach_and_judge(const struct batch_journal *j, struct log_signer *s,
                           const struct datadir *d, struct store *store, const struct tip *tip,
                           enum purpose purpose)
{
    bool anew;
    switch (log_signer_reach(s, &anew)) {
    case LOG_SIGNER_OK:
        return judge_standing(j, s, d, store, tip, purpose);
    case LOG_SIGNER_AWAY:
    case LOG_SIGNER_MEMORY: /* the sequencer compares them before it appends */
        return 0;
    case LOG_SIGNER_REFUSES:
        break;
    }
    return EXIT_USAGE;
}

int signer_compare(struct batch_journal *j, struct log_signer *s, const struct datadir *d,
                   struct store *store, const struct tip *tip, bool freezing)
{
    char file[PATH_MAX];
    datadir_file(d, file, "batch");
    if (batch_journal_open(j, file) != 0 || directory_sync(d->path) != 0)
        return complain_of(TR("cannot open", "no se pudo abrir"), d);
    int code = reach_and_judge(j, s, d, store, tip, freezing ? TO_FREEZE : TO_RUN);
    if (code != 0)
        batch_journal_close(j);
    return code;
}

int signer_look(struct log_signer *s, const struct datadir *d, struct store *store,
                const struct tip *tip)
{
    char file[PATH_MAX];
    struct batch_journal j;
    datadir_file(d, file, "batch");
    if (batch_journal_look(&j, file) != 0 && errno != ENOENT)
        return complain_of(TR("cannot open", "no se pudo abrir"), d);
    int code = reach_and_judge(&j, s, d, store, tip, TO_LOOK);
    batch_journal_close(&j);
    return code;
}
