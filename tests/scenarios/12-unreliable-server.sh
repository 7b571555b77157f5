#!/bin/sh
# Servers that answer wrongly, late or not at all: the client is undecided, and submit sends the very
# same bytes again while that may help.
. "$(dirname "$0")/../lib.sh"
answer=$root/build/release/tools/answer

check 'a log' small_log 12
serve() { # serve FILE...: an answering server in $fake, requests in $work/requests
    rm -rf "$work/requests"
    mkdir "$work/requests"
    beside "$answer" "$work/requests" "$@" >"$work/port"
    server=$beside
    wait_until test -s "$work/port"
    fake=http://127.0.0.1:$(cat "$work/port")
}
unserve() {
    kill $server
    wait $server 2>/dev/null
    forget_pid $server
}
http() { # http FILE STATUS HEADERS < BODY
    cat >"$work/body"
    printf 'HTTP/1.1 %s\r\n%bContent-Length: %s\r\nConnection: close\r\n\r\n' "$2" "$3" "$(wc -c <"$work/body")" >"$work/$1"
    cat "$work/body" >>"$work/$1"
}
replays_as() { # replays_as EXIT DESCRIPTION FILE
    serve "$work/$3"
    expect "$1" "$2" "$bin/bitacora" replay --policy "$work/policy" --log "$fake"
    unserve
}

curl -sf "$url/checkpoint" >"$work/checkpoint"
http html '200 OK' 'Content-Type: text/html\r\n' <"$work/checkpoint"
replays_as 3 'a page instead of a checkpoint' html
http error '500 Internal Server Error' '' </dev/null
replays_as 3 'a server error' error
http moved '302 Found' 'Location: http://127.0.0.1:1/\r\n' </dev/null
replays_as 3 'a redirection' moved
http gone '404 Not Found' '' </dev/null
replays_as 3 'nothing there' gone
: >"$work/silent"
replays_as 3 'no answer' silent
printf 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nabc' >"$work/short"
replays_as 3 'an answer cut off' short
http nonsense '200 OK' 'Content-Type: text/plain\r\n' <<EOF
nonsense
EOF
replays_as 1 'a checkpoint that is none' nonsense
head -c 3000000 /dev/zero | http huge '200 OK' 'Content-Type: text/plain\r\n'
replays_as 1 'a checkpoint without end' huge
http good '200 OK' 'Content-Type: text/plain\r\n' <"$work/checkpoint"
serve "$work/good" "$work/gone"
expect 3 'a checkpoint and nothing behind it' "$bin/bitacora" replay --policy "$work/policy" --log "$fake"
expect 3 'nor does a mirror keep anything of it' "$bin/bitacora" mirror --policy "$work/policy" --log "$fake" "$work/mirror"
equal 'not a file' "$(find "$work/mirror" -type f | wc -l)" 0
unserve

# submit: what it looks up comes from the honest daemon, what it sends goes to the other.
request mx.telco 1 | submit fgr.example.mx-a.lopez --receipts "$work/r"
receipt=$(ls "$work"/r/*)
request mx.telco 2 >"$work/records"
submit_to() { # submit_to EXIT DESCRIPTION FILE...
    want=$1
    what=$2
    shift 2
    GETS_TO=${url##*:} serve "$@"
    expect "$want" "$what" "$bin/bitacora" submit --policy "$work/policy" --log "$fake" \
        --key "$work/fgr.example.mx-a.lopez.key" --json "$work/records"
    unserve
}
body() { sed '1,/^\r$/d' "$work/requests/$1"; }
http busy '503 Service Unavailable' 'Retry-After: 1\r\n' </dev/null
http late '504 Gateway Timeout' 'Retry-After: 1\r\n' </dev/null
http many '429 Too Many Requests' 'Retry-After: 1\r\n' </dev/null
http refused '403 Forbidden' 'Content-Type: application/problem+json\r\n' <<EOF
{"type":"/problems/role","status":403,"detail":"no"}
EOF
http full '507 Insufficient Storage' 'Content-Type: application/problem+json\r\n' <<EOF
{"type":"/problems/full","status":507,"detail":"no room"}
EOF
http taken '201 Created' 'Content-Type: text/plain\r\n' <"$receipt"

submit_to 3 'busy, late, too many, a broken connection, then refused: undecided' \
    "$work/busy" "$work/late" "$work/many" "$work/silent" "$work/refused"
equal 'both lines were answered' "$(jq -r .error "$work/out" | tr '\n' ' ')" 'role role '
body 0 >"$work/b0"
for n in 1 2 3 4; do
    body $n >"$work/b1"
    if cmp -s "$work/b0" "$work/b1" && [ -s "$work/b0" ]; then
        ok "attempt $((n + 1)) sends the same bytes"
    else
        not_ok "attempt $((n + 1)) sends the same bytes"
    fi
done
for n in 61 9223372036854775807; do
    http never '429 Too Many Requests' "Retry-After: $n\r\n" </dev/null
    submit_to 3 "too many, for longer than it has time: after $n s" "$work/never" "$work/taken"
    equal 'it does not ask earlier' "$(ls "$work/requests" | wc -l)" 1
done
submit_to 3 'no room: it stops' "$work/full"
equal 'after the first line' "$(ls "$work/requests" | wc -l)" 1
submit_to 1 'a receipt of another record convicts the daemon' "$work/taken"
contains 'and is not taken for ours' "$work/err" 'another record'
sed 's/^index .*/index 1/' "$receipt" | http wrong '201 Created' 'Content-Type: text/plain\r\n'
submit_to 1 'so does one that proves nothing' "$work/wrong"
http empty '201 Created' 'Content-Type: text/plain\r\n' </dev/null
submit_to 1 'and an empty one' "$work/empty"
http page '200 OK' 'Content-Type: text/html\r\n' <"$receipt"
submit_to 3 'a page is no receipt: undecided' "$work/page"
stop_daemon
finish
