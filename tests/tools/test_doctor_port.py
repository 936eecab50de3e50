# SPDX-License-Identifier: GPL-2.0-only
"""The doctor's checks of ports, in cases like those of test_doctor_module.py."""
import fnmatch
from unittest import mock

from healthy import ALIASES, DEP, MODULES, DoctorCase

NO_DRIVER = "\n".join(line for line in DEP.splitlines()
                      if not line.startswith("kernel/drivers/parport/parport_pc"))


class Driver(DoctorCase):
    """parport_pc is not loaded, or not there."""

    def setUp(self):
        super().setUp()
        self.machine.without_port()
        self.machine.drop("/sys/module/parport_pc")

    def test_not_loaded(self):
        self.finds("driver", "modprobe parport_pc")

    def test_built_in(self):
        self.machine.put(f"{MODULES}/modules.builtin",
                         "kernel/drivers/parport/parport_pc.ko")
        self.finds("no-port")

    def test_a_kernel_for_clouds(self):
        self.machine.put(f"{MODULES}/modules.dep", NO_DRIVER)
        self.finds("no-driver", "apt-get install linux-image-amd64 "
                   "linux-headers-amd64", "without 'cloud'")

    def test_forbidden_in_modprobe_d(self):
        self.machine.put("/etc/modprobe.d/x.conf",
                         "install parport-pc /bin/false")
        self.mend(self.finds("driver-forbidden",
                             "x.conf says 'install parport-pc /bin/false'"))
        self.finds("driver")

    def test_forbidden_by_a_package_and_by_a_program(self):
        self.machine.put("/usr/lib/modprobe.d/x.conf", "blacklist parport_pc")
        self.machine.put("/run/modprobe.d/y.conf", "  blacklist\tparport_pc")
        self.mend(self.finds("driver-forbidden", "/usr/lib/modprobe.d/x.conf",
                             "/run/modprobe.d/y.conf"))
        self.finds("driver")

    def test_forbidden_on_the_command_line(self):
        self.machine.put("/proc/cmdline",
                         "quiet modprobe.blacklist=pcspkr,parport_pc")
        self.finds("driver-forbidden", "blacklist parport_pc", "update-grub")


class NoPort(DoctorCase):
    """parport_pc is loaded and has found no port."""

    def setUp(self):
        super().setUp()
        self.machine.without_port()

    def test_no_port_at_all(self):
        self.finds("no-port", "Parallel Port: Enabled")

    def test_switched_off_in_the_firmware(self):
        self.machine.put("/sys/bus/pnp/devices/00:05/id", "PNP0401\nPNP0400")
        self.machine.put("/sys/bus/pnp/devices/00:05/resources",
                         "state = disabled")
        self.finds("firmware", "switched off")

    def test_on_the_board_and_not_taken(self):
        self.machine.put("/sys/bus/pnp/devices/00:05/id", "PNP0400")
        self.machine.put("/sys/bus/pnp/devices/00:05/resources",
                         "state = active\nio 0x378-0x37f\nirq 7")
        mend = self.finds("not-found", "io=0x378 irq=7")["mend"]
        self.assertEqual(mend[1:], [
            "modprobe -r winpar parport_pc", "modprobe parport_pc",
            "modprobe winpar"])

    def test_another_driver_has_the_address(self):
        self.machine.put("/proc/ioports", "  0378-037a : superio-watchdog")
        self.finds("address-taken", "superio-watchdog")

    def test_a_usb_adapter(self):
        usb = "/sys/bus/usb/devices"
        self.machine.put(f"{usb}/1-2:1.0/bInterfaceClass", "07")
        self.machine.put(f"{usb}/1-2/product", "IEEE-1284 Controller")
        self.finds("usb", "IEEE-1284 Controller", "PCI")

    def test_a_usb_printer_beside_a_port_is_no_finding(self):
        self.machine.linux_port("parport0", 0x378)
        self.machine.port()
        self.machine.put("/sys/bus/usb/devices/1-2:1.0/bInterfaceClass", "07")
        self.assertEqual(self.found(), {})


class Cards(DoctorCase):
    """PCI cards with a parallel port."""

    def test_a_card_with_serial_ports_whose_driver_is_not_loaded(self):
        self.machine.pci("0000:03:00.0", "9710", "9835")
        self.finds("pci", "0000:03:00.0 (9710:9835)", "is not loaded",
                   "modprobe parport_serial")

    def test_other_drivers_aliases_are_not_compared(self):
        # Debian has 20000: a comparison of each, for each card, takes minutes.
        self.machine.put(f"{MODULES}/modules.alias", "\n".join(
            f"alias pci:v{n:08X}d*sv*sd*bc*sc*i* other" for n in range(300))
            + "\n" + ALIASES)
        self.machine.pci("0000:03:00.0", "9710", "9835")
        with mock.patch("fnmatch.fnmatchcase",
                        wraps=fnmatch.fnmatchcase) as compare:
            self.finds("pci", "0000:03:00.0 (9710:9835)")
        self.assertLess(compare.call_count, 20)

    def test_a_card_that_the_serial_driver_has(self):
        self.machine.pci("0000:03:00.0", "9710", "9835", driver="serial")
        mend = self.finds("pci", "serial has the card")["mend"]
        self.assertEqual(mend[:3], [
            "echo 0000:03:00.0 >/sys/bus/pci/drivers/serial/unbind",
            "modprobe parport_serial",
            "echo 0000:03:00.0 >/sys/bus/pci/drivers/parport_serial/bind"])

    def test_a_card_that_parport_pc_has_not_taken(self):
        self.machine.pci("0000:04:00.0", "1415", "8403", "0x070101")
        self.finds("pci", "has not taken it",
                   "modprobe -r winpar parport_pc")

    def test_a_card_in_no_list(self):
        self.machine.pci("0000:05:00.0", "1234", "5678", "0x070103")
        self.finds("pci-unknown", "io=0xd010 irq=17")

    def test_cards_with_their_drivers(self):
        self.machine.pci("0000:03:00.0", "9710", "9835",
                         driver="parport_serial")
        self.machine.pci("0000:04:00.0", "1415", "8403", "0x070101",
                         driver="parport_pc")
        self.machine.pci("0000:06:00.0", "8086", "1234", "0x020000")
        self.assertEqual(self.found(), {})


class Taken(DoctorCase):
    """Linux ports that winpar does not have, or that have no registers."""

    def test_a_port_that_winpar_does_not_have(self):
        self.machine.linux_port("parport1", 0x278)
        self.finds("unknown-port", "parport1")

    def test_a_port_without_registers(self):
        self.machine.linux_port("parport1", 0)
        self.machine.port("LPT2", parport="parport1", base="0x0", irq="none")
        self.finds("no-registers", "parport1", level="note")


class Back(DoctorCase):
    """A port that went, on a kernel that cannot make it again."""

    def setUp(self):
        super().setUp()
        self.machine.says("dmesg", "sysfs: cannot create duplicate filename "
                          "'/devices/parport2'")

    def test_a_port_that_cannot_come_back(self):
        self.machine.linux_port("parport2", 0x278)
        self.machine.port("LPT3", parport="parport2", base="0x278")
        self.finds("not-back", "parport1 went", "modprobe parport_pc")

    def test_all_ports_are_there_again(self):
        self.assertEqual(self.found(), {})


class Interrupts(DoctorCase):
    """Ports with no interrupt, a wrong one, or one that may not be connected."""

    def test_a_port_without_an_interrupt(self):
        self.machine.port(irq="none")
        self.machine.put("/sys/module/lp/refcnt", "0")
        self.machine.put("/sys/module/winpar/holders/scanner/refcnt", "0")
        mend = self.finds("no-irq")["mend"]
        self.assertEqual(mend, [
            "echo 'options parport_pc io=0x378 irq=7' "
            ">>/etc/modprobe.d/parport_pc.conf",
            "modprobe -r scanner winpar lp parport_pc",
            "modprobe parport_pc", "modprobe winpar", "modprobe scanner"])

    def test_a_driver_that_uses_winpar_wdm_is_unloaded_before_it(self):
        self.machine.port(irq="none")
        for name, holder in (("winpar", "winpar_wdm"), ("winpar", "cnc"),
                             ("winpar", "aaa"), ("winpar_wdm", "scanner"),
                             ("aaa", "scanner"), ("scanner", "ui")):
            self.machine.put(f"/sys/module/{name}/holders/{holder}/refcnt", "0")
        self.assertEqual(self.finds("no-irq")["mend"][1:], [
            "modprobe -r cnc ui scanner aaa winpar_wdm winpar parport_pc",
            "modprobe parport_pc", "modprobe winpar", "modprobe cnc",
            "modprobe ui"])

    def test_no_interrupt_where_none_may_be_connected_is_a_note(self):
        self.machine.port(irq="none", base="0x278", connect="not allowed")
        self.finds("no-irq", "irq=5", level="note")

    def test_the_other_ports_are_kept_by_the_cure(self):
        self.machine.linux_port("parport1", 0x278)
        self.machine.port("LPT2", parport="parport1", base="0x278", irq="none")
        self.finds("no-irq", "io=0x378,0x278 irq=7,5'")

    def test_the_cure_takes_the_place_of_other_options(self):
        self.machine.put("/usr/lib/modprobe.d/z.conf",
                         "options parport_pc io=0x378 irq=none")
        self.machine.put("/etc/modprobe.d/parport_pc.conf",
                         "options parport_pc verbose_probing=1")
        self.machine.port(irq="none")
        self.mend(self.finds("no-irq"))
        self.assertEqual(self.text("/etc/modprobe.d/z.conf"),
                         "# options parport_pc io=0x378 irq=none\n")
        self.assertEqual(self.text("/etc/modprobe.d/parport_pc.conf"),
                         "options parport_pc verbose_probing=1\n"
                         "options parport_pc io=0x378 irq=7\n")

    def test_a_port_in_software_needs_none(self):
        self.machine.port(irq="none", base="0xffffffffc0000000")
        self.assertEqual(self.found(), {})

    def test_routines_may_not_be_connected(self):
        self.machine.port(connect="not allowed")
        path = "/etc/modprobe.d/winpar.conf"
        lpt = "options winpar lpt=0x378\n"
        self.machine.put(path, lpt + "options winpar enable_connect_interrupt=0")
        self.machine.put("/sys/module/winpar/parameters/"
                         "enable_connect_interrupt", "0")
        self.mend(self.finds("connect", level="note"))
        self.assertEqual(self.text(path), lpt +
                         "# options winpar enable_connect_interrupt=0\n"
                         "options winpar enable_connect_interrupt=1\n")

    def test_a_client_hears_nothing(self):
        self.machine.port(state="owned", owner="scanner", owner_ms="5000",
                          routines="1")
        self.machine.put("/proc/interrupts", "  CPU0 CPU1\n"
                         "  7:   1   2  IO-APIC   7-edge   parport0, sound")
        self.finds("irq", "irq 7 brought none (3 since boot, shared with sound)")

    def test_winpar_has_said_that_a_routine_hears_nothing(self):
        self.machine.says("dmesg", "[ 9.2] winpar: parport0: scanner has had the "
                          "port for 2040 ms, and its interrupt routine isr has "
                          "heard nothing from interrupt 7. If the device")
        self.finds("irq", "irq 7")
        self.machine.port(interrupts="1")
        self.assertEqual(self.found(), {})

    def test_a_test_has_heard_nothing(self):
        self.machine.says("dmesg", "[ 9.2] winpar_test: parport0: heard nothing "
                          "from interrupt: either nothing is connected")
        self.finds("irq", "irq 7")
        self.machine.says("dmesg", "[ 9.2] winpar_test: 8 interrupts heard of 8")
        self.assertEqual(self.found(), {})

    def test_a_client_hears_something(self):
        self.machine.port(state="owned", owner="scanner", owner_ms="5000",
                          routines="1", interrupts="3")
        self.assertEqual(self.found(), {})

    def test_a_client_that_has_just_begun(self):
        self.machine.port(state="owned", owner="scanner", owner_ms="1500",
                          routines="1")
        self.assertEqual(self.found(), {})


class Owners(DoctorCase):
    """Drivers, clients and programs that have the port."""

    def test_a_program_through_ppdev(self):
        self.machine.port(state="away", owner="ppdev0")
        self.machine.program(812, "scanprog", "/dev/null", "/dev/parport0")
        self.finds("driver-has", "scanprog (process 812)",
                   "kill 812    # scanprog")

    def test_a_program_cannot_put_a_command_into_what_mends(self):
        self.machine.port(state="away", owner="ppdev0")
        self.machine.program(812, "x\nreboot -f\x1b[2J", "/dev/parport0")
        found = self.finds("driver-has", "kill 812    # x?reboot -f?[2J")
        self.assertEqual(len(found["mend"]), 1)
        self.assertNotIn("\n", found["mend"][0])

    def test_ppdev_while_no_client_has_the_port_open(self):
        self.machine.linux_port("parport0", 0x378, active="ppdev0")
        self.machine.program(812, "scanprog", "/dev/parport0")
        self.finds("driver-has", "kill 812")

    def test_lp_that_prints_is_worth_a_note(self):
        self.machine.port(state="away", owner="lp")
        self.machine.program(7, "cat", "/dev/lp0")
        self.finds("driver-has", "cat (process 7) has /dev/lp0 open",
                   level="note")

    def test_lp_that_keeps_the_port_from_clients(self):
        self.machine.port(state="away", owner="lp", waiters="scanner cnc")
        self.finds("driver-has", ": >/dev/lp0", "scanner, cnc")

    def test_another_linux_driver_has_the_port(self):
        self.machine.port(state="away", owner="plip0", waiters="scanner")
        self.machine.program(7, "cat", "/dev/lp0")
        self.finds("driver-has", "modprobe -r plip")

    def test_open_and_not_claimed_is_no_finding(self):
        self.machine.program(7, "scanprog", "/dev/parport0", "/dev/lp0")
        self.assertEqual(self.found(), {})

    def test_a_client_that_keeps_the_port(self):
        self.machine.port(state="owned", owner="cnc", owner_ms="61000",
                          waiters="scanner a_Linux_driver")
        self.finds("client-keeps", "61 s", "scanner, a_Linux_driver",
                   "modprobe -r cnc")

    def test_a_client_that_works_is_no_finding(self):
        self.machine.port(state="owned", owner="cnc", owner_ms="61000")
        self.assertEqual(self.found(), {})
        self.machine.port(state="owned", owner="cnc", owner_ms="9000",
                          waiters="scanner")
        self.assertEqual(self.found(), {})

    def test_a_port_that_is_gone(self):
        self.machine.port("LPT2", parport="parport1", state="gone", files="2")
        self.finds("gone", "2 files", level="note")

    def test_a_program_that_has_the_port_exclusively(self):
        self.machine.says("dmesg", "winpar: parport0: scanner cannot open LPT1: "
                          "ppdev0 uses the port exclusively. End the program")
        self.machine.program(5, "prog", "/dev/parport0")
        self.finds("exclusive", "kill 5")
        self.machine.drop("/proc/5")
        self.assertEqual(self.found(), {})

    def test_a_program_that_was_refused_the_port_exclusively(self):
        self.machine.says("dmesg", "parport0: cannot grant exclusive access "
                          "for device ppdev0")
        self.finds("exclusive-refused", "3000 ms", level="note")

    def test_a_peripheral_in_trouble(self):
        self.machine.says("dmesg", "winpar: LPT1: a request of winpar_page "
                          "fails with STATUS_IO_DEVICE_ERROR: the lines show "
                          "no paper (status register 0x27)")
        self.finds("peripheral", "no paper", level="note")
