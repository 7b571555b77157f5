#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "daemon/host/confine.h"
#include "daemon/host/log.h"
#include "daemon/host/log_key.h"
#include "daemon/signer/handover.h"
#include "daemon/signer/signer_socket.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/process/process.h"
#include "proto/process/supervisor.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static int cannot_read(const char *path)
{
    terminal_print(
        stderr,
        TR("bitacorad signer: cannot read %s: %s\n", "bitacorad signer: no se pudo leer %s: %s\n"),
        path, errno_words(errno));
    return EXIT_USAGE;
}

/* ---- the key --------------------------------------------------------------------------------- */

static struct signing_key *read_key(const char *path, const char *passphrase_file)
{
    struct skey *key = log_key_read(path, passphrase_file);
    if (key == NULL)
        return NULL;
    struct signing_key *k = signing_key_of(key);
    private_key_free(key);
    if (k == NULL)
        fputs(TR("bitacorad signer: there is no memory that can be locked for the key\n",
                 "bitacorad signer: no hay memoria que se pueda bloquear para la clave\n"),
              stderr);
    return k;
}

/* Returns 0 or EXIT_USAGE. */
static int open_key(struct signing_key **out, const struct cmd_args *a)
{
    const struct token_place place = { .module = a->pkcs11,
                                       .token = a->token,
                                       .key = a->key_label,
                                       .pin = a->pin_file,
                                       .origin = a->origin };
    bool token = a->pkcs11 != NULL || a->token_dir != NULL || a->token != NULL ||
                 a->key_label != NULL || a->pin_file != NULL || a->origin != NULL;
    if ((a->key != NULL) == token)
        return cmd_usage(&command_signer, "%s",
                         TR("say --key, or --pkcs11 and what belongs to it",
                            "indique --key, o --pkcs11 y lo que le corresponde"));
    if (token && (a->pkcs11 == NULL || a->token == NULL || a->key_label == NULL ||
                  a->pin_file == NULL || a->origin == NULL))
        return cmd_usage(&command_signer, "%s",
                         TR("--pkcs11 needs --token, --key-label, --pin-file and --origin",
                            "--pkcs11 necesita --token, --key-label, --pin-file y --origin"));
    if (token && !signer_name_allowed(span_str(a->origin)))
        return cmd_usage(&command_signer,
                         TR("--origin %s: it must be [a-z0-9][a-z0-9._/-]{0,127}",
                            "--origin %s: debe ser [a-z0-9][a-z0-9._/-]{0,127}"),
                         a->origin);
    *out = token ? signing_key_of_token(&place) : read_key(a->key, a->passphrase_file);
    return *out == NULL ? EXIT_USAGE : 0;
}

/* ---- the rest of what it needs --------------------------------------------------------------- */

static int read_uid(uid_t *out, const char *text)
{
    uint64_t v;
    *out = geteuid();
    if (text == NULL)
        return 0;
    bool number = decimal_parse(&v, span_str(text)) == 0 && v < UINT32_MAX;
    const struct passwd *user = number ? NULL : getpwnam(text);
    if (!number && user == NULL)
        return cmd_usage(&command_signer,
                         TR("--uid %s: it must be a user, by number or by name",
                            "--uid %s: debe ser un usuario, por número o por nombre"),
                         text);
    *out = number ? (uid_t)v : user->pw_uid;
    return 0;
}

/* Nobody here can know what else the key has signed: a signer has no network. */
static void warn_of_adopted(const struct last_signed *last)
{
    struct buf root = { 0 };
    buf_add_base64(&root, last->root.b, HASH_BYTES);
    log_line(LOG_WARNING,
             "begins from size %llu, root %s, as --adopt says: what this key signed beyond it is "
             "not known here. If any witness, mirror, monitor or receipt has a larger size, end "
             "this now and adopt that one: else the key may sign a second history, which convicts "
             "the log",
             (unsigned long long)last->size, buf_str(&root));
    buf_free(&root);
}

static int open_state(struct signer_process *s, const struct cmd_args *a)
{
    struct buf adopted = { 0 };
    bool fresh;
    if (a->adopt != NULL && file_read(&adopted, a->adopt, CHECKPOINT_MAX) != FILE_OK) {
        buf_free(&adopted);
        return cannot_read(a->adopt);
    }
    int failed = signer_state_open(&s->state, a->state, &s->key->vkey, buf_span(&adopted), &fresh);
    buf_free(&adopted);
    if (failed)
        return EXIT_USAGE;
    if (a->adopt != NULL)
        warn_of_adopted(&s->state.last);
    if (fresh)
        log_line(LOG_WARNING,
                 "%s is new: this key will sign a genesis, once. If it has signed "
                 "anything before, end this now and find that folder",
                 a->state);
    return 0;
}

/* What people and scripts wait for. */
static void announce(const struct signer_process *s, const char *path)
{
    struct buf vkey = { 0 };
    vkey_format(&vkey, &s->key->vkey);
    printf("%s\nlistening on %s\n", buf_str(&vkey), path);
    fflush(stdout);
    supervisor_ready("signs");
    log_line(LOG_INFO, "signs for %s from size %llu on%s", buf_str(&vkey),
             (unsigned long long)s->state.last.size,
             s->state.last.freeze == FREEZE_NONE ? "" : "; a freeze was signed");
    buf_free(&vkey);
}

/* With its key in memory it needs its state, and no network at all. A module may have a service of
 * this machine before the token (pcscd); which files it needs only the operator knows. */
static int enter_sandbox(const struct cmd_args *a)
{
    static struct sandbox_plan plan; /* 270 kB */
    plan.network = a->pkcs11 == NULL ? SANDBOX_NO_NETWORK : SANDBOX_LOCAL;
    plan.any_file = a->pkcs11 != NULL && a->token_dir == NULL;
    sandbox_add_data(&plan, a->state);
    sandbox_add_folder_of(&plan, SANDBOX_REMOVE, a->socket);
    if (a->token_dir != NULL) { /* a token that was pulled out is opened again: module, PIN */
        sandbox_add_data(&plan, a->token_dir);
        sandbox_add_replaced(&plan, a->pin_file);
        sandbox_add_replaced(&plan, getenv("SOFTHSM2_CONF"));
        sandbox_add(&plan, SANDBOX_READ, "/etc");
    }
    return confine(&plan, !a->no_sandbox);
}

static int run(struct signer_process *s, const struct cmd_args *a, uid_t peer)
{
    int code = open_state(s, a);
    if (code != 0)
        return code;
    int listening = signer_listen(a->socket, peer);
    code = listening < 0 ? EXIT_USAGE : enter_sandbox(a);
    if (code == 0) {
        announce(s, a->socket);
        code = signer_serve(s, listening, peer) == 0 ? EXIT_FINE : EXIT_DAMAGE;
        unlink(a->socket);
    }
    signer_state_close(&s->state);
    return code;
}

/* ---- another key goes on --------------------------------------------------------------------- */

static int read_next_key(struct vkey *out, const struct cmd_args *a, const struct vkey *from)
{
    const char *cause;
    if (vkey_parse(out, span_str(a->hand_over), &cause) == 0 && handover_fits(from, out))
        return 0;
    return cmd_usage(&command_signer,
                     TR("--hand-over %s: it must be another public key of %s, as bitacora keygen "
                        "prints it",
                        "--hand-over %s: debe ser otra clave pública de %s, como la imprime "
                        "bitacora keygen"),
                     a->hand_over, from->name);
}

static int refuse_to_hand_over(const char *why)
{
    fprintf(stderr, "bitacorad signer: --hand-over: %s\n", why);
    return EXIT_USAGE;
}

static int sign_handover(struct signer_process *s, const struct vkey *to, struct buf *note)
{
    struct buf text = { 0 };
    const struct key_handover h = { *to, s->state.last.size, s->state.last.root };
    handover_text(&text, &h);
    int failed = text.failed ? -1 : signing_key_note(s->key, buf_span(&text), note);
    buf_free(&text);
    if (failed)
        return EXIT_DAMAGE;
    if (signer_state_hand_over(&s->state, to, buf_span(note)) == STATE_STORED)
        return 0;
    terminal_print(stderr,
                   TR("bitacorad signer: the hand-over cannot be kept beside %s: %s. Run this "
                      "again\n",
                      "bitacorad signer: no se pudo guardar la entrega junto a %s: %s. Repita la "
                      "orden\n"),
                   s->state.path, errno_words(errno));
    return EXIT_DAMAGE;
}

static int hand_over_state(struct signer_process *s, const struct cmd_args *a,
                           const struct vkey *to, struct buf *note)
{
    int code = open_state(s, a);
    if (code != 0)
        return code;
    if (s->state.last.size == 0)
        code = refuse_to_hand_over(TR("this key has signed nothing: begin with the other one",
                                      "esta clave no ha firmado nada: empiece con la otra"));
    else if (s->state.last.freeze != FREEZE_NONE)
        code = refuse_to_hand_over(TR("the log has ended, and gets no other key",
                                      "la bitácora terminó, y no recibe otra clave"));
    else
        code = sign_handover(s, to, note);
    signer_state_close(&s->state);
    return code;
}

/* What a hand-over that was killed has left is finished by the next one, which says the same. */
static int hand_over(struct signer_process *s, const struct cmd_args *a)
{
    struct vkey to;
    struct buf note = { 0 };
    int code = read_next_key(&to, a, &s->key->vkey);
    if (code == 0 && !signer_state_handed_over(&note, a->state, &s->key->vkey, &to))
        code = hand_over_state(s, a, &to, &note);
    if (code == 0)
        fputs(buf_str(&note), stdout); /* main() looks whether it could be written */
    buf_free(&note);
    return code;
}

static int main_signer(const struct cmd_args *a)
{
    struct signer_process s = { .may_freeze = a->freeze };
    uid_t peer;
    supervisor_begin();
    log_as(a->json ? LOG_JSON : LOG_TEXT);
    int code = confine_user(a->user);
    process_hide_memory(); /* of a module, too, which may have key and PIN in it */
    if (code == 0)
        code = read_uid(&peer, a->uid);
    if (code == 0 && (a->socket == NULL) == (a->hand_over == NULL))
        code = cmd_usage(&command_signer, "%s",
                         TR("say --socket, or --hand-over", "indique --socket, o --hand-over"));
    if (code == 0)
        code = open_key(&s.key, a);
    if (code == 0)
        code = a->hand_over != NULL ? hand_over(&s, a) : run(&s, a, peer);
    signing_key_free(s.key);
    return code;
}

static const struct form_option own[] = {
    FORM_OWN("origin", "ORIGIN", "ORIGEN", "the log's name, for a key in a token",
             "el nombre de la bitácora, para una clave en un token"),
    FORM_OWN("json", NULL, NULL, "each line of its log is a JSON object",
             "cada línea de su registro es un objeto JSON"),
    FORM_END,
};

const struct subcommand command_signer = {
    .name = "signer",
    .run = main_signer,
    .form = "[ key= passphrase-file | pkcs11= token= key-label= pin-file= origin= token-dir ] "
            "state! [ socket= uid adopt freeze user no-sandbox json | hand-over= ]",
    .own = own,
    .summary = { "holds the log's key in a process of its own, and signs only what extends what it "
                 "signed last",
                 "tiene la clave de la bitácora en un proceso aparte, y firma solo lo que extiende "
                 "lo último que firmó" },
};
