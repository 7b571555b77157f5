/* trust.h: what somebody decided to trust, read and looked at; what is said of it; evidence. */
#include "client/remote/trust.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/base/trouble.h"
#include "proto/base/base64.h"
#include "tests/unit/certificates.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

static struct log_folder folder;
static struct log l;
static struct skey witness, second; /* of witnesses, and of the same log */
static struct trust_options options;
static struct trust trust;
static char policy[96], place[96];

/* Where nothing can be made: how often it was tried, and the last name. */
static bool no_room;
static unsigned tried;
static char tried_last[256];

int __real_file_create(const char *path, struct span bytes, unsigned mode);
int __wrap_file_create(const char *path, struct span bytes, unsigned mode);

int __wrap_file_create(const char *path, struct span bytes, unsigned mode)
{
    if (!no_room)
        return __real_file_create(path, bytes, mode);
    tried++;
    snprintf(tried_last, sizeof tried_last, "%s", path);
    errno = ENOSPC;
    return -1;
}

static const char *text_of_key(const struct vkey *key)
{
    struct buf text = { 0 };
    vkey_format(&text, key);
    const char *copy = text_of("%s", buf_str(&text));
    buf_free(&text);
    return copy;
}

static const char *the_log(void)
{
    return vkey_text(&l, THE_LOG);
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
    options = (struct trust_options){ .policy = policy, .max_age = -1, .tolerate = -1 };
    log_folder_policy(&folder, &l, &witness, "none");
    no_room = false;
    tried = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    trust_close(&trust);
    trust_close(&trust); /* it may be closed again */
    log_free(&l);
    assert_int_equal(chdir("/"), 0);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static void put_policy(const char *text)
{
    log_folder_put(&folder, "policy", span_str(text));
}

static void put_key(const struct skey *key)
{
    struct buf text = { 0 };
    skey_format(&text, key);
    log_folder_put(&folder, "key", buf_span(&text));
    buf_free(&text);
}

static enum outcome open_for(bool one_log)
{
    trust_close(&trust);
    return trust_open(&trust, &options, one_log);
}

static void expect_open(void)
{
    assert_int_equal(open_for(true), OUTCOME_PROVEN);
}

static void expect_usage(void)
{
    assert_int_equal(open_for(true), OUTCOME_USAGE);
    assert_null(trust.policy);
    assert_null(trust.reader.key);
}

/* ---- the policy ------------------------------------------------------------------------------ */

static void a_policy_is_read_or_nothing_is(void **state)
{
    (void)state;
    expect_open();
    assert_true(vkey_eq(trust_log(&trust), &l.who[THE_LOG].key.vkey));
    assert_int_equal(trust_log_keys(&trust)->n, 1);
    assert_null(trust.url);
    put_policy("log nothing\nquorum none\n");
    expect_usage();
    /* Too long, though what is read of it would do. */
    struct buf text = { 0 };
    buf_addf(&text, "log %s\nquorum none\n", the_log());
    while (text.n <= POLICY_MAX)
        buf_adds(&text, "# and so on, and so on, and so on\n");
    log_folder_put(&folder, "policy", buf_span(&text));
    buf_free(&text);
    expect_usage();
    log_folder_drop(&folder, "policy");
    heard_begin(stderr);
    expect_usage();
    const char *words = heard_end(stderr);
    assert_non_null(strstr(words, TR("could not be read", "no se pudo leer")));
    assert_non_null(strstr(words, policy));
    assert_int_equal(mkdir(policy, 0755), 0);
    expect_usage();
}

/* A program is told what kind of trouble it is (INTERFACES, 10.2): a child, as that is said
 * once. */
static void a_program_is_told_that_it_is_the_policy(void **state)
{
    (void)state;
    log_folder_drop(&folder, "policy");
    snprintf(place, sizeof place, "%s/said", folder.dir);
    pid_t child = fork();
    if (child == 0) {
        bool good = freopen(place, "w", stdout) != NULL;
        trouble_keep();
        good = good && open_for(true) == OUTCOME_USAGE;
        trouble_print(false, "usage");
        _exit(good && fflush(stdout) == 0 ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    json_t *object = json_load_file(place, 0, NULL);
    const json_t *error = json_object_get(object, "error");
    assert_string_equal(json_string_value(json_object_get(error, "code")), "policy");
    json_decref(object);
}

static void some_need_a_policy_with_one_log(void **state)
{
    (void)state;
    const char *another =
        text_of("log %s http://a\nlog %s http://b\nquorum none\n", the_log(), vkey_text(&l, JUDGE));
    put_policy(another);
    expect_usage();
    assert_int_equal(open_for(false), OUTCOME_PROVEN);
    assert_null(trust.url); /* whose? */
    assert_int_equal(trust_log_keys(&trust)->n, 0);
    options.url = "http://c";
    assert_int_equal(open_for(false), OUTCOME_PROVEN);
    assert_string_equal(trust.url, "http://c");
    put_key(&l.who[JUDGE].key);
    snprintf(place, sizeof place, "%s/key", folder.dir);
    options.key.path = place; /* who reads reads one log */
    assert_int_equal(open_for(false), OUTCOME_USAGE);
    assert_null(trust.policy);
}

static void keys_of_one_log_are_one_log(void **state)
{
    (void)state;
    put_policy(
        text_of("log %s\nlog %s http://b\nquorum none\n", text_of_key(&second.vkey), the_log()));
    expect_open();
    assert_int_equal(trust_log_keys(&trust)->n, 2);
    assert_true(vkey_eq(trust_log_keys(&trust)->key[0], &second.vkey));
    assert_true(vkey_eq(trust_log(&trust), &second.vkey));
    assert_string_equal(trust.url, "http://b"); /* the first that there is */
    put_policy(text_of("log %s http://a\nlog %s http://b\nquorum none\n", text_of_key(&second.vkey),
                       the_log()));
    expect_open();
    assert_string_equal(trust.url, "http://a");
    options.url = "http://c"; /* whoever says where knows better */
    expect_open();
    assert_string_equal(trust.url, "http://c");
}

/* As many keys as there may be, none with a URL: nothing behind them is taken for one. */
static void of_the_keys_none_may_name_a_place(void **state)
{
    struct buf text = { 0 };
    (void)state;
    for (int i = 0; i < POLICY_LOGS_MAX; i++) {
        struct skey key;
        uint8_t seed[32] = { 1, (uint8_t)i };
        skey_from_seed(&key, span_str(ORIGIN), KEY_NOTE, seed);
        buf_addf(&text, "log %s\n", text_of_key(&key.vkey));
    }
    buf_addf(&text, "witness w %s http://w\nquorum w\n", text_of_key(&witness.vkey));
    put_policy(buf_str(&text));
    buf_free(&text);
    expect_open();
    assert_int_equal(trust_log_keys(&trust)->n, POLICY_LOGS_MAX);
    assert_null(trust.url);
}

static void a_pin_is_asked_for_or_not(void **state)
{
    (void)state;
    options.pin = l.leaf[0];
    expect_open();
    assert_null(trust_pin(&trust));
    options.has_pin = true;
    expect_open();
    assert_memory_equal(trust_pin(&trust)->b, l.leaf[0].b, HASH_BYTES);
}

/* ---- who reads ------------------------------------------------------------------------------- */

static void who_reads_is_a_signer(void **state)
{
    const struct skey *judge = &l.who[JUDGE].key;
    (void)state;
    expect_open();
    assert_null(trust.reader.key);
    snprintf(place, sizeof place, "%s/key", folder.dir);
    put_key(judge);
    options.key.path = place;
    expect_open();
    assert_ptr_equal(trust.reader.key, trust.own_key);
    assert_true(vkey_eq(&trust.reader.key->vkey, &judge->vkey));
    assert_string_equal(trust.reader.origin, ORIGIN);
    trust_close(&trust);
    assert_null(trust.reader.key);
    assert_null(trust.own_key);
    put_key(&witness);
    expect_usage();
    log_folder_drop(&folder, "key");
    expect_usage();
    options.key.path = NULL;
    options.reader = judge;
    expect_open();
    assert_ptr_equal(trust.reader.key, judge);
    assert_null(trust.own_key);
    trust_read_as(&trust, &l.who[AUDITOR].key);
    assert_ptr_equal(trust.reader.key, &l.who[AUDITOR].key);
    assert_string_equal(trust.reader.origin, ORIGIN);
}

static void files_of_tls_must_be_usable(void **state)
{
    (void)state;
    options.tls.cert = policy; /* as if: it is not looked at alone */
    expect_usage();
    options.tls = (struct tls_client_files){ .key = policy };
    expect_usage();
    options.tls = (struct tls_client_files){ .cacert = log_folder_path(&folder, "absent") };
    heard_begin(stderr);
    expect_usage();
    assert_non_null(strstr(heard_end(stderr), "/absent")); /* which file it is */
    options.tls = (struct tls_client_files){ .cacert = "" };
    options.reader = &l.who[JUDGE].key;
    expect_open();
    assert_ptr_equal(trust.reader.tls.cacert, options.tls.cacert); /* who reads keeps them */
    struct issued own = certificate_issue("reader", NULL, 1, false);
    options.tls =
        (struct tls_client_files){ .cert = certificate_write("reader.pem", &own),
                                   .key = certificate_write_key("reader.key", &own, NULL) };
    expect_open();
    options.tls.key = options.tls.cert; /* there is none in it */
    expect_usage();
    certificate_free(&own);
}

/* ---- what is said ---------------------------------------------------------------------------- */

/* Some things are said once in the life of a process: so a child says it. Returns what it wrote on
 * standard error while it opened the policy `times` times; it must be able to. */
static const char *said(int times, bool limits)
{
    static char text[4096];
    snprintf(place, sizeof place, "%s/said", folder.dir);
    int out = open(place, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    assert_true(out >= 0);
    pid_t child = fork();
    if (child == 0) {
        dup2(out, STDERR_FILENO);
        bool good = true;
        for (int i = 0; good && i < times; i++) {
            good = open_for(true) == OUTCOME_PROVEN;
            if (good && limits)
                trust_say_limits(&trust);
        }
        _exit(good ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    ssize_t n = pread(out, text, sizeof text - 1, 0);
    assert_true(n >= 0);
    text[n] = 0;
    close(out);
    return text;
}

/* How often a word stands in a text. */
static int count_of(const char *text, const char *word)
{
    int n = 0;
    for (; (text = strstr(text, word)) != NULL; text++)
        n++;
    return n;
}

/* A policy with so many witnesses, of which any `quorum` are enough. */
static void put_witnesses(int n, int quorum)
{
    struct buf text = { 0 }, group = { 0 };
    buf_addf(&text, "log %s\n", the_log());
    for (int i = 0; i < n; i++) {
        struct skey w;
        uint8_t seed[32] = { (uint8_t)(100 + i) };
        skey_from_seed(&w, span_str(text_of("w%d.example", i)), KEY_COSIGNATURE, seed);
        buf_addf(&text, "witness w%d %s\n", i, text_of_key(&w.vkey));
        buf_addf(&group, " w%d", i);
    }
    buf_addf(&text, "group g %d%s\nquorum g\n", quorum, buf_str(&group));
    put_policy(buf_str(&text));
    buf_free(&text);
    buf_free(&group);
}

/* More than half of the witnesses and of those that lie. */
static void a_quorum_that_is_too_small_is_warned_of(void **state)
{
    static const struct {
        int n, quorum, tolerate, warnings;
    } rows[] = {
        { 3, 2, 0, 0 }, { 3, 1, 0, 1 }, { 4, 2, 0, 1 }, { 4, 3, 0, 0 },  { 3, 2, 1, 1 },
        { 4, 3, 1, 0 }, { 4, 3, 2, 1 }, { 1, 1, 0, 0 }, { 3, 1, -1, 0 }, { 5, 4, 2, 0 },
    };
    (void)state;
    for (size_t i = 0; i < COUNT(rows); i++) {
        put_witnesses(rows[i].n, rows[i].quorum);
        options.tolerate = rows[i].tolerate;
        assert_int_equal(count_of(said(1, false), "WARNING"), rows[i].warnings);
    }
}

static void keys_of_unknown_types_are_warned_of_once(void **state)
{
    uint8_t typed[1313] = { 6 };
    char key[1800];
    (void)state;
    base64_encode(key, typed, sizeof typed);
    const char *witnesses = text_of("log %s\nwitness known %s\nwitness new n.example+00000002+%s\n",
                                    the_log(), text_of_key(&witness.vkey), key);
    put_policy(text_of("%squorum known\n", witnesses));
    assert_int_equal(count_of(said(1, false), "WARNING"), 1);
    assert_int_equal(count_of(said(3, false), "WARNING"), 1);
    assert_int_equal(count_of(said(1, false), " new "), 1);
    put_policy(text_of("%squorum new\n", witnesses));
    assert_int_equal(count_of(said(1, false), "WARNING"), 2); /* it cannot be met, either */
    assert_int_equal(count_of(said(2, false), "WARNING"), 2);
    put_policy(
        text_of("log %s\nwitness known %s\nquorum known\n", the_log(), text_of_key(&witness.vkey)));
    assert_int_equal(count_of(said(1, false), "WARNING"), 0);
}

static void no_quorum_is_said_once(void **state)
{
    (void)state;
    assert_int_equal(count_of(said(1, false), "quorum none"), 0);
    assert_int_equal(count_of(said(1, true), "quorum none"), 1);
    assert_int_equal(count_of(said(3, true), "quorum none"), 1);
    log_folder_policy(&folder, &l, &witness, "w");
    assert_int_equal(count_of(said(1, true), "quorum none"), 0);
}

static bool is_fresh(uint64_t cosigned)
{
    struct buf note = { 0 }, text = { 0 };
    struct signed_checkpoint cp;
    struct refusal why;
    log_checkpoint(&note, &l, l.n);
    buf_add(&text, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    note_cosign(&note, buf_span(&text), &witness, cosigned);
    assert_int_equal(policy_open(&cp, trust.policy, buf_span(&note), &why), 0);
    bool fresh = trust_fresh(&trust, &cp, &why);
    if (!fresh)
        assert_int_equal(why.reason, REASON_OLD_COSIGNATURE);
    buf_free(&note);
    buf_free(&text);
    return fresh;
}

static void cosignatures_may_be_too_old(void **state)
{
    uint64_t now = (uint64_t)time(NULL);
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    expect_open();
    assert_true(is_fresh(1000)); /* any age */
    options.max_age = 3600;
    expect_open();
    assert_false(is_fresh(1000));
    assert_false(is_fresh(now - 3700));
    assert_true(is_fresh(now - 1800));
}

/* ---- evidence -------------------------------------------------------------------------------- */

static const struct buf lie = { .p = (uint8_t *)"one lie\n", .n = 8 };
static const struct buf other_lie = { .p = (uint8_t *)"one lye\n", .n = 8 };

/* The name that such evidence has, without being asked for. */
static const char *name_of(const struct buf *evidence, const char *before)
{
    struct hash sum;
    char hex[17];
    hash_bytes(&sum, buf_span(evidence));
    for (size_t i = 0; i < 8; i++)
        snprintf(hex + 2 * i, 3, "%02x", sum.b[i]);
    return text_of("%s.evidence-%s", before, hex);
}

/* Keeps it, and returns where; NULL: it could not be kept. */
static const char *keep(const struct buf *evidence)
{
    char *where = NULL;
    enum outcome outcome = trust_keep_evidence(&trust, evidence, &where);
    assert_int_equal(outcome, where == NULL ? OUTCOME_UNDECIDED : OUTCOME_PROVEN);
    const char *copy = where == NULL ? NULL : text_of("%s", where);
    free(where);
    return copy;
}

static bool has(const char *name, const struct buf *evidence)
{
    char bytes[64];
    FILE *in = fopen(log_folder_path(&folder, name), "rb");
    size_t n = in == NULL ? 0 : fread(bytes, 1, sizeof bytes, in);
    if (in != NULL)
        fclose(in);
    return span_eq(span_of(bytes, n), buf_span(evidence));
}

static int files_in_folder(void)
{
    int n = 0;
    DIR *d = opendir(folder.dir);
    assert_non_null(d);
    for (const struct dirent *e; (e = readdir(d)) != NULL;)
        n += e->d_name[0] != '.';
    closedir(d);
    return n;
}

static void without_evidence_nothing_is_written(void **state)
{
    const struct buf none = { 0 };
    char *where = policy;
    (void)state;
    expect_open();
    assert_int_equal(chdir(folder.dir), 0);
    assert_int_equal(trust_keep_evidence(&trust, &none, &where), OUTCOME_PROVEN);
    assert_null(where);
    assert_int_equal(trust_write_evidence(&trust, &none), OUTCOME_PROVEN);
    assert_int_equal(files_in_folder(), 1);
}

static void evidence_goes_where_it_was_asked_for(void **state)
{
    (void)state;
    snprintf(place, sizeof place, "%s/shown", folder.dir);
    options.evidence = place;
    expect_open();
    assert_string_equal(keep(&lie), place);
    assert_true(has("shown", &lie));
    assert_int_equal(trust_write_evidence(&trust, &other_lie), OUTCOME_PROVEN);
    assert_true(has("shown", &other_lie));
    assert_int_equal(files_in_folder(), 2);
    options.evidence = text_of("%s/absent/shown", folder.dir);
    expect_open();
    heard_begin(stderr);
    assert_null(keep(&lie));
    assert_non_null(strstr(heard_end(stderr), options.evidence)); /* where it could not be */
    assert_int_equal(trust_write_evidence(&trust, &lie), OUTCOME_UNDECIDED);
}

static void evidence_has_a_name_of_its_own(void **state)
{
    (void)state;
    expect_open();
    assert_int_equal(chdir(folder.dir), 0);
    const char *name = name_of(&lie, "log.example.mx-test"); /* its origin has a slash */
    heard_begin(stderr);
    assert_string_equal(keep(&lie), name);
    assert_non_null(strstr(heard_end(stderr), name)); /* where it is */
    assert_true(has(name, &lie));
    assert_string_equal(keep(&lie), name); /* it is there already */
    assert_int_equal(files_in_folder(), 2);
    assert_string_equal(keep(&other_lie), name_of(&other_lie, "log.example.mx-test"));
    assert_int_equal(files_in_folder(), 3);
}

static void evidence_never_replaces_another(void **state)
{
    (void)state;
    expect_open();
    assert_int_equal(chdir(folder.dir), 0);
    const char *name = name_of(&lie, "log.example.mx-test");
    log_folder_put(&folder, name, buf_span(&other_lie)); /* which no hash would do */
    const char *next = text_of("%s-2", name);
    assert_string_equal(keep(&lie), next);
    assert_true(has(name, &other_lie));
    assert_true(has(next, &lie));
    assert_string_equal(keep(&lie), next);
    for (int i = 2; i <= 100; i++)
        log_folder_put(&folder, text_of("%s-%d", name, i), buf_span(&other_lie));
    log_folder_drop(&folder, text_of("%s-100", name));
    assert_string_equal(keep(&lie), text_of("%s-100", name));
    log_folder_put(&folder, text_of("%s-100", name), buf_span(&other_lie));
    assert_null(keep(&lie)); /* after a hundred there is no end to it */
    assert_false(has(text_of("%s-101", name), &lie));
}

static void evidence_may_lie_beside_something(void **state)
{
    (void)state;
    expect_open();
    const char *beside = text_of("%s/mirror", folder.dir);
    trust.beside = beside;
    assert_string_equal(keep(&lie), name_of(&lie, beside));
    assert_true(has(name_of(&lie, "mirror"), &lie));
    trust.beside = text_of("%s//", beside); /* as a shell completes folders */
    assert_string_equal(keep(&other_lie), name_of(&other_lie, beside));
    assert_int_equal(files_in_folder(), 3);
    trust.beside = text_of("%s/absent/mirror", folder.dir);
    assert_null(keep(&lie));
    trust.beside = "";
    assert_int_equal(chdir(folder.dir), 0);
    assert_string_equal(keep(&lie), name_of(&lie, "log.example.mx-test"));
}

static void a_place_that_has_no_room_is_tried_once(void **state)
{
    (void)state;
    expect_open();
    no_room = true;
    trust.beside = "/"; /* the root itself is no name to begin with */
    heard_begin(stderr);
    assert_null(keep(&lie));
    const char *words = heard_end(stderr), *name = name_of(&lie, "/");
    assert_int_equal(tried, 1);
    assert_string_equal(tried_last, name);
    assert_non_null(strstr(words, name));
}

static void a_slash_at_the_end_of_a_logs_name_is_none_of_a_path(void **state)
{
    static const uint8_t seed[32] = { 11 };
    struct skey key;
    (void)state;
    skey_from_seed(&key, span_str("log.example/"), KEY_NOTE, seed);
    put_policy(text_of("log %s\nquorum none\n", text_of_key(&key.vkey)));
    expect_open();
    assert_int_equal(chdir(folder.dir), 0);
    assert_string_equal(keep(&lie), name_of(&lie, "log.example-"));
}

static void evidence_of_several_logs_is_named_by_none(void **state)
{
    (void)state;
    put_policy(text_of("log %s\nlog %s\nquorum none\n", the_log(), vkey_text(&l, JUDGE)));
    assert_int_equal(open_for(false), OUTCOME_PROVEN);
    assert_int_equal(chdir(folder.dir), 0);
    assert_string_equal(keep(&lie), name_of(&lie, "bitacora"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        /* First, as this process has said nothing yet. */
        TEST(a_quorum_that_is_too_small_is_warned_of),
        TEST(keys_of_unknown_types_are_warned_of_once),
        TEST(no_quorum_is_said_once),
        TEST(a_policy_is_read_or_nothing_is),
        TEST(a_program_is_told_that_it_is_the_policy),
        TEST(some_need_a_policy_with_one_log),
        TEST(keys_of_one_log_are_one_log),
        TEST(of_the_keys_none_may_name_a_place),
        TEST(a_pin_is_asked_for_or_not),
        TEST(who_reads_is_a_signer),
        TEST(files_of_tls_must_be_usable),
        TEST(cosignatures_may_be_too_old),
        TEST(without_evidence_nothing_is_written),
        TEST(evidence_goes_where_it_was_asked_for),
        TEST(evidence_has_a_name_of_its_own),
        TEST(evidence_never_replaces_another),
        TEST(evidence_may_lie_beside_something),
        TEST(a_place_that_has_no_room_is_tried_once),
        TEST(a_slash_at_the_end_of_a_logs_name_is_none_of_a_path),
        TEST(evidence_of_several_logs_is_named_by_none),
    };
    return cmocka_run_group_tests(tests, certificates_begin, certificates_end);
}
