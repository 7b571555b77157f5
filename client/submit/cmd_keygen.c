/* bitacora keygen: a key pair; the private half into a file, the public half printed. */
#include <errno.h>
#include <sodium.h>

#include "client/base/cmd.h"
#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/sys/files.h"
#include "proto/tlog/key.h"

static enum outcome main_keygen(const struct args *a)
{
    struct skey key;
    struct buf file = { 0 }, vkey = { 0 };
    if (!args_operands(a, 1, 1, TR("one name", "un nombre")))
        return OUTCOME_USAGE;
    struct span name = span_str(a->operand[0]);
    if (a->witness ? !key_name_allowed(name) : !signer_name_allowed(name))
        return say_usage(TR("'%s' cannot be a key's name: lower-case letters, digits and ._/- "
                            "behind a letter or digit, at most 128",
                            "'%s' no puede ser nombre de clave: minúsculas, cifras y ._/- tras "
                            "una letra o cifra, 128 como máximo"),
                         a->operand[0]);
    skey_generate(&key, name, a->witness ? KEY_COSIGNATURE : KEY_NOTE);
    skey_format(&file, &key);
    vkey_format(&vkey, &key.vkey);
    skey_wipe(&key);
    if (file.failed || vkey.failed)
        lost(ENOMEM);
    errno = ENOMEM;
    int failed = lost_any() ? -1 : file_create(a->out, buf_span(&file), 0600);
    if (file.p != NULL)
        sodium_memzero(file.p, file.n);
    buf_free(&file);
    if (failed) {
        buf_free(&vkey);
        return say_usage(TR("%s could not be written: %s", "no se pudo escribir %s: %s"), a->out,
                         errno_words(errno));
    }
    if (a->json)
        say_json(json_pack("{s:s}", "vkey", kept_text(&vkey)));
    else
        puts(buf_str(&vkey));
    buf_free(&vkey);
    return OUTCOME_PROVEN;
}

const struct command command_keygen = {
    .name = "keygen",
    .run = main_keygen,
    .form = "NAME out! witness",
    .summary = { "make a key; prints its vkey", "crea una clave; imprime su vkey" },
};
