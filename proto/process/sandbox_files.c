#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "proto/process/sandbox_inner.h"

/* The version in which a file may be moved from one folder to another, as blobs and tables are.
 * Linux 5.19; Debian 12 has 6.1. */
#define OLDEST 2

/* Of later versions than the header of Debian 12 knows. */
#ifndef LANDLOCK_ACCESS_FS_TRUNCATE
#define LANDLOCK_ACCESS_FS_TRUNCATE (1ULL << 14) /* 3, Linux 6.2 */
#endif
#ifndef LANDLOCK_ACCESS_FS_IOCTL_DEV
#define LANDLOCK_ACCESS_FS_IOCTL_DEV (1ULL << 15) /* 5, Linux 6.10 */
#endif
#define NET_BIND_TCP (1ULL << 0) /* 4, Linux 6.7 */
#define NET_CONNECT_TCP (1ULL << 1)
#define SCOPE_SIGNAL (1ULL << 1) /* 6, Linux 6.12 */

/* struct landlock_ruleset_attr of version 6. The kernel is told how much of it is meant. */
struct landlock_rights {
    uint64_t fs, net, scoped;
};

#define READS (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define OF_FILES                                                                                   \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE)
#define WRITES                                                                                     \
    (READS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_TRUNCATE |                         \
     LANDLOCK_ACCESS_FS_MAKE_REG | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_REMOVE_FILE |  \
     LANDLOCK_ACCESS_FS_REMOVE_DIR | LANDLOCK_ACCESS_FS_REFER)

/* All that version 2 knows: what no rule gives is refused, to run a program and to make a device, a
 * pipe, a socket or a link among it. */
#define ALL_OF_2                                                                                   \
    (WRITES | LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_MAKE_CHAR |                          \
     LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_FIFO | LANDLOCK_ACCESS_FS_MAKE_BLOCK | \
     LANDLOCK_ACCESS_FS_MAKE_SYM)

static int version(void)
{
    long v = syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, LANDLOCK_CREATE_RULESET_VERSION);
    return v < 0 ? 0 : (int)v;
}

bool sandbox_files_known(void)
{
    return version() >= OLDEST;
}

/* ---- rules ----------------------------------------------------------------------------------- */

static int give(int rules, int fd, uint64_t access)
{
    const struct landlock_path_beneath_attr beneath = { .allowed_access = access, .parent_fd = fd };
    return (int)syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0);
}

/* Only some rights can be given to a file that is no folder. Returns 0, or -1 with errno. */
static int add_rule(int rules, uint64_t handled, const char *path, uint64_t access)
{
    struct stat s;
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return -1;
    int failed = fstat(fd, &s);
    if (failed == 0)
        failed = give(rules, fd, access & handled & (S_ISDIR(s.st_mode) ? UINT64_MAX : OF_FILES));
    int cause = errno;
    close(fd);
    errno = cause;
    return failed;
}

static uint64_t rights_of(enum sandbox_use use)
{
    return use == SANDBOX_READ    ? READS
           : use == SANDBOX_WRITE ? WRITES
                                  : LANDLOCK_ACCESS_FS_REMOVE_FILE;
}

/* What libraries read whenever they like: modules of the resolver's, converters and messages of the
 * C library, the time zone. */
static const char *const of_libraries[] = {
    "/lib",
    "/lib64",
    "/usr/lib",
    "/usr/lib64",
    "/usr/local/lib",
    "/etc/localtime",
    "/etc/ld.so.cache",
    "/etc/ld.so.preload",
    "/usr/share",
    "/dev/null",
    "/dev/urandom",
    "/dev/random",
    "/sys/devices/system/cpu",
};

/* To resolve a name and to judge a certificate. Files in /etc are replaced by new ones (resolv.conf
 * with each network), and a right to a file ends with the file: so it is the folder. */
static const char *const of_network[] = { "/etc", "/run/systemd/resolve", "/run/resolvconf",
                                          "/run/NetworkManager", "/usr/local/share" };

/* What is not on this machine is left out. */
static int add_system(int rules, uint64_t handled, const char *const *path, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (add_rule(rules, handled, path[i], READS) != 0 && errno != ENOENT && errno != EACCES)
            return -1;
    return 0;
}

static int add_all(int rules, uint64_t handled, const struct sandbox_plan *p, const char **what)
{
    *what = "Landlock";
    if (add_system(rules, handled, of_libraries, sizeof of_libraries / sizeof *of_libraries) != 0)
        return -1;
    if (p->network == SANDBOX_CONNECTS &&
        add_system(rules, handled, of_network, sizeof of_network / sizeof *of_network) != 0)
        return -1;
    for (size_t i = 0; i < p->rules; i++) {
        *what = p->rule[i].path;
        if (add_rule(rules, handled, p->rule[i].path, rights_of(p->rule[i].use)) != 0)
            return -1;
    }
    *what = "Landlock";
    return 0;
}

/* ---- the whole ------------------------------------------------------------------------------- */

/* What the kernel at hand can refuse. Ports are those of TCP. */
static size_t handle(struct landlock_rights *r, int v, enum sandbox_network network)
{
    *r = (struct landlock_rights){ .fs = ALL_OF_2 & ~LANDLOCK_ACCESS_FS_TRUNCATE };
    if (v >= 3)
        r->fs |= LANDLOCK_ACCESS_FS_TRUNCATE;
    if (v >= 5)
        r->fs |= LANDLOCK_ACCESS_FS_IOCTL_DEV;
    if (v >= 4)
        r->net = NET_BIND_TCP | (network == SANDBOX_CONNECTS ? 0 : NET_CONNECT_TCP);
    if (v >= 6)
        r->scoped = SCOPE_SIGNAL;
    return v >= 6 ? sizeof *r : v >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
}

int sandbox_files(const struct sandbox_plan *p, const char **what)
{
    struct landlock_rights r;
    size_t size = handle(&r, version(), p->network);
    *what = "Landlock";
    int rules = (int)syscall(SYS_landlock_create_ruleset, &r, size, 0);
    if (rules < 0)
        return -1;
    int failed = add_all(rules, r.fs, p, what);
    if (failed == 0)
        failed = (int)syscall(SYS_landlock_restrict_self, rules, 0);
    int cause = errno;
    close(rules);
    errno = cause;
    return failed;
}
