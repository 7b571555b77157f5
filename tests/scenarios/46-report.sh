#!/bin/sh
# What a report does not know, it does not say: months after the log's last entry; sums that no program could read; and texts that
# a spreadsheet would take for formulas. Reports of the format before are still checked.
. "$(dirname "$0")/../lib.sh"

report() { # report FROM TO OPTION...
    from=$1 to=$2
    shift 2
    "$bin/bitacora" report --policy "$work/policy" --from "$from" --to "$to" "$@"
}
checked() { "$bin/bitacora" report --check "$1" --policy "$work/policy"; }
official() { # official NAME JURISDICTION: an authority that asks once
    asker=$("$bin/bitacora" keygen "$1.example.mx" --out "$work/$1.example.mx.key") &&
        "$bin/bitacora" enroll --policy "$work/policy" --key "$work/registrar.key" --vkey "$asker" --role requester --authority mx.fgr \
            --level federal --jurisdiction "$2" >/dev/null 2>"$work/enrol.err" || return 1
    request mx.telco 1 | sed 's/"persons":1/"persons":9007199254740991/' | submit "$1.example.mx"
}

# A jurisdiction that begins no formula, one that begins one, one behind a semicolon, one in full-width characters.
of_one_month() { # the log; anew, if the month ends meanwhile: its entries are of one
    month=$(date -u +%Y-%m)
    small_log 9 && official plain MX-JAL && official begins '=cmd|calc' && official behind 'x;=cmd|calc' &&
        official wide '＝cmd' || return 1
    [ "$(date -u +%Y-%m)" = "$month" ] && return
    stop_daemon
    rm -rf "$work/data" "$work"/*.key "$XDG_STATE_HOME"
    of_one_month
}
check 'a log of one month' of_one_month
next=$(date -u -d "$month-01 +1 month" +%Y-%m)
months="$month $next"

# ---- sums ---------------------------------------------------------------------------------------
for f in json csv html; do
    # shellcheck disable=SC2086
    expect 0 "a report: $f" report $months --by state --$f --out "$work/r.$f"
    expect 0 '… is what the log gives' checked "$work/r.$f"
done
equal 'a sum that no program could read is the greatest that all can' "$(jq -c '[.total.persons,.total.at_least]' "$work/r.json")" \
    '[9007199254740991,["persons"]]'
contains 'the table says so, too' "$work/r.csv" 'meta,at_least,persons,'
contains 'and the page' "$work/r.html" '≥ 9'
equal 'other numbers stand for themselves' "$(jq -c .total.received "$work/r.json")" 7
sed 's|bitacora/v6 report|bitacora/v2 report|' "$work/r.json" >"$work/v2.json"
expect 3 'a report of the format before, whose sums overflowed, is not confirmed' checked "$work/v2.json"
contains '… is said' "$work/err" 'sums could overflow'

# ---- months -------------------------------------------------------------------------------------
equal 'of next month nothing is known' "$(jq -c '.by_month[1]|[.received,.unanswered,.persons,.median_hours]' "$work/r.json")" '[null,null,null,null]'
equal 'of this one something' "$(jq -c '.by_month[0].received' "$work/r.json")" 7
equal 'the table has dashes' "$(grep -c "^by_month,,,$next,.*,–,–,–,–" "$work/r.csv")" 1
equal 'and so the page' "$(tr -d '\n' <"$work/r.html" | grep -oE '<tr role="row"><th [^>]*>[^<]*</th>(<td role="cell" class="n" data-of="[^"]*">–</td>){8}</tr>' | wc -l)" 1
contains 'what that means is said' "$work/r.csv" 'Of months before the log'
expect 0 'a period that is all to come' report "$next" "$next" --json --out "$work/later.json"
equal 'has no total' "$(jq -c '[.total.received,.by_warrant[0].received]' "$work/later.json")" '[null,null]'
expect 0 'a period before the log' report 2020-01 2020-02 --json --out "$work/before.json"
equal 'says nothing, and no zero' "$(jq -c '[.total.received,.by_month[].received,.by_warrant[0].received]' "$work/before.json")" '[null,null,null,null]'
expect 0 'its page' report 2020-01 2020-02 --html --out "$work/before.html"
contains 'says so where it is read first' "$work/before.html" 'Of this period the log says nothing.'
contains 'and since when there is a log' "$work/before.html" 'The log begins on '
check '… is what the log gives' checked "$work/before.html"
earlier=$(date -u -d "$month-01 -1 month" +%Y-%m)
expect 0 'a period that begins before the log' report "$earlier" "$month" --json --out "$work/both.json"
equal 'has dashes for what was before, and counts what is there' "$(jq -c '[.by_month[].received,.total.received]' "$work/both.json")" '[null,7,7]'
expect 0 'in Spanish' report "$earlier" "$month" --html --lang es --out "$work/both.html"
contains 'with a note' "$work/both.html" 'La bitácora empieza el '
contains 'findings stand among the figures' "$work/both.html" 'hallazgos: críticos'
contains 'a warrant is no word on its scope' "$work/both.html" 'no que amparara la solicitud'

# ---- formulas -----------------------------------------------------------------------------------
state() { grep -a "^by_state" "$work/r.csv" | grep -aF -- "$1" | cut -d, -f7; }
equal 'a formula has an apostrophe in front' "$(state '|calc' | grep -v ';')" "\"'=cmd|calc\""
equal 'behind a semicolon, too' "$(state 'x;')" "\"x;'=cmd|calc\""
equal 'and in full-width characters' "$(state '＝cmd')" "\"'＝cmd\""
equal 'else none' "$(state MX-JAL)" MX-JAL
stop_daemon
finish
