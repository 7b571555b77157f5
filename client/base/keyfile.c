#include "client/base/keyfile.h"

#include <errno.h>
#include <sys/stat.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"

void keyfile_warn_of_readers(const char *path)
{
    struct stat s;
    if (stat(path, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & 077) != 0)
        say(TR("WARNING: others can get at the private key %s: chmod 600 %s",
               "AVISO: otros tienen acceso a la clave privada %s: chmod 600 %s"),
            path, path);
}

static void tell(const char *sentence)
{
    if (sentence == NULL)
        lost(ENOMEM);
    else
        say("%s", sentence);
}

struct passphrase_source keyfile_source(const char *passphrase_file)
{
    return (struct passphrase_source){ .file = passphrase_file, .tell = tell };
}

enum outcome keyfile_read(struct skey **out, const struct keyfile *file)
{
    const struct passphrase_source source = keyfile_source(file->passphrase_file);
    *out = private_key_read(file->path, &source);
    if (*out == NULL) {
        trouble_is("key");
        return OUTCOME_USAGE;
    }
    keyfile_warn_of_readers(file->path);
    return OUTCOME_PROVEN;
}

enum outcome keyfile_read_signer(struct skey **out, const struct keyfile *file)
{
    enum outcome outcome = keyfile_read(out, file);
    if (outcome != OUTCOME_PROVEN)
        return outcome;
    const struct vkey *key = &(*out)->vkey;
    if (key->type == KEY_NOTE && signer_name_allowed(span_str(key->name)))
        return OUTCOME_PROVEN;
    private_key_free(*out);
    *out = NULL;
    trouble_is("key");
    return say_usage(TR("%s is not a signer's key", "%s no es la clave de un firmante"),
                     file->path);
}
