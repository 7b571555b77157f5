#!/bin/sh
# A log whose daemon is killed and comes back, at each question that a client asks: the answer is lost, and
# for a moment nobody is there. Nobody gives up, and nothing is in the log twice.
. "$(dirname "$0")/../lib.sh"
answer=$root/build/release/tools/answer
official=$work/fgr.example.mx-a.lopez.key

check 'a log' small_log 12
check 'an oversight body is enrolled' enrol vigila.example.mx oversight mx.vigilancia

away() { # away MS: the log at $fake, which goes away for so long; what it did not answer in $work/requests
    rm -rf "$work/requests"
    mkdir "$work/requests"
    : >"$work/none"
    beside env GETS_TO=${url##*:} AWAY="$1" "$answer" "$work/requests" "$work/none" >"$work/port"
    server=$beside
    wait_until test -s "$work/port"
    fake=http://127.0.0.1:$(cat "$work/port")
}
lost() { # lost DESCRIPTION PATTERN: a request line of that kind was not answered at first
    if head -q -n 1 "$work"/requests/* | grep -q "$2"; then ok "lost: $1"; else not_ok "lost: $1" "$2"; fi
}
# ---- submit: what it looks up, replays, seals and sends ---------------------------------------------
away 150
{
    request mx.telco 1
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"subjects":[{"type":"curp","value":"GOMC850315HDFRRR07"}]}\n'
} >"$work/records"
expect 0 'submit goes on, whatever was asked when the log went away' "$bin/bitacora" submit \
    --policy "$work/policy" --log "$fake" --state "$work/fresh.state" --key "$official" --without-private \
    --receipts "$work/receipts" --json "$work/records"
cp "$work/out" "$work/submitted"
lost 'where the key is enrolled' '^GET /v1/find?'
lost 'its receipt' '^GET /v1/receipts/'
lost 'the checkpoint to replay to' '^GET /checkpoint '
lost 'a tile' '^GET /tile/0/'
lost 'a bundle of entries' '^GET /tile/entries/'
lost 'what is sealed' '^PUT /v1/blobs/'
lost 'the record itself' '^POST /v1/records '
equal 'the record whose answer was lost is in the log once' \
    "$(jq -r .status "$work/submitted" | tr '\n' ' ')" 'seen appended '
end_pid $server

# ---- whoever reads the files of a log ---------------------------------------------------------------
reads() { # reads DESCRIPTION COMMAND...: of a log that was there, and goes away
    what=$1
    shift
    away 150
    wait_until curl -sf -o "$work/checkpoint" "$fake/checkpoint" # a client's first question is answered
    expect 0 "$what goes on" "$@" --policy "$work/policy" --log "$fake"
    lost 'a tile' '^GET /tile/'
    end_pid $server
}
reads replay "$bin/bitacora" replay
reads mirror "$bin/bitacora" mirror "$work/mirror"
reads signers "$bin/bitacora" signers
reads verify "$bin/bitacora" verify "$work"/receipts/*.tlog-proof

# ---- an address where nobody is, told at once to those who only read --------------------------------
before=$(date +%s)
expect 3 'nobody is there' "$bin/bitacora" replay --policy "$work/policy" --log "http://127.0.0.1:1"
took=$(($(date +%s) - before))
if [ $took -lt 10 ]; then ok 'and that is said at once'; else not_ok 'and that is said at once' "$took s"; fi
stop_daemon
finish
