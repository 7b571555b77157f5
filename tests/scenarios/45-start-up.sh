#!/bin/sh
# What keeps a daemon from starting is named: the value, its place, and what is allowed there.
. "$(dirname "$0")/../lib.sh"

fails() { # fails DESCRIPTION WORDS OPTION...: run ends with 2 and says them
    what=$1 words=$2
    shift 2
    expect 2 "$what" timeout 120 "$@"
    contains 'is named' "$work/err" "$words"
}
check 'a log' new_log
d="$bin/bitacorad run --listen 127.0.0.1:0"
# shellcheck disable=SC2086
{
    fails 'no such folder' "cannot open $work/none: No such file or directory" $d --dir "$work/none"
    mkdir "$work/empty"
    fails 'an empty folder' "$work/empty holds no log: make one with bitacorad init" $d --dir "$work/empty"
    : >"$work/file"
    fails 'a file' "$work/file/store: Not a directory" $d --dir "$work/file"
    cp -r "$work/data" "$work/keyless"
    rm "$work/keyless/log.key"
    fails 'a log without its key' "$work/keyless/log.key is missing, though $work/keyless/store is there" $d --dir "$work/keyless"
    fails 'in Spanish, too' "falta $work/keyless/log.key" $d --lang es --dir "$work/keyless"
    check 'and is not said to be none' sh -c '! grep -q "init" "$1"' - "$work/err"
    expect 0 'fsck needs no key' "$bin/bitacorad" fsck --dir "$work/keyless"
    if [ "$(id -u)" = 0 ] && command -v setpriv >/dev/null; then
        chmod 711 "$work"
        fails 'somebody who may not' "$work/data/store: Permission denied" \
            setpriv --reuid=65534 --regid=65534 --clear-groups $d --dir "$work/data"
        check 'is not told that there is no log' sh -c '! grep -q "holds no log" "$1"' - "$work/err"
    fi
    while IFS='|' read -r line words; do
        printf '# a comment\n%s\n' "$line" >"$work/config"
        fails "the setting '$line'" "$work/config:2: $words" $d --dir "$work/data" --config "$work/config"
    done <<'END'
reads = 0|reads = 0: reads is a whole number from 1 to 1048576
reads = 2000000|reads = 2000000: reads is a whole number from 1 to 1048576
reads = many|reads = many: reads is a whole number from 1 to 1048576
reeds = 4|reeds = 4: there is no such setting
reads|reads: a line is NAME = VALUE
listen =|listen =: listen is HOST:PORT, at most 255 bytes
log_level = loud|log_level = loud: log_level is one of info|warning|error
log_level =|log_level =: log_level is one of info|warning|error
END
    printf 'reads = 1\n\nreads = 1\n' >"$work/config"
    fails 'a setting twice' "$work/config:3: reads = 1: reads is set in line 1 already" $d --dir "$work/data" --config "$work/config"
    printf 'reads = 0\nlisten =\nreads = 1\n' >"$work/config"
    fails 'several mistakes' "$work/config:1: reads = 0: " $d --dir "$work/data" --config "$work/config"
    contains 'each is told' "$work/err" "$work/config:2: listen =: "
    contains 'and that it is there twice' "$work/err" "$work/config:3: reads = 1: reads is set in line 1 already"
    printf 'reads = 0\n' >"$work/config"
    fails 'in Spanish' 'reads es un número entero de 1 a 1048576' $d --lang es --dir "$work/data" --config "$work/config"
    fails 'no settings' "cannot read $work/none: No such file or directory" $d --dir "$work/data" --config "$work/none"
    printf 'log %s\nlog %s\nquorum none\n' "$vkey" "$registrar" >"$work/two"
    fails 'a policy of two logs' "$work/two names 2 logs: a policy to run under names one, this log ($vkey)" $d --dir "$work/data" --policy "$work/two"
    printf 'log %s\nquorum none\n' "$registrar" >"$work/other"
    fails 'a policy of another log' "its log key is another (registrar.example.mx) than that of log.key ($vkey)" $d --dir "$work/data" --policy "$work/other"
    fails 'an address that is none' 'nowhere is not an address to listen on: HOST:PORT is needed' "$bin/bitacorad" run --dir "$work/data" --listen nowhere
    mkfifo -m 600 "$work/pipe"
    fails 'a pipe as its policy' "cannot read $work/pipe: " $d --dir "$work/data" --policy "$work/pipe"
    fails 'a pipe as its settings' "cannot read $work/pipe: " $d --dir "$work/data" --config "$work/pipe"
    cp -r "$work/data" "$work/piped"
    rm "$work/piped/log.key"
    mkfifo -m 600 "$work/piped/log.key"
    fails 'a pipe as its key' "the key $work/piped/log.key could not be read: " $d --dir "$work/piped"
    cp "$work/data/log.key" "$work/key"
    rm "$work/piped/log.key"
    cp "$work/key" "$work/piped/log.key"
    for name in rolled_back witnessed; do
        mkfifo -m 600 "$work/piped/$name"
        expect 1 "a pipe as $name" timeout -s KILL 120 $d --no-mark --dir "$work/piped"
        contains 'is not waited for' "$work/err" "$work/piped/$name"
        rm "$work/piped/$name"
    done
}
check 'the log itself starts' start_daemon "$work/data"
stop_daemon
finish
