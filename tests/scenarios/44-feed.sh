#!/bin/sh
# What a log has shown of its witnesses it goes on showing: of one size no cosignature is given up because its
# witness is away after a restart. And witnesses may pack what they answer.
. "$(dirname "$0")/../lib.sh"

check 'a log' new_log
new_witness w1
new_witness w2
start_witness w1
w1=$witness
w1_url=$witness_url
start_witness w2
w2=$witness
w2_url=$witness_url
policy() { # policy FILE URL1 URL2: each witness alone is a quorum
    printf 'log %s\nwitness w1 %s %s\nwitness w2 %s %s\ngroup any 1 w1 w2\nquorum any\n' \
        "$vkey" "$(cat "$work/w1.vkey")" "$2" "$(cat "$work/w2.vkey")" "$3" >"$1"
}
policy "$work/served" "$w1_url" "$w2_url"
lines() { curl -sf "$url/checkpoint" | grep -c '^— w[12]\.example'; }
both() { [ "$(lines)" = 2 ]; }
asked() { curl -s "$url/metrics" | grep -q '^bitacora_witness_size{witness="w1"} 1$'; }

start_daemon "$work/data" --policy "$work/served"
check 'two witnesses' wait_until both
stop_daemon
end_pid "$w2"
start_daemon "$work/data" --policy "$work/served"
check 'one of them cosigns again after a restart' wait_until asked
equal 'what the other had cosigned is still served' "$(lines)" 2
stop_daemon

# The disk fails where a quorum is written: it is written once that has passed, with nothing else to
# do.
rm "$work/data/witnessed"
policy "$work/alone" "$w1_url" http://127.0.0.1:1
echo 'rename data/witnessed 5' >"$work/faults"
FAULTS=$work/faults start_daemon "$work/data" --policy "$work/alone"
not_written() { grep -q 'witnessed could not be written' "$work/daemon.err"; }
check 'a quorum that cannot be written' wait_until not_written
equal 'is not served' "$(lines)" 0
rm "$work/faults"
one() { [ "$(lines)" = 1 ]; }
check 'and is, once it can' wait_until one
stop_daemon

# A proxy that packs what the witness answers.
cat >"$work/pack.py" <<'PY'
import gzip, http.server, sys, urllib.request
witness, mode = sys.argv[1], sys.argv[2]
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_POST(self):
        body = self.rfile.read(int(self.headers['Content-Length']))
        try:
            status = 200
            with urllib.request.urlopen(witness + self.path, body) as a: answer, kind = a.read(), a.headers['Content-Type']
        except urllib.error.HTTPError as e: status, answer, kind = e.code, e.read(), e.headers['Content-Type']
        self.send_response(status)
        self.send_header('Content-Type', kind)
        if mode == 'br': self.send_header('Content-Encoding', 'br')
        else: answer = gzip.compress(answer); self.send_header('Content-Encoding', 'gzip')
        if mode == 'cut': answer = answer[:-9]
        self.send_header('Content-Length', str(len(answer))); self.end_headers(); self.wfile.write(answer)
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True); server.serve_forever()
PY
packed() { # packed MODE: a daemon of a new log whose witness is behind that proxy
    beside /usr/bin/python3 "$work/pack.py" "$w1_url" "$1" >"$work/port" 2>"$work/pack.err"
    proxy=$beside
    wait_until test -s "$work/port"
    policy "$work/served" "http://127.0.0.1:$(cat "$work/port")" "http://127.0.0.1:1"
    rm -f "$work/data/witnessed"
    : >"$work/daemon.err"
    start_daemon "$work/data" --policy "$work/served"
}
packed gzip
check 'a witness that packs its answer is understood' wait_until sh -c '[ "$(curl -sf "$1/checkpoint" | grep -c "^— w1")" = 1 ]' - "$url"
stop_daemon
end_pid $proxy
packed cut
check 'one whose answer is cut off is not' wait_until grep -q 'gzip cannot be unpacked' "$work/daemon.err"
stop_daemon
end_pid $proxy
packed br
check 'nor one that packs otherwise' wait_until grep -q 'Content-Encoding other than gzip' "$work/daemon.err"
stop_daemon
end_pid $proxy
end_pid "$w1"
finish
