/* Tickets of a gate: what goes in comes out, for whom it was given, and for nobody else. */
#include "tests/unit/fixture.h"

#include "proto/gate/gate_ticket.h"

#define T0 INT64_C(1795276800000)
#define HOLDER_CODE "mx.telco"

static struct log l;
static uint8_t key[TICKET_KEY_BYTES];

static int start(void **state)
{
    (void)state;
    log_keys(&l);
    gate_ticket_key(key, &l.who[HOLDER].key);
    return 0;
}

static struct gate_ticket ticket(void)
{
    struct gate_ticket t = { .request = { .entry = 7 },
                             .response = INT64_C(0x0102030405060708),
                             .from = T0,
                             .until = T0 + 600000,
                             .bearer = { 1, 2, 3 },
                             .has_subject = true };
    memset(t.request.hash, 9, HASH_BYTES);
    memset(t.subject.salt, 5, sizeof t.subject.salt);
    snprintf(t.subject.type, sizeof t.subject.type, "curp");
    snprintf(t.subject.value, sizeof t.subject.value, "GOMC850315HDFRRR07");
    return t;
}

static void seal(struct buf *out, const struct gate_ticket *t)
{
    gate_ticket_seal(out, t, key, ORIGIN, HOLDER_CODE);
    assert_false(out->failed);
    assert_int_equal(out->n, TICKET_TEXT);
}

static void refused(struct span text, const uint8_t *with, const char *origin, const char *holder,
                    const char *cause)
{
    struct gate_ticket t;
    struct refusal why;
    assert_int_equal(gate_ticket_open(&t, text, with, origin, holder, &why), -1);
    assert_int_equal(why.reason, REASON_TICKET_FORM);
    assert_string_equal(why.subject, cause);
    gate_ticket_wipe(&t);
}

/* Keyed BLAKE2b, by another implementation: a gate that is started again opens its tickets. */
static void the_key_is_made_of_the_holders_seed(void **state)
{
    static const uint8_t seed[32] = { 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
                                      7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7 };
    static const uint8_t expected[TICKET_KEY_BYTES] = { 0xdb, 0x43, 0xf9, 0xab, 0xff, 0x46, 0x6c,
                                                        0xb4, 0x12, 0x64, 0x9d, 0x52, 0x9a, 0x84,
                                                        0xad, 0x2a, 0x27, 0x1a, 0x59, 0x3f, 0x69,
                                                        0x27, 0x62, 0x5f, 0xbf, 0x05, 0x90, 0x97,
                                                        0xac, 0x13, 0x43, 0xdb };
    uint8_t made[TICKET_KEY_BYTES];
    struct skey holder;
    (void)state;
    skey_from_seed(&holder, span_str("holder.example"), KEY_NOTE, seed);
    gate_ticket_key(made, &holder);
    assert_memory_equal(made, expected, sizeof made);
}

static void what_goes_in_comes_out(void **state)
{
    struct gate_ticket in = ticket(), out;
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    seal(&text, &in);
    assert_int_equal(gate_ticket_open(&out, buf_span(&text), key, ORIGIN, HOLDER_CODE, &why), 0);
    assert_true(out.request.entry == 7 && out.response == in.response);
    assert_memory_equal(out.request.hash, in.request.hash, HASH_BYTES);
    assert_memory_equal(out.bearer, in.bearer, HASH_BYTES);
    assert_true(out.from == in.from && out.until == in.until && out.has_subject);
    assert_string_equal(out.subject.type, "curp");
    assert_string_equal(out.subject.value, "GOMC850315HDFRRR07");
    gate_ticket_wipe(&out);
    assert_true(!out.has_subject && out.subject.value[0] == 0);
    buf_free(&text);
}

static void without_a_person_it_is_as_long(void **state)
{
    struct gate_ticket in = ticket(), out;
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    in.has_subject = false;
    in.response = NO_ENTRY;
    seal(&text, &in);
    assert_int_equal(gate_ticket_open(&out, buf_span(&text), key, ORIGIN, HOLDER_CODE, &why), 0);
    assert_true(!out.has_subject && out.subject.value[0] == 0 && out.response == NO_ENTRY);
    buf_free(&text);
}

/* A gate that wrote an opening that is none, under the same key: nobody is let in as nobody. */
static void a_person_that_is_none_opens_nothing(void **state)
{
    struct gate_ticket t = ticket();
    struct buf text = { 0 };
    (void)state;
    snprintf(t.subject.type, sizeof t.subject.type, "a b");
    seal(&text, &t);
    refused(buf_span(&text), key, ORIGIN, HOLDER_CODE, "another key, holder or log");
    buf_free(&text);
}

static void no_two_tickets_are_alike(void **state)
{
    struct gate_ticket t = ticket();
    struct buf a = { 0 }, b = { 0 };
    (void)state;
    seal(&a, &t);
    seal(&b, &t);
    assert_false(span_eq(buf_span(&a), buf_span(&b)));
    buf_free(&a);
    buf_free(&b);
}

static void it_is_of_one_key_log_and_holder(void **state)
{
    const char *other = "another key, holder or log";
    struct gate_ticket t = ticket();
    struct buf text = { 0 };
    uint8_t strange[TICKET_KEY_BYTES];
    (void)state;
    seal(&text, &t);
    gate_ticket_key(strange, &l.who[STRANGER].key);
    refused(buf_span(&text), strange, ORIGIN, HOLDER_CODE, other);
    refused(buf_span(&text), key, "other.example/log", HOLDER_CODE, other);
    refused(buf_span(&text), key, ORIGIN, "mx.banco", other);
    buf_free(&text);
}

static void an_altered_or_cut_ticket_is_none(void **state)
{
    struct gate_ticket t = ticket();
    struct buf text = { 0 };
    (void)state;
    seal(&text, &t);
    for (size_t i = 0; i < TICKET_TEXT - 4; i += every()) {
        uint8_t was = text.p[i];
        text.p[i] = was == 'A' ? 'B' : 'A';
        refused(buf_span(&text), key, ORIGIN, HOLDER_CODE, "another key, holder or log");
        text.p[i] = was;
    }
    refused(span_of(text.p, TICKET_TEXT - 4), key, ORIGIN, HOLDER_CODE, "base64");
    refused(span_of(text.p, 0), key, ORIGIN, HOLDER_CODE, "base64");
    text.p[3] = '-';
    refused(buf_span(&text), key, ORIGIN, HOLDER_CODE, "base64");
    buf_free(&text);
}

static void it_is_good_for_its_time_and_bearer(void **state)
{
    struct gate_ticket t = ticket();
    uint8_t other[HASH_BYTES] = { 1, 2, 3, [31] = 1 };
    struct refusal why;
    (void)state;
    assert_int_equal(gate_ticket_judge(&t, t.from, t.bearer, &why), 0);
    assert_int_equal(gate_ticket_judge(&t, t.until - 1, t.bearer, &why), 0);
    assert_int_equal(gate_ticket_judge(&t, t.until, t.bearer, &why), -1);
    assert_int_equal(why.reason, REASON_TICKET_TIME);
    assert_string_equal(why.subject, "2026-11-21T16:10:00.000Z");
    assert_int_equal(gate_ticket_judge(&t, t.from - 1, t.bearer, &why), -1);
    assert_int_equal(why.reason, REASON_TICKET_TIME);
    assert_int_equal(gate_ticket_judge(&t, t.from, other, &why), -1);
    assert_int_equal(why.reason, REASON_TICKET_OTHER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_key_is_made_of_the_holders_seed),
        cmocka_unit_test(what_goes_in_comes_out),
        cmocka_unit_test(without_a_person_it_is_as_long),
        cmocka_unit_test(a_person_that_is_none_opens_nothing),
        cmocka_unit_test(no_two_tickets_are_alike),
        cmocka_unit_test(it_is_of_one_key_log_and_holder),
        cmocka_unit_test(an_altered_or_cut_ticket_is_none),
        cmocka_unit_test(it_is_good_for_its_time_and_bearer),
    };
    return cmocka_run_group_tests(tests, start, NULL);
}
