#include "tests/unit/fixture.h"

#include "proto/index/entry_keys.h"
#include "proto/record/entry.h"

static struct log l;
static uint64_t hidden; /* an entry that is not at hand, or NO_ENTRY */
static size_t reads;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    hidden = NO_ENTRY;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    return 0;
}

static enum named_entry_result read_log(void *ctx, uint64_t index, struct span *bytes,
                                        struct hash *leaf)
{
    static uint8_t last[ENTRY_MAX]; /* valid until the next call, and no longer */
    (void)ctx;
    assert_true(index < l.n);
    reads++;
    if (index == hidden)
        return NAMED_UNKNOWN;
    memset(last, 0xFF, sizeof last);
    memcpy(last, l.entry[index].p, l.entry[index].n);
    *bytes = span_of(last, l.entry[index].n);
    *leaf = l.leaf[index];
    return NAMED_FOUND;
}

struct wanted {
    enum index_key_type type;
    const char *text; /* NULL: the name or key of `who`; of INDEX_KEY_SUBJECT bytes 0 to 31 */
    enum who who;
};

#define SIGNER(of)                                                                                 \
    {                                                                                              \
        INDEX_KEY_SIGNER, NULL, of                                                                 \
    }
#define VKEY(of)                                                                                   \
    {                                                                                              \
        INDEX_KEY_VKEY, NULL, of                                                                   \
    }
#define AUTHORITY(code)                                                                            \
    {                                                                                              \
        INDEX_KEY_AUTHORITY, code, THE_LOG                                                         \
    }
#define HELD_BY(code)                                                                              \
    {                                                                                              \
        INDEX_KEY_HOLDER, code, THE_LOG                                                            \
    }
#define SUBJECT                                                                                    \
    {                                                                                              \
        INDEX_KEY_SUBJECT, NULL, THE_LOG                                                           \
    }
#define UNDER(ref)                                                                                 \
    {                                                                                              \
        INDEX_KEY_WARRANT, ref, THE_LOG                                                            \
    }

static void key_of(struct index_key *out, const struct wanted *w)
{
    static const uint8_t counted[32] = { 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10,
                                         11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
                                         22, 23, 24, 25, 26, 27, 28, 29, 30, 31 };
    if (w->type == INDEX_KEY_WARRANT)
        assert_int_equal(index_key_of_reference(out, span_str(w->text)), 0);
    else if (w->text != NULL)
        index_key_of(out, w->type, span_str(w->text));
    else if (w->type == INDEX_KEY_SIGNER)
        index_key_of(out, w->type, span_str(l.who[w->who].key.vkey.name));
    else if (w->type == INDEX_KEY_VKEY)
        index_key_of(out, w->type, span_of(l.who[w->who].key.vkey.key, PUBLIC_KEY_BYTES));
    else
        index_key_of(out, w->type, span_of(counted, 32));
}

/* The keys are these, in ascending order, none twice. */
static void expect_all(const struct entry_keys *k, const struct wanted *want, size_t n)
{
    assert_int_equal(k->n, n);
    for (size_t i = 0; i < n; i++) {
        struct index_key key;
        key_of(&key, &want[i]);
        assert_true(entry_keys_have(k, &key));
    }
    for (size_t i = 1; i < k->n; i++)
        assert_true(index_key_compare(&k->key[i - 1], &k->key[i]) < 0);
    for (size_t i = 0; i < k->warrants; i++)
        assert_true(entry_keys_have(k, &k->warrant[i]));
}

static void keys_are(uint64_t index, enum named_entry_result result, const struct wanted *want,
                     size_t n)
{
    struct entry_keys k = { .n = 0 };
    assert_int_equal(entry_keys_read(&k, index, buf_span(&l.entry[index]), read_log, NULL), result);
    expect_all(&k, want, n);
    entry_keys_free(&k);
}

#define KEYS(index, ...)                                                                           \
    keys_are(index, NAMED_FOUND, (const struct wanted[]){ __VA_ARGS__ },                           \
             sizeof(const struct wanted[]){ __VA_ARGS__ } / sizeof(struct wanted))
#define KEYS_KNOWN(index, ...)                                                                     \
    keys_are(index, NAMED_UNKNOWN, (const struct wanted[]){ __VA_ARGS__ },                         \
             sizeof(const struct wanted[]){ __VA_ARGS__ } / sizeof(struct wanted))

static uint64_t add(enum who who, enum kind kind, const char *members)
{
    return log_add(&l, BY(who, kind, .members = members));
}

#define HASH_TEXT "\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""

static const char *subjects(void)
{
    return text_of(",\"subjects\":[{\"type\":\"curp\",\"commit\":" HASH_TEXT
                   ",\"sealed\":" HASH_TEXT ",\"to\":%s}]",
                   log_ref(&l, l.who[OVERSIGHT].entry));
}

static uint64_t request_under(const char *warrant)
{
    return add(REQUESTER, KIND_REQUEST,
               text_of("%s,\"warrant\":%s", log_members(&l, KIND_REQUEST), warrant));
}

/* A reference to an entry as the member of a request that names a warrant. */
static const char *warrant_at(const char *ref, uint64_t entry)
{
    const char *at = log_ref(&l, entry);
    return text_of("{\"ref\":\"%s\",%s", ref, at + 1);
}

static uint64_t about(enum kind kind, uint64_t entry)
{
    return add(OVERSIGHT, kind, text_of("\"about\":%s,\"cause\":\"other\"", log_ref(&l, entry)));
}

#define THE_JUDGE SIGNER(JUDGE)
#define THE_REQUESTER SIGNER(REQUESTER)
#define THE_HOLDER SIGNER(HOLDER)
#define THE_OVERSIGHT SIGNER(OVERSIGHT)
#define THE_AUDITOR SIGNER(AUDITOR)
#define THE_REGISTRAR SIGNER(REGISTRAR)

/* ---- own keys ------------------------------------------------------------------------------ */

static void each_kind_has_the_keys_of_the_format(void **state)
{
    (void)state;
    KEYS(0, SIGNER(THE_LOG), VKEY(REGISTRAR), VKEY(REGISTRAR2));
    KEYS(1, THE_REGISTRAR, VKEY(JUDGE), AUTHORITY("mx.judge"));
    KEYS(6, THE_JUDGE, AUTHORITY("mx.requester"), UNDER("1/2026"));
    KEYS(7, THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"));
    KEYS(8, THE_HOLDER, HELD_BY("mx.holder"));
    KEYS(add(REGISTRAR, KIND_REVOKE, NULL), THE_REGISTRAR, VKEY(AUDITOR));
    KEYS(add(REGISTRAR, KIND_RULESET, NULL), THE_REGISTRAR, { INDEX_KEY_RULESET, "", THE_LOG });
    KEYS(add(JUDGE, KIND_ERASURE, NULL), THE_JUDGE);
    KEYS(add(REQUESTER, KIND_TRANSFER, NULL), THE_REQUESTER, AUTHORITY("us.x"));
    KEYS(add(REQUESTER, KIND_DESTRUCTION, NULL), THE_REQUESTER);
    KEYS(add(AUDITOR, KIND_ANCHOR, NULL), THE_AUDITOR);
    KEYS(add(THE_LOG, KIND_FREEZE, NULL), SIGNER(THE_LOG));
}

static void what_the_log_writes_of_itself_has_none(void **state)
{
    (void)state;
    keys_are(add(THE_LOG, KIND_INDEX, NULL), NAMED_FOUND, NULL, 0);
    keys_are(add(THE_LOG, KIND_ACCESS, NULL), NAMED_FOUND, NULL, 0);
}

static void members_that_may_be_there_give_keys(void **state)
{
    (void)state;
    uint64_t index = add(THE_LOG, KIND_INDEX, NULL);
    const char *warrant = log_members(&l, KIND_WARRANT);
    KEYS(add(JUDGE, KIND_WARRANT,
             text_of("%s,\"holders\":[\"mx.a\",\"mx.b\",\"mx.a\"]%s", warrant, subjects())),
         THE_JUDGE, AUTHORITY("mx.requester"), UNDER("1/2026"), HELD_BY("mx.a"), HELD_BY("mx.b"),
         SUBJECT);
    KEYS(add(REQUESTER, KIND_REQUEST, text_of("%s%s", log_members(&l, KIND_REQUEST), subjects())),
         THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), SUBJECT);
    KEYS(add(AUDITOR, KIND_ANCHOR,
             text_of("%s,\"index\":%s", log_members(&l, KIND_ANCHOR), log_ref(&l, index))),
         THE_AUDITOR, { INDEX_KEY_AUDITED, "", THE_LOG });
}

/* Other members of the same names give none: the authorities of a request are its own. */
static void a_vkey_that_is_none_gives_no_key(void **state)
{
    const char *vkey = vkey_text(&l, AUDITOR);
    (void)state;
    KEYS(add(REGISTRAR, KIND_REVOKE, text_of("\"vkey\":\"x%s\",\"reason\":\"other\"", vkey)),
         THE_REGISTRAR);
    struct skey witness;
    uint8_t seed[32] = { 9 };
    struct buf text = { 0 };
    skey_from_seed(&witness, span_str("witness.example.mx"), KEY_COSIGNATURE, seed);
    vkey_format(&text, &witness.vkey);
    KEYS(add(REGISTRAR, KIND_REVOKE,
             text_of("\"vkey\":\"%s\",\"reason\":\"other\"", buf_str(&text))),
         THE_REGISTRAR);
    buf_free(&text);
}

/* ---- unkeyed ------------------------------------------------------------------------------- */

static void unkeyed_is(uint64_t index)
{
    struct entry_keys k = { .n = 0 };
    assert_int_equal(entry_keys_read(&k, index, buf_span(&l.entry[index]), read_log, NULL),
                     NAMED_FOUND);
    assert_int_equal(k.n, 1);
    assert_int_equal(k.warrants, 0);
    assert_int_equal(index_key_compare(&k.key[0], &INDEX_UNKEYED), 0);
    entry_keys_free(&k);
}

static void what_has_no_v1_form_is_unkeyed(void **state)
{
    (void)state;
    unkeyed_is(log_add_bytes(&l, span_str("")));
    unkeyed_is(log_add_bytes(&l, span_str("bitacora/v1 entry\n")));
    unkeyed_is(log_add_bytes(&l, span_str("bitacora/v2 entry\n?")));
    unkeyed_is(log_add_note(&l, span_str("bitacora/v2 request\nwhatever it looks like\n")));
    unkeyed_is(log_add_note(&l, span_str("nothing\n")));
    unkeyed_is(add(REQUESTER, KIND_REQUEST, "\"persons\":1"));
}

/* Whoever signed it, wherever it claims to stand: only the form matters. */
static void what_has_its_form_has_its_keys_whatever_else_is_wrong(void **state)
{
    struct buf note = { 0 };
    (void)state;
    KEYS(add(STRANGER, KIND_ERASURE, NULL), SIGNER(STRANGER));
    KEYS(log_add(&l, BY(THE_LOG, KIND_GENESIS, .under = log_ref(&l, 0))), SIGNER(THE_LOG),
         VKEY(REGISTRAR), VKEY(REGISTRAR2));
    log_note(&note, &l, &BY(JUDGE, KIND_ERASURE));
    KEYS(log_add_entry(&l, &(struct entry){ .index = 3, .note = buf_span(&note) }), THE_JUDGE);
    buf_free(&note);
}

/* ---- what is named ------------------------------------------------------------------------- */

/* Everything that is done under a warrant, directly or not. */
static void one_key_gives_the_whole_case_of_a_warrant(void **state)
{
    (void)state;
    uint64_t request = l.request = request_under(warrant_at("1/2026", l.warrant));
    KEYS(request, THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), UNDER("1/2026"));
    KEYS(add(JUDGE, KIND_EXTENSION, NULL), THE_JUDGE, UNDER("1/2026"));
    KEYS(add(REQUESTER, KIND_CLOSING, NULL), THE_REQUESTER, UNDER("1/2026"));
    KEYS(add(JUDGE, KIND_RATIFICATION, NULL), THE_JUDGE, UNDER("1/2026"));
    KEYS(add(JUDGE, KIND_DEFERRAL, NULL), THE_JUDGE, UNDER("1/2026"));
    KEYS(add(REQUESTER, KIND_JUDICIAL_NOTICE, NULL), THE_REQUESTER, UNDER("1/2026"));
    KEYS(add(REQUESTER, KIND_NOTICE, NULL), THE_REQUESTER, UNDER("1/2026"));
    KEYS(add(HOLDER, KIND_RESPONSE, NULL), THE_HOLDER, HELD_BY("mx.holder"), UNDER("1/2026"));
    KEYS(add(REQUESTER, KIND_TRANSFER, NULL), THE_REQUESTER, AUTHORITY("us.x"), UNDER("1/2026"));
    KEYS(add(REQUESTER, KIND_PRODUCT, NULL), THE_REQUESTER, UNDER("1/2026"));
    KEYS(add(HOLDER, KIND_DESTRUCTION, text_of("\"requests\":[%s]", log_ref(&l, request))),
         THE_HOLDER, UNDER("1/2026"));
    KEYS(about(KIND_CORRECTION, about(KIND_ERROR_REPORT, request)), THE_OVERSIGHT, UNDER("1/2026"));
}

/* A request under another reference than the warrant's is found by both. */
static void own_and_inherited_keys_are_both_there(void **state)
{
    (void)state;
    uint64_t request = request_under(warrant_at("2/2026", l.warrant));
    KEYS(request, THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), UNDER("1/2026"),
         UNDER("2/2026"));
    KEYS(about(KIND_CORRECTION, request), THE_OVERSIGHT, UNDER("1/2026"), UNDER("2/2026"));
}

static void all_requests_of_an_act_count(void **state)
{
    (void)state;
    uint64_t a = request_under("{\"ref\":\"a\"}"), b = request_under("{\"ref\":\"b\"}");
    KEYS(add(REQUESTER, KIND_PRODUCT,
             text_of("\"requests\":[%s,%s,%s],\"class\":\"other\"", log_ref(&l, a), log_ref(&l, b),
                     log_ref(&l, l.request))),
         THE_REQUESTER, UNDER("a"), UNDER("b"));
}

static void other_members_name_nothing(void **state)
{
    (void)state;
    uint64_t index = add(THE_LOG, KIND_INDEX, NULL);
    reads = 0;
    KEYS(add(AUDITOR, KIND_ANCHOR,
             text_of("%s,\"index\":%s", log_members(&l, KIND_ANCHOR), log_ref(&l, index))),
         THE_AUDITOR, { INDEX_KEY_AUDITED, "", THE_LOG });
    KEYS(add(JUDGE, KIND_WARRANT, text_of("%s%s", log_members(&l, KIND_WARRANT), subjects())),
         THE_JUDGE, AUTHORITY("mx.requester"), UNDER("1/2026"), SUBJECT);
    assert_int_equal(reads, 0);
}

static void a_ref_that_is_not_good_names_nothing(void **state)
{
    (void)state;
    KEYS(request_under(text_of("{\"ref\":\"r\",\"entry\":6,\"hash\":" HASH_TEXT "}")),
         THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), UNDER("r"));
    KEYS(request_under(warrant_at("r", l.request)), THE_REQUESTER, AUTHORITY("mx.requester"),
         HELD_BY("mx.holder"), UNDER("r")); /* of the wrong kind */
    reads = 0;
    KEYS(request_under(text_of("{\"ref\":\"r\",\"entry\":%d,\"hash\":" HASH_TEXT "}", (int)l.n)),
         THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), UNDER("r"));
    KEYS(add(OVERSIGHT, KIND_CORRECTION,
             text_of("\"about\":{\"entry\":%d,\"hash\":" HASH_TEXT "},\"cause\":\"other\"",
                     (int)l.n + 9)),
         THE_OVERSIGHT);
    assert_int_equal(reads, 0); /* nothing is read that is not earlier */
}

/* A correction is not of the kind that a response names, whatever it is about. */
static void keys_pass_on_by_the_kind_that_is_asked_for_only(void **state)
{
    (void)state;
    uint64_t correction = about(KIND_CORRECTION, l.warrant);
    KEYS(correction, THE_OVERSIGHT, UNDER("1/2026"));
    l.request = correction;
    KEYS(add(HOLDER, KIND_RESPONSE, NULL), THE_HOLDER, HELD_BY("mx.holder"));
    l.warrant = correction;
    KEYS(add(JUDGE, KIND_EXTENSION, NULL), THE_JUDGE);
    KEYS(about(KIND_CORRECTION, log_add_bytes(&l, span_str("?"))), THE_OVERSIGHT);
}

/* Entries that name each other by refs of the wrong kind lead no reader astray: otherwise a chain
 * of a million would be followed. */
static void a_chain_of_wrong_kinds_is_not_followed(void **state)
{
    (void)state;
    for (int i = 0; i < 40; i++) {
        l.request = about(KIND_CORRECTION, l.request);
        l.request = add(HOLDER, KIND_RESPONSE, NULL);
    }
    reads = 0;
    KEYS(l.request, THE_HOLDER, HELD_BY("mx.holder"));
    assert_int_equal(reads, 1);
    KEYS(about(KIND_CORRECTION, l.request), THE_OVERSIGHT);
    assert_true(reads < 5);
}

static void a_chain_of_about_ends_after_eight(void **state)
{
    uint64_t at = l.warrant;
    (void)state;
    for (int i = 1; i <= 8; i++) {
        at = about(i % 2 == 0 ? KIND_CORRECTION : KIND_ERROR_REPORT, at);
        KEYS(at, THE_OVERSIGHT, UNDER("1/2026"));
    }
    for (int i = 9; i <= 30; i++) {
        at = about(KIND_CORRECTION, at);
        reads = 0;
        KEYS(at, THE_OVERSIGHT);
        assert_int_equal(reads, 9); /* and is not followed any further */
    }
}

/* The steps that are no `about` do not count. */
static void a_chain_may_end_in_an_act(void **state)
{
    (void)state;
    l.request = request_under(warrant_at("2/2026", l.warrant));
    uint64_t at = add(REQUESTER, KIND_PRODUCT, NULL);
    for (int i = 1; i <= 8; i++)
        at = about(KIND_CORRECTION, at);
    KEYS(at, THE_OVERSIGHT, UNDER("1/2026"), UNDER("2/2026"));
    KEYS(about(KIND_CORRECTION, at), THE_OVERSIGHT);
}

/* ---- what is not at hand ------------------------------------------------------------------- */

static void what_does_not_rest_on_a_missing_entry_is_known(void **state)
{
    (void)state;
    uint64_t a = request_under(warrant_at("a", l.warrant)), b = request_under("{\"ref\":\"b\"}");
    uint64_t act =
        add(REQUESTER, KIND_PRODUCT,
            text_of("\"requests\":[%s,%s],\"class\":\"other\"", log_ref(&l, a), log_ref(&l, b)));
    uint64_t deep = about(KIND_CORRECTION, act);
    KEYS(deep, THE_OVERSIGHT, UNDER("1/2026"), UNDER("a"), UNDER("b"));
    hidden = l.warrant;
    KEYS_KNOWN(a, THE_REQUESTER, AUTHORITY("mx.requester"), HELD_BY("mx.holder"), UNDER("a"));
    KEYS_KNOWN(act, THE_REQUESTER, UNDER("a"), UNDER("b"));
    KEYS_KNOWN(deep, THE_OVERSIGHT, UNDER("a"), UNDER("b"));
    hidden = b;
    KEYS_KNOWN(deep, THE_OVERSIGHT, UNDER("1/2026"), UNDER("a"));
    hidden = act;
    KEYS_KNOWN(deep, THE_OVERSIGHT);
    hidden = deep; /* which names, and is not named */
    KEYS(deep, THE_OVERSIGHT, UNDER("1/2026"), UNDER("a"), UNDER("b"));
}

/* ---- without reading anew ------------------------------------------------------------------ */

struct known {
    struct named_entry entry;
    enum named_entry_result result;
    enum kind target; /* that was asked for last */
};

static enum named_entry_result look_up(void *known, uint64_t index, enum kind target,
                                       struct named_entry *out)
{
    struct known *k = known;
    (void)index;
    k->target = target;
    *out = k->entry;
    return k->result;
}

static void keys_given(uint64_t index, struct known *known, enum named_entry_result result,
                       unsigned chain, size_t warrants)
{
    struct entry_keys k = { .n = 3, .about = 5, .warrants = 9 }; /* as of another entry */
    struct entry e;
    struct record r;
    struct refusal why;
    k.n = k.warrants = 0;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_int_equal(entry_keys_of(&k, index, &r, look_up, known), result);
    assert_int_equal(k.about, chain);
    assert_int_equal(k.warrants, warrants);
    assert_int_equal(k.n, 1 + warrants);
    record_free(&r);
    entry_keys_free(&k);
}

static void what_is_known_of_named_entries_is_used(void **state)
{
    const struct index_key two[] = { { { 1 } }, { { 2 } } };
    (void)state;
    uint64_t index = about(KIND_CORRECTION, l.warrant);
    struct known k = {
        .entry = { .leaf = l.leaf[l.warrant], .kind = KIND_WARRANT, .warrant = two, .warrants = 2 }
    };
    keys_given(index, &k, NAMED_FOUND, 1, 2);
    assert_int_equal(k.target, KIND_ANY);
    k.entry.about = 7;
    keys_given(index, &k, NAMED_FOUND, 8, 2);
    k.entry.about = 8;
    keys_given(index, &k, NAMED_FOUND, 9, 0);
    k.entry.about = 9;
    keys_given(index, &k, NAMED_FOUND, 9, 0);
    k.entry.about = 0;
    k.entry.partial = true;
    keys_given(index, &k, NAMED_UNKNOWN, 1, 2);
    k.result = NAMED_UNKNOWN;
    keys_given(index, &k, NAMED_UNKNOWN, 0, 0);
    k.result = NAMED_FOUND;
    k.entry.leaf.b[0] ^= 1;
    keys_given(index, &k, NAMED_FOUND, 0, 0);
    uint64_t extension = add(JUDGE, KIND_EXTENSION, NULL);
    k.entry = (struct named_entry){
        .leaf = l.leaf[l.warrant], .kind = KIND_WARRANT, .warrant = two, .warrants = 2
    };
    keys_given(extension, &k, NAMED_FOUND, 0, 2);
    assert_int_equal(k.target, KIND_WARRANT);
    k.entry.kind = KIND_REQUEST;
    keys_given(extension, &k, NAMED_FOUND, 0, 0);
}

static void want_of_memory_is_told(void **state)
{
    struct entry_keys k = { .n = 0 };
    struct known known = { .result = NAMED_MEMORY };
    struct entry e;
    struct record r;
    struct refusal why;
    (void)state;
    uint64_t index = add(JUDGE, KIND_EXTENSION, NULL);
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    assert_int_equal(record_parse(&r, e.note, &why), 0);
    assert_int_equal(entry_keys_of(&k, index, &r, look_up, &known), NAMED_MEMORY);
    record_free(&r);
    entry_keys_free(&k);
}

/* An entry may have hundreds; they are sorted all the same. */
static void many_keys_are_in_order(void **state)
{
    struct buf codes = { 0 };
    struct entry_keys k = { .n = 0 };
    (void)state;
    for (int i = 0; i < 200; i++)
        buf_addf(&codes, "%s\"h%d\"", i == 0 ? "" : ",", i % 150);
    uint64_t index =
        add(JUDGE, KIND_WARRANT,
            text_of("%s,\"holders\":[%s]", log_members(&l, KIND_WARRANT), buf_str(&codes)));
    assert_int_equal(entry_keys_read(&k, index, buf_span(&l.entry[index]), read_log, NULL),
                     NAMED_FOUND);
    assert_int_equal(k.n, 150 + 3);
    for (size_t i = 1; i < k.n; i++)
        assert_true(index_key_compare(&k.key[i - 1], &k.key[i]) < 0);
    for (int i = 0; i < 150; i++) {
        struct index_key key;
        index_key_of(&key, INDEX_KEY_HOLDER, span_str(text_of("h%d", i)));
        assert_true(entry_keys_have(&k, &key));
    }
    entry_keys_free(&k);
    buf_free(&codes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_kind_has_the_keys_of_the_format),
        TEST(what_the_log_writes_of_itself_has_none),
        TEST(members_that_may_be_there_give_keys),
        TEST(a_vkey_that_is_none_gives_no_key),
        TEST(what_has_no_v1_form_is_unkeyed),
        TEST(what_has_its_form_has_its_keys_whatever_else_is_wrong),
        TEST(one_key_gives_the_whole_case_of_a_warrant),
        TEST(own_and_inherited_keys_are_both_there),
        TEST(all_requests_of_an_act_count),
        TEST(other_members_name_nothing),
        TEST(a_ref_that_is_not_good_names_nothing),
        TEST(keys_pass_on_by_the_kind_that_is_asked_for_only),
        TEST(a_chain_of_wrong_kinds_is_not_followed),
        TEST(a_chain_of_about_ends_after_eight),
        TEST(a_chain_may_end_in_an_act),
        TEST(what_does_not_rest_on_a_missing_entry_is_known),
        TEST(what_is_known_of_named_entries_is_used),
        TEST(want_of_memory_is_told),
        TEST(many_keys_are_in_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
