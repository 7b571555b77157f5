#!/bin/sh
# What a witness says of a larger or another history is believed when it shows it: a bare number sets
# that witness aside, loudly, and the others go on; too many of them stop the log until they cosign again.
# And what a witness sends without an end is not kept.
. "$(dirname "$0")/../lib.sh"
sign=$root/build/release/tools/sign_note

policy_of() { # policy_of FILE QUORUM WITNESS...: with their URLs
    file=$1 quorum=$2
    shift 2
    {
        printf 'log %s %s\n' "$vkey" "${url:-}"
        for w in "$@"; do printf 'witness %s %s %s\n' "$w" "$(cat "$work/$w.vkey")" "$(cat "$work/$w.url" 2>/dev/null)"; done
        printf 'group g %s %s\nquorum g\n' "$quorum" "$*"
    } >"$file"
}
started() { start_witness "$1" && echo "$witness_url" >"$work/$1.url" && echo "$witness" >"$work/$1.pid"; }
again() { LISTEN=$(sed 's|http://||' "$work/$1.url") started "$1"; }
end() { end_pid "$(cat "$work/$1.pid")"; }
liar() { # liar NAME: a false witness in its place, at its URL if it has one
    mkdir -p "$work/$1.lies"
    beside /usr/bin/python3 "$root/tests/interop/false_witness.py" "$work/$1.lies" \
        "$(sed 's|.*:||' "$work/$1.url" 2>/dev/null || own_port)" >"$work/$1.port" 2>"$work/$1.lies.err"
    echo $beside >"$work/$1.pid"
    wait_until test -s "$work/$1.port" || return 1
    echo "http://127.0.0.1:$(cat "$work/$1.port")" >"$work/$1.url"
}
says() { # says NAME STATUS TYPE: what it answers when it is asked; the body on standard input
    { echo "$2 $3"; cat; } >"$work/says"
    mv "$work/says" "$work/$1.lies/post"
}
shows() { # shows NAME FILE: what it answers GET with
    { echo '200 text/plain'; cat "$2"; } >"$work/shows"
    mv "$work/shows" "$work/$1.lies/get"
}
bare() { echo 1000000000 | says "$1" 409 text/x.tlog.size; }
look() { curl -s -o "$work/health" -w '%{http_code}' "$url/healthz"; }
health() { look >/dev/null; jq -c '[.state,.set_aside]' "$work/health"; }
is() { [ "$(health)" = "$1" ]; }
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
has_size() { [ "$(size)" = "$1" ]; }
sending() { # sending FILE: becomes submit, which does not wait for witnesses
    exec "$bin/bitacora" submit --policy "$work/alone" --log "$url" --key "$work/fgr.example.mx-a.lopez.key" --no-wait --json "$1"
}
submitted() { # submitted N: how many of so many are appended
    request mx.telco "$1" >"$work/records"
    (sending "$work/records") >"$work/out" 2>&1
    grep -c '"appended"' "$work/out"
}
refused() { # refused: a record is sent until it is said that the log is out of service; how many were appended
    request mx.telco 1 >"$work/records"
    until_said 503 sending "$work/records"
    grep -c '"appended"' "$work/out"
}
run() {
    : >"$work/daemon.err"
    start_daemon "$work/data" --policy "$work/served" --config "$work/config"
}
printf 'witness_timeout = 1\n' >"$work/config"

check 'a log' new_log
for w in w1 w2 w3; do new_witness $w; done
start_daemon "$work/data"
write_policy "$work/policy"
enrol fgr.example.mx/a.lopez requester mx.fgr
stop_daemon
printf 'log %s\nquorum none\n' "$vkey" >"$work/alone"
started w1
started w2
check 'a witness that says a number' liar w3
bare w3
url=
policy_of "$work/served" 2 w1 w2 w3

# ---- one of three
check 'two honest witnesses, and one that says a number' run
aside='["witness_set_aside",["w3"]]'
check 'it is set aside' wait_until is "$aside"
equal 'which is no failure of the log' "$(look)" 200
contains 'the operator is told' "$work/daemon.err" 'WITNESS w3 IS SET ASIDE: it says that it cosigned size 1000000000 (HTTP 409)'
equal 'and sees it in the metrics' "$(metric bitacora_witnesses_set_aside) $(metric 'bitacora_witness_set_aside{witness="w3"}') $(metric bitacora_rolled_back)" '1 1 0'
contains 'it was asked to show it' "$work/w3.lies/asked" "GET /$(printf log.example.mx/test | sha256sum | cut -d' ' -f1)/checkpoint"
equal 'the log goes on' "$(submitted 2)" 2
check 'witnessed by the others' wait_until has_size 4
check 'nothing says that it was rolled back' test ! -e "$work/data/rolled_back"
asked=$(wc -l <"$work/w3.lies/asked")
asked_more() { [ "$(wc -l <"$work/w3.lies/asked")" -gt "$asked" ]; }
check 'it is asked again' wait_until asked_more

# ---- what shows nothing
curl -s "$url/checkpoint" >"$work/ours"
printf 'log.example.mx/test\n1000000000\n%s\n' "$(head -c 32 /dev/zero | base64)" >"$work/claim"
again_soon() { # a restart, as one that is set aside is asked seldom
    stop_daemon
    run
}
lied() { # lied DESCRIPTION FILE: it shows that, and the log goes on
    asked=$(grep -c GET "$work/w3.lies/asked")
    shows w3 "$2"
    again_soon
    shown() { [ "$(grep -c GET "$work/w3.lies/asked")" -gt "$asked" ]; }
    check "$1" wait_until shown
    equal 'shows nothing' "$(health)" "$aside"
}
"$sign" "$work/registrar.key" <"$work/claim" >"$work/by-another"
lied 'a checkpoint that another key signed' "$work/by-another"
lied 'one that the log has' "$work/ours"
sed 's|^log.example.mx/test$|log.example.mx/test2|' "$work/claim" | "$sign" "$work/w3.key" 1700000000 >"$work/of-another"
lied 'a cosignature of another log' "$work/of-another"
echo nonsense >"$work/nonsense"
lied 'nonsense' "$work/nonsense"
rm "$work/w3.lies/get"
# It says that it is at 1, and takes no proof from there.
echo no | says w3 422 text/plain
mv "$work/w3.lies/post" "$work/w3.lies/proof"
echo 1 | says w3 409 text/x.tlog.size
stop_daemon
cp "$work/data/set_aside" "$work/kept"
rm "$work/data/set_aside"
run
check 'a proof that is refused' wait_until grep -q 'WITNESS w3 IS SET ASIDE: it refuses our proof from size 1, which is right (HTTP 422)' "$work/daemon.err"
equal 'sets aside whoever does, too' "$(health) $(submitted 1)" "$aside 1"
rm "$work/w3.lies/proof"
bare w3
check 'who is set aside is kept' cmp "$work/data/set_aside" "$work/kept"
again_soon
contains 'a restart has not forgotten' "$work/daemon.err" 'witness w3 is still set aside'
equal 'of whom' "$(health)" "$aside"

# ---- it comes back
end w3
check 'an honest one in its place' again w3
check 'comes back' wait_until is '["ok",[]]'
check 'which is kept' wait_until test ! -e "$work/data/set_aside"
contains 'and told' "$work/daemon.err" 'witness w3 cosigns again, and is not set aside any more'

# ---- silent ones count, as they have said nothing
end w3
end w2
liar w3
bare w3
again_soon
check 'one honest, one silent, one that says a number' wait_until is "$aside"
equal 'the log goes on' "$(submitted 1)" 1
before=$(metric bitacora_tree_size)

# ---- two of three
liar w2
bare w2
stopped='["rolled_back",["w2","w3"]]'
check 'two of three say a number: the others cannot make the quorum' wait_until is "$stopped"
equal 'so the log stops' "$(look) $(refused)" '503 0'
contains 'and says why' "$work/out" '503'
contains 'to its operator, too' "$work/daemon.err" 'THE LOG MAY HAVE BEEN ROLLED BACK'
equal 'nothing was signed' "$(metric bitacora_tree_size) $(metric bitacora_rolled_back)" "$before 1"
end w2
end w3
stop_daemon
check 'a restart, with nobody but the honest one in reach' run
equal 'does not make it go on' "$(health) $(refused)" "$stopped 0"
check 'one of them back' again w2
check 'is enough' wait_until is "$aside"
equal 'to go on, without another restart' "$(submitted 1)" 1
liar w3

# ---- a mark of an earlier version, which names nobody and shows nothing
stop_daemon
printf '1000000000 2 %s\n' "$(head -c 32 /dev/zero | base64)" >"$work/data/rolled_back"
rm "$work/data/set_aside"
check 'a mark of an earlier version' run
check 'is judged anew: two of three cosign' wait_until is "$aside"
check 'and it is gone' wait_until test ! -e "$work/data/rolled_back"
equal 'the log goes on' "$(submitted 1)" 1
stop_daemon
end w2
printf '1000000000 2 %s\n' "$(head -c 32 /dev/zero | base64)" >"$work/data/rolled_back"
rm "$work/data/set_aside"
check 'with one alone' run
equal 'it is not' "$(look) $(refused)" '503 0'
check 'and stays' test -e "$work/data/rolled_back"
check 'until a second cosigns' again w2
gone_on() { [ ! -e "$work/data/rolled_back" ] && is "$aside"; }
check 'is lifted' wait_until gone_on

# ---- what is shown counts: here by the witness's own cosignature
"$sign" "$work/w3.key" 1700000000 <"$work/claim" >"$work/cosigned"
shows w3 "$work/cosigned"
again_soon
check 'its own cosignature of such a checkpoint' wait_until is '["rolled_back",["w3"]]'
contains 'is believed' "$work/daemon.err" 'THE LOG WAS ROLLED BACK: witness w3 shows a checkpoint of size 1000000000 that a witness cosigned'
check 'and kept' grep -q '^1000000000$' "$work"/data/evidence/rollback-*
equal 'nothing is signed' "$(refused)" 0
end w3
stop_daemon
check 'a restart without it' run
equal 'does not make it forgotten' "$(look) $(refused)" '503 0'
stop_daemon
sed '/^witness w3/d; s/^group.*/group g 2 w1 w2/' "$work/served" >"$work/without"
mv "$work/without" "$work/served"
check 'without that witness in the policy' run
check 'its cosignature shows nothing any more' wait_until is '["ok",[]]'
equal 'and the log goes on' "$(submitted 1)" 1
stop_daemon

# ---- headers and trailers without an end
liar w3
url=
policy_of "$work/served" 2 w1 w2 w3
for what in headers trailers; do
    rm -f "$work/w3.lies/get"
    says w3 200 $what </dev/null
    run
    check "$what without an end" wait_until grep -q 'w3 does not cosign: its answer has more than 65,536 bytes' "$work/daemon.err"
    check 'are not kept' test "$(awk '/^VmHWM/{print $2}' "/proc/$daemon/status")" -lt 300000
    bare w3
    { echo "200 $what"; } >"$work/w3.lies/get"
    check 'nor those of what it shows' wait_until is "$aside"
    check 'are kept' test "$(awk '/^VmHWM/{print $2}' "/proc/$daemon/status")" -lt 300000
    stop_daemon
    rm -f "$work/data/set_aside"
done

# ---- one that is never asked is nobody who could cosign
end w1
end w2
liar w1
liar w2
bare w1
bare w2
mv "$work/w3.url" "$work/w3.away"
url=
policy_of "$work/served" 1 w1 w2 w3
for who in 'without a URL' 'whose key is of another type'; do
    run
    check "all that are asked say a number, beside one $who" wait_until is '["rolled_back",["w1","w2"]]'
    equal 'which stops the log' "$(look) $(refused)" '503 0'
    stop_daemon
    /usr/bin/python3 - "$work/served" "$(cat "$work/w3.away")" <<'PY'
import base64, hashlib, sys
with open(sys.argv[1], encoding="utf-8") as f:
    lines = f.read().splitlines()
key = b"\x06" + b"k" * 1312 # ML-DSA-44
name = b"w3.example.mx"
vkey = f"{name.decode()}+{hashlib.sha256(name + b'\n' + key).hexdigest()[:8]}+{base64.b64encode(key).decode()}"
lines = [f"witness w3 {vkey} {sys.argv[2]}" if line.startswith("witness w3") else line for line in lines]
with open(sys.argv[1], "w", encoding="utf-8") as f:
    f.write("\n".join(lines) + "\n")
PY
done
end w1
check 'an honest one in its place' again w1
echo damaged >"$work/data/set_aside"
run
check 'a list that is damaged does not set aside for good who is never asked' wait_until is '["witness_set_aside",["w2"]]'
stop_daemon

# ---- what was shown while there were witnesses holds without them, too
before=$(sed -n 2p "$work/data/witnessed")
cp -r "$work/data" "$work/older"
run
equal 'the log grows' "$(submitted 1)" 1
check 'witnessed' wait_until has_size $((before + 1))
stop_daemon
cp -r "$work/data" "$work/newest"
rm -r "$work/data/store"
cp -r "$work/older/store" "$work/data"
expect 1 'an older store, run without its witnesses' timeout -s KILL 120 "$bin/bitacorad" run --dir "$work/data" --no-mark --listen 127.0.0.1:0
contains 'is named' "$work/err" "$work/data/witnessed shows a checkpoint that is not a part of what is in the store"
printf 'log %s\nquorum none\n' "$vkey" >"$work/none"
expect 1 'nor under a policy without a quorum' timeout -s KILL 120 "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0 --policy "$work/none"
rm -r "$work/data"
mv "$work/newest" "$work/data"
printf '1000000000 2 %s\n' "$(head -c 32 /dev/zero | base64)" >"$work/data/rolled_back"
expect 1 'nor where it is marked' timeout -s KILL 120 "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0
contains 'which is said' "$work/err" "$work/data/rolled_back"
rm "$work/data/rolled_back"
check 'the newest store runs without them' start_daemon "$work/data"
stop_daemon
finish
