"""What of a text is the same in each run: without keys, hashes, times of day and ports."""
import re

DIFFERS = (
    (re.compile(r'[A-Za-z0-9+/=_-]{24,}'), lambda m: '…' if re.search(r'\d|[A-Z]', m[0]) else m[0]),
    (re.compile(r'\+[0-9a-f]{8}\b'), '+…'),  # a key's id
    (re.compile(r'\d\d:\d\d(:\d\d(\.\d+)?)?'), '…'),
    (re.compile(r'127\.0\.0\.1:\d+'), '127.0.0.1:…'),
    (re.compile(r'-?\d+[.,]\d{1,3} s\b'), '… s'),
)


def same(text):
    """The lines of `text` that are not empty, with … for what differs."""
    for pattern, put in DIFFERS:
        text = pattern.sub(put, text)
    return [' '.join(line.split()) for line in text.splitlines() if line.strip()]


def difference(was, now):
    """The first lines that are not the same, to be printed."""
    for i, (a, b) in enumerate(zip(was, now)):
        if a != b:
            return [f'line {i + 1} was: {a}', f'line {i + 1} is:  {b}']
    return [f'{len(was)} lines were there, {len(now)} are'] if len(was) != len(now) else []
