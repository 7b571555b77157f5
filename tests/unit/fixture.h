/* What unit tests share: small logs in memory with keys that are always the same, their files, a
 * plain recursive Merkle tree to hold the real one against, and replays of them. Out of memory
 * fails the test. */
#ifndef TESTS_UNIT_FIXTURE_H
#define TESTS_UNIT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "proto/judge/judge.h"
#include "proto/tlog/edge.h"
#include "proto/tlog/policy.h"
#include "proto/verify/receipt.h"
#include "proto/verify/replay.h"

#define ORIGIN "log.example.mx/test"
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* The step of a loop over all bits, bytes or sizes: the number from 1 to 1000 in the environment's
 * EVERY, else 1; another number fails the test. An odd step meets every bit of a byte. */
size_t every(void);

/* ---- logs ---------------------------------------------------------------------------------- */

/* The first three sign nothing but genesis, and as registrars of it; those up to AUDITOR are
 * enrolled by log_start(); the others are free for tests. */
enum who {
    THE_LOG,
    REGISTRAR,
    REGISTRAR2,
    JUDGE,
    REQUESTER,
    HOLDER,
    OVERSIGHT,
    AUDITOR,
    STRANGER,
    STRANGER2,
    WHO_COUNT,
};

struct signer {
    struct skey key;
    uint64_t entry; /* its enrolment */
};

struct log {
    struct signer who[WHO_COUNT];
    size_t n, cap;
    struct buf *entry;
    struct hash *leaf;
    int64_t now; /* when the next entry is accepted; each entry moves it on by a second */
    unsigned ids;
    uint64_t warrant, request; /* entries that references may point at */
};

/* What goes into a record; all but kind and who may be left zero. */
struct draft {
    enum kind kind;
    enum who who;
    const char *members; /* without braces; NULL: the least that the kind needs */
    const char *id;      /* NULL: a fresh one */
    int64_t at;          /* 0: log->now */
    const char *under;   /* as JSON; NULL: that of `who` */
};

#define BY(signer, of_kind, ...) ((struct draft){ .kind = (of_kind), .who = (signer), __VA_ARGS__ })

/* Keys only, no entry. */
void log_keys(struct log *l);

/* Genesis (entry 0; extra: more members of it, or ""), the enrolments of JUDGE to AUDITOR (1 to 5),
 * a warrant (6), a request (7), a response (8). */
void log_start(struct log *l, const char *genesis_extra);

/* The same, and small records up to n entries. */
void log_fill(struct log *l, size_t n);
void log_free(struct log *l);

/* The first n entries again, in a log of its own. */
void log_copy(struct log *out, const struct log *l, size_t n);

/* Appends the record note of a draft, signed. */
void log_note(struct buf *out, struct log *l, const struct draft *d);

/* Each appends one entry and returns its index: of a draft; of a note; with all of the header
 * given; of raw bytes. */
uint64_t log_add(struct log *l, struct draft d);
uint64_t log_add_note(struct log *l, struct span note);
uint64_t log_add_entry(struct log *l, const struct entry *e);
uint64_t log_add_bytes(struct log *l, struct span bytes);

/* Enrols a free signer; members: more of them, beginning with a comma, or "". */
uint64_t log_enroll(struct log *l, enum who who, const char *role, const char *more);

/* The least members that a kind needs, with references into the log. */
const char *log_members(struct log *l, enum kind kind);

/* {"entry":…,"hash":…} of an entry. Strings like these last for the next 500 calls. */
const char *log_ref(const struct log *l, uint64_t index);
const char *text_of(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same bytes, at most 64 KiB, with an unreadable page behind them: whoever reads further ends the
 * test. For the next four calls. */
struct span fenced(struct span bytes);

/* The same object as strict JSON has it, for the next four calls; NULL where strict JSON cannot
 * say it. */
const struct value *value_of(const json_t *object);
const char *vkey_text(const struct log *l, enum who who);

void log_root(const struct log *l, size_t size, struct hash *out);

/* Appends the checkpoint note of that size, signed by the log. */
void log_checkpoint(struct buf *out, const struct log *l, size_t size);

/* An entry and its inclusion path, for receipts and evidence; path is kept in hashes. */
struct proven_entry log_proven(const struct log *l, size_t size, uint64_t index,
                               struct hash hashes[static PROOF_MAX]);

/* An entry and what it rests on, `under` by `under` down to genesis, as receipts carry it. */
struct chain {
    size_t n;
    struct proven_entry entry[16];
    struct hash hashes[16][PROOF_MAX];
};

/* The chain of an entry whose record can be parsed. */
void chain_make(struct chain *c, const struct log *l, size_t size, uint64_t index);

/* One more entry behind the others. */
void chain_add(struct chain *c, const struct log *l, size_t size, uint64_t index);

/* A policy with the log and `quorum none`. */
struct policy *log_policy(const struct log *l);

/* ---- a plain Merkle tree, RFC 6962 to the letter ------------------------------------------- */

void plain_root(struct hash *out, const struct hash *leaf, size_t n);
size_t plain_path(struct hash *path, size_t index, const struct hash *leaf, size_t n);

/* Leaves that differ from each other. */
void many_leaves(struct hash *leaf, size_t n);

/* All tiles of up to 65,791 leaves, as a source for proofs about the first `size` of them; fails
 * the test if a tile is asked for at another width than it has at that size. */
struct leaves {
    size_t n;
    size_t size;
    struct hash *level[3];
    bool missing; /* every read fails */
};

void leaves_make(struct leaves *l, size_t n);
void leaves_free(struct leaves *l);
struct tile_source leaves_source(struct leaves *l, size_t size);

/* ---- files --------------------------------------------------------------------------------- */

struct file {
    struct tile tile;
    struct buf bytes;
    bool gone; /* asked for, it is missing */
};

struct files {
    struct file file[16];
    size_t n;
};

/* All tiles and bundles of the first `size` entries. */
void files_make(struct files *f, const struct log *l, size_t size);
void files_free(struct files *f);
struct file *files_find(struct files *f, int level, uint64_t n);
struct source files_source(struct files *f);

/* ---- findings and replays ------------------------------------------------------------------ */

#define FOUND_MAX 1024

struct found {
    size_t n;
    struct finding f[FOUND_MAX];
};

/* A finding_fn; ctx is a struct found. */
void found_add(void *found, const struct finding *f);

/* How many there are of that reason (about that entry); whether any is bad. */
size_t found_count(const struct found *f, enum reason reason);
bool found_at(const struct found *f, enum reason reason, uint64_t entry);
bool found_bad(const struct found *f);

/* Fails unless these are all the findings: one of that reason, verdict and entry. */
void expect_only(const struct found *f, enum reason reason, enum verdict verdict, uint64_t entry);
void expect_none(const struct found *f);

struct run {
    struct found found;
    enum replay_end end;
    struct edge edge;
    struct judge *judge;
    struct known_entry *known;
    uint64_t size;
};

/* Replays files against a size and root with the log's key, twice: the second time with somebody
 * who looks ahead of the judge, which must make no difference. Free it with run_free(). */
struct run *run_replay(const struct log *l, struct files *f, size_t size, const struct hash *root,
                       bool structure);

/* Goes on with a run's edge, known entries and exported judge, at another size. */
struct run *run_on(const struct run *before, const struct log *l, struct files *f, size_t size);
void run_free(struct run *r);

/* A whole, honest replay of what the operator signed. */
struct run *run_log(const struct log *l);

/* ---- vectors ------------------------------------------------------------------------------- */

/* Reads tests/vectors/PATH; fails the test if it is not there. */
void vector_read(struct buf *out, const char *path);

/* Calls check for each file NAME.txt in tests/vectors/DIR with its bytes and, if there is a file
 * NAME.reason, what it says without its newline (else NULL). Fails if there is none. */
void vector_each(const char *dir,
                 void (*check)(const char *name, struct span bytes, const char *reason));

/* Calls check for each line of a vector file that is not a comment, split at its spaces. */
void vector_lines(const char *path, void (*check)(const struct span *word, size_t words));

/* Calls check for each line of a vector file that is not a comment, split at its tabs; path must
 * end in a folder's file. Fails if there is none, or one has not so many cells. */
void vector_table(const char *path, size_t cells, void (*check)(const char *const *cell));

/* Bytes of lower-case hex ("-": none); returns how many. */
size_t unhex(uint8_t *out, size_t cap, struct span digits);

#endif
