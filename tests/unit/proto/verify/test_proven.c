/* proven.h: entries that the log's files prove, alone and by the bundle; what is said where these
 * are missing or lie; checkpoints under a policy; and evidence of what was found. */
#include "proto/verify/proven.h"

#include <stdlib.h>

#include "proto/verify/evidence.h"
#include "proto/verify/log_replay.h"
#include "tests/unit/fixture.h"

static struct log l;
static struct policy *policy;
static struct files files;
static struct source source;
static struct checkpoint tree;

static int start(void **state)
{
    (void)state;
    log_start(&l, "");
    policy = log_policy(&l);
    return 0;
}

static int stop(void **state)
{
    (void)state;
    files_free(&files);
    policy_free(policy);
    log_free(&l);
    return 0;
}

/* The files of the log as it is, and its tree. */
static void serve(void)
{
    files_free(&files);
    files_make(&files, &l, l.n);
    source = files_source(&files);
    tree = (struct checkpoint){ .size = l.n };
    log_root(&l, l.n, &tree.root);
}

/* ---- entries --------------------------------------------------------------------------------- */

static void expect_entry(const struct source *of, uint64_t index, enum verdict verdict,
                         enum reason reason, const char *subject)
{
    struct proven p;
    struct refusal why = { .reason = REASON_NONE, .subject = "" };
    enum verdict v = proven_fetch(&p, of, tree.size, &tree.root, index, &why);
    if (v != verdict || why.reason != reason || strcmp(why.subject, subject) != 0)
        fail_msg("entry %llu: verdict %d, %s (%s)", (unsigned long long)index, v,
                 reason_name(why.reason), why.subject);
    if (v == VERDICT_GOOD) {
        assert_true(span_eq(p.entry.bytes, buf_span(&l.entry[index])));
        assert_true(hash_eq(&p.leaf, &l.leaf[index]));
        assert_true(p.entry.index == index && p.entry.path == p.path);
    }
    proven_free(&p);
}

static void each_entry_is_proven(void **state)
{
    (void)state;
    while (l.n < 259)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    serve();
    for (uint64_t i = 0; i<l.n; i += i> 8 && i < 250 ? 13 : 1)
        expect_entry(&source, i, VERDICT_GOOD, REASON_NONE, "");
    expect_entry(&source, 259, VERDICT_UNDECIDED, REASON_MISSING, "tile/entries/001.p/3");
    expect_entry(&source, 260, VERDICT_UNDECIDED, REASON_MISSING, "tile/entries/001.p/3");
}

static enum fetch fails(void *ctx, const struct tile *t, size_t max, struct buf *out,
                        struct refusal *why)
{
    (void)ctx;
    (void)t;
    (void)max;
    (void)out;
    refuse(why, REASON_NET_TIME, "the server");
    return FETCH_FAILED;
}

/* The same, and half of what was read is kept. */
static enum fetch fails_midway(void *ctx, const struct tile *t, size_t max, struct buf *out,
                               struct refusal *why)
{
    out->failed = true;
    return fails(ctx, t, max, out, why);
}

/* Fails for tiles of hashes alone. */
static enum fetch fails_above(void *ctx, const struct tile *t, size_t max, struct buf *out,
                              struct refusal *why)
{
    struct source whole = files_source(ctx);
    return t->level == TILE_ENTRIES ? whole.tile(ctx, t, max, out, why)
                                    : fails(ctx, t, max, out, why);
}

/* Files whose bundles do not fit into memory: what was kept of them may be anything. */
static enum fetch without_memory(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                 struct refusal *why)
{
    struct source whole = files_source(ctx);
    enum fetch got = whole.tile(ctx, t, max, out, why);
    if (t->level == TILE_ENTRIES) {
        buf_free(out);
        out->failed = true;
    }
    return got;
}

/* One fault of the files at a time, and what is said of entry 7 and of its bundle. */
static const struct {
    const char *what;
    enum { NOTHING, GONE, CUT, ONE_MORE, ALTERED, TILE_GONE, TILE_CUT, TILE_ALTERED, ROOT } fault;
    fetch_tile_fn *tile; /* NULL: the files' own */
    enum verdict verdict;
    enum reason reason;
    const char *subject;
} faults[] = {
    { "nothing", NOTHING, NULL, VERDICT_GOOD, REASON_NONE, "" },
    { "bundle gone", GONE, NULL, VERDICT_UNDECIDED, REASON_MISSING, "tile/entries/000.p/9" },
    { "bundle cut off", CUT, NULL, VERDICT_BAD, REASON_BUNDLE, "tile/entries/000.p/9" },
    { "bundle altered", ALTERED, NULL, VERDICT_BAD, REASON_LEAF, "tile/entries/000.p/9" },
    { "tile gone", TILE_GONE, NULL, VERDICT_UNDECIDED, REASON_MISSING, "tile/0/000.p/9" },
    { "tile cut off", TILE_CUT, NULL, VERDICT_BAD, REASON_TILE, "tile/0/000.p/9" },
    { "tile altered", TILE_ALTERED, NULL, VERDICT_BAD, REASON_LEAF, "tile/entries/000.p/9" },
    { "another root", ROOT, NULL, VERDICT_BAD, REASON_LEAF, "tile/entries/000.p/9" },
    { "nothing can be read", NOTHING, fails, VERDICT_UNDECIDED, REASON_NET_TIME, "the server" },
    { "nothing was read whole", NOTHING, fails_midway, VERDICT_UNDECIDED, REASON_NET_TIME,
      "the server" },
    { "no tile can be read", NOTHING, fails_above, VERDICT_UNDECIDED, REASON_NET_TIME,
      "the server" },
    { "no memory", NOTHING, without_memory, VERDICT_UNDECIDED, REASON_MEMORY, "" },
};

static void spoil(size_t i)
{
    struct file *bundle, *tile;
    serve();
    bundle = files_find(&files, TILE_ENTRIES, 0);
    tile = files_find(&files, 0, 0);
    bundle->gone = faults[i].fault == GONE;
    bundle->bytes.n -= faults[i].fault == CUT ? l.entry[8].n + l.entry[7].n + 2 : 0;
    bundle->bytes.p[bundle->bytes.n - l.entry[8].n - 3] ^= faults[i].fault == ALTERED;
    tile->gone = faults[i].fault == TILE_GONE;
    tile->bytes.n -= faults[i].fault == TILE_CUT;
    tile->bytes.p[0] ^= faults[i].fault == TILE_ALTERED;
    tree.root.b[0] ^= faults[i].fault == ROOT;
    if (faults[i].tile != NULL)
        source = (struct source){ .tile = faults[i].tile, .ctx = &files };
}

static void what_is_wrong_with_files_is_said(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        spoil(i);
        expect_entry(&source, 7, faults[i].verdict, faults[i].reason, faults[i].subject);
    }
    serve(); /* an entry before the end of what is there is */
    files_find(&files, TILE_ENTRIES, 0)->bytes.n--;
    expect_entry(&source, 7, VERDICT_GOOD, REASON_NONE, "");
    expect_entry(&source, 8, VERDICT_BAD, REASON_BUNDLE, "tile/entries/000.p/9");
}

static void a_look_up_knows_kind_and_leaf(void **state)
{
    struct buf note = { 0 };
    struct known_entry known;
    (void)state;
    uint64_t form = log_add_bytes(&l, span_str("hello"));
    uint64_t record = log_add_note(&l, span_str("hello\n"));
    note_sign(&note, span_str("bitacora/v2 request\n{}\n"), &l.who[REQUESTER].key);
    uint64_t version = log_add_note(&l, buf_span(&note));
    buf_free(&note);
    serve();
    const struct {
        uint64_t index;
        enum kind kind;
    } cases[] = { { 0, KIND_GENESIS }, { 1, KIND_ENROLL },    { 7, KIND_REQUEST },
                  { form, KIND_NONE }, { record, KIND_NONE }, { version, KIND_UNDECIDED } };
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_int_equal(proven_known(&source, &tree, cases[i].index, &known), LOOKUP_FOUND);
        assert_int_equal(known.kind, cases[i].kind);
        assert_true(hash_eq(&known.leaf, &l.leaf[cases[i].index]));
    }
    tree.root.b[0] ^= 1;
    assert_int_equal(proven_known(&source, &tree, 1, &known), LOOKUP_FAILED);
    tree.root.b[0] ^= 1;
    files_find(&files, TILE_ENTRIES, 0)->gone = true;
    assert_int_equal(proven_known(&source, &tree, 1, &known), LOOKUP_FAILED);
}

/* ---- bundles --------------------------------------------------------------------------------- */

static void expect_bundle(uint64_t number, enum verdict verdict, enum reason reason,
                          const char *subject, unsigned n)
{
    static struct proven_bundle b;
    struct refusal why = { .reason = REASON_NONE, .subject = "" };
    enum verdict v = proven_fetch_bundle(&b, &source, &tree, number, &why);
    if (v != verdict || why.reason != reason || strcmp(why.subject, subject) != 0 || b.n != n)
        fail_msg("bundle %llu: verdict %d, %s (%s), %u entries", (unsigned long long)number, v,
                 reason_name(why.reason), why.subject, b.n);
    for (uint64_t i = 0; v == VERDICT_GOOD && i < b.n; i++) {
        uint64_t index = number * TILE_WIDTH + i;
        assert_true(span_eq(b.entry[i], buf_span(&l.entry[index])));
        assert_true(hash_eq(&b.leaf[i], &l.leaf[index]));
    }
    proven_bundle_free(&b);
}

/* A source is asked for files that there are. */
static enum fetch fetch_some_width(void *ctx, const struct tile *t, size_t max, struct buf *out,
                                   struct refusal *why)
{
    const struct source *whole = ctx;
    assert_in_range(t->width, 1, TILE_WIDTH);
    return whole->tile(whole->ctx, t, max, out, why);
}

static void bundles_are_proven_as_a_whole(void **state)
{
    (void)state;
    for (size_t i = 0; i < COUNT(faults); i++) {
        bool whole = faults[i].fault != GONE && faults[i].fault != CUT &&
                     (faults[i].tile == NULL || faults[i].tile == fails_above);
        /* The tile beside it is not needed: it is made of the bundle. */
        bool beside = (faults[i].fault >= TILE_GONE && faults[i].fault <= TILE_ALTERED) ||
                      faults[i].tile == fails_above;
        bool leaf = !beside && faults[i].reason == REASON_LEAF;
        spoil(i);
        expect_bundle(0, beside ? VERDICT_GOOD : faults[i].verdict,
                      beside ? REASON_NONE : faults[i].reason,
                      beside || leaf ? "" : faults[i].subject,
                      whole                    ? 9
                      : faults[i].fault == CUT ? 7
                                               : 0);
    }
}

static void a_bundle_needs_the_tiles_beside_it(void **state)
{
    struct source whole;
    (void)state;
    while (l.n < 515)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    serve();
    whole = source;
    source = (struct source){ .tile = fetch_some_width, .ctx = &whole };
    for (uint64_t n = 0; n < 2; n++)
        expect_bundle(n, VERDICT_GOOD, REASON_NONE, "", 256);
    expect_bundle(2, VERDICT_GOOD, REASON_NONE, "", 3);
    expect_bundle(3, VERDICT_UNDECIDED, REASON_MISSING, "tile/entries/003.p/0", 0);
    files_find(&files, 0, 2)->gone = true;
    expect_bundle(0, VERDICT_UNDECIDED, REASON_MISSING, "tile/0/002.p/3", 256);
    expect_bundle(2, VERDICT_GOOD, REASON_NONE, "", 3);
    files_find(&files, 0, 2)->gone = false;
    files_find(&files, 0, 2)->bytes.n--;
    expect_bundle(0, VERDICT_BAD, REASON_TILE, "tile/0/002.p/3", 256);
    serve();
    files_find(&files, 1, 0)->bytes.p[0] ^= 1;
    expect_bundle(2, VERDICT_BAD, REASON_LEAF, "", 3);
}

/* A tree of one entry has no proof, and none is needed. */
static void genesis_alone_is_proven(void **state)
{
    (void)state;
    files_free(&files);
    files_make(&files, &l, 1);
    source = files_source(&files);
    tree = (struct checkpoint){ .size = 1, .root = l.leaf[0] };
    expect_entry(&source, 0, VERDICT_GOOD, REASON_NONE, "");
    expect_bundle(0, VERDICT_GOOD, REASON_NONE, "", 1);
}

/* ---- checkpoints ----------------------------------------------------------------------------- */

#define NOW 2000000

static struct skey witness[2];

static void make_witnesses(const char *quorum)
{
    struct buf text = { 0 };
    struct refusal why;
    buf_addf(&text, "log %s\n", vkey_text(&l, THE_LOG));
    for (size_t i = 0; i < COUNT(witness); i++) {
        uint8_t seed[32] = { (uint8_t)(i + 1) };
        skey_from_seed(&witness[i], span_str(i == 0 ? "w1.example" : "w2.example"), KEY_COSIGNATURE,
                       seed);
        buf_addf(&text, "witness w%zu ", i + 1);
        vkey_format(&text, &witness[i].vkey);
        buf_adds(&text, "\n");
    }
    buf_addf(&text, "group both all w1 w2\nquorum %s\n", quorum);
    policy_free(policy);
    policy = policy_parse(buf_span(&text), &why);
    assert_non_null(policy);
    buf_free(&text);
}

/* The log's checkpoint, cosigned at these times (0: not). */
static void cosigned_note(struct buf *out, uint64_t first, uint64_t second)
{
    struct buf text = { 0 };
    struct hash root;
    log_root(&l, l.n, &root);
    checkpoint_format(&text, ORIGIN, l.n, &root);
    log_checkpoint(out, &l, l.n);
    if (first != 0)
        note_cosign(out, buf_span(&text), &witness[0], first);
    if (second != 0)
        note_cosign(out, buf_span(&text), &witness[1], second);
    buf_free(&text);
}

static void cosignatures_are_fresh_or_not(void **state)
{
    static const struct {
        uint64_t first, second;
        int64_t max_age, now;
        bool fresh;
    } cases[] = {
        { NOW, NOW, 60, NOW, true },
        { NOW - 60, NOW - 60, 60, NOW, true },
        { NOW - 61, NOW, 60, NOW, false },
        { NOW, NOW - 61, 60, NOW, false },
        { NOW - 61, NOW - 61, -1, NOW, true }, /* nobody asks */
        { NOW - 61, NOW - 61, -60, NOW, true },
        { NOW, NOW, 0, NOW, true },
        { NOW - 1, NOW - 1, 0, NOW, false },
        { NOW + 600, NOW + 600, 60, NOW, true }, /* a witness's clock may be ahead */
        { NOW + 601, NOW + 600, 60, NOW, false },
        { 1, 1, NOW, NOW, true },     /* the first second that there is */
        { 1, 1, NOW + 1, NOW, true }, /* none is before it */
        { 1, 1, INT64_MAX, 0, true },
        { 1, 1, 60, 0, true },
        { 1, 1, 60, -1, false }, /* a clock that was never set */
        { NOW, 0, 60, NOW, false },
    };
    (void)state;
    make_witnesses("both");
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct buf note = { 0 };
        struct signed_checkpoint cp;
        struct refusal why = { .reason = REASON_NONE };
        cosigned_note(&note, cases[i].first, cases[i].second);
        assert_int_equal(policy_open(&cp, policy, buf_span(&note), &why), 0);
        if (cosigned_lately(policy, &cp, cases[i].max_age, cases[i].now, &why) != cases[i].fresh)
            fail_msg("case %zu", i);
        assert_int_equal(why.reason, cases[i].fresh ? REASON_NONE : REASON_OLD_COSIGNATURE);
        buf_free(&note);
    }
}

/* Judges a note, and frees it. REASON_NONE: nothing is found. */
static void expect_accepted(struct accepted *a, int64_t max_age, enum verdict verdict,
                            enum reason reason, enum verdict found)
{
    struct findings f = { 0 };
    assert_int_equal(accepted_judge(a, policy, max_age, NOW, &f), verdict);
    assert_int_equal(f.kept, reason == REASON_NONE ? 0 : 1);
    if (f.kept > 0 && (f.list[0].why.reason != reason || f.list[0].verdict != found))
        fail_msg("%s, verdict %d", reason_name(f.list[0].why.reason), f.list[0].verdict);
    if (f.kept > 0)
        assert_true(f.list[0].entry == NO_ENTRY);
    if (verdict == VERDICT_GOOD)
        assert_int_equal(a->cp.checkpoint.size, l.n);
    findings_free(&f);
    accepted_free(a);
    *a = (struct accepted){ .note = { 0 } };
}

static void checkpoints_are_accepted_or_not(void **state)
{
    struct accepted a = { .note = { 0 } };
    (void)state;
    make_witnesses("both");
    cosigned_note(&a.note, NOW, NOW);
    expect_accepted(&a, 60, VERDICT_GOOD, REASON_NONE, VERDICT_GOOD);
    cosigned_note(&a.note, NOW, 0);
    expect_accepted(&a, 60, VERDICT_GOOD, REASON_QUORUM, VERDICT_UNDECIDED);
    cosigned_note(&a.note, NOW - 61, NOW);
    expect_accepted(&a, 60, VERDICT_GOOD, REASON_OLD_COSIGNATURE, VERDICT_UNDECIDED);
    cosigned_note(&a.note, NOW - 61, NOW);
    expect_accepted(&a, -1, VERDICT_GOOD, REASON_NONE, VERDICT_GOOD);
    cosigned_note(&a.note, NOW, NOW);
    a.note.failed = true;
    expect_accepted(&a, 60, VERDICT_UNDECIDED, REASON_MEMORY, VERDICT_UNDECIDED);
    buf_adds(&a.note, "hello\n");
    expect_accepted(&a, 60, VERDICT_BAD, REASON_CHECKPOINT_FORM, VERDICT_BAD);
    cosigned_note(&a.note, NOW, NOW);
    a.note.p[a.note.n - 20] ^= 1;
    expect_accepted(&a, 60, VERDICT_BAD, REASON_COSIGNATURE, VERDICT_BAD);
}

/* A policy names a key of the log's that we cannot judge beside one that we can. */
static void an_unknown_type_of_key_is_undecided(void **state)
{
    struct accepted a = { .note = { 0 } };
    struct buf text = { 0 }, lines = { 0 };
    struct vkey key = l.who[THE_LOG].key.vkey;
    const uint8_t signature[SIGNATURE_BYTES] = { 1 };
    struct hash root;
    struct refusal why;
    (void)state;
    vkey_make(&key, span_str(ORIGIN), (enum key_type)0x3f, key.key);
    buf_addf(&lines, "log %s\nlog ", vkey_text(&l, THE_LOG));
    vkey_format(&lines, &key);
    buf_adds(&lines, "\nquorum none\n");
    policy_free(policy);
    policy = policy_parse(buf_span(&lines), &why);
    assert_non_null(policy);
    log_root(&l, l.n, &root);
    checkpoint_format(&text, ORIGIN, l.n, &root);
    note_add_signed(&a.note, buf_span(&text), &key, signature);
    expect_accepted(&a, -1, VERDICT_UNDECIDED, REASON_CHECKPOINT_TYPE, VERDICT_UNDECIDED);
    buf_free(&lines);
    buf_free(&text);
}

/* ---- evidence -------------------------------------------------------------------------------- */

static struct accepted accepted;

static void accept(void)
{
    struct findings f = { 0 };
    accepted_free(&accepted);
    accepted = (struct accepted){ .note = { 0 } };
    log_checkpoint(&accepted.note, &l, l.n);
    assert_int_equal(accepted_judge(&accepted, policy, -1, 0, &f), VERDICT_GOOD);
    assert_int_equal(f.total, 0);
}

static struct finding found_bad_at(uint64_t entry, uint64_t related)
{
    struct finding f = { .verdict = VERDICT_BAD, .entry = entry, .related = related };
    refuse(&f.why, REASON_ROLE, "");
    return f;
}

/* How many entries evidence carries, and what it proves; frees it. No evidence: 0. */
static size_t carried(struct buf *text, const struct hash *pin, enum reason reason, uint64_t entry)
{
    struct evidence_report report;
    size_t n = 0;
    if (text->n > 0) {
        json_t *v = json_loadb((const char *)text->p, text->n, 0, NULL);
        n = json_array_size(json_object_get(v, "entries"));
        json_decref(v);
        assert_int_equal(evidence_judge(&report, policy, buf_span(text), pin), 0);
        assert_string_equal(report.claim, "entry");
        assert_string_equal(reason_name(report.finding.why.reason), reason_name(reason));
        assert_true(report.finding.entry == entry);
    }
    buf_free(text);
    return n;
}

static size_t entries_of(uint64_t entry, uint64_t related, enum reason reason)
{
    struct buf out = { 0 };
    struct finding f = found_bad_at(entry, related);
    serve();
    accept();
    evidence_of_finding(&out, policy, NULL, &source, &accepted, &f);
    return carried(&out, NULL, reason, entry);
}

static void evidence_has_what_the_finding_rests_on(void **state)
{
    const char *id = "00000000-0000-7000-8000-999999999999";
    (void)state;
    uint64_t form = log_add_bytes(&l, span_str("hello"));
    uint64_t record = log_add_note(&l, span_str("hello\n"));
    uint64_t genesis = log_add(&l, BY(THE_LOG, KIND_GENESIS));
    uint64_t role = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    uint64_t first = log_add(&l, BY(AUDITOR, KIND_ANCHOR, .id = id));
    uint64_t twice = log_add(&l, BY(AUDITOR, KIND_ANCHOR, .id = id));
    const char *hash = strchr(log_ref(&l, 7), ',');
    uint64_t itself =
        log_add(&l, BY(AUDITOR, KIND_ANCHOR, .under = text_of("{\"entry\":%zu%s", l.n, hash)));
    uint64_t below =
        log_add(&l, BY(AUDITOR, KIND_ANCHOR, .under = text_of("{\"entry\":%zu%s", l.n + 1, hash)));
    assert_int_equal(entries_of(form, NO_ENTRY, REASON_ENTRY_FORM), 1);
    assert_int_equal(entries_of(record, NO_ENTRY, REASON_RECORD_FORM), 1);
    assert_int_equal(entries_of(genesis, NO_ENTRY, REASON_GENESIS), 1);
    assert_int_equal(entries_of(role, NO_ENTRY, REASON_ROLE), 3);
    assert_int_equal(entries_of(role, 5, REASON_ROLE), 3); /* it is there already */
    assert_int_equal(entries_of(role, 3, REASON_ROLE), 4);
    assert_int_equal(entries_of(twice, NO_ENTRY, REASON_ROLE), 0);
    assert_int_equal(entries_of(twice, first, REASON_ID_USED), 4);
    assert_int_equal(entries_of(itself, NO_ENTRY, REASON_KEY_UNKNOWN), 1);
    assert_int_equal(entries_of(below, NO_ENTRY, REASON_KEY_UNKNOWN), 1);
    assert_int_equal(entries_of(7, NO_ENTRY, REASON_ROLE), 0); /* which is good */
    accepted_free(&accepted);
}

static void what_files_do_not_show_is_no_evidence(void **state)
{
    struct buf out = { 0 };
    (void)state;
    uint64_t role = log_add(&l, BY(AUDITOR, KIND_ERASURE));
    struct finding f = found_bad_at(role, NO_ENTRY);
    for (int how = 0; how < 3; how++) {
        serve();
        accept();
        files_find(&files, TILE_ENTRIES, 0)->gone = how == 1;
        files_find(&files, TILE_ENTRIES, 0)->bytes.p[2 + l.entry[0].n / 2] ^= how == 2;
        evidence_of_finding(&out, policy, NULL, &source, &accepted, &f);
        assert_int_equal(carried(&out, NULL, REASON_ROLE, role), how == 0 ? 3 : 0);
    }
    serve();
    f.related = l.n; /* which the tree does not have */
    evidence_of_finding(&out, policy, NULL, &source, &accepted, &f);
    assert_int_equal(out.n, 0);
    out.failed = true; /* half of it convinces nobody */
    f.related = NO_ENTRY;
    evidence_of_finding(&out, policy, NULL, &source, &accepted, &f);
    assert_int_equal(out.n, 0);
    buf_free(&out);
    accepted_free(&accepted);
}

static void evidence_is_judged_by_the_pin(void **state)
{
    struct buf out = { 0 };
    struct hash pin = { { 1 } };
    struct finding f = found_bad_at(0, NO_ENTRY);
    (void)state;
    serve();
    accept();
    evidence_of_finding(&out, policy, NULL, &source, &accepted, &f);
    assert_int_equal(out.n, 0);
    evidence_of_finding(&out, policy, &pin, &source, &accepted, &f);
    assert_int_equal(carried(&out, &pin, REASON_GENESIS_PIN, 0), 1);
    accepted_free(&accepted);
}

/* Of these findings, and then one of a bad entry. Returns whether there is evidence. */
static bool proven_behind(const struct finding *f, size_t n, struct findings *all)
{
    struct buf out = { 0 };
    struct finding last = found_bad_at(9, NO_ENTRY);
    for (size_t i = 0; i < n; i++)
        findings_add(all, f);
    findings_add(all, &last);
    evidence_of_findings(&out, policy, NULL, &source, &accepted, all);
    findings_free(all);
    return carried(&out, NULL, REASON_ROLE, 9) > 0;
}

static void sixteen_findings_are_tried(void **state)
{
    struct findings all = { 0 };
    struct finding good = found_bad_at(7, NO_ENTRY), other = good;
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ERASURE));
    serve();
    accept();
    assert_true(proven_behind(&good, 0, &all));
    assert_true(proven_behind(&good, 15, &all));
    assert_false(proven_behind(&good, 16, &all));
    other.verdict = VERDICT_UNDECIDED; /* all of these are not even tried */
    assert_true(proven_behind(&other, 20, &all));
    other = good;
    other.entry = NO_ENTRY;
    assert_true(proven_behind(&other, 20, &all));
    other.entry = l.n;
    assert_true(proven_behind(&other, 20, &all));
    other.entry = l.n - 1;
    refuse(&other.why, REASON_LEAF, "");
    assert_true(proven_behind(&other, 20, &all));
    refuse(&other.why, REASON_BUNDLE, "");
    assert_true(proven_behind(&other, 20, &all));
    accepted_free(&accepted);
}

/* What is about files, or not decided, convicts nobody; and there is one evidence. */
static void what_does_not_convict_is_not_tried(void **state)
{
    static const struct {
        enum verdict verdict;
        enum reason reason;
        bool tried;
    } cases[] = {
        { VERDICT_BAD, REASON_ROLE, true },
        { VERDICT_UNDECIDED, REASON_ROLE, false },
        { VERDICT_BAD, REASON_LEAF, false },
        { VERDICT_BAD, REASON_BUNDLE, false },
    };
    struct buf out = { 0 };
    (void)state;
    log_add(&l, BY(AUDITOR, KIND_ERASURE));
    serve();
    accept();
    for (size_t i = 0; i < COUNT(cases); i++) {
        struct findings all = { 0 };
        struct finding f = found_bad_at(9, NO_ENTRY);
        f.verdict = cases[i].verdict;
        refuse(&f.why, cases[i].reason, "");
        findings_add(&all, &f);
        evidence_of_findings(&out, policy, NULL, &source, &accepted, &all);
        assert_int_equal(carried(&out, NULL, REASON_ROLE, 9), cases[i].tried ? 3 : 0);
        findings_add(&all, &f); /* both would convict */
        evidence_of_findings(&out, policy, NULL, &source, &accepted, &all);
        assert_int_equal(carried(&out, NULL, REASON_ROLE, 9), cases[i].tried ? 3 : 0);
        buf_adds(&out, "evidence");
        evidence_of_findings(&out, policy, NULL, &source, &accepted, &all);
        assert_true(span_is(buf_span(&out), "evidence"));
        buf_free(&out);
        findings_free(&all);
    }
    accepted_free(&accepted);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_entry_is_proven),
        TEST(what_is_wrong_with_files_is_said),
        TEST(a_look_up_knows_kind_and_leaf),
        TEST(bundles_are_proven_as_a_whole),
        TEST(a_bundle_needs_the_tiles_beside_it),
        TEST(genesis_alone_is_proven),
        TEST(cosignatures_are_fresh_or_not),
        TEST(checkpoints_are_accepted_or_not),
        TEST(an_unknown_type_of_key_is_undecided),
        TEST(evidence_has_what_the_finding_rests_on),
        TEST(what_files_do_not_show_is_no_evidence),
        TEST(evidence_is_judged_by_the_pin),
        TEST(sixteen_findings_are_tried),
        TEST(what_does_not_convict_is_not_tried),
    };
    return cmocka_run_group_tests_name("proven", tests, NULL, NULL);
}
