/* blobcheck.h: blobs that the entries of a log name, asked of a service that is told what to say
 * of them. */
#include "client/replay/blobcheck.h"

#include <errno.h>
#include <stdio.h>

#include "client/base/lost.h"
#include "client/base/spool.h"
#include "proto/base/base64.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_fake.h"
#include "tests/unit/client/log_folder.h"

#define ANSWERS_MAX 8

static struct log_folder folder;
static struct log l;
static struct skey witness;
static struct log_client *service;
static struct skey reader;
static struct replaying *r;
static struct blobcheck *b;
static char policy[96];

static uint64_t spool_fails_at; /* the item that cannot be read */
static bool no_spool;

/* What the service says of the questions, one after another: `there`, or an HTTP status. */
static struct {
    long status[ANSWERS_MAX];
    uint8_t blob[ANSWERS_MAX]; /* that was asked for: its third byte */
    size_t n, asked;
} service_says;

bool __real_spool_get(const struct spool *s, uint64_t i, void *item);
bool __wrap_spool_get(const struct spool *s, uint64_t i, void *item);
struct spool *__real_spool_new(size_t bytes);
struct spool *__wrap_spool_new(size_t bytes);

bool __wrap_spool_get(const struct spool *s, uint64_t i, void *item)
{
    return i != spool_fails_at && __real_spool_get(s, i, item);
}

struct spool *__wrap_spool_new(size_t bytes)
{
    if (!no_spool)
        return __real_spool_new(bytes);
    errno = ENOSPC;
    return NULL;
}

static enum blob answer_blob(const uint8_t sha256[static HASH_BYTES], size_t max,
                             struct answer *answer)
{
    size_t i = service_says.asked++;
    assert_in_range(i, 0, service_says.n - 1);
    assert_int_equal(max, RULESET_MAX);
    service_says.blob[i] = sha256[2];
    answer->status = service_says.status[i];
    switch (answer->status) {
    case 200:
        return BLOB_THERE;
    case 404:
        return BLOB_ABSENT;
    case 410:
        return BLOB_ERASED;
    default:
        return BLOB_REFUSED;
    }
}

#define SAYS(...) says((const long[]){ __VA_ARGS__ }, COUNT(((const long[]){ __VA_ARGS__ })))

static void says(const long *status, size_t n)
{
    memcpy(service_says.status, status, n * sizeof *status);
    service_says.n = n;
    service_says.asked = 0;
}

/* ---- blobs, and entries that name them --------------------------------------------------------- */

/* One that is all zero but for its third byte; text in base64. */
static const char *blob_text(uint8_t third)
{
    const uint8_t sha256[HASH_BYTES] = { 0, 0, third };
    char text[48];
    base64_encode(text, sha256, HASH_BYTES);
    return text_of("%s", text);
}

static uint64_t add_request(uint8_t sealed)
{
    return log_add(&l,
                   BY(REQUESTER, KIND_REQUEST,
                      .members = text_of("%s,\"subjects\":[{\"type\":\"curp\",\"commit\":"
                                         "\"%s\",\"sealed\":\"%s\",\"to\":%s}]",
                                         log_members(&l, KIND_REQUEST), blob_text(99),
                                         blob_text(sealed), log_ref(&l, l.who[OVERSIGHT].entry))));
}

static uint64_t add_ruleset(uint8_t sha256)
{
    return log_add(&l, BY(REGISTRAR, KIND_RULESET,
                          .members = text_of("\"name\":\"mx\",\"version\":\"1\",\"from\":\"2026-11-"
                                             "21T15:00:00.000Z\",\"sha256\":\"%s\"",
                                             blob_text(sha256))));
}

static uint64_t add_erasure(uint8_t blob)
{
    return log_add(&l, BY(JUDGE, KIND_ERASURE,
                          .members = text_of("\"blob\":\"%s\",\"order\":\"%s\"", blob_text(blob),
                                             blob_text(98))));
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    reader = l.who[OVERSIGHT].key;
    spool_fails_at = UINT64_MAX;
    no_spool = false;
    r = NULL;
    b = NULL;
    SAYS(200, 200, 200, 200, 200, 200, 200, 200);
    return 0;
}

static void close_all(void)
{
    blobcheck_free(b);
    b = NULL;
    replaying_close(r, OUTCOME_PROVEN);
    r = NULL;
    log_client_free(service);
    service = NULL;
}

static int stop(void **state)
{
    (void)state;
    close_all();
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* Replays the log. */
static void look_at_all(void)
{
    enum outcome outcome;
    const struct replay_options options = {
        .trust = { .policy = policy, .reader = &reader, .max_age = -1, .tolerate = -1 },
        .dir = folder.dir,
    };
    close_all();
    service = log_fake_client(&l, l.n);
    log_fake_get_blob(service, answer_blob);
    log_fake_serve(service);
    log_folder_write(&folder, &l, l.n);
    b = blobcheck_new(&outcome);
    assert_non_null(b);
    assert_int_equal(outcome, OUTCOME_PROVEN);
    r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, blobcheck_look, b), OUTCOME_PROVEN);
    assert_true(replaying_proven(r));
}

/* The same, and asks for its blobs. */
static void check(void)
{
    look_at_all();
    blobcheck_run(b, r);
}

/* The same; whether it said that it asks no more. */
static bool check_says_it_ends(void)
{
    heard_begin(stderr);
    check();
    return strstr(heard_end(stderr), TR("not asked for any more", "no se piden más")) != NULL;
}

static void counted(uint64_t there, uint64_t erased, uint64_t gone, uint64_t unread)
{
    assert_int_equal(b->there, there);
    assert_int_equal(b->erased, erased);
    assert_int_equal(b->gone, gone);
    assert_int_equal(b->unread, unread);
    assert_int_equal(b->names, there + erased + gone + unread);
}

static void found(size_t n)
{
    assert_int_equal(r->findings.total, n);
    assert_false(r->findings.bad); /* the log is not the worse for it */
}

static void finding(size_t i, enum reason reason, uint64_t entry, const char *words)
{
    const struct finding *f = &r->findings.list[i];
    assert_int_equal(f->why.reason, reason);
    assert_int_equal(f->entry, entry);
    assert_int_equal(f->verdict, VERDICT_UNDECIDED);
    assert_non_null(strstr(f->why.subject, words));
}

/* ---- names ------------------------------------------------------------------------------------- */

static void a_log_without_blobs_has_none_to_ask_for(void **state)
{
    (void)state;
    check();
    counted(0, 0, 0, 0);
    found(0);
    assert_int_equal(log_fake_identified(), NO_ENTRY);
}

static void each_blob_is_asked_for_once(void **state)
{
    (void)state;
    add_request(0); /* all zero: as what is not there in a table would be */
    add_request(0);
    add_request(1);
    add_request(1);
    log_add_bytes(&l, span_str("no entry at all"));
    check();
    counted(2, 0, 0, 0);
    assert_int_equal(service_says.asked, 2);
    assert_int_equal(service_says.blob[0], 0);
    assert_int_equal(service_says.blob[1], 1);
    assert_int_equal(log_fake_identified(), l.who[OVERSIGHT].entry);
    add_request(0); /* its place has been taken since: then it may be asked for again */
    SAYS(200, 200, 200);
    check();
    counted(3, 0, 0, 0);
}

static void what_is_erased_is_not_asked_for(void **state)
{
    struct hash blob = { { 0, 0, 2 } };
    (void)state;
    add_request(1);
    uint64_t named = add_request(2);
    uint64_t ruleset = add_ruleset(4), order = add_erasure(2), later = add_erasure(4);
    check();
    counted(1, 2, 0, 0);
    found(0);
    assert_int_equal(service_says.asked, 1);
    assert_int_equal(b->kept, 2);
    assert_int_equal(b->first[0].entry, named);
    assert_int_equal(b->first[0].by, order);
    assert_memory_equal(b->first[0].blob, blob.b, HASH_BYTES);
    assert_int_equal(b->first[1].entry, ruleset);
    assert_int_equal(b->first[1].by, later);
}

/* Of as many as findings are listed of the first are; all are counted. */
static void not_all_that_is_erased_is_listed(void **state)
{
    (void)state;
    add_request(1);
    add_erasure(1);
    look_at_all();
    b->kept = FINDINGS_KEPT_MAX;
    blobcheck_run(b, r);
    assert_int_equal(b->kept, FINDINGS_KEPT_MAX);
    assert_null(b->first);
    b->kept = 0;
    counted(0, 1, 0, 0);
}

static void what_is_gone_is_found(void **state)
{
    (void)state;
    uint64_t one = add_request(1), two = add_ruleset(2);
    add_request(3);
    SAYS(404, 410, 200); /* it says erased, but no entry orders that */
    check();
    counted(1, 0, 2, 0);
    found(2);
    finding(0, REASON_BLOB_GONE, one, blob_text(1));
    finding(1, REASON_BLOB_GONE, two, blob_text(2));
}

/* ---- who may ask ------------------------------------------------------------------------------- */

/* Nobody is asked for what is sealed; a ruleset is public. */
static void expect_ruleset_alone(uint64_t first)
{
    SAYS(200);
    check();
    assert_int_equal(log_fake_identified(), NO_ENTRY);
    counted(1, 0, 0, 2);
    assert_int_equal(service_says.asked, 1);
    assert_int_equal(service_says.blob[0], 3);
    found(1);
    finding(0, REASON_UNREADABLE, first, "token");
}

static void who_may_not_read_asks_for_what_is_public(void **state)
{
    static const uint8_t seed[32] = { 77 };
    const struct skey *overseer = &l.who[OVERSIGHT].key;
    (void)state;
    uint64_t first = add_request(1);
    add_request(2);
    add_ruleset(3);
    skey_from_seed(&reader, span_str("nobody.example"), KEY_NOTE, seed);
    expect_ruleset_alone(first); /* not enrolled */
    reader = l.who[REQUESTER].key;
    expect_ruleset_alone(first); /* not for that */
    reader = *overseer;
    vkey_make(&reader.vkey, span_str("another.name"), KEY_NOTE, overseer->vkey.key);
    expect_ruleset_alone(first); /* the same key under another name */
    static const enum who readers[] = { JUDGE, AUDITOR, OVERSIGHT };
    for (size_t i = 0; i < COUNT(readers); i++) {
        reader = l.who[readers[i]].key;
        SAYS(200, 200, 200);
        check();
        counted(3, 0, 0, 0);
        assert_int_equal(log_fake_identified(), l.who[readers[i]].entry);
    }
}

/* What the service says of one blob is not taken for what it says of all. */
static void what_is_not_asked_for_is_told_once(void **state)
{
    (void)state;
    uint64_t ruleset = add_ruleset(3), first = add_request(1);
    add_request(2);
    reader = l.who[HOLDER].key;
    SAYS(500);
    assert_true(check_says_it_ends());
    counted(0, 0, 0, 3);
    assert_int_equal(service_says.asked, 1);
    found(1);
    finding(0, REASON_UNREADABLE, ruleset, blob_text(3));
    (void)first;
}

static void a_service_that_gives_nothing_to_a_key_is_asked_no_more(void **state)
{
    (void)state;
    add_request(1);
    uint64_t second = add_request(2);
    add_request(3);
    add_ruleset(4);
    static const long refusals[] = { 401, 403 };
    for (size_t i = 0; i < COUNT(refusals); i++) {
        SAYS(200, refusals[i], 200);
        check();
        counted(2, 0, 0, 2);
        assert_int_equal(service_says.asked, 3);
        assert_int_equal(service_says.blob[2], 4); /* that is open to everybody */
        found(1);
        finding(0, REASON_UNREADABLE, second, blob_text(2));
    }
}

/* ---- a service that does not answer ------------------------------------------------------------ */

static void silence_ends_it(void **state)
{
    (void)state;
    uint64_t first = add_request(1);
    add_request(2);
    add_ruleset(3);
    SAYS(0);
    assert_true(check_says_it_ends());
    counted(0, 0, 0, 3);
    assert_int_equal(service_says.asked, 1);
    found(1);
    finding(0, REASON_UNREADABLE, first, "unreachable"); /* why */
    finding(0, REASON_UNREADABLE, first, blob_text(1));
}

static void busy_twice_on_end_is_silence(void **state)
{
    static const long busy[] = { 429, 503, 504 };
    (void)state;
    for (uint8_t i = 1; i <= 5; i++)
        add_request(i);
    for (size_t i = 0; i < COUNT(busy); i++) {
        SAYS(200, busy[i], busy[(i + 1) % COUNT(busy)]);
        check();
        counted(1, 0, 0, 4);
        assert_int_equal(service_says.asked, 3);
        found(2);
        SAYS(busy[i], 200, busy[i], 404, busy[i]); /* of one blob, and of another */
        check();
        counted(1, 0, 1, 3);
        assert_int_equal(service_says.asked, 5);
        found(4);
        SAYS(busy[i], 500, busy[i], 500, 200);
        check();
        counted(1, 0, 0, 4);
        assert_int_equal(service_says.asked, 5);
        found(4);
    }
    SAYS(500, 500, 500, 500, 200); /* of each by itself */
    assert_false(check_says_it_ends());
    counted(1, 0, 0, 4);
    found(4);
}

static void names_that_are_lost_are_told_of(void **state)
{
    (void)state;
    for (uint8_t i = 1; i <= 3; i++)
        add_request(i);
    spool_fails_at = 1;
    check();
    counted(1, 0, 0, 2);
    found(1);
    finding(0, REASON_UNREADABLE, NO_ENTRY, "names of blobs");
}

static void without_room_it_does_not_begin(void **state)
{
    enum outcome outcome;
    (void)state;
    no_spool = true;
    assert_null(blobcheck_new(&outcome));
    assert_int_equal(outcome, OUTCOME_UNDECIDED);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_log_without_blobs_has_none_to_ask_for),
        TEST(each_blob_is_asked_for_once),
        TEST(what_is_erased_is_not_asked_for),
        TEST(not_all_that_is_erased_is_listed),
        TEST(what_is_gone_is_found),
        TEST(who_may_not_read_asks_for_what_is_public),
        TEST(what_is_not_asked_for_is_told_once),
        TEST(a_service_that_gives_nothing_to_a_key_is_asked_no_more),
        TEST(silence_ends_it),
        TEST(busy_twice_on_end_is_silence),
        TEST(names_that_are_lost_are_told_of),
        TEST(without_room_it_does_not_begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
