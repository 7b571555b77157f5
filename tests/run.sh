#!/bin/sh
# Every test: builds, unit tests, scenarios. Prints TAP as it goes; the last line is the count.
# usage: tests/run.sh [--faults] [PATTERN]   only the stages whose name contains PATTERN
# --faults: the stages of which a plain run tries a sample, whole.
set -u
cd "$(dirname "$0")/.." || exit 2
faults=
[ "${1:-}" != --faults ] || { faults=1; shift; }
pattern=${1:-}
logs=build/test-logs
mkdir -p "$logs"
jobs=$(nproc 2>/dev/null || echo 2)

cpu() { # cpu FILE: the seconds that `times` wrote there, of a shell and of all that it waited for
    tr ' ms' '\n  ' <"$1" | awk '{ sum += $1 * 60 + $2 } END { printf "%.0f", sum }'
    rm -f "$1"
}

# A stage that still runs after so long waits for what will never come.
limit=${STAGE_SECONDS:-1800}
[ -z "$faults${VARIANT:-}" ] || limit=${STAGE_SECONDS:-14400}

# limited COMMAND...: ended with all that it started, if it takes too long or we are told to end
limited() {
    case $(command -v "$1") in
    */*) ;;
    *) "$@" </dev/null; return ;; # a function of ours
    esac
    # What a shell starts in the background ignores SIGINT, unless it is told otherwise.
    env --default-signal=INT,QUIT timeout -k 60 "$limit" "$@" </dev/null &
    running=$!
    trap 'kill "$running" 2>/dev/null' INT TERM
    wait "$running"
    status=$?
    if [ $status -gt 128 ]; then # it was a signal to us: until all has ended
        wait "$running"
        status=$?
    fi
    [ $status != 124 ] || echo "not ok - it did not end within $limit seconds"
    return $status
}

# stage NAME COMMAND...: runs it, reports its TAP lines, adds what they count to $logs/counts. One
# that fails without saying what counts as one.
stage() {
    name=$1
    shift
    case $name in *"$pattern"*) ;; *) return ;; esac
    log=$logs/$name.log
    begin=$(date +%s)
    (limited "$@"; status=$?; times >"$log.times"; exit $status) >"$log" 2>&1
    status=$?
    skipped='^ok .*# skip|^not ok [0-9]+ # skip ' # the second is cmocka's
    p=$(grep '^ok ' "$log" | grep -vciE "$skipped")
    s=$(grep -ciE "$skipped" "$log")
    f=$(grep '^not ok ' "$log" | grep -vciE "$skipped")
    {
        echo "# $name"
        if [ "$status" != 0 ] && [ "$f" = 0 ]; then
            f=1
            echo "not ok - $name: exit $status"
            tail -n 20 "$log" | sed 's/^/#   /'
        elif [ "$p" = 0 ] && [ "$f" = 0 ] && [ "$s" = 0 ]; then
            f=1
            echo "not ok - $name: it tested nothing"
        elif [ "$f" != 0 ]; then
            grep -A 8 '^not ok ' "$log" | head -n 200
        fi
        grep -iE "$skipped" "$log"
        took=$(($(date +%s) - begin))
        echo "#   $p passed, $f failed, $s skipped, $took s, $(cpu "$log.times") s CPU"
    } >"$logs/$name.report"
    # One writer at a time: stages run beside each other.
    flock "$logs/counts" sh -c 'cat "$1"; echo "$2" >>"$3"' - \
        "$logs/$name.report" "$p $f $s" "$logs/counts"
}

build() { # build NAME MAKE-ARGUMENTS...
    what=$1
    shift
    if make --no-print-directory -j"$jobs" "$@"; then
        echo "ok 1 - $what"
    else
        echo "not ok 1 - $what"
        return 1
    fi
}

# units VARIANT EVERY [PROGRAM...]: only each EVERY-th of all bits, bytes and sizes, where a test
# tries all
units() {
    unit_variant=$1
    export EVERY="$2"
    shift 2
    [ $# != 0 ] || eval "set -- $(unit_targets "$unit_variant")"
    status=0
    for t in "$@"; do
        echo "# $t"
        CMOCKA_MESSAGE_OUTPUT=TAP timeout --foreground "$limit" "$t" || status=1
    done
    return $status
}

unit_targets() { # unit_targets VARIANT: the programs that `make unit` builds
    find tests/unit -name 'test_*.c' | sort |
        sed "s|^tests/unit/\(.*\)\.c|build/$1/unit/\1|" | tr '\n' ' '
}

if [ "${1:-}" = --stage ]; then # one of those that run beside each other: by xargs, below
    pattern=
    shift
    stage "$@"
    exit 0
fi
rm -f "$logs/counts" "$logs"/*.report
rm -rf build/ports # see own_port in tests/lib.sh
: >"$logs/counts"

# VARIANT=tsan, VARIANT=asan: that build alone, its unit tests, and the scenarios that tell
# something of it. What ThreadSanitizer reports of any process fails the run, also of one that a
# scenario ends.
variant=${VARIANT:-release}
threaded='01-story 06-kill-under-load 10-one-at-a-time 14-blobs 18-erased 26-feed 33-threads
    42-two-at-once 43-away 44-feed 45-hostile-connections 54-index-daemon 60-tls 61-reload 62-backup
    62-signer 66-access 85-gate 85-gate-quorum 87-accelerator'
hostile='05-bad-input 08-incremental 12-unreliable-server 13-nothing-in-silence 42-crafted-states
    46-import 47-dishonest'
# Only with VARIANT=asan. What a witness is asked, and blobs, go through fuzz-corpus under ASan in
# each run.
more_hostile='14-blobs 21-witness 61-tls-hostile 62-keys-at-rest 64-restore 65-readers 85-gate
    85-gate-quorum'
variant_scenarios() {
    case $variant in tsan) names=$threaded ;; *) names="$hostile $more_hostile" ;; esac
    echo "unit-$variant units $variant 7"
    for name in $names; do
        every=1
        # 500 logs, each replayed twice: a process takes ten times as long to start under
        # ThreadSanitizer.
        [ "$variant-$name" = tsan-33-threads ] && every=10
        echo "$name-$variant env EVERY=$every BIN=$PWD/build/$variant/bin tests/scenarios/$name.sh"
    done
}
# What a sanitizer cannot test: what is left of a key in memory. All else runs under one in
# `make test`.
uninstrumented=build/release/unit/proto/sys/test_private_key
# `make test` takes a sample of the bits, bytes, places, calls and logs of these.
whole_scenarios() {
    for name in 60-faults 62-pages 02-tampered-mirror 24-words 46-no-room 46-no-room-log \
        51-library-submit 33-threads; do
        echo "$name-whole env EVERY=1 tests/scenarios/$name.sh"
    done
    echo '32-audit-whole env ENTRIES=100000 WHOLE=1 tests/scenarios/32-audit.sh'
    echo '31-report-whole env CHANGED=80 tests/scenarios/31-report.sh'
    echo "47-dishonest-whole env SEEDS='0 20' tests/scenarios/47-dishonest.sh"
    echo '42-crafted-states-whole env CRAFTED=120 tests/scenarios/42-crafted-states.sh'
    echo '16-schema-whole env MUTATIONS=10000 tests/scenarios/16-schema.sh'
    echo '78-pages-whole env WHOLE=1 tests/scenarios/78-pages.sh'
    echo '69-hostile-whole env WHOLE=1 tests/scenarios/69-hostile.sh'
    echo "06-kill-under-load-whole env KILLS=${KILLS:-1000} tests/scenarios/06-kill-under-load.sh"
    echo 'unit-whole units release 1'
    echo 'unit-asan-whole units asan 1'
}
no_reports() {
    reports=$(find "$logs" -name 'sanitizer.*' -size +0)
    if [ -z "$reports" ]; then
        echo 'ok 1 - no sanitizer reported anything'
    else
        echo 'not ok 1 - no sanitizer reported anything'
        # shellcheck disable=SC2086
        head -n 60 $reports | sed 's/^/# /'
    fi
}

if [ "$variant" != release ]; then
    rm -f "$logs"/sanitizer.*
    # A store that was cut off ends who reads it with SIGBUS, which fsck reports: no fault of a
    # thread.
    export ASAN_OPTIONS="log_path=$PWD/$logs/sanitizer"
    TSAN_OPTIONS="log_path=$PWD/$logs/sanitizer suppressions=$PWD/tests/check/tsan.txt"
    export TSAN_OPTIONS="$TSAN_OPTIONS history_size=4 handle_sigbus=0"
    # shellcheck disable=SC2046
    stage "build-$variant" build "$variant builds" VARIANT="$variant" \
        "build/$variant/bin/bitacorad" "build/$variant/bin/bitacora" $(unit_targets "$variant")
    stage build-release build 'programs and tools of the scenarios build' VARIANT=release all tools
    before=$(wc -l <"$logs/counts")
    variant_scenarios | grep "^[^ ]*$pattern" >"$logs/beside"
elif [ -n "$faults" ]; then
    stage build-release build 'programs and tools of the scenarios build' all tools
    # shellcheck disable=SC2046
    stage build-units build 'the unit tests build' $(unit_targets release)
    # shellcheck disable=SC2046
    stage build-asan build 'the unit tests build under ASan and UBSan' VARIANT=asan \
        $(unit_targets asan)
    before=$(wc -l <"$logs/counts")
    whole_scenarios | grep "^[^ ]*$pattern" >"$logs/beside"
else
stage build-gcc build 'gcc builds without a warning' CC=gcc all $uninstrumented
# shellcheck disable=SC2046
stage build-asan build 'ASan and UBSan build' VARIANT=asan build/asan/bin/bitacorad \
    build/asan/bin/bitacora build/asan/fuzz/replay $(unit_targets asan)
stage build-tools build 'the tools of the scenarios build' tools
stage build-lib build 'the library builds' lib

# Scenarios have folders and ports of their own, and wait more than they work: as many beside each
# other as there are cores, and two more. First those that took most of CPU time on 2026-11-30, or
# of the clock.
long='interop unit-asan 02-tampered-mirror 69-hostile 22-witnessed clang 31-report 47-dishonest-asan
    35-corpus mutants 46-no-room 14-blobs 32-audit 03-second-writer 60-faults 15-vocabulary
    69-operations 21-witness 42-crafted-states-asan 06-kill-under-load 34-audit-random 68-limits
    76-monitor 86-gate-nginx 33-bench 18-erased 46-import-asan 57-index-lies 51-library-submit
    24-words 29-warrant-check 30-notify 55-answer 43-names'
long=$(echo $long) # on one line: a name beside a line's end would run twice
stage_line() { # stage_line NAME: how it is run
    case $1 in
    # Implementations of others; proofs near edges (`make interop`: all, and litewitness). It
    # compiles them first.
    interop) echo 'interop tests/interop/run_go.sh' ;;
    unit-asan) echo 'unit-asan units asan 11' ;;
    unit-uninstrumented) echo "$1 units release 11 $uninstrumented" ;;
    # Nothing is run of it, and clang warns alike of what it does not compile to the end.
    clang) echo "clang build 'clang has no warning' CC=clang warnings" ;;
    layout) echo 'layout tests/layout_stage.sh' ;;
    fuzz-corpus) echo 'fuzz-corpus tests/fuzz/replay.sh' ;;
    mutants) echo 'mutants tests/mutants/mutants.py --sample' ;;
    layout-test) echo 'layout-test tests/layout_test.py' ;;
    # The programs themselves under ASan and UBSan, where bytes from outside are at their worst.
    *-asan) echo "$1 env BIN=$PWD/build/asan/bin tests/scenarios/${1%-asan}.sh" ;;
    *) echo "$1 tests/scenarios/$1.sh" ;;
    esac
}
others() { # the names of all other stages
    echo unit-uninstrumented layout fuzz-corpus layout-test
    for scenario in tests/scenarios/[0-9]*.sh; do basename "$scenario" .sh; done
    for name in $hostile; do echo "$name-asan"; done
}
scenarios() {
    for name in $long; do stage_line "$name"; done
    for name in $(others); do
        case " $long " in *" $name "*) ;; *) stage_line "$name" ;; esac
    done
}
before=$(wc -l <"$logs/counts")
scenarios | grep "^[^ ]*$pattern" >"$logs/beside"
fi
# In a process group of their own: whoever ends this script ends all of them.
env --default-signal=INT,QUIT setsid xargs -r -P "${LANES:-$((jobs + 2))}" -L 1 \
    "$0" --stage <"$logs/beside" &
lanes=$!
stopped() {
    trap '' INT TERM
    kill -TERM -- "-$lanes" 2>/dev/null
    while pgrep -g "$lanes" >/dev/null; do sleep 0.1; done
    exit 130
}
trap stopped INT TERM
wait "$lanes"
trap - INT TERM
variant_stages=0
if [ "$variant" != release ] && [ -z "$pattern" ]; then
    stage sanitizer no_reports
    variant_stages=1
fi

passed=0
failed=0
skipped=0
while read -r p f s; do
    passed=$((passed + p))
    failed=$((failed + f))
    skipped=$((skipped + s))
done <"$logs/counts"
lost=$((before + variant_stages + $(wc -l <"$logs/beside") - $(wc -l <"$logs/counts")))
if [ "$lost" != 0 ]; then
    echo "not ok - $lost stages ended without a count"
    failed=$((failed + lost))
fi
times >"$logs/all.times"
echo "# $(cpu "$logs/all.times") s CPU in all, on $jobs cores"
[ "$skipped" = 0 ] || echo "# $skipped skipped: see above why"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
