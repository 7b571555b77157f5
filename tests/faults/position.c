#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/faults/faults.h"

__thread int faults_inside;

static struct sweep *sweep; /* NULL: nothing is counted */
static struct {
    uint64_t position, n;
    struct fault fault;
} at[FAULTS_MAX];
static unsigned faults;

/* ---- modules --------------------------------------------------------------------------------- */

static struct {
    uintptr_t begin, end;
} module[MODULES];
static unsigned modules, own; /* own: this library */

static int add_module(struct dl_phdr_info *info, size_t size, void *ctx)
{
    (void)size;
    (void)ctx;
    if (modules == MODULES - 1) /* the last one stands for all others */
        return 1;
    uintptr_t begin = UINTPTR_MAX, end = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *p = &info->dlpi_phdr[i];
        uintptr_t a = info->dlpi_addr + p->p_vaddr;
        if (p->p_type != PT_LOAD)
            continue;
        begin = a < begin ? a : begin;
        end = a + p->p_memsz > end ? a + p->p_memsz : end;
    }
    module[modules].begin = begin;
    module[modules].end = end;
    if ((uintptr_t)&sweep >= begin && (uintptr_t)&sweep < end)
        own = modules;
    const char *slash = strrchr(info->dlpi_name, '/');
    snprintf(sweep->module[modules], sizeof sweep->module[0], "%s",
             modules == 0    ? "program"
             : slash != NULL ? slash + 1
                             : info->dlpi_name);
    modules++;
    return 0;
}

static uint64_t frame_of(const void *address)
{
    uintptr_t a = (uintptr_t)address;
    for (unsigned m = 0; m < modules; m++)
        if (a >= module[m].begin && a < module[m].end)
            return (uint64_t)m << 48 | (a - module[m].begin);
    return (uint64_t)(MODULES - 1) << 48;
}

/* The callers, the innermost first, without this library and without libc's start of a thread. */
static unsigned stack_of(uint64_t frame[static DEPTH])
{
    void *address[DEPTH + 8];
    unsigned depth = 0;
    int n = backtrace(address, DEPTH + 8);
    for (int i = 0; i < n && depth < DEPTH; i++) {
        uint64_t f = frame_of(address[i]);
        if (depth > 0 || f >> 48 != own)
            frame[depth++] = f;
    }
    return depth;
}

/* libevent waits for everything at one place: what for makes another position of it. */
static uint64_t kind_of(const char *call, int fd)
{
    struct stat st;
    int listens = 0;
    socklen_t n = sizeof listens;
    if (strcmp(call, "epoll_ctl") != 0 || fstat(fd, &st) != 0)
        return 0;
    if (S_ISSOCK(st.st_mode))
        getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &n);
    return (uint64_t)(st.st_mode & S_IFMT) << 1 | (listens != 0);
}

/* The same in each run: by the names of the modules, as their order may change. */
static uint64_t position_of(const char *call, int fd, const uint64_t *frame, unsigned depth)
{
    uint64_t h = UINT64_C(14695981039346656037) ^ kind_of(call, fd);
    for (const char *c = call; *c != 0; c++)
        h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
    for (unsigned i = 0; i < depth; i++) {
        for (const char *c = sweep->module[frame[i] >> 48]; *c != 0; c++)
            h = (h ^ (unsigned char)*c) * UINT64_C(1099511628211);
        for (unsigned b = 0; b < 48; b += 8)
            h = (h ^ (frame[i] >> b & 255)) * UINT64_C(1099511628211);
    }
    return h == 0 ? 1 : h;
}

/* ---- start ----------------------------------------------------------------------------------- */

static void read_action(const char *text)
{
    unsigned long long position, n;
    char action[32];
    if (faults == FAULTS_MAX || sscanf(text, "%llx:%llu:%31[^,]", &position, &n, action) != 3)
        abort();
    at[faults].position = position;
    at[faults].n = n;
    at[faults].fault.number = atoi(action);
    at[faults].fault.action = strcmp(action, "short") == 0  ? ACTION_SHORT
                              : strcmp(action, "kill") == 0 ? ACTION_KILL
                              : strcmp(action, "half") == 0 ? ACTION_HALF_KILL
                                                            : ACTION_ERRNO;
    faults++;
}

static void read_actions(const char *text)
{
    for (const char *t = text; t != NULL; t = strchr(t, ','))
        read_action(t = *t == ',' ? t + 1 : t);
}

__attribute__((constructor)) static void begin(void)
{
    const char *file = getenv("SWEEP"), *what = getenv("SWEEP_AT");
    void *first[1];
    unsetenv("LD_PRELOAD"); /* what the program starts is not under test */
    if (file == NULL)
        return;
    faults_inside++;
    int fd = open(file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0 || ftruncate(fd, sizeof *sweep) != 0)
        abort();
    sweep = mmap(NULL, sizeof *sweep, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (sweep == MAP_FAILED)
        abort();
    close(fd);
    sweep->magic = SWEEP_MAGIC;
    snprintf(sweep->module[MODULES - 1], sizeof sweep->module[0], "other");
    dl_iterate_phdr(add_module, NULL);
    backtrace(first, 1); /* loads what it needs now, not in the middle of a call */
    if (what != NULL)
        read_actions(what);
    faults_inside--;
}

/* ---- counting -------------------------------------------------------------------------------- */

static void describe(struct slot *s, const char *call, int fd, const char *path, int flags)
{
    struct stat st;
    char link[64];
    ssize_t n = -1;
    snprintf(s->call, sizeof s->call, "%s", call);
    s->flags = (uint32_t)flags;
    if (fd >= 0 && fstat(fd, &st) == 0)
        s->mode = st.st_mode;
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    if (path != NULL)
        snprintf(s->path, sizeof s->path, "%s", path);
    else if (fd >= 0)
        n = readlink(link, s->path, sizeof s->path - 1);
    if (n >= 0)
        s->path[n] = 0;
}

/* The slot of a position: the first that met it fills it. NULL: the table is full. */
static struct slot *slot_of(uint64_t position, bool *fresh)
{
    for (uint64_t tries = 0, i = position; tries < SLOTS; tries++, i++) {
        struct slot *s = &sweep->slot[i % SLOTS];
        uint64_t empty = 0;
        *fresh = __atomic_compare_exchange_n(&s->position, &empty, position, false,
                                             __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);
        if (*fresh || empty == position)
            return s;
    }
    return NULL;
}

struct fault fault_at(const char *call, int fd, const char *path, int flags)
{
    uint64_t frame[DEPTH];
    bool fresh;
    int kept = errno;
    const struct fault none = { .action = ACTION_NONE };
    if (sweep == NULL || faults_inside > 0)
        return none;
    faults_inside++;
    unsigned depth = stack_of(frame);
    uint64_t position = position_of(call, fd, frame, depth);
    struct slot *s = slot_of(position, &fresh);
    if (s != NULL && fresh) {
        s->depth = depth;
        memcpy(s->frame, frame, depth * sizeof *frame);
        describe(s, call, fd, path, flags);
        __atomic_add_fetch(&sweep->used, 1, __ATOMIC_SEQ_CST);
    }
    __atomic_add_fetch(&sweep->calls, 1, __ATOMIC_SEQ_CST);
    uint64_t n = s == NULL ? 0 : __atomic_add_fetch(&s->count, 1, __ATOMIC_SEQ_CST);
    faults_inside--;
    errno = kept;
    for (unsigned i = 0; i < faults; i++)
        if (position == at[i].position && n == at[i].n) {
            __atomic_or_fetch(&sweep->reached, UINT64_C(1) << i, __ATOMIC_SEQ_CST);
            return at[i].fault;
        }
    return none;
}

void fault_done(const struct fault *f)
{
    if (f->action == ACTION_KILL || f->action == ACTION_HALF_KILL)
        kill(getpid(), SIGKILL);
}
