#!/bin/sh
# docs/THREATS.md names a test for what it says: each is there.
. "$(dirname "$0")/../lib.sh"

page=$root/docs/THREATS.md
grep '^|' "$page" | grep -oE '`([0-9]{2}-[a-z0-9-]+|(interop|unit)/[A-Za-z0-9_./-]+)`' | tr -d '`' | sort -u >"$work/named"
check 'it names many' test "$(wc -l <"$work/named")" -gt 30
while read -r name; do
    case $name in
    interop/* | unit/*) file=tests/$name ;;
    *) file=tests/scenarios/$name.sh ;;
    esac
    check "$name" test -f "$root/$file"
done <"$work/named"
# Each row of a table about tests ends in one, or says that there is none.
awk -F'|' '/^\|/ { cell = $(NF - 1); if (cell !~ /^[ -]*$/ && cell !~ / test $/ && cell !~ /`/ && cell !~ /not tested/) print }' \
    "$page" >"$work/rows"
equal 'no row without a test' "$(cat "$work/rows")" ''
finish
