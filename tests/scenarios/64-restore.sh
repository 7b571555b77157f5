#!/bin/sh
# A log of a backup: what was erased stays erased, sealed blobs are withheld while an erasure may be lost, witnesses are asked
# whether it may go on; and a backup, or a restore, that is killed.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
oversight=$work/vigila.example.mx.key
replay() { "$bin/bitacora" replay --policy "$work/policy" --json --key "$oversight" "$@" 2>/dev/null; }
blobs() { replay "$@" | jq -c '.blobs|[.named,.there,.erased,.gone,.unread]'; }
hex() { printf '%s' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }
record_of() { curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{'; }
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
has_size() { [ "$(size)" = "$1" ]; }
erase() { printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$1" "$(head -c 32 /dev/zero | base64)" | submit judge.example.mx-j1; }
policy_at() { sed "1s|\$| $url|" "$work/served" >"$work/policy"; } # for clients

now() { date -u -d "$1" +%Y-%m-%dT%H:%M:%S.000Z; }
token() { # token PATH: of oversight's key, as a header
    printf 'bitacora/v1 token\n{"origin":"log.example.mx/test","under":%s,"from":"%s","until":"%s","method":"GET","path":"%s"}\n' \
        "$under" "$(now '-1 minute')" "$(now '+3 minutes')" "$1" | "$root/build/release/tools/sign_note" "$oversight" | base64 -w0
}
sealed() { # sealed BLOB: what a GET of it says
    path=/v1/blobs/$(hex "$1")
    curl -s -o "$work/answer" -w '%{http_code}' "$url$path" -H "Authorization: Bearer $(token "$path")"
}

check 'a log' small_log 12
enrol vigila.example.mx oversight mx.vigilancia
about=$(size)
request mx.telco 1 | jq -c '.persons=3|.subjects=[{type:"curp",value:"GOMC850315HDFRRR07"},{type:"curp",value:"MARP800101MDFRTR03"},{type:"curp",value:"LOOA531113HTCPBN07"}]' | submit fgr.example.mx-a.lopez
ana=$(record_of "$about" | jq -r '.subjects[0].sealed')
eva=$(record_of "$about" | jq -r '.subjects[1].sealed')
leo=$(record_of "$about" | jq -r '.subjects[2].sealed')
under=$(curl -s "$url/v1/find?signer=vigila.example.mx" | jq '.entries[0]')
under=$(printf '{"entry":%d,"hash":"%s"}' "$under" "$(curl -s "$url/tile/0/000.p/$(size)" | tail -c +$((32 * under + 1)) | head -c 32 | base64)")
equal 'oversight reads a sealed blob' "$(sealed "$eva")" 200
stop_daemon
new_witness w1
start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
check 'with a witness' start_daemon "$work/data" --policy "$work/served"
policy_at
erase "$ana"
check 'which cosigns' wait_until has_size $((about + 2))
equal 'one blob is erased' "$(blobs)" '[3,2,1,0,0]'

# ---- what was erased stays erased ----------------------------------------------------------------
expect 0 'a backup' "$d" backup --dir "$work/data" --to "$work/a" --json
equal 'without the erased blob' "$(jq .blobs "$work/out")" 2
check 'whose bytes are not there' test ! -e "$work/a/blobs/kept/$(hex "$ana")"
cp "$work/a/blobs/kept/$(hex "$eva")" "$work/eva"
erase "$eva"
check 'another is erased, witnessed' wait_until has_size $((about + 3))
expect 0 'a later backup' "$d" backup --dir "$work/data" --to "$work/b"
curl -sf "$url/checkpoint" >"$work/newest"
stop_daemon
cp "$work/eva" "$work/b/blobs/kept/$(hex "$eva")" # somebody put it back
expect 0 'restored' "$d" restore --from "$work/b" --dir "$work/later"
check 'the erased one is not' test ! -e "$work/later/blobs/kept/$(hex "$eva")"
expect 0 'fsck is clean' "$d" fsck --dir "$work/later"

# ---- an older one must not go on -----------------------------------------------------------------
expect 0 'an older backup' "$d" restore --from "$work/a" --dir "$work/old"
cp "$work/data/log.key" "$work/old/"
expect 2 'its witness is asked' "$d" restore --dir "$work/old" --policy "$work/served"
contains 'and has seen more' "$work/err" 'w1 shows that this log has signed'
end_pid "$witness"
expect 2 'and asked in vain' "$d" restore --dir "$work/old" --policy "$work/served"
contains 'it shows nothing' "$work/err" 'could have made a quorum'
check 'there is no mark' test ! -e "$work/old.mark"
expect 2 'it does not run' timeout -s KILL 120 "$d" run --dir "$work/old" --listen 127.0.0.1:0 --policy "$work/served"
check 'by force it does, its witness away' start_copy "$work/old" --policy "$work/served"
contains 'which is said' "$work/daemon.err" 'sealed blobs are withheld'
equal 'the one whose erasure is lost is not served' "$(sealed "$eva")" 503
contains 'and why' "$work/answer" 'sealed blobs are withheld'
equal 'no checkpoint is served that was not witnessed' "$(curl -s -o /dev/null -w '%{http_code}' "$url/checkpoint")" 404
LISTEN=${witness_url#http://} start_witness w1
check 'the witness shows that it was rolled back' wait_until sh -c '[ "$(curl -s "$1/healthz" | jq -r .state)" = rolled_back ]' - "$url"
equal 'and still it is not served' "$(sealed "$eva")" 503
stop_daemon

# ---- the newest one goes on ----------------------------------------------------------------------
cp "$work/data/log.key" "$work/later/"
expect 0 'its witness cosigns what is there' "$d" restore --dir "$work/later" --policy "$work/served"
contains 'which is said' "$work/out" "may go on from entry $((about + 3))"
mv "$work/data" "$work/lost"
check 'it runs' start_daemon "$work/later" --policy "$work/served"
policy_at
check 'and is witnessed' wait_until has_size $((about + 3))
equal 'its blobs are as they were' "$(blobs)" '[3,1,2,0,0]'
enrol fgr.example.mx/new requester mx.fgr
check 'and grows' wait_until has_size $((about + 4))
stop_daemon

# ---- by force, with its witness ------------------------------------------------------------------
expect 0 'a backup of it' "$d" backup --dir "$work/later" --to "$work/c"
expect 0 'restored once more' "$d" restore --from "$work/c" --dir "$work/forced"
cp "$work/later/log.key" "$work/forced/"
check 'without its mark' start_copy "$work/forced" --policy "$work/served"
policy_at
check 'the witness cosigns' wait_until has_size $((about + 4))
equal 'then sealed blobs are served' "$(blobs)" '[3,1,2,0,0]'

# ---- what somebody shows is not what its witnesses have seen -------------------------------------
curl -sf "$url/checkpoint" >"$work/shown"
stop_daemon
end_pid "$witness"
expect 0 'restored, with the newest checkpoint' "$d" restore --from "$work/c" --dir "$work/shown-to" --newest "$work/shown"
cp "$work/later/log.key" "$work/shown-to/"
check 'it runs, its witness away' start_daemon "$work/shown-to" --policy "$work/served"
equal 'and a sealed blob is withheld' "$(sealed "$leo")" 503
LISTEN=${witness_url#http://} start_witness w1
served() { [ "$(sealed "$leo")" = 200 ]; }
check 'until it cosigns' wait_until served
stop_daemon

# ---- killed --------------------------------------------------------------------------------------
fault() { # fault CALL PATH NUMBER SKIP COMMAND...
    echo "$1 $2 $3 $4" >"$work/faults"
    shift 4
    (FAULTS=$work/faults faulty "$@" >/dev/null 2>&1)
}
fault fsync "${work##*/}\$" 5 0 "$d" backup --dir "$work/forced" --to "$work/killed"
equal 'a disk that fails once it has its name leaves it whole' "$?" 1
check 'for a restore' "$d" restore --from "$work/killed" --dir "$work/named"
rm -rf "$work/killed" "$work/named"
for left in 'remove 0' 'remove 1' 'remove 2' 'remove 4' 'remove 7' 'unlink 0' 'rmdir 0'; do
    fault rename killed.partial/./backup\$ -9 0 "$d" backup --dir "$work/forced" --to "$work/killed"
    [ -e "$work/killed.partial/unfinished" ] || not_ok 'a backup that was killed leaves what it had'
    fault "${left% *}" killed.partial -9 "${left#* }" "$d" backup --dir "$work/forced" --to "$work/killed"
    check "one that was killed when it removed it ($left) is not in the way" "$d" backup --dir "$work/forced" --to "$work/killed"
    rm -rf "$work/killed" "$work/killed.partial"
done
i=0
whole=0
while [ $i -lt 12 ]; do
    i=$((i + 1))
    "$d" backup --dir "$work/forced" --to "$work/killed" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %03d $((i * 7)))" # other each time: where it is killed, not a wait
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    wait_until sh -c '! fuser "$1"/store/data.mdb >/dev/null 2>&1' - "$work/forced" || true
    [ ! -e "$work/killed" ] || { whole=$((whole + 1)); "$d" fsck --dir "$work/killed" >/dev/null 2>&1 || not_ok 'a backup that has its name is whole'; rm -r "$work/killed"; }
done
check 'what killed ones leave is not in the way' wait_until "$d" backup --dir "$work/forced" --to "$work/killed"
check 'and goes' test ! -e "$work/killed.partial"
i=0
while [ $i -lt 6 ]; do
    i=$((i + 1))
    "$d" restore --from "$work/killed" --dir "$work/twice" >/dev/null 2>&1 &
    pid=$!
    sleep "0.$(printf %03d $((i * 9)))"
    kill -KILL $pid 2>/dev/null
    wait $pid 2>/dev/null
    [ ! -e "$work/twice/lock" ] || wait_until flock -n "$work/twice/lock" true # its child ends, too
    [ ! -e "$work/twice/restored" ] || [ -e "$work/twice/restoring" ] || rm -rf "$work/twice"
done
check 'a restore that was killed begins again' wait_until "$d" restore --from "$work/killed" --dir "$work/twice"
expect 0 'and is whole' "$d" fsck --dir "$work/twice"
finish
