# What scenarios of the gate share, after lib.sh. They set $p, the options of a policy.

submitted() { # submitted KEY [OPTION...]: a record on standard input; $work/last names its receipt
    key=$1
    shift
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$key" --receipts "$work/receipts" --json "$@" - >"$work/sent" 2>"$work/sent.err" ||
        { cat "$work/sent.err"; return 1; }
    entry=$(jq -r 'select(.index)|.index' "$work/sent")
    jq -c 'select(.index)|{entry:.index,hash}' "$work/sent" >"$work/ref.$entry"
    echo "$work/receipts/$entry.tlog-proof" >"$work/last"
}

ref() { # ref RECEIPT: its entry, as a record names it
    cat "$work/ref.$(entry_of "$1")"
}

entry_of() { # entry_of RECEIPT: its index
    basename "$1" .tlog-proof
}

subjects() { # subjects CURP...: a member
    list=
    for curp in "$@"; do list="$list${list:+,}{\"type\":\"curp\",\"value\":\"$curp\"}"; done
    printf '"subjects":[%s]' "$list"
}

present() { # shellcheck disable=SC2086
    "$bin/bitacora" present $p "$@"
}

disclosed() { # shellcheck disable=SC2086 # disclosed PRIVATE N RECEIPT FILE
    "$bin/bitacora" disclose $p --private "$1" --subject "$2" --out "$4" "$3"
}

start_gate() { # start_gate NAME [OPTION...]: on $work/NAME.state, of $KEY; sets $gate (pid) and $gate_url
    name=$1
    shift
    # shellcheck disable=SC2086
    beside faulty "$bin/bitacora" gate $p --key "${KEY:-$work/telco.example.mx-desk.key}" --listen "${LISTEN:-127.0.0.1:0}" \
        --state "$work/$name.state" "$@" >"$work/$name.out" 2>>"$work/$name.err"
    gate=$beside
    wait_until grep -q '^listening on ' "$work/$name.out" ||
        { echo "# the gate did not start: $(tail -n 5 "$work/$name.err")"; return 1; }
    gate_url=$(sed -n 's/^listening on //p' "$work/$name.out" | head -n 1)
}

is_ready() { [ "$(curl -s -o /dev/null -w '%{http_code}' "$gate_url/readyz")" = 200 ]; }

asks_ticket() { # asks_ticket FILE [BEARER [OUT]]: prints the status; $work/ticket is the answer, $work/head its head
    curl -s -o "${3:-$work/ticket}" -D "$work/head" -w '%{http_code}' -H "Bitacora-Bearer: ${2:-a}" \
        --data-binary "@$1" "$gate_url/v1/gate/tickets"
}

asks() { # asks [TICKET [BEARER]]: prints the status; $work/body, $work/head
    if [ $# = 0 ]; then
        curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' -H 'Bitacora-Bearer: a' "$gate_url/v1/gate"
    else
        curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' -H "Bitacora-Bearer: ${2:-a}" \
            -H "Bitacora-Ticket: $(cat "$1")" "$gate_url/v1/gate"
    fi
}

header() { # header NAME: of the last answer
    tr -d '\r' <"$work/head" | sed -n "s/^$1: //p"
}
