#!/bin/sh
# A backup of a log that is running, and what becomes of it.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
size_of() { "$bin/bitacora" replay --policy "$work/policy" --json 2>/dev/null | jq .size; }
run() { timeout -s KILL 120 "$d" run --listen 127.0.0.1:0 "$@"; }

check 'a log' small_log 300
base=$(size_of)

# ---- under load ----------------------------------------------------------------------------------
request mx.telco 4000 >"$work/many"
beside "$bin/bitacora" submit --policy "$work/policy" --without-private --key "$work/fgr.example.mx-a.lopez.key" --json "$work/many" >"$work/acknowledged" 2>/dev/null
submitter=$beside
wait_until test -s "$work/acknowledged"
before=$(grep -c '"appended"' "$work/acknowledged")
expect 0 'a backup while records are appended' "$d" backup --dir "$work/data" --to "$work/first" --json
size=$(jq .size "$work/out")
check 'has what was acknowledged before' test "$size" -ge $((base + before))
equal 'and says whose it is' "$(jq -r .origin "$work/out")" log.example.mx/test
check 'the daemon goes on' kill -0 "$daemon"
kill "$submitter" 2>/dev/null
wait "$submitter" 2>/dev/null
forget_pid "$submitter"
equal 'no key goes along, no mark, no lock' "$(ls "$work/first" | paste -sd' ')" 'backup blobs store'
check 'nothing half-finished is left' test ! -e "$work/first.partial"
equal 'it is the operator'"'"'s alone' "$(stat -c %a "$work/first")" 700
expect 2 'one that is there stays as it is' "$d" backup --dir "$work/data" --to "$work/first/"
expect 2 'no log, no backup' "$d" backup --dir "$work" --to "$work/none"
check 'which is not there' test ! -e "$work/none"
cd "$work/data" || exit 2
expect 2 'none in the log'"'"'s own folder, where its name would keep the log from running' "$d" backup --dir . --to backup
contains 'which is said' "$work/err" "$work/data/backup would lie in the log's folder"
expect 2 'nor below, through a link' sh -c 'ln -s data/blobs "$2/through" && exec "$1" backup --dir "$2/data" --to "$2/through/mine"' - "$d" "$work"
check 'nothing was made' test ! -e backup -a ! -e backup.partial -a ! -e blobs/mine.partial
cd "$work" || exit 2
expect 0 'one beside it, whose name begins as its own' "$d" backup --dir "$work/data" --to "$work/data.backup"
mkdir "$work/mine.partial"
echo mine >"$work/mine.partial/file"
expect 2 'what is not ours is not removed' "$d" backup --dir "$work/data" --to "$work/mine"
check 'it is still there' test -e "$work/mine.partial/file"

# ---- restored ------------------------------------------------------------------------------------
expect 0 'it is restored' "$d" restore --from "$work/first" --dir "$work/again"
contains 'and what is missing is said' "$work/err" 'It has no key and no mark yet'
check 'no key' test ! -e "$work/again/log.key"
check 'no mark' test ! -e "$work/again.mark"
expect 0 'fsck finds it sound' "$d" fsck --dir "$work/again"
contains 'with all entries' "$work/out" "$size entries"
mkdir -m 777 "$work/anybody"
expect 0 'in a folder where anybody can write' "$d" restore --from "$work/first" --dir "$work/anybody"
contains 'with a warning' "$work/err" "WARNING: others can write in $work/anybody (mode 0777)"
expect 2 'as has whoever would run it' run --dir "$work/anybody"
contains 'each time' "$work/err" "WARNING: others can write in $work/anybody (mode 0777)"
equal 'and nobody else' "$(grep -c 'others can write' "$work/daemon.err")" 0
expect 2 'a second time, over a log' "$d" restore --from "$work/first" --dir "$work/again"
expect 2 'it does not run without its key' run --dir "$work/again"
contains 'which is said' "$work/err" 'log.key is missing'
cp "$work/data/log.key" "$work/again/"
expect 2 'nor without its mark' run --dir "$work/again"
contains 'and how to get one' "$work/err" 'bitacorad restore'

# ---- may it go on? -------------------------------------------------------------------------------
enrol fgr.example.mx/later requester mx.fgr
curl -sf "$url/checkpoint" >"$work/newest"
stop_daemon
expect 2 'not where something newer was signed' "$d" restore --dir "$work/again" --newest "$work/newest"
contains 'which is said' "$work/err" 'shows that this log has signed'
contains 'and what is left' "$work/err" 'bitacorad init --predecessor'
check 'there is no mark' test ! -e "$work/again.mark"
expect 0 'the newest of all, after the first' "$d" backup --dir "$work/data" --to "$work/second" --after "$work/first"
expect 1 'a log that was set back is not backed up after it' "$d" backup --dir "$work/again" --to "$work/set-back" --after "$work/second"
contains 'which is said' "$work/err" 'does not hold them all'
check 'and there is none' sh -c '! ls -d "$1"*' - "$work/set-back"
expect 2 'what comes after no backup' "$d" backup --dir "$work/data" --to "$work/set-back" --after "$work/data"
touch "$work/again/rolled_back"
expect 1 'one that knows that it was rolled back is not backed up at all' "$d" backup --dir "$work/again" --to "$work/set-back"
contains 'and why' "$work/err" 'this log was rolled back, and is not backed up'
cp "$work/newest" "$work/second/witnessed"
expect 2 'what lies in the backup says nothing of what came after it' "$d" restore --from "$work/second" --dir "$work/own-word" --newest "$work/second/witnessed"
contains 'and where to ask' "$work/err" 'it lies in a backup'
rm "$work/second/witnessed"
expect 0 'restored, and let go on' "$d" restore --from "$work/second" --dir "$work/goes-on" --newest "$work/newest"
contains 'which is said' "$work/out" 'may go on from entry'
cp "$work/data/log.key" "$work/goes-on/"
mv "$work/data" "$work/lost"
check 'it runs' start_daemon "$work/goes-on"
write_policy "$work/policy"
expect 0 'whoever replayed the log before goes on' "$bin/bitacora" replay --policy "$work/policy"
enrol fgr.example.mx/more requester mx.fgr
expect 0 'and so does the log' "$bin/bitacora" replay --policy "$work/policy"
mkdir "$work/site"
curl -sf "$url/checkpoint" >"$work/site/checkpoint"
stop_daemon
expect 2 'a mirror shows it, too' "$d" restore --from "$work/second" --dir "$work/third" --mirror "$work/site"
contains 'which is said' "$work/err" "$work/site/checkpoint shows that this log has signed"
sed '2s/.*/1/' "$work/newest" >"$work/forged"
expect 2 'a checkpoint that nobody signed' "$d" restore --dir "$work/third" --newest "$work/forged"
contains 'shows nothing' "$work/err" "it is not a checkpoint that this log's key signed"

# ---- a backup that is damaged --------------------------------------------------------------------
cp -r "$work/second" "$work/cut"
truncate -s 8192 "$work/cut/store/data.mdb"
expect 1 'cut off' "$d" restore --from "$work/cut" --dir "$work/fourth"
expect 2 'what was begun is no log' run --dir "$work/fourth"
contains 'which is said' "$work/err" 'was not finished'
expect 0 'it can be begun again, with a good one' "$d" restore --from "$work/second" --dir "$work/fourth"
cp -r "$work/second" "$work/older"
rm -r "$work/older/store"
cp -r "$work/first/store" "$work/older/"
expect 1 'a store of another backup' "$d" restore --from "$work/older" --dir "$work/fifth"
contains 'is not what it says' "$work/err" 'its store was changed'
rm "$work/older/backup"
expect 2 'one that was never finished' "$d" restore --from "$work/older" --dir "$work/sixth"
finish
