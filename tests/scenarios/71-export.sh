#!/bin/sh
# Entries of a log as JSON Lines and CSV: what the filters say and nothing else, only from a log that is proven whole, in cells
# that no spreadsheet takes for a formula.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
m=$work/mirror
# shellcheck disable=SC2086
export_() { # export_ STATUS DESCRIPTION OPTION...
    status=$1 what=$2
    shift 2
    expect "$status" "$what" "$bin/bitacora" export $p "$@"
}
said() { # said DESCRIPTION FILTER EXPECTED: of all lines in one array
    equal "$1" "$(jq -sc "$2" "$work/out")" "$3"
}
nothing() { # nothing DESCRIPTION: not a byte
    if [ -s "$work/out" ]; then not_ok "$1" "$(head -c 300 "$work/out")"; else ok "$1"; fi
}

# ---- a log ---------------------------------------------------------------------------------------
check 'a log' small_log 12
check 'of two authorities' enrol banco.example.mx/desk holder mx.banco
warrant X | jq -c --arg ref '=HYPERLINK("http://x";"y")' '.ref=$ref' | submit judge.example.mx-j1
request mx.banco 3 | submit fgr.example.mx-a.lopez
response mx.banco | submit banco.example.mx-desk
check 'its mirror' "$bin/bitacora" mirror --policy "$work/policy" "$m"
size=18

export_ 0 'all of it'
said 'is one line for each entry' '[length,[.[].entry]==[range(0;'$size')],all(.ok)]' "[$size,true,true]"
contains 'and it is said that it is all' "$work/err" "$size of $size entries"
cp "$work/out" "$work/all"
export_ 0 'from the mirror' --dir "$m"
check 'is the same' cmp "$work/all" "$work/out"
"$bin/bitacora" show --policy "$work/policy" --dir "$m" --json 6 2>/dev/null | jq -cS '{entry,hash,kind,accepted,at,signer,role,authority,level,enrolled,record,ok,verdict}' >"$work/one"
equal 'a line has the members of show' "$(sed -n 7p "$work/all" | jq -cS .)" "$(cat "$work/one")"

# ---- filters -------------------------------------------------------------------------------------
export_ 0 'a kind' --kind response
said 'that alone' '[[.[].kind]|unique,length]' '[["response"],2]'
export_ 0 'two kinds' --kind response,warrant
said 'both' '[.[].kind]|sort|unique' '["response","warrant"]'
export_ 0 'an authority' --authority mx.fgr
said 'who asks, and who signs' '[([.[].kind]|unique),([.[]|.record.authority]|unique)]' '[["enroll","request"],["mx.fgr"]]'
export_ 0 'a holder' --holder mx.banco
said 'requests to it, its own answers' '[.[]|[.kind,.record.holder]]|unique' '[["request","mx.banco"],["response","mx.banco"]]'
export_ 0 'a warrant names holders' --holder mx.telco --kind warrant
said 'in a list' 'length' 2
export_ 0 'an authority that nobody is' --authority mx.nobody
nothing 'is no line, and proven'
export_ 0 'all filters' --kind request --authority mx.fgr --holder mx.banco
said 'together' 'length' 3
at() { sed -n "$(($1 + 1))p" "$work/all" | jq -r .accepted; }
export_ 0 'a time' --from "$(at 3)" --to "$(at 9)"
said 'with both ends' '[.[].entry]|[first<=3,last>=9,length==(last-first+1)]' '[true,true,true]'
export_ 0 'a day' --from "$(at 0 | cut -c 1-10)" --to "$(at $((size - 1)) | cut -c 1-10)"
said 'is the whole day' 'length' $size
export_ 0 'before the log' --to 2020-01-01
contains 'that a time is read in UTC is said' "$work/err" '2020-01-01 is read in UTC; with --zone America/Mexico_City'
nothing 'there is nothing'
export_ 2 'no kind' --kind reqest
contains 'one is suggested' "$work/err" request
export_ 0 'a time after the last entry' --from 2035-01
contains 'of which it is said that nothing is known' "$work/err" 'NOTE: the log, as it is here, ends with entry'
export_ 2 'no time' --from yesterday
export_ 2 'ends before it begins' --from 2026-02-01 --to 2026-01-01
export_ 2 'a mark for what is no table' --bom

# ---- tables --------------------------------------------------------------------------------------
export_ 0 'a table' --csv
cat >"$work/read.py" <<'EOF'
import csv, json, sys
rows = list(csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline="")))
lines = [json.loads(line) for line in open(sys.argv[2])]
assert len(rows) == len(lines), (len(rows), len(lines))
formula = False
for row, line in zip(rows, lines):
    row["hash"] = row["hash"].removeprefix("'")
    assert None not in row and None not in row.values(), row
    for member in ("kind", "accepted", "at", "signer", "role", "authority", "level", "hash"):
        assert row[member] == line[member], (member, row, line)
    record = line["record"]
    assert (int(row["entry"]), int(row["enrolled"]), row["ok"], row["verdict"]) == (line["entry"], line["enrolled"], "true", "good")
    assert json.loads(row["record"].replace(";'", ";")) == record or record.get("ref", "").startswith("="), row["record"]
    assert row["categories"] == " ".join(record.get("categories", [])) and row["persons"] == str(record.get("persons", ""))
    assert row["holder"] == record.get("holder", " ".join(record.get("holders", [])))
    for column, cell in row.items():
        assert column == "hash" or cell[:1] not in ("=", "+", "-", "@", "\t", "\r"), cell
    formula = formula or row["warrant"].startswith("'=HYPERLINK")
assert formula
raw = open(sys.argv[1], "rb").read()
assert raw.endswith(b"\r\n") and raw.count(b"\n") == raw.count(b"\r\n")
EOF
check 'as Python reads it' python3 "$work/read.py" "$work/out" "$work/all"
equal 'its columns' "$(head -n 1 "$work/out" | tr -d '\r')" \
    'entry,accepted,kind,signer,role,authority,level,at,id,holder,function,source,categories,basis,purpose,warrant,court,case,persons,outcome,records,names,hash,enrolled,record,ok,verdict'
cp "$work/out" "$work/table"
export_ 0 'with a mark' --csv --bom
equal 'it stands in front' "$(head -c 3 "$work/out" | od -An -tx1 | tr -d ' \n')" efbbbf
tail -c +4 "$work/out" >"$work/rest"
check 'and that is all' cmp "$work/rest" "$work/table"
"$bin/bitacora" export --policy "$work/policy" --dir "$m" >/dev/full 2>"$work/err"
equal 'what cannot be written is not whole' $? 3

(
    trap '' XFSZ
    ulimit -f 4 # 2,048 bytes a file
    "$bin/bitacora" export --policy "$work/policy" --dir "$m" 2>/dev/null | wc -c >"$work/bytes"
    "$bin/bitacora" export --policy "$work/policy" --dir "$m" >/dev/null 2>"$work/err"
    echo $? >"$work/status"
)
equal 'without room for what waits' "$(cat "$work/status") $(tr -d ' ' <"$work/bytes")" '3 0'

# ---- dishonest mirrors ---------------------------------------------------------------------------
bundle=tile/entries/000.p/$size
tampered() { # tampered NAME: a copy of the mirror in $t
    t=$work/$1
    cp -r "$m" "$t"
}
tampered altered
sed -i 's/"number":"FED\/0"/"number":"FED\/7"/' "$t/$bundle"
tampered missing
rm "$t/$bundle"
tampered cut
head -c 1000 "$m/$bundle" >"$t/$bundle"
for lie in 'altered 1' 'missing 3' 'cut 1'; do
    for how in '' --csv '--kind warrant' '--kind revoke'; do
        # shellcheck disable=SC2086
        export_ "${lie##* }" "${lie% *}: $how" --dir "$work/${lie% *}" $how
        nothing 'not a line'
    done
done
# A mirror of before is whole up to where it ends, and says so; what is newer a state sees.
"$bin/bitacora" replay --policy "$work/policy" --state "$work/state" >/dev/null 2>&1
request mx.telco 2 | submit fgr.example.mx-a.lopez
export_ 0 'an old mirror' --dir "$m"
contains 'ends where it ends' "$work/err" "up to entry $((size - 1))"
sed -i 's/^quorum none/witness w '"$("$bin/bitacora" keygen w.example.mx --out "$work/w.key" --witness | sed 's/[&/]/\\&/g')"'\nquorum w/' "$work/policy"
export_ 3 'without its quorum' --dir "$m"
said 'no entry is ok' '[length,all(.ok==false and .verdict=="undecided")]' "[$size,true]"

# ---- entries that the rules refuse ---------------------------------------------------------------
check 'logs of a second writer' python3 "$root/tests/interop/shown_entries.py" "$work/second"
label() { sed -n "s/^$1 //p" "$work/second/labels"; }
expect 1 'a log with bad entries' "$bin/bitacora" export --policy "$work/second/bad/policy" --dir "$work/second/bad/mirror" --evidence "$work/evidence"
said 'these are named' '[length,[.[]|select(.ok|not)|[.entry,.verdict]]]' \
    "[30,[[$(label stranger),\"bad\"],[$(label misplaced),\"bad\"]]]"
expect 3 'a log with an entry of a later version' "$bin/bitacora" export --policy "$work/second/later/policy" --dir "$work/second/later/mirror" --csv
equal 'it is told' "$(tail -n 1 "$work/out" | tr -d '\r' | sed 's/^28,[^,]*,,.*,false,undecided$/yes/')" yes
finish
