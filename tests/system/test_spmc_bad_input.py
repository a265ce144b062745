# SPDX-License-Identifier: BSD-3-Clause
"""Secure Partitions and manifests of the secure world that are wrong, under TF-A.

One line says what, with file, node and property; the other SPs boot and answer; the normal world boots; never a panic. Several bad SPs share
a firmware with the good ones: a boot takes a second, and so does making the firmware.
"""

import functools
import os
import pathlib
import subprocess
import sys

import pytest

from conftest import make
from console import CPU, PANIC, SLOW, TOP, clean_environment
from machine import Output

sys.path.insert(0, str(TOP / "tests/spmc/bad"))
from spoil import FIRST, NUMBER, STEP, Bad, field, firmware  # noqa: E402 pylint: disable=wrong-import-position

BL32 = pathlib.Path(os.environ.get("TRIVET_SPMC", TOP / "build/spmc-gcc/trivet.bin"))
EACH = 5  # bad SPs of a firmware: TF-A loads eight, and three are good
GOOD = {0x8001: "hello", 0x8002: "irq", 0x8003: "relay"}
HELLO, IRQ = 0x0e400000, 0x0e600000  # where they are
HELLO_UUID = (0x5a3c1e10, 0x48d72b96, 0x9ce1a0b4, 0x01007e6f)
MORE, NOTHING = "/memory-regions/more", "/device-regions/nothing"


def put(*change):
    return lambda tree: tree.put(*change)


def drop(*what):
    return lambda tree: tree.drop(*what)


def all_of(*changes):
    return lambda tree: [change(tree) for change in changes]


def no_good(tree):
    for n in range(1, NUMBER):
        tree.drop(f"/hypervisor/vm{n}")


def vm(prop, *values):
    return lambda tree, node: tree.put(node, prop, *values)


def at(node, address):
    return put(node, "base-address", 0, address)


def torn(data):
    """A package whose device tree is damaged in the middle."""
    where = 0x1000 + 0x38 + 0x10
    return data[:where] + b"\xff" * 16 + data[where + 16:]


BAD_PACKAGES = {
    "magic": Bad("{at}: no SP package", package=field(0, 0x474b5054)),
    "version-0": Bad("{at}: an SP package of an unknown version", package=field(1, 0)),
    "version-3": Bad("{at}: an SP package of an unknown version", package=field(1, 3)),
    "manifest-in-header": Bad("{at}: the manifest's offset", package=field(2, 8)),
    "manifest-offset-odd": Bad("{at}: the manifest's offset", package=field(2, 0x1004)),
    "manifest-empty": Bad("{at}: the manifest is empty", package=field(3, 0)),
    "manifest-huge": Bad("{at}: the manifest is empty, or larger than 64 KiB", package=field(3, 0x10001)),
    "manifest-over-image": Bad("{at}: the manifest overlaps the image", package=field(3, 0x3001)),
    "manifest-outside": Bad("{at}: the manifest overlaps the image", package=field(2, 0xfffffff8)),
    "image-empty": Bad("{at}: the image is empty", package=field(5, 0)),
    "image-offset-odd": Bad("{at}: the image is empty, or its offset no multiple of 4 KiB", package=field(4, 0x4800)),
    "image-outside": Bad("{at}: larger than the SP's memory (mem_size)", package=field(4, 0xfffff000)),
    "image-too-large": Bad("{at}: larger than the SP's memory (mem_size)", package=field(5, 0xfffffff0)),
    "package-empty": Bad("{at}: no SP package", package=lambda data: bytes(4)),
    "package-ends-in-header": Bad("{at}: the manifest's offset", package=lambda data: data[:8]),
    "package-ends-before-manifest": Bad("/: header: ", package=lambda data: data[:0x1000]),
    "package-ends-in-manifest": Bad("/: header: ", package=lambda data: data[:0x1000 + 400]),
    "manifest-is-text": Bad("/: header: ", package=lambda data: data[:0x1000] + b"/dts-v1/; / { };" + data[0x1010:]),
    "manifest-torn": Bad("/: header: ", package=torn),
    "manifest-size-short": Bad("/: header: ", package=field(3, 0x100)),
}

BAD_MANIFESTS = {
    "compatible": Bad("/: compatible: ", put("/", "compatible", "arm,ffa-manifest-2.0")),
    "no-compatible": Bad("/: compatible: ", drop("/", "compatible")),
    "ffa-version": Bad("/: ffa-version: 2.0", put("/", "ffa-version", 0x20000)),
    "no-uuid": Bad("/: uuid: is missing", drop("/", "uuid")),
    "uuid-three-cells": Bad("/: uuid: ", put("/", "uuid", 1, 2, 3)),
    "uuid-nil": Bad("/: uuid: is nil", put("/", "uuid", 0, 0, 0, 0)),
    "uuid-of-hello": Bad("/: uuid: 5a3c1e10-48d72b96-9ce1a0b4-01007e6f is of hello too", put("/", "uuid", *HELLO_UUID)),
    "uuid-second-of-hello": Bad("/: uuid: 5a3c1e10-48d72b96-9ce1a0b4-01007e6f is of hello too", put("/", "uuid", 1, 2, 3, 4, *HELLO_UUID)),
    "id-of-hello": Bad("/: id: 0x8001 is that of hello too", put("/", "id", 0x8001)),
    "id-of-hello-short": Bad("/: id: 0x8001 is that of hello too", put("/", "id", 1)),
    "id-of-the-spmc": Bad("/: id: 0x8000", put("/", "id", 0x8000)),
    "id-too-large": Bad("/: id: 0x18001", put("/", "id", 0x18001)),
    "boot-order-of-hello": Bad("/: boot-order: 0 is that of hello too", put("/", "boot-order", 0)),
    "contexts-0": Bad("/: execution-ctx-count: 0", put("/", "execution-ctx-count", 0)),
    "contexts-2": Bad("/: execution-ctx-count: 2", put("/", "execution-ctx-count", 2)),
    "contexts-5": Bad("/: execution-ctx-count: 5", put("/", "execution-ctx-count", 5)),
    "contexts-1000": Bad("/: execution-ctx-count: 1000", put("/", "execution-ctx-count", 1000)),
    "level-unknown": Bad("/: exception-level: 9 is no exception level", put("/", "exception-level", 9)),
    "level-s-el0": Bad("/: exception-level: 1: an SP at S-EL0 is not supported", put("/", "exception-level", 1)),
    "state-aarch32": Bad("/: execution-state: 1", put("/", "execution-state", 1)),
    "granule-64k": Bad("/: xlat-granule: 2", put("/", "xlat-granule", 2)),
    "entry-outside": Bad("/: entrypoint-offset: 0x10000", put("/", "entrypoint-offset", 0x10000)),
    "entry-far-outside": Bad("/: entrypoint-offset: 0xffffffff00004000", put("/", "entrypoint-offset", 0xffffffff, 0x4000)),
    "entry-odd": Bad("/: entrypoint-offset: 0x4002", put("/", "entrypoint-offset", 0x4002)),
    "messaging": Bad("/: messaging-method: 0x8000", put("/", "messaging-method", 0x8000)),
    "gp-register": Bad("/: gp-register-num: 0x9", put("/", "gp-register-num", 9)),
    "ns-action": Bad("/: ns-interrupts-action: 0x3", put("/", "ns-interrupts-action", 3)),
    "queued-but-signalled": Bad("/: other-s-interrupts-action: ", put("/", "other-s-interrupts-action", 0)),
    "flag-with-value": Bad("/: notification-support: takes no value", put("/", "notification-support", 1)),
}

BAD_REGIONS = {
    "rx-is-nothing": Bad("/rx_tx-info: rx-buffer: ", put("/rx_tx-info", "rx-buffer", 0x77)),
    "tx-is-rx": Bad("/rx_tx-info: tx-buffer: ", lambda t: t.put("/rx_tx-info", "tx-buffer", *t.get("/rx_tx-info", "rx-buffer"))),
    "tx-of-another-size": Bad("/rx_tx-info: tx-buffer: ", lambda t: (t.put("/memory-regions/tx", "load-address-relative-offset", 0, 0xc000),
                                                                     t.put("/memory-regions/tx", "pages-count", 2))),
    "rx-executable": Bad("/rx_tx-info: rx-buffer: ", put("/memory-regions/rx", "attributes", 5)),
    "tx-read-only": Bad("/rx_tx-info: tx-buffer: ", put("/memory-regions/tx", "attributes", 1)),
    "tx-executable": Bad("/rx_tx-info: tx-buffer: ", put("/memory-regions/tx", "attributes", 5)),
    "rx-is-the-normal-worlds": Bad("/rx_tx-info: rx-buffer: ", lambda t: (t.drop("/memory-regions/rx", "load-address-relative-offset"),
                                                                          t.put("/memory-regions/rx", "base-address", 0, 0x52000000),
                                                                          t.put("/memory-regions/rx", "attributes", 0xb))),
    "rx-tx-incompatible": Bad("/rx_tx-info: compatible: ", put("/rx_tx-info", "compatible", "arm,something")),
    "rx-over-tx": Bad("/memory-regions/tx: load-address-relative-offset: ",
                      put("/memory-regions/tx", "load-address-relative-offset", 0, 0xe000)),
    "region-over-hello": Bad(f"{MORE}: base-address: 0xe400000 to 0xe40ffff overlaps / of hello", at(MORE, HELLO)),
    "region-over-itself": Bad(f"{MORE}: base-address: ", at(MORE, FIRST + 4 * STEP)),
    "region-over-the-spmc": Bad(f"{MORE}: base-address: 0xe100000 to 0xe10ffff overlaps the SPMC", at(MORE, 0x0e100000)),
    "region-outside": Bad(f"{MORE}: base-address: 0xf000000 to 0xf00ffff is not in secure RAM", at(MORE, 0x0f000000)),
    "region-half-outside": Bad(f"{MORE}: base-address: 0xeff1000 to 0xf000fff is not in secure RAM", at(MORE, 0x0eff1000)),
    "region-is-the-normal-worlds": Bad(f"{MORE}: base-address: 0x50000000", at(MORE, 0x50000000)),
    "region-is-tf-as": Bad(f"{MORE}: base-address: 0xe000000", at(MORE, 0x0e000000)),
    "region-odd": Bad(f"{MORE}: base-address: 0xee00800", at(MORE, 0x0ee00800)),
    "region-wraps": Bad(f"{MORE}: pages-count: ", put(MORE, "base-address", 0xffffffff, 0xfffff000)),
    "region-empty": Bad(f"{MORE}: pages-count: 0", put(MORE, "pages-count", 0)),
    "region-huge": Bad(f"{MORE}: base-address: ", put(MORE, "pages-count", 0xffffffff)),
    "region-nowhere": Bad(f"{MORE}: base-address: is missing", drop(MORE, "base-address")),
    "region-write-only": Bad(f"{MORE}: attributes: 0x2", put(MORE, "attributes", 2)),
    "region-write-execute": Bad(f"{MORE}: attributes: 0x7", put(MORE, "attributes", 7)),
    "regions-incompatible": Bad("/memory-regions: compatible: ", put("/memory-regions", "compatible", "arm,something")),
    "shared-is-secure": Bad("/memory-regions/shared: base-address: 0xef00000", at("/memory-regions/shared", 0x0ef00000)),
    "shared-is-irqs": Bad("/memory-regions/shared: base-address: ", at("/memory-regions/shared", 0x50000000)),
}

BAD_DEVICES = {
    "device-is-the-normal-worlds": Bad(f"{NOTHING}: base-address: 0x9000000", at(NOTHING, 0x09000000)),
    "device-is-ram": Bad(f"{NOTHING}: base-address: 0xee00000", at(NOTHING, 0x0ee00000)),
    "device-is-irqs": Bad(f"{NOTHING}: base-address: 0x9040000", at(NOTHING, 0x09040000)),
    "device-is-the-distributor": Bad(f"{NOTHING}: base-address: 0x8000000", at(NOTHING, 0x08000000)),
    "device-is-a-redistributor": Bad(f"{NOTHING}: base-address: 0x80a0000", at(NOTHING, 0x080a0000)),
    "device-executable": Bad(f"{NOTHING}: attributes: 0x5", put(NOTHING, "attributes", 5)),
    "intid-of-irq": Bad(f"{NOTHING}: interrupts: 40 belongs to /device-regions/uart1 of irq", put(NOTHING, "interrupts", 40, 0x900)),
    "intid-ppi-of-irq": Bad(f"{NOTHING}: interrupts: 29 belongs to", put(NOTHING, "interrupts", 50, 0x900, 29, 0x700)),
    "intid-twice": Bad(f"{NOTHING}: interrupts: 51 is there twice", put(NOTHING, "interrupts", 51, 0x900, 51, 0x900)),
    "intid-sgi": Bad(f"{NOTHING}: interrupts: 8 is no PPI or SPI", put(NOTHING, "interrupts", 8, 0x900)),
    "intid-1020": Bad(f"{NOTHING}: interrupts: 1020", put(NOTHING, "interrupts", 1020, 0x900)),
    "intid-of-the-spmc": Bad(f"{NOTHING}: interrupts: 20", put(NOTHING, "interrupts", 20, 0x900)),
    "interrupt-odd": Bad(f"{NOTHING}: interrupts: must be pairs", put(NOTHING, "interrupts", 50)),
    "target-is-no-core": Bad(f"{NOTHING}: interrupts: 50", put(NOTHING, "interrupts-target", 50, 0, 0x77)),
}
# What the SPMC's manifest says of an SP, and BL2 does not.
NODE = "TOS_FW_CONFIG: /hypervisor/vm{}: "
BAD_NODES = {
    "vm-outside": Bad(NODE + "load_address: 0xf000000", spmc=vm("load_address", 0x0f000000)),
    "vm-half-outside": Bad(NODE + "load_address: 0xeff8000", spmc=vm("load_address", 0x0eff8000)),
    "vm-in-the-normal-world": Bad(NODE + "load_address: 0x50000000", spmc=vm("load_address", 0x50000000)),
    "vm-over-the-spmc": Bad(NODE + "load_address: 0xe180000", spmc=vm("load_address", 0x0e180000)),
    "vm-over-hello": Bad(NODE + "load_address: 0xe480000", spmc=vm("load_address", 0x0e480000)),
    "vm-odd": Bad(NODE + "load_address: 0xec00800", spmc=vm("load_address", 0x0ec00800)),
    "vm-empty": Bad(NODE + "mem_size: 0x0", spmc=vm("mem_size", 0)),
    "vm-huge": Bad(NODE + "load_address: ", spmc=vm("mem_size", 0xf0000000)),
    "vm-wraps": Bad(NODE + "mem_size: ", spmc=vm("mem_size", 0xffffffff, 0xfffff000)),
    "vm-is-no-ffa-partition": Bad(NODE + "is_ffa_partition: is missing", spmc=lambda tree, node: tree.drop(node, "is_ffa_partition")),
    "vm-without-a-name": Bad(NODE + "debug_name: is missing", spmc=lambda tree, node: tree.drop(node, "debug_name")),
}

BAD = {**BAD_PACKAGES, **BAD_MANIFESTS, **BAD_REGIONS, **BAD_DEVICES, **BAD_NODES}
BATCHES = [list(BAD)[i:i + EACH] for i in range(0, len(BAD), EACH)]


@pytest.fixture(scope="module", name="echo")
def echo_fixture(out):
    """All that the tests' firmware is made of; the bad SPs' program."""
    subprocess.run(make("spmc-bad"), cwd=TOP, check=True, env=clean_environment(), stdout=subprocess.DEVNULL)
    elf, raw = out / "echo.elf", out / "echo.bin"
    subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,-Ttext=0,--build-id=none", "-o", elf, TOP / "tests/spmc/bad/echo.S"],
                   check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", elf, raw], check=True)
    return raw.read_bytes()


def boot(fw, smp=1):
    cmd = [TOP / "tools/run", "--firmware", fw, *CPU, "--smp", smp, "--timeout", f"{10 * SLOW:g}"]
    done = subprocess.run([str(word) for word in cmd], cwd=TOP, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return Output(done.returncode, done.stdout.decode(errors="replace"))


def check_orderly(done, sps):
    """The normal world has run, and sees these SPs; each of them answers."""
    assert done.status == 0 and "ok 1 - " in done.text, done.text
    assert not PANIC.search(done.text), done.text
    seen = {int(line.split()[2].rstrip(":"), 16) for line in done.lines if line.startswith("# SP 0x") and line.endswith("answers")}
    assert seen == set(sps) and "WRONG" not in done.text, done.text


@pytest.fixture(scope="module", name="batch")
def batch_fixture(echo, out):
    """batch(n): the output of the boot of that batch; made once."""
    @functools.cache
    def batch(number):
        return boot(firmware(out / "spmc-bad", f"batch-{number}", BL32, {name: BAD[name] for name in BATCHES[number]}, echo))
    return batch


@pytest.mark.parametrize("number", range(len(BATCHES)))
def test_the_others_go_on(number, batch):
    check_orderly(batch(number), GOOD)
    errors = batch(number).errors
    assert len(errors) == len(BATCHES[number]), batch(number).text


@pytest.mark.parametrize("case", BAD)
def test_one_sp_refused(case, batch):
    """Just one line is about it, and names file, node and property."""
    index = list(BAD).index(case)
    want = BAD[case].line.format(NUMBER + index % EACH, at=f"package at {FIRST + index % EACH * STEP:#x}")
    done = batch(index // EACH)
    if not want.startswith("TOS_FW_CONFIG"):
        want = f"{case}: {want}"
    lines = [line for line in done.errors if line.startswith((case + ":", NODE.format(NUMBER + index % EACH)))]
    assert len(lines) == 1 and want in lines[0], f"wanted: {want}\n{done.text}"


def test_a_good_one(echo, out):
    """The one that all of them are made of, without a fault, beside the others, on two cores."""
    done = boot(firmware(out / "spmc-bad", "good", BL32, {"good": Bad("")}, echo), smp=2)
    check_orderly(done, [*GOOD, 0x8000 + NUMBER])
    assert not done.errors, done.text


# --- what one that is refused has to give back, and what it cannot take ---


def two(name, echo, out, **first):
    """A bad one, and one behind it that has all that it claimed (but what must differ)."""
    done = boot(firmware(out / "spmc-bad", name, BL32, {"first": Bad("", **first), "second": Bad("")}, echo))
    check_orderly(done, [*GOOD, 0x8000 + NUMBER + 1])
    assert len(done.errors) == 1 and done.errors[0].startswith("first: "), done.text
    return done.errors[0]


def test_the_last_check_fails(echo, out):
    """Its memory, region and interrupt had been taken already; the second gets them."""
    change = all_of(put(NOTHING, "interrupts", 50, 0x900, 51, 0x900), put(NOTHING, "interrupts-target", 51, 0, 0x77))
    assert "interrupts: 51 has a target that is no core" in two("undo", echo, out, manifest=change)


def test_memory_of_a_later_one(echo, out):
    assert f"{MORE}: base-address: " in two("later", echo, out, manifest=at(MORE, FIRST + STEP))


def test_both_at_one_place(echo, out):
    """The second one's node says that it is where the first is."""
    place = vm("load_address", FIRST)
    bads = {"first": Bad(""), "second": Bad("", spmc=place)}
    done = boot(firmware(out / "spmc-bad", "place", BL32, bads, echo))
    check_orderly(done, [*GOOD, 0x8000 + NUMBER])
    assert done.errors == [f"TOS_FW_CONFIG: /hypervisor/vm{NUMBER + 1}: load_address: 0xec00000 to 0xec0ffff overlaps first"], done.text


def test_nine(echo, out):
    """One more than there is room for (BL2 loads eight)."""
    more = "/ { hypervisor {" + "".join(f'vm{n} {{ is_ffa_partition; debug_name = "n{n}"; load_address = <{FIRST + n * STEP:#x}>; '
                                        "mem_size = <0x10000>; vcpu_count = <1>; };\n" for n in range(4, 10)) + "}; };\n"
    done = boot(firmware(out / "spmc-bad", "nine", BL32, more=more))
    check_orderly(done, GOOD)
    assert "TOS_FW_CONFIG: /hypervisor/vm9: compatible: more than 8 SPs" in done.errors and len(done.errors) == 6, done.text


def test_images_cut_off(echo, out):
    """BL2 loads less than the header says, which can't be seen; the rest is zeros. An SP is aborted when it runs into them: at once, or later."""
    bads = {"none": Bad("", package=lambda data: data[:0x4000]), "half": Bad("", package=lambda data: data[:-8]), "whole": Bad("")}
    bads = {name: Bad("", put("/", "boot-order", order), bad.package) for order, (name, bad) in enumerate(bads.items())}
    for bad in list(bads.values())[:2]:
        bad.manifest = all_of(bad.manifest, drop(MORE), drop("/memory-regions/shared"), drop("/device-regions"))
    done = boot(firmware(out / "spmc-bad", "cut", BL32, bads, echo, good=False, spmc=no_good))
    assert done.status == 0 and not PANIC.search(done.text), done.text
    for name in ("none", "half"):
        assert any(line.startswith(f"{name}: ") and "aborted" in line for line in done.errors), done.text
    assert f"# SP 0x{0x8000 + NUMBER + 2:x}: 1 contexts: answers" in done.lines, done.text


# --- the SPMC's own manifest ---

RAM = "/memory@e100000"
# The boot of the SPMC ends, with a line: name: (change, line).
BROKEN = {
    "spmc-id": (put("/attribute", "spmc_id", 0xffff), "/attribute: spmc_id: 0xffff"),
    "no-exec-state": (drop("/attribute", "exec_state"), "/attribute: exec_state: is missing"),
    "binary-size-wraps": (put("/attribute", "binary_size", 0xffffffff, 0xffffffff), "/attribute: binary_size: wraps"),
    "hypervisor": (put("/hypervisor", "compatible", "x"), "/hypervisor: compatible: "),
    "no-cpus": (drop("/cpus"), "/: cpus: missing"),
    "cpus-empty": (lambda tree: [tree.drop(f"/cpus/cpu@{n}") for n in range(4)], "/cpus: cpu: "),
    "cpu-twice": (put("/cpus/cpu@1", "reg", 0, 0), "/cpus/cpu@1: reg: another core has the same"),
    "cpu-is-none": (put("/cpus/cpu@1", "reg", 0, 0x80000001), "/cpus/cpu@1: reg: 0x80000001"),
    "cpu-cells": (put("/cpus/cpu@1", "reg", 1), "/cpus/cpu@1: reg: "),
    "no-boot-core": (drop("/cpus/cpu@0"), "/cpus: no node for this core"),
    "no-memory": (drop(RAM), "/: memory: "),
    "memory-without-reg": (drop(RAM, "reg"), "/: memory: "),
    "memory-reg-cut": (put(RAM, "reg", 0, 0x0e100000, 0), f"{RAM}: reg: "),
    "memory-twice": (put(RAM, "reg", 0, 0x0e100000, 0, 0xf00000, 0, 0x0e200000, 0, 0x1000), f"{RAM}: reg: overlaps"),
    "memory-wraps": (put(RAM, "reg", 0xffffffff, 0xfffff000, 0, 0x2000), f"{RAM}: reg: wraps"),
    "memory-over-the-normal-worlds": (put(RAM, "reg", 0, 0x0e100000, 0x100, 0), "/memory@40000000: reg: "),
    "memory-over-devices": (put("/memory@8000000", "reg", 0, 0x0e000000, 0, 0x200000), "/memory@8000000: reg: "),
    "no-gic": (drop("/intc@8000000"), "/: arm,gic-v3: "),
    "gic-is-none": (put("/intc@8000000", "reg", 0, 0x50000000, 0, 0x10000, 0, 0x080a0000, 0, 0xf60000), "is no GICv3"),
    "no-timer": (drop("/timer"), "/: arm,armv8-timer: missing"),
    "timer-without-cnthps": (put("/timer", "interrupts", 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 10, 4), "timer of S-EL2 has no interrupt"),
}
# SPMD finds it out, in words of its own if at all.
SPMD = {
    "compatible": put("/", "compatible", "arm,ffa-core-manifest-2.0"),
    "no-attribute": drop("/attribute"),
    "spmc-id-of-a-vm": put("/attribute", "spmc_id", 0x7fff),
    "version-2": put("/attribute", "maj_ver", 2),
    "exec-state-aarch32": put("/attribute", "exec_state", 1),
}


def without_spmc(done):
    """The normal world has run, and has no FF-A."""
    check_orderly(done, [])
    assert "# FFA_VERSION: -1" in done.lines and "skip no FF-A" in done.text, done.text


@pytest.mark.parametrize("case", BROKEN)
def test_broken_spmc_manifest(case, echo, out):  # pylint: disable=unused-argument
    change, want = BROKEN[case]
    done = boot(firmware(out / "spmc-bad", f"broken-{case}", BL32, spmc=change))
    without_spmc(done)
    assert len(done.errors) == 1 and done.errors[0].startswith("TOS_FW_CONFIG: ") and want in done.errors[0], done.text


@pytest.mark.parametrize("case", SPMD)
def test_spmc_manifest_that_spmd_refuses(case, echo, out):  # pylint: disable=unused-argument
    done = boot(firmware(out / "spmc-bad", f"broken-{case}", BL32, spmc=SPMD[case]))
    without_spmc(done)
    assert not done.log, done.text


def tear(tree):
    """Bytes at the end of the tree's structure, where SPMD does not read."""
    data = bytearray(tree.path.read_bytes())
    end = int.from_bytes(data[8:12], "big") + int.from_bytes(data[36:40], "big")
    data[end - 40:end - 20] = b"\xff" * 20
    tree.path.write_bytes(data)


def test_torn_spmc_manifest(echo, out):  # pylint: disable=unused-argument
    done = boot(firmware(out / "spmc-bad", "torn", BL32, spmc=tear))
    without_spmc(done)
    assert len(done.errors) == 1 and done.errors[0].startswith("TOS_FW_CONFIG: an unknown token: "), done.text


def test_spmc_id_of_an_sp(echo, out):  # pylint: disable=unused-argument
    """The SPMC has it."""
    done = boot(firmware(out / "spmc-bad", "id-taken", BL32, spmc=put("/attribute", "spmc_id", 0x8001)))
    check_orderly(done, [0x8002, 0x8003])
    assert done.errors == ["hello: /: id: 0x8001 is the SPMC's"], done.text


def test_spmd_refuses_the_other_cores(echo, out):  # pylint: disable=unused-argument
    done = boot(firmware(out / "spmc-bad", "one-core", BL32, spmc=put("/attribute", "load_address", 0x0e200000)))
    check_orderly(done, GOOD)
    assert any(line.startswith("warning: one core: ") for line in done.log), done.text


def test_no_sp(echo, out):  # pylint: disable=unused-argument
    done = boot(firmware(out / "spmc-bad", "none", BL32, spmc=drop("/hypervisor"), good=False))
    check_orderly(done, [])
    assert not done.errors and "0 Secure Partitions" in done.text, done.text
