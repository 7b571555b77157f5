/* verify_opening.h: a disclosure, and a receipt that its reader holds. */
#include "client/verify/verify_opening.h"

#include <jansson.h>
#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/verify/disclosure.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

static struct opening person = { .salt = { 1 }, .type = "curp", .value = "GOMC850315HDFRRR07" };
static struct log_folder folder;
static struct log l;
static struct skey witness;
static uint64_t request, other; /* which name the person; `other` is the later one */
static char policy[96], opening[96], receipt[96], evidence[96];
static struct opening_options options;
static struct buf text; /* what was said */
static json_t *said;    /* the same, if it is JSON */

static uint64_t add_request(void)
{
    uint8_t hash[HASH_BYTES], blob[SEALED_BYTES];
    struct hash sha256;
    char commit[48], sealed[48];
    opening_commit(hash, &person);
    base64_encode(commit, hash, HASH_BYTES);
    assert_int_equal(opening_seal(blob, &person, l.who[OVERSIGHT].key.vkey.key), 0);
    hash_bytes(&sha256, span_of(blob, sizeof blob));
    base64_encode(sealed, sha256.b, HASH_BYTES);
    return log_add(&l, BY(REQUESTER, KIND_REQUEST,
                          .members = text_of("%s,\"subjects\":[{\"type\":\"curp\",\"commit\":"
                                             "\"%s\",\"sealed\":\"%s\",\"to\":%s}]",
                                             log_members(&l, KIND_REQUEST), commit, sealed,
                                             log_ref(&l, l.who[OVERSIGHT].entry))));
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    request = add_request();
    other = add_request();
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(opening, sizeof opening, "%s/opening", folder.dir);
    snprintf(receipt, sizeof receipt, "%s/receipt", folder.dir);
    snprintf(evidence, sizeof evidence, "%s/evidence", folder.dir);
    options = (struct opening_options){
        .trust = { .policy = policy, .evidence = evidence, .max_age = -1, .tolerate = -1 },
        .opening = opening
    };
    return 0;
}

static int stop(void **state)
{
    (void)state;
    json_decref(said);
    said = NULL;
    buf_free(&text);
    text = (struct buf){ 0 };
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

/* The receipt of an entry; cosigned at that second, 0: not. */
static void make_receipt(struct buf *out, const struct log *of, size_t size, uint64_t index,
                         uint64_t cosigned)
{
    struct chain c;
    struct buf note = { 0 }, body = { 0 };
    chain_make(&c, of, size, index);
    log_checkpoint(&note, of, size);
    buf_add(&body, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    if (cosigned != 0)
        note_cosign(&note, buf_span(&body), &witness, cosigned);
    receipt_format(out, c.entry, c.n, buf_span(&note));
    buf_free(&note);
    buf_free(&body);
}

static void hold(const struct log *of, size_t size, uint64_t index)
{
    struct buf bytes = { 0 };
    make_receipt(&bytes, of, size, index, 0);
    log_folder_put(&folder, "receipt", buf_span(&bytes));
    buf_free(&bytes);
    options.receipt = receipt;
}

/* As the log `of` has the enrolment. */
static void disclose_with(uint64_t index, const struct opening *o, uint64_t cosigned,
                          const struct log *of)
{
    struct buf file = { 0 }, of_entry = { 0 }, enrolment = { 0 };
    struct disclosure d = { .member = "subjects", .opening = *o };
    opening_commit(d.commit, o);
    make_receipt(&of_entry, &l, l.n, index, cosigned);
    make_receipt(&enrolment, of, of->n, l.who[OVERSIGHT].entry, cosigned);
    d.receipt = buf_span(&of_entry);
    d.to = buf_span(&enrolment);
    disclosure_format(&file, &d);
    log_folder_put(&folder, "opening", buf_span(&file));
    buf_free(&file);
    buf_free(&of_entry);
    buf_free(&enrolment);
}

static void disclose(uint64_t index, const struct opening *o, uint64_t cosigned)
{
    disclose_with(index, o, cosigned, &l);
}

static enum outcome verify(void)
{
    unlink(evidence);
    buf_clear(&text);
    heard_begin(stdout);
    enum outcome outcome = verify_opening(&options);
    buf_adds(&text, heard_end(stdout));
    json_decref(said);
    said = json_loadb((const char *)text.p, text.n, 0, NULL);
    return outcome;
}

/* Verifies, and fails unless that comes of it, with that one finding; NULL: with none. */
static void expect(enum outcome outcome, const char *code)
{
    options.json = true;
    assert_int_equal(verify(), outcome);
    const json_t *list = json_object_get(said, "findings"), *first = json_array_get(list, 0);
    assert_int_equal(json_array_size(list), code != NULL);
    if (code != NULL)
        assert_string_equal(json_string_value(json_object_get(first, "code")), code);
    assert_int_equal(json_is_true(json_object_get(said, "ok")), outcome == OUTCOME_PROVEN);
}

static bool is_told_of(const char *code)
{
    size_t i;
    json_t *f;
    json_array_foreach (json_object_get(said, "findings"), i, f)
        if (strcmp(json_string_value(json_object_get(f, "code")), code) == 0)
            return true;
    return false;
}

static void expect_member(const char *name, const char *value)
{
    assert_string_equal(json_string_value(json_object_get(said, name)), value);
}

static bool convicts(void)
{
    return access(evidence, F_OK) == 0;
}

static void it_shows_whom_an_entry_concerns(void **state)
{
    struct opening another = person;
    (void)state;
    disclose(request, &person, 0);
    assert_int_equal(verify(), OUTCOME_PROVEN);
    another.value[0] = 'H';
    disclose(request, &another, 0); /* the entry commits to somebody else */
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_false(convicts());
}

static void what_is_none_or_not_there_is_undecided(void **state)
{
    (void)state;
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    assert_int_equal(text.n, 0); /* nothing is said of a file that is not there */
    log_folder_put(&folder, "opening", span_str("nonsense"));
    expect(OUTCOME_UNDECIDED, "opening");
    options.json = false;
    disclose(request, &person, 0);
    options.receipt = receipt; /* which is not there */
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    log_folder_put(&folder, "policy", span_str("nonsense"));
    assert_int_equal(verify(), OUTCOME_USAGE);
}

static void the_receipt_must_be_of_the_very_entry(void **state)
{
    struct log fork;
    (void)state;
    disclose(request, &person, 0);
    hold(&l, l.n, request);
    assert_int_equal(verify(), OUTCOME_PROVEN);
    hold(&l, l.n - 1, request); /* of an older tree */
    assert_int_equal(verify(), OUTCOME_PROVEN);
    hold(&l, l.n, other); /* it names the same person */
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_false(convicts());
    log_copy(&fork, &l, request);
    log_add(&fork, BY(REQUESTER, KIND_REQUEST)); /* in its place */
    hold(&fork, fork.n, request);
    options.json = true;
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_true(convicts());
    assert_true(is_told_of("opening") && is_told_of("fork"));
    log_free(&fork);
}

static void what_is_held_must_be_good(void **state)
{
    (void)state;
    disclose(request, &person, 0);
    struct buf bytes = { 0 };
    make_receipt(&bytes, &l, l.n, request, 0);
    bytes.p[bytes.n - 6] ^= 1; /* in the signature */
    log_folder_put(&folder, "receipt", buf_span(&bytes));
    options.receipt = receipt;
    assert_int_not_equal(verify(), OUTCOME_PROVEN);
    uint64_t bad = log_add(&l, BY(JUDGE, KIND_REQUEST)); /* a judge requests nothing */
    disclose(request, &person, 0);
    hold(&l, l.n, bad);
    assert_int_equal(verify(), OUTCOME_BAD);
    buf_free(&bytes);
}

/* Whatever the order of the two roots is. */
static void a_log_that_says_two_things_is_convicted(void **state)
{
    (void)state;
    disclose(request, &person, 0);
    for (int i = 0; i < 8; i++) {
        struct log fork;
        log_copy(&fork, &l, request + 1);
        fork.now += i;
        log_add(&fork, BY(AUDITOR, KIND_ANCHOR));
        hold(&fork, fork.n, request); /* the same entry, in another history of one size */
        assert_int_equal(fork.n, l.n);
        expect(OUTCOME_BAD, "fork");
        assert_true(convicts());
        const char *detail = json_string_value(
            json_object_get(json_array_get(json_object_get(said, "findings"), 0), "detail"));
        assert_non_null(strstr(detail, receipt));
        assert_non_null(strstr(detail, opening));
        log_free(&fork);
    }
}

/* Of what is no receipt nothing is known that another one could contradict. */
static void a_receipt_that_is_not_the_logs_is_not_compared(void **state)
{
    struct buf file = { 0 }, of_entry = { 0 };
    struct disclosure d = { .member = "subjects", .opening = person };
    (void)state;
    opening_commit(d.commit, &person);
    make_receipt(&of_entry, &l, l.n, request, 0);
    of_entry.p[of_entry.n - 6] ^= 1; /* in the signature */
    d.receipt = buf_span(&of_entry);
    disclosure_format(&file, &d);
    log_folder_put(&folder, "opening", buf_span(&file));
    hold(&l, l.n, request);
    options.json = true;
    assert_int_not_equal(verify(), OUTCOME_PROVEN);
    assert_int_equal(json_array_size(json_object_get(said, "findings")), 1);
    assert_false(is_told_of("opening"));
    buf_free(&file);
    buf_free(&of_entry);
}

static void it_needs_its_witnesses_of_late(void **state)
{
    uint64_t now = (uint64_t)l.now / 1000;
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    disclose(request, &person, 0);
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    disclose(request, &person, now);
    assert_int_equal(verify(), OUTCOME_PROVEN);
    options.trust.max_age = 1;
    if ((uint64_t)time(NULL) > now + 1) /* the fixture's log is of a day in 2026 */
        assert_int_equal(verify(), OUTCOME_UNDECIDED);
}

/* ---- what is said ---------------------------------------------------------------------------- */

static void what_it_shows_is_said(void **state)
{
    (void)state;
    disclose(request, &person, 0);
    expect(OUTCOME_PROVEN, NULL);
    expect_member("verdict", "good");
    expect_member("kind", "request");
    expect_member("signer", l.who[REQUESTER].key.vkey.name);
    expect_member("member", "subjects");
    expect_member("type", "curp");
    expect_member("value", person.value);
    assert_int_equal(json_integer_value(json_object_get(said, "index")), request);
    assert_true(json_is_true(json_object_get(said, "sealed")));
    assert_int_equal(strncmp(json_string_value(json_object_get(said, "accepted")), "2026-", 5), 0);
    options.json = false;
    assert_int_equal(verify(), OUTCOME_PROVEN);
    assert_null(said);
    assert_non_null(strstr(buf_str(&text), person.value));
    assert_non_null(strstr(buf_str(&text), "2026-"));
    assert_null(strchr(strchr(buf_str(&text), '\n') + 1, '\n')); /* one line: the blob is judged */
}

/* What is not shown to be so is not said as if it were. */
static void nobody_is_named_by_what_is_bad(void **state)
{
    struct opening another = person;
    (void)state;
    another.value[0] = 'H';
    disclose(request, &another, 0);
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_null(strstr(buf_str(&text), another.value));
    log_folder_put(&folder, "opening", span_str("nonsense"));
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    assert_true(text.n > 0);
    assert_null(strstr(buf_str(&text), "curp"));
    options.json = true;
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    expect_member("signer", "-");
    expect_member("accepted", "");
    expect_member("member", "");
    expect_member("type", "");
    expect_member("value", "");
    assert_true(json_is_null(json_object_get(said, "index")));
}

/* Without the enrolment of the key that it was sealed to nothing is known of the blob. */
static void of_a_blob_that_is_not_judged_it_is_said(void **state)
{
    struct buf file = { 0 }, of_entry = { 0 };
    struct disclosure d = { .member = "subjects", .opening = person };
    (void)state;
    opening_commit(d.commit, &person);
    make_receipt(&of_entry, &l, l.n, request, 0);
    d.receipt = buf_span(&of_entry);
    disclosure_format(&file, &d);
    log_folder_put(&folder, "opening", buf_span(&file));
    expect(OUTCOME_PROVEN, NULL);
    assert_true(json_is_false(json_object_get(said, "sealed")));
    options.json = false;
    assert_int_equal(verify(), OUTCOME_PROVEN);
    assert_non_null(strchr(strchr(buf_str(&text), '\n') + 1, '\n')); /* a second line */
    buf_free(&file);
    buf_free(&of_entry);
}

/* An entry of a later version: nobody can tell what it is. */
static void what_cannot_be_understood_shows_nobody(void **state)
{
    struct chain c = { .n = 0 };
    struct buf note = { 0 }, signed_note = { 0 }, of_entry = { 0 }, file = { 0 };
    struct disclosure d = { .member = "subjects", .opening = person };
    const char *record = "bitacora/v2 request\n{}\n";
    (void)state;
    note_sign(&signed_note, span_str(record), &l.who[REQUESTER].key);
    uint64_t index = log_add_note(&l, buf_span(&signed_note));
    chain_add(&c, &l, l.n, index);
    chain_add(&c, &l, l.n, 0);
    log_checkpoint(&note, &l, l.n);
    receipt_format(&of_entry, c.entry, c.n, buf_span(&note));
    opening_commit(d.commit, &person);
    d.receipt = buf_span(&of_entry);
    disclosure_format(&file, &d);
    log_folder_put(&folder, "opening", buf_span(&file));
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    assert_non_null(strstr(buf_str(&text), "does not show"));
    expect(OUTCOME_UNDECIDED, "version");
    expect_member("signer", "-");
    buf_free(&note);
    buf_free(&signed_note);
    buf_free(&of_entry);
    buf_free(&file);
}

/* ---- each finding, once ---------------------------------------------------------------------- */

/* The receipt that is held lacks the witness that the disclosure's own have. */
static void what_is_held_needs_its_witnesses_too(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    disclose(request, &person, (uint64_t)l.now / 1000);
    hold(&l, l.n, request);
    expect(OUTCOME_UNDECIDED, "quorum");
}

static void each_finding_is_told_once(void **state)
{
    struct log fork;
    (void)state;
    disclose(request, &person, 0);
    hold(&l, l.n, other);
    expect(OUTCOME_BAD, "opening");
    uint64_t bad = log_add(&l, BY(JUDGE, KIND_REQUEST));
    hold(&l, l.n, bad);
    expect(OUTCOME_BAD, "role"); /* that it is of another entry, too, is no matter */
    options.receipt = receipt;
    log_folder_drop(&folder, "receipt");
    expect(OUTCOME_UNDECIDED, "missing");
    options.receipt = NULL;
    log_copy(&fork, &l, request + 1);
    while (fork.n < l.n)
        log_add(&fork, BY(AUDITOR, KIND_ANCHOR));
    disclose_with(request, &person, 0, &fork); /* its own two receipts contradict each other */
    expect(OUTCOME_BAD, "fork");
    assert_true(convicts());
    log_free(&fork);
}

static void what_is_stale_and_lacks_its_quorum_is_told_once(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    options.trust.max_age = 1;
    disclose(request, &person, 0);
    options.json = true;
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
    const json_t *list = json_object_get(said, "findings");
    for (size_t i = 0; i < json_array_size(list); i++)
        assert_string_equal(json_string_value(json_object_get(json_array_get(list, i), "code")),
                            "quorum");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_shows_whom_an_entry_concerns),
        TEST(what_is_none_or_not_there_is_undecided),
        TEST(the_receipt_must_be_of_the_very_entry),
        TEST(what_is_held_must_be_good),
        TEST(a_log_that_says_two_things_is_convicted),
        TEST(a_receipt_that_is_not_the_logs_is_not_compared),
        TEST(it_needs_its_witnesses_of_late),
        TEST(what_it_shows_is_said),
        TEST(nobody_is_named_by_what_is_bad),
        TEST(of_a_blob_that_is_not_judged_it_is_said),
        TEST(what_cannot_be_understood_shows_nobody),
        TEST(what_is_held_needs_its_witnesses_too),
        TEST(each_finding_is_told_once),
        TEST(what_is_stale_and_lacks_its_quorum_is_told_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
