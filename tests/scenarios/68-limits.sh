#!/bin/sh
# Limits per address and per signer: what is over them is refused and leaves nothing behind, nobody
# uses up what is another's, and proxies that are not named are not believed.
. "$(dirname "$0")/../lib.sh"

sign=$root/build/release/tools/sign_note
size() { curl -s "$url/healthz" | jq .size; }
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
uuid() { cat /proc/sys/kernel/random/uuid; }
members='"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1'
note() { # note NAME FILE: a request that is not in the log yet
    under=$(cat "$work/$1.under")
    printf 'bitacora/v1 request\n{"id":"%s","at":"%s",%s,%s}\n' "$(uuid)" "$(now)" "$under" "$members" |
        "$sign" "$work/fgr.example.mx-$1.key" >"$2"
}
batch() { # batch NAME N: N new requests, in $work/batch
    i=0
    : >"$work/batch"
    while [ $i -lt "$2" ]; do
        note "$1" "$work/one"
        add_note "$work/one"
        i=$((i + 1))
    done
}
add_note() { # add_note FILE: to $work/batch, behind its length
    length=$(wc -c <"$1")
    printf "\\$(printf %o $((length / 256)))\\$(printf %o $((length % 256)))" >>"$work/batch"
    cat "$1" >>"$work/batch"
}
post() { # post FILE TYPE [ADDRESS]: the status of it, sent from there; $work/answer, $work/head
    curl -s --interface "${3:-127.0.0.1}" -o "$work/answer" -D "$work/head" -w '%{http_code}' -H "Content-Type: $2" --data-binary "@$1" "$url/v1/records"
}
after() { tr -d '\r' <"$work/head" | sed -n 's/^[Rr]etry-[Aa]fter: //p'; }
hup() { # hup SETTING...: these alone are in force once it returns
    printf '%s\n' "$@" >"$work/config"
    before=$(grep -c 'SIGHUP: ' "$work/daemon.err")
    kill -HUP "$daemon"
    wait_until told_more "$before"
}
told_more() { [ "$(grep -c 'SIGHUP: ' "$work/daemon.err")" -gt "$1" ]; }

: >"$work/config"
check 'a log' small_log 8 --config "$work/config"
check 'another official' enrol fgr.example.mx/b.perez requester mx.fgr
check 'and another' enrol fgr.example.mx/c.ruiz requester mx.fgr
for who in a.lopez b.perez c.ruiz; do
    request mx.telco 1 | submit fgr.example.mx-$who --receipts "$work/r-$who"
    sed -n 's/^extra //p' "$work/r-$who"/* | base64 -d | grep -a -o '"under":{[^}]*}' | head -n 1 >"$work/$who.under"
    n=$(size)
    curl -s "$url/tile/entries/000.p/$n" | /usr/bin/python3 -c '
import sys
bundle = sys.stdin.buffer.read()
while len(bundle) > 2 + (n := int.from_bytes(bundle[:2], "big")):
    bundle = bundle[2 + n:]
sys.stdout.buffer.write(bundle[2:].split(b"\n\n", 1)[1])' >"$work/$who.seen"
done

# ---- per signer ----------------------------------------------------------------------------------
# One a minute: no bucket gains a token while the test looks, however slow the machine is.
check 'a limit for signers, while the log runs' hup 'limit_signer = 1' 'limit_signer_burst = 50'
seen=$(size)
batch a.lopez 60
equal 'more than a full bucket has, out of a full one' "$(post "$work/batch" application/octet-stream)" 200
equal 'is appended' "$(size)" $((seen + 60))
note a.lopez "$work/fresh"
equal 'one record more is too much' "$(post "$work/fresh" text/plain)" 429
equal 'it is said in which way' "$(jq -r '.type + " " + (.status | tostring)' "$work/answer")" '/problems/limit 429'
contains 'and of whom' "$work/answer" "'fgr.example.mx/a.lopez'"
check 'and after how many seconds it is none' test "$(after)" -gt 60 -a "$(after)" -le 660
batch a.lopez 3
add_note "$work/a.lopez.seen"
equal 'so are several' "$(post "$work/batch" application/octet-stream)" 429
check 'which would wait longer' test "$(after)" -gt 180 -a "$(after)" -le 780
equal 'none of them is in the log' "$(size)" $((seen + 60))
note b.perez "$work/other"
equal 'another signer is not concerned' "$(post "$work/other" text/plain)" 201
note b.perez "$work/other"
add_note "$work/other"
equal 'but in one body with who is' "$(post "$work/batch" application/octet-stream)" 429
i=0
: >"$work/batch"
while [ $i -lt 200 ]; do
    add_note "$work/b.perez.seen"
    i=$((i + 1))
done
equal 'what is in the log is sent again, by anybody' "$(post "$work/batch" application/octet-stream)/$(sort -u "$work/answer")" "200/{\"index\":$((seen - 2))}"
sed 's/"persons":1/"persons":2/' "$work/b.perez.seen" >"$work/forged"
i=0
: >"$work/batch"
while [ $i -lt 200 ]; do
    add_note "$work/forged"
    i=$((i + 1))
done
equal 'and forged, too' "$(post "$work/batch" application/octet-stream)/$(jq -r .error "$work/answer" | sort -u)" 200/signature
equal 'and uses up nothing of his' "$(post "$work/other" text/plain)" 201
equal 'it is counted' "$(metric bitacora_limited_submissions_total)" 3
equal 'by status, too' "$(metric 'bitacora_http_answers_total{status="429"}')" 3
equal 'each record by reason' "$(metric 'bitacora_records_refused_total{problem="limit",reason="LIMIT_SIGNER"}')" 10
check 'the numbers are as Prometheus wants them' sh -c "curl -s '$url/metrics' | promtool check metrics"
curl -s -o "$work/answer" -H 'Accept-Language: es' -H 'Content-Type: text/plain' --data-binary "@$work/fresh" "$url/v1/records"
contains 'in Spanish, too' "$work/answer" 'llegaron más registros'

# ---- the client waits, and nothing is doubled ----------------------------------------------------
check 'a narrow limit' hup 'limit_signer = 6' 'limit_signer_burst = 1'
note c.ruiz "$work/other"
equal 'a record' "$(post "$work/other" text/plain)" 201
n=$(size)
request mx.telco 3 >"$work/records"
expect 0 'submit waits as long as it is told' "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-c.ruiz.key" --json "$work/records"
contains 'and says so' "$work/err" 'HTTP 429'
equal 'each record is in the log once' "$(size)/$(jq -r .status "$work/out" | sort | uniq -c | tr -s ' ')" "$((n + 3))/ 3 appended"
check 'it was refused meanwhile' test "$(metric bitacora_limited_submissions_total)" -gt 3
check 'without the limit' hup 'limit_signer = 0'
equal 'what was refused is taken' "$(post "$work/fresh" text/plain)" 201

# ---- per address ---------------------------------------------------------------------------------
many() { # many ADDRESS [OPTION...]: statuses of 40 requests from there, each once
    address=$1
    shift
    curl -s -o /dev/null --interface "$address" -w '%{http_code}\n' "$@" "$url/checkpoint?[1-40]" | sort -u | paste -sd' '
}
check 'a limit for addresses' hup 'limit_address = 1' 'limit_address_burst = 5'
equal 'an address that asks often' "$(many 127.0.0.2)" '200 429'
equal 'keeps nobody else out' "$(curl -s -o /dev/null --interface 127.0.0.3 -w '%{http_code}' "$url/checkpoint")" 200
curl -s -o "$work/answer" -D "$work/head" --interface 127.0.0.2 "$url/v1/find?[1-5]&warrant=x"
equal 'a problem says why' "$(jq -r .type "$work/answer" | sort -u | tail -n 1)" /problems/limit
check 'and after how long it is over' test "$(after | sort -n | head -n 1)" -ge 1 -a "$(after | sort -n | tail -n 1)" -le 60
equal 'looking after it is not limited on its own machine' \
    "$(curl -s -o /dev/null --interface 127.0.0.2 -w '%{http_code}\n' "$url/{healthz,readyz,metrics}?[1-20]" | sort -u)" 200
equal 'the log has one line for all' "$(grep -c 'limit_address: .* requests were refused, the last one from 127.0.0.2' "$work/daemon.err")" 1
check 'it is counted' test "$(metric bitacora_limited_requests_total)" -gt 30
note a.lopez "$work/fresh"
n=$(size)
until [ "$(post "$work/fresh" text/plain 127.0.0.10)" = 429 ]; do note a.lopez "$work/fresh"; done
equal 'a record that is refused so is not appended' "$(curl -s -o /dev/null --interface 127.0.0.4 -w '%{http_code}' "$url/v1/find?id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$work/fresh")")" 200
equal 'nowhere' "$(curl -s --interface 127.0.0.4 "$url/v1/find?id=$(sed -n 's/.*"id":"\([^"]*\)".*/\1/p' "$work/fresh")" | jq -c .entries)" '[]'
before_replay=$(metric bitacora_limited_requests_total)
check 'a limit that a replay meets' hup 'limit_address = 60' 'limit_address_burst = 1'
expect 0 'a replay waits as long as it is told' "$bin/bitacora" replay --policy "$work/policy"
check 'and is told' test "$(metric bitacora_limited_requests_total)" -gt "$before_replay"

# ---- proxies -------------------------------------------------------------------------------------
status() { # status HEADER...: of one request with them, from 127.0.0.9
    set -- "$@"
    for h in "$@"; do printf 'header = "%s"\n' "$h"; done >"$work/curlrc"
    curl -s -o "$work/answer" --interface 127.0.0.9 -w '%{http_code}' -K "$work/curlrc" "$url/checkpoint"
}
check 'a daemon that names no proxy' hup 'limit_address = 1' 'limit_address_burst = 5'
equal 'another address in a header is not believed' "$(many 127.0.0.5 -H 'X-Forwarded-For: 192.0.2.1')" '200 429'
check 'a proxy that is named' hup 'limit_address = 1' 'limit_address_burst = 5' 'trusted_proxies = 127.0.0.8/31, ::1'
equal 'is believed' "$(many 127.0.0.8 -H 'X-Forwarded-For: 192.0.2.7')" '200 429'
equal 'in what it says last' "$(status 'X-Forwarded-For: 192.0.2.7, 192.0.2.8')" 200
equal 'whatever is said before' "$(many 127.0.0.8 -H 'X-Forwarded-For: 192.0.2.9, 192.0.2.7')" 429
equal 'also by another one behind it' "$(many 127.0.0.8 -H 'X-Forwarded-For: 192.0.2.7, 127.0.0.9')" 429
contains 'the log names who it is for' "$work/daemon.err" 'SIGHUP: settings'
equal 'who comes by it is not on this machine' "$(curl -s -o /dev/null --interface 127.0.0.8 -H 'X-Forwarded-For: 192.0.2.7' -w '%{http_code}\n' "$url/healthz?[1-40]" | sort -u | paste -sd' ')" 429
equal 'others are not believed' "$(many 127.0.0.6 -H 'X-Forwarded-For: 192.0.2.1')" '200 429'
equal 'the other header is none' "$(many 127.0.0.8 -H 'Forwarded: for=192.0.2.11' -H 'X-Forwarded-For: 192.0.2.7')" 429
equal 'addresses of one network are one, of IPv6' "$(many 127.0.0.8 -H 'X-Forwarded-For: 2001:db8::1') $(status 'X-Forwarded-For: 2001:db8::2') $(status 'X-Forwarded-For: 2001:db8:0:1::2')" '200 429 429 200'
equal 'what is no address is refused' "$(status 'X-Forwarded-For: nobody')" 400
contains 'and named' "$work/answer" 'what a proxy forwarded it for is no address'
check 'another header' hup 'limit_address = 1' 'limit_address_burst = 5' 'trusted_proxies = 127.0.0.8/31, ::1' 'forwarded_header = forwarded'
equal 'is believed then' "$(many 127.0.0.8 -H 'Forwarded: for=192.0.2.12;proto=https')" '200 429'
equal 'and X-Forwarded-For no more' "$(many 127.0.0.8 -H 'Forwarded: for=192.0.2.12' -H 'X-Forwarded-For: 192.0.2.13')" 429
equal 'one that is malformed is refused' "$(status 'Forwarded: for')" 400
check 'a list that is none' hup 'trusted_proxies = proxy.example.mx'
contains 'is refused' "$work/daemon.err" "'proxy.example.mx' is none"
equal 'and all stays as it was' "$(many 127.0.0.8 -H 'Forwarded: for=192.0.2.12')" 429
stop_daemon
equal 'and stops when it is told' $? 0
finish
