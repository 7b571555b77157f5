#!/usr/bin/python3
"""Runs the commands of a page (docs/OPERATIONS.md) in its order, in one bash, and compares what they
print with what the page says. TAP on standard output.

usage: run_page.py PAGE MACHINE MAP [--show] [--record FILE]
Warnings that keys cannot be locked in memory, and of root, are the testing machine's: not compared.

A fenced block of the page is one of these:

    ```sh run            its commands succeed
    ```sh run exits 2    its last command ends with 2
    ```sh run recorded   is shown in the recording, too (also with "exits N")
    ```prints            what the block before it printed: each line; "…" stands for anything, and on a
                         line of its own for any number of lines
    ```sh elsewhere: …   is not run here, for the reason that it gives

MACHINE is sourced by the bash first: what stands in for systemctl and the like. MAP has lines
"what the page says<TAB>what is there here"; the commands are changed by it, and what they print is
changed back. With --show what each block printed is printed, too. FILE gets the blocks that are
recorded as JSON: [{"commands", "printed"}], for tests/pages/recording.py.
"""
import json
import os
import re
import select
import signal
import subprocess
import sys
import tempfile

SECONDS = 120  # for one block; nothing waits so long but what hangs


class Block:
    def __init__(self, line, info):
        self.line, self.info, self.text, self.prints = line, info, [], None


def blocks(lines):
    """The fenced blocks, those that print with the block before them."""
    found, inside = [], None
    for number, line in enumerate(lines, 1):
        if not line.startswith("```"):
            if inside is not None:
                inside.text.append(line)
        elif inside is None:
            inside = Block(number, line[3:].strip())
        else:
            if inside.info == "prints" and found and found[-1].prints is None:
                found[-1].prints = inside.text
            else:
                found.append(inside)
            inside = None
    return found


def expected(lines):
    """The pattern of what is printed, line by line."""
    pattern = ""
    for line in lines:
        if line.strip() == "…":
            pattern += r"(?:.*\n)*?"
        else:
            pattern += ".*".join(re.escape(part.strip()) for part in line.split("…")) + r"[ \t]*\n"
    return re.compile(pattern)


class Shell:
    def __init__(self, machine):
        self.folder = tempfile.mkdtemp(prefix="page.", dir=os.getcwd())  # the page may go elsewhere
        self.bash = subprocess.Popen(["bash", "--noprofile", "--norc"], text=True, bufsize=1,
                                     stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                     start_new_session=True)
        self.failed = f"{self.folder}/failed"
        self.say(f". {machine}; set -E; trap 'echo \"$BASH_COMMAND: exit $?\" >>{self.failed}' ERR")

    def say(self, command):
        self.bash.stdin.write(command + "\n")
        self.bash.stdin.flush()

    def run(self, number, text):
        """Runs it. Returns its exit status, what it printed, and what failed in it."""
        file = f"{self.folder}/{number}"
        with open(file, "w", encoding="utf-8") as f:
            f.write(text)
        open(self.failed, "w").close()
        self.say(f". {file} >{file}.out 2>&1 </dev/null; echo \"ended $?\"")
        if not select.select([self.bash.stdout], [], [], SECONDS)[0]:
            status = None
        else:
            said = self.bash.stdout.readline().split()
            status = int(said[1]) if len(said) == 2 and said[0] == "ended" else None
        with open(f"{file}.out", encoding="utf-8", errors="replace") as f, open(self.failed) as g:
            return status, f.read(), g.read()

    def end(self, hangs):
        """Ends the bash, which ends its services; one that hangs, and all that it started."""
        if hangs:
            os.killpg(self.bash.pid, signal.SIGTERM)
        self.bash.stdin.close()
        self.bash.wait()


class Tap:
    count = failed = 0

    def say(self, good, what, why=""):
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {what}")
        if not good:
            print("\n".join("# " + line for line in why.splitlines()), flush=True)


def comparable(printed):
    """What it printed, without the testing machine's own warnings, and progress that it is too slow
    to do without."""
    printed = re.sub(r"(?m)^store: \d+ (?:of|de) \d+ MB$", "", printed)
    of_machine = ("keys cannot be locked in memory", "this runs as root")
    lines = [line.strip() for line in printed.splitlines() if not any(words in line for words in of_machine)]
    return "".join(line + "\n" for line in lines if line)


def judge(tap, block, want, result):
    """Says whether it did what the page says. What follows rests on it: the first that did not is the last."""
    status, printed, failed = result
    first = next((text for text in block.text if text.strip()), "").replace("\\", "")[:60]
    why = ""
    if status is None:
        why = "it did not end\n"
    elif status != want or (failed and want == 0):
        why = f"exit {status}, expected {want}\n{failed}"
    elif block.prints is not None and not expected(block.prints).fullmatch(comparable(printed)):
        why = "the page says\n" + "\n".join(block.prints) + "\nand it printed\n"
    tap.say(why == "", f"line {block.line}: {first}", why + printed)
    return why == ""


def main():
    page, machine, mapping = sys.argv[1:4]
    with open(mapping, encoding="utf-8") as f:
        pairs = [line.rstrip("\n").split("\t") for line in f if line.strip()]
    with open(page, encoding="utf-8") as f:
        found = blocks(f.read().splitlines())
    shell, tap, status = Shell(machine), Tap(), 0
    record = []
    for number, block in enumerate(found):
        run = re.fullmatch(r"sh run( recorded)?(?: exits (\d+))?", block.info)
        if run is None:
            tap.say(re.match(r"sh elsewhere: \S", block.info) or block.info == "conf",
                    f"line {block.line}: a block that is not run says why", f"it says: {block.info}")
            continue
        text = "\n".join(block.text) + "\n"
        for there, here in pairs:
            text = text.replace(there, here)
        status, printed, failed = shell.run(number, text)
        for there, here in pairs:
            printed = printed.replace(here, there)
        if "--show" in sys.argv:
            print(f"# ---- line {block.line}\n{printed}", end="")
        if run[1]:
            record.append({"commands": block.text, "printed": printed})
        if not judge(tap, block, int(run[2] or 0), (status, printed, failed)):
            break
    shell.end(status is None)
    if "--record" in sys.argv:
        with open(sys.argv[sys.argv.index("--record") + 1], "w", encoding="utf-8") as f:
            json.dump(record, f, ensure_ascii=False, indent=1)
    print(f"1..{tap.count}")
    sys.exit(tap.failed != 0)


if __name__ == "__main__":
    main()
