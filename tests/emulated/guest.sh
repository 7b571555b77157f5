#!/bin/busybox sh
# /init of the machine that tests/emulated/emulated.sh boots: the accelerator as the programs use
# it, then crafted signatures until the machine is switched off. TAP on the serial console; lines of
# numbers begin with "figure ". /test/settings is by emulated.sh.
/bin/busybox mkdir -p /proc /sys /dev /tmp /run
/bin/busybox --install -s /bin
export PATH=/bin LC_ALL=C.UTF-8 HOME=/tmp XDG_STATE_HOME=/tmp/state LD_LIBRARY_PATH=/lib
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev
mount -t tmpfs tmp /tmp
exec </dev/null >/dev/ttyS0 2>&1
stty -F /dev/ttyS0 -opost 2>/dev/null
cd /tmp || poweroff -f
. /test/settings
date -s "@$SECONDS_SINCE_1970" >/dev/null
ifconfig lo 127.0.0.1 up
plugin=/test/bitacora-mb8.so
number=0
ok() { number=$((number + 1)); echo "ok $number - $1"; }
not_ok() {
    number=$((number + 1))
    echo "not ok $number - $1"
    echo "$2" | tail -n 10 | sed 's/^/# /'
}
expect() { # expect STATUS DESCRIPTION COMMAND...: output in out, err
    want=$1
    what=$2
    shift 2
    "$@" >out 2>err
    got=$?
    if [ $got = "$want" ]; then ok "$what"; else not_ok "$what" "exit $got, expected $want: $*
$(cat out err)"; fi
}
equal() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', expected '$3'"; fi; }
contains() { # contains DESCRIPTION FILE PATTERN
    if grep -q -- "$3" "$2"; then ok "$1"; else not_ok "$1" "no '$3' in: $(cat "$2")"; fi
}
figure() { echo "figure $*"; }

figure "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), kernel $(uname -r)"
equal 'the processor has AVX-512 IFMA, and the kernel saves its registers' \
    "$(sed -n 's/^flags.*\(avx512ifma\).*/\1/p' /proc/cpuinfo | head -n 1)" avx512ifma

craft() { # seed by seed, for ever
    echo "1..$number"
    seed=$FIRST
    while :; do
        /test/differential $plugin "$CHUNK" "$seed" 1 100 lanes >out 2>err
        echo "seed $seed exit $?: $(tail -n 1 out)"
        head -n 3 err
        seed=$((seed + 1))
    done
}
[ -z "$BRIEF" ] || craft

# ---- a replay: the plug-in is tried when it is loaded --------------------------------------------
replay() { /test/bitacora replay --policy /test/log/policy --dir /test/log/mirror --json "$@"; }
expect 0 'a replay by libsodium' replay
sed 's/"verifier":{[^}]*}//' out >by.libsodium
expect 0 'the plug-in passes its tests at load, and a replay' replay --accelerator $plugin
contains 'it judged' out '"backend":"mb8"'
contains 'which is said' err 'by the accelerator mb8'
figure "$(grep 'by the accelerator' err)"
sed 's/"verifier":{[^}]*}//' out >by.lanes
equal 'the report is the same' "$(md5sum <by.lanes)" "$(md5sum <by.libsodium)"
figure "$(sed -n 's/.*\("verifier":{[^}]*}\).*/\1/p' out)"

# ---- the vectors ---------------------------------------------------------------------------------
expect 0 'the vectors by it and by libsodium' /test/lanes_vectors $plugin /test/ed25519
figure "$(tail -n 1 out)"

# ---- a daemon ------------------------------------------------------------------------------------
printf 'accelerator = %s\nworkers = 1\n' $plugin >settings
cp -r /test/data data
: >daemon.out
/test/bitacorad run --dir /tmp/data --listen 127.0.0.1:8080 --no-mark --config settings \
    >daemon.out 2>daemon.err &
daemon=$!
until grep -q '^listening on ' daemon.out || ! kill -0 $daemon 2>/dev/null; do sleep 1; done
contains 'a daemon has it' daemon.err 'requests and responses are judged by the accelerator mb8'
figure "$(grep -o 'requests and responses are judged.*' daemon.err)"
log=http://127.0.0.1:8080
size() { curl -sf $log/checkpoint | sed -n 2p; }
judged() { curl -sf $log/metrics | sed -n 's/^bitacora_signatures_judged_total//p' | tr '\n' ' '; }
before=$(size)
expect 0 'a batch of requests, the last of which is signed for another text' curl -sf -o answer \
    -H 'Content-Type: application/octet-stream' --data-binary @/test/batch $log/v1/records
equal 'all but that one are appended' "$(($(size) - before))" "$BATCH_GOOD"
figure "signatures judged by a daemon: $(judged)"
equal 'its numbers say by whom' "$(judged | sed 's/.*backend="mb8"} *//; s/ $//')" "$BATCH_GOOD"
expect 0 'libsodium takes what it let in' /test/bitacora replay --policy /test/data.policy
kill -TERM $daemon
wait $daemon
equal 'the daemon ends well' $? 0

# ---- crafted signatures --------------------------------------------------------------------------
expect 0 'crafted signatures by the plug-in behind the checks, and by libsodium here' \
    /test/differential $plugin "$BOTH" 1 1 50
figure "$(tail -n 1 out)"
craft
