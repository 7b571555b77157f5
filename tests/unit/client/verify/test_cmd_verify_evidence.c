/* The command `verify-evidence`: what it says of a file, and how it ends. What evidence proves is
 * tested where it is judged. */
#include <jansson.h>
#include <stdlib.h>

#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct args args;
static char policy[96], file[96];
static struct buf text;
static json_t *said;

static void put_vector(const char *name, const char *vector)
{
    struct buf bytes = { 0 };
    vector_read(&bytes, vector);
    log_folder_put(&folder, name, buf_span(&bytes));
    buf_free(&bytes);
}

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(file, sizeof file, "%s/evidence", folder.dir);
    put_vector("policy", "evidence/bad/policy");
    args = (struct args){ .policy = policy, .json = true };
    return 0;
}

static int stop(void **state)
{
    (void)state;
    json_decref(said);
    said = NULL;
    buf_free(&text);
    text = (struct buf){ 0 };
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static enum outcome run(size_t operands)
{
    char *operand[] = { file, file };
    args.operand = operand;
    args.operands = operands;
    buf_clear(&text);
    heard_begin(stdout);
    enum outcome outcome = command_verify_evidence.run(&args);
    buf_adds(&text, heard_end(stdout));
    json_decref(said);
    said = json_loadb((const char *)text.p, text.n, 0, NULL);
    return outcome;
}

static enum outcome verify(const char *vector)
{
    put_vector("evidence", vector);
    return run(1);
}

static void expect_said(bool proves, const char *claim)
{
    assert_true(json_is_boolean(json_object_get(said, "proves")));
    assert_int_equal(json_is_true(json_object_get(said, "proves")), proves);
    assert_string_equal(json_string_value(json_object_get(said, "claim")), claim);
}

static void what_it_proves_is_said(void **state)
{
    (void)state;
    assert_int_equal(verify("evidence/good/fork.json"), OUTCOME_PROVEN);
    expect_said(true, "fork");
    assert_int_equal(verify("evidence/good/role.json"), OUTCOME_PROVEN);
    expect_said(true, "entry");
    assert_int_equal(verify("evidence/bad/fork-same"), OUTCOME_BAD);
    expect_said(false, "fork");
    assert_int_equal(verify("evidence/bad/format"), OUTCOME_UNDECIDED);
    expect_said(false, "");
    args.json = false;
    assert_int_equal(verify("evidence/good/fork.json"), OUTCOME_PROVEN);
    assert_true(text.n > 0);
    assert_null(said);
}

static const char *text_64(const void *bytes, size_t n)
{
    static char out[8192];
    assert_in_range(n, 1, sizeof out / 2);
    base64_encode(out, bytes, n);
    return out;
}

/* That entry 0 is not the pinned one; and the policy of that log. */
static void put_evidence_of_genesis(const struct log *l)
{
    struct hash hashes[PROOF_MAX];
    struct buf note = { 0 };
    struct proven_entry e = log_proven(l, l->n, 0, hashes);
    json_t *path = json_array();
    for (size_t i = 0; i < e.path_length; i++)
        json_array_append_new(path, json_string(text_64(hashes[i].b, HASH_BYTES)));
    log_checkpoint(&note, l, l->n);
    json_t *v = json_pack("{s:s,s:s,s:[s],s:[],s:[{s:i,s:i,s:s,s:o}]}", "format",
                          "bitacora/v1 evidence", "claim", "entry", "checkpoints", buf_str(&note),
                          "hashes", "entries", "checkpoint", 0, "index", 0, "entry",
                          text_64(e.bytes.p, e.bytes.n), "path", path);
    assert_non_null(v);
    char *json = json_dumps(v, 0);
    log_folder_put(&folder, "evidence", span_str(json));
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nquorum none\n", vkey_text(l, THE_LOG))));
    free(json);
    json_decref(v);
    buf_free(&note);
}

/* Whoever pinned another genesis holds against the log what proves nothing without the pin. */
static void it_is_judged_with_the_pin(void **state)
{
    struct log l;
    (void)state;
    log_start(&l, "");
    put_evidence_of_genesis(&l);
    assert_int_equal(run(1), OUTCOME_BAD);
    args.genesis = text_of("%s", text_64(l.leaf[1].b, HASH_BYTES));
    assert_int_equal(run(1), OUTCOME_PROVEN);
    expect_said(true, "entry");
    args.genesis = text_of("%s", text_64(l.leaf[0].b, HASH_BYTES));
    assert_int_equal(run(1), OUTCOME_BAD);
    log_free(&l);
}

static void what_cannot_be_read_is_not_judged(void **state)
{
    (void)state;
    assert_int_equal(run(1), OUTCOME_UNDECIDED); /* there is no file */
    assert_null(said);
    assert_int_equal(run(0), OUTCOME_USAGE);
    put_vector("evidence", "evidence/good/fork.json");
    assert_int_equal(run(2), OUTCOME_USAGE);
    log_folder_put(&folder, "policy", span_str("nonsense\n"));
    assert_int_equal(run(1), OUTCOME_USAGE);
    assert_null(said);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_it_proves_is_said),
        TEST(it_is_judged_with_the_pin),
        TEST(what_cannot_be_read_is_not_judged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
