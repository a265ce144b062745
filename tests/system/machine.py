# SPDX-License-Identifier: BSD-3-Clause
"""Machine files of the tests: text of one VM each, bundled, and run without a terminal."""

import re
import subprocess

from console import CPU, IMAGE, SLOW, TOP, clean_environment

HEAD = """/dts-v1/;
/ {
	compatible = "trivet,machine";
	#address-cells = <2>;
	#size-cells = <2>;
	chosen {
		#address-cells = <2>;
		#size-cells = <2>;
"""
CELLS = "#address-cells = <2>; #size-cells = <2>;"
KERNEL = 'module@0 { compatible = "multiboot,kernel", "multiboot,module"; trivet,file = "kernel"; };'
MEMORY = "memory = <0 0x2000>;"
CPUS = "cpus = <1>;"


def vm(node, memory=MEMORY, cpus=CPUS, kernel=KERNEL, more=""):
    """The source of one VM's node; each part may be replaced or left out."""
    return f'{node} {{ compatible = "xen,domain"; {CELLS} vpl011; {memory} {cpus} {more} {kernel} }};\n'


def bundle(path, nodes, files):
    """Makes a bundle from VMs' sources and {name: path}."""
    source = path.with_suffix(".dts")
    source.write_text(HEAD + "".join(nodes) + "\t};\n};\n")
    cmd = [TOP / "tools/bundle", source, "-o", path]
    for name, file in files.items():
        cmd += ["--file", f"{name}={file}"]
    subprocess.run(cmd, check=True)
    return path


class Output:
    """What a run gave."""

    def __init__(self, status, text):
        self.status = status
        self.text = text.replace("\r", "")
        self.lines = self.text.splitlines()
        # The log's lines, without time and mark.
        self.log = [m.group(1) for m in (re.match(r"\[ *\d+\.\d+\] trivet: (.*)", line) for line in self.lines) if m]

        self.errors = [line.removeprefix("error: ") for line in self.log if line.startswith("error: ")]


def run(path, *flags, seconds=10, stdin=b""):
    """Runs a bundle (None: none) to the end of QEMU. Time is counted in instructions and idle time is jumped over."""
    cmd = [TOP / "tools/run", "--image", IMAGE, *CPU, "--icount", "nosleep", "--timeout", f"{seconds * SLOW:g}"]
    cmd += [*(["--bundle", path] if path else []), *flags]
    done = subprocess.run([str(word) for word in cmd], cwd=TOP, env=clean_environment(), input=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    return Output(done.returncode, done.stdout.decode(errors="replace"))
