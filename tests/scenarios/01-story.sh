#!/bin/sh
# The main job, on real components: an official's signed request goes into the log, comes back as a
# receipt in the same round trip, and an auditor who trusts nobody proves that nothing was altered.
. "$(dirname "$0")/../lib.sh"

check 'a log, a judge, an official and a data holder; 40 entries' small_log 40

request mx.telco 2 | submit fgr.example.mx-a.lopez --receipts "$work/receipts" --json
equal 'each record comes back as a receipt' "$(ls "$work/receipts" | wc -l)" 2
equal 'submit --json says one line per record' "$(jq -r .verdict "$work/submit.out" | tr '\n' ' ')" 'good good '

expect 0 'receipts verify offline' "$bin/bitacora" verify --policy "$work/policy" "$work"/receipts/*
equal 'and say what they are' "$(sed -n 's/.*tlog-proof //p' "$work/out" | head -n 1)" \
    "good 40 request fgr.example.mx/a.lopez 41"
expect 0 'and against the log' "$bin/bitacora" verify --policy "$work/policy" --log "$url" "$work"/receipts/*
expect 0 'the log replays' "$bin/bitacora" replay --policy "$work/policy" --json
equal 'all of it: 42 entries, 42 signatures, no finding' \
    "$(jq -c '[.ok,.size,.signatures,.findings]' "$work/out")" '[true,42,42,[]]'
genesis=$(jq -r .genesis "$work/out")
expect 0 'and against its pinned genesis' "$bin/bitacora" replay --policy "$work/policy" --genesis "$genesis"
other=$(head -c 32 /dev/zero | base64)
expect 1 'but not against another' "$bin/bitacora" replay --policy "$work/policy" --genesis "$other"
expect 0 'a mirror is made' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
expect 0 'and replays without the operator' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/mirror"
request mx.telco 300 | submit fgr.example.mx-a.lopez
expect 0 'the mirror grows over a full bundle' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
files() { # files: of the mirror
    (cd "$work/mirror" && find . -type f | sort | tr '\n' ' ')
}
equal 'keeping what this checkpoint needs, and the one before' "$(files)" \
    './checkpoint ./tile/0/000 ./tile/0/000.p/42 ./tile/0/001.p/86 ./tile/1/000.p/1 ./tile/entries/000 ./tile/entries/000.p/42 ./tile/entries/001.p/86 '
expect 0 'and still replays' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/mirror" --structure
request mx.telco 1 | submit fgr.example.mx-a.lopez
expect 0 'it grows once more' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
check 'and drops what the full tile holds' test ! -e "$work/mirror/tile/0/000.p" -a ! -e "$work/mirror/tile/entries/000.p"

expect 0 'the registrar revokes the data holder' "$bin/bitacora" revoke --policy "$work/policy" \
    --key "$work/registrar.key" --vkey "$enrolled" --reason left_office
expect 3 'whose next record is refused' "$bin/bitacora" submit --policy "$work/policy" \
    --key "$work/telco.example.mx-desk.key" - <<EOF
$(response mx.telco)
EOF
contains 'as revoked' "$work/err" '[enrolment]'
expect 0 'while old receipts stand' "$bin/bitacora" verify --policy "$work/policy" "$work"/receipts/*
LANG=es_MX.UTF-8 LC_ALL='' "$bin/bitacora" replay --policy "$work/policy" >"$work/es.out" 2>&1
contains 'and all of it in Spanish, too' "$work/es.out" 'firmas verificadas'

expect 0 'SIGTERM: the daemon answers what is in flight and exits 0' stop_daemon
expect 0 'and its store is clean' "$bin/bitacorad" fsck --dir "$work/data"
expect 3 'a log that cannot be reached is undecided' "$bin/bitacora" replay --policy "$work/policy"
finish
