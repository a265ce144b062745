# SPDX-License-Identifier: BSD-3-Clause
"""`make run-sp`: a Secure Partition of one's own beside those of the example."""

import shutil
import subprocess

from conftest import make
from console import TOP, clean_environment


def run_sp(*words):
    return subprocess.run(make("run-sp", *words), cwd=TOP, env=clean_environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace", timeout=300, check=False)


def test_own_sp():
    done = run_sp("SP=tests/spmc/adder")
    assert done.returncode == 0 and "ok 1 - 20 + 3" in done.stdout, done.stdout
    assert "SPMC 0x8000: 4 Secure Partitions" in done.stdout and "adder: I add" in done.stdout, done.stdout


def test_the_one_of_write_your_own_sp():
    done = run_sp("SP=tests/spmc/tally")
    assert done.returncode == 0 and "6 passed, 0 failed" in done.stdout and "tally: it rings" in done.stdout, done.stdout


def test_outside_the_tree_and_without_a_client(tmp_path):
    shutil.copytree(TOP / "tests/spmc/adder", tmp_path / "mine", ignore=shutil.ignore_patterns("client"))
    (tmp_path / "mine/adder.dts").rename(tmp_path / "mine/mine.dts")
    done = run_sp(f"SP={tmp_path}/mine")
    assert done.returncode == 0 and "1001 1002 1003 1004 1005 -> 2003 1002 1003 1004 1005" in done.stdout, done.stdout


def test_another_of_the_same_name(tmp_path):
    """What was linked last for the name is not taken for it."""
    shutil.copytree(TOP / "tests/spmc/adder", tmp_path / "adder", ignore=shutil.ignore_patterns("client"))
    assert "ok 1 - 20 + 3" in run_sp("SP=tests/spmc/adder").stdout
    done = run_sp(f"SP={tmp_path}/adder")
    assert done.returncode == 0 and "1001 1002 1003 1004 1005 -> 2003 1002 1003 1004 1005" in done.stdout, done.stdout
    assert "ok 1 - 20 + 3" in run_sp("SP=tests/spmc/adder").stdout


def test_what_is_no_sp(tmp_path):
    (tmp_path / "hello").mkdir()
    (tmp_path / "hello/hello.dts").touch()
    for name, says in (("none", "there is no"), ("hello", "call it something else")):
        done = run_sp(f"SP={tmp_path / name}")
        assert done.returncode and says in done.stdout, done.stdout
