#include "tests/unit/client/log_fake.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOBS_MAX 16
#define HINTS_MAX 16

struct log_client {
    const struct log *log;
    size_t size;
    bool unreachable, unwitnessed;
    uint64_t hint[HINTS_MAX], spoiled;
    size_t hints, searches;
    log_fake_get_fn *get;
    const char *code;
    struct buf blob[BLOBS_MAX];
    struct hash name[BLOBS_MAX];
    bool erased[BLOBS_MAX];
    size_t blobs;
    struct buf body;
};

struct in_force {
    struct registry *registry;
    uint64_t size;
};

/* ---- tests' own ------------------------------------------------------------------------------ */

struct log_client *log_fake_client(const struct log *l, size_t size)
{
    struct log_client *c = calloc(1, sizeof *c);
    c->log = l;
    c->size = size;
    c->spoiled = NO_ENTRY;
    return c;
}

/* Returns when it was accepted. */
static int64_t parse(struct record *out, const struct log *l, uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l->entry[index]), &why), 0);
    assert_int_equal(record_parse(out, e.note, &why), 0);
    return e.accepted;
}

static struct registry *registry_of(const struct log *l, size_t size)
{
    struct registry *registry = registry_new();
    for (uint64_t i = 0; i < size; i++) {
        struct record r;
        parse(&r, l, i);
        assert_int_equal(registry_apply(registry, i, &l->leaf[i], &r), 0);
        record_free(&r);
    }
    return registry;
}

struct in_force *log_fake_in_force(const struct log *l, size_t size)
{
    struct in_force *s = calloc(1, sizeof *s);
    s->registry = registry_of(l, size);
    s->size = size;
    return s;
}

void log_fake_set(struct log_client *c, bool unreachable, bool unwitnessed)
{
    c->unreachable = unreachable;
    c->unwitnessed = unwitnessed;
}

void log_fake_hint(struct log_client *c, uint64_t index)
{
    assert_in_range(c->hints, 0, HINTS_MAX - 1);
    c->hint[c->hints++] = index;
}

size_t log_fake_searches(const struct log_client *c)
{
    return c->searches;
}

void log_fake_spoil(struct log_client *c, uint64_t index)
{
    c->spoiled = index;
}

void log_fake_get(struct log_client *c, log_fake_get_fn *get)
{
    c->get = get;
}

void log_fake_complain(struct log_client *c, const char *code)
{
    c->code = code;
}

size_t log_fake_blobs(const struct log_client *c)
{
    return c->blobs;
}

struct buf *log_fake_blob(struct log_client *c, size_t i)
{
    return &c->blob[i];
}

void log_fake_erase(struct log_client *c, size_t i)
{
    c->erased[i] = true;
}

void log_fake_identity(struct identity *out, const struct log *l, size_t size, enum who who)
{
    struct skey key = l->who[who].key;
    *out = (struct identity){ .key = private_key_keep(&key), .enrolled = true, .good = true };
    assert_non_null(out->key);
    out->registry = registry_of(l, size);
    const struct enrolment *e = registry_find_key(out->registry, out->key->vkey.key, &out->number);
    assert_non_null(e);
    out->under.entry = e->entry;
    memcpy(out->under.hash, e->leaf.b, HASH_BYTES);
}

void log_fake_identity_free(struct identity *id)
{
    registry_free(id->registry);
    private_key_free(id->key);
}

static struct log_client served;

void log_fake_serve(const struct log_client *c)
{
    assert_int_equal(c->blobs, 0);
    served = *c;
}

/* ---- log_client.h ----------------------------------------------------------------------------- */

struct log_client *log_client_new(const struct trust *trust)
{
    struct log_client *c = malloc(sizeof *c);
    (void)trust;
    assert_non_null(c);
    *c = served;
    return c;
}

void log_client_expect_origin(struct log_client *c, struct span origin)
{
    assert_non_null(c);
    assert_true(span_is(origin, ORIGIN));
}

void log_client_free(struct log_client *c)
{
    if (c == NULL)
        return;
    for (size_t i = 0; i < c->blobs; i++)
        buf_free(&c->blob[i]);
    buf_free(&c->body);
    free(c);
}

void log_client_get(struct log_client *c, const char *path, size_t max, struct answer *out)
{
    (void)max;
    assert_non_null(c->get);
    buf_clear(&c->body);
    *out = (struct answer){ .acceptable = true };
    if (!c->unreachable)
        out->status = c->get(path, &c->body);
}

const struct buf *log_client_body(const struct log_client *c)
{
    return &c->body;
}

void log_client_complaint(const struct log_client *c, const struct answer *answer,
                          struct complaint *out)
{
    (void)answer;
    snprintf(out->code, sizeof out->code, "%s", c->code == NULL ? "unreachable" : c->code);
    snprintf(out->detail, sizeof out->detail, "nobody answers");
}

void complaint_fill(struct complaint *out, const struct refusal *why)
{
    snprintf(out->code, sizeof out->code, "%s", reason_name(why->reason));
    snprintf(out->detail, sizeof out->detail, "%s", why->subject);
}

int complain_memory(struct complaint *out)
{
    struct refusal why;
    refuse(&why, REASON_MEMORY, "");
    return complain(out, &why);
}

void shown_free(struct shown *e)
{
    record_free(&e->record);
    buf_free(&e->bytes);
}

enum show log_client_entry(struct log_client *c, uint64_t index, struct shown *out,
                           struct answer *answer)
{
    *answer = (struct answer){ .status = c->unreachable ? 0 : 200 };
    if (c->unreachable)
        return SHOW_FAILED;
    if (index >= c->size)
        return SHOW_ABSENT;
    if (index == c->spoiled)
        return SHOW_BAD;
    *out = (struct shown){ .index = index, .good = !c->unwitnessed, .leaf = c->log->leaf[index] };
    out->accepted = parse(&out->record, c->log, index);
    return SHOW_PROVEN;
}

enum show log_client_good_entry(struct log_client *c, uint64_t index, struct shown *out,
                                struct answer *answer)
{
    return c->unwitnessed ? SHOW_UNWITNESSED : log_client_entry(c, index, out, answer);
}

bool log_client_find(struct log_client *c, const char *query,
                     bool (*visit)(void *ctx, uint64_t index), void *ctx, struct answer *answer)
{
    assert_true(strncmp(query, "vkey=", 5) == 0 || c->hints == 0);
    *answer = (struct answer){ .status = c->unreachable ? 0 : 200 };
    c->searches++;
    for (size_t i = 0; !c->unreachable && i < c->hints && visit(ctx, c->hint[i]); i++)
        continue;
    return !c->unreachable;
}

bool log_client_put_blob(struct log_client *c, struct span blob, struct answer *answer)
{
    *answer = (struct answer){ .status = c->unreachable ? 0 : 201 };
    if (c->unreachable)
        return false;
    assert_in_range(c->blobs, 0, BLOBS_MAX - 1);
    buf_add_span(&c->blob[c->blobs], blob);
    hash_bytes(&c->name[c->blobs++], blob);
    return true;
}

/* By the name under which it was put: its bytes may have been altered since. */
enum blob log_client_get_blob(struct log_client *c, const uint8_t sha256[static HASH_BYTES],
                              size_t max, struct answer *answer)
{
    *answer = (struct answer){ .status = c->unreachable ? 0 : 200 };
    if (c->unreachable)
        return BLOB_REFUSED;
    for (size_t i = 0; i < c->blobs; i++) {
        if (memcmp(c->name[i].b, sha256, HASH_BYTES) != 0)
            continue;
        if (c->erased[i])
            return BLOB_ERASED;
        assert_in_range(c->blob[i].n, 0, max);
        buf_clear(&c->body);
        buf_add_span(&c->body, buf_span(&c->blob[i]));
        return BLOB_THERE;
    }
    return BLOB_ABSENT;
}

/* ---- in_force.h ------------------------------------------------------------------------------ */

void in_force_close(struct in_force *s)
{
    registry_free(s->registry);
    free(s);
}

const struct registry *in_force_registry(struct in_force *s, struct complaint *complaint)
{
    (void)complaint;
    return s->registry;
}

enum stands in_force_look(struct in_force *s, struct complaint *complaint)
{
    (void)s;
    (void)complaint;
    return STANDS_PROVEN;
}

uint64_t in_force_size(const struct in_force *s)
{
    return s->size;
}

int in_force_follow(struct in_force *s, const char *query, struct complaint *complaint)
{
    (void)s;
    (void)query;
    (void)complaint;
    return 0;
}

enum show in_force_reach(struct in_force *s, uint64_t index, struct complaint *complaint)
{
    (void)complaint;
    return index < s->size ? SHOW_PROVEN : SHOW_ABSENT;
}
