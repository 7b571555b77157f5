#!/bin/sh
# One process per log; a store that is damaged is found out; keys are kept private.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 300
expect 2 'a second run on the same directory' "$bin/bitacorad" run --dir "$work/data" --listen 127.0.0.1:0
expect 2 'fsck while it runs' "$bin/bitacorad" fsck --dir "$work/data"
expect 2 'init over a log' "$bin/bitacorad" init --dir "$work/data" --origin x --registrar "$registrar"
equal 'the log key is private' "$(stat -c %a "$work/data/log.key")" 600
equal 'so is a signer'"'"'s' "$(stat -c %a "$work/registrar.key")" 600
expect 2 'keygen does not overwrite a key' "$bin/bitacora" keygen other.example --out "$work/registrar.key"

# In flight while SIGTERM comes: answered, and nothing that was acknowledged is lost.
request mx.telco 400 >"$work/records"
beside "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --json "$work/records" \
    >"$work/inflight" 2>/dev/null
submitter=$beside
wait_until test -s "$work/inflight"
expect 0 'SIGTERM under load' stop_daemon
kill -TERM $submitter 2>/dev/null
wait $submitter 2>/dev/null
forget_pid $submitter
start_daemon "$work/data"
write_policy "$work/policy"
size=$("$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size)
last=$(jq -r 'select(.index)|.index' "$work/inflight" | sort -n | tail -n 1)
if [ "$last" -lt "$size" ]; then ok "what was acknowledged is there ($last < $size)"; else not_ok 'what was acknowledged is there' "$last, size $size"; fi
expect 0 'SIGTERM at rest' stop_daemon
expect 0 'the store is clean' "$bin/bitacorad" fsck --dir "$work/data"

# A byte of an entry altered in the store's file: fsck must see it.
cp -r "$work/data" "$work/damaged"
cp -r "$work/data" "$work/cut"
file=$(find "$work/damaged" -name data.mdb)
if grep -qa '"persons":1' "$file"; then
    sed -i 's/"persons":1/"persons":7/' "$file"
    expect 1 'fsck finds altered entries' "$bin/bitacorad" fsck --dir "$work/damaged"
    truncate -s 40960 "$(find "$work/cut" -name data.mdb)"
    expect 1 'fsck finds a store that was cut off' "$bin/bitacorad" fsck --dir "$work/cut"
    check 'and the daemon does not start on it' sh -c "! '$bin/bitacorad' run --dir '$work/cut' --no-mark --listen 127.0.0.1:0"
else
    not_ok 'the store holds entries as they are'
fi
cp -r "$work/data" "$work/otherkey"
rm -f "$work/otherkey/log.key"
"$bin/bitacora" keygen log.example.mx/test --out "$work/otherkey/log.key" >/dev/null
check 'a store with another key is refused' sh -c "! '$bin/bitacorad' run --dir '$work/otherkey' --no-mark --listen 127.0.0.1:0"
finish
