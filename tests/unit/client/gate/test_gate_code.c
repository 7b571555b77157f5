/* gate_code.h: the holder's code is that of the enrolment of its key, and of no other entry. */
#include "client/gate/gate_code.h"

#include "client/base/lost.h"
#include "tests/unit/fixture.h"

static struct span entry_of(const struct log *l, uint64_t index)
{
    return buf_span(&l->entry[index]);
}

static void it_stands_in_the_enrolment_of_the_key(void **state)
{
    struct log l;
    char code[CODE_MAX + 1] = "mx.before";
    (void)state;
    log_start(&l, "");
    for (size_t i = 0; i < l.n; i++) {
        bool own = i == l.who[HOLDER].entry;
        assert_int_equal(gate_code_find(code, entry_of(&l, i), &l.who[HOLDER].key.vkey), own);
        assert_string_equal(code, i < l.who[HOLDER].entry ? "mx.before" : "mx.holder");
    }
    assert_false(lost_any());
    log_free(&l);
}

static void a_key_of_another_role_is_no_holders(void **state)
{
    struct log l;
    char code[CODE_MAX + 1] = "";
    (void)state;
    log_start(&l, "");
    assert_false(
        gate_code_find(code, entry_of(&l, l.who[REQUESTER].entry), &l.who[REQUESTER].key.vkey));
    uint64_t free_one = log_enroll(&l, STRANGER, "holder", "");
    assert_true(gate_code_find(code, entry_of(&l, free_one), &l.who[STRANGER].key.vkey));
    log_free(&l);
}

/* Nobody has judged what is read here. */
static void what_is_no_record_is_none(void **state)
{
    static const char *const others[] = { "", "bitacora/v1 enroll\n", "bitacora/v1 enroll\n{}\n" };
    struct log l;
    char code[CODE_MAX + 1] = "";
    (void)state;
    log_start(&l, "");
    const struct vkey *key = &l.who[HOLDER].key.vkey;
    struct span own = entry_of(&l, l.who[HOLDER].entry);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_false(gate_code_find(code, fenced(span_str(others[i])), key));
    for (size_t n = 0; n < own.n; n++)
        assert_false(gate_code_find(code, fenced(span_of(own.p, n)), key));
    assert_string_equal(code, "");
    assert_false(lost_any());
    log_free(&l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_stands_in_the_enrolment_of_the_key),
        cmocka_unit_test(a_key_of_another_role_is_no_holders),
        cmocka_unit_test(what_is_no_record_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
