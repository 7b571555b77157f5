#!/bin/sh
# What strangers wrote (names of files, what files say, what servers answer) is shown, and commands nothing: no control character, no
# change of direction, no line of its own; what people write stays as it is.
. "$(dirname "$0")/../lib.sh"

esc=$(printf '\033') c1=$(printf '\302\233') rlo=$(printf '\342\200\256') ls=$(printf '\342\200\250')
evil="x${esc}[2J${c1}1m${rlo}gpj
good: forged${ls}y"
tame() { # tame DESCRIPTION FILE...: nothing in them commands anything, and no line is forged
    what=$1
    shift
    if LC_ALL=C grep -lqP '\x1b|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]|[\x00-\x08\x0b-\x1f\x7f]' "$@" || grep -q '^good: forged' "$@"; then
        not_ok "$what" "$(cat "$@" | od -c | head -n 20)"
    else
        ok "$what"
    fi
}
run() { # run DESCRIPTION STATUS COMMAND...
    d=$1 s=$2
    shift 2
    expect "$s" "$d" "$@"
    cat "$work/out" "$work/err" >"$work/all"
    tame '… and what it shows is tame' "$work/out" "$work/err"
}

check 'a log' small_log 12
check 'an oversight key' enrol oversight.example.mx oversight mx.inai
p="--policy $work/policy"
month=$(date -u +%Y-%m)
mkdir "$work/$evil.d"
"$bin/bitacora" submit $p --key "$work/telco.example.mx-desk.key" --receipts "$work/$evil.d" - >/dev/null 2>&1 <<EOF
$(response mx.telco)
EOF
receipt=$(ls -d "$work/$evil.d"/*)
cp "$receipt" "$work/$evil"
run 'verify of a receipt of such a name' 0 "$bin/bitacora" verify $p "$work/$evil"
contains '… which is spelt' "$work/all" 'x\x1b[2J\u{009b}1m\u{202e}gpj\ngood: forged\u{2028}y'
run '… in a folder that has it' 0 "$bin/bitacora" verify $p "$receipt"
run '… as JSON' 0 "$bin/bitacora" verify $p "$work/$evil" --json
run 'receipt show' 0 "$bin/bitacora" receipt show $p "$work/$evil"
run 'one that is not there' 3 "$bin/bitacora" verify $p "$work/$evil.not"
"$bin/bitacora" verify-evidence $p "$work/$evil" >"$work/out" 2>"$work/err"
tame 'verify-evidence' "$work/out" "$work/err"
run 'a policy of such a name' 2 "$bin/bitacora" replay --policy "$work/$evil.not"
run 'a command' 2 "$bin/bitacora" "$evil"
run 'an option' 2 "$bin/bitacora" verify "--$evil"
run 'a copy' 0 "$bin/bitacora" mirror $p "$work/$evil.mirror"

# ---- what files say ---------------------------------------------------------------------------------
printf '{"Header":{"%s":1},"Payload":{"RequestPayload":{"ActionRequests":{"ActionRequest":[{"%s":{"HI1Object":{"@xsi:type":"%s","ObjectIdentifier":"%s"}}}]}}}}' \
    'E\u001b[31m' 'C\u009b' 'T\u202e' 'I\ngood: forged' >"$work/$evil.json"
run 'import' 3 "$bin/bitacora" import ts103120 "$work/$evil.json"
contains '… names what is not mapped all the same' "$work/all" 'I\ngood: forged: not mapped: T\u{202e}'
printf '{"a":"%s' "$evil" >"$work/broken.json"
run '… of what is no JSON' 3 "$bin/bitacora" import ts103120 "$work/broken.json"
printf '{"format":"bitacora/v1 private","id":"10000000-0000-4000-8000-000000000001","kind":"warrant","ref":"%s","sealed":[]}\n{"format":"bitacora/v1 private","id":"10000000-0000-4000-8000-000000000001","entry":1,"hash":"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}\n' \
    'R\u001b[2J\u009b\u202e\ngood: forged' >"$work/private"
chmod 600 "$work/private"
request mx.telco 1 | sed 's/"warrant":{[^}]*},//' >"$work/one"
"$bin/bitacora" submit $p --key "$work/fgr.example.mx-a.lopez.key" --warrant "$work/private" "$work/one" >"$work/out" 2>"$work/err"
tame "the reference in a warrant's private part" "$work/out" "$work/err"

# ---- reports ------------------------------------------------------------------------------------------
for f in html csv json; do
    "$bin/bitacora" report $p --from "$month" --to "$month" --$f --lang es --out "$work/r$evil.$f" 2>/dev/null
    sed -i "s/solicitudes/solicitud${esc}[2J${c1}es/g" "$work/r$evil.$f"
    run "a report that was changed: $f" 1 "$bin/bitacora" report --check "$work/r$evil.$f" $p
done
"$bin/bitacora" report $p --from "$month" --to "$month" --html --lang es --out "$work/r.html" 2>/dev/null
sed -i 's/bitácora que se contó/bitácora que se conto/; s/se comprobó su firma/se comprobo su firma/' "$work/r.html"
run 'a changed accent' 1 "$bin/bitacora" report --check "$work/r.html" $p --lang es
contains 'is shown with the accents around it' "$work/err" 'se leyó, y se comprobó su firma'
contains 'and so is the file' "$work/err" 'se leyó, y se comprobo su firma'
check 'in whole characters' iconv -f UTF-8 -t UTF-8 "$work/err"
for i in 1 2 3 4 5 6 7 8; do
    sed "s/«no consta»/no consta/; s/persona/$(printf '%.*sersona' $i ppppppppp)/" "$work/r.html" >"$work/cut.html"
    "$bin/bitacora" report --check "$work/cut.html" $p --lang es >/dev/null 2>"$work/err"
    iconv -f UTF-8 -t UTF-8 "$work/err" >/dev/null 2>&1 || not_ok 'a cut within a character'
done

stop_daemon

# ---- what the daemon says of paths ------------------------------------------------------------------
forged=$(printf '%s/a\033[2J\nbitacorad: good' "$work")
printf 'reads\n' >"$forged"
for o in "fsck --dir" "run --dir" "run --dir $work/data --policy" "run --dir $work/data --config"; do
    # shellcheck disable=SC2086
    expect 2 "$o" "$bin/bitacorad" $o "$forged"
    equal 'is one line, without controls' "$(grep -c '^bitacorad: good' "$work/err") $(tr -d '\n' <"$work/err" | grep -c '[[:cntrl:]]')" '0 0'
done
finish
