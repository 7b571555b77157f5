/* index_replay.h: tables of an index that a replay computes again: what it tells, what it proves,
 * what it reads once more, and what a later run goes on from. */
#include "proto/verify/index_replay.h"

#include <stdlib.h>

#include "proto/base/memory_tape.h"
#include "proto/verify/evidence.h"
#include "proto/verify/log_replay.h"
#include "tests/unit/proto/answer/answer_fixture.h"

static struct indexed x;
static struct files files; /* as the replay reads them first */
static struct files later; /* as it reads entries again */
static struct source source, again;
static struct answer_source tables;
static struct memory_tapes share;
static struct tape tape[RECOUNT_TAPES];
static struct known_entry known[1024];
static size_t remembered, first_known; /* how many, from which entry on */
static struct buf state;               /* of the replay that was kept last */
static struct log_replay r;

static int start(void **unused)
{
    (void)unused;
    indexed_start(&x);
    return 0;
}

static void clear(void)
{
    log_replay_free(&r);
    r = (struct log_replay){ .first = 0 };
    for (size_t i = 0; i < RECOUNT_TAPES; i++)
        memory_tape_free(&tape[i]);
    memset(tape, 0, sizeof tape);
    files_free(&files);
    files_free(&later);
}

static int stop(void **unused)
{
    (void)unused;
    clear();
    buf_free(&state);
    indexed_free(&x);
    return 0;
}

static int open_tapes(void *ctx, struct tape out[static RECOUNT_TAPES])
{
    (void)ctx;
    share = (struct memory_tapes){ .most = 1 << 24 };
    for (size_t i = 0; i < RECOUNT_TAPES; i++) {
        assert_int_equal(memory_tape_new(&tape[i], &share), 0);
        out[i] = tape[i];
    }
    return 0;
}

static void remember(void *ctx, enum kind kind, const struct hash *leaf)
{
    (void)ctx;
    assert_in_range(remembered, 0, COUNT(known) - 1);
    known[remembered++] = (struct known_entry){ .kind = kind, .leaf = *leaf };
}

static enum lookup recall(void *ctx, uint64_t index, struct known_entry *out)
{
    (void)ctx;
    if (index < first_known)
        return LOOKUP_UNKNOWN;
    assert_in_range(index - first_known, 0, remembered - 1);
    *out = known[index - first_known];
    return LOOKUP_FOUND;
}

static enum lookup recall_nothing(void *ctx, uint64_t index, struct known_entry *out)
{
    recall(ctx, index, out); /* what it then says does not count */
    return LOOKUP_UNKNOWN;
}

/* Begins a replay of the log as it is; tests change what it reads before go(). */
static void begin(void)
{
    clear();
    remembered = first_known = 0;
    files_make(&files, &x.l, x.l.n);
    files_make(&later, &x.l, x.l.n);
    source = files_source(&files);
    again = files_source(&later);
    tables = source_of(&x);
    r.setup = (struct log_replay_setup){ .policy = x.policy,
                                         .keep = true,
                                         .source = &source,
                                         .again = &again,
                                         .remember = remember,
                                         .recall = recall,
                                         .open = open_tapes,
                                         .table_file = tables.table,
                                         .table_ctx = tables.ctx };
    log_checkpoint(&r.accepted.note, &x.l, x.l.n);
}

static enum verdict go(void)
{
    assert_true(log_replay_checkpoint(&r, -1, 0));
    assert_int_equal(log_replay_run(&r), LOG_REPLAY_RAN);
    return log_replay_conclude(&r);
}

static void keep(void)
{
    const struct replay_known said = { .log = r.keys.key[0],
                                       .accepted = &r.accepted,
                                       .edge = &r.edge,
                                       .judge = r.judge,
                                       .index = r.index,
                                       .findings = &r.findings };
    assert_true(log_replay_may_keep(&r));
    buf_clear(&state);
    replay_state_format(&state, &said);
    assert_false(state.failed);
    first_known = remembered;
}

/* Begins a replay that goes on from there. */
static void begin_later(void)
{
    struct log_keys keys = policy_log_keys(x.policy, 0);
    size_t from = first_known;
    begin();
    first_known = from;
    assert_int_equal(
        replay_state_parse(&r.state, buf_span(&state), x.policy, &keys, false, &r.findings),
        REPLAY_STATE_GOOD);
    r.from_state = true;
}

static void expect_finding(size_t i, enum reason reason, enum verdict verdict, uint64_t entry,
                           const char *subject)
{
    assert_in_range(i, 0, r.findings.kept - 1);
    const struct finding *f = &r.findings.list[i];
    if (f->why.reason != reason || f->verdict != verdict || f->entry != entry ||
        strcmp(f->why.subject, subject) != 0)
        fail_msg("finding %zu: %s (%s) at %llu, verdict %d", i, reason_name(f->why.reason),
                 f->why.subject, (unsigned long long)f->entry, f->verdict);
    assert_true(f->related == NO_ENTRY);
}

/* Whoever has the policy alone is convinced by what came of it, and by no more than it takes. */
static void expect_evidence(enum reason reason, uint64_t index, uint64_t about, size_t entries)
{
    json_t *v = json_loadb((const char *)r.evidence.p, r.evidence.n, 0, NULL);
    struct evidence_report report;
    assert_true(r.evidence.n > 0);
    assert_int_equal(evidence_judge(&report, x.policy, buf_span(&r.evidence), r.setup.pin), 0);
    assert_string_equal(report.claim, "index");
    if (report.finding.why.reason != reason)
        fail_msg("evidence: %s", reason_name(report.finding.why.reason));
    assert_true(report.finding.entry == index && report.finding.related == about);
    assert_int_equal(json_array_size(json_object_get(v, "entries")), entries);
    json_decref(v);
}

/* ---- honest and lying covers ----------------------------------------------------------------- */

static struct cover honest_cover(const uint64_t *ends, size_t n)
{
    struct cover c = { .tables = n, .end = ends[n - 1] };
    for (size_t i = 0; i < n; i++)
        put_honest_table(&x, &c.table[i], i == 0 ? 0 : ends[i - 1], ends[i]);
    return c;
}

#define ENDS(...) (const uint64_t[]){ __VA_ARGS__ }, COUNT(((const uint64_t[]){ __VA_ARGS__ }))

static void an_honest_index_is_right(void **unused)
{
    struct index_replay_report report;
    (void)unused;
    begin();
    assert_int_equal(go(), VERDICT_GOOD); /* there is none yet */
    index_replay_report(r.index, &report);
    assert_true(report.entries == 0 && report.newest == NO_ENTRY && report.end == 0);
    assert_false(report.right);
    uint64_t first = add_honest_index(&x, ENDS(7, 20), NULL);
    log_add_bytes(&x.l, span_of(NULL, 0)); /* read, though there is nothing in it */
    add_unkeyed(&x, true);
    add_unkeyed(&x, false);
    uint64_t second = add_honest_index(&x, ENDS(7, x.l.n), NULL);
    add_request(&x, x.other, "99/2025");
    begin();
    go();
    assert_int_equal(r.findings.kept, 3); /* the three that have no form */
    index_replay_report(r.index, &report);
    assert_true(report.entries == 2 && report.newest == second && report.end == second);
    assert_true(hash_eq(&report.leaf, &x.l.leaf[second]) && report.right);
    assert_int_equal(index_replay_evidence(r.index).n, 0);
    assert_true(first < second);
}

enum lie {
    LEFT_OUT,
    ADDED,
    TWICE,
    OUTSIDE,
    UNKEYED_COUNT,
    ROW_COUNT,
    OTHER_ROOT,
};

/* The table of these entries with a lie in it: its files say what its root says, but for the last
 * two. Returns the entry that it is wrong about. */
static uint64_t put_lie(struct index_table *t, enum lie lie, uint64_t from, uint64_t to)
{
    struct index_row *rows;
    struct index_key key;
    size_t n = honest_rows(&x, from, to, &rows), at = n / 2;
    uint64_t about = NO_ENTRY, unkeyed = 0;
    if (lie == LEFT_OUT) {
        about = index_row_entry(&rows[at]);
        memmove(&rows[at], &rows[at + 1], (--n - at) * sizeof *rows);
    } else if (lie == ADDED) {
        about = from;
        index_key_of(&key, INDEX_KEY_HOLDER, span_str("mx.nobody"));
        index_row_set(&rows[n++], &key, about);
    } else if (lie == TWICE) {
        rows[n++] = rows[at];
    } else if (lie == OUTSIDE) {
        index_key_of(&key, INDEX_KEY_HOLDER, span_str("mx.nobody"));
        index_row_set(&rows[n++], &key, to);
    }
    qsort(rows, n, sizeof *rows, (int (*)(const void *, const void *))index_row_compare);
    unkeyed += lie == UNKEYED_COUNT;
    put_table(&x, t, from, to, rows, n, unkeyed);
    t->rows += lie == ROW_COUNT;
    t->root.b[0] ^= lie == OTHER_ROOT;
    free(rows);
    return about;
}

static void each_lie_is_told_and_proven(void **unused)
{
    static const struct {
        enum lie lie;
        enum reason proven; /* REASON_NONE: nothing can be shown */
        size_t entries;
    } cases[] = {
        { LEFT_OUT, REASON_INDEX_LEFT_OUT, 4 },  { ADDED, REASON_INDEX_ROW, 3 },
        { TWICE, REASON_INDEX_ROWS, 2 },         { OUTSIDE, REASON_INDEX_ROWS, 2 },
        { UNKEYED_COUNT, REASON_INDEX_ROWS, 2 }, { ROW_COUNT, REASON_NONE, 0 },
        { OTHER_ROOT, REASON_NONE, 0 },
    };
    (void)unused;
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct cover c = honest_cover(ENDS(7, 20, 24));
        struct index_replay_report report;
        indexed_free(&x);
        indexed_start(&x);
        c = honest_cover(ENDS(7, 20, 24));
        uint64_t about = put_lie(&c.table[1], cases[i].lie, 7, 20);
        uint64_t index = add_index(&x, &c);
        begin();
        assert_int_equal(go(), VERDICT_BAD);
        assert_int_equal(r.findings.kept, 1);
        expect_finding(0, REASON_INDEX_TABLE, VERDICT_BAD, index, "1");
        index_replay_report(r.index, &report);
        assert_true(report.newest == index && !report.right);
        if (cases[i].proven == REASON_NONE)
            assert_int_equal(r.evidence.n, 0);
        else
            expect_evidence(cases[i].proven, index, about, cases[i].entries);
    }
}

/* Evidence about genesis has it once. */
static void genesis_is_carried_once(void **unused)
{
    struct index_row *rows;
    (void)unused;
    struct cover c = { .tables = 1, .end = 20 };
    size_t n = honest_rows(&x, 0, 20, &rows), at = 0;
    while (index_row_entry(&rows[at]) != 0)
        at++;
    memmove(&rows[at], &rows[at + 1], (--n - at) * sizeof *rows);
    put_table(&x, &c.table[0], 0, 20, rows, n, 0);
    free(rows);
    uint64_t index = add_index(&x, &c);
    begin();
    assert_int_equal(go(), VERDICT_BAD);
    expect_evidence(REASON_INDEX_LEFT_OUT, index, 0, 2);
}

/* A record that names so many others that evidence about it, with all of them, is too large. */
static uint64_t add_naming(size_t names)
{
    struct buf list = { 0 };
    buf_adds(&list, "\"class\":\"other\",\"requests\":[");
    for (size_t i = 0; i < names; i++) {
        uint64_t request = add_request(&x, x.other, "99/2025");
        buf_addf(&list, "%s%s", i == 0 ? "" : ",", log_ref(&x.l, request));
    }
    buf_adds(&list, "]");
    uint64_t index = log_add(&x.l, BY(REQUESTER, KIND_PRODUCT, .members = buf_str(&list)));
    buf_free(&list);
    return index;
}

static void evidence_carries_256_entries_at_most(void **unused)
{
    (void)unused;
    for (size_t entries = 256; entries < 258; entries++) {
        struct cover c = { .tables = 2 };
        indexed_free(&x);
        indexed_start(&x);
        uint64_t naming = add_naming(entries - 4); /* and itself, index, warrant, genesis */
        put_honest_table(&x, &c.table[0], 0, naming);
        put_lie(&c.table[1], LEFT_OUT, naming, naming + 1);
        c.end = naming + 1;
        uint64_t index = add_index(&x, &c);
        begin();
        assert_int_equal(go(), VERDICT_BAD);
        expect_finding(0, REASON_INDEX_TABLE, VERDICT_BAD, index, "1");
        if (entries == 256)
            expect_evidence(REASON_INDEX_LEFT_OUT, index, naming, 256);
        else
            assert_int_equal(r.evidence.n, 0);
    }
}

static int no_file(void *ctx, const struct hash *root, const struct index_table_file *f,
                   struct buf *out)
{
    (void)root;
    (void)f;
    (void)out;
    ++*(size_t *)ctx;
    return -1;
}

/* An index that leaves out a row, each time of another table. */
static uint64_t add_lying_index(uint64_t end)
{
    struct cover c = { .tables = 1, .end = end };
    put_lie(&c.table[0], LEFT_OUT, 0, end);
    return add_index(&x, &c);
}

static void without_files_nothing_is_proven(void **unused)
{
    size_t asked = 0;
    (void)unused;
    uint64_t index = add_lying_index(20);
    begin();
    r.setup.table_file = NULL;
    assert_int_equal(go(), VERDICT_BAD);
    expect_finding(0, REASON_INDEX_TABLE, VERDICT_BAD, index, "0");
    assert_int_equal(r.evidence.n, 0);
    for (uint64_t end = 21; end < 26; end++) /* four tries are enough */
        add_lying_index(end);
    begin();
    r.setup.table_file = no_file;
    r.setup.table_ctx = &asked;
    assert_int_equal(go(), VERDICT_BAD);
    assert_int_equal(r.findings.kept, 6);
    assert_int_equal(asked, 4);
    assert_int_equal(r.evidence.n, 0);
}

/* Fails the first `failing` reads. */
struct late_files {
    size_t failing, read;
};

static int late_file(void *ctx, const struct hash *root, const struct index_table_file *f,
                     struct buf *out)
{
    struct late_files *l = ctx;
    return l->read++ < l->failing ? -1 : tables.table(tables.ctx, root, f, out);
}

static void evidence_is_of_the_first_table_that_can_be_shown(void **unused)
{
    uint64_t index[5];
    (void)unused;
    for (size_t i = 0; i < COUNT(index); i++)
        index[i] = add_lying_index(18 + i);
    for (size_t failing = 0; failing < 5; failing++) {
        struct late_files files_of = { .failing = failing };
        struct evidence_report report;
        begin();
        r.setup.table_file = late_file;
        r.setup.table_ctx = &files_of;
        assert_int_equal(go(), VERDICT_BAD);
        assert_int_equal(r.findings.kept, 5);
        if (failing == 4) { /* tries */
            assert_int_equal(r.evidence.n, 0);
            assert_int_equal(files_of.read, 4);
            continue;
        }
        assert_int_equal(evidence_judge(&report, x.policy, buf_span(&r.evidence), NULL), 0);
        assert_true(report.finding.entry == index[failing]);
    }
}

static void evidence_convinces_by_the_pin(void **unused)
{
    struct hash pin = x.l.leaf[0];
    (void)unused;
    uint64_t index = add_lying_index(20);
    begin();
    r.setup.pin = &pin;
    assert_int_equal(go(), VERDICT_BAD);
    assert_int_equal(r.findings.kept, 1);
    expect_finding(0, REASON_INDEX_TABLE, VERDICT_BAD, index, "0");
    assert_true(r.evidence.n > 0);
}

static void without_room_it_is_busy(void **unused)
{
    (void)unused;
    uint64_t index = add_honest_index(&x, ENDS(20), NULL);
    begin();
    r.setup.open = NULL;
    assert_int_equal(go(), VERDICT_UNDECIDED);
    assert_int_equal(r.findings.kept, 1);
    expect_finding(0, REASON_MEMORY, VERDICT_UNDECIDED, index, "0");
}

/* ---- entries that are read again ------------------------------------------------------------- */

/* Alters the entry in the files that are read again. */
static void alter_again(uint64_t index)
{
    struct file *f = files_find(&later, TILE_ENTRIES, index / TILE_WIDTH);
    size_t at = 0;
    for (uint64_t i = index / TILE_WIDTH * TILE_WIDTH; i < index; i++)
        at += 2 + x.l.entry[i].n;
    f->bytes.p[at + 2 + x.l.entry[index].n / 2] ^= 1;
}

/* An altered entry spoils what rests on it alone, where others are remembered. */
static void what_was_altered_meanwhile_is_not_judged(void **unused)
{
    (void)unused;
    uint64_t index = add_honest_index(&x, ENDS(7, 9, 20), NULL);
    for (int how = 0; how < 3; how++) {
        begin();
        alter_again(8);
        r.setup.recall = how == 0 ? recall : how == 1 ? recall_nothing : NULL;
        r.setup.remember = how == 2 ? NULL : remember;
        assert_int_equal(go(), VERDICT_UNDECIDED);
        assert_int_equal(r.findings.kept, 1);
        expect_finding(0, REASON_INDEX_UNREAD, VERDICT_UNDECIDED, index, how == 0 ? "1" : "0");
    }
}

static void what_is_gone_meanwhile_is_not_judged(void **unused)
{
    (void)unused;
    uint64_t index = add_honest_index(&x, ENDS(7, 20), NULL);
    begin();
    files_find(&later, TILE_ENTRIES, 0)->gone = true;
    assert_int_equal(go(), VERDICT_UNDECIDED);
    assert_int_equal(r.findings.kept, 1);
    expect_finding(0, REASON_INDEX_UNREAD, VERDICT_UNDECIDED, index, "0");
    begin();
    files_find(&later, TILE_ENTRIES, 0)->bytes.n -= 3; /* the last entry is cut off */
    assert_int_equal(go(), VERDICT_GOOD);
    assert_int_equal(r.findings.kept, 0);
}

/* What could not be read in the first place was told then, and no table with it is judged. */
static void what_was_never_read_is_not_judged(void **unused)
{
    struct index_replay_report report;
    (void)unused;
    add_honest_index(&x, ENDS(20), NULL);
    uint64_t altered = add_correction(&x, 12);
    add_honest_index(&x, ENDS(20, altered, altered + 1), NULL);
    begin();
    struct file *f = files_find(&files, TILE_ENTRIES, 0);
    f->bytes.p[f->bytes.n - x.l.entry[x.l.n - 1].n - 3] ^= 1;
    assert_int_equal(go(), VERDICT_BAD);
    assert_int_equal(r.findings.kept, 1);
    assert_int_equal(r.findings.list[0].why.reason, REASON_LEAF);
    assert_true(r.findings.list[0].entry == altered);
    index_replay_report(r.index, &report);
    assert_false(report.right);
}

static void nobody_has_to_remember(void **unused)
{
    struct index_replay_report report;
    (void)unused;
    add_honest_index(&x, ENDS(7, 20), NULL);
    begin();
    r.setup.recall = NULL;
    r.setup.remember = NULL;
    assert_int_equal(go(), VERDICT_GOOD);
    index_replay_report(r.index, &report);
    assert_true(report.right);
}

static int give_up(void *ctx, const struct index_table_file *f, struct span bytes)
{
    *(struct index_table_file *)ctx = *f;
    return bytes.n == x.file[1].bytes.n ? 5 : 0;
}

static void right_files_are_handed_out(void **unused)
{
    struct index_table_file f = { .level = 7 };
    struct judged entry = { .index = 0, .leaf = &x.l.leaf[0], .kind = KIND_UNDECIDED };
    (void)unused;
    add_honest_index(&x, ENDS(7, 20), NULL);
    begin();
    assert_int_equal(go(), VERDICT_GOOD);
    assert_int_equal(index_replay_files(r.index, 1, give_up, &f), 5);
    assert_true(f.level == 0 && f.n == 0);
    index_replay_entry(r.index, &entry, NULL); /* nothing is in force */
}

/* Entries of several bundles, of which the second begins and the last ends within one. */
static void bundles_are_read_one_behind_the_other(void **unused)
{
    struct index_replay_report report;
    (void)unused;
    while (x.l.n < 520)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    add_honest_index(&x, ENDS(100, 256, 300, 512, 515), NULL);
    begin();
    assert_int_equal(go(), VERDICT_GOOD);
    index_replay_report(r.index, &report);
    assert_true(report.right && report.end == 515);
}

static void the_last_bundle_may_have_one_entry(void **unused)
{
    struct index_replay_report report;
    (void)unused;
    while (x.l.n < 257)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    add_honest_index(&x, ENDS(256, 257), NULL);
    begin();
    assert_int_equal(go(), VERDICT_GOOD);
    index_replay_report(r.index, &report);
    assert_true(report.right && report.end == 257);
}

/* ---- a later run ----------------------------------------------------------------------------- */

/* A log of two bundles, of which a replay was kept; then an entry that names an early one, and an
 * index of these tables. */
static uint64_t two_runs(uint64_t first, uint64_t second)
{
    while (x.l.n < 260)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    add_honest_index(&x, ENDS(100, 258), NULL);
    begin();
    assert_int_equal(go(), VERDICT_GOOD);
    keep();
    add_correction(&x, 12);
    return first == 0 ? add_honest_index(&x, ENDS(second, x.l.n), NULL)
                      : add_honest_index(&x, ENDS(first, second, x.l.n), NULL);
}

static void expect_right(uint64_t index)
{
    struct index_replay_report report;
    assert_int_equal(go(), VERDICT_GOOD);
    index_replay_report(r.index, &report);
    assert_true(report.entries == 2 && report.newest == index && report.right);
}

static void a_later_run_reads_what_is_named(void **unused)
{
    (void)unused;
    uint64_t index = two_runs(100, 258);
    begin_later();
    expect_right(index);
    for (int how = 0; how < 2; how++) {
        begin_later();
        if (how == 0)
            files_find(&later, TILE_ENTRIES, 0)->gone = true;
        else
            alter_again(12);
        assert_int_equal(go(), VERDICT_UNDECIDED);
        assert_int_equal(r.findings.kept, 2); /* and what it names is not judged */
        expect_finding(1, REASON_INDEX_UNREAD, VERDICT_UNDECIDED, index, "2");
    }
}

/* A merged table is made of earlier ones: of their files, or of their entries. */
static void a_later_run_merges_tables(void **unused)
{
    (void)unused;
    uint64_t index = two_runs(0, 258);
    begin_later();
    r.setup.table_file = NULL;
    expect_right(index);
    while (x.l.n < 270)
        log_add(&x.l, BY(AUDITOR, KIND_ANCHOR));
    begin();
    assert_int_equal(go(), VERDICT_GOOD);
    keep();
    index = add_honest_index(&x, ENDS(x.l.n), NULL);
    begin_later();
    files_find(&later, TILE_ENTRIES, 0)->gone = true; /* the files say it */
    assert_int_equal(go(), VERDICT_GOOD);
    begin_later();
    files_find(&later, TILE_ENTRIES, 0)->gone = true;
    r.setup.table_file = NULL;
    assert_int_equal(go(), VERDICT_UNDECIDED);
    expect_finding(0, REASON_INDEX_UNREAD, VERDICT_UNDECIDED, index, "0");
}

/* ---- state ----------------------------------------------------------------------------------- */

static struct index_replay *fresh_replay(void)
{
    struct index_replay_setup setup = { .open = open_tapes, .again = &again, .cp = &r.accepted };
    return index_replay_new(&setup);
}

static void expect_import(int result, const char *text, const struct cover *cover)
{
    struct index_replay *fresh = fresh_replay();
    json_t *v = text == NULL ? NULL : json_loads(text, JSON_DECODE_ANY, NULL);
    assert_true(text == NULL || v != NULL);
    int got = index_replay_import(fresh, v, cover);
    if (got != result)
        fail_msg("%s: %d", text == NULL ? "no text" : text, got);
    json_decref(v);
    index_replay_free(fresh);
}

#define LEAF "\"leaf\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=\""

static void a_state_has_its_form(void **unused)
{
    static const struct cover two = { .entry = 30, .end = 20, .tables = 2 };
    static const struct cover none = { .entry = NO_ENTRY };
    static const struct {
        int result;
        const char *state;
    } cases[] = {
        { 0, "{\"entry\":30," LEAF ",\"entries\":1,\"right\":[true,false]}" },
        { 0, "null" },
        { 0, NULL },
        { -1, "{\"entry\":31," LEAF ",\"entries\":1,\"right\":[true,false]}" },
        { -1, "{\"entry\":-1," LEAF ",\"entries\":1,\"right\":[true,false]}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":0,\"right\":[true,false]}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":1,\"right\":[true]}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":1,\"right\":[true,false,true]}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":1,\"right\":true}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":1}" },
        { -1, "{\"entry\":30," LEAF ",\"entries\":\"1\",\"right\":[true,false]}" },
        { -1, "{\"entry\":30,\"leaf\":\"AAEC\",\"entries\":1,\"right\":[true,false]}" },
        { -1, "{\"entry\":30,\"entries\":1,\"right\":[true,false]}" },
        { -1, "[]" },
    };
    (void)unused;
    begin();
    for (size_t i = 0; i < COUNT(cases); i++)
        expect_import(cases[i].result, cases[i].state, &two);
    for (int how = 0; how < 2; how++) {
        const struct cover *cover = how == 0 ? NULL : &none;
        expect_import(0, NULL, cover);
        expect_import(0, "null", cover);
        expect_import(-1, cases[0].state, cover);
        expect_import(-1, "{\"entry\":-1," LEAF ",\"entries\":1,\"right\":[]}", cover);
    }
}

static void expect_report(const struct index_replay *replay, uint64_t entries, bool right)
{
    struct index_replay_report report;
    index_replay_report(replay, &report);
    assert_int_equal(report.entries, entries);
    assert_true(report.newest == 30 && report.end == 20);
    assert_true(report.leaf.b[31] == (entries == 0 ? 0 : 31));
    assert_int_equal(report.right, right);
}

/* What one run says a later one takes, and says again. */
static void a_state_goes_from_run_to_run(void **unused)
{
    static const struct cover two = { .entry = 30, .end = 20, .tables = 2 };
    (void)unused;
    begin();
    for (int how = 0; how < 4; how++) {
        struct index_replay *one = fresh_replay(), *other = fresh_replay();
        json_t *said;
        json_t *v = json_loads(text_of("{\"entry\":30," LEAF ",\"entries\":7,\"right\":[%s,%s]}",
                                       how & 1 ? "true" : "false", how & 2 ? "true" : "false"),
                               0, NULL);
        assert_int_equal(index_replay_import(one, v, &two), 0);
        expect_report(one, 7, how == 3);
        said = index_replay_export(one);
        assert_true(json_equal(said, v));
        assert_int_equal(index_replay_import(other, said, &two), 0);
        expect_report(other, 7, how == 3);
        json_decref(said);
        json_decref(v);
        index_replay_free(one);
        index_replay_free(other);
    }
    struct index_replay *none = fresh_replay();
    json_t *said = index_replay_export(none);
    assert_true(json_is_null(said));
    assert_int_equal(index_replay_import(none, NULL, &two), 0);
    expect_report(none, 0, false); /* nothing is known of its tables */
    json_decref(said);
    index_replay_free(none);
    index_replay_free(NULL);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)
    const struct CMUnitTest tests[] = {
        TEST(an_honest_index_is_right),
        TEST(each_lie_is_told_and_proven),
        TEST(genesis_is_carried_once),
        TEST(evidence_carries_256_entries_at_most),
        TEST(without_files_nothing_is_proven),
        TEST(evidence_is_of_the_first_table_that_can_be_shown),
        TEST(evidence_convinces_by_the_pin),
        TEST(without_room_it_is_busy),
        TEST(what_was_altered_meanwhile_is_not_judged),
        TEST(what_is_gone_meanwhile_is_not_judged),
        TEST(what_was_never_read_is_not_judged),
        TEST(nobody_has_to_remember),
        TEST(right_files_are_handed_out),
        TEST(bundles_are_read_one_behind_the_other),
        TEST(the_last_bundle_may_have_one_entry),
        TEST(a_later_run_reads_what_is_named),
        TEST(a_later_run_merges_tables),
        TEST(a_state_has_its_form),
        TEST(a_state_goes_from_run_to_run),
    };
    return cmocka_run_group_tests_name("index_replay", tests, NULL, NULL);
}
