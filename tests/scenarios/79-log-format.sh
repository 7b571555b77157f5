#!/bin/sh
# log_format = json: each line that daemon and signer write once they run is one JSON object with the
# members of INTERFACES, 29.6; SIGHUP takes the other form in.
. "$(dirname "$0")/../lib.sh"
cat >"$work/line.jq" <<'END'
length > 0 and all(.[]; (keys == ["level", "message", "time"]) and (.level | IN("info", "warning", "error"))
and (.time | test("^20[0-9-]+T[0-9:.]+Z$")) and (.message | length > 0))
END
all_json() { # all_json FILE: its lines, and there are some, are such objects
    jq -e -s -f "$work/line.jq" <"$1" >/dev/null && [ "$(jq -c . "$1" | wc -l)" = "$(wc -l <"$1")" ]
}
told() { grep -q "$1" "$work/daemon.err"; }

"$bin/bitacora" keygen log.example.mx/test --out "$work/signer.key" >"$work/vkey"
vkey=$(cat "$work/vkey")
check 'a signer with --json' start_signer --json
printf 'signer = %s\nlog_format = json\n' "$work/signer.sock" >"$work/conf"
registrar=$("$bin/bitacora" keygen registrar.example.mx --out "$work/registrar.key")
check 'a log' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test --registrar "$registrar" --config "$work/conf"
check 'its daemon' start_daemon "$work/data" --config "$work/conf"
write_policy "$work/policy"
check 'is used' enrol fgr.example.mx/a.lopez requester mx.fgr
# That this test runs as root is said before the settings are read.
sed '1{/^20[^ ]* warning: this runs as root/d}' "$work/daemon.err" >"$work/daemon.lines"
check 'each line of the daemon is an object' all_json "$work/daemon.lines"
check 'each line of the signer, too' all_json "$work/signer.err"
equal 'a message is the one of the text' "$(jq -r 'select(.level == "info").message' "$work/signer.err" | grep -c '^signs for log.example.mx/test')" 1
printf 'signer = %s\n' "$work/signer.sock" >"$work/conf"
kill -HUP "$daemon"
check 'at SIGHUP it writes text again' wait_until told '^20[^ ]*Z info: SIGHUP: settings'
equal 'the last object says so' "$(grep '^{' "$work/daemon.err" | tail -n 1 | jq -r .message)" 'setting log_format: it was json, and is text now'
stop_daemon
printf 'log_format = xml\n' >"$work/conf"
expect 2 'another form is refused' "$bin/bitacorad" run --check --dir "$work/data" --config "$work/conf"
contains 'by name' "$work/err" 'log_format is one of text|json'
finish
