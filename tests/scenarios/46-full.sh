#!/bin/sh
# What could not be printed was not said: every command that prints ends so where standard output takes nothing, with words on
# standard error, and never with 0.
. "$(dirname "$0")/../lib.sh"

full() { # full DESCRIPTION COMMAND...: into a full disk
    what=$1
    shift
    "$@" >/dev/full 2>"$work/err"
    got=$?
    case $got in
    2 | 3) grep -q 'standard output could not be written' "$work/err" && ok "$what" || not_ok "$what: no words" "$(tail -n 3 "$work/err")" ;;
    *) not_ok "$what: exit $got" "$(tail -n 3 "$work/err")" ;;
    esac
}

check 'a log' small_log 12
check 'an oversight key' enrol oversight.example.mx oversight mx.inai
p="--policy $work/policy"
month=$(date -u +%Y-%m)
response mx.telco | submit telco.example.mx-desk --receipts "$work/receipts" || not_ok 'a receipt'
receipt=$(ls "$work"/receipts/*)
b=$bin/bitacora
request mx.telco 1 >"$work/one"

full 'help' "$b" --help
full 'help of a command' "$b" audit --help
full 'keygen' "$b" keygen k.example.mx --out "$work/k.key"
full 'schema' "$b" schema request
full 'ruleset' "$b" ruleset
full 'ruleset --print' "$b" ruleset --newest --print
full 'import' "$b" import ts103120 "$root/tests/vectors/ts103120/interception.json"
# shellcheck disable=SC2086
for json in '' --json; do
    full "replay $json" "$b" replay $p $json
    full "audit $json" "$b" audit $p $json
    full "signers $json" "$b" signers $p $json
    full "warrant check $json" "$b" warrant check CJF-1/2026 $p $json
    full "verify $json" "$b" verify $p "$receipt" $json
    full "receipt show $json" "$b" receipt show $p "$receipt" $json
    full "report $json" "$b" report $p --from "$month" --to "$month" $json
    full "submit --check $json" "$b" submit $p --key "$work/fgr.example.mx-a.lopez.key" --check "$work/one" $json
    full "submit $json" "$b" submit $p --key "$work/fgr.example.mx-a.lopez.key" "$work/one" $json
    full "notify due $json" "$b" notify due $p --key "$work/oversight.example.mx.key" $json
    full "mirror $json" "$b" mirror $p "$work/mirror" $json
    full "open $json" "$b" open $p --key "$work/oversight.example.mx.key" "$receipt" $json
done
# shellcheck disable=SC2086
full 'audit --sarif' "$b" audit $p --sarif
# shellcheck disable=SC2086
full 'receipt show --html' "$b" receipt show $p "$receipt" --html
stop_daemon
full 'bitacorad --help' "$bin/bitacorad" --help
full 'bitacorad run --help' "$bin/bitacorad" run --help
full 'bitacorad init' "$bin/bitacorad" init --dir "$work/other" --origin o.example.mx --registrar "$registrar"
full 'bitacorad fsck' "$bin/bitacorad" fsck --dir "$work/data"
full 'bitacorad fsck --json' "$bin/bitacorad" fsck --dir "$work/data" --json
finish
