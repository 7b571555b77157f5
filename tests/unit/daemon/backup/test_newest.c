/* newest.h: what shows that a restored store has all that was signed, and what does not. */
#include "daemon/backup/newest.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "proto/tlog/checkpoint.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

#define ENTRIES 300

static struct world *w;
static struct log_own_keys keys;
static char folder[32];

static void write_bytes(const char *path, struct span bytes)
{
    FILE *f = fopen(path, "wx");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

static int begin(void **state)
{
    (void)state;
    w = world_new(ENTRIES);
    own_keys_single(&keys, &w->service.vkey);
    snprintf(folder, sizeof folder, "/tmp/bitacora-unit.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int end(void **state)
{
    (void)state;
    world_free(w);
    unlink(text_of("%s/checkpoint", folder));
    unlink(text_of("%s/policy", folder));
    return rmdir(folder);
}

static struct newest_of restored(void)
{
    return (struct newest_of){ .store = w->service.store, .keys = &keys, .tip = &w->tip };
}

/* What a file that says so shows; by its folder, as a mirror, it shows the same. */
static int shown(struct span bytes)
{
    const struct newest_of n = restored();
    const char *path = text_of("%s/checkpoint", folder);
    unlink(path);
    write_bytes(path, bytes);
    int code = newest_by_checkpoint(&n, path);
    assert_int_equal(newest_by_mirror(&n, folder), code);
    assert_int_equal(newest_by_mirror(&n, text_of("%s///", folder)), code);
    return code;
}

static int shown_of(const struct log *l, size_t size)
{
    struct buf note = { 0 };
    log_checkpoint(&note, l, size);
    int code = shown(buf_span(&note));
    buf_free(&note);
    return code;
}

static void the_newest_and_nothing_else(void **state)
{
    (void)state;
    assert_int_equal(shown_of(&w->log, ENTRIES), 0);
    assert_int_equal(shown_of(&w->log, ENTRIES - 1), EXIT_USAGE); /* it shows nothing behind it */
    assert_int_equal(shown_of(&w->log, 1), EXIT_USAGE);
    log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
    assert_int_equal(shown_of(&w->log, ENTRIES + 1), EXIT_USAGE); /* something newer was signed */
    assert_int_equal(shown_of(&w->log, ENTRIES), 0);
}

static void another_history_of_that_size(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &w->log, ENTRIES - 1);
    log_add(&other, BY(HOLDER, KIND_RESPONSE));
    assert_int_equal(other.n, ENTRIES);
    assert_int_equal(shown_of(&other, ENTRIES), EXIT_USAGE);
    log_free(&other);
}

static int signed_by(const struct skey *key, const char *origin, uint64_t size)
{
    struct buf text = { 0 }, note = { 0 };
    struct hash root;
    log_root(&w->log, ENTRIES, &root);
    checkpoint_format(&text, origin, size, &root);
    note_sign(&note, buf_span(&text), key);
    int code = shown(buf_span(&note));
    buf_free(&text);
    buf_free(&note);
    return code;
}

static void only_a_key_of_the_log_counts(void **state)
{
    const struct skey *own = &w->log.who[THE_LOG].key;
    struct skey later;
    (void)state;
    assert_int_equal(signed_by(own, ORIGIN, ENTRIES), 0);
    assert_int_equal(signed_by(own, "other.example.mx", ENTRIES), EXIT_USAGE);
    assert_int_equal(signed_by(own, ORIGIN, 0), EXIT_USAGE);
    assert_int_equal(signed_by(own, ORIGIN, UINT64_MAX >> 1), EXIT_USAGE);
    skey_generate(&later, span_str(ORIGIN), KEY_NOTE);
    assert_int_equal(signed_by(&later, ORIGIN, ENTRIES), EXIT_USAGE);
    keys.key[1] = later.vkey;
    keys.all.key[1] = &keys.key[1];
    keys.all.n = 2;
    assert_int_equal(signed_by(&later, ORIGIN, ENTRIES), 0); /* one that took over */
}

static void what_is_no_checkpoint_shows_nothing(void **state)
{
    const struct newest_of n = restored();
    struct buf note = { 0 }, longer = { 0 };
    (void)state;
    assert_int_equal(shown(span_str("")), EXIT_USAGE);
    assert_int_equal(shown(span_str("<html>\n")), EXIT_USAGE);
    log_checkpoint(&note, &w->log, ENTRIES);
    for (size_t i = 0; i < note.n; i += every()) {
        note.p[i] ^= 1;
        assert_int_equal(shown(buf_span(&note)), EXIT_USAGE);
        note.p[i] ^= 1;
    }
    buf_add_span(&longer, buf_span(&note));
    while (longer.n <= CHECKPOINT_MAX)
        buf_add_span(&longer, buf_span(&note));
    assert_int_equal(shown(buf_span(&longer)), EXIT_USAGE);
    assert_int_equal(newest_by_checkpoint(&n, folder), EXIT_USAGE);
    assert_int_equal(newest_by_checkpoint(&n, text_of("%s/none", folder)), EXIT_USAGE);
    assert_int_equal(newest_by_mirror(&n, text_of("%s/none", folder)), EXIT_USAGE);
    buf_free(&note);
    buf_free(&longer);
}

static int asked(const char *rest)
{
    const struct newest_of n = restored();
    const char *path = text_of("%s/policy", folder);
    const char *text = text_of("log %s\n%s", vkey_text(&w->log, THE_LOG), rest);
    unlink(path);
    write_bytes(path, span_str(text));
    return newest_by_witnesses(&n, path, 1);
}

static void witnesses_that_cannot_be_asked_show_nothing(void **state)
{
    struct skey key;
    struct buf vkey = { 0 };
    (void)state;
    skey_generate(&key, span_str("w.example.mx"), KEY_COSIGNATURE);
    vkey_format(&vkey, &key.vkey);
    assert_int_equal(asked("quorum none\n"), EXIT_USAGE);
    assert_int_equal(asked(text_of("witness w %s\nquorum w\n", buf_str(&vkey))), EXIT_USAGE);
    assert_int_equal(asked(text_of("witness w %s http://127.0.0.1:1\nquorum w\n", buf_str(&vkey))),
                     EXIT_USAGE);
    assert_int_equal(asked("nonsense\n"), EXIT_USAGE);
    buf_free(&vkey);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_newest_and_nothing_else, begin, end),
        cmocka_unit_test_setup_teardown(another_history_of_that_size, begin, end),
        cmocka_unit_test_setup_teardown(only_a_key_of_the_log_counts, begin, end),
        cmocka_unit_test_setup_teardown(what_is_no_checkpoint_shows_nothing, begin, end),
        cmocka_unit_test_setup_teardown(witnesses_that_cannot_be_asked_show_nothing, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
