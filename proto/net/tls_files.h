/* Certificates and private keys in PEM files, for either end of a TLS connection, with words for
 * what is wrong with a file. Any thread. */
#ifndef PROTO_NET_TLS_FILES_H
#define PROTO_NET_TLS_FILES_H

#include <openssl/types.h>

#include "proto/base/buf.h"
#include "proto/base/must_use.h"

struct stack_st_X509_NAME; /* STACK_OF(X509_NAME) */

#define TLS_FILE_MAX (4u << 20) /* bytes of one file; the public authorities come to 220 kB */

enum tls_fault {
    TLS_FAULT_MEMORY,
    TLS_FAULT_UNREADABLE, /* detail: why */
    TLS_FAULT_NO_CERTIFICATE,
    TLS_FAULT_NO_KEY,
    TLS_FAULT_KEY_ENCRYPTED, /* nobody is asked for a passphrase */
    TLS_FAULT_KEY_OPEN,      /* everybody on the machine may read or write it */
    TLS_FAULT_MISMATCH,      /* the key is not that of the certificate */
    TLS_FAULT_FORM,          /* OpenSSL cannot use it; detail: its word */
};

struct tls_trouble {
    enum tls_fault fault;
    const char *path; /* of the file that it is about; the caller's */
    char detail[160];
};

/* Of whoever asks a server. Paths, borrowed. NULL or "": none. */
struct tls_client_files {
    const char *cacert; /* PEM: authorities of servers' certificates, and no others; none: the file
                         * that SSL_CERT_FILE in the environment names, else the system's */
    const char *cert; /* PEM: the certificate to show to a server that asks for one, its chain … */
    const char *key;  /* … and its private key */
};

/* Appends a sentence that says what is wrong, in the reader's language. */
void tls_trouble_words(struct buf *out, const struct tls_trouble *t);

/* Gives ctx the certificate of the first file (its own first, then those that lead to an authority)
 * and the private key of the second. Returns 0; or -1 with *why: then ctx is to be freed. The key's
 * text is wiped. */
MUST_USE int tls_use_identity(SSL_CTX *ctx, const char *cert, const char *key,
                              struct tls_trouble *why);

/* The certificates of a file, each trusted as an authority, for certificates of clients or of
 * servers. Where the file holds revocation lists, certificates of the issuers must have one and not
 * be on it. *names, unless NULL, gets the authorities' names. Returns NULL with *why. The caller
 * frees both. */
MUST_USE X509_STORE *tls_read_authorities(const char *path, struct stack_st_X509_NAME **names,
                                          struct tls_trouble *why);

#endif
