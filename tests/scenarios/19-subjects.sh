#!/bin/sh
# People in a log: committed to and sealed before anything is signed, named to nobody but oversight and
# those who are shown an opening, and the same commitment wherever a warrant's request concerns them.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
judge=$work/judge.example.mx-j1.key
official=$work/fgr.example.mx-a.lopez.key
oversight=$work/vigila.example.mx.key
ana=GOMC850315HDFRRR07
eva=MARP800101MDFRTR03
max=BOXW310820HNERXN09
window='"window":{"from":"2026-01-01T00:00:00.000Z","until":"2126-01-01T00:00:00.000Z"}'

people() { # people CURP...: a member `subjects`
    list=
    for curp in "$@"; do list="$list${list:+,}{\"type\":\"curp\",\"value\":\"$curp\"}"; done
    printf '"subjects":[%s]' "$list"
}
warrant_of() { # warrant_of REF CURP...
    ref=$1
    shift
    printf '{"kind":"warrant","ref":"%s","matter":"criminal","used_by":["mx.fgr"],"categories":["subscriber"],%s,%s}\n' "$ref" "$(people "$@")" "$window"
}
request_of() { # request_of MEMBERS CURP...
    more=$1
    shift
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":%d,%s%s}\n' $# "$more" "$(people "$@")"
}
entry_json() { # entry_json RECEIPT: the record's object
    sed -n 's/^extra //p' "$1" | base64 -d | grep -a -m 1 '^{'
}
commits() { # commits RECEIPT...
    for r in "$@"; do entry_json "$r" | jq -r '.subjects[].commit'; done
}
submitted() { # submitted KEY [OPTION...]: records on standard input; last says their index
    key=$1
    shift
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$key" --without-private --receipts "$work/receipts" --json "$@" - >"$work/out" 2>"$work/err"
    status=$?
    jq -r 'select(.index)|.index' "$work/out" | tail -n 1 >"$work/last"
    return $status
}
last() { cat "$work/last"; }
receipt() { echo "$work/receipts/$1.tlog-proof"; }

check 'a log' small_log 12

# ---- nobody to seal to --------------------------------------------------------------------------
request_of '' $ana | submitted "$official"
equal 'without oversight nothing is sealed, and nothing signed' "$(jq -r .error "$work/out")" oversight
check 'an oversight body is enrolled' enrol vigila.example.mx oversight mx.vigilancia

# ---- what cannot be an identifier ----------------------------------------------------------------
for bad in curp=GOMC850315HDFRRR08 curp=nobody phone=5512345678 phone=+0123456789 imei=490154203237517 \
    account=002010077777777772 email=nobody imsi=12; do
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"subjects":[{"type":"%s","value":"%s"}]}\n' \
        "${bad%%=*}" "${bad#*=}" | submitted "$official"
    equal "refused before it is sealed: $bad" "$(jq -r .error "$work/out")" identifier
done
equal 'and none of that reached the log' "$(find "$work/data/blobs" -type f | wc -l)" 0
request_of '' $ana | jq -c '.subjects[0].type="shoe_size"' | submitted "$official"
equal 'a type of identifier that the ruleset does not know' "$(jq -r .error "$work/out")" code
# The daemon, past the client, refuses a person in the clear.
under=$(curl -s "$url/v1/find?signer=fgr.example.mx/a.lopez" | jq '.entries[0]')
size=$(curl -s "$url/checkpoint" | sed -n 2p)
hash=$(curl -s "$url/tile/0/000.p/$size" | tail -c +$((under * 32 + 1)) | head -c 32 | base64)
request_of '' $ana | jq -c --argjson e "$under" --arg h "$hash" --arg at "$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)" \
    'del(.kind)+{id:"7c0e4a52-0000-4000-8000-000000000001",at:$at,under:{entry:$e,hash:$h}}' |
    sed '1i bitacora/v1 request' | "$root/build/release/tools/sign_note" "$official" >"$work/clear"
equal 'a plain identifier is refused by the daemon' \
    "$(curl -s -H 'Content-Type: text/plain' --data-binary @"$work/clear" "$url/v1/records" | jq -r .type)" /problems/form

# ---- a warrant and the requests under it ---------------------------------------------------------
warrant_of CJF-10/2026 $ana $eva | submitted "$judge" --private "$work/w10"
check 'a warrant about two people' test "$(jq -r .verdict "$work/out")" = good
w10=$(last)
equal 'its private part is nobody else’s to read' "$(stat -c %a "$work/w10")" 600
request_of '' $ana | submitted "$official" --warrant "$work/w10" --private "$work/r1"
r1=$(last)
equal 'the request is under the warrant' "$(entry_json "$(receipt "$r1")" | jq -c .warrant.entry)" "$w10"
equal 'and carries the commitment of the warrant' "$(commits "$(receipt "$r1")")" "$(commits "$(receipt "$w10")" | head -n 1)"
request_of '"warrant":{"ref":"CJF-10/2026"},' $eva $max | submitted "$official" --warrant "$work/w10"
r2=$(last)
equal 'so does another, by reference' "$(commits "$(receipt "$r2")" | head -n 1)" "$(commits "$(receipt "$w10")" | tail -n 1)"
contains 'whom the warrant does not name is said' "$work/err" "not one of the warrant's"
chmod 644 "$work/w10"
request_of '' $ana | submitted "$official" --warrant "$work/w10"
equal 'a private part that others can read is not used' $? 2
chmod 600 "$work/w10"

# ---- sent again ----------------------------------------------------------------------------------
request_of '"id":"7c0e4a52-0000-4000-8000-00000000000a","at":"'"$(date -u +%Y-%m-%dT%H:%M:%S.%3NZ)"'",' $max >"$work/again"
submitted "$official" --private "$work/r3" <"$work/again"
r3=$(last)
submitted "$official" --private "$work/r3" <"$work/again"
equal 'sent again with its private part, it is the same record' "$(jq -r '.status+" "+(.index|tostring)' "$work/out")" "seen $r3"

# ---- who can tell --------------------------------------------------------------------------------
# A second log, with the same people under another warrant.
request_of '' $ana $eva $max | submitted "$official"
r4=$(last)
warrant_of CJF-11/2026 $ana $eva $max | submitted "$judge" --private "$work/w11"
w11=$(last)
commits "$(receipt "$w10")" "$(receipt "$w11")" "$(receipt "$r3")" "$(receipt "$r4")" >"$work/commits"
equal 'the same people under other warrants share no commitment' "$(sort "$work/commits" | uniq -d | wc -l)/$(wc -l <"$work/commits")" 0/9
check 'a mirror' "$bin/bitacora" mirror $p "$work/mirror"
first=$work first_daemon=$daemon first_url=$url first_vkey=$vkey
work=$first/second
mkdir "$work"
p="--policy $work/policy"
new_log && start_daemon "$work/data" && write_policy "$work/policy"
enrol judge.example.mx/j1 judge cjf.juzgado1
enrol vigila2.example.mx oversight mx.vigilancia
warrant_of CJF-10/2026 $ana $eva | submitted "$work/judge.example.mx-j1.key" --private "$work/w12"
second_receipt=$(receipt "$(last)")
work=$first
commits "$second_receipt" >>"$work/commits"
equal 'nor do two logs with the same people' "$(sort "$work/commits" | uniq -d | wc -l)/$(wc -l <"$work/commits")" 0/11
# shellcheck disable=SC2086
check 'a mirror of the second' "$bin/bitacora" mirror $p "$work/mirror2"
p="--policy $work/policy"
stop_daemon
daemon=$first_daemon url=$first_url vkey=$first_vkey
printf 'curp %s\n' $ana $eva $max >"$work/people"
check 'with all public bytes and everybody’s CURP, an attacker names nobody' \
    /usr/bin/python3 "$root/tests/interop/attacker.py" "$work/people" "$work/mirror" "$work/mirror2" "$work/receipts"
contains '(who saw all of the commitments)' "$work/check.out" '12 commits'
check 'who has the salt does name them: the attack is a real one' sh -c '! /usr/bin/python3 "$@"' - \
    "$root/tests/interop/attacker.py" "$work/people" "$work/mirror" "$work"
check 'nobody stands in the clear in any public file' sh -c '! grep -rqaE "'"$ana|$eva|$max"'" "$@"' - \
    "$work/mirror" "$work/mirror2" "$work/receipts" "$work/data" "$work/second/data"

# ---- who may open --------------------------------------------------------------------------------
# shellcheck disable=SC2086
expect 0 'oversight opens what is sealed to it' "$bin/bitacora" open $p --key "$work/vigila.example.mx.key" --json "$(receipt "$w10")" "$(receipt "$r1")"
equal 'and sees who is meant' "$(jq -r '.sealed[].value' "$work/out" | tr '\n' ' ')" "$ana $eva $ana "
# shellcheck disable=SC2086
expect 3 'a judge may fetch the blob, but not open it' "$bin/bitacora" open $p --key "$judge" "$(receipt "$r1")"
# shellcheck disable=SC2086
expect 3 'an official may not even fetch it' "$bin/bitacora" open $p --key "$oversight" --reader "$official" "$(receipt "$r1")"

# A blob that is not what the record commits to: the signer lied, and it shows.
other=$(entry_json "$(receipt "$r4")" | jq -c '.subjects[0]')
request_of '' $ana | jq -c --argjson s "$other" '.subjects=[$s|.commit="AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="]' | submitted "$official"
# shellcheck disable=SC2086
expect 1 'what was sealed is not what is committed to: proven bad' "$bin/bitacora" open $p --key "$oversight" "$(receipt "$(last)")"

# ---- one subject, shown to a judge ---------------------------------------------------------------
# shellcheck disable=SC2086
expect 2 'of several persons one has to be chosen' "$bin/bitacora" disclose $p --private "$work/w10" --out "$work/opening" "$(receipt "$w10")"
contains 'from what there is' "$work/err" 'in the order in which the record has them: 1 '
expect 0 'the official discloses one person of the warrant' "$bin/bitacora" disclose $p --private "$work/w10" --subject 1 --out "$work/opening" "$(receipt "$w10")"
# shellcheck disable=SC2086
expect 0 'the judge verifies it' "$bin/bitacora" verify $p --opening "$work/opening" --json
equal 'and learns who it is, and in which entry' "$(jq -r '.type+" "+.value+" "+(.index|tostring)' "$work/out")" "curp $ana $w10"
jq -r '.opening' "$work/opening" | base64 -d >"$work/opened"
check 'the other person is not in it' sh -c '! grep -qa "$1" "$2" "$3"' - $eva "$work/opened" "$work/opening"
# shellcheck disable=SC2086
expect 0 'oversight can disclose, too' "$bin/bitacora" disclose $p --key "$oversight" --out "$work/opening2" "$(receipt "$r1")"
# shellcheck disable=SC2086
expect 0 'which a holder verifies before it answers' "$bin/bitacora" verify $p --opening "$work/opening2" "$(receipt "$r1")"
# shellcheck disable=SC2086
expect 1 'an opening of another entry proves nothing' "$bin/bitacora" verify $p --opening "$work/opening2" "$(receipt "$r4")"
jq -c --arg o "$(sed "s/$ana/$eva/" "$work/opened" | base64 -w0)" '.opening=$o' "$work/opening" >"$work/forged"
# shellcheck disable=SC2086
expect 1 'with another name in it, it is proven bad' "$bin/bitacora" verify $p --opening "$work/forged"
# shellcheck disable=SC2086
expect 2 'of several, one has to be chosen' "$bin/bitacora" disclose $p --private "$work/w10" --out "$work/opening3" "$(receipt "$w10")"
# shellcheck disable=SC2086
expect 3 'what a private part does not hold cannot be disclosed' "$bin/bitacora" disclose $p --private "$work/w11" --subject 1 --out "$work/opening3" "$(receipt "$w10")"
check 'and nothing is written then' test ! -e "$work/opening3"
# A receipt that lost the log's signature on its way proves nothing: nobody is convicted, and nothing rests on it.
head -n -1 "$(receipt "$w10")" >"$work/unsigned"
# shellcheck disable=SC2086
expect 3 'from a receipt without its signature nothing is disclosed' "$bin/bitacora" disclose $p --private "$work/w10" --subject 1 --out "$work/opening3" "$work/unsigned"
check 'nor written' test ! -e "$work/opening3"
# shellcheck disable=SC2086
expect 3 'nor opened' "$bin/bitacora" open $p --key "$oversight" --json "$work/unsigned"
equal 'not one of them' "$(jq -c '[.verdict,.sealed]' "$work/out")" '["undecided",[]]'
jq -c --rawfile r "$work/unsigned" '.receipt=$r' "$work/opening" >"$work/unsigned.opening"
# shellcheck disable=SC2086
expect 3 'nor is an opening with it good' "$bin/bitacora" verify $p --opening "$work/unsigned.opening"
contains 'or says who it is' "$work/out" 'does not show whom'
# shellcheck disable=SC2086
expect 3 'nor one beside such a receipt' "$bin/bitacora" verify $p --opening "$work/opening" "$work/unsigned"

# ---- which oversight key -------------------------------------------------------------------------
check 'a second oversight key' enrol vigila3.example.mx oversight mx.vigilancia
request_of '' $ana | submitted "$official"
equal 'with two in force the line must name one' "$(jq -r .error "$work/out")" oversight
to=$(entry_json "$(receipt "$r1")" | jq -c '.subjects[0].to')
request_of '' $ana | jq -c --argjson to "$to" '.subjects[0].to=$to' | submitted "$official"
check 'which it does' test "$(jq -r .verdict "$work/out")" = good
# shellcheck disable=SC2086
"$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$enrolled" --reason superseded >/dev/null 2>&1
request_of '' $ana | submitted "$official"
check 'a revoked one does not count' test "$(jq -r .verdict "$work/out")" = good
# shellcheck disable=SC2086
expect 0 'the log replays' "$bin/bitacora" replay $p
stop_daemon
finish
