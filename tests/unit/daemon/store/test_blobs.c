/* blobs.h: files beside the log, from put to kept or gone. */
#include "daemon/store/blobs.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/clock_fake.h"
#include "tests/unit/daemon/store_fake.h"
#include "tests/unit/daemon/world.h"

static struct blobs *blobs_in(struct world *w)
{
    return w->service.blobs;
}

static struct blob_put put_of(const char *text)
{
    struct blob_put put = { .bytes = span_str(text), .signer = 2 };
    struct hash h;
    hash_bytes(&h, put.bytes);
    memcpy(put.sha256, h.b, HASH_BYTES);
    return put;
}

static void put(struct world *w, const struct blob_put *p, bool is_fresh)
{
    bool fresh;
    assert_int_equal(blobs_put(blobs_in(w), p, &fresh), BLOB_OK);
    assert_int_equal(fresh, is_fresh);
}

static enum blob_result look(struct world *w, const struct blob_put *p)
{
    uint64_t size = 0;
    enum blob_result r = blobs_size(blobs_in(w), p->sha256, &size);
    if (r == BLOB_OK)
        assert_int_equal(size, p->bytes.n);
    return r;
}

/* The path of a blob's file in a folder, for the next calls of text_of(). */
static const char *path_of(const struct world *w, const char *folder, const struct blob_put *p)
{
    char hex[2 * HASH_BYTES + 1];
    for (size_t i = 0; i < HASH_BYTES; i++)
        snprintf(hex + 2 * i, 3, "%02x", p->sha256[i]);
    return text_of("%s/%s/%s", w->folder, folder, hex);
}

static bool is_in(const struct world *w, const char *folder, const struct blob_put *p)
{
    return access(path_of(w, folder, p), F_OK) == 0;
}

/* Ends the world, whose folders must be empty. */
static void end(struct world *w)
{
    static const char *const folder[] = { "new", "kept" };
    for (size_t i = 0; i < COUNT(folder); i++) {
        const char *path = text_of("%s/%s", w->folder, folder[i]);
        DIR *d = opendir(path);
        assert_non_null(d);
        for (struct dirent *e = readdir(d); e != NULL; e = readdir(d))
            if (e->d_name[0] != '.')
                assert_int_equal(unlink(text_of("%s/%s", path, e->d_name)), 0);
        closedir(d);
    }
    world_free(w);
}

static void a_blob_is_put_and_read(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed"), other = put_of("another");
    struct buf out = { 0 };
    (void)state;
    assert_int_equal(look(w, &p), BLOB_ABSENT);
    put(w, &p, true);
    put(w, &p, false);
    assert_int_equal(look(w, &p), BLOB_OK);
    assert_true(is_in(w, "new", &p));
    buf_adds(&out, "before ");
    assert_int_equal(blobs_read(blobs_in(w), p.sha256, 6, &out), BLOB_OK);
    assert_string_equal(buf_str(&out), "before sealed");
    assert_int_equal(blobs_read(blobs_in(w), p.sha256, 5, &out), BLOB_TOO_LARGE);
    assert_int_equal(blobs_read(blobs_in(w), other.sha256, 99, &out), BLOB_ABSENT);
    assert_string_equal(buf_str(&out), "before sealed");
    buf_free(&out);
    end(w);
}

/* What is not what its name says is not given to anybody. */
static void an_altered_blob_is_not_read(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed");
    struct buf out = { 0 };
    (void)state;
    put(w, &p, true);
    FILE *f = fopen(path_of(w, "new", &p), "w");
    assert_non_null(f);
    fputs("sealeD", f);
    fclose(f);
    assert_int_equal(blobs_read(blobs_in(w), p.sha256, 99, &out), BLOB_IO);
    assert_int_equal(out.n, 0);
    buf_free(&out);
    end(w);
}

static void a_blob_that_is_named_is_kept(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed"), other = put_of("another");
    (void)state;
    put(w, &p, true);
    assert_int_equal(blobs_keep(blobs_in(w), p.sha256), BLOB_OK);
    assert_int_equal(blobs_keep(blobs_in(w), p.sha256), BLOB_OK);
    assert_int_equal(blobs_settle(blobs_in(w)), BLOB_OK);
    assert_true(is_in(w, "kept", &p) && !is_in(w, "new", &p));
    assert_int_equal(look(w, &p), BLOB_OK);
    put(w, &p, false);
    assert_int_equal(blobs_renew(blobs_in(w), p.sha256), BLOB_OK);
    assert_int_equal(blobs_keep(blobs_in(w), other.sha256), BLOB_ABSENT);
    assert_int_equal(blobs_renew(blobs_in(w), other.sha256), BLOB_ABSENT);
    end(w);
}

/* Milliseconds since 1970 at which a blob was put. */
static int64_t put_at(const struct world *w, const struct blob_put *p)
{
    struct stat s;
    assert_int_equal(stat(path_of(w, "new", p), &s), 0);
    return (int64_t)s.st_mtim.tv_sec * 1000 + s.st_mtim.tv_nsec / 1000000;
}

static void what_nobody_names_expires(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed"), kept = put_of("kept");
    (void)state;
    put(w, &p, true);
    put(w, &kept, true);
    int64_t at = put_at(w, &p);
    assert_int_equal(blobs_keep(blobs_in(w), kept.sha256), BLOB_OK);
    blobs_expire(blobs_in(w), at + PENDING_BLOB_MS - 10000);
    assert_int_equal(look(w, &p), BLOB_OK);
    blobs_expire(blobs_in(w), at + PENDING_BLOB_MS + 10000);
    assert_int_equal(look(w, &p), BLOB_ABSENT);
    assert_int_equal(look(w, &kept), BLOB_OK);
    end(w);
}

static struct world *expires_in; /* at the next read */
static int64_t expires_at;

ssize_t __real_read(int fd, void *bytes, size_t n);
ssize_t __wrap_read(int fd, void *bytes, size_t n);

ssize_t __wrap_read(int fd, void *bytes, size_t n)
{
    struct world *w = expires_in;
    expires_in = NULL;
    if (w != NULL)
        blobs_expire(blobs_in(w), expires_at);
    return __real_read(fd, bytes, n);
}

/* What is read is overwritten by then, and not damaged: nobody is told to run fsck. */
static void a_blob_that_expires_while_it_is_read_is_absent(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed");
    struct buf out = { 0 };
    (void)state;
    put(w, &p, true);
    expires_at = put_at(w, &p) + PENDING_BLOB_MS + 10000;
    expires_in = w;
    assert_int_equal(blobs_read(blobs_in(w), p.sha256, 100, &out), BLOB_ABSENT);
    assert_int_equal(out.n, 0);
    buf_free(&out);
    end(w);
}

/* Wherever it is; and once more is as good as once. */
static void an_erased_blob_is_gone(void **state)
{
    struct world *w = world_new(0);
    struct blob_put fresh = put_of("sealed"), kept = put_of("kept");
    (void)state;
    put(w, &fresh, true);
    put(w, &kept, true);
    assert_int_equal(blobs_keep(blobs_in(w), kept.sha256), BLOB_OK);
    assert_int_equal(blobs_erase(blobs_in(w), fresh.sha256), BLOB_OK);
    assert_int_equal(blobs_erase(blobs_in(w), kept.sha256), BLOB_OK);
    assert_int_equal(look(w, &fresh), BLOB_ABSENT);
    assert_int_equal(look(w, &kept), BLOB_ABSENT);
    assert_false(is_in(w, "new", &fresh) || is_in(w, "kept", &kept));
    assert_int_equal(blobs_erase(blobs_in(w), kept.sha256), BLOB_OK);
    put(w, &fresh, true); /* its place among those that wait is free again */
    end(w);
}

/* Its bytes are overwritten before its name goes: another name of the file shows it. */
static void an_erased_blob_is_overwritten(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed");
    char bytes[6] = "";
    (void)state;
    put(w, &p, true);
    const char *other = text_of("%s/other", w->folder);
    assert_int_equal(link(path_of(w, "new", &p), other), 0);
    assert_int_equal(blobs_erase(blobs_in(w), p.sha256), BLOB_OK);
    FILE *f = fopen(other, "r");
    assert_non_null(f);
    size_t n = fread(bytes, 1, sizeof bytes, f);
    fclose(f);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(bytes[i], 0);
    assert_int_equal(unlink(other), 0);
    end(w);
}

/* A start empties tmp/, and counts what waits. */
static void what_waits_is_counted_again_at_the_start(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed"), more = put_of("more");
    const struct pending_limits one = { .blobs = 1, .bytes = 1 << 20, .share = 100 };
    bool fresh;
    (void)state;
    put(w, &p, true);
    FILE *f = fopen(text_of("%s/tmp/half", w->folder), "w");
    assert_non_null(f);
    fclose(f);
    blobs_close(w->service.blobs);
    w->service.blobs = blobs_open(w->folder, &one);
    assert_non_null(w->service.blobs);
    assert_int_not_equal(access(text_of("%s/tmp/half", w->folder), F_OK), 0);
    assert_int_equal(blobs_put(blobs_in(w), &more, &fresh), BLOB_CROWDED);
    assert_int_equal(look(w, &more), BLOB_ABSENT);
    assert_int_equal(blobs_keep(blobs_in(w), p.sha256), BLOB_OK);
    put(w, &more, true);
    end(w);
}

/* What cannot be overwritten may be a copy of any blob: no erasure is done before it is gone. */
static void a_copy_that_stays_is_tried_again(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed");
    const struct pending_limits limits = { .blobs = 9, .bytes = 1 << 20, .share = 100 };
    (void)state;
    put(w, &p, true);
    for (int i = 0; i < 3; i++) /* a folder cannot be */
        assert_int_equal(mkdir(text_of("%s/tmp/copy%d", w->folder, i), 0700), 0);
    blobs_close(w->service.blobs);
    w->service.blobs = blobs_open(w->folder, &limits);
    assert_non_null(w->service.blobs);
    assert_int_equal(blobs_erase(blobs_in(w), p.sha256), BLOB_IO);
    assert_int_equal(rmdir(text_of("%s/tmp/copy1", w->folder)), 0);
    blobs_tidy(blobs_in(w));
    assert_int_equal(blobs_erase(blobs_in(w), p.sha256), BLOB_IO);
    assert_int_equal(rmdir(text_of("%s/tmp/copy0", w->folder)), 0);
    assert_int_equal(rmdir(text_of("%s/tmp/copy2", w->folder)), 0);
    assert_int_equal(blobs_erase(blobs_in(w), p.sha256), BLOB_IO);
    blobs_tidy(blobs_in(w));
    assert_int_equal(blobs_erase(blobs_in(w), p.sha256), BLOB_OK);
    end(w);
}

/* Of more than are remembered only the next start knows. */
static void of_many_copies_the_next_start_knows(void **state)
{
    struct world *w = world_new(0);
    struct blob_put p = put_of("sealed");
    const struct pending_limits limits = { .blobs = 9, .bytes = 1 << 20, .share = 100 };
    (void)state;
    for (int i = 0; i < 17; i++)
        assert_int_equal(mkdir(text_of("%s/tmp/copy%d", w->folder, i), 0700), 0);
    for (int round = 0; round < 2; round++) {
        blobs_close(w->service.blobs);
        w->service.blobs = blobs_open(w->folder, &limits);
        assert_non_null(w->service.blobs);
        for (int i = 0; i < 17; i++)
            rmdir(text_of("%s/tmp/copy%d", w->folder, i));
        blobs_tidy(blobs_in(w));
        assert_int_equal(blobs_erase(blobs_in(w), p.sha256), round == 0 ? BLOB_IO : BLOB_OK);
    }
    end(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_blob_is_put_and_read),
        cmocka_unit_test(an_altered_blob_is_not_read),
        cmocka_unit_test(a_blob_that_is_named_is_kept),
        cmocka_unit_test(what_nobody_names_expires),
        cmocka_unit_test(a_blob_that_expires_while_it_is_read_is_absent),
        cmocka_unit_test(an_erased_blob_is_gone),
        cmocka_unit_test(an_erased_blob_is_overwritten),
        cmocka_unit_test(what_waits_is_counted_again_at_the_start),
        cmocka_unit_test(a_copy_that_stays_is_tried_again),
        cmocka_unit_test(of_many_copies_the_next_start_knows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
