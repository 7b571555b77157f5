#!/bin/sh
# Files that are none: whatever a person names, the client never waits for it without end, and what a shell's own
# pipes carry is read.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
curl -sf "$url/v1/receipts/7" >"$work/receipt"
check 'a copy' "$bin/bitacora" mirror --policy "$work/policy" "$work/copy"
key=$work/fgr.example.mx-a.lopez.key
p="--policy $work/policy"
request mx.telco 1 >"$work/records"
expect 0 'a state' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"

mkfifo "$work/pipe" "$work/pipe2"
/usr/bin/python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$work/socket"
mkdir "$work/folder"
# Several commands at a time: each waits some seconds for somebody to write.
refuses() { # refuses EXIT DESCRIPTION COMMAND...: in the background; $work/n.* of the nth
    n=$((n + 1))
    printf '%s\n' "$1" >"$work/$n.want"
    printf '%s\n' "$2" >"$work/$n.what"
    shift 2
    { timeout 120 "$@" >"$work/$n.out" 2>&1 </dev/null; echo $? >"$work/$n.got"; } &
    waiting="$waiting $!"
}
for special in pipe socket folder zero; do
    path=$work/$special
    [ $special = zero ] && path=/dev/zero
    private=$path # opened to be written, too: the others would take it for their writer
    [ $special = pipe ] && private=$work/pipe2
    n=0
    waiting=
    # shellcheck disable=SC2086
    refuses 3 receipt "$bin/bitacora" verify $p "$path"
    # shellcheck disable=SC2086
    refuses 3 'receipt show' "$bin/bitacora" receipt show $p "$path"
    refuses 2 policy "$bin/bitacora" verify --policy "$path" "$work/receipt"
    # shellcheck disable=SC2086
    refuses 2 state "$bin/bitacora" replay $p --state "$path"
    # shellcheck disable=SC2086
    refuses 2 key "$bin/bitacora" submit $p --key "$path" "$work/records"
    # shellcheck disable=SC2086
    refuses 2 records "$bin/bitacora" submit $p --key "$key" "$path"
    # shellcheck disable=SC2086
    refuses 2 'private part' "$bin/bitacora" submit $p --key "$key" --private "$private" "$work/records"
    # shellcheck disable=SC2086
    refuses 3 evidence "$bin/bitacora" verify-evidence $p "$path"
    # shellcheck disable=SC2086
    for pid in $waiting; do wait $pid; done
    i=0
    while [ $i -lt $n ]; do
        i=$((i + 1))
        got=$(cat "$work/$i.got")
        want=$(cat "$work/$i.want")
        case $got in
        "$want") ok "$special as $(cat "$work/$i.what")" ;;
        *) not_ok "$special as $(cat "$work/$i.what")" "exit $got, expected $want: $(cat "$work/$i.out")" ;;
        esac
    done
done

# ---- what is meant to be read ----------------------------------------------------------------------
(cat "$work/receipt" >"$work/pipe") &
# shellcheck disable=SC2086
expect 0 'a pipe that somebody writes to' timeout 120 "$bin/bitacora" verify $p "$work/pipe"
# shellcheck disable=SC2086
expect 0 'what a shell substitutes' timeout 120 bash -c '"$0" verify --policy <(sleep 0.2; cat "$1") <(cat "$2")' "$bin/bitacora" "$work/policy" "$work/receipt"
# shellcheck disable=SC2086
expect 0 'standard input by its name' timeout 120 sh -c '(sleep 0.2; cat "$2") | "$0" verify --policy "$1" /dev/stdin' "$bin/bitacora" "$work/policy" "$work/receipt"
# shellcheck disable=SC2086
expect 0 'and as -' timeout 120 sh -c '(sleep 0.2; cat "$2") | "$0" verify --policy "$1" -' "$bin/bitacora" "$work/policy" "$work/receipt"
(cat "$work/records" >"$work/pipe") &
# shellcheck disable=SC2086
expect 0 'records from a pipe' timeout 120 "$bin/bitacora" submit $p --key "$key" "$work/pipe"
stop_daemon
finish
