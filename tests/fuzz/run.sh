#!/bin/sh
# Each parser under libFuzzer, ASan and UBSan, for FUZZ_SECONDS (60). Corpora grow in build/fuzz;
# a crash leaves its input there and fails. `readers` are the commands that read logs, over dishonest
# ones (tests/interop/dishonest.py). usage: tests/fuzz/run.sh [PARSER...|readers]
set -eu
cd "$(dirname "$0")/../.."
[ $# -gt 0 ] || set -- fuzz_json fuzz_record fuzz_entry fuzz_receipt fuzz_policy fuzz_evidence fuzz_paths fuzz_token fuzz_opening fuzz_identifier \
    fuzz_disclosure fuzz_add_checkpoint fuzz_answer fuzz_signer fuzz_sealed_key library readers
mkdir -p build/fuzz
readers() {
    make --no-print-directory VARIANT=asan build/asan/bin/bitacora
    rm -rf build/fuzz/readers
    echo '# readers'
    if /usr/bin/python3 tests/interop/dishonest.py build/asan/bin build/fuzz/readers \
        --seconds "${FUZZ_SECONDS:-60}" >build/fuzz/readers.log 2>&1; then
        echo "ok - readers: $(grep -c '^ok ' build/fuzz/readers.log) logs"
    else
        grep -A 30 '^not ok\|^Traceback' build/fuzz/readers.log
        echo 'not ok - readers'
        exit 1
    fi
}
# Which call of tests/fuzz/library.c reads such a file: the first three bytes of its seed.
call_byte() {
    case $1 in
    */policy/*) printf '\0\0\0' ;;
    */receipt/*) printf '\1\0\0' ;;
    */evidence/*) printf '\2\0\0' ;;
    */answer/*) printf '\3\0\0' ;;
    */disclosure/* | */opening/*) printf '\4\0\0' ;;
    */checkpoint/*) printf '\5\0\0' ;;
    */json/*) printf '\6\0\0' ;;
    */key/*) printf '\10\0\0' ;;
    *) printf '\11\0\0' ;;
    esac
}
# What the signer and the daemon say to each other; no vector has it.
signer_seeds() { # signer_seeds FOLDER
    zero=$(head -c 32 /dev/zero | base64)
    text=$(printf 'log.example.mx/test\n7\n%s' "$zero")
    at=2026-11-30T00:00:00.000Z
    printf 'bitacora/v1 signer status\n' >"$1/seed-status"
    printf 'bitacora/v1 signer genesis\n%s\nbitacora/v1 genesis\n{}\n' $at >"$1/seed-genesis"
    printf 'bitacora/v1 signer record\nbitacora/v1 freeze\n{}\n' >"$1/seed-record"
    printf 'bitacora/v1 signer checkpoint\nold 5\n%s\n%s\n\n%s\n' "$zero" "$zero" "$text" >"$1/seed-checkpoint"
    printf 'bitacora/v1 signer signed\n%s\n\n' "$text" >"$1/seed-signed"
    printf 'bitacora/v1 signer refused\nfork\n' >"$1/seed-refused"
    printf 'bitacora/v1 signer failed\n' >"$1/seed-failed"
    printf 'bitacora/v1 signer state\n%s\n7\n%s\nopen\n' \
        'log.example.mx/test+1a97d772+AUU/jVJ7+SF7yBLqVsh9YCDpuskWuBYGSoHs7aEMDf1I' "$zero" >"$1/seed-state"
    sum=$(printf '\0\1a\0\0' | openssl dgst -sha256 -binary | base64)
    printf 'bitacora/v1 batch\n7\n%s\n5\n%s\n\0\1a\0\0' "$zero" "$sum" >"$1/seed-batch"
    printf '\0\0\0\3abc' >"$1/seed-frame"
}
for parser in "$@"; do
    if [ "$parser" = readers ]; then
        readers
        continue
    fi
    corpus=build/fuzz/$parser.corpus
    mkdir -p "$corpus"
    [ "$parser" != fuzz_signer ] || signer_seeds "$corpus"
    source='tests/fuzz/parsers.c daemon/signer/signer_message.c daemon/append/batch_journal.c'
    [ "$parser" != library ] || source=tests/fuzz/library.c
    find tests/vectors -type f -size -64k | while read -r f; do
        seed=$corpus/seed-$(echo "$f" | tr / -)
        [ -e "$seed" ] || if [ "$parser" = library ]; then
            call_byte "$f" | cat - "$f" >"$seed"
        else
            cp "$f" "$seed"
        fi
    done
    clang -std=c11 -D_GNU_SOURCE -I. -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
        -DFUZZ="$parser" -o "build/fuzz/$parser" $source $(ls proto/*/*.c | grep -vE "^proto/(process|sys|net)/") -ljansson -lyajl -lsodium -lcrypto -lz
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
