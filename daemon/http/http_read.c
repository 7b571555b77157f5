#include <event2/keyvalq_struct.h>
#include <stdlib.h>
#include <sys/queue.h>

#include "daemon/host/metrics.h"
#include "daemon/http/http.h"
#include "daemon/state/erasing.h"
#include "daemon/state/receipt_maker.h"
#include "daemon/witnesses/feed.h"
#include "proto/base/scan.h"

#define FIND_PAGE 1000

/* A GET that a reader thread answers from the store. */
struct reading {
    struct exchange exchange; /* first */
    enum store_result (*read)(struct reading *r);
    struct tile tile;
    uint64_t index; /* of a receipt; of the first entry to find */
    size_t built;   /* bytes of its answer, while they count in METRIC_READ_BYTES */
    bool withheld;  /* its answer waits for an erasure */
    enum { FIND_LIST, FIND_ID, FIND_ROSTER, FIND_KEY } find;
    bool witnessed;      /* the receipt is against the newest witnessed checkpoint */
    enum metric counted; /* which limit it counts towards */
    enum role role;      /* FIND_ROSTER: ROLE_NONE for rulesets */
    enum store_list list;
    char name[TEXT_MAX + 1];
    uint8_t id[UUID_BYTES];
    uint8_t key[PUBLIC_KEY_BYTES];
};

static void release(struct exchange *e)
{
    struct reading *r = (struct reading *)(void *)e;   /* exchange is its first member */
    metric_add(METRIC_READ_BYTES, -(int64_t)r->built); /* by now they count as METRIC_REPLY_BYTES */
    metric_add(r->counted, -1);
    free(e);
}

/* Asked again before the answer is built, as many may have been admitted at once: what is built
 * beyond reply_bytes is then at most one answer for each reader. */
static bool has_room(const struct reading *r)
{
    return metric_get(METRIC_REPLY_BYTES) + metric_get(METRIC_READ_BYTES) <
           r->exchange.service->config.reply_bytes;
}

/* What is not there is 404; all else that goes wrong may be right in a moment. */
static void run(struct work *w)
{
    struct reading *r = (struct reading *)(void *)w;
    struct refusal why;
    if (!has_room(r)) {
        refuse(&why, REASON_BUSY, "");
        problem_answer(&r->exchange.answer, &why, r->exchange.language);
        exchange_return(&r->exchange);
        return;
    }
    enum store_result result = r->read(r);
    if (result == STORE_OK && r->exchange.answer.body.failed)
        result = STORE_MEMORY;
    if (result != STORE_OK || r->withheld) {
        refuse(&why,
               result == STORE_ABSENT ? REASON_NOT_FOUND
               : result != STORE_OK   ? REASON_MEMORY
                                      : REASON_ERASURE_DUE,
               "beyond the end of the log");
        problem_answer(&r->exchange.answer, &why, r->exchange.language);
    }
    r->built = r->exchange.answer.body.n;
    metric_add(METRIC_READ_BYTES, (int64_t)r->built);
    exchange_return(&r->exchange);
}

/* A new reading, or NULL if it was refused. */
static struct reading *new_reading(struct call *c, enum store_result (*read)(struct reading *r),
                                   enum metric counted)
{
    struct reading *r = calloc(1, sizeof *r);
    if (r == NULL) {
        call_refuse(c, REASON_MEMORY, "");
        return NULL;
    }
    r->read = read;
    r->exchange.release = release;
    r->exchange.work.run = run;
    r->counted = counted;
    metric_add(counted, 1);
    return r;
}

static struct reading *admit(struct call *c, enum store_result (*read)(struct reading *r))
{
    return call_may_read(c, 0) ? new_reading(c, read, METRIC_READS) : NULL;
}

static void start(struct call *c, struct reading *r)
{
    call_defer(c, &r->exchange);
    call_push(c, c->service->readers, &r->exchange.work);
}

/* ---- tiles ----------------------------------------------------------------------------------- */

/* With witnesses: the newest that has its quorum. */
static void answer_witnessed(struct call *c)
{
    struct answer a = { .status = 200, .type = "text/plain; charset=utf-8", .cache = CACHE_CHECK };
    uint64_t size = feed_witnessed(c->service->feed, &a.body);
    if (size > 0 && !a.body.failed) {
        call_answer(c, &a);
        return;
    }
    buf_free(&a.body);
    call_refuse(c, size == 0 ? REASON_UNWITNESSED : REASON_MEMORY, "checkpoint");
}

void handle_checkpoint(struct call *c)
{
    if (c->service->feed != NULL) {
        answer_witnessed(c);
        return;
    }
    char note[OWN_CHECKPOINT_MAX];
    uint64_t size;
    struct hash root;
    struct answer a = { .status = 200, .type = "text/plain; charset=utf-8", .cache = CACHE_CHECK };
    size_t n = newest_get(&c->service->newest, &size, &root, note);
    buf_add(&a.body, note, n);
    if (a.body.failed)
        call_refuse(c, REASON_MEMORY, "");
    else
        call_answer(c, &a);
}

static bool is_full_tile(const struct tile *t)
{
    return t->level >= 0 && t->level < TILE_LEVELS && t->width == TILE_WIDTH;
}

static enum store_result read_tile(struct reading *r)
{
    struct answer *a = &r->exchange.answer;
    struct store_txn *t;
    uint64_t size;
    *a = (struct answer){ .status = 200,
                          .type = "application/octet-stream",
                          .cache = CACHE_FOREVER };
    if (is_full_tile(&r->tile))
        return receipts_read_tile(&a->body, r->exchange.service, &r->tile);
    enum store_result result = store_begin(&t, r->exchange.service->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    result = tip_size(t, &size);
    if (result == STORE_OK)
        result = r->tile.width <= tile_width(size, r->tile.level, r->tile.n)
                     ? store_tile(t, &r->tile, &a->body)
                     : STORE_ABSENT;
    store_end(t);
    return result;
}

/* A full tile that is in memory is answered from there at once. */
static bool answer_kept(struct call *c, const struct tile *tile)
{
    const void *bytes;
    struct cached *kept = is_full_tile(tile) ? receipts_tile(c->service, tile, &bytes) : NULL;
    if (kept == NULL)
        return false;
    struct answer a = { .status = 200, .type = "application/octet-stream", .cache = CACHE_FOREVER };
    if (call_may_read(c, 0)) {
        a.kept = kept;
        a.kept_bytes = span_of(bytes, TILE_BYTES);
        call_answer(c, &a);
    } else {
        cached_release(kept);
    }
    return true;
}

void handle_tile(struct call *c)
{
    struct tile tile;
    struct span path = span_of(c->rest.p - strlen("tile/"), c->rest.n + strlen("tile/"));
    if (tile_path_parse(&tile, path) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "tile");
        return;
    }
    if (answer_kept(c, &tile))
        return;
    struct reading *r = admit(c, read_tile);
    if (r == NULL)
        return;
    r->tile = tile;
    start(c, r);
}

/* ---- parameters ------------------------------------------------------------------------------ */

static bool one_of(const char *const *names, const char *name)
{
    while (*names != NULL && strcmp(*names, name) != 0)
        names++;
    return *names != NULL;
}

static bool comes_again(const struct evkeyval *v)
{
    for (const struct evkeyval *w = TAILQ_NEXT(v, next); w != NULL; w = TAILQ_NEXT(w, next))
        if (strcmp(w->key, v->key) == 0)
            return true;
    return false;
}

/* Parses a query whose parameters are all among `names` (which ends with NULL), none twice. Returns
 * 0, and *out is to be cleared, or -1. A zero byte would end a C string early. */
static int parse_query(struct evkeyvalq *out, const char *query, const char *const *names)
{
    struct evkeyval *v;
    if (query == NULL)
        query = "";
    if (strstr(query, "%00") != NULL || evhttp_parse_query_str(query, out) != 0)
        return -1;
    TAILQ_FOREACH (v, out, next) {
        if (one_of(names, v->key) && !comes_again(v))
            continue;
        evhttp_clear_headers(out);
        return -1;
    }
    return 0;
}

/* ---- receipts -------------------------------------------------------------------------------- */

static enum store_result read_receipt(struct reading *r)
{
    struct answer *a = &r->exchange.answer;
    *a =
        (struct answer){ .status = 200, .type = "text/plain; charset=utf-8", .cache = CACHE_CHECK };
    struct buf note = { 0 };
    if (r->witnessed)
        feed_witnessed(r->exchange.service->feed, &note);
    enum store_result result =
        note.failed ? STORE_MEMORY
                    : receipt_build(&a->body, r->exchange.service, buf_span(&note), r->index);
    buf_free(&note);
    r->withheld = result == STORE_OK && erasing_withholds(r->exchange.service, r->index);
    if (result == STORE_OK && !r->withheld)
        metric_add(METRIC_RECEIPTS, 1);
    return result;
}

static bool is_wait(const char *query)
{
    return query != NULL && strcmp(query, "wait=witnessed") == 0;
}

static bool wait_allowed(const char *query)
{
    return query == NULL || query[0] == 0 || is_wait(query);
}

/* Without witnesses every checkpoint has its quorum as soon as it is signed. */
static void answer_when_witnessed(struct call *c, uint64_t index)
{
    struct reading *r = call_may_wait(c) ? new_reading(c, read_receipt, METRIC_WAITS) : NULL;
    if (r == NULL)
        return;
    r->index = index;
    r->witnessed = true;
    if (feed_witnessed(c->service->feed, NULL) > index)
        start(c, r);
    else
        call_await(c, &r->exchange, index);
}

void handle_receipt(struct call *c)
{
    uint64_t index;
    if (decimal_parse(&index, c->rest) != 0) {
        call_refuse(c, REASON_NOT_FOUND, "/v1/receipts/INDEX");
        return;
    }
    if (!wait_allowed(c->query)) {
        call_refuse(c, REASON_REQUEST_FORM, "?wait=witnessed");
        return;
    }
    uint64_t size;
    struct hash root;
    newest_get(&c->service->newest, &size, &root, NULL);
    if (index < size && is_wait(c->query) && c->service->feed != NULL) {
        answer_when_witnessed(c, index);
        return;
    }
    struct reading *r = admit(c, read_receipt);
    if (r == NULL)
        return;
    r->index = index;
    start(c, r);
}

/* ---- find ------------------------------------------------------------------------------------ */

/* What concerns a key itself, however much was signed with it. */
static void find_key_entries(struct reading *r, uint64_t *entry, size_t *n)
{
    uint64_t found[2];
    size_t all = signers_key_entries(&r->exchange.service->signers, r->key, found);
    *n = 0;
    for (size_t i = 0; i < all; i++)
        if (found[i] >= r->index)
            entry[(*n)++] = found[i];
}

/* One more than a page, so that it is known whether there are more. */
static enum store_result find(struct reading *r, struct store_txn *t, uint64_t *entry, size_t *n)
{
    if (r->find == FIND_LIST)
        return store_list(t, r->list, span_str(r->name), r->index, entry, FIND_PAGE + 1, n);
    if (r->find == FIND_KEY) {
        find_key_entries(r, entry, n);
        return STORE_OK;
    }
    if (r->find == FIND_ROSTER) {
        *n =
            signers_entries(&r->exchange.service->signers, r->role, r->index, entry, FIND_PAGE + 1);
        return STORE_OK;
    }
    return store_ids(t, r->id, r->index, entry, FIND_PAGE + 1, n);
}

static void format_found(struct buf *out, uint64_t size, const uint64_t *entry, size_t n)
{
    size_t shown = n > FIND_PAGE ? FIND_PAGE : n;
    buf_addf(out, "{\"size\":%llu,\"entries\":[", (unsigned long long)size);
    for (size_t i = 0; i < shown; i++)
        buf_addf(out, "%s%llu", i == 0 ? "" : ",", (unsigned long long)entry[i]);
    buf_adds(out, "],\"next\":");
    if (n > FIND_PAGE)
        buf_add_decimal(out, entry[shown - 1]);
    else
        buf_adds(out, "null");
    buf_adds(out, "}\n");
}

static enum store_result read_find(struct reading *r)
{
    struct answer *a = &r->exchange.answer;
    struct store_txn *t;
    uint64_t size, entry[FIND_PAGE + 1];
    size_t n;
    enum store_result result = store_begin(&t, r->exchange.service->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    *a = (struct answer){ .status = 200, .type = "application/json", .cache = CACHE_CHECK };
    result = tip_size(t, &size);
    if (result == STORE_OK)
        result = find(r, t, entry, &n);
    store_end(t);
    if (result == STORE_OK)
        format_found(&a->body, size, entry, n);
    return result == STORE_ABSENT ? STORE_DAMAGED : result;
}

/* ---- what to find ---------------------------------------------------------------------------- */

static int find_list(struct reading *r, enum store_list list, const char *name)
{
    r->find = FIND_LIST;
    r->list = list;
    if (name[0] == 0 || strlen(name) > TEXT_MAX)
        return -1;
    memcpy(r->name, name, strlen(name) + 1);
    return 0;
}

static int find_warrant(struct reading *r, const char *ref)
{
    return find_list(r, LIST_WARRANT, ref);
}

static int find_signer(struct reading *r, const char *name)
{
    return signer_name_allowed(span_str(name)) ? find_list(r, LIST_SIGNER, name) : -1;
}

static int find_id(struct reading *r, const char *id)
{
    r->find = FIND_ID;
    return uuid_parse(r->id, span_str(id));
}

/* The enrolment and revocation of one key. */
static int find_vkey(struct reading *r, const char *text)
{
    struct vkey key;
    const char *cause;
    r->find = FIND_KEY;
    if (vkey_parse(&key, span_str(text), &cause) != 0)
        return -1;
    memcpy(r->key, key.key, PUBLIC_KEY_BYTES);
    return 0;
}

/* Enrolments for a role: a client looks for the oversight key in force. */
static int find_role(struct reading *r, const char *role)
{
    r->find = FIND_ROSTER;
    r->role = role_of_name(role);
    return r->role == ROLE_NONE ? -1 : 0;
}

/* Of the kinds only rulesets: a client looks for the one in force. */
static int find_kind(struct reading *r, const char *kind)
{
    r->find = FIND_ROSTER;
    r->role = ROLE_NONE;
    return strcmp(kind, kind_name(KIND_RULESET)) == 0 ? 0 : -1;
}

/* Exactly one of these, and where to go on. Returns 0 or -1. */
static int read_terms(struct reading *r, const struct evkeyvalq *query)
{
    static const struct {
        const char *name;
        int (*read)(struct reading *r, const char *value);
    } terms[] = { { "warrant", find_warrant }, { "signer", find_signer }, { "id", find_id },
                  { "vkey", find_vkey },       { "role", find_role },     { "kind", find_kind } };
    const char *after = evhttp_find_header(query, "after");
    int given = 0, failed = 0;
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        const char *value = evhttp_find_header(query, terms[i].name);
        if (value == NULL)
            continue;
        given++;
        failed |= terms[i].read(r, value);
    }
    if (given != 1 || failed != 0)
        return -1;
    if (after != NULL && decimal_parse(&r->index, span_str(after)) != 0)
        return -1;
    r->index += after != NULL;
    return 0;
}

void handle_find(struct call *c)
{
    static const char *const names[] = { "warrant", "signer", "id",    "vkey",
                                         "role",    "kind",   "after", NULL };
    struct evkeyvalq query;
    struct reading wanted = { .index = 0 };
    int failed = parse_query(&query, c->query, names);
    if (failed == 0) {
        failed = read_terms(&wanted, &query);
        evhttp_clear_headers(&query);
    }
    if (failed != 0) {
        call_refuse(
            c, REASON_REQUEST_FORM,
            "one of ?warrant=REF, ?signer=NAME, ?id=UUID, ?vkey=, ?role=, ?kind=ruleset; &after=N");
        return;
    }
    struct reading *r = admit(c, read_find);
    if (r == NULL)
        return;
    r->find = wanted.find;
    r->list = wanted.list;
    r->role = wanted.role;
    r->index = wanted.index;
    memcpy(r->name, wanted.name, sizeof r->name);
    memcpy(r->id, wanted.id, sizeof r->id);
    memcpy(r->key, wanted.key, sizeof r->key);
    start(c, r);
}
