#include "tests/unit/client/said.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int before = -1, file = -1;

void said_begin(struct log_folder *f)
{
    fflush(stdout);
    before = dup(STDOUT_FILENO);
    file = open(log_folder_path(f, "said"), O_RDWR | O_CREAT | O_TRUNC, 0600);
    assert_true(before >= 0 && file >= 0);
    dup2(file, STDOUT_FILENO);
}

void said_end(struct buf *out)
{
    char piece[4096];
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    lseek(file, 0, SEEK_SET);
    for (ssize_t n; (n = read(file, piece, sizeof piece)) > 0;)
        buf_add(out, piece, (size_t)n);
    close(file);
    before = file = -1;
}
