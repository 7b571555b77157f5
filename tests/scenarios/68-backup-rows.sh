#!/bin/sh
# A backup of a log that enrolled keys read has the rows of its access entries, those alone, and
# restores no others. No secret of the log is in it.
. "$(dirname "$0")/../lib.sh"

d=$bin/bitacorad
metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
more_entries() { [ "$(metric bitacora_access_entries_total)" -ge "$1" ]; }
rows() { find "$1/access" -type f | sed 's|.*/||' | sort | paste -sd' '; }

printf 'readers = enrolled\naccess_interval = 1\nindex_every = 0\n' >"$work/config"
new_log
check 'a log for enrolled readers' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
enrol uif.example.mx/o1 oversight mx.uif
expect 0 'is read' "$bin/bitacora" replay --policy "$work/policy" --key "$work/uif.example.mx-o1.key"
check 'which its entries say, and a later one that nobody did' wait_until more_entries $(($(metric bitacora_access_entries_total) + 2))
stop_daemon
expect 0 'a backup' "$d" backup --dir "$work/data" --to "$work/backup"
kept=$(rows "$work/backup")
check 'has rows' test -n "$kept"
equal 'of entries alone' "$(printf '%s' "$kept" | tr -d '0-9 ')" ''
seed=$(cut -d+ -f5- "$work/data/log.key") # its base64 may hold a +
check 'its key' test "${#seed}" = 44
equal 'the log'"'"'s key is nowhere in it' "$(grep -rFl -- "$seed" "$work/backup" | wc -l)" 0
printf '%s' "$seed" | base64 -d | tail -c 32 >"$work/seed"
equal 'nor its bytes' "$(/usr/bin/python3 -c 'import sys, glob
seed = open(sys.argv[1], "rb").read()
print(sum(seed in open(f, "rb").read() for f in glob.glob(sys.argv[2] + "/**/*.mdb", recursive=True)))' "$work/seed" "$work/backup")" 0
expect 0 'it is restored' "$d" restore --from "$work/backup" --dir "$work/again"
equal 'with its rows' "$(rows "$work/again")" "$kept"
one=${kept%% *}
cp -a "$work/backup" "$work/forged"
/usr/bin/python3 - "$work/forged/store/data.mdb" <<'END'
import re, sys
path = sys.argv[1]
with open(path, "rb") as f:
    data = f.read()
name = "\n\u2014 log.example.mx/test ".encode()
forged, n = re.subn(rb'("count":[1-9]\d*)(,"root":"[^\n]*' + b"\n)" + name, rb"\g<1>9999999999\2" + name[:-11] + b" ", data)
assert n > 0 and len(forged) == len(data)  # in place
with open(path, "wb") as f:
    f.write(forged)
END
find "$work/forged/access" -type f -size +0 -exec truncate -s 100G {} +
expect 1 'an entry that was forged counts rows without end, and a hole follows' sh -c 'ulimit -f 20000; exec "$@"' - "$d" restore --from "$work/forged" --dir "$work/filled"
contains 'which is not copied' "$work/err" ': File too large'
cp -a "$work/backup" "$work/altered"
cp "$work/altered/access/$one" "$work/altered/access/1"
expect 0 'rows of another entry' "$d" restore --from "$work/altered" --dir "$work/other"
equal 'are left out' "$(rows "$work/other")" "$kept"
head -c 2000000 /dev/zero >>"$work/altered/access/$one"
expect 1 'longer ones' "$d" restore --from "$work/altered" --dir "$work/longer"
rm "$work/altered/access/$one"
expect 1 'none' "$d" restore --from "$work/altered" --dir "$work/none"
ln -s "$work/data/access/$one" "$work/altered/access/$one"
expect 1 'a link' "$d" restore --from "$work/altered" --dir "$work/link"
rm "$work/altered/access/$one"
mkfifo "$work/altered/access/$one"
expect 1 'a pipe' timeout -s KILL 120 "$d" restore --from "$work/altered" --dir "$work/pipe"
expect 1 'for which fsck does not wait' timeout -s KILL 120 "$d" fsck --dir "$work/altered"
contains 'but names it' "$work/out" "its rows are damaged: $work/altered/access/$one"
finish
