#!/bin/sh
# Installs what is missing of what building, testing, the checks, the demo or the benchmark needs, by apt, and says so.
# usage: tests/deps.sh build|test|check|demo|bench|boot|emulated|deb|deb-test|container ...
set -eu

build="gcc libc6-dev make libsodium-dev liblmdb-dev libevent-dev libjansson-dev libyajl-dev libcsv-dev libssl-dev zlib1g-dev libcurl4-openssl-dev libp11-kit-dev libseccomp-dev linux-libc-dev python3"
demo="curl jq procps"
bench="postgresql"
emulated="bochs bochs-term bochsbios vgabios busybox-static curl isolinux syslinux-common xorriso"
boot="debootstrap systemd-container"
deb="build-essential debhelper dpkg-dev fakeroot python3"
deb_test="lintian autopkgtest apt-utils $boot"
container="debootstrap buildah crun"
check="clang clang-format clang-tidy cppcheck shellcheck pyflakes3 python3 binutils"
test="man-db groff mandoc zsh chromium fonts-liberation fonts-dejavu-core systemd softhsm2 opensc openssl iproute2 abigail-tools pkg-config g++ nginx-light openssh-client clang libclang-rt-dev libcmocka-dev postgresql prometheus python3 python3-argon2 python3-clang python3-cryptography python3-jsonschema python3-psycopg2 $demo"

# npm gives what the page is made of, and axe-core. Node.js of another origin brings its own, which
# Debian's would displace.
command -v npm >/dev/null || build="$build nodejs npm"

want=""
for what in "$@"; do
    case $what in
    build) want="$want $build" ;;
    test) want="$want $test" ;;
    check) want="$want $check" ;;
    demo) want="$want $demo" ;;
    bench) want="$want $bench" ;;
    emulated) want="$want $emulated" ;;
    boot) want="$want $boot" ;;
    deb) want="$want $deb" ;;
    deb-test) want="$want $deb_test" ;;
    container) want="$want $container" ;;
    *) sed -n 's/^# usage: /usage: /p' "$0" >&2; exit 2 ;;
    esac
done

missing=""
for package in $want; do
    state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

sudo=""
if [ "$(id -u)" != 0 ]; then
    sudo=sudo
    command -v sudo >/dev/null || { echo "not root and no sudo; install by hand:$missing" >&2; exit 2; }
fi
echo "installing with apt:$missing"
export DEBIAN_FRONTEND=noninteractive
log=$(mktemp)
if ! { $sudo apt-get update && $sudo apt-get install -y --no-install-recommends $missing; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    echo "apt could not install:$missing" >&2
    exit 2
fi
rm -f "$log"
