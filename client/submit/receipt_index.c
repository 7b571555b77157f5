#include "client/submit/receipt_index.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "client/show/csv.h"
#include "proto/base/scan.h"
#include "proto/base/when.h"
#include "proto/record/entry.h"
#include "proto/record/record.h"
#include "proto/sys/files.h"

#define INDEX_MAX ((size_t)256 << 20)
#define TITLES "entry,receipt,line,kind,accepted,reference,id\r\n"

/* ---- rows that are there --------------------------------------------------------------------- */

/* Where an entry's row is, or would be. */
static size_t row_place(const struct receipt_index *x, uint64_t entry)
{
    size_t low = 0, high = x->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (x->entry[middle] < entry)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Returns false if it has a row, or if there was no memory, which is recorded as lost. */
static bool list_entry(struct receipt_index *x, uint64_t entry)
{
    size_t at = row_place(x, entry);
    if (at < x->n && x->entry[at] == entry)
        return false;
    if (!room_for_one(&x->entry, x->n, &x->cap, sizeof *x->entry))
        return false;
    memmove(&x->entry[at + 1], &x->entry[at], (x->n - at) * sizeof *x->entry);
    x->entry[at] = entry;
    x->n++;
    return true;
}

/* Returns false if it is no such table. A last row that was cut off is one row of no entry. */
static bool read_listed(struct receipt_index *x, struct span text)
{
    const size_t titles = strlen(TITLES);
    if (text.n == 0)
        return true;
    if (text.n < titles || memcmp(text.p, TITLES, titles) != 0)
        return false;
    text = span_of(text.p + titles, text.n - titles);
    while (text.n > 0) {
        const uint8_t *end = memchr(text.p, '\n', text.n);
        const uint8_t *comma = memchr(text.p, ',', text.n);
        size_t n = end == NULL ? text.n : (size_t)(end - text.p) + 1;
        uint64_t entry;
        if (end != NULL && comma != NULL && comma < end &&
            decimal_parse(&entry, span_of(text.p, (size_t)(comma - text.p))) == 0)
            (void)list_entry(x, entry);
        text = span_of(text.p + n, text.n - n);
    }
    return true;
}

static void give_up(struct receipt_index *x, const char *why)
{
    say(TR("%s lists no receipts: %s. The receipts themselves are kept",
           "%s no lista los recibos: %s. Los recibos mismos se guardan"),
        x->path, why);
    free(x->path);
    x->path = NULL;
}

void receipt_index_open(struct receipt_index *x, const char *folder)
{
    static const char behind[] = "-index.csv";
    struct buf text = { 0 };
    *x = (struct receipt_index){ .path = NULL };
    size_t n = folder == NULL ? 0 : strlen(folder);
    while (n > 0 && folder[n - 1] == '/')
        n--;
    if (n == 0 ||
        (folder[n - 1] == '.' && (n == 1 || folder[n - 2] == '/' || folder[n - 2] == '.')))
        return; /* there is no name to put it beside */
    x->path = kept(malloc(n + sizeof behind));
    if (x->path == NULL)
        return;
    memcpy(x->path, folder, n);
    memcpy(x->path + n, behind, sizeof behind);
    enum file read = file_read(&text, x->path, INDEX_MAX);
    if (read != FILE_OK && read != FILE_MISSING)
        give_up(x, file_cause(read));
    else if (!read_listed(x, buf_span(&text)))
        give_up(x, TR("it is another file", "es otro archivo"));
    buf_free(&text);
}

void receipt_index_close(struct receipt_index *x)
{
    free(x->path);
    free(x->entry);
}

/* ---- a row ----------------------------------------------------------------------------------- */

/* What people call the record by: the number of the case, the court's reference, who is enrolled. */
static const char *reference_of(const struct record *r)
{
    const struct value *number = value_member(value_member(r->object, "case"), "number");
    const char *ref = record_string(r, "ref"), *name = record_string(r, "name");
    return value_is(number, VALUE_STRING) ? value_text(number) : ref != NULL ? ref : name;
}

/* What is said in the record itself: reference, id. */
static void add_record(struct buf *row, struct span receipt)
{
    struct receipt parsed;
    struct entry e;
    struct record record;
    struct refusal why;
    if (receipt_parse(&parsed, receipt, &why) != 0) {
        lost_to_memory(&why); /* it was parsed before: nothing else can be */
        return;
    }
    if (entry_parse(&e, parsed.entry[0].bytes, &why) == 0 &&
        record_parse(&record, e.note, &why) == 0) {
        const char *reference = reference_of(&record), *id = record_string(&record, "id");
        csv_cell(row, reference == NULL ? "" : reference);
        buf_adds(row, ",");
        csv_cell(row, id == NULL ? "" : id);
        record_free(&record);
    } else {
        lost_to_memory(&why);
    }
    receipt_free(&parsed);
}

/* At the end of the file; with the titles, if it is new. Returns 0, or -1 with errno. */
static int append(const char *path, const struct buf *row)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    struct buf text = { 0 };
    if (lseek(fd, 0, SEEK_END) == 0)
        buf_adds(&text, TITLES);
    buf_add_span(&text, buf_span(row));
    errno = ENOMEM;
    int failed = text.failed || write(fd, text.p, text.n) != (ssize_t)text.n;
    buf_free(&text);
    return close(fd) != 0 || failed ? -1 : 0;
}

void receipt_index_add(struct receipt_index *x, const char *name, struct span receipt,
                       const struct receipt_report *report, uint64_t line)
{
    struct buf row = { 0 };
    char accepted[WHEN_TEXT + 1];
    if (x->path == NULL || !list_entry(x, report->index))
        return;
    when_format(accepted, report->accepted);
    buf_addf(&row, "%" PRIu64 ",", report->index);
    csv_cell(&row, name);
    if (line > 0)
        buf_addf(&row, ",%" PRIu64, line);
    else
        buf_adds(&row, ",");
    buf_addf(&row, ",%s,%s,", kind_name(report->kind), accepted);
    add_record(&row, receipt);
    csv_end(&row);
    if (append(x->path, &row) != 0)
        give_up(x, errno_words(errno));
    buf_free(&row);
}
