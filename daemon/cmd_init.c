#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon/append/append.h"
#include "daemon/append/signer_client.h"
#include "daemon/host/cmd.h"
#include "daemon/host/config.h"
#include "daemon/host/datadir.h"
#include "daemon/host/log_key.h"
#include "daemon/mark/marking.h"
#include "daemon/predecessor.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/ruleset.h"
#include "proto/sys/clock.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

struct init {
    const char *dir, *origin;
    const char *predecessor, *predecessor_key; /* files; NULL: it goes on from none */
    json_t *registrars;
    uint64_t skew; /* 0: not stated */
    struct config config;
    bool encrypt;
    const char *passphrase_file;
    const char *socket; /* of the signer that has the key; empty: a key is made, and kept here */
    struct datadir datadir;
    struct skey *key;    /* the signer's once that is made */
    struct buf key_text; /* in memory for secrets, as the key */
    struct log_signer *signer;
};

static int no_memory(void)
{
    fputs(TR("bitacorad: out of memory\n", "bitacorad: memoria agotada\n"), stderr);
    return EXIT_DAMAGE;
}

/* The value is not said: it may be a private key. */
static int take_registrars(struct init *in, const struct cmd_args *args)
{
    struct vkey key;
    const char *cause;
    for (size_t i = 0; i < args->registrars; i++) {
        if (vkey_parse(&key, span_str(args->registrar[i]), &cause) != 0)
            return cmd_usage(&command_init,
                             TR("--registrar, number %zu: %s: it takes what keygen prints, not the "
                                "name of a file",
                                "--registrar, número %zu: %s: lleva lo que imprime keygen, no el "
                                "nombre de un archivo"),
                             i + 1, cause_words(cause, language_get()));
        if (json_array_append_new(in->registrars, json_string(args->registrar[i])) != 0)
            return no_memory();
    }
    return 0;
}

static int read_args(struct init *in, const struct cmd_args *args)
{
    in->dir = args->dir;
    in->origin = args->origin;
    in->predecessor = args->predecessor;
    in->predecessor_key = args->predecessor_key;
    if ((in->predecessor == NULL) != (in->predecessor_key == NULL))
        return cmd_usage(&command_init, "%s",
                         TR("--predecessor CHECKPOINT and --predecessor-key FILE, the key that "
                            "signed it, go together",
                            "--predecessor CHECKPOINT y --predecessor-key ARCHIVO, la clave que lo "
                            "firmó, van juntos"));
    config_default(&in->config);
    if (args->config != NULL && config_read(&in->config, args->config, objections_printed) != 0)
        return EXIT_USAGE;
    in->encrypt = args->encrypt || args->passphrase_file != NULL;
    in->passphrase_file = args->passphrase_file;
    in->socket = args->signer != NULL ? args->signer : in->config.signer;
    if (in->socket[0] != '\0' && in->encrypt)
        return cmd_usage(&command_init, "%s",
                         TR("the signer has the key: it is not written here",
                            "el firmante tiene la clave: aquí no se escribe"));
    if (args->skew != NULL && (decimal_parse(&in->skew, span_str(args->skew)) != 0 ||
                               in->skew < 1 || in->skew > SKEW_MAX_S))
        return cmd_usage(
            &command_init,
            TR("--skew %s: it must be 1 to %d seconds", "--skew %s: deben ser de 1 a %d segundos"),
            args->skew, (int)SKEW_MAX_S);
    if (!signer_name_allowed(span_str(in->origin)))
        return cmd_usage(&command_init,
                         TR("--origin %s: it must be [a-z0-9][a-z0-9._/-]{0,127}",
                            "--origin %s: debe ser [a-z0-9][a-z0-9._/-]{0,127}"),
                         in->origin);
    return take_registrars(in, args);
}

static int add_predecessor(const struct init *in, json_t *genesis)
{
    const struct predecessor p = { .checkpoint = in->predecessor,
                                   .key = in->predecessor_key,
                                   .passphrase_file = in->passphrase_file,
                                   .origin = in->origin,
                                   .vkey = log_signer_vkey(in->signer) };
    json_t *member;
    if (in->predecessor == NULL)
        return 0;
    int code = predecessor_make(&member, &p);
    if (code == 0)
        json_object_set_new(genesis, "predecessor", member);
    return code;
}

/* The text of the record that says what the log is. Whether it makes sense is judged as any verifier
 * will, before anything is signed. */
static int make_genesis(const struct init *in, int64_t now, struct buf *text)
{
    char at[WHEN_TEXT + 1];
    const struct vkey *key = log_signer_vkey(in->signer);
    struct buf vkey = { 0 };
    struct record record;
    struct refusal why;
    when_format(at, now);
    vkey_format(&vkey, key);
    json_t *o = json_pack("{s:s,s:s,s:s,s:O}", "at", at, "origin", in->origin, "vkey",
                          buf_str(&vkey), "registrars", in->registrars);
    if (o != NULL && in->skew != 0)
        json_object_set_new(o, "skew", json_integer((json_int_t)in->skew));
    int code = o == NULL ? no_memory() : add_predecessor(in, o);
    if (code != 0) {
        json_decref(o);
        buf_free(&vkey);
        return code;
    }
    char *line = json_dumps(o, JSON_COMPACT);
    json_decref(o);
    buf_free(&vkey);
    if (line != NULL)
        record_text(text, KIND_GENESIS, line);
    free(line);
    if (text->failed || text->n == 0)
        return no_memory();
    if (record_parse_text(&record, buf_span(text), &why) == 0) {
        bool good = registry_check_genesis(&record, key, &why) == 0;
        record_free(&record);
        if (good)
            return 0;
    }
    fprintf(stderr,
            TR("bitacorad init: %s: not usable as a registrar or origin\n",
               "bitacorad init: %s: no sirve como registrador u origen\n"),
            cause_words(why.subject, language_get()));
    return EXIT_USAGE;
}

static int sign_genesis(const struct init *in, int64_t now, struct span text, struct buf *note,
                        struct record *record)
{
    const struct log_signer_text t = { .ask = ASK_GENESIS, .accepted = now, .text = text };
    struct refusal why;
    enum log_signer_result r = log_signer_sign(in->signer, &t, note);
    if (r == LOG_SIGNER_AWAY || r == LOG_SIGNER_REFUSES)
        return EXIT_USAGE; /* it was logged why */
    return r != LOG_SIGNER_OK || record_parse(record, buf_span(note), &why) != 0 ? no_memory() : 0;
}

/* Before the commit, so that a log without a mark is an interrupted init. */
static enum store_result mark_genesis(const struct init *in, const struct tip *tip)
{
    if (log_signer_last(in->signer) != NULL) /* its state is the mark */
        return STORE_OK;
    struct marked says = { .size = tip->edge.frontier.size };
    edge_root(&tip->edge, &says.root);
    return marking_make(&in->datadir, in->config.mark, in->origin, &says) == 0 ? STORE_OK
                                                                               : STORE_IO;
}

static enum store_result append_genesis(const struct init *in, struct store *store,
                                        const struct record *genesis, int64_t now)
{
    static struct tip empty;
    static struct append a; /* 70 kB */
    struct store_txn *txn;
    uint64_t index;
    struct hash leaf;
    enum store_result r = store_begin(&txn, store, STORE_WRITE);
    if (r != STORE_OK)
        return r;
    empty.cover.entry = NO_ENTRY;
    append_begin(&a, txn, &empty);
    r = append_record(&a, genesis, 0, now, &a.bytes, &index, &leaf);
    if (r == STORE_OK)
        r = append_finish(&a, in->signer);
    if (r == STORE_OK)
        r = mark_genesis(in, &a.next);
    append_free(&a);
    if (r == STORE_OK)
        return store_commit(txn);
    store_end(txn);
    return r;
}

/* Writes the key, if it is here, and the log's first entry. */
static int fill_datadir(struct init *in, const struct record *genesis, int64_t now)
{
    char dir[PATH_MAX];
    struct store *store;
    datadir_file(&in->datadir, dir, in->datadir.store);
    if (datadir_make_store(&in->datadir) != 0 || datadir_make_blobs(&in->datadir) != 0 ||
        (in->key_text.n > 0 && datadir_write_key(&in->datadir, buf_span(&in->key_text)) != 0) ||
        store_open(&store, dir, STORE_CREATE, (uint64_t)in->config.map_size, 2) != 0)
        return EXIT_DAMAGE;
    enum store_result r = append_genesis(in, store, genesis, now);
    store_close(store);
    if (r == STORE_OK)
        return datadir_sync_store(&in->datadir) == 0 ? 0 : EXIT_DAMAGE;
    fprintf(stderr,
            TR("bitacorad: entry 0 could not be written to %s\n",
               "bitacorad: no se pudo escribir el asiento 0 en %s\n"),
            dir);
    return EXIT_DAMAGE;
}

/* The passphrase is asked for before anything is written. */
static int make_key(struct init *in)
{
    char file[PATH_MAX];
    in->key = secret_new(sizeof *in->key);
    if (in->key == NULL)
        return no_memory();
    skey_generate(in->key, span_str(in->origin), KEY_NOTE);
    snprintf(file, sizeof file, "%s/log.key", in->dir);
    if (log_key_text(&in->key_text, in->key, file, in->encrypt, in->passphrase_file) != 0)
        return EXIT_USAGE;
    in->signer = log_signer_new(in->key);
    return in->signer == NULL ? no_memory() : 0;
}

/* A signer that has signed nothing, and whose key has the name of the log. */
static int find_signer(struct init *in)
{
    in->signer = signer_client_new(in->socket, NULL);
    if (in->signer == NULL)
        return EXIT_USAGE;
    const char *name = log_signer_vkey(in->signer)->name;
    if (strcmp(name, in->origin) != 0)
        return cmd_usage(&command_init,
                         TR("--origin %s: the signer's key is that of %s",
                            "--origin %s: la clave del firmante es la de %s"),
                         in->origin, name);
    if (in->signer->last.size == 0)
        return 0;
    terminal_print(stderr,
                   TR("bitacorad init: the signer at %s has begun a log already: take a new key, "
                      "and a signer with a folder of its own\n",
                      "bitacorad init: el firmante en %s ya empezó una bitácora: use una clave "
                      "nueva y un firmante con su propia carpeta\n"),
                   in->socket);
    return EXIT_USAGE;
}

/* In a folder that is locked. Nothing is signed before all else is known to be right. */
static int begin_log(struct init *in, int64_t now, struct span text)
{
    struct buf note = { 0 };
    struct record genesis;
    int code = datadir_create(&in->datadir, in->dir, store_folder());
    if (code != 0)
        return code;
    code = sign_genesis(in, now, text, &note, &genesis);
    if (code == 0) {
        code = fill_datadir(in, &genesis, now);
        record_free(&genesis);
    }
    buf_free(&note);
    datadir_close(&in->datadir);
    return code;
}

static int init(struct init *in)
{
    struct buf text = { 0 }, vkey = { 0 };
    int64_t now = clock_wall();
    int code = in->socket[0] != '\0' ? find_signer(in) : make_key(in);
    if (code == 0)
        code = make_genesis(in, now, &text);
    if (code == 0)
        code = begin_log(in, now, buf_span(&text));
    if (code == 0) {
        vkey_format(&vkey, log_signer_vkey(in->signer));
        puts(buf_str(&vkey)); /* main() looks whether it could be written */
    }
    buf_free(&text);
    buf_free(&vkey);
    return code;
}

/* A log goes by the oldest ruleset until a registrar pins another: it is not changed under
 * anybody's feet. */
static void say_how_to_pin(void)
{
    struct refusal why;
    struct ruleset *newest = ruleset_parse(ruleset_newest(), &why);
    if (newest == NULL)
        return;
    const char *name = ruleset_name(newest), *version = ruleset_version(newest);
    fprintf(stderr,
            TR("the newest ruleset is %s %s. Once the log runs, a registrar puts it in force:\n"
               "  bitacora ruleset --newest --print >%s-%s.json\n"
               "  bitacora pin --policy POLICY --key REGISTRAR %s-%s.json\n",
               "las reglas más nuevas son %s %s. Cuando la bitácora funcione, un registrador las "
               "pone en vigor:\n"
               "  bitacora ruleset --newest --print >%s-%s.json\n"
               "  bitacora pin --policy POLÍTICA --key REGISTRADOR %s-%s.json\n"),
            name, version, name, version, name, version);
    ruleset_free(newest);
}

static int main_init(const struct cmd_args *args)
{
    static struct init in; /* settings hold paths */
    in.registrars = json_array();
    int code = read_args(&in, args);
    if (code == 0)
        code = init(&in);
    if (code == 0)
        say_how_to_pin();
    json_decref(in.registrars);
    log_signer_free(in.signer);
    private_key_free(in.key);
    secret_buf_free(&in.key_text);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("dir", "DIR", "CARPETA", "the log's folder, which holds no log yet",
             "la carpeta de la bitácora, que aún no tiene ninguna"),
    FORM_OWN("config", "FILE", "ARCHIVO",
             "the settings that it will be run with: the mark goes where they say",
             "los ajustes con los que operará: la marca va donde digan"),
    FORM_END,
};

const struct subcommand command_init = {
    .name = "init",
    .run = main_init,
    .form = "dir! origin! registrar!… skew predecessor predecessor-key encrypt passphrase-file "
            "signer config",
    .own = own,
    .summary = { "makes a new log and its key, and prints the public key",
                 "crea una bitácora nueva y su clave, e imprime la clave pública" },
};
