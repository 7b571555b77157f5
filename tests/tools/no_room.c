/* Memory and disks that are full, by LD_PRELOAD: the FAIL_AT-th allocation that the program itself
 * makes fails, counted from 1, or with FAIL_FILES the FAIL_AT-th growth of a temporary file; with
 * FAIL_ON all that follow, too. COUNT names a file into which the number of them is written at the
 * end. */
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

void *__libc_malloc(size_t n);
void *__libc_calloc(size_t count, size_t n);
void *__libc_realloc(void *p, size_t n);

static uintptr_t begin, end;
static long calls, at;
static bool on, armed, files;

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
    unsetenv("LD_PRELOAD");
    armed = true;
}

__attribute__((destructor)) static void count(void)
{
    char text[32];
    const char *path = getenv("COUNT");
    int fd = path == NULL ? -1 : open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    armed = false;
    if (fd >= 0)
        (void)!write(fd, text, (size_t)snprintf(text, sizeof text, "%ld\n", calls));
}

static bool fails(const void *caller, bool file)
{
    uintptr_t c = (uintptr_t)caller;
    if (!armed || file != files || (!file && (c < begin || c >= end)))
        return false;
    long n = __atomic_add_fetch(&calls, 1, __ATOMIC_RELAXED);
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
