#!/bin/sh
# Makes tests/corpus/data.tar.xz: the folder of a small log as the version at hand writes it, for every later version to open,
# check and extend (scenario 65). usage: make_data.sh OUT.tar.xz. A new one is made when the store's format changes, beside the
# old ones, and never in their place.
out=${1:?OUT.tar.xz}
case $out in /*) ;; *) out=$PWD/$out ;; esac
# shellcheck source=tests/lib.sh
. "$(dirname "$0")/../lib.sh"

must() { "$@" || { echo "$*"; exit 1; }; }
must small_log 290 # a full bundle and some
must enrol vigila.example.mx oversight mx.vigilancia
about=$(curl -s "$url/checkpoint" | sed -n 2p)
request mx.telco 1 | jq -c '.persons=2|.subjects=[{type:"curp",value:"GOMC850315HDFRRR07"},{type:"curp",value:"MARP800101MDFRTR03"}]' |
    must submit fgr.example.mx-a.lopez
ana=$(curl -s "$url/v1/receipts/$about" | sed -n 's/^extra //p' | base64 -d | grep -a -m 1 '^{' | jq -r '.subjects[0].sealed')
printf '{"kind":"erasure","blob":"%s","order":"%s"}\n' "$ana" "$(head -c 32 /dev/zero | base64)" | must submit judge.example.mx-j1
"$bin/bitacora" ruleset --newest --print >"$work/ruleset.json"
must "$bin/bitacora" pin --policy "$work/policy" --key "$work/registrar.key" "$work/ruleset.json" >/dev/null 2>&1
must stop_daemon
must "$bin/bitacorad" index --dir "$work/data" --now >/dev/null
second=$(must "$bin/bitacorad" rotate --dir "$work/data" 2>/dev/null)
mkdir "$work/pack"
mv "$work/data" "$work/pack/data"
rm -f "$work/pack/data/lock" "$work/pack/data/store/lock.mdb" "$work"/pack/data/log.key.*
cp "$work/fgr.example.mx-a.lopez.key" "$work/pack/requester.key"
printf 'log %s\nlog %s\nquorum none\n' "$vkey" "$second" >"$work/pack/policy"
must tar -C "$work/pack" --sort=name --owner=0 --group=0 --numeric-owner -cJf "$out" data policy requester.key
ls -l "$out"
