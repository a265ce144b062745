# SPDX-License-Identifier: BSD-3-Clause
"""docs/ffa-functions.md against the code: who may call what, in which form, since when; and the tests that it names."""

import pathlib
import re

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
DOC = TOP / "docs/ffa-functions.md"
FIRST, LAST = 0x60, 0x97
# ROW(FFA_RXTX_MAP_32, FFA_VERSION_1_0, FFA_CONV_BOTH, mail_rxtx_map)
ROW = re.compile(r"ROW\(FFA_(\w+), FFA_VERSION_1_(\d), FFA_CONV_(\w+), \w+\)")
BITS = {"32": "32", "64": "64", "BOTH": "32, 64"}
# Before it: calls of a function that 1.2 has brought, for those that Hafnium's SPs make (the table says "since" of FF-A).
EARLIER = {"CONSOLE_LOG": "1.0"}


def table(text, columns):
    """The rows of the Markdown tables with so many columns, without their heads."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("| ")]
    return [row for row in rows if len(row) == columns and re.match(r"0x[0-9a-f]+", row[0])]


def functions():
    """{number: its row}"""
    found = {}
    for row in table(DOC.read_text(), 8):
        ends = [int(n, 16) for n in row[0].split(" to ")]
        for n in range(ends[0], ends[-1] + 1):
            assert n not in found, f"{n:#x} is there twice"
            found[n] = row
    return found


def numbers():
    """{name without FFA_ and _32, _64: (number, {"32", "64"})} of include/abi/ffa.h."""
    found = {}
    for name, value in re.findall(r"#define FFA_(\w+)\s+(0x[8c]40000[0-9a-f]{2})\b", (TOP / "include/abi/ffa.h").read_text()):
        number, bits = int(value, 16) & 0xffff, "64" if value.startswith("0xc") else "32"
        if number < FIRST:
            continue
        name = re.sub(r"_(32|64)$", "", name)
        was = found.setdefault(name, (number, set()))
        assert was[0] == number
        was[1].add(bits)
    return found


def rows(file):
    """{name: (version, bits)} of the ROWs of a file."""
    found = {}
    for name, minor, conv in ROW.findall((TOP / "src/role/spmc" / file).read_text()):
        found[re.sub(r"_(32|64)$", "", name)] = (f"1.{minor}", BITS[conv])
    assert len(found) > 10
    return found


def test_every_number_once():
    assert sorted(functions()) == list(range(FIRST, LAST + 1))


def test_names_and_bits_of_the_header():
    by_number = functions()
    for name, (number, bits) in numbers().items():
        assert by_number[number][1] == name and by_number[number][2] == ", ".join(sorted(bits)), name


@pytest.mark.parametrize("file,column", (("nwd.c", 4), ("sp_calls.c", 5)))
def test_who_may_call_what(file, column):
    there = rows(file)
    for row in functions().values():
        name, says = row[1], row[column]
        assert says in ("yes", "no", "SPMD"), row
        # What SPMD answers does not come to a row, which is there for FEATURES.
        assert (says != "no") == (name in there), f"{file}: {name}: the table says {says}"
        if name in there:
            assert there[name] == (EARLIER.get(name, row[3]), row[2]), f"{file}: {name}"
    assert set(there) <= {row[1] for row in functions().values()}


def test_status_fits():
    for row in functions().values():
        assert (row[6] == "done") == ("yes" in row[4:6]), row
        assert row[6] == "done" or re.match(r"answer|SPMD|refused|later: ", row[6]), row
        assert row[7] or row[6] != "done", row


def test_the_tests_are_there():
    text = DOC.read_text()
    names = set(re.findall(r'{\s*"([^"]+)",\s*test_\w+\s*}', (TOP / "tests/spmc/client/tests/table.c").read_text()))
    cells = " ".join(row[-1] for row in table(text, 8) + table(text, 5))
    named = re.findall(r'"([^"]+)"', cells)
    suites = re.findall(r"\b(?:ffa|role|spmc)/\w+", re.sub(r'"[^"]+"', "", cells))
    assert len(names) > 24 and len(named) > 20 and len(suites) > 20
    assert not set(named) - names
    for suite in suites:
        directory, name = suite.split("/")
        assert (TOP / f"tests/unit/{directory}/test_{name}.c").exists(), suite


def test_interrupt_calls():
    header = (TOP / "include/abi/ffa.h").read_text()
    for row in table(DOC.read_text(), 3):
        match = re.match(r"HF_\w+", row[1])
        if match and "TEST" not in match.group():
            assert re.search(rf"#define {match.group()}\s+{row[0]}\b", header), row
