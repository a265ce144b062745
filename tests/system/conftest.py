# SPDX-License-Identifier: BSD-3-Clause
"""Fixtures of the system tests: where output goes, the scenarios, payloads, and times at the end."""

import pathlib
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True
from console import CPU, IMAGE, TOP, Console, clean_environment  # noqa: E402

HERE = pathlib.Path(__file__).resolve().parent
OUT = TOP / "build/system"


def make(*words):
    """A make command of the user's, for our image if another was asked for."""
    image = [f"HYP={IMAGE}"] if IMAGE != TOP / "build/hyp-gcc/trivet.bin" else []
    return ["make", "-j1", *image, *words]


def pytest_configure(config):
    config.option.durations = config.option.durations or 12
    config.option.durations_min = 0.5


@pytest.fixture(scope="session", name="out")
def out_fixture():
    """Where consoles are logged and bundles are made."""
    OUT.mkdir(parents=True, exist_ok=True)
    return OUT


@pytest.fixture(scope="session", name="bundles")
def bundles_fixture():
    """Kernels, disk, bundles: made by make, which may fetch and build."""
    subprocess.run(make("bundles"), cwd=TOP, check=True, env=clean_environment(), stdout=subprocess.DEVNULL)


@pytest.fixture(scope="session", name="start")
def start_fixture(bundles, out):  # pylint: disable=unused-argument
    """start(scenario): `make run-<scenario>` at a terminal."""
    def start(scenario, *flags):
        return Console(make("run-" + scenario, "RUN_FLAGS=" + " ".join((*CPU, *flags))), out / f"{scenario}.log")
    return start


@pytest.fixture(scope="session", name="payload")
def payload_fixture(out):
    """payload(name): guest/name.S as a raw binary for 0x40080000."""
    def payload(name):
        elf, raw = out / f"{name}.elf", out / f"{name}.bin"
        subprocess.run(["aarch64-linux-gnu-gcc", "-nostdlib", "-static", "-Wl,-Ttext=0x40080000,--build-id=none", "-o", elf,
                        HERE / "guest" / f"{name}.S"], check=True)
        subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", elf, raw], check=True)
        return raw
    return payload
