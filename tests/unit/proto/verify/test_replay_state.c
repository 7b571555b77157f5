/* replay_state.h: a state says what the replay knew; a changed, cut or foreign one is refused. */
#include "proto/verify/replay_state.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "tests/unit/fixture.h"

/* A log, what a replay of all of it knows, and the bytes of its state. */
struct kept_replay {
    struct log log;
    struct policy *policy;
    struct log_keys keys;
    struct run *run;
    struct accepted accepted;
    struct findings findings;
    struct buf bytes;
};

static struct kept_replay k;

static void format(struct buf *out, bool structure)
{
    const struct replay_known known = { .log = k.keys.key[0],
                                        .structure = structure,
                                        .accepted = &k.accepted,
                                        .edge = &k.run->edge,
                                        .judge = k.run->judge,
                                        .findings = &k.findings };
    replay_state_format(out, &known);
    assert_false(out->failed);
}

static int start(void **state)
{
    (void)state;
    struct refusal why;
    log_fill(&k.log, 40);
    log_add(&k.log, BY(STRANGER, KIND_ANCHOR)); /* so that there is something to find */
    k.policy = log_policy(&k.log);
    k.keys = policy_log_keys(k.policy, 0);
    k.run = run_log(&k.log);
    for (size_t i = 0; i < k.run->found.n; i++)
        findings_add(&k.findings, &k.run->found.f[i]);
    struct finding alone = { .verdict = VERDICT_BAD, .entry = 3, .related = NO_ENTRY };
    refuse(&alone.why, REASON_ROLE, "nobody");
    findings_add(&k.findings, &alone);
    log_checkpoint(&k.accepted.note, &k.log, k.log.n);
    assert_int_equal(policy_open(&k.accepted.cp, k.policy, buf_span(&k.accepted.note), &why), 0);
    format(&k.bytes, false);
    return 0;
}

static int end(void **state)
{
    (void)state;
    buf_free(&k.bytes);
    findings_free(&k.findings);
    accepted_free(&k.accepted);
    run_free(k.run);
    policy_free(k.policy);
    log_free(&k.log);
    return 0;
}

static enum replay_state_fault parse(struct span bytes)
{
    struct replay_state *s = calloc(1, sizeof *s);
    struct findings f = { 0 };
    enum replay_state_fault fault = replay_state_parse(s, bytes, k.policy, &k.keys, false, &f);
    replay_state_free(s);
    findings_free(&f);
    free(s);
    return fault;
}

/* ---- what is kept ---------------------------------------------------------------------------- */

static void same_findings(const struct findings *f)
{
    assert_true(k.findings.kept > 0);
    assert_int_equal(f->kept, k.findings.kept);
    assert_int_equal(f->total, k.findings.total);
    assert_int_equal(f->bad, k.findings.bad);
    for (size_t i = 0; i < f->kept; i++) {
        assert_int_equal(f->list[i].why.reason, k.findings.list[i].why.reason);
        assert_string_equal(f->list[i].why.subject, k.findings.list[i].why.subject);
        assert_int_equal(f->list[i].verdict, k.findings.list[i].verdict);
        assert_int_equal(f->list[i].entry, k.findings.list[i].entry);
        assert_int_equal(f->list[i].related, k.findings.list[i].related);
    }
}

static void every_field_comes_back(void **state)
{
    (void)state;
    struct replay_state *s = calloc(1, sizeof *s);
    struct findings f = { 0 };
    assert_int_equal(replay_state_parse(s, buf_span(&k.bytes), k.policy, &k.keys, false, &f),
                     REPLAY_STATE_GOOD);
    assert_true(span_eq(buf_span(&s->accepted.note), buf_span(&k.accepted.note)));
    assert_int_equal(s->accepted.cp.checkpoint.size, k.log.n);
    assert_int_equal(s->edge.frontier.size, k.log.n);
    for (int level = 0; level < TILE_LEVELS; level++)
        assert_memory_equal(s->edge.tile[level], k.run->edge.tile[level],
                            edge_width(&k.run->edge, level) * sizeof(struct hash));
    json_t *judge = judge_export(k.run->judge);
    assert_true(json_equal(judge, s->judge));
    json_decref(judge);
    same_findings(&f);
    findings_free(&f);
    replay_state_free(s);
    free(s);
}

/* A state of a state is the same state. */
static void what_comes_back_is_written_alike(void **state)
{
    (void)state;
    struct buf again = { 0 };
    format(&again, false);
    assert_true(span_eq(buf_span(&again), buf_span(&k.bytes)));
    buf_free(&again);
}

/* ---- what is not one ------------------------------------------------------------------------- */

static void cut_off_anywhere_it_is_refused(void **state)
{
    (void)state;
    for (size_t n = 0; n < k.bytes.n; n++)
        if (parse(span_of(k.bytes.p, n)) != REPLAY_STATE_SUM)
            fail_msg("cut off at byte %zu", n);
    assert_int_equal(parse(buf_span(&k.bytes)), REPLAY_STATE_GOOD);
}

/* Of each byte one bit, in turn; of the first two lines all. */
static void a_flipped_bit_is_found(void **state)
{
    (void)state;
    size_t head = strlen("bitacora/v1 state\n") + 45;
    for (size_t i = 0; i < k.bytes.n; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            if (i >= head && bit != i % 8)
                continue;
            k.bytes.p[i] ^= (uint8_t)(1u << bit);
            enum replay_state_fault fault = parse(buf_span(&k.bytes));
            k.bytes.p[i] ^= (uint8_t)(1u << bit);
            if (fault != REPLAY_STATE_SUM)
                fail_msg("bit %u of byte %zu: %d", bit, i, (int)fault);
        }
}

static void more_behind_it_is_refused(void **state)
{
    (void)state;
    struct buf more = { 0 };
    buf_add_span(&more, buf_span(&k.bytes));
    buf_adds(&more, "\n");
    assert_int_equal(parse(buf_span(&more)), REPLAY_STATE_SUM);
    buf_free(&more);
}

/* The same with another third line, and the sum that goes with it: only its owner could do that. */
static enum replay_state_fault parse_line(const json_t *v)
{
    char *text = json_dumps(v, JSON_COMPACT);
    struct hash sum;
    struct buf b = { 0 };
    hash_bytes(&sum, span_str(text));
    buf_adds(&b, "bitacora/v1 state\n");
    buf_add_base64(&b, sum.b, HASH_BYTES);
    buf_addf(&b, "\n%s\n", text);
    enum replay_state_fault fault = parse(buf_span(&b));
    buf_free(&b);
    free(text);
    return fault;
}

static json_t *line(void)
{
    const char *third = strchr(strchr(buf_str(&k.bytes), '\n') + 1, '\n') + 1;
    json_t *v = json_loads(third, 0, NULL);
    assert_non_null(v);
    return v;
}

static void expect_fault(const char *member, json_t *value, enum replay_state_fault expected)
{
    json_t *v = line();
    if (value == NULL)
        json_object_del(v, member);
    else
        json_object_set_new(v, member, value);
    enum replay_state_fault fault = parse_line(v);
    json_decref(v);
    if (fault != expected)
        fail_msg("%s: %d", member, (int)fault);
}

static void each_member_is_judged(void **state)
{
    (void)state;
    static const char *const members[] = { "log",   "structure", "checkpoint",    "edge",
                                           "judge", "findings",  "findings_total" };
    struct buf old = { 0 };
    json_t *v = line();
    assert_int_equal(parse_line(v), REPLAY_STATE_GOOD);
    json_decref(v);
    for (size_t i = 0; i < COUNT(members); i++) {
        expect_fault(members[i], NULL, REPLAY_STATE_FORM);
        expect_fault(members[i], json_pack("[[]]"), REPLAY_STATE_FORM);
    }
    expect_fault("log", json_string(vkey_text(&k.log, STRANGER)), REPLAY_STATE_LOG);
    expect_fault("structure", json_true(), REPLAY_STATE_STRUCTURE);
    expect_fault("checkpoint", json_string("none"), REPLAY_STATE_POLICY);
    log_checkpoint(&old, &k.log, k.log.n - 1); /* an older one than the rest is of */
    expect_fault("checkpoint", json_string(buf_str(&old)), REPLAY_STATE_FORM);
    buf_free(&old);
    expect_fault("findings_total", json_integer(0), REPLAY_STATE_FORM);
    expect_fault("findings_total", json_integer(-1), REPLAY_STATE_FORM);
    expect_fault("findings",
                 json_pack("[{s:s,s:s,s:i,s:i,s:n}]", "reason", "ROLE", "subject", "x", "verdict",
                           VERDICT_BAD, "entry", 100000, "related"),
                 REPLAY_STATE_FORM);
    expect_fault("findings",
                 json_pack("[{s:s,s:s,s:i,s:n,s:n}]", "reason", "NO_SUCH", "subject", "x",
                           "verdict", VERDICT_BAD, "entry", "related"),
                 REPLAY_STATE_FORM);
}

static void expect_finding(enum replay_state_fault expected, json_t *entry, json_t *related,
                           int verdict)
{
    expect_fault("findings",
                 json_pack("[{s:s,s:s,s:i,s:o,s:o}]", "reason", "ROLE", "subject", "x", "verdict",
                           verdict, "entry", entry, "related", related),
                 expected);
}

static void each_finding_is_judged(void **state)
{
    (void)state;
    json_int_t size = (json_int_t)k.log.n;
    expect_finding(REPLAY_STATE_GOOD, json_null(), json_null(), VERDICT_BAD);
    expect_finding(REPLAY_STATE_GOOD, json_null(), json_null(), VERDICT_UNDECIDED);
    expect_finding(REPLAY_STATE_FORM, json_null(), json_null(), VERDICT_GOOD);
    expect_finding(REPLAY_STATE_FORM, json_null(), json_null(), 77);
    expect_finding(REPLAY_STATE_GOOD, json_integer(size - 1), json_integer(size), VERDICT_BAD);
    expect_finding(REPLAY_STATE_FORM, json_integer(size), json_null(), VERDICT_BAD);
    expect_finding(REPLAY_STATE_FORM, json_integer(-1), json_null(), VERDICT_BAD);
    expect_finding(REPLAY_STATE_FORM, json_string("x"), json_null(), VERDICT_BAD);
    expect_finding(REPLAY_STATE_FORM, json_null(), json_integer(-1), VERDICT_BAD);
    expect_finding(REPLAY_STATE_FORM, json_null(), json_string("x"), VERDICT_BAD);
    expect_fault("findings", json_pack("[n]"), REPLAY_STATE_FORM);
    /* Behind one that is good: nothing of it is taken for the next. */
    json_t *v = line();
    json_object_set_new(v, "findings_total", json_integer(10));
    json_object_set_new(v, "findings",
                        json_pack("[{s:s,s:s,s:i,s:n,s:n},n]", "reason", "ROLE", "subject", "x",
                                  "verdict", VERDICT_BAD, "entry", "related"));
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_decref(v);
}

/* One text for each level of tiles, as long as its hashes. */
static void each_level_of_the_edge_is_judged(void **state)
{
    (void)state;
    json_t *v = line(), *edge = json_object_get(v, "edge");
    assert_int_equal(json_array_size(edge), TILE_LEVELS);
    assert_int_equal(parse_line(v), REPLAY_STATE_GOOD);
    json_array_set_new(edge, TILE_LEVELS - 1, json_integer(0));
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_array_remove(edge, TILE_LEVELS - 1);
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_decref(v);
    v = line();
    json_array_set_new(json_object_get(v, "edge"), 0, json_string("no base64"));
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_decref(v);
}

/* The judge's state and the edge are of the checkpoint's size. */
static void all_parts_are_of_one_size(void **state)
{
    (void)state;
    static const char *const next[] = { "0", "40", "42", "\"41\"", "-1" };
    assert_int_equal(k.log.n, 41);
    for (size_t i = 0; i < COUNT(next); i++) {
        json_t *v = line();
        json_object_set_new(json_object_get(v, "judge"), "next",
                            json_loads(next[i], JSON_DECODE_ANY, NULL));
        assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
        json_decref(v);
    }
    json_t *v = line();
    json_array_set_new(json_object_get(v, "edge"), 0, json_null());
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_array_clear(json_object_get(v, "edge"));
    assert_int_equal(parse_line(v), REPLAY_STATE_FORM);
    json_decref(v);
}

/* The log may have got another key since, or have had another one before. */
static void a_state_is_of_any_key_of_the_log(void **state)
{
    (void)state;
    const struct log_keys as_it_was = k.keys;
    const struct vkey *other = &k.log.who[STRANGER].key.vkey, *of_log = as_it_was.key[0];
    k.keys = (struct log_keys){ .n = 2, .key = { other, of_log } };
    assert_int_equal(parse(buf_span(&k.bytes)), REPLAY_STATE_GOOD);
    k.keys = (struct log_keys){ .n = 2, .key = { of_log, other } };
    assert_int_equal(parse(buf_span(&k.bytes)), REPLAY_STATE_GOOD);
    k.keys = (struct log_keys){ .n = 1, .key = { other } };
    assert_int_equal(parse(buf_span(&k.bytes)), REPLAY_STATE_LOG);
    k.keys = as_it_was;
    expect_fault("log", json_string("nonsense"), REPLAY_STATE_LOG);
}

static void another_tree_is_damage(void **state)
{
    (void)state;
    json_t *v = line();
    json_t *edge = json_object_get(v, "edge");
    char *low = strdup(json_string_value(json_array_get(edge, 0)));
    low[3] = low[3] == 'A' ? 'B' : 'A'; /* one hash of the tree's edge */
    json_array_set_new(edge, 0, json_string(low));
    free(low);
    assert_int_equal(parse_line(v), REPLAY_STATE_DAMAGED);
    json_decref(v);
}

static void a_replay_of_the_structure_is_another(void **state)
{
    (void)state;
    struct replay_state *s = calloc(1, sizeof *s);
    struct findings f = { 0 };
    struct buf structure = { 0 };
    format(&structure, true);
    assert_int_equal(parse(buf_span(&structure)), REPLAY_STATE_STRUCTURE);
    assert_int_equal(replay_state_parse(s, buf_span(&k.bytes), k.policy, &k.keys, true, &f),
                     REPLAY_STATE_RECORDS);
    replay_state_free(s);
    findings_free(&f);
    buf_free(&structure);
    free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_field_comes_back),
        cmocka_unit_test(what_comes_back_is_written_alike),
        cmocka_unit_test(cut_off_anywhere_it_is_refused),
        cmocka_unit_test(a_flipped_bit_is_found),
        cmocka_unit_test(more_behind_it_is_refused),
        cmocka_unit_test(each_member_is_judged),
        cmocka_unit_test(each_finding_is_judged),
        cmocka_unit_test(each_level_of_the_edge_is_judged),
        cmocka_unit_test(all_parts_are_of_one_size),
        cmocka_unit_test(a_state_is_of_any_key_of_the_log),
        cmocka_unit_test(another_tree_is_damage),
        cmocka_unit_test(a_replay_of_the_structure_is_another),
    };
    return cmocka_run_group_tests(tests, start, end);
}
