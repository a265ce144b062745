# SPDX-License-Identifier: BSD-3-Clause
"""What the documents say of the tree: links lead somewhere, the code that they show is that of the files."""

import pathlib
import re

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
DOCS = sorted([TOP / "README.md", TOP / "CONTRIBUTING.md", TOP / "CHANGELOG.md", *(TOP / "docs").glob("**/*.md")])
# A name of a file of the tree in back quotes: `src/core/frame.c`.
FILE = re.compile(r"`((?:src|docs|tests|tools|mk|sp|machines|include|guest|configs)/[\w./-]+\.\w+)`")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
CHAPTER = re.compile(r"\bdocs/[\w/-]+\.md\b")
STANDS_FOR = re.compile(r"NAME|NNNN")  # of the reader's choice
BLOCK = re.compile(r"^```(?:c|dts)\n(.*?)^```$", re.S | re.M)


def names(text):
    """What text calls a file: (name as written, is it relative to the document?)."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.S | re.M)
    for match in LINK.finditer(prose):
        if "://" not in match.group(1):
            yield match.group(1), True
    for match in [*FILE.finditer(prose), *CHAPTER.finditer(prose)]:
        yield match.group(match.lastindex or 0), False


def missing(path, text):
    return [name for name, relative in names(text)
            if not STANDS_FOR.search(name) and not ((path.parent if relative else TOP) / name).exists()]


@pytest.mark.parametrize("path", DOCS, ids=lambda path: path.relative_to(TOP).as_posix())
def test_files_are_there(path):
    assert not missing(path, path.read_text())


def test_what_is_missing_is_found():
    assert missing(TOP / "docs/x.md", "[a](none.md) `src/none.c`, docs/none.md [b](memory.md) `tests/tools/test_docs.py`") == [
        "none.md", "src/none.c", "docs/none.md"]


def test_code_of_write_your_own_sp():
    """Each piece stands in a file of the SPs that it is about, comments at the end of a line aside."""
    files = [p for name in ("adder", "tally") for p in (TOP / "tests/spmc" / name).glob("**/*") if p.is_file()]
    sources = [plain(p.read_text()) for p in files]
    blocks = [plain(text) for text in BLOCK.findall((TOP / "docs/write-your-own-sp.md").read_text())]
    assert len(blocks) > 8
    for block in blocks:
        assert any(block in source for source in sources), block


def test_unit_tests_that_testing_md_names():
    """`core/s2: test_a, test_b`: the suite is there, and has them."""
    named = re.findall(r"`((?:core|dev|drv|ffa|lib|role|spmc|vgic)/\w+)(?:: ([\w, ]+))?`", (TOP / "docs/testing.md").read_text())
    assert len(named) > 60
    for suite, tests in named:
        file = TOP / "tests/unit" / suite.replace("/", "/test_")
        text = file.with_suffix(".c").read_text() if file.with_suffix(".c").exists() else None
        assert text is not None or (TOP / "src" / suite).with_suffix(".c").exists(), suite
        for test in filter(None, tests.split(", ")):
            assert text and re.search(rf"\b{test}\b", text), f"{suite}: {test}"


def test_run_spmc_tests_that_testing_md_names():
    table = (TOP / "tests/spmc/client/tests/table.c").read_text()
    named = set(re.findall(r'"([^"\n]+)"', "".join(re.findall(r"^\|.*$", (TOP / "docs/testing.md").read_text(), re.M))))
    assert len(named) > 15
    for name in named:
        assert f'"{name}"' in table, name


def plain(text):
    """Lines without comments at their end."""
    return "\n".join(re.sub(r"\s*//.*", "", line).rstrip() for line in text.rstrip().split("\n"))
