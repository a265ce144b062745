# SPDX-License-Identifier: BSD-3-Clause
"""gdb commands that show what Trivet is doing: gdb-multiarch -x tools/gdb/trivet.py -ex 'target remote :1234' trivet.elf

They read memory as physical (a facility of QEMU's gdb stub), so they work wherever a core was stopped, in a guest too: Trivet's image
lies at va == pa, and the rest of RAM is in the direct map. They change nothing. docs/debugging.md has examples.
"""

import atexit
import os
import sys
import tempfile

import gdb

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import trivet_kernel  # noqa: E402  (beside this file)
import trivet_trace  # noqa: E402

DIRECT = 0x800000000000  # S1_DIRECT of src/core/s1.h
DIRECT_END = DIRECT + (32 << 40)
PAGE_MASK = 0x0000FFFFFFFFF000


class Physical:
    """While it is entered, gdb's memory accesses are physical."""

    def _set(self, on):
        connection = gdb.selected_inferior().connection
        if connection is None or connection.send_packet(f"Qqemu.PhyMemMode:{on}") != b"OK":
            raise gdb.GdbError("no QEMU behind this connection (target remote :1234)")
        # What gdb has read with the other eyes is no longer true.
        gdb.execute("maintenance flush dcache", to_string=True)

    def __enter__(self):
        self._set(1)

    def __exit__(self, *_):
        self._set(0)


def physical(address):
    return address - DIRECT if DIRECT <= address < DIRECT_END else address


def follow(pointer):
    """What a pointer of Trivet's points to, in physical memory; None for NULL."""
    address = int(pointer)
    return gdb.Value(physical(address)).cast(pointer.type).dereference() if address else None


def read(address, size):
    return bytes(gdb.selected_inferior().read_memory(physical(address), size))


def read64(address):
    return int.from_bytes(read(address, 8), "little")


def symbol(name, file=None):
    try:
        value = gdb.parse_and_eval(f"'{file}'::{name}" if file else name)
    except gdb.error:
        return None
    if value.is_optimized_out:
        # Where link-time optimization put a static variable is said in another unit than its file's.
        found = (other.value() for other in gdb.lookup_static_symbols(name))
        value = next((other for other in found if not other.is_optimized_out), value)
    return value


def enum_name(value, prefix):
    return str(value).removeprefix(prefix)


def array_length(value):
    return value.type.range()[1] + 1


def cores():
    """(index, struct percpu) of each core that runs."""
    percpu, online = symbol("percpu"), int(symbol("cpus_online"))
    return [(i, percpu[i]) for i in range(array_length(percpu)) if online >> i & 1]


def partitions():
    """Every partition, in the order of their ids: those that the role has, and those that are found on a core."""
    found = {}

    def add(pointer):
        part = follow(pointer)
        if part is not None:
            found.setdefault(int(part["id"]), part)

    vms = symbol("vms", "role_hyp.c")
    for i in range(array_length(vms) if vms is not None else 0):
        vm = follow(vms[i])
        if vm is not None:
            add(vm["p"])
    for _, cpu in cores():
        for name in ("current", "loaded"):
            vcpu = follow(cpu[name])
            if vcpu is not None:
                add(vcpu["part"])
    return [found[i] for i in sorted(found)]


def partition(text):
    """By id or by name."""
    for part in partitions():
        if text in (str(int(part["id"])), part["name"].string()):
            return part
    raise gdb.GdbError(f"no partition {text!r}: trivet-vcpus lists them")


def vcpus(part):
    first = int(part["vcpu"])
    kind = part["vcpu"].type.target()
    for i in range(int(part["nr_vcpus"])):
        yield follow(gdb.Value(read64(first + 8 * i)).cast(kind))


def registers():
    """For each core, by the address of its struct percpu: what its hardware holds now. Not inside Physical."""
    was, out = gdb.selected_thread(), {}
    for thread in gdb.selected_inferior().threads():
        thread.switch()
        frame = gdb.newest_frame()

        def reg(name):
            try:
                return int(frame.read_register(name)) & (1 << 64) - 1
            except (ValueError, gdb.error):
                return None

        out[reg("TPIDR_EL2")] = {"el": reg("cpsr") >> 2 & 3, "pc": reg("pc"), "elr": reg("ELR_EL2"),
                                 "lr": [reg(f"ICH_LR{n}_EL2") for n in range(16)]}
    if was:
        was.switch()
    return out


class Command(gdb.Command):
    """The docstring is the help; its first word the name."""

    def __init__(self):
        self.name = self.__doc__.split()[0]
        super().__init__(self.name, gdb.COMMAND_STATUS)

    def invoke(self, argument, _from_tty):
        args = gdb.string_to_argv(argument)
        try:
            hardware = registers()
            with Physical():
                self.show(args, hardware)
        except gdb.error as error:
            raise gdb.GdbError(f"{self.name}: {error}") from error

    def show(self, args, hardware):
        raise NotImplementedError


def number(args, i, default):
    if len(args) <= i:
        return default
    try:
        return int(args[i], 0)
    except ValueError:
        raise gdb.GdbError(f"{args[i]!r} is no number") from None


class Vcpus(Command):
    """trivet-vcpus: every partition's vCPUs: state, home core, where it is loaded, program counter."""

    def show(self, args, hardware):
        loaded = {physical(int(cpu["loaded"])): (i, int(cpu.address)) for i, cpu in cores()}
        for part in partitions():
            print(f"partition {int(part['id'])} \"{part['name'].string()}\": "
                  f"{enum_name(part['state'], 'PARTITION_').lower()}, VMID {int(part['vmid'])}")
            print("  vcpu  state    home  loaded   pc")
            for v in vcpus(part):
                index, percpu = loaded.get(int(v.address), (None, None))
                pc, where = int(v["arch"]["pc"]), ""
                core = hardware.get(percpu)
                if core:
                    inside = core["el"] < 2
                    pc, where = (core["pc"], f"in the guest, EL{core['el']}") if inside else (core["elr"], "exited, or blocked")
                print(f"  {int(v['index']):>4}  {enum_name(v['state'], 'VCPU_'):<8} {int(v['home']):>3}  "
                      f"{'core ' + str(index) if index is not None else '-':<7}  {pc:#018x}  {where}".rstrip())


class Percpu(Command):
    """trivet-percpu: what each core does, its queue and its timer."""

    @staticmethod
    def who(pointer):
        v = follow(pointer)
        return "-" if v is None else f"{int(follow(v['part'])['id'])}/{int(v['index'])}"

    def show(self, args, hardware):
        print("core  mpidr       el  current  loaded  ready  home  work  idle  timer")
        for i, cpu in cores():
            armed = int(cpu["timer_armed"])
            hw = hardware.get(int(cpu.address), {})
            print(f"{i:>4}  {int(cpu['mpidr']):#010x}  {hw.get('el', '?'):>2}  {self.who(cpu['current']):>7}  {self.who(cpu['loaded']):>6}"
                  f"  {int(cpu['rq']['nr_ready']):>5}  {int(cpu['rq']['nr_home']):>4}  {int(cpu['work']):>4}  {str(bool(cpu['idle'])):>5}"
                  f"  {'off' if armed == (1 << 64) - 1 else armed}")


class Trace(Command):
    """trivet-trace [CORE|all [N]]: the newest N (20) records of a core's trace ring, or of all in the order of time."""

    @staticmethod
    def ring(cpu):
        ring = cpu["trace"]
        names, written = [f.name for f in ring.type.fields()], int(ring["next"]) // 32
        if "pages" in names and int(ring["pages"]):  # CONFIG_TRACE_EXITS
            where = symbol("trace_where")[int(cpu["index"])]
            at, size = int(where["records"]), int(where["count"])
        else:
            records = ring["first" if "pages" in names else "record"]
            at, size = int(records.address), array_length(records)
        data = read(at, min(written, size) * trivet_trace.RECORD.size)
        for n in range(max(0, written - size), written):
            at = n % size * trivet_trace.RECORD.size
            yield trivet_trace.unpack(data[at:at + trivet_trace.RECORD.size])

    def show(self, args, hardware):
        which, count = args[0] if args else "all", number(args, 1, 20)
        kinds = {f.enumval: f.name.removeprefix("TRACE_") for f in gdb.lookup_type("enum trace_kind").fields()}
        records = [r for i, cpu in cores() if which in ("all", str(i)) for r in self.ring(cpu)]
        if not records:
            raise gdb.GdbError(f"no records of core {which}")
        records.sort(key=lambda r: r[0])
        for r in records[-count:]:
            print(trivet_trace.line(r, kinds.get(r[1], str(r[1])), frequency()))


def frequency():
    """Of the counter: CNTFRQ_EL0, as QEMU shows it; else its value on QEMU's max CPU."""
    try:
        return int(gdb.selected_frame().read_register("CNTFRQ_EL0")) or 1000000000
    except (ValueError, gdb.error):
        return 1000000000


class Stage2(Command):
    """trivet-s2 PARTITION IPA: walk its stage-2 tables for an intermediate physical address."""

    @staticmethod
    def attributes(desc):
        perm = "".join(c if bit else "-" for c, bit in (("r", desc >> 6 & 1), ("w", desc >> 7 & 1), ("x", not desc >> 54 & 1)))
        return f"{perm} {'normal' if desc >> 2 & 15 in (15, 6) else 'device'}"

    def show(self, args, hardware):
        if len(args) != 2:
            raise gdb.GdbError("usage: trivet-s2 PARTITION IPA")
        s2, ipa = partition(args[0])["s2"], number(args, 1, 0)
        print(f"VTTBR {int(s2['vttbr']):#018x}  VTCR {int(s2['vtcr']):#x}  {int(s2['ipa_bits'])} bits of IPA")
        if ipa >> int(s2["ipa_bits"]):
            raise gdb.GdbError(f"{ipa:#x} is outside of it")
        table, level = int(s2["pt"]["root"]["a"]), int(s2["pt"]["start_level"])
        while True:
            shift = 39 - 9 * level
            # The root may be several tables in a row, which all bits above index.
            index = ipa >> shift if level == int(s2["pt"]["start_level"]) else ipa >> shift & 511
            desc = read64(table + 8 * index)
            text = f"level {level}: table {table:#x}[{index}] = {desc:#018x}"
            if not desc & 1 or (level == 3 and not desc & 2):
                print(f"{text}  not mapped")
                return
            if level < 3 and desc & 2:
                print(f"{text}  table")
                table, level = desc & PAGE_MASK, level + 1
                continue
            size = 1 << shift
            print(f"{text}  {size >> 10} KiB, {self.attributes(desc)}")
            print(f"IPA {ipa:#x} -> PA {(desc & PAGE_MASK & ~(size - 1)) + (ipa & size - 1):#x}")
            return


class Vgic(Command):
    """trivet-vgic PARTITION [VCPU]: the virtual interrupt controller: what is enabled, pending or active, and the list registers."""

    STATES = ("empty", "pending", "active", "pending+active")

    @staticmethod
    def interrupt(irq):
        marks = [name for name in ("enabled", "line", "latch", "active", "inflight", "queued") if irq[name]]
        if not marks:
            return
        lr = f", list register {int(irq['lr'])}" if int(irq["lr"]) >= 0 else ""
        owner = follow(irq["owner"])
        to = f", with vCPU {int(follow(owner['v'])['index'])}" if not int(irq["home"]) and owner is not None else ""
        print(f"    {int(irq['intid']):>4}  prio {int(irq['prio']):#04x}  group {int(irq['group1'])}  "
              f"{'edge ' if irq['edge'] else 'level'}  {' '.join(marks)}{lr}{to}")

    def vcpu(self, v, lr_mask, hardware):
        vc = follow(v["vgic"])
        on = int(vc["on"])
        print(f"  vCPU {int(v['index'])}: {'loaded' if on else 'not loaded'}, work {int(vc['attention']['work'])}, "
              f"crowded {bool(vc['crowded'])}")
        lrs = hardware[on]["lr"] if on in hardware else [None] * 16
        for n in range(16):
            if not lr_mask >> n & 1 or not int(vc["lr_used"]) >> n & 1:
                continue
            lr = lrs[n] if on else int(v["arch"]["vgic"]["lr"][n])
            if lr is None:
                print(f"    LR{n}  in the hardware")
                continue
            print(f"    LR{n}  {lr:#018x}  INTID {lr & 0xffffffff}, {self.STATES[lr >> 62]}{', hardware-linked' if lr >> 61 & 1 else ''}")
        for n in range(array_length(vc["priv"])):
            self.interrupt(vc["priv"][n])

    def show(self, args, hardware):
        if not args:
            raise gdb.GdbError("usage: trivet-vgic PARTITION [VCPU]")
        part, only = partition(args[0]), number(args, 1, None)
        if not int(part["vgic"]):
            raise gdb.GdbError("it has no interrupt controller")
        gic = follow(part["vgic"].cast(gdb.lookup_type("struct vgic").pointer()))
        for v in vcpus(part):
            if only in (None, int(v["index"])):
                self.vcpu(v, int(gic["lr_mask"]), hardware)
        print(f"  distributor: CTLR {int(gic['ctlr']):#x}, {int(gic['nr_spis'])} SPIs")
        spis = int(gic["spi"])
        size = gic["spi"].type.target().sizeof
        for n in range(int(gic["nr_spis"])):
            self.interrupt(follow(gdb.Value(spis + n * size).cast(gic["spi"].type)))


class Log(Command):
    """trivet-log [CORE]: the log as it is kept in memory, of one core or of all in the order of time."""

    def show(self, args, hardware):
        rings, which = symbol("log_rings"), args[0] if args else "all"
        lines = []
        for i, _ in cores():
            if which not in ("all", str(i)):
                continue
            ring = rings[i]
            size, written = array_length(ring["text"]), int(ring["next"])
            data = read(int(ring["text"].address), size)
            at = written % size
            text = (data[at:] + data[:at] if written > size else data[:written]).decode("utf-8", "replace")
            # Once it has wrapped, the first line is cut.
            lines += text.splitlines()[1 if written > size else 0:]
        for text in sorted(lines, key=lambda s: s[:s.find("]")]):
            print(text)


class Kernel(gdb.Command):
    """trivet-kernel SYSTEM_MAP: load the symbols of the Linux that runs on this core, wherever it has put itself (KASLR)."""

    def __init__(self):
        super().__init__("trivet-kernel", gdb.COMMAND_FILES, gdb.COMPLETE_FILENAME)

    def invoke(self, argument, _from_tty):
        args = gdb.string_to_argv(argument)
        if len(args) != 1:
            raise gdb.GdbError("usage: trivet-kernel SYSTEM_MAP")
        with open(args[0], encoding="ascii") as file:
            symbols = trivet_kernel.symbols_of(file.read())
        # While the kernel runs, its vector base is at its symbol `vectors`, wherever that is; with KPTI other tables may stand there.
        base = int(gdb.newest_frame().read_register("VBAR")) & (1 << 64) - 1
        if "vectors" not in symbols or base >> 47 != (1 << 17) - 1:
            raise gdb.GdbError("no Linux on this core yet: continue until it runs")
        offset = base - symbols["vectors"][0]
        with tempfile.NamedTemporaryFile(prefix="trivet-kernel-", suffix=".elf", delete=False) as out:
            out.write(trivet_kernel.elf(symbols, offset))
        atexit.register(os.unlink, out.name)
        gdb.execute(f"add-symbol-file {out.name}", to_string=True)
        print(f"{len(symbols)} symbols of {args[0]}, moved by {offset:#x}")


for command in (Vcpus, Percpu, Trace, Stage2, Vgic, Log, Kernel):
    command()
