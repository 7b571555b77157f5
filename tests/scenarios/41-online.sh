#!/bin/sh
# verify --log: a receipt against the log of today. Backdated entries, another history, witnesses that were
# replaced, keys that were revoked; and what else holds an older copy against a newer log.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3 # Debian's own, which has python3-cryptography
served=$work/served

check 'lying logs, by the second writer' $python "$root/tests/interop/served.py" "$served"
p="--policy $served/policy"

serve() { # serve FOLDER: as any file server would; sets $files (URL) and $server
    beside python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$1" >"$work/server.out" 2>"$work/server.err"
    server=$beside
    wait_until grep -q 'port [0-9]' "$work/server.out"
    files=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server.out")
}
found() { jq -c '[(.findings//[])[], (.receipts//[])[].findings[] | [.code,.entry]]' "$work/out"; }
verify() { # shellcheck disable=SC2086
    "$bin/bitacora" verify $p "$@"
}

# ---- clocks: an entry that was accepted long before a tree without it was cosigned -----------------
live=$work/live
cp -r "$served/old" "$live"
serve "$live"
expect 0 'a receipt, offline' verify "$served/held.tlog-proof"
expect 0 'and against the log as it was' verify --log "$files" "$served/held.tlog-proof"
contains 'whether keys were revoked could not be asked there' "$work/err" 'could not be asked'
# shellcheck disable=SC2086
expect 0 'a mirror of it' "$bin/bitacora" mirror $p --log "$files" "$work/copy"
# shellcheck disable=SC2086
expect 0 'a replay that remembers it' "$bin/bitacora" replay $p --log "$files" --state "$work/state"
# shellcheck disable=SC2086
expect 0 'a report of it' "$bin/bitacora" report $p --log "$files" --from 2026-03 --to 2026-03 --json --out "$work/report.json"
rm -r "$live"/*
cp -r "$served"/new/* "$live"
expect 3 'the log goes on with what was accepted before: verify --log' verify --log "$files" --json "$served/held.tlog-proof"
equal 'by the clocks, at that entry, and at the last' "$(found)" '[["clock",30],["clock",39]]'
expect 0 'a receipt of the same tree, cosigned in time' verify --log "$files" "$served/fine.tlog-proof"
# shellcheck disable=SC2086
expect 3 'mirror' "$bin/bitacora" mirror $p --log "$files" --json "$work/copy"
equal 'by the clocks, too' "$(found)" '[["clock",30],["clock",39]]'
equal 'and the copy stays as it was' "$(sed -n 2p "$work/copy/checkpoint")" 30
# shellcheck disable=SC2086
expect 3 'replay --state' "$bin/bitacora" replay $p --log "$files" --state "$work/state" --json
equal 'by the clocks, as ever' "$(jq -c '[.findings[].code]' "$work/out")" '["clock"]'
# shellcheck disable=SC2086
expect 3 'report --check' "$bin/bitacora" report $p --check --log "$files" --json "$work/report.json"
equal 'by the clocks' "$(found)" '[["clock",30],["clock",39]]'
rm -r "$live"/*
cp -r "$served"/late/* "$live"
expect 3 'a tree that was cosigned before its last entry: verify --log' verify --log "$files" --json "$served/fine.tlog-proof"
equal 'by the clocks, at the last entry' "$(found)" '[["clock",39]]'
# shellcheck disable=SC2086
expect 3 'mirror of nothing before' "$bin/bitacora" mirror $p --log "$files" "$work/copy2"
check 'keeps nothing' test ! -e "$work/copy2/checkpoint"

# ---- one log, two keys of it --------------------------------------------------------------------------
rm -r "$live"/*
cp -r "$served"/rotated/* "$live"
expect 0 'a log that signs by a new key extends what it signed by the old one' "$bin/bitacora" verify --policy "$served/policy.rotated" --log "$files" "$served/fine.tlog-proof"

# ---- a shorter log, whose last entry the receipt's link does not name ------------------------------
rm -r "$live"/*
cp -r "$served"/short/* "$live"
expect 1 'a log that is shorter than the receipt, and another' verify --log "$files" --json "$served/beyond.tlog-proof"
equal 'by the link' "$(jq -c '[.receipts[0].findings[0].code,.receipts[0].findings[0].entry]' "$work/out")" '["link",31]'
# shellcheck disable=SC2086
expect 0 'with evidence that nobody asked for' "$bin/bitacora" verify-evidence $p "$work"/*.evidence-*
equal 'and no word of what good means' "$(grep -c 'good says' "$work/err")" 0
rm "$work"/*.evidence-*

# ---- revoked before ----------------------------------------------------------------------------------
end_pid "$server"
serve "$served/revoked"
expect 0 'offline nothing is known of it' verify "$served/after.tlog-proof"
expect 1 'a record by a key that was revoked before: verify --log' verify --log "$files" --json "$served/after.tlog-proof"
equal 'names the entry, and the one that revokes' "$(jq -c '[.receipts[0].findings[0]|.code,.entry,.related]' "$work/out")" '["enrolment",29,28]'
equal 'and how' "$(jq -c '[.receipts[0].revocations[]|.entry,.of,.reason,.since]' "$work/out")" '[28,29,"key_compromise","2026-03-02T08:00:00.000Z"]'
# shellcheck disable=SC2086
expect 0 'which convicts the log' "$bin/bitacora" verify-evidence $p "$work"/*.evidence-*
expect 0 'what others signed is good' verify --log "$files" --json "$served/by-another.tlog-proof"
equal 'though the log named that entry for any key' "$(jq -c '.receipts[0].revocations' "$work/out")" '[]'
end_pid "$server"
rm "$work"/*.evidence-*
serve "$served/two-faced"
expect 1 'a log whose answers contradict each other' verify --log "$files" --json "$served/by-another.tlog-proof"
equal 'is bad, whatever was asked' "$(jq -c '[.receipts[0].verdict,.findings[0].code,.receipts[0].revocations]' "$work/out")" '["good","receipt",null]'
# shellcheck disable=SC2086
expect 0 'and convicted by them' "$bin/bitacora" verify-evidence $p "$work"/*.evidence-*
end_pid "$server"

# ---- revoked since, and a witness replaced -----------------------------------------------------------
p="--policy $work/policy"
check 'a log' new_log
for w in w1 w2; do new_witness $w && start_witness $w && echo "$witness_url" >"$work/$w.url"; done
witnessed_by() { # witnessed_by FILE WITNESS
    printf 'log %s %s\nwitness %s %s %s\nquorum %s\n' "$vkey" "${url:-}" "$2" "$(cat "$work/$2.vkey")" "$(cat "$work/$2.url")" "$2" >"$1"
}
url=
witnessed_by "$work/served.w1" w1
check 'its daemon, with a witness' start_daemon "$work/data" --policy "$work/served.w1"
witnessed_by "$work/policy" w1
check 'people are enrolled' enrol fgr.example.mx/a.lopez requester mx.fgr
enrol telco.example.mx/desk holder mx.telco
request mx.telco 1 | submit fgr.example.mx-a.lopez --receipts "$work/r"
response mx.telco | submit telco.example.mx-desk --receipts "$work/s"
receipt=$(find "$work/r" -type f) answered=$(find "$work/s" -type f)
expect 0 'its receipt is good' verify --log "$url" --json "$receipt"
equal 'by its own checkpoint; nothing is revoked' "$(jq -c '.receipts[0]|[.quorum,.renewed,.revocations]' "$work/out")" '[true,null,[]]'
vkey_of() { # vkey_of ENTRY: the key that it enrols
    curl -s "$url/v1/receipts/$1" | sed -n 's/^extra //p' | base64 -d | tr -d '\0' | grep -ao '"vkey":"[^"]*"' | head -n 1 | cut -d'"' -f4
}
# shellcheck disable=SC2086
expect 0 'the holder has left' "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$(vkey_of 2)" --reason left_office
expect 0 'what it signed stands' verify --log "$url" --json "$answered"
equal 'and it is said' "$(jq -c '.receipts[0].revocations[]|[.of,.reason,.since]' "$work/out")" '[4,"left_office",null]'
contains 'for people, too' "$work/err" 'left'
# shellcheck disable=SC2086
expect 0 'the official’s key is compromised' "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$(vkey_of 1)" --reason key_compromise
expect 0 'offline that is not seen' verify "$receipt"
expect 3 'online it is: who signed cannot be decided' verify --log "$url" --json "$receipt"
equal 'by the key' "$(jq -c '.receipts[0].findings[]|[.code,.verdict,.entry,.related]' "$work/out")" '["compromise","undecided",3,6]'
contains 'and says so' "$work/err" 'revoked as compromised by entry 6'

enrol judge.example.mx/j1 judge cjf.juzgado1
warrant CJF-9/2026 | submit judge.example.mx-j1 --receipts "$work/j"
warranted=$(find "$work/j" -type f)
# shellcheck disable=SC2086
expect 0 'the judge’s key is compromised, but only since later' "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$(vkey_of 7)" --reason key_compromise --since 2099-01-01T00:00:00.000Z
expect 0 'what was signed before stands' verify --log "$url" --json "$warranted"
equal 'and it is said, too' "$(jq -c '.receipts[0].revocations[]|[.of,.reason,.since]' "$work/out")" '[8,"key_compromise","2099-01-01T00:00:00.000Z"]'

stop_daemon
url=
witnessed_by "$work/served.w2" w2
check 'the witness is replaced' start_daemon "$work/data" --policy "$work/served.w2"
witnessed_by "$work/policy" w2
expect 3 'an old receipt has no quorum any more' verify --json "$answered"
equal 'for want of whom' "$(jq -r '.receipts[0].findings[].detail' "$work/out")" "the checkpoint does not have the policy's quorum of witnesses yet; not cosigned by: w2"
expect 3 'in Spanish, too' verify --lang es "$answered"
contains 'wholly' "$work/err" 'no lo cofirmaron: w2'
renewed() { verify --log "$url" --json "$answered" >"$work/out" 2>"$work/err"; }
check 'online it is proven again' wait_until renewed
equal 'under the checkpoint of now' "$(jq -c '.receipts[0]|[.verdict,.quorum,.renewed.size,.findings]' "$work/out")" '["good",false,10,[]]'
contains 'which is said' "$work/err" 'proven again'
cp "$work/policy" "$work/policy.w2"
printf 'log %s\nwitness w1 %s\nwitness w2 %s\ngroup g all w1 w2\nquorum g\n' "$vkey" "$(cat "$work/w1.vkey")" "$(cat "$work/w2.vkey")" >"$work/policy"
expect 3 'not where the log lacks witnesses, too' verify --log "$url" --json "$answered"
equal 'nothing is proven again then' "$(jq -c '.receipts[0]|[.verdict,.renewed]' "$work/out")" '["undecided",null]'
contains 'of its own' "$work/err" 'not cosigned by: w1'
cp "$work/policy.w2" "$work/policy"

# ---- words --------------------------------------------------------------------------------------------
printf 'log %s\nquorum none\n' "$vkey" >"$work/policy"
expect 0 'no witness is asked for' verify --json "$answered"
equal 'so there is no quorum, and none is missing' "$(jq -c '.receipts[0].quorum' "$work/out")" null
# shellcheck disable=SC2086
expect 0 'nor by receipt show' "$bin/bitacora" receipt show $p --json "$answered"
equal 'in its JSON' "$(jq -c .quorum "$work/out")" null
expect 0 'verify in Spanish' verify --lang es --log "$url" "$answered"
equal 'says how it is in Spanish' "$(cut -d' ' -f2- "$work/out")" 'bien 4 Respuesta de quien tiene los datos telco.example.mx/desk 5'
equal 'without an English word' "$(grep -ciwE 'good|bad|undecided|the|entry|revoked|replay tells|says' "$work/err")" 0
expect 0 'in English it is as scripts read it' verify "$answered"
equal 'word by word' "$(cut -d' ' -f2- "$work/out")" 'good 4 response telco.example.mx/desk 5'
finish
