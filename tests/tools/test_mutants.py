# SPDX-License-Identifier: BSD-3-Clause
"""The lists of tools/mutants fit the code, the tests that they name, and the table in docs/testing.md."""

import importlib.machinery
import importlib.util
import pathlib
import re

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
LOADER = importlib.machinery.SourceFileLoader("mutants", str(TOP / "tools/mutants"))
SPEC = importlib.util.spec_from_loader("mutants", LOADER)
mutants = importlib.util.module_from_spec(SPEC)
LOADER.exec_module(mutants)
ENTRIES = mutants.load()


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda e: e["guard"])
def test_fits(entry):
    assert mutants.mutated(entry, (TOP / entry["file"]).read_text()) != (TOP / entry["file"]).read_text()
    suite, test = entry["test"].split(": ", 1)
    if suite == "target":
        suite, test = test.split(": ")
        text = "".join(path.read_text() for path in (TOP / "tests/target").glob("test_*.c"))
        assert f"SUITE({suite}," in text and f'{{ "{test}"' in text
    else:
        directory, name = suite.split("/")
        text = (TOP / f"tests/unit/{directory}/test_{name}.c").read_text()
        assert re.search(rf"\b{test}\b", text)


def test_old_text_must_be_there_once():
    entry = {"file": "x", "old": "a", "new": "b"}
    assert mutants.mutated(entry, "a c") == "b c"
    for text in ("c", "a a"):
        with pytest.raises(ValueError):
            mutants.mutated(entry, text)


def test_each_is_in_the_document():
    text = (TOP / "docs/testing.md").read_text()
    for entry in ENTRIES:
        assert f"| {entry['class']} | {entry['guard']} | `{entry['file']}` | `{entry['test']}` |" in text


def test_every_class_that_applies_has_one():
    # 12 (tested is not shipped) is about builds, not about a line of code.
    assert {e["class"] for e in ENTRIES} == set(range(1, 14)) - {12}
