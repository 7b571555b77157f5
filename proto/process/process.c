#include "proto/process/process.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#ifdef __has_feature /* clang */
#if __has_feature(address_sanitizer)
#define IS_TRACED_AT_END
#endif
#endif
#ifdef __SANITIZE_ADDRESS__ /* gcc */
#define IS_TRACED_AT_END
#endif

void process_hold_streams(bool output_matters)
{
    for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0)
            (void)!open("/dev/null", output_matters && fd == STDOUT_FILENO ? O_RDONLY : O_RDWR);
}

void process_dump_no_core(void)
{
    const struct rlimit none = { 0 };
    setrlimit(RLIMIT_CORE, &none);
}

void process_hide_memory(void)
{
#ifndef IS_TRACED_AT_END
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
#endif
}
