#!/bin/sh
# What reads a log holds no more of a large one in memory than of a small one: what grows is on the disk. Both logs are of one
# warrant, which all their entries belong to.
. "$(dirname "$0")/../lib.sh"

for entries in 500 12000; do
    check "a warrant with $entries entries" /usr/bin/python3 "$root/tests/interop/large_case.py" "$work/$entries" $entries
done
within() { # within KILOBYTES ENTRIES COMMAND…: how it ends with no more memory of its own (files that are mapped do not count)
    kb=$1 entries=$2
    shift 2
    (
        ulimit -d "$kb"
        "$bin/bitacora" "$@" --policy "$work/$entries/policy" --dir "$work/$entries/mirror" >"$work/out" 2>"$work/err"
    )
}
while read -r command; do
    kb=8000 # threads have stacks: as many as there are cores
    # shellcheck disable=SC2086
    until within $kb 500 $command || [ $kb -gt 4000000 ]; do kb=$((kb + kb / 4)); done
    # shellcheck disable=SC2086
    expect 0 "$command: as much and 12 MB are enough for 24 times as many entries" within $((kb + 12000)) 12000 $command
done <<END
warrant check L-1 --json
warrant check L-1 --html
warrant check L-1
audit --json --all
audit --sarif
report --from 2026-01 --to 2026-12 --json
signers
END
within 1000000 12000 warrant check L-1 --json
equal 'and all of it is told' "$(jq -c '[.ok,.complete,(.warrants|length),(.entries|length)]' "$work/out")" '[true,true,1,11994]'
finish
