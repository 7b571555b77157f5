/* bitacora keygen: a key pair; the private half into a file, the public half printed. */
#include <errno.h>
#include <sys/stat.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/keyfile.h"
#include "client/base/lost.h"
#include "proto/sys/files.h"

static enum outcome check_name(const struct args *a)
{
    struct span name = span_str(a->operand[0]);
    if (a->witness ? key_name_allowed(name) : signer_name_allowed(name))
        return OUTCOME_PROVEN;
    return say_usage(TR("'%s' cannot be a key's name: lower-case letters, digits and ._/- "
                        "behind a letter or digit, at most 128",
                        "'%s' no puede ser nombre de clave: minúsculas, cifras y ._/- tras "
                        "una letra o cifra, 128 como máximo"),
                     a->operand[0]);
}

static enum outcome say_unwritten(const char *path, int cause)
{
    if (cause == EEXIST)
        return say_usage(
            TR("%s is there already, and is not written over, as a key may have no copy: choose "
               "another --out, or move it away (its vkey: bitacora key show %s)",
               "%s ya existe, y no se sobrescribe, pues puede ser la única copia de una clave: "
               "elija otro --out o muévalo (su vkey: bitacora key show %s)"),
            path, path);
    return say_usage(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), path,
                     errno_words(cause));
}

static enum outcome write_key(const struct skey *key, const struct args *a)
{
    const struct passphrase_source source = keyfile_source(a->passphrase_file);
    bool encrypt = a->encrypt || a->passphrase_file != NULL;
    struct buf text;
    if (private_key_text(&text, key, a->out, encrypt ? &sealed_key_cost_default : NULL, &source) !=
        0)
        return OUTCOME_USAGE;
    int failed = file_create(a->out, buf_span(&text), 0600);
    int cause = errno;
    secret_buf_free(&text);
    if (!failed)
        return OUTCOME_PROVEN;
    return say_unwritten(a->out, cause);
}

static enum outcome print_vkey(const struct vkey *key, bool json)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    if (json)
        say_json(json_pack("{s:s}", "vkey", kept_text(&text)));
    else
        puts(kept_text(&text));
    buf_free(&text);
    return OUTCOME_PROVEN;
}

static enum outcome main_keygen(const struct args *a)
{
    if (!args_operands(a, 1, 1, TR("one name", "un nombre")))
        return OUTCOME_USAGE;
    enum outcome outcome = check_name(a);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    struct stat st;
    if (lstat(a->out, &st) == 0) /* before a passphrase is asked for */
        return say_unwritten(a->out, EEXIST);
    struct skey *key = kept(secret_new(sizeof *key));
    if (key == NULL)
        return OUTCOME_UNDECIDED;
    skey_generate(key, span_str(a->operand[0]), a->witness ? KEY_COSIGNATURE : KEY_NOTE);
    outcome = write_key(key, a);
    if (outcome == OUTCOME_PROVEN)
        outcome = print_vkey(&key->vkey, a->json);
    private_key_free(key);
    return outcome;
}

const struct command command_keygen = {
    .name = "keygen",
    .run = main_keygen,
    .form = "NAME out! witness encrypt passphrase-file",
    .summary = { "make a key; prints its vkey", "crea una clave; imprime su vkey" },
};
