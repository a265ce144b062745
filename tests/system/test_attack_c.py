# SPDX-License-Identifier: BSD-3-Clause
"""Guests that want too much, or nothing any more, beside a Linux VM on the same two cores: virtqueues (attack=virtio), floods (attack=flood),
all vCPUs off (alloff), all of them spinning with interrupts masked (spin), and a Linux whose kernel panics.

Linux reads its disk and its memory all the time and compares checksums; test_attack.py tells how such a run goes.
"""

import collections
import re

import pytest

from console import CPU, IMAGE, PROMPT, TOP, Console, no_complaint
from machine import bundle, vm
from test_attack import LINUX, MINIMAL, Attack, attack_bin_fixture, attack_bundle, check_tap  # noqa: F401 (a fixture)

DISK = 'disk@0 { compatible = "trivet,disk"; trivet,file = "linux-disk"; };'
# What a line of the log may differ in and still be of one kind.
NUMBERS = re.compile(r"0x[0-9a-f]+|\d+|S3_\w+")
LINES_OF_A_KIND = 70
# The disk past all caches, and memory; the sums must stay what they were. wrong.* tells, rounds.* counts.
LOAD = """
dd if=/dev/urandom of=/tmp/memory bs=64k count=16 2>/dev/null
sum() { { dd if=/dev/vda iflag=direct bs=64k 2>/dev/null || cat /dev/vda; cat /tmp/memory; } | sha256sum; }
want=$(sum)
for n in 1 2; do
	(
		rounds=0
		while [ ! -e /tmp/enough ]; do
			got=$(sum)
			[ "$got" = "$want" ] || echo "$got" >>/tmp/wrong.$n
			rounds=$((rounds + 1))
			echo $rounds >/tmp/next.$n
			mv /tmp/next.$n /tmp/rounds.$n
		done
		echo done >/tmp/done.$n
	) &
done
"""


class Loaded(Attack):
    """As Attack, with a disk to read."""

    def load(self):
        self.console.prompt(60)
        self.console.script("/tmp/load", LOAD)
        self.console.shell("sh /tmp/load", 60)
        self.console.shell("while [ ! -e /tmp/rounds.1 -o ! -e /tmp/rounds.2 ]; do sleep 0.1; done", 60)


@pytest.fixture(name="attack")
def attack_fixture(bundles, attack_bin, out):  # pylint: disable=unused-argument
    """attack(program, ...): Linux with a disk, at its prompt and loaded, and the program beside it on the same cores."""
    consoles = []

    def start(program, cpus=8, more="", flags=()):
        name = "attack-c-" + re.sub(r"\W+", "-", program + more)
        (out / "linux-disk").write_bytes(bytes((n * 31 + n // 512) & 0xFF for n in range(2 << 20)))
        nodes = [vm("linux", memory="memory = <0 0x20000>;", cpus="cpus = <2>;", kernel=LINUX + DISK),
                 f"attack {{ {attack_bundle.vm(program + ',wait', cpus, more)} }};\n"]
        files = {n: MINIMAL / n for n in ("Image", "initramfs.cpio.gz")}
        path = bundle(out / f"{name}.cpio", nodes, {**files, "linux-disk": out / "linux-disk", **attack_bundle.files(out, attack_bin)})
        log = out / f"{name}.log"
        console = Console([TOP / "tools/run", "--image", IMAGE, "--bundle", path, "--smp", "2", *CPU, *flags], log)
        consoles.append(console)
        machine = Loaded(console, log)
        machine.load()
        return machine
    yield start
    for console in consoles:
        console.close()


def kinds(said):
    """How many lines of each kind the log has."""
    return collections.Counter(NUMBERS.sub("#", line) for line in said)


def is_well(machine, before):
    """Linux has gone on computing, and rightly; of nothing Trivet has said too much."""
    machine.to_linux()
    machine.console.shell(f"while [ $(($(cat /tmp/rounds.1) + $(cat /tmp/rounds.2))) -lt {before + 4} ]; do sleep 0.2; done", 60)
    machine.console.shell("touch /tmp/enough; while [ ! -e /tmp/done.1 -o ! -e /tmp/done.2 ]; do sleep 0.1; done", 60)
    machine.console.shell("ls /tmp/wrong.* 2>/dev/null", status=1)
    no_complaint(machine.console.shell("dmesg"))
    machine.trivet_is_well()
    many = {kind: n for kind, n in kinds(machine.said()).items() if n > LINES_OF_A_KIND}
    assert not many, many


@pytest.mark.parametrize("program", ["virtio,rounds=400", "flood,count=6000,seconds=10"])
def test_program(attack, program):
    machine = attack(program)
    before = machine.rounds()
    machine.go()
    machine.console.expect("trivet: attack: powered off", 100)
    check_tap(machine.text())
    is_well(machine, before)


def test_a_million_exits_a_second(attack):
    """For ten seconds: in QEMU's virtual time, in which an instruction takes a nanosecond, whatever this machine can do."""
    machine = attack("exits,seconds=10,rate=1000000", cpus=4, flags=("--icount", "sleep"))
    before = machine.rounds()
    machine.go()
    machine.console.expect("trivet: attack: powered off", 600)
    check_tap(machine.text())
    is_well(machine, before)


HUNG = r"attack: takes no interrupts since 10 s: hung or dead \(vCPU 0 at pc 0x[0-9a-f]+, [^\r\n]*\.\.\.\)"


def test_spin(attack):
    """It stays, which is said once, and has no more than its share."""
    machine = attack("spin", cpus=4)
    before = machine.rounds()
    machine.go()
    machine.console.expect(HUNG, 40)
    is_well(machine, before)
    assert len([line for line in machine.said() if "attack: takes" in line]) == 1


def test_spin_is_started_again(attack):
    machine = attack("spin", cpus=4, more='trivet,on-hang = "restart";')
    before = machine.rounds()
    machine.go()
    machine.console.expect(HUNG, 40)
    machine.console.expect("trivet: attack: ended; starts again", 10)
    machine.console.expect("press a key", 20)
    is_well(machine, before)


def test_all_off(attack):
    machine = attack("alloff")
    before = machine.rounds()
    machine.go()
    machine.console.expect("attack: all vCPUs are off", 20)
    is_well(machine, before)
    assert len([line for line in machine.said() if "all vCPUs are off" in line]) == 1
    assert not [line for line in machine.said() if "attack: takes" in line]


def test_all_off_is_ended(attack):
    machine = attack("alloff", more='trivet,on-hang = "stop";')
    before = machine.rounds()
    machine.go()
    machine.console.expect("attack: all vCPUs are off", 20)
    machine.console.expect("trivet: attack: ended", 10)
    is_well(machine, before)


def test_panic_is_reported(bundles, out):  # pylint: disable=unused-argument
    """A Linux that panics parks all its CPUs but one, with interrupts masked. The other VM, idle meanwhile, is not accused."""
    more = 'trivet,on-hang = "restart";'
    nodes = [vm(name, memory="memory = <0 0x20000>;", cpus="cpus = <2>;", kernel=LINUX, more=more) for name in ("first", "second")]
    path = bundle(out / "panic.cpio", nodes, {n: MINIMAL / n for n in ("Image", "initramfs.cpio.gz")})
    log = out / "panic.log"
    with Console([TOP / "tools/run", "--image", IMAGE, "--bundle", path, *CPU], log) as console:
        machine = Attack(console, log)
        console.prompt(60)
        machine.focus(2, "second")
        console.child.send("\r")
        console.expect(re.escape(PROMPT), 30)
        console.child.send("echo c >/proc/sysrq-trigger\r")
        console.expect("Kernel panic - not syncing", 30)
        console.expect("trivet: warning: second: takes no interrupts", 60)
        console.expect("second: ended; starts again", 10)
        console.expect(re.escape(PROMPT), 60)
        machine.focus(1, "first")
        console.child.send("\r")
        console.expect(re.escape(PROMPT), 30)
        console.shell("dd if=/dev/zero bs=64k count=64 2>/dev/null | sha256sum", 60)
        no_complaint(console.shell("dmesg"))
        assert not re.search(r"trivet: .*first: takes", machine.text())
        assert len(re.findall(r"second: takes no interrupts", machine.text())) == 1
