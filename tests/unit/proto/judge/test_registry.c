#include "tests/unit/fixture.h"

#include "proto/base/base64.h"
#include "proto/base/when.h"

/* What the judge finds through a registry is in test_judge.c; here what a registry answers. */

static struct log l;
static struct registry *r;

static int apply(uint64_t index)
{
    struct entry e;
    struct record record;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&record, e.note, &why), 0);
    int result = registry_apply(r, index, &l.leaf[index], &record);
    record_free(&record);
    return result;
}

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    r = registry_new();
    for (uint64_t i = 0; i < l.n; i++)
        if (apply(i) != 0)
            return -1;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    registry_free(r);
    registry_free(NULL);
    log_free(&l);
    return 0;
}

static const struct enrolment *of(enum who who, uint32_t *number)
{
    const struct vkey *k = &l.who[who].key.vkey;
    *number = 0;
    return registry_find(r, span_str(k->name), k->id, number);
}

static void enrolments_are_numbered_in_their_order(void **state)
{
    static const enum who order[] = { REGISTRAR, REGISTRAR2, JUDGE,  REQUESTER,
                                      HOLDER,    OVERSIGHT,  AUDITOR };
    (void)state;
    assert_int_equal(registry_count(r), COUNT(order)); /* other kinds change nothing */
    for (uint32_t i = 0; i < COUNT(order); i++) {
        uint32_t number;
        const struct enrolment *e = of(order[i], &number);
        assert_non_null(e);
        assert_int_equal(number, i);
        assert_ptr_equal(e, registry_get(r, i));
        assert_ptr_equal(e, registry_find_key(r, l.who[order[i]].key.vkey.key, &number));
        assert_int_equal(number, i);
        assert_int_equal(e->entry, l.who[order[i]].entry);
        assert_true(hash_eq(&e->leaf, &l.leaf[e->entry]));
        assert_true(e->revoked == NO_ENTRY && e->from == INT64_MIN && e->until == INT64_MAX);
    }
}

static void what_an_enrolment_says_is_kept(void **state)
{
    uint32_t number;
    (void)state;
    const struct enrolment *e = of(HOLDER, &number);
    assert_int_equal(e->role, ROLE_HOLDER);
    assert_string_equal(e->authority, "mx.holder");
    assert_string_equal(e->level, "federal");
    assert_string_equal(e->function, "");
    assert_true(e->since == INT64_MAX);
    e = of(REGISTRAR, &number);
    assert_int_equal(e->role, ROLE_REGISTRAR);
    assert_string_equal(e->authority, "");
    apply(log_enroll(&l, STRANGER, "judge",
                     ",\"function\":\"court\",\"from\":\"1970-01-01T00:00:00.001Z\",\"until\":"
                     "\"1970-01-01T00:00:00.002Z\""));
    e = of(STRANGER, &number);
    assert_true(e->from == 1 && e->until == 2);
    assert_string_equal(e->function, "court");
}

static void nobody_else_is_found(void **state)
{
    uint32_t number = 0;
    const struct vkey *judge = &l.who[JUDGE].key.vkey, *holder = &l.who[HOLDER].key.vkey;
    (void)state;
    assert_null(of(STRANGER, &number));
    assert_null(of(THE_LOG, &number));
    assert_null(registry_find(r, span_str(judge->name), holder->id, &number));
    assert_null(registry_find(r, span_str(holder->name), judge->id, &number));
    assert_null(registry_find_key(r, l.who[STRANGER].key.vkey.key, NULL));
    number = 3; /* behind him */
    assert_null(registry_find(r, span_str(judge->name), judge->id, &number));
}

static void a_revocation_is_noted_once(void **state)
{
    uint32_t number;
    (void)state;
    uint64_t first = log_add(&l, BY(REGISTRAR, KIND_REVOKE));
    apply(first);
    assert_int_equal(of(AUDITOR, &number)->revoked, first);
    assert_string_equal(of(AUDITOR, &number)->reason, "left_office");
    assert_true(of(AUDITOR, &number)->since == INT64_MAX);
    apply(log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                         .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\","
                                            "\"since\":\"1970-01-01T00:00:00.001Z\"",
                                            vkey_text(&l, AUDITOR)))));
    assert_int_equal(of(AUDITOR, &number)->revoked, first);
    assert_string_equal(of(AUDITOR, &number)->reason, "left_office");
    assert_int_equal(registry_count(r), 7);
}

static void a_revocation_says_why_and_since_when(void **state)
{
    uint32_t number;
    (void)state;
    apply(log_add(&l, BY(REGISTRAR, KIND_REVOKE,
                         .members = text_of("\"vkey\":\"%s\",\"reason\":\"key_compromise\","
                                            "\"since\":\"1970-01-01T00:00:00.001Z\"",
                                            vkey_text(&l, HOLDER)))));
    assert_string_equal(of(HOLDER, &number)->reason, "key_compromise");
    assert_int_equal(of(HOLDER, &number)->since, 1);
}

/* Beyond every size that the tables start with, and all of one name: only ids tell them apart. */
static void many_enrolments_are_all_found(void **state)
{
    static struct skey keys[1500];
    (void)state;
    for (uint32_t i = 0; i < COUNT(keys); i++) {
        uint8_t seed[32] = { (uint8_t)i, (uint8_t)(i >> 8), 1 };
        skey_from_seed(&keys[i], span_str("one.example"), KEY_NOTE, seed);
        l.who[STRANGER].key = keys[i];
        apply(log_add(&l, BY(REGISTRAR, KIND_ENROLL)));
    }
    for (uint32_t i = 0; i < COUNT(keys); i++) {
        uint32_t number = 0;
        assert_non_null(registry_find_key(r, keys[i].vkey.key, &number));
        assert_int_equal(number, 7 + i);
        number = 0;
        assert_non_null(registry_find(r, span_str(keys[i].vkey.name), keys[i].vkey.id, &number));
        assert_int_equal(number, 7 + i);
    }
}

/* ---- rulesets -------------------------------------------------------------------------------- */

static uint64_t pin(int64_t from, char mark)
{
    char when[WHEN_TEXT + 1], hash[45];
    uint8_t sha256[HASH_BYTES] = { (uint8_t)mark };
    when_format(when, from);
    base64_encode(hash, sha256, sizeof sha256);
    uint64_t index =
        log_add(&l, BY(REGISTRAR, KIND_RULESET,
                       .members = text_of("\"name\":\"%c\",\"version\":\"1\",\"from\":\"%s\","
                                          "\"sha256\":\"%s\"",
                                          mark, when, hash)));
    assert_int_equal(apply(index), 0);
    return index;
}

/* The mark of the one in force; '-' for the built-in one. */
static char in_force(int64_t accepted, uint64_t before)
{
    const struct pinned_ruleset *p = registry_ruleset(r, accepted, before);
    return p == NULL ? '-' : (char)p->sha256[0];
}

static void the_latest_from_is_in_force_then_the_highest_index(void **state)
{
    (void)state;
    assert_int_equal(in_force(INT64_MAX, NO_ENTRY), '-');
    uint64_t a = pin(1000, 'a'), b = pin(3000, 'b'), c = pin(2000, 'c'), d = pin(3000, 'd');
    assert_int_equal(registry_ruleset(r, 1000, NO_ENTRY)->entry, a);
    assert_int_equal(registry_ruleset(r, 1000, NO_ENTRY)->from, 1000);
    assert_int_equal(in_force(999, NO_ENTRY), '-');
    assert_int_equal(in_force(1000, NO_ENTRY), 'a');
    assert_int_equal(in_force(1999, NO_ENTRY), 'a');
    assert_int_equal(in_force(2000, NO_ENTRY), 'c');
    assert_int_equal(in_force(2999, NO_ENTRY), 'c');
    assert_int_equal(in_force(3000, NO_ENTRY), 'd');
    assert_int_equal(in_force(INT64_MAX, NO_ENTRY), 'd');
    assert_int_equal(in_force(3000, d), 'b'); /* only entries below */
    assert_int_equal(in_force(3000, c), 'b');
    assert_int_equal(in_force(3000, b), 'a');
    assert_int_equal(in_force(3000, a), '-');
    assert_int_equal(registry_rulesets(r), 4); /* in the order of their entries */
    assert_int_equal(registry_get_ruleset(r, 0)->entry, a);
    assert_int_equal(registry_get_ruleset(r, 3)->entry, d);
    assert_int_equal(registry_count(r), 7);
}

/* ---- erasures -------------------------------------------------------------------------------- */

static void number_blob(uint8_t blob[static HASH_BYTES], unsigned n)
{
    memset(blob, 7, HASH_BYTES);
    blob[0] = (uint8_t)n;
    blob[1] = (uint8_t)(n >> 8);
}

static uint64_t erase(unsigned n)
{
    uint8_t blob[HASH_BYTES];
    char hash[45];
    number_blob(blob, n);
    base64_encode(hash, blob, sizeof blob);
    uint64_t index =
        log_add(&l, BY(JUDGE, KIND_ERASURE,
                       .members = text_of("\"blob\":\"%s\",\"order\":\"%s\"", hash,
                                          "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")));
    assert_int_equal(apply(index), 0);
    return index;
}

static uint64_t erased(unsigned n)
{
    uint8_t blob[HASH_BYTES];
    number_blob(blob, n);
    return registry_erased(r, blob);
}

#define ERASURES 1000

static void erased_blobs_are_all_found_by_their_first_order(void **state)
{
    uint64_t entry[ERASURES];
    (void)state;
    assert_true(erased(0) == NO_ENTRY);
    for (unsigned n = 0; n < ERASURES; n++) {
        entry[n] = erase(n);
        assert_true(erased(n) == entry[n] && erased(n + 1) == NO_ENTRY);
    }
    erase(3);
    for (unsigned n = 0; n < ERASURES; n++)
        assert_true(erased(n) == entry[n]);
    for (unsigned n = ERASURES; n < 4 * ERASURES; n++)
        assert_true(erased(n) == NO_ENTRY);
}

static int visit_erased(void *ctx, const uint8_t blob[static HASH_BYTES], uint64_t entry)
{
    uint64_t *sum = ctx;
    static uint64_t before;
    assert_true(erased(blob[0] + 256u * blob[1]) == entry);
    assert_true(blob[0] == 0 || entry > before);
    before = entry;
    *sum += 1 + 256u * blob[1] + blob[0];
    return blob[0] == 9 ? 42 : 0;
}

static void erased_blobs_are_visited_once_until_told_to_stop(void **state)
{
    uint64_t sum = 0;
    (void)state;
    assert_int_equal(registry_each_erased(r, visit_erased, &sum), 0);
    for (unsigned n = 0; n < 9; n++)
        erase(n);
    erase(5);
    assert_int_equal(registry_each_erased(r, visit_erased, &sum), 0);
    assert_int_equal(sum, 45);
    erase(9);
    erase(10);
    assert_int_equal(registry_each_erased(r, visit_erased, &sum), 42);
    assert_int_equal(registry_count(r), 7);
}

/* Before genesis nobody speaks for the log; and it ends once. */
static void the_log_has_one_beginning_and_one_end(void **state)
{
    struct registry *empty = registry_new();
    (void)state;
    assert_null(registry_log(empty));
    assert_non_null(registry_log(r));
    registry_free(empty);
    assert_true(registry_frozen(r) == NO_ENTRY);
    uint64_t first = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    uint64_t second = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    assert_int_equal(apply(first), 0);
    assert_int_equal(apply(second), 0);
    assert_true(registry_frozen(r) == first);
}

static void kinds_that_change_it(void **state)
{
    (void)state;
    for (int k = KIND_GENESIS; k < KIND_COUNT; k++)
        assert_int_equal(registry_takes(k), k == KIND_GENESIS || k == KIND_ENROLL ||
                                                k == KIND_FREEZE || k == KIND_REVOKE ||
                                                k == KIND_RULESET || k == KIND_ERASURE);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(enrolments_are_numbered_in_their_order),
        TEST(what_an_enrolment_says_is_kept),
        TEST(nobody_else_is_found),
        TEST(a_revocation_is_noted_once),
        TEST(a_revocation_says_why_and_since_when),
        TEST(many_enrolments_are_all_found),
        TEST(the_latest_from_is_in_force_then_the_highest_index),
        TEST(the_log_has_one_beginning_and_one_end),
        TEST(erased_blobs_are_all_found_by_their_first_order),
        TEST(erased_blobs_are_visited_once_until_told_to_stop),
        TEST(kinds_that_change_it),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
