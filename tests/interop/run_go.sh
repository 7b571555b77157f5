#!/bin/sh
# Judged by implementations that know nothing of Bitácora (tests/interop/go): a log read by Go's checksum-database libraries,
# proofs both ways, notes and keys; the log cosigned by witnesses of others; a log of others cosigned by `bitacora witness`.
# What cannot be had on this machine is skipped, and says why.
# usage: run_go.sh [--all]     every proof of sizes 1 to 1,000, not only those near edges; litewitness, too
#        run_go.sh --record    writes tests/vectors/interop from what the others made
. "$(dirname "$0")/../lib.sh"
mode=${1:-}
module=$root/tests/interop/go
tools=$root/build/release/tools
vectors=$root/tests/vectors/interop
extent=thin
[ "$mode" != --all ] || extent=all
[ "$mode" != --record ] || mkdir -p "$vectors"

skip() { # skip DESCRIPTION WHY
    ok "$1 # SKIP $2"
}

judged() { # judged WHAT COMMAND...: a program of the module, whose TAP becomes ours
    what=$1
    shift
    "$@" >"$work/judged" 2>"$work/judged.err"
    status=$?
    take_tap "$work/judged"
    [ "$status" = 0 ] || grep -q '^not ok ' "$work/judged" || not_ok "$what" "exit $status: $(tail -n 5 "$work/judged.err")"
}

# ---- Go and its modules, all of it under build/ ---------------------------------------------------
if ! command -v go >/dev/null; then
    skip 'interop: Go' 'Go is not installed'
    finish
fi
GOENV=${GOENV:-${XDG_CONFIG_HOME:-$HOME/.config}/go/env} # read, not written
GOPATH=${GOPATH:-$root/build/go}
GOMODCACHE=${GOMODCACHE:-$root/build/go/mod}
GOCACHE=${GOCACHE:-$root/build/go/cache}
XDG_CONFIG_HOME=$root/build/go/config # its counters of use
GOFLAGS=${GOFLAGS:--buildvcs=false -modcacherw}
case $GOFLAGS in *-modcacherw*) ;; *) GOFLAGS="$GOFLAGS -modcacherw" ;; esac
GOTOOLCHAIN=local CGO_ENABLED=0
export GOENV GOPATH GOMODCACHE GOCACHE XDG_CONFIG_HOME GOFLAGS GOTOOLCHAIN CGO_ENABLED
interop=$root/build/go/interop
litewitness=$root/build/go/litewitness
mkdir -p "$root/build/go"

modules() { # modules DIR SKIPPED: those of its go.sum; if they cannot be had, SKIPPED is skipped
    (cd "$1" && timeout 300 go mod download) >"$work/go.out" 2>&1 && return
    why=$(grep -v '^go: downloading' "$work/go.out" | head -n 1 | cut -c 1-200)
    case $(cat "$work/go.out") in
    *'requires go >='*) skip "$2" "this Go is too old: $why" ;;
    *'checksum mismatch'* | *'SECURITY ERROR'*) not_ok 'interop: the modules are those of go.sum' "$why" ;;
    *'dial tcp'* | *timeout* | *'no such host'* | *'connection refused'* | *' 403 '* | *' 404 '* | *' 50'[0-9]' '* | *'lookup disabled'* | '')
        skip "$2" "the Go module proxy cannot be reached: $why" ;;
    *) not_ok 'interop: the modules can be had' "$(tail -n 5 "$work/go.out")" ;;
    esac
    return 1
}

modules "$module" 'interop: the modules' || finish
# Nobody debugs it, and nothing is measured: without debug information and inlining it compiles in two thirds of the time.
check 'interop: the Go module builds' sh -c "cd '$module' && go build -p 2 -gcflags='all=-dwarf=false -l' -ldflags='-s -w' -o '$interop' ."
[ -x "$interop" ] || finish
[ -z "$(gofmt -l "$module" 2>/dev/null)" ] && ok 'interop: gofmt has nothing to say' || not_ok 'interop: gofmt' "$(gofmt -l "$module")"

if [ "$mode" = --record ]; then
    check 'interop: notes, keys and proofs are recorded' "$interop" record "$tools/check_note" "$vectors"
fi

# ---- notes, keys, proofs ---------------------------------------------------------------------------
judged 'interop: notes' "$interop" notes "$tools/check_note" "$vectors"
judged 'interop: proofs' "$interop" proofs "$tools/check_proof" $extent

# ---- a log, read by others -------------------------------------------------------------------------
echo 'index_every = 100' >"$work/config"
check 'interop: a log of 620 entries, and of its index' small_log 610 --config "$work/config"
request mx.telco 9 >"$work/nine"
expect 0 'interop: receipts of it' "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/receipts" "$work/nine"
request mx.telco 1 | submit fgr.example.mx-a.lopez
request mx.telco 1 >"$work/one"
expect 0 'interop: and of a later size' "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/receipts" "$work/one"
indexed() { [ "$(curl -s "$url/metrics" | sed -n 's/^bitacora_index_covered //p')" -ge 600 ]; }
check 'interop: most of it is covered by its index' wait_until indexed
judged 'interop: the log' "$interop" log "$url" "$vkey" "$work/receipts"
stop_daemon

# ---- the log, cosigned by others -------------------------------------------------------------------
rm -rf "$work/data" "$work/receipts" "$work/registrar.key" "$work"/*.example.mx-*.key
check 'interop: another log' new_log

size() { curl -sf "$1/checkpoint" | sed -n 2p; }
has_size() { [ "$(size "$url")" = "$1" ]; }

witness_by_go() { # a witness of golang.org/x/mod and formats, on a key of ours; sets $witness_url, $witness_vkey
    witness_vkey=$("$bin/bitacora" keygen witness.go.example --out "$work/go-witness.key" --witness) || return 1
    beside "$interop" witness "$work/go-witness.key" "$vkey" >"$work/go-witness.out" 2>"$work/go-witness.err"
    wait_until grep -q '^listening on ' "$work/go-witness.out" || return 1
    witness_url=$(sed -n 's/^listening on //p' "$work/go-witness.out")
}

has_litewitness() { # litewitness, and what tells it of a log, under build/; else it is skipped, or has failed
    for program in ssh-agent ssh-add ssh-keygen; do
        command -v $program >/dev/null || { skip 'interop: litewitness cosigns our log' "$program is not installed"; return 1; }
    done
    modules "$module/litewitness" 'interop: litewitness cosigns our log' || return 1
    rm -f "$litewitness" "$litewitness-log"
    check 'interop: litewitness builds' sh -c "cd '$module/litewitness' &&
        go build -p 2 -o '$litewitness' filippo.io/torchwood/cmd/litewitness && go build -p 2 -o '$litewitness-log' ."
    [ -x "$litewitness" ] && [ -x "$litewitness-log" ]
}

answers_as() { # answers_as URL VKEY: litewitness shows its key
    curl -sf "$1/" | grep -qxF -- "$2"
}

witness_by_litewitness() { # litewitness on a key in an ssh-agent of its own; sets $witness_url, $witness_vkey
    witness_vkey=
    ssh-keygen -q -t ed25519 -N '' -C '' -f "$work/lite.key" || return 1
    ssh-agent -D -a "$work/agent" >/dev/null 2>"$work/agent.err" &
    pids="$pids $!"
    wait_until env SSH_AUTH_SOCK="$work/agent" ssh-add -q "$work/lite.key" || { cat "$work/agent.err"; return 1; }
    fingerprint=$(ssh-keygen -lf "$work/lite.key.pub" | cut -d ' ' -f 2)
    # It does not say which port it got, so it is given one that was free just now.
    for _ in 1 2 3; do
        port=$("$interop" port) || return 1
        beside "$litewitness" -db "$work/lite.db" -name lite.example/witness -ssh-agent "$work/agent" -key "$fingerprint" \
            -listen "127.0.0.1:$port" >"$work/lite.out" 2>&1
        lite=$beside
        witness_url=http://127.0.0.1:$port
        if wait_until grep -q 'msg="verifier key"' "$work/lite.out"; then
            witness_vkey=$(grep -o 'lite\.example/witness+[0-9a-f]*+[A-Za-z0-9+/=]*' "$work/lite.out" | head -n 1)
            if wait_until answers_as "$witness_url" "$witness_vkey"; then
                "$litewitness-log" "$work/lite.db" "$vkey"
                return
            fi
        fi
        kill "$lite" 2>/dev/null
        wait "$lite" 2>/dev/null
        forget_pid "$lite"
    done
    tail -n 5 "$work/lite.out"
    return 1
}

cosigned_by() { # cosigned_by NAME VKEY URL: the whole path of a record under a policy that needs this witness
    name=$1
    printf 'log %s\nwitness w %s %s\nquorum w\n' "$vkey" "$2" "$3" >"$work/served"
    check "interop: $name: the daemon starts" start_daemon "$work/data" --policy "$work/served"
    printf 'log %s %s\nwitness w %s %s\nquorum w\n' "$vkey" "$url" "$2" "$3" >"$work/policy"
    check "interop: $name: /checkpoint has its quorum" wait_until curl -sf -o "$work/cp" "$url/checkpoint"
    if [ ! -e "$work/fgr.example.mx-a.lopez.key" ]; then
        check "interop: $name: an official is enrolled, witnessed" enrol fgr.example.mx/a.lopez requester mx.fgr
    fi
    rm -rf "$work/receipts"
    request mx.telco 300 >"$work/many"
    expect 0 "interop: $name: 300 records are submitted, and their receipts good" \
        "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/receipts" "$work/many"
    request mx.telco 1 >"$work/one"
    expect 0 "interop: $name: and one more" \
        "$bin/bitacora" submit --policy "$work/policy" --key "$work/fgr.example.mx-a.lopez.key" --receipts "$work/receipts" "$work/one"
    expect 0 "interop: $name: they verify offline" "$bin/bitacora" verify --policy "$work/policy" "$work"/receipts/*
    expect 0 "interop: $name: a replay proves the log" "$bin/bitacora" replay --policy "$work/policy" --max-age 600 --json
    equal "interop: $name: all of it" "$(jq -r '.size > 301' "$work/out")" true
    curl -sf "$url/checkpoint" >"$work/cp"
    judged "interop: $name: opens" "$interop" opens "$vkey" "$2" <"$work/cp"
    [ "$mode" != --record ] || { cp "$work/cp" "$vectors/$name.txt" && printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$2" >"$vectors/$name.policy"; }
    stop_daemon
    equal "interop: $name: the daemon ends well" $? 0
}

check 'interop: go-witness: it runs' witness_by_go
cosigned_by go-witness "$witness_vkey" "$witness_url"
equal 'interop: go-witness: tlog.CheckTree took our consistency proofs' "$(curl -s "$witness_url" | awk '$1 == "proofs" {print ($2 > 1)}')" 1
# It takes a minute to compile; what it signed once is checked in C, from tests/vectors/interop.
if [ -n "$mode" ] && has_litewitness; then
    check 'interop: litewitness: it runs' witness_by_litewitness
    cosigned_by litewitness "$witness_vkey" "$witness_url"
    curl -sf "$witness_url/" >"$work/lite.page"
    contains 'interop: litewitness: it stores what it cosigned' "$work/lite.page" "(size $(sed -n 2p "$work/cp"), root $(sed -n 3p "$work/cp"))"
fi

# ---- a log of others, cosigned by us ---------------------------------------------------------------
vkey=$("$bin/bitacora" keygen tessera.example/log --out "$work/tessera.key") # the key is read by Go
check 'interop: tessera: a witness of ours for it' new_witness tw
check 'interop: tessera: it runs' start_witness tw
printf 'log %s\nwitness w %s %s\ngroup g all w\nquorum g\n' "$vkey" "$(cat "$work/tw.vkey")" "$witness_url" >"$work/tessera.policy"
for n in 1 299 300; do
    judged "interop: tessera: $n entries" "$interop" tessera "$work/tessera" "$work/tessera.key" "$work/tessera.policy" $n
done
judged 'interop: tessera: opens' "$interop" opens "$vkey" "$(cat "$work/tw.vkey")" <"$work/tessera/checkpoint"
equal 'interop: tessera: its checkpoint has its quorum for us' \
    "$(printf 'log %s %s %s\n' "$vkey" "$(cat "$work/tw.vkey")" "$(base64 -w 0 "$work/tessera/checkpoint")" | "$tools/check_note")" quorum
curl -sf "$witness_url/$(printf %s tessera.example/log | sha256sum | cut -d ' ' -f 1)/checkpoint" >"$work/monitored"
judged 'interop: tessera: what monitors get of our witness' "$interop" opens "$vkey" "$(cat "$work/tw.vkey")" <"$work/monitored"
equal 'interop: tessera: the same text' "$(head -n 3 "$work/monitored")" "$(head -n 3 "$work/tessera/checkpoint")"
if [ "$mode" = --record ]; then
    cp "$work/tessera/checkpoint" "$vectors/tessera.txt"
    printf 'log %s\nwitness w %s\nquorum w\n' "$vkey" "$(cat "$work/tw.vkey")" >"$vectors/tessera.policy"
fi
finish
