#!/bin/sh
# A folder of blobs that could not be synced once is not believed again: the daemon ends by itself, and serves after a restart.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 8
enrol vigila.example.mx oversight mx.vigilancia
stop_daemon
LISTEN=${url#http://}
echo 'sweep = 1' >"$work/config"
echo 'fsync blobs/new$ 28' >"$work/faults"
request mx.telco 1 | jq -c '.subjects = [{"type":"curp","value":"GOMC850315HDFRRR07"}]' >"$work/about"
echo 'fsync nothing 28' >"$work/faults.none"
FAULTS=$work/faults.none start_daemon "$work/data" --config "$work/config"
cp "$work/faults" "$work/faults.none"
dead() { ! kill -0 "$daemon" 2>/dev/null; }
beside "$bin/bitacora" submit --policy "$work/policy" --without-private --key "$work/fgr.example.mx-a.lopez.key" "$work/about" \
    >"$work/out" 2>"$work/err"
submitter=$beside
check 'the daemon ends' wait_until dead
wait "$daemon"
equal 'with 1' $? 1
forget_pid "$daemon"
contains 'and has said why' "$work/daemon.err" 'cannot sync blobs/new'
check 'it starts again' start_daemon "$work/data" --config "$work/config"
wait "$submitter"
equal 'and the client, who has sent again, has its receipt' $? 0
forget_pid "$submitter"
stop_daemon
expect 0 'the store is sound' "$bin/bitacorad" fsck --dir "$work/data"
finish
