#!/bin/sh
# `bitacora new`: a record from options, questions for what is missing, all of it in words before it is
# signed; and rulesets that a registrar pins.
. "$(dirname "$0")/../lib.sh"

check 'a log' small_log 12
judge=$work/judge.example.mx-j1.key
official=$work/fgr.example.mx-a.lopez.key
holder=$work/telco.example.mx-desk.key
new() { # new KIND KEY [OPTION...]
    kind=$1 key=$2
    shift 2
    "$bin/bitacora" new "$kind" --policy "$work/policy" --key "$key" "$@"
}
record() { # record INDEX: the object of that entry's record
    curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{'
}
index() { sed -n 's/^entry \([0-9]*\): .*/\1/p' "$work/out"; }
typed() { # typed ANSWERS COMMAND...: on a terminal, where somebody types these lines
    answers=$1
    shift
    printf '%b' "$answers" >"$work/answers"
    script -qec "$*" /dev/null <"$work/answers" >"$work/typed" 2>&1
}

expect 0 'a warrant from options' new warrant "$judge" --ref CJF-20/2026 --matter criminal --used_by mx.fgr \
    --categories traffic_retained,subscriber --holders mx.telco --window 2026-01-01/2027-01-01 \
    --data_window 2025-01-01T00:00/2026-01-01 --case.scheme COURT_FILE --case.number 20/2026
warrant=$(index)
contains 'in words' "$work/err" "judge.example.mx/j1 signs this warrant"
equal 'dates and lists as records have them' "$(record "$warrant" | jq -c '[.categories,.window.until,.data_window.from,.case]')" \
    '[["traffic_retained","subscriber"],"2027-01-01T00:00:00.000Z","2025-01-01T00:00:00.000Z",{"scheme":"COURT_FILE","number":"20/2026"}]'
expect 0 'an extension names it by its index' new extension "$judge" --warrant.entry "$warrant" --until 2027-02-01
equal 'and the hash is looked up' "$(record "$(index)" | jq -c '.warrant|keys')" '["entry","hash"]'
expect 0 'a request, whose authority and level the enrolment says' new request "$official" --function prosecution \
    --holder mx.telco --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code prosecution \
    --persons 1 --warrant.ref CJF-20/2026 --automated no
request=$(index)
equal 'as they are enrolled' "$(record "$request" | jq -c '[.authority,.level,.automated,.persons]')" '["mx.fgr","federal",false,1]'
printf 'the order' >"$work/order.pdf"
expect 0 'a destruction with the digest of a file' new destruction "$official" --requests "$request" --order "@$work/order.pdf"
equal 'which is its SHA-256' "$(record "$(index)" | jq -r .order)" "$(openssl dgst -sha256 -binary "$work/order.pdf" | base64)"

expect 0 'an answer from before its request' new response "$holder" --request "$request" --outcome full --received_at 2026-01-02T03:04:05Z \
    --answered_at 2026-01-02T03:04:04Z --check
contains 'is warned of' "$work/err" '2026-01-02 03:04:05 UTC)) is before the request was signed ('
contains 'and so is one from before it was received' "$work/err" '2026-01-02 03:04:04 UTC)) is before `received_at` ('
now=$(date -u +%FT%H:%MZ)
expect 0 'one from now' new response "$holder" --request "$request" --outcome full --received_at "$now" --answered_at "$now" --check
equal 'is not' "$(grep -c WARNING: "$work/err")" 0
expect 3 'an answer to what is not in the log' new response "$holder" --request 9999 --outcome full --received_at "$now" --check
contains 'is refused' "$work/err" '9999'

# ---- what is refused before anything is signed ---------------------------------------------------
before=$(curl -s "$url/checkpoint" | sed -n 2p)
expect 2 'a member is missing and there is nobody to ask' new warrant "$judge" --ref X
contains 'and which' "$work/err" '--matter'
expect 2 'a member that the kind has not' new warrant "$judge" --persons 3
expect 2 'no such kind' new sentence "$judge"
contains 'is said' "$work/err" 'sentence: no such kind of record'
expect 2 'none' "$bin/bitacora" new --policy "$work/policy" --key "$work/none"
contains 'those that there are' "$work/err" 'judicial_notice'
expect 2 'a window that ends before it begins' new warrant "$judge" --window 2027-01-01/2026-01-01
expect 2 'no such day' new warrant "$judge" --window 2026-02-30/2026-03-01
complete="--ref X --used_by mx.fgr --categories subscriber --window 2026-01-01/2027-01-01"
# shellcheck disable=SC2086
expect 3 'a code that the ruleset does not know' new warrant "$judge" --matter gossip $complete
# shellcheck disable=SC2086
expect 3 'a kind that the role may not sign' new warrant "$official" --matter criminal $complete
expect 3 'a reference to nothing' new extension "$judge" --warrant.entry 9999 --until 2027-02-01
expect 3 'a reference to an entry of another kind' new extension "$judge" --warrant.entry "$request" --until 2027-02-01
equal 'nothing of that is in the log' "$(curl -s "$url/checkpoint" | sed -n 2p)" "$before"

# ---- on a terminal -------------------------------------------------------------------------------
typed 'full\n2026-11-21\n\n3\n\ny\n' "$bin/bitacora new response --policy $work/policy --key $holder --request $request"
equal 'it asks for what is missing' "$?" 0
contains 'with the codes that there are' "$work/typed" 'rejected_no_authority'
contains 'shows it' "$work/typed" 'telco.example.mx/desk signs this response'
contains 'says which request that answers' "$work/typed" "entry $request is: request of fgr.example.mx/a.lopez"
contains 'and appends it' "$work/typed" 'response appended, receipt good'
typed 'never_mind\nnone_held\nyesterday\n2026-11-21\n\n\n\n\nn\n' "$bin/bitacora new response --policy $work/policy --key $holder"
equal 'whoever does not agree signs nothing' "$?" 2
contains 'that it answers nothing is said' "$work/typed" 'answers no request'
contains 'a code that does not exist is asked for again' "$work/typed" 'choose one of these'
contains 'what is not a time, too' "$work/typed" 'a time is 2026-01-31'
typed 'none_held\n2026-11-21\n\n\n\n\ns\n' "$bin/bitacora new response --lang es --policy $work/policy --key $holder"
contains 'in Spanish, too' "$work/typed" '¿Firmar y enviar?'
contains 'where s is yes' "$work/typed" 'response asentado, recibo bien'

typed 'CJF-21/2026\ncriminal\nmx.fgr\nsubscriber\n2026-01-01/2027-01-01\nCOURT_FILE\ncurp=GOMC850315HDFRRR0\n\n\n\n\n\nn\n' "$bin/bitacora new warrant --policy $work/policy --key $judge"
contains 'of an object that was begun the rest is asked for, too' "$work/typed" '(case.number)'

# Codes by number, in words, in either language; days of the reader's zone, which is that of the ruleset's country.
typed 'CJF-24/2026\nPenal\nmx.fgr\n5, datos del usuario o suscriptor,subscriber data\n2026-01-01/2026-07-01\n\n\n\n\n\ny\n' "$bin/bitacora new warrant --policy $work/policy --key $judge"
equal 'codes may be answered by number and in words' "$?" 0
contains 'which are shown, in both languages' "$work/typed" '  7  subscriber             subscriber data / datos del usuario o suscriptor'
contains 'a day is asked for by the clocks of a place' "$work/typed" 'by the clocks of America/Mexico_City'
contains 'the record is shown in words' "$work/typed" 'traffic_retained “retained traffic data”'
contains 'and with its times there and in UTC' "$work/typed" '1 January 2026, 00:00:00 (America/Mexico_City; 2026-01-01 06:00:00 UTC)'
local=$(curl -s "$url/checkpoint" | sed -n 2p)
equal 'it is signed so' "$(record $((local - 1)) | jq -c '[.matter,.categories,.window.from]')" '["criminal",["traffic_retained","subscriber","subscriber"],"2026-01-01T06:00:00.000Z"]'
typed 'gossip\nn\n' "$bin/bitacora new response --policy $work/policy --key $holder"
typed 'ful\nfull\n' "$bin/bitacora new response --policy $work/policy --key $holder"
contains 'a mistyped code is asked for again, with the one that was meant' "$work/typed" 'did you mean full?'
expect 0 'a time without a zone' new extension "$judge" --warrant "$warrant" --until 2027-02-01
contains 'is read in UTC, which is said' "$work/err" '2027-02-01 was read in UTC, and is shown by the clocks of America/Mexico_City'
expect 0 'a zone that is named is that of options, too' new extension "$judge" --warrant "$warrant" --until 2027-02-02 --zone America/Tijuana
equal 'midnight there' "$(record "$(index)" | jq -r .until)" 2027-02-02T08:00:00.000Z
expect 0 'or by the environment' env BITACORA_ZONE=-05:00 "$bin/bitacora" new extension --policy "$work/policy" --key "$judge" --warrant "$warrant" --until 2027-02-03T01:00
equal 'the same' "$(record "$(index)" | jq -r .until)" 2027-02-03T06:00:00.000Z
expect 2 'a time that occurs twice' new extension "$judge" --warrant "$warrant" --until 2026-11-01T01:30 --zone America/Tijuana
contains 'is refused' "$work/err" 'clocks showed that time twice'
expect 2 'a zone that there is not' new extension "$judge" --warrant "$warrant" --until 2027-02-02 --zone Tijuana
contains 'the one that was meant' "$work/err" 'did you mean America/Tijuana?'

# ---- under a warrant, by its private part --------------------------------------------------------
enrol vigila.example.mx oversight mx.vigilancia
people="--subjects curp=GOMC850315HDFRRR07"
for ref in CJF-22/2026 CJF-23/2026; do
    # shellcheck disable=SC2086
    new warrant "$judge" --ref $ref --matter criminal --used_by mx.fgr --categories subscriber --window 2026-01-01/2027-01-01 $people --private "$work/both" >"$work/out" 2>"$work/err"
done
contains 'two warrants in one private part: a warning' "$work/err" 'holds several warrants'
second=$(index)
asked="--function prosecution --holder mx.telco --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code prosecution --persons 1"
# shellcheck disable=SC2086
expect 3 'which of them has to be said' new request "$official" $asked $people --warrant "$work/both" --private "$work/r"
contains 'and they are named' "$work/err" "CJF-23/2026 ($second)"
# shellcheck disable=SC2086
expect 3 'one that it does not hold' new request "$official" $asked $people --warrant "$work/both" --warrant.ref CJF-99/2026 --private "$work/r"
# shellcheck disable=SC2086
expect 3 'a reference that is not the entry’s' new request "$official" $asked $people --warrant "$work/both" --warrant.ref CJF-22/2026 --warrant.entry "$second" --private "$work/r"
# shellcheck disable=SC2086
expect 3 'nor without a private part' new request "$official" $asked --warrant.ref CJF-22/2026 --warrant.entry "$second"
# shellcheck disable=SC2086
expect 0 'by reference' new request "$official" $asked $people --warrant "$work/both" --warrant.ref CJF-23/2026 --private "$work/r"
contains 'it shows which' "$work/err" "entry: $second"
equal 'and names all of it' "$(record "$(index)" | jq -c '[.warrant.ref,.warrant.entry]')" "[\"CJF-23/2026\",$second]"
about=$(index)
# shellcheck disable=SC2086
new request "$official" $asked $people --check >"$work/out" 2>"$work/err"
contains 'without --private a warning comes before the question' "$work/err" 'not even to the holder'
contains '--check says that it was good' "$work/err" 'this may be signed; nothing was signed or sent (--check)'
expect 0 'an extension takes --warrant INDEX' new extension "$judge" --warrant "$second" --until 2027-03-01

# ---- an order to erase -----------------------------------------------------------------------------
sealed=$(record "$about" | jq -r '.subjects[0].sealed')
expect 0 'the blob is named by its entry' new erasure "$judge" --blob "$about:1" --order "@$work/order.pdf"
equal 'and is the one that it seals' "$(record "$(index)" | jq -r .blob)" "$sealed"
expect 3 'it does not seal so many' new erasure "$judge" --blob "$about:2" --order "@$work/order.pdf"

# ---- several oversight bodies --------------------------------------------------------------------
enrol vigila2.example.mx oversight mx.vigilancia
two=$(curl -s "$url/v1/find?role=oversight" | jq '.entries[1]')
# shellcheck disable=SC2086
expect 3 'with two of them one has to be chosen' new request "$official" $asked $people --private "$work/r2"
contains 'they are named, with their entries' "$work/err" "vigila2.example.mx ($two)"
# shellcheck disable=SC2086
expect 0 'with --to' new request "$official" $asked $people --private "$work/r2" --to "$two"
equal 'it is sealed to that one' "$(record "$(index)" | jq '.subjects[0].to.entry')" "$two"
# shellcheck disable=SC2086
expect 3 'which must be one' new request "$official" $asked $people --private "$work/r3" --to "$second"

# ---- a ruleset of another kind of country --------------------------------------------------------
"$bin/bitacora" ruleset --print | jq '.name="zz"|.version="1"|.codes.matter=["tribal","other"]' >"$work/zz.json"
pin() { "$bin/bitacora" pin --policy "$work/policy" --key "$@"; }
expect 3 'only a registrar pins a ruleset' pin "$judge" "$work/zz.json"
jq 'del(.hours)' "$work/zz.json" >"$work/bad.json"
expect 2 'and only what is one' pin "$work/registrar.key" "$work/bad.json"
expect 0 'for tomorrow' pin "$work/registrar.key" --from 2099-01-01 "$work/zz.json"
# shellcheck disable=SC2086
expect 0 'which changes nothing today' new warrant "$judge" --matter criminal $complete
expect 0 'from now on' pin "$work/registrar.key" "$work/zz.json"
# shellcheck disable=SC2086
expect 3 'what the old one knew is refused' new warrant "$judge" --matter criminal $complete
# shellcheck disable=SC2086
expect 0 'what the new one knows is taken' new warrant "$judge" --matter tribal $complete
# shellcheck disable=SC2086
expect 0 'also when the client has the file already' new warrant "$judge" --matter tribal $complete --ruleset "$work/zz.json"
"$bin/bitacora" ruleset --print >"$work/mx.json"
# shellcheck disable=SC2086
expect 3 'which must be the one that is pinned' new warrant "$judge" --matter criminal $complete --ruleset "$work/mx.json"
sha=$(sha256sum "$work/zz.json" | cut -d' ' -f1)
check 'its file is public' sh -c 'curl -sf "$1" | cmp - "$2"' - "$url/v1/blobs/$sha" "$work/zz.json"
stop_daemon
check 'after a restart' start_daemon "$work/data"
write_policy "$work/policy"
# shellcheck disable=SC2086
expect 0 'it is still in force' new warrant "$judge" --matter tribal $complete
# shellcheck disable=SC2086
expect 3 'and nothing else' new warrant "$judge" --matter criminal $complete
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
stop_daemon
finish
