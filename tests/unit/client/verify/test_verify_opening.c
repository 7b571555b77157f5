/* verify_opening.h: a disclosure, and a receipt that its reader holds. */
#include "client/verify/verify_opening.h"

#include <time.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/verify/disclosure.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/log_folder.h"

static struct opening person = { .salt = { 1 }, .type = "curp", .value = "GOMC850315HDFRRR07" };
static struct log_folder folder;
static struct log l;
static struct skey witness;
static uint64_t request, other; /* which name the person; `other` is the later one */
static char policy[96], opening[96], receipt[96], evidence[96];
static struct opening_options options;

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
    struct buf note = { 0 }, text = { 0 };
    chain_make(&c, of, size, index);
    log_checkpoint(&note, of, size);
    buf_add(&text, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    if (cosigned != 0)
        note_cosign(&note, buf_span(&text), &witness, cosigned);
    receipt_format(out, c.entry, c.n, buf_span(&note));
    buf_free(&note);
    buf_free(&text);
}

static void hold(const struct log *of, size_t size, uint64_t index)
{
    struct buf text = { 0 };
    make_receipt(&text, of, size, index, 0);
    log_folder_put(&folder, "receipt", buf_span(&text));
    buf_free(&text);
    options.receipt = receipt;
}

static void disclose(uint64_t index, const struct opening *o, uint64_t cosigned)
{
    struct buf file = { 0 }, of_entry = { 0 }, enrolment = { 0 };
    struct disclosure d = { .member = "subjects", .opening = *o };
    opening_commit(d.commit, o);
    make_receipt(&of_entry, &l, l.n, index, cosigned);
    make_receipt(&enrolment, &l, l.n, l.who[OVERSIGHT].entry, cosigned);
    d.receipt = buf_span(&of_entry);
    d.to = buf_span(&enrolment);
    disclosure_format(&file, &d);
    log_folder_put(&folder, "opening", buf_span(&file));
    buf_free(&file);
    buf_free(&of_entry);
    buf_free(&enrolment);
}

static enum outcome verify(void)
{
    unlink(evidence);
    return verify_opening(&options);
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
    log_folder_put(&folder, "opening", span_str("nonsense"));
    assert_int_equal(verify(), OUTCOME_UNDECIDED);
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
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_true(convicts());
    log_free(&fork);
}

static void what_is_held_must_be_good(void **state)
{
    (void)state;
    disclose(request, &person, 0);
    struct buf text = { 0 };
    make_receipt(&text, &l, l.n, request, 0);
    text.p[text.n - 6] ^= 1; /* in the signature */
    log_folder_put(&folder, "receipt", buf_span(&text));
    options.receipt = receipt;
    assert_int_not_equal(verify(), OUTCOME_PROVEN);
    uint64_t bad = log_add(&l, BY(JUDGE, KIND_REQUEST)); /* a judge requests nothing */
    disclose(request, &person, 0);
    hold(&l, l.n, bad);
    assert_int_equal(verify(), OUTCOME_BAD);
    buf_free(&text);
}

static void a_log_that_says_two_things_is_convicted(void **state)
{
    struct log fork;
    (void)state;
    disclose(request, &person, 0);
    log_copy(&fork, &l, request + 1);
    log_add(&fork, BY(AUDITOR, KIND_ANCHOR));
    hold(&fork, fork.n, request); /* the same entry, in another history of one size */
    assert_int_equal(fork.n, l.n);
    assert_int_equal(verify(), OUTCOME_BAD);
    assert_true(convicts());
    log_free(&fork);
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

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(it_shows_whom_an_entry_concerns),         TEST(what_is_none_or_not_there_is_undecided),
        TEST(the_receipt_must_be_of_the_very_entry),   TEST(what_is_held_must_be_good),
        TEST(a_log_that_says_two_things_is_convicted), TEST(it_needs_its_witnesses_of_late),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
