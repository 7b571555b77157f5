#!/bin/sh
# A backup, and a restore, onto a disk that has too little room: a clear error, nothing that passes for
# whole; with room the same command does it. A real small file system: it takes root to mount one.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
mkdir "$work/disk"
mount -t tmpfs -o size=64k bitacora-test "$work/disk" 2>"$work/err" || { echo "1..0 # SKIP nothing can be mounted here"; exit 0; }
trap 'umount "$work/disk"; exit 1' HUP INT TERM
make_room() { mount -o remount,size="$1" "$work/disk"; }

check 'a log' small_log 40
expect 1 'a backup onto a disk that is full' "$d" backup --dir "$work/data" --to "$work/disk/copy"
contains 'which is said' "$work/err" 'No space left on device'
check 'there is no backup' test ! -e "$work/disk/copy"
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'
check 'room is made' make_room 8m
expect 0 'it is made' "$d" backup --dir "$work/data" --to "$work/disk/copy"
mv "$work/disk/copy" "$work/copy"
rm -rf "$work/disk/"* "$work/disk/".[!.]*
check 'little room' make_room 64k
expect 1 'a restore onto a disk that is full' "$d" restore --from "$work/copy" --dir "$work/disk/log"
contains 'which is said' "$work/err" 'No space left on device'
expect 2 'what is there is not run' timeout 120 "$d" run --dir "$work/disk/log" --listen 127.0.0.1:0
check 'room is made' make_room 8m
expect 0 'it is restored' "$d" restore --from "$work/copy" --dir "$work/disk/log"
expect 0 'and whole' "$d" fsck --dir "$work/disk/log"
expect 0 'as is what it was made of' "$d" fsck --dir "$work/copy"
stop_daemon
umount "$work/disk"
finish
