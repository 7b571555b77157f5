/* Which codes of authorities are nearly the same. */
#include "client/enroll/near_names.h"

#include "tests/unit/fixture.h"

static void test_pairs(void **state)
{
    static const char *const near[][2] = {
        { "mx.fgr", "mx.frg" },
        { "mx.sat", "mx.sta" },
        { "mx.telco", "mx.telko" },
        { "mx.telco", "mx.telcos" },
        { "cjf.juzgado1", "cjf.jusgado2" },
        { "mx.fgr", "MX.fgr" },
    };
    static const char *const far[][2] = {
        { "mx.fgr", "mx.fgr" },
        { "mx.fgr", "mx.fgr.femdo" },
        { "mx.fgr-femdo", "mx.fgr" },
        { "cjf.juzgado1", "cjf.juzgado2" },
        { "cjf.juzgado9", "cjf.juzgado10" },
        { "mx.telco", "mx.banco.norte" },
        { "mx.fgr", "mx.inegi" },
        { "a", "b" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(near); i++) {
        assert_true(near_names_are(near[i][0], near[i][1]));
        assert_true(near_names_are(near[i][1], near[i][0]));
    }
    for (size_t i = 0; i < COUNT(far); i++) {
        assert_false(near_names_are(far[i][0], far[i][1]));
        assert_false(near_names_are(far[i][1], far[i][0]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_pairs) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
