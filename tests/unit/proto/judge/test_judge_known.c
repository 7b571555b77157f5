/* What a judge knows that was not given every entry, and what it is asked. */
#include "tests/unit/proto/judge/judge_fixture.h"

/* ---- the questions on their own ------------------------------------------------------------ */

/* With only some entries at hand, what is not at hand accuses nobody. */
static void a_partial_judge_does_not_accuse_for_lack_of_entries(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    revoke(REGISTRAR, vkey_text(&judged, AUDITOR));
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    judge_entry(j, judged.n - 1, &judged.leaf[judged.n - 1], buf_span(&judged.entry[judged.n - 1]));
    expect_none(&found);
    judge_free(j);
}

/* The log's key is enrolled nowhere, whatever is at hand. */
static void a_partial_judge_knows_that_the_log_s_key_is_not_enrolled(void **state)
{
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found };
    (void)state;
    revoke(REGISTRAR, vkey_text(&judged, THE_LOG));
    struct judge *j = judge_new(&setup);
    judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    judge_entry(j, judged.n - 1, &judged.leaf[judged.n - 1], buf_span(&judged.entry[judged.n - 1]));
    assert_int_equal(found.n, 1);
    assert_int_equal(found.f[0].why.reason, REASON_REVOKE_UNKNOWN);
    judge_free(j);
}

/* ---- what is not at hand --------------------------------------------------------------------- */

/* Judges what the log has from entry `from` on after genesis; none < l.n cannot be read. */
static void judge_some(struct found *found, uint64_t from, uint64_t none, uint64_t size,
                       bool partial)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .size = size,
                                 .partial = partial,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    for (size_t i = 0; i < judged.n; i++)
        if (i == none)
            judge_unreadable(j, i, &judged.leaf[i]);
        else if (i == 0 || i >= from)
            judge_entry(j, i, &judged.leaf[i], buf_span(&judged.entry[i]));
    judge_free(j);
}

/* The size alone convicts a log that ended, whatever of it is at hand. */
static void a_freeze_is_held_against_the_size(void **state)
{
    static struct found found;
    (void)state;
    uint64_t end = log_add(&judged, BY(THE_LOG, KIND_FREEZE));
    judge_some(&found, end, NO_ENTRY, 0, true);
    expect_none(&found);
    judge_some(&found, end, NO_ENTRY, end + 1, true);
    expect_none(&found);
    judge_some(&found, end, NO_ENTRY, end + 2, true);
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
    uint64_t more = log_add(&judged, BY(AUDITOR, KIND_ANCHOR, .members = "\"log\":\"a\""));
    judge_some(&found, 0, more, 0, false); /* nor need what follows be read */
    expect_only(&found, REASON_FROZEN, VERDICT_BAD, end);
}

/* Its leaf hash is known: the next entry must link to it. */
static void an_entry_that_cannot_be_read_is_linked_to(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    uint64_t gone = log_add(&judged, BY(JUDGE, KIND_ERASURE));
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    judge_some(&found, 0, gone, 0, false);
    expect_none(&found);
    log_add(&judged, BY(JUDGE, KIND_ERASURE)); /* gone, too */
    struct entry e = next_entry(&note);
    e.link.b[7] ^= 1;
    uint64_t at = log_add_entry(&judged, &e);
    judge_some(&found, 0, at - 1, 0, false);
    expect_only(&found, REASON_LINK, VERDICT_BAD, at);
    buf_free(&note);
}

/* What is no entry has a leaf hash, too. */
static void a_malformed_entry_is_linked_to(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    uint64_t odd = log_add_bytes(&judged, span_str("nothing"));
    struct entry e = next_entry(&note);
    e.link.b[7] ^= 1;
    uint64_t at = log_add_entry(&judged, &e);
    judge_some(&found, 0, NO_ENTRY, 0, false);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.f[0].entry, odd);
    assert_true(found_at(&found, REASON_LINK, at));
    buf_free(&note);
}

/* The first entry of a log is held against no other time. */
static void a_log_may_be_of_any_time(void **state)
{
    static struct found found;
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    judged.now = INT64_C(-100000000000);
    log_add(&judged, BY(THE_LOG, KIND_GENESIS));
    log_add(&judged, BY(THE_LOG, KIND_ACCESS));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_none(&found);
}

/* It may have enrolled the key that is revoked. Where all could be read, nothing did. */
static void an_entry_that_cannot_be_read_may_have_enrolled(void **state)
{
    static struct found found;
    (void)state;
    uint64_t gone = log_enroll(&judged, STRANGER, "judge", "");
    uint64_t at = revoke(REGISTRAR, vkey_text(&judged, STRANGER));
    judge_some(&found, 0, gone, 0, false);
    expect_none(&found);
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_none(&found);
    go_on_behind(&found, at, gone); /* nor does a later run accuse */
    expect_none(&found);
    at = revoke(REGISTRAR, vkey_text(&judged, STRANGER2));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    expect_only(&found, REASON_REVOKE_UNKNOWN, VERDICT_BAD, at);
}

/* What could be read, and is of no form, enrolled nobody: it excuses nothing. */
static void a_malformed_entry_has_enrolled_nobody(void **state)
{
    static struct found found;
    (void)state;
    uint64_t odd = log_add_note(&judged, span_str("hello\n"));
    uint64_t at = revoke(REGISTRAR, vkey_text(&judged, STRANGER));
    judge_some(&found, 0, NO_ENTRY, 0, false);
    assert_int_equal(found.n, 2);
    assert_int_equal(found.f[0].entry, odd);
    assert_true(found_at(&found, REASON_REVOKE_UNKNOWN, at));
}

/* The kind that judge_entry() returns for the last entry, of which only genesis is known. */
static enum kind kind_alone(struct found *found)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .partial = true,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    enum kind kind = judge_entry(j, judged.n - 1, &judged.leaf[judged.n - 1],
                                 buf_span(&judged.entry[judged.n - 1]));
    judge_free(j);
    return kind;
}

static void what_has_no_form_is_of_no_kind_or_undecided(void **state)
{
    static struct found found;
    (void)state;
    log_add_bytes(&judged, span_str("bitacora/v2 entry\nwhatever it is\n"));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    log_add_bytes(&judged, span_str("no entry at all"));
    assert_int_equal(kind_alone(&found), KIND_NONE);
}

/* A record of the log's own, on whose signature line stands another name or another id. */
static void the_log_signs_by_its_name_and_id(void **state)
{
    (void)state;
    for (int how = 0; how < 2; how++) {
        struct buf note = { 0 };
        judge_stop(NULL);
        judge_start(NULL);
        log_note(&note, &judged, &BY(THE_LOG, KIND_INDEX));
        uint8_t *line = memmem(note.p, note.n, "\n\n", 2);
        uint8_t *at = memmem(line, (size_t)(note.p + note.n - line), ORIGIN, strlen(ORIGIN));
        if (how == 0)
            *at = 'x';
        else
            at[strlen(ORIGIN) + 1] ^= 1; /* in the first characters of the base64 */
        bad(REASON_KEY_UNKNOWN, log_add_note(&judged, buf_span(&note)));
        buf_free(&note);
    }
}

/* The kind of entry 0, which later ones may name, whatever else is wrong with it. */
static enum kind kind_of_first(struct found *found)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .lookup = unknown_entry,
                                 .found = found_add,
                                 .found_ctx = found };
    struct judge *j = judge_new(&setup);
    found->n = 0;
    enum kind kind = judge_entry(j, 0, &judged.leaf[0], buf_span(&judged.entry[0]));
    judge_free(j);
    return kind;
}

static void the_first_entry_has_its_kind_even_if_it_is_bad(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_none(&found);
    start_with(log_members(&judged, KIND_GENESIS), REGISTRAR);
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_only(&found, REASON_SIGNATURE, VERDICT_BAD, 0);
    start_with(text_of("\"origin\":\"log.example.mx/other\",%s",
                       strchr(log_members(&judged, KIND_GENESIS), ',') + 1),
               THE_LOG);
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    assert_int_equal(found.n, 1);
    log_free(&judged);
    log_start(&judged, "");
    log_note(&note, &judged, &BY(JUDGE, KIND_ERASURE));
    log_free(&judged);
    log_keys(&judged);
    log_add_note(&judged, buf_span(&note));
    assert_int_equal(kind_of_first(&found), KIND_ERASURE);
    expect_only(&found, REASON_GENESIS, VERDICT_BAD, 0);
    buf_free(&note);
}

/* Before the first entry there is no time that it could be earlier than. */
static void the_first_entry_may_have_any_time(void **state)
{
    static struct found found;
    struct buf note = { 0 };
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_note(&note, &judged, &BY(THE_LOG, KIND_GENESIS));
    log_add_entry(&judged, &(struct entry){ .accepted = -86400000, .note = buf_span(&note) });
    assert_int_equal(kind_of_first(&found), KIND_GENESIS);
    expect_only(&found, REASON_SKEW, VERDICT_BAD, 0);
    buf_free(&note);
}

/* Who may have been enrolled may have enrolled and revoked; other kinds are what they say. */
static void only_what_registers_is_undecided_with_its_signer(void **state)
{
    static struct found found;
    (void)state;
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    assert_int_equal(kind_alone(&found), KIND_ERASURE);
    expect_only(&found, REASON_KEY_UNKNOWN, VERDICT_UNDECIDED, judged.n - 1);
    revoke(JUDGE, vkey_text(&judged, AUDITOR));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    log_add(&judged, BY(JUDGE, KIND_ENROLL));
    assert_int_equal(kind_alone(&found), KIND_UNDECIDED);
    /* That it was enrolled by itself, or later, is not so. */
    log_add(&judged, BY(JUDGE, KIND_ERASURE,
                        .under = text_of("{\"entry\":%zu,\"hash\":\"" ZEROES "\"}", judged.n)));
    kind_alone(&found);
    expect_only(&found, REASON_KEY_UNKNOWN, VERDICT_BAD, judged.n - 1);
}

static void a_pin_differs_from_another_genesis_and_from_none(void **state)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    struct hash other = judged.leaf[0];
    (void)state;
    other.b[0] ^= 1;
    assert_false(judge_pin_differs(j, NULL));
    assert_true(judge_pin_differs(j, &judged.leaf[0]));
    assert_false(judge_genesis(j, &(struct hash){ { 0 } }));
    judge_unreadable(j, 0, &judged.leaf[0]);
    assert_false(judge_pin_differs(j, NULL));
    assert_false(judge_pin_differs(j, &judged.leaf[0]));
    assert_true(judge_pin_differs(j, &other));
    judge_free(j);
}

static void what_the_judge_knows_can_be_asked(void **state)
{
    struct run *r = run_log(&judged);
    struct hash genesis;
    (void)state;
    judge_free(NULL);
    assert_true(judge_genesis(r->judge, &genesis));
    assert_true(hash_eq(&genesis, &judged.leaf[0]));
    assert_int_equal(judge_last_time(r->judge), judged.now - 1000);
    assert_int_equal(judge_skew_of_log(r->judge), 600000);
    assert_int_equal(registry_count(judge_registry(r->judge)), 7);
    run_free(r);
}

/* What a judged_fn is told, as one line an entry. */
static void write_down(void *ctx, const struct judged *e)
{
    assert_true(hash_eq(e->leaf, &judged.leaf[e->index]));
    assert_true(!e->has_header ||
                e->accepted == judged.now - 1000 * (int64_t)(judged.n - e->index));
    assert_true(e->record == NULL || e->record->object != NULL);
    buf_addf(ctx, "%d %d%d%d %d %d\n", (int)e->index, e->has_header, e->record != NULL, e->counts,
             (int)e->signer, e->kind == KIND_UNDECIDED ? -1 : (int)e->kind);
}

static void told(bool structure, const char *expected)
{
    struct buf text = { 0 };
    struct found found = { .n = 0 };
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey,
                                 .structure = structure,
                                 .partial = true,
                                 .found = found_add,
                                 .found_ctx = &found,
                                 .judged = write_down,
                                 .judged_ctx = &text };
    struct judge *j = judge_new(&setup);
    for (size_t i = 0; i < judged.n; i++)
        if (i == 3)
            judge_unreadable(j, i, &judged.leaf[i]);
        else
            judge_entry(j, i, &judged.leaf[i], buf_span(&judged.entry[i]));
    judge_free(j);
    assert_string_equal(buf_str(&text), expected);
    buf_free(&text);
}

/* Index, then: has a header, a record, counts; signer; kind. */
static void every_entry_is_told_as_it_was_judged(void **state)
{
    (void)state;
    log_free(&judged);
    log_keys(&judged);
    log_add(&judged,
            BY(THE_LOG, KIND_GENESIS, .at = judged.now - 600001)); /* out of skew: takes effect */
    log_enroll(&judged, JUDGE, "judge", "");
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    log_add(&judged, BY(JUDGE, KIND_ERASURE));
    log_add(&judged, BY(REGISTRAR, KIND_ERASURE)); /* not his to sign */
    log_add(&judged, BY(JUDGE, KIND_ERASURE, .members = "\"blob\":1"));
    log_add_bytes(&judged, span_str("nothing"));
    log_add(&judged, BY(THE_LOG, KIND_GENESIS, .under = log_ref(&judged, 0)));
    told(false, text_of("0 111 -1 %d\n1 111 0 %d\n2 111 2 %d\n3 000 -1 -1\n4 110 -1 %d\n"
                        "5 100 -1 0\n6 000 -1 0\n7 110 -1 %d\n",
                        KIND_GENESIS, KIND_ENROLL, KIND_ERASURE, KIND_ERASURE, KIND_GENESIS));
    told(true, "0 100 -1 -1\n1 100 -1 -1\n2 100 -1 -1\n3 000 -1 -1\n4 100 -1 -1\n5 100 -1 -1\n"
               "6 000 -1 0\n7 100 -1 -1\n");
}

static void a_state_that_is_none_is_not_imported(void **state)
{
    const char *name;
    json_t *value;
    (void)state;
    log_add(&judged, INDEX("3020"));
    struct run *r = run_log(&judged);
    json_t *good = judge_export(r->judge);
    assert_non_null(json_object_get(good, "cover"));
    json_object_foreach (good, name, value) {
        json_t *copy = json_deep_copy(good);
        struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey };
        struct judge *j = judge_new(&setup);
        bool optional = strcmp(name, "genesis") == 0 || strcmp(name, "cover") == 0;
        json_object_set_new(copy, name, json_string("x"));
        assert_int_equal(judge_import(j, copy), -1);
        judge_free(j);
        j = judge_new(&setup);
        json_object_del(copy, name);
        assert_int_equal(judge_import(j, copy), optional ? 0 : -1);
        judge_free(j);
        json_decref(copy);
    }
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    json_object_set_new(good, "ids", json_string("AAAA")); /* base64, but not of whole ids */
    assert_int_equal(judge_import(j, good), -1);
    judge_free(j);
    json_decref(good);
    run_free(r);
}

/* Whether a judge goes on from a state in which this entry is the one that covers. */
static int import_covering(const json_t *state, uint64_t entry, uint64_t as, bool wrong_leaf)
{
    struct judge_setup setup = { .log = judged.who[THE_LOG].key.vkey };
    struct judge *j = judge_new(&setup);
    json_t *copy = json_deep_copy(state), *cover = json_object();
    struct buf leaf = { 0 }, bytes = { 0 };
    buf_add_base64(&leaf, judged.leaf[entry].b, HASH_BYTES);
    buf_add_base64(&bytes, judged.entry[entry].p, judged.entry[entry].n);
    if (wrong_leaf)
        leaf.p[0] ^= 1;
    json_object_set_new(cover, "index", json_integer((json_int_t)as));
    json_object_set_new(cover, "leaf", json_string(buf_str(&leaf)));
    json_object_set_new(cover, "entry", json_string(buf_str(&bytes)));
    json_object_set_new(copy, "cover", cover);
    int result = judge_import(j, copy);
    if (result == 0)
        assert_int_equal(judge_cover(j)->entry, as);
    json_decref(copy);
    buf_free(&leaf);
    buf_free(&bytes);
    judge_free(j);
    return result;
}

static void an_imported_cover_is_one_that_can_be(void **state)
{
    (void)state;
    uint64_t good = log_add(&judged, INDEX("3020"));
    uint64_t other = log_add(
        &judged,
        BY(THE_LOG, KIND_INDEX,
           .members =
               "\"version\":2,\"tables\":[{\"entries\":9,\"rows\":0,\"root\":\"" ZEROES "\"}]"));
    struct run *r = run_log(&judged);
    json_t *exported = judge_export(r->judge);
    uint64_t beyond = log_add(&judged, INDEX("9090"));
    uint64_t unkeyed = log_add(
        &judged, BY(THE_LOG, KIND_INDEX,
                    .members = "\"version\":1,\"tables\":[{\"entries\":6,\"rows\":1,\"unkeyed\":2,"
                               "\"root\":\"" ZEROES "\"}]"));
    assert_int_equal(import_covering(exported, good, good, false), 0);
    assert_int_equal(import_covering(exported, good, good, true), -1);
    assert_int_equal(import_covering(exported, good, 4, false), -1); /* below what it covers */
    assert_int_equal(import_covering(exported, good, other + 1, false), -1); /* not yet judged */
    assert_int_equal(import_covering(exported, other, other, false), -1);
    assert_int_equal(import_covering(exported, beyond, other, false), -1);
    assert_int_equal(import_covering(exported, unkeyed, other, false), -1);
    assert_int_equal(import_covering(exported, 7, 7, false), -1); /* a request */
    json_decref(exported);
    run_free(r);
}

/* What was judged in an earlier run counts in the next one. */
static void an_index_goes_on_from_one_in_a_state(void **state)
{
    struct files files;
    (void)state;
    uint64_t first = log_add(&judged, INDEX("3020"));
    struct run *before = run_log(&judged), *r;
    uint64_t bad_one = log_add(&judged, INDEX("302120"));
    files_make(&files, &judged, judged.n);
    r = run_on(before, &judged, &files, judged.n);
    expect_only(&r->found, REASON_INDEX_CHANGED, VERDICT_BAD, bad_one);
    assert_int_equal(r->found.f[0].related, first);
    run_free(r);
    run_free(before);
    files_free(&files);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JUDGE_TEST(a_freeze_is_held_against_the_size),
        JUDGE_TEST(an_entry_that_cannot_be_read_is_linked_to),
        JUDGE_TEST(a_malformed_entry_is_linked_to),
        JUDGE_TEST(a_log_may_be_of_any_time),
        JUDGE_TEST(an_entry_that_cannot_be_read_may_have_enrolled),
        JUDGE_TEST(a_malformed_entry_has_enrolled_nobody),
        JUDGE_TEST(only_what_registers_is_undecided_with_its_signer),
        JUDGE_TEST(what_has_no_form_is_of_no_kind_or_undecided),
        JUDGE_TEST(the_log_signs_by_its_name_and_id),
        JUDGE_TEST(the_first_entry_has_its_kind_even_if_it_is_bad),
        JUDGE_TEST(the_first_entry_may_have_any_time),
        JUDGE_TEST(a_pin_differs_from_another_genesis_and_from_none),
        JUDGE_TEST(a_partial_judge_does_not_accuse_for_lack_of_entries),
        JUDGE_TEST(a_partial_judge_knows_that_the_log_s_key_is_not_enrolled),
        JUDGE_TEST(what_the_judge_knows_can_be_asked),
        JUDGE_TEST(every_entry_is_told_as_it_was_judged),
        JUDGE_TEST(a_state_that_is_none_is_not_imported),
        JUDGE_TEST(an_imported_cover_is_one_that_can_be),
        JUDGE_TEST(an_index_goes_on_from_one_in_a_state),
    };
    return cmocka_run_group_tests_name("judge_known", tests, NULL, NULL);
}
