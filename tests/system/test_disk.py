# SPDX-License-Identifier: BSD-3-Clause
"""A disk of the machine as a guest's second disk: what is in the file after a power-off, after QEMU is killed, and when the disk fails.

Our own kernel, since it boots quickest; the first test is Debian's. The host looks at the file with e2fsck and debugfs.
"""

import hashlib
import os
import pathlib
import re
import signal
import subprocess
import time

import pytest

from console import CPU, IMAGE, TOP, Console, clean_environment, no_complaint
from conftest import make
from machine import bundle, run, vm

MINIMAL = TOP / "build/images/minimal"
LINUX = """
module@0 { compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "Image"; bootargs = "console=ttyAMA0 quiet"; };
module@1 { compatible = "multiboot,ramdisk", "multiboot,module"; trivet,file = "initramfs.cpio.gz"; };
"""
FILES = {"Image": MINIMAL / "Image", "initramfs.cpio.gz": MINIMAL / "disk/initramfs.cpio.gz"}
CTRL_HAT = "\x1e"


def disk_node(n, what):
    return f'disk@{n} {{ compatible = "trivet,disk"; {what} }};'


@pytest.fixture(scope="module", name="disk_bundles")
def disk_bundles_fixture(out):
    """The bundles of DISK=file, made by make."""
    subprocess.run(make(*(f"build/bundle/{name}-disk.cpio" for name in ("linux-smp", "minimal", "minimal-smp"))), cwd=TOP, check=True,
                   env=clean_environment(), stdout=subprocess.DEVNULL)
    return out


@pytest.fixture(name="disk")
def disk_fixture(disk_bundles):
    """A file that is not there yet."""
    path = disk_bundles / "host-disk.img"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


@pytest.fixture(name="boot")
def boot_fixture(out):
    """boot(scenario, disk): `make run-<scenario> DISK=disk`, at its prompt."""
    consoles = []

    def boot(scenario, disk, *flags):
        words = make("run-" + scenario, f"DISK={disk}", "RUN_FLAGS=" + " ".join((*CPU, *flags)))
        console = Console(words, out / f"disk-{scenario}.log")
        consoles.append(console)
        console.prompt(30)
        return console
    yield boot
    for console in consoles:
        console.close()


def power_off(console):
    console.child.send("poweroff -f\r")
    status, rest = console.end()
    assert status == 0 and "powered off" in rest, rest


def host(*words, most=0):
    """A program of e2fsprogs on this machine; its status may be `most` at most."""
    env = {**os.environ, "PATH": os.environ["PATH"] + ":/usr/sbin:/sbin"}
    done = subprocess.run([str(w) for w in words], capture_output=True, text=True, check=False, env=env)
    assert done.returncode <= most, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout


def after_crash(disk):
    """/file of a file system that was in use, once its journal has been played, which must leave nothing wrong with it.

    -p does what a boot does, and gives up (status 4) where more is wrong than a crash leaves: it ends with 1 when it was right to run."""
    copy = disk.with_suffix(".copy")
    subprocess.run(["cp", "--sparse=always", disk, copy], check=True)
    try:
        host("e2fsck", "-f", "-p", copy, most=1)
        host("e2fsck", "-f", "-n", copy)
        return host("debugfs", "-R", "cat /file", copy)
    finally:
        copy.unlink()


def qemu_of(console):
    """The process of QEMU, a descendant of what the console started."""
    seen = [console.child.pid]
    for pid in seen:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        seen += map(int, children)
        if "qemu-system" in pathlib.Path(f"/proc/{pid}/cmdline").read_text().split("\0")[0]:
            return pid
    raise AssertionError("there is no QEMU")


def make_file_system(console):
    console.shell("mkfs.ext4 -q -F /dev/vdb && mount -t ext4 /dev/vdb /mnt", 60)
    assert "ext4" in console.shell("grep vdb /proc/mounts")


def test_power_off(boot, disk):
    """Debian's kernel on four cores: a file system on a disk that tools/run makes; it is there after a power-off."""
    console = boot("linux-smp", disk)
    size = int(console.shell("cat /sys/block/vdb/size")) * 512
    assert size == disk.stat().st_size == 1 << 30
    make_file_system(console)
    console.shell("dd if=/dev/urandom of=/mnt/data bs=1M count=8 && echo kept >/mnt/file && umount /mnt", 60)
    no_complaint(console.shell("dmesg"))
    power_off(console)
    assert host("e2fsck", "-f", "-n", disk)
    assert host("debugfs", "-R", "cat /file", disk) == "kept\n"
    assert disk.stat().st_blocks * 512 < 256 << 20, "the empty part takes space"


def test_killed_a_second_after_sync(boot, disk):
    """SIGKILL for QEMU with the file system mounted and a writer at work: what was synced is there, for the host and the next boot."""
    console = boot("minimal-smp", disk)
    make_file_system(console)
    console.shell("dd if=/dev/urandom of=/mnt/data bs=1M count=4 && md5sum /mnt/data >/mnt/file", 60)
    want = console.shell("cat /mnt/file")
    console.shell("sync", 60)
    # It goes on writing: the kill comes in the middle of that.
    console.child.send("while :; do dd if=/dev/urandom of=/mnt/more bs=64k count=64 conv=fsync 2>/dev/null; done\r")
    time.sleep(1)  # not in order to wait for something: what is promised is "a second after sync"
    os.kill(qemu_of(console), signal.SIGKILL)
    console.end()
    assert after_crash(disk).strip() == want
    console = boot("minimal", disk)
    console.shell("e2fsck -p /dev/vdb; test $? -le 1 && mount -t ext4 /dev/vdb /mnt", 30)
    assert console.shell("cat /mnt/file") == want
    assert console.shell("md5sum /mnt/data") == want
    console.shell("umount /mnt")
    no_complaint(console.shell("dmesg"))
    power_off(console)
    host("e2fsck", "-f", "-n", disk)


def test_four_jobs_256_mib(boot, disk):
    """Random reads and writes of 256 MiB by four processes, all checked; and what they left, checked again after a reboot of the VM."""
    console = boot("minimal-smp", disk)
    said = console.shell("diskbench /dev/vdb 256 4 300", 60)
    print(said.splitlines()[-1])
    assert said.count("all right") == 4 and "passed" in said, said
    for name, least in re.findall(r"(\d+) MiB written, (\d+) MiB read", said):
        assert int(name) >= 64 and int(least) >= 64
    no_complaint(console.shell("dmesg"))
    console.child.send("reboot -f\r")
    console.expect("starts again", 20)
    console.prompt(30)
    assert "65536 blocks are sound" in console.shell("diskbench --check /dev/vdb 256", 60)
    power_off(console)


def test_reset_in_mid_request(boot, disk):
    """The VM is reset again and again while its disk is at work: the machine goes on, and the disk works each time."""
    console = boot("minimal-smp", disk)
    for _ in range(2):
        console.shell("diskbench /dev/vdb 16 4 100", 60)
        console.shell("(dd if=/dev/vdb of=/dev/null bs=1M count=512 iflag=direct & "
                      "dd if=/dev/zero of=/dev/vdb bs=256k count=999 seek=100 oflag=direct &) 2>/dev/null")
        console.child.send("reboot -f\r")
        console.expect("starts again", 20)
        console.prompt(30)
        assert "4096 blocks are sound" in console.shell("diskbench --check /dev/vdb 16", 60)
        no_complaint(console.shell("dmesg"))
    power_off(console)


def start_own(out, nodes, flags, *more):
    path = bundle(out / "own-disks.cpio", nodes, FILES)
    cmd = [TOP / "tools/run", "--image", IMAGE, "--bundle", path, *CPU, *flags]
    return Console(cmd + (["--", *more] if more else []), out / "own-disks.log")


def linux(name, *more):
    return vm(name, memory="memory = <0 0x18000>;", cpus="cpus = <2>;", kernel=LINUX, more="".join(more))


def test_errors_of_the_disk(disk_bundles):
    """QEMU's blkdebug fails reads of one sector and all flushes: EIO there, and everything else works."""
    out = disk_bundles
    disk, rules = out / "failing.img", out / "failing.conf"
    disk.write_bytes(bytes(8 << 20))
    rules.write_text('[inject-error]\nevent = "read_aio"\nerrno = "5"\nsector = "2048"\n'
                     '[inject-error]\nevent = "flush_to_disk"\nerrno = "5"\n')
    flags = ("-drive", f"if=none,id=bad,format=raw,file.driver=blkdebug,file.config={rules},file.image.driver=file,"
             f"file.image.filename={disk},rerror=report,werror=report", "-device", "virtio-blk-device,drive=bad,bus=virtio-mmio-bus.0")
    with start_own(out, [linux("one", disk_node(0, "trivet,host-disk = <0>;"))], (), *flags) as console:
        console.prompt(30)
        console.shell("dd if=/dev/vda of=/dev/null bs=4k count=256 iflag=direct", 30)
        said = console.shell("dd if=/dev/vda of=/dev/null bs=4k count=1 skip=256 iflag=direct 2>&1", 30, status=1)
        assert "I/O error" in said, said
        console.shell("dd if=/dev/vda of=/dev/null bs=4k count=256 skip=257 iflag=direct", 30)
        console.shell("dd if=/dev/zero of=/dev/vda bs=4k count=1 skip=256 oflag=direct", 30)
        said = console.shell("dd if=/dev/zero of=/dev/vda bs=4k count=4 conv=fsync 2>&1", 30, status=1)
        assert "I/O error" in said, said
        assert console.shell("echo alive") == "alive"
        assert console.shell("dd if=/dev/vda bs=4k count=256 iflag=direct 2>/dev/null | md5sum", 30).split()[0] == hashlib.md5(bytes(1 << 20)).hexdigest()
        power_off(console)


def test_read_only(disk_bundles):
    """A file that may only be read: the guest's disk is read-only, and says so."""
    out = disk_bundles
    disk = out / "readonly.img"
    disk.write_bytes(b"unchanged".ljust(1 << 20, b"."))
    flags = ("-drive", f"if=none,id=ro,format=raw,readonly=on,file={disk}", "-device", "virtio-blk-device,drive=ro,bus=virtio-mmio-bus.0")
    with start_own(out, [linux("one", disk_node(0, "trivet,host-disk = <0>;"))], (), *flags) as console:
        console.expect("disk@0: trivet,host-disk: can only be read", 10)
        console.prompt(30)
        assert console.shell("cat /sys/block/vda/ro") == "1"
        console.shell("dd if=/dev/zero of=/dev/vda bs=4k count=1 2>&1", status=1)
        assert console.shell("dd if=/dev/vda bs=9 count=1 2>/dev/null") == "unchanged"
        power_off(console)
    assert disk.read_bytes().startswith(b"unchanged")


def test_two_vms_on_two_disks(disk_bundles):
    """Each VM has the disk that its node names, at the same time, and only that one. The second's interrupts come on core 1."""
    out = disk_bundles
    disks = [out / f"two-{n}.img" for n in range(2)]
    for n, path in enumerate(disks):
        path.write_bytes(f"disk {n}".encode().ljust(48 << 20, b"\0"))
    nodes = [linux("first", disk_node(0, "trivet,host-disk = <1>;")), linux("second", "trivet,pcpus = <1>;", disk_node(0, "trivet,host-disk = <0>;"))]
    with start_own(out, nodes, ("--smp", "2", "--disk", disks[0], "--disk", disks[1])) as console:
        console.prompt(60)
        assert console.shell("dd if=/dev/vda bs=6 count=1 2>/dev/null") == "disk 1"
        console.child.send("diskbench /dev/vda 40 2 200 >/tmp/said &\r")
        console.child.send(CTRL_HAT + "2")
        console.expect(r"\[second\] has the console", 10)
        console.child.send("\r")
        console.expect("~ # ", 60)
        console.shell("stty cols 1000", 30)
        assert console.shell("dd if=/dev/vda bs=6 count=1 2>/dev/null") == "disk 0"
        assert "passed" in console.shell("diskbench /dev/vda 40 2 200 7", 60)
        no_complaint(console.shell("dmesg"))
        console.child.send(CTRL_HAT + "1")
        console.expect(r"\[first\] has the console", 10)
        console.child.send("\r")
        console.shell("wait; grep passed /tmp/said", 60)
        no_complaint(console.shell("dmesg"))
    blocks = [path.read_bytes()[:40 << 20] for path in disks]
    assert blocks[0] != blocks[1]


WRONG = {
    "none": ((), "trivet,host-disk = <0>;", "disk 0: this machine has no virtio-mmio disk"),
    "too-few": (("there",), "trivet,host-disk = <1>;", "disk 1: there are not so many"),
    "empty": (("empty",), "trivet,host-disk = <0>;", "disk 0: it is empty"),
    "both": (("there",), 'trivet,host-disk = <0>; trivet,file = "kernel";', "is given together with trivet,file"),
}


@pytest.mark.parametrize("case", WRONG)
def test_refused(case, payload, out):
    names, what, says = WRONG[case]
    flags = []
    for name in names:
        path = out / f"{name}.img"
        path.write_bytes(bytes(4096 if name == "there" else 0))
        flags += ["--disk", path]
    nodes = [vm("good"), vm("bad", more=disk_node(0, what))]
    done = run(bundle(out / "wrong-disk.cpio", nodes, {"kernel": payload("hello")}), *flags)
    assert done.status == 0, done.text
    assert done.text.count("hello from a guest") == 1
    assert done.errors == [f"machine.dtb: /chosen/bad/disk@0: trivet,host-disk: {says}"]


def test_legacy_device(payload, out):
    """QEMU's default is the interface of before virtio 1.0: said in words that help."""
    path = out / "there.img"
    path.write_bytes(bytes(4096))
    nodes = [vm("good"), vm("bad", more=disk_node(0, "trivet,host-disk = <0>;"))]
    done = run(bundle(out / "wrong-disk.cpio", nodes, {"kernel": payload("hello")}), "--disk", path, "--", "-global",
               "virtio-mmio.force-legacy=true")
    assert "legacy" in done.errors[0] and len(done.errors) == 1 and done.status == 0, done.text


