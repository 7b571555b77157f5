#!/usr/bin/python3
"""A log that buries what convicts it: more entries of an unknown version than a verifier lists findings, and behind
them one that its signer's role may not sign.

    buried.py OUTDIR [ENTRIES]      OUTDIR/policy, OUTDIR/mirror; 10,100 entries of another version by default
"""
import os
import sys

sys.dont_write_bytecode = True
from writer import Key, Log, b64, policy_text, sha256, write_file


def main():
    out = sys.argv[1]
    n = int(sys.argv[2]) if len(sys.argv) > 2 else 10100
    log, registrar, auditor = Log(), Key("registrar.example", bytes([1]) * 32), Key("auditor.example", bytes([2]) * 32)
    log.genesis([registrar])
    log.enroll(registrar, auditor, "auditor", "mx.ong")
    for _ in range(n):
        log.append_note(b"bitacora/v2 later\n", accept=log.clock)
    log.add("erasure", auditor, {"blob": b64(sha256(b"blob")), "order": b64(sha256(b"order"))})
    log.write(os.path.join(out, "mirror"))
    write_file(os.path.join(out, "policy"), policy_text(log.key).encode())


main()
