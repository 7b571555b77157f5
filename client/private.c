#include "client/private.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/files.h"
#include "proto/base64.h"

#define FORMAT "bitacora/v1 private"
#define PRIVATE_MAX ((size_t)256 << 20)

struct private
{
    const char *path;
    int fd;       /* to add to, or -1 */
    json_t *list; /* of the parts, in order, each with what later lines said of it */
    json_t *by_id;
};

void private_close(struct private *p)
{
    if (p == NULL)
        return;
    if (p->fd >= 0)
        close(p->fd);
    json_decref(p->list);
    json_decref(p->by_id);
    free(p);
}

/* ---- reading --------------------------------------------------------------------------------- */

/* A line says what a record seals, or where it stands. Returns 0 or -1. */
static int take_line(struct private *p, json_t *line)
{
    const char *format = json_string_value(json_object_get(line, "format"));
    const char *id = json_string_value(json_object_get(line, "id"));
    if (format == NULL || strcmp(format, FORMAT) != 0 || id == NULL)
        return -1;
    json_t *part = json_object_get(p->by_id, id);
    if (json_object_get(line, "sealed") == NULL) {
        struct entry_ref ref;
        return part == NULL || entry_ref_parse(&ref, line) != 0 ||
                       json_object_update(part, line) != 0
                   ? -1
                   : 0;
    }
    const char *kind = json_string_value(json_object_get(line, "kind"));
    if (!json_is_array(json_object_get(line, "sealed")) || kind == NULL || part != NULL)
        return -1;
    if (json_array_append(p->list, line) != 0 || json_object_set(p->by_id, id, line) != 0)
        die_of_memory();
    return 0;
}

static int take_lines(struct private *p, struct span text)
{
    json_error_t error;
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p);
        json_t *line = json_loadb((const char *)text.p, n, JSON_REJECT_DUPLICATES, &error);
        int failed = line == NULL ? -1 : take_line(p, line);
        json_decref(line);
        if (end == NULL) /* cut off in writing: its record was not sent */
            return 0;
        if (failed != 0)
            return -1;
        text = span_of(end + 1, text.n - n - 1);
    }
    return 0;
}

static enum outcome read_parts(struct private *p)
{
    struct buf text = { 0 };
    struct stat s;
    enum outcome outcome = OUTCOME_PROVEN;
    enum file read = file_read(&text, p->path, PRIVATE_MAX);
    if (read == FILE_MISSING && p->fd >= 0)
        read = FILE_OK;
    if (read != FILE_OK)
        outcome = say_usage(TR("the private part %s could not be read: %s",
                               "no se pudo leer la parte privada %s: %s"),
                            p->path, file_cause(read));
    else if (stat(p->path, &s) == 0 && S_ISREG(s.st_mode) && (s.st_mode & 077) != 0)
        outcome = say_usage(
            TR("%s can be read by others: chmod 600 %s", "otros pueden leer %s: chmod 600 %s"),
            p->path, p->path);
    else if (take_lines(p, buf_span(&text)) != 0)
        outcome = say_usage(
            TR("%s is not the private part of records", "%s no es la parte privada de registros"),
            p->path);
    /* A line that was cut off in writing goes, so that the next one is not lost with it. */
    size_t whole = text.n;
    while (whole > 0 && text.p[whole - 1] != '\n')
        whole--;
    if (outcome == OUTCOME_PROVEN && p->fd >= 0 && whole < text.n &&
        ftruncate(p->fd, (off_t)whole) != 0)
        outcome = say_usage(TR("%s cannot be written: %s", "no se puede escribir %s: %s"), p->path,
                            strerror(errno));
    if (text.p != NULL)
        sodium_memzero(text.p, text.cap);
    buf_free(&text);
    return outcome;
}

struct private *private_open(const char *path, bool write, enum outcome *outcome)
{
    struct private *p = must(calloc(1, sizeof *p));
    p->path = path;
    p->list = must(json_array());
    p->by_id = must(json_object());
    p->fd = write ? open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC, 0600) : -1;
    *outcome = OUTCOME_PROVEN;
    if (write && p->fd < 0)
        *outcome = say_usage(TR("%s cannot be written: %s", "no se puede escribir %s: %s"), path,
                             strerror(errno));
    if (*outcome == OUTCOME_PROVEN)
        *outcome = read_parts(p);
    if (*outcome == OUTCOME_PROVEN)
        return p;
    private_close(p);
    return NULL;
}

/* ---- asking ---------------------------------------------------------------------------------- */

size_t private_count(const struct private *p)
{
    return json_array_size(p->list);
}

static void describe(const json_t *line, struct private_part *out)
{
    *out = (struct private_part){
        .id = json_string_value(json_object_get(line, "id")),
        .kind = kind_of_name(span_str(json_string_value(json_object_get(line, "kind")))),
        .ref = json_string_value(json_object_get(line, "ref")),
        .sealed = json_object_get(line, "sealed"),
    };
    out->has_entry = entry_ref_parse(&out->entry, line) == 0;
}

void private_get(const struct private *p, size_t i, struct private_part *out)
{
    describe(json_array_get(p->list, i), out);
}

bool private_find(const struct private *p, const char *id, struct private_part *out)
{
    const json_t *line = json_object_get(p->by_id, id);
    if (line != NULL)
        describe(line, out);
    return line != NULL;
}

static bool says(const json_t *v, const char *member, const char *text)
{
    const char *found = json_string_value(json_object_get(v, member));
    return found != NULL && strcmp(found, text) == 0;
}

int private_opening(struct opening *out, const json_t *sealed, const char *member, const char *type,
                    const char *value)
{
    for (size_t i = 0; i < json_array_size(sealed); i++) {
        const json_t *v = json_array_get(sealed, i);
        const char *salt = json_string_value(json_object_get(v, "salt"));
        if ((member == NULL || says(v, "member", member)) && says(v, "type", type) &&
            says(v, "value", value) && salt != NULL && opening_new(out, type, value) == 0 &&
            base64_decode_exact(out->salt, SALT_BYTES, span_str(salt)) == 0)
            return 0;
    }
    return -1;
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Takes the reference. */
static int add_line(struct private *p, json_t *line)
{
    char *text = must(json_dumps(must(line), JSON_COMPACT));
    size_t n = strlen(text);
    text[n] = '\n'; /* in place of its zero */
    ssize_t written = write(p->fd, text, n + 1);
    free(text);
    int failed = written == (ssize_t)n + 1 && fdatasync(p->fd) == 0 ? 0 : -1;
    if (failed == 0)
        failed = take_line(p, line);
    json_decref(line);
    return failed;
}

int private_add(struct private *p, const char *id, enum kind kind, const char *ref, json_t *sealed)
{
    json_t *line = json_pack("{s:s,s:s,s:s}", "format", FORMAT, "id", id, "kind", kind_name(kind));
    if (ref != NULL)
        json_object_set_new(line, "ref", json_string(ref));
    json_object_set_new(line, "sealed", sealed);
    return add_line(p, line);
}

int private_add_entry(struct private *p, const char *id, uint64_t index, const struct hash *leaf)
{
    char hash[48];
    base64_encode(hash, leaf->b, HASH_BYTES);
    return add_line(p, json_pack("{s:s,s:s,s:I,s:s}", "format", FORMAT, "id", id, "entry",
                                 (json_int_t)index, "hash", hash));
}
