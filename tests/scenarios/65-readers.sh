#!/bin/sh
# readers = enrolled: what needs a token and what does not, whose token is taken, and that every answer given for one is a row of an
# `access` entry. A log that everybody reads stays as it was.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
origin=log.example.mx/test
access=$root/tests/interop/access.py

ask() { # ask KEYNAME METHOD PATH [CHANGE...]: with a token; status, caching, hash of the token
    key=$1
    shift
    /usr/bin/python3 "$access" ask "$url" $origin "$work/$key.key" "$@"
}
status() { # status METHOD PATH [CURL OPTION...]: without one
    method=$1 path=$2
    shift 2
    [ "$method" = HEAD ] && set -- -I "$@"
    curl -s -o "$work/answer" -D "$work/headers" -w '%{http_code}' -X "$method" "$@" "$url$path"
}
metric() { # metric NAME
    curl -s "$url/metrics" | sed -n "s/^$1 //p"
}
say() { # say FILE NAME: the last that it said
    sed -n "s/.*$2 //p" "$work/$1" | tail -n 1
}

# ---- everybody
check 'a log that everybody reads' small_log 12
for path in /checkpoint /tile/0/000.p/12 /tile/entries/000.p/12 /v1/receipts/3 '/v1/find?role=judge' /healthz /metrics /; do
    equal "GET $path needs no token" "$(status GET "$path")" 200
done
contains 'and is for everybody on the way' "$work/headers" 'Cache-Control:'
status GET /tile/entries/000.p/12 >/dev/null
contains 'entries, too' "$work/headers" 'Cache-Control: public, max-age=31536000, immutable'
check 'nobody is written down' test ! -e "$work/data/access"
equal 'rows are asked for with a token even so' "$(status GET /v1/access/3)" 401
equal 'by whom may' "$(ask fgr.example.mx-a.lopez GET /v1/access/3 | cut -d' ' -f1)" 403
enrol uif.example.mx/o1 oversight mx.uif
enrol auditor.example.mx/uno auditor mx.asf
equal 'and there are none' "$(ask auditor.example.mx-uno GET /v1/access/3 | cut -d' ' -f1)" 404
expect 0 'a key changes nothing' "$b" replay --policy "$work/policy" --structure
stop_daemon

# ---- enrolled
printf 'readers = enrolled\naccess_interval = 86400\nindex_every = 8\n' >"$work/config"
check 'the same log for enrolled readers' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
check 'has an index' wait_until sh -c "curl -s $url/metrics | grep -q '^bitacora_index_covered [1-9]'"
size=$(curl -s "$url/healthz" | jq .size)
reader=fgr.example.mx-a.lopez
for path in /checkpoint "/tile/0/000.p/$size" /healthz /readyz /metrics /; do
    equal "GET $path needs no token" "$(status GET "$path")" 200
done
equal 'nor does one key' "$(status GET "/v1/find?vkey=$(jq -rn --arg v "$vkey" '$v|@uri')")" 200
rows=0
for path in "/tile/entries/000.p/$size" /v1/receipts/3 '/v1/find?role=judge' '/v1/find?warrant=CJF-1%2F2026' '/v1/find?kind=ruleset' \
    /index/newest '/v1/answer?warrant=CJF-1%2F2026&tail=1' "/v1/receipts/$((size + 5))"; do
    equal "GET $path needs one" "$(status GET "$path") $(jq -r .type "$work/answer")" '401 /problems/token'
    contains 'as is said' "$work/headers" 'WWW-Authenticate: Bearer'
    equal 'HEAD, too' "$(status HEAD "$path")" 401
    equal 'what is no token is none' "$(status GET "$path" -H 'Authorization: Bearer AAAA')" 401
    ask $reader GET "$path" body="$work/got" >"$work/asked"
    equal 'with one it is there' "$(cut -d' ' -f1 "$work/asked" | sed 's/404/200/')" 200
    contains 'for nobody on the way' "$work/asked" 'no-store'
    rows=$((rows + 1))
done
equal 'a wait for witnesses needs one at once' "$(status GET '/v1/receipts/3?wait=witnessed')" 401
equal 'with one it is had' "$(ask $reader GET '/v1/receipts/3?wait=witnessed' | cut -d' ' -f1)" 200
equal 'HEAD takes a token for GET' "$(ask $reader HEAD /v1/receipts/3 | cut -d' ' -f1)" 200
rows=$((rows + 2))
for change in path=/v1/receipts/4 'path=/v1/receipts/3?' method=PUT origin=log.example.mx/other until=-1 from=30 'until=300' \
    'under={"entry":1,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}'; do
    equal "a token with another $change is none" "$(ask $reader GET /v1/receipts/3 "$change" | cut -d' ' -f1)" 401
done
"$b" keygen stranger.example.mx --out "$work/stranger.key" >/dev/null
equal 'nor is a strange key'\''s' "$(ask stranger GET /v1/receipts/3 'under={"entry":0,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}' | cut -d' ' -f1)" 401
equal 'so many rows were written' "$(metric bitacora_access_rows_total)" $rows
# The interval is a day, of UTC: rows of before midnight lie in a file of their own.
written() { cat "$work"/data/access/*; }
equal 'and lie in files that are private' "$(stat -c %a "$work"/data/access/* | sort -u) $(written | grep -c '"reader":')" "600 $rows"


# ---- counters say that somebody reads, at once and to everybody
printf 'trusted_proxies = 127.0.0.1, ::1\n' >>"$work/config"
kill -HUP "$daemon"
elsewhere() { [ "$(status GET /metrics -H 'X-Forwarded-For: 192.0.2.7')" = 404 ]; }
check 'so they are for this machine, not for whoever asks through a proxy' wait_until elsewhere
contains 'who is told why' "$work/answer" 'for its own machine'
equal 'nor by another spelling of the path' "$(status GET '/metrics?x' -H 'X-Forwarded-For: 192.0.2.7')" 404
equal 'this machine has them' "$(status GET /metrics)" 200
equal 'through its proxy, too' "$(status GET /metrics -H 'X-Forwarded-For: 127.0.0.1')" 200
equal 'the rest is as open as before' "$(status GET /checkpoint -H 'X-Forwarded-For: 192.0.2.7')" 200

# ---- commands
expect 3 'a replay without a key decides nothing' "$b" replay --policy "$work/policy"
contains 'and says what is wrong' "$work/out" 'HTTP 401'
contains 'and what is needed' "$work/out" 'enrolled readers alone: give the key of one that is in force (--key FILE)'
for who in registrar judge.example.mx-j1 fgr.example.mx-a.lopez telco.example.mx-desk uif.example.mx-o1 auditor.example.mx-uno; do
    expect 0 "a replay with the key of $who" "$b" replay --policy "$work/policy" --key "$work/$who.key"
done
# A proxy that says 503 to the first question where a key is enrolled.
cat >"$work/busy.py" <<'END'
import http.server, sys, urllib.error, urllib.request
asked = []
class Proxy(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = 503, b""
        if asked or not self.path.startswith("/v1/find?vkey="):
            copied = {k: self.headers[k] for k in ("Authorization",) if self.headers[k]}
            try:
                with urllib.request.urlopen(urllib.request.Request(sys.argv[1] + self.path, headers=copied)) as r:
                    status, body = r.status, r.read()
            except urllib.error.HTTPError as e:
                status, body = e.code, e.read()
        if status == 503:
            asked.append(self.path)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass
with http.server.HTTPServer(("127.0.0.1", 0), Proxy) as s:
    print(s.server_address[1], flush=True)
    s.serve_forever()
END
beside /usr/bin/python3 "$work/busy.py" "$url" >"$work/busy.port"
busy=$beside
wait_until test -s "$work/busy.port"
expect 0 'a server that is busy for a moment is asked again' \
    "$b" replay --policy "$work/policy" --log "http://127.0.0.1:$(cat "$work/busy.port")" --key "$work/auditor.example.mx-uno.key"
end_pid "$busy"
expect 3 'with a key that is not enrolled' "$b" replay --policy "$work/policy" --key "$work/stranger.key"
contains 'that is said' "$work/err" 'does not say where stranger.example.mx is enrolled'
key="--policy $work/policy --key $work/auditor.example.mx-uno.key"
# shellcheck disable=SC2086
for command in signers audit 'warrant check CJF-1/2026' 'warrant check CJF-1/2026 --quick' 'answer --warrant CJF-1/2026 --tail' \
    "mirror $work/copy" 'report --from 2026-01 --to 2026-02'; do
    expect 0 "$command" "$b" $command $key
done
# shellcheck disable=SC2086
{
    expect 0 'a receipt is had by submitting, as ever' sh -c "$(printf 'printf "%%s" "%s"' "$(request mx.telco 1 | sed 's/"/\\"/g')") | $b submit --policy $work/policy --key $work/$reader.key --without-private --receipts $work/receipts -"
    receipt=$(find "$work/receipts" -type f | head -n 1)
    expect 3 'verify against the log needs a key' "$b" verify --policy "$work/policy" --log "$url" "$receipt"
    expect 0 'and with one is good' "$b" verify $key --log "$url" "$receipt"
    expect 0 'offline it needs none' "$b" verify --policy "$work/policy" "$receipt"
}
# ---- people
equal 'nobody' "$(status GET "/v1/blobs/$(printf x | sha256sum | cut -d' ' -f1)")" 401
request mx.telco 1 | jq -c '.subjects=[{"type":"curp","value":"GOMC850315HDFRRR07"}]' |
    "$b" submit --policy "$work/policy" --key "$work/$reader.key" --private "$work/private" --receipts "$work/sealed" - >/dev/null 2>&1
receipt=$(find "$work/sealed" -type f | head -n 1)
before=$(metric bitacora_access_rows_total)
expect 0 'oversight opens who is named' "$b" open --policy "$work/policy" --key "$work/uif.example.mx-o1.key" "$receipt"
contains 'the person' "$work/out" GOMC850315HDFRRR07
check 'which is written down' grep -q '"reader":"uif.example.mx/o1",.*"method":"GET","path":"/v1/blobs/' "$work"/data/access/*
check 'with all that it read for it' test "$(metric bitacora_access_rows_total)" -gt "$before"
refused=$(written | grep -c '"reader":')
blob=$(written | sed -n 's|.*"path":"\(/v1/blobs/[0-9a-f]*\)".*|\1|p' | tail -n 1)
equal 'whoever may not is refused' "$(ask $reader GET "$blob" | cut -d' ' -f1)" 403
equal 'and has read nothing: there is no row' "$(written | grep -c '"reader":')" "$refused"

named=$(/usr/bin/python3 -c 'import base64, sys; print(base64.b64encode(bytes.fromhex(sys.argv[1])).decode())' "${blob##*/}")
printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$named" "$(head -c 32 /dev/zero | base64)" |
    "$b" submit --policy "$work/policy" --key "$work/judge.example.mx-j1.key" --without-private - >"$work/erasing" 2>&1 || not_ok "the order is appended" "$(cat "$work/erasing")"
equal 'a judge has it erased: whoever reads is told' "$(ask uif.example.mx-o1 GET "$blob" | cut -d' ' -f1)" 410
equal 'nobody else, by reading' "$(status GET "$blob")" 401
equal 'nor by writing' "$(status PUT "$blob" -d x -H 'Content-Type: application/octet-stream')" 401
equal 'who may write is' "$(ask $reader PUT "$blob" | cut -d' ' -f1)" 410

# ---- a reader who left
"$b" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$("$b" signers $key --json | jq -r '.signers[]|select(.name=="telco.example.mx/desk").vkey')" \
    --reason left_office >/dev/null 2>&1
equal 'a key that was revoked reads nothing' "$(ask telco.example.mx-desk GET /v1/receipts/3 | cut -d' ' -f1)" 401
expect 3 'nor does a replay with it' "$b" replay --policy "$work/policy" --key "$work/telco.example.mx-desk.key"
check 'the daemon ends well' stop_daemon

# ---- while a batch is on the disk, and not published yet
# Its mark waits. What the log says then must be had, or whoever comes just then is sent away: he
# learns where his key is enrolled, and needs the tile of the size that he is told.
: >"$work/faults"
FAULTS=$work/faults start_daemon "$work/data" --config "$work/config" || not_ok 'it runs again'
write_policy "$work/policy"
published=$(curl -s "$url/healthz" | jq .size)
committed() { [ "$(metric bitacora_commit_seconds_total)" != "$before" ]; }
before=$(metric bitacora_commit_seconds_total)
echo 'fdatasync /data.mark$ 1000' >"$work/faults"
request mx.telco 1 >"$work/one"
submit "$reader" --no-wait <"$work/one" & # not `beside`, which has no input
submitter=$!
pids="$pids $submitter"
check 'a batch is committed' wait_until committed
equal 'and not published' "$(curl -s "$url/healthz" | jq .size)" "$published"
status GET "/v1/find?vkey=$(jq -rn --arg v "$("$b" key show "$work/auditor.example.mx-uno.key")" '$v|@uri')" >/dev/null
told=$(jq .size "$work/answer")
equal 'where a key is enrolled is told at a size whose tile is there' "$(status GET "/tile/0/000.p/$told")" 200
expect 0 'so that a replay has its token' "$b" replay --policy "$work/policy" --key "$work/auditor.example.mx-uno.key"
equal 'nor is an entry named that nobody gets' \
    "$(ask auditor.example.mx-uno GET '/v1/find?signer=fgr.example.mx%2Fa.lopez' body="$work/named" >/dev/null; jq -c ".entries[-1] < $published" "$work/named")" true
: >"$work/faults"
check 'once its mark is written' wait "$submitter"
forget_pid "$submitter"
rm "$work/named"
equal 'it is' "$(ask auditor.example.mx-uno GET '/v1/find?signer=fgr.example.mx%2Fa.lopez' body="$work/named" >/dev/null; jq -c ".entries[-1] >= $published" "$work/named")" true
stop_daemon
finish
