#include "proto/sys/private_key.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/sys/files.h"
#include "proto/sys/language.h"

static void warn_of_swap(const struct passphrase_source *source)
{
    static bool told;
    if (!told && !secret_all_locked())
        passphrase_tell(source, TR("WARNING: keys cannot be locked in memory, and may be written "
                                   "to swap: raise the limit (ulimit -l, LimitMEMLOCK=)",
                                   "AVISO: las claves no se pueden fijar en la memoria y podrían "
                                   "escribirse en el intercambio: suba el límite (ulimit -l, "
                                   "LimitMEMLOCK=)"));
    told = told || !secret_all_locked();
}

static int read_text(struct buf *text, const char *path, const struct passphrase_source *source)
{
    /* file_read() asks for a byte more than it may read. */
    if (secret_buf_new(text, PRIVATE_KEY_TEXT_MAX + 1) != 0) {
        source->tell(NULL);
        return -1;
    }
    enum file read = source->at_once ? file_read_at_once(text, path, PRIVATE_KEY_TEXT_MAX)
                                     : file_read(text, path, PRIVATE_KEY_TEXT_MAX);
    if (read == FILE_OK)
        return 0;
    passphrase_tell(source,
                    TR("the key %s could not be read: %s", "no se pudo leer la clave %s: %s"), path,
                    file_cause(read));
    secret_buf_free(text);
    return -1;
}

static int tell_no_key(const char *path, const char *cause, const struct passphrase_source *source)
{
    passphrase_tell(source, TR("%s is not a private key: %s", "%s no es una clave privada: %s"),
                    path, cause_words(cause, language_get()));
    return -1;
}

/* ---- reading --------------------------------------------------------------------------------- */

static int open_sealed(struct skey *out, const char *path, struct span text,
                       const struct passphrase_source *source)
{
    struct buf passphrase;
    struct vkey public;
    const char *cause;
    if (sealed_key_vkey(&public, text, &cause) != 0) /* before anybody is asked */
        return tell_no_key(path, cause, source);
    if (passphrase_get(&passphrase, source, path) != 0)
        return -1;
    int failed = sealed_key_open(out, text, buf_span(&passphrase), &cause);
    secret_buf_free(&passphrase);
    if (failed)
        passphrase_tell(
            source, TR("the key %s could not be opened: %s", "no se pudo abrir la clave %s: %s"),
            path, cause_words(cause, language_get()));
    return failed;
}

static int take_private_key(struct skey *out, const char *path, struct span text,
                            const struct passphrase_source *source)
{
    const char *cause;
    if (sealed_key_recognise(text))
        return open_sealed(out, path, text, source);
    return skey_parse(out, text, &cause) == 0 ? 0 : tell_no_key(path, cause, source);
}

struct skey *private_key_read(const char *path, const struct passphrase_source *source)
{
    struct buf text;
    if (read_text(&text, path, source) != 0)
        return NULL;
    struct skey *key = secret_new(sizeof *key);
    int failed = -1;
    if (key == NULL)
        source->tell(NULL);
    else
        failed = take_private_key(key, path, buf_span(&text), source);
    secret_buf_free(&text);
    if (failed) {
        private_key_free(key);
        return NULL;
    }
    warn_of_swap(source);
    return key;
}

struct skey *private_key_keep(struct skey *key)
{
    struct skey *kept = secret_new(sizeof *kept);
    if (kept != NULL)
        *kept = *key;
    skey_wipe(key);
    return kept;
}

void private_key_free(struct skey *key)
{
    secret_free(key);
}

int private_key_read_vkey(struct vkey *out, bool *encrypted, const char *path,
                          const struct passphrase_source *source)
{
    struct buf text;
    const char *cause;
    if (read_text(&text, path, source) != 0)
        return -1;
    *encrypted = sealed_key_recognise(buf_span(&text));
    int failed;
    if (*encrypted) {
        failed = sealed_key_vkey(out, buf_span(&text), &cause);
        if (failed)
            tell_no_key(path, cause, source);
    } else {
        struct skey *key = secret_new(sizeof *key);
        failed = key == NULL ? -1 : take_private_key(key, path, buf_span(&text), source);
        if (key == NULL)
            source->tell(NULL);
        else if (!failed)
            *out = key->vkey;
        private_key_free(key);
    }
    secret_buf_free(&text);
    return failed;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* The text may become the only one that there is of the key: a fault of the machine, or of ours,
 * shows before that. */
static int try_to_open(struct span text, struct span passphrase, const char **cause)
{
    struct skey *opened = secret_new(sizeof *opened);
    *cause = SEALED_KEY_NO_MEMORY;
    int failed = opened == NULL ? -1 : sealed_key_open(opened, text, passphrase, cause);
    private_key_free(opened);
    return failed;
}

static int seal(struct buf *out, const struct skey *key, const char *name,
                const struct sealed_key_cost *cost, const struct passphrase_source *source)
{
    struct buf passphrase;
    const char *cause;
    if (passphrase_get_new(&passphrase, source, name) != 0)
        return -1;
    int failed = sealed_key_make(out, key, buf_span(&passphrase), cost, &cause);
    if (!failed)
        failed = try_to_open(buf_span(out), buf_span(&passphrase), &cause);
    secret_buf_free(&passphrase);
    if (failed)
        passphrase_tell(source, "%s: %s", name, cause_words(cause, language_get()));
    return failed;
}

int private_key_text(struct buf *out, const struct skey *key, const char *name,
                     const struct sealed_key_cost *cost, const struct passphrase_source *source)
{
    if (secret_buf_new(out, PRIVATE_KEY_TEXT_MAX + 1) != 0) {
        source->tell(NULL);
        return -1;
    }
    int failed = 0;
    if (cost == NULL)
        skey_format(out, key);
    else
        failed = seal(out, key, name, cost, source);
    if (failed)
        secret_buf_free(out);
    return failed;
}

static int write_in_place(const char *path, struct span text, const struct stat *before)
{
    struct new_file f;
    if (new_file_open(&f, path, 0600) != 0)
        return -1;
    /* Whose key it was, if root does this for somebody. */
    bool other = before->st_uid != geteuid() || before->st_gid != getegid();
    if ((!other || fchown(f.fd, before->st_uid, before->st_gid) == 0) &&
        file_write_all(f.fd, text) == 0)
        return new_file_keep(&f);
    new_file_drop(&f);
    return -1;
}

/* Whoever reads the disk would find a key in what became free. Where the disk does not write in
 * place it is still there. Once the file has another name, it is a key that somebody keeps. */
static void overwrite_former(int fd, unsigned long *others)
{
    static const uint8_t zeros[PRIVATE_KEY_TEXT_MAX];
    struct stat former;
    if (fd < 0 || fstat(fd, &former) != 0)
        return;
    *others = (unsigned long)former.st_nlink;
    if (former.st_nlink == 0 && former.st_size <= (off_t)sizeof zeros &&
        file_write_all(fd, span_of(zeros, (size_t)former.st_size)) == 0)
        fdatasync(fd);
}

int private_key_replace(const char *path, struct span text, unsigned long *others)
{
    struct stat before;
    int failed = -1, former = -1;
    char *real = realpath(path, NULL);
    *others = 0;
    if (real != NULL && stat(real, &before) == 0) {
        errno = ENOTSUP;
        if (S_ISREG(before.st_mode)) {
            former = open(real, O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
            failed = write_in_place(real, text, &before);
        }
    }
    int kept = errno;
    if (failed == 0) /* and durably so */
        overwrite_former(former, others);
    if (former >= 0)
        close(former);
    free(real);
    errno = kept;
    return failed;
}
