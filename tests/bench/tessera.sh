#!/bin/sh
# Builds tests/bench/tessera, at the version that its go.mod pins, through Go's module proxy. If it
# cannot be built, says why in one line on standard error, and ends with 3.
# usage: tests/bench/tessera.sh PROGRAM
set -eu
program=$1
lacks() {
    echo "$1" >&2
    exit 3
}

command -v go >/dev/null || lacks 'Go is not installed'
# From 1.21 on Go fetches a newer one of itself where a module asks for it.
go env GOVERSION | grep -Eq '^go1\.(2[1-9]|[3-9][0-9])' ||
    lacks "Tessera needs Go 1.21 or newer; this is $(go env GOVERSION)"
output=$(cd "$(dirname "$0")/tessera" && go build -mod=readonly -trimpath -o "$program" . 2>&1) ||
    lacks "Tessera could not be built: $(echo "$output" | tail -n 1)"
