/* bitacora.h: the public header of libbitacora.
 *
 * libbitacora verifies what a Bitácora log says: receipts, evidence, openings, checkpoints and
 * whole logs. It also makes what a client signs. docs/LIBRARY.md has a first program;
 * docs/FORMATS.md defines every byte and every code.
 *
 * Conventions, which hold for every function unless its own contract says otherwise:
 *
 * - Results. A function that judges or makes something returns a bitacora_result. 0, 1, 2 and 3
 *   are the exit codes of the program `bitacora`; negative values are about the call itself.
 * - Causes. After each call that takes a context, the context lists what was found: why an input
 *   was refused, or what is wrong with it. Codes are stable strings; see "Findings".
 * - Input. Bytes are given as a pointer and a length in bytes, and need not outlive the call. A
 *   pointer may be NULL where the length is 0. Strings are UTF-8 and end with a zero byte.
 * - Output. A pointer to a pointer (`out`) is set to NULL first, and to a new object only where the
 *   contract says so. Objects are freed by their own _free function, bytes by bitacora_free().
 *   Every _free function takes NULL. A `const char *` that a function returns belongs to the object
 *   that it was asked of, and is valid until that object is freed.
 * - NULL where an object, a string or `out` is needed gives BITACORA_MISUSE; functions that return
 *   no bitacora_result answer NULL, 0 or BITACORA_NO_ENTRY to it.
 * - Objects that are held against each other were opened under the same policy: the same bytes.
 *   Else it is BITACORA_MISUSE, as each policy names logs and witnesses in its own way.
 * - Times are milliseconds since 1970-01-01T00:00:00Z. The library reads no clock: who calls
 *   says what time it is.
 * - Threads. A context is used by one thread at a time. Every other object but a replay never
 *   changes once it was made, so that any number of threads may read it; it must be freed when none
 *   does. There is no other shared state.
 * - The library writes nothing, reads no file, opens no socket, and never ends the process.
 */
#ifndef BITACORA_H
#define BITACORA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__) || defined(__clang__)
#define BITACORA_API __attribute__((visibility("default")))
#define BITACORA_MUST_USE __attribute__((warn_unused_result))
#else
#define BITACORA_API
#define BITACORA_MUST_USE
#endif

/* ---- Version --------------------------------------------------------------------------------- */

/* The version that this header is of; the one place where it stands, and the Makefile reads it from
 * here. What a change of each number means: docs/LIBRARY.md. */
#define BITACORA_VERSION_MAJOR 0
#define BITACORA_VERSION_MINOR 10
#define BITACORA_VERSION_PATCH 0
#define BITACORA_VERSION_NUMBER                                                                    \
    (BITACORA_VERSION_MAJOR * 1000000 + BITACORA_VERSION_MINOR * 1000 + BITACORA_VERSION_PATCH)
#define BITACORA_QUOTED(x) #x
#define BITACORA_DOTTED(major, minor, patch)                                                       \
    BITACORA_QUOTED(major) "." BITACORA_QUOTED(minor) "." BITACORA_QUOTED(patch)
#define BITACORA_VERSION                                                                           \
    BITACORA_DOTTED(BITACORA_VERSION_MAJOR, BITACORA_VERSION_MINOR, BITACORA_VERSION_PATCH)

/* The version of the library that runs, as text ("0.9.0") and as BITACORA_VERSION_NUMBER. */
BITACORA_API const char *bitacora_version(void);
BITACORA_API int bitacora_version_number(void);

/* ---- Results --------------------------------------------------------------------------------- */

typedef enum bitacora_result {
    BITACORA_PROVEN = 0,     /* proven good; of a function that makes something: done */
    BITACORA_BAD = 1,        /* proven bad */
    BITACORA_USAGE = 2,      /* an input that is yours (policy, key, record) cannot be used */
    BITACORA_UNDECIDED = 3,  /* neither could be proven */
    BITACORA_MEMORY = -1,    /* out of memory; nothing was decided */
    BITACORA_CANCELLED = -2, /* the cancel callback said so; nothing was decided */
    BITACORA_MISUSE = -3,    /* a wrong argument: NULL, a limit out of range; nothing was done */
    BITACORA_BUSY = -4       /* called by a callback with its own context or replay; nothing done */
} bitacora_result;

/* Callbacks. While the library calls a callback, the context of that call, and the replay that is
 * run, are busy. Functions that take one of them and return a bitacora_result then do nothing and
 * return BITACORA_BUSY; those that free, set or limit it do nothing; what a replay left is NULL, 0
 * or false. A callback may use another context. It must not free or change the other objects of
 * the call, such as its policy. */

/* The name of a result in lower case ("proven", "bad", …); "unknown" for other numbers. */
BITACORA_API const char *bitacora_result_name(bitacora_result result);

/* No such entry, wherever an index is optional. */
#define BITACORA_NO_ENTRY UINT64_MAX

#define BITACORA_HASH_BYTES 32

/* Frees bytes that a function of this library allocated for the caller. NULL is harmless. */
BITACORA_API void bitacora_free(void *bytes);

/* ---- Context --------------------------------------------------------------------------------- */

/* What calls have in common: limits, the cancel callback, and the findings of the last call. */
typedef struct bitacora_context bitacora_context;

/* Makes a context. The first call in a process also tries the cryptographic library at the edges
 * where libraries differ (docs/FORMATS.md, section 2); any thread may be first. Returns
 * BITACORA_PROVEN; BITACORA_MEMORY; or BITACORA_USAGE where the cryptographic library cannot be
 * relied on: then no function of this library can be used. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_context_new(bitacora_context **out);
BITACORA_API void bitacora_context_free(bitacora_context *ctx);

/* Called now and then by functions that may take long, in the thread that called them. Nonzero:
 * stop. The function then returns BITACORA_CANCELLED. The context is busy meanwhile. */
typedef int bitacora_cancel_fn(void *arg);

/* NULL for `cancel` (the default): nothing is ever cancelled. */
BITACORA_API void bitacora_set_cancel(bitacora_context *ctx, bitacora_cancel_fn *cancel, void *arg);

/* Caps. None can be set above the cap of the format (its default). What is larger is not read:
 * BITACORA_UNDECIDED (of a policy BITACORA_USAGE). */
typedef enum bitacora_limit {
    BITACORA_LIMIT_POLICY = 1,        /* bytes of a policy; 1 MiB */
    BITACORA_LIMIT_RECEIPT = 2,       /* bytes of a receipt; 16 MiB */
    BITACORA_LIMIT_EVIDENCE = 3,      /* bytes of evidence; 8 MiB */
    BITACORA_LIMIT_OPENING = 4,       /* bytes of an opening's file; 8 MiB */
    BITACORA_LIMIT_FINDINGS = 5,      /* findings that a context keeps; 10,000. More are counted */
    BITACORA_LIMIT_STATE = 6,         /* bytes of a replay's state; 4 GiB */
    BITACORA_LIMIT_REPLAY_MEMORY = 7, /* bytes that a replay keeps of its entries; 1 GiB */
    BITACORA_LIMIT_ANSWER = 8         /* bytes of an answer, all its parts; 1 GiB */
} bitacora_limit;

/* Returns BITACORA_PROVEN, or BITACORA_MISUSE: no such limit, 0, or above its default. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_set_limit(bitacora_context *ctx,
                                                                  bitacora_limit limit,
                                                                  uint64_t value);

/* ---- Findings -------------------------------------------------------------------------------- */

/* One thing that was found, or the reason why something was refused. */
typedef struct bitacora_finding bitacora_finding;

/* The findings of the last call with this context, in the order they were found: how many are
 * kept, and how many there were. Where more were found than are kept, one that is bad takes the
 * place of the last undecided one. */
BITACORA_API size_t bitacora_findings(const bitacora_context *ctx);
BITACORA_API uint64_t bitacora_findings_total(const bitacora_context *ctx);

/* Finding `at`, 0 to bitacora_findings() - 1; NULL for others. Valid until the next call with this
 * context. */
BITACORA_API const bitacora_finding *bitacora_finding_at(const bitacora_context *ctx, size_t at);

/* The code, from the list in docs/FORMATS.md, section 10, and docs/LIBRARY.md: "quorum", "key". It
 * is stable: a code never changes its meaning. */
BITACORA_API const char *bitacora_finding_code(const bitacora_finding *f);

/* Which check it was, finer than the code: "CHECKPOINT_ORIGIN". Names may be added and split in
 * later versions. */
BITACORA_API const char *bitacora_finding_name(const bitacora_finding *f);

/* What it says of the input: BITACORA_BAD, BITACORA_UNDECIDED, BITACORA_USAGE or
 * BITACORA_MISUSE. */
BITACORA_API bitacora_result bitacora_finding_result(const bitacora_finding *f);

/* The entry that it is about, and another one that speaks against it; BITACORA_NO_ENTRY if none. */
BITACORA_API uint64_t bitacora_finding_entry(const bitacora_finding *f);
BITACORA_API uint64_t bitacora_finding_related(const bitacora_finding *f);

/* The detail: the member, key, line, value or cause that it is about, in English where it is
 * words; "" if there is none. At most 95 bytes, without control characters. */
BITACORA_API const char *bitacora_finding_subject(const bitacora_finding *f);

/* Writes a sentence for people, in the language "es" or (anything else, NULL too) "en": what is
 * wrong, where, and what is allowed. Cut off to fit `cap` bytes with its zero byte, at a whole
 * character. Returns the length of the whole sentence in bytes; 0 when out of memory. `text` may be
 * NULL where cap is 0. */
BITACORA_API size_t bitacora_finding_sentence(const bitacora_finding *f, const char *language,
                                              char *text, size_t cap);

/* ---- Policy ---------------------------------------------------------------------------------- */

/* Which logs, witnesses and quorum are trusted (c2sp.org/tlog-policy). Get its file from somebody
 * you trust, never from the log. */
typedef struct bitacora_policy bitacora_policy;

/* Reads a policy file. Returns BITACORA_PROVEN and sets *out; BITACORA_USAGE with a finding
 * `policy` whose subject names the line; BITACORA_MEMORY. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_policy_parse(bitacora_context *ctx,
                                                                     const void *bytes, size_t n,
                                                                     bitacora_policy **out);

/* The same, and whatever is judged under it must rest on the entry 0 with this leaf hash: of two
 * histories under the log's key only that one is taken. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_policy_parse_pinned(bitacora_context *ctx, const void *bytes, size_t n,
                             const uint8_t genesis[BITACORA_HASH_BYTES], bitacora_policy **out);
BITACORA_API void bitacora_policy_free(bitacora_policy *policy);

/* How many log lines it has, and the verifier key (NAME+ID+KEY) and the URL (NULL if none) of
 * each, 0 to bitacora_policy_logs() - 1; NULL for others. The origin is the key's name. */
BITACORA_API size_t bitacora_policy_logs(const bitacora_policy *policy);
BITACORA_API const char *bitacora_policy_log_key(const bitacora_policy *policy, size_t log);
BITACORA_API const char *bitacora_policy_log_url(const bitacora_policy *policy, size_t log);

/* The witnesses of the policy, and how many of them a quorum takes at least; 0: `quorum none`,
 * which does not protect against a log that shows others another history. */
BITACORA_API size_t bitacora_policy_witnesses(const bitacora_policy *policy);
BITACORA_API size_t bitacora_policy_quorum(const bitacora_policy *policy);

/* ---- Checkpoints ----------------------------------------------------------------------------- */

/* A tree head that a log of the policy signed, with the cosignatures of witnesses. */
typedef struct bitacora_checkpoint bitacora_checkpoint;

/* Opens a checkpoint note, as a log serves it at /checkpoint. *out is set on BITACORA_PROVEN:
 * signed by the log, with its quorum (or the policy asks for none); and on BITACORA_UNDECIDED
 * with the one finding `quorum`. Else BITACORA_UNDECIDED (not a checkpoint, or of a log or key
 * that the policy does not name) or BITACORA_BAD (a signature fails), and *out is NULL. The
 * policy must outlive the checkpoint. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_checkpoint_open(bitacora_context *ctx, const bitacora_policy *policy, const void *note,
                         size_t n, bitacora_checkpoint **out);
BITACORA_API void bitacora_checkpoint_free(bitacora_checkpoint *checkpoint);

BITACORA_API const char *bitacora_checkpoint_origin(const bitacora_checkpoint *c);
BITACORA_API uint64_t bitacora_checkpoint_size(const bitacora_checkpoint *c);       /* entries */
BITACORA_API const uint8_t *bitacora_checkpoint_root(const bitacora_checkpoint *c); /* 32 bytes */

/* Whether enough witnesses cosigned: 1, 0, or -1 where the policy asks for none. */
BITACORA_API int bitacora_checkpoint_quorum(const bitacora_checkpoint *c);

/* The latest time since when the cosignatures alone make the quorum: the tree is at least as old,
 * and the witnesses had seen nothing newer that contradicts it. INT64_MIN where there is no
 * quorum, or the policy asks for none. */
BITACORA_API int64_t bitacora_checkpoint_time(const bitacora_checkpoint *c);

/* Whether the tree of `newer` extends that of `older`, by a consistency proof (RFC 9162, 2.1.4):
 * `hashes` hashes of 32 bytes each, one behind the other. BITACORA_PROVEN; or BITACORA_BAD with
 * one of these codes. `root`: the proof does not lead to the newer root. `fork`: the two contradict
 * each other; *evidence and *evidence_n are evidence that convinces others (for bitacora_free();
 * both may be NULL). `rollback`: a witness cosigned the smaller one later than the larger one.
 * BITACORA_UNDECIDED with `stale`: `newer` is the smaller one, or of another log. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_checkpoint_extends(
    bitacora_context *ctx, const bitacora_checkpoint *older, const bitacora_checkpoint *newer,
    const void *proof, size_t hashes, char **evidence, size_t *evidence_n);

/* How the bytes of a log's file are handed over to the library. */
typedef struct bitacora_sink bitacora_sink;

/* Adds bytes to what was given before. Returns 0; or nonzero when nothing more is taken (out of
 * memory, or the file is larger than any good one): then the callback should return. */
BITACORA_API int bitacora_sink_add(bitacora_sink *sink, const void *bytes, size_t n);

typedef enum bitacora_fetched {
    BITACORA_FETCHED = 0, /* all of the file was added to the sink */
    BITACORA_MISSING = 1, /* the log has no such file */
    BITACORA_FAILED = 2   /* it could not be got: the network, a permission */
} bitacora_fetched;

/* Gets one file of a log: a tile ("tile/0/x001/234", "tile/1/000.p/17") or a bundle
 * ("tile/entries/000"), by its path below the log's URL or mirror folder (c2sp.org/tlog-tiles); of
 * a replay also "checkpoint", and of one that has to show that a table of the log's index is wrong,
 * or goes on from a state, files of tables ("index/…"): it does without those that are missing. Where a partial one (".p/17") is missing, the library asks for the
 * full one. Called in the thread that called the library. The context is busy meanwhile. */
typedef bitacora_fetched bitacora_fetch_fn(void *arg, const char *path, bitacora_sink *sink);

/* The same as bitacora_checkpoint_extends(), from the tiles of the newer tree: it finds every fork.
 * Also BITACORA_BAD with `tile`: a tile has a wrong length; BITACORA_UNDECIDED with `missing` or
 * `unreadable`: one could not be had. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_checkpoint_extends_by_tiles(
    bitacora_context *ctx, const bitacora_checkpoint *older, const bitacora_checkpoint *newer,
    bitacora_fetch_fn *fetch, void *arg, char **evidence, size_t *evidence_n);

/* ---- Receipts -------------------------------------------------------------------------------- */

/* What a receipt proves: one entry of a log, who signed it, who enrolled that key, back to the
 * log's first entry. */
typedef struct bitacora_receipt bitacora_receipt;

/* Verifies a receipt (a c2sp.org/tlog-proof file), offline, from its own bytes alone.
 * BITACORA_PROVEN: this entry stands in the log under this checkpoint, signed by this key, which
 * was enrolled for its role; and the checkpoint has its quorum. It does not say that the key was
 * not revoked, that nothing else was recorded, or that whoever shows the receipt is its signer.
 * BITACORA_BAD: it has the form of a receipt, and a hash, a signature or a rule fails.
 * BITACORA_UNDECIDED: it is not a receipt, of another version, or of a log or key that the
 * policy does not name; or nothing is wrong but that the checkpoint lacks its quorum (`quorum`),
 * or a witness's clock contradicts the log's (`clock`). *out is set on BITACORA_PROVEN, and on
 * BITACORA_UNDECIDED where only `quorum` and `clock` were found: of what is not proven nothing
 * can be read. The policy must outlive the receipt. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_receipt_verify(bitacora_context *ctx, const bitacora_policy *policy, const void *bytes,
                        size_t n, bitacora_receipt **out);
BITACORA_API void bitacora_receipt_free(bitacora_receipt *receipt);

/* What bitacora_receipt_verify() returned: BITACORA_PROVEN or BITACORA_UNDECIDED. */
BITACORA_API bitacora_result bitacora_receipt_result(const bitacora_receipt *r);

/* The entry: its index, its leaf hash (32 bytes), the log's time of acceptance, and that of the
 * signer's clock. */
BITACORA_API uint64_t bitacora_receipt_index(const bitacora_receipt *r);
BITACORA_API const uint8_t *bitacora_receipt_leaf(const bitacora_receipt *r);
BITACORA_API int64_t bitacora_receipt_accepted(const bitacora_receipt *r);
BITACORA_API int64_t bitacora_receipt_signed_at(const bitacora_receipt *r);

/* The record: its kind ("request", …); its members as one line of JSON, byte for byte as it was
 * signed; and one member of its outermost object that is a string, without escapes (NULL: not
 * there, or no string). */
BITACORA_API const char *bitacora_receipt_kind(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_members(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_string(const bitacora_receipt *r, const char *member);

/* The signer: the name on the signature line and the verifier key (NAME+ID+KEY) that verifies
 * it; its role ("log", "registrar", "requester", …); and the authority, level and function that
 * the enrolment states, NULL where it states none. */
BITACORA_API const char *bitacora_receipt_signer(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_signer_key(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_role(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_authority(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_level(const bitacora_receipt *r);
BITACORA_API const char *bitacora_receipt_function(const bitacora_receipt *r);

/* The leaf hash of the entry 0 that it rests on (32 bytes): see bitacora_policy_parse_pinned(). */
BITACORA_API const uint8_t *bitacora_receipt_genesis(const bitacora_receipt *r);

/* The checkpoint that it is proven under; belongs to the receipt. */
BITACORA_API const bitacora_checkpoint *bitacora_receipt_checkpoint(const bitacora_receipt *r);

/* Holds two receipts against each other (docs/FORMATS.md, 9.4). BITACORA_PROVEN: they do not
 * contradict each other; of different logs they never do. BITACORA_BAD: `fork`, `link`, `rollback`,
 * `frozen` or `enrolment`; *evidence and *evidence_n are evidence, where there can be any (for
 * bitacora_free(); both may be NULL). BITACORA_UNDECIDED: `clock`. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_receipt_compare(bitacora_context *ctx,
                                                                        const bitacora_receipt *a,
                                                                        const bitacora_receipt *b,
                                                                        char **evidence,
                                                                        size_t *evidence_n);

/* ---- Evidence -------------------------------------------------------------------------------- */

/* What a file says against a log's operator. */
typedef struct bitacora_evidence bitacora_evidence;

/* Whether evidence proves what it says, with nothing but the policy. BITACORA_PROVEN: it
 * convicts the log; BITACORA_BAD: it does not prove it; BITACORA_UNDECIDED: it is not evidence,
 * or about a log or key that the policy does not name. In each case one finding says what, or
 * why not, and *out is set. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_evidence_verify(bitacora_context *ctx, const bitacora_policy *policy, const void *bytes,
                         size_t n, bitacora_evidence **out);
BITACORA_API void bitacora_evidence_free(bitacora_evidence *evidence);

/* "fork", "leaves", "link", "entry" or "index"; cut off or "" where it is none of these. */
BITACORA_API const char *bitacora_evidence_claim(const bitacora_evidence *e);

/* What it proves, or why it does not; belongs to the evidence. */
BITACORA_API const bitacora_finding *bitacora_evidence_finding(const bitacora_evidence *e);

/* ---- Answers --------------------------------------------------------------------------------- */

/* All entries of one key, proven from the log's own index: under a warrant, signed by somebody, of
 * a holder. What is proven rests on the index, which is the operator's word until an auditor has
 * computed it again: bitacora_answer_audited_to(). */
typedef struct bitacora_answer bitacora_answer;

/* One of these entries. It belongs to the answer. */
typedef struct bitacora_answered bitacora_answered;

/* Verifies an answer's file from its own bytes alone: each of its parts, and that they are whole.
 * BITACORA_PROVEN: these entries have the key, and no others up to
 * bitacora_answer_complete_to(). Evidence, BITACORA_BAD, BITACORA_UNDECIDED are as of receipts;
 * that a file was cut off or altered is BITACORA_UNDECIDED.
 *
 * *out is set where nothing speaks against what it says. So it is also where a result of
 * BITACORA_UNDECIDED is only due to a missing quorum, a witness's clock (`quorum`, `clock`), or
 * entries of a later version, whose keys nobody knows (`version`).
 *
 * evidence, evidence_n: both may be NULL. Where the log's index is found wrong (`index`), they
 * become a file that bitacora_evidence_verify() takes, for bitacora_free(); else NULL and 0. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_answer_verify(bitacora_context *ctx, const bitacora_policy *policy, const void *bytes,
                       size_t n, bitacora_answer **out, char **evidence, size_t *evidence_n);
BITACORA_API void bitacora_answer_free(bitacora_answer *answer);

/* What bitacora_answer_verify() returned: BITACORA_PROVEN or BITACORA_UNDECIDED. */
BITACORA_API bitacora_result bitacora_answer_result(const bitacora_answer *a);

/* The question: "warrant", "signer", "vkey", "holder", "authority" or "subject", and its value. Of
 * a warrant the value is a reference; entries with one that looks the same are part of the
 * answer. Whoever asked must compare both with what was asked. */
BITACORA_API const char *bitacora_answer_type(const bitacora_answer *a);
BITACORA_API const char *bitacora_answer_value(const bitacora_answer *a);

/* The last entry that it answers for, and when that one was accepted. */
BITACORA_API uint64_t bitacora_answer_complete_to(const bitacora_answer *a);
BITACORA_API int64_t bitacora_answer_date(const bitacora_answer *a);

/* The entry of kind `index` that it rests on, and the first entry that this does not cover: from
 * there on each entry is in the file, and the operator's word is not needed. */
BITACORA_API uint64_t bitacora_answer_index(const bitacora_answer *a);
BITACORA_API uint64_t bitacora_answer_covered_to(const bitacora_answer *a);

/* An `anchor` by which an auditor says that he has computed an index again; BITACORA_NO_ENTRY if
 * there is none. Who signed it; NULL if there is none. The first entry that is in no table of
 * which he said so; 0 if there is none. */
BITACORA_API uint64_t bitacora_answer_audit(const bitacora_answer *a);
BITACORA_API const char *bitacora_answer_auditor(const bitacora_answer *a);
BITACORA_API uint64_t bitacora_answer_audited_to(const bitacora_answer *a);

/* Leaf hash of entry 0, 32 bytes; and the checkpoint that it is proven under. Both belong to the
 * answer. */
BITACORA_API const uint8_t *bitacora_answer_genesis(const bitacora_answer *a);
BITACORA_API const bitacora_checkpoint *bitacora_answer_checkpoint(const bitacora_answer *a);

/* How many entries have the key; each of them, in ascending order (NULL from that number on). How
 * many entries up to bitacora_answer_complete_to() are of a later version, so that they may have
 * it, too. */
BITACORA_API size_t bitacora_answer_count(const bitacora_answer *a);
BITACORA_API const bitacora_answered *bitacora_answer_at(const bitacora_answer *a, size_t at);
BITACORA_API size_t bitacora_answer_unkeyed(const bitacora_answer *a);

/* Index, leaf hash (32 bytes), acceptance. */
BITACORA_API uint64_t bitacora_answered_index(const bitacora_answered *e);
BITACORA_API const uint8_t *bitacora_answered_leaf(const bitacora_answered *e);
BITACORA_API int64_t bitacora_answered_accepted(const bitacora_answered *e);

/* Kind and members of the record, as bitacora_receipt_kind() and bitacora_receipt_members() give
 * them; the name of who signed it, the role and the authority that this key was enrolled for
 * (authority: NULL if there is none). */
BITACORA_API const char *bitacora_answered_kind(const bitacora_answered *e);
BITACORA_API const char *bitacora_answered_members(const bitacora_answered *e);
BITACORA_API const char *bitacora_answered_signer(const bitacora_answered *e);
BITACORA_API const char *bitacora_answered_role(const bitacora_answered *e);
BITACORA_API const char *bitacora_answered_authority(const bitacora_answered *e);

/* ---- Openings -------------------------------------------------------------------------------- */

/* Whom, or what note, one entry concerns, as a file that `bitacora disclose` writes shows it. It
 * is secret: it names a person. */
typedef struct bitacora_opening bitacora_opening;

/* Whether an opening's file is what the entry that it carries commits to. `held` (may be NULL)
 * is the receipt of the entry that it is to be about. BITACORA_PROVEN: the entry's receipt is
 * good, and the entry commits to this type and value in this member. BITACORA_BAD,
 * BITACORA_UNDECIDED: as for receipts, and `opening` or `sealed`. *out is set on BITACORA_PROVEN
 * alone. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_opening_verify(bitacora_context *ctx, const bitacora_policy *policy, const void *bytes,
                        size_t n, const bitacora_receipt *held, bitacora_opening **out);

/* Frees it, and overwrites the salt, the type and the value. */
BITACORA_API void bitacora_opening_free(bitacora_opening *opening);

/* The member that it stands in ("subjects", "purpose.note"), the type ("curp", "note", …) and the
 * value, as it was committed to. */
BITACORA_API const char *bitacora_opening_member(const bitacora_opening *o);
BITACORA_API const char *bitacora_opening_type(const bitacora_opening *o);
BITACORA_API const char *bitacora_opening_value(const bitacora_opening *o);

/* Whether the file also shows that the sealed blob, which the oversight body opens, says the
 * same. */
BITACORA_API bool bitacora_opening_sealed(const bitacora_opening *o);

/* The receipt of the entry that it is about; belongs to the opening. */
BITACORA_API const bitacora_receipt *bitacora_opening_receipt(const bitacora_opening *o);

/* ---- Gate ------------------------------------------------------------------------------------ */

/* What a holder of data asks before it lets a requester in. */
typedef struct bitacora_gate bitacora_gate;

/* A gate of the holder with that code, as requests name it in `holder`. The policy must outlive
 * it. Returns BITACORA_PROVEN, BITACORA_MEMORY or BITACORA_MISUSE. The setters below are for the
 * thread that made it, before others use it. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_new(bitacora_context *ctx,
                                                                 const bitacora_policy *policy,
                                                                 const char *holder,
                                                                 bitacora_gate **out);
BITACORA_API void bitacora_gate_free(bitacora_gate *gate);

/* Lets in requests of that authority; called again, of one more. Never called: of all. Returns
 * BITACORA_PROVEN, BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_allow_authority(bitacora_gate *gate,
                                                                             const char *authority);

/* How long ago, in milliseconds, at most (0: no matter, the default for both): the request was
 * accepted by the log; the witnesses cosigned the receipt's checkpoint. Returns BITACORA_PROVEN, or
 * BITACORA_MISUSE: negative, or the second under a policy that asks for no witness. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_max_age(bitacora_gate *gate,
                                                                     int64_t request,
                                                                     int64_t checkpoint);

/* Lets in only requests that cite a warrant that the log holds, whatever the ruleset asks for; false
 * as long as nobody says otherwise. No receipt of a request shows that: under it
 * bitacora_gate_decide() lets nobody in (BITACORA_UNDECIDED with `warrant`), and
 * bitacora_gate_decide_known() decides. Returns BITACORA_PROVEN or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_require_warrant(bitacora_gate *gate,
                                                                             bool require);

/* Decides whether whoever shows this receipt may be let in at `now`. A receipt is no credential, as
 * anybody can get it from the log: so it comes with a presentation, a note that the key of the
 * request signed for this holder and entry, minutes ago at most (bitacora_presentation_sign()).
 *
 * BITACORA_PROVEN: yes. The receipt is proven; its entry is a `request` by a requester of an
 * authority that is let in; it names this holder; it is not too old, and its `term` is not past;
 * and the presentation is by the same key, for this holder and entry, and fresh. *request is set:
 * what is handed out is bounded by its members, by bitacora_gate_person() and
 * bitacora_gate_period(), never by what the client says. BITACORA_BAD: no. BITACORA_UNDECIDED: no,
 * as long as it is not proven. Findings are those of bitacora_receipt_verify(), and the codes
 * `kind`, `authority`, `holder`, `term`, `stale`, `presentation` and `warrant`.
 *
 * What no receipt shows it does not ask: whether the key was revoked since, whether a judge
 * refused to ratify the request, whether the warrant was closed. That takes a replay of the log:
 * bitacora_gate_decide_known(). */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_decide(
    bitacora_context *ctx, const bitacora_gate *gate, int64_t now, const void *receipt,
    size_t receipt_n, const void *presentation, size_t presentation_n, bitacora_receipt **request);

/* Whose data may go out for a request that was let in: the person that the presentation opened, and
 * nobody else. Sets *type ("curp", "rfc", ...) and *value (normalised), which belong to the request;
 * the value is secret. Returns false, and sets both to NULL, where the presentation opened nobody:
 * then no person's data may go out. The members hold persons sealed: they say whose data by no
 * other way. Either pointer may be NULL. */
BITACORA_API bool bitacora_gate_person(const bitacora_receipt *request, const char **type,
                                       const char **value);

/* Of what time data may go out for a request that was let in, milliseconds; *until is not included.
 * It is the request's `data_window`; by bitacora_gate_decide_known() as far as its warrant's
 * reaches, too. INT64_MIN and INT64_MAX: no limit. Returns false, and sets a period that holds no
 * time, for a request that no gate let in. Either pointer may be NULL. */
BITACORA_API bool bitacora_gate_period(const bitacora_receipt *request, int64_t *from,
                                       int64_t *until);

/* Whether a warrant covers a request, both as bitacora_gate_decide() and bitacora_receipt_verify()
 * gave them, at `now`: both are proven; the request cites this very entry; the warrant names the
 * request's authority, its holder and persons (where it names any), all its categories, and a part
 * of its `data_window` (where both have one); `now` lies in the warrant's window; and the two
 * receipts do not contradict each other. Persons are compared by their commits. BITACORA_PROVEN;
 * BITACORA_BAD with `warrant`, whose subject is the member or category that is not covered, with
 * `kind`, or as for bitacora_receipt_compare(); BITACORA_UNDECIDED with `warrant` where the window
 * has ended, as a later entry of the log may have extended it, and with `quorum` or `clock` where
 * one of the two is not proven. */
BITACORA_API BITACORA_MUST_USE bitacora_result
bitacora_gate_check_warrant(bitacora_context *ctx, int64_t now, const bitacora_receipt *request,
                            const bitacora_receipt *warrant);

/* ---- Replay ---------------------------------------------------------------------------------- */

/* A replay of a whole log: every entry is read once, judged, and held against the root of the log's
 * newest checkpoint. It is used by one thread at a time, and never makes threads of its own. What
 * was asked of it below is said before bitacora_replay_run(). */
typedef struct bitacora_replay bitacora_replay;

/* A replay of the log of a policy, which must outlive it and name one log alone. Returns
 * BITACORA_PROVEN and sets *out; BITACORA_USAGE with `policy`: it names several; BITACORA_MEMORY or
 * BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_replay_new(bitacora_context *ctx,
                                                                   const bitacora_policy *policy,
                                                                   bitacora_replay **out);
BITACORA_API void bitacora_replay_free(bitacora_replay *replay);

/* Looks at hashes, links and times alone, and at no record: about ten times as fast. It proves that
 * nothing was altered or left out, and nothing about who signed. */
BITACORA_API void bitacora_replay_structure(bitacora_replay *replay, bool structure);

/* Asks that the quorum's cosignatures be no older than max_age before `now`, both in milliseconds,
 * else `stale`. Negative (the default): their age does not matter. */
BITACORA_API void bitacora_replay_max_age(bitacora_replay *replay, int64_t now, int64_t max_age);

/* Told of each finding when it is made, in the thread of the replay; those that a state holds come
 * first. It is valid during the call. The context lists them as well, up to its limit. NULL: nobody
 * is told. The replay and its context are busy meanwhile. */
typedef void bitacora_finding_fn(void *arg, const bitacora_finding *finding);
BITACORA_API void bitacora_replay_on_finding(bitacora_replay *replay, bitacora_finding_fn *found,
                                             void *arg);

/* Told after each 256 entries, or fewer, how many of `size` were read. Nonzero stops the replay:
 * BITACORA_CANCELLED. NULL: nobody is told. */
typedef int bitacora_progress_fn(void *arg, uint64_t done, uint64_t size);
BITACORA_API void bitacora_replay_on_progress(bitacora_replay *replay,
                                              bitacora_progress_fn *progress, void *arg);

/* An entry that was judged. It is valid during the call that shows it. */
typedef struct bitacora_entry bitacora_entry;

/* Told of each entry of this run once it was judged, in order. Whether these are the log's entries
 * is not known before the replay ends: see bitacora_replay_proven(). NULL: nobody is told. */
typedef void bitacora_entry_fn(void *arg, const bitacora_entry *entry);
BITACORA_API void bitacora_replay_on_entry(bitacora_replay *replay, bitacora_entry_fn *seen,
                                           void *arg);

/* Its index, its leaf hash (32 bytes) and the log's time of acceptance (INT64_MIN where its header
 * could not be read). */
BITACORA_API uint64_t bitacora_entry_index(const bitacora_entry *e);
BITACORA_API const uint8_t *bitacora_entry_leaf(const bitacora_entry *e);
BITACORA_API int64_t bitacora_entry_accepted(const bitacora_entry *e);

/* The kind of its record, the name on its signature line, and its members as one line of JSON, byte
 * for byte as it was signed. NULL where there is no record that could be read, and always with
 * bitacora_replay_structure(). */
BITACORA_API const char *bitacora_entry_kind(const bitacora_entry *e);
BITACORA_API const char *bitacora_entry_signer(const bitacora_entry *e);
BITACORA_API const char *bitacora_entry_members(const bitacora_entry *e);

/* Whether key, signature, enrolment and role are good: only then does the entry say something in
 * the name of its signer. */
BITACORA_API bool bitacora_entry_counts(const bitacora_entry *e);

/* Replays the log. `fetch` is asked for "checkpoint" and for the tiles and bundles that its tree
 * needs; it may be asked for a file more than once. `state` (NULL: none) is what
 * bitacora_replay_state() gave after an earlier run: then the entries before it are not read again.
 *
 * BITACORA_PROVEN: every entry up to the checkpoint was read and judged, they have its root, it has
 * its quorum, it extends the one that the state speaks of, and nothing is wrong.
 * BITACORA_BAD: something is: with the log, or with the files that were shown. Of the first kind
 * there may be evidence: bitacora_replay_evidence().
 * BITACORA_UNDECIDED: files are missing, or nothing but quorum or clocks is wrong.
 * BITACORA_USAGE with `state`: the state cannot be used; the subject says why.
 * BITACORA_CANCELLED: stopped; findings made so far are about what was read, and prove nothing.
 * BITACORA_MEMORY.
 *
 * Codes, entries and the result are those that `bitacora replay` gives of the same files
 * (docs/FORMATS.md, sections 9 and 10). A replay may be run again, with other files or a state:
 * what the last run left is forgotten. Of each entry it keeps 33 bytes, up to
 * BITACORA_LIMIT_REPLAY_MEMORY; beyond that, entries that others refer to are read again. Of a log
 * that has an index it keeps some 200 bytes more of each entry that has been covered, up to the same
 * limit once more; beyond that the result is BITACORA_MEMORY. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_replay_run(bitacora_context *ctx,
                                                                   bitacora_replay *replay,
                                                                   bitacora_fetch_fn *fetch,
                                                                   void *arg, const void *state,
                                                                   size_t state_n);

/* ---- what the last run left; NULL, 0 or false before the first */

/* Whether every entry up to the checkpoint was read and judged, they have its root, and entry 0 is
 * the pinned one, if one is pinned. Findings about single entries may still be there. */
BITACORA_API bool bitacora_replay_proven(const bitacora_replay *replay);

/* The checkpoint that was shown; NULL where it could not be opened. Belongs to the replay, as all
 * that follows does, until the next run. */
BITACORA_API const bitacora_checkpoint *bitacora_replay_checkpoint(const bitacora_replay *replay);

/* Entries below this one were replayed in an earlier run, of which the state speaks. */
BITACORA_API uint64_t bitacora_replay_from(const bitacora_replay *replay);

/* Record signatures that were verified, those of earlier runs included; and the leaf hash of entry
 * 0 (32 bytes), NULL where the replay did not come so far. */
BITACORA_API uint64_t bitacora_replay_signatures(const bitacora_replay *replay);
BITACORA_API const uint8_t *bitacora_replay_genesis(const bitacora_replay *replay);

/* Evidence against the log, *n bytes, as `bitacora verify-evidence` reads it; NULL without any. */
BITACORA_API const char *bitacora_replay_evidence(const bitacora_replay *replay, size_t *n);

/* What a later run may go on from: the bytes of a file for `bitacora replay --state`, which are
 * nobody else's business: keep them as safe as the policy. BITACORA_PROVEN and *out (for
 * bitacora_free()); BITACORA_UNDECIDED: there is none, as not all that it would say is proven, and
 * the older state stays the newest; BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_replay_state(bitacora_context *ctx,
                                                                     const bitacora_replay *replay,
                                                                     char **out, size_t *n);

/* ---- A gate that knows the log --------------------------------------------------------------- */

/* Has a replay keep what the log says of the requests to a gate's holder, for
 * bitacora_gate_decide_known(): some 200 bytes of each request, and each warrant. Said before its
 * first run, which begins with the first entry. What a run reads is known once it is proven, that is
 * if bitacora_replay_state() then gives a state; each later run goes on from that state. After
 * another state, or a run that read entries and proved nothing, nothing is known until a run begins
 * with the first entry again. Entries that are bad count for nothing. Gate and replay have one
 * policy. Returns BITACORA_PROVEN; BITACORA_MISUSE, also with bitacora_replay_structure();
 * BITACORA_BUSY or BITACORA_MEMORY. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_replay_for_gate(bitacora_replay *replay,
                                                                        const bitacora_gate *gate);

/* How long ago, in milliseconds, what is known of the log may have been seen, at most: 30,000 as
 * long as nobody says otherwise; 0: no matter. Returns BITACORA_PROVEN or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_known_age(bitacora_gate *gate,
                                                                       int64_t age);

/* Gives it a ruleset file that the log pins; those that come with the software it has. Returns
 * BITACORA_PROVEN; BITACORA_USAGE with `ruleset`: it is none; BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_add_ruleset(bitacora_context *ctx,
                                                                         bitacora_gate *gate,
                                                                         const void *bytes,
                                                                         size_t n);

/* Decides as bitacora_gate_decide(), and as `bitacora gate`: what the log says by the last run of
 * the replay, too, which was `seen` when its checkpoint was asked for. More findings:
 * BITACORA_BAD with `revoked`: the key was revoked, or its enrolment ended; `ratification`: a judge
 * refused, or ratified none of the categories; `warrant`: one is needed by the ruleset of the
 * request's time and the log holds none that is cited, or it is closed, past, or does not cover the
 * request, or bitacora_gate_require_warrant() asked for one; `reference`: the log holds no such
 * request to this holder that counts. BITACORA_UNDECIDED with `stale`: nothing is known, or it was
 * seen too long ago (or after `now`); `ruleset`: that file was not given. BITACORA_BUSY while the
 * replay is run, BITACORA_MISUSE where it keeps nothing for this holder. The replay is not run
 * meanwhile. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_gate_decide_known(
    bitacora_context *ctx, const bitacora_gate *gate, const bitacora_replay *replay, int64_t seen,
    int64_t now, const void *receipt, size_t receipt_n, const void *presentation,
    size_t presentation_n, bitacora_receipt **request);

/* Whether data of that category may go out for a request that was let in: it asks for it, and a
 * partial ratification names it. */
BITACORA_API bool bitacora_gate_gives(const bitacora_gate *gate, const bitacora_replay *replay,
                                      const bitacora_receipt *request, const char *category);

/* ---- Records, tokens, presentations, answers ------------------------------------------------ */

/* A signer's private key. It is secret; nothing here prints it. */
typedef struct bitacora_key bitacora_key;

/* Reads a private key, as `bitacora keygen` writes it: PRIVATE+KEY+NAME+ID+base64. Overwrite your
 * own copy of the bytes when you are done. Returns BITACORA_PROVEN; BITACORA_USAGE with `key_file`:
 * it is none, or not that of a signer; BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_key_parse(bitacora_context *ctx,
                                                                  const void *bytes, size_t n,
                                                                  bitacora_key **out);

/* Reads a private key that is under a passphrase, as `bitacora key encrypt` writes it. A wrong
 * passphrase and an altered file cannot be told apart. It takes as much memory and time as the file
 * says, at most 1 GiB: by default 256 MiB and about a second. The key is in memory of the process
 * as any other: lock it (mlockall) and forbid core files if that matters. Overwrite your own copy
 * of the passphrase when you are done. Returns as bitacora_key_parse() does; BITACORA_MEMORY also
 * where there is not so much memory. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_key_open(bitacora_context *ctx,
                                                                 const void *bytes, size_t n,
                                                                 const void *passphrase,
                                                                 size_t passphrase_n,
                                                                 bitacora_key **out);

/* Overwrites and frees it. */
BITACORA_API void bitacora_key_free(bitacora_key *key);

/* The name, and the verifier key (NAME+ID+KEY), which is no secret. */
BITACORA_API const char *bitacora_key_name(const bitacora_key *key);
BITACORA_API const char *bitacora_key_verifier(const bitacora_key *key);

/* An entry of the log, as records refer to it: its index and its leaf hash. */
typedef struct bitacora_ref {
    uint64_t entry;
    uint8_t hash[BITACORA_HASH_BYTES];
} bitacora_ref;

/* Makes and signs a record. `members` is one JSON object of the members of that kind
 * (docs/FORMATS.md, 5.3). Those that are absent are filled in: `at` with the time given, `under`
 * with the reference given (the entry that enrolled the key; NULL where the members have it), `id`
 * with a fresh UUID (version 7). What is there is kept. To send a record again, send the same
 * bytes: a second record is another one, unless id and at are given.
 *
 * BITACORA_PROVEN: *out is the note to POST to /v1/records as text/plain, *n bytes, for
 * bitacora_free(). BITACORA_USAGE with `form` or `too_large`: the kind, or a member, is not as it
 * must be; the subject says which. What else the log asks (codes of its ruleset, references, texts)
 * it says in its answer: bitacora_submitted(). BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_record_sign(
    bitacora_context *ctx, const bitacora_key *key, const char *kind, const char *members,
    const bitacora_ref *under, int64_t at, char **out, size_t *n);

/* A person's identifier, or a note, as a record names it: committed to, and sealed to an oversight
 * body (docs/FORMATS.md, 17.1). */
typedef struct bitacora_sealed bitacora_sealed;

/* Seals `value`, an identifier of that type ("curp", "phone", …; "note" for free text), to the
 * oversight key that `oversight` enrols: the receipt of its enrolment, verified. The value is
 * normalised first. `again` (NULL: none) is an opening of 512 bytes of the same person, as
 * bitacora_sealed_opening() gave it for the warrant: then the commitment is the same, and everybody
 * sees that the request is about a person of the warrant.
 *
 * Keep the opening: nobody but oversight can ever show whom the record names without it.
 *
 * BITACORA_PROVEN; BITACORA_USAGE with `identifier` (it cannot be one of its type, or `again` is of
 * another), `oversight` (that entry enrols no oversight key, or its receipt is not
 * BITACORA_PROVEN) or `opening`; BITACORA_MEMORY or BITACORA_MISUSE. Whether the key is still in
 * force this does not ask. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_seal(bitacora_context *ctx,
                                                             const bitacora_receipt *oversight,
                                                             const char *type, const char *value,
                                                             const void *again,
                                                             bitacora_sealed **out);

/* Overwrites and frees it. */
BITACORA_API void bitacora_sealed_free(bitacora_sealed *sealed);

/* The JSON object to put among `subjects` ({"type","commit","sealed","to"}), or of a note in the
 * place of the note (without "type"). */
BITACORA_API const char *bitacora_sealed_member(const bitacora_sealed *sealed);

/* The blob (560 bytes) to PUT to /v1/blobs/NAME before the record is sent, and that NAME: its
 * SHA-256 in hex. */
BITACORA_API const uint8_t *bitacora_sealed_blob(const bitacora_sealed *sealed);
BITACORA_API const char *bitacora_sealed_name(const bitacora_sealed *sealed);

/* The opening (512 bytes): it names the person. */
BITACORA_API const uint8_t *bitacora_sealed_opening(const bitacora_sealed *sealed);

#define BITACORA_SEALED_BYTES 560
#define BITACORA_OPENING_BYTES 512

/* Signs a token for one request target, good from `from` until `until` by the log's clock, five
 * minutes at most: begin it a little early. `under` is the entry that enrolled the key, `origin`
 * the log's. `method` is "GET" (which is good for HEAD, too), "PUT" or "POST"; `path` what follows
 * the log's URL, from its slash on, with the query, as it is sent: "/v1/blobs/NAME".
 * BITACORA_PROVEN: *out is what goes behind "Authorization: Bearer ", for bitacora_free().
 * BITACORA_USAGE with `token`; BITACORA_MEMORY or BITACORA_MISUSE. Whoever has it can send that
 * request: send it over TLS alone. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_token_for(
    bitacora_context *ctx, const bitacora_key *key, const char *origin, const bitacora_ref *under,
    const char *method, const char *path, int64_t from, int64_t until, char **out, size_t *n);

/* Signs a presentation: the note that shows the data holder of that code that the request, of which
 * he gets the receipt besides, is that of this key (docs/INTERFACES.md, 17.6). `at`: now. It is
 * good for five minutes. BITACORA_PROVEN: *out, for bitacora_free(); BITACORA_USAGE with
 * `presentation`: the receipt is of no request, the key did not sign it, or `holder` is no code;
 * BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_presentation_sign(
    bitacora_context *ctx, const bitacora_key *key, const bitacora_receipt *request,
    const char *holder, int64_t at, char **out, size_t *n);

/* What an answer of the log says, if it is not what was hoped for. */
typedef struct bitacora_problem bitacora_problem;

/* Reads the body of an answer over HTTP with that status (0: no answer came). It need not be a
 * problem document (RFC 9457): then code and detail are "HTTP" and the status. Returns
 * BITACORA_PROVEN, BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_problem_read(bitacora_context *ctx,
                                                                     int status, const void *body,
                                                                     size_t n,
                                                                     bitacora_problem **out);
BITACORA_API void bitacora_problem_free(bitacora_problem *problem);

/* The last segment of the problem's type ("skew", "busy", …: docs/INTERFACES.md, section 13), and a
 * sentence for people. Both were written by a stranger: they are cut off and free of control
 * characters, and prove nothing. */
BITACORA_API const char *bitacora_problem_code(const bitacora_problem *p);
BITACORA_API const char *bitacora_problem_detail(const bitacora_problem *p);

/* Whether the same bytes should be sent again after a while (no answer, 429, 502, 503, 504): of a
 * record it is then not known whether it is in the log, where it stands once at most. */
BITACORA_API bool bitacora_problem_again(const bitacora_problem *p);

/* What became of a record: the answer to POST /v1/records, status 201 (appended) or 200 (was there
 * already), or to GET /v1/receipts/INDEX. `note` is what was sent. BITACORA_PROVEN: in the log,
 * with its quorum; *out is the receipt: keep its bytes. BITACORA_UNDECIDED with *out set: in the
 * log, and the quorum is still to come: ask GET /v1/receipts/INDEX?wait=witnessed. BITACORA_BAD:
 * this is not the receipt of that record. Another status: BITACORA_UNDECIDED with `unreadable`, and
 * *out NULL; see bitacora_problem_read(). The policy must outlive the receipt. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_submitted(bitacora_context *ctx,
                                                                  const bitacora_policy *policy,
                                                                  const void *note, size_t note_n,
                                                                  int status, const void *body,
                                                                  size_t n, bitacora_receipt **out);

/* What GET /v1/find lists: entries that may be what was asked for. Hints: nothing is proven by
 * them, each must be shown by its receipt. */
typedef struct bitacora_hints bitacora_hints;

/* Reads the body of a 200. BITACORA_PROVEN; BITACORA_UNDECIDED with `unreadable`: it is no such
 * list; BITACORA_MEMORY or BITACORA_MISUSE. */
BITACORA_API BITACORA_MUST_USE bitacora_result bitacora_hints_read(bitacora_context *ctx,
                                                                   const void *body, size_t n,
                                                                   bitacora_hints **out);
BITACORA_API void bitacora_hints_free(bitacora_hints *hints);

/* How many there are, each of them (BITACORA_NO_ENTRY for others), and what to ask for with
 * "&after=": BITACORA_NO_ENTRY where there are no more. */
BITACORA_API size_t bitacora_hints_count(const bitacora_hints *h);
BITACORA_API uint64_t bitacora_hints_at(const bitacora_hints *h, size_t at);
BITACORA_API uint64_t bitacora_hints_next(const bitacora_hints *h);

#ifdef __cplusplus
}
#endif

#endif
