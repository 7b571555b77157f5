#!/bin/sh
# Each parser under libFuzzer, ASan and UBSan, for FUZZ_SECONDS (60). Corpora grow in build/fuzz;
# a crash leaves its input there and fails. usage: tests/fuzz/run.sh [PARSER...]
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- fuzz_json fuzz_record fuzz_entry fuzz_receipt fuzz_policy fuzz_evidence fuzz_paths fuzz_token fuzz_opening fuzz_identifier \
    fuzz_disclosure fuzz_add_checkpoint
mkdir -p build/fuzz
for parser in "$@"; do
    corpus=build/fuzz/$parser.corpus
    mkdir -p "$corpus"
    find tests/vectors -type f -size -64k | while read -r f; do
        cp -n "$f" "$corpus/seed-$(echo "$f" | tr / -)"
    done
    clang -std=c11 -D_GNU_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -DFUZZ="$parser" -o "build/fuzz/$parser" tests/fuzz/parsers.c proto/*.c -ljansson -lyajl -lsodium -lcrypto
    echo "# $parser"
    if "build/fuzz/$parser" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -max_len=70000 \
        -print_final_stats=1 -artifact_prefix=build/fuzz/ "$corpus" >"build/fuzz/$parser.log" 2>&1; then
        echo "ok - $parser: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$parser.log") inputs"
    else
        tail -n 30 "build/fuzz/$parser.log"
        echo "not ok - $parser"
        exit 1
    fi
done
