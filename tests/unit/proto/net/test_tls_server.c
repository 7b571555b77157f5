#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <event2/buffer.h>
#include <event2/event.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "proto/net/tls_server.h"
#include "tests/unit/certificates.h"

static struct issued ca, server, client, stranger, late, strange_ca;
static struct tls_server_files files;
static struct event_base *base;

static int begin(void **state)
{
    if (certificates_begin(state) != 0)
        return -1;
    ca = certificate_issue("authority", NULL, 10, true);
    server = certificate_issue("log.example.mx", &ca, 10, false);
    client = certificate_issue("client", &ca, 10, false);
    late = certificate_issue("late", &ca, -1, false);
    strange_ca = certificate_issue("another authority", NULL, 10, true);
    stranger = certificate_issue("stranger", &strange_ca, 10, false);
    files.cert = certificate_write("cert.pem", &server);
    files.key = certificate_write_key("key.pem", &server, NULL);
    base = event_base_new();
    return base == NULL ? -1 : 0;
}

static int end(void **state)
{
    struct issued *all[] = { &ca, &server, &client, &stranger, &late, &strange_ca };
    for (size_t i = 0; i < sizeof all / sizeof *all; i++)
        certificate_free(all[i]);
    event_base_free(base);
    return certificates_end(state);
}

/* ---- two ends -------------------------------------------------------------------------------- */

/* One connection: a bufferevent of the server, and an SSL of a client that is what a test makes of
 * it. */
struct link {
    struct bufferevent *b;
    int fd; /* the client's */
    SSL_CTX *ctx;
    SSL *ssl;
};

static struct tls_server *new_server(const struct tls_server_files *f)
{
    struct tls_trouble why;
    struct tls_server *s = tls_server_new(f, &why);
    assert_non_null(s);
    return s;
}

static struct link connect_to(struct tls_server *s)
{
    struct link l = { .b = tls_accept(s, base), .ctx = SSL_CTX_new(TLS_client_method()) };
    int fd[2];
    assert_true(l.b != NULL && l.ctx != NULL);
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, fd), 0);
    assert_int_equal(bufferevent_setfd(l.b, fd[0]), 0);
    bufferevent_enable(l.b, EV_READ | EV_WRITE);
    l.fd = fd[1];
    return l;
}

static void hang_up(struct tls_server *s, struct link *l)
{
    tls_leave(s, l->b);
    bufferevent_free(l->b);
    event_base_loop(base, EVLOOP_NONBLOCK);
    SSL_free(l->ssl);
    SSL_CTX_free(l->ctx);
    close(l->fd);
}

/* Lets both go on until neither can. Returns whether the client's handshake ended well. */
static bool shake(struct link *l)
{
    int done = 0;
    if (l->ssl == NULL) {
        l->ssl = SSL_new(l->ctx);
        SSL_set_fd(l->ssl, l->fd);
        SSL_set_connect_state(l->ssl);
    }
    for (int i = 0; i < 8; i++) {
        done = SSL_do_handshake(l->ssl);
        event_base_loop(base, EVLOOP_NONBLOCK);
    }
    ERR_clear_error();
    return done == 1;
}

/* What the client gets of a text that the server sends. */
static bool hears(struct link *l, const char *text)
{
    char got[64] = { 0 };
    evbuffer_add(bufferevent_get_output(l->b), text, strlen(text));
    event_base_loop(base, EVLOOP_NONBLOCK);
    return SSL_read(l->ssl, got, sizeof got - 1) > 0 && strcmp(got, text) == 0;
}

static bool says(struct link *l, const char *text)
{
    char got[64] = { 0 };
    if (SSL_write(l->ssl, text, (int)strlen(text)) <= 0)
        return false;
    event_base_loop(base, EVLOOP_NONBLOCK);
    evbuffer_remove(bufferevent_get_input(l->b), got, sizeof got - 1);
    return strcmp(got, text) == 0;
}

/* ---- what is spoken -------------------------------------------------------------------------- */

static void version_1_3_is_spoken_both_ways(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link l = connect_to(s);
    (void)state;
    assert_true(tls_is_on(l.b));
    assert_false(tls_is_shaken(l.b));
    assert_true(shake(&l));
    assert_true(tls_is_shaken(l.b));
    assert_string_equal(SSL_get_version(l.ssl), "TLSv1.3");
    uint64_t written = tls_written(l.b);
    assert_true(hears(&l, "an answer"));
    assert_true(tls_written(l.b) > written);
    assert_true(says(&l, "a question"));
    hang_up(s, &l);
    tls_server_free(s);
}

static void an_older_version_is_refused(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link l = connect_to(s);
    struct tls_failures failures;
    (void)state;
    SSL_CTX_set_max_proto_version(l.ctx, TLS1_2_VERSION);
    assert_false(shake(&l));
    hang_up(s, &l);
    assert_true(tls_failures_news(s, &failures));
    assert_non_null(strstr(failures.last, "unsupported protocol"));
    tls_server_free(s);
}

static void only_http_1_1_is_agreed_on(void **state)
{
    static const struct {
        const char *offered;
        bool taken;
    } cases[] = { { "\x08http/1.1", true },
                  { "\x02h2\x08http/1.1", true },
                  { "\x08http/1.1\x02h2", true },
                  { "\x02h2", false },
                  { "\x08http/1.0", false } };
    struct tls_server *s = new_server(&files);
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct link l = connect_to(s);
        const unsigned char *chosen;
        unsigned n;
        SSL_CTX_set_alpn_protos(l.ctx, (const unsigned char *)cases[i].offered,
                                (unsigned)strlen(cases[i].offered));
        assert_int_equal(shake(&l), cases[i].taken);
        if (cases[i].taken) {
            SSL_get0_alpn_selected(l.ssl, &chosen, &n);
            assert_int_equal(n, 8);
            assert_memory_equal(chosen, "http/1.1", 8);
        }
        hang_up(s, &l);
    }
    tls_server_free(s);
}

static unsigned tickets;

static int count_ticket(SSL *ssl, SSL_SESSION *session)
{
    (void)ssl, (void)session;
    tickets++;
    return 0;
}

static void no_session_can_be_taken_up_again(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link l = connect_to(s);
    (void)state;
    SSL_CTX_set_session_cache_mode(l.ctx, SSL_SESS_CACHE_CLIENT);
    SSL_CTX_sess_set_new_cb(l.ctx, count_ticket);
    assert_true(shake(&l));
    assert_true(hears(&l, "an answer"));
    assert_int_equal(tickets, 0);
    hang_up(s, &l);
    tls_server_free(s);
}

static void slow_key_exchanges_are_not_offered(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link l = connect_to(s);
    (void)state;
    assert_int_equal(SSL_CTX_set1_groups_list(l.ctx, "ffdhe8192:P-521:X448"), 1);
    assert_false(shake(&l));
    hang_up(s, &l);
    tls_server_free(s);
}

static void the_end_is_told(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link l = connect_to(s);
    char byte;
    (void)state;
    assert_true(shake(&l));
    tls_leave(s, l.b);
    assert_int_equal(SSL_read(l.ssl, &byte, 1), 0);
    assert_int_equal(SSL_get_error(l.ssl, 0), SSL_ERROR_ZERO_RETURN);
    hang_up(s, &l);
    assert_int_equal(tls_failures_total(s), 0);
    tls_server_free(s);
}

static void a_plain_connection_is_none(void **state)
{
    struct bufferevent *b = bufferevent_socket_new(base, -1, 0);
    (void)state;
    assert_false(tls_is_on(b));
    assert_true(tls_is_shaken(b));
    assert_int_equal(tls_written(b), 0);
    tls_adopt(b);
    bufferevent_free(b);
}

/* ---- reading the files again ----------------------------------------------------------------- */

static void a_reload_is_for_those_who_come_later(void **state)
{
    struct tls_server *s = new_server(&files);
    struct link before = connect_to(s);
    struct issued fresh = certificate_issue("log.example.mx", &ca, 20, false);
    const struct tls_server_files renewed = { .cert = certificate_write("new.pem", &fresh),
                                              .key =
                                                  certificate_write_key("new.key", &fresh, NULL) };
    struct tls_trouble why;
    int64_t expires = tls_server_expires(s);
    (void)state;
    assert_true(shake(&before));
    assert_int_equal(tls_server_reload(s, &renewed, &why), 0);
    assert_int_equal((tls_server_expires(s) - expires + 43200) / 86400, 10);
    assert_true(hears(&before, "an answer"));
    struct link after = connect_to(s);
    assert_true(shake(&after));
    assert_int_equal(X509_cmp(SSL_get0_peer_certificate(before.ssl), server.cert), 0);
    assert_int_equal(X509_cmp(SSL_get0_peer_certificate(after.ssl), fresh.cert), 0);
    hang_up(s, &before);
    hang_up(s, &after);
    tls_server_free(s);
    certificate_free(&fresh);
}

static void what_cannot_be_read_changes_nothing(void **state)
{
    struct tls_server *s = new_server(&files);
    const struct tls_server_files torn[] = {
        { .cert = "/nowhere.pem", .key = files.key },
        { .cert = files.cert, .key = certificate_write_key("other.key", &client, NULL) },
        { .cert = files.cert, .key = files.key, .client_ca = files.key },
    };
    struct tls_trouble why;
    (void)state;
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        assert_int_equal(tls_server_reload(s, &torn[i], &why), -1);
        struct link l = connect_to(s);
        assert_true(shake(&l));
        assert_int_equal(X509_cmp(SSL_get0_peer_certificate(l.ssl), server.cert), 0);
        hang_up(s, &l);
    }
    assert_null(tls_server_new(&torn[0], &why));
    tls_server_free(s);
}

/* ---- certificates of clients ----------------------------------------------------------------- */

/* The fault of a client with that certificate (NULL: none). */
static const char *fault_of(struct tls_server *s, const struct issued *who)
{
    struct link l = connect_to(s);
    struct tls_client_verdict kept = { 0 };
    if (who != NULL) {
        SSL_CTX_use_certificate(l.ctx, who->cert);
        SSL_CTX_use_PrivateKey(l.ctx, who->key);
    }
    assert_true(shake(&l)); /* whoever it is: reading needs no certificate */
    assert_true(hears(&l, "an answer"));
    const char *fault = tls_client_fault(s, l.b, &kept);
    assert_ptr_equal(tls_client_fault(s, l.b, &kept), fault);
    hang_up(s, &l);
    return fault;
}

static void whoever_has_a_good_certificate_may_submit(void **state)
{
    struct tls_server_files asking = files;
    (void)state;
    asking.client_ca = certificate_write("clients.pem", &ca);
    struct tls_server *s = new_server(&asking);
    assert_null(fault_of(s, &client));
    assert_string_equal(fault_of(s, NULL), "there is none");
    assert_non_null(fault_of(s, &stranger));
    assert_string_equal(fault_of(s, &late), "certificate has expired");
    tls_server_free(s);
}

static void without_client_ca_all_may(void **state)
{
    struct tls_server *s = new_server(&files);
    (void)state;
    assert_null(fault_of(s, NULL));
    assert_null(fault_of(s, &stranger));
    tls_server_free(s);
}

static void a_server_s_certificate_is_no_client_s(void **state)
{
    struct tls_server_files asking = files;
    struct issued wrong = certificate_issue("for a server", &ca, 10, false);
    (void)state;
    X509_EXTENSION_free(
        X509_delete_ext(wrong.cert, X509_get_ext_by_NID(wrong.cert, NID_ext_key_usage, -1)));
    X509_EXTENSION *e = X509V3_EXT_nconf_nid(NULL, NULL, NID_ext_key_usage, "serverAuth");
    X509_add_ext(wrong.cert, e, -1);
    X509_EXTENSION_free(e);
    assert_true(X509_sign(wrong.cert, ca.key, EVP_sha256()) > 0);
    asking.client_ca = certificate_write("clients.pem", &ca);
    struct tls_server *s = new_server(&asking);
    assert_non_null(fault_of(s, &wrong));
    tls_server_free(s);
    certificate_free(&wrong);
}

/* A connection that is open when its certificate is revoked may submit no more. */
static void a_revoked_certificate_ends_with_the_reload(void **state)
{
    struct tls_server_files asking = files;
    struct tls_client_verdict kept = { 0 };
    struct tls_trouble why;
    (void)state;
    asking.client_ca = certificate_write_list("clients.pem", &ca, NULL);
    struct tls_server *s = new_server(&asking);
    struct link l = connect_to(s);
    SSL_CTX_use_certificate(l.ctx, client.cert);
    SSL_CTX_use_PrivateKey(l.ctx, client.key);
    assert_true(shake(&l));
    assert_null(tls_client_fault(s, l.b, &kept));
    asking.client_ca = certificate_write_list("clients.pem", &ca, &client);
    assert_int_equal(tls_server_reload(s, &asking, &why), 0);
    assert_string_equal(tls_client_fault(s, l.b, &kept), "certificate revoked");
    hang_up(s, &l);
    assert_string_equal(fault_of(s, &client), "certificate revoked");
    tls_server_free(s);
}

/* ---- handshakes that fail -------------------------------------------------------------------- */

static void failures_are_told_of_once_a_minute(void **state)
{
    struct tls_server *s = new_server(&files);
    struct tls_failures failures;
    (void)state;
    assert_false(tls_failures_news(s, &failures));
    for (int i = 0; i < 3; i++) {
        struct link l = connect_to(s);
        assert_int_equal(write(l.fd, "GET / HTTP/1.1\r\n\r\n", 18), 18);
        event_base_loop(base, EVLOOP_NONBLOCK);
        assert_false(tls_is_shaken(l.b));
        hang_up(s, &l);
        assert_int_equal(tls_failures_news(s, &failures), i == 0);
        assert_int_equal(failures.count, 1);
        assert_non_null(strstr(failures.last, "http request"));
    }
    assert_int_equal(tls_failures_total(s), 3);
    tls_server_free(s);
}

static void half_a_handshake_is_a_failure_and_no_byte_is_none(void **state)
{
    struct tls_server *s = new_server(&files);
    struct tls_failures failures;
    struct link l = connect_to(s);
    (void)state;
    event_base_loop(base, EVLOOP_NONBLOCK);
    hang_up(s, &l);
    assert_int_equal(tls_failures_total(s), 0);
    l = connect_to(s);
    assert_int_equal(write(l.fd, "\x16\x03\x01\x02\x00\x01", 6), 6);
    event_base_loop(base, EVLOOP_NONBLOCK);
    hang_up(s, &l);
    assert_int_equal(tls_failures_total(s), 1);
    assert_true(tls_failures_news(s, &failures));
    tls_server_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(version_1_3_is_spoken_both_ways),
        cmocka_unit_test(an_older_version_is_refused),
        cmocka_unit_test(only_http_1_1_is_agreed_on),
        cmocka_unit_test(no_session_can_be_taken_up_again),
        cmocka_unit_test(slow_key_exchanges_are_not_offered),
        cmocka_unit_test(the_end_is_told),
        cmocka_unit_test(a_plain_connection_is_none),
        cmocka_unit_test(a_reload_is_for_those_who_come_later),
        cmocka_unit_test(what_cannot_be_read_changes_nothing),
        cmocka_unit_test(whoever_has_a_good_certificate_may_submit),
        cmocka_unit_test(without_client_ca_all_may),
        cmocka_unit_test(a_server_s_certificate_is_no_client_s),
        cmocka_unit_test(a_revoked_certificate_ends_with_the_reload),
        cmocka_unit_test(failures_are_told_of_once_a_minute),
        cmocka_unit_test(half_a_handshake_is_a_failure_and_no_byte_is_none),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
