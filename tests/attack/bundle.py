#!/usr/bin/python3
# SPDX-License-Identifier: BSD-3-Clause
"""A bundle with one VM that runs an attack program: for `make run-attack`. The system tests have machines of their own."""

import argparse
import pathlib
import subprocess
import sys

TOP = pathlib.Path(__file__).resolve().parents[2]
MACHINE = """\
/dts-v1/;
/ {{
	compatible = "trivet,machine";
	#address-cells = <2>;
	#size-cells = <2>;
	chosen {{
		#address-cells = <2>;
		#size-cells = <2>;
		domU1 {{ {vm} }};
	}};
}};
"""
# What an attack guest has: every device that there is. `pcpus`: which cores its vCPUs share.
VM = """compatible = "xen,domain"; #address-cells = <2>; #size-cells = <2>; trivet,name = "attack"; memory = <0 {memory}>;
	cpus = <{cpus}>; vpl011; trivet,rtc; trivet,rng; {more}
	module@0 {{ compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "attack"; bootargs = "attack={program}"; }};
	disk@0 {{ compatible = "trivet,disk"; trivet,file = "attack-disk"; }};
	disk@1 {{ compatible = "trivet,disk"; trivet,file = "attack-rodisk"; trivet,readonly; }};
"""
KIB = 32 * 1024
SECTORS = 128


def vm(program, cpus, more=""):
    """The source of the VM's node, without its braces."""
    return VM.format(program=program, cpus=cpus, memory=KIB, more=more)


def disk():
    """Each byte says which sector it is in, and where."""
    return bytes((sector * 7 + byte) & 0xFF for sector in range(SECTORS) for byte in range(512))


def files(directory, kernel):
    """{name: path} of the members of the bundle, made in the directory."""
    (directory / "attack-disk").write_bytes(disk())
    (directory / "attack-rodisk").write_bytes(disk())
    return {"attack": kernel, "attack-disk": directory / "attack-disk", "attack-rodisk": directory / "attack-rodisk"}


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="NAME[,NAME...][,key=value...]")
    parser.add_argument("--cpus", type=int, default=4)
    parser.add_argument("--kernel", type=pathlib.Path, required=True, help="attack.bin")
    parser.add_argument("-o", "--output", type=pathlib.Path, required=True)
    args = parser.parse_args()
    source = args.output.with_suffix(".dts")
    source.write_text(MACHINE.format(vm=vm(args.program, args.cpus)))
    cmd = [TOP / "tools/bundle", source, "-o", args.output]
    for name, path in files(args.output.parent, args.kernel).items():
        cmd += ["--file", f"{name}={path}"]
    return subprocess.run(cmd, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
