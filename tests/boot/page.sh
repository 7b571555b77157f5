#!/bin/sh
# Inside the booted container, as root: the commands of docs/OPERATIONS.md as they stand there, with
# their own names, paths and ports. TAP on standard output.
export LC_ALL=C.UTF-8 HOME=/root PATH=/usr/local/bin:/usr/local/sbin:/usr/bin:/usr/sbin:/bin:/sbin
cd /root || exit 2
echo "127.0.0.1 localhost $(hostname) bitacora.example.mx testigo.example.mx" >/etc/hosts
systemctl stop nginx
systemd-sysusers
systemd-tmpfiles --create
install -d -o bitacora -g bitacora -m 0700 /var/lib/bitacora /var/backups/bitacora
install -d -o bitacora-signer -g bitacora-signer -m 0700 /var/lib/bitacora-signer
# A reboot would end this test: all is stopped, and what is enabled is started.
cat >/usr/local/bin/systemctl <<'END'
#!/bin/sh
[ "$1" = reboot ] || exec /usr/bin/systemctl "$@"
/usr/bin/systemctl stop bitacorad.socket bitacorad bitacorad-signer 'bitacora-witness@*'
/usr/bin/systemctl start sockets.target multi-user.target
END
chmod 0755 /usr/local/bin/systemctl
mkdir -p /media/key1 /media/key2 # two that are mounted
/usr/bin/python3 /usr/local/lib/boot-page/run_page.py /usr/local/lib/boot-page/OPERATIONS.md /dev/null /dev/null
journalctl --no-pager --quiet --unit 'bitacora*' >/out/journal
