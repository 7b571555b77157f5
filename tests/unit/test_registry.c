#include "tests/unit/fixture.h"

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
    e = of(REGISTRAR, &number);
    assert_int_equal(e->role, ROLE_REGISTRAR);
    assert_string_equal(e->authority, "");
    apply(log_enroll(
        &l, STRANGER, "judge",
        ",\"from\":\"1970-01-01T00:00:00.001Z\",\"until\":\"1970-01-01T00:00:00.002Z\""));
    e = of(STRANGER, &number);
    assert_true(e->from == 1 && e->until == 2);
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
    apply(log_add(&l, BY(REGISTRAR, KIND_REVOKE)));
    assert_int_equal(of(AUDITOR, &number)->revoked, first);
    assert_int_equal(registry_count(r), 7);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(enrolments_are_numbered_in_their_order),
        TEST(what_an_enrolment_says_is_kept),
        TEST(nobody_else_is_found),
        TEST(a_revocation_is_noted_once),
        TEST(many_enrolments_are_all_found),
    };
    return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
