# SPDX-License-Identifier: GPL-2.0-only
"""The doctor's checks of ports: found, with an interrupt, and not kept."""
import re

from . import modules

PROC = "/proc/sys/dev/parport"
# Classes of PCI and USB, and the on-board port's name among PnP devices.
PCI_PARALLEL = "0x0701"
USB_PRINTER = "07"
PNP_PORT = ("PNP0400", "PNP0401")
ADDRESSES = (0x378, 0x278, 0x3bc)

EXCLUSIVE_USER = re.compile(
    r"winpar: (\w+): .*?(\w+) uses the port exclusively")
EXCLUSIVE_REFUSED = re.compile(
    r"(parport\d+): cannot grant exclusive access for device (\S+)")
PERIPHERAL = re.compile(
    r"winpar: (LPT[\d.]+): (a request of \S+ fails with .*the lines show .*)")
SECOND = re.compile(r"cannot create duplicate filename '/devices/(parport\d+)'")
# winpar_test, which winparctl test loads, says it, too.
DEAF = re.compile(r"winpar(?:_test)?: (\w+): .*heard nothing from interrupt")

# A client that has the port for so long, while others wait, is a finding.
LONG_MS = 10000


def linux_ports(system):
    """The ports of Linux, as pairs of a name (parport0) and a base address."""
    for path in system.glob(PROC + "/parport*"):
        base = (system.read(path + "/base-addr") or "0").split()
        yield path.rsplit("/", 1)[1], int(base[0]) if base else 0


def driver(patient):
    """Is parport_pc, which drives the ports, installed and loaded?"""
    system, here = patient.system, patient.modules
    if "parport_pc" in here.builtin or system.loaded("parport_pc"):
        return
    if not here.files:
        return      # nothing is known of this kernel's modules
    forbidden = modules.forbidden(system, "parport_pc")
    if "parport_pc" not in here.files:
        yield patient.Finding(
            "no-driver", "this kernel has no driver for parallel ports",
            f"{patient.release} comes without parport_pc, as Debian's kernels "
            "for clouds do.",
            ["apt-get install linux-image-amd64 linux-headers-amd64",
             "reboot    # GRUB, Advanced options: the newest without 'cloud'"])
    elif forbidden:
        yield patient.Finding(
            "driver-forbidden", "parport_pc may not be loaded by itself",
            modules.said(forbidden) + ". It drives the parallel port.",
            modules.taken_out(forbidden) + ["modprobe parport_pc"])
    else:
        yield patient.Finding(
            "driver", "parport_pc is not loaded",
            "It drives the parallel port. udev loads it when the firmware "
            "tells of a port; here nothing did.",
            ["modprobe parport_pc",
             "echo parport_pc >/etc/modules-load.d/00-parport.conf"])


def pci_cards(patient):
    """PCI cards with a parallel port, as pairs: address, modules that drive it."""
    system = patient.system
    for path in system.glob("/sys/bus/pci/devices/*"):
        wanted = patient.modules.for_device(
            system.read(path + "/modalias") or "",
            ("parport_pc", "parport_serial"))
        if wanted or (system.read(path + "/class") or "").startswith(
                PCI_PARALLEL):
            yield path.rsplit("/", 1)[1], wanted


def pci(patient):
    """PCI cards with a parallel port that no driver has taken."""
    system = patient.system
    for address, wanted in pci_cards(patient):
        path = f"/sys/bus/pci/devices/{address}"
        has = (system.link(path + "/driver") or "").rsplit("/", 1)[-1]
        if has in ("parport_pc", "parport_serial"):
            continue
        ids = ":".join((system.read(f"{path}/{name}") or "?")[2:]
                       for name in ("vendor", "device"))
        card = f"the PCI card {address} ({ids})"
        if "parport_serial" in wanted or (wanted and has):
            name = sorted(wanted)[-1]
            yield patient.Finding(
                "pci", f"{card} has a parallel port that is not driven",
                f"{name} drives it" + (
                    f", but {has} has the card" if has else
                    ", and is not loaded" if not system.loaded(name) else "")
                + ". A card with serial and parallel ports needs "
                "parport_serial, which drives both.",
                ([f"echo {address} >/sys/bus/pci/drivers/{has}/unbind"]
                 if has else []) +
                [f"modprobe {name}"] +
                ([f"echo {address} >/sys/bus/pci/drivers/{name}/bind"]
                 if has or system.loaded(name) else []) +
                [f"echo {name} >/etc/modules-load.d/00-parport.conf"])
        elif wanted:
            yield patient.Finding(
                "pci", f"{card} has a parallel port that is not driven",
                "parport_pc drives it, and has not taken it.",
                patient.reload())
        elif not has:
            base, irq = io_base(system, path), system.read(path + "/irq")
            yield patient.Finding(
                "pci-unknown", f"parport_pc does not know {card}",
                "It says that it is a parallel port, and its maker and number "
                "are in no list. It works when parport_pc is given its address.",
                give(patient, base, irq or "auto") + patient.reload()
                if base else [f"lspci -vs {address}    # its first I/O ports",
                              "modprobe parport_pc io=THAT irq=auto"])


def io_base(system, path):
    """The first I/O address of a PCI device, or None.

    Each line of its file resource is "FROM TO FLAGS".
    """
    for line in system.lines(path + "/resource"):
        words = line.split()
        if len(words) == 3 and int(words[2], 16) & 0x100:
            return f"{int(words[0], 16):#x}"
    return None


def none_found(patient):
    """Why parport_pc has found no port, or which ports cannot be used."""
    system = patient.system
    ports = list(linux_ports(system))
    known = {port.parport for port in patient.ports}
    if ports:
        for name, base in ports:
            if not base:
                yield patient.Finding(
                    "no-registers", f"{name} has no registers",
                    "It is an adapter on USB, or another port that is not "
                    "PC-style: clients that move bytes by requests work, those "
                    "that write to registers do not.", note=True)
            if system.loaded("winpar") and \
                    system.exists("/sys/class/winpar") and name not in known:
                yield patient.Finding(
                    "unknown-port", f"winpar does not have {name}",
                    "Linux has it, and winpar has not taken it up: the "
                    "kernel's log says why.", "dmesg | grep winpar:")
        return
    if not (system.loaded("parport_pc") or
            "parport_pc" in patient.modules.builtin) or list(pci(patient)):
        return
    adapters = usb_adapters(system)
    on_board = on_board_port(system)
    taken = [line.strip() for line in system.lines("/proc/ioports")
             if re.match(r"\s*0?(378|278|3bc)-", line) and
             "parport" not in line]
    if taken:
        yield patient.Finding(
            "address-taken", "the parallel port's address is taken",
            f"Another driver has it: '{taken[0]}' in /proc/ioports.",
            "grep -E '(378|278|3bc)-' /proc/ioports")
    elif on_board == "disabled":
        yield patient.Finding(
            "firmware", "the parallel port on the board is switched off",
            "The firmware tells of one, and that it is disabled.",
            "# in the firmware's setup: Parallel Port: Enabled, Mode: ECP+EPP")
    elif on_board:
        yield patient.Finding(
            "not-found", "parport_pc has not found the port on the board",
            "The firmware tells of one, and parport_pc has not taken it.",
            give(patient, "0x378", "7") + patient.reload())
    elif adapters:
        yield patient.Finding(
            "usb", "a USB printer adapter is no parallel port",
            f"{', '.join(adapters)}: such an adapter takes pages for a printer, "
            "over /dev/usb/lp0. It has no lines and no registers that a "
            "program could reach, so neither parport nor winpar can use it.",
            "# use a PCI or PCI Express card with a parallel port")
    else:
        yield patient.Finding(
            "no-port", "this machine has no parallel port",
            "parport_pc is loaded and has found none, the firmware tells of "
            "none, and there is no PCI card with one.",
            "# in the firmware's setup: Parallel Port: Enabled; or put in a "
            "PCI or PCI Express card")


def not_back(patient):
    """A port that was removed, and that the kernel cannot make again.

    A number below the highest one is free, and the log says that the kernel
    tried to give a new port a number that is taken.
    """
    numbers = {int(name[len("parport"):])
               for name, _ in linux_ports(patient.system)}
    gaps = set(range(max(numbers, default=0))) - numbers
    tried = [found.group(1) for line in patient.log
             if (found := SECOND.search(line))]
    if gaps and tried:
        yield patient.Finding(
            "not-back", f"parport{min(gaps)} went and cannot come back",
            "From 6.7 on the kernel numbers a new port wrongly while a port "
            f"with a higher number is there: it tried to make a second "
            f"{tried[-1]}. All ports have to go before one can come.",
            patient.reload())


def on_board_port(system):
    """What the firmware says of a port on the board: active, disabled or None."""
    for path in system.glob("/sys/bus/pnp/devices/*"):
        if any(name in (system.read(path + "/id") or "") for name in PNP_PORT):
            return "disabled" if "state = disabled" in (
                system.read(path + "/resources") or "") else "active"
    return None


def usb_adapters(system):
    """Printer interfaces on USB, by the names of their devices."""
    found = []
    for path in system.glob("/sys/bus/usb/devices/*:*"):
        if system.read(path + "/bInterfaceClass") == USB_PRINTER:
            device = path.rsplit(":", 1)[0]
            found.append(system.read(device + "/product") or
                         device.rsplit("/", 1)[1])
    return found


def give(patient, base, irq):
    """The commands that give parport_pc its addresses and interrupts, for good."""
    return modules.give(patient.system, "parport_pc", modules.ADDRESSES,
                        f"io={base} irq={irq}")


def with_irq(patient, port, irq):
    """The commands that give a port an interrupt, for good.

    With io= parport_pc looks nowhere else: so all its ports are listed.
    """
    there = [one for one in patient.ports
             if one.state != "gone" and one.has_io_ports()]
    return give(patient, ",".join(one.base for one in there),
                ",".join(str(irq) if one is port else one.irq for one in there))


def interrupts(patient):
    """Ports without an interrupt, with a wrong one, or with connect not allowed."""
    system = patient.system
    for port in patient.ports:
        wanted = port.connect == "allowed"
        # A port in software has another driver than parport_pc.
        if port.state == "gone" or not port.has_io_ports():
            continue
        if port.irq == "none":
            yield patient.Finding(
                "no-irq", f"{port.name} has no interrupt",
                "parport_pc was given none. Clients that connect an interrupt "
                "routine are refused; a page that is written by requests is "
                "printed all the same. 7 is usual at 0x378, 5 at 0x278.",
                with_irq(patient, port, 5 if port.base == "0x278" else 7) +
                patient.reload(),
                note=not wanted)
            continue
        said = [line for line in patient.log if (found := DEAF.search(line))
                and found.group(1) in (port.name, port.parport)]
        if not port.interrupts and (said or (
                port.routines and port.state == "owned" and
                port.owner_ms > 2000)):
            count, others = irq_line(system, port.irq)
            why = f"{port.owner or 'A client'} has waited for an interrupt " \
                f"of {port.name}, and irq {port.irq} brought none"
            if count is not None:
                why += f" ({count} since boot" + (
                    f", shared with {', '.join(others)}" if others else "") + ")"
            yield patient.Finding(
                "irq", f"{port.name} hears no interrupts on irq {port.irq}",
                why + ". Either the peripheral sends none, or the port has "
                "another interrupt than Linux was told: the firmware's setup "
                "names it. 'winparctl test interrupt " + port.name +
                "' tries it out.",
                with_irq(patient, port, "THE-RIGHT-ONE") + patient.reload())
        elif not wanted:
            yield patient.Finding(
                "connect", f"{port.name}: clients may not connect interrupt "
                "routines", "enable_connect_interrupt is off, as it is on "
                "Windows. A client that works by interrupt is refused.",
                ["echo 1 >/sys/module/winpar/parameters/"
                 "enable_connect_interrupt"] +
                modules.give(system, "winpar", ["enable_connect_interrupt"],
                             "enable_connect_interrupt=1"), note=True)


def irq_line(system, irq):
    """How often an interrupt came, and which devices share it with parport."""
    for line in system.lines("/proc/interrupts"):
        words = line.split()
        if words and words[0] == irq + ":":
            counts = [int(word) for word in words[1:] if word.isdigit()]
            last = line.rsplit("  ", 1)[-1]
            return sum(counts), [name.strip() for name in last.split(",")
                                 if "parport" not in name]
    return None, []


def users(system, number):
    """The programs that have /dev/parportN or /dev/lpN open: name, PID, file."""
    wanted = (f"/dev/parport{number}", f"/dev/lp{number}")
    for path in system.glob("/proc/[0-9]*/fd/*"):
        target = system.link(path)
        if target in wanted:
            pid = path.split("/")[2]
            # A program names itself as it likes, with line ends and escapes.
            name = re.sub(r"[^\x20-\x7e]", "?",
                          system.read(f"/proc/{pid}/comm") or "?")
            yield name, pid, target


def owners(patient):
    """Ports that a Linux driver or a client keeps from others."""
    system = patient.system
    for port in patient.ports:
        active = system.read(
            f"{PROC}/{port.parport}/devices/active") or "none"
        linux = port.owner if port.state == "away" and port.owner else \
            active if active not in ("none", "winpar") else None
        if port.state in ("owned", "giving") and port.waiters and \
                port.owner_ms >= LONG_MS:
            yield patient.Finding(
                "client-keeps", f"{port.owner} keeps {port.name}",
                f"It has had the port for {port.owner_ms // 1000} s, while "
                f"these wait: {', '.join(port.waiters)}.",
                f"modprobe -r {port.owner}")
        elif port.state == "gone":
            yield patient.Finding(
                "gone", f"{port.name} is gone, and {port.files} files are open "
                "on it", "Its clients have yet to close it; the port is opened "
                "anew when it comes back.", note=True)
        elif linux:
            yield from driver_has(patient, port, linux)


def driver_has(patient, port, name):
    """A Linux driver has a port: which program uses it, and how that is ended."""
    number = port.number()
    programs = list(users(patient.system, number)) if number is not None else []
    if name.startswith("lp"):
        programs = [one for one in programs if one[2].startswith("/dev/lp")]
    elif name.startswith("ppdev"):
        programs = [one for one in programs if one[2].startswith("/dev/parp")]
    else:
        programs = []
    if programs:
        mend = [f"kill {pid}    # {program}" for program, pid, _ in programs]
        why = " ".join(f"{program} (process {pid}) has {path} open."
                       for program, pid, path in programs)
    elif name.startswith("lp"):
        mend = [f": >/dev/lp{number}"]
        why = "No program has /dev/lp" + f"{number} open: one that printed " \
            "was killed, and lp has not let go."
    else:
        mend = [f"modprobe -r {name.rstrip('0123456789')}"]
        why = "It is the driver itself, or a program that is not seen " \
            "from here."
    waits = f" These wait for it: {', '.join(port.waiters)}." \
        if port.waiters else ""
    yield patient.Finding(
        "driver-has", f"the Linux driver {name} has {port.name}",
        why + waits + " winpar's clients get the port when it is given up.",
        mend, note=not port.waiters and not name.startswith("ppdev"))


def exclusive(patient):
    """Programs that have a port exclusively, or were refused it for winpar."""
    system = patient.system
    for port in patient.ports:
        names = (port.name, port.parport)
        alone = [found for line in patient.log
                 if (found := EXCLUSIVE_USER.search(line)) and
                 found.group(1) in names]
        refused = [found for line in patient.log
                   if (found := EXCLUSIVE_REFUSED.search(line)) and
                   found.group(1) == port.parport]
        programs = [] if port.number() is None else \
            [one for one in users(system, port.number())
             if "parport" in one[2]]
        if alone and programs and not port.files:
            program, pid, path = programs[-1]
            yield patient.Finding(
                "exclusive", f"{program} has {port.name} for itself alone",
                f"Process {pid} has {path} open and has asked for it "
                "exclusively (PPEXCL): a client of winpar cannot open the "
                "port.", f"kill {pid}    # {program}")
        if refused:
            linger = system.read("/sys/module/winpar/parameters/linger") or "0"
            yield patient.Finding(
                "exclusive-refused",
                f"{refused[-1].group(2)} could not have {port.name} for itself "
                "alone", "The kernel has said 'cannot grant exclusive access': "
                "a client had the port open, or had closed it less than "
                f"{linger} ms before (linger). End the clients, or let winpar "
                "give the port up at once.",
                "echo 0 >/sys/module/winpar/parameters/linger", note=True)


def peripheral(patient):
    """What winpar last said of the lines of a peripheral."""
    seen = {}
    for line in patient.log:
        found = PERIPHERAL.search(line)
        if found:
            seen[found.group(1)] = found.group(2)
    for name, words in seen.items():
        yield patient.Finding(
            "peripheral", f"the peripheral on {name} was in trouble",
            f"winpar has said: {words}. Power, cable, paper and 'on line' are "
            "the usual causes.", f"winparctl test page {name}", note=True)
