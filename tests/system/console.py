# SPDX-License-Identifier: BSD-3-Clause
"""Trivet in QEMU with a person at its console.

`Console` runs a command on a terminal of its own (pexpect) and knows the shell of the guest: `shell()` types a command and gives
back what it printed. Nothing here sleeps in order to wait: every wait is for something to appear, and every wait has a limit.
"""

import os
import pathlib
import re
import time

import pexpect

TOP = pathlib.Path(__file__).resolve().parents[2]
PROMPT = "~ # "
# Multiplies every time limit: for a machine slower than two idle cores.
SLOW = float(os.environ.get("SYSTEM_TEST_SLOW", "3"))
# Another hypervisor than the one that make has built, for work on a tree that others change at the same time.
IMAGE = pathlib.Path(os.environ.get("TRIVET_IMAGE", TOP / "build/hyp-gcc/trivet.bin"))
# QEMU's default algorithm for pointer authentication is slow to emulate, and nothing here is about it.
CPU = ("--cpu", "max,pauth-impdef=on")
# A VM with an unsound kernel shows it in one of these ways. (A boot says "rcu: Hierarchical SRCU implementation": not a complaint.)
COMPLAINTS = re.compile(r"rcu.*(stall|detected|starved|kthread|expedited)|lockup|hung|blocked for more|WARNING|\bBUG\b|Oops|Call trace|"
                        r"Internal error|Unhandled|I/O error|unexpected|spurious", re.I)
PANIC = re.compile(r"trivet: .*panic|PANIC|CHECK failed", re.I)


class Ended(AssertionError):
    """QEMU ended, or said nothing more, where the test waited for something."""


def clean_environment():
    """The jobs of a make that runs us are not those of a make that we run."""
    return {k: v for k, v in os.environ.items() if k not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL")}


class Console:
    """One run of QEMU, started by a command of the user's, with its console on a terminal."""

    def __init__(self, command, log):
        self.log = open(log, "w", encoding="utf-8", errors="replace")
        self.seen = ""
        self.child = pexpect.spawn(str(command[0]), [str(word) for word in command[1:]], cwd=str(TOP), env=clean_environment(),
                                   encoding="utf-8", codec_errors="replace", dimensions=(50, 200), timeout=None)
        self.child.logfile_read = self.log
        self.child.delaybeforesend = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def expect(self, pattern, seconds):
        """Waits until the console shows the pattern (a regular expression); the match. `seconds` are those of a quick machine."""
        got = self.child.expect([pattern, pexpect.EOF, pexpect.TIMEOUT], timeout=seconds * SLOW)
        self.seen = self.child.before if isinstance(self.child.before, str) else ""
        if got == 0:
            return self.child.match
        why = ("QEMU ended", f"nothing for {seconds * SLOW:g} s")[got - 1]
        raise Ended(f"{why}, waiting for {pattern!r}; the last lines were:\n{self.seen[-3000:]}")

    def prompt(self, seconds=30):
        """Waits for the shell of a guest that boots. Returns the seconds it took."""
        start = time.monotonic()
        self.expect(re.escape(PROMPT), seconds)
        # A line that wraps would come back with the line editor's marks in it.
        self.shell("stty cols 1000")
        return time.monotonic() - start

    def shell(self, command, seconds=10, status=0):
        """Types a command, waits for its end, returns its output. `status` is what it must end with; None: anything."""
        if "\n" in command:
            self.script("/tmp/typed", command)
            command = "sh /tmp/typed"
        self.child.send(f"{command}; echo @$?@\r")
        self.expect(r"; echo @\$\?@\r*\n", 10)
        ended = int(self.expect(r"@(\d+)@\r*\n", seconds).group(1))
        output = clean(self.seen)
        self.expect(re.escape(PROMPT), 10)
        assert status is None or ended == status, f"`{command}` ended with {ended}:\n{output}"
        return output.rstrip("\n")

    def script(self, path, text):
        """Types a file."""
        self.child.send(f"cat >{path} <<'EndOfFile'\r")
        for line in text.strip("\n").split("\n"):
            self.expect("> ", 10)
            self.child.send(line + "\r")
        self.expect("> ", 10)
        self.child.send("EndOfFile\r")
        self.expect(re.escape(PROMPT), 10)

    def paste(self, text, piece=1024):
        """Sends much text as a terminal does on a paste: as fast as it is taken, reading what comes meanwhile."""
        for at in range(0, len(text), piece):
            self.child.send(text[at:at + piece])
            self.read_available()

    def read_available(self):
        try:
            while self.child.read_nonblocking(65536, timeout=0):
                pass
        except pexpect.TIMEOUT:
            pass

    def end(self, seconds=20):
        """Waits for the end of QEMU. Returns (exit status, what was printed up to then)."""
        self.child.expect([pexpect.EOF, pexpect.TIMEOUT], timeout=seconds * SLOW)
        rest = clean(self.child.before)
        if self.child.flag_eof:
            self.child.wait()
            self.child.close()
            return self.child.exitstatus, rest
        raise Ended(f"QEMU does not end; the last lines were:\n{rest[-3000:]}")

    def close(self):
        self.child.close(force=True)
        self.log.close()


def clean(text):
    """Without carriage returns and the terminal's control sequences."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.replace("\r", ""))


def no_complaint(dmesg):
    """A guest's kernel log must not complain."""
    bad = [line for line in dmesg.splitlines() if COMPLAINTS.search(line)]
    assert not bad, "the kernel complains:\n" + "\n".join(bad[:40])
