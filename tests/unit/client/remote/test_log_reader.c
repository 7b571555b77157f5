/* log_reader.h: who gives a token for what, and what a log may answer to whoever asks where he is
 * enrolled. */
#include "client/remote/log_reader.h"

#include <stdlib.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/base/limits.h"
#include "proto/judge/token.h"
#include "proto/verify/log_answer.h"
#include "tests/unit/clock_fake.h"
#include "tests/unit/fixture.h"

/* ---- paths ----------------------------------------------------------------------------------- */

static void expect_class(const char *path, enum path_class class)
{
    if (path_class_of(path) != class)
        fail_msg("%s: %d", path, (int)path_class_of(path));
}

static void a_token_is_shown_where_it_is_asked_for(void **state)
{
    static const char *const open[] = {
        "checkpoint", "healthz",    "readyz",          "metrics",        "v1/records",
        "",           "tile/0/000", "tile/1/x001/000", "tile/0/000.p/7", "v1/find?vkey=x%2By",
    };
    static const char *const entry[] = {
        "tile/entries/000", "tile/entries/000.p/7", "v1/receipts/3", "v1/find?signer=x",
        "v1/find?",         "v1/answer?vkey=x",     "index/newest",  "checkpoint?x",
        "v1/access/3",      "v1/records/1",         "unknown",       "checkpoints",
        "v1/find?x&vkey=y",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(open); i++)
        expect_class(open[i], PATH_OPEN);
    for (size_t i = 0; i < COUNT(entry); i++)
        expect_class(entry[i], PATH_ENTRY);
    expect_class("v1/blobs/00", PATH_BLOB);
    expect_class("v1/blobs", PATH_ENTRY);
}

/* ---- where the key is enrolled --------------------------------------------------------------- */

/* A log that says what the test has it say. */
struct mouth {
    const char *list; /* to v1/find?vkey=; NULL: nothing */
    size_t leaves;    /* in the tile; 0: no tile is there */
    const char *tile; /* the path that was asked for */
    unsigned questions;
};

static uint8_t byte_of(size_t at)
{
    return (uint8_t)(at / HASH_BYTES + 1); /* leaf n is made of bytes n + 1 */
}

static int get(void *ctx, const char *path, size_t max, struct buf *body)
{
    struct mouth *m = ctx;
    m->questions++;
    assert_int_equal(path_class_of(path), PATH_OPEN);
    if (span_starts(span_str(path), "v1/find?vkey=")) {
        assert_int_equal(max, FIND_ANSWER_MAX);
        if (m->list != NULL)
            buf_adds(body, m->list);
        return m->list == NULL ? -1 : 0;
    }
    m->tile = text_of("%s", path);
    assert_true(span_starts(span_str(path), "tile/0/"));
    assert_true(max >= m->leaves * HASH_BYTES);
    for (size_t i = 0; i < m->leaves * HASH_BYTES; i++)
        buf_add(body, &(uint8_t){ byte_of(i) }, 1);
    return m->leaves == 0 ? -1 : 0;
}

static struct log keys;

static struct log_reader reader(void)
{
    return log_reader_of(&keys.who[OVERSIGHT].key, ORIGIN);
}

static int keys_make(void **state)
{
    (void)state;
    log_start(&keys, "");
    clock_fake_set(keys.now);
    return 0;
}

static int keys_free(void **state)
{
    (void)state;
    log_free(&keys);
    return 0;
}

static void expect_found(const char *list, uint64_t entry, const char *tile, size_t leaves)
{
    struct mouth m = { .list = list, .leaves = leaves };
    struct log_reader r = reader();
    uint8_t leaf[HASH_BYTES];
    assert_false(r.known);
    assert_int_equal(log_reader_find(&r, get, &m), 0);
    assert_true(r.known);
    assert_int_equal(r.under.entry, entry);
    assert_string_equal(m.tile, tile);
    memset(leaf, byte_of((size_t)(entry % 256) * HASH_BYTES), sizeof leaf);
    assert_memory_equal(r.under.hash, leaf, sizeof leaf);
    assert_int_equal(m.questions, 2);
    assert_int_equal(log_reader_find(&r, get, &m), 0); /* is not asked again */
    assert_int_equal(m.questions, 2);
}

static void a_log_says_where_a_key_is_enrolled(void **state)
{
    (void)state;
    expect_found("{\"entries\":[3],\"size\":9}", 3, "tile/0/000.p/9", 9);
    expect_found("{\"entries\":[8,11],\"size\":12}", 8, "tile/0/000.p/12", 12); /* revoked later */
    expect_found("{\"entries\":[255],\"size\":1000}", 255, "tile/0/000", 256);
    expect_found("{\"entries\":[256],\"size\":257}", 256, "tile/0/001.p/1", 1);
    expect_found("{\"entries\":[256770],\"size\":256772}", 256770, "tile/0/x001/003.p/4", 4);
}

static void expect_unknown(struct mouth m)
{
    struct log_reader r = reader();
    lost_forget();
    assert_int_equal(log_reader_find(&r, get, &m), -1);
    assert_false(r.known);
}

static void or_it_does_not(void **state)
{
    static const char *const lists[] = {
        NULL,
        "",
        "[]",
        "{\"entries\":[],\"size\":9}",  /* it is not enrolled */
        "{\"entries\":[3]}",            /* of no size */
        "{\"entries\":[9],\"size\":9}", /* not there */
        "{\"entries\":[-1],\"size\":9}",
        "{\"entries\":[\"3\"],\"size\":9}",
    };
    (void)state;
    for (size_t i = 0; i < COUNT(lists); i++)
        expect_unknown((struct mouth){ .list = lists[i], .leaves = 9 });
    expect_unknown((struct mouth){ .list = "{\"entries\":[9],\"size\":9}", .leaves = 20 });
    expect_unknown((struct mouth){ .list = "{\"entries\":[3],\"size\":9}" });
    expect_unknown((struct mouth){ .list = "{\"entries\":[3],\"size\":9}", .leaves = 3 });
}

/* ---- tokens ---------------------------------------------------------------------------------- */

/* Fails unless the text is a token that the log of `keys` takes for that request. */
static void expect_good(struct buf *text, const char *method, const char *path, int64_t now)
{
    uint8_t bytes[TOKEN_NOTE_MAX];
    struct registry *registry = registry_new();
    struct token token;
    struct refusal why;
    uint32_t number;
    size_t n = text->n / 4 * 3;
    while (n > 0 && base64_decode_exact(bytes, n, buf_span(text)) != 0)
        n--;
    assert_true(n > 0);
    assert_int_equal(token_parse(&token, span_of(bytes, n), &why), 0);
    for (uint64_t i = 0; i < keys.n; i++) {
        struct entry e;
        struct record record;
        assert_int_equal(entry_parse(&e, buf_span(&keys.entry[i]), &why), 0);
        assert_int_equal(record_parse(&record, e.note, &why), 0);
        assert_int_equal(registry_apply(registry, i, &keys.leaf[i], &record), 0);
        record_free(&record);
    }
    const struct token_use use = {
        .origin = ORIGIN, .method = method, .path = span_str(path), .now = now
    };
    if (token_judge(registry, &token, &use, &number, &why) != 0)
        fail_msg("%s %s: %d", method, path, (int)why.reason);
    registry_free(registry);
}

static struct log_reader enrolled(void)
{
    struct log_reader r = reader();
    r.known = true;
    r.under.entry = keys.who[OVERSIGHT].entry;
    memcpy(r.under.hash, keys.leaf[r.under.entry].b, HASH_BYTES);
    return r;
}

static void a_token_is_good_for_one_request_and_three_minutes(void **state)
{
    struct log_reader r = enrolled();
    struct buf out = { 0 };
    (void)state;
    buf_adds(&out, "");
    log_reader_token(&out, &r, "GET", "v1/receipts/3");
    assert_false(out.failed);
    expect_good(&out, "GET", "/v1/receipts/3", keys.now);
    expect_good(&out, "HEAD", "/v1/receipts/3", keys.now);
    expect_good(&out, "GET", "/v1/receipts/3", keys.now + 179999);
    expect_good(&out, "GET", "/v1/receipts/3", keys.now - 119999); /* clocks differ */
    buf_free(&out);
}

static void there_is_no_token_for_what_is_no_target(void **state)
{
    static const char *const bad[] = { "v1/find?signer=\"", "a b", "\x7f", "\xc3\xb1" };
    struct log_reader r = enrolled();
    (void)state;
    for (size_t i = 0; i < COUNT(bad); i++) {
        struct buf out = { 0 };
        log_reader_token(&out, &r, "GET", bad[i]);
        assert_true(out.failed);
        buf_free(&out);
    }
    struct buf out = { 0 };
    log_reader_token(&out, &r, "DELETE", "v1/receipts/3");
    assert_true(out.failed);
    buf_free(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_token_is_shown_where_it_is_asked_for),
        cmocka_unit_test(a_log_says_where_a_key_is_enrolled),
        cmocka_unit_test(or_it_does_not),
        cmocka_unit_test(a_token_is_good_for_one_request_and_three_minutes),
        cmocka_unit_test(there_is_no_token_for_what_is_no_target),
    };
    return cmocka_run_group_tests(tests, keys_make, keys_free);
}
