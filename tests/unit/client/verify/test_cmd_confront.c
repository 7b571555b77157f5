/* The command `confront`: a checkpoint that is shown to a log. The log's files are in a folder, its
 * service says what it is told to. */
#include <jansson.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/cmd.h"
#include "client/base/lost.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"

#define EARLY 7 /* size of the tree that is shown */
#define ROOT_TEXT "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\n"

static struct log_folder folder;
static struct log l;
static struct skey witness, second;
static struct log_client *service;
static struct args args;
static char policy[96], evidence[96], url[96];
static json_t *said;
static const char *words, *told; /* on standard output and on standard error */

/* What was posted, and how it is answered. */
static struct buf posted;
static unsigned posts;
static struct answer answer;

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader);

struct logfiles *__wrap_logfiles_of_url(const char *of, const struct log_reader *reader)
{
    (void)reader;
    return logfiles_of_dir(of);
}

static void post(const char *path, struct span bytes, struct answer *out)
{
    assert_string_equal(path, "checkpoint");
    buf_clear(&posted);
    buf_add_span(&posted, bytes);
    posts++;
    *out = answer;
}

static const char *text_of_key(const struct skey *key)
{
    struct buf text = { 0 };
    vkey_format(&text, &key->vkey);
    const char *copy = text_of("%s", buf_str(&text));
    buf_free(&text);
    return copy;
}

static void put_policy(const char *quorum)
{
    log_folder_policy(&folder, &l, &witness, quorum);
}

/* Its text and the log's signature; cosigned at that second, 0: not. */
static void checkpoint(struct buf *out, const struct log *of, size_t size, uint64_t cosigned)
{
    struct buf text = { 0 };
    log_checkpoint(out, of, size);
    buf_add(&text, out->p, (size_t)(strstr(buf_str(out), "\n\n") - (char *)out->p) + 1);
    if (cosigned != 0)
        note_cosign(out, buf_span(&text), &witness, cosigned);
    buf_free(&text);
}

static void serve(const struct log *of, size_t size, uint64_t cosigned)
{
    struct log_folder sub;
    struct buf note = { 0 };
    snprintf(sub.dir, sizeof sub.dir, "%.48s/log", folder.dir);
    log_folder_write(&sub, of, size);
    checkpoint(&note, of, size, cosigned);
    log_folder_put(&sub, "checkpoint", buf_span(&note));
    buf_free(&note);
}

static uint64_t now_seconds(void)
{
    return (uint64_t)l.now / 1000;
}

static int start(void **state)
{
    static const uint8_t seeds[2][32] = { { 4 }, { 9 } };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seeds[0]);
    skey_from_seed(&second, span_str(ORIGIN), KEY_NOTE, seeds[1]);
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(evidence, sizeof evidence, "%s/evidence", folder.dir);
    snprintf(url, sizeof url, "%s/log", folder.dir);
    assert_int_equal(mkdir(url, 0755), 0);
    put_policy("none");
    args = (struct args){ .policy = policy, .evidence = evidence, .log = url, .json = true };
    service = log_fake_client(&l, l.n);
    log_fake_post(service, post);
    log_fake_serve(service);
    answer = (struct answer){ .status = 200, .acceptable = true };
    posts = 0;
    serve(&l, l.n, 0);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    json_decref(said);
    said = NULL;
    buf_free(&posted);
    log_client_free(service);
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* ---- the command ------------------------------------------------------------------------------- */

static enum outcome run(void)
{
    unlink(evidence);
    posts = 0;
    heard_begin(stdout);
    heard_begin(stderr);
    enum outcome outcome = command_confront.run(&args);
    told = heard_end(stderr);
    words = heard_end(stdout);
    json_decref(said);
    said = json_loads(words, 0, NULL);
    return outcome;
}

static enum outcome confront(const char *name)
{
    char path[128];
    char *operand[1] = { path };
    snprintf(path, sizeof path, "%s", log_folder_path(&folder, name));
    args.operand = operand;
    args.operands = 1;
    return run();
}

/* Fails unless nothing was shown to the log, for that reason: words on standard error. */
static void not_shown(const char *name, const char *why)
{
    assert_int_equal(confront(name), OUTCOME_UNDECIDED);
    assert_int_equal(posts, 0);
    assert_null(said);
    assert_non_null(strstr(told, why));
}

/* How many lines there are on standard error. */
static size_t lines_told(void)
{
    size_t n = 0;
    for (const char *at = told; (at = strchr(at, '\n')) != NULL; at++)
        n++;
    return n;
}

static enum outcome confront_checkpoint(const struct log *of, size_t size, uint64_t cosigned)
{
    struct buf note = { 0 };
    checkpoint(&note, of, size, cosigned);
    log_folder_put(&folder, "shown", buf_span(&note));
    buf_free(&note);
    return confront("shown");
}

static void expect_said(const char *state, const char *ok)
{
    assert_string_equal(json_string_value(json_object_get(said, "state")), state);
    char *text = json_dumps(json_object_get(said, "ok"), JSON_ENCODE_ANY);
    assert_string_equal(text, ok);
    free(text);
}

static bool convicts(void)
{
    return access(evidence, F_OK) == 0;
}

/* What was posted is that checkpoint with the log's signature alone. */
static void expect_posted(size_t size)
{
    struct buf note = { 0 };
    log_checkpoint(&note, &l, size);
    assert_int_equal(posts, 1);
    assert_string_equal(buf_str(&posted), buf_str(&note));
    buf_free(&note);
}

/* ---- what is shown ----------------------------------------------------------------------------- */

static void what_the_log_holds_is_proven(void **state)
{
    struct chain c;
    struct buf note = { 0 }, text = { 0 };
    (void)state;
    assert_int_equal(confront_checkpoint(&l, EARLY, now_seconds()), OUTCOME_PROVEN);
    expect_posted(EARLY);
    expect_said("held", "true");
    assert_int_equal(json_integer_value(json_object_get(said, "size")), EARLY);
    assert_false(convicts());
    assert_int_equal(confront_checkpoint(&l, l.n, 0), OUTCOME_PROVEN);
    args.json = false;
    assert_int_equal(confront_checkpoint(&l, l.n, 0), OUTCOME_PROVEN);
    assert_non_null(strstr(words, "holds this checkpoint"));
    assert_null(strstr(words, "not proven"));
    args.json = true;
    chain_make(&c, &l, EARLY, 1);
    checkpoint(&note, &l, EARLY, 0);
    receipt_format(&text, c.entry, c.n, buf_span(&note));
    log_folder_put(&folder, "receipt", buf_span(&text));
    assert_int_equal(confront("receipt"), OUTCOME_PROVEN);
    expect_posted(EARLY);
    expect_said("held", "true");
    buf_free(&text);
    buf_free(&note);
}

static void what_no_key_of_the_log_signed_is_not_shown(void **state)
{
    struct log other;
    (void)state;
    not_shown("absent", "could not be read");
    log_folder_put(&folder, "shown", span_str("no note\n"));
    not_shown("shown", "note");
    log_folder_put(&folder, "shown", span_str(RECEIPT_FORMAT "\nno receipt\n"));
    not_shown("shown", "receipt");
    /* The policy's log has another key of that origin; then another origin. */
    put_policy("none");
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nquorum none\n", text_of_key(&second))));
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nquorum none\n", vkey_text(&l, JUDGE))));
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    assert_int_equal(posts, 0);
    assert_null(said);
    /* With both keys it is. */
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nlog %s\nquorum none\n", text_of_key(&second),
                                    vkey_text(&l, THE_LOG))));
    log_copy(&other, &l, l.n);
    assert_int_equal(confront_checkpoint(&other, EARLY, 0), OUTCOME_PROVEN);
    expect_posted(EARLY);
    log_free(&other);
}

static void somebody_else_signs_in_the_logs_name(void **state)
{
    struct buf text = { 0 }, note = { 0 };
    (void)state;
    log_checkpoint(&note, &l, EARLY);
    buf_add(&text, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    buf_clear(&note);
    note_sign(&note, buf_span(&text), &second);
    log_folder_put(&folder, "shown", buf_span(&note));
    not_shown("shown", "key");
    buf_free(&text);
    buf_free(&note);
}

/* The log's key signs records, too; and a log of another name may have the same key. */
static void what_is_no_checkpoint_of_the_log_is_not_shown(void **state)
{
    static const char *const texts[] = {
        "no checkpoint\n",
        (ORIGIN "\nx\n" ROOT_TEXT),
        ORIGIN "\n7\nAAEC\n",
        ("other.example\n7\n" ROOT_TEXT),
    };
    (void)state;
    for (size_t i = 0; i < COUNT(texts); i++) {
        struct buf note = { 0 };
        note_sign(&note, span_str(texts[i]), &l.who[THE_LOG].key);
        log_folder_put(&folder, "shown", buf_span(&note));
        assert_int_equal(confront("shown"), OUTCOME_UNDECIDED);
        assert_int_equal(posts, 0);
        buf_free(&note);
    }
}

/* A good checkpoint in what is no note, or no receipt; and a receipt of somebody else's. */
static void what_has_not_its_form_is_not_shown(void **state)
{
    struct chain c;
    struct buf note = { 0 }, text = { 0 };
    (void)state;
    checkpoint(&note, &l, EARLY, 0);
    buf_add_span(&text, buf_span(&note));
    buf_adds(&text, "junk\n");
    log_folder_put(&folder, "shown", buf_span(&text));
    not_shown("shown", "shown");
    chain_make(&c, &l, EARLY, 1);
    buf_clear(&text);
    receipt_format(&text, c.entry, c.n, buf_span(&note));
    const char *whole = buf_str(&text), *end = strstr(whole, "\n\n");
    assert_non_null(end);
    for (size_t n = (size_t)(end - whole); n > 40; n -= 40) { /* not all of its entries */
        log_folder_put(&folder, "shown", span_str(text_of("%.*s%s", (int)n - 1, whole, end)));
        assert_int_equal(confront("shown"), OUTCOME_UNDECIDED);
        assert_int_equal(posts, 0);
    }
    log_folder_put(&folder, "receipt", buf_span(&text));
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nquorum none\n", text_of_key(&second))));
    not_shown("receipt", "receipt");
    buf_free(&text);
    buf_free(&note);
}

static void one_file_is_shown(void **state)
{
    char *operand[2] = { evidence, evidence };
    (void)state;
    args.operand = operand;
    for (args.operands = 0; args.operands <= 2; args.operands += 2) {
        assert_int_equal(run(), OUTCOME_USAGE);
        assert_int_equal(lines_told(), 1);
    }
}

static void the_log_must_be_somewhere(void **state)
{
    (void)state;
    args.log = NULL;
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_USAGE);
    args.log = url;
    args.policy = evidence; /* which is not there */
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_USAGE);
    assert_int_equal(lines_told(), 1);
    assert_int_equal(posts, 0);
}

/* ---- what the log says ------------------------------------------------------------------------- */

static void another(struct log *out, size_t same, size_t size)
{
    log_copy(out, &l, same);
    while (out->n < size)
        log_add(out, BY(AUDITOR, KIND_ANCHOR));
}

static void a_log_that_says_so_and_has_forked_is_convicted(void **state)
{
    struct log other;
    (void)state;
    another(&other, EARLY - 1, EARLY);
    assert_int_equal(confront_checkpoint(&other, EARLY, 0), OUTCOME_BAD);
    expect_said("held", "false");
    assert_true(convicts());
    log_free(&other);
}

static void a_log_that_says_so_and_shows_nothing_leaves_it_open(void **state)
{
    (void)state;
    log_folder_drop(&folder, "log/checkpoint");
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("held", "null");
    assert_non_null(strstr(told, "[missing]"));
    assert_null(strchr(strchr(told, '[') + 1, '[')); /* nothing else is wrong */
    args.json = false;
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    assert_non_null(strstr(words, "not proven"));
    args.json = true;
    put_policy("w");
    serve(&l, l.n, 0);
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("held", "null");
    serve(&l, l.n, now_seconds()); /* what is shown needs no witness */
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_PROVEN);
    expect_said("held", "true");
    log_folder_drop(&folder, text_of("log/tile/0/000.p/%zu", l.n));
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("held", "null");
    assert_false(convicts());
}

/* Signed by nobody's key, though it bears the log's name and id. */
static void a_signature_that_is_not_good_is_not_shown(void **state)
{
    struct buf note = { 0 };
    (void)state;
    checkpoint(&note, &l, EARLY, 0);
    note.p[note.n - 6] = note.p[note.n - 6] == 'A' ? 'B' : 'A';
    log_folder_put(&folder, "shown", buf_span(&note));
    assert_int_equal(confront("shown"), OUTCOME_UNDECIDED);
    assert_int_equal(posts, 0);
    buf_free(&note);
}

static void what_the_log_says_else_is_its_word(void **state)
{
    (void)state;
    answer = (struct answer){ .status = 409, .acceptable = true };
    log_fake_complain(service, "rollback");
    log_fake_serve(service);
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("rollback", "null");
    log_fake_complain(service, "else");
    log_fake_serve(service);
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("unknown", "null");
    answer = (struct answer){ .status = 200, .acceptable = false }; /* somebody's page */
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("unknown", "null");
    answer = (struct answer){ .status = 0 };
    assert_int_equal(confront_checkpoint(&l, EARLY, 0), OUTCOME_UNDECIDED);
    expect_said("unknown", "null");
    assert_false(convicts());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_the_log_holds_is_proven),
        TEST(what_no_key_of_the_log_signed_is_not_shown),
        TEST(somebody_else_signs_in_the_logs_name),
        TEST(what_is_no_checkpoint_of_the_log_is_not_shown),
        TEST(what_has_not_its_form_is_not_shown),
        TEST(one_file_is_shown),
        TEST(the_log_must_be_somewhere),
        TEST(a_log_that_says_so_and_has_forked_is_convicted),
        TEST(a_log_that_says_so_and_shows_nothing_leaves_it_open),
        TEST(a_signature_that_is_not_good_is_not_shown),
        TEST(what_the_log_says_else_is_its_word),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
