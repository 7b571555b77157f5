#include "proto/judge/access_row.h"

#include "proto/base/base64.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/judge/token.h"
#include "proto/record/json.h"

#define HASH_TEXT 44                 /* of a hash or salt in base64 */
#define ROW_AT (2 * (HASH_TEXT + 1)) /* where the row begins in its line */

static int refuse_row(struct refusal *why, const char *cause)
{
    return refuse(why, REASON_ACCESS_FORM, cause);
}

/* ---- rows ------------------------------------------------------------------------------------ */

void access_row_write(struct buf *out, const struct access_row *row)
{
    char at[WHEN_TEXT + 1];
    when_format(at, row->at);
    buf_addf(out, "{\"at\":\"%s\",\"reader\":\"%s\",\"under\":{\"entry\":%llu,\"hash\":\"", at,
             row->reader, (unsigned long long)row->under.entry);
    buf_add_base64(out, row->under.hash, HASH_BYTES);
    buf_addf(out, "\"},\"method\":\"%s\",\"path\":\"%s\",\"token\":\"", row->method, row->path);
    buf_add_base64(out, row->token.b, HASH_BYTES);
    buf_adds(out, "\"}");
}

static struct span string_of(const struct value *object, const char *member)
{
    return value_span(value_member(object, member));
}

/* Exactly six members: with six of them there and no name twice, there can be no seventh. */
static int take_row(struct access_row *out, const struct value *o, struct refusal *why)
{
    const struct value *under = value_member(o, "under");
    struct span reader = string_of(o, "reader"), method = string_of(o, "method");
    struct span path = string_of(o, "path");
    if (value_size(o) != 6)
        return refuse_row(why, "members");
    if (when_parse(&out->at, string_of(o, "at")) != 0)
        return refuse_row(why, "at");
    if (!signer_name_allowed(reader))
        return refuse_row(why, "reader");
    if (value_size(under) != 2 || entry_ref_parse(&out->under, under) != 0)
        return refuse_row(why, "under");
    if (!span_is(method, "GET") && !span_is(method, "HEAD"))
        return refuse_row(why, "method");
    if (!token_target_allowed(span_str("GET"), path))
        return refuse_row(why, "path");
    if (base64_decode_exact(out->token.b, HASH_BYTES, string_of(o, "token")) != 0)
        return refuse_row(why, "token");
    memcpy(out->reader, reader.p, reader.n);
    memcpy(out->method, method.p, method.n);
    memcpy(out->path, path.p, path.n);
    return 0;
}

int access_row_parse(struct access_row *out, struct span line, struct refusal *why)
{
    *out = (struct access_row){ .at = 0 };
    if (line.n > ACCESS_ROW_MAX)
        return refuse_row(why, "too large");
    struct value *object = json_strict(line, why);
    if (object == NULL)
        return why->reason == REASON_MEMORY ? -1 : refuse_row(why, "the row");
    int failed = take_row(out, object, why);
    value_free(object);
    return failed;
}

void access_row_leaf(struct hash *out, const uint8_t salt[static ACCESS_SALT_BYTES],
                     struct span row)
{
    uint8_t bytes[ACCESS_SALT_BYTES + ACCESS_ROW_MAX];
    size_t n = row.n < ACCESS_ROW_MAX ? row.n : ACCESS_ROW_MAX;
    memcpy(bytes, salt, ACCESS_SALT_BYTES);
    memcpy(bytes + ACCESS_SALT_BYTES, row.p, n);
    hash_leaf(out, span_of(bytes, ACCESS_SALT_BYTES + n));
}

void access_line_write(struct buf *out, const struct access_row *row,
                       const uint8_t salt[static ACCESS_SALT_BYTES], struct hash *leaf)
{
    struct buf text = { 0 };
    access_row_write(&text, row);
    out->failed = out->failed || text.failed;
    access_row_leaf(leaf, salt, buf_span(&text));
    buf_add_base64(out, leaf->b, HASH_BYTES);
    buf_adds(out, " ");
    buf_add_base64(out, salt, ACCESS_SALT_BYTES);
    buf_adds(out, " ");
    buf_add_span(out, buf_span(&text));
    buf_adds(out, "\n");
    buf_free(&text);
}

/* ---- what an entry says ---------------------------------------------------------------------- */

static uint64_t number_of(const struct record *r, const char *member)
{
    const struct value *v = value_member(r->object, member);
    return value_is(v, VALUE_INTEGER) ? (uint64_t)v->is.integer : 0;
}

void access_claim_of(struct access_claim *out, const struct record *r)
{
    const struct value *interval = value_member(r->object, "interval");
    *out =
        (struct access_claim){ .version = number_of(r, "version"), .count = number_of(r, "count") };
    if (when_parse(&out->from, string_of(interval, "from")) != 0 ||
        when_parse(&out->until, string_of(interval, "until")) != 0 ||
        base64_decode_exact(out->root.b, HASH_BYTES, string_of(r->object, "root")) != 0)
        out->version = 0; /* cannot be: the record has its form */
}

void access_claim_json(struct buf *out, const struct access_claim *claim)
{
    char from[WHEN_TEXT + 1], until[WHEN_TEXT + 1];
    when_format(from, claim->from);
    when_format(until, claim->until);
    buf_addf(out,
             "\"version\":%llu,\"interval\":{\"from\":\"%s\",\"until\":\"%s\"},\"count\":%llu,"
             "\"root\":\"",
             (unsigned long long)claim->version, from, until, (unsigned long long)claim->count);
    buf_add_base64(out, claim->root.b, HASH_BYTES);
    buf_adds(out, "\"");
}

/* ---- rows against it ------------------------------------------------------------------------- */

static int compare_root(const struct access_check *c, struct refusal *why)
{
    struct hash root;
    frontier_root(&c->rows, &root);
    return hash_eq(&root, &c->claim.root) ? 0 : refuse(why, REASON_ACCESS_ROWS, "root");
}

int access_check_begin(struct access_check *c, const struct access_claim *claim,
                       struct refusal *why)
{
    *c = (struct access_check){ .claim = *claim, .last = claim->from };
    return claim->count == 0 ? compare_root(c, why) : 0;
}

int access_line_parse(struct access_row *row, struct hash *leaf, struct span line,
                      struct refusal *why)
{
    uint8_t salt[ACCESS_SALT_BYTES];
    struct hash said;
    if (line.n <= ROW_AT || line.p[HASH_TEXT] != ' ' || line.p[ROW_AT - 1] != ' ' ||
        base64_decode_exact(said.b, HASH_BYTES, span_of(line.p, HASH_TEXT)) != 0 ||
        base64_decode_exact(salt, sizeof salt, span_of(line.p + HASH_TEXT + 1, HASH_TEXT)) != 0)
        return refuse_row(why, "the line");
    struct span text = span_of(line.p + ROW_AT, line.n - ROW_AT);
    if (access_row_parse(row, text, why) != 0)
        return -1;
    access_row_leaf(leaf, salt, text);
    return hash_eq(leaf, &said) ? 0 : refuse_row(why, "leaf hash");
}

int access_check_line(struct access_check *c, struct span line, struct access_row *row,
                      struct refusal *why)
{
    struct hash leaf, done[64];
    if (access_line_parse(row, &leaf, line, why) != 0)
        return -1;
    if (row->at < c->last || row->at >= c->claim.until)
        return refuse(why, REASON_ACCESS_ROWS, "at");
    if (c->rows.size == c->claim.count)
        return refuse(why, REASON_ACCESS_ROWS, "count");
    c->last = row->at;
    frontier_append(&c->rows, &leaf, done);
    return 0;
}

int access_check_end(const struct access_check *c, struct refusal *why)
{
    if (c->rows.size != c->claim.count)
        return refuse(why, REASON_ACCESS_ROWS, "count");
    return compare_root(c, why);
}
