#include "proto/answer/answer_parse.h"

#include <stdlib.h>

#include "proto/base/base64.h"
#include "proto/base/scan.h"

#define HASH_LINE 45                          /* the shortest text of a hash */
#define LEAF_LINE (2 + ROW_BYTES / 3 * 4 + 1) /* and of a leaf */

/* What is read, and where reading is. */
struct parsing {
    struct scan s;
    struct parsed_part *out;
    struct refusal *why;
};

static int bad_part(struct parsing *p, const char *what)
{
    return refuse(p->why, REASON_ANSWER_FORM, what);
}

/* n decimals with one space between each two, and nothing else. */
static int numbers_of(uint64_t *out, size_t n, struct span line)
{
    for (size_t i = 0; i < n; i++) {
        const uint8_t *space = i + 1 < n && line.n > 0 ? memchr(line.p, ' ', line.n) : NULL;
        if (i + 1 < n && space == NULL)
            return -1;
        size_t length = space == NULL ? line.n : (size_t)(space - line.p);
        if (decimal_parse(&out[i], span_of(line.p, length)) != 0)
            return -1;
        if (space != NULL)
            line = span_of(space + 1, line.n - length - 1);
    }
    return 0;
}

/* The next line, with such numbers behind `prefix`. */
static int read_numbers(struct parsing *p, const char *prefix, uint64_t *out, size_t n)
{
    struct span line = scan_line_after(&p->s, prefix);
    return p->s.bad ? -1 : numbers_of(out, n, line);
}

/* How many things follow: at most `cap`, and no more than there can be in what is left, where each
 * takes `least` bytes. So memory is bounded by the text. */
static bool count_fits(const struct parsing *p, uint64_t n, size_t cap, size_t least)
{
    return n <= cap && n <= scan_rest(&p->s).n / least;
}

static int read_first_line(struct parsing *p)
{
    struct span line = scan_line(&p->s), word;
    if (span_is(line, ANSWER_FORMAT))
        return 0;
    if (version_line(line, &word) > 1 && span_is(word, "answer"))
        return refuse_span(p->why, REASON_VERSION, line);
    return bad_part(p, "first line");
}

static int read_question(struct parsing *p)
{
    struct span line = scan_line(&p->s);
    const uint8_t *space = line.n > 0 ? memchr(line.p, ' ', line.n) : NULL;
    if (space == NULL)
        return bad_part(p, "question");
    size_t word = (size_t)(space - line.p);
    enum index_key_type type = index_key_type_of(span_of(line.p, word));
    if (answer_question_of(&p->out->question, type, span_of(space + 1, line.n - word - 1),
                           p->why) == 0)
        return 0;
    return p->why->reason == REASON_MEMORY ? -1 : bad_part(p, "question");
}

static int read_range(struct parsing *p)
{
    uint64_t range[3] = { 0 };
    if (read_numbers(p, "range ", range, 3) != 0 || range[0] >= range[1] || range[1] > range[2])
        return bad_part(p, "range");
    p->out->from = range[0];
    p->out->to = range[1];
    p->out->end = range[2];
    if (read_numbers(p, "index ", &p->out->index, 1) != 0)
        return bad_part(p, "index");
    struct span audit = scan_line_after(&p->s, "audit ");
    if (span_is(audit, "none"))
        p->out->audit = NO_ENTRY;
    else if (p->s.bad || decimal_parse(&p->out->audit, audit) != 0)
        return bad_part(p, "audit");
    return 0;
}

static int read_checkpoint(struct parsing *p)
{
    uint64_t n = 0;
    if (read_numbers(p, "checkpoint ", &n, 1) != 0 || n > CHECKPOINT_MAX)
        return bad_part(p, "checkpoint");
    p->out->checkpoint = scan_bytes(&p->s, (size_t)n);
    return p->s.bad ? bad_part(p, "checkpoint") : 0;
}

/* The next line has to be exactly a newline. */
static bool read_newline(struct parsing *p)
{
    return scan_line(&p->s).n == 0 && !p->s.bad;
}

static int read_entries(struct parsing *p)
{
    struct parsed_part *out = p->out;
    uint64_t n = 0, number[2] = { 0 };
    if (read_numbers(p, "entries ", &n, 1) != 0 || !count_fits(p, n, ANSWER_ENTRIES_MAX, 5))
        return bad_part(p, "entries");
    out->entry = calloc((size_t)n + 1, sizeof *out->entry);
    if (out->entry == NULL)
        return refuse(p->why, REASON_MEMORY, "");
    for (; out->entries < n; out->entries++) {
        struct answer_entry *e = &out->entry[out->entries];
        if (read_numbers(p, "", number, 2) != 0 || number[1] > ENTRY_MAX ||
            (out->entries > 0 && number[0] <= e[-1].index))
            return bad_part(p, "entries");
        e->index = number[0];
        e->bytes = scan_bytes(&p->s, (size_t)number[1]);
        if (!read_newline(p))
            return bad_part(p, "entries");
    }
    return 0;
}

/* n hashes, each a line. *out is allocated. */
static int read_hashes(struct parsing *p, struct hash **out, size_t *hashes, uint64_t n)
{
    if (!count_fits(p, n, ANSWER_HASHES_MAX, HASH_LINE))
        return bad_part(p, "proof");
    *out = calloc((size_t)n + 1, sizeof **out);
    if (*out == NULL)
        return refuse(p->why, REASON_MEMORY, "");
    for (; *hashes < n; (*hashes)++)
        if (base64_decode_exact((*out)[*hashes].b, HASH_BYTES, scan_line(&p->s)) != 0)
            return bad_part(p, "proof");
    return 0;
}

static int read_leaf(struct parsing *p, struct parsed_table *t)
{
    struct shown_leaf *leaf = &t->leaf[t->leaves];
    struct span line = scan_line(&p->s);
    const uint8_t *space = line.n > 0 ? memchr(line.p, ' ', line.n) : NULL;
    size_t digits = space == NULL ? 0 : (size_t)(space - line.p), n = 0;
    if (p->s.bad || decimal_parse(&leaf->number, span_of(line.p, digits)) != 0 ||
        (t->leaves > 0 && leaf->number <= leaf[-1].number))
        return bad_part(p, "rows");
    uint8_t *room = buf_reserve(&p->out->rows, LEAF_ROWS * ROW_BYTES);
    if (room == NULL)
        return refuse(p->why, REASON_MEMORY, "");
    if (base64_decode(room, LEAF_ROWS * ROW_BYTES, &n, span_of(space + 1, line.n - digits - 1)) !=
            0 ||
        n == 0 || n % ROW_BYTES != 0)
        return bad_part(p, "rows");
    p->out->rows.n += n;
    t->rows[t->leaves++] = (uint8_t)(n / ROW_BYTES);
    return 0;
}

static int read_table(struct parsing *p, struct parsed_table *t)
{
    uint64_t number[3] = { 0 };
    if (read_numbers(p, "table ", number, 3) != 0 || number[0] >= TABLES_MAX ||
        (t > p->out->table && number[0] <= t[-1].number) ||
        !count_fits(p, number[1], ANSWER_LEAVES_MAX, LEAF_LINE))
        return bad_part(p, "table");
    t->number = number[0];
    t->leaf = calloc((size_t)number[1] + 1, sizeof *t->leaf);
    t->rows = calloc((size_t)number[1] + 1, sizeof *t->rows);
    if (t->leaf == NULL || t->rows == NULL)
        return refuse(p->why, REASON_MEMORY, "");
    while (t->leaves < number[1])
        if (read_leaf(p, t) != 0)
            return -1;
    return read_hashes(p, &t->proof, &t->hashes, number[2]);
}

static int read_tables(struct parsing *p)
{
    struct parsed_part *out = p->out;
    uint64_t n = 0;
    if (read_numbers(p, "tables ", &n, 1) != 0 || n > TABLES_MAX)
        return bad_part(p, "tables");
    while (out->tables < n)
        if (read_table(p, &out->table[out->tables++]) != 0)
            return -1;
    /* The buffer moves no more. */
    const struct index_row *row = (const struct index_row *)out->rows.p;
    for (size_t i = 0; i < out->tables; i++)
        for (size_t k = 0; k < out->table[i].leaves; k++) {
            out->table[i].leaf[k].row = row;
            row += out->table[i].rows[k];
        }
    return 0;
}

/* The hash of all lines before it. */
static int read_sum(struct parsing *p, struct span text)
{
    struct hash sum, said = { 0 };
    hash_bytes(&sum, span_of(text.p, (size_t)(p->s.p - text.p)));
    struct span line = scan_line_after(&p->s, "sha256 ");
    if (p->s.bad || base64_decode_exact(said.b, HASH_BYTES, line) != 0 || !hash_eq(&said, &sum))
        return bad_part(p, "SHA-256");
    return 0;
}

int answer_parse(struct parsed_part *out, size_t *used, struct span text, struct refusal *why)
{
    struct parsing p = { .out = out, .why = why };
    *out = (struct parsed_part){ .audit = NO_ENTRY };
    *used = 0;
    if (text.n > ANSWER_PART_MAX)
        text.n = ANSWER_PART_MAX;
    p.s = scan_of(text);
    if (read_first_line(&p) != 0 || read_question(&p) != 0 || read_range(&p) != 0 ||
        read_checkpoint(&p) != 0 || read_entries(&p) != 0)
        return -1;
    uint64_t n = 0;
    if (read_numbers(&p, "proof ", &n, 1) != 0)
        return bad_part(&p, "proof");
    if (read_hashes(&p, &out->proof, &out->hashes, n) != 0 || read_tables(&p) != 0 ||
        read_sum(&p, text) != 0)
        return -1;
    *used = (size_t)(p.s.p - text.p);
    return 0;
}

void parsed_part_free(struct parsed_part *p)
{
    free(p->entry);
    free(p->proof);
    for (size_t i = 0; i < p->tables; i++) {
        free(p->table[i].leaf);
        free(p->table[i].rows);
        free(p->table[i].proof);
    }
    buf_free(&p->rows);
    *p = (struct parsed_part){ .audit = NO_ENTRY };
}
