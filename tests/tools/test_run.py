# SPDX-License-Identifier: BSD-3-Clause
"""tools/run and tools/run-guest: QEMU's options, exit status, time limit, and what is refused. A script stands in for QEMU."""

import os
import pathlib
import subprocess
import time

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(name="image")
def image_fixture(tmp_path):
    path = tmp_path / "trivet.bin"
    path.write_bytes(b"x")
    return path


def qemu(tmp_path, script):
    path = tmp_path / "qemu"
    path.write_text("#!/bin/sh\n" + script)
    path.chmod(0o755)
    return path


def run(tool, *args, stand_in="qemu-system-aarch64", cwd=TOP, stdin=b"", **env):
    return subprocess.run([TOP / "tools" / tool, *args], capture_output=True, check=False, cwd=cwd, input=stdin,
                          env={**os.environ, "QEMU": str(stand_in), **env})


def options(image, *args):
    done = run("run", "--image", image, "--print", *args, stand_in="/bin/true")
    assert done.returncode == 0, done.stderr
    return done.stdout.decode()


def test_real_time_and_icount(image):
    assert "-icount" not in options(image)
    assert "thread=multi" in options(image, "--smp", "4") and "-smp 4" in options(image, "--smp", "4")
    assert "-icount shift=0,sleep=on" in options(image, "--icount", "sleep")
    assert "thread=multi" not in options(image, "--smp", "4", "--icount", "sleep")


def test_deterministic(image):
    line = options(image, "--deterministic")
    for part in ("-icount shift=0,sleep=off", "-cpu max", "dtb-randomness=off", "-seed 1", "clock=vm"):
        assert part in line


def test_disks(image, tmp_path):
    """The n-th is at the n-th address; a name with a comma stays one; --print makes nothing."""
    line = options(image, "--disk", tmp_path / "one,ro", "--disk", tmp_path / "two")
    assert "file=" + str(tmp_path / "one,,ro") in line and "cache=writeback" in line and "format=raw" in line
    assert "drive=disk0,bus=virtio-mmio-bus.0" in line and "drive=disk1,bus=virtio-mmio-bus.1" in line
    assert not (tmp_path / "two").exists()
    many = [word for n in range(33) for word in ("--disk", tmp_path / str(n))]
    done = run("run", "--image", image, "--print", *many, stand_in="/bin/true")
    assert done.returncode == 1 and b"more than 32 disks" in done.stderr


def test_disk_is_made_once(image, tmp_path):
    disk, old = tmp_path / "disk", tmp_path / "old"
    old.write_bytes(b"content")
    done = run("run", "--image", image, "--disk", disk, "--disk", old, stand_in=qemu(tmp_path, "exit 0"))
    assert done.returncode == 0 and f"made {disk}" in done.stderr.decode() and "old" not in done.stderr.decode()
    assert disk.stat().st_size == 1 << 30 and disk.stat().st_blocks == 0
    assert old.read_bytes() == b"content"
    done = run("run", "--image", image, "--disk", tmp_path / "no" / "where", stand_in=qemu(tmp_path, "exit 0"))
    assert done.returncode == 1 and b"cannot be made: No such file" in done.stderr


def test_more_options_for_qemu(image):
    assert options(image, "--", "-d", "int,guest errors").rstrip().endswith("-d 'int,guest errors'")


@pytest.mark.parametrize("status", [0, 3, 77])
def test_exit_status_is_qemus(image, tmp_path, status):
    assert run("run", "--image", image, stand_in=qemu(tmp_path, f"exit {status}")).returncode == status


def test_killed_qemu_is_no_success(image, tmp_path):
    assert run("run", "--image", image, stand_in=qemu(tmp_path, "kill -9 $$")).returncode == 137


def test_timeout_ends_qemu(image, tmp_path):
    start = time.monotonic()
    done = run("run", "--image", image, "--timeout", "0.5", stand_in=qemu(tmp_path, "exec sleep 60"))
    assert done.returncode == 124 and time.monotonic() - start < 10
    assert b"ended after 0.5 s" in done.stderr


def test_stdin_and_stdout_are_qemus(image, tmp_path):
    done = run("run", "--image", image, stdin=b"typed\n", stand_in=qemu(tmp_path, "read x; echo got $x"))
    assert done.stdout == b"got typed\n"


def test_missing_files_and_qemu(image, tmp_path):
    done = run("run", "--image", tmp_path / "none")
    assert done.returncode == 1 and b"none: no such file" in done.stderr
    done = run("run", "--image", image, stand_in=tmp_path / "no-qemu")
    assert done.returncode == 1 and b"is missing" in done.stderr


def guest(tmp_path, image, **env):
    script = qemu(tmp_path, 'echo "$@"')
    return run("run-guest", stand_in=script, cwd=tmp_path, TRIVET_IMAGE=str(image), **env)


def test_guest_machine(tmp_path, image):
    (tmp_path / "raw").write_bytes(b"\0" * 64)
    done = guest(tmp_path, image, GUEST_BIN="raw", GUEST_CPUS="3", PCPUS="2", GUEST_MEM="5G", GUEST_ARGS='a="b c" \\',
                 GUEST_INITRD="raw", GUEST_DISK="raw", ICOUNT="1")
    assert done.returncode == 0, done.stderr
    line = done.stdout.decode()
    assert "-smp 2" in line and "sleep=off" in line and "-seed 1" in line
    memory = int(line.split("-m ")[1].split("M")[0])
    assert memory > 5 * 1024
    text = (tmp_path / "build/guest/machine.dts").read_text()
    for part in ("memory = <0x0 0x500000>;", "cpus = <3>;", 'bootargs = "a=\\"b c\\" \\\\";', '"ramdisk"', '"disk"'):
        assert part in text


@pytest.mark.parametrize("env, complaint", [
    ({}, b"GUEST_BIN is not set"),
    ({"GUEST_BIN": "none"}, b"GUEST_BIN=none: no such file"),
    ({"GUEST_BIN": "elf"}, b"ELF"),
    ({"GUEST_BIN": "gz"}, b"gzip"),
    ({"GUEST_BIN": "raw", "GUEST_MEM": "lots"}, b"GUEST_MEM=LOTS"),
    ({"GUEST_BIN": "raw", "GUEST_MEM": "0"}, b"GUEST_MEM=0"),
    ({"GUEST_BIN": "raw", "GUEST_CPUS": "-1"}, b"GUEST_CPUS=-1"),
    ({"GUEST_BIN": "raw", "PCPUS": "0"}, b"PCPUS=0"),
    ({"GUEST_BIN": "raw", "GUEST_DISK": "none"}, b"GUEST_DISK=none"),
])
def test_guest_refused(tmp_path, image, env, complaint):
    (tmp_path / "raw").write_bytes(b"\0" * 64)
    (tmp_path / "elf").write_bytes(b"\x7fELF" + b"\0" * 60)
    (tmp_path / "gz").write_bytes(b"\x1f\x8b" + b"\0" * 60)
    done = guest(tmp_path, image, **{"GUEST_BIN": "", **env})
    assert done.returncode == 1 and complaint in done.stderr and b"Traceback" not in done.stderr
