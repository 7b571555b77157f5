#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/seccomp.h>

#include "proto/process/sandbox_inner.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif

/* What is not in this file does not exist for the process: ENOSYS. A C library that tries a call of
 * tomorrow then does without it, as on an older kernel. EPERM would be an answer of the call
 * itself, and ends programs: it once did with clone3. */
#define UNKNOWN SCMP_ACT_ERRNO(ENOSYS)
#define REFUSED SCMP_ACT_ERRNO(EPERM)
#define NO_FAMILY SCMP_ACT_ERRNO(EAFNOSUPPORT)

/* Whoever calls one of these is not this program any more. Nothing of the C library calls them by
 * itself, so there is nobody to whom a number would be of use. */
static const char *const fatal[] = {
    /* other programs, other processes */
    "execve", "execveat", "ptrace", "process_vm_readv", "process_vm_writev", "pidfd_getfd",
    "process_madvise", "kcmp",
    /* the kernel */
    "bpf", "init_module", "finit_module", "delete_module", "kexec_load", "kexec_file_load",
    "perf_event_open", "userfaultfd", "iopl", "ioperm", "reboot", "acct", "quotactl", "swapon",
    "swapoff", "add_key", "request_key", "keyctl",
    /* namespaces and file systems */
    "mount", "umount2", "pivot_root", "chroot", "setns", "move_mount", "open_tree", "fsopen",
    "fsmount", "fsconfig", "fspick", "mount_setattr", "open_by_handle_at", "mknod", "mknodat",
    /* the machine's clock and name */
    "settimeofday", "clock_settime", "clock_adjtime", "adjtimex", "sethostname", "setdomainname",
    /* another user */
    "setuid", "setgid", "setreuid", "setregid", "setresuid", "setresgid", "setgroups", "setfsuid",
    "setfsgid", "capset", "personality", "vhangup"
};

static const char *const allowed[] = {
    /* open files */
    "read", "readv", "pread64", "preadv", "preadv2", "write", "writev", "pwrite64", "pwritev",
    "pwritev2", "lseek", "_llseek", "close", "close_range", "dup", "dup2", "dup3", "fcntl", "flock",
    "fsync", "fdatasync", "sync_file_range", "fallocate", "ftruncate", "fadvise64", "readahead",
    "copy_file_range", "sendfile",
    /* names, which Landlock judges */
    "open", "openat", "access", "faccessat", "faccessat2", "stat", "lstat", "fstat", "newfstatat",
    "statx", "statfs", "fstatfs", "readlink", "readlinkat", "getdents", "getdents64", "getcwd",
    "rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "mkdir", "mkdirat",
    "rmdir", "truncate", "umask", "chmod", "fchmod", "fchmodat", "fchown", "utimensat",
    /* memory */
    "munmap", "mremap", "madvise", "msync", "mincore", "mlock", "mlock2", "munlock", "brk",
    /* threads, and waiting */
    "futex", "set_robust_list", "get_robust_list", "rseq", "membarrier", "set_tid_address",
    "gettid", "sched_yield", "sched_getaffinity", "sched_getparam", "sched_getscheduler", "getcpu",
    "exit", "exit_group", "restart_syscall", "nanosleep", "clock_nanosleep", "poll", "ppoll",
    "select", "_newselect", "pselect6", "epoll_create", "epoll_create1", "epoll_ctl", "epoll_wait",
    "epoll_pwait", "epoll_pwait2", "eventfd", "eventfd2", "pipe", "pipe2", "timerfd_create",
    "timerfd_settime", "timerfd_gettime",
    /* signals of its own */
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "rt_sigpending", "rt_sigsuspend",
    "rt_sigtimedwait", "sigaltstack", "alarm", "setitimer", "getitimer",
    /* sockets that are open */
    "accept", "accept4", "shutdown", "recvfrom", "recvmsg", "recvmmsg", "sendto", "sendmsg",
    "sendmmsg", "getsockname", "getpeername", "getsockopt", "setsockopt",
    /* what it may know */
    "clock_gettime", "clock_getres", "gettimeofday", "time", "times", "getrandom", "getpid",
    "getppid", "getuid", "geteuid", "getgid", "getegid", "getresuid", "getresgid", "getgroups",
    "getpgrp", "getpgid", "getsid", "getrusage", "getrlimit", "setrlimit", "prlimit64", "uname",
    "sysinfo", "capget"
};

static int add_names(scmp_filter_ctx f, uint32_t action, const char *const *name, size_t n)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < n; i++) {
        int call = seccomp_syscall_resolve_name(name[i]);
        if (call != __NR_SCMP_ERROR) /* this libseccomp does not know it */
            failed = seccomp_rule_add_array(f, action, call, 0, NULL);
    }
    return failed;
}

struct by_argument {
    uint32_t action;
    int call;
    struct scmp_arg_cmp compare;
};

static int add_by_argument(scmp_filter_ctx f, const struct by_argument *rule, size_t n)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < n; i++)
        failed = seccomp_rule_add_array(f, rule[i].action, rule[i].call, 1, &rule[i].compare);
    return failed;
}

#define COUNT(array) (sizeof(array) / sizeof *(array))
#define IS(argument, value)                                                                        \
    {                                                                                              \
        argument, SCMP_CMP_EQ, (scmp_datum_t)(value), 0                                            \
    }
#define IS_NOT(argument, value)                                                                    \
    {                                                                                              \
        argument, SCMP_CMP_NE, (scmp_datum_t)(value), 0                                            \
    }
#define BITS(argument, mask, value)                                                                \
    {                                                                                              \
        argument, SCMP_CMP_MASKED_EQ, (scmp_datum_t)(mask), (scmp_datum_t)(value)                  \
    }

/* No memory is ever both written and run. (As systemd's MemoryDenyWriteExecute has it: a library
 * may still be loaded.) */
static int add_memory(scmp_filter_ctx f)
{
    static const uint64_t both = PROT_WRITE | PROT_EXEC;
    const struct by_argument rule[] = {
        { SCMP_ACT_ALLOW, SCMP_SYS(mmap), BITS(2, both, 0) },
        { SCMP_ACT_ALLOW, SCMP_SYS(mmap), BITS(2, both, PROT_WRITE) },
        { SCMP_ACT_ALLOW, SCMP_SYS(mmap), BITS(2, both, PROT_EXEC) },
        { REFUSED, SCMP_SYS(mmap), BITS(2, both, both) },
        { SCMP_ACT_ALLOW, SCMP_SYS(mprotect), BITS(2, PROT_EXEC, 0) },
        { REFUSED, SCMP_SYS(mprotect), BITS(2, PROT_EXEC, PROT_EXEC) },
        { SCMP_ACT_ALLOW, SCMP_SYS(pkey_mprotect), BITS(2, PROT_EXEC, 0) },
    };
    return add_by_argument(f, rule, COUNT(rule));
}

/* Threads, but no processes: what clone3 is asked for cannot be looked at, so that it is unknown,
 * and the C library takes clone. Signals to itself. */
static int add_process(scmp_filter_ctx f)
{
    const pid_t self = getpid();
    const struct by_argument rule[] = {
        { SCMP_ACT_ALLOW, SCMP_SYS(clone), BITS(0, CLONE_THREAD, CLONE_THREAD) },
        { REFUSED, SCMP_SYS(clone), BITS(0, CLONE_THREAD, 0) },
        { SCMP_ACT_ALLOW, SCMP_SYS(unshare), IS(0, CLONE_FILES) }, /* a thread's descriptors */
        { SCMP_ACT_KILL_PROCESS, SCMP_SYS(unshare), IS_NOT(0, CLONE_FILES) },
        { SCMP_ACT_ALLOW, SCMP_SYS(kill), IS(0, self) },
        { REFUSED, SCMP_SYS(kill), IS_NOT(0, self) },
        { SCMP_ACT_ALLOW, SCMP_SYS(tgkill), IS(0, self) },
        { REFUSED, SCMP_SYS(tgkill), IS_NOT(0, self) },
        { SCMP_ACT_ALLOW, SCMP_SYS(prctl), IS(0, PR_SET_NAME) },
        { SCMP_ACT_ALLOW, SCMP_SYS(prctl), IS(0, PR_GET_NAME) },
        { SCMP_ACT_ALLOW, SCMP_SYS(prctl), IS(0, PR_SET_VMA) }, /* names of memory */
        { SCMP_ACT_ALLOW, SCMP_SYS(prctl), IS(0, PR_GET_DUMPABLE) },
        { SCMP_ACT_ALLOW, SCMP_SYS(ioctl), IS(1, FIONBIO) },
        { SCMP_ACT_ALLOW, SCMP_SYS(ioctl), IS(1, FIONREAD) },
        { SCMP_ACT_ALLOW, SCMP_SYS(ioctl), IS(1, TCGETS) }, /* is it a terminal? */
    };
    /* It may be hidden again, and never shown. */
    const struct scmp_arg_cmp hide[] = { IS(0, PR_SET_DUMPABLE), IS(1, 0) };
    static const char *const forks[] = { "fork", "vfork" };
    int failed = add_by_argument(f, rule, COUNT(rule));
    if (failed == 0)
        failed = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(prctl), COUNT(hide), hide);
    return failed == 0 ? add_names(f, REFUSED, forks, COUNT(forks)) : failed;
}

#define KIND_OF_SOCKET 0xf /* of socket()'s type, without its flags */

/* Sockets that are made. None is ever listened on: that was done before. */
static int add_network(scmp_filter_ctx f, enum sandbox_network network)
{
    static const int internet[] = { AF_INET, AF_INET6 };
    static const int kind[] = { SOCK_STREAM, SOCK_DGRAM };
    static const char *const connects[] = { "connect" }, *const binds[] = { "bind" };
    const struct by_argument local[] = {
        { SCMP_ACT_ALLOW, SCMP_SYS(socket), IS(0, AF_UNIX) },
        { SCMP_ACT_ALLOW, SCMP_SYS(socketpair), IS(0, AF_UNIX) },
    };
    const struct by_argument none[] = {
        { NO_FAMILY, SCMP_SYS(socket), IS(0, AF_INET) },
        { NO_FAMILY, SCMP_SYS(socket), IS(0, AF_INET6) },
        { NO_FAMILY, SCMP_SYS(socket), IS(0, AF_NETLINK) },
        { NO_FAMILY, SCMP_SYS(socket), IS(0, AF_PACKET) },
    };
    /* The resolver asks the kernel which addresses this machine has. */
    const struct scmp_arg_cmp routes[] = { IS(0, AF_NETLINK), IS(2, 0) };
    int failed = add_by_argument(f, local, COUNT(local));
    if (failed == 0)
        failed =
            add_names(f, network == SANDBOX_NO_NETWORK ? REFUSED : SCMP_ACT_ALLOW, connects, 1);
    if (failed == 0)
        failed = add_names(f, network == SANDBOX_CONNECTS ? SCMP_ACT_ALLOW : REFUSED, binds, 1);
    if (failed != 0)
        return failed;
    if (network != SANDBOX_CONNECTS)
        return add_by_argument(f, none, COUNT(none));
    for (size_t i = 0; failed == 0 && i < COUNT(internet) * COUNT(kind); i++) {
        const struct scmp_arg_cmp one[] = { IS(0, internet[i / COUNT(kind)]),
                                            BITS(1, KIND_OF_SOCKET, kind[i % COUNT(kind)]) };
        failed = seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), COUNT(one), one);
    }
    return failed == 0
               ? seccomp_rule_add_array(f, SCMP_ACT_ALLOW, SCMP_SYS(socket), COUNT(routes), routes)
               : failed;
}

static int fill(scmp_filter_ctx f, enum sandbox_network network)
{
    /* Calls of another architecture (32 bit, x32) end the process. Threads that a foreign module
     * has started get the filter, too. */
    int failed = seccomp_attr_set(f, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
    if (failed == 0)
        failed = seccomp_attr_set(f, SCMP_FLTATR_CTL_TSYNC, 1);
    if (failed == 0)
        (void)seccomp_attr_set(f, SCMP_FLTATR_CTL_OPTIMIZE, 2); /* a tree; of libseccomp 2.5 */
    if (failed == 0)
        failed = add_names(f, SCMP_ACT_KILL_PROCESS, fatal, COUNT(fatal));
    if (failed == 0)
        failed = add_names(f, SCMP_ACT_ALLOW, allowed, COUNT(allowed));
    if (failed == 0)
        failed = add_memory(f);
    if (failed == 0)
        failed = add_process(f);
    return failed == 0 ? add_network(f, network) : failed;
}

bool sandbox_calls_known(void)
{
    const uint32_t kill = SECCOMP_RET_KILL_PROCESS;
    return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &kill) == 0;
}

int sandbox_calls(enum sandbox_network network, const char **what)
{
    *what = "seccomp";
    scmp_filter_ctx f = seccomp_init(UNKNOWN);
    errno = ENOMEM;
    if (f == NULL)
        return -1;
    int failed = fill(f, network);
    if (failed == 0)
        failed = seccomp_load(f);
    seccomp_release(f);
    errno = -failed;
    return failed == 0 ? 0 : -1;
}
