/* manifest.h: what a backup says of itself, written, read, and altered in each byte. */
#include "daemon/backup/manifest.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

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

static int make_folder(void **state)
{
    (void)state;
    snprintf(folder, sizeof folder, "/tmp/bitacora-unit.XXXXXX");
    return mkdtemp(folder) == NULL;
}

static int remove_folder(void **state)
{
    (void)state;
    unlink(text_of("%s/backup", folder));
    return rmdir(folder);
}

static struct log_copied copied_of(const struct log *l, size_t size)
{
    struct log_copied c = { .vkey = l->who[THE_LOG].key.vkey, .size = size };
    struct buf note = { 0 };
    log_root(l, size, &c.root);
    log_checkpoint(&note, l, size);
    assert_true(note.n <= sizeof c.checkpoint);
    memcpy(c.checkpoint, note.p, note.n);
    c.checkpoint_length = note.n;
    buf_free(&note);
    return c;
}

static enum manifest_result read_text(struct log_copied *out, struct span text)
{
    const char *path = text_of("%s/backup", folder);
    unlink(path);
    write_bytes(path, text);
    return manifest_read(folder, MANIFEST_BACKUP, out);
}

static void is_read_as_it_was_written(void **state)
{
    struct log l = { 0 };
    struct log_copied got;
    (void)state;
    log_start(&l, "");
    struct log_copied c = copied_of(&l, 5);
    assert_int_equal(manifest_write(folder, MANIFEST_BACKUP, &c), 0);
    assert_int_equal(manifest_read(folder, MANIFEST_BACKUP, &got), MANIFEST_OK);
    assert_true(vkey_eq(&got.vkey, &c.vkey));
    assert_int_equal(got.size, 5);
    assert_true(hash_eq(&got.root, &c.root));
    assert_true(span_eq(span_of(got.checkpoint, got.checkpoint_length),
                        span_of(c.checkpoint, c.checkpoint_length)));
    assert_int_equal(manifest_read(folder, MANIFEST_RESTORED, &got), MANIFEST_MISSING);
    assert_int_equal(manifest_write("/nowhere", MANIFEST_BACKUP, &c), 1);
    log_free(&l);
}

/* One byte less, more, or another one, and it is none. */
static void no_byte_of_it_can_change(void **state)
{
    struct log l = { 0 };
    struct log_copied got;
    struct buf text = { 0 };
    (void)state;
    log_start(&l, "");
    struct log_copied c = copied_of(&l, 5);
    assert_int_equal(manifest_write(folder, MANIFEST_BACKUP, &c), 0);
    assert_true(read_bytes(&text, text_of("%s/backup", folder)));
    for (size_t i = 0; i < text.n; i += every()) {
        text.p[i] ^= 1;
        assert_int_equal(read_text(&got, buf_span(&text)), MANIFEST_WRONG);
        text.p[i] ^= 1;
    }
    for (size_t n = 0; n < text.n; n += every())
        assert_int_equal(read_text(&got, span_of(text.p, n)), MANIFEST_WRONG);
    assert_int_equal(read_text(&got, buf_span(&text)), MANIFEST_OK);
    buf_adds(&text, "\n");
    assert_int_equal(read_text(&got, buf_span(&text)), MANIFEST_WRONG);
    buf_free(&text);
    log_free(&l);
}

static void is_signed_by_the_key_and_for_the_origin_that_it_names(void **state)
{
    struct log l = { 0 };
    struct log_copied got;
    struct skey other;
    (void)state;
    log_start(&l, "");
    struct log_copied c = copied_of(&l, 5);
    c.vkey = l.who[STRANGER].key.vkey;
    assert_int_equal(manifest_write(folder, MANIFEST_BACKUP, &c), 0);
    assert_int_equal(manifest_read(folder, MANIFEST_BACKUP, &got), MANIFEST_WRONG);
    /* A key of another name signs a checkpoint of this origin. */
    struct buf text = { 0 }, note = { 0 };
    skey_generate(&other, span_str("other.example.mx"), KEY_NOTE);
    checkpoint_format(&text, ORIGIN, 5, &c.root);
    note_sign(&note, buf_span(&text), &other);
    memcpy(c.checkpoint, note.p, note.n);
    c.checkpoint_length = note.n;
    c.vkey = other.vkey;
    assert_int_equal(manifest_write(folder, MANIFEST_BACKUP, &c), 0);
    assert_int_equal(manifest_read(folder, MANIFEST_BACKUP, &got), MANIFEST_WRONG);
    buf_free(&text);
    buf_free(&note);
    log_free(&l);
}

static void what_is_no_file_or_too_long_is_none(void **state)
{
    struct log_copied got;
    struct buf text = { 0 };
    const char *path = text_of("%s/backup", folder);
    (void)state;
    unlink(path);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(manifest_read(folder, MANIFEST_BACKUP, &got), MANIFEST_WRONG);
    unlink(path);
    assert_int_equal(symlink("/dev/zero", path), 0);
    assert_int_equal(manifest_read(folder, MANIFEST_BACKUP, &got), MANIFEST_WRONG);
    for (size_t i = 0; i < 100000; i++)
        buf_adds(&text, "bitacora/v1 backup\n");
    assert_int_equal(read_text(&got, buf_span(&text)), MANIFEST_WRONG);
    buf_free(&text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(is_read_as_it_was_written),
        cmocka_unit_test(no_byte_of_it_can_change),
        cmocka_unit_test(is_signed_by_the_key_and_for_the_origin_that_it_names),
        cmocka_unit_test(what_is_no_file_or_too_long_is_none),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
