# SPDX-License-Identifier: BSD-3-Clause
"""tools/spmc-machine: what a new SP's manifest makes of a machine."""
import json
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
BASE = ROOT / "machines/spmc"
MANIFEST = '/dts-v1/;\n/ { compatible = "arm,ffa-manifest-1.0"; %s };\n'
GOOD = "load-address = <0x0 0x0ec00000>; execution-ctx-count = <4>;"


def add(out, props, name="mine"):
    """Runs the tool for an SP with these properties."""
    (out / f"{name}.dts").write_text(MANIFEST % props)
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", out / f"{name}.dtb", out / f"{name}.dts"], check=True)
    return subprocess.run([ROOT / "tools/spmc-machine", "--base", BASE, "-o", out / "new", out / f"{name}.dtb"],
                          capture_output=True, text=True, check=False)


def node(out, options, what):
    """fdtget's answer about the new machine."""
    dtb = out / "new.dtb"
    subprocess.run(["dtc", "-q", "-O", "dtb", "-o", dtb, out / "new/tos_fw_config.dts"], check=True)
    return subprocess.run(["fdtget", *options, dtb, *what], capture_output=True, text=True, check=True).stdout.split()


def test_adds(tmp_path):
    done = add(tmp_path, GOOD)
    assert done.returncode == 0, done.stderr
    assert node(tmp_path, ["-l"], ["/hypervisor"]) == ["vm1", "vm2", "vm3", "vm4"]
    at = "/hypervisor/vm4"
    assert node(tmp_path, ["-t", "s"], [at, "debug_name"]) == ["mine"]
    assert node(tmp_path, ["-t", "x"], [at, "load_address"]) == ["ec00000"]
    assert node(tmp_path, ["-t", "x"], [at, "vcpu_count"]) == ["4"]
    layout = json.loads((tmp_path / "new/sp_layout.json").read_text())
    assert list(layout) == ["hello", "irq", "relay", "mine"]
    assert layout["mine"] == {"image": "mine.bin", "pm": "mine.dts"}


def test_refuses(tmp_path):
    for props, says in (("execution-ctx-count = <4>;", "load-address"), ("load-address = <0xec00000>;", "execution-ctx-count"),
                        (GOOD.replace("ec0", "ec1"), "multiple of 0x200000"), (GOOD.replace("0ec", "0e6"), "is that of vm2")):
        done = add(tmp_path, props)
        assert done.returncode == 1 and says in done.stderr, (props, done.stderr)
