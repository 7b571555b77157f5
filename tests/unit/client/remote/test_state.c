/* state.h: what becomes of each fault of a state file, and of one that cannot be read or written.
 * What a state holds is test_replay_state.c's question; replay_state_parse() says here what it is
 * told to. */
#include "client/remote/state.h"

#include <unistd.h>

#include "client/base/lost.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct log l;
static struct trust trust;
static struct state state_of;
static enum replay_state_fault fault;

enum replay_state_fault __wrap_replay_state_parse(struct replay_state *out, struct span bytes,
                                                  const struct policy *policy,
                                                  const struct log_keys *keys, bool structure,
                                                  struct findings *f);

enum replay_state_fault __wrap_replay_state_parse(struct replay_state *out, struct span bytes,
                                                  const struct policy *policy,
                                                  const struct log_keys *keys, bool structure,
                                                  struct findings *f)
{
    assert_true(span_is(bytes, "a state"));
    assert_ptr_equal(policy, trust.policy);
    assert_ptr_equal(keys, trust_log_keys(&trust));
    assert_true(structure);
    (void)f;
    *out = (struct replay_state){ .judge = json_integer(1) };
    return fault;
}

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    trust = (struct trust){ .policy = log_policy(&l), .max_age = -1 };
    log_folder_put(&folder, "state", span_str("a state"));
    return 0;
}

static int stop(void **state)
{
    (void)state;
    state_free(&state_of);
    state_of = (struct state){ .present = false };
    policy_free(trust.policy);
    log_free(&l);
    log_folder_remove(&folder);
    return 0;
}

/* What is said on the way is in `words`. */
static enum outcome read_it(const char *name, const char **words)
{
    struct findings f = { 0 };
    state_free(&state_of);
    heard_begin(stderr);
    enum outcome outcome = state_read(&state_of, log_folder_path(&folder, name), &trust, true, &f);
    *words = heard_end(stderr);
    findings_free(&f);
    return outcome;
}

static void each_fault_is_told_and_ends_it(void **state)
{
    static const struct {
        enum replay_state_fault fault;
        const char *english, *spanish;
    } rows[] = {
        { REPLAY_STATE_SUM, "is damaged, or is no state file", "está dañado, o no es un estado" },
        { REPLAY_STATE_LOG, "is the state of another log", "es el estado de otra bitácora" },
        { REPLAY_STATE_RECORDS, "was made without --structure", "se hizo sin --structure" },
        { REPLAY_STATE_STRUCTURE, "was made with --structure", "se hizo con --structure" },
        { REPLAY_STATE_POLICY, "its checkpoint is not good", "su punto de control no vale" },
        { REPLAY_STATE_DAMAGED, "is damaged: remove it", "está dañado: bórrelo" },
        { REPLAY_STATE_FORM, "is not a state file", "no es un archivo de estado" },
    };
    const char *words;
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        fault = rows[i].fault;
        assert_int_equal(read_it("state", &words), OUTCOME_USAGE);
        assert_false(state_of.present);
        assert_non_null(strstr(words, TR(rows[i].english, rows[i].spanish)));
        assert_non_null(strstr(words, folder.path));
    }
    assert_false(lost_any());
    fault = REPLAY_STATE_MEMORY;
    assert_int_equal(read_it("state", &words), OUTCOME_UNDECIDED);
    assert_false(state_of.present);
    assert_true(lost_any());
    lost_forget();
    fault = REPLAY_STATE_GOOD;
    assert_int_equal(read_it("state", &words), OUTCOME_PROVEN);
    assert_string_equal(words, "");
    assert_true(state_of.present);
    assert_int_equal(json_integer_value(state_of.judge), 1);
}

static void a_file_that_is_not_there_is_no_fault(void **state)
{
    const char *words;
    (void)state;
    fault = REPLAY_STATE_GOOD;
    assert_int_equal(read_it("absent", &words), OUTCOME_PROVEN);
    assert_false(state_of.present);
    assert_string_equal(words, "");
    assert_int_equal(read_it(".", &words), OUTCOME_USAGE);
    assert_false(state_of.present);
    assert_non_null(strstr(words, folder.path));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_fault_is_told_and_ends_it),
        TEST(a_file_that_is_not_there_is_no_fault),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
