/* logfiles.h: a log's files from a folder, from a server that says what it is told to, and from
 * both. */
#include "client/remote/logfiles.h"

#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/remote/retry.h"
#include "tests/unit/client/log_folder.h"

#define URL "http://log.example"
#define SAYS_MAX 16

static struct log_folder folder;
static struct logfiles *files;
static struct buf bytes;
static struct refusal why;

/* ---- a server ---------------------------------------------------------------------------------- */

static struct {
    struct answer answer[SAYS_MAX]; /* one after another */
    size_t n, asked;
    char path[SAYS_MAX][TILE_PATH_MAX + INDEX_PATH_MAX];
    const char *body;
    unsigned pauses, pauses_most; /* until the time is over */
    unsigned said_over, begun_anew;
    const struct log_reader *reader;
} server;

struct fetcher *__wrap_fetcher_new(const char *base);
void __wrap_fetcher_free(struct fetcher *f);
void __wrap_fetch_get(struct fetcher *f, const char *path, size_t max, struct buf *body,
                      struct answer *out);
void __wrap_fetch_no_hanging(struct fetcher *f);
void __wrap_fetch_as(struct fetcher *f, const struct log_reader *reader);
bool __wrap_retry_pause(struct retry *r, const struct answer *a, const char *detail);
void __wrap_retry_say_over(const struct retry *r);

struct fetcher *__wrap_fetcher_new(const char *base)
{
    assert_string_equal(base, URL);
    return (struct fetcher *)&server;
}

void __wrap_fetcher_free(struct fetcher *f)
{
    (void)f;
}

void __wrap_fetch_get(struct fetcher *f, const char *path, size_t max, struct buf *body,
                      struct answer *out)
{
    assert_ptr_equal(f, &server);
    assert_in_range(max, 1, RULESET_MAX);
    assert_in_range(server.asked, 0, server.n - 1);
    snprintf(server.path[server.asked], sizeof server.path[0], "%s", path);
    *out = server.answer[server.asked++];
    buf_adds(body, out->status == 0 ? "half" : out->status == 200 ? server.body : "a page");
}

void __wrap_fetch_no_hanging(struct fetcher *f)
{
    assert_ptr_equal(f, &server);
    server.begun_anew++;
}

void __wrap_fetch_as(struct fetcher *f, const struct log_reader *reader)
{
    assert_ptr_equal(f, &server);
    server.reader = reader;
}

bool __wrap_retry_pause(struct retry *r, const struct answer *a, const char *detail)
{
    assert_string_equal(r->url, URL);
    assert_int_equal(r->seconds, RETRY_SECONDS);
    assert_non_null(a);
    assert_true(*detail != 0);
    return ++server.pauses <= server.pauses_most;
}

void __wrap_retry_say_over(const struct retry *r)
{
    (void)r;
    server.said_over++;
}

/* The next answers. A status below 0 is a reason for which none came. */
#define NO_ANSWER(reason) (-(int)(reason))
#define SAYS(...) says((const int[]){ __VA_ARGS__ }, COUNT(((const int[]){ __VA_ARGS__ })))

static void says(const int *status, size_t n)
{
    server.n = n;
    server.asked = server.pauses = server.said_over = server.begun_anew = 0;
    for (size_t i = 0; i < n; i++)
        server.answer[i] = status[i] < 0
                               ? (struct answer){ .why = (enum reason) - status[i] }
                               : (struct answer){ .status = status[i], .acceptable = true };
}

static int start(void **state)
{
    (void)state;
    log_folder_make(&folder);
    memset(&server, 0, sizeof server);
    server.body = "body\n";
    return 0;
}

static int stop(void **state)
{
    (void)state;
    logfiles_free(files);
    files = NULL;
    buf_free(&bytes);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static void of_url(enum patience patience)
{
    logfiles_free(files);
    files = logfiles_of_url(URL, NULL);
    assert_non_null(files);
    logfiles_patience(files, patience);
}

static void of_dir(void)
{
    logfiles_free(files);
    files = logfiles_of_dir(folder.dir);
    assert_non_null(files);
}

static enum fetch checkpoint(void)
{
    buf_clear(&bytes);
    why.reason = REASON_NONE;
    return logfiles_checkpoint(files, &bytes, &why);
}

static void expect_bytes(const char *text)
{
    assert_string_equal(buf_str(&bytes), text);
}

/* ---- of a server ------------------------------------------------------------------------------- */

static void what_a_server_says_is_one_of_three_things(void **state)
{
    (void)state;
    of_url(PATIENCE_NONE);
    SAYS(200, 404, 410, 500, 503, 301, NO_ANSWER(REASON_NET_CONNECT), 200);
    server.answer[7].acceptable = false;
    assert_int_equal(checkpoint(), FETCH_OK);
    expect_bytes("body\n");
    assert_string_equal(server.path[0], "checkpoint");
    for (int i = 0; i < 2; i++) {
        assert_int_equal(checkpoint(), FETCH_MISSING);
        assert_int_equal(why.reason, REASON_MISSING);
        expect_bytes(""); /* the page that says so is none of it */
    }
    static const enum reason reasons[] = { REASON_NET_STATUS, REASON_NET_STATUS,
                                           REASON_NET_REDIRECT, REASON_NET_CONNECT };
    for (size_t i = 0; i < COUNT(reasons); i++) {
        assert_int_equal(checkpoint(), FETCH_FAILED);
        assert_int_equal(why.reason, reasons[i]);
        expect_bytes("");
    }
    assert_int_equal(checkpoint(), FETCH_FAILED); /* somebody's page */
    expect_bytes("");
    assert_int_equal(server.pauses, 0);
}

static void who_reads_is_told(void **state)
{
    struct log_reader reader = { .known = true };
    (void)state;
    files = logfiles_of_url(URL, &reader);
    assert_ptr_equal(server.reader, &reader);
    assert_int_equal(server.begun_anew, 1); /* one that hangs is not asked for the next file */
    logfiles_again(files);
    assert_int_equal(server.begun_anew, 2);
    of_dir();
    logfiles_again(files); /* nobody hangs there */
    assert_int_equal(server.begun_anew, 2);
}

/* ---- patience ---------------------------------------------------------------------------------- */

static void who_waits_always_asks_again(void **state)
{
    (void)state;
    of_url(PATIENCE_ALWAYS);
    server.pauses_most = 10;
    SAYS(503, NO_ANSWER(REASON_NET_CONNECT), NO_ANSWER(REASON_NET_TIME), 429, 200);
    assert_int_equal(checkpoint(), FETCH_OK);
    expect_bytes("body\n"); /* nothing of what came before */
    assert_int_equal(server.pauses, 4);
    assert_int_equal(server.begun_anew, 4);
    assert_int_equal(server.said_over, 0);
    SAYS(NO_ANSWER(REASON_NET_CERTIFICATE)); /* that does not pass */
    assert_int_equal(checkpoint(), FETCH_FAILED);
    SAYS(404);
    assert_int_equal(checkpoint(), FETCH_MISSING);
    assert_int_equal(server.pauses, 0);
}

static void who_comes_again_by_himself_does_not(void **state)
{
    (void)state;
    of_url(PATIENCE_NONE);
    server.pauses_most = 10;
    SAYS(200, 429, 503);
    assert_int_equal(checkpoint(), FETCH_OK);
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(server.pauses, 0);
}

static void a_server_that_never_answered_is_told_at_once(void **state)
{
    (void)state;
    of_url(PATIENCE_ANSWERED);
    server.pauses_most = 10;
    SAYS(503, NO_ANSWER(REASON_NET_CONNECT), 404, 503);
    for (int i = 0; i < 4; i++)
        assert_int_not_equal(checkpoint(), FETCH_OK);
    assert_int_equal(server.pauses, 0);
    SAYS(429, 200); /* it is there, and says so */
    assert_int_equal(checkpoint(), FETCH_OK);
    assert_int_equal(server.pauses, 1);
    assert_int_equal(server.begun_anew, 0);
    SAYS(503, NO_ANSWER(REASON_NET_CONNECT), 200); /* it has given a file before */
    assert_int_equal(checkpoint(), FETCH_OK);
    assert_int_equal(server.pauses, 2);
    SAYS(404, 503, 200);
    assert_int_equal(checkpoint(), FETCH_MISSING);
    assert_int_equal(checkpoint(), FETCH_OK); /* that stands */
    SAYS(NO_ANSWER(REASON_NET_TIME));         /* one that hangs is asked for nothing more */
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(server.pauses, 0);
    SAYS(503, 200);
    server.answer[0].why = REASON_NET_TIME; /* it answered: it does not hang */
    assert_int_equal(checkpoint(), FETCH_OK);
}

static void after_time_that_was_in_vain_each_is_asked_for_once(void **state)
{
    (void)state;
    of_url(PATIENCE_ALWAYS);
    server.pauses_most = 2;
    SAYS(503, 503, 503);
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(server.asked, 3);
    assert_int_equal(server.said_over, 1);
    SAYS(503, NO_ANSWER(REASON_NET_CONNECT), NO_ANSWER(REASON_NET_CERTIFICATE), 503);
    for (int i = 0; i < 4; i++)
        assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(server.pauses, 0);
    SAYS(404, 503, 200); /* until it answers, whatever that is */
    assert_int_equal(checkpoint(), FETCH_MISSING);
    assert_int_equal(checkpoint(), FETCH_OK);
    assert_int_equal(server.pauses, 1);
}

/* ---- of a folder ------------------------------------------------------------------------------- */

static void a_folder_has_files_alone(void **state)
{
    (void)state;
    of_dir();
    assert_int_equal(checkpoint(), FETCH_MISSING);
    assert_int_equal(why.reason, REASON_MISSING);
    log_folder_put(&folder, "checkpoint", span_str("one\n"));
    assert_int_equal(checkpoint(), FETCH_OK);
    expect_bytes("one\n");
    /* What is too long comes, cut: whoever reads it sees that. */
    struct buf large = { 0 };
    while (large.n <= CHECKPOINT_MAX)
        buf_adds(&large, "and so on, and so on, and so on\n");
    log_folder_put(&folder, "checkpoint", buf_span(&large));
    buf_free(&large);
    assert_int_equal(checkpoint(), FETCH_OK);
    assert_true(bytes.n > CHECKPOINT_MAX);
    log_folder_drop(&folder, "checkpoint");
    assert_int_equal(mkdir(log_folder_path(&folder, "checkpoint"), 0755), 0);
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(why.reason, REASON_UNREADABLE);
    assert_non_null(strstr(why.subject, "checkpoint"));
    log_folder_drop(&folder, "checkpoint");
    assert_int_equal(mkfifo(log_folder_path(&folder, "checkpoint"), 0600), 0);
    assert_int_equal(checkpoint(), FETCH_FAILED); /* at once */
    assert_int_equal(why.reason, REASON_UNREADABLE);
    log_folder_drop(&folder, "checkpoint");
    assert_int_equal(symlink("/dev/null", log_folder_path(&folder, "checkpoint")), 0);
    assert_int_equal(checkpoint(), FETCH_FAILED);
    assert_int_equal(why.reason, REASON_UNREADABLE);
}

static void what_never_changes_is_the_folders(void **state)
{
    uint8_t sha256[HASH_BYTES] = { 7 };
    char path[BLOB_PATH_MAX];
    uint64_t entry;
    (void)state;
    files = logfiles_of_both(folder.dir, URL, NULL);
    assert_non_null(files);
    logfiles_blob_path(path, sha256);
    assert_string_equal(path, "v1/blobs/"
                              "0700000000000000000000000000000000000000000000000000000000000000");
    SAYS(200, 200, 200, 404);
    assert_int_equal(logfiles_blob(files, sha256, 100, &bytes, &why), FETCH_OK);
    expect_bytes("body\n");
    assert_string_equal(server.path[0], path);
    log_folder_put(&folder, path, span_str("mine\n"));
    buf_clear(&bytes);
    assert_int_equal(logfiles_blob(files, sha256, 100, &bytes, &why), FETCH_OK);
    expect_bytes("mine\n");
    assert_int_equal(server.asked, 1);
    /* What changes is the log's. */
    log_folder_put(&folder, "checkpoint", span_str("old\n"));
    log_folder_put(&folder, INDEX_NEWEST, span_str("5\n"));
    assert_int_equal(checkpoint(), FETCH_OK);
    expect_bytes("body\n");
    server.body = "9\n";
    assert_int_equal(logfiles_index_newest(files, &entry, &why), FETCH_OK);
    assert_int_equal(entry, 9);
    sha256[0]++;
    assert_int_equal(logfiles_blob(files, sha256, 100, &bytes, &why), FETCH_MISSING);
    /* What cannot be read is not asked for elsewhere. */
    logfiles_blob_path(path, sha256);
    assert_int_equal(mkdir(log_folder_path(&folder, path), 0755), 0);
    assert_int_equal(logfiles_blob(files, sha256, 100, &bytes, &why), FETCH_FAILED);
    assert_int_equal(server.asked, 4);
}

/* ---- the index --------------------------------------------------------------------------------- */

static void the_newest_index_is_a_number(void **state)
{
    uint64_t entry = 0;
    static const char *const bad[] = { "",
                                       "\n",
                                       "5",
                                       "55",
                                       "5\n\n",
                                       " 5\n",
                                       "05\n",
                                       "-5\n",
                                       "5 \n",
                                       "five\n",
                                       "18446744073709551616\n" };
    (void)state;
    of_dir();
    assert_int_equal(logfiles_index_newest(files, &entry, &why), FETCH_MISSING);
    log_folder_put(&folder, INDEX_NEWEST, span_str("123\n"));
    assert_int_equal(logfiles_index_newest(files, &entry, &why), FETCH_OK);
    assert_int_equal(entry, 123);
    for (size_t i = 0; i < COUNT(bad); i++) {
        why.reason = REASON_NONE;
        log_folder_put(&folder, INDEX_NEWEST, span_str(bad[i]));
        assert_int_equal(logfiles_index_newest(files, &entry, &why), FETCH_FAILED);
        assert_int_equal(why.reason, REASON_UNREADABLE);
    }
    log_folder_drop(&folder, INDEX_NEWEST);
    assert_int_equal(mkdir(log_folder_path(&folder, INDEX_NEWEST), 0755), 0);
    assert_int_equal(logfiles_index_newest(files, &entry, &why), FETCH_FAILED);
}

static void a_file_of_the_index_is_there_or_missing(void **state)
{
    const struct hash root = { { 3 } };
    const struct index_table_file page = { 0 };
    char path[INDEX_PATH_MAX];
    (void)state;
    of_dir();
    index_table_path(path, &root, &page);
    assert_int_equal(logfiles_index_file(files, &root, &page, &bytes, &why), FETCH_MISSING);
    assert_int_equal(why.reason, REASON_MISSING);
    assert_string_equal(why.subject, path);
    log_folder_put(&folder, path, span_str("rows"));
    why.reason = REASON_NONE;
    assert_int_equal(logfiles_index_file(files, &root, &page, &bytes, &why), FETCH_OK);
    assert_int_equal(why.reason, REASON_NONE);
    expect_bytes("rows");
    log_folder_drop(&folder, path);
    assert_int_equal(mkdir(log_folder_path(&folder, path), 0755), 0);
    assert_int_equal(logfiles_index_file(files, &root, &page, &bytes, &why), FETCH_FAILED);
    assert_int_equal(why.reason, REASON_UNREADABLE);
}

/* ---- tiles ------------------------------------------------------------------------------------- */

static enum fetch tile(int level, unsigned width)
{
    const struct tile t = { .level = level, .n = 0, .width = width };
    const struct source *source = logfiles_source(files);
    buf_clear(&bytes);
    return source->tile(source->ctx, &t, tile_bytes_max(&t), &bytes, &why);
}

static void put_tile(int level, unsigned width, struct span content)
{
    const struct tile t = { .level = level, .n = 0, .width = width };
    char path[TILE_PATH_MAX];
    tile_path(path, &t);
    log_folder_put(&folder, path, content);
}

static void a_partial_tile_is_read_from_the_full_one(void **state)
{
    static uint8_t full[TILE_BYTES];
    (void)state;
    for (size_t i = 0; i < sizeof full; i++)
        full[i] = (uint8_t)(i * 7);
    of_dir();
    assert_int_equal(tile(0, 3), FETCH_MISSING);
    assert_int_equal(tile(0, TILE_WIDTH), FETCH_MISSING);
    put_tile(0, TILE_WIDTH, span_of(full, sizeof full));
    assert_int_equal(tile(0, 3), FETCH_OK);
    assert_true(span_eq(buf_span(&bytes), span_of(full, 3 * HASH_BYTES)));
    put_tile(0, 3, span_str("its own"));
    assert_int_equal(tile(0, 3), FETCH_OK);
    expect_bytes("its own");
    assert_int_equal(tile(0, TILE_WIDTH), FETCH_OK);
    assert_int_equal(bytes.n, sizeof full);
    log_folder_drop(&folder, "tile/0/000");
    assert_int_equal(mkdir(log_folder_path(&folder, "tile/0/000"), 0755), 0);
    assert_int_equal(tile(0, 4), FETCH_FAILED); /* it may be in what cannot be read */
    assert_int_equal(why.reason, REASON_UNREADABLE);
    log_folder_drop(&folder, "tile/0/000");
    put_tile(0, TILE_WIDTH, span_of(full, sizeof full - 1)); /* that is no full one */
    assert_int_equal(tile(0, 4), FETCH_MISSING);
    assert_int_equal(bytes.n, 0);
    assert_int_equal(tile(0, TILE_WIDTH), FETCH_OK); /* as it stands */
}

static void a_server_is_asked_for_the_full_one_once(void **state)
{
    (void)state;
    of_url(PATIENCE_NONE);
    SAYS(404, 404);
    assert_int_equal(tile(0, 3), FETCH_MISSING);
    assert_int_equal(server.asked, 2);
    assert_string_equal(server.path[0], "tile/0/000.p/3");
    assert_string_equal(server.path[1], "tile/0/000");
    SAYS(404);
    assert_int_equal(tile(0, TILE_WIDTH), FETCH_MISSING);
    assert_int_equal(server.asked, 1);
}

static void files_that_are_kept_are_read_once(void **state)
{
    (void)state;
    of_dir();
    put_tile(0, 3, span_str("first"));
    assert_int_equal(tile(0, 3), FETCH_OK);
    put_tile(0, 3, span_str("second"));
    assert_int_equal(tile(0, 3), FETCH_OK);
    expect_bytes("second");
    logfiles_keep(files);
    assert_int_equal(tile(0, 3), FETCH_OK);
    put_tile(0, 3, span_str("third"));
    logfiles_keep(files); /* it does already */
    assert_int_equal(tile(0, 3), FETCH_OK);
    expect_bytes("second");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(what_a_server_says_is_one_of_three_things),
        TEST(who_reads_is_told),
        TEST(who_waits_always_asks_again),
        TEST(who_comes_again_by_himself_does_not),
        TEST(a_server_that_never_answered_is_told_at_once),
        TEST(after_time_that_was_in_vain_each_is_asked_for_once),
        TEST(a_folder_has_files_alone),
        TEST(what_never_changes_is_the_folders),
        TEST(the_newest_index_is_a_number),
        TEST(a_file_of_the_index_is_there_or_missing),
        TEST(a_partial_tile_is_read_from_the_full_one),
        TEST(a_server_is_asked_for_the_full_one_once),
        TEST(files_that_are_kept_are_read_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
