#include "daemon/access/row_file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/sys/files.h"

#define HEADER "bitacora/v1 access-rows "
#define HEADER_MAX 128

/* ---- names ----------------------------------------------------------------------------------- */

int access_folder_at(struct access_folder *f, const char *dir)
{
    int n = snprintf(f->path, sizeof f->path, "%s/access", dir);
    return n < 0 || (size_t)n >= sizeof f->path ? -1 : 0;
}

int access_folder_make(const struct access_folder *f, const char *dir)
{
    if (mkdir(f->path, 0700) != 0 && errno != EEXIST)
        return -1;
    return directory_sync(dir); /* also of one that an earlier process could not sync */
}

void row_file_path(const struct access_folder *f, char out[ROW_PATH_MAX], const char *name)
{
    snprintf(out, ROW_PATH_MAX, "%s/%s", f->path, name);
}

void row_file_of_entry(char out[ROW_NAME_MAX], uint64_t entry)
{
    snprintf(out, ROW_NAME_MAX, "%" PRIu64, entry);
}

void row_file_of_interval(char out[ROW_NAME_MAX], int64_t from, int64_t until)
{
    snprintf(out, ROW_NAME_MAX, "closed-%" PRId64 "-%" PRId64, from, until);
}

/* ---- reading --------------------------------------------------------------------------------- */

void row_interval_claim(const struct row_interval *i, struct access_claim *out)
{
    *out = (struct access_claim){
        .version = ACCESS_VERSION, .from = i->from, .until = i->until, .count = i->rows.size
    };
    frontier_root(&i->rows, &out->root);
}

void row_file_header(struct buf *out, const struct row_interval *i)
{
    char from[WHEN_TEXT + 1];
    when_format(from, i->from);
    buf_addf(out, HEADER "%s %" PRIu64 "\n", from, i->size);
}

static int parse_header(struct row_interval *out, const char *line)
{
    struct span s = span_str(line);
    size_t n = strlen(HEADER);
    if (!span_starts(s, HEADER) || s.n <= n + WHEN_TEXT + 2 || s.p[n + WHEN_TEXT] != ' ' ||
        s.p[s.n - 1] != '\n' || when_parse(&out->from, span_of(s.p + n, WHEN_TEXT)) != 0)
        return -1;
    n += WHEN_TEXT + 1;
    out->last = out->from;
    return decimal_parse(&out->size, span_of(s.p + n, s.n - n - 1));
}

/* The next line, with its newline; what is longer than a line can be is several. Returns its length,
 * 0 at the end, or -1. */
static ssize_t next_line(FILE *file, char *line, int room)
{
    size_t n = 0;
    int c;
    while (n + 1 < (size_t)room && (c = getc_unlocked(file)) != EOF) {
        line[n++] = (char)c;
        if (c == '\n')
            break;
    }
    line[n] = 0;
    return n == 0 && ferror(file) ? -1 : (ssize_t)n;
}

static int read_rows(FILE *file, struct row_interval *out, uint64_t *bad, row_visit_fn *visit,
                     void *ctx)
{
    char line[ACCESS_LINE_MAX + 2];
    struct access_row row;
    struct hash leaf, done[64];
    struct refusal why = { .reason = REASON_NONE };
    ssize_t n;
    while ((n = next_line(file, line, (int)sizeof line)) > 0) {
        struct span text = span_of(line, (size_t)n - 1);
        if (line[n - 1] != '\n' || access_line_parse(&row, &leaf, text, &why) != 0) {
            if (bad == NULL || (line[n - 1] == '\n' && why.reason == REASON_MEMORY))
                return errno = bad == NULL ? EBADMSG : ENOMEM, -1;
            ++*bad;
            continue;
        }
        if (visit != NULL && visit(ctx, &row, text) != 0)
            return -1;
        out->last = row.at > out->last ? row.at : out->last;
        frontier_append(&out->rows, &leaf, done);
    }
    return n < 0 ? -1 : 0;
}

/* A file of rows, and nothing else: of a pipe nobody knows who writes to it, and when. */
static int open_rows(const char *path)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode)))
        return fd;
    close(fd);
    errno = EBADMSG;
    return -1;
}

static FILE *read_open(int fd)
{
    FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
    int cause = errno;
    if (file == NULL && fd >= 0)
        close(fd);
    errno = cause;
    return file;
}

int row_file_read(const char *path, struct row_interval *out, uint64_t *bad, row_visit_fn *visit,
                  void *ctx)
{
    char header[HEADER_MAX];
    FILE *file = read_open(open_rows(path));
    *out = (struct row_interval){ .from = 0 };
    if (file == NULL)
        return -1;
    if (bad != NULL)
        *bad = 0;
    int failed = next_line(file, header, (int)sizeof header) < 0 ? -1 : 0;
    if (failed == 0 && parse_header(out, header) != 0) {
        errno = EBADMSG;
        failed = -1;
    }
    if (failed == 0)
        failed = read_rows(file, out, bad, visit, ctx);
    int cause = errno;
    fclose(file);
    errno = cause;
    return failed;
}

/* ---- showing --------------------------------------------------------------------------------- */

static int show_from(int fd, uint64_t from, size_t most, struct buf *out)
{
    char header[HEADER_MAX];
    ssize_t n = pread(fd, header, sizeof header, 0);
    const char *end = n <= 0 ? NULL : memchr(header, '\n', (size_t)n);
    uint8_t *p = end == NULL ? NULL : malloc(most);
    if (p == NULL)
        return n < 0 ? -1 : (errno = end == NULL ? EBADMSG : ENOMEM, -1);
    uint64_t first = (uint64_t)(end + 1 - header);
    n = from > (uint64_t)INT64_MAX - first ? 0 : pread(fd, p, most, (off_t)(first + from));
    while (n > 0 && p[n - 1] != '\n')
        n--;
    if (n > 0)
        buf_add(out, p, (size_t)n);
    free(p);
    return n < 0 ? -1 : 0;
}

int row_file_show(const struct access_folder *f, uint64_t entry, uint64_t from, size_t most,
                  struct buf *out)
{
    char path[ROW_PATH_MAX], name[ROW_NAME_MAX];
    row_file_of_entry(name, entry);
    row_file_path(f, path, name);
    int fd = open_rows(path);
    if (fd < 0)
        return -1;
    int failed = show_from(fd, from, most, out);
    int cause = errno;
    close(fd);
    errno = cause;
    return failed;
}

/* ---- closed files ---------------------------------------------------------------------------- */

static bool is_closed(const char *name, int64_t *from, int64_t *until)
{
    char again[ROW_NAME_MAX];
    if (sscanf(name, "closed-%" SCNd64 "-%" SCNd64, from, until) != 2)
        return false;
    row_file_of_interval(again, *from, *until);
    return strcmp(again, name) == 0;
}

int row_file_closed(const struct access_folder *f, char name[ROW_NAME_MAX],
                    struct row_interval *out)
{
    char path[ROW_PATH_MAX];
    int64_t from, until, least = INT64_MAX, ends = 0;
    DIR *dir = opendir(f->path);
    if (dir == NULL)
        return errno == ENOENT ? 0 : -1;
    for (struct dirent *e; (e = readdir(dir)) != NULL;) {
        if (!is_closed(e->d_name, &from, &until) || from >= least)
            continue;
        least = from;
        ends = until;
        snprintf(name, ROW_NAME_MAX, "%.*s", ROW_NAME_MAX - 1, e->d_name);
    }
    closedir(dir);
    if (least == INT64_MAX)
        return 0;
    row_file_path(f, path, name);
    if (row_file_read(path, out, NULL, NULL, NULL) != 0)
        return -1;
    out->until = ends;
    return 1;
}

int row_file_last_until(const struct access_folder *f, int64_t *until)
{
    int64_t from, ends;
    *until = 0;
    DIR *dir = opendir(f->path);
    if (dir == NULL)
        return errno == ENOENT ? 0 : -1;
    for (struct dirent *e; (e = readdir(dir)) != NULL;)
        if (is_closed(e->d_name, &from, &ends) && ends > *until)
            *until = ends;
    closedir(dir);
    return 0;
}

int row_file_seal(const struct access_folder *f, const char *name, uint64_t entry)
{
    char from[ROW_PATH_MAX], to[ROW_PATH_MAX], sealed[ROW_NAME_MAX];
    row_file_of_entry(sealed, entry);
    row_file_path(f, from, name);
    row_file_path(f, to, sealed);
    return rename(from, to) != 0 ? -1 : directory_sync(f->path);
}
