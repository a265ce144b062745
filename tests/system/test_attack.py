# SPDX-License-Identifier: BSD-3-Clause
"""Guests that attack (tests/attack), each beside a Linux VM on the same two cores: Linux goes on computing what is right and answers at its
console, Trivet says little, and nothing ends but what is to.

The attacker waits for a key; so the order is: Linux to its prompt, a load in it, the focus to the attacker, the key, its TAP to the end,
the focus back to Linux.
"""

import os
import pathlib
import re
import subprocess
import sys

import pytest

from console import CPU, IMAGE, PANIC, PROMPT, TOP, Console, clean, clean_environment, no_complaint
from machine import bundle, vm

sys.path.insert(0, str(TOP / "tests/attack"))
import bundle as attack_bundle  # noqa: E402

MINIMAL = TOP / "build/images/minimal"
LINUX = """
module@0 { compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "Image"; bootargs = "console=ttyAMA0 quiet"; };
module@1 { compatible = "multiboot,ramdisk", "multiboot,module"; trivet,file = "initramfs.cpio.gz"; };
"""
CTRL_HAT = "\x1e"
# As many lines as Trivet may say about one attack. Each thing that it says is limited by itself.
LOG_LINES = 200
# Checksums, again and again, on each CPU: what they should be is known from the first; /tmp/rounds.N counts, /tmp/wrong.N tells.
LOAD = """
dd if=/dev/urandom of=/tmp/sum bs=64k count=16 2>/dev/null
want=$(sha256sum </tmp/sum)
for n in 1 2; do
	(
		rounds=0
		while [ ! -e /tmp/enough ]; do
			got=$(sha256sum </tmp/sum)
			[ "$got" = "$want" ] || echo "$got" >>/tmp/wrong.$n
			rounds=$((rounds + 1))
			echo $rounds >/tmp/next.$n
			mv /tmp/next.$n /tmp/rounds.$n
		done
		echo done >/tmp/done.$n
	) &
done
"""


@pytest.fixture(scope="session", name="attack_bin")
def attack_bin_fixture():
    """The programs: those of ATTACK_BIN, for work on a tree that others change at the same time."""
    if "ATTACK_BIN" in os.environ:
        return pathlib.Path(os.environ["ATTACK_BIN"])
    subprocess.run(["make", "-j1", "attack"], cwd=TOP, check=True, env=clean_environment(), stdout=subprocess.DEVNULL)
    return TOP / "build/attack/attack.bin"


class Attack:
    """One QEMU: Linux is the first VM, the attacker the second."""

    def __init__(self, console, log):
        self.console, self.log = console, log

    def text(self):
        """All that the console has shown so far."""
        self.console.log.flush()
        return clean(self.log.read_text(encoding="utf-8", errors="replace"))

    def said(self):
        """The lines of Trivet's log so far."""
        return re.findall(r"\] trivet: (.*)", self.text())

    def focus(self, number, name):
        self.console.child.send(CTRL_HAT + str(number))
        self.console.expect(re.escape(f"[{name}] has the console"), 10)

    def to_linux(self):
        self.focus(1, "linux")
        self.console.child.send("\r")
        self.console.expect(re.escape(PROMPT), 30)

    def load(self):
        """Linux at its prompt, with a load."""
        self.console.prompt(60)
        self.console.script("/tmp/load", LOAD)
        self.console.shell("sh /tmp/load", 60)
        self.console.shell("while [ ! -e /tmp/rounds.1 -o ! -e /tmp/rounds.2 ]; do sleep 0.1; done", 60)

    def rounds(self):
        return int(self.console.shell("echo $(($(cat /tmp/rounds.1) + $(cat /tmp/rounds.2)))", 30))

    def go(self):
        """The attack begins."""
        self.focus(2, "attack")
        self.console.child.send(" ")

    def linux_is_well(self, before):
        """After the attack: it answers, its load went on (from that many rounds), all sums were right."""
        self.to_linux()
        assert self.rounds() > before
        self.console.shell("touch /tmp/enough; while [ ! -e /tmp/done.1 -o ! -e /tmp/done.2 ]; do sleep 0.1; done", 60)
        self.console.shell("ls /tmp/wrong.* 2>/dev/null", status=1)
        no_complaint(self.console.shell("dmesg"))

    def trivet_is_well(self):
        said = self.said()
        assert len(said) < LOG_LINES, f"{len(said)} lines of log:\n" + "\n".join(said)
        text = self.text()
        assert not PANIC.search(text) and not re.search(r"^\*\*\* ", text, re.M), text[-4000:]


@pytest.fixture(name="attack")
def attack_fixture(bundles, attack_bin, out):  # pylint: disable=unused-argument
    """attack(program, ...): a machine with that program, Linux at its prompt and loaded."""
    consoles = []

    def start(program, cpus=4, more="", linux="", cores=2):
        name = "attack-" + re.sub(r"\W+", "-", program)
        nodes = [vm("linux", memory="memory = <0 0x20000>;", cpus="cpus = <2>;", kernel=LINUX, more=linux),
                 f"attack {{ {attack_bundle.vm(program + ',wait', cpus, more)} }};\n"]
        files = {n: MINIMAL / n for n in ("Image", "initramfs.cpio.gz")}
        path = bundle(out / f"{name}.cpio", nodes, {**files, **attack_bundle.files(out, attack_bin)})
        log = out / f"{name}.log"
        console = Console([TOP / "tools/run", "--image", IMAGE, "--bundle", path, "--smp", cores, *CPU], log)
        consoles.append(console)
        machine = Attack(console, log)
        machine.load()
        return machine
    yield start
    for console in consoles:
        console.close()


def check_tap(text):
    """All that the plan promises is there and ok."""
    plan = re.search(r"^1\.\.(\d+)$", text, re.M)
    assert plan, text[-4000:]
    bad = re.findall(r"^not ok .*$", text, re.M) + re.findall(r"^# \w+\.c:\d+: .*$", text, re.M)
    assert not bad, "\n".join(bad[:40])
    good = re.findall(r"^ok (\d+) - ", text, re.M)
    assert [int(n) for n in good] == list(range(1, int(plan.group(1)) + 1)), text[-4000:]


def run_to_the_end(machine, seconds):
    """The attack from its beginning to its power-off, and what is left."""
    before = machine.rounds()
    machine.go()
    machine.console.expect("trivet: attack: powered off", seconds)
    check_tap(machine.text())
    machine.linux_is_well(before)
    machine.trivet_is_well()


@pytest.mark.parametrize("program, cpus, seconds", [
    ("mmio", 4, 120),
    # Every 31st of the ids that nobody has, and shorter races: `make run-attack` has all.
    ("calls,step=31", 4, 60),
    ("psci,rounds=100", 5, 90),
    ("sysregs", 4, 90),
    ("insns", 4, 60),
])
def test_program(attack, program, cpus, seconds):
    """Programs that end by themselves. The bound is far above what they take alone."""
    run_to_the_end(attack(program, cpus), seconds)


# Small, so that it lives and dies quickly.
LOOK = """
module@0 { compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "attack"; bootargs = "attack=look,until=1000"; };
"""


def test_registers(attack_bin, out):
    """Four vCPUs with patterns in every register, and a VM that looks for them at its first instructions, on one core."""
    core = "trivet,pcpus = <0>;"
    nodes = [f"attack {{ {attack_bundle.vm('regs,switches=10100,key=1', 4, core)} }};\n",
             vm("look", memory="memory = <0 0x2000>;", cpus="cpus = <1>;", kernel=LOOK, more=core)]
    path = bundle(out / "attack-regs.cpio", nodes, attack_bundle.files(out, attack_bin))
    log = out / "attack-regs.log"
    with Console([TOP / "tools/run", "--image", IMAGE, "--bundle", path, "--smp", "1", *CPU], log) as console:
        machine = Attack(console, log)
        for _ in range(50):
            console.expect(r"\[look\] (not )?ok 1 - nothing of another VM", 30)
        # Until now registers were filled and switched.
        assert "every register intact over the switches" not in machine.text()
        # The other VM gets the console with the key: lines of those without it are whole, whatever comes between.
        console.child.send(" " + CTRL_HAT + "2")
        console.expect(r"\[attack\] (not )?ok 1 - every register intact over the switches", 90)
        console.expect("trivet: attack: powered off", 60)
        text = machine.text()
        bad = re.findall(r"^(?:\[\w+\] )?(?:not ok .*|# \w+\.c:\d+: .*)$", text, re.M)
        assert not bad, "\n".join(bad[:40])
        turns = re.search(r"CPU_SUSPEND; seen to come back after another (\d+) times", text)
        assert int(turns.group(1)) >= 10000, text[-2000:]
        assert not PANIC.search(text), text[-2000:]
