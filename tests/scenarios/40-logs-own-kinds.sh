#!/bin/sh
# What the log signs itself besides genesis, and the members that nothing writes yet: every command that reads a log copes with
# them, no rule asks of them, nobody submits them, and nothing follows a freeze.
. "$(dirname "$0")/../lib.sh"

/usr/bin/python3 "$root/tests/interop/logs_own.py" "$work/logs" >"$work/made" 2>&1 || {
    not_ok 'the second writer writes its logs' "$(tail -n 5 "$work/made")"
    finish
}
log=$work/logs/good
b=$bin/bitacora
from="--policy $log/policy --dir $log/mirror"
# shellcheck disable=SC2086
of() { # of COMMAND... [-- OPTION...]: on the good log
    "$@" $from
}

expect 0 'a log with all of them replays' of "$b" replay
expect 0 'and is audited' of "$b" audit --json
equal 'no rule asks of what the log signed' "$(jq -c 'select(.type=="answer" and (.entry==8 or .entry==9))' "$work/out")" ''
equal 'nor counts it: R22 asks of all others but genesis' "$(jq -c 'select(.type=="rule" and .rule=="R22")|.pass' "$work/out")" 10
expect 0 'a warrant is checked' of "$b" warrant check C-1 --json
equal 'its entries are the warrant, the request and the answer' "$(jq -c '[(.warrants+.entries)[].entry]|unique' "$work/out")" '[6,7,10]'
expect 0 'in words, too' of "$b" warrant check C-1
expect 0 'a report is made' of "$b" report --from 2026-03 --to 2026-03 --json
expect 0 'signers are listed' of "$b" signers --json
equal 'the log is none of them' "$(jq -r '.signers[].role' "$work/out" | sort -u | tr '\n' ' ')" 'auditor holder judge oversight registrar requester '
for language in en es; do
    for kind in genesis index access enroll; do
        expect 0 "a receipt of $kind is shown, $language" "$b" receipt show --lang $language --policy "$log/policy" "$log/$kind.tlog-proof"
        cp "$work/out" "$work/$kind.$language"
    done
done
contains 'an index, in words' "$work/index.en" 'Index of the log'
contains 'each table with its entries' "$work/index.en" 'entries 5 to 6, rows: 5'
contains 'signed by the log, not by a registrar' "$work/index.en" 'Role        the log itself'
contains 'in Spanish' "$work/index.es" 'Índice de la bitácora'
contains 'and its tables' "$work/index.es" 'asientos 0 a 4, filas: 15'
contains 'who read' "$work/access.es" 'Constancia de quién leyó'
contains 'whom an enrolment names for readers' "$work/enroll.en" 'Observatorio Ciudadano A. C.'
contains 'and where it was published' "$work/enroll.es" 'DOF 2026-01-15'

log=$work/logs/ended from="--policy $work/logs/ended/policy --dir $work/logs/ended/mirror"
expect 0 'a log that ended replays' of "$b" replay --state "$work/state"
log=$work/logs/goes-on from="--policy $work/logs/goes-on/policy --dir $work/logs/goes-on/mirror"
expect 1 'one that goes on is bad' of "$b" replay --json --evidence "$work/evidence"
equal 'once, about the freeze' "$(jq -c '[.findings[]|[.code,.entry]]' "$work/out")" '[["frozen",13]]'
expect 0 'which evidence proves' "$b" verify-evidence --policy "$work/logs/goes-on/policy" "$work/evidence"
expect 1 'from a state, too' of "$b" replay --state "$work/state" --json
equal 'the same' "$(jq -c '[.findings[]|[.code,.entry]]' "$work/out")" '[["frozen",13]]'
expect 1 'an audit says so' of "$b" audit --lang es
contains 'in Spanish' "$work/out" 'la bitácora terminó con su `freeze`'

check 'a log' new_log
check 'is served' start_daemon "$work/data"
write_policy "$work/policy"
for kind in index access freeze; do
    "$b" schema $kind >"$work/schema" || not_ok "schema $kind"
    expect 2 "new makes no $kind" "$b" new $kind --policy "$work/policy" --key "$work/registrar.key"
done
printf '{"kind":"freeze"}\n' >"$work/freeze"
expect 3 'a registrar submits none' "$b" submit --policy "$work/policy" --key "$work/registrar.key" --json "$work/freeze"
equal 'for its role' "$(jq -r .error "$work/out")" role
"$b" keygen a.example --out "$work/a.key" 2>/dev/null >"$work/a.vkey"
expect 0 'members for readers are signed' "$b" new enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$(cat "$work/a.vkey")" --name a.example \
    --role auditor --authority mx.ong --level federal --display 'Observatorio' --designation 'DOF 2026-01-15' --binding "@$work/a.vkey" --yes
expect 0 'and the log replays' "$b" replay --policy "$work/policy"
finish
