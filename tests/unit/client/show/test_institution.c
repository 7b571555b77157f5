/* institution.h: the last name that was enrolled counts, and the code stands beside it. */
#include "client/show/institution.h"

#include "proto/record/json.h"
#include "tests/unit/fixture.h"

static void take(struct institutions *x, const char *json)
{
    struct refusal why;
    struct value *v = json_strict(span_str(json), &why);
    assert_non_null(v);
    institutions_take(x, v);
    value_free(v);
}

static void expect_name(const struct institutions *x, const char *code, const char *want)
{
    struct buf out = { 0 };
    institution_add(&out, x, code);
    assert_string_equal(buf_str(&out), want);
    buf_free(&out);
}

static void a_name_has_its_code_beside_it(void **state)
{
    struct institutions x;
    (void)state;
    institutions_open(&x);
    take(&x, "{\"authority\":\"mx.fgr\",\"display\":\"Fiscalía\"}");
    take(&x, "{\"authority\":\"mx.telco\",\"display\":\"Telefónica\"}");
    expect_name(&x, "mx.fgr", "Fiscalía (mx.fgr)");
    expect_name(&x, "mx.telco", "Telefónica (mx.telco)");
    expect_name(&x, "mx.fg", "mx.fg");
    institutions_close(&x);
}

static void the_last_name_counts(void **state)
{
    struct institutions x;
    (void)state;
    institutions_open(&x);
    take(&x, "{\"authority\":\"mx.fgr\",\"display\":\"Procuraduría\"}");
    take(&x, "{\"authority\":\"mx.fgr\",\"display\":\"Fiscalía\"}");
    take(&x, "{\"authority\":\"mx.fgr\"}");
    take(&x, "{\"display\":\"nobody's\"}");
    expect_name(&x, "mx.fgr", "Fiscalía (mx.fgr)");
    institutions_close(&x);
}

static void without_names_there_are_codes(void **state)
{
    struct institutions x = { 0 };
    (void)state;
    expect_name(&x, "mx.fgr", "mx.fgr");
    institutions_close(&x);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_name_has_its_code_beside_it),
        cmocka_unit_test(the_last_name_counts),
        cmocka_unit_test(without_names_there_are_codes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
