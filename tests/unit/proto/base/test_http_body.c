#include "tests/unit/fixture.h"

#include <stdlib.h>
#include <zlib.h>

#include "proto/base/http_body.h"
#include "proto/base/limits.h"

/* Packs n bytes as one gzip member behind what is there. */
static void pack(struct buf *out, const void *bytes, size_t n)
{
    z_stream z = { .next_in = (z_const Bytef *)bytes, .avail_in = (uInt)n };
    assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY), Z_OK);
    size_t room = deflateBound(&z, n);
    z.next_out = buf_reserve(out, room);
    z.avail_out = (uInt)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    out->n += room - z.avail_out;
    deflateEnd(&z);
}

static const char text[] = "entries, entries, entries, entries, one behind the other";
#define TEXT_BYTES (sizeof text - 1)

static enum gzip unpack(const struct buf *packed, size_t n, size_t max, struct buf *out)
{
    buf_clear(out);
    buf_adds(out, "before ");
    enum gzip result = gzip_unpack(out, span_of(packed->p, n), max);
    assert_false(out->failed);
    if (result != GZIP_GOOD)
        assert_true(span_is(buf_span(out), "before "));
    return result;
}

static void unpacks_what_was_packed(void **state)
{
    struct buf packed = { 0 }, out = { 0 };
    (void)state;
    pack(&packed, text, TEXT_BYTES);
    assert_int_equal(unpack(&packed, packed.n, TEXT_BYTES, &out), GZIP_GOOD);
    assert_string_equal(buf_str(&out) + 7, text);
    buf_clear(&packed);
    pack(&packed, "", 0);
    assert_int_equal(unpack(&packed, packed.n, 0, &out), GZIP_GOOD);
    assert_string_equal(buf_str(&out), "before ");
    buf_free(&packed);
    buf_free(&out);
}

static void unpacks_several_members(void **state)
{
    struct buf packed = { 0 }, out = { 0 };
    (void)state;
    pack(&packed, "one ", 4);
    pack(&packed, "", 0);
    pack(&packed, "two", 3);
    assert_int_equal(unpack(&packed, packed.n, 7, &out), GZIP_GOOD);
    assert_string_equal(buf_str(&out) + 7, "one two");
    assert_int_equal(unpack(&packed, packed.n, 6, &out), GZIP_TOO_LARGE);
    buf_free(&packed);
    buf_free(&out);
}

/* Cut off anywhere, altered in its check sums, with anything behind it: never taken for the
 * whole. */
static void refuses_what_is_damaged(void **state)
{
    struct buf packed = { 0 }, out = { 0 };
    (void)state;
    pack(&packed, text, TEXT_BYTES);
    for (size_t n = 0; n < packed.n; n++)
        assert_int_equal(unpack(&packed, n, TEXT_BYTES, &out), GZIP_DAMAGED);
    for (size_t i = packed.n - 8; i < packed.n; i++) {
        packed.p[i] ^= 1;
        assert_int_equal(unpack(&packed, packed.n, TEXT_BYTES, &out), GZIP_DAMAGED);
        packed.p[i] ^= 1;
    }
    buf_adds(&packed, "x");
    assert_int_equal(unpack(&packed, packed.n, TEXT_BYTES, &out), GZIP_DAMAGED);
    buf_clear(&packed);
    buf_adds(&packed, text);
    assert_int_equal(unpack(&packed, packed.n, TEXT_BYTES, &out), GZIP_DAMAGED);
    buf_free(&packed);
    buf_free(&out);
}

static void zlib_without_a_gzip_header_is_none(void **state)
{
    uint8_t bytes[256];
    uLongf n = sizeof bytes;
    struct buf packed = { 0 }, out = { 0 };
    (void)state;
    assert_int_equal(compress(bytes, &n, (const Bytef *)text, TEXT_BYTES), Z_OK);
    buf_add(&packed, bytes, n);
    assert_int_equal(unpack(&packed, packed.n, TEXT_BYTES, &out), GZIP_DAMAGED);
    buf_free(&packed);
    buf_free(&out);
}

/* A bomb takes no more memory than the cap and a step. */
static void stops_at_the_cap(void **state)
{
    size_t n = 64 << 20;
    struct buf packed = { 0 }, out = { 0 };
    uint8_t *zeroes = calloc(1, n);
    (void)state;
    assert_non_null(zeroes);
    pack(&packed, zeroes, n);
    free(zeroes);
    assert_int_equal(unpack(&packed, packed.n, n, &out), GZIP_GOOD);
    buf_free(&out);
    assert_int_equal(unpack(&packed, packed.n, 8192, &out), GZIP_TOO_LARGE);
    assert_true(out.cap < 1 << 20);
    buf_free(&packed);
    buf_free(&out);
}

/* What cannot be made smaller still fits what is read of the network. */
static void the_longest_gzip_is_known(void **state)
{
    static uint8_t noise[1 << 20];
    struct buf packed = { 0 };
    uint32_t x = 1;
    (void)state;
    for (size_t i = 0; i < sizeof noise; i++) {
        x = x * 1664525 + 1013904223;
        noise[i] = (uint8_t)(x >> 24);
    }
    pack(&packed, noise, sizeof noise);
    assert_true(packed.n > sizeof noise);
    assert_true(packed.n <= gzip_longest(sizeof noise));
    buf_free(&packed);
}

static void knows_encodings(void **state)
{
    static const char *const others[] = { "br",         "deflate", "x-gzip", "gzip, gzip", "zstd",
                                          "gzip;q=1.0", "g zip",   "gz",     "compress" };
    (void)state;
    assert_int_equal(encoding_of(NULL), ENCODING_NONE);
    assert_int_equal(encoding_of(""), ENCODING_NONE);
    assert_int_equal(encoding_of("\r"), ENCODING_NONE); /* of an empty value libcurl leaves this */
    assert_int_equal(encoding_of("identity"), ENCODING_NONE);
    assert_int_equal(encoding_of(" gzip "),
                     ENCODING_GZIP); /* spaces about a value are not its own */
    assert_int_equal(encoding_of("gzip"), ENCODING_GZIP);
    assert_int_equal(encoding_of("GZip"), ENCODING_GZIP);
    for (size_t i = 0; i < COUNT(others); i++)
        assert_int_equal(encoding_of(others[i]), ENCODING_OTHER);
}

static void counts_header_lines(void **state)
{
    char line[1024] = { 0 };
    size_t count = 0;
    (void)state;
    for (size_t i = 0; i < HEAD_BYTES_MAX / sizeof line; i++)
        assert_int_equal(head_count(line, 1, sizeof line, &count), sizeof line);
    assert_int_equal(head_count(line, 1, 1, &count), 0);
    assert_int_equal(head_count(line, 1, 1, &count), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unpacks_what_was_packed),
        cmocka_unit_test(unpacks_several_members),
        cmocka_unit_test(refuses_what_is_damaged),
        cmocka_unit_test(zlib_without_a_gzip_header_is_none),
        cmocka_unit_test(stops_at_the_cap),
        cmocka_unit_test(the_longest_gzip_is_known),
        cmocka_unit_test(knows_encodings),
        cmocka_unit_test(counts_header_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
