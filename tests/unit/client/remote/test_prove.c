/* prove.h, over the files of a log in a folder: what is proven, what is bad, and what is left
 * open. */
#include "client/remote/prove.h"

#include "client/base/lost.h"
#include "proto/record/entry.h"
#include "tests/unit/client/log_folder.h"

#define EARLY 7 /* size of the older tree */

static struct log_folder folder;
static struct log l;
static struct skey witness;
static struct policy *policy;
static struct trust trust;
static struct logfiles *files;
static struct accepted older, newer;
static struct findings told;
static struct buf evidence;

/* The log, and a witness that is asked for, or not. */
static struct policy *policy_with(const char *quorum)
{
    static const uint8_t seed[32] = { 4 };
    struct buf name = { 0 };
    struct refusal why;
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&name, &witness.vkey);
    struct policy *p =
        policy_parse(span_str(text_of("log %s\nwitness w %s\nquorum %s\n", vkey_text(&l, THE_LOG),
                                      buf_str(&name), quorum)),
                     &why);
    assert_non_null(p);
    buf_free(&name);
    return p;
}

static void start_log(const char *genesis)
{
    log_start(&l, genesis);
    l.now += INT64_C(3600) * 1000; /* the last entry is far behind the others */
    log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    policy = policy_with("none");
    trust = (struct trust){ .policy = policy, .max_age = -1 };
    log_folder_make(&folder);
    files = logfiles_of_dir(folder.dir);
}

static int start(void **state)
{
    (void)state;
    start_log("");
    return 0;
}

static void forget(void)
{
    findings_free(&told);
    buf_clear(&evidence);
    accepted_free(&older);
    accepted_free(&newer);
    older = newer = (struct accepted){ .note = { 0 } };
}

static int stop(void **state)
{
    (void)state;
    forget();
    buf_free(&evidence);
    evidence = (struct buf){ 0 };
    logfiles_free(files);
    log_folder_remove(&folder);
    policy_free(policy);
    log_free(&l);
    return 0;
}

/* A checkpoint of the first entries, cosigned at that second, 0: not. */
static void checkpoint(struct buf *out, const struct log *of, size_t size, uint64_t cosigned)
{
    log_checkpoint(out, of, size);
    if (cosigned == 0)
        return;
    struct buf text = { 0 };
    buf_add(&text, out->p, (size_t)(strstr(buf_str(out), "\n\n") - (char *)out->p) + 1);
    note_cosign(out, buf_span(&text), &witness, cosigned);
    buf_free(&text);
}

static void accept_tree(struct accepted *out, const struct log *of, size_t size, uint64_t cosigned)
{
    checkpoint(&out->note, of, size, cosigned);
    assert_int_equal(accepted_open(out, &trust, &told), VERDICT_GOOD);
}

/* The second in which an entry was accepted. */
static uint64_t second_of(uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    return (uint64_t)e.accepted / 1000;
}

static void told_only(enum verdict verdict, enum reason reason)
{
    assert_int_equal(told.total, 1);
    assert_int_equal(told.list[0].verdict, verdict);
    assert_int_equal(told.list[0].why.reason, reason);
}

static void drop_bundles(void)
{
    log_folder_drop(&folder, text_of("tile/entries/000.p/%zu", l.n));
}

/* The partial one that holds entries from n * 256 on. */
static void drop_bundle_of(uint64_t n)
{
    log_folder_drop(&folder, text_of("tile/entries/%03u.p/%zu", (unsigned)n, l.n % TILE_WIDTH));
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

static enum verdict fetch(void)
{
    findings_free(&told);
    return accepted_fetch(&newer, &trust, files, &told);
}

static void a_checkpoint_is_fetched_and_opened(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, EARLY);
    assert_int_equal(fetch(), VERDICT_GOOD);
    assert_int_equal(newer.cp.checkpoint.size, EARLY);
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(fetch(), VERDICT_GOOD); /* in the place of the former one */
    assert_int_equal(newer.cp.checkpoint.size, l.n);
    assert_int_equal(told.total, 0);
}

static void what_is_not_there_is_undecided_what_is_wrong_is_bad(void **state)
{
    (void)state;
    assert_int_equal(fetch(), VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
    log_folder_put(&folder, "checkpoint", span_str("nonsense\n"));
    assert_int_equal(fetch(), VERDICT_BAD);
    assert_true(told.bad);
    struct buf note = { 0 };
    log_checkpoint(&note, &l, l.n);
    note.p[note.n - 10] ^= 1;
    log_folder_put(&folder, "checkpoint", buf_span(&note));
    assert_int_not_equal(fetch(), VERDICT_GOOD);
    assert_true(told.total > 0);
    buf_free(&note);
}

static void without_its_quorum_it_is_known_and_undecided(void **state)
{
    (void)state;
    policy_free(policy);
    trust.policy = policy = policy_with("w");
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(fetch(), VERDICT_GOOD);
    told_only(VERDICT_UNDECIDED, REASON_QUORUM);
    struct buf note = { 0 };
    checkpoint(&note, &l, l.n, 1000);
    log_folder_put(&folder, "checkpoint", buf_span(&note));
    buf_free(&note);
    assert_int_equal(fetch(), VERDICT_GOOD);
    assert_int_equal(told.total, 0);
    trust.max_age = 60;
    assert_int_equal(fetch(), VERDICT_GOOD);
    told_only(VERDICT_UNDECIDED, REASON_OLD_COSIGNATURE);
}

/* ---- one tree and a later one ---------------------------------------------------------------- */

static void a_longer_log_extends_a_shorter_one(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    accept_tree(&older, &l, EARLY, 0);
    accept_tree(&newer, &l, l.n, 0);
    assert_int_equal(prove_extends(&trust, &older, &newer, files, &told, &evidence), VERDICT_GOOD);
    assert_int_equal(prove_extends(&trust, &newer, &newer, files, &told, &evidence), VERDICT_GOOD);
    assert_int_equal(told.total + evidence.n, 0);
    assert_int_equal(prove_extends(&trust, &newer, &older, files, &told, &evidence),
                     VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_STALE);
}

static void another_history_is_a_fork(void **state)
{
    struct log other;
    struct evidence_report report;
    (void)state;
    log_copy(&other, &l, EARLY - 1);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_folder_write(&folder, &l, l.n);
    accept_tree(&older, &other, EARLY, 0);
    accept_tree(&newer, &l, l.n, 0);
    assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence), VERDICT_BAD);
    told_only(VERDICT_BAD, REASON_FORK);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    assert_string_equal(report.claim, "fork");
    forget(); /* nor is it forgotten where the clocks are looked at */
    accept_tree(&older, &other, EARLY, 0);
    accept_tree(&newer, &l, l.n, second_of(l.n - 1) + 10);
    assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence), VERDICT_BAD);
    told_only(VERDICT_BAD, REASON_FORK);
    log_free(&other);
}

static void without_tiles_nothing_is_proven(void **state)
{
    (void)state;
    accept_tree(&older, &l, EARLY, 0);
    accept_tree(&newer, &l, l.n, 0);
    assert_int_equal(prove_extends(&trust, &older, &newer, files, &told, &evidence),
                     VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
}

/* ---- entries --------------------------------------------------------------------------------- */

static enum verdict prove(uint64_t index)
{
    struct proven p;
    struct refusal why;
    const struct checkpoint *tree = &newer.cp.checkpoint;
    enum verdict v = prove_entry(&p, files, tree->size, &tree->root, index, &why);
    if (v == VERDICT_GOOD) {
        assert_memory_equal(&p.leaf, &l.leaf[index], HASH_BYTES);
        assert_true(span_eq(p.entry.bytes, buf_span(&l.entry[index])));
    }
    proven_free(&p);
    return v;
}

static void an_entry_is_proven_into_the_root(void **state)
{
    (void)state;
    accept_tree(&newer, &l, l.n, 0);
    log_folder_write(&folder, &l, l.n);
    for (uint64_t i = 0; i < l.n; i++)
        assert_int_equal(prove(i), VERDICT_GOOD);
    l.entry[3].p[l.entry[3].n - 5] ^= 1; /* the leaf stays */
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(prove(3), VERDICT_BAD);
    drop_bundles();
    assert_int_equal(prove(3), VERDICT_UNDECIDED);
}

static void what_a_log_says_is_kept_once(void **state)
{
    struct log_said said = { .entries = 0 };
    struct proven_entry list[ENTRIES_SHOWN_MAX];
    (void)state;
    accept_tree(&newer, &l, l.n, 0);
    log_folder_write(&folder, &l, l.n);
    assert_true(log_said_add(&said, files, &newer, 3, &told));
    assert_true(log_said_add(&said, files, &newer, l.n - 1, &told));
    assert_true(log_said_add(&said, files, &newer, 3, &told));
    assert_true(log_said_add(&said, files, &newer, l.n - 1, &told));
    assert_int_equal(said.entries, 2);
    assert_true(log_said_add(&said, files, &newer, l.n, &told)); /* it is not in the tree */
    assert_int_equal(said.entries, 2);
    struct shown_tree tree = log_said_statement(&said, &newer, list, 7);
    assert_true(tree.cp == &newer.cp && tree.entries == 2 && tree.skew == 7);
    assert_true(tree.entry[0].index == 3 && tree.entry[1].index == l.n - 1);
    drop_bundles();
    assert_false(log_said_add(&said, files, &newer, 4, &told));
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
    assert_int_equal(said.entries, 2);
    log_said_free(&said);
    assert_int_equal(said.entries, 0);
}

static void no_more_are_kept_than_there_is_room_for(void **state)
{
    struct log_said said = { .entries = 0 };
    (void)state;
    while (l.n <= ENTRIES_SHOWN_MAX)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    accept_tree(&newer, &l, l.n, 0);
    log_folder_write(&folder, &l, l.n);
    for (uint64_t i = 0; i < ENTRIES_SHOWN_MAX; i++)
        assert_true(log_said_add(&said, files, &newer, i, &told));
    assert_false(log_said_add(&said, files, &newer, ENTRIES_SHOWN_MAX, &told));
    assert_true(log_said_add(&said, files, &newer, 0, &told));
    assert_int_equal(said.entries, ENTRIES_SHOWN_MAX);
    log_said_free(&said);
}

static void a_bare_checkpoint_has_no_cosignatures(void **state)
{
    struct accepted bare;
    (void)state;
    accept_tree(&newer, &l, l.n, 1000);
    assert_ptr_equal(accepted_bare(&bare, &newer), &bare);
    assert_true(newer.cp.cosigned_at[0] == 1000 && bare.cp.cosigned_at[0] == 0);
    assert_int_equal(bare.cp.checkpoint.size, l.n);
}

/* ---- clocks ---------------------------------------------------------------------------------- */

/* The older tree was cosigned so many seconds after the entry behind it was accepted, or the newer
 * one after its last entry. */
static enum verdict follows(uint64_t old_seconds, uint64_t new_seconds)
{
    forget();
    accept_tree(&older, &l, EARLY, old_seconds == 0 ? 0 : second_of(EARLY) + old_seconds);
    accept_tree(&newer, &l, l.n, new_seconds == 0 ? 0 : second_of(l.n - 1) + new_seconds);
    return prove_follows(&trust, &older, &newer, files, &told, &evidence);
}

static void clocks_must_allow_both(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(follows(0, 0), VERDICT_GOOD);
    assert_int_equal(follows(500, 1000), VERDICT_GOOD);
    assert_int_equal(told.total, 0);
    assert_int_equal(follows(700, 1000), VERDICT_UNDECIDED); /* the default is 600 s */
    told_only(VERDICT_UNDECIDED, REASON_CLOCKS);
    assert_int_equal(told.list[0].entry, EARLY);
    assert_int_equal(follows(700, 0), VERDICT_UNDECIDED); /* one of them has a witness */
}

static void the_skew_is_what_genesis_says(void **state)
{
    (void)state;
    stop(state);
    start_log(",\"skew\":60");
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(follows(50, 1000), VERDICT_GOOD);
    assert_int_equal(follows(100, 1000), VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_CLOCKS);
}

/* A tree of genesis alone was cosigned 100 seconds before that was accepted. */
static void so_it_is_of_a_log_of_one_entry(void **state)
{
    (void)state;
    for (int seconds = 60; seconds <= 600; seconds += 540) {
        stop(state);
        start_log(text_of(",\"skew\":%d", seconds));
        log_folder_write(&folder, &l, 1);
        accept_tree(&older, &l, 1, second_of(0) - 100);
        accept_tree(&newer, &l, 1, second_of(0));
        assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence),
                         seconds == 60 ? VERDICT_UNDECIDED : VERDICT_GOOD);
    }
}

/* A second genesis is a bad entry, and says nothing of the skew. */
static void what_stands_elsewhere_in_the_log_does_not_say_it(void **state)
{
    (void)state;
    log_add(&l, BY(THE_LOG, KIND_GENESIS,
                   .members = text_of("%s,\"skew\":86400", log_members(&l, KIND_GENESIS))));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(follows(700, 1000), VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_CLOCKS);
}

/* The log's entries again, behind another first one; its bytes, or a record's note. */
static void begin_with(struct span bytes, bool is_note)
{
    struct log other;
    log_copy(&other, &l, 0);
    other.now = INT64_C(1795000000000);
    if (is_note)
        log_add_note(&other, bytes);
    else
        log_add_bytes(&other, bytes);
    while (other.n < l.n - 1)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    other.now += INT64_C(3600) * 1000;
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_free(&l);
    l = other;
    log_folder_write(&folder, &l, l.n);
}

/* Where the first entry is none that could say it, it is the default. */
static void a_log_that_begins_with_something_else_says_no_skew(void **state)
{
    struct buf note = { 0 };
    (void)state;
    log_note(&note, &l,
             &BY(AUDITOR, KIND_ANCHOR,
                 .members = text_of("%s,\"skew\":86400", log_members(&l, KIND_ANCHOR))));
    const struct {
        struct span bytes;
        bool is_note;
    } rows[] = { { span_str("no entry"), false },
                 { span_str("nonsense\n\nof nobody\n"), true },
                 { buf_span(&note), true } };
    for (size_t i = 0; i < COUNT(rows); i++) {
        begin_with(rows[i].bytes, rows[i].is_note);
        assert_int_equal(follows(500, 1000), VERDICT_GOOD);
        assert_int_equal(follows(700, 1000), VERDICT_UNDECIDED);
        told_only(VERDICT_UNDECIDED, REASON_CLOCKS);
    }
    buf_free(&note);
}

/* Entries of one tree, the second and the third with a wrong link: of the first there is
 * evidence. */
static void links_between_what_is_read_convict(void **state)
{
    struct evidence_report report;
    struct log other;
    (void)state;
    log_copy(&other, &l, 1);
    for (uint64_t i = 1; i <= 2; i++) {
        struct entry e;
        struct refusal why;
        assert_int_equal(entry_parse(&e, buf_span(&l.entry[i]), &why), 0);
        e.link.b[0] ^= 1;
        log_add_entry(&other, &e);
    }
    log_folder_write(&folder, &other, 3);
    accept_tree(&older, &other, 1, second_of(1) - 1);
    accept_tree(&newer, &other, 3, second_of(2));
    assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence), VERDICT_BAD);
    assert_int_equal(told.total, 2);
    assert_int_equal(told.list[0].why.reason, REASON_LINK_OTHER);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    assert_string_equal(report.claim, "link");
    log_free(&other);
}

/* What cannot be read is told, and nothing is compared without it. */
static void what_lies_in_a_bundle_that_is_gone_is_not_compared(void **state)
{
    (void)state;
    uint64_t early = EARLY;
    while (l.n < 300)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_folder_write(&folder, &l, l.n);
    drop_bundle_of(1);
    accept_tree(&older, &l, early, second_of(early) + 700);
    accept_tree(&newer, &l, l.n, second_of(l.n - 1) + 10);
    assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence),
                     VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
    forget();
    early = 280;
    accept_tree(&older, &l, early, second_of(early));
    accept_tree(&newer, &l, l.n, second_of(l.n - 1) + 10);
    assert_int_equal(prove_follows(&trust, &older, &newer, files, &told, &evidence),
                     VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
}

static void where_no_witness_signed_no_entry_is_read(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    drop_bundles();
    assert_int_equal(follows(0, 0), VERDICT_GOOD);
    assert_int_equal(follows(500, 0), VERDICT_UNDECIDED);
    assert_int_equal(follows(0, 500), VERDICT_UNDECIDED);
    told_only(VERDICT_UNDECIDED, REASON_MISSING);
}

/* ---- evidence -------------------------------------------------------------------------------- */

static void a_bad_entry_is_shown_to_others(void **state)
{
    struct evidence_report report;
    struct finding f = { .verdict = VERDICT_BAD, .entry = l.n, .related = NO_ENTRY };
    (void)state;
    log_add_bytes(&l, span_str("no entry"));
    f.entry = l.n - 1;
    refuse(&f.why, REASON_ENTRY_FORM, "");
    findings_add(&told, &f);
    accept_tree(&newer, &l, l.n, 0);
    log_folder_write(&folder, &l, l.n);
    prove_bad_entry(&evidence, &trust, files, &newer, &f);
    assert_int_equal(evidence_judge(&report, policy, buf_span(&evidence), NULL), 0);
    assert_string_equal(report.claim, "entry");
    struct buf again = { 0 };
    prove_findings(&again, &trust, files, &newer, &told);
    assert_true(span_eq(buf_span(&again), buf_span(&evidence)));
    buf_free(&again);
    assert_false(lost_any());
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_checkpoint_is_fetched_and_opened),
        TEST(what_is_not_there_is_undecided_what_is_wrong_is_bad),
        TEST(without_its_quorum_it_is_known_and_undecided),
        TEST(a_longer_log_extends_a_shorter_one),
        TEST(another_history_is_a_fork),
        TEST(without_tiles_nothing_is_proven),
        TEST(an_entry_is_proven_into_the_root),
        TEST(what_a_log_says_is_kept_once),
        TEST(no_more_are_kept_than_there_is_room_for),
        TEST(a_bare_checkpoint_has_no_cosignatures),
        TEST(clocks_must_allow_both),
        TEST(the_skew_is_what_genesis_says),
        TEST(so_it_is_of_a_log_of_one_entry),
        TEST(what_stands_elsewhere_in_the_log_does_not_say_it),
        TEST(a_log_that_begins_with_something_else_says_no_skew),
        TEST(links_between_what_is_read_convict),
        TEST(what_lies_in_a_bundle_that_is_gone_is_not_compared),
        TEST(where_no_witness_signed_no_entry_is_read),
        TEST(a_bad_entry_is_shown_to_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
