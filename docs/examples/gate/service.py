#!/usr/bin/python3
"""A data holder's web service behind `bitacora gate`: whose data it gives, and which, it takes from
the headers that nginx sets from the gate's answer. What a client asks for is the page, and no more.

    service.py SOCKET [CONNINFO]

SOCKET    a Unix socket for nginx alone; it is made with mode 0660
CONNINFO  of PostgreSQL; by default "dbname=bank user=consulta"

    GET /accounts              accounts of the person (category bank)
    GET /movements?after=ID    50 movements after that one (bank)
    GET /tax                   tax statements (fiscal)

It answers JSON: {"entry": N, "from": TIME or null, "until": TIME or null, "rows": […], "next": PATH
or null}; from and until are the gate's period, until not included. Needs python3-psycopg2. The rows
are held back by PostgreSQL (gate.sql), not here: a query that is wrong gives too little.
"""
import http.server
import json
import os
import re
import socketserver
import sys
import urllib.parse

import psycopg2

ROWS = 50
TIME = r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z"
# Path: the category of data, by what its rows know a person, and the query. Parameters are values,
# never SQL.
QUERIES = {
    "/accounts": ("bank", ("curp", "rfc", "account"),
                  "select clabe, name from account where clabe > %(text)s"
                  " order by clabe limit %(rows)s"),
    "/movements": ("bank", ("curp", "rfc", "account"),
                   "select id, clabe, at::text, cents, concept from movement"
                   " where id > %(number)s order by id limit %(rows)s"),
    "/tax": ("fiscal", ("curp",),
             "select year, cents from tax_statement where year > %(number)s"
             " order by year limit %(rows)s"),
}


class Denied(Exception):
    """status, and a sentence for whoever asks."""


def period(headers):
    """{"from", "until"} of the gate's headers. Each is there once at most; None: no limit."""
    limits = {}
    for key, name in (("from", "Bitacora-From"), ("until", "Bitacora-Until")):
        values = headers.get_all(name) or [None]
        if len(values) > 1 or not (values[0] is None or re.fullmatch(TIME, values[0])):
            raise Denied(403, "%s is not one time" % name)
        limits[key] = values[0]
    return limits


def scope(headers):
    """(entry, categories, type, value) of the gate's headers. Each has to be there, once."""
    said = []
    for name in ("Bitacora-Entry", "Bitacora-Categories", "Bitacora-Subject"):
        values = headers.get_all(name) or []
        if len(values) != 1:
            raise Denied(403, "%s was sent %d times; nginx sends it once" % (name, len(values)))
        said.append(values[0])
    entry, categories, subject = said
    if not re.fullmatch(r"[0-9]{1,20}", entry) or not re.fullmatch(r"[a-z0-9_,.-]*", categories):
        raise Denied(403, "the gate's headers have not the form that they should have")
    if subject == "none":
        raise Denied(403, "entry %s names no person, and these are data of persons" % entry)
    if subject == "sealed":
        raise Denied(403, "entry %s names persons, and none was shown to the gate: present it "
                          "again with an opening" % entry)
    kind, colon, value = subject.partition(":")
    try: # decoded once; what then is no text is no person either
        value = urllib.parse.unquote(value, errors="strict")
    except UnicodeDecodeError:
        value = ""
    if not colon or not re.fullmatch(r"[a-z0-9_.-]+", kind) or not value or "\0" in value:
        raise Denied(403, "Bitacora-Subject is not TYPE:VALUE")
    return int(entry), categories.split(","), kind, value


def page_after(query):
    """Where the page begins. No other parameter is taken: whom and what, the gate has said."""
    if not query:
        return ""
    match = re.fullmatch(r"after=([0-9]{1,18})", query)
    if not match:
        raise Denied(400, "the only parameter is after=NUMBER")
    return match[1]


def rows_of(sql, after, categories, kind, value, limits):
    """The rows, by one transaction that has this scope and ends with it."""
    database = psycopg2.connect(CONNINFO)
    try:
        database.set_session(readonly=True)
        with database, database.cursor() as cursor:
            cursor.execute("select set_config('bitacora.categories', %s, true),"
                           " set_config('bitacora.type', %s, true),"
                           " set_config('bitacora.value', %s, true),"
                           " set_config('bitacora.from', %s, true),"
                           " set_config('bitacora.until', %s, true)",
                           (",".join(categories), kind, value, limits["from"] or "-infinity",
                            limits["until"] or "infinity"))
            cursor.execute(sql, {"text": after, "number": int(after or 0), "rows": ROWS})
            names = [column.name for column in cursor.description]
            return [dict(zip(names, row)) for row in cursor]
    finally:
        database.close()


def answer(target, headers):
    """What a GET is answered with."""
    path, _, query = target.partition("?")
    entry, categories, kind, value = scope(headers)
    limits = period(headers)
    if path not in QUERIES:
        raise Denied(404, "there is %s" % ", ".join(QUERIES))
    category, known_by, sql = QUERIES[path]
    if category not in categories:
        raise Denied(403, "entry %d does not give the category %s" % (entry, category))
    if kind not in known_by: # no rows would say that there is nothing
        raise Denied(422, "%s knows persons by %s, not by %s: present the request with such an "
                          "opening" % (path, " or ".join(known_by), kind))
    rows = rows_of(sql, page_after(query), categories, kind, value, limits)
    first = next(iter(rows[-1].values())) if len(rows) == ROWS else None
    # Whose data they were stands in the log, sealed, and not here.
    print("entry %d: %s, %d rows" % (entry, path, len(rows)), flush=True)
    return {"entry": entry, **limits, "rows": rows, "next": first and "%s?after=%s" % (path, first)}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_GET(self):
        """HEAD is answered as GET, without the body."""
        try:
            self.send(200, answer(self.path, self.headers))
        except Denied as e:
            self.send(e.args[0], {"error": e.args[1]})
        except psycopg2.Error as e:
            print("503: %s" % str(e).strip(), file=sys.stderr, flush=True)
            self.send(503, {"error": "the data cannot be read now"})

    do_HEAD = do_GET

    def send(self, status, body):
        # What follows on this connection could be a body that was not read: it is no request.
        self.close_connection = True
        body = json.dumps(body, ensure_ascii=False).encode() + b"\n"
        self.send_response_only(status)
        for name, value in (("Content-Type", "application/json"), ("Cache-Control", "no-store"),
                            ("Content-Length", len(body))):
            self.send_header(name, str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True
    request_queue_size = 64


if __name__ == "__main__":
    if not 2 <= len(sys.argv) <= 3:
        sys.exit("usage: service.py SOCKET [CONNINFO]")
    CONNINFO = sys.argv[2] if len(sys.argv) == 3 else "dbname=bank user=consulta"
    if os.path.exists(sys.argv[1]):
        os.unlink(sys.argv[1])
    os.umask(0o117)
    with Server(sys.argv[1], Handler) as server:
        print("listening on " + sys.argv[1], flush=True)
        server.serve_forever()
