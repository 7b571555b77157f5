#!/bin/sh
# A log with witnesses: what has its quorum is served and waited for; a split view is accepted by
# nobody; a log that was rolled back signs nothing; witnesses that hang or lie hold nothing up.
. "$(dirname "$0")/../lib.sh"
answer=$root/build/release/tools/answer

policy_of() { # policy_of FILE QUORUM WITNESS...: with their URLs, where they have one
    file=$1 quorum=$2
    shift 2
    {
        printf 'log %s %s\n' "$vkey" "${url:-}"
        for w in "$@"; do printf 'witness %s %s %s\n' "$w" "$(cat "$work/$w.vkey")" "$(cat "$work/$w.url" 2>/dev/null)"; done
        printf 'group g %s %s\nquorum g\n' "$quorum" "$*"
    } >"$file"
}
started() { # started NAME: a witness whose URL is remembered, and its pid
    start_witness "$1" && echo "$witness_url" >"$work/$1.url" && echo "$witness" >"$work/$1.pid"
}
size() { curl -sf "$1/checkpoint" | sed -n 2p; }
has_size() { [ "$(size "$1")" = "$2" ]; }
health() { curl -s "$url/healthz" | jq -r .state; }
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }

# ---- three honest witnesses ----------------------------------------------------------------------
check 'a log' new_log
for w in w1 w2 w3; do new_witness $w && started $w; done
url=
policy_of "$work/served" 2 w1 w2 w3
check 'its daemon, with three witnesses' start_daemon "$work/data" --policy "$work/served"
policy_of "$work/policy" 2 w1 w2 w3
check 'entry 0 is witnessed' wait_until has_size "$url" 1
check 'people are enrolled, with witnessed receipts' enrol judge.example.mx/j1 judge cjf.juzgado1
enrol fgr.example.mx/a.lopez requester mx.fgr
enrol telco.example.mx/desk holder mx.telco
enrol vigila.example.mx oversight mx.vigilancia
official=$work/fgr.example.mx-a.lopez.key
p="--policy $work/policy"
request mx.telco 20 >"$work/twenty"
# shellcheck disable=SC2086
expect 0 'twenty requests: submit waits for their witnesses' "$bin/bitacora" submit $p --key "$official" --receipts "$work/r" --json "$work/twenty"
equal 'every receipt is good' "$(jq -r .verdict "$work/out" | sort | uniq -c | tr -s ' ' | sed 's/^ //')" '20 good'
# shellcheck disable=SC2086
expect 0 'offline, too' "$bin/bitacora" verify $p "$work"/r/*
equal 'all three have cosigned' "$(curl -s "$url/checkpoint" | grep -c '^— w')" 3
# shellcheck disable=SC2086
expect 0 'a replay proves the log under its quorum' "$bin/bitacora" replay $p --state "$work/auditor.state"
# shellcheck disable=SC2086
expect 0 'cosignatures are young enough' "$bin/bitacora" replay $p --max-age 600
# shellcheck disable=SC2086
request mx.telco 1 | "$bin/bitacora" submit $p --key "$official" --no-wait --json - >"$work/out" 2>"$work/err"
equal 'whoever does not wait gets an undecided receipt' "$?/$(jq -r '.verdict+" "+.findings[0].code' "$work/out")" '3/undecided quorum'
index=$(jq -r .index "$work/out")
equal 'which a later question makes good' "$(curl -s -o "$work/later" -w '%{http_code}' "$url/v1/receipts/$index?wait=witnessed")" 200
# shellcheck disable=SC2086
expect 0 'so it verifies' "$bin/bitacora" verify $p "$work/later"
equal 'of an entry that is not there' "$(curl -s -o "$work/later" -w '%{http_code}' "$url/v1/receipts/99999?wait=witnessed")" 404
named() { # a request that seals a person
    request mx.telco 1 | jq -c '.subjects=[{"type":"curp","value":"GOMC850315HDFRRR07"}]'
}
# shellcheck disable=SC2086
named | "$bin/bitacora" submit $p --key "$official" --no-wait --private "$work/part" --receipts "$work/rn" --json - >"$work/out" 2>"$work/err"
index=$(jq -r .index "$work/out")
# shellcheck disable=SC2086
expect 3 'what has no quorum yet is disclosed, but decides nothing' "$bin/bitacora" disclose $p --private "$work/part" --out "$work/opening" "$(find "$work/rn" -type f)"
check 'the file is there' test -s "$work/opening"
contains 'and it is said what to do' "$work/err" "v1/receipts/$index?wait=witnessed"
curl -s -o "$work/later" "$url/v1/receipts/$index?wait=witnessed"
# shellcheck disable=SC2086
expect 0 'once it has one, it decides' "$bin/bitacora" disclose $p --private "$work/part" --out "$work/opening2" "$work/later"
request mx.telco 2 >"$work/two"
# shellcheck disable=SC2086
expect 0 'submit --check rests on what is witnessed' "$bin/bitacora" submit $p --key "$official" --check "$work/two"
before=$(size "$url")
stop_daemon
check 'after a restart' start_daemon "$work/data" --policy "$work/served"
equal 'what was witnessed is served at once' "$(size "$url")" "$before"
policy_of "$work/policy" 2 w1 w2 w3

# ---- none of them can be reached -----------------------------------------------------------------
for w in w1 w2 w3; do end_pid "$(cat "$work/$w.pid")"; done
# shellcheck disable=SC2086
request mx.telco 3 | "$bin/bitacora" submit $p --key "$official" --no-wait --json - >"$work/out" 2>"$work/err"
equal 'appending goes on without them' "$(jq -r .status "$work/out" | tr '\n' ' ')" 'appended appended appended '
equal 'what is served is what they have seen' "$(size "$url")" "$before"
echo 'deadline = 1' >"$work/config"
stop_daemon
# Three records wait for witnesses that never answer, while the rest of this goes on.
cp -r "$work/data" "$work/data-alone"
sed 's|http://127.0.0.1:[0-9]*$|http://127.0.0.1:1|' "$work/served" >"$work/unreachable"
check 'a daemon whose witnesses are out of reach' start_copy "$work/data-alone" --policy "$work/unreachable"
alone=$daemon
mv "$work/daemon.out" "$work/daemon-alone.out"
request mx.telco 3 >"$work/waiting"
{
    began=$(date +%s)
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --log "$url" --key "$official" --json "$work/waiting" >"$work/alone.out" 2>"$work/alone.err"
    echo "$? $(($(date +%s) - began))" >"$work/alone.end"
} &
check 'a daemon that gives up soon' start_daemon "$work/data" --policy "$work/served" --config "$work/config"
equal 'a receipt that waits is given up' "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/receipts/$((before + 1))?wait=witnessed")" 504
check 'and leaves nothing behind' wait_until sh -c '[ "$(curl -s "$1/metrics" | sed -n "s/^bitacora_waits //p")" = 0 ]' - "$url"
for w in w1 w2 w3; do LISTEN=$(sed 's|http://||' "$work/$w.url") started $w; done
check 'they are back: all of it is witnessed' wait_until has_size "$url" $((before + 3))
policy_of "$work/policy" 2 w1 w2 w3

# ---- a split view --------------------------------------------------------------------------------
# The operator goes on from one copy for A and another for B, under one key.
stop_daemon
cp -r "$work/data" "$work/data-b"
cp -r "$work/data" "$work/data-c"
cp -r "$work/data" "$work/yesterday"
start_daemon "$work/data" --policy "$work/served"
url_a=$url daemon_a=$daemon
policy_of "$work/policy" 2 w1 w2 w3
request mx.telco 2 | submit fgr.example.mx-a.lopez --receipts "$work/ra"
mv "$work/daemon.out" "$work/daemon-a.out"
start_copy "$work/data-b"
url_b=$url daemon_b=$daemon
request mx.telco 3 | jq -c '.purpose.code="prevention"' >"$work/three"
# shellcheck disable=SC2086
"$bin/bitacora" submit $p --log "$url_b" --no-wait --key "$official" --receipts "$work/rb" --json "$work/three" >"$work/out" 2>"$work/err"
equal 'B’s receipts are accepted by nobody' "$?/$(jq -r .verdict "$work/out" | sort -u)" 3/undecided
for r in "$work"/rb/*; do last=$r; done
# shellcheck disable=SC2086
expect 3 'not offline' "$bin/bitacora" verify $p "$last"
for command in "replay --log $url_b" "replay --log $url_b --state $work/auditor.state" "mirror --log $url_b $work/mirror-b" "verify --log $url_b $(find "$work/ra" -type f | head -n 1)"; do
    # shellcheck disable=SC2086
    "$bin/bitacora" ${command%% *} $p ${command#* } >"$work/out" 2>&1
    status=$?
    if [ $status = 0 ]; then not_ok "B is not accepted: ${command%% *}" "$(cat "$work/out")"; else ok "B is not accepted by ${command%% *} (exit $status)"; fi
done
curl -s "$url_b/checkpoint" >"$work/cp-b"
equal 'nor do witnesses cosign it, however it is put to them' \
    "$({ printf 'old 0\n\n'; cat "$work/cp-b"; } | curl -s -o /dev/null -w '%{http_code}' --data-binary @- "$(cat "$work/w1.url")/add-checkpoint")" 409

# ---- a history that no witness saw, made to have people sealed to another key --------------------
"$bin/bitacorad" run --dir "$work/data-c" --no-mark --listen 127.0.0.1:0 >"$work/daemon-c.out" 2>>"$work/daemon.err" & daemon_c=$!
pids="$pids $daemon_c"
wait_until grep -q '^listening on ' "$work/daemon-c.out"
url_c=$(sed -n 's/^listening on //p' "$work/daemon-c.out")
printf 'log %s %s\nquorum none\n' "$vkey" "$url_c" >"$work/policy-c"
c="--policy $work/policy-c --key $work/registrar.key"
mallory=$("$bin/bitacora" keygen mallory.example.mx --out "$work/mallory.key")
# shellcheck disable=SC2086
check 'there, oversight is revoked' "$bin/bitacora" revoke $c --vkey "$("$bin/bitacora" signers --policy "$work/policy-c" --json 2>/dev/null | jq -r '.signers[]|select(.role=="oversight").vkey')" --reason key_compromise
# shellcheck disable=SC2086
check 'and another enrolled' "$bin/bitacora" enroll $c --vkey "$mallory" --role oversight --authority mx.vigilancia --level federal
other=$("$bin/bitacora" signers --policy "$work/policy-c" --json 2>/dev/null | jq -r '.signers[]|select(.role=="oversight").entry')
sealed_blobs() { find "$work/data-c" -type f -size 560c | wc -l; }
blobs=$(sealed_blobs)
for to in '' "--to $other"; do
    # shellcheck disable=SC2086
    named | "$bin/bitacora" submit $p --log "$url_c" --key "$official" --private "$work/part" --json $to - >"$work/out" 2>"$work/err"
    equal "nobody is sealed to a key that no witness saw enrolled${to:+, named or not}" "$?/$(jq -r .error "$work/out")" 3/quorum
done
equal 'and nothing was put' "$(sealed_blobs)" "$blobs"
# shellcheck disable=SC2086
"$bin/bitacora" submit $p --log "$url_c" --key "$official" --check --json "$work/two" >"$work/out" 2>"$work/err"
equal 'submit --check does not decide there' "$?/$(jq -r .error "$work/out" | tr '\n' ' ')" '3/quorum quorum '
"$bin/bitacora" ruleset --print | jq -c '.version="9"' >"$work/lax.json"
# shellcheck disable=SC2086
check 'there, another ruleset is pinned' "$bin/bitacora" pin $c --from 2026-01-01T00:00:00.000Z "$work/lax.json"
# shellcheck disable=SC2086
"$bin/bitacora" submit $p --log "$url_c" --key "$official" --no-wait --json "$work/two" >"$work/out" 2>"$work/err"
equal 'which is not taken from there' "$?/$(jq -r .error "$work/out" | tr '\n' ' ')" '3/quorum quorum '
end_pid "$daemon_c"

# ---- one of the witnesses is dishonest -----------------------------------------------------------
# w3 runs a second time with the same key and a memory of its own: it cosigns B, too. w2 is held back from A.
end_pid "$(cat "$work/w2.pid")"
rm -rf "$work/w2.state"
LISTEN=$(sed 's|http://||' "$work/w2.url") started w2
cp "$work/w3.key" "$work/w3b.key"
cp "$work/w3.policy" "$work/w3b.policy"
cp "$work/w3.vkey" "$work/w3b.vkey"
started w3b
cosign() { # cosign URL NOTE: what a witness at size 0 says
    { printf 'old 0\n\n'; cat "$2"; } | curl -sf --data-binary @- "$1/add-checkpoint"
}
# The honest w2 has forgotten everything: it stands for a witness that A was never shown to.
cosign "$(cat "$work/w2.url")" "$work/cp-b" >"$work/line2"
cosign "$(cat "$work/w3b.url")" "$work/cp-b" >"$work/line3"
mkdir -p "$work/fake"
start_mirror() { # a mirror of B with those cosignatures, as its operator can serve it
    printf 'log %s %s\nquorum none\n' "$vkey" "$url_b" >"$work/alone"
    "$bin/bitacora" mirror --policy "$work/alone" "$work/fake" >/dev/null 2>&1
    cat "$work/cp-b" "$work/line2" "$work/line3" >"$work/fake/checkpoint"
}
start_mirror
# shellcheck disable=SC2086
expect 0 '2 of 3 with a dishonest one: B is accepted' "$bin/bitacora" replay $p --dir "$work/fake"
# shellcheck disable=SC2086
"$bin/bitacora" replay $p --dir "$work/fake" --tolerate 1 >"$work/out" 2>"$work/err"
contains 'of which --tolerate 1 warns' "$work/err" 'does not withstand 1'
new_witness w4
policy_of "$work/policy4" 3 w1 w2 w3 w4
expect 3 '3 of 4 holds' "$bin/bitacora" replay --policy "$work/policy4" --dir "$work/fake"
"$bin/bitacora" replay --policy "$work/policy4" --dir "$work/fake" --tolerate 1 >"$work/out" 2>"$work/err"
check 'and there is nothing to warn of' sh -c '! grep -q "does not withstand" "$1"' - "$work/err"
# Whoever was shown A compares notes with whoever was shown B.
# shellcheck disable=SC2086
"$bin/bitacora" replay $p --log "$url_a" --state "$work/a.state" >/dev/null 2>&1
# shellcheck disable=SC2086
expect 1 'two who compare notes get evidence' "$bin/bitacora" replay $p --dir "$work/fake" --state "$work/a.state" --evidence "$work/evidence"
# shellcheck disable=SC2086
expect 0 'that anybody can check' "$bin/bitacora" verify-evidence $p "$work/evidence"
end_pid "$daemon_b"
end_pid "$(cat "$work/w3b.pid")"
end_pid "$(cat "$work/w2.pid")"
end_pid "$daemon_a"

# ---- yesterday's copy ----------------------------------------------------------------------------
# An older copy of A, and B, which is another history: both are put in place of A.
rm -rf "$work/w2.state"
end_pid "$(cat "$work/w3.pid")"
end_pid "$(cat "$work/w1.pid")"
mv "$work/data" "$work/today"
policy_of "$work/served1" 1 w1 w2 w3
LISTEN=$(sed 's|http://||' "$work/w1.url") started w1
request mx.telco 1 >"$work/next"
refuses_to_sign() { # refuses_to_sign COPY WHAT STATUS
    cp -r "$work/$1" "$work/data"
    rm -f "$work/data/witnessed" # a copy of the store alone
    : >"$work/daemon.err"
    check "$2, and one honest witness" start_copy "$work/data" --policy "$work/served1"
    check 'the log was rolled back, and it says so' wait_until sh -c '[ "$(curl -s "$1/healthz" | jq -r .state)" = rolled_back ]' - "$url"
    equal 'no record is to be sent to it' "$(curl -s -o "$work/body" -w '%{http_code}' "$url/readyz")/$(jq -r .state "$work/body")" 503/rolled_back
    equal 'in the metrics, too' "$(metric bitacora_rolled_back)" 1
    contains 'and to its operator' "$work/daemon.err" 'ROLLED BACK'
    check 'what it was told is kept' sh -c 'grep -q "answered HTTP $2" "$1"/evidence/rollback-*' - "$work/data" "$3"
    size=$(metric bitacora_tree_size)
    # shellcheck disable=SC2086
    until_said 503 "$bin/bitacora" submit $p --log "$url" --key "$official" --no-wait "$work/next"
    contains 'nothing is appended' "$work/out" '503'
    equal 'nothing is signed' "$(metric bitacora_tree_size)" "$size"
    stop_daemon
    rm -rf "$work/data"
}
refuses_to_sign yesterday 'an old copy' 409
refuses_to_sign data-b 'a copy that went another way' 422
cp -r "$work/yesterday" "$work/data"
cp "$work/today/witnessed" "$work/data/witnessed"
for w in w1; do end_pid "$(cat "$work/$w.pid")"; done
check 'an old store beside its own newer witnessed checkpoint, no witness' start_copy "$work/data" --policy "$work/served1"
check 'is enough' wait_until sh -c '[ "$(curl -s "$1/healthz" | jq -r .state)" = rolled_back ]' - "$url"
stop_daemon
rm -rf "$work/data"
LISTEN=$(sed 's|http://||' "$work/w1.url") started w1
mv "$work/today" "$work/data"
check 'with the newest copy back it goes on' start_daemon "$work/data" --policy "$work/served1"
policy_of "$work/policy" 1 w1 w2 w3
export XDG_STATE_HOME="$work/.later" # the client so far has accepted B
request mx.telco 1 | submit fgr.example.mx-a.lopez
check 'and appends' grep -q appended "$work/submit.out"
stop_daemon
end_pid "$(cat "$work/w1.pid")"

# ---- one hangs, one answers nonsense -------------------------------------------------------------
mkdir "$work/h" "$work/g"
"$answer" "$work/h" - >"$work/h.port" & hanging=$!
printf 'HTTP/1.1 200 OK\r\nContent-Length: 14\r\nConnection: close\r\n\r\n— w3 garbage\n' >"$work/garbage"
"$answer" "$work/g" "$work/garbage" >"$work/g.port" & garbage=$!
pids="$pids $hanging $garbage"
wait_until test -s "$work/h.port"
wait_until test -s "$work/g.port"
echo "http://127.0.0.1:$(cat "$work/h.port")" >"$work/w2.url"
echo "http://127.0.0.1:$(cat "$work/g.port")" >"$work/w3.url"
LISTEN=$(sed 's|http://||' "$work/w1.url") started w1
url=
policy_of "$work/served" 2 w1 w2 w3
printf 'witness_timeout = 1\n' >"$work/config"
check 'one honest witness, one that hangs, one that answers nonsense' start_daemon "$work/data" --policy "$work/served" --config "$work/config"
policy_of "$work/policy" 2 w1 w2 w3
seen=$(size "$url")
fds() { find "/proc/$daemon/fd" | wc -l; }
request mx.telco 100 >"$work/hundred"
# shellcheck disable=SC2086
"$bin/bitacora" submit $p --key "$official" --no-wait --json "$work/hundred" >"$work/out" 2>"$work/err"
equal 'all is appended' "$(jq -r .status "$work/out" | sort | uniq -c | tr -s ' ')" ' 100 appended'
first=$(fds)
wait_until sh -c '[ "$(curl -s "$1/metrics" | sed -n "s/^bitacora_witness_requests_failed_total //p")" -ge 4 ]' - "$url"
equal 'no quorum comes of that' "$(size "$url")" "$seen"
readyz_is() { # readyz_is STATE: with status 200
    [ "$(curl -s -w '%{http_code}' "$url/readyz" | sed 's/.*"state":"\([^"]*\)".*/\1/' | tr '\n' ' ')" = "$1 200" ]
}
check 'which /readyz says' wait_until readyz_is not_witnessed
equal '/healthz, too' "$(curl -s "$url/healthz" | jq -r .state)" not_witnessed
check 'and a number' test "$(metric bitacora_unwitnessed_seconds)" -ge 6
contains 'and the operator is told why' "$work/daemon.err" 'witness w3 does not cosign: its answer is not a cosignature of its key'
check 'nothing leaks' test "$(fds)" -le $((first + 3))
end_pid $garbage
LISTEN=127.0.0.1:$(cat "$work/g.port") started w3
now=$(metric bitacora_tree_size)
check 'a third joins: the quorum stands with the rest' wait_until has_size "$url" "$now"
# shellcheck disable=SC2086
expect 0 'and the log is proven under it' "$bin/bitacora" replay $p
check 'all is well again' readyz_is ok
equal 'nothing waits' "$(metric bitacora_unwitnessed_seconds)" 0
policy_of "$work/served" 3 w1 w2 w3
expect 0 'a policy under which what is served has no quorum' "$bin/bitacorad" run --check --dir "$work/data" --policy "$work/served"
contains 'is warned of' "$work/err" 'what the log serves has not the quorum of this policy: /checkpoint is 404'
kill -HUP "$daemon"
check 'if it is taken all the same nothing is served' wait_until has_size "$url" ''
check 'and /readyz says so after a while' wait_until readyz_is not_witnessed
policy_of "$work/served" 2 w1 w2 w3
expect 0 'one that it has' "$bin/bitacorad" run --check --dir "$work/data" --policy "$work/served"
equal 'is not warned of' "$(cat "$work/err")" ''
kill -HUP "$daemon"
check 'and ends the wait' wait_until readyz_is ok
stop_daemon
sed 's/ w3\( \|$\)/ w\\"3\1/g' "$work/served" >"$work/quoted"
check 'a witness by an odd name' start_daemon "$work/data" --policy "$work/quoted"
curl -s "$url/metrics" >"$work/metrics"
contains 'which the metrics escape' "$work/metrics" '{witness="w\\\"3"}'
stop_daemon

# ---- those that wait for witnesses out of reach --------------------------------------------------
check 'submit ends' wait_until test -s "$work/alone.end"
read -r status seconds <"$work/alone.end"
equal 'undecided, each of them' "$status/$(jq -r .error "$work/alone.out" | tr '\n' ' ')" '3/quorum quorum quorum '
check "after one minute for all of them ($seconds s)" test "$seconds" -lt 100
end_pid $alone
finish
