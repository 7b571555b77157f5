#!/bin/sh
# All entries of one key, and no others: from the log's service, from a mirror, from a static web server, and from a file years later;
# what it says in words, what it does not cover, and what becomes of a file that was altered.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
answer() { # answer [OPTION...]: of the log
    "$b" answer --policy "$work/policy" "$@"
}
facts() { # facts FILE: what must be the same wherever an answer comes from
    jq -cS 'del(.file,.parts)' "$1" | sha256sum
}
list() { # list FILE: the entries
    jq -c '[.entries[].index]' "$1"
}
says() { # says DESCRIPTION FIXED_STRING: in what was printed, wherever its lines break
    tr -s ' \n' ' ' <"$work/out" >"$work/whole"
    contains "$1" "$work/whole" "$2"
}
index_now() { # an `index` entry for all there is
    stop_daemon
    "$bin/bitacorad" index --dir "$work/data" --now >"$work/index.out" 2>&1 || cat "$work/index.out"
    serve
}
serve() { # serves the log as before, at the same place
    LISTEN=${url#http://} start_daemon "$work/data" --config "$work/config"
}

echo 'index_every = 0' >"$work/config"
check 'a log' new_log
check 'is served, without an index' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
for who in 'judge.example.mx/j1 judge cjf.juzgado1' 'fgr.example.mx/a.lopez requester mx.fgr' 'telco.example.mx/desk holder mx.telco' \
    'vigila.example.mx/v1 oversight mx.vigilancia'; do
    # shellcheck disable=SC2086
    check "enrolled: $who" enrol $who
done
for ref in CJF-1/2026 CJF-2/2026 CJF-l/2026; do
    warrant "$ref" | submit judge.example.mx-j1
done
request mx.telco 20 | submit fgr.example.mx-a.lopez
request mx.telco 1 | sed 's|CJF-1/2026|CJF-2/2026|' | submit fgr.example.mx-a.lopez
request mx.telco 2 | sed 's|CJF-1/2026|CJF-l/2026|' | submit fgr.example.mx-a.lopez
response mx.telco | submit telco.example.mx-desk

ana=GOMC850315HDFRRR07
request mx.telco 1 | jq -c --arg v $ana '.subjects=[{"type":"curp","value":$v}]' >"$work/sealed"
check 'a person is sealed' "$b" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --private "$work/private" \
    --receipts "$work/receipts" "$work/sealed"
sealed=$(ls -t "$work/receipts" | head -n 1)
check 'and disclosed' "$b" disclose --policy "$work/policy" --private "$work/private" --out "$work/opening" "$work/receipts/$sealed"

expect 3 'a log without an index gives no answer' answer --warrant CJF-1/2026 --json
equal 'nor a fact' "$(jq -c '[.ok,.complete,.entries,.findings[0].code]' "$work/out")" '[false,false,null,"answer"]'
equal 'though scripts find the members that they rely on' "$(jq -c '[.ok,([has("complete_to","date","audited","entries","similar","root")]|all)]' "$work/out")" '[false,true]'
contains 'it is said what to do instead' "$work/err" 'bitacora warrant check CJF-1/2026'
check 'an index is made' index_now

expect 0 'a warrant with twenty requests' answer --warrant CJF-1/2026 --json --out "$work/twenty"
cp "$work/out" "$work/twenty.json"
"$b" warrant check CJF-1/2026 --policy "$work/policy" --json >"$work/check.json" 2>/dev/null
equal 'has the entries that a replay finds' "$(list "$work/twenty.json")" "$(jq -c '[(.warrants+.entries)[].entry]|sort' "$work/check.json")"
equal 'of which there are' "$(jq '.entries|length' "$work/twenty.json")" "$(jq '.warrants+.entries|length' "$work/check.json")"
equal 'up to the last before the index' "$(jq -c '[.complete_to+1==.index.entry,.complete_to==.index.complete_to,.complete_to+2==.size,.tail]' "$work/twenty.json")" \
    '[true,true,true,false]'
equal 'each with who signed it' "$(jq -c '[.entries[0]|.kind,.signer,.role,.authority,.record.ref]' "$work/twenty.json")" \
    '["warrant","judge.example.mx/j1","judge","cjf.juzgado1","CJF-1/2026"]'
equal 'nobody but the operator vouches for it' "$(jq -c '.audited' "$work/twenty.json")" null
equal 'what looks like it is listed apart' "$(jq -c '[.similar[]|.ref,.total,.differs]' "$work/twenty.json")" \
    '["CJF-l/2026",3,[{"at":5,"asked":"U+0031","there":"U+006C"}]]'
check 'the file is small' test "$(wc -c <"$work/twenty")" -lt 65536
expect 0 'in words' answer --warrant CJF-1/2026
says 'how many, and up to where' "these $(jq '.entries|length' "$work/twenty.json") entries and no others up to entry $(jq .complete_to "$work/twenty.json"), of "
says 'whose word it is' "That is the operator's word alone"
says 'what looks like it' 'U+006C instead of U+0031 (5); warrants: 1 (entry'
says 'what it does not cover' 'Whether a key that signed here was revoked'
expect 0 'in Spanish' answer --warrant CJF-1/2026 --lang es
says 'the same' 'asientos y ningún otro hasta el asiento'
says 'and whose word' 'solo la palabra de quien opera'

expect 0 'a warrant with one request' answer --warrant CJF-2/2026 --json --out "$work/one"
cp "$work/out" "$work/one.json"
equal 'two entries' "$(jq -c '[.entries[].kind]' "$work/one.json")" '["warrant","request"]'
expect 0 'one that looks like another' answer --warrant CJF-l/2026 --json
equal 'has its own, and the other is what looks like it' "$(jq -c '[([.entries[].kind]|length),.similar[0].ref]' "$work/out")" '[3,"CJF-1/2026"]'
expect 0 'a reference that is not there' answer --warrant CJF-9/2026 --json --out "$work/none"
equal 'has no entry' "$(jq -c '[.ok,.entries,.similar]' "$work/out")" '[true,[],[]]'
check 'in few bytes' test "$(wc -c <"$work/none")" -lt 20480
expect 0 'in words' answer --warrant CJF-9/2026
says 'nothing is an answer' 'No entry names this reference up to entry'
expect 0 'one that nobody can tell from another by sight' answer --warrant "CJF-1/2026$(printf '\342\200\213')"
says 'has no entry either' 'No entry names exactly this reference up to entry'
says 'but another has' "but entries have another reference that looks like it, or are about these: $(($(jq '.entries|length' "$work/twenty.json") + 3))"

lopez=$("$b" signers --policy "$work/policy" --json 2>/dev/null | jq -r '.signers[]|select(.name|startswith("fgr"))|.vkey')
expect 0 'a key' answer --vkey "$lopez" --json --out "$work/key"
equal 'is enrolled, and not revoked' "$(jq -c '[.revoked,[.entries[].kind]]' "$work/out")" '[null,["enroll"]]'
expect 0 'in words' answer --vkey "$lopez"
says 'up to there' 'not revoked up to entry'
expect 0 'a signer' answer --signer telco.example.mx/desk --json
equal 'and what it signed' "$(jq -c '[.entries[].kind]' "$work/out")" '["response"]'
expect 0 'a data holder' answer --holder mx.telco --json
equal 'warrants, requests and answers that name it' "$(jq -c '[.entries[].kind]|group_by(.)|map([.[0],length])' "$work/out")" '[["request",24],["response",1],["warrant",3]]'
cp "$work/out" "$work/holder.json"
expect 0 'in words' answer --holder mx.telco
equal 'each entry is listed once, neighbours together' \
    "$(sed -nE 's/^  Entry ([0-9]+) .*/\1 \1/p; s/^  Entries ([0-9]+) to ([0-9]+) .*/\1 \2/p' "$work/out" | while read -r from to; do seq "$from" "$to"; done | jq -cs .)" \
    "$(jq -c '[.entries[].index]' "$work/holder.json")"
check 'there are neighbours' grep -q '^  Entries [0-9]* to ' "$work/out"
says 'how many requests there are' "Request for data $(jq '[.entries[]|select(.kind=="request")]|length' "$work/holder.json") "
expect 0 'an authority' answer --authority cjf.juzgado1 --json
equal 'its enrolment' "$(jq -c '[.entries[]|.kind]' "$work/out")" '["enroll"]'
expect 0 'who holds an opening' answer --subject "$work/opening" --json --out "$work/subject"
equal 'learns what is sealed under it' "$(jq -c '[(.entries|length),.entries[0].kind,.entries[0].hash]' "$work/out")" \
    "$("$b" verify --policy "$work/policy" --json "$work/receipts/$sealed" 2>/dev/null | jq -c '[1,"request",.receipts[0].hash]')"
if grep -q $ana "$work/subject" "$work/out"; then not_ok 'the person is nowhere in it'; else ok 'the person is nowhere in it'; fi
expect 0 'in words' answer --subject "$work/opening"
says 'under this opening' 'one sealed person, under this opening'
expect 3 'what is no opening asks nothing' answer --subject "$work/policy"
expect 2 'two questions at once are none' answer --signer a --holder b
expect 2 'nor is what no record can say' answer --holder 'Mx Telco'
expect 2 'a file that is there is not written over' answer --warrant CJF-1/2026 --out "$work/one"

# ---- from elsewhere

check 'a mirror' "$b" mirror "$work/mirror" --policy "$work/policy"
expect 0 'answers as well' answer --warrant CJF-1/2026 --json --dir "$work/mirror"
equal 'the same' "$(facts "$work/out")" "$(facts "$work/twenty.json")"
mv "$work/mirror/index/newest" "$work/newest"
expect 0 'and without its hint' answer --warrant CJF-1/2026 --json --dir "$work/mirror"
equal 'the index is found from the end' "$(facts "$work/out")" "$(facts "$work/twenty.json")"
mv "$work/newest" "$work/mirror/index/newest"
cp -r "$work/mirror" "$work/broken"
find "$work/broken/index" -type f -path '*/*/*' ! -name newest | while read -r file; do echo garbage >"$file"; done
expect 3 'files of the index that are none' answer --warrant CJF-1/2026 --json --dir "$work/broken"
equal 'are no answer, and why is said' "$(jq -c '[.ok,.entries,.findings[].code]' "$work/out")" '[false,null,"unreadable"]'
beside /usr/bin/python3 -u -m http.server --bind 127.0.0.1 --directory "$work/mirror" 0 >"$work/web.out" 2>"$work/web.err"
web=$beside
check 'a web server has the files' wait_until grep -q 'port [0-9]' "$work/web.out"
at=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\).*/\1/p' "$work/web.out")
expect 0 'and answers, with no service' answer --warrant CJF-1/2026 --json --log "$at"
equal 'the same' "$(facts "$work/out")" "$(facts "$work/twenty.json")"
expect 0 'that there is nothing, too' answer --warrant CJF-9/2026 --json --log "$at"
equal 'the same' "$(jq -c .entries "$work/out")" '[]'
end_pid "$web"

# ---- the tail

request mx.telco 3 | submit fgr.example.mx-a.lopez
expect 0 'what came later' answer --warrant CJF-1/2026 --json
equal 'is not covered' "$(list "$work/out")" "$(list "$work/twenty.json")"
expect 0 'and in words' answer --warrant CJF-1/2026
says 'which that is' 'The entries after that under this checkpoint: 4 ('
expect 0 'but with --tail' answer --warrant CJF-1/2026 --tail --json --out "$work/tail"
equal 'it is' "$(jq -c '[.tail,.complete_to+1==.size,(.entries|length)]' "$work/out")" "[true,true,$(($(jq '.entries|length' "$work/twenty.json") + 3))]"
tail=$(list "$work/out")
expect 0 'from the files, too' "$b" answer --policy "$work/policy" --warrant CJF-1/2026 --tail --json --dir "$work/mirror"
equal 'of a mirror up to its end' "$(list "$work/out")" "$(list "$work/twenty.json")"

# ---- servers that say something else

expect 0 'a file goes with the log of now' "$b" verify --policy "$work/policy" --log "$url" "$work/twenty"
check 'the mirror goes on' "$b" mirror "$work/mirror" --policy "$work/policy"
cat >"$work/liar.py" <<'END'
import http.server, os, sys
folder, part = sys.argv[1], open(sys.argv[2], "rb").read()
class Liar(http.server.SimpleHTTPRequestHandler):
    def __init__(self, *a): super().__init__(*a, directory=folder)
    def log_message(self, *a): pass
    def do_GET(self):
        if not self.path.startswith("/v1/answer"):
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Liar)
print(server.server_address[1], flush=True)
server.serve_forever()
END
lied() { # lied DESCRIPTION FILE [OPTION...]: asked of a server that answers with that file, whatever is asked
    what=$1
    beside /usr/bin/python3 "$work/liar.py" "$work/mirror" "$2" >"$work/liar.out" 2>"$work/liar.err"
    liar=$beside
    shift 2
    wait_until grep -q . "$work/liar.out"
    expect 3 "$what" answer --warrant CJF-1/2026 --json --log "http://127.0.0.1:$(cat "$work/liar.out")" "$@"
    equal 'and nothing of it is shown' "$(jq -c '[.ok,.entries]' "$work/out")" '[false,null]'
    end_pid "$liar"
}
lied 'an answer under an older checkpoint is refused' "$work/twenty"
curl -s "$url/v1/answer?warrant=CJF-1/2026&size=$(sed -n 2p "$work/mirror/checkpoint")" >"$work/part"
check 'the service gives a part' grep -q '^checkpoint 0$' "$work/part"
lied 'which is none with a tail' "$work/part" --tail
head -c 3000 "$work/part" >"$work/cut"
lied 'nor is half of it' "$work/cut"
echo '<html>' >"$work/html"
lied 'nor is something else' "$work/html"
curl -s "$url/v1/answer?warrant=CJF-2/2026&size=$(sed -n 2p "$work/mirror/checkpoint")" >"$work/part"
beside /usr/bin/python3 "$work/liar.py" "$work/mirror" "$work/part" >"$work/liar.out" 2>"$work/liar.err"
liar=$beside
wait_until grep -q . "$work/liar.out"
expect 1 'the answer to another question is bad' answer --warrant CJF-1/2026 --json --log "http://127.0.0.1:$(cat "$work/liar.out")"
end_pid "$liar"

older=$(cat "$work/mirror/index/newest")
check 'another index is made' index_now
cp -r "$work/mirror/index" "$work/older-index"
check 'the mirror goes on' "$b" mirror "$work/mirror" --policy "$work/policy"
cp -rn "$work/older-index/." "$work/mirror/index/"
echo "$older" >"$work/mirror/index/newest"
expect 0 'who is told of an old index' answer --warrant CJF-1/2026 --json --dir "$work/mirror"
equal 'gets what that covers' "$(jq .index.entry "$work/out")" "$older"
expect 0 'but the tail shows the newer one' answer --warrant CJF-1/2026 --json --dir "$work/mirror" --tail --out "$work/newer"
equal 'which is used' "$(jq -c "[.index.entry>$older,.complete_to+1==.size]" "$work/out")" '[true,true]'
contains 'and that is said' "$work/err" 'that the log did not tell of'
expect 0 'the file is the one that was shown' "$b" verify --policy "$work/policy" --json "$work/newer"
equal 'by its index' "$(jq -c "[.answers[0].index.entry>$older,(.answers[0].entries|length)]" "$work/out")" "[true,$(echo "$tail" | jq length)]"

# ---- revoked

check 'a key is revoked' "$b" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$lopez" --reason superseded
expect 0 'which the tail shows' answer --vkey "$lopez" --json --tail
equal 'by its entry' "$(jq -c '[.revoked==.entries[1].index,.entries[1].kind]' "$work/out")" '[true,"revoke"]'
expect 0 'in words' answer --vkey "$lopez" --tail
says 'loudly' 'REVOKED by entry'

# ---- large: several parts

request mx.grande 2300 | sed 's|CJF-1/2026|CJF-3/2026|' >"$work/many"
check 'another official' enrol fgr.example.mx/b.mora requester mx.fgr
check 'many requests' submit fgr.example.mx-b.mora <"$work/many"
check 'indexed' index_now
expect 0 'come in parts' answer --holder mx.grande --json --out "$work/parts"
equal 'all of them' "$(jq -c '[.entries|length, (map(.kind)|unique)]' "$work/out")" '[2300,["request"]]'
check 'several' test "$(jq .parts "$work/out")" -gt 1
cp "$work/out" "$work/parts.json"

# ---- offline

check 'the log is gone' stop_daemon
sed 's| http[^ ]*$||' "$work/policy" >"$work/offline"
verify() { # verify FILE...: offline
    "$b" verify --policy "$work/offline" "$@"
}
expect 0 'years later a file is verified' verify "$work/twenty" --json
jq '.answers[0]' "$work/out" >"$work/out.1"
equal 'and says the same' "$(facts "$work/out.1")" "$(facts "$work/twenty.json")"
expect 0 'in words' verify "$work/twenty" --lang es
says 'too' 'asientos y ningún otro hasta el asiento'
expect 0 'several files' verify "$work/one" "$work/none" "$work/key" "$work/tail" --json
equal 'each for itself' "$(jq -c '[.answers[]|.ok,(.entries|length)]' "$work/out")" "[true,2,true,0,true,1,true,$(echo "$tail" | jq length)]"
expect 0 'one of several parts' verify "$work/parts" --json
jq '.answers[0]' "$work/out" >"$work/out.1"
equal 'as it was' "$(facts "$work/out.1")" "$(facts "$work/parts.json")"
cat "$work/one" >"$work/piped"
expect 0 'from a pipe' sh -c "cat '$work/piped' | '$b' verify --policy '$work/offline' --json /dev/stdin"
expect 3 'receipt show does not take it for a receipt' "$b" receipt show --policy "$work/offline" "$work/one"

# ---- altered

bad() { # bad DESCRIPTION FILE: it is not good, and nothing of it is shown
    verify "$2" --json >"$work/out" 2>/dev/null
    got=$?
    equal "$1" "$got $(jq -c '[.ok,.answers[].entries]' "$work/out" 2>/dev/null)" "${3:-3} [false,null]"
}
head -c 1000 "$work/one" >"$work/altered"
bad 'cut off' "$work/altered"
sed 's/$/\r/' "$work/one" >"$work/altered"
verify "$work/altered" >"$work/out" 2>/dev/null
equal 'with other ends of lines' $? 3
cat "$work/one" "$work/one" >"$work/altered"
bad 'twice' "$work/altered"
{ cat "$work/one" && echo; } >"$work/altered"
bad 'with something behind it' "$work/altered"
sed '2s/CJF-2/CJF-9/' "$work/one" >"$work/altered"
bad 'of another question' "$work/altered"
/usr/bin/python3 - "$work/parts" "$work" <<'END'
import sys
data, out = open(sys.argv[1], "rb").read(), sys.argv[2]
parts = [b"bitacora/v1 answer\n" + p for p in data.split(b"bitacora/v1 answer\n")[1:]]
for name, some in (("first", parts[:1]), ("last", parts[1:]), ("turned", parts[::-1]), ("hole", parts[:1] + parts[2:])):
    open(out + "/" + name, "wb").write(b"".join(some))
END
for name in first last turned hole; do
    bad "parts: $name" "$work/$name"
done
other=$("$b" keygen other.example.mx/log --out "$work/other.key")
printf 'log %s\nquorum none\n' "$other" >"$work/other"
expect 3 'under the policy of another log' "$b" verify --policy "$work/other" "$work/one"
"$b" keygen w.example.mx --witness --out "$work/w.key" >"$work/w.vkey"
printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$(cat "$work/w.vkey")" >"$work/other"
expect 3 'without the witnesses of a policy' "$b" verify --policy "$work/other" --json "$work/one"
equal 'that is why' "$(jq -r '[.answers[0].findings[].code]|join(" ")' "$work/out")" quorum
expect 3 'whose cosignatures are not young enough' "$b" verify --policy "$work/offline" --max-age 60 --json "$work/one"
equal 'that is why' "$(jq -r '[.answers[0].findings[].code]|join(" ")' "$work/out")" stale
expect 1 'with another genesis than the one that is pinned' "$b" verify --policy "$work/offline" --genesis "$(printf '%032d' 0 | base64 | head -c 43)=" "$work/one"

# More than is read at once: large parts, and many small ones, each of which is found where it begins.
/usr/bin/python3 - "$work/long" <<'END'
import base64, hashlib, sys
def part(entries):
    body = b"bitacora/v1 answer\nholder mx.telco\nrange 0 1 2\nindex 0\naudit none\ncheckpoint 0\nentries %d\n" % entries
    body += b"".join(b"%d 65000\n" % i + bytes(65000) + b"\n" for i in range(entries)) + b"proof 0\ntables 0\n"
    return body + b"sha256 " + base64.b64encode(hashlib.sha256(body).digest()) + b"\n"
with open(sys.argv[1], "wb") as f:
    for entries in (320, 320, 320):
        f.write(part(entries) + part(0) * 1000)
END
verify "$work/long" --json >"$work/out" 2>/dev/null
equal 'a long file of parts without a checkpoint' "$? $(jq -c '.answers[0]|[.findings_total,(.findings|group_by(.reason)|map([.[0].reason,length]))]' "$work/out")" \
    '3 [6005,[["ANSWER_PARTS",3002],["CHECKPOINT_FORM",3003]]]'
rm "$work/long"

# An index that leaves an entry out convicts the log where somebody has that entry's receipt.
cat >"$work/leaves_out.py" <<'END'
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from answers import Part
from base_logs import base
from index_lies import Lying
from index_tables import entry_of, index_of, key
from receipts import receipt
from writer import policy_text, write_file
out, log = sys.argv[2], base(40)
index, asked = index_of(log), ("holder", b"mx.telco")
table = index.table(0, 40)
of = [entry_of(r) for r in table.rows if r[:16] == key("holder", "mx.telco")]
entry = index.add(tables=[Lying(0, 40, [r for r in table.rows if not (r[:16] == key("holder", "mx.telco") and entry_of(r) == of[-3])])])
write_file(os.path.join(out, "policy"), policy_text(log.key).encode())
write_file(os.path.join(out, "answer"), Part.honest(log, asked, entry.index, tables=index.cover_of(entry)).bytes())
for name, n in (("listed", of[0]), ("left-out", of[-3])):
    write_file(os.path.join(out, name), receipt(log, n, len(log), log.checkpoint()))
END
check 'a log whose index lies' /usr/bin/python3 "$work/leaves_out.py" "$root/tests/interop" "$work/lie"
expect 0 'an answer alone cannot show it' "$b" verify --policy "$work/lie/policy" "$work/lie/answer"
expect 0 'nor can a receipt of what it lists' "$b" verify --policy "$work/lie/policy" "$work/lie/answer" "$work/lie/listed"
expect 1 'but one of what it leaves out' "$b" verify --policy "$work/lie/policy" --json "$work/lie/answer" "$work/lie/left-out"
equal 'convicts the log' "$(jq -c '[.verdict,.findings[].reason]' "$work/out")" '["bad","INDEX_LEFT_OUT"]'

# Single bits, as they are and with the SHA-256 made right again: EVERY=1 flips all of them.
cat >"$work/flip.py" <<'END'
import hashlib, subprocess, sys
bitacora, policy, path, every = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
data = open(path, "rb").read()
line = data.rindex(b"sha256 ")
import base64
wrong, n = [], 0
for bit in range(0, 8 * len(data), every):
    flipped = bytearray(data)
    flipped[bit // 8] ^= 1 << bit % 8
    both = [bytes(flipped)]
    if bit // 8 < line:
        body = bytes(flipped[:line])
        both.append(body + b"sha256 " + base64.b64encode(hashlib.sha256(body).digest()) + b"\n")
    for data_now in both:
        open(path + ".flipped", "wb").write(data_now)
        n += 1
        done = subprocess.run([bitacora, "verify", "--policy", policy, path + ".flipped"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode not in (1, 3):
            wrong.append((bit, len(both), done.returncode))
print(n, wrong)
END
/usr/bin/python3 "$work/flip.py" "$b" "$work/offline" "$work/one" "${EVERY:-977}" >"$work/flipped" 2>&1
check 'bits were flipped' grep -q '^[1-9][0-9]* ' "$work/flipped"
equal 'and none gives a good answer' "$(sed 's/^[0-9]* //' "$work/flipped")" '[]'
finish
