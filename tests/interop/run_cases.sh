#!/bin/sh
# run_cases.sh BIN OUTDIR: BIN replays every case that cases.py wrote to OUTDIR, and what it says is compared with expect.json.
# TAP on standard output; exit 1 if any case differs.
set -u
if [ $# -ne 2 ]; then
    echo "usage: run_cases.sh BIN OUTDIR" >&2
    exit 2
fi
bin=$1 out=$2 n=0 failed=0

# Compares and prints nothing if all is as expected, else a line. Findings that never are bad, whatever they are about:
compare='
def undecided: ["version", "basis", "stale", "quorum", "clock", "missing", "unreadable", "busy"];
def pairs: [.[] | [.code, .entry]] | sort;
def show: map("\(.[0])@\(if .[1] == null then "-" else .[1] end)") | (if length > 12 then .[:12] + ["…"] else . end) | if . == [] then "nothing" else join(" ") end;
$e[0] as $e | (if $g | length == 1 then $g[0] else {ok: null, findings: []} end) as $g
| ($g.findings | pairs) as $got
| ($g.findings | map(select(.code as $c | undecided | index($c) | not))) as $bad
| [ (if $rc != $e.exit then "exit" else empty end),
    (if $g.ok != ($e.exit == 0) then "ok" else empty end),
    (if $e.code != null and ($got | index([[$e.code, $e.entry]]) | not)
       and ($e.entry != null or ($got | map(.[0]) | index($e.code) | not)) then "code" else empty end),
    (if $e.exit == 1 and $e.entry != null and ($bad | length == 0 or .[0].entry != $e.entry) then "first" else empty end),
    (if $e.findings != null and ($e.findings | sort) != $got then "findings" else empty end),
    (("size", "root", "signatures") | select($e[.] != null and $e[.] != $g[.])) ]
| if . == [] then empty else
    "\(join(",")): got exit \($rc), \($got | show) expected exit \($e.exit), \(if $e.findings != null then $e.findings | show else "\($e.code)@\($e.entry)" end) (\($e.why))"
  end'

got=$(mktemp) || exit 2
trap 'rm -f "$got"' EXIT
for expect in "$out"/*/expect.json; do
    [ -f "$expect" ] || continue
    folder=${expect%/expect.json}
    name=${folder##*/}
    n=$((n + 1))
    "$bin" replay --policy "$folder/policy" --dir "$folder/mirror" --json >"$got" 2>/dev/null
    rc=$?
    if difference=$(jq -rn --slurpfile e "$expect" --slurpfile g "$got" --argjson rc "$rc" "$compare" 2>&1) && [ -z "$difference" ]; then
        echo "ok $n - $name"
    else
        failed=$((failed + 1))
        echo "not ok $n - $name: $difference"
    fi
done
echo "1..$n"
[ "$n" -gt 0 ] && [ "$failed" -eq 0 ]
