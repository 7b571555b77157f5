#!/bin/sh
# Inside the booted container, as root: the packages of /debs are installed, a log is made and runs,
# they are upgraded to those of /next, removed, purged, installed again. TAP on standard output.
set -u
export LC_ALL=C.UTF-8 HOME=/root DEBIAN_FRONTEND=noninteractive
cd /root || exit 2
number=0
ok() { number=$((number + 1)); echo "ok $number - $1"; }
not_ok() { number=$((number + 1)); echo "not ok $number - $1"; printf '%s\n' "$2" | sed 's/^/# /'; }
check() { # check DESCRIPTION COMMAND...
    what=$1
    shift
    if "$@" >/root/check.out 2>&1; then ok "$what"; else not_ok "$what" "exit $? of: $*
$(tail -n 20 /root/check.out)"; fi
}
equal() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got '$2', expected '$3'"; fi; }
shown() { systemctl show -P "$2" "$1"; } # shown UNIT PROPERTY
all_of() { for unit in bitacorad-signer bitacorad bitacora-witness@w; do shown $unit "$1"; done | tr '\n' ' '; }
is() { stat -c '%U:%G %a' "$1"; }
version() { curl -s http://127.0.0.1:8420/metrics | sed -n 's/^bitacora_build_info{version="\(.*\)"} 1/\1/p'; }
wait_until() { # wait_until COMMAND...: for two minutes at most
    deadline=$(($(date +%s) + 120))
    until "$@" >/dev/null 2>&1; do
        [ "$(date +%s)" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}
ready() { curl -sf http://127.0.0.1:8420/readyz; }
state() { # what purging must not touch
    find /var/lib/bitacora /var/lib/bitacora-signer /etc/bitacora-signer /var/backups/bitacora -type f \
        -exec sha256sum {} + | grep -v -e '/lock' -e '/log.mark' | sort
}

# ---- installed -----------------------------------------------------------------------------------
check 'the packages are installed' dpkg -i /debs/bitacora_*.deb /debs/bitacorad_*.deb /debs/libbitacora*.deb
equal 'a folder for the log is its user alone' "$(is /var/lib/bitacora)" 'bitacora:bitacora 700'
equal 'one for the signer, too' "$(is /var/lib/bitacora-signer)" 'bitacora-signer:bitacora-signer 700'
equal 'settings are read by the daemon' "$(is /etc/bitacora)" 'root:bitacora 750'
equal 'the key by the signer' "$(is /etc/bitacora-signer)" 'root:bitacora-signer 750'
equal 'the witness has its folder' "$(is /etc/bitacora-witness)" 'root:bitacora-witness 750'
equal 'nothing is enabled' "$(systemctl is-enabled bitacorad bitacorad.socket bitacorad-signer bitacora-witness@w bitacora-mirror.timer 2>&1 | sort -u)" disabled
equal 'nothing runs' "$(systemctl list-units --no-legend --state=active 'bitacora*')" ''
equal 'nothing has failed' "$(systemctl list-units --no-legend --state=failed 'bitacora*')" ''
check 'man pages are there' test -s /usr/share/man/man8/bitacorad.8.gz -a -s /usr/share/man/man1/bitacora-verify.1.gz
check 'completions, too' test -s /usr/share/bash-completion/completions/bitacora
check 'the library is found' sh -c 'ldconfig -p | grep -q libbitacora.so'
before=$(dpkg-query -W -f '${Version}' bitacorad)

# ---- a log ---------------------------------------------------------------------------------------
(
    umask 077
    bitacora keygen log.example.mx/test --out /etc/bitacora-signer/log.key >vkey
    mkdir -p /etc/credstore
    echo 'correct horse' >/etc/credstore/bitacora-passphrase
)
check 'its key' bitacora key encrypt /etc/bitacora-signer/log.key --passphrase-file /etc/credstore/bitacora-passphrase --memory 8192 --passes 1
chown bitacora-signer: /etc/bitacora-signer/log.key
registrar=$(bitacora keygen registrar.example.mx --out registrar.key)
bitacora keygen w.example.mx --out w.key --witness >w.vkey
install -g bitacora-witness -m 640 /dev/null /etc/bitacora-witness/w.policy
printf 'log %s\nquorum none\n' "$(cat vkey)" >/etc/bitacora-witness/w.policy
install -o bitacora-witness -m 600 w.key /etc/bitacora-witness/w.key
sed -i 's|^#signer =|signer =|; $a # of this machine' /etc/bitacora/bitacorad.conf
check 'signer and witness start' systemctl start bitacorad-signer bitacora-witness@w
check 'a log' setpriv --reuid=bitacora --regid=bitacora --init-groups bitacorad init --dir /var/lib/bitacora/log \
    --origin log.example.mx/test --registrar "$registrar" --config /etc/bitacora/bitacorad.conf
printf 'log %s http://127.0.0.1:8420\nwitness w %s http://127.0.0.1:8421\nquorum w\n' "$(cat vkey)" "$(cat w.vkey)" >policy
install -m 644 policy /etc/bitacora/policy
install -m 644 policy /etc/bitacora-mirror/policy
check 'its daemon starts' systemctl enable --now bitacorad-signer bitacora-witness@w bitacorad bitacora-mirror.timer
official=$(bitacora keygen a.lopez.fgr.example.mx --out lopez.key)
check 'an official is enrolled' bitacora enroll --policy policy --key registrar.key --vkey "$official" --role requester \
    --authority mx.fgr --level federal
echo '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1}' >request
submit() { bitacora submit --policy policy --key lopez.key --receipts receipts --without-private request; }
check 'a request gets its receipt' submit
check 'the mirror looks once' systemctl start bitacora-mirror
check 'and has a copy' test -s /var/lib/bitacora-mirror/log/checkpoint
equal 'the daemon is of this version' "$(version)" "$before"

# ---- upgraded ------------------------------------------------------------------------------------
cp /etc/bitacora/bitacorad.conf ours
pids=$(all_of MainPID)
check 'upgraded, with settings of our own and other ones shipped' \
    dpkg --force-confold -i /next/bitacora_*.deb /next/bitacorad_*.deb /next/libbitacora*.deb
after=$(dpkg-query -W -f '${Version}' bitacorad)
check 'to a higher version' dpkg --compare-versions "$after" gt "$before"
check 'our settings are kept' cmp ours /etc/bitacora/bitacorad.conf
check 'the new ones lie beside them' grep -q 'of the next version' /etc/bitacora/bitacorad.conf.dpkg-dist
equal 'all run' "$(all_of ActiveState)" 'active active active '
others() { # whether none of them is the process that it was
    for pid in $pids; do case " $(all_of MainPID)" in *" $pid "*) return 1 ;; esac; done
}
check 'as other processes' others
check 'which serve' wait_until ready
equal 'the new version' "$(version)" "$after"
check 'and append' submit
check 'the log is good' bitacora replay --policy policy
check 'receipts from before, too' bitacora verify --policy policy receipts/*.tlog-proof
equal 'the timer waits on' "$(shown bitacora-mirror.timer ActiveState)" active

# ---- removed, purged, and back -------------------------------------------------------------------
check 'removed' dpkg --remove bitacorad
equal 'the daemon has ended' "$(systemctl is-active bitacorad.socket bitacorad bitacorad-signer | tr '\n' ' ')" 'inactive inactive inactive '
check 'settings stay' cmp ours /etc/bitacora/bitacorad.conf
state >state.before
check 'there is something to lose' grep -q /var/lib/bitacora/log/store state.before
check 'purged' sh -c 'dpkg --purge bitacorad >purge 2>&1'
check 'which says what it keeps' grep -q '/var/lib/bitacora is kept' purge
state >state.after
check 'no byte of log, key, mark or backup is gone' cmp state.before state.after
equal 'nor is their user' "$(is /var/lib/bitacora/log)" 'bitacora:bitacora 700'
check 'a witness runs on' test "$(shown bitacora-witness@w ActiveState)" = active
check 'the client is purged, too' dpkg --purge libbitacora-dev libbitacora1 bitacora
equal 'nothing runs any more' "$(systemctl list-units --plain --no-legend --state=active 'bitacora*')" ''
check 'a witness keeps what it has seen' test -d /var/lib/bitacora-witness/w
check 'installed again' dpkg -i /next/bitacora_*.deb /next/bitacorad_*.deb
cp ours /etc/bitacora/bitacorad.conf
check 'all of it starts' systemctl start bitacorad-signer bitacora-witness@w bitacorad
check 'serves' wait_until ready
check 'and goes on' submit
check 'as the same log' bitacora replay --policy policy
journalctl --no-pager --quiet --unit 'bitacora*' >/out/journal
echo "1..$number"
