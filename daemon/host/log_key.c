#include "daemon/host/log_key.h"

#include <stdio.h>
#include <sys/stat.h>

#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

static void tell(const char *sentence)
{
    terminal_print(stderr, "bitacorad: %s\n",
                   sentence != NULL ? sentence : TR("out of memory", "memoria agotada"));
}

static struct passphrase_source source_of(const char *passphrase_file)
{
    return (struct passphrase_source){ .file = passphrase_file, .at_once = true, .tell = tell };
}

/* A key that others can read signs for them. */
static int is_private(const char *file)
{
    struct stat st;
    if (stat(file, &st) != 0 || (st.st_mode & 077) == 0)
        return 0; /* that it cannot be read is said by whoever reads it */
    terminal_print(
        stderr,
        TR("bitacorad: %s has mode %04o: the log's key must be its owner's alone, at most 0600 "
           "(chmod 600)\n",
           "bitacorad: %s tiene el modo %04o: la clave de la bitácora debe ser solo de su dueño, "
           "a lo sumo 0600 (chmod 600)\n"),
        file, (unsigned)(st.st_mode & 07777));
    return -1;
}

static bool is_of_a_log(const struct vkey *key, const char *file)
{
    if (key->type == KEY_NOTE && signer_name_allowed(span_str(key->name)))
        return true;
    terminal_print(stderr,
                   TR("bitacorad: %s is not the key of a log\n",
                      "bitacorad: %s no es la clave de una bitácora\n"),
                   file);
    return false;
}

struct skey *log_key_read(const char *file, const char *passphrase_file)
{
    const struct passphrase_source source = source_of(passphrase_file);
    struct skey *key = is_private(file) == 0 ? private_key_read(file, &source) : NULL;
    if (key == NULL || is_of_a_log(&key->vkey, file))
        return key;
    private_key_free(key);
    return NULL;
}

static int read_vkey(struct vkey *out, bool *encrypted, const char *file)
{
    const struct passphrase_source source = source_of(NULL);
    return is_private(file) == 0 && private_key_read_vkey(out, encrypted, file, &source) == 0 &&
                   is_of_a_log(out, file)
               ? 0
               : -1;
}

int log_key_read_vkey(struct vkey *out, const char *file)
{
    bool encrypted;
    return read_vkey(out, &encrypted, file);
}

enum log_key_look log_key_look(struct vkey *out, const char *file, const char *passphrase_file)
{
    const struct passphrase_source source = source_of(passphrase_file);
    bool encrypted;
    if (read_vkey(out, &encrypted, file) != 0)
        return LOG_KEY_NONE;
    if (encrypted && !passphrase_is_given(&source))
        return LOG_KEY_CLOSED;
    struct skey *key = log_key_read(file, passphrase_file);
    private_key_free(key);
    return key != NULL ? LOG_KEY_OPENS : LOG_KEY_NONE;
}

int log_key_text(struct buf *out, const struct skey *key, const char *file, bool encrypt,
                 const char *passphrase_file)
{
    const struct passphrase_source source = source_of(passphrase_file);
    return private_key_text(out, key, file, encrypt ? &sealed_key_cost_default : NULL, &source);
}
