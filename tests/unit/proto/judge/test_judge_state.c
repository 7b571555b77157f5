/* judge_export() and judge_import(): every number and every entry of a state is checked as input.
 * Each case changes one thing of a good state. */
#include <stdlib.h>
#include <string.h>

#include "proto/base/base64.h"
#include "tests/unit/fixture.h"

#define USE_BYTES 68 /* id, signer, accepted, entry, hash: judge_state.c */
#define TIME_END ((json_int_t)1 << 48)

static struct log l;
static json_t *good; /* of a replay of all of l */

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    struct run *r = run_log(&l);
    good = judge_export(r->judge);
    assert_non_null(good);
    run_free(r);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    json_decref(good);
    log_free(&l);
    return 0;
}

static int by_bytes(const void *a, const void *b)
{
    return memcmp(a, b, USE_BYTES);
}

static size_t sorted_ids(uint8_t out[static 64 * USE_BYTES], const json_t *state)
{
    size_t n;
    const char *text = json_string_value(json_object_get(state, "ids"));
    assert_int_equal(base64_decode(out, 64 * USE_BYTES, &n, span_str(text)), 0);
    qsort(out, n / USE_BYTES, USE_BYTES, by_bytes);
    return n;
}

static bool same_ids(const json_t *a, const json_t *b)
{
    uint8_t x[64 * USE_BYTES], y[64 * USE_BYTES];
    size_t n = sorted_ids(x, a);
    return n == sorted_ids(y, b) && memcmp(x, y, n) == 0;
}

/* The same but for the order of the ids. */
static bool same_state(const json_t *a, const json_t *b)
{
    json_t *copy_a = json_copy((json_t *)(uintptr_t)a), *copy_b = json_copy((json_t *)(uintptr_t)b);
    bool same = same_ids(a, b);
    json_object_del(copy_a, "ids");
    json_object_del(copy_b, "ids");
    same = same && json_equal(copy_a, copy_b);
    json_decref(copy_a);
    json_decref(copy_b);
    return same;
}

/* What a new judge says of a state; -3: it takes it for another than it is. */
static int import_of(const json_t *state)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey, .keep = true };
    struct judge *j = judge_new(&setup);
    int result = judge_import(j, state);
    json_t *again = result == 0 ? judge_export(j) : NULL;
    if (result == 0 && !same_state(again, state))
        result = -3;
    json_decref(again);
    judge_free(j);
    return result;
}

static int import_number(const char *name, json_int_t value)
{
    json_t *copy = json_deep_copy(good);
    json_object_set_new(copy, name, json_integer(value));
    int result = import_of(copy);
    json_decref(copy);
    return result;
}

static void a_good_state_is_taken_and_given_again(void **state)
{
    (void)state;
    assert_int_equal(import_of(good), 0);
}

static void numbers_have_limits(void **state)
{
    (void)state;
    json_int_t size = (json_int_t)l.n;
    assert_int_equal(import_number("next", size), 0);
    assert_int_equal(import_number("next", -1), -1);
    assert_int_equal(import_number("last_time", TIME_END - 1), 0);
    assert_int_equal(import_number("last_time", TIME_END), -1);
    assert_int_equal(import_number("last_time", -TIME_END + 1), 0);
    assert_int_equal(import_number("last_time", -TIME_END), -1);
    assert_int_equal(import_number("time_entry", 0), 0);
    assert_int_equal(import_number("time_entry", size - 1), 0);
    assert_int_equal(import_number("time_entry", size), -1); /* not yet judged */
    assert_int_equal(import_number("time_entry", -1), -1);
    assert_int_equal(import_number("signatures", 0), 0);
    assert_int_equal(import_number("signatures", -1), -1);
}

/* Where no entry had a time, nobody asks which it was. */
static void without_a_time_its_entry_does_not_matter(void **state)
{
    json_t *copy = json_deep_copy(good);
    (void)state;
    json_object_set_new(copy, "has_time", json_false());
    json_object_set_new(copy, "time_entry", json_integer((json_int_t)l.n));
    assert_int_equal(import_of(copy), 0);
    json_decref(copy);
}

static void of_nothing_judged_there_is_a_state(void **state)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey, .keep = true };
    struct judge *j = judge_new(&setup);
    json_t *empty = judge_export(j);
    (void)state;
    assert_null(json_object_get(empty, "genesis"));
    assert_null(json_object_get(empty, "cover"));
    assert_int_equal(import_of(empty), 0);
    json_object_set_new(empty, "next", json_integer(-1)); /* and here only this can be wrong */
    assert_int_equal(import_of(empty), -1);
    json_decref(empty);
    judge_free(j);
}

/* ---- entries that the registry is made from again --------------------------------------------- */

/* A kept entry as a state has it; `leaf` is of the bytes, unless it is given. */
static json_t *kept(json_int_t index, struct span bytes, const char *leaf)
{
    struct hash hash;
    struct buf text = { 0 }, of_bytes = { 0 };
    hash_leaf(&hash, bytes);
    buf_add_base64(&text, hash.b, HASH_BYTES);
    buf_add_base64(&of_bytes, bytes.p, bytes.n);
    json_t *v = json_pack("{s:I,s:s,s:s}", "index", index, "leaf",
                          leaf == NULL ? buf_str(&text) : leaf, "entry", buf_str(&of_bytes));
    buf_free(&text);
    buf_free(&of_bytes);
    return v;
}

static json_t *kept_entry(uint64_t index)
{
    return kept((json_int_t)index, buf_span(&l.entry[index]), NULL);
}

/* What is said of the good state with this as one of its kept entries. */
static int import_kept(size_t at, json_t *entry)
{
    json_t *copy = json_deep_copy(good);
    json_array_set_new(json_object_get(copy, "registry"), at, entry);
    int result = import_of(copy);
    json_decref(copy);
    return result;
}

static void kept_entries_are_where_they_can_be(void **state)
{
    (void)state;
    struct span judge = buf_span(&l.entry[1]), genesis = buf_span(&l.entry[0]);
    size_t last = json_array_size(json_object_get(good, "registry")) - 1;
    assert_int_equal(last, 5); /* genesis and five enrolments */
    assert_int_equal(import_kept(1, kept_entry(1)), 0);
    assert_int_equal(import_kept(1, kept(-1, judge, NULL)), -1);
    assert_int_equal(import_kept(1, kept(0, judge, NULL)), -1); /* only genesis stands there */
    assert_int_equal(import_kept(1, kept(1, genesis, NULL)), -1);
    assert_int_equal(import_kept(1, kept_entry(2)), -1); /* twice */
    assert_int_equal(import_kept(2, kept_entry(1)), -1);
    assert_int_equal(import_kept(last, kept((json_int_t)l.n, judge, NULL)), -1);
    assert_int_equal(import_kept(last, kept_entry(l.request)), -1); /* no registry takes it */
}

static void kept_entries_are_what_their_hash_says(void **state)
{
    (void)state;
    struct span judge = buf_span(&l.entry[1]);
    assert_int_equal(import_kept(1, kept(1, judge, "x")), -1);
    assert_int_equal(import_kept(1, kept(1, judge, "")), -1);
    assert_int_equal(import_kept(1, kept(1, judge, "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")),
                     -1);
    assert_int_equal(import_kept(1, kept(1, span_str("nothing"), NULL)), -1);
    assert_int_equal(import_kept(1, kept(1, span_of(judge.p, judge.n - 1), NULL)), -1);
    json_t *entry = kept_entry(1);
    json_object_set_new(entry, "entry", json_string("not base64"));
    assert_int_equal(import_kept(1, entry), -1);
    assert_int_equal(import_kept(1, json_null()), -1);
}

/* The genesis of another log names another key. */
static void the_genesis_is_that_of_the_log(void **state)
{
    (void)state;
    struct judge_setup setup = { .log = l.who[STRANGER].key.vkey, .keep = true };
    struct judge *j = judge_new(&setup);
    assert_int_equal(judge_import(j, good), -1);
    judge_free(j);
}

static void the_skew_of_genesis_comes_back(void **state)
{
    (void)state;
    log_free(&l);
    json_decref(good);
    log_start(&l, ",\"skew\":7");
    struct run *r = run_log(&l);
    good = judge_export(r->judge);
    run_free(r);
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey, .keep = true };
    struct judge *j = judge_new(&setup);
    assert_int_equal(judge_import(j, good), 0);
    assert_int_equal(judge_skew_of_log(j), 7000);
    judge_free(j);
}

static struct found found;

static enum lookup look_up(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    *out = (struct known_entry){ .kind = KIND_ENROLL, .leaf = l.leaf[index] };
    return LOOKUP_FOUND;
}

/* What is found of the next entry, made a day before it was accepted, by a judge of that state. */
static void judge_next(const json_t *state)
{
    struct judge_setup setup = { .log = l.who[THE_LOG].key.vkey,
                                 .keep = true,
                                 .lookup = look_up,
                                 .found = found_add,
                                 .found_ctx = &found };
    struct judge *j = judge_new(&setup);
    found.n = 0;
    assert_int_equal(judge_import(j, state), 0);
    judge_entry(j, l.n - 1, &l.leaf[l.n - 1], buf_span(&l.entry[l.n - 1]));
    judge_free(j);
}

/* Who knows the genesis asks for the skew, and nobody else does. */
static void the_skew_is_asked_for_again(void **state)
{
    json_t *copy = json_deep_copy(good);
    (void)state;
    uint64_t at = log_add(&l, BY(AUDITOR, KIND_ANCHOR, .at = l.now - 86400000));
    judge_next(good);
    expect_only(&found, REASON_SKEW, VERDICT_BAD, at);
    json_array_remove(json_object_get(copy, "registry"), 0);
    json_object_set_new(copy, "ids", json_string(""));
    judge_next(copy);
    assert_int_equal(found_count(&found, REASON_SKEW), 0);
    json_decref(copy);
}

/* A cover may end where its entry stands, and not behind it. */
static void a_cover_ends_before_its_entry(void **state)
{
    (void)state;
    for (uint64_t over = 0; over < 2; over++) {
        json_t *copy = json_deep_copy(good);
        const char *members =
            text_of("\"version\":1,\"tables\":[{\"entries\":%llu,\"rows\":3,\"root\":"
                    "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\"}]",
                    (unsigned long long)(l.n + over));
        uint64_t at = log_add(&l, BY(THE_LOG, KIND_INDEX, .members = members));
        json_object_set_new(copy, "next", json_integer((json_int_t)l.n));
        json_object_set_new(copy, "cover", kept_entry(at));
        assert_int_equal(import_of(copy), over == 0 ? 0 : -1);
        json_decref(copy);
    }
}

/* By the policy's keys, too, of which an earlier one signed the genesis. */
static void the_genesis_is_that_of_any_key_of_the_log(void **state)
{
    const struct vkey *first = &l.who[THE_LOG].key.vkey;
    struct vkey today = l.who[STRANGER].key.vkey;
    (void)state;
    vkey_make(&today, span_str(ORIGIN), KEY_NOTE, l.who[STRANGER].key.vkey.key);
    const struct log_keys keys = { .n = 2, .key = { &today, first } };
    struct judge_setup setup = { .log = today, .keys = &keys, .keep = true };
    struct judge *j = judge_new(&setup);
    assert_int_equal(judge_import(j, good), 0);
    judge_free(j);
}

static void the_registry_is_a_list(void **state)
{
    json_t *copy = json_deep_copy(good);
    (void)state;
    json_object_set_new(copy, "registry", json_object());
    json_object_set_new(copy, "ids", json_string(""));
    assert_int_equal(import_of(copy), -1);
    json_object_set_new(copy, "registry", json_array());
    assert_int_equal(import_of(copy), 0);
    json_decref(copy);
}

/* ---- ids ---------------------------------------------------------------------------------------- */

/* What is said of the good state with n big-endian bytes of its first id changed. */
static int import_use(size_t at, int n, uint64_t value)
{
    const char *text = json_string_value(json_object_get(good, "ids"));
    uint8_t bytes[64 * USE_BYTES];
    struct buf packed = { 0 };
    size_t length;
    assert_int_equal(base64_decode(bytes, sizeof bytes, &length, span_str(text)), 0);
    assert_true(length >= USE_BYTES && length % USE_BYTES == 0);
    for (int i = 0; i < n; i++)
        bytes[at + (size_t)i] = (uint8_t)(value >> (8 * (n - 1 - i)));
    buf_add_base64(&packed, bytes, length);
    json_t *copy = json_deep_copy(good);
    json_object_set_new(copy, "ids", json_string(buf_str(&packed)));
    int result = import_of(copy);
    json_decref(copy);
    buf_free(&packed);
    return result;
}

static void ids_are_of_signers_and_entries_that_there_are(void **state)
{
    (void)state;
    struct run *r = run_log(&l);
    size_t signers = registry_count(judge_registry(r->judge));
    run_free(r);
    assert_int_equal(import_use(0, 1, 0x5a), 0); /* another id */
    assert_int_equal(import_use(16, 4, signers - 1), 0);
    assert_int_equal(import_use(16, 4, signers), -1);
    assert_int_equal(import_use(16, 4, LOG_SIGNER), 0);
    assert_int_equal(import_use(28, 8, l.n - 1), 0);
    assert_int_equal(import_use(28, 8, l.n), -1);
    assert_int_equal(import_use(20, 8, (uint64_t)TIME_END), -1);
    assert_int_equal(import_use(20, 8, (uint64_t)-TIME_END), -1);
}

/* Whole ones only: here the last byte of a hash is missing. */
static void an_id_is_whole(void **state)
{
    const char *text = json_string_value(json_object_get(good, "ids"));
    uint8_t bytes[64 * USE_BYTES];
    struct buf packed = { 0 };
    size_t length;
    (void)state;
    assert_int_equal(base64_decode(bytes, sizeof bytes, &length, span_str(text)), 0);
    buf_add_base64(&packed, bytes, length - 1);
    json_t *copy = json_deep_copy(good);
    json_object_set_new(copy, "ids", json_string(buf_str(&packed)));
    assert_int_equal(import_of(copy), -1);
    json_decref(copy);
    buf_free(&packed);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(a_good_state_is_taken_and_given_again),
        TEST(numbers_have_limits),
        TEST(without_a_time_its_entry_does_not_matter),
        TEST(of_nothing_judged_there_is_a_state),
        TEST(kept_entries_are_where_they_can_be),
        TEST(kept_entries_are_what_their_hash_says),
        TEST(the_genesis_is_that_of_the_log),
        TEST(the_genesis_is_that_of_any_key_of_the_log),
        TEST(the_registry_is_a_list),
        TEST(an_id_is_whole),
        TEST(the_skew_of_genesis_comes_back),
        TEST(the_skew_is_asked_for_again),
        TEST(a_cover_ends_before_its_entry),
        TEST(ids_are_of_signers_and_entries_that_there_are),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
