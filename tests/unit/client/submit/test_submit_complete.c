/* Ids of lines that have none: always the same, and nobody else's. */
#include "client/submit/submit_complete.h"

#include "proto/record/member.h"
#include "tests/unit/fixture.h"

static void id_of(char out[static ID_TEXT + 1], uint8_t seed, const char *origin, const char *line,
                  uint64_t occurrence)
{
    static struct skey key;
    uint8_t bytes[32];
    struct identity id = { .key = &key };
    json_t *v = json_loads(line, 0, NULL);
    memset(bytes, seed, sizeof bytes);
    skey_from_seed(&key, span_str("a.example.mx"), KEY_NOTE, bytes);
    submit_line_id(out, &id, origin, v, occurrence);
    json_decref(v);
}

static void test_ids(void **state)
{
    static const char line[] = "{\"a\":\"1\",\"b\":2}";
    char first[ID_TEXT + 1], other[ID_TEXT + 1];
    (void)state;
    id_of(first, 1, "o", line, 0);
    assert_true(type_allows(TYPE_UUID, span_str(first)));
    assert_int_equal(first[14], '8');
    id_of(other, 1, "o", "{\"b\":2,\"a\":\"1\"}", 0); /* the order of members is no difference */
    assert_string_equal(other, first);
    id_of(other, 2, "o", line, 0); /* another key of the same name: it is not to be tried out */
    assert_string_not_equal(other, first);
    id_of(other, 1, "p", line, 0);
    assert_string_not_equal(other, first);
    id_of(other, 1, "o", line, 1);
    assert_string_not_equal(other, first);
    id_of(other, 1, "o", "{\"a\":\"1\",\"b\":3}", 0);
    assert_string_not_equal(other, first);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(test_ids) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
