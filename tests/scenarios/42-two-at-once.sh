#!/bin/sh
# Several runs that share a --state: none goes back behind what another has accepted, each is held against the others,
# and nobody waits for a whole run. A slow run is one whose server holds an answer back, until the others are done.
. "$(dirname "$0")/../lib.sh"
answer=$root/build/release/tools/answer
p="--policy $work/policy"

hold() { # hold PART: a server that asks ours, and holds the first answer about PART back; sets $slow
    rm -rf "$work/hold"
    mkdir "$work/hold"
    beside env GETS_TO=${url##*:} HOLD="$1" "$answer" "$work/hold" /dev/null >"$work/port"
    holder=$beside
    wait_until test -s "$work/port"
    slow=http://127.0.0.1:$(cat "$work/port")
}
begin() { # begin COMMAND [OPTION...]: by that server; comes back when the answer is held back
    # shellcheck disable=SC2086
    beside "$bin/bitacora" "$@" $p --log "$slow" >"$work/slow.out" 2>"$work/slow.err"
    run=$beside
    wait_until test -e "$work/hold/held"
}
end() { # end: lets it go on; its exit status
    : >"$work/hold/go"
    wait "$run"
    status=$?
    forget_pid "$run"
    end_pid "$holder"
    return $status
}
fast() { # fast COMMAND [OPTION...]
    # shellcheck disable=SC2086
    "$bin/bitacora" "$@" $p --log "$url" >"$work/fast.out" 2>"$work/fast.err"
}
size() { sed -n 3p "$1" | jq -r .checkpoint | sed -n 2p; }
status_is() { # status_is WHAT STATUS WANTED
    if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "exit $2, expected $3: $(tail -n 5 "$work/slow.err" "$work/fast.err")"; fi
}

check 'a log of 20 entries' small_log 20

# ---- never back ----------------------------------------------------------------------------------
hold /tile/entries
begin replay --state "$work/state"
request mx.telco 10 | submit fgr.example.mx-a.lopez
fast replay --state "$work/state"
status_is 'a run that begins later is not kept waiting' $? 0
equal 'and has accepted' "$(size "$work/state")" 30
end
status_is 'the slow one is good, too' $? 0
equal 'and does not go back' "$(size "$work/state")" 30
hold /tile/entries
begin replay --state "$work/state.gone"
end
status_is 'a slow run that is alone' $? 0
equal 'writes what it proved' "$(size "$work/state.gone")" 30

# One that was overtaken by a state that is still smaller than what it has proved goes on from there.
fast replay --state "$work/state.three"
request mx.telco 5 | submit fgr.example.mx-a.lopez
cp "$work/state" "$work/state.30"
rm "$work/state.three"
hold /tile/entries
begin replay --state "$work/state.three"
cp "$work/state.30" "$work/state.three"
end
status_is 'where the other one is behind' $? 0
equal 'it goes forward' "$(size "$work/state.three")" 35

# ---- audits --------------------------------------------------------------------------------------
fast audit --state "$work/audit"
status_is 'an audit' $? 0
request mx.telco 5 | submit fgr.example.mx-a.lopez
hold /checkpoint
begin audit --state "$work/audit"
fast audit --state "$work/audit"
fast audit --state "$work/audit"
status_is 'two more, while one is slow' $? 0
end
status_is 'the slow one has read what belonged together' $? 0
hold /tile/entries
begin audit --state "$work/audit.new"
request mx.telco 5 | submit fgr.example.mx-a.lopez
fast audit --state "$work/audit.new"
end
status_is 'one from the start, which another overtook' $? 0
for f in audit audit.new; do
    fast audit --state "$work/$f" --json
    status_is "the next one goes on from it: $f" $? 0
    equal "and has all: $f" "$(tail -n 1 "$work/fast.out" | jq .size)" 45
    fast audit --state "$work/$f"
    equal "one file is left beside it: $f" "$(find "$work" -maxdepth 1 -name "$f.audit-*" | wc -l)" 1
done
many=""
for i in 1 2 3 4; do
    "$bin/bitacora" audit --policy "$work/policy" --state "$work/audit.many" >/dev/null 2>"$work/many.$i" &
    many="$many $!"
done
for pid in $many; do
    wait "$pid"
    equal 'one of four at once' $? 0
done
fast audit --state "$work/audit.many"
status_is 'and one after them' $? 0

# ---- two histories -------------------------------------------------------------------------------
port=${url##*:}
stop_daemon
rm -rf "$work/b"
cp -r "$work/data" "$work/b"
LISTEN=127.0.0.1:$port
start_daemon "$work/data"
request mx.telco 5 | submit fgr.example.mx-a.lopez
hold /tile/entries
begin replay --state "$work/forked" --evidence "$work/evidence"
stop_daemon
start_copy "$work/b"
export XDG_STATE_HOME="$work/.other"
request mx.telco 5 | submit fgr.example.mx-a.lopez
fast replay --state "$work/forked"
status_is 'another history of the same size is accepted meanwhile' $? 0
end
status_is 'the slow run convicts' $? 1
expect 0 'with evidence' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence"
rm -f "$work/forked" "$work/evidence"
stop_daemon
start_daemon "$work/data"
hold /tile/entries
begin replay --state "$work/forked" --evidence "$work/evidence"
stop_daemon
start_copy "$work/b"
request mx.telco 5 | submit fgr.example.mx-a.lopez
fast replay --state "$work/forked"
end
status_is 'and so where the other history is larger' $? 1
expect 0 'with evidence, too' "$bin/bitacora" verify-evidence --policy "$work/policy" "$work/evidence"
equal 'nothing of it is given up' "$(size "$work/forked")" 55
rm -f "$work/forked"
hold /tile/entries
begin replay --state "$work/forked"
stop_daemon
start_daemon "$work/data"
fast replay --state "$work/forked"
stop_daemon
end
status_is 'where the files are out of reach it cannot be decided' $? 3
finish
