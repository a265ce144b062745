# SPDX-License-Identifier: BSD-3-Clause
"""`make trace`: its figures against each other, against Trivet's own sums and against what QEMU counts."""

import importlib.machinery
import importlib.util
import json
import re
import subprocess
import types

import pytest

from console import CPU, SLOW, TOP, clean_environment

IMAGE = TOP / "build/hyp-trace"
SUMMARY = re.compile(r"trivet: (\S+): (\d+) exits, (\d+) ticks at EL2 of (\d+)")
# Instructions of an exit that lie before the first reading of the counter and after the last one (src/arch/arm64/vectors.S).
OUTSIDE = 6


def run(*command):
    subprocess.run([str(word) for word in command], cwd=TOP, check=True, env=clean_environment(), timeout=300 * SLOW, stdout=subprocess.DEVNULL)


class Result:
    """What a run has left."""

    def __init__(self, directory, name):
        self.html = (directory / f"{name}.html").read_text(encoding="utf-8")
        self.events = json.loads((directory / f"{name}.json").read_text())["traceEvents"]
        self.console = (directory / f"{name}.log").read_text(encoding="utf-8")
        (line,) = SUMMARY.findall(self.console)
        self.exits, self.ticks, self.of = (int(word) for word in line[1:])

    def spans(self, kind="el2"):
        return [e for e in self.events if e["ph"] == "X" and e["cat"] == kind]

    def by_exits(self):
        """EL2's stretches that an exit began, not the end of a core's sleep or a vCPU's first entry."""
        return [e for e in self.spans() if e["name"] != "first entry" and not e["name"].startswith("wake")]

    def data(self):
        """What the page draws."""
        text = self.html[self.html.index("const D = ") + len("const D = "):]
        return json.JSONDecoder().raw_decode(text)[0]


@pytest.fixture(scope="module", name="minimal")
def minimal_fixture(bundles, out):  # pylint: disable=unused-argument
    """Our own kernel, four vCPUs on a core, while QEMU notes each exception."""
    log = out / "trace-int.log"
    log.unlink(missing_ok=True)
    run("make", "trace", "SCENARIO=minimal", f"TRACE_FLAGS=-- -d int -D {log}")
    result = Result(TOP / "build/trace", "minimal")
    with open(log, encoding="utf-8", errors="replace") as file:
        result.taken = sum(line.startswith(("...from EL0 to EL2", "...from EL1 to EL2")) for line in file)
    return result


def test_exits_are_those_that_qemu_saw(minimal):
    assert minimal.exits == minimal.taken
    assert minimal.exits == len(minimal.by_exits()) == sum(row[1] for row in minimal.data()["tables"]["vcpus"])
    assert minimal.exits > 2000


def test_ticks_are_those_of_the_log(minimal):
    """But for what no VM is charged for: a core that wakes, finds nobody to run and sleeps again."""
    ticks = sum(e["args"]["ticks"] for e in minimal.spans())
    core = [e for e in minimal.events if e["ph"] == "X" and e["pid"] == 0]
    nobody = sum(a["args"]["ticks"] for a, b in zip(core, core[1:]) if a["name"].startswith("wake") and b["cat"] == "idle")
    assert abs(ticks - nobody - minimal.ticks) < 0.001 * minimal.ticks
    table = minimal.data()["tables"]
    assert ticks == sum(row[2] for row in table["exits"]) == sum(row[2] for row in table["cores"])


def test_a_core_does_one_thing_at_a_time(minimal):
    tracks = {}
    for e in minimal.events:
        if e["ph"] == "X":
            tracks.setdefault((e["pid"], e["tid"]), []).append((e["ts"], e["ts"] + e["dur"]))
    assert len(tracks) == 1 + 4
    end = minimal.data()["span"] / 1000
    for track in tracks.values():
        at = 0
        for start, stop in track:
            assert at - 0.0005 <= start <= stop <= end + 0.0005
            at = stop
    # Nothing is left out either: all of the core's time is a guest's, EL2's or sleep.
    assert sum(stop - start for start, stop in tracks[0, 0]) == pytest.approx(end, rel=1e-4)


def test_interrupts_have_a_source_and_an_end(minimal):
    starts = {e["id"]: e for e in minimal.events if e["ph"] == "s"}
    ends = {e["id"]: e for e in minimal.events if e["ph"] == "f"}
    assert starts.keys() == ends.keys() and len(starts) > 100
    guests = {e["ts"] for e in minimal.spans("guest")}
    for n, start in starts.items():
        assert start["ts"] < ends[n]["ts"] and ends[n]["ts"] in guests, "where it arrives a guest begins"
    names = {e["name"] for e in starts.values()}
    assert {"SGI 0", "SGI 1", "27 virtual timer", "33 PL011", "48 virtio 0"} <= names
    # Linux counts its timer's ticks, before the end.
    counted = sum(int(n) for n in re.search(r"((?: +\d+){4}) +GICv3 +27 Level", minimal.console)[1].split())
    given = sum(e["name"] == "27 virtual timer" for e in starts.values())
    assert 20 < counted <= given


def test_the_page_stands_alone(minimal):
    assert not re.search(r"https?://|\bsrc=|\bhref=|@import", minimal.html)
    data = minimal.data()
    assert [len(core["t"]) for core in data["cores"]] == [len([e for e in minimal.events if e["ph"] == "X" and e["pid"] == 0])]
    assert "cpu_do_idle" in json.dumps(data["tables"]["pcs"]), "the kernel's names, wherever KASLR has put it"


def test_ticks_are_instructions(minimal, out):  # pylint: disable=unused-argument
    """The benchmark's hypercall: QEMU lists its instructions one by one, and the trace measures as many, each time."""
    loader = importlib.machinery.SourceFileLoader("bench", str(TOP / "tools/bench"))
    bench = importlib.util.module_from_spec(importlib.util.spec_from_loader("bench", loader))
    loader.exec_module(bench)
    run("make", "build/bench/payload.bin", "build/bench/payload.elf")
    args = types.SimpleNamespace(image=IMAGE / "trivet.bin", payload=TOP / "build/bench/payload.bin", out=out / "trace-bench", cpu=CPU[1])
    bench.prepare(args, "one")
    run("tools/trace-boot", "bench", "--bundle", args.out / "one.cpio", "--no-shell", "--out", out)
    listed = subprocess.run(["tools/bench-trace", "--hyp", IMAGE, "--payload", "build/bench", "hvc"], cwd=TOP, capture_output=True, text=True,
                            check=True, timeout=60 * SLOW).stdout
    instructions = int(re.search(r"(\d+) of them at EL2", listed)[1])
    measured = [e["args"]["ticks"] for e in Result(out, "bench").spans() if e["name"] == "HVC PSCI_VERSION"]
    assert len(measured) >= 1000 and set(measured) == {instructions - OUTSIDE}
