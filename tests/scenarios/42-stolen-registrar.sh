#!/bin/sh
# A registrar's key is stolen, and revoked; the operator lets the thief enrol an oversight key and pin a ruleset all the same, and
# lists nothing of the revocation. The client replays, and neither seals to that key nor judges by that ruleset.
. "$(dirname "$0")/../lib.sh"

serve() { # serve NAME [--honest]: sets $d
    d=$work/$1
    shift
    mkdir "$d"
    "$bin/bitacora" ruleset --print | jq '.version="thief"|.codes.purpose+=["steal"]' >"$d/ruleset.json"
    beside python3 "$root/tests/interop/stolen_registrar.py" "$d" "$@" >"$work/port" 2>"$work/server.err"
    wait_until test -s "$work/port"
}
person() { # person [MORE]
    request mx.telco 1 | jq -c ".subjects=[{type:\"curp\",value:\"GOMC850315HDFRRR07\"}]${1:-}"
}
submitted() { # submitted [OPTION...]
    "$bin/bitacora" submit --policy "$d/policy" --key "$d/official.key" --private "$d/private" --json "$@" - >"$work/out" 2>"$work/err"
    echo "$? $(jq -r '.error // .verdict' "$work/out")"
}

check 'the thief’s oversight key is the only one' serve alone
equal 'nobody is sealed to it' "$(person | submitted)" '3 oversight'
equal 'nor where it is asked for' "$(person | submitted --to "$(cat "$d/thief")")" '3 oversight'
thief=$(cat "$d/thief")
hash=$(curl -s "$(sed -n 's/^log [^ ]* //p' "$d/policy")/tile/0/000.p/5" | tail -c +$((thief * 32 + 1)) | head -c 32 | base64)
equal 'nor where the record names it' "$(person "|.subjects[0].to={entry:$thief,hash:\"$hash\"}" | submitted)" '3 oversight'
equal 'no byte of it has left' "$(cat "$d/asked")" ''
check 'and nothing is said of the person' test ! -s "$d/private"
equal 'a code of the thief’s ruleset is none' "$(request mx.telco 1 | jq -c '.purpose.code="steal"' | submitted)" '3 code'
equal 'nothing was sent' "$(cat "$d/asked")" ''
equal 'what rests on neither is taken' "$(request mx.telco 1 | submitted)" '0 good'
contains 'with a word about the log' "$work/err" 'proven bad'
check 'another oversight key is in force' serve both --honest
equal 'people are sealed to that one' "$(person | submitted)" '0 good'
contains 'which is said' "$work/err" 'sealed to vigila.example.mx'
equal 'the state is kept for each log' "$(find "$XDG_STATE_HOME/bitacora" -name '*.state' | wc -l)" 2

# ---- where the state is --------------------------------------------------------------------------
: >"$work/file"
export XDG_STATE_HOME="$work/file"
request mx.telco 1 | submitted >"$work/said"
equal 'a place that cannot be used is a matter of configuration' "$(head -c 1 "$work/said")" 2
contains 'and it says which option helps' "$work/err" '--state FILE'
equal 'which does' "$(request mx.telco 1 | submitted --state "$work/own.state")" '0 good'
check 'it is there' test -s "$work/own.state"
unset XDG_STATE_HOME
export HOME="$work/home"
equal 'without XDG_STATE_HOME' "$(request mx.telco 1 | submitted)" '0 good'
equal 'it is below HOME' "$(find "$work/home/.local/state/bitacora" -name '*.state' | wc -l)" 1
unset HOME
equal 'without HOME either' "$(request mx.telco 1 | submitted | head -c 1)" 2
export XDG_STATE_HOME="$work/.state"

# ---- openings that nobody would have -------------------------------------------------------------
: >"$d/asked"
bare() {
    "$bin/bitacora" submit --policy "$d/policy" --key "$d/official.key" --json "$@" - >"$work/out" 2>"$work/err"
    echo "$? $(jq -r '.error // .verdict' "$work/out")"
}
equal 'without --private nothing is sealed' "$(person | bare)" '2 private'
equal 'nor signed, nor sent' "$(cat "$d/asked")" ''
contains 'it says what helps' "$work/err" '--without-private'
equal 'unless it is asked for' "$(person | bare --without-private)" '0 good'
contains 'with a warning' "$work/err" 'WARNING'
equal 'what seals nothing needs neither' "$(request mx.telco 1 | bare)" '0 good'
equal 'a check signs nothing, and warns' "$(person | bare --check)" '0 null'
member="--authority mx.fgr --level federal --holder mx.telco --source subscriber_db --categories subscriber --basis CNPP-303 --purpose.code criminal_investigation --persons 1"
# shellcheck disable=SC2086
expect 2 'so it is with new' "$bin/bitacora" new request --policy "$d/policy" --key "$d/official.key" $member --function prosecution --subjects curp=GOMC850315HDFRRR07 --yes
# shellcheck disable=SC2086
expect 0 'and there, too, one may' "$bin/bitacora" new request --policy "$d/policy" --key "$d/official.key" $member --function prosecution --subjects curp=GOMC850315HDFRRR07 --yes --without-private

# ---- a run that lasts ----------------------------------------------------------------------------
check 'an honest log' new_log
check 'is served' start_daemon "$work/data"
check 'to whom it may concern' write_policy "$work/policy"
check 'an official' enrol lopez.example.mx requester mx.fgr
check 'an oversight body' enrol vigila.example.mx oversight mx.vigilancia
d=$work
mkfifo "$work/lines"
beside "$bin/bitacora" submit --policy "$work/policy" --key "$work/lopez.example.mx.key" --private "$work/private" --json "$work/lines" >"$work/long" 2>"$work/long.err"
long=$beside
exec 9>"$work/lines"
person >&9
check 'somebody is sealed to the oversight key' wait_until grep -q '"verdict":"good"' "$work/long"
expect 0 'it is revoked while submit waits for more' "$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$enrolled" --reason key_compromise
person >&9
exec 9>&-
wait $long
forget_pid $long
equal 'nobody else is sealed to it' "$(jq -r '.error // .verdict' "$work/long" | tr '\n' ' ')" 'good oversight '
finish
