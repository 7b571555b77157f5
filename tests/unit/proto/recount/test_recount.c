/* Every new table is computed, whatever it is made of, and only what is wrong is told. The expected
 * tables are made plainly, from all rows in memory. */
#include "tests/unit/fixture.h"

#include <stdlib.h>
#include <string.h>

#include "proto/recount/recount_inner.h"
#include "proto/sys/tape_file.h"

#define ROWS_MAX 4096
#define PAGES_MAX 64

/* A log, and what its recount is told and says. */
struct world {
    struct log log;
    struct recount *recount;
    struct strict_tape {
        struct tape below;
        uint64_t from[4096], to[4096];
        size_t forgotten;
    } tape[RECOUNT_TAPES];
    uint64_t taken;      /* entries that were given to the recount */
    bool unread[1000];   /* entries that cannot be read again */
    uint64_t read_again; /* how many were */
    bool no_files;       /* of tables */
    size_t pages_read;
    struct page {
        struct hash root;
        uint64_t n;
        struct buf bytes;
    } page[PAGES_MAX];
    size_t pages;
    size_t wrongs, lacks;
    size_t number; /* of the table that was told of last */
    enum recount_lack lack;
    uint64_t right_rows; /* of that table, as they were given */
    struct cover cover;  /* the last */
};

/* ---- what is plainly so ---------------------------------------------------------------------- */

static enum named_entry_result read_entry(void *ctx, uint64_t index, struct span *bytes,
                                          struct hash *leaf)
{
    struct world *w = ctx;
    if (w->unread[index])
        return NAMED_UNKNOWN;
    *bytes = buf_span(&w->log.entry[index]);
    *leaf = w->log.leaf[index];
    return NAMED_FOUND;
}

static int by_bytes(const void *a, const void *b)
{
    return index_row_compare(a, b);
}

static int keep_page(void *ctx, const struct index_table_file *f, struct span bytes)
{
    struct world *w = ctx;
    if (f->level > 0)
        return 0;
    assert_true(w->pages < PAGES_MAX);
    w->page[w->pages] = (struct page){ .n = f->n };
    buf_add_span(&w->page[w->pages++].bytes, bytes);
    return 0;
}

/* The table of those entries; its pages are there for whoever asks. */
static struct index_table table_of(struct world *w, uint64_t from, uint64_t to)
{
    static struct index_row row[ROWS_MAX];
    static struct index_table_builder builder;
    struct index_table t = { .from = from, .to = to };
    size_t n = 0, first = w->pages;
    for (uint64_t i = from; i < to; i++) {
        struct entry_keys keys = { .n = 0 };
        if (w->unread[i])
            continue; /* as somebody would make it who has not read it, either */
        assert_int_equal(entry_keys_read(&keys, i, buf_span(&w->log.entry[i]), read_entry, w),
                         NAMED_FOUND);
        for (size_t k = 0; k < keys.n; k++)
            index_row_set(&row[n++], &keys.key[k], i);
        assert_true(n < ROWS_MAX - 300);
        entry_keys_free(&keys);
    }
    qsort(row, n, sizeof *row, by_bytes);
    index_table_builder_begin(&builder, keep_page, w);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(index_table_builder_add(&builder, &row[i]), 0);
    assert_int_equal(index_table_builder_end(&builder, &t), 0);
    while (first < w->pages)
        w->page[first++].root = t.root;
    return t;
}

/* A cover with those bounds. */
static struct cover cover_at(struct world *w, uint64_t entry, const uint64_t *bound, size_t n)
{
    struct cover c = { .entry = entry, .tables = n, .end = bound[n - 1] };
    for (size_t i = 0; i < n; i++)
        c.table[i] = table_of(w, i == 0 ? 0 : bound[i - 1], bound[i]);
    return c;
}

#define COVER(w, entry, ...)                                                                       \
    cover_at(w, entry, (const uint64_t[]){ __VA_ARGS__ },                                          \
             COUNT(((const uint64_t[]){ __VA_ARGS__ })))

/* ---- a recount ------------------------------------------------------------------------------- */

/* A tape that holds its user to what it said: what is forgotten is not read any more. */
static int append_strictly(void *ctx, const void *p, size_t n)
{
    struct strict_tape *t = ctx;
    return tape_append(&t->below, p, n);
}

static int read_strictly(void *ctx, uint64_t at, void *p, size_t n)
{
    const struct strict_tape *t = ctx;
    for (size_t i = 0; i < t->forgotten; i++)
        assert_false(at < t->to[i] && t->from[i] < at + n);
    return tape_read(&t->below, at, p, n);
}

static void forget_strictly(void *ctx, uint64_t from, uint64_t to)
{
    struct strict_tape *t = ctx;
    assert_true(t->forgotten < COUNT(t->from));
    t->from[t->forgotten] = from;
    t->to[t->forgotten++] = to;
    tape_forget(&t->below, from, to);
}

static int open_tapes(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    struct world *w = ctx;
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        tape_file_close(&w->tape[i].below);
        w->tape[i] = (struct strict_tape){ .forgotten = 0 };
        assert_int_equal(tape_file_new(&w->tape[i].below, NULL), 0);
        tape[i] = (struct tape){ .append = append_strictly,
                                 .read = read_strictly,
                                 .forget = forget_strictly,
                                 .ctx = &w->tape[i] };
    }
    return 0;
}

static int open_nothing(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    (void)ctx;
    (void)tape;
    return -1;
}

static void read_again(void *ctx, struct recount *x, uint64_t from, uint64_t to)
{
    struct world *w = ctx;
    for (uint64_t i = from; i < to; i++, w->read_again++)
        recount_read_entry(x, &(struct recount_entry){ .index = i,
                                                       .leaf = &w->log.leaf[i],
                                                       .readable = !w->unread[i],
                                                       .bytes = buf_span(&w->log.entry[i]) });
}

static int read_page(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct world *w = ctx;
    for (size_t i = 0; i < w->pages && !w->no_files; i++)
        if (hash_eq(&w->page[i].root, root) && w->page[i].n == f->n) {
            w->pages_read++;
            buf_add_span(out, buf_span(&w->page[i].bytes));
            return 0;
        }
    return -1;
}

static int count_row(void *ctx, const struct index_row *row)
{
    uint64_t *n = ctx;
    (void)row;
    ++*n;
    return 0;
}

static void tell_wrong(void *ctx, const struct recount_wrong *wrong)
{
    struct world *w = ctx;
    w->wrongs++;
    w->number = wrong->number;
    w->right_rows = 0;
    assert_int_equal(row_runs_merge(wrong->tape, wrong->run, 1, count_row, &w->right_rows), 0);
}

static void tell_lack(void *ctx, const struct cover *cover, size_t number, enum recount_lack lack)
{
    struct world *w = ctx;
    (void)cover;
    w->lacks++;
    w->number = number;
    w->lack = lack;
}

static struct recount *recount_of(struct world *w)
{
    return recount_new(&(struct recount_setup){ .open = open_tapes,
                                                .read_again = read_again,
                                                .read = read_entry,
                                                .file = read_page,
                                                .wrong = tell_wrong,
                                                .lacks = tell_lack,
                                                .ctx = w,
                                                .memory = 7 });
}

/* A log with acts under warrants, and answers and corrections of them, of n entries. */
static struct world *world_of(size_t n)
{
    struct world *w = calloc(1, sizeof *w);
    log_start(&w->log, "");
    while (w->log.n < n) {
        const char *members = log_members(&w->log, KIND_REQUEST);
        const char *cited = text_of("%s,\"warrant\":{\"ref\":\"1/2026\",%s", members,
                                    log_ref(&w->log, w->log.warrant) + 1);
        /* The first few pass on nothing. */
        uint64_t request = log_add(
            &w->log, BY(REQUESTER, KIND_REQUEST, .members = w->log.n < 20 ? members : cited));
        log_add(&w->log, BY(HOLDER, KIND_RESPONSE));
        log_add(&w->log, BY(OVERSIGHT, KIND_ERROR_REPORT,
                            .members = text_of("\"about\":%s,\"cause\":\"other\"",
                                               log_ref(&w->log, request))));
        log_add_bytes(&w->log, span_str("no entry at all"));
        if (w->log.n % 3 == 0)
            w->log.warrant = log_add(&w->log, BY(JUDGE, KIND_WARRANT));
    }
    w->cover.entry = NO_ENTRY;
    w->recount = recount_of(w);
    return w;
}

static void world_free(struct world *w)
{
    recount_free(w->recount);
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        tape_file_close(&w->tape[i].below);
    for (size_t i = 0; i < w->pages; i++)
        buf_free(&w->page[i].bytes);
    log_free(&w->log);
    free(w);
}

/* Gives entries to the recount, up to the one of that index, of which a cover follows or not. */
static void take_to(struct world *w, uint64_t index, bool covers)
{
    for (; w->taken <= index; w->taken++)
        recount_take(w->recount,
                     &(struct recount_entry){ .index = w->taken,
                                              .leaf = &w->log.leaf[w->taken],
                                              .readable = !w->unread[w->taken],
                                              .bytes = buf_span(&w->log.entry[w->taken]),
                                              .covers = covers && w->taken == index });
}

static void take_cover(struct world *w, struct cover c)
{
    take_to(w, c.entry, true);
    recount_cover(w->recount, &c, &w->log.leaf[c.entry]);
    w->cover = c;
}

static void expect_right(struct world *w, uint64_t covers)
{
    struct recount_report r;
    recount_report(w->recount, &r);
    assert_int_equal(w->wrongs, 0);
    assert_int_equal(w->lacks, 0);
    assert_int_equal(r.covers, covers);
    assert_true(r.all_right);
}

/* ---- tests ----------------------------------------------------------------------------------- */

static void test_right_tables_are_right(void **state)
{
    struct world *w = world_of(200);
    struct recount_report r;
    (void)state;
    recount_report(w->recount, &r);
    assert_int_equal(r.cover->entry, NO_ENTRY);
    assert_false(r.all_right);
    take_to(w, 20, false);
    assert_int_equal(w->read_again, 0);
    take_cover(w, COVER(w, 21, 7, 15, 20));
    assert_int_equal(w->read_again, 21); /* once; from now on they are kept as they come */
    take_cover(w, COVER(w, 50, 7, 15, 20, 49));
    take_cover(w, COVER(w, 90, 7, 49, 50, 80)); /* two are merged, and another ends at an entry */
    take_cover(w, COVER(w, 91, 91));            /* all are merged, with what waits */
    take_cover(w, COVER(w, 120, 91, 91 + 1));
    take_cover(w, COVER(w, 199, 92, 150, 199));
    assert_int_equal(w->read_again, 21);
    assert_int_equal(w->pages_read, 0);
    expect_right(w, 6);
    recount_report(w->recount, &r);
    assert_int_equal(r.cover->entry, 199);
    assert_true(hash_eq(&r.leaf, &w->log.leaf[199]));
    world_free(w);
}

static void test_each_wrong_number_is_told(void **state)
{
    (void)state;
    for (int part = 0; part < 3; part++) {
        struct world *w = world_of(100);
        struct recount_report r;
        struct cover c = COVER(w, 50, 10, 20, 50);
        uint64_t rows = c.table[1].rows;
        take_cover(w, COVER(w, 30, 10));
        c.table[1].rows += part == 0;
        c.table[1].unkeyed += part == 1;
        c.table[1].root.b[31] ^= part == 2;
        c.table[2].root.b[0] ^= 1; /* only the first is told */
        take_cover(w, c);
        assert_int_equal(w->wrongs, 1);
        assert_int_equal(w->lacks, 0);
        assert_int_equal(w->number, 1);
        assert_int_equal(w->right_rows, rows);
        recount_report(w->recount, &r);
        assert_true(r.right[0] && !r.right[1] && !r.right[2] && !r.all_right);
        c.entry = 60; /* what stands already is not told again */
        c.table[3] = table_of(w, 50, 60);
        c.tables = 4;
        c.end = 60;
        take_cover(w, c);
        assert_int_equal(w->wrongs, 1);
        take_cover(w, COVER(w, 70, 70)); /* it is made of the right rows */
        assert_int_equal(w->wrongs, 1);
        recount_report(w->recount, &r);
        assert_true(r.all_right);
        world_free(w);
    }
}

static void test_what_rests_on_unread_entries_is_not_judged(void **state)
{
    struct world *w = world_of(100);
    struct cover c = COVER(w, 40, 10, 20, 30), later = COVER(w, 80, 10, 20, 30, 60);
    struct recount_report r;
    (void)state;
    take_to(w, 11, false);
    w->unread[12] = true;
    take_to(w, 39, false);
    c.table[1].root.b[0] ^= 1;
    take_cover(w, c);
    assert_int_equal(w->wrongs + w->lacks, 0); /* it was told when it could not be read */
    recount_report(w->recount, &r);
    assert_true(r.right[0] && !r.right[1]);
    later.table[1] = c.table[1];
    take_cover(w, later);
    assert_int_equal(w->wrongs + w->lacks, 0);
    world_free(w);
}

static uint64_t add_report(struct world *w, uint64_t about)
{
    return log_add(&w->log, BY(OVERSIGHT, KIND_ERROR_REPORT,
                               .members = text_of("\"about\":%s,\"cause\":\"other\"",
                                                  log_ref(&w->log, about))));
}

/* An entry that names one that could not be read may have its keys, and so on. */
static void test_what_names_unread_entries_is_not_judged(void **state)
{
    struct world *w = world_of(20);
    uint64_t request = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
    uint64_t report = add_report(w, request), another = add_report(w, report);
    uint64_t index = add_report(w, 3), end = add_report(w, 3);
    struct cover c = COVER(w, index, request, request + 1, another, another + 1);
    struct cover later = COVER(w, end, another + 1, end);
    (void)state;
    c.table[2].root.b[0] ^= 1; /* of `report` alone */
    c.table[3].root.b[0] ^= 1; /* of `another` alone */
    w->unread[request] = true;
    take_cover(w, c);
    assert_int_equal(w->wrongs + w->lacks, 0);
    later.table[1].root.b[0] ^= 1; /* this one names another */
    take_cover(w, later);
    assert_int_equal(w->wrongs, 1);
    world_free(w);
}

static void test_what_cannot_be_read_again_is_told(void **state)
{
    struct world *w = world_of(100);
    struct cover c = COVER(w, 40, 10, 20, 30);
    (void)state;
    take_to(w, 39, false);
    w->unread[12] = true; /* it could be read before */
    take_cover(w, c);
    assert_int_equal(w->wrongs, 0);
    assert_int_equal(w->lacks, 1);
    assert_int_equal(w->number, 1);
    assert_int_equal(w->lack, RECOUNT_UNREAD);
    c = COVER(w, 50, 10, 20, 30, 45);
    c.table[3].rows++; /* what is wrong is told before what could not be read */
    w->unread[12] = false;
    take_cover(w, c);
    assert_int_equal(w->wrongs, 1);
    assert_int_equal(w->number, 3);
    world_free(w);
}

static void test_no_room_is_told_each_time(void **state)
{
    struct world *w = world_of(100);
    struct recount_report r;
    (void)state;
    recount_free(w->recount);
    w->recount = recount_new(&(struct recount_setup){ .open = open_nothing,
                                                      .read_again = read_again,
                                                      .read = read_entry,
                                                      .wrong = tell_wrong,
                                                      .lacks = tell_lack,
                                                      .ctx = w });
    take_cover(w, COVER(w, 40, 10));
    take_cover(w, COVER(w, 50, 10, 20));
    assert_int_equal(w->lacks, 2);
    assert_int_equal(w->lack, RECOUNT_MEMORY);
    recount_report(w->recount, &r);
    assert_false(r.all_right);
    world_free(w);
}

/* A run that goes on from what an earlier one found. */
static void resume(struct world *w, const struct cover *c, uint64_t size, const bool *right)
{
    recount_resume(w->recount, c, &w->log.leaf[c->entry], right);
    w->taken = size;
}

static const bool all_right[TABLES_MAX] = { true, true, true, true };

static void test_a_later_run_reads_tables_or_entries(void **state)
{
    for (int how = 0; how < 3; how++) {
        struct world *w = world_of(200);
        struct cover before = COVER(w, 60, 20, 40, 50);
        struct cover c = COVER(w, 120, 20, 50, 110);
        (void)state;
        w->no_files = how == 1;
        resume(w, &before, 100, how == 2 ? NULL : all_right);
        take_cover(w, c);
        if (how < 2)
            expect_right(w, 1);
        assert_int_equal(w->wrongs + w->lacks, 0); /* the first table stands as it was */
        assert_int_equal(w->pages_read > 0, how == 0);
        /* From the end of the cover on; and of the merged tables, where there are no files. */
        assert_int_equal(w->read_again, 120 - 50 + (how == 0 ? 0 : 30));
        take_cover(w, COVER(w, 150, 150));
        expect_right(w, 2);
        world_free(w);
    }
}

static void test_files_of_another_root_are_not_believed(void **state)
{
    struct world *w = world_of(200);
    struct cover before = COVER(w, 60, 20, 40, 50), c = COVER(w, 120, 20, 50, 110);
    (void)state;
    for (size_t i = 0; i < w->pages; i++)
        w->page[i].bytes.p[3] ^= 1;
    resume(w, &before, 100, all_right);
    take_cover(w, c);
    expect_right(w, 1);
    assert_int_equal(w->read_again, 120 - 50 + 30);
    world_free(w);

    w = world_of(200); /* rows that ascend, but are not the root's */
    before = COVER(w, 60, 20, 40, 50);
    c = COVER(w, 120, 20, 50, 110);
    for (size_t i = 0; i < w->pages; i++)
        w->page[i].bytes.p[w->page[i].bytes.n - 1] += 100;
    resume(w, &before, 100, all_right);
    take_cover(w, c);
    expect_right(w, 1);
    assert_int_equal(w->read_again, 120 - 50 + 30);
    world_free(w);
}

static void test_a_wrong_table_is_told_in_a_later_run(void **state)
{
    struct world *w = world_of(200);
    struct cover before = COVER(w, 60, 20, 40, 50), c = COVER(w, 120, 50, 110);
    (void)state;
    resume(w, &before, 100, all_right);
    c.table[0].rows--;
    take_cover(w, c);
    assert_int_equal(w->wrongs, 1);
    assert_int_equal(w->number, 0);
    world_free(w);

    w = world_of(200); /* neither files nor entries */
    w->no_files = true;
    before = COVER(w, 60, 20, 40, 50);
    c = COVER(w, 120, 50, 110);
    resume(w, &before, 100, all_right);
    w->unread[30] = true;
    take_cover(w, c);
    assert_int_equal(w->wrongs, 0);
    assert_int_equal(w->lacks, 1);
    assert_int_equal(w->lack, RECOUNT_UNREAD);
    world_free(w);
}

/* ---- files ----------------------------------------------------------------------------------- */

static int check_file(void *ctx, const struct index_table_file *f, struct span bytes)
{
    struct world *w = ctx;
    struct index_table *t = &w->cover.table[w->number];
    struct buf page = { 0 };
    assert_int_equal(f->level, 0);
    assert_int_equal(read_page(w, &t->root, f, &page), 0);
    assert_true(span_eq(buf_span(&page), bytes));
    buf_free(&page);
    return 0;
}

static void test_files_of_tables_are_handed_out(void **state)
{
    struct world *w = world_of(60);
    struct cover c;
    (void)state;
    take_cover(w, COVER(w, 20, 10));
    take_cover(w, COVER(w, 50, 10, 30, 50));
    for (w->number = 0; w->number < 3; w->number++)
        assert_int_equal(recount_files(w->recount, w->number, check_file, w), 0);
    assert_int_equal(w->pages_read, 3);
    c = COVER(w, 60 - 1, 10, 30, 50, 55);
    c.table[0].root.b[0] ^= 1; /* it cannot stand beside the earlier one, but nobody asks here */
    recount_free(w->recount);
    w->recount = recount_of(w);
    recount_resume(w->recount, &c, &w->log.leaf[59], NULL);
    assert_int_equal(recount_files(w->recount, 0, check_file, w), -1);
    world_free(w);
}

static void test_rows_are_kept_from_the_first_entry_on(void **state)
{
    struct world *w = world_of(60);
    (void)state;
    recount_free(w->recount);
    w->recount = recount_new(&(struct recount_setup){ .open = open_tapes,
                                                      .read_again = read_again,
                                                      .read = read_entry,
                                                      .wrong = tell_wrong,
                                                      .lacks = tell_lack,
                                                      .ctx = w,
                                                      .eager = true });
    take_cover(w, COVER(w, 20, 10));
    take_cover(w, COVER(w, 50, 50));
    expect_right(w, 2);
    assert_int_equal(w->read_again, 0);
    world_free(w);
}

/* A later run reads the entries of a table again; what it kept stays where it was looked for. */
static void test_what_is_read_again_is_not_kept_twice(void **state)
{
    for (int unread = 0; unread < 2; unread++) {
        struct world *w = world_of(200);
        struct cover before = COVER(w, 60, 20, 40, 50), c = COVER(w, 120, 50, 110),
                     later = COVER(w, 199, 50, 110, 199);
        struct recount_report r;
        (void)state;
        w->no_files = true;
        resume(w, &before, 100, all_right);
        w->unread[30] = unread;
        take_cover(w, c);
        assert_int_equal(w->lacks, unread);
        take_cover(w, later);
        assert_int_equal(w->wrongs, 0);
        assert_int_equal(w->lacks, unread);
        recount_report(w->recount, &r);
        assert_true(r.right[0] == !unread && r.right[1] && r.right[2]);
        world_free(w);
    }
}

/* Entries before those of this run are read where they are named, and what these name, too. */
static void test_what_names_what_an_earlier_run_read_is_judged(void **state)
{
    for (int unread = 0; unread < 2; unread++) {
        struct world *w = world_of(20);
        uint64_t request = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
        uint64_t report = add_report(w, request), none = 0;
        while (!span_is(buf_span(&w->log.entry[none]), "no entry at all"))
            none++;
        uint64_t first = log_add(&w->log, BY(HOLDER, KIND_RESPONSE));
        uint64_t another = add_report(w, report), kind = log_add(&w->log, BY(AUDITOR, KIND_ANCHOR));
        add_report(w, none); /* which passes nothing on */
        uint64_t end = add_report(w, 3);
        struct cover before = COVER(w, first, first), c = COVER(w, end, first, another, kind, end);
        (void)state;
        resume(w, &before, first, all_right);
        w->unread[request] = unread;
        c.table[2].root.b[0] ^= 1; /* of `another`: it may have the request's keys, or has them */
        take_cover(w, c);
        assert_int_equal(w->wrongs, !unread);
        assert_int_equal(w->lacks, unread);
        assert_int_equal(w->number, 2);
        world_free(w);
    }
}

/* Of two that an entry names: that one was told of when it came is no news, that one cannot be read
 * again is, whatever the other is. */
static void test_one_of_two_that_are_named_is_not_known(void **state)
{
    for (int again = 0; again < 2; again++) {
        struct world *w = world_of(20);
        uint64_t a = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
        uint64_t b = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
        uint64_t first = log_add(&w->log, BY(HOLDER, KIND_RESPONSE));
        uint64_t came = log_add(&w->log, BY(REQUESTER, KIND_REQUEST));
        const char *two = text_of("\"requests\":[%s,%s],\"class\":\"other\"", log_ref(&w->log, a),
                                  log_ref(&w->log, again ? b : came));
        uint64_t product = log_add(&w->log, BY(REQUESTER, KIND_PRODUCT, .members = two));
        uint64_t end = log_add(&w->log, BY(AUDITOR, KIND_ANCHOR));
        const struct cover before = COVER(w, first, first);
        const struct cover c = COVER(w, end, first, came, product, product + 1);
        (void)state;
        w->unread[again ? a : came] = true;
        resume(w, &before, first, all_right);
        take_cover(w, c);
        assert_int_equal(w->wrongs, 0);
        assert_int_equal(w->lacks, again);
        world_free(w);
    }
}

static void read_less(void *ctx, struct recount *x, uint64_t from, uint64_t to)
{
    read_again(ctx, x, from, to - 1);
}

static void test_entries_that_are_not_read_again_are_missed(void **state)
{
    struct world *w = world_of(60);
    (void)state;
    recount_free(w->recount);
    w->recount = recount_new(&(struct recount_setup){ .open = open_tapes,
                                                      .read_again = read_less,
                                                      .read = read_entry,
                                                      .wrong = tell_wrong,
                                                      .lacks = tell_lack,
                                                      .ctx = w });
    take_cover(w, COVER(w, 20, 10));
    assert_int_equal(w->wrongs, 0);
    assert_int_equal(w->lacks, 1);
    world_free(w);
}

static void not_readable(struct recount *x, uint64_t index, bool told)
{
    static const struct hash leaf;
    const struct recount_entry e = { .index = index, .leaf = &leaf };
    if (told)
        recount_take(x, &e);
    else
        recount_read_entry(x, &e);
}

static void rests(const struct recount *x, uint64_t from, uint64_t to, enum rests_on want)
{
    if (recount_rests_on(x, from, to) != want)
        fail_msg("[%d, %d): %d", (int)from, (int)to, recount_rests_on(x, from, to));
}

static void test_stretches_that_are_not_known(void **state)
{
    struct recount *x = recount_new(&(struct recount_setup){ .ctx = NULL });
    (void)state;
    x->failed = true; /* so that no rows are kept */
    rests(x, 0, 1000, ALL_KNOWN);
    not_readable(x, 10, true);
    not_readable(x, 11, false);
    not_readable(x, 10, false); /* no news */
    not_readable(x, 5, true);
    not_readable(x, 6, true);
    not_readable(x, 8, true);
    rests(x, 0, 5, ALL_KNOWN);
    rests(x, 5, 6, SOME_TOLD);
    rests(x, 6, 7, SOME_TOLD);
    rests(x, 7, 8, ALL_KNOWN);
    rests(x, 8, 9, SOME_TOLD);
    rests(x, 9, 10, ALL_KNOWN);
    rests(x, 10, 11, SOME_TOLD);
    rests(x, 11, 12, SOME_UNREAD);
    rests(x, 12, 1000, ALL_KNOWN);
    rests(x, 4, 12, SOME_UNREAD); /* the worst, wherever it stands */
    rests(x, 9, 12, SOME_UNREAD);
    recount_free(x);
}

/* Where there are too many, the last takes in what lies between: more is then not judged. */
static void test_too_many_stretches_become_wider(void **state)
{
    struct recount *x = recount_new(&(struct recount_setup){ .ctx = NULL });
    const uint64_t last = 2 * 1023;
    (void)state;
    x->failed = true;
    for (uint64_t i = 0; i <= last; i += 2)
        not_readable(x, i, true);
    for (uint64_t i = 0; i <= last; i++)
        rests(x, i, i + 1, i % 2 == 0 ? SOME_TOLD : ALL_KNOWN);
    not_readable(x, last + 1, true);
    not_readable(x, last + 10, true);
    rests(x, last - 1, last, ALL_KNOWN);
    rests(x, last + 5, last + 6, SOME_TOLD);
    rests(x, last + 10, last + 11, SOME_TOLD);
    rests(x, last + 11, last + 100, ALL_KNOWN);
    not_readable(x, last - 41, false);
    rests(x, last - 43, last - 42, ALL_KNOWN);
    rests(x, last - 41, last - 40, SOME_UNREAD);
    rests(x, last + 10, last + 11, SOME_UNREAD);
    not_readable(x, last + 20, true); /* what is unread stays so */
    rests(x, last + 20, last + 21, SOME_UNREAD);
    rests(x, last + 21, last + 100, ALL_KNOWN);
    recount_free(x);
}

/* Those that follow each other are one stretch, however many; the next one beside the last takes
 * no more than itself. */
static void test_stretches_grow_by_one(void **state)
{
    struct recount *x = recount_new(&(struct recount_setup){ .ctx = NULL });
    uint64_t at = 0;
    (void)state;
    x->failed = true;
    for (; at < 1500; at++)
        not_readable(x, at, true);
    not_readable(x, at + 10, true);
    rests(x, at, at + 10, ALL_KNOWN);
    rests(x, at + 10, at + 11, SOME_TOLD);
    for (uint64_t i = 1; i <= 1022; i++) /* until there is no room */
        not_readable(x, at + 10 + 2 * i, true);
    const uint64_t last = at + 10 + 2 * 1022;
    rests(x, last - 1, last, ALL_KNOWN);
    not_readable(x, last + 1, false); /* beside it, and worse */
    rests(x, last - 1, last, ALL_KNOWN);
    rests(x, last + 1, last + 2, SOME_UNREAD);
    rests(x, last + 2, last + 100, ALL_KNOWN);
    recount_free(x);
}

/* It is what the entries give that could be read, which is not for sure all that it should be. */
static void test_a_table_without_what_was_not_read_is_not_right(void **state)
{
    struct world *w = world_of(100);
    struct recount_report r;
    uint64_t none = 10;
    (void)state;
    while (!span_is(buf_span(&w->log.entry[none]), "no entry at all"))
        none++;
    w->unread[none] = true;
    take_cover(w, COVER(w, 40, 10, 20, 30));
    assert_true(none < 20);
    assert_int_equal(w->wrongs + w->lacks, 0);
    recount_report(w->recount, &r);
    assert_true(r.right[0] && !r.right[1] && r.right[2] && !r.all_right);
    world_free(w);
}

/* Nor is one of which an entry could not be read again, though it is what the others give. */
static void test_a_table_that_was_read_in_part_is_not_right(void **state)
{
    struct world *w = world_of(200);
    struct cover before = COVER(w, 60, 20, 40, 50);
    struct recount_report r;
    uint64_t none = 25;
    (void)state;
    while (!span_is(buf_span(&w->log.entry[none]), "no entry at all"))
        none++;
    assert_true(none < 40);
    w->no_files = true;
    resume(w, &before, 100, all_right);
    w->unread[none - 1] = true; /* a report, which nobody names */
    take_cover(w, COVER(w, 120, 50, 110));
    assert_int_equal(w->wrongs, 0);
    assert_int_equal(w->lacks, 1);
    recount_report(w->recount, &r);
    assert_true(!r.right[0] && r.right[1]);
    world_free(w);
}

/* ---- tapes that fail ------------------------------------------------------------------------- */

static struct tape whole[RECOUNT_TAPES]; /* below those that fail */
static size_t operations, fails_at;

static int append_or_fail(void *ctx, const void *p, size_t n)
{
    return ++operations == fails_at ? -1 : tape_append(ctx, p, n);
}

static int read_or_fail(void *ctx, uint64_t at, void *p, size_t n)
{
    return ++operations == fails_at ? -1 : tape_read(ctx, at, p, n);
}

static int open_failing(void *ctx, struct tape tape[static RECOUNT_TAPES])
{
    (void)ctx;
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        assert_int_equal(tape_file_new(&whole[i], NULL), 0);
        tape[i] = (struct tape){ .append = append_or_fail, .read = read_or_fail, .ctx = &whole[i] };
    }
    return 0;
}

static int no_room_for_it(void *ctx, const struct index_table_file *f, struct span bytes)
{
    size_t *left = ctx;
    (void)f;
    (void)bytes;
    return --*left == 0 ? -1 : 0;
}

static int forget_file(void *ctx, const struct index_table_file *f, struct span bytes)
{
    (void)ctx;
    (void)f;
    (void)bytes;
    return 0;
}

/* Takes the covers in, while that operation fails. Returns whether it came so far. */
static bool count_failing(struct world *w, const struct cover *c, size_t covers, size_t at)
{
    recount_free(w->recount);
    w->recount = recount_new(&(struct recount_setup){ .open = open_failing,
                                                      .read_again = read_again,
                                                      .read = read_entry,
                                                      .file = read_page,
                                                      .wrong = tell_wrong,
                                                      .lacks = tell_lack,
                                                      .ctx = w,
                                                      .memory = 7 });
    operations = w->taken = w->lacks = 0;
    fails_at = at;
    for (size_t i = 0; i < covers; i++)
        take_cover(w, c[i]);
    return operations >= at;
}

static void close_failing(void)
{
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        tape_file_close(&whole[i]);
}

/* What could not be kept, or not be read again, is told: no table is called right or wrong. */
static void test_each_failure_of_a_tape_is_told(void **state)
{
    struct world *w = world_of(60);
    const struct cover c[] = { COVER(w, 21, 7, 15, 20), COVER(w, 40, 7, 20, 39), COVER(w, 59, 59) };
    struct recount_report r;
    size_t at = 1;
    (void)state;
    w->unread[30] = true; /* what cannot be read is kept as such */
    for (; count_failing(w, c, COUNT(c), at); at++) {
        assert_int_equal(w->wrongs, 0);
        assert_true(w->lacks > 0 && w->lack == RECOUNT_MEMORY);
        close_failing();
    }
    assert_int_equal(w->lacks, 0);
    close_failing();
    w->unread[30] = false;
    for (at = 1; count_failing(w, c, COUNT(c), at); at++) {
        recount_report(w->recount, &r);
        assert_int_equal(w->wrongs, 0);
        assert_true(w->lacks > 0 && w->lack == RECOUNT_MEMORY);
        assert_false(r.all_right);
        close_failing();
    }
    assert_true(at > 100);
    expect_right(w, COUNT(c));
    size_t left = 1; /* of files that there is room for */
    assert_int_equal(recount_files(w->recount, 0, no_room_for_it, &left), -1);
    fails_at = operations + 1; /* once */
    assert_int_equal(recount_files(w->recount, 0, forget_file, NULL), -1);
    assert_int_equal(recount_files(w->recount, 0, forget_file, NULL), 0);
    close_failing();
    world_free(w);
}

/* A page that is full is handed out while there are more: that it was not taken is told. */
static void test_each_page_has_to_be_taken(void **state)
{
    struct world *w = world_of(450);
    (void)state;
    take_cover(w, COVER(w, 449, 449));
    expect_right(w, 1);
    assert_true(w->cover.table[0].rows > PAGE_ROWS);
    for (size_t at = 1; at <= 3; at++) { /* two pages, and their directory */
        size_t left = at;
        assert_int_equal(recount_files(w->recount, 0, no_room_for_it, &left), -1);
    }
    world_free(w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_right_tables_are_right),
        cmocka_unit_test(test_each_wrong_number_is_told),
        cmocka_unit_test(test_what_rests_on_unread_entries_is_not_judged),
        cmocka_unit_test(test_what_names_unread_entries_is_not_judged),
        cmocka_unit_test(test_what_cannot_be_read_again_is_told),
        cmocka_unit_test(test_no_room_is_told_each_time),
        cmocka_unit_test(test_a_later_run_reads_tables_or_entries),
        cmocka_unit_test(test_files_of_another_root_are_not_believed),
        cmocka_unit_test(test_a_wrong_table_is_told_in_a_later_run),
        cmocka_unit_test(test_files_of_tables_are_handed_out),
        cmocka_unit_test(test_rows_are_kept_from_the_first_entry_on),
        cmocka_unit_test(test_what_is_read_again_is_not_kept_twice),
        cmocka_unit_test(test_what_names_what_an_earlier_run_read_is_judged),
        cmocka_unit_test(test_entries_that_are_not_read_again_are_missed),
        cmocka_unit_test(test_stretches_that_are_not_known),
        cmocka_unit_test(test_too_many_stretches_become_wider),
        cmocka_unit_test(test_stretches_grow_by_one),
        cmocka_unit_test(test_one_of_two_that_are_named_is_not_known),
        cmocka_unit_test(test_a_table_without_what_was_not_read_is_not_right),
        cmocka_unit_test(test_a_table_that_was_read_in_part_is_not_right),
        cmocka_unit_test(test_each_failure_of_a_tape_is_told),
        cmocka_unit_test(test_each_page_has_to_be_taken),
    };
    return cmocka_run_group_tests_name("recount", tests, NULL, NULL);
}
