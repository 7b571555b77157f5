#!/bin/sh
# A witness (c2sp.org/tlog-witness) for several logs, also foreign ones: every answer of the specification;
# what it is shown against a log is kept, and convinces others; it never goes back, whatever ends it.
. "$(dirname "$0")/../lib.sh"
tools=$root/build/release/tools
A=example.com/behind-the-sofa
B=log.example.mx/test
C='Ünï"code\.example:8443/log'
ask() { "$tools/ask_witness" ask "$@"; }
signed() { "$tools/ask_witness" text "$@"; }
vkey_of() { "$tools/ask_witness" vkey "$1"; }
hash_of() { printf %s "$1" | sha256sum | cut -c 1-64; }
copy() { cp "$1" "$2"; }

witness=$("$bin/bitacora" keygen testigo.example/w1 --witness --out "$work/key")
cat >"$work/policy" <<END
log $(vkey_of "$A")
log $(vkey_of "$B")
log $(vkey_of "$C")
quorum none
END
state=$work/state

start_witness() { # start_witness [OPTION...]: sets $pid and $url; what it says is in $work/said
    beside "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" --state "$state" \
        --listen 127.0.0.1:0 "$@" >"$work/witness.out" 2>"$work/said"
    pid=$beside
    wait_until grep -q '^listening on ' "$work/witness.out" || return 1
    url=$(sed -n 's/^listening on //p' "$work/witness.out")
}
stop_witness() {
    kill -TERM "$pid"
    ended_witness
}
ended_witness() {
    wait "$pid"
    status=$?
    forget_pid "$pid"
    return $status
}
is_gone() { case $(cut -d ' ' -f 3 "/proc/$pid/stat") in Z | '') ;; *) return 1 ;; esac }
post() { # post [CURL OPTION...]: standard input to add-checkpoint; the answer in $work/answer, prints the status
    curl -s -o "$work/answer" -D "$work/headers" -w '%{http_code}' --data-binary @- "$@" "$url/add-checkpoint"
}
answers() { # answers STATUS DESCRIPTION < BODY
    equal "$2: $1" "$(post)" "$1"
}
cosigned() { # cosigned DESCRIPTION ORIGIN SIZE [FORK]: the last answer is a good cosignature, and nothing else
    "$tools/ask_witness" check "$2" "$3" "$witness" ${4:+"$4"} <"$work/answer" >"$work/seconds" && ok "$1" ||
        not_ok "$1" "$(cat "$work/answer")"
}
size_is() { # size_is DESCRIPTION SIZE: the last answer is a 409 that says so
    printf '%s\n' "$2" | cmp -s - "$work/answer" && grep -qi '^content-type: text/x.tlog.size.$' "$work/headers" &&
        ok "$1" || not_ok "$1" "$(cat "$work/headers" "$work/answer")"
}
metric() { curl -s "$url/metrics" | sed -n "s|^$1 ||p"; }
files() { ls "$state" | grep -c -- "^$(hash_of "$1")\\.$2-"; }

# ---- what is right ---------------------------------------------------------------------------

check 'a witness starts' start_witness
contains 'and says that it has no memory' "$work/said" 'begins with an empty memory'
contains 'and says that it knows nothing of a log yet' "$work/said" "$A: nothing was cosigned yet"
equal 'no checkpoint to read' "$(curl -s -o /dev/null -w '%{http_code}' "$url/$(hash_of "$A")/checkpoint")" 404
ask "$A" 0 5 | answers 200 'a first checkpoint'
cosigned 'is cosigned' "$A" 5
now=$(date +%s)
equal 'now' "$(($(cat "$work/seconds") <= now && $(cat "$work/seconds") > now - 60))" 1
ask "$A" 5 9 | answers 200 'one that extends it'
cosigned 'is cosigned' "$A" 9
ask "$A" 9 9 | answers 200 'the same again'
cosigned 'is cosigned again' "$A" 9
ask "$A" 9 64 | answers 200 'to a power of two'
ask "$A" 64 1000 | answers 200 'from a power of two'
ask "$B" 0 3 | answers 200 'another log'
cosigned 'has a size of its own' "$B" 3
ask "$C" 0 0 | answers 200 'an empty tree, of a log whose name is no name of ours'
cosigned 'is cosigned' "$C" 0
ask "$C" 0 7 | answers 200 'and then grows'
ask "$A" 1000 1001 | post -H 'Transfer-Encoding: chunked' >"$work/code"
equal 'in chunks' "$(cat "$work/code")" 200
text=$(ask "$A" 1001 1100 | sed '1,/^$/d;/^$/,$d')
{ ask "$A" 1001 1100 | sed '/^$/q'; signed "$A" "$text
an extension line
"; printf '— who.example/x AAAAAWJ5dGVz\n'; } >"$work/body"
answers 200 'an extension line, and the signature of somebody unknown' <"$work/body"

# ---- reading ---------------------------------------------------------------------------------

code() { # code STATUS METHOD PATH
    equal "$2 $3: $1" "$(curl -s -o "$work/page" -w '%{http_code}' -X "$2" "$url$3")" "$1"
}
code 200 GET "/$(hash_of "$A")/checkpoint"
contains 'the checkpoint is the one cosigned last' "$work/page" 'an extension line'
equal 'with the signatures of the log and the witness' "$(sed -n 's/^— \([^ ]*\) .*/\1/p' "$work/page")" "$A
testigo.example/w1"
tail -n 1 "$work/page" | cmp -s - "$work/answer" && ok 'the latter being the one that was given' ||
    not_ok 'the latter being the one that was given'
code 404 GET "/$(hash_of "$A" | tr a-f A-F)/checkpoint"
code 404 GET "/$(hash_of nobody)/checkpoint"
code 404 GET "/$(hash_of "$A")/checkpoint/"
code 404 GET /
code 404 GET //vkey
code 405 GET /add-checkpoint
code 405 POST /vkey
code 405 DELETE /healthz
code 200 GET /vkey
equal 'the vkey' "$(cat "$work/page")" "$witness"
code 200 GET /healthz
equal 'healthy' "$(jq -r '"\(.state) \(.logs)"' "$work/page")" 'ok 3'
curl -sI "$url/$(hash_of "$A")/checkpoint" >"$work/headers"
length=$(curl -s "$url/$(hash_of "$A")/checkpoint" | wc -c)
contains 'HEAD tells the length' "$work/headers" "Content-Length: $length"
equal 'metrics: the size' "$(metric "bitacora_witness_size{origin=\"$B\"}")" 3
contains 'of a name that needs escaping' "$work/said" "$C"
curl -s "$url/metrics" >"$work/page"
contains 'escaped' "$work/page" 'origin="Ünï\"code\\.example:8443/log"} 7'

# ---- what is wrong ---------------------------------------------------------------------------

ask nobody.example 0 5 | answers 404 'a log that nobody named'
ask "$A" 0 1200 | answers 409 'from the start'
size_is 'tells where it is' 1100
ask "$A" 5 1200 | answers 409 'from an earlier size'
ask "$A" 1200 1300 | answers 409 'from a later size'
health() { curl -s "$url/healthz" | jq -r .state; }
ask "$A" 0 5 | answers 409 'back to an earlier checkpoint'
contains 'it is said' "$work/said" "$A shows size 5, and had signed size 1100: it was set back, or somebody shows an older checkpoint"
equal 'and shows' "$(health)" smaller_shown
equal 'in the metrics, too' "$(metric "bitacora_witness_smaller_size{origin=\"$A\"}")" 5
ask "$A" 0 6 | answers 409 'again'
equal 'is said once' "$(grep -c 'it was set back' "$work/said")" 1
ask "$A" 1100 1200 | sed 's/^old 1100$/old 1201/' | answers 400 'an old size beyond the new one'

ask "$A" 1100 1200 >"$work/good"
bad() { # bad STATUS DESCRIPTION SED-EXPRESSION
    sed "$3" "$work/good" >"$work/body"
    cmp -s "$work/body" "$work/good" && not_ok "$2: the edit did nothing"
    answers "$1" "$2" <"$work/body"
}
bad 403 'a signature that does not verify' '/^— /s/.\{9\}$/AAAAAAAA=/'
bad 403 'signed by a key of another name' '/^— /s/behind-the-sofa/before-the-sofa/'
bad 403 'the signature of the log, but not of this' '/^1200$/s/1200/1201/'
bad 403 'the signature twice' '/^— /{p}'
signed "$B" "$text
" | { sed '/^$/q' "$work/good"; cat; } | answers 403 'signed by another log'
bad 400 'no old size' 1d
bad 400 'a leading zero' '1s/old /old 0/'
bad 400 'a plus sign' '1s/old /old +/'
bad 400 'two spaces' '1s/old /old  /'
bad 400 'carriage returns' 's/$/\r/'
bad 400 'a hash that is none' '2s/^./-/'
bad 400 'a hash too short' '2s/^....//'
bad 400 'no empty line' '/^$/d'
bad 400 'no signature' '/^— /d'
bad 400 'a root that is none' '/^1200$/{n;s/^./-/}'
bad 400 'a size that is none' '/^1200$/s/1200/1200.0/'
answers 400 'nothing' </dev/null
head -c 3000 /dev/urandom | answers 400 'bytes'
{ echo 'old 1100'; for _ in $(seq 64); do sed -n 2p "$work/good"; done; sed '1,/^$/d' "$work/good" | sed '1i\\'; } |
    answers 400 '64 hashes'
{ head -c 300000 /dev/zero | tr '\0' x; } | answers 413 'more than is read'
equal 'that counts too' "$(metric 'bitacora_witness_answers_total{call="add-checkpoint",status="409"}')" 5

port=${url##*:}
raw() { # raw STATUS DESCRIPTION TEXT
    printf "$3" | bash -c 'exec 3<>/dev/tcp/127.0.0.1/$0 && cat >&3 && timeout 120 head -n 1 <&3' "$port" >"$work/raw" 2>/dev/null
    equal "$2: $1" "$(cut -d ' ' -f 2 "$work/raw")" "$1"
}
raw 400 'two lengths' 'POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'
raw 400 'a signed length' 'POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: +3\r\n\r\nabc'
raw 400 'length and chunks' 'POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n'
raw 400 'a header too long' "GET /vkey HTTP/1.1\r\nX: $(head -c 20000 /dev/zero | tr '\0' x)\r\n\r\n"
raw 404 'a path that is none' 'GET xvkey HTTP/1.0\r\n\r\n'

bad 422 'a proof with another hash' '2s/.*/47DEQpj8HBSa+\/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=/'
bad 422 'a proof too short' 2d
bad 422 'a proof too long' '2{p}'
bad 422 'no proof' '2,/^$/{/./d}'
equal 'that was kept once, as it may be the log that is wrong' "$(files "$A" doubt)" 1
equal 'and said once' "$(grep -c 'WARNING.*signed size 1200' "$work/said")" 1
ask "$A" 1100 1100 | sed '1a 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' | answers 422 'a proof between equal sizes'
answers 200 'the right proof' <"$work/good"
equal 'ends the doubt' "$(files "$A" doubt)" 0
ask "$B" 3 4 | answers 200 'a log at a power of two'
for size in $(seq 5 16); do ask "$B" 4 "$size" | sed 2d | post >/dev/null; done
equal 'no more than eight doubts are kept' "$(files "$B" doubt)" 8
ask "$B" 4 5 | answers 200 'which keeps nobody from going on'

# ---- misbehaving logs ------------------------------------------------------------------------

printf 'log %s\nquorum none\n' "$(vkey_of "$C")" >"$work/only"
convicts() { # convicts DESCRIPTION: every file of evidence does
    for evidence in "$state"/*.fork-*; do
        expect 0 "$1" "$bin/bitacora" verify-evidence --policy "$work/only" "$evidence"
    done
}
ask "$C" 7 7 3 | answers 422 'the same size, another root'
equal 'is a fork' "$(files "$C" fork)" 1
convicts 'and convicts the log'
ask "$C" 7 7 3 | answers 422 'again'
equal 'is kept once' "$(files "$C" fork)" 1
equal 'and said once' "$(grep -c '^bitacora: FORK' "$work/said")" 1
equal 'its health shows it' "$(health)" fork
ask "$C" 0 7 2 | answers 409 'another root at this size, asked from elsewhere'
equal 'is a fork as well' "$(files "$C" fork)" 2
ask "$C" 7 20 3 | answers 422 'a larger tree of another history'
equal 'is a fork' "$(files "$C" fork)" 3
for size in $(seq 21 40); do ask "$C" 7 "$size" 3 | post >/dev/null; done
equal 'no more than eight are kept' "$(files "$C" fork)" 8
convicts 'each convicts the log'
equal 'metrics count them' "$(curl -s "$url/metrics" | grep -c '^bitacora_witness_forks.* 8$')" 1
ask "$C" 7 20 | answers 200 'the history that was cosigned may go on'
{ printf 'old 0\n\n'; signed new.example/log "new.example/log
0
AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=
"; } >"$work/not-empty"

# ---- starting again --------------------------------------------------------------------------

expect 0 'it ends' stop_witness
contains 'having said so' "$work/said" 'stopping'
check 'it starts again' start_witness
equal 'its health shows that a log forked, still' "$(health)" fork
contains 'which is said at the start' "$work/said" "$C forked: 8 files of evidence"
contains 'where it was' "$work/said" "$A: at size 1200, cosigned last at 20"
ask "$A" 0 5 | answers 409 'it remembers'
size_is 'the size' 1200
expect 2 'a second witness in the same folder does not start' timeout 120 "$bin/bitacora" witness --key "$work/key" \
    --policy "$work/policy" --state "$state" --listen 127.0.0.1:0
contains 'and says why' "$work/err" 'another witness uses'
expect 2 'nor one at a place that is taken' timeout 120 "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" \
    --state "$work/other" --listen "127.0.0.1:${url##*:}"

# SIGHUP: a log more, a log less; a policy that cannot be read changes nothing.
copy "$work/policy" "$work/three"
{ grep -v "$B" "$work/three"; echo "log $(vkey_of new.example/log)"; } >"$work/policy"
kill -HUP $pid
check 'told to, it reads the policy again' wait_until grep -q 'new.example/log: nothing was cosigned' "$work/said"
answers 422 'a new log, of size 0 but not empty' <"$work/not-empty"
ask new.example/log 0 1 | sed '1a 47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' | answers 422 'a proof from size 0'
ask new.example/log 0 1 | answers 200 'without one'
ask "$B" 5 6 | answers 404 'one that is no longer there'
ask "$A" 1200 1201 | answers 200 'and one that stayed'
echo nonsense >"$work/policy"
kill -HUP $pid
check 'nonsense is refused' wait_until grep -q 'the policy stays as it was' "$work/said"
ask "$A" 1201 1202 | answers 200 'and nothing changes'
copy "$work/three" "$work/policy"
kill -HUP $pid
check 'the log of before' wait_until grep -q "$B: at size 5" "$work/said"
ask "$B" 5 6 | answers 200 'goes on where it was'

# SIGTERM while a request is on its way: half of it was read, and the rest comes when the witness is stopping.
ask "$A" 1202 1203 >"$work/body"
cat >"$work/slow.py" <<'END'
import os, signal, socket, sys, time
port, body, pid, said = int(sys.argv[1]), open(sys.argv[2], "rb").read(), int(sys.argv[3]), sys.argv[4]
def wait(condition):
    end = time.monotonic() + 60
    while not condition():
        if time.monotonic() > end:
            sys.exit("not in a minute: " + condition.__doc__)
        time.sleep(.02)
s = socket.create_connection(("127.0.0.1", port))
peers = "%08X:%04X %08X:%04X" % (0x0100007F, port, 0x0100007F, s.getsockname()[1])
def was_read():
    "the witness has read all that was sent"
    ours = [line.split() for line in open("/proc/net/tcp") if peers in line]
    return bool(ours) and ours[0][9] != "0" and ours[0][4].endswith(":00000000") # accepted, nothing left to read
def is_stopping():
    "it says that it stops"
    return "stopping" in open(said).read()
s.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: %d\r\n\r\n" % len(body) + body[:100])
wait(was_read)
os.kill(pid, signal.SIGTERM)
wait(is_stopping)
s.sendall(body[100:])
s.settimeout(60)
while more := s.recv(4096):
    sys.stdout.buffer.write(more)
END
/usr/bin/python3 "$work/slow.py" "${url##*:}" "$work/body" $pid "$work/said" >"$work/raw"
equal 'what is under way is answered' "$(head -n 1 "$work/raw" | tr -d '\r')" 'HTTP/1.1 200 OK'
expect 0 'and then it ends' ended_witness

# ---- what it does not start with --------------------------------------------------------------

refuses() { # refuses DESCRIPTION WORDS [OPTION...]: exit 2, and says so
    what=$1
    words=$2
    shift 2
    expect 2 "$what" timeout 120 "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" --state "$state" \
        --listen 127.0.0.1:0 "$@"
    contains 'and says why' "$work/err" "$words"
}
file=$state/$(hash_of "$A").checkpoint
copy "$file" "$work/kept"
for edit in 's/^1203$/1204/' '3s/^./-/' '$d' '/^— example/d' '2,$d' '/^— example/s/=$/A/'; do
    sed "$edit" "$work/kept" >"$file"
    refuses "a damaged state ($edit)" 'could cosign a second history'
done
: >"$file"
refuses 'an empty state' 'could cosign a second history'
head -c 300000 /dev/zero >"$file"
refuses 'a state too large' 'could cosign a second history'
rm "$file"
mkdir "$file"
refuses 'a state that cannot be read' 'could not be read'
rmdir "$file"
copy "$state/$(hash_of "$B").checkpoint" "$file"
refuses 'the state of another log' 'could cosign a second history'
copy "$work/kept" "$file"
"$bin/bitacora" keygen testigo.example/w1 --witness --out "$work/key2" >"$work/vkey2"
"$bin/bitacora" keygen testigo.example/w1 --out "$work/key3" >"$work/vkey3"
mv "$work/key" "$work/key1"
copy "$work/key2" "$work/key"
refuses 'the state of another witness' 'could cosign a second history'
copy "$work/key3" "$work/key"
refuses 'a key that is no witness' "not a witness's key"
copy "$work/key1" "$work/key"
printf 'quorum none\n' >"$work/policy"
refuses 'a policy without logs' 'names no log'
stranger=$("$bin/bitacora" keygen "$A" --out "$work/log2")
printf 'log %s\nquorum none\n' "$stranger" >"$work/policy"
refuses 'another key of the same log, and never from size 0 because of it' 'name the old one'
printf 'log %s\nlog %s\nquorum none\n' "$(vkey_of "$A")" "$stranger" >"$work/policy"
check 'both keys are good' start_witness
{ echo 'old 1203'; echo; ask "$A" 1203 1203 | sed '1,2d;/^$/,$d' | "$tools/sign_note" "$work/log2"; } |
    answers 200 'a checkpoint that the new key signed'
expect 0 'it ends' stop_witness
printf 'log %s\nquorum none\n' "$stranger" >"$work/policy"
check 'then the old one may go' start_witness
expect 0 'it ends' stop_witness
copy "$work/three" "$work/policy"
copy "$work/kept" "$file"
: >"$file.new-AbCdEf"
"$tools/ask_witness" cosigned "$A" 1203 "$work/key" 4000000000 >"$file"
check 'a clock that was far ahead once' start_witness
contains 'is warned of' "$work/said" 'in the future'
equal 'what a killed witness left is gone' "$(ls "$state" | grep -c '\.new-')" 0
ask "$A" 1203 1204 | answers 200 'a checkpoint'
cosigned 'is cosigned' "$A" 1204
equal 'no earlier than the one before' "$(cat "$work/seconds")" 4000000000
expect 0 'it ends' stop_witness

# ---- what was cosigned last, asked for again ---------------------------------------------------

on_disk() { stat -c '%i %y' "$file"; }
check 'it starts' start_witness
# It is given again for five seconds, which is too short on a busy machine: then a larger tree is tried.
repeats_in_time() { # repeats_in_time SIZE SIZE: cosigned anew, and asked for again three times within four seconds
    began=$(date +%s)
    ask "$A" "$1" "$2" | post >"$work/code"
    copy "$work/answer" "$work/first"
    before=$(on_disk)
    for _ in 1 2 3; do ask "$A" "$2" "$2" | post >"$work/code.again"; done
    [ $(($(date +%s) - began)) -lt 5 ]
}
size=1204
for next in 1210 1211 1212 1213 1214 1215; do
    repeats_in_time $size $next && break
    size=$next
done
equal 'a checkpoint, and asked for again' "$(cat "$work/code" "$work/code.again")" 200200
equal 'gives the same cosignature' "$(cat "$work/answer")" "$(cat "$work/first")"
equal 'and leaves the disk alone' "$(on_disk)" "$before"
size=$next
expect 0 'it ends' stop_witness
copy "$file" "$work/kept"
then=$(($(date +%s) - 10))
"$tools/ask_witness" cosigned "$A" $size "$work/key" $then >"$file"
check 'it starts, ten seconds after the last' start_witness
ask "$A" $size $size | answers 200 'asked for again'
cosigned 'is cosigned' "$A" $size
equal 'anew' "$(($(cat "$work/seconds") >= then + 10))" 1
contains 'on the disk, too' "$file" "$(cat "$work/answer")"
expect 0 'it ends' stop_witness
"$tools/ask_witness" cosigned "$A" 1204 "$work/key" 4000000000 >"$file"

# ---- nothing is forgotten ----------------------------------------------------------------------

kept_state=$state
state=$work/memory
file=$state/$(hash_of "$A").checkpoint
mkdir "$state"
check 'an empty folder will do' start_witness
contains 'and it says that it has no memory' "$work/said" 'begins with an empty memory'
grep -qxF "$A" "$state/logs" && not_ok 'no log is listed yet' || ok 'no log is listed yet'
ask "$A" 0 8 | answers 200 'a checkpoint'
equal 'its log is listed' "$(grep -cxF "$A" "$state/logs")" 1
copy "$file" "$work/older"
ask "$A" 8 9 | answers 200 'the next'
ask "$B" 0 8 | answers 200 'another log'
equal 'each is listed once' "$(tail -n +2 "$state/logs")" "$A
$B"
copy "$file" "$work/newest"

forgets_nothing() { # forgets_nothing DESCRIPTION: SIGHUP to a witness whose folder was altered
    kill -HUP $pid
    wait_until grep -q 'somebody else altered the state' "$work/said"
    ask "$A" 0 8 2 | post --max-time 5 >"$work/code" 2>/dev/null
    [ "$(cat "$work/code")" != 200 ] && ok "$1: no second history" || not_ok "$1: no second history"
    ask "$A" 8 10 8 | post --max-time 5 >"$work/code" 2>/dev/null
    [ "$(cat "$work/code")" != 200 ] && ok "$1: nor from an older size" || not_ok "$1: nor from an older size"
    ask "$B" 8 9 | post --max-time 5 >"$work/code" 2>/dev/null
    [ "$(cat "$work/code")" != 200 ] && ok "$1: no other log either" || not_ok "$1: no other log either"
    wait_until is_gone
    kill -TERM $pid 2>/dev/null # one that does not end by itself ends with 0
    expect 2 "$1: it ends, and is not to be started again unseen" ended_witness
    contains 'having said so' "$work/said" 'somebody else altered the state'
    contains 'and where it was' "$work/said" "$A: it was at size"
}
kill -HUP $pid
check 'nothing was altered' wait_until sh -c "[ \$(grep -c '$A: at size 9' $work/said) = 1 ]"
mv "$file" "$work/away"
forgets_nothing 'moved away'
refuses 'nor does it start then' 'though checkpoints of example.com/behind-the-sofa were cosigned'
refuses 'not with --begin either' 'though checkpoints of' --begin
ln -s "$work/nowhere" "$file"
refuses 'nor with a link that leads nowhere' 'though checkpoints of'
rm "$file"
copy "$work/newest" "$file"
check 'it starts with the newest' start_witness
contains 'where it was' "$work/said" "$A: at size 9"
copy "$work/older" "$file"
forgets_nothing 'an older copy'
copy "$work/newest" "$file"
check 'it starts' start_witness
: >"$file"
forgets_nothing 'an empty file'
copy "$work/newest" "$file"
check 'it starts' start_witness
mv "$state" "$work/unmounted"
forgets_nothing 'the folder went away'
mkdir "$state"
cp "$work/unmounted"/*.checkpoint "$state"
refuses 'checkpoints without a list' 'not the file `logs` of a witness'
equal 'nothing was written there' "$(ls "$state" | grep -vc checkpoint)" 0
check 'unless it is told to begin' start_witness --begin
contains 'then it takes those that are there' "$work/said" "$A: at size 9"
equal 'and lists them' "$(tail -n +2 "$state/logs" | sort)" "$(printf '%s\n' "$A" "$B" | sort)"
rm "$state/logs"
kill -HUP $pid
expect 0 'without the list it ends, too' timeout 120 tail --pid=$pid -f /dev/null
expect 2 'with the same code' ended_witness
ln -s "$work/nowhere" "$state/logs"
refuses 'a list that is a link to nowhere' 'could not be read'
rm "$state/logs"
for bad in '' 's/^# .*//' '$s/$/\n/'; do
    sed "${bad:-d}" "$work/unmounted/logs" >"$state/logs"
    refuses "a damaged list ($bad)" 'is not the list of a witness'
done
copy "$work/unmounted/logs" "$state/logs"
ln -s "$work/nowhere" "$state/$(hash_of "$C").checkpoint"
refuses 'a link to nowhere for a log that is not listed' "though checkpoints of $C were cosigned"
rm "$state/$(hash_of "$C").checkpoint"
mv "$state/$(hash_of "$B").checkpoint" "$work/b"
printf 'log %s\nquorum none\n' "$(vkey_of "$A")" >"$work/policy"
refuses 'a listed log that the policy does not name' "though checkpoints of $B were cosigned"
copy "$work/three" "$work/policy"
state=$work/absent/state
refuses 'a folder whose parent is not there' 'is something not mounted'
equal 'nothing was made' "$(ls -d "$work/absent" 2>/dev/null)" ''
check 'unless it is told to begin' start_witness --begin
expect 0 'it ends' stop_witness
check 'and then starts without' start_witness
expect 0 'it ends' stop_witness
state=$work/policy
refuses 'a state that is no folder' 'cannot be used'
ln -s "$work/nowhere" "$work/link"
state=$work/link
refuses 'a link to nowhere' 'cannot be used'
state=$work/policy/state
refuses 'a folder in a file' 'cannot be used' --begin
state=$kept_state

# ---- a disk that does not take it --------------------------------------------------------------

cat >"$work/limited" <<'END'
trap '' XFSZ
ulimit -f 0
exec "$@"
END
: >"$work/witness.out" # the witness before has its address there
mkfifo "$work/pipe" "$work/pipe2"
beside cat "$work/pipe" >"$work/witness.out"
beside cat "$work/pipe2" >"$work/said"
beside sh "$work/limited" "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" --state "$state" \
    --listen 127.0.0.1:0 >"$work/pipe" 2>"$work/pipe2"
pid=$beside
check 'a witness that cannot write' wait_until grep -q '^listening on ' "$work/witness.out"
url=$(sed -n 's/^listening on //p' "$work/witness.out")
ask "$A" 1204 1300 | answers 503 'cosigns nothing'
expect 3 'and ends, as it no longer knows what the disk holds' ended_witness
contains 'having said so' "$work/said" 'could not be stored'

# ---- many at once, and ends without notice ------------------------------------------------------

cat >"$work/limited" <<'END'
ulimit -n 64
exec "$@"
END
beside sh "$work/limited" "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" --state "$state" \
    --listen 127.0.0.1:0 >"$work/witness.out" 2>"$work/said"
pid=$beside
check 'a witness that may have few connections' wait_until grep -q '^listening on ' "$work/witness.out"
url=$(sed -n 's/^listening on //p' "$work/witness.out")
cat >"$work/hold" <<'END'
for i in $(seq 1 100); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /healthz HT' >&$fd
done 2>/dev/null
echo held
read -r _
END
mkfifo "$work/release"
bash "$work/hold" "${url##*:}" <"$work/release" >"$work/held" &
holder=$!
pids="$pids $holder"
exec 9>"$work/release"
check '100 connections that hang' wait_until grep -q held "$work/held"
ask "$A" 1204 1300 >"$work/body"
# A log that was dropped before it asked (on a busy machine it may take seconds between connecting and
# asking) asks again.
taken() { [ "$(post --max-time 15 <"$work/body")" = 200 ]; }
check 'do not keep a log out' wait_until taken
exec 9>&-
wait $holder
forget_pid $holder
expect 0 'it ends' stop_witness

# SIGHUP that comes before it serves: it has yet to read all for the first time.
copy "$work/policy" "$work/whole"
rm "$work/policy"
mkfifo "$work/policy"
mkdir "$work/early"
beside "$bin/bitacora" witness --key "$work/key" --policy "$work/policy" --state "$work/early" \
    --listen 127.0.0.1:0 >"$work/witness.out" 2>"$work/said"
pid=$beside
check 'a witness that waits for its policy is told to read it again' timeout 120 sh -c \
    'exec 9>"$1" && kill -HUP "$2" && cat "$3" >&9' - "$work/policy" "$pid" "$work/whole"
check 'which ends nothing' wait_until grep -q '^listening on ' "$work/witness.out"
expect 0 'it ends' stop_witness

mkdir "$work/torture"
"$tools/kill_witness" torture "$bin/bitacora" "$work/torture" ${KILLS:-120 7} >"$work/tap" 2>&1 ||
    not_ok 'torture' "$(tail -n 3 "$work/tap" "$work/torture/errors")"
take_tap "$work/tap"
finish
