# SPDX-License-Identifier: GPL-2.0-only
"""winparctl test: loads the module winpar_test, a client that tries a port out."""
import os
import sys

from . import FAILED, NOT_READY, USAGE, Trouble
from .modules import Modules

MODULE = "winpar_test"
# Where make has built it, when winparctl runs in winpar's sources.
BUILT = os.path.join(os.path.dirname(os.path.dirname(os.path.dirname(
    os.path.abspath(__file__)))), "examples", MODULE + ".ko")

WRITES = {
    "page": "prints two lines and a form feed on the printer at {port}.",
    "loopback": "writes to the data lines of {port}. Nothing but a loop-back "
    "plug may be on it: wires D0-nFault (2-15), D1-Select (3-13), D2-PError "
    "(4-12), D3-nAck (5-10), D4-Busy (6-11).",
    "plug": "writes to the data lines of {port}. Nothing but a loop-back plug "
    "may be on it; its wire D3-nAck (5-10) is what is needed.",
    "printer": "sends 8 carriage returns to the printer at {port}.",
}


class Log:
    """The messages of the kernel from now on."""

    def __init__(self, system):
        self.system = system
        self.pipe = None
        if system.real:
            try:
                self.pipe = os.open("/dev/kmsg", os.O_RDONLY | os.O_NONBLOCK)
            except OSError as error:
                raise Trouble("the kernel's log, in which the test says what "
                              f"it found, cannot be read: {error}",
                              NOT_READY) from error
            os.lseek(self.pipe, 0, os.SEEK_END)

    def said(self):
        """The messages since this object was made. Can be called once."""
        if self.pipe is None:
            return self.system.lines("/.run/kmsg")
        lines = []
        while True:
            try:
                record = os.read(self.pipe, 8192).decode("utf-8", "replace")
            except BrokenPipeError:
                continue        # the kernel has overwritten some: read the next
            except BlockingIOError:
                os.close(self.pipe)
                return lines
            lines.append(record.partition(";")[2].partition("\n")[0])


def agreed(kind, port, yes):
    """Ask whether the port may be written to; end the program when it may not."""
    words = "This test " + WRITES[kind].format(port=port.name)
    if yes:
        return
    if not sys.stdin.isatty():
        raise Trouble(words + " If it may, say --yes", USAGE)
    print(words, file=sys.stderr)
    print("May it? [y/N] ", end="", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().lower() not in ("y", "yes"):
        raise Trouble("nothing was done")


def command(system, module, words):
    """The command that loads the module, installed or built in the sources."""
    if module:
        if not system.exists(os.path.abspath(module)):
            raise Trouble(f"there is no {module}", USAGE)
        return ["insmod", module] + words
    if Modules(system, system.release()).there(MODULE):
        return ["modprobe", MODULE] + words
    if system.real and os.path.exists(BUILT):
        return ["insmod", BUILT] + words
    raise Trouble(f"{MODULE}, the module that tries a port out, is not "
                  "installed for this kernel. In winpar's sources 'make' builds "
                  f"examples/{MODULE}.ko: name that file by --module")


def possible(kind, port):
    """End the program when the test cannot be done on this port."""
    if port.state == "gone":
        raise Trouble(f"{port.name} has been removed")
    if kind == "page":
        return
    if port.base == "0x0":
        raise Trouble(f"{port.name} has no registers: only a page can be "
                      "tried there")
    if kind == "loopback":
        return
    if port.irq == "none":
        raise Trouble(f"{port.name} has no interrupt: 'winparctl doctor' says "
                      "how it gets one")
    if port.connect != "allowed":
        raise Trouble("clients may not connect interrupt routines to "
                      f"{port.name}. Let them: echo 1 >/sys/module/winpar/"
                      "parameters/enable_connect_interrupt")


def run(system, kind, port, by, yes, module):
    """Run a test. Returns whether it passed, and what the modules said."""
    possible(kind, port)
    agreed(by if kind == "interrupt" else kind, port, yes)
    words = [f"what={kind}"]
    if kind == "page":
        words.append(f"device={port.name}")
    else:
        words.append(f"port={port.number()}")
    if kind == "interrupt":
        words.append(f"by={by}")
    load = command(system, module, words)
    if system.loaded(MODULE):
        system.act("rmmod", MODULE)
    log = Log(system)
    status, error = system.act(*load)
    said = [line.partition(": ")[2] for line in log.said()
            if line.startswith((MODULE + ": ", "winpar: "))]
    if status == 0:
        system.act("rmmod", MODULE)
    elif not said:
        raise Trouble(f"{' '.join(load)}: {error}. 'winparctl doctor' may say "
                      "why", FAILED)
    return status == 0, said
