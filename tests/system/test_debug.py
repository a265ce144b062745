# SPDX-License-Identifier: BSD-3-Clause
"""`make debug`, the gdb commands of tools/gdb and tools/trace, as a person uses them: gdb in batch mode, at EL2 and in a guest."""

import contextlib
import os
import re
import socket
import subprocess

import pytest

from console import CPU, IMAGE, SLOW, TOP, clean_environment

HERE = TOP / "tests/system"
BUNDLE = "debug-test"
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
			trivet,name = "counter";
			memory = <0x0 0x4000>;
			cpus = <2>;
			vpl011;
			module@0 {
				compatible = "multiboot,kernel", "multiboot,module";
				trivet,file = "kernel";
			};
		};
	};
};
"""


@pytest.fixture(scope="module", name="guest")
def guest_fixture(out):
    """The guest's ELF; its bundle is where `make debug BUNDLE=debug-test` looks for it."""
    subprocess.run(["tools/setup", "run", "debug"], cwd=TOP, check=True)
    elf, raw, dts = out / "debug.elf", out / "debug.bin", out / "debug.dts"
    subprocess.run(["aarch64-linux-gnu-gcc", "-g", "-nostdlib", "-static", "-Wl,-Ttext=0x40200000,--build-id=none", "-o", elf,
                    HERE / "guest/debug.S"], check=True)
    subprocess.run(["aarch64-linux-gnu-objcopy", "-O", "binary", elf, raw], check=True)
    dts.write_text(MACHINE)
    (TOP / "build/bundle").mkdir(parents=True, exist_ok=True)
    subprocess.run([TOP / "tools/bundle", dts, "--file", f"kernel={raw}", "-o", TOP / f"build/bundle/{BUNDLE}.cpio"], check=True)
    return elf


@pytest.fixture(name="port")
def port_fixture():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def make_debug(bundle, port, log):
    """`make debug`, waiting for gdb."""
    flags = [*CPU, "--timeout", str(60 * SLOW)]
    command = ["make", "debug", f"BUNDLE={bundle}", f"GDB_PORT={port}", "TARGET_SMP=2", "RUN_FLAGS=" + " ".join(flags)]
    if "TRIVET_IMAGE" in os.environ:
        command = ["tools/run", "--image", IMAGE, "--bundle", f"build/bundle/{bundle}.cpio", "--smp", "2", "--gdb", str(port), *flags]
    with open(log, "w", encoding="utf-8") as file:
        with subprocess.Popen(command, cwd=TOP, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                              env=clean_environment()) as child:
            yield child
            child.terminate()


@pytest.fixture(name="machine")
def machine_fixture(guest, port, out):  # pylint: disable=unused-argument
    with make_debug(BUNDLE, port, out / "debug.log") as child:
        yield child


def gdb(port, *commands):
    """What gdb prints for the commands, after it has connected."""
    words = ["gdb-multiarch", "-nx", "-batch", "-x", "tools/gdb/trivet.py"]
    for command in ("set pagination off", "set tcp auto-retry on", f"set tcp connect-timeout {int(60 * SLOW)}",
                    f"target remote :{port}", *commands):
        words += ["-ex", command]
    done = subprocess.run([*words, IMAGE.with_suffix(".elf")], cwd=TOP, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, check=False, stdin=subprocess.DEVNULL, timeout=60 * SLOW)
    return done.stdout


def in_order(text, *patterns):
    """Each pattern matches, after the one before it."""
    for pattern in patterns:
        match = re.search(pattern, text)
        assert match, f"no {pattern!r} in what remains:\n{text}"
        text = text[match.end():]


def test_make_debug(machine, guest, port):
    text = gdb(port,
               "hbreak main_primary", "continue", "printf \"EL%d\\n\", $cpsr >> 2 & 3", "backtrace", "delete",
               f"add-symbol-file {guest}", "hbreak guest_loop", "continue", "printf \"EL%d\\n\", $cpsr >> 2 & 3", "info symbol $pc",
               "delete", "stepi", "stepi", "info symbol $pc",
               # And back at EL2, by the guest's own doing.
               "set var *(int *)&go = 1", "hbreak psci_system_off", "continue", "backtrace",
               "trivet-vcpus", "trivet-percpu", "trivet-trace 0 3", "trivet-log", "delete", "continue")
    in_order(text,
             r"main_primary \(fdt_pa=", r"\nEL2\n", r"#0 +main_primary", r"#1 .*primary \(\) at src/arch/arm64/head\.S",
             r"\nEL1\n", r"guest_loop in section \.text of .*debug\.elf", r"guest_loop \+ 8 in section",
             r"psci_system_off", r"#\d .* on_hvc ", r"#\d .* upcall_guest_sync ",
             r'partition 1 "counter": running, VMID 1', r"\n +0  RUNNING +\d  core \d .*exited", r"\n +1  OFF",
             r"\n +0  .* 1/0 +1/0 ", r"EXIT +HVC #0  at 0x402000", r"role hyp at NS-EL2", r"counter: 2 vCPUs, 16 MiB",
             r"exited normally")
    assert machine.wait(30 * SLOW) == 0


def test_commands_in_the_guest(machine, guest, port):
    """Where a guest's translation is on the core, Trivet's state is still to be seen."""
    text = gdb(port, f"add-symbol-file {guest}", "hbreak guest_loop", "continue", "delete", "trivet-vcpus", "trivet-s2 counter 0x40200010",
               "trivet-s2 1 0x09000000", "trivet-s2 1 0x10000000000", "trivet-s2 nobody 0", "trivet-vgic counter 0", "trivet-trace", "kill")
    in_order(text,
             r"\n +0  RUNNING +\d  core \d +0x00000000402000\w\w  in the guest, EL1",
             r"level 1: .* table\n", r"level 2: .*2048 KiB, rwx normal", r"IPA 0x40200010 -> PA 0x\w+00010\n",
             r"level 1: .*not mapped", r"is outside of it", r"no partition 'nobody'",
             r"vCPU 0: loaded", r"distributor: CTLR 0x0, 64 SPIs", r"SWITCH")
    assert machine.poll() is None or machine.wait() is not None


def test_trace(machine, guest, port):  # pylint: disable=unused-argument
    """tools/trace attaches to a machine that runs, and lets it go on."""
    gdb(port, f"add-symbol-file {guest}", "hbreak guest_loop", "continue", "delete", "detach")
    words = ["tools/trace", "--port", str(port), "--elf", IMAGE.with_suffix(".elf")]
    done = subprocess.run(words, cwd=TOP, capture_output=True, text=True, check=False, timeout=60 * SLOW)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^ +\d+\.\d{9}  core \d +1/0  SWITCH", done.stdout, re.M), done.stdout
    assert "NONE" not in done.stdout and len(done.stdout.splitlines()) < 100, "records that nobody has written"
    assert not re.search("[Ee]rror|Traceback", done.stderr), done.stderr
    gdb(port, f"add-symbol-file {guest}", "set var *(int *)&go = 1", "detach")
    assert machine.wait(30 * SLOW) == 0


def test_linux_symbols(bundles, port, out):  # pylint: disable=unused-argument
    """A kernel of ours from its System.map, wherever KASLR has put it: stopped when Linux starts its second CPU, on that CPU."""
    with make_debug("minimal", port, out / "debug-linux.log"):
        text = gdb(port, "hbreak psci_cpu_on", "continue", "delete", "trivet-kernel build/images/minimal/System.map",
                   "hbreak secondary_start_kernel", "continue", "printf \"EL%d\\n\", $cpsr >> 2 & 3", "backtrace", "trivet-vcpus", "kill")
    in_order(text, r"symbols of build/images/minimal/System.map, moved by 0x[0-9a-f]+", r"\nEL1\n", r"#0 .*secondary_start_kernel \(\)",
             r"#1 .*__secondary_switched", r"\n +1  RUNNING .*0xffff\w+  in the guest, EL1")
