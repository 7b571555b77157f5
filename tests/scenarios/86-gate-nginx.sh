#!/bin/sh
# The world around `bitacora gate`: docs/examples/gate in a real nginx, a web service, a real
# PostgreSQL, and the log. Without a ticket no row comes out; with one, only the person and the
# categories asked for, whatever a client sends; and nothing more once the log says so.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/gate/world.sh"

p="--policy $work/policy"
ana=GOMC850315HDFRRR07 # with rows in bank.sql, as eva has; max has none
eva=MARP800101MDFRTR03
max=BOXW310820HNERXN09
day() { date -u -d "$1" +%Y-%m-%dT00:00:00.000Z; }

# ---- the log -------------------------------------------------------------------------------------
# submitted NAME KEY [OPTION...]: a record on standard input; its receipt, $work/NAME.proof
submitted() {
    record=$1
    key=$2
    shift 2
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$work/$key.key" --receipts "$work/receipts" --json "$@" - \
        >"$work/sent" 2>"$work/sent.err" || { cat "$work/sent.err"; return 1; }
    mv "$work/receipts/$(jq -r 'select(.index)|.index' "$work/sent").tlog-proof" "$work/$record.proof"
    jq -c 'select(.index)|{entry:.index,hash}' "$work/sent" >"$work/$record.ref"
}
ref() { cat "$work/$1.ref"; }

# asks NAME KEY FILTER CURP...: a request to the bank for these persons, under the warrant `warrant`.
# $work/NAME.open1 is the opening of the first one, and so on.
asks() {
    asked=$1
    key=$2
    filter=$3
    shift 3
    subjects=
    for curp in "$@"; do subjects="$subjects${subjects:+,}{\"type\":\"curp\",\"value\":\"$curp\"}"; done
    request mx.banco 1 | jq -c --argjson s "[$subjects]" --argjson w "$(ref warrant)" --argjson n $# "
        .categories = [\"bank\"] | .basis = \"LIC-142\" | .source = \"other\" | .warrant += \$w |
        if \$n > 0 then .persons = \$n | .subjects = \$s else . end | $filter" >"$work/request"
    if [ $# -gt 0 ]; then set -- --private "$work/$asked.private" "$@"; else set -- --without-private; fi
    case $1 in
    --private) submitted "$asked" "$key" --private "$2" <"$work/request" || return 1 ;;
    *) submitted "$asked" "$key" --without-private <"$work/request" || return 1; return 0 ;;
    esac
    shift 2
    n=0
    for curp in "$@"; do
        n=$((n + 1))
        # shellcheck disable=SC2086
        "$bin/bitacora" disclose $p --private "$work/$asked.private" --subject $n \
            --out "$work/$asked.open$n" "$work/$asked.proof" >"$work/disclose" 2>&1 ||
            { cat "$work/disclose"; return 1; }
    done
}
# shows NAME KEY [N] [HOLDER]: presents it, for person N; $work/NAME.note
shows() {
    # shellcheck disable=SC2086
    "$bin/bitacora" present $p --key "$work/$2.key" --holder "${4:-mx.banco}" \
        ${3:+--opening "$work/$1.open$3"} "$work/$1.proof" >"$work/$1.note" 2>"$work/present.err" ||
        { cat "$work/present.err"; return 1; }
}
ticket_of() { # ticket_of NAME KEY [N]: $ticket; to the certificate $WHO
    shows "$@" || return 1
    ticket "$work/$1.note"
    [ -n "$ticket" ] || { cat "$work/code" "$work/body"; return 1; }
}
responses() { # responses NAME: how many entries say that direct access was given to it
    # shellcheck disable=SC2086
    "$bin/bitacora" export $p --kind response --json 2>/dev/null |
        jq -c --argjson r "$(ref "$1")" 'select(.. | objects | select(.request == $r and .outcome == "direct_access"))' | wc -l
}
official=fgr.example.mx-a.lopez
holds() { # holds PATH WORDS: what a ticket gives, as `status entry names` of people in it
    status=$(data "$1")
    printf '%s %s' "$status" "$(jq -r '[.entry, (.rows[]|.name)] | unique | join(" ")' "$work/body" 2>/dev/null)"
}

check 'a log' new_log
check 'is run' start_daemon "$work/data"
write_policy "$work/policy"
check 'a judge' enrol judge.example.mx/j1 judge cjf.juzgado1
for who in a.lopez b.ruiz c.mora; do check "an official, $who" enrol "fgr.example.mx/$who" requester mx.fgr; done
check 'the bank' enrol banco.example.mx/mesa holder mx.banco
check 'which has another key, too' enrol banco.example.mx/otra holder mx.banco
check 'and an oversight body' enrol vigila.example.mx oversight mx.vigilancia
warrant CJF-1/2026 | jq -c ".categories=[\"bank\",\"fiscal\"] | .holders=[\"mx.banco\",\"mx.telco\"] |
    .window={from:\"$(day yesterday)\",until:\"$(day '60 days')\"}" | submitted warrant judge.example.mx-j1 --without-private
equal 'a warrant' $? 0
check 'a request for one person' asks one $official . $ana
check 'one for two' asks two $official . $ana $eva
check 'one for whom the bank does not know' asks three $official . $max
check 'one for nobody' asks nobody $official .

# ---- the world -----------------------------------------------------------------------------------
check 'PostgreSQL' start_postgres
check 'with a database' sql -c 'create database bank' postgres
check 'with the tables of a bank' sql -f "$world/bank.sql" bank
check 'which are guarded' sql -f "$world/gate.sql" bank
check 'the service' start_service
check 'the gate' start_gate gate "$work/banco.example.mx-mesa.key"
check 'an authority for certificates' authority ca
for who in server lopez ruiz; do check "a certificate of $who" certificate $who ca; done
check 'nginx' start_front
[ "$(cat "$work/.failed")" = 0 ] || finish
WHO=lopez

# ---- without a ticket ----------------------------------------------------------------------------
ticket=
equal 'without a ticket: 401' "$(call /accounts)" 401
check 'which is not kept' grep -qi '^cache-control: no-store' "$work/head"
equal 'with something else: 403' "$(call /accounts -H "Bitacora-Ticket: $(head -c 651 /dev/zero | base64 -w 0)")" 403
equal 'with the receipt: 403' "$(call /accounts -H "Bitacora-Ticket: $(base64 -w 0 "$work/one.proof" | head -c 868)")" 403
equal 'the service was not asked' "$(grep -c '^entry' "$work/service.out")" 0
expect 0 'whoever is in the database without a scope' sql -c 'select (select count(*) from account), (select count(*) from movement), (select count(*) from tax_statement)' bank
equal 'as its owner sees all' "$(cat "$work/out")" '3|180|2'
SQL_USER=consulta
expect 0 'as the service' sql -c 'select (select count(*) from account), (select count(*) from movement), (select count(*) from tax_statement)' bank
equal 'sees nothing' "$(cat "$work/out")" '0|0|0'
unset SQL_USER

# ---- with one ------------------------------------------------------------------------------------
check 'presented, it gives a ticket' ticket_of one $official 1
equal 'the person, and nobody else' "$(holds /accounts)" "200 $(jq -r .entry "$work/one.ref") Carlos Gómez Martínez"
equal 'with both accounts' "$(jq '.rows|length' "$work/body")" 2
check 'which is not kept' grep -qi '^cache-control: no-store' "$work/head"
equal 'no other category' "$(data /tax) $(jq -r .error "$work/body")" "403 entry $(jq -r .entry "$work/one.ref") does not give the category fiscal"
next=/movements
pages=0
: >"$work/ids"
while [ "$next" != null ] && [ $pages -lt 9 ]; do
    data "$next" >"$work/code"
    jq -r '.rows[].id' "$work/body" >>"$work/ids"
    next=$(jq -r .next "$work/body")
    pages=$((pages + 1))
done
equal 'all movements, page by page' "$pages $(sort -u "$work/ids" | wc -l)" '3 120'
stop=$service
kill "$stop"
wait "$stop" 2>/dev/null
forget_pid "$stop"
equal 'a service that is away is 502' "$(data /accounts)" 502
start_service
equal 'asked again with the same ticket' "$(holds /accounts)" "200 $(jq -r .entry "$work/one.ref") Carlos Gómez Martínez"
first=$ticket
check 'presented again' ticket_of one $official 1
check 'it gives another ticket' [ "$first" != "$ticket" ]
equal 'all rests on one entry of the log' "$(responses one)" 1
check 'of two persons' ticket_of two $official 2
equal 'the one that was shown' "$(holds /accounts)" "200 $(jq -r .entry "$work/two.ref") Patricia Martínez Rojo"
check 'and the other' ticket_of two $official 1
equal 'by another ticket' "$(holds /accounts)" "200 $(jq -r .entry "$work/two.ref") Carlos Gómez Martínez"
check 'of one whom the bank does not know' ticket_of three $official 1
equal 'there is nothing' "$(data /accounts) $(jq -c .rows "$work/body")" '200 []'
check 'a request for ten days' asks dated $official '.data_window = {from:"2026-02-10T00:00:00.000Z",until:"2026-02-20T00:00:00.000Z"}' $ana
check 'presented' ticket_of dated $official 1
inside="at >= '2026-02-10T00:00Z' and at < '2026-02-20T00:00Z'"
expect 0 'of which the tables hold' sql -c "select count(*) from movement join account using (clabe) where curp = '$ana' and $inside" bank
equal 'these movements' "$(cat "$work/out")" 20
data /movements >"$work/code"
jq -r '.rows[].id' "$work/body" | sort >"$work/ids"
expect 0 'and which are' sql -c "select id from movement join account using (clabe) where curp = '$ana' and $inside" bank
sort "$work/out" >"$work/inside"
check 'no other goes out' cmp "$work/ids" "$work/inside"
equal 'and whose time is said' "$(jq -c '[.from,.until,.next]' "$work/body")" '["2026-02-10T00:00:00.000Z","2026-02-20T00:00:00.000Z",null]'
equal 'whatever a client says' "$(data /movements -H 'Bitacora-From: 2020-01-01T00:00:00.000Z' -H 'Bitacora-Until: 2030-01-01T00:00:00.000Z') $(jq '.rows|length' "$work/body")" '200 20'
check 'a request for tax data of that time' asks taxed $official '.categories = ["fiscal"] | .data_window = {from:"2025-02-10T00:00:00.000Z",until:"2026-02-20T00:00:00.000Z"}' $ana
check 'presented' ticket_of taxed $official 1
equal 'no statement of a year that is not within it' "$(data /tax) $(jq -c .rows "$work/body")" '200 []'
check 'a request for a person who is not shown' ticket_of two $official
equal 'gives nothing' "$(data /accounts) $(jq -r .error "$work/body" | grep -c 'present it again')" '403 1'
check 'one for nobody' ticket_of nobody $official
equal 'gives nothing, either' "$(data /accounts) $(jq -r .error "$work/body" | grep -c 'names no person')" '403 1'

# ---- what a client says of itself ----------------------------------------------------------------
check 'a ticket' ticket_of one $official 1
data /accounts >"$work/code"
cp "$work/body" "$work/honest"
data_as_before() { # data_as_before OPTION...: neither more nor less comes out
    [ "$(data /accounts "$@")" = 200 ] && cmp "$work/body" "$work/honest"
}
for name in Bitacora-Subject bitacora-subject BITACORA-SUBJECT Bitacora_Subject bitacora_subject; do
    check "a header $name of the client's changes nothing" data_as_before -H "$name: curp:$eva"
done
check 'nor do two' data_as_before -H "Bitacora-Subject: curp:$eva" -H "Bitacora-Subject: curp:$ana"
check 'nor categories, entries and bearers' data_as_before -H 'Bitacora-Categories: bank,fiscal' \
    -H 'Bitacora-Entry: 1' -H 'Bitacora-Bearer: x' -H "Connection: keep-alive, Bitacora-Subject, Bitacora-Categories"
check 'nor another method or path' data_as_before -H 'X-HTTP-Method-Override: POST' -H 'X-Original-URI: /tax' \
    -H 'X-Forwarded-For: 127.0.0.1' -H 'X-Accel-Redirect: /gate'
check 'nor a body' data_as_before -X GET -d "subject=curp:$eva"
equal 'categories stay what they are' "$(data /tax -H 'Bitacora-Categories: bank,fiscal')" 403
equal 'parameters narrow nothing but the page' "$(data "/accounts?curp=$eva") $(data '/movements?after=0%20or%201=1') $(data "/movements?after=1&after=2")" '400 400 400'
equal 'no other method' "$(data /accounts -X POST -d x) $(data /accounts -X DELETE) $(data /tickets)" '403 403 405'
equal 'HEAD says how much GET would give' "$(data /accounts -I) $(sed -n 's/^content-length: \([0-9]*\).*/\1/Ip' "$work/head")" "200 $(wc -c <"$work/honest")"
equal 'and nothing without a ticket' "$(call /accounts -I)" 401
equal 'the question is not for clients' "$(data /gate) $(data /%67ate) $(data //gate --path-as-is) $(data /x/../gate --path-as-is)" '404 404 404 404'
equal 'no other path' "$(data /) $(data /accounts/) $(data /%2e%2e/tax --path-as-is)" '404 404 400'
longer="$ticket$ticket"
ticket=$(printf %s "$ticket" | tr '[:lower:][:upper:]' '[:upper:][:lower:]')
equal 'a ticket in another case is none' "$(data /accounts)" 403
ticket=$longer
equal 'nor are two' "$(data /accounts)" 403
ticket=$(head -c 9000 /dev/zero | tr '\0' A)
equal 'nor is one that is long' "$(data /accounts)" 400
ticket=$first
equal 'nobody without a certificate' "$(curl -s -o "$work/body" -w '%{http_code}' --cacert "$work/ca.pem" -H "Bitacora-Ticket: $ticket" "$front/accounts")" 400
service_says() { # service_says HEADER...: the service without nginx, as only nginx may ask it
    set -- "$(for h in "$@"; do printf ' -H %s' "$h"; done)"
    # shellcheck disable=SC2086
    curl -s -o "$work/body" -w '%{http_code}' --unix-socket "$work/data.sock" $1 http://bank/accounts
}
equal 'the service without a scope' "$(service_says) $(service_says Bitacora-Entry:1 Bitacora-Categories:bank)" '403 403'
equal 'with two' "$(service_says Bitacora-Entry:1 Bitacora-Categories:bank Bitacora-Subject:curp:$ana Bitacora-Subject:curp:$eva)" 403
for subject in curp curp: :$ana curp:%00 curp:%FF 'curp:%27or%271%27=%271' "rfc:$ana" "curp:$ana%20" "curp:%2547OMC850315HDFRRR07" "bank:$ana"; do
    service_says Bitacora-Entry:1 Bitacora-Categories:bank "Bitacora-Subject:$subject" >"$work/code"
    equal "the service with the subject $subject" "$(cat "$work/code") $(jq -c .rows "$work/body")" \
        "$(case $(cat "$work/code") in 200) echo '200 []' ;; 422) echo '422 null' ;; *) echo '403 null' ;; esac)"
done
curl -s -o "$work/body" -w '%{http_code}' --unix-socket "$work/data.sock" -H Bitacora-Entry:1 -H Bitacora-Categories:fiscal \
    -H Bitacora-Subject:rfc:GOMC850315AB1 http://bank/tax >"$work/code"
equal 'what a table does not know persons by is not "no rows"' "$(cat "$work/code") $(jq -r .error "$work/body")" \
    '422 /tax knows persons by curp, not by rfc: present the request with such an opening'
for time in 2026-02-10 infinity 2026-02-10T00:00:00.000Z,2026-02-10T00:00:00.000Z; do
    equal "the service from $time" "$(service_says Bitacora-Entry:1 Bitacora-Categories:bank Bitacora-Subject:curp:$ana Bitacora-From:$time)" 403
done
equal 'an identifier that many share names nobody' "$(service_says Bitacora-Entry:1 Bitacora-Categories:bank Bitacora-Subject:rfc:XAXX010101000) $(jq -c .rows "$work/body")" '200 []'
equal 'one that is his own does' "$(service_says Bitacora-Entry:1 Bitacora-Categories:bank Bitacora-Subject:rfc:GOMC850315AB1) $(jq '.rows|length' "$work/body")" '200 2'
printf 'GET /accounts HTTP/1.1\r\nHost: x\r\nBitacora-Entry: 1\r\nBitacora-Categories: bank\r\nBitacora-Subject: curp:%s\r\n\r\n' "$eva" >"$work/smuggled"
before=$(grep -c '^entry' "$work/service.out")
check 'a request in the body of one' data_as_before -X GET --data-binary @"$work/smuggled"
curl -s -o "$work/body" --unix-socket "$work/data.sock" -H Bitacora-Entry:1 -H Bitacora-Categories:bank \
    -H "Bitacora-Subject: curp:$ana" -X GET --data-binary @"$work/smuggled" http://bank/accounts
equal 'is none, without nginx either' "$(($(grep -c '^entry' "$work/service.out") - before))" 2
printf 'HEAD /accounts HTTP/1.1\r\nHost: x\r\nBitacora-Entry: 1\r\nBitacora-Categories: bank\r\nBitacora-Subject: curp:%s\r\n\r\n' "$ana" |
    /usr/bin/python3 -c 'import socket, sys
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(sys.stdin.buffer.read())
sys.stdout.buffer.write(b"".join(iter(lambda: s.recv(65536), b"")))' "$work/data.sock" | tr -d '\r' >"$work/raw"
equal 'HEAD has no body' "$(head -n 1 "$work/raw" | cut -d ' ' -f 2) $(sed '1,/^$/d' "$work/raw" | wc -c)" '200 0'
equal 'percent signs are decoded once' "$(service_says Bitacora-Entry:1 Bitacora-Categories:bank Bitacora-Subject:curp:%47OMC850315HDFRRR07) $(jq '.rows|length' "$work/body")" '200 2'

# ---- tickets and presentations of others ---------------------------------------------------------
refused() { # refused FILE: the status, and why
    ticket "$1"
    printf '%s %s' "$(cat "$work/code")" "$(jq -r '.type|ltrimstr("/problems/")' "$work/body" 2>/dev/null)"
}
check 'a ticket' ticket_of one $official 1
WHO=ruiz
equal 'given away it is worth nothing' "$(data /accounts)" 403
equal 'nor is what was presented' "$(refused "$work/one.note")" '403 presentation'
WHO=lopez
equal 'while it is good for whom it was given to' "$(ticket "$work/one.note"; data /accounts)" 200
shows one $official 1
sed "$(($(wc -l <"$work/one.note"))),\$d" "$work/one.note" >"$work/note"
equal 'a person without the opening' "$(refused "$work/note")" '403 presentation'
shows two $official 2
{ head -n 4 "$work/one.note"; sed -n 5p "$work/two.note"; } >"$work/note"
equal "another person's opening" "$(refused "$work/note")" '403 opening'
sed 's/mx.banco/mx.telco/' "$work/one.note" >"$work/note"
equal 'an altered note' "$(refused "$work/note" | cut -c 1-3)" 403
{ head -n 3 "$work/one.note"; "$root/build/release/tools/sign_note" "$work/fgr.example.mx-b.ruiz.key" <"$work/one.note" 2>/dev/null | tail -n 1; } >"$work/note"
equal 'of another official' "$(refused "$work/note" | cut -c 1)" 4
asks elsewhere $official '.holder = "mx.telco"'
shows elsewhere $official '' mx.telco
equal "another holder's receipt" "$(refused "$work/elsewhere.note" | cut -c 1-3)" 403
shows elsewhere $official '' mx.banco
equal 'also where it is presented here' "$(refused "$work/elsewhere.note" | cut -c 1-3)" 403
head -c 3000 /dev/zero >"$work/note"
equal 'what is too long' "$(refused "$work/note" | cut -c 1-3)" 413
printf 'x' >"$work/note"
equal 'what is no presentation' "$(refused "$work/note" | cut -c 1-3)" 400

shows one $official 1
beside curl -s -o "$work/race" -w '%{http_code}' --cacert "$work/ca.pem" --cert "$work/ruiz.pem" --key "$work/ruiz.crt-key" \
    --data-binary @"$work/one.note" "$front/tickets" >"$work/race.code"
race=$beside
ticket "$work/one.note"
wait $race
forget_pid $race
equal 'shown by two at once it is good for one of them' "$(printf '%s\n' "$(cat "$work/code")" "$(cat "$work/race.code")" | sort | tr '\n' ' ')" '201 403 '

# ---- what the log says later ----------------------------------------------------------------------
is() { [ "$(data /accounts)" = "$1" ]; }
warrant CJF-2/2026 | jq -c ".categories=[\"bank\"] | .holders=[\"mx.banco\"] | .window={from:\"$(day yesterday)\",until:\"$(day '60 days')\"}" |
    submitted warrant2 judge.example.mx-j1 --without-private
check 'a request under another warrant' asks closed fgr.example.mx-b.ruiz '.warrant={ref:"CJF-2/2026"}' $ana
check 'gives a ticket' ticket_of closed fgr.example.mx-b.ruiz 1
equal 'for data' "$(data /accounts)" 200
printf '{"kind":"closing","warrant":%s,"executed":{"from":"%s","until":"%s"}}\n' "$(ref warrant2)" "$(day yesterday)" "$(day today)" |
    submitted closing fgr.example.mx-b.ruiz --without-private
check 'until the warrant is closed' wait_until is 403
shows closed fgr.example.mx-b.ruiz 1
equal 'which is said' "$(refused "$work/closed.note")" '403 warrant'

check 'a request for two categories' asks both $official '.categories = ["bank","fiscal"]' $ana
check 'gives a ticket' ticket_of both $official 1
equal 'for both' "$(data /accounts) $(data /tax) $(jq -c .rows "$work/body")" '200 200 [{"year":2025,"cents":1000000}]'
ratified() { printf '{"kind":"ratification","request":%s,%s}\n' "$(ref both)" "$1" | submitted ratification judge.example.mx-j1 --without-private; }
check 'a judge ratifies one of them' ratified '"result":"partial","categories":["fiscal"]'
check 'then the other is refused' wait_until is 403
equal 'and that one given' "$(data /tax)" 200
check 'he refuses both' ratified '"result":"refused"'
is_not_taxed() { [ "$(data /tax)" = 403 ]; }
check 'then nothing is given' wait_until is_not_taxed
shows both $official 1
equal 'as is said' "$(refused "$work/both.note")" '403 ratification'

check 'a request of an official' asks gone fgr.example.mx-c.mora . $ana
check 'gives a ticket' ticket_of gone fgr.example.mx-c.mora 1
equal 'for data' "$(data /accounts)" 200
shows gone fgr.example.mx-c.mora 1
"$bin/bitacora" export --policy "$work/policy" --kind enroll 2>/dev/null |
    jq -c '.record | select(.name == "fgr.example.mx/c.mora") | {kind:"revoke",vkey,reason:"left_office"}' |
    submitted revocation registrar --without-private
check 'until his key is revoked' wait_until is 403
equal 'and told why at once' "$(data /accounts) $(jq -r .error "$work/body")" '403 revoked'
equal 'which is said' "$(refused "$work/gone.note")" '403 revoked'

# ---- two gates ------------------------------------------------------------------------------------
first_gate=$gate
first_port=$gate_port
gate_port=
check 'a second gate with the same key' start_gate second "$work/banco.example.mx-mesa.key"
second_port=$gate_port
gate_port=
check 'and one with another key of the holder' start_gate other "$work/banco.example.mx-otra.key"
gate_port=$first_port
at() { # at PORT FILE OUT: presents it to that gate, as nginx does
    curl -s -o "$3" -w '%{http_code}' -H 'Bitacora-Bearer: lopez' --data-binary @"$2" "http://127.0.0.1:$1/v1/gate/tickets"
}
shown_at() { # shown_at PORT TICKET-FILE
    curl -s -o "$work/body" -w '%{http_code}' -H 'Bitacora-Bearer: lopez' -H "Bitacora-Ticket: $(cat "$2")" "http://127.0.0.1:$1/v1/gate"
}
check 'a new request' asks raced $official . $ana
shows raced $official 1
beside at "$first_port" "$work/raced.note" "$work/first" >"$work/first.code"
race=$beside
at "$second_port" "$work/raced.note" "$work/second" >"$work/second.code"
wait $race
forget_pid $race
equal 'presented to both at once, both give a ticket' "$(cat "$work/first.code") $(cat "$work/second.code")" '201 201'
equal 'on one entry' "$(responses raced)" 1
equal 'each takes the ticket of the other' "$(shown_at "$second_port" "$work/first") $(shown_at "$first_port" "$work/second")" '204 204'
other_port=$(sed -n 's/^listening on .*://p' "$work/other.out" | head -n 1)
shows raced $official 1
equal 'the gate with the other key refuses' "$(at "$other_port" "$work/raced.note" "$work/third") $(jq -r '.type|ltrimstr("/problems/")' "$work/third") $(shown_at "$other_port" "$work/first")" '403 key 403'

# ---- a gate that was not told of nginx --------------------------------------------------------------
gate_port=
proxy=192.0.2.1
check 'a gate that trusts another proxy' start_gate alone "$work/banco.example.mx-mesa.key"
proxy=
gate_port=$first_port
shows raced $official 1
alone_port=$(sed -n 's/^listening on .*://p' "$work/alone.out" | head -n 1)
equal 'would know all as one: it says so' "$(at "$alone_port" "$work/raced.note" "$work/third") $(jq -r .detail "$work/third")" \
    '400 127.0.0.1 says by Bitacora-Bearer who asks, and is not in --trusted-proxy'

# ---- caches --------------------------------------------------------------------------------------
restart_front() {
    stop=$nginx
    end_pid "$stop"
    rm -f "$work/nginx/pid"
    start_front "$@"
}
mkdir "$work/cache"
check 'an nginx that keeps what it may' restart_front \
    -e "1i proxy_cache_path $work/cache keys_zone=kept:1m;" -e 's/proxy_cache off;/proxy_cache kept; proxy_cache_valid any 10m;/' \
    -e 's/auth_request_set .gate_entry/add_header X-Cache $upstream_cache_status always;\n        &/'
check 'a ticket' ticket_of two $official 1
one=$ticket
check 'and one for another person' ticket_of two $official 2
other=$ticket
for ticket in $one $other $one; do data /accounts >"$work/code"; jq -r '.rows[0].name' "$work/body"; done >"$work/names"
equal 'gives each their own' "$(tr '\n' ',' <"$work/names")" 'Carlos Gómez Martínez,Patricia Martínez Rojo,Carlos Gómez Martínez,'
equal 'and kept nothing' "$(sed -n 's/\r$//; s/^X-Cache: //p' "$work/head") $(find "$work/cache" -type f | wc -l)" 'MISS 0'
ticket=
equal 'without a ticket: 401' "$(call /accounts)" 401
check 'an nginx that asks both gates, and one of them for tickets' restart_front \
    -e "s|server 127.0.0.1:$first_port;|&\n    server 127.0.0.1:$second_port;|" \
    -e "1i upstream bitacora_tickets { server 127.0.0.1:$first_port; server 127.0.0.1:$second_port backup; }" \
    -e 's|bitacora_gate/v1/gate/tickets|bitacora_tickets/v1/gate/tickets|'
check 'a ticket' ticket_of two $official 1
WHO=ruiz
equal 'what was presented is nobody else'\''s, whichever gate data are asked of' \
    "$(for i in 1 2 3; do ticket "$work/two.note"; cat "$work/code"; done)" 403403403
WHO=lopez
ticket=$one
equal 'tickets are good at both' "$(for i in 1 2 3 4; do data /accounts; done)" 200200200200
check 'nginx as it was' restart_front

# ---- when it cannot be known ---------------------------------------------------------------------
end_pid "$first_gate"
ticket=$one
equal 'without the gate: 503' "$(data /accounts)" 503
check 'which says when to ask again' grep -qi '^retry-after: 5' "$work/head"
check 'the gate again, impatient' start_gate gate "$work/banco.example.mx-mesa.key" --every 1 --stale-after 2
check 'takes the ticket that it gave before' wait_until is 200
LISTEN=${url#http://}
stop_daemon
check 'without the log: 503, soon' wait_until is 503
shows one $official 1
equal 'nor does it give tickets' "$(refused "$work/one.note" | cut -c 1-3)" 503
check 'the log again' start_daemon "$work/data"
check 'and data' wait_until is 200
equal 'no row went out for another' "$(grep -c "$max\|$eva" "$work/service.out")" 0

finish
