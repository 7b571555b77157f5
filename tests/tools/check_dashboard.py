#!/usr/bin/python3
"""packaging/grafana/bitacora.json against what there is. TAP on standard output.

usage: check_dashboard.py DASHBOARD RULES PAGE METRICS PROMETHEUS OUT

- It is a model that Grafana takes: ids, places on the grid, data sources by variable, queries.
- Each metric that it names is in METRICS (of a running daemon); a counter stands in a rate alone.
- Each expression is a rule that promtool takes (OUT is written for it), and PROMETHEUS (a URL, which
  scrapes a running daemon) answers it; but for those that have nothing to show, LACKING.
- Each metric that an alert of RULES asks for is shown. Each runbook is a heading of PAGE.
"""
import json
import re
import sys
import time
import urllib.parse
import urllib.request

DASHBOARD, RULES, PAGE, METRICS, PROMETHEUS, OUT = sys.argv[1:7]
COLUMNS = 24
SECONDS = 30  # until it answers: a scrape that took too long leaves a gap
UNITS = {"short", "ops", "reqps", "s", "bytes"}
# Without TLS there is no certificate; without a commit no time of one.
LACKING = {"Certificate expires in"}
count = failed = 0


def tap(good, what, why=()):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    if not good:
        print("\n".join(f"# {line}" for line in why))


def read(path):
    with open(path, encoding="utf-8") as f:
        return f.read()


def plain(expression):
    """As Grafana sends it, with the choices of a reader."""
    return (expression.replace("$__rate_interval", "1m").replace('"$job"', '"bitacora"')
            .replace('"$instance"', '".*"'))


def check_model(board, panels):
    wrong = [f"no {name}" for name in ("uid", "title", "schemaVersion", "time", "templating") if not board.get(name)]
    variables = {v["name"] for v in board["templating"]["list"]}
    used = set(re.findall(r"\$\{?([a-z]+)\}?", json.dumps(board)))
    wrong += [f"${v} is no variable" for v in used - variables]
    if len({p["id"] for p in panels}) != len(panels):
        wrong.append("two panels have one id")
    taken = {}
    for p in panels:
        place = p["gridPos"]
        if place["x"] + place["w"] > COLUMNS:
            wrong.append(f"{p['title']} is wider than the page")
        for cell in ((x, y) for x in range(place["x"], place["x"] + place["w"])
                     for y in range(place["y"], place["y"] + place["h"])):
            if cell in taken:
                wrong.append(f"{p['title']} lies over {taken[cell]}")
                break
            taken[cell] = p["title"]
    tap(not wrong, "Grafana's model: ids, variables, places", wrong)


def check_panels(shown):
    wrong = []
    for p in shown:
        title = p["title"]
        if p["type"] not in ("stat", "timeseries") or not p.get("description") or not p.get("targets"):
            wrong.append(f"{title}: a type, a description, queries")
        if p["fieldConfig"]["defaults"]["unit"] not in UNITS:
            wrong.append(f"{title}: an unknown unit")
        if len({t["refId"] for t in p["targets"]}) != len(p["targets"]):
            wrong.append(f"{title}: two queries have one name")
        if any(d.get("uid") != "${datasource}" for d in [p["datasource"]] + [t["datasource"] for t in p["targets"]]):
            wrong.append(f"{title}: a data source of somebody's own")
    tap(not wrong, f"each of {len(shown)} panels says what it shows", wrong)


def check_metrics(shown):
    types = dict(re.findall(r"^# TYPE (\S+) (\S+)", read(METRICS), re.M))
    wrong, named = [], set()
    for p in shown:
        for t in p["targets"]:
            for before, name in re.findall(r"([a-z_]*\(?)\b(bitacora_\w+)", t["expr"]):
                named.add(name)
                if name not in types:
                    wrong.append(f"{p['title']}: there is no {name}")
                elif (types[name] == "counter") != (before == "rate("):
                    wrong.append(f"{p['title']}: {name} is a {types[name]}")
            if re.search(r"bitacora_\w+(?!\w|\{job=\"\$job\",instance=~\"\$instance\"\})", t["expr"]):
                wrong.append(f"{p['title']}: of every log there is: {t['expr']}")
    tap(not wrong, f"{len(named)} metrics are the daemon's", wrong)
    alerts = re.sub(r"annotations:.*?(?=- alert|\Z)", "", read(RULES), flags=re.S)
    missing = set(re.findall(r"\b(bitacora_\w+)", alerts)) - named
    tap(not missing, "what alerts ask for is shown", sorted(missing))


def check_runbooks(shown):
    heads = set(re.findall(r"^#+ (.*)$", read(PAGE), re.M))
    named = [m for p in shown for m in re.findall(r"Runbook: (.*?)\.(?:$| )", p["description"])]
    wrong = [n for n in named if n not in heads]
    tap(named and not wrong, f"{len(named)} runbooks are headings of the page", wrong)


def answers(expression):
    query = urllib.parse.urlencode({"query": expression})
    with urllib.request.urlopen(f"{PROMETHEUS}/api/v1/query?{query}", timeout=30) as f:
        return json.load(f)["data"]["result"]


def answered(expression):
    end = time.monotonic() + SECONDS
    while not answers(expression):
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def check_answers(shown):
    rules, wrong = [], []
    for p in shown:
        for t in p["targets"]:
            expression = plain(t["expr"])
            rules.append(f"      - {{record: 'panel:{p['id']}{t['refId']}', expr: '{expression}'}}")
            if answers(expression) if p["title"] in LACKING else not answered(expression):
                wrong.append(f"{p['title']}: {expression}")
    with open(OUT, "w", encoding="utf-8") as f:
        f.write("groups:\n  - name: dashboard\n    rules:\n" + "\n".join(rules) + "\n")
    tap(not wrong, f"Prometheus answers {len(rules)} expressions", wrong)


def main():
    board = json.loads(read(DASHBOARD))
    shown = [p for p in board["panels"] if p["type"] != "row"]
    check_model(board, board["panels"])
    check_panels(shown)
    check_metrics(shown)
    check_runbooks(shown)
    check_answers(shown)
    print(f"1..{count}")
    sys.exit(failed != 0)


main()
