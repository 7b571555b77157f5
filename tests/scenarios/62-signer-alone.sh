#!/bin/sh
# A signer and somebody who asks it for what no log has; and a signer whose memory is not as it left
# it.
. "$(dirname "$0")/../lib.sh"

vkey=$("$bin/bitacora" keygen log.example.mx/test --out "$work/signer.key")
registrar=$("$bin/bitacora" keygen registrar.example.mx --out "$work/registrar.key")
check 'a signer' start_signer
expect 0 'begins a log' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test --registrar "$registrar" \
    --signer "$work/signer.sock"
cp "$work/signer.state/state" "$work/begun"
/usr/bin/python3 "$root/tests/tools/signer_giant.py" "$work/signer.sock" >"$work/giant" 2>&1
equal 'the attacker is through' "$?" 0
take_tap "$work/giant"
kill -9 "$signer"
wait "$signer" 2>/dev/null
forget_pid "$signer"
check 'killed, it starts with what it signed last' start_signer
equal 'which is the largest size' "$(sed -n 3p "$work/signer.state/state")" 9223372036854775807
printf 'signer = %s\n' "$work/signer.sock" >"$work/conf"
expect 2 'the log does not go on from there' timeout 120 "$bin/bitacorad" run --dir "$work/data" \
    --listen 127.0.0.1:0 --config "$work/conf"
contains 'and why is said' "$work/err" "does not hold what the log's signer has signed last (size 9223372036854775807; here: 1)"
end_pid "$signer"

# ---- killed before it has answered ------------------------------------------------------------------

# One second entry is asked for, the signer is killed, and another second entry is asked for.
second() { /usr/bin/python3 "$root/tests/tools/signer_giant.py" "$work/signer.sock" "$work/begun" "$1"; }
for fault in 'write /signer.state/state.new -9' 'rename /signer.state/state$ -9' 'fsync /signer.state$ -9 1' 'send socket: -9 1'; do
    cp "$work/begun" "$work/signer.state/state"
    echo "$fault" >"$work/faults"
    FAULTS=$work/faults start_signer || not_ok "'$fault': a signer"
    equal "'$fault': nothing is answered" "$(second mine)" none
    kill -9 "$signer" 2>/dev/null # where it was not killed there
    wait "$signer" 2>/dev/null
    forget_pid "$signer"
    rm "$work/faults"
    start_signer || not_ok "'$fault': it starts again"
    case $fault in
    write* | rename*) kept=other refused=mine ;; # it had not kept the first
    *) kept=mine refused=other ;;
    esac
    [ $kept = mine ] || equal "'$fault': the other is signed, as the first was not" "$(second other)" signed
    equal "'$fault': one entry is not signed" "$(second $refused)" fork
    equal "'$fault': and the other is" "$(second $kept)" signed
    end_pid "$signer"
done

# ---- an end that somebody else had signed -----------------------------------------------------------

# The operator has ordered an end, and whoever has the daemon is quicker, with a successor of his
# own.
successor=$("$bin/bitacora" keygen log.example.mx/other --out "$work/successor.key")
cp "$work/begun" "$work/signer.state/state"
check 'a signer that may sign an end' start_signer --freeze
/usr/bin/python3 -c 'import socket, struct, sys
text = """bitacora/v1 signer record
bitacora/v1 freeze
{"id":"00000000-0000-4000-8000-000000000000","at":"2026-11-30T00:00:00.000Z","under":{"entry":0,"hash":"%s="},\
"successor":{"origin":"log.example.mx/other","vkey":"%s"}}
""" % ("A" * 43, sys.argv[2])
s = socket.socket(socket.AF_UNIX)
s.connect(sys.argv[1])
s.sendall(struct.pack(">I", len(text)) + text.encode())
print(s.recv(65536)[4:].decode())' "$work/signer.sock" "$successor" >"$work/answer"
contains 'it signs it' "$work/answer" 'bitacora/v1 signer signed'
contains 'and says whom it names' "$work/signer.err" "a freeze was signed: the log ends; successor: $successor"
end_pid "$signer"

# ---- a memory that is not as it was ----------------------------------------------------------------

state=$work/signer.state/state
refuses() { # refuses WHAT WORDS: with what is in $state now, and leaves it there
    expect 2 "$1" timeout -s KILL 120 "$bin/bitacorad" signer --key "$work/signer.key" --socket "$work/signer.sock" \
        --state "$work/signer.state"
    contains 'and why is said' "$work/err" "$2"
}
altered() { refuses "$1" 'is not what this key has signed last: it is damaged'; }
: >"$state"; altered 'an empty one'
head -c 40 "$work/begun" >"$state"; altered 'one cut off'
head -n 4 "$work/begun" >"$state"; altered 'one without its last line'
head -c -1 "$work/begun" >"$state"; altered 'one without its last byte'
{ cat "$work/begun"; echo; } >"$state"; altered 'one with a line more'
sed 's/v1/v0/' "$work/begun" >"$state"; altered 'one of another version'
sed 's/^1$/01/' "$work/begun" >"$state"; altered 'a size that is written otherwise'
sed 's/^1$/9223372036854775808/' "$work/begun" >"$state"; altered 'a size that there is not'
sed 's/^open$/opened/' "$work/begun" >"$state"; altered 'an end that there is not'
other=$("$bin/bitacora" keygen log.example.mx/test --out "$work/other.key")
sed "2s|.*|$other|" "$work/begun" >"$state"; altered 'that of another key of the log'
{ cat "$work/begun"; head -c 2000 /dev/zero; } >"$state"; refuses 'one that is too long' 'cannot read'
rm "$state"; mkdir "$state"; refuses 'a folder in its place' 'cannot read'
rmdir "$state"; mkfifo "$state"; refuses 'a pipe, which nobody fills' 'cannot read'
rm "$state"; ln -s nowhere "$state"; refuses 'a link that leads nowhere' 'is missing, though a signer was here before'
rm "$state"; cp "$work/begun" "$state.new"; refuses 'what a kill left, and nothing else' 'is missing, though a signer was here before'
rm "$work/signer.state/lock"; ln -s "$work/conf" "$work/signer.state/lock"; refuses 'a lock that is a link' 'cannot open'
check 'what that leads to is as it was' grep -q '^signer = ' "$work/conf"
finish
