#include "tests/unit/client/log_fake.h"

#include <stdio.h>
#include <stdlib.h>

#define BLOBS_MAX 16
#define HINTS_MAX 16

struct log_client {
    const struct log *log;
    size_t size;
    bool unreachable, unwitnessed, gave_up, strange;
    uint64_t hint[HINTS_MAX], spoiled, silent;
    size_t hints, searches;
    log_fake_get_fn *get;
    log_fake_await_fn *await;
    log_fake_post_fn *post;
    log_fake_blob_fn *get_blob;
    const char *listed;
    const char *code;
    struct buf blob[BLOBS_MAX];
    struct hash name[BLOBS_MAX];
    bool erased[BLOBS_MAX];
    size_t blobs;
    struct buf body;
};

/* ---- tests' own ------------------------------------------------------------------------------ */

struct log_client *log_fake_client(const struct log *l, size_t size)
{
    struct log_client *c = calloc(1, sizeof *c);
    c->log = l;
    c->size = size;
    c->spoiled = c->silent = NO_ENTRY;
    c->listed = "vkey=";
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

struct registry *log_fake_registry(const struct log *l, size_t size)
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

void log_fake_silence(struct log_client *c, uint64_t index)
{
    c->silent = index;
}

void log_fake_get(struct log_client *c, log_fake_get_fn *get)
{
    c->get = get;
}

void log_fake_spoil_bodies(struct log_client *c)
{
    c->strange = true;
}

void log_fake_await(struct log_client *c, log_fake_await_fn *await)
{
    c->await = await;
}

void log_fake_post(struct log_client *c, log_fake_post_fn *post)
{
    c->post = post;
}

void log_fake_get_blob(struct log_client *c, log_fake_blob_fn *get)
{
    c->get_blob = get;
}

void log_fake_listed(struct log_client *c, const char *query)
{
    c->listed = query;
}

void log_fake_give_up(struct log_client *c)
{
    c->gave_up = true;
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
    out->registry = log_fake_registry(l, size);
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
static uint64_t identified = NO_ENTRY;
static bool expects;

void log_fake_serve(const struct log_client *c)
{
    assert_int_equal(c->blobs, 0);
    served = *c;
    identified = NO_ENTRY;
    expects = false;
}

bool log_fake_expects_origin(void)
{
    return expects;
}

uint64_t log_fake_identified(void)
{
    return identified;
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
    expects = span_is(origin, ORIGIN);
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
    *out = (struct answer){ .acceptable = !c->strange };
    if (!c->unreachable)
        out->status = c->get(path, &c->body);
}

void log_client_post(struct log_client *c, const char *path, struct span bytes, size_t max,
                     struct answer *out)
{
    (void)max;
    assert_non_null(c->post);
    *out = (struct answer){ .acceptable = true };
    c->post(path, bytes, out);
}

bool log_client_gave_up(const struct log_client *c)
{
    return c->gave_up;
}

void log_client_await(struct log_client *c, uint64_t index, int64_t *left, struct answer *out)
{
    assert_non_null(c->await);
    *out = (struct answer){ .status = 0 };
    c->await(index, left, out);
}

void log_client_identify(struct log_client *c, const struct skey *key,
                         const struct entry_ref *under)
{
    assert_non_null(key);
    assert_memory_equal(c->log->leaf[under->entry].b, under->hash, HASH_BYTES);
    identified = under->entry;
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
    bool silent = c->unreachable || index == c->silent;
    *answer = (struct answer){ .status = silent ? 0 : 200 };
    if (silent)
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
    bool listed = strncmp(query, c->listed, strlen(c->listed)) == 0;
    *answer = (struct answer){ .status = c->unreachable ? 0 : 200 };
    c->searches++;
    for (size_t i = 0; listed && !c->unreachable && i < c->hints && visit(ctx, c->hint[i]); i++)
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
    if (c->get_blob != NULL)
        return c->get_blob(sha256, max, answer);
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
