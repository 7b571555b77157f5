#!/bin/sh
# What finds no room in memory or for a temporary file is never left out in silence: wherever that
# happens to an audit, a report or the check of a warrant, the answer is the same as with room, or
# "undecided" (a policy or ruleset that there was no memory to read: "configuration").
# Of the places of a program only each EVERY-th is tried, where there are many: EVERY=1 is all.
. "$(dirname "$0")/../lib.sh"
simulate=${SIMULATE:-$root/build/release/tools/simulate}
every=${EVERY:-7}
no_room=$root/build/release/tools/no_room.so

full() { # full VARIABLE=VALUE... -- COMMAND...: where memory or the disk is full
    set_full=""
    while [ "$1" != -- ]; do
        set_full="$set_full $1"
        shift
    done
    shift
    # shellcheck disable=SC2086
    env $set_full LD_PRELOAD="$no_room" "$@"
}

# A page for a judge says when it was made, to the second: that differs between two runs.
timeless() { sed 's/[^·]* [0-9][0-9]:[0-9][0-9]:[0-9][0-9] ([^)]*UTC)//' "$work/out"; }

# Numbers of calls, one from each place of the program; of many places each EVERY-th from the FIRST.
some_places() { # some_places FIRST
    step=$every
    [ "$(wc -l <"$work/firsts")" -gt 40 ] || step=1
    sort -n "$work/firsts" | sed -n "$(($1 < step ? $1 : step))~${step}p"
}

# One call fails, alone and with all that follow.
never_silent() { # never_silent DESCRIPTION VARIABLE=VALUE COMMAND...
    what=$1
    kind=$2
    shift 2
    "$@" 2>/dev/null >"$work/out"
    whole=$?
    timeless >"$work/whole"
    full "$kind" FIRSTS="$work/firsts" -- "$@" >/dev/null 2>&1
    undecided=0
    wrong=""
    first=1
    for on in FAIL_ALONE=1 FAIL_ON=1; do
        some_places $first >"$work/places"
        first=2
        while read -r at; do
            full "$kind" "$on" FAIL_AT="$at" -- "$@" >"$work/out" 2>"$work/err"
            status=$?
            if { [ "$status" -eq 3 ] || [ "$status" -eq 2 ]; } && [ -s "$work/err" ]; then
                undecided=$((undecided + 1))
            elif [ "$status" -ne "$whole" ] || ! timeless | cmp -s - "$work/whole"; then
                wrong="$wrong $on:$at:$status"
            fi
        done <"$work/places"
    done
    equal "$what: undecided, or as with room" "$wrong" ""
    if [ "$undecided" -ge 10 ]; then
        ok "$what: undecided $undecided times"
    else
        not_ok "$what: undecided $undecided times"
    fi
}

check 'a log' "$simulate" --out "$work/log" --entries 400 --seed 7 --violations 1
bitacora="$bin/bitacora"
from="--policy $work/log/policy --dir $work/log/mirror"
ref=pj.bcn-control-1/2/2026 # a warrant of this log

cat >"$work/indexed.py" <<'END'
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from base_logs import base
from index_tables import index_of
from writer import policy_text, write_file
log = base(24)
index_of(log).add([16, 24])
log.write(os.path.join(sys.argv[2], "mirror"))
write_file(os.path.join(sys.argv[2], "policy"), policy_text(log.key).encode())
END
check 'a log with an index' /usr/bin/python3 "$work/indexed.py" "$root/tests/interop" "$work/indexed"
indexed="--policy $work/indexed/policy --dir $work/indexed/mirror"
expect 0 'answers' "$bitacora" answer --policy "$work/indexed/policy" --dir "$work/indexed/mirror" --warrant 'Oficio 12/2026' --out "$work/answer"

# shellcheck disable=SC2086
never_silent 'audit, the disk' FAIL_FILES=1 "$bitacora" audit $from --json
case $bin in
*/asan/* | */tsan/*) echo '# sanitizers have an allocator of their own: memory is not asked for here' ;;
*)
    # shellcheck disable=SC2086
    never_silent 'audit' FAIL_MEMORY=1 "$bitacora" audit $from --json
    # shellcheck disable=SC2086
    never_silent 'audit, for people' FAIL_MEMORY=1 "$bitacora" audit $from
    # shellcheck disable=SC2086
    never_silent 'report' FAIL_MEMORY=1 "$bitacora" report $from --from 2026-01 --to 2026-12 --json
    never_silent 'verify' FAIL_MEMORY=1 "$bitacora" verify --policy "$work/log/policy" "$work/log/policy"
    never_silent 'schema' FAIL_MEMORY=1 "$bitacora" schema request
    # shellcheck disable=SC2086
    never_silent 'report, a page' FAIL_MEMORY=1 "$bitacora" report $from --from 2026-01 --to 2026-12
    # shellcheck disable=SC2086
    never_silent 'export' FAIL_MEMORY=1 "$bitacora" export $from --csv
    # shellcheck disable=SC2086
    never_silent 'show' FAIL_MEMORY=1 "$bitacora" show 300 $from
    # shellcheck disable=SC2086
    never_silent 'warrant check' FAIL_MEMORY=1 "$bitacora" warrant check "$ref" $from --json
    # shellcheck disable=SC2086
    never_silent 'warrant check, for people' FAIL_MEMORY=1 "$bitacora" warrant check "$ref" $from
    # shellcheck disable=SC2086
    never_silent 'warrant check, quick' FAIL_MEMORY=1 "$bitacora" warrant check --quick 'Oficio 12/2026' $indexed --json
    # shellcheck disable=SC2086
    never_silent 'answer' FAIL_MEMORY=1 "$bitacora" answer --warrant 'Oficio 12/2026' $indexed --tail
    never_silent 'verify, an answer' FAIL_MEMORY=1 "$bitacora" verify --policy "$work/indexed/policy" "$work/answer" --json
    # shellcheck disable=SC2086
    never_silent 'warrant check, a page' FAIL_MEMORY=1 "$bitacora" warrant check "$ref" $from --html
    ;;
esac

finish
