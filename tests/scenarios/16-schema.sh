#!/bin/sh
# The JSON Schemas accept and refuse what the program does; rulesets on the command line; the tables
# of docs/FORMATS.md are those of the program.
. "$(dirname "$0")/../lib.sh"

tools=$root/build/release/tools
# Records changed at random: the first of those that a fixed seed gives; more in `make faults`.
/usr/bin/python3 "$root/tests/interop/schema.py" "$bin/bitacora" "$tools/check_record" \
    "$root/proto/rulesets/mx.json" "${MUTATIONS:-2500}" >"$work/tap" 2>"$work/err"
status=$?
take_tap "$work/tap"
equal 'all of it was asked' "$status $(tail -n 5 "$work/err")" '0 '

expect 0 'the built-in ruleset is printed' "$bin/bitacora" ruleset --print
check 'as it is' cmp "$work/out" "$root/proto/rulesets/mx.json"
sha256=$(sha256sum "$root/proto/rulesets/mx.json" | cut -d' ' -f1 | xargs /usr/bin/python3 -c \
    'import base64, sys; print(base64.b64encode(bytes.fromhex(sys.argv[1])).decode())')
expect 0 'it has a name' "$bin/bitacora" ruleset
equal 'a version, a date and a SHA-256' "$(tr -s ' \n' ' ' <"$work/out")" \
    "name mx version $(jq -r .version "$root/proto/rulesets/mx.json") from $(jq -r .from "$root/proto/rulesets/mx.json") sha256 $sha256 "
expect 0 'as JSON, too' "$bin/bitacora" ruleset --json
equal 'the same' "$(jq -r .sha256 "$work/out")" "$sha256"
jq '.name="other" | .codes.product_class=["haiku"] | .aliases.senryu="haiku"' "$root/proto/rulesets/mx.json" >"$work/other.json"
expect 0 'another ruleset' "$bin/bitacora" ruleset "$work/other.json" --json
equal 'has its own' "$(jq -r .name "$work/out")" other
expect 0 'has other schemas' "$bin/bitacora" schema product --ruleset "$work/other.json"
equal 'with its codes and their aliases' "$(jq -c '."$defs"."codes.product_class".enum' "$work/out")" '["haiku","senryu"]'
jq '.colour=1' "$root/proto/rulesets/mx.json" >"$work/bad.json"
expect 2 'what is no ruleset' "$bin/bitacora" ruleset "$work/bad.json"
contains 'is refused' "$work/err" 'not a ruleset file'
expect 2 'printed or not' "$bin/bitacora" ruleset "$work/bad.json" --print
equal 'nothing of it' "$(cat "$work/out")" ''
expect 2 'nor are there schemas of it' "$bin/bitacora" schema --ruleset "$work/bad.json"
expect 2 'a file that is not there' "$bin/bitacora" ruleset "$work/nothing"
expect 2 'two files' "$bin/bitacora" ruleset "$work/other.json" "$work/other.json"
expect 2 'an unknown kind' "$bin/bitacora" schema colour
contains 'is named' "$work/err" 'colour: no such kind'
expect 2 'two kinds' "$bin/bitacora" schema request warrant
"$bin/bitacora" schema request >"$work/plain"
"$bin/bitacora" schema request --json >"$work/json"
check '--json changes nothing' cmp "$work/plain" "$work/json"
"$bin/bitacora" schema request --lang es >"$work/es"
equal 'meanings in Spanish' "$(jq -r .properties.persons.description "$work/es")" 'cuántas personas'
equal 'and nothing but they' "$(jq -S 'del(..|.description?)' "$work/es" | md5sum)" "$(jq -S 'del(..|.description?)' "$work/plain" | md5sum)"
contains 'which are not escaped' "$work/es" 'cuántas'
"$bin/bitacora" schema >"$work/all"
equal 'while what cannot be seen is' "$(grep -cP '[^\x20-\x7e\x{a1}-\x{52f}\x{2190}-\x{21ff}\x{27e8}\x{27e9}]' "$work/all" "$work/es" | tr '\n' ' ')" "$work/all:0 $work/es:0 "
expect 3 'a schema that cannot be written' sh -c '"$0" schema >/dev/full' "$bin/bitacora"

"$tools/kind_tables" "$root/docs/FORMATS.md" >"$work/FORMATS.md"
check 'the tables in docs/FORMATS.md are those of the program (make docs)' diff "$root/docs/FORMATS.md" "$work/FORMATS.md"
equal 'all four of them' "$(grep -c '^<!-- table ' "$work/FORMATS.md") $(grep -c '^<!-- end -->' "$work/FORMATS.md")" '4 4'
finish
