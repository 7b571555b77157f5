/* For preloaded faults whose file is read at each call, in programs that enter a sandbox: what the
 * program gives Landlock gets one rule more, for the folder of that file. Include it once in a
 * library. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/landlock.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

/* The variables that name such files. */
static const char *const let_read[] = { "FAULTS", "CLOCK" };

static void let_read_folder(long rules, const char *file)
{
    char folder[PATH_MAX];
    const char *slash = file == NULL ? NULL : strrchr(file, '/');
    if (slash == NULL)
        return;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - file), file);
    struct landlock_path_beneath_attr rule = { .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE };
    rule.parent_fd = (int)syscall(SYS_openat, AT_FDCWD, folder, O_PATH | O_CLOEXEC);
    if (rule.parent_fd >= 0) {
        syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
        syscall(SYS_close, rule.parent_fd);
    }
}

/* In place of the C library's: it has no more to do than this. */
long syscall(long number, ...)
{
    long a[6];
    va_list args;
    va_start(args, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    if (number == SYS_landlock_restrict_self)
        for (size_t i = 0; i < sizeof let_read / sizeof *let_read; i++)
            let_read_folder(a[0], getenv(let_read[i]));
    static long (*real)(long, ...);
    if (real == NULL)
        real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}
