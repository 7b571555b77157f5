#!/bin/sh
# The newest ruleset that comes with the software is printed, pinned and judged by; a log that pins none goes by the old one, whose
# bytes never change.
. "$(dirname "$0")/../lib.sh"

rules=$root/tests/interop/rules.py
asks() { # asks KEY BASIS CATEGORY FUNCTION AUTHORITY: a request
    printf '{"kind":"request","authority":"%s","function":"%s","level":"federal","holder":"mx.telco","source":"other","categories":["%s"],"basis":"%s","purpose":{"code":"prevention"},"persons":1}\n' \
        "$5" "$4" "$3" "$2" | submit "$1" --json
}
answer() { # answer RULE: result and causes of each request that is one, in order
    "$bin/bitacora" audit --policy "$work/policy" --json --all >"$work/out" 2>"$work/err"
    jq -r --arg r "$1" 'select(.rule==$r and .type=="answer")|[.result]+.causes|join(" ")' "$work/out"
}

equal 'the old one has the bytes that old reports were made by' "$(sha256sum <"$root/proto/rulesets/mx.json" | cut -c 1-64)" bb5b236b0fdaf420d8c15f5778fd0ba91da549d065f5218350cea33429e33c97
expect 0 'the newest is told' "$bin/bitacora" ruleset --newest --json
equal 'its version' "$(jq -r '.name+" "+.version' "$work/out")" 'mx 2026-12'
"$bin/bitacora" ruleset --newest --print >"$work/mx-2026-12.json"
check 'printed, it is the file' cmp "$work/mx-2026-12.json" "$root/proto/rulesets/mx-2026-12.json"
"$bin/bitacora" ruleset --print >"$work/mx.json"
check 'and without --newest the one that is built in' cmp "$work/mx.json" "$root/proto/rulesets/mx.json"
expect 2 'a file and --newest' "$bin/bitacora" ruleset --newest "$work/mx.json"
expect 0 'each of its codes has words' "$root/build/release/tools/check_labels" "$work/mx-2026-12.json"
check 'a second implementation has its rules' sh -c 'python3 "$1" selftest >"$2" && ! grep -q "^not ok" "$2"' - "$rules" "$work/selftest"

new_log 2>"$work/init.err"
contains 'init says which is the newest' "$work/init.err" 'the newest ruleset is mx 2026-12'
contains 'and how to pin it' "$work/init.err" 'bitacora pin --policy POLICY --key REGISTRAR mx-2026-12.json'
equal 'and nothing but the key on standard output' "$(echo "$vkey" | wc -l)" 1
check 'a log' start_daemon "$work/data"
write_policy "$work/policy"
check 'a prosecutor' enrol fgr.example.mx requester mx.fgr
check 'the Guardia Nacional' enrol gn.example.mx requester mx.gn
check 'the CNI' enrol cni.example.mx requester mx.cni
asks gn.example.mx LGN-90 vehicle police mx.gn || not_ok 'a request'
asks cni.example.mx LSNIIMSP-24 bank intelligence mx.cni || not_ok 'a request'
asks gn.example.mx LGN-9-XXVI geolocation_live police mx.gn && not_ok 'a code that is not in force is taken'
equal 'before, as the old one has it' "$(answer R11)" 'finding FUNCTION_NOT_EMPOWERED
not_evaluable BASIS_UNLISTED'
expect 0 'the newest is pinned' "$bin/bitacora" pin --policy "$work/policy" --key "$work/registrar.key" "$work/mx-2026-12.json"
asks gn.example.mx LGN-90 vehicle police mx.gn || not_ok 'a request'
asks fgr.example.mx LGN-90 vehicle prosecution mx.fgr || not_ok 'a request'
asks cni.example.mx LSNIIMSP-24 bank intelligence mx.cni || not_ok 'a request'
asks gn.example.mx LGN-9-XXVI geolocation_live police mx.gn || not_ok 'a request'
equal 'what was before is judged as before, the rest by the newest' "$(answer R11)" 'finding FUNCTION_NOT_EMPOWERED
not_evaluable BASIS_UNLISTED
pass
finding FUNCTION_NOT_EMPOWERED
pass
pass'
equal 'georeferencing without a judge is found, and that two laws conflict' "$(answer R02)" 'finding NO_WARRANT_NO_EMERGENCY LAWS_CONFLICT'
contains 'in words' "$work/out" 'LGN 9-XXVI, under the command of the prosecution, asks for no judge, and CPEUM 16 does'
check 'a copy' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"

# ---- a spreadsheet's codes -----------------------------------------------------------------------
import_() { "$bin/bitacora" import csv --map "$work/map" "$@" "$work/rows.csv"; }
{
    printf 'kind = request\n[columns]\nbasis = B\n[every]\nauthority = mx.gn\nfunction = police\nlevel = federal\nholder = mx.telco\n'
    printf 'source = other\ncategories = vehicle\npurpose.code = prevention\npersons = 1\n'
} >"$work/map"
printf 'B\nLGN-9-XXVI\n' >"$work/rows.csv"
expect 0 'a code of the rules that the log pins' import_ --policy "$work/policy"
contains '… which are named' "$work/err" 'that entry '
equal '… makes a record' "$(jq -r .basis "$work/out")" LGN-9-XXVI
expect 0 'from a mirror, too' import_ --policy "$work/policy" --dir "$work/mirror"
expect 3 'it is none of those that come with the program' import_
contains '… and that a log can be asked is said' "$work/err" '--policy POLICY asks it'
expect 0 'a file says which, too' import_ --ruleset "$work/mx-2026-12.json"
expect 3 'a log that cannot be had' import_ --policy "$work/policy" --log http://127.0.0.1:1
contains '… is no reason to go by others' "$work/err" 'nothing was imported'
equal '… and nothing is printed' "$(wc -c <"$work/out")" 0
printf 'B\nCNPP-303\n' >"$work/rows.csv"
expect 0 'a code that both have' import_
contains '… is by rules that may be older, which is said' "$work/err" 'the log may pin others'

# ---- the law's clocks ----------------------------------------------------------------------------
clocks() { # clocks [OPTION]: whose clocks an answer of `warrant check` goes by
    "$bin/bitacora" warrant check NONE-1 --policy "$work/policy" "$@" 2>"$work/err" | tr -s ' \n' ' ' | grep -o '[0-9:]* ([^()]*UTC)' | sed 's/^[0-9:]* (//;s/[;)].*//' | sort -u
}
equal 'times are those of the country whose law is in force' "$(clocks)" America/Mexico_City
laws='CNPP|CPEUM|LMTR|LGMDFP|LSN|LGPDPPSO|115/2012'
named() { # named OPTION...: how many lines of the rules, as an audit says them, name a law of Mexico, but where it is an entry that does
    "$bin/bitacora" audit --policy "$work/policy" --all "$@" >"$work/out" 2>"$work/err"
    if [ "$1" = --sarif ]; then jq -c '.runs[0].tool.driver.rules[]' "$work/out"; else grep -E '^R[0-9]|"rule"|,R[0-9]|,CODE,' "$work/out"; fi | grep -v -e LAWS_CONFLICT -e BASIS_UNLISTED | grep -cE "$laws"
}
source_of() { "$bin/bitacora" audit --policy "$work/policy" --json --rule "$@" 2>"$work/err" | jq -r 'select(.type=="rule").source'; }
equal 'and rules name its law' "$(named --sarif) $(source_of R18) $(source_of R17)" '20 policy; identity_biometric: LGMDFP 12 Quater LMTR 183'
jq '.name="co"' "$root/proto/rulesets/mx.json" >"$work/co.json"
expect 0 'the law of another country' "$bin/bitacora" pin --policy "$work/policy" --key "$work/registrar.key" "$work/co.json"
equal 'and times go by its clocks' "$(clocks)" America/Bogota
equal 'no rule names a law of Mexico' "$(named --sarif) $(named --json) $(named --csv) $(named --lang en)" '0 0 0 0'
equal 'but the kind of law' "$(source_of R18), $(source_of R17), $(source_of R20), $(source_of R22)" 'policy; law on notice to persons, law on times to answer, –, policy'
equal 'in either language' "$(source_of R13 --lang es)" 'ley sobre identidad biométrica'
equal 'on a page, too' "$(clocks --html | tail -n 1)" America/Bogota
"$bin/bitacora" show 0 --policy "$work/policy" >"$work/out" 2>"$work/err"
contains 'of one entry, too' "$work/out" '(America/Bogota; '
"$bin/bitacora" signers --policy "$work/policy" >"$work/out" 2>"$work/err"
equal 'of signers, too' "$(grep -c '(America/Bogota; ' "$work/out")" 2
equal 'but by the reader’s, if he says which' "$(BITACORA_ZONE=UTC clocks)/$(TZ=Europe/Madrid clocks)" UTC/Europe/Madrid
equal 'and before all by --zone' "$(BITACORA_ZONE=UTC clocks --zone America/Lima)" America/Lima
expect 2 'a zone that is none' "$bin/bitacora" show 0 --policy "$work/policy" --zone America/Limma
contains '… is named, with the one that was meant' "$work/err" 'America/Limma: no such time zone'
entry=$(($(curl -s "$url/checkpoint" | sed -n 2p) - 1))
"$bin/bitacora" show $entry --policy "$work/policy" --json >"$work/last" 2>"$work/err"
local_day=$(TZ=Etc/GMT+11 date -d "$(jq -r .accepted "$work/last")" +%F) # eleven hours behind UTC
equal 'a day is one of that zone' "$("$bin/bitacora" export --policy "$work/policy" --zone -11:00 --from "$local_day" --to "$local_day" 2>"$work/err" | tail -n 1 | jq .entry)" $entry

stop_daemon
finish
