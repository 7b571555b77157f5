#!/bin/sh
# Each fuzzer once more over the inputs that are kept for it, under ASan and UBSan, without
# libFuzzer.
# usage: tests/fuzz/replay.sh, after `make VARIANT=asan build/asan/fuzz/replay`
set -u
cd "$(dirname "$0")/../.." || exit 2
work=$(mktemp -d "${TMPDIR:-/tmp}/bitacora-fuzz.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
for f in tests/fuzz/corpus/*.tar.xz; do
    tar -C "$work" -xJf "$f" || exit 2
done
if ! build/asan/fuzz/replay "$work" >"$work/out" 2>&1; then
    grep -q '^not ok' "$work/out" || echo "not ok - $(sed -n 's|^# .*/\(fuzz_[a-z_]*/.*\)|\1|p' "$work/out" | tail -n 1)"
    grep -v '^#\|^ok' "$work/out" | head -n 60
fi
grep '^ok' "$work/out"
size=$(cat tests/fuzz/corpus/*.tar.xz | wc -c)
if [ "$size" -lt 307200 ]; then
    echo "ok - the inputs have $size bytes, packed"
else
    echo "not ok - the inputs have $size bytes, packed: 300 kB are the most"
fi
