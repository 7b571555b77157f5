#!/bin/sh
# The data holder's gate: tickets for who presents a request, data for who shows a ticket, and
# nothing for anybody else.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
official=$work/fgr.example.mx-a.lopez.key

submitted() { # submitted KEY [OPTION...]: a record on standard input; $work/last is its receipt
    key=$1
    shift
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$key" --receipts "$work/receipts" --json "$@" - >"$work/sent" 2>"$work/sent.err" ||
        { cat "$work/sent.err"; return 1; }
    echo "$work/receipts/$(jq -r 'select(.index)|.index' "$work/sent").tlog-proof" >"$work/last"
}
present() { # shellcheck disable=SC2086
    "$bin/bitacora" present $p "$@"
}
start_gate() { # start_gate NAME [OPTION...]: on $work/NAME.state; sets $gate (pid) and $gate_url
    name=$1
    shift
    : >"$work/$name.out"
    # shellcheck disable=SC2086
    faulty "$bin/bitacora" gate $p --key "${KEY:-$work/telco.example.mx-desk.key}" --listen 127.0.0.1:0 \
        --state "$work/$name.state" "$@" >"$work/$name.out" 2>>"$work/$name.err" &
    gate=$!
    pids="$pids $gate"
    wait_until 20 grep -q '^listening on ' "$work/$name.out" ||
        { echo "# the gate did not start: $(tail -n 5 "$work/$name.err")"; return 1; }
    gate_url=$(sed -n 's/^listening on //p' "$work/$name.out" | head -n 1)
}
is_ready() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$gate_url/readyz")" = 200 ]; }
asked_for_ticket() { # asked_for_ticket FILE: prints the status; $work/ticket is the answer
    curl -s -o "$work/ticket" -D "$work/head" -w '%{http_code}' --data-binary "@$1" "$gate_url/v1/gate/tickets"
}
asked() { # asked [TICKET]: prints the status; $work/body, $work/head
    if [ $# = 0 ]; then
        curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' "$gate_url/v1/gate"
    else
        curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' -H "Bitacora-Ticket: $1" "$gate_url/v1/gate"
    fi
}
header() { # header NAME
    tr -d '\r' <"$work/head" | sed -n "s/^$1: //p"
}

check 'a log' small_log 10
request mx.telco 1 | submitted "$official" --without-private
equal 'a request' $? 0
plain=$(cat "$work/last")
check 'a gate' start_gate one
check 'is ready' wait_until 20 is_ready
present --key "$official" --holder mx.telco "$plain" >"$work/note"
equal 'a ticket is given' "$(asked_for_ticket "$work/note")" 201
equal 'and is one' "$(wc -c <"$work/ticket")" 869
equal 'data go out' "$(asked "$(cat "$work/ticket")")" 204
equal 'of that entry' "$(header Bitacora-Entry)" "$(basename "$plain" .tlog-proof)"
equal 'and those categories' "$(header Bitacora-Categories)" subscriber
equal 'and nobody' "$(header Bitacora-Subject)" none
equal 'no ticket' "$(asked)" 401
equal 'another' "$(asked "$(sed 's/^./A/;s/./B/2' "$work/ticket")")" 403
finish
