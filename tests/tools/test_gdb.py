# SPDX-License-Identifier: BSD-3-Clause
"""tools/gdb: what does not need gdb: trace records in words, symbol files from a System.map."""

import pathlib
import subprocess
import sys

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "tools/gdb"))
sys.dont_write_bytecode = True
import trivet_kernel  # noqa: E402
import trivet_trace  # noqa: E402


@pytest.mark.parametrize("esr, words", [
    (0x5A000000, "HVC #0"), (0x5E00000F, "SMC #15"), (0x06000000, "WFI"), (0x06000001, "WFE"),
    (0x93C18006, "data abort, translation fault, level 2, read of 8, x1"), (0x93810046, "data abort, translation fault, level 2, write of 4, x1"),
    (0x92000007, "data abort, translation fault, level 3, read, no syndrome"), (0x8200000F, "fetch abort, permission fault, level 3"),
    (0xFC000000, "class 0x3f"),
])
def test_exits(esr, words):
    assert trivet_trace.exit_name(esr) == words


def sysreg_esr(op0, op1, crn, crm, op2, rt, read):
    return 0x18 << 26 | 1 << 25 | op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | rt << 5 | crm << 1 | read


def test_system_registers():
    assert trivet_trace.exit_name(sysreg_esr(3, 0, 12, 11, 5, 3, 0)) == "write ICC_SGI1R_EL1, x3"
    assert trivet_trace.exit_name(sysreg_esr(3, 0, 0, 4, 1, 9, 1)) == "read ID register S3_0_C0_C4_1, x9"
    assert trivet_trace.exit_name(sysreg_esr(3, 3, 9, 12, 0, 31, 1)) == "read S3_3_C9_C12_0, x31"


def test_record():
    data = trivet_trace.RECORD.pack(1500000000, 1 | 2 << 16 | 3 << 32 | 4 << 48, 0x5A000000, 0x1234)
    record = trivet_trace.unpack(data)
    assert record == (1500000000, 1, 2, 3, 4, 0x5A000000, 0x1234)
    assert trivet_trace.line(record, "EXIT", 10**9).split() == "1.500000000 core 4 2/3 EXIT HVC #0 at 0x1234".split()


def test_timeline():
    lines = [trivet_trace.line((n * 1000, 0, part, vcpu, core, a, 0), kind, 10**9) for n, part, vcpu, core, kind, a in [
        (1, 1, 0, 0, "SWITCH", 0), (2, 1, 0, 0, "EXIT", 0x06000000), (3, 0, 0, 0, "IDLE", 0), (4, 0, 0, 1, "IRQ", 27),
        (6, 0, 0, 0, "IRQ", 27), (7, 1, 0, 0, "EXIT", 0x5A000000)]]
    events = trivet_trace.timeline("\n".join(["noise", *lines]))["traceEvents"]
    spans = [(e["name"], round(e["ts"]), round(e["dur"]), e["tid"]) for e in events if e["ph"] == "X"]
    assert spans == [("vCPU 1/0", 1, 2, 0), ("idle", 3, 4, 0), ("vCPU 1/0", 7, 0, 0)]
    assert [(e["name"], e["tid"]) for e in events if e["ph"] == "i"] == [
        ("EXIT WFI  at 0x0", 0), ("IRQ INTID 27", 1), ("IRQ INTID 27", 0), ("EXIT HVC #0  at 0x0", 0)]


def test_symbol_file(tmp_path):
    symbols = trivet_kernel.symbols_of("ffff800080000000 T _text\nffff800080000800 T vectors\nffff800080001000 t work\nffff800080002000 D _etext\n"
                                       "ffff800080002100 d counter\nffff800080003000 B _end\n0000000000000010 A absolute\nnonsense\n")
    assert "absolute" not in symbols
    path = tmp_path / "kernel.elf"
    path.write_bytes(trivet_kernel.elf(symbols, 0x200000))
    text = subprocess.run(["readelf", "-sW", path], capture_output=True, text=True, check=True)
    assert not text.stderr
    rows = {words[-1]: words for words in map(str.split, text.stdout.splitlines()) if len(words) == 8}
    assert rows["work"][1:7] == ["ffff800080201000", "0", "FUNC", "GLOBAL", "DEFAULT", "1"]
    assert rows["counter"][1:7] == ["ffff800080202100", "0", "OBJECT", "GLOBAL", "DEFAULT", "2"]
