#!/bin/sh
# Without TLS: daemon and witness are asked by this machine only, unless --plaintext; and no token leaves it, whatever
# name, address or proxy a URL has. The address that is not loopback is one of this machine's own.
. "$(dirname "$0")/../lib.sh"

address=$(hostname -I | tr ' ' '\n' | grep -m 1 '^[0-9.]*$')
if [ -z "$address" ]; then # a machine without a network: one of its own, with an address that is not loopback
    [ -z "${ALONE:-}" ] && exec env ALONE=1 unshare --user --map-root-user --net sh -c \
        'ip link set lo up && ip addr add 10.9.8.7/32 dev lo && exec "$0"' "$0"
    not_ok 'an address of this machine that is not loopback'
fi

check 'a log' small_log 12
enrol vigila.example.mx oversight mx.vigilancia
stop_daemon
run() { timeout 120 "$bin/bitacorad" run --dir "$work/data" "$@"; }
witness() { timeout 120 "$bin/bitacora" witness --key "$work/w.key" --policy "$work/w.policy" --state "$work/w.state" "$@"; }
new_witness w
mkdir "$work/w.state"

# ---- listening -----------------------------------------------------------------------------------
for where in 0.0.0.0:0 "$address:0" '[::]:0' '[::ffff:0.0.0.0]:0'; do
    expect 2 "the daemon does not listen on $where" run --listen "$where"
    contains 'and says what to do' "$work/err" '--plaintext'
    expect 2 "nor is that good to --check" run --check --listen "$where"
    contains 'for the same reason' "$work/err" '--plaintext'
    expect 2 "nor does a witness" witness --listen "$where"
    contains 'which says it, too' "$work/err" '--plaintext'
    expect 2 'in Spanish' witness --lang es --listen "$where"
    contains 'as well' "$work/err" 'y no hay TLS'
done
for where in 127.0.0.1:0 127.9.8.7:0 localhost:0; do
    LISTEN=$where check "it listens on $where" start_daemon "$work/data"
    stop_daemon
done

# ---- tokens --------------------------------------------------------------------------------------
LISTEN=$address:0 check 'a log on any address, with --plaintext' start_daemon "$work/data" --plaintext
case $url in "http://$address:"*) ok 'is asked there' ;; *) not_ok 'is asked there' "$url" ;; esac
write_policy "$work/policy"
port=${url##*:}
# A proxy, or a log, that writes down what it is asked, passes it on, and asks for a token where entries are read.
cat >"$work/listen.py" <<'PY'
import http.server, sys, urllib.parse, urllib.request
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def log_message(self, *a): pass
    def answer(self, status, body):
        self.send_response(status); self.send_header("Content-Length", str(len(body))); self.end_headers(); self.wfile.write(body)
    def do_GET(self):
        with open(sys.argv[2], "a") as f: f.write(self.path + "\n" + str(self.headers))
        path = self.path[self.path.index("/", 8):] if self.path.startswith("http://") else self.path
        if self.command != "GET" or path.startswith("/tile/entries/"):
            return self.answer(401, b"")
        try:
            with urllib.request.urlopen(sys.argv[3] + path) as r: self.answer(200, r.read())
        except urllib.error.HTTPError as e:
            self.answer(e.code, b"")
    do_PUT = do_POST = do_CONNECT = do_GET
server = http.server.ThreadingHTTPServer((sys.argv[1], 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
PY
: >"$work/heard"
beside env no_proxy='*' /usr/bin/python3 "$work/listen.py" "$address" "$work/heard" "$url" >"$work/port"
check 'somebody who listens' wait_until test -s "$work/port"
proxy=http://$address:$(cat "$work/port")
printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"subjects":[{"type":"curp","value":"GOMC850315HDFRRR07"}]}\n' >"$work/sealed"
put() { # put URL [COMMAND...]: submits what needs a sealed blob, and so a token
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private --log "$1" "$work/sealed"
}
entries() { curl -s "$url/checkpoint" | sed -n 2p; }
n=$(entries)
# shellcheck disable=SC2086
expect 0 'what needs no token is read' "$bin/bitacora" replay --policy "$work/policy"
for there in "$url" "http://127.0.0.1:x@$address:$port" "http://localhost:x@$address:$port" "http://[::ffff:$address]:$port"; do
    expect 2 "no token for $there" put "$there"
    cat "$work/out" "$work/err" >"$work/said"
    contains 'and why' "$work/said" 'a token is sent over TLS only'
done
"$bin/bitacora" submit --lang es --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private "$work/sealed" >"$work/said" 2>&1
contains 'in Spanish' "$work/said" 'un token solo se envía con TLS'
http_proxy=$proxy expect 2 'nor through a proxy' put "$url"
for command in "replay" "mirror $work/mirror"; do
    # shellcheck disable=SC2086
    expect 2 "a log that asks for a token gets none: ${command%% *}" "$bin/bitacora" $command --policy "$work/policy" --key "$work/vigila.example.mx.key" --log "$proxy"
done
check 'somebody was asked' test -s "$work/heard"
equal 'and nobody has heard a token' "$(grep -ci authorization "$work/heard")" 0
equal 'nothing was put, and nothing appended' "$(curl -s "$url/metrics" | sed -n 's/^bitacora_blobs_put_total //p') $(entries)" "0 $n"
stop_daemon
check 'on this machine' start_daemon "$work/data"
expect 0 'a token is sent' put "$url"
equal 'and the record is in the log' "$(entries)" $((n + 1))
expect 0 'by a name that leads here only, too' put "http://localhost:${url##*:}"
finish
