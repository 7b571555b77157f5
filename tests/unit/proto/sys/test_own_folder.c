/* What unit tests leave behind: nothing, however their program ends. The program runs itself, with a
 * test that makes what tests make and then ends as ENDS says. */
#include "tests/unit/fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TOLD 9 /* where that program says what it made */

static const char *ends;

static void tell(const char *path)
{
    assert_int_equal(write(TOLD, path, strlen(path) + 1), strlen(path) + 1);
}

static void makes_and_ends(void **state)
{
    char folder[] = "/tmp/bitacora-unit.XXXXXX", file[] = "/tmp/bitacora-unit.XXXXXX";
    char here[PATH_MAX];
    (void)state;
    assert_non_null(mkdtemp(folder));
    assert_int_equal(mkdir(text_of("%s/below", folder), 0700), 0);
    close(open(text_of("%s/below/file", folder), O_CREAT | O_WRONLY, 0600));
    int fd = mkstemp(file);
    assert_true(fd >= 0);
    close(open(text_of("%s.lock", file), O_CREAT | O_WRONLY, 0600));
    close(open("stray", O_CREAT | O_WRONLY, 0600));
    assert_non_null(getcwd(here, sizeof here));
    tell(here);
    tell(folder);
    tell(file);
    tell(text_of("%s.lock", file));
    assert_int_equal(access(text_of("%s/stray", here), F_OK), 0);
    if (strcmp(ends, "fails") == 0)
        fail();
    else if (strcmp(ends, "exits") == 0)
        _exit(1);
    else if (strcmp(ends, "is killed") == 0)
        raise(SIGKILL);
    else if (strcmp(ends, "is out of time") == 0)
        for (struct rlimit none = { 0, 0 };;)
            setrlimit(RLIMIT_CPU, &none);
}

/* Runs it; returns how many bytes of names it told. */
static size_t run_that(const char *how, char *told, size_t room)
{
    int pipes[2];
    size_t n = 0;
    ssize_t got;
    assert_int_equal(pipe(pipes), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        int nowhere = open("/dev/null", O_WRONLY);
        dup2(nowhere, 1);
        dup2(nowhere, 2);
        dup2(pipes[1], TOLD);
        setenv("ENDS", how, 1);
        execl("/proc/self/exe", "test_own_folder", NULL);
        _exit(127);
    }
    close(pipes[1]);
    while ((got = read(pipes[0], told + n, room - n)) > 0)
        n += (size_t)got;
    close(pipes[0]);
    assert_int_equal(waitpid(child, NULL, 0), child);
    return n;
}

/* Who was killed has no time left to see to it: somebody else does, a little later. */
static void wait_until_gone(const char *path)
{
    for (int i = 0; i < 6000 && access(path, F_OK) == 0; i++)
        usleep(10000);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(errno, ENOENT);
}

static void nothing_is_left(void **state)
{
    static const char *const how[] = { "passes", "fails", "exits", "is killed", "is out of time" };
    static char told[8 * PATH_MAX];
    (void)state;
    for (size_t i = 0; i < COUNT(how); i++) {
        size_t n = run_that(how[i], told, sizeof told), paths = 0;
        for (size_t at = 0; at < n; at += strlen(told + at) + 1, paths++) {
            if (i < 2)
                assert_int_equal(access(told + at, F_OK), -1); /* when it has ended, not later */
            wait_until_gone(told + at);
        }
        assert_int_equal(paths, 4);
    }
}

/* What a test writes without a folder, as with a mutant that makes a path wrong, is in none that is
 * somebody's. */
static void the_current_folder_is_its_own(void **state)
{
    char here[PATH_MAX];
    struct buf vector = { 0 };
    (void)state;
    assert_non_null(getcwd(here, sizeof here));
    assert_non_null(strstr(here, "/bitacora-unit."));
    vector_read(&vector, "README.md"); /* vectors are found all the same */
    assert_true(vector.n > 0);
    buf_free(&vector);
}

int main(void)
{
    const struct CMUnitTest one[] = { cmocka_unit_test(makes_and_ends) };
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_is_left),
        cmocka_unit_test(the_current_folder_is_its_own),
    };
    ends = getenv("ENDS");
    return ends != NULL ? cmocka_run_group_tests_name("one", one, NULL, NULL)
                        : cmocka_run_group_tests_name("own_folder", tests, NULL, NULL);
}
