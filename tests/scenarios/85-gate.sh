#!/bin/sh
# The data holder's gate: tickets for who presents a request, data for who shows a ticket, and
# nothing for anybody else; what the log says later is seen; what the gate said survives it.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/gate/asking.sh"

p="--policy $work/policy"
official=$work/fgr.example.mx-a.lopez.key
ana=GOMC850315HDFRRR07
eva=MARP800101MDFRTR03
max=BOXW310820HNERXN09

# ---- a log, and requests of each kind ------------------------------------------------------------
check 'a log' small_log 7
check 'an oversight body, to seal to' enrol vigila.example.mx oversight mx.vigilancia
check 'another official' enrol fgr.example.mx/b.ruiz requester mx.fgr
check 'another key of the holder' enrol telco.example.mx/other holder mx.telco
request mx.telco 1 | submitted "$official" --without-private
plain=$(cat "$work/last")
request mx.telco 1 | jq -c ". + {persons:2} + {$(subjects $ana $eva)}" | submitted "$official" --private "$work/r1"
two=$(cat "$work/last")
request mx.telco 1 | jq -c ". + {$(subjects $max)}" | submitted "$official" --private "$work/r2"
other=$(cat "$work/last")
warrant CJF-85/2026 | submitted "$work/judge.example.mx-j1.key" --without-private
warrant=$(cat "$work/last")
request mx.telco 1 | jq -c '.warrant.ref="CJF-85/2026"|.categories=["traffic_retained","subscriber"]' | submitted "$official" --without-private
both=$(cat "$work/last")
request mx.banco 1 | submitted "$official" --without-private
foreign=$(cat "$work/last")
request mx.telco 1 | submitted "$work/fgr.example.mx-b.ruiz.key" --without-private
equal 'requests' $? 0
his=$(cat "$work/last")
check 'an opening' disclosed "$work/r1" 1 "$two" "$work/ana"
check 'and another' disclosed "$work/r2" 1 "$other" "$work/max"
check 'a gate' start_gate one --trusted-proxy 127.0.0.1
check 'is ready' wait_until is_ready
metric() { curl -s "$gate_url/metrics" | sed -n "s/^$1 //p"; }
equal 'for which it judged each entry once' "$(metric bitacora_gate_judged_total)" "$(metric bitacora_gate_log_size)"
/usr/bin/python3 "$root/tests/interop/http_hostile.py" refused "${gate_url##*:}" /metrics >"$work/refused" 2>&1
take_tap "$work/refused"

# ---- what goes out -------------------------------------------------------------------------------
present --key "$official" --holder mx.telco "$plain" >"$work/note"
equal 'a ticket is given' "$(asks_ticket "$work/note")" 201
equal 'a line of 868 characters' "$(wc -c <"$work/ticket")" 869
equal 'which no cache keeps' "$(header Cache-Control)" no-store
cp "$work/ticket" "$work/t.plain"
equal 'for it data go out' "$(asks "$work/t.plain")" 204
equal 'of that entry' "$(header Bitacora-Entry)" "$(entry_of "$plain")"
equal 'and those categories' "$(header Bitacora-Categories)" subscriber
equal 'and nobody by name' "$(header Bitacora-Subject)" none
equal 'and no cache keeps it' "$(header Cache-Control)" no-store
present --key "$official" --holder mx.telco "$two" >"$work/note.two"
equal 'a request that names persons' "$(asks_ticket "$work/note.two")/$(asks "$work/ticket")" 201/204
equal 'without an opening: sealed' "$(header Bitacora-Subject)" sealed
present --key "$official" --holder mx.telco --opening "$work/ana" "$two" >"$work/note.ana"
equal 'with one' "$(asks_ticket "$work/note.ana")/$(asks "$work/ticket")" 201/204
equal 'that person' "$(header Bitacora-Subject)" "curp:$ana"
present --key "$official" --holder mx.telco "$both" >"$work/note.both"
equal 'a request for two categories' "$(asks_ticket "$work/note.both")/$(asks "$work/ticket")" 201/204
equal 'both of them' "$(header Bitacora-Categories)" traffic_retained,subscriber
cp "$work/ticket" "$work/t.both"
asks_ticket "$work/note.ana" >/dev/null
equal 'HEAD is a decision, too' "$(curl -sI -o /dev/null -w '%{http_code}' -H 'Bitacora-Bearer: a' -H "Bitacora-Ticket: $(cat "$work/ticket")" "$gate_url/v1/gate")" 204
cp "$work/ticket" "$work/t.ana"

# ---- what does not -------------------------------------------------------------------------------
refused() { # refused STATUS CODE DESCRIPTION FILE [BEARER]: of a presentation
    equal "$3" "$(asks_ticket "$4" "${5:-a}") $(jq -r .type "$work/ticket")" "$1 /problems/$2"
    [ "$(header Cache-Control)/$(header Content-Type)" = no-store/application/problem+json ] || not_ok 'as a problem that no cache keeps' "$(cat "$work/head")"
}
shut() { # shut STATUS CODE DESCRIPTION TICKET [BEARER]: of a ticket
    equal "$3" "$(asks "$4" "${5:-a}") $(jq -r .type "$work/body")" "$1 /problems/$2"
}
equal 'no ticket' "$(asks)/$(jq -r .type "$work/body")" 401//problems/ticket
sed 's/^\(.\{300\}\)\(.\)\(.\)/\1\3\2/; s/^.\{40\}/&/' "$work/t.ana" >"$work/t.altered" # two characters change places
shut 403 ticket 'an altered ticket' "$work/t.altered"
equal 'and a header says so' "$(header Bitacora-Refused)" ticket
printf 'A' >"$work/t.short"
shut 403 ticket 'something else' "$work/t.short"
shut 403 ticket 'a ticket given away' "$work/t.ana" b
refused 403 presentation 'a presentation that somebody else has shown' "$work/note.ana" b
equal 'to who showed it first it is given again' "$(asks_ticket "$work/note.ana")" 201
refused 400 presentation 'no presentation' "$work/policy"
refused 413 too_large 'a receipt' "$plain"
sed '2s/"holder":"mx.telco"/"holder":"mx.telcx"/' "$work/note" >"$work/note.altered"
refused 403 presentation 'an altered one' "$work/note.altered"
present --key "$official" --holder mx.banco "$plain" >"$work/note.banco" 2>/dev/null
refused 403 presentation 'one for another holder' "$work/note.banco"
present --key "$official" --holder mx.telco "$foreign" >"$work/note.foreign" 2>/dev/null
refused 403 reference "another holder's request" "$work/note.foreign"
present --key "$official" --holder mx.telco --opening "$work/max" "$other" >"$work/note.max"
{ head -n 4 "$work/note.ana"; sed -n 5p "$work/note.max"; } >"$work/note.mixed"
refused 403 opening 'an opening of another person' "$work/note.mixed"
head -n 4 "$work/note.ana" >"$work/note.unopened"
refused 403 presentation 'a person, and no opening' "$work/note.unopened"
sed "2s/\"entry\":[0-9]*/\"entry\":$(entry_of "$other")/" "$work/note" >"$work/note.moved"
refused 403 reference 'another entry' "$work/note.moved"

# ---- HTTP ----------------------------------------------------------------------------------------
code() { curl -s -o "$work/body" -w '%{http_code}' -H 'Bitacora-Bearer: a' "$@"; }
equal 'another address' "$(code "$gate_url/v1/gates")" 404
equal 'another method' "$(code -X DELETE "$gate_url/v1/gate")/$(code "$gate_url/v1/gate/tickets")" 405/405
head -c 3000 /dev/zero >"$work/large"
equal 'too large a body' "$(code --data-binary "@$work/large" "$gate_url/v1/gate/tickets")" 413
equal 'two tickets' "$(code -H "Bitacora-Ticket: $(cat "$work/t.ana")" -H "Bitacora-Ticket: $(cat "$work/t.ana")" "$gate_url/v1/gate")" 403
equal 'a proxy that does not say who asks' "$(curl -s -o /dev/null -w '%{http_code}' -H "Bitacora-Ticket: $(cat "$work/t.ana")" "$gate_url/v1/gate")" 400
equal 'or says two' "$(code -H 'Bitacora-Bearer: b' -H "Bitacora-Ticket: $(cat "$work/t.ana")" "$gate_url/v1/gate")" 400
equal 'a request whose end is in doubt' "$(code -H 'Transfer-Encoding: chunked' -H 'Content-Length: 3' -d abc "$gate_url/v1/gate/tickets")" 400
curl -s "$gate_url/metrics" >"$work/metrics"
check 'metrics' promtool check metrics <"$work/metrics"
equal 'count what was let in' "$(sed -n 's/^bitacora_gate_answers_total{call="data",status="204"} //p' "$work/metrics")" 5

# ---- one response for each request ---------------------------------------------------------------
responses() { # responses ENTRY: how many direct_access the log holds
    # shellcheck disable=SC2086
    "$bin/bitacora" export $p --kind response 2>/dev/null | jq -c "select(.record.outcome==\"direct_access\" and .record.request.entry==$1)" | wc -l
}
equal 'one response for each' "$(responses "$(entry_of "$plain")")/$(responses "$(entry_of "$two")")" 1/1
one=$gate one_url=$gate_url
check 'a second gate with the same key' start_gate two --trusted-proxy 127.0.0.1
wait_until is_ready
equal 'takes its tickets' "$(asks "$work/t.ana")" 204
equal 'and gives its own' "$(asks_ticket "$work/note")" 201
equal 'without another response' "$(responses "$(entry_of "$plain")")" 1
# What THREATS says of two gates: not prevented here, but by how the proxy shares the work; and seen.
equal 'what was shown at the one is taken at the other from somebody else' "$(asks_ticket "$work/note.ana" b)" 201
equal 'which their journals, side by side, show' "$(cat "$work"/one.state/journal/*.jsonl "$work"/two.state/journal/*.jsonl |
    jq -r 'select(.what == "presented") | .presentation + " " + .bearer' | sort -u | cut -d ' ' -f 1 | uniq -d | wc -l)" 1
present --key "$work/fgr.example.mx-b.ruiz.key" --holder mx.telco "$his" >"$work/note.his"
two_url=$gate_url
(gate_url=$one_url asks_ticket "$work/note.his" >"$work/first") &
asker=$!
second=$(asks_ticket "$work/note.his" a "$work/ticket.second")
wait $asker
equal 'asked at once, both give one' "$(cat "$work/first")/$second" 201/201
equal 'on one response' "$(responses "$(entry_of "$his")")" 1
end_pid "$gate"
KEY=$work/telco.example.mx-other.key
check 'a gate with another key of the holder' start_gate other --trusted-proxy 127.0.0.1
KEY=
wait_until is_ready
refused 403 key 'refuses what the first let in' "$work/note"
shut 403 ticket 'and its tickets' "$work/t.ana"
end_pid "$gate"
gate=$one gate_url=$one_url

# ---- it is killed --------------------------------------------------------------------------------
kill -KILL "$gate"
wait "$gate" 2>/dev/null
forget_pid "$gate"
journal() { cat "$work"/one.state/journal/*.jsonl; } # a file for each day: that may turn while this runs
bytes=$(journal | wc -c)
printf '{"at":"2026-' >>"$(ls "$work"/one.state/journal/*.jsonl | tail -n 1)"
: >"$work/faults"
FAULTS=$work/faults
check 'killed, it starts again' start_gate one --trusted-proxy 127.0.0.1
FAULTS=
contains 'and removes a row that was cut off' "$work/one.err" 'the last row was cut off'
equal 'and no other' "$(journal | wc -c)" "$bytes"
wait_until is_ready
equal 'tickets are good still' "$(asks "$work/t.ana")" 204
refused 403 presentation 'and presentations his who showed them first' "$work/note.ana" b
echo 'write .jsonl 28' >"$work/faults"
shut 503 full 'with a full disk nothing goes out' "$work/t.ana"
refused 503 full 'and no ticket' "$work/note.ana"
: >"$work/faults"
equal 'until there is room again' "$(asks "$work/t.ana")" 204
expect 2 'a second gate on its folder is none' "$bin/bitacora" gate $p --key "$work/telco.example.mx-desk.key" \
    --listen 127.0.0.1:0 --state "$work/one.state"
equal 'every decision is in the journal' "$(journal | jq -r 'select(.what=="data" and .status==204)|.entry' | wc -l)" 7
equal 'and no person' "$(journal | grep -c "$ana")" 0
equal 'nor a ticket' "$(journal | grep -c "$(head -c 60 "$work/t.ana")")" 0

echo 'fdatasync .jsonl 5' >"$work/faults"
shut 503 full 'where a sync fails nothing goes out' "$work/t.ana"
wait "$gate"
equal 'and it ends, to begin from what the disk holds' $? 3
forget_pid "$gate"
check 'it starts again' start_gate one --trusted-proxy 127.0.0.1
wait_until is_ready

# ---- the time of the data, and warrants that there are not -----------------------------------------
lopez=$official
official=$work/fgr.example.mx-b.ruiz.key
asked() { # asked NAME FILTER: a request of that official; $work/NAME.note is its presentation
    request mx.telco 1 | jq -c "$2" | submitted "$official" --without-private || return 1
    cp "$work/last" "$work/$1.last"
    present --key "$official" --holder mx.telco "$(cat "$work/last")" >"$work/$1.note"
}
period() { # period NAME: what goes out for it, as `status/status from until`
    printf '%s/%s %s %s' "$(asks_ticket "$work/$1.note")" "$(asks "$work/ticket")" "$(header Bitacora-From)" "$(header Bitacora-Until)"
}
february='.data_window={from:"2026-02-01T06:00:00.000Z",until:"2026-03-01T06:00:00.000Z"}'
warrant CJF-86/2026 | jq -c '.data_window={from:"2026-02-10T06:00:00.000Z",until:"2026-04-01T06:00:00.000Z"}' |
    submitted "$work/judge.example.mx-j1.key" --without-private
check 'a request for data of a month' asked month "$february"
equal 'says so' "$(period month)" '201/204 2026-02-01T06:00:00.000Z 2026-03-01T06:00:00.000Z'
check 'under a warrant for data of another time' asked part "$february | .warrant.ref=\"CJF-86/2026\""
equal 'what both name' "$(period part)" '201/204 2026-02-10T06:00:00.000Z 2026-03-01T06:00:00.000Z'
check 'one that names no time' asked whole '.warrant.ref="CJF-86/2026"'
equal "the warrant's" "$(period whole)" '201/204 2026-02-10T06:00:00.000Z 2026-04-01T06:00:00.000Z'
check 'one for a time before it' asked before '.data_window={from:"2026-01-01T06:00:00.000Z",until:"2026-02-10T06:00:00.000Z"} | .warrant.ref="CJF-86/2026"'
refused 403 warrant 'nothing' "$work/before.note"
equal 'which says what is not covered' "$(jq -r .detail "$work/ticket")" "the warrant does not cover the request: 'data_window'"
check 'a request for what needs no warrant' asked none '.categories=["bank"] | .basis="LIC-142" | del(.warrant)'
check 'the same, under one that there is not' asked invented '.categories=["bank"] | .basis="LIC-142" | .warrant.ref="CJF-99/2026"'
equal 'both are let in, of any time' "$(period none), $(period invented)" '201/204  , 201/204  '
official=$lopez

# ---- what the log says later ---------------------------------------------------------------------
becomes() { # becomes STATUS CODE TICKET
    [ "$(asks "$3") $(jq -r .type "$work/body")" = "$1 /problems/$2" ]
}
printf '{"kind":"ratification","request":%s,"result":"refused"}\n' "$(ref "$two")" | submitted "$work/judge.example.mx-j1.key" --without-private
equal 'a judge refuses to ratify' $? 0
check 'it is seen' wait_until becomes 403 ratification "$work/t.ana"
equal 'by that request alone' "$(asks "$work/t.plain")" 204
refused 403 ratification 'no new ticket either' "$work/note.ana"
asks_ticket "$work/note.max" >/dev/null
cp "$work/ticket" "$work/t.max"
printf '{"kind":"ratification","request":%s,"result":"partial","categories":["subscriber"]}\n' "$(ref "$both")" | submitted "$work/judge.example.mx-j1.key" --without-private
check 'a partial ratification takes a category away' wait_until eval '[ "$(asks "$work/t.both")$(header Bitacora-Categories)" = 204subscriber ]'
printf '{"kind":"closing","warrant":%s,"executed":{"from":"2026-01-02T00:00:00.000Z","until":"2026-01-03T00:00:00.000Z"}}\n' "$(ref "$warrant")" | submitted "$official" --without-private
equal 'a warrant is closed' $? 0
check 'that is seen, too' wait_until becomes 403 warrant "$work/t.both"
check 'a key is revoked' "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$("$bin/bitacora" key show "$official")" \
    --reason left_office
check 'it is seen' wait_until becomes 403 revoked "$work/t.max"

# ---- what it cannot know -------------------------------------------------------------------------
equal "another official's request goes on" "$(gate_url=$gate_url asks_ticket "$work/note.his")" 201
cp "$work/ticket" "$work/t.his"
request mx.telco 1 | submitted "$work/fgr.example.mx-b.ruiz.key" --without-private
late=$(cat "$work/last")
present --key "$work/fgr.example.mx-b.ruiz.key" --holder mx.telco "$late" >"$work/note.late"
knows() { [ "$(metric bitacora_gate_log_size)" -gt "$1" ]; }
check 'a new request comes in by itself' wait_until knows "$(entry_of "$late")"
stop_daemon
refused 503 busy 'no ticket without its response in the log' "$work/note.late"
equal 'come again' "$(header Retry-After)" 2
check 'the log is back' eval 'LISTEN=${url#http://} start_daemon "$work/data"'
equal 'then it is given' "$(asks_ticket "$work/note.late")" 201

# ---- certificates --------------------------------------------------------------------------------
authority ca
certificate gate ca
certificate ana ca extendedKeyUsage=clientAuth
certificate eva ca extendedKeyUsage=clientAuth
tls() { # tls NAME ARGUMENT...: as NAME, or as nobody
    as=$1
    shift
    [ "$as" = nobody ] || set -- --cert "$work/$as.pem" --key "$work/$as.crt-key" "$@"
    curl -s -o "$work/body" -w '%{http_code}' --cacert "$work/ca.pem" "$@"
}
end_pid "$gate"
check 'a gate with TLS' start_gate one --tls-cert "$work/gate.pem" --tls-key "$work/gate.crt-key" --tls-client-ca "$work/ca.pem"
check 'is ready, too' wait_until eval '[ "$(tls nobody "$gate_url/readyz")" = 200 ]'
present --key "$work/fgr.example.mx-b.ruiz.key" --holder mx.telco "$late" >"$work/note.late"
equal 'a ticket for a certificate' "$(tls ana --data-binary "@$work/note.late" "$gate_url/v1/gate/tickets")" 201
cp "$work/body" "$work/t.late"
equal 'is good with it' "$(tls ana -H "Bitacora-Ticket: $(cat "$work/t.late")" "$gate_url/v1/gate")" 204
equal 'and with no other, nor none' \
    "$(tls eva -H "Bitacora-Ticket: $(cat "$work/t.late")" "$gate_url/v1/gate")/$(tls nobody -H "Bitacora-Ticket: $(cat "$work/t.late")" "$gate_url/v1/gate")" 403/403
end_pid "$gate"
check 'a gate that is strict' start_gate one --trusted-proxy 127.0.0.1 --stale-after 10 --every 1 --require-warrant
wait_until is_ready
official=$work/fgr.example.mx-b.ruiz.key
for name in none invented month; do present --key "$official" --holder mx.telco "$(cat "$work/$name.last")" >"$work/$name.note"; done
refused 403 warrant 'to which a request must cite a warrant' "$work/none.note"
equal 'as it says' "$(jq -r .detail "$work/ticket" | cut -d , -f 1)" 'this gate lets in only requests under a warrant'
refused 403 warrant 'one that the log holds' "$work/invented.note"
equal 'then it is let in' "$(asks_ticket "$work/month.note")" 201
stop_daemon
check 'the log is away: nothing goes out' wait_until becomes 503 stale "$work/t.his"
equal 'come again' "$(header Retry-After)" 2
equal 'it is not ready' "$(code "$gate_url/readyz")/$(code "$gate_url/healthz")" 503/200
check 'the log is back' eval 'LISTEN=${url#http://} start_daemon "$work/data"'
check 'and so are the data' wait_until eval '[ "$(asks "$work/t.his")" = 204 ]'
end_pid "$gate"
finish
