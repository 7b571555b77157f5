#include "proto/net/tls_files.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "proto/sys/files.h"
#include "proto/sys/language.h"

/* ---- what is wrong --------------------------------------------------------------------------- */

void tls_trouble_words(struct buf *out, const struct tls_trouble *t)
{
    switch (t->fault) {
    case TLS_FAULT_MEMORY:
        buf_addf(out, TR("%s: out of memory", "%s: memoria agotada"), t->path);
        break;
    case TLS_FAULT_UNREADABLE:
        buf_addf(out, TR("%s could not be read: %s", "no se pudo leer %s: %s"), t->path, t->detail);
        break;
    case TLS_FAULT_NO_CERTIFICATE:
        buf_addf(out,
                 TR("%s holds no certificate (PEM)", "%s no contiene ningún certificado (PEM)"),
                 t->path);
        break;
    case TLS_FAULT_NO_KEY:
        buf_addf(out,
                 TR("%s holds no private key (PEM)", "%s no contiene ninguna clave privada (PEM)"),
                 t->path);
        break;
    case TLS_FAULT_KEY_ENCRYPTED:
        buf_addf(out,
                 TR("the private key %s is encrypted, and nobody is asked for its passphrase: "
                    "openssl pkey -in %s -out FILE writes it in the clear",
                    "la clave privada %s está cifrada, y a nadie se le pide su frase de "
                    "contraseña: openssl pkey -in %s -out ARCHIVO la escribe en claro"),
                 t->path, t->path);
        break;
    case TLS_FAULT_KEY_OPEN:
        buf_addf(out,
                 TR("everybody on this machine has access to the private key %s: chmod o= %s",
                    "todos en esta máquina tienen acceso a la clave privada %s: chmod o= %s"),
                 t->path, t->path);
        break;
    case TLS_FAULT_MISMATCH:
        buf_addf(out,
                 TR("the private key %s is not that of the certificate",
                    "la clave privada %s no es la del certificado"),
                 t->path);
        break;
    case TLS_FAULT_FORM:
        buf_addf(out, TR("%s cannot be used: %s", "no se puede usar %s: %s"), t->path, t->detail);
        break;
    }
}

/* Returns -1, so that a check may end with it. Empties OpenSSL's list of errors. */
static int trouble(struct tls_trouble *why, enum tls_fault fault, const char *path,
                   const char *detail)
{
    *why = (struct tls_trouble){ .fault = fault, .path = path };
    snprintf(why->detail, sizeof why->detail, "%s", detail);
    ERR_clear_error();
    return -1;
}

/* What OpenSSL says last is nearest to what was asked of it. */
static int openssl_trouble(struct tls_trouble *why, const char *path)
{
    unsigned long e = ERR_peek_last_error();
    const char *word = ERR_reason_error_string(e);
    if (ERR_GET_REASON(e) == ERR_R_MALLOC_FAILURE)
        return trouble(why, TLS_FAULT_MEMORY, path, "");
    return trouble(why, TLS_FAULT_FORM, path, word == NULL ? "?" : word);
}

/* ---- one file -------------------------------------------------------------------------------- */

static int read_pem(struct buf *text, BIO **bio, const char *path, struct tls_trouble *why)
{
    enum file read = file_read_at_once(text, path, TLS_FILE_MAX);
    if (read != FILE_OK)
        return trouble(why, TLS_FAULT_UNREADABLE, path, file_cause(read));
    *bio = BIO_new_mem_buf(text->n == 0 ? "" : (const char *)text->p, (int)text->n);
    return *bio == NULL ? trouble(why, TLS_FAULT_MEMORY, path, "") : 0;
}

static bool at_end_of_pem(void)
{
    unsigned long e = ERR_peek_last_error();
    return ERR_GET_LIB(e) == ERR_LIB_PEM && ERR_GET_REASON(e) == PEM_R_NO_START_LINE;
}

static int take_chain(SSL_CTX *ctx, BIO *bio, const char *path, struct tls_trouble *why)
{
    X509 *cert = PEM_read_bio_X509_AUX(bio, NULL, NULL, NULL);
    if (cert == NULL)
        return at_end_of_pem() ? trouble(why, TLS_FAULT_NO_CERTIFICATE, path, "")
                               : openssl_trouble(why, path);
    int used = SSL_CTX_use_certificate(ctx, cert);
    X509_free(cert);
    if (used != 1)
        return openssl_trouble(why, path);
    while ((cert = PEM_read_bio_X509(bio, NULL, NULL, NULL)) != NULL) {
        if (SSL_CTX_add0_chain_cert(ctx, cert) == 1)
            continue;
        X509_free(cert);
        return openssl_trouble(why, path);
    }
    if (!at_end_of_pem())
        return openssl_trouble(why, path);
    ERR_clear_error();
    return 0;
}

static int use_certificate(SSL_CTX *ctx, const char *path, struct tls_trouble *why)
{
    struct buf text = { 0 };
    BIO *bio = NULL;
    int result = read_pem(&text, &bio, path, why);
    if (result == 0)
        result = take_chain(ctx, bio, path, why);
    BIO_free(bio);
    buf_free(&text);
    return result;
}

/* ---- the private key ------------------------------------------------------------------------- */

/* Called only for a key that is encrypted. */
// NOLINTNEXTLINE(readability-non-const-parameter): the type of a pem_password_cb
static int notice_encrypted(char *to, int room, int writing, void *ctx)
{
    bool *encrypted = ctx;
    (void)to, (void)room, (void)writing;
    *encrypted = true;
    return -1;
}

static bool open_to_everybody(const char *path)
{
    struct stat s;
    return stat(path, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & S_IRWXO) != 0;
}

/* OpenSSL's word for a text without a key is not always the same. */
static bool holds_key(struct span text)
{
    static const char end_of_line[] = "PRIVATE KEY-----";
    return text.n > 0 && memmem(text.p, text.n, end_of_line, sizeof end_of_line - 1) != NULL;
}

static int take_key(SSL_CTX *ctx, BIO *bio, const char *path, struct tls_trouble *why)
{
    bool encrypted = false;
    EVP_PKEY *key = PEM_read_bio_PrivateKey(bio, NULL, notice_encrypted, &encrypted);
    if (encrypted) {
        EVP_PKEY_free(key);
        return trouble(why, TLS_FAULT_KEY_ENCRYPTED, path, "");
    }
    if (key == NULL)
        return openssl_trouble(why, path);
    bool mismatch = X509_check_private_key(SSL_CTX_get0_certificate(ctx), key) != 1;
    int used = mismatch ? 0 : SSL_CTX_use_PrivateKey(ctx, key);
    EVP_PKEY_free(key);
    if (mismatch)
        return trouble(why, TLS_FAULT_MISMATCH, path, "");
    return used == 1 ? 0 : openssl_trouble(why, path);
}

static int use_key(SSL_CTX *ctx, const char *path, struct tls_trouble *why)
{
    struct buf text = { 0 };
    BIO *bio = NULL;
    if (open_to_everybody(path))
        return trouble(why, TLS_FAULT_KEY_OPEN, path, "");
    int result = read_pem(&text, &bio, path, why);
    if (result == 0 && !holds_key(buf_span(&text)))
        result = trouble(why, TLS_FAULT_NO_KEY, path, "");
    if (result == 0)
        result = take_key(ctx, bio, path, why);
    BIO_free(bio);
    if (text.p != NULL)
        OPENSSL_cleanse(text.p, text.cap);
    buf_free(&text);
    return result;
}

int tls_use_identity(SSL_CTX *ctx, const char *cert, const char *key, struct tls_trouble *why)
{
    ERR_clear_error();
    return use_certificate(ctx, cert, why) == 0 && use_key(ctx, key, why) == 0 ? 0 : -1;
}

/* ---- authorities ----------------------------------------------------------------------------- */

static bool add_name(STACK_OF(X509_NAME) * names, const X509 *cert)
{
    X509_NAME *name = X509_NAME_dup(X509_get_subject_name(cert));
    if (name != NULL && sk_X509_NAME_push(names, name) > 0)
        return true;
    X509_NAME_free(name);
    return false;
}

struct authorities {
    X509_STORE *store;
    STACK_OF(X509_NAME) * names;
    size_t certificates;
    bool lists;
};

static bool add_item(struct authorities *a, const X509_INFO *item)
{
    if (item->x509 != NULL) {
        a->certificates++;
        if (X509_STORE_add_cert(a->store, item->x509) != 1 || !add_name(a->names, item->x509))
            return false;
    }
    if (item->crl != NULL) {
        a->lists = true;
        if (X509_STORE_add_crl(a->store, item->crl) != 1)
            return false;
    }
    return true;
}

/* Whatever stands in the file is trusted, an intermediate authority too. */
static int add_all(struct authorities *a, BIO *bio, const char *path, struct tls_trouble *why)
{
    STACK_OF(X509_INFO) *items = PEM_X509_INFO_read_bio(bio, NULL, NULL, NULL);
    if (items == NULL)
        return openssl_trouble(why, path);
    bool added = true;
    for (int i = 0; added && i < sk_X509_INFO_num(items); i++)
        added = add_item(a, sk_X509_INFO_value(items, i));
    sk_X509_INFO_pop_free(items, X509_INFO_free);
    if (!added)
        return openssl_trouble(why, path);
    if (a->certificates == 0)
        return trouble(why, TLS_FAULT_NO_CERTIFICATE, path, "");
    X509_STORE_set_flags(a->store,
                         X509_V_FLAG_PARTIAL_CHAIN | (a->lists ? X509_V_FLAG_CRL_CHECK : 0UL));
    return 0;
}

X509_STORE *tls_read_authorities(const char *path, STACK_OF(X509_NAME) * *names,
                                 struct tls_trouble *why)
{
    struct authorities a = { .store = X509_STORE_new(), .names = sk_X509_NAME_new_null() };
    struct buf text = { 0 };
    BIO *bio = NULL;
    ERR_clear_error();
    int result = a.store == NULL || a.names == NULL ? trouble(why, TLS_FAULT_MEMORY, path, "")
                                                    : read_pem(&text, &bio, path, why);
    if (result == 0)
        result = add_all(&a, bio, path, why);
    BIO_free(bio);
    buf_free(&text);
    if (result == 0 && names != NULL)
        *names = a.names;
    else
        sk_X509_NAME_pop_free(a.names, X509_NAME_free);
    if (result == 0)
        return a.store;
    X509_STORE_free(a.store);
    return NULL;
}
