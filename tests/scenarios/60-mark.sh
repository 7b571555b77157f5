#!/bin/sh
# The mark: no copy of a log's folder forks the log by accident.
. "$(dirname "$0")/../lib.sh"

refused() { # refused DESCRIPTION WORDS COMMAND...: exit 2, and says so; nothing is served
    what=$1 words=$2
    shift 2
    expect 2 "$what" "$@"
    contains 'which is said' "$work/err" "$words"
    equal 'nothing was served' "$(cat "$work/out")" ''
}
run() { timeout -s KILL 120 "$bin/bitacorad" run --listen 127.0.0.1:0 "$@"; }
says() { sed -n '1s/^bitacora.v1 mark \([^ ]*\) \([0-9]*\) .*/\1 \2/p' "$1" | tr -d '\0'; }
newest() { # newest FILE: the size that a mark says, of both slots
    tr '\0' '\n' <"$1" | sed -n 's/^bitacora.v1 mark [^ ]* \([0-9]*\) .*/\1/p' | sort -n | tail -n 1
}

check 'a log' new_log
equal 'init writes its mark' "$(says "$work/data.mark")" 'log.example.mx/test 1'
equal 'which is the operator'"'"'s alone' "$(stat -c %a "$work/data.mark")" 600
check 'its daemon' start_daemon "$work/data/" # the slash changes nothing
write_policy "$work/policy"
for n in 1 2 3; do enrol "fgr.example.mx/p$n" requester mx.fgr; done
equal 'the mark says what was acknowledged' "$(newest "$work/data.mark")" 4

# ---- a hot copy of a log that signs alone --------------------------------------------------------
cp -r "$work/data" "$work/hot"
cp "$work/data.mark" "$work/mark.old"
echo "mark = $work/data.mark" >"$work/settings"
refused 'a second daemon on its mark' 'another bitacorad uses it' run --dir "$work/hot" --config "$work/settings"
enrol fgr.example.mx/p4 requester mx.fgr
refused 'a hot copy' "there is no mark $work/hot.mark" run --dir "$work/hot"
refused 'in Spanish' "no existe la marca $work/hot.mark" run --lang es --dir "$work/hot"
expect 0 'the log itself stops' stop_daemon
refused 'the copy with the mark of the log' "is an old copy: it holds 4 entries, and the mark $work/data.mark says that this log has signed 5" \
    run --dir "$work/hot" --config "$work/settings"
expect 2 'nor is anything signed otherwise' timeout -s KILL 120 "$bin/bitacorad" index --dir "$work/hot" --now
expect 0 'it can be looked at' "$bin/bitacorad" fsck --dir "$work/hot"

# ---- another history -----------------------------------------------------------------------------
check 'a copy that is meant to go on' start_copy "$work/hot"
contains 'is told what that means' "$work/daemon.err" 'what was signed before is not known here'
write_policy "$work/policy"
for n in 5 6 7; do enrol "fgr.example.mx/p$n" requester mx.fgr; done
stop_daemon
check 'goes on with its own mark' start_daemon "$work/hot"
stop_daemon
refused 'with the mark of the log it does not' "is another history: its first 5 entries are not those that this log has signed" \
    run --dir "$work/hot" --config "$work/settings"

# ---- the mark is a lower bound -------------------------------------------------------------------
cp "$work/mark.old" "$work/data.mark"
check 'a store that is ahead of its mark, as after a crash' start_daemon "$work/data"
equal 'the mark is brought up to it' "$(newest "$work/data.mark")" 5
kill_daemon

# ---- the file itself -----------------------------------------------------------------------------
cp "$work/data.mark" "$work/good"
head -c 100 /dev/zero >"$work/data.mark"
refused 'a mark that is damaged' 'it is damaged, or no mark' run --dir "$work/data"
rm "$work/data.mark"
mkdir "$work/data.mark"
refused 'a folder' 'it is damaged, or no mark' run --dir "$work/data"
rmdir "$work/data.mark"
refused 'one that is lost' "there is no mark $work/data.mark" run --dir "$work/data"
"$bin/bitacorad" init --dir "$work/other" --origin other.example.mx --registrar "$registrar" >"$work/out" 2>&1
cp "$work/other.mark" "$work/data.mark"
refused 'that of another log' 'it is the mark of another log' run --dir "$work/data"
cp "$work/good" "$work/data.mark"
echo "mark = $work/data/mark" >"$work/inside"
refused 'a place that a copy would carry along' 'it must be outside' run --dir "$work/data" --config "$work/inside"
mkdir "$work/marks"
mv "$work/data.mark" "$work/marks/log"
echo "mark = $work/marks/log" >"$work/settings"
check 'another place' start_daemon "$work/data" --config "$work/settings"
stop_daemon
cd "$work/data" || exit 2
cp "$work/marks/log" "$work/data.mark"
check 'the folder by the name of a dot has the same mark' start_daemon .
stop_daemon
echo "mark = $work/marks/third" >"$work/third.conf"
expect 0 'a log with its mark elsewhere' "$bin/bitacorad" init --dir "$work/third" --config "$work/third.conf" --origin third.example.mx --registrar "$registrar"
check 'which has none beside it' test ! -e "$work/third.mark"
check 'and runs with it' start_daemon "$work/third" --config "$work/third.conf"
stop_daemon
echo "mark = $work/none/mark" >"$work/third.conf"
expect 1 'no log where its mark cannot be' "$bin/bitacorad" init --dir "$work/fourth" --config "$work/third.conf" --origin fourth.example.mx --registrar "$registrar"
contains 'which is said' "$work/err" "the mark $work/none/mark cannot be written"
finish
