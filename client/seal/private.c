#include "client/seal/private.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/record/identifier.h"
#include "proto/sys/files.h"
#include "proto/sys/secret.h"

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

int json_entry_ref(struct entry_ref *out, const json_t *v)
{
    const json_t *entry = json_object_get(v, "entry");
    const char *hash = json_string_value(json_object_get(v, "hash"));
    if (!json_is_integer(entry) || json_integer_value(entry) < 0 || hash == NULL)
        return -1;
    out->entry = (uint64_t)json_integer_value(entry);
    return base64_decode_exact(out->hash, HASH_BYTES, span_str(hash));
}

static bool is_text(const json_t *v, const char *member)
{
    return json_is_string(json_object_get(v, member));
}

/* {"member", "type", "value", "salt", "to"}: all of it is used, so all of it is looked at. */
static bool is_opening(const json_t *v)
{
    uint8_t salt[SALT_BYTES];
    struct opening o;
    struct entry_ref to;
    if (!is_text(v, "member") || !is_text(v, "type") || !is_text(v, "value") || !is_text(v, "salt"))
        return false;
    bool good = opening_new(&o, json_string_value(json_object_get(v, "type")),
                            json_string_value(json_object_get(v, "value"))) == 0 &&
                base64_decode_exact(salt, SALT_BYTES,
                                    span_str(json_string_value(json_object_get(v, "salt")))) == 0 &&
                json_entry_ref(&to, json_object_get(v, "to")) == 0;
    opening_wipe(&o);
    return good;
}

static bool are_openings(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (!is_opening(json_array_get(list, i)))
            return false;
    return json_is_array(list);
}

/* Where a record stands: nothing else of the line is taken. */
static int take_place(json_t *part, const json_t *line)
{
    struct entry_ref ref;
    if (part == NULL || json_entry_ref(&ref, line) != 0)
        return -1;
    return json_object_set(part, "entry", json_object_get(line, "entry")) == 0 &&
                   json_object_set(part, "hash", json_object_get(line, "hash")) == 0
               ? 0
               : -1;
}

/* What a record seals: of an id that was tried before with other people, all of it is kept, as
 * it is not known which of them the log has. */
static int take_sealed(struct private *p, json_t *part, json_t *line)
{
    const char *kind = json_string_value(json_object_get(line, "kind"));
    const json_t *ref = json_object_get(line, "ref");
    json_t *sealed = json_object_get(line, "sealed");
    if (!are_openings(sealed) || kind == NULL || kind_of_name(span_str(kind)) == KIND_NONE ||
        (ref != NULL && !json_is_string(ref)))
        return -1;
    if (part != NULL)
        return json_array_extend(json_object_get(part, "sealed"), sealed);
    return json_array_append(p->list, line) == 0 &&
                   json_object_set(p->by_id, json_string_value(json_object_get(line, "id")),
                                   line) == 0
               ? 0
               : -1;
}

/* A line says what a record seals, or where it stands. Returns 0 or -1. */
static int take_line(struct private *p, json_t *line)
{
    const char *format = json_string_value(json_object_get(line, "format"));
    const char *id = json_string_value(json_object_get(line, "id"));
    if (format == NULL || strcmp(format, PRIVATE_FORMAT) != 0 || id == NULL)
        return -1;
    json_t *part = json_object_get(p->by_id, id);
    return json_object_get(line, "sealed") == NULL ? take_place(part, line)
                                                   : take_sealed(p, part, line);
}

/* Sets *whole to the bytes of the lines that count: a last one that was cut off in writing does
 * not, as its record was not sent; one that lacks but its newline does. */
static int take_lines(struct private *p, struct span text, size_t *whole)
{
    json_error_t error;
    size_t at = 0;
    *whole = 0;
    while (at < text.n) {
        const uint8_t *end = memchr(text.p + at, '\n', text.n - at);
        size_t n = end == NULL ? text.n - at : (size_t)(end - text.p) - at;
        json_t *line = json_loadb((const char *)text.p + at, n, JSON_REJECT_DUPLICATES, &error);
        int failed = line == NULL ? -1 : take_line(p, line);
        bool cut_off = line == NULL && end == NULL;
        json_decref(line);
        if (cut_off)
            return 0;
        if (failed != 0)
            return -1;
        at += n + (end != NULL);
        *whole = at;
    }
    return 0;
}

/* The next line begins a line of its own. */
static int mend_end(const struct private *p, struct span text, size_t whole)
{
    if (p->fd < 0 || text.n == 0)
        return 0;
    if (whole < text.n)
        return ftruncate(p->fd, (off_t)whole);
    return text.p[text.n - 1] == '\n' || write(p->fd, "\n", 1) == 1 ? 0 : -1;
}

static enum outcome read_parts(struct private *p)
{
    struct buf text = { 0 };
    struct stat s;
    enum outcome outcome = OUTCOME_PROVEN;
    size_t whole;
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
    else if (take_lines(p, buf_span(&text), &whole) != 0)
        outcome = say_usage(
            TR("%s is not the private part of records", "%s no es la parte privada de registros"),
            p->path);
    else if (mend_end(p, buf_span(&text), whole) != 0)
        outcome = say_usage(TR("%s cannot be written: %s", "no se puede escribir %s: %s"), p->path,
                            errno_words(errno));
    buf_wipe(&text);
    return outcome;
}

struct private *private_open(const char *path, bool write, enum outcome *outcome)
{
    struct private *p = kept(calloc(1, sizeof *p));
    *outcome = OUTCOME_UNDECIDED;
    if (p == NULL)
        return NULL;
    p->path = path;
    p->list = json_list();
    p->by_id = json_made(json_object());
    p->fd = write ? open(path, O_RDWR | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600) : -1;
    *outcome = OUTCOME_PROVEN;
    struct stat s;
    if (p->fd >= 0 && (fstat(p->fd, &s) != 0 || !S_ISREG(s.st_mode)))
        *outcome = say_usage(TR("%s is no file", "%s no es un archivo"), path);
    if (write && p->fd < 0)
        *outcome = say_usage(TR("%s cannot be written: %s", "no se puede escribir %s: %s"), path,
                             errno_words(errno));
    if (*outcome == OUTCOME_PROVEN && write && flock(p->fd, LOCK_EX | LOCK_NB) != 0)
        *outcome = say_usage(
            TR("%s is being written by somebody else", "otra ejecución está escribiendo %s"), path);
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
    out->has_entry = json_entry_ref(&out->entry, line) == 0;
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

static bool takes_same(const char *type, const char *a, const char *b)
{
    (void)type;
    return strcmp(a, b) == 0;
}

/* The first item of `sealed` for that member (NULL: any) and type whose value is the same as value,
 * as `same` judges; *out gets the value as it was sealed. Returns 0, or -1 if there is none. */
static int opening_where(struct opening *out, const json_t *sealed, const char *member,
                         const char *type, const char *value,
                         bool (*same)(const char *type, const char *a, const char *b))
{
    for (size_t i = 0; i < json_array_size(sealed); i++) {
        const json_t *v = json_array_get(sealed, i);
        const char *salt = json_string_value(json_object_get(v, "salt"));
        const char *there = json_string_value(json_object_get(v, "value"));
        if ((member == NULL || says(v, "member", member)) && says(v, "type", type) &&
            there != NULL && same(type, there, value) && salt != NULL &&
            opening_new(out, type, there) == 0 &&
            base64_decode_exact(out->salt, SALT_BYTES, span_str(salt)) == 0)
            return 0;
    }
    return -1;
}

int private_opening(struct opening *out, const json_t *sealed, const char *member, const char *type,
                    const char *value)
{
    int failed = opening_where(out, sealed, member, type, value, takes_same);
    return failed == 0 ? 0 : opening_where(out, sealed, member, type, value, identifier_same);
}

/* ---- writing --------------------------------------------------------------------------------- */

/* Takes the reference. */
static int append_line(struct private *p, json_t *line)
{
    char *text = json_dumps(line, JSON_COMPACT);
    if (text == NULL) {
        json_decref(line);
        errno = ENOMEM;
        return -1;
    }
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
    json_t *line =
        json_pack("{s:s,s:s,s:s}", "format", PRIVATE_FORMAT, "id", id, "kind", kind_name(kind));
    if (ref != NULL)
        json_put(line, "ref", json_string(ref));
    json_put(line, "sealed", sealed);
    return append_line(p, line);
}

int private_add_entry(struct private *p, const char *id, uint64_t index, const struct hash *leaf)
{
    char hash[48];
    base64_encode(hash, leaf->b, HASH_BYTES);
    return append_line(p, json_pack("{s:s,s:s,s:I,s:s}", "format", PRIVATE_FORMAT, "id", id,
                                    "entry", (json_int_t)index, "hash", hash));
}
