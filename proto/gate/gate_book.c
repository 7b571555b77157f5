#include "proto/gate/gate_book.h"

#include <stdlib.h>

#include "proto/base/when.h"

#define NO_WARRANT UINT32_MAX
#define FIRST_BUCKETS 64

/* A request to the holder. */
struct request_row {
    uint64_t entry;
    struct hash leaf;
    int64_t accepted;
    uint32_t signer, response_signer;
    uint32_t warrant; /* its number, if `cited` is CITED_ONE */
    enum gate_cited cited;
    enum gate_ratified ratified;
    uint64_t ratification, response;
    struct value *categories; /* of a partial ratification; owned, or NULL */
};

/* A warrant. Those of one reference hang together, the newest first. */
struct warrant_row {
    uint64_t entry, closed;
    struct value *object; /* owned */
    char court[CODE_MAX + 1];
    int64_t until;
    uint32_t next; /* NO_WARRANT: the last */
};

struct gate_book {
    char holder[CODE_MAX + 1];
    uint64_t entries;        /* taken in */
    struct request_row *row; /* ascending by entry */
    size_t rows, rows_cap;
    struct warrant_row *warrant; /* ascending by entry */
    size_t warrants, warrants_cap;
    uint32_t *bucket; /* by reference: the newest warrant of a chain; NO_WARRANT */
    size_t buckets;   /* a power of two, never fewer than warrants */
};

struct gate_book *gate_book_new(const char *holder)
{
    struct gate_book *b = calloc(1, sizeof *b);
    if (b == NULL || strlen(holder) > CODE_MAX) {
        free(b);
        return NULL;
    }
    memcpy(b->holder, holder, strlen(holder) + 1);
    return b;
}

void gate_book_free(struct gate_book *b)
{
    if (b == NULL)
        return;
    for (size_t i = 0; i < b->rows; i++)
        value_free(b->row[i].categories);
    for (size_t i = 0; i < b->warrants; i++)
        value_free(b->warrant[i].object);
    free(b->row);
    free(b->warrant);
    free(b->bucket);
    free(b);
}

/* ---- finding --------------------------------------------------------------------------------- */

static struct request_row *find_row(const struct gate_book *b, uint64_t entry)
{
    size_t low = 0, high = b->rows;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (b->row[mid].entry < entry)
            low = mid + 1;
        else
            high = mid;
    }
    return low < b->rows && b->row[low].entry == entry ? &b->row[low] : NULL;
}

static struct warrant_row *find_warrant(const struct gate_book *b, uint64_t entry)
{
    size_t low = 0, high = b->warrants;
    while (low < high) {
        size_t mid = low + (high - low) / 2;
        if (b->warrant[mid].entry < entry)
            low = mid + 1;
        else
            high = mid;
    }
    return low < b->warrants && b->warrant[low].entry == entry ? &b->warrant[low] : NULL;
}

/* The entry that a member names. That it is there, and of the right kind, the judge has asked. */
static uint64_t named_entry(const struct value *object, const char *member)
{
    struct entry_ref ref;
    return entry_ref_parse(&ref, value_member(object, member)) == 0 ? ref.entry : NO_ENTRY;
}

static size_t bucket_of(const struct gate_book *b, const char *ref)
{
    struct hash h;
    size_t n;
    hash_bytes(&h, span_str(ref));
    memcpy(&n, h.b, sizeof n);
    return n & (b->buckets - 1);
}

/* court: "" if none is given. */
static bool is_called(const struct warrant_row *w, const char *ref, const char *court)
{
    return strcmp(value_text_of(w->object, "ref"), ref) == 0 &&
           (court[0] == 0 || strcmp(w->court, court) == 0);
}

/* Among the warrants so far, by reference, court and entry, as far as they are given. */
static enum gate_cited resolve(const struct gate_book *b, const struct value *named,
                               uint32_t *number)
{
    const char *ref = value_text_of(named, "ref"), *court = value_text_of(named, "court");
    const struct value *entry = value_member(named, "entry");
    size_t found = 0;
    if (named == NULL)
        return CITED_NOTHING;
    if (entry != NULL) {
        const struct warrant_row *w = find_warrant(b, (uint64_t)value_integer(entry));
        if (w == NULL || !is_called(w, ref, court))
            return CITED_UNKNOWN;
        *number = (uint32_t)(w - b->warrant);
        return CITED_ONE;
    }
    if (b->buckets == 0)
        return CITED_UNKNOWN;
    for (uint32_t i = b->bucket[bucket_of(b, ref)]; i != NO_WARRANT && found < 2;
         i = b->warrant[i].next)
        if (is_called(&b->warrant[i], ref, court)) {
            *number = i;
            found++;
        }
    return found == 0 ? CITED_UNKNOWN : found == 1 ? CITED_ONE : CITED_SEVERAL;
}

/* ---- taking in ------------------------------------------------------------------------------- */

/* Makes room for one more. Returns 0 or -1. */
static int grow_list(void **list, size_t n, size_t *cap, size_t size)
{
    size_t more = *cap == 0 ? 16 : *cap * 2;
    if (n < *cap)
        return 0;
    void *bigger = realloc(*list, more * size);
    if (bigger == NULL)
        return -1;
    *list = bigger;
    *cap = more;
    return 0;
}

static void hang(struct gate_book *b, uint32_t number)
{
    struct warrant_row *w = &b->warrant[number];
    uint32_t *head = &b->bucket[bucket_of(b, value_text_of(w->object, "ref"))];
    w->next = *head;
    *head = number;
}

static int grow_buckets(struct gate_book *b)
{
    size_t more = b->buckets == 0 ? FIRST_BUCKETS : b->buckets * 2;
    uint32_t *bigger = malloc(more * sizeof *bigger);
    if (bigger == NULL)
        return -1;
    free(b->bucket);
    b->bucket = bigger;
    b->buckets = more;
    for (size_t i = 0; i < more; i++)
        bigger[i] = NO_WARRANT;
    for (size_t i = 0; i < b->warrants; i++)
        hang(b, (uint32_t)i);
    return 0;
}

static int take_warrant(struct gate_book *b, const struct judged *e, const struct registry *r)
{
    const struct value *window = value_member(e->record->object, "window");
    struct warrant_row w = { .entry = e->index, .closed = NO_ENTRY, .next = NO_WARRANT };
    const char *court = registry_get(r, e->signer)->authority;
    if (b->warrants == b->buckets && grow_buckets(b) != 0)
        return -1;
    void *list = b->warrant;
    int failed = grow_list(&list, b->warrants, &b->warrants_cap, sizeof w);
    b->warrant = list;
    w.object = failed ? NULL : value_copy(e->record->object);
    if (w.object == NULL)
        return -1;
    memcpy(w.court, court, strlen(court) + 1);
    if (when_parse(&w.until, value_span(value_member(window, "until"))) != 0)
        w.until = INT64_MIN; /* cannot be: a window was checked */
    b->warrant[b->warrants] = w;
    hang(b, (uint32_t)b->warrants++);
    return 0;
}

/* One by another court counts as absent. */
static void take_extension(struct gate_book *b, const struct judged *e, const struct registry *r)
{
    struct warrant_row *w = find_warrant(b, named_entry(e->record->object, "warrant"));
    int64_t until;
    if (w != NULL && strcmp(w->court, registry_get(r, e->signer)->authority) == 0 &&
        record_time(e->record, "until", &until) && until > w->until)
        w->until = until;
}

static bool may_use(const struct warrant_row *w, const char *authority)
{
    value_foreach (value_member(w->object, "used_by"), code)
        if (strcmp(value_text_or_empty(code), authority) == 0)
            return true;
    return false;
}

/* Only by an authority that may use the warrant: nobody else ends its work. */
static void take_closing(struct gate_book *b, const struct judged *e, const struct registry *r)
{
    struct warrant_row *w = find_warrant(b, named_entry(e->record->object, "warrant"));
    if (w != NULL && w->closed == NO_ENTRY && may_use(w, registry_get(r, e->signer)->authority))
        w->closed = e->index;
}

static int take_request(struct gate_book *b, const struct judged *e)
{
    const struct value *o = e->record->object;
    struct request_row row = { .entry = e->index,
                               .leaf = *e->leaf,
                               .accepted = e->accepted,
                               .signer = e->signer,
                               .response_signer = NO_SIGNER,
                               .warrant = NO_WARRANT,
                               .ratification = NO_ENTRY,
                               .response = NO_ENTRY };
    if (strcmp(value_text_of(o, "holder"), b->holder) != 0)
        return 0;
    row.cited = resolve(b, value_member(o, "warrant"), &row.warrant);
    void *list = b->row;
    int failed = grow_list(&list, b->rows, &b->rows_cap, sizeof row);
    b->row = list;
    if (failed)
        return -1;
    b->row[b->rows++] = row;
    return 0;
}

static int take_ratification(struct gate_book *b, const struct judged *e)
{
    const struct value *o = e->record->object, *list = value_member(o, "categories");
    const char *result = value_text_of(o, "result");
    struct request_row *row = find_row(b, named_entry(o, "request"));
    if (row == NULL)
        return 0;
    row->ratification = e->index;
    row->ratified = strcmp(result, "total") == 0     ? RATIFICATION_TOTAL
                    : strcmp(result, "partial") == 0 ? RATIFICATION_PARTIAL
                                                     : RATIFICATION_REFUSED;
    value_free(row->categories);
    row->categories = NULL;
    if (row->ratified == RATIFICATION_PARTIAL && list != NULL)
        row->categories = value_copy(list);
    return row->ratified == RATIFICATION_PARTIAL && list != NULL && row->categories == NULL ? -1
                                                                                            : 0;
}

static void take_response(struct gate_book *b, const struct judged *e)
{
    const struct value *o = e->record->object;
    struct request_row *row = find_row(b, named_entry(o, "request"));
    if (row == NULL || row->response != NO_ENTRY ||
        strcmp(value_text_of(o, "outcome"), "direct_access") != 0 ||
        strcmp(value_text_of(o, "holder"), b->holder) != 0)
        return;
    row->response = e->index;
    row->response_signer = e->signer;
}

int gate_book_take(struct gate_book *b, const struct judged *e, const struct registry *r)
{
    int failed = 0;
    b->entries = e->index + 1;
    if (!e->counts || e->record == NULL)
        return 0;
    switch (e->kind) {
    case KIND_WARRANT:
        failed = take_warrant(b, e, r);
        break;
    case KIND_EXTENSION:
        take_extension(b, e, r);
        break;
    case KIND_CLOSING:
        take_closing(b, e, r);
        break;
    case KIND_REQUEST:
        failed = take_request(b, e);
        break;
    case KIND_RATIFICATION:
        failed = take_ratification(b, e);
        break;
    case KIND_RESPONSE:
        take_response(b, e);
        break;
    default:
        break;
    }
    return failed;
}

/* ---- answering ------------------------------------------------------------------------------- */

enum gate_found gate_book_find(const struct gate_book *b, const struct entry_ref *request,
                               const struct registry *r, struct gate_booked *out)
{
    const struct request_row *row = find_row(b, request->entry);
    if (request->entry >= b->entries)
        return GATE_NOT_YET;
    if (row == NULL || memcmp(row->leaf.b, request->hash, HASH_BYTES) != 0)
        return GATE_NO_ENTRY;
    const struct enrolment *key = registry_get(r, row->signer);
    *out = (struct gate_booked){ .accepted = row->accepted,
                                 .signer = row->signer,
                                 .response = row->response,
                                 .response_signer = row->response_signer,
                                 .standing = { .revoked = key->revoked,
                                               .key_until = key->until,
                                               .ratification = row->ratification,
                                               .ratified = row->ratified,
                                               .ratified_categories = row->categories,
                                               .cited = row->cited,
                                               .warrant_entry = NO_ENTRY,
                                               .closed = NO_ENTRY } };
    if (row->cited == CITED_ONE) {
        const struct warrant_row *w = &b->warrant[row->warrant];
        out->standing.warrant = w->object;
        out->standing.warrant_entry = w->entry;
        out->standing.warrant_until = w->until;
        out->standing.closed = w->closed;
    }
    return GATE_FOUND;
}
