#!/bin/sh
# Each fuzzer of tests/fuzz/fuzz.h under libFuzzer, ASan and UBSan, for FUZZ_SECONDS (60). Corpora
# grow in build/fuzz/corpus: from what tests/fuzz/corpus keeps, the vectors, and the seeds below. A
# crash leaves its input in build/fuzz, and fails. `readers` are the commands that read logs, over
# dishonest ones (tests/interop/dishonest.py). With --keep nothing is tried: of what has grown the
# smallest inputs that still take all branches become tests/fuzz/corpus, which `make test` replays.
# usage: tests/fuzz/run.sh [--keep] [FUZZER...|readers]
set -eu
cd "$(dirname "$0")/../.."
keep=
[ "${1:-}" != --keep ] || { keep=1; shift; }
all=$(sed -n 's|^ *X(\(fuzz_[a-z_]*\)).*|\1|p' tests/fuzz/fuzz.h)
[ -n "$keep" ] || all="$all readers"
# shellcheck disable=SC2086
[ $# -gt 0 ] || set -- $all
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
zero=$(head -c 32 /dev/zero | base64)
at=2026-11-30T00:00:00.000Z
# What the signer and the daemon say to each other; no vector has it.
signer_seeds() { # signer_seeds FOLDER
    text=$(printf 'log.example.mx/test\n7\n%s' "$zero")
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
http_seeds() {
    printf '\7\3GET / HTTP/1.1\r\nHost: x\r\n\r\nHEAD /a%%2e HTTP/1.0\r\n\r\n' >"$1/seed-get"
    printf '\1\0POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabcGET / HTTP/1.1\r\n\r\n' >"$1/seed-post"
    printf '\4\0PUT / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\nGET / HTTP/1.1\r\n\r\n' >"$1/seed-chunks"
}
forwarded_seeds() {
    printf '\2 192.0.2.1:80, unknown,[2001:db8::1]:4, 10.0.0.2\n10.0.0.3' >"$1/seed-for"
    printf '\3for=192.0.2.1;proto=http;by="_x", for="[2001:db8::1]:4711"\nfor=10.0.0.2' >"$1/seed-forwarded"
    printf '\0127.0.0.1, ::1, 10.0.0.0/8 2001:db8::/32 unix' >"$1/seed-list"
}
query_seeds() {
    printf 'warrant=CJF-1%%2F2026&wait=x+y' >"$1/seed-warrant"
    printf 'a=&a=%%zz' >"$1/seed-twice"
}
gzip_seeds() { # so that --keep ends with the same bytes: without a time
    printf 'hello hello hello' | gzip -n >"$1/seed-one"
    printf 'hello' | gzip -n | cat - "$1/seed-one" >"$1/seed-two"
}
access_seeds() {
    row=$(printf '{"at":"%s","reader":"a.example.mx","under":{"entry":4,"hash":"%s"},"method":"GET","path":"/v1/receipts/4","token":"%s"}' $at "$zero" "$zero")
    printf '%s' "$row" >"$1/seed-row"
    printf 'bitacora/v1 access-rows %s 9\n%s %s %s\n' $at "$zero" "$zero" "$row" >"$1/seed-file"
    printf '%s %s %s\n' "$zero" "$zero" "$row" >"$1/seed-line"
}
manifest_seeds() {
    printf 'l\n7\n%s\n' "$zero" >"$1/seed-checkpoint"
    printf 'bitacora/v1 backup\nlog.example.mx/test+1a97d772+AUU/jVJ7+SF7yBLqVsh9YCDpuskWuBYGSoHs7aEMDf1I\n\nl\n7\n%s\n\n' "$zero" >"$1/seed-backup"
}
settings_seeds() {
    printf '# all\nreads = 7 # seven\nlisten = [::1]:0\nlog_level = error\ntrusted_proxies = ::1, 10.0.0.0/8\ntls_cert = /a#b\n' >"$1/seed-some"
}
# The first byte: separator and encoding.
spreadsheet_seeds() {
    printf '\2Empresa;Tipo;CURP;Hasta\nBanco;"bank, fiscal";GOMC850315HDFRRR07;31/12/2026 14:30\n\n;;;\n' >"$1/seed-semicolons"
    printf '\4N\372m.,"a ""b"""\r\n1,"two\nlines"\r\n' >"$1/seed-windows"
    printf '\0\357\273\277sep=;\na;b\n1;2\n' >"$1/seed-mark"
    printf '\3a\tb\r2026-11-30T10:00:00-06:00\t21-nov-26 2:30 p.m.\r' >"$1/seed-tabs"
}
# The corpus of a fuzzer, in build/fuzz/corpus.
fill() { # fill FUZZER FOLDER
    mkdir -p "$2"
    [ ! -e "tests/fuzz/corpus/$1.tar.xz" ] || tar -C "$2" --strip-components=1 -xJf "tests/fuzz/corpus/$1.tar.xz"
    case $1 in
    fuzz_signer | fuzz_http | fuzz_forwarded | fuzz_query | fuzz_gzip | fuzz_access | fuzz_manifest | fuzz_settings | fuzz_spreadsheet)
        "${1#fuzz_}_seeds" "$2"
        return
        ;;
    fuzz_ruleset) cp proto/rulesets/*.json "$2" ;;
    esac
    find tests/vectors -type f -size -64k | while read -r f; do
        seed=$2/seed-$(echo "$f" | tr / -)
        [ -e "$seed" ] || if [ "$1" = fuzz_library ]; then
            call_byte "$f" | cat - "$f" >"$seed"
        else
            cp "$f" "$seed"
        fi
    done
}
try() { # try FUZZER FOLDER
    echo "# $1"
    if "build/fuzz/run/$1" -max_total_time="${FUZZ_SECONDS:-60}" -timeout=10 -max_len=70000 \
        -print_final_stats=1 -artifact_prefix=build/fuzz/ "$2" >"build/fuzz/$1.log" 2>&1; then
        echo "ok - $1: $(sed -n 's/^stat::number_of_executed_units: *//p' "build/fuzz/$1.log") inputs"
    else
        tail -n 30 "build/fuzz/$1.log"
        echo "not ok - $1"
        exit 1
    fi
}
# The smallest inputs that take all branches, at most so many bytes each.
keep() { # keep FUZZER FOLDER
    rm -rf "build/fuzz/kept/$1"
    mkdir -p "build/fuzz/kept/$1" tests/fuzz/corpus
    "build/fuzz/run/$1" -merge=1 -max_len="${KEEP_BYTES:-4096}" "build/fuzz/kept/$1" "$2" >"build/fuzz/$1.log" 2>&1
    tar -C build/fuzz/kept --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=0644 \
        -cf - "$1" | xz -9e >"tests/fuzz/corpus/$1.tar.xz"
    echo "ok - $1: $(find "build/fuzz/kept/$1" -type f | wc -l) inputs, $(wc -c <"tests/fuzz/corpus/$1.tar.xz") bytes"
}
for fuzzer in "$@"; do
    if [ "$fuzzer" = readers ]; then
        readers
        continue
    fi
    make --no-print-directory -j"$(nproc)" VARIANT=fuzz CC=clang "build/fuzz/run/$fuzzer"
    corpus=build/fuzz/corpus/$fuzzer
    fill "$fuzzer" "$corpus"
    if [ -n "$keep" ]; then
        keep "$fuzzer" "$corpus"
    else
        try "$fuzzer" "$corpus"
    fi
done
