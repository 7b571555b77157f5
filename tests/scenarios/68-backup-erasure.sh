#!/bin/sh
# An erasure lands while a backup is made, at each step of it: no backup has the blob of an erasure
# that it holds, none lacks a blob whose erasure it does not hold, and the erasure is not held up.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
hex() { printf '%s' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }
record_of() { curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{'; }
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
erase() { printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$1" "$(head -c 32 /dev/zero | base64)" | submit judge.example.mx-j1; }
stopped() { # stopped: a process of the backup stands still; sets $still
    still=$(ps -eo pid=,stat=,args= | awk -v to="$work/copy" '$2 ~ /^T/ && index($0, "--to " to) { print $1; exit }')
    [ -n "$still" ]
}

check 'a log' small_log 12
enrol vigila.example.mx oversight mx.vigilancia
about=$(size)
for i in 1 2 3 4 5 6 7; do
    request mx.telco 1 | jq -c '.persons=1|.subjects=[{type:"curp",value:"GOMC850315HDFRRR07"}]' | submit fgr.example.mx-a.lopez
done
check 'seven sealed blobs' test "$(ls "$work/data/blobs/kept" | wc -l)" = 7

n=0
during() { # during WHERE CALL PATH SKIP: a backup stops there, a blob is erased, it goes on
    blob=$(record_of $((about + n)) | jq -r '.subjects[0].sealed')
    n=$((n + 1))
    file=$(hex "$blob")
    echo "$2 $3 -19 $4" >"$work/faults"
    (FAULTS=$work/faults faulty "$d" backup --dir "$work/data" --to "$work/copy" --json >"$work/copy.out" 2>"$work/copy.err") &
    backup=$!
    pids="$pids $backup"
    check "it stops: $1" wait_until stopped
    [ -n "$still" ] || return
    check 'a blob is erased meanwhile' erase "$blob"
    check 'and gone' test ! -e "$work/data/blobs/kept/$file"
    rm "$work/faults"
    kill -CONT "$still"
    wait "$backup"
    equal 'the backup is made' "$? $(jq -r .path "$work/copy.out")" "0 $work/copy"
    forget_pid "$backup"
    held=$(jq .size "$work/copy.out")
    if [ "$held" = "$(size)" ]; then
        check 'it holds the erasure, and not the blob' test ! -e "$work/copy/blobs/kept/$file"
    else
        check 'it does not hold the erasure, and has the blob' test -e "$work/copy/blobs/kept/$file"
    fi
    equal 'it has all others' "$(ls "$work/copy/blobs/kept" | wc -l)" "$(jq .blobs "$work/copy.out")"
    expect 0 'it is restored' "$d" restore --from "$work/copy" --dir "$work/restored"
    printf '%s: %s of %s entries\n' "$1" "$held" "$(size)" >>"$work/told"
    rm -r "$work/copy" "$work/restored"
}
during 'before the store is copied' fsync copy.partial\$ 1
during 'the store is copied, and no blob' fsync copy.partial/store\$ 0
during 'some blobs are copied' rename copy.partial/./blobs/kept/ 1
during 'all blobs are copied' fsync copy.partial/blobs/kept\$ 0
during 'it is verified' rename copy.partial/./backup\$ 0
during 'it gets its name' rename copy\$ 0
sed 's/^/# /' "$work/told"
stop_daemon
finish
