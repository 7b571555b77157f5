#!/bin/bash
# Debian packages of this tree, of what git knows in it or would add: built in a copy below
# build/deb-work, put into build/deb. The network is used by npm alone, once. usage: build-deb.sh [OUT [VERSION]]
# VERSION stands in place of the project's, as of an upgrade that is only tried.
set -eu
cd "$(dirname "$0")/.."

part() { sed -n "s/^#define BITACORA_VERSION_$1 //p" proto/lib/bitacora.h; }
out=${1:-build/deb}
version=${2:-$(part MAJOR).$(part MINOR).$(part PATCH)}
work=build/deb-work
tree=$work/bitacora

rm -rf "$work" "$out"
mkdir -p "$tree" "$out"
if git rev-parse --is-inside-work-tree >/dev/null 2>&1; then
    git ls-files -z --cached --others --exclude-standard | while IFS= read -r -d '' file; do
        [ ! -e "$file" ] || printf '%s\0' "$file"
    done
else
    find . -path ./build -prune -o -type f -print0
fi | tar -cf - --null -T - | tar -xf - -C "$tree"
cp -r packaging/debian "$tree/debian"
# What the page takes from npm goes into the source package: building it needs no network.
if make -s build/npm/installed >"$work/npm.log" 2>&1; then
    cp -r build/npm/node_modules "$tree/debian/npm"
else
    echo 'warning: npm is not there, or has no network: packages without the page' >&2
fi

# A version that nobody wrote an entry for: by the newest entry's maintainer, a second later.
cd "$tree"
if [ "$(dpkg-parsechangelog -S Version)" != "$version" ]; then
    {
        printf 'bitacora (%s) bookworm; urgency=medium\n\n  * Version %s of the project.\n\n' "$version" "$version"
        printf ' -- %s  %s\n\n' "$(dpkg-parsechangelog -S Maintainer)" \
            "$(LC_ALL=C date -u -R -d "@$(($(dpkg-parsechangelog -S Timestamp) + 1))")"
        cat debian/changelog
    } >changelog.new
    mv changelog.new debian/changelog
fi
export CCACHE_DIR="${CCACHE_DIR:-$HOME/.cache/ccache}" # where it is used: debhelper's HOME is another
export DEB_BUILD_OPTIONS="${DEB_BUILD_OPTIONS:-noautodbgsym parallel=$(nproc)}"
dpkg-buildpackage --no-sign --build=full --source-option=-z1 >../log 2>&1 || { tail -n 40 ../log >&2; exit 1; }
cd - >/dev/null
mv "$work"/*.deb "$work"/*.dsc "$work"/*.tar.* "$work"/*.changes "$work"/*.buildinfo "$out"
rm -rf "$tree"
# The page that the packaged client writes, and the hashes that a release names.
dpkg-deb --fsys-tarfile "$out"/bitacora_*.deb | tar -xO ./usr/bin/bitacora >"$work/client"
chmod +x "$work/client"
"$work/client" page --out "$out/bitacora.html" >"$work/page.hash" 2>&1 || cat "$work/page.hash" >&2
if [ -s build/page/bitacora.html ] && ! cmp "$out/bitacora.html" build/page/bitacora.html; then
    echo 'the page of the package is another than that of this tree' >&2
    exit 1
fi
(cd "$out" && sha256sum -- * >../SHA256SUMS && mv ../SHA256SUMS .)
ls "$out"/*.deb
