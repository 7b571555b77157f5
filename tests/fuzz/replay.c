/* Gives each fuzzer the inputs that are kept for it: all files of FOLDER/NAME. Prints a line of TAP
 * for each. A fault ends it, under ASan and UBSan; the input is named before. usage: replay
 * FOLDER */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "proto/sys/files.h"
#include "tests/fuzz/fuzz.h"

static const struct {
    const char *name;
    void (*run)(struct span in);
} fuzzers[] = {
#define X(name) { #name, name },
    FUZZERS(X)
#undef X
};

/* A copy of exactly its bytes: what is read beyond them is seen. */
static int run_copy(void (*run)(struct span in), struct span in)
{
    uint8_t *copy = malloc(in.n == 0 ? 1 : in.n);
    if (copy == NULL)
        return -1;
    memcpy(copy, in.p, in.n);
    run(span_of(copy, in.n));
    free(copy);
    return 0;
}

static int run_file(void (*run)(struct span in), const char *path)
{
    struct buf bytes = { 0 };
    printf("# %s\n", path);
    fflush(stdout);
    int failed =
        file_read(&bytes, path, 1 << 20) != FILE_OK || run_copy(run, buf_span(&bytes)) != 0;
    buf_free(&bytes);
    return failed ? -1 : 0;
}

/* Returns how many inputs there are, or -1. */
static int run_folder(void (*run)(struct span in), const char *folder)
{
    char path[4096];
    int n = 0;
    DIR *dir = opendir(folder);
    if (dir == NULL)
        return -1;
    for (struct dirent *e; n >= 0 && (e = readdir(dir)) != NULL;) {
        if (e->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, e->d_name);
        n = run_file(run, path) == 0 ? n + 1 : -1;
    }
    closedir(dir);
    return n;
}

int main(int argc, char **argv)
{
    char folder[2048];
    bool failed = false;
    if (argc != 2)
        return 2;
    fuzz_begin();
    fuzz_library_begin();
    fuzz_spreadsheet_begin();
    for (size_t i = 0; i < sizeof fuzzers / sizeof *fuzzers; i++) {
        snprintf(folder, sizeof folder, "%s/%s", argv[1], fuzzers[i].name);
        int n = run_folder(fuzzers[i].run, folder);
        printf("%s %zu - %s: %d inputs\n", n > 0 ? "ok" : "not ok", i + 1, fuzzers[i].name, n);
        failed = failed || n <= 0;
    }
    return failed;
}
