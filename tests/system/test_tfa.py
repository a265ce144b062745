# SPDX-License-Identifier: BSD-3-Clause
"""Both roles on one machine: TF-A, Trivet as SPMC at S-EL2, Trivet as hypervisor at NS-EL2, Linux."""

from conftest import make
from console import Console, no_complaint


def test_linux_over_hyp_over_spmc(bundles, out):  # pylint: disable=unused-argument
    with Console(make("run-tfa-linux"), out / "tfa.log") as console:
        console.expect("role spmc at S-EL2", 200)  # make may build TF-A first
        console.expect("role hyp at NS-EL2", 30)
        console.prompt(60)
        assert console.shell("nproc") == "4"
        no_complaint(console.shell("dmesg"))
        console.child.send("poweroff -f\r")
        status, text = console.end()
        assert status == 0 and "powered off" in text, text
