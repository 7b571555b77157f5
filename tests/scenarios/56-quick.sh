#!/bin/sh
# warrant check --quick: the case of a warrant from an answer of the log's index: the entries that a replay finds, and nothing said of what
# only a replay can say.
. "$(dirname "$0")/../lib.sh"

b=$bin/bitacora
quick() { # quick REF [OPTION...]
    "$b" warrant check --policy "$work/policy" --quick "$@"
}
case_of() { # case_of FILE: what must be the same in both proofs
    jq -cS '[.found,.ref,.warrants,.elsewhere,.citing_elsewhere,.entries,.similar,.lookalikes]
        |walk(if type=="object" then del(.answers,.scope,.revoked,.reason,.since) else . end)' "$1" | sha256sum
}
says() { # says DESCRIPTION FIXED_STRING
    tr -s ' \n' ' ' <"$work/out" >"$work/whole"
    contains "$1" "$work/whole" "$2"
}
index_now() {
    stop_daemon
    "$bin/bitacorad" index --dir "$work/data" --now >"$work/index.out" 2>&1 || cat "$work/index.out"
    LISTEN=${url#http://} start_daemon "$work/data" --config "$work/config"
}
ref_of() { # ref_of KEYNAME: records on standard input; the reference of the last, as others name it
    "$b" submit --policy "$work/policy" --key "$work/$1.key" --without-private --json - 2>/dev/null | jq -c '{entry:.index,hash}' | tail -n 1
}

echo 'index_every = 0' >"$work/config"
check 'a log' new_log
check 'is served' start_daemon "$work/data" --config "$work/config"
write_policy "$work/policy"
for who in 'j1.example.mx judge cjf.juzgado1' 'j2.example.mx judge cjf.juzgado2' 'fgr.example.mx/a.lopez requester mx.fgr' 'telco.example.mx/desk holder mx.telco'; do
    # shellcheck disable=SC2086
    check "enrolled: $who" enrol $who
done
expect 3 'without an index there is no quick proof' quick CJF-1/2026 --json
equal 'and no fact' "$(jq -c '[.ok,.complete,.entries]' "$work/out")" '[false,false,null]'
contains 'it is said what to do instead' "$work/err" 'without --quick'

request mx.telco 1 | submit fgr.example.mx-a.lopez # too early
first=$(warrant CJF-1/2026 | ref_of j1.example.mx)
warrant CJF-1/2026 | submit j2.example.mx
warrant CJF-l/2026 | submit j1.example.mx
asked=$(request mx.telco 1 | sed 's|"ref":"CJF-1/2026"|&,"court":"cjf.juzgado1"|' | ref_of fgr.example.mx-a.lopez)
request mx.telco 2 | sed 's|"ref":"CJF-1/2026"|&,"court":"cjf.juzgado2"|' | submit fgr.example.mx-a.lopez
request mx.telco 1 | submit fgr.example.mx-a.lopez # of which court?
request mx.telco 1 | sed 's|CJF-1/2026|CJF-7/2026|' | submit fgr.example.mx-a.lopez
response mx.telco | jq -c --argjson r "$asked" '.request=$r' | submit telco.example.mx-desk
echo '{"kind":"extension"}' | jq -c --argjson w "$first" '.warrant=$w|.until="2027-06-01T00:00:00.000Z"' | submit j1.example.mx
echo '{"kind":"correction","cause":"clerical"}' | jq -c --argjson a "$asked" '.about=$a' | submit fgr.example.mx-a.lopez
check 'an index is made' index_now

for of in '' '--court cjf.juzgado1' '--court cjf.juzgado3'; do
    # shellcheck disable=SC2086
    expect 0 "a replay $of" "$b" warrant check CJF-1/2026 --policy "$work/policy" --json $of
    cp "$work/out" "$work/full.json"
    # shellcheck disable=SC2086
    expect 0 "and the quick proof $of" quick CJF-1/2026 --json $of
    equal 'find the same case' "$(case_of "$work/out")" "$(case_of "$work/full.json")"
done
expect 0 'the case of all courts' quick CJF-1/2026 --json
cp "$work/out" "$work/quick.json"
equal 'is no small one' "$(jq -c '[(.warrants|length),(.entries|length),.lookalikes_total,([.entries[].no_warrant]|unique)]' "$work/out")" \
    '[2,8,1,[null,"ambiguous","later"]]'
equal 'each says which proof it is' "$(jq -c '[.proof]' "$work/full.json" "$work/quick.json" | tr -d '\n')" '["replay"]["answer"]'
equal 'and up to where' "$(jq -c '[.complete_to==.complete_up_to,.complete_to+2==.size]' "$work/quick.json")" '[true,true]'
equal 'no rule was asked' "$(jq -c '[(.warrants+.entries)[]|.answers[]?,.scope//empty]' "$work/quick.json")" '[]'
equal 'what it does not cover is named' "$(jq -c '.not_covered' "$work/quick.json")" '["revocations","rulesets","rules","same_person","blobs"]'
expect 0 'in words' quick CJF-1/2026
says 'it is the quick proof' 'That is the quick proof, not a replay'
says 'whose word it is' "the operator's word alone"
says 'what is not known' 'whose scope was not looked at'
says 'nor whether a key was revoked' 'not looked at, as the whole log was not read'
if grep -q 'Ruleset in force' "$work/out"; then not_ok 'no ruleset is said to be in force'; else ok 'no ruleset is said to be in force'; fi
expect 0 'in Spanish' quick CJF-1/2026 --lang es
says 'the same' 'Esta es la prueba rápida, no una verificación completa'
expect 0 'as a page' quick CJF-1/2026 --html
contains 'that says so' "$work/out" 'That is the quick proof'
equal '… and names no command, as whoever reads paper has none' "$(grep -c 'bitacora [a-z]* --\|(bitacora [a-z]*)' "$work/out")" 0
expect 0 'a warrant that is not there' quick CJF-9/2026 --json
equal 'is an answer' "$(jq -c '[.ok,.found,.entries]' "$work/out")" '[true,false,[]]'
expect 0 'in words' quick CJF-9/2026
says 'up to where' "proven up to entry $(jq .complete_to "$work/quick.json")"

request mx.telco 1 | sed 's|"ref":"CJF-1/2026"|&,"court":"cjf.juzgado1"|' | submit fgr.example.mx-a.lopez
expect 0 'what came later' quick CJF-1/2026 --json
equal 'is not in it' "$(case_of "$work/out")" "$(case_of "$work/quick.json")"
expect 0 'in words' quick CJF-1/2026
says 'which that is' 'Not covered: the entries after that'
expect 0 'but with --tail' quick CJF-1/2026 --tail --json
cp "$work/out" "$work/tail.json"
equal 'it is' "$(jq -c '[.complete_to+1==.size,(.entries|length)]' "$work/out")" '[true,9]'
"$b" warrant check CJF-1/2026 --policy "$work/policy" --json >"$work/full.json" 2>/dev/null
equal 'and all is as in a replay' "$(case_of "$work/tail.json")" "$(case_of "$work/full.json")"
# An auditor's word for an index counts for the tables that stand in a later one, too.
check 'an auditor' enrol asf.example.mx/a1 auditor mx.asf
check 'an index is made' index_now
newest=$(curl -s "$url/index/newest")
curl -s "$url/v1/receipts/$newest" >"$work/receipt"
curl -s "$url/checkpoint" >"$work/checkpoint"
"$b" verify --policy "$work/policy" --json "$work/receipt" 2>/dev/null |
    jq -c --arg root "$(sed -n 3p "$work/checkpoint")" --argjson size "$(sed -n 2p "$work/checkpoint")" \
        '.receipts[0]|{kind:"anchor",checkpoint:{size:$size,root:$root},index:{entry:.index,hash}}' >"$work/anchor"
check 'recomputes it' submit asf.example.mx-a1 <"$work/anchor"
expect 0 'before another index' quick CJF-1/2026 --json
equal 'nobody can know that' "$(jq -c .audited "$work/out")" null
check 'which is made' index_now
expect 0 'then an answer' "$b" answer --policy "$work/policy" --warrant CJF-1/2026 --json
equal 'names the auditor, and how far it goes' \
    "$(jq -c ".audited|[.auditor,.authority,.index==$newest,.complete_to+1==$newest,.audited<.tables]" "$work/out")" \
    '["asf.example.mx/a1","mx.asf",true,true,true]'
jq -c .audited "$work/out" >"$work/audited"
expect 0 'in words' "$b" answer --policy "$work/policy" --warrant CJF-1/2026
says 'too' 'The auditor asf.example.mx/a1 (mx.asf) recomputed it'
says 'and what is left' "The rest is the operator's word alone"
expect 0 'the quick proof' quick CJF-1/2026 --json
equal 'says the same' "$(jq -c .audited "$work/out")" "$(cat "$work/audited")"
expect 2 '--tail is for --quick' "$b" warrant check CJF-1/2026 --policy "$work/policy" --tail
expect 2 'and rules are not' quick CJF-1/2026 --ruleset "$work/policy"
printf 'log %s %s\nwitness w %s\nquorum w\n' "$vkey" "$url" "$("$b" keygen w.example.mx --witness --out "$work/w.key")" >"$work/policy"
expect 3 'without its witnesses nothing is shown' quick CJF-1/2026 --json
equal 'of the case' "$(jq -c '[.complete,.found,.entries]' "$work/out")" '[false,null,null]'
finish
