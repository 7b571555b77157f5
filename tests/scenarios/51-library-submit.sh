#!/bin/sh
# A platform without the command line: the installed library signs, sends, verifies what comes back,
# decides as a gate, and replays the log from a mirror and over HTTP: whole, altered, from a state,
# and cancelled. In C and in Python, by the examples of docs/examples.
. "$(dirname "$0")/../lib.sh"

stage=$work/root
prefix=/usr
export PKG_CONFIG_SYSROOT_DIR="$stage" PKG_CONFIG_PATH="$stage$prefix/lib/pkgconfig"
examples=$stage$prefix/share/doc/bitacora/examples
p="--policy $work/policy"
desk=$work/telco.example.mx-desk.key
official=$work/fgr.example.mx-a.lopez.key

# What is installed runs with what is installed, and nothing of the tree it was built in.
installed() { env LD_LIBRARY_PATH="$stage$prefix/lib" "$@"; }
python() { installed BITACORA_LIBRARY="$stage$prefix/lib/libbitacora.so.1" /usr/bin/python3 "$examples/bitacora.py" "$@"; }
replayed() { # replayed FILE MEMBER: of the last line that a replay printed
    tail -n 1 "$1" | jq -r ".$2"
}

check 'installs into an empty root' make --no-print-directory -s -C "$root" install DESTDIR="$stage" PREFIX="$prefix"
# shellcheck disable=SC2046
check 'the example in C compiles' "${CC:-cc}" -std=c11 -D_POSIX_C_SOURCE=200809L -Wall -Wextra -Werror \
    "$examples/submit.c" $(pkg-config --cflags --libs libbitacora libcurl) -o "$work/submit"
check 'a log' small_log 12

# ---- submitting ----------------------------------------------------------------------------------
response mx.telco | jq -c 'del(.kind)' >"$work/members"
expect 0 'C: a response is sent, and its receipt verified' \
    installed "$work/submit" "$work/policy" "$desk" response "$work/members" "$work/c.tlog-proof"
expect 0 'which bitacora verifies, too' "$bin/bitacora" verify --policy "$work/policy" "$work/c.tlog-proof"
expect 0 'Python: another' python submit "$work/policy" "$desk" response "$work/members" "$work/py.tlog-proof"
equal 'it says what is proven' "$(jq -r '[.kind, .signer, .role, .authority, .members.holder] | join(" ")' "$work/out")" \
    'response telco.example.mx/desk holder mx.telco mx.telco'
expect 0 'which bitacora verifies, too' "$bin/bitacora" verify --policy "$work/policy" "$work/py.tlog-proof"
expect 0 'Python verifies that of the C program' python verify "$work/policy" "$work/c.tlog-proof"
jq -c '.outcome = "no_such_code"' "$work/members" >"$work/bad"
expect 3 'what the log refuses is not known to be there' \
    installed "$work/submit" "$work/policy" "$desk" response "$work/bad" "$work/none"
contains 'and the problem is named' "$work/err" 'HTTP 422 [code]'
jq -c '.holder = 1' "$work/members" >"$work/bad"
expect 2 'a member of another type is refused before it is sent' python submit "$work/policy" "$desk" response "$work/bad" "$work/none"
contains 'by its name' "$work/err" holder
expect 2 'what is no private key' python submit "$work/policy" "$work/policy" response "$work/members" "$work/none"
tail -c 100 "$work/c.tlog-proof" >"$work/cut"
expect 3 'what is cut off is no receipt' python verify "$work/policy" "$work/cut"
check 'no receipt was written for what is not in the log' test ! -e "$work/none"

# ---- the gate ------------------------------------------------------------------------------------
request mx.telco 1 | jq -c 'del(.kind)' >"$work/request"
expect 0 'a request' python submit "$work/policy" "$official" request "$work/request" "$work/request.tlog-proof"
expect 0 'presented to the holder' python present "$work/policy" "$official" mx.telco "$work/request.tlog-proof"
cp "$work/out" "$work/presentation"
expect 0 'he lets its signer in' python decide "$work/policy" mx.telco "$work/request.tlog-proof" "$work/presentation" --receipt-alone
equal 'to what the request says' "$(jq -c .members.categories "$work/out")" '["subscriber"]'
expect 1 'another holder does not' python decide "$work/policy" mx.banco "$work/request.tlog-proof" "$work/presentation"
expect 2 'nobody else can present it' python present "$work/policy" "$desk" mx.telco "$work/request.tlog-proof"
contains 'which is said' "$work/err" '[presentation]'
sed 's/mx.telco/mx.banco/' "$work/presentation" >"$work/altered"
expect 1 'an altered presentation is worth nothing' python decide "$work/policy" mx.banco "$work/request.tlog-proof" "$work/altered"
expect 1 'a response is no request' python decide "$work/policy" mx.telco "$work/c.tlog-proof" "$work/presentation"

# ---- the whole log -------------------------------------------------------------------------------
# shellcheck disable=SC2086
check 'mirrored' "$bin/bitacora" mirror $p "$work/mirror"
cp -r "$work/mirror" "$work/older"
expect 0 'replayed from the mirror' python replay "$work/policy" "$work/mirror" - "$work/state"
size=$(replayed "$work/out" size)
# shellcheck disable=SC2086
"$bin/bitacora" replay $p --dir "$work/mirror" --json >"$work/json"
equal 'as many entries and signatures as bitacora says' "$size $(replayed "$work/out" signatures)" \
    "$(jq -r '"\(.size) \(.signatures)"' "$work/json")"
expect 0 'and over HTTP' python replay "$work/policy" "$url"
equal 'the same' "$(replayed "$work/out" size)" "$size"

request mx.telco 300 | submit fgr.example.mx-a.lopez
expect 0 'goes on from a state, over HTTP' python replay "$work/policy" "$url" "$work/state" "$work/state2"
equal 'from where that ended' "$(replayed "$work/out" from) $(replayed "$work/out" size)" "$size $((size + 300))"
# shellcheck disable=SC2086
expect 0 'bitacora goes on from the same state' "$bin/bitacora" replay $p --state "$work/state2" --json
equal 'and knows as much' "$(jq -r .from "$work/out")" "$((size + 300))"
expect 3 'an older mirror is stale for that state' python replay "$work/policy" "$work/older" "$work/state2"
contains 'and says so' "$work/out" '[stale]'
expect 3 'stopped after the first bundle' python replay "$work/policy" "$url" - "$work/stopped" 256
equal 'which proves nothing' "$(replayed "$work/out" result)" -2
check 'and leaves no state' test ! -e "$work/stopped"
sed '2{s/^x/y/;t;s/./x/}' "$work/state2" >"$work/damaged"
check 'another state' sh -c "! cmp -s '$work/state2' '$work/damaged'"
expect 2 'a damaged state is not gone on from' python replay "$work/policy" "$url" "$work/damaged"

# ---- altered -------------------------------------------------------------------------------------
altered() { # altered FILE OFFSET: one byte of the mirror
    rm -rf "$work/changed"
    cp -r "$work/mirror" "$work/changed"
    printf '\377' | dd of="$work/changed/$1" bs=1 seek="$2" conv=notrunc 2>/dev/null
}
as_bitacora() { # as_bitacora DESCRIPTION: exit code and codes of both are the same
    # shellcheck disable=SC2086
    "$bin/bitacora" replay $p --dir "$work/changed" --json >"$work/json" 2>"$work/err.cli"
    want=$?
    expect $want "$1: exit $want, as bitacora has it" python replay "$work/policy" "$work/changed"
    equal "$1: the same codes" "$(sed -n 's/^\[\([a-z]*\)\].*/\1/p' "$work/out")" "$(jq -r '.findings[].code' "$work/json")"
}
altered "tile/entries/000.p/$size" 700
as_bitacora 'an altered bundle'
equal 'which is bad' "$want" 1
altered "tile/0/000.p/$size" 100
as_bitacora 'an altered tile'
equal 'which is bad, too' "$want" 1
altered checkpoint 40
as_bitacora 'an altered checkpoint'
rm "$work/changed/tile/entries/000.p/$size"
cp "$work/mirror/checkpoint" "$work/changed/"
as_bitacora 'a bundle that is not there'
equal 'which is not decided' "$want" 3

# ---- over what is bad in every way we know -------------------------------------------------------
# A part of it; all with EVERY=1, more of the dishonest writer's with SEEDS.
mkdir "$work/corpus" "$work/pairs"
for archive in story fork year cases; do
    check "unpacked: $archive" /usr/bin/python3 -m tarfile -e "$root/tests/corpus/$archive.tar.xz" "$work/corpus"
done
/usr/bin/python3 "$root/tests/interop/library_replay.py" "$root/build/release/tools/library_replay" "$bin/bitacora" \
    "$work/corpus" "$work/pairs" --seeds 0 "${SEEDS:-2}" --every "${EVERY:-7}" >"$work/tap" 2>&1
status=$?
equal 'the library and bitacora say the same of each log' "$status $(grep -v '^ok ' "$work/tap" | head -n 5)" "0 1..$(grep -c '^ok ' "$work/tap")"
finish
