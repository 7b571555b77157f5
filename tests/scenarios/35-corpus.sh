#!/bin/sh
# What the version of 2026-11-22 made, and what it said of it: every later version judges it alike, or tests/corpus/expect says why
# not. Its data directory, its witnesses' folders and its keys go on where they were left. BEFORE=1 wants what that version said.
. "$(dirname "$0")/../lib.sh"

corpus=$root/tests/corpus
c=$work/corpus
mkdir "$c"
for archive in story fork year cases; do
    check "unpacked: $archive" python3 -m tarfile -e "$corpus/$archive.tar.xz" "$c"
done
chmod 600 "$c"/story/keys/*.key # whatever the umask was
cp -r "$c" "$work/untouched"
BIN=$bin python3 "$corpus/judge.py" check "$c" "$corpus"/expect/*.jsonl >"$work/tap" 2>&1
take_tap "$work/tap"
equal 'all of it was judged' "$(tail -n 1 "$work/tap")" "1..$(cat "$corpus"/expect/*.jsonl | wc -l)"
check 'and none of it changed' diff -r -x '*.evidence-*' "$work/untouched" "$c" # which stands beside what is proven bad

# ---- pages of reports that later versions made of its log ----------------------------------------
for page in "$root"/tests/pages/stored/report.*.html.xz; do
    xz -dc "$page" >"$work/page"
    expect 0 "made again, byte for byte: $(basename "$page" .xz)" "$bin/bitacora" report --check "$work/page" --policy "$c/year/policy" --dir "$c/year/mirror"
done

# ---- the data directory, and the witnesses --------------------------------------------------------
s=$c/story
no_mark=
"$bin/bitacorad" run --help 2>&1 | grep -q -- --no-mark && no_mark=--no-mark
# Its index would be one entry more, at some time.
no_index=
"$bin/bitacorad" index --help >/dev/null 2>&1 && echo 'index_every = 0' >"$work/config" && no_index="--config $work/config"
expect 0 'the data directory is whole' "$bin/bitacorad" fsck --dir "$s/data"
vkey=$(sed -n 's/^log //p' "$s/policy")
cp "$s/policy" "$work/served"
for w in w1 w2; do
    cp "$s/keys/$w.key" "$work/"
    printf 'log %s\nquorum none\n' "$vkey" >"$work/$w.policy"
    STATE=$s/$w.state
    export STATE
    check "witness $w starts with what it knew" start_witness $w
    unset STATE
    sed -i "/^witness $w /s|\$| $witness_url|" "$work/served"
done
# shellcheck disable=SC2086
check 'the daemon starts' start_daemon "$s/data" --policy "$work/served" $no_mark $no_index
sed "1s|\$| $url|" "$work/served" >"$work/policy"
size=$(sed -n 2p "$s/mirror/checkpoint")
equal 'and serves what it served' "$(curl -s "$url/checkpoint" | head -n 3)" "$(head -n 3 "$s/mirror/checkpoint")"
p="--policy $work/policy"
# shellcheck disable=SC2086
expect 0 'all of it replays' "$bin/bitacora" replay $p --json
# shellcheck disable=SC2086
expect 0 'and mirrors' "$bin/bitacora" mirror $p "$work/mirror"
for file in tile/entries/000.p/$size tile/0/000.p/$size; do check "the same $file" cmp "$work/mirror/$file" "$s/mirror/$file"; done
for n in 12 55; do
    # shellcheck disable=SC2086
    expect 0 "an old receipt, against the log: $n" "$bin/bitacora" verify $p --log "$url" "$s/receipts/$n.tlog-proof"
done
# shellcheck disable=SC2086
expect 0 'oversight opens what was sealed' "$bin/bitacora" open $p --key "$s/keys/vigila.example.mx.key" --json "$s/receipts/55.tlog-proof"
equal 'and reads whom it named' "$(jq -r '..|objects|.value // empty' "$work/out")" BOXW310820HNERXN09
# shellcheck disable=SC2086
expect 0 'notices' "$bin/bitacora" notify due $p --key "$s/keys/vigila.example.mx.key" --json
equal 'of whom is known how many' "$(jq -c .sealed "$work/out")" '{"opened":2,"erased":0,"foreign":0,"unread":0,"other":0}'
equal 'of which requests' "$(jq -c '[.notices[]|[.entry,.state]]' "$work/out")" '[[22,"overdue"],[55,"overdue"],[16,"deferred"]]'
# shellcheck disable=SC2086
expect 0 'what may be told to Ana' "$bin/bitacora" notify find $p --key "$s/keys/vigila.example.mx.key" --type curp --value GOMC850315HDFRRR07 --json
equal 'of her requests' "$(jq -c '[.requests[]?.entry]' "$work/out")" '[10,22]'
# shellcheck disable=SC2086
response mx.telco | expect 0 'it goes on' "$bin/bitacora" submit $p --key "$s/keys/telco.example.mx.key" --json --receipts "$work/receipts" -
# shellcheck disable=SC2086
expect 0 'with a receipt under the quorum' "$bin/bitacora" verify $p "$work/receipts/$size.tlog-proof"
for state in replay.state audit.state; do
    # shellcheck disable=SC2086
    expect 0 "from what was known: $state" "$bin/bitacora" replay $p --state "$s/$state" --json
    equal 'it goes on, too' "$(jq -c '[.ok,.from,.size]' "$work/out")" "[true,34,$((size + 1))]"
done
check 'the daemon ends' stop_daemon
expect 0 'and leaves a whole data directory' "$bin/bitacorad" fsck --dir "$s/data"
finish
