#!/bin/sh
# A mirror of 40 entries, altered in every way: replay --dir must never say that it is good.
# Bits are altered in one process: those of two bytes in five. The binary itself is run on every
# EVERY-th byte. EVERY=1 is all of both.
. "$(dirname "$0")/../lib.sh"

# Short names and the least members: as few bytes as 40 entries can have.
compact_log() {
    registrar=$("$bin/bitacora" keygen r --out "$work/registrar.key") &&
        vkey=$("$bin/bitacorad" init --dir "$work/data" --origin l --registrar "$registrar") &&
        start_daemon "$work/data" && write_policy "$work/policy" && enrol q requester f &&
        enrol h holder t || return 1
    answer='{"kind":"response","holder":"t","outcome":"full","received_at":"2026-11-01T10:00:00.000Z"}'
    i=3
    while [ $i -lt 40 ]; do
        echo "$answer"
        i=$((i + 1))
    done | submit h
}

check 'a log of 40 entries' compact_log
check 'its mirror' "$bin/bitacora" mirror --policy "$work/policy" "$work/mirror"
tools=$root/build/release/tools
m=$work/mirror

# Two parts each, one a core.
every=${EVERY:-29}
parts=5
[ "$every" != 1 ] || parts=2
cp -r "$m" "$work/m1"
cp -r "$m" "$work/m2"
beside "$tools/flip_bits" "$work/policy" "$work/m1" 0 $parts >"$work/bits.1"
one=$beside
"$tools/flip_bits" "$work/policy" "$work/m2" 1 $parts >"$work/bits.2"
wait $one
forget_pid $one
cat "$work/bits.1" "$work/bits.2" | grep '^#' | head -n 20
for part in 1 2; do
    if grep -q '^ok' "$work/bits.$part"; then
        ok "$(sed -n 's/^ok - //p' "$work/bits.$part")"
    else
        not_ok "$(sed -n 's/^not ok - //p' "$work/bits.$part")"
    fi
done
for file in checkpoint tile/0/000.p/40 tile/entries/000.p/40; do
    for part in 0 1; do
        beside "$tools/flip_bytes" "$bin/bitacora" "$work/policy" "$work/m$((part + 1))/$file" \
            "$work/m$((part + 1))" $((part * every)) $((2 * every)) >"$work/bytes.$part"
        eval "byte_pid_$part=$beside"
    done
    for part in 0 1; do
        eval "wait \$byte_pid_$part"
        status=$?
        eval "forget_pid \$byte_pid_$part"
        if [ $status = 0 ]; then
            ok "$file: one byte of $every, through the binary, part $((part + 1)) of 2"
        else
            not_ok "$file: one byte of $every, through the binary" "$(cat "$work/bytes.$part")"
        fi
    done
done

# Whole files.
for file in checkpoint tile/0/000.p/40 tile/entries/000.p/40; do
    rm -rf "$work/copy"
    cp -r "$m" "$work/copy"
    rm "$work/copy/$file"
    expect 3 "$file is missing: undecided" "$bin/bitacora" replay --policy "$work/policy" --dir "$work/copy"
    contains 'and the sentence says which' "$work/out" "$file"
    cp "$m/$file" "$work/copy/$file"
    truncate -s -1 "$work/copy/$file"
    expect 1 "$file is cut off: bad" "$bin/bitacora" replay --policy "$work/policy" --dir "$work/copy"
    : >"$work/copy/$file"
    expect 1 "$file is empty: bad" "$bin/bitacora" replay --policy "$work/policy" --dir "$work/copy"
    cp "$m/$file" "$work/copy/$file"
    printf x >>"$work/copy/$file"
    expect 1 "$file is too long: bad" "$bin/bitacora" replay --policy "$work/policy" --dir "$work/copy"
done

# What was accepted before is not taken back.
expect 0 'a replay that remembers' "$bin/bitacora" replay --policy "$work/policy" --dir "$m" --state "$work/state"
cp -r "$m" "$work/older"
echo "$answer" | submit h
check 'the log grows, and its mirror' "$bin/bitacora" mirror --policy "$work/policy" "$m"
expect 0 'the replay goes on' "$bin/bitacora" replay --policy "$work/policy" --dir "$m" --state "$work/state"
expect 3 'an older checkpoint is stale: undecided' "$bin/bitacora" replay --policy "$work/policy" --dir "$work/older" --state "$work/state"
contains 'and the sentence says so' "$work/out" 'older than the one accepted before'
contains 'and what that means' "$work/out" 'it was set back, or a cache or mirror that is behind'
expect 0 'what it is to be shown lies there' "$bin/bitacora" confront --policy "$work/policy" "$work/state.newest"
expect 0 'and the state is as it was' "$bin/bitacora" replay --policy "$work/policy" --dir "$m" --state "$work/state"
printf 'x' >>"$work/state"
expect 2 'a damaged state is not believed' "$bin/bitacora" replay --policy "$work/policy" --dir "$m" --state "$work/state"
finish
