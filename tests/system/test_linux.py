# SPDX-License-Identifier: BSD-3-Clause
"""Debian's Linux 6.12 in one VM with four vCPUs, on one core and on four: what a person would try at its shell.

The tests of a scenario share one QEMU and run in this order; each leaves the guest at its prompt.
"""

import calendar
import hashlib
import re
import time

import pytest

from console import no_complaint
from linux_load import LOAD, PING_PONG

CPUS = 4
SECTORS_64M = (64 << 20) // 512


class Scenario:
    """One QEMU for all tests of a scenario. After a test that failed, the next gets a new one."""

    def __init__(self, name, start):
        self.name, self.start, self.console = name, start, None

    def at_prompt(self):
        if self.console and (self.console.failed or not self.console.child.isalive()):
            self.close()
        if not self.console:
            self.console = self.start(self.name)
            self.console.scenario, self.console.failed = self.name, True
            self.console.boot_seconds = self.console.prompt(30)
        self.console.failed = False
        return self.console

    def close(self):
        if self.console:
            self.console.close()
            self.console = None


@pytest.fixture(scope="module", params=["linux", "linux-smp"], name="scenario")
def scenario_fixture(request, start):
    scenario = Scenario(request.param, start)
    yield scenario
    scenario.close()


@pytest.fixture(name="linux")
def linux_fixture(request, scenario):
    """The guest of this scenario at its prompt."""
    console = scenario.at_prompt()
    failed = request.session.testsfailed
    console.failed = True
    yield console
    console.failed = request.session.testsfailed > failed


def counts(linux, row):
    """One number a CPU, from a row of /proc/interrupts; several rows are added up."""
    rows = [line.split(":", 1)[1].split()[:CPUS] for line in linux.shell("cat /proc/interrupts").splitlines() if re.search(row, line)]
    assert rows, f"no row {row} in /proc/interrupts"
    return [sum(int(r[cpu]) for r in rows) for cpu in range(CPUS)]


def test_boot(linux):
    print(f"{linux.scenario}: prompt after {linux.boot_seconds:.1f} s")
    assert linux.shell("uname -r").startswith("6.12.")
    assert linux.shell("nproc") == str(CPUS)
    assert linux.shell("cat /sys/devices/system/cpu/online") == "0-3"
    no_complaint(linux.shell("dmesg"))


def test_timer_and_ipis_on_all_cpus(linux):
    timer, ipi = counts(linux, "arch_timer"), counts(linux, r"^IPI\d")
    linux.shell(PING_PONG, 30)
    timer2, ipi2 = counts(linux, "arch_timer"), counts(linux, r"^IPI\d")
    for cpu in range(CPUS):
        assert timer2[cpu] > timer[cpu], f"CPU {cpu}: no timer interrupt: {timer} {timer2}"
        assert ipi2[cpu] > ipi[cpu], f"CPU {cpu}: no IPI: {ipi} {ipi2}"


def test_clock(linux):
    before = time.time()
    text = re.search(r"\w{3} (\w{3} +\d+ [\d:]+ \d{4})", linux.shell("hwclock -u -r")).group(1)
    after = time.time()
    shown = calendar.timegm(time.strptime(text, "%b %d %H:%M:%S %Y"))
    assert before - 2 <= shown <= after + 2, f"the clock shows {text}"


def test_typing(linux):
    """Line editing and Ctrl-C, as a person uses them."""
    linux.child.send("echo tyX\x7fped\r")
    linux.expect(r"\ntyped\r*\n", 10)
    linux.expect("~ # ", 10)
    linux.child.send("sh -c 'echo sleeps; exec sleep 1000'\r")
    linux.expect(r"\nsleeps\r*\n", 10)
    linux.child.send("\x03")
    linux.expect("~ # ", 10)


@pytest.mark.parametrize("echo", ["-echo", "echo"])
def test_paste_64k(linux, echo):
    lines = [f"{n:05d} " + "The quick brown fox jumps over the lazy dog. 01" for n in range(65536 // 54)]
    linux.child.send(f"stty {echo}; cat >/tmp/paste; stty echo; echo @$?@\r")
    linux.expect(r"\$\?@\r*\n", 10)
    start = time.monotonic()
    for at in range(0, len(lines), 20):
        linux.paste("\n".join(lines[at:at + 20]) + "\n")
    linux.child.send("\x04")
    linux.expect(r"@0@\r*\n", 60)
    print(f"{linux.scenario}: 64 KiB pasted in {time.monotonic() - start:.1f} s")
    linux.expect("~ # ", 10)
    text = "\n".join(lines) + "\n"
    size, md5 = linux.shell("wc -c </tmp/paste; md5sum </tmp/paste").split("\n")
    assert int(size) == len(text)
    assert md5.split()[0] == hashlib.md5(text.encode()).hexdigest()
    linux.shell("rm /tmp/paste")


def test_disk_64m_read_back(linux):
    linux.shell("dd if=/dev/urandom of=/tmp/data bs=1M count=64", 120)
    linux.shell("dd if=/tmp/data of=/dev/vda bs=1M && sync", 60)
    linux.shell("echo 3 >/proc/sys/vm/drop_caches", 30)
    read_before = int(linux.shell("cat /sys/block/vda/stat").split()[2])
    linux.shell("dd if=/dev/vda bs=1M count=64 | cmp - /tmp/data", 60)
    read = int(linux.shell("cat /sys/block/vda/stat").split()[2]) - read_before
    assert read >= SECTORS_64M, f"only {read} sectors came from the disk"
    linux.shell("rm /tmp/data")


def test_cpus_off_and_on(linux):
    linux.shell("""
for n in 1 2 3 4 5 6 7 8 9 10; do
	for c in 1 2 3; do
		echo 0 >/sys/devices/system/cpu/cpu$c/online || exit 1
		test "$(cat /sys/devices/system/cpu/cpu$c/online)" = 0 || exit 2
		echo 1 >/sys/devices/system/cpu/cpu$c/online || exit 3
		test "$(cat /sys/devices/system/cpu/cpu$c/online)" = 1 || exit 4
	done
done""", 90)
    assert linux.shell("nproc") == str(CPUS)
    no_complaint(linux.shell("dmesg"))


def test_load_30s(linux):
    linux.shell("dmesg -c >/dev/null")
    linux.script("/tmp/load", LOAD)
    start = time.monotonic()
    output = linux.shell("sh /tmp/load 30", 120)
    print(f"{linux.scenario}: 30 s of load took {time.monotonic() - start:.1f} s; rounds: {' '.join(output.split())}")
    log = linux.shell("dmesg")
    no_complaint(log)
    assert "rcu" not in log.lower()
    assert linux.shell("echo alive") == "alive"


def test_reboot_three_times(linux):
    linux.shell("mke2fs -q /dev/vda && mkdir -p /mnt && mount -t ext4 /dev/vda /mnt", 30)
    linux.shell("echo kept >/mnt/file && umount /mnt && echo gone >/root/marker")
    boots = {linux.shell("cat /proc/sys/kernel/random/boot_id")}
    for n in range(3):
        linux.child.send("reboot -f\r")
        linux.expect("starts again", 20)
        linux.prompt(30)
        boots.add(linux.shell("cat /proc/sys/kernel/random/boot_id"))
        assert linux.shell("nproc") == str(CPUS)
        assert linux.shell("ls /root/marker 2>&1", status=1)
        assert linux.shell("cat /proc/sys/kernel/tainted") in ("0", "8192")
        linux.shell("mkdir -p /mnt && mount -t ext4 /dev/vda /mnt")
        assert linux.shell("cat /mnt/file") == "kept" + "+" * n
        linux.shell(f"echo kept{'+' * (n + 1)} >/mnt/file && umount /mnt")
        no_complaint(linux.shell("dmesg"))
    assert len(boots) == 4, "a boot id came twice"


def test_poweroff(linux):
    linux.child.send("poweroff -f\r")
    status, rest = linux.end()
    assert status == 0, rest
    assert "powered off" in rest
