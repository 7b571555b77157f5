#!/bin/sh
# Inside the booted container, as root: the units as an operator starts them. TAP on standard
# output.
set -u
export LC_ALL=C.UTF-8 PATH=/usr/local/bin:$PATH HOME=/root
cd /root || exit 2
number=0
ok() { number=$((number + 1)); echo "ok $number - $1"; }
not_ok() { number=$((number + 1)); echo "not ok $number - $1"; printf '%s\n' "$2" | sed 's/^/# /'; }
check() { # check DESCRIPTION COMMAND...
    what=$1
    shift
    if "$@" >/root/check.out 2>&1; then ok "$what"; else not_ok "$what" "exit $? of: $*
$(tail -n 10 /root/check.out)"; fi
}
equal() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', expected '$3'"; fi; }
wait_until() { # wait_until COMMAND...: for two minutes at most
    deadline=$(($(date +%s) + 120))
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}
shown() { systemctl show -P "$2" "$1"; } # shown UNIT PROPERTY
pid_of() { pid=$(shown "$1" MainPID); [ "$pid" -gt 0 ] && echo "$pid" || echo none; }
field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$(pid_of "$1")/status"; }
starts() { # starts UNIT: it says itself that it is ready
    systemctl start "$1" || { systemctl status --no-pager --lines=30 "$1"; return 1; }
}
says() { journalctl --no-pager --quiet --unit "$1" | grep -F "$2"; }

check 'users' systemd-sysusers
check 'folders' systemd-tmpfiles --create

# ---- the signer, its key under a passphrase that is a credential ---------------------------------
mkdir -p /etc/credstore
echo 'correct horse' >/etc/credstore/bitacora-passphrase
chmod 600 /etc/credstore/bitacora-passphrase
bitacora keygen log.example.mx/test --out log.key >vkey
check 'a key under a passphrase' bitacora key encrypt log.key --passphrase-file /etc/credstore/bitacora-passphrase \
    --memory 8192 --passes 1
install -o bitacora-signer -g bitacora-signer -m 600 log.key /etc/bitacora-signer/log.key
check 'the signer starts' starts bitacorad-signer
equal 'and says that it signs' "$(shown bitacorad-signer StatusText)" signs
equal 'inside its sandbox' "$(field bitacorad-signer Seccomp)/$(field bitacorad-signer NoNewPrivs)" 2/1
check 'both halves of it' says bitacorad-signer 'sandbox: seccomp and Landlock'
mv /etc/credstore/bitacora-passphrase /etc/bitacora-signer/passphrase
mkdir -p /run/systemd/system/bitacorad-signer.service.d
printf '[Service]\nLoadCredential=bitacora-passphrase:/etc/bitacora-signer/passphrase\n' \
    >/run/systemd/system/bitacorad-signer.service.d/passphrase.conf
systemctl daemon-reload
check 'the passphrase may be in a file that a drop-in names' systemctl restart bitacorad-signer

# ---- witness and daemon --------------------------------------------------------------------------
bitacora keygen w.example.mx --out w.key --witness >w.vkey
install -g bitacora-witness -m 640 /dev/null /etc/bitacora-witness/w.policy
printf 'log %s\nquorum none\n' "$(cat vkey)" >/etc/bitacora-witness/w.policy
install -o bitacora-witness -g bitacora-witness -m 600 w.key /etc/bitacora-witness/w.key
check 'a witness starts' starts bitacora-witness@w
equal 'and says that it cosigns' "$(shown bitacora-witness@w StatusText)" cosigns
equal 'inside its sandbox' "$(field bitacora-witness@w Seccomp)" 2
registrar=$(bitacora keygen registrar.example.mx --out registrar.key)
as_daemon() { setpriv --reuid=bitacora --regid=bitacora --init-groups "$@"; }
install -d -o bitacora -g bitacora -m 700 /var/lib/bitacora
check 'a log' as_daemon bitacorad init --dir /var/lib/bitacora/log --origin log.example.mx/test --registrar "$registrar" \
    --signer /run/bitacora-signer/socket
printf 'log %s http://127.0.0.1:8420\nwitness w %s http://127.0.0.1:8421\nquorum w\n' "$(cat vkey)" "$(cat w.vkey)" >policy
cp policy /etc/bitacora/policy
cp policy /etc/bitacora-mirror/policy
cp policy /etc/bitacora-monitor/policy
printf 'signer = /run/bitacora-signer/socket\n' >/etc/bitacora/bitacorad.conf
chmod 644 /etc/bitacora/* /etc/bitacora-mirror/* /etc/bitacora-monitor/*
check 'the daemon starts' starts bitacorad
equal 'and says that it serves' "$(shown bitacorad StatusText)" serves
equal 'inside its sandbox' "$(field bitacorad Seccomp)/$(field bitacorad NoNewPrivs)" 2/1
check 'both halves of it' says bitacorad 'sandbox: seccomp and Landlock'
for unit in bitacorad bitacorad-signer bitacora-witness@w; do
    check "$unit as it runs is exposed to less than 2.0" systemd-analyze security --no-pager --threshold=20 $unit
    equal "$unit is not root" "$(field $unit Uid | cut -f 1)" "$(id -u "$(shown $unit User)")"
done

# ---- at work -------------------------------------------------------------------------------------
official=$(bitacora keygen a.lopez.fgr.example.mx --out lopez.key)
check 'an official is enrolled' bitacora enroll --policy policy --key registrar.key --vkey "$official" --role requester \
    --authority mx.fgr --level federal
echo '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1}' >request
submit() { bitacora submit --policy policy --key lopez.key --receipts receipts --without-private request; }
check 'a request gets its receipt' submit
check 'with the witness on it' bitacora verify --policy policy receipts/*.tlog-proof
check 'reload' systemctl reload bitacorad
check 'is done' wait_until says bitacorad 'SIGHUP: settings and policy were read again'
equal 'and it serves' "$(shown bitacorad ActiveState)/$(shown bitacorad StatusText)" active/serves
echo 'no_such_setting = 1' >>/etc/bitacora/bitacorad.conf
systemctl reload bitacorad
equal 'a reload of settings that are wrong fails' "$?" 1
check 'and says why' wait_until says bitacorad 'there is no such setting'
equal 'the daemon goes on' "$(shown bitacorad ActiveState)/$(shown bitacorad StatusText)" \
    'active/serves; what was to be read again stays as it was, in part'
equal 'and says it by its metric' "$(curl -s http://127.0.0.1:8420/metrics | sed -n 's/^bitacora_config_last_reload_successful //p')" 0
sed -i '$d' /etc/bitacora/bitacorad.conf
check 'a reload of those that are right does not' systemctl reload bitacorad
check 'the mirror looks once' systemctl start bitacora-mirror
check 'and has a copy' test -e /var/lib/bitacora-mirror/log/checkpoint
check 'its timer' systemctl start bitacora-mirror.timer
equal 'waits' "$(shown bitacora-mirror.timer ActiveState)" active
check 'the monitor starts' starts bitacora-monitor
equal 'and says that it follows' "$(shown bitacora-monitor StatusText)" follows
check 'what it found is in the journal' wait_until says bitacora-monitor '"type":"audit"'
check 'what was told is remembered' test -e /var/lib/bitacora-monitor/state
check 'it is exposed to less than 2.0' systemd-analyze security --no-pager --threshold=20 bitacora-monitor
check 'it looks again when it is told to' systemctl reload bitacora-monitor
check 'it stops' systemctl stop bitacora-monitor

# ---- what goes wrong -----------------------------------------------------------------------------
kill -9 "$(pid_of bitacorad)"
restarted() { [ "$(shown bitacorad NRestarts)" = "$1" ] && [ "$(shown bitacorad ActiveState)" = active ]; }
check 'killed, it is started again' wait_until restarted 1
check 'and serves' submit
mkdir -p /run/systemd/system/bitacorad.service.d
printf '[Service]\nWatchdogSec=2\n' >/run/systemd/system/bitacorad.service.d/fast.conf
systemctl daemon-reload
check 'with a watchdog of two seconds' systemctl restart bitacorad
before=$(shown bitacorad NRestarts)
kill -STOP "$(pid_of bitacorad)"
check 'one that stands still is ended and started again' wait_until restarted $((before + 1))
check 'which the journal says' says bitacorad 'Watchdog timeout'
check 'it serves' submit
rm -r /run/systemd/system/bitacorad.service.d
systemctl daemon-reload
echo 'no_such_setting = 1' >>/etc/bitacora/bitacorad.conf
systemctl restart bitacorad
equal 'settings that are wrong end it' "$(shown bitacorad ActiveState)/$(shown bitacorad ExecMainStatus)" failed/2
printf 'signer = /run/bitacora-signer/socket\n' >/etc/bitacora/bitacorad.conf
systemctl reset-failed bitacorad

# ---- a socket of systemd's -----------------------------------------------------------------------
mkdir -p /run/systemd/system/bitacorad.socket.d
printf '[Socket]\nListenStream=\nListenStream=127.0.0.1:443\n' >/run/systemd/system/bitacorad.socket.d/loopback.conf
systemctl daemon-reload
check 'a socket below 1024' systemctl start bitacorad.socket
equal 'the daemon is not started yet' "$(shown bitacorad ActiveState)" inactive
check 'a request starts it' curl -sf -o answer http://127.0.0.1:443/checkpoint
check 'by the socket' says bitacorad 'a socket was passed'
sed -i 's|127.0.0.1:8420|127.0.0.1:443|' policy
check 'the log replays' bitacora replay --policy policy
systemctl stop bitacorad.socket
for unit in bitacorad bitacora-witness@w bitacorad-signer; do
    systemctl stop $unit
    equal "$unit ends well" "$(shown $unit Result)/$(shown $unit ExecMainStatus)" success/0
done
check 'fsck is clean' as_daemon bitacorad fsck --dir /var/lib/bitacora/log
journalctl --no-pager --quiet --unit 'bitacora*' >/out/journal
echo "1..$number"
