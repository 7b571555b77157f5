#include "proto/sys/passphrase.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/sys/ask.h"
#include "proto/sys/files.h"
#include "proto/sys/language.h"
#include "proto/tlog/sealed_key.h"

/* Behind the first line, a file may say what it is for. */
#define FILE_MAX 4096

void passphrase_tell(const struct passphrase_source *source, const char *format, ...)
{
    char *sentence = NULL;
    va_list args;
    va_start(args, format);
    if (vasprintf(&sentence, format, args) < 0)
        sentence = NULL;
    va_end(args);
    source->tell(sentence);
    free(sentence);
}

/* Returns 0, or -1 after having told why. */
static int check(const struct buf *passphrase, const struct passphrase_source *source,
                 const char *from)
{
    const char *fault = passphrase_fault(buf_span(passphrase));
    if (fault != NULL)
        passphrase_tell(source, "%s: %s", from, cause_words(fault, language_get()));
    return fault == NULL ? 0 : -1;
}

/* ---- files ----------------------------------------------------------------------------------- */

static void warn_of_readers(const struct passphrase_source *source)
{
    struct stat s;
    if (stat(source->file, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & 077) != 0)
        passphrase_tell(source,
                        TR("WARNING: others can get at the passphrase in %s: chmod 600 %s",
                           "AVISO: otros tienen acceso a la frase de contraseña en %s: "
                           "chmod 600 %s"),
                        source->file, source->file);
}

static int from_file(struct buf *out, const struct passphrase_source *source, const char *path)
{
    enum file read = source->at_once && strcmp(path, "-") != 0
                         ? file_read_at_once(out, path, FILE_MAX)
                         : file_read(out, path, FILE_MAX);
    if (read != FILE_OK) {
        passphrase_tell(source,
                        TR("the passphrase in %s could not be read: %s",
                           "no se pudo leer la frase de contraseña en %s: %s"),
                        path, file_cause(read));
        return -1;
    }
    const uint8_t *newline = out->n == 0 ? NULL : memchr(out->p, '\n', out->n);
    if (newline != NULL)
        out->n = (size_t)(newline - out->p);
    return check(out, source, path);
}

/* The path of the credential, for free(), where there is one; else NULL. */
static char *credential(void)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char *path = NULL;
    if (folder == NULL || *folder == 0 ||
        asprintf(&path, "%s/%s", folder, PASSPHRASE_CREDENTIAL) < 0)
        return NULL;
    if (access(path, F_OK) == 0)
        return path;
    free(path);
    return NULL;
}

/* ---- the terminal ---------------------------------------------------------------------------- */

static int ask_once(struct buf *out, const struct passphrase_source *source, const char *key,
                    const char *format)
{
    char *prompt = NULL;
    enum hidden_line asked = ASKED_NO_MEMORY;
    if (asprintf(&prompt, format, key) >= 0)
        asked = ask_hidden(out, prompt);
    free(prompt);
    switch (asked) {
    case ASKED:
        return check(out, source, key);
    case ASKED_NOBODY:
        passphrase_tell(source,
                        TR("%s needs a passphrase, and there is no terminal to ask for it: give it "
                           "by --passphrase-file FILE, or as the systemd credential %s",
                           "%s necesita una frase de contraseña y no hay terminal donde pedirla: "
                           "indíquela con --passphrase-file ARCHIVO, o como la credencial %s de "
                           "systemd"),
                        key, PASSPHRASE_CREDENTIAL);
        break;
    case ASKED_NOTHING:
        passphrase_tell(
            source,
            TR("no passphrase was given for %s", "no se dio una frase de contraseña para %s"), key);
        break;
    case ASKED_NO_MEMORY:
        source->tell(NULL);
        break;
    }
    return -1;
}

static int ask_twice(struct buf *out, const struct passphrase_source *source, const char *key)
{
    struct buf again;
    if (ask_once(out, source, key,
                 TR("New passphrase for %s: ", "Nueva frase de contraseña para %s: ")) != 0)
        return -1;
    if (secret_buf_new(&again, ASK_MAX) != 0) {
        source->tell(NULL);
        return -1;
    }
    int failed = ask_once(&again, source, key,
                          TR("The same again, for %s: ", "La misma otra vez, para %s: "));
    if (!failed && !span_eq(buf_span(out), buf_span(&again))) {
        passphrase_tell(source, TR("the two passphrases differ; nothing was changed",
                                   "las dos frases de contraseña difieren; nada cambió"));
        failed = -1;
    }
    secret_buf_free(&again);
    return failed;
}

/* ---- either ---------------------------------------------------------------------------------- */

static int get(struct buf *out, const struct passphrase_source *source, const char *key, bool fresh)
{
    char *path = source->file == NULL ? credential() : NULL;
    int failed;
    if (source->file != NULL) {
        warn_of_readers(source);
        failed = from_file(out, source, source->file);
    } else if (path != NULL) {
        failed = from_file(out, source, path);
    } else if (fresh) {
        failed = ask_twice(out, source, key);
    } else {
        failed =
            ask_once(out, source, key, TR("Passphrase of %s: ", "Frase de contraseña de %s: "));
    }
    free(path);
    return failed;
}

static int get_secret(struct buf *out, const struct passphrase_source *source, const char *key,
                      bool fresh)
{
    _Static_assert(ASK_MAX > FILE_MAX, "a buffer takes either");
    if (secret_buf_new(out, ASK_MAX) != 0) {
        source->tell(NULL);
        return -1;
    }
    int failed = get(out, source, key, fresh);
    if (failed)
        secret_buf_free(out);
    return failed;
}

bool passphrase_is_given(const struct passphrase_source *source)
{
    char *path = source->file == NULL ? credential() : NULL;
    bool given = source->file != NULL || path != NULL;
    free(path);
    return given;
}

int passphrase_get(struct buf *out, const struct passphrase_source *source, const char *key)
{
    return get_secret(out, source, key, false);
}

int passphrase_get_new(struct buf *out, const struct passphrase_source *source, const char *key)
{
    return get_secret(out, source, key, true);
}
