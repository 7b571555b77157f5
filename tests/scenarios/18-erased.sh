#!/bin/sh
# Blobs that records name, looked for by whoever may read them: one that is missing without an order is a
# finding, of which nobody is convicted; one that an entry orders erased is not; and erasures are
# kept and told.
. "$(dirname "$0")/../lib.sh"

oversight=$work/vigila.example.mx.key
judge=$work/judge.example.mx-j1.key
kept=$work/data/blobs/kept
answer=$root/build/release/tools/answer

replay() { # replay [OPTION...]
    "$bin/bitacora" replay --policy "$work/policy" --json "$@"
}
found() { jq -c '[.findings[]|[.code,.entry,.verdict]]' "$work/out"; }
blobs() { jq -c '.blobs|[.named,.there,.erased,.gone,.unread]' "$work/out"; }
erasures() { jq -c '[.erasures[]|[.entry,.blob]]' "$work/out"; }
hex() { printf '%s' "$1" | base64 -d | od -An -v -tx1 | tr -d ' \n'; }
request_about() { # request_about CURP...: a request that seals them
    list=$(for curp in "$@"; do printf '{"type":"curp","value":"%s"},' "$curp"; done)
    request mx.telco 1 | jq -c ".persons = $# | .subjects = [${list%,}]"
}
record_of() { # record_of INDEX: its object
    curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{'
}
erase() { # erase BLOB: by order of the judge
    printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$1" "$(head -c 32 /dev/zero | base64)" | submit judge.example.mx-j1
}
size() { curl -s "$url/checkpoint" | sed -n 2p; }

check 'a log' small_log 12
enrol vigila.example.mx oversight mx.vigilancia
enrol ong.example.mx/a auditor mx.ong
about=$(size)
request_about GOMC850315HDFRRR07 MARP800101MDFRTR03 | submit fgr.example.mx-a.lopez
ana=$(record_of "$about" | jq -r '.subjects[0].sealed')
eva=$(record_of "$about" | jq -r '.subjects[1].sealed')
"$bin/bitacora" ruleset --print >"$work/ruleset.json"
pinned=$(size)
check 'a ruleset is pinned' "$bin/bitacora" pin --policy "$work/policy" --key "$work/registrar.key" "$work/ruleset.json"
ruleset=$(record_of "$pinned" | jq -r .sha256)

# ---- all there
for key in vigila.example.mx judge.example.mx-j1 ong.example.mx-a; do
    expect 0 "$key looks for blobs" replay --key "$work/$key.key"
    equal 'all are there' "$(blobs)" '[3,3,0,0,0]'
done
expect 0 'without a key nobody looks' replay
equal 'and nothing is said of them' "$(jq -c '[.blobs,.erasures]' "$work/out")" '[null,[]]'
expect 3 'a key that may not read' replay --key "$work/fgr.example.mx-a.lopez.key"
equal 'sees the ruleset, which is public' "$(blobs)" '[3,1,0,0,2]'
equal 'and cannot decide' "$(found)" "[[\"unreadable\",$about,\"undecided\"]]"
"$bin/bitacora" keygen nobody.example.mx --out "$work/nobody.key" >/dev/null
expect 3 'nor can a key that is not enrolled' replay --key "$work/nobody.key"
equal 'which sees as much' "$(blobs)" '[3,1,0,0,2]'
expect 2 'no such key' replay --key "$work/none"
expect 2 'a structural replay knows no blobs' replay --key "$oversight" --structure
expect 0 'nor erasures' replay --structure
equal 'and does not say that there are none' "$(jq -c 'has("erasures")' "$work/out")" false

# ---- missing
mv "$kept/$(hex "$eva")" "$work/eva"
expect 3 'a blob is gone without an order' replay --key "$oversight" --state "$work/state" --evidence "$work/evidence"
equal 'which is a finding about the entry that names it' "$(found)" "[[\"blob\",$about,\"undecided\"]]"
contains 'and says which' "$work/out" "$eva"
equal 'the others are there' "$(blobs)" '[3,2,0,1,0]'
check 'nothing is remembered of such a run' test ! -e "$work/state"
check 'nobody is convicted of it' test ! -e "$work/evidence"
expect 0 'who does not look does not see it' replay
cp "$work/eva" "$kept/$(hex "$eva")"
expect 0 'once it is back, it is back' replay --key "$oversight"
mv "$kept/$(hex "$ruleset")" "$work/ruleset"
expect 3 'the ruleset gone' replay --key "$oversight"
equal 'is found, too' "$(found)" "[[\"blob\",$pinned,\"undecided\"]]"
cp "$work/ruleset" "$kept/$(hex "$ruleset")"
rm "$kept/$(hex "$eva")"

# ---- erased by order
order=$(size)
check 'a judge orders it erased' erase "$eva"
expect 0 'then its absence is in order' replay --key "$oversight"
equal 'and told' "$(blobs) $(found) $(erasures)" "[3,2,1,0,0] [] [[$order,\"$eva\"]]"
equal 'of the entry that names it' "$(jq -c '.blobs.erased_names' "$work/out")" "[{\"entry\":$about,\"blob\":\"$eva\",\"by\":$order}]"
expect 0 'also to people' "$bin/bitacora" replay --policy "$work/policy" --key "$oversight"
contains 'with its name' "$work/out" "entry $about names blob $eva: erased by entry $order"
contains 'and the counts' "$work/out" 'blobs named: 3; there: 2, erased by order: 1, not to be had: 0, could not be asked for: 0'
expect 0 'who does not look' "$bin/bitacora" replay --policy "$work/policy" --lang es
contains 'learns of the erasure' "$work/out" "blob $eva borrado por el asiento $order"
rm "$kept/$(hex "$ana")"
expect 3 'an order is for one blob' replay --key "$oversight"
equal 'not for others' "$(blobs) $(found)" "[3,1,1,1,0] [[\"blob\",$about,\"undecided\"]]"
check 'the other is erased, too' erase "$ana"
expect 0 'now all is in order' replay --key "$oversight" --state "$work/state"
both="[[$order,\"$eva\"],[$((order + 1)),\"$ana\"]]"
equal 'in the order of the orders' "$(erasures)" "$both"

# ---- with a state
expect 0 'from the state, nothing new' replay --key "$oversight" --state "$work/state"
equal 'the erasures are known' "$(erasures)" "$both"
equal 'and no blob is asked for again' "$(blobs)" '[0,0,0,0,0]'
expect 0 'as is said' "$bin/bitacora" replay --policy "$work/policy" --key "$oversight" --state "$work/state"
contains 'to people' "$work/out" 'were not looked for: that takes a replay without --state'
late=$(size)
request_about BOXW310820HNERXN09 | submit fgr.example.mx-a.lopez
max=$(record_of "$late" | jq -r '.subjects[0].sealed')
check 'its blob is kept' test -f "$kept/$(hex "$max")"
mv "$kept/$(hex "$max")" "$work/max"
cp "$work/state" "$work/state.before"
expect 3 'a new one is missing' replay --key "$oversight" --state "$work/state"
equal 'found from the state' "$(found)" "[[\"blob\",$late,\"undecided\"]]"
check 'which does not advance' cmp "$work/state" "$work/state.before"
cp "$work/max" "$kept/$(hex "$max")"
expect 0 'when it is back' replay --key "$oversight" --state "$work/state"
equal 'only the new one was asked for' "$(blobs) $(erasures)" "[1,1,0,0,0] $both"
check 'and it advances' sh -c "! cmp -s '$work/state' '$work/state.before'"
for n in 1 2 3 4; do erase "$(printf 'x%031d' $n | base64)"; done
expect 0 'many erasures' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"
equal 'are not all listed to people' "$(grep -c 'erased by entry' "$work/out")" 5
contains 'but counted' "$work/out" '… and 1 more'
expect 0 'and to programs' replay --state "$work/state"
equal 'they are' "$(jq '.erasures|length' "$work/out")" 6

# ---- from a mirror
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
expect 0 'of a mirror the blobs come from the URL of the policy' replay --key "$oversight" --dir "$work/mirror"
equal 'as they would from the log' "$(blobs)" '[4,2,2,0,0]'
sed 's/ http.*//' "$work/policy" >"$work/policy.nowhere"
nowhere() { "$bin/bitacora" replay --policy "$work/policy.nowhere" --json --dir "$work/mirror" "$@"; }
expect 2 'or from nowhere' nowhere --key "$oversight"
expect 0 'or from --log' nowhere --key "$oversight" --log "$url"
expect 2 'which without --key is not both' nowhere --log "$url"

# ---- servers that answer otherwise
serve() { # serve FILE...: an answering server in $fake, requests in $work/requests
    rm -rf "$work/requests"
    mkdir "$work/requests"
    beside "$answer" "$work/requests" "$@" >"$work/port"
    server=$beside
    wait_until test -s "$work/port"
    fake=http://127.0.0.1:$(cat "$work/port")
}
unserve() {
    kill $server
    wait $server 2>/dev/null
    forget_pid $server
}
says() { # says EXIT DESCRIPTION BLOBS REQUESTS FILE...
    want=$1 what=$2 counts=$3 asked=$4
    shift 4
    serve "$@"
    expect "$want" "$what" nowhere --key "$oversight" --log "$fake"
    equal 'so many were there, erased, gone, not read; and asked for' "$(blobs) $(find "$work/requests" -type f | wc -l)" "$counts $asked"
    unserve
}
http() { # http FILE STATUS HEADERS < BODY
    cat >"$work/body"
    printf 'HTTP/1.1 %s\r\n%bContent-Length: %s\r\nConnection: close\r\n\r\n' "$2" "$3" "$(wc -c <"$work/body")" >"$work/$1"
    cat "$work/body" >>"$work/$1"
}
http there1 '200 OK' '' <"$work/ruleset"
http there2 '200 OK' '' <"$work/max"
http erased '410 Gone' '' </dev/null
http absent '404 Not Found' '' </dev/null
http error '500 Internal Server Error' '' </dev/null
http token '401 Unauthorized' '' </dev/null
http busy '503 Service Unavailable' 'Retry-After: 1000\r\n' </dev/null
says 0 'a server that has both' '[4,2,2,0,0]' 2 "$work/there1" "$work/there2"
check 'shown a token' grep -q '^Authorization: Bearer ' "$work/requests/0" "$work/requests/1"
says 3 'the wrong way round' '[4,0,2,2,0]' 2 "$work/there2" "$work/there1"
says 3 'one that says that they were erased' '[4,0,2,2,0]' 2 "$work/erased"
equal 'where no entry orders it' "$(found)" "[[\"blob\",$pinned,\"undecided\"],[\"blob\",$late,\"undecided\"]]"
says 3 'one that has nothing' '[4,0,2,2,0]' 2 "$work/absent"
says 3 'one that fails' '[4,0,2,0,2]' 2 "$work/error"
equal 'at each' "$(found)" "[[\"unreadable\",$pinned,\"undecided\"],[\"unreadable\",$late,\"undecided\"]]"
says 3 'one that fails once' '[4,1,2,0,1]' 2 "$work/error" "$work/there2"
says 3 'one that is busy once' '[4,1,2,0,1]' 2 "$work/busy" "$work/there2"
says 3 'nor one that takes no token' '[4,0,2,0,2]' 1 "$work/token"

serve "$work/there1"
expect 3 'a key that may not read' nowhere --key "$work/fgr.example.mx-a.lopez.key" --log "$fake"
equal 'asks for what is public only' "$(blobs) $(find "$work/requests" -type f | wc -l)" '[4,1,2,0,1] 1'
unserve

# ---- many, in a log by the second writer
/usr/bin/python3 "$root/tests/interop/named_blobs.py" "$work/many" 4500 >"$work/many.out" 2>&1 || not_ok 'the second writer' "$(tail -n 3 "$work/many.out")"
many() { "$bin/bitacora" replay --policy "$work/many/policy" --dir "$work/many/mirror" --json --key "$work/many/o1.key" "$@"; }
serve "$work/absent"
expect 1 'a log that is bad for an erasure of which nobody had the right' many --log "$fake"
equal 'and each blob is asked for once' "$(find "$work/requests" -type f | wc -l)" "$(wc -l <"$work/many/names")"
unserve
equal 'which does not count' "$(jq -c '[.findings[0].code,(.erasures|length)]' "$work/out")" '["role",1]'
jq -r '.findings[]|select(.code=="blob")|"\(.entry) \(.detail|match("[A-Za-z0-9+/]{43}=").string)"' "$work/out" | awk '!met[$2]++' >"$work/gone"
check 'each blob is gone at the entry that names it first' cmp "$work/gone" "$work/many/names"
serve "$work/busy"
expect 1 'or not asked for' many --log "$fake"
unserve
equal 'of a busy server, which is not asked again and again' "$(jq -c '[.findings[].code]' "$work/out") $(find "$work/requests" -type f | wc -l)" \
    '["role","unreadable","unreadable"] 2'
serve "$work/busy" "$work/absent" "$work/busy" "$work/absent"
expect 1 'or twice, but not on end' many --log "$fake"
unserve
equal 'and all others are asked for' "$(jq .blobs.unread "$work/out")" 2
serve "$work/token"
expect 1 'nor of one' many --log "$fake"
unserve
equal 'that takes no token, but for what is public' "$(jq -c '[.findings[]|[.code,.entry]]' "$work/out") $(find "$work/requests" -type f | wc -l)" \
    '[["role",4530],["unreadable",6]] 1'
rm "$work/many/mirror/tile/0/000"
expect 1 'of a log that is not all there' many --log "$fake"
equal 'no blob is looked for' "$(jq -c .blobs "$work/out")" null
stop_daemon
finish
