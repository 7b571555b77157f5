#!/bin/sh
# When a signature is good is a matter of FORMATS, not of the libsodium at hand: with others preloaded the verdicts stay, or the
# programs do not start.
. "$(dirname "$0")/../lib.sh"

edges=$root/tests/interop/ed25519_edges.py
check 'the vectors are made' sh -c "python3 '$edges' vectors | cmp - '$root/tests/vectors/ed25519/edges/edges.txt'"
check 'and what programs try at their start' sh -c "python3 '$edges' header | cmp - '$root/proto/tlog/signing_edges.h'"
check 'another libsodium' "${CC:-cc}" -shared -fPIC -O2 -D_GNU_SOURCE -o "$work/other.so" "$root/tests/tools/other_sodium.c" -lsodium -ldl
cat >"$work/make.py" <<'END'
import os, sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
from base_logs import KEYS, ask, fresh, lie
from crafted_signatures import BASEPOINT, TORSION, crafted, encode, malleable, point_add, point_mul, secret_scalar
from writer import Key, make_vkey, policy_text, write_file

out, q1 = sys.argv[2], KEYS["q1"]
bent = Key("torcida.example/k")
bent.public = encode(point_add(point_mul(secret_scalar(bent), BASEPOINT), point_mul(4, TORSION)))
bent.vkey = make_vkey(bent.name, bent.public)
for name, log in (("good", lie()), ("cofactor", lie(lambda g: ask(g, sign=crafted(q1, 77, point_add(point_mul(77, BASEPOINT), TORSION))))),
                  ("s", lie(lambda g: ask(g, sign=malleable(q1)))),
                  ("order", lie(lambda g: g.enroll(KEYS["r1"], bent, "auditor", "mx.x", proof=False)))):
    log.write(os.path.join(out, name))
    write_file(os.path.join(out, "policy"), policy_text(log.key).encode())
END
check 'logs' /usr/bin/python3 "$work/make.py" "$root/tests/interop" "$work/logs"

verdicts() { # verdicts: codes of all four logs
    for log in good cofactor s order; do
        "$bin/bitacora" replay --policy "$work/logs/policy" --dir "$work/logs/$log" --json >"$work/out" 2>"$work/err"
        printf '%s %s; ' $? "$(jq -r '[.findings[].code]|join(" ")' "$work/out" 2>/dev/null)"
    done
}

wanted='0 ; 1 signature; 1 signature; 1 enrolment; '
equal 'the library at hand' "$(verdicts)" "$wanted"
for other in none cofactor order both; do
    equal "libsodium: $other" "$(LD_PRELOAD=$work/other.so OTHER_SODIUM=$other verdicts)" "$wanted"
done
export LD_PRELOAD="$work/other.so" OTHER_SODIUM=s
expect 2 'one that takes S + L is not used' "$bin/bitacora" replay --policy "$work/logs/policy" --dir "$work/logs/good"
contains 'and named' "$work/err" '1.0.'
contains 'with what it takes' "$work/err" '(S + L)'
expect 2 'nor by the daemon' "$bin/bitacorad" fsck --dir "$work"
contains 'which says so' "$work/err" 'does not judge signatures'
expect 2 'in Spanish, too' "$bin/bitacorad" --lang es fsck --dir "$work"
contains 'which says so' "$work/err" 'no juzga las firmas'
unset LD_PRELOAD OTHER_SODIUM
finish
