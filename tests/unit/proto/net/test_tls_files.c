#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/net/tls_files.h"
#include "proto/sys/language.h"
#include "tests/unit/certificates.h"

static struct issued ca, server;
static const char *ca_file, *cert_file, *key_file;

static int begin(void **state)
{
    if (certificates_begin(state) != 0)
        return -1;
    ca = certificate_issue("authority", NULL, 10, true);
    server = certificate_issue("log.example.mx", &ca, 10, false);
    ca_file = certificate_write("ca.pem", &ca);
    cert_file = certificate_write("cert.pem", &server);
    key_file = certificate_write_key("key.pem", &server, NULL);
    return 0;
}

static int end(void **state)
{
    certificate_free(&ca);
    certificate_free(&server);
    return certificates_end(state);
}

static int use(const char *cert, const char *key, struct tls_trouble *why)
{
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    int result = tls_use_identity(ctx, cert, key, why);
    SSL_CTX_free(ctx);
    assert_int_equal(ERR_peek_error(), 0); /* nothing is left for whoever comes next */
    return result;
}

/* In both languages the sentence names the file. */
static void is_refused(const char *cert, const char *key, enum tls_fault fault, const char *path)
{
    struct tls_trouble why;
    if (use(cert, key, &why) == 0)
        fail_msg("%s and %s were taken", cert, key);
    assert_int_equal(why.fault, fault);
    assert_string_equal(why.path, path);
    for (enum language l = LANGUAGE_EN; l <= LANGUAGE_ES; l++) {
        struct buf words = { 0 };
        language_set(l);
        tls_trouble_words(&words, &why);
        assert_non_null(strstr(buf_str(&words), path));
        buf_free(&words);
    }
    language_set(LANGUAGE_EN);
}

static void a_certificate_and_its_key_are_taken(void **state)
{
    struct tls_trouble why;
    (void)state;
    assert_int_equal(use(cert_file, key_file, &why), 0);
}

static void a_chain_is_taken_with_its_own_certificate_first(void **state)
{
    struct tls_trouble why;
    struct issued middle = certificate_issue("middle", &ca, 10, true);
    struct issued leaf = certificate_issue("leaf", &middle, 10, false);
    const char *chain = certificate_write("chain.pem", &leaf);
    FILE *f = fopen(chain, "a");
    (void)state;
    PEM_write_X509(f, middle.cert);
    fclose(f);
    const char *key = certificate_write_key("leaf.key", &leaf, NULL);
    SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
    STACK_OF(X509) * more;
    assert_int_equal(tls_use_identity(ctx, chain, key, &why), 0);
    assert_int_equal(X509_cmp(SSL_CTX_get0_certificate(ctx), leaf.cert), 0);
    SSL_CTX_get0_chain_certs(ctx, &more);
    assert_int_equal(sk_X509_num(more), 1);
    assert_int_equal(X509_cmp(sk_X509_value(more, 0), middle.cert), 0);
    SSL_CTX_free(ctx);
    certificate_free(&middle);
    certificate_free(&leaf);
}

static void what_cannot_be_used_is_named(void **state)
{
    struct issued other = certificate_issue("other", NULL, 10, false);
    const char *other_key = certificate_write_key("other.key", &other, NULL);
    const char *sealed = certificate_write_key("sealed.key", &server, "a passphrase");
    const char *empty = certificate_write_text("empty", "");
    const char *words = certificate_write_text("words", "no certificate\n");
    const char *torn = certificate_write_text(
        "torn", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    const char *torn_key = certificate_write_text(
        "torn.key", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
    (void)state;
    is_refused("/nowhere/cert.pem", key_file, TLS_FAULT_UNREADABLE, "/nowhere/cert.pem");
    is_refused(cert_file, "/nowhere/key.pem", TLS_FAULT_UNREADABLE, "/nowhere/key.pem");
    is_refused(certificates_dir(), key_file, TLS_FAULT_UNREADABLE, certificates_dir());
    is_refused(empty, key_file, TLS_FAULT_NO_CERTIFICATE, empty);
    is_refused(words, key_file, TLS_FAULT_NO_CERTIFICATE, words);
    is_refused(key_file, key_file, TLS_FAULT_NO_CERTIFICATE, key_file);
    is_refused(torn, key_file, TLS_FAULT_FORM, torn);
    is_refused(cert_file, empty, TLS_FAULT_NO_KEY, empty);
    is_refused(cert_file, words, TLS_FAULT_NO_KEY, words);
    is_refused(cert_file, torn_key, TLS_FAULT_FORM, torn_key);
    is_refused(cert_file, other_key, TLS_FAULT_MISMATCH, other_key);
    is_refused(cert_file, sealed, TLS_FAULT_KEY_ENCRYPTED, sealed);
    certificate_free(&other);
}

static void a_file_that_is_too_long_is_not_read(void **state)
{
    const char *path = certificate_write("long.pem", &server);
    (void)state;
    assert_int_equal(truncate(path, TLS_FILE_MAX + 1), 0);
    is_refused(path, key_file, TLS_FAULT_UNREADABLE, path);
}

static void a_key_that_everybody_can_get_at_is_not_taken(void **state)
{
    static const mode_t open_modes[] = { 0604, 0602, 0601, 0644, 0666 };
    static const mode_t closed_modes[] = { 0600, 0400, 0640, 0440 };
    const char *path = certificate_write_key("mode.key", &server, NULL);
    struct tls_trouble why;
    (void)state;
    for (size_t i = 0; i < sizeof open_modes / sizeof *open_modes; i++) {
        assert_int_equal(chmod(path, open_modes[i]), 0);
        is_refused(cert_file, path, TLS_FAULT_KEY_OPEN, path);
    }
    for (size_t i = 0; i < sizeof closed_modes / sizeof *closed_modes; i++) {
        assert_int_equal(chmod(path, closed_modes[i]), 0);
        assert_int_equal(use(cert_file, path, &why), 0);
    }
}

static void authorities_are_read_with_their_names(void **state)
{
    struct tls_trouble why;
    STACK_OF(X509_NAME) * names;
    (void)state;
    X509_STORE *store = tls_read_authorities(ca_file, &names, &why);
    assert_non_null(store);
    assert_int_equal(sk_X509_NAME_num(names), 1);
    assert_int_equal(X509_NAME_cmp(sk_X509_NAME_value(names, 0), X509_get_subject_name(ca.cert)),
                     0);
    sk_X509_NAME_pop_free(names, X509_NAME_free);
    X509_STORE_free(store);
}

static void a_file_without_authorities_is_refused(void **state)
{
    const char *words = certificate_write_text("words", "no certificate\n");
    struct tls_trouble why;
    (void)state;
    assert_null(tls_read_authorities(words, NULL, &why));
    assert_int_equal(why.fault, TLS_FAULT_NO_CERTIFICATE);
    assert_null(tls_read_authorities(key_file, NULL, &why));
    assert_int_equal(why.fault, TLS_FAULT_NO_CERTIFICATE);
    assert_null(tls_read_authorities("/nowhere/ca.pem", NULL, &why));
    assert_int_equal(why.fault, TLS_FAULT_UNREADABLE);
    const char *torn = certificate_write_text(
        "torn", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    assert_null(tls_read_authorities(torn, NULL, &why));
    assert_int_equal(why.fault, TLS_FAULT_FORM);
    assert_int_equal(ERR_peek_error(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_certificate_and_its_key_are_taken),
        cmocka_unit_test(a_chain_is_taken_with_its_own_certificate_first),
        cmocka_unit_test(what_cannot_be_used_is_named),
        cmocka_unit_test(a_file_that_is_too_long_is_not_read),
        cmocka_unit_test(a_key_that_everybody_can_get_at_is_not_taken),
        cmocka_unit_test(authorities_are_read_with_their_names),
        cmocka_unit_test(a_file_without_authorities_is_refused),
    };
    return cmocka_run_group_tests(tests, begin, end);
}
