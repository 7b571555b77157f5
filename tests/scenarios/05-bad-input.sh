#!/bin/sh
# Bad input never harms: each kind of it is refused with its status and a problem document whose type
# is stable, and the log stays healthy.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
sign=$root/build/release/tools/sign_note
key=$work/fgr.example.mx-a.lopez.key
size_before=$("$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size)

# `under` of the official, from a receipt of his.
request mx.telco 1 | submit fgr.example.mx-a.lopez --receipts "$work/r"
receipt=$(ls "$work"/r/*)
under=$(sed -n 's/^extra //p' "$receipt" | base64 -d | grep -a -o '"under":{[^}]*}' | head -n 1)
now() { date -u +%Y-%m-%dT%H:%M:%S.%3NZ; }
uuid() { cat /proc/sys/kernel/random/uuid; }
members='"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1'

note() { # note JSON [KIND] [KEY]: signs a record text
    printf 'bitacora/v1 %s\n%s\n' "${2:-request}" "$1" | "$sign" "${3:-$key}"
}

good() { # a good request's JSON; $1 is put before its closing brace
    printf '{"id":"%s","at":"%s",%s,%s%s}' "$(uuid)" "$(now)" "$under" "$members" "${1:-}"
}

post() { # post DESCRIPTION STATUS TYPE < body, of content type $media
    what=$1
    status=$2
    type=$3
    got=$(curl -s -o "$work/answer" -w '%{http_code}' -H "Content-Type: ${media:-text/plain}" \
        --data-binary @- "$url/v1/records")
    if [ "$got" != "$status" ]; then
        not_ok "$what" "HTTP $got, expected $status: $(head -c 500 "$work/answer")"
    elif [ -n "$type" ] && [ "$(jq -r .type "$work/answer" 2>/dev/null)" != "/problems/$type" ]; then
        not_ok "$what" "type is not /problems/$type: $(head -c 500 "$work/answer")"
    else
        ok "$what: $status $type"
    fi
}

note "$(good)" | post 'a good record' 201 ''
printf 'hello' | post 'not a note' 400 form
printf '' | post 'nothing at all' 400 form
head -c 3000 /dev/urandom | post 'noise' 400 form
note "$(good)" | head -c 200 | post 'a record cut off' 400 form
note "$(good)" unheard_of | post 'an unknown kind' 400 form
note "$(good ',"colour":"red"')" | post 'an unknown member' 400 form
note "$(good ',"persons":2')" | post 'a duplicate member' 400 form
note "$(good ',"\u0070ersons":2')" | post 'a duplicate member, escaped' 400 form
note "$(good ',"case":{"scheme":"x"}')" | post 'a member missing in a member' 400 form
note "$(good | sed 's/"persons":1/"persons":-1/')" | post 'a negative number' 400 form
note "$(good | sed 's/"persons":1/"persons":1.0/')" | post 'a fraction' 400 form
note "$(good | sed 's/"persons":1/"persons":9007199254740992/')" | post 'a number past 2^53' 400 form
note "$(good | sed 's/"level":"federal"/"level":"\\u202e"/')" | post 'a bidi control, escaped' 400 form
note "$(good | sed 's/"persons":1//; s/,}/}/')" | post 'a member missing' 400 form
note '[]' | post 'not an object' 400 form
printf 'bitacora/v2 request\n%s\n' "$(good)" | "$sign" "$key" | post 'another version' 400 form
note "$(good ",\"case\":{\"scheme\":\"X\",\"number\":\"$(head -c 300 /dev/zero | tr '\0' x)\"}")" | post 'a text too long' 400 form
note "{\"a\":\"$(head -c 50000 /dev/zero | tr '\0' x)\"}" | post 'a record too large' 413 too_large
head -c 3000000 /dev/zero | tr '\0' x | post 'a body too large for one record' 413 too_large
head -c 9000000 /dev/zero | post 'a body too large for anything' 413 ''
"$bin/bitacora" keygen stranger.example.mx --out "$work/stranger.key" >/dev/null
note "$(good)" request "$work/stranger.key" | post 'a key that is not enrolled' 403 key
note "$(good)" | sed 's/"persons":1/"persons":2/' | post 'a bad signature' 403 signature
note "$(good | sed "s|$under|\"under\":{\"entry\":0,\"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}|")" |
    post 'another `under`' 403 enrolment
note "$(good | sed 's/"authority":"mx.fgr"/"authority":"mx.sat"/')" | post 'another authority' 403 enrolment
note "$(good | sed 's/"level":"federal"/"level":"state"/')" | post 'another level' 403 enrolment
note "{\"id\":\"$(uuid)\",\"at\":\"$(now)\",$under,\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$(now)\"}" response |
    post 'a wrong role' 403 role
note "$(good ",\"warrant\":{\"ref\":\"x\",\"entry\":1,\"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}")" |
    post 'a dangling reference' 422 reference
note "$(good ",\"warrant\":{\"ref\":\"x\",\"entry\":999999,\"hash\":\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"}")" |
    post 'a reference to what is not there' 422 reference
note "$(good | sed "s/\"at\":\"[^\"]*\"/\"at\":\"$(date -u -d '-700 seconds' +%Y-%m-%dT%H:%M:%S.000Z)\"/")" | post 'a clock that is late' 422 skew
note "$(good | sed "s/\"at\":\"[^\"]*\"/\"at\":\"$(date -u -d '+700 seconds' +%Y-%m-%dT%H:%M:%S.000Z)\"/")" | post 'a clock that is early' 422 skew

json=$(good)
note "$json" >"$work/once"
post 'a record' 201 '' <"$work/once"
cp "$work/answer" "$work/answer.first"
post 'the same record again: its receipt' 200 '' <"$work/once"
equal 'of the same entry' "$(grep '^index ' "$work/answer")" "$(grep '^index ' "$work/answer.first")"
note "$(printf '%s' "$json" | sed 's/"persons":1/"persons":2/')" | post 'its id again, with other content' 409 id
media=application/json
printf x | post 'another content type' 415 form
media=text/plain

# The official is revoked: old receipts are still to be had, new records are not.
vkey_of_official=$(sed -n 's/^extra //p' "$receipt" | base64 -d | grep -a -o 'fgr.example.mx/a.lopez+[0-9a-f]*+[A-Za-z0-9+/=]*' | head -n 1)
check 'the official is revoked' "$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" \
    --vkey "$vkey_of_official" --reason left_office
note "$(good)" | post 'a revoked signer' 403 enrolment
post 'but what was accepted before still has its receipt' 200 '' <"$work/once"

# Several at once: each stands for itself.
frame() { # a note behind its length
    cat >"$work/framed"
    n=$(wc -c <"$work/framed")
    printf "\\$(printf %o $((n / 256)))\\$(printf %o $((n % 256)))"
    cat "$work/framed"
}
{ frame <"$work/once"; printf nonsense | frame; note "$(good)" | frame; } >"$work/batch"
code=$(curl -s -o "$work/answer" -w '%{http_code} %{content_type}' -H 'Content-Type: application/octet-stream' \
    --data-binary @"$work/batch" "$url/v1/records")
equal 'a batch answers one line a note' "$code" '200 application/x-ndjson'
equal 'in order' "$(jq -c '[has("index"),.error]' "$work/answer" | tr '\n' ' ')" '[true,null] [false,"form"] [false,"enrolment"] '
head -c 20 "$work/batch" | curl -s -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/octet-stream' \
    --data-binary @- "$url/v1/records" >"$work/code"
equal 'a batch that does not divide exactly is refused whole' "$(cat "$work/code")" 400

# Paths.
path() { # path STATUS PATH
    equal "GET $2 is $1" "$(curl -s -o "$work/answer" -w '%{http_code}' --path-as-is "$url$2")" "$1"
}
path 200 /checkpoint
path 200 /tile/0/000.p/1
path 200 /tile/entries/000.p/5
path 404 /tile/0/000
path 404 /tile/0/0
path 404 /tile/0/x000/000.p/1
path 404 /tile/0/000.p/200
path 404 /tile/0/000.p/01
path 404 /tile/00/000.p/1
path 404 /tile/0/000.p/0
path 404 /tile/1/000.p/1
path 404 /tile/0/../../log.key
path 404 /log.key
path 404 /v1/receipts/999999
path 404 /v1/receipts/01
path 404 /v1/receipts/-1
path 200 /healthz
path 200 /metrics
path 200 /
equal 'find answers what it knows' "$(curl -s "$url/v1/find?signer=telco.example.mx/desk" | jq -c .entries)" "[3,$((size_before - 1))]"

# Bytes that are not HTTP, and lengths that lie.
port=${url##*:}
raw() { # raw DESCRIPTION TEXT: the daemon is asked, then must still be there
    printf "$2" | bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && cat >&3 && timeout 1 cat <&3' "$port" >/dev/null 2>&1
    check "$1: the daemon goes on" curl -sf "$url/healthz"
}
raw 'garbage' '\000\001\002\377 nonsense\r\n\r\n'
raw 'two lengths' 'POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'
raw 'a signed length' 'POST /v1/records HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc'
raw 'an endless header' "GET / HTTP/1.1\r\nX: $(head -c 100000 /dev/zero | tr '\0' x)\r\n\r\n"
raw 'half a request' 'POST /v1/records HTTP/1.1\r\nContent-Length: 1000\r\n\r\nabc'

expect 0 'after all that the log is healthy' "$bin/bitacora" replay --policy "$work/policy" --json
equal 'and has just what was accepted' "$(jq .size "$work/out")" $((size_before + 4))
expect 0 'the daemon stops' stop_daemon

# More than the queue holds at once.
printf 'queue = 1\n' >"$work/config"
start_daemon "$work/data" --config "$work/config"
code=$(curl -s -D "$work/headers" -o "$work/answer" -w '%{http_code}' -H 'Content-Type: application/octet-stream' \
    --data-binary @"$work/batch" "$url/v1/records")
equal 'a full queue is 503' "$code $(jq -r .type "$work/answer")" '503 /problems/busy'
contains 'and says when to come again' "$work/headers" 'Retry-After: '
post 'one at a time goes on' 200 '' <"$work/once"
expect 0 'the daemon stops' stop_daemon
expect 0 'its store is clean' "$bin/bitacorad" fsck --dir "$work/data"

# More connections than it holds, each of which only ever begins a request.
printf 'max_connections = 16\n' >"$work/config"
start_daemon "$work/data" --config "$work/config"
cat >"$work/hold" <<'EOF'
for i in $(seq 1 150); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /healthz HT' >&$fd
done 2>/dev/null
echo held
read -r _
EOF
mkfifo "$work/release"
bash "$work/hold" "${url##*:}" <"$work/release" >"$work/held" &
holder=$!
pids="$pids $holder"
exec 9>"$work/release"
check '150 connections that hang' wait_until grep -q held "$work/held"
check 'do not keep others out' wait_until curl -sf --max-time 5 "$url/healthz"
exec 9>&-
wait $holder
forget_pid $holder
expect 0 'the daemon stops' stop_daemon
finish
