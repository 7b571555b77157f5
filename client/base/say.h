/* What people read: in Spanish or English, on standard error, except for results. */
#ifndef CLIENT_BASE_SAY_H
#define CLIENT_BASE_SAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/judge/integrity.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"

/* Exit codes, everywhere the same: docs/FORMATS.md, "Findings and exit codes". */
enum outcome {
    OUTCOME_PROVEN = 0,
    OUTCOME_BAD = 1,       /* what was shown is proven bad */
    OUTCOME_USAGE = 2,     /* usage or configuration */
    OUTCOME_UNDECIDED = 3, /* could not decide */
    OUTCOME_FOUND = 4,     /* proven, and an audit's findings count: --fail-on */
};

/* Of two outcomes the one that counts: 2, then 1 before 3 before 4 before 0. */
enum outcome outcome_worse(enum outcome a, enum outcome b);
enum outcome outcome_of_verdict(enum verdict v);

/* One line on standard error, "bitacora: …". */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and returns OUTCOME_USAGE or OUTCOME_UNDECIDED. */
enum outcome say_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum outcome say_undecided(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The sentence of a refusal, with an optional prefix such as a file's name. */
void say_refusal(const char *prefix, const struct refusal *why);

/* "bad" or "undecided", and in the reader's language. */
const char *verdict_name(enum verdict v);
const char *verdict_word(enum verdict v);

/* A progress bar on standard error, if that is a terminal; redrawn at most ten times a second. Call
 * with done == total to end it. */
void say_progress(uint64_t done, uint64_t total);

/* Out of memory in the client: says so and exits with OUTCOME_UNDECIDED. */
_Noreturn void die_of_memory(void);
void *must(void *p); /* p, or dies */

#endif
