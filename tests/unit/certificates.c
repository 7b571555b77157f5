#include "tests/unit/certificates.h"

#include <dirent.h>
#include <fcntl.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#define PATHS 64
#define DAY 86400L

static char dir[64];
static char paths[PATHS][160];
static size_t path_count;
static long serial;

int certificates_begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/bitacora-certificates.XXXXXX");
    return mkdtemp(dir) == NULL ? -1 : 0;
}

int certificates_end(void **state)
{
    (void)state;
    DIR *d = opendir(dir);
    for (struct dirent *e; d != NULL && (e = readdir(d)) != NULL;)
        unlinkat(dirfd(d), e->d_name, 0); /* "." and ".." stay */
    if (d != NULL)
        closedir(d);
    return rmdir(dir);
}

const char *certificates_dir(void)
{
    return dir;
}

static const char *path_of(const char *file)
{
    assert_true(path_count < PATHS);
    snprintf(paths[path_count], sizeof paths[0], "%s/%s", dir, file);
    return paths[path_count++];
}

static FILE *open_to_write(const char *path, mode_t mode)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
    FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
    assert_non_null(f);
    return f;
}

static void extend(X509 *cert, int nid, const char *value)
{
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, NULL, nid, value);
    assert_non_null(e);
    assert_int_equal(X509_add_ext(cert, e, -1), 1);
    X509_EXTENSION_free(e);
}

struct issued certificate_issue(const char *name, const struct issued *issuer, int days,
                                bool authority)
{
    struct issued c = { .cert = X509_new(), .key = EVP_EC_gen("P-256") };
    assert_true(c.cert != NULL && c.key != NULL);
    X509_set_version(c.cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(c.cert), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(c.cert), -400 * DAY);
    X509_gmtime_adj(X509_getm_notAfter(c.cert), days * DAY);
    X509_set_pubkey(c.cert, c.key);
    X509_NAME *subject = X509_get_subject_name(c.cert);
    X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, (const unsigned char *)name, -1, -1, 0);
    X509_set_issuer_name(c.cert, issuer == NULL ? subject : X509_get_subject_name(issuer->cert));
    extend(c.cert, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
    if (!authority)
        extend(c.cert, NID_ext_key_usage, "serverAuth,clientAuth");
    assert_true(X509_sign(c.cert, issuer == NULL ? c.key : issuer->key, EVP_sha256()) > 0);
    return c;
}

void certificate_free(struct issued *c)
{
    X509_free(c->cert);
    EVP_PKEY_free(c->key);
}

const char *certificate_write(const char *file, const struct issued *c)
{
    const char *path = path_of(file);
    FILE *f = open_to_write(path, 0644);
    assert_int_equal(PEM_write_X509(f, c->cert), 1);
    fclose(f);
    return path;
}

const char *certificate_write_key(const char *file, const struct issued *c, const char *passphrase)
{
    const char *path = path_of(file);
    FILE *f = open_to_write(path, 0600);
    assert_int_equal(PEM_write_PKCS8PrivateKey(
                         f, c->key, passphrase == NULL ? NULL : EVP_aes_256_cbc(), passphrase,
                         passphrase == NULL ? 0 : (int)strlen(passphrase), NULL, NULL),
                     1);
    fclose(f);
    return path;
}

const char *certificate_write_list(const char *file, const struct issued *issuer,
                                   const struct issued *revoked)
{
    const char *path = certificate_write(file, issuer);
    X509_CRL *list = X509_CRL_new();
    ASN1_TIME *from = X509_gmtime_adj(NULL, -DAY), *until = X509_gmtime_adj(NULL, DAY);
    X509_CRL_set_version(list, X509_CRL_VERSION_2);
    X509_CRL_set_issuer_name(list, X509_get_subject_name(issuer->cert));
    X509_CRL_set1_lastUpdate(list, from);
    X509_CRL_set1_nextUpdate(list, until);
    if (revoked != NULL) {
        X509_REVOKED *r = X509_REVOKED_new();
        X509_REVOKED_set_serialNumber(r, X509_get_serialNumber(revoked->cert));
        X509_REVOKED_set_revocationDate(r, from);
        assert_int_equal(X509_CRL_add0_revoked(list, r), 1);
    }
    assert_true(X509_CRL_sign(list, issuer->key, EVP_sha256()) > 0);
    FILE *f = fopen(path, "a");
    assert_non_null(f);
    assert_int_equal(PEM_write_X509_CRL(f, list), 1);
    fclose(f);
    ASN1_TIME_free(from);
    ASN1_TIME_free(until);
    X509_CRL_free(list);
    return path;
}

const char *certificate_write_text(const char *file, const char *text)
{
    const char *path = path_of(file);
    FILE *f = open_to_write(path, 0600);
    assert_true(fputs(text, f) >= 0);
    fclose(f);
    return path;
}
