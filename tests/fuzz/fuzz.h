/* The fuzzers. Each takes bytes that a stranger may have sent, and aborts where what it holds to be
 * true is not. tests/fuzz/one.c makes one of them a program of libFuzzer; tests/fuzz/replay.c gives
 * all of them the inputs of tests/fuzz/corpus. */
#ifndef TESTS_FUZZ_FUZZ_H
#define TESTS_FUZZ_FUZZ_H

#include "proto/base/span.h"
#include "proto/tlog/key.h"

/* parsers.c, parsers_http.c, parsers_daemon.c, spreadsheet.c, signatures.c and library.c have them. */
#define FUZZERS(X)                                                                                 \
    X(fuzz_json)                                                                                   \
    X(fuzz_record)                                                                                 \
    X(fuzz_entry)                                                                                  \
    X(fuzz_receipt)                                                                                \
    X(fuzz_policy)                                                                                 \
    X(fuzz_evidence)                                                                               \
    X(fuzz_paths)                                                                                  \
    X(fuzz_token)                                                                                  \
    X(fuzz_opening)                                                                                \
    X(fuzz_identifier)                                                                             \
    X(fuzz_disclosure)                                                                             \
    X(fuzz_add_checkpoint)                                                                         \
    X(fuzz_answer)                                                                                 \
    X(fuzz_sealed_key)                                                                             \
    X(fuzz_ruleset)                                                                                \
    X(fuzz_http)                                                                                   \
    X(fuzz_gzip)                                                                                   \
    X(fuzz_forwarded)                                                                              \
    X(fuzz_query)                                                                                  \
    X(fuzz_access)                                                                                 \
    X(fuzz_manifest)                                                                               \
    X(fuzz_settings)                                                                               \
    X(fuzz_signer)                                                                                 \
    X(fuzz_spreadsheet)                                                                            \
    X(fuzz_signatures)                                                                             \
    X(fuzz_library)

#define X(name) void name(struct span in);
FUZZERS(X)
#undef X

/* Before the first input. */
void fuzz_begin(void);
void fuzz_library_begin(void);
void fuzz_spreadsheet_begin(void);

/* The key of the log that fuzz_begin() made, which signs what is to be reached behind a
 * signature. */
const struct skey *fuzz_log_key(void);

#endif
