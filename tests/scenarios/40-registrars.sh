#!/bin/sh
# A registrar in force without an end always stays: the daemon refuses the revocation that would take the last one. And a log.key
# that others can read is not used.
. "$(dirname "$0")/../lib.sh"

check 'a log' new_log
chmod 640 "$work/data/log.key"
for command in 'run --listen 127.0.0.1:0' 'index --now'; do
    # shellcheck disable=SC2086
    expect 2 "${command%% *}: a log.key that a group can read" timeout 120 "$bin/bitacorad" $command --dir "$work/data"
    contains 'is named, with its mode and what is allowed' "$work/err" "$work/data/log.key has mode 0640: the log's key must be its owner's alone, at most 0600"
done
expect 2 'in Spanish' "$bin/bitacorad" --lang es index --now --dir "$work/data"
contains 'it says so' "$work/err" 'tiene el modo 0640'
chmod 600 "$work/data/log.key"
check 'its owner alone can' start_daemon "$work/data"
write_policy "$work/policy"

registrar_key() { # registrar_key NAME [OPTION...]: enrolled by the first one
    name=$1
    shift
    "$bin/bitacora" keygen "$name" --out "$work/$name.key" >"$work/$name.vkey" 2>/dev/null &&
        "$bin/bitacora" enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$(cat "$work/$name.vkey")" --role registrar \
            --authority mx.registro --level federal "$@"
}
revoke() { # revoke BY VKEY
    "$bin/bitacora" revoke --policy "$work/policy" --key "$work/$1.key" --vkey "$2" --reason superseded
}
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%S.000Z; }

check 'a registrar with an end' registrar_key brief.example --until "$(day '+9 days')"
check 'and one that begins later' registrar_key later.example --from "$(day '+5 days')"
expect 3 'the last without an end cannot be revoked by it' revoke brief.example "$registrar"
contains 'it is said why' "$work/err" 'is the last registrar in force without an end'
check 'what ends may be revoked' registrar_key other.example --until "$(day '+9 days')"
expect 0 'by another' revoke brief.example "$(cat "$work/other.example.vkey")"
expect 0 'what has not begun, too' revoke brief.example "$(cat "$work/later.example.vkey")"
check 'a second one without an end' registrar_key lasting.example
expect 0 'then the first may go' revoke brief.example "$registrar"
expect 3 'but not the second' revoke brief.example "$(cat "$work/lasting.example.vkey")"
expect 0 'integrity does not ask' "$bin/bitacora" replay --policy "$work/policy"
finish
