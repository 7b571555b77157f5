#!/bin/sh
# One entry, as somebody looks it up: from a log, a mirror, by its own proof and from a receipt, in words and as JSON; of what
# is not proven, nothing, and never exit 0.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
m=$work/mirror
# shellcheck disable=SC2086
show() { # show STATUS DESCRIPTION OPTION...
    status=$1 what=$2
    shift 2
    expect "$status" "$what" "$bin/bitacora" show $p "$@"
}
said() { # said DESCRIPTION FILTER EXPECTED: of the JSON
    equal "$1" "$(jq -c "$2" "$work/out")" "$3"
}
silent() { # silent DESCRIPTION: of the entry nothing was said
    if grep -qE 'fgr.example.mx|mx.telco|CJF-1/2026' "$work/out"; then
        not_ok "$1" "$(head -c 600 "$work/out")"
    else
        ok "$1"
    fi
}

# ---- a log, a mirror, a receipt ------------------------------------------------------------------
check 'a log' small_log 12
check 'and somebody to seal to' enrol vigila.example.mx oversight mx.vigilancia
request mx.telco 1 | jq -c '.subjects=[{"type":"curp","value":"GOMC850315HDFRRR07"}]' |
    submit fgr.example.mx-a.lopez --private "$work/private" --receipts "$work/receipts" --json
asked=$(jq -c '{entry:.index,hash}' "$work/submit.out")
n=$(echo "$asked" | jq .entry)
response mx.telco | jq -c --argjson r "$asked" '.request=$r' | submit telco.example.mx-desk
check 'its mirror' "$bin/bitacora" mirror --policy "$work/policy" "$m"

show 0 'an entry of a log' "$n" --json
said 'is said in one object' '[.entry,.kind,.signer,.role,.authority,.level,.enrolled,.ok,.verdict,.proof]' \
    "[$n,\"request\",\"fgr.example.mx/a.lopez\",\"requester\",\"mx.fgr\",\"federal\",2,true,\"good\",\"replay\"]"
said 'with its record as it was signed' '[.record.holder,.record.categories,(.record.at==.at),(.accepted|length)]' \
    '["mx.telco",["subscriber"],true,24]'
said 'its hash' '.hash' "$(echo "$asked" | jq -c .hash)"
said 'who names it' '[.named_by[]|[.entry,.kind,.member,.signer]]' \
    "[[$((n + 1)),\"response\",\"request\",\"telco.example.mx/desk\"]]"
said 'and what was found, and about the key' '[.findings_total,.findings,.revoked,.quorum,.pinned]' '[0,[],null,null,false]'
cp "$work/out" "$work/whole.json"
for way in "--dir $m" "--log $url" '--quick' "--quick --dir $m"; do
    # shellcheck disable=SC2086
    show 0 "the same with $way" "$n" --json $way
    # shellcheck disable=SC2016
    equal 'is the same entry' "$(jq -cS '{entry,hash,kind,accepted,at,signer,role,authority,level,enrolled,record,ok,verdict}' "$work/out")" \
        "$(jq -cS '{entry,hash,kind,accepted,at,signer,role,authority,level,enrolled,record,ok,verdict}' "$work/whole.json")"
done
said 'by its own proof nothing is said of later entries, or the key' '[.proof,has("named_by"),has("revoked")]' '["receipt",false,false]'
show 0 'a receipt' "$work/receipts/$n.tlog-proof" --json
equal 'is that entry' "$(jq -cS '{entry,hash,kind,accepted,signer,role,enrolled,record,ok}' "$work/out")" \
    "$(jq -cS '{entry,hash,kind,accepted,signer,role,enrolled,record,ok}' "$work/whole.json")"
show 0 'a receipt is made' "$n" --dir "$m" --out "$work/made.tlog-proof"
expect 0 'that anybody verifies' "$bin/bitacora" verify --policy "$work/policy" "$work/made.tlog-proof" "$work/receipts/$n.tlog-proof"
show 3 'no file is replaced by it' "$n" --dir "$m" --out "$work/made.tlog-proof"
for k in 0 1 4 $((n + 1)); do
    show 0 "entry $k" "$k" --json --dir "$m"
    jq -cS '{entry,hash,kind,accepted,at,signer,role,authority,level,enrolled,record,ok,verdict}' "$work/out" >"$work/one"
    show 0 "entry $k, by its own proof" "$k" --json --dir "$m" --quick
    equal 'is the same' "$(jq -cS '{entry,hash,kind,accepted,at,signer,role,authority,level,enrolled,record,ok,verdict}' "$work/out")" "$(cat "$work/one")"
done
show 0 'a warrant that is cited by its reference alone' 4 --json --dir "$m"
said 'no entry names it by its index' '[.kind,.named_by,.named_by_total]' '["warrant",[],0]'

# ---- in words ------------------------------------------------------------------------------------
show 0 'in Spanish' "$n" --dir "$m" --lang es
for words in '✓ Probado: este asiento está en la bitácora, y las reglas de la bitácora lo aceptan' 'Solicitud de datos' \
    'CURP, sellado a la clave de supervisión del asiento' 'Asientos posteriores que lo nombran' "bitacora show $((n + 1))" \
    'La clave de quien firma no está revocada' 'El registro, como se firmó'; do
    contains "says: $words" "$work/out" "$words"
done
equal 'whom it is about is not said' "$(grep -c GOMC850315HDFRRR07 "$work/out")" 0
show 0 'in English' $((n + 1)) --dir "$m" --lang en
for words in '✓ Proven: this entry stands in the log' "entry $n, Request for data: bitacora show $n" 'Accepted: form, place, key, signature'; do
    contains "says: $words" "$work/out" "$words"
done
show 0 'by its own proof' "$n" --dir "$m" --lang en --quick
contains 'says what that does not prove' "$work/out" 'That the key had not been revoked'

# ---- what there is not ---------------------------------------------------------------------------
size=$(jq .size "$work/whole.json")
for way in '' --quick; do
    # shellcheck disable=SC2086
    show 3 "an entry that is not there $way" "$size" --json --dir "$m" $way
    said 'is undecided' '[.entry,.ok,.verdict,.record,.hash,.proof]' "[$size,false,\"undecided\",null,null,null]"
    contains 'and it is said how far the log goes' "$work/err" "of $size entries"
done
for wrong in 07 99999999999999999999; do show 2 "no index: $wrong" "$wrong" --dir "$m"; done
show 3 'no such receipt' "$work/nothing.tlog-proof"
show 2 'a receipt and a log' "$work/receipts/$n.tlog-proof" --dir "$m"
show 2 'log and mirror' 3 --dir "$m" --log "$url"
printf 'log %s %s\nwitness w %s\nquorum w\n' "$vkey" "$url" \
    "$("$bin/bitacora" keygen w.example.mx --out "$work/w.key" --witness)" >"$work/witnessed"
for way in '' --quick; do
    # shellcheck disable=SC2086
    expect 3 "without its quorum $way" "$bin/bitacora" show --policy "$work/witnessed" --json --dir "$m" "$n" $way
    said 'it is undecided' '[.ok,.verdict,.quorum]' '[false,"undecided",false]'
done
for way in '' --quick; do
    # shellcheck disable=SC2086
    show 1 "of another genesis than was pinned $way" --genesis AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= --dir "$m" "$n" $way
    silent 'nothing'
done

# ---- mirrors that were tampered with -------------------------------------------------------------
tampered() { # tampered NAME: a copy of the mirror in $t
    t=$work/$1
    cp -r "$m" "$t"
}
bundle=tile/entries/000.p/$size
tampered altered
sed -i 's/"number":"FED\/0"/"number":"FED\/7"/' "$t/$bundle"
if cmp -s "$m/$bundle" "$t/$bundle"; then not_ok 'entries are altered'; else ok 'entries are altered'; fi
for way in '' --quick; do
    # shellcheck disable=SC2086
    show 1 "an altered entry $way" "$n" --dir "$t" --json $way
    said 'is bad, and not shown' '[.ok,.verdict,.record,.findings[0].code]' '[false,"bad",null,"leaf"]'
done
show 1 'another one is altered' 4 --dir "$t" --json
said 'then no entry is shown' '[.ok,.record,.proof]' '[false,null,null]'
show 0 'but by its own proof' 4 --dir "$t" --json --quick
tampered missing
rm "$t/$bundle"
for way in '' --quick; do
    # shellcheck disable=SC2086
    show 3 "a missing bundle $way" "$n" --dir "$t" $way
    silent 'says nothing'
done
tampered cut
head -c 1000 "$m/$bundle" >"$t/$bundle"
for way in '' --quick; do
    # shellcheck disable=SC2086
    show 1 "a bundle that was cut $way" "$n" --dir "$t" $way
    silent 'says nothing'
done
tampered hashes
rm -r "$t"/tile/0
show 3 'without the tree, by its own proof' "$n" --dir "$t" --quick
silent 'nothing'

# ---- what was sealed, and is erased --------------------------------------------------------------
blob=$(jq -r '.record.subjects[0].sealed' "$work/whole.json")
printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$blob" "$(echo "$asked" | jq -r .hash)" | submit judge.example.mx-j1
erased=$("$bin/bitacora" export --policy "$work/policy" --kind erasure 2>/dev/null | jq .entry)
show 0 'somebody was sealed, and is erased' "$n" --json
said 'the blob and who ordered it' '.erased' "[{\"blob\":\"$blob\",\"by\":$erased}]"
show 0 'in words' "$n" --lang en
contains 'it says so' "$work/out" "ordered erased by entry $erased: blob $blob"

# ---- entries that the rules refuse ---------------------------------------------------------------
check 'logs of a second writer' python3 "$root/tests/interop/shown_entries.py" "$work/second"
at() { sed -n "s/^$1 //p" "$work/second/labels"; }
of() { # of STATUS LOG LABEL OPTION...
    status=$1 log=$2 label=$3
    shift 3
    expect "$status" "$log, $label: $*" "$bin/bitacora" show --policy "$work/second/$log/policy" --dir "$work/second/$log/mirror" \
        --evidence "$work/evidence" "$(at "$label")" "$@"
}
of 0 good warrant --json
equal 'who names a warrant' "$(jq -c '[.named_by[].entry]|index('"$(at asked)"')!=null' "$work/out")" true
of 0 good revoked --json
said 'a key that was revoked later' '[.ok,.revoked]' "[true,{\"entry\":$(at revoke),\"reason\":\"superseded\",\"since\":\"2026-01-01T00:00:00.000Z\"}]"
of 0 good revoked --lang en
contains 'in words' "$work/out" "? The signer's key was revoked later, by entry $(at revoke)"
of 3 thief stolen --json
said 'a key that was stolen leaves doubt' '[.ok,.verdict,.kind,.findings[0].code,.revoked.reason]' '[false,"undecided","request","compromise","key_compromise"]'
of 0 thief warrant --json
of 0 thief stolen --quick --lang en
contains 'of which the entry alone cannot tell' "$work/out" 'That the key had not been revoked'
of 1 bad stranger --json
said 'who is not enrolled' '[.kind,.signer,.role,.enrolled,.ok,.verdict,.findings[0].code,.proof]' \
    '["request","nadie.example/x","",null,false,"bad","key","replay"]'
of 1 bad stranger --lang en
contains 'in words' "$work/out" "✗ BAD: this entry stands in the log, and the log's rules refuse it"
of 1 bad stranger --quick --json
said 'by its own proof, too, and nothing of it' '[.ok,.record,.findings[0].code]' '[false,null,"key"]'
of 1 bad misplaced --json
said 'a reference to what cannot be answered' '[.ok,.verdict,.role,[.findings[]|select(.entry=='"$(at misplaced)"').code]]' \
    '[false,"bad","holder",["reference"]]'
of 1 bad revoked --lang es
contains 'a good entry of a bad log' "$work/out" '✗ MAL: la bitácora rompe sus reglas, aunque no por este asiento'
of 3 later later --json
said 'of a later version' '[.kind,.ok,.verdict,.record,.proof,(.hash|length)]' '["-",false,"undecided",null,"replay",44]'
of 3 later later --quick --json
said 'by its own proof, too' '[.ok,.verdict,.findings[0].code]' '[false,"undecided","version"]'
of 3 later warrant --json
said 'and what stands before it cannot be all of it' '[.ok,.kind,.proof]' '[false,"warrant","replay"]'
finish
