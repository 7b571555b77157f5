#include "daemon/http/handlers.h"
#include "daemon/http/query.h"
#include "daemon/http/reading.h"
#include "proto/base/scan.h"

#define FIND_PAGE 1000

/* ---- looking, on a reader thread ------------------------------------------------------------- */

/* What concerns a key itself, however much was signed with it. */
static void find_key_entries(struct service *s, const struct find_query *q, uint64_t *entry,
                             size_t *n)
{
    uint64_t found[2];
    size_t all = signers_key_entries(&s->signers, q->key, found);
    *n = 0;
    for (size_t i = 0; i < all; i++)
        if (found[i] >= q->from)
            entry[(*n)++] = found[i];
}

/* One more than a page, so that it is known whether there are more. */
static enum store_result find_entries(struct service *s, const struct find_query *q,
                                      struct store_txn *t, uint64_t *entry, size_t *n)
{
    if (q->by == FIND_LIST)
        return store_list(t, q->list, span_str(q->name), q->from, entry, FIND_PAGE + 1, n);
    if (q->by == FIND_ID)
        return store_ids(t, q->id, q->from, entry, FIND_PAGE + 1, n);
    if (q->by == FIND_KEY)
        find_key_entries(s, q, entry, n);
    else
        *n = signers_entries(&s->signers, q->role, q->from, entry, FIND_PAGE + 1);
    return STORE_OK;
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

/* How many there are below `size`. */
static size_t count_below(const uint64_t *entry, size_t n, uint64_t size)
{
    while (n > 0 && entry[n - 1] >= size)
        n--;
    return n;
}

/* An entry may be committed, and not yet under the newest checkpoint: nobody gets its tile or its
 * receipt then, so it is left out. The size is taken after the search: what any older checkpoint
 * covers is found. */
static enum store_result read_found(struct reading *r)
{
    struct service *s = r->exchange.service;
    struct call_reply *a = &r->exchange.reply;
    struct store_txn *t;
    uint64_t size, entry[FIND_PAGE + 1] = { 0 };
    struct hash root;
    size_t n;
    enum store_result result = store_begin(&t, s->store, STORE_READ);
    if (result != STORE_OK)
        return result;
    *a = (struct call_reply){ .status = 200, .type = "application/json", .cache = CACHE_CHECK };
    result = find_entries(s, &r->find, t, entry, &n);
    store_end(t);
    newest_get(&s->newest, &size, &root, NULL);
    if (result == STORE_OK)
        format_found(&a->body, size, entry, count_below(entry, n, size));
    return result == STORE_ABSENT ? STORE_DAMAGED : result;
}

/* ---- the query, on the event loop ------------------------------------------------------------ */

static int by_list(struct find_query *q, enum store_list list, const char *name)
{
    q->by = FIND_LIST;
    q->list = list;
    if (name[0] == 0 || strlen(name) > TEXT_MAX)
        return -1;
    memcpy(q->name, name, strlen(name) + 1);
    return 0;
}

static int by_warrant(struct find_query *q, const char *ref)
{
    return by_list(q, LIST_WARRANT, ref);
}

static int by_signer(struct find_query *q, const char *name)
{
    return signer_name_allowed(span_str(name)) ? by_list(q, LIST_SIGNER, name) : -1;
}

static int by_id(struct find_query *q, const char *id)
{
    q->by = FIND_ID;
    return uuid_parse(q->id, span_str(id));
}

/* The enrolment and revocation of one key. */
static int by_vkey(struct find_query *q, const char *text)
{
    struct vkey key;
    const char *cause;
    q->by = FIND_KEY;
    if (vkey_parse(&key, span_str(text), &cause) != 0)
        return -1;
    memcpy(q->key, key.key, PUBLIC_KEY_BYTES);
    return 0;
}

/* Enrolments for a role: a client looks for the oversight key in force. */
static int by_role(struct find_query *q, const char *role)
{
    q->by = FIND_REGISTRY;
    q->role = role_of_name(role);
    return q->role == ROLE_NONE ? -1 : 0;
}

/* Of the kinds only rulesets: a client looks for the one in force. */
static int by_kind(struct find_query *q, const char *kind)
{
    q->by = FIND_REGISTRY;
    q->role = ROLE_NONE;
    return strcmp(kind, kind_name(KIND_RULESET)) == 0 ? 0 : -1;
}

/* Exactly one of these, and where to go on. Returns 0 or -1. */
static int read_query(struct find_query *q, const struct evkeyvalq *query)
{
    static const struct {
        const char *name;
        int (*read)(struct find_query *q, const char *value);
    } parameters[] = { { "warrant", by_warrant }, { "signer", by_signer }, { "id", by_id },
                       { "vkey", by_vkey },       { "role", by_role },     { "kind", by_kind } };
    const char *after = evhttp_find_header(query, "after");
    int given = 0, failed = 0;
    for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        const char *value = evhttp_find_header(query, parameters[i].name);
        if (value == NULL)
            continue;
        given++;
        failed |= parameters[i].read(q, value);
    }
    if (given != 1 || failed != 0)
        return -1;
    if (after != NULL && decimal_parse(&q->from, span_str(after)) != 0)
        return -1;
    q->from += after != NULL;
    return 0;
}

void handle_find(struct call *c)
{
    static const char *const names[] = { "warrant", "signer", "id",    "vkey",
                                         "role",    "kind",   "after", NULL };
    struct evkeyvalq query;
    struct find_query wanted = { .from = 0 };
    int failed = query_parse(&query, c->query, names);
    if (failed == 0) {
        failed = read_query(&wanted, &query);
        evhttp_clear_headers(&query);
    }
    if (failed != 0) {
        call_refuse(
            c, REASON_REQUEST_FORM,
            "one of ?warrant=REF, ?signer=NAME, ?id=UUID, ?vkey=, ?role=, ?kind=ruleset; &after=N");
        return;
    }
    struct reading *r = reading_admit(c, read_found);
    if (r == NULL)
        return;
    r->find = wanted;
    r->open = wanted.by == FIND_KEY; /* so that a reader learns what his token must say */
    reading_start(c, r);
}
