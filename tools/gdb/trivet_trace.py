# SPDX-License-Identifier: BSD-3-Clause
"""What a trace record says, in words. Pure: no gdb here, so that it can be tested and used elsewhere.

A record is (counter, kind, partition, vcpu, core, a, b) as src/core/trace.h lays it out; kind is the enum's name without TRACE_.
"""

import re
import struct

RECORD = struct.Struct("<QQQQ")
NO_VCPU = 0xFFFF
GONE = (1 << 64) - 1
LINE = re.compile(r"\s*(\d+\.\d+)  core (\d+)\s+(\S+)  (\S+)\s*(.*)")

# ESR_EL2.EC (ARM DDI 0487 D19.2.40) of what comes from a guest.
CLASSES = {
    0x00: "unknown", 0x01: "WFx", 0x07: "FP/SIMD", 0x09: "PAuth", 0x0E: "illegal state", 0x16: "HVC", 0x17: "SMC",
    0x18: "sysreg", 0x19: "SVE", 0x1D: "SME", 0x20: "fetch abort", 0x24: "data abort", 0x2F: "SError", 0x30: "breakpoint",
    0x32: "step", 0x34: "watchpoint", 0x3C: "BRK",
}
WFX = ("WFI", "WFE", "WFIT", "WFET")
FAULTS = {0: "address size", 1: "translation", 2: "access flag", 3: "permission", 4: "external", 8: "alignment"}
SYSREGS = {
    (3, 0, 12, 11, 5): "ICC_SGI1R_EL1", (3, 0, 12, 11, 6): "ICC_ASGI1R_EL1", (3, 0, 12, 11, 7): "ICC_SGI0R_EL1",
    (3, 3, 14, 2, 0): "CNTP_TVAL_EL0", (3, 3, 14, 2, 1): "CNTP_CTL_EL0", (3, 3, 14, 2, 2): "CNTP_CVAL_EL0",
    (2, 0, 0, 2, 2): "MDSCR_EL1", (2, 0, 1, 0, 4): "OSLAR_EL1",
}


def unpack(data):
    """(counter, kind number, partition, vcpu, core, a, b) of 32 bytes."""
    stamp, who, a, b = RECORD.unpack(data)
    return stamp, who & 0xFFFF, who >> 16 & 0xFFFF, who >> 32 & 0xFFFF, who >> 48, a, b


def sysreg_name(iss):
    key = (iss >> 20 & 3, iss >> 14 & 7, iss >> 10 & 15, iss >> 1 & 15, iss >> 17 & 7)
    if key[:3] == (3, 0, 0) and 1 <= key[3] <= 7:
        return f"ID register S3_0_C0_C{key[3]}_{key[4]}"
    return SYSREGS.get(key, "S%u_%u_C%u_C%u_%u" % key)


def exit_name(esr):
    """ESR_EL2 in words."""
    ec, iss = esr >> 26 & 0x3F, esr & 0x1FFFFFF
    name = CLASSES.get(ec, f"class {ec:#x}")
    if ec == 0x01:
        return WFX[iss & 3]
    if ec in (0x16, 0x17):
        return f"{name} #{iss & 0xffff}"
    if ec == 0x18:
        return f"{'read' if iss & 1 else 'write'} {sysreg_name(iss)}, x{iss >> 5 & 31}"
    if ec in (0x20, 0x24):
        text = f"{name}, {FAULTS.get(iss >> 2 & 15, 'other')} fault, level {iss & 3}"
        if ec == 0x24:
            text += ", write" if iss & 1 << 6 else ", read"
            text += f" of {1 << (iss >> 22 & 3)}, x{iss >> 16 & 31}" if iss & 1 << 24 else ", no syndrome"
        return text
    return name


# Only with CONFIG_TRACE_EXITS.
EXITS_MEASURED = ("ASYNC", "RETURN", "AWAKE", "PEND", "LIST", "TIMER", "START")


def describe_measured(kind, a, b):
    if kind == "ASYNC":
        return f"{('IRQ', 'FIQ', 'SError')[a] if a < 3 else a}  at {b:#x}"
    if kind == "RETURN":
        return f"{a} ticks" + (f", about {b:#x}" if b else "")
    if kind == "AWAKE":
        return f"slept {a} ticks"
    if kind == "PEND":
        return f"INTID {a}" + (", no longer" if b == GONE else f", due at {b}" if b else "")
    if kind == "LIST":
        return f"INTID {a} in list register {b}"
    if kind == "TIMER":
        return f"deadline {a}, function {b:#x}"
    return (a.to_bytes(8, "little") + b.to_bytes(8, "little")).split(b"\0")[0].decode("ascii", "replace")


def describe(kind, a, b):
    """What happened, in words."""
    if kind == "EXIT":
        return f"{exit_name(a)}  at {b:#x}"
    if kind == "IRQ":
        return f"INTID {a}"
    if kind == "WAKE":
        return f"its home is core {a}"
    if kind == "INJECT":
        return f"ESR_EL1 {a:#x}, was at {b:#x}"
    if kind == "PSCI":
        return f"function {a:#x} -> {b:#x}"
    if kind in EXITS_MEASURED:
        return describe_measured(kind, a, b)
    return f"{a:#x} {b:#x}" if a or b else ""


def line(record, kind, hz):
    """One line of text: seconds, core, partition/vCPU, kind, words."""
    stamp, _, part, vcpu, core, a, b = record
    who = "-" if not part else str(part) if vcpu == NO_VCPU else f"{part}/{vcpu}"
    return f"{stamp / hz:14.9f}  core {core:<2} {who:>6}  {kind:<7} {describe(kind, a, b)}".rstrip()


def timeline(text):
    """
    Lines as above, in the form that a browser's trace viewer opens (Chrome's trace events): for each core, which vCPU has it, and what
    happened in between.
    """
    events, running, last = [], {}, 0.0

    def close(core, now):
        if core in running:
            name, start = running.pop(core)
            events.append({"name": name, "ph": "X", "ts": start, "dur": now - start, "pid": 0, "tid": core})

    for match in filter(None, map(LINE.match, text.splitlines())):
        now, core, who, kind, words = float(match[1]) * 1e6, int(match[2]), match[3], match[4], match[5]
        last = max(last, now)
        name = "idle" if kind == "IDLE" else f"vCPU {who}" if kind in ("SWITCH", "EXIT") else None
        if name and running.get(core, (None,))[0] != name:
            close(core, now)
            running[core] = (name, now)
        if kind not in ("SWITCH", "IDLE"):
            events.append({"name": f"{kind} {words}".rstrip(), "ph": "i", "s": "t", "ts": now, "pid": 0, "tid": core})
    for core in list(running):
        close(core, last)
    names = [{"name": "thread_name", "ph": "M", "pid": 0, "tid": core, "args": {"name": f"core {core}"}}
             for core in sorted({e["tid"] for e in events})]
    return {"traceEvents": names + events, "displayTimeUnit": "ns"}
