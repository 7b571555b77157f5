#!/bin/sh
# Several keys: witnesses that share name and key id, a witness whose type of key we do not know, and two keys of one log.
. "$(dirname "$0")/../lib.sh"

cat >"$work/make.py" <<'END'
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from base_logs import base
from writer import COSIGNATURE, Key, Log, b64, cosign_line, sign_note, write_file

out = sys.argv[2]
seed = lambda n: n.to_bytes(4, "little") + bytes(28)
a, b = (Key("log.example", seed(n), COSIGNATURE) for n in (68490, 37276))       # found by searching: their ids are equal
assert a.id == b.id
log = base(30)
text, at = log.checkpoint_text(), log.entries[-1].accept // 1000 + 1
for name, by in (("both", (a, b)), ("one", (b,)), ("first", (a,))):
    log.write(os.path.join(out, name), files=log.files(checkpoint=log.checkpoint() + b"".join(cosign_line(text, w, at) for w in by)))
write_file(os.path.join(out, "policy"), ("log %s\nwitness wa %s\nwitness wb %s\ngroup g all wa wb\nquorum g\n" % (log.key.vkey, a.vkey, b.vkey)).encode())
later = "later.example+00000001+" + b64(b"\x06" + bytes(1312))
for name, quorum in (("later-any", "any"), ("later-all", "all")):
    write_file(os.path.join(out, name), ("log %s\nwitness wa %s\nwitness later %s http://localhost:1/\ngroup g %s wa later\nquorum g\n" % (log.key.vkey, a.vkey, later, quorum)).encode())
new = Key(log.origin, seed(5))
log.write(os.path.join(out, "rotated"), files=log.files(checkpoint=log.checkpoint(key=new)))
write_file(os.path.join(out, "two-keys"), ("log %s\nlog %s\nquorum none\n" % (log.key.vkey, new.vkey)).encode())
write_file(os.path.join(out, "new-first"), ("log %s\nlog %s\nquorum none\n" % (new.vkey, log.key.vkey)).encode())
log.add("access", new, {"version": 1, "interval": {"from": "2026-01-01T00:00:00.000Z", "until": "2026-01-02T00:00:00.000Z"}, "count": 0, "root": b64(bytes(32))},
        under=log.entries[0].ref)
log.write(os.path.join(out, "grown"), files=log.files(checkpoint=log.checkpoint(key=new)))
END
check 'logs' /usr/bin/python3 "$work/make.py" "$root/tests/interop" "$work"
replay() { # replay POLICY MIRROR [OPTION...]
    policy=$1 mirror=$2
    shift 2
    "$bin/bitacora" replay --policy "$work/$policy" --dir "$work/$mirror" "$@"
}

expect 0 'two witnesses that share name and id cosigned' replay policy both
expect 3 'one of them did: no quorum, and nothing is bad' replay policy one --json
equal 'but the quorum' "$(jq -r '[.findings[].code]|join(" ")' "$work/out")" quorum
expect 0 'a witness of an unknown type is no matter where others do' replay later-any first
contains 'it is said that it does not count' "$work/err" '(0x06): it does not count for the quorum'
expect 3 'where it is needed nothing is decided' replay later-all first --lang es
contains 'and that is said' "$work/err" 'no puede haber el quórum'
for policy in two-keys new-first; do
    expect 0 "a log may have two keys ($policy): signed by the old one" replay $policy both
    expect 0 'by the new one' replay $policy rotated
    expect 0 'which signs what is the log'\''s, too' replay $policy grown
done
expect 1 'with the old key alone in the policy it is another log'\''s' replay later-any rotated
expect 0 'from a state, too' replay two-keys rotated --state "$work/state"
expect 0 'which goes on' replay two-keys grown --state "$work/state"
finish
