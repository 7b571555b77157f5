/* What people read on standard error, and with which exit code the program ends. */
#ifndef CLIENT_BASE_SAY_H
#define CLIENT_BASE_SAY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#include "proto/judge/integrity.h"
#include "proto/sys/language.h"
#include "proto/sys/terminal.h"
#include "proto/text/nearest.h"

/* Exit codes, everywhere the same: docs/FORMATS.md, "Findings and exit codes". */
enum outcome {
    OUTCOME_PROVEN = 0,
    OUTCOME_BAD = 1,       /* what was shown is proven bad */
    OUTCOME_USAGE = 2,     /* usage or configuration */
    OUTCOME_UNDECIDED = 3, /* could not decide */
    OUTCOME_FOUND = 4,     /* proven, and an audit's findings count: --fail-on */
};

/* The outcome of two steps together: OUTCOME_USAGE before OUTCOME_BAD, _UNDECIDED, _FOUND and
 * _PROVEN. */
enum outcome outcome_worse(enum outcome a, enum outcome b);

/* Good is OUTCOME_PROVEN, bad OUTCOME_BAD, undecided OUTCOME_UNDECIDED. */
enum outcome outcome_of_verdict(enum verdict v);

/* Writes one line on standard error, "bitacora: …", as terminal_print() does: arguments may hold
 * text of strangers. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* The same, and returns OUTCOME_USAGE or OUTCOME_UNDECIDED. */
enum outcome say_usage(const char *format, ...) __attribute__((format(printf, 1, 2)));
enum outcome say_undecided(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Says the sentence of a refusal, behind a prefix such as a file's name; prefix may be NULL. */
void say_refusal(const char *prefix, const struct refusal *why);

/* Says the word that was probably meant, behind `prefix` (such as "--"), if there is one. */
void say_meant(const char *prefix, const struct nearest *n);

/* "good", "bad" or "undecided": for programs, and as a word in the reader's language. */
const char *verdict_name(enum verdict v);
const char *verdict_word(enum verdict v);

/* Prints one of these words, in green, red or yellow where the terminal takes colours. */
void print_verdict(FILE *to, enum verdict v, const char *word);

/* Draws a progress bar on standard error, if that is a terminal, ten times a second at most. The
 * call with done == total ends it. */
void say_progress(uint64_t done, uint64_t total);

#endif
