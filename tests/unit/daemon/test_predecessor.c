/* predecessor.h: which log a new one goes on from, and what is no such log. */
#include "daemon/predecessor.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "proto/base/base64.h"
#include "proto/base/limits.h"
#include "proto/judge/integrity.h"
#include "proto/sys/language.h"
#include "tests/unit/fixture.h"

#define NEW_ORIGIN "log.example.mx/next"

struct desk {
    struct log log; /* the old one */
    struct vkey vkey;
    char folder[32];
    int kept; /* standard error */
};

static const char *path_of(const struct desk *d, const char *name)
{
    return text_of("%s/%s", d->folder, name);
}

static void put(const struct desk *d, const char *name, struct span bytes)
{
    FILE *f = fopen(path_of(d, name), "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fchmod(fileno(f), 0600), 0);
    assert_int_equal(fclose(f), 0);
}

/* The files that init is given: a checkpoint, and the old log's key in each of its forms. */
static int desk_open(void **state)
{
    struct desk *d = calloc(1, sizeof *d);
    struct buf b = { 0 };
    struct skey fresh;
    log_fill(&d->log, 12);
    skey_generate(&fresh, span_str(NEW_ORIGIN), KEY_NOTE);
    d->vkey = fresh.vkey;
    strcpy(d->folder, "/tmp/bitacora-next.XXXXXX");
    assert_non_null(mkdtemp(d->folder));
    log_checkpoint(&b, &d->log, 12);
    put(d, "checkpoint", buf_span(&b));
    buf_clear(&b);
    skey_format(&b, &d->log.who[THE_LOG].key);
    put(d, "private", buf_span(&b));
    put(d, "public", span_str(vkey_text(&d->log, THE_LOG)));
    put(d, "lines", span_str(text_of("%s\r\n\n", vkey_text(&d->log, THE_LOG))));
    put(d, "policy",
        span_str(text_of("log %s\nlog %s\nquorum none\n", vkey_text(&d->log, STRANGER),
                         vkey_text(&d->log, THE_LOG))));
    buf_free(&b);
    language_set(LANGUAGE_EN);
    fflush(stderr);
    d->kept = dup(STDERR_FILENO);
    assert_non_null(freopen(path_of(d, "said"), "w", stderr));
    *state = d;
    return 0;
}

static int desk_close(void **state)
{
    static const char *const names[] = { "checkpoint", "private", "public", "lines",
                                         "policy",     "other",   "said" };
    struct desk *d = *state;
    fflush(stderr);
    dup2(d->kept, STDERR_FILENO);
    close(d->kept);
    for (size_t i = 0; i < COUNT(names); i++)
        unlink(path_of(d, names[i]));
    assert_int_equal(rmdir(d->folder), 0);
    log_free(&d->log);
    free(d);
    return 0;
}

static int make(const struct desk *d, json_t **out, const char *checkpoint, const char *key,
                const char *origin)
{
    const struct predecessor p = { .checkpoint = path_of(d, checkpoint),
                                   .key = path_of(d, key),
                                   .origin = origin,
                                   .vkey = &d->vkey };
    *out = NULL;
    return predecessor_make(out, &p);
}

static const char *text_in(const json_t *o, const char *name)
{
    return json_string_value(json_object_get(o, name));
}

static void expect_member(const struct desk *d, const json_t *o)
{
    char root[64];
    struct hash h;
    log_root(&d->log, 12, &h);
    base64_encode(root, h.b, HASH_BYTES);
    assert_string_equal(text_in(o, "origin"), ORIGIN);
    assert_string_equal(text_in(o, "vkey"), vkey_text(&d->log, THE_LOG));
    assert_int_equal(json_integer_value(json_object_get(o, "size")), 12);
    assert_string_equal(text_in(o, "root"), root);
}

static void by_the_public_key_it_is_named(void **state)
{
    static const char *const keys[] = { "public", "lines", "policy" };
    struct desk *d = *state;
    json_t *o;
    for (size_t i = 0; i < COUNT(keys); i++) {
        assert_int_equal(make(d, &o, "checkpoint", keys[i], NEW_ORIGIN), 0);
        expect_member(d, o);
        assert_int_equal(json_object_size(o), 4); /* and no proof */
        json_decref(o);
    }
}

/* FORMATS, 9.2. */
static void by_the_private_key_it_is_proven(void **state)
{
    struct desk *d = *state;
    struct buf text = { 0 };
    uint8_t signature[SIGNATURE_BYTES];
    json_t *o;
    assert_int_equal(make(d, &o, "checkpoint", "private", NEW_ORIGIN), 0);
    expect_member(d, o);
    assert_int_equal(json_object_size(o), 5);
    buf_addf(&text, "bitacora/v1 succession\n%s\n12\n%s\n%s\n", ORIGIN, text_in(o, "root"),
             NEW_ORIGIN);
    vkey_format(&text, &d->vkey);
    buf_adds(&text, "\n");
    assert_int_equal(
        base64_decode_exact(signature, sizeof signature, span_str(text_in(o, "proof"))), 0);
    assert_true(vkey_verify(&d->log.who[THE_LOG].key.vkey, buf_span(&text), signature));
    buf_free(&text);
    json_decref(o);
}

/* Fails unless it is refused, and the words name the file. */
static void expect_refused(const struct desk *d, const char *checkpoint, const char *key,
                           const char *origin, const char *words)
{
    char said[1024] = "";
    json_t *o;
    fflush(stderr);
    assert_int_equal(ftruncate(STDERR_FILENO, 0), 0);
    rewind(stderr);
    assert_int_equal(make(d, &o, checkpoint, key, origin), EXIT_USAGE);
    assert_null(o);
    fflush(stderr);
    FILE *f = fopen(path_of(d, "said"), "rb");
    assert_non_null(f);
    size_t n = fread(said, 1, sizeof said - 1, f);
    said[n] = 0;
    fclose(f);
    if (strstr(said, words) == NULL)
        fail_msg("no '%s' in: %s", words, said);
}

static void another_key_did_not_sign_it(void **state)
{
    struct desk *d = *state;
    struct buf b = { 0 };
    const char *words = "it is not signed by the key that --predecessor-key names";
    skey_format(&b, &d->log.who[STRANGER].key);
    put(d, "other", buf_span(&b));
    expect_refused(d, "checkpoint", "other", NEW_ORIGIN, words);
    put(d, "other", span_str(vkey_text(&d->log, STRANGER)));
    expect_refused(d, "checkpoint", "other", NEW_ORIGIN, words);
    put(d, "other", span_str(text_of("log %s\nquorum none\n", vkey_text(&d->log, STRANGER))));
    expect_refused(d, "checkpoint", "other", NEW_ORIGIN, words);
    put(d, "other", span_str("neither key nor policy\n"));
    expect_refused(d, "checkpoint", "other", NEW_ORIGIN, words);
    put(d, "other", span_str(""));
    expect_refused(d, "checkpoint", "other", NEW_ORIGIN, words);
    buf_free(&b);
}

static void an_altered_checkpoint_is_not_signed(void **state)
{
    struct desk *d = *state;
    struct buf b = { 0 };
    log_checkpoint(&b, &d->log, 12);
    uint8_t *size = memchr(b.p, '\n', b.n);
    size[2] = '1'; /* 11 */
    put(d, "other", buf_span(&b));
    expect_refused(d, "other", "private", NEW_ORIGIN, "it is not signed");
    buf_free(&b);
}

static void a_private_key_is_its_owners_alone(void **state)
{
    struct desk *d = *state;
    assert_int_equal(chmod(path_of(d, "private"), 0640), 0);
    expect_refused(d, "checkpoint", "private", NEW_ORIGIN, "has mode 0640");
}

static void what_is_no_checkpoint(void **state)
{
    struct desk *d = *state;
    struct buf empty = { 0 };
    static uint8_t many[CHECKPOINT_MAX + 1];
    const char *words = "it is no checkpoint of a log";
    put(d, "other", span_str("nothing\n"));
    expect_refused(d, "other", "private", NEW_ORIGIN, words);
    expect_refused(d, "policy", "private", NEW_ORIGIN, words);
    log_checkpoint(&empty, &d->log, 0); /* nobody goes on from nothing */
    put(d, "other", buf_span(&empty));
    expect_refused(d, "other", "private", NEW_ORIGIN, words);
    put(d, "other", span_of(many, sizeof many));
    expect_refused(d, "other", "private", NEW_ORIGIN, path_of(d, "other"));
    buf_free(&empty);
}

static void a_successor_has_an_origin_of_its_own(void **state)
{
    struct desk *d = *state;
    expect_refused(d, "checkpoint", "private", ORIGIN, "a successor has one of its own");
}

/* A checkpoint that says another origin than its key's name is nobody's. */
static void the_origin_is_the_name_of_its_key(void **state)
{
    struct desk *d = *state;
    struct buf text = { 0 }, note = { 0 };
    struct hash root;
    log_root(&d->log, 12, &root);
    buf_adds(&text, "log.example.mx/another\n12\n");
    buf_add_base64(&text, root.b, HASH_BYTES);
    buf_adds(&text, "\n");
    note_sign(&note, buf_span(&text), &d->log.who[THE_LOG].key);
    put(d, "other", buf_span(&note));
    expect_refused(d, "other", "private", NEW_ORIGIN, "its origin is not the name of its key");
    expect_refused(d, "other", "public", NEW_ORIGIN, "its origin is not the name of its key");
    buf_free(&text);
    buf_free(&note);
}

static void files_that_are_not_there_are_named(void **state)
{
    struct desk *d = *state;
    expect_refused(d, "none", "private", NEW_ORIGIN, path_of(d, "none"));
    expect_refused(d, "checkpoint", "none", NEW_ORIGIN, path_of(d, "none"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, desk_open, desk_close)
    const struct CMUnitTest tests[] = {
        TEST(by_the_public_key_it_is_named),        TEST(by_the_private_key_it_is_proven),
        TEST(another_key_did_not_sign_it),          TEST(an_altered_checkpoint_is_not_signed),
        TEST(a_private_key_is_its_owners_alone),    TEST(what_is_no_checkpoint),
        TEST(a_successor_has_an_origin_of_its_own), TEST(the_origin_is_the_name_of_its_key),
        TEST(files_that_are_not_there_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
