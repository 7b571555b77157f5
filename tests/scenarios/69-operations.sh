#!/bin/sh
# docs/OPERATIONS.md: its commands are run, in their order; what they print is what the page says;
# its messages are those of the programs, and none is missing; its options, links and alerts exist.
# PAGE_LANG=es_MX.UTF-8 runs OPERATIONS.es.md instead.
. "$(dirname "$0")/../lib.sh"

export PAGE_LANG="${PAGE_LANG:-en_US.UTF-8}"
case $PAGE_LANG in es*) in=.es ;; *) in= ;; esac
page=$root/docs/OPERATIONS$in.md
# shellcheck disable=SC2046
set -- $(free_ports 3)
export work bin root LOG_PORT="$1"
mkdir -p "$work/etc" "$work/etc-signer" "$work/etc-witness" "$work/var" "$work/run" "$work/signer" "$work/backups" \
    "$work/witness" "$work/nginx/conf.d" "$work/sbin" "$work/media/key1" "$work/media/key2" "$work/prometheus"
cp /etc/prometheus/prometheus.yml "$work/prometheus/" # Debian's, of the package that promtool is in
while read -r there here; do printf '%s\t%s\n' "$there" "$here"; done >"$work/map" <<EOF
https://bitacora.example.mx https://127.0.0.1:$1
127.0.0.1:8420 127.0.0.1:$2
https://testigo.example.mx:8421 https://127.0.0.1:$3
DNS:testigo.example.mx DNS:testigo.example.mx,IP:127.0.0.1
0.0.0.0:8421 127.0.0.1:$3
/usr/local/bin $bin
/etc/bitacora-signer $work/etc-signer
/var/lib/bitacora-signer $work/signer
/run/bitacora-signer $work/run
/etc/bitacora-witness $work/etc-witness
/var/lib/bitacora-witness $work/witness
/etc/systemd/system $work/systemd/own
/run/systemd/system $work/systemd/once
/etc/bitacora $work/etc
/var/lib/bitacora $work/var
/var/backups/bitacora $work/backups
/etc/nginx $work/nginx
/usr/local/sbin $work/sbin
/media/key $work/media/key
/etc/prometheus $work/prometheus
/usr/share/doc/bitacorad/examples $root/packaging
EOF
printf -- 'listen 443 ssl\tlisten 127.0.0.1:%s ssl\n--uid bitacora\t--uid %s\n' "$1" "$(id -u)" >>"$work/map"
/usr/bin/python3 "$root/tests/tools/run_page.py" "$page" "$root/tests/tools/machine.sh" "$work/map" ${SHOW:+--show} >"$work/page.tap" 2>&1
status=$?
take_tap "$work/page.tap"
equal 'all of it was run' "$status" 0
rules=$root/packaging/prometheus/bitacora.rules.yml
/usr/bin/python3 "$root/tests/tools/check_page.py" "$root" "$bin" "$rules" "$work/home/metrics" >"$work/check.tap" 2>&1
status=$?
take_tap "$work/check.tap"
equal 'what it says of the programs was looked at' "$(tail -n 1 "$work/check.tap" | cut -c 1-3)/$status" 1../0
/usr/bin/python3 "$root/tests/tools/check_pairs.py" "$root" OPERATIONS >"$work/pairs.tap" 2>&1
status=$?
take_tap "$work/pairs.tap"
equal 'both languages were compared' "$(tail -n 1 "$work/pairs.tap" | cut -c 1-3)/$status" 1../0
check 'the alerts are as Prometheus wants them' promtool check rules "$rules"
check 'and fire when they should, alone' promtool test rules "${rules%.rules.yml}.rules.test.yml"

# ---- what the marks cannot see: the whole machine, set back --------------------------------------
state() { curl -s "$url/healthz" | jq -r .state; }
is_rolled_back() { [ "$(state)" = rolled_back ]; }
witnessed() { curl -sf "$url/checkpoint" | grep -q '^— w1.example.mx'; }
size() { curl -sf "$url/checkpoint" | sed -n 2p; }
check 'a log' new_log
new_witness w1
start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
check 'is run' start_daemon "$work/data" --policy "$work/served"
check 'and witnessed' wait_until witnessed
stop_daemon
mkdir "$work/snapshot"
cp -r "$work/data" "$work/data.mark" "$work/snapshot/"
start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
check 'it grows' enrol fgr.example.mx/a.lopez requester mx.fgr
equal 'witnessed' "$(size)" 2
curl -sf "$url/checkpoint" >"$work/newest"
stop_daemon
mv "$work/data" "$work/lost"
mv "$work/snapshot/data" "$work/snapshot/data.mark" "$work/"
cp -r "$work/data" "$work/alone"
cp "$work/data.mark" "$work/alone.mark"
check 'set back with its mark it starts' start_daemon "$work/data" --policy "$work/served"
check 'and its witness shows that it was' wait_until is_rolled_back
contains 'which is said' "$work/daemon.err" 'THE LOG WAS ROLLED BACK'
stop_daemon
rm "$work/alone/witnessed"
check 'without witnesses nothing shows' start_daemon "$work/alone"
equal 'at all' "$(state)" ok
stop_daemon
expect 2 'but to whoever has a newer checkpoint' "$bin/bitacorad" restore --dir "$work/alone" --newest "$work/newest"
contains 'who shows it' "$work/err" 'shows that this log has signed 2 entries'
finish
