#!/bin/sh
# The whole story on real components: a new log, its people, a warrant, requests and responses with
# their receipts, a mirror, an audit; then every way of tampering with copies, each one caught. On a
# terminal the service is left running until Enter is pressed.
set -u
root=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
bin=${BIN:-$root/build/bin}
work=$(mktemp -d "${TMPDIR:-/tmp}/bitacora-demo.XXXXXX")
export XDG_STATE_HOME="$work/state"
daemon=""
failures=0

end() {
    [ -z "$daemon" ] || { kill -TERM "$daemon" 2>/dev/null; wait "$daemon" 2>/dev/null; }
    rm -rf "$work"
}
trap end EXIT
trap 'exit 130' INT TERM

case ${LC_ALL:-${LC_MESSAGES:-${LANG:-}}} in es*) spanish=1 ;; *) spanish=0 ;; esac
t() { # t ENGLISH SPANISH
    if [ $spanish = 1 ]; then printf '%s' "$2"; else printf '%s' "$1"; fi
}
title() { printf '\n== %s\n' "$(t "$1" "$2")"; }
tell() { printf '   %s\n' "$(t "$1" "$2")"; }

run() { # shows a command and runs it; it must succeed
    printf '   $ %s\n' "$(printf '%s ' "$@" | sed "s|$bin/||g; s|$work/||g")"
    "$@" >"$work/out" 2>&1
    status=$?
    sed "s|$work/||g; s/^/     /" "$work/out" | cut -c1-170
    if [ $status != 0 ]; then
        printf '   !! exit %s\n' $status
        failures=$((failures + 1))
    fi
}

caught() { # caught STATUS ENGLISH SPANISH COMMAND...: the client must end with that status
    want=$1
    what=$(t "$2" "$3")
    shift 3
    "$@" >"$work/out" 2>&1
    status=$?
    if [ $status = "$want" ]; then
        printf '   %-58s exit %s  %s\n' "$what" $status \
            "$(grep -m 1 '\[' "$work/out" | sed "s|$work/||g" | cut -c1-110)"
    else
        printf '   !! %s: exit %s, %s\n' "$what" $status "$(cat "$work/out")"
        failures=$((failures + 1))
    fi
}

start_daemon() { # start_daemon HOST:PORT [OPTION...]: sets $daemon and $url
    : >daemon.out # before it starts: an old line must not be taken for its own
    "$bin/bitacorad" run --dir data --listen "$@" >daemon.out 2>daemon.err &
    daemon=$!
    tries=0
    until grep -q '^listening on ' "$work/daemon.out" 2>/dev/null; do
        tries=$((tries + 1))
        [ $tries -lt 400 ] || { cat "$work/daemon.err"; exit 1; }
        sleep 0.05
    done
    url=$(sed -n 's/^listening on //p' "$work/daemon.out")
}

cd "$work" || exit 1
title 'A registrar makes a key; the operator makes a log that names the registrar in its entry 0' \
    'Un registrador crea una clave; quien opera crea una bitácora que nombra al registrador en su asiento 0'
run "$bin/bitacora" keygen registro.example.mx --out registrar.key
registrar=$(cat out)
run "$bin/bitacorad" init --dir data --origin bitacora.example.mx/demo --registrar "$registrar"
vkey=$(grep -E "^[^ ]+\+[0-9a-f]{8}\+[^ ]+$" out)
start_daemon "${DEMO_LISTEN:-127.0.0.1:0}"
printf 'log %s %s\nquorum none\n' "$vkey" "$url" >policy
tell "the service is at $url; the policy, all that a verifier needs to hold:" \
    "el servicio está en $url; la política, todo lo que un verificador necesita tener:"
sed 's/^/     /' policy

title 'The registrar enrols a judge, an official, a data holder and an oversight body' \
    'El registrador da de alta a un juez, un agente, una empresa con datos y un órgano de supervisión'
for who in 'juez.cjf.example.mx judge cjf.juzgado3' 'a.lopez.fgr.example.mx requester mx.fgr' \
    'mesa.telco.example.mx holder mx.telco' 'vigilancia.example.mx oversight mx.vigilancia'; do
    set -- $who
    "$bin/bitacora" keygen "$1" --out "$1.key" >out
    run "$bin/bitacora" enroll --policy policy --key registrar.key --vkey "$(cat out)" --role "$2" \
        --authority "$3" --level federal
done

title 'The judge signs a warrant; the official signs requests under it; the company answers' \
    'El juez firma un mandamiento; el agente firma solicitudes con fundamento en él; la empresa contesta'
window='"window":{"from":"2026-01-01T00:00:00.000Z","until":"2126-01-01T00:00:00.000Z"}'
cat >warrant.jsonl <<EOF
{"kind":"warrant","ref":"CJF-3/118/2026","matter":"criminal","used_by":["mx.fgr"],"categories":["traffic_retained"],"holders":["mx.telco"],$window}
EOF
for n in 1 2 3 4 5; do
    cat <<EOF
{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["traffic_retained"],"basis":"CNPP-303","warrant":{"ref":"CJF-3/118/2026"},"purpose":{"code":"criminal_investigation"},"persons":$n,"case":{"scheme":"FGR_CI","number":"FED/CDMX/$n/2026"}}
EOF
done >requests.jsonl
run "$bin/bitacora" submit --policy policy --key juez.cjf.example.mx.key --receipts receipts warrant.jsonl
run "$bin/bitacora" submit --policy policy --key a.lopez.fgr.example.mx.key --receipts receipts requests.jsonl
# Each response names the request that it answers, by index and leaf hash, as submit printed them.
n=0
sed -n 's/^ *\(entry\|asiento\) \([0-9]*\): request.* hash \(.*\)$/\2 \3/p' out | head -n 3 | while read -r entry hash; do
    n=$((n + 1))
    cat <<EOF
{"kind":"response","request":{"entry":$entry,"hash":"$hash"},"holder":"mx.telco","outcome":"full","received_at":"2026-11-0${n}T09:00:00.000Z","answered_at":"2026-11-0${n}T15:30:00.000Z","records":$((n * 7))}
EOF
done >responses.jsonl
run "$bin/bitacora" submit --policy policy --key mesa.telco.example.mx.key --receipts receipts responses.jsonl

title 'Each record came back as a receipt, which anyone can verify offline, years later' \
    'Cada registro volvió como recibo, que cualquiera verifica sin red, años después'
run "$bin/bitacora" verify --policy policy receipts/5.tlog-proof receipts/10.tlog-proof

title 'A request about a person: committed to and sealed to oversight, named to nobody else' \
    'Una solicitud sobre una persona: comprometida y sellada a supervisión, sin nombrarla a nadie más'
run "$bin/bitacora" new request --policy policy --key a.lopez.fgr.example.mx.key --receipts receipts \
    --function prosecution --holder mx.telco --source subscriber_db --categories subscriber --basis CNPP-303 \
    --purpose.code missing_person --persons 1 --subjects curp=GOMC850315HDFRRR07 --private shown --warrant.ref CJF-3/118/2026
about=$(sed -n 's/^\(entry\|asiento\) \([0-9]*\): request.*/\2/p' out)
if grep -rqa GOMC850315HDFRRR07 data receipts; then tell '!! named in the clear' '!! nombrada en claro'; failures=$((failures + 1)); fi
run "$bin/bitacora" open --policy policy --key vigilancia.example.mx.key "receipts/$about.tlog-proof"
run "$bin/bitacora" disclose --policy policy --private shown --out opening "receipts/$about.tlog-proof"
tell 'the judge, who is shown the opening, needs nothing but the policy:' \
    'el juez, a quien se muestra la apertura, no necesita más que la política:'
run "$bin/bitacora" verify --policy policy --opening opening

title 'An auditor, who trusts nobody, makes a mirror and replays it: chain, tree, every signature' \
    'Un auditor, que no confía en nadie, hace una copia y la verifica: cadena, árbol, cada firma'
run "$bin/bitacora" mirror --policy policy mirror
run "$bin/bitacora" replay --policy policy --dir mirror --state auditor.state

title 'Now the copies are tampered with. Each attempt is caught' \
    'Ahora se alteran las copias. Cada intento se descubre'
bundle=$(cd mirror && echo tile/entries/000.p/*)
tile=$(cd mirror && echo tile/0/000.p/*)
fresh() { rm -rf copy && cp -r mirror copy; }
replay() { "$bin/bitacora" replay --policy policy --dir copy "$@"; }
fresh; sed -i 's/"persons":3/"persons":1/' "copy/$bundle"
caught 1 'a request about three persons is made one about one' 'una solicitud sobre tres personas se vuelve sobre una' replay
fresh; sed -i 's/a\.lopez/b.lopez/' "copy/$bundle"
caught 1 'another official is named' 'se nombra a otro agente' replay
fresh; sed -i 's/CJF-3\/118/CJF-3\/119/' "copy/$bundle"
caught 1 'another warrant is named' 'se nombra otro mandamiento' replay
fresh; printf '\001\001\001\001\001' | dd of="copy/$tile" bs=1 seek=100 conv=notrunc 2>/dev/null
caught 1 'a hash in the tree is changed' 'se cambia un hash del árbol' replay
fresh; sed -i 's/^1[0-9]$/9/' copy/checkpoint
caught 1 'the log is made to seem shorter' 'se hace parecer más corta la bitácora' replay
fresh; truncate -s -700 "copy/$bundle"
caught 1 'the last entry is cut off' 'se corta el último asiento' replay
fresh; rm "copy/$tile"
caught 3 'a file is held back (undecided, never good)' 'se retiene un archivo (sin decidir, nunca bien)' replay
sed 's/^index 5$/index 6/' receipts/5.tlog-proof >forged.tlog-proof
caught 1 'a receipt is moved to another entry' 'un recibo se traslada a otro asiento' \
    "$bin/bitacora" verify --policy policy forged.tlog-proof

title 'The operator, who has the log key, rewrites history consistently' \
    'Quien opera, que tiene la clave de la bitácora, reescribe la historia sin contradicciones'
kill -TERM "$daemon"; wait "$daemon"
cp -r data before
start_daemon "${url#http://}"
head -n 2 requests.jsonl >more.jsonl
"$bin/bitacora" submit --policy policy --key a.lopez.fgr.example.mx.key --receipts receipts more.jsonl >out 2>&1
"$bin/bitacora" replay --policy policy --state auditor.state >out 2>&1 || failures=$((failures + 1))
tell 'two more requests were accepted, with receipts, and audited; now they are undone' \
    'se aceptaron dos solicitudes más, con recibo, y se auditaron; ahora se deshacen'
kill -TERM "$daemon"; wait "$daemon"
mv data true-history
mv before data
start_daemon "${url#http://}" --no-mark # else it refuses: the mark says that more was signed
# By a clerk who has seen nothing of the log so far: who has is not taken in.
"$bin/bitacora" submit --policy policy --key mesa.telco.example.mx.key --state new-clerk.state responses.jsonl >out 2>&1
caught 1 'the auditor, who remembers, convicts with evidence' 'el auditor, que recuerda, lo prueba' \
    "$bin/bitacora" replay --policy policy --state auditor.state --evidence evidence
last=$(ls receipts | sort -n | tail -n 2 | head -n 1)
caught 1 "so does the official, with an old receipt ($last)" "también el agente, con un recibo viejo ($last)" \
    "$bin/bitacora" verify --policy policy --log "$url" "receipts/$last"
run "$bin/bitacora" verify-evidence --policy policy evidence
tell 'the evidence file holds both checkpoints that the log signed; it needs nothing but the policy' \
    'el archivo de evidencia tiene los dos checkpoints que la bitácora firmó; no necesita más que la política'

if [ $failures != 0 ]; then
    printf '\n%s\n' "$(t "$failures steps did not go as they should" "$failures pasos no salieron como debían")"
    exit 1
fi
title 'All of it as it should be' 'Todo como debe ser'
if [ -t 0 ] && [ -t 1 ]; then
    tell "The service is still running at $url, its files in $work. Enter ends it." \
        "El servicio sigue en $url, sus archivos en $work. Enter lo termina."
    read -r _
fi
exit 0
