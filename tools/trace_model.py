# SPDX-License-Identifier: BSD-3-Clause
"""What the records of a trace with CONFIG_TRACE_EXITS mean: who had each core when, what exits cost, how interrupts reached the guests.

Pure: bytes in, tables and events out. The layout and the kinds are those of src/core/trace.h, the words those of tools/gdb/trivet_trace.py.
All times are ticks of the counter; docs/debugging.md says what they contain.
"""

import bisect
import collections
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "gdb"))
sys.dont_write_bytecode = True
import trivet_trace  # noqa: E402

NO_VCPU, GONE = trivet_trace.NO_VCPU, trivet_trace.GONE
KINDS = ("NONE", "EXIT", "IRQ", "SWITCH", "IDLE", "WAKE", "INJECT", "PSCI", "ASYNC", "RETURN", "AWAKE", "PEND", "LIST", "TIMER", "START")

# Where a VM's devices are and what raises which INTID: src/role/hyp/vmap.c (tests/tools/test_trace_model.py compares).
DEVICES = ((0x08000000, 0x10000, "GICD"), (0x080A0000, 0xF60000, "GICR"), (0x09000000, 0x1000, "PL011"), (0x09010000, 0x1000, "PL031"))
VIRTIO, VIRTIO_STRIDE, VIRTIO_SLOTS, VIRTIO_INTID = 0x0A000000, 0x1000, 32, 48
GUEST_INTIDS = {27: "virtual timer", 30: "physical timer", 33: "PL011", 34: "PL031"}
# What EL2 itself takes.
HOST_INTIDS = {0: "kick", 1: "panic", 25: "vGIC maintenance", 26: "EL2 timer", 27: "guest's timer", 33: "UART"}
CALLS = {
    0x84000000: "PSCI_VERSION", 0x84000001: "CPU_SUSPEND", 0xC4000001: "CPU_SUSPEND", 0x84000002: "CPU_OFF", 0x84000003: "CPU_ON",
    0xC4000003: "CPU_ON", 0x84000004: "AFFINITY_INFO", 0xC4000004: "AFFINITY_INFO", 0x84000006: "MIGRATE_INFO_TYPE", 0x84000008: "SYSTEM_OFF",
    0x84000009: "SYSTEM_RESET", 0x8400000A: "PSCI_FEATURES", 0x80000000: "SMCCC_VERSION", 0x80000001: "SMCCC_ARCH_FEATURES",
    0x84000050: "TRNG_VERSION", 0x84000051: "TRNG_FEATURES", 0x84000052: "TRNG_GET_UUID", 0x84000053: "TRNG_RND", 0xC4000053: "TRNG_RND",
    0x84000063: "FFA_VERSION",
}

Record = collections.namedtuple("Record", "t kind part vcpu core a b")
# A stretch of one core's time: a guest's (state "guest"), EL2's ("el2": kind says why) or nobody's ("idle").
Span = collections.namedtuple("Span", "core start end state who kind pc esr about", defaults=(None, None, 0, None, 0))
# One interrupt of a guest: times of source, pending, list register and guest entry (None: not seen), and whence it came.
Irq = collections.namedtuple("Irq", "intid who source pend list entry core target cause")


def ring(data, next_bytes):
    """The records of a ring's memory, oldest first, and how many older ones are gone."""
    size, written = len(data) // 32, next_bytes // 32
    first = max(0, written - size)
    out = []
    for n in range(first, written):
        stamp, kind, part, vcpu, core, a, b = trivet_trace.unpack(data[n % size * 32:n % size * 32 + 32])
        out.append(Record(stamp, KINDS[kind] if kind < len(KINDS) else str(kind), part, vcpu, core, a, b))
    return out, first


def device(ipa):
    """The name of the device at a guest's address, or None."""
    if VIRTIO <= ipa < VIRTIO + VIRTIO_STRIDE * VIRTIO_SLOTS:
        return f"virtio {(ipa - VIRTIO) // VIRTIO_STRIDE}"
    return next((name for base, size, name in DEVICES if base <= ipa < base + size), None)


def guest_intid(intid):
    if intid < 16:
        return f"SGI {intid}"
    if VIRTIO_INTID <= intid < VIRTIO_INTID + VIRTIO_SLOTS:
        return f"{intid} virtio {intid - VIRTIO_INTID}"
    return f"{intid} {GUEST_INTIDS[intid]}" if intid in GUEST_INTIDS else str(intid)


def host_intid(intid):
    return f"{intid} {HOST_INTIDS[intid]}" if intid in HOST_INTIDS else str(intid)


def exit_kind(esr, about):
    """The group that an exit is counted in."""
    ec, iss = esr >> 26 & 0x3F, esr & 0x1FFFFFF
    if ec in (0x16, 0x17) and about is None:
        return ("HVC" if ec == 0x16 else "SMC") + " without return"
    if ec in (0x16, 0x17) and not iss & 0xFFFF:
        return f"{'HVC' if ec == 0x16 else 'SMC'} {CALLS.get(about & 0xFFFFFFFF, hex(about & 0xFFFFFFFF))}"
    if ec == 0x24 and about is not None and device(about):
        return f"{'write' if iss & 1 << 6 else 'read'} {device(about)}"
    name = trivet_trace.exit_name(esr).split(", x")[0]
    return name.split(" S3_")[0] if "ID register" in name else name


class Core:
    """What one core's records say, in their order: spans and, per part of EL2's time, its cause."""

    def __init__(self, index):
        self.index, self.spans = index, []
        self.open = None  # (state, start, who, record)
        self.irq = None  # INTID taken in the open part of EL2's time

    def begin(self, state, t, who=None, record=None):
        self.open, self.irq = (state, t, who, record), None

    def end(self, t, about=None):
        if self.open is None:
            return
        state, start, who, record = self.open
        self.open = None
        if t < start:
            return
        kind, esr, pc = None, None, 0
        if state == "el2":
            kind, esr, pc = self.cause(record, about)
        self.spans.append(Span(self.index, start, t, state, who, kind, pc, esr, about or 0))

    def cause(self, record, about=None):
        """Kind, syndrome and program counter of a part of EL2's time that this record began."""
        if record is None:
            return "first entry", None, 0
        if record.kind == "EXIT":
            return exit_kind(record.a, about), record.a, record.b
        how = "interrupt" if record.kind == "ASYNC" else "wake"
        if record.kind == "ASYNC" and record.a:
            how = ("", "FIQ", "SError")[record.a]
        what = f": {host_intid(self.irq)}" if self.irq is not None else ""
        return how + what, None, record.b if record.kind == "ASYNC" else 0


class Model:
    """All cores' records (a list for each), walked once in the order of time."""

    def __init__(self, cores, hz=10**9):
        self.hz, self.names, self.irqs, self.timers = hz, {}, [], []
        self.records = sorted((r for core in cores for r in core), key=lambda r: r.t)
        self.cores = [Core(i) for i in range(len(cores))]
        self.first = self.records[0].t if self.records else 0
        self.last = self.records[-1].t if self.records else 0
        self.states = {}  # who -> [(time, state)]
        self.exits = collections.Counter()
        self._why = {}  # who -> its last exit's record
        self._on = {}  # core -> who has it
        self._pending, self._listed = {}, collections.defaultdict(list)
        walk = {name: getattr(self, "on_" + name.lower(), None) for name in KINDS}
        for r in self.records:
            if walk.get(r.kind):
                walk[r.kind](r, self.cores[r.core])
        self.close()

    # --- who has a core ---

    def state(self, who, t, state):
        log = self.states.setdefault(who, [])
        if not log or log[-1][1] != state:
            log.append((t, state))

    def on_return(self, r, core):
        who = (r.part, r.vcpu)
        if core.open is None or core.open[0] != "el2":
            core.end(r.t - r.a)
            core.begin("el2", max(r.t - r.a, core.spans[-1].end if core.spans else 0), who)
        core.end(r.t, r.b)
        core.begin("guest", r.t, who)
        self._on[r.core] = who
        self.state(who, r.t, "guest")
        for irq in self._listed.pop(who, ()):
            self.irqs.append(irq._replace(entry=r.t, target=r.core))

    def on_exit(self, r, core):
        who = (r.part, r.vcpu)
        core.end(r.t)
        core.begin("el2", r.t, who, r)
        self.exits[who] += 1
        self._why[who] = r
        self.state(who, r.t, "el2")

    on_async = on_exit

    def on_irq(self, r, core):
        if core.irq is None:
            core.irq = r.a

    def on_switch(self, r, core):
        who, old = (r.part, r.vcpu), self._on.get(core.index)
        if old is not None and old != who:
            self.leave(old, r.t)
        self._on[core.index] = who
        self.state(who, r.t, "el2")

    def leave(self, who, t):
        """Its core goes to another, or to sleep: it waits for a core, or for an event."""
        if self.states[who][-1][1] not in ("el2", "guest"):
            return
        why = self._why.get(who)
        waits = why is not None and why.kind == "EXIT" and (why.a >> 26 & 0x3F == 0x16 or (why.a >> 26 & 0x3F == 1 and not why.a & 1))
        self.state(who, t, "waits" if waits else "ready")

    def on_idle(self, r, core):
        core.end(r.t)
        core.begin("idle", r.t)
        if core.index in self._on:
            self.leave(self._on[core.index], r.t)

    def on_awake(self, r, core):
        core.end(r.t)
        core.begin("el2", r.t, self._on.get(core.index), r)

    def on_wake(self, r, _core):
        who = (r.part, r.vcpu)
        if self.states.get(who) and self.states[who][-1][1] == "waits":
            self.state(who, r.t, "ready")

    def on_start(self, r, _core):
        name = (r.a.to_bytes(8, "little") + r.b.to_bytes(8, "little")).split(b"\0")[0].decode("utf-8", "replace")
        self.names[r.part] = name

    def close(self):
        for core in self.cores:
            core.end(self.last)
        for waiting in self._listed.values():
            self.irqs += waiting
        self.irqs += self._pending.values()
        self.irqs.sort(key=lambda i: i.pend)

    # --- interrupts ---

    def key(self, r):
        return (r.part, None if r.a >= 32 else r.vcpu, r.a)

    def on_pend(self, r, core):
        if r.b == GONE:
            irq = self._pending.pop(self.key(r), None)
            self.irqs += [irq] if irq else []
            return
        begun = core.open[1] if core.open and core.open[0] == "el2" else r.t
        source = r.b if 0 < r.b <= r.t else begun
        cause = core.cause(core.open[3], None)[0] if core.open and core.open[0] == "el2" else "?"
        who = (r.part, r.vcpu) if r.vcpu != NO_VCPU else None
        # Pending again before it was taken: the first time counts.
        self._pending.setdefault(self.key(r), Irq(r.a, who, source, r.t, None, None, r.core, None, cause))

    def on_list(self, r, _core):
        irq = self._pending.pop(self.key(r), None)
        if irq is not None:
            self._listed[(r.part, r.vcpu)].append(irq._replace(list=r.t, who=(r.part, r.vcpu)))

    def on_timer(self, r, _core):
        self.timers.append((r.t, r.core, r.a, r.b))

    # --- words ---

    def name(self, who):
        return "nobody" if who is None else f"{self.names.get(who[0], who[0])}/{who[1]}"

    def spans(self):
        return [s for core in self.cores for s in core.spans]


# --- tables ---

def exit_table(model):
    """[(kind, count, ticks, longest)], the dearest first. Every part of EL2's time is in exactly one row."""
    rows = {}
    for s in model.spans():
        if s.state == "el2":
            row = rows.setdefault(s.kind, [0, 0, 0])
            row[0] += 1
            row[1] += s.end - s.start
            row[2] = max(row[2], s.end - s.start)
    return sorted(((kind, *row) for kind, row in rows.items()), key=lambda r: -r[2])


def core_table(model):
    """[(core, ticks of guests, of EL2, asleep)]"""
    out = []
    for core in model.cores:
        total = collections.Counter()
        for s in core.spans:
            total[s.state] += s.end - s.start
        out.append((core.index, total["guest"], total["el2"], total["idle"]))
    return out


def vcpu_states(model, who):
    """[(start, end, state)]: guest, el2, ready (waits for a core), waits (for an event)."""
    log = model.states[who]
    return [(t, log[i + 1][0] if i + 1 < len(log) else model.last, state) for i, (t, state) in enumerate(log)]


def vcpu_table(model):
    """[(who, exits, {state: ticks})] of each vCPU that ran."""
    out = []
    for who in sorted(model.states):
        total = collections.Counter()
        for start, end, state in vcpu_states(model, who):
            total[state] += end - start
        out.append((who, model.exits[who], dict(total)))
    return out


def pc_table(model, count=40):
    """[(program counter, exits, ticks, most frequent kind)]: where in the guests the most exits come from."""
    rows = {}
    for s in model.spans():
        if s.state == "el2" and s.pc:
            row = rows.setdefault(s.pc, [0, 0, collections.Counter()])
            row[0] += 1
            row[1] += s.end - s.start
            row[2][s.kind] += 1
    top = sorted(rows.items(), key=lambda r: (-r[1][0], r[0]))[:count]
    return [(pc, n, ticks, kinds.most_common(1)[0][0]) for pc, (n, ticks, kinds) in top]


def quantile(values, q):
    """The smallest value that at least a share q of them does not exceed."""
    values = sorted(values)
    return values[min(len(values) - 1, max(0, -(-int(q * 1000 * len(values)) // 1000) - 1))] if values else 0


def irq_table(model):
    """
    [(INTID, count, not delivered, median, 90 %, longest, {step: mean ticks}, histogram)] of what reached the guests. The
    histogram counts latencies, source to guest entry, below 2^0, 2^1, ... ticks.
    """
    groups = {}
    for irq in model.irqs:
        groups.setdefault(irq.intid, []).append(irq)
    out = []
    for intid, irqs in sorted(groups.items(), key=lambda g: -len(g[1])):
        done = [i for i in irqs if i.entry is not None]
        latency = [i.entry - i.source for i in done]
        bins = [0] * (max(latency).bit_length() + 1 if latency else 1)
        for ticks in latency:
            bins[ticks.bit_length()] += 1
        n = max(1, len(done))
        steps = {"source": sum(i.pend - i.source for i in done) / n, "pending": sum(i.list - i.pend for i in done) / n,
                 "listed": sum(i.entry - i.list for i in done) / n}
        out.append((intid, len(irqs), len(irqs) - len(done), quantile(latency, 0.5), quantile(latency, 0.9), max(latency, default=0),
                    steps, bins))
    return out


def timer_table(model, symbol=hex):
    """[(function, count, mean lateness, longest)] of EL2's own timers."""
    rows = collections.defaultdict(list)
    for t, _, deadline, function in model.timers:
        rows[symbol(function)].append(max(0, t - deadline))
    return sorted(((name, len(late), sum(late) / len(late), max(late)) for name, late in rows.items()), key=lambda r: -r[1])


# --- Chrome's trace events (chrome://tracing, Perfetto) ---

def chrome(model):
    """Tracks for cores (process 0) and for the vCPUs of each VM (a process each); arrows from an interrupt's source to the entry."""
    def us(ticks):
        return round((ticks - model.first) * 1e6 / model.hz, 3)

    def meta(pid, tid, name, what="thread_name"):
        return {"name": what, "ph": "M", "pid": pid, "tid": tid, "args": {"name": name}}

    events = [meta(0, 0, "cores", "process_name")] + [meta(0, c.index, f"core {c.index}") for c in model.cores]
    for part in sorted({who[0] for who in model.states}):
        events.append(meta(part, 0, f"VM {model.names.get(part, part)}", "process_name"))
    for s in model.spans():
        event = {"name": {"guest": model.name(s.who), "idle": "asleep"}.get(s.state, s.kind), "cat": s.state, "ph": "X", "ts": us(s.start),
                 "dur": round((s.end - s.start) * 1e6 / model.hz, 3), "pid": 0, "tid": s.core}
        if s.state == "el2":
            event["args"] = {"vCPU": model.name(s.who), "ticks": s.end - s.start}
            if s.pc:
                event["args"]["pc"] = hex(s.pc)
            if s.esr is not None:
                event["args"] |= {"exit": trivet_trace.exit_name(s.esr), "esr": hex(s.esr), "about": hex(s.about)}
        events.append(event)
    for who in sorted(model.states):
        events.append(meta(who[0], who[1], f"vCPU {who[1]}"))
        events += [{"name": state, "cat": "vcpu", "ph": "X", "ts": us(start), "dur": round((end - start) * 1e6 / model.hz, 3),
                    "pid": who[0], "tid": who[1]} for start, end, state in vcpu_states(model, who)]
    for n, irq in enumerate(i for i in model.irqs if i.entry is not None):
        common = {"name": guest_intid(irq.intid), "cat": "irq", "id": n, "pid": 0}
        events.append(common | {"ph": "s", "ts": us(irq.pend), "tid": irq.core, "args": {"cause": irq.cause, "to": model.name(irq.who)}})
        events.append(common | {"ph": "f", "bp": "e", "ts": us(irq.entry), "tid": irq.target})
    return {"traceEvents": events, "displayTimeUnit": "ns"}


# --- what the page draws ---

def deltas(values):
    """Each value less the one before it: shorter to write."""
    return [v - (values[i - 1] if i else 0) for i, v in enumerate(values)]


class Names:
    """Words by number, in the order of first use."""

    def __init__(self):
        self.words, self.index = [], {}

    def __call__(self, word):
        if word not in self.index:
            self.index[word] = len(self.words)
            self.words.append(word)
        return self.index[word]


def page(model, title, facts, symbol=hex, timer_symbol=hex):
    """The page's data. A core's spans: starts (deltas), lengths, and for each what it is: -1 asleep, vCPU * 2 for a guest, kind * 2 + 1 for EL2."""
    kinds, pcs = Names(), Names()
    whos = sorted(model.states)
    at = {who: i for i, who in enumerate(whos)}
    rows = exit_table(model)
    for row in rows:
        kinds(row[0])
    cores = []
    for core in model.cores:
        what = [-1 if s.state == "idle" else at[s.who] * 2 if s.state == "guest" else kinds(s.kind) * 2 + 1 for s in core.spans]
        cores.append({"t": deltas([s.start - model.first for s in core.spans]), "d": [s.end - s.start for s in core.spans], "w": what,
                      "p": [pcs(hex(s.pc)) if s.state == "el2" and s.pc else -1 for s in core.spans],
                      "v": [at.get(s.who, -1) for s in core.spans]})
    states = ("guest", "el2", "ready", "waits")
    vcpus = []
    for who in whos:
        log = vcpu_states(model, who)
        vcpus.append({"name": model.name(who), "t": deltas([s[0] - model.first for s in log]), "s": [states.index(s[2]) for s in log]})
    done = [i for i in model.irqs if i.entry is not None]
    irqs = {"id": [i.intid for i in done], "s": [i.source - model.first for i in done], "p": [i.pend - i.source for i in done],
            "l": [i.list - i.pend for i in done], "e": [i.entry - i.list for i in done], "c": [i.core for i in done],
            "g": [i.target for i in done], "v": [at[i.who] for i in done], "w": [kinds(i.cause) for i in done]}
    return {
        "title": title, "facts": facts, "hz": model.hz, "span": model.last - model.first, "kinds": kinds.words, "pcs": pcs.words,
        "names": {pc: symbol(int(pc, 16)) for pc in pcs.words}, "cores": cores, "vcpus": vcpus, "irqs": irqs,
        "tables": {
            "exits": rows, "cores": core_table(model),
            "vcpus": [(model.name(w), n, [s.get(x, 0) for x in states]) for w, n, s in vcpu_table(model)],
            "irqs": [(guest_intid(r[0]), *r[1:6], [round(r[6][k], 1) for k in ("source", "pending", "listed")], r[7]) for r in irq_table(model)],
            "pcs": [(hex(pc), symbol(pc), n, ticks, kind) for pc, n, ticks, kind in pc_table(model)],
            "timers": timer_table(model, timer_symbol)},
    }


# --- symbols ---

class Symbols:
    """Functions by address, from `nm` or a System.map, moved by an offset."""

    def __init__(self, text, offset=0):
        rows = re.findall(r"^([0-9a-f]{16}) ([tTwW]) ([^\s$]+)$", text, re.M)
        # What link-time optimization adds to a name is no part of it.
        found = sorted((int(a, 16) + offset, re.sub(r"\.(lto_priv|part|constprop|isra)\.\d+.*", "", name)) for a, _, name in rows)
        self.addresses, self.names = [a for a, _ in found], [n for _, n in found]

    def __call__(self, address):
        i = bisect.bisect_right(self.addresses, address) - 1
        if i < 0 or address - self.addresses[i] > 1 << 16:
            return hex(address)
        return self.names[i] + (f"+{address - self.addresses[i]:#x}" if address > self.addresses[i] else "")


def kaslr_offset(model, text):
    """How far a Linux has moved from where its System.map says, by the place of its calls to the hypervisor; None: it cannot be told."""
    match = re.search(r"^([0-9a-f]{16}) [tT] __arm_smccc_hvc$", text, re.M)
    if not match:
        return None
    base, seen = int(match[1], 16), collections.Counter()
    for r in model.records:
        if r.kind == "EXIT" and r.a >> 26 & 0x3F == 0x16 and r.b >> 48 == 0xFFFF and (r.b - base) % 0x10000 < 64:
            seen[(r.b - base) // 0x10000 * 0x10000] += 1
    return seen.most_common(1)[0][0] if seen else None
