/* What the sandbox refuses, and what it must not. Each is tried in a child of its own, which enters
 * the sandbox and answers by its exit code: 0, or the error number, or the signal that ended it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "proto/process/sandbox.h"

/* An attempt, as a function: what it returns, below 0 with errno if it failed. */
#define TRY(name, does)                                                                            \
    static int name(void)                                                                          \
    {                                                                                              \
        return (int)(does);                                                                        \
    }

#define KILLED 1000 /* and the number of the signal */
#define NOT_ENTERED 200

static char dir[PATH_MAX]; /* of the test: data/, other/, elsewhere/, secret */
static struct sandbox_plan plan;

static const char *at(const char *name)
{
    static char path[4][PATH_MAX];
    static unsigned turn;
    char *out = path[turn++ % 4];
    snprintf(out, PATH_MAX, "%.3000s/%s", dir, name);
    return out;
}

static void write_file(const char *path, const char *text)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

/* What a child meets that does this inside the plan. */
static int meets(int (*tries)(void))
{
    int status;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        const struct rlimit no_core = { 0 };
        struct sandbox_state state;
        const char *what;
        setrlimit(RLIMIT_CORE, &no_core);
        if (sandbox_enter(&plan, &state, &what) != 0) {
            fprintf(stderr, "%s: %s\n", what, strerror(errno));
            _exit(NOT_ENTERED);
        }
        errno = 0;
        _exit(tries() < 0 ? errno : 0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return WIFSIGNALED(status) ? KILLED + WTERMSIG(status) : WEXITSTATUS(status);
}

static bool lacks_calls(void)
{
    return sandbox_look().calls != SANDBOX_ACTIVE;
}

static bool lacks_files(void)
{
    return sandbox_look().files != SANDBOX_ACTIVE;
}

static int make_folders(void **state)
{
    (void)state;
    snprintf(dir, sizeof dir, "%s/bitacora-sandbox.XXXXXX",
             getenv("TMPDIR") != NULL ? getenv("TMPDIR") : "/tmp");
    if (mkdtemp(dir) == NULL || mkdir(at("data"), 0700) != 0 || mkdir(at("data/a"), 0700) != 0 ||
        mkdir(at("data/b"), 0700) != 0 || mkdir(at("other"), 0700) != 0 ||
        mkdir(at("elsewhere"), 0700) != 0 || mkdir(at("archive"), 0700) != 0)
        return -1;
    write_file(at("secret"), "secret");
    write_file(at("data/a/file"), "data");
    write_file(at("other/conf"), "one");
    write_file(at("elsewhere/file"), "moved");
    write_file(at("archive/key1"), "one");
    write_file(at("archive/key2"), "two");
    return symlink("../archive/key1", at("other/key")) == 0 &&
                   symlink(at("elsewhere"), at("data/blobs")) == 0
               ? 0
               : -1;
}

static int remove_folders(void **state)
{
    char command[PATH_MAX + 16];
    (void)state;
    snprintf(command, sizeof command, "rm -rf '%s'", dir);
    return system(command);
}

static int new_plan(void **state)
{
    (void)state;
    memset(&plan, 0, sizeof plan);
    sandbox_add_data(&plan, at("data"));
    sandbox_add_replaced(&plan, at("other/conf"));
    sandbox_add_replaced(&plan, at("other/key"));
    return 0;
}

/* ---- files ----------------------------------------------------------------------------------- */

static int opens(const char *name, int flags)
{
    return open(name[0] == '/' ? name : at(name), flags | O_CLOEXEC, 0600);
}

TRY(reads_secret, opens("secret", O_RDONLY))
TRY(makes_outside, opens("new", O_WRONLY | O_CREAT))
TRY(reads_home, opens("/root", O_RDONLY | O_DIRECTORY))
TRY(reads_passwords, opens("/etc/passwd", O_RDONLY))
TRY(reads_data, opens("data/a/file", O_RDONLY))
TRY(writes_data, opens("data/a/file", O_RDWR))
TRY(makes_data, opens("data/b/new", O_WRONLY | O_CREAT))
TRY(moves_data, rename(at("data/a/file"), at("data/b/file")))
TRY(moves_back, rename(at("data/b/file"), at("data/a/file")))
TRY(moves_out, rename(at("data/a/file"), at("file")))
TRY(links_data, symlink("/etc/shadow", at("data/link")))
TRY(writes_linked, opens("data/blobs/file", O_RDWR))
TRY(writes_conf, opens("other/conf", O_RDWR))
TRY(truncates_conf, truncate(at("other/conf"), 0))
TRY(removes_conf, unlink(at("other/conf")))
TRY(signals_its_parent, kill(getppid(), 0))
TRY(reads_key, opens("other/key", O_RDONLY))
TRY(removes_file, unlink(at("elsewhere/removed")))
TRY(makes_there, opens("elsewhere/new", O_WRONLY | O_CREAT))

static void files_outside_the_plan_are_refused(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    assert_int_equal(meets(reads_secret), EACCES);
    assert_int_equal(meets(makes_outside), EACCES);
    assert_int_equal(meets(reads_home), EACCES);
    assert_int_equal(meets(reads_passwords), EACCES);
}

static void data_are_read_written_and_moved(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    assert_int_equal(meets(reads_data), 0);
    assert_int_equal(meets(writes_data), 0);
    assert_int_equal(meets(makes_data), 0);
    assert_int_equal(meets(moves_data), 0);
    assert_int_equal(meets(moves_back), 0);
    assert_int_equal(meets(writes_linked), 0);
    assert_int_equal(meets(moves_out), EACCES);
    assert_int_equal(meets(links_data), ENOSYS);
}

static void what_is_to_be_read_is_not_written(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    assert_int_equal(meets(writes_conf), EACCES);
    assert_int_equal(meets(truncates_conf), EACCES);
    assert_int_equal(meets(removes_conf), EACCES);
}

/* As certbot does it: the link leads to another file of its folder. */
static void a_file_may_be_replaced_and_read_again(void **state)
{
    (void)state;
    int there[2], back[2], status;
    if (lacks_files())
        skip();
    assert_int_equal(pipe(there), 0);
    assert_int_equal(pipe(back), 0);
    pid_t child = fork();
    if (child == 0) {
        struct sandbox_state s;
        const char *what;
        char go;
        if (sandbox_enter(&plan, &s, &what) != 0 || write(there[1], "!", 1) != 1 ||
            read(back[0], &go, 1) != 1)
            _exit(NOT_ENTERED);
        int key = opens("other/key", O_RDONLY), conf = opens("other/conf", O_RDONLY);
        char text[8] = "";
        bool both =
            key >= 0 && conf >= 0 && read(key, text, 3) == 3 && read(conf, text + 3, 3) == 3;
        _exit(both && strcmp(text, "twotwo") == 0 ? 0 : 1);
    }
    char entered;
    assert_int_equal(read(there[0], &entered, 1), 1);
    assert_int_equal(unlink(at("other/key")), 0);
    assert_int_equal(symlink("../archive/key2", at("other/key")), 0);
    write_file(at("other/conf.new"), "two");
    assert_int_equal(rename(at("other/conf.new"), at("other/conf")), 0);
    assert_int_equal(write(back[1], "!", 1), 1);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    for (int i = 0; i < 2; i++) {
        close(there[i]);
        close(back[i]);
    }
}

static void what_may_be_removed_may_not_be_written(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    memset(&plan, 0, sizeof plan);
    write_file(at("elsewhere/removed"), "");
    assert_int_equal(meets(removes_file), EACCES);
    sandbox_add(&plan, SANDBOX_REMOVE, at("elsewhere"));
    assert_int_equal(meets(removes_file), 0);
    assert_int_equal(meets(makes_there), EACCES);
}

static void without_files_all_can_be_read(void **state)
{
    (void)state;
    if (lacks_calls())
        skip();
    plan.any_file = true;
    assert_int_equal(meets(signals_its_parent), EPERM);
    assert_int_equal(meets(reads_secret), 0);
    assert_int_equal(meets(reads_key), 0);
}

/* ---- calls ----------------------------------------------------------------------------------- */

static int runs_a_program(void)
{
    char *const argv[] = { "/bin/true", NULL };
    return execve(argv[0], argv, NULL);
}

static int runs_a_file(void)
{
    char *const argv[] = { "true", NULL };
    return (int)syscall(SYS_execveat, AT_FDCWD, "/bin/true", argv, NULL, 0);
}

TRY(traces, ptrace(PTRACE_TRACEME, 0, NULL, NULL))
TRY(mounts, syscall(SYS_mount, "none", "/mnt", "tmpfs", 0, NULL))
TRY(enters_a_namespace, syscall(SYS_unshare, 0x10000000))
TRY(enters_one_beside_what_it_may, syscall(SYS_unshare, 0x10000400))
TRY(has_descriptors_of_its_own, syscall(SYS_unshare, 0x400 /* CLONE_FILES */))
TRY(loads_bpf, syscall(SYS_bpf, 0, NULL, 0))
TRY(changes_user, syscall(SYS_setresuid, 0, 0, 0))
TRY(reads_memory_of_others, syscall(SYS_process_vm_readv, getppid(), NULL, 0, NULL, 0, 0))
TRY(sets_the_clock, syscall(SYS_clock_settime, CLOCK_REALTIME, NULL))
TRY(forks, syscall(SYS_clone, SIGCHLD, NULL, NULL, NULL, NULL))
TRY(forks_by_clone3, syscall(SYS_clone3, NULL, 0))
TRY(makes_hidden_memory, syscall(SYS_memfd_create, "x", 0))
TRY(sets_up_a_ring, syscall(SYS_io_uring_setup, 1, NULL))
TRY(signals_itself, kill(getpid(), 0))
TRY(shows_its_memory, prctl(PR_SET_DUMPABLE, 1, 0, 0, 0))
TRY(hides_its_memory, prctl(PR_SET_DUMPABLE, 0, 0, 0, 0))
TRY(types_for_others, syscall(SYS_ioctl, 0, 0x5412 /* TIOCSTI */, "x"))

static int maps_what_is_written_and_run(void)
{
    return mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                0) == MAP_FAILED
               ? -1
               : 0;
}

static int runs_what_it_wrote(void)
{
    void *p = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return p == MAP_FAILED ? 0 : mprotect(p, 4096, PROT_READ | PROT_EXEC);
}

static void *thread(void *ctx)
{
    return ctx;
}

static int starts_a_thread(void)
{
    pthread_t t;
    errno = pthread_create(&t, NULL, thread, NULL);
    return errno == 0 ? pthread_join(t, NULL) : -1;
}

static void what_only_an_intruder_does_ends_the_process(void **state)
{
    static int (*const tries[])(void) = {
        runs_a_program,
        runs_a_file,
        traces,
        mounts,
        loads_bpf,
        changes_user,
        sets_the_clock,
        reads_memory_of_others,
        enters_a_namespace,
        enters_one_beside_what_it_may,
    };
    (void)state;
    if (lacks_calls())
        skip();
    for (size_t i = 0; i < sizeof tries / sizeof *tries; i++)
        assert_int_equal(meets(tries[i]), KILLED + SIGSYS);
}

static void what_is_not_needed_is_refused(void **state)
{
    (void)state;
    if (lacks_calls())
        skip();
    assert_int_equal(meets(forks), EPERM);
    assert_int_equal(meets(forks_by_clone3), ENOSYS);
    assert_int_equal(meets(makes_hidden_memory), ENOSYS);
    assert_int_equal(meets(sets_up_a_ring), ENOSYS);
    assert_int_equal(meets(signals_its_parent), EPERM);
    assert_int_equal(meets(shows_its_memory), ENOSYS);
    assert_int_equal(meets(types_for_others), ENOSYS);
    assert_int_equal(meets(maps_what_is_written_and_run), EPERM);
    assert_int_equal(meets(runs_what_it_wrote), EPERM);
}

static void what_is_needed_is_there(void **state)
{
    (void)state;
    if (lacks_calls())
        skip();
    assert_int_equal(meets(starts_a_thread), 0);
    assert_int_equal(meets(has_descriptors_of_its_own), 0);
    assert_int_equal(meets(signals_itself), 0);
    assert_int_equal(meets(hides_its_memory), 0);
}

/* ---- network --------------------------------------------------------------------------------- */

TRY(makes_tcp, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0))
TRY(makes_tcp6, socket(AF_INET6, SOCK_STREAM, 0))
TRY(makes_udp, socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0))
TRY(makes_raw, socket(AF_INET, SOCK_RAW, IPPROTO_ICMP))
TRY(asks_for_routes, socket(AF_NETLINK, SOCK_RAW, 0))
TRY(makes_local, socket(AF_UNIX, SOCK_STREAM, 0))

static int connects_locally(void)
{
    struct sockaddr_un to = { .sun_family = AF_UNIX };
    int fd = makes_local();
    snprintf(to.sun_path, sizeof to.sun_path, "%.90s/none", dir);
    return fd < 0 ? -1 : connect(fd, (struct sockaddr *)&to, sizeof to);
}

static int listens(void)
{
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = makes_tcp();
    if (fd < 0)
        return -1;
    return bind(fd, (struct sockaddr *)&here, sizeof here) == 0 ? listen(fd, 1) : -1;
}

static void without_network_none_is_made(void **state)
{
    (void)state;
    if (lacks_calls())
        skip();
    for (plan.network = SANDBOX_NO_NETWORK; plan.network <= SANDBOX_LOCAL; plan.network++) {
        assert_int_equal(meets(makes_tcp), EAFNOSUPPORT);
        assert_int_equal(meets(makes_tcp6), EAFNOSUPPORT);
        assert_int_equal(meets(makes_udp), EAFNOSUPPORT);
        assert_int_equal(meets(asks_for_routes), EAFNOSUPPORT);
        assert_int_equal(meets(makes_local), 0);
        assert_int_equal(meets(connects_locally), plan.network == SANDBOX_LOCAL ? ENOENT : EPERM);
    }
}

static void who_connects_does_not_listen(void **state)
{
    (void)state;
    if (lacks_calls())
        skip();
    plan.network = SANDBOX_CONNECTS;
    assert_int_equal(meets(makes_tcp), 0);
    assert_int_equal(meets(makes_udp), 0);
    assert_int_equal(meets(asks_for_routes), 0);
    assert_int_equal(meets(makes_raw), ENOSYS);
    int met = meets(listens); /* the port is refused by a Landlock of Linux 6.7, else the call */
    assert_true(met == EACCES || met == ENOSYS);
}

/* ---- the plan, the words --------------------------------------------------------------------- */

TRY(does_nothing, 0)

static void a_plan_that_cannot_be_kept_fails(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    assert_int_equal(meets(does_nothing), 0);
    sandbox_add(&plan, SANDBOX_READ, NULL);
    sandbox_add(&plan, SANDBOX_READ, "");
    sandbox_add_replaced(&plan, "");
    assert_int_equal(meets(does_nothing), 0);
    sandbox_add(&plan, SANDBOX_READ, at("nowhere"));
    assert_int_equal(meets(does_nothing), NOT_ENTERED);
    new_plan(NULL);
    for (size_t i = 0; i < SANDBOX_PATHS; i++)
        sandbox_add(&plan, SANDBOX_READ, at("data"));
    assert_int_equal(meets(does_nothing), NOT_ENTERED);
}

/* An older kernel: it knows less, and refuses what it does not know. */
static long oldest_version; /* 0: the kernel as it is */

long syscall(long number, ...)
{
    static const uint64_t known[] = { 0, 0x1fff, 0x3fff, 0x7fff, 0x7fff, 0xffff, 0xffff, 0xffff };
    static const size_t size[] = { 0, 8, 8, 8, 16, 16, 24, 24 };
    static long (*real)(long, ...);
    long a[6];
    va_list args;
    va_start(args, number);
    for (int i = 0; i < 6; i++)
        a[i] = va_arg(args, long);
    va_end(args);
    if (real == NULL)
        real = (long (*)(long, ...))dlsym(RTLD_NEXT, "syscall");
    if (number == SYS_landlock_create_ruleset && oldest_version > 0) {
        if (a[0] == 0)
            return oldest_version;
        errno = EINVAL;
        if ((size_t)a[1] != size[oldest_version] ||
            (*(const uint64_t *)a[0] & ~known[oldest_version]) != 0)
            return -1;
    }
    return real(number, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void older_kernels_are_asked_for_what_they_know(void **state)
{
    (void)state;
    if (lacks_files())
        skip();
    for (oldest_version = 2; oldest_version <= 4; oldest_version++) {
        assert_int_equal(meets(does_nothing), 0);
        assert_int_equal(meets(reads_secret), EACCES);
        assert_int_equal(meets(moves_data), 0);
        assert_int_equal(meets(moves_back), 0);
    }
    oldest_version = 1;
    assert_int_equal(sandbox_look().files, SANDBOX_MISSING);
    assert_int_equal(meets(reads_secret), 0);
    oldest_version = 0;
}

static void each_state_has_words(void **state)
{
    (void)state;
    assert_string_equal(sandbox_words((struct sandbox_state){ SANDBOX_ACTIVE, SANDBOX_ACTIVE }, 0),
                        "seccomp and Landlock");
    assert_string_equal(
        sandbox_words((struct sandbox_state){ SANDBOX_UNWANTED, SANDBOX_UNWANTED }, 0),
        "none, as it was switched off");
    for (int calls = SANDBOX_ACTIVE; calls <= SANDBOX_SANITIZER; calls++)
        for (int files = SANDBOX_ACTIVE; files <= SANDBOX_SANITIZER; files++)
            assert_true(strlen(sandbox_words((struct sandbox_state){ (enum sandbox_part)calls,
                                                                     (enum sandbox_part)files },
                                             1)) > 10);
}

#define TEST(name) cmocka_unit_test_setup(name, new_plan)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_outside_the_plan_are_refused),
        TEST(data_are_read_written_and_moved),
        TEST(what_is_to_be_read_is_not_written),
        TEST(a_file_may_be_replaced_and_read_again),
        TEST(what_may_be_removed_may_not_be_written),
        TEST(without_files_all_can_be_read),
        TEST(what_only_an_intruder_does_ends_the_process),
        TEST(what_is_not_needed_is_refused),
        TEST(what_is_needed_is_there),
        TEST(without_network_none_is_made),
        TEST(who_connects_does_not_listen),
        TEST(a_plan_that_cannot_be_kept_fails),
        TEST(older_kernels_are_asked_for_what_they_know),
        TEST(each_state_has_words),
    };
    /* A sanitizer's build has no sandbox, and only words for that. */
    const struct CMUnitTest of_words[] = { TEST(each_state_has_words) };
    if (sandbox_look().calls == SANDBOX_SANITIZER)
        return cmocka_run_group_tests(of_words, make_folders, remove_folders);
    return cmocka_run_group_tests(tests, make_folders, remove_folders);
}
