# SPDX-License-Identifier: BSD-3-Clause
"""Firmware with Secure Partitions and manifests that are wrong: a good one of each, and the changes that make it bad.

`Tree` is a device tree that fdtput changes; `package()` packs as sptool does; `firmware()` makes the flash image of good and bad ones.
"""

import dataclasses
import json
import pathlib
import struct
import subprocess

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parents[2]
MACHINE = TOP / "machines/spmc"
BUILD = TOP / "build/spmc"
TFA = TOP / "build/images/tfa"

MANIFEST, IMAGE = 0x1000, 0x4000  # where sptool puts them
FIRST, STEP, SIZE = 0x0ec00000, 0x40000, 0x10000  # the bad ones' memory
NUMBER = 4  # of the first bad one's vmN


class Tree:
    """A device tree in a file of its own."""

    def __init__(self, path, source, more=""):
        self.path = path
        text = f'/include/ "{source}"\n{more}'
        subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", path, "-"], input=text, text=True, check=True)

    def put(self, node, prop, *values):
        """Cells (numbers), or a string; nothing: a flag. Makes the node if there is none."""
        kind = "s" if values and isinstance(values[0], str) else "x"
        words = [v if isinstance(v, str) else f"{v:x}" for v in values]
        subprocess.run(["fdtput", "-p", "-t", kind, self.path, node, prop, *words], check=True)

    def drop(self, node, prop=None):
        subprocess.run(["fdtput", "-d", self.path, node, prop] if prop else ["fdtput", "-r", self.path, node], check=True)

    def get(self, node, prop):
        done = subprocess.run(["fdtget", "-t", "x", self.path, node, prop], check=True, capture_output=True, text=True)
        return [int(word, 16) for word in done.stdout.split()]

    def data(self):
        return self.path.read_bytes()


@dataclasses.dataclass
class Bad:
    """What is wrong with an SP, and the line that says so (behind its name, or all of it)."""
    line: str
    manifest: object = lambda tree: None  # changes its Tree
    package: object = lambda data: data  # gives other bytes for it
    spmc: object = lambda tree, vm: None  # changes the SPMC's Tree, where vm is the SP's node


def package(manifest, image):
    """As sptool does."""
    head = struct.pack("<4s5I", b"SPKG", 2, MANIFEST, len(manifest), IMAGE, len(image))
    return head.ljust(MANIFEST, b"\0") + manifest.ljust(IMAGE - MANIFEST, b"\0") + image


def field(number, value):
    """For Bad.package: another number in the header: 0 magic, 1 version, 2 and 3 the manifest's offset and size, 4 and 5 the image's."""
    return lambda data: data[:4 * number] + struct.pack("<I", value) + data[4 * number + 4:]


def bad_sp(out, index, name, bad, echo):
    """The package of one, and its entry in sp_layout.json."""
    tree = Tree(out / f"{name}.dtb", HERE / "all.dts")
    uuid = [0xbad00000 + index, 0x4e0c85a7, 0xd23b719e, 0x0200c4f8]
    tree.put("/", "uuid", *uuid)
    bad.manifest(tree)
    path = out / f"{name}.pkg"
    path.write_bytes(bad.package(package(tree.data(), echo)))
    return {"package": path.name, "uuid": f"{uuid[0]:08x}-0000-4000-8000-000000000000",
            "physical-load-address": f"{FIRST + index * STEP:#x}"}


def vms(names):
    """Their nodes in the SPMC's manifest, behind those of the good ones."""
    return "/ { hypervisor {" + "".join(
        f'vm{NUMBER + i} {{ is_ffa_partition; debug_name = "{name}"; load_address = <{FIRST + i * STEP:#x}>; mem_size = <{SIZE:#x}>; '
        "vcpu_count = <1>; };\n" for i, name in enumerate(names)) + "}; };\n"


def firmware(out, name, bl32, bads=None, echo=b"", spmc=lambda tree: None, good=True, more=""):
    """The flash image of the example's SPs (unless not good) and bad ones; the SPMC's manifest has more text, and is changed at the end."""
    work = out / name
    work.mkdir(parents=True, exist_ok=True)
    bads = bads or {}
    tree = Tree(work / "tos_fw_config.dtb", MACHINE / "tos_fw_config.dts", vms(bads) + more)
    layout = json.loads((MACHINE / "sp_layout.json").read_text()) if good else {}
    for index, (sp, bad) in enumerate(bads.items()):
        layout[sp.replace("-", "_")] = bad_sp(work, index, sp, bad, echo)
        bad.spmc(tree, f"/hypervisor/vm{NUMBER + index}")
    spmc(tree)
    (work / "sp_layout.json").write_text(json.dumps(layout, indent=1))
    fw = work / "flash.fw"
    search = [BUILD, *(TOP / "sp").iterdir()]
    subprocess.run([TOP / "tools/firmware", "--tfa", TFA, "--bl32", bl32, "--bl33", BUILD / "bad_client.bin", "--tos-fw-config", tree.path,
                    "--layout", work / "sp_layout.json", *(word for place in search for word in ("-I", place)), "-o", fw], check=True)
    return fw
