#!/bin/sh
# What a service leaves out, denies or makes up must not make the client seal to the wrong key, sign what it
# has refused, or lose an opening.
. "$(dirname "$0")/../lib.sh"
answer=$root/build/release/tools/answer
p="--policy $work/policy"
official=$work/fgr.example.mx-a.lopez.key
judge=$work/judge.example.mx-j1.key

lie() { # lie PATH: the daemon, but for what has that in its address: 500; sets $liar
    printf 'HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n' >"$work/no"
    rm -rf "$work/asked"
    mkdir "$work/asked"
    beside env DENY="$1" GETS_TO=${url##*:} "$answer" "$work/asked" "$work/no" >"$work/port"
    lying=$beside
    wait_until test -s "$work/port"
    liar=http://127.0.0.1:$(cat "$work/port")
}
person() { # person MORE: a request about somebody
    request mx.telco 1 | jq -c ".subjects=[{type:\"curp\",value:\"GOMC850315HDFRRR07\"}]$1"
}
anchors() { # anchors N: what oversight signs
    root_hash=$(curl -s "$url/checkpoint" | sed -n 3p)
    i=0
    while [ $i -lt "$1" ]; do
        printf '{"kind":"anchor","checkpoint":{"size":1,"root":"%s"}}\n' "$root_hash"
        i=$((i + 1))
    done
}
submitted() { # submitted [OPTION...]: as the official; records on standard input
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$official" --json "$@" - >"$work/out" 2>"$work/err"
}
entries() { curl -s "$url/checkpoint" | sed -n 2p; }

check 'a log' small_log 8
check 'an oversight body' enrol vigila.example.mx oversight mx.vigilancia
stolen=$enrolled
anchors 300 | submit vigila.example.mx
# shellcheck disable=SC2086
check 'that has signed much, and whose key is stolen' "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$stolen" --reason key_compromise
person '' | submitted
equal 'nobody is sealed to a revoked key' "$(jq -r .error "$work/out")" oversight
check 'another is enrolled' enrol vigila2.example.mx oversight mx.vigilancia
second=$(curl -s "$url/v1/find?role=oversight" | jq '.entries[-1]')
first=$(curl -s "$url/v1/find?signer=vigila.example.mx" | jq '.entries[0]')
person '' | submitted --private "$work/p"
equal 'and sealed to' "$(jq -r .verdict "$work/out")" good
person '' | submitted --to "$first"
equal 'the revoked one cannot be asked for either' "$(jq -r .error "$work/out")" oversight
equal 'nor anybody else' "$(person '' | submitted --to 1; jq -r .error "$work/out")" oversight
check 'the second is revoked, too' sh -c '"$@"' - "$bin/bitacora" revoke --policy "$work/policy" --key "$work/registrar.key" --vkey "$enrolled" --reason key_compromise
revoked=$(($(entries) - 1))
cat >"$work/hint" <<EOF
{"size":400,"entries":[$second],"next":null}
EOF
printf 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %s\r\nConnection: close\r\n\r\n%s\n' "$(wc -c <"$work/hint")" "$(cat "$work/hint")" >"$work/list"
rm -rf "$work/asked"
mkdir "$work/asked"
beside env DENY=role=oversight GETS_TO=${url##*:} "$answer" "$work/asked" "$work/list" >"$work/port"
lying=$beside
wait_until test -s "$work/port"
person '' | submitted --log "http://127.0.0.1:$(cat "$work/port")"
equal 'a service that lists a revoked key as one in force is not believed' "$(jq -r .error "$work/out")" oversight
end_pid $lying
lie "/v1/receipts/$revoked"
person '' | submitted --log "$liar" --to "$second"
equal 'nor one that denies the revocation’s receipt' "$(jq -r .error "$work/out")" oversight
end_pid $lying
check 'a third' enrol vigila3.example.mx oversight mx.vigilancia

# ---- a key that has signed much is rotated -------------------------------------------------------
request mx.telco 300 | submit fgr.example.mx-a.lopez
cp "$official" "$work/old.key"
old=$(curl -s "$url/v1/find?signer=fgr.example.mx/a.lopez" | jq '.entries[0]')
vkey_old=$(curl -s "$url/v1/receipts/$old" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r .vkey)
rm "$official"
check 'the same name, a new key' enrol fgr.example.mx/a.lopez requester mx.fgr
# shellcheck disable=SC2086
"$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$vkey_old" --reason superseded >/dev/null 2>&1
request mx.telco 1 | submitted
equal 'is found, however much the old one signed' "$(jq -r .verdict "$work/out")" good

# ---- what was refused is not signed --------------------------------------------------------------
id=7c0e4a52-0000-4000-8000-000000000042
response mx.telco | jq -c ".id=\"$id\"" | submit telco.example.mx-desk
refusals() { curl -s "$url/metrics" | sed -n 's/^bitacora_records_refused_total.* //p' | paste -sd+ | sed 's/^$/0/' | { read -r sum; echo $((sum)); }; }
before=$(refusals)
request mx.telco 1 | jq -c ".id=\"$id\"|.at=\"$(date -u +%Y-%m-%dT%H:%M:%S.000Z)\"|.authority=\"mx.sedena\"" | submitted
equal 'somebody else’s use of an id is not taken for ours' "$(jq -r .error "$work/out") $(refusals)" "enrolment $before"

# ---- private parts -------------------------------------------------------------------------------
warrant_about() { warrant "$1" | jq -c '.subjects=[{type:"curp",value:"GOMC850315HDFRRR07"}]'; }
warrants() { jq -r 'select(.ref)|.ref' "$work/w" | tr '\n' ' '; }
for n in 1 2; do warrant_about W-$n | submit judge.example.mx-j1 --private "$work/w"; done
printf '%s' "$(cat "$work/w")" >"$work/cut" && cp "$work/cut" "$work/w"
warrant_about W-3 | submit judge.example.mx-j1 --private "$work/w"
equal 'a last line that lost its newline is not lost' "$(warrants)" 'W-1 W-2 W-3 '
printf '{"format":"bitacora/v1 pri' >>"$work/w"
warrant_about W-4 | submit judge.example.mx-j1 --private "$work/w"
equal 'one that was cut off goes' "$(warrants)" 'W-1 W-2 W-3 W-4 '
at=$(date -u -d '-2 hours' +%Y-%m-%dT%H:%M:%S.000Z)
person "|.id=\"${id%42}43\"|.at=\"$at\"" | submitted --private "$work/r"
equal 'a record that is refused by the log' "$(jq -r .error "$work/out")" skew
person "|.id=\"${id%42}43\"|.subjects[0].value=\"MARP800101MDFRTR03\"" | submitted --private "$work/r" --receipts "$work/receipts"
index=$(jq -r .index "$work/out")
# shellcheck disable=SC2086
expect 0 'sent again about somebody else: the opening is kept' "$bin/bitacora" disclose $p --private "$work/r" --out "$work/opening" "$work/receipts/$index.tlog-proof"
contains 'it is the right person’s' "$work/err" MARP800101MDFRTR03
exec 9>>"$work/w"
flock -n 9
warrant_about W-5 | "$bin/bitacora" submit --policy "$work/policy" --key "$judge" --private "$work/w" - >"$work/out" 2>"$work/err"
equal 'two writers at once: one is told to wait' $? 2
exec 9>&-
for line in '.kind=5' '.sealed=[5]' '.sealed[0].salt="AAAA"' '.sealed[0].to=3' '.ref=7'; do
    head -n 1 "$work/w" | jq -c "$line" >"$work/bad"
    chmod 600 "$work/bad"
    request mx.telco 1 | submitted --check --warrant "$work/bad"
    equal "what is no private part is refused: $line" $? 2
done
sed -n 1,2p "$work/w" | jq -c 'if .entry then .kind=5 else . end' >"$work/bad"
chmod 600 "$work/bad"
request mx.telco 1 | jq -c 'del(.warrant)' | submitted --check --warrant "$work/bad"
equal 'what a second line adds beside index and hash does not matter' $? 0

# ---- the ruleset's file is gone ------------------------------------------------------------------
"$bin/bitacora" ruleset --print | jq '.version="2"' >"$work/ruleset.json"
# shellcheck disable=SC2086
check 'a ruleset is pinned' "$bin/bitacora" pin $p --key "$work/registrar.key" "$work/ruleset.json"
sha=$(sha256sum "$work/ruleset.json" | cut -d' ' -f1)
lie "/v1/blobs/"
request mx.telco 1 | submitted --log "$liar"
check 'denied by the service: nothing is signed' test "$(find "$work/asked" -type f | xargs grep -l '^POST' | wc -l)" = 0
end_pid $lying
# shellcheck disable=SC2086
check 'it is ordered erased' "$bin/bitacora" new erasure $p --key "$judge" --blob "$(sha256sum "$work/ruleset.json" | cut -d' ' -f1 | tr a-f A-F | basenc --base16 -d | base64)" --order "$(head -c 32 /dev/zero | base64)"
request mx.telco 1 | jq -c '.purpose.code="no_code_of_any_law"' | submitted
equal 'erased: nothing is signed' "$(jq -r .error "$work/out")" erased
size=$(entries)
note_of() { # past the client
    under=$(curl -s "$url/v1/find?signer=judge.example.mx/j1" | jq '.entries[0]')
    hash=$(curl -s "$url/tile/0/000" | tail -c +$((under * 32 + 1)) | head -c 32 | base64)
    printf 'bitacora/v1 warrant\n%s\n' "$(warrant X | jq -c --argjson e "$under" --arg h "$hash" --arg at "$(date -u +%Y-%m-%dT%H:%M:%S.000Z)" 'del(.kind)+{id:"7c0e4a52-0000-4000-8000-0000000000aa",at:$at,under:{entry:$e,hash:$h}}')" |
        "$root/build/release/tools/sign_note" "$judge"
}
note_of >"$work/note"
equal 'the daemon takes nothing whose codes it cannot check' \
    "$(curl -s -H 'Content-Type: text/plain' --data-binary @"$work/note" "$url/v1/records" | jq -r .type)" /problems/code
stop_daemon
start_daemon "$work/data"
write_policy "$work/policy"
equal 'nor after a restart' \
    "$(curl -s -H 'Content-Type: text/plain' --data-binary @"$work/note" "$url/v1/records" | jq -r .type) $(entries)" "/problems/code $size"
jq '.version="3"' "$work/ruleset.json" >"$work/ruleset3.json"
# shellcheck disable=SC2086
check 'until a registrar pins another' "$bin/bitacora" pin $p --key "$work/registrar.key" "$work/ruleset3.json"
request mx.telco 1 | submitted
equal 'and all goes on' "$(jq -r .verdict "$work/out")" good
# shellcheck disable=SC2086
expect 2 'an option without a name' timeout 120 "$bin/bitacora" new request $p --key "$official" --=x
# shellcheck disable=SC2086
expect 0 'the log replays' "$bin/bitacora" replay $p
stop_daemon
finish
