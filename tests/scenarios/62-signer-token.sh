#!/bin/sh
# The log's key in a PKCS#11 token (SoftHSM): it is made there, never leaves it, and signs a log that
# every client verifies as any other.
. "$(dirname "$0")/../lib.sh"

module=/usr/lib/softhsm/libsofthsm2.so
[ -e $module ] || { echo '1..0 # SKIP softhsm2 is not installed'; exit 0; }
mkdir "$work/tokens"
export SOFTHSM2_CONF="$work/softhsm2.conf"
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" >"$SOFTHSM2_CONF"
printf '1234\n' >"$work/pin"
check 'a token' softhsm2-util --init-token --free --label 'log token' --pin 1234 --so-pin 5678
check 'a key in it' "$root/build/release/tools/make_token_key" $module 'log token' 1234 'log key'

token_signer() { # token_signer [OPTION...]: as start_signer, with the key in the token
    beside "$bin/bitacorad" signer --pkcs11 "$module" --token 'log token' --key-label 'log key' --pin-file "$work/pin" \
        --origin log.example.mx/test --socket "$work/signer.sock" --state "$work/signer.state" "$@" \
        >"$work/signer.out" 2>>"$work/signer.err"
    signer=$beside
    wait_until grep -q '^listening on ' "$work/signer.out"
}
check 'its signer' token_signer
vkey=$(head -n 1 "$work/signer.out")
registrar=$("$bin/bitacora" keygen registrar.example.mx --out "$work/registrar.key")
expect 2 'another name than the key has' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/other \
    --registrar "$registrar" --signer "$work/signer.sock"
expect 2 'a registrar that is none' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test \
    --registrar "$registrar" --registrar "$registrar" --signer "$work/signer.sock"
expect 2 'a passphrase for a key that is not there' "$bin/bitacorad" init --dir "$work/data" --encrypt \
    --origin log.example.mx/test --registrar "$registrar" --signer "$work/signer.sock"
expect 0 'a log is begun by it' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test \
    --registrar "$registrar" --signer "$work/signer.sock"
equal 'init prints its key' "$(cat "$work/out")" "$vkey"
equal 'no key is in its folder' "$(ls "$work/data" | grep -c key)" 0
equal 'and no mark beside it' "$(ls "$work" | grep -c mark)" 0
expect 2 'it begins no second one' "$bin/bitacorad" init --dir "$work/second" --origin log.example.mx/test \
    --registrar "$registrar" --signer "$work/signer.sock"
contains 'and why is said' "$work/err" 'has begun a log already'

printf 'signer = %s\nindex_every = 10\n' "$work/signer.sock" >"$work/conf"
check 'the log is run' start_daemon "$work/data" --config "$work/conf"
write_policy "$work/policy"
check 'an official' enrol fgr.example.mx/a.lopez requester mx.fgr
request mx.telco 20 | submit fgr.example.mx-a.lopez || not_ok 'requests are appended'
check 'the signer is started again' sh -c "kill $signer"
wait "$signer"
forget_pid "$signer"
contains 'it may open any file' "$work/signer.err" 'sandbox: seccomp alone: any file may be opened'
: >"$work/signer.err"
check 'with its memory, and with --token-dir' token_signer --token-dir "$work/tokens"
if grep -q 'sandbox: seccomp and Landlock' "$work/daemon.err"; then
    contains 'it opens that folder and no other' "$work/signer.err" 'sandbox: seccomp and Landlock'
fi
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'

# The token is pulled out while the log runs, and put back.
mv "$work/tokens" "$work/drawer"
request mx.telco 1 >"$work/record"
submit fgr.example.mx-a.lopez <"$work/record" &
client=$!
check 'without its token the signer does not sign' wait_until grep -q 'PKCS#11: the key does not sign' "$work/signer.err"
mv "$work/drawer" "$work/tokens"
check 'the client is answered when it is back' wait $client
contains 'which is said' "$work/signer.err" "the token 'log token' was found again"

# Once a token has refused its PIN it is not asked again: it would lock itself.
mv "$work/tokens" "$work/drawer"
printf '9999\n' >"$work/pin"
request mx.telco 1 >"$work/record"
submit fgr.example.mx-a.lopez <"$work/record" &
client=$!
lost() { [ "$(grep -c 'the key does not sign' "$work/signer.err")" = 2 ]; }
check 'the token is pulled out again' wait_until lost
mv "$work/drawer" "$work/tokens"
check 'it comes back with another PIN' wait_until grep -q 'PKCS#11: C_Login' "$work/signer.err"
printf '1234\n' >"$work/pin"
asked() { grep -c 'it cannot sign now' "$work/daemon.err"; }
before=$(asked)
asks_on() { [ "$(asked)" -gt $((before + 2)) ]; }
check 'the daemon asks on, once a second' wait_until asks_on
equal 'the PIN is shown once' "$(grep -c 'PKCS#11: C_Login' "$work/signer.err")" 1
check 'the signer is started again' sh -c "kill $signer"
wait "$signer"
forget_pid "$signer"
check 'and signs' token_signer
check 'the client is answered then' wait $client

expect 0 'it replays' "$bin/bitacora" replay --policy "$work/policy"
stop_daemon
expect 0 'fsck is clean' "$bin/bitacorad" fsck --dir "$work/data"

# Another key in the token goes on.
end_pid "$signer"
former=$vkey
check 'another key in the token' "$root/build/release/tools/make_token_key" $module 'log token' 1234 'next key'
next() { # next STATE [OPTION...]: a signer with that key, in place of the shell
    state=$1
    shift
    exec "$bin/bitacorad" signer --pkcs11 "$module" --token 'log token' --key-label 'next key' --pin-file "$work/pin" \
        --origin log.example.mx/test --state "$state" "$@"
}
beside next "$work/none.state" --socket "$work/none.sock" >"$work/next.out" 2>/dev/null
vkey_shown() { vkey=$(head -n 1 "$work/next.out") && [ -n "$vkey" ]; }
wait_until vkey_shown && end_pid "$beside"
expect 0 'the former one hands over' "$bin/bitacorad" signer --pkcs11 "$module" --token 'log token' --key-label 'log key' \
    --pin-file "$work/pin" --origin log.example.mx/test --state "$work/signer.state" --hand-over "$vkey"
cp "$work/out" "$work/handover"
next_signer() { # next_signer [OPTION...]: it goes on where the former one was
    beside next "$work/signer.state" --socket "$work/signer.sock" "$@" >"$work/signer.out" 2>>"$work/signer.err"
    signer=$beside
    wait_until grep -q '^listening on ' "$work/signer.out"
}
check 'the signer goes on with it' next_signer
expect 0 'the log takes it' "$bin/bitacorad" rotate --dir "$work/data" --config "$work/conf" --handed-over "$work/handover"
check 'the log is run' start_daemon "$work/data" --config "$work/conf"
two_keys() { printf 'log %s %s\nlog %s\nquorum none\n' "$former" "$url" "$vkey" >"$work/policy"; }
two_keys
request mx.telco 1 | submit fgr.example.mx-a.lopez || not_ok 'the log goes on'
expect 0 'it replays under both keys' "$bin/bitacora" replay --policy "$work/policy"
stop_daemon

# The end of the log: killed between the signature of the freeze and its place in the log.
expect 2 'no end that the operator of the signer did not order' "$bin/bitacorad" freeze --dir "$work/data" --config "$work/conf"
contains 'and why is said' "$work/err" 'did not order the end of the log: no --freeze'
equal 'the log may go on' "$(sed -n 5p "$work/signer.state/state")" open
end_pid "$signer"
check 'he orders it' next_signer --freeze
FAULTS=$work/faults
echo 'pwrite /data/batch$ -9' >"$FAULTS"
(faulty "$bin/bitacorad" freeze --dir "$work/data" --config "$work/conf") >"$work/out" 2>&1
equal 'a freeze is killed' $? 137
unset FAULTS
contains 'its signer says so' "$work/signer.err" 'a freeze was signed: the log ends; successor: none'
equal 'its signer has signed it' "$(sed -n 5p "$work/signer.state/state")" freezing
expect 2 'the log is not run before that is finished' "$bin/bitacorad" run --dir "$work/data" \
    --listen 127.0.0.1:0 --config "$work/conf"
contains 'and what to do is said' "$work/err" 'run bitacorad freeze again'
expect 0 'it is' "$bin/bitacorad" freeze --dir "$work/data" --config "$work/conf"
equal 'the signer knows the end' "$(sed -n 5p "$work/signer.state/state")" frozen
check 'the log is served' start_daemon "$work/data" --config "$work/conf"
two_keys
expect 0 'it replays, with its end' "$bin/bitacora" replay --policy "$work/policy"
request mx.telco 1 | submit fgr.example.mx-a.lopez >/dev/null && not_ok 'nothing is appended'
/usr/bin/python3 "$root/tests/tools/signer_attack.py" "$work/signer.sock" "$url" ahead >"$work/ahead"
contains 'nor signed' "$work/ahead" 'frozen'
stop_daemon
end_pid "$signer"

# What a module has in memory is no more to be seen than a key of our own. (Of a process that may be
# looked into, the files in /proc are its user's; of any other they are root's.)
if [ "$(id -u)" = 0 ]; then
    chmod 711 "$work"
    chown -R 65534:65534 "$work/tokens" "$work/pin"
    mkdir "$work/another"
    chown 65534:65534 "$work/another"
    beside setpriv --reuid 65534 --regid 65534 --clear-groups "$bin/bitacorad" signer --pkcs11 "$module" --token 'log token' \
        --key-label 'log key' --pin-file "$work/pin" --origin log.example.mx/test --socket "$work/another/sock" \
        --state "$work/another/state" >"$work/another.out" 2>&1
    signer=$beside
    check 'a signer of another user' wait_until grep -q '^listening on ' "$work/another.out"
    contains 'is told that others can read its PIN' "$work/another.out" 'others can get at the PIN'
    equal 'it is that user' "$(stat -c %u "/proc/$signer")" 65534
    case $bin in
    */asan*) echo '# ASan: memory is not hidden, as LeakSanitizer looks into it' ;;
    *) equal 'nobody of that user looks into it' "$(stat -c %u "/proc/$signer/environ")" 0 ;;
    esac
    end_pid "$signer"
    chown -R 0:0 "$work/tokens" "$work/pin"
else
    echo '# not root: who may look into a signer is not tried with another user'
fi

wrong() { # wrong DESCRIPTION WORDS OPTION VALUE: of the token's options one is another
    set -- "$1" "$2" "$3" "$4" --pkcs11 $module --token 'log token' --key-label 'log key' --pin-file "$work/pin" \
        --origin log.example.mx/test
    what=$1 words=$2 option=$3 value=$4
    shift 4
    # The last value of an option counts.
    expect 2 "$what" "$bin/bitacorad" signer --socket "$work/wrong.sock" --state "$work/wrong.state" "$@" "$option" "$value"
    contains 'and why is said' "$work/err" "$words"
}
printf '9999\n' >"$work/wrong.pin"
wrong 'another PIN' 'C_Login' --pin-file "$work/wrong.pin"
wrong 'no PIN' 'PIN cannot be read' --pin-file "$work/none"
wrong 'another token' 'there is no token' --token other
wrong 'another key' 'has no Ed25519 key' --key-label other
wrong 'no module' 'cannot be loaded' --pkcs11 /nowhere/module.so
wrong 'a module that is looked for' 'absolute path' --pkcs11 libsofthsm2.so
cp $module "$work/module.so"
chmod 666 "$work/module.so"
wrong 'a module that others can write' 'others cannot write it' --pkcs11 "$work/module.so"
wrong 'a name that no log may have' 'it must be [a-z0-9]' --origin 'Log'
check 'a second key of that name' "$root/build/release/tools/make_token_key" $module 'log token' 1234 'log key'
wrong 'two keys of one name' 'more than one key' --origin log.example.mx/test
expect 2 'a token and a file' "$bin/bitacorad" signer --socket "$work/wrong.sock" --state "$work/wrong.state" \
    --key "$work/registrar.key" --pkcs11 $module
expect 2 'neither' "$bin/bitacorad" signer --socket "$work/wrong.sock" --state "$work/wrong.state"
expect 2 'a token without a name' "$bin/bitacorad" signer --socket "$work/wrong.sock" --state "$work/wrong.state" \
    --pkcs11 $module
equal 'none of them left anything' "$(ls -d "$work"/wrong.state "$work"/wrong.sock 2>/dev/null | wc -l)" 0
finish
