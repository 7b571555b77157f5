/* replaying.h, over the files of a log in a folder: what a run says, what it remembers, and what it
 * makes of what was remembered. */
#include "client/replay/replaying.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "client/base/lost.h"
#include "proto/base/base64.h"
#include "proto/verify/evidence.h"
#include "tests/unit/client/heard.h"
#include "tests/unit/client/log_folder.h"

#define EARLY 7 /* size of an older tree */

static struct log_folder folder;
static struct log l;
static struct skey witness;
static char policy[96], state_path[96], evidence_path[96];
static struct replay_options options;

/* What a run came to. */
static struct {
    enum outcome outcome;
    uint64_t from, looked, total;
    enum reason reason; /* of the first finding */
    uint64_t entry;
    bool proven;
} ran;

/* What the test does in the run. */
static bool (*go_on)(void *ctx);
static enum outcome (*begin)(void *ctx), (*fits)(void *ctx), (*keep)(void *ctx);
static void (*at_last)(void);
static bool by_lanes; /* as if lanes judged a signature */

/* ---- a log's server, and the disk ------------------------------------------------------------ */

#define URL "http://log.example"

static unsigned of_url, of_both; /* how often files were opened so */
static bool no_room;
/* With the files of the run, and with those that are read again. */
static enum patience patience[8];
static size_t patiences;

struct logfiles *__wrap_logfiles_of_url(const char *url, const struct log_reader *reader);
struct logfiles *__wrap_logfiles_of_both(const char *dir, const char *url,
                                         const struct log_reader *reader);
void __real_logfiles_patience(struct logfiles *f, enum patience p);
void __wrap_logfiles_patience(struct logfiles *f, enum patience p);
struct scratch *__real_scratch_new(uint64_t first);
struct scratch *__wrap_scratch_new(uint64_t first);

struct logfiles *__wrap_logfiles_of_url(const char *url, const struct log_reader *reader)
{
    assert_string_equal(url, URL);
    assert_null(reader->key);
    of_url++;
    return logfiles_of_dir(folder.dir);
}

struct logfiles *__wrap_logfiles_of_both(const char *dir, const char *url,
                                         const struct log_reader *reader)
{
    assert_string_equal(dir, folder.dir);
    assert_string_equal(url, URL);
    assert_null(reader->key);
    of_both++;
    return logfiles_of_dir(dir);
}

/* Before a lock is taken, the nth of a run from 1 on. */
static void (*at_lock)(unsigned nth);
static unsigned locks;
static bool no_lock;
/* How a plug-in's lanes turned out, if one is as if it were there. */
static enum sig_state lanes;
static bool tried_again, differs_at_last, falls_back;

int __real_accelerator_open(struct accelerator *a, const char *path);
int __wrap_accelerator_open(struct accelerator *a, const char *path);
int __real_file_lock(const char *path);
int __wrap_file_lock(const char *path);
enum sig_state __wrap_sig_verifier_state(const struct sig_verifier *v);
void __wrap_accelerator_try_again(struct accelerator *a);

int __wrap_file_lock(const char *path)
{
    locks++;
    if (at_lock != NULL)
        at_lock(locks);
    errno = EACCES;
    return no_lock ? -1 : __real_file_lock(path);
}

enum sig_state __wrap_sig_verifier_state(const struct sig_verifier *v)
{
    (void)v;
    return lanes;
}

void __wrap_accelerator_try_again(struct accelerator *a)
{
    assert_int_equal(a->verifier.by_lanes, 1);
    tried_again = true;
    if (differs_at_last)
        lanes = SIG_LANES_DIFFER;
}

int __wrap_accelerator_open(struct accelerator *a, const char *path)
{
    int failed = __real_accelerator_open(a, path);
    if (falls_back)
        snprintf(a->fallback, sizeof a->fallback, "this processor lacks it");
    return failed;
}

void __wrap_logfiles_patience(struct logfiles *f, enum patience p)
{
    if (patiences < COUNT(patience))
        patience[patiences++] = p;
    __real_logfiles_patience(f, p);
}

struct scratch *__wrap_scratch_new(uint64_t first)
{
    errno = ENOSPC;
    return no_room ? NULL : __real_scratch_new(first);
}

static int start(void **state)
{
    static const uint8_t seed[32] = { 4 };
    (void)state;
    log_folder_make(&folder);
    log_start(&l, "");
    l.now += INT64_C(3600) * 1000; /* the last entry is far behind the others */
    log_add(&l, BY(HOLDER, KIND_RESPONSE));
    skey_from_seed(&witness, span_str("w.example"), KEY_COSIGNATURE, seed);
    log_folder_policy(&folder, &l, &witness, "none");
    snprintf(policy, sizeof policy, "%s/policy", folder.dir);
    snprintf(state_path, sizeof state_path, "%s/state", folder.dir);
    snprintf(evidence_path, sizeof evidence_path, "%s/evidence", folder.dir);
    options = (struct replay_options){
        .trust = { .policy = policy, .evidence = evidence_path, .max_age = -1, .tolerate = -1 },
        .dir = folder.dir,
        .state = state_path
    };
    go_on = NULL;
    begin = fits = keep = NULL;
    at_last = NULL;
    at_lock = NULL;
    no_lock = no_room = tried_again = by_lanes = differs_at_last = falls_back = false;
    lanes = SIG_BY_LIBRARY;
    of_url = of_both = 0;
    return 0;
}

static int stop(void **state)
{
    (void)state;
    log_free(&l);
    log_folder_remove(&folder);
    assert_false(lost_any());
    return 0;
}

static bool is_there(const char *name)
{
    return access(log_folder_path(&folder, name), F_OK) == 0;
}

/* A file that is replaced becomes another one. */
static ino_t file_number(const char *name)
{
    struct stat s;
    assert_int_equal(stat(log_folder_path(&folder, name), &s), 0);
    return s.st_ino;
}

static void read_file(struct buf *out, const char *name)
{
    FILE *in = fopen(log_folder_path(&folder, name), "rb");
    assert_non_null(in);
    for (int c; (c = getc(in)) != EOF;)
        buf_add_u8(out, (uint8_t)c);
    fclose(in);
}

static void copy_file(const char *from, const char *to)
{
    struct buf bytes = { 0 };
    read_file(&bytes, from);
    log_folder_put(&folder, to, buf_span(&bytes));
    buf_free(&bytes);
}

static bool same_file(const char *a, const char *b)
{
    struct buf x = { 0 }, y = { 0 };
    read_file(&x, a);
    read_file(&y, b);
    bool same = span_eq(buf_span(&x), buf_span(&y));
    buf_free(&x);
    buf_free(&y);
    return same;
}

static void look(void *ctx, const struct judged *e)
{
    (void)ctx;
    assert_int_equal(e->index, ran.from + ran.looked);
    ran.looked++;
    if (e->index == l.n - 1 && at_last != NULL)
        at_last();
}

/* from: the entry that is to be looked at first. */
static enum outcome run(uint64_t from)
{
    memset(&ran, 0, sizeof ran);
    ran.from = from;
    locks = 0;
    struct replaying *r = replaying_open(&options, &ran.outcome);
    if (r == NULL)
        return ran.outcome;
    r->accelerator.verifier.by_lanes = by_lanes ? 1 : 0;
    r->go_on = go_on;
    r->begin = begin;
    r->fits = fits;
    r->keep = keep;
    ran.outcome = replaying_run(r, look, &ran);
    if (ran.outcome == OUTCOME_PROVEN)
        ran.outcome = replaying_conclude(r);
    ran.proven = replaying_proven(r);
    ran.total = r->findings.total;
    if (r->findings.kept > 0) {
        ran.reason = r->findings.list[0].why.reason;
        ran.entry = r->findings.list[0].entry;
    }
    return ran.outcome = replaying_close(r, ran.outcome);
}

/* Fails unless the run ended so, with one finding of that reason. */
static void ends(uint64_t from, enum outcome outcome, enum reason reason)
{
    assert_int_equal(run(from), outcome);
    assert_int_equal(ran.total, 1);
    assert_int_equal(ran.reason, reason);
}

static void convicts(const char *claim)
{
    struct evidence_report report;
    struct policy *p = log_policy(&l);
    struct buf bytes = { 0 };
    read_file(&bytes, "evidence");
    assert_int_equal(evidence_judge(&report, p, buf_span(&bytes), NULL), 0);
    assert_string_equal(report.claim, claim);
    buf_free(&bytes);
    policy_free(p);
}

static void put_checkpoint(size_t size, uint64_t cosigned)
{
    struct buf note = { 0 }, text = { 0 };
    log_checkpoint(&note, &l, size);
    buf_add(&text, note.p, (size_t)(strstr(buf_str(&note), "\n\n") - (char *)note.p) + 1);
    if (cosigned != 0)
        note_cosign(&note, buf_span(&text), &witness, cosigned);
    log_folder_put(&folder, "checkpoint", buf_span(&note));
    buf_free(&text);
    buf_free(&note);
}

/* The second in which an entry was accepted. */
static uint64_t second_of(uint64_t index)
{
    struct entry e;
    struct refusal why;
    assert_int_equal(entry_parse(&e, buf_span(&l.entry[index]), &why), 0);
    return (uint64_t)e.accepted / 1000;
}

static void drop_bundle(size_t size)
{
    log_folder_drop(&folder, text_of("tile/entries/000.p/%zu", size));
}

/* A run up to EARLY, which is remembered. */
static void remember(void)
{
    log_folder_write(&folder, &l, EARLY);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_true(is_there("state"));
}

/* Another log of the same key: its first entries are the same. */
static void become_another(size_t same)
{
    struct log other;
    log_copy(&other, &l, same);
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    while (other.n < l.n)
        log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_free(&l);
    l = other;
}

static enum outcome put_a_folder_there(void *ctx)
{
    (void)ctx;
    assert_int_equal(mkdir(state_path, 0755), 0);
    log_folder_put(&folder, "state/file", span_str("in it"));
    return OUTCOME_PROVEN;
}

/* The log is good; but who counts on the state is told. */
static void a_state_that_cannot_be_kept_leaves_it_open(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    keep = put_a_folder_there;
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_true(ran.proven);
    assert_int_equal(ran.total, 0);
    keep = NULL;
    assert_int_equal(run(0), OUTCOME_USAGE); /* a folder is no state */
    options.state = text_of("%s/absent/state", folder.dir);
    assert_int_equal(run(0), OUTCOME_UNDECIDED); /* it cannot be locked */
    assert_true(ran.proven);
    assert_int_equal(ran.total, 0);
}

static void a_state_of_another_log_is_not_gone_on_from(void **state)
{
    (void)state;
    remember();
    log_folder_put(&folder, "policy",
                   span_str(text_of("log %s\nquorum none\n", vkey_text(&l, STRANGER))));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    assert_int_equal(ran.looked, 0);
}

/* ---- without a memory ------------------------------------------------------------------------ */

static void every_entry_of_a_good_log_is_looked_at(void **state)
{
    (void)state;
    options.state = NULL;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_true(ran.proven);
    assert_int_equal(ran.looked, l.n);
    assert_int_equal(ran.total, 0);
    assert_false(is_there("evidence"));
    assert_false(is_there("state"));
}

static void a_bad_entry_convicts(void **state)
{
    (void)state;
    log_add_bytes(&l, span_str("no entry"));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_true(ran.proven);
    assert_int_equal(ran.entry, l.n - 1);
    convicts("entry");
    uint64_t total = ran.total;
    assert_true(is_there("state")); /* with what was found */
    assert_int_equal(run(l.n), OUTCOME_BAD);
    assert_int_equal(ran.total, total);
    assert_int_equal(ran.looked, 0);
}

static void of_the_structure_no_record_is_looked_at(void **state)
{
    (void)state;
    options.structure = true;
    log_add_note(&l, span_str("nonsense\n\nof nobody\n"));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    struct buf bytes = { 0 };
    read_file(&bytes, "state");
    assert_null(strstr(buf_str(&bytes), "\"index\"")); /* no index was looked at */
    buf_free(&bytes);
    log_add_note(&l, span_str("nonsense\n\nof nobody\n"));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(l.n - 1), OUTCOME_PROVEN); /* goes on */
    options.structure = false;
    assert_int_equal(run(0), OUTCOME_USAGE); /* that state knows of no record */
    log_folder_drop(&folder, "state");
    assert_int_equal(run(0), OUTCOME_BAD);
    options.structure = true;
    assert_int_equal(run(0), OUTCOME_USAGE);
}

static void files_that_are_not_the_logs_are_bad(void **state)
{
    (void)state;
    l.entry[3].p[l.entry[3].n - 5] ^= 1; /* the leaf stays */
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_false(ran.proven);
    assert_false(is_there("state"));
}

static void files_that_are_not_there_decide_nothing(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    drop_bundle(l.n);
    ends(0, OUTCOME_UNDECIDED, REASON_MISSING);
    assert_false(ran.proven);
    log_folder_drop(&folder, "checkpoint");
    ends(0, OUTCOME_UNDECIDED, REASON_MISSING);
    log_folder_put(&folder, "checkpoint", span_str("nonsense\n"));
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_false(is_there("state"));
}

static void a_log_must_be_somewhere(void **state)
{
    (void)state;
    options.dir = NULL;
    for (int i = 0; i < 2; i++) { /* and_url is of a folder */
        options.and_url = i == 1;
        heard_begin(stderr);
        assert_int_equal(run(0), OUTCOME_USAGE);
        assert_non_null(strstr(heard_end(stderr), "--dir"));
    }
    options.dir = folder.dir;
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_USAGE);
    assert_null(strstr(heard_end(stderr), "--dir")); /* which was given */
    log_folder_write(&folder, &l, l.n);
    options.trust.url = URL;
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_true(of_both > 0 && of_url == 0);
    options.and_url = false; /* then the URL is of blobs */
    of_both = 0;
    assert_int_equal(run(l.n), OUTCOME_PROVEN);
    assert_int_equal(of_both + of_url, 0);
    for (int i = 0; i < 2; i++) {
        options.and_url = i == 1;
        options.dir = NULL;
        of_url = 0;
        assert_int_equal(run(l.n), OUTCOME_PROVEN);
        assert_true(of_both == 0 && of_url > 0);
    }
}

static void without_a_policy_nothing_begins(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    log_folder_drop(&folder, "policy");
    assert_int_equal(run(0), OUTCOME_USAGE);
    assert_int_equal(ran.looked, 0);
    assert_int_equal(replaying_close(NULL, OUTCOME_USAGE), OUTCOME_USAGE);
}

/* A plug-in that cannot be loaded ends it, as whoever named it counts on it. */
static void an_accelerator_is_the_one_that_was_named(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    options.accelerator = log_folder_path(&folder, "absent.so");
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_USAGE);
    assert_non_null(strstr(heard_end(stderr), "absent.so"));
    assert_int_equal(ran.looked, 0);
    options.accelerator = NULL;
    options.trust.evidence = NULL;
    log_folder_policy(&folder, &l, &witness, "w");
    put_checkpoint(l.n, (uint64_t)l.now / 1000);
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_string_equal(heard_end(stderr), ""); /* nothing is wrong, and nothing said */
    falls_back = true;
    heard_begin(stderr);
    assert_int_equal(run(l.n), OUTCOME_PROVEN);
    assert_non_null(strstr(heard_end(stderr), "this processor lacks it"));
}

/* As if a plug-in had judged. */
static void lanes_that_were_wrong_decide_nothing(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    by_lanes = differs_at_last = true;
    lanes = SIG_LANES_LOST;
    assert_int_equal(run(0), OUTCOME_UNDECIDED); /* though all was replayed by then */
    assert_false(is_there("state"));
    differs_at_last = by_lanes = false;
    lanes = SIG_BY_LIBRARY;
    options.state = NULL;
    tried_again = false;
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_false(tried_again);
    by_lanes = true;
    lanes = SIG_LANES_LOST; /* libsodium judged the rest */
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_non_null(strstr(heard_end(stderr), "libsodium"));
    assert_true(tried_again);
    lanes = SIG_LANES_DIFFER;
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_false(is_there("evidence"));
    while (l.n < 300)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_int_equal(ran.looked, TILE_WIDTH); /* it is ended at once */
}

static void without_room_for_what_is_read_it_does_not_begin(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    no_room = true;
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_int_equal(ran.looked, 0);
    assert_false(ran.proven);
}

static void the_first_entry_must_be_the_one_that_is_pinned(void **state)
{
    (void)state;
    options.trust.has_pin = true;
    options.trust.pin = l.leaf[0];
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    options.trust.pin.b[0] ^= 1;
    assert_int_equal(run(l.n), OUTCOME_BAD); /* of the state, too */
    assert_false(ran.proven);
    assert_int_equal(ran.reason, REASON_GENESIS_PIN);
    log_folder_drop(&folder, "state");
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_false(ran.proven);
    assert_false(is_there("state"));
    log_add_bytes(&l, span_str("no entry"));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_false(is_there("evidence")); /* of a log that is not the one that was meant */
}

static void without_its_quorum_nothing_is_remembered(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, l.n);
    ends(0, OUTCOME_UNDECIDED, REASON_QUORUM);
    assert_true(ran.proven);
    assert_false(is_there("state"));
}

static void what_nobody_can_read_yet_is_not_remembered(void **state)
{
    struct buf note = { 0 };
    (void)state;
    note_sign(&note, span_str("bitacora/v2 request\n{}\n"), &l.who[REQUESTER].key);
    log_add_note(&l, buf_span(&note));
    buf_free(&note);
    log_folder_write(&folder, &l, l.n);
    ends(0, OUTCOME_UNDECIDED, REASON_VERSION);
    assert_true(ran.proven);
    assert_false(is_there("state"));
}

static bool no(void *ctx)
{
    (void)ctx;
    return false;
}

static bool yes(void *ctx)
{
    (void)ctx;
    return true;
}

static void what_is_given_up_is_not_good(void **state)
{
    (void)state;
    go_on = no;
    while (l.n < 300)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, 1000);
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_false(ran.proven);
    assert_false(is_there("state"));
    assert_int_equal(ran.total, 0); /* nor is anything said of its clocks */
    go_on = yes;
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_true(ran.proven);
    assert_int_equal(ran.looked, l.n);
    assert_int_equal(ran.reason, REASON_CLOCKS);
}

static json_t *said_of(struct replaying *r)
{
    json_t *v = replaying_json(r);
    assert_non_null(v);
    return v;
}

/* What is read again is known to be there. */
static void it_is_as_patient_as_it_is_told(void **state)
{
    static const enum patience told[][2] = { { PATIENCE_ANSWERED, PATIENCE_ALWAYS },
                                             { PATIENCE_ALWAYS, PATIENCE_ALWAYS },
                                             { PATIENCE_NONE, PATIENCE_NONE } };
    (void)state;
    options.state = NULL;
    log_folder_write(&folder, &l, l.n);
    for (size_t i = 0; i < COUNT(told); i++) {
        enum outcome outcome;
        struct replaying *r = replaying_open(&options, &outcome);
        assert_non_null(r);
        r->patience = told[i][0];
        patiences = 0;
        assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
        assert_int_equal(patiences, 2);
        assert_int_equal(patience[0], told[i][0]);
        assert_int_equal(patience[1], told[i][1]);
        replaying_close(r, OUTCOME_PROVEN);
    }
}

static void the_end_of_a_log_is_said(void **state)
{
    enum outcome outcome;
    (void)state;
    uint64_t end = log_add(&l, BY(THE_LOG, KIND_FREEZE));
    log_folder_write(&folder, &l, l.n);
    struct replaying *r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
    assert_int_equal(replaying_conclude(r), OUTCOME_PROVEN);
    json_t *said = said_of(r);
    assert_int_equal(json_integer_value(json_object_get(json_object_get(said, "frozen"), "entry")),
                     end);
    json_decref(said);
    assert_int_equal(replaying_close(r, OUTCOME_PROVEN), OUTCOME_PROVEN);
}

/* ---- with one -------------------------------------------------------------------------------- */

static void a_run_goes_on_where_the_last_one_ended(void **state)
{
    (void)state;
    remember();
    assert_int_equal(ran.looked, EARLY);
    ino_t once = file_number("state");
    assert_int_equal(run(EARLY), OUTCOME_PROVEN);
    assert_int_equal(ran.looked, 0);
    assert_int_equal(file_number("state"), once); /* nothing is new */
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(EARLY), OUTCOME_PROVEN);
    assert_int_equal(ran.looked, l.n - EARLY);
    assert_int_equal(run(l.n), OUTCOME_PROVEN);
    assert_int_equal(ran.looked, 0);
}

static void what_is_named_from_before_is_fetched_again(void **state)
{
    (void)state;
    l.request = 7;
    log_folder_write(&folder, &l, 9);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    log_add(&l, BY(HOLDER, KIND_RESPONSE)); /* to entry 7 */
    log_add(&l,
            BY(HOLDER, KIND_RESPONSE, .members = text_of("%s", log_members(&l, KIND_RESPONSE))));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(9), OUTCOME_PROVEN);
    log_folder_drop(&folder, "state");
    l.request = 5; /* which is no request */
    log_add(&l, BY(HOLDER, KIND_RESPONSE));
    log_folder_write(&folder, &l, l.n - 1);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(l.n - 1), OUTCOME_BAD);
    assert_int_equal(ran.entry, l.n - 1);
    convicts("entry");
}

static void another_history_than_the_remembered_one_is_a_fork(void **state)
{
    (void)state;
    remember();
    ino_t once = file_number("state");
    become_another(EARLY - 1);
    log_folder_write(&folder, &l, l.n);
    ends(EARLY, OUTCOME_BAD, REASON_FORK);
    assert_int_equal(ran.looked, 0);
    convicts("fork");
    assert_int_equal(file_number("state"), once);
}

static void a_shorter_log_than_the_remembered_one_decides_nothing(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    ino_t once = file_number("state");
    log_folder_write(&folder, &l, EARLY);
    ends(l.n, OUTCOME_UNDECIDED, REASON_STALE);
    assert_int_equal(file_number("state"), once);
}

/* What an earlier run found is no evidence against a tree that was not replayed. */
static void what_was_found_in_another_tree_is_not_shown_of_this_one(void **state)
{
    struct log longer;
    (void)state;
    uint64_t bad = log_add_bytes(&l, span_str("no entry"));
    log_copy(&longer, &l, l.n);
    log_add(&longer, BY(AUDITOR, KIND_ANCHOR));
    log_free(&l);
    l = longer;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_BAD);
    convicts("entry");
    log_folder_drop(&folder, "evidence");
    log_folder_write(&folder, &l, l.n - 1);
    assert_int_equal(run(l.n), OUTCOME_BAD);
    assert_int_equal(ran.entry, bad);
    assert_false(is_there("evidence"));
}

static void clocks_are_held_against_what_is_remembered(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, EARLY);
    put_checkpoint(EARLY, (uint64_t)l.now / 1000 - 1800); /* the entry behind it is older */
    assert_int_equal(run(0), OUTCOME_PROVEN);
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, (uint64_t)l.now / 1000);
    ends(EARLY, OUTCOME_UNDECIDED, REASON_CLOCKS);
    log_folder_drop(&folder, "state");
    log_folder_write(&folder, &l, EARLY);
    put_checkpoint(EARLY, second_of(EARLY) + 10);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, (uint64_t)l.now / 1000);
    assert_int_equal(run(EARLY), OUTCOME_PROVEN);
    assert_int_equal(ran.total, 0);
}

static void of_one_tree_the_younger_cosignature_is_remembered(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, EARLY);
    uint64_t then = (uint64_t)l.now / 1000;
    put_checkpoint(EARLY, then + 10);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    ino_t once = file_number("state");
    put_checkpoint(EARLY, then); /* an older one adds nothing */
    assert_int_equal(run(EARLY), OUTCOME_PROVEN);
    assert_int_equal(file_number("state"), once);
    put_checkpoint(EARLY, then + 20);
    assert_int_equal(run(EARLY), OUTCOME_PROVEN);
    assert_int_not_equal(file_number("state"), once);
}

/* The state again, with another value for that member, and the right sum. */
static void alter_state(const char *member, json_t *value)
{
    struct buf bytes = { 0 }, again = { 0 };
    struct hash sum;
    char text[48];
    read_file(&bytes, "state");
    json_t *v = json_loads(strchr(strchr(buf_str(&bytes), '\n') + 1, '\n') + 1, 0, NULL);
    assert_non_null(json_object_get(v, member));
    json_object_set_new(v, member, value);
    char *line = json_dumps(v, JSON_COMPACT);
    hash_bytes(&sum, span_str(line));
    base64_encode(text, sum.b, HASH_BYTES);
    buf_addf(&again, STATE_FORMAT "\n%s\n%s\n", text, line);
    log_folder_put(&folder, "state", buf_span(&again));
    free(line);
    json_decref(v);
    buf_free(&bytes);
    buf_free(&again);
}

static void a_state_that_no_run_wrote_is_damaged(void **state)
{
    static const char *const members[] = { "judge", "index" };
    (void)state;
    for (size_t i = 0; i < COUNT(members); i++) {
        remember();
        log_folder_write(&folder, &l, l.n);
        alter_state(members[i], i == 0 ? json_pack("{s:i}", "next", EARLY) : json_integer(7));
        assert_int_equal(run(EARLY), OUTCOME_USAGE);
        assert_int_equal(ran.looked, 0);
        log_folder_drop(&folder, "state");
    }
    options.structure = true;
    remember();
    log_folder_write(&folder, &l, l.n);
    alter_state("judge", json_pack("{s:i}", "next", EARLY)); /* no more than the size */
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    assert_int_equal(ran.looked, 0);
}

/* What convicts the log is kept beside the state, where that is asked for (conviction.h). */
static void what_was_found_is_kept_beside_the_state(void **state)
{
    (void)state;
    for (int recalls = 0; recalls < 2; recalls++) {
        options.recalls = recalls == 1;
        log_folder_write(&folder, &l, l.n);
        assert_int_equal(run(0), OUTCOME_PROVEN);
        assert_int_equal(run(l.n), OUTCOME_PROVEN);
        assert_false(is_there("state.convicted") || is_there("state.newest"));
        copy_file("state", "larger");
        log_folder_write(&folder, &l, EARLY);
        ends(l.n, OUTCOME_UNDECIDED, REASON_STALE);
        assert_int_equal(is_there("state.newest"), recalls);
        assert_false(is_there("state.convicted"));
        log_folder_drop(&folder, "state");
    }
    struct buf note = { 0 }, kept = { 0 };
    log_checkpoint(&note, &l, l.n);
    read_file(&kept, "state.newest");
    assert_true(span_eq(buf_span(&note), buf_span(&kept)));
    buf_free(&note);
    buf_free(&kept);
    for (int recalls = 0; recalls < 2; recalls++) {
        options.recalls = recalls == 1;
        remember();
        struct log ours;
        log_copy(&ours, &l, l.n);
        become_another(EARLY - 1);
        log_folder_write(&folder, &l, l.n);
        ends(EARLY, OUTCOME_BAD, REASON_FORK);
        assert_int_equal(is_there("state.convicted"), recalls);
        log_free(&l);
        l = ours;
        log_folder_drop(&folder, "state");
    }
}

/* What nobody concluded from writes nothing. */
static void what_was_found_before_is_recalled(void **state)
{
    (void)state;
    log_folder_write(&folder, &l, l.n);
    log_folder_put(&folder, "state.convicted", span_str("proves nothing"));
    for (int recalls = 0; recalls < 2; recalls++) {
        options.recalls = recalls == 1;
        heard_begin(stderr);
        assert_int_equal(run(recalls == 0 ? 0 : l.n), OUTCOME_PROVEN);
        assert_int_equal(strstr(heard_end(stderr), "state.convicted") != NULL, recalls);
    }
    log_folder_drop(&folder, "state.convicted");
    assert_int_equal(mkdir(log_folder_path(&folder, "state.convicted"), 0755), 0);
    assert_int_equal(run(l.n), OUTCOME_USAGE); /* it cannot be read */
    log_folder_drop(&folder, "state.convicted");
    log_folder_put(&folder, "state", span_str("nonsense"));
    assert_int_equal(run(0), OUTCOME_USAGE);
    assert_int_equal(ran.looked, 0);
}

static void a_run_without_a_conclusion_leaves_nothing_behind(void **state)
{
    enum outcome outcome;
    (void)state;
    remember();
    become_another(EARLY - 1);
    log_folder_write(&folder, &l, l.n);
    struct replaying *r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
    assert_true(r->findings.bad && r->evidence.n > 0);
    assert_int_equal(replaying_close(r, OUTCOME_USAGE), OUTCOME_USAGE);
    assert_false(is_there("evidence"));
}

static void a_state_that_is_none_is_told_at_once(void **state)
{
    (void)state;
    remember();
    log_folder_put(&folder, "state", span_str("nonsense"));
    assert_int_equal(run(0), OUTCOME_USAGE);
    options.state = folder.dir;
    assert_int_equal(run(0), OUTCOME_USAGE);
}

/* ---- hooks ----------------------------------------------------------------------------------- */

static enum outcome refuse_it(void *ctx)
{
    (void)ctx;
    return OUTCOME_USAGE;
}

static void who_keeps_something_beside_it_may_stop_it(void **state)
{
    (void)state;
    begin = fits = refuse_it;
    remember(); /* there is no state to begin with */
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    fits = NULL;
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    begin = NULL;
    fits = refuse_it;
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    fits = NULL;
    keep = refuse_it;
    ino_t once = file_number("state");
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(EARLY), OUTCOME_USAGE);
    assert_int_equal(file_number("state"), once);
}

/* ---- two at once ----------------------------------------------------------------------------- */

static void put_other_state(void)
{
    copy_file("other", "state");
}

/* Whoever was faster has written the state of a tree of that size. */
static void another_was_faster(size_t size)
{
    log_folder_write(&folder, &l, size);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    copy_file("state", "other");
    log_folder_drop(&folder, "state");
    at_last = put_other_state;
}

static void a_state_of_another_run_that_says_more_stays(void **state)
{
    (void)state;
    another_was_faster(l.n);
    size_t all = l.n;
    l.n = all - 1; /* the log as we read it */
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    l.n = all;
    at_last = NULL;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(all), OUTCOME_PROVEN);
    assert_int_equal(ran.looked, 0);
}

static void one_that_says_less_is_replaced(void **state)
{
    (void)state;
    another_was_faster(EARLY);
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    at_last = NULL;
    assert_int_equal(run(l.n), OUTCOME_PROVEN);
    assert_int_equal(ran.looked, 0);
}

static void one_of_another_history_convicts(void **state)
{
    (void)state;
    another_was_faster(EARLY);
    become_another(EARLY - 1);
    log_folder_write(&folder, &l, l.n);
    ends(0, OUTCOME_BAD, REASON_FORK);
    convicts("fork");
    assert_true(same_file("state", "other")); /* which is not ours to replace */
}

/* While we went on from EARLY somebody wrote the state of a fork of that size. */
static void fork_at(size_t size)
{
    struct log ours;
    log_copy(&ours, &l, l.n);
    become_another(EARLY - 1);
    another_was_faster(size);
    log_free(&l);
    l = ours;
    at_last = NULL;
    remember();
    at_last = put_other_state;
    log_folder_write(&folder, &l, l.n - 1);
    l.n--;
    ends(EARLY, OUTCOME_BAD, REASON_FORK);
    l.n++;
    convicts("fork");
    assert_true(same_file("state", "other"));
}

static void one_of_another_history_of_the_same_size_convicts(void **state)
{
    (void)state;
    fork_at(EARLY);
}

static void one_of_another_and_longer_history_convicts(void **state)
{
    (void)state;
    fork_at(l.n);
}

static void spoil_state(void)
{
    log_folder_put(&folder, "state", span_str("nonsense"));
}

/* The same tree, too: nothing is to be proven of it. */
static void one_that_says_as_much_may_stay(void **state)
{
    (void)state;
    another_was_faster(l.n);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    assert_int_equal(ran.total, 0);
}

/* Of that tree it knows less. */
static void one_that_found_less_is_replaced(void **state)
{
    (void)state;
    log_add_bytes(&l, span_str("no entry"));
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_BAD);
    uint64_t total = ran.total;
    alter_state("findings_total", json_integer(0));
    alter_state("findings", json_array());
    copy_file("state", "other");
    log_folder_drop(&folder, "state");
    at_last = put_other_state;
    assert_int_equal(run(0), OUTCOME_BAD);
    at_last = NULL;
    assert_int_equal(run(l.n), OUTCOME_BAD); /* what is remembered */
    assert_int_equal(ran.total, total);
}

static void lose_a_bundle(void)
{
    put_other_state();
    drop_bundle(l.n);
}

/* That it is extended is proven by tiles; the entry behind it has to be read for the clocks. */
static void without_the_entry_behind_it_clocks_are_open(void **state)
{
    (void)state;
    another_was_faster(EARLY);
    log_folder_write(&folder, &l, l.n);
    at_last = lose_a_bundle;
    ends(0, OUTCOME_UNDECIDED, REASON_MISSING);
    assert_true(same_file("state", "other"));
}

/* Another log of the same key, cosigned at a time that ours contradicts. */
static void of_another_history_no_clocks_are_told(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, EARLY);
    put_checkpoint(EARLY, (uint64_t)l.now / 1000 + 7200);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    copy_file("state", "other");
    log_folder_drop(&folder, "state");
    at_last = put_other_state;
    become_another(EARLY - 1);
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, (uint64_t)l.now / 1000);
    ends(0, OUTCOME_BAD, REASON_FORK);
}

/* A log that holds nonsense behind the tree that another run knows. */
static void an_entry_without_a_time_contradicts_no_clock(void **state)
{
    struct log other;
    (void)state;
    log_copy(&other, &l, EARLY);
    log_add_bytes(&other, span_str("no entry"));
    log_add(&other, BY(AUDITOR, KIND_ANCHOR));
    log_free(&l);
    l = other;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, EARLY);
    uint64_t now = (uint64_t)l.now / 1000;
    put_checkpoint(EARLY, now);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    copy_file("state", "other");
    log_folder_drop(&folder, "state");
    at_last = put_other_state;
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, now + 10);
    assert_int_equal(run(0), OUTCOME_BAD);
    assert_int_equal(ran.entry, EARLY);
    uint64_t total = ran.total;
    at_last = NULL;
    log_folder_drop(&folder, "state");
    assert_int_equal(run(0), OUTCOME_BAD); /* as it is without that run */
    assert_int_equal(ran.total, total);
}

static bool put_other_and_stop(void *ctx)
{
    (void)ctx;
    put_other_state();
    return false;
}

/* What was not replayed to its end is held against nothing. */
static void a_run_that_was_given_up_meets_nobody(void **state)
{
    (void)state;
    another_was_faster(EARLY);
    at_last = NULL;
    become_another(EARLY - 1);
    while (l.n < 300)
        log_add(&l, BY(AUDITOR, KIND_ANCHOR));
    log_folder_write(&folder, &l, l.n);
    go_on = put_other_and_stop;
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_int_equal(ran.total, 0);
    assert_true(same_file("state", "other"));
}

/* From the second lock of a run on two other runs take turns. */
static void take_turns(unsigned nth)
{
    if (nth >= 2)
        copy_file(nth % 2 == 0 ? "one" : "two", "state");
}

/* A state of the first entries, under that name. */
static void put_state_of(const char *name, size_t size)
{
    log_folder_write(&folder, &l, size);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    copy_file("state", name);
    log_folder_drop(&folder, "state");
}

static void who_is_never_alone_writes_nothing(void **state)
{
    (void)state;
    put_state_of("one", EARLY - 1);
    put_state_of("two", EARLY);
    log_folder_write(&folder, &l, l.n);
    at_lock = take_turns;
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_non_null(strstr(heard_end(stderr), state_path));
    assert_true(ran.proven);
    assert_int_equal(ran.total, 0);
    assert_int_equal(locks, 1 + 16);
    assert_true(same_file("state", "two"));
}

static void another_one_each_time(unsigned nth)
{
    if (nth == 2)
        copy_file("one", "state");
    else if (nth == 3)
        copy_file("two", "state");
}

/* The second one is of a fork. */
static void each_one_is_met(void **state)
{
    struct log ours;
    (void)state;
    put_state_of("one", EARLY - 2);
    log_copy(&ours, &l, l.n);
    become_another(EARLY - 1);
    put_state_of("two", EARLY);
    log_free(&l);
    l = ours;
    log_folder_write(&folder, &l, l.n);
    at_lock = another_one_each_time;
    ends(0, OUTCOME_BAD, REASON_FORK);
    convicts("fork");
    assert_true(same_file("state", "two"));
}

/* ---- the lock -------------------------------------------------------------------------------- */

static void without_its_lock_no_state_is_written(void **state)
{
    (void)state;
    no_lock = true;
    log_folder_write(&folder, &l, l.n);
    heard_begin(stderr);
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    assert_non_null(strstr(heard_end(stderr), state_path));
    assert_true(ran.proven);
    assert_false(is_there("state"));
    /* Where none would be written nobody misses it. */
    log_folder_policy(&folder, &l, &witness, "w");
    heard_begin(stderr);
    ends(0, OUTCOME_UNDECIDED, REASON_QUORUM);
    assert_null(strstr(heard_end(stderr), state_path));
}

/* Whoever starts it without a standard input has 0 for the next file. */
static void standard_input_may_be_closed(void **state)
{
    bool left[2];
    (void)state;
    options.structure = true; /* no temporary file takes its place */
    log_folder_write(&folder, &l, l.n);
    int in = dup(STDIN_FILENO);
    close(STDIN_FILENO);
    enum outcome good = run(0);
    left[0] = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    bool there = is_there("state");
    log_folder_policy(&folder, &l, &witness, "w");
    enum outcome open = run(l.n);
    left[1] = fcntl(STDIN_FILENO, F_GETFD) >= 0;
    if (in >= 0) {
        dup2(in, STDIN_FILENO);
        close(in);
    }
    assert_int_equal(good, OUTCOME_PROVEN);
    assert_true(there);
    assert_int_equal(open, OUTCOME_UNDECIDED);
    assert_false(left[0] || left[1]); /* the lock is let go */
}

static void one_that_was_spoiled_since_is_not_replaced(void **state)
{
    (void)state;
    at_last = spoil_state;
    log_folder_write(&folder, &l, l.n);
    assert_int_equal(run(0), OUTCOME_UNDECIDED);
    at_last = NULL;
    assert_int_equal(run(0), OUTCOME_USAGE);
}

static void the_clocks_of_both_are_held_together(void **state)
{
    (void)state;
    log_folder_policy(&folder, &l, &witness, "w");
    log_folder_write(&folder, &l, EARLY);
    uint64_t now = (uint64_t)l.now / 1000;
    put_checkpoint(EARLY, now - 1800);
    assert_int_equal(run(0), OUTCOME_PROVEN);
    copy_file("state", "other");
    log_folder_drop(&folder, "state");
    at_last = put_other_state;
    log_folder_write(&folder, &l, l.n);
    put_checkpoint(l.n, now);
    ends(0, OUTCOME_UNDECIDED, REASON_CLOCKS);
}

/* ---- entries, and what is said --------------------------------------------------------------- */

static void an_entry_may_be_asked_for_again(void **state)
{
    struct replaying *r;
    struct proven p;
    (void)state;
    log_folder_write(&folder, &l, l.n);
    enum outcome outcome;
    r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
    assert_int_equal(replaying_entry(r, 3, &p), VERDICT_GOOD);
    assert_memory_equal(&p.leaf, &l.leaf[3], HASH_BYTES);
    proven_free(&p);
    drop_bundle(l.n);
    assert_int_equal(replaying_entry(r, 4, &p), VERDICT_GOOD); /* of what was read lately */
    proven_free(&p);
    logfiles_free(r->old_files); /* forgets what was read */
    r->old_files = NULL;
    assert_int_equal(replaying_entry(r, 3, &p), VERDICT_UNDECIDED);
    proven_free(&p);
    assert_int_equal(replaying_conclude(r), OUTCOME_UNDECIDED);
    json_t *said = replaying_json(r);
    assert_true(json_is_false(json_object_get(said, "ok")));
    assert_string_equal(json_string_value(json_object_get(said, "verdict")), "undecided");
    assert_int_equal(json_integer_value(json_object_get(said, "size")), l.n);
    assert_int_equal(json_integer_value(json_object_get(said, "signatures")), l.n);
    assert_non_null(json_object_get(said, "genesis"));
    assert_int_equal(json_integer_value(json_object_get(said, "findings_total")), 1);
    json_decref(said);
    assert_int_equal(replaying_close(r, OUTCOME_UNDECIDED), OUTCOME_UNDECIDED);
    assert_false(is_there("state"));
}

static void an_entry_that_is_another_then_keeps_the_state_from_being_written(void **state)
{
    struct replaying *r;
    struct proven p;
    enum outcome outcome;
    (void)state;
    log_folder_write(&folder, &l, l.n);
    r = replaying_open(&options, &outcome);
    assert_non_null(r);
    assert_int_equal(replaying_run(r, NULL, NULL), OUTCOME_PROVEN);
    l.entry[3].p[l.entry[3].n - 5] ^= 1; /* the leaf stays */
    log_folder_write(&folder, &l, l.n);
    logfiles_free(r->old_files); /* forgets what was read */
    r->old_files = NULL;
    assert_int_equal(replaying_entry(r, 3, &p), VERDICT_BAD);
    proven_free(&p);
    assert_int_equal(replaying_conclude(r), OUTCOME_BAD);
    assert_int_equal(replaying_close(r, OUTCOME_BAD), OUTCOME_BAD);
    assert_false(is_there("state"));
}

/* ---- a few entries --------------------------------------------------------------------------- */

static uint64_t carried[8];

static void give(void *ctx, uint64_t i, struct given_entry *out)
{
    (void)ctx;
    *out = (struct given_entry){ carried[i], &l.leaf[carried[i]], buf_span(&l.entry[carried[i]]) };
}

static uint64_t seen_of_few;
static bool pin_differs;

static void count(void *ctx, const struct judged *e)
{
    (void)ctx;
    assert_int_equal(e->index, carried[seen_of_few]);
    seen_of_few++;
}

/* entries: ascending, ended by NO_ENTRY. */
static enum outcome judge_few(const uint64_t *entries)
{
    struct buf note = { 0 };
    size_t n = 0;
    for (; entries[n] != NO_ENTRY; n++)
        carried[n] = entries[n];
    memset(&ran, 0, sizeof ran);
    seen_of_few = 0;
    log_checkpoint(&note, &l, l.n);
    struct replaying *r = replaying_open(&options, &ran.outcome);
    assert_non_null(r);
    ran.outcome = replaying_carried(r, buf_span(&note), n, give, NULL, count, NULL);
    assert_int_equal(ran.outcome, OUTCOME_PROVEN);
    pin_differs = r->pin_differs;
    ran.outcome = replaying_conclude(r);
    ran.total = r->findings.total;
    if (r->findings.kept > 0)
        ran.entry = r->findings.list[0].entry;
    buf_free(&note);
    assert_int_equal(seen_of_few, n);
    return ran.outcome = replaying_close(r, ran.outcome);
}

#define FEW(...) ((const uint64_t[]){ __VA_ARGS__, NO_ENTRY })

static void a_few_entries_are_judged_by_themselves(void **state)
{
    (void)state;
    options.state = NULL;
    assert_int_equal(judge_few(FEW(0, 2, 3, 7, 8)), OUTCOME_PROVEN);
    assert_int_equal(ran.total, 0);
    l.request = 6; /* which is a warrant */
    uint64_t wrong = log_add(&l, BY(HOLDER, KIND_RESPONSE));
    assert_int_equal(judge_few(FEW(0, 1, 3, 6, wrong)), OUTCOME_BAD);
    assert_int_equal(ran.entry, wrong);
    uint64_t bad = log_add(&l, BY(JUDGE, KIND_REQUEST));
    assert_int_equal(judge_few(FEW(0, 1, bad)), OUTCOME_BAD);
    assert_int_equal(ran.entry, bad);
    options.trust.has_pin = true;
    options.trust.pin = l.leaf[0];
    assert_int_equal(judge_few(FEW(0, 1)), OUTCOME_PROVEN);
    assert_false(pin_differs);
    options.trust.pin.b[0] ^= 1;
    assert_int_equal(judge_few(FEW(0, 1)), OUTCOME_BAD);
    assert_true(pin_differs);
}

/* What an entry names is among the few, wherever, or not, and then nothing is said of it. */
static void what_the_few_name_is_looked_up_among_them(void **state)
{
    (void)state;
    options.state = NULL;
    for (uint64_t n = 4; n <= 7; n++) /* those below n, with HOLDER's own 3 */
        for (uint64_t named = 0; named < n; named++) {
            uint64_t list[9] = { 0, 1, 2, 3, 4, 5, 6 };
            l.request = named; /* none of them is a request */
            list[n] = log_add(&l, BY(HOLDER, KIND_RESPONSE));
            list[n + 1] = NO_ENTRY;
            assert_int_equal(judge_few(list), OUTCOME_BAD);
            assert_int_equal(ran.entry, list[n]);
        }
    l.request = 7;
    uint64_t good = log_add(&l, BY(HOLDER, KIND_RESPONSE));
    assert_int_equal(judge_few(FEW(0, 3, 8, good)), OUTCOME_PROVEN);
    assert_int_equal(judge_few(FEW(0, 3, good)), OUTCOME_PROVEN);
    assert_int_equal(ran.total, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_state_that_cannot_be_kept_leaves_it_open),
        TEST(a_state_of_another_log_is_not_gone_on_from),
        TEST(every_entry_of_a_good_log_is_looked_at),
        TEST(a_bad_entry_convicts),
        TEST(of_the_structure_no_record_is_looked_at),
        TEST(files_that_are_not_the_logs_are_bad),
        TEST(files_that_are_not_there_decide_nothing),
        TEST(a_log_must_be_somewhere),
        TEST(without_a_policy_nothing_begins),
        TEST(an_accelerator_is_the_one_that_was_named),
        TEST(lanes_that_were_wrong_decide_nothing),
        TEST(without_room_for_what_is_read_it_does_not_begin),
        TEST(it_is_as_patient_as_it_is_told),
        TEST(the_end_of_a_log_is_said),
        TEST(the_first_entry_must_be_the_one_that_is_pinned),
        TEST(without_its_quorum_nothing_is_remembered),
        TEST(what_nobody_can_read_yet_is_not_remembered),
        TEST(what_is_given_up_is_not_good),
        TEST(a_run_goes_on_where_the_last_one_ended),
        TEST(what_is_named_from_before_is_fetched_again),
        TEST(another_history_than_the_remembered_one_is_a_fork),
        TEST(a_shorter_log_than_the_remembered_one_decides_nothing),
        TEST(what_was_found_in_another_tree_is_not_shown_of_this_one),
        TEST(clocks_are_held_against_what_is_remembered),
        TEST(of_one_tree_the_younger_cosignature_is_remembered),
        TEST(a_state_that_no_run_wrote_is_damaged),
        TEST(what_was_found_is_kept_beside_the_state),
        TEST(what_was_found_before_is_recalled),
        TEST(a_run_without_a_conclusion_leaves_nothing_behind),
        TEST(a_state_that_is_none_is_told_at_once),
        TEST(who_keeps_something_beside_it_may_stop_it),
        TEST(a_state_of_another_run_that_says_more_stays),
        TEST(one_that_says_less_is_replaced),
        TEST(one_of_another_history_convicts),
        TEST(one_of_another_history_of_the_same_size_convicts),
        TEST(one_of_another_and_longer_history_convicts),
        TEST(one_that_says_as_much_may_stay),
        TEST(one_that_found_less_is_replaced),
        TEST(without_the_entry_behind_it_clocks_are_open),
        TEST(of_another_history_no_clocks_are_told),
        TEST(an_entry_without_a_time_contradicts_no_clock),
        TEST(a_run_that_was_given_up_meets_nobody),
        TEST(who_is_never_alone_writes_nothing),
        TEST(each_one_is_met),
        TEST(without_its_lock_no_state_is_written),
        TEST(standard_input_may_be_closed),
        TEST(one_that_was_spoiled_since_is_not_replaced),
        TEST(the_clocks_of_both_are_held_together),
        TEST(an_entry_may_be_asked_for_again),
        TEST(an_entry_that_is_another_then_keeps_the_state_from_being_written),
        TEST(a_few_entries_are_judged_by_themselves),
        TEST(what_the_few_name_is_looked_up_among_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
