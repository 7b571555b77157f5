#!/bin/sh
# The index that the daemon writes: when, for whom, over HTTP, with disks that fail and files that are damaged.
. "$(dirname "$0")/../lib.sh"

metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
at_least() { [ "$(metric "$1")" -ge "$2" ]; } # at_least METRIC N
status() { curl -s -o "$work/body" -w '%{http_code}' "$url$1"; }
index_entries() { curl -s "$url/v1/find?signer=log.example.mx/test" | jq '.entries | length - 1'; } # genesis is one, too
with() { printf '%s\n' "$@" >"$work/config"; }

# ---- an old log: written without an index
with 'index_every = 0'
new_log
start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
LISTEN=${url#http://}
enrol judge.example.mx/j1 judge cjf.juzgado1
enrol fgr.example.mx/a.lopez requester mx.fgr
enrol telco.example.mx/desk holder mx.telco
warrant CJF-1/2026 | submit judge.example.mx-j1
request mx.telco 60 | submit fgr.example.mx-a.lopez
equal 'a log without an index has none' "$(status /index/newest)" 404
equal 'nor answers' "$(status '/v1/answer?warrant=CJF-1%2F2026')" 404
equal 'which a problem says' "$(jq -r .type "$work/body")" /problems/not_found
equal 'and 65 entries' "$(metric bitacora_tree_size)" 65
expect 2 'no index is written beside a daemon' "$bin/bitacorad" index --dir "$work/data" --now
contains 'as it is in use' "$work/err" 'in use'
check 'it stops' stop_daemon

# ---- when asked to, on a stopped log
expect 2 'only with --now' "$bin/bitacorad" index --dir "$work/data"
expect 0 'an index is written' "$bin/bitacorad" index --dir "$work/data" --now
equal 'of all entries' "$(cat "$work/out")" 'entry 65 is an index of the 65 entries before it'
expect 0 'and no second one for the same entries' "$bin/bitacorad" index --dir "$work/data" --now
contains 'it says so' "$work/out" 'covers all entries already'
expect 0 'fsck finds it right' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'with all files' "$(jq .absent_tables "$work/out")" 0
expect 0 'in Spanish, too' "$bin/bitacorad" index --dir "$work/data" --now --lang es
contains 'it says so' "$work/out" 'ya cubre todos los asientos'

# ---- over HTTP, also where none is written any more
start_daemon "$work/data" --config "$work/config"
equal 'the newest index entry' "$(curl -s "$url/index/newest")" 65
table=$(ls "$work/data/index")
equal 'one table' "$(echo "$table" | wc -l)" 1
equal 'a page' "$(status "/index/$table/000")" 200
check 'is its rows' cmp "$work/body" "$work/data/index/$table"
contains 'for ever' "$(curl -sI "$url/index/$table/000" >"$work/head"; echo "$work/head")" 'immutable'
equal 'no page behind the last' "$(status "/index/$table/001")" 404
equal 'nor a directory of one page' "$(status "/index/$table/1/000")" 404
equal 'nor other spellings' "$(status "/index/$table/0")/$(status "/index/$(echo "$table" | tr a-f A-F)/000")/$(status /index/)/$(status /index/../log.key)" 404/404/404/404
equal 'nor a table that is not there' "$(status "/index/$(printf x | sha256sum | cut -d' ' -f1)/000")" 404
equal 'nothing is posted there' "$(curl -s -o /dev/null -w '%{http_code}' -d x "$url/index/newest")" 405
for query in '' '?warrant=' '?warrant=a&signer=b' '?warrant=a&warrant=a' '?warrant=a&other=1' '?signer=A%20B' '?vkey=x' \
    '?subject=x' '?holder=%20' '?warrant=a%00' '?warrant=a&from=x' '?warrant=a&size=0' '?warrant=a&tail=2' '?ruleset=' \
    "?warrant=$(printf '%0257d' 0)"; do
    equal "not a question: '$(echo "$query" | cut -c1-40)'" "$(status "/v1/answer$query")" 400
done
equal 'an answer' "$(status '/v1/answer?warrant=CJF-1%2F2026')" 200
equal 'says what it answers' "$(sed -n 2,4p "$work/body" | paste -sd' ')" 'warrant CJF-1/2026 range 0 65 65 index 65'
equal 'of each entry that has the key' "$(grep -c 'bitacora/v1 request$' "$work/body")" 60
contains 'under the newest checkpoint' "$work/body" 'checkpoint 18'
equal 'of what is not there' "$(status '/v1/answer?warrant=CJF-2%2F2026')" 200
equal 'none but the last, which gives the date' "$(grep -c 'bitacora/v1 request$' "$work/body")" 1
equal 'at a size' "$(status '/v1/answer?signer=fgr.example.mx%2Fa.lopez&size=66&index=65&from=60')" 200
equal 'without the checkpoint, which whoever asks has' "$(grep '^checkpoint' "$work/body")" 'checkpoint 0'
equal 'and from an entry on' "$(sed -n 3p "$work/body")" 'range 60 65 65'
equal 'not of a size that the log does not have' "$(status '/v1/answer?warrant=a&size=67')" 404
equal 'nor one without the index entry' "$(status '/v1/answer?warrant=a&size=65')" 404
equal 'nor by an entry that is no index' "$(status '/v1/answer?warrant=a&index=3')" 404
equal 'nor from where nothing is' "$(status '/v1/answer?warrant=a&from=65')" 404
for n in $(seq 48); do echo "url = $url/v1/answer?warrant=CJF-1%2F2026&tail=1"; echo 'output = /dev/null'; done >"$work/many"
curl -s --parallel --parallel-immediate --parallel-max 48 -w '%{http_code}\n' -K "$work/many" >"$work/codes"
equal 'of many at once each is answered, or told to wait' "$(grep -c '^200$\|^503$' "$work/codes")" 48
check 'some are answered' grep -q '^200$' "$work/codes"
no_answers() { [ "$(metric bitacora_answers)" = 0 ]; }
check 'and none is left over' wait_until no_answers

# No answer is made of a damaged file: whoever asks would hold it for a lie.
cp "$work/data/index/$table" "$work/table"
size=$(stat -c %s "$work/table")
for damage in "head -c $size /dev/zero" "head -c 25 $work/table" "tr '\000-\377' '\001-\377\000' <$work/table"; do
    sh -c "$damage" >"$work/data/index/$table"
    equal "no answer of a damaged table: $(echo "$damage" | cut -c1-12)" "$(status '/v1/answer?warrant=CJF-1%2F2026')" 503
done
rm "$work/data/index/$table"
equal 'nor of one that is lost' "$(status '/v1/answer?warrant=CJF-1%2F2026')" 404
cp "$work/table" "$work/data/index/$table"
equal 'an answer again' "$(status '/v1/answer?warrant=CJF-1%2F2026')" 200
check 'it stops' stop_daemon

# ---- by entries, and by time
with 'index_every = 20' 'index_wait = 1' 'index_keep = 0'
start_daemon "$work/data" --config "$work/config"
request mx.telco 20 | submit fgr.example.mx-a.lopez
check 'every so many entries' wait_until at_least bitacora_index_covered 85
response mx.telco | submit telco.example.mx-desk
check 'or after a time' wait_until at_least bitacora_index_covered 88
if [ "$(index_entries)" -ge 3 ]; then ok 'three of them by now'; else not_ok 'three of them by now' "$(index_entries)"; fi
equal 'health is good' "$(curl -s "$url/healthz" | jq -r .state)" ok
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy" --json

# ---- a disk that fails: appending goes on, and the index when it can
check 'it stops' stop_daemon
FAULTS=$work/faults start_daemon "$work/data" --config "$work/config"
for fault in 'pwrite /index/ 28' 'fsync /index/table 5' 'fsync /index$ 5'; do
    failures=$(metric bitacora_index_failures_total)
    covered=$(metric bitacora_index_covered)
    echo "$fault" >"$work/faults"
    request mx.telco 20 | submit fgr.example.mx-a.lopez
    check "told: $fault" wait_until at_least bitacora_index_failures_total $((failures + 1))
    equal 'nothing is signed' "$(metric bitacora_index_covered)/$(metric bitacora_indexing)" "$covered/0"
    equal 'appending goes on' "$(metric bitacora_appending)" 1
    rm "$work/faults"
    check 'it goes on' wait_until at_least bitacora_index_covered $((covered + 20))
done
contains 'the log tells it' "$work/daemon.err" 'index: nothing is written for now: '
contains 'and when it goes on' "$work/daemon.err" 'index: goes on'
check 'it stops' stop_daemon

# ---- files that are lost or damaged are made again; fsck tells what is damaged
largest() { ls -S "$work/data/index" | head -n 1; }
table=$(largest)
echo more >>"$work/data/index/$table"
echo stray >"$work/data/index/stray"
expect 1 'fsck finds a damaged file' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'of a table' "$(jq -r '.findings[].code' "$work/out" | sort -u)" table
start_daemon "$work/data" --config "$work/config"
check 'it is made again' wait_until grep -q "table $table is made again" "$work/daemon.err"
equal 'what is no table is gone' "$(ls "$work/data/index/stray" 2>/dev/null)" ''
check 'it stops' stop_daemon
rm "$work/data/index/$table"
mkfifo "$work/data/index/$table"
expect 1 'fsck does not wait for a pipe' timeout -s KILL 120 "$bin/bitacorad" fsck --dir "$work/data"
rm "$work/data/index/$table"
start_daemon "$work/data" --config "$work/config"
check 'so is one that was lost' wait_until test -e "$work/data/index/$table"
request mx.telco 20 | submit fgr.example.mx-a.lopez
check 'the index goes on' wait_until at_least bitacora_index_covered "$(($(metric bitacora_tree_size) - 4))"
# One file more may be that of a merge, which the next entry names.
only_needed() { [ "$(ls "$work/data/index" | wc -l)" -le $(($(metric bitacora_index_tables) + 1)) ]; }
check 'tables that nobody needs go' wait_until only_needed
check 'it stops' stop_daemon
expect 0 'fsck finds all well' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'with all files' "$(jq .absent_tables "$work/out")" 0

# A damaged page of a table that is merged: what is signed is right.
table=$(ls -S "$work/data/index" | tail -n 1)
printf '\377' | dd of="$work/data/index/$table" bs=1 seek=3 conv=notrunc 2>/dev/null
expect 1 'fsck finds a flipped byte' "$bin/bitacorad" fsck --dir "$work/data"
start_daemon "$work/data" --config "$work/config"
for n in 1 2 3 4; do
    covered=$(metric bitacora_index_covered)
    request mx.telco 20 | submit fgr.example.mx-a.lopez
    check "entries $n" wait_until at_least bitacora_index_covered $((covered + 20))
done
check 'merged' wait_until at_least bitacora_index_merges_total 1
contains 'after it was made again' "$work/daemon.err" "table $table is made again"

# One that is cut off while the daemon runs. Nobody may need that one any more, as it was merged just
# before: then another is.
for try in 1 2 3 4 5 6; do
    table=$(ls -S "$work/data/index" | tail -n 1)
    : >"$work/data/index/$table"
    merges=$(metric bitacora_index_merges_total)
    for n in 1 2 3 4; do
        covered=$(metric bitacora_index_covered)
        request mx.telco 20 | submit fgr.example.mx-a.lopez
        check "entries $n, one table empty" wait_until at_least bitacora_index_covered $((covered + 20))
    done
    check 'merged' wait_until at_least bitacora_index_merges_total $((merges + 1))
    ! grep -q "table $table is made again" "$work/daemon.err" || break
done
contains 'after it was made again' "$work/daemon.err" "table $table is made again"
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy" --json
check 'it stops' stop_daemon
expect 0 'fsck finds all well' "$bin/bitacorad" fsck --dir "$work/data"

finish
