#!/bin/sh
# Manual pages and completion, made of what the programs say of themselves: nothing is missing in them, no
# reader of manual pages objects, and shells really complete words.
. "$(dirname "$0")/../lib.sh"

python=/usr/bin/python3
PATH=$bin:$PATH
export PATH MANWIDTH=80
check 'manual pages' $python "$root/packaging/man/make_pages.py" "$bin/bitacora" "$bin/bitacorad" "$root/proto/lib/bitacora.h" "$work/man"
check 'completion' $python "$root/packaging/completion/make_completion.py" "$bin/bitacora" "$bin/bitacorad" "$work/completion"
"$bin/bitacora" --help --json >"$work/client.json"
"$bin/bitacorad" --help --json >"$work/daemon.json"
commands=$(jq -r '.commands[].name' "$work/client.json")
plain() { man -l "$1" 2>/dev/null | col -bx; } # plain PAGE: as it is read

# ---- pages ---------------------------------------------------------------------------------------
wanted=$({ for c in $commands; do echo "man1/bitacora-$c.1"; done; printf '%s\n' man1/bitacora.1 man8/bitacorad.8 man5/bitacora-policy.5 man5/bitacorad.conf.5; } | sort)
pages() { (cd "$1" && find man[1-8] -type f | grep -v '^man3/' | sort); }
equal 'a page for each command, the daemon, its settings, the policy' "$(pages "$work/man")" "$wanted"
equal 'the same in Spanish' "$(pages "$work/man/es")" "$wanted"
(cd "$work/man" && find man* es -type f | sort | xargs grep -L '^[.]so ') >"$work/pages"
check 'there are many' test "$(wc -l <"$work/pages")" -gt 55
# shellcheck disable=SC2046
objections=$(cd "$work/man" && {
    groff -Kutf8 -man -ww -z $(cat "$work/pages")
    mandoc -T lint -W warning $(cat "$work/pages")
    lexgrog $(cat "$work/pages") >"$work/names" || cat "$work/names"
} 2>&1)
equal 'groff, mandoc and lexgrog object to none' "$objections" ''
equal 'each has its name' "$(grep -c ' - ' "$work/names")" "$(wc -l <"$work/pages")"
for page in man1/bitacora.1 man8/bitacorad.8 man3/libbitacora.3 es/man1/bitacora.1; do
    equal "man --warnings, too: $page" "$(LC_ALL=C.UTF-8 man --warnings -E UTF-8 -l -Tutf8 -Z "$work/man/$page" 2>&1 >/dev/null)" ''
done
broken="$work/broken.1"
sed 's/^[.]TP/.TPX/' "$work/man/man1/bitacora.1" >"$broken"
check 'who would object to a broken one' test -n "$(groff -Kutf8 -man -ww -z "$broken" 2>&1)"

# ---- what is in them -----------------------------------------------------------------------------
for c in $commands; do
    said=$(sed -n 's/^\\fB\\-\\-\([a-z0-9\\-]*\)\\fR.*/\1/p' "$work/man/man1/bitacora-$c.1" | sed 's/\\//g' | sort -u)
    equal "$c: all its options" "$said" "$(jq -r --arg c "$c" '.commands[]|select(.name==$c)|.options[].name' "$work/client.json" | sort -u)"
done
plain "$work/man/man5/bitacorad.conf.5" >"$work/conf"
equal 'all settings' "$(jq -r '.settings[].name' "$work/daemon.json" | while read -r s; do grep -q "^ *$s =" "$work/conf" || echo "$s"; done)" ''
for page in bitacora-replay.1 bitacora.1; do
    plain "$work/man/man1/$page" >"$work/page"
    equal "$page: exit codes" "$(sed -n '/^EXIT STATUS/,/^[A-Z]/p' "$work/page" | grep -c '^ *[0-4]  ')" 5
done
plain "$work/man/es/man1/bitacora-replay.1" >"$work/page"
contains 'in Spanish there are Spanish headings' "$work/page" 'CÓDIGOS DE SALIDA'
contains 'and placeholders' "$work/page" '--policy POLÍTICA'
functions=$(grep -oE '^BITACORA_API.*' "$root/proto/lib/bitacora.h" | grep -oE 'bitacora_[a-z_0-9]+\(' | tr -d '(' | sort -u)
check 'the library has functions' test "$(echo "$functions" | wc -l)" -gt 100
equal 'each is found by its name' "$(for f in $functions; do [ -e "$work/man/man3/$f.3" ] || echo "$f"; done)" ''
plain "$work/man/man3/libbitacora.3" >"$work/page"
equal 'and stands in the page' "$(for f in $functions; do grep -q "$f(" "$work/page" || echo "$f"; done)" ''
equal 'its lines are within 80 columns' "$(LC_ALL=C awk '{ t = $0; gsub(/[\200-\277]/, "", t) } length(t) > 80' "$work/page")" ''
contains 'with its contract' "$work/page" 'Makes a context.'
equal 'every example begins with a program that is there' "$(sed -n '/^\.EX/,/^\.EE/p' "$work"/man/man[158]/* | grep -E '^bitacora' |
    grep -vE '^bitacorad? ([a-z\\-]+|\\-\\-[a-z]+)' || :)" ''

# ---- bash ----------------------------------------------------------------------------------------
in_bash() { # in_bash WORD...: what bash offers for the last one
    "$root/tests/tools/complete.bash" "$work/completion/bash/$1" "$@" | paste -sd' '
}
for c in $commands; do
    equal "bash: $c --" "$(in_bash bitacora "$c" --)" \
        "$(jq -r --arg c "$c" '.commands[]|select(.name==$c)|"--" + .options[].name' "$work/client.json" | sort | paste -sd' ')"
done
equal 'bash: commands' "$(in_bash bitacora ver)" 'verify verify-evidence'
equal 'bash: of the daemon' "$(in_bash bitacorad re)" 'restore'
equal 'bash: roles' "$(in_bash bitacora enroll --role r)" 'registrar requester'
equal 'bash: behind =' "$(in_bash bitacora enroll --role=r)" 'registrar requester'
equal 'bash: kinds' "$(in_bash bitacora new re)" 'request response revoke'
equal 'bash: members of a kind' "$(in_bash bitacora new request --case)" '--case.number --case.scheme'
equal 'bash: behind an option before the command' "$(in_bash bitacora --lang es aud)" 'audit'
equal 'bash: severities' "$(in_bash bitacora audit --fail-on '')" 'critical high low medium policy'
equal 'bash: words of a command' "$(in_bash bitacora receipt sh)" 'show'
mkdir "$work/here"
: >"$work/here/policy file"
mkdir "$work/here/politics"
cd "$work/here" || exit 2
equal 'bash: files' "$(in_bash bitacora replay --policy pol)" 'policy file politics'
equal 'bash: folders' "$(in_bash bitacora replay --dir pol)" 'politics'
equal 'bash: a text is not completed' "$(in_bash bitacora enroll --authority pol)" ''
equal 'bash: nor what is no command' "$(in_bash bitacora frobnicate pol)" ''

# ---- zsh -----------------------------------------------------------------------------------------
in_zsh() { "$root/tests/tools/complete.zsh" "$work/completion/zsh" "$1" | paste -sd' '; }
for c in replay new enroll; do
    equal "zsh: $c --p" "$(in_zsh "bitacora $c --p")" \
        "$({ jq -r --arg c "$c" '.commands[]|select(.name==$c)|"--" + .options[].name' "$work/client.json"
            [ $c = new ] && in_bash bitacora new request -- | tr ' ' '\n'
            [ $c = new ] && for k in transfer product enroll; do in_bash bitacora new $k --; done | tr ' ' '\n'; } | grep '^--p' | sort -u | paste -sd' ')"
done
equal 'zsh: commands' "$(in_zsh 'bitacora ver')" 'verify verify-evidence'
equal 'zsh: of the daemon' "$(in_zsh 'bitacorad run --c')" '--check --config'
equal 'zsh: roles' "$(in_zsh 'bitacora enroll --role r')" 'registrar requester'
equal 'zsh: behind =' "$(in_zsh 'bitacora enroll --role=r')" 'registrar requester'
equal 'zsh: kinds' "$(in_zsh 'bitacora new req')" 'request'
equal 'zsh: files' "$(in_zsh 'bitacora replay --policy pol')" 'policy\ file politics'
equal 'zsh: folders' "$(in_zsh 'bitacora replay --dir pol')" 'politics'
finish
