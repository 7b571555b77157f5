#include "daemon/check.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "daemon/backup/manifest.h"
#include "daemon/host/cmd.h"
#include "daemon/host/datadir.h"
#include "daemon/host/log.h"
#include "daemon/host/log_key.h"
#include "daemon/mark/marking.h"
#include "daemon/net/transport.h"
#include "daemon/running.h"
#include "daemon/signer_start.h"
#include "daemon/starting.h"
#include "daemon/witnesses/own_policy.h"
#include "daemon/witnesses/rollback.h"
#include "proto/net/listening.h"
#include "proto/sys/language.h"

struct check {
    struct service service; /* its config, vkey and store alone */
    struct datadir datadir;
    struct own_policy own;
    struct tip tip;
    struct log_signer *signer; /* where a process has the key, and the store could be opened */
    bool has_settings, has_dir, has_store, has_key;
    bool signer_away, no_right_to_port, key_closed;
    bool failed;
};

/* A port that it has no right to is no obstacle where systemd opens it, which is not known here. */
static bool may_listen(struct check *c)
{
    const struct listening_options options = transport_listening(&c->service.config);
    enum listening_result result = listening_check(&options);
    c->no_right_to_port = result == LISTENING_FAILED && errno == EACCES;
    transport_object_listening(result, c->service.config.listen, objections_printed);
    return result == LISTENING_OPEN || c->no_right_to_port;
}

/* It runs nothing but its own tests. */
static void check_accelerator(struct check *c)
{
    struct accelerator a;
    const char *path = accelerator_path(c->service.config.accelerator);
    if (accelerator_open(&a, path) != 0)
        c->failed = true;
    if (a.fallback[0] != 0)
        object(objections_printed, "%s", a.fallback);
    accelerator_close(&a);
}

static void check_settings(struct check *c, const struct check_of *of)
{
    struct config *config = &c->service.config;
    if (settings_read(config, &of->from, objections_printed) != 0) {
        c->failed = true;
        config_default(config); /* for what follows */
        return;
    }
    c->has_settings = true;
    struct transport *transport = transport_open(config, objections_printed);
    if (transport == NULL || !may_listen(c))
        c->failed = true;
    transport_close(transport);
    check_accelerator(c);
}

static bool by_signer(const struct check *c)
{
    return c->service.config.signer[0] != 0;
}

/* Without settings it is not known whether the log has a signer: then a missing key is no mistake. */
static bool should_have_key(const struct check *c, const char *file)
{
    return c->has_settings ? !by_signer(c) : access(file, F_OK) == 0;
}

/* A log that runs has opened its key: it is not opened here, which takes 256 MiB of its memory. */
static bool key_opens(struct check *c, const char *file, const char *passphrase_file)
{
    if (c->datadir.lock < 0)
        return log_key_read_vkey(&c->service.vkey, file) == 0;
    enum log_key_look look = log_key_look(&c->service.vkey, file, passphrase_file);
    c->key_closed = look == LOG_KEY_CLOSED;
    return look != LOG_KEY_NONE;
}

/* Where a signer's process has the key, check_signer() asks for it. */
static void check_directory(struct check *c, const char *dir, const char *passphrase_file)
{
    char file[PATH_MAX];
    c->has_dir = datadir_look(&c->datadir, dir, store_folder()) == 0 &&
                 datadir_refuse_backup(&c->datadir) == 0;
    datadir_file(&c->datadir, file, "log.key");
    bool key = c->has_dir && should_have_key(c, file);
    c->has_key = key && key_opens(c, file, passphrase_file);
    c->failed = c->failed || !c->has_dir || (key && !c->has_key);
    if (!c->has_dir || access(c->datadir.path, W_OK | X_OK) == 0)
        return;
    object(objections_printed, TR("%s cannot be written: %s", "no se puede escribir en %s: %s"),
           c->datadir.path, errno_words(errno));
    c->failed = true;
}

static void check_policy(struct check *c, const char *path)
{
    const struct vkey *key = c->has_key ? &c->service.vkey : NULL;
    if (path != NULL && own_policy_read(&c->own, path, key, objections_printed) != 0)
        c->failed = true;
}

/* What is served now would be served no more: no obstacle, where its witnesses are about to cosign. */
static void check_served(struct check *c)
{
    char file[PATH_MAX];
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    datadir_file(&c->datadir, file, "witnessed");
    if (c->has_dir && c->own.policy != NULL && !policy_trusts_log_alone(c->own.policy) &&
        file_read_at_once(&note, file, CHECKPOINT_MAX) == FILE_OK &&
        policy_open(&cp, c->own.policy, buf_span(&note), &why) == 0 && !cp.quorum)
        object(objections_printed,
               TR("warning: what the log serves has not the quorum of this policy: /checkpoint is "
                  "404, and nobody gets a witnessed receipt, until its witnesses have cosigned "
                  "(are they up, and is each URL right?)",
                  "advertencia: lo que la bitácora sirve no tiene el quórum de esta política: "
                  "/checkpoint da 404, y nadie recibe un recibo con testigos, hasta que sus "
                  "testigos cofirmen (¿están en marcha y es correcta cada URL?)"));
    buf_free(&note);
}

static int read_tip(struct check *c)
{
    struct registry *registry;
    int failed = running_read_log(&c->service, c->datadir.path, &c->tip, &registry);
    if (failed == 0)
        registry_free(registry);
    return failed;
}

/* What the feed reads: what people were shown of this log must be a part of it. */
static int check_witnessed(struct check *c)
{
    struct rollback r = { .service = &c->service, .policy = c->own.policy };
    struct buf note = { 0 };
    struct checkpoint cp;
    if (c->own.policy == NULL || policy_trusts_log_alone(c->own.policy))
        return rollback_look_alone(&c->service, c->datadir.path);
    snprintf(r.dir, sizeof r.dir, "%.*s", (int)sizeof r.dir - 1, c->datadir.path);
    enum file read = rollback_witnessed(&r, &note, &cp);
    buf_free(&note);
    return read == FILE_OK || read == FILE_MISSING ? 0 : -1;
}

/* Is this the store that was signed last? */
static int check_mark(struct check *c, bool no_mark)
{
    struct mark_check m = { .datadir = &c->datadir,
                            .setting = c->service.config.mark,
                            .restored = manifest_restored_size(c->datadir.path),
                            .origin = c->service.vkey.name,
                            .store = c->service.store,
                            .newest = { .size = c->tip.edge.frontier.size },
                            .afresh = no_mark };
    edge_root(&c->tip.edge, &m.newest.root);
    return marking_look(&m);
}

/* Of a log that runs the store is not looked at: it has just been opened, and goes on changing. */
static void open_store_to_look(struct check *c)
{
    char dir[PATH_MAX];
    if (!c->has_dir || c->datadir.lock < 0)
        return;
    datadir_file(&c->datadir, dir, c->datadir.store);
    c->has_store = store_open(&c->service.store, dir, STORE_LOOK,
                              (uint64_t)c->service.config.map_size, 4) == 0;
    c->failed = c->failed || !c->has_store;
}

/* Asks the signer for its key, and what it signed last. One that is not there is no obstacle: the
 * log would be read without it. */
static void check_signer(struct check *c)
{
    if (!by_signer(c) || !c->has_store)
        return;
    c->has_key =
        signer_start(&c->signer, c->service.config.signer, &c->datadir, c->service.store) == 0;
    if (c->has_key)
        c->service.vkey = *log_signer_vkey(c->signer);
    else
        c->failed = true;
}

/* A signer that cannot be asked is said, and is no obstacle. */
static int look_by_signer(struct check *c)
{
    bool anew;
    c->signer_away = log_signer_reach(c->signer, &anew) == LOG_SIGNER_AWAY;
    return c->signer_away ? 0 : signer_look(c->signer, &c->datadir, c->service.store, &c->tip);
}

/* Is it the store that was signed last, and that people were shown? */
static void check_store(struct check *c, bool no_mark)
{
    if (!c->has_store || !c->has_key)
        return;
    if (read_tip(c) != 0) {
        c->failed = true;
        return;
    }
    int marked = c->signer == NULL ? check_mark(c, no_mark) : look_by_signer(c);
    if ((marked != 0) + (check_witnessed(c) != 0) > 0)
        c->failed = true;
}

static void close_checked(struct check *c)
{
    log_signer_free(c->signer);
    if (c->has_store)
        store_close(c->service.store);
    own_policy_free(&c->own);
    datadir_close(&c->datadir);
}

static const char *fit_words(const struct check *c)
{
    if (c->has_dir && c->datadir.lock < 0)
        return TR(
            "settings and policy can be taken; the log is running, so its store was not "
            "looked at\n",
            "los ajustes y la política sirven; la bitácora está en marcha, así que no se miró "
            "su almacén\n");
    if (c->signer_away)
        return TR(
            "settings, policy and store are fit for a start; the signer was not asked (is it "
            "running, and is this the daemon's user?), so whether this is the newest copy of "
            "the log is not known\n",
            "los ajustes, la política y el almacén sirven para arrancar; no se preguntó al "
            "firmante (¿está en marcha?, ¿es este el usuario del demonio?), así que no se sabe "
            "si esta es la copia más nueva de la bitácora\n");
    if (c->key_closed)
        return TR("settings, policy and store are fit for a start, if the passphrase of log.key "
                  "opens it: none was given (--passphrase-file, or systemd's credential), so it "
                  "was not tried\n",
                  "los ajustes, la política y el almacén sirven para arrancar si la frase de "
                  "contraseña abre log.key: no se dio ninguna (--passphrase-file o la credencial "
                  "de systemd), así que no se probó\n");
    if (c->no_right_to_port)
        return TR("settings, policy and log are fit for a start if systemd opens the port (is "
                  "bitacorad.socket enabled?), and for none otherwise\n",
                  "los ajustes, la política y la bitácora sirven para arrancar si systemd abre el "
                  "puerto (¿está activado bitacorad.socket?), y si no, no\n");
    return TR("settings, policy and log are fit for a start\n",
              "los ajustes, la política y la bitácora sirven para arrancar\n");
}

int check_start(const struct check_of *of)
{
    static struct check c; /* 60 kB */
    c = (struct check){ .datadir.lock = -1 };
    check_settings(&c, of);
    check_directory(&c, of->dir, of->passphrase_file);
    open_store_to_look(&c);
    check_signer(&c);
    check_policy(&c, of->policy);
    check_served(&c);
    check_store(&c, of->no_mark);
    const char *words = fit_words(&c);
    close_checked(&c);
    if (c.failed)
        return EXIT_USAGE;
    starting_print_sandbox(&c.service.config);
    fputs(words, stdout);
    return EXIT_FINE;
}
