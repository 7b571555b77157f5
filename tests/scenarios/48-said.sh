#!/bin/sh
# What is at hand together is held together (FORMATS 9.4), and only what is proven: states, receipts, reports,
# disclosures and mirrors against a log that goes back, ends, changes its keys or its witnesses.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3 # Debian's own, which has python3-cryptography
said=$work/said live=$work/live
b=$bin/bitacora

check 'what logs said, by the second writer' $python "$root/tests/interop/said.py" "$said"
mkdir "$live"
beside python3 -u -m http.server 0 --bind 127.0.0.1 --directory "$live" >"$work/server.out" 2>"$work/server.err"
wait_until grep -q 'port [0-9]' "$work/server.out"
log=http://127.0.0.1:$(sed -n 's/.* port \([0-9]*\) .*/\1/p' "$work/server.out")
serving() { # serving NAME: the log is that folder now
    rm -rf "${live:?}"/*
    cp -r "$said/$1"/* "$live"
}
codes() { jq -c '[(.findings//[])[], (.receipts//[])[].findings[]|[.code,.entry]]' "$work/out"; }
with() { # with POLICY COMMAND [OPTION...]: against the log
    policy=$said/$1 command=$2
    shift 2
    "$b" "$command" --policy "$policy" --log "$log" "$@"
}

# ---- a witness that cosigned the smaller tree later: whoever remembers it, or holds its receipt -------------
serving early
expect 0 'a state at 30' with policy replay --state "$work/state"
serving late
expect 1 'the same witness cosigned 40 before: verify --log' with policy verify --json "$said/early.tlog-proof"
equal 'a rollback' "$(codes)" '[["rollback",null]]'
expect 1 'and replay --state' with policy replay --json --state "$work/state"
equal 'says so, too' "$(codes)" '[["rollback",null]]'
expect 1 'as often as it is asked' with policy replay --state "$work/state"
expect 0 'without a memory nothing is known of it' with policy replay

# ---- of one tree the younger cosignature stays, however many lines of others come with the older ------------
serving young
expect 0 'a mirror' with policy mirror "$work/copy"
expect 0 'and a state, both cosigned by two' with policy replay --state "$work/young"
serving old
expect 0 'an older cosignature, and 62 strangers' with policy mirror "$work/copy"
expect 0 'for both' with policy replay --state "$work/young"
equal 'the copy has both cosignatures' "$(grep -c '^— testigo' "$work/copy/checkpoint")" 2
equal 'the younger ones' "$(grep '^— testigo' "$work/copy/checkpoint")" "$(grep '^— testigo' "$said/young/checkpoint")"
equal 'so has the state' "$(sed -n 3p "$work/young" | jq -r .checkpoint | grep '^— testigo')" "$(grep '^— testigo' "$said/young/checkpoint")"

# ---- reports, after a witness or a key was replaced -------------------------------------------------------------
report() { # report POLICY OPTION...
    policy=$1
    shift
    with "$policy" report "$@"
}
serving first
expect 0 'a report, under the first witness' report policy.1 --from 2026-03 --to 2026-03 --json --out "$work/report"
serving second
expect 0 'is what the log gives, under the second alone' report policy.2 --check "$work/report"
expect 3 'but not where the log itself lacks its witness' report policy.1 --check "$work/report"
serving by-b
for order in ab ba; do
    expect 0 "a log with two keys: its report ($order)" report policy.$order --from 2026-03 --to 2026-03 --json --out "$work/report.$order"
    expect 0 'by the second key' report policy.$order --check "$work/report.$order"
    expect 0 'and by the first' report policy.$order --check "$work/report"
done
expect 3 'another key alone' report policy.1 --check "$work/report.ab"
contains 'is named' "$work/err" 'another key'
expect 0 'a state of it' with policy.ab replay --state "$work/keys"
expect 0 'which another order of its keys does not end' with policy.ba replay --state "$work/keys"
dd if=/dev/null of="$work/huge" bs=1 seek=70000000 2>/dev/null
expect 3 'a report that is too large is not read' report policy.ab --check "$work/huge"

# ---- a key of a type that nobody knows -----------------------------------------------------------------------
serving by-new
expect 3 'what it signed is not decided' with policy.new-type replay --json
equal 'and not bad' "$(jq -c '[.findings[]|[.code,.verdict]]' "$work/out")" '[["checkpoint","undecided"]]'
expect 3 'nor by a receipt against it' with policy.new-type verify "$said/early.tlog-proof"

# ---- a log that ended -----------------------------------------------------------------------------------------
serving ended-31
expect 0 'the receipt of its end' with policy.ended verify "$said/ended.tlog-proof"
serving ended-35
expect 1 'a log that goes on: verify --log' with policy.ended verify --json "$said/ended.tlog-proof"
equal 'says so of its end' "$(codes)" '[["frozen",30]]'
expect 0 'with evidence' "$b" verify-evidence --policy "$said/policy.ended" "$work"/*.evidence-*
rm "$work"/*.evidence-*
expect 1 'two receipts: its end, and what is behind it' "$b" verify --policy "$said/policy.ended" --json "$said/behind.tlog-proof" "$said/ended.tlog-proof"
equal 'say it, too' "$(codes)" '[["frozen",30]]'
expect 1 'and are not shown' "$b" receipt show --policy "$said/policy.ended" "$said/ended.tlog-proof" "$said/behind.tlog-proof"
for n in 32 34 35; do
    serving ended-$n
    expect 1 "replay --state at $n" with policy.ended replay --json --state "$work/ended"
    equal 'tells it once' "$(codes)" '[["frozen",30]]'
done
rm -f "$work"/*.evidence-*

# ---- a key that signed after it was revoked -------------------------------------------------------------------
expect 1 'two receipts: a revocation, and what the key signed behind it' "$b" verify --policy "$said/policy.revoked" --json "$said/signed.tlog-proof" "$said/revokes.tlog-proof"
equal 'say so of the later one' "$(codes)" '[["enrolment",29]]'
serving revoked
expect 1 'the log, which goes on so: verify --log' with policy.revoked verify --json "$said/revokes.tlog-proof"
equal 'says it of the entry behind' "$(codes)" '[["enrolment",29]]'
expect 0 'with evidence' "$b" verify-evidence --policy "$said/policy.revoked" "$work"/*.evidence-*
rm "$work"/*.evidence-*

# ---- what is bad proves nothing against the log -----------------------------------------------------------------
expect 1 'a disclosure, and a receipt of which a byte is altered' "$b" verify --policy "$said/policy.opening" --json --opening "$said/opening" "$said/altered.tlog-proof"
equal 'the receipt alone is bad' "$(codes)" '[["receipt",28]]'
check 'there is no evidence of a fork' test -z "$(find "$work" -maxdepth 1 -name '*.evidence-*')"

expect 1 'of a bad receipt its checkpoint counts: another history' "$b" verify --policy "$said/policy.opening" "$said/altered.tlog-proof" "$said/forked.tlog-proof"
expect 0 'is proven by evidence' "$b" verify-evidence --policy "$said/policy.opening" "$work"/*.evidence-*
rm "$work"/*.evidence-*

expect 1 'two entries of one index, one of them bad by itself' "$b" verify --policy "$said/policy.role" --json "$said/honest.tlog-proof" "$said/role.tlog-proof"
equal 'are told as both' "$(codes)" '[["fork",28],["role",28]]'
expect 0 'with evidence' "$b" verify-evidence --policy "$said/policy.role" "$work"/*.evidence-*
for n in 30 40; do
    rm "$work"/*.evidence-*
    serving honest-$n
    expect 1 "the bad one against a log of another history at $n" with policy.role verify --json "$said/role.tlog-proof"
    equal 'is told as both, too' "$(jq -c '[.receipts[0].findings[].code]|[.[0],index("fork")!=null]' "$work/out")" '["role",true]'
    equal 'nobody asks whether its key was revoked' "$(jq -c '.receipts[0].revocations' "$work/out")" '[]'
    expect 0 'with evidence' "$b" verify-evidence --policy "$said/policy.role" "$work"/*.evidence-*
done
rm "$work"/*.evidence-*

# ---- two logs in one policy ---------------------------------------------------------------------------------------
serving two
expect 3 'a log that answers by the receipts of another' with policy.two verify --json "$said/two.tlog-proof"
equal 'shows nothing' "$(jq -c '.receipts[0].revocations' "$work/out") $(codes)" '[] [["unreadable",null]]'
contains 'which is said' "$work/err" 'v1/receipts/30'
rm "$live/v1/receipts/30"
expect 3 'one that names an entry about the key and does not show it: neither' with policy.two verify "$said/two.tlog-proof"
contains 'by its name' "$work/err" 'v1/receipts/30'
rm "$live/v1/find"
expect 0 'one that is not asked for there' with policy.two verify "$said/two.tlog-proof"
contains 'is said, too' "$work/err" 'could not be asked'

# ---- evidence beside a mirror that is called by a dot ------------------------------------------------------------
mkdir "$work/dots"
in_folder() { (cd "$work/dots" && with policy mirror "$@"); }
serving young
expect 0 'a mirror in the current folder' in_folder .
serving other
expect 1 'another history' in_folder .
check 'its evidence stands beside the folder' test -n "$(find "$work" -maxdepth 1 -name 'dots.evidence-*')"
check 'not in it' test -z "$(find "$work/dots" -name '*evidence*')"
finish
