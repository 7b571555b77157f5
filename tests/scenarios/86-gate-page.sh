#!/bin/sh
# docs/GATE.md: its commands are run after those of README.md, 1 and 2, which it says to begin with.
# PAGE_LANG=es_MX.UTF-8 runs GATE.es.md after README.es.md instead.
. "$(dirname "$0")/../lib.sh"
. "$root/tests/gate/world.sh"

check 'PostgreSQL' start_postgres
# shellcheck disable=SC2046
set -- $(free_ports 4)
export work bin root pg pg_bin
export home=$work/home PAGE_LANG="${PAGE_LANG:-en_US.UTF-8}"
case $PAGE_LANG in es*) in=.es ;; *) in= ;; esac
mkdir "$home" "$work/nginx" "$work/nginx/conf.d" "$work/run"
while read -r there here; do printf '%s\t%s\n' "$there" "$here"; done >"$work/map" <<EOF
127.0.0.1:8420 127.0.0.1:$1
127.0.0.1:8421 127.0.0.1:$2
127.0.0.1:8430 127.0.0.1:$3
example.mx:443:127.0.0.1:443 example.mx:443:127.0.0.1:$4
/usr/local/share/doc/bitacora/examples $root/docs/examples
/run/bank-data $work/run/bank-data
/etc/nginx $work/nginx
EOF
export page_map="$work/map" FRONT_PORT="$4"
{ sed '/^## 3\. /,$d' "$root/README$in.md"; cat "$root/docs/GATE$in.md"; } >"$work/page.md"
/usr/bin/python3 "$root/tests/tools/run_page.py" "$work/page.md" "$root/tests/tools/gate_machine.sh" \
    "$work/map" ${SHOW:+--show} >"$work/tap" 2>"$work/tap.err"
status=$?
take_tap "$work/tap"
equal 'all of it was run' "$status $(grep -c '^1\.\.' "$work/tap") $(tail -n 3 "$work/tap.err")" '0 1 '
check 'it is under two pages' test "$(wc -w <"$root/docs/GATE.md")" -le 1200
/usr/bin/python3 "$root/tests/tools/check_pairs.py" "$root" GATE >"$work/tap" 2>"$work/tap.err"
take_tap "$work/tap"
equal 'both languages were compared' "$(grep -c '^1\.\.' "$work/tap") $(tail -n 3 "$work/tap.err")" '1 '
# Spanish takes a tenth more words to say the same.
check 'in Spanish, too' test "$(wc -w <"$root/docs/GATE.es.md")" -le 1320
finish
