#!/bin/sh
# Many records at once: a list is looked at before the first of it is signed; a run that is killed or stopped
# in the middle is gone on with, and nothing is doubled; keys are enrolled and revoked by lists, and a name
# that is nearly another is asked about. What a warrant does not cover is said before a request is signed.
. "$(dirname "$0")/../lib.sh"

FAULTS=$work/faults check 'a log' small_log 8
enrol vigila.example.mx oversight mx.vigilancia
official=$work/fgr.example.mx-a.lopez.key
size() { curl -s "$url/checkpoint" | sed -n 2p; }
whole() { # whole [OPTION…]: what the official submits
    "$bin/bitacora" submit --yes --policy "$work/policy" --key "$official" --private "$work/private" --receipts "$work/receipts" "$@"
}
behind() { # behind OPTION…: the same, for the background: the process itself, not a shell before it
    exec "$bin/bitacora" submit --yes --policy "$work/policy" --key "$official" --private "$work/private" --receipts "$work/receipts" "$@"
}
people() { # people N: N requests, each about somebody, and two that say the same
    i=0
    while [ $i -lt "$1" ]; do
        printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation","note":"%d"},"persons":1,"subjects":[{"type":"person","value":"P %d"}]}\n' $((i / 2)) $i
        i=$((i + 1))
    done
}
people 60 >"$work/lines"
{ cat "$work/lines"; head -n 1 "$work/lines"; } >"$work/l" && mv "$work/l" "$work/lines" # one that is there twice on purpose

# ---- what a run left that was killed ---------------------------------------------------------------
mkdir -p "$work/swept"
touch "$work/swept/7.tlog-proof.new-AbCdEf" "$work/swept/7.tlog-proof.new-AbCdEf.txt" "$work/swept/mine.tlog-proof.new-AbCdEf" "$work/swept/7.tlog-proof"
expect 0 'a run with a folder that was written to' "$bin/bitacora" submit --check --policy "$work/policy" --key "$official" --receipts "$work/swept" /dev/null
equal 'removes half a receipt of a run that was killed, and nothing else' "$(cd "$work/swept" && echo *)" \
    '7.tlog-proof 7.tlog-proof.new-AbCdEf.txt mine.tlog-proof.new-AbCdEf'

# ---- all of it is looked at first --------------------------------------------------------------------
before=$(size)
sed '3s/"subscriber"\]/"gossip"]/; 7s/,"persons":1//; 9s/.*/no JSON/; 11s/"kind":"request"/"kind":"warrant"/' "$work/lines" >"$work/bad"
expect 3 'a list with mistakes' whole --whole "$work/bad"
for n in 3 7 9 11; do contains "… record $n is named" "$work/err" "record $n: ["; done
contains '… and how many there are' "$work/err" 'mistakes: 4, records: 60; nothing was signed'
equal '… nothing is in the log' "$(size)" "$before"
equal '… nor in the private part' "$(wc -c <"$work/private")" 0
expect 0 'looking alone' whole --whole --check "$work/lines"
contains '… says how many' "$work/err" 'records that may be signed: 61; in the log already: 0'
equal '… and signs nothing' "$(size)" "$before"
{
    sed -n '1s/"request"/"reqest"/p; 2s/"holder"/"hodler"/p; 3s/"criminal_/"criminel_/p' "$work/lines"
    echo '{"kind":"revoke","vkey":"v+1+2","reason":"left_ofice"}'
} >"$work/mistyped"
expect 3 'words that were mistyped' whole --whole "$work/mistyped"
for meant in request holder criminal_investigation left_office; do
    contains "… $meant was meant" "$work/err" "; did you mean $meant?"
done
expect 3 'likewise line by line' whole --check "$work/mistyped"
equal '… of each' "$(grep -c 'did you mean' "$work/err")" 4
printf '{"kind":"closing","id":"11111111-1111-4111-8111-111111111111"}\n{"kind":"closing","id":"11111111-1111-4111-8111-111111111111"}\n' >"$work/twice"
# Without persons, in another order and spaced otherwise it is the same; about somebody else, or with an `id`, it is not.
nobody='{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation","note":"one case"},"persons":1%s}'
{
    printf "$nobody\n" ''
    printf "$nobody\n" '' | sed 's/^{"kind":"request",\(.*\)}$/{ \1, "kind" : "request" }/'
    printf "$nobody\n" ',"subjects":[{"type":"person","value":"P 1"}]'
    printf "$nobody\n" ',"subjects":[{"type":"person","value":"P 2"}]'
    printf "$nobody\n" ',"id":"11111111-1111-4111-8111-111111111112"'
} >"$work/alike"
for how in '' --whole; do
    # shellcheck disable=SC2086
    whole $how --check "$work/alike" >"$work/out" 2>"$work/err"
    equal "what says the same is warned of, and nothing else ${how:-(line by line)}" "$(grep -o 'record.*says the same.*' "$work/err")" \
        'record 2: WARNING: it says the same as record 1'
done
expect 3 'an id that is there twice' whole --whole "$work/twice"
contains '… is named' "$work/err" 'record 2: [duplicate] its `id` is that of record 1, too'

at_terminal() { # at_terminal ANSWER [OPTION…]: what somebody at a terminal submits; $work/out is what it shows
    answer=$1
    shift
    /usr/bin/python3 "$root/tests/tools/on_terminal.py" "$answer" -- "$bin/bitacora" submit --policy "$work/policy" \
        --key "$official" --private "$work/private" "$@" >"$work/out" 2>&1
    tail -n 1 "$work/out"
}
equal 'at a terminal a line that is there twice is asked about' "$(at_terminal n --whole "$work/lines")/$(grep -c 'Warnings: 1. Sign all the same' "$work/out")" 'exit 2/1'
contains '… with the line that says the same' "$work/out" 'record 61: WARNING: it says the same as record 1'
contains '… and nothing is signed' "$work/out" 'nothing was signed'
equal '… so that nothing is in the log' "$(size)" "$before"

# ---- killed, stopped, gone on with ---------------------------------------------------------------------
kept() { [ "$(ls "$work/receipts" | wc -l)" -ge "$1" ]; }
# A run may be through before anybody has looked: the log stands still in the middle of it.
stand() { # stand [EMPTY_LINE]: each line counts for itself
    printf '%sfdatasync /data.mdb$ 1000 20\n' "${1:-}" >"$work/faults.new" && mv "$work/faults.new" "$work/faults"
}
stand
beside behind --whole "$work/lines" >"$work/first" 2>&1
run=$beside
wait_until kept 10
kill -KILL $run
wait $run 2>/dev/null
rm "$work/faults"
forget_pid $run
enrol fgr.example.mx/z.later requester mx.fgr # comes after the record under way
first=$before
before=$((before + 1))
expect 2 'the same again sends nothing' whole --whole "$work/lines"
there=$(($(size) - before))
equal 'a run is killed in the middle' "$([ "$there" -ge 10 ] && [ "$there" -lt 61 ] && echo yes)" yes
contains '… and says where to go on' "$work/err" "go on from line $((there + 1)) with --resume"
stand '
'
beside behind --resume "$work/lines" >"$work/second" 2>"$work/second.err"
run=$beside
wait_until kept $((there + 10))
kill -INT $run
rm "$work/faults"
wait $run
equal 'it goes on, and is interrupted: 3' $? 3
forget_pid $run
now=$(($(size) - before))
contains '… it says from which line to go on' "$work/second.err" "stopped: go on from line $((now + 1)) by the same command with --resume"
expect 0 'and goes on to the end' whole --resume --json "$work/lines"
equal 'nothing is doubled' "$(size)" $((before + 61))
seen=$(grep -c '"status":"seen"' "$work/out")
equal 'each has its receipt, those before, too' "$(ls "$work/receipts" | grep -c 'tlog-proof$') $(jq -r .status "$work/out" | sort | uniq -c | tr -s ' \n' ' ')" "61  $((61 - seen)) appended $seen seen "
case $((seen - now)) in # the record under way may have come in after it was counted
0 | 1) late=ok ;;
*) late="$seen, of $now before" ;;
esac
equal 'those before were seen' "$late" ok
index=$work/receipts-index.csv
equal 'a table says which receipt is which line, once' "$(head -n 1 "$index" | tr -d '\r') $(tail -n +2 "$index" | cut -d, -f 1-3 | sort)" \
    "entry,receipt,line,kind,accepted,reference,id $(jq -r '"\(.index),\(.index).tlog-proof,\(.line)"' "$work/out" | sort)"
equal 'and its openings, once' "$(jq -r 'select(.sealed)|.id' "$work/private" | sort | uniq | wc -l) $(jq -r 'select(.entry)|.id' "$work/private" | wc -l)" '61 61'
expect 0 'once more it sends nothing' whole --resume "$work/lines"
equal 'still nothing is doubled' "$(size)" $((before + 61))
expect 0 'what is new in a list that grew' sh -c '{ cat "$1"; sed -n "1s/P 0/P new/p" "$1"; } >"$2" && shift 2 && "$@"' - "$work/lines" "$work/grown" \
    "$bin/bitacora" submit --policy "$work/policy" --key "$official" --private "$work/private" --resume "$work/grown"
equal '… is sent alone' "$(size)" $((before + 62))
used=$(jq -r 'select(.sealed)|.id' "$work/private" | head -n 1)
sed -n "1s/{/{\"id\":\"$used\",/;1s/mx.telco/mx.other/p" "$work/lines" >"$work/other"
expect 3 'an id that stands for something else' whole --resume "$work/other"
contains '… with its entry' "$work/err" "its \`id\` is that of entry $first, which says something else"

# The id of a line is made with the private key: another signer's is another, and nobody can compute it.
enrol fgr.example.mx/b.ruiz requester mx.fgr
sed -n 1p "$work/lines" | "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-b.ruiz.key" --without-private --whole --json - >"$work/out" 2>"$work/err"
own=$(jq -r .id "$work/out")
equal 'the same line by another signer has an id of its own' "$(jq -r .id "$work/private" | grep -c "$own")" 0
equal 'of a version that says that it is home-made' "$(printf '%s' "$own" | cut -c 15)" 8

# ---- enrolments by a list --------------------------------------------------------------------------------
registrar() { "$bin/bitacora" "$@" --policy "$work/policy" --key "$work/registrar.key"; }
enrolments() { # enrolments FIRST LAST AUTHORITY
    for i in $(seq "$1" "$2"); do
        [ -e "$work/p$i.vkey" ] || "$bin/bitacora" keygen "p$i.example.mx" --out "$work/p$i.key" >"$work/p$i.vkey"
        printf '{"kind":"enroll","vkey":"%s","role":"requester","authority":"%s","level":"federal","name":"p%s.example.mx"}\n' "$(cat "$work/p$i.vkey")" "$3" "$i"
    done
}
before=$(size)
{ enrolments 1 4 mx.sat; enrolments 5 5 mx.sta; } >"$work/e"
sed '2s/requester/requestor/; 3s/"name"/"until":"2020-01-01T00:00:00.000Z","name"/' "$work/e" >"$work/e.bad"
sed -n 4p "$work/e" >>"$work/e.bad"
expect 3 'a list with mistakes' registrar enroll "$work/e.bad"
contains '… a role that is none, and the one that was meant' "$work/err" 'record 2: [form] role requestor: no such role; did you mean requester?'
contains '… a time that is past' "$work/err" 'record 3: [form] --until 2020-01-01'
contains '… a key that is there twice' "$work/err" 'record 6: [duplicate] its `vkey` is that of record 4, too'
expect 0 'a list is looked at' registrar enroll --check "$work/e"
contains '… a name that is nearly another is said' "$work/err" 'mx.sta is nearly mx.sat, which is in the same list'
expect 2 'nobody can be asked about it' registrar enroll "$work/e"
contains '… so it has to be said' "$work/err" 'say --yes'
equal '… nothing is in the log' "$(size)" "$before"
sed -i 's/mx.sta"/mx.sat"/' "$work/e"
expect 0 'a list without such a name' registrar enroll "$work/e"
equal '… is enrolled' "$(size)" $((before + 5))
expect 3 'a key a second time' registrar enroll --vkey "$(cat "$work/p1.vkey")" --role judge --authority mx.other --level federal
expect 0 'one key is looked at' registrar enroll --check --vkey "$("$bin/bitacora" keygen p9.example.mx --out "$work/p9.key")" --role judge --authority mx.sta --level federal
contains '… a name that is nearly one that is enrolled' "$work/err" 'mx.sta is nearly mx.sat, for which p1.example.mx is enrolled'
equal '… and nothing is signed' "$(size)" $((before + 5))
script -qec "$bin/bitacora enroll --policy $work/policy --key $work/registrar.key --vkey $("$bin/bitacora" key show "$work/p9.key") --role judge --authority mx.sta --level federal" /dev/null </dev/null >"$work/typed" 2>&1
equal 'on a terminal it is a question' "$(grep -c 'Enrol it so?' "$work/typed") $(size)" "1 $((before + 5))"
{ sed -n '1,3s/"kind":"enroll"/"kind":"revoke","reason":"left_office"/p' "$work/e" | jq -c '{kind,vkey,reason}'; } >"$work/r"
expect 0 'keys are revoked by a list' registrar revoke "$work/r"
equal '… all of it' "$(size)" $((before + 8))
{ enrolments 11 12 mx.sat | sed '1s/"name"/"display":"Ana","name"/; 2s/"name"/"display":"Luz","name"/'
    enrolments 13 13 mx.fgr | sed 's/"name"/"display":"Fiscalía General","name"/'; } >"$work/d"
expect 2 'names of people where one of the institution belongs' registrar enroll "$work/d"
contains '… are warned about' "$work/err" 'mx.sat is called “Ana”'
equal '… and nothing is signed without --yes' "$(grep -c 'say --yes' "$work/err")" 1
expect 0 'with it they are' registrar enroll --yes "$work/d"
expect 0 'a name that the log has otherwise' registrar enroll --check --vkey "$("$bin/bitacora" keygen p21.example.mx --out "$work/p21.key")" --role requester --authority mx.fgr --level federal --display FGR
contains '… is said, with both' "$work/err" 'mx.fgr is called “Fiscalía General”; pages, letters and reports will call it “FGR”'
expect 0 'whom findings are about' "$bin/bitacora" audit --policy "$work/policy"
equal '… is called by its name, once' "$(grep -c '^mx.fgr  *Fiscalía General$' "$work/out")" 1
equal '… and nobody else' "$(grep -cE '^mx.sat  +L' "$work/out")" 0
expect 0 'a code that nobody has' "$bin/bitacora" audit --policy "$work/policy" --authority mx.fgrr
contains '… asks for the one that is like it' "$work/err" 'did you mean --authority mx.fgr?'
expect 0 'likewise of an export' "$bin/bitacora" export --policy "$work/policy" --authority mx.fgrr
contains '… asks for the one that is like it' "$work/err" 'did you mean --authority mx.fgr?'
for said in 'Fiscalía General' 'Fiscalía' fgr; do
    expect 0 "an audit of $said" "$bin/bitacora" audit --policy "$work/policy" --authority "$said" --csv
    contains '… asks for the code' "$work/err" 'did you mean --authority mx.fgr?'
    expect 0 "an export of $said" "$bin/bitacora" export --policy "$work/policy" --holder "$said"
    contains '… asks for the code' "$work/err" 'did you mean --holder mx.fgr?'
done
expect 0 'a code like no other' "$bin/bitacora" audit --policy "$work/policy" --authority us.nobodyatall
contains '… is said to have no keys' "$work/err" 'us.nobodyatall: no key is enrolled for that code'
expect 0 'a code with keys' "$bin/bitacora" audit --policy "$work/policy" --authority mx.fgr
equal '… is said nothing of' "$(grep -c 'no key is enrolled' "$work/err")" 0
: >"$work/nothing"
expect 2 'a list of nothing' registrar enroll "$work/nothing"
contains '… is said to be one' "$work/err" 'nothing has no records: nothing was signed'
expect 2 'likewise of requests' whole --whole --check "$work/nothing"
contains '… is said to be one' "$work/err" 'nothing has no records: nothing was signed'
expect 3 'which says nothing else' registrar revoke "$work/e"
expect 2 'options and a list' registrar revoke --vkey "$(cat "$work/p1.vkey")" "$work/r"
expect 2 'neither' registrar revoke

# ---- what a warrant does not cover ---------------------------------------------------------------------------
judge() { # judge KIND [OPTION…]
    kind=$1
    shift
    "$bin/bitacora" new "$kind" --policy "$work/policy" --key "$work/judge.example.mx-j1.key" --yes "$@" >"$work/out" 2>"$work/err" || cat "$work/err"
    sed -n 's/^entry \([0-9]*\): .*/\1/p' "$work/out"
}
w=$(judge warrant --ref CJF-50/2026 --matter criminal --used_by mx.fgr --categories subscriber,traffic_retained --holders mx.telco \
    --window 2020-01-01/2020-02-01 --data_window 2019-01-01/2020-01-01 --subjects curp=GOMC850315HDFRRR07 --private "$work/w1")
judge extension --warrant "$w" --until 2099-01-01 >/dev/null
asked() { # asked HOLDER CATEGORY CURP FROM UNTIL [MORE]: a request as submit reads it
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"%s","source":"subscriber_db","categories":["%s"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"subjects":[{"type":"curp","value":"%s"}],"data_window":{"from":"%s","until":"%s"}%s}\n' "$@"
}
inside="mx.telco subscriber GOMC850315HDFRRR07 2019-02-01T00:00:00.000Z 2019-03-01T00:00:00.000Z"
# shellcheck disable=SC2086
{ asked $inside; asked mx.other subscriber GOMC850315HDFRRR07 2019-02-01T00:00:00.000Z 2019-03-01T00:00:00.000Z
    asked mx.telco bank GOMC850315HDFRRR07 2019-02-01T00:00:00.000Z 2019-03-01T00:00:00.000Z
    asked mx.telco subscriber MARP800101MDFRTR03 2019-02-01T00:00:00.000Z 2019-03-01T00:00:00.000Z
    asked mx.telco subscriber GOMC850315HDFRRR07 2018-02-01T00:00:00.000Z 2020-03-01T00:00:00.000Z; } >"$work/scope"
expect 0 'requests under a warrant are looked at' whole --whole --warrant "$work/w1" --check "$work/scope"
contains '… another holder' "$work/err" "record 2: WARNING: outside the warrant's scope (R08)"
contains '… another category' "$work/err" "record 3: WARNING: outside the warrant's scope (R08)"
contains '… another person' "$work/err" "record 4: WARNING: outside the warrant's scope (R08)"
contains '… another time of the data' "$work/err" "record 5: WARNING: outside the warrant's time (R07)"
equal '… and nothing of the one inside, whose warrant was extended' "$(grep -c WARNING "$work/err")" 4
expect 0 'for programs' whole --whole --warrant "$work/w1" --check --json "$work/scope"
equal '… it stands in the lines of these' "$(jq -r 'select(.warnings) | "\(.line) \(.warnings[0] | capture("(?<r>R[0-9]+)").r)"' "$work/out" | paste -sd' ')" '2 R08 3 R08 4 R08 5 R07'
equal 'at a terminal they are asked about, and a no signs nothing' \
    "$(at_terminal no --warrant "$work/w1" --whole "$work/scope")/$(grep -c 'Warnings: 4. ' "$work/out")" 'exit 2/1'
equal 'one who says --yes is not' "$(at_terminal no --yes --check --warrant "$work/w1" --whole "$work/scope")/$(grep -c 'Warnings: ' "$work/out")" 'exit 0/0'
{ sed -n '1s|"kind"|"warrant":{"ref":"CJF-50/2026"},"kind"|p' "$work/scope"; sed -n 3p "$work/scope"; } >"$work/mixed"
expect 0 'a list of which some name a warrant' whole --whole --warrant "$work/w1" --check "$work/mixed"
equal '… of the others it is said that they get one' "$(grep -c 'record 2: WARNING: it names no warrant, as others do' "$work/err") $(grep -c 'names no warrant' "$work/err")" '1 1'
{ sed '1!s|"kind"|"warrant":{"ref":"CJF-50/2026"},"kind"|' "$work/scope" | sed -n 2,3p; sed -n 2p "$work/scope" | sed 's|"kind"|"warrant":{"ref":"CJF-50/2026"},"kind"|'; } >"$work/named"
expect 0 'without --warrant and --whole, too' whole --json --check "$work/named"
equal '… each in its line, with the one that says the same' "$(jq -c '[.line, (.warnings | map(sub("^outside.*"; "scope")))]' "$work/out" | tr '\n' ' ')" \
    '[1,["scope"]] [2,["scope"]] [3,["it says the same as record 1","scope"]] '
sed 's/^{/{"id":"0198c0de-0000-7000-8000-000000000001",/' "$work/named" | sed -n '1p; 3p' >"$work/ids"
expect 0 'with an id of their own they are one record' whole --check "$work/ids"
equal '… of which nothing is said' "$(grep -c 'says the same' "$work/err")" 0
expect 0 'submit says it, too, and sends' whole --warrant "$work/w1" "$work/scope"
equal '… once for each' "$(grep -c 'WARNING: outside' "$work/err") $(wc -l <"$work/out")" '4 5'
"$bin/bitacora" warrant check CJF-50/2026 --policy "$work/policy" --json >"$work/judged" 2>/dev/null
equal 'as the judge calls it' "$(jq -c '[.. | objects | select(.kind == "request") | .scope] ' "$work/judged")" '["inside","outside","outside","outside","outside"]'
expect 0 'new says it before the question' "$bin/bitacora" new request --policy "$work/policy" --key "$official" --function prosecution --holder mx.other \
    --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code prosecution --persons 1 --warrant.ref CJF-50/2026 --check
contains '… by its reference alone' "$work/err" "WARNING: outside the warrant's scope (R08)"
contains '… and what cannot be told' "$work/err" 'it cannot be told whether it is within the warrant (R07)'
expect 0 'new says it once, when it signs, too' "$bin/bitacora" new request --policy "$work/policy" --key "$official" --function prosecution --holder mx.other \
    --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code prosecution --persons 1 --warrant.ref CJF-50/2026 --yes
equal '… once' "$(grep -c WARNING: "$work/err")" 1
expect 0 'a warrant that is not there' "$bin/bitacora" new request --policy "$work/policy" --key "$official" --function prosecution --holder mx.other \
    --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code prosecution --persons 1 --warrant.ref CJF-51/2026 --check
contains '… is said' "$work/err" '(R19)'
finish
