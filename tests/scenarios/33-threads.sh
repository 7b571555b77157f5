#!/bin/sh
# A replay says the same, byte for byte, however many threads look ahead of its judge.
# It looks at every EVERY-th log of the second writer and every EVERY-th file: EVERY=1 is all.
. "$(dirname "$0")/../lib.sh"
every=${EVERY:-3}

same() { # same THREADS ARGUMENT...: as alone; says what differs
    threads=$1
    shift
    BITACORA_THREADS=1 "$bin/bitacora" "$@" >"$work/alone" 2>"$work/alone.err"
    alone=$?
    BITACORA_THREADS=$threads "$bin/bitacora" "$@" >"$work/many" 2>"$work/many.err"
    many=$?
    if [ "$alone" = "$many" ] && cmp "$work/alone" "$work/many" && cmp "$work/alone.err" "$work/many.err"; then
        return 0
    fi
    echo "exit $alone alone, $many with $threads threads: $*"
    return 1
}

# Honest and lying logs of the second writer.
second_writer || not_ok 'the second writer writes its logs' "$(tail -n 5 "$cases.out")"
n=0
logs=0
bad=0
: >"$work/differ"
for expect in "$cases"/*/expect.json; do
    folder=${expect%/expect.json}
    logs=$((logs + 1))
    [ $((logs % every)) = 0 ] || continue
    n=$((n + 1))
    same 3 replay --policy "$folder/policy" --dir "$folder/mirror" --json >>"$work/differ" 2>&1
    [ "$alone" = 1 ] && bad=$((bad + 1))
done
equal 'every log of the second writer gets the same report' "$(cat "$work/differ")" ''
check "they are many: $logs" [ "$logs" -gt 300 ]
check "and many lie: $bad of $n" [ "$n" -gt $((300 / every)) -a "$bad" -gt $((100 / every)) ]

# A log of several bundles, so that keys are known ahead; each of its files altered in turn.
check 'a log of 1,400 entries' "$root/build/release/tools/simulate" --plain --out "$work/sim" --entries 1400 --seed 4
m=$work/sim/mirror
policy=$work/sim/policy
expect 0 'it is good' env BITACORA_THREADS=3 "$bin/bitacora" replay --policy "$policy" --dir "$m"
check 'and its report the same' same 3 replay --policy "$policy" --dir "$m" --json
check 'with two threads, too' same 2 replay --policy "$policy" --dir "$m"
check 'with eight' same 8 replay --policy "$policy" --dir "$m"
check 'of its structure' same 3 replay --policy "$policy" --dir "$m" --json --structure
check 'of an audit' same 3 audit --policy "$policy" --dir "$m" --json

: >"$work/differ"
: >"$work/exits"
find "$m/tile" -type f | sort | sed -n "1~${every}p" | while read -r file; do
    cp "$file" "$work/kept"
    size=$(stat -c %s "$file")
    for at in 2 $((size / 2)); do
        printf '\377' | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
        cmp -s "$file" "$work/kept" && printf '\376' | dd of="$file" bs=1 seek="$at" conv=notrunc 2>/dev/null
        same 3 replay --policy "$policy" --dir "$m" --json >>"$work/differ" 2>&1
        echo "$alone" >>"$work/exits"
        cp "$work/kept" "$file"
    done
    truncate -s $((size - 20)) "$file"
    same 3 replay --policy "$policy" --dir "$m" --json >>"$work/differ" 2>&1
    echo "$alone" >>"$work/exits"
    rm "$file"
    same 3 replay --policy "$policy" --dir "$m" --json >>"$work/differ" 2>&1
    cp "$work/kept" "$file"
done
equal 'every altered, cut or missing file gets the same report' "$(cat "$work/differ")" ''
equal 'and what is altered or cut is bad' "$(sort -u "$work/exits")" 1
finish
