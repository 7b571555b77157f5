/* An answer made of a log's files: which index it rests on, and what comes of files that are not
 * there or are not what they should be. */
#include "client/answer/answer_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/answer/answer_get.h"
#include "client/base/lost.h"
#include "client/base/spool.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct log_folder folder;
static struct indexed x;
static struct trust trust;
static struct answer_check check;
static struct answer_wanted wanted;

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    indexed_start(&x);
    trust = (struct trust){ .policy = x.policy, .max_age = -1, .url = "nowhere" };
    wanted = (struct answer_wanted){ .out = -1, .dir = folder.dir };
    assert_true(answer_wanted_ask(&wanted, INDEX_KEY_WARRANT, REFERENCE));
    answer_check_open(&check, &trust);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    answer_check_close(&check);
    indexed_free(&x);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static uint64_t add_an_index(void)
{
    const uint64_t ends[] = { 7, 15, x.l.n };
    return add_honest_index(&x, ends, COUNT(ends), NULL);
}

static void fill(size_t n)
{
    while (x.l.n < n)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
}

/* hint: what is said to be the newest index; NO_ENTRY: nothing is. */
static void write_log(uint64_t hint)
{
    log_folder_write(&folder, &x.l, x.l.n);
    for (size_t i = 0; i < x.files; i++)
        log_folder_table(&folder, &x.file[i].root, &x.file[i].f, buf_span(&x.file[i].bytes));
    if (hint != NO_ENTRY)
        log_folder_newest(&folder, text_of("%llu\n", (unsigned long long)hint));
}

static enum answer_got get(void)
{
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    return answer_get(&check, &wanted);
}

static void good(uint64_t index)
{
    assert_int_equal(get(), ANSWER_GOT);
    assert_int_equal(check.verdict, VERDICT_GOOD);
    assert_int_equal(check.facts.index, index);
    assert_non_null(answer_facts_line(&check.facts, x.warrant[0]));
}

/* Fails unless nothing is known, for that reason; subject: what it is about. */
static void undecided(enum reason reason, const char *subject)
{
    get();
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, reason);
    assert_string_equal(check.findings.list[0].why.subject, subject);
}

/* ---- which index ----------------------------------------------------------------------------- */

static void the_one_that_is_named_is_taken(void **state)
{
    (void)state;
    uint64_t older = add_an_index();
    add_request(&x, x.warrant[0], REFERENCE);
    uint64_t newer = add_an_index();
    write_log(older);
    good(older);
    write_log(newer);
    good(newer);
    write_log(x.l.n); /* no entry of this tree: the last one is looked for */
    good(newer);
}

/* Its tail shows that another one is newer. */
static void a_newer_one_in_the_tail_is_taken_instead(void **state)
{
    (void)state;
    uint64_t older = add_an_index();
    add_request(&x, x.warrant[0], REFERENCE);
    uint64_t newer = add_an_index();
    write_log(older);
    wanted.tail = true;
    good(newer);
}

/* The call of spool_file() that fails, counted from the next one; 0: none. */
static int spool_fails;
int __real_spool_file(void);
int __wrap_spool_file(void);

int __wrap_spool_file(void)
{
    errno = EMFILE;
    return spool_fails > 0 && --spool_fails == 0 ? -1 : __real_spool_file();
}

/* It is kept beside the older one until it is known to be good: behind three shelves for it. */
static void what_cannot_be_kept_beside_is_lost(void **state)
{
    (void)state;
    uint64_t older = add_an_index();
    add_request(&x, x.warrant[0], REFERENCE);
    add_an_index();
    write_log(older);
    wanted.tail = true;
    wanted.out = open(log_folder_path(&folder, "out"), O_RDWR | O_CREAT, 0600);
    assert_true(wanted.out > 0);
    answer_check_close(&check);
    answer_check_open(&check, &trust);
    spool_fails = 4;
    answer_get(&check, &wanted);
    assert_int_equal(spool_fails, 0);
    assert_true(lost_any());
    lost_forget();
    close(wanted.out);
}

static void what_is_no_index_is_passed_over(void **state)
{
    struct buf note = { 0 };
    (void)state;
    uint64_t index = add_an_index();
    log_add_bytes(&x.l, span_str("nonsense"));
    buf_adds(&note, "bitacora/v1 index\nnonsense\n");
    log_add_note(&x.l, buf_span(&note));
    add_unkeyed(&x, true);
    log_add(&x.l, BY(THE_LOG, KIND_INDEX,
                     .members = "\"version\":2,\"tables\":[{\"entries\":1,\"rows\":3,\"root\":"
                                "\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}]"));
    write_log(NO_ENTRY);
    good(index);
    for (uint64_t hint = index + 1; hint < x.l.n; hint++) {
        write_log(index);
        good(index);
        write_log(hint);
        good(index);
    }
    buf_free(&note);
}

/* An older one that can be read is no answer where a newer one may be. */
static void what_may_be_in_a_bundle_that_is_missing_is_not_passed_over(void **state)
{
    (void)state;
    uint64_t index = add_an_index();
    fill(258);
    write_log(NO_ENTRY);
    good(index);
    log_folder_drop(&folder, "tile/entries/001.p/2");
    undecided(REASON_MISSING, "tile/entries/001.p/2");
    write_log(index);
    log_folder_drop(&folder, "tile/entries/001.p/2");
    good(index); /* it is named */
}

static void an_index_that_is_named_must_be_there(void **state)
{
    (void)state;
    fill(256);
    uint64_t first = add_an_index(); /* of its bundle */
    assert_int_equal(first, 256);
    write_log(first);
    good(first);
    log_folder_drop(&folder, "tile/entries/001.p/1");
    undecided(REASON_MISSING, "tile/entries/001.p/1");
    fill(300);
    uint64_t later = add_an_index();
    write_log(later);
    good(later);
    log_folder_drop(&folder, text_of("tile/entries/001.p/%zu", x.l.n - 256));
    undecided(REASON_MISSING, text_of("tile/entries/001.p/%zu", x.l.n - 256));
}

/* A full bundle of entries that are none; last: the last one of them. */
static void put_bundle(unsigned n, struct span last)
{
    struct buf bundle = { 0 };
    for (unsigned i = 0; i < TILE_WIDTH; i++) {
        struct span entry = i + 1 == TILE_WIDTH ? last : span_str("x");
        buf_add_u8(&bundle, (uint8_t)(entry.n >> 8));
        buf_add_u8(&bundle, (uint8_t)entry.n);
        buf_add_span(&bundle, entry);
    }
    log_folder_put(&folder, text_of("tile/entries/%03u", n), buf_span(&bundle));
    buf_free(&bundle);
}

static void an_index_is_looked_for_in_the_last_bundles_alone(void **state)
{
    enum { BUNDLES = BUNDLES_SEARCHED + 2 };
    struct answer_files f;
    uint64_t found = NO_ENTRY;
    (void)state;
    struct span index = buf_span(&x.l.entry[add_an_index()]);
    struct logfiles *files = logfiles_of_dir(folder.dir);
    for (unsigned n = 0; n < BUNDLES; n++)
        put_bundle(n, n <= 1 ? index : span_str("x"));
    answer_files_open(&f, files, BUNDLES * TILE_WIDTH);
    assert_int_equal(answer_files_newest(&f, &found), NEWEST_NONE);
    put_bundle(2, index);
    answer_files_close(&f);
    logfiles_free(files);
    files = logfiles_of_dir(folder.dir);
    answer_files_open(&f, files, BUNDLES * TILE_WIDTH);
    assert_int_equal(answer_files_newest(&f, &found), NEWEST_FOUND);
    assert_int_equal(found, 3 * TILE_WIDTH - 1);
    answer_files_close(&f);
    logfiles_free(files);
}

/* It may be there, and what it rests on not; nor what proves it. */
static void what_an_index_rests_on_must_be_there(void **state)
{
    (void)state;
    fill(300);
    write_log(add_an_index());
    log_folder_drop(&folder, "tile/entries/000");
    undecided(REASON_MISSING, "tile/entries/000");
    write_log(x.l.n - 1);
    log_folder_drop(&folder, "tile/0/000");
    undecided(REASON_MISSING, "tile/0/000");
    write_log(x.l.request); /* no index; and the last bundle is not there */
    log_folder_drop(&folder, text_of("tile/entries/001.p/%zu", x.l.n - 256));
    undecided(REASON_MISSING, text_of("tile/entries/001.p/%zu", x.l.n - 256));
}

/* ---- tables ---------------------------------------------------------------------------------- */

/* More than one part has, and rows in several files of a table. */
static void many_entries_are_answered_in_parts(void **state)
{
    (void)state;
    for (int i = 0; i < 1040; i++)
        add_request(&x, x.warrant[0], REFERENCE);
    uint64_t last = x.l.n - 1, index = add_an_index();
    write_log(index);
    good(index);
    assert_true(check.facts.parts > 1);
    assert_non_null(answer_facts_line(&check.facts, last));
    assert_true(check.facts.lines.n > 1040);
}

/* More files than are kept; each is what it was, when it is asked for again as well. */
static void files_of_tables_are_told_apart(void **state)
{
    enum { FILES = TABLE_FILES + 6 };
    struct answer_files f;
    const struct hash root = { { 7 } };
    (void)state;
    struct logfiles *files = logfiles_of_dir(folder.dir);
    answer_files_open(&f, files, 1);
    for (int again = 0; again < 2; again++)
        for (unsigned i = 0; i < FILES; i++) {
            struct index_table_file file = { .level = i % 2, .n = i / 2 };
            struct buf out = { 0 };
            const char *bytes = text_of("%u bytes of file %u", i, i);
            if (again == 0)
                log_folder_table(&folder, &root, &file, span_str(bytes));
            assert_int_equal(f.source.table(f.source.ctx, &root, &file, &out), 0);
            assert_string_equal(buf_str(&out), bytes);
            buf_free(&out);
        }
    answer_files_close(&f);
    logfiles_free(files);
}

static void a_table_that_is_not_the_indexs_leaves_it_open(void **state)
{
    char path[INDEX_PATH_MAX];
    (void)state;
    write_log(add_an_index());
    for (size_t i = 0; i < x.files; i++) {
        index_table_path(path, &x.file[i].root, &x.file[i].f);
        log_folder_put(&folder, path, span_str("nonsense"));
    }
    get();
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_UNREADABLE);
    for (size_t i = 0; i < x.files; i++) {
        index_table_path(path, &x.file[i].root, &x.file[i].f);
        log_folder_drop(&folder, path);
    }
    get();
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_MISSING);
}

static void without_an_index_its_name_is_told(void **state)
{
    (void)state;
    write_log(NO_ENTRY);
    assert_int_equal(get(), ANSWER_UNSERVED);
    assert_string_equal(check.findings.list[0].why.subject, INDEX_NEWEST);
}

/* ---- the checkpoint -------------------------------------------------------------------------- */

static void without_a_good_checkpoint_nothing_is_made(void **state)
{
    static const uint8_t seed[32] = { 4 };
    struct skey witness;
    struct buf vkey = { 0 };
    struct refusal why;
    (void)state;
    write_log(add_an_index());
    log_folder_put(&folder, "checkpoint", span_str("nonsense\n"));
    assert_int_equal(get(), ANSWER_GOT);
    assert_int_equal(check.verdict, VERDICT_BAD);
    assert_int_equal(check.findings.list[0].verdict, VERDICT_BAD);
    assert_int_equal(check.note.n, 0); /* no part was judged */
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    vkey_format(&vkey, &witness.vkey);
    const char *text =
        text_of("log %s\nwitness w %s\nquorum w\n", vkey_text(&x.l, THE_LOG), buf_str(&vkey));
    struct policy *policy = policy_parse(span_str(text), &why);
    assert_non_null(policy);
    trust.policy = policy;
    write_log(NO_ENTRY);
    get();
    assert_int_equal(check.verdict, VERDICT_UNDECIDED);
    assert_int_equal(check.findings.total, 1);
    assert_int_equal(check.findings.list[0].why.reason, REASON_QUORUM);
    assert_int_equal(check.note.n, 0);
    trust.policy = x.policy;
    policy_free(policy);
    buf_free(&vkey);
}

/* ---- what cannot be asked -------------------------------------------------------------------- */

/* Fails unless that is refused in these words. */
static void unaskable(enum index_key_type type, const char *value, const char *words)
{
    heard_begin(stderr);
    bool asked = answer_wanted_ask(&wanted, type, value);
    assert_non_null(strstr(heard_end(stderr), words));
    assert_false(asked);
}

static void what_cannot_be_asked_is_told_how_it_should_be(void **state)
{
    (void)state;
    assert_true(answer_wanted_ask(&wanted, INDEX_KEY_HOLDER, "mx.telco"));
    unaskable(INDEX_KEY_WARRANT, "", "a reference has");
    unaskable(INDEX_KEY_SIGNER, "A", "a signer's name");
    unaskable(INDEX_KEY_VKEY, "a", "a vkey is");
    unaskable(INDEX_KEY_HOLDER, "Mx Telco", "a code is");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_one_that_is_named_is_taken),
        TEST(a_newer_one_in_the_tail_is_taken_instead),
        TEST(what_cannot_be_kept_beside_is_lost),
        TEST(what_is_no_index_is_passed_over),
        TEST(what_may_be_in_a_bundle_that_is_missing_is_not_passed_over),
        TEST(an_index_that_is_named_must_be_there),
        TEST(an_index_is_looked_for_in_the_last_bundles_alone),
        TEST(what_an_index_rests_on_must_be_there),
        TEST(many_entries_are_answered_in_parts),
        TEST(files_of_tables_are_told_apart),
        TEST(a_table_that_is_not_the_indexs_leaves_it_open),
        TEST(without_an_index_its_name_is_told),
        TEST(without_a_good_checkpoint_nothing_is_made),
        TEST(what_cannot_be_asked_is_told_how_it_should_be),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
