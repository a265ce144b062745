# SPDX-License-Identifier: BSD-3-Clause
"""The rows of the secure role for tools/bench: how many instructions calls, an interrupt and the boot take, and at which level.

One run of TF-A, Trivet as SPMC and tests/spmc/bench as BL33, under -icount and with QEMU's log of every instruction from BL31
on, read as it comes. Its addresses tell the exception level: the memory of each stage is fixed (docs/secure-boot.md). What the client
counts and what is logged must agree to the instruction.
"""
import bisect
import collections
import itertools
import re
import subprocess
import sys
import tempfile

NM = "aarch64-linux-gnu-nm"
LEVELS = {"EL3": (0x0E090000, 0x0E0E0000), "S-EL2": (0x0E100000, 0x0E400000), "S-EL1": (0x0E400000, 0x0F000000),
          "NS-EL2": (0x60000000, 0x60100000)}
BL32, BL33 = 0x0E100000, 0x60000000
TRIES = 8  # tests/spmc/bench/main.c
CHUNK = 1 << 20
# "Trace 0: HOST [FLAGS/PC/...] ": the address between the first two strokes.
TRACE = re.compile(rb"^Trace 0: 0x[0-9a-f]+ \[[0-9a-f]+/([0-9a-f]{16})/", re.M)
RESIDENT = re.compile(r"SPMC 0x[0-9a-f]+: .* (\d+) KiB")

# Row: what it is; the aim; TF-A's own floor, Hafnium (an SPMC of the same scope), measured in the same way.
ROWS = {
    "spmc-empty": ("nothing: the loop itself", None, ()),
    "spmc-psci-version": ("PSCI_VERSION, answered by EL3", None, ()),
    "spmc-id-get": ("FFA_ID_GET, answered by EL3", None, ()),
    "spmc-features": ("FFA_FEATURES", 1750, (1352, 3233)),
    "spmc-direct-32": ("DIRECT_REQ to an SP and back", 3200, (1362, 8636)),
    "spmc-direct-64": ("  64-bit", 3100, (1362, 8324)),
    "spmc-boot": ("BL32 entry to first MSG_WAIT", None, ()),
    "spmc-image": ("image, bytes", 110000, (None, 214712)),
    "spmc-resident": ("memory in use, KiB", 600, (None, 1219)),
}


def die(message):
    sys.exit(f"bench: error: {message}")


def level_of(pc):
    return next((name for name, (base, end) in LEVELS.items() if base <= pc < end), None)


class Symbols:
    """Functions of several ELF files, by address."""

    def __init__(self, elfs):
        found = []
        for elf in elfs:
            out = subprocess.run([NM, "-n", elf], capture_output=True, text=True, check=True).stdout
            fields = [line.split() for line in out.splitlines()]
            found += [(int(f[0], 16), f[2]) for f in fields if len(f) == 3 and f[1] in "tTwW" and not f[2].startswith("$")]
        found.sort()
        self.addresses, self.names = [a for a, _ in found], [n for _, n in found]

    def find(self, pc):
        return self.names[max(bisect.bisect_right(self.addresses, pc) - 1, 0)]

    def address(self, name):
        return self.addresses[self.names.index(name)]


def command(args):
    ranges = ",".join(f"{base:#x}+{end - base:#x}" for base, end in LEVELS.values())
    return [sys.executable, args.tools / "run", "--firmware", args.firmware, "--smp", "1", "--cpu", args.cpu, "--deterministic",
            "--timeout", str(args.timeout), "--", "-accel", "tcg,one-insn-per-tb=on", "-d", "exec,nochain", "-dfilter", ranges]


def lines(stream):
    """What comes, in large pieces that end at the end of a line."""
    rest = b""
    while data := stream.read(CHUNK):
        whole, _, rest = (rest + data).rpartition(b"\n")
        yield whole + b"\n"


def count_levels(data):
    """Logged instructions by level; by the leading digits of the address, since there are millions."""
    el3, spmc = data.count(b"/000000000e0"), sum(data.count(b"/000000000e%d" % d) for d in (1, 2, 3))
    return collections.Counter({"EL3": el3, "S-EL2": spmc, "S-EL1": data.count(b"/000000000e") - el3 - spmc})


def read_boot(pieces):
    """Instructions by level from BL32's first one to its last before BL33's, and what of the log follows."""
    counts, tail, began = collections.Counter(), b"", False
    for data in pieces:
        if not began:
            at = data.find(b"/%016x/" % BL32)
            if at < 0:
                continue
            began, data = True, data[at:]
        data = tail + data
        end = data.find(b"/%016x/" % BL33)
        until = data[:end] if end >= 0 else data
        cut = until.find(b"\n", max(until.rfind(b"/000000000e1"), 0)) + 1
        counts += count_levels(until[:cut])
        if end >= 0:
            return counts, data[end:]
        tail = until[cut:]
    return counts, b""


class Run:
    """What a run gave: the console's text, the boot by level, and the address of each instruction since BL33's first."""

    def __init__(self, args):
        with tempfile.TemporaryFile() as console, \
                subprocess.Popen(command(args), stdin=subprocess.DEVNULL, stdout=console, stderr=subprocess.PIPE) as qemu:
            pieces = lines(qemu.stderr)
            self.boot, rest = read_boot(pieces)
            self.pcs = [int(pc, 16) for data in itertools.chain((rest,), pieces) for pc in TRACE.findall(data)]
            console.seek(0)
            self.text = console.read().replace(b"\0", b"").decode("utf-8", "replace")
        self.status = qemu.returncode
        self.rows = {name: int(value) for name, value in re.findall(r"^BENCH (\S+) (\d+)\r?$", self.text, re.M)}
        frequency = self.rows.pop("frequency", 0)
        if self.status or "BENCH-END" not in self.text or "not ok" in self.text:
            die(f"secure role: QEMU ended with {self.status}; its output:\n{self.text}")
        if frequency != 1_000_000_000:
            die(f"secure role: the counter runs at {frequency} Hz: a tick is not an instruction")

    def windows(self, stamp):
        """For each row the instructions of its shortest try. stamp: the address of bench_stamp."""
        at = [i for i, pc in enumerate(self.pcs) if pc == stamp + 4]
        tries = [self.pcs[a:b] for a, b in zip(at[::2], at[1::2])]
        result = {}
        for i, (name, ticks) in enumerate(self.rows.items()):
            best = min(tries[i * TRIES:(i + 1) * TRIES], key=len, default=[])
            if len(best) != ticks:
                die(f"{name}: {ticks} ticks, but {len(best)} instructions were logged")
            result[name] = best
        return result


def measure(args):
    """The rows, and of those that are instructions the shares of the levels."""
    run = Run(args)
    if args.verbose:
        print(run.text)
    windows = run.windows(Symbols([args.client]).address("bench_stamp"))
    shares = {name: collections.Counter(map(level_of, pcs)) for name, pcs in windows.items()}
    resident = RESIDENT.search(run.text)
    rows = dict(run.rows)
    rows["spmc-boot"] = sum(run.boot.values())
    shares["spmc-boot"] = run.boot
    rows["spmc-image"] = args.spmc.stat().st_size
    rows["spmc-resident"] = int(resident.group(1)) if resident else 0
    missing = ROWS.keys() - rows.keys()
    if missing:
        die(f"no figure for {', '.join(sorted(missing))}")
    return rows, shares
