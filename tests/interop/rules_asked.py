"""The audit's rules, each a function over a log that was read (docs/RULES.md)."""
from rules_log import (CODES_OF, DAY, FINDING, HOUR, NOT_EVALUABLE, PASS, RETAINED, Window, live,
                       millis, months_after, values)


def result_of(finding, not_evaluable=False):
    return FINDING if finding else NOT_EVALUABLE if not_evaluable else PASS


# RULES 2: each yields (entry, result, related entries)

def r01(log):
    for q in log.of("request"):
        if any(judge == "before" for _, judge in log.judges(q)):
            yield q, result_of(q.warrant is None), [q.warrant, q.lookalike]


def r02(log):
    for q in log.of("request"):
        if any(judge == "before_or_emergency" or (c in RETAINED and judge == "contested") for c, judge in log.judges(q)):
            result = result_of(q.warrant is None and not log.emergency(q))
            yield q, result, [q.warrant, q.lookalike if result == FINDING else None]


def r03(log):
    for q in log.emergencies():
        f, said_by = log.fulfilled(q)
        if f is None:
            yield q, NOT_EVALUABLE, []
        else:
            result, kept_by = log.deadline(f + 48 * HOUR, q.named_by("judicial_notice"))
            yield q, result, [said_by] + (kept_by or q.named_by("judicial_notice")[:1])


def r04(log):
    for q in log.of("request"):
        for first in q.named_by("judicial_notice")[:1]:
            ratifications = q.named_by("ratification")
            result, kept_by = log.deadline(first.accepted + log.ruleset(first).hours * HOUR, ratifications)
            yield q, result, [first] + (kept_by or ratifications[:1])

NOTHING_HANDED_OVER = ("none_held", "cancelled", "error", "pending")


def r05_one(log, e, request):
    """(result, related) of one request that a response, transfer or product names."""
    before = [r for r in request.named_by("ratification") if r.index < e.index]
    if not before:
        return PASS, [request]
    last = before[-1]
    related = [request, last]
    outcome = log.outcome(e) if e.kind == "response" else None
    if outcome in NOTHING_HANDED_OVER or (outcome or "").startswith("rejected_"):
        return PASS, related
    if last.m["result"] == "refused":
        return FINDING, related
    if last.m["result"] == "partial":
        ratified = log.categories(last)
        if ratified is None:
            return (PASS if outcome == "partial" else NOT_EVALUABLE), related
        if any(c not in ratified for c in log.categories(request)):
            if e.kind != "response":
                return NOT_EVALUABLE, related
            if outcome != "partial":
                return FINDING, related
    return PASS, related


def r05(log):
    for kind in ("response", "transfer", "product"):
        for e in log.of(kind):
            answers = [r05_one(log, e, request) for request in e.named]
            if not answers and kind != "response":         # asked of each of them: no ratification of what it names
                answers = [(PASS, [])]
            for worst in (FINDING, NOT_EVALUABLE, PASS):
                rests_on = [related for result, related in answers if result == worst]
                if rests_on:
                    yield e, worst, sum(rests_on, [])
                    break


def r06(log):
    for q in log.emergencies():
        yield q, result_of(log.ground(q) in (None, "other")), []


def r07(log):
    for q in log.of("request"):
        if q.warrant:
            yield q, r07_request(log, q), [q.warrant] + log.extensions(q.warrant, q.index)
    for closing in log.of("closing"):
        for warrant in closing.named:
            within = log.window(warrant, closing.index).contains(Window.of(closing.m["executed"]))
            yield closing, result_of(not within), [warrant] + log.extensions(warrant, closing.index)


def r07_request(log, q):
    window = log.window(q.warrant, q.index)
    data, warrants_data = Window.of(q.m.get("data_window")), Window.of(q.warrant.m.get("data_window"))
    if not window.has(q.accepted):
        return FINDING
    if warrants_data:
        return result_of(data and not warrants_data.contains(data), data is None)
    if data and any(live(c) for c in log.categories(q)):
        return result_of(not window.contains(data))
    return PASS


def r08(log):
    for q in log.of("request"):
        w = q.warrant
        if not w:
            continue
        finding = q.m["authority"] not in w.m["used_by"]
        finding |= not set(log.categories(q)) <= set(log.categories(w))
        finding |= "holders" in w.m and q.m["holder"] not in w.m["holders"]
        unknown = False
        if "subjects" in w.m:
            may = {(log.read(w, "subject_type", s["type"]), s["commit"]) for s in w.m["subjects"]}
            finding |= any((log.read(q, "subject_type", s["type"]), s["commit"]) not in may for s in q.m.get("subjects", []))
            unknown = "subjects" not in q.m
        yield q, result_of(finding, unknown), [w]


def r09(log):
    for w in log.of("warrant"):
        if not any(live(c) for c in log.categories(w)):
            continue
        own, whole, extensions = Window.of(w.m["window"]), log.window(w), log.extensions(w)
        if log.read(w, "matter", w.m["matter"]) == "national_security":
            finding = own.end > own.start + 180 * DAY or len(extensions) > 1 or whole.end > own.start + 360 * DAY
        else:
            finding = whole.end > months_after(own.start, 6)
        yield w, result_of(finding), extensions


def r10(log):
    for q in log.of("request"):
        levels = [log.ruleset(q).categories.get(c, {}).get("level") for c in log.categories(q)]
        levels = [level for level in levels if level is not None]
        if q.warrant and levels:
            yield q, result_of(any(level != log.warrants_level(q.warrant) for level in levels)), [q.warrant]


def r11(log):
    for q in log.of("request"):
        listed = log.ruleset(q).basis.get(log.basis(q), {})
        functions, levels = listed.get("functions", []), listed.get("levels", [])
        wrong = (functions and log.function(q) not in functions) or (levels and log.read(q, "level", q.m["level"]) not in levels)
        yield q, result_of(wrong, not functions or not levels), []


def r12(log):
    for w in log.of("warrant"):
        if any(c.startswith("comms_content_") for c in log.categories(w)):
            matter = log.read(w, "matter", w.m["matter"])
            yield w, result_of(matter in ("electoral", "fiscal", "mercantile", "civil", "labour", "administrative")), []


def r13(log):
    for q in log.of("request"):
        if "identity_biometric" in log.categories(q):
            yield q, result_of("case" not in q.m or log.function(q) not in ("prosecution", "search_commission")), []


def r14(log):
    for q in log.of("request"):
        if "preservation" in log.categories(q):
            term = q.m.get("term")
            yield q, result_of(term and millis(term) > q.accepted + 90 * DAY, term is None), []


def r15(log):
    for q in log.of("request"):
        lacking = "term" not in q.m or log.read(q, "purpose", q.m["purpose"]["code"]) == "other"
        sector, said_by = log.sector(q)
        yield q, result_of(lacking and sector not in (None, "public"), lacking and sector is None), [said_by]


def r16(log):
    for transfer in log.of("transfer"):
        home = log.ruleset(transfer).home()
        if transfer.m["recipient"]["country"] != home:
            result = NOT_EVALUABLE if home is None else result_of("instrument" not in transfer.m)
            for q in transfer.named:
                yield q, result, [transfer]


def r17(log):
    for q in log.of("request"):
        if any(c in RETAINED for c in log.categories(q)):
            data = Window.of(q.m.get("data_window"))
            recent = data and data.start >= months_after(q.accepted, -12)
            answers = log.answering(q)
            result, kept_by = log.deadline(q.accepted + (24 if recent else 48) * HOUR, answers)
            yield q, result, kept_by or answers[:1]


def r18(log):
    for q in log.of("request"):
        for first in log.delivering(q)[:1]:
            latest = [first.accepted]
            if "notify" in q.m:
                latest.append(millis(q.m["notify"]["after"]))
            last_deferral = q.named_by("deferral")[-1:]
            latest += [millis(d.m["until"]) for d in last_deferral]
            notices = q.named_by("notice")
            result, kept_by = log.deadline(max(latest) + log.ruleset(first).notify_days * DAY, notices)
            yield q, result, [first] + last_deferral + (kept_by or notices[:1])


def r19(log):
    for q in log.of("request"):
        if "warrant" in q.m:
            yield q, result_of(q.warrant is None), [q.warrant, q.lookalike]


def r20(log):
    for r in log.of("response"):
        yield r, result_of(not r.named or r.named[0].m["holder"] != r.m["holder"]), r.named


def r21(log):
    for erasure in log.of("erasure"):
        naming = [e for e in log.blobs.get(erasure.m["blob"], []) if e.index < erasure.index]
        finding, unknown, related = False, not naming, []
        for e in naming:
            warrant = e if e.kind == "warrant" else e.warrant
            related += [e, warrant]
            if warrant is None:
                unknown = True
            elif log.court(warrant) != log.court(erasure):
                finding = True
            if e.kind == "request":
                handed_over = [r for r in log.delivering(e) if r.index < erasure.index][:1]
                told = [n for n in e.named_by("notice") if n.index < erasure.index][:1]
                related += handed_over + told
                if handed_over and not told:
                    finding = True
        yield erasure, result_of(finding, unknown), related


def r22(log):
    for e in log.entries:
        if e.kind != "genesis":
            revocation = log.revocations.get(vkey_of_signer(e))
            bad = (revocation and "since" in revocation.m and e.accepted >= millis(revocation.m["since"])
                   and e.index < revocation.index)
            yield e, result_of(bad), [revocation]


def vkey_of_signer(e):
    if e.enrolment is None or e.enrolment.kind == "enroll":
        return e.enrolment and e.enrolment.m["vkey"]
    for vkey in e.enrolment.m["registrars"]:
        name, key_id, _ = vkey.split("+", 2)
        if (name, key_id) == e.signer:
            return vkey
    return None


def code(log):
    for e in log.entries:
        found = [(vocabulary, c) for path, vocabulary in CODES_OF.get(e.kind, ()) for c in values(e.m, path.split("."))]
        yield e, result_of(any(not log.ruleset(e).knows(vocabulary, c) for vocabulary, c in found)), []


RULES = [("R01", r01), ("R02", r02), ("R03", r03), ("R04", r04), ("R05", r05), ("R06", r06), ("R07", r07), ("R08", r08),
         ("R09", r09), ("R10", r10), ("R11", r11), ("R12", r12), ("R13", r13), ("R14", r14), ("R15", r15), ("R16", r16),
         ("R17", r17), ("R18", r18), ("R19", r19), ("R20", r20), ("R21", r21), ("R22", r22), ("CODE", code)]


def answers_of(log):
    """{rule, result, entry, related} of every answer; in the order of entry, then rule, then first related entry."""
    order, answers = {name: n for n, (name, _) in enumerate(RULES)}, []
    for name, rule in RULES:
        for e, result, related in rule(log):
            answers.append({"rule": name, "result": result, "entry": e.index,
                            "related": sorted({r.index for r in related if r is not None and r is not e})})
    return sorted(answers, key=lambda a: (a["entry"], order[a["rule"]], a["related"][:1]))
