/* The passphrase of a private key: from a file, a credential or the terminal. Main thread. */
#ifndef PROTO_SYS_PASSPHRASE_H
#define PROTO_SYS_PASSPHRASE_H

#include "proto/sys/secret.h"

/* The name that a passphrase has among systemd's credentials (systemd.exec(5)). */
#define PASSPHRASE_CREDENTIAL "bitacora-passphrase"

struct passphrase_source {
    /* --passphrase-file: the first line of this file, without its newline; "-" is standard input.
     * NULL: $CREDENTIALS_DIRECTORY/bitacora-passphrase, where there is one; else the terminal is
     * asked. */
    const char *file;
    bool at_once; /* a named pipe, of the passphrase or the key, is refused: it is not waited for */
    /* Takes one sentence for whoever runs the program, in their language: what failed, and
     * warnings. It may hold text of strangers. NULL: out of memory. */
    void (*tell)(const char *sentence);
};

/* Gets the passphrase of a key that has one. `key` is what the user calls it: a file's name.
 * Returns 0, and *out for secret_buf_free(); or -1 after having told why. Warns of a file that
 * others can read. */
MUST_USE int passphrase_get(struct buf *out, const struct passphrase_source *source,
                            const char *key);

/* The same for a key that gets a passphrase: a terminal is asked twice. */
MUST_USE int passphrase_get_new(struct buf *out, const struct passphrase_source *source,
                                const char *key);

/* Whether a file or a credential gives it, so that no terminal would be asked. */
bool passphrase_is_given(const struct passphrase_source *source);

/* Composes a sentence and tells it. */
void passphrase_tell(const struct passphrase_source *source, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
