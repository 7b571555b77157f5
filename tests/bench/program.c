#include "tests/bench/program.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/bench/bench.h"

static void become(const char *const *argv, const char *out, const char *err)
{
    int o = open(out, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    int e = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0644);
    if (o >= 0 && e >= 0 && dup2(o, STDOUT_FILENO) >= 0 && dup2(e, STDERR_FILENO) >= 0) {
        prctl(PR_SET_PDEATHSIG, SIGTERM);
        execv(argv[0], (char *const *)(uintptr_t)argv);
    }
    fprintf(stderr, "%s: %s\n", argv[0], strerror(errno));
    _exit(127);
}

pid_t program_start(const char *const *argv, const char *out)
{
    char err[PATH_LONG + 8];
    snprintf(err, sizeof err, "%s.err", out);
    pid_t pid = fork();
    if (pid < 0)
        die("fork: %s", strerror(errno));
    if (pid == 0)
        become(argv, out, err);
    return pid;
}

void program_stop(pid_t pid)
{
    int status;
    kill(pid, SIGTERM);
    if (waitpid(pid, &status, 0) != pid || status != 0)
        die("a program did not end well: %d", status);
}

double program_anon_mib(pid_t pid)
{
    char path[64], line[256];
    double kib = 0;
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    FILE *f = fopen(path, "r");
    if (f == NULL)
        return 0;
    while (fgets(line, sizeof line, f) != NULL)
        if (strncmp(line, "RssAnon:", 8) == 0)
            kib = strtod(line + 8, NULL);
    fclose(f);
    return kib / 1024;
}

double program_cpu(pid_t pid)
{
    clockid_t clock;
    struct timespec t;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
        die("a program that is measured has ended");
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double seconds_of(struct timeval t)
{
    return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

struct ran program_run(const char *const *argv, const char *out)
{
    struct ran r = { 0 };
    struct rusage used;
    int status;
    double begin = now_s();
    pid_t pid = program_start(argv, out);
    struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
    if (end.fd < 0)
        die("pidfd_open: %s", strerror(errno));
    while (poll(&end, 1, 10) == 0) {
        double mib = program_anon_mib(pid);
        if (mib > r.anon_mib)
            r.anon_mib = mib;
    }
    r.seconds = now_s() - begin;
    close(end.fd);
    if (wait4(pid, &status, 0, &used) != pid)
        die("wait4: %s", strerror(errno));
    r.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
    r.cpu_s = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
    return r;
}

struct ran program_must(const char *const *argv, const char *out)
{
    struct ran r = program_run(argv, out);
    if (r.status != 0)
        die("%s %s: exit status %d; see %s.err", argv[0], argv[1], r.status, out);
    return r;
}
