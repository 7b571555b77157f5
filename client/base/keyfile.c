#include "client/base/keyfile.h"

#include <sodium.h>
#include <sys/stat.h>

#include "proto/sys/files.h"

static void warn_of_readers(const char *path)
{
    struct stat s;
    if (stat(path, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & 077) != 0)
        say(TR("WARNING: others can get at the private key %s: chmod 600 %s",
               "AVISO: otros tienen acceso a la clave privada %s: chmod 600 %s"),
            path, path);
}

enum outcome keyfile_read(struct skey *out, const char *path)
{
    struct buf text = { 0 };
    const char *cause;
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&text, path, SKEY_TEXT_MAX + 1);
    if (read != FILE_OK)
        outcome =
            say_usage(TR("the key %s could not be read: %s", "no se pudo leer la clave %s: %s"),
                      path, file_cause(read));
    else if (skey_parse(out, buf_span(&text), &cause) != 0)
        outcome = say_usage(TR("%s is not a private key: %s", "%s no es una clave privada: %s"),
                            path, cause_words(cause, language_get()));
    else
        warn_of_readers(path);
    if (text.p != NULL)
        sodium_memzero(text.p, text.cap);
    buf_free(&text);
    if (outcome != OUTCOME_PROVEN)
        skey_wipe(out);
    return outcome;
}

enum outcome keyfile_read_signer(struct skey *out, const char *path)
{
    enum outcome outcome = keyfile_read(out, path);
    if (outcome == OUTCOME_PROVEN &&
        (out->vkey.type != KEY_NOTE || !signer_name_allowed(span_str(out->vkey.name)))) {
        skey_wipe(out);
        outcome =
            say_usage(TR("%s is not a signer's key", "%s no es la clave de un firmante"), path);
    }
    return outcome;
}
