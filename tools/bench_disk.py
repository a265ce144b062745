# SPDX-License-Identifier: BSD-3-Clause
"""The disk's rows for tools/bench: how many instructions a read of 4 KiB or 1 MiB takes, at EL1 and EL2 together, from the store that
notifies to the used index seen, from a disk in the bundle and from one of the machine.

The payload (guest/bench/disk.c) waits in WFI. How long the machine's disk takes is QEMU's affair, so the counter says nothing here: QEMU
logs every instruction, and those between two calls of stamp() are counted.
"""
import re
import struct
import subprocess
import sys

from bench_spmc import Symbols, TRACE, lines

TRIES = 3  # guest/bench/disk.c
SECTOR = 512
DISK_BYTES = 2 << 20

ROWS = {
    "read-4k": ("4 KiB from the bundle's disk", None, ()),
    "read-1m": ("1 MiB", None, ()),
    "read-4k-host": ("4 KiB from the machine's disk", None, ()),
    "read-1m-host": ("1 MiB", None, ()),
}

MACHINE = """\
/dts-v1/;
/ {{
	compatible = "trivet,machine";
	#address-cells = <2>;
	#size-cells = <2>;
	chosen {{
		#address-cells = <2>;
		#size-cells = <2>;
		domU1 {{
			compatible = "xen,domain";
			#address-cells = <2>;
			#size-cells = <2>;
			trivet,name = "bench";
			memory = <0x0 0x4000>;
			cpus = <1>;
			vpl011;
			module@0 {{
				compatible = "multiboot,kernel", "multiboot,module";
				trivet,file = "payload";
				bootargs = "disk=1";
			}};
			disk@0 {{
				compatible = "trivet,disk";
				{source};
				trivet,readonly;
			}};
		}};
	}};
}};
"""


def die(message):
    sys.exit(f"bench: error: {message}")


def command(args, host):
    """Write machine file, disk and bundle; the command that runs them."""
    args.out.mkdir(parents=True, exist_ok=True)
    name = "disk-host" if host else "disk"
    machine, bundle, disk = (args.out / f"{name}.{kind}" for kind in ("dts", "cpio", "img"))
    disk.write_bytes(b"".join(struct.pack("<Q", i).ljust(SECTOR, b"\0") for i in range(DISK_BYTES // SECTOR)))
    machine.write_text(MACHINE.format(source="trivet,host-disk = <0>" if host else 'trivet,file = "disk"'))
    files = ["--file", f"payload={args.payload}"] + ([] if host else ["--file", f"disk={disk}"])
    subprocess.run([args.tools / "bundle", machine, "-o", bundle, *files], check=True)
    return [args.tools / "run", "--image", args.image, "--bundle", bundle, "--smp", "1", "--memory", "1G", "--cpu", args.cpu,
            "--deterministic", "--timeout", str(args.timeout), *(["--disk", disk] if host else []),
            "--", "-accel", "tcg,one-insn-per-tb=on", "-d", "exec,nochain"]


def windows(args, host):
    """The addresses of each try's instructions, in order."""
    mark = Symbols([args.payload.with_suffix(".elf")]).address("stamp") + 4
    found, inside = [], None
    with subprocess.Popen(command(args, host), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as qemu:
        for data in lines(qemu.stderr):
            for pc in map(lambda text: int(text, 16), TRACE.findall(data)):
                if inside is not None:
                    inside.append(pc)
                if pc == mark:
                    if inside is not None:
                        found.append(inside)
                    inside = [] if inside is None else None
        text = qemu.stdout.read().replace(b"\0", b"").decode("utf-8", "replace")
    if qemu.returncode or not re.search(r"BENCH-END", text) or len(found) != 2 * TRIES:
        die(f"disk: QEMU ended with {qemu.returncode}, {len(found)} reads; its output:\n{text}")
    return found


def least(args, host):
    found = windows(args, host)
    return min(found[:TRIES], key=len), min(found[TRIES:], key=len)


def measure(args):
    counts = [len(pcs) for host in (False, True) for pcs in least(args, host)]
    return dict(zip(ROWS, counts))
