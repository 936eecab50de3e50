# SPDX-License-Identifier: GPL-2.0-only
"""winparctl trace: records winpar's tracepoints into a file.

It makes a tracefs instance of its own, so that it disturbs no other tracing, and
removes the instance at the end.
"""
import contextlib
import errno
import os
import select
import signal
import time

from . import NOT_READY, Trouble, ports

TRACEFS = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
EVENTS = "events/winpar"


def tracefs(system):
    """The folder of tracefs; end the program when winpar has no events there."""
    for place in TRACEFS:
        if system.exists(place + "/instances"):
            if not system.exists(f"{place}/{EVENTS}/enable"):
                raise Trouble("the winpar that is loaded has no tracepoints: "
                              "it is older than this program, or the kernel "
                              "is built without them", NOT_READY)
            return place
    raise Trouble("tracefs is not mounted: mount -t tracefs nodev "
                  "/sys/kernel/tracing", NOT_READY)


def head(system):
    """The first lines of the file, with the state of each port now."""
    version = system.read("/sys/module/winpar/version") or "?"
    lines = ["# winparctl trace: docs/tracing.md names the events",
             f"# kernel={system.release()} winpar={version}"]
    for port in ports.every(system):
        if port.number() is not None:
            lines.append(
                f"# port={port.number()} lpt={port.name} base={port.base} "
                f"irq={port.irq} state={port.state} owner={port.owner}")
    return "".join(line + "\n" for line in lines)


class Instance:
    """A tracefs instance with winpar's events on."""

    def __init__(self, system, kib):
        self.path = system.path(
            f"{tracefs(system)}/instances/winparctl-{os.getpid()}")
        self.kib = kib

    def write(self, name, text):
        """Write text into a file of the instance."""
        with open(os.path.join(self.path, name), "w", encoding="ascii") as file:
            file.write(text)

    def lost(self):
        """How many events were lost because the buffer was full."""
        total = 0
        cpus = os.path.join(self.path, "per_cpu")
        for cpu in os.listdir(cpus) if os.path.isdir(cpus) else []:
            with open(os.path.join(cpus, cpu, "stats"), encoding="ascii") as file:
                for line in file:
                    name, _, value = line.partition(":")
                    if name in ("overrun", "dropped events"):
                        total += int(value)
        return total

    def make(self):
        """Make the instance's folder; the kernel puts the files into it."""
        os.mkdir(self.path)

    def unmake(self):
        """Remove the instance's folder; the kernel removes the files in it."""
        os.rmdir(self.path)

    def __enter__(self):
        self.make()
        try:
            self.write("trace_clock", "mono")
            self.write("buffer_size_kb", str(self.kib))
            self.write(EVENTS + "/enable", "1")
            self.write("tracing_on", "1")
        except BaseException:
            self.remove()
            raise
        return self

    def stop(self):
        """Switch the events off; those in the buffer stay there."""
        self.write("tracing_on", "0")
        self.write(EVENTS + "/enable", "0")

    def remove(self):
        """Remove the instance, which may still be in use for a moment."""
        for _ in range(50):
            try:
                self.unmake()
                return
            except OSError as error:
                if error.errno != errno.EBUSY:
                    raise
                time.sleep(0.1)
        raise Trouble(f"{self.path} is in use and stays: rmdir it later")

    def __exit__(self, *_):
        try:
            self.stop()
        finally:
            self.remove()


def drain(pipe, file):
    """Write what is in the buffer to the file. Returns how many lines it was."""
    lines = 0
    while True:
        try:
            data = os.read(pipe, 65536)
        except BlockingIOError:
            return lines
        except OSError as error:
            if error.errno == errno.EINTR:
                continue
            raise
        if not data:
            return lines
        lines += data.count(b"\n")
        file.write(data)


@contextlib.contextmanager
def ended_by_signals():
    """Yield a function that says whether SIGINT, SIGTERM or SIGHUP has come.

    The signals raise no exception, which would leave half a line in the file.
    """
    asked = []
    old = {number: signal.signal(number, lambda *_: asked.append(1))
           for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield lambda: bool(asked)
    finally:
        for number, handler in old.items():
            signal.signal(number, handler)


def record(system, file, seconds, kib, progress=lambda events, passed: None):
    """Record into a binary file until the time is over, or a signal comes.

    Returns the number of events, of events lost, and the time it took.
    """
    events, begun = 0, time.monotonic()
    with ended_by_signals() as asked, Instance(system, kib) as instance:
        file.write(head(system).encode("ascii", "replace"))
        begun = time.monotonic()
        file.write(f"# from={begun:.6f}\n".encode())
        pipe = os.open(os.path.join(instance.path, "trace_pipe"),
                       os.O_RDONLY | os.O_NONBLOCK)
        try:
            while not asked():
                passed = time.monotonic() - begun
                if seconds is not None and passed >= seconds:
                    break
                wait = 0.2 if seconds is None else min(0.2, seconds - passed)
                select.select([pipe], [], [], wait)
                events += drain(pipe, file)
                progress(events, passed)
            ended = time.monotonic()
            instance.stop()
            events += drain(pipe, file)
        finally:
            os.close(pipe)
        lost = instance.lost()
    file.write(f"# to={ended:.6f}\n# lost={lost}\n".encode())
    file.flush()
    return events, lost, ended - begun
