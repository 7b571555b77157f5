/* The wall clock as somebody sets it: CLOCK=FILE, which holds the milliseconds by which it is wrong
 * (`3600000`, `-3600000`), or `=` and the POSIX milliseconds at which it stands. The file is read at
 * each call. Without it the clock is right. The steady clock goes on as it is. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "tests/faults/faults.h"
#include "tests/tools/let_read.h"

static const char *file;

__attribute__((constructor)) static void begin(void)
{
    file = getenv("CLOCK");
}

/* By the kernel itself: none of it is the program's call. */
static bool read_file(char text[static 32])
{
    long fd = syscall(SYS_openat, AT_FDCWD, file, O_RDONLY | O_CLOEXEC);
    long n = fd < 0 ? -1 : syscall(SYS_read, fd, text, 31L);
    if (fd >= 0)
        syscall(SYS_close, fd);
    text[n < 0 ? 0 : n] = 0;
    return n > 0;
}

int clock_gettime(clockid_t id, struct timespec *t)
{
    static int (*real)(clockid_t, struct timespec *);
    char text[32];
    if (real == NULL)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(id, t);
    if (file == NULL || id != CLOCK_REALTIME || !read_file(text))
        return failed;
    long long ms = atoll(text[0] == '=' ? text + 1 : text);
    if (text[0] != '=')
        ms += (long long)t->tv_sec * 1000 + t->tv_nsec / 1000000;
    t->tv_sec = (time_t)(ms / 1000);
    t->tv_nsec = (long)(ms % 1000) * 1000000;
    return failed;
}
