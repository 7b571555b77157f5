# A data holder's world around `bitacora gate`, for scenarios that sourced tests/lib.sh: PostgreSQL,
# the service and nginx of docs/examples/gate, on sockets and ports of this test. What runs is in
# $pids, and ends with the scenario.
# shellcheck shell=bash

world=${WORLD:-$root/docs/examples/gate} # another: for whoever breaks them on purpose

# Skips the scenario where something is not installed.
for what in "$(command -v nginx)" "$(command -v setpriv)" \
    "$(ls -d /usr/lib/postgresql/*/bin/postgres 2>/dev/null | tail -n 1)" \
    "$(/usr/bin/python3 -c 'import psycopg2; print(1)' 2>/dev/null)"; do
    [ -n "$what" ] ||
        { echo '1..0 # SKIP nginx, postgresql, python3-psycopg2 or setpriv is missing'; exit 0; }
done

# PostgreSQL does not run as root. Its folder is $pg, and its socket in there; whoever connects is
# who he says that he is. With a database `bank`.
start_postgres() {
    pg=$work/pg
    pg_bin=$(ls -d /usr/lib/postgresql/*/bin | tail -n 1)
    pg_as=
    mkdir "$pg"
    if [ "$(id -u)" = 0 ]; then
        pg_as="setpriv --reuid postgres --regid postgres --clear-groups"
        chmod 711 "$work"
        chown postgres "$pg"
    fi
    # shellcheck disable=SC2086
    $pg_as "$pg_bin/initdb" -D "$pg/data" -A trust -U postgres -E UTF8 --locale=C --no-sync \
        >"$work/initdb.out" 2>&1 || { cat "$work/initdb.out"; return 1; }
    # shellcheck disable=SC2086
    beside $pg_as "$pg_bin/postgres" -D "$pg/data" -c listen_addresses= -c fsync=off \
        -c unix_socket_directories="$pg" >"$work/postgres.out" 2>&1
    postgres=$beside
    wait_until "$pg_bin/pg_isready" -q -h "$pg"
}

sql() { # sql [OPTION...] [DATABASE]: as the owner, or as $SQL_USER
    "$pg_bin/psql" -h "$pg" -U "${SQL_USER:-postgres}" -v ON_ERROR_STOP=1 -qAt "$@"
}

start_service() { # start_service: sets $service
    beside /usr/bin/python3 "$world/service.py" "$work/data.sock" "dbname=bank user=consulta host=$pg" \
        >"$work/service.out" 2>>"$work/service.err"
    service=$beside
    wait_until grep -q '^listening on ' "$work/service.out" ||
        { tail -n 5 "$work/service.err"; return 1; }
}

# start_gate NAME KEY [OPTION...]: on $work/NAME.state, and until it knows the log, as it lets nobody in
# before; sets $gate (pid), and $gate_port, if empty
start_gate() {
    name=$1
    key=$2
    shift 2
    beside "$bin/bitacora" gate --policy "$work/policy" --key "$key" --state "$work/$name.state" \
        --listen "127.0.0.1:${gate_port:-0}" --trusted-proxy "${proxy:-127.0.0.1}" "$@" \
        >"$work/$name.out" 2>>"$work/$name.err"
    gate=$beside
    wait_until grep -q '^listening on ' "$work/$name.out" ||
        { tail -n 5 "$work/$name.err"; return 1; }
    gate_port=$(sed -n 's/^listening on .*://p' "$work/$name.out" | head -n 1)
    wait_until curl -sf -o "$work/ready" "http://127.0.0.1:$gate_port/readyz"
}

# start_front [SED...]: nginx with docs/examples/gate/nginx.conf, changed by these; sets $front
start_front() {
    [ -n "${front_port:-}" ] || front_port=$(free_ports 1)
    mkdir -p "$work/nginx"
    sed -e "s|listen 443 ssl|listen 127.0.0.1:$front_port ssl|" \
        -e "s|127.0.0.1:8430|127.0.0.1:$gate_port|" \
        -e "s|unix:/run/bank-data/socket|unix:$work/data.sock|" \
        -e "s|/etc/nginx/datos.pem|$work/server.pem|" \
        -e "s|/etc/nginx/datos.key|$work/server.crt-key|" \
        -e "s|/etc/nginx/officials.pem|$work/ca.pem|" \
        "$@" "$world/nginx.conf" >"$work/nginx/gate.conf"
    cat >"$work/nginx/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx/pid; error_log $work/nginx/error;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p;
    fastcgi_temp_path $work/nginx/f; uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
    include $work/nginx/gate.conf;
}
END
    command nginx -t -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx/nginx.conf" \
        2>"$work/nginx.err" || { cat "$work/nginx.err"; return 1; }
    command nginx -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx/nginx.conf" &
    nginx=$!
    pids="$pids $nginx"
    front=https://127.0.0.1:$front_port
    wait_until test -s "$work/nginx/pid"
}

# Requests to nginx, with the certificate $WHO. The status on standard output; what came in
# $work/body and $work/head.
call() { # call PATH [OPTION...]
    path=$1
    shift
    curl -s -o "$work/body" -D "$work/head" -w '%{http_code}' --cacert "$work/ca.pem" \
        --cert "$work/$WHO.pem" --key "$work/$WHO.crt-key" "$@" "$front$path"
}
ticket() { # ticket FILE: presented; $ticket is what came for 201, else empty
    code=$(call /tickets --data-binary @"$1" -H 'Content-Type: text/plain')
    ticket=
    [ "$code" = 201 ] && ticket=$(cat "$work/body")
    printf '%s' "$code" >"$work/code"
}
data() { # data PATH [OPTION...]: with $ticket
    path=$1
    shift
    call "$path" -H "Bitacora-Ticket: $ticket" "$@"
}
