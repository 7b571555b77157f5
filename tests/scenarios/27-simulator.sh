#!/bin/sh
# The simulator: its logs are good, the same for the same arguments and others for another seed, and every
# rule has something to find in them. What it says is planted is what the rules find: no more, no less.
. "$(dirname "$0")/../lib.sh"
simulate=${SIMULATE:-$root/build/release/tools/simulate}

replayed() { # replayed DIR [OPTION...]: exit status
    dir=$1
    shift
    "$bin/bitacora" replay --dir "$work/$dir/mirror" --policy "$work/$dir/policy" "$@"
}

count_of() { # count_of DIR RULE
    grep -c "\"rule\":\"$2\"" "$work/$1/planted.jsonl"
}

digest() { # digest DIR: of all files and their names
    (cd "$work/$1" && find . -type f -print | LC_ALL=C sort | xargs sha256sum | sha256sum)
}

# Whether rules.py, written by others from docs/RULES.md, finds just what is planted.
as_planted() { # as_planted DIR
    python3 "$root/tests/interop/rules.py" "$work/$1/mirror" >"$work/answers" || return 1
    sed -n 's/^{"rule":"\([A-Z0-9]*\)","result":"finding","entry":\([0-9]*\)[,}].*/\1 \2/p' \
        "$work/answers" | sort >"$work/found"
    sed -n 's/^{"rule":"\([A-Z0-9]*\)","result":"finding","entry":\([0-9]*\)}$/\1 \2/p' \
        "$work/$1/planted.jsonl" | sort >"$work/planted"
    [ "$(wc -l <"$work/planted")" = "$(wc -l <"$work/$1/planted.jsonl")" ] &&
        diff "$work/found" "$work/planted"
}

expect 0 'a year of 3,000 entries' "$simulate" --out "$work/a" --entries 3000 --seed 7
expect 0 'replays' replayed a --json
contains 'all of it' "$work/out" '"size":3000,'
contains 'with every signature' "$work/out" '"signatures":3000,'
for rule in R01 R02 R03 R04 R05 R06 R07 R08 R09 R10 R11 R12 R13 R14 R15 R16 R17 R18 R19 R20 R21 R22 CODE; do
    n=$(count_of a $rule)
    if [ "$n" -ge 3 ]; then ok "$rule has $n findings"; else not_ok "$rule has $n findings, not 3"; fi
done
check 'and nothing else is found' as_planted a

expect 0 'again' "$simulate" --out "$work/b" --entries 3000 --seed 7
equal 'the same arguments give the same bytes' "$(digest b)" "$(digest a)"
expect 0 'with another seed' "$simulate" --out "$work/c" --entries 3000 --seed 8
for file in checkpoint tile/entries/004; do
    check "another seed gives another $file" test -s "$work/c/mirror/$file"
    if cmp -s "$work/a/mirror/$file" "$work/c/mirror/$file"; then
        not_ok "$file is the same"
    else
        ok "$file is another"
    fi
done
expect 2 'a log that is there is not written over' "$simulate" --out "$work/a" --entries 3000

expect 0 'unfavourable orders of arrival, with witnesses' "$simulate" --out "$work/d" --entries 6000 \
    --violations 5 --unfavourable --witnesses 3
expect 0 'replay, with a quorum' replayed d
contains 'of three' "$work/d/policy" 'group all 3 w1 w2 w3'
check 'and give what is planted' as_planted d

expect 0 'nothing but honest traffic' "$simulate" --out "$work/e" --entries 4000 --violations 0
check 'gives no finding' as_planted e
equal 'and none is planted' "$(cat "$work/e/planted.jsonl")" ''

expect 0 'requests and responses only' "$simulate" --out "$work/f" --entries 5000 --plain \
    --size-of-entry 2000
expect 0 'replay, too' replayed f --json
contains 'as many as were asked for' "$work/out" '"size":5000,'
check 'and give no finding' as_planted f
bytes=$(cat $(find "$work/f/mirror/tile/entries" -type f) | wc -c)
if [ "$bytes" -gt 5000000 ] && [ "$bytes" -lt 10000000 ]; then
    ok 'requests are padded'
else
    not_ok "requests are not padded: $bytes bytes"
fi

# The keys are those of the log's own people.
for name in registrar judge requester holder oversight auditor; do
    contains "the key of $name" "$work/a/keys/$name.key" 'PRIVATE+KEY+'
done
equal 'is nobody else to read' "$(stat -c %a "$work/a/keys/judge.key")" 600
finish
