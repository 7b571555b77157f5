#!/bin/sh
# A gate whose policy asks for two witnesses: what they have not cosigned opens nothing, and what they
# have not seen closes it, as that may be a revocation. A witness that is late, one that is gone, and
# a gate that is content with one.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/gate/asking.sh"

official=$work/fgr.example.mx-a.lopez.key
other=$work/fgr.example.mx-b.ruiz.key

policy_of() { # policy_of FILE QUORUM: of both witnesses
    printf 'log %s %s\nwitness w1 %s %s\nwitness w2 %s %s\ngroup g %s w1 w2\nquorum g\n' "$vkey" "${url:-}" \
        "$(cat "$work/w1.vkey")" "$(cat "$work/w1.url")" "$(cat "$work/w2.vkey")" "$(cat "$work/w2.url")" "$2" >"$1"
}
started() { # started NAME: a witness whose URL and pid are remembered
    start_witness "$1" && echo "$witness_url" >"$work/$1.url" && echo "$witness" >"$work/$1.pid"
}
strict_gate() { # strict_gate NAME: of the policy NAME
    p="--policy $work/$1.policy"
    start_gate "$1" --trusted-proxy 127.0.0.1 --stale-after 10 --every 1 # it may not be late by itself
}
unwitnessed() { # unwitnessed KEY: a request that nobody waits for; $work/last names its receipt
    request mx.telco 1 | "$bin/bitacora" submit --policy "$work/both.policy" --key "$1" --receipts "$work/receipts" --json \
        --without-private --no-wait - >"$work/sent" 2>"$work/sent.err"
    [ $? = 3 ] && echo "$work/receipts/$(jq -r .index "$work/sent").tlog-proof" >"$work/last"
}
shown() { # shown KEY RECEIPT FILE: a presentation, whatever witnesses say of the receipt
    "$bin/bitacora" present --policy "$work/alone" --key "$1" --holder mx.telco "$2" >"$3"
}
is() { [ "$(asks "$1")" = "$2" ]; }
is_stale() { [ "$(asks "$1") $(jq -r .type "$work/body")" = '503 /problems/stale' ]; }
size_of() { sed -n 2p "$work/$1.state/mirror/checkpoint"; }
cosignatures_of() { grep -c '^— w' "$work/$1.state/mirror/checkpoint"; }

# ---- both cosign ---------------------------------------------------------------------------------
check 'a log' new_log
for w in w1 w2; do new_witness $w && started $w; done
policy_of "$work/served" 2
check 'its daemon, with two witnesses' start_daemon "$work/data" --policy "$work/served"
policy_of "$work/policy" 2
cp "$work/policy" "$work/both.policy"
policy_of "$work/any.policy" 1
write_policy "$work/alone"
p="--policy $work/policy"
check 'people' enrol judge.example.mx/j1 judge cjf.juzgado1
enrol fgr.example.mx/a.lopez requester mx.fgr
enrol fgr.example.mx/b.ruiz requester mx.fgr
enrol telco.example.mx/desk holder mx.telco
warrant CJF-1/2026 | submitted "$work/judge.example.mx-j1.key" --without-private
request mx.telco 1 | submitted "$official" --without-private
plain=$(cat "$work/last")
request mx.telco 1 | submitted "$other" --without-private
equal 'requests' $? 0
his=$(cat "$work/last")
check 'a gate that asks for both' strict_gate both
both_url=$gate_url
check 'is ready' wait_until is_ready
shown "$official" "$plain" "$work/note.plain"
equal 'it gives a ticket' "$(asks_ticket "$work/note.plain")" 201
cp "$work/ticket" "$work/t.plain"
shown "$other" "$his" "$work/note.his"
equal 'and one to somebody else' "$(asks_ticket "$work/note.his")" 201
cp "$work/ticket" "$work/t.his"
equal 'that are good' "$(asks "$work/t.plain")/$(asks "$work/t.his")" 204/204
equal 'by what both have cosigned' "$(cosignatures_of both)" 2

# ---- one is late ---------------------------------------------------------------------------------
before=$(size_of both)
kill -STOP "$(cat "$work/w2.pid")"
"$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$("$bin/bitacora" key show "$other")" \
    --reason left_office --no-wait >"$work/out" 2>&1
equal 'a witness is late, and a key is revoked' $? 3
check 'and a request comes' unwitnessed "$official"
late=$(cat "$work/last")
shown "$official" "$late" "$work/note.late"
check 'what was not cosigned may be a revocation: nothing goes out' wait_until is_stale "$work/t.his"
equal 'for nobody' "$(asks "$work/t.plain")" 503
equal 'come again' "$(header Retry-After)" 2
equal 'no ticket for the new request' "$(asks_ticket "$work/note.late") $(jq -r .type "$work/ticket")" '503 /problems/stale'
equal 'nor for an old one' "$(asks_ticket "$work/note.plain") $(jq -r .type "$work/ticket")" '503 /problems/stale'
equal 'it is not ready' "$(curl -s -o /dev/null -w '%{http_code}' "$gate_url/readyz")" 503
equal 'what it knows is what both cosigned' "$(size_of both)/$(cosignatures_of both)" "$before/2"
check 'after a while it says why' wait_until grep -q 'its witnesses have not cosigned' "$work/both.err"
kill -CONT "$(cat "$work/w2.pid")"
check 'the witness cosigns: the official goes on' wait_until is "$work/t.plain" 204
equal 'and the other does not' "$(asks "$work/t.his") $(jq -r .type "$work/body")" '403 /problems/revoked'
equal 'the new request gets its ticket' "$(asks_ticket "$work/note.late")" 201
equal 'which rests on what both cosigned' "$(cosignatures_of both)" 2
contains 'that is said, too' "$work/both.err" 'the gate knows the log again'

# ---- one is gone ---------------------------------------------------------------------------------
end_pid "$(cat "$work/w2.pid")"
before=$(size_of both)
check 'a witness is gone, and a request comes' unwitnessed "$official"
next=$(cat "$work/last")
check 'the gate closes' wait_until is_stale "$work/t.plain"
both=$gate
check 'a gate that is content with one' strict_gate any
any_url=$gate_url
shown "$official" "$next" "$work/note.next"
equal 'knows no more than the log serves' "$(asks_ticket "$work/note.next")/$(asks "$work/t.plain")" 503/503
equal 'which is what its own policy asks for' "$(size_of any)/$(cosignatures_of any)" "$before/2"
stop_daemon
check 'the log is content with one, too' eval 'LISTEN=${url#http://} start_daemon "$work/data" --policy "$work/any.policy"'
check 'then that gate lets in' wait_until is "$work/t.plain" 204
equal 'and gives a ticket' "$(asks_ticket "$work/note.next")" 201
cp "$work/ticket" "$work/t.next"
equal 'on one cosignature' "$(asks "$work/t.next")/$(cosignatures_of any)" 204/1
gate_url=$both_url
equal 'the other gate lets nobody in' "$(asks "$work/t.plain")/$(asks "$work/t.next")" 503/503
equal 'and has not moved' "$(size_of both)/$(cosignatures_of both)" "$before/2"
LISTEN=$(sed 's|http://||' "$work/w2.url") started w2
check 'the witness is back: it lets in' wait_until is "$work/t.next" 204
equal 'by two' "$(cosignatures_of both)" 2
end_pid "$both"
end_pid "$gate"
finish
