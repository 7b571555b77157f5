#!/bin/sh
# Whoever can write where backups lie has one restored that he made: nothing of the operator's is
# written to, nothing grows without end, what he added does not become the log's, and the log does
# not go on from an older state.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
n=0
altered() { # altered: a copy of the backup, $bad, and where it is restored to, $dir
    n=$((n + 1))
    bad=$work/bad$n
    dir=$work/restored$n
    cp -a "$work/backup" "$bad"
}
# Limits: a restore of this log needs a fraction of them.
case $bin in */asan/*) heap=unlimited ;; *) heap=500000 ;; esac
restore() { sh -c "ulimit -f 200000; ulimit -d $heap; exec timeout -s KILL 60 \"\$@\"" - "$d" restore --from "$bad" --dir "$dir" "$@"; }
small_enough() { [ "$(du -sk "$dir" | cut -f 1)" -lt 20000 ]; }

check 'a log' small_log 300
curl -sf "$url/checkpoint" >"$work/older"
enrol fgr.example.mx/one requester mx.fgr
stop_daemon
check 'a backup' "$d" backup --dir "$work/data" --to "$work/backup"
cp "$work/data.mark" "$work/backup.mark"
check 'the log goes on' start_daemon "$work/data"
write_policy "$work/policy"
curl -sf "$url/checkpoint" >"$work/newest"
stop_daemon

# ---- links and files that are none ---------------------------------------------------------------
altered
echo 'of the operator' >"$work/victim"
ln -sf "$work/victim" "$bad/store/lock.mdb"
expect 0 'its lock file is a link' restore
equal 'to a file that is not written to' "$(cat "$work/victim")" 'of the operator'
expect 1 'nor by fsck' "$d" fsck --dir "$bad"
equal 'which says so' "$(cat "$work/victim") $(grep -c 'is a link, or no file' "$work/err")" 'of the operator 1'
rm "$bad/store/lock.mdb"
ln "$work/victim" "$bad/store/lock.mdb"
expect 1 'nor where it is another name of it' "$d" fsck --dir "$bad"
equal 'the file is as it was' "$(cat "$work/victim")" 'of the operator'
altered
find "$bad" -type f | xargs ls -l --time-style=full-iso >"$work/before"
expect 0 'nothing is written to a backup' restore
find "$bad" -type f | xargs ls -l --time-style=full-iso >"$work/after"
check 'not even who reads it' cmp "$work/before" "$work/after"
for name in log.keys log.handovers; do
    altered
    ln -s "$work/data/log.key" "$bad/$name"
    expect 1 "its $name is a link to a secret" restore
    check 'which does not lie in the log under that name' test ! -e "$dir/$name"
done
some=$(printf 'ab%.0s' $(seq 32))
for special in fifo device folder; do
    altered
    case $special in
    fifo) mkfifo "$bad/blobs/kept/$some" ;;
    device) ln -s /dev/zero "$bad/blobs/kept/$some" ;;
    folder) mkdir "$bad/blobs/kept/$some" ;;
    esac
    expect 1 "a blob is a $special" restore
    contains 'it is named' "$work/err" "$some"
done
altered
rm "$bad/backup"
mkfifo "$bad/backup"
expect 1 'the file backup is a pipe' restore
altered
head -c 1000000 /dev/zero >>"$bad/backup"
expect 1 'or long' restore

for command in 'restore --from' 'fsck --dir' 'backup --dir'; do
    altered
    rm "$bad/store/data.mdb"
    mkfifo "$bad/store/data.mdb"
    case $command in restore*) set -- --dir "$dir" ;; backup*) set -- --to "$dir" ;; *) set -- ;; esac
    # shellcheck disable=SC2086 # two words
    expect 1 "the store is a pipe: ${command% *} does not wait for it" timeout -s KILL 120 "$d" $command "$bad" "$@"
    contains 'which is said' "$work/err" 'store/data.mdb: it is no file'
done

# ---- what is laid beside it ----------------------------------------------------------------------
altered
printf 'of a stranger' >"$work/laid"
laid=$(sha256sum "$work/laid" | cut -d ' ' -f 1)
cp "$work/laid" "$bad/blobs/kept/$laid"
expect 0 'a blob under its right name, which no entry names' restore
contains 'is told of' "$work/err" "1 blobs in $bad, which no entry names, were left out"
equal 'and the log does not get it' "$(ls "$dir/blobs/kept")" ''

altered
touch "$bad/blobs/kept/$(printf '\033[2J\nthe store is sound')" "$bad/blobs/kept/$(printf '\377')"
expect 1 'files whose names command a terminal' "$d" fsck --dir "$bad"
contains 'are named without that' "$work/out" 'is no blob: ?[2J?the store is sound'
equal 'so that no line is theirs' "$(grep -c '^the store is' "$work/out") $(grep -c '^blob: ' "$work/out")" '1 2'
expect 1 'as JSON' "$d" fsck --json --dir "$bad"
equal 'both of them' "$(jq -r '.findings|length' "$work/out")" 2

# ---- what grows ----------------------------------------------------------------------------------
altered
truncate -s 100G "$bad/blobs/kept/$some"
expect 0 'a blob of 100 GiB is none' restore
check 'and is not copied' test ! -e "$dir/blobs/kept/$some"
altered
mkdir "$bad/access"
truncate -s 100G "$bad/access/5"
expect 0 'rows of an entry that has none' restore
check 'are not copied' test ! -e "$dir/access/5"
for table in ids tiles lists bundles tail; do
    altered
    "$root/tests/interop/hostile_store.py" bomb "$bad/store/data.mdb" $table
    expect 1 "pages of $table that lead to one page without end" restore
    check 'are not copied without end' small_enough
done
for table in ids lists; do
    altered
    "$root/tests/interop/hostile_store.py" more "$bad/store/data.mdb" $table
    expect 1 "fsck does not walk pages of $table without end" timeout -s KILL 120 "$d" fsck --dir "$bad"
    contains 'and says so' "$work/out" 'the indexes cannot be read'
done
altered
"$root/tests/interop/hostile_store.py" bomb "$bad/store/data.mdb" tail
rm "$bad/backup"
expect 1 'nor is a log that is damaged so backed up without end' sh -c 'ulimit -f 200000; exec timeout -s KILL 60 "$@"' - "$d" backup --dir "$bad" --to "$dir.bounded"
contains 'which ends as it should' "$work/err" 'the store could not be copied'
equal 'and leaves nothing' "$(ls -d "$dir.bounded"* 2>/dev/null)" ''
cp "$work/backup/backup" "$bad/"
expect 1 'nor is a backup of such a backup' sh -c 'ulimit -f 200000; exec timeout -s KILL 60 "$@"' - "$d" backup --dir "$bad" --to "$dir.second"
contains 'it is read key by key, too' "$work/err" "the store could not be copied"
altered
expect 0 'one of a good one is' "$d" backup --dir "$bad" --to "$dir"
expect 0 'as sound' "$d" fsck --dir "$dir"
altered
"$root/tests/interop/hostile_store.py" repeat "$bad/store/data.mdb" bundles
expect 1 'a value of many pages under 9,000 keys, in a file with a long hole' restore
check 'is not copied so often' small_enough
altered
"$root/tests/interop/hostile_store.py" end "$bad/store/data.mdb" ids
expect 1 'pages behind the end of the file' restore

# ---- a link in the place of a backup that is being made ------------------------------------------
stopped() {
    still=$(ps -eo pid=,stat=,args= | awk -v to="$work/swapped" '$2 ~ /^T/ && index($0, "--to " to) { print $1; exit }')
    [ -n "$still" ]
}
mkdir "$work/mine"
cp -a "$work/data" "$work/mine/before"
for at in 'fsync swapped.partial$ 1' 'fsync swapped.partial/store$ 0' 'rename swapped.partial/./backup$ 0' 'rename swapped$ 0'; do
    # shellcheck disable=SC2086 # three words
    set -- $at
    echo "$1 $2 -19 $3" >"$work/faults"
    (FAULTS=$work/faults faulty "$d" backup --dir "$work/data" --to "$work/swapped" >"$work/out" 2>"$work/err") &
    backup=$!
    pids="$pids $backup"
    check "it stops: $at" wait_until stopped
    mv "$work/swapped.partial" "$work/away"
    ln -s "$work/data" "$work/swapped.partial"
    rm "$work/faults"
    kill -CONT "$still"
    wait "$backup"
    equal 'there is no backup' "$?" 1
    forget_pid "$backup"
    rm -rf "$work/away" "$work/swapped.partial" "$work/swapped"
    equal 'and the log is as it was' "$(diff -r "$work/data" "$work/mine/before" 2>&1 | grep -v lock.mdb)" ''
done
cd "$work/mine" || exit 2
expect 0 'relative paths' "$d" backup --dir ../data --to here
check 'are where they were' test -s "$work/mine/here/backup"
expect 0 'a backup in a folder above' "$d" backup --dir ../data/ --to ../above//
check 'is there' test -s "$work/above/backup"
expect 2 'a path without a name' "$d" backup --dir ../data --to /
expect 2 'nor with one that is there' "$d" backup --dir ../data --to ..
cd "$work" || exit 2

# ---- a folder that has something of a log --------------------------------------------------------
altered
mkdir "$dir"
cp "$work/data/log.key" "$dir/log.keys"
expect 2 'a folder with a file of a log' restore
contains 'which is named' "$work/err" 'holds log.keys of a log already'
altered
mkdir -p "$dir/access" "$dir/store" "$dir/blobs/kept"
touch "$dir/restoring" "$dir/access/7" "$dir/log.keys" "$dir/store/data.mdb" "$dir/blobs/kept/$some"
expect 0 'what a restore of something else left' restore
equal 'is gone' "$(find "$dir" -type f | sed "s|$dir/||" | sort | paste -sd' ')" 'lock restored store/data.mdb store/lock.mdb'
altered
(restore >"$work/one.err" 2>&1; echo $? >"$work/one") &
restore >"$work/two.err" 2>&1
two=$?
wait $!
case "$(cat "$work/one") $two" in '0 2' | '2 0') ok 'two at once: one of them' ;; *) not_ok 'two at once: one of them' "$(cat "$work/one") $two: $(cat "$work/one.err" "$work/two.err")" ;; esac
expect 0 'which is whole' "$d" fsck --dir "$dir"

# ---- an older state ------------------------------------------------------------------------------
altered
cp "$work/data.mark" "$dir.mark"
expect 0 'an old backup, whose log has a mark' restore
check 'the log goes on' start_daemon "$work/data"
write_policy "$work/policy"
enrol fgr.example.mx/two requester mx.fgr
stop_daemon
cp "$work/data.mark" "$dir.mark"
expect 2 'what was its newest then does not let it go on' "$d" restore --dir "$dir" --newest "$work/newest"
contains 'the mark says more' "$work/err" 'is an old copy'
check 'the mark is as it was' cmp "$work/data.mark" "$dir.mark"
sed 's/log.example/lag.example/' "$work/data.mark" >"$dir.mark"
expect 0 'one that cannot be read is made anew' "$d" restore --dir "$dir" --newest "$work/newest"
altered
expect 2 'what is older than the store shows nothing' restore --newest "$work/older"
contains 'which is said' "$work/err" 'is older than the restored store'
check 'there is no mark' test ! -e "$dir.mark"

# ---- entries under a key of his ------------------------------------------------------------------
altered
rm "$bad/backup"
thief=$("$bin/bitacora" keygen log.example.mx/test --out "$bad/log.key")
echo "$thief" >"$bad/log.keys"
start_copy "$bad"
stop_daemon
check 'he signs an entry' "$d" index --dir "$bad" --now
rm "$bad/log.key"
check 'and makes a backup of it' "$d" backup --dir "$bad" --to "$work/extended"
bad=$work/extended
expect 0 'which is restored' restore
contains 'its keys are shown' "$work/err" "$thief"
cp "$work/data/log.key" "$dir/"
cp "$work/backup.mark" "$dir.mark"
expect 2 'the mark does not let it go on' timeout -s KILL 120 "$d" run --dir "$dir" --listen 127.0.0.1:0
contains 'as it says less' "$work/err" 'Somebody has added to the backup'
expect 2 'as run --check says' "$d" run --check --dir "$dir"
expect 2 'nor does what was the newest' "$d" restore --dir "$dir" --newest "$work/newest"
cp "$work/data/log.key" "$work/backup/"
expect 2 'a backup itself is not run' timeout -s KILL 120 "$d" run --dir "$work/backup" --listen 127.0.0.1:0 --no-mark
contains 'which is said' "$work/err" 'is a backup'
expect 2 'nor would it be' "$d" run --check --dir "$work/backup" --no-mark
expect 2 'nor let go on' "$d" restore --dir "$work/backup" --newest "$work/newest"
finish
