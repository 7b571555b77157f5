/* own_keys.h: the keys that a log has had, of its first entry and of DIR/log.keys. */
#include "daemon/state/own_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

static enum store_result read_with(struct world *w, const char *lines, struct log_own_keys *out,
                                   const char **cause)
{
    char dir[] = "/tmp/bitacora-unit.XXXXXX";
    struct store_txn *t;
    assert_non_null(mkdtemp(dir));
    const char *path = text_of("%s/log.keys", dir);
    if (lines != NULL) {
        FILE *f = fopen(path, "w");
        assert_non_null(f);
        fputs(lines, f);
        fclose(f);
    }
    assert_int_equal(store_begin(&t, w->service.store, STORE_READ), STORE_OK);
    enum store_result r = own_keys_read(out, t, dir, cause);
    store_end(t);
    unlink(path);
    assert_int_equal(rmdir(dir), 0);
    return r;
}

static void another_key(struct skey *key, const char *name)
{
    skey_generate(key, span_str(name), KEY_NOTE);
}

static const char *line_of(const struct skey *key)
{
    struct buf b = { 0 };
    vkey_format(&b, &key->vkey);
    const char *text = text_of("%s\n", buf_str(&b));
    buf_free(&b);
    return text;
}

static void lists_genesis_first(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct log_own_keys keys;
    struct skey second, stranger;
    const char *cause;
    another_key(&second, ORIGIN);
    another_key(&stranger, ORIGIN);
    assert_int_equal(read_with(w, NULL, &keys, &cause), STORE_OK);
    assert_int_equal(keys.all.n, 1);
    assert_true(vkey_eq(keys.all.key[0], &w->service.vkey));
    assert_int_equal(read_with(w, line_of(&second), &keys, &cause), STORE_OK);
    assert_int_equal(keys.all.n, 2);
    assert_true(vkey_eq(keys.all.key[0], &w->service.vkey));
    assert_true(vkey_eq(keys.all.key[1], &second.vkey));
    assert_non_null(own_keys_find(&keys, &second.vkey));
    assert_null(own_keys_find(&keys, &stranger.vkey));
    world_free(w);
}

static void says_who_signed(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct log_own_keys keys;
    struct skey key[2];
    struct buf note = { 0 };
    struct note parsed;
    struct refusal why;
    const char *cause;
    another_key(&key[0], ORIGIN);
    another_key(&key[1], ORIGIN);
    assert_int_equal(read_with(w, line_of(&key[0]), &keys, &cause), STORE_OK);
    for (size_t i = 0; i < 2; i++) {
        buf_clear(&note);
        note_sign(&note, span_str("text\n"), &key[i]);
        assert_int_equal(note_parse(&parsed, buf_span(&note), &why), 0);
        const struct vkey *signer = own_keys_signer(&keys, &parsed);
        assert_int_equal(signer != NULL, i == 0);
        assert_true(signer == NULL || vkey_eq(signer, &key[0].vkey));
    }
    buf_free(&note);
    world_free(w);
}

static void a_list_that_is_none_is_damage(void **state)
{
    (void)state;
    struct world *w = world_new(0);
    struct log_own_keys keys;
    struct skey other;
    const char *cause;
    another_key(&other, "other.example.mx");
    const char *bad[] = { "nonsense\n", "\n", line_of(&other), "no newline" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(read_with(w, bad[i], &keys, &cause), STORE_DAMAGED);
        assert_string_equal(cause, "log.keys is damaged");
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_genesis_first),
        cmocka_unit_test(says_who_signed),
        cmocka_unit_test(a_list_that_is_none_is_damage),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
