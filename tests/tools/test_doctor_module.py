# SPDX-License-Identifier: GPL-2.0-only
"""The doctor's checks of modules.

A healthy machine has no finding. Each case changes something on a healthy machine,
and has one finding or none.
"""
from fake import KERNEL
from healthy import DEP, MODULES, DoctorCase

NEWER = "6.1.0-57-amd64"
WITHOUT = "\n".join(line for line in DEP.splitlines() if "winpar" not in line)
KEY = "DKMS module signing key"
EFI = "/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"


class Healthy(DoctorCase):
    """A machine on which nothing is wrong."""

    def test_a_healthy_machine_has_no_finding(self):
        self.assertEqual(self.found(), {})
        status, out, _ = self.ctl("doctor")
        self.assertEqual((status, out), (0, "15 checks: nothing is wrong\n"))

    def test_people_read_what_why_and_the_cure(self):
        self.machine.unloaded()
        status, out, _ = self.ctl("doctor")
        self.assertEqual(status, 1)
        self.assertEqual(out.splitlines()[0], "WRONG winpar is not loaded")
        self.assertIn("\nmend  modprobe winpar\n", out)
        self.assertIn("15 checks: 1 wrong", out)


class Installed(DoctorCase):
    """winpar.ko for this kernel and the next."""

    def test_not_installed(self):
        self.machine.without_winpar()
        self.finds("not-installed", "make deb",
                   "apt-get install ./dist/winpar-dkms_*.deb")

    def test_not_installed_says_nothing_of_the_order_at_boot(self):
        self.machine.without_winpar()
        self.machine.put(f"{MODULES}/modules.softdep")
        self.finds("not-installed", "make deb",
                   "apt-get install ./dist/winpar-dkms_*.deb")

    def test_not_installed_and_no_headers(self):
        self.machine.without_winpar()
        self.machine.drop(f"{MODULES}/build")
        self.finds("not-installed",
                   f"apt-get install linux-headers-{KERNEL}")

    def test_left_behind_by_an_upgrade_without_headers(self):
        self.machine.kernel(NEWER, WITHOUT)
        self.machine.drop(f"/lib/modules/{NEWER}/build")
        self.machine.put("/proc/sys/kernel/osrelease", NEWER)
        self.machine.put(f"/boot/vmlinuz-{NEWER}")
        self.machine.unloaded()
        mend = self.finds("left-behind", f"It is there for {KERNEL}",
                          "whose headers are not installed")["mend"]
        self.assertEqual(mend, [f"apt-get install linux-headers-{NEWER}",
                                "dkms autoinstall", "modprobe winpar"])

    def test_left_behind_when_built_by_hand(self):
        self.machine.kernel(NEWER, WITHOUT)
        self.machine.put("/proc/sys/kernel/osrelease", NEWER)
        self.machine.drop("/.run/dkms status -m winpar")
        self.machine.unloaded()
        mend = self.finds("left-behind")["mend"]
        self.assertEqual(mend[1:], ["make", "make install", "modprobe winpar"])

    def test_dkms_could_not_build_winpar(self):
        self.machine.without_winpar()
        self.machine.says("dkms status -m winpar", "winpar/0.2.0: added")
        self.finds("left-behind", "make.log", "dkms autoinstall")

    def test_depmod_was_not_run(self):
        self.machine.put(f"{MODULES}/modules.dep", WITHOUT)
        self.machine.unloaded()
        self.finds("depmod", f"{MODULES}/updates/dkms/winpar.ko.xz")

    def test_depmod_was_not_run_after_make_install(self):
        self.machine.put(f"{MODULES}/modules.dep", WITHOUT)
        self.machine.drop(f"{MODULES}/updates/dkms/winpar.ko.xz")
        self.machine.put(f"{MODULES}/updates/winpar/winpar.ko")
        self.machine.unloaded()
        self.finds("depmod", f"{MODULES}/updates/winpar/winpar.ko is there")

    def test_the_modules_of_the_running_kernel_are_gone(self):
        self.machine.put("/proc/sys/kernel/osrelease", "6.1.0-1-amd64")
        self.machine.unloaded()
        self.finds("no-modules", "6.1.0-1-amd64", "reboot")

    def test_the_next_boot_starts_a_kernel_without_winpar(self):
        self.machine.kernel(NEWER, WITHOUT)
        self.machine.put(f"/boot/vmlinuz-{NEWER}")
        self.finds("next-boot", NEWER, f"dkms autoinstall -k {NEWER}")

    def test_a_newer_kernel_that_has_winpar_is_fine(self):
        self.machine.kernel("6.1.0-100-amd64")
        self.machine.put("/boot/vmlinuz-6.1.0-100-amd64")
        self.assertEqual(self.found(), {})

    def test_an_older_kernel_without_winpar_is_fine(self):
        self.machine.kernel("6.1.0-9-amd64", WITHOUT)
        self.machine.put("/boot/vmlinuz-6.1.0-9-amd64")
        self.assertEqual(self.found(), {})

    def test_upgrades_bring_no_headers(self):
        self.machine.drop(
            "/.run/dpkg-query -W -f ${db:Status-Abbrev} linux-headers-amd64")
        self.finds("headers-meta", "apt-get install linux-headers-amd64",
                   level="note")


class Loading(DoctorCase):
    """Why winpar or a client is not loaded."""

    def test_not_loaded(self):
        self.machine.unloaded()
        self.finds("not-loaded", "modprobe winpar")

    def test_blacklisted(self):
        self.machine.unloaded()
        self.machine.put("/etc/modprobe.d/no.conf", "blacklist winpar")
        self.finds("forbidden", "/etc/modprobe.d/no.conf says 'blacklist winpar'")

    def test_blacklisted_wherever_modprobe_reads(self):
        self.machine.unloaded()
        for place in ("/etc", "/run", "/usr/local/lib", "/usr/lib", "/lib"):
            with self.subTest(place=place):
                path = f"{place}/modprobe.d/no.conf"
                self.machine.put(path, "blacklist scanner\nblacklist winpar\n"
                                 "install winpar /bin/false")
                self.mend(self.finds("forbidden", path))
                self.finds("not-loaded")
                self.assertEqual(
                    self.text("/etc/modprobe.d/no.conf"), "blacklist scanner\n"
                    "# blacklist winpar\n# install winpar /bin/false\n")
                self.machine.drop(path)
                if place != "/etc":
                    self.machine.drop("/etc/modprobe.d/no.conf")

    def test_a_file_hides_another_of_its_name(self):
        self.machine.unloaded()
        self.machine.put("/usr/lib/modprobe.d/no.conf", "blacklist winpar")
        self.machine.put("/run/modprobe.d/no.conf", "blacklist scanner")
        self.finds("not-loaded")

    def test_built_for_another_kernel(self):
        self.machine.unloaded()
        self.machine.says("dmesg", "[ 9.1] winpar: disagrees about version of "
                          "symbol module_layout")
        self.finds("stale", "symbol module_layout",
                   f"dkms build --force winpar/0.2.0 -k {KERNEL}",
                   f"dkms install --force winpar/0.2.0 -k {KERNEL}")
        self.machine.says("dkms status -m winpar",
                          f"winpar, 0.3.0, {KERNEL}, x86_64: installed")
        self.finds("stale",
                   f"dkms build --force winpar/0.3.0 -k {KERNEL}",
                   f"dkms install --force winpar/0.3.0 -k {KERNEL}")

    def test_no_module_may_be_loaded(self):
        self.machine.put("/proc/sys/kernel/modules_disabled", "1")
        self.assertEqual(self.finds("modules-disabled")["mend"], ["reboot"])

    def test_a_file_says_that_no_module_may_be_loaded(self):
        self.machine.put("/proc/sys/kernel/modules_disabled", "1")
        said = ("kernel.pid_max = 9", "kernel.modules_disabled=1",
                "-kernel/modules_disabled = 1")
        self.machine.put("/usr/lib/sysctl.d/x.conf", "\n".join(said))
        self.machine.put("/etc/sysctl.conf", said[1])
        self.mend(self.finds("modules-disabled", "/usr/lib/sysctl.d/x.conf"))
        self.assertEqual(self.text("/etc/sysctl.d/x.conf"), f"{said[0]}\n"
                         f"# {said[1]}\n# {said[2]}\n")
        self.assertEqual(self.text("/etc/sysctl.conf"), f"# {said[1]}\n")

    def test_in_a_container(self):
        self.machine.put("/proc/self/status", "CapBnd:\t00000000a80425fb")
        self.finds("no-capability", "CAP_SYS_MODULE")

    def test_not_root(self):
        self.machine.says("id -u", "1000")
        self.finds("not-root", "sudo winparctl doctor", level="note")

    def test_without_a_log(self):
        self.machine.drop("/.run/dmesg")
        self.finds("no-log", level="note")
        self.machine.says("journalctl -kbq -o cat --no-pager", "hello")
        self.assertEqual(self.found(), {})

    def test_a_client_for_another_winpar(self):
        self.machine.says("dmesg",
                          "scanner: Unknown symbol winpar_abi_1 (err -2)")
        self.finds("client-stale", "scanner", "winpar_abi_1")
        self.machine.put("/sys/module/scanner/refcnt", "0")
        self.assertEqual(self.found(), {})


class SecureBoot(DoctorCase):
    """A machine on which modules must be signed."""

    def setUp(self):
        super().setUp()
        self.machine.unloaded()
        self.machine.put("/sys/kernel/security/lockdown",
                         "none [integrity] confidentiality")
        self.machine.put(EFI, binary=b"\6\0\0\0\1")
        self.machine.says("mokutil --list-enrolled",
                          "Subject: CN=Debian Secure Boot CA")

    def test_not_signed(self):
        self.finds("unsigned", "Secure Boot is on",
                   "mokutil --import /var/lib/dkms/mok.pub",
                   also=("not-loaded",))

    def test_signed_by_a_key_that_is_not_enrolled(self):
        self.machine.says("modinfo -F signer winpar", KEY)
        self.machine.says("dmesg", "Loading of module with unavailable key is "
                          "rejected")
        self.finds("key", "Enroll MOK", KEY, "unavailable key is rejected",
                   also=("not-loaded",))

    def test_to_be_enrolled_at_the_next_boot(self):
        self.machine.says("modinfo -F signer winpar", KEY)
        self.machine.says("mokutil --list-new", f"Subject: CN={KEY}")
        mend = self.finds("key", "at the next boot",
                          also=("not-loaded",))["mend"]
        self.assertEqual(len(mend), 1)

    def test_signed_and_enrolled(self):
        self.machine.says("modinfo -F signer winpar", KEY)
        self.machine.says("mokutil --list-enrolled", f"Subject: CN={KEY}")
        self.finds("not-loaded")

    def test_lockdown_without_secure_boot(self):
        self.machine.put(EFI, binary=b"\6\0\0\0\0")
        self.finds("unsigned", "locked down (integrity)",
                   also=("not-loaded",))

    def test_enforced_without_lockdown(self):
        self.machine.put("/sys/kernel/security/lockdown",
                         "[none] integrity confidentiality")
        self.finds("not-loaded")
        self.machine.put(EFI, binary=b"\6\0\0\0\0")
        self.machine.put("/sys/module/module/parameters/sig_enforce", "Y")
        self.finds("unsigned", "module.sig_enforce", also=("not-loaded",))

    def test_options_with_addresses_are_refused(self):
        self.machine.put("/etc/modprobe.d/parport.conf",
                         "options parport_pc io=0x378 irq=7")
        found = self.finds("lockdown-options", "io=0x378 irq=7",
                           also=("not-loaded", "unsigned"))
        self.machine.put("/sys/kernel/security/lockdown",
                         "[none] integrity confidentiality")
        self.finds("not-loaded")
        self.machine.put("/sys/kernel/security/lockdown",
                         "none [integrity] confidentiality")
        self.mend(found)
        self.finds("unsigned", also=("not-loaded",))

    def test_other_options_are_not_refused_and_stay(self):
        path = "/run/modprobe.d/parport.conf"
        self.machine.put(path, "options parport_pc verbose_probing=1")
        self.finds("unsigned", also=("not-loaded",))
        self.machine.put(path, "options parport_pc verbose_probing=1\n"
                         "options parport-pc dma=3\noptions lp parport=none")
        self.mend(self.finds("lockdown-options", path,
                             also=("not-loaded", "unsigned")))
        self.assertEqual(self.text("/etc/modprobe.d/parport.conf"),
                         "options parport_pc verbose_probing=1\n"
                         "# options parport-pc dma=3\noptions lp parport=none\n")
        self.finds("unsigned", also=("not-loaded",))

    def test_options_of_the_kernels_command_line_are_refused(self):
        self.machine.put("/proc/cmdline", "quiet parport_pc.io=0x378")
        self.finds("lockdown-options", "GRUB_CMDLINE_LINUX", "update-grub",
                   also=("not-loaded", "unsigned"))


class Boot(DoctorCase):
    """What modules-load.d loads at boot."""

    def test_nothing_loads_winpar(self):
        self.machine.drop("/etc/modules-load.d/winpar.conf")
        self.finds("boot", "scanner", level="note")

    def test_winpars_own_modules_are_no_clients(self):
        self.machine.drop("/etc/modules-load.d/winpar.conf")
        self.machine.put(f"{MODULES}/modules.dep", DEP + "".join(
            f"\nupdates/dkms/{name}.ko: updates/dkms/winpar.ko.xz"
            for name in ("winpar_test", "winpar_wdm")))
        self.finds("boot", "(there are: scanner)", level="note")
        self.machine.put("/etc/modules-load.d/wdm.conf", "winpar_wdm")
        self.assertEqual(self.found(), {})

    def test_a_client_that_loads_winpar_at_boot(self):
        self.machine.put("/etc/modules-load.d/winpar.conf", "scanner")
        self.assertEqual(self.found(), {})

    def test_etc_modules_counts_too(self):
        self.machine.drop("/etc/modules-load.d/winpar.conf")
        self.machine.put("/etc/modules", "scanner")
        self.assertEqual(self.found(), {})

    def test_a_client_before_its_port(self):
        self.machine.put(f"{MODULES}/modules.softdep")
        self.machine.put("/etc/modules-load.d/scan.conf", "scanner")
        self.finds("boot-order", "scanner",
                   "echo parport_pc >/etc/modules-load.d/00-parport.conf")
        self.machine.put("/etc/modules-load.d/00-parport.conf", "parport-pc")
        self.assertEqual(self.found(), {})

    def test_a_softdep_of_the_administrators(self):
        self.machine.put(f"{MODULES}/modules.softdep")
        self.machine.put("/etc/modprobe.d/winpar.conf",
                         "softdep winpar pre: parport_pc")
        self.assertEqual(self.found(), {})

    def test_a_client_left_behind(self):
        self.machine.kernel("6.1.0-9-amd64", DEP + "\nextra/cnc.ko: "
                            "updates/dkms/winpar.ko.xz")
        self.machine.put("/etc/modules-load.d/cnc.conf", "cnc")
        self.finds("client-left-behind", "no cnc for this kernel",
                   "6.1.0-9-amd64")
