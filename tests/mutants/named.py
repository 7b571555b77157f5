"""Files that name things with the reason for each: names at the beginning of lines, then one reason for all of them, indented."""
import sys


def named_in(path):
    """{name: reason}. Ends the program where a name stands twice or has no reason."""
    out, group, reason = {}, [], []
    with open(path, encoding="utf-8") as f:
        lines = [line.rstrip("\n") for line in f]
    for line in [*lines, "end"]:
        if line.startswith("#") or not line.strip():
            continue
        if line[0].isspace():
            reason.append(line.strip())
            continue
        if reason:
            out.update({name: " ".join(reason) for name in group})
            group, reason = [], []
        if line in out or line in group:
            sys.exit("%s: twice: %s" % (path, line))
        group.append(line)
    if group != ["end"]:
        sys.exit("%s: without a reason: %s" % (path, group[0]))
    return out
