"""Who was answered, and when: by a journal of what a daemon heard and sent (journal.py)."""
import base64
import binascii
import hashlib
import re

import journal

REQUEST = re.compile(rb"^(GET|HEAD|POST|PUT) ")
ANSWER = re.compile(rb"^HTTP/1\.1 (\d{3}) ")
BEARER = re.compile(rb"\r\nAuthorization: Bearer ([^\r\n]*)\r\n", re.IGNORECASE)


def token_of(heard):
    """The hash of the token that a read shows, as rows have it, or None."""
    found = heard.startswith((b"GET ", b"HEAD ")) and BEARER.search(heard)
    try:
        return base64.b64encode(hashlib.sha256(base64.b64decode(found.group(1))).digest()).decode() if found else None
    except binascii.Error:
        return None


def needs_row(status):
    """Who shows a token that is not good has no row, nor has who is told to come again."""
    return status not in (401, 403) and status < 500


def answered(events):
    """[(how many things had been sent, status, hash of the token)]: each first byte of an answer to a token that needs a row. A
    client asks once at a time on a connection."""
    heard, out, sent = {}, [], 0
    for e in events:
        if e.what == journal.HEARD:
            heard[e.ino] = e.data if REQUEST.match(e.data) else heard.get(e.ino, b"") + e.data
        if e.what != journal.SEND:
            continue
        answer = ANSWER.match(e.data)
        token = token_of(heard.get(e.ino, b"")) if answer else None
        if token and needs_row(int(answer.group(1))):
            out.append((sent, int(answer.group(1)), token))
        sent += 1
    return out
