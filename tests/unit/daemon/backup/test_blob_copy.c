/* blob_copy.h: which blobs a copy gets, of a folder in which anything may lie. */
#include "daemon/backup/blob_copy.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/backup/log_copy.h"
#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "tests/unit/fixture.h"

static char folder[32];

static void write_bytes(const char *path, struct span bytes)
{
    FILE *f = fopen(path, "wx");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
    assert_int_equal(fclose(f), 0);
}

/* Whether there is such a file. */
static bool read_bytes(struct buf *out, const char *path)
{
    FILE *f = fopen(path, "r");
    buf_clear(out);
    for (int c; f != NULL && (c = getc(f)) != EOF;)
        buf_add(out, &(uint8_t){ (uint8_t)c }, 1);
    return f != NULL && fclose(f) == 0;
}

static int make_folders(void **state)
{
    static const char *const names[] = { "from", "to" };
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bitacora-unit.XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    for (size_t i = 0; i < COUNT(names); i++) {
        assert_int_equal(mkdir(text_of("%s/%s", folder, names[i]), 0700), 0);
        assert_int_equal(mkdir(text_of("%s/%s/blobs", folder, names[i]), 0700), 0);
        assert_int_equal(mkdir(text_of("%s/%s/blobs/tmp", folder, names[i]), 0700), 0);
        assert_int_equal(mkdir(text_of("%s/%s/blobs/kept", folder, names[i]), 0700), 0);
    }
    return 0;
}

static int remove_folders(void **state)
{
    (void)state;
    return folder_remove(folder);
}

static const char *path_of_bytes(const char *side, struct span bytes)
{
    struct hash h;
    char hex[2 * HASH_BYTES + 1];
    hash_bytes(&h, bytes);
    hex_format(hex, h.b, HASH_BYTES);
    return text_of("%s/%s/blobs/kept/%s", folder, side, hex);
}

static const char *path_of(const char *side, const char *text)
{
    return path_of_bytes(side, span_str(text));
}

/* A file of the name that the bytes of `text` have, which says `says`. */
static void lay(const char *side, const char *text, const char *says)
{
    write_bytes(path_of(side, text), span_str(says));
}

static bool copied(const char *text)
{
    struct buf got = { 0 };
    bool there = read_bytes(&got, path_of("to", text)) && span_is(buf_span(&got), text);
    buf_free(&got);
    return there;
}

/* A registry that knows one erasure. */
static struct registry *erased(const char *text)
{
    struct log l = { 0 };
    struct hash h;
    struct entry e;
    struct record record;
    struct refusal why;
    char blob[64], order[64];
    struct registry *r = registry_new();
    assert_non_null(r);
    hash_bytes(&h, span_str(text));
    base64_encode(blob, h.b, HASH_BYTES);
    base64_encode(order, h.b, HASH_BYTES);
    log_start(&l, "");
    uint64_t at =
        log_add(&l, BY(JUDGE, KIND_ERASURE,
                       .members = text_of("\"blob\":\"%s\",\"order\":\"%s\"", blob, order)));
    for (uint64_t i = 0; i <= at; i++) {
        assert_int_equal(entry_parse(&e, buf_span(&l.entry[i]), &why), 0);
        assert_int_equal(record_parse(&record, e.note, &why), 0);
        assert_int_equal(registry_apply(r, i, &l.leaf[i], &record), 0);
        record_free(&record);
    }
    assert_int_equal(registry_erased(r, h.b), at);
    log_free(&l);
    return r;
}

static struct blob_copy copy_with(const struct registry *r, int expected)
{
    struct blob_copy b = { .from = text_of("%s/from", folder),
                           .to = text_of("%s/to", folder),
                           .registry = r };
    assert_int_equal(blob_copy_all(&b), expected);
    return b;
}

static void what_is_kept_is_copied_but_for_what_is_erased(void **state)
{
    struct registry *r = erased("order");
    (void)state;
    lay("from", "one", "one");
    lay("from", "two", "two");
    lay("from", "order", "order");
    write_bytes(text_of("%s/from/blobs/kept/README", folder), span_str("x"));
    struct blob_copy b = copy_with(r, 0);
    assert_int_equal(b.files, 2);
    assert_int_equal(b.bytes, 6);
    assert_int_equal(b.lost, 0);
    assert_true(copied("one") && copied("two"));
    assert_false(copied("order"));
    assert_int_not_equal(access(text_of("%s/to/blobs/kept/README", folder), F_OK), 0);
    assert_int_not_equal(access(text_of("%s/to/blobs/tmp/copy", folder), F_OK), 0);
    /* An earlier try has it, from before the order; one copy is there already. */
    lay("to", "order", "order");
    assert_int_equal(link(path_of("to", "order"), text_of("%s/trace", folder)), 0);
    b = copy_with(r, 0);
    assert_int_equal(b.files, 2);
    assert_false(copied("order"));
    struct buf trace = { 0 };
    assert_true(read_bytes(&trace, text_of("%s/trace", folder)));
    assert_true(trace.n == 5 &&
                memcmp(trace.p, "\0\0\0\0\0", 5) == 0); /* its bytes are gone, too */
    buf_free(&trace);
    registry_free(r);
}

/* Somebody has laid a blob into a backup, under its right name. */
static void what_no_entry_names_is_left_out(void **state)
{
    struct registry *r = erased("order");
    struct buf named = { 0 };
    struct hash h;
    (void)state;
    lay("from", "one", "one");
    lay("from", "laid", "laid");
    struct blob_copy b = { .from = text_of("%s/from", folder),
                           .to = text_of("%s/to", folder),
                           .registry = r,
                           .named = &named };
    assert_int_equal(blob_copy_all(&b), 0);
    assert_true(b.files == 0 && b.unnamed == 2);
    hash_bytes(&h, span_str("one"));
    buf_add(&named, h.b, HASH_BYTES);
    assert_int_equal(blob_copy_all(&b), 0);
    assert_true(b.files == 1 && b.bytes == 3 && b.unnamed == 1 && b.lost == 0);
    assert_true(copied("one"));
    assert_false(copied("laid"));
    b.named = NULL;
    assert_int_equal(blob_copy_all(&b), 0);
    assert_true(b.files == 2 && b.unnamed == 0 && copied("laid"));
    buf_free(&named);
    registry_free(r);
}

static void what_is_not_what_its_name_says_is_lost(void **state)
{
    struct registry *r = erased("order");
    (void)state;
    lay("from", "good", "good");
    lay("from", "changed", "change?");
    lay("from", "zeros", "");
    static const uint8_t longer[RULESET_MAX + 1]; /* than any blob */
    write_bytes(path_of_bytes("from", span_of(longer, sizeof longer)),
                span_of(longer, sizeof longer));
    assert_int_equal(symlink("/nowhere", path_of("from", "gone")), 0);
    struct blob_copy b = copy_with(r, 0);
    assert_int_equal(b.lost, 4);
    assert_int_equal(b.files, 1);
    assert_true(copied("good"));
    assert_false(copied("changed"));
    registry_free(r);
}

/* As many of them as somebody likes take nothing of his disk. */
static void a_hole_stays_a_hole(void **state)
{
    static uint8_t bytes[RULESET_MAX - 5];
    struct registry *r = erased("order");
    struct buf got = { 0 };
    struct stat st;
    (void)state;
    bytes[10 * 4096 + 7] = 1;
    struct span blob = span_of(bytes, sizeof bytes);
    write_bytes(path_of_bytes("from", blob), blob);
    assert_int_equal(copy_with(r, 0).bytes, sizeof bytes);
    assert_true(read_bytes(&got, path_of_bytes("to", blob)));
    assert_true(span_eq(buf_span(&got), blob));
    assert_int_equal(stat(path_of_bytes("to", blob), &st), 0);
    assert_in_range(st.st_blocks, 0, 128);
    buf_free(&got);
    registry_free(r);
}

static void what_is_no_file_ends_it(void **state)
{
    struct registry *r = erased("order");
    (void)state;
    assert_int_equal(mkfifo(path_of("from", "pipe"), 0600), 0);
    copy_with(r, 1);
    assert_int_equal(unlink(path_of("from", "pipe")), 0);
    assert_int_equal(symlink("/dev/zero", path_of("from", "endless")), 0);
    copy_with(r, 1);
    assert_int_equal(unlink(path_of("from", "endless")), 0);
    copy_with(r, 0);
    registry_free(r);
}

/* Somebody has laid a link where the copy is written. */
static void a_link_is_not_written_through(void **state)
{
    struct registry *r = erased("order");
    struct buf got = { 0 };
    (void)state;
    lay("from", "bytes", "bytes");
    const char *victim = text_of("%s/victim", folder);
    write_bytes(victim, span_str("whole"));
    assert_int_equal(symlink(victim, text_of("%s/to/blobs/tmp/copy", folder)), 0);
    copy_with(r, 0);
    assert_true(copied("bytes"));
    assert_true(read_bytes(&got, victim));
    assert_true(span_is(buf_span(&got), "whole"));
    assert_int_equal(symlink(victim, path_of("to", "order")), 0); /* nor erased through */
    copy_with(r, 1);
    assert_true(read_bytes(&got, victim));
    assert_true(span_is(buf_span(&got), "whole"));
    buf_free(&got);
    registry_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(what_is_kept_is_copied_but_for_what_is_erased, make_folders,
                                        remove_folders),
        cmocka_unit_test_setup_teardown(what_no_entry_names_is_left_out, make_folders,
                                        remove_folders),
        cmocka_unit_test_setup_teardown(what_is_not_what_its_name_says_is_lost, make_folders,
                                        remove_folders),
        cmocka_unit_test_setup_teardown(a_hole_stays_a_hole, make_folders, remove_folders),
        cmocka_unit_test_setup_teardown(what_is_no_file_ends_it, make_folders, remove_folders),
        cmocka_unit_test_setup_teardown(a_link_is_not_written_through, make_folders,
                                        remove_folders),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
