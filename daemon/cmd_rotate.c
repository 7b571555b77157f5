#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/append/append.h"
#include "daemon/handed_over.h"
#include "daemon/host/cmd.h"
#include "daemon/host/log_key.h"
#include "daemon/running.h"
#include "daemon/witnesses/rollback.h"
#include "proto/base/scan.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/private_key.h"
#include "proto/sys/secret.h"
#include "proto/sys/terminal.h"

/* A new key on its way. What a rotation that was killed leaves is harmless: the former key signs on,
 * or the new one does; both are in DIR/log.keys, and a policy names both. */
struct rotation {
    struct running *running;
    struct skey *key; /* the signer's once that is made */
    struct vkey vkey;
    struct buf key_text;       /* in memory for secrets */
    struct log_signer *signer; /* of the new key */
};

static int say_unwritten(const char *path)
{
    terminal_print(
        stderr, TR("bitacorad: cannot write %s: %s\n", "bitacorad: no se pudo escribir %s: %s\n"),
        path, errno_words(errno));
    return EXIT_DAMAGE;
}

static int make_key(struct rotation *t, const struct cmd_args *args)
{
    char file[PATH_MAX];
    const struct running *r = t->running;
    datadir_file(&r->datadir, file, "log.key");
    t->key = secret_new(sizeof *t->key);
    if (t->key == NULL)
        return EXIT_DAMAGE;
    skey_generate(t->key, span_str(r->service.vkey.name), KEY_NOTE);
    t->vkey = t->key->vkey;
    if (log_key_text(&t->key_text, t->key, file, args->encrypt || args->passphrase_file != NULL,
                     args->passphrase_file) != 0)
        return EXIT_USAGE;
    t->signer = log_signer_new(t->key);
    return t->signer == NULL ? EXIT_DAMAGE : 0;
}

/* DIR/log.keys: those that took over from the key of entry 0, and this one, for which the key that
 * signs so far vouches. */
static int list_key(const struct rotation *t)
{
    char file[PATH_MAX];
    const struct datadir *d = &t->running->datadir;
    const struct frontier *tree = &t->running->tip.edge.frontier;
    struct key_handover h = { .to = t->vkey, .size = tree->size };
    struct buf note = { 0 };
    frontier_root(tree, &h.root);
    datadir_file(d, file, "log.keys");
    errno = ENOMEM;
    int failed = log_signer_hand_over(t->running->signer, &h, &note) != LOG_SIGNER_OK ||
                 own_keys_list(&t->running->service.own_keys, &t->vkey, buf_span(&note), d->path);
    int code = failed ? say_unwritten(file) : 0;
    buf_free(&note);
    return code;
}

/* The newest checkpoint, signed by the new key: it says that this is a key of this log. */
static int sign_again(const struct rotation *t)
{
    static struct append a; /* 70 kB */
    struct store_txn *txn;
    enum store_result r = store_begin(&txn, t->running->service.store, STORE_WRITE);
    if (r == STORE_OK) {
        append_begin(&a, txn, &t->running->tip);
        r = append_finish(&a, t->signer);
        append_free(&a);
        if (r == STORE_OK)
            r = store_commit(txn);
        else
            store_end(txn);
    }
    if (r == STORE_OK)
        return 0;
    fputs(TR("bitacorad: the checkpoint could not be signed anew\n",
             "bitacorad: no se pudo firmar de nuevo el punto de control\n"),
          stderr);
    return EXIT_DAMAGE;
}

/* What follows for everybody else. */
static void say_policies(void)
{
    fputs(
        TR("Add a line `log` of the new key to every policy, beside the former one, before the log "
           "runs again: witnesses and clients refuse a key that they do not know.\n",
           "Añada a cada política una línea `log` con la clave nueva, junto a la anterior, antes "
           "de volver a operar la bitácora: testigos y clientes rechazan una clave que no "
           "conocen.\n"),
        stderr);
}

/* Puts the new key in place of the former one, which gets a name of its own. */
static int put_in_place(const struct rotation *t, const char *fresh)
{
    char file[PATH_MAX], former[PATH_MAX], name[24];
    const struct datadir *d = &t->running->datadir;
    snprintf(name, sizeof name, "log.key.%08x", (unsigned)t->running->service.vkey.id);
    datadir_file(d, file, "log.key");
    datadir_file(d, former, name);
    if ((link(file, former) != 0 && errno != EEXIST) || rename(fresh, file) != 0 ||
        directory_sync(d->path) != 0)
        return say_unwritten(file);
    terminal_print(stderr,
                   TR("The former key is in %s: keep it where nobody else can read it, or destroy "
                      "it.\n",
                      "La clave anterior está en %s: guárdela donde nadie más pueda leerla, o "
                      "destrúyala.\n"),
                   former);
    say_policies();
    return 0;
}

static int rotate(struct rotation *t)
{
    char fresh[PATH_MAX];
    const struct log_own_keys *keys = &t->running->service.own_keys;
    if (keys->all.n == LOG_KEYS_MAX ||
        registry_frozen(signers_registry(&t->running->service.signers)) != NO_ENTRY) {
        fputs(TR("bitacorad: the log has ended, or has had as many keys as there may be\n",
                 "bitacorad: la bitácora terminó, o ya tuvo el máximo de claves\n"),
              stderr);
        return EXIT_USAGE;
    }
    datadir_file(&t->running->datadir, fresh, "log.key.new");
    if (file_replace(fresh, buf_span(&t->key_text), 0600) != 0)
        return say_unwritten(fresh);
    int code = list_key(t);
    if (code == 0)
        code = sign_again(t);
    return code == 0 ? put_in_place(t, fresh) : code;
}

static int print_key(const struct vkey *key)
{
    struct buf vkey = { 0 };
    vkey_format(&vkey, key);
    puts(buf_str(&vkey)); /* main() looks whether it could be written */
    buf_free(&vkey);
    return 0;
}

static int rotate_here(struct rotation *t, const struct cmd_args *args)
{
    int code = make_key(t, args);
    if (code == 0)
        code = rotate(t);
    if (code == 0)
        code = print_key(&t->vkey);
    log_signer_free(t->signer);
    private_key_free(t->key);
    secret_buf_free(&t->key_text);
    return code;
}

/* ---- where a signer has the key -------------------------------------------------------------- */

static int say_signer(const char *why)
{
    fprintf(stderr,
            TR("bitacorad rotate: the new key is listed, and %s\n",
               "bitacorad rotate: la clave nueva está en la lista, y %s\n"),
            why);
    return EXIT_DAMAGE;
}

/* The new key is listed. The signer, which has it by now, signs the newest checkpoint once more; or
 * it has signed more than is here: a batch is in the journal, which `run` finishes. */
static int rotate_signer(struct rotation *t, const struct key_handover *h)
{
    bool anew;
    t->signer = t->running->signer;
    if (log_signer_reach(t->signer, &anew) != LOG_SIGNER_OK)
        return say_signer(
            TR("its signer is not there: start it with the new key, and run this again",
               "su firmante no está: inícielo con la clave nueva, y repita la orden"));
    if (!vkey_eq(log_signer_vkey(t->signer), &h->to))
        return say_signer(
            TR("its signer has another one: start it with the new key, and run this again",
               "su firmante tiene otra: inícielo con la clave nueva, y repita la orden"));
    int code = t->signer->last.size > t->running->tip.edge.frontier.size ? 0 : sign_again(t);
    if (code == 0) {
        say_policies();
        code = print_key(&h->to);
    }
    return code;
}

static int main_rotate(const struct cmd_args *args)
{
    static struct running r; /* 80 kB */
    struct rotation t = { .running = &r };
    struct key_handover h;
    config_default(&r.service.config);
    if (args->config != NULL &&
        config_read(&r.service.config, args->config, objections_printed) != 0)
        return EXIT_USAGE;
    bool by_signer = r.service.config.signer[0] != '\0';
    if (by_signer != (args->handed_over != NULL))
        return cmd_usage(&command_rotate, "%s",
                         by_signer ? TR("the log's key is in its signer: bitacorad signer "
                                        "--hand-over, and what it prints in --handed-over",
                                        "la clave de la bitácora está en su firmante: bitacorad "
                                        "signer --hand-over, y lo que imprime en --handed-over")
                                   : TR("--handed-over: no signer has the log's key (setting "
                                        "signer)",
                                        "--handed-over: ningún firmante tiene la clave de la "
                                        "bitácora (ajuste signer)"));
    r.service.config.workers = 1;
    r.passphrase_file = args->passphrase_file;
    int code =
        by_signer ? handed_over_take(&h, args->handed_over, args->dir, &r.service.config) : 0;
    if (code == 0)
        code = running_open(&r, args->dir, NULL);
    if (code != 0)
        return code;
    if (rollback_look_alone(&r.service, r.service.dir) != 0)
        code = EXIT_DAMAGE; /* a log that was rolled back signs nothing */
    else
        code = by_signer ? rotate_signer(&t, &h) : rotate_here(&t, args);
    running_close(&r);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder; no daemon may be running on it",
             "la carpeta de la bitácora, sin un daemon que la use"),
    FORM_OWN("config", "FILE", "ARCHIVO", "the settings that it is run with",
             "los ajustes con los que opera"),
    FORM_END,
};

const struct subcommand command_rotate = {
    .name = "rotate",
    .run = main_rotate,
    .form = "dir! config [ encrypt passphrase-file | handed-over ]",
    .own = own,
    .summary = { "makes a new key for a log, which goes on under its origin; prints the public key",
                 "crea una clave nueva para una bitácora, que sigue con su origen; imprime la "
                 "clave pública" },
};
