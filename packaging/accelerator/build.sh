#!/bin/sh
# Builds bitacora-mb8.so (packaging/accelerator/mb8.c) with what it fetches from PyPI: Intel's crypto_mb, of the version and with
# the hashes in requirements.txt. Nothing else of Bitácora needs it.
# usage: packaging/accelerator/build.sh FOLDER
set -eu
cd "$(dirname "$0")/../.."
out=${1:?usage: build.sh FOLDER}
from=$out/pip
wanted=packaging/accelerator/requirements.txt
version=$(sed -n 's/^ipp-crypto-static==\([^ ]*\) .*/\1/p' "$wanted")
mkdir -p "$from"
[ "$(uname -m)" = x86_64 ] || { echo 'make accelerator: crypto_mb is for x86-64 only' >&2; exit 1; }
if ! cmp -s "$wanted" "$from/fetched"; then
    echo "fetching ipp-crypto-static and ipp-crypto-include $version from PyPI (Apache-2.0, 7 MB)"
    python3 -m pip download -q --disable-pip-version-check --no-deps --only-binary :all: --require-hashes -d "$from" -r "$wanted"
    for wheel in "$from"/*.whl; do
        python3 -m zipfile -e "$wheel" "$from/unpacked"
    done
    cp "$wanted" "$from/fetched"
fi
library=$(find "$from/unpacked" -name libcrypto_mb.a)
include=$(dirname "$(find "$from/unpacked" -path '*/crypto_mb/ed25519.h' | head -n 1)")/..
# Only what the lanes need is linked; nothing but our one function is seen from outside. OpenSSL is what the archive's other
# parts refer to.
"${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -fPIC -fvisibility=hidden -fstack-protector-strong -Wall -Wextra -Werror -I. -isystem "$include" \
    -DCRYPTO_MB_VERSION="\"$version\"" -shared -Wl,--exclude-libs,ALL -Wl,--gc-sections -Wl,--as-needed -Wl,-z,relro,-z,now,-z,defs,-z,noexecstack \
    -o "$out/bitacora-mb8.so.new" packaging/accelerator/mb8.c "$library" -lcrypto
chmod 755 "$out/bitacora-mb8.so.new"
mv "$out/bitacora-mb8.so.new" "$out/bitacora-mb8.so"
echo "built $out/bitacora-mb8.so with crypto_mb $version; name it by its absolute path: --accelerator, BITACORA_ACCELERATOR, or the setting accelerator"
