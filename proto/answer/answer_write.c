#include "proto/answer/answer_write.h"

#include "proto/answer/answer_parse.h"
#include "proto/base/scan.h"

static void write_hashes(struct buf *out, const struct buf *hashes)
{
    for (size_t at = 0; at < hashes->n; at += HASH_BYTES) {
        buf_add_base64(out, hashes->p + at, HASH_BYTES);
        buf_adds(out, "\n");
    }
}

static void write_head(struct buf *out, const struct written_part *p)
{
    buf_addf(out, ANSWER_FORMAT "\n%s ", index_key_word(p->question->type));
    buf_add_span(out, p->question->value);
    buf_addf(out, "\nrange %llu %llu %llu\nindex %llu\naudit ", (unsigned long long)p->from,
             (unsigned long long)p->to, (unsigned long long)p->end, (unsigned long long)p->index);
    if (p->audit == NO_ENTRY)
        buf_adds(out, "none");
    else
        buf_add_decimal(out, p->audit);
    buf_addf(out, "\ncheckpoint %zu\n", p->checkpoint.n);
    buf_add_span(out, p->checkpoint);
}

static void write_entries(struct buf *out, const struct written_part *p)
{
    const struct gathering *g = p->entries;
    buf_addf(out, "entries %zu\n", g->carried);
    for (size_t i = 0; i < g->n; i++) {
        const struct gathered *e = g->list[i];
        if (!e->carried)
            continue;
        buf_addf(out, "%llu %zu\n", (unsigned long long)e->index, e->bytes.n);
        buf_add_span(out, buf_span(&e->bytes));
        buf_adds(out, "\n");
    }
    buf_addf(out, "proof %zu\n", p->proof->n / HASH_BYTES);
    write_hashes(out, p->proof);
}

static void write_table(struct buf *out, const struct written_table *t)
{
    size_t at = 0;
    buf_addf(out, "table %llu %zu %zu\n", (unsigned long long)t->number, t->leaves,
             t->proof.n / HASH_BYTES);
    for (size_t i = 0; i < t->leaves; i++) {
        size_t n = index_table_leaf_rows(t->table->rows, t->leaf[i]) * ROW_BYTES;
        buf_addf(out, "%llu ", (unsigned long long)t->leaf[i]);
        buf_add_base64(out, t->rows.p + at, n);
        buf_adds(out, "\n");
        at += n;
    }
    write_hashes(out, &t->proof);
}

/* The last line, over what stands from `start` on. */
static void write_sum(struct buf *out, size_t start)
{
    struct hash sum;
    if (out->failed)
        return;
    hash_bytes(&sum, span_of(out->p + start, out->n - start));
    buf_adds(out, "sha256 ");
    buf_add_base64(out, sum.b, HASH_BYTES);
    buf_adds(out, "\n");
}

void answer_write(struct buf *out, const struct written_part *p)
{
    size_t start = out->n;
    write_head(out, p);
    write_entries(out, p);
    buf_addf(out, "tables %zu\n", p->tables);
    for (size_t i = 0; i < p->tables; i++)
        write_table(out, &p->table[i]);
    write_sum(out, start);
}

int answer_put_checkpoint(struct buf *out, struct span part, struct span checkpoint)
{
    struct parsed_part parsed;
    struct refusal why;
    size_t used, start = out->n;
    bool without =
        answer_parse(&parsed, &used, part, &why) == 0 && used == part.n && parsed.checkpoint.n == 0;
    parsed_part_free(&parsed);
    if (!without)
        return -1;
    struct scan s = scan_of(part);
    for (int line = 0; line < 5; line++)
        scan_line(&s); /* up to the line of the checkpoint */
    size_t head = (size_t)(s.p - part.p);
    scan_line(&s);
    struct span rest = scan_rest(&s);
    buf_add(out, part.p, head);
    buf_addf(out, "checkpoint %zu\n", checkpoint.n);
    buf_add_span(out, checkpoint);
    buf_add(out, rest.p, rest.n - (sizeof "sha256 " - 1) - 44 - 1);
    write_sum(out, start);
    return out->failed ? -1 : 0;
}
