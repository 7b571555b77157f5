#include "daemon/host/said.h"

#include <jansson.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "daemon/host/cmd.h"
#include "proto/base/buf.h"

#define SAID_MAX 8192 /* bytes that are kept */

/* Shared with child processes, of which one at a time writes. */
static struct said {
    bool result;
    atomic_size_t n; /* may be more than there is room for */
    char text[SAID_MAX];
} * said;

static void add_said(struct said *s, const char *text, size_t n)
{
    size_t at = atomic_fetch_add(&s->n, n);
    if (at < sizeof s->text)
        memcpy(s->text + at, text, n < sizeof s->text - at ? n : sizeof s->text - at);
}

/* Of a stream in place of stderr. */
static ssize_t keep_and_write(void *cookie, const char *text, size_t n)
{
    size_t done = 0;
    add_said(cookie, text, n);
    while (done < n) {
        ssize_t wrote = write(STDERR_FILENO, text + done, n - done);
        if (wrote <= 0)
            break;
        done += (size_t)wrote;
    }
    return (ssize_t)done;
}

void said_keep(void)
{
    struct said *s =
        mmap(NULL, sizeof *s, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (s == MAP_FAILED)
        return;
    FILE *both = fopencookie(s, "w", (cookie_io_functions_t){ .write = keep_and_write });
    if (both == NULL) {
        munmap(s, sizeof *s);
        return;
    }
    setvbuf(both, NULL, _IONBF, 0);
    stderr = both;
    said = s;
}

void said_line(const char *text)
{
    char line[SAID_MAX];
    int n = said == NULL ? 0 : snprintf(line, sizeof line, "bitacorad: %s\n", text);
    if (n > 0 && (size_t)n < sizeof line)
        add_said(said, line, (size_t)n);
}

void said_result(void)
{
    if (said != NULL)
        said->result = true;
}

/* The length of "bitacorad: " or "bitacorad fsck: " at the beginning of a line; 0 of others, which
 * are progress, or how a command is called. */
static size_t prefix(const char *line, size_t n)
{
    static const char name[] = "bitacorad";
    const char *end = memchr(line, ':', n);
    size_t length = sizeof name - 1;
    if (end == NULL || end + 1 >= line + n || end[1] != ' ' || strncmp(line, name, length) != 0)
        return 0;
    if (line[length] == ' ')
        length += 1 + strspn(line + length + 1, "abcdefghijklmnopqrstuvwxyz");
    return line + length == end ? length + 2 : 0;
}

static void add_messages(struct buf *out)
{
    size_t kept = said->n < sizeof said->text ? said->n : sizeof said->text;
    for (size_t at = 0; at < kept;) {
        const char *line = said->text + at;
        const char *end = memchr(line, '\n', kept - at);
        size_t n = end == NULL ? kept - at : (size_t)(end - line);
        size_t skip = prefix(line, n);
        if (skip > 0) {
            buf_adds(out, out->n == 0 ? "" : "\n");
            buf_add(out, line + skip, n - skip);
        }
        at += n + 1;
    }
}

int said_print(int code)
{
    struct buf message = { 0 };
    if (said == NULL || said->result || code == EXIT_FINE)
        return code;
    add_messages(&message);
    json_t *o =
        json_pack("{s:o,s:{s:s,s:s}}", "ok", code == EXIT_DAMAGE ? json_false() : json_null(),
                  "error", "code", code == EXIT_DAMAGE ? "bad" : "usage", "message",
                  message.n == 0 ? "" : buf_str(&message));
    if (o != NULL) {
        json_dumpf(o, stdout, JSON_COMPACT);
        putchar('\n');
    }
    json_decref(o);
    buf_free(&message);
    return code;
}
