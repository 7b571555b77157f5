#!/bin/sh
# packaging/nginx/bitacora.conf in a real nginx, with places and ports of this test: a log behind it
# works as without it; who asks is told and cannot be feigned; what is immutable is kept, what was
# asked with a token is not; floods and large bodies are held back.
. "$(dirname "$0")/../lib.sh"

command -v nginx >/dev/null || { echo '1..0 # SKIP nginx is not installed'; exit 0; }
b=$bin/bitacora
check 'an authority' authority ca
check 'a certificate' certificate server ca
export SSL_CERT_FILE="$work/ca.pem"
unset CURL_CA_BUNDLE SSL_CERT_DIR # of whoever tests

ports=$(/usr/bin/python3 -c '
import socket, random
while True:
    s = socket.socket()
    try:
        s.bind(("0.0.0.0", random.randint(15000, 32000)))
        break
    except OSError:
        pass
print(s.getsockname()[1])')
front=https://127.0.0.1:$ports
start_nginx() { # in front of $url
    mkdir -p "$work/nginx"
    sed -e "s|rate=50r/s|rate=1r/s|; s|listen 443 ssl|listen 0.0.0.0:$ports ssl|; s|127.0.0.1:8420|${url#http://}|" \
        -e "s|/etc/letsencrypt/live/bitacora.example.mx/fullchain.pem|$work/server.pem|" \
        -e "s|/etc/letsencrypt/live/bitacora.example.mx/privkey.pem|$work/server.crt-key|" \
        -e "s|/var/cache/nginx/bitacora|$work/nginx/cache|" \
        "$root/packaging/nginx/bitacora.conf" >"$work/nginx/bitacora.conf"
    cat >"$work/nginx/nginx.conf" <<END
daemon off; master_process off; pid $work/nginx/pid; error_log $work/nginx/error;
events { worker_connections 1024; }
http {
    access_log off;
    client_body_temp_path $work/nginx/b; proxy_temp_path $work/nginx/p; fastcgi_temp_path $work/nginx/f;
    uwsgi_temp_path $work/nginx/u; scgi_temp_path $work/nginx/s;
    include $work/nginx/bitacora.conf;
}
END
    nginx -t -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx/nginx.conf" 2>"$work/nginx.err" ||
        { cat "$work/nginx.err"; return 1; }
    nginx -p "$work/nginx" -e "$work/nginx/error" -c "$work/nginx/nginx.conf" &
    nginx=$!
    pids="$pids $nginx"
    wait_until curl -sf -o "$work/body" "$front/healthz"
}
get() { # get FROM PATH [OPTION...]: status and X-Cache
    from=$1
    path=$2
    shift 2
    curl -s --interface "$from" -o "$work/body" -D "$work/head" -w '%{http_code}' "$@" "$front$path"
    sed -n 's/\r$//; s/^X-Cache: / /p' "$work/head"
}

printf 'trusted_proxies = 127.0.0.1\nlimit_address = 60\nlimit_address_burst = 100\n' >"$work/conf"
check 'a log' small_log 12 --config "$work/conf"
check 'nginx in front of it, with the file of this project' start_nginx
[ "$(cat "$work/.failed")" = 0 ] || finish
sed -i "1s| http:.*| $front|" "$work/policy"
request mx.telco 3 >"$work/three"
expect 0 'requests go in through it' "$b" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private "$work/three"
expect 0 'replay' "$b" replay --policy "$work/policy" --json
equal 'of all of it' "$(jq .size "$work/out")" 15

# ---- what is kept --------------------------------------------------------------------------------
equal 'a tile is asked for once' "$(get 127.0.0.1 /tile/0/000.p/7)" '200 MISS'
equal 'and kept' "$(get 127.0.0.1 /tile/0/000.p/7)" '200 HIT'
curl -s -o "$work/direct" "$url/tile/0/000.p/7"
check 'the same bytes' cmp "$work/body" "$work/direct"
equal 'a tile that is not there yet is not' "$(get 127.0.0.1 /tile/0/000.p/99) $(get 127.0.0.1 /tile/0/000.p/99)" '404 MISS 404 MISS'
equal 'a checkpoint is never' "$(get 127.0.0.1 /checkpoint)" 200
check 'and so' enrol fgr.example.mx/b.ruiz requester mx.fgr
equal 'it is the newest' "$(get 127.0.0.1 /checkpoint >"$work/code"; sed -n 2p "$work/body")" 16

# ---- who asks ------------------------------------------------------------------------------------
limited() { grep -o 'limit_address: .*the last one from [0-9.]*' "$work/daemon.err" | sed 's/.* //' | sort -u | tr '\n' ' '; }
curl -s --interface 127.0.0.2 -H 'X-Forwarded-For: 192.0.2.7' -H 'Forwarded: for=192.0.2.8' -o "$work/many" \
    -w '%{http_code}\n' "$front/checkpoint#[1-300]" | sort | uniq -c >"$work/codes"
check 'one address is held back by the daemon' grep -q ' 429$' "$work/codes"
equal 'another one is not' "$(get 127.0.0.3 /healthz)" 200
check 'the daemon knows whom' wait_until sh -c 'grep -q "limit_address: .* from 127.0.0.2" "$1"' - "$work/daemon.err"
equal 'and believes nginx alone' "$(limited)" '127.0.0.2 '
equal 'numbers are for this machine' "$(get 127.0.0.2 /metrics) $(get 127.0.0.1 /metrics)" '403 200'
equal 'a flood is held back by nginx' \
    "$(curl -s --interface 127.0.0.4 -o "$work/many" -w '%{http_code} ' "$front/tile/0/000.p/15#[1-800]" | tr ' ' '\n' | sort -u | sed "/^$/d" | tr "\n" " ")" "200 429 "
head -c 6000000 /dev/zero >"$work/large"
equal 'so is a body of six megabytes' "$(get 127.0.0.5 /v1/records --data-binary @"$work/large")" 413

# ---- while the daemon is away --------------------------------------------------------------------
stop_daemon
equal 'what is kept is served' "$(get 127.0.0.6 /tile/0/000.p/15)" '200 HIT'
equal 'what is not is 502' "$(get 127.0.0.6 /checkpoint)" 502

# ---- readers = enrolled --------------------------------------------------------------------------
printf 'trusted_proxies = 127.0.0.1\nreaders = enrolled\n' >"$work/conf"
LISTEN=${url#http://}
check 'a log that enrolled keys read' start_daemon "$work/data" --config "$work/conf"
unset LISTEN
expect 0 'an official reads it through nginx' "$b" replay --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --json
expect 0 'twice' "$b" replay --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --json
equal 'nothing of that is kept for others' "$(get 127.0.0.7 /tile/entries/000.p/16)" '401 MISS'
finish
