#!/bin/sh
# Sealed blobs beside the log: who may put and read them, that a record's are there and stay, that
# those nobody names go, and that a judge's order to erase is carried out whatever happens.
. "$(dirname "$0")/../lib.sh"

sign=$root/build/release/tools/sign_note
blobs=$work/data/blobs
oversight=vigilancia.example.mx/uno
echo 'sweep = 1' >"$work/config"

check 'a log' small_log 12
enrol $oversight oversight mx.vigilancia
enrol ong.example.mx/auditora auditor mx.ong
stop_daemon
check 'its daemon tidies up every second' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
ln -s registrar.key "$work/registrar.example.mx.key"

judge=judge.example.mx/j1
official=fgr.example.mx/a.lopez
holder=telco.example.mx/desk
auditor=ong.example.mx/auditora
now() { date -u -d "${1:-now}" +%Y-%m-%dT%H:%M:%S.%3NZ; }
uuid() { cat /proc/sys/kernel/random/uuid; }
key_of() { echo "$work/$(printf '%s' "$1" | tr / -).key"; }

leaf() { # leaf INDEX: the leaf hash, in base64
    size=$(curl -s "$url/checkpoint" | sed -n 2p)
    curl -s "$url/tile/0/000.p/$size" | tail -c +$(($1 * 32 + 1)) | head -c 32 | base64
}

enrolment() { # enrolment NAME: the entry that enrolled it
    case $1 in registrar.*) echo 0 ;; *) curl -s "$url/v1/find?signer=$1" | jq '.entries[0]' ;; esac
}

ref() { # ref INDEX
    printf '{"entry":%d,"hash":"%s"}' "$1" "$(leaf "$1")"
}

# A token's note: token NAME [FROM] [UNTIL] [ORIGIN] [KEY] [UNDER] [METHOD] [PATH]
token_note() {
    printf 'bitacora/v1 token\n{"origin":"%s","under":%s,"from":"%s","until":"%s","method":"%s","path":"%s"}\n' \
        "${4:-log.example.mx/test}" "${6:-$(ref "$(enrolment "$1")")}" "$(now "${2:--1 minute}")" \
        "$(now "${3:-+3 minutes}")" "${7:-PUT}" "${8:-/v1/blobs/$(sha a)}" | "$sign" "${5:-$(key_of "$1")}"
}

token() {
    token_note "$@" | base64 -w0
}

bearer() { # bearer METHOD PATH TOKEN: what stands there; of @NAME one of that name for that request
    case $3 in
    @*) token "${3#@}" '' '' '' '' '' "$1" "$2" ;;
    *) printf '%s' "$3" ;;
    esac
}

blob() { # blob NAME [BYTES]: text, so that grep finds it wherever it is
    head -c "${2:-560}" /dev/urandom | base64 -w0 | head -c "${2:-560}" >"$work/$1.blob"
}

sha() { # sha NAME: hex
    sha256sum "$work/$1.blob" | cut -d' ' -f1
}

hash64() { # hash64 NAME
    bytes=$(sha "$1" | sed 's/../\\x&/g')
    # shellcheck disable=SC2059
    env printf "$bytes" | base64
}

# http METHOD PATH [CURL OPTION...]: the status; headers and body in $work/headers, $work/answer
http() {
    method=$1
    path=$2
    shift 2
    curl -s -o "$work/answer" -D "$work/headers" -w '%{http_code}' -X "$method" "$@" "$url$path"
}

expect_http() { # expect_http DESCRIPTION STATUS TYPE METHOD PATH [CURL OPTION...]
    what=$1
    want=$2
    type=$3
    shift 3
    got=$(http "$@")
    if [ "$got" != "$want" ]; then
        not_ok "$what" "HTTP $got, expected $want: $(head -c 500 "$work/answer")"
    elif [ -n "$type" ] && [ "$(jq -r .type "$work/answer" 2>/dev/null)" != "/problems/$type" ]; then
        not_ok "$what" "type is not /problems/$type: $(head -c 500 "$work/answer")"
    else
        ok "$what: $want $type"
    fi
}

put() { # put DESCRIPTION STATUS TYPE NAME [TOKEN]: of $work/NAME.blob under its own hash
    if [ -n "${5:-}" ]; then
        expect_http "$1" "$2" "$3" PUT "/v1/blobs/$(sha "$4")" --data-binary "@$work/$4.blob" -H "Authorization: Bearer $(bearer PUT "/v1/blobs/$(sha "$4")" "$5")"
    else
        expect_http "$1" "$2" "$3" PUT "/v1/blobs/$(sha "$4")" --data-binary "@$work/$4.blob"
    fi
}

get() { # get DESCRIPTION STATUS TYPE NAME [TOKEN]
    if [ -n "${5:-}" ]; then
        expect_http "$1" "$2" "$3" GET "/v1/blobs/$(sha "$4")" -H "Authorization: Bearer $(bearer GET "/v1/blobs/$(sha "$4")" "$5")"
    else
        expect_http "$1" "$2" "$3" GET "/v1/blobs/$(sha "$4")"
    fi
}

metric() { # metric NAME
    curl -s "$url/metrics" | sed -n "s/^$1 //p"
}

# A record of NAME: record NAME KIND MEMBERS [AT]
record() {
    printf 'bitacora/v1 %s\n{"id":"%s","at":"%s","under":%s,%s}\n' "$2" "$(uuid)" "$(now "${4:-now}")" \
        "$(ref "$(enrolment "$1")")" "$3" | "$sign" "$(key_of "$1")"
}

subject() { # subject NAME: sealed to the oversight body
    printf '{"type":"curp","commit":"%s","sealed":"%s","to":%s}' "$(hash64 "$1")" "$(hash64 "$1")" \
        "$(ref "$(enrolment $oversight)")"
}

request_about() { # request_about NAME...: members of a request
    list=$(for n in "$@"; do printf '%s,' "$(subject "$n")"; done)
    printf '"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"subjects":[%s]' "${list%,}"
}

post() { # post DESCRIPTION STATUS TYPE < record
    cat >"$work/note"
    expect_http "$1" "$2" "$3" POST /v1/records -H 'Content-Type: text/plain' --data-binary "@$work/note"
    [ "$want" = 201 ] && [ "$got" = 201 ] && cp "$work/answer" "$work/receipt.$(cat "$work/.run").tlog-proof"
}

order_erased() { # order_erased NAME: members of an erasure
    printf '"blob":"%s","order":"%s"' "$(hash64 "$1")" "$(hash64 "$1")"
}

t_judge=@$judge
t_official=@$official
t_holder=@$holder
t_oversight=@$oversight
t_auditor=@$auditor
t_registrar=@registrar.example.mx

# ---- tokens
blob a
put 'no token' 401 token a
t=$(bearer PUT "/v1/blobs/$(sha a)" "$t_official")
contains 'and it says which scheme' "$work/headers" 'WWW-Authenticate: Bearer'
put 'not base64' 401 token a 'hello!'
put 'nothing' 401 token a ' '
put 'base64 that is not canonical' 401 token a "${t}="
put 'base64 of no note' 401 token a "$(printf hello | base64)"
put 'a token that is too long' 401 token a "$(head -c 4097 /dev/zero | base64 -w0)"
expect_http 'another scheme' 401 token PUT "/v1/blobs/$(sha a)" --data-binary "@$work/a.blob" -H "Authorization: Basic $t"
expect_http 'a scheme that begins alike' 401 token PUT "/v1/blobs/$(sha a)" --data-binary "@$work/a.blob" -H "Authorization: BearerX $t"
expect_http 'no space behind the scheme' 401 token PUT "/v1/blobs/$(sha a)" --data-binary "@$work/a.blob" -H "Authorization: Bearer$t"
expect_http 'two tokens' 401 token PUT "/v1/blobs/$(sha a)" --data-binary "@$work/a.blob" -H "Authorization: Bearer $t" -H "authorization: Bearer $t"
put 'of another log' 401 token a "$(token $official '' '' log.example.mx/test2)"
put 'of yesterday' 401 token a "$(token $official '-2 hours' '-1 hour')"
put 'of tomorrow' 401 token a "$(token $official '+1 hour' '+2 hours')"
put 'of more than five minutes' 401 token a "$(token $official '-2 minutes' '+181 seconds')"
put 'for another method' 401 token a "$(token $official '' '' '' '' '' GET)"
put 'for another path' 401 token a "$(token $official '' '' '' '' '' PUT /v1/blobs/)"
put 'for the path with a query' 401 token a "$(token $official '' '' '' '' '' PUT "/v1/blobs/$(sha a)?x")"
put 'for no method' 401 token a "$(token $official '' '' '' '' '' DELETE)"
"$bin/bitacora" keygen stranger.example.mx --out "$work/stranger.example.mx.key" >/dev/null
put 'of a key that is not enrolled' 401 token a "$(token stranger.example.mx '' '' '' '' "$(ref 1)")"
put 'under another enrolment' 401 token a "$(token $official '' '' '' '' "$(ref "$(enrolment $holder)")")"
put 'under an enrolment with another hash' 401 token a "$(token $official '' '' '' '' "$(ref "$(enrolment $official)" | sed 's/"hash":"../"hash":"zz/')")"
put 'altered after it was signed' 401 token a "$(token_note $official | sed 's/"until":"20/"until":"21/' | base64 -w0)"
put 'a record for a token' 401 token a "$(record $official request "$(request_about a)" | base64 -w0)"
equal 'none of them put anything' "$(find "$blobs" -type f | wc -l)" 0
expect_http 'the scheme in any case, spaces behind it' 201 '' PUT "/v1/blobs/$(sha a)" --data-binary "@$work/a.blob" -H "Authorization: bEARER   $t"

# ---- roles
put 'again: it is there' 200 '' a "$t_official"
for who in judge holder oversight registrar; do
    blob "by-$who"
    eval "token=\$t_$who"
    # shellcheck disable=SC2154
    put "a $who puts" 201 '' "by-$who" "$token"
done
blob by-auditor
put 'an auditor puts' 403 token by-auditor "$t_auditor"
for who in judge oversight auditor; do
    eval "token=\$t_$who"
    get "a $who reads" 200 '' a "$token"
    check 'the very bytes' cmp "$work/answer" "$work/a.blob"
done
contains 'sealed blobs are for nobody on the way' "$work/headers" 'Cache-Control: private, no-store'
contains 'of no type' "$work/headers" 'Content-Type: application/octet-stream'
for who in official holder registrar; do
    eval "token=\$t_$who"
    get "the $who reads" 403 token a "$token"
done
get 'nobody reads' 401 token a
get 'nobody learns whether one is there' 401 token by-auditor
get 'whoever may read learns that' 404 not_found by-auditor "$t_auditor"
equal 'HEAD says how long it is' "$(curl -s -I -H "Authorization: Bearer $(bearer GET "/v1/blobs/$(sha a)" "$t_judge")" "$url/v1/blobs/$(sha a)" | tr -d '\r' | sed -n 's/^Content-Length: //p; 1s/^[^ ]* \([0-9]*\).*/\1/p' | tr '\n' ' ')" '200 560 '

# ---- bytes
blob a2
expect_http 'other bytes than the name says' 400 form PUT "/v1/blobs/$(sha a2)" --data-binary "@$work/a.blob" -H "Authorization: Bearer $(bearer PUT "/v1/blobs/$(sha a2)" "$t_official")"
for n in 0 1 559 561 5000; do
    blob odd $n
    put "$n bytes by an official" 400 form odd "$t_official"
done
blob ruleset 5000
put 'a ruleset by its registrar' 201 '' ruleset "$t_registrar"
get 'for everybody' 200 '' ruleset
check 'the very bytes' cmp "$work/answer" "$work/ruleset.blob"
contains 'for ever' "$work/headers" 'Cache-Control: public, max-age=31536000, immutable'
blob empty 0
put 'nothing, by a registrar' 400 form empty "$t_registrar"
head -c 1048576 /dev/urandom >"$work/large.blob"
put 'a ruleset of 1 MiB' 201 '' large "$t_registrar"
head -c 1048577 /dev/urandom >"$work/toolarge.blob"
put 'a byte more' 413 too_large toolarge "$t_registrar"
put 'a byte more, by nobody' 401 token toolarge
put 'a byte more, by an official' 413 too_large toolarge "$t_official"

# ---- paths
a=$(sha a)
for path in "$(echo "$a" | tr a-f A-F)" "${a%?}" "${a}0" "$a/" '' "%61${a#?}" "../records"; do
    expect_http "GET /v1/blobs/$path" 404 not_found GET "/v1/blobs/$path" --path-as-is -H "Authorization: Bearer $t"
    expect_http "PUT /v1/blobs/$path" 404 not_found PUT "/v1/blobs/$path" --path-as-is --data-binary "@$work/a.blob" -H "Authorization: Bearer $t"
done
expect_http 'another method' 405 not_found DELETE "/v1/blobs/$a" -H "Authorization: Bearer $t"

# ---- records
record $official request "$(request_about a2)" | post 'a record that names what was never put' 422 blob
record $official request "$(request_about a a2)" | post 'or one of two that was not' 422 blob
record $official request "$(request_about a)" '-700 seconds' | post 'a record that is refused for its clock' 422 skew
check 'keeps nothing' test -f "$blobs/new/$a"
before=$(metric bitacora_blobs_pending)
record $official request "$(request_about a)" | post 'a record that names what was put' 201 ''
check 'keeps it' test -f "$blobs/kept/$a"
check 'and it waits no more' test ! -e "$blobs/new/$a"
equal 'so one less waits' "$(metric bitacora_blobs_pending)" $((before - 1))
record $official request "$(request_about a)" | post 'another one may name it again' 201 ''
put 'and it may be put again' 200 '' a "$t_official"
check 'which changes nothing' test ! -e "$blobs/new/$a"
get 'and be read' 200 '' a "$t_oversight"
record $official request "$(request_about ruleset)" | post 'a ruleset is no sealed blob' 422 blob
ruleset() { printf '"name":"x","version":"1","from":"%s","sha256":"%s"' "$(now)" "$(hash64 "$1")"; }
record registrar.example.mx ruleset "$(ruleset by-judge)" | post 'a sealed blob is no ruleset' 422 blob
record registrar.example.mx ruleset "$(ruleset a2)" | post 'a ruleset that was never put' 422 blob

# ---- what nobody names
touch -d '25 hours ago' "$blobs/kept/$a"
touch -d '23 hours ago' "$blobs/new/$(sha by-holder)"
touch -d '25 hours ago' "$blobs/new/$(sha by-judge)"
check 'what nobody named in a day goes' wait_until test ! -e "$blobs/new/$(sha by-judge)"
get 'and is not there' 404 not_found by-judge "$t_judge"
check 'what an entry names stays' test -f "$blobs/kept/$a"
check 'what is younger stays' test -f "$blobs/new/$(sha by-holder)"
put 'whoever puts it again' 200 '' by-holder "$t_official"
check 'gives it another day' test -n "$(find "$blobs/new/$(sha by-holder)" -mmin -60)"
put 'and what went can be put again' 201 '' by-judge "$t_judge"
equal 'the metrics say so' "$(metric bitacora_blobs_expired_total)" 1
equal 'and how many wait' "$(metric bitacora_blobs_pending)" "$(find "$blobs/new" -type f | wc -l)"
equal 'nothing is left of what was refused' "$(find "$blobs/tmp" -type f | wc -l)" 0

# ---- no room
stop_daemon
pending=$(find "$blobs/new" -type f | wc -l)
printf 'half' >"$blobs/tmp/7"
printf 'sweep = 1\npending_blobs = %d\n' $((pending + 1)) >"$work/few"
start_daemon "$work/data" --config "$work/few"
check 'what was half written is gone after a start' test ! -e "$blobs/tmp/7"
blob one-more
blob too-many
put 'as many as may wait' 201 '' one-more "$t_official"
put 'one more' 503 busy too-many "$t_official"
put 'but one that is there' 200 '' one-more "$t_official"
write_policy "$work/policy"
record $official request "$(request_about one-more)" | post 'one is named' 201 ''
put 'now there is room' 201 '' too-many "$t_official"
stop_daemon
echo 'min_free = 9000000000000000000' >"$work/full"
start_daemon "$work/data" --config "$work/full"
blob no-room
put 'a disk that is full' 507 full no-room "$t_official"
put 'still has what it has' 200 '' too-many "$t_official"
get 'and gives it' 200 '' a "$t_judge"
stop_daemon

start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"

# ---- a key that is revoked
enrol fgr.example.mx/b.ruiz requester mx.fgr
vkey_of_b=$enrolled
t_b=@fgr.example.mx/b.ruiz
blob by-b
put 'an official puts' 201 '' by-b "$t_b"
"$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$vkey_of_b" --reason left_office >/dev/null 2>&1
put 'not after the key was revoked' 401 token by-b "$t_b"

# ---- erasure
held() { # held NAME: in how many files of the data directory its bytes are
    grep -rlF -f "$work/$1.blob" "$work/data" | wc -l
}
head -c 64 "$work/a.blob" >"$work/part.blob"
equal 'its bytes are in the data directory' "$(held a) $(held part)" '1 1'
record $official erasure "$(order_erased a)" | post 'an official orders nothing erased' 403 role
record $judge erasure "$(order_erased a)" | post 'a judge does' 201 ''
equal 'its bytes are in no file of it' "$(held a) $(held part)" '0 0'
equal 'nor is its name' "$(find "$work/data" -name "$(sha a)" | wc -l)" 0
get 'it is gone, with a token' 410 erased a "$t_judge"
get 'and without' 410 erased a
put 'for ever' 410 erased a "$t_official"
put 'whoever asks' 410 erased a
expect_http 'whatever the bytes' 410 erased PUT "/v1/blobs/$(sha a)" --data-binary 'x'
record $official request "$(request_about a)" | post 'a record may name what was erased' 201 ''
blob never
record $judge erasure "$(order_erased never)" | post 'what was never there is ordered erased' 201 ''
put 'and cannot be put' 410 erased never "$t_official"
put 'one that waits' 201 '' no-room "$t_official"
record $judge erasure "$(order_erased no-room)" | post 'is erased, too' 201 ''
equal 'it is gone' "$(held no-room)" 0
record $judge erasure "$(order_erased ruleset)" | post 'so is a public one' 201 ''
get 'it is gone' 410 erased ruleset
equal 'the metrics say so' "$(metric bitacora_blobs_erased_total)" 3

# PUT against erasure: whoever comes first, nothing is left.
i=0
while [ $i -lt 10 ]; do
    i=$((i + 1))
    blob race
    record $judge erasure "$(order_erased race)" >"$work/note"
    racers=""
    t=$(bearer PUT "/v1/blobs/$(sha race)" "$t_official")
    for n in 1 2 3; do
        for m in 1 2 3 4 5; do
            curl -s -o /dev/null -w '%{http_code}\n' -X PUT --data-binary "@$work/race.blob" \
                -H "Authorization: Bearer $t" "$url/v1/blobs/$(sha race)"
        done >"$work/raced.$n" &
        racers="$racers $!"
    done
    curl -s -o /dev/null -X POST -H 'Content-Type: text/plain' --data-binary "@$work/note" "$url/v1/records"
    # shellcheck disable=SC2086
    wait $racers
    cat "$work"/raced.* >>"$work/statuses"
    [ "$(held race)" = 0 ] || echo "round $i" >>"$work/left"
done
check 'ten races of PUT against erasure leave nothing' test ! -e "$work/left"
equal 'and say nothing but that it is there, or erased' "$(grep -cv '^\(200\|201\|410\)$' "$work/statuses")" 0

# A deletion that fails is made good as soon as it can be.
blob stuck
mkdir "$blobs/kept/$(sha stuck)"
record $judge erasure "$(order_erased stuck)" | post 'an order that cannot be carried out' 503 busy
equal 'the operator is told' "$(curl -s "$url/healthz" | jq -r .state) $(metric bitacora_erasures_pending)" 'erasure_pending 1'
get 'nobody gets it meanwhile' 410 erased stuck "$t_judge"
kill -STOP "$daemon" # or it may look between the two, and find nothing left to delete
rmdir "$blobs/kept/$(sha stuck)"
cp "$work/stuck.blob" "$blobs/kept/$(sha stuck)"
kill -CONT "$daemon"
check 'once it can be, it is' wait_until test ! -e "$blobs/kept/$(sha stuck)"
settled() { [ "$(curl -s "$url/healthz" | jq -r .state)" = ok ]; }
check 'and all is well' wait_until settled

# ---- a disk that fails: the receipt of an order is given when the bytes are gone, not before
blob io
put 'a blob' 201 '' io "$t_official"
record $official request "$(request_about io)" | post 'that an entry names' 201 ''
stop_daemon
"$bin/bitacora" keygen witness.example.mx --out "$work/w.key" --witness >"$work/w.vkey"
printf 'log %s\nquorum none\n' "$vkey" >"$work/w.policy"
start_witness w
printf 'log %s\nwitness w %s %s\nquorum w\n' "$vkey" "$(cat "$work/w.vkey")" "$witness_url" >"$work/served"
FAULTS=$work/faults
echo "pwrite /blobs/ 5" >"$FAULTS"
check 'overwriting will fail' start_daemon "$work/data" --config "$work/config" --policy "$work/served"
entry() { jq -r .size <"$work/health"; }
look() { curl -s "$url/healthz" >"$work/health"; }
again() { # again DESCRIPTION STATUS TYPE: the order once more
    expect_http "$1" "$2" "$3" POST /v1/records -H 'Content-Type: text/plain' --data-binary "@$work/order-io"
}
in_batch() { # in_batch: what a batch of the order says
    n=$(wc -c <"$work/order-io")
    # shellcheck disable=SC2059
    { printf "\\$(printf %03o $((n / 256)))\\$(printf %03o $((n % 256)))"; cat "$work/order-io"; } >"$work/batch"
    http POST /v1/records -H 'Content-Type: application/octet-stream' --data-binary "@$work/batch" >/dev/null
    jq -c 'if .error then .error else .index end' "$work/answer"
}
withheld() { # withheld INDEX: all that would give its receipt
    expect_http 'its receipt' 503 busy GET "/v1/receipts/$1"
    contains 'comes later' "$work/headers" 'Retry-After: '
    equal 'as HEAD says' "$(curl -s -o /dev/null -I -w '%{http_code}' "$url/v1/receipts/$1")" 503
    expect_http 'also to whoever waits for witnesses' 503 busy GET "/v1/receipts/$1?wait=witnessed"
    again 'and to whoever sends the order again' 503 busy
    equal 'in a batch, too' "$(in_batch)" '"busy"'
}
look
first=$(entry)
record $judge erasure "$(order_erased io)" >"$work/order-io"
again 'an order whose blob cannot be overwritten is given no receipt' 503 busy
look
equal 'though it is in the log' "$(entry)" $((first + 1))
check 'the bytes are still there' cmp "$work/io.blob" "$blobs/kept/$(sha io)"
equal 'as the operator is told' "$(jq -r .state "$work/health") $(metric bitacora_erasures_pending)" 'erasure_pending 1'
withheld "$first"
record $judge erasure "$(order_erased io)" | post 'nor has a second order of that blob one' 503 busy
expect_http 'which is an entry of its own' 503 busy GET "/v1/receipts/$((first + 1))"
expect_http 'other entries have theirs' 200 '' GET "/v1/receipts/$((first - 1))"
stop_daemon
check 'after a restart' start_daemon "$work/data" --config "$work/config" --policy "$work/served"
withheld "$first"
expect_http 'the second is withheld, too' 503 busy GET "/v1/receipts/$((first + 1))"
echo "unlinkat /blobs/kept/ 5" >"$FAULTS.next" && mv "$FAULTS.next" "$FAULTS" # at no time without a fault: it tries on
zeros() { [ "$(tr -d '\0' <"$blobs/kept/$(sha io)" | wc -c)" = 0 ]; }
check 'overwritten, but not deleted' wait_until zeros
expect_http 'is not done either' 503 busy GET "/v1/receipts/$first"
rm "$FAULTS"
gone() { [ ! -e "$blobs/kept/$(sha io)" ] && settled; }
check 'once the disk is well, it is done' wait_until gone
again 'and the receipt is given' 200 ''
equal 'in a batch its index' "$(in_batch)" "$first"
expect_http 'also to whoever asks for it' 200 '' GET "/v1/receipts/$first"
expect_http 'and waits for witnesses' 200 '' GET "/v1/receipts/$((first + 1))?wait=witnessed"
stop_daemon
end_pid "$witness"
# What a crash left of a blob on its way in may be of any blob: it is overwritten before it goes.
blob half
cp "$work/half.blob" "$blobs/tmp/7"
echo "pwrite /blobs/tmp/ 5" >"$FAULTS"
start_daemon "$work/data" --config "$work/config"
record $judge erasure "$(order_erased half)" >"$work/order-io"
again 'an order beside a copy that cannot be overwritten' 503 busy
stop_daemon
echo "unlinkat /blobs/tmp/ 5" >"$FAULTS"
start_daemon "$work/data" --config "$work/config"
equal 'the next start overwrites it' "$(tr -d '\0' <"$blobs/tmp/7" | wc -c)" 0
again 'but has not deleted it' 503 busy
stop_daemon
unset FAULTS
start_daemon "$work/data" --config "$work/config"
check 'the one after that does' test ! -e "$blobs/tmp/7"
again 'and the receipt is given' 200 ''
stop_daemon
start_daemon "$work/data" --config "$work/config"

# ---- more connections than it holds, each of which only ever begins a request
blob crowd
blob crowd2
put 'a blob' 201 '' crowd "$t_official"
record $judge erasure "$(order_erased crowd)" >"$work/order"
stop_daemon
printf 'sweep = 3600\nmax_connections = 16\n' >"$work/small"
check 'a daemon for few' start_daemon "$work/data" --config "$work/small"
cat >"$work/hold" <<'EOF'
for i in $(seq 1 150); do
    exec {fd}<>"/dev/tcp/127.0.0.1/$1" && printf 'GET /healthz HT' >&$fd
done 2>/dev/null
echo held
read -r _
EOF
mkfifo "$work/release"
bash "$work/hold" "${url##*:}" <"$work/release" >"$work/held" &
hanging=$!
pids="$pids $hanging"
exec 9>"$work/release"
check '150 connections that hang' wait_until grep -q held "$work/held"
descriptors_left() {
    [ $(($(awk '/^Max open files/{print $4}' "/proc/$daemon/limits") - $(ls "/proc/$daemon/fd" | wc -l))) -ge 32 ]
}
crowded() { [ "$(ls "/proc/$daemon/fd" | wc -l)" -ge 30 ]; }
check 'are as many as it holds' wait_until crowded
check 'and leave descriptors for files' descriptors_left
# Who is slow between connecting and asking, as on a busy machine, may be dropped for others, and asks again.
taken() { # taken METHOD PATH FILE [CURL OPTION...]: it is there now, or was before
    method=$1 path=$2 file=$3
    shift 3
    case $(http "$method" "$path" --max-time 60 --data-binary "@$work/$file" "$@") in 20[01]) ;; *) return 1 ;; esac
}
blob_taken() { taken PUT "/v1/blobs/$(sha crowd2)" crowd2.blob -H "Authorization: Bearer $(bearer PUT "/v1/blobs/$(sha crowd2)" "$t_official")"; }
check 'do not keep a blob out' wait_until blob_taken
check 'nor an order' wait_until taken POST /v1/records order -H 'Content-Type: text/plain'
exec 9>&-
wait $hanging
forget_pid $hanging
equal 'nor its being carried out at once' "$(held crowd) $(metric bitacora_erasures_pending)" '0 0'
write_policy "$work/policy"

# ---- a crash between commit and deletion
kill_daemon
mkdir -p "$blobs/kept"
cp "$work/a.blob" "$blobs/kept/$a"
cp "$work/never.blob" "$blobs/new/$(sha never)"
expect 1 'fsck sees what should be erased' "$bin/bitacorad" fsck --dir "$work/data"
contains 'and names it' "$work/out" "$a"
start_daemon "$work/data" --config "$work/config"
equal 'before it listens, it is gone' "$(held a) $(held never)" '0 0'
write_policy "$work/policy"
get '410 after a restart' 410 erased a "$t_judge"
put '410 after a restart' 410 erased a "$t_official"

# ---- kill -9: what was said to be there is there
blob survivor
put 'a blob is put' 201 '' survivor "$t_official"
kill_daemon
start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
get 'and is there after kill -9' 200 '' survivor "$t_judge"
record $official request "$(request_about survivor by-holder)" | post 'and can be named' 201 ''

# ---- the log is none the worse
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy"
expect 0 'all receipts verify' "$bin/bitacora" verify --policy "$work/policy" --log "$url" "$work"/receipt.*.tlog-proof
stop_daemon
expect 0 'fsck is clean' "$bin/bitacorad" fsck --dir "$work/data" --json
equal 'and knows of nothing that nobody names' "$(jq .unnamed_blobs "$work/out")" 0

# ---- fsck
damaged() { # damaged DESCRIPTION STATUS COMMAND...: fsck of a copy after the command, which runs in its blobs
    what=$1
    want=$2
    shift 2
    rm -rf "$work/copy"
    cp -r "$work/data" "$work/copy"
    (cd "$work/copy/blobs" && "$@")
    expect "$want" "$what" "$bin/bitacorad" fsck --dir "$work/copy"
}
survivor=$(sha survivor)
damaged 'fsck finds a kept blob that was altered' 1 sh -c "printf ! | dd of=kept/$survivor conv=notrunc status=none"
damaged 'fsck finds a waiting blob that was altered' 1 sh -c "for f in new/*; do printf x >>\$f; break; done"
damaged 'fsck finds that one is missing' 1 rm "kept/$survivor"
contains 'and says which' "$work/out" "$survivor"
damaged 'fsck finds that one is not kept' 1 mv "kept/$survivor" new/
damaged 'fsck finds what is no blob' 1 touch kept/README
damaged 'fsck finds that all are missing' 1 rm -rf kept
cp "$work/by-auditor.blob" "$work/$(sha by-auditor)"
damaged 'a kept blob that nobody names is no damage' 0 cp "$work/$(sha by-auditor)" kept/
contains 'but is counted' "$work/out" '1 blobs are kept that no entry names'

# ---- nobody fills the room of all: bytes are weighed, each signer has a share, and records have a reserve
room() { stat -f -c '%a %S' "$work/data" | { read -r blocks size; echo $((blocks * size)); }; }
rm -f "$blobs"/new/* # as if a day had passed
before=0
printf 'sweep = 1\npending_bytes = %d\n' $((4 * 1200000)) >"$work/heavy"
start_daemon "$work/data" --config "$work/heavy"
for n in 1 2 3 4; do blob "heavy$n" $((1000000 + n)); done
put 'a public blob of a megabyte' 201 '' heavy1 "$t_registrar"
weight=$(metric bitacora_blobs_pending_bytes)
check 'counts by what it takes' test "$weight" -ge 1000001
put 'another of the same registrar is more than a share' 503 busy heavy2 "$t_registrar"
contains 'as is said' "$work/answer" 'as one signer may have'
put 'what is there is still there' 200 '' heavy1 "$t_registrar"
blob light
put 'others have room' 201 '' light "$t_official"
touch -d '25 hours ago' "$blobs/new/$(sha heavy1)"
check 'when it goes' wait_until test ! -e "$blobs/new/$(sha heavy1)"
freed() { [ "$(metric bitacora_blobs_pending_bytes)" -lt 1000000 ]; }
check 'its weight goes' wait_until freed
put 'and the share is free' 201 '' heavy2 "$t_registrar"
stop_daemon
start_daemon "$work/data" --config "$work/heavy"
equal 'after a restart as many bytes wait' "$(metric bitacora_blobs_pending_bytes)" \
    "$(find "$blobs/new" -type f -printf '%s\n' | awk '{n += int(($1 + 4095) / 4096) * 4096} END {print n}')"
stop_daemon
printf 'pending_blobs = %d\npending_share = 50\n' $((before + 8)) >"$work/shares"
start_daemon "$work/data" --config "$work/shares"
most=$(((before + 8) / 2))
n=0
while [ $n -lt 9 ]; do
    blob "sealed$n"
    http PUT "/v1/blobs/$(sha "sealed$n")" --data-binary "@$work/sealed$n.blob" -H "Authorization: Bearer $(bearer PUT "/v1/blobs/$(sha "sealed$n")" "$t_official")" >>"$work/shared"
    echo >>"$work/shared"
    n=$((n + 1))
done
taken=$(grep -c 201 "$work/shared")
check "sealed blobs of one signer have a share, too ($taken of 9)" test "$taken" -le "$most" -a "$taken" -ge 1 -a "$taken" -lt 9
stop_daemon
printf 'min_free = %d\nblob_reserve = 1000000000000000\n' $(($(room) / 2)) >"$work/reserve"
start_daemon "$work/data" --config "$work/reserve"
blob reserved
put 'blobs leave room for records' 507 full reserved "$t_official"
write_policy "$work/policy"
record $official request "$(request_about a)" | post 'which have it' 201 ''
stop_daemon

# ---- a directory of a version that had no blobs
rm -rf "$work/data" "$work/registrar.key"
new_log
rm -r "$work/data/blobs"
expect 0 'fsck of a directory without blobs' "$bin/bitacorad" fsck --dir "$work/data"
check 'the daemon starts on it' start_daemon "$work/data" --config "$work/config"
put 'and takes blobs' 201 '' a "$(token registrar.example.mx)"
expect 0 'the daemon stops' stop_daemon

finish
