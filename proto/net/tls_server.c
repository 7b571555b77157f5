#include "proto/net/tls_server.h"

#include <errno.h>
#include <event2/bufferevent_ssl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "proto/sys/clock.h"

#define CLIENT_CHAIN_MAX 32768      /* bytes of a client's certificates */
#define VERDICT_MS 60000            /* for which a client's certificate is not judged again */
#define QUIET_MS 60000              /* between two lines about handshakes */
#define GROUPS "X25519:P-256:P-384" /* key exchange: none that costs the server much */

struct tls_server {
    SSL_CTX *ctx;
    X509_STORE *clients; /* NULL: no client is asked for a certificate */
    int64_t expires;
    uint64_t generation; /* of what was read */
    uint64_t failed, told;
    int64_t quiet_until;
    char last[200];
};

/* ---- what all connections share -------------------------------------------------------------- */

/* HTTP/1.1 is all that is spoken. A client that names protocols and not this one is refused. */
static int choose_protocol(SSL *ssl, const unsigned char **out, unsigned char *n,
                           const unsigned char *offered, unsigned offers, void *ctx)
{
    static const unsigned char ours[] = "\x08http/1.1";
    unsigned char *chosen;
    (void)ssl, (void)ctx;
    if (SSL_select_next_proto(&chosen, n, ours, sizeof ours - 1, offered, offers) !=
        OPENSSL_NPN_NEGOTIATED)
        return SSL_TLSEXT_ERR_ALERT_FATAL;
    *out = chosen;
    return SSL_TLSEXT_ERR_OK;
}

/* The handshake proves that a client has the key of its certificate. Whether the certificate is
 * good is asked when something rests on it: reading needs none. */
static int take_any(X509_STORE_CTX *chain, void *ctx)
{
    (void)chain, (void)ctx;
    return 1;
}

/* Without AUTO_RETRY one record at most is taken in a turn of the loop that holds nothing for us,
 * so that nobody keeps it busy with them. PARTIAL_WRITE must stay off: libevent 2.1.12 would lose
 * what was not written. */
static bool set_rules(SSL_CTX *ctx)
{
    SSL_CTX_set_mode(ctx, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_clear_mode(ctx, SSL_MODE_AUTO_RETRY);
    SSL_CTX_set_options(ctx, SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_alpn_select_cb(ctx, choose_protocol, NULL);
    SSL_CTX_set_max_cert_list(ctx, CLIENT_CHAIN_MAX);
    return SSL_CTX_set_min_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_max_proto_version(ctx, TLS1_3_VERSION) == 1 &&
           SSL_CTX_set_num_tickets(ctx, 0) == 1 && SSL_CTX_set_max_early_data(ctx, 0) == 1 &&
           SSL_CTX_set1_groups_list(ctx, GROUPS) == 1;
}

static int64_t expiry_of(const SSL_CTX *ctx)
{
    int days, seconds;
    ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
    bool known =
        epoch != NULL && ASN1_TIME_diff(&days, &seconds, epoch,
                                        X509_get0_notAfter(SSL_CTX_get0_certificate(ctx))) == 1;
    ASN1_TIME_free(epoch);
    return known ? (int64_t)days * 86400 + seconds : 0;
}

static int ask_for_certificates(struct tls_server *s, const char *path, struct tls_trouble *why)
{
    STACK_OF(X509_NAME) * names;
    s->clients = tls_read_authorities(path, &names, why);
    if (s->clients == NULL)
        return -1;
    SSL_CTX_set_client_CA_list(s->ctx, names);
    SSL_CTX_set_verify(s->ctx, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_cert_verify_callback(s->ctx, take_any, NULL);
    return 0;
}

/* Fills in what a reload replaces. */
static int read_files(struct tls_server *s, const struct tls_server_files *files,
                      struct tls_trouble *why)
{
    s->ctx = SSL_CTX_new(TLS_server_method());
    if (s->ctx == NULL || !set_rules(s->ctx)) {
        *why = (struct tls_trouble){ .fault = TLS_FAULT_MEMORY, .path = files->cert };
        ERR_clear_error();
        return -1;
    }
    if (tls_use_identity(s->ctx, files->cert, files->key, why) != 0)
        return -1;
    s->expires = expiry_of(s->ctx);
    return files->client_ca == NULL ? 0 : ask_for_certificates(s, files->client_ca, why);
}

static void free_files(struct tls_server *s)
{
    SSL_CTX_free(s->ctx);
    X509_STORE_free(s->clients);
}

struct tls_server *tls_server_new(const struct tls_server_files *files, struct tls_trouble *why)
{
    struct tls_server *s = calloc(1, sizeof *s);
    *why = (struct tls_trouble){ .fault = TLS_FAULT_MEMORY, .path = files->cert };
    if (s == NULL)
        return NULL;
    s->generation = 1;
    if (read_files(s, files, why) == 0)
        return s;
    tls_server_free(s);
    return NULL;
}

void tls_server_free(struct tls_server *s)
{
    if (s == NULL)
        return;
    free_files(s);
    free(s);
}

void tls_server_take(struct tls_server *s, struct tls_server *fresh)
{
    free_files(s); /* open connections keep what they use */
    s->ctx = fresh->ctx;
    s->clients = fresh->clients;
    s->expires = fresh->expires;
    s->generation++;
    free(fresh);
}

int tls_server_reload(struct tls_server *s, const struct tls_server_files *files,
                      struct tls_trouble *why)
{
    struct tls_server *fresh = tls_server_new(files, why);
    if (fresh != NULL)
        tls_server_take(s, fresh);
    return fresh == NULL ? -1 : 0;
}

int64_t tls_server_expires(const struct tls_server *s)
{
    return s->expires;
}

/* ---- one connection -------------------------------------------------------------------------- */

struct bufferevent *tls_accept(struct tls_server *s, struct event_base *base)
{
    SSL *ssl = SSL_new(s->ctx);
    if (ssl == NULL) {
        ERR_clear_error();
        return NULL;
    }
    /* It frees ssl if it fails, too. */
    return bufferevent_openssl_socket_new(base, -1, ssl, BUFFEREVENT_SSL_ACCEPTING,
                                          BEV_OPT_CLOSE_ON_FREE);
}

/* Head and body of an answer are two records: the second must not wait until the client has
 * acknowledged the first. */
void tls_adopt(struct bufferevent *b)
{
    int on = 1;
    if (tls_is_on(b))
        setsockopt(bufferevent_getfd(b), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

bool tls_is_on(struct bufferevent *b)
{
    return bufferevent_openssl_get_ssl(b) != NULL;
}

bool tls_is_shaken(struct bufferevent *b)
{
    SSL *ssl = bufferevent_openssl_get_ssl(b);
    return ssl == NULL || SSL_is_init_finished(ssl);
}

uint64_t tls_written(struct bufferevent *b)
{
    SSL *ssl = bufferevent_openssl_get_ssl(b);
    BIO *out = ssl == NULL ? NULL : SSL_get_wbio(ssl);
    return out == NULL ? 0 : BIO_number_written(out);
}

/* The first of a connection's errors that has words; those of libevent itself have none. */
static const char *failure_words(struct bufferevent *b)
{
    const char *words = NULL;
    for (unsigned long e; (e = bufferevent_get_openssl_error(b)) != 0;)
        if (e > SSL_ERROR_WANT_ACCEPT && ERR_reason_error_string(e) != NULL)
            words = ERR_reason_error_string(e);
    return words != NULL ? words : "not done when the connection ended";
}

static void note_failure(struct tls_server *s, struct bufferevent *b)
{
    struct sockaddr_storage address = { 0 };
    socklen_t length = sizeof address;
    char host[NI_MAXHOST] = "?";
    if (getpeername(bufferevent_getfd(b), (struct sockaddr *)&address, &length) == 0)
        getnameinfo((struct sockaddr *)&address, length, host, sizeof host, NULL, 0,
                    NI_NUMERICHOST);
    snprintf(s->last, sizeof s->last, "%.60s: %.100s", host, failure_words(b));
    s->failed++;
}

void tls_leave(struct tls_server *s, struct bufferevent *b)
{
    SSL *ssl = bufferevent_openssl_get_ssl(b);
    BIO *in = ssl == NULL ? NULL : SSL_get_rbio(ssl);
    if (in == NULL)
        return;
    if (SSL_is_init_finished(ssl))
        SSL_shutdown(ssl);
    else if (BIO_number_read(in) > 0)
        note_failure(s, b);
    ERR_clear_error();
}

/* ---- certificates of clients ----------------------------------------------------------------- */

/* NULL, or why the certificate leads to none of the authorities. */
static const char *judge_chain(X509_STORE *store, X509 *cert, STACK_OF(X509) * chain)
{
    const char *fault = "out of memory";
    X509_STORE_CTX *c = X509_STORE_CTX_new();
    if (c != NULL && X509_STORE_CTX_init(c, store, cert, chain) == 1 &&
        X509_STORE_CTX_set_default(c, "ssl_client") == 1) {
        X509_VERIFY_PARAM_set_auth_level(X509_STORE_CTX_get0_param(c), 2); /* 112 bits */
        bool good = X509_verify_cert(c) == 1;
        fault = good ? NULL : X509_verify_cert_error_string(X509_STORE_CTX_get_error(c));
    }
    X509_STORE_CTX_free(c);
    ERR_clear_error();
    return fault;
}

const char *tls_client_fault(const struct tls_server *s, struct bufferevent *b,
                             struct tls_client_verdict *kept)
{
    SSL *ssl = bufferevent_openssl_get_ssl(b);
    X509 *cert = ssl == NULL ? NULL : SSL_get0_peer_certificate(ssl);
    int64_t now = clock_steady();
    if (s->clients == NULL)
        return NULL;
    if (cert == NULL)
        return "there is none";
    if (kept->generation != s->generation || now >= kept->until)
        *kept = (struct tls_client_verdict){
            .generation = s->generation,
            .until = now + VERDICT_MS,
            .fault = judge_chain(s->clients, cert, SSL_get_peer_cert_chain(ssl)),
        };
    return kept->fault;
}

bool tls_client_digest(struct bufferevent *b, uint8_t out[static 32])
{
    SSL *ssl = bufferevent_openssl_get_ssl(b);
    X509 *cert = ssl == NULL ? NULL : SSL_get0_peer_certificate(ssl);
    unsigned n = 0;
    return cert != NULL && X509_digest(cert, EVP_sha256(), out, &n) == 1 && n == 32;
}

/* ---- handshakes that failed ------------------------------------------------------------------ */

bool tls_failures_news(struct tls_server *s, struct tls_failures *out)
{
    int64_t now = clock_steady();
    if (s->failed == s->told || now < s->quiet_until)
        return false;
    out->count = s->failed - s->told;
    snprintf(out->last, sizeof out->last, "%s", s->last);
    s->told = s->failed;
    s->quiet_until = now + QUIET_MS;
    return true;
}

uint64_t tls_failures_total(const struct tls_server *s)
{
    return s->failed;
}
