# SPDX-License-Identifier: BSD-3-Clause
"""tools/bundle and tools/newc.py: what is in a bundle, where it lies, and what is refused."""

import io
import pathlib
import shutil
import struct
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
import newc  # noqa: E402

DTS = """/dts-v1/;
/ { chosen { domU1 { module@0 { trivet,file = "Image"; }; disk@0 { %s }; }; }; };
"""


def parse(data, off=0):
    """An independent reader: {name: (offset of the data, data, mode)}."""
    members = {}
    while True:
        assert data[off:off + 6] == b"070701", f"no header at {off:#x}"
        field = [int(data[off + 6 + 8 * i:off + 14 + 8 * i], 16) for i in range(13)]
        name = data[off + 110:off + 110 + field[11]]
        assert name.endswith(b"\0")
        name = name.split(b"\0")[0].decode()
        start = (off + 110 + field[11] + 3) & ~3
        if name == "TRAILER!!!":
            return members
        members[name] = (start, data[start:start + field[6]], field[1])
        off = (start + field[6] + 3) & ~3


@pytest.fixture(name="machine")
def machine_fixture(tmp_path):
    (tmp_path / "Image").write_bytes(b"kernel" * 1001)
    (tmp_path / "disk.img").write_bytes(b"")
    path = tmp_path / "m.dts"
    path.write_text(DTS % 'trivet,file = "disk.img";')
    return path


def bundle(*args):
    return subprocess.run([TOP / "tools/bundle", *args], capture_output=True, text=True, check=False)


def test_members_and_alignment(machine, tmp_path):
    out = tmp_path / "b.cpio"
    done = bundle(machine, "-I", tmp_path, "-o", out)
    assert done.returncode == 0, done.stderr
    members = parse(out.read_bytes())
    assert list(members) == ["machine.dtb", "Image", "disk.img"]
    assert members["machine.dtb"][1][:4] == b"\xd0\x0d\xfe\xed"
    assert members["Image"][1] == b"kernel" * 1001
    assert members["disk.img"][1] == b""
    assert all(start % 4096 == 0 for start, _, _ in members.values())
    assert out.stat().st_size % 4096 == 0


def test_same_input_same_bytes(machine, tmp_path):
    for name in ("a", "b"):
        assert bundle(machine, "-I", tmp_path, "-o", tmp_path / name).returncode == 0
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_first_directory_wins_and_file_overrides(machine, tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    (other / "Image").write_bytes(b"other")
    out = tmp_path / "b.cpio"
    assert bundle(machine, "-I", other, "-I", tmp_path, "-o", out).returncode == 0
    assert parse(out.read_bytes())["Image"][1] == b"other"
    assert bundle(machine, "-I", tmp_path, "--file", f"Image={other / 'Image'}", "-o", out).returncode == 0
    assert parse(out.read_bytes())["Image"][1] == b"other"


def test_cpio_reads_it(machine, tmp_path):
    if not shutil.which("cpio"):
        pytest.skip("no cpio")
    out = tmp_path / "b.cpio"
    assert bundle(machine, "-I", tmp_path, "-o", out).returncode == 0
    with open(out, "rb") as f:
        done = subprocess.run(["cpio", "-t", "--quiet"], stdin=f, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["machine.dtb", "Image", "disk.img"]


@pytest.mark.parametrize("prop, complaint", [
    ('trivet,file = "nix";', 'no file "nix"'),
    ("trivet,file;", "must be one string"),
    ('trivet,file = "";', "must be one string"),
    ('trivet,file = "a", "b";', "must be one string"),
    ('trivet,file = "../Image";', "cannot be a member"),
    ('trivet,file = "/etc/passwd";', "cannot be a member"),
    ('trivet,file = "machine.dtb";', "cannot be a member"),
    ('trivet,file = "TRAILER!!!";', "cannot be a member"),
])
def test_refused_by_file_node_property(machine, tmp_path, prop, complaint):
    machine.write_text(DTS % prop)
    done = bundle(machine, "-I", tmp_path, "-o", tmp_path / "b.cpio")
    assert done.returncode == 1
    assert f"{machine}: /chosen/domU1/disk@0: trivet,file: " in done.stderr
    assert complaint in done.stderr
    assert not (tmp_path / "b.cpio").exists()


def test_syntax_error_and_missing_machine(machine, tmp_path):
    machine.write_text("/dts-v1/; / { oops")
    done = bundle(machine, "-o", tmp_path / "b")
    assert done.returncode == 1 and str(machine) in done.stderr and "Traceback" not in done.stderr
    done = bundle(tmp_path / "none.dts", "-o", tmp_path / "b")
    assert done.returncode == 1 and "none.dts" in done.stderr


def test_broken_dtb(machine, tmp_path):
    assert bundle(machine, "-I", tmp_path, "-o", tmp_path / "b").returncode == 0
    dtb = parse((tmp_path / "b").read_bytes())["machine.dtb"][1]
    for size in (0, 3, 20, len(dtb) // 2):
        (tmp_path / "m.dtb").write_bytes(dtb[:size])
        done = bundle(tmp_path / "m.dtb", "-I", tmp_path, "-o", tmp_path / "c")
        assert done.returncode == 1 and "device tree blob" in done.stderr and "Traceback" not in done.stderr


def test_append_starts_behind_bss(machine, tmp_path):
    image = bytearray(b"\xaa" * 5000)
    image[16:24] = struct.pack("<Q", 0x21234)  # image_size: with .bss
    image[56:60] = b"ARM\x64"
    (tmp_path / "trivet.bin").write_bytes(image)
    out = tmp_path / "app.bin"
    assert bundle(machine, "-I", tmp_path, "--append", tmp_path / "trivet.bin", "-o", out).returncode == 0
    data = out.read_bytes()
    assert data[:5000] == image and not any(data[5000:0x30000])
    assert list(parse(data, 0x30000)) == ["machine.dtb", "Image", "disk.img"]


def test_writer_nodes():
    buf = io.BytesIO()
    cpio = newc.Writer(buf)
    cpio.mkdir("dev")
    cpio.chardev("dev/console", 5, 1)
    cpio.symlink("bin", "/usr/bin")
    cpio.close()
    data = buf.getvalue()
    members = parse(data)
    assert members["dev"][2] == 0o040755 and members["dev/console"][2] == 0o020600
    assert members["bin"][1:] == (b"/usr/bin", 0o120777)
    assert len(data) % 512 == 0
