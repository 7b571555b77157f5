"""What was tried and what came of it, in a file, so that a run goes on where the last one ended."""
import os
import shutil
import threading

from programs import PRELOAD, hash_of_file, program

HERE = os.path.dirname(os.path.abspath(__file__))


class Tried:
    """FOLDER/tried.tsv counts as long as programs, library and these scripts are the same: if not, FOLDER begins empty."""

    def __init__(self, folder, scripts):
        self.folder, self.path = folder, os.path.join(folder, "tried.tsv")
        self.lock = threading.Lock()
        parts = [program("bitacorad"), program("bitacora"), PRELOAD]
        parts += [os.path.join(HERE, n) for n in ("programs.py", "people.py", "template.py", "rig.py", "rig_witness.py", *scripts)]
        stamp = "# " + " ".join(hash_of_file(p)[:16] for p in parts)
        lines = []
        if os.path.exists(self.path):
            with open(self.path) as f:
                lines = f.read().splitlines()
        self.resumed = bool(lines) and lines[0] == stamp
        self.results = dict(line.rsplit("\t", 1) for line in lines[1:]) if self.resumed else {}
        if not self.resumed:
            shutil.rmtree(folder, ignore_errors=True)
            os.makedirs(folder)
        self.file = open(self.path, "w")
        print(stamp, file=self.file)
        for key, result in self.results.items():
            print(key, result, sep="\t", file=self.file)
        self.file.flush()

    def __contains__(self, key):
        return "\t".join(map(str, key)) in self.results

    def add(self, key, result):
        with self.lock:
            self.results["\t".join(map(str, key))] = result
            print(*key, result, sep="\t", file=self.file, flush=True)

    def count(self, result):
        return list(self.results.values()).count(result)

    def say(self, text):
        """Lines that do not mix."""
        with self.lock:
            print(text, flush=True)

    def figures(self, line):
        """The last line, and a file for whoever ran this among other things."""
        with open(os.path.join(self.folder, "figures"), "w") as f:
            print(line, file=f)
        print(line)
