# SPDX-License-Identifier: BSD-3-Clause
"""Bundles and machine files that are wrong: one line says what, with file, node and property; the other VM starts; never a panic.

The guests are raw binaries of a few hundred bytes that print and power off, so a run takes a fraction of a second.
"""

import pytest

from console import PANIC
from machine import CPUS, KERNEL, MEMORY, bundle, run, vm

GREETING = "hello from a guest"
NODE = "machine.dtb: /chosen/"


def check_orderly(done):
    assert done.status == 0, done.text
    assert not PANIC.search(done.text), done.text
    assert done.log and "power off" in done.log[-1], done.text


def module(name, compatible, what):
    return f'{name} {{ compatible = "multiboot,{compatible}", "multiboot,module"; {what} }};'


CASES = {
    # name: (the bad VM's parts, node behind /chosen/, property, what the line says)
    "no-memory": (dict(memory=""), "bad", "memory", "missing"),
    "memory-0": (dict(memory="memory = <0 0>;"), "bad", "memory", "0 KiB"),
    "memory-too-much": (dict(memory="memory = <0x7f 0>;"), "bad", "memory", "more than"),
    "memory-unaligned": (dict(memory="memory = <0 0x2001>;"), "bad", "memory", "multiple"),
    "memory-wrong-type": (dict(memory="memory = <1>;"), "bad", "memory", ""),
    "memory-too-small-for-images": (dict(memory="memory = <0 0x200>;"), "bad", "memory", "do not hold the kernel"),
    "no-cpus": (dict(cpus=""), "bad", "cpus", "missing"),
    "cpus-0": (dict(cpus="cpus = <0>;"), "bad", "cpus", "0"),
    "cpus-65": (dict(cpus="cpus = <65>;"), "bad", "cpus", "more than 64"),
    "no-kernel": (dict(kernel=""), "bad", "compatible", "no kernel"),
    "two-kernels": (dict(more=KERNEL.replace("@0", "@1")), "bad/module@", "", ""),
    "missing-file": (dict(kernel=KERNEL.replace('"kernel"', '"nothing"')), "bad/module@0", "trivet,file", '"nothing" is missing'),
    "no-file-no-reg": (dict(kernel=module("module@0", "kernel", "")), "bad/module@0", "trivet,file", "missing"),
    "unknown-mandatory": (dict(more="trivet,frobnicate;"), "bad", "trivet,frobnicate", ""),
    "unknown-xen": (dict(more='xen,frobnicate = "x";'), "bad", "xen,frobnicate", ""),
    "direct-map": (dict(more="direct-map;"), "bad", "direct-map", ""),
    "pcpus": (dict(more="trivet,pcpus = <7>;"), "bad", "trivet,pcpus", "no core 7"),
    "name-taken": (dict(more='trivet,name = "good";'), "bad", "trivet,name", "good"),
    "kernel-is-elf": (dict(kernel=KERNEL.replace('"kernel"', '"elf"')), "bad/module@0", "trivet,file", ""),
    "kernel-is-zeroes": (dict(kernel=KERNEL.replace('"kernel"', '"zeroes"')), "bad/module@0", "trivet,file", ""),
    "kernel-is-empty": (dict(kernel=KERNEL.replace('"kernel"', '"empty"')), "bad/module@0", "trivet,file", "empty"),
    "reg-not-memory": (dict(kernel=module("module@0", "kernel", "reg = <0 0x09000000 0 0x1000>;")), "bad/module@0", "reg", "no RAM"),
    "reg-over-trivet": (dict(kernel=module("module@0", "kernel", "reg = <0 0x40080000 0 0x1000>;")), "bad/module@0", "reg", "no RAM"),
    "reg-wraps": (dict(kernel=module("module@0", "kernel", "reg = <0xffffffff 0xfffff000 0 0x2000>;")), "bad/module@0", "reg", "wraps"),
    "modules-overlap": (dict(kernel=module("module@0", "kernel", "reg = <0 0x60000000 0 0x2000>;"),
                             more=module("module@1", "ramdisk", "reg = <0 0x60001000 0 0x2000>;")), "bad/module@", "reg", "overlaps"),
    "disk-not-whole": (dict(more='disk@0 { compatible = "trivet,disk"; trivet,file = "odd"; };'), "bad/disk@0", "trivet,file", "512"),
}


@pytest.fixture(scope="module", name="files")
def files_fixture(payload, out):
    files = {"kernel": payload("hello"), "elf": out / "hello.elf"}
    for name, data in (("zeroes", bytes(4096)), ("empty", b""), ("odd", bytes(513))):
        (out / name).write_bytes(data)
        files[name] = out / name
    return files


def named(files, nodes):
    text = "".join(nodes)
    return {name: path for name, path in files.items() if f'"{name}"' in text}


@pytest.mark.parametrize("case", CASES)
def test_one_vm_refused(case, files, out):
    parts, node, prop, says = CASES[case]
    # A VM that cannot be built at all must harm neither the one before nor the one behind it.
    nodes = [vm("good", more='trivet,name = "good";'), vm("bad", **parts), vm("other")]
    have = named(files, nodes)
    if case == "missing-file":
        # tools/bundle would not leave it out, so it gets another name in the archive, behind the machine file.
        path = bundle(out / "bad.cpio", nodes, {**have, "nothing": files["empty"]})
        front, back = path.read_bytes().rsplit(b"nothing\0", 1)
        path.write_bytes(front + b"another\0" + back)
        done = run(path)
    else:
        done = run(bundle(out / "bad.cpio", nodes, have))
    check_orderly(done)
    assert len(done.errors) == 1, done.text
    line = done.errors[0]
    assert line.startswith(NODE + node) and f": {prop}" in line and says in line, line
    assert done.text.count(GREETING) == 2, done.text
    assert "WRONG" not in done.text, done.text


def test_more_memory_than_is_free(files, out):
    nodes = [vm("good"), vm("bad", memory="memory = <0 0x400000>;"), vm("other")]
    done = run(bundle(out / "bad.cpio", nodes, named(files, nodes)))
    check_orderly(done)
    assert len(done.errors) == 1 and done.errors[0].startswith(NODE + "bad: memory: "), done.text
    assert done.text.count(GREETING) == 2, done.text


def test_no_vm(files, out):
    done = run(bundle(out / "bad.cpio", ["vm { compatible = \"nothing\"; };\n"], {}))
    check_orderly(done)
    assert len(done.errors) == 2 and done.errors[0].startswith("machine.dtb: /chosen: compatible: no node here"), done.text


def test_no_bundle():
    done = run(None)
    check_orderly(done)
    assert len(done.errors) == 2 and done.errors[0].startswith("no bundle"), done.text


def test_image_magic_with_wrong_size(files, out):
    """An Image whose header asks for more memory than the VM has."""
    head = bytearray(files["kernel"].read_bytes().ljust(4096, b"\0"))
    head[8:16] = bytes(8)
    head[16:24] = (1 << 40).to_bytes(8, "little")
    head[56:60] = b"ARM\x64"
    (out / "huge").write_bytes(head)
    nodes = [vm("bad", kernel=KERNEL.replace('"kernel"', '"huge"')), vm("good")]
    done = run(bundle(out / "bad.cpio", nodes, {**named(files, nodes), "huge": out / "huge"}))
    check_orderly(done)
    assert len(done.errors) == 1 and done.errors[0].startswith(NODE + "bad: memory: 8192 KiB do not hold the kernel"), done.text
    assert done.text.count(GREETING) == 1, done.text


def test_bundle_truncated_everywhere(files, out):
    """At every 100th byte. A VM starts when its whole image is there; the other is refused with one line; without the machine file, one line."""
    kernel = files["kernel"].read_bytes()
    marks = (b"first file's end", b"second file's end")
    for name, mark in zip(("first", "second"), marks):
        (out / name).write_bytes(kernel + mark)
    nodes = [vm(f"vm{n}", kernel=KERNEL.replace('"kernel"', f'"{n}"')) for n in ("first", "second")]
    whole = bundle(out / "whole.cpio", nodes, {n: out / n for n in ("first", "second")}).read_bytes()
    ends = [whole.index(mark) + len(mark) for mark in marks]
    machine_end = 4096 + int.from_bytes(whole[4100:4104], "big")
    assert whole[4096:4100] == b"\xd0\x0d\xfe\xed"
    cut = out / "cut.cpio"
    problems = []
    sizes = range(0, len(whole), 100)
    for size in sizes:
        cut.write_bytes(whole[:size])
        done = run(cut if size else None)
        start = sum(size >= end for end in ends)
        refused = 2 - start if size >= machine_end else 1
        last = 1 if start == 0 else 0  # "no VM to run"
        orderly = done.status == 0 and not PANIC.search(done.text) and done.text.count(GREETING) == start
        if not orderly or len(done.errors) != refused + last:
            problems.append(f"--- {size} of {len(whole)} bytes: {start} VMs expected, {refused} refused\n{done.text}")
    assert not problems, f"{len(problems)} of {len(sizes)} runs:\n" + "\n".join(problems[:5])
