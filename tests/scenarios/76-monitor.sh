#!/bin/sh
# audit --follow: what is new is told once it is proven, on standard output, by syslog, and to a receiver that fails in every way; a
# fork, a rollback, silence cannot be missed.
. "$(dirname "$0")/../lib.sh"

monitor() { # monitor NAME [OPTION...]: from $work/NAME.state; sets $monitor (pid); its words in $work/NAME.out, NAME.err
    name=$1
    shift
    beside "$bin/bitacora" audit --follow --json --policy "$work/policy" --state "$work/$name.state" --every 1 "$@" >>"$work/$name.out" 2>>"$work/$name.err"
    monitor=$beside
}
ends() { # ends EXIT DESCRIPTION: the monitor is told to, or has ended by itself
    kill -TERM "$monitor" 2>/dev/null
    wait "$monitor"
    equal "$2" $? "$1"
    forget_pid "$monitor"
}
convicts() { # convicts DESCRIPTION: it ends by itself, with exit 1
    gone() { ! kill -0 "$monitor"; }
    wait_until gone || kill -KILL "$monitor"
    wait "$monitor"
    equal "$1" $? 1
    forget_pid "$monitor"
}
is_told() { [ "$(grep -c "$2" "$work/$1.out")" -ge "${3:-1}" ]; } # is_told NAME PATTERN [N]: so many lines at least
stands='"type":"audit"'
at_size() { wait_until is_told "$1" "\"size\":$2,.*$stands"; } # at_size NAME SIZE
more() { request mx.telco "$1" | submit fgr.example.mx-a.lopez >/dev/null; }
orphan() { response mx.telco | submit telco.example.mx-desk >/dev/null; } # R20: an answer to no request

check 'a log' small_log 12
"$bin/bitacora" audit --policy "$work/policy" --json >"$work/whole" 2>/dev/null

# ---- what is new, once ---------------------------------------------------------------------------
monitor a --entries
check 'it stands at the log' at_size a 12
equal 'every entry was told' "$(jq -c 'select(.type == "entry") | .entry' "$work/a.out" | sort -n | tr '\n' ' ')" '0 1 2 3 4 5 6 7 8 9 10 11 '
equal 'as show tells it' "$(jq -c 'select(.entry == 7 and .type == "entry") | [.kind, .signer, .ok, .record.holder, (.hash | length)]' "$work/a.out")" \
    '["request","fgr.example.mx/a.lopez",true,"mx.telco",44]'
same_findings() { # same_findings NAME: what was told is what an audit of the whole finds
    jq -cS 'select(.type == "answer" and .result == "finding") | del(.id)' "$work/$1.out" | sort >"$work/told"
    jq -cS 'select(.type == "answer" and .result == "finding") | del(.id)' "$work/whole" | sort | diff - "$work/told"
}
check 'and every finding, as an audit of the whole tells it' same_findings a
orphan
check 'a new one comes' wait_until is_told a '"answer".*"entry":12,'
more 3
check 'entries come' at_size a 16
equal 'ids are 32 digits, and none is there twice' \
    "$(jq -r .id "$work/a.out" | grep -cE '^[0-9a-f]{32}$')/$(jq -r .id "$work/a.out" | sort | uniq -d | wc -l)" "$(wc -l <"$work/a.out")/0"
expect 2 'no other goes on from the same state' timeout -s KILL 120 "$bin/bitacora" audit --follow --json --policy "$work/policy" --state "$work/a.state"
contains 'which it says' "$work/err" 'another audit --follow'
ends 0 'SIGTERM ends it'
before=$(wc -l <"$work/a.out")
monitor a --entries
check 'started again' wait_until sh -c '[ "$(wc -l <"$1")" -gt "$2" ]' - "$work/a.out" "$before"
orphan
check 'it goes on' wait_until is_told a '"answer".*"entry":16,'
ends 0 'and ends'
equal 'its last line counts the findings of the rules' "$(jq -c 'select(.type == "audit") | .rule_findings' "$work/a.out" | tail -n 1)" \
    "$("$bin/bitacora" audit --policy "$work/policy" --json 2>/dev/null | jq -c 'select(.type == "audit") | .rule_findings')"
equal 'nothing was told twice' "$(jq -r 'select(.type != "audit") | .id' "$work/a.out" | sort | uniq -d | wc -l)" 0
"$bin/bitacora" audit --policy "$work/policy" --json >"$work/whole" 2>/dev/null
check 'and nothing left out' same_findings a
expect 0 'the state is that of an audit' "$bin/bitacora" audit --policy "$work/policy" --state "$work/a.state" --json
check 'which says what an audit of the whole says' cmp "$work/out" "$work/whole"

# ---- what it takes -------------------------------------------------------------------------------
refused() { # refused WORDS OPTION...
    words=$1
    shift
    expect 2 "refused: $*" timeout -s KILL 120 "$bin/bitacora" audit --policy "$work/policy" --json "$@"
    contains 'with words' "$work/err" "$words"
}
f="--follow --state $work/x.state"
# shellcheck disable=SC2086
{
    refused '--state' --follow
    refused 'need --follow' --entries
    refused 'from 1 to 86400' $f --every 0
    refused 'from 1 to 604800' $f --silent-after soon
    refused 'from 1 to 1073741824' $f --outbox-max 0
    refused 'takes no --sarif' $f --fail-on low
    refused 'http:// or https://' $f --post ftp://127.0.0.1/
    refused 'could not be read' $f --post http://127.0.0.1:1/ --post-token "$work/none"
    refused 'need --post' $f --post-token "$work/policy"
    printf '\n' >"$work/empty"
    refused 'visible ASCII' $f --post http://127.0.0.1:1/ --post-token "$work/empty"
    refused 'no certificate' $f --post http://127.0.0.1:1/ --post-cacert "$work/empty"
}
printf 'something else' >"$work/x.state.outbox"
# shellcheck disable=SC2086
refused 'it is no outbox' $f --post http://127.0.0.1:1/
rm -f "$work"/x.state*

# ---- a receiver ----------------------------------------------------------------------------------
start_receiver() { # start_receiver [CERT KEY]: sets $hook
    beside python3 "$root/tests/tools/receiver.py" "$work/mode" "$work/taken" "$@" >"$work/hook.port"
    receiver=$beside
    wait_until test -s "$work/hook.port"
    hook=127.0.0.1:$(cat "$work/hook.port")
}
mode() { echo "$1" >"$work/mode.new" && mv "$work/mode.new" "$work/mode"; }
ids() { sed 's/.*"id": *"\([0-9a-f]*\)".*/\1/' | sort -u; }
all_taken() { # all_taken NAME: all that was told but how it stands
    grep -v "$stands" "$work/$1.out" | ids >"$work/ids"
    [ -s "$work/ids" ] && grep -v '"refused"' "$work/taken" | ids | cmp -s - "$work/ids"
}
tried() { [ "$(grep -c "\"refused\": \"$1\"" "$work/taken")" -gt "${2:-0}" ]; }
: >"$work/taken"
mode ok
start_receiver
printf 'secret-token\n' >"$work/token"
monitor p --entries --post "http://$hook/in?a=b" --post-token "$work/token"
check 'what is told is posted, too' wait_until all_taken p
equal 'to that path, as JSON, with the token' "$(jq -c '[.path, .type, .token]' "$work/taken" | sort -u)" '["/in?a=b","application/json","Bearer secret-token"]'
equal 'each object as it was told' "$(jq -cS 'select(.body.type == "answer") | .body' "$work/taken" | sort | head -n 1)" \
    "$(jq -cS 'select(.type == "answer")' "$work/p.out" | sort | head -n 1)"
equal 'nothing waits' "$(tail -n 1 "$work/p.state.outbox" | sed 's/^0*//')" "$(stat -c %s "$work/p.state.outbox")"
for how in 500 404 busy moved hang close noise headers; do
    mode $how
    orphan
    check "a receiver that fails: $how" wait_until tried $how
    mode ok
    kill -HUP "$monitor"
    check 'gets it in the end' wait_until all_taken p
done
mode lost
orphan
check 'one that takes it and does not say so' wait_until sh -c '[ "$(grep -v refused "$1" | sort | uniq -d | wc -l)" -gt 0 ]' - "$work/taken"
mode endless
kill -HUP "$monitor"
check 'or answers without end' wait_until all_taken p
contains 'why it does not take it is said' "$work/p.err" 'HTTP 404'
contains 'and when it does again' "$work/p.err" 'takes what is posted again'
mode 404
before=$(grep -c '"refused": "404"' "$work/taken")
more 2
check 'what waits' wait_until tried 404 "$before"
ends 0 'does not keep it from its end'
contains 'is said' "$work/p.err" 'p.state.outbox'
mode ok
monitor p --entries --post "http://$hook/in?a=b"
check 'and is posted by the next' wait_until all_taken p
end_pid "$receiver"
more 1
check 'a receiver that is away' wait_until grep -qi 'connect' "$work/p.err"
ends 0 'is waited for'

# ---- over TLS ------------------------------------------------------------------------------------
authority ca && certificate hook ca || not_ok 'certificates'
start_receiver "$work/hook.pem" "$work/hook.crt-key"
monitor p --entries --post "https://$hook/"
check 'a certificate of nobody' wait_until grep -q 'certificate' "$work/p.err"
ends 0 'is not trusted'
equal 'and gets nothing' "$(all_taken p; echo $?)" 1
monitor p --entries --post "https://$hook/" --post-token "$work/token" --post-cacert "$work/ca.pem"
check 'that of the authority does' wait_until all_taken p
ends 0 'it ends'
# ---- an outbox that is full ----------------------------------------------------------------------
mode 404
monitor p --entries --post "https://$hook/" --cacert "$work/ca.pem" --outbox-max 32
more 60
check 'an outbox that is full' wait_until sh -c '[ "$(stat -c %s "$1")" -gt 32768 ]' - "$work/p.state.outbox"
more 1
check 'is an alarm' wait_until is_told p '"alarm":"outbox_full"'
standing=$(grep -c "$stands" "$work/p.out")
mode ok
kill -HUP "$monitor"
check 'until the receiver takes what there is' wait_until is_told p '"of":"outbox_full"'
check 'then it goes on' wait_until is_told p "$stands" $((standing + 1))
check 'and all is taken' wait_until all_taken p
ends 0 'it ends'

# ---- syslog --------------------------------------------------------------------------------------
monitor s --syslog "$work/syslog"
check 'messages to a file' wait_until is_told s "$stands"
ends 0 'as lines'
equal 'of RFC 5424' "$(grep -cvE '^<1(0[4-9]|1[01])>1 [0-9-]{10}T[0-9:.]{12}Z [!-~]+ bitacora [0-9]+ [a-z]+ - .*\{.*\}$' "$work/syslog")" 0
equal 'each line is one' "$(wc -l <"$work/syslog")" "$(grep -vc "$stands" "$work/s.out")"
python3 "$root/tests/tools/hear.py" "$work/log.sock" "$work/log.heard" &
pids="$pids $!"
wait_until test -S "$work/log.sock"
monitor s2 --syslog "$work/log.sock"
check 'and to a socket' wait_until grep -q ' bitacora [0-9]* answer - ' "$work/log.heard"
ends 0 'it ends'

# ---- a supervisor --------------------------------------------------------------------------------
python3 "$root/tests/tools/hear.py" "$work/notify" "$work/heard" &
pids="$pids $!"
wait_until test -S "$work/notify"
NOTIFY_SOCKET="$work/notify" WATCHDOG_USEC=400000 monitor s
check 'is told that it follows' wait_until grep -q '^READY=1 STATUS=follows$' "$work/heard"
check 'and lives' wait_until sh -c '[ "$(grep -c ^WATCHDOG=1 "$1")" -gt 2 ]' - "$work/heard"
ends 0 'and ends'
check 'which it says' wait_until grep -q '^STOPPING=1' "$work/heard"

# ---- what is wrong, and may be so on its way -----------------------------------------------------
copy() { "$bin/bitacora" mirror --policy "$work/policy" "$work/copy" >/dev/null 2>&1; }
check 'a mirror' copy
monitor w --dir "$work/copy"
check 'is followed, too' wait_until is_told w "$stands"
cp -r "$work/copy" "$work/next"
more 1
"$bin/bitacora" mirror --policy "$work/policy" "$work/next" >/dev/null 2>&1
bundle=$(cd "$work/next" && find tile/entries -path '*.p/*' -type f | sort -V | tail -n 1)
cp "$work/next/$bundle" "$work/bundle"
sed -i '0,/"persons":1/s//"persons":7/' "$work/next/$bundle"
rm -rf "$work/copy" && cp -r "$work/next" "$work/copy"
check 'a file that was altered is an alarm' wait_until is_told w '"alarm":"wrong"'
check 'it asks again' kill -0 "$monitor"
cp "$work/bundle" "$work/copy/$bundle"
check 'until it is right' wait_until is_told w '"of":"wrong"'
ends 0 'it ends'

# ---- silence -------------------------------------------------------------------------------------
monitor q --silent-after 1
check 'it follows' wait_until is_told q "$stands"
port=${url##*:}
stop_daemon
check 'a log that is away is an alarm' wait_until is_told q '"alarm":"silent".*"codes":\["unreadable"\]'
check 'with the finding' is_told q '"code":"unreadable".*"type":"integrity"'
LISTEN=127.0.0.1:$port start_daemon "$work/data" || not_ok 'the daemon starts'
check 'until it is there again' wait_until is_told q '"of":"silent"'
stop_daemon
wait_until is_told q '"alarm":"silent"' 2
ends 3 'while it is away, nothing is decided'

# ---- two histories -------------------------------------------------------------------------------
rm -rf "$work/data2"
cp -r "$work/data" "$work/data2"
LISTEN=127.0.0.1:$port start_daemon "$work/data"
more 4
mode 404
monitor held --entries --post "https://$hook/" --cacert "$work/ca.pem" --outbox-max 1
check 'a monitor of the first, whose outbox is full' wait_until is_told held "$stands"
ends 0 'it ends'
mode ok
monitor k
check 'a monitor of the first' wait_until is_told k "$stands"
for name in late going; do # these are to meet the second later
    cp "$work/k.state" "$work/$name.state"
    cp "$work"/k.state.audit-* "$work/$name.state.audit-${name:+$(ls "$work"/k.state.audit-* | sed 's/.*-//')}"
done
stop_daemon
LISTEN=127.0.0.1:$port start_copy "$work/data2"
convicts 'a log that shows less than it signed: exit 1'
equal 'is a rollback' "$(jq -c 'select(.type == "alarm") | [.alarm, .verdict, .had.size - .shown.size, .codes]' "$work/k.out" | tail -n 1)" '["rollback","bad",4,["stale"]]'
seen=$(jq -r 'select(.alarm == "rollback") | .evidence' "$work/k.out")
equal 'both signed checkpoints are kept beside the state' "${seen%-*}/$(jq -r '[.had, .shown] | map(split("\n")[1] | tonumber) | .[0] - .[1]' "$seen")" "$work/k.state.rollback/4"
more 5
: >"$work/taken"
monitor late --post "https://$hook/" --cacert "$work/ca.pem"
convicts 'a log that signed two histories: exit 1'
equal 'is a fork' "$(jq -c 'select(.type == "alarm") | [.alarm, .codes]' "$work/late.out")" '["convicted",["fork"]]'
check 'with the finding' is_told late '"code":"fork".*"type":"integrity"'
evidence=$(jq -r 'select(.alarm == "convicted") | .evidence' "$work/late.out")
case $evidence in "$work/late.state.evidence-"*) ok 'evidence lies beside the state' ;; *) not_ok 'evidence lies beside the state' "$evidence" ;; esac
expect 0 'which anybody can check' "$bin/bitacora" verify-evidence --policy "$work/policy" "$evidence"
check 'it was posted before the end' all_taken late
monitor late
convicts 'started again, it says so again'
mode 404
: >"$work/taken"
monitor held --entries --post "https://$hook/" --cacert "$work/ca.pem" --outbox-max 1
check 'a full outbox hides no fork' wait_until is_told held '"alarm":"convicted"'
mode ok
convicts 'which ends it'
check 'and all is posted before' all_taken held
monitor going --keep-going --silent-after 1
check 'one that is to go on' wait_until is_told going '"alarm":"convicted"'
stop_daemon
check 'goes on' wait_until is_told going '"alarm":"silent"'
ends 1 'and does not forget it'
equal 'nor repeats itself' "$(grep -c '"alarm":"convicted"' "$work/going.out")" 1
finish
