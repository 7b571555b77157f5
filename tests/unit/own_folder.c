/* Each program of unit tests works in a folder of its own, which goes with it, and so does all that
 * it has mkdtemp() and mkstemp() make elsewhere: also where a test fails, and where the program is
 * ended, as mutants are. Linked with every one, in place of these functions. */
#include "tests/unit/own_folder.h"

#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

int __real__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t n,
                                   CMFixtureFunction before, CMFixtureFunction after);
int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t n,
                                   CMFixtureFunction before, CMFixtureFunction after);
char *__real_mkdtemp(char *path);
char *__wrap_mkdtemp(char *path);
int __real_mkstemp(char *path);
int __wrap_mkstemp(char *path);

static char began_in[PATH_MAX];
static int names = -1;   /* what was made is told here; who removes it waits for its end */
static int removed = -1; /* and this ends when all is gone */

const char *own_folder_began_in(void)
{
    return began_in[0] == '\0' ? "." : began_in;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *where)
{
    (void)st;
    (void)type;
    (void)where;
    remove(path);
    return 0;
}

static void remove_all(const char *path)
{
    char lock[PATH_MAX + 8];
    nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
    snprintf(lock, sizeof lock, "%s.lock", path); /* file_lock() leaves one */
    unlink(lock);
}

/* In a process of its own, that no signal to the tests' group ends: reads names until whoever makes
 * things is no more. */
static void remove_when_over(int from, int done)
{
    static char read_names[256 * PATH_MAX];
    size_t n = 0;
    ssize_t got;
    setsid();
    for (int fd = 0; fd < 64; fd++)
        if (fd != from && fd != done)
            close(fd);
    while (n < sizeof read_names && (got = read(from, read_names + n, sizeof read_names - n)) > 0)
        n += (size_t)got;
    for (size_t at = 0; at < n; at += strlen(read_names + at) + 1)
        remove_all(read_names + at);
    _exit(0);
}

/* The process is nobody's child, so that no test waits for it in vain. */
static bool start_remover(void)
{
    int told[2], done[2], status = 1;
    if (pipe2(told, O_CLOEXEC) != 0 || pipe2(done, O_CLOEXEC) != 0)
        return false;
    pid_t child = fork();
    if (child == 0) {
        pid_t remover = fork();
        if (remover != 0)
            _exit(remover < 0);
        close(told[1]);
        close(done[0]);
        remove_when_over(told[0], done[1]);
    }
    close(told[0]);
    close(done[1]);
    names = told[1];
    removed = done[0];
    return child > 0 && waitpid(child, &status, 0) == child && status == 0;
}

/* The whole name, as the current folder may change. */
static void remove_later(const char *path)
{
    char whole[2 * PATH_MAX] = "", here[PATH_MAX];
    if (names < 0 && !start_remover())
        abort();
    if (path[0] != '/' && getcwd(here, sizeof here) != NULL)
        snprintf(whole, sizeof whole, "%s/", here);
    strncat(whole, path, PATH_MAX);
    if (write(names, whole, strlen(whole) + 1) != (ssize_t)strlen(whole) + 1)
        abort();
}

char *__wrap_mkdtemp(char *path)
{
    char *made = __real_mkdtemp(path);
    if (made != NULL)
        remove_later(made);
    return made;
}

int __wrap_mkstemp(char *path)
{
    int fd = __real_mkstemp(path);
    if (fd >= 0)
        remove_later(path);
    return fd;
}

int __wrap__cmocka_run_group_tests(const char *name, const struct CMUnitTest *tests, size_t n,
                                   CMFixtureFunction before, CMFixtureFunction after)
{
    const char *folders = getenv("TMPDIR");
    char own[PATH_MAX], byte;
    snprintf(own, sizeof own, "%s/bitacora-unit.XXXXXX", folders == NULL ? "/tmp" : folders);
    if (getcwd(began_in, sizeof began_in) == NULL || __wrap_mkdtemp(own) == NULL || chdir(own) != 0)
        abort();
    int failed = __real__cmocka_run_group_tests(name, tests, n, before, after);
    if (chdir(began_in) != 0)
        abort();
    close(names);
    while (read(removed, &byte, 1) > 0)
        ;
    close(removed);
    names = removed = -1;
    return failed;
}
