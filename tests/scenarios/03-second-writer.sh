#!/bin/sh
# Logs by a second, independent writer: what our own daemon would never write, and what it would.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3 # Debian's own, which has python3-cryptography
$python "$root/tests/interop/cases.py" "$work/cases" >"$work/cases.out" 2>&1 || {
    not_ok 'the second writer writes its logs' "$(tail -n 5 "$work/cases.out")"
    finish
}
check 'the worked example of FORMATS, by the second writer' $python "$root/tests/interop/writer.py" selftest
check 'openings and a disclosure, made and judged without libsodium' $python "$root/tests/interop/openings.py" check
second_writer
check 'the same every time, and what others read is as it was made' diff -rq "$cases" "$work/cases"
"$root/tests/interop/run_cases.py" "$bin/bitacora" "$work/cases" >"$work/tap" 2>&1 || [ -s "$work/tap" ] || not_ok 'the cases'
take_tap "$work/tap"
finish
