#!/bin/sh
# The signed vectors, by the program itself: exit status and code are those that stand beside each. And
# that the second writer still makes them, byte for byte.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3 # Debian's own, which has python3-cryptography
vectors=$root/tests/vectors
tab=$(printf '\t')

check 'the second writer makes its vectors' $python "$root/tests/interop/vectors.py" "$work/made"
for f in $(cd "$work/made" && find . -type f); do
    cmp -s "$work/made/$f" "$vectors/$f" || echo "$f"
done >"$work/differ"
equal 'as they stand here' "$(head -n 5 "$work/differ")" ''
find "$vectors"/receipt/bad "$vectors"/evidence/bad "$vectors"/answer "$vectors"/disclosure/bad "$vectors"/opening/bad \
    "$vectors"/contradiction/bad -type f | while read -r f; do
    [ -e "$work/made/${f#"$vectors"/}" ] || echo "$f"
done >"$work/more"
equal 'and no others' "$(head -n 5 "$work/more")" ''

# What is said of each goes to a file of its own: one jq reads the codes of many.
mkdir "$work/said"
n=0
: >"$work/wanted"
judge() { # judge WHAT WANTED-EXIT WANTED-CODE COMMAND...: a line if the exit is otherwise; of the code `codes_missed` tells
    what=$1 want=$2 code=$3
    shift 3
    n=$((n + 1))
    "$bin/bitacora" "$@" --json >"$work/said/$n" 2>"$work/err"
    got=$?
    if [ "$got" != "$want" ]; then
        echo "$what: exit $got instead of $want"
    elif [ "$want" = 1 ] && grep -q 'good says' "$work/err"; then
        echo "$what: says what good means"
    fi
    [ "$code" = - ] || printf '%s\t%s\t%s\n' "$work/said/$n" "$code" "$what" >>"$work/wanted"
}

codes_missed() { # a line for each that was judged since the last call and lacks its code
    find "$work/said" -type f -exec jq -r '[.code//empty, (.findings//[])[].code, (.receipts//[])[].findings[].code,
        (.answers//[])[].findings[].code] | .[] | input_filename + "\t" + .' {} + >"$work/found" 2>"$work/found.err"
    awk -F '\t' 'FILENAME == ARGV[1] { found[$1, $2]; next } !(($1, $2) in found) { print $3 ": no " $2 }' "$work/found" "$work/wanted"
    cat "$work/found.err" # where it is no JSON
    rm -f "$work"/said/*
    : >"$work/wanted"
}

each() { # each FOLDER COMMAND...
    folder=$vectors/$1/bad name=$1
    shift
    grep -v '^#' "$folder/expect.tsv" >"$work/rows"
    while IFS=$tab read -r file want code policy why; do
        judge "$name/$file ($why)" "$want" "$code" "$@" "$folder/$file" --policy "$folder/$policy"
    done <"$work/rows" >"$work/wrong"
    codes_missed >>"$work/wrong"
    equal "$(wc -l <"$work/rows") of $name" "$(head -n 10 "$work/wrong")" ''
}

each receipt verify
each evidence verify-evidence
each answer verify
each disclosure verify --opening

for f in "$vectors"/answer/good/*; do judge "$f" 0 - verify "$f" --policy "$vectors/answer/bad/policy"; done >"$work/wrong"
for f in "$vectors"/evidence/good/index-*; do judge "$f" 0 - verify-evidence "$f" --policy "$vectors/evidence/bad/policy"; done >>"$work/wrong"
equal 'good answers, and evidence of an index that lies' "$(cat "$work/wrong")" ''

folder=$vectors/contradiction/bad
grep -v '^#' "$folder/expect.tsv" >"$work/rows"
while IFS=$tab read -r a b want code claim policy why; do
    rm -f "$work"/*.evidence-*
    judge "$a ($why)" "$want" "$code" verify "$folder/$a" "$folder/$b" --policy "$folder/$policy"
    written=$(find "$work" -maxdepth 1 -name '*.evidence-*')
    if [ "$claim" = - ]; then
        [ -z "$written" ] || echo "$a: evidence of nothing"
    else
        [ "$(jq -r .claim "$written")" = "$claim" ] || echo "$a: no evidence of $claim"
        "$bin/bitacora" verify-evidence --policy "$folder/$policy" "$written" >/dev/null || echo "$a: the evidence does not prove it"
    fi
    judge "$a shown ($why)" "$want" - receipt show "$folder/$a" "$folder/$b" --policy "$folder/$policy"
done <"$work/rows" >"$work/wrong"
codes_missed >>"$work/wrong"
equal "$(wc -l <"$work/rows") pairs, and evidence of them that nobody asked for" "$(head -n 10 "$work/wrong")" ''

expect 1 'verify says nothing of what good means below a BAD' "$bin/bitacora" verify --policy "$folder/policy" "$folder/leaves.a" "$folder/leaves.b"
equal 'though each is good alone' "$(grep -c 'good says' "$work/err")/$(grep -c ' good ' "$work/out")" 0/2
expect 0 'verify of a good one' "$bin/bitacora" verify --policy "$folder/policy" "$folder/leaves.a"
contains 'says it' "$work/err" 'good says'
finish
