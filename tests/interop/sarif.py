#!/usr/bin/python3
"""Whether a file is the SARIF 2.1.0 that `bitacora audit --sarif` is meant to write.

    sarif.py FILE [SCHEMA]      exit 0, or the first things that are wrong

SCHEMA is the JSON Schema of OASIS, where it is at hand. Without it the file is held against what is written down here from the
standard (OASIS, SARIF 2.1.0, section 3): every member that may be there, its type, the values it may have; another one is wrong.
"""
import json
import re
import sys

import jsonschema

TEXT = {"type": "string", "minLength": 1}
INDEX = {"type": "integer", "minimum": 0}


def record(required, optional=()):
    members = {**required, **dict(optional)}
    return {"type": "object", "additionalProperties": False, "required": sorted(required), "properties": members}


def items(of, least=0):
    return {"type": "array", "items": of, "minItems": least, "uniqueItems": True}


MESSAGE = record({"text": TEXT})                                                                    # 3.11
BAG = {"type": "object"}                                                                            # 3.8
LEVEL = {"enum": ["none", "note", "warning", "error"]}                                              # 3.27.10
RULE = record({"id": TEXT, "shortDescription": MESSAGE, "fullDescription": MESSAGE},                # 3.49
              {"defaultConfiguration": record({"level": LEVEL}), "properties": BAG})
DRIVER = record({"name": TEXT, "version": TEXT,                                                     # 3.19
                 "semanticVersion": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
                 "language": {"enum": ["en", "es"]}, "rules": items(RULE, 1)})
# 3.4: a relative reference that a base of its run makes absolute
ARTIFACT = record({"uri": {"type": "string", "pattern": r"^tile/entries/(x\d{3}/)*\d{3}(\.p/\d{1,3})?$"}, "uriBaseId": {"const": "LOG"}})
LOGICAL = record({"fullyQualifiedName": {"type": "string", "pattern": r"^(log|entry/\d+)$"}, "kind": {"enum": ["log", "entry"]}})  # 3.33
LOCATION = record({"logicalLocations": items(LOGICAL, 1)}, {"physicalLocation": record({"artifactLocation": ARTIFACT})})           # 3.28
RESULT = record({                                                                                   # 3.27
    "ruleId": TEXT, "ruleIndex": INDEX, "kind": {"enum": ["pass", "review", "fail"]}, "level": LEVEL, "message": MESSAGE,
    "locations": {"type": "array", "items": LOCATION, "minItems": 1, "maxItems": 1},
    "partialFingerprints": record({"bitacoraFinding/v1": {"type": "string", "pattern": "^[0-9a-f]{64}$"}}),
    "properties": BAG}, {"relatedLocations": items(LOCATION)})
RUN = record({                                                                                      # 3.14
    "tool": record({"driver": DRIVER}), "invocations": items(record({"executionSuccessful": {"type": "boolean"}}), 1),
    "originalUriBaseIds": record({"LOG": record({"description": MESSAGE})}), "results": {"type": "array", "items": RESULT},
    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]}, "properties": BAG})
LOG = record({"$schema": {"type": "string", "format": "uri"}, "version": {"const": "2.1.0"}, "runs": items(RUN, 1)})  # 3.13


def objections(sarif):
    """What a schema cannot say."""
    for run in sarif["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        if len(set(rules)) != len(rules):
            yield "a rule twice"
        seen = set()
        for result in run["results"]:
            where = "%s of %s" % (result["ruleId"], result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"])
            if result["ruleIndex"] >= len(rules) or rules[result["ruleIndex"]] != result["ruleId"]:
                yield where + ": ruleIndex is not that of ruleId"
            if (result["kind"] == "fail") == (result["level"] == "none"):       # 3.27.9, 3.27.10
                yield where + ": kind and level do not fit"
            mark = result["partialFingerprints"]["bitacoraFinding/v1"]
            if mark in seen and result["ruleId"] != "INTEGRITY":
                yield where + ": the fingerprint of another result"
            seen.add(mark)
            for location in result["locations"] + result.get("relatedLocations", []):
                name = location["logicalLocations"][0]["fullyQualifiedName"]
                if name == "log" or "physicalLocation" not in location:
                    continue
                parts = re.findall(r"\d+", location["physicalLocation"]["artifactLocation"]["uri"].split(".p/")[0])
                if int("".join(parts)) != int(name.split("/")[1]) // 256:
                    yield where + ": not the file that holds " + name


def main():
    with open(sys.argv[1], encoding="utf-8") as f:
        sarif = json.load(f)
    schema = LOG
    if len(sys.argv) > 2:
        with open(sys.argv[2], encoding="utf-8") as f:
            schema = json.load(f)
    wrong = ["%s: %s" % ("/".join(map(str, e.absolute_path)), e.message[:200]) for e in jsonschema.Draft7Validator(schema).iter_errors(sarif)]
    wrong = wrong or list(objections(sarif))
    print("\n".join(wrong[:10]))
    return 1 if wrong else 0


sys.exit(main())
