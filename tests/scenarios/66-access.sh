#!/bin/sh
# Access entries: who read stands in rows that oversight can see, proven against the log; where rows
# cannot be written nothing is read.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
origin=log.example.mx/test
access=$root/tests/interop/access.py
folder=$work/data/access

metric() { curl -s "$url/metrics" | sed -n "s/^$1 //p"; }
more_entries() { [ "$(metric bitacora_access_entries_total)" -ge "$1" ]; } # more_entries N
ask() { # ask PATH [CHANGE...]: as a requester; status, caching, hash of the token
    /usr/bin/python3 "$access" ask "$url" $origin "$work/fgr.example.mx-a.lopez.key" GET "$@"
}
seen() { # seen [OPTION...]: as oversight sees it, in JSON Lines
    "$b" access --policy "$work/policy" --key "$work/uif.example.mx-o1.key" --json "$@"
}
rows() { # rows: of what seen() said
    jq -c 'select(.type=="row")' "$work/out"
}
last() { jq -c 'select(.type=="access")' "$work/out"; }

printf 'readers = enrolled\naccess_interval = 1\nindex_every = 0\n' >"$work/config"
new_log
check 'a log for enrolled readers' start_daemon "$work/data" --config "$work/config"
LISTEN=${url#http://}
write_policy "$work/policy"
enrol uif.example.mx/o1 oversight mx.uif
enrol fgr.example.mx/a.lopez requester mx.fgr

# ---- what was read is seen
one=$(ask /v1/receipts/1 | awk '{print $NF}')
two=$(ask '/v1/find?role=judge' | awk '{print $NF}')
check 'entries come, also of nothing' wait_until more_entries 3
# Its row is in a file with the number of an entry: not merely in none that waits, as it may be renamed meanwhile.
check 'one of them says so' wait_until sh -c "grep -q 'v1/find?role=judge' $folder/[0-9]*"
expect 0 'oversight sees who read' seen
equal 'each read, by whom, and what' "$(rows | jq -r 'select(.token|IN("'"$one"'","'"$two"'"))|.reader+" "+.method+" "+.path' | sort)" \
    "$(printf 'fgr.example.mx/a.lopez GET /v1/find?role=judge\nfgr.example.mx/a.lopez GET /v1/receipts/1')"
equal 'nothing is left out, and nothing told twice' "$(jq -c 'select(.type=="gap" or .type=="overlap")' "$work/out")" ''
contains 'proven' "$work/out" '"verdict":"good"'
check 'what oversight reads is read, too' wait_until sh -c "cat $folder/[0-9]* | grep -q '\"reader\":\"uif.example.mx/o1\",.*\"path\":\"/v1/access/'"
expect 0 'of one reader alone' seen --reader uif.example.mx/o1
equal 'none of another' "$(rows | jq -r .reader | sort -u)" uif.example.mx/o1
expect 0 'of a time before all' seen --until 2026-01-01
equal 'nothing' "$(last | jq -c '[.entries,.rows]')" '[0,0]'
expect 0 'for people' "$b" access --policy "$work/policy" --key "$work/uif.example.mx-o1.key"
contains 'who and what' "$work/out" 'fgr.example.mx/a.lopez  GET /v1/receipts/1'
expect 3 'whoever may not see rows' "$b" access --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key"
contains 'is told so' "$work/out" '(token)'
entry=$(grep -l 'v1/receipts/1"' "$folder"/[0-9]* | head -n 1 | sed 's/.*access.//')
expect 0 'one entry by its receipt' seen --entry "$entry"
equal 'the same rows' "$(rows | jq -r 'select(.token=="'"$one"'").entry')" "$entry"
expect 2 'another kind of entry' seen --entry 0
expect 3 'none' seen --entry 99999

# ---- the second implementation
/usr/bin/python3 "$access" ask "$url" $origin "$work/uif.example.mx-o1.key" GET "/v1/access/$entry" body="$work/rows" >/dev/null
/usr/bin/python3 "$access" ask "$url" $origin "$work/uif.example.mx-o1.key" GET "/v1/receipts/$entry" body="$work/receipt" >/dev/null
"$b" receipt show --policy "$work/policy" --json "$work/receipt" 2>/dev/null | jq -c .record >"$work/record"
expect 0 'reads the same from the text that FORMATS describes' /usr/bin/python3 "$access" rows "$work/record" "$work/rows"
seen --entry "$entry" 2>/dev/null | jq -cS 'select(.type=="row")|del(.type,.entry)' >"$work/ours"
jq -cS . "$work/out" >"$work/theirs"
check 'and as ours does' cmp "$work/ours" "$work/theirs"
sed 's/"method":"GET"/"method":"HEAD"/' "$work/rows" >"$work/altered"
expect 1 'and finds an altered one' /usr/bin/python3 "$access" rows "$work/record" "$work/altered"

# ---- rows that are not what was signed
cp "$folder/$entry" "$work/kept"
sed -i 's|a.lopez|b.lopez|' "$folder/$entry"
expect 1 'an altered row' seen --entry "$entry"
contains 'is not what the entry commits to' "$work/err" 'access'
sed '$d' "$work/kept" >"$folder/$entry"
expect 1 'a row that is gone' seen --entry "$entry"
mv "$folder/$entry" "$work/gone"
expect 3 'rows that are gone' seen --entry "$entry"
stop_daemon
expect 1 'fsck misses them' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'and names the entry' "$(jq -c '[.findings[]|[.code,.entry]]' "$work/out")" "[[\"access\",$entry]]"
sed 's|a.lopez|b.lopez|' "$work/kept" >"$folder/$entry"
expect 1 'it finds an altered row' "$bin/bitacorad" fsck --dir "$work/data"
cp "$work/kept" "$folder/$entry"
expect 0 'and nothing in what is sound' "$bin/bitacorad" fsck --dir "$work/data"

# ---- rows that cannot be written
: >"$work/faults"
FAULTS=$work/faults start_daemon "$work/data" --config "$work/config"
echo "fdatasync access/open\$ 5" >"$work/faults"
equal 'where a row fails nothing is read' "$(ask /v1/receipts/1 | cut -d' ' -f1)" 503
is_told() { ask /v1/receipts/1 >/dev/null && [ "$(metric bitacora_access_writing)" = 0 ]; } # after a second it tries again
check 'and the operator is told' wait_until is_told
: >"$work/faults"
check 'it is when it can be written' wait_until sh -c "[ \"\$(/usr/bin/python3 $access ask $url $origin $work/fgr.example.mx-a.lopez.key GET /v1/receipts/1 | cut -d' ' -f1)\" = 200 ]"
echo "write access/open\$ 28" >"$work/faults"
equal 'on a full disk, too' "$(ask /v1/receipts/1 | cut -d' ' -f1)" 507
: >"$work/faults"
check 'and is when there is room' wait_until sh -c "[ \"\$(/usr/bin/python3 $access ask $url $origin $work/fgr.example.mx-a.lopez.key GET /v1/receipts/1 | cut -d' ' -f1)\" = 200 ]"
wait_until more_entries 2
stop_daemon
room=$(($(df -P "$work" | awk 'NR==2{print $4}') * 1024))
printf 'readers = enrolled\naccess_interval = 1\nindex_every = 0\nmin_free = 0\nblob_reserve = %d\n' $((room * 2)) >"$work/config.full"
start_daemon "$work/data" --config "$work/config.full"
equal 'rows leave room for records' "$(ask /v1/receipts/1 | cut -d' ' -f1)" 507
equal 'which have it' "$(request mx.telco 1 | "$b" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private --json - 2>/dev/null | jq -r .error)" full
stop_daemon

# ---- everybody again
sed 's/enrolled/public/' "$work/config" >"$work/config.public"
start_daemon "$work/data" --config "$work/config.public"
check 'what was left is told by an entry' wait_until sh -c "! ls $folder | grep -q '[a-z]'"
equal 'and nothing is written down any more' "$(curl -s -o /dev/null -w '%{http_code}' "$url/v1/receipts/1") $(find "$folder" -name open | wc -l)" '200 0'
expect 0 'rows are still shown' seen --entry "$entry"
stop_daemon
start_daemon "$work/data" --config "$work/config"
wait_until more_entries 1
expect 0 'when it is closed again' seen
equal 'the time in between is a gap' "$(jq -c 'select(.type=="gap")' "$work/out" | wc -l)" 1
stop_daemon
finish
