#!/bin/sh
# Commands that ask a log, or append to it, have no memory: nothing of which a part was lost is signed, shown as good, or taken for a
# fault of the log. A few places of each command; EVERY=1: all of them, alone and with all that follow (some minutes). SEED=N: others.
. "$(dirname "$0")/../lib.sh"

seed=${SEED:-1}
most="--most 4"
[ -z "${EVERY:-}" ] || most=""
case $bin in
*/asan/* | */tsan/*)
    ok 'sanitizers have an allocator of their own: memory is not asked for here'
    finish
    ;;
esac

bitacora=$bin/bitacora
p="--policy $work/policy"
registrar_key=$work/registrar.key official=$work/fgr.example.mx-a.lopez.key holder=$work/telco.example.mx-desk.key watch=$work/vigila.example.mx.key
receipts=$work/made
never_silent() { # never_silent DESCRIPTION OPTION... -- COMMAND...
    what=$1
    shift
    # shellcheck disable=SC2086
    python3 "$root/tests/tools/no_room.py" "$root/build/release/tools/no_room.so" "$what" $most --seed "$seed" "$@" >"$work/tap" 2>&1 ||
        not_ok "$what" "$(tail -n 5 "$work/tap")"
    take_tap "$work/tap"
}
appends() { # appends DESCRIPTION OPTION... -- COMMAND...: its receipts go to $receipts
    what=$1
    shift
    never_silent "$what" --log "$url" --alike --made "$receipts" "$@"
}

check 'a log' small_log 12
enrol vigila.example.mx oversight mx.vigilancia
request mx.telco 1 | jq -c 'del(.warrant)' >"$work/plain"
jq -c '.subjects=[{"type":"curp","value":"GOMC850315HDFRRR07"},{"type":"curp","value":"MARP800101MDFRTR03"}]' "$work/plain" >"$work/named"
submit fgr.example.mx-a.lopez --private "$work/private" --receipts "$work/receipts" --json <"$work/named"
entry=$(jq -r .index "$work/submit.out")
receipt=$work/receipts/$entry.tlog-proof
cat >"$work/answer.jq" <<'END'
{kind: "response", holder: "mx.telco", request: {entry: .index, hash: .hash}, outcome: "full", received_at: (now | strftime("%Y-%m-%dT%H:%M:%S.000Z"))}
END
# An answered request to tell somebody of, its entry in $work/told.
asked="$bitacora submit $p --key $official --without-private --json $work/named >$work/asked &&
    jq -c -f $work/answer.jq $work/asked | $bitacora submit $p --key $holder --without-private - && jq -r .index $work/asked >$work/told"
fresh_key="rm -f $work/fresh.key && $bitacora keygen eva.example.mx --out $work/fresh.key >$work/fresh.vkey"
enrolled="$bitacora enroll $p --key $registrar_key --vkey \$(cat $work/fresh.vkey) --role requester --authority mx.fgr --level federal"
check 'a request that was answered' sh -c "$asked"
"$bitacora" ruleset --print >"$work/own_rules"

# shellcheck disable=SC2086
{
    never_silent 'notify due' -- "$bitacora" notify due $p --key "$watch"
    never_silent 'notify due, with letters' --made "$work/letters" --but moment -- \
        "$bitacora" notify due $p --key "$watch" --out "$work/letters" --json
    never_silent 'notify find' --made "$receipts" -- \
        "$bitacora" notify find $p --key "$watch" --type curp --value GOMC850315HDFRRR07 --receipts "$receipts" --json
    never_silent 'open' -- "$bitacora" open $p --key "$watch" --json "$receipt"
    never_silent 'disclose' --alike --made "$work/opening" -- \
        "$bitacora" disclose $p --key "$watch" --subject 1 --out "$work/opening" "$receipt"
    never_silent 'disclose, from a private part' --alike --made "$work/opening" -- \
        "$bitacora" disclose $p --private "$work/private" --subject 2 --out "$work/opening" "$receipt"
    check 'an opening' "$bitacora" disclose $p --private "$work/private" --subject 2 --out "$work/shown" "$receipt"
    never_silent 'verify --opening' -- "$bitacora" verify $p --opening "$work/shown" --json
    never_silent 'verify --log' -- "$bitacora" verify $p --log "$url" "$receipt" --json
    never_silent 'receipt show' -- "$bitacora" receipt show $p "$receipt"
    never_silent 'mirror' --made "$work/mirror" -- "$bitacora" mirror $p "$work/mirror" --json
    never_silent 'signers' -- "$bitacora" signers $p --at "$entry" # without it the answer is of now
    never_silent 'import' -- "$bitacora" import ts103120 "$root"/tests/vectors/ts103120/*.json --set level=federal
    never_silent 'report --csv' -- "$bitacora" report $p --from "$(date -u +%Y-%m)" --to "$(date -u +%Y-%m)" --csv

    # The log grows from here on.
    appends 'submit' -- "$bitacora" submit $p --key "$official" --without-private --receipts "$receipts" --json "$work/plain"
    appends 'submit, with people' --made "$work/kept" -- \
        "$bitacora" submit $p --key "$official" --private "$work/kept" --receipts "$receipts" --json "$work/named"
    appends 'submit --check' -- "$bitacora" submit $p --key "$official" --without-private --check --json "$work/named"
    appends 'new' -- "$bitacora" new request $p --key "$official" --without-private --yes --receipts "$receipts" --json \
        --authority mx.fgr --function prosecution --level federal --holder mx.telco --source call_records --categories subscriber \
        --basis CNPP-303 --purpose.code criminal_investigation --persons 1
    appends 'enroll' --before "$fresh_key" -- "$bitacora" enroll $p --key "$registrar_key" --vkey "@$work/fresh.vkey" \
        --role requester --authority mx.fgr --level federal --jurisdiction CDMX --receipts "$receipts" --json
    appends 'revoke' --before "$fresh_key && $enrolled" -- "$bitacora" revoke $p --key "$registrar_key" --vkey "@$work/fresh.vkey" \
        --reason superseded --receipts "$receipts" --json
    appends 'pin' --before "jq \".version=\\\"x\$(date +%s%N)\\\"\" $work/own_rules >$work/rules" -- \
        "$bitacora" pin $p --key "$registrar_key" --receipts "$receipts" --json "$work/rules"
    appends 'notify sent' --before "$asked" -- "$bitacora" notify sent $p --key "$watch" --means post --receipts "$receipts" --json "@$work/told"
}
stop_daemon
finish
