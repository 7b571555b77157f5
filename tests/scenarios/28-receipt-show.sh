#!/bin/sh
# A receipt as a person reads it: what was recorded, who signed it and what that proves, in words, as
# text, page and JSON, in both languages; of what is not proven, nothing.
. "$(dirname "$0")/../lib.sh"

p="--policy $work/policy"
official=$work/fgr.example.mx-a.lopez.key
judge=$work/judge.example.mx-j1.key
holder=$work/telco.example.mx-desk.key
ana=GOMC850315HDFRRR07
labels=$root/build/release/tools/check_labels

# shellcheck disable=SC2086
show() { # show LANGUAGE [OPTION...] RECEIPT...
    language=$1
    shift
    "$bin/bitacora" receipt show $p --lang "$language" "$@" >"$work/out" 2>"$work/err"
}
# shellcheck disable=SC2086
sent() { # sent KEYFILE [OPTION...]: a record on standard input
    key=$1
    shift
    "$bin/bitacora" submit $p --key "$key" --without-private --receipts "$work/receipts" --json "$@" - >"$work/sent" 2>"$work/sent.err"
}
last() { echo "$work/receipts/$(jq -r .index "$work/sent").tlog-proof"; } # its receipt
ref() { jq -c '{entry:.index,hash}' "$work/sent"; }
first() { head -n 1 "$work/out"; }
lacks() { # lacks DESCRIPTION FIXED_STRING: not in what was printed, which is not nothing
    if [ -s "$work/out" ] && ! grep -qF -- "$2" "$work/out"; then ok "$1"; else not_ok "$1" "$(grep -F -m 2 -- "$2" "$work/out")"; fi
}
altered() { # altered RECEIPT FROM TO: the same with FROM in its entries replaced by TO, of the same length
    sed -n 's/^extra //p' "$1" | base64 -d | sed "s|$2|$3|" | base64 -w 0 >"$work/extra"
    sed "s|^extra .*|extra $(cat "$work/extra")|" "$1"
}

# ---- every code has words ------------------------------------------------------------------------
expect 0 'every code, kind and member has words in both languages' "$labels"
check 'the built-in ruleset is printed' "$bin/bitacora" ruleset --print
cp "$work/check.out" "$work/mx.json"
jq '.codes.outcome+=["shrugged"]' "$work/mx.json" >"$work/more.json"
expect 0 'of the newest ruleset, too' "$labels" "$root/proto/rulesets/mx-2026-12.json"
expect 1 'a new code without words is found' "$labels" "$work/more.json"
contains 'by its name' "$work/out" 'outcome: shrugged has no words in English'

"$root/build/release/tools/check_pages" >"$work/tap"
equal 'what pages are made of' $? 0
take_tap "$work/tap"

# ---- a log with a witness, and hostile words in it -----------------------------------------------
check 'a log' new_log
for w in w1 w2; do new_witness $w; done
start_witness w1
printf 'log %s\nwitness w1 %s %s\nwitness w2 %s\ngroup g 1 w1 w2\nquorum g\n' "$vkey" "$(cat "$work/w1.vkey")" \
    "$witness_url" "$(cat "$work/w2.vkey")" >"$work/served"
check 'is served' start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
check 'and has witnesses' wait_until curl -sf "$url/checkpoint"
enrol judge.example.mx/j1 judge cjf.juzgado1
enrol fgr.example.mx/a.lopez requester mx.fgr
enrol telco.example.mx/desk holder mx.telco
check 'people are enrolled' enrol vigila.example.mx oversight mx.vigilancia
evil="<script>alert(\"1\")</script> & <img src=x onerror='y'>"
warrant X | jq -c --arg r "$evil" '.ref=$r' | sent "$judge"
check 'a warrant whose reference is hostile' test $? = 0
warrant=$(last)
wref=$(ref)
request mx.telco 1 | jq -c --arg v "$ana" --argjson w "$wref" \
    '.subjects=[{"type":"curp","value":$v}]|.purpose.note="para Ana"|.warrant={ref:"X",entry:$w.entry,hash:$w.hash}' |
    sent "$official" --private "$work/private"
check 'a request about somebody' test $? = 0
request=$(last)
rref=$(ref)

# ---- as text -------------------------------------------------------------------------------------
show es "$request"
equal 'a good receipt' "$? $(first)" '0 ✓ Probado: este registro está en la bitácora, firmado como se dice abajo'
for said in 'Tipo de registro            Solicitud de datos' 'procuración de justicia (fiscalía)' 'datos del usuario o suscriptor' \
    'CNPP, art. 303' 'investigación de un delito' 'carpeta de investigación de la FGR: FED/0' 'agente que solicita' \
    'CURP, sellado a la clave de supervisión del asiento 4' 'Firmante           fgr.example.mx/a.lopez' \
    'asiento 2: fgr.example.mx/a.lopez recibe el alta como agente que solicita, por registrar.example.mx' \
    'el asiento 0, génesis' '✓ w1.example.mx cofirmó el ' '? w2.example.mx no ha cofirmado' \
    '✓ se cumple (al menos 1 de 2)' 'después de la hora de quien firma' 'Que la clave no estuviera revocada' 'verificación de toda la bitácora; si' \
    'Raíz del punto de control' 'Asientos del punto de control  ' 'este papel, públicamente, de quien' '- CNPP: Código Nacional de Procedimientos Penales'; do
    contains "says: $said" "$work/out" "$said"
done
equal 'and the entry' "$(grep -cE "^ +Asiento +$(echo "$rref" | jq .entry)\$" "$work/out")" 1
contains 'and the checkpoint’s root' "$work/out" "$(grep -A 3 '^log\.' "$request" | sed -n 3p)"
contains 'and the text as it was signed' "$work/out" "$(sed -n 's/^extra //p' "$request" | base64 -d | grep -a -m 1 '^{')"
lacks 'who is meant is not said' "$ana"
show en "$request"
equal 'in English' "$? $(first)" '0 ✓ Proven: this record stands in the log, signed as is said below'
contains 'with words of it' "$work/out" 'entry 2: fgr.example.mx/a.lopez is enrolled as requesting official by registrar.example.mx'
contains 'and of what it does not prove' "$work/out" 'That the key had not been revoked'
show es --genesis AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "$request"
equal 'of another genesis than was pinned, nothing' "$? $(first)" '1 ✗ MAL: este recibo no es de fiar'
lacks 'not even the kind' 'Solicitud'

# ---- every kind ----------------------------------------------------------------------------------
now=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
hash=$(echo "$rref" | jq -r .hash)
while read -r key record; do
    echo "$record" | sent "$work/$key.key"
    equal "recorded: $(echo "$record" | jq -r .kind)" "$(jq -r '.verdict // .error' "$work/sent")" good
done <<EOF
judge.example.mx-j1 {"kind":"extension","warrant":$wref,"until":"2027-02-01T00:00:00.000Z"}
judge.example.mx-j1 {"kind":"ratification","request":$rref,"result":"partial","categories":["subscriber"]}
judge.example.mx-j1 {"kind":"deferral","request":$rref,"until":"2027-02-01T00:00:00.000Z","reason":"risk_to_witness"}
judge.example.mx-j1 {"kind":"erasure","blob":"$hash","order":"$hash"}
judge.example.mx-j1 {"kind":"anchor","checkpoint":{"size":1,"root":"$hash"}}
fgr.example.mx-a.lopez {"kind":"judicial_notice","request":$rref,"fulfilled_at":"$now","notified_at":"$now"}
fgr.example.mx-a.lopez {"kind":"transfer","requests":[$rref],"recipient":{"country":"US","authority":"us.fbi"},"instrument":"MLAT"}
fgr.example.mx-a.lopez {"kind":"product","requests":[$rref],"class":"link_analysis"}
fgr.example.mx-a.lopez {"kind":"closing","warrant":$wref,"executed":{"from":"2026-01-02T00:00:00.000Z","until":"2026-01-03T00:00:00.000Z"}}
fgr.example.mx-a.lopez {"kind":"destruction","requests":[$rref]}
fgr.example.mx-a.lopez {"kind":"notice","request":$rref,"delivered_at":"$now","means":"in_person"}
fgr.example.mx-a.lopez {"kind":"correction","about":$rref,"cause":"clerical"}
telco.example.mx-desk {"kind":"response","request":$rref,"holder":"mx.telco","outcome":"full","received_at":"$now","answered_at":"$now","records":1234567}
vigila.example.mx {"kind":"error_report","about":$rref,"cause":"wrong_person"}
EOF
show es "$(last)"
contains 'an error report in words' "$work/out" 'persona equivocada'
entries=$(curl -s "$url/checkpoint" | sed -n 2p)
i=0
while [ $i -lt "$entries" ]; do
    curl -s "$url/v1/receipts/$i?wait=witnessed" >"$work/all.$i"
    i=$((i + 1))
done
for language in es en; do
    show $language "$work"/all.*
    equal "all $entries entries are shown ($language)" "$?/$(grep -c '^✓' "$work/out")" "0/$entries"
    show $language --html "$work"/all.*
    equal "and as pages ($language)" "$?/$(grep -c '<section class="status good">' "$work/out")" "0/$entries"
    show $language --json "$work"/all.*
    equal "and as JSON ($language)" "$?/$(jq -r 'select(.ok and (.words|length>0) and ([.words[]|select(.values|length==0)]==[])).kind' "$work/out" | wc -l)" "0/$entries"
done
equal 'of every kind that was made' "$(jq -r .kind "$work/out" | sort -u | wc -l)" 18
show es "$work"/all.*
contains 'numbers are written as people do' "$work/out" '1,234,567'
contains 'of a registrar that genesis names, too' "$work/out" 'Papel          registrador'

# ---- as a page -----------------------------------------------------------------------------------
for language in es en; do
    show $language --html "$warrant"
    equal "a page ($language)" "$?/$(grep -c "^<html lang=\"$language" "$work/out")" 0/1
    contains 'what is hostile is text' "$work/out" '&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &lt;img src=x onerror=&#39;y&#39;&gt;'
    equal 'and no tag' "$(grep -ciE '<(script|img|link|iframe|object|form|a [^>]*href="[^#])' "$work/out")" 0
    equal 'nothing is loaded from anywhere' "$(grep -ciE 'url\(|@import|https?:' "$work/out")" 0
    tr '\n' ' ' <"$work/out" | sed 's/.*<style>//;s/<\/style>.*//' | head -c -0 | openssl dgst -sha256 -binary | base64 >"$work/css.hash"
    contains 'its policy allows the one style sheet and nothing else' "$work/out" "default-src 'none'; style-src 'sha256-$(cat "$work/css.hash")'; base-uri 'none'; form-action 'none'"
    equal 'every list is closed' "$(grep -o '<d[dt][ >]' "$work/out" | wc -l)/$(grep -o '<dl>' "$work/out" | wc -l)" \
        "$(grep -oE '</d[dt]>' "$work/out" | wc -l)/$(grep -o '</dl>' "$work/out" | wc -l)"
done
show es --html "$request"
lacks 'who is meant is not on the page' "$ana"

# ---- as JSON -------------------------------------------------------------------------------------
# shellcheck disable=SC2086
"$bin/bitacora" verify $p --json "$request" >"$work/verified" 2>/dev/null
show en --json "$request"
equal 'all that verify says, and more' "$(jq -c --slurpfile v "$work/verified" '[($v[0].receipts[0]|to_entries[])]-[to_entries[]]' "$work/out")" '[]'
equal 'the record as it was signed' "$(jq -c .record "$work/out")" "$(sed -n 's/^extra //p' "$request" | base64 -d | grep -a -m 1 '^{')"
equal 'the enrolments up to genesis' "$(jq -c '[.enrolments[]|[.entry,.kind,.signer]]' "$work/out")" '[[2,"enroll","registrar.example.mx"],[0,"genesis","log.example.mx/test"]]'
equal 'the witnesses' "$(jq -c '[.witnesses[]|[.name,.cosigned!=null]]' "$work/out")" '[["w1.example.mx",true],["w2.example.mx",false]]'
equal 'the clocks' "$(jq '.difference_ms|.>=0 and .<600000' "$work/out")" true
lacks 'who is meant is not there' "$ana"

# ---- what is not proven --------------------------------------------------------------------------
altered "$request" mx.telco mx.telcX >"$work/altered"
for language in es en; do
    show $language "$work/altered"
    equal "altered ($language)" "$? $(first | cut -d ' ' -f 1)" '1 ✗'
    for fact in mx.telc fgr.example mx.fgr Solicitud Request FED/0; do lacks "shows no fact: $fact" $fact; done
    show $language --html "$work/altered"
    equal "and on a page ($language)" "$?/$(grep -c 'class="status bad"' "$work/out")/$(grep -c '<h2>\|<dl>' "$work/out")" 1/1/0
    for fact in mx.telc mx.fgr FED/0; do lacks "shows no fact: $fact" $fact; done
done
show es --json "$work/altered"
equal 'nor as JSON' "$?/$(jq -c '[.verdict,.ok,has("record"),has("words"),has("enrolments")]' "$work/out")" '1/["bad",false,false,false,false]'
show es "$request" "$work/altered"
equal 'beside a good one: each says what it is' "$?/$(grep -c '^✓ Probado' "$work/out")/$(grep -c '^✗ MAL' "$work/out")" 1/1/1
equal 'and the first lines which is which' "$(head -n 2 "$work/out")" "  ✓ bien: $request
  ✗ MAL: $work/altered"
show es "$work/nowhere"
equal 'a file that is not there' "$? $(first)" '3 ? Sin decidir: no se pudo probar nada'
echo hello >"$work/hello"
show en "$work/hello"
equal 'something else' "$? $(first)" '3 ? This is not a receipt file'
lacks 'which nobody need rely on' 'relied'
show es --html "$work/hello"
equal 'and on a page' "$?/$(grep -c '<h1>No es un recibo</h1>' "$work/out")" 3/1
# shellcheck disable=SC2086
check 'an opening' "$bin/bitacora" disclose $p --private "$work/private" --subject 2 --out "$work/opening" "$request"
show en "$work/opening"
equal 'is no receipt' "$? $(first)" '3 ? This is an opening, not a receipt'
contains 'but can be looked at' "$work/out" "bitacora verify --opening $work/opening"
lacks 'who is meant is not said here' "$ana"
altered "$request" 'bitacora/v1 request' 'bitacora/v9 request' >"$work/later"
show en "$work/later"
equal 'of a later version' "$? $(first)" '3 ? Undecided: nothing could be proven'
lacks 'shows no fact, either' mx.fgr

sed 's/^group g 1 /group g 2 /' "$work/policy" >"$work/stricter"
cp "$work/policy" "$work/looser"
cp "$work/stricter" "$work/policy"
show es "$request"
equal 'without its quorum' "$? $(first | cut -d : -f 1)" '3 ? Sin decidir'
contains 'that is said' "$work/out" '? aún no se cumple (al menos 2 de 2)'
contains 'as the reason, too' "$work/out" '[quorum]'
contains 'and as what it does not prove' "$work/out" 'Que la bitácora muestre a todos la misma historia'
lacks 'nothing says that it is proven' 'Probado'
show en --html "$request"
equal 'and on a page' "$?/$(grep -c 'class="status undecided"' "$work/out")/$(grep -c 'status good' "$work/out")" 3/1/0
show en --json "$request"
equal 'and as JSON' "$?/$(jq -c '[.verdict,.ok,.quorum,.witnessed]' "$work/out")" '3/["undecided",false,false,false]'
cp "$work/looser" "$work/policy"

# ---- two that contradict each other --------------------------------------------------------------
# One signing key, two histories, and no witness that could tell.
stop_daemon
end_pid "$witness"
new=$work/forked
mkdir "$new"
first_work=$work work=$new p="--policy $new/policy"
new_log
check 'another log, without witnesses' start_daemon "$work/data"
write_policy "$work/policy"
enrol fgr.example.mx/a.lopez requester mx.fgr
stop_daemon
cp -r "$work/data" "$work/other"
LISTEN=${url#http://} start_daemon "$work/data"
curl -s "$url/v1/receipts/1" >"$work/before.receipt"
stop_daemon
for history in data other; do
    LISTEN=${url#http://} start_copy "$work/$history"
    request mx.telco 1 | jq -c --arg h "mx.$history" '.holder=$h' | sent "$work/fgr.example.mx-a.lopez.key"
    mv "$(last)" "$work/$history.receipt"
    stop_daemon
done
show en "$work/data.receipt"
equal 'each is good' "$?/$(grep -c mx.data "$work/out")" 0/2
show en "$work/other.receipt"
equal 'by itself' "$?/$(grep -c mx.other "$work/out")" 0/2
show en --evidence "$work/evidence" "$work/data.receipt" "$work/before.receipt" "$work/other.receipt"
equal 'together neither is, nor any of that log' "$?/$(grep -c '^✗ BAD' "$work/out")/$(grep -c '✓' "$work/out")" 1/3/0
for fact in mx.data mx.other mx.fgr; do lacks "shows no fact: $fact" $fact; done
# shellcheck disable=SC2086
expect 0 'and convict the log' "$bin/bitacora" verify-evidence $p "$work/evidence"
work=$first_work p="--policy $first_work/policy"

# ---- usage ---------------------------------------------------------------------------------------
# shellcheck disable=SC2086
expect 2 'what to do with it has to be said' "$bin/bitacora" receipt $p "$request"
# shellcheck disable=SC2086
expect 2 'and with which' "$bin/bitacora" receipt show $p
# shellcheck disable=SC2086
expect 2 'one form at a time' "$bin/bitacora" receipt show $p --json --html "$request"
finish
