#include "client/entries/export.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/json_put.h"
#include "client/base/lost.h"
#include "client/base/spool.h"
#include "client/entries/entry_csv.h"
#include "client/show/csv.h"
#include "client/show/entry_json.h"

/* What stands before each line in the file. The line itself is without its end, the verdict: that is
 * known only when the replay has ended. */
struct line_head {
    uint64_t entry;
    uint32_t bytes;
    bool counts;
};

enum outcome export_open(struct export *x)
{
    int fd = spool_file();
    institutions_open(&x->names);
    x->taken = 0;
    x->file = fd < 0 ? NULL : fdopen(fd, "w+b");
    if (x->file != NULL)
        return OUTCOME_PROVEN;
    int cause = errno;
    if (fd >= 0)
        close(fd);
    return say_undecided(
        TR("no room for a temporary file: %s", "no hay espacio para un archivo temporal: %s"),
        errno_words(cause));
}

void export_close(struct export *x)
{
    institutions_close(&x->names);
    if (x->file != NULL)
        fclose(x->file);
}

/* ---- taken down ------------------------------------------------------------------------------ */

/* The object up to the brace that ends it. */
static void begin_json(struct buf *out, json_t *entry)
{
    json_object_del(entry, "ok");
    json_object_del(entry, "verdict");
    char *text = kept(json_dumps(entry, JSON_COMPACT));
    if (text != NULL)
        buf_add(out, text, strlen(text) - 1);
    free(text);
}

void export_look(void *ctx, const struct judged *e)
{
    struct export *x = ctx;
    const struct registry *registry = judge_registry(x->r->judge);
    struct buf line = { 0 };
    if (e->counts && e->record != NULL && e->kind == KIND_ENROLL)
        institutions_take(&x->names, e->record->object);
    if (lost_any() || !entry_filter_takes(x->filter, e, registry))
        return;
    json_t *entry = entry_json(e, registry, VERDICT_UNDECIDED);
    if (x->csv)
        entry_csv_begin(&line, entry, e->record == NULL ? NULL : e->record->object);
    else
        begin_json(&line, entry);
    json_decref(entry);
    struct span text = kept_span(&line);
    struct line_head head = { .entry = e->index, .bytes = (uint32_t)text.n, .counts = e->counts };
    errno = 0;
    if (fwrite(&head, sizeof head, 1, x->file) != 1 || fwrite(text.p, 1, text.n, x->file) != text.n)
        lost(errno != 0 ? errno : EIO);
    x->taken++;
    buf_free(&line);
}

/* ---- verdicts -------------------------------------------------------------------------------- */

/* Findings by their entry, to go along with ascending entries. */
struct found_order {
    const struct finding **by; /* ascending by entry */
    size_t n, at;
    enum verdict least; /* of every entry: what is wrong with the log as a whole, or not listed */
};

static int by_entry(const void *a, const void *b)
{
    const struct finding *const *x = a, *const *y = b;
    return ((*x)->entry > (*y)->entry) - ((*x)->entry < (*y)->entry);
}

static enum verdict worse_verdict(enum verdict a, enum verdict b)
{
    return a == VERDICT_BAD || b == VERDICT_BAD     ? VERDICT_BAD
           : a == VERDICT_GOOD && b == VERDICT_GOOD ? VERDICT_GOOD
                                                    : VERDICT_UNDECIDED;
}

static void order_findings(struct found_order *o, const struct findings *f)
{
    *o = (struct found_order){ .least = f->total > f->kept ? VERDICT_UNDECIDED : VERDICT_GOOD };
    o->by = kept(calloc(f->kept + 1, sizeof *o->by));
    for (size_t i = 0; o->by != NULL && i < f->kept; i++) {
        if (f->list[i].entry == NO_ENTRY)
            o->least = worse_verdict(o->least, f->list[i].verdict);
        else
            o->by[o->n++] = &f->list[i];
    }
    if (o->n > 1)
        qsort(o->by, o->n, sizeof *o->by, by_entry);
}

static enum verdict verdict_of_line(struct found_order *o, const struct line_head *head)
{
    enum verdict v = worse_verdict(o->least, head->counts ? VERDICT_GOOD : VERDICT_UNDECIDED);
    while (o->at < o->n && o->by[o->at]->entry < head->entry)
        o->at++;
    for (size_t i = o->at; i < o->n && o->by[i]->entry == head->entry; i++)
        v = worse_verdict(v, o->by[i]->verdict);
    return v;
}

/* ---- printed --------------------------------------------------------------------------------- */

static void end_line(struct buf *line, bool csv, enum verdict v)
{
    if (csv)
        entry_csv_end(line, v == VERDICT_GOOD, verdict_name(v));
    else
        buf_addf(line, ",\"ok\":%s,\"verdict\":\"%s\"}\n", v == VERDICT_GOOD ? "true" : "false",
                 verdict_name(v));
}

/* Reads the next line, and writes it with its end. Returns false if it cannot be read. */
static bool print_next(struct export *x, struct found_order *o, struct buf *line)
{
    struct line_head head;
    buf_clear(line);
    if (fread(&head, sizeof head, 1, x->file) != 1)
        return false;
    uint8_t *room = buf_reserve(line, head.bytes);
    if (room == NULL || fread(room, 1, head.bytes, x->file) != head.bytes)
        return false;
    line->n += head.bytes;
    end_line(line, x->csv, verdict_of_line(o, &head));
    struct span text = kept_span(line);
    return !line->failed && fwrite(text.p, 1, text.n, stdout) == text.n;
}

static void print_header(const struct export *x)
{
    struct buf header = { 0 };
    if (x->bom)
        buf_adds(&header, CSV_BYTE_ORDER_MARK);
    entry_csv_header(&header);
    struct span text = kept_span(&header);
    fwrite(text.p, 1, text.n, stdout);
    buf_free(&header);
}

void export_print(struct export *x)
{
    struct found_order o;
    struct buf line = { 0 };
    order_findings(&o, &x->r->findings);
    errno = 0;
    if (fflush(x->file) != 0 || fseek(x->file, 0, SEEK_SET) != 0)
        lost(errno != 0 ? errno : EIO);
    if (x->csv && !lost_any())
        print_header(x);
    for (uint64_t i = 0; i < x->taken && !lost_any() && !ferror(stdout); i++)
        if (!print_next(x, &o, &line) && !ferror(stdout))
            lost(errno != 0 ? errno : EIO);
    buf_free(&line);
    free(o.by);
}
