#include "proto/sys/process.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

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
