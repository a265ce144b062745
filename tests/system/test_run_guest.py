# SPDX-License-Identifier: BSD-3-Clause
"""`make run-guest`: raw binaries and an arm64 Image, each variable, standard input through a pipe."""

import os
import re
import subprocess

import pytest

from conftest import make
from console import SLOW, TOP, clean_environment
from machine import Output

MINIMAL = TOP / "build/images/minimal"
RANDOM = os.urandom(1 << 20)


def run_guest(*variables, stdin=b"", seconds=60):
    command = [str(word) for word in make("--no-print-directory", "run-guest", f"TIMEOUT={seconds * SLOW:g}", *variables)]
    done = subprocess.run(command, cwd=TOP, env=clean_environment(), input=stdin, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          timeout=(seconds + 30) * SLOW, check=False)
    return Output(done.returncode, done.stdout.decode(errors="replace"))


def run_linux(commands, *variables, args=""):
    """Our own kernel, which runs the commands (without blanks and commas of their own) before its shell, then powers off."""
    words = ",".join(commands.split())
    return run_guest(f"GUEST_BIN={MINIMAL}/Image", f"GUEST_INITRD={MINIMAL}/initramfs.cpio.gz",
                     f"GUEST_ARGS=console=ttyAMA0 quiet {args} trivet.run={words};poweroff,-f", *variables)


def test_raw_binary_is_entered_as_promised(payload):
    done = run_guest(f"GUEST_BIN={payload('hello')}")
    assert done.status == 0, done.text
    checks = [line for line in done.lines if re.match(r"(x0|magic|address|EL1|MMU off): ", line)]
    assert len(checks) == 5 and all(line.endswith(": ok") for line in checks), done.text


def test_icount_gives_the_same_run_twice(payload):
    first, second = (run_guest(f"GUEST_BIN={payload('hello')}", "ICOUNT=1") for _ in range(2))
    assert first.status == 0 and first.log, first.text
    # The log's times included. Of its own, QEMU may warn while it ends that no timer is left to jump to.
    first, second = ([line for line in done.lines if "no active timers" not in line] for done in (first, second))
    assert first == second


def test_stdin_through_a_pipe(payload):
    text = "".join(f"{n:05d}|" for n in range(3000))
    done = run_guest(f"GUEST_BIN={payload('echo')}", stdin=text.encode() + b".")
    assert done.status == 0, done.text
    assert f"<{text}>" in done.text


@pytest.mark.usefixtures("bundles")
def test_image_with_defaults():
    done = run_linux("nproc; grep MemTotal /proc/meminfo; ls /sys/block; hwclock -u -r", "ICOUNT=1")
    assert done.status == 0, done.text
    assert "1" in done.lines, done.text
    assert 200 << 10 < int(re.search(r"MemTotal: +(\d+) kB", done.text).group(1)) < 256 << 10
    assert "vda" not in done.text, done.text
    assert "Jan  1 00:0" in done.text and "2026" in done.text, done.text


@pytest.mark.usefixtures("bundles")
def test_image_with_all_variables(out):
    (out / "disk").write_bytes(RANDOM)
    done = run_linux("nproc; grep MemTotal /proc/meminfo; grep marker=here /proc/cmdline; md5sum /dev/vda; "
                     "blockdev --getsize64 /dev/vda", "GUEST_CPUS=3", "PCPUS=2", "GUEST_MEM=384", f"GUEST_DISK={out / 'disk'}",
                     args="marker=here")
    assert done.status == 0, done.text
    assert "3" in done.lines and any("2 of 2 cores" in line for line in done.log), done.text
    assert 320 << 10 < int(re.search(r"MemTotal: +(\d+) kB", done.text).group(1)) < 384 << 10
    assert "marker=here" in done.text
    assert str(len(RANDOM)) in done.lines, done.text
    md5 = subprocess.run(["md5sum"], input=RANDOM, stdout=subprocess.PIPE, check=True).stdout.decode().split()[0]
    assert md5 in done.text, done.text


def test_what_is_wrong_is_said(payload):
    hello = payload("hello")
    for variables, says in ((["GUEST_BIN=/nonexistent"], "no such file"), ([], "GUEST_BIN is not set"),
                            ([f"GUEST_BIN={hello}", "GUEST_MEM=much"], "GUEST_MEM"), ([f"GUEST_BIN={hello.with_suffix('.elf')}"], "ELF"),
                            ([f"GUEST_BIN={hello}", "GUEST_CPUS=0"], "cpus: 0"), ([f"GUEST_BIN={hello}", "GUEST_CPUS=65"], "more than 64")):
        done = run_guest(*variables)
        assert says in done.text and "hello from" not in done.text, done.text
