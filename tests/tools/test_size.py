# SPDX-License-Identifier: BSD-3-Clause
"""tools/size and tools/coverage: what they count, and that they fail at their limits."""

import importlib.machinery
import importlib.util
import pathlib
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
HEAD = "/* SPDX-License-Identifier: BSD-3-Clause */\n"


def load(name):
    loader = importlib.machinery.SourceFileLoader(f"trivet_{name}", str(TOP / "tools" / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def function(body, parameters="void"):
    return f"static void f({parameters})\n{{\n{body}}}\n"


def size(tmp_path, text):
    (tmp_path / "src/core").mkdir(parents=True)
    (tmp_path / "src/core/x.c").write_text(HEAD + text)
    done = subprocess.run([TOP / "tools/size"], cwd=tmp_path, stdout=subprocess.PIPE, check=False, timeout=60)
    return done.returncode, done.stdout.decode()


DEEP = "\tif (a)\n\t\tfor (;;)\n\t\t\twhile (b)\n\t\t\t\tif (c)\n\t\t\t\t\tdo_it();\n"


@pytest.mark.parametrize("text, says", [
    (function("\tdo_it();\n" * 101), "has 101 lines, the limit is 100"),
    (function("\tdo_it();\n", "int a, int b, int c, int d, int e, int f, int g"), "has 7 parameters"),
    (function(DEEP.replace("do_it();", "if (d)\n\t\t\t\t\t\tdo_it();")), "is nested 5 deep"),
    (("/* x */\n" * 801), "802 lines, the limit is 800"),
    (function("\tdo_it();\n" * 51), "of functions have more than 50 lines"),
    ("#if A\n#endif\n", "#if a thousand lines, the limit is"),
])
def test_a_limit_broken(tmp_path, text, says):
    status, out = size(tmp_path, text)
    assert status == 1 and says in out


def test_within_limits(tmp_path):
    status, out = size(tmp_path, function(DEEP))
    assert status == 0 and "functions with nesting over 3: 1" in out
    assert "90th percentile 9" in out and "over 100: 0" in out


def test_ranges_of_lines():
    assert load("coverage").runs([9, 3, 5, 4]) == "3-5 9"


def test_coverage_below_its_limit(monkeypatch, capsys):
    coverage = load("coverage")
    counts = {("src/core/x.c", n): int(n < 84) for n in range(100)}
    monkeypatch.setattr(coverage, "count", lambda directory: {**counts, ("src/ffa/y.c", 1): 0})
    monkeypatch.setattr(coverage.sys, "argv", ["coverage", "x"])
    monkeypatch.setattr(coverage, "LIMITS", {"src/core": 85})
    assert coverage.main() == 1
    assert "src/core: 84.0 % of lines, the limit is 85 %" in capsys.readouterr().out
    monkeypatch.setattr(coverage, "LIMITS", {"src/core": 84})
    assert coverage.main() == 0
