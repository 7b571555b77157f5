#!/bin/sh
# The units of packaging/systemd in a booted Debian: a root by debootstrap (kept in build/boot), a
# container by systemd-nspawn, and in it tests/boot/guest.sh; then another one, and in it
# docs/OPERATIONS.md (tests/boot/page.sh). The last line is the count. Needs root. usage: boot.sh
# [guest|page]
set -eu
cd "$(dirname "$0")/../.."

boot=$PWD/build/boot
root=$boot/root
[ "$(id -u)" = 0 ] || { echo 'make boot needs root, to boot a container' >&2; exit 2; }
packages=systemd,systemd-sysv,dbus,procps,curl,ca-certificates,libsodium23,liblmdb0,libevent-core-2.1-7,libevent-extra-2.1-7
packages=$packages,libevent-openssl-2.1-7,libevent-pthreads-2.1-7,libjansson4,libyajl2,libcsv3,libssl3,zlib1g,libcurl4,libseccomp2
packages=$packages,python3,jq,sudo,openssl,nginx-light,softhsm2,opensc # the page's
mkdir -p "$boot"
if [ "$(cat "$root/made" 2>/dev/null)" != "$packages" ]; then
    rm -rf "$root"
    echo '# a root by debootstrap, once' >&2
    debootstrap --variant=minbase --include="$packages" bookworm "$root" >"$boot/debootstrap.log" 2>&1 ||
        { tail -n 5 "$boot/debootstrap.log" >&2; exit 2; }
    echo "$packages" >"$root/made"
fi
make -s install DESTDIR="$root" PREFIX=/usr/local >/dev/null
install -d "$root/usr/local/lib/boot-page"
install -m 755 tests/tools/run_page.py docs/OPERATIONS.md "$root/usr/local/lib/boot-page"
install -m 755 "$(command -v promtool)" "$root/usr/local/bin/promtool" # its package is large
install -D -m 644 /etc/prometheus/prometheus.yml "$root/etc/prometheus/prometheus.yml"
install -D -m 644 -t "$root/usr/share/doc/bitacorad/examples/prometheus" packaging/prometheus/bitacora.rules.yml
cat >"$root/etc/systemd/system/boot-test.service" <<'END'
[Unit]
Description=the test
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/usr/local/lib/boot-test
StandardOutput=file:/out/tap
StandardError=file:/out/err
ExecStopPost=/bin/systemctl poweroff --no-block
TimeoutStartSec=500
END
mkdir -p "$root/etc/systemd/system/multi-user.target.wants" "$boot/out"
ln -sf ../boot-test.service "$root/etc/systemd/system/multi-user.target.wants/boot-test.service"

# Each boot is of a copy, which is thrown away. Nothing of it reaches the machine's network. systemd
# 252 would keep Landlock from a container.
boot() { # boot GUEST: its TAP to standard output and to the end of $boot/tap
    install -m 755 "tests/boot/$1.sh" "$root/usr/local/lib/boot-test"
    rm -f "$boot/out"/*
    timeout 600 systemd-nspawn --quiet --directory="$root" --ephemeral --boot --register=no --keep-unit --private-network \
        --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' \
        --machine="bitacora-boot-$$" --bind="$boot/out:/out" </dev/null >"$boot/console.log" 2>&1 || :
    if ! grep -q '^1\.\.' "$boot/out/tap" 2>/dev/null; then
        echo 'the container did not come to its end' >&2
        tail -n 20 "$boot/console.log" "$boot/out"/* >&2 2>/dev/null
        exit 1
    fi
    cat "$boot/out/tap"
    cat "$boot/out/tap" >>"$boot/tap"
}
: >"$boot/tap"
for guest in ${1:-guest page}; do
    boot "$guest"
done
passed=$(grep -c '^ok ' "$boot/tap") || :
failed=$(grep -c '^not ok ' "$boot/tap") || :
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
