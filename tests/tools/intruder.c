/* Somebody who has taken a process over, on purpose: LD_PRELOAD=intruder.so INTRUDER=TRIES program.
 * TRIES are words with commas between. When the program accepts its first connection, the intruder
 * tries each, and says on standard error how it went: "intruder: WORD: 0", or the error number.
 * Files that he tries are below INTRUDER_DIR. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_below(const char *name, int flags)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", getenv("INTRUDER_DIR"), name);
    return open(path, flags | O_CLOEXEC, 0600);
}

static int read_file(void)
{
    return open_below("secret", O_RDONLY);
}
static int write_file(void)
{
    return open_below("planted", O_WRONLY | O_CREAT);
}
static int read_root(void)
{
    return open("/root", O_RDONLY | O_DIRECTORY);
}
static int make_socket(void)
{
    return socket(AF_INET, SOCK_STREAM, 0);
}
static int fork_off(void)
{
    long child = syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL);
    if (child == 0)
        _exit(0);
    return (int)child;
}

static int kill_parent(void)
{
    return kill(getppid(), 0);
}
static int trace(void)
{
    return (int)ptrace(PTRACE_TRACEME, 0, NULL, NULL);
}
static int become_root(void)
{
    return (int)syscall(SYS_setresuid, 0, 0, 0);
}

static int run_shell(void)
{
    char *const argv[] = { "sh", "-c", "echo intruder: shell >&2", NULL };
    return execve("/bin/sh", argv, NULL);
}

static int write_code(void)
{
    void *p =
        mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? -1 : 0;
}

static int listen_on_port(void)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || bind(fd, (struct sockaddr *)&here, sizeof here) != 0)
        return -1;
    return listen(fd, 1);
}

static const struct {
    const char *name;
    int (*tries)(void);
} attempt[] = {
    { "read", read_file },     { "write", write_file },      { "root", read_root },
    { "socket", make_socket }, { "listen", listen_on_port }, { "fork", fork_off },
    { "kill", kill_parent },   { "code", write_code },       { "trace", trace },
    { "setuid", become_root }, { "exec", run_shell },
};

static void say(const char *name, int result)
{
    char line[128];
    int n = snprintf(line, sizeof line, "intruder: %s: %d\n", name, result);
    (void)!write(STDERR_FILENO, line, (size_t)n);
}

static void intrude(void)
{
    static char tries[256];
    char *rest = tries;
    snprintf(tries, sizeof tries, "%s", getenv("INTRUDER"));
    for (char *word; (word = strsep(&rest, ",")) != NULL;)
        for (size_t i = 0; i < sizeof attempt / sizeof *attempt; i++)
            if (strcmp(word, attempt[i].name) == 0) {
                errno = 0;
                say(word, attempt[i].tries() < 0 ? errno : 0);
            }
}

int accept4(int fd, struct sockaddr *address, socklen_t *n, int flags)
{
    static atomic_bool intruded;
    static int (*real)(int, struct sockaddr *, socklen_t *, int);
    if (real == NULL)
        real = (int (*)(int, struct sockaddr *, socklen_t *, int))dlsym(RTLD_NEXT, "accept4");
    if (getenv("INTRUDER") != NULL && !atomic_exchange(&intruded, true))
        intrude();
    return real(fd, address, n, flags);
}
