#include "daemon/backup/row_copy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/access/row_file.h"
#include "daemon/backup/uncopied.h"
#include "daemon/host/cmd.h"
#include "proto/base/limits.h"
#include "proto/record/entry.h"
#include "proto/sys/files.h"

#define PAGE 64
#define PIECE 65536

struct row_copy {
    struct access_folder from, to;
    struct store_txn *txn;
};

/* ---- one file -------------------------------------------------------------------------------- */

/* Opens a file, and nothing that is none. Does not wait. */
static int open_file(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = ENOTSUP;
    return -1;
}

/* Whether all lines of a file are short enough for rows; *open is the length of the one that its
 * next piece goes on with. A forged entry may count rows without end, so that a hole of any
 * length would do: there is no line in one. */
static bool has_lines(const uint8_t *piece, size_t n, uint64_t *open)
{
    const uint8_t *end = piece + n, *newline;
    while (n > 0 && (newline = memchr(piece, '\n', (size_t)(end - piece))) != NULL) {
        if (*open + (uint64_t)(newline - piece) >= ACCESS_LINE_MAX)
            return false;
        piece = newline + 1;
        *open = 0;
        n = (size_t)(end - piece);
    }
    *open += n;
    return *open <= ACCESS_LINE_MAX;
}

static int pour(int to, int from, uint64_t most)
{
    static uint8_t piece[PIECE];
    uint64_t open = 0;
    ssize_t n;
    while ((n = read(from, piece, sizeof piece)) != 0) {
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -1;
        if ((uint64_t)n > most || !has_lines(piece, (size_t)n, &open))
            return errno = EFBIG, -1;
        most -= (uint64_t)n;
        if (file_write_all(to, span_of(piece, (size_t)n)) != 0)
            return -1;
    }
    return 0;
}

static int copy_file(const char *to, const char *from, uint64_t most)
{
    struct new_file f;
    int fd = open_file(from);
    if (fd < 0)
        return -1;
    int failed = new_file_open(&f, to, 0600);
    if (failed == 0 && pour(f.fd, fd, most) == 0) {
        failed = new_file_keep(&f);
    } else if (failed == 0) {
        new_file_drop(&f);
        failed = -1;
    }
    int kept = errno;
    close(fd);
    errno = kept;
    return failed;
}

/* ---- one entry ------------------------------------------------------------------------------- */

static uint64_t most_bytes(const struct access_claim *claim)
{
    uint64_t line = ACCESS_LINE_MAX;
    return claim->count < UINT64_MAX / line - 1 ? (claim->count + 1) * line : UINT64_MAX;
}

/* A daemon may be about to give them the name of their entry. */
static int copy_rows(const struct row_copy *c, uint64_t entry, const struct access_claim *claim)
{
    char from[ROW_PATH_MAX], to[ROW_PATH_MAX], name[ROW_NAME_MAX], closed[ROW_NAME_MAX];
    row_file_of_entry(name, entry);
    row_file_of_interval(closed, claim->from, claim->until);
    row_file_path(&c->to, to, name);
    const char *const names[] = { name, closed, name };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        row_file_path(&c->from, from, names[i]);
        if (copy_file(to, from, most_bytes(claim)) == 0)
            return 0;
        if (errno != ENOENT)
            return say_uncopied(from);
    }
    return 0; /* fsck misses them */
}

static int copy_of_entry(const struct row_copy *c, uint64_t index)
{
    struct buf bytes = { 0 };
    struct entry e;
    struct record record;
    struct refusal why;
    struct access_claim claim;
    int code = 0;
    if (store_entry(c->txn, index, &bytes, NULL) == STORE_OK &&
        entry_parse(&e, buf_span(&bytes), &why) == 0 && record_parse(&record, e.note, &why) == 0) {
        access_claim_of(&claim, &record);
        if (record.kind == KIND_ACCESS && claim.version == ACCESS_VERSION)
            code = copy_rows(c, index, &claim);
        record_free(&record);
    } /* else fsck tells of it */
    buf_free(&bytes);
    return code;
}

/* ---- all of them ----------------------------------------------------------------------------- */

static int copy_listed(const struct row_copy *c, const char *origin)
{
    uint64_t entry[PAGE], next = 0;
    size_t n = PAGE;
    int code = 0;
    while (code == 0 && n == PAGE) {
        if (store_list(c->txn, LIST_SIGNER, span_str(origin), next, entry, PAGE, &n) != STORE_OK)
            return EXIT_DAMAGE;
        for (size_t i = 0; code == 0 && i < n; i++) {
            code = copy_of_entry(c, entry[i]);
            next = entry[i] + 1;
        }
    }
    return code;
}

int row_copy_all(const char *from, const struct datadir *to, struct store *copied,
                 const char *origin)
{
    struct row_copy c;
    struct stat st;
    if (access_folder_at(&c.from, from) != 0 || access_folder_at(&c.to, to->path) != 0) {
        errno = ENAMETOOLONG;
        return say_uncopied(from);
    }
    if (lstat(c.from.path, &st) != 0)
        return errno == ENOENT ? 0 : say_uncopied(c.from.path);
    if (!S_ISDIR(st.st_mode)) {
        errno = ENOTDIR;
        return say_uncopied(c.from.path);
    }
    if (access_folder_make(&c.to, to->path) != 0)
        return say_uncopied(c.to.path);
    if (store_begin(&c.txn, copied, STORE_READ) != STORE_OK)
        return EXIT_DAMAGE;
    int code = copy_listed(&c, origin);
    store_end(c.txn);
    return code;
}
