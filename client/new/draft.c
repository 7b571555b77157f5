#include "client/new/draft.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/written_time.h"
#include "proto/base/base64.h"
#include "proto/base/hash.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/identifier.h"
#include "proto/sys/clock.h"
#include "proto/sys/files.h"
#include "proto/text/spelling.h"

#define FILE_MAX ((size_t)1 << 30)

struct draft {
    enum kind kind;
    bool zoned; /* times are of `zone` */
    struct zone zone;
    json_t *answers; /* path -> JSON value */
};

struct draft *draft_new(enum kind kind)
{
    struct draft *d = kept(calloc(1, sizeof *d));
    if (d == NULL)
        return NULL;
    d->kind = kind;
    d->answers = json_made(json_object());
    if (d->answers != NULL)
        return d;
    free(d);
    return NULL;
}

void draft_free(struct draft *d)
{
    if (d == NULL)
        return;
    json_decref(d->answers);
    free(d);
}

void draft_zone(struct draft *d, const struct zone *z)
{
    d->zoned = z != NULL;
    if (z != NULL)
        d->zone = *z;
}

static const struct zone *zone_of(const struct draft *d)
{
    return d->zoned ? &d->zone : NULL;
}

/* ---- members --------------------------------------------------------------------------------- */

/* Is it answered as one, though it is an object? */
static bool is_leaf(const struct member *m)
{
    return m->type != TYPE_OBJECT || m->shape == note_shape || (m->flags & ARRAY);
}

static const struct member *find_member(const struct member *list, const char *path)
{
    size_t n = strcspn(path, ".");
    for (; list != NULL && list->name != NULL; list++) {
        if (strncmp(list->name, path, n) != 0 || list->name[n] != 0)
            continue;
        bool reference = list->type == TYPE_REF && strcmp(path + n, ".entry") == 0;
        if (path[n] == 0 || reference)
            return is_leaf(list) ? list : NULL;
        return list->type == TYPE_OBJECT && !is_leaf(list) ? find_member(list->shape, path + n + 1)
                                                           : NULL;
    }
    return NULL;
}

const struct member *draft_member(const struct draft *d, const char *path)
{
    const struct member *own = find_member(kind_table[d->kind].members, path);
    return own != NULL ? own : find_member(common_members, path);
}

bool draft_has(const struct draft *d, const char *path)
{
    return json_object_get(d->answers, path) != NULL;
}

const json_t *draft_get(const struct draft *d, const char *path)
{
    return json_object_get(d->answers, path);
}

void draft_forget(struct draft *d, const char *path)
{
    json_object_del(d->answers, path);
}

/* ---- one value ------------------------------------------------------------------------------- */

static json_t *time_value(const char *text, const struct zone *z, const char **cause)
{
    char full[WHEN_TEXT + 1];
    const char *wrong = written_time_read(full, text, z);
    if (wrong == NULL)
        return json_string(full);
    *cause = wrong;
    return NULL;
}

static json_t *window_value(const char *text, const struct zone *z, const char **cause)
{
    const char *slash = strchr(text, '/');
    if (slash == NULL) {
        *cause = TR("a window is FROM/UNTIL", "un periodo es DESDE/HASTA");
        return NULL;
    }
    char *from = kept(strndup(text, (size_t)(slash - text)));
    json_t *a = from == NULL ? NULL : time_value(from, z, cause),
           *b = a == NULL ? NULL : time_value(slash + 1, z, cause);
    free(from);
    if (b != NULL && strcmp(json_string_value(a), json_string_value(b)) < 0)
        return json_pack("{s:o,s:o}", "from", a, "until", b);
    if (b != NULL)
        *cause = TR("the window ends before it begins", "el periodo termina antes de empezar");
    json_decref(a);
    json_decref(b);
    return NULL;
}

static json_t *number_value(const char *text, const char **cause)
{
    uint64_t n;
    if (decimal_parse(&n, span_str(text)) == 0 && n <= (uint64_t)INTEGER_MAX)
        return json_integer((json_int_t)n);
    *cause = TR("a whole number", "un número entero");
    return NULL;
}

/* Shown, and signed, is the one form that an identifier has. */
static json_t *subject_value(const char *text, const char **cause)
{
    static char said[200];
    const char *equals = strchr(text, '=');
    char type[CODE_MAX + 1], value[VALUE_MAX + 1];
    struct refusal why;
    *cause = TR("a subject is TYPE=VALUE, such as curp=GOMC850315HDFRRR07",
                "un sujeto es TIPO=VALOR, como curp=GOMC850315HDFRRR07");
    if (equals == NULL || equals == text || equals[1] == 0 || equals - text > CODE_MAX)
        return NULL;
    snprintf(type, sizeof type, "%.*s", (int)(equals - text), text);
    if (identifier_normalise(value, type, span_str(equals + 1), NULL, &why) == 0)
        return json_pack("{s:s,s:s}", "type", type, "value", value);
    snprintf(said, sizeof said, "%s: %s", type, cause_words(why.subject, language_get()));
    *cause = said;
    return NULL;
}

/* base64 as it is, or of the file behind '@'. */
static json_t *hash_value(const char *text, const char **cause)
{
    struct buf file = { 0 };
    struct hash sha256;
    char base64[48];
    if (text[0] != '@')
        return json_string(text); /* base64, or ENTRY:N of what an entry seals */
    enum file read = file_read(&file, text + 1, FILE_MAX);
    if (read != FILE_OK) {
        *cause = file_cause(read);
        buf_free(&file);
        return NULL;
    }
    hash_bytes(&sha256, buf_span(&file));
    base64_encode(base64, sha256.b, HASH_BYTES);
    buf_free(&file);
    return json_string(base64);
}

static json_t *bool_value(const char *text, const char **cause)
{
    static const char *const yes[] = { "true", "yes", "y", "sí", "si", "s" }, *const no[] = {
        "false", "no", "n"
    };
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++)
        if (strcmp(text, yes[i]) == 0)
            return json_true();
    for (size_t i = 0; i < sizeof no / sizeof *no; i++)
        if (strcmp(text, no[i]) == 0)
            return json_false();
    *cause = TR("yes or no", "sí o no");
    return NULL;
}

/* How a value may be, where that is a matter of a few words. */
static const char *words_of(const struct member *m)
{
    static char said[200];
    const char *const *word = type_words(m->type);
    size_t n = 0;
    if (word == NULL)
        return TR("this does not have the right form", "esto no tiene la forma debida");
    for (; *word != NULL && n < sizeof said; word++)
        n += (size_t)snprintf(said + n, sizeof said - n, "%s%s", n == 0 ? "" : ", ", *word);
    return said;
}

/* The log would refuse it; better said before the next question. */
static bool well_spelt(const struct member *m, const char *text, const char **cause)
{
    static char said[300];
    struct refusal why;
    struct buf words = { 0 };
    if (m->type != TYPE_TEXT || spelling_check(span_str(text), m->name, &why) == 0)
        return true;
    refusal_sentence(&words, &why, language_get());
    snprintf(said, sizeof said, "%s", kept_text(&words));
    buf_free(&words);
    *cause = said;
    return false;
}

static json_t *plain_value(const struct member *m, const char *text, const char **cause)
{
    bool hash = m->type == TYPE_HASH || m->type == TYPE_BLOB;
    json_t *v = hash ? hash_value(text, cause) : json_string(text);
    bool of_entry = strcmp(m->name, "blob") == 0 && text[0] != ':' &&
                    text[strspn(text, "0123456789:")] == 0 && strchr(text, ':') != NULL;
    bool fits = v != NULL && (of_entry || type_allows(m->type, span_str(json_string_value(v))));
    if (v == NULL || (fits && well_spelt(m, text, cause)))
        return v;
    json_decref(v);
    if (fits)
        return NULL;
    *cause =
        hash ? TR("base64 of a SHA-256, or @FILE; for a blob ENTRY:N, the Nth thing that an entry "
                  "seals",
                  "base64 de un SHA-256, o @ARCHIVO; para un blob ASIENTO:N, lo N-ésimo que sella "
                  "un asiento")
             : words_of(m);
    return NULL;
}

static json_t *one_value(const struct member *m, const char *text, const struct zone *z,
                         const char **cause)
{
    *cause = TR("this does not have the right form", "esto no tiene la forma debida");
    switch (m->type) {
    case TYPE_OBJECT:
        return m->shape == note_shape ? json_string(text) : subject_value(text, cause);
    case TYPE_WINDOW:
        return window_value(text, z, cause);
    case TYPE_REF: {
        json_t *index = number_value(text, cause);
        return index == NULL ? NULL : json_pack("{s:o}", "entry", index);
    }
    case TYPE_TIME:
        return time_value(text, z, cause);
    case TYPE_INTEGER:
    case TYPE_COUNT:
    case TYPE_SKEW:
        return number_value(text, cause);
    case TYPE_BOOL:
        return bool_value(text, cause);
    default:
        return plain_value(m, text, cause);
    }
}

/* ---- answers --------------------------------------------------------------------------------- */

/* Items of an array; commas divide all but what may contain them. */
static int add_items(const struct member *m, json_t *list, const char *text, const struct zone *z,
                     const char **cause)
{
    bool divided = m->type != TYPE_OBJECT && m->type != TYPE_TEXT;
    for (const char *p = text;;) {
        size_t n = divided ? strcspn(p, ",") : strlen(p);
        char *item = kept(strndup(p, n));
        json_t *v = item == NULL ? NULL : one_value(m, item, z, cause);
        free(item);
        if (v == NULL)
            return -1;
        json_push(list, v);
        if (p[n] == 0)
            return 0;
        p += n + 1 + strspn(p + n + 1, " ");
    }
}

/* "warrant.entry" says the same of a reference as "warrant". */
static void own_path(char out[static 96], const struct member *m, const char *path)
{
    size_t n = strlen(path), tail = strlen(".entry");
    snprintf(out, 96, "%s", path);
    if (m->type == TYPE_REF && n > tail && n < 96 && strcmp(path + n - tail, ".entry") == 0)
        out[n - tail] = 0;
}

/* "@FILE": a line each, so that nobody need be named on a command line. */
static int add_file(const struct member *m, json_t *list, const char *path, const char **cause)
{
    struct buf file = { 0 };
    enum file read = file_read(&file, path, FILE_MAX);
    int failed = read == FILE_OK ? 0 : -1;
    if (failed)
        *cause = file_cause(read);
    char *save = NULL, *text = kept(strdup(kept_text(&file)));
    if (text == NULL || file.failed) /* the list would be shorter than the file */
        failed = -1;
    for (char *line = text == NULL ? NULL : strtok_r(text, "\r\n", &save); !failed && line != NULL;
         line = strtok_r(NULL, "\r\n", &save))
        failed = add_items(m, list, line, NULL, cause);
    free(text);
    buf_free(&file);
    return failed;
}

static int add_answer(const struct member *m, json_t *list, const char *text, const struct zone *z,
                      const char **cause)
{
    return m->type == TYPE_OBJECT && text[0] == '@' ? add_file(m, list, text + 1, cause)
                                                    : add_items(m, list, text, z, cause);
}

bool draft_is_unzoned(const struct draft *d, const char *path, const char *text)
{
    const struct member *m = draft_member(d, path);
    return m != NULL && (m->type == TYPE_WINDOW || m->type == TYPE_TIME) && text[0] != 0 &&
           text[strlen(text) - 1] != 'Z';
}

void draft_say_read_as_utc(const char *text, const struct zone *shown)
{
    say(TR("warning: %s was read in UTC, and is shown by the clocks of %s: --zone %s reads it by "
           "these",
           "advertencia: %s se leyó en UTC y se muestra con los relojes de %s: --zone %s lo lee "
           "con "
           "estos"),
        text, shown->name, shown->name);
}

int draft_answer(struct draft *d, const char *given, const char *text, const char **cause)
{
    const struct member *m = draft_member(d, given);
    char path[96];
    *cause = TR("out of memory", "memoria agotada");
    if (m == NULL) {
        *cause = TR("this kind has no such member", "este tipo no tiene ese miembro");
        return -1;
    }
    own_path(path, m, given);
    if (!(m->flags & ARRAY)) {
        json_t *v = one_value(m, text, zone_of(d), cause);
        return v != NULL && json_object_set_new(d->answers, path, v) == 0 ? 0 : -1;
    }
    json_t *list = json_object_get(d->answers, path);
    if (list == NULL) {
        list = json_list();
        if (add_answer(m, list, text, zone_of(d), cause) == 0)
            return json_object_set_new(d->answers, path, list);
        json_decref(list);
        return -1;
    }
    return add_answer(m, list, text, zone_of(d), cause);
}

/* ---- the whole ------------------------------------------------------------------------------- */

static bool any_below(const struct draft *d, const char *path)
{
    const char *name;
    json_t *v;
    size_t n = strlen(path);
    json_object_foreach (d->answers, name, v) {
        if (strncmp(name, path, n) == 0 && name[n] == '.')
            return true;
    }
    return false;
}

static void join(char out[static 96], const char *prefix, const char *name)
{
    snprintf(out, 96, "%.60s%s%.34s", prefix, prefix[0] == 0 ? "" : ".", name);
}

static const struct member *missing(const struct draft *d, const struct member *list,
                                    const char *prefix, char path[static 96])
{
    for (; list->name != NULL; list++) {
        char here[96];
        join(here, prefix, list->name);
        if (!is_leaf(list)) {
            const struct member *inner = NULL;
            if (!(list->flags & OPTIONAL) || any_below(d, here))
                inner = missing(d, list->shape, here, path);
            if (inner != NULL)
                return inner;
        } else if (!(list->flags & OPTIONAL) && !draft_has(d, here)) {
            memcpy(path, here, sizeof here);
            return list;
        }
    }
    return NULL;
}

const struct member *draft_missing(const struct draft *d, char path[static 96])
{
    return missing(d, kind_table[d->kind].members, "", path);
}

static json_t *assemble(const struct draft *d, const struct member *list, const char *prefix)
{
    json_t *out = json_made(json_object());
    for (; list->name != NULL; list++) {
        char here[96];
        join(here, prefix, list->name);
        json_t *v = json_object_get(d->answers, here);
        if (v != NULL)
            json_put(out, list->name, json_incref(v));
        else if (!is_leaf(list) && any_below(d, here))
            json_put(out, list->name, assemble(d, list->shape, here));
    }
    return out;
}

json_t *draft_record(const struct draft *d)
{
    json_t *record = json_made(json_pack("{s:s}", "kind", kind_name(d->kind)));
    json_t *common = assemble(d, common_members, "");
    json_t *own = assemble(d, kind_table[d->kind].members, "");
    if (json_object_update(record, common) != 0 || json_object_update(record, own) != 0)
        lost(ENOMEM);
    json_decref(common);
    json_decref(own);
    return record;
}

int draft_each_reference(json_t *record, int (*visit)(void *ctx, json_t *reference, uint64_t index),
                         void *ctx)
{
    const char *name;
    json_t *inner;
    size_t i;
    int stop = 0;
    const json_t *entry = json_object_get(record, "entry");
    if (json_is_integer(entry) && json_object_get(record, "hash") == NULL)
        return visit(ctx, record, (uint64_t)json_integer_value(entry));
    if (json_is_object(record)) {
        json_object_foreach (record, name, inner)
            if (stop == 0)
                stop = draft_each_reference(inner, visit, ctx);
    } else if (json_is_array(record)) {
        json_array_foreach (record, i, inner)
            if (stop == 0)
                stop = draft_each_reference(inner, visit, ctx);
    }
    return stop;
}
