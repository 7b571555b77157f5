# What docs/OPERATIONS.md has of a machine, for tests/tools/run_page.py: sourced by its bash.
# Services run as the user who tests, in $work; all of them are ended with the shell.
# Needs $work, $bin and the paths of the page in $work: see tests/scenarios/69-operations.sh.
# shellcheck shell=bash

PATH=$bin:$PATH
unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR # of whoever tests
HOME=$work/home
unset LC_ALL LC_MESSAGES # the page's language; services write in English, as their units say
export LANG="${PAGE_LANG:-C.UTF-8}" LC_CTYPE=C.UTF-8
mkdir -p "$HOME" "$work/units" "$work/systemd/own" "$work/systemd/once" "$work/enabled"

here() { # what the page, or a unit, says, as it is here
    local line there here
    while IFS= read -r line; do
        while IFS=$'\t' read -r there here; do line=${line//"$there"/"$here"}; done <"$work/map"
        printf '%s\n' "$line"
    done
}

unit_text() { # unit_text UNIT: what is installed, and what was added to it
    local name=$1
    case $1 in *@*) name=${1%%@*}@ ;; esac
    cat "$root/packaging/systemd/$name.service" "$work/systemd/own/$1.service.d"/*.conf "$work/systemd/once/$1.service.d"/*.conf 2>/dev/null || true
}

command_of() { # command_of UNIT: what it starts, as lines of shell
    local instance=${1##*@} line
    if [ "$1" = nginx ]; then
        echo "exec $(type -P nginx) -p $work/nginx -c $work/nginx/nginx.conf -e $work/nginx/error.log -g 'daemon off; master_process off;'"
        return
    fi
    line=$(unit_text "$1" | sed -n 's/^ExecStart=//p' | tail -n 1 | here)
    if [ "$1" = bitacorad ] && [ -e "$work/systemd/socket" ]; then line="$line --listen 127.0.0.1:$LOG_PORT"; fi
    if grep -q '^LoadCredential=bitacora-passphrase:' <(unit_text "$1"); then echo "export CREDENTIALS_DIRECTORY=$work/etc-signer"; fi
    if [ -e "$work/etc-witness/$instance.env" ]; then here <"$work/etc-witness/$instance.env" | sed 's/=\(.*\)/="\1"/'; fi
    unit_text "$1" | sed -n 's/^Environment=\(LC_ALL=.*\)/export \1/p'
    echo "exec ${line//%i/$instance}"
}

unit_pid() { cat "$work/units/$1.pid" 2>/dev/null; }
unit_lives() { kill -0 "$(unit_pid "$1")" 2>/dev/null; }

nginx() { # with what the page wrote, and nothing that belongs to root
    command nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" "$@"
}
{
    printf 'pid %s/nginx/pid;\nevents {}\nhttp {\naccess_log off;\ninclude %s/nginx/conf.d/*.conf;\n' "$work" "$work"
    for what in client_body proxy fastcgi uwsgi scgi; do printf '%s_temp_path %s/nginx/%s;\n' $what "$work" $what; done
    echo '}'
} >"$work/nginx/nginx.conf"

unit_ready() { # whether it serves by now
    if [ "$1" = nginx ]; then [ -s "$work/nginx/pid" ]; else grep -q '^listening on ' "$work/units/$1.out"; fi
}

# One that has failed is not started again before reset-failed, as if clients had knocked at its
# socket meanwhile.
unit_start() {
    if [ -e "$work/units/$1.failed" ]; then
        echo "$1.service: Start request repeated too quickly."
        return 1
    fi
    command_of "$1" >"$work/units/$1.sh"
    : >"$work/units/$1.out"
    sh "$work/units/$1.sh" >"$work/units/$1.out" 2>>"$work/units/$1.log" &
    echo $! >"$work/units/$1.pid"
    until unit_ready "$1"; do
        if ! unit_lives "$1"; then
            : >"$work/units/$1.failed"
            echo "Job for $1.service failed because the control process exited with error code."
            return 1
        fi
        sleep 0.05
    done
}

unit_stop() {
    local pid
    pid=$(unit_pid "$1") || return 0
    kill "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    rm -f "$work/units/$1.pid"
}

unit_told() {
    if [ "$1" = bitacorad ]; then grep -c 'SIGHUP: ' "$work/units/$1.log"; else grep -c 'TLS: .* were read again' "$work/units/$1.log"; fi
}

unit_reload() { # waits until the log says that it was done, as Type=notify does
    local before
    before=$(unit_told "$1")
    kill -HUP "$(unit_pid "$1")"
    until [ "$(unit_told "$1")" -gt "$before" ]; do sleep 0.05; done
}

reboot_units() { # ends all, and starts what is enabled, the socket and the signer first
    local unit
    end_units
    rm -f "$work/systemd/socket"
    for unit in bitacorad.socket bitacorad-signer bitacorad $(cd "$work/enabled" && ls); do
        [ ! -e "$work/enabled/$unit" ] || systemctl start "$unit" || return
    done
}

systemctl() {
    local verb=$1 unit
    shift
    [ "$verb" != daemon-reload ] || return 0
    [ "$verb" != reboot ] || { reboot_units; return; }
    for unit in "$@"; do
        unit=${unit%.service}
        case $verb,$unit in
        start,bitacorad.socket) : >"$work/systemd/socket"; continue ;;
        stop,bitacorad.socket) rm -f "$work/systemd/socket"; continue ;;
        esac
        case $verb in
        cat) unit_text "$unit" ;;
        reset-failed) rm -f "$work/units/$unit.failed" ;;
        enable) : >"$work/enabled/$unit" ;;
        is-enabled) if [ -e "$work/enabled/$unit" ]; then echo enabled; else echo disabled; return 1; fi ;;
        --*) ;;
        start) unit_lives "$unit" || unit_start "$unit" || return ;;
        stop) unit_stop "$unit" ;;
        restart) unit_stop "$unit" && { unit_start "$unit" || return; } ;;
        reload) unit_reload "$unit" || return ;;
        is-active) if unit_lives "$unit"; then echo active; else echo inactive; return 3; fi ;;
        esac
    done
}

journalctl() { # journalctl -u UNIT -o cat
    cat "$work/units/$2.log"
}

sudo() { # the test has one user
    while [ "${1#-}" != "$1" ]; do
        [ "$1" = -u ] && shift
        shift
    done
    if [ "$BASHPID" = $$ ]; then "$@"; else exec "$@"; fi # so that it can be ended, in the background
}

# Nobody here is another user.
chown() { :; }
chgrp() { :; }
install() {
    local words=()
    while [ $# -gt 0 ]; do
        case $1 in -o | -g) shift ;; *) words+=("$1") ;; esac
        shift
    done
    command install "${words[@]}"
}

end_units() {
    local file
    for file in "$work"/units/*.pid; do
        [ -e "$file" ] && unit_stop "$(basename "$file" .pid)"
    done
}
trap end_units EXIT
mkdir -p "$work/tokens"
export SOFTHSM2_CONF=$work/softhsm2.conf
printf 'directories.tokendir = %s\nobjectstore.backend = file\nlog.level = ERROR\n' "$work/tokens" >"$SOFTHSM2_CONF"
