#include "proto/sys/private_key.h"

#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/process/process.h"
#include "tests/unit/fixture.h"

static const struct sealed_key_cost least = { .memory = SEALED_KEY_MEMORY_MIN, .passes = 1 };

static char dir[64];
static char told[4096];

static void tell(const char *sentence)
{
    snprintf(told, sizeof told, "%s", sentence == NULL ? "memory" : sentence);
}

static struct passphrase_source source(void)
{
    told[0] = 0;
    return (struct passphrase_source){ .file = text_of("%s/pass", dir), .tell = tell };
}

static void put_span(const char *name, struct span text)
{
    int fd = open(text_of("%s/%s", dir, name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text.p, text.n), (ssize_t)text.n);
    close(fd);
}

static void put(const char *name, const char *text)
{
    put_span(name, span_str(text));
}

static int begin(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "/tmp/bitacora-unit.XXXXXX");
    assert_non_null(mkdtemp(dir));
    put("pass", "correct horse\n");
    return 0;
}

static int end(void **state)
{
    (void)state;
    return system(text_of("rm -r %s", dir));
}

/* ---- where secrets are ----------------------------------------------------------------------- */

/* Seed and passphrase are never in this program as they are, but where they are looked for. */
static void mask(uint8_t *p, size_t n)
{
    for (size_t i = 0; i < n; i++)
        p[i] ^= 0xA5;
}

static bool holds_masked(const uint8_t *p, size_t n, const uint8_t *masked, size_t length)
{
    for (size_t i = 0; i + length <= n; i++) {
        size_t k = 0;
        while (k < length && (p[i + k] ^ 0xA5) == masked[k])
            k++;
        if (k == length)
            return true;
    }
    return false;
}

/* How many of the process's writable mappings hold the bytes that these are the mask of. */
static size_t mappings_with(const uint8_t *masked, size_t length)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    unsigned long from, to;
    char line[512], rights[8];
    size_t found = 0;
    assert_non_null(maps);
    assert_true(memory >= 0);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (sscanf(line, "%lx-%lx %7s", &from, &to, rights) != 3 || rights[1] != 'w' ||
            to - from > (1UL << 28))
            continue;
        uint8_t *copy = malloc(to - from);
        assert_non_null(copy);
        ssize_t n = pread(memory, copy, to - from, (off_t)from);
        found += n > 0 && holds_masked(copy, (size_t)n, masked, length);
        sodium_memzero(copy, to - from); /* else the next look would find this one */
        free(copy);
    }
    fclose(maps);
    close(memory);
    return found;
}

/* A fresh key under the passphrase in DIR/key; of its seed only the mask is left. */
static void write_key(uint8_t masked[static 32])
{
    const struct passphrase_source from = source();
    struct skey *key = secret_new(sizeof *key);
    struct buf text;
    assert_non_null(key);
    skey_generate(key, span_str("mx.telco.signer"), KEY_NOTE);
    memcpy(masked, key->secret, 32);
    mask(masked, 32);
    assert_int_equal(private_key_text(&text, key, "key", &least, &from), 0);
    put_span("key", buf_span(&text));
    secret_buf_free(&text);
    private_key_free(key);
}

/* Under a sanitizer two tests are left out: shadows and quarantines of freed memory are no part of
 * the program, and mlock() does nothing there and succeeds. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
static const bool is_sanitized = true;
#else
static const bool is_sanitized = false;
#endif

static void nothing_of_a_key_is_left_once_it_is_freed(void **state)
{
    uint8_t seed[32];
    static uint8_t passphrase[] = "correct horse";
    (void)state;
    mask(passphrase, sizeof passphrase - 1);
    write_key(seed);
    assert_int_equal(mappings_with(seed, sizeof seed), 0);
    const struct passphrase_source from = source();
    struct skey *key = private_key_read(text_of("%s/key", dir), &from);
    assert_non_null(key);
    assert_int_equal(mappings_with(seed, sizeof seed), 1); /* where it is meant to be */
    assert_int_equal(mappings_with(passphrase, sizeof passphrase - 1), 0);
    uint8_t signature[SIGNATURE_BYTES];
    skey_sign(signature, key, span_str("text"));
    assert_true(vkey_verify(&key->vkey, span_str("text"), signature));
    private_key_free(key);
    assert_int_equal(mappings_with(seed, sizeof seed), 0);
}

/* ---- memory for secrets ---------------------------------------------------------------------- */

static size_t locked_kib(void)
{
    char line[256];
    size_t kib = 0;
    FILE *f = fopen("/proc/self/status", "re");
    assert_non_null(f);
    while (fgets(line, sizeof line, f) != NULL)
        sscanf(line, "VmLck: %zu", &kib);
    fclose(f);
    return kib;
}

static void secrets_are_locked_and_hidden(void **state)
{
    (void)state;
    uint8_t *p = secret_new(100);
    assert_non_null(p);
    assert_true(sodium_is_zero(p, 100));
    assert_true(secret_all_locked());
    if (!is_sanitized) {
        assert_true(locked_kib() > 0);
        assert_int_equal(prctl(PR_GET_DUMPABLE), 0);
    }
    secret_free(p);
    assert_int_equal(locked_kib(), 0);
}

static void a_buffer_takes_what_it_was_made_for(void **state)
{
    struct buf b;
    (void)state;
    assert_int_equal(secret_buf_new(&b, 5), 0);
    const uint8_t *at = b.p;
    buf_adds(&b, "12345");
    assert_false(b.failed);
    assert_ptr_equal(b.p, at);
    secret_buf_free(&b);
    assert_null(b.p);
    secret_buf_free(&b);
}

/* In a child: the limit of a process whose user is root does not count, as root may lock. */
static int use_key_without_locks(void)
{
    const struct rlimit none = { 0 };
    if (setrlimit(RLIMIT_MEMLOCK, &none) != 0 || (getuid() == 0 && setuid(65534) != 0))
        return 9;
    uint8_t *p = secret_new(100);
    if (p == NULL)
        return 8;
    memset(p, 1, 100);
    bool locked = secret_all_locked();
    secret_free(p);
    return locked ? 1 : 0;
}

static void where_memory_cannot_be_locked_it_can_be_used(void **state)
{
    int status;
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(use_key_without_locks());
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

/* ---- files ----------------------------------------------------------------------------------- */

static void both_forms_are_read(void **state)
{
    uint8_t masked[32];
    struct vkey public;
    bool encrypted;
    (void)state;
    write_key(masked);
    struct passphrase_source from = source();
    struct skey *key = private_key_read(text_of("%s/key", dir), &from);
    assert_non_null(key);
    struct buf text;
    assert_int_equal(private_key_text(&text, key, "key", NULL, &from), 0);
    put_span("plain", buf_span(&text));
    secret_buf_free(&text);
    struct skey *plain = private_key_read(text_of("%s/plain", dir), &from);
    assert_non_null(plain);
    assert_memory_equal(plain, key, sizeof *key);
    assert_int_equal(private_key_read_vkey(&public, &encrypted, text_of("%s/key", dir), &from), 0);
    assert_true(encrypted && vkey_eq(&public, &key->vkey));
    assert_int_equal(private_key_read_vkey(&public, &encrypted, text_of("%s/plain", dir), &from),
                     0);
    assert_true(!encrypted && vkey_eq(&public, &key->vkey));
    assert_string_equal(told, "");
    private_key_free(plain);
    private_key_free(key);
}

static void refuse_file(const char *name, const char *text, const char *words)
{
    put(name, text);
    const struct passphrase_source from = source();
    assert_null(private_key_read(text_of("%s/%s", dir, name), &from));
    assert_non_null(strstr(told, words));
}

static void what_is_no_key_is_refused(void **state)
{
    uint8_t masked[32];
    (void)state;
    refuse_file("bad", "", "does not begin with PRIVATE+KEY+");
    refuse_file("bad", "bitacora/v2 encrypted-key\n", "it is not of five lines");
    refuse_file("bad", text_of("%0*d", PRIVATE_KEY_TEXT_MAX + 1, 0), "it is too large");
    write_key(masked);
    put("pass", "another\n");
    const struct passphrase_source from = source();
    assert_null(private_key_read(text_of("%s/key", dir), &from));
    assert_non_null(strstr(told, SEALED_KEY_WRONG));
    put("pass", "correct horse\n");
}

static void a_pipe_is_not_waited_for_where_nobody_may_wait(void **state)
{
    (void)state;
    struct passphrase_source from = source();
    from.at_once = true;
    assert_int_equal(mkfifo(text_of("%s/pipe", dir), 0600), 0);
    assert_null(private_key_read(text_of("%s/pipe", dir), &from));
    assert_non_null(strstr(told, "could not be read"));
}

static void a_file_is_replaced_whole(void **state)
{
    struct stat s;
    char text[16] = "";
    (void)state;
    put("old", "before");
    unsigned long others;
    assert_int_equal(chmod(text_of("%s/old", dir), 0640), 0);
    assert_int_equal(private_key_replace(text_of("%s/old", dir), span_str("after"), &others), 0);
    assert_int_equal(others, 0);
    FILE *f = fopen(text_of("%s/old", dir), "re");
    assert_non_null(f);
    assert_int_equal(fread(text, 1, sizeof text - 1, f), strlen("after"));
    assert_string_equal(text, "after");
    fclose(f);
    assert_int_equal(stat(text_of("%s/old", dir), &s), 0);
    assert_int_equal(s.st_mode & 07777, 0600);
    assert_int_equal(private_key_replace(text_of("%s/none", dir), span_str("x"), &others), -1);
    assert_int_equal(private_key_replace(dir, span_str("x"), &others), -1);
}

static void says(FILE *f, const char *text, size_t n)
{
    char got[16] = "";
    rewind(f);
    assert_int_equal(fread(got, 1, sizeof got, f), n);
    assert_memory_equal(got, text, n);
    fclose(f);
}

static void the_former_text_is_overwritten_but_not_under_another_name(void **state)
{
    unsigned long others;
    (void)state;
    put("former", "before");
    FILE *f = fopen(text_of("%s/former", dir), "re");
    assert_int_equal(private_key_replace(text_of("%s/former", dir), span_str("after"), &others), 0);
    assert_int_equal(others, 0);
    says(f, "\0\0\0\0\0\0", 6);
    assert_int_equal(link(text_of("%s/former", dir), text_of("%s/second", dir)), 0);
    assert_int_equal(private_key_replace(text_of("%s/former", dir), span_str("last"), &others), 0);
    assert_int_equal(others, 1);
    says(fopen(text_of("%s/second", dir), "re"), "after", 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_are_locked_and_hidden),
        cmocka_unit_test(a_buffer_takes_what_it_was_made_for),
        cmocka_unit_test(both_forms_are_read),
        cmocka_unit_test(what_is_no_key_is_refused),
        cmocka_unit_test(a_pipe_is_not_waited_for_where_nobody_may_wait),
        cmocka_unit_test(a_file_is_replaced_whole),
        cmocka_unit_test(the_former_text_is_overwritten_but_not_under_another_name),
    };
    const struct CMUnitTest plain[] = {
        cmocka_unit_test(nothing_of_a_key_is_left_once_it_is_freed),
        cmocka_unit_test(where_memory_cannot_be_locked_it_can_be_used),
    };
    if (sodium_init() < 0 || cmocka_run_group_tests(tests, begin, end) != 0)
        return 1;
    return is_sanitized ? 0 : cmocka_run_group_tests(plain, begin, end);
}
