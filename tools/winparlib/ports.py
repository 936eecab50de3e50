# SPDX-License-Identifier: GPL-2.0-only
"""The ports that winpar knows, from /sys/class/winpar."""
import re

from . import NOT_READY, USAGE, Trouble

CLASS = "/sys/class/winpar"

# Attributes of one word, and those that are numbers.
WORDS = ("parport", "base", "irq", "connect", "state", "owner", "mode")
NUMBERS = ("owner_ms", "routines", "files", "allocations", "frees",
           "interrupts", "handovers")

STATES = {
    "idle": "no client has it",
    "owned": "a client has it",
    "giving": "being given to a Linux driver",
    "away": "a Linux driver has it",
    "gone": "removed: its clients have yet to close it",
}


def order(name):
    """The key by which LPT2 is sorted before LPT10."""
    digits = re.search(r"\d+", name)
    return int(digits.group()) if digits else -1, name


class Port:
    """A port, as it was when this object was made."""

    def __init__(self, system, name):
        self.name = name
        where = f"{CLASS}/{name}"
        for word in WORDS:
            setattr(self, word, system.read(f"{where}/{word}") or "")
        for number in NUMBERS:
            text = system.read(f"{where}/{number}") or ""
            setattr(self, number, int(text) if text.isdigit() else 0)
        self.waiters = (system.read(f"{where}/waiters") or "").split()

    def as_json(self):
        """Everything, for json.dumps()."""
        return {"name": self.name,
                **{word: getattr(self, word) for word in WORDS},
                **{number: getattr(self, number) for number in NUMBERS},
                "waiters": self.waiters}

    def has_io_ports(self):
        """Has it registers at I/O addresses? USB and software ports have none."""
        found = re.fullmatch(r"0x([0-9a-f]+)", self.base)
        return bool(found) and 0 < int(found.group(1), 16) < 0x10000

    def number(self):
        """The Linux port's number; None when it is not known."""
        found = re.fullmatch(r"parport(\d+)", self.parport)
        return int(found.group(1)) if found else None


def names(system):
    """The names of all ports, in order."""
    return sorted((path.rsplit("/", 1)[1]
                   for path in system.glob(CLASS + "/*")), key=order)


def every(system):
    """All ports, without one that is removed while they are read."""
    found = [Port(system, name) for name in names(system)]
    return [port for port in found if port.state]


def known(system):
    """All ports; end the program when winpar is not loaded, or is too old."""
    system.need_winpar()
    if not system.exists(CLASS):
        raise Trouble("the winpar that is loaded has no /sys/class/winpar: it "
                      "is older than this program. Install this version, and "
                      "reload it", NOT_READY)
    return every(system)


def one(system, name):
    """The port LPT1 or parport0; end the program when there is none."""
    there = known(system)
    for port in there:
        if name.lower() in (port.name.lower(), port.parport.lower()):
            return port
    raise Trouble(f"there is no port {name}. " + (
        "These there are: " + ", ".join(port.name for port in there)
        if there else "winpar knows none: 'winparctl doctor' says why"), USAGE)
