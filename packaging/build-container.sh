#!/bin/sh
# An image of packaging/Containerfile, from the packages of build/deb and a root by debootstrap (kept
# in build/container): build/container/bitacorad.oci.tar, an archive that podman, docker and skopeo
# take. Then a log is made and served in it. Needs root, and the network for Debian's packages.
set -eu
cd "$(dirname "$0")/.."

top=$PWD/build/container
name=localhost/bitacorad:$(dpkg-deb -f build/deb/bitacorad_*.deb Version)
[ "$(id -u)" = 0 ] || { echo 'make container needs root, for debootstrap' >&2; exit 2; }
# No storage of the machine's own is used, and no daemon.
build() { buildah --root "$top/storage" --runroot "$top/run" --storage-driver vfs "$@"; }

mkdir -p "$top/context"
if [ ! -e "$top/context/base.tar" ]; then
    echo '# a root by debootstrap, once' >&2
    rm -rf "$top/base"
    debootstrap --variant=minbase bookworm "$top/base" >"$top/debootstrap.log" 2>&1 ||
        { tail -n 5 "$top/debootstrap.log" >&2; exit 2; }
    rm -rf "$top/base"/var/cache/apt/archives/*.deb "$top/base"/var/lib/apt/lists/*
    tar -C "$top/base" --one-file-system -cf "$top/base.tar" .
    mv "$top/base.tar" "$top/context/base.tar"
    rm -rf "$top/base"
fi
rm -f "$top/context"/*.deb
cp build/deb/bitacora_*.deb build/deb/bitacorad_*.deb "$top/context"
build build --isolation chroot --network host --format oci --tag "$name" --file packaging/Containerfile \
    "$top/context" >"$top/build.log" 2>&1 || { tail -n 20 "$top/build.log" >&2; exit 1; }
rm -f "$top/bitacorad.oci.tar"
build push "$name" "oci-archive:$top/bitacorad.oci.tar" >>"$top/build.log" 2>&1

container=$(build from "$name")
trap 'build rm "$container" >/dev/null' EXIT
status=0
build run --isolation chroot "$container" -- sh -eu -c '
    [ "$(id -un)" = bitacora ]
    cd /var/lib/bitacora
    bitacora keygen registrar.example.mx --out registrar.key >registrar
    vkey=$(bitacorad init --dir log --origin log.example.mx/container --registrar "$(cat registrar)" 2>/dev/null)
    bitacorad run --dir log --listen 127.0.0.1:0 >out 2>err &
    daemon=$!
    tries=0
    until grep -q "^listening on " out; do
        tries=$((tries + 1))
        [ $tries -lt 300 ] || { cat err; exit 1; }
        sleep 0.1
    done
    printf "log %s %s\nquorum none\n" "$vkey" "$(sed -n "s/^listening on //p" out)" >policy
    bitacora replay --policy policy
    kill $daemon
    wait $daemon
' >"$top/run.log" 2>&1 || status=$?
cat "$top/run.log"
[ "$status" = 0 ] && echo "$name: $(du -h "$top/bitacorad.oci.tar" | cut -f 1), build/container/bitacorad.oci.tar"
exit "$status"
