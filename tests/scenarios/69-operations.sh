#!/bin/sh
# docs/OPERATIONS.md: its commands are run, in their order; what they print is what the page says; its
# messages are those of the programs, and none is missing; its options, links and alerts exist.
. "$(dirname "$0")/../lib.sh"

page=$root/docs/OPERATIONS.md
free_ports() { # five ports that nobody uses
    /usr/bin/python3 -c '
import socket, random
found = []
while len(found) < 5:
    s = socket.socket()
    try:
        s.bind(("127.0.0.1", random.randint(15000, 32000)))
        found.append(s)
    except OSError:
        pass
print(*(s.getsockname()[1] for s in found))'
}
# shellcheck disable=SC2046
set -- $(free_ports)
export work bin WITNESS_PORT="$3"
mkdir -p "$work/etc" "$work/etc-signer" "$work/var" "$work/run" "$work/signer" "$work/backups" "$work/witness"
tab=$(printf '\t')
cat >"$work/map" <<EOF
https://bitacora.example.mx${tab}https://127.0.0.1:$1
listen = 0.0.0.0:443${tab}listen = 127.0.0.1:$1
127.0.0.1:8420${tab}127.0.0.1:$2
https://testigo.example.mx${tab}https://127.0.0.1:$3
/etc/bitacora-signer${tab}$work/etc-signer
/var/lib/bitacora-signer${tab}$work/signer
/var/lib/bitacora-witness${tab}$work/witness
/etc/bitacora${tab}$work/etc
/var/lib/bitacora${tab}$work/var
/run/bitacora${tab}$work/run
/var/backups/bitacora${tab}$work/backups
EOF
/usr/bin/python3 "$root/tests/tools/run_page.py" "$page" "$root/tests/tools/machine.sh" "$work/map" ${SHOW:+--show} >"$work/page.tap" 2>&1
status=$?
take_tap "$work/page.tap"
equal 'all of it was run' "$status" 0
rules=$root/packaging/prometheus/bitacora.rules.yml
/usr/bin/python3 "$root/tests/tools/check_page.py" "$root" "$bin" "$rules" "$work/home/metrics" >"$work/check.tap" 2>&1
status=$?
take_tap "$work/check.tap"
equal 'what it says of the programs was looked at' "$(tail -n 1 "$work/check.tap" | cut -c 1-3)/$status" 1../0
check 'the alerts are as Prometheus wants them' promtool check rules "$rules"
check 'and fire when they should, alone' promtool test rules "${rules%.rules.yml}.rules.test.yml"
finish
