# What docs/GATE.md has of a machine, for tests/tools/run_page.py: sourced by its bash, after what
# the READMEs have of it. One user; PostgreSQL is that of the test; nginx starts when reloaded.
# Needs $root, $bin, $home, $work, $pg, $pg_bin, $page_map, $FRONT_PORT.
# shellcheck shell=bash

. "$root/tests/tools/readme_machine.sh"
export PGHOST=$pg PATH=$pg_bin:$PATH

sudo() { # who a command is run as is who connects to PostgreSQL
    local PGUSER=postgres
    while [ "${1#-}" != "$1" ]; do
        [ "$1" = -u ] && { PGUSER=$2; shift; }
        shift
    done
    export PGUSER
    [ "$1" != python3 ] || set -- /usr/bin/python3 "${@:2}" # Debian's, which has psycopg2
    # In the background it is the process itself, so that it can be ended.
    if [ "$BASHPID" = $$ ]; then "$@"; else exec "$@"; fi
}
useradd() { :; }
install() { mkdir -p "${!#}"; } # the page's folder, of nobody else here

# shellcheck disable=SC2120
nginx() { # with what the page wrote
    set -- nginx -p "$work/nginx" -c "$work/nginx/nginx.conf" -e "$work/nginx/error.log" "$@"
    if [ "$BASHPID" = $$ ]; then command "$@"; else exec "$@"; fi # as above
}
{
    printf 'daemon off;\nmaster_process off;\npid %s/nginx/pid;\nevents {}\nhttp {\naccess_log off;\n' "$work"
    for what in client_body proxy fastcgi uwsgi scgi; do
        printf '%s_temp_path %s/nginx/%s;\n' $what "$work" $what
    done
    printf 'include %s/nginx/conf.d/*.conf;\n}\n' "$work"
} >"$work/nginx/nginx.conf"

cp() { # into /etc/nginx goes what the page says, as it is here
    command cp "$@"
    case ${!#} in
    *.conf)
        while IFS=$'\t' read -r there here; do sed -i "s|$there|$here|g" "${!#}"; done <"$page_map"
        sed -i "s|listen 443 ssl|listen 127.0.0.1:$FRONT_PORT ssl|" "${!#}"
        ;;
    esac
}

systemctl() { # reload nginx: it was not running here
    nginx &
    until [ -s "$work/nginx/pid" ]; do sleep 0.05; done
}
