#!/bin/sh
# A witness whose disk fails in the middle: a checkpoint that is in its place, but whose folder could not be
# synced, is not cosigned, and is not taken for one that somebody else put there.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 8
new_witness w
FAULTS=$work/faults
start_witness w
port=${witness_url##*:}
checkpoint() { # checkpoint FILE: the log's newest, signed by it alone
    curl -s "$url/v1/receipts/0" | sed '1,/^$/d' >"$1"
}
ask() { # ask OLD FILE [PROOF]: what the witness says
    { printf 'old %s\n%s\n' "$1" "${3:-}"; cat "$2"; } >"$work/asked"
    curl -s -o "$work/answer" -w '%{http_code}' --data-binary "@$work/asked" "$witness_url/add-checkpoint"
}
stored() { cat "$work"/w.state/*.checkpoint; }
alive() { kill -0 "$witness" 2>/dev/null; }
hup() { # hup: SIGHUP, and until it was seen
    before=$(grep -c 'cosigned last\|nothing was cosigned' "$work/w.err")
    kill -HUP "$witness"
    wait_until sh -c '[ "$(grep -c "cosigned last\|nothing was cosigned" "$1")" -gt "$2" ]' - "$work/w.err" "$before"
}
state=$(basename "$work")/w.state
hash=$(printf log.example.mx/test | sha256sum | cut -d' ' -f1)

# ---- the first checkpoint of a log: the folder cannot be synced for want of room
checkpoint "$work/first"
size=$(sed -n 2p "$work/first")
from=0
for errno in 28 122 24 23; do # ENOSPC, EDQUOT, EMFILE, ENFILE
    echo "fsync $state\$ $errno" >"$FAULTS"
    equal "the folder's sync fails ($errno): it is not cosigned" "$(ask $from "$work/first")" 503
    from=$size
    rm "$FAULTS"
    check 'SIGHUP finds nothing amiss' hup
    check 'and does not end it' alive
    equal 'what is not on the disk for certain is not shown' "$(curl -s -o /dev/null -w '%{http_code}' "$witness_url/$hash/checkpoint")" 503
    equal 'it is at that size' "$(ask 0 "$work/first")/$(cat "$work/answer")" "409/$size"
    echo "fsync $state\$ $errno" >"$FAULTS"
    equal 'asked again, it does not give what it could not store' "$(ask "$size" "$work/first")" 503
    rm "$FAULTS"
done
equal 'once it can, it does' "$(ask "$size" "$work/first")" 200
check 'and it is stored' grep -q "^$size\$" "$work"/w.state/*.checkpoint
check 'and listed' grep -qx log.example.mx/test "$work/w.state/logs"
equal 'and shown' "$(curl -s -o /dev/null -w '%{http_code}' "$witness_url/$hash/checkpoint")" 200
check 'SIGHUP' hup
check 'finds the same' alive

# ---- the list cannot be written
end_pid "$witness"
rm -r "$work/w.state"
LISTEN=127.0.0.1:$port start_witness w
echo "rename $state/logs\$ 28" >"$FAULTS"
equal 'a log that cannot be listed is not cosigned' "$(ask 0 "$work/first")" 503
rm "$FAULTS"
check 'SIGHUP' hup
check 'does not end it' alive
equal 'it goes on' "$(ask "$size" "$work/first")" 200
check 'listed' grep -qx log.example.mx/test "$work/w.state/logs"

# ---- nothing was renamed: the one before counts
wait_until sh -c '[ "$(date +%s)" -gt "$1" ]' - "$(($(date +%s) + 5))" # or it repeats what it gave
echo "rename .checkpoint\$ 28" >"$FAULTS"
equal 'cosigned anew, but not renamed' "$(ask "$size" "$work/first")" 503
rm "$FAULTS"
check 'SIGHUP finds the one before' hup
check 'and goes on' alive
check 'which is as it was' grep -q "^$size\$" "$work"/w.state/*.checkpoint

# ---- a disk that fails otherwise: nobody knows what it holds, so it begins anew from it
echo "fsync $state\$ 5" >"$FAULTS"
equal 'EIO' "$(ask "$size" "$work/first")" 503
wait "$witness"
equal 'ends it with 3' $? 3
forget_pid "$witness"
LISTEN=127.0.0.1:$port start_witness w
equal 'started again on a disk that still fails, it shows nothing' "$(curl -s -o /dev/null -w '%{http_code}' "$witness_url/$hash/checkpoint")" 503
equal 'nor does it repeat what was never on the disk for certain' "$(ask "$size" "$work/first")" 503
kill "$witness" 2>/dev/null
wait "$witness"
equal 'it ends once more' $? 3
forget_pid "$witness"
rm "$FAULTS"
LISTEN=127.0.0.1:$port start_witness w
equal 'started again on one that does not, it goes on' "$(ask "$size" "$work/first")" 200
check 'nobody was asked for a new key' sh -c '! grep -q "make a new key" "$1"' - "$work/w.err"
finish
