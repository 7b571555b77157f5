#!/bin/sh
# Private keys under a passphrase: made, shown, opened, taken away again; in every command; wherever the passphrase comes from; and
# what becomes of them in memory and when the machine fails. A second implementation reads them and writes them.
. "$(dirname "$0")/../lib.sh"
python=/usr/bin/python3
second="$python $root/tests/interop/encrypted_keys.py"
terminal="$python $root/tests/tools/on_terminal.py"
client="$bin/bitacora"
cheap='--memory 8192 --passes 1'
printf 'una frase segura\nwhat it is for\n' >"$work/pass"
printf 'una frase insegura\n' >"$work/other"
chmod 600 "$work/pass" "$work/other"
unset CREDENTIALS_DIRECTORY

# shellcheck disable=SC2086
{
    # ---- made and shown --------------------------------------------------------------------------
    expect 0 'a key under a passphrase' "$client" keygen a.example.mx --out "$work/a.key" --passphrase-file "$work/pass"
    made=$(cat "$work/out")
    equal 'is its owner'"'"'s alone' "$(stat -c %a "$work/a.key")" 600
    equal 'it says what it is' "$(head -n 1 "$work/a.key")" 'bitacora/v1 encrypted-key'
    equal 'and what it costs' "$(sed -n 3p "$work/a.key" | cut -d' ' -f1-3)" 'argon2id 262144 3'
    expect 0 'its vkey needs no passphrase' "$client" key show "$work/a.key"
    equal 'and is that which was made' "$(cat "$work/out")" "$made"
    expect 0 'also as JSON' "$client" key show --json "$work/a.key"
    equal 'with the form' "$(jq -c . "$work/out")" "{\"vkey\":\"$made\",\"encrypted\":true}"
    expect 0 'another implementation opens it' $second open "$work/a.key" 'una frase segura'
    install -m 600 "$work/out" "$work/a.plain"
    expect 0 'a plain key is shown, too' "$client" key show "$work/a.plain"
    equal 'it is the same' "$(cat "$work/out")" "$made"
    expect 0 'another implementation encrypts it' $second seal "$work/a.plain" 'una frase segura' 8200 2
    install -m 600 "$work/out" "$work/b.key"
    expect 0 'which is opened here' "$client" key decrypt --passphrase-file "$work/pass" "$work/b.key"
    check 'byte for byte' cmp "$work/a.plain" "$work/b.key"

    cp "$work/a.key" "$work/a.copy"
    expect 2 'none in place of a file' setsid -w "$client" keygen a.example.mx --out "$work/a.key" --encrypt
    contains 'which is said before a passphrase is asked for' "$work/err" "$work/a.key is there already, and is not written over, as a key may have no copy: choose another --out"
    ln -s nowhere "$work/dangling"
    expect 2 'nor of a link' "$client" keygen a.example.mx --out "$work/dangling" --encrypt
    contains 'it is said' "$work/err" "$work/dangling is there already"
    check 'the file is as it was' cmp "$work/a.key" "$work/a.copy"

    # ---- in place --------------------------------------------------------------------------------
    cp -p "$work/a.plain" "$work/k"
    ln -s k "$work/link"
    expect 0 'a key is encrypted in place' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/link"
    check 'a link stays one' test -L "$work/link"
    check 'the file is encrypted' grep -q '^argon2id 8192 1 ' "$work/k"
    check 'the seed is in it no more' sh -c '! grep -qF "$(cut -d+ -f5- "$1")" "$2"' - "$work/a.plain" "$work/k"
    equal 'its mode stays' "$(stat -c %a "$work/k")" 600
    cp -p "$work/k" "$work/sealed"
    expect 2 'not twice' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/k"
    contains 'it is said' "$work/err" 'is encrypted already'
    expect 2 'not by another passphrase' "$client" key decrypt --passphrase-file "$work/other" "$work/k"
    contains 'it is said' "$work/err" 'wrong passphrase, or the file was altered'
    expect 2 'in Spanish' "$client" key decrypt --lang es --passphrase-file "$work/other" "$work/k"
    contains 'too' "$work/err" 'la frase de contraseña no es la correcta, o el archivo fue alterado'
    check 'it is as it was' cmp "$work/sealed" "$work/k"
    expect 0 'decrypted' "$client" key decrypt --passphrase-file "$work/pass" "$work/k"
    check 'it is what it was' cmp "$work/a.plain" "$work/k"
    expect 2 'not twice' "$client" key decrypt --passphrase-file "$work/pass" "$work/k"
    contains 'it is said' "$work/err" 'is not encrypted'
    if [ "$(id -u)" = 0 ]; then
        chown 65534:65534 "$work/k"
        expect 0 'root encrypts the key of somebody' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/k"
        equal 'who still owns it' "$(stat -c %u:%g:%a "$work/k")" 65534:65534:600
        chown 0:0 "$work/k"
        expect 0 'and back' "$client" key decrypt --passphrase-file "$work/pass" "$work/k"
    fi
    for wrong in 'encrypt --memory 8191' 'encrypt --memory 1048577' 'encrypt --passes 0' 'encrypt --passes 17' 'encrypt --memory many' \
        'decrypt --memory 8192' 'show --passes 1' 'change' 'show extra'; do
        expect 2 "key $wrong" "$client" key $wrong --passphrase-file "$work/pass" "$work/k"
    done
    expect 2 'nothing to show' "$client" key show "$work/none"
    expect 2 'no key to show' "$client" key show "$work/pass"
    check 'the key is as it was' cmp "$work/a.plain" "$work/k"

    # ---- the machine fails -----------------------------------------------------------------------
    for fault in 'rename /k$ -9' 'fsync /k.new -9' 'write /k.new -9' 'fsync /k.new 5' 'rename /k$ 28' 'write /k.new 28'; do
        echo "$fault" >"$work/faults"
        if (FAULTS=$work/faults faulty "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/k") >/dev/null 2>&1; then
            not_ok "$fault was met"
        fi
        check "$fault: the key is as it was" cmp "$work/a.plain" "$work/k"
        case $fault in *-9) rm -f "$work"/k.new-* ;; *) check 'nothing is left beside it' test -z "$(find "$work" -name 'k.new-*')" ;; esac
    done
    cp -p "$work/a.plain" "$work/k"
    expect 2 'the file of the key itself as that of its passphrase' "$client" key encrypt $cheap --passphrase-file "$work/k" "$work/k"
    contains 'is refused' "$work/err" "the passphrase is a line of a private key's file"
    expect 2 'nor that of another one' "$client" key encrypt $cheap --passphrase-file "$work/sealed" "$work/k"
    check 'the key is as it was' cmp "$work/a.plain" "$work/k"
    # ---- what is left of the key in the clear ----------------------------------------------------
    mkdir "$work/left"
    cp -p "$work/a.plain" "$work/left/k"
    exec 7<"$work/left/k"
    expect 0 'a key is encrypted' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/left/k"
    equal 'what the disk had of it is overwritten' "$(tr -d '\0' <&7 | wc -c)" 0
    exec 7<&-
    echo "rename /k$ -9" >"$work/faults"
    (FAULTS=$work/faults faulty "$client" key decrypt --passphrase-file "$work/pass" "$work/left/k") >/dev/null 2>&1
    expect 0 'decrypt is killed; once it is in the clear' "$client" key decrypt --passphrase-file "$work/pass" "$work/left/k"
    ln "$work/left/k" "$work/left/second"
    expect 0 'it is encrypted again' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/left/k"
    contains 'what the killed one left is named' "$work/err" 'may hold the key in the clear'
    contains 'and that it has another name' "$work/err" 'had 1 other names'
    mkdir "$work/folder"
    cp -p "$work/a.plain" "$work/folder/k"
    echo "fsync folder$ -9" >"$work/faults"
    (FAULTS=$work/faults faulty "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/folder/k") >/dev/null 2>&1
    expect 0 'killed when it is renamed, it is the new one' "$client" key decrypt --passphrase-file "$work/pass" "$work/folder/k"
    check 'whole' cmp "$work/a.plain" "$work/folder/k"

    # ---- passphrases -----------------------------------------------------------------------------
    cp -p "$work/sealed" "$work/k"
    printf 'una frase segura\r\n' >"$work/crlf"
    printf '\357\273\277una frase segura\n' >"$work/bom"
    printf '\n' >"$work/blank"
    printf '%01025d\n' 0 >"$work/long"
    printf 'contrase\361a\n' >"$work/latin1"
    head -c 5000 /dev/zero | tr '\0' x >"$work/large"
    printf 'una frase segura\0\n' >"$work/nul"
    mkfifo "$work/pipe"
    chmod 600 "$work/nul" "$work/pipe"
    chmod 600 "$work/crlf" "$work/bom" "$work/blank" "$work/long" "$work/latin1" "$work/large"
    while IFS='|' read -r file words; do
        expect 2 "the passphrase in $file" "$client" key decrypt --passphrase-file "$work/$file" "$work/k"
        contains 'it is said why' "$work/err" "$words"
    done <<'END'
crlf|such as CR at its end
bom|begins with a byte order mark
blank|is empty
long|is longer than 1,024 bytes
latin1|is not UTF-8
large|it is too large
nul|or has a control character
pipe|or a pipe that nobody writes to
none|it does not exist
folder|it is a folder
END
    check 'the key is as it was' cmp "$work/sealed" "$work/k"
    chmod 644 "$work/pass"
    expect 0 'a passphrase that others can read' "$client" key decrypt --passphrase-file "$work/pass" "$work/k"
    contains 'is warned of' "$work/err" "WARNING: others can get at the passphrase in $work/pass: chmod 600"
    chmod 600 "$work/pass"
    cp -p "$work/sealed" "$work/k"
    expect 0 'from standard input' sh -c "'$client' key decrypt --passphrase-file - '$work/k' <'$work/pass'"
    check 'it is open' cmp "$work/a.plain" "$work/k"
    mkdir -m 700 "$work/credentials"
    cp "$work/pass" "$work/credentials/bitacora-passphrase"
    cp -p "$work/sealed" "$work/k"
    expect 0 'as a credential of systemd' env CREDENTIALS_DIRECTORY="$work/credentials" "$client" key decrypt "$work/k"
    cp -p "$work/sealed" "$work/k"
    expect 2 'the option goes before it' env CREDENTIALS_DIRECTORY="$work/credentials" "$client" key decrypt --passphrase-file "$work/other" "$work/k"
    expect 2 'from nowhere' setsid -w env CREDENTIALS_DIRECTORY="$work/folder" "$client" key decrypt "$work/k"
    contains 'it is said what to do' "$work/err" "needs a passphrase, and there is no terminal to ask for it: give it by --passphrase-file FILE, or as the systemd credential bitacora-passphrase"
    check 'the key is as it was' cmp "$work/sealed" "$work/k"

    # ---- the terminal ----------------------------------------------------------------------------
    check 'a terminal is asked' $terminal 'una frase segura' -- "$client" key decrypt "$work/k"
    contains 'it says for what' "$work/check.out" "Passphrase of $work/k: "
    equal 'it shows nothing' "$(grep -c segura "$work/check.out")" 0
    equal 'and is left as it was' "$(tail -n 2 "$work/check.out" | paste -sd' ')" 'echo on exit 0'
    check 'it is open' cmp "$work/a.plain" "$work/k"
    check 'for a new passphrase' $terminal 'una frase segura' 'una frase insegura' -- "$client" key encrypt $cheap "$work/k"
    contains 'it asks twice' "$work/check.out" "The same again, for $work/k: "
    contains 'they must be the same' "$work/check.out" 'the two passphrases differ; nothing was changed'
    equal 'or it is exit 2' "$(tail -n 1 "$work/check.out")" 'exit 2'
    check 'the key is as it was' cmp "$work/a.plain" "$work/k"
    check 'twice the same' $terminal 'una frase segura' 'una frase segura' -- "$client" key encrypt $cheap "$work/k"
    equal 'it is done' "$(tail -n 1 "$work/check.out")" 'exit 0'
    cp -p "$work/k" "$work/sealed"
    check 'Ctrl-C' $terminal '^C' -- "$client" key decrypt "$work/k"
    equal 'ends it, and the terminal shows again what is typed' "$(tail -n 2 "$work/check.out" | paste -sd' ')" 'echo on signal 2'
    check 'Ctrl-Z' $terminal '^Z' 'una frase segura' -- "$client" key decrypt "$work/k"
    contains 'stops it, with a terminal that shows what is typed' "$work/check.out" 'stopped, echo on'
    equal 'and continued, it asks again' "$(grep -c "Passphrase of $work/k: " "$work/check.out") $(tail -n 1 "$work/check.out")" '2 exit 0'
    cp -p "$work/sealed" "$work/k"
    check 'the end of the input' $terminal '^D' -- "$client" key decrypt "$work/k"
    contains 'is no passphrase' "$work/check.out" "no passphrase was given for $work/k"
    check 'the key is as it was' cmp "$work/sealed" "$work/k"

    # ---- the daemon ------------------------------------------------------------------------------
    registrar=$("$client" keygen registrar.example.mx --out "$work/registrar.key")
    expect 2 'init with a passphrase that is none' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test --registrar "$registrar" --passphrase-file "$work/blank"
    check 'leaves nothing behind' test ! -e "$work/data"
    expect 0 'init with a passphrase' "$bin/bitacorad" init --dir "$work/data" --origin log.example.mx/test --registrar "$registrar" --passphrase-file "$work/pass"
    vkey=$(cat "$work/out")
    equal 'log.key is under it' "$(sed -n 2p "$work/data/log.key")" "$vkey"
    equal 'and private' "$(stat -c %a "$work/data/log.key")" 600
    "$client" key decrypt --passphrase-file "$work/pass" "$work/data/log.key" >/dev/null
    expect 0 'at a lower cost' "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/data/log.key"
    run="timeout 120 $bin/bitacorad run --dir $work/data --listen 127.0.0.1:0"
    expect 2 'it does not run by another passphrase' $run --passphrase-file "$work/other"
    contains 'it is said' "$work/err" 'log.key could not be opened: wrong passphrase, or the file was altered'
    expect 2 'nor without one' setsid -w $run
    contains 'it is said what to do' "$work/err" 'log.key needs a passphrase, and there is no terminal to ask for it'
    expect 2 'index, neither' setsid -w timeout 120 "$bin/bitacorad" index --now --dir "$work/data"
    expect 0 'fsck asks for none' setsid -w "$bin/bitacorad" fsck --dir "$work/data"
    mv "$work/data/log.key" "$work/log.key"
    expect 0 'nor for a key at all' "$bin/bitacorad" fsck --dir "$work/data"
    mv "$work/log.key" "$work/data/log.key"
    check 'it runs by the passphrase' start_daemon "$work/data" --passphrase-file "$work/pass"
    equal 'it leaves no core file' "$(sed -n 's/^Max core file size *//p' "/proc/$daemon/limits" | tr -s ' ')" '0 0 bytes '
    case $bin in
    */asan*) echo '# ASan: memory is not hidden, as LeakSanitizer looks into it; its mlock does nothing' ;;
    *) check 'its key is locked in memory' sh -c "[ \"\$(sed -n 's/^VmLck:[^0-9]*\([0-9]*\).*/\1/p' /proc/$daemon/status)\" -gt 0 ]" ;;
    esac
    check 'and ends' stop_daemon
    if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
        chmod 711 "$work"
        cp -rp "$work/data" "$work/theirs"
        cp -p "$work/data.mark" "$work/theirs.mark" 2>/dev/null
        chown -R 65534:65534 "$work/theirs" "$work/pass"
        mkdir "$work/run"
        mv "$work/theirs" "$work/run/theirs"
        chown 65534 "$work/run"
        beside setpriv --reuid=65534 --regid=65534 --clear-groups "$bin/bitacorad" run --dir "$work/run/theirs" --no-mark --listen 127.0.0.1:0 \
            --passphrase-file "$work/pass" >"$work/theirs.out" 2>"$work/theirs.err"
        theirs=$beside
        check 'a user runs it' wait_until grep -q '^listening' "$work/theirs.out"
        case $bin in
        */asan*) ;;
        *) equal 'and cannot look into its memory' "$(stat -c %u "/proc/$theirs/mem")" 0 ;;
        esac
        end_pid $theirs
        chown 0:0 "$work/pass"
        cp -p "$work/sealed" "$work/run/k"
        chown -R 65534:65534 "$work/run"
        expect 0 'what a shell opened can still be read then' setpriv --reuid=65534 --regid=65534 --clear-groups bash -c \
            "'$client' key decrypt --passphrase-file <(echo 'una frase segura') '$work/run/k' && '$client' key show <(cat '$work/run/k')"
    fi

    # ---- every command that reads a key ----------------------------------------------------------
    check 'the log runs' start_daemon "$work/data" --passphrase-file "$work/pass"
    write_policy "$work/policy"
    enrol judge.example.mx/j1 judge cjf.juzgado1 && enrol fgr.example.mx/a.lopez requester mx.fgr && enrol vigilancia.example.mx oversight mx.inai
    for key in registrar judge.example.mx-j1 fgr.example.mx-a.lopez vigilancia.example.mx; do
        "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/$key.key" >/dev/null || not_ok "$key is encrypted"
    done
    with="--policy $work/policy --passphrase-file $work/pass"
    another=$("$client" keygen telco.example.mx/desk --out "$work/telco.key")
    expect 0 'enroll' "$client" enroll $with --key "$work/registrar.key" --vkey "$another" --role holder --authority mx.telco --level federal
    expect 2 'but not by another passphrase' "$client" enroll --policy "$work/policy" --passphrase-file "$work/other" --key "$work/registrar.key" \
        --vkey "$another" --role holder --authority mx.telco --level federal
    warrant CJF-1/2026 >"$work/warrant"
    expect 0 'submit' "$client" submit $with --key "$work/judge.example.mx-j1.key" --without-private "$work/warrant"
    expect 2 'nor without one' setsid -w "$client" submit --policy "$work/policy" --key "$work/judge.example.mx-j1.key" --without-private "$work/warrant"
    request mx.telco 1 | submit fgr.example.mx-a.lopez --passphrase-file "$work/pass"
    expect 0 'replay' "$client" replay $with --key "$work/vigilancia.example.mx.key"
    # One answer is typed: a program that asks once more waits for it in vain.
    policy="--policy $work/policy"
    request mx.telco 1 >"$work/one"
    for command in "replay $policy --key $work/vigilancia.example.mx.key" \
        "warrant check CJF-1/2026 $policy --key $work/vigilancia.example.mx.key" \
        "warrant check CJF-1/2026 --quick $policy --key $work/vigilancia.example.mx.key" \
        "submit $policy --key $work/fgr.example.mx-a.lopez.key --without-private $work/one" \
        "notify due $policy --key $work/vigilancia.example.mx.key"; do
        timeout 60 $terminal 'una frase segura' -- "$client" $command >"$work/terminal" 2>&1
        equal "${command%% *} asks for its passphrase once" "$(grep -c 'Passphrase of' "$work/terminal") $(grep -c 'wrong passphrase' "$work/terminal")" '1 0'
        contains 'and ends' "$work/terminal" 'exit '
    done
    expect 0 'notify' "$client" notify due $with --key "$work/vigilancia.example.mx.key"
    expect 0 'mirror' "$client" mirror $with --key "$work/vigilancia.example.mx.key" "$work/mirror"
    expect 0 'revoke' "$client" revoke $with --key "$work/registrar.key" --vkey "$another" --reason superseded
    new_witness wa
    "$client" key encrypt $cheap --passphrase-file "$work/pass" "$work/wa.key" >/dev/null
    check 'a witness runs by the passphrase' start_witness wa --begin --passphrase-file "$work/pass"
    end_pid "$witness"
    mkdir "$work/signer"
    expect 2 'the signer does not run by another one' timeout 120 "$bin/bitacorad" signer --key "$work/data/log.key" --socket "$work/socket" --state "$work/signer" \
        --passphrase-file "$work/other"
    contains 'it is said' "$work/err" 'wrong passphrase'
    stop_daemon
    # Whatever command takes --key takes --passphrase-file, too.
    for program in bitacora bitacorad; do
        "$bin/$program" --help >"$work/help"
        for command in $(sed -n "s/^  $program \([a-z-]*\) .*/\1/p" "$work/help" | sort -u); do
            "$bin/$program" "$command" --help >"$work/help.one"
            if grep -q '^  --key ' "$work/help.one"; then
                contains "$program $command takes it" "$work/help.one" '--passphrase-file FILE'
            fi
        done
    done
}
finish
