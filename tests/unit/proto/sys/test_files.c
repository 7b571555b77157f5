/* Linked with --wrap=fsync: the disk fails when a test says so. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/sys/files.h"

#define CAP 16

static char folder[64]; /* of one test; each leaves it empty */
static int sync_good;   /* how many more syncs succeed; -1: all */

int __real_fsync(int fd);
int __wrap_fsync(int fd);

int __wrap_fsync(int fd)
{
    if (sync_good < 0)
        return __real_fsync(fd);
    if (sync_good > 0)
        return sync_good--, __real_fsync(fd);
    errno = EIO;
    return -1;
}

static int make_folder(void **state)
{
    (void)state;
    sync_good = -1;
    snprintf(folder, sizeof folder, "/tmp/bitacora-files-XXXXXX");
    return mkdtemp(folder) == NULL;
}

/* Fails if anything is in it yet. */
static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* The path of a name in the folder. Valid until the fourth call after it. */
static const char *at(const char *name)
{
    static char path[4][256];
    static unsigned next;
    char *p = path[next++ % 4];
    snprintf(p, sizeof path[0], "%s/%s", folder, name);
    return p;
}

static void put(const char *name, const char *text)
{
    assert_int_equal(file_replace(at(name), span_str(text), 0600), 0);
}

static void holds(const char *name, const char *text)
{
    struct buf b = { 0 };
    assert_int_equal(file_read(&b, at(name), CAP), FILE_OK);
    assert_string_equal(buf_str(&b), text);
    buf_free(&b);
}

static void is_absent(const char *name)
{
    assert_int_equal(access(at(name), F_OK), -1);
}

static void a_file_is_replaced_whole(void **state)
{
    (void)state;
    struct stat s;
    put("a", "former");
    assert_int_equal(file_replace(at("a"), span_str("newer"), 0640), 0);
    holds("a", "newer");
    assert_int_equal(stat(at("a"), &s), 0);
    assert_int_equal(s.st_mode & 07777, 0640);
    unlink(at("a"));
}

static void a_disk_that_fails_leaves_the_former_file(void **state)
{
    (void)state;
    put("a", "former");
    sync_good = 0;
    errno = 0;
    assert_int_equal(file_replace(at("a"), span_str("newer"), 0600), -1);
    assert_int_equal(errno, EIO);
    holds("a", "former");
    unlink(at("a")); /* and remove_folder() finds no file beside it */
}

static void a_folder_that_is_not_synced_is_said(void **state)
{
    (void)state;
    put("a", "former");
    sync_good = 1;
    errno = 0;
    assert_int_equal(file_replace(at("a"), span_str("newer"), 0600), FILE_NOT_SYNCED);
    assert_int_equal(errno, EIO);
    holds("a", "newer");
    unlink(at("a"));
}

static void a_file_in_steps_is_there_once_kept(void **state)
{
    (void)state;
    struct new_file f;
    assert_int_equal(new_file_open(&f, at("a"), 0600), 0);
    assert_int_equal(file_write_all(f.fd, span_str("one ")), 0);
    is_absent("a");
    assert_int_equal(file_write_all(f.fd, span_str("two")), 0);
    assert_int_equal(new_file_keep(&f), 0);
    holds("a", "one two");
    unlink(at("a"));
    assert_int_equal(new_file_open(&f, at("b"), 0600), 0);
    errno = ENOSPC;
    new_file_drop(&f);
    assert_int_equal(errno, ENOSPC);
    is_absent("b");
}

static void a_new_file_replaces_none(void **state)
{
    (void)state;
    assert_int_equal(file_create(at("a"), span_str("first"), 0600), 0);
    errno = 0;
    assert_int_equal(file_create(at("a"), span_str("second"), 0600), -1);
    assert_int_equal(errno, EEXIST);
    holds("a", "first");
    unlink(at("a"));
    sync_good = 0;
    assert_int_equal(file_create(at("b"), span_str("x"), 0600), -1);
    is_absent("b");
}

static bool is_a(const char *name, size_t length)
{
    return length == 1 && name[0] == 'a';
}

static void what_a_killed_program_left_is_removed(void **state)
{
    (void)state;
    size_t length;
    put("a.new-XyZ012", "left");
    put("b.new-XyZ012", "of another");
    put("a.new-XyZ01", "too short");
    put("a", "kept");
    file_remove_left_over(folder, is_a);
    is_absent("a.new-XyZ012");
    holds("b.new-XyZ012", "of another");
    holds("a.new-XyZ01", "too short");
    holds("a", "kept");
    unlink(at("b.new-XyZ012"));
    unlink(at("a.new-XyZ01"));
    unlink(at("a"));
    assert_true(file_is_left_over("state.new-abcdef", &length));
    assert_int_equal(length, 5);
    assert_false(file_is_left_over(".new-abcdef", &length));
    assert_false(file_is_left_over("state.old-abcdef", &length));
}

static void reading_stops_at_the_cap(void **state)
{
    (void)state;
    struct buf b = { 0 };
    put("a", "0123456789abcdef");
    holds("a", "0123456789abcdef");
    errno = 0;
    assert_int_equal(file_read(&b, at("a"), CAP - 1), FILE_TOO_LARGE);
    assert_int_equal(errno, EFBIG);
    assert_int_equal(file_read_at_once(&b, at("a"), CAP - 1), FILE_TOO_LARGE);
    assert_int_equal(symlink("a", at("link")), 0);
    assert_int_equal(file_read_at_once(&b, at("link"), CAP), FILE_OK);
    assert_int_equal(file_read_no_link(&b, at("link"), CAP), FILE_FAILED);
    assert_int_equal(errno, ELOOP);
    assert_int_equal(file_read_no_link(&b, at("a"), CAP), FILE_OK);
    unlink(at("link"));
    buf_free(&b);
    unlink(at("a"));
}

static void what_is_no_file_is_told_apart(void **state)
{
    (void)state;
    struct buf b = { 0 };
    enum file why;
    assert_int_equal(file_read(&b, at("none"), CAP), FILE_MISSING);
    assert_int_equal(errno, ENOENT);
    assert_int_equal(file_read(&b, folder, CAP), FILE_SPECIAL);
    assert_int_equal(errno, EISDIR);
    assert_int_equal(file_read(&b, "/dev/zero", CAP), FILE_SPECIAL);
    assert_int_equal(file_read(&b, "/dev/null", CAP), FILE_OK);
    assert_int_equal(b.n, 0);
    assert_int_equal(file_open("/dev/zero", &why), -1);
    assert_int_equal(why, FILE_SPECIAL);
    buf_free(&b);
}

static void a_pipe_is_read_only_by_who_may_wait(void **state)
{
    (void)state;
    struct buf b = { 0 };
    assert_int_equal(mkfifo(at("pipe"), 0600), 0);
    assert_int_equal(file_read_at_once(&b, at("pipe"), CAP), FILE_SPECIAL);
    pid_t writer = fork();
    if (writer == 0) {
        int fd = open(at("pipe"), O_WRONLY);
        _exit(fd < 0 || file_write_all(fd, span_str("piped")) != 0);
    }
    assert_true(writer > 0);
    enum file result = file_read(&b, at("pipe"), CAP);
    int status;
    assert_int_equal(waitpid(writer, &status, 0), writer);
    assert_int_equal(status, 0);
    assert_int_equal(result, FILE_OK);
    assert_string_equal(buf_str(&b), "piped");
    buf_free(&b);
    unlink(at("pipe"));
}

#define LACKS_MEMORY(call)                                                                         \
    do {                                                                                           \
        errno = 0;                                                                                 \
        assert_int_equal(call, -1);                                                                \
        assert_int_equal(errno, ENOMEM);                                                           \
    } while (0)

static void a_name_that_could_not_be_made_fails(void **state)
{
    (void)state;
    struct buf b = { 0 };
    struct new_file f;
    enum file why;
    LACKS_MEMORY(file_replace(NULL, span_str("x"), 0600));
    LACKS_MEMORY(file_create(NULL, span_str("x"), 0600));
    LACKS_MEMORY(new_file_open(&f, NULL, 0600));
    LACKS_MEMORY(file_open(NULL, &why));
    LACKS_MEMORY(file_lock(NULL));
    LACKS_MEMORY(directory_lock(NULL));
    LACKS_MEMORY(directory_sync(NULL));
    LACKS_MEMORY(file_make_parents(NULL));
    errno = 0;
    assert_int_equal(file_read(&b, NULL, CAP), FILE_FAILED);
    assert_int_equal(errno, ENOMEM);
    assert_int_equal(file_read_at_once(&b, NULL, CAP), FILE_FAILED);
    buf_free(&b);
}

static void a_lock_is_a_file_of_our_own(void **state)
{
    (void)state;
    int fd = file_lock(at("a"));
    assert_true(fd >= 0);
    assert_int_equal(access(at("a.lock"), F_OK), 0);
    close(fd);
    unlink(at("a.lock"));
    put("elsewhere", "x");
    assert_int_equal(symlink(at("elsewhere"), at("b.lock")), 0);
    assert_int_equal(file_lock(at("b")), -1);
    assert_int_equal(mkfifo(at("c.lock"), 0600), 0);
    assert_int_equal(file_lock(at("c")), -1);
    assert_int_equal(errno, EINVAL);
    unlink(at("elsewhere"));
    unlink(at("b.lock"));
    unlink(at("c.lock"));
}

int main(void)
{
#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_folder, remove_folder)
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_replaced_whole),
        IN_FOLDER(a_disk_that_fails_leaves_the_former_file),
        IN_FOLDER(a_folder_that_is_not_synced_is_said),
        IN_FOLDER(a_file_in_steps_is_there_once_kept),
        IN_FOLDER(a_new_file_replaces_none),
        IN_FOLDER(what_a_killed_program_left_is_removed),
        IN_FOLDER(reading_stops_at_the_cap),
        IN_FOLDER(what_is_no_file_is_told_apart),
        IN_FOLDER(a_pipe_is_read_only_by_who_may_wait),
        IN_FOLDER(a_name_that_could_not_be_made_fails),
        IN_FOLDER(a_lock_is_a_file_of_our_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
