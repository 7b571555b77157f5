#!/bin/sh
# Makes the corpus anew, with the programs of BIN and TOOLS. It is here to be read, not to be run: what stands beside it was made
# by the version of 2026-11-22, and is worth something because it never changes. No test runs it.
#
#   BIN=… TOOLS=… tests/corpus/make.sh OUTDIR
#
# Archives: story (a log with witnesses, on real daemons; its data directory, states, receipts, private parts, reports, openings),
# fork (two histories by one key), year (a simulated year), cases (the second writer's logs, honest and lying). Each ITEMS line is
# a command; judge.py records what the programs say to it. Clocks are forty days late, so that deadlines have passed for good.
. "$(dirname "$0")/../lib.sh"
[ $# = 1 ] || { echo 'usage: make.sh OUTDIR' >&2; exit 2; }
tools=${TOOLS:-$root/build/release/tools}
mkdir -p "$1" && out=$(CDPATH= cd -- "$1" && pwd) || exit 2
c=$work/c
mkdir -p "$out" "$c/story" "$c/fork"
must() { "$@" || { echo "failed: $*" >&2; tail -n 5 "$work"/*.err >&2; exit 1; }; }

# ---- items: commands, relative to the unpacked corpus ---------------------------------------------
item() { # item GROUP/NAME ARGUMENT...: a command of bitacora
    name=$1
    shift
    jq -cn --arg n "$name" '{name:$n,argv:$ARGS.positional}' --args -- "$@" >>"$out/items"
}
: >"$out/items"

# ---- a story: witnesses, people, warrants ---------------------------------------------------------
cat >"$work/late.c" <<'END'
#define _GNU_SOURCE
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int clock_gettime(clockid_t clock, struct timespec *t)
{
    long failed = syscall(SYS_clock_gettime, clock, t);
    if (failed == 0 && clock == CLOCK_REALTIME)
        t->tv_sec -= 40 * 86400;
    return (int)failed;
}
END
must cc -shared -fPIC -o "$work/late.so" "$work/late.c"
export LD_PRELOAD="$work/late.so"
ana=GOMC850315HDFRRR07 eva=MARP800101MDFRTR03 max=BOXW310820HNERXN09
p="--policy $work/policy"

sent() { # sent KEY RECORD [OPTION...]: its reference in $ref, its entry in $last, its receipt kept
    key=$1
    printf '%s\n' "$2" >"$work/record"
    shift 2
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$work/$key.example.mx.key" --json --receipts "$c/story/receipts" "$@" - \
        <"$work/record" >"$work/sent" 2>"$work/sent.err" || { cat "$work/record" "$work/sent" "$work/sent.err"; exit 1; }
    last=$(jq -r .index "$work/sent")
    ref=$(jq -c '{entry:.index,hash}' "$work/sent")
}
asked() { # asked JQ: a request about Ana under CJF-7/2026
    printf '{"kind":"request","authority":"mx.fgr","function":"prosecution","level":"federal","holder":"mx.telco","source":"subscriber_db","categories":["subscriber"],"basis":"CNPP-303","purpose":{"code":"criminal_investigation"},"persons":1,"term":"2026-11-15T00:00:00.000Z","data_window":{"from":"2026-02-01T00:00:00.000Z","until":"2026-02-02T00:00:00.000Z"},"warrant":{"ref":"CJF-7/2026"},"case":{"scheme":"FGR_CI","number":"FED/7"},"subjects":[{"type":"curp","value":"%s"}]}' "$ana" | jq -c "$1"
}
given() { # given REF JQ
    printf '{"kind":"warrant","ref":"","matter":"criminal","used_by":["mx.fgr"],"categories":["traffic_retained","subscriber"],"window":{"from":"2026-10-01T00:00:00.000Z","until":"2026-10-30T00:00:00.000Z"}}' | jq -c --arg r "$1" ".ref=\$r|$2"
}
answered() { # answered REF OUTCOME [KEY]
    sent "${3:-telco}" "{\"kind\":\"response\",\"request\":$1,\"holder\":\"mx.${3:-telco}\",\"outcome\":\"$2\",\"received_at\":\"$now\",\"answered_at\":\"$now\",\"records\":12}"
}
mirror() { must "$bin/bitacora" mirror --policy "$work/policy" "$1" >/dev/null 2>&1; }

must new_log
for w in w1 w2 w3; do must new_witness $w; done
must start_witness w1
w1=$witness url1=$witness_url
must start_witness w2
w2=$witness url2=$witness_url
printf 'log %s\nwitness w1 %s %s\nwitness w2 %s %s\nwitness w3 %s\ngroup g 2 w1 w2 w3\nquorum g\n' "$vkey" \
    "$(cat "$work/w1.vkey")" "$url1" "$(cat "$work/w2.vkey")" "$url2" "$(cat "$work/w3.vkey")" >"$work/served"
must start_daemon "$work/data" --policy "$work/served"
sed "1s|\$| $url|" "$work/served" >"$work/policy"
must wait_until curl -sf -o /dev/null "$url/checkpoint"
while read -r name role authority; do must enrol "$name.example.mx" "$role" "$authority"; done <<END
j1 judge cjf.juzgado1
j2 judge cjf.juzgado2
lopez requester mx.fgr
ruiz requester mx.sspc
telco holder mx.telco
banco holder mx.banco
vigila oversight mx.vigilancia
auditora auditor mx.asf
END
genesis=$("$bin/bitacora" replay $p --json 2>/dev/null | jq -r .genesis)
now=$(date -u +%Y-%m-%dT%H:%M:%S.000Z)
"$bin/bitacora" ruleset --print | jq '.version="corpus" | .notify_days=10' >"$c/story/ruleset.json"
# shellcheck disable=SC2086
must "$bin/bitacora" pin $p --key "$work/registrar.key" "$c/story/ruleset.json" >/dev/null 2>&1
sent lopez "$(asked .)" --private "$work/early"
sent j1 "$(given CJF-7/2026 ".holders=[\"mx.telco\"]|.data_window={from:\"2026-01-01T00:00:00.000Z\",until:\"2026-06-01T00:00:00.000Z\"}|.case={scheme:\"COURT_FILE\",number:\"7/2026\"}|.subjects=[{type:\"curp\",value:\"$ana\"},{type:\"phone\",value:\"+525512345678\"}]")" --private "$c/story/w7"
w7=$last w7ref=$ref
under() { sent "${2:-lopez}" "$(asked "$1")" --warrant "$c/story/w7"; }
under . && r1=$last r1ref=$ref
answered "$r1ref" full
a1=$last
under '.categories=["subscriber","geolocation_live"]' && r2ref=$ref
answered "$r2ref" none_held
under '.holder="mx.banco"' && r3ref=$ref
answered "$r3ref" partial banco
under ".subjects[0].value=\"$eva\""
under '.data_window.until="2026-07-01T00:00:00.000Z"'
under '.authority="mx.sspc"|.function="police"' ruiz
under 'del(.subjects)'
sent lopez "$(asked ".ground=\"kidnapping\"|.basis=\"CNPP-303-EXC\"|del(.warrant)|.purpose.note=\"nota para $max\"")" --private "$c/story/r-emergency"
emergency=$last emergency_ref=$ref
answered "$emergency_ref" full
sent j1 "$(given 'Oficio 12/2026' '.window.until="2026-12-31T00:00:00.000Z"')"
for text in 'CJF-7/2026 ' 'cjf-7/2026' 'CJF‑7/2026' 'CJF-7⁄2026' 'CJF-7/​2026' 'CJF­-7/2026' 'СJF-7/2026' 'CJF-7/2026 '; do
    sent lopez "$(asked "del(.subjects)" | jq -c --arg r "$text" '.warrant.ref=$r')"
done
sent lopez "$(asked 'del(.subjects)|.warrant.ref="Oficio  12/2026"')"
short=$(curl -s "$url/checkpoint" | sed -n 2p)
must mirror "$c/story/mirror-short"
for state in replay.state:replay structure.state:replay:--structure audit.state:audit; do
    # shellcheck disable=SC2086,SC2046
    "$bin/bitacora" $(echo "${state#*:}" | tr : ' ') --policy "$work/policy" --state "$c/story/${state%%:*}" >/dev/null 2>&1
done
sent j2 "{\"kind\":\"extension\",\"warrant\":$w7ref,\"until\":\"2026-12-01T00:00:00.000Z\"}"
sent lopez "{\"kind\":\"closing\",\"warrant\":$w7ref,\"executed\":{\"from\":\"2026-10-19T00:00:00.000Z\",\"until\":\"2026-11-09T00:00:00.000Z\"}}"
sent j1 "{\"kind\":\"extension\",\"warrant\":$w7ref,\"until\":\"2026-11-20T00:00:00.000Z\"}"
sealed=$(curl -s "$url/v1/receipts/$r1" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[0].sealed')
hash=$(echo "$r1ref" | jq -r .hash)
while read -r key record; do sent "$key" "$record"; done <<END
lopez {"kind":"judicial_notice","request":$emergency_ref,"fulfilled_at":"$now","notified_at":"$now"}
j1 {"kind":"ratification","request":$emergency_ref,"result":"partial","categories":["subscriber"]}
j1 {"kind":"deferral","request":$r3ref,"until":"2099-12-01T00:00:00.000Z","reason":"risk_to_witness"}
lopez {"kind":"transfer","requests":[$r1ref,$r2ref],"recipient":{"country":"US","authority":"us.fbi"}}
lopez {"kind":"transfer","requests":[$r1ref],"recipient":{"country":"CO","authority":"co.fiscalia"},"instrument":"MLAT"}
lopez {"kind":"product","requests":[$r1ref],"class":"link_analysis"}
lopez {"kind":"notice","request":$r1ref,"delivered_at":"$now","means":"in_person"}
vigila {"kind":"error_report","about":$r2ref,"cause":"exceeded_scope"}
lopez {"kind":"destruction","requests":[$r1ref]}
telco {"kind":"destruction","blobs":["$sealed"]}
j1 {"kind":"erasure","blob":"$sealed","order":"$hash"}
j2 {"kind":"erasure","blob":"$sealed","order":"$hash"}
lopez {"kind":"correction","about":$r2ref,"cause":"clerical"}
auditora {"kind":"anchor","checkpoint":{"size":1,"root":"$genesis"}}
END
old=$("$bin/bitacora" signers $p --json 2>/dev/null | jq -r '.signers[]|select(.name=="ruiz.example.mx").vkey')
# shellcheck disable=SC2086
must "$bin/bitacora" revoke $p --key "$work/registrar.key" --vkey "$old" --reason key_compromise --since 2026-10-01T00:00:00.000Z >/dev/null 2>&1
rm "$work/ruiz.example.mx.key"
must enrol ruiz.example.mx requester mx.sspc
sent ruiz "$(asked '.authority="mx.sspc"|.function="police"|del(.subjects)')"
sent j1 "$(given 'CJF-9/2026' ".subjects=[{type:\"curp\",value:\"$max\"}]")" --private "$c/story/w9"
sent lopez "$(asked ".warrant.ref=\"CJF-9/2026\"|.subjects[0].value=\"$max\"")" --warrant "$c/story/w9" --private "$c/story/r9"
r9=$last
answered "$ref" full
# shellcheck disable=SC2086
for n in "$w7:1:$c/story/w7:w7-1" "$w7:2:$c/story/w7:w7-2" "$r9:1:$c/story/r9:r9" "$emergency:1:$c/story/r-emergency:emergency"; do
    IFS=: read -r entry subject private name <<END
$n
END
    must "$bin/bitacora" disclose $p --private "$private" --subject "$subject" --out "$c/story/$name.opening" "$c/story/receipts/$entry.tlog-proof" 2>/dev/null
done
# shellcheck disable=SC2086
must "$bin/bitacora" disclose $p --key "$work/vigila.example.mx.key" --subject 1 --out "$c/story/by-oversight.opening" "$c/story/receipts/$r9.tlog-proof" 2>/dev/null
end_pid "$w2"
# shellcheck disable=SC2086
asked 'del(.subjects)|del(.warrant)' | must "$bin/bitacora" submit $p --key "$work/lopez.example.mx.key" --no-wait --json - >"$work/sent" 2>/dev/null
wait_until sh -c 'curl -s "$1/v1/receipts/$2" | grep -q "^. w1"' - "$url" "$(jq -r .index "$work/sent")"
curl -s "$url/v1/receipts/$(jq -r .index "$work/sent")" >"$c/story/short-of-quorum.tlog-proof"
LISTEN=${url2#http://} start_witness w2
w2=$witness
size=$(($(jq -r .index "$work/sent") + 1))
must wait_until sh -c '[ "$(curl -s "$1/checkpoint" | sed -n 2p)" = "$2" ]' - "$url" "$size"
must mirror "$c/story/mirror"
grep -v '^log' "$work/policy" | sed "1i log $vkey" | sed 's| http://[^ ]*$||' >"$c/story/policy"
sed 's/^group g 2/group g 3/' "$c/story/policy" >"$c/story/policy.strict"
printf 'log %s\nquorum none\n' "$vkey" >"$c/story/policy.alone"
for form in html csv json; do
    for lang in en es; do
        # shellcheck disable=SC2086
        must "$bin/bitacora" report $p --from 2026-09 --to 2026-10 --$form --by category --lang $lang --out "$c/story/report.$lang.$form" >/dev/null 2>&1
    done
done
sed 's/"received":\([0-9]*\)/"received":1\1/' "$c/story/report.en.json" >"$c/story/report.changed.json"
stop_daemon
end_pid "$w1"
end_pid "$w2"
cp -r "$work/data" "$work/w1.state" "$work/w2.state" "$c/story/"
rm -f "$c/story/data/lock"
mkdir "$c/story/keys"
cp "$work"/*.key "$c/story/keys/"
cp "$work"/w?.vkey "$c/story/keys/"

# Receipts that are not what they should be: altered, and damaged on their way.
r=$c/story/receipts/$r1.tlog-proof
mkdir "$c/story/bad"
altered() { # altered FROM TO: of equal length, in the entries of $r
    sed -n 's/^extra //p' "$r" | base64 -d | sed "s|$1|$2|" | base64 -w 0 >"$work/extra"
    sed "s|^extra .*|extra $(cat "$work/extra")|" "$r"
}
altered mx.telco mx.telcX >"$c/story/bad/altered"
altered 'bitacora/v1 request' 'bitacora/v9 request' >"$c/story/bad/version"
sed 's/^index .*/index 1/' "$r" >"$c/story/bad/index"
sed 's/$/\r/' "$r" >"$c/story/bad/crlf"
{ printf '\357\273\277'; cat "$r"; } >"$c/story/bad/bom"
{ cat "$r"; echo; } >"$c/story/bad/newline"
{ echo; cat "$r"; } >"$c/story/bad/newline-first"
head -c -1 "$r" >"$c/story/bad/no-newline"
head -c 700 "$r" >"$c/story/bad/cut"
echo hello >"$c/story/bad/hello"
: >"$c/story/bad/empty"
cp "$c/story/w7-1.opening" "$c/story/bad/opening"

s='--policy story/policy --json'
for f in "$c"/story/receipts/*.tlog-proof; do
    f=story/${f#"$c/story/"}
    # shellcheck disable=SC2086
    item "receipts/$(basename "$f" .tlog-proof)" verify $s "$f"
done
# shellcheck disable=SC2086
{
    for f in "$c"/story/bad/*; do
        n=$(basename "$f")
        item "receipts/bad-$n" verify $s "story/bad/$n"
        item "receipts/show-bad-$n" receipt show $s "story/bad/$n"
    done
    for n in "$w7" "$r1" "$a1" "$r9" "$emergency"; do item "receipts/show-$n" receipt show $s "story/receipts/$n.tlog-proof"; done
    item receipts/short verify $s story/short-of-quorum.tlog-proof
    item receipts/strict verify --policy story/policy.strict --json "story/receipts/$r1.tlog-proof"
    item receipts/alone verify --policy story/policy.alone --json "story/receipts/$r1.tlog-proof"
    item receipts/other-policy verify --policy year/policy --json "story/receipts/$r1.tlog-proof"
    item receipts/genesis verify $s --genesis AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "story/receipts/$r1.tlog-proof"
    item receipts/all-of-them verify $s "story/receipts/$r1.tlog-proof" "story/receipts/$w7.tlog-proof" "story/receipts/$r9.tlog-proof"
    for n in w7-1 w7-2 r9 emergency by-oversight; do item "openings/$n" verify $s --opening "story/$n.opening"; done
    item openings/not-this-entry verify $s --opening story/w7-1.opening "story/receipts/$r9.tlog-proof"
    item openings/of-this-entry verify $s --opening story/w7-1.opening "story/receipts/$w7.tlog-proof"
    item openings/other-policy verify --policy year/policy --json --opening story/w7-1.opening
    item openings/strict verify --policy story/policy.strict --json --opening story/w7-1.opening
    for m in mirror mirror-short; do
        d="--policy story/policy --dir story/$m --json"
        item "story/$m-replay" replay $d
        item "story/$m-structure" replay $d --structure
        item "story/$m-strict" replay --policy story/policy.strict --dir story/$m --json
        item "story/$m-audit" audit $d --all --ruleset story/ruleset.json
        item "story/$m-audit-without-ruleset" audit $d
        item "story/$m-signers" signers $d
        for w in CJF-7/2026 CJF-9/2026 'Oficio 12/2026' 'Oficio  12/2026' 'CJF-7/2026 ' nowhere; do
            item "story/$m-warrant-$(echo "$w" | tr ' /' '_-')" warrant check "$w" $d --ruleset story/ruleset.json
        done
        item "story/$m-warrant-court" warrant check CJF-7/2026 --court cjf.juzgado2 $d --ruleset story/ruleset.json
        item "states/$m-replay" replay $d --state story/replay.state
        item "states/$m-structure" replay $d --structure --state story/structure.state
        item "states/$m-audit" audit $d --all --ruleset story/ruleset.json --state story/audit.state
        item "states/$m-signers" signers $d --state story/replay.state
        item "states/$m-replay-of-audit" replay $d --state story/audit.state
        item "states/$m-audit-of-replay" audit $d --ruleset story/ruleset.json --state story/replay.state
        item "states/$m-other-mode" replay $d --state story/structure.state
    done
    for form in html csv json; do for lang in en es; do
        item "reports/story-$lang-$form" report --check "story/report.$lang.$form" --policy story/policy --dir story/mirror --ruleset story/ruleset.json --json
    done; done
    item reports/story-changed report --check story/report.changed.json --policy story/policy --dir story/mirror --ruleset story/ruleset.json --json
}
unset LD_PRELOAD

# ---- two histories by one key ---------------------------------------------------------------------
first=$work
work=$first/fork
mkdir "$work"
echo 0 >"$work/.run"
echo 0 >"$work/.failed"
must small_log 20
stop_daemon
cp -r "$work/data" "$work/data2"
start_daemon "$work/data"
printf 'log %s\nquorum none\n' "$vkey" >"$c/fork/policy"
write_policy "$work/policy"
request mx.telco 12 | must submit fgr.example.mx-a.lopez --receipts "$c/fork/receipts-a"
must "$bin/bitacora" replay --policy "$work/policy" --state "$c/fork/state" >/dev/null 2>&1
must "$bin/bitacora" mirror --policy "$work/policy" "$c/fork/a" >/dev/null 2>&1
curl -sf "$url/v1/receipts/20" >"$c/fork/20-at-32.tlog-proof"
stop_daemon
no_mark=
"$bin/bitacorad" run --help 2>&1 | grep -q -- --no-mark && no_mark=--no-mark
# shellcheck disable=SC2086
start_daemon "$work/data2" $no_mark
write_policy "$work/policy"
request mx.telco 5 | must submit fgr.example.mx-a.lopez
must "$bin/bitacora" mirror --policy "$work/policy" "$c/fork/b-short" >/dev/null 2>&1
"$bin/bitacora" verify --policy "$work/policy" --log "$url" --evidence "$c/fork/leaves.evidence" "$c/fork/20-at-32.tlog-proof" >/dev/null 2>&1
request mx.telco 7 | must submit fgr.example.mx-a.lopez
must "$bin/bitacora" mirror --policy "$work/policy" "$c/fork/b-same" >/dev/null 2>&1
request mx.telco 9 | must submit fgr.example.mx-a.lopez --receipts "$c/fork/receipts-b"
must "$bin/bitacora" mirror --policy "$work/policy" "$c/fork/b" >/dev/null 2>&1
stop_daemon
cd "$c" || exit 1
"$bin/bitacora" replay --policy fork/policy --dir fork/b-same --state fork/state --evidence fork/same.evidence >/dev/null 2>&1
"$bin/bitacora" replay --policy fork/policy --dir fork/b --state fork/state --evidence fork/fork.evidence >/dev/null 2>&1
jq -c '.hashes[0] = .hashes[1]' fork/fork.evidence >fork/false-hash.evidence
jq -c '.checkpoints = [.checkpoints[0], .checkpoints[0]]' fork/fork.evidence >fork/false-twice.evidence
head -c 500 fork/fork.evidence >fork/cut.evidence
for m in a b b-short b-same; do
    item "fork/$m-replay" replay --policy fork/policy --dir "fork/$m" --json
    item "fork/$m-from-a" replay --policy fork/policy --dir "fork/$m" --json --state fork/state
done
item fork/20-at-32 verify --policy fork/policy --json fork/20-at-32.tlog-proof
late=$(ls fork/receipts-b | tail -n 1)
item fork/both verify --policy fork/policy --json fork/20-at-32.tlog-proof "fork/receipts-b/$late"
item fork/both-shown receipt show --policy fork/policy --json fork/20-at-32.tlog-proof "fork/receipts-b/$late"

# ---- the second writer's logs, and a simulated year -----------------------------------------------
/usr/bin/python3 "$root/tests/interop/cases.py" "$c/cases" >/dev/null || exit 1
for n in signature-flipped reference-kind form-unknown-member replayed revoked skew-old; do
    mkdir -p evidence
    if [ -d "cases/$n" ]; then "$bin/bitacora" replay --policy "cases/$n/policy" --dir "cases/$n/mirror" --evidence "evidence/$n" >/dev/null 2>&1; fi
done
mkdir -p "$c/fork/entry"
mv evidence/* fork/entry/
for f in fork/*.evidence fork/entry/*; do
    item "evidence/$(basename "$f" .evidence)" verify-evidence --policy "$(case $f in fork/entry/*) echo cases/good-40/policy ;; *) echo fork/policy ;; esac)" --json "$f"
done
item evidence/other-policy verify-evidence --policy year/policy --json fork/fork.evidence
for f in cases/*/expect.json; do
    n=${f#cases/} n=${n%/expect.json}
    item "cases/$n" replay --policy "cases/$n/policy" --dir "cases/$n/mirror" --json
    case $n in
    good-every-kind | good-rotation | reference-* | genesis-[a-m]* | form-missing* | swapped* | replayed* | undecided* | version* | leaf*)
        d="--policy cases/$n/policy --dir cases/$n/mirror --json"
        # shellcheck disable=SC2086
        {
            item "cases/$n-audit" audit $d
            item "cases/$n-warrant" warrant check 'Oficio 12/2026' $d
            item "cases/$n-signers" signers $d
        }
        ;;
    esac
done
"$tools/simulate" --out "$c/year" --entries 700 --seed 7 --violations 1 >/dev/null || exit 1
y='--policy year/policy --dir year/mirror'
from=2025-06 to=2026-05
# shellcheck disable=SC2086
{
    item year/replay replay $y --json
    item year/audit audit $y --json
    item year/sarif audit $y --sarif
    item year/fail-on audit $y --json --fail-on critical
    item year/signers signers $y --json
    # Months in which the log had ended.
    must "$bin/bitacora" report $y --from 2026-07 --to 2026-12 --json --out year/report.late >/dev/null 2>&1
    item year/report-late report --check year/report.late $y --json
    for by in authority holder category basis state; do
        for f in json:en csv:es html:es; do
            must "$bin/bitacora" report $y --from $from --to $to --by $by --${f%:*} --lang ${f#*:} --out "year/report.$by.${f%:*}" >/dev/null 2>&1
            item "year/report-$by-${f%:*}" report --check "year/report.$by.${f%:*}" $y --json
        done
    done
}
# One warrant of each tenth of those that requests cite.
cat "$c"/year/mirror/tile/entries/* "$c"/year/mirror/tile/entries/*/* 2>/dev/null | grep -a -o '"warrant":{"ref":"[^"]*"' | cut -d'"' -f6 | sort -u | awk 'NR % 10 == 1' >"$work/refs"
# shellcheck disable=SC2086
while IFS= read -r w; do item "year/warrant-$(echo "$w" | tr ' /' '_-')" warrant check "$w" $y --json; done <"$work/refs"

# ---- packed, and recorded -------------------------------------------------------------------------
for a in story fork year cases; do
    tar --sort=name --owner=0 --group=0 --numeric-owner -cf - "$a" | xz -6 >"$out/$a.tar.xz" || exit 1
done
BIN=$bin python3 "$root/tests/corpus/judge.py" record "$c" "$out"
work=$first
