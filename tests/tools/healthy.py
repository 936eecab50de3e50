# SPDX-License-Identifier: GPL-2.0-only
"""A machine on which nothing is wrong, and the ways to break it."""
import json
import os
import re
import subprocess

from fake import KERNEL, Case, Machine

MODULES = f"/lib/modules/{KERNEL}"
DEP = """kernel/drivers/parport/parport.ko:
kernel/drivers/parport/parport_pc.ko: kernel/drivers/parport/parport.ko
kernel/drivers/char/lp.ko: kernel/drivers/parport/parport.ko
updates/dkms/winpar.ko.xz: kernel/drivers/parport/parport.ko
extra/scanner.ko: updates/dkms/winpar.ko.xz kernel/drivers/parport/parport.ko"""
ALIASES = """alias pci:v00009710d00009835sv*sd*bc*sc*i* parport_serial
alias pci:v00001415d00008403sv*sd*bc*sc*i* parport_pc"""


class Healthy(Machine):
    """Debian 12 with winpar by DKMS, loaded, and a port at rest."""

    def __init__(self):
        super().__init__()
        self.put("/proc/sys/kernel/osrelease", KERNEL)
        self.put("/proc/sys/kernel/modules_disabled", "0")
        self.put("/proc/self/status", "CapBnd:\t000001ffffffffff")
        self.put("/proc/cmdline", "root=/dev/sda1 quiet")
        self.kernel(KERNEL)
        self.put(f"{MODULES}/updates/dkms/winpar.ko.xz")
        self.put(f"/boot/vmlinuz-{KERNEL}")
        self.put("/sys/kernel/security/lockdown",
                 "[none] integrity confidentiality")
        self.put("/sys/module/module/parameters/sig_enforce", "N")
        for name in ("parport", "parport_pc"):
            self.put(f"/sys/module/{name}/refcnt", "1")
        self.put("/sys/module/winpar/parameters/linger", "3000")
        self.put("/proc/sys/dev/parport/default/timeslice", "200")
        self.linux_port("parport0", 0x378)
        self.port()
        self.put("/etc/modules-load.d/winpar.conf", "# by hand\nwinpar")
        self.says("dmesg", "parport0: PC-style at 0x378, irq 7 [PCSPP]")
        self.says("dkms status -m winpar",
                  f"winpar/0.2.0, {KERNEL}, x86_64: installed")
        self.says("dpkg-query -W -f ${Package} dpkg", "dpkg")
        self.says("dpkg-query -W -f ${db:Status-Abbrev} linux-headers-amd64",
                  "ii")

    def kernel(self, release, dep=DEP):
        """Install a kernel with its headers."""
        self.put(f"/lib/modules/{release}/modules.dep", dep)
        self.put(f"/lib/modules/{release}/modules.alias", ALIASES)
        self.put(f"/lib/modules/{release}/modules.softdep",
                 "softdep winpar pre: parport_pc")
        self.put(f"/lib/modules/{release}/build/Makefile")

    def without_winpar(self):
        """Have winpar neither installed nor loaded."""
        self.put(f"{MODULES}/modules.dep", "\n".join(
            line for line in DEP.splitlines() if "winpar" not in line))
        self.drop(f"{MODULES}/updates/dkms/winpar.ko.xz")
        self.drop("/.run/dkms status -m winpar")
        self.unloaded()

    def unloaded(self):
        """Have winpar not loaded."""
        self.drop("/sys/module/winpar")
        self.drop("/sys/class/winpar")

    def linux_port(self, name, base, active="none"):
        """Add a Linux port."""
        self.put(f"/proc/sys/dev/parport/{name}/base-addr", f"{base}\t0")
        self.put(f"/proc/sys/dev/parport/{name}/devices/active", active)

    def without_port(self):
        """Remove all ports."""
        self.drop("/proc/sys/dev/parport/parport0")
        self.drop("/sys/class/winpar/LPT1")
        self.put("/sys/class/winpar/.keep")

    def pci(self, address, vendor, device, pci_class="0x078000", driver=None):
        """Add a PCI card."""
        path = f"/sys/bus/pci/devices/{address}"
        self.put(f"{path}/modalias", f"pci:v0000{vendor}d0000{device}"
                 "sv00001000sd00000012bc07sc80i00")
        self.put(f"{path}/vendor", "0x" + vendor.lower())
        self.put(f"{path}/device", "0x" + device.lower())
        self.put(f"{path}/class", pci_class)
        self.put(f"{path}/irq", "17")
        self.put(f"{path}/resource", "0x000000000000d010 0x000000000000d017 "
                 "0x0000000000040101")
        if driver:
            self.link(f"{path}/driver", f"../../bus/pci/drivers/{driver}")

    def program(self, pid, name, *opened):
        """Add a program that has files open."""
        self.put(f"/proc/{pid}/comm", name)
        for number, path in enumerate(opened):
            self.link(f"/proc/{pid}/fd/{number}", path)


class DoctorCase(Case):
    """A test of what the doctor finds."""

    def setUp(self):
        self.machine = Healthy()
        self.addCleanup(self.machine.remove)

    def found(self):
        """Run the doctor: its findings, a dictionary by their names."""
        status, out, err = self.ctl("doctor", "--json")
        self.assertEqual(err, "")
        findings = json.loads(out)
        self.assertEqual(
            status, int(any(one["level"] == "wrong" for one in findings)))
        self.assertEqual(len({one["name"] for one in findings}), len(findings))
        return {one["name"]: one for one in findings}

    def finds(self, name, *words, level="wrong", also=()):
        """Expect this finding and no other, with the words in its text."""
        found = self.found()
        self.assertEqual(set(found), {name, *also})
        self.assertEqual(found[name]["level"], level)
        text = "\n".join([found[name]["what"], found[name]["why"],
                          *found[name]["mend"]])
        for one in words:
            self.assertIn(one, text)
        return found[name]

    def mend(self, finding):
        """Run those commands of a finding that change files, on the machine."""
        root = self.machine.root
        for folder in ("modprobe.d", "sysctl.d"):
            os.makedirs(f"{root}/etc/{folder}", exist_ok=True)
        for command in finding["mend"]:
            if command.split()[0] in ("sed", "echo"):
                subprocess.run(
                    re.sub(r"(?<=[ >])/(?=(etc|run|usr|lib|sys)/)", root + "/",
                           command), shell=True, check=True)

    def text(self, name):
        """The text of a file of the machine."""
        with open(self.machine.root + name, encoding="ascii") as file:
            return file.read()
