#!/bin/sh
# What an operator asks: would it start (run --check), may records be sent to it (/readyz), and the
# numbers, by Prometheus' own check.
. "$(dirname "$0")/../lib.sh"
d=$bin/bitacorad

code() { curl -s -m 10 -o "$work/body" -w '%{http_code}' "$url$1"; }
state() { jq -r .state "$work/body"; }
ready() { [ "$(code /readyz)" = "$1" ]; }
told() { grep -c 'SIGHUP: ' "$work/daemon.err"; }
told_more() { [ "$(told)" -gt "$1" ]; }
hup() {
    before=$(told)
    kill -HUP "$daemon"
    wait_until told_more "$before"
}
tree() { (cd "$work/data" && ls -l --full-time ../data.mark && find . -printf '%p %y %s %T@\n' | sort && find . -type f -exec sha256sum {} + | sort); }

check 'a log' new_log
new_witness w1
printf 'log %s\nwitness w1 %s http://127.0.0.1:1\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" >"$work/witnessed"
printf 'log %s\nquorum none\n' "$vkey" >"$work/alone"

# ---- would it start? -----------------------------------------------------------------------------
tree >"$work/before"
expect 0 'a log that would start' "$d" run --check --dir "$work/data"
contains 'it is said' "$work/out" 'settings, policy and log are fit for a start'
expect 0 'in Spanish' "$d" run --lang es --check --dir "$work/data" --policy "$work/alone"
contains 'it is said, too' "$work/out" 'sirven para arrancar'
printf 'reads = 7\nlisten = 127.0.0.1:0\n' >"$work/config"
expect 0 'with settings and witnesses' "$d" run --check --dir "$work/data" --policy "$work/witnessed" --config "$work/config"
printf 'reads = 0\nlisten = 127.0.0.1:0\nlisten = x\nreeds = 1\n' >"$work/config"
printf 'log %s\nquorum none\n' "$registrar" >"$work/other"
expect 2 'whatever is wrong' "$d" run --check --dir "$work/data" --policy "$work/other" --config "$work/config"
contains 'is told, of settings' "$work/err" "$work/config:1: reads = 0: reads is a whole number"
contains 'all of them' "$work/err" "$work/config:4: reeds = 1: there is no such setting"
contains 'and twice' "$work/err" "$work/config:3: listen = x: listen is set in line 2 already"
contains 'and of the policy' "$work/err" "$work/other is not a policy of this log"
equal 'and nothing else' "$(grep -c . "$work/err")/$(cat "$work/out")" 4/
expect 2 'an address that is none' "$d" run --check --dir "$work/data" --listen nowhere --policy "$work/none"
contains 'is told' "$work/err" 'listen: nowhere is not an address to listen on'
contains 'and a policy that is not there' "$work/err" "cannot read $work/none"
expect 2 'no log' "$d" run --check --dir "$work/empty"
contains 'is told' "$work/err" "$work/empty: No such file or directory"
check 'nothing was written' sh -c '! test -e "$1"' - "$work/empty"
tree >"$work/after"
check 'nothing of the log was touched' cmp "$work/before" "$work/after"
cp -r "$work/data" "$work/broken"
rm "$work/broken/lock" "$work/broken/store/lock.mdb"
expect 2 'a copy, which has no mark' "$d" run --check --dir "$work/broken"
contains 'is told' "$work/err" "there is no mark $work/broken.mark"
expect 0 'a copy in which nobody ever ran' "$d" run --check --no-mark --dir "$work/broken"
equal 'is looked at, and left' "$(tail -n 1 "$work/out")/$(ls "$work/broken" "$work/broken/store" | grep -c lock)" 'settings, policy and log are fit for a start/0'
chmod 644 "$work/broken/log.key"
echo nonsense >"$work/broken/witnessed"
printf 'listen = 127.0.0.1:0\n' >"$work/config"
expect 2 'a key that others can read' "$d" run --check --no-mark --dir "$work/broken" --policy "$work/witnessed"
contains 'is told' "$work/err" 'log.key has mode 0644'
chmod 600 "$work/broken/log.key"
cp -p "$work/broken/log.key" "$work/kept.key"
(umask 077; echo 'una frase segura' >"$work/phrase"; echo 'una frase insegura' >"$work/other.phrase")
check 'a key under a passphrase' "$bin/bitacora" key encrypt --memory 8192 --passes 1 --passphrase-file "$work/phrase" "$work/broken/log.key"
expect 0 'that is not given' setsid -w "$d" run --check --no-mark --dir "$work/broken"
contains 'was not tried' "$work/out" 'fit for a start, if the passphrase of log.key opens it: none was given'
expect 2 'that is not the one' "$d" run --check --no-mark --dir "$work/broken" --passphrase-file "$work/other.phrase"
contains 'is told' "$work/err" 'log.key could not be opened: wrong passphrase'
expect 0 'that opens it' "$d" run --check --no-mark --dir "$work/broken" --passphrase-file "$work/phrase"
equal 'is tried' "$(tail -n 1 "$work/out")" 'settings, policy and log are fit for a start'
cp -p "$work/kept.key" "$work/broken/log.key"
expect 2 'a file of the feed that is none' "$d" run --check --no-mark --dir "$work/broken" --policy "$work/witnessed"
contains 'is told' "$work/err" "$work/broken/witnessed is not a checkpoint of this log"
rm "$work/broken/witnessed"
echo nonsense >"$work/broken/rolled_back"
expect 2 'one that only witnesses can judge' "$d" run --check --no-mark --dir "$work/broken" --policy "$work/alone"
contains 'is told' "$work/err" "$work/broken/rolled_back shows a checkpoint"
check 'and left' rm "$work/broken/rolled_back"
dd if=/dev/zero of="$work/broken/store/data.mdb" bs=4096 count=3 conv=notrunc 2>/dev/null
expect 2 'a store that is damaged' "$d" run --check --no-mark --dir "$work/broken"
contains 'is told' "$work/err" 'store: '

# ---- a log that runs -----------------------------------------------------------------------------
check 'a daemon' start_daemon "$work/data" --config "$work/config"
expect 0 'can be asked about while it runs' "$d" run --check --dir "$work/data" --config "$work/config"
contains 'which is said' "$work/out" 'the log is running, so its store was not looked at'
equal 'it is ready' "$(code /readyz)/$(state)" 200/ok
equal 'with where the log stands' "$(jq -c 'keys' "$work/body")/$(jq .size "$work/body")" '["origin","root","set_aside","size","state"]/1'
equal 'by HEAD, too' "$(curl -sI -o /dev/null -w '%{http_code}' "$url/readyz")" 200
equal 'and by nothing else' "$(curl -s -o /dev/null -X POST -w '%{http_code}' "$url/readyz")" 405
write_policy "$work/policy"
check 'records are taken' enrol fgr.example.mx/a.lopez requester mx.fgr
printf 'min_free = 9223372036854775807\n' >"$work/config"
check 'a disk with less free than it must have' hup
equal 'is not ready' "$(code /readyz)/$(state)" 503/full
equal 'but alive' "$(code /healthz)/$(state)" 200/full
equal 'and read' "$(code /checkpoint) $(code /tile/0/000.p/2) $(code /v1/receipts/1)" '200 200 200'
request mx.telco 1 >"$work/one"
"$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --json "$work/one" >"$work/out" 2>&1
contains 'nothing is appended' "$work/out" 'full'
: >"$work/config"
check 'with room again' hup
equal 'it is ready' "$(code /readyz)/$(state)" 200/ok
expect 0 'and appends' "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --json "$work/one"
curl -s "$url/metrics" >"$work/metrics"
check 'the numbers are as Prometheus wants them' promtool check metrics <"$work/metrics"
version=$("$d" --version | sed -n '1s/bitacorad //p')
contains 'with the version' "$work/metrics" "bitacora_build_info{version=\"$version\"} 1"
check 'times are seconds' grep -qE '^bitacora_commit_seconds_total [0-9]+\.[0-9]{6}$' "$work/metrics"
names=$(sed -n 's/^\([a-z_][a-z_]*\).*/\1/p' "$work/metrics" | sort -u)
equal 'each with its help' "$(sed -n 's/^# HELP \([a-z_]*\) ..*/\1/p' "$work/metrics" | sort)" "$(echo "$names
bitacora_records_refused_total" | sort -u)"
check 'it ends' stop_daemon

# ---- one that starts -----------------------------------------------------------------------------
beside "$root/build/release/tools/answer" "$work" - >"$work/port"
silent=$beside
wait_until test -s "$work/port"
printf 'log %s\nwitness w1 %s http://127.0.0.1:%s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$(cat "$work/port")" >"$work/silent"
echo 'witness_timeout = 600' >"$work/config"
check 'a daemon whose witness says nothing' start_daemon "$work/data" --policy "$work/silent" --config "$work/config"
equal 'is not ready yet' "$(code /readyz)/$(state)" 503/starting
equal 'but alive' "$(code /healthz)/$(state)" 200/ok
curl -s "$url/metrics" >"$work/metrics"
check 'numbers of witnesses are right, too' promtool check metrics <"$work/metrics"
printf 'log %s\nquorum none\n' "$vkey" >"$work/silent"
check 'without that witness' hup
check 'it is ready' wait_until ready 200
check 'it ends' stop_daemon
finish
