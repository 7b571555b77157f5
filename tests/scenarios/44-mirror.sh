#!/bin/sh
# A mirror that people read while it is kept current: every checkpoint that it ever showed stays provable, nothing
# is on its disk that the log did not sign, no young cosignature is given up, and a fork leaves evidence.
. "$(dirname "$0")/../lib.sh"

more() { request mx.telco "$1" | submit fgr.example.mx-a.lopez >/dev/null; }
p="--policy $work/policy"
check 'a log' small_log 20

# ---- every checkpoint that was shown ---------------------------------------------------------------
# shellcheck disable=SC2086
beside "$bin/bitacora" mirror $p --follow --every 1 "$work/copy" >"$work/follow.out" 2>"$work/follow.err"
follower=$beside
has() { [ "$(sed -n 2p "$work/copy/checkpoint" 2>/dev/null)" = "$1" ]; }
size=20
mkdir "$work/shown"
for n in 0 7 200 28 1 1 250 13; do # over the ends of two tiles, and exactly to one
    [ $n = 0 ] || more $n
    size=$((size + n))
    check "the follower has $size" wait_until has $size
    cp "$work/copy/checkpoint" "$work/shown/$size"
    [ $size != 507 ] || check 'partial tiles of the second tile are kept while it is not full' test -e "$work/copy/tile/0/001.p/1"
done
for shown in "$work"/shown/*; do # a reader that fetched this checkpoint then, and all else now
    cp -r "$work/copy" "$work/reader"
    cp "$shown" "$work/reader/checkpoint"
    # shellcheck disable=SC2086
    expect 0 "what was shown at $(basename "$shown") is still proven" "$bin/bitacora" replay $p --dir "$work/reader"
    rm -rf "$work/reader"
done
check 'the first tile is full: its partial ones are gone' test ! -e "$work/copy/tile/0/000.p"
kill -TERM $follower
wait $follower
equal 'ended, all that it kept is proven' $? 0
forget_pid $follower

# A log may drop partial tiles itself (tlog-tiles): a state, a receipt and a mirror of it go on.
cp -r "$work/copy" "$work/static"
cp "$work/shown/227" "$work/static/checkpoint"
# shellcheck disable=SC2086
expect 0 'a state of what was shown at 227' "$bin/bitacora" replay $p --dir "$work/static" --state "$work/state"
# shellcheck disable=SC2086
cp "$work/shown/255" "$work/static/checkpoint"
find "$work/static" -name '*.p' -prune -exec rm -r {} +
# shellcheck disable=SC2086
expect 0 'goes on to 255, read from full tiles' "$bin/bitacora" replay $p --dir "$work/static" --state "$work/state"

cut=$work/static/tile/0/000
head -c 8000 "$cut" >"$work/cut" && cp "$work/cut" "$cut"
# shellcheck disable=SC2086
expect 3 'a full tile of another length is none' "$bin/bitacora" replay $p --dir "$work/static"
contains 'and the partial one is missing, as it was' "$work/out" '[missing] tile/0/000.p/255 is missing'
rm "$cut"
# shellcheck disable=SC2086
expect 3 'neither is there: undecided' "$bin/bitacora" replay $p --dir "$work/static"

# ---- nothing unproven on the disk ------------------------------------------------------------------
# Bundles and tiles that agree with each other, of entries that the log never signed, 60 kB each.
cat >"$work/forge.py" <<'PY'
import base64, hashlib, os, sys
copy, out, size = sys.argv[1], sys.argv[2], int(sys.argv[3])
first = open(copy + '/tile/entries/000', 'rb').read()
entries = [first[2:2 + int.from_bytes(first[:2], 'big')]]
leaf = lambda e: hashlib.sha256(b'\0' + e).digest()
at = entries[0].split(b'\n')[2].decode()
for i in range(1, size):
    entries.append(('bitacora/v1 entry\n%d\n%s\n%s\n\n' % (i, at, base64.b64encode(leaf(entries[-1])).decode())).encode() + b'x' * 60000)
leaves = [leaf(e) for e in entries]
def root(h):
    while len(h) > 1: h = [hashlib.sha256(b'\1' + h[i] + h[i + 1]).digest() for i in range(0, len(h), 2)]
    return h[0]
def put(name, data):
    name = os.path.join(out, name); os.makedirs(os.path.dirname(name), exist_ok=True); open(name, 'wb').write(data)
roots = b''
for n in range(0, size, 256):
    suffix = '' if size - n >= 256 else '.p/%d' % (size - n)
    part = slice(n, n + 256)
    put('tile/entries/%03d%s' % (n // 256, suffix), b''.join(len(e).to_bytes(2, 'big') + e for e in entries[part]))
    put('tile/0/%03d%s' % (n // 256, suffix), b''.join(leaves[part]))
    if not suffix: roots += root(leaves[part])
put('tile/1/000.p/%d' % (len(roots) // 32), roots)
PY
cat >"$work/watch.py" <<'PY'
import http.server, os, sys
root, folder, peak = sys.argv[1], sys.argv[2], 0
class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *a): pass
    def do_GET(self):
        global peak
        staged = sum(os.path.getsize(os.path.join(d, f)) for d, _, fs in os.walk(folder + '/.incoming') for f in fs)
        peak = max(peak, staged)
        open(sys.argv[3], 'w').write(str(peak))
        path = root + self.path
        if '..' in path or not os.path.isfile(path): self.send_error(404); return
        body = open(path, 'rb').read()
        self.send_response(200); self.send_header('Content-Type', 'application/octet-stream')
        self.send_header('Content-Length', str(len(body))); self.end_headers()
        try: self.wfile.write(body)
        except OSError: pass
server = http.server.HTTPServer(('127.0.0.1', 0), Handler)
print(server.server_port, flush=True); server.serve_forever()
PY
watch() { # watch ROOT FOLDER: serves ROOT, and writes what FOLDER has staged at most to $work/peak
    echo 0 >"$work/peak"
    beside /usr/bin/python3 "$work/watch.py" "$1" "$2" "$work/peak" >"$work/port" 2>/dev/null
    server=$beside
    wait_until test -s "$work/port"
    static=http://127.0.0.1:$(cat "$work/port")
}
mkdir "$work/forged"
cp "$work/copy/checkpoint" "$work/forged/"
/usr/bin/python3 "$work/forge.py" "$work/copy" "$work/forged" $size
watch "$work/forged" "$work/deceived"
# shellcheck disable=SC2086
expect 1 'a mirror of forged files is refused' "$bin/bitacora" mirror $p --log "$static" "$work/deceived"
equal 'and none of their bytes was ever on its disk' "$(cat "$work/peak")" 0
equal 'nor is afterwards' "$(find "$work/deceived" -type f | wc -l)" 0
end_pid $server
# An altered tile above: all that is below it is unproven.
cp -r "$work/copy" "$work/altered"
rm -r "$work/altered/tile/0" && cp -r "$work/copy/tile/0" "$work/altered/tile/0"
printf '\377' | dd of="$work/altered/tile/0/001.p/$((size - 256))" bs=1 conv=notrunc 2>/dev/null || true
for tile in "$work"/altered/tile/1/000.p/*; do printf '\377\377' | dd of="$tile" bs=1 conv=notrunc 2>/dev/null; done
watch "$work/altered" "$work/deceived"
# shellcheck disable=SC2086
expect 1 'an altered tile above is found' "$bin/bitacora" mirror $p --log "$static" "$work/deceived"
equal 'before anything below it is kept' "$(cat "$work/peak")" 0
end_pid $server

# ---- a cosignature is not given up for an older one -------------------------------------------------
check 'a witness' new_witness w1
check 'that cosigns' start_witness w1
printf 'log %s %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$url" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/policy.w1"
curl -s "$url/v1/receipts/0" | sed '1,/^$/d' >"$work/note"
cosigned() { # cosigned FILE: the log's newest checkpoint with a cosignature of now
    { cat "$work/note"; { printf 'old %s\n\n' "$1"; cat "$work/note"; } | curl -s --data-binary @- "$witness_url/add-checkpoint"; } >"$2"
}
cosigned 0 "$work/older"
end_pid "$witness"
rm -rf "$work/w1.state" # it forgets, so that it cosigns again, later
sleep_until=$(($(date +%s) + 2))
WAIT=5 wait_until sh -c '[ "$(date +%s)" -ge "$1" ]' - $sleep_until
start_witness w1
cosigned 0 "$work/younger"
check 'two cosignatures of one checkpoint' sh -c '! cmp -s "$1" "$2" && [ "$(wc -l <"$1")" = 6 ] && [ "$(wc -l <"$2")" = 6 ]' - "$work/older" "$work/younger"
rm -rf "$work/static" && cp -r "$work/copy" "$work/static"
cp "$work/younger" "$work/static/checkpoint"
watch "$work/static" "$work/cosigned"
w="--policy $work/policy.w1 --log $static"
# shellcheck disable=SC2086
expect 0 'a mirror takes the younger' "$bin/bitacora" mirror $w "$work/cosigned"
cp "$work/older" "$work/static/checkpoint"
# shellcheck disable=SC2086
expect 0 'shown the older, it is what it was' "$bin/bitacora" mirror $w "$work/cosigned"
check 'the younger one stays' cmp "$work/younger" "$work/cosigned/checkpoint"
end_pid $server
end_pid "$witness"

# ---- a fork leaves evidence, wherever it is found ---------------------------------------------------
stop_daemon
cp -r "$work/data" "$work/data2"
start_daemon "$work/data"
write_policy "$work/policy"
more 3
# shellcheck disable=SC2086
expect 0 'one history, mirrored' "$bin/bitacora" mirror $p "$work/copy"
# shellcheck disable=SC2086
expect 0 'and replayed' "$bin/bitacora" replay $p --state "$work/kept"
stop_daemon
start_copy "$work/data2"
write_policy "$work/policy"
more 5
here=$(pwd)
mkdir "$work/cwd"
cd "$work/cwd" || exit 2
# shellcheck disable=SC2086
expect 1 'another, to a follower' timeout 120 "$bin/bitacora" mirror $p --follow --every 1 "$work/copy/"
equal 'its evidence lies beside the copy' "$(ls "$work" | grep -c '^copy\.evidence-[0-9a-f]\{16\}$')" 1
contains 'and it says where' "$work/err" "$work/copy.evidence-"
# shellcheck disable=SC2086
expect 0 'anyone can check it' "$bin/bitacora" verify-evidence $p "$work"/copy.evidence-*
# shellcheck disable=SC2086
expect 1 'once more' "$bin/bitacora" mirror $p "$work/copy"
equal 'the same evidence is one file' "$(ls "$work" | grep -c '^copy\.evidence-')" 1
# shellcheck disable=SC2086
expect 1 'a replay finds it, too' "$bin/bitacora" replay $p --state "$work/kept"
evidence=$(ls "$work/cwd")
equal 'and leaves evidence under the name of the log' "$(echo "$evidence" | sed 's/[0-9a-f]\{16\}$/HASH/')" log.example.mx-test.evidence-HASH
# shellcheck disable=SC2086
expect 0 'which anyone can check' "$bin/bitacora" verify-evidence $p "$evidence"
echo other >"$evidence"
# shellcheck disable=SC2086
expect 1 'a file of that name' "$bin/bitacora" replay $p --state "$work/kept"
equal 'is not replaced' "$(cat "$evidence")" other
check 'it lies beside it' test -f "$evidence-2"
cd "$here" || exit 2
stop_daemon
finish
