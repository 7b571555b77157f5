#include "tests/unit/fixture.h"

#include "proto/judge/presentation.h"

static struct log l;

#define T0 INT64_C(1795276800000) /* 2026-11-21T16:00:00.000Z */
#define HASH_TEXT "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""
#define REQUEST "\"request\":{\"entry\":7,\"hash\":" HASH_TEXT "}"
#define REST "\"holder\":\"mx.telco\"," REQUEST ",\"at\":\"2026-11-21T16:00:00.000Z\"}"
#define LINE "{\"origin\":\"" ORIGIN "\"," REST
#define TEXT "bitacora/v1 presentation\n" LINE "\n"

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

/* Parses a note of that text; fails unless it is refused with that cause (NULL: it is good). */
static void expect(const char *text, const char *cause)
{
    struct buf note = { 0 };
    struct presentation p;
    struct refusal why = { .reason = REASON_NONE };
    note_sign(&note, span_str(text), &l.who[REQUESTER].key);
    assert_int_equal(presentation_parse(&p, buf_span(&note), &why), cause == NULL ? 0 : -1);
    if (cause != NULL) {
        assert_int_equal(why.reason, REASON_PRESENTATION_FORM);
        assert_string_equal(why.subject, cause);
    }
    buf_free(&note);
}

static void a_presentation_is_read_into_its_parts(void **state)
{
    struct buf note = { 0 };
    struct presentation p;
    struct refusal why;
    (void)state;
    note_sign(&note, span_str(TEXT), &l.who[REQUESTER].key);
    assert_int_equal(presentation_parse(&p, buf_span(&note), &why), 0);
    assert_true(span_is(p.text, TEXT) && span_is(p.signer, l.who[REQUESTER].key.vkey.name));
    assert_string_equal(p.origin, ORIGIN);
    assert_string_equal(p.holder, "mx.telco");
    assert_true(p.request.entry == 7 && p.request.hash[31] == 31 && p.at == T0);
    buf_free(&note);
}

static void what_has_another_form_is_refused(void **state)
{
    (void)state;
    expect(TEXT, NULL);
    expect("bitacora/v1 token\n" LINE "\n", "first line");
    expect("bitacora/v2 presentation\n" LINE "\n", "first line");
    expect(TEXT "\n", "first line");
    expect("bitacora/v1 presentation\n[]\n", "the line");
    expect("bitacora/v1 presentation\n{}\n", "members");
    expect("bitacora/v1 presentation\n{\"x\":1," REST "\n", "origin");
    expect("bitacora/v1 presentation\n{\"x\":1,\"origin\":\"a\"," REST "\n", "members");
    expect("bitacora/v1 presentation\n{\"origin\":\"A\"," REST "\n", "origin");
    expect("bitacora/v1 presentation\n{\"origin\":\"a\",\"holder\":\"\"," REQUEST ",\"at\":1}\n",
           "holder");
    expect("bitacora/v1 presentation\n"
           "{\"origin\":\"a\",\"holder\":\"a\",\"request\":{\"entry\":1},\"at\":1}\n",
           "request");
    expect("bitacora/v1 presentation\n"
           "{\"origin\":\"a\",\"holder\":\"a\",\"request\":{\"entry\":1,\"hash\":" HASH_TEXT
           ",\"x\":1},\"at\":1}\n",
           "request");
    expect("bitacora/v1 presentation\n"
           "{\"origin\":\"a\",\"holder\":\"a\",\"request\":{\"entry\":1,\"hash\":\"AAAA\"},\"at\":"
           "1}\n",
           "request");
    expect("bitacora/v1 presentation\n"
           "{\"origin\":\"a\",\"holder\":\"a\"," REQUEST ",\"at\":\"2026-11-21\"}\n",
           "at");
}

static struct opening opening_of(const char *value)
{
    struct opening o = { .type = "curp" };
    memset(o.salt, 7, sizeof o.salt);
    snprintf(o.value, sizeof o.value, "%s", value);
    return o;
}

/* A presentation that names the person of an opening, made by the requester at T0. */
static void sign_for(struct buf *out, const struct opening *opening)
{
    const struct entry_ref ref = { .entry = l.request };
    presentation_sign(out, ORIGIN, "mx.telco", &ref, T0, opening, &l.who[REQUESTER].key);
    assert_false(out->failed);
}

static void parse(struct presentation *p, const struct buf *text, enum reason reason,
                  const char *cause)
{
    struct refusal why = { .reason = REASON_NONE };
    assert_int_equal(presentation_parse(p, buf_span(text), &why), reason == REASON_NONE ? 0 : -1);
    assert_int_equal(why.reason, reason);
    if (cause != NULL)
        assert_string_equal(why.subject, cause);
}

/* One line, wherever it stands: what is in memory before it is none of it. */
static void what_stands_before_it_is_not_read(void **state)
{
    static const char memory[] = "x\nopening, one line\n";
    struct presentation p;
    struct refusal why;
    (void)state;
    assert_int_equal(presentation_parse(&p, span_str(memory + 11), &why), -1);
    assert_int_equal(why.reason, REASON_PRESENTATION_FORM);
}

static void one_person_is_named_by_note_and_opening(void **state)
{
    struct opening o = opening_of("GOMC850315HDFRRR07");
    uint8_t commit[HASH_BYTES];
    struct buf text = { 0 };
    struct presentation p;
    (void)state;
    sign_for(&text, &o);
    parse(&p, &text, REASON_NONE, NULL);
    opening_commit(commit, &o);
    assert_true(p.has_subject && p.has_opening);
    assert_memory_equal(p.subject, commit, HASH_BYTES);
    assert_string_equal(p.opening.type, "curp");
    assert_string_equal(p.opening.value, "GOMC850315HDFRRR07");
    assert_true(vkey_verify(&l.who[REQUESTER].key.vkey, p.text, p.signature));
    presentation_wipe(&p);
    assert_true(!p.has_opening && p.opening.value[0] == 0);
    buf_free(&text);
}

static void the_opening_must_be_that_of_the_note(void **state)
{
    struct opening one = opening_of("GOMC850315HDFRRR07"), other = opening_of("MARP800101MDFRTR03");
    struct buf a = { 0 }, b = { 0 }, mixed = { 0 }, plain = { 0 };
    struct presentation p;
    (void)state;
    sign_for(&a, &one);
    sign_for(&b, &other);
    size_t note = a.n - 685; /* 684 characters of base64 and a newline */
    buf_add(&mixed, a.p, note);
    buf_add(&mixed, b.p + note, 685);
    parse(&p, &mixed, REASON_OPENING_OTHER, "the opening gives another commit");
    sign_for(&plain, NULL);
    buf_add(&plain, a.p + note, 685);
    parse(&p, &plain, REASON_PRESENTATION_FORM, "an opening, and no subject");
    a.p[a.n - 3] = '!';
    parse(&p, &a, REASON_OPENING_FORM, "base64 of the opening");
    buf_clear(&a);
    sign_for(&a, &one);
    a.p[a.n - 41] = 'B'; /* where there are zeros */
    parse(&p, &a, REASON_OPENING_FORM, "no zeros at the end");
    buf_clear(&a);
    sign_for(&a, &one);
    a.n--; /* without the newline it is no line, and so part of the note */
    parse(&p, &a, REASON_PRESENTATION_FORM, "the note");
    expect("bitacora/v1 presentation\n{\"subject\":\"AAAA\",\"origin\":\"a\"," REST "\n",
           "subject");
    expect("bitacora/v1 presentation\n{\"subject\":" HASH_TEXT ",\"x\":1,\"origin\":\"a\"," REST
           "\n",
           "members");
    buf_free(&a);
    buf_free(&b);
    buf_free(&mixed);
    buf_free(&plain);
}

/* A request's object that names the persons of so many commits under these types. */
static const struct value *request_of(const char *type, const uint8_t commit[static HASH_BYTES],
                                      const char *second_type)
{
    struct buf c = { 0 };
    buf_add_base64(&c, commit, HASH_BYTES);
    json_t *o = json_pack("{s:[]}", "subjects"), *list = json_object_get(o, "subjects");
    const char *types[] = { type, second_type };
    for (size_t i = 0; i < 2 && types[i] != NULL; i++)
        json_array_append_new(list, json_pack("{s:s,s:s,s:s,s:{s:i,s:s}}", "type", types[i],
                                              "commit", buf_str(&c), "sealed", buf_str(&c), "to",
                                              "entry", 1, "hash", buf_str(&c)));
    const struct value *v = value_of(o);
    json_decref(o);
    buf_free(&c);
    return v;
}

static void the_request_must_name_the_person(void **state)
{
    struct opening o = opening_of("GOMC850315HDFRRR07");
    uint8_t commit[HASH_BYTES], other[HASH_BYTES] = { 1 };
    struct buf text = { 0 };
    struct presentation p;
    struct refusal why = { .reason = REASON_NONE };
    (void)state;
    sign_for(&text, &o);
    parse(&p, &text, REASON_NONE, NULL);
    opening_commit(commit, &o);
    assert_int_equal(presentation_subject(&p, request_of("curp", commit, NULL), &why), 0);
    assert_int_equal(presentation_subject(&p, request_of("curp", other, NULL), &why), -1);
    assert_int_equal(why.reason, REASON_OPENING_OTHER);
    assert_string_equal(why.subject, "no such commit in this member");
    assert_int_equal(presentation_subject(&p, request_of("rfc", commit, NULL), &why), -1);
    assert_string_equal(why.subject, "another type stands in the entry");
    assert_int_equal(presentation_subject(&p, request_of("curp", commit, "rfc"), &why), -1);
    assert_int_equal(presentation_subject(&p, request_of("rfc", commit, "curp"), &why), -1);
    presentation_wipe(&p);
    assert_int_equal(presentation_subject(&p, request_of("curp", commit, NULL), &why), -1);
    assert_int_equal(why.reason, REASON_PRESENTATION_FORM);
    p.has_subject = false; /* it names nobody: nothing to compare */
    assert_int_equal(presentation_subject(&p, request_of("curp", other, NULL), &why), 0);
    buf_free(&text);
}

static void a_note_of_the_request_is_no_person(void **state)
{
    struct opening o = opening_of("Operativo Norte");
    uint8_t commit[HASH_BYTES];
    struct buf text = { 0 }, c = { 0 };
    struct presentation p;
    struct refusal why;
    (void)state;
    snprintf(o.type, sizeof o.type, "note");
    sign_for(&text, &o);
    parse(&p, &text, REASON_NONE, NULL);
    opening_commit(commit, &o);
    buf_add_base64(&c, commit, HASH_BYTES);
    json_t *j =
        json_pack("{s:{s:s,s:{s:s,s:s,s:{s:i,s:s}}}}", "purpose", "code", "other", "note", "commit",
                  buf_str(&c), "sealed", buf_str(&c), "to", "entry", 1, "hash", buf_str(&c));
    assert_int_equal(presentation_subject(&p, value_of(j), &why), -1);
    assert_int_equal(why.reason, REASON_OPENING_OTHER);
    presentation_wipe(&p);
    json_decref(j);
    buf_free(&text);
    buf_free(&c);
}

static void two_signatures_or_another_form_of_name_are_refused(void **state)
{
    struct buf note = { 0 };
    struct presentation p;
    struct refusal why;
    struct skey odd;
    (void)state;
    skey_generate(&odd, span_str("Odd"), KEY_NOTE);
    note_sign(&note, span_str(TEXT), &odd);
    assert_int_equal(presentation_parse(&p, buf_span(&note), &why), -1);
    assert_string_equal(why.subject, "name on the signature line");
    buf_clear(&note);
    note_sign(&note, span_str(TEXT), &l.who[JUDGE].key);
    struct buf other = { 0 };
    note_sign(&other, span_str(TEXT), &l.who[REQUESTER].key);
    buf_add(&note, other.p + strlen(TEXT) + 1, other.n - strlen(TEXT) - 1);
    assert_int_equal(presentation_parse(&p, buf_span(&note), &why), -1);
    assert_string_equal(why.subject, "more than one signature line");
    assert_int_equal(presentation_parse(&p, span_str(TEXT), &why), -1);
    assert_string_equal(why.subject, "the note");
    buf_free(&note);
    buf_free(&other);
}

static struct presentation_expected expected(void)
{
    struct presentation_expected e = { .origin = ORIGIN,
                                       .holder = "mx.telco",
                                       .request = { .entry = l.request },
                                       .key = &l.who[REQUESTER].key.vkey,
                                       .now = T0,
                                       .max_age = 300000,
                                       .skew = 60000 };
    memcpy(e.request.hash, l.leaf[l.request].b, HASH_BYTES);
    return e;
}

/* What a gate says of a presentation that the requester made at T0. */
static void judge(const struct presentation_expected *e, enum reason reason)
{
    struct presentation_expected own = expected();
    struct buf note = { 0 };
    struct presentation p;
    struct refusal why = { .reason = REASON_NONE };
    presentation_sign(&note, own.origin, own.holder, &own.request, T0, NULL, &l.who[REQUESTER].key);
    assert_false(note.failed);
    assert_int_equal(presentation_parse(&p, buf_span(&note), &why), 0);
    assert_int_equal(presentation_judge(&p, e, &why), reason == REASON_NONE ? 0 : -1);
    assert_int_equal(why.reason, reason);
    if (reason == REASON_PRESENTATION_TIME)
        assert_string_equal(why.subject, "2026-11-21T16:00:00.000Z");
    buf_free(&note);
}

static void what_a_requester_signs_is_good_for_minutes(void **state)
{
    struct presentation_expected e = expected();
    (void)state;
    judge(&e, REASON_NONE);
    e.now = T0 + 300000;
    judge(&e, REASON_NONE);
    e.now++;
    judge(&e, REASON_PRESENTATION_TIME);
    e.now = T0 - 60000;
    judge(&e, REASON_NONE);
    e.now--;
    judge(&e, REASON_PRESENTATION_TIME);
}

static void it_is_for_one_log_holder_entry_and_key(void **state)
{
    struct presentation_expected e = expected();
    (void)state;
    e.origin = "other.example/log";
    judge(&e, REASON_PRESENTATION_OTHER);
    e = expected();
    e.holder = "mx.telco2";
    judge(&e, REASON_PRESENTATION_OTHER);
    e = expected();
    e.request.entry++;
    judge(&e, REASON_PRESENTATION_OTHER);
    e = expected();
    e.request.hash[0] ^= 1;
    judge(&e, REASON_PRESENTATION_OTHER);
    e = expected();
    e.key = &l.who[JUDGE].key.vkey;
    judge(&e, REASON_PRESENTATION_SIGNER);
    struct vkey twin = l.who[STRANGER].key.vkey; /* of the same name and id */
    memcpy(twin.name, l.who[REQUESTER].key.vkey.name, sizeof twin.name);
    twin.id = l.who[REQUESTER].key.vkey.id;
    e.key = &twin;
    judge(&e, REASON_PRESENTATION_SIGNER);
    twin = l.who[REQUESTER].key.vkey; /* the key itself, enrolled by another name or id */
    twin.name[0] ^= 1;
    judge(&e, REASON_PRESENTATION_SIGNER);
    twin.name[0] ^= 1;
    judge(&e, REASON_NONE);
    twin.id ^= 1;
    judge(&e, REASON_PRESENTATION_SIGNER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_presentation_is_read_into_its_parts),
        cmocka_unit_test(what_has_another_form_is_refused),
        cmocka_unit_test(what_stands_before_it_is_not_read),
        cmocka_unit_test(one_person_is_named_by_note_and_opening),
        cmocka_unit_test(the_opening_must_be_that_of_the_note),
        cmocka_unit_test(the_request_must_name_the_person),
        cmocka_unit_test(a_note_of_the_request_is_no_person),
        cmocka_unit_test(two_signatures_or_another_form_of_name_are_refused),
        cmocka_unit_test(what_a_requester_signs_is_good_for_minutes),
        cmocka_unit_test(it_is_for_one_log_holder_entry_and_key),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
