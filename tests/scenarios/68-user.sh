#!/bin/sh
# Started as root with --user, daemon, signer and witness are that user's from the start: so are the
# files that they make, and nothing is read that could not be read again. Only the port is root's.
. "$(dirname "$0")/../lib.sh"

[ "$(id -u)" = 0 ] || { echo '1..0 # SKIP only root can become another user'; exit 0; }
user=nobody
uid=$(id -u $user) gid=$(id -g $user)
d=$bin/bitacorad
chmod 755 "$work"
field() { sed -n "s/^$2:[[:space:]]*//p" "/proc/$1/status" | tr '\t' ' '; }
is_user() { # is_user WHO PID
    equal "$1: all user ids" "$(field "$2" Uid)" "$uid $uid $uid $uid"
    equal "$1: all group ids" "$(field "$2" Gid)" "$gid $gid $gid $gid"
    equal "$1: the groups of that user" "$(field "$2" Groups | sed 's/ *$//')" "$(id -G $user)"
    equal "$1: no capability" "$(field "$2" CapPrm)/$(field "$2" CapEff)" 0000000000000000/0000000000000000
}
others() { find "$@" ! -user $user; } # what in it is not that user's

port=1023
while ss -Hltn "sport = :$port" | grep -q .; do port=$((port - 1)); done
check 'a log' new_log
mkdir "$work/mark"
mv "$work/data.mark" "$work/mark/data.mark"
printf 'mark = %s\nlisten = 127.0.0.1:%s\n' "$work/mark/data.mark" "$port" >"$work/config"
expect 2 'what is root'\''s alone it cannot open' "$d" run --user $user --dir "$work/data" --config "$work/config"
expect 2 'run --check says so, too' "$d" run --check --user $user --dir "$work/data" --config "$work/config"
chown -R $user "$work/data" "$work/mark"
run_as() { # run_as [OPTION...]: as start_daemon, without --listen
    beside "$d" run --user $user --dir "$work/data" --config "$work/config" "$@" >"$work/daemon.out" 2>"$work/daemon.err"
    daemon=$beside
    wait_until grep -q '^listening on ' "$work/daemon.out"
    url=$(sed -n 's/^listening on //p' "$work/daemon.out")
}
check 'the daemon starts' run_as
equal 'on a port that is root'\''s to open' "$url" "http://127.0.0.1:$port"
is_user daemon "$daemon"
write_policy "$work/policy"
check 'it appends' enrol fgr.example.mx/a.lopez requester mx.fgr
kill -HUP "$daemon"
check 'reads its settings again' wait_until grep -q 'SIGHUP: settings and policy were read again' "$work/daemon.err"
stop_daemon
equal 'and every file is its own' "$(others "$work/data" "$work/mark")" ''
equal 'root was not warned of' "$(grep -c 'runs as root' "$work/daemon.err")" 0
check 'without --user' start_daemon "$work/data" --config "$work/config"
contains 'the log says what that means' "$work/daemon.err" 'runs as root, so that the rights of files hold nothing back'
stop_daemon
chown -R $user "$work/data"

certificate 1 ca 2>/dev/null || { authority ca && certificate 1 ca; }
printf 'tls_cert = %s\ntls_key = %s\n' "$work/1.pem" "$work/1.crt-key" >>"$work/config"
chmod 600 "$work/1.crt-key"
expect 2 'a key for TLS that is root'\''s alone is refused at the start, not at the first reload' "$d" run --user $user --dir "$work/data" --config "$work/config"
contains 'and named' "$work/err" "$work/1.crt-key could not be read"
for who in root no-such-user; do
    expect 2 "--user $who" "$d" run --user $who --dir "$work/data"
done
contains 'it is said why' "$work/err" '--user no-such-user: there is no such user'
expect 2 'who is not root becomes nobody else' setpriv --reuid=$user --clear-groups --regid="$gid" "$d" run --user daemon --dir "$work/data"
contains 'and hears why' "$work/err" 'only root can become another user'
expect 2 'who is that user already stays it' setpriv --reuid=$user --regid="$gid" --init-groups "$d" run --user $user --dir "$work/nowhere"
contains 'and goes on' "$work/err" "$work/nowhere"

# ---- signer and witness --------------------------------------------------------------------------
mkdir "$work/signer"
cp "$work/data/log.key" "$work/signer.key"
expect 2 'a signer that cannot read its key' "$d" signer --user $user --key "$work/signer.key" --socket "$work/signer/socket" --state "$work/signer/state"
chown -R $user "$work/signer" "$work/signer.key"
beside "$d" signer --user $user --key "$work/signer.key" --socket "$work/signer/socket" --state "$work/signer/state" >"$work/signer.out" 2>"$work/signer.err"
signer=$beside
check 'a signer' wait_until grep -q '^listening on ' "$work/signer.out"
is_user signer "$signer"
equal 'its files are its own' "$(others "$work/signer")" ''
end_pid "$signer"
expect 2 'who may ask it is a user that there is' "$d" signer --uid no-such-user --key "$work/signer.key" --socket "$work/signer/socket" --state "$work/signer/state"
contains 'or a number' "$work/err" 'a user, by number or by name'
beside "$d" signer --uid $user --key "$work/data/log.key" --socket "$work/signer/socket" --state "$work/signer/state" >"$work/signer.out" 2>"$work/signer.err"
signer=$beside
check 'a name will do' wait_until grep -q '^listening on ' "$work/signer.out"
end_pid "$signer"
new_witness w
mkdir "$work/w.state"
chown -R $user "$work/w.state" "$work/w.key"
LISTEN=127.0.0.1:$port
check 'a witness' start_witness w --user $user
is_user witness "$witness"
equal 'its files are its own' "$(others "$work/w.state")" ''
end_pid "$witness"
expect 2 'it, too, becomes no user that is not there' "$bin/bitacora" witness --user no-such-user --key "$work/w.key" \
    --policy "$work/w.policy" --state "$work/w.state" --listen 127.0.0.1:0
contains 'and says so' "$work/err" 'there is no such user'

finish
