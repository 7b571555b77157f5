/* Memory and disks that are full, by LD_PRELOAD: the FAIL_AT-th allocation that the program itself
 * makes fails, counted from 1, or with FAIL_FILES the FAIL_AT-th growth of a temporary file; with
 * FAIL_ON all that follow, too. COUNT names a file into which the number of them is written at the
 * end; FIRSTS one for the numbers of those that were the first from where they were made, by the
 * functions that called one another there: who fails each of these has failed at every place. */
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static uintptr_t begin, end;
static long calls, at;
static bool on, armed, files, places;

#define PLACES 65536
#define DEPTH 6

/* A place: who called whom, the innermost first. An open-addressed table. */
static struct {
    void *caller[DEPTH];
    long first;
} place[PLACES];
static pthread_mutex_t place_lock = PTHREAD_MUTEX_INITIALIZER;

static int first_image(struct dl_phdr_info *info, size_t size, void *ctx)
{
    (void)size;
    (void)ctx;
    begin = UINTPTR_MAX;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        uintptr_t a = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        if (info->dlpi_phdr[i].p_type != PT_LOAD)
            continue;
        begin = a < begin ? a : begin;
        end = a + info->dlpi_phdr[i].p_memsz > end ? a + info->dlpi_phdr[i].p_memsz : end;
    }
    return 1;
}

__attribute__((constructor)) static void arm(void)
{
    const char *n = getenv("FAIL_AT");
    dl_iterate_phdr(first_image, NULL);
    at = n == NULL ? 0 : atol(n);
    on = getenv("FAIL_ON") != NULL;
    files = getenv("FAIL_FILES") != NULL;
    places = getenv("FIRSTS") != NULL;
    unsetenv("LD_PRELOAD");
    armed = true;
}

static int open_named(const char *variable)
{
    const char *path = getenv(variable);
    return path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
}

static void write_number(int fd, long n)
{
    char text[32];
    if (fd >= 0 && n > 0)
        (void)!write(fd, text, (size_t)snprintf(text, sizeof text, "%ld\n", n));
}

__attribute__((destructor)) static void count(void)
{
    int all = open_named("COUNT"), firsts = open_named("FIRSTS");
    armed = false;
    write_number(all, calls);
    for (size_t i = 0; i < PLACES; i++)
        write_number(firsts, place[i].first);
}

/* What is called here does not count: it is not the program's own. */
static void note_place(long n)
{
    void *stack[DEPTH + 2] = { NULL }; /* this function and fails() are no part of it */
    uintptr_t slot = 0;
    backtrace(stack, DEPTH + 2);
    for (int i = 2; i < DEPTH + 2; i++)
        slot = slot * 31 + (uintptr_t)stack[i];
    pthread_mutex_lock(&place_lock);
    for (size_t tries = 0; tries < PLACES; tries++, slot++) {
        if (place[slot % PLACES].first == 0) {
            memcpy(place[slot % PLACES].caller, stack + 2, sizeof place->caller);
            place[slot % PLACES].first = n;
        }
        if (memcmp(place[slot % PLACES].caller, stack + 2, sizeof place->caller) == 0)
            break;
    }
    pthread_mutex_unlock(&place_lock);
}

static bool fails(const void *caller, bool file)
{
    uintptr_t c = (uintptr_t)caller;
    if (!armed || file != files || (!file && (c < begin || c >= end)))
        return false;
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
    if (places)
        note_place(n);
    bool failing = n == at || (on && at > 0 && n > at);
    if (failing)
        errno = ENOMEM;
    return failing;
}

#define CALLER __builtin_return_address(0)

void *malloc(size_t n)
{
    return fails(CALLER, false) ? NULL : __libc_malloc(n);
}

void *calloc(size_t items, size_t n)
{
    return fails(CALLER, false) ? NULL : __libc_calloc(items, n);
}

void *realloc(void *p, size_t n)
{
    return fails(CALLER, false) ? NULL : __libc_realloc(p, n);
}

void *reallocarray(void *p, size_t items, size_t n)
{
    return fails(CALLER, false) ? NULL : __libc_realloc(p, items * n);
}

int posix_fallocate(int fd, off_t offset, off_t n)
{
    return fails(CALLER, true) ? ENOSPC : ftruncate(fd, offset + n);
}
