#!/bin/sh
# Notices from a mirror: what it has is not read over the network, what it lacks is the log's; both must be one log. Whoever keeps a
# mirror that is old or false hides nothing by it, and withholds nothing.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
ana=GOMC850315HDFRRR07 eva=MARP800101MDFRTR03
keys="--key $work/vigila.example.mx.key"
sent() { # sent KEY: a record on standard input; sets $ref
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/$1.key" --without-private --json - >"$work/sent.out" 2>"$work/sent.err" || return 1
    ref=$(jq -c '{entry:.index,hash}' "$work/sent.out")
}
asked() { # asked CURP: a request about somebody, and its answer; $asked is its reference
    request mx.telco 1 | jq -c --arg v "$1" '.subjects=[{"type":"curp","value":$v}]' >"$work/record"
    sent fgr.example.mx-a.lopez <"$work/record" || return 1
    asked=$ref
    response mx.telco | jq -c --argjson r "$ref" '.request=$r' >"$work/record"
    sent telco.example.mx-desk <"$work/record"
}
# shellcheck disable=SC2086
due() { # due STATUS DESCRIPTION OPTION...
    status=$1 what=$2
    shift 2
    expect "$status" "$what" "$bin/bitacora" notify due $p $keys --json --evidence "$work/evidence" "$@"
}
# shellcheck disable=SC2086
find_() { # find_ STATUS DESCRIPTION CURP OPTION...
    status=$1 what=$2 who=$3
    shift 3
    expect "$status" "$what" "$bin/bitacora" notify find $p $keys --json --type curp --value "$who" --evidence "$work/evidence" "$@"
}
told() { jq -c '[.size,.root,[.notices[]|[.entry,.state,.hash,.sealed]]]' "$work/out"; }
found() { jq -c '[.size,[.requests[].entry]]' "$work/out"; }

check 'a log' small_log 12
check 'its oversight' enrol vigila.example.mx oversight mx.vigilancia
check 'somebody is asked about' asked "$ana"
first=$(echo "$asked" | jq .entry)
m=$work/mirror
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$m"

# ---- a mirror of now -------------------------------------------------------------------------------
due 0 'whom to tell'
told >"$work/online"
due 0 'from the mirror' --dir "$m"
equal 'is the same' "$(told)" "$(cat "$work/online")"
find_ 0 'what there is about somebody' "$ana"
found >"$work/online"
find_ 0 'from the mirror' "$ana" --dir "$m"
equal 'is the same' "$(found)" "$(cat "$work/online")"
equal 'and is there' "$(jq -c '[.requests[].entry]' "$work/out")" "[$first]"
# shellcheck disable=SC2086
expect 0 'letters, too' "$bin/bitacora" notify due $p $keys --dir "$m" --out "$work/letters"
check 'are written' test -s "$work/letters/$first.tlog-proof"
expect 2 'notify sent takes no mirror' "$bin/bitacora" notify sent --policy "$work/policy" --key "$work/vigila.example.mx.key" --dir "$m" --means post "$first"
sed 's/ http.*//' "$work/policy" >"$work/nowhere"
expect 2 'without the log nothing is told' "$bin/bitacora" notify due --policy "$work/nowhere" --key "$work/vigila.example.mx.key" --dir "$m"
contains 'and it is said why' "$work/err" '--log'

# ---- an old mirror: a deferral and another request came since ---------------------------------------
jq -nc --argjson r "$asked" --arg u "$(date -u -d '90 days' +%Y-%m-%dT00:00:00.000Z)" \
    '{"kind":"deferral","request":$r,"until":$u,"reason":"ongoing_investigation"}' >"$work/record"
check 'a deferral' sent judge.example.mx-j1 <"$work/record"
check 'and somebody else is asked about' asked "$eva"
due 0 'an old mirror'
told >"$work/online"
due 0 'tells' --dir "$m"
equal 'what the log does' "$(told)" "$(cat "$work/online")"
equal 'the one deferred, the other due' "$(jq -c '[.notices[]|.state]|sort' "$work/out")" '["deferred","due"]'
find_ 0 'whose notice is deferred' "$ana" --dir "$m"
equal 'is not found, as online' "$(jq -c .requests "$work/out")" '[]'
find_ 0 'the other' "$eva" --dir "$m"
equal 'is' "$(jq '.requests|length' "$work/out")" 1

# ---- false mirrors ---------------------------------------------------------------------------------
tampered() { # tampered NAME: a copy of the mirror in $t
    t=$work/$1
    cp -r "$m" "$t"
}
nothing() { # nothing DESCRIPTION: of notices and requests nothing was said
    equal "$1" "$(jq -c '[has("notices"),has("requests")]' "$work/out" 2>/dev/null)" '[false,false]'
}
bundle=$(cd "$m" && find tile/entries -type f)
# What the log has in a partial bundle of another width is not read from the mirror: a mirror of now.
check 'the mirror goes on' "$bin/bitacora" mirror --policy "$work/policy" "$m"
rm -f "$m/$bundle"
bundle=$(cd "$m" && find tile/entries -type f)
tampered altered
sed -i 's/"number":"FED\/0"/"number":"FED\/7"/' "$t/$bundle"
due 1 'an altered entry' --dir "$t"
nothing 'nothing is told'
find_ 1 'nor found' "$eva" --dir "$t"
nothing 'anything'
tampered gone
rm "$t/$bundle"
due 0 'a missing file is the log’s' --dir "$t"
equal 'and all is the same' "$(jq -c '[.notices[]|.state]|sort' "$work/out")" '["deferred","due"]'
tampered without
rm "$t/checkpoint"
due 3 'no mirror at all' --dir "$t"
nothing 'tells nothing'
# Another history of the same log, under the same key.
cp -r "$work/data" "$work/forked"
printf 'log %s\nquorum none\n' "$vkey" >"$work/forked.policy"
log_daemon=$daemon log_url=$url
check 'another history' start_copy "$work/forked"
sed "1s|\$| $url|" "$work/forked.policy" >"$work/forked.policy.url"
"$bin/bitacora" submit --policy "$work/forked.policy.url" --key "$work/judge.example.mx-j1.key" --without-private - >/dev/null 2>"$work/err" <<EOF
$(warrant FALSE)
EOF
check 'its mirror' "$bin/bitacora" mirror --policy "$work/forked.policy.url" "$work/fork"
daemon=$log_daemon url=$log_url
warrant TRUE >"$work/record"
check 'the log goes on' sent judge.example.mx-j1 <"$work/record"
due 1 'two histories are one too many' --dir "$work/fork"
nothing 'nothing is told'
check 'there is evidence' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence"
finish
