"""What a journal of faults.so says (journal.c), and what a disk may hold when the power goes at some point of it.

A folder or file that was synced is as it was when the sync began. Of what came later anything may be there: each write, or
some sectors of it, and each change of a name; a new file has a name for certain only when its folder was synced. A rename is
never torn so that the file has no name at all.
"""
import os
import random
import stat
import struct

HEAD = struct.Struct("<8Q")
(CREATE, MKDIR, WRITE, TRUNCATE, RENAME, UNLINK, SYNC_BEGIN, SYNC_END, SEND, MAPPED, FAILED, SYNCED, LINK, HEARD) = range(1, 15)
SECTOR = 512


class Event:
    __slots__ = ("number", "what", "ino", "other", "at", "path", "second", "data")

    def __repr__(self):
        names = ("create mkdir write truncate rename unlink sync-begin sync-end send mapped failed synced link heard").split()
        return "%d %s %d %d %s %s %d bytes" % (self.number, names[self.what - 1], self.ino, self.at, self.path, self.second,
                                               len(self.data))


def read(path):
    """The events, numbered in their order from 1, whichever process they are of."""
    events, numbers = [], {}
    with open(path, "rb") as f:
        data = f.read()
    at = 0
    while at < len(data):
        e = Event()
        number, e.what, e.ino, e.other, e.at, a, b, c = HEAD.unpack_from(data, at)
        at += HEAD.size
        e.path, e.second, e.data = data[at:at + a].decode(), data[at + a:at + a + b].decode(), data[at + a + b:at + a + b + c]
        at += a + b + c
        events.append(e)
        e.number = numbers[number] = len(events)
        if e.what in (SYNC_END, SYNCED):
            e.at = numbers[e.at]
        if e.what == FAILED:
            raise ValueError("a call failed while the journal was written: %r" % e)
    return events


def with_write(content, at, data):
    if len(content) < at:
        content.extend(bytes(at - len(content)))
    content[at:at + len(data)] = data


class File:
    def __init__(self, content=b"", mode=0o600):
        self.durable, self.mode = bytearray(content), mode
        self.pending = []                                       # (number, at, data), or (number, size, None): truncated

    def settle(self, before):
        self.durable = self.content([p for p in self.pending if p[0] < before])
        self.pending = [p for p in self.pending if p[0] >= before]

    def settle_one(self, number):
        """One write is on the disk, whatever is of those before."""
        _, at, data = next(p for p in self.pending if p[0] == number)
        with_write(self.durable, at, data)
        self.pending = [p for p in self.pending if p[0] != number]
        for other, begin, bytes_ in self.pending:
            if other < number and bytes_ is not None and begin < at + len(data) and at < begin + len(bytes_):
                raise ValueError("a synced write over one that was not")

    def content(self, pending):
        out = bytearray(self.durable)
        for _, at, data in pending:
            if data is None:
                out = out[:at] + bytes(max(0, at - len(out)))
            else:
                with_write(out, at, data)
        return out

    def after_crash(self, how):
        """Its bytes: how as for Disk.write()."""
        if how == "least":
            return self.durable
        if how == "most":
            return self.content(self.pending)
        chosen = []
        for number, at, data in self.pending:
            luck = how.random()
            if luck < 0.4:
                chosen.append((number, at, data))
            elif luck < 0.6 and data is not None and len(data) > SECTOR:
                for i in range(0, len(data), SECTOR):
                    if how.random() < 0.5:
                        chosen.append((number, at + i, data[i:i + SECTOR]))
        return self.content(chosen)


class Folder:
    def __init__(self, mode=0o700):
        self.durable, self.mode = {}, mode
        self.pending = []                                       # (number, name, what it names or None)

    def settle(self, before):
        for number, name, what in self.pending:
            if number < before:
                self.put(self.durable, name, what)
        self.pending = [p for p in self.pending if p[0] >= before]

    @staticmethod
    def put(names, name, what):
        if what is None:
            names.pop(name, None)
        else:
            names[name] = what

    def names(self, numbers):
        out = dict(self.durable)
        for number, name, what in self.pending:
            if numbers is True or number in numbers:
                self.put(out, name, what)
        return out


class Disk:
    """A folder as it is before the journal begins, and then event by event."""

    def __init__(self, root):
        self.root = root
        self.objects = {}                                       # inode -> File or Folder
        self.moved = {}                                         # number of a rename -> (folder of the old name, of the new)
        self.top = self.take(root)
        self.sent = []                                          # (number, bytes)
        self.unseen = set()                                     # files that are mapped: their bytes are not known

    def take(self, path):
        s = os.lstat(path)
        if stat.S_ISDIR(s.st_mode):
            out = Folder(s.st_mode & 0o7777)
            for name in os.listdir(path):
                out.durable[name] = self.take(os.path.join(path, name))
        else:
            with open(path, "rb") as f:
                out = File(f.read(), s.st_mode & 0o7777)
        self.objects[s.st_ino] = out
        return out

    def apply(self, e):
        name = os.path.basename(e.path)
        if e.what in (CREATE, MKDIR):
            made = File() if e.what == CREATE else Folder()
            self.objects[e.ino] = made
            self.objects[e.other].pending.append((e.number, name, made))
        elif e.what == LINK:
            self.objects[e.other].pending.append((e.number, name, self.objects[e.ino]))
        elif e.what == WRITE:
            self.objects[e.ino].pending.append((e.number, e.at, e.data))
        elif e.what == TRUNCATE:
            self.objects[e.ino].pending.append((e.number, e.at, None))
        elif e.what == RENAME:
            old, new = self.objects[e.at], self.objects[e.other]
            new.pending.append((e.number, os.path.basename(e.second), self.objects[e.ino]))
            old.pending.append((e.number, name, None))
            self.moved[e.number] = (old, new)
        elif e.what == UNLINK:
            self.objects[e.other].pending.append((e.number, name, None))
        elif e.what == SYNC_END:
            self.sync(self.objects[e.ino], e.at)
        elif e.what == SYNCED:
            self.objects[e.ino].settle_one(e.at)
        elif e.what == SEND:
            self.sent.append((e.number, e.data))
        elif e.what == MAPPED:
            self.unseen.add(name)

    def sync(self, what, before):
        """A folder that forgot a name for certain has told the other one the new name."""
        if isinstance(what, Folder):
            for number, name, named in what.pending:
                old, new = self.moved.get(number, (None, None))
                if number < before and old is what and new is not what and named is None:
                    for p in [p for p in new.pending if p[0] == number]:
                        new.put(new.durable, p[1], p[2])
                        new.pending.remove(p)
        what.settle(before)

    def write(self, to, how):
        """Writes what may be there after a crash: how "least" (only what is certain), "most", or a random.Random."""
        self.fill(self.top, to, how, {})

    def fill(self, folder, to, how, luck):
        os.makedirs(to)
        numbers = set() if how == "least" else True
        if isinstance(how, random.Random):                      # the two halves of a rename go together
            numbers = {n for n, _, _ in folder.pending if luck.setdefault(n, how.random() < 0.5)}
        for name, what in folder.names(numbers).items():
            path = os.path.join(to, name)
            if isinstance(what, Folder):
                self.fill(what, path, how, luck)
                continue
            with open(path, "wb") as f:
                f.write(what.after_crash(how))
            os.chmod(path, what.mode)
        os.chmod(to, folder.mode)


def differences(one, other, unseen):
    """Where two folders differ; files whose bytes are not known are only looked for by name."""
    out = []
    names = set(os.listdir(one)) | set(os.listdir(other))
    for name in sorted(names):
        a, b = os.path.join(one, name), os.path.join(other, name)
        if not (os.path.lexists(a) and os.path.lexists(b)):
            out.append("%s is only in one" % name)
        elif os.path.isdir(a):
            out += [name + "/" + d for d in differences(a, b, unseen)]
        elif name not in unseen:
            with open(a, "rb") as f, open(b, "rb") as g:
                if f.read() != g.read():
                    out.append("%s differs" % name)
    return out
