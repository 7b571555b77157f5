#include "proto/net/tls_client.h"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>
#include <stdlib.h>

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
void tls_client_set(CURL *curl, const struct tls_client_files *files)
{
    const char *named = is_named(files->cacert) ? files->cacert : secure_getenv("SSL_CERT_FILE");
    curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
    if (is_named(named)) {
        curl_easy_setopt(curl, CURLOPT_CAINFO, named);
        curl_easy_setopt(curl, CURLOPT_CAPATH, NULL);
    }
    if (!is_named(files->cert))
        return;
    curl_easy_setopt(curl, CURLOPT_SSLCERT, files->cert);
    curl_easy_setopt(curl, CURLOPT_SSLKEY, files->key);
    curl_easy_setopt(curl, CURLOPT_KEYPASSWD, ""); /* nobody is asked on the terminal */
}

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
