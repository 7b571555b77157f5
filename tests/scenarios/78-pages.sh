#!/bin/sh
# Every page that people read, in a real browser: in both languages, on a screen, on a phone and on
# paper. Nothing is wider than the phone, axe-core finds nothing, and what a clerk must see first
# stands in the box at the top. The pictures stay in build/pages.
. "$(dirname "$0")/../lib.sh"

ana=GOMC850315HDFRRR07
pages=$work/pages
mkdir -p "$pages"
day() { date -u -d "$1" +%Y-%m-%dT%H:%M:%S.000Z; }
now=$(day now)

sent() { # sent KEYNAME MEMBERS [OPTION...]: a record; its entry in $work/entry, its reference in $work/ref
    name=$1
    printf '%s\n' "$2" >"$work/record"
    shift 2
    "$bin/bitacora" submit --policy "$work/policy" --key "$work/$name.key" --without-private --json --receipts "$work/receipts" "$@" - \
        <"$work/record" >"$work/sent" 2>"$work/sent.err"
    [ "$(jq -r .verdict "$work/sent")" = good ] || not_ok "recorded: $(cat "$work/record")" "$(cat "$work/sent" "$work/sent.err")"
    jq -r .index "$work/sent" >"$work/entry"
    jq -c '{entry:.index,hash}' "$work/sent" >"$work/ref"
}
ref() { cat "$work/ref"; }
named() { # named KEY ROLE AUTHORITY LEVEL MEMBERS: enrols with more members than enrol() knows
    enrolled=$("$bin/bitacora" keygen "$1" --out "$work/$1.key") || return 1
    sent registrar "{\"kind\":\"enroll\",\"vkey\":\"$enrolled\",\"role\":\"$2\",\"authority\":\"$3\",\"level\":\"$4\",\"name\":\"$1\"$5}"
}
asked() { # asked JQ: a request under CJF-7/2026 about Ana, changed by a jq filter
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"term":"%s","data_window":{"from":"2026-02-01T00:00:00.000Z","until":"2026-02-02T00:00:00.000Z"},"warrant":{"ref":"CJF-7/2026"},"subjects":[{"type":"curp","value":"%s"}]}' \
        "$(day '+9 days')" "$ana" | jq -c "$1"
}
warrant_of() { # warrant_of REF
    printf '{"kind":"warrant","ref":"%s","matter":"criminal","used_by":["mx.fgr"],"categories":["traffic_retained","subscriber"],"holders":["mx.telco"],"window":{"from":"%s","until":"%s"},"data_window":{"from":"2026-01-01T00:00:00.000Z","until":"2026-06-01T00:00:00.000Z"},"case":{"scheme":"COURT_FILE","number":"7/2026"},"subjects":[{"type":"curp","value":"%s"}]}' \
        "$1" "$(day '-9 days')" "$(date -u -d '+9 days' +%Y-%m-%dT06:00:00.000Z)" "$ana"
}

# ---- a log ---------------------------------------------------------------------------------------
check 'a log' new_log
check 'a witness' new_witness w1
start_witness w1
printf 'log %s\nwitness w1 %s %s\nquorum w1\n' "$vkey" "$(cat "$work/w1.vkey")" "$witness_url" >"$work/served"
check 'is served' start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
printf 'log %s %s\nquorum none\n' "$vkey" "$url" >"$work/alone"
check 'and witnessed' wait_until curl -sf "$url/checkpoint"
named j1.example.mx judge cjf.juzgado1 federal ',"display":"Juzgado Primero de Distrito Especializado en el Sistema Penal Acusatorio"'
named lopez.example.mx requester mx.fgr federal ',"function":"prosecution","display":"Fiscalía General de la República"'
named telco.example.mx holder mx.telco federal ',"function":"telecom","display":"Telefónica del Norte, S.A. de C.V."'
named banco.example.mx holder mx.banco federal ',"function":"bank","display":"Telefónica del Norte, S.A. de C.V."'
named vigila.example.mx oversight mx.vigilancia federal ',"function":"oversight","display":"Órgano de Vigilancia de Datos Personales"'
sent j1.example.mx "$(warrant_of CJF-6/2026)" --private "$work/w6"
sent lopez.example.mx "$(asked '.warrant.ref="CJF-6/2026"')" --warrant "$work/w6"
cp "$work/receipts/$(cat "$work/entry").tlog-proof" "$work/request.tlog-proof"
sent telco.example.mx "{\"kind\":\"response\",\"request\":$(ref),\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\",\"records\":12}"
sent j1.example.mx "$(warrant_of CJF-7/2026)" --private "$work/w7"
w7=$(ref)
sent lopez.example.mx "$(asked .)" --warrant "$work/w7"
r1=$(ref)
sent lopez.example.mx "$(asked '.categories=["subscriber","geolocation_live"]')" --warrant "$work/w7"
r2=$(ref)
sent lopez.example.mx "$(asked '.holder="mx.banco"')" --warrant "$work/w7"
for r in "$r1" "$r2"; do
    sent telco.example.mx "{\"kind\":\"response\",\"request\":$r,\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\",\"records\":1234}"
done
sent j1.example.mx "{\"kind\":\"extension\",\"warrant\":$w7,\"until\":\"$(day '+30 days')\"}"
sent lopez.example.mx "{\"kind\":\"transfer\",\"requests\":[$r1],\"recipient\":{\"country\":\"US\",\"authority\":\"us.fbi\"}}"
sent j1.example.mx "{\"kind\":\"ratification\",\"request\":$r1,\"result\":\"partial\",\"categories\":[\"subscriber\"]}"
sent lopez.example.mx "$(asked '.ground="kidnapping"|.basis="CNPP-303-EXC"|del(.warrant)')"
sent telco.example.mx "{\"kind\":\"response\",\"request\":$(ref),\"holder\":\"mx.telco\",\"outcome\":\"full\",\"received_at\":\"$now\"}"
check 'a mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
cp -r "$work/mirror" "$work/tampered"
LC_ALL=C sed -i 's/geolocation_live/traffic_retained/' "$work/tampered/tile/entries/000.p"/*
sed '/^extra /s/./A/60' "$work/request.tlog-proof" >"$work/bad.tlog-proof"

# ---- the pages -----------------------------------------------------------------------------------
page() { # page STATUS NAME COMMAND...: in both languages
    want=$1 name=$2
    shift 2
    for language in es en; do
        "$@" --lang $language >"$pages/$name.$language.html" 2>"$work/err"
        got=$?
        [ "$got" = "$want" ] || not_ok "$name in $language" "exit $got, not $want: $(cat "$work/err")"
    done
}
# A clock that is twelve days ahead: for a newest entry that is old.
cat >"$work/ahead.c" <<'END'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *t)
{
    long failed = syscall(SYS_clock_gettime, clock, t);
    if (failed == 0 && clock == CLOCK_REALTIME)
        t->tv_sec += 12 * 86400;
    return (int)failed;
}
END
check 'a clock that is ahead' "${CC:-cc}" -shared -fPIC -o "$work/ahead.so" "$work/ahead.c"
p="--policy $work/policy"
# shellcheck disable=SC2086
{
    page 0 warrant-inside "$bin/bitacora" warrant check CJF-6/2026 $p --html
    page 0 warrant-outside "$bin/bitacora" warrant check CJF-7/2026 $p --html
    page 0 warrant-absent "$bin/bitacora" warrant check CJF-404/2026 $p --html
    page 0 warrant-alone "$bin/bitacora" warrant check CJF-6/2026 --policy "$work/alone" --html
    page 0 warrant-old env LD_PRELOAD="$work/ahead.so" ASAN_OPTIONS=verify_asan_link_order=0 "$bin/bitacora" warrant check CJF-6/2026 $p --html
    page 1 warrant-bad "$bin/bitacora" warrant check CJF-6/2026 $p --html --dir "$work/tampered"
    page 0 receipt "$bin/bitacora" receipt show $p --html "$work/request.tlog-proof"
    page 1 receipt-bad "$bin/bitacora" receipt show $p --html "$work/bad.tlog-proof"
    page 0 report "$bin/bitacora" report $p --from 2026-01 --to 2026-12 --by holder --html
    printf 'office: Ventanilla de atención, planta baja\naddress: Av. Juárez 5, Centro, 06010 Ciudad de México\ntelephone: 55 1234 5678\nhours: lunes a viernes, 9:00 a 15:00\n' >"$work/contact"
    check 'letters' "$bin/bitacora" notify due $p --key "$work/vigila.example.mx.key" --out "$work/letters" --contact "$work/contact"
}
for letter in "$work/letters"/*.html; do
    language=${letter%.html}
    cp "$letter" "$pages/letter.${language##*.}.html" 2>/dev/null || not_ok 'a letter'
done
stop_daemon

# ---- what stands in the box, and what does not ---------------------------------------------------
box() { # box PAGE: the verdict of its box
    sed -n 's/.*<section class="status \([a-z]*\)">.*/\1/p' "$pages/$1.es.html" | head -n 1
}
told() { # told PAGE DESCRIPTION TEXT: in its box
    sed -n '/<section class="status/,/<\/section>/p' "$pages/$1.es.html" >"$work/box"
    contains "$1: $2" "$work/box" "$3"
}
equal 'the box is green where nothing is to be said' "$(box warrant-inside)" good
told warrant-inside 'when the newest entry was accepted' 'Su asiento más reciente se aceptó el '
told warrant-inside 'and how long ago' ' antes de hacerse esto.'
equal 'red where requests lie outside the scope' "$(box warrant-outside)" bad
told warrant-outside 'how many' '2 de 3 solicitudes están FUERA del alcance del mandamiento'
equal 'amber where the newest entry is old' "$(box warrant-old)" undecided
told warrant-old 'how old' 'es viejo, de hace 12 días'
equal 'amber without witnesses' "$(box warrant-alone)" undecided
told warrant-alone 'that there are none' 'Sin testigos'
equal 'of a warrant that is not there: neither' "$(box warrant-absent)" neutral
equal 'and no tick but for the witness and the quorum' "$(grep -o '>✓<' "$pages/warrant-absent.es.html" | wc -l)" 2
equal 'red where the log is bad' "$(box warrant-bad) $(box receipt-bad)" 'bad bad'
page=$pages/warrant-outside.es.html
contains 'an end says which day is the last' "$page" 'hasta el 31 de mayo de 2026, 18:00:00 (America/Mexico_City; 2026-06-01 00:00:00 UTC), sin incluirlo: ese día cuenta solo hasta esa hora'
contains 'institutions have names, and their codes beside them' "$page" 'Telefónica del Norte, S.A. de C.V. (mx.telco)'
contains 'also where another bears the same name' "$page" 'pide a Telefónica del Norte, S.A. de C.V. (mx.banco): '
contains 'and in what the rules say' "$page" 'Telefónica del Norte, S.A. de C.V. (mx.banco) no está entre los poseedores'
contains 'a receipt names its signer’s' "$pages/receipt.es.html" '<dd>Fiscalía General de la República (mx.fgr)</dd>'
contains 'and says which day is its last' "$pages/receipt.es.html" '2026-02-02 00:00:00 UTC), sin incluirlo: ese día cuenta solo hasta esa hora'
"$bin/bitacora" receipt show --policy "$work/policy" --json "$work/request.tlog-proof" 2>"$work/err" >"$work/out"
equal 'what programs read is UTC' "$(jq -r '.words[].values[]' "$work/out" | grep -o '([^()]*UTC)' | sort -u)" '(UTC)'
BITACORA_ZONE=-05:00 "$bin/bitacora" receipt show --policy "$work/policy" --json "$work/request.tlog-proof" 2>"$work/err" | jq -c .words >"$work/words"
equal 'whatever the reader says' "$(jq -c .words "$work/out")" "$(cat "$work/words")"
broken() { # broken PAGE: links within it that lead nowhere
    grep -o 'href="#[^"]*"' "$1" | sort -u | sed 's/href="#\(.*\)"/\1/' | while read -r id; do grep -q " id=\"$id\"" "$1" || echo "$id"; done
}
for made in "$pages"/*.html; do
    equal "$(basename "$made"): every link leads somewhere, and no id is there twice" "$(broken "$made")$(grep -o ' id="[^"]*"' "$made" | sort | uniq -d)" ''
done
contains 'there are links to entries' "$page" '<a href="#e11">11</a>'
contains 'and from findings to their rules' "$page" '<a href="#R08">R08</a>: la categoría'
contains 'to receipts' "$page" "<a href=\"$url/v1/receipts/10\">recibo</a>"
contains 'and to sections' "$page" '<nav class="contents"'
equal 'one word for one thing' "$(grep -li checkpoint "$pages"/*.es.html | grep -vc report.es)" 0
equal 'no foot of a page has a command in it' "$(grep -h '<footer>' "$pages"/*.html | grep -c -- '--')" 0
contains 'it says in words how to ask again' "$pages/receipt.es.html" '<footer>Quien tenga el archivo del recibo'
equal 'no letter has a command in it' "$(grep -c 'bitacora ' "$pages/letter.es.html")" 0
contains 'a letter says where to complain' "$pages/letter.es.html" 'Av. Juárez 5, Centro, 06010 Ciudad de México'
contains 'and by what telephone' "$pages/letter.es.html" '55 1234 5678'

# ---- in a browser --------------------------------------------------------------------------------
/usr/bin/python3 "$root/tests/pages/look.py" "$pages" "$root/build/pages" >"$work/tap" 2>&1 ||
    not_ok 'the browser looked at all' "$(tail -n 5 "$work/tap")"
take_tap "$work/tap"
finish
