#!/bin/sh
# The page: one file, the same from the client, the daemon and a second build; and all vectors judged by it
# in a browser.
. "$(dirname "$0")/../lib.sh"

expect 0 'the client writes the page' "$bin/bitacora" page --out "$work/page.html"
equal 'and says its SHA-256' "$(cut -d' ' -f1 "$work/out")" "$(sha256sum "$work/page.html" | cut -d' ' -f1)"
expect 0 'over one that is there, too; as JSON' "$bin/bitacora" page --out "$work/page.html" --json
equal 'the same hash' "$(jq -r .sha256 "$work/out")" "$(sha256sum "$work/page.html" | cut -d' ' -f1)"
expect 2 'without --out it says what is missing' "$bin/bitacora" page
expect 2 'a folder that is not there is named' "$bin/bitacora" page --out "$work/nowhere/page.html"
contains 'with the cause' "$work/err" "$work/nowhere/page.html"
expect 2 'an operand is refused' "$bin/bitacora" page --out "$work/other.html" more
check 'and nothing is written' test ! -e "$work/other.html"

check 'it is built again' node "$root/client/page/build.mjs" "$root/build/npm/node_modules" "$work/again.html"
check 'with the same bytes' cmp "$work/page.html" "$work/again.html"

# And on another machine: from the sources alone, with packages of npm that were fetched anew, in another folder, zone, language.
mkdir -p "$work/elsewhere/deep/npm"
(cd "$root" && tar -c client/page docs/FORMATS.md proto/text/unicode_table.c client/show/label*.c tests/vectors/ed25519/edges) |
    tar -x --touch -C "$work/elsewhere/deep"
elsewhere() (
    umask 077
    cd "$work/elsewhere/deep/npm" && cp ../client/page/package.json ../client/page/package-lock.json . &&
        npm ci --prefer-offline --ignore-scripts --no-audit --no-fund >"$work/npm.log" 2>&1 &&
        TZ=Asia/Kathmandu LC_ALL=C LANG=tr_TR.UTF-8 node ../client/page/build.mjs node_modules "$work/elsewhere.html"
)
check 'it is built elsewhere, of packages that are fetched anew' elsewhere
equal 'the same SHA-256' "$(sha256sum <"$work/elsewhere.html")" "$(sha256sum <"$work/page.html")"
equal 'nothing in it is loaded from anywhere' \
    "$(grep -cE '<(link|img|iframe|object|embed)|<script[^>]*src|@import|url\(' "$work/page.html")" 0

check 'a log' small_log 8
check 'the log serves the page' curl -sf -o "$work/served.html" -D "$work/headers" "$url/"
check 'the very same' cmp "$work/page.html" "$work/served.html"
contains 'as HTML' "$work/headers" 'Content-Type: text/html; charset=utf-8'
check 'it serves its policy' curl -sf -o "$work/served.policy" -D "$work/headers" "$url/policy"
contains 'as text' "$work/headers" 'Content-Type: text/plain; charset=utf-8'
contains 'labelled as the operator'"'"'s' "$work/served.policy" "# The operator's own policy."
expect 0 'which verifies the log' "$bin/bitacora" replay --policy "$work/served.policy" --log "$url"
equal 'HEAD says how long it is' "$(curl -sI "$url/policy" | tr -d '\r' | sed -n 's/^Content-Length: //p')" \
    "$(stat -c %s "$work/served.policy")"
stop_daemon

# A policy with witnesses: their addresses and comments are the operator's own matter.
new_witness w1
{
    printf '# nobody reads this\nlog %s\n' "$vkey"
    printf 'witness w1 %s http://10.0.0.7:1/secret\nquorum none\n' "$(cat "$work/w1.vkey")"
} >"$work/own"
start_daemon "$work/data" --policy "$work/own"
curl -sf "$url/policy" >"$work/served.policy"
equal 'comments and addresses of witnesses are left out' "$(grep -cE 'nobody|secret' "$work/served.policy")" 0
equal 'the rest is as it was' "$(grep -v '^#' "$work/served.policy")" "$(grep -v '^#' "$work/own" | sed 's/ http:.*//')"
sed 's/witness w1/witness w2/' "$work/own" >"$work/other" && mv "$work/other" "$work/own"
kill -HUP "$daemon"
another() { curl -sf "$url/policy" | grep -q '^witness w2 '; }
check 'a policy that is read again is served' wait_until another
stop_daemon

"$root/tests/browser/page_vectors.py" "$work/page.html" >"$work/tap"
take_tap "$work/tap"
finish
