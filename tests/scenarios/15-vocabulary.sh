#!/bin/sh
# Every kind of record by every role, good and wrong in every member: the daemon and `submit --check`
# answer each of them as docs/FORMATS.md says.
. "$(dirname "$0")/../lib.sh"

check 'a log' new_log
check 'is served' start_daemon "$work/data"
write_policy "$work/policy"
check 'the built-in ruleset is printed' "$bin/bitacora" ruleset --print
cp "$work/check.out" "$work/ruleset.json"
/usr/bin/python3 "$root/tests/interop/vocabulary.py" "$work" "$url" log.example.mx/test "$work/ruleset.json" \
    "$bin/bitacora" >"$work/tap" 2>"$work/err"
status=$?
take_tap "$work/tap"
equal 'all of it was asked' "$status $(tail -n 5 "$work/err")" '0 '
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
expect 0 'the daemon stops' stop_daemon
expect 0 'its store is clean' "$bin/bitacorad" fsck --dir "$work/data"
finish
