# SPDX-License-Identifier: BSD-3-Clause
"""tools/trace_model.py, and the page that tools/trace-boot makes of it: records in, spans, tables, events and names out."""

import importlib.machinery
import importlib.util
import json
import pathlib
import re
import struct
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools"))
sys.dont_write_bytecode = True
import trace_model  # noqa: E402
from trace_model import KINDS, NO_VCPU, Model, Record  # noqa: E402

WFI, HVC, SGI, WRITE = 0x06000000, 0x5A000000, 0x62000000 | 0x3A3016 | 3 << 5, 0x93810046
VERSION = 0x84000000


def boot_tool():
    loader = importlib.machinery.SourceFileLoader("trace_boot", str(TOP / "tools/trace-boot"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("trace_boot", loader))
    loader.exec_module(module)
    return module


def r(t, kind, who=(1, 0), core=0, a=0, b=0):
    return Record(t, kind, *who, core, a, b)


NOBODY = (0, 0)
# One core, two vCPUs: the second is woken by the first's SGI, and later the core sleeps until a timer.
ONE_CORE = [
    r(5, "START", (1, NO_VCPU), a=int.from_bytes(b"box\0\0\0\0\0", "little")),
    r(10, "SWITCH"), r(30, "RETURN", a=25),
    r(100, "EXIT", a=HVC, b=0x1000), r(150, "RETURN", a=50, b=VERSION),
    r(200, "EXIT", a=SGI, b=0x1004), r(210, "PEND", (1, 1), a=3), r(215, "WAKE", (1, 1)), r(220, "SWITCH", (1, 1)),
    r(230, "LIST", (1, 1), a=3), r(260, "RETURN", (1, 1), a=40, b=3 << 24),
    r(300, "EXIT", (1, 1), a=WFI, b=0x2000), r(320, "SWITCH"), r(340, "RETURN", a=20),
    r(400, "EXIT", a=WFI, b=0x1008), r(430, "IDLE", NOBODY), r(1000, "AWAKE", NOBODY, a=570), r(1005, "IRQ", NOBODY, a=27),
    r(1010, "PEND", a=27, b=990), r(1020, "LIST", a=27), r(1040, "RETURN", a=40),
    r(1100, "ASYNC", b=0x100C), r(1105, "IRQ", NOBODY, a=26), r(1110, "TIMER", NOBODY, a=1090, b=0x4000), r(1150, "RETURN", a=50),
    r(1200, "EXIT", a=HVC, b=0x1010),
]


@pytest.fixture(name="model")
def model_fixture():
    return Model([list(ONE_CORE)])


def test_kinds_are_those_of_the_header():
    text = (TOP / "src/core/trace.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text[text.index("enum trace_kind {"):text.index("TRACE_KINDS")], flags=re.S)
    assert tuple(re.findall(r"TRACE_([A-Z]+),", text)) == KINDS


def test_devices_are_those_of_vmap():
    text = (TOP / "src/role/hyp/vmap.c").read_text()
    rows = dict(re.findall(r"\[VMAP_(\w+)\] = \{ \"\w+\", (0x[0-9a-f]+)", text))
    spis = {name: int(n) + 32 for name, n in re.findall(r"\[VMAP_(\w+)\] = .*VMAP_SPI\((\d+)\)", text)}
    for name in ("GICD", "GICR", "PL011", "PL031"):
        assert trace_model.device(int(rows[name], 16)) == name
        assert trace_model.device(int(rows[name], 16) - 1) != name
    base, stride = (int(n, 16) for n in re.search(r"\[VMAP_VIRTIO\] = \{ \"\w+\", (0x[0-9a-f]+), (0x[0-9a-f]+)", text).groups())
    slots = int(re.search(r"VMAP_VIRTIO_SLOTS (\d+)", (TOP / "src/role/hyp/vmap.h").read_text())[1])
    for slot in range(slots):
        assert {trace_model.device(base + slot * stride + at) for at in (0, stride - 1)} == {f"virtio {slot}"}
    assert trace_model.device(base + slots * stride) is None
    assert trace_model.guest_intid(spis["PL011"]) == "33 PL011" and trace_model.guest_intid(spis["PL031"]) == "34 PL031"
    assert trace_model.guest_intid(spis["VIRTIO"] + 2) == "50 virtio 2"
    assert trace_model.device(0x40000000) is None


def test_ring_that_wrapped():
    data = b"".join(struct.pack("<QQQQ", n, 1 | 1 << 16, n, 0) for n in (8, 9, 6, 7))
    records, lost = trace_model.ring(data, 10 * 32)
    assert [x.t for x in records] == [6, 7, 8, 9] and lost == 6 and records[0].kind == "EXIT" and records[0].part == 1
    records, lost = trace_model.ring(data[:64], 64)
    assert [x.t for x in records] == [8, 9] and lost == 0


def test_spans(model):
    assert [(s.start, s.end, s.state, s.who, s.kind) for s in model.cores[0].spans] == [
        (5, 30, "el2", (1, 0), "first entry"), (30, 100, "guest", (1, 0), None), (100, 150, "el2", (1, 0), "HVC PSCI_VERSION"),
        (150, 200, "guest", (1, 0), None), (200, 260, "el2", (1, 0), "write ICC_SGI1R_EL1"), (260, 300, "guest", (1, 1), None),
        (300, 340, "el2", (1, 1), "WFI"), (340, 400, "guest", (1, 0), None), (400, 430, "el2", (1, 0), "WFI"),
        (430, 1000, "idle", None, None), (1000, 1040, "el2", (1, 0), "wake: 27 guest's timer"), (1040, 1100, "guest", (1, 0), None),
        (1100, 1150, "el2", (1, 0), "interrupt: 26 EL2 timer"), (1150, 1200, "guest", (1, 0), None),
        (1200, 1200, "el2", (1, 0), "HVC without return")]


def test_tables(model):
    exits = {row[0]: row[1:] for row in trace_model.exit_table(model)}
    assert exits["WFI"] == (2, 70, 40) and exits["HVC PSCI_VERSION"] == (1, 50, 50)
    assert sum(n for n, _, _ in exits.values()) == sum(model.exits.values()) + 2, "two stretches that no exit began"
    (core,) = trace_model.core_table(model)
    assert core == (0, 70 + 50 + 40 + 60 + 60 + 50, 25 + 50 + 60 + 40 + 30 + 40 + 50, 570)
    assert sum(ticks for _, ticks, _ in exits.values()) == core[2]
    first, second = trace_model.vcpu_table(model)
    assert first[:2] == ((1, 0), 5) and second[:2] == ((1, 1), 1)
    # The second: ready from nowhere until its switch, then in the guest, then blocked for good.
    assert second[2] == {"el2": 40 + 20, "guest": 40, "waits": 1200 - 320}
    assert first[2]["waits"] == 1040 - 430 and first[2]["ready"] == 320 - 220
    assert sum(first[2].values()) == 1200 - 10
    assert trace_model.pc_table(model, 1)[0][:2] == (0x1000, 1)
    assert trace_model.timer_table(model, lambda a: f"f{a:x}") == [("f4000", 1, 20.0, 20)]


def test_interrupts(model):
    assert [(i.intid, i.source, i.pend, i.list, i.entry, i.cause) for i in model.irqs] == [
        (3, 200, 210, 230, 260, "write ICC_SGI1R_EL1"), (27, 990, 1010, 1020, 1040, "wake: 27 guest's timer")]
    sgi, timer = trace_model.irq_table(model)
    assert sgi[:6] == (3, 1, 0, 60, 60, 60) and sgi[6] == {"source": 10, "pending": 20, "listed": 30} and sgi[7][6] == 1
    assert timer[:6] == (27, 1, 0, 50, 50, 50)


def test_interrupt_across_cores_and_one_that_never_comes():
    model = Model([[r(15, "ASYNC", (1, 1)), r(16, "IRQ", NOBODY), r(17, "LIST", (1, 1), a=48), r(30, "RETURN", (1, 1), a=15)],
                   [r(10, "EXIT", core=1, a=WRITE), r(12, "PEND", (1, NO_VCPU), 1, 48), r(14, "PEND", (1, NO_VCPU), 1, 49),
                    r(20, "RETURN", core=1, a=10, b=0xA000050)]])
    came, lost = model.irqs
    assert (came.core, came.target, came.who, came.entry - came.source) == (1, 0, (1, 1), 20)
    assert lost.intid == 49 and lost.entry is None
    assert model.cores[1].spans[0].kind == "write virtio 0" and model.cores[0].spans[0].kind == "interrupt: 0 kick"
    assert [row[:3] for row in trace_model.irq_table(model)] == [(48, 1, 0), (49, 1, 1)]


def test_pending_twice_counts_from_the_first():
    model = Model([[r(10, "EXIT", a=SGI), r(12, "PEND", (1, 1), a=1), r(20, "RETURN", a=10), r(30, "EXIT", a=SGI), r(32, "PEND", (1, 1), a=1),
                    r(35, "SWITCH", (1, 1)), r(36, "LIST", (1, 1), a=1), r(40, "RETURN", (1, 1), a=10)]])
    assert [(i.source, i.entry) for i in model.irqs] == [(10, 40)]


def test_a_level_that_falls_is_not_given():
    gone = trace_model.GONE
    model = Model([[r(10, "EXIT", a=WFI), r(12, "PEND", (1, NO_VCPU), a=33), r(20, "RETURN", a=10), r(30, "EXIT", a=WFI),
                    r(32, "PEND", (1, NO_VCPU), a=33, b=gone), r(33, "PEND", (1, NO_VCPU), a=33, b=gone), r(40, "RETURN", a=10), r(50, "EXIT", a=WFI),
                    r(52, "PEND", (1, NO_VCPU), a=33), r(54, "LIST", a=33), r(60, "RETURN", a=10)]])
    assert [(i.source, i.entry) for i in model.irqs] == [(10, None), (50, 60)]


def test_no_span_overlaps_whatever_is_missing():
    """Every record left out once, as when a ring has wrapped in the wrong place: still no overlap and no negative time."""
    for n in range(len(ONE_CORE)):
        for first in (0, n):
            model = Model([ONE_CORE[first:n] + ONE_CORE[n + 1:]])
            at = 0
            for s in model.cores[0].spans:
                assert at <= s.start <= s.end
                at = s.end
            json.dumps(trace_model.page(model, "x", []))


def test_an_exit_is_missing():
    model = Model([[r(10, "EXIT", a=WFI), r(100, "RETURN", a=90), r(120, "RETURN", a=50), r(130, "EXIT", a=WFI), r(150, "RETURN", a=20)]])
    assert [(s.start, s.end, s.state) for s in model.cores[0].spans] == [(10, 100, "el2"), (100, 120, "el2"), (120, 130, "guest"),
                                                                         (130, 150, "el2"), (150, 150, "guest")]


def test_chrome_events(model):
    events = trace_model.chrome(model)["traceEvents"]
    spans = [e for e in events if e["ph"] == "X" and e["pid"] == 0]
    assert [e["name"] for e in spans][:3] == ["first entry", "box/0", "HVC PSCI_VERSION"]
    assert spans[2]["args"] == {"vCPU": "box/0", "ticks": 50, "pc": "0x1000", "exit": "HVC #0", "esr": "0x5a000000", "about": "0x84000000"}
    assert spans[2]["ts"] == pytest.approx(0.095) and spans[2]["dur"] == pytest.approx(0.05)
    flows = [(e["ph"], e["id"], e["name"]) for e in events if e["ph"] in "sf"]
    assert flows == [("s", 0, "SGI 3"), ("f", 0, "SGI 3"), ("s", 1, "27 virtual timer"), ("f", 1, "27 virtual timer")]
    assert {e["args"]["name"] for e in events if e["ph"] == "M"} >= {"cores", "core 0", "VM box", "vCPU 1"}


def test_page_data(model):
    data = trace_model.page(model, "t", [["a", "b"]])
    core, spans = data["cores"][0], model.cores[0].spans
    starts = [sum(core["t"][:i + 1]) for i in range(len(core["t"]))]
    assert starts == [s.start - 5 for s in spans] and core["d"] == [s.end - s.start for s in spans]
    names = ["asleep" if w < 0 else data["kinds"][w >> 1] if w & 1 else data["vcpus"][w >> 1]["name"] for w in core["w"]]
    assert names[:4] == ["first entry", "box/0", "HVC PSCI_VERSION", "box/0"] and names[9] == "asleep"
    assert len(data["irqs"]["id"]) == 2 and data["span"] == 1195


@pytest.mark.parametrize("values, q, what", [([], 0.5, 0), ([7], 0.5, 7), ([1, 2, 3, 4], 0.5, 2), ([1, 2, 3, 4], 0.9, 4), (list(range(1, 101)), 0.9, 90)])
def test_quantile(values, q, what):
    assert trace_model.quantile(values, q) == what


def test_symbols_and_kaslr():
    text = "ffff800080000000 T _text\nffff800080011100 T __arm_smccc_hvc\nffff800080012000 t work.lto_priv.0\nffff800080013000 D data\n"
    model = Model([[r(1, "EXIT", a=HVC, b=0x40200000), r(2, "EXIT", a=HVC, b=0xFFFFD31500011108 + 0), r(3, "EXIT", a=HVC, b=0xFFFFD31500011108),
                   *(r(n, "EXIT", a=HVC, b=0xFFFFD31500051200) for n in range(4, 8))]])
    offset = trace_model.kaslr_offset(model, text)
    assert offset == 0xFFFFD31500000000 - 0xFFFF800080000000
    symbols = trace_model.Symbols(text, offset)
    assert symbols(0xFFFFD31500012004) == "work+0x4" and symbols(0xFFFFD31500012000) == "work" and symbols(0x40200000) == "0x40200000"
    assert trace_model.kaslr_offset(model, "ffff800080000000 T _text\n") is None


def test_the_page_is_one_file():
    text = (TOP / "tools/trace.html").read_text()
    assert text.count("/*DATA*/null") == 1
    assert not re.search(r"https?:|\bsrc=|\bhref=|@import|fetch\(|XMLHttp", text)


def test_console_summary():
    found = boot_tool().SUMMARY.findall("[ 1.0] trivet: linux: 25206 exits, 20811016 ticks at EL2 of 2090330102\n")
    assert found == [("linux", "25206", "20811016", "2090330102")]
