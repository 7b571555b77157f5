#!/bin/sh
# Signatures by a plug-in with eight lanes: the verdicts are those without it, whatever the lanes do. The plug-in is a double
# (tests/tools/lanes.c), which needs no special processor and lies as it is told.
. "$(dirname "$0")/../lib.sh"

double=$root/build/release/tools/lanes.so
later=68 # batches of the double: its tests at load take 64 to 68

# ---- a replay ----------------------------------------------------------------------------------------------
check 'a log of 1,200 entries' "$root/build/release/tools/simulate" --plain --out "$work/sim" --entries 1200 --seed 5
policy=$work/sim/policy
replay() { "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --json "$@"; }
plain() { jq -cS 'del(.verifier)' "$1"; }

expect 0 'without a plug-in' replay
equal 'libsodium judges' "$(jq -c .verifier "$work/out")" '{"backend":"libsodium","accelerated":0,"rechecked":0}'
cp "$work/out" "$work/by.libsodium"
expect 0 'with one' replay --accelerator "$double"
equal 'the report is the same' "$(plain "$work/out")" "$(plain "$work/by.libsodium")"
equal 'it says who judged' "$(jq -c '.verifier|[.backend,.["library"],.accelerated>500,.rechecked<=.accelerated]' "$work/out")" \
    '["double","a test'\''s double",true,true]'
expect 0 'in words' "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double"
contains 'too' "$work/out" "of them by the accelerator double (a test's double)"
expect 0 'one thread gathers, too' env BITACORA_THREADS=1 BITACORA_ACCELERATOR="$double" \
    "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --json
equal 'and the environment names it' "$(jq -c '.verifier|[.backend,.accelerated>500]' "$work/out")" '["double",true]'
"$bin/bitacora" audit --policy "$policy" --dir "$work/sim/mirror" --json >"$work/audit.plain" 2>/dev/null
"$bin/bitacora" audit --policy "$policy" --dir "$work/sim/mirror" --json --accelerator "$double" >"$work/audit.lanes" 2>/dev/null
equal 'an audit says who judged' "$(jq -r 'select(.verifier).verifier.backend' "$work/audit.lanes")" double
equal 'and the same otherwise' "$(jq -cS 'del(.verifier,.now)' "$work/audit.lanes")" \
    "$(jq -cS 'del(.verifier,.now)' "$work/audit.plain")"

# A signature that is bad: found by libsodium, under each plug-in that is used at all.
cp -r "$work/sim/mirror" "$work/bent"
bundle=$work/bent/tile/entries/002
at=$(grep -abo -m 1 'FORMATS\|"kind"' "$bundle" | head -n 1 | cut -d: -f1)
at=${at:-3000}
printf '\377' | dd of="$bundle" bs=1 seek="$at" conv=notrunc 2>/dev/null
"$bin/bitacora" replay --policy "$policy" --dir "$work/bent" --json >"$work/bent.plain" 2>/dev/null
expect 1 'an altered bundle is bad' "$bin/bitacora" replay --policy "$policy" --dir "$work/bent" --json --accelerator "$double"
equal 'with the same findings' "$(plain "$work/out")" "$(plain "$work/bent.plain")"

# ---- lanes that lie ----------------------------------------------------------------------------------------
for lie in all mixed cofactor; do
    expect 2 "lanes that lie at once are not used ($lie)" env LANES=$lie \
        "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double"
    contains 'and it says why' "$work/err" 'does not judge signatures as docs/FORMATS.md, section 2, says'
done
expect 2 'nor one of another version' env LANES=abi "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double"
contains 'and it says why' "$work/err" 'it is no accelerator of this version'
for lie in late none; do
    expect 3 "lanes that lie later end the run ($lie)" env LANES=$lie LANES_AFTER=$later \
        "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double" --state "$work/state.$lie"
    contains 'which says why' "$work/err" 'double and libsodium judged a signature differently: nothing of this run counts'
    equal 'and leaves no state' "$(find "$work" -maxdepth 1 -name "state.$lie" | wc -l)" 0
done
expect 3 'in Spanish' env LANES=late LANES_AFTER=$later \
    "$bin/bitacora" --lang es replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double" --json
contains 'too, and for programs' "$work/out" 'juzgaron distinto una firma'

# ---- a processor that cannot -------------------------------------------------------------------------------
expect 0 'where the processor cannot do it' env LANES=absent \
    "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double" --json
contains 'it is said' "$work/err" 'this processor has no instructions of a test: libsodium judges the signatures'
equal 'and libsodium judges' "$(jq -c '.verifier|[.backend,.accelerated,(.fallback|length>20)]' "$work/out")" '["libsodium",0,true]'
for lost in ill gone; do
    expect 0 "where it cannot any more ($lost)" env LANES=$lost LANES_AFTER=$later \
        "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$double" --json
    contains 'it is said' "$work/err" 'libsodium judged the rest'
    equal 'the report is the same' "$(plain "$work/out")" "$(plain "$work/by.libsodium")"
    equal 'and libsodium judges' "$(jq -r .verifier.backend "$work/out")" libsodium
done

# ---- the programs of `make differential` and `make emulated` -----------------------------------------------
tools=$root/build/release/tools
expect 0 'the vectors' "$tools/lanes_vectors" "$double" "$root/tests/vectors/ed25519"
contains 'all of them' "$work/out" '201 vectors by double'
expect 1 'lanes that lie about one' env LANES=one LANES_AFTER=$later "$tools/lanes_vectors" "$double" "$root/tests/vectors/ed25519"
contains 'are found' "$work/err" 'is bad, and otherwise by the lanes alone'
digest() { "$tools/differential" "$double" 600 3 1 100 "$1" 2>/dev/null | sed -n 's/.* digest //p'; }
by_libsodium=$(digest libsodium)
equal 'a digest of verdicts' ${#by_libsodium} 64
equal 'which is the same by lanes' "$(digest lanes)" "$by_libsodium"
expect 1 'lanes that lie are told of' env LANES=one LANES_AFTER=$later "$tools/differential" "$double" 600 3 1 100 lanes
check 'and have another digest' grep -q 'reached a lane, [0-9]* differ, digest' "$work/out"
equal 'than libsodium' "$(grep -c "digest $by_libsodium" "$work/out")" 0

# ---- whose file it is --------------------------------------------------------------------------------------
refused() { # refused DESCRIPTION PATH WORDS
    expect 2 "$1" "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$2"
    contains 'which it says' "$work/err" "$3"
}
cp "$double" "$work/lanes.so"
chmod 755 "$work/lanes.so"
refused 'a relative path is refused' lanes.so 'the path must be absolute'
refused 'a file that is not there' "$work/nothing.so" 'No such file'
refused 'a folder' "$work" 'it must be a file of root or of this user'
printf 'text\n' >"$work/text.so"
chmod 755 "$work/text.so"
refused 'a file that is no library' "$work/text.so" 'it cannot be loaded'
refused 'a library that is no plug-in' "$root/build/release/tools/no_room.so" 'it is no accelerator'
for mode in 775 757 777; do
    chmod $mode "$work/lanes.so"
    refused "a file that others may write ($mode)" "$work/lanes.so" 'writable by nobody else'
done
chmod 755 "$work/lanes.so"
if [ "$(id -u)" = 0 ]; then
    chown nobody "$work/lanes.so"
    refused "somebody else's file" "$work/lanes.so" 'it must be a file of root or of this user'
    chown 0 "$work/lanes.so"
fi
ln -s "$work/lanes.so" "$work/link.so"
expect 0 'a link to a good one is followed' "$bin/bitacora" replay --policy "$policy" --dir "$work/sim/mirror" --accelerator "$work/link.so"

# ---- the daemon --------------------------------------------------------------------------------------------
printf 'accelerator = %s\nworkers = 1\n' "$double" >"$work/settings"
check 'a log whose daemon has it' small_log 12 --config "$work/settings"
contains 'which it says' "$work/daemon.err" 'requests and responses are judged by the accelerator double'
contains 'inside its sandbox' "$work/daemon.err" 'sandbox: '
request mx.telco 1 | check 'a request' submit fgr.example.mx-a.lopez --receipts "$work/receipts"
under=$(sed -n 's/^extra //p' "$work/receipts"/* | base64 -d | grep -a -o '"under":{[^}]*}' | head -n 1)
members='"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1'
batch() { # batch N: N new requests in $work/batch, the last of which is signed for another text
    i=0
    : >"$work/batch"
    while [ $i -lt "$1" ]; do
        i=$((i + 1))
        printf 'bitacora/v1 request\n{"id":"%s","at":"%s",%s,%s}\n' "$(cat /proc/sys/kernel/random/uuid)" \
            "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" "$under" "$members" |
            "$root/build/release/tools/sign_note" "$work/fgr.example.mx-a.lopez.key" >"$work/one"
        [ $i -lt "$1" ] || sed -i 's/"persons":1/"persons":2/' "$work/one"
        length=$(wc -c <"$work/one")
        # shellcheck disable=SC2059
        printf "\\$(printf %o $((length / 256)))\\$(printf %o $((length % 256)))" >>"$work/batch"
        cat "$work/one" >>"$work/batch"
    done
}
post() { # the batch
    curl -s -H 'Content-Type: application/octet-stream' --data-binary "@$work/batch" "$url/v1/records" >"$work/answer"
}
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
before=$(size)
batch 45
check 'a batch of requests' post
equal 'all but the bad one are there' "$(($(size) - before))" 44
metric() { curl -sf "$url/metrics" | sed -n "s/^bitacora_$1 //p"; }
check 'it counts what the lanes judged' test "$(metric 'signatures_judged_total{backend="double"}')" -ge 8
all=$(($(metric 'signatures_judged_total{backend="double"}') + $(metric 'signatures_judged_total{backend="libsodium"}')))
equal 'the rest is libsodium'"'"'s, and the bad one' "$all" "$(($(metric signatures_verified_total) + 1))"
check 'and what it judged again' test "$(metric signatures_rechecked_total)" -le 45
equal 'and says that the lanes judge' "$(metric accelerator_judges)" 1
expect 0 'the log is good' "$bin/bitacora" replay --policy "$work/policy"
stop_daemon

export LANES=ill LANES_AFTER=$later
check 'on a processor that loses it' start_daemon "$work/data" --config "$work/settings"
before=$(size)
batch 45
check 'appending goes on' post
equal 'as before' "$(($(size) - before))" 44
contains 'and it is said' "$work/daemon.err" 'the accelerator cannot go on: this processor lost what it needs'
equal 'also among the metrics' "$(metric accelerator_judges)" 0
stop_daemon

export LANES=late LANES_AFTER=$later
check 'lanes that lie later' start_daemon "$work/data" --config "$work/settings"
from=$(size)
tries=0
ended() { grep -q 'appending stops and the daemon ends' "$work/daemon.err"; }
while [ $tries -lt 4 ] && ! ended; do # the first is enough, as a batch of it is not full
    tries=$((tries + 1))
    batch 45
    post
    WAIT=3 wait_until ended
done
check 'end the daemon' ended
ended || kill -KILL "$daemon" # one that goes on
wait "$daemon"
equal 'with an error' $? 1
forget_pid "$daemon"
contains 'which says why' "$work/daemon.err" 'the accelerator and libsodium judged a signature differently'
check 'and names the entries, or that there are none' grep -q "entries $from to \|no entry was appended since the start" "$work/daemon.err"
unset LANES LANES_AFTER
expect 0 'check says nothing of a good one' "$bin/bitacorad" run --check --dir "$work/data" --config "$work/settings"
export LANES=all
expect 2 'a daemon does not start with lanes that lie at once' "$bin/bitacorad" run --dir "$work/data" --config "$work/settings"
contains 'and says why' "$work/err" 'does not judge signatures as docs/FORMATS.md'
expect 2 'as check says' "$bin/bitacorad" run --check --dir "$work/data" --config "$work/settings"
finish
