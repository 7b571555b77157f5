#!/bin/sh
# The packages of build/deb: lintian; installed, upgraded to a second build, purged in a booted
# Debian (a root by debootstrap, kept in build/deb-test; systemd-nspawn; tests/deb/guest.sh); and
# their own tests by autopkgtest. Needs root, and the network for what they depend on. The last line
# is the count. usage: test.sh [lintian|guest|autopkgtest]
set -eu
cd "$(dirname "$0")/../.."

top=$PWD/build/deb-test
root=$top/root
[ "$(id -u)" = 0 ] || { echo 'make deb-test needs root, to boot a container' >&2; exit 2; }
mkdir -p "$top/out"
: >"$top/tap"

say() { tee -a "$top/tap"; }

# Dependencies of the packages and of their tests. The root is made anew when they change.
debs() { ls "$1"/bitacora_*.deb "$1"/bitacorad_*.deb "$1"/libbitacora1_*.deb "$1"/libbitacora-dev_*.deb; }
wants() {
    for deb in $(debs build/deb); do dpkg-deb -f "$deb" Depends; done | tr ',' '\n' | sed 's/^ *//' |
        grep -v -e '^bitacora ' -e '^libbitacora1 ' -e '^systemd |'
    printf '%s\n' curl jq procps gcc libc6-dev pkg-config python3
}
make_root() {
    wants | sort -u | paste -sd, >"$top/wants"
    cmp -s "$top/wants" "$root.made" && return
    rm -rf "$root" "$root.made"
    echo '# a root by debootstrap, once' >&2
    debootstrap --variant=minbase --include=systemd,systemd-sysv,dbus,ca-certificates bookworm "$root" \
        >"$top/root.log" 2>&1 || { tail -n 5 "$top/root.log" >&2; exit 2; }
    cp /etc/resolv.conf "$root/etc/resolv.conf"
    chroot "$root" apt-get -qq update >>"$top/root.log" 2>&1
    DEBIAN_FRONTEND=noninteractive chroot "$root" apt-get -y --no-install-recommends satisfy "$(cat "$top/wants")" \
        >>"$top/root.log" 2>&1 || { tail -n 5 "$top/root.log" >&2; exit 2; }
    mv "$top/wants" "$root.made"
}

# The next version: another number, other settings shipped.
make_next() {
    rm -rf "$top/tree"
    mkdir -p "$top/tree"
    { git ls-files -z --cached --others --exclude-standard 2>/dev/null || find . -path ./build -prune -o -type f -print0; } |
        tar -cf - --null --ignore-failed-read -T - 2>/dev/null | tar -xf - -C "$top/tree"
    minor=$(sed -n 's/^#define BITACORA_VERSION_MINOR //p' proto/lib/bitacora.h)
    sed -i "s/^#define BITACORA_VERSION_MINOR .*/#define BITACORA_VERSION_MINOR $((minor + 1))/" "$top/tree/proto/lib/bitacora.h"
    echo '# of the next version' >>"$top/tree/packaging/bitacorad.conf"
    (cd "$top/tree" && GIT_DIR=/nonexistent packaging/build-deb.sh "$top/next" >/dev/null)
}

lintian_clean() {
    if lintian --allow-root --profile debian --fail-on error,warning build/deb/*.changes >"$top/lintian" 2>&1; then
        echo 'ok - lintian has no errors and no warnings' | say
    else
        echo 'not ok - lintian has no errors and no warnings' | say
        sed 's/^/# /' "$top/lintian" | say
    fi
}

guest() {
    make_root
    [ -n "${KEEP_NEXT:-}" ] && [ -e "$top/next" ] || make_next
    install -m 755 tests/deb/guest.sh "$root/usr/local/lib/deb-test"
    cat >"$root/etc/systemd/system/deb-test.service" <<'END'
[Unit]
Description=the test
After=multi-user.target
[Service]
Type=oneshot
ExecStart=/usr/local/lib/deb-test
StandardOutput=file:/out/tap
StandardError=file:/out/err
ExecStopPost=/bin/systemctl poweroff --no-block
TimeoutStartSec=500
END
    mkdir -p "$root/etc/systemd/system/multi-user.target.wants"
    ln -sf ../deb-test.service "$root/etc/systemd/system/multi-user.target.wants/deb-test.service"
    rm -f "$top/out"/*
    timeout 600 systemd-nspawn --quiet --directory="$root" --ephemeral --boot --register=no --keep-unit --private-network \
        --system-call-filter='landlock_create_ruleset landlock_add_rule landlock_restrict_self' \
        --machine="bitacora-deb-$$" --bind="$top/out:/out" --bind-ro="$PWD/build/deb:/debs" --bind-ro="$top/next:/next" \
        </dev/null >"$top/console.log" 2>&1 || :
    rm "$root/etc/systemd/system/multi-user.target.wants/deb-test.service" "$root/etc/systemd/system/deb-test.service"
    if grep -q '^1\.\.' "$top/out/tap" 2>/dev/null; then
        say <"$top/out/tap"
    else
        echo 'not ok - the container did not come to its end' | say
        tail -n 20 "$top/console.log" "$top/out"/* 2>/dev/null | sed 's/^/# /' | say
    fi
}

# As Debian's testers run it: dependencies and packages are installed by apt, in a copy of the root.
autopkg() {
    make_root
    rm -rf "$top/testbed" "$top/autopkgtest"
    cp -a "$root" "$top/testbed"
    status=0
    autopkgtest --output-dir "$top/autopkgtest" build/deb/*.deb build/deb/*.dsc -- chroot "$top/testbed" \
        >"$top/autopkgtest.log" 2>&1 || status=$?
    rm -rf "$top/testbed"
    for test in demo library; do
        if grep -q "^$test  *PASS" "$top/autopkgtest/summary" 2>/dev/null; then
            echo "ok - autopkgtest: $test" | say
        else
            echo "not ok - autopkgtest: $test" | say
            tail -n 20 "$top/autopkgtest.log" | sed 's/^/# /' | say
        fi
    done
}

for part in ${1:-lintian guest autopkgtest}; do
    case $part in
    lintian) lintian_clean ;;
    guest) guest ;;
    autopkgtest) autopkg ;;
    *) echo "usage: $0 [lintian|guest|autopkgtest]" >&2; exit 2 ;;
    esac
done
passed=$(grep -c '^ok ' "$top/tap") || :
failed=$(grep -c '^not ok ' "$top/tap") || :
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
