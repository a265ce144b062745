# SPDX-License-Identifier: BSD-3-Clause
"""Other kernels than the one of test_linux.py reach a shell too, work there, and power off; two VMs keep out of each other's way."""

import re

import pytest

from console import CPU, IMAGE, PROMPT, TOP, Console, no_complaint
from machine import bundle, vm

MINIMAL = TOP / "build/images/minimal"
TWO = """
module@0 { compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "Image"; bootargs = "console=ttyAMA0 quiet"; };
module@1 { compatible = "multiboot,ramdisk", "multiboot,module"; trivet,file = "initramfs.cpio.gz"; };
"""
CTRL_HAT = "\x1e"


@pytest.mark.parametrize("scenario", ["cloud", "minimal", "minimal-smp"])
def test_shell(scenario, start):
    with start(scenario) as console:
        print(f"{scenario}: prompt after {console.prompt(30):.1f} s")
        assert console.shell("uname -r").startswith("6.12.")
        assert ("cloud" in console.shell("uname -r")) == (scenario == "cloud")
        assert console.shell("nproc") == "4"
        console.shell("dd if=/dev/urandom of=/tmp/data bs=1M count=4 && dd if=/tmp/data of=/dev/vda bs=1M && sync", 30)
        console.shell("echo 3 >/proc/sys/vm/drop_caches")
        console.shell("dd if=/dev/vda bs=1M count=4 | cmp - /tmp/data", 30)
        no_complaint(console.shell("dmesg"))
        console.child.send("poweroff -f\r")
        status, text = console.end()
        assert status == 0 and "powered off" in text, text


@pytest.fixture(name="two")
def two_fixture(bundles, out):  # pylint: disable=unused-argument
    """Two VMs with our own kernel on one core; the first has the console."""
    nodes = [vm(name, memory="memory = <0 0x20000>;", cpus="cpus = <2>;", kernel=TWO) for name in ("first", "second")]
    path = bundle(out / "two.cpio", nodes, {n: MINIMAL / n for n in ("Image", "initramfs.cpio.gz")})
    with Console([TOP / "tools/run", "--image", IMAGE, "--bundle", path, *CPU], out / "two.log") as console:
        console.prompt(60)
        yield console


def turn_to(console, number, name):
    console.child.send(CTRL_HAT + str(number))
    console.expect(re.escape(f"[{name}] has the console"), 10)
    console.child.send("\r")
    console.expect(re.escape(PROMPT), 30)
    console.shell("stty cols 1000", 30)


def test_panic_of_one_vm_leaves_the_other(two):
    two.shell("echo one >/tmp/me")
    turn_to(two, 2, "second")
    assert two.shell("ls /tmp/me 2>&1", status=1)
    two.shell("echo two >/tmp/me")
    # A null pointer in the kernel, as sysrq c does it.
    two.child.send("echo c >/proc/sysrq-trigger\r")
    two.expect("Kernel panic - not syncing", 30)
    turn_to(two, 1, "first")
    assert two.shell("cat /tmp/me") == "one"
    two.shell("dd if=/dev/zero bs=64k count=256 | sha256sum", 60)
    assert int(two.shell("grep -c processor /proc/cpuinfo")) == 2
    no_complaint(two.shell("dmesg"))
    # The broken one is still there, and still the only thing broken.
    two.child.send("reboot -f\r")
    two.expect("first: .*starts again", 30)
    two.prompt(60)
