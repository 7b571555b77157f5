/* replaying.h: what is said of a replay, for programs and for people; and whose code somebody
 * meant. */
#include <stdlib.h>

#include "client/base/lost.h"
#include "client/replay/replaying.h"
#include "proto/record/json.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct log l;
static char policy[96], state_path[96];
static struct replay_options options;
static struct replaying *r;
static struct institutions names;

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct skey witness;
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(state_path, sizeof state_path, "%s/state", folder.dir);
    options = (struct replay_options){ .trust = { .policy = policy, .max_age = -1, .tolerate = -1 },
                                       .dir = folder.dir };
    institutions_open(&names);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    replaying_close(r, OUTCOME_PROVEN);
    r = NULL;
    institutions_close(&names);
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* Replays what is in the folder. */
static enum outcome replay_folder(void)
{
    enum outcome outcome;
    replaying_close(r, OUTCOME_PROVEN);
    r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
    return replaying_conclude(r);
}

static enum outcome replay_log(void)
{
    log_folder_write(&folder, &l, l.n);
    return replay_folder();
}

/* ---- for programs ---------------------------------------------------------------------------- */

static json_t *said;

static const json_t *says(const char *member)
{
    json_decref(said);
    said = replaying_json(r);
    return json_object_get(said, member);
}

static int stop_saying(void **state)
{
    json_decref(said);
    said = NULL;
    return stop(state);
}

static void a_good_log_is_said_to_be_good(void **state)
{
    (void)state;
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    assert_true(json_is_true(says("ok")));
    assert_string_equal(json_string_value(says("verdict")), "good");
    assert_int_equal(json_integer_value(says("signatures")), l.n);
    assert_non_null(says("genesis"));
    const json_t *verifier = says("verifier");
    assert_string_equal(json_string_value(json_object_get(verifier, "backend")), "libsodium");
    assert_null(json_object_get(verifier, "library"));
    assert_null(json_object_get(verifier, "fallback"));
    /* As if a plug-in had been loaded, and could not go on. */
    r->accelerator.software = "crypto_x 1.0";
    snprintf(r->accelerator.fallback, sizeof r->accelerator.fallback, "no such processor");
    verifier = says("verifier");
    assert_string_equal(json_string_value(json_object_get(verifier, "library")), "crypto_x 1.0");
    assert_string_equal(json_string_value(json_object_get(verifier, "fallback")),
                        "no such processor");
}

static void the_log_before_and_the_one_behind_are_said(void **state)
{
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    assert_int_equal(json_integer_value(json_object_get(says("frozen"), "entry")), end);
    assert_null(says("predecessor"));
}

static void of_the_structure_no_signature_is_said(void **state)
{
    (void)state;
    options.structure = true;
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    assert_true(json_is_true(says("ok")));
    assert_null(says("verifier"));
}

static void what_did_not_come_to_the_entries_says_nothing_of_them(void **state)
{
    (void)state;
    options.state = state_path;
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    log_folder_write(&folder, &l, 3); /* less than before */
    assert_int_equal(replay_folder(), OUTCOME_UNDECIDED);
    assert_null(r->judge);
    assert_false(json_is_true(says("ok")));
    assert_int_equal(json_integer_value(says("signatures")), 0);
    assert_null(says("genesis"));
    assert_null(says("verifier"));
    assert_int_equal(json_integer_value(says("size")), 3);
    options.state = NULL;
    log_folder_drop(&folder, "tile/entries/000.p/3");
    log_folder_drop(&folder, "tile/0/000.p/3");
    assert_int_equal(replay_folder(), OUTCOME_UNDECIDED);
    assert_non_null(r->judge);
    assert_null(says("genesis")); /* neither it nor its hash was read */
}

/* ---- for people ------------------------------------------------------------------------------ */

/* What is printed; for the next call. */
static const char *printed(void)
{
    static char text[4096];
    FILE *out = fmemopen(text, sizeof text, "w");
    assert_non_null(out);
    replaying_print(r, out);
    assert_int_equal(fclose(out), 0);
    return text;
}

static void who_judged_signatures_is_printed(void **state)
{
    const char *alone = TR("by libsodium", "por libsodium"),
               *structure = TR("structure only", "solo estructura");
    (void)state;
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    assert_null(strstr(printed(), alone));
    assert_null(strstr(printed(), structure));
    snprintf(r->accelerator.fallback, sizeof r->accelerator.fallback, "no such processor");
    assert_non_null(strstr(printed(), alone));
    options.structure = true;
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    assert_non_null(strstr(printed(), structure));
}

/* ---- whose code was meant -------------------------------------------------------------------- */

static void name(const char *code, const char *display)
{
    struct refusal why;
    struct value *v = json_strict(
        span_str(text_of("{\"authority\":\"%s\",\"display\":\"%s\"}", code, display)), &why);
    assert_non_null(v);
    institutions_take(&names, v);
    value_free(v);
}

/* That code is not enrolled; the one that was meant, or NULL. */
static void meant(const char *code, const char *other)
{
    const char *question = TR("did you mean", "quiso decir");
    heard_begin(stderr);
    replaying_say_meant(r, &names, "authority", code);
    const char *words = heard_end(stderr);
    assert_non_null(strstr(words, text_of("--authority %s:", code)));
    assert_int_equal(strstr(words, question) != NULL, other != NULL);
    if (other != NULL)
        assert_non_null(strstr(words, text_of("%s --authority %s?", question, other)));
}

static void is_enrolled(const char *code)
{
    heard_begin(stderr);
    replaying_say_meant(r, &names, "authority", code);
    assert_string_equal(heard_end(stderr), "");
}

static void codes_that_are_enrolled_are_what_was_meant(void **state)
{
    (void)state;
    replay_log();
    is_enrolled(NULL);
    is_enrolled("mx.judge");
    is_enrolled("mx.auditor"); /* the last one */
    meant("mx.nobody.at.all", NULL);
    meant("x", NULL); /* a registrar of genesis has no code */
    meant("mx.juge", "mx.judge");
    meant("judge", "mx.judge");
    meant("auditr", "mx.auditor");
}

/* Of the same members as another enrolment, but for its code. */
static void enroll_as(const char *code)
{
    const char *members = log_members(&l, KIND_ENROLL), *at = strstr(members, "\"mx.pjf\"");
    assert_non_null(at);
    log_add(&l, BY(REGISTRAR, KIND_ENROLL,
                   .members = text_of("%.*s\"%s\"%s", (int)(at - members), members, code,
                                      at + strlen("\"mx.pjf\""))));
}

static void a_code_may_have_one_part(void **state)
{
    (void)state;
    enroll_as("solo");
    assert_int_equal(replay_log(), OUTCOME_PROVEN);
    is_enrolled("solo");
    meant("sol", "solo");
}

static void so_are_names(void **state)
{
    const char *longer = "Fiscalía Especializada en Materia de Delitos Electorales y de Otros Más";
    (void)state;
    replay_log();
    name("mx.requester", "Fiscalía General");
    name("mx.oversight", longer);
    meant("Fiscalía General", "mx.requester");
    meant("Fiscalia General", "mx.requester");
    meant(longer, "mx.oversight");
    meant("judge", "mx.judge");
    name("mx.holder", "judges");
    meant("judge", "mx.judge"); /* what a code ends with goes before what is only like a name */
    name("mx.requester", "judge");
    meant("judge", "mx.requester"); /* but not before who is called just so */
}

/* ---- what came later ------------------------------------------------------------------------- */

static bool is_noted(int64_t first, int64_t last)
{
    const struct period period = { first, last };
    heard_begin(stderr);
    replaying_say_end(r, &period);
    const char *words = heard_end(stderr);
    if (words[0] != 0)
        assert_non_null(strstr(words, "2026")); /* when the last entry was accepted */
    return words[0] != 0;
}

static void of_what_came_later_nothing_is_known(void **state)
{
    (void)state;
    replay_log();
    int64_t last = judge_last_time(r->judge);
    assert_false(is_noted(INT64_MIN, INT64_MAX));
    assert_false(is_noted(INT64_MIN, last));
    assert_true(is_noted(INT64_MIN, last + 1));
    assert_false(is_noted(last, INT64_MAX));
    assert_true(is_noted(last + 1, INT64_MAX));
    assert_true(is_noted(last + 1, last + 2));
    log_folder_drop(&folder, text_of("tile/entries/000.p/%zu", l.n));
    replay_folder();
    assert_false(is_noted(last + 1, last + 2)); /* no entry was read */
    log_folder_drop(&folder, "checkpoint");
    replay_folder();
    assert_null(r->judge);
    assert_false(is_noted(last + 1, last + 2));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
#define TEST_SAID(name) cmocka_unit_test_setup_teardown(name, start, stop_saying)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST_SAID(a_good_log_is_said_to_be_good),
        TEST_SAID(the_log_before_and_the_one_behind_are_said),
        TEST_SAID(of_the_structure_no_signature_is_said),
        TEST_SAID(what_did_not_come_to_the_entries_says_nothing_of_them),
        TEST(who_judged_signatures_is_printed),
        TEST(codes_that_are_enrolled_are_what_was_meant),
        TEST(a_code_may_have_one_part),
        TEST(so_are_names),
        TEST(of_what_came_later_nothing_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
