#!/bin/sh
# Who may sign: enrol, sign, revoke, sign again; the same for what has expired, has not begun, is of
# another role, or comes from a registrar who was revoked. The daemon refuses it; a replay finds it
# where a dishonest daemon let it in; and `signers` says who could sign at every step.
. "$(dirname "$0")/../lib.sh"

sign=$root/build/release/tools/sign_note
judge=judge.example.mx/j1
official=fgr.example.mx/a.lopez
holder=telco.example.mx/desk

check 'a log' small_log 8
now() { date -u -d "${1:-now}" +%Y-%m-%dT%H:%M:%S.%3NZ; }
key_of() { echo "$work/$(printf '%s' "$1" | tr / -).key"; }
size() { curl -s "$url/checkpoint" | sed -n 2p; }
enrolment() { curl -s "$url/v1/find?signer=$1" | jq '.entries[0]'; } # of the first key of that name
vkey_of() { "$bin/bitacora" signers --policy "$work/policy" --json 2>/dev/null | jq -r --arg n "$1" '[.signers[]|select(.name==$n).vkey][0]'; }

ref() { # ref INDEX
    printf '{"entry":%d,"hash":"%s"}' "$1" "$(curl -s "$url/tile/0/000.p/$(size)" | tail -c +$(($1 * 32 + 1)) | head -c 32 | base64)"
}

# A record as a signer's own software could make it, which asks nobody before it signs.
record() { # record KEYFILE UNDER KIND MEMBERS
    printf 'bitacora/v1 %s\n{"id":"%s","at":"%s","under":%s,%s}\n' "$3" "$(cat /proc/sys/kernel/random/uuid)" "$(now)" \
        "$(ref "$2")" "$4" | "$sign" "$1"
}

asked='"authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1'
answered='"holder":"mx.telco","outcome":"full","received_at":"2026-11-01T10:00:00.000Z"'
enrolled() { printf '"vkey":"%s","role":"auditor","authority":"mx.ong","level":"federal","name":"%s"' "$1" "${1%%+*}"; }

send() { # send < record: the status; the answer in $work/answer
    curl -s -o "$work/answer" -w '%{http_code}' -H 'Content-Type: text/plain' --data-binary @- "$url/v1/records"
}

taken() { # taken DESCRIPTION < record
    equal "$1: taken" "$(send)" 201
}

refused() { # refused DESCRIPTION TYPE < record
    equal "$1: refused" "$(send) $(jq -r .type "$work/answer" 2>/dev/null)" "403 /problems/$2"
}

enroll() { # enroll VKEY ROLE AUTHORITY [OPTION...]
    v=$1 role=$2 authority=$3
    shift 3
    "$bin/bitacora" enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$v" --role "$role" \
        --authority "$authority" --level federal "$@" >/dev/null
}

revoke() { # revoke VKEY REASON [OPTION...]
    v=$1 reason=$2
    shift 2
    "$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$v" --reason "$reason" "$@" >/dev/null
}

stand() { # stand VKEY [OPTION...]: exit code and standing of a key as `signers` says
    v=$1
    shift
    "$bin/bitacora" signers --policy "$work/policy" --json "$@" >"$work/signers.json" 2>/dev/null
    echo "$? $(jq -r --arg v "$v" '[(.signers // [])[], (.others // [])[] | select(.vkey == $v) |
        (if .standing == "in_force" then .standing else "NOT: " + .standing end) +
        (if .revoked then ", revoked at \(.revoked): \(.reason)" else "" end)] | join("; ")' "$work/signers.json")"
}

# ---- enrol, sign, revoke, sign again
v=$(vkey_of $official)
e=$(enrolment $official)
record "$(key_of $official)" "$e" request "$asked" | taken 'an official who is enrolled'
before=$(size)
record "$(key_of $official)" "$e" request "$asked" >"$work/late" # signed in time, sent too late
check 'the official is revoked' revoke "$v" left_office --since 2026-01-01
record "$(key_of $official)" "$e" request "$asked" | refused 'once revoked' enrolment
contains 'and told so' "$work/answer" 'revoked'
refused 'also what was signed before and comes after' enrolment <"$work/late"
echo "{\"kind\":\"request\",$asked}" | "$bin/bitacora" submit --policy "$work/policy" --key "$(key_of $official)" --json - >"$work/out" 2>/dev/null
equal 'submit says so, too' "$? $(jq -r .error "$work/out")" '3 enrolment'
equal 'he could sign his last request' "$(stand "$v" --at $((before - 1)))" "0 in_force, revoked at $before: left_office"
equal 'and the very entry that revokes him' "$(stand "$v" --at "$before")" "0 in_force, revoked at $before: left_office"
equal 'nothing after it' "$(stand "$v")" "0 NOT: revoked, revoked at $before: left_office"
equal 'since when it was bad is said' "$(jq -r '.others[].since' "$work/signers.json")" 2026-01-01T00:00:00.000Z
equal 'nobody has heard of him before' "$(stand "$v" --at "$e")" '0 '
equal 'but right after his enrolment' "$(stand "$v" --at $((e + 1)))" "0 in_force, revoked at $before: left_office"

# ---- a role, and no more than that
record "$(key_of $judge)" "$(enrolment $judge)" request "$asked" | refused 'a judge who asks' role
record "$(key_of $holder)" "$(enrolment $holder)" enroll "$(enrolled "$v")" | refused 'a holder who enrols' role
equal 'what a judge may sign is listed' "$(stand "$(vkey_of $judge)" >/dev/null; jq -c '.signers[]|select(.role=="judge").kinds' "$work/signers.json")" \
    '["warrant","extension","ratification","deferral","erasure","anchor"]'

# ---- until, from
# On a busy machine a time may be over before he signs in it: then another official has a longer one.
with_times() { # with_times COMMAND: tried with 2, 8 and 32 seconds
    for seconds in 2 8 32; do "$1" $seconds && return; done
    return 1
}
number=3 # of keys that were enrolled
signs_in_time() { # signs_in_time SECONDS: a new official is enrolled for so long, and signs
    short=$("$bin/bitacora" keygen "fgr.example.mx/breve$1" --out "$work/breve.key.$1")
    e=$(size)
    until=$(now "+$1 seconds")
    enroll "$short" requester mx.fgr --function prosecution --until "$until" || return 1
    number=$((number + 1))
    before=$(size)
    status=$(record "$work/breve.key.$1" "$e" request "$asked" | send)
    echo "enrolled for $1 seconds: HTTP $status"
    [ "$status" = 201 ]
}
check 'an official for some seconds signs in them' with_times signs_in_time
passed() { expr "$(now)" \> "$until" >/dev/null; }
check 'they pass' wait_until passed
record "$work/breve.key.$seconds" "$e" request "$asked" | refused 'after them' enrolment
contains 'and told so' "$work/answer" 'has ended'
equal 'he could sign then' "$(stand "$short" --at "$before")" '0 in_force'
equal 'with what he was enrolled for' "$(jq -c --arg v "$short" '.signers[]|select(.vkey==$v)|[.role,.authority,.level,.function,.entry,.number]' "$work/signers.json")" \
    "[\"requester\",\"mx.fgr\",\"federal\",\"prosecution\",$e,$number]"
equal 'and not now' "$(stand "$short")" '0 NOT: expired'
cannot_yet() { # cannot_yet SECONDS: a new official is enrolled from then on, and is neither heard nor listed yet
    soon=$("$bin/bitacora" keygen "fgr.example.mx/pronto$1" --out "$work/pronto.key.$1")
    e=$(size)
    enroll "$soon" requester mx.fgr --from "$(now "+$1 seconds")" || return 1
    status=$(record "$work/pronto.key.$1" "$e" request "$asked" | send)
    standing=$(stand "$soon")
    echo "enrolled from $1 seconds on: HTTP $status, then $standing; $(cat "$work/answer")"
    [ "$status $(jq -r .type "$work/answer") $standing" = '403 /problems/enrolment 0 NOT: not_yet' ]
}
check 'an official from some seconds on cannot sign yet' with_times cannot_yet
begun() { [ "$(record "$work/pronto.key.$seconds" "$e" request "$asked" | send)" = 201 ]; }
check 'after them he can' wait_until begun
equal 'as is listed' "$(stand "$soon")" '0 in_force'

# ---- a registrar who was revoked
second=$("$bin/bitacora" keygen registro.example.mx/dos --out "$work/dos.key")
e=$(size)
check 'a second registrar' enroll "$second" registrar mx.registro
a=$("$bin/bitacora" keygen ong.example.mx/a --out "$work/a.key")
b=$("$bin/bitacora" keygen ong.example.mx/b --out "$work/b.key")
by_second=$(size)
record "$work/dos.key" "$e" enroll "$(enrolled "$a")" | taken 'who enrols somebody'
check 'is revoked' revoke "$second" other
record "$work/dos.key" "$e" enroll "$(enrolled "$b")" | refused 'and enrols nobody any more' enrolment
record "$work/dos.key" "$e" revoke "\"vkey\":\"$a\",\"reason\":\"other\"" | refused 'nor revokes' enrolment
equal 'whom he had enrolled stays' "$(stand "$a")" '0 in_force'
equal 'who was refused is nowhere' "$(stand "$b")" '0 '
record "$work/a.key" "$by_second" anchor "\"checkpoint\":{\"size\":1,\"root\":\"$(head -c 32 /dev/zero | base64)\"}" | taken 'and signs'

# ---- a new key without a gap
old=$(vkey_of $holder)
e_old=$(enrolment $holder)
new=$("$bin/bitacora" keygen $holder --out "$work/desk2.key")
e_new=$(size)
equal 'of one name there is one key' "$(stand "$old") $(stand "$new")" '0 in_force 0 '
check 'the same name gets a second key' enroll "$new" holder mx.telco
both=$(size)
record "$(key_of $holder)" "$e_old" response "$answered" | taken 'the old one signs'
record "$work/desk2.key" "$e_new" response "$answered" | taken 'the new one signs'
record "$work/desk2.key" "$e_old" response "$answered" | refused 'but not under the other enrolment' enrolment
over=$(size)
check 'the old one is superseded' revoke "$old" superseded
record "$(key_of $holder)" "$e_old" response "$answered" | refused 'the old one signs' enrolment
record "$work/desk2.key" "$e_new" response "$answered" | taken 'the new one goes on'
equal 'before: the old one' "$(stand "$old" --at "$e_new"); $(stand "$new" --at "$e_new")" "0 in_force, revoked at $over: superseded; 0 "
equal 'between: both' "$(stand "$old" --at "$both"); $(stand "$new" --at "$both")" "0 in_force, revoked at $over: superseded; 0 in_force"
equal 'up to the revocation: both' "$(stand "$old" --at "$over"); $(stand "$new" --at "$over")" "0 in_force, revoked at $over: superseded; 0 in_force"
equal 'after: the new one' "$(stand "$old"); $(stand "$new")" "0 NOT: revoked, revoked at $over: superseded; 0 in_force"
expect 0 'and what the old one signed stands' "$bin/bitacora" replay --policy "$work/policy"

# ---- for people, and what cannot be asked
expect 0 'a table' "$bin/bitacora" signers --policy "$work/policy"
sed -n '/can sign:/,/can NOT/p' "$work/out" >"$work/could"
contains 'of who can sign' "$work/could" "$(printf '%s  ' $holder)"
equal 'the superseded key is not among them' "$(grep -c "$(printf %s "$old" | cut -d+ -f2)" "$work/could")" 0
sed -n '/can NOT sign any more, revoked:/,/^ruleset/p' "$work/out" >"$work/revoked"
contains 'but among those who were revoked, with why' "$work/revoked" "$over, superseded"
contains 'and the built-in ruleset' "$work/out" "$("$bin/bitacora" ruleset --json | jq -r .sha256)"
expect 0 'in Spanish' "$bin/bitacora" signers --policy "$work/policy" --lang es
contains 'too' "$work/out" 'ya NO pueden firmar, por revocación:'
expect 2 'an entry after the next' "$bin/bitacora" signers --policy "$work/policy" --at $(($(size) + 1))
expect 2 'no entry at all' "$bin/bitacora" signers --policy "$work/policy" --at x
equal 'at entry 0 nobody could' "$(stand "$old" --at 0) $(jq -c '[.signers,.others]' "$work/signers.json")" '0  [[],[]]'
equal 'at entry 1 the registrars of genesis' "$(stand "$old" --at 1) $(jq -c '[.signers[].name]' "$work/signers.json")" '0  ["registrar.example.mx"]'

# ---- with a state, and from a mirror
full=$(stand "$old" --at 3; jq -cS '[.signers,.others,.accepted,.ruleset]' "$work/signers.json")
check 'a state' "$bin/bitacora" replay --policy "$work/policy" --state "$work/state"
again=$(stand "$old" --at 3 --state "$work/state"; jq -cS '[.signers,.others,.accepted,.ruleset]' "$work/signers.json")
equal 'an entry below it: the same answer' "$again" "$full"
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
equal 'from it: the same answer' "$(stand "$old" --at 3 --dir "$work/mirror"; jq -cS '[.signers,.others,.accepted,.ruleset]' "$work/signers.json")" "$full"
rm "$work"/mirror/tile/entries/000.p/*
equal 'an entry that cannot be had again: no answer' "$(stand "$old" --at 3 --dir "$work/mirror" --state "$work/state") $(jq -c '[.signers,.findings[0].code]' "$work/signers.json")" \
    '3  [null,"missing"]'
equal 'nor a log that is not all there' "$(stand "$old" --dir "$work/mirror") $(jq -c '[.signers,.accepted]' "$work/signers.json")" '3  [null,null]'
expect 0 'a daemon that stops' stop_daemon

# ---- a daemon that let it in: logs by the second writer
second_writer || not_ok 'the second writer' "$(tail -n 3 "$cases.out")"

found() { # found DESCRIPTION CASE CODE ENTRY: by replay, with evidence, and by signers
    c=$cases/$2
    rm -f "$work/evidence"
    expect 1 "$1, let in" "$bin/bitacora" replay --policy "$c/policy" --dir "$c/mirror" --json --evidence "$work/evidence"
    equal 'is found' "$(jq -r '"\(.findings[0].code) \(.findings[0].entry)"' "$work/out")" "$3 $4"
    expect 0 'with evidence' "$bin/bitacora" verify-evidence --policy "$c/policy" "$work/evidence"
    expect 1 'and signers says that the log is bad' "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json
}

lists() { # lists CASE NAME AT: the standings of all keys of that name
    c=$cases/$1
    "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json --at "$3" 2>/dev/null |
        jq -r --arg n "$2" '[(.signers+.others)[]|select(.name==$n)|.standing]|join(" ")'
}

found 'a revoked key' revoked enrolment 28
found 'a key revoked by the entry before' revoked-just-now enrolment 29
found 'a key that was superseded' revoked-rotated enrolment 33
found 'an expired enrolment' until-expired enrolment 29
equal 'which had ended in that very millisecond' "$(lists until-expired nadie.example/x 29)" expired
found 'an enrolment that had not begun' from-not-yet enrolment 29
equal 'by one millisecond' "$(lists from-not-yet nadie.example/x 29)" not_yet
equal 'and begins inclusively' "$(lists good-from-until-bounds nuevo.example/k1 29) $(lists good-from-until-bounds nuevo.example/k1 30) $(lists good-from-until-bounds nuevo.example/k1 32)" \
    'in_force in_force expired'
found 'a wrong role' role-other role 28
found 'a registrar of genesis who was revoked' revoked-registrar enrolment 29
equal 'whom he enrolled is not listed' "$(lists revoked-registrar nadie.example/x 40)" ''
found 'a registrar whom another had enrolled' revoked-registrar-enrolled enrolment 30
equal 'whom he enrolled is not listed, either' "$(lists revoked-registrar-enrolled nadie.example/x 40)" ''
c=$cases/good-rotation
expect 0 'a rotation that is right' "$bin/bitacora" replay --policy "$c/policy" --dir "$c/mirror"
for at in 28 29 31 32; do
    printf '%s: %s; ' $at "$(lists good-rotation telco.example/enlace $at)"
done >"$work/rotation"
equal 'has one, two, two and one' "$(cat "$work/rotation")" '28: in_force; 29: in_force in_force; 31: in_force in_force; 32: in_force revoked; '
ruleset_at() { "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json --at "$1" 2>/dev/null | jq -c '[.ruleset.entry,.ruleset.name]'; }
equal 'a ruleset holds from the entry after it' "$(ruleset_at 6) $(ruleset_at 7)" '[null,"mx"] [6,null]'

# ---- nothing is listed that is not proven
c=$cases/root
expect 1 'a log that signed another root' "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json
equal 'lists nobody' "$(jq -c '[.signers,.others,.ruleset]' "$work/out")" '[null,null,null]'
c=$cases/good-40
expect 1 'another genesis than the pinned one' "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json --genesis "$(head -c 32 /dev/zero | base64)"
equal 'neither' "$(jq -c '[.signers,.others,.ruleset]' "$work/out")" '[null,null,null]'
c=$cases/version-record
expect 3 'an entry of a later version, which may have enrolled anybody' "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror"
contains 'leaves the list open' "$work/err" 'what could not be decided may have changed it'
c=$cases/missing-checkpoint
expect 3 'no checkpoint' "$bin/bitacora" signers --policy "$c/policy" --dir "$c/mirror" --json
equal 'no moment' "$(jq -c '[.at,.signers]' "$work/out")" '[null,null]'
finish
