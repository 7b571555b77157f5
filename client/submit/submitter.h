/* Signing records and having them appended: submit, enroll and revoke are all this. */
#ifndef CLIENT_SUBMIT_SUBMITTER_H
#define CLIENT_SUBMIT_SUBMITTER_H

#include <jansson.h>

#include "client/seal/sealing.h"
#include "client/submit/precheck.h"
#include "proto/base/must_use.h"
#include "proto/judge/registry.h"
#include "proto/record/ruleset.h"

/* Whose records are sent to which log, and how. All texts are borrowed: they must outlive the
 * submitter. */
struct submit_options {
    struct trust_options trust;
    struct keyfile key;   /* the signer's private key */
    const char *receipts; /* folder that receipts are kept in; NULL: they are not kept */
    const char *state;    /* as in struct in_force_options */
    struct sealing_options sealing;
    struct precheck_options precheck;
    bool check;   /* only look whether records may be signed; sign and send nothing */
    bool no_wait; /* do not wait for witnesses */
    bool json;    /* results as JSON */
    bool lines;   /* results in words say which line of the input they are of */
};

struct submitter;

/* Opens policy, key and files. Returns NULL after having said why, with *outcome set. */
struct submitter *submitter_open(const struct submit_options *options, enum outcome *outcome);

/* Signs one record, a JSON object with "kind" beside the record's members (`id`, `at` and
 * `under` are filled in where missing), sends it, verifies the receipt, and says what became of
 * it: a line of text or, with --json, of JSON. `line` is its number in the input. Takes the
 * reference. Returns OUTCOME_PROVEN, OUTCOME_BAD for a receipt that fails, or OUTCOME_UNDECIDED
 * if it was refused or did not arrive; *stop: nothing more should be sent. */
enum outcome submitter_send(struct submitter *s, uint64_t line, json_t *record, bool *stop);

/* ---- many at once: each is looked at before any is sent ---- */

/* Gives a line its `id`, if it has none: submit_line_id(). */
void submitter_name_line(struct submitter *s, json_t *line, uint64_t occurrence);

enum looked {
    LOOKED_GOOD,    /* the log would take it now */
    LOOKED_THERE,   /* it is in the log: the entry is *entry */
    LOOKED_REFUSED, /* *complaint */
};

/* Looks at a line that has its id; `number` is its place in the input. Nothing is signed or sent.
 * One whose id this signer has used is LOOKED_THERE if that entry says the same, but for `at` and
 * what is sealed. *stop: the log does not answer, and would not for the next line. */
enum looked submitter_look(struct submitter *s, uint64_t number, const json_t *line,
                           uint64_t *entry, struct complaint *complaint, bool *stop);

/* Of a line that is LOOKED_THERE: fetches, judges, keeps and reports the receipt, as
 * submitter_send() does of one that it sent. Takes the reference. */
enum outcome submitter_take_again(struct submitter *s, uint64_t line, json_t *record,
                                  uint64_t entry);

/* The code that the last one was refused with, as --json has it; "" if it was not. */
const char *submitter_error(const struct submitter *s);

/* Waits for the witnesses of what was sent, and says what became of it: under a policy with a
 * quorum a record is reported only here, unless --no-wait. To be called when nothing more is to
 * be sent. Waits in vain for a minute at most, all records together; those that are left are
 * undecided. Returns the worst of them. */
enum outcome submitter_settle(struct submitter *s);

/* Says what is no reason not to sign a record, and counts it; how many were said so far, of scope,
 * too. */
void submitter_warn(struct submitter *s, uint64_t line, const char *text);
size_t submitter_warned(const struct submitter *s);

/* The file of the ruleset that the next record pins: checked with it, and put before it is
 * signed. It must outlive the submission. */
void submitter_attach(struct submitter *s, struct span file);

/* ---- for those who make records rather than read them; each is NULL, or -1, with *complaint -- */

/* Whose records these are. */
const struct vkey *submitter_key(const struct submitter *s);

/* What the key is enrolled for. */
const struct enrolment *submitter_enrolment(struct submitter *s, struct complaint *complaint);

/* The ruleset in force. */
const struct ruleset *submitter_ruleset(struct submitter *s, struct complaint *complaint);

/* Who is enrolled, by what is proven without waiting for witnesses; NULL with *complaint where
 * nothing is. */
const struct registry *submitter_registry(struct submitter *s, struct complaint *complaint);

/* An entry, proven; *out needs shown_free(). */
MUST_USE int submitter_entry(struct submitter *s, uint64_t index, struct shown *out,
                             struct complaint *complaint);

/* Fills in the warrant of --warrant, as sealing_name_warrant() does. */
MUST_USE int submitter_name_warrant(struct submitter *s, json_t *record,
                                    struct complaint *complaint);

/* Whether the log would take the record now; it stays as it is, and nothing is signed or sent. */
MUST_USE int submitter_check(struct submitter *s, const json_t *record,
                             struct complaint *complaint);

/* After submitter_check(): says what it means if openings are kept nowhere. Returns OUTCOME_USAGE
 * where that must not be signed without --without-private, else OUTCOME_PROVEN. */
enum outcome submitter_keep_openings(struct submitter *s, enum kind kind);

/* Says that an input line is not a record at all, or why it is not sent. */
enum outcome submitter_reject(struct submitter *s, uint64_t line, const char *why);
enum outcome submitter_refuse(struct submitter *s, uint64_t line, const struct complaint *why);

/* Says that a line may be signed. */
void submitter_accept(struct submitter *s, uint64_t line, const json_t *record);

/* Frees it; says what the policy does not protect against. */
void submitter_close(struct submitter *s);

#endif
