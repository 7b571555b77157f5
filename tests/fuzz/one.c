/* One fuzzer, which FUZZ names, as a program of libFuzzer. Built by tests/fuzz/run.sh. */
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    fuzz_begin();
    fuzz_library_begin();
    fuzz_spreadsheet_begin();
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
    FUZZ(span_of(data, n));
    return 0;
}
