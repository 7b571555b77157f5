/* own_keys.h: the keys that a log has had, of its first entry and of DIR/log.keys. */
#include "daemon/state/own_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

static void write_text(const char *path, const char *text)
{
    if (text == NULL)
        return;
    FILE *f = fopen(path, "w");
    assert_non_null(f);
    fputs(text, f);
    fclose(f);
}

static enum store_result read_both(struct world *w, const char *lines, const char *handovers,
                                   struct log_own_keys *out, const char **cause)
{
    char dir[] = "/tmp/bitacora-unit.XXXXXX";
    struct store_txn *t;
    assert_non_null(mkdtemp(dir));
    write_text(text_of("%s/log.keys", dir), lines);
    write_text(text_of("%s/log.handovers", dir), handovers);
    assert_int_equal(store_begin(&t, w->service.store, STORE_READ), STORE_OK);
    enum store_result r = own_keys_read(out, t, dir, cause);
    store_end(t);
    unlink(text_of("%s/log.keys", dir));
    unlink(text_of("%s/log.handovers", dir));
    assert_int_equal(rmdir(dir), 0);
    return r;
}

static enum store_result read_with(struct world *w, const char *lines, struct log_own_keys *out,
                                   const char **cause)
{
    return read_both(w, lines, NULL, out, cause);
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

/* ---- hand-overs ------------------------------------------------------------------------------ */

#define KEYS 4 /* 0: of entry 0 */

/* A log with three more keys. */
struct rotated {
    struct world *w;
    struct skey key[KEYS];
    struct log_own_keys keys;
    struct buf lines, handovers;
};

static void rotated_begin(struct rotated *r)
{
    *r = (struct rotated){ .w = world_new(0) };
    r->key[0] = r->w->log.who[THE_LOG].key;
    for (size_t i = 1; i < KEYS; i++) {
        another_key(&r->key[i], ORIGIN);
        buf_adds(&r->lines, line_of(&r->key[i]));
    }
}

static void rotated_end(struct rotated *r)
{
    buf_free(&r->lines);
    buf_free(&r->handovers);
    world_free(r->w);
}

static void hand_over(struct rotated *r, const struct skey *from, const struct skey *to,
                      uint64_t size)
{
    struct key_handover h = { .to = to->vkey, .size = size };
    struct buf text = { 0 }, note = { 0 };
    memset(h.root.b, (int)size, sizeof h.root.b);
    handover_text(&text, &h);
    note_sign(&note, buf_span(&text), from);
    buf_add_base64(&r->handovers, note.p, note.n);
    buf_adds(&r->handovers, "\n");
    buf_free(&text);
    buf_free(&note);
}

static void rotated_read(struct rotated *r)
{
    const char *cause;
    assert_int_equal(read_both(r->w, buf_str(&r->lines), buf_str(&r->handovers), &r->keys, &cause),
                     STORE_OK);
    assert_int_equal(r->keys.all.n, KEYS);
}

static enum own_key_standing stands(const struct rotated *r, size_t signing, size_t key,
                                    uint64_t *size)
{
    struct key_vouched last = { .size = 0 };
    enum own_key_standing s =
        own_keys_standing(&r->keys, &r->key[signing].vkey, &r->key[key].vkey, &last);
    *size = last.size;
    return s;
}

static void a_key_that_handed_over_is_a_former_one(void **state)
{
    (void)state;
    struct rotated r;
    uint64_t size;
    rotated_begin(&r);
    hand_over(&r, &r.key[0], &r.key[1], 10);
    hand_over(&r, &r.key[1], &r.key[2], 20);
    rotated_read(&r);
    assert_int_equal(stands(&r, 2, 2, &size), OWN_KEY_SIGNS);
    assert_int_equal(stands(&r, 2, 0, &size), OWN_KEY_FORMER);
    assert_int_equal(size, 10);
    assert_int_equal(stands(&r, 2, 1, &size), OWN_KEY_FORMER);
    assert_int_equal(size, 20);
    /* A rotation that was killed: key 0 signs on, and the others may. */
    assert_int_equal(stands(&r, 0, 1, &size), OWN_KEY_SIGNS);
    assert_int_equal(stands(&r, 0, 2, &size), OWN_KEY_SIGNS);
    /* Nobody handed over to it. */
    assert_int_equal(stands(&r, 2, 3, &size), OWN_KEY_ALIEN);
    assert_true(vkey_eq(own_keys_newest(&r.keys), &r.key[2].vkey));
    rotated_end(&r);
}

static void who_has_a_former_key_hands_nothing_over(void **state)
{
    (void)state;
    struct rotated r;
    uint64_t size;
    rotated_begin(&r);
    hand_over(&r, &r.key[0], &r.key[1], 10);
    hand_over(&r, &r.key[0], &r.key[3], 99);
    rotated_read(&r);
    assert_int_equal(stands(&r, 1, 3, &size), OWN_KEY_ALIEN);
    assert_int_equal(stands(&r, 1, 0, &size), OWN_KEY_FORMER);
    assert_int_equal(size, 10);
    rotated_end(&r);
}

static void a_stranger_hands_nothing_over(void **state)
{
    (void)state;
    struct rotated r;
    struct skey stranger;
    uint64_t size;
    rotated_begin(&r);
    another_key(&stranger, ORIGIN);
    hand_over(&r, &stranger, &r.key[1], 10);
    hand_over(&r, &r.key[0], &stranger, 10); /* is not listed */
    hand_over(&r, &r.key[1], &r.key[2], 20); /* nobody vouches for it */
    hand_over(&r, &r.key[3], &r.key[3], 30); /* to itself */
    hand_over(&r, &r.key[3], &r.key[0], 40); /* backwards */
    rotated_read(&r);
    for (size_t i = 0; i < KEYS; i++)
        assert_false(r.keys.vouch[i].vouched);
    /* As of a log that an earlier version gave its key. */
    assert_int_equal(stands(&r, 3, 0, &size), OWN_KEY_SIGNS);
    assert_int_equal(stands(&r, 3, 1, &size), OWN_KEY_ALIEN);
    assert_true(vkey_eq(own_keys_newest(&r.keys), &r.key[3].vkey));
    rotated_end(&r);
}

static void what_is_no_handover_is_damage(void **state)
{
    (void)state;
    struct rotated r;
    const char *cause;
    rotated_begin(&r);
    hand_over(&r, &r.key[0], &r.key[1], 0); /* of a log that has signed nothing */
    const char *bad[] = { "nonsense\n", "\n", buf_str(&r.handovers), "no newline" };
    for (size_t i = 0; i < COUNT(bad); i++) {
        assert_int_equal(read_both(r.w, buf_str(&r.lines), bad[i], &r.keys, &cause), STORE_DAMAGED);
        assert_string_equal(cause, "log.handovers is damaged");
    }
    rotated_end(&r);
}

static void lists_a_key_with_its_handover_once(void **state)
{
    (void)state;
    struct rotated r;
    char dir[] = "/tmp/bitacora-unit.XXXXXX";
    const char *cause;
    struct store_txn *t;
    struct buf note = { 0 }, text = { 0 };
    rotated_begin(&r);
    assert_non_null(mkdtemp(dir));
    own_keys_single(&r.keys, &r.key[0].vkey);
    const struct key_handover h = { .to = r.key[1].vkey, .size = 5 };
    handover_text(&text, &h);
    note_sign(&note, buf_span(&text), &r.key[0]);
    assert_int_equal(store_begin(&t, r.w->service.store, STORE_READ), STORE_OK);
    for (int again = 0; again < 2; again++) {
        assert_int_equal(own_keys_list(&r.keys, &r.key[1].vkey, buf_span(&note), dir), 0);
        assert_int_equal(own_keys_read(&r.keys, t, dir, &cause), STORE_OK);
        assert_int_equal(r.keys.all.n, 2);
        assert_true(r.keys.vouch[1].vouched);
        assert_int_equal(r.keys.vouch[1].size, 5);
    }
    store_end(t);
    FILE *f = fopen(text_of("%s/log.handovers", dir), "r");
    assert_non_null(f);
    int lines = 0;
    for (int c; (c = getc(f)) != EOF;)
        lines += c == '\n';
    fclose(f);
    assert_int_equal(lines, 1);
    unlink(text_of("%s/log.keys", dir));
    unlink(text_of("%s/log.handovers", dir));
    assert_int_equal(rmdir(dir), 0);
    buf_free(&note);
    buf_free(&text);
    rotated_end(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_genesis_first),
        cmocka_unit_test(says_who_signed),
        cmocka_unit_test(a_list_that_is_none_is_damage),
        cmocka_unit_test(a_key_that_handed_over_is_a_former_one),
        cmocka_unit_test(who_has_a_former_key_hands_nothing_over),
        cmocka_unit_test(a_stranger_hands_nothing_over),
        cmocka_unit_test(what_is_no_handover_is_damage),
        cmocka_unit_test(lists_a_key_with_its_handover_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
