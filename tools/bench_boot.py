# SPDX-License-Identifier: BSD-3-Clause
"""The boot's row for tools/bench: how many instructions EL2 takes from Trivet's first to the guest's first.

The machine has one core and 1 GiB; its one VM has 16 MiB and the benchmark's payload, filled up to 12 KiB. QEMU logs every
instruction from reset on, and is ended at Trivet's first ERET to a guest.
"""
import re
import subprocess
import sys

OBJDUMP = "aarch64-linux-gnu-objdump"
PAYLOAD_BYTES = 12288
MEMORY_KIB = 16384
CHUNK = 1 << 20
TRACE = re.compile(rb"^Trace 0: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]{16})/", re.M)

# As in tools/bench: what it is; the aim; Bao, the hypervisor in Rust, Xen (from reset), KVM.
ROWS = {
    "boot-el2": ("boot: EL2's first to guest's first", 300_000, (325_000, 391_000, 24_500_000)),
    "image": ("image, bytes", 120_000, (107_000, 207_000, 1_016_000)),
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
			memory = <0x0 {memory:#x}>;
			cpus = <1>;
			vpl011;
			module@0 {{
				compatible = "multiboot,kernel", "multiboot,module";
				trivet,file = "payload";
			}};
		}};
	}};
}};
"""


def die(message):
    sys.exit(f"bench: error: {message}")


def entry_points(elf):
    """The addresses of Trivet's first instruction, and of the ERET in guest_enter."""
    text = subprocess.run([OBJDUMP, "-d", "--no-show-raw-insn", elf], capture_output=True, text=True, check=True).stdout
    start = re.search(r"^([0-9a-f]+) <_start>:", text, re.M)
    eret = re.search(r"^[0-9a-f]+ <guest_enter>:\n(?:\s.*\n)*?\s*([0-9a-f]+):\teret", text, re.M)
    if not start or not eret:
        die(f"{elf}: no _start, or no eret in guest_enter")
    return int(start.group(1), 16), int(eret.group(1), 16)


def prepare(args):
    """Write machine file, payload and bundle; the command that runs them."""
    args.out.mkdir(parents=True, exist_ok=True)
    machine, payload, bundle = args.out / "boot.dts", args.out / "boot.bin", args.out / "boot.cpio"
    machine.write_text(MACHINE.format(memory=MEMORY_KIB))
    payload.write_bytes(args.payload.read_bytes().ljust(PAYLOAD_BYTES, b"\0"))
    subprocess.run([args.tools / "bundle", machine, "-o", bundle, "--file", f"payload={payload}"], check=True)
    return [args.tools / "run", "--image", args.image, "--bundle", bundle, "--smp", "1", "--memory", "1G", "--cpu", args.cpu,
            "--deterministic", "--timeout", str(args.timeout), "--", "-accel", "tcg,one-insn-per-tb=on", "-d", "exec,nochain"]


def addresses(args):
    """The address of each instruction of EL2, from the first to the ERET."""
    start, eret = (b"/%016x/" % a for a in entry_points(args.image.with_suffix(".elf")))
    log, began, seen = bytearray(), False, 0
    with subprocess.Popen(prepare(args), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as qemu:
        while data := qemu.stderr.read(CHUNK):
            log += data
            if not began and (at := log.find(start)) >= 0:
                began = True
                del log[:log.rfind(b"\n", 0, at) + 1]
            if began and (at := log.find(eret, seen)) >= 0:
                qemu.terminate()
                return [int(pc, 16) for pc in TRACE.findall(log[:at + len(eret)])]
            seen = max(len(log) - len(eret), 0)
    die(f"boot: no guest was entered; the end of QEMU's log:\n{log[-2000:].decode('utf-8', 'replace')}")
    return []


def measure(args):
    return {"boot-el2": len(addresses(args)), "image": args.image.stat().st_size}
