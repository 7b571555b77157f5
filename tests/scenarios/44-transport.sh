#!/bin/sh
# What HTTP does to an honest log's bytes: packed without being asked, packed wrongly, header lines without end,
# a server that hangs, is moved or cannot be reached. An honest log is never called altered, and nothing is read without a cap.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 300
check 'a copy of it' "$bin/bitacora" mirror --policy "$work/policy" "$work/copy"
p="--policy $work/policy"

# ---- a server that does to answers what its mode says; nothing is packed by halves in its modes of gzip ----------
cat >"$work/serve.py" <<'PY'
import gzip, http.server, os, sys, time, zlib
root, mode = sys.argv[1], sys.argv[2]
bomb = gzip.compress(bytes(64 << 20)) if mode == 'bomb' else b''
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'
    def log_message(self, *a): pass
    def do_GET(self):
        path = root + self.path
        with open(sys.argv[3], 'a') as f: f.write(self.path + '\n')
        if '..' in path or not os.path.isfile(path):
            self.send_response(404); self.send_header('Content-Encoding', 'br'); self.send_header('Content-Length', '0'); self.end_headers(); return
        body = open(path, 'rb').read(); encoding = []
        tile = '/tile/' in self.path
        if mode == 'slow':
            time.sleep(0.2)
        if mode == 'hang' and tile:
            time.sleep(3600)
        if mode == 'all':
            body, encoding = gzip.compress(body), ['GZIP']
        elif mode == 'members' and tile:
            body, encoding = gzip.compress(body[:100]) + gzip.compress(body[100:]), ['gzip']
        elif mode == 'identity':
            encoding = ['identity']
        elif mode == 'blank':
            encoding = ['']
        elif mode == 'cut' and tile:
            body, encoding = gzip.compress(body)[:-9], ['gzip']
        elif mode == 'plain' and tile:
            encoding = ['gzip']
        elif mode == 'bomb' and tile:
            body, encoding = bomb, ['gzip']
        elif mode == 'twice' and tile:
            body, encoding = gzip.compress(gzip.compress(body)), ['gzip, gzip']
        elif mode == 'two' and tile:
            body, encoding = gzip.compress(gzip.compress(body)), ['gzip', 'gzip']
        elif mode == 'deflate' and tile:
            body, encoding = zlib.compress(body), ['deflate']
        elif mode in ('br', 'x-gzip', 'zstd') and tile:
            body, encoding = b'\x0b\x02\x80abc\x03', [mode]
        self.send_response(200)
        self.send_header('Content-Type', 'application/octet-stream')
        for e in encoding: self.send_header('Content-Encoding', e)
        try:
            if mode == 'headers' and tile:
                self.end_headers_without_end('X-%d: ' % 7)
            elif mode == 'trailers' and tile:
                self.send_header('Transfer-Encoding', 'chunked'); self.end_headers()
                self.wfile.write(b'%x\r\n' % len(body) + body + b'\r\n0\r\n')
                while True: self.wfile.write(b'X-More: ' + b'x' * 1000 + b'\r\n')
            else:
                self.send_header('Content-Length', str(len(body))); self.end_headers(); self.wfile.write(body)
        except OSError: self.close_connection = True
    def end_headers_without_end(self, name):
        self.flush_headers()
        while True: self.wfile.write(name.encode() + b'x' * 1000 + b'\r\n')
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True); server.serve_forever()
PY
serve() { # serve MODE: sets $static; what was asked for stands in $work/asked
    : >"$work/asked"
    beside /usr/bin/python3 "$work/serve.py" "$work/copy" "$1" "$work/asked" >"$work/port" 2>"$work/serve.err"
    server=$beside
    wait_until test -s "$work/port"
    static=http://127.0.0.1:$(cat "$work/port")
}
# No answer makes it take memory without end; ASan needs terabytes of addresses.
case $bin in */asan/*) little() { "$@"; } ;; *) little() { (ulimit -v 400000; "$@"); } ;; esac
replays_as() { # replays_as EXIT MODE DESCRIPTION [WHAT IT SAYS]
    serve "$2"
    # shellcheck disable=SC2086
    expect "$1" "$3" little timeout 120 "$bin/bitacora" replay $p --log "$static"
    cat "$work/out" "$work/err" >"$work/both"
    [ -z "${4:-}" ] || contains "$3: it says why" "$work/both" "$4"
    rm -rf "$work/second"
    # shellcheck disable=SC2086
    expect "$1" "$3, for a mirror" little timeout 120 "$bin/bitacora" mirror $p --log "$static" "$work/second"
    end_pid $server
}
replays_as 0 all 'all files packed, without being asked'
check 'its mirror is the log, byte for byte' diff -r "$work/copy" "$work/second"
replays_as 0 members 'packed in two members'
replays_as 0 identity 'an encoding that says that there is none'
replays_as 0 blank 'one that says nothing'
replays_as 3 cut 'packed and cut off' 'its gzip is altered or cut off'
replays_as 3 plain 'said to be packed, and it is not' 'its gzip is altered or cut off'
replays_as 3 bomb '64 MiB of zeroes, packed' 'more bytes than this may have'
for mode in br zstd deflate x-gzip; do
    replays_as 3 $mode "packed with $mode" "(Content-Encoding: $mode): of what is packed only gzip is unpacked"
done
replays_as 3 twice 'packed twice' '(Content-Encoding: gzip, gzip)'
replays_as 3 two 'two headers of an encoding' '(Content-Encoding: several)'

# ---- a real server ---------------------------------------------------------------------------------
mkdir "$work/nginx"
cp -r "$work/copy" "$work/packed"
find "$work/packed" -type f -exec gzip {} +
port=$(free_ports 1)
cat >"$work/nginx.conf" <<CONF
daemon off; pid $work/nginx/pid; error_log $work/nginx/error; worker_processes 1; user root;
events { worker_connections 64; }
http {
    default_type application/octet-stream; access_log off;
    client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
    uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
    server { listen 127.0.0.1:$port; root $work/packed; gzip_static always; }
}
CONF
nginx -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx.conf" &
nginx=$!
pids="$pids $nginx"
check 'nginx, gzip_static always' wait_until curl -sf -o "$work/raw" "http://127.0.0.1:$port/checkpoint"
equal 'it packs what nobody asked it to pack' "$(head -c 2 "$work/raw" | od -An -tx1 | tr -d ' ')" 1f8b
# shellcheck disable=SC2086
expect 0 'a replay' "$bin/bitacora" replay $p --log "http://127.0.0.1:$port"
# shellcheck disable=SC2086
expect 0 'a mirror' "$bin/bitacora" mirror $p --log "http://127.0.0.1:$port" "$work/third"
check 'which is the log, byte for byte' diff -r "$work/copy" "$work/third"
curl -s "$url/v1/receipts/20" >"$work/receipt"
# shellcheck disable=SC2086
expect 0 'verify --log' "$bin/bitacora" verify $p --log "http://127.0.0.1:$port" "$work/receipt"
end_pid $nginx

# ---- header lines without end --------------------------------------------------------------------
replays_as 3 headers 'headers without end' 'more than 65,536 bytes of header lines'
replays_as 3 trailers 'trailers without end' 'more than 65,536 bytes of header lines'

# ---- a server that hangs, and one that is slow ------------------------------------------------------
# A library makes time pass ten times as fast: it takes forty seconds to know that a server hangs.
cat >"$work/fast.c" <<'END'
#define _GNU_SOURCE
#include <dlfcn.h>
#include <time.h>
int clock_gettime(clockid_t id, struct timespec *t)
{
    static int (*real)(clockid_t, struct timespec *);
    if (real == NULL)
        real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int result = real(id, t);
    if (id == CLOCK_MONOTONIC) {
        long long n = ((long long)t->tv_sec * 1000000000 + t->tv_nsec) * 10;
        t->tv_sec = n / 1000000000;
        t->tv_nsec = n % 1000000000;
    }
    return result;
}
END
check 'a library that makes time pass faster' "${CC:-cc}" -shared -fPIC -o "$work/fast.so" "$work/fast.c" -ldl
sooner() { env ASAN_OPTIONS=verify_asan_link_order=0 LD_PRELOAD="$work/fast.so" timeout 120 "$@"; }
serve hang
# shellcheck disable=SC2086
expect 3 'a server that hangs' sooner "$bin/bitacora" replay $p --log "$static"
contains 'is named' "$work/out" 'no whole answer in time'
equal 'and is asked for one file only' "$(grep -c tile "$work/asked")" 1
end_pid $server
serve slow
# shellcheck disable=SC2086
expect 0 'a slow one is not cut off' sooner "$bin/bitacora" replay $p --log "$static"
end_pid $server

# ---- in the reader's language ----------------------------------------------------------------------
says() { # says LOG ENGLISH SPANISH
    # shellcheck disable=SC2086
    expect 3 "$2" "$bin/bitacora" replay $p --log "$1"
    contains "$2: said" "$work/out" "$2"
    # shellcheck disable=SC2086
    LC_ALL=es_MX.UTF-8 expect 3 "$3" "$bin/bitacora" replay $p --log "$1"
    contains "$3: said" "$work/out" "$3"
}
says http://127.0.0.1:1 "nobody answers at the server's address" 'nadie responde en la dirección del servidor'
says http://no-such-host.invalid "the server's name is not known" 'no se conoce el nombre del servidor'
says "https://127.0.0.1:${url##*:}" 'no secure connection (TLS) to the server' 'no se logra una conexión segura (TLS)'
says 'gopher://127.0.0.1' 'does not speak HTTP' 'no habla HTTP'
stop_daemon
finish
