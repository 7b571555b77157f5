/* The response that tickets rest on: one id for each key and request, and a record of its form. */
#include "tests/unit/fixture.h"

#include "proto/gate/gate_response.h"

static struct log l;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

static void an_id_is_of_one_key_and_request(void **state)
{
    char a[ID_TEXT + 1], b[ID_TEXT + 1];
    uint8_t uuid[UUID_BYTES];
    (void)state;
    gate_response_id(a, &l.who[HOLDER].key.vkey, l.leaf[l.request].b);
    gate_response_id(b, &l.who[HOLDER].key.vkey, l.leaf[l.request].b);
    assert_string_equal(a, b);
    assert_int_equal(uuid_parse(uuid, span_str(a)), 0);
    assert_true(uuid[6] >> 4 == 8 && uuid[8] >> 6 == 2);
    gate_response_id(b, &l.who[STRANGER].key.vkey, l.leaf[l.request].b);
    assert_string_not_equal(a, b);
    gate_response_id(b, &l.who[HOLDER].key.vkey, l.leaf[l.warrant].b);
    assert_string_not_equal(a, b);
}

/* BLAKE2b of 16 bytes, by another implementation: another gate must find the same id. */
static void the_id_is_the_same_everywhere(void **state)
{
    struct vkey holder = { .id = 0 };
    uint8_t request[HASH_BYTES];
    char id[ID_TEXT + 1];
    (void)state;
    for (uint8_t i = 0; i < HASH_BYTES; i++) {
        holder.key[i] = i + 1;
        request[i] = i + 101;
    }
    gate_response_id(id, &holder, request);
    assert_string_equal(id, "b3b29ff3-b8ab-8413-adba-1bb48448f0a3");
}

static void a_log_takes_it_for_good(void **state)
{
    struct gate_response r = { .key = &l.who[HOLDER].key.vkey,
                               .under = { .entry = l.who[HOLDER].entry },
                               .request = { .entry = l.request },
                               .holder = "mx.holder",
                               .received = l.now - 1000,
                               .at = l.now };
    struct buf json = { 0 }, note = { 0 };
    (void)state;
    memcpy(r.under.hash, l.leaf[r.under.entry].b, HASH_BYTES);
    memcpy(r.request.hash, l.leaf[l.request].b, HASH_BYTES);
    gate_response_json(&json, &r);
    record_sign(&note, KIND_RESPONSE, buf_str(&json), &l.who[HOLDER].key);
    uint64_t at = log_add_note(&l, buf_span(&note));
    struct run *run = run_log(&l);
    expect_none(&run->found);
    assert_int_equal(run->known[at].kind, KIND_RESPONSE);
    run_free(run);
    assert_non_null(strstr(buf_str(&json), "\"outcome\":\"direct_access\""));
    assert_non_null(strstr(buf_str(&json), text_of("\"request\":%s", log_ref(&l, l.request))));
    assert_non_null(
        strstr(buf_str(&json), text_of("\"under\":%s", log_ref(&l, l.who[HOLDER].entry))));
    buf_free(&json);
    buf_free(&note);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_is_of_one_key_and_request),
        cmocka_unit_test(the_id_is_the_same_everywhere),
        cmocka_unit_test(a_log_takes_it_for_good),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
