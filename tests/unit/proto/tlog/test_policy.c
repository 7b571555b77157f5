#include "tests/unit/fixture.h"

#include <stdlib.h>

/* ---- the file ------------------------------------------------------------------------------ */

static void check_form(const char *name, struct span bytes, const char *reason)
{
    struct refusal why = { .reason = REASON_NONE };
    struct policy *p = policy_parse(bytes, &why);
    const char *got = p != NULL ? "good" : reason_name(why.reason);
    policy_free(p);
    if (strcmp(got, reason != NULL ? reason : "good") != 0)
        fail_msg("%s: %s (%s)", name, got, why.subject);
}

static void good_policies_are_read(void **state)
{
    (void)state;
    vector_each("policy/good", check_form);
}

static void malformed_policies_are_refused(void **state)
{
    (void)state;
    vector_each("policy/bad", check_form);
}

static struct policy *read_policy(const char *name)
{
    struct buf text = { 0 };
    struct refusal why;
    vector_read(&text, text_of("policy/good/%s.txt", name));
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    buf_free(&text);
    return p;
}

static void a_policy_says_what_it_says(void **state)
{
    struct policy *p = read_policy("c2sp");
    (void)state;
    assert_int_equal(policy_logs(p), 1);
    assert_string_equal(policy_log(p, 0)->key.name, "log.example");
    assert_null(policy_log(p, 0)->url);
    assert_int_equal(policy_witnesses(p), 6);
    assert_string_equal(policy_witness(p, 3)->name, "Y1");
    assert_string_equal(policy_witness(p, 3)->key.name, "y1.example");
    assert_int_equal(policy_least_quorum(p), 3);
    assert_false(policy_trusts_log_alone(p));
    policy_free(p);
    p = read_policy("spaces-and-comments");
    assert_string_equal(policy_log(p, 0)->url, "https://log.example/");
    assert_int_equal(policy_least_quorum(p), 1);
    policy_free(p);
    p = read_policy("none");
    assert_int_equal(policy_least_quorum(p), 0);
    assert_true(policy_trusts_log_alone(p));
    policy_free(p);
}

/* Up to the limits and one beyond. */
static void limits_are_kept(void **state)
{
    static const int limits[] = { POLICY_LOGS_MAX, POLICY_WITNESSES_MAX, POLICY_GROUPS_MAX };
    struct refusal why;
    (void)state;
    for (int extra = 0; extra <= 1; extra++)
        for (int what = 0; what < 3; what++) {
            struct buf text = { 0 };
            for (int i = 0; i < limits[what] + extra; i++) {
                struct skey k;
                uint8_t seed[32] = { (uint8_t)i, (uint8_t)what };
                skey_from_seed(&k, span_str("x.example"), what == 0 ? KEY_NOTE : KEY_COSIGNATURE,
                               seed);
                if (what < 2) {
                    buf_adds(&text, what == 0 ? "log " : text_of("witness w%d ", i));
                    vkey_format(&text, &k.vkey);
                    buf_adds(&text, "\n");
                } else if (i == 0) {
                    buf_adds(&text, "witness w ");
                    vkey_format(&text, &k.vkey);
                    buf_adds(&text, "\ngroup g0 any w\n");
                } else {
                    buf_addf(&text, "group g%d any g%d\n", i, i - 1);
                }
            }
            buf_adds(&text, "quorum none\n");
            struct policy *p = policy_parse(buf_span(&text), &why);
            assert_true((p != NULL) == (extra == 0));
            policy_free(p);
            buf_free(&text);
        }
}

static void too_large_a_file_is_refused(void **state)
{
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    buf_adds(&text, "quorum none\n#");
    while (text.n < POLICY_MAX - 1)
        buf_adds(&text, text.n % 3 == 0 ? " " : "x"); /* a comment has any number of words */
    buf_adds(&text, "\n");
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    policy_free(p);
    buf_adds(&text, "\n");
    assert_null(policy_parse(buf_span(&text), &why));
    assert_string_equal(why.subject, "line 0: file too large");
    buf_free(&text);
}

#define UNKNOWN "a+01020304+Bg=="

static void a_refusal_says_line_and_cause(void **state)
{
    static const char *const bad[][2] = {
        { "quorum none", "line 0: no newline at the end" },
        { "#\n", "line 1: no quorum line (`quorum none` if there are no witnesses)" },
        { "#\nfoo none\n", "line 2: not log, witness, group or quorum" },
        { "log\n", "line 1: log VKEY [URL]" },
        { "log " UNKNOWN " b c\n", "line 1: log VKEY [URL]" },
        { "log x\n", "line 1: not NAME+ID+KEY" },
        { "witness a\n", "line 1: witness NAME VKEY [URL]" },
        { "witness a " UNKNOWN " b c\n", "line 1: witness NAME VKEY [URL]" },
        { "witness a x\n", "line 1: not NAME+ID+KEY" },
        { "witness none " UNKNOWN "\n", "line 1: name taken" },
        { "witness a " UNKNOWN "\nwitness a " UNKNOWN "\n", "line 2: name taken" },
        { "witness a " UNKNOWN "\ngroup g 0 a\n", "line 2: bad threshold" },
        { "witness a " UNKNOWN "\ngroup g 2 a\n", "line 2: bad threshold" },
        { "witness a " UNKNOWN "\ngroup g x a\n", "line 2: bad threshold" },
        { "group g any\n", "line 1: group NAME all|any|K MEMBER…" },
        { "quorum\n", "line 1: quorum NAME" },
        { "quorum g\n", "line 1: unknown quorum" },
        { "quorum none\nquorum none\n", "line 2: quorum twice" },
        { "quor\x7Fum none\n", "line 1: control character" },
        { "\x7Fquorum none\n", "line 1: control character" },
        { "quorum none \x1F\n", "line 1: control character" },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct refusal why = { .reason = REASON_NONE };
        assert_null(policy_parse(fenced(span_str(bad[i][0])), &why));
        if (i > 0) /* of the first the line is not read */
            assert_string_equal(why.subject, bad[i][1]);
    }
}

static struct policy *policy_of(const char *text)
{
    struct refusal why;
    struct policy *p = policy_parse(span_str(text), &why);
    if (p == NULL)
        fail_msg("%s", why.subject);
    return p;
}

static const char *witness_line(char name)
{
    struct buf text = { 0 };
    struct skey k;
    uint8_t seed[32] = { (uint8_t)name, 99 };
    skey_from_seed(&k, span_str("x.example"), KEY_COSIGNATURE, seed);
    vkey_format(&text, &k.vkey);
    const char *line = text_of("witness %c %s\n", name, buf_str(&text));
    buf_free(&text);
    return line;
}

/* How many witnesses a quorum takes at least, and whether those that we know can be one. */
static void a_quorum_is_weighed_before_anybody_signs(void **state)
{
    static const struct {
        const char *groups;
        size_t least;
        bool can_be_met;
    } cases[] = {
        { "quorum none\n", 0, true },
        { "quorum a\n", 1, true },
        { "quorum c\n", 1, true },
        { "quorum u\n", 1, false },
        { "group g all a b c\ngroup h 1 g u\nquorum h\n", 1, true },
        { "group g all a b c\ngroup h 1 u g\nquorum h\n", 1, true },
        { "group g all a b\ngroup h 2 g u c\nquorum h\n", 2, true },
        { "group g all a b\ngroup h 2 u c g\nquorum h\n", 2, true },
        { "group g all c u\nquorum g\n", 2, false },
        { "group g all a b c\nquorum g\n", 3, true },
    };
    const char *known =
        text_of("witness u " UNKNOWN "\nwitness v b+01020305+Bg== https://v\n%s%s%s",
                witness_line('a'), witness_line('b'), witness_line('c'));
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct policy *p = policy_of(text_of("%s%s", known, cases[i].groups));
        assert_int_equal(policy_least_quorum(p), cases[i].least);
        assert_int_equal(policy_can_be_met(p), cases[i].can_be_met);
        assert_int_equal(policy_quorum_of(p, (bool[5]){ false }), i == 0);
        assert_false(policy_one_log(p)); /* it names none */
        policy_free(p);
    }
}

/* ---- checkpoints under it ------------------------------------------------------------------ */

static const char *const witnesses[] = { "x1.example", "x2.example", "x3.example",
                                         "y1.example", "y2.example", "y3.example" };

/* The keys behind the vectors are SHA-256 of their names. */
static void key_of(struct skey *k, const char *name, enum key_type type)
{
    struct hash seed;
    hash_bytes(&seed, span_str(name));
    skey_from_seed(k, span_str(name), type, seed.b);
}

static void text_of_checkpoint(struct buf *out, const char *origin)
{
    static const struct hash root = { { 1 } };
    checkpoint_format(out, origin, 9, &root);
}

/* A checkpoint of log.example, cosigned by the witnesses in a set of bits. */
static void cosigned(struct buf *out, unsigned set, uint64_t seconds)
{
    struct buf text = { 0 };
    struct skey k;
    text_of_checkpoint(&text, "log.example");
    key_of(&k, "log.example", KEY_NOTE);
    note_sign(out, buf_span(&text), &k);
    for (unsigned i = 0; i < COUNT(witnesses); i++) {
        if (!(set >> i & 1))
            continue;
        key_of(&k, witnesses[i], KEY_COSIGNATURE);
        note_cosign(out, buf_span(&text), &k, seconds + i);
    }
    buf_free(&text);
}

static unsigned bits(unsigned v)
{
    return (v & 1) + (v >> 1 & 1) + (v >> 2 & 1);
}

/* Two of the X and one of the Y, as C2SP's example says: all 64 sets. */
static void every_set_of_witnesses_is_weighed(void **state)
{
    struct policy *p = read_policy("c2sp");
    (void)state;
    for (unsigned set = 0; set < 64; set++) {
        struct buf note = { 0 };
        struct signed_checkpoint cp;
        struct refusal why;
        cosigned(&note, set, 1000);
        assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
        assert_true(cp.quorum == (bits(set & 7) >= 2 && bits(set >> 3) >= 1));
        bool able[COUNT(witnesses)];
        for (unsigned i = 0; i < COUNT(witnesses); i++) {
            assert_int_equal(cp.cosigned_at[i], set >> i & 1 ? 1000 + i : 0);
            able[i] = set >> i & 1;
        }
        assert_true(policy_quorum_of(p, able) == cp.quorum);
        assert_true(policy_quorum_between(p, &cp, 0, 2000) == cp.quorum);
        assert_true(policy_quorum_between(p, &cp, 1001, 2000) ==
                    (bits(set & 6) >= 2 && bits(set >> 3) >= 1));
        assert_false(policy_quorum_between(p, &cp, 1006, 2000));
        assert_true(policy_quorum_between(p, &cp, 0, 1004) ==
                    (bits(set & 7) >= 2 && bits(set >> 3 & 3) >= 1));
        buf_free(&note);
    }
    policy_free(p);
}

static void who_has_not_cosigned_is_named(void **state)
{
    struct policy *p = read_policy("c2sp");
    struct buf note = { 0 }, text = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    (void)state;
    cosigned(&note, 1 | 8, 1000);
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    assert_int_equal(policy_refuse_quorum(p, &cp, &why), -1);
    assert_int_equal(why.reason, REASON_QUORUM);
    assert_string_equal(why.subject, "X2, X3, Y2, Y3");
    assert_int_equal(policy_refuse_quorum(p, NULL, &why), -1);
    assert_string_equal(why.subject, "X1, X2, X3, Y1, Y2, Y3");
    policy_free(p);
    buf_free(&note);
    /* Names that do not fit are counted. */
    buf_adds(&text, text_of("log %s\n",
                            "log.example+75c2a19a+AeVr0bDqhLST8NV3ThcBg7SfqiXykC1xtEmRU7JA/ytY"));
    for (unsigned i = 0; i < COUNT(witnesses); i++) {
        struct skey k;
        key_of(&k, witnesses[i], KEY_COSIGNATURE);
        buf_addf(&text, "witness a-name-of-thirty-two-characters-%u ", i);
        vkey_format(&text, &k.vkey);
        buf_adds(&text, "\n");
    }
    buf_adds(&text, "quorum a-name-of-thirty-two-characters-5\n");
    p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    policy_refuse_quorum(p, NULL, &why);
    assert_string_equal(why.subject, "a-name-of-thirty-two-characters-0, "
                                     "a-name-of-thirty-two-characters-1, +4");
    policy_free(p);
    buf_free(&text);
}

static void without_witnesses_the_log_alone_is_trusted(void **state)
{
    struct policy *p = read_policy("none");
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    (void)state;
    cosigned(&note, 63, 1000); /* whom the policy does not name does not count */
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    assert_true(cp.quorum);
    assert_int_equal(cp.checkpoint.size, 9);
    assert_int_equal(cp.log, 0);
    assert_false(policy_quorum_between(p, &cp, 0, 2000));
    buf_free(&note);
    policy_free(p);
}

static void a_cosignature_at_time_0_counts(void **state)
{
    struct policy *p = read_policy("single-witness");
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    (void)state;
    cosigned(&note, 1, 0);
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    assert_true(cp.quorum);
    buf_free(&note);
    policy_free(p);
}

static void refused(const struct policy *p, struct buf *note, enum reason reason)
{
    struct signed_checkpoint cp;
    struct refusal why = { .reason = REASON_NONE };
    assert_int_equal(policy_open(&cp, p, buf_span(note), &why), -1);
    assert_string_equal(reason_name(why.reason), reason_name(reason));
    buf_free(note);
}

static void a_bad_cosignature_of_a_known_witness_is_refused(void **state)
{
    struct policy *p = read_policy("c2sp");
    struct buf note = { 0 };
    (void)state;
    cosigned(&note, 63, 1000);
    note.p[note.n - 6] = note.p[note.n - 6] == 'A' ? 'B' : 'A';
    refused(p, &note, REASON_COSIGNATURE);
    policy_free(p);
}

static void signed_by(struct buf *out, const char *origin, const char *name, const char *seed)
{
    struct buf text = { 0 };
    struct skey k;
    struct hash h;
    text_of_checkpoint(&text, origin);
    hash_bytes(&h, span_str(seed));
    skey_from_seed(&k, span_str(name), KEY_NOTE, h.b);
    note_sign(out, buf_span(&text), &k);
    buf_free(&text);
}

static void a_checkpoint_must_be_signed_by_its_own_log(void **state)
{
    struct policy *p = read_policy("none");
    struct buf note = { 0 };
    (void)state;
    signed_by(&note, "log.example", "log.example", "somebody else");
    refused(p, &note, REASON_CHECKPOINT_KEY);
    signed_by(&note, "log.example", "other.example", "log.example");
    refused(p, &note, REASON_CHECKPOINT_KEY);
    signed_by(&note, "other.example", "log.example", "log.example");
    refused(p, &note, REASON_CHECKPOINT_ORIGIN);
    signed_by(&note, "other.example", "other.example", "other.example");
    refused(p, &note, REASON_CHECKPOINT_ORIGIN);
    signed_by(&note, "log.example", "log.example", "log.example");
    note.p[14] = '8'; /* the size, after it was signed */
    refused(p, &note, REASON_CHECKPOINT);
    policy_free(p);
}

static void what_is_no_checkpoint_is_refused(void **state)
{
    struct policy *p = read_policy("none");
    struct buf note = { 0 };
    struct skey k;
    (void)state;
    buf_adds(&note, "hello\n");
    refused(p, &note, REASON_CHECKPOINT_FORM);
    key_of(&k, "log.example", KEY_NOTE);
    note_sign(&note, span_str("log.example\nten\nx\n"), &k);
    refused(p, &note, REASON_CHECKPOINT_FORM);
    cosigned(&note, 0, 0);
    while (note.n <= CHECKPOINT_MAX)
        buf_adds(&note, "\xE2\x80\x94 other.example AAAAAAAA\n");
    refused(p, &note, REASON_CHECKPOINT_FORM);
    policy_free(p);
}

/* The line of the log's key twice over the same text. */
static void a_doubled_signature_is_refused(void **state)
{
    struct policy *p = read_policy("none");
    struct buf note = { 0 }, line = { 0 };
    (void)state;
    cosigned(&note, 0, 0);
    const char *at = strstr(buf_str(&note), "\n\n") + 2;
    buf_adds(&line, at);
    buf_add_span(&note, buf_span(&line));
    refused(p, &note, REASON_CHECKPOINT);
    buf_free(&line);
    policy_free(p);
}

/* Key rotation: two keys of one origin; either may sign, and whoever signs must sign well. */
static void a_log_may_have_two_keys(void **state)
{
    struct buf text = { 0 }, note = { 0 }, second = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    struct skey k;
    struct hash h;
    (void)state;
    key_of(&k, "log.example", KEY_NOTE);
    buf_adds(&text, "log ");
    vkey_format(&text, &k.vkey);
    hash_bytes(&h, span_str("new"));
    skey_from_seed(&k, span_str("log.example"), KEY_NOTE, h.b);
    buf_adds(&text, "\nlog ");
    vkey_format(&text, &k.vkey);
    buf_adds(&text, "\nquorum none\n");
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    signed_by(&second, "log.example", "log.example", "new");
    assert_int_equal(policy_open(&cp, p, buf_span(&second), &why), 0);
    assert_int_equal(cp.log, 0); /* it is one log */
    assert_int_equal(cp.signer, 1);
    assert_true(policy_one_log(p));
    assert_int_equal(policy_log_keys(p, 1).n, 2);
    signed_by(&note, "log.example", "log.example", "log.example");
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    assert_int_equal(cp.signer, 0);
    buf_adds(&note, strstr(buf_str(&second), "\n\n") + 2);
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    note.p[note.n - 6] = note.p[note.n - 6] == 'A' ? 'B' : 'A';
    refused(p, &note, REASON_CHECKPOINT);
    policy_free(p);
    buf_free(&text);
    buf_free(&second);
}

/* Keys of the name "log.example" whose ids are the same, found by trying 100,000 seeds. */
static void key_number(struct skey *k, enum key_type type, uint32_t n)
{
    uint8_t seed[32] = { (uint8_t)n, (uint8_t)(n >> 8), (uint8_t)(n >> 16) };
    skey_from_seed(k, span_str("log.example"), type, seed);
}

static struct policy *colliding(struct skey key[static 3])
{
    struct buf text = { 0 };
    struct refusal why;
    buf_adds(&text, "log ");
    vkey_format(&text, &key[0].vkey);
    buf_adds(&text, "\nwitness a ");
    vkey_format(&text, &key[1].vkey);
    buf_adds(&text, "\nwitness b ");
    vkey_format(&text, &key[2].vkey);
    buf_adds(&text, "\ngroup g all a b\nquorum g\n");
    struct policy *p = policy_parse(buf_span(&text), &why);
    assert_non_null(p);
    buf_free(&text);
    return p;
}

/* Signed by key 0, and cosigned by those after it that bits 1 and 2 of `by` say. */
static void sign_by(struct buf *out, const struct skey key[static 3], unsigned by)
{
    struct buf text = { 0 };
    struct hash root = { .b = { 1 } };
    checkpoint_format(&text, "log.example", 7, &root);
    note_sign(out, buf_span(&text), &key[0]);
    for (size_t i = 1; i < 3; i++)
        if (by & 1u << i)
            note_cosign(out, buf_span(&text), &key[i], 100 + i);
    buf_free(&text);
}

static void opens(const struct policy *p, const struct skey key[static 3], unsigned by)
{
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why = { .reason = REASON_NONE };
    sign_by(&note, key, by);
    if (policy_open(&cp, p, buf_span(&note), &why) != 0)
        fail_msg("%u: %s (%s)", by, reason_name(why.reason), why.subject);
    assert_int_equal(cp.cosigned_at[0], by & 2 ? 101 : 0);
    assert_int_equal(cp.cosigned_at[1], by & 4 ? 102 : 0);
    assert_int_equal(cp.quorum, by == 6);
    buf_free(&note);
}

/* Two witnesses, and a log and a witness, that share name and id: each key is tried. */
static void keys_that_share_name_and_id_are_each_tried(void **state)
{
    static const uint32_t seeds[][3] = { { 1, 68490, 37276 }, { 17516, 46118, 5 } };
    (void)state;
    for (size_t i = 0; i < COUNT(seeds); i++) {
        struct skey key[3];
        struct buf note = { 0 };
        key_number(&key[0], KEY_NOTE, seeds[i][0]);
        key_number(&key[1], KEY_COSIGNATURE, seeds[i][1]);
        key_number(&key[2], KEY_COSIGNATURE, seeds[i][2]);
        assert_int_equal(key[1].vkey.id, key[i == 0 ? 2 : 0].vkey.id);
        struct policy *p = colliding(key);
        for (unsigned by = 0; by <= 6; by += 2)
            opens(p, key, by);
        sign_by(&note, key, 2);
        note.p[note.n - 6] = note.p[note.n - 6] == 'A' ? 'B' : 'A';
        refused(p, &note, i == 0 ? REASON_COSIGNATURE : REASON_CHECKPOINT); /* of neither */
        sign_by(&note, key, 6);
        struct buf twice = { 0 };
        const char *last = strstr(buf_str(&note), "\n\n") + 2;
        buf_adds(&twice, strchr(last, '\n') + 1);
        buf_add_span(&note, buf_span(&twice));
        refused(p, &note, REASON_COSIGNATURE);
        buf_free(&twice);
        policy_free(p);
    }
}

/* A key of a type that we do not know: its lines are no matter, it does not count, and others
 * do. */
static void keys_of_unknown_types_are_never_bad(void **state)
{
    struct skey key[2];
    struct buf text = { 0 }, note = { 0 }, line = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    uint8_t typed[1313] = { 6 }, signature[4 + 2420];
    (void)state;
    key_number(&key[0], KEY_NOTE, 1);
    key_number(&key[1], KEY_COSIGNATURE, 2);
    buf_adds(&text, "log ");
    vkey_format(&text, &key[0].vkey);
    buf_adds(&text, "\nlog other.example+00000001+");
    buf_add_base64(&text, typed, sizeof typed);
    buf_adds(&text, "\nwitness known ");
    vkey_format(&text, &key[1].vkey);
    buf_addf(&text, "\nwitness later log.example+%08x+",
             key[1].vkey.id); /* whose name and id it shares */
    buf_add_base64(&text, typed, sizeof typed);
    buf_adds(&text, "\ngroup g 2 known later\nquorum g\n");
    struct policy *p = policy_parse(buf_span(&text), &why);
    if (p == NULL)
        fail_msg("%s", why.subject);
    assert_int_equal(policy_logs(p), 1);
    assert_false(policy_can_be_met(p));
    memset(signature, 7, sizeof signature);
    for (int i = 0; i < 4; i++)
        signature[i] = (uint8_t)(key[1].vkey.id >> (24 - 8 * i));
    struct buf cosigned = { 0 };
    struct hash root = { .b = { 1 } };
    checkpoint_format(&cosigned, "log.example", 7, &root);
    note_sign(&note, buf_span(&cosigned), &key[0]);
    note_cosign(&note, buf_span(&cosigned), &key[1], 9);
    buf_adds(&note, "\xE2\x80\x94 log.example ");
    buf_add_base64(&note, signature, sizeof signature);
    buf_adds(&note, "\n");
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    assert_int_equal(cp.cosigned_at[0], 9);
    assert_int_equal(cp.cosigned_at[1], 0);
    assert_false(cp.quorum);
    policy_free(p);
    buf_free(&text);
    buf_free(&note);
    buf_free(&line);
    buf_free(&cosigned);
}

static void all_witnesses_that_there_may_be_count(void **state)
{
    struct buf text = { 0 }, group = { 0 };
    struct signed_checkpoint cp = { .quorum = false };
    (void)state;
    buf_adds(&group, "group g all");
    for (unsigned i = 0; i < POLICY_WITNESSES_MAX; i++) {
        struct skey k;
        uint8_t seed[32] = { (uint8_t)i, 7 };
        skey_from_seed(&k, span_str("x.example"), KEY_COSIGNATURE, seed);
        buf_addf(&text, "witness w%u ", i);
        vkey_format(&text, &k.vkey);
        buf_adds(&text, "\n");
        buf_addf(&group, " w%u", i);
        cp.cosigned_at[i] = 5;
    }
    buf_add_span(&text, buf_span(&group));
    buf_adds(&text, "\nquorum g\n");
    struct policy *p = policy_of(buf_str(&text));
    assert_true(policy_quorum_between(p, &cp, 5, 5));
    cp.cosigned_at[POLICY_WITNESSES_MAX - 1] = 4;
    assert_false(policy_quorum_between(p, &cp, 5, 5));
    policy_free(p);
    buf_free(&text);
    buf_free(&group);
}

static void a_checkpoint_is_as_large_as_is_allowed(void **state)
{
    struct policy *p = read_policy("none");
    static const uint8_t bytes[NOTE_SIGNATURE_BYTES_MAX];
    struct buf note = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    (void)state;
    cosigned(&note, 0, 0);
    while (note.n + 12000 < CHECKPOINT_MAX) {
        buf_adds(&note, "\xE2\x80\x94 other.example ");
        buf_add_base64(&note, bytes, sizeof bytes);
        buf_adds(&note, "\n");
    }
    size_t rest = CHECKPOINT_MAX - note.n, whole = (rest - 40) / 4;
    buf_addf(&note, "\xE2\x80\x94 %.*s ", (int)(rest - 6 - 4 * whole),
             "oooooooooooooooooooooooooooooooooooooooooooo");
    buf_add_base64(&note, bytes, 3 * whole);
    buf_adds(&note, "\n");
    assert_int_equal(note.n, CHECKPOINT_MAX);
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0);
    buf_adds(&note, "\n");
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), -1);
    assert_string_equal(why.subject, "too large");
    buf_free(&note);
    policy_free(p);
}

/* Said so only where that very key has signed. */
static void a_log_signed_by_a_type_of_key_that_we_do_not_know(void **state)
{
    static const struct {
        const char *origin, *line;
        enum reason reason;
    } cases[] = {
        { "new.example", "new.example 01020304", REASON_CHECKPOINT_TYPE },
        { "new.example", "new.example 01020305", REASON_CHECKPOINT_ORIGIN },
        { "new.example", "old.example 01020304", REASON_CHECKPOINT_ORIGIN },
        { "old.example", "old.example 01020304", REASON_CHECKPOINT_ORIGIN },
        { "old.example", "new.example 01020304", REASON_CHECKPOINT_ORIGIN },
    };
    struct policy *p = policy_of("log new.example+01020304+Bg==\nquorum none\n");
    (void)state;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf note = { 0 };
        uint8_t raw[100] = { 0 };
        text_of_checkpoint(&note, cases[i].origin);
        assert_int_equal(unhex(raw, 4, span_str(cases[i].line + 12)), 4);
        buf_addf(&note, "\n\xE2\x80\x94 %.11s ", cases[i].line);
        buf_add_base64(&note, raw, sizeof raw);
        buf_adds(&note, "\n");
        refused(p, &note, cases[i].reason);
    }
    policy_free(p);
}

static void there_are_only_so_many_logs_of_such_keys(void **state)
{
    struct buf text = { 0 };
    struct refusal why;
    (void)state;
    for (unsigned i = 0; i < POLICY_LOGS_MAX; i++)
        buf_adds(&text, "log " UNKNOWN "\n");
    struct policy *p = policy_of(text_of("%squorum none\n", buf_str(&text)));
    policy_free(p);
    buf_adds(&text, "log " UNKNOWN "\nquorum none\n");
    assert_null(policy_parse(buf_span(&text), &why));
    assert_non_null(strstr(why.subject, "too many logs"));
    buf_free(&text);
}

/* A line of a known key that does not verify is excused where it may be of another, which we do not
 * know; of two that are bad, the log's is named. */
static void the_first_bad_line_is_that_of_the_log(void **state)
{
    struct skey log, witness;
    struct buf text = { 0 }, note = { 0 }, checkpoint = { 0 };
    struct hash root = { .b = { 1 } };
    struct signed_checkpoint cp;
    struct refusal why;
    uint8_t junk[4 + 70] = { 0 };
    (void)state;
    key_number(&log, KEY_NOTE, 1);
    key_number(&witness, KEY_COSIGNATURE, 2);
    buf_adds(&text, "log ");
    vkey_format(&text, &log.vkey);
    buf_addf(&text, "\nwitness u log.example+%08x+Bg==\nwitness w ", witness.vkey.id);
    vkey_format(&text, &witness.vkey);
    buf_adds(&text, "\nquorum none\n");
    struct policy *p = policy_of(buf_str(&text)),
                  *stranger = policy_of(
                      text_of("log log.example+%08x+Bg==\n%s", log.vkey.id, buf_str(&text)));
    checkpoint_format(&checkpoint, "log.example", 7, &root);
    note_sign(&note, buf_span(&checkpoint), &log);
    for (int i = 0; i < 4; i++)
        junk[i] = (uint8_t)(witness.vkey.id >> (24 - 8 * i));
    buf_adds(&note, "\xE2\x80\x94 log.example ");
    buf_add_base64(&note, junk, sizeof junk);
    buf_adds(&note, "\n");
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), 0); /* u's, perhaps */
    for (int i = 0; i < 4; i++)
        junk[i] = (uint8_t)(log.vkey.id >> (24 - 8 * i));
    buf_adds(&note, "\xE2\x80\x94 log.example ");
    buf_add_base64(&note, junk, sizeof junk);
    buf_adds(&note, "\n");
    assert_int_equal(policy_open(&cp, stranger, buf_span(&note), &why), 0);
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), -1);
    assert_int_equal(why.reason, REASON_CHECKPOINT);
    note_cosign(&note, buf_span(&checkpoint), &witness, 5);
    note_cosign(&note, buf_span(&checkpoint), &witness, 6); /* twice: bad, too */
    assert_int_equal(policy_open(&cp, p, buf_span(&note), &why), -1);
    assert_int_equal(why.reason, REASON_CHECKPOINT);
    policy_free(p);
    policy_free(stranger);
    buf_free(&text);
    buf_free(&note);
    buf_free(&checkpoint);
}

static void names_are(size_t a, size_t b, size_t c, const char *want)
{
    static const char many[] = "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn"
                               "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn";
    struct refusal why;
    struct policy *p = policy_of(text_of("witness a%.*s a+01020304+Bg==\nwitness b%.*s "
                                         "b+01020304+Bg==\nwitness c%.*s c+01020304+Bg==\n"
                                         "quorum none\n",
                                         (int)a - 1, many, (int)b - 1, many, (int)c - 1, many));
    policy_refuse_quorum(p, NULL, &why);
    assert_string_equal(why.subject, text_of(want, (int)a - 1, many, (int)b - 1, many));
    policy_free(p);
}

static void names_fill_a_refusal_to_the_last_character(void **state)
{
    (void)state;
    names_are(88, 1, 1, "a%.*s, +2");
    names_are(89, 1, 1, "+3"); /* none of a later name, so that the number is of the last ones */
    names_are(50, 36, 1, "a%.*s, b%.*s, +1");
    names_are(50, 37, 1, "a%.*s, +2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(good_policies_are_read),
        cmocka_unit_test(malformed_policies_are_refused),
        cmocka_unit_test(a_policy_says_what_it_says),
        cmocka_unit_test(limits_are_kept),
        cmocka_unit_test(too_large_a_file_is_refused),
        cmocka_unit_test(every_set_of_witnesses_is_weighed),
        cmocka_unit_test(who_has_not_cosigned_is_named),
        cmocka_unit_test(without_witnesses_the_log_alone_is_trusted),
        cmocka_unit_test(a_cosignature_at_time_0_counts),
        cmocka_unit_test(a_bad_cosignature_of_a_known_witness_is_refused),
        cmocka_unit_test(a_checkpoint_must_be_signed_by_its_own_log),
        cmocka_unit_test(what_is_no_checkpoint_is_refused),
        cmocka_unit_test(a_doubled_signature_is_refused),
        cmocka_unit_test(a_log_may_have_two_keys),
        cmocka_unit_test(keys_that_share_name_and_id_are_each_tried),
        cmocka_unit_test(keys_of_unknown_types_are_never_bad),
        cmocka_unit_test(a_refusal_says_line_and_cause),
        cmocka_unit_test(a_quorum_is_weighed_before_anybody_signs),
        cmocka_unit_test(all_witnesses_that_there_may_be_count),
        cmocka_unit_test(a_checkpoint_is_as_large_as_is_allowed),
        cmocka_unit_test(a_log_signed_by_a_type_of_key_that_we_do_not_know),
        cmocka_unit_test(there_are_only_so_many_logs_of_such_keys),
        cmocka_unit_test(the_first_bad_line_is_that_of_the_log),
        cmocka_unit_test(names_fill_a_refusal_to_the_last_character),
    };
    return cmocka_run_group_tests_name("policy", tests, NULL, NULL);
}
