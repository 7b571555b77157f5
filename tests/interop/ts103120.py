#!/usr/bin/env python3
"""Messages of ETSI TS 103 120 with every member that its JSON schema (V1.23.1) gives each object, and what `bitacora import`
makes of them: each member is in a record, or it is named. Knows the schema's names alone, nothing of the program.

  ts103120.py full DIR        writes DIR/full.json and DIR/leaves: path, tab, value of each leaf
  ts103120.py judge LEAVES RECORDS NAMED   prints each leaf that is neither in a record nor named
  ts103120.py tasks FILE N    a message of N tasks, each with an authorisation and a document of its own
  ts103120.py cpu COMMAND...  the seconds of processor time that it takes
  ts103120.py targets FILE N  a message of one task with N targets
  ts103120.py formats FILE OWNER=NAME=VALUE...   a message of one task with these targets
  ts103120.py one FILE TYPE MEMBERS   a message that creates one object: MEMBERS is JSON
"""
import itertools
import json
import resource
import subprocess
import sys

NS = {
    "@xmlns": "http://uri.etsi.org/03120/common/2019/10/Core",
    "@xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "@xmlns:common": "http://uri.etsi.org/03120/common/2016/02/Common",
    "@xmlns:task": "http://uri.etsi.org/03120/common/2020/09/Task",
    "@xmlns:auth": "http://uri.etsi.org/03120/common/2020/09/Authorisation",
    "@xmlns:doc": "http://uri.etsi.org/03120/common/2020/09/Document",
}
URI = {"auth": "Authorisation", "task": "Task", "doc": "Document"}
counter = itertools.count(1)


def uuid():
    return "10000000-0000-4000-8000-%012d" % next(counter)


def text():
    return "text%d" % next(counter)


def number():
    return 90000 + next(counter)


def time():
    n = next(counter)
    return "2026-03-%02dT%02d:%02d:00Z" % (1 + n // 1440 % 28, n // 60 % 24, n % 60)


def phone():
    return "5255%08d" % next(counter)


def entry():
    return {"common:Owner": text(), "common:Name": text(), "common:Value": text()}


def endpoint():
    return {"CountryCode": "XX", "UniqueIdentifier": text()}


def national(prefix):
    return {prefix + "CountryCode": text()}


def unsuccessful():
    return {"ErrorCode": number(), "ErrorDescription": text()}


def contact():
    names = ["Name", "Role", "EmailAddress", "PhoneNumber", "FaxNumber", "Address", "ApproverAlternateName",
             "ApproverEmailAddress", "ApproverPhoneNumber"]
    return {"common:" + n: text() for n in names} | {
        "common:Languages": [{"common:ISO639Set1LanguageIdentifier": text()}]}


def approval():
    return {
        "common:ApprovalType": text(), "common:ApprovalDescription": text(), "common:ApprovalReference": text(),
        "common:ApproverDetails": {
            "common:ApproverName": text(), "common:ApproverRole": text(),
            "common:ApproverIdentity": {"common:NationalApproverIdentity": national("common:")},
            "common:ApproverContactDetails": [contact()],
        },
        "common:ApprovalTimestamp": time(), "common:ApprovalIsEmergency": True,
        "common:ApprovalDigitalSignature": {"common:NationalDigitalSignature": national("common:")},
        "common:ApprovalNationalDetails": national("common:"),
    }


def span(prefix, *more):
    return {prefix + "StartTime": time(), prefix + "EndTime": time()} | {prefix + m: time() for m in more}


def values(name):
    return {name: [{"task:FormatType": {"task:FormatOwner": "ETSI", "task:FormatName": "InternationalE164"},
                    "task:Value": phone()} for _ in range(2)]}


def destination(ld):
    own = ["LDHandoverFormat", "LDDeliveryProfile"] if ld else ["IRIorCC", "HandoverFormat", "DeliveryProfile"]
    return {"task:DeliveryAddress": {"task:IPv4Address": text()}, "task:DestinationReference": uuid(),
            "task:EncryptionReference": uuid(), "task:EncryptionDetails": national("task:"),
            "task:NationalDeliveryParameters": national("task:")} | {"task:" + n: entry() for n in own}


def policies(name):
    return {"task:" + name: [{"task:Order": number(), "task:ObjectIdentifier": uuid()}]}


def head(prefix, name, associated):
    return {
        "@xsi:type": "{http://uri.etsi.org/03120/common/2020/09/%s}%s" % (URI[prefix], name),
        "ObjectIdentifier": uuid(), "CountryCode": text(), "OwnerIdentifier": text(), "Generation": number(),
        "ExternalIdentifier": text(), "AssociatedObjects": {"AssociatedObject": associated},
        "LastChanged": time(), "NationalHandlingParameters": national(""),
    }


def authorisation():
    p = "auth:"
    o = head("auth", "AuthorisationObject", [uuid()]) | {p + "AuthorisationReference": text()}
    for n in ["LegalType", "Priority", "Status", "DesiredStatus", "TypeOfCase"]:
        o[p + "Authorisation" + n] = entry()
    for n in ["CreationTimestamp", "ServedTimestamp", "TerminationTimestamp"]:
        o[p + "Authorisation" + n] = time()
    for n in ["ManualInformation", "Jurisdiction", "LegalEntity"]:
        o[p + "Authorisation" + n] = text()
    return o | {
        p + "AuthorisationTimespan": span(p), p + "AuthorisationCSPID": {p + "CSPID": [endpoint()]},
        p + "AuthorisationApprovalDetails": [approval()], p + "AuthorisationInvalidReason": unsuccessful(),
        p + "AuthorisationFlags": {p + "AuthorisationFlag": [entry()]},
        p + "NationalAuthorisationParameters": national(p),
    }


def document(reference):
    p = "doc:"
    return head("doc", "DocumentObject", [uuid()]) | {
        p + "DocumentReference": reference, p + "DocumentName": text(), p + "DocumentStatus": entry(),
        p + "DocumentDesiredStatus": entry(), p + "DocumentTimespan": span(p),
        p + "DocumentType": {"common:Owner": "ETSI", "common:Name": "DocumentType", "common:Value": "Warrant"},
        p + "DocumentProperties": {p + "DocumentProperty": [{p + "PropertyType": entry(), p + "PropertyValue": text()}]},
        p + "DocumentBody": {p + "Contents": text(), p + "ContentType": text(), p + "Checksum": text(), p + "ChecksumType": text()},
        p + "DocumentSignature": [approval()], p + "DocumentInvalidReason": unsuccessful(),
        p + "NationalDocumentParameters": national(p),
    }


def li_task(associated):
    p = "task:"
    return head("task", "LITaskObject", associated) | {
        p + "Reference": text(), p + "Status": entry(), p + "DesiredStatus": entry(),
        p + "Timespan": span(p, "TerminationTime", "ProvisioningTime", "DeprovisioningTime"),
        p + "TargetIdentifier": {p + "TargetIdentifierValues": values(p + "TargetIdentifierValue"),
                                 p + "ServiceType": entry(), p + "TargetIdentifierSubtype": entry()},
        p + "DeliveryType": {"common:Owner": "ETSI", "common:Name": "TaskDeliveryType", "common:Value": "IRIandCC"},
        p + "DeliveryDetails": {p + "DeliveryDestination": [destination(False)]},
        p + "ApprovalDetails": [approval()], p + "CSPID": endpoint(), p + "HandlingProfile": entry(),
        p + "InvalidReason": unsuccessful(), p + "Flags": {p + "TaskFlag": [entry()]},
        p + "NationalLITaskingParameters": national(p),
        p + "ListOfTrafficPolicyReferences": policies("TrafficPolicyReference"),
        p + "ListOfIRIPolicyReferences": policies("IRIPolicyReference"),
    }


def details(lp):
    p = "task:"
    d = {p + "Type": {"common:Owner": "ETSI", "common:Name": "RequestType", "common:Value": "StoredContentData"}} | span(p) | {
        p + "RequestValues": values(p + "RequestValue"), p + "Subtype": {p + "RequestSubtype": [entry()]},
        p + "TargetIdentifierSubtype": entry()}
    return d if lp else d | {p + "ObservedTime": time(), p + "ObservedTimes": [time()]}


def ld_task(associated):
    p = "task:"
    return head("task", "LDTaskObject", associated) | {
        p + "Reference": text(), p + "Status": entry(), p + "StatusReason": unsuccessful(), p + "DesiredStatus": entry(),
        p + "RequestDetails": details(False),
        p + "DeliveryDetails": {p + "LDDeliveryDestination": [destination(True)]},
        p + "ApprovalDetails": [approval()], p + "CSPID": endpoint(), p + "HandlingProfile": entry(),
        p + "Flags": {p + "LDTaskFlag": [entry()]},
        p + "AlternativePreservationReferences": {p + "AlternativePreservationReference": [
            {p + "ReferenceValue": text(), p + "NatureOfReference": text(), p + "TransmissionTime": time()}]},
        p + "NationalLDTaskingParameters": national(p),
        p + "Deadlines": {p + "LDDeadline": [{p + "DateTime": time(), p + "NatureOfDeadline": entry(), p + "OtherInformation": text()}]},
        p + "ManualInformation": text(),
    }


def lp_task(associated):
    p = "task:"
    return head("task", "LPTaskObject", associated) | {
        p + "Status": entry(), p + "StatusReason": unsuccessful(), p + "DesiredStatus": entry(),
        p + "RequestDetails": details(True), p + "DesiredPreservationExpiration": time(),
        p + "PreservationExpiration": time(), p + "CSPID": endpoint(), p + "NationalLPTaskingParameters": national(p),
    }


def message(objects, signed=False):
    m = dict(NS)
    m["Header"] = {
        "SenderIdentifier": endpoint(), "ReceiverIdentifier": endpoint(), "TransactionIdentifier": uuid(), "Timestamp": time(),
        "Version": {"ETSIVersion": text(), "NationalProfileOwner": text(), "NationalProfileVersion": text()},
        "WorkflowIdentifier": text()}
    m["Payload"] = {"RequestPayload": {"ActionRequests": {"ActionRequest": [
        {"ActionIdentifier": i, "CREATE": {"HI1Object": o}} for i, o in enumerate(objects)]}}}
    if signed:
        m["Signature"] = {"protected": text(), "signature": text()}
        m["Signatures"] = [{"hash_algorithm": text(), "algorithm": text(), "public_key": text(), "value": text()}]
    return m


def local(name):
    return name.rsplit("}", 1)[-1].rsplit(":", 1)[-1]


def walk(v, path):
    """Each leaf below v: its path of local names, and its value."""
    if isinstance(v, dict):
        for k, w in v.items():
            if not k.startswith("@"):
                yield from walk(w, path + [local(k)])
    elif isinstance(v, list):
        for w in v:
            yield from walk(w, path)
    else:
        yield path, v


def leaves(m):
    """(what, path, value): what is "HI1Message -", "Header -" or an object's type and identifier, as import names it."""
    for path, v in walk({k: w for k, w in m.items() if k not in ("Header", "Payload")}, []):
        yield "HI1Message -", path, v
    for path, v in walk(m["Header"], []):
        yield "Header -", path, v
    for a in m["Payload"]["RequestPayload"]["ActionRequests"]["ActionRequest"]:
        o = a["CREATE"]["HI1Object"]
        for path, v in walk(o, []):
            yield "%s %s" % (local(o["@xsi:type"]), o["ObjectIdentifier"]), path, v


def write(path, v):
    with open(path, "w") as f:
        json.dump(v, f)


def full(folder):
    a = authorisation()
    one = a["ObjectIdentifier"]
    objects = [a, document("of nothing else"), li_task([one]), ld_task([one]), lp_task([one])]
    m = message(objects, signed=True)
    write(folder + "/full.json", m)
    with open(folder + "/leaves", "w") as f:
        for what, path, v in leaves(m):
            f.write("%s\t%s\t%s\n" % (what, ".".join(path), json.dumps(v)))


# What a record says in other words: the value in the message, and in the record.
SAID = {"IRIandCC": "comms_content_live", "StoredContentData": "comms_content_stored", "Warrant": "warrant",
        "InternationalE164": "phone"}
# What only says which dictionary or format it is, of a value that is in a record.
BESIDE = {"DeliveryType.Owner", "DeliveryType.Name", "RequestDetails.Type.Owner", "RequestDetails.Type.Name", "DocumentType.Owner",
          "DocumentType.Name"}


def judge(leaves_path, records_path, named_path):
    records = open(records_path).read()
    named = set()
    for line in open(named_path):
        where, _, what = line.rstrip("\n").partition(": not mapped: ")
        if what:
            named.add((where.split(": ")[-1], what.split(" ")[0]))
    missed = 0
    for line in open(leaves_path):
        what, path, value = line.rstrip("\n").split("\t")
        value = json.loads(value)
        parts = path.split(".")
        if any((what, ".".join(parts[:i])) in named for i in range(1, len(parts) + 1)):
            continue
        shown = str(value).lower().replace(":00z", ":00.000z")
        if SAID.get(value, None) and '"%s"' % SAID[value] in records:
            continue
        if shown in records.lower() or path in BESIDE or parts[-1] == "FormatOwner":
            continue
        missed += 1
        print("neither in a record nor named: %s %s = %r" % (what, path, value))
    return missed


def tasks(path, n):
    objects = []
    for i in range(n):
        a = {"@xsi:type": "auth:AuthorisationObject", "ObjectIdentifier": uuid(), "auth:AuthorisationReference": "W-%d" % i}
        objects.append(a)
        objects.append({"@xsi:type": "doc:DocumentObject", "ObjectIdentifier": uuid(), "doc:DocumentReference": "W-%d" % i,
                        "doc:DocumentType": {"common:Owner": "ETSI", "common:Name": "DocumentType", "common:Value": "Warrant"},
                        "doc:DocumentTimespan": {"doc:StartTime": "2026-01-01T00:00:00Z", "doc:EndTime": "2026-02-01T00:00:00Z"}})
        objects.append({"@xsi:type": "task:LDTaskObject", "ObjectIdentifier": uuid(),
                        "AssociatedObjects": {"AssociatedObject": [a["ObjectIdentifier"]]}})
    write(path, message(objects))


def cpu(command):
    """Prints the seconds of processor time that a command takes: fair on a busy machine."""
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print("%.2f" % (used.ru_utime + used.ru_stime))


def task_of(formats):
    return {"@xsi:type": "task:LDTaskObject", "ObjectIdentifier": uuid(), "task:RequestDetails": {
        "task:Type": {"common:Owner": "ETSI", "common:Name": "RequestType", "common:Value": "SubscriberData"},
        "task:RequestValues": {"task:RequestValue": [
            {"task:FormatType": {"task:FormatOwner": owner, "task:FormatName": name}, "task:Value": value}
            for owner, name, value in formats]}}}


def main(argv):
    if argv[0] == "full":
        full(argv[1])
    elif argv[0] == "judge":
        return min(judge(*argv[1:4]), 1)
    elif argv[0] == "tasks":
        tasks(argv[1], int(argv[2]))
    elif argv[0] == "cpu":
        cpu(argv[1:])
    elif argv[0] == "targets":
        write(argv[1], message([task_of([("ETSI", "InternationalE164", phone()) for _ in range(int(argv[2]))])]))
    elif argv[0] == "formats":
        write(argv[1], message([task_of([a.split("=", 2) for a in argv[2:]])]))
    elif argv[0] == "one":
        write(argv[1], message([{"@xsi:type": argv[2], "ObjectIdentifier": uuid()} | json.loads(argv[3])]))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
