#!/bin/sh
# The benchmark in its short form: it works, and says everything that it should. No timing decides.
. "$(dirname "$0")/../lib.sh"
bench=${BENCH_TOOL:-$root/build/release/tools/bench}
export BIN="$bin" SIMULATE="${SIMULATE:-$root/build/release/tools/simulate}"
cd "$root" || exit 1

expect 0 'every section, in small' "$bench" --short --work "$work/bench" --out "$work/bench.json"
contains 'prints a table' "$work/out" 'append, one record per request, per second'
paths=$(echo raw.per_s raw.us append.per_s append.cpu_us append.ratio append.batch_per_s append.batch_cpu_us \
    append.batch_ratio append.p50_ms append.p99_ms append.full_p50_ms append.full_p99_ms \
    replay.entries_per_s replay.ratio replay_structure.entries_per_s incremental.none_s incremental.thousand_s \
    receipt.verify_us receipt.bytes read.tiles_per_s read.tiles_ratio read.bundles_per_s read.bundles_ratio \
    read.receipts_per_s read.receipts_ratio read.receipts_per_core_s storage.ratio storage.bytes_per_entry \
    memory.replay_anon_mib growth.append_cost answer.one_s answer.one_cpu_s answer.one_bytes answer.one_requests \
    answer.twenty_s answer.twenty_cpu_s answer.twenty_bytes answer.twenty_requests answer.many_s answer.many_cpu_s \
    answer.many_bytes answer.many_requests answer.none_s answer.none_cpu_s answer.none_bytes answer.none_requests \
    answer.dir_s answer.check_s answer.entries gate.p50_us gate.p99_us gate.per_s cores)
jq -r --arg paths "$paths" '. as $all | $paths | split(" ")[] | . as $path | ($all | getpath($path | split("."))) as $value |
    "\($path) \(($value | type) == "number" and $value > 0) \($value)"' "$work/bench.json" >"$work/numbers"
while read -r path good value; do
    if [ "$good" = true ]; then ok "$path is a number above 0"; else not_ok "$path is a number above 0" "$value"; fi
done <"$work/numbers"
equal 'all of these figures' "$(wc -l <"$work/numbers")" "$(echo "$paths" | wc -w)"
equal 'growth has its three sizes' "$(jq -c '[.growth | to_entries[] | select(.value | type == "object") | .value | length] | [length, min, max]' "$work/bench.json")" '[3,11,11]'
equal 'nothing is null without a reason' \
    "$(jq -c '. as $all | [paths(type == "null")] - [["reached"]] | map(select(.[0] != "reached") | map(tostring) | join(".")) - ($all.reasons | keys)' "$work/bench.json")" '[]'
equal 'and the reasons are of what is not installed, not on this CPU, or not for a short run' \
    "$(jq -c '[.reasons | to_entries[] | select(((.key | startswith("postgres.")) and .value == "PostgreSQL is not installed") or ((.key | startswith("peers.")) and .value == "left out of a short run") or ((.key | startswith("settings.against")) and (.value | startswith("BENCH_AGAINST"))) or (.key | endswith("_accelerated")) | not)]' "$work/bench.json")" '[]'
equal 'each target says what is wanted, what it got, and whether that is enough' \
    "$(jq -c '[.reached[] | select((.want | type) == "number" and ((.got | type) == "number" or (.path | test("^peers|_accelerated$"))) and ((.ok | type) == "boolean" or (.why | type) == "string") | not)]' "$work/bench.json")" '[]'
equal 'all targets of them' "$(jq '.reached | length' "$work/bench.json")" 22
equal 'the more entries, the more bytes' \
    "$(jq -c '.answer | [.one_bytes, .twenty_bytes, .many_bytes] | . == sort' "$work/bench.json")" true
equal 'the answers are of the whole log' "$(jq '.answer.entries >= 3000' "$work/bench.json")" true
equal 'whether it is enough is said rightly' \
    "$(jq -c '[.reached[] | select(.ok != null) | select(.ok != (if .at_least then .got >= .want else .got <= .want end))]' "$work/bench.json")" '[]'
equal 'what it was measured on' \
    "$(jq -r '[.cpu, .date, .versions.libsodium, .versions.lmdb, .versions.libevent, .versions.jansson, .versions.yajl, .versions.openssl] | all(type == "string" and length > 0)' "$work/bench.json")" true
equal 'and leaves nothing but logs' "$(ls "$work/bench" | grep -vc '^log-')" 0

expect 0 'one section' "$bench" --short --work "$work/bench" --out "$work/one.json" replay
equal 'measures what was asked for' "$(jq -r '.replay.ratio | type' "$work/one.json")" number
equal 'and says so of the rest' "$(jq -r '.append.ratio, .reasons["append.ratio"]' "$work/one.json" | paste -sd' ')" 'null not asked for'
expect 2 'a section that does not exist' "$bench" --short --work "$work/bench" --out "$work/none.json" nonsense
expect 1 'a daemon that is not there' env BIN=/nowhere "$bench" --short --work "$work/bench" --out "$work/none.json" append
check 'leaves no figures' test ! -e "$work/none.json"
finish
