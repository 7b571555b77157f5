/* in_force.h, over the files of a log in a folder and a service that is told what to say: what a
 * log has in force, and when that may be rested on. */
#include "client/replay/in_force.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/remote/logfiles.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct log l;
static struct skey witness;
static struct trust_options options;
static struct trust trust;
static struct log_client *client;
static struct in_force *in_force;
static enum outcome outcome;
static struct complaint complaint;
static char policy[96], url[96], state_path[96], evidence[96];

static unsigned replays, awaits;
static void (*meanwhile)(void); /* done when the checkpoint is asked for */
static bool one_is_enough;      /* a replay ends early by one bad entry, not by 100,000 */
static enum patience patience;  /* of the last replay with the log's server */
static int64_t steady_ms;       /* the monotonic clock */

/* ---- a log's server, and clocks ---------------------------------------------------------------- */

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader);
enum fetch __real_logfiles_checkpoint(struct logfiles *f, struct buf *out, struct refusal *why);
enum fetch __wrap_logfiles_checkpoint(struct logfiles *f, struct buf *out, struct refusal *why);
void __wrap_logfiles_patience(struct logfiles *f, enum patience p);
bool __real_findings_enough(const struct findings *f);
bool __wrap_findings_enough(const struct findings *f);
int __real_clock_gettime(clockid_t id, struct timespec *t);
int __wrap_clock_gettime(clockid_t id, struct timespec *t);

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader)
{
    (void)reader;
    return logfiles_of_dir(of);
}

/* Each replay asks once. */
enum fetch __wrap_logfiles_checkpoint(struct logfiles *f, struct buf *out, struct refusal *why)
{
    replays++;
    if (meanwhile != NULL)
        meanwhile();
    return __real_logfiles_checkpoint(f, out, why);
}

void __wrap_logfiles_patience(struct logfiles *f, enum patience p)
{
    (void)f;
    patience = p;
}

bool __wrap_findings_enough(const struct findings *f)
{
    return one_is_enough ? f->bad : __real_findings_enough(f);
}

int __wrap_clock_gettime(clockid_t id, struct timespec *t)
{
    if (id != CLOCK_MONOTONIC)
        return __real_clock_gettime(id, t);
    *t = (struct timespec){ .tv_sec = steady_ms / 1000, .tv_nsec = steady_ms % 1000 * 1000000 };
    return 0;
}

/* ---- a log, and who asks ----------------------------------------------------------------------- */

static void under_policy(const char *quorum)
{
    trust_close(&trust);
    log_folder_policy(&folder, &l, &witness, quorum);
    assert_int_equal(trust_open(&trust, &options, true), OUTCOME_PROVEN);
}

/* What the log serves from now on; cosigned at that second, 0: not. */
static void serve_of(const struct log *of, size_t size, uint64_t cosigned)
{
    struct log_folder sub;
    struct buf note = { 0 }, text = { 0 };
    snprintf(sub.dir, sizeof sub.dir, "%.48s/log", folder.dir);
    log_folder_write(&sub, of, size);
    log_checkpoint(&note, of, size);
    buf_add(&text, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    if (cosigned != 0)
        note_cosign(&note, buf_span(&text), &witness, cosigned);
    log_folder_put(&sub, "checkpoint", buf_span(&note));
    buf_free(&note);
    buf_free(&text);
}

static void serve(size_t size, uint64_t cosigned)
{
    serve_of(&l, size, cosigned);
}

static uint64_t now_seconds(void)
{
    return (uint64_t)l.now / 1000;
}

static void ask_client_of(size_t size)
{
    log_client_free(client);
    client = log_fake_client(&l, size);
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(url, sizeof url, "%s/log", folder.dir);
    snprintf(state_path, sizeof state_path, "%s/state", folder.dir);
    snprintf(evidence, sizeof evidence, "%s/evidence", folder.dir);
    assert_int_equal(mkdir(url, 0755), 0);
    options = (struct trust_options){
        .policy = policy, .url = url, .evidence = evidence, .max_age = -1, .tolerate = -1
    };
    client = log_fake_client(&l, l.n);
    in_force = NULL;
    replays = awaits = 0;
    meanwhile = NULL;
    one_is_enough = false;
    steady_ms = 1000000;
    under_policy("none");
    serve(l.n, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    in_force_close(in_force);
    trust_close(&trust);
    log_client_free(client);
    client = NULL;
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* state: NULL: where the environment says. */
static bool open_with(const char *state, bool no_wait)
{
    const struct in_force_options o = { .trust = &options, .state = state, .no_wait = no_wait };
    in_force_close(in_force);
    in_force = in_force_open(&o, &trust, client, &outcome);
    assert_int_equal(outcome == OUTCOME_PROVEN, in_force != NULL);
    return in_force != NULL;
}

static void open_it(void)
{
    assert_true(open_with(state_path, false));
}

static bool is_there(const char *name)
{
    return access(log_folder_path(&folder, name), F_OK) == 0;
}

/* ---- what is asked ----------------------------------------------------------------------------- */

static const struct registry *registry(void)
{
    complaint.code[0] = complaint.detail[0] = 0;
    const struct registry *r = in_force_registry(in_force, &complaint);
    assert_int_equal(r == NULL, complaint.code[0] != 0);
    return r;
}

static enum stands stands(void)
{
    complaint.code[0] = complaint.detail[0] = 0;
    enum stands s = in_force_look(in_force, &complaint);
    assert_int_equal(s != STANDS_PROVEN, complaint.code[0] != 0);
    return s;
}

static void complains(enum reason reason)
{
    assert_string_equal(complaint.code, reason_name(reason));
}

static void expect_proven(size_t size)
{
    assert_non_null(registry());
    assert_int_equal(in_force_size(in_force), size);
    assert_int_equal(in_force_outcome(in_force), OUTCOME_PROVEN);
}

/* Nothing is in force, for that reason, and `bad`: the log is convicted. */
static void expect_nothing(enum reason reason, bool bad)
{
    assert_null(registry());
    complains(reason);
    assert_int_equal(in_force_size(in_force), 0);
    assert_int_equal(in_force_outcome(in_force), bad ? OUTCOME_BAD : OUTCOME_PROVEN);
}

static bool is_enrolled(enum who who)
{
    return registry_find_key(registry(), l.who[who].key.vkey.key, NULL) != NULL;
}

/* ---- the state's place ------------------------------------------------------------------------- */

/* The file that is made for a key below a state home, as in_force.h says. */
static const char *named_by(const char *home, const struct vkey *key)
{
    struct buf vkey = { 0 };
    struct hash sum;
    char hex[2 * HASH_BYTES + 1];
    vkey_format(&vkey, key);
    hash_bytes(&sum, buf_span(&vkey));
    buf_free(&vkey);
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum.b[i]);
    return text_of("%s/bitacora/%s.state", home, hex);
}

static const char *named(const char *home)
{
    return named_by(home, &l.who[THE_LOG].key.vkey);
}

static void it_keeps_its_state_where_the_environment_says(void **state)
{
    struct stat s;
    (void)state;
    setenv("HOME", folder.dir, 1);
    setenv("XDG_STATE_HOME", log_folder_path(&folder, "xdg"), 1);
    mode_t before = umask(022);
    assert_true(open_with(NULL, false));
    assert_int_equal(umask(before), 022); /* as it was */
    expect_proven(l.n);
    assert_true(is_there(named("xdg")));
    assert_int_equal(stat(log_folder_path(&folder, "xdg/bitacora"), &s), 0);
    assert_int_equal(s.st_mode & 077, 0); /* for nobody else */
    setenv("XDG_STATE_HOME", "relative", 1);
    assert_true(open_with(NULL, false));
    expect_proven(l.n);
    assert_true(is_there(named(".local/state")));
    assert_false(is_there("state"));
}

static void without_a_place_nothing_begins(void **state)
{
    (void)state;
    unsetenv("XDG_STATE_HOME");
    setenv("HOME", "relative", 1);
    assert_false(open_with(NULL, false));
    assert_int_equal(outcome, OUTCOME_USAGE);
    unsetenv("HOME");
    heard_begin(stderr);
    assert_false(open_with(NULL, false));
    assert_non_null(strstr(heard_end(stderr), "XDG_STATE_HOME"));
    assert_int_equal(outcome, OUTCOME_USAGE);
    assert_true(open_with(state_path, false)); /* whoever says where needs neither */
    expect_proven(l.n);
    assert_true(is_there("state"));
    /* Folders are made where nobody said; what was said may be a slip. */
    assert_false(open_with(log_folder_path(&folder, "absent/state"), false));
    assert_int_equal(outcome, OUTCOME_USAGE);
    assert_false(is_there("absent"));
    /* A file in the place of the folder. */
    setenv("XDG_STATE_HOME", log_folder_path(&folder, "policy"), 1);
    assert_false(open_with(NULL, false));
    assert_int_equal(outcome, OUTCOME_USAGE);
    assert_int_equal(replays, 1);
}

/* Whoever starts it without a standard input has 0 for the next file. */
static void standard_input_may_be_closed(void **state)
{
    (void)state;
    int in = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    bool opened = open_with(state_path, false), left = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    if (in >= 0) {
        dup2(in, STDIN_FILENO);
        close(in);
    }
    assert_true(opened);
    assert_false(left); /* the lock is let go */
}

/* The log has two keys, and the policy names another first now. */
static void a_log_of_several_keys_keeps_the_state_that_it_has(void **state)
{
    static const uint8_t seed[32] = { 9 };
    struct skey second;
    struct buf vkey = { 0 };
    (void)state;
    setenv("XDG_STATE_HOME", log_folder_path(&folder, "xdg"), 1);
    skey_from_seed(&second, span_str(ORIGIN), KEY_NOTE, seed);
    vkey_format(&vkey, &second.vkey);
    trust_close(&trust);
    log_folder_put(
        &folder, "policy",
        span_str(text_of("log %s\nlog %s\nquorum none\n", buf_str(&vkey), vkey_text(&l, THE_LOG))));
    buf_free(&vkey);
    assert_int_equal(trust_open(&trust, &options, true), OUTCOME_PROVEN);
    const char *first = named_by("xdg", &second.vkey), *other = named("xdg");
    assert_true(open_with(NULL, false));
    expect_proven(l.n);
    assert_true(is_there(first));
    assert_false(is_there(other));
    log_folder_put(&folder, other, span_str("damaged"));
    assert_true(open_with(NULL, false));
    expect_proven(l.n); /* the first that is there */
    log_folder_drop(&folder, first);
    assert_true(open_with(NULL, false));
    expect_nothing(REASON_LOG_UNPROVEN, false); /* it is the damaged one */
    assert_false(is_there(first));
}

static void a_state_that_cannot_be_read_proves_nothing(void **state)
{
    (void)state;
    log_folder_put(&folder, "state", span_str("damaged"));
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, false);
    assert_non_null(strstr(complaint.detail, state_path));
    assert_int_equal(stands(), STANDS_UNPROVEN);
    complains(REASON_LOG_UNPROVEN);
    log_folder_drop(&folder, "state");
    log_folder_drop(&folder, "policy");
    expect_nothing(REASON_LOG_UNPROVEN, false);
    assert_int_equal(replays, 0);
}

/* ---- what is proven ---------------------------------------------------------------------------- */

static void what_is_proven_is_in_force(void **state)
{
    (void)state;
    open_it();
    assert_int_equal(in_force_size(in_force), 0);
    assert_int_equal(replays, 0); /* only when it is asked */
    expect_proven(l.n);
    assert_true(is_enrolled(JUDGE));
    assert_false(is_enrolled(STRANGER));
    assert_int_equal(stands(), STANDS_PROVEN);
    assert_int_equal(replays, 1);
    open_it(); /* goes on from the state */
    assert_int_equal(stands(), STANDS_PROVEN);
    expect_proven(l.n);
    assert_true(is_enrolled(JUDGE));
    assert_int_equal(replays, 2);
}

/* Who only looks in knows that the log is there; who had to wait for it in vain waits once. */
static void it_waits_for_the_log_once(void **state)
{
    (void)state;
    open_it();
    expect_proven(l.n);
    assert_int_equal(patience, PATIENCE_ALWAYS);
    log_fake_give_up(client);
    open_it();
    expect_proven(l.n);
    assert_int_equal(patience, PATIENCE_NONE);
}

static void what_is_bad_is_not_in_force(void **state)
{
    (void)state;
    log_add(&l, BY(JUDGE, KIND_ENROLL)); /* of a stranger, by who enrols nobody */
    serve(l.n, 0);
    open_it();
    expect_proven(l.n);
    assert_false(is_enrolled(STRANGER));
    assert_int_equal(stands(), STANDS_PROVEN);
    assert_false(is_there("evidence"));
    in_force_close(in_force);
    in_force = NULL;
    assert_true(is_there("evidence")); /* but others are to know */
    log_folder_drop(&folder, "evidence");
    open_it();
    expect_proven(l.n);
    steady_ms += 60000;
    assert_int_equal(in_force_follow(in_force, "kind=ruleset", &complaint), 0);
    assert_true(is_there("evidence")); /* nor does the next replay keep it back */
}

static void what_is_not_there_is_not_proven(void **state)
{
    (void)state;
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", l.n));
    open_it();
    heard_begin(stderr);
    assert_int_equal(stands(), STANDS_UNPROVEN);
    assert_non_null(strstr(heard_end(stderr), text_of("[%s]", reason_code(REASON_MISSING))));
    complains(REASON_LOG_UNPROVEN);
    expect_nothing(REASON_LOG_UNPROVEN, false);
    assert_non_null(strstr(complaint.detail, reason_code(REASON_MISSING)));
    assert_false(is_there("state"));
}

static void what_leads_elsewhere_is_not_proven(void **state)
{
    struct log other;
    struct buf note = { 0 };
    (void)state;
    /* Entries of one history below the checkpoint of another. */
    log_copy(&other, &l, l.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_checkpoint(&note, &other, l.n);
    log_folder_put(&folder, "log/checkpoint", buf_span(&note));
    open_it();
    assert_null(registry());
    complains(REASON_LOG_UNPROVEN);
    assert_int_equal(stands(), STANDS_UNPROVEN);
    assert_int_equal(in_force_size(in_force), 0);
    buf_free(&note);
    log_free(&other);
}

static void another_genesis_is_not_the_log(void **state)
{
    (void)state;
    options.has_pin = true;
    options.pin = l.leaf[0];
    open_it();
    expect_proven(l.n);
    options.pin = l.leaf[1];
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, true);
}

static void two_histories_convict_the_log(void **state)
{
    struct log other;
    (void)state;
    open_it();
    expect_proven(l.n);
    log_copy(&other, &l, l.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    serve_of(&other, other.n, 0);
    ask_client_of(l.n);
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, true);
    assert_non_null(strstr(complaint.detail, reason_code(REASON_FORK)));
    assert_true(is_there("evidence"));
    assert_int_equal(stands(), STANDS_UNPROVEN);
    log_free(&other);
}

/* Somebody who shares the state has accepted another history while this run was at work. */
static void write_the_other_state(void)
{
    struct stat s;
    assert_int_equal(stat(log_folder_path(&folder, "other"), &s), 0);
    assert_int_equal(rename(log_folder_path(&folder, "other"), state_path), 0);
    meanwhile = NULL;
}

static void another_run_may_have_met_another_history(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &l, l.n - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    serve_of(&other, other.n, 0);
    assert_true(open_with(log_folder_path(&folder, "other"), false));
    expect_proven(other.n);
    serve(l.n, 0);
    open_it();
    meanwhile = write_the_other_state;
    expect_nothing(REASON_LOG_UNPROVEN, true);
    assert_true(is_there("evidence"));
    log_free(&other);
}

/* Of a log with bad entries without end not all is read: what is behind them is not known. */
static void a_replay_that_ends_early_proves_nothing(void **state)
{
    (void)state;
    log_add(&l, BY(JUDGE, KIND_REQUEST));
    while (l.n < 300)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    serve(l.n, 0);
    open_it();
    one_is_enough = true;
    expect_nothing(REASON_LOG_UNPROVEN, false);
    one_is_enough = false;
    expect_proven(l.n);
}

/* ---- witnesses --------------------------------------------------------------------------------- */

static void come_in_vain(uint64_t index, int64_t *left, struct answer *out)
{
    assert_int_equal(index, 0);
    assert_int_equal(*left, SERVICE_AWAIT_MS);
    awaits++;
    *out = (struct answer){ .status = 200, .acceptable = true };
}

static void come(uint64_t index, int64_t *left, struct answer *out)
{
    come_in_vain(index, left, out);
    serve(l.n, now_seconds());
}

static void do_not_come(uint64_t index, int64_t *left, struct answer *out)
{
    come_in_vain(index, left, out);
    out->status = 504;
}

static void send_a_page(uint64_t index, int64_t *left, struct answer *out)
{
    come_in_vain(index, left, out);
    out->acceptable = false;
}

static void take_all_the_time(uint64_t index, int64_t *left, struct answer *out)
{
    come_in_vain(index, left, out);
    *left = 0;
}

static void without_witnesses(void)
{
    under_policy("w");
    serve(l.n, 0);
}

static void witnesses_are_not_waited_for_by_who_looks(void **state)
{
    (void)state;
    without_witnesses();
    open_it();
    heard_begin(stderr);
    assert_int_equal(stands(), STANDS_UNWITNESSED);
    assert_null(strstr(heard_end(stderr), reason_code(REASON_QUORUM))); /* the complaint says it */
    complains(REASON_RESTS_UNWITNESSED);
    assert_string_equal(complaint.detail, "this");
    assert_int_equal(replays, 1);
    assert_int_equal(stands(), STANDS_UNWITNESSED); /* as it was for an earlier record */
    complains(REASON_RESTS_UNWITNESSED);
    assert_int_equal(replays, 1);
    assert_int_equal(in_force_size(in_force), 0);
    serve(l.n, now_seconds());
    expect_proven(l.n);
    assert_int_equal(stands(), STANDS_PROVEN);
}

static void witnesses_are_waited_for(void **state)
{
    (void)state;
    without_witnesses();
    log_fake_await(client, come);
    open_it();
    expect_proven(l.n);
    assert_int_equal(awaits, 1);
    assert_int_equal(replays, 2);
}

static void witnesses_that_do_not_come_leave_it_open(void **state)
{
    (void)state;
    without_witnesses();
    log_fake_await(client, do_not_come);
    open_it();
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 1);
    assert_int_equal(replays, 1);
    log_fake_await(client, send_a_page);
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 2);
    assert_int_equal(replays, 2);
    assert_int_equal(stands(), STANDS_UNWITNESSED);
    assert_int_equal(replays, 2);
}

/* A log may say again and again that they have come. */
static void witnesses_that_come_in_vain_are_waited_for_five_times(void **state)
{
    (void)state;
    without_witnesses();
    log_fake_await(client, come_in_vain);
    open_it();
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 5);
    assert_int_equal(replays, 6);
}

static void time_that_was_waited_in_vain_is_over(void **state)
{
    (void)state;
    without_witnesses();
    log_fake_await(client, take_all_the_time);
    open_it();
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 1);
    assert_int_equal(replays, 2); /* it said that they have come */
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 1);
    assert_int_equal(replays, 3);
}

static void who_does_not_want_to_wait_does_not(void **state)
{
    (void)state;
    without_witnesses();
    log_fake_await(client, come);
    assert_true(open_with(state_path, true));
    expect_nothing(REASON_RESTS_UNWITNESSED, false);
    assert_int_equal(awaits, 0);
    assert_int_equal(replays, 1);
}

static void a_log_without_a_checkpoint_has_no_witnesses_yet(void **state)
{
    (void)state;
    log_folder_drop(&folder, "log/checkpoint");
    open_it();
    assert_int_equal(stands(), STANDS_UNWITNESSED);
    complains(REASON_RESTS_UNWITNESSED);
}

static void what_is_no_checkpoint_is_not_waited_for(void **state)
{
    (void)state;
    log_fake_await(client, come);
    log_folder_put(&folder, "log/checkpoint", span_str("somebody's page\n"));
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, true);
    assert_int_equal(stands(), STANDS_UNPROVEN);
    assert_int_equal(awaits, 0);
}

/* More is lacking than witnesses: to wait for them is of no use. */
static void what_is_wrong_besides_is_not_waited_for(void **state)
{
    (void)state;
    log_fake_await(client, come);
    without_witnesses();
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", l.n));
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, false);
    log_add(&l, BY(JUDGE, KIND_REQUEST)); /* a judge requests nothing */
    serve(l.n, 0);
    expect_nothing(REASON_LOG_UNPROVEN, false);
    assert_int_equal(stands(), STANDS_UNPROVEN);
    assert_int_equal(awaits, 0);
    serve(l.n, now_seconds());
    expect_proven(l.n);
}

static void old_witnesses_leave_it_open(void **state)
{
    (void)state;
    log_fake_await(client, come);
    options.max_age = 3600;
    under_policy("w");
    serve(l.n, 1000); /* in 1970 */
    open_it();
    expect_nothing(REASON_LOG_UNPROVEN, false);
    assert_int_equal(stands(), STANDS_UNPROVEN);
    assert_int_equal(awaits, 0);
    assert_false(is_there("evidence"));
    if ((uint64_t)time(NULL) > now_seconds()) { /* the fixture's log is of a day in 2026 */
        serve(l.n, (uint64_t)time(NULL));
        open_it();
        expect_proven(l.n);
    }
}

/* ---- what is newer ----------------------------------------------------------------------------- */

static enum show reach(uint64_t index)
{
    complaint.code[0] = complaint.detail[0] = 0;
    enum show shown = in_force_reach(in_force, index, &complaint);
    assert_int_equal(shown != SHOW_PROVEN, complaint.code[0] != 0);
    return shown;
}

static void an_entry_is_reached(void **state)
{
    (void)state;
    size_t size = l.n;
    open_it();
    log_fake_set(client, true, false); /* nobody is asked of what was replayed */
    assert_int_equal(reach(size - 1), SHOW_PROVEN);
    assert_int_equal(reach(0), SHOW_PROVEN);
    assert_int_equal(replays, 1);
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    ask_client_of(l.n);
    open_it();
    assert_int_equal(reach(size), SHOW_UNWITNESSED); /* the service shows it, but no checkpoint */
    complains(REASON_RESTS_UNWITNESSED);
    assert_int_equal(in_force_size(in_force), size);
    serve(l.n, 0);
    assert_int_equal(reach(size), SHOW_PROVEN);
    assert_int_equal(in_force_size(in_force), l.n);
    assert_int_equal(reach(l.n), SHOW_ABSENT);
    complains(REASON_LOG_UNPROVEN);
}

static void an_entry_that_is_not_shown_is_not_reached(void **state)
{
    (void)state;
    size_t size = l.n;
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    ask_client_of(l.n);
    open_it();
    expect_proven(size);
    serve(l.n, 0);
    log_fake_spoil(client, size);
    assert_int_equal(reach(size), SHOW_BAD);
    complains(REASON_LOG_UNPROVEN);
    log_fake_spoil(client, NO_ENTRY);
    log_fake_set(client, false, true);
    assert_int_equal(reach(size), SHOW_UNWITNESSED);
    complains(REASON_RESTS_UNWITNESSED);
    log_fake_set(client, true, false);
    assert_int_equal(reach(size), SHOW_FAILED);
    assert_string_equal(complaint.code, "unreachable");
    assert_int_equal(replays, 1);
    log_fake_set(client, false, false);
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", l.n));
    assert_int_equal(reach(size), SHOW_FAILED);
    complains(REASON_LOG_UNPROVEN);
    log_fake_spoil(client, 0);
    assert_int_equal(reach(0), SHOW_FAILED); /* nothing is proven any more: nobody is asked */
    complains(REASON_LOG_UNPROVEN);
}

static int follow(void)
{
    complaint.code[0] = complaint.detail[0] = 0;
    int failed = in_force_follow(in_force, "kind=ruleset", &complaint);
    assert_int_equal(failed != 0, complaint.code[0] != 0);
    return failed;
}

static void what_the_service_lists_is_replayed(void **state)
{
    (void)state;
    size_t size = l.n;
    for (int i = 0; i < 3; i++)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    ask_client_of(l.n);
    log_fake_listed(client, text_of("kind=ruleset&after=%zu", size - 1));
    open_it();
    assert_int_equal(follow(), 0);
    assert_int_equal(replays, 1);
    assert_int_equal(log_fake_searches(client), 1);
    /* Whatever order they are in. */
    log_fake_hint(client, size);
    log_fake_hint(client, size + 1);
    log_fake_hint(client, 0);
    serve(size + 1, 0);
    assert_int_equal(follow(), -1);
    assert_int_equal(in_force_size(in_force), size + 1);
    complains(REASON_RESTS_UNWITNESSED);
    log_fake_listed(client, text_of("kind=ruleset&after=%zu", size));
    serve(size + 2, 0);
    assert_int_equal(follow(), 0);
    assert_int_equal(in_force_size(in_force), size + 2);
}

static void who_cannot_ask_may_not_rest_on_it(void **state)
{
    (void)state;
    open_it();
    expect_proven(l.n);
    log_fake_set(client, true, false);
    assert_int_equal(follow(), -1);
    assert_string_equal(complaint.code, "unreachable");
    log_fake_set(client, false, false);
    assert_int_equal(follow(), 0);
    log_folder_drop(&folder, text_of("log/tile/entries/000.p/%zu", l.n));
    open_it();
    unsigned searches = (unsigned)log_fake_searches(client);
    log_folder_drop(&folder, "state");
    assert_int_equal(follow(), -1);
    complains(REASON_LOG_UNPROVEN);
    assert_int_equal(log_fake_searches(client), searches);
}

static void what_was_replayed_a_minute_ago_is_replayed_again(void **state)
{
    (void)state;
    open_it();
    assert_int_equal(follow(), 0);
    assert_int_equal(replays, 1);
    steady_ms += 59999;
    assert_int_equal(follow(), 0);
    assert_int_equal(replays, 1);
    steady_ms += 1;
    assert_int_equal(follow(), 0);
    assert_int_equal(replays, 2);
    assert_int_equal(follow(), 0);
    assert_int_equal(replays, 2);
    steady_ms += 60000;
    log_folder_drop(&folder, "log/checkpoint");
    log_fake_await(client, do_not_come);
    assert_int_equal(follow(), -1);
    assert_int_equal(replays, 3);
    assert_int_equal(in_force_size(in_force), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_keeps_its_state_where_the_environment_says),
        TEST(without_a_place_nothing_begins),
        TEST(standard_input_may_be_closed),
        TEST(a_log_of_several_keys_keeps_the_state_that_it_has),
        TEST(a_state_that_cannot_be_read_proves_nothing),
        TEST(what_is_proven_is_in_force),
        TEST(it_waits_for_the_log_once),
        TEST(what_is_bad_is_not_in_force),
        TEST(what_is_not_there_is_not_proven),
        TEST(what_leads_elsewhere_is_not_proven),
        TEST(another_genesis_is_not_the_log),
        TEST(two_histories_convict_the_log),
        TEST(another_run_may_have_met_another_history),
        TEST(a_replay_that_ends_early_proves_nothing),
        TEST(witnesses_are_not_waited_for_by_who_looks),
        TEST(witnesses_are_waited_for),
        TEST(witnesses_that_do_not_come_leave_it_open),
        TEST(witnesses_that_come_in_vain_are_waited_for_five_times),
        TEST(time_that_was_waited_in_vain_is_over),
        TEST(who_does_not_want_to_wait_does_not),
        TEST(a_log_without_a_checkpoint_has_no_witnesses_yet),
        TEST(what_is_no_checkpoint_is_not_waited_for),
        TEST(what_is_wrong_besides_is_not_waited_for),
        TEST(old_witnesses_leave_it_open),
        TEST(an_entry_is_reached),
        TEST(an_entry_that_is_not_shown_is_not_reached),
        TEST(what_the_service_lists_is_replayed),
        TEST(who_cannot_ask_may_not_rest_on_it),
        TEST(what_was_replayed_a_minute_ago_is_replayed_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
