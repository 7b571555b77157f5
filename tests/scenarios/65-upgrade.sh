#!/bin/sh
# Folders of logs that earlier versions made: this one opens, checks, reads and extends them.
. "$(dirname "$0")/../lib.sh"

for archive in "$root"/tests/corpus/data*.tar.xz; do
    name=$(basename "$archive" .tar.xz)
    mkdir "$work/$name"
    check "$name: unpacked" python3 -m tarfile -e "$archive" "$work/$name"
    chmod 600 "$work/$name"/data/log.key "$work/$name"/*.key # whatever the umask was
    log=$work/$name/data
    expect 0 'it is sound' "$bin/bitacorad" fsck --dir "$log"
    expect 2 'it has no mark here' timeout -s KILL 120 "$bin/bitacorad" run --dir "$log" --listen 127.0.0.1:0
    check 'it runs' start_copy "$log"
    sed "1s|\$| $url|" "$work/$name/policy" >"$work/policy"
    expect 0 'it is good' "$bin/bitacora" replay --policy "$work/policy" --json
    before=$(jq .size "$work/out")
    equal 'one blob is erased' "$(jq '.erasures|length' "$work/out")" 1
    expect 0 'its index holds' "$bin/bitacora" answer --policy "$work/policy" --warrant CJF-1/2026 --out "$work/$name.answer"
    cp "$work/$name/requester.key" "$work/requester.key"
    request mx.telco 3 | submit requester
    expect 0 'it grows' "$bin/bitacora" replay --policy "$work/policy" --json
    equal 'by three' "$(jq .size "$work/out")" $((before + 3))
    stop_daemon
    expect 0 'and is sound' "$bin/bitacorad" fsck --dir "$log"
    expect 0 'a backup of it' "$bin/bitacorad" backup --dir "$log" --to "$work/$name.backup"
    expect 0 'is restored' "$bin/bitacorad" restore --from "$work/$name.backup" --dir "$work/$name.again"
done
finish
