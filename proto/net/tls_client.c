#include "proto/net/tls_client.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "proto/sys/language.h"

static bool is_named(const char *path)
{
    return path != NULL && path[0] != 0;
}

static int check_identity(const char *cert, const char *key, struct tls_trouble *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_client_method());
    *why = (struct tls_trouble){ .fault = TLS_FAULT_MEMORY, .path = cert };
    int result = ctx == NULL ? -1 : tls_use_identity(ctx, cert, key, why);
    SSL_CTX_free(ctx);
    return result;
}

int tls_client_check(const struct tls_client_files *files, struct tls_trouble *why)
{
    if (is_named(files->cacert)) {
        X509_STORE *store = tls_read_authorities(files->cacert, NULL, why);
        if (store == NULL)
            return -1;
        X509_STORE_free(store);
    }
    return is_named(files->cert) ? check_identity(files->cert, files->key, why) : 0;
}

/* libcurl itself does not look at SSL_CERT_FILE. Beside a file it would also believe all that lies
 * in the system's folder. */
static const char *authorities_of(const struct tls_client_files *files)
{
    return is_named(files->cacert) ? files->cacert : secure_getenv("SSL_CERT_FILE");
}

void tls_client_set(CURL *curl, const struct tls_client_files *files)
{
    const char *named = authorities_of(files);
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (is_named(named)) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, named);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
        /* libcurl would keep what it read for a day: whoever renews a certificate of his own
         * renews this file. */
        curl_easy_setopt(curl, CURLOPT_CA_CACHE_TIMEOUT, 0L);
    }
    if (!is_named(files->cert))
        return;
    curl_easy_setopt(curl, CURLOPT_SSLCERT, files->cert);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, files->key);
    curl_easy_setopt(curl, CURLOPT_KEYPASSWD, ""); /* nobody is asked on the terminal */
}

/* ---- what a server showed -------------------------------------------------------------------- */

static void copy_name(char *out, size_t room, const X509_NAME *name)
{
    BIO *text = BIO_new(BIO_s_mem());
    int n = -1;
    if (text != NULL && X509_NAME_print_ex(text, name, 0, XN_FLAG_RFC2253) >= 0)
        n = BIO_read(text, out, (int)room - 1);
    out[n > 0 ? n : 0] = 0;
    BIO_free(text);
}

static void copy_time(char out[static 24], const ASN1_TIME *when)
{
    struct tm t;
    out[0] = 0;
    if (ASN1_TIME_to_tm(when, &t) == 1)
        strftime(out, 24, "%Y-%m-%dT%H:%MZ", &t);
}

static void add_host(struct buf *out, const GENERAL_NAME *name)
{
    char address[INET6_ADDRSTRLEN];
    int kind;
    const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &kind);
    const uint8_t *bytes = ASN1_STRING_get0_data(value);
    int n = ASN1_STRING_length(value);
    const char *before = out->n == 0 ? "" : ", ";
    if (kind == GEN_DNS)
        buf_addf(out, "%s%.*s", before, n, (const char *)bytes);
    else if (kind == GEN_IPADD && (n == 4 || n == 16) &&
             inet_ntop(n == 4 ? AF_INET : AF_INET6, bytes, address, sizeof address) != NULL)
        buf_addf(out, "%s%s", before, address);
}

static void copy_hosts(char *out, size_t room, const X509 *certificate)
{
    struct buf hosts = { 0 };
    GENERAL_NAMES *names = X509_get_ext_d2i(certificate, NID_subject_alt_name, NULL, NULL);
    for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
        add_host(&hosts, sk_GENERAL_NAME_value(names, i));
    snprintf(out, room, "%s", buf_str(&hosts));
    GENERAL_NAMES_free(names);
    buf_free(&hosts);
}

/* Called for each certificate of a chain, from the authority's on, and for what is wrong. */
static int see(int good, X509_STORE_CTX *store)
{
    const SSL *ssl = X509_STORE_CTX_get_ex_data(store, SSL_get_ex_data_X509_STORE_CTX_idx());
    struct tls_seen *seen = SSL_CTX_get_app_data(SSL_get_SSL_CTX(ssl));
    const X509 *certificate = X509_STORE_CTX_get_current_cert(store);
    if (certificate == NULL || (seen->there && seen->fault[0] != 0))
        return good; /* the first thing that is wrong counts */
    copy_name(seen->subject, sizeof seen->subject, X509_get_subject_name(certificate));
    copy_name(seen->issuer, sizeof seen->issuer, X509_get_issuer_name(certificate));
    copy_time(seen->from, X509_get0_notBefore(certificate));
    copy_time(seen->until, X509_get0_notAfter(certificate));
    copy_hosts(seen->names, sizeof seen->names, certificate);
    const char *fault = X509_verify_cert_error_string(X509_STORE_CTX_get_error(store));
    snprintf(seen->fault, sizeof seen->fault, "%s", good ? "" : fault);
    seen->there = true;
    return good;
}

static CURLcode watch(CURL *curl, void *ctx, void *seen)
{
    (void)curl;
    *(struct tls_seen *)seen = (struct tls_seen){ .there = false };
    SSL_CTX_set_app_data((SSL_CTX *)ctx, seen);
    SSL_CTX_set_verify(ctx, SSL_CTX_get_verify_mode(ctx), see);
    return CURLE_OK;
}

void tls_client_watch(CURL *curl, struct tls_seen *seen)
{
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_FUNCTION, watch);
    curl_easy_setopt(curl, CURLOPT_SSL_CTX_DATA, seen);
}

void tls_seen_words(struct buf *out, const struct tls_seen *seen,
                    const struct tls_client_files *files)
{
    const char *named = authorities_of(files);
    buf_addf(out,
             TR("the certificate %s, issued by %s, valid from %s to %s",
                "el certificado %s, emitido por %s, válido de %s a %s"),
             seen->subject[0] == 0 ? "-" : seen->subject, seen->issuer[0] == 0 ? "-" : seen->issuer,
             seen->from, seen->until);
    if (seen->names[0] != 0)
        buf_addf(out, TR(", for %s", ", para %s"), seen->names);
    if (seen->fault[0] != 0)
        buf_addf(out, TR("; OpenSSL says: %s", "; OpenSSL dice: %s"), seen->fault);
    if (is_named(named))
        buf_addf(out,
                 TR("; trusted are the authorities in %s", "; se confía en las autoridades de %s"),
                 named);
    else
        buf_adds(out, TR("; trusted are the authorities of this system (--cacert names others)",
                         "; se confía en las autoridades de este sistema (--cacert nombra otras)"));
}

/* ---- why a transfer failed ------------------------------------------------------------------- */

/* A certificate that is good but for its names is refused by libcurl, before it takes over what
 * OpenSSL said: that is still UNSPECIFIED then. */
static enum reason reason_of_certificate(long verified)
{
    switch (verified) {
    case X509_V_ERR_UNSPECIFIED:
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
        return REASON_NET_CERT_HOST;
    case X509_V_ERR_CERT_HAS_EXPIRED:
        return REASON_NET_CERT_EXPIRED;
    case X509_V_ERR_CERT_NOT_YET_VALID:
        return REASON_NET_CERT_EARLY;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
        return REASON_NET_CERT_ISSUER;
    default:
        return REASON_NET_CERTIFICATE;
    }
}

enum reason tls_client_reason(CURL *curl, CURLcode code)
{
    long verified = X509_V_OK;
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_ISSUER_ERROR:
        curl_easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verified);
        return reason_of_certificate(verified);
    case CURLE_SSL_CACERT_BADFILE:
        return REASON_NET_CERT_FILE;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_USE_SSL_FAILED:
        return REASON_NET_TLS;
    default:
        return REASON_NET_OTHER;
    }
}
