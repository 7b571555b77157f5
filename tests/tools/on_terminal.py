#!/usr/bin/python3
"""Runs a command on a terminal of its own, and types into it when it asks.

    on_terminal.py ANSWER... -- COMMAND...

Each time the command has written something that ends in ": " or, as a question whose answer is shown, in "] ", the next ANSWER is typed: a line, or ^C, ^D or ^Z (it is
continued when it has stopped). Prints what the terminal showed, and then, in lines of their own, `echo on` or `echo off` as the
terminal was left, and `exit N` or `signal N`.
"""
import os
import pty
import select
import signal
import sys
import termios

KEYS = {"^C": b"\x03", "^D": b"\x04", "^Z": b"\x1a"}


def is_echoing(fd):
    return bool(termios.tcgetattr(fd)[3] & termios.ECHO)


def be_shell(command):
    """Runs the command in a group of its own, as shells do; continues it whenever it has stopped; ends as it did."""
    child = os.fork()
    if child == 0:
        os.setpgid(0, 0)
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT):
            signal.signal(number, signal.SIG_DFL)  # who runs the tests in the background ignores them
        signal.signal(signal.SIGTTOU, signal.SIG_IGN)  # else it may not make itself the group that is in front
        os.tcsetpgrp(0, os.getpgid(0))
        signal.signal(signal.SIGTTOU, signal.SIG_DFL)
        os.execvp(command[0], command)
    status = os.waitpid(child, os.WUNTRACED)[1]
    while os.WIFSTOPPED(status):
        os.write(1, b"stopped, echo %s\n" % (b"on" if is_echoing(0) else b"off"))
        os.kill(child, signal.SIGCONT)
        status = os.waitpid(child, os.WUNTRACED)[1]
    if os.WIFSIGNALED(status):
        signal.signal(os.WTERMSIG(status), signal.SIG_DFL)
        os.kill(os.getpid(), os.WTERMSIG(status))
    os._exit(os.WEXITSTATUS(status))


def main():
    cut = sys.argv.index("--")
    answers, command = sys.argv[1:cut], sys.argv[cut + 1:]
    child, fd = pty.fork()
    if child == 0:
        be_shell(command)
    shown, asked = b"", 0
    while select.select([fd], [], [], 60)[0]:
        try:
            got = os.read(fd, 4096)
        except OSError:  # the terminal has no other end any more
            break
        if not got:
            break
        shown += got
        if shown[asked:].endswith((b": ", b"] ")) and answers:
            secret = shown.endswith(b": ")
            asked = len(shown)
            # It has asked for a secret only once it reads: with echo off.
            for _ in range(2000 if secret else 0):
                if not is_echoing(fd):
                    break
                select.select([], [], [], 0.005)
            answer = answers.pop(0)
            os.write(fd, KEYS.get(answer, answer.encode() + b"\n"))
    else:
        os.kill(child, signal.SIGKILL)  # a minute without a word: the command's terminal ends with its shell
    left = is_echoing(fd)
    _, status = os.waitpid(child, 0)
    sys.stdout.flush()
    sys.stdout.buffer.write(shown.replace(b"\r\n", b"\n") + b"\n")
    print("echo %s" % ("on" if left else "off"))
    print("signal %d" % os.WTERMSIG(status) if os.WIFSIGNALED(status) else "exit %d" % os.WEXITSTATUS(status))


main()
