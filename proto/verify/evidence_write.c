#include <jansson.h>
#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/verify/evidence.h"

static json_t *json_hashes(const struct hash *hashes, size_t n)
{
    json_t *list = json_array();
    for (size_t i = 0; i < n; i++) {
        char text[48];
        base64_encode(text, hashes[i].b, HASH_BYTES);
        json_array_append_new(list, json_string(text));
    }
    return list;
}

static json_t *json_entry(size_t checkpoint, const struct proven_entry *e)
{
    struct buf bytes = { 0 };
    buf_add_base64(&bytes, e->bytes.p, e->bytes.n);
    json_t *v = bytes.failed
                    ? NULL
                    : json_pack("{s:I,s:I,s:s#,s:o}", "checkpoint", (json_int_t)checkpoint, "index",
                                (json_int_t)e->index, "entry", (const char *)bytes.p, (int)bytes.n,
                                "path", json_hashes(e->path, e->path_length));
    buf_free(&bytes);
    return v;
}

/* What all claims have. Takes the references; NULL when out of memory. */
static json_t *json_evidence(const char *claim, json_t *checkpoints, json_t *hashes,
                             json_t *entries)
{
    return json_pack("{s:s,s:s,s:o,s:o,s:o}", "format", EVIDENCE_FORMAT, "claim", claim,
                     "checkpoints", checkpoints, "hashes", hashes, "entries", entries);
}

/* Takes the reference. */
static void write_json(struct buf *out, json_t *v)
{
    char *text = v == NULL ? NULL : json_dumps(v, JSON_INDENT(1) | JSON_ENSURE_ASCII);
    if (text == NULL)
        out->failed = true;
    else
        buf_addf(out, "%s\n", text);
    free(text);
    json_decref(v);
}

static void write_evidence(struct buf *out, const char *claim, json_t *checkpoints, json_t *hashes,
                           json_t *entries)
{
    write_json(out, json_evidence(claim, checkpoints, hashes, entries));
}

static json_t *json_checkpoints(struct span first, struct span second)
{
    json_t *list = json_array();
    json_array_append_new(list, json_stringn((const char *)first.p, first.n));
    if (second.n > 0)
        json_array_append_new(list, json_stringn((const char *)second.p, second.n));
    return list;
}

void evidence_of_fork(struct buf *out, struct span small, struct span large,
                      const struct hash *hashes, size_t n)
{
    write_evidence(out, "fork", json_checkpoints(small, large), json_hashes(hashes, n),
                   json_array());
}

static void write_two(struct buf *out, const char *claim, struct span first,
                      const struct proven_entry *in_first, struct span second,
                      const struct proven_entry *in_second)
{
    json_t *entries = json_array();
    json_array_append_new(entries, json_entry(0, in_first));
    json_array_append_new(entries, json_entry(1, in_second));
    write_evidence(out, claim, json_checkpoints(first, second), json_array(), entries);
}

void evidence_of_leaves(struct buf *out, struct span first, const struct proven_entry *in_first,
                        struct span second, const struct proven_entry *in_second)
{
    write_two(out, "leaves", first, in_first, second, in_second);
}

void evidence_of_link(struct buf *out, struct span first, const struct proven_entry *before,
                      struct span second, const struct proven_entry *after)
{
    write_two(out, "link", first, before, second, after);
}

static json_t *json_entries(const struct proven_entry *entry, size_t entries)
{
    json_t *list = json_array();
    for (size_t i = 0; i < entries; i++)
        json_array_append_new(list, json_entry(0, &entry[i]));
    return list;
}

void evidence_of_entry(struct buf *out, struct span checkpoint, const struct proven_entry *entry,
                       size_t entries)
{
    write_evidence(out, "entry", json_checkpoints(checkpoint, span_of(NULL, 0)), json_array(),
                   json_entries(entry, entries));
}

static json_t *json_leaf(const struct shown_rows *rows, size_t i)
{
    char text[LEAF_ROWS * ROW_BYTES / 3 * 4 + 1];
    const struct shown_leaf *leaf = &rows->leaf[i];
    base64_encode(text, leaf->row,
                  index_table_leaf_rows(rows->table->rows, leaf->number) * ROW_BYTES);
    return json_pack("{s:I,s:s}", "leaf", (json_int_t)leaf->number, "rows", text);
}

void evidence_of_index(struct buf *out, struct span checkpoint, const struct proven_entry *entry,
                       size_t entries, uint64_t number, const struct shown_rows *rows)
{
    json_t *leaves = json_array();
    for (size_t i = 0; i < rows->leaves; i++)
        json_array_append_new(leaves, json_leaf(rows, i));
    json_t *table = json_pack("{s:I,s:o,s:o}", "number", (json_int_t)number, "leaves", leaves,
                              "hashes", json_hashes(rows->proof, rows->hashes));
    json_t *v = json_evidence("index", json_checkpoints(checkpoint, span_of(NULL, 0)), json_array(),
                              json_entries(entry, entries));
    if (json_object_set_new(v, "table", table) != 0) {
        json_decref(v);
        v = NULL;
    }
    write_json(out, v);
}
