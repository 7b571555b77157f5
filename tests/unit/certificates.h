/* Certificates and keys for unit tests of TLS, made anew, as PEM files in a folder of their own.
 * What cannot be made fails the test. */
#ifndef TESTS_UNIT_CERTIFICATES_H
#define TESTS_UNIT_CERTIFICATES_H

#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdbool.h>

/* The folder, as a setup and teardown of a group of tests; its name. */
int certificates_begin(void **state);
int certificates_end(void **state);
const char *certificates_dir(void);

struct issued {
    X509 *cert;
    EVP_PKEY *key;
};

/* A certificate for `name`, signed by issuer, or by itself if that is NULL. days: for how long from
 * now on; negative: it expired so many days ago. authority: it may issue others; else it is for
 * client and server. */
struct issued certificate_issue(const char *name, const struct issued *issuer, int days,
                                bool authority);
void certificate_free(struct issued *c);

/* Write into DIR/file, and return the path: valid until certificates_end(). Keys get mode 0600. */
const char *certificate_write(const char *file, const struct issued *c);
const char *certificate_write_key(const char *file, const struct issued *c, const char *passphrase);
/* The issuer's certificate, and a list on which it revokes one (NULL: none). */
const char *certificate_write_list(const char *file, const struct issued *issuer,
                                   const struct issued *revoked);
const char *certificate_write_text(const char *file, const char *text);

#endif
