#!/usr/bin/python3
"""Copies of a report in each of which one number is another by one: one digit, anywhere. Only the standard library.

    report_changed.py REPORT HOW_MANY FOLDER    FOLDER/0, FOLDER/1 …, spread over the file; how many is printed

Those in what the report says that it was made from are FOLDER/0.from …: the file may then be one of another log, or of none.

The one number that is left alone is that of the format: another one there means another version of the program.
"""
import os
import re
import sys


def main(arguments):
    report, how_many, folder = arguments
    with open(report, "rb") as f:
        data = f.read()
    made_from = re.search(rb"bitacora/v[0-9]+ report [A-Za-z0-9+/=]*", data).span()
    version = re.search(rb"bitacora/v[0-9]+ report ", data).span()
    numbers = [m.span() for m in re.finditer(rb"[0-9]+", data) if not version[0] <= m.start() < version[1]]
    step = max(1, len(numbers) // int(how_many))
    os.makedirs(folder)
    chosen = numbers[::step][:int(how_many)]
    for n, (start, end) in enumerate(chosen):
        digit = end - 1 if n % 2 else start
        within = made_from[0] <= start < made_from[1]
        with open(os.path.join(folder, "%d%s" % (n, ".from" if within else "")), "wb") as f:
            f.write(data[:digit] + b"%d" % ((data[digit] - ord("0") + 1) % 10) + data[digit + 1:])
    print(len(chosen))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
