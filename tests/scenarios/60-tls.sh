#!/bin/sh
# A log and its witness over TLS: submit, mirror, replay, answer; certificates that are renewed as certbot does
# it, and broken ones; who is refused and why, in two languages; clients' certificates.
. "$(dirname "$0")/../lib.sh"

get() { curl -sf --cacert "$work/ca.pem" "$@"; }
config() { printf '%s\n' "tls_cert = $work/live/fullchain.pem" "tls_key = $work/live/privkey.pem" "cacert = $work/trusted.pem" 'timeout = 600' "$@" >"$work/config"; }
serial() { openssl x509 -noout -serial -in "$1"; }
served() { # the serial of the certificate that a new connection gets
    echo | openssl s_client -connect "${1#https://}" 2>/dev/null | openssl x509 -noout -serial
}
serves() { [ "$(served "$url")" = "$(serial "$1")" ]; }
renew() { # renew N: the links of certbot lead to certificate N
    cp "$work/$1.pem" "$work/archive/fullchain$1.pem" && cp "$work/$1.crt-key" "$work/archive/privkey$1.pem"
    ln -sfn "../archive/fullchain$1.pem" "$work/live/fullchain.pem"
    ln -sfn "../archive/privkey$1.pem" "$work/live/privkey.pem"
}
alone() { env -u SSL_CERT_FILE "$@"; }

mkdir "$work/live" "$work/archive"
check 'an authority' authority ca
check 'another' authority other
cp "$work/ca.pem" "$work/trusted.pem"
for n in 1 2; do check "certificate $n" certificate $n ca; done
renew 1
config 'index_every = 4'
export SSL_CERT_FILE="$work/ca.pem"

# ---- everything over TLS -------------------------------------------------------------------------
check 'a log' new_log
new_witness w
start_witness w --tls-cert "$work/1.pem" --tls-key "$work/1.crt-key"
case $witness_url in https://127.0.0.1:*) ok 'a witness listens on https' ;; *) not_ok 'a witness listens on https' "$witness_url" ;; esac
url=
witnessed() { printf 'log %s %s\nwitness w %s %s\nquorum w\n' "$vkey" "$url" "$(cat "$work/w.vkey")" "$witness_url"; }
witnessed >"$work/served"
# The daemon has its authorities from its settings alone.
unset SSL_CERT_FILE
check 'its daemon' start_daemon "$work/data" --config "$work/config" --policy "$work/served"
export SSL_CERT_FILE="$work/ca.pem"
case $url in https://127.0.0.1:*) ok 'the log listens on https' ;; *) not_ok 'the log listens on https' "$url" ;; esac
witnessed >"$work/policy"
has_quorum() { get "$url/checkpoint" | grep -q '^— w.example.mx'; }
check 'the witness cosigns, asked over TLS' wait_until has_quorum
check 'people are enrolled' enrol judge.example.mx/j1 judge cjf.juzgado1
enrol fgr.example.mx/a.lopez requester mx.fgr
warrant CJF-1/2026 | submit judge.example.mx-j1
request mx.telco 20 >"$work/twenty"
p="--policy $work/policy"
# shellcheck disable=SC2086
expect 0 'submit' "$bin/bitacora" submit $p --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/r" --json --without-private "$work/twenty"
equal 'every receipt has its quorum' "$(jq -r .verdict "$work/out" | sort | uniq -c | tr -s ' ' | sed 's/^ //')" '20 good'
for how in "--cacert $work/ca.pem" ''; do # by the option, and by the environment alone
    [ -z "$how" ] || unset SSL_CERT_FILE
    # shellcheck disable=SC2086
    expect 0 "replay ${how:+--cacert}" "$bin/bitacora" replay $p $how
    # shellcheck disable=SC2086
    expect 0 "mirror ${how:+--cacert}" "$bin/bitacora" mirror $p $how "$work/mirror"
    # shellcheck disable=SC2086
    expect 0 "verify --log ${how:+--cacert}" "$bin/bitacora" verify $p $how --log "$url" "$work"/r/*
    export SSL_CERT_FILE="$work/ca.pem"
done
# shellcheck disable=SC2086
expect 0 'answer' "$bin/bitacora" answer $p --warrant CJF-1/2026 --tail --out "$work/answer"
# shellcheck disable=SC2086
expect 0 'which verifies offline' "$bin/bitacora" verify $p "$work/answer"

# ---- who is refused ------------------------------------------------------------------------------
s_client() { echo | openssl s_client -connect "${url#https://}" -CAfile "$work/ca.pem" "$@" >"$work/s_client" 2>&1; }
check 'TLS 1.3 is spoken' s_client -tls1_3
contains 'and verified' "$work/s_client" 'Verify return code: 0 (ok)'
for old in tls1_2 tls1_1 tls1; do
    s_client -$old && not_ok "$old is refused" || ok "$old is refused"
done
check 'HTTP/1.1 by ALPN' s_client -alpn h2,http/1.1
contains 'is agreed on' "$work/s_client" 'ALPN protocol: http/1.1'
s_client -alpn h2 && not_ok 'HTTP/2 alone is refused' || ok 'HTTP/2 alone is refused'
check 'and without ALPN' s_client
equal 'no session can be taken up again' "$(grep -c 'Post-Handshake New Session Ticket' "$work/s_client")" 0
curl -s "http://${url#https://}/checkpoint" >"$work/plain"
equal 'plain HTTP gets nothing' "$(cat "$work/plain")" ''

refused() { # refused NAME ENGLISH SPANISH [OPTION...]
    name=$1 english=$2 spanish=$3
    shift 3
    # shellcheck disable=SC2086
    expect 3 "$name: undecided" alone "$bin/bitacora" replay $p "$@"
    cat "$work/out" "$work/err" >"$work/said"
    contains "$name: why" "$work/said" "$english"
    equal "$name: which certificate" "$(grep -c 'the certificate CN=.*, issued by CN=.*, valid from 20.*Z to 20.*Z, for 127.0.0.1' "$work/said")" 1
    # shellcheck disable=SC2086
    alone "$bin/bitacora" replay --lang es $p "$@" >"$work/said" 2>&1
    contains "$name: in Spanish" "$work/said" "$spanish"
}
refused 'an authority that is not known' 'of an authority that is not trusted here' 'de una autoridad en la que aquí no se confía'
refused 'another authority' 'of an authority that is not trusted here' 'de una autoridad en la que aquí no se confía' --cacert "$work/other.pem"
refused 'another host' 'that of another host' 'es de otro host' --cacert "$work/ca.pem" --log "https://localhost:${url##*:}"
contains 'in Spanish, with the file of authorities' "$work/said" "emitido por CN="
contains 'of --cacert' "$work/said" "; se confía en las autoridades de $work/ca.pem"
check 'a certificate that has expired' certificate late ca subjectAltName=IP:127.0.0.1 -1
beside openssl s_server -accept 127.0.0.1:0 -cert "$work/late.pem" -key "$work/late.crt-key" -www >"$work/late.out" 2>&1
late=$beside
check 'is shown' wait_until grep -q ACCEPT "$work/late.out"
refused 'an expired certificate' 'certificate has expired' 'certificado del servidor caducó' --cacert "$work/ca.pem" \
    --log "https://127.0.0.1:$(sed -n 's/^ACCEPT.*:\([0-9]*\)$/\1/p' "$work/late.out" | head -n 1)"
end_pid $late
SSL_CERT_FILE=/nowhere.pem expect 3 'SSL_CERT_FILE that is not there' "$bin/bitacora" replay --policy "$work/policy"
cat "$work/out" "$work/err" >"$work/said"
contains 'is named' "$work/said" 'SSL_CERT_FILE'
for bad in "--cacert /nowhere.pem" "--cacert $work/ca.crt-key" "--cert $work/1.pem" "--cert $work/1.pem --cert-key $work/2.crt-key"; do
    # shellcheck disable=SC2086
    expect 2 "a mistake: $bad" "$bin/bitacora" replay $p $bad
done

# ---- certbot renews, while a connection is open --------------------------------------------------
mkfifo "$work/questions"
openssl s_client -quiet -connect "${url#https://}" <"$work/questions" >"$work/answers" 2>/dev/null &
open=$!
pids="$pids $open"
exec 9>"$work/questions"
ask() { printf 'GET /checkpoint HTTP/1.1\r\nHost: x\r\n\r\n' >&9; }
answered() { [ "$(grep -c '^HTTP/1.1 200' "$work/answers")" -ge "$1" ]; }
ask
check 'an open connection is answered' wait_until answered 1
check 'it is the first certificate' serves "$work/1.pem"
renew 2
kill -HUP "$daemon"
check 'after SIGHUP the second is served, where the links lead now' wait_until serves "$work/2.pem"
ask
check 'the open connection goes on' wait_until answered 2
cp "$work/1.crt-key" "$work/archive/privkey2.pem"
kill -HUP "$daemon"
check 'a key of another certificate is told of' wait_until grep -q 'is not that of the certificate' "$work/daemon.err"
check 'so is what stays' wait_until grep -q 'certificate and key of TLS stay as they were' "$work/daemon.err"
check 'the certificate of before is served' serves "$work/2.pem"
equal 'which shows in the metrics' "$(get "$url/metrics" | sed -n 's/^bitacora_config_last_reload_successful //p')" 0
ask
check 'the open connection still goes on' wait_until answered 3
exec 9>&-
end_pid $open
check 'the expiry is a metric' test "$(get "$url/metrics" | sed -n 's/^bitacora_tls_certificate_expiry_timestamp_seconds //p')" -gt "$(date +%s)"
equal 'the witness has the first' "$(served "$witness_url")" "$(serial "$work/1.pem")"
cp "$work/2.pem" "$work/1.pem"
cp "$work/2.crt-key" "$work/1.crt-key"
kill -HUP "$witness"
equal_serial() { [ "$(served "$witness_url")" = "$(serial "$work/3.pem")" ]; }
witness_serves() { [ "$(served "$witness_url")" = "$(serial "$work/2.pem")" ]; }
check 'and takes another one by SIGHUP' wait_until witness_serves
# ---- a witness of another authority --------------------------------------------------------------
check 'a certificate of another authority' certificate 3 other
cp "$work/3.pem" "$work/1.pem"
cp "$work/3.crt-key" "$work/1.crt-key"
cosigned_size() { get "$url/checkpoint" | sed -n 2p; }
before=$(cosigned_size)
end_pid "$witness"
LISTEN=${witness_url#https://} start_witness w --tls-cert "$work/1.pem" --tls-key "$work/1.crt-key"
request mx.telco 1 | "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --without-private --no-wait - >"$work/out" 2>"$work/err"
check 'the daemon says that it is TLS, and which setting' wait_until grep -q 'witness w does not cosign: TLS: .*certificate.*(setting cacert)' "$work/daemon.err"
equal 'the quorum is away' "$(cosigned_size)" "$before"
cat "$work/other.pem" >>"$work/trusted.pem"
more_cosigned() { [ "$(cosigned_size)" -gt "$before" ]; }
check 'with its authority in the same file it cosigns, without any restart' wait_until more_cosigned
: >"$work/1.pem"
kill -HUP "$witness"
check 'a broken one is told of' wait_until grep -q 'holds no certificate' "$work/w.err"
check 'and changes nothing' equal_serial

# ---- certificates of clients ---------------------------------------------------------------------
renew 2
stop_daemon
config "tls_client_ca = $work/ca.pem"
LISTEN=${url#https://} check 'a log that asks for certificates' start_daemon "$work/data" --config "$work/config" --policy "$work/served"
certificate client ca extendedKeyUsage=clientAuth
certificate stranger other extendedKeyUsage=clientAuth
request mx.telco 1 >"$work/one"
submitting() { # submitting [OPTION...]: exit and error
    # shellcheck disable=SC2086
    "$bin/bitacora" submit $p --key "$work/fgr.example.mx-a.lopez.key" --without-private --json "$@" "$work/one" >"$work/out" 2>"$work/err"
    echo "$? $(jq -r '.error // .verdict' "$work/out")"
}
equal 'without a certificate nothing is submitted' "$(submitting)" '2 tls_client'
equal 'nor with that of a stranger' "$(submitting --cert "$work/stranger.pem" --cert-key "$work/stranger.crt-key")" '2 tls_client'
equal 'with a good one it is' "$(submitting --cert "$work/client.pem" --cert-key "$work/client.crt-key")" '0 good'
for how in POST PUT; do
    equal "$how is 403 for others" "$(get -s -o "$work/problem" -w '%{http_code}' -X $how -H 'Content-Type: text/plain' --data-binary x \
        "$url/v1/$([ $how = POST ] && echo records || echo "blobs/$(printf x | sha256sum | cut -d' ' -f1)")")" 403
done
curl -s --cacert "$work/ca.pem" -X POST -H 'Content-Type: text/plain' --data-binary x "$url/v1/records" >"$work/problem"
equal 'a problem of its own' "$(jq -r .type "$work/problem")" /problems/tls_client
# shellcheck disable=SC2086
expect 0 'reading needs none' "$bin/bitacora" replay $p
# shellcheck disable=SC2086
expect 0 'and is not hindered by that of a stranger' "$bin/bitacora" replay $p --cert "$work/stranger.pem" --cert-key "$work/stranger.crt-key"
stop_daemon

# ---- files that cannot be used, at the start -----------------------------------------------------
start() { "$bin/bitacorad" run --dir "$work/data" --config "$work/config" "$@"; }
openssl pkey -in "$work/2.crt-key" -aes256 -passout pass:x -out "$work/sealed.key"
cp "$work/2.crt-key" "$work/open.key"
chmod 644 "$work/open.key"
try() { # try WORDS CERT KEY
    printf 'listen = 127.0.0.1:0\ntls_cert = %s\ntls_key = %s\n' "$2" "$3" >"$work/config"
    expect 2 "not started: $1" start
    contains 'why' "$work/err" "$1"
    expect 2 'neither is it good to --check' start --check
    contains 'why' "$work/err" "$1"
}
try 'could not be read: it does not exist' /nowhere.pem "$work/2.crt-key"
try 'is encrypted, and nobody is asked for its passphrase' "$work/2.pem" "$work/sealed.key"
try 'everybody on this machine has access to the private key' "$work/2.pem" "$work/open.key"
try 'is not that of the certificate' "$work/2.pem" "$work/stranger.crt-key"
try 'tls_cert and tls_key need each other' "$work/2.pem" ''
finish
