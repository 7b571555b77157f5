#!/bin/sh
# The index of a log against its entries: replays from the start and from states, mirrors, and the holder of a
# receipt who asks whether the index lists it. What is wrong is found by each of them, and proven.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3 # Debian's own, which has python3-cryptography
logs=$work/logs

check 'logs with an index, honest and not' $python "$root/tests/interop/indexed.py" "$logs"
read -r left_out first second lie <"$logs/entries"
p="--policy $logs/policy"

serve() { # serve FOLDER: as any file server would; sets $files (URL) and $server
    beside python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" >"$work/server.out" 2>"$work/server.err"
    server=$beside
    wait_until grep -q 'port [0-9]' "$work/server.out"
    files=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server.out")
}
found() { jq -c '[(.findings//[])[], (.receipts//[])[].findings[] | [.code,.entry,.verdict]]' "$work/out"; }
index() { jq -c '[.index.recomputed,.index.end,.index.newest.entry]' "$work/out"; }
replay() { # shellcheck disable=SC2086
    "$bin/bitacora" replay $p --json "$@"
}
library() { "$root/build/release/tools/library_replay" "$@"; }
proves() { # shellcheck disable=SC2086
    "$bin/bitacora" verify-evidence $p "$1"
}

# ---- replays ---------------------------------------------------------------------------------------
expect 0 'an honest index' replay --dir "$logs/late"
equal 'how many were computed again, for which entries, the newest' "$(index)" "[3,90,$second]"
cp "$work/out" "$work/whole"
expect 0 'it needs no file of the tables' replay --dir "$logs/without"
check 'and says the same' cmp "$work/out" "$work/whole"
expect 0 'for people' "$bin/bitacora" replay --policy "$logs/policy" --dir "$logs/late"
contains 'in words' "$work/out" 'every table of the newest is right'
expect 1 'a row that is left out' replay --dir "$logs/lying" --evidence "$work/evidence.json"
equal 'about the index' "$(found)" "[[\"index\",$lie,\"bad\"]]"
equal 'no auditor is told to vouch for it' "$(index)" '[3,90,null]'
expect 0 'is proven' proves "$work/evidence.json"
contains 'which entry it was' "$work/out" "leaves out entry $left_out"
expect 1 'another root' replay --dir "$logs/wrong" --evidence "$work/none.json"
equal 'about the index, too' "$(found)" "[[\"index\",$lie,\"bad\"]]"
check 'no file shows what is wrong' test ! -e "$work/none.json"
expect 0 'of the structure tables are no part' replay --structure --dir "$logs/lying"
equal 'and nothing is said of them' "$(jq -c .index "$work/out")" null

# ---- states ----------------------------------------------------------------------------------------
expect 0 'a replay that is remembered' replay --state "$work/state" --dir "$logs/early"
for log in late without lying wrong; do cp "$work/state" "$work/state.$log"; done
for log in late without; do
    expect 0 "it goes on, $log" replay --state "$work/state.$log" --dir "$logs/$log"
    equal 'as a whole replay' "$(jq -c .index "$work/out")" "$(jq -c .index "$work/whole")"
    expect 0 'and once more' replay --state "$work/state.$log" --dir "$logs/ends"
    equal 'to the end' "$(index)" '[4,105,109]'
done
for log in lying wrong; do
    expect 1 "it goes on, $log" replay --state "$work/state.$log" --dir "$logs/$log"
    equal 'with the same finding' "$(found)" "[[\"index\",$lie,\"bad\"]]"
    expect 1 'which is remembered' replay --state "$work/state.$log" --dir "$logs/$log"
    equal 'once' "$(found)" "[[\"index\",$lie,\"bad\"]]"
done
cp -r "$logs/without" "$work/holes"
cp "$work/state" "$work/state.holes"
rm -r "$work/holes/tile/entries"
mkdir -p "$work/holes/tile/entries"
expect 3 'neither tables nor entries' replay --state "$work/state.holes" --dir "$work/holes"

# ---- the library -----------------------------------------------------------------------------------
for log in late lying wrong; do
    library "$logs/policy" "$logs/$log" >"$work/library" 2>"$work/library.err"
    replay --dir "$logs/$log" >"$work/out" 2>/dev/null
    equal "the library says the same, $log" "$(jq -c '[.findings[]|[.code,.entry,.verdict]]' "$work/library")" "$(found)"
done
library --keep "$work/library.state" "$logs/policy" "$logs/early" >/dev/null 2>&1
library --state "$work/library.state" "$logs/policy" "$logs/lying" >"$work/library" 2>&1
equal 'from a state, too' "$(jq -c '[.findings[]|[.code,.entry]]' "$work/library")" "[[\"index\",$lie]]"
expect 0 'and its state serves the program' replay --state "$work/library.state" --dir "$logs/late"
library --memory 4096 "$logs/policy" "$logs/late" >"$work/library" 2>&1
equal 'without room it says nothing of the log' "$(jq -r .verdict "$work/library")" memory

# ---- mirrors ---------------------------------------------------------------------------------------
live=$work/live
cp -r "$logs/early" "$live"
serve "$live"
mirror() { # shellcheck disable=SC2086
    "$bin/bitacora" mirror $p --log "$files" --evidence "$work/mirror.evidence" "$@"
}
expect 0 'a mirror' mirror "$work/copy"
equal 'has the index' "$(cat "$work/copy/index/newest")" "$first"
old=$(ls "$work/copy/index")
rm -r "$live"/*
cp -r "$logs/late/." "$live"
expect 0 'the log goes on' mirror "$work/copy"
equal 'and the index of the copy' "$(cat "$work/copy/index/newest")" "$second"
same=yes
for table in "$work"/copy/index/*/*; do
    cmp -s "$table" "$logs/late/${table#"$work/copy/"}" || same="$table"
done
equal 'its tables are those of the second writer' "$same" yes
for table in $old; do [ -e "$work/copy/index/$table" ] || same="no $table"; done
equal 'those of the copy before are still there' "$same" yes
expect 0 'nothing is new' mirror "$work/copy"
equal 'nothing goes' "$(ls "$work/copy/index" | wc -l)" 7
rm -r "$live"/*
cp -r "$logs/ends/." "$live"
expect 0 'the log goes on again' mirror "$work/copy"
equal 'what only the first cover had has gone' "$(ls "$work/copy/index" | wc -l)" 6
expect 0 'the copy replays' replay --dir "$work/copy"
rm -r "$live"/*
cp -r "$logs/without/." "$live"
expect 0 'a log that serves no tables' mirror "$work/copy2"
equal 'has them in its copy' "$(cat "$work/copy2/index/newest")" "$second"
rm -r "$live"/*
cp -r "$logs/lying/." "$live"
expect 1 'a mirror of the lying log' mirror "$work/copy3"
contains 'what it keeps' "$work/err" 'the copy holds all entries'
check 'no such index' test ! -e "$work/copy3/index"
expect 0 'evidence' proves "$work/mirror.evidence"
expect 1 'and its copy convicts' replay --dir "$work/copy3"

# ---- the holder of a receipt -----------------------------------------------------------------------
verify() { # shellcheck disable=SC2086
    "$bin/bitacora" verify $p --json --evidence "$work/verify.evidence" "$@"
}
expect 0 'offline a receipt is good' verify "$logs/left-out.tlog-proof"
expect 0 'an entry that is listed' verify --log "$files" "$logs/listed.tlog-proof"
equal 'is said to be' "$(jq -c '.receipts[0].indexed' "$work/out")" true
expect 1 'one that is left out' verify --log "$files" "$logs/left-out.tlog-proof"
equal 'convicts the index' "$(found)" "[[\"index\",$lie,\"bad\"]]"
expect 0 'by evidence' proves "$work/verify.evidence"
rm -r "$live/index"
expect 0 'without an index nothing is said' verify --log "$files" "$logs/left-out.tlog-proof"
equal 'of it' "$(jq -c '.receipts[0].indexed' "$work/out")" null
echo "$lie" >"$work/newest"
mkdir -p "$live/index" && cp "$work/newest" "$live/index/newest"
expect 0 'tables that are not to be had' verify --log "$files" "$logs/left-out.tlog-proof"
contains 'are told of' "$work/err" 'could not be looked up'
end_pid "$server"
finish
