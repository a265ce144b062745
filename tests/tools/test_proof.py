# SPDX-License-Identifier: BSD-3-Clause
"""tools/proof: what it makes of CBMC's answers; and that the table of proofs in docs/testing.md is that of tests/proof."""

import importlib.machinery
import importlib.util
import os
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def proof():
    loader = importlib.machinery.SourceFileLoader("trivet_proof", str(TOP / "tools/proof"))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def answer(*lines):
    return "\n".join(["** Results:", "src/lib/x.c function f", *lines, "", "VERIFICATION SUCCESSFUL"])


def test_all_shown(proof):
    assert proof.judge(answer("[f.overflow.1] line 3 arithmetic overflow on unsigned + in a + b: SUCCESS",
                              "[f.assertion.1] line 5 POSSIBLE a == 3: FAILURE")) == ([], 2)


@pytest.mark.parametrize("line, says", [
    ("[f.overflow.1] line 3 arithmetic overflow on unsigned + in a + b: FAILURE", "src/lib/x.c:3: arithmetic overflow"),
    ("[f.unwind.0] line 7 unwinding assertion loop 0: FAILURE", "src/lib/x.c:7: unwinding assertion"),
    ("[f.assertion.1] line 5 POSSIBLE a == 3: SUCCESS", "src/lib/x.c:5: never happens: a == 3"),
    ("[f.assertion.1] line 5 it holds: UNKNOWN", "src/lib/x.c:5: it holds"),
])
def test_what_fails(proof, line, says):
    bad, shown = proof.judge(answer("[f.assertion.9] line 1 more: SUCCESS", line))
    assert len(bad) == 1 and bad[0].startswith(says) and shown == 1


def test_no_body_no_end_nothing(proof):
    assert proof.judge("**** WARNING: no body for function other\n" + answer("[f.1] line 1 x: SUCCESS"))[0]
    assert proof.judge("[f.1] line 1 x: SUCCESS\nout of memory")[0]
    assert proof.judge(answer())[0]


def test_where_there_is_no_cbmc():
    done = subprocess.run([TOP / "tools/proof"], cwd=TOP, env={**os.environ, "TRIVET_NO_CBMC": "1"}, stdout=subprocess.PIPE,
                          check=True, timeout=60)
    first, last = done.stdout.decode().splitlines()
    assert first.startswith("proof: skipped: ")
    assert last.startswith("0 passed, 0 failed, ") and last.endswith(" skipped")


def test_table(proof, monkeypatch):
    monkeypatch.chdir(TOP)
    rows = [proof.table_row(p) for p in proof.proofs()]
    text = (TOP / "docs/testing.md").read_text().splitlines()
    assert len(rows) > 20
    for row in rows:
        assert any(line.startswith(row) for line in text), row
