# SPDX-License-Identifier: BSD-3-Clause
"""The row of Linux's boot for tools/bench: Debian's cloud kernel, one vCPU on one core, quiet, from its first instruction until /init
has powered it off; the share of that time that EL2 takes, in millionths.

Trivet is built with CONFIG_TRACE_EXITS: two reads of the counter at each exit, and a line at the VM's end that says how many ticks of
its life were spent at EL2, those reads included. Under -icount a tick is an instruction, but for the time in which all sleep.
"""
import re
import subprocess
import sys

# As in tools/bench.
ROWS = {
    "linux-el2-ppm": ("Linux to /init: at EL2, of 10^6", 5000, (None, None, 11_000)),
    "linux-exits": ("  exits", None, ()),
}
LINE = re.compile(r"linux: (\d+) exits, (\d+) ticks at EL2 of (\d+)")

MACHINE = """\
/dts-v1/;
/ {
	compatible = "trivet,machine";
	#address-cells = <2>;
	#size-cells = <2>;
	chosen {
		#address-cells = <2>;
		#size-cells = <2>;
		domU1 {
			compatible = "xen,domain";
			#address-cells = <2>;
			#size-cells = <2>;
			trivet,name = "linux";
			memory = <0x0 0x80000>;
			cpus = <1>;
			vpl011;
			trivet,rtc;
			trivet,rng;
			module@0 {
				compatible = "multiboot,kernel", "multiboot,module";
				trivet,file = "Image";
				bootargs = "console=ttyAMA0 quiet trivet.run=poweroff,-f";
			};
			module@1 {
				compatible = "multiboot,ramdisk", "multiboot,module";
				trivet,file = "initramfs.cpio.gz";
			};
		};
	};
};
"""


def measure(args):
    """The rows."""
    args.out.mkdir(parents=True, exist_ok=True)
    machine, bundle = args.out / "linux.dts", args.out / "linux.cpio"
    machine.write_text(MACHINE)
    subprocess.run([args.tools / "bundle", machine, "-I", args.linux, "-o", bundle], check=True)
    cmd = [args.tools / "run", "--image", args.trace_image, "--bundle", bundle, "--smp", "1", "--cpu", args.cpu, "--deterministic",
           "--timeout", str(3 * args.timeout)]
    done = subprocess.run(cmd, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    text = done.stdout.decode("utf-8", "replace")
    said = LINE.search(text)
    if done.returncode or not said:
        sys.exit(f"bench: error: linux: QEMU ended with {done.returncode}; its output:\n{text[-3000:]}")
    exits, ticks, life = map(int, said.groups())
    return {"linux-el2-ppm": round(ticks * 1_000_000 / life), "linux-exits": exits}
