# What docs/OPERATIONS.md has of a machine, for tests/tools/run_page.py: sourced by its bash. Services
# run as the user who tests, in $work; all of them are ended with the shell.
# Needs $work, $bin and the paths of the page in $work: see tests/scenarios/69-operations.sh.
# shellcheck shell=bash

PATH=$bin:$PATH
unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR # of whoever tests
HOME=$work/home
mkdir -p "$HOME" "$work/units"

command_of() { # command_of UNIT: what its file starts, one word a line
    case $1 in
    bitacora-signer) printf '%s\n' bitacorad signer --key "$work/etc-signer/log.key" --passphrase-file "$work/etc-signer/passphrase" \
        --socket "$work/run/signer.sock" --state "$work/signer/state" ;;
    bitacora) printf '%s\n' bitacorad run --dir "$work/var/log" --policy "$work/etc/policy" --config "$work/etc/settings" ;;
    bitacora-witness) printf '%s\n' bitacora witness --key "$work/witness/witness.key" --policy "$work/witness/policy" --listen "127.0.0.1:$WITNESS_PORT" \
        --state "$work/witness/state" --tls-cert "$work/etc/tls/fullchain.pem" --tls-key "$work/etc/tls/privkey.pem" ;;
    nginx) printf '%s\n' "$(type -P nginx)" -p "$work/nginx" -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" \
        -g 'daemon off; master_process off;' ;;
    esac
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

unit_start() {
    local words
    mapfile -t words < <(command_of "$1")
    : >"$work/units/$1.out"
    "${words[@]}" >"$work/units/$1.out" 2>>"$work/units/$1.log" &
    echo $! >"$work/units/$1.pid"
    until unit_ready "$1"; do
        if ! unit_lives "$1"; then
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
    if [ "$1" = bitacora ]; then grep -c 'SIGHUP: settings and policy' "$work/units/$1.log"; else grep -c 'TLS: .* were read again' "$work/units/$1.log"; fi
}

unit_reload() { # waits until the log says that it was done, as Type=notify does
    local before
    before=$(unit_told "$1")
    kill -HUP "$(unit_pid "$1")"
    until [ "$(unit_told "$1")" -gt "$before" ]; do sleep 0.05; done
}

systemctl() {
    local verb=$1 unit
    shift
    [ "$verb" != daemon-reload ] || return 0
    for unit in "$@"; do
        unit=${unit%.service}
        case $verb in
        enable | --*) ;;
        start) unit_start "$unit" || return ;;
        stop) unit_stop "$unit" ;;
        restart) unit_stop "$unit" && { unit_start "$unit" || return; } ;;
        reload) unit_reload "$unit" || return ;;
        is-active) if unit_lives "$unit"; then echo active; else echo inactive; return 3; fi ;;
        esac
    done
}

journalctl() { # journalctl -u UNIT -n LINES -o cat
    tail -n "${4:-10}" "$work/units/$2.log"
}

sudo() { # the test has one user
    while [ "${1#-}" != "$1" ]; do
        [ "$1" = -u ] && shift
        shift
    done
    if [ "$BASHPID" = $$ ]; then "$@"; else exec "$@"; fi # so that it can be ended, in the background
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
